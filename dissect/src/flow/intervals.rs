//! Frames and octets per interval of time.

use super::table::Count;
use crate::frame::Timestamp;
use std::collections::BTreeMap;

/// Intervals kept; beyond, neighbours are joined in pairs.
pub const MAX_INTERVALS: usize = 1 << 16;

/// Counts per interval. Tables of several workers fit together when they have one origin.
#[derive(Clone, Debug)]
pub struct Intervals {
    width: i64,
    origin: Timestamp,
    counts: BTreeMap<i64, Count>,
    /// The interval that the frame before fell into: neighbours in time are neighbours in the file.
    last: Option<(i64, Count)>,
    untimed: Count,
}

impl Intervals {
    /// Intervals of so many nanoseconds (at least 1), one of which begins at `origin`.
    pub fn new(width: i64, origin: Timestamp) -> Self {
        Intervals {
            width: width.max(1),
            origin,
            counts: BTreeMap::new(),
            last: None,
            untimed: Count::default(),
        }
    }

    /// Nanoseconds of an interval: what was asked for, or a multiple where that made too many.
    pub fn width(&self) -> i64 {
        self.width
    }

    /// Frames without a time.
    pub fn untimed(&self) -> Count {
        self.untimed
    }

    /// Takes a frame into account.
    #[inline]
    pub fn add(&mut self, time: Option<Timestamp>, octets: u32) {
        let one = Count { frames: 1, octets: u64::from(octets) };
        let Some(time) = time else {
            self.untimed.add(one);
            return;
        };
        let since = time.since(self.origin);
        let at = since.div_euclid(self.width);
        match &mut self.last {
            Some((last, count)) if *last == at => count.add(one),
            _ => {
                self.settle();
                // Settling may have made the intervals wider.
                self.last = Some((since.div_euclid(self.width), one));
            }
        }
    }

    fn settle(&mut self) {
        if let Some((at, count)) = self.last.take() {
            self.counts.entry(at).or_default().add(count);
            self.shrink();
        }
    }

    fn shrink(&mut self) {
        while self.counts.len() > MAX_INTERVALS {
            self.widen();
        }
    }

    fn widen(&mut self) {
        self.width = self.width.saturating_mul(2);
        let old = std::mem::take(&mut self.counts);
        for (at, count) in old {
            self.counts.entry(at.div_euclid(2)).or_default().add(count);
        }
    }

    /// Takes another table into this one; both had the same width at first.
    pub fn merge(&mut self, mut other: Intervals) {
        self.settle();
        other.settle();
        while self.width < other.width {
            self.widen();
        }
        while other.width < self.width {
            other.widen();
        }
        for (at, count) in other.counts {
            self.counts.entry(at).or_default().add(count);
        }
        self.untimed.add(other.untimed);
        self.shrink();
    }

    /// Start, frames and octets of each interval from the first with a frame to the last, empty ones too, as long as
    /// they are no more than [`MAX_INTERVALS`]; then only those with frames.
    pub fn rows(&mut self) -> Vec<(Timestamp, Count)> {
        self.settle();
        let (Some(first), Some(last)) = (self.counts.keys().next(), self.counts.keys().next_back()) else {
            return Vec::new();
        };
        let (first, last) = (*first, *last);
        let start = |at: i64| Timestamp(self.origin.0.saturating_add(at.saturating_mul(self.width)));
        let span = last.saturating_sub(first);
        if usize::try_from(span).is_ok_and(|span| span < MAX_INTERVALS) {
            (first..=last).map(|at| (start(at), self.counts.get(&at).copied().unwrap_or_default())).collect()
        } else {
            self.counts.iter().map(|(at, count)| (start(*at), *count)).collect()
        }
    }
}
