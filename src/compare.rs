//! `nettool read A --compare B`: the same traffic captured at two points, packet by packet.

use crate::Global;
use crate::joining::untagged;
use crate::outcome::{Exit, Failure, stdout_failure};
use crate::read::{file_failure, for_each_pass};
use crate::select::Select;
use clap::{Args, ValueEnum};
use nettool_capture::file::{Chunk, FileError, Reader, Record};
use nettool_dissect::flow::compare::{
    Clocks, Compare, Compared, Delays, Ignore, Point, Sight, Way, fingerprints,
};
use nettool_dissect::flow::scan::Scan;
use nettool_dissect::proto::dsa::Choice;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// Chunks of packets that may wait for the comparison, of each capture.
const AHEAD: usize = 4;
/// Packets that are looked at to learn how a capture was made.
const LOOKED_AT: usize = 10_000;
/// Names of what does not count.
const NAMES: [&str; 7] = ["link", "ttl", "tos", "id", "checksum", "address", "port"];

/// Reads `link,ttl,checksum`.
pub(crate) fn ignore(text: &str) -> Result<Ignore, String> {
    let mut ignore = Ignore { link: false, ttl: false, checksum: false, ..Ignore::default() };
    for name in text.split(',').map(str::trim).filter(|name| !name.is_empty() && *name != "none") {
        let field = match name {
            "link" => &mut ignore.link,
            "ttl" => &mut ignore.ttl,
            "tos" => &mut ignore.tos,
            "id" => &mut ignore.id,
            "checksum" => &mut ignore.checksum,
            "address" => &mut ignore.address,
            "port" => &mut ignore.port,
            _ => {
                return Err(format!(
                    "`{name}` is nothing that changes; there are {}, none",
                    NAMES.join(", ")
                ));
            }
        };
        *field = true;
    }
    Ok(ignore)
}

/// What the clocks of two captures may differ by.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ClockWord {
    /// One may be ahead and run faster than the other
    Drift,
    /// One may be ahead of the other
    Offset,
    /// They are kept equal, by PTP or because they are one: delays are shown as they are
    Same,
}

/// How captures are compared.
#[derive(Args, Debug)]
pub(crate) struct CompareOptions {
    /// Compare with a capture of the same traffic at another point: loss, order, one-way delay, clock offset
    #[arg(long, value_name = "OTHER",
        conflicts_with_all = ["count", "write", "fields", "tree", "tables", "limit", "query", "follow_stream", "follow"])]
    pub(crate) compare: Option<PathBuf>,
    /// What may differ between the two points: link (addresses and tags), ttl, tos, id, checksum, address, port; or none
    #[arg(long, value_name = "LIST", value_parser = ignore, default_value = "link,ttl,checksum", requires = "compare")]
    compare_ignore: Ignore,
    /// Switch tag of the other capture's frames, as --dsa says it of the first; otherwise what --dsa says, and `auto` of each by itself
    #[arg(long, value_name = "TAGGER", requires = "compare")]
    pub(crate) compare_dsa: Option<String>,
    /// Compare TCP packets longer than this as the segments of them on the wire: where a card cuts them behind the capture (TSO) or has put them
    /// together before it (GRO)
    #[arg(long, value_name = "OCTETS", value_parser = clap::value_parser!(u32).range(576..), requires = "compare")]
    compare_mtu: Option<u32>,
    /// Packets of each point that may wait for the other's
    #[arg(long, value_name = "N", default_value_t = 1 << 20, requires = "compare")]
    compare_window: usize,
    /// What the clocks of the two points may differ by; it is estimated, shown and taken out of the delays
    #[arg(long, value_name = "WHAT", value_enum, default_value_t = ClockWord::Drift, requires = "compare")]
    compare_clocks: ClockWord,
}

/// What is compared, and how.
pub(crate) struct Comparison<'o> {
    pub(crate) first: String,
    pub(crate) other: &'o Path,
    pub(crate) options: &'o CompareOptions,
    /// Switch tags of both.
    pub(crate) taggers: [Choice; 2],
    pub(crate) select: Option<&'o Select>,
}

type Sights = Result<Vec<Sight>, Failure>;

