//! `nettool read --html OUT`: the tables, charts and a packet list as one page.

use super::findings::{self, Remark};
use super::sheet::Sheet;
use super::{Kind, Stats, Tally, state, tables, traffic};
use crate::learning::Followed;
use crate::outcome::{Exit, Failure};
use crate::read::{Run, Times};
use crate::show::{Context, Renderer, Show};
use nettool_capture::file::{Chunk, Reader, Record};
use nettool_dissect::decode::Dissection;
use nettool_dissect::flow::{Count, LEVELS, conversations, endpoints};
use nettool_dissect::frame::Timestamp;
use nettool_dissect::registry::Registry;
use nettool_dissect::render::html::{Chart, Packets, Page};
use nettool_dissect::render::put;
use nettool_dissect::render::tcp_seq::Base;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// Values of a chart at most.
const MOST_VALUES: usize = 400;

/// What the page is made of.
pub(crate) const KINDS: [Kind; 7] = [
    Kind::Conversations(None),
    Kind::Endpoints(None),
    Kind::Protocols,
    Kind::Io(None),
    Kind::Tcp,
    Kind::Latency,
    Kind::Expert,
];

/// The packets that the page lists.
pub(super) struct List {
    limit: u64,
    rows: AtomicU64,
}

impl List {
    pub(super) fn new(limit: u64) -> List {
        List { limit, rows: AtomicU64::new(0) }
    }

    pub(super) fn is_full(&self) -> bool {
        self.rows.load(Ordering::Relaxed) >= self.limit
    }

    /// Appends the rows of a chunk, as many as there is room for.
    pub(super) fn append(&self, packets: &mut Packets, mut rows: Packets) {
        let room = self.limit.saturating_sub(packets.len() as u64);
        rows.truncate(usize::try_from(room).unwrap_or(usize::MAX));
        packets.append(rows);
        self.rows.store(packets.len() as u64, Ordering::Relaxed);
    }
}

/// Makes rows, one maker a worker.
pub(super) struct Rows<'s> {
    renderer: Renderer<'s>,
    /// What TCP numbers are relative to, for each frame of the chunk.
    pub(super) bases: Vec<Option<Base>>,
    pub(super) times: Times,
    pub(super) packets: Packets,
    time: Vec<u8>,
    line: Vec<u8>,
}

