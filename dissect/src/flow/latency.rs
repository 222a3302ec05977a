//! Requests and their answers, by the rules that protocols declare, and how long answers took.
//!
//! A request waits under its key ([`Pairing`](super::Pairing)) until its answer comes; those that have waited longest make room. Times go
//! into histograms with a fixed relative width, so that a million answers take no more memory than a thousand.

use super::pairing::Keys;
use super::scan::Scan;
use super::tcp::nanoseconds;
use crate::decode::Network;
use crate::frame::Frame;
use crate::hash::Seeded;
use crate::registry::ProtoId;
use std::collections::{HashMap, VecDeque};

/// Services (protocol and who was asked) that are told apart; further ones of a protocol are counted together.
const MOST_SERVICES: usize = 4096;

/// Buckets of a histogram for each power of two: a time is known to 1/32.
const STEPS: u64 = 32;

/// How often times occurred, in buckets of 3 %.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Histogram {
    buckets: Vec<u32>,
    count: u64,
    min: i64,
    max: i64,
}

impl Histogram {
    /// Takes a time in nanoseconds into account.
    pub fn add(&mut self, nanoseconds: i64) {
        let nanoseconds = nanoseconds.max(0);
        self.min = if self.count == 0 { nanoseconds } else { self.min.min(nanoseconds) };
        self.max = self.max.max(nanoseconds);
        self.count = self.count.saturating_add(1);
        let bucket = bucket(nanoseconds.cast_unsigned());
        if self.buckets.len() <= bucket {
            self.buckets.resize(bucket.saturating_add(1), 0);
        }
        if let Some(slot) = self.buckets.get_mut(bucket) {
            *slot = slot.saturating_add(1);
        }
    }

    /// Times.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Shortest and longest; `None` without any.
    pub fn limits(&self) -> Option<(i64, i64)> {
        (self.count > 0).then_some((self.min, self.max))
    }

    /// The time that so many of a thousand did not exceed, to 3 %; 0 without any.
    pub fn quantile(&self, thousandths: u64) -> i64 {
        let rank = self.count.saturating_mul(thousandths).div_ceil(1000).max(1);
        let mut seen = 0_u64;
        for (at, count) in self.buckets.iter().enumerate() {
            seen = seen.saturating_add(u64::from(*count));
            if seen >= rank {
                return middle(at).cast_signed().clamp(self.min, self.max);
            }
        }
        self.max
    }
}

fn bucket(value: u64) -> usize {
    let power = u64::from(value.max(1).ilog2());
    let at = match power.checked_sub(5) {
        None => value,
        Some(shift) => {
            shift.saturating_add(1).saturating_mul(STEPS).saturating_add(value >> shift & (STEPS - 1))
        }
    };
    usize::try_from(at).unwrap_or(usize::MAX)
}

/// The middle of a bucket.
fn middle(bucket: usize) -> u64 {
    let bucket = bucket as u64;
    match (bucket / STEPS).checked_sub(1) {
        None => bucket,
        Some(shift) => {
            let low = (STEPS | (bucket % STEPS)).checked_shl(u32::try_from(shift).unwrap_or(63)).unwrap_or(0);
            low.saturating_add(1_u64.checked_shl(u32::try_from(shift).unwrap_or(63)).unwrap_or(0) / 2)
        }
    }
}

/// Who was asked.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Asked {
    /// Nobody by an IP address, or one of the many that are counted together.
    #[default]
    Any,
    /// An IPv4 address.
    V4([u8; 4]),
    /// An IPv6 address.
    V6([u8; 16]),
}

impl Asked {
    fn of(network: Network) -> Asked {
        match network {
            Network::None => Asked::Any,
            Network::V4(_, to) => Asked::V4(to),
            Network::V6(_, to) => Asked::V6(to),
        }
    }
}

/// Requests of a protocol to a host, and their answers.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Service {
    /// Requests.
    pub requests: u64,
    /// Of these, sent again while they waited.
    pub repeated: u64,
    /// Times from the first request to its answer.
    pub times: Histogram,
}

/// A frame's request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reply {
    /// The frame that asked.
    pub to: u64,
    /// Nanoseconds since.
    pub after: i64,
}

