//! Delays and their spread: extremes, mean and variation of all, percentiles of a sample.

/// Delays that are kept for percentiles: all of them up to so many, beyond that a sample in which each has the same chance.
pub const SAMPLE: usize = 1 << 18;

/// Delays in nanoseconds, in the order in which packets came.
#[derive(Clone, Debug, Default)]
pub struct Delays {
    count: u64,
    min: i64,
    max: i64,
    sum: i128,
    last: Option<i64>,
    /// Variation, in sixteenths of a nanosecond.
    jitter: i64,
    sample: Vec<i64>,
    dice: u64,
}

impl Delays {
    /// The next delay.
    pub fn push(&mut self, delay: i64) {
        if let Some(last) = self.last {
            let change = i64::try_from(delay.abs_diff(last)).unwrap_or(i64::MAX);
            // RFC 3550 §A.8: J += |D| - J / 16, J in sixteenths.
            let fade = self.jitter.saturating_add(8) >> 4;
            self.jitter = self.jitter.saturating_add(change).saturating_sub(fade);
        }
        self.last = Some(delay);
        (self.min, self.max) =
            if self.count == 0 { (delay, delay) } else { (self.min.min(delay), self.max.max(delay)) };
        self.count = self.count.saturating_add(1);
        self.sum = self.sum.saturating_add(i128::from(delay));
        self.keep(delay, self.count);
    }

    /// Keeps one of `of` delays so far in the sample.
    fn keep(&mut self, delay: i64, of: u64) {
        if self.sample.len() < SAMPLE {
            self.sample.push(delay);
            return;
        }
        self.dice = self.dice.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        let place = (u128::from(self.dice).wrapping_mul(u128::from(of)) >> 64) as usize;
        if let Some(slot) = self.sample.get_mut(place) {
            *slot = delay;
        }
    }

    /// Adds those of other packets. The variation is the greater one's: it belongs to one sequence of packets.
    pub fn add(&mut self, other: &Delays) {
        if other.count == 0 {
            return;
        }
        (self.min, self.max) = if self.count == 0 {
            (other.min, other.max)
        } else {
            (self.min.min(other.min), self.max.max(other.max))
        };
        self.jitter = if other.count > self.count { other.jitter } else { self.jitter };
        self.sum = self.sum.saturating_add(other.sum);
        for delay in &other.sample {
            self.count = self.count.saturating_add(1);
            self.keep(*delay, self.count);
        }
        self.count = self.count.saturating_add(other.count.saturating_sub(other.sample.len() as u64));
    }

    /// How many.
    pub fn count(&self) -> u64 {
        self.count
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
        let mut sorted = self.sample.clone();
        sorted.sort_unstable();
        let last = sorted.len().checked_sub(1)?;
        Some(thousandths.map(|part| {
            let place = last.saturating_mul(usize::from(part)).saturating_add(500) / 1000;
            sorted.get(place.min(last)).copied().unwrap_or(0)
        }))
    }
}
