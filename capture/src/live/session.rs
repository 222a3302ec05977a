//! A capture in progress: sources on their own threads, consumers for what they show, and the end of it all.
//!
//! In: sources, one consumer for each, limits, signals. Out: how it ended, the counts, and the consumers back. Each
//! source has one thread, so that a consumer is never shared; what consumers share among them is their affair, and
//! [`Consumer::block`] gives them a value that lives as long as a block, so that a lock need not be taken for each
//! frame. The calling
//! thread waits for signals and time alone.

use super::error::Error;
use super::signals::{Nudge, Signal, Signals, wait};
use super::{Counts, Event, Source, Taken};
use nettool_dissect::frame::{Frame, Interface};
use std::ops::ControlFlow;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

/// Who takes the frames of one source.
pub trait Consumer: Send {
    /// What can go wrong with it.
    type Error: Send;
    /// What takes the frames of one block.
    type Block<'a>: BlockTaker<Error = Self::Error>
    where
        Self: 'a;

    /// A block may come: called before each wait. What is locked for its frames should be locked with the first of
    /// them, and is let go when the block is dropped.
    fn block(&mut self) -> Self::Block<'_>;

    /// A look at the source that began at `looked` found nothing waiting, or the source has ended (`None`): what is held
    /// back should be shown now. Where something has to wait for another source, the next look is after the time that is
    /// returned; otherwise it is when something comes, or when `waker` is used.
    ///
    /// # Errors
    /// Ends the session.
    fn rest(&mut self, looked: Option<Instant>, waker: &Waker) -> Result<Option<Duration>, Self::Error>;
}

/// Makes a source that sleeps look whether anything is waiting.
#[derive(Clone, Debug)]
pub struct Waker(Arc<Orders>);

impl Waker {
    /// One of no source.
    ///
    /// # Errors
    /// When there are no more file descriptors.
    pub fn idle() -> Result<Waker, Error> {
        Ok(Waker(Arc::new(Orders { bits: AtomicU32::new(0), nudge: Nudge::new()? })))
    }

    /// Wakes it.
    pub fn wake(&self) {
        self.0.give(order::LOOK);
    }

    /// Whether it was woken and has not looked yet.
    pub fn is_woken(&self) -> bool {
        self.0.bits.load(Ordering::Relaxed) & order::LOOK != 0
    }
}

/// Who takes the frames of a block.
pub trait BlockTaker {
    /// What can go wrong with it.
    type Error;

    /// Whether the frame is to be counted and taken. Asked before a number is given.
    ///
    /// # Errors
    /// Ends the session.
    fn wants(&mut self, frame: &Frame<'_>) -> Result<bool, Self::Error>;

    /// Takes a frame that it wanted, with its number in the session.
    ///
    /// # Errors
    /// Ends the session.
    fn frame(&mut self, frame: &Frame<'_>) -> Result<(), Self::Error>;
}

/// When a session ends by itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Limits {
    /// After this many frames.
    pub frames: Option<u64>,
    /// After this time.
    pub duration: Option<Duration>,
    /// How often to report statistics.
    pub report_every: Option<Duration>,
    /// How long frames may be held back in a source, which is waited for at the end.
    pub hold: Duration,
}

/// How a session ended.
#[derive(Debug)]
pub enum Ended<E> {
    /// The number of frames was reached.
    Frames,
    /// The time was over.
    Duration,
    /// By a signal.
    Signal,
    /// What is watched beside the sources had an error: nobody reads the output any more.
    Unwatched,
    /// All interfaces are gone.
    Gone(
        /// Their names.
        Vec<String>,
    ),
    /// A source failed.
    Source(
        /// How.
        Error,
    ),
    /// A consumer failed.
    Consumer(
        /// How.
        E,
    ),
}

/// What a session tells while it runs.
#[derive(Debug)]
pub enum Report<'a> {
    /// The counts of every source, asked for by signal or time, and the frames taken up to now.
    Counts {
        /// One for each source, in their order.
        counts: &'a [Counts],
        /// Frames given to consumers.
        taken: u64,
    },
    /// An interface went down, came up or went away.
    Event(
        /// What.
        &'a Event,
    ),
}

/// What is left of a session.
#[derive(Debug)]
pub struct Outcome<C: Consumer> {
    /// Why it ended.
    pub ended: Ended<C::Error>,
    /// The counts of each source.
    pub counts: Vec<Counts>,
    /// Frames given to consumers.
    pub taken: u64,
    /// The consumers, in the order of their sources.
    pub consumers: Vec<C>,
}

