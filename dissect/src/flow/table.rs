//! Flows and what went through each, both ways.
//!
//! One look-up a packet: a flow is the finest thing told apart (addresses of both levels, VLAN tags, protocol, ports,
//! switch port). Conversations and endpoints of every level are summed up from flows when they are asked for. Tables that
//! several workers filled are merged; the result does not depend on how the packets were shared out.

use super::dense::{Dense, MOST};
use super::scan::Scan;
use crate::decode::Network;
use crate::frame::Timestamp;
use std::hash::{Hash, Hasher};

/// Flows kept unless the user says otherwise.
pub const DEFAULT_LIMIT: usize = 1 << 20;

/// One end of a flow: which of the two is first depends on the numbers alone.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct End {
    /// IPv6 address, or IPv4 address in the low four octets; 0 where there is none.
    pub address: u128,
    /// IEEE 802 address in the low six octets.
    pub mac: u64,
    /// Port; 0 where there is none.
    pub port: u16,
}

/// Which network layer a flow has.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Family {
    /// None that is known: the link layer alone.
    #[default]
    Link,
    /// IPv4.
    V4,
    /// IPv6.
    V6,
}

/// What tells flows apart, with the ends in the order of their numbers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Key {
    /// The lesser end.
    pub low: End,
    /// The greater end.
    pub high: End,
    /// Network layer.
    pub family: Family,
    /// Whether there are link-layer addresses.
    pub link: bool,
    /// IP protocol.
    pub protocol: u8,
    /// Number of VLAN tags.
    pub tags: u8,
    /// VLAN numbers, outer one first.
    pub vlans: [u16; 2],
    /// EtherType where the network layer is not IP.
    pub ether_type: u16,
    /// Switch port plus 1 by the switch tag; 0 where there is none.
    pub switch_port: u16,
}

/// A key as tables keep it: words without room between them, which are compared all at once.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Words {
    /// Addresses of the lesser end and the greater one, upper halves first.
    addresses: [u64; 4],
    /// Their IEEE 802 addresses, each with its port behind it.
    ends: [u64; 2],
    /// VLAN numbers, EtherType and switch port.
    tags: u64,
    /// Network layer, whether there are link-layer addresses, IP protocol, number of VLAN tags.
    layers: u64,
}

impl Words {
    /// Of no packet.
    const NONE: Words = Words { addresses: [0; 4], ends: [0; 2], tags: 0, layers: 0 };

    #[inline]
    fn of(key: &Key) -> Words {
        let end = |end: &End| end.mac << 16 | u64::from(end.port);
        let halves = |address: u128| [(address >> 64) as u64, address as u64];
        let ([a, b], [c, d]) = (halves(key.low.address), halves(key.high.address));
        let [outer, inner] = key.vlans.map(u64::from);
        let (ether_type, switch_port) = (u64::from(key.ether_type), u64::from(key.switch_port));
        let family = match key.family {
            Family::Link => 0,
            Family::V4 => 1,
            Family::V6 => 2,
        };
        Words {
            addresses: [a, b, c, d],
            ends: [end(&key.low), end(&key.high)],
            tags: outer << 48 | inner << 32 | ether_type << 16 | switch_port,
            layers: family << 24
                | u64::from(key.link) << 16
                | u64::from(key.protocol) << 8
                | u64::from(key.tags),
        }
    }

    fn key(&self) -> Key {
        let [a, b, c, d] = self.addresses.map(u128::from);
        let [low, high] = self.ends;
        let end = |address: u128, end: u64| End { address, mac: end >> 16, port: end as u16 };
        let tags = self.tags;
        Key {
            low: end(a << 64 | b, low),
            high: end(c << 64 | d, high),
            family: match self.layers >> 24 {
                0 => Family::Link,
                1 => Family::V4,
                _ => Family::V6,
            },
            link: self.layers >> 16 & 1 == 1,
            protocol: (self.layers >> 8) as u8,
            tags: self.layers as u8,
            vlans: [(tags >> 48) as u16, (tags >> 32) as u16],
            ether_type: (tags >> 16) as u16,
            switch_port: tags as u16,
        }
    }
}

impl Hash for Words {
    /// As few words as hold everything: this is done for each frame.
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        let [a, b, c, d] = self.addresses;
        if a | c | b >> 32 | d >> 32 == 0 {
            state.write_u64(b << 32 | d);
        } else {
            self.addresses.iter().for_each(|word| state.write_u64(*word));
        }
        self.ends.iter().for_each(|word| state.write_u64(*word));
        state.write_u64(self.tags ^ self.layers.rotate_left(32));
    }
}

