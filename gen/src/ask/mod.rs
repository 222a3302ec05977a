//! Requests sent, and answers matched to them.
//!
//! In: a stream of packets. Out, to an [`Audience`]: each answer with its request and the time between them, and each request
//! that nobody answered. What is an answer is declared with the protocols (see [`nettool_dissect::flow::Pairing`]). Sending and
//! telling happen on the caller's thread; a second thread takes frames from the ring and finds their requests. Memory is
//! bounded: with [`MOST_WAITING`] requests unanswered, sending waits for the first of them to be given up.
//!
//! Times of both ends are the kernel's where it tells when a request went out: the receiving socket sees sent frames too.

mod pending;
mod receiver;

use crate::packets::Stream;
use crate::tx::{self, BATCH, Begin, Pace, Sent, Transmitter};
use nettool_capture::live::{self, Counts, Nudge, Signal, Signals, Source};
use nettool_dissect::decode::Settings as DecodeSettings;
use nettool_dissect::flow::{Pairing, Request};
use nettool_dissect::frame::{Frame, LinkType, Meta, Timestamp};
use nettool_dissect::registry::Registry;
use pending::Pending;
use receiver::{Receiver, Shared};
use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::mpsc;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Requests that may wait at one time.
pub const MOST_WAITING: usize = 1 << 17;
/// Their octets.
pub const MOST_WAITING_OCTETS: usize = 64 << 20;
/// Lots of outcomes that the receiving thread may be ahead of the telling one.
const MOST_LOTS: usize = 64;
/// The longest that the sending thread sleeps, so that it sees signals.
const LOOK: Duration = Duration::from_millis(20);

/// How to ask.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The interface to send from; else where the routing table says.
    pub interface: Option<String>,
    /// How long an answer may take.
    pub timeout: Duration,
    /// How often an unanswered request is sent again.
    pub retry: u32,
    /// The time between requests.
    pub interval: Option<Duration>,
    /// End with the first answer.
    pub first: bool,
    /// Take every answer to a request until its time is over.
    pub multi: bool,
    /// Straight to the driver.
    pub bypass: bool,
    /// So many packets, starting again where there are fewer; `None`: those that there are.
    pub count: Option<u64>,
    /// Again and again, until a signal comes.
    pub for_ever: bool,
    /// How to read frames.
    pub decode: DecodeSettings,
}

/// A request.
#[derive(Clone, Debug)]
pub struct Probe {
    /// Its number among those that were made, from 1.
    pub number: u64,
    /// What its first octet is.
    pub begin: Begin,
    /// Its octets.
    pub octets: Box<[u8]>,
    /// When it was sent, the last time.
    pub sent: Timestamp,
    /// Whether that is the kernel's time.
    stamped: bool,
    /// How often it was sent.
    pub tries: u32,
    /// How many answers it has.
    pub answers: u32,
    keys: Request,
}

impl Probe {
    /// As a frame, to show it.
    pub fn frame(&self) -> Frame<'_> {
        let length = u32::try_from(self.octets.len()).unwrap_or(u32::MAX);
        let mut meta = Meta::new(self.begin.link_type(), length);
        meta.time = Some(self.sent).filter(|sent| sent.0 != 0);
        Frame { number: self.number, data: &self.octets, meta }
    }
}

/// A frame that answers a request.
#[derive(Clone, Debug)]
pub struct Reply {
    /// Its octets.
    pub octets: Box<[u8]>,
    /// What its first octet is.
    pub link_type: LinkType,
    /// When it came.
    pub time: Option<Timestamp>,
}

impl Reply {
    /// As a frame, to show it.
    pub fn frame(&self) -> Frame<'_> {
        let length = u32::try_from(self.octets.len()).unwrap_or(u32::MAX);
        let mut meta = Meta::new(self.link_type, length);
        meta.time = self.time;
        Frame { number: 1, data: &self.octets, meta }
    }
}

/// What became of a request.
#[derive(Debug)]
pub enum Outcome {
    /// It was answered.
    Answered {
        /// The request.
        probe: Probe,
        /// The answer.
        reply: Reply,
        /// Nanoseconds between them.
        nanoseconds: i64,
    },
    /// Nobody answered in time.
    Unanswered(Probe),
    /// It was not sent, since nobody answers for its next hop.
    Unsent(Probe, tx::Error),
}

/// Who is told.
pub trait Audience {
    /// What can go wrong with telling.
    type Error;

    /// Told of each outcome as it comes; may end the asking.
    ///
    /// # Errors
    /// The audience's; it ends the asking.
    fn hear(&mut self, outcome: Outcome) -> Result<ControlFlow<()>, Self::Error>;

    /// Nothing more is known for the moment: what was kept back may be shown.
    ///
    /// # Errors
    /// The audience's; it ends the asking.
    fn pause(&mut self) -> Result<(), Self::Error>;
}