impl Comparison<'_> {
    /// Compares, and writes what came of it.
    pub(crate) fn run(&self, readers: [&mut Reader; 2], global: &Global) -> Result<Exit, Failure> {
        let [reader, other] = readers;
        // The first chunks tell how much of each packet was captured.
        let (mine, theirs) = (reader.next_chunk(), other.next_chunk());
        let (mine, theirs) = (mine.map_err(file_failure)?, theirs.map_err(file_failure)?);
        let mut ignore = self.options.compare_ignore;
        ignore.beyond = octets_in_both([&mine, &theirs].into_iter().flatten());
        let longest = [&mine, &theirs].map(|chunk| chunk.as_ref().map_or(0, longest));
        let [dsa, other_dsa] = self.taggers;
        let compared = std::thread::scope(|scope| {
            let (to_a, from_a) = sync_channel(AHEAD);
            let (to_b, from_b) = sync_channel(AHEAD);
            scope.spawn(move || self.send(reader, mine, dsa, ignore, &to_a));
            let other = &mut *other;
            scope.spawn(move || self.send(other, theirs, other_dsa, ignore, &to_b));
            self.merge(from_a, from_b)
        })?;
        for note in other.notes() {
            tell!("nettool: {note}");
        }
        let mut out = Vec::new();
        if global.json {
            self.json(&compared, &mut out)
        } else {
            self.table(&compared, ignore, longest, &mut out)
        }
        std::io::stdout().write_all(&out).map_err(stdout_failure)?;
        if compared.gave_up > 0 {
            tell!(
                "nettool: {} packets had to leave the window before the other capture had come as far, and count as not seen \
                 there if they came later; --compare-window makes it larger",
                compared.gave_up
            );
        }
        Ok(Exit::Done)
    }

    /// Sends what is known of a capture's packets, chunk by chunk.
    fn send(
        &self,
        reader: &mut Reader,
        first: Option<Chunk>,
        dsa: Choice,
        ignore: Ignore,
        to: &SyncSender<Sights>,
    ) {
        let mut chunk = Ok(first);
        let mut selector = self.select.map(Select::selector);
        let (mut octets, mut buffer) = (Vec::new(), Vec::new());
        let mtu = self.options.compare_mtu.map_or(usize::MAX, |mtu| mtu as usize);
        let (mut last, mut number) = (0, 0_u64);
        loop {
            let one = match chunk {
                Ok(Some(one)) => one,
                Ok(None) => return,
                Err(error) => {
                    let error: FileError = error;
                    drop(to.send(Err(file_failure(error))));
                    return;
                }
            };
            let mut sights = Vec::with_capacity(usize::try_from(one.packets()).unwrap_or(0));
            let mut sight = |record: &Record<'_>| {
                let frame = record.frame();
                let interface = one.interfaces().get(frame.meta.interface);
                let plain = untagged(dsa, &frame, interface, &mut octets);
                last = frame.meta.time.map_or(last, |time| time.0);
                fingerprints(&plain, &ignore, mtu, &mut buffer, |packet, pair, reversed| {
                    number = number.saturating_add(1);
                    sights.push(Sight { packet, pair, reversed, number, time: last });
                });
            };
            let passed = match selector.as_mut().filter(|selector| selector.filters()) {
                None => {
                    one.records().for_each(|record| sight(&record));
                    Ok(())
                }
                Some(selector) => for_each_pass(
                    &one,
                    selector,
                    |record| *record,
                    |records, bits| {
                        let passing = records.iter().enumerate().filter(|(at, _)| bits >> at & 1 == 1);
                        passing.for_each(|(_, record)| sight(record));
                    },
                ),
            };
            // Nobody listens any more when the other capture has failed.
            if to.send(passed.map(|()| sights)).is_err() {
                return;
            }
            chunk = reader.next_chunk();
        }
    }

    /// Takes the packets of both in the order of their times.
    fn merge(&self, a: Receiver<Sights>, b: Receiver<Sights>) -> Result<Compared, Failure> {
        let clocks = match self.options.compare_clocks {
            ClockWord::Drift => Clocks::Drift,
            ClockWord::Offset => Clocks::Offset,
            ClockWord::Same => Clocks::Same,
        };
        let mut compare = Compare::new(self.options.compare_window, clocks);
        let mut a = Queue { from: a, sights: Vec::new().into_iter().peekable() };
        let mut b = Queue { from: b, sights: Vec::new().into_iter().peekable() };
        loop {
            let point = match (a.time()?, b.time()?) {
                (None, None) => return Ok(compare.end()),
                (Some(_), None) => Point::A,
                (None, Some(_)) => Point::B,
                (Some(at_a), Some(at_b)) => compare.behind(at_a, at_b),
            };
            let queue = if point == Point::A { &mut a } else { &mut b };
            if let Some(sight) = queue.sights.next() {
                compare.take(point, sight);
            }
        }
    }

    fn table(&self, compared: &Compared, ignore: Ignore, longest: [u32; 2], out: &mut Vec<u8>) {
        let Compared { packets, there, back, offset, drift, .. } = compared;
        let mut text = format!(
            "A: {} ({} packets)\nB: {} ({} packets)\n",
            self.first,
            packets[0],
            self.other.display(),
            packets[1]
        );
        text.push_str(&format!("not compared: {}\n\n", ignored(ignore)));
        text.push_str(&format!("{:<34}{:>18} {:>18}\n", "", "A to B", "B to A"));
        let mut row = |name: &str, a: String, b: String| {
            text.push_str(&format!("{name:<34}{a:>18} {b:>18}\n"));
        };
        let mut counts =
            |name: &str, of: fn(&Way) -> u64| row(name, of(there).to_string(), of(back).to_string());
        counts("seen at both", |way| way.matched);
        row("lost between them", lost(there.only_a, there), lost(back.only_b, back));
        let mut counts = |name: &str, a: u64, b: u64| row(name, a.to_string(), b.to_string());
        counts("while only one capture ran", there.outside, back.outside);
        counts("seen only at the far point", there.only_b, back.only_a);
        counts("copies seen only at A", there.copies_a, back.copies_a);
        counts("copies seen only at B", there.copies_b, back.copies_b);
        counts("out of order at the far point", there.reordered, back.reordered_at_a);
        let matched = there.matched.saturating_add(back.matched);
        let apart = packets.iter().all(|count| *count > matched.saturating_mul(2));
        let (there, back) = (Spread::of(&there.delays, 1, *offset), Spread::of(&back.delays, -1, *offset));
        let values = |spread: &Option<Spread>| {
            spread
                .as_ref()
                .map_or_else(|| [(); 7].map(|()| "-".to_owned()), |spread| spread.values().map(time))
        };
        let names = ["min", "median", "mean", "p95", "p99", "max", "jitter (RFC 3550)"];
        for ((name, a), b) in names.into_iter().zip(values(&there)).zip(values(&back)) {
            row(&format!("one-way delay, {name}"), a, b);
        }
        text.push('\n');
        text.push_str(&match offset {
            Some(offset) => format!(
                "clock of B is {} {} that of A, taken out above: estimated from both directions, right if the least delays \
                 of both are equal\n",
                time(offset.saturating_abs()),
                if *offset < 0 { "behind" } else { "ahead of" }
            ),
            None if self.options.compare_clocks == ClockWord::Same => "clocks are taken as equal\n".to_owned(),
            None if apart && matched == 0 => String::new(),
            None => "no packets both ways: delays are right as far as the clocks agree\n".to_owned(),
        });
        let [at_a, at_b] = longest;
        let missing = packets.iter().any(|count| *count > matched);
        if missing && at_a != at_b && at_a.max(at_b) > UNCUT && self.options.compare_mtu.is_none() {
            text.push_str(&format!(
                "{} has TCP packets of {} octets, which a card cuts behind the capture (TSO) or has put together before it (GRO): \
                 --compare-mtu 1500 compares them as they are on the wire\n",
                if at_a > at_b { 'A' } else { 'B' },
                at_a.max(at_b)
            ));
        } else if apart && !(ignore.address && ignore.port) {
            text.push_str(&format!(
                "{} in both: where addresses or ports are translated on the way, --compare-ignore \
                 link,ttl,checksum,address,port finds them again\n",
                if matched == 0 { "no packet is" } else { "less than half of the packets are" }
            ));
        }
        if let Some(drift) = drift {
            text.push_str(&format!(
                "clock of B gains {:+.3} ppm on that of A, taken out above from the first packet that both have: the slope of the least \
                 delays\n",
                drift * 1e6
            ));
        }
        out.extend_from_slice(text.as_bytes());
    }

    fn json(&self, compared: &Compared, out: &mut Vec<u8>) {
        let Compared { packets, there, back, offset, drift, gave_up } = compared;
        let way = |way: &Way, sign: i64, lost: u64, far: u64, reordered: u64| {
            let spread = Spread::of(&way.delays, sign, *offset).map(|spread| {
                let [min, median, mean, p95, p99, max, jitter] = spread.values();
                serde_json::json!({
                    "packets": way.delays.count(), "sampled": way.delays.is_sampled(),
                    "min_ns": min, "median_ns": median, "mean_ns": mean, "p95_ns": p95, "p99_ns": p99, "max_ns": max,
                    "jitter_ns": jitter,
                })
            });
            serde_json::json!({
                "matched": way.matched, "lost": lost, "only_at_far_point": far, "outside": way.outside, "copies_only_a": way.copies_a,
                "copies_only_b": way.copies_b, "reordered": reordered, "delay": spread,
            })
        };
        let object = serde_json::json!({
            "a": {"file": self.first, "packets": packets[0]},
            "b": {"file": self.other.to_string_lossy(), "packets": packets[1]},
            "a_to_b": way(there, 1, there.only_a, there.only_b, there.reordered),
            "b_to_a": way(back, -1, back.only_b, back.only_a, back.reordered_at_a),
            "clock_offset_ns": offset,
            "clock_drift_ppm": drift.map(|drift| drift * 1e6),
            "left_the_window": gave_up,
        });
        out.extend_from_slice(object.to_string().as_bytes());
        out.push(b'\n');
    }
}

