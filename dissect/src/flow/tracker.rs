//! What a frame is in the light of those before it: the facts that fields of [`crate::proto`] show.
//!
//! A [`Tracker`] sees every frame in the order of the file, once; what it says of a frame goes with the frame to
//! wherever it is decoded, in any order. It keeps only what is wanted ([`Follows`]), and nothing is done where nothing is.

use super::latency::{Answers, Reply, Requests};
use super::loops::Loops;
use super::neighbours::Neighbours;
use super::pairing::Keys;
use super::reassembly::{Datagram, Joined, MAX_TUNNELS, Wants};
use super::scan::Scan;
use super::sent::Sent;
use super::streams::{TcpStreams, UdpFacts, UdpStreams};
use super::tcp::TcpFacts;
use crate::decode::Plan;
use crate::frame::Frame;
use crate::registry::{Named, Registry};
use std::sync::Arc;

/// Which state a field's value comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// TCP connections.
    Tcp,
    /// UDP streams.
    Udp,
    /// Requests and answers.
    Requests,
    /// Addresses claimed by ARP.
    Arp,
    /// Packets that go round in routing loops.
    Loops,
}

/// Which state is to be kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Follows {
    /// TCP connections.
    pub tcp: bool,
    /// UDP streams.
    pub udp: bool,
    /// Requests and answers.
    pub requests: bool,
    /// Addresses claimed by ARP.
    pub arp: bool,
    /// Packets that go round in routing loops.
    pub loops: bool,
}

impl Follows {
    /// All of it.
    pub fn all() -> Follows {
        Follows { tcp: true, udp: true, requests: true, arp: true, loops: true }
    }

    /// What a plan's fields need.
    pub fn of(registry: &Registry, plan: &Plan) -> Follows {
        let mut wants = Follows::default();
        let Some(fields) = plan.fields() else { return Follows::all() };
        fields.filter_map(|id| registry.field(id)?.field.state).for_each(|state| wants.add(state));
        wants
    }

    /// What the fields of a name need; nothing for a name that is none.
    pub fn named(registry: &Registry, name: &str) -> Follows {
        let named = registry.named(name);
        let ids = named.as_ref().map_or(&[][..], Named::fields);
        let mut wants = Follows::default();
        for state in ids.iter().filter_map(|id| registry.field(*id)?.field.state) {
            wants.add(state);
        }
        wants
    }

    fn add(&mut self, state: State) {
        match state {
            State::Tcp => self.tcp = true,
            State::Udp => self.udp = true,
            State::Requests => self.requests = true,
            State::Arp => self.arp = true,
            State::Loops => self.loops = true,
        }
    }

    /// Both together.
    pub fn or(self, other: Follows) -> Follows {
        Follows {
            tcp: self.tcp || other.tcp,
            udp: self.udp || other.udp,
            requests: self.requests || other.requests,
            arp: self.arp || other.arp,
            loops: self.loops || other.loops,
        }
    }

    /// What several frames together must say for it: requests and answers may lie behind several, and those that come in order are told by
    /// their streams.
    pub fn joins(self) -> Wants {
        Wants { fragments: self.requests, streams: self.requests, ..Wants::default() }
    }

    /// Whether anything is to be kept.
    pub fn any(self) -> bool {
        self.tcp || self.udp || self.requests || self.arp || self.loops
    }
}

/// What is known of a frame from those before it.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Facts {
    /// Of its TCP segment: the outermost one.
    pub tcp: Option<TcpFacts>,
    /// Of its datagram: the outermost one.
    pub udp: Option<UdpFacts>,
    /// Of those within tunnels, behind the outermost ones.
    pub within: Option<Box<Within>>,
    /// The request that it answers, or its first message that answers one.
    pub reply: Option<Reply>,
    /// The frame in which somebody else claimed the same address by ARP.
    pub also_claimed: Option<u64>,
    /// The frame in which its packet was first seen, if that goes round in a routing loop.
    pub circles_since: Option<u64>,
}

/// What is known of the segments and datagrams that a frame has behind the first one of each, outer ones first.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Within {
    /// Segments.
    pub tcp: Vec<TcpFacts>,
    /// Datagrams.
    pub udp: Vec<UdpFacts>,
    /// The later frame that answers the request in this one, where the file was looked through before.
    pub answered_in: Option<u64>,
    /// What further messages of the frame answer.
    pub replies: Vec<Reply>,
}

impl Facts {
    /// Of the frame's TCP header with this place among them, from 0.
    pub fn tcp_at(&self, place: usize) -> Option<&TcpFacts> {
        match place.checked_sub(1) {
            None => self.tcp.as_ref(),
            Some(place) => self.within.as_ref()?.tcp.get(place),
        }
    }

    /// Of the frame's UDP header with this place among them, from 0.
    pub fn udp_at(&self, place: usize) -> Option<&UdpFacts> {
        match place.checked_sub(1) {
            None => self.udp.as_ref(),
            Some(place) => self.within.as_ref()?.udp.get(place),
        }
    }

    /// The requests that its messages answer.
    pub fn replies(&self) -> impl Iterator<Item = &Reply> {
        self.reply.iter().chain(self.within.iter().flat_map(|within| &within.replies))
    }

    fn answers(&mut self, replies: &[Reply]) {
        let Some((first, further)) = replies.split_first() else { return };
        self.reply = Some(*first);
        if !further.is_empty() {
            self.within.get_or_insert_default().replies = further.to_vec();
        }
    }

    fn add(&mut self, (tcp, udp): (Option<TcpFacts>, Option<UdpFacts>)) {
        match (tcp, &self.tcp) {
            (Some(facts), Some(_)) => self.within.get_or_insert_default().tcp.push(facts),
            (facts @ Some(_), None) => self.tcp = facts,
            (None, _) => {}
        }
        match (udp, &self.udp) {
            (Some(facts), Some(_)) => self.within.get_or_insert_default().udp.push(facts),
            (facts @ Some(_), None) => self.udp = facts,
            (None, _) => {}
        }
    }
}

