//! IPv4 and IPv6 fragments joined to datagrams (RFC 791 §3.2, RFC 8200 §4.5, RFC 1858, RFC 3128, RFC 5722).
//!
//! Octets are kept as they came, so that memory follows what was received and not what a fragment claims to be part of; the datagram
//! is put together once, when the last octet is there. A datagram is kept for [`Limits::seconds`], as long as the table has room;
//! beyond, the oldest goes, and is counted. Copies of fragments of a datagram
//! that is whole are told as such; all of them together make the datagram again.

use super::super::scan::{Fragment, Scan};
use crate::decode::Network;
use crate::frame::{Frame, Timestamp};
use crate::hash::Seeded;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::hash::BuildHasher;

/// Longest payload that an IP datagram can have.
const LONGEST: u32 = 65_535;

/// Fragments of a datagram beyond which it is no honest one: as many as there are offsets.
const MOST_FRAGMENTS: usize = 8192;

/// Octets kept for one datagram, overlapping ones counted each time.
const MOST_OCTETS: usize = 2 * LONGEST as usize;

/// What a fragment costs beside its octets.
const OVERHEAD: usize = 96;

/// Whose octets count where fragments overlap. Named after who does so, as in the literature on target-based reassembly.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Overlap {
    /// Those that came first.
    First,
    /// Those that came last.
    Last,
    /// Those of the fragment with the lower offset; of two with the same offset, those that came first. As BSD does, and Wireshark.
    #[default]
    Bsd,
    /// Those that came last, unless their fragment has the lower offset.
    BsdRight,
    /// Those of the fragment with the lower offset; of two with the same offset, those that came last. As Linux did before 4.20.
    Linux,
    /// Nobody's: the datagram is dropped (RFC 5722, Linux since 4.20), unless the fragments are copies of each other.
    Drop,
}

impl Overlap {
    /// Every policy, with its name.
    pub const NAMES: [(&'static str, Overlap); 6] = [
        ("bsd", Overlap::Bsd),
        ("bsd-right", Overlap::BsdRight),
        ("linux", Overlap::Linux),
        ("first", Overlap::First),
        ("last", Overlap::Last),
        ("drop", Overlap::Drop),
    ];

    /// Whether octets of a fragment that came later replace those of one that came earlier.
    fn later_wins(self, earlier: u32, later: u32) -> bool {
        match self {
            Overlap::First | Overlap::Drop => false,
            Overlap::Last => true,
            Overlap::Bsd => later < earlier,
            Overlap::BsdRight => earlier <= later,
            Overlap::Linux => later <= earlier,
        }
    }
}

/// What is kept at most.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Datagrams that are not whole yet, and those that were not long ago.
    pub datagrams: usize,
    /// Octets of all fragments, and what keeping them costs.
    pub octets: usize,
    /// How long a datagram waits for its fragments, by the frames' times.
    pub seconds: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { datagrams: 16_384, octets: 64 << 20, seconds: 30 }
    }
}

/// What became of the datagrams that were begun.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    /// Put together.
    pub whole: u64,
    /// Given up because their fragments did not come in time.
    pub expired: u64,
    /// Given up for lack of room: a limit was reached.
    pub evicted: u64,
    /// Fragments that were refused: too long, beyond the end, or overlapping where that is not allowed.
    pub refused: u64,
}

/// A datagram that did not become whole.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lack {
    /// The frame with its first fragment to come.
    pub frame: u64,
    /// Its hosts.
    pub network: Network,
    /// Its identification.
    pub id: u32,
    /// The first octets of its payload that are missing: from, and up to, as far as that is known.
    pub hole: (u32, Option<u32>),
}

/// Datagrams of a version of IP that did not become whole.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Lacking {
    /// How many.
    pub count: u64,
    /// The first of them.
    pub first: Option<Lack>,
}

impl Lacking {
    fn add(&mut self, lack: Lack) {
        self.count = self.count.saturating_add(1);
        if self.first.as_ref().is_none_or(|first| lack.frame < first.frame) {
            self.first = Some(lack);
        }
    }
}

