//! Frames of several sources in the order of their times.
//!
//! Each ring hands its frames over in blocks, so that those of two interfaces, or of two threads on one, come out of order
//! by as long as a block may wait. Here a frame is kept until no source can still bring an older one: every other source
//! has shown a later frame, or has looked into its ring and found nothing after the time that the ring may hold one back.
//! Sources that sleep are woken to look when the first frame waits. One that does not come to look is waited for as long
//! as [`GIVE_WAY`], and no longer: then order gives way to progress. What is kept lies in one buffer for each source;
//! beyond [`MOST_OCTETS`] the oldest goes out at once.

use nettool_capture::live::session::Waker;
use nettool_dissect::flow::Facts;
use nettool_dissect::flow::reassembly::Joined;
use nettool_dissect::frame::{Frame, Meta, RawOptions, Timestamp};
use std::ops::Range;
use std::time::{Duration, Instant};

/// Octets that may wait in all.
const MOST_OCTETS: usize = 32 << 20;
/// How late the kernel may be in closing a block, beside the time that a ring holds frames back.
const SLACK: Duration = Duration::from_millis(5);
/// How long a source is waited for that does not look into its ring.
const GIVE_WAY: Duration = Duration::from_secs(1);
/// The shortest time after which a source is asked to look again.
const SHORTEST: Duration = Duration::from_millis(1);

/// A frame that waits.
struct Kept {
    meta: Meta<'static>,
    time: Timestamp,
    arrived: Instant,
    octets: Range<usize>,
    joined: Option<Joined>,
    facts: Option<Facts>,
}

/// What one source has brought.
#[derive(Default)]
struct Queue {
    kept: Vec<Kept>,
    /// The first of `kept` that still waits.
    next: usize,
    octets: Vec<u8>,
    /// Time of its last frame.
    latest: Option<Timestamp>,
    /// When it last began a look into its ring that found nothing.
    looked: Option<Instant>,
    /// It brings nothing more.
    over: bool,
    /// How to wake it, while it sleeps because nothing waits.
    asleep: Option<Waker>,
}

impl Queue {
    fn front(&self) -> Option<&Kept> {
        self.kept.get(self.next)
    }

    /// Forgets the front; what lies before it is given free in one go now and then, so that it costs nothing a frame.
    fn drop_front(&mut self) {
        self.next = self.next.saturating_add(1);
        if self.next >= self.kept.len() {
            self.kept.clear();
            self.octets.clear();
            self.next = 0;
        } else if self.next >= 4096 && self.next.saturating_mul(2) >= self.kept.len() {
            let start = self.front().map_or(0, |kept| kept.octets.start);
            self.octets.drain(..start.min(self.octets.len()));
            self.kept.drain(..self.next);
            self.next = 0;
            for kept in &mut self.kept {
                kept.octets = kept.octets.start.saturating_sub(start)..kept.octets.end.saturating_sub(start);
            }
        }
    }
}

/// Frames of several sources on their way into one order.
pub(super) struct Merge {
    queues: Vec<Queue>,
    /// How long a ring may hold a frame back.
    patience: Duration,
    waiting_octets: usize,
    /// Frames that went out.
    number: u64,
}

impl Merge {
    /// For so many sources, whose rings hold frames back for up to `hold`.
    pub(super) fn new(sources: usize, hold: Duration) -> Merge {
        let queues = (0..sources).map(|_| Queue::default()).collect();
        Merge { queues, patience: hold.saturating_add(SLACK), waiting_octets: 0, number: 0 }
    }

    /// Keeps a frame of a source, and what it completes.
    pub(super) fn keep(
        &mut self,
        source: usize,
        frame: &Frame<'_>,
        joined: Option<Joined>,
        facts: Option<Facts>,
        arrived: Instant,
    ) {
        let Some(queue) = self.queues.get_mut(source) else { return };
        // A frame without a time belongs behind the one before it.
        let time = frame.meta.time.or(queue.latest).unwrap_or(Timestamp(0));
        let start = queue.octets.len();
        queue.octets.extend_from_slice(frame.data);
        // A live frame has no options of a file.
        let meta = Meta { options: RawOptions::default(), ..frame.meta };
        queue.kept.push(Kept { meta, time, arrived, octets: start..queue.octets.len(), joined, facts });
        queue.latest = Some(time);
        queue.asleep = None;
        self.waiting_octets = self.waiting_octets.saturating_add(frame.data.len());
        for sleeper in self.queues.iter_mut().filter_map(|queue| queue.asleep.take()) {
            sleeper.wake();
        }
    }