struct Waiting {
    frame: u64,
    time: i64,
    service: (ProtoId, Asked),
}

/// Requests that wait, and what became of others.
pub struct Requests {
    waiting: HashMap<u64, Waiting, Seeded>,
    /// Keys in the order of their requests; some are answered by now.
    order: VecDeque<(u64, u64)>,
    services: HashMap<(ProtoId, Asked), Service, Seeded>,
    limit: usize,
    evicted: u64,
    last: i64,
}

impl Requests {
    /// Octets that a request takes while it waits.
    pub const OCTETS_PER_REQUEST: usize = size_of::<(u64, Waiting)>() + size_of::<(u64, u64)>();

    /// For at most `limit` requests at a time (at least 16).
    pub fn new(limit: usize) -> Self {
        Requests {
            waiting: HashMap::default(),
            order: VecDeque::new(),
            services: HashMap::default(),
            limit: limit.max(16),
            evicted: 0,
            last: 0,
        }
    }

    /// Takes a frame into account; says what it answers.
    pub fn take(&mut self, keys: &Keys, scan: &Scan<'_>, frame: &Frame<'_>) -> Option<Reply> {
        let service = keys.service?;
        let time = nanoseconds(frame.meta.time, self.last);
        self.last = time;
        let found = keys.answer.exact().chain(keys.answer.open()).find_map(|key| self.waiting.remove(&key));
        if let Some(request) = found {
            let after = time.saturating_sub(request.time);
            self.service(request.service).times.add(after);
            return Some(Reply { to: request.frame, after });
        }
        let key = keys.request?;
        let asked = (service, Asked::of(scan.network));
        let again = self.waiting.contains_key(&key);
        let service = self.service(asked);
        service.requests = service.requests.saturating_add(1);
        service.repeated = service.repeated.saturating_add(u64::from(again));
        if !again {
            self.wait(key, Waiting { frame: frame.number, time, service: asked });
        }
        None
    }

    fn wait(&mut self, key: u64, request: Waiting) {
        // Answered ones stand in the order until they come to its front.
        while self.waiting.len() >= self.limit || self.order.len() >= self.limit.saturating_mul(2) {
            let Some((oldest, frame)) = self.order.pop_front() else { break };
            if self.waiting.get(&oldest).is_some_and(|waiting| waiting.frame == frame) {
                self.waiting.remove(&oldest);
                self.evicted = self.evicted.saturating_add(1);
            }
        }
        self.order.push_back((key, request.frame));
        self.waiting.insert(key, request);
    }

    fn service(&mut self, of: (ProtoId, Asked)) -> &mut Service {
        let of = if self.services.len() < MOST_SERVICES || self.services.contains_key(&of) {
            of
        } else {
            (of.0, Asked::Any)
        };
        self.services.entry(of).or_default()
    }

    /// The services, those with the most requests first.
    pub fn services(&self) -> Vec<(ProtoId, Asked, &Service)> {
        let mut all: Vec<_> =
            self.services.iter().map(|((id, asked), service)| (*id, *asked, service)).collect();
        all.sort_unstable_by_key(|(id, asked, service)| (std::cmp::Reverse(service.requests), *id, *asked));
        all
    }

    /// Requests that had to make room before an answer came.
    pub fn evicted(&self) -> u64 {
        self.evicted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_right_to_one_in_thirty() {
        let mut times = Histogram::default();
        (1..=100_000_i64).for_each(|time| times.add(time * 1000));
        assert_eq!(times.limits(), Some((1000, 100_000_000)));
        for (thousandths, right) in
            [(500, 50_000_000_i64), (950, 95_000_000), (990, 99_000_000), (1000, 100_000_000)]
        {
            let found = times.quantile(thousandths);
            assert!((found - right).abs() <= right / 30, "{thousandths}: {found}");
        }
        let mut one = Histogram::default();
        one.add(7);
        assert_eq!((one.quantile(500), one.quantile(999)), (7, 7));
        one.add(i64::MAX);
        assert!(one.quantile(1000) > i64::MAX / 32 * 31);
    }
}