/// A frame's share in a datagram.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Part {
    /// Number of the frame.
    pub frame: u64,
    /// First octet in the datagram's payload.
    pub offset: u32,
    /// Octets.
    pub len: u32,
    /// A fragment before it in the datagram reaches into it.
    pub overlap: bool,
    /// Its octets are not all those of the datagram.
    pub conflict: bool,
    /// It is a last fragment, and not the first one that says where the datagram ends.
    pub second_tail: bool,
    /// It reaches beyond the end of the datagram.
    pub beyond: bool,
}

/// A datagram's payload.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Whole {
    /// Its octets.
    pub octets: Vec<u8>,
    /// What they are: an IP protocol number.
    pub protocol: u8,
    /// Where they came from, by offset.
    pub parts: Vec<Part>,
}

/// Why a fragment was not kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// The datagram would be longer than 65535 octets.
    TooLong,
    /// More fragments or octets than a datagram can have.
    Flood,
    /// It overlaps, and the policy is to drop such datagrams.
    Overlap,
}

/// What a fragment did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Datagram {
    /// It waits for the others.
    Kept,
    /// It was the last that was missing.
    Whole(Whole),
    /// It is a copy of one of a datagram that was whole in this frame.
    Copy(u64),
    /// It was not kept.
    Refused(Refusal),
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Key {
    network: [u8; 32],
    id: u32,
    /// For IPv6 0: there, only the first fragment says for certain.
    protocol: u8,
    v6: bool,
    vlans: [u16; 2],
    tunnel: u32,
}

impl Key {
    fn network(&self) -> Network {
        let (from, to) = self.network.split_at(if self.v6 { 16 } else { 4 });
        let v6 = |octets: &[u8]| octets.first_chunk::<16>().copied().unwrap_or([0; 16]);
        let v4 = |octets: &[u8]| octets.first_chunk::<4>().copied().unwrap_or([0; 4]);
        if self.v6 { Network::V6(v6(from), v6(to)) } else { Network::V4(v4(from), v4(to)) }
    }
}

#[derive(Debug)]
struct Entry {
    serial: u64,
    began: Option<Timestamp>,
    state: State,
}

#[derive(Debug)]
enum State {
    Pending(Box<Pending>),
    Done(Done),
}

/// A datagram that is whole.
#[derive(Debug, Default)]
struct Done {
    /// The frame that completed it.
    frame: u64,
    /// Its fragments, in few octets.
    hashes: Vec<u64>,
}

/// Fragments of a datagram that is not whole yet.
#[derive(Debug, Default)]
struct Pending {
    /// Octets of all fragments, in order of arrival.
    octets: Vec<u8>,
    /// Each with where its octets begin.
    parts: Vec<(Part, usize)>,
    hashes: Vec<u64>,
    /// Where octets are: start and end of ranges that do not touch.
    covered: BTreeMap<u32, u32>,
    total: Option<u32>,
    protocol: u8,
    overlaps: bool,
    /// All of them are copies of fragments of a datagram that was whole already.
    copy_of: Option<Done>,
}

/// Datagrams in the making.
#[derive(Debug, Default)]
pub struct Datagrams {
    limits: Limits,
    overlap: Overlap,
    table: HashMap<Key, Entry, Seeded>,
    /// Keys by age, with the serial number of the entry that was meant.
    ages: VecDeque<(Key, u64)>,
    serial: u64,
    octets: usize,
    counts: Counts,
    /// Given up, of IPv4 and IPv6.
    lacking: [Lacking; 2],
}

impl Datagrams {
    /// An empty table.
    pub fn new(limits: Limits, overlap: Overlap) -> Self {
        Datagrams { limits, overlap, ..Datagrams::default() }
    }