/// Orders to a source's thread.
mod order {
    pub(super) const REPORT: u32 = 1;
    /// Take nothing more in, show what is there, end.
    pub(super) const FINISH: u32 = 2;
    /// End at once.
    pub(super) const QUIT: u32 = 4;
    /// Look whether anything is waiting.
    pub(super) const LOOK: u32 = 8;
}

/// What a source's thread tells the session.
enum Word<E> {
    Event(Event),
    Counts(usize, Counts),
    Full,
    Ended(Result<(), Failed<E>>),
}

enum Failed<E> {
    Source(Error),
    Consumer(E),
}

/// What the threads share: the counter that numbers frames.
struct Shared {
    tickets: AtomicU64,
    limit: u64,
    /// Wakes the session's thread.
    bell: Nudge,
}

/// One source's thread, seen from it.
struct Reader<C: Consumer> {
    place: usize,
    /// Added to `Meta::interface`.
    first_interface: u32,
    source: Box<dyn Source>,
    consumer: C,
    orders: Arc<Orders>,
    shared: Arc<Shared>,
    words: Sender<Word<C::Error>>,
    hold: Duration,
}

#[derive(Debug)]
struct Orders {
    bits: AtomicU32,
    nudge: Nudge,
}

impl Orders {
    fn give(&self, bits: u32) {
        // Release: whatever led to the order is visible to the thread that takes it.
        self.bits.fetch_or(bits, Ordering::Release);
        self.nudge.give();
    }
}

/// The longest that a thread sleeps when nothing comes; orders wake it before.
const SLEEP: Duration = Duration::from_secs(3600);

impl<C: Consumer> Reader<C> {
    fn tell(&self, word: Word<C::Error>) {
        // The session outlives its threads; if it is gone there is nobody to tell.
        drop(self.words.send(word));
        self.shared.bell.give();
    }

    fn run(mut self) -> (C, Counts) {
        let result = self.read();
        let result = result.and(self.rest(None).map(drop));
        let counts = self.source.counts();
        self.tell(Word::Ended(result));
        (self.consumer, counts)
    }

    /// How long the source may sleep, if nothing comes.
    fn rest(&mut self, looked: Option<Instant>) -> Result<Duration, Failed<C::Error>> {
        let again = self.consumer.rest(looked, &Waker(self.orders.clone())).map_err(Failed::Consumer)?;
        Ok(again.unwrap_or(SLEEP))
    }

    fn read(&mut self) -> Result<(), Failed<C::Error>> {
        // Until when the last frames are waited for, once nothing more is taken in.
        let mut end: Option<Instant> = None;
        let mut patience = Duration::ZERO;
        let mut gone = false;
        loop {
            // A plain load first: nothing is ordered almost always.
            if self.orders.bits.load(Ordering::Relaxed) != 0 {
                self.orders.nudge.clear();
                let orders = self.orders.bits.swap(0, Ordering::Acquire);
                if orders & order::QUIT != 0 {
                    return Ok(());
                }
                if orders & order::REPORT != 0 {
                    let counts = self.source.counts();
                    self.tell(Word::Counts(self.place, counts));
                }
                if orders & order::LOOK != 0 {
                    patience = Duration::ZERO;
                }
                if orders & order::FINISH != 0 && end.is_none() {
                    self.source.close_intake().map_err(Failed::Source)?;
                    end = Instant::now().checked_add(self.hold);
                }
            }
            let wait = match end {
                None => patience,
                Some(end) if patience.is_zero() || end > Instant::now() => {
                    patience.min(Duration::from_millis(1))
                }
                Some(_) => return Ok(()),
            };
            let looked = Instant::now();
            match self.take(wait)? {
                (_, true) => return Ok(()),
                (Taken::Frames, _) => patience = Duration::ZERO,
                (Taken::Idle, _) if wait.is_zero() => patience = self.rest(Some(looked))?,
                // After a wait nobody knows when it was that nothing was there: that is told by a look that does not wait.
                (Taken::Idle, _) if patience < SLEEP => patience = Duration::ZERO,
                (Taken::Idle, _) => {}
                (Taken::Event(Event::Gone(_)), _) if gone => {
                    // Nothing was waiting; a source that is gone does not wait by itself.
                    patience = SLEEP;
                    std::thread::sleep(Duration::from_millis(1));
                }
                (Taken::Event(event), _) => {
                    if matches!(event, Event::Gone(_)) {
                        // What it had shown last may still be held back.
                        gone = true;
                        end = end.or_else(|| Instant::now().checked_add(self.hold));
                    }
                    self.tell(Word::Event(event));
                }
            }
        }
    }

