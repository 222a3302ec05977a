//! What frames are in the light of those before them: state in the order of the file, while everything else happens in any order.
//!
//! Each worker finds out what of its chunk is concerned; then the chunks pass the state that they share one by one, once: times, reassembly,
//! and with what that says connections, requests and claims. What is learnt goes with the chunk. Where nothing that is shown or asked
//! for needs the frames before, nothing is done.

use crate::joining::{JoinedFrames, Joining, untagged};
use crate::outcome::Failure;
use crate::read::Times;
use crate::select::Selector;
use nettool_capture::file::{Chunk, Record};
use nettool_dissect::decode::Settings;
use nettool_dissect::flow::reassembly::Reassembly;
use nettool_dissect::flow::scan::Scan;
use nettool_dissect::flow::{Answers, Facts, Follows, Keys, Pairing, Reply, Tracker};
use nettool_dissect::proto::dsa;
use nettool_dissect::registry::Registry;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// State that the chunks of a file pass in their order.
pub(crate) struct Ordered<S> {
    place: Mutex<Place<S>>,
    passed: Condvar,
    turn: Turn,
}

/// Whose turn it is, to be looked at without a lock: what is waited for takes some microseconds, to be woken takes longer.
pub(crate) struct Turn(AtomicU64);

impl Default for Turn {
    /// The first frame of a source comes first.
    fn default() -> Self {
        Turn(AtomicU64::new(1))
    }
}

impl Turn {
    /// How often it is looked at before a worker sleeps.
    const LOOKS: u32 = 2000;

    /// It is the turn of the chunk that begins with this frame.
    pub(crate) fn set(&self, number: u64) {
        self.0.store(number, Ordering::Release);
    }

    /// Looks for a while whether the turn of the chunk that begins with this frame has come.
    pub(crate) fn await_briefly(&self, number: u64) {
        for _ in 0..Self::LOOKS {
            if self.0.load(Ordering::Acquire) == number {
                return;
            }
            std::hint::spin_loop();
        }
    }
}

struct Place<S> {
    /// Number of the frame that comes next.
    next: u64,
    /// Chunks that wait for their turn: to wake nobody is a system call too.
    waiting: usize,
    state: S,
}

impl<S> Ordered<S> {
    pub(crate) fn new(state: S) -> Self {
        let place = Mutex::new(Place { next: 1, waiting: 0, state });
        Ordered { place, passed: Condvar::new(), turn: Turn::default() }
    }

    /// Runs `learn` once the chunks before have passed. Every chunk must pass, also one that nothing is learnt from.
    pub(crate) fn pass<R>(&self, chunk: &Chunk, learn: impl FnOnce(&mut S) -> R) -> R {
        self.turn.await_briefly(chunk.first_number());
        let mut place = self.place.lock().unwrap_or_else(PoisonError::into_inner);
        while place.next != chunk.first_number() {
            place.waiting = place.waiting.saturating_add(1);
            place = self.passed.wait(place).unwrap_or_else(PoisonError::into_inner);
            place.waiting = place.waiting.saturating_sub(1);
        }
        let learnt = learn(&mut place.state);
        place.next = chunk.first_number().saturating_add(chunk.packets());
        self.turn.set(place.next);
        let waited_for = place.waiting > 0;
        drop(place);
        if waited_for {
            self.passed.notify_all();
        }
        learnt
    }

    /// The state, when all have passed.
    pub(crate) fn state<R>(&self, look: impl FnOnce(&S) -> R) -> R {
        look(&self.place.lock().unwrap_or_else(PoisonError::into_inner).state)
    }
}

/// What is learnt in the order of the file.
#[derive(Default)]
struct State {
    times: Times,
    reassembly: Option<Reassembly<'static>>,
    tracker: Option<Tracker>,
}

/// The one pass through the state of a file.
pub(crate) struct Learning {
    times: bool,
    joining: Option<Joining>,
    tracking: Option<Tracking>,
    order: Ordered<State>,
}

/// What is learnt of a chunk's frames.
#[derive(Default)]
pub(crate) struct Learnt {
    /// Times before the chunk, where they are wanted.
    pub(crate) times: Times,
    /// What they complete.
    pub(crate) joined: JoinedFrames,
    /// What they are to connections, requests and claims.
    pub(crate) known: KnownFrames,
}

impl Learning {
    /// With what is wanted of it: times, reassembly, state of flows.
    pub(crate) fn new(times: bool, joining: Option<Joining>, tracking: Option<Tracking>) -> Self {
        let reassembly = joining.as_ref().map(Joining::state);
        let tracker = tracking.as_ref().map(Tracking::state);
        let state = State { reassembly, tracker, ..State::default() };
        Learning { times, joining, tracking, order: Ordered::new(state) }
    }

