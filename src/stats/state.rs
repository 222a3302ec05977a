//! Tables of what was learnt in the order of the file: TCP connections, requests and their answers.

use super::sheet::{Cell, Column, Sheet};
use super::tables::{party_json, rate, seconds_json, show};
use super::{Kind, Stats};
use crate::learning::Followed;
use nettool_dissect::flow::{
    Asked, Connection, Family, Follows, Histogram, Party, RESETS, Requests, Reset, Scale, Socket, Tally,
    TcpStreams, Tracker,
};
use nettool_dissect::render::html::Table;
use nettool_dissect::render::{json, put};
use std::collections::BTreeMap;

/// Cells of a service.
const LATENCY: usize = 13;
/// Cells of a connection.
const CONNECTION: usize = 18;

/// The state that tables of these kinds need.
pub(super) fn follows(kinds: &[Kind]) -> Follows {
    Follows {
        tcp: kinds.iter().any(|kind| matches!(kind, Kind::Tcp | Kind::Latency | Kind::Expert)),
        udp: false,
        arp: kinds.contains(&Kind::Expert),
        requests: kinds.contains(&Kind::Latency),
        loops: kinds.contains(&Kind::Expert),
    }
}

/// Appends the table of a kind.
pub(super) fn write(out: &mut Vec<u8>, kind: Kind, state: &Followed, stats: &Stats<'_>) {
    state.state(|tracker| match kind {
        Kind::Tcp if stats.json => connections(tracker).for_each(|one| connection_json(out, &one)),
        Kind::Tcp => {
            let found: Vec<Connection> = connections(tracker).collect();
            connection_sheet(found.len()).text(out, found.iter().map(connection_cells), stats.room);
        }
        Kind::Latency => {
            let rows = services_of(tracker, stats);
            show(out, &latency(), rows.iter().map(Row::cells), stats);
        }
        _ => {}
    });
    state.state(|tracker| evicted(out, kind, tracker, stats.json));
}

/// Says what a table lacks because it had to make room.
fn evicted(out: &mut Vec<u8>, kind: Kind, tracker: &Tracker, json: bool) {
    let table = if kind == Kind::Tcp { "tcp" } else { "latency" };
    let requests = tracker.requests.as_ref().map_or(0, Requests::evicted);
    let lacks = [
        ("connections", tracker.tcp.as_ref().map_or(0, TcpStreams::evicted), "are not in this table"),
        ("requests", if kind == Kind::Latency { requests } else { 0 }, "count as not answered"),
    ];
    for (what, count, how) in lacks.into_iter().filter(|(_, count, _)| *count > 0) {
        let line = if json {
            format!("{{\"kind\":\"evicted\",\"table\":\"{table}\",\"what\":\"{what}\",\"count\":{count}}}\n")
        } else {
            format!("{count} {what} that had to make room for others {how} (--flow-limit)\n\n")
        };
        out.extend_from_slice(line.as_bytes());
    }
}

/// The page's tables: connections, those with most segments first, and services.
pub(super) fn page(state: &Followed, stats: &Stats<'_>) -> Vec<Table> {
    state.state(|tracker| {
        let mut tables = Vec::new();
        let mut found: Vec<Connection> = connections(tracker).collect();
        if !found.is_empty() {
            let segments = |one: &Connection| one.a_sent.segments.saturating_add(one.b_sent.segments);
            found.sort_by_key(|one| (std::cmp::Reverse(segments(one)), one.stream));
            let rows = found.iter().map(connection_cells);
            tables.push(connection_sheet(found.len()).page(rows, "with the most segments"));
        }
        let rows = services_of(tracker, stats);
        if !rows.is_empty() {
            let title = "Requests and the time to their answers".into();
            let sheet = Sheet { title, ..latency() };
            tables.push(sheet.page(rows.iter().map(Row::cells), "asked most"));
        }
        tables
    })
}

fn connections(tracker: &Tracker) -> impl Iterator<Item = Connection> {
    tracker.tcp.iter().flat_map(TcpStreams::connections)
}

fn services_of(tracker: &Tracker, stats: &Stats<'_>) -> Vec<Row> {
    let mut rows = Vec::new();
    handshakes(connections(tracker), &mut rows);
    services(tracker.requests.as_ref(), stats, &mut rows);
    rows
}

fn party(v6: bool, socket: &Socket) -> Party {
    Party::Socket(if v6 { Family::V6 } else { Family::V4 }, socket.address, socket.port)
}

