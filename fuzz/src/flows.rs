//! Frames one after the other through everything that keeps state: flows, requests, reassembly, statistics, and queries that
//! ask for it. What is kept is small, so that inputs reach its limits, and begins anew now and then.

use nettool_dissect::decode::{Decoder, Dissection, Settings, Surroundings};
use nettool_dissect::flow::reassembly::{Limits, Policy, Reassembly, StreamLimits, Wants, Watch};
use nettool_dissect::flow::scan::Scan;
use nettool_dissect::flow::{
    FlowTable, Follows, Hierarchy, Key, LEVELS, Packet, Pairing, Tracker, conversations, endpoints,
};
use nettool_dissect::frame::Frame;
use nettool_dissect::query::Query;
use nettool_dissect::registry::Registry;
use nettool_dissect::render::json::JsonWriter;
use nettool_dissect::render::line::{LinePrinter, LineStyle};
use nettool_dissect::render::tcp_seq::TcpSeq;
use std::cell::RefCell;

/// Frames before everything begins anew: what breaks is found again with few inputs before it.
const FRAMES: u64 = 50_000;

/// Queries of every kind.
const QUERIES: &[&str] = &[
    "ip.addr in {10.0.0.0/8, 192.168.0.0/16} && !(tcp.port == 80 || udp.port in {53, 5000..6000})",
    "tcp.flags & 0x12 == 0x12 || tcp.analysis.flags || tcp.stream >= 1",
    "eth.src[0:3] == 02:00:00 and frame.len > 60 and ip.id % 7 == 3",
    "dns.qry.name contains \"a\" or dns.qry.name matches \"^[a-z]+\\.\" or len(dns.qry.name) > 12",
    "frame contains 0a:00 && any ip.src == 10.0.0.1 && all ip.dst != 10.0.0.2",
    "ipv6.addr == 2001:db8::/32 || icmpv6.type in {133..137} || count(ipv6.opt.type) > 1",
    "_ws.expert.severity || tls.handshake.extensions_server_name || quic.frame_type == 6",
];

struct State {
    tracker: Tracker,
    reassembly: Reassembly<'static>,
    pairing: Pairing<'static>,
    table: FlowTable,
    hierarchy: Hierarchy,
    queries: Vec<Query>,
    bases: TcpSeq,
    seen: u64,
}

impl State {
    fn new(registry: &'static Registry) -> State {
        let follows = Follows { tcp: true, udp: true, requests: true, arp: true, loops: true };
        let wants = Wants {
            fragments: true,
            streams: true,
            later: false,
            announced: true,
            templates: true,
            quic: true,
        };
        let policy = Policy {
            limits: Limits { datagrams: 64, octets: 1 << 20, seconds: 30 },
            streams: StreamLimits { connections: 64, octets: 1 << 20, message: 64 << 10 },
            ..Policy::default()
        };
        let parse =
            |text: &&str| Query::parse(text, registry).unwrap_or_else(|error| panic!("{text}: {error}"));
        State {
            tracker: Tracker::new(registry, follows, 1024),
            reassembly: Reassembly::new(registry, policy, Watch::new(registry, wants)),
            pairing: Pairing::new(registry, Settings::default()),
            table: FlowTable::new(256),
            hierarchy: Hierarchy::default(),
            queries: QUERIES.iter().map(parse).collect(),
            bases: TcpSeq::new(),
            seen: 0,
        }
    }

    fn take(&mut self, registry: &'static Registry, frame: &Frame<'_>) {
        let scan = Scan::of(frame);
        let joined = self.reassembly.observe(frame);
        let mut keys = Vec::new();
        self.pairing.keys(frame, joined.as_ref(), &mut keys);
        let facts = self.tracker.take(&scan, frame, Some(&keys), joined.as_ref());
        let (key, reversed) = Key::of(&scan, None);
        let (number, time, octets) = (frame.number, frame.meta.time, frame.meta.original_len);
        self.table.add(&Packet { key, reversed, number, time, octets });
        let around = Surroundings { facts: Some(&facts), joined: joined.as_ref(), ..Surroundings::default() };
        let mut dissection = Dissection::default();
        Decoder::new(registry).decode(frame, &around, &mut dissection);
        self.hierarchy.add(registry, &dissection.layers, frame.meta.original_len);
        for query in &self.queries {
            let _ = query.matches(registry, frame, &dissection);
        }
        let mut out = Vec::new();
        let style =
            LineStyle { verbose: (self.seen % 4) as u8, link: self.seen & 4 != 0, ..LineStyle::default() };
        LinePrinter::new(registry, style).print(frame, &around, self.bases.observe(frame), &mut out);
        assert!(out.ends_with(b"\n"), "a line behind state: {}", String::from_utf8_lossy(&out));
        out.clear();
        JsonWriter::new(registry).write(&mut out, frame, &dissection);
        assert!(out.ends_with(b"}\n"), "JSON behind state: {}", String::from_utf8_lossy(&out));
        self.seen += 1;
        if self.seen.is_multiple_of(4096) {
            for (level, _, _) in LEVELS {
                let between = conversations(&self.table, level);
                assert!(between.len() <= self.table.len(), "more conversations than flows");
                let _ = endpoints(&self.table, level);
            }
            assert!(self.table.len() <= 257, "{} flows", self.table.len());
            let _ = self.hierarchy.entries(registry);
        }
    }
}

/// Takes a frame behind those that were tried before it.
pub fn follow(registry: &'static Registry, frame: &Frame<'_>) {
    thread_local! {
        static STATE: RefCell<Option<State>> = const { RefCell::new(None) };
    }
    // A state that a frame has broken is not used again.
    let mut state = STATE.take().filter(|state| state.seen < FRAMES).unwrap_or_else(|| State::new(registry));
    state.take(registry, frame);
    STATE.set(Some(state));
}