    /// What became of the datagrams so far.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Datagrams of IPv4 and IPv6 that did not become whole, those that still wait included.
    pub fn lacking(&self) -> [Lacking; 2] {
        let mut lacking = self.lacking.clone();
        for (key, entry) in &self.table {
            if let State::Pending(pending) = &entry.state
                && let Some(lack) = pending.lack(key)
            {
                let [v4, v6] = &mut lacking;
                if key.v6 { v6.add(lack) } else { v4.add(lack) }
            }
        }
        lacking
    }

    /// Octets and datagrams that are kept.
    pub fn kept(&self) -> (usize, usize) {
        (self.octets, self.table.len())
    }

    /// Takes a frame's fragment. `None`: it is none, or was not captured whole.
    pub fn observe(&mut self, frame: &Frame<'_>, scan: &Scan<'_>) -> Option<Datagram> {
        let fragment = scan.fragment?;
        let payload = scan.payload.get(..scan.payload_len)?;
        if payload.is_empty() {
            return None;
        }
        let key = key(scan, &fragment)?;
        self.expire(frame.meta.time);
        let len = u32::try_from(payload.len()).unwrap_or(u32::MAX);
        if fragment.offset.saturating_add(len) > LONGEST {
            self.counts.refused = self.counts.refused.saturating_add(1);
            return Some(Datagram::Refused(Refusal::TooLong));
        }
        let hash = Seeded::default().hash_one((fragment.offset, fragment.more, payload));
        let before = match self.table.get_mut(&key).map(|entry| &mut entry.state) {
            Some(State::Done(done)) if done.hashes.contains(&hash) => Some(Some(std::mem::take(done))),
            Some(State::Done(_)) | None => Some(None),
            // Copies of some fragments stay behind where frames are seen twice; they are no part of what has the number next.
            Some(State::Pending(pending)) => match &pending.copy_of {
                Some(done) if !done.hashes.contains(&hash) => Some(None),
                _ => None,
            },
        };
        if let Some(copy_of) = before {
            self.begin(key, frame.meta.time, copy_of);
        }
        Some(self.add(&key, frame.number, fragment, scan.protocol, payload, hash))
    }

    fn begin(&mut self, key: Key, began: Option<Timestamp>, copy_of: Option<Done>) {
        if let Some(State::Pending(pending)) = self.table.remove(&key).map(|entry| entry.state) {
            self.octets = self.octets.saturating_sub(pending.cost());
        }
        // Most of the queue is of entries that are gone: leave those out, so that it stays in proportion.
        if self.ages.len() > self.limits.datagrams.saturating_mul(2) {
            let table = &self.table;
            self.ages.retain(|(key, serial)| table.get(key).is_some_and(|entry| entry.serial == *serial));
        }
        while self.table.len() >= self.limits.datagrams && self.evict_oldest() {}
        self.serial = self.serial.wrapping_add(1);
        let entry = Entry {
            serial: self.serial,
            began,
            state: State::Pending(Box::new(Pending { copy_of, ..Pending::default() })),
        };
        self.table.insert(key, entry);
        self.ages.push_back((key, self.serial));
    }

    fn add(
        &mut self,
        key: &Key,
        frame: u64,
        fragment: Fragment,
        protocol: u8,
        payload: &[u8],
        hash: u64,
    ) -> Datagram {
        while self.octets.saturating_add(payload.len()) > self.limits.octets {
            if self.ages.front().is_none_or(|(oldest, _)| oldest == key) || !self.evict_oldest() {
                break;
            }
        }
        let Some(Entry { state: State::Pending(pending), .. }) = self.table.get_mut(key) else {
            return Datagram::Kept;
        };
        let full = pending.parts.len() >= MOST_FRAGMENTS
            || pending.octets.len().saturating_add(payload.len()) > MOST_OCTETS;
        let copy = pending.hashes.contains(&hash);
        let mut overlaps = false;
        if !full {
            overlaps = pending.add(frame, fragment, protocol, payload, hash);
            self.octets = self.octets.saturating_add(payload.len()).saturating_add(OVERHEAD);
        }
        let refusal = match self.overlap {
            _ if full => Some(Refusal::Flood),
            Overlap::Drop if overlaps && !copy => Some(Refusal::Overlap),
            _ => None,
        };
        if let Some(refusal) = refusal {
            self.octets = self.octets.saturating_sub(pending.cost());
            self.table.remove(key);
            self.counts.refused = self.counts.refused.saturating_add(1);
            return Datagram::Refused(refusal);
        }
        if !pending.is_whole() {
            return pending.copy_of.as_ref().map_or(Datagram::Kept, |done| Datagram::Copy(done.frame));
        }
        self.octets = self.octets.saturating_sub(pending.cost());
        let whole = pending.put_together(self.overlap);
        let hashes = std::mem::take(&mut pending.hashes);
        if let Some(entry) = self.table.get_mut(key) {
            entry.state = State::Done(Done { frame, hashes });
        }
        self.counts.whole = self.counts.whole.saturating_add(1);
        Datagram::Whole(whole)
    }