impl Key {
    /// The key of a frame, and whether it went from the greater end to the lesser.
    #[inline]
    pub fn of(scan: &Scan<'_>, switch_port: Option<u16>) -> (Key, bool) {
        let (family, source, destination) = match scan.network {
            Network::V4(source, destination) => (
                Family::V4,
                u128::from(u32::from_be_bytes(source)),
                u128::from(u32::from_be_bytes(destination)),
            ),
            Network::V6(source, destination) => {
                (Family::V6, u128::from_be_bytes(source), u128::from_be_bytes(destination))
            }
            Network::None => (Family::Link, 0, 0),
        };
        let wide = |mac: [u8; 6]| mac.iter().fold(0_u64, |all, octet| all << 8 | u64::from(*octet));
        let (to, from) = scan.macs.map_or((0, 0), |(to, from)| (wide(to), wide(from)));
        let (from_port, to_port) = scan.ports.unwrap_or((0, 0));
        let source = End { address: source, mac: from, port: from_port };
        let destination = End { address: destination, mac: to, port: to_port };
        let reversed = source > destination;
        let (low, high) = if reversed { (destination, source) } else { (source, destination) };
        let key = Key {
            low,
            high,
            family,
            link: scan.macs.is_some(),
            protocol: if family == Family::Link { 0 } else { scan.protocol },
            tags: scan.tags,
            vlans: scan.vlans,
            ether_type: if family == Family::Link { scan.ether_type } else { 0 },
            switch_port: switch_port.map_or(0, |port| port.saturating_add(1)),
        };
        (key, reversed)
    }
}

/// Frames and octets one way.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Count {
    /// Frames.
    pub frames: u64,
    /// Octets on the wire.
    pub octets: u64,
}

impl Count {
    /// Adds another count.
    pub fn add(&mut self, other: Count) {
        self.frames = self.frames.saturating_add(other.frames);
        self.octets = self.octets.saturating_add(other.octets);
    }

    /// Both together.
    pub fn plus(mut self, other: Count) -> Count {
        self.add(other);
        self
    }
}

/// What went through a flow.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Traffic {
    /// From the lesser end to the greater.
    pub up: Count,
    /// From the greater end to the lesser.
    pub down: Count,
    /// Number of the first frame.
    pub first_frame: u64,
    /// Whether the first frame went from the greater end.
    pub first_down: bool,
    /// Time of the earliest frame.
    pub start: Timestamp,
    /// Time of the latest frame.
    pub end: Timestamp,
}

impl Traffic {
    /// Of nothing yet, to be merged into.
    pub const NONE: Traffic = Traffic {
        up: Count { frames: 0, octets: 0 },
        down: Count { frames: 0, octets: 0 },
        first_frame: u64::MAX,
        first_down: false,
        start: Timestamp(i64::MAX),
        end: Timestamp(i64::MIN),
    };

    /// Adds a frame: its number, whether it goes down, what it counts, and its time twice.
    #[inline]
    fn take(&mut self, number: u64, reversed: bool, one: Count, (start, end): (Timestamp, Timestamp)) {
        if reversed {
            self.down.add(one);
        } else {
            self.up.add(one);
        }
        if number < self.first_frame {
            self.first_frame = number;
            self.first_down = reversed;
        }
        self.start = self.start.min(start);
        self.end = self.end.max(end);
    }

    /// Adds other traffic; `turned` when its ends are the other way round.
    pub fn merge(&mut self, other: &Traffic, turned: bool) {
        let (up, down) = if turned { (other.down, other.up) } else { (other.up, other.down) };
        self.up.add(up);
        self.down.add(down);
        if other.first_frame < self.first_frame {
            self.first_frame = other.first_frame;
            self.first_down = other.first_down != turned;
        }
        self.start = self.start.min(other.start);
        self.end = self.end.max(other.end);
    }
}

/// A packet on its way into a table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Packet {
    /// Its flow.
    pub key: Key,
    /// Whether it went from the greater end to the lesser.
    pub reversed: bool,
    /// Number of its frame.
    pub number: u64,
    /// When.
    pub time: Option<Timestamp>,
    /// Octets on the wire.
    pub octets: u32,
}

/// Packets whose flows are looked for together.
const AT_ONCE: usize = 32;

/// Flows by their keys.
#[derive(Clone, Debug)]
pub struct FlowTable {
    flows: Dense<Words, Traffic>,
    limit: usize,
    /// Flows that had to make room.
    evicted: u64,
    /// What went through them.
    evicted_traffic: Count,
    total: Count,
    start: Timestamp,
    end: Timestamp,
}

impl FlowTable {
    /// An empty table for at most `limit` flows (at least 16).
    pub fn new(limit: usize) -> Self {
        FlowTable {
            flows: Dense::default(),
            limit: limit.clamp(16, MOST),
            evicted: 0,
            evicted_traffic: Count::default(),
            total: Count::default(),
            start: Timestamp(i64::MAX),
            end: Timestamp(i64::MIN),
        }
    }

    /// Octets of memory that a flow takes, the table's unused places not counted.
    pub const OCTETS_PER_FLOW: usize = size_of::<(Words, Traffic)>();

    /// Takes frames into account.
    #[inline]
    pub fn add_all(&mut self, packets: &[Packet]) {
        for packets in packets.chunks(AT_ONCE) {
            let mut found = [(Words::NONE, 0, None); AT_ONCE];
            for (packet, found) in packets.iter().zip(&mut found) {
                let words = Words::of(&packet.key);
                let hash = self.flows.hash(&words);
                *found = (words, hash, self.flows.first_of(hash));
            }
            for (packet, (words, hash, first)) in packets.iter().zip(&found) {
                self.total.add(Count { frames: 1, octets: u64::from(packet.octets) });
                self.take(packet, words, *hash, *first);
            }
        }
    }