impl<'s> Rows<'s> {
    pub(super) fn new(show: &'s Show) -> Rows<'s> {
        Rows {
            renderer: show.renderer(),
            bases: Vec::new(),
            times: Times::default(),
            packets: Packets::default(),
            time: Vec::new(),
            line: Vec::new(),
        }
    }

    pub(super) fn add(
        &mut self,
        chunk: &Chunk,
        record: &Record<'_>,
        dissection: &Dissection,
        registry: &Registry,
        remark: Option<&Remark>,
    ) {
        let frame = record.frame();
        let place = record.number.saturating_sub(chunk.first_number());
        let place = usize::try_from(place).unwrap_or(usize::MAX);
        let context = Context {
            interface: chunk.interfaces().get(frame.meta.interface),
            tcp_base: self.bases.get(place).copied().flatten(),
            ..Context::default()
        };
        self.time.clear();
        self.line.clear();
        if let (Some(time), Some(first)) = (frame.meta.time, self.times.first.or(frame.meta.time)) {
            put::seconds(&mut self.time, time.since(first), 6);
        }
        self.renderer.render(&frame, &context, &mut self.line);
        let names = dissection.layers.iter().rev().filter_map(|layer| registry.protocol(layer.protocol));
        let protocol = names.map(|protocol| protocol.name).find(|name| *name != "data").unwrap_or("data");
        let remark = remark.map(|remark| (findings::class(remark.severity), remark.text.as_str()));
        let line = self.line.trim_ascii_end();
        self.packets.add(record.number, &self.time, protocol.as_bytes(), line, remark);
    }
}

/// Writes the page.
pub(crate) fn run(
    reader: &mut Reader,
    run: &Run<'_>,
    stats: &Stats<'_>,
    paths: &[String],
    limit: u64,
    out: &Path,
) -> Result<Exit, Failure> {
    let list = List::new(limit);
    let (mut tally, result) = super::count(reader, run, stats, Some(&list))?;
    let mut page = Page { title: paths.join(", "), ..Page::default() };
    facts(&mut page, &tally);
    charts(&mut page, &mut tally);
    let registry = stats.show.registry();
    findings_table(&mut page, &tally, registry);
    tally.state.iter().for_each(|followed| page.tables.extend(state::page(followed, stats)));
    traffic_tables(&mut page, &tally, registry);
    let listed = tally.packets.len() as u64;
    let all = tally.flows.as_ref().map_or(0, |flows| flows.total().frames);
    page.packets_note = match all.saturating_sub(listed) {
        0 => "Times are seconds since the first frame.".into(),
        left => format!(
            "Times are seconds since the first frame. The first {listed} are listed, {left} more are only counted; \
--html-packets says how many are."
        ),
    };
    page.packets = std::mem::take(&mut tally.packets);
    let mut text = Vec::with_capacity(1 << 20);
    page.write(&mut text);
    write_whole(out, &text)?;
    tally.state.iter().for_each(Followed::tell);
    result
}

/// Writes the page beside its place first: a page that was there stays whole until the new one is.
fn write_whole(out: &Path, text: &[u8]) -> Result<(), Failure> {
    let fail = |error: std::io::Error| {
        let access = matches!(
            error.kind(),
            std::io::ErrorKind::NotFound
                | std::io::ErrorKind::PermissionDenied
                | std::io::ErrorKind::IsADirectory
        );
        let message = format!("{}: {error}", out.display());
        if access { Failure::access(message) } else { Failure::found(message) }
    };
    let is_plain = std::fs::symlink_metadata(out).map_or(true, |there| there.is_file());
    if !is_plain {
        return std::fs::write(out, text).map_err(fail);
    }
    let mut beside = out.as_os_str().to_owned();
    beside.push(".part");
    std::fs::write(&beside, text).and_then(|()| std::fs::rename(&beside, out)).map_err(|error| {
        // What is left of it is of no use; the first error tells.
        drop(std::fs::remove_file(&beside));
        fail(error)
    })
}

fn facts(page: &mut Page, tally: &Tally) {
    let Some(flows) = &tally.flows else { return };
    let total = flows.total();
    page.facts.push(("Packets", total.frames.to_string()));
    page.facts.push(("Octets on the wire", total.octets.to_string()));
    if let Some((start, end)) = flows.span() {
        page.facts.push(("First", moment(start)));
        page.facts.push(("Last", moment(end)));
        let span = end.since(start);
        page.facts.push(("Duration", format!("{} s", seconds(span))));
        if let Some(rate) = tables::rate(total.octets, span) {
            page.facts.push(("Mean rate", format!("{rate} bit/s")));
        }
    }
    let (evicted, traffic) = flows.evicted();
    if evicted > 0 {
        page.facts.push((
            "Not told apart",
            format!("{evicted} flows with {} frames: --flow-limit sets how many are kept", traffic.frames),
        ));
    }
    tally.state.iter().for_each(|followed| {
        followed.state(|tracker| {
            for (what, count) in tracker.evicted() {
                page.facts.push((
                    "Had to make room",
                    format!("{count} {what}: --flow-limit sets how many are kept"),
                ));
            }
        });
    });
}

fn moment(time: Timestamp) -> String {
    let nanoseconds = i128::from(time.0);
    jiff::Timestamp::from_nanosecond(nanoseconds)
        .map_or_else(|_| seconds(time.0), |time| format!("{time:.6}").replace('T', " "))
}

fn seconds(nanoseconds: i64) -> String {
    let mut text = Vec::new();
    put::seconds(&mut text, nanoseconds, 6);
    String::from_utf8(text).unwrap_or_default()
}

fn charts(page: &mut Page, tally: &mut Tally) {
    let Some(intervals) = &mut tally.intervals else { return };
    let rows = intervals.rows();
    let (rows, width) = tables::joined(&rows, intervals.width(), MOST_VALUES as i64);
    let Some(first) = rows.first().map(|row| row.0) else { return };
    let wide = width as f64 / 1e9;
    let mut values = vec![Count::default(); MOST_VALUES + 1];
    let mut last = 0;
    for (start, count) in &rows {
        let place = usize::try_from(start.since(first) / width.max(1)).unwrap_or(usize::MAX);
        if let Some(value) = values.get_mut(place) {
            value.add(*count);
            last = last.max(place);
        }
    }
    values.truncate(last + 1);
    let chart = |title: &str, unit, of: fn(&Count) -> u64| Chart {
        title: format!("{title}, each {} s", seconds(width)),
        unit,
        width: wide,
        values: values.iter().map(|count| of(count) as f64 / wide).collect(),
    };
    page.charts.push(chart("Rate", "bit/s", |count| count.octets.saturating_mul(8)));
    page.charts.push(chart("Packets", "packets/s", |count| count.frames));
}

fn findings_table(page: &mut Page, tally: &Tally, registry: &Registry) {
    let rows = tally.findings.rows(registry);
    if rows.is_empty() {
        return;
    }
    let title = format!("Findings: {}", rows.len());
    let sheet = Sheet { title, ..findings::sheet() };
    let mut table = sheet.page(rows.into_iter(), "gravest");
    let classes = tally.findings.severities().map(findings::class);
    table.rows.iter_mut().zip(classes).for_each(|(row, class)| row.0 = class);
    table.note = "What deserves attention, the gravest first; a click on it finds its packets.".into();
    page.tables.push(table);
}

fn traffic_tables(page: &mut Page, tally: &Tally, registry: &Registry) {
    let Some(flows) = &tally.flows else { return };
    let origin = flows.span().map_or(Timestamp(0), |span| span.0);
    const BY: &str = "with the most frames";
    for level in LEVELS {
        let found = conversations(flows, level.0);
        if !found.is_empty() {
            let rows = found.iter().map(|one| traffic::conversation(one, origin));
            page.tables.push(traffic::conversations(level, found.len()).page(rows, BY));
        }
    }
    for level in LEVELS {
        let found = endpoints(flows, level.0);
        if !found.is_empty() {
            let rows = found.iter().map(traffic::endpoint);
            page.tables.push(traffic::endpoints(level, found.len()).page(rows, BY));
        }
    }
    let Some(hierarchy) = &tally.hierarchy else { return };
    let entries = hierarchy.entries(registry);
    let sheet = Sheet { title: "Protocols".into(), ..traffic::protocols() };
    let mut table = sheet.page(traffic::protocol_rows(&entries, registry), "in the order of the tree");
    if table.note.is_empty() {
        table.note = "Each stands in the one above it that is less indented.".into();
    }
    page.tables.push(table);
}
