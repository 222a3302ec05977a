//! Packets that go round in a routing loop: the same packet comes again and again, each time with fewer hops left.
//!
//! Only packets with few hops left are looked at: one that circles gets there, and most others never do, so that they cost nothing. A
//! capture at both sides of a router has packets twice, so it takes three falls to call it a loop.

use super::scan::Scan;
use crate::decode::Network;
use crate::frame::Frame;
use crate::hash::Seeded;
use std::collections::{HashMap, VecDeque};
use std::hash::BuildHasher;

/// Hops left above which packets are not looked at.
const FEW_HOPS: u8 = 30;
/// Falls that make a loop.
const FALLS: u8 = 3;
/// Octets of the payload that a packet is known again by, beside its length.
const OCTETS: usize = 64;

#[derive(Clone, Copy, Debug)]
struct Sight {
    first: u64,
    hops: u8,
    falls: u8,
}

/// Packets that may circle.
#[derive(Clone, Debug)]
pub struct Loops {
    seen: HashMap<u64, Sight, Seeded>,
    order: VecDeque<u64>,
    limit: usize,
    evicted: u64,
}

impl Loops {
    /// For at most `limit` packets at a time (at least 16).
    pub fn new(limit: usize) -> Self {
        Loops { seen: HashMap::default(), order: VecDeque::new(), limit: limit.max(16), evicted: 0 }
    }

    /// Takes a frame into account; the frame in which its packet was first seen, if it goes round.
    #[inline]
    pub fn take(&mut self, scan: &Scan<'_>, frame: &Frame<'_>) -> Option<u64> {
        if scan.hops > FEW_HOPS || scan.network == Network::None {
            return None;
        }
        self.look(scan, frame.number)
    }

    fn look(&mut self, scan: &Scan<'_>, frame: u64) -> Option<u64> {
        let (from, to) = match &scan.network {
            Network::None => return None,
            Network::V4(from, to) => (&from[..], &to[..]),
            Network::V6(from, to) => (&from[..], &to[..]),
        };
        let fragment = scan.fragment.map(|fragment| (fragment.id, fragment.offset));
        let payload = scan.payload.get(..OCTETS).unwrap_or(scan.payload);
        let packet = (from, to, scan.id, scan.protocol, fragment, scan.payload_len, payload);
        let key = self.seen.hasher().hash_one(packet);
        if let Some(known) = self.seen.get_mut(&key) {
            if scan.hops >= known.hops {
                // Sent again, or another packet with the same octets.
                *known = Sight { first: frame, hops: scan.hops, falls: 0 };
                return None;
            }
            (known.hops, known.falls) = (scan.hops, known.falls.saturating_add(1));
            return (known.falls >= FALLS).then_some(known.first);
        }
        if self.seen.len() >= self.limit
            && let Some(oldest) = self.order.pop_front()
        {
            self.seen.remove(&oldest);
            self.evicted = self.evicted.saturating_add(1);
        }
        self.seen.insert(key, Sight { first: frame, hops: scan.hops, falls: 0 });
        self.order.push_back(key);
        None
    }

    /// Packets that had to make room for others.
    pub fn evicted(&self) -> u64 {
        self.evicted
    }
}
