//! `nettool read --stats …`: tables over all frames in place of the frames.

mod findings;
pub(crate) mod html;
mod outward;
pub(crate) mod room;
mod sheet;
mod state;
mod tables;
mod traffic;

use crate::joining::JoinedFrames;
use crate::learning::{Followed, Learnt, Tracking};
use crate::outcome::{Exit, Failure, stdout_failure};
use crate::printed::Printed;
use crate::read::{Run, Turnstile, file_failure, take, threads};
use crate::select::Selector;
use crate::show::Show;
use findings::{Findings, Inspector, Remark};
use nettool_capture::file::{Chunk, Reader, Record, for_each_chunk_ordered};
use nettool_dissect::decode::{Decoder, Dissection, Plan, Settings, Surroundings};
use nettool_dissect::flow::reassembly::{MAX_TUNNELS, Reassembly, Wants};
use nettool_dissect::flow::scan::Scan;
use nettool_dissect::flow::{Facts, FlowTable, Hierarchy, Intervals, Key, LEVELS, Level, Packet};
use nettool_dissect::frame::{Frame, LinkType, Timestamp};
use nettool_dissect::proto::dsa;
use nettool_dissect::render::html::Packets;
use outward::Outward;
use std::ops::ControlFlow;
use std::sync::{Mutex, OnceLock, PoisonError};

/// A table that is asked for.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Kind {
    /// Conversations, of all levels or one.
    Conversations(Option<Level>),
    /// Endpoints, of all levels or one.
    Endpoints(Option<Level>),
    /// Which protocols stand in which.
    Protocols,
    /// Traffic over time, in intervals of so many nanoseconds; `None`: as many as a screen is wide.
    Io(Option<i64>),
    /// TCP connections.
    Tcp,
    /// Requests and their answers.
    Latency,
    /// What deserves attention.
    Expert,
}

impl Kind {
    /// Whether the table is made without taking frames apart.
    pub(crate) fn is_of_flows(&self) -> bool {
        matches!(self, Kind::Conversations(_) | Kind::Endpoints(_))
    }
}

/// Reads the word behind `--stats`.
pub(crate) fn kind(word: &str) -> Result<Kind, String> {
    let (name, detail) = match word.split_once([',', ':']) {
        Some((name, detail)) => (name, Some(detail.trim())),
        None => (word, None),
    };
    let level = || match detail {
        None => Ok(None),
        Some(detail) => match LEVELS.iter().find(|(_, name, _)| *name == detail) {
            Some((level, _, _)) => Ok(Some(*level)),
            None => {
                let names: Vec<&str> = LEVELS.iter().map(|level| level.1).collect();
                Err(format!("`{detail}` is no level; there are {}", names.join(", ")))
            }
        },
    };
    let plain = |kind: Kind| match detail {
        None => Ok(kind),
        Some(detail) => Err(format!("`{name}` takes nothing behind it, not `{detail}`")),
    };
    match name {
        "conv" => level().map(Kind::Conversations),
        "endpoints" => level().map(Kind::Endpoints),
        "protocols" => plain(Kind::Protocols),
        "tcp" => plain(Kind::Tcp),
        "latency" => plain(Kind::Latency),
        "expert" => plain(Kind::Expert),
        "io" => match detail {
            None => Ok(Kind::Io(None)),
            Some(text) => interval(text).map(|width| Kind::Io(Some(width))),
        },
        _ => {
            Err("there are conv, endpoints, protocols, io, tcp, latency and expert; conv,tcp is one level, io,0.1 an interval"
                .into())
        }
    }
}

/// Nanoseconds of an interval in seconds.
fn interval(text: &str) -> Result<i64, String> {
    match text.parse::<f64>() {
        Ok(seconds) if (1e-6..=1e9).contains(&seconds) => Ok((seconds * 1e9) as i64),
        _ => Err(format!("`{text}` is no interval; write seconds: io,1 or io,0.001")),
    }
}

