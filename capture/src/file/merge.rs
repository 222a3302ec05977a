//! Several files as one source, in the order of time.
//!
//! The file whose next packet is the earliest comes next; of equal times, the file named first. A file that is not in
//! order itself is not sorted: its packets keep their order, as with mergecap. What is no packet, and a packet without
//! time, goes where the packet before it in its file went. Damage in one file ends that file; the others go on, and
//! the error comes at the end.

use super::chunk::{Event, Part, Walk};
use super::error::FileError;
use super::input::Input;
use super::interfaces::Interfaces;
use super::pcapng::{INTERFACE, SECTION};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

/// Octets of records in a merged chunk.
const MERGED_OCTETS: usize = 1 << 20;

/// An event of a part, as far as merging needs it.
#[derive(Clone, Copy)]
struct Stamp {
    time: i64,
    /// End of the event in the part.
    end: u32,
    kind: StampKind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum StampKind {
    Packet,
    Interface,
    Section,
    Other,
}

/// A file's current part.
struct Head {
    part: Part,
    stamps: Vec<Stamp>,
    /// Next event.
    next: usize,
    /// Octets of the part that earlier merged chunks have taken.
    taken: usize,
    /// Interfaces described before `taken`.
    known_taken: u32,
    known: u32,
    /// The part's index in the merged chunk that is being made.
    slot: Option<u32>,
    packets: u64,
}

/// The state of a merge.
#[derive(Default)]
pub(crate) struct Merge {
    heads: Vec<Option<Head>>,
    heap: BinaryHeap<Reverse<(i64, u32)>>,
    /// Time of the last packet of each file.
    last: Vec<i64>,
    failures: Vec<FileError>,
    started: bool,
}

/// Records of several files in one order.
pub(crate) struct Merged {
    pub(crate) parts: Vec<Part>,
    pub(crate) order: Vec<u32>,
    pub(crate) packets: u64,
}

impl Merge {
    /// The next records in the order of time; `None` at the end of all files.
    pub(crate) fn next(&mut self, inputs: &mut [Input], interfaces: &mut Arc<Interfaces>) -> Option<Merged> {
        if !self.started {
            self.started = true;
            self.last = vec![i64::MIN; inputs.len()];
            self.heads = (0..inputs.len()).map(|_| None).collect();
            for file in 0..inputs.len() {
                self.load(file as u32, inputs, interfaces);
            }
        }
        let mut merged = Merged { parts: Vec::new(), order: Vec::new(), packets: 0 };
        let mut octets = 0usize;
        while octets < MERGED_OCTETS {
            let Some(Reverse((_, file))) = self.heap.pop() else { break };
            let Some(Some(head)) = self.heads.get_mut(file as usize) else { continue };
            octets = octets.saturating_add(head.step(&mut merged));
            match head.stamps.get(head.next) {
                Some(stamp) => self.heap.push(Reverse((stamp.time, file))),
                None => {
                    head.close(&mut merged);
                    self.load(file, inputs, interfaces);
                }
            }
        }
        self.heads.iter_mut().flatten().for_each(|head| head.close(&mut merged));
        (!merged.order.is_empty()).then_some(merged)
    }

    /// What went wrong in the files, first come first.
    pub(crate) fn take_failure(&mut self) -> Option<FileError> {
        (!self.failures.is_empty()).then(|| self.failures.remove(0))
    }

    /// Gets the next part of a file that has an event.
    fn load(&mut self, file: u32, inputs: &mut [Input], interfaces: &mut Arc<Interfaces>) {
        let index = file as usize;
        let (Some(input), Some(slot), Some(last)) =
            (inputs.get_mut(index), self.heads.get_mut(index), self.last.get_mut(index))
        else {
            return;
        };
        *slot = None;
        loop {
            match input.next_part(interfaces) {
                Ok(Some(part)) => {
                    let head = Head::new(part, last, interfaces);
                    if let Some(stamp) = head.stamps.first() {
                        self.heap.push(Reverse((stamp.time, file)));
                        *slot = Some(head);
                        return;
                    }
                }
                Ok(None) => return,
                Err(error) => {
                    self.failures.push(error);
                    return;
                }
            }
        }
    }
}

impl Head {
    fn new(part: Part, last: &mut i64, interfaces: &Interfaces) -> Head {
        let mut stamps = Vec::new();
        let mut walk = Walk::new(&part, interfaces);
        while let Some(event) = walk.next(0) {
            let kind = match event {
                Event::Packet(record) => {
                    *last = record.time().map_or(*last, |time| time.0);
                    StampKind::Packet
                }
                Event::Block(block) => match block.kind {
                    INTERFACE => StampKind::Interface,
                    SECTION => StampKind::Section,
                    _ => StampKind::Other,
                },
                Event::Damaged(_) => StampKind::Other,
            };
            stamps.push(Stamp { time: *last, end: walk.position() as u32, kind });
        }
        let known = part.known;
        Head { part, stamps, next: 0, taken: 0, known_taken: known, known, slot: None, packets: 0 }
    }

    /// Takes the next event into `merged`; gives its octets.
    fn step(&mut self, merged: &mut Merged) -> usize {
        let Some(stamp) = self.stamps.get(self.next) else { return 0 };
        let slot = match self.slot {
            Some(slot) => slot,
            None => {
                let slot = merged.parts.len() as u32;
                merged.parts.push(self.part.clone());
                self.slot = Some(slot);
                slot
            }
        };
        merged.order.push(slot);
        let start = self.end_before(self.next);
        self.next = self.next.saturating_add(1);
        match stamp.kind {
            StampKind::Packet => {
                merged.packets = merged.packets.saturating_add(1);
                self.packets = self.packets.saturating_add(1);
            }
            StampKind::Interface => self.known = self.known.saturating_add(1),
            StampKind::Section => self.known = 0,
            StampKind::Other => {}
        }
        (stamp.end as usize).saturating_sub(start)
    }

    fn end_before(&self, event: usize) -> usize {
        event.checked_sub(1).and_then(|before| self.stamps.get(before)).map_or(0, |stamp| stamp.end as usize)
    }

    /// Cuts what was taken since the last merged chunk out of the part.
    fn close(&mut self, merged: &mut Merged) {
        let Some(slot) = self.slot.take() else { return };
        let end = self.end_before(self.next);
        let piece = Part {
            bytes: self.part.bytes.cut(self.taken..end),
            offset: self.part.offset.saturating_add(self.taken as u64),
            known: self.known_taken,
            packets: std::mem::take(&mut self.packets),
            ..self.part.clone()
        };
        if let Some(place) = merged.parts.get_mut(slot as usize) {
            *place = piece;
        }
        self.taken = end;
        self.known_taken = self.known;
    }
}