/// The account of a run.
#[derive(Clone, Debug, Default)]
pub struct Account {
    /// What was sent, repetitions among it.
    pub sent: Sent,
    /// Packets made.
    pub probes: u64,
    /// Requests that have an answer.
    pub answered: u64,
    /// Requests that have none.
    pub unanswered: u64,
    /// Answers, several to a request among them.
    pub answers: u64,
    /// Frames that were looked at.
    pub frames: u64,
    /// What the kernel counted.
    pub counts: Counts,
    /// How long it took.
    pub elapsed: Duration,
    /// Whether a signal ended it.
    pub interrupted: bool,
    /// The capture filter that the kernel ran.
    pub filter: Option<String>,
}

/// Why asking ended early.
#[derive(Debug)]
pub enum Failure<M, A> {
    /// Sending or receiving failed.
    Sending(tx::Error),
    /// A packet could not be made.
    Making(M),
    /// The audience failed.
    Telling(A),
}

impl<M, A> From<tx::Error> for Failure<M, A> {
    fn from(error: tx::Error) -> Self {
        Failure::Sending(error)
    }
}

impl<M, A> From<live::Error> for Failure<M, A> {
    fn from(error: live::Error) -> Self {
        Failure::Sending(error.into())
    }
}

/// Asks. `account` is kept up to date, on failures too.
///
/// # Errors
/// What keeps it from going on.
pub fn ask<P: Stream, A: Audience>(
    registry: &Registry,
    packets: &mut P,
    settings: &Settings,
    signals: &Signals,
    audience: &mut A,
    account: &mut Account,
) -> Result<(), Failure<P::Error, A::Error>> {
    let start = Instant::now();
    let transmitter = Transmitter::new(settings.interface.as_deref(), settings.bypass)?;
    let shared = Shared {
        pending: Mutex::new(Pending::default()),
        stay: settings.multi,
        ended: false.into(),
        frames: 0.into(),
        nudge: Nudge::new()?,
    };
    let mut asker = Asker {
        settings,
        signals,
        packets,
        transmitter,
        pairing: Pairing::new(registry, settings.decode.clone()),
        shared: &shared,
        account,
        pace: None,
        ahead: VecDeque::new(),
        again: VecDeque::new(),
        made_any: false,
        at_end: false,
    };
    asker.look_ahead()?;
    let source = asker.open()?;
    asker.pace = settings.interval.map(Pace::every);
    let (lots, heard) = mpsc::sync_channel(MOST_LOTS);
    let pairing = Pairing::new(registry, settings.decode.clone());
    let done = std::thread::scope(|scope| {
        let receiver = Receiver { source, pairing, shared: &shared, lots };
        let thread = scope.spawn(move || receiver.run());
        let done = asker.run(&heard, audience);
        shared.end();
        // A receiver that waits for room among the lots goes on when nobody is left to hear.
        drop(heard);
        match thread.join() {
            Ok((counts, result)) => {
                asker.account.counts = counts;
                done.and(result.map_err(Failure::from))
            }
            Err(panic) => std::panic::resume_unwind(panic),
        }
    });
    asker.account.sent = asker.transmitter.sent();
    asker.account.frames = shared.frames.load(std::sync::atomic::Ordering::Relaxed);
    asker.account.elapsed = start.elapsed();
    done
}

/// A packet that was made and not yet sent.
struct Made {
    number: u64,
    begin: Begin,
    octets: Box<[u8]>,
    tries: u32,
}

struct Asker<'a, P> {
    settings: &'a Settings,
    signals: &'a Signals,
    packets: &'a mut P,
    transmitter: Transmitter,
    pairing: Pairing<'a>,
    shared: &'a Shared,
    account: &'a mut Account,
    pace: Option<Pace>,
    /// Made to see what kind of answers there will be.
    ahead: VecDeque<Made>,
    /// Unanswered, to be sent again.
    again: VecDeque<Made>,
    made_any: bool,
    at_end: bool,
}

/// Packets that are made ahead: to find a filter for the kernel before the first is sent, and the neighbours of all of them.
const MOST_AHEAD: usize = 1024;