/// What several frames together must say before tables of these kinds are made.
pub(crate) fn joins(kinds: &[Kind]) -> Wants {
    let behind = kinds.iter().any(|kind| matches!(kind, Kind::Protocols | Kind::Expert));
    // Reassembly tells which request on a stream is answered.
    let streams = behind || kinds.contains(&Kind::Latency);
    Wants { fragments: behind, streams, announced: behind, ..Wants::default() }
}

/// What the tables are made with.
pub(crate) struct Stats<'s> {
    pub(crate) kinds: &'s [Kind],
    pub(crate) settings: Settings,
    /// Where protocols are, for the tables that name some.
    pub(crate) show: &'s Show,
    pub(crate) flow_limit: usize,
    pub(crate) json: bool,
    /// Columns of the terminal that tables are for, if they are for one.
    pub(crate) room: Option<usize>,
}

/// What one worker has counted, or all of them.
#[derive(Default)]
struct Tally {
    flows: Option<FlowTable>,
    hierarchy: Option<Hierarchy>,
    intervals: Option<Intervals>,
    /// Rows of a page's packet list; kept in order, so that no worker has any.
    packets: Packets,
    findings: Findings,
    /// What was learnt in the order of the file.
    state: Option<Followed>,
}

impl Tally {
    fn merge(&mut self, other: Tally) {
        fn join<T>(mine: &mut Option<T>, other: Option<T>, merge: impl FnOnce(&mut T, T)) {
            match (mine, other) {
                (Some(mine), Some(other)) => merge(mine, other),
                (mine @ None, other) => *mine = other,
                (Some(_), None) => {}
            }
        }
        join(&mut self.flows, other.flows, FlowTable::merge);
        join(&mut self.hierarchy, other.hierarchy, |mine, other| mine.merge(&other));
        self.findings.merge(other.findings);
        join(&mut self.intervals, other.intervals, Intervals::merge);
    }
}

/// A worker: its tally goes home when the worker ends.
struct Worker<'s> {
    stats: &'s Stats<'s>,
    home: &'s Mutex<Tally>,
    tally: Tally,
    selector: Option<Selector<'s>>,
    layers: Option<(Decoder<'static>, Dissection)>,
    inspector: Option<Inspector>,
    rows: Option<html::Rows<'s>>,
    untagged: Vec<u8>,
    /// Packets whose flows are looked for together.
    packets: Vec<Packet>,
}

/// How many packets that is.
const TOGETHER: usize = 64;

impl Drop for Worker<'_> {
    fn drop(&mut self) {
        let mut home = self.home.lock().unwrap_or_else(PoisonError::into_inner);
        home.merge(std::mem::take(&mut self.tally));
    }
}

impl<'s> Worker<'s> {
    fn new(stats: &'s Stats<'s>, run: &Run<'s>, home: &'s Mutex<Tally>, lists: bool) -> Self {
        let has = |wanted: fn(&Kind) -> bool| stats.kinds.iter().any(wanted);
        let flows = has(|kind| matches!(kind, Kind::Conversations(_) | Kind::Endpoints(_)));
        let protocols = has(|kind| matches!(kind, Kind::Protocols));
        // A field that may stand behind every layer makes the walk go through all of them.
        let layers = protocols.then(|| {
            let plan = Plan::of_names(stats.show.registry(), ["data"]).unwrap_or_else(Plan::everything);
            let decoder = Decoder::with_plan(stats.show.registry(), plan).settings(stats.settings.clone());
            (decoder, Dissection::default())
        });
        Worker {
            stats,
            home,
            tally: Tally {
                flows: flows.then(|| FlowTable::new(stats.flow_limit)),
                hierarchy: protocols.then(Hierarchy::default),
                intervals: None,
                packets: Packets::default(),
                findings: Findings::default(),
                state: None,
            },
            rows: lists.then(|| html::Rows::new(run.show)),
            selector: run.select.map(|select| select.selector()),
            layers,
            inspector: has(|kind| matches!(kind, Kind::Expert))
                .then(|| Inspector::new(stats.show.registry(), stats.settings.clone(), lists)),
            untagged: Vec::new(),
            packets: Vec::with_capacity(TOGETHER),
        }
    }

