//! Lists of typed entries that come again and again (TCP's NOP, NOP, time stamps), folded as a whole.
//!
//! Which fields a list of plain entries has follows from its types and lengths alone. When a list has come twice, those octets are kept
//! with the places of all other numbers: the next list of so many octets in which they are the same is one row.

use super::octets::small;
use super::program::{Op, TlvOp};
use super::row::{Place, Row};
use super::walk::{Stop, Walk};
use super::{MAX_NODES, Node};
use crate::registry::FieldId;
use crate::schema::Kind;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

/// Lists of a kind that are kept.
const KEPT: usize = 6;

/// Prints of lists that came once.
const SEEN: usize = 16;

/// Octets of a list beyond which it is not kept.
const MOST: usize = 64;

/// Lists that are looked at more closely, kept or not.
const PATIENCE: u32 = 256;

/// Depth beyond which lists are taken apart entry by entry, so that no limit lies within them.
const DEPTH: u8 = 16;

/// What the entries of a list had.
#[derive(Clone, Copy, Default)]
pub(super) struct Seen {
    /// One was no row of numbers.
    pub(super) uneven: bool,
    /// One had a length.
    pub(super) length: bool,
}

/// The lists of a kind that are known.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    known: [OnceLock<List>; KEPT],
    /// Prints of some that came and are not.
    seen: [AtomicU64; SEEN],
    tries: AtomicU32,
}

/// A list that came twice.
#[derive(Debug)]
struct List {
    /// Which bits of its octets tell it, and how they stand.
    mask: Box<[u8]>,
    told: Box<[u8]>,
    row: Arc<Row>,
    field: FieldId,
    /// What its types and lengths leave in slots.
    slots: Box<[(u8, u64)]>,
}

impl List {
    #[inline]
    fn is(&self, octets: &[u8]) -> bool {
        let differ = |differ: u8, ((octet, mask), told): ((&u8, &u8), &u8)| differ | (octet & mask ^ told);
        octets.len() == self.mask.len() && octets.iter().zip(&self.mask).zip(&self.told).fold(0, differ) == 0
    }
}

/// Whether steps only read numbers that nothing else depends on.
pub(super) fn is_plain(ops: &[Op]) -> bool {
    ops.iter().all(|op| match op {
        Op::Num(num) => num.is_free(),
        Op::Skip(_) => true,
        Op::Group { num, inner } => num.is_free() && is_plain(inner),
        Op::Row(row) => row.keeps_nothing(),
        _ => false,
    })
}

/// The fields of an entry's head, if that is numbers alone.
pub(super) fn head_fields(head: &[Op]) -> Option<Vec<FieldId>> {
    let mut fields = Vec::new();
    for op in head {
        match op {
            Op::Num(num) if num.next.is_none() => fields.push(num.field),
            Op::Skip(_) => {}
            Op::Group { num, inner } if num.next.is_none() => {
                fields.push(num.field);
                fields.extend(head_fields(inner)?);
            }
            _ => return None,
        }
    }
    Some(fields)
}

