//! Tables as text for people, or one JSON object a line.

use super::outward::Outward;
use super::sheet::{Cell, Sheet};
use super::{Kind, Stats, Tally, findings, traffic};
use nettool_dissect::flow::{
    Count, FlowTable, Hierarchy, Intervals, LEVELS, Level, Party, conversations, endpoints,
};
use nettool_dissect::frame::Timestamp;
use nettool_dissect::render::{json, put};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Nanoseconds of the intervals that are joined later, when the user has named none.
pub(super) const FINEST: i64 = 1_000_000;

/// Rows that a chart without a wish for its interval has at most.
const ROWS: i64 = 60;

/// Columns of a chart's longest bar, where nothing says how much room there is.
const BAR: u64 = 40;

/// Columns before a bar.
const BEFORE_BAR: u64 = 58;

/// Writes the table of a kind.
pub(super) fn write(outward: &Outward, kind: Kind, tally: &mut Tally, stats: &Stats<'_>) {
    let mut text = Vec::new();
    let out = &mut text;
    match kind {
        Kind::Conversations(level) => {
            let none = FlowTable::new(0);
            let flows = tally.flows.as_ref().unwrap_or(&none);
            let origin = flows.span().map_or(Timestamp(0), |span| span.0);
            let any = side_by_side(outward, level, |out, one| {
                let found = conversations(flows, one.0);
                if !found.is_empty() || level.is_some() {
                    let rows = found.iter().map(|one| traffic::conversation(one, origin));
                    show(out, &traffic::conversations(one, found.len()), rows, stats);
                }
            });
            say_if_none(out, any, "conversations", stats.json);
        }
        Kind::Endpoints(level) => {
            let none = FlowTable::new(0);
            let flows = tally.flows.as_ref().unwrap_or(&none);
            let any = side_by_side(outward, level, |out, one| {
                let found = endpoints(flows, one.0);
                if !found.is_empty() || level.is_some() {
                    let rows = found.iter().map(traffic::endpoint);
                    show(out, &traffic::endpoints(one, found.len()), rows, stats);
                }
            });
            say_if_none(out, any, "endpoints", stats.json);
        }
        Kind::Protocols => {
            let registry = stats.show.registry();
            let hierarchy = tally.hierarchy.as_ref();
            let entries = hierarchy.map_or_else(Vec::new, |hierarchy| hierarchy.entries(registry));
            show(out, &traffic::protocols(), traffic::protocol_rows(&entries, registry), stats);
            let folded = hierarchy.map_or(0, Hierarchy::folded);
            if folded > 0 && !stats.json {
                out.extend_from_slice(
                    format!("{folded} layers were not told apart: the tree is full\n\n").as_bytes(),
                );
            }
        }
        Kind::Expert => {
            let rows = tally.findings.rows(stats.show.registry());
            show(out, &findings::sheet(), rows.into_iter(), stats);
        }
        Kind::Tcp | Kind::Latency => {
            if let Some(state) = &tally.state {
                super::state::write(out, kind, state, stats);
            }
        }
        Kind::Io(width) => {
            let mut none = Intervals::new(FINEST, Timestamp(0));
            let intervals = tally.intervals.as_mut().unwrap_or(&mut none);
            io_table(out, intervals, width.is_none(), stats);
        }
    }
    outward.add(text);
}

/// Where no level has anything, so that a table without rows is told from a run that went wrong.
fn say_if_none(out: &mut Vec<u8>, any: bool, what: &str, json: bool) {
    if !any && !json {
        out.extend_from_slice(format!("{what}: 0\n\n").as_bytes());
    }
}

/// Appends a table.
pub(super) fn show<const N: usize>(
    out: &mut Vec<u8>,
    sheet: &Sheet<N>,
    rows: impl Iterator<Item = [Cell; N]> + Clone,
    stats: &Stats<'_>,
) {
    if stats.json { sheet.json(out, rows) } else { sheet.text(out, rows, stats.room) }
}