    fn chunk(
        &mut self,
        chunk: &Chunk,
        run: &Run<'_>,
        shared: &Shared<'_>,
    ) -> Result<(u64, Packets), Failure> {
        if let Some(rows) = &mut self.rows {
            rows.times = shared.listed.pass(chunk, chunk.records(), Some(&mut rows.bases)).1;
        }
        let learnt = run.learning.pass(chunk, self.selector.as_mut());
        let mut left = shared.left(run);
        let mut taken = 0_u64;
        match self.selector.take() {
            Some(mut selector) => {
                let found = learnt.and_then(|Learnt { times, joined, known }| {
                    selector.learn(known);
                    Ok((take(chunk, &mut selector, times, &joined)?, joined))
                });
                self.selector = Some(selector);
                let (found, joined) = found.inspect_err(|_| {
                    shared.follow(chunk, std::iter::empty, &JoinedFrames::default());
                })?;
                let found = found.get(..usize::try_from(left).unwrap_or(usize::MAX)).unwrap_or(&found);
                let records = || found.iter().map(|one| one.record);
                let known = shared.follow(chunk, records, &joined);
                self.inspect(chunk, records(), &known, &joined);
                for one in found {
                    self.record(chunk, &one.record, shared, &joined);
                    taken = taken.saturating_add(1);
                }
            }
            None => {
                let some = usize::try_from(left).unwrap_or(usize::MAX);
                let joined = learnt?.joined;
                let records = || chunk.records().take(some);
                let known = shared.follow(chunk, records, &joined);
                self.inspect(chunk, records(), &known, &joined);
                for record in chunk.records() {
                    if left == 0 {
                        break;
                    }
                    left = left.saturating_sub(1);
                    self.record(chunk, &record, shared, &joined);
                    taken = taken.saturating_add(1);
                }
            }
        }
        self.flows_of_rest();
        if run.limit.is_some() {
            *shared.taken.lock().unwrap_or_else(PoisonError::into_inner) += taken;
        }
        Ok((taken, self.rows.as_mut().map(|rows| std::mem::take(&mut rows.packets)).unwrap_or_default()))
    }