impl<P: Stream> Asker<'_, P> {
    fn make<A>(&mut self) -> Result<Option<Made>, Failure<P::Error, A>> {
        loop {
            self.at_end |= self.settings.count.is_some_and(|count| self.account.probes >= count);
            if self.at_end {
                return Ok(None);
            }
            let mut octets = Vec::new();
            if let Some(begin) = self.packets.next(&mut octets).map_err(Failure::Making)? {
                self.made_any = true;
                self.account.probes = self.account.probes.saturating_add(1);
                let number = self.account.probes;
                return Ok(Some(Made { number, begin, octets: octets.into(), tries: 0 }));
            }
            let again = self.settings.for_ever || self.settings.count.is_some();
            self.at_end = !again || !self.made_any || !self.packets.restart().map_err(Failure::Making)?;
        }
    }

    /// Makes packets ahead, and asks for all neighbours that they need at once: those that are not there cost a second.
    fn look_ahead<A>(&mut self) -> Result<(), Failure<P::Error, A>> {
        while self.ahead.len() < MOST_AHEAD {
            match self.make()? {
                Some(made) => self.ahead.push_back(made),
                None => break,
            }
        }
        self.transmitter.prepare(self.ahead.iter().map(|made| (made.begin, &*made.octets)))?;
        Ok(())
    }

    /// Opens what answers will come through, before anything is sent.
    fn open(&mut self) -> Result<Box<dyn Source>, tx::Error> {
        let name = self.settings.interface.as_deref().unwrap_or("any");
        // Without this look, a way that is not there would only be found once the kernel has been asked for a ring.
        if let Some(first) = self.ahead.front()
            && let Some(to) = tx::destination(&first.octets).filter(|_| first.begin == Begin::Network)
        {
            match self.transmitter.router().way(to) {
                Ok(_) | Err(tx::Error::NoNeighbour { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        let filter = if self.at_end { self.filter() } else { None };
        let options = live::Options {
            buffer: 16 << 20,
            hold: Duration::from_millis(1),
            promiscuous: self.uses_another_address(),
            filter: filter.as_deref().and_then(|text| receiver::programs(text, name)),
            ..live::Options::default()
        };
        self.account.filter = filter.filter(|_| options.filter.is_some());
        let mut opened = live::open(name, &options)?;
        opened.sources.pop().ok_or(tx::Error::NeedsInterface)
    }

    /// Whether frames come from a link-layer address that is not the interface's: answers to it only come in promiscuous mode.
    fn uses_another_address(&self) -> bool {
        let Some(interface) = self.transmitter.through() else { return false };
        self.ahead.iter().any(|made| {
            let from = made.octets.get(6..12).filter(|_| made.begin == Begin::Link);
            from.is_some_and(|from| interface.is_ethernet() && from != interface.mac)
        })
    }

    /// A capture filter that passes every answer to what was made; `None` where only a look at each frame can tell.
    fn filter(&mut self) -> Option<String> {
        let mut parts: Vec<String> = Vec::new();
        let mut pairing_open = false;
        for made in &self.ahead {
            let frame = frame(made.begin, &made.octets);
            pairing_open |= self.pairing.request(&frame, false).open;
            let part = receiver::passes(made.begin, &made.octets)?;
            if !parts.contains(&part) {
                parts.push(part);
            }
            if parts.len() > 8 || pairing_open {
                return None;
            }
        }
        (!parts.is_empty()).then(|| parts.join(" or "))
    }

    fn run<A: Audience>(
        &mut self,
        heard: &mpsc::Receiver<Vec<Outcome>>,
        audience: &mut A,
    ) -> Result<(), Failure<P::Error, A::Error>> {
        loop {
            while let Some(signal) = self.signals.next() {
                if signal == Signal::Stop {
                    self.account.interrupted = true;
                    return Ok(());
                }
            }
            while let Ok(lot) = heard.try_recv() {
                if self.tell(lot, audience)?.is_break() {
                    return Ok(());
                }
            }
            let expired = self.expire();
            if self.tell(expired, audience)?.is_break() {
                return Ok(());
            }
            let (sent, unsent) = self.send()?;
            if self.tell(unsent, audience)?.is_break() {
                return Ok(());
            }
            if sent {
                continue;
            }
            let Some(wait) = self.wait() else { return Ok(()) };
            audience.pause().map_err(Failure::Telling)?;
            match heard.recv_timeout(wait) {
                Ok(lot) => {
                    if self.tell(lot, audience)?.is_break() {
                        return Ok(());
                    }
                }
                Err(mpsc::RecvTimeoutError::Timeout) => {}
                // The receiver has failed; it says why when it is joined.
                Err(mpsc::RecvTimeoutError::Disconnected) => return Ok(()),
            }
        }
    }

    /// How long to wait for the next thing to do; `None` when there is nothing left.
    fn wait(&mut self) -> Option<Duration> {
        let more = !self.again.is_empty() || !self.ahead.is_empty() || !self.at_end;
        let mut pending = self.shared.pending.lock().unwrap_or_else(PoisonError::into_inner);
        let end = pending.next_end();
        let full = is_full(&pending);
        drop(pending);
        if !more && end.is_none() {
            return None;
        }
        let until_end = end.map_or(LOOK, |end| end.saturating_duration_since(Instant::now()));
        let due = match &self.pace {
            Some(pace) if more && !full => pace.left(),
            _ => LOOK,
        };
        Some(until_end.min(due).min(LOOK))
    }

    /// Gives up what has waited too long: what is to be sent again is, the rest is told.
    fn expire(&mut self) -> Vec<Outcome> {
        let mut given_up = Vec::new();
        let now = Instant::now();
        let mut pending = self.shared.pending.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(probe) = pending.expire(now) {
            if probe.answers > 0 {
                continue;
            }
            if probe.tries <= self.settings.retry {
                let Probe { number, begin, octets, tries, .. } = probe;
                self.again.push_back(Made { number, begin, octets, tries });
            } else {
                given_up.push(Outcome::Unanswered(probe));
            }
        }
        given_up
    }

    /// Sends what is due, up to a batch: whether there was anything, and what could not be sent.
    fn send<A>(&mut self) -> Result<(bool, Vec<Outcome>), Failure<P::Error, A>> {
        let room = {
            let pending = self.shared.pending.lock().unwrap_or_else(PoisonError::into_inner);
            if is_full(&pending) { 0 } else { BATCH.min(MOST_WAITING.saturating_sub(pending.len())) }
        };
        let due = self.pace.as_ref().map_or(room, |pace| pace.due(room));
        let mut batch = Vec::with_capacity(due);
        while batch.len() < due {
            if self.again.is_empty() && self.ahead.is_empty() && !self.at_end {
                self.look_ahead()?;
            }
            let next = self.again.pop_front().or_else(|| self.ahead.pop_front());
            match next {
                Some(made) => batch.push(made),
                None => break,
            }
        }
        if batch.is_empty() {
            return Ok((false, Vec::new()));
        }
        if let Some(pace) = &mut self.pace {
            pace.sent(batch.len());
        }
        self.transmitter.prepare(batch.iter().map(|made| (made.begin, &*made.octets)))?;
        let unsent = self.file_and_send(batch)?;
        Ok((true, unsent))
    }

    /// Files requests before they are sent, so that no answer can be faster, and sends them.
    fn file_and_send(&mut self, batch: Vec<Made>) -> Result<Vec<Outcome>, tx::Error> {
        let mut probes = Vec::with_capacity(batch.len());
        for Made { number, begin, octets, tries } in batch {
            let everyone = self.transmitter.goes_to_everyone(begin, &octets);
            let keys = self.pairing.request(&frame(begin, &octets), everyone);
            let tries = tries.saturating_add(1);
            let sent = Timestamp::default();
            probes.push(Probe { number, begin, octets, sent, stamped: false, tries, answers: 0, keys });
        }
        let mut unsent = Vec::new();
        let mut ways = Vec::with_capacity(probes.len());
        for probe in probes {
            match self.transmitter.has_way(probe.begin, &probe.octets) {
                Ok(()) => ways.push(probe),
                Err(error @ tx::Error::NoNeighbour { .. }) => unsent.push(Outcome::Unsent(probe, error)),
                Err(error) => return Err(error),
            }
        }
        let (now, time) = (Instant::now(), now());
        let end = now.checked_add(self.settings.timeout).unwrap_or(now);
        {
            let mut pending = self.shared.pending.lock().unwrap_or_else(PoisonError::into_inner);
            for probe in &mut ways {
                probe.sent = time;
                pending.insert(probe.clone(), end);
            }
        }
        for probe in &ways {
            self.transmitter.send(probe.begin, &probe.octets)?;
        }
        self.transmitter.flush()?;
        Ok(unsent)
    }

    fn tell<A: Audience>(
        &mut self,
        lot: Vec<Outcome>,
        audience: &mut A,
    ) -> Result<ControlFlow<()>, Failure<P::Error, A::Error>> {
        for outcome in lot {
            let mut last = false;
            match &outcome {
                Outcome::Answered { probe, .. } => {
                    self.account.answers = self.account.answers.saturating_add(1);
                    let first = u64::from(probe.answers <= 1);
                    self.account.answered = self.account.answered.saturating_add(first);
                    last = self.settings.first;
                }
                Outcome::Unanswered(_) | Outcome::Unsent(..) => {
                    self.account.unanswered = self.account.unanswered.saturating_add(1);
                }
            }
            if audience.hear(outcome).map_err(Failure::Telling)?.is_break() || last {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }
}

fn is_full(pending: &Pending) -> bool {
    pending.len() >= MOST_WAITING || pending.octets() >= MOST_WAITING_OCTETS
}

fn frame(begin: Begin, octets: &[u8]) -> Frame<'_> {
    let length = u32::try_from(octets.len()).unwrap_or(u32::MAX);
    Frame { number: 1, data: octets, meta: Meta::new(begin.link_type(), length) }
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
}