    /// Learns from a chunk; what is joined are the frames that the capture filter takes, if there is one. Every chunk must pass.
    ///
    /// # Errors
    /// The filter means nothing for a link type.
    pub(crate) fn pass(&self, chunk: &Chunk, selector: Option<&mut Selector<'_>>) -> Result<Learnt, Failure> {
        if !self.times && self.joining.is_none() && self.tracking.is_none() {
            return Ok(Learnt::default());
        }
        let (concerned, filtered) =
            self.joining.as_ref().map_or((Vec::new(), Ok(())), |joining| joining.concerned(chunk, selector));
        let looked_at = self.tracking.as_ref().map(|tracking| tracking.look(chunk, || chunk.records()));
        let ends = if self.times { Times::of(chunk) } else { Times::default() };
        let learnt = self.order.pass(chunk, |State { times, reassembly, tracker }| {
            let before = times.pass(ends);
            let joined = match (&self.joining, reassembly) {
                (Some(joining), Some(state)) => joining.join(chunk, &concerned, state),
                _ => JoinedFrames::default(),
            };
            let known = match (&self.tracking, looked_at, tracker) {
                (Some(tracking), Some(looked_at), Some(tracker)) => {
                    let known = tracking.take(chunk, chunk.records(), looked_at, &joined, tracker);
                    KnownFrames::Many(chunk.first_number(), Arc::new(known))
                }
                _ => KnownFrames::None,
            };
            Learnt { times: before, joined, known }
        });
        filtered.map(|()| learnt)
    }

    /// Says on stderr what had to be given up for lack of room.
    pub(crate) fn tell(&self) {
        self.order.state(|State { reassembly, tracker, .. }| {
            reassembly.iter().for_each(crate::joining::tell);
            tracker.iter().for_each(tell);
        });
        self.joining.iter().for_each(Joining::tell);
        let left_out =
            self.tracking.as_ref().and_then(|tracking| tracking.answers.as_ref()).map_or(0, |a| a.left_out());
        if left_out > 0 {
            tell!(
                "nettool: of {left_out} requests it is not told which later frame answers them: there are more than {}",
                Answers::MOST
            );
        }
    }

    /// The state of reassembly, when all chunks have passed.
    pub(crate) fn reassembly<R>(&self, look: impl FnOnce(&Reassembly<'static>) -> R) -> Option<R> {
        self.order.state(|state| state.reassembly.as_ref().map(look))
    }
}

/// Says on stderr what had to make room.
fn tell(tracker: &Tracker) {
    for (what, count) in tracker.evicted() {
        tell!("nettool: {count} {what} had to make room for others; --flow-limit sets how many are kept");
    }
}

/// Records that room is made for before they are counted.
const MOST_AHEAD: usize = 4096;

/// How state of flows is kept.
pub(crate) struct Tracking {
    registry: &'static Registry,
    settings: Settings,
    follows: Follows,
    limit: usize,
    /// What makes keys of requests; one for each thread in the end.
    pairings: Mutex<Vec<Pairing<'static>>>,
    /// Which frames answer which, where the file was looked through before.
    answers: Option<Arc<Answers>>,
}

impl Tracking {
    /// `None` when nothing of what is wanted needs it.
    pub(crate) fn new(
        registry: impl FnOnce() -> &'static Registry,
        follows: Follows,
        limit: usize,
        settings: Settings,
    ) -> Option<Self> {
        follows.any().then(|| Tracking {
            registry: registry(),
            settings,
            follows,
            limit,
            pairings: Mutex::default(),
            answers: None,
        })
    }

    /// With what later frames answer, from a first look through the file.
    pub(crate) fn with(self, answers: Answers) -> Self {
        Tracking { answers: Some(Arc::new(answers)), ..self }
    }

    fn state(&self) -> Tracker {
        let mut tracker = Tracker::new(self.registry, self.follows, self.limit);
        tracker.answers = self.answers.clone();
        tracker
    }

    /// What a worker finds out before the order is waited for: what stands in the records' headers, and keys of requests and answers,
    /// where they are wanted. Most records have none, as their headers tell.
    fn look<'c, R: Iterator<Item = Record<'c>>>(
        &self,
        chunk: &'c Chunk,
        records: impl Fn() -> R,
    ) -> LookedAt<'c> {
        let free = || self.pairings.lock().unwrap_or_else(PoisonError::into_inner);
        let mut pairing = self.follows.requests.then(|| {
            let idle = free().pop();
            idle.unwrap_or_else(|| Pairing::new(self.registry, self.settings.clone()))
        });
        let mut scans = Vec::with_capacity(usize::try_from(chunk.packets()).unwrap_or(0).min(MOST_AHEAD));
        let (mut keys, mut places) = (Vec::new(), Vec::new());
        for (at, record) in records().enumerate() {
            let frame = record.frame();
            let interface = chunk.interfaces().get(frame.meta.interface);
            let plain = dsa::of_frame(self.settings.dsa, &frame, interface).is_none();
            let scan = plain.then(|| Scan::of(&frame));
            if let Some(pairing) = &mut pairing {
                let silent = scan.as_ref().is_some_and(|scan| pairing.is_silent(scan, record.link_type()));
                if !silent {
                    let first = keys.len();
                    pairing.keys(&frame, None, &mut keys);
                    places.push((at, first..keys.len()));
                }
            }
            scans.push(scan);
        }
        LookedAt { keys, places, scans, pairing }
    }