    /// Looks for what deserves attention.
    fn inspect<'c>(
        &mut self,
        chunk: &Chunk,
        records: impl Iterator<Item = Record<'c>>,
        known: &[Facts],
        joined: &JoinedFrames,
    ) {
        let Some(inspector) = &mut self.inspector else { return };
        inspector.remarks.iter_mut().for_each(Vec::clear);
        for (at, record) in records.enumerate() {
            let joined = joined.of(record.number);
            inspector.look(chunk, &record, known.get(at), joined, &mut self.tally.findings);
        }
    }

    /// What was found in a frame of the chunk.
    fn remark(&self, number: u64) -> Option<&Remark> {
        let remarks = self.inspector.as_ref()?.remarks.as_ref()?;
        let at = remarks.binary_search_by_key(&number, |remark| remark.frame).ok()?;
        remarks.get(at)
    }

    #[inline]
    fn record(&mut self, chunk: &Chunk, record: &Record<'_>, shared: &Shared<'_>, joined: &JoinedFrames) {
        if let Some(width) = shared.interval {
            let time = record.time();
            let origin = *shared.origin.get_or_init(|| time.unwrap_or_default());
            self.tally
                .intervals
                .get_or_insert_with(|| Intervals::new(width, origin))
                .add(time, record.original_len);
        }
        if self.tally.flows.is_some() {
            self.flow(chunk, record);
        }
        if let (Some(hierarchy), Some((decoder, dissection))) = (&mut self.tally.hierarchy, &mut self.layers)
        {
            let frame = record.frame();
            let around = Surroundings {
                interface: chunk.interfaces().get(frame.meta.interface),
                joined: joined.of(frame.number),
                ..Surroundings::default()
            };
            decoder.decode(&frame, &around, dissection);
            hierarchy.add(decoder.registry(), &dissection.layers, frame.meta.original_len);
            if let Some(mut rows) = self.rows.take_if(|_| shared.list.is_some_and(|list| !list.is_full())) {
                if let Some((_, dissection)) = &self.layers {
                    let registry = self.stats.show.registry();
                    rows.add(chunk, record, dissection, registry, self.remark(frame.number));
                }
                self.rows = Some(rows);
            }
        }
    }

    #[inline]
    fn flow(&mut self, chunk: &Chunk, record: &Record<'_>) {
        let Some(flows) = &mut self.tally.flows else { return };
        let (choice, link_type) = (self.stats.settings.dsa, record.link_type());
        let untagged = || dsa::chosen(choice, link_type, Some(record.described_interface())).is_none();
        let plain = if record.is_all_in_data() { Key::plain(link_type, record.data) } else { None };
        if let Some((key, reversed)) = plain.filter(|_| untagged()) {
            let (number, time, octets) = (record.number, record.time(), record.original_len);
            self.packets.push(Packet { key, reversed, number, time, octets });
        } else {
            let frame = record.frame();
            let (scan, port) = scan_of(choice, chunk, &frame, &mut self.untagged);
            self.packets.push(packet(&scan, port, &frame));
            if scan.carries() {
                carried(flows, &scan, &frame);
            }
        }
        if self.packets.len() >= TOGETHER {
            flows.add_all(&self.packets);
            self.packets.clear();
        }
    }

    /// Takes the packets that wait into the table.
    fn flows_of_rest(&mut self) {
        if let Some(flows) = &mut self.tally.flows {
            flows.add_all(&self.packets);
        }
        self.packets.clear();
    }
}

/// A packet of a frame for a table of flows.
#[inline]
fn packet(scan: &Scan<'_>, port: Option<u16>, frame: &Frame<'_>) -> Packet {
    let (key, reversed) = Key::of(scan, port);
    Packet { key, reversed, number: frame.number, time: frame.meta.time, octets: frame.meta.original_len }
}

/// The flows of the packets that one carries: the frame counts for each of them.
#[cold]
fn carried(flows: &mut FlowTable, scan: &Scan<'_>, frame: &Frame<'_>) {
    let mut inner = scan.inner();
    for _ in 0..MAX_TUNNELS {
        let Some(scan) = inner else { return };
        flows.add_within(&packet(&scan, None, frame));
        inner = scan.inner();
    }
}

/// The headers of a frame: of one with a switch tag, of what the tag holds, and the switch's port.
#[inline]
fn scan_of<'f>(
    choice: dsa::Choice,
    chunk: &Chunk,
    frame: &Frame<'f>,
    untagged: &'f mut Vec<u8>,
) -> (Scan<'f>, Option<u16>) {
    let interface = chunk.interfaces().get(frame.meta.interface);
    let Some((_, tag)) = dsa::of_frame(choice, frame, interface) else { return (Scan::of(frame), None) };
    untagged.clear();
    tag.untagged(frame.data, untagged);
    let mut inner = *frame;
    inner.meta.link_type = LinkType::ETHERNET;
    let gone = frame.data.len().saturating_sub(untagged.len());
    inner.meta.original_len = frame.meta.original_len.saturating_sub(u32::try_from(gone).unwrap_or(0));
    let mut ports = tag.ports.iter();
    // A frame to several ports belongs to none of them.
    let port = ports.next().filter(|_| ports.next().is_none()).map(u16::from);
    let inner = Frame { data: untagged, number: inner.number, meta: inner.meta };
    (Scan::of(&inner), port)
}

