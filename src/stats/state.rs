//! Tables of what was learnt in the order of the file: TCP connections, requests and their answers.

use super::tables::{column, number, party_json, rate, right, seconds_json};
use super::{Kind, Stats};
use crate::tracking::Tracking;
use nettool_dissect::flow::{
    Asked, Connection, Family, Follows, Histogram, Party, RESETS, Requests, Scale, Socket, Tally, TcpStreams,
};
use nettool_dissect::render::{json, put};
use std::collections::BTreeMap;

/// The state that tables of these kinds need.
pub(super) fn follows(kinds: &[Kind]) -> Follows {
    Follows {
        tcp: kinds.iter().any(|kind| matches!(kind, Kind::Tcp | Kind::Latency | Kind::Expert)),
        udp: false,
        arp: kinds.contains(&Kind::Expert),
        requests: kinds.contains(&Kind::Latency),
    }
}

/// Appends the table of a kind.
pub(super) fn write(out: &mut Vec<u8>, kind: Kind, state: &Tracking, stats: &Stats<'_>) {
    state.state(|tracker| {
        let connections = || tracker.tcp.iter().flat_map(TcpStreams::connections);
        match kind {
            Kind::Tcp => {
                let connections: Vec<Connection> = connections().collect();
                if stats.json {
                    connections.iter().for_each(|one| connection_json(out, one));
                } else {
                    connection_table(out, &connections);
                }
            }
            Kind::Latency => {
                let mut rows = Vec::new();
                handshakes(connections(), &mut rows);
                services(tracker.requests.as_ref(), stats, &mut rows);
                if stats.json {
                    rows.iter().for_each(|row| row.json(out));
                } else {
                    latency_table(out, &rows);
                }
            }
            _ => {}
        }
    });
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

/// Milliseconds with three decimals.
fn milliseconds(out: &mut Vec<u8>, nanoseconds: i64) {
    out.extend_from_slice(format!("{:.3}", nanoseconds as f64 / 1e6).as_bytes());
}

fn connection_table(out: &mut Vec<u8>, connections: &[Connection]) {
    const HEADS: [(&str, usize); 14] = [
        ("A>B octets", 12),
        ("B>A octets", 24),
        ("A>B bit/s", 36),
        ("B>A bit/s", 48),
        ("again A", 56),
        ("again B", 64),
        ("lost", 70),
        ("dup ack", 78),
        ("zero win", 87),
        ("rtt min", 98),
        ("mean", 108),
        ("max ms", 118),
        ("handshake", 129),
        ("scale", 136),
    ];
    let mut text = Vec::new();
    let widths =
        connections.iter().flat_map(|one| [party(one.v6, &one.a), party(one.v6, &one.b)]).map(|party| {
            text.clear();
            party.write(&mut text);
            text.len()
        });
    let wide = widths.max().unwrap_or(1).saturating_add(2);
    let left = wide.saturating_mul(2).saturating_add(8);
    out.extend_from_slice(format!("TCP connections: {}\n", connections.len()).as_bytes());
    let line = out.len();
    out.extend_from_slice(b"stream");
    column(out, line, 8);
    out.push(b'A');
    column(out, line, wide.saturating_add(8));
    out.push(b'B');
    for (head, end) in HEADS {
        right(out, line, left.saturating_add(end), |out| out.extend_from_slice(head.as_bytes()));
    }
    out.extend_from_slice(b"  state\n");
    for one in connections {
        connection_line(out, one, wide, left);
    }
    out.push(b'\n');
}

fn connection_line(out: &mut Vec<u8>, one: &Connection, wide: usize, left: usize) {
    let line = out.len();
    put::decimal(out, u64::from(one.stream));
    column(out, line, 8);
    party(one.v6, &one.a).write(out);
    column(out, line, wide.saturating_add(8));
    party(one.v6, &one.b).write(out);
    let (a, b) = (&one.a_sent, &one.b_sent);
    let ((a_new, a_rate), (b_new, b_rate)) = (goodput(a, one), goodput(b, one));
    let both = |count: fn(&Tally) -> u32| u64::from(count(a)).saturating_add(u64::from(count(b)));
    let numbers = [
        (Some(a_new), 12),
        (Some(b_new), 24),
        (a_rate, 36),
        (b_rate, 48),
        (Some(u64::from(a.retransmissions)), 56),
        (Some(u64::from(b.retransmissions)), 64),
        (Some(both(|tally| tally.lost)), 70),
        (Some(both(|tally| tally.duplicate_acks)), 78),
        (Some(both(|tally| tally.zero_windows)), 87),
    ];
    for (value, end) in numbers {
        if let Some(value) = value {
            number(out, line, left.saturating_add(end), value);
        }
    }
    if let Some((min, mean, max)) = round_trips(one) {
        for (value, end) in [(min, 98), (mean, 108), (max, 118)] {
            right(out, line, left.saturating_add(end), |out| milliseconds(out, value));
        }
    }
    if one.initial_rtt != 0 {
        right(out, line, left.saturating_add(129), |out| milliseconds(out, one.initial_rtt));
    }
    let scales = format!("{}/{}", scale_name(one.a_scale), scale_name(one.b_scale));
    right(out, line, left.saturating_add(136), |out| out.extend_from_slice(scales.as_bytes()));
    out.extend_from_slice(b"  ");
    out.extend_from_slice(state_name(one).as_bytes());
    if one.reused {
        out.extend_from_slice(b", ports reused");
    }
    out.push(b'\n');
}

fn reset_name(one: &Connection) -> Option<&'static str> {
    let reset = one.reset? as u64;
    RESETS.iter().find(|(number, _)| *number == reset).map(|(_, name)| *name)
}