/// Octets of data that were new, and the rate at which they came, in bits per second.
fn goodput(tally: &Tally, one: &Connection) -> (u64, Option<u64>) {
    let new = tally.data.saturating_sub(tally.repeated);
    (new, rate(new, one.end.saturating_sub(one.start)))
}

fn scale_name(scale: Scale) -> String {
    match scale {
        Scale::Unknown => "?".into(),
        Scale::Unused => "-".into(),
        Scale::Shift(shift) => shift.to_string(),
    }
}

fn mean(tally: &Tally) -> i64 {
    tally.rtt_sum.checked_div(i64::from(tally.rtts)).unwrap_or(0)
}

/// Round trips of both sides' data: shortest, mean and longest in ns, of acknowledgements that answer a segment exactly.
fn round_trips(one: &Connection) -> Option<(i64, i64, i64)> {
    let both = [one.a_sent, one.b_sent];
    let known = || both.iter().filter(|tally| tally.rtts > 0);
    let count: i64 = known().map(|tally| i64::from(tally.rtts)).sum();
    let sum = known().fold(0_i64, |sum, tally| sum.saturating_add(tally.rtt_sum));
    let (min, max) = (known().map(|tally| tally.rtt_min).min()?, known().map(|tally| tally.rtt_max).max()?);
    Some((min, sum.checked_div(count).unwrap_or(0), max))
}

/// The table of so many connections, without its rows. JSON has more of each: see [`connection_json`].
fn connection_sheet(count: usize) -> Sheet<CONNECTION> {
    Sheet {
        kind: "tcp",
        level: None,
        title: format!("TCP connections: {count}"),
        columns: [
            Column::numbers("stream", "").goes(2),
            Column::words("A", ""),
            Column::words("B", ""),
            Column::numbers("A>B octets", "").narrow("A>B").rounds(),
            Column::numbers("B>A octets", "").narrow("B>A").rounds(),
            Column::numbers("A>B bit/s", "").rounds().goes(11),
            Column::numbers("B>A bit/s", "").rounds().goes(12),
            Column::numbers("again A", "").narrow("agn A").rounds().goes(3),
            Column::numbers("again B", "").narrow("agn B").rounds().goes(4),
            Column::numbers("lost", "").rounds().goes(5),
            Column::numbers("dup ack", "").rounds().goes(10),
            Column::numbers("zero win", "").rounds().goes(8),
            Column::numbers("rtt min", "").goes(9),
            Column::numbers("mean", "").narrow("rtt mean").goes(6),
            Column::numbers("max ms", "").goes(13),
            Column::numbers("handshake", "").goes(7),
            Column::numbers("scale", "").goes(14),
            Column::words("state", "").clips(20),
        ],
    }
}

fn connection_cells(one: &Connection) -> [Cell; CONNECTION] {
    let (a, b) = (&one.a_sent, &one.b_sent);
    let ((a_new, a_rate), (b_new, b_rate)) = (goodput(a, one), goodput(b, one));
    let both =
        |count: fn(&Tally) -> u32| Cell::Count(u64::from(count(a)).saturating_add(u64::from(count(b))));
    let trips = round_trips(one);
    let trip =
        |of: fn((i64, i64, i64)) -> i64| trips.map_or(Cell::Blank, |trips| Cell::Milliseconds(of(trips)));
    let reused = if one.reused { ", ports reused" } else { "" };
    [
        Cell::Count(u64::from(one.stream)),
        Cell::Party(party(one.v6, &one.a)),
        Cell::Party(party(one.v6, &one.b)),
        Cell::Count(a_new),
        Cell::Count(b_new),
        Cell::of(a_rate),
        Cell::of(b_rate),
        Cell::Count(u64::from(a.retransmissions)),
        Cell::Count(u64::from(b.retransmissions)),
        both(|tally| tally.lost),
        both(|tally| tally.duplicate_acks),
        both(|tally| tally.zero_windows),
        trip(|trips| trips.0),
        trip(|trips| trips.1),
        trip(|trips| trips.2),
        if one.initial_rtt == 0 { Cell::Blank } else { Cell::Milliseconds(one.initial_rtt) },
        Cell::Text(format!("{}/{}", scale_name(one.a_scale), scale_name(one.b_scale)).into()),
        Cell::Text(format!("{}{reused}", state_name(one)).into()),
    ]
}

fn reset_name(one: &Connection) -> Option<&'static str> {
    let reset = one.reset? as u64;
    RESETS.iter().find(|(number, _)| *number == reset).map(|(_, name)| *name)
}

fn state_name(one: &Connection) -> String {
    match (one.state(), reset_name(one)) {
        ("reset", Some(name)) => format!("reset: {name}"),
        (state, _) => match one.refused {
            Some(error) => format!("{state}: {}", error_name(error)),
            None => state.to_owned(),
        },
    }
}