impl<'o> Walk<'_, 'o> {
    /// A list, as one row where it is known.
    pub(super) fn tlv(&mut self, tlv: &'o TlvOp) -> Result<(), Stop> {
        self.align();
        match &tlv.lists {
            Some(lists) if self.folds && self.depth <= DEPTH => {
                if self.known_list(lists) {
                    Ok(())
                } else {
                    self.new_list(tlv, lists)
                }
            }
            _ => self.entries(tlv),
        }
    }

    fn known_list(&mut self, lists: &Lists) -> bool {
        let start = self.bit / 8;
        let rest = self.data.get(start..).unwrap_or_default();
        let octets = rest.get(..self.end.saturating_sub(start)).unwrap_or_default();
        let Some(list) = lists.known.iter().map_while(OnceLock::get).find(|list| list.is(octets)) else {
            return false;
        };
        let nodes = list.row.shown().len();
        if !list.row.has_window(rest) || self.out.count().saturating_add(nodes) >= MAX_NODES {
            return false;
        }
        let (field, depth, source) = (list.field, self.depth, self.source);
        let (start, bits) = (small(self.bit), small(octets.len().saturating_mul(8)));
        self.out.nodes.push(Node { field, depth, source, start, bits, value: 0 });
        self.out.folded = self.out.folded.saturating_add(nodes.saturating_sub(1));
        for (slot, value) in &list.slots {
            if let Some(slot) = self.slots.get_mut(usize::from(*slot)) {
                *slot = *value;
            }
        }
        self.bit = self.end.saturating_mul(8);
        true
    }

    /// Takes a list apart, and keeps how that is done if it came before.
    fn new_list(&mut self, tlv: &'o TlvOp, lists: &Lists) -> Result<(), Stop> {
        let wanted = lists.known.last().is_some_and(|last| last.get().is_none())
            && lists.tries.load(Ordering::Relaxed) < PATIENCE;
        if !wanted {
            return self.entries(tlv);
        }
        lists.tries.fetch_add(1, Ordering::Relaxed);
        let (nodes, notes, text) = (self.out.nodes.len(), self.out.notes.len(), self.out.text.len());
        let (first, seen) = (self.bit, std::mem::take(&mut self.seen));
        let remarkable = std::mem::take(&mut self.out.remarkable);
        self.folds = false;
        let done = self.entries(tlv);
        self.folds = true;
        let even = !self.out.remarkable && !self.seen.uneven;
        if done.is_ok() && even && notes == self.out.notes.len() && text == self.out.text.len() {
            self.keep_list(tlv, lists, first, nodes);
        }
        self.out.remarkable |= remarkable;
        self.seen = seen;
        done
    }

    /// Keeps the list that was taken apart from a bit and a node on.
    fn keep_list(&self, tlv: &TlvOp, lists: &Lists, first: usize, node: usize) -> Option<()> {
        let octets = self.data.get(first / 8..self.end).filter(|octets| octets.len() <= MOST)?;
        let nodes = self.out.nodes.get(node..).filter(|nodes| !nodes.is_empty())?;
        let heads = head_fields(&tlv.head)?;
        let told = |field| heads.contains(&field) || self.registry.is_remarkable(field);
        let mut mask = vec![0xff; octets.len()];
        for (node, set) in nodes.iter().map(|node| (node, false)).chain(nodes.iter().map(|node| (node, true)))
        {
            if told(node.field) == set && !self.is_label(node.field) {
                let start = (node.start as usize).checked_sub(first)?;
                set_bits(&mut mask, start, node.bits as usize, set);
            }
        }
        let places: Option<Vec<Place>> =
            nodes.iter().map(|node| self.place(node, first, octets, told(node.field))).collect();
        let told_octets: Vec<u8> = octets.iter().zip(&mask).map(|(octet, mask)| octet & mask).collect();
        let print = told_octets.iter().fold(octets.len() as u64, |print, octet| {
            (print ^ u64::from(*octet)).wrapping_mul(0x0100_0000_01b3)
        });
        let known = lists.known.iter().filter_map(OnceLock::get).any(|list| list.is(octets));
        let seen = lists.seen.get((print >> 32) as usize % SEEN)?;
        if seen.swap(print, Ordering::Relaxed) != print || known {
            return None;
        }
        let row = Arc::new(Row::of_list(octets.len(), places?)?);
        let field = self.registry.programs.folds().add(&row)?;
        let length = tlv.len.filter(|_| self.seen.length);
        let slots = [Some(tlv.kind), length].into_iter().flatten();
        let slots = slots.map(|slot| (slot, self.slot_value(slot))).collect();
        let mut list = List { mask: mask.into(), told: told_octets.into(), row, field, slots };
        for place in &lists.known {
            match place.set(list) {
                Ok(()) => break,
                Err(taken) => list = taken,
            }
        }
        Some(())
    }

    fn is_label(&self, field: FieldId) -> bool {
        self.registry.field(field).is_some_and(|info| info.field.kind == Kind::Label)
    }

    /// Where a node of a list has its value; `None` where that is no number of the list's octets.
    fn place(&self, node: &Node, first: usize, octets: &[u8], fixed: bool) -> Option<Place> {
        let start = u16::try_from((node.start as usize).checked_sub(first)?).ok()?;
        let (width, depth) = (u16::try_from(node.bits).ok()?, node.depth.checked_sub(self.depth)?);
        let info = self.registry.field(node.field)?;
        if info.field.kind == Kind::Label {
            return Some(Place::of_label(node.field, start, width, depth));
        }
        let place = Place::of_list(node.field, start, width, depth, octets.len(), fixed)?;
        let whole = node.source == self.source && info.field.kind.is_number();
        let padded = [octets, &[0; 8]].concat();
        (whole && place.word.value(&padded) == node.value).then_some(place)
    }
}

/// Sets or clears bits, counted from the first octet's most significant one.
fn set_bits(mask: &mut [u8], start: usize, bits: usize, set: bool) {
    for bit in start..start.saturating_add(bits) {
        if let Some(octet) = mask.get_mut(bit / 8) {
            let at = 0x80_u8 >> (bit % 8);
            *octet = if set { *octet | at } else { *octet & !at };
        }
    }
}
