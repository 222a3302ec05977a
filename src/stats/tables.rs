//! Tables as text for people, or one JSON object a line.

use super::{Kind, Stats, Tally};
use nettool_dissect::flow::{
    Conversation, Count, Endpoint, FlowTable, Intervals, LEVELS, Level, Party, conversations, endpoints,
};
use nettool_dissect::frame::Timestamp;
use nettool_dissect::render::{json, put};

/// Nanoseconds of the intervals that are joined later, when the user has named none.
pub(super) const FINEST: i64 = 1_000_000;

/// Rows that a chart without a wish for its interval has at most.
const ROWS: i64 = 60;

/// Columns of a chart's bars.
const BAR: u64 = 40;

/// Appends the table of a kind.
pub(super) fn write(out: &mut Vec<u8>, kind: Kind, tally: &mut Tally, stats: &Stats<'_>) {
    match kind {
        Kind::Conversations(level) => {
            let Some(flows) = &tally.flows else { return };
            for (level, name, title) in levels(level) {
                let found = conversations(flows, level);
                if !found.is_empty() {
                    conversation_table(out, &found, level, name, title, flows, stats.json);
                }
            }
        }
        Kind::Endpoints(level) => {
            let Some(flows) = &tally.flows else { return };
            for (level, name, title) in levels(level) {
                let found = endpoints(flows, level);
                if !found.is_empty() {
                    endpoint_table(out, &found, name, title, stats.json);
                }
            }
        }
        Kind::Protocols => protocol_table(out, tally, stats),
        Kind::Expert => tally.findings.write(out, stats),
        Kind::Tcp | Kind::Latency => {
            if let Some(state) = &tally.state {
                super::state::write(out, kind, state, stats);
            }
        }
        Kind::Io(width) => {
            if let Some(intervals) = &mut tally.intervals {
                io_table(out, intervals, width.is_none(), stats.json);
            }
        }
    }
}

fn levels(only: Option<Level>) -> impl Iterator<Item = (Level, &'static str, &'static str)> {
    LEVELS.into_iter().filter(move |level| only.is_none_or(|only| only == level.0))
}

/// Fills with blanks up to a column; at least one blank.
pub(super) fn column(out: &mut Vec<u8>, line: usize, column: usize) {
    let at = out.len().saturating_sub(line);
    out.resize(out.len().saturating_add(column.saturating_sub(at).max(1)), b' ');
}

