//! Who takes the frames of a live capture: the file, the lines on stdout, or both.
//!
//! In: frames, on the thread of their source. Out: records in the file and text on stdout, in the order of time where there
//! are several sources (see `merge`). What sources share is locked once a block. Lines alone hold the capture back when stdout
//! is slow, and the ring takes that up; beside a file they do not: what stdout does not take in time is left out and
//! counted, because the file must not lose frames for it.

use super::merge::Merge;
use crate::joining::untagged;
use crate::learning::KnownFrames;
use crate::outcome::{Failure, stdout_failure};
use crate::save::write_failure;
use crate::select::{Select, Selector};
use crate::show::{Context, Renderer, Show};
use nettool_capture::file::{Interfaces, Writer};
use nettool_capture::live;
use nettool_capture::live::session::{BlockTaker, Consumer, Waker};
use nettool_dissect::decode::{Settings, Surroundings};
use nettool_dissect::flow::reassembly::{Joined, Policy, Reassembly, Wants, Watch};
use nettool_dissect::flow::scan::Scan;
use nettool_dissect::flow::{DEFAULT_LIMIT, Facts, Follows, Keys, Pairing, Tracker};
use nettool_dissect::frame::{Frame, Interface, LinkType, Timestamp};
use nettool_dissect::proto::dsa::Choice;
use nettool_dissect::registry::Registry;
use nettool_dissect::render::tcp_seq::TcpSeq;
use std::collections::HashMap;
use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Text gathered before it is written while more frames are waiting.
const GATHER: usize = 64 << 10;
/// Pieces of text that may wait for stdout beside a file.
const WAITING: usize = 64;
/// Most interfaces whose names are remembered for `any`.
const MOST_NAMES: usize = 4096;

/// What nettool itself had to leave out.
#[derive(Debug, Default)]
pub(super) struct Losses {
    lines: AtomicU64,
}

impl Losses {
    /// Frames whose text stdout did not take in time.
    pub(super) fn lines(&self) -> u64 {
        self.lines.load(Ordering::Relaxed)
    }
}

/// What all takers of a capture share.
pub(super) struct Output<'s> {
    /// The file, if any.
    pub(super) writer: Option<Mutex<Writer>>,
    /// What lines need to know of those before them, if any are shown.
    pub(super) lines: Option<Mutex<Lines<'s>>>,
    /// The interfaces, as the session numbers them.
    pub(super) interfaces: Interfaces,
    /// The display filter, if any.
    pub(super) select: Option<&'s Select>,
    /// How frames are joined, where something that is wanted lies behind several of them.
    pub(super) joins: Option<Joins>,
    /// What must be known of the frames before.
    pub(super) follows: Follows,
    /// Protocols and fields, for those.
    pub(super) registry: &'s (dyn Fn() -> &'static Registry + Sync),
    /// What was left out.
    pub(super) losses: &'s Losses,
    /// Frames of several sources, until their turn has come.
    pub(super) merge: Option<Mutex<Merge>>,
}

impl Output<'_> {
    /// Gives out the frames that still wait for their turn.
    pub(super) fn release(&self) -> Result<(), Failure> {
        let Some(merge) = &self.merge else { return Ok(()) };
        let mut outlets = Outlets::default();
        lock(merge).release(None, |frame, joined, facts| outlets.give(self, frame, joined, facts))?;
        drop(outlets);
        self.show()
    }

    /// Shows what is held back.
    fn show(&self) -> Result<(), Failure> {
        // Lines first: somebody is looking at them.
        if let Some(lines) = &self.lines {
            lock(lines).show(self.losses)?;
        }
        if let Some(writer) = &self.writer {
            lock(writer).flush().map_err(|error| write_failure(&error))?;
        }
        Ok(())
    }
}

/// The file and the lines, each locked when the first frame comes to it.
#[derive(Default)]
struct Outlets<'o, 's> {
    writer: Option<MutexGuard<'o, Writer>>,
    lines: Option<MutexGuard<'o, Lines<'s>>>,
}

impl<'o, 's> Outlets<'o, 's> {
    fn give(
        &mut self,
        output: &'o Output<'s>,
        frame: &Frame<'_>,
        joined: Option<&Joined>,
        facts: Option<Facts>,
    ) -> Result<(), Failure> {
        let Output { writer, lines, interfaces, losses, .. } = output;
        if let Some(shared) = writer {
            let writer = self.writer.get_or_insert_with(|| lock(shared));
            writer.write(frame, interfaces).map_err(|error| write_failure(&error))?;
        }
        if let Some(shared) = lines {
            let lines = self.lines.get_or_insert_with(|| lock(shared));
            lines.renderer.learn(facts.map_or(KnownFrames::None, KnownFrames::One));
            lines.frame(frame, joined, interfaces, losses)?;
        }
        Ok(())
    }
}

