//! Delays and their spread: extremes, mean and variation of all, percentiles of a sample.

/// Delays of a direction that are kept: all of them up to so many, beyond that a sample in which each has the same chance.
pub const SAMPLE: usize = 1 << 18;
/// Delays that are kept of all directions together: 64 MiB.
pub(super) const MOST_SAMPLES: usize = 4 << 20;
/// Delays that a direction may keep however many others do.
const LEAST: usize = 16;
/// The last delays, from which variation is reckoned again: what lies further back has faded.
const LAST: usize = 256;

/// A delay: when, in nanoseconds since any moment, and how long.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Delay {
    pub(super) at: i64,
    pub(super) delay: i64,
}

/// Delays in nanoseconds, in the order in which packets came.
#[derive(Clone, Debug, Default)]
pub struct Delays {
    count: u64,
    min: i64,
    max: i64,
    sum: i128,
    /// Of the moments.
    moments: i128,
    last: Option<i64>,
    /// Variation, in sixteenths of a nanosecond.
    pub(super) jitter: i64,
    pub(super) sample: Vec<Delay>,
    /// The last ones, going round, where the sample has not all.
    tail: Vec<Delay>,
    dice: u64,
}

impl Delays {
    /// The next delay, of a packet at a moment. `room`: more may be kept. True where one more is.
    pub fn push(&mut self, at: i64, delay: i64, room: bool) -> bool {
        self.vary(delay);
        (self.min, self.max) =
            if self.count == 0 { (delay, delay) } else { (self.min.min(delay), self.max.max(delay)) };
        self.count = self.count.saturating_add(1);
        self.sum = self.sum.saturating_add(i128::from(delay));
        self.moments = self.moments.saturating_add(i128::from(at));
        let kept = self.keep(Delay { at, delay }, self.count, room);
        if !kept {
            self.keep_last(Delay { at, delay });
        }
        kept
    }

    fn vary(&mut self, delay: i64) {
        if let Some(last) = self.last {
            let change = i64::try_from(delay.abs_diff(last)).unwrap_or(i64::MAX);
            // RFC 3550 §A.8: J += |D| - J / 16, J in sixteenths.
            let fade = self.jitter.saturating_add(8) >> 4;
            self.jitter = self.jitter.saturating_add(change).saturating_sub(fade);
        }
        self.last = Some(delay);
    }

    /// Keeps one of `of` delays so far in the sample; true where that grew by it.
    fn keep(&mut self, one: Delay, of: u64, room: bool) -> bool {
        // As long as all are kept, it may grow; after that each has the same chance of a place.
        let whole = self.sample.len() as u64 >= of.saturating_sub(1);
        if whole && (self.sample.len() < LEAST || (room && self.sample.len() < SAMPLE)) {
            self.sample.push(one);
            return true;
        }
        self.dice = self.dice.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        let place = (u128::from(self.dice).wrapping_mul(u128::from(of)) >> 64) as usize;
        if let Some(slot) = self.sample.get_mut(place) {
            *slot = one;
        }
        false
    }

    fn keep_last(&mut self, one: Delay) {
        if self.tail.is_empty() {
            // The sample has all before this one, in order.
            let from = self.sample.len().saturating_sub(LAST.saturating_sub(1));
            self.tail = self.sample.get(from..).unwrap_or_default().to_vec();
        }
        if self.tail.len() < LAST {
            self.tail.push(one);
        } else {
            self.tail.rotate_left(1);
            if let Some(last) = self.tail.last_mut() {
                *last = one;
            }
        }
    }

    /// Variation of packets that arrived where the moments were taken, in the order of these: it is the receiver's (RFC 3550 §6.4.1).
    pub(super) fn variation_by_moment(&self) -> i64 {
        let kept = if self.tail.is_empty() { &self.sample } else { &self.tail };
        let mut last = kept.get(kept.len().saturating_sub(LAST)..).unwrap_or_default().to_vec();
        last.sort_by_key(|one| one.at);
        let mut sorted = Delays::default();
        last.iter().for_each(|one| sorted.vary(one.delay));
        sorted.jitter
    }

    /// Adds those of other packets; `jitter` is their variation. That of the greater one counts: it belongs to one sequence of packets.
    pub(super) fn add(&mut self, other: &Delays, jitter: i64) {
        if other.count == 0 {
            return;
        }
        (self.min, self.max) = if self.count == 0 {
            (other.min, other.max)
        } else {
            (self.min.min(other.min), self.max.max(other.max))
        };
        self.jitter = if other.count > self.count { jitter } else { self.jitter };
        self.sum = self.sum.saturating_add(other.sum);
        self.moments = self.moments.saturating_add(other.moments);
        for one in &other.sample {
            self.count = self.count.saturating_add(1);
            if self.sample.len() < SAMPLE {
                self.sample.push(*one);
            } else {
                self.keep(*one, self.count, false);
            }
        }
        self.count = self.count.saturating_add(other.count.saturating_sub(other.sample.len() as u64));
    }

