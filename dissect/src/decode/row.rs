//! Numbers of fixed width one behind the other: what most headers begin with. Whether they are all there is asked once.

use super::Node;
use super::octets::{bits_at, small};
use super::program::{NO_SLOT, Num, Op};
use super::walk::{Stop, Walk};
use crate::registry::FieldId;
use crate::schema::Endian;

/// A run of numbers in network order, with the parts of those that have parts.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    bits: u16,
    shown: Box<[Place]>,
    /// Slots with the place of their number.
    kept: Box<[(u8, u16, u16)]>,
    /// The same as steps, for frames that end within it.
    steps: Box<[Op]>,
}

/// A number within a row.
#[derive(Clone, Copy, Debug)]
struct Place {
    field: FieldId,
    start: u16,
    width: u16,
    depth: u8,
}

/// What a row is put together from.
#[derive(Default)]
struct Draft {
    shown: Vec<Place>,
    kept: Vec<(u8, u16, u16)>,
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
            self.shown.push(Place { field: num.field, start: self.at, width: num.width, depth });
        }
        if num.slot != NO_SLOT {
            self.kept.push((num.slot, self.at, num.width));
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
    fn finish(self, steps: &mut Vec<Op>, done: &mut Vec<Op>) {
        if self.shown.len().saturating_add(self.kept.len()) < 2 || self.end != self.at {
            done.append(steps);
            return;
        }
        let steps = std::mem::take(steps).into();
        let row = Row { bits: self.at, shown: self.shown.into(), kept: self.kept.into(), steps };
        done.push(Op::Row(Box::new(row)));
    }
}

/// Puts rows in place of runs of numbers.
pub(super) fn in_rows(ops: Vec<Op>) -> Vec<Op> {
    let mut done = Vec::with_capacity(ops.len());
    let mut draft = Draft::default();
    let mut steps = Vec::new();
    for op in ops {
        if draft.takes(&op) {
            steps.push(op);
            continue;
        }
        std::mem::take(&mut draft).finish(&mut steps, &mut done);
        if draft.takes(&op) { steps.push(op) } else { done.push(op) }
    }
    draft.finish(&mut steps, &mut done);
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
        self.out.nodes.extend(row.shown.iter().map(|place| {
            let start = bit.wrapping_add(usize::from(place.start));
            Node {
                field: place.field,
                depth: depth.wrapping_add(place.depth),
                source,
                start: small(start),
                bits: u32::from(place.width),
                value: bits_at(data, start, place.width),
            }
        }));
        for (slot, start, width) in &row.kept {
            let value = bits_at(data, bit.wrapping_add(usize::from(*start)), *width);
            if let Some(slot) = self.slots.get_mut(usize::from(*slot)) {
                *slot = value;
            }
        }
        self.bit = after;
        Ok(())
    }
}
