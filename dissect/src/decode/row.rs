//! Numbers of fixed width one behind the other: what most headers begin with. Whether they are all there is asked once.

use super::Node;
use super::fold::Mark;
use super::octets::small;
use super::program::{NO_SLOT, Num, Op};
use super::walk::{Stop, Walk};
use crate::registry::{FieldId, Registry};
use crate::schema::{Endian, Expert};
use std::sync::Arc;

/// A run of numbers in network order, with the parts of those that have parts.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    bits: u16,
    shown: Box<[Place]>,
    /// Slots with the place of their number.
    kept: Box<[(u8, Place)]>,
    /// Those shown with values that deserve attention.
    remarkable: Box<[(Word, &'static [Expert])]>,
    /// Octets from the first on that places are read from, eight at a time.
    window: usize,
    /// The same as steps, for frames that end within it.
    steps: Box<[Op]>,
    mark: Mark,
}

/// Octets that are read from at most, where a frame ends within eight of the row's last.
const PADDED: usize = 128;

/// A number within a row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) field: FieldId,
    start: u16,
    width: u16,
    depth: u8,
    pub(crate) word: Word,
    /// Its value is the same wherever the row stands.
    pub(crate) fixed: bool,
}

/// Where a number stands in octets that begin as its row does.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Word {
    /// First of eight octets that it lies within.
    octet: u16,
    /// How far they are to be shifted left and right.
    left: u8,
    right: u8,
}

impl Place {
    /// `None` for a number that does not lie within eight octets.
    fn new(field: FieldId, start: u16, width: u16, depth: u8) -> Option<Place> {
        let (octet, left) = (start / 8, start % 8);
        let right = 64_u16.checked_sub(width).filter(|right| left <= *right && *right < 64)?;
        let (left, right) = (u8::try_from(left).ok()?, u8::try_from(right).ok()?);
        Some(Place { field, start, width, depth, word: Word { octet, left, right }, fixed: false })
    }

    /// A number in a list of so many octets.
    pub(super) fn of_list(
        field: FieldId,
        start: u16,
        width: u16,
        depth: u8,
        octets: usize,
        fixed: bool,
    ) -> Option<Place> {
        let place = Place::new(field, start, width, depth)?;
        Some(Place { word: place.word.within(u16::try_from(octets).ok()?), fixed, ..place })
    }

    /// What has no value but its presence.
    pub(super) fn of_label(field: FieldId, start: u16, width: u16, depth: u8) -> Place {
        Place { field, start, width, depth, word: Word::default(), fixed: false }
    }

    /// Its node in a row that begins with this bit.
    #[inline(always)]
    fn node(&self, depth: u8, source: u8, row: u32, window: &[u8]) -> Node {
        Node {
            field: self.field,
            depth: depth.wrapping_add(self.depth),
            source,
            start: row.saturating_add(u32::from(self.start)),
            bits: u32::from(self.width),
            value: self.word.value(window),
        }
    }
}

impl Word {
    /// The number in octets that begin as the row does.
    #[inline(always)]
    pub(crate) fn value(self, window: &[u8]) -> u64 {
        let word = window.get(usize::from(self.octet)..).and_then(<[u8]>::first_chunk);
        let word = word.map_or(0, |word| u64::from_be_bytes(*word));
        word.wrapping_shl(u32::from(self.left)).wrapping_shr(u32::from(self.right))
    }

    /// Bits from the row's first to the number's first.
    pub(crate) fn start(self) -> u32 {
        u32::from(self.octet).saturating_mul(8).saturating_add(u32::from(self.left))
    }

    /// Bits that the number has.
    pub(crate) fn width(self) -> u32 {
        64_u32.saturating_sub(u32::from(self.right))
    }

    /// The same within a row of so many octets, where those are eight at least.
    fn within(self, octets: u16) -> Word {
        let beyond = self.octet.saturating_add(8).saturating_sub(octets);
        let left = u16::from(self.left).saturating_add(beyond.saturating_mul(8));
        match (self.octet.checked_sub(beyond), u8::try_from(left)) {
            (Some(octet), Ok(left)) if left < 64 => Word { octet, left, ..self },
            _ => self,
        }
    }
}

impl Row {
    /// A list of so many octets.
    pub(super) fn of_list(octets: usize, shown: Vec<Place>) -> Option<Row> {
        let last = shown.iter().map(|place| usize::from(place.word.octet)).max()?;
        Some(Row {
            bits: u16::try_from(octets.checked_mul(8)?).ok()?,
            shown: shown.into(),
            kept: Box::default(),
            remarkable: Box::default(),
            window: last.saturating_add(8),
            steps: Box::default(),
            mark: Mark::default(),
        })
    }

    /// Whether no number of it is looked at by other steps.
    pub(super) fn keeps_nothing(&self) -> bool {
        self.kept.is_empty()
    }

    /// Whether octets that begin as it does have all that its numbers are read from.
    #[inline]
    pub(super) fn has_window(&self, octets: &[u8]) -> bool {
        octets.len() >= self.window
    }

    /// The numbers that are shown.
    pub(crate) fn shown(&self) -> &[Place] {
        &self.shown
    }

    /// Appends the nodes that a folded one stands for, in the octets that it stands in.
    pub(super) fn unfold(&self, folded: &Node, octets: &[u8], into: &mut Vec<Node>) {
        let window = octets.get(folded.offset()..).unwrap_or_default();
        let Node { depth, source, start, .. } = *folded;
        into.extend(self.shown.iter().map(|place| place.node(depth, source, start, window)));
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
            self.shown.push(Place::new(num.field, self.at, num.width, depth)?);
        }
        if num.slot != NO_SLOT {
            self.kept.push((num.slot, Place::new(num.field, self.at, num.width, depth)?));
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
        let octets = self.at / 8;
        let Draft { mut shown, mut kept, .. } = self;
        let mut last = 0;
        for place in shown.iter_mut().chain(kept.iter_mut().map(|(_, place)| place)) {
            place.word = place.word.within(octets);
            last = last.max(usize::from(place.word.octet));
        }
        let experts = |place: &Place| {
            let experts = registry.field(place.field)?.field.expert.as_slice();
            (!experts.is_empty()).then_some((place.word, experts))
        };
        let remarkable = shown.iter().filter_map(experts).collect();
        let (shown, kept) = (shown.into(), kept.into());
        let (window, mark) = (last.saturating_add(8), Mark::default());
        done.push(Op::Row(Arc::new(Row { bits: self.at, shown, kept, remarkable, window, steps, mark })));
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
    pub(super) fn row(&mut self, row: &'o Arc<Row>) -> Result<(), Stop> {
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
        let remarkable = row.remarkable.iter().any(|(word, experts)| {
            let value = word.value(window);
            experts.iter().any(|expert| expert.values.0 <= value && value <= expert.values.1)
        });
        let folds = self.folds && !remarkable && row.shown.len() > 1 && row.has_window(rest);
        match row.mark.of(self.registry, row).filter(|_| folds) {
            Some(field) => {
                let bits = u32::from(row.bits);
                self.out.nodes.push(Node { field, depth, source, start: from, bits, value: 0 });
                self.out.folded = self.out.folded.saturating_add(row.shown.len().saturating_sub(1));
            }
            None => {
                let shown = row.shown.iter().map(|place| place.node(depth, source, from, window));
                self.out.nodes.extend(shown);
                self.out.remarkable |= remarkable;
            }
        }
        for (slot, place) in &row.kept {
            if let Some(slot) = self.slots.get_mut(usize::from(*slot)) {
                *slot = place.word.value(window);
            }
        }
        self.bit = after;
        Ok(())
    }
}