    /// The source began at `looked` a look that found nothing; with `None` it brings nothing more.
    pub(super) fn rests(&mut self, source: usize, looked: Option<Instant>) {
        if let Some(queue) = self.queues.get_mut(source) {
            queue.over = looked.is_none();
            queue.looked = looked.or(queue.looked);
        }
    }

    /// When the source has to look again, if frames wait; otherwise it may sleep until it is woken.
    pub(super) fn sleeps(&mut self, source: usize, now: Instant, waker: &Waker) -> Option<Duration> {
        let front = self.oldest().and_then(|oldest| self.queues.get(oldest)?.front());
        let again = front.map(|front| {
            (self.patience.saturating_sub(now.saturating_duration_since(front.arrived))).max(SHORTEST)
        });
        if let Some(queue) = self.queues.get_mut(source).filter(|_| again.is_none()) {
            queue.asleep = Some(waker.clone());
        }
        again
    }

    /// Gives out what is due at `now`; with `None` everything.
    pub(super) fn release<E>(
        &mut self,
        now: Option<Instant>,
        mut give: impl FnMut(&Frame<'_>, Option<&Joined>, Option<Facts>) -> Result<(), E>,
    ) -> Result<(), E> {
        while let Some(source) = self.oldest() {
            if let Some(now) = now
                && self.waiting_octets <= MOST_OCTETS
                && !self.is_due(source, now)
            {
                return Ok(());
            }
            let Some(queue) = self.queues.get_mut(source) else { return Ok(()) };
            let Some(kept) = queue.front() else { return Ok(()) };
            self.number = self.number.saturating_add(1);
            let data = queue.octets.get(kept.octets.clone()).unwrap_or_default();
            self.waiting_octets = self.waiting_octets.saturating_sub(data.len());
            let frame = Frame { number: self.number, data, meta: kept.meta };
            let given = give(&frame, kept.joined.as_ref(), kept.facts.clone());
            queue.drop_front();
            given?;
        }
        Ok(())
    }

    /// The source with the oldest frame; of equal ones the first.
    fn oldest(&self) -> Option<usize> {
        let fronts = self.queues.iter().enumerate();
        fronts.filter_map(|(place, queue)| Some((queue.front()?.time, place))).min().map(|(_, place)| place)
    }

    fn is_due(&self, source: usize, now: Instant) -> bool {
        let Some(front) = self.queues.get(source).and_then(Queue::front) else { return false };
        let until = front.arrived.checked_add(self.patience);
        let gives_way = now.saturating_duration_since(front.arrived) >= GIVE_WAY;
        self.queues.iter().enumerate().all(|(place, queue)| {
            place == source
                || queue.front().is_some()
                || queue.latest.is_some_and(|latest| latest >= front.time)
                || queue.over
                || gives_way
                || queue.looked.is_some_and(|looked| until.is_some_and(|until| looked >= until))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nettool_dissect::frame::LinkType;

    fn keep(merge: &mut Merge, source: usize, time: i64, at: Instant) {
        let octets = [time as u8; 60];
        let mut meta = Meta::new(LinkType::ETHERNET, 60);
        meta.time = Some(Timestamp(time));
        merge.keep(source, &Frame { number: 0, data: &octets, meta }, None, None, at);
    }

    fn out(merge: &mut Merge, now: Option<Instant>) -> Vec<(u64, i64)> {
        let mut given = Vec::new();
        let done = merge.release(now, |frame, _, _| {
            let time = frame.meta.time.map_or(-1, |time| time.0);
            assert!(frame.data.len() == 60 && frame.data.iter().all(|octet| *octet == time as u8));
            given.push((frame.number, time));
            Ok::<(), ()>(())
        });
        assert_eq!(done, Ok(()));
        given
    }

    #[test]
    fn a_frame_waits_until_the_other_source_has_shown_a_later_one() {
        let (mut merge, start) = (Merge::new(2, Duration::from_millis(10)), Instant::now());
        keep(&mut merge, 0, 5, start);
        keep(&mut merge, 0, 9, start);
        assert_eq!(out(&mut merge, Some(start)), []);
        keep(&mut merge, 1, 3, start);
        keep(&mut merge, 1, 7, start);
        assert_eq!(out(&mut merge, Some(start)), [(1, 3), (2, 5), (3, 7)]);
        assert_eq!(out(&mut merge, None), [(4, 9)]);
    }

    #[test]
    fn a_source_has_to_look_after_the_time_that_its_ring_holds_frames() {
        let (mut merge, start) = (Merge::new(2, Duration::from_millis(10)), Instant::now());
        let at = |milliseconds| start + Duration::from_millis(milliseconds);
        keep(&mut merge, 0, 5, start);
        merge.rests(1, Some(at(14)));
        // However late it is: the thread of the other source may only not have been run.
        assert_eq!(out(&mut merge, Some(at(100))), []);
        merge.rests(1, Some(at(15)));
        assert_eq!(out(&mut merge, Some(at(100))), [(1, 5)]);
    }

    #[test]
    fn a_source_that_looked_too_early_brings_an_older_frame_in_time() {
        let (mut merge, start) = (Merge::new(2, Duration::from_millis(10)), Instant::now());
        keep(&mut merge, 0, 5, start);
        merge.rests(1, Some(start));
        assert_eq!(out(&mut merge, Some(start + Duration::from_millis(500))), []);
        keep(&mut merge, 1, 4, start + Duration::from_millis(500));
        assert_eq!(out(&mut merge, Some(start + Duration::from_millis(500))), [(1, 4)]);
        merge.rests(1, Some(start + Duration::from_millis(501)));
        assert_eq!(out(&mut merge, Some(start + Duration::from_millis(501))), [(2, 5)]);
    }

    #[test]
    fn sources_sleep_only_while_nothing_waits_and_are_woken_by_a_frame() {
        let (mut merge, start) = (Merge::new(2, Duration::from_millis(10)), Instant::now());
        let waker = Waker::idle().unwrap();
        assert_eq!(merge.sleeps(1, start, &waker), None);
        assert!(!waker.is_woken());
        keep(&mut merge, 0, 5, start);
        assert!(waker.is_woken());
        assert_eq!(merge.sleeps(1, start, &waker), Some(Duration::from_millis(15)));
        assert_eq!(
            merge.sleeps(1, start + Duration::from_millis(12), &waker),
            Some(Duration::from_millis(3))
        );
        assert_eq!(merge.sleeps(1, start + Duration::from_secs(9), &waker), Some(SHORTEST));
    }

    #[test]
    fn a_source_that_is_behind_or_over_does_not_stop_the_others_for_ever() {
        let (mut merge, start) = (Merge::new(2, Duration::from_millis(10)), Instant::now());
        keep(&mut merge, 0, 5, start);
        assert_eq!(out(&mut merge, Some(start + GIVE_WAY - Duration::from_millis(1))), []);
        assert_eq!(out(&mut merge, Some(start + GIVE_WAY)), [(1, 5)]);
        keep(&mut merge, 0, 6, start);
        merge.rests(1, None);
        assert_eq!(out(&mut merge, Some(start)), [(2, 6)]);
    }

    #[test]
    fn what_is_kept_is_bounded_and_given_free() {
        let (mut merge, start) = (Merge::new(2, Duration::from_millis(10)), Instant::now());
        for time in 0..1_000_000 {
            keep(&mut merge, 0, time, start);
            out(&mut merge, Some(start));
        }
        let waiting = merge.queues[0].octets.len();
        assert!(waiting <= 2 * MOST_OCTETS + 5000 * 60, "{waiting}");
        assert_eq!(merge.number, 1_000_000 - (MOST_OCTETS / 60) as u64);
    }
}
