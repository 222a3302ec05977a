//! When packets are due: absolute deadlines, and an account of how well they were met.

use super::sys;
use std::time::{Duration, Instant};

/// How much before a deadline a sleep ends and waiting goes on awake, where deadlines come so fast that the kernel's lateness
/// shows. Sleeps end up to 60 µs late (docs/performance.md has the measure).
const AWAKE: Duration = Duration::from_micros(60);

/// Intervals from which on the last moments are not waited for awake: a processor is not worth microseconds in milliseconds.
const LAZY: Duration = Duration::from_millis(1);

/// The longest sleep in one piece, so that a signal is seen in time.
const SLICE: Duration = Duration::from_millis(50);

/// Deadlines at equal distances from a start.
#[derive(Debug)]
pub struct Pace {
    start: Instant,
    /// Nanoseconds between packets, in 2^-32.
    interval: u128,
    next: u64,
    lateness: Lateness,
}

impl Pace {
    /// One packet each `interval`, from now on.
    pub fn every(interval: Duration) -> Pace {
        sys::set_timer_slack(1);
        Pace {
            start: Instant::now(),
            interval: interval.as_nanos() << 32,
            next: 0,
            lateness: Lateness::default(),
        }
    }

    /// So many packets a second, from now on.
    pub fn per_second(rate: f64) -> Pace {
        let nanoseconds = (1e9 / rate * 4_294_967_296.0) as u128;
        Pace { interval: nanoseconds, ..Pace::every(Duration::ZERO) }
    }

    fn deadline(&self, number: u64) -> Instant {
        let nanoseconds = self.interval.saturating_mul(u128::from(number)) >> 32;
        let far =
            self.start.checked_add(Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or(u64::MAX)));
        far.unwrap_or_else(|| self.start + Duration::from_secs(1 << 32))
    }

    fn interval(&self) -> Duration {
        Duration::from_nanos(u64::try_from(self.interval >> 32).unwrap_or(u64::MAX))
    }

    /// How many packets are due now.
    pub fn due(&self, most: usize) -> usize {
        let now = Instant::now();
        (0..most as u64).take_while(|more| self.deadline(self.next.saturating_add(*more)) <= now).count()
    }

    /// Notes that the next `count` packets are sent now.
    pub fn sent(&mut self, count: usize) {
        let now = Instant::now();
        for _ in 0..count {
            self.lateness.add(now.saturating_duration_since(self.deadline(self.next)));
            self.next = self.next.saturating_add(1);
        }
    }

    /// How long until the next is due.
    pub fn left(&self) -> Duration {
        self.deadline(self.next).saturating_duration_since(Instant::now())
    }

    /// Waits until the next is due, or a part of that: true when it is due. To be called again otherwise, after a look at
    /// whatever may end the run.
    pub fn wait(&self) -> bool {
        let left = self.left();
        let awake = if self.interval() < LAZY { AWAKE } else { Duration::ZERO };
        match left.checked_sub(awake).filter(|sleep| !sleep.is_zero()) {
            Some(sleep) => {
                std::thread::sleep(sleep.min(SLICE));
                sleep <= SLICE && awake.is_zero()
            }
            None => {
                while !self.left().is_zero() {
                    std::hint::spin_loop();
                }
                true
            }
        }
    }

    /// How late packets were sent.
    pub fn lateness(&self) -> &Lateness {
        &self.lateness
    }
}

/// A histogram of how late something happened: exact to an eighth.
#[derive(Clone, Debug)]
pub struct Lateness {
    counts: [u64; 64 * 8],
    total: u64,
    most: u64,
}

impl Default for Lateness {
    fn default() -> Self {
        Lateness { counts: [0; 64 * 8], total: 0, most: 0 }
    }
}

impl Lateness {
    /// Adds one.
    pub fn add(&mut self, late: Duration) {
        let nanoseconds = u64::try_from(late.as_nanos()).unwrap_or(u64::MAX);
        if let Some(count) = self.counts.get_mut(bucket(nanoseconds)) {
            *count = count.saturating_add(1);
        }
        self.total = self.total.saturating_add(1);
        self.most = self.most.max(nanoseconds);
    }

    /// How many were added.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// The lateness that `percent` of them did not exceed; at most an eighth too much.
    pub fn percentile(&self, percent: f64) -> Duration {
        let wanted = (self.total as f64 * percent / 100.0).ceil() as u64;
        let mut seen = 0u64;
        for (at, count) in self.counts.iter().enumerate() {
            seen = seen.saturating_add(*count);
            if seen >= wanted.max(1) {
                return Duration::from_nanos(end_of(at).min(self.most));
            }
        }
        Duration::from_nanos(self.most)
    }

    /// The largest.
    pub fn most(&self) -> Duration {
        Duration::from_nanos(self.most)
    }
}

/// Values below 8 have a bucket each; above, each power of two has 8.
fn bucket(value: u64) -> usize {
    let power = value.checked_ilog2().unwrap_or(0);
    match power.checked_sub(3) {
        None => value as usize,
        Some(shift) => (shift as usize + 1) * 8 + ((value >> shift) & 7) as usize,
    }
}

/// The largest value of a bucket.
fn end_of(bucket: usize) -> u64 {
    match (bucket / 8).checked_sub(1) {
        None => bucket as u64,
        Some(shift) => {
            let first = u128::from(8 + (bucket % 8) as u64 + 1) << shift;
            u64::try_from(first.saturating_sub(1)).unwrap_or(u64::MAX)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_hold_what_they_say_to_an_eighth() {
        for value in (0..100_000).chain([u64::MAX, u64::MAX / 3, 1 << 40]) {
            let end = end_of(bucket(value));
            assert!(end >= value && end - value <= value / 8, "{value} {end}");
        }
    }

    #[test]
    fn percentiles_are_those_of_what_was_added() {
        let mut late = Lateness::default();
        assert_eq!(late.percentile(99.0), Duration::ZERO);
        (1..=1000).for_each(|microseconds| late.add(Duration::from_micros(microseconds)));
        let half = late.percentile(50.0).as_micros();
        assert!((500..=563).contains(&half), "{half}");
        assert_eq!((late.most(), late.total()), (Duration::from_millis(1), 1000));
        assert_eq!(late.percentile(100.0), late.most());
    }

    #[test]
    fn deadlines_do_not_drift_and_do_not_overflow() {
        let pace = Pace::per_second(3.0);
        assert_eq!(pace.deadline(3_000_000) - pace.start, Duration::from_nanos(999_999_999_999_999));
        let far = Pace::every(Duration::from_secs(3600));
        assert!(far.deadline(u64::MAX) > far.start);
    }

    #[test]
    fn what_is_past_is_due_up_to_what_is_asked_for() {
        let mut pace = Pace::every(Duration::ZERO);
        assert_eq!(pace.due(64), 64);
        pace.sent(64);
        assert!(pace.wait());
        let slow = Pace::every(Duration::from_secs(100));
        assert_eq!(slow.due(64), 1);
    }
}