    /// Forgets what has waited too long.
    fn expire(&mut self, now: Option<Timestamp>) {
        let Some(now) = now else { return };
        let longest = self.limits.seconds.saturating_mul(1_000_000_000);
        while let Some((key, serial)) = self.ages.front() {
            if let Some(entry) = self.table.get(key).filter(|entry| entry.serial == *serial) {
                match entry.began {
                    Some(began) if now.since(began) > longest => {}
                    _ => return,
                }
            }
            if self.remove_oldest() {
                self.counts.expired = self.counts.expired.saturating_add(1);
            }
        }
    }

    /// Makes room; false when there is nothing to forget.
    fn evict_oldest(&mut self) -> bool {
        if self.ages.is_empty() {
            return false;
        }
        if self.remove_oldest() {
            self.counts.evicted = self.counts.evicted.saturating_add(1);
        }
        true
    }

    /// Removes the oldest entry; whether a datagram was given up thereby.
    fn remove_oldest(&mut self) -> bool {
        let Some((key, serial)) = self.ages.pop_front() else { return false };
        if self.table.get(&key).is_none_or(|entry| entry.serial != serial) {
            return false;
        }
        match self.table.remove(&key).map(|entry| entry.state) {
            Some(State::Pending(pending)) => {
                self.octets = self.octets.saturating_sub(pending.cost());
                if let Some(lack) = pending.lack(&key) {
                    let [v4, v6] = &mut self.lacking;
                    if key.v6 { v6.add(lack) } else { v4.add(lack) }
                }
                pending.copy_of.is_none()
            }
            _ => false,
        }
    }
}

fn key(scan: &Scan<'_>, fragment: &Fragment) -> Option<Key> {
    let mut network = [0; 32];
    let v6 = match scan.network {
        Network::V4(source, destination) => {
            network.iter_mut().zip(source.iter().chain(&destination)).for_each(|(to, from)| *to = *from);
            false
        }
        Network::V6(source, destination) => {
            network.iter_mut().zip(source.iter().chain(&destination)).for_each(|(to, from)| *to = *from);
            true
        }
        Network::None => return None,
    };
    let protocol = if v6 { 0 } else { scan.protocol };
    Some(Key { network, id: fragment.id, protocol, v6, vlans: scan.vlans, tunnel: scan.tunnel })
}

impl Pending {
    /// Keeps a fragment; whether it overlaps with others.
    fn add(&mut self, frame: u64, fragment: Fragment, protocol: u8, payload: &[u8], hash: u64) -> bool {
        let len = u32::try_from(payload.len()).unwrap_or(u32::MAX);
        let end = fragment.offset.saturating_add(len);
        let mut part = Part {
            frame,
            offset: fragment.offset,
            len,
            overlap: false,
            conflict: false,
            second_tail: false,
            beyond: false,
        };
        if !fragment.more {
            match self.total {
                None => self.total = Some(end),
                Some(total) => part.second_tail = total != end,
            }
        }
        if fragment.offset == 0 || self.parts.is_empty() {
            self.protocol = protocol;
        }
        let overlaps = self.cover(fragment.offset, end);
        self.overlaps |= overlaps;
        self.parts.push((part, self.octets.len()));
        self.octets.extend_from_slice(payload);
        self.hashes.push(hash);
        overlaps
    }