/// What an ICMP error says, by version of IP, type and code.
fn error_name((version, kind, code): (u8, u8, u8)) -> String {
    if (version, kind, code) == RST {
        return "refused".to_owned();
    }
    let name = nettool_dissect::flow::icmp_error(version, kind, code);
    name.map_or_else(|| format!("type {kind} code {code}"), str::to_owned)
}

fn connection_json(out: &mut Vec<u8>, one: &Connection) {
    out.extend_from_slice(format!("{{\"kind\":\"tcp\",\"stream\":{}", one.stream).as_bytes());
    party_json(out, "a", &party(one.v6, &one.a));
    party_json(out, "b", &party(one.v6, &one.b));
    for (side, tally, scale) in [("a", &one.a_sent, one.a_scale), ("b", &one.b_sent, one.b_scale)] {
        side_json(out, side, tally, scale, one);
    }
    out.extend_from_slice(format!(",\"first_frame\":{}", one.first_frame).as_bytes());
    seconds_json(out, "duration", one.end.saturating_sub(one.start));
    if one.initial_rtt != 0 {
        seconds_json(out, "initial_rtt", one.initial_rtt);
    }
    if let Some(answer) = one.syn_answer {
        seconds_json(out, "syn_answer", answer);
    }
    out.extend_from_slice(format!(",\"completeness\":{}", one.completeness).as_bytes());
    out.extend_from_slice(format!(",\"state\":\"{}\"", one.state()).as_bytes());
    if let Some(name) = reset_name(one) {
        out.extend_from_slice(b",\"reset\":");
        json::string(out, name.as_bytes());
    }
    if let Some(error) = one.refused {
        out.extend_from_slice(b",\"icmp_error\":");
        json::string(out, error_name(error).as_bytes());
    }
    out.extend_from_slice(format!(",\"ports_reused\":{}}}\n", one.reused).as_bytes());
}

fn side_json(out: &mut Vec<u8>, side: &str, tally: &Tally, scale: Scale, one: &Connection) {
    let (goodput_octets, goodput) = goodput(tally, one);
    let counts = [
        ("segments", u64::from(tally.segments)),
        ("octets", tally.octets),
        ("data_octets", tally.data),
        ("goodput_octets", goodput_octets),
        ("retransmissions", u64::from(tally.retransmissions)),
        ("fast_retransmissions", u64::from(tally.fast)),
        ("spurious_retransmissions", u64::from(tally.spurious)),
        ("out_of_order", u64::from(tally.out_of_order)),
        ("lost_segments", u64::from(tally.lost)),
        ("duplicate_acks", u64::from(tally.duplicate_acks)),
        ("zero_windows", u64::from(tally.zero_windows)),
        ("window_full", u64::from(tally.full_windows)),
        ("resets", u64::from(tally.resets)),
        ("bytes_in_flight_max", u64::from(tally.in_flight_max)),
    ];
    for (name, count) in counts {
        out.extend_from_slice(format!(",\"{side}_{name}\":{count}").as_bytes());
    }
    if let Some(goodput) = goodput {
        out.extend_from_slice(format!(",\"{side}_goodput_bps\":{goodput}").as_bytes());
    }
    if tally.rtts > 0 {
        for (name, value) in [("min", tally.rtt_min), ("mean", mean(tally)), ("max", tally.rtt_max)] {
            seconds_json(out, &format!("{side}_rtt_{name}"), value);
        }
    }
    match scale {
        Scale::Unknown => {}
        Scale::Unused => out.extend_from_slice(format!(",\"{side}_window_scale\":0").as_bytes()),
        Scale::Shift(shift) => {
            out.extend_from_slice(format!(",\"{side}_window_scale\":{shift}").as_bytes());
        }
    }
}

/// A service: what it is, who was asked, how often, and how long answers took.
struct Row {
    service: String,
    asked: String,
    requests: u64,
    repeated: u64,
    times: Histogram,
    /// Requests that an ICMP error or a RST ended, and which errors.
    failed: u64,
    errors: String,
}

/// Thousandths: the median, 95 and 99 of 100.
const QUANTILES: [u64; 3] = [500, 950, 990];

impl Row {
    /// Requests without those sent again.
    fn questions(&self) -> u64 {
        self.requests.saturating_sub(self.repeated)
    }