    /// Takes a block and gives its frames to the consumer; true when the limit is reached.
    fn take(&mut self, wait: Duration) -> Result<(Taken, bool), Failed<C::Error>> {
        let Reader { source, consumer, shared, first_interface, orders, .. } = self;
        let mut failed = None;
        let mut full = false;
        let mut block = consumer.block();
        let mut sink = |frame: &Frame<'_>| {
            let result = block.wants(frame).and_then(|wanted| {
                if !wanted {
                    return Ok(());
                }
                // Relaxed: the number is all that is shared.
                let number = shared.tickets.fetch_add(1, Ordering::Relaxed).saturating_add(1);
                full = number >= shared.limit;
                if number > shared.limit {
                    return Ok(());
                }
                let mut meta = frame.meta;
                meta.interface = meta.interface.saturating_add(*first_interface);
                block.frame(&Frame { number, data: frame.data, meta })
            });
            match result {
                Err(error) => {
                    failed = Some(error);
                    ControlFlow::Break(())
                }
                Ok(()) if full => ControlFlow::Break(()),
                Ok(()) => ControlFlow::Continue(()),
            }
        };
        let taken = source.take(wait, orders.nudge.as_fd(), &mut sink).map_err(Failed::Source)?;
        drop(block);
        if let Some(error) = failed {
            return Err(Failed::Consumer(error));
        }
        if full {
            self.tell(Word::Full);
        }
        Ok((taken, full))
    }
}