    /// Takes a range into account; whether some of it was there already.
    fn cover(&mut self, start: u32, end: u32) -> bool {
        let (mut low, mut high, mut overlaps) = (start, end, false);
        // The one range that may begin before, then those that begin within: all become one.
        let before = self.covered.range(..start).next_back().map(|(from, to)| (*from, *to));
        if let Some((from, to)) = before.filter(|(_, to)| *to >= start) {
            self.covered.remove(&from);
            overlaps |= to > start;
            (low, high) = (from, high.max(to));
        }
        while let Some((from, to)) = self.covered.range(start..=high).next().map(|(from, to)| (*from, *to)) {
            self.covered.remove(&from);
            overlaps |= from < end;
            high = high.max(to);
        }
        self.covered.insert(low, high);
        overlaps
    }

    /// Memory that it takes, about.
    fn cost(&self) -> usize {
        self.octets.len().saturating_add(self.parts.len().saturating_mul(OVERHEAD))
    }

    /// What it lacks; `None` for copies of one that was whole.
    fn lack(&self, key: &Key) -> Option<Lack> {
        let frame = self.parts.first()?.0.frame;
        let mut ranges = self.covered.iter();
        let (from, next) = match ranges.next()? {
            (0, end) => (*end, ranges.next().map(|(start, _)| *start)),
            (start, _) => (0, Some(*start)),
        };
        let lack = Lack { frame, network: key.network(), id: key.id, hole: (from, next.or(self.total)) };
        self.copy_of.is_none().then_some(lack)
    }

    fn is_whole(&self) -> bool {
        let Some(total) = self.total else { return false };
        self.covered.first_key_value().is_some_and(|(start, end)| *start == 0 && *end >= total)
    }

    /// The datagram, when it is whole.
    fn put_together(&mut self, policy: Overlap) -> Whole {
        let total = self.total.unwrap_or(0);
        let mut octets = vec![0; total as usize];
        let plain = !self.overlaps && self.octets.len() == octets.len();
        if plain {
            for (part, start) in &self.parts {
                let from = self.octets.get(*start..).unwrap_or_default();
                let to = octets.get_mut(part.offset as usize..).unwrap_or_default();
                to.iter_mut().zip(from.iter().take(part.len as usize)).for_each(|(to, from)| *to = *from);
            }
        } else {
            self.paint(policy, &mut octets);
        }
        self.parts.sort_by_key(|(part, _)| part.offset);
        let mut reached = 0;
        for (part, start) in &mut self.parts {
            let end = part.offset.saturating_add(part.len);
            part.beyond = end > total;
            part.overlap = part.offset < reached;
            reached = reached.max(end);
            if !plain {
                let own = self.octets.get(*start..).unwrap_or_default().iter().take(part.len as usize);
                let there = octets.iter().skip(part.offset as usize);
                part.conflict = own.zip(there).any(|(own, there)| own != there);
            }
        }
        let parts = self.parts.iter().map(|(part, _)| *part).collect();
        Whole { octets, protocol: self.protocol, parts }
    }

    /// Puts overlapping fragments together, octet by octet.
    fn paint(&self, policy: Overlap, octets: &mut [u8]) {
        /// Nobody's octet; offsets are below.
        const NOBODY: u32 = u32::MAX;
        let mut owners = vec![NOBODY; octets.len()];
        for (part, start) in &self.parts {
            let from = self.octets.get(*start..).unwrap_or_default();
            let from = from.get(..part.len as usize).unwrap_or(from);
            let at = part.offset as usize;
            let places = octets.iter_mut().zip(&mut owners).skip(at);
            for ((to, owner), octet) in places.zip(from) {
                if *owner == NOBODY {
                    (*to, *owner) = (*octet, part.offset);
                    continue;
                }
                if policy.later_wins(*owner, part.offset) {
                    (*to, *owner) = (*octet, part.offset);
                }
            }
        }
    }
}