    /// Takes a frame into account.
    pub fn add(&mut self, packet: &Packet) {
        self.add_all(std::slice::from_ref(packet));
    }

    /// Takes a packet within a frame that was taken into account before: it has a flow of its own, and the frame counts once.
    pub fn add_within(&mut self, packet: &Packet) {
        let words = Words::of(&packet.key);
        self.take(packet, &words, self.flows.hash(&words), None);
    }

    /// Adds a packet to its flow, whose key has this hash; perhaps it is the one with the number `first`.
    #[inline]
    fn take(&mut self, packet: &Packet, key: &Words, hash: u32, first: Option<usize>) {
        let Packet { key: _, reversed, number, time, octets } = packet;
        let one = Count { frames: 1, octets: u64::from(*octets) };
        let (start, end) = match time {
            Some(time) => (*time, *time),
            None => (Timestamp(i64::MAX), Timestamp(i64::MIN)),
        };
        self.start = self.start.min(start);
        self.end = self.end.max(end);
        if let Some(traffic) = first.and_then(|first| self.flows.get_at(first, key)) {
            return traffic.take(*number, *reversed, one, (start, end));
        }
        if let Some(traffic) = self.flows.get_mut(hash, key) {
            return traffic.take(*number, *reversed, one, (start, end));
        }
        let mut traffic = Traffic::NONE;
        traffic.take(*number, *reversed, one, (start, end));
        self.insert(hash, *key, traffic);
    }

    #[cold]
    fn insert(&mut self, hash: u32, key: Words, traffic: Traffic) {
        if self.flows.len() >= self.limit {
            self.make_room();
        }
        self.flows.insert(hash, key, traffic);
    }

    /// Drops the quarter of the flows that have been silent longest: so the cost of it is shared by the many that come.
    fn make_room(&mut self) {
        let mut ends: Vec<Timestamp> = self.flows.iter().map(|(_, traffic)| traffic.end).collect();
        let quarter = ends.len() / 4;
        let (_, limit, _) = ends.select_nth_unstable(quarter);
        let limit = *limit;
        // Frames of one time are as old as each other: no more than the quarter goes.
        let mut left = quarter.saturating_add(1);
        let (evicted, gone) = (&mut self.evicted, &mut self.evicted_traffic);
        self.flows.retain(|_, traffic| {
            let goes = traffic.end <= limit && left > 0;
            if goes {
                left = left.saturating_sub(1);
                *evicted = evicted.saturating_add(1);
                gone.add(traffic.up.plus(traffic.down));
            }
            !goes
        });
    }

    /// Takes another table's flows into this one.
    pub fn merge(&mut self, other: FlowTable) {
        self.total.add(other.total);
        self.start = self.start.min(other.start);
        self.end = self.end.max(other.end);
        self.evicted = self.evicted.saturating_add(other.evicted);
        self.evicted_traffic.add(other.evicted_traffic);
        if self.flows.is_empty() && other.flows.len() <= self.limit {
            self.flows = other.flows;
            return;
        }
        for (hash, (key, traffic)) in other.flows.hashed() {
            match self.flows.get_mut(hash, key) {
                Some(known) => known.merge(traffic, false),
                None => self.insert(hash, *key, *traffic),
            }
        }
    }

    /// Flows and their traffic, in no order.
    pub fn flows(&self) -> impl Iterator<Item = (Key, &Traffic)> {
        self.flows.iter().map(|(words, traffic)| (words.key(), traffic))
    }

    /// How many flows there are.
    pub fn len(&self) -> usize {
        self.flows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.flows.is_empty()
    }

    /// Flows that had to make room for others, and what went through them.
    pub fn evicted(&self) -> (u64, Count) {
        (self.evicted, self.evicted_traffic)
    }

    /// All frames, those of evicted flows too.
    pub fn total(&self) -> Count {
        self.total
    }

    /// Times of the earliest and the latest frame; `None` where no frame had a time.
    pub fn span(&self) -> Option<(Timestamp, Timestamp)> {
        (self.start <= self.end).then_some((self.start, self.end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_hold_all_of_a_key() {
        let full = End { address: u128::MAX - 7, mac: 0xfedc_ba98_7654, port: 0xfeed };
        let part = End { address: 0x0a00_0001, mac: 0x0200_0000_0001, port: 443 };
        for family in [Family::Link, Family::V4, Family::V6] {
            for (low, high) in [(part, full), (End::default(), part), (full, full)] {
                let key = Key { low, high, family, link: true, protocol: 132, tags: 2, ..Key::default() };
                let key = Key { vlans: [4095, 7], ether_type: 0x88cc, switch_port: 0xfffe, ..key };
                assert_eq!(Words::of(&key).key(), key);
                let unlike = Key { link: false, ..key };
                assert_ne!(Words::of(&unlike), Words::of(&key));
                assert_eq!(Words::of(&unlike).key(), unlike);
            }
        }
    }
}