    fn take<'c>(
        &self,
        chunk: &Chunk,
        records: impl Iterator<Item = Record<'c>>,
        looked_at: LookedAt<'_>,
        joined: &JoinedFrames,
        tracker: &mut Tracker,
    ) -> Vec<Facts> {
        let LookedAt { keys, places, scans, mut pairing } = looked_at;
        let (mut octets, mut of_joined) = (Vec::new(), Vec::new());
        let mut known = Vec::with_capacity(scans.len());
        let silent = [Keys::default()];
        let mut places = places.into_iter().peekable();
        for ((at, record), scan) in records.enumerate().zip(&scans) {
            let frame = record.frame();
            let alone = places.next_if(|(of, _)| *of == at).and_then(|(_, place)| keys.get(place));
            let joined = joined.of(record.number);
            let keys =
                pairing.as_mut().map(|pairing| match joined.filter(|joined| pairing.depends_on(joined)) {
                    None => alone.unwrap_or(&silent),
                    joined => {
                        of_joined.clear();
                        pairing.keys(&frame, joined, &mut of_joined);
                        &of_joined
                    }
                });
            known.push(match scan {
                Some(scan) => tracker.take(scan, &frame, keys, joined),
                None => {
                    let interface = chunk.interfaces().get(frame.meta.interface);
                    let frame = untagged(self.settings.dsa, &frame, interface, &mut octets);
                    tracker.take(&Scan::of(&frame), &frame, keys, joined)
                }
            });
        }
        self.pairings.lock().unwrap_or_else(PoisonError::into_inner).extend(pairing);
        known
    }
}

/// What is known of a chunk's records without those before.
struct LookedAt<'c> {
    /// Of the few that have some: keys of their messages.
    keys: Vec<Keys>,
    /// Whose they are.
    places: Vec<(usize, Range<usize>)>,
    /// What makes them, where they are wanted.
    pairing: Option<Pairing<'static>>,
    /// Their headers; `None` of those with a switch tag.
    scans: Vec<Option<Scan<'c>>>,
}

/// State of flows over frames that were chosen before: what tables tell of.
pub(crate) struct Followed {
    tracking: Tracking,
    order: Ordered<Tracker>,
}

impl Followed {
    pub(crate) fn new(tracking: Tracking) -> Self {
        let order = Ordered::new(tracking.state());
        Followed { tracking, order }
    }

    /// Learns from some of a chunk's records. Every chunk must pass.
    pub(crate) fn pass<'c, R: Iterator<Item = Record<'c>>>(
        &self,
        chunk: &'c Chunk,
        records: impl Fn() -> R,
        joined: &JoinedFrames,
    ) -> Vec<Facts> {
        let looked_at = self.tracking.look(chunk, &records);
        self.order.pass(chunk, |tracker| self.tracking.take(chunk, records(), looked_at, joined, tracker))
    }

    /// The state, when all chunks have passed.
    pub(crate) fn state<R>(&self, look: impl FnOnce(&Tracker) -> R) -> R {
        self.order.state(look)
    }

    /// Says on stderr what had to make room.
    pub(crate) fn tell(&self) {
        self.order.state(tell);
    }
}

/// What is known of frames, by their numbers.
#[derive(Clone, Default)]
pub(crate) enum KnownFrames {
    /// Nothing.
    #[default]
    None,
    /// Of the one frame that comes.
    One(Facts),
    /// Of consecutive ones, with the number of the first.
    Many(u64, Arc<Vec<Facts>>),
}

impl KnownFrames {
    /// The answers among them, each with its frame.
    pub(crate) fn for_each_reply(&self, mut take: impl FnMut(Reply, u64)) {
        if let KnownFrames::Many(first, facts) = self {
            for (number, facts) in (*first..).zip(facts.iter()) {
                facts.replies().for_each(|reply| take(*reply, number));
            }
        }
    }

    /// What is known of a frame.
    #[inline]
    pub(crate) fn of(&self, number: u64) -> Option<&Facts> {
        match self {
            KnownFrames::None => None,
            KnownFrames::One(facts) => Some(facts),
            KnownFrames::Many(first, facts) => {
                facts.get(usize::try_from(number.checked_sub(*first)?).unwrap_or(usize::MAX))
            }
        }
    }
}