/// State of all flows.
pub struct Tracker {
    /// Connections.
    pub tcp: Option<TcpStreams>,
    /// Streams of UDP.
    pub udp: Option<UdpStreams>,
    /// Requests and answers.
    pub requests: Option<Requests>,
    /// Packets that errors may quote.
    pub sent: Option<Sent>,
    /// Addresses claimed by ARP.
    pub neighbours: Option<Neighbours>,
    /// Packets that may go round.
    pub loops: Option<Loops>,
    /// Which frames answer requests of frames before, where the file was looked through before.
    pub answers: Option<Arc<Answers>>,
    /// Of the frame at hand.
    replies: Vec<Reply>,
}

impl Tracker {
    /// Keeps what is wanted, with a quarter of so many places in each table: connections are large.
    pub fn new(registry: &Registry, wants: Follows, limit: usize) -> Self {
        let limit = limit / 4;
        Tracker {
            tcp: wants.tcp.then(|| TcpStreams::new(limit)),
            udp: wants.udp.then(|| UdpStreams::new(limit)),
            requests: wants.requests.then(|| Requests::new(registry, limit)),
            sent: wants.requests.then(Sent::default),
            neighbours: wants.arp.then(|| Neighbours::new(limit)),
            loops: wants.loops.then(|| Loops::new(limit)),
            answers: None,
            replies: Vec::new(),
        }
    }

    /// Takes the next frame of the file into account, by what `scan` found in it. `keys` of its messages are wanted where requests are followed,
    /// and what reassembly says of the frame.
    #[inline]
    pub fn take(
        &mut self,
        scan: &Scan<'_>,
        frame: &Frame<'_>,
        keys: Option<&[Keys]>,
        joined: Option<&Joined>,
    ) -> Facts {
        let (tcp, udp) = self.transport(scan, frame);
        let mut facts = Facts {
            tcp,
            udp,
            within: None,
            reply: None,
            also_claimed: self.neighbours.as_mut().and_then(|neighbours| neighbours.take(scan, frame)),
            circles_since: self.loops.as_mut().and_then(|loops| loops.take(scan, frame)),
        };
        if let Some((keys, requests)) = keys.zip(self.requests.as_mut()) {
            self.replies.clear();
            let segment = joined.and_then(|joined| joined.segment.as_ref());
            let whole =
                joined.and_then(|joined| joined.datagram.as_ref()).filter(|_| scan.fragment.is_some());
            match whole {
                Some(Datagram::Whole(whole)) => {
                    let scan = scan.with_payload(whole.protocol, &whole.octets);
                    requests.take(keys, &scan, frame, segment, &mut self.replies);
                }
                _ => requests.take(keys, scan, frame, segment, &mut self.replies),
            }
            facts.answers(&self.replies);
        }
        let more = scan.fragment.is_some() || scan.carries();
        if let Some(sent) = &mut self.sent {
            facts.reply = facts.reply.or(sent.take(scan, frame));
        }
        if let Some(frame_behind) = self.answers.as_ref().and_then(|answers| answers.of(frame.number)) {
            facts.within.get_or_insert_default().answered_in = Some(frame_behind);
        }
        if more && (self.tcp.is_some() || self.udp.is_some() || self.sent.is_some()) {
            self.behind(scan, frame, joined, 0, &mut facts);
        }
        facts
    }

    /// What a packet is to its stream.
    #[inline]
    fn transport(&mut self, scan: &Scan<'_>, frame: &Frame<'_>) -> (Option<TcpFacts>, Option<UdpFacts>) {
        (
            self.tcp.as_mut().and_then(|streams| streams.take(scan, frame)),
            self.udp.as_mut().and_then(|streams| streams.take(scan, frame)),
        )
    }

    /// The datagram that a fragment completes, and the packets that a packet carries: they have streams of their own.
    #[cold]
    fn behind(
        &mut self,
        scan: &Scan<'_>,
        frame: &Frame<'_>,
        joined: Option<&Joined>,
        depth: usize,
        facts: &mut Facts,
    ) {
        let mut scan = *scan;
        if scan.fragment.is_some() {
            let Some(Datagram::Whole(whole)) = joined.and_then(|joined| joined.datagram.as_ref()) else {
                return;
            };
            scan = scan.with_payload(whole.protocol, &whole.octets);
            let found = self.transport(&scan, frame);
            facts.add(found);
        }
        let Some(inner) = scan.inner().filter(|_| depth < MAX_TUNNELS) else { return };
        let found = self.transport(&inner, frame);
        facts.add(found);
        if let Some(sent) = &mut self.sent {
            facts.reply = facts.reply.or(sent.take(&inner, frame));
        }
        let joined = joined.and_then(|joined| joined.inner.as_deref());
        self.behind(&inner, frame, joined, depth.saturating_add(1), facts);
    }

    /// What had to make room for others: what, and how many.
    pub fn evicted(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let counts = [
            ("TCP connections", self.tcp.as_ref().map_or(0, TcpStreams::evicted)),
            ("UDP streams", self.udp.as_ref().map_or(0, UdpStreams::evicted)),
            ("requests that waited for an answer", self.requests.as_ref().map_or(0, Requests::evicted)),
            ("claims of addresses", self.neighbours.as_ref().map_or(0, Neighbours::evicted)),
            ("packets with few hops left", self.loops.as_ref().map_or(0, Loops::evicted)),
        ];
        counts.into_iter().filter(|(_, count)| *count > 0)
    }
}