/// How frames of a source are joined.
#[derive(Clone)]
pub(super) struct Joins {
    registry: &'static Registry,
    policy: Policy,
    watch: Watch,
}

impl Joins {
    /// `shown`: frames are shown, not only saved.
    pub(super) fn new(
        policy: Option<Policy>,
        select: Option<&Select>,
        show: &Show,
        shown: bool,
    ) -> Option<Self> {
        let wants = select.map_or_else(Wants::default, Select::joins);
        let wants = if shown { wants.or(show.joins()).or(show.follows().joins()) } else { wants };
        let wants = wants.or(select.map_or_else(Wants::default, |select| select.follows().joins()));
        let registry = show.registry();
        let watch = || Watch::new(registry, wants);
        policy.filter(|_| wants.any()).map(|policy| Joins { registry, policy, watch: watch() })
    }
}

/// What waits for more frames, and what the last one completes. Without a display filter the lines have it, in the order in
/// which frames are shown; with one, each source does, because the filter must know before the others' turn has come.
struct Joiner {
    watch: Watch,
    state: Reassembly<'static>,
    octets: Vec<u8>,
    /// Frames seen.
    seen: u64,
    last: Option<Joined>,
}

impl Joiner {
    fn new(Joins { registry, policy, watch }: Joins) -> Self {
        let state = Reassembly::new(registry, policy, watch.clone());
        Joiner { watch, state, octets: Vec::new(), seen: 0, last: None }
    }

    fn observe(&mut self, frame: &Frame<'_>, interface: Option<&Interface>) {
        self.last = None;
        self.seen = self.seen.saturating_add(1);
        let mut plain = untagged(Choice::Auto, frame, interface, &mut self.octets);
        if self.watch.concerns(&plain) {
            // The frames of which not all are shown have no numbers but these.
            plain.number = self.seen;
            self.last = self.state.observe(&plain);
        }
    }
}

impl Drop for Joiner {
    fn drop(&mut self) {
        crate::joining::tell(&self.state);
    }
}

/// State over frames, and what is known of the last one: where a [`Joiner`] is.
struct Follower {
    tracker: Tracker,
    pairing: Option<Pairing<'static>>,
    /// Of the last frame's messages.
    keys: Vec<Keys>,
    octets: Vec<u8>,
    /// Frames seen.
    seen: u64,
    last: Facts,
}

impl Follower {
    fn new(follows: Follows, registry: impl FnOnce() -> &'static Registry) -> Option<Self> {
        let registry = follows.any().then(registry)?;
        let tracker = Tracker::new(registry, follows, DEFAULT_LIMIT);
        let pairing = follows.requests.then(|| Pairing::new(registry, Settings::default()));
        Some(Follower {
            tracker,
            pairing,
            keys: Vec::new(),
            octets: Vec::new(),
            seen: 0,
            last: Facts::default(),
        })
    }

    fn observe(&mut self, frame: &Frame<'_>, interface: Option<&Interface>, joined: Option<&Joined>) {
        self.seen = self.seen.saturating_add(1);
        let mut plain = untagged(Choice::Auto, frame, interface, &mut self.octets);
        plain.number = self.seen;
        self.keys.clear();
        let keys = self.pairing.as_mut().map(|pairing| {
            pairing.keys(frame, joined, &mut self.keys);
            self.keys.as_slice()
        });
        self.last = self.tracker.take(&Scan::of(&plain), &plain, keys, joined);
    }
}

/// Where text goes.
pub(super) enum Screen {
    /// To stdout, on the thread that made it.
    Direct,
    /// To the thread that writes to stdout, if it has room.
    Queued(SyncSender<Vec<u8>>),
}

/// A queue to stdout, and its end for [`drain`].
pub(super) fn queue() -> (Screen, Receiver<Vec<u8>>) {
    let (sender, receiver) = sync_channel(WAITING);
    (Screen::Queued(sender), receiver)
}

/// Writes what comes through the queue, until all takers are gone or stdout is closed.
pub(super) fn drain(receiver: &Receiver<Vec<u8>>) -> std::io::Result<()> {
    let mut out = std::io::stdout();
    for text in receiver {
        out.write_all(&text)?;
        out.flush()?;
    }
    Ok(())
}