/// A level with its name and title.
type Titled = (Level, &'static str, &'static str);

/// Writes the tables of levels, of which each takes as long as the others, on all processors; whether there is anything in them.
fn side_by_side(outward: &Outward, only: Option<Level>, write: impl Fn(&mut Vec<u8>, Titled) + Sync) -> bool {
    let levels: Vec<Titled> = levels(only).collect();
    let first = outward.places(levels.len());
    let next = AtomicUsize::new(0);
    let any = AtomicBool::new(false);
    let work = || {
        let take = || next.fetch_add(1, Ordering::Relaxed);
        let mut at = take();
        while let Some(level) = levels.get(at) {
            let mut text = Vec::new();
            write(&mut text, *level);
            any.fetch_or(!text.is_empty(), Ordering::Relaxed);
            outward.put(first.saturating_add(at), text);
            at = take();
        }
    };
    std::thread::scope(|scope| {
        // Without a further thread this one does it all.
        for _ in 1..crate::read::threads().min(levels.len()) {
            let _ = std::thread::Builder::new().spawn_scoped(scope, work);
        }
        work();
    });
    any.into_inner()
}

fn levels(only: Option<Level>) -> impl Iterator<Item = (Level, &'static str, &'static str)> {
    LEVELS.into_iter().filter(move |level| only.is_none_or(|only| only == level.0))
}

/// A number, right aligned before a column.
pub(super) fn number(out: &mut Vec<u8>, line: usize, before: usize, value: u64) {
    blanks(out, line, before, digits(value));
    put::decimal(out, value);
}

/// How many digits a number has.
pub(super) fn digits(value: u64) -> usize {
    value.checked_ilog10().map_or(1, |log| (log as usize).saturating_add(1))
}

/// Blanks up to a text of `len` octets that ends before a column; at least one.
fn blanks(out: &mut Vec<u8>, line: usize, before: usize, len: usize) {
    let at = out.len().saturating_sub(line);
    let blanks = before.saturating_sub(len).saturating_sub(at).max(1);
    out.resize(out.len().saturating_add(blanks), b' ');
}

pub(super) fn right(out: &mut Vec<u8>, line: usize, before: usize, write: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    write(out);
    let len = out.len().saturating_sub(start);
    let at = start.saturating_sub(line);
    let blanks = before.saturating_sub(len).saturating_sub(at).max(1);
    out.resize(out.len().saturating_add(blanks), b' ');
    if let Some(written) = out.get_mut(start..) {
        written.rotate_right(blanks);
    }
}

/// Nanoseconds as seconds with a fraction.
fn seconds(out: &mut Vec<u8>, nanoseconds: i64) {
    put::seconds(out, nanoseconds, 6);
}

/// Bits per second over a span; empty where there is no span.
pub(super) fn rate(octets: u64, nanoseconds: i64) -> Option<u64> {
    let nanoseconds = u64::try_from(nanoseconds).ok().filter(|span| *span > 0)?;
    match octets.checked_mul(8 * 1_000_000_000) {
        Some(bits) => bits.checked_div(nanoseconds),
        // A division of numbers of this width takes as long as the rest of a row.
        None => u64::try_from(u128::from(octets) * 8 * 1_000_000_000 / u128::from(nanoseconds)).ok(),
    }
}

pub(super) fn party_json(out: &mut Vec<u8>, name: &str, party: &Party) {
    let mut text = Vec::with_capacity(48);
    let (host, port) = match *party {
        Party::Socket(family, address, port) => (Party::Host(family, address), Some(port)),
        other => (other, None),
    };
    host.write(&mut text);
    out.extend_from_slice(format!(",\"{name}\":").as_bytes());
    match *party {
        Party::SwitchPort(port) => put::decimal(out, u64::from(port)),
        _ => json::string(out, &text),
    }
    if let Some(port) = port {
        out.extend_from_slice(format!(",\"{name}_port\":{port}").as_bytes());
    }
}