/// Runs sources until a limit, a signal, an error, or the end of the last interface. `consumers` has one for each source.
/// `output` is watched for an error, which means that nobody reads it any more. `report` is called on this thread.
pub fn run<C: Consumer>(
    sources: Vec<Box<dyn Source>>,
    consumers: Vec<C>,
    limits: &Limits,
    signals: &Signals,
    output: Option<BorrowedFd<'_>>,
    report: &mut dyn FnMut(Report<'_>),
) -> Result<Outcome<C>, Error> {
    let limit = limits.frames.unwrap_or(u64::MAX);
    let shared = Arc::new(Shared { tickets: AtomicU64::new(0), limit, bell: Nudge::new()? });
    let (words, inbox) = channel();
    let mut readers = Vec::new();
    let numbers = numbers(&sources);
    let taken = sources.into_iter().zip(consumers).zip(numbers).enumerate();
    for (place, ((source, consumer), first_interface)) in taken {
        let orders = Arc::new(Orders { bits: AtomicU32::new(0), nudge: Nudge::new()? });
        readers.push(Reader {
            place,
            first_interface,
            source,
            consumer,
            orders,
            shared: shared.clone(),
            words: words.clone(),
            hold: limits.hold.saturating_add(Duration::from_millis(2)),
        });
    }
    let orders: Vec<Arc<Orders>> = readers.iter().map(|reader| reader.orders.clone()).collect();
    std::thread::scope(|scope| {
        let threads: Vec<_> = readers.into_iter().map(|reader| scope.spawn(move || reader.run())).collect();
        let mut conductor = Conductor {
            orders: &orders,
            inbox,
            shared: &shared,
            running: threads.len(),
            counts: vec![None; threads.len()],
            gone: Vec::new(),
            ended: None,
        };
        conductor.conduct(limits, signals, output, report);
        let mut counts = Vec::new();
        let mut consumers = Vec::new();
        for thread in threads {
            match thread.join() {
                Ok((consumer, counted)) => {
                    consumers.push(consumer);
                    counts.push(counted);
                }
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        let taken = shared.tickets.load(Ordering::Relaxed).min(limit);
        let ended = conductor.ended.unwrap_or(Ended::Gone(conductor.gone));
        Ok(Outcome { ended, counts, taken, consumers })
    })
}

/// The interfaces of several sources in the order in which a session numbers them; those that share one, as the threads of
/// a fan-out do, have it together.
pub fn interfaces(sources: &[Box<dyn Source>]) -> Vec<Interface> {
    let mut all: Vec<Interface> = Vec::new();
    for (source, number) in sources.iter().zip(numbers(sources)) {
        if number as usize == all.len() {
            all.extend(source.interfaces().iter().cloned());
        }
    }
    all
}

/// The number of each source's first interface in the list of [`interfaces`].
pub fn numbers(sources: &[Box<dyn Source>]) -> Vec<u32> {
    let mut numbers: Vec<u32> = Vec::new();
    let mut next = 0u32;
    for source in sources {
        let own = source.interfaces();
        let shared = sources.iter().zip(&numbers).find(|(earlier, _)| earlier.interfaces() == own);
        let shared = shared.map(|(_, number)| *number);
        numbers.push(shared.unwrap_or(next));
        if shared.is_none() {
            next = next.saturating_add(u32::try_from(own.len()).unwrap_or(u32::MAX));
        }
    }
    numbers
}

/// The session's own thread.
struct Conductor<'a, E> {
    orders: &'a [Arc<Orders>],
    inbox: Receiver<Word<E>>,
    shared: &'a Shared,
    running: usize,
    counts: Vec<Option<Counts>>,
    gone: Vec<String>,
    ended: Option<Ended<E>>,
}

impl<E> Conductor<'_, E> {
    fn order(&self, bits: u32) {
        for orders in self.orders {
            orders.give(bits);
        }
    }

    /// Ends the session for the first reason that comes.
    fn end(&mut self, why: Ended<E>, order: u32) {
        if self.ended.is_none() {
            self.ended = Some(why);
        }
        self.order(order);
    }

    fn conduct(
        &mut self,
        limits: &Limits,
        signals: &Signals,
        output: Option<BorrowedFd<'_>>,
        report: &mut dyn FnMut(Report<'_>),
    ) {
        let start = Instant::now();
        let end = limits.duration.and_then(|duration| start.checked_add(duration));
        let every = limits.report_every.filter(|every| !every.is_zero());
        let mut next_report = every.and_then(|every| start.checked_add(every));
        while self.running > 0 {
            let now = Instant::now();
            let ending = self.ended.is_some();
            if !ending && end.is_some_and(|end| end <= now) {
                self.end(Ended::Duration, order::FINISH);
                continue;
            }
            if let (Some(at), Some(every)) = (next_report, every)
                && at <= now
            {
                next_report =
                    at.checked_add(every).filter(|next| *next > now).or_else(|| now.checked_add(every));
                self.order(order::REPORT);
            }
            let until = [end.filter(|_| !ending), next_report].into_iter().flatten().min();
            let timeout = match until {
                None => -1,
                // Rounded up: to wake before the time would only mean to wait again.
                Some(until) => i32::try_from(until.saturating_duration_since(now).as_micros().div_ceil(1000))
                    .unwrap_or(i32::MAX),
            };
            let bell = (self.shared.bell.as_fd(), true);
            let signal = (signals.as_fd(), true);
            let found = match output.filter(|_| !ending) {
                Some(output) => wait([bell, signal, (output, false)], timeout),
                None => {
                    let [bell, signal] = wait([bell, signal], timeout);
                    [bell, signal, false]
                }
            };
            if found[2] {
                self.end(Ended::Unwatched, order::QUIT);
            }
            while let Some(signal) = signals.next() {
                self.signal(signal);
            }
            self.shared.bell.clear();
            while let Ok(word) = self.inbox.try_recv() {
                self.hear(word, report);
            }
        }
    }

    fn signal(&mut self, signal: Signal) {
        match signal {
            // The second time at once, whatever is still to be shown.
            Signal::Stop if self.ended.is_some() => self.order(order::QUIT),
            Signal::Stop => self.end(Ended::Signal, order::FINISH),
            Signal::Statistics => self.order(order::REPORT),
            Signal::Other => {}
        }
    }

    fn hear(&mut self, word: Word<E>, report: &mut dyn FnMut(Report<'_>)) {
        match word {
            Word::Event(event) => {
                if let Event::Gone(name) = &event {
                    self.gone.push(name.clone());
                }
                report(Report::Event(&event));
            }
            Word::Counts(place, counts) => {
                if let Some(slot) = self.counts.get_mut(place) {
                    *slot = Some(counts);
                }
                let all: Vec<Counts> = self.counts.iter().flatten().copied().collect();
                // A source that has ended answers no more; its last counts stay.
                if all.len() >= self.running.min(self.counts.len()) {
                    let taken = self.shared.tickets.load(Ordering::Relaxed).min(self.shared.limit);
                    report(Report::Counts { counts: &all, taken });
                    self.counts.fill(None);
                }
            }
            Word::Full => self.end(Ended::Frames, order::QUIT),
            Word::Ended(result) => {
                self.running = self.running.saturating_sub(1);
                match result {
                    Ok(()) => {}
                    Err(Failed::Source(error)) => self.end(Ended::Source(error), order::QUIT),
                    Err(Failed::Consumer(error)) => self.end(Ended::Consumer(error), order::QUIT),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