/// Lines in the making.
pub(super) struct Lines<'s> {
    renderer: Renderer<'s>,
    screen: Screen,
    /// TCP numbers are relative only where the form shows lines.
    tcp: Option<TcpSeq>,
    first: Option<Timestamp>,
    previous: Option<Timestamp>,
    text: Vec<u8>,
    /// Frames in `text`.
    frames: u64,
    /// Interfaces of a capture on `any`, by index.
    names: HashMap<u32, Interface>,
    joiner: Option<Joiner>,
    follower: Option<Follower>,
}

impl<'s> Lines<'s> {
    pub(super) fn new(show: &'s Show, screen: Screen, joins: Option<Joins>, follows: Follows) -> Lines<'s> {
        let mut text = Vec::with_capacity(2 * GATHER);
        show.head(&mut text);
        Lines {
            renderer: show.renderer(),
            screen,
            tcp: show.wants_tcp_base().then(TcpSeq::default),
            first: None,
            previous: None,
            text,
            frames: 0,
            names: HashMap::new(),
            joiner: joins.map(Joiner::new),
            follower: Follower::new(follows, || show.registry()),
        }
    }

    fn frame(
        &mut self,
        frame: &Frame<'_>,
        joined: Option<&Joined>,
        interfaces: &Interfaces,
        losses: &Losses,
    ) -> Result<(), Failure> {
        self.first = self.first.or(frame.meta.time);
        let tcp_base = self.tcp.as_mut().and_then(|tcp| tcp.observe(frame));
        let interface = match cooked_index(frame) {
            Some(index) => Some(named(&mut self.names, index)),
            None => interfaces.get(frame.meta.interface),
        };
        if let Some(joiner) = &mut self.joiner {
            joiner.observe(frame, interface);
        }
        if let Some(follower) = &mut self.follower {
            let own = self.joiner.as_ref().and_then(|joiner| joiner.last.as_ref());
            follower.observe(frame, interface, joined.or(own));
            self.renderer.learn(KnownFrames::One(follower.last.clone()));
        }
        let own = self.joiner.as_ref().and_then(|joiner| joiner.last.as_ref());
        let context = Context {
            interface,
            first: self.first,
            previous: self.previous,
            first_shown: self.first,
            previous_shown: self.previous,
            tcp_base,
            joined: joined.or(own),
        };
        self.renderer.render(frame, &context, &mut self.text);
        self.previous = frame.meta.time.or(self.previous);
        self.frames = self.frames.saturating_add(1);
        if self.text.len() >= GATHER { self.show(losses) } else { Ok(()) }
    }

    /// Hands over what is gathered.
    fn show(&mut self, losses: &Losses) -> Result<(), Failure> {
        if self.text.is_empty() {
            return Ok(());
        }
        let frames = std::mem::take(&mut self.frames);
        match &self.screen {
            Screen::Direct => {
                let mut out = std::io::stdout().lock();
                let written = out.write_all(&self.text).and_then(|()| out.flush());
                self.text.clear();
                written.map_err(stdout_failure)
            }
            Screen::Queued(sender) => {
                let text = std::mem::replace(&mut self.text, Vec::with_capacity(2 * GATHER));
                match sender.try_send(text) {
                    Ok(()) => Ok(()),
                    Err(TrySendError::Full(_)) => {
                        losses.lines.fetch_add(frames, Ordering::Relaxed);
                        Ok(())
                    }
                    // Nobody reads any more; the file goes on.
                    Err(TrySendError::Disconnected(_)) => Ok(()),
                }
            }
        }
    }
}

/// The interface index in a cooked v2 header.
fn cooked_index(frame: &Frame<'_>) -> Option<u32> {
    if frame.meta.link_type != LinkType::LINUX_SLL2 {
        return None;
    }
    frame.data.get(4..)?.first_chunk().map(|index| u32::from_be_bytes(*index))
}

fn named(names: &mut HashMap<u32, Interface>, index: u32) -> &Interface {
    if names.len() >= MOST_NAMES && !names.contains_key(&index) {
        names.clear();
    }
    names.entry(index).or_insert_with(|| {
        let name = live::name_of(index).unwrap_or_else(|| format!("if{index}"));
        Interface::new(name, LinkType::LINUX_SLL2)
    })
}

/// Takes the frames of one source.
pub(super) struct Taker<'o, 's> {
    /// The source's place.
    source: usize,
    output: &'o Output<'s>,
    judge: Option<Judge<'s>>,
    joiner: Option<Joiner>,
    follower: Option<Follower>,
}

/// The display filter at work.
struct Judge<'s> {
    selector: Selector<'s>,
    /// Times of the source's first frame, of the one before, and of the last that was taken.
    first: Option<Timestamp>,
    previous: Option<Timestamp>,
    taken: Option<Timestamp>,
}