struct Queue {
    from: Receiver<Sights>,
    sights: std::iter::Peekable<std::vec::IntoIter<Sight>>,
}

impl Queue {
    /// Time of the next packet; `None` when there is none.
    fn time(&mut self) -> Result<Option<i64>, Failure> {
        while self.sights.peek().is_none() {
            match self.from.recv() {
                Ok(sights) => self.sights = sights?.into_iter().peekable(),
                Err(_) => return Ok(None),
            }
        }
        Ok(self.sights.peek().map(|sight| sight.time))
    }
}

/// One-way delays in the direction of travel.
struct Spread {
    min: i64,
    median: i64,
    mean: i64,
    p95: i64,
    p99: i64,
    max: i64,
    jitter: i64,
}

impl Spread {
    /// `sign`: -1 where the packets went from the second point to the first.
    fn of(delays: &Delays, sign: i64, offset: Option<i64>) -> Option<Spread> {
        let offset = offset.unwrap_or(0);
        let right = |delay: i64| delay.saturating_sub(offset).saturating_mul(sign);
        let (min, max) = (right(delays.min()?), right(delays.max()?));
        let quantiles = if sign < 0 { [500, 50, 10] } else { [500, 950, 990] };
        let [median, p95, p99] = delays.quantiles(quantiles)?.map(right);
        let (mean, jitter) = (right(delays.mean()?), delays.jitter().unwrap_or(0));
        Some(Spread { min: min.min(max), median, mean, p95, p99, max: min.max(max), jitter })
    }

