//! Numbers of fixed width one behind the other: what most headers begin with. Whether they are all there is asked once.

use super::Node;
use super::octets::small;
use super::program::{NO_SLOT, Num, Op};
use super::walk::{Stop, Walk};
use crate::registry::{FieldId, Registry};
use crate::schema::Endian;

/// A run of numbers in network order, with the parts of those that have parts.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    bits: u16,
    shown: Box<[Place]>,
    /// Slots with the place of their number.
    kept: Box<[(u8, Place)]>,
    /// Those shown with values that may deserve attention.
    remarkable: Box<[Place]>,
    /// Octets from the first on that places are read from, eight at a time.
    window: usize,
    /// The same as steps, for frames that end within it.
    steps: Box<[Op]>,
}

/// Octets that are read from at most, where a frame ends within eight of the row's last.
const PADDED: usize = 128;

/// A number within a row.
#[derive(Clone, Copy, Debug)]
struct Place {
    field: FieldId,
    start: u16,
    width: u16,
    depth: u8,
    /// The octet that it begins in, where the row begins with one, and how far its word is to be shifted left and right.
    octet: u16,
    left: u8,
    right: u8,
}

impl Place {
    /// `None` for a number that does not lie within eight octets.
    fn new(num: &Num, start: u16, depth: u8) -> Option<Place> {
        let (octet, left) = (start / 8, start % 8);
        let right = 64_u16.checked_sub(num.width).filter(|right| left <= *right && *right < 64)?;
        let (left, right) = (u8::try_from(left).ok()?, u8::try_from(right).ok()?);
        Some(Place { field: num.field, start, width: num.width, depth, octet, left, right })
    }

    /// Its value in octets that begin as the row does.
    #[inline(always)]
    fn value(&self, window: &[u8]) -> u64 {
        let word = window.get(usize::from(self.octet)..).and_then(<[u8]>::first_chunk);
        let word = word.map_or(0, |word| u64::from_be_bytes(*word));
        word.wrapping_shl(u32::from(self.left)).wrapping_shr(u32::from(self.right))
    }
}

/// What a row is put together from.
#[derive(Default)]
struct Draft {
    shown: Vec<Place>,
    kept: Vec<(u8, Place)>,
    /// Bit behind the last number, and behind all parts.
    at: u16,
    end: u16,
}

impl Draft {
    fn number(&mut self, num: &Num, depth: u8) -> Option<()> {
        let after = self.at.checked_add(num.width)?;
        if num.endian != Endian::Big || num.next.is_some() || num.width > 64 {
            return None;
        }
        if num.emit {
            self.shown.push(Place::new(num, self.at, depth)?);
        }
        if num.slot != NO_SLOT {
            self.kept.push((num.slot, Place::new(num, self.at, depth)?));
        }
        self.move_to(after);
        Some(())
    }

    fn move_to(&mut self, bit: u16) {
        self.at = bit;
        self.end = self.end.max(bit);
    }

    /// Takes a step in; false when it is none for this row, which then is as before.
    fn takes(&mut self, op: &Op) -> bool {
        let (shown, kept, at, end) = (self.shown.len(), self.kept.len(), self.at, self.end);
        let taken = self.step(op, 0).is_some();
        if !taken {
            self.shown.truncate(shown);
            self.kept.truncate(kept);
            (self.at, self.end) = (at, end);
        }
        taken
    }

    /// Takes a step in; `None` when it is none for a row.
    fn step(&mut self, op: &Op, depth: u8) -> Option<()> {
        match op {
            Op::Num(num) => self.number(num, depth),
            Op::Skip(bits) => {
                let after = u32::from(self.at).checked_add(*bits)?;
                self.move_to(u16::try_from(after).ok()?);
                Some(())
            }
            Op::Group { num, inner } => {
                let start = self.at;
                self.number(num, depth)?;
                let after = std::mem::replace(&mut self.at, start);
                let depth = depth.checked_add(u8::from(num.emit))?;
                inner.iter().try_for_each(|op| self.step(op, depth))?;
                self.at = after;
                Some(())
            }
            _ => None,
        }
    }

    /// The steps as a row, where they are worth one. Parts that go on behind their whole are left to the steps.
    fn finish(self, registry: &Registry, steps: &mut Vec<Op>, done: &mut Vec<Op>) {
        if self.shown.len().saturating_add(self.kept.len()) < 2 || self.end != self.at {
            done.append(steps);
            return;
        }
        let steps = std::mem::take(steps).into();
        let places = self.shown.iter().chain(self.kept.iter().map(|(_, place)| place));
        let last = places.map(|place| usize::from(place.octet)).max().unwrap_or(0);
        let remarkable =
            self.shown.iter().filter(|place| registry.is_remarkable(place.field)).copied().collect();
        let (shown, kept) = (self.shown.into(), self.kept.into());
        let row = Row { bits: self.at, shown, kept, remarkable, window: last.saturating_add(8), steps };
        done.push(Op::Row(Box::new(row)));
    }
}

/// Puts rows in place of runs of numbers.
pub(super) fn in_rows(registry: &Registry, ops: Vec<Op>) -> Vec<Op> {
    let mut done = Vec::with_capacity(ops.len());
    let mut draft = Draft::default();
    let mut steps = Vec::new();
    for op in ops {
        if draft.takes(&op) {
            steps.push(op);
            continue;
        }
        std::mem::take(&mut draft).finish(registry, &mut steps, &mut done);
        if draft.takes(&op) { steps.push(op) } else { done.push(op) }
    }
    draft.finish(registry, &mut steps, &mut done);
    done
}

impl<'o> Walk<'_, 'o> {
    /// Reads a row.
    #[inline]
    pub(super) fn row(&mut self, row: &'o Row) -> Result<(), Stop> {
        let (data, bit, depth, source) = (self.data, self.bit, self.depth, self.source);
        let after = bit.saturating_add(usize::from(row.bits));
        if after > self.end.saturating_mul(8) {
            return self.run(&row.steps);
        }
        let first = bit / 8;
        let rest = data.get(first..).unwrap_or_default();
        if bit % 8 != 0 || row.window > PADDED {
            return self.run(&row.steps);
        }
        let mut padded = [0; PADDED];
        let window = if rest.len() >= row.window {
            rest
        } else {
            padded.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
            &padded
        };
        let from = small(bit);
        self.out.nodes.extend(row.shown.iter().map(|place| Node {
            field: place.field,
            depth: depth.wrapping_add(place.depth),
            source,
            start: from.saturating_add(u32::from(place.start)),
            bits: u32::from(place.width),
            value: place.value(window),
        }));
        for place in &row.remarkable {
            self.out.remarkable |= self.registry.expert(place.field, place.value(window)).is_some();
        }
        for (slot, place) in &row.kept {
            if let Some(slot) = self.slots.get_mut(usize::from(*slot)) {
                *slot = place.value(window);
            }
        }
        self.bit = after;
        Ok(())
    }
}