fn count_json(out: &mut Vec<u8>, name: &str, count: Count) {
    let Count { frames, octets } = count;
    out.extend_from_slice(format!(",\"{name}frames\":{frames},\"{name}octets\":{octets}").as_bytes());
}

pub(super) fn seconds_json(out: &mut Vec<u8>, name: &str, nanoseconds: i64) {
    out.extend_from_slice(format!(",\"{name}\":").as_bytes());
    put::seconds(out, nanoseconds, 9);
}

/// Joins rows so that at most `most` remain, with a round number of nanoseconds each.
pub(super) fn joined(rows: &[(Timestamp, Count)], width: i64, most: i64) -> (Vec<(Timestamp, Count)>, i64) {
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return (Vec::new(), width) };
    let span = last.0.since(first.0).saturating_add(width);
    let mut wide = FINEST;
    'found: loop {
        for step in [1, 2, 5] {
            let candidate = wide.saturating_mul(step);
            if candidate >= width && span / candidate.max(1) < most {
                wide = candidate;
                break 'found;
            }
        }
        wide = wide.saturating_mul(10);
    }
    let mut sums: Vec<(Timestamp, Count)> = Vec::new();
    for (start, count) in rows {
        let at = start.since(first.0).div_euclid(wide.max(1)).saturating_mul(wide);
        let at = Timestamp(first.0.0.saturating_add(at));
        match sums.last_mut() {
            Some((last, sum)) if *last == at => sum.add(*count),
            _ => sums.push((at, *count)),
        }
    }
    (sums, wide)
}

fn io_table(out: &mut Vec<u8>, intervals: &mut Intervals, join: bool, stats: &Stats<'_>) {
    let rows = intervals.rows();
    let (rows, width) = if join { joined(&rows, intervals.width(), ROWS) } else { (rows, intervals.width()) };
    let origin = rows.first().map_or(Timestamp(0), |row| row.0);
    if stats.json {
        for (start, count) in &rows {
            out.extend_from_slice(b"{\"kind\":\"interval\"");
            seconds_json(out, "start", start.since(origin));
            seconds_json(out, "width", width);
            count_json(out, "", *count);
            out.extend_from_slice(b"}\n");
        }
        return;
    }
    let most = rows.iter().map(|row| row.1.octets).max().unwrap_or(0).max(1);
    let longest = stats.room.map_or(BAR, |room| (room as u64).saturating_sub(BEFORE_BAR));
    let line = out.len();
    for (head, end) in [("start", 14), ("frames", 26), ("octets", 40), ("bit/s", 56)] {
        right(out, line, end, |out| out.extend_from_slice(head.as_bytes()));
    }
    out.push(b'\n');
    for (start, count) in &rows {
        let line = out.len();
        right(out, line, 14, |out| seconds(out, start.since(origin)));
        number(out, line, 26, count.frames);
        number(out, line, 40, count.octets);
        number(out, line, 56, rate(count.octets, width).unwrap_or(0));
        if longest > 0 {
            out.extend_from_slice(b"  ");
            bar(out, count.octets, most, longest);
        }
        out.push(b'\n');
    }
    let untimed = intervals.untimed();
    if untimed.frames > 0 {
        out.extend_from_slice(format!("{} frames without a time\n", untimed.frames).as_bytes());
    }
    out.push(b'\n');
}

/// A bar in eighths of a column; that of the `most` has `longest` columns.
fn bar(out: &mut Vec<u8>, value: u64, most: u64, longest: u64) {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = u128::from(value) * u128::from(longest) * 8 / u128::from(most.max(1));
    let eighths = usize::try_from(eighths).unwrap_or(0).max(usize::from(value > 0));
    for _ in 0..eighths / 8 {
        out.extend_from_slice("█".as_bytes());
    }
    out.extend_from_slice(EIGHTHS.get(eighths % 8).unwrap_or(&"").as_bytes());
}