    fn values(&self) -> [i64; 7] {
        let Spread { min, median, mean, p95, p99, max, jitter } = *self;
        [min, median, mean, p95, p99, max, jitter]
    }
}

/// `12 (0.3 %)`
fn lost(lost: u64, way: &Way) -> String {
    let sent = lost.saturating_add(way.matched);
    if lost == 0 || sent == 0 {
        return lost.to_string();
    }
    format!("{lost} ({:.2} %)", lost as f64 * 100.0 / sent as f64)
}

/// A time in the unit in which it reads well.
fn time(nanoseconds: i64) -> String {
    let size = nanoseconds.unsigned_abs();
    match size {
        0..10_000 => format!("{nanoseconds} ns"),
        10_000..10_000_000 => format!("{:.1} µs", nanoseconds as f64 / 1e3),
        10_000_000..10_000_000_000 => format!("{:.3} ms", nanoseconds as f64 / 1e6),
        _ => format!("{:.6} s", nanoseconds as f64 / 1e9),
    }
}

fn ignored(ignore: Ignore) -> String {
    let Ignore { link, ttl, tos, id, checksum, address, port, beyond } = ignore;
    let flags = [link, ttl, tos, id, checksum, address, port];
    let mut names: Vec<String> =
        NAMES.iter().zip(flags).filter(|(_, on)| *on).map(|(name, _)| (*name).to_owned()).collect();
    if beyond != usize::MAX {
        names.push(format!("payload beyond {beyond} octets (snap length)"));
    }
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

/// Octets of a frame that no card cuts at the usual MTU of 1500: with tags and a switch's tag.
const UNCUT: u32 = 1600;

/// Octets of the longest TCP packet among the first ones.
fn longest(chunk: &Chunk) -> u32 {
    let long = chunk.records().take(LOOKED_AT).filter(|record| record.original_len > UNCUT);
    let tcp = long.filter(|record| Scan::of(&record.frame()).protocol == 6);
    tcp.map(|record| record.original_len).max().unwrap_or(0)
}

/// Octets of payload that both captures have of every packet, by their snap lengths; of those that say a greater one than they keep to, by
/// their first packets.
fn octets_in_both<'c>(chunks: impl Iterator<Item = &'c Chunk>) -> usize {
    /// Headers of link and IP, with tags.
    const HEADERS: u32 = 70;
    let kept = |chunk: &Chunk| -> Option<usize> {
        let said = chunk.interfaces().iter().map(|interface| interface.snaplen);
        let said = said.filter(|snaplen| (1..4096).contains(snaplen)).min();
        let said = said.map(|snaplen| snaplen.saturating_sub(HEADERS).max(20) as usize);
        let cut =
            chunk.records().take(LOOKED_AT).filter(|record| record.data.len() < record.original_len as usize);
        let cut =
            cut.map(|record| Scan::of(&record.frame()).payload.len()).filter(|octets| *octets > 0).min();
        said.into_iter().chain(cut).min()
    };
    chunks.filter_map(kept).min().unwrap_or(usize::MAX)
}