    /// The same without what a clock gained in them, in nanoseconds for each nanosecond of their moments. Where not all are kept, the
    /// extremes are the sample's.
    #[must_use]
    pub fn without(&self, drift: f64) -> Delays {
        let right =
            |one: &Delay| Delay { at: one.at, delay: one.delay.saturating_sub(gained(one.at, drift)) };
        let sample: Vec<Delay> = self.sample.iter().map(right).collect();
        let mut other = Delays {
            count: self.count,
            min: sample.iter().map(|one| one.delay).min().unwrap_or(self.min),
            max: sample.iter().map(|one| one.delay).max().unwrap_or(self.max),
            sum: self.sum.saturating_sub((self.moments as f64 * drift).round() as i128),
            moments: self.moments,
            dice: self.dice,
            ..Delays::default()
        };
        let last = if self.tail.is_empty() {
            sample.get(sample.len().saturating_sub(LAST)..).unwrap_or_default().to_vec()
        } else {
            self.tail.iter().map(right).collect()
        };
        last.iter().for_each(|one| other.vary(one.delay));
        (other.sample, other.tail) = (sample, last);
        other
    }

    /// How many.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Whether percentiles are of a sample alone.
    pub fn is_sampled(&self) -> bool {
        self.count > self.sample.len() as u64
    }

    /// The least.
    pub fn min(&self) -> Option<i64> {
        (self.count > 0).then_some(self.min)
    }

    /// The greatest.
    pub fn max(&self) -> Option<i64> {
        (self.count > 0).then_some(self.max)
    }

    /// The mean.
    pub fn mean(&self) -> Option<i64> {
        let mean = self.sum.checked_div(i128::from(self.count))?;
        i64::try_from(mean).ok()
    }

    /// Variation as RFC 3550 §6.4.1 smooths it, of the greatest flow.
    pub fn jitter(&self) -> Option<i64> {
        (self.count > 1).then_some(self.jitter >> 4)
    }

    /// The delays below which so many of a thousand lie, for each of `thousandths`.
    pub fn quantiles<const N: usize>(&self, thousandths: [u16; N]) -> Option<[i64; N]> {
        let mut sorted: Vec<i64> = self.sample.iter().map(|one| one.delay).collect();
        sorted.sort_unstable();
        let last = sorted.len().checked_sub(1)?;
        Some(thousandths.map(|part| {
            let place = last.saturating_mul(usize::from(part)).saturating_add(500) / 1000;
            sorted.get(place.min(last)).copied().unwrap_or(0)
        }))
    }
}

/// What a clock gains up to a moment.
fn gained(at: i64, drift: f64) -> i64 {
    (at as f64 * drift).round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_clock_gained_is_taken_out_of_every_number() {
        let (mut straight, mut tilted) = (Delays::default(), Delays::default());
        for number in 0..1000_i64 {
            let (at, delay) = (number * 1_000_000, 100_000 + number * 7919 % 5000);
            straight.push(at, delay, number < 800);
            tilted.push(at, delay + at / 10_000, number < 800);
        }
        let right = tilted.without(1e-4);
        let numbers = |delays: &Delays| (delays.mean(), delays.jitter(), delays.quantiles([500, 950, 990]));
        assert_eq!(numbers(&right), numbers(&straight));
        assert!(right.is_sampled() && tilted.count() == 1000);
    }

    #[test]
    fn variation_is_reckoned_in_the_order_of_arrival() {
        let (mut sent, mut arrived) = (Delays::default(), Delays::default());
        let packets = (0..200_i64).map(|number| {
            let delay = if number % 9 == 0 { 5_000_000 } else { 1_000_000 + number * 7919 % 1000 };
            (number * 1_000_000 + delay, delay)
        });
        let mut sorted: Vec<(i64, i64)> = packets.clone().collect();
        assert_eq!(packets.filter(|(at, delay)| sent.push(*at, *delay, true)).count(), 200);
        sorted.sort_unstable();
        assert_eq!(sorted.iter().filter(|(at, delay)| arrived.push(*at, *delay, true)).count(), 200);
        assert_eq!(sent.variation_by_moment(), arrived.jitter);
        assert_ne!(sent.jitter, arrived.jitter);
    }

    #[test]
    fn a_direction_keeps_a_few_delays_however_many_others_do() {
        let mut delays = Delays::default();
        let kept = (0..100).filter(|number| delays.push(*number, 5, false)).count();
        assert_eq!((kept, delays.quantiles([500])), (LEAST, Some([5])));
    }
}