impl Judge<'_> {
    fn takes(&mut self, frame: &Frame<'_>, joined: Option<&Joined>, interfaces: &Interfaces) -> bool {
        self.first = self.first.or(frame.meta.time);
        let around = Surroundings {
            interface: interfaces.get(frame.meta.interface),
            first: self.first,
            previous: self.previous,
            previous_shown: self.taken,
            joined,
            facts: None,
        };
        let takes = self.selector.takes(frame, &around);
        self.previous = frame.meta.time.or(self.previous);
        if takes {
            self.taken = self.previous;
        }
        takes
    }
}

impl<'o, 's> Taker<'o, 's> {
    pub(super) fn new(source: usize, output: &'o Output<'s>) -> Self {
        let judge = output.select.map(|select| Judge {
            selector: select.selector(),
            first: None,
            previous: None,
            taken: None,
        });
        let joiner = output.joins.clone().filter(|_| output.select.is_some()).map(Joiner::new);
        let follower = Follower::new(output.follows, output.registry).filter(|_| output.select.is_some());
        Taker { source, output, judge, joiner, follower }
    }
}

/// A block's frames: what is shared is locked with its first.
pub(super) struct Block<'t, 'o, 's> {
    source: usize,
    output: &'o Output<'s>,
    judge: Option<&'t mut Judge<'s>>,
    joiner: Option<&'t mut Joiner>,
    follower: Option<&'t mut Follower>,
    /// The other sources' frames, and when the block came.
    merge: Option<(MutexGuard<'o, Merge>, Instant)>,
    outlets: Outlets<'o, 's>,
}

fn lock<'s, T>(place: &'s Mutex<T>) -> MutexGuard<'s, T> {
    place.lock().unwrap_or_else(PoisonError::into_inner)
}

impl BlockTaker for Block<'_, '_, '_> {
    type Error = Failure;

    fn wants(&mut self, frame: &Frame<'_>) -> Result<bool, Failure> {
        let interfaces = &self.output.interfaces;
        if let Some(joiner) = &mut self.joiner {
            joiner.observe(frame, interfaces.get(frame.meta.interface));
        }
        if let (Some(follower), Some(judge)) = (&mut self.follower, &mut self.judge) {
            let joined = self.joiner.as_ref().and_then(|joiner| joiner.last.as_ref());
            follower.observe(frame, interfaces.get(frame.meta.interface), joined);
            judge.selector.learn(KnownFrames::One(follower.last.clone()));
        }
        let joined = self.joiner.as_ref().and_then(|joiner| joiner.last.as_ref());
        Ok(self.judge.as_mut().is_none_or(|judge| judge.takes(frame, joined, interfaces)))
    }

    fn frame(&mut self, frame: &Frame<'_>) -> Result<(), Failure> {
        let Block { output, outlets, .. } = self;
        let joined = self.joiner.as_ref().and_then(|joiner| joiner.last.as_ref());
        let facts = self.follower.as_ref().map(|follower| follower.last.clone());
        let Some(shared) = &output.merge else { return outlets.give(output, frame, joined, facts) };
        let (merge, now) = self.merge.get_or_insert_with(|| (lock(shared), Instant::now()));
        merge.keep(self.source, frame, joined.cloned(), facts, *now);
        merge.release(Some(*now), |frame, joined, facts| outlets.give(output, frame, joined, facts))
    }
}

impl<'o, 's> Consumer for Taker<'o, 's> {
    type Error = Failure;
    type Block<'a>
        = Block<'a, 'o, 's>
    where
        Self: 'a;

    fn block(&mut self) -> Block<'_, 'o, 's> {
        let Taker { source, output, judge, joiner, follower } = self;
        Block {
            source: *source,
            output,
            judge: judge.as_mut(),
            joiner: joiner.as_mut(),
            follower: follower.as_mut(),
            merge: None,
            outlets: Outlets::default(),
        }
    }

    fn rest(&mut self, looked: Option<Instant>, waker: &Waker) -> Result<Option<Duration>, Failure> {
        let mut again = None;
        if let Some(shared) = &self.output.merge {
            let mut merge = lock(shared);
            let mut outlets = Outlets::default();
            let now = Instant::now();
            merge.rests(self.source, looked);
            merge
                .release(Some(now), |frame, joined, facts| outlets.give(self.output, frame, joined, facts))?;
            again = merge.sleeps(self.source, now, waker);
        }
        self.output.show()?;
        Ok(again)
    }
}