fn state_name(one: &Connection) -> String {
    match (one.state(), reset_name(one)) {
        ("reset", Some(name)) => format!("reset: {name}"),
        (state, _) => state.to_owned(),
    }
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
}

const QUANTILES: [(&str, u64); 3] = [("median", 500), ("p95", 950), ("p99", 990)];

impl Row {
    /// Requests without those sent again.
    fn questions(&self) -> u64 {
        self.requests.saturating_sub(self.repeated)
    }

    fn json(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"kind\":\"latency\",\"service\":");
        json::string(out, self.service.as_bytes());
        out.extend_from_slice(b",\"server\":");
        json::string(out, self.asked.as_bytes());
        let answered = self.times.count();
        let unanswered = self.questions().saturating_sub(answered);
        let counts = [
            ("requests", self.requests),
            ("repeated", self.repeated),
            ("answered", answered),
            ("unanswered", unanswered),
        ];
        for (name, count) in counts {
            out.extend_from_slice(format!(",\"{name}\":{count}").as_bytes());
        }
        if let Some((min, max)) = self.times.limits() {
            seconds_json(out, "min", min);
            for (name, thousandths) in QUANTILES {
                seconds_json(out, name, self.times.quantile(thousandths));
            }
            seconds_json(out, "max", max);
        }
        out.extend_from_slice(b"}\n");
    }
}

/// SYNs and what answered them, by server.
fn handshakes(connections: impl Iterator<Item = Connection>, rows: &mut Vec<Row>) {
    let mut servers: BTreeMap<(bool, Socket), Row> = BTreeMap::new();
    // Of a SYN with its answer first, `a` may be the server; the side that sent SYN is then not known, and left out.
    for one in connections.filter(|one| one.completeness & 1 != 0) {
        let row = servers.entry((one.v6, one.b)).or_insert_with(|| {
            let mut asked = Vec::new();
            party(one.v6, &one.b).write(&mut asked);
            Row {
                service: "tcp handshake".into(),
                asked: String::from_utf8_lossy(&asked).into_owned(),
                requests: 0,
                repeated: 0,
                times: Histogram::default(),
            }
        });
        row.requests = row.requests.saturating_add(1);
        one.syn_answer.iter().for_each(|time| row.times.add(*time));
    }
    rows.extend(servers.into_values());
    rows.sort_by_key(|row| std::cmp::Reverse(row.requests));
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
        });
    }
}

fn latency_table(out: &mut Vec<u8>, rows: &[Row]) {
    let wide = rows.iter().map(|row| row.asked.len()).max().unwrap_or(0).max(6).saturating_add(16);
    let line = out.len();
    out.extend_from_slice(b"service");
    column(out, line, 15);
    out.extend_from_slice(b"server");
    const HEADS: [(&str, usize); 9] = [
        ("requests", 10),
        ("again", 18),
        ("answered", 28),
        ("none", 36),
        ("min ms", 48),
        ("median", 59),
        ("p95", 70),
        ("p99", 81),
        ("max", 92),
    ];
    for (head, end) in HEADS {
        right(out, line, wide.saturating_add(end), |out| out.extend_from_slice(head.as_bytes()));
    }
    out.push(b'\n');
    for row in rows {
        let line = out.len();
        out.extend_from_slice(row.service.as_bytes());
        column(out, line, 15);
        out.extend_from_slice(row.asked.as_bytes());
        let answered = row.times.count();
        let none = row.questions().saturating_sub(answered);
        for (count, end) in [(row.requests, 10), (row.repeated, 18), (answered, 28), (none, 36)] {
            number(out, line, wide.saturating_add(end), count);
        }
        if let Some((min, max)) = row.times.limits() {
            let [median, p95, p99] = QUANTILES.map(|(_, thousandths)| row.times.quantile(thousandths));
            for (value, end) in [(min, 48), (median, 59), (p95, 70), (p99, 81), (max, 92)] {
                right(out, line, wide.saturating_add(end), |out| milliseconds(out, value));
            }
        }
        out.push(b'\n');
    }
    out.push(b'\n');
}