/// A number, right aligned before a column.
pub(super) fn number(out: &mut Vec<u8>, line: usize, before: usize, value: u64) {
    right(out, line, before, |out| put::decimal(out, value));
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
    let nanoseconds = u128::try_from(nanoseconds).ok().filter(|span| *span > 0)?;
    u64::try_from(u128::from(octets) * 8 * 1_000_000_000 / nanoseconds).ok()
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

fn is_single(level: Level) -> bool {
    matches!(level, Level::Vlan | Level::SwitchPort)
}

fn conversation_table(
    out: &mut Vec<u8>,
    found: &[Conversation],
    level: Level,
    name: &str,
    title: &str,
    flows: &FlowTable,
    json: bool,
) {
    let origin = flows.span().map_or(Timestamp(0), |span| span.0);
    if json {
        for one in found {
            conversation_json(out, one, level, name, origin);
        }
        return;
    }
    let wide = match level {
        Level::Ethernet => 17,
        Level::V4 => 15,
        Level::V6 => 39,
        Level::Vlan | Level::SwitchPort => 10,
        Level::Tcp | Level::Udp | Level::Sctp => socket_width(found),
    };
    let parties = if is_single(level) { wide } else { wide * 2 + 2 };
    out.extend_from_slice(format!("{title} conversations: {}\n", found.len()).as_bytes());
    let line = out.len();
    out.extend_from_slice(if is_single(level) { title.as_bytes() } else { b"A" });
    if !is_single(level) {
        column(out, line, wide + 2);
        out.push(b'B');
    }
    let heads =
        ["frames", "octets", "A>B", "octets", "B>A", "octets", "start", "duration", "A>B bit/s", "B>A bit/s"];
    let ends: [usize; 10] = [9, 22, 32, 45, 55, 68, 82, 96, 110, 124];
    for (head, end) in heads.iter().zip(ends) {
        right(out, line, parties + end, |out| out.extend_from_slice(head.as_bytes()));
    }
    out.push(b'\n');
    for one in found {
        let line = out.len();
        one.a.write(out);
        if !is_single(level) {
            column(out, line, wide + 2);
            one.b.write(out);
        }
        let traffic = &one.traffic;
        let all = traffic.up.plus(traffic.down);
        let counts = [
            all.frames,
            all.octets,
            traffic.up.frames,
            traffic.up.octets,
            traffic.down.frames,
            traffic.down.octets,
        ];
        for (count, end) in counts.into_iter().zip(ends) {
            number(out, line, parties + end, count);
        }
        if traffic.start <= traffic.end {
            let duration = traffic.end.since(traffic.start);
            right(out, line, parties + 82, |out| seconds(out, traffic.start.since(origin)));
            right(out, line, parties + 96, |out| seconds(out, duration));
            for (octets, end) in [(traffic.up.octets, 110), (traffic.down.octets, 124)] {
                if let Some(rate) = rate(octets, duration) {
                    number(out, line, parties + end, rate);
                }
            }
        }
        out.push(b'\n');
    }
    out.push(b'\n');
}

fn socket_width(found: &[Conversation]) -> usize {
    let v6 = |party: &Party| matches!(party, Party::Socket(nettool_dissect::flow::Family::V6, ..));
    if found.iter().any(|one| v6(&one.a)) { 47 } else { 21 }
}

fn conversation_json(out: &mut Vec<u8>, one: &Conversation, level: Level, name: &str, origin: Timestamp) {
    out.extend_from_slice(format!("{{\"kind\":\"conversation\",\"level\":\"{name}\"").as_bytes());
    if is_single(level) {
        party_json(out, name, &one.a);
    } else {
        party_json(out, "a", &one.a);
        party_json(out, "b", &one.b);
    }
    let traffic = &one.traffic;
    count_json(out, "", traffic.up.plus(traffic.down));
    if !is_single(level) {
        count_json(out, "a_to_b_", traffic.up);
        count_json(out, "b_to_a_", traffic.down);
    }
    out.extend_from_slice(format!(",\"first_frame\":{}", traffic.first_frame).as_bytes());
    if traffic.start <= traffic.end {
        seconds_json(out, "start", traffic.start.since(origin));
        seconds_json(out, "duration", traffic.end.since(traffic.start));
    }
    out.extend_from_slice(b"}\n");
}

fn endpoint_table(out: &mut Vec<u8>, found: &[Endpoint], name: &str, title: &str, json: bool) {
    if json {
        for one in found {
            out.extend_from_slice(format!("{{\"kind\":\"endpoint\",\"level\":\"{name}\"").as_bytes());
            party_json(out, "address", &one.party);
            count_json(out, "", one.sent.plus(one.received));
            count_json(out, "sent_", one.sent);
            count_json(out, "received_", one.received);
            out.extend_from_slice(b"}\n");
        }
        return;
    }
    let mut text = Vec::new();
    let widths = found.iter().map(|one| {
        text.clear();
        one.party.write(&mut text);
        text.len()
    });
    let wide = widths.max().unwrap_or(0).max(title.len());
    out.extend_from_slice(format!("{title} endpoints: {}\n", found.len()).as_bytes());
    let line = out.len();
    out.extend_from_slice(b"address");
    let ends: [usize; 6] = [10, 24, 34, 48, 58, 72];
    for (head, end) in ["frames", "octets", "sent", "octets", "received", "octets"].iter().zip(ends) {
        right(out, line, wide + end, |out| out.extend_from_slice(head.as_bytes()));
    }
    out.push(b'\n');
    for one in found {
        let line = out.len();
        one.party.write(out);
        let all = one.sent.plus(one.received);
        let counts = [
            all.frames,
            all.octets,
            one.sent.frames,
            one.sent.octets,
            one.received.frames,
            one.received.octets,
        ];
        for (count, end) in counts.into_iter().zip(ends) {
            number(out, line, wide + end, count);
        }
        out.push(b'\n');
    }
    out.push(b'\n');
}

fn protocol_table(out: &mut Vec<u8>, tally: &Tally, stats: &Stats<'_>) {
    let Some(hierarchy) = &tally.hierarchy else { return };
    let entries = hierarchy.entries(stats.show.registry());
    let name = |id| stats.show.registry().protocol(id).map_or("", |protocol| protocol.name);
    if stats.json {
        let mut path: Vec<&str> = Vec::new();
        for entry in &entries {
            path.truncate(entry.depth);
            path.push(name(entry.protocol));
            out.extend_from_slice(b"{\"kind\":\"protocol\",\"path\":");
            json::string(out, path.join(":").as_bytes());
            count_json(out, "", entry.count);
            out.extend_from_slice(b"}\n");
        }
        return;
    }
    let all: u64 = entries.iter().filter(|entry| entry.depth == 0).map(|entry| entry.count.frames).sum();
    let line = out.len();
    out.extend_from_slice(b"protocol");
    for (head, end) in [("frames", 52), ("%", 59), ("octets", 74)] {
        right(out, line, end, |out| out.extend_from_slice(head.as_bytes()));
    }
    out.push(b'\n');
    for entry in &entries {
        let line = out.len();
        out.resize(line.saturating_add(entry.depth.saturating_mul(2)), b' ');
        out.extend_from_slice(name(entry.protocol).as_bytes());
        number(out, line, 52, entry.count.frames);
        let share = entry.count.frames as f64 * 100.0 / all.max(1) as f64;
        right(out, line, 59, |out| out.extend_from_slice(format!("{share:.1}").as_bytes()));
        number(out, line, 74, entry.count.octets);
        out.push(b'\n');
    }
    if hierarchy.folded() > 0 {
        out.extend_from_slice(
            format!("{} layers were not told apart: the tree is full\n", hierarchy.folded()).as_bytes(),
        );
    }
    out.push(b'\n');
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

fn io_table(out: &mut Vec<u8>, intervals: &mut Intervals, join: bool, json: bool) {
    let rows = intervals.rows();
    let (rows, width) = if join { joined(&rows, intervals.width(), ROWS) } else { (rows, intervals.width()) };
    let origin = rows.first().map_or(Timestamp(0), |row| row.0);
    if json {
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
        out.extend_from_slice(b"  ");
        bar(out, count.octets, most);
        out.push(b'\n');
    }
    let untimed = intervals.untimed();
    if untimed.frames > 0 {
        out.extend_from_slice(format!("{} frames without a time\n", untimed.frames).as_bytes());
    }
    out.push(b'\n');
}

/// A bar in eighths of a column.
fn bar(out: &mut Vec<u8>, value: u64, most: u64) {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = u128::from(value) * u128::from(BAR) * 8 / u128::from(most.max(1));
    let eighths = usize::try_from(eighths).unwrap_or(0).max(usize::from(value > 0));
    for _ in 0..eighths / 8 {
        out.extend_from_slice("█".as_bytes());
    }
    out.extend_from_slice(EIGHTHS.get(eighths % 8).unwrap_or(&"").as_bytes());
}