    fn cells(&self) -> [Cell; LATENCY] {
        let answered = self.times.count();
        let time = |time: i64| if answered > 0 { Cell::Milliseconds(time) } else { Cell::Blank };
        let (min, max) = self.times.limits().unwrap_or_default();
        let [median, p95, p99] = QUANTILES.map(|thousandths| time(self.times.quantile(thousandths)));
        [
            Cell::Text(self.service.clone().into()),
            Cell::Text(self.asked.clone().into()),
            Cell::Count(self.requests),
            Cell::Count(self.repeated),
            Cell::Count(answered),
            Cell::Count(self.questions().saturating_sub(answered).saturating_sub(self.failed)),
            Cell::Count(self.failed),
            time(min),
            median,
            p95,
            p99,
            time(max),
            if self.errors.is_empty() { Cell::Blank } else { Cell::Text(self.errors.clone().into()) },
        ]
    }
}

/// The table of services, without its rows.
fn latency() -> Sheet<LATENCY> {
    Sheet {
        kind: "latency",
        level: None,
        title: String::new(),
        columns: [
            Column::words("service", "service"),
            Column::words("server", "server"),
            Column::numbers("requests", "requests").narrow("asked"),
            Column::numbers("again", "repeated").goes(6),
            Column::numbers("answered", "answered"),
            Column::numbers("none", "unanswered"),
            Column::numbers("failed", "failed").goes(2),
            Column::numbers("min ms", "min").goes(5),
            Column::numbers("median", "median").narrow("med. ms"),
            Column::numbers("p95", "p95").goes(4),
            Column::numbers("p99", "p99").goes(1),
            Column::numbers("max", "max").goes(3),
            Column::words("errors", "errors"),
        ],
    }
}

/// SYNs and what answered them, by server.
fn handshakes(connections: impl Iterator<Item = Connection>, rows: &mut Vec<Row>) {
    let mut servers: BTreeMap<(bool, Socket), (Row, Errors)> = BTreeMap::new();
    // Of a SYN with its answer first, `a` may be the server; the side that sent SYN is then not known, and left out.
    for one in connections.filter(|one| one.completeness & 1 != 0) {
        let (row, errors) = servers.entry((one.v6, one.b)).or_insert_with(|| {
            let mut asked = Vec::new();
            party(one.v6, &one.b).write(&mut asked);
            let row = Row {
                service: "tcp handshake".into(),
                asked: String::from_utf8_lossy(&asked).into_owned(),
                requests: 0,
                repeated: 0,
                times: Histogram::default(),
                failed: 0,
                errors: String::new(),
            };
            (row, Errors::new())
        });
        let syns = u64::from(one.syns.max(1));
        row.requests = row.requests.saturating_add(syns);
        row.repeated = row.repeated.saturating_add(syns.saturating_sub(1));
        one.syn_answer.iter().for_each(|time| row.times.add(*time));
        if let Some(error) = one.refused.or((one.reset == Some(Reset::Refused)).then_some(RST)) {
            row.failed = row.failed.saturating_add(1);
            let count = errors.entry(error).or_insert(0);
            *count = count.saturating_add(1);
        }
    }
    rows.extend(servers.into_values().map(|(row, counted)| Row { errors: errors(&counted), ..row }));
    rows.sort_by_key(|row| std::cmp::Reverse(row.requests));
}

/// What stands among ICMP errors for a RST that answers a SYN.
const RST: (u8, u8, u8) = (0, 0, 0);

/// ICMP errors by version of IP, type and code.
type Errors = BTreeMap<(u8, u8, u8), u64>;

/// `3 × port unreachable`, the most frequent first.
fn errors(counted: &Errors) -> String {
    let mut errors: Vec<_> = counted.iter().collect();
    errors.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    let name = |(error, count): (&(u8, u8, u8), &u64)| format!("{count} × {}", error_name(*error));
    errors.into_iter().take(4).map(name).collect::<Vec<_>>().join(", ")
}

fn services(requests: Option<&Requests>, stats: &Stats<'_>, rows: &mut Vec<Row>) {
    for (id, asked, service) in requests.iter().flat_map(|requests| requests.services()) {
        let mut text = Vec::new();
        match asked {
            Asked::Any => {}
            Asked::V4(address) => put::ipv4(&mut text, address),
            Asked::V6(address) => put::ipv6(&mut text, address),
        }
        rows.push(Row {
            service: stats.show.registry().protocol(id).map_or("", |protocol| protocol.name).to_owned(),
            asked: String::from_utf8_lossy(&text).into_owned(),
            requests: service.requests,
            repeated: service.repeated,
            times: service.times.clone(),
            failed: service.failed(),
            errors: errors(&service.errors),
        });
    }
}