/// What workers share.
struct Shared<'l> {
    /// Where the frames of a packet list pass.
    listed: Turnstile,
    list: Option<&'l html::List>,
    /// Time of the first frame: where the first interval begins.
    origin: OnceLock<Timestamp>,
    interval: Option<i64>,
    /// State over the frames that count.
    followed: Option<Followed>,
    /// Frames taken so far; only kept where their number is limited.
    taken: Mutex<u64>,
}

impl Shared<'_> {
    /// Lets the state learn from records of a chunk. Every chunk must pass.
    fn follow<'c, R: Iterator<Item = Record<'c>>>(
        &self,
        chunk: &'c Chunk,
        records: impl Fn() -> R,
        joined: &JoinedFrames,
    ) -> Vec<Facts> {
        self.followed.as_ref().map_or_else(Vec::new, |followed| followed.pass(chunk, records, joined))
    }

    fn left(&self, run: &Run<'_>) -> u64 {
        let limit = run.limit.unwrap_or(u64::MAX);
        limit.saturating_sub(*self.taken.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Makes the tables and writes them.
pub(crate) fn run(reader: &mut Reader, run: &Run<'_>, stats: &Stats<'_>) -> Result<Exit, Failure> {
    let (mut tally, result) = count(reader, run, stats, None)?;
    let outward = Outward::new(Printed::new(false));
    for kind in stats.kinds {
        tables::write(&outward, *kind, &mut tally, stats);
    }
    outward.end().map_err(stdout_failure)?;
    tally.state.iter().for_each(Followed::tell);
    if let Some(flows) = &tally.flows {
        let (evicted, traffic) = flows.evicted();
        if evicted > 0 {
            tell!(
                "nettool: {evicted} flows with {} frames had to make room for others; --flow-limit sets how many are kept",
                traffic.frames
            );
        }
    }
    // The program ends: its memory goes back as a whole, not table by table.
    std::mem::forget(tally);
    result
}

/// Counts all frames; the result tells whether the file was read to its end.
fn count(
    reader: &mut Reader,
    run: &Run<'_>,
    stats: &Stats<'_>,
    list: Option<&html::List>,
) -> Result<(Tally, Result<Exit, Failure>), Failure> {
    let interval = stats.kinds.iter().find_map(|kind| match kind {
        // Without a wish: fine ones, joined when the length of the capture is known.
        Kind::Io(width) => Some(width.unwrap_or(tables::FINEST)),
        _ => None,
    });
    let shared = Shared {
        listed: Turnstile::default(),
        list,
        origin: OnceLock::new(),
        interval,
        followed: Tracking::new(
            || stats.show.registry(),
            state::follows(stats.kinds),
            stats.flow_limit,
            stats.settings.clone(),
        )
        .map(Followed::new),
        taken: Mutex::default(),
    };
    let home = Mutex::new(Tally::default());
    let mut packets = Packets::default();
    // The first so many frames are only known in order.
    let threads = if run.limit.is_some() { 1 } else { threads() };
    let result = for_each_chunk_ordered(
        reader,
        threads,
        || Worker::new(stats, run, &home, list.is_some()),
        |worker, chunk| worker.chunk(&chunk, run, &shared),
        |taken| match taken {
            Err(failure) => ControlFlow::Break(Some(failure)),
            Ok((_, rows)) => {
                if let Some(list) = list {
                    list.append(&mut packets, rows);
                }
                if shared.left(run) == 0 { ControlFlow::Break(None) } else { ControlFlow::Continue(()) }
            }
        },
    );
    if let Ok(Some(Some(failure))) = result {
        return Err(failure);
    }
    let mut tally = home.into_inner().unwrap_or_else(PoisonError::into_inner);
    tally.packets = packets;
    tally.state = shared.followed;
    if stats.kinds.contains(&Kind::Expert)
        && let Some(lacking) = run.learning.reassembly(Reassembly::lacking)
    {
        tally.findings.lacking(&lacking, stats.show.registry());
    }
    Ok((tally, result.map(|_| Exit::Done).map_err(file_failure)))
}
