//! What a frame is in the light of those before it: the facts that fields of [`crate::proto`] show.
//!
//! A [`Tracker`] sees every frame in the order of the file, once; what it says of a frame goes with the frame to
//! wherever it is decoded, in any order. It keeps only what is wanted ([`Follows`]), and nothing is done where nothing is.

use super::latency::{Reply, Requests};
use super::loops::Loops;
use super::neighbours::Neighbours;
use super::pairing::Keys;
use super::reassembly::{Joined, Wants};
use super::scan::Scan;
use super::streams::{TcpStreams, UdpFacts, UdpStreams};
use super::tcp::TcpFacts;
use crate::decode::Plan;
use crate::frame::Frame;
use crate::registry::{FieldId, Named, Registry};

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
    /// What a plan's fields need.
    pub fn of(registry: &Registry, plan: &Plan) -> Follows {
        let mut wants = Follows::default();
        for (at, info) in registry.fields().iter().enumerate() {
            let Some(state) = info.field.state else { continue };
            if u16::try_from(at).is_ok_and(|at| plan.wants(FieldId(at))) {
                wants.add(state);
            }
        }
        wants
    }

    /// What the fields of a name need; nothing for a name that is none.
    pub fn named(registry: &Registry, name: &str) -> Follows {
        let ids = match registry.named(name) {
            Some(Named::Field(id)) => std::slice::from_ref(id),
            Some(Named::Any(ids)) => ids.as_slice(),
            None => &[],
        };
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

    /// What several frames together must say for it: answers that come in the order of requests are told by their streams.
    pub fn joins(self) -> Wants {
        Wants { streams: self.requests, ..Wants::default() }
    }

    /// Whether anything is to be kept.
    pub fn any(self) -> bool {
        self.tcp || self.udp || self.requests || self.arp || self.loops
    }
}

/// What is known of a frame from those before it.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Facts {
    /// Of its TCP segment: the outermost one.
    pub tcp: Option<TcpFacts>,
    /// Of its datagram: the outermost one.
    pub udp: Option<UdpFacts>,
    /// The request that it answers.
    pub reply: Option<Reply>,
    /// The frame in which somebody else claimed the same address by ARP.
    pub also_claimed: Option<u64>,
    /// The frame in which its packet was first seen, if that goes round in a routing loop.
    pub circles_since: Option<u64>,
}

/// State of all flows.
pub struct Tracker {
    /// Connections.
    pub tcp: Option<TcpStreams>,
    /// Streams of UDP.
    pub udp: Option<UdpStreams>,
    /// Requests and answers.
    pub requests: Option<Requests>,
    /// Addresses claimed by ARP.
    pub neighbours: Option<Neighbours>,
    /// Packets that may go round.
    pub loops: Option<Loops>,
}

impl Tracker {
    /// Keeps what is wanted, with a quarter of so many places in each table: connections are large.
    pub fn new(registry: &Registry, wants: Follows, limit: usize) -> Self {
        let limit = limit / 4;
        Tracker {
            tcp: wants.tcp.then(|| TcpStreams::new(limit)),
            udp: wants.udp.then(|| UdpStreams::new(limit)),
            requests: wants.requests.then(|| Requests::new(registry, limit)),
            neighbours: wants.arp.then(|| Neighbours::new(limit)),
            loops: wants.loops.then(|| Loops::new(limit)),
        }
    }

    /// Takes the next frame of the file into account, by what `scan` found in it. `keys` are wanted where requests are followed, and what
    /// reassembly says of the frame.
    #[inline]
    pub fn take(
        &mut self,
        scan: &Scan<'_>,
        frame: &Frame<'_>,
        keys: Option<&Keys>,
        joined: Option<&Joined>,
    ) -> Facts {
        let segment = joined.and_then(|joined| joined.segment.as_ref());
        Facts {
            tcp: self.tcp.as_mut().and_then(|streams| streams.take(scan, frame)),
            udp: self.udp.as_mut().and_then(|streams| streams.take(scan, frame)),
            reply: keys
                .zip(self.requests.as_mut())
                .and_then(|(keys, requests)| requests.take(keys, scan, frame, segment)),
            also_claimed: self.neighbours.as_mut().and_then(|neighbours| neighbours.take(scan, frame)),
            circles_since: self.loops.as_mut().and_then(|loops| loops.take(scan, frame)),
        }
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
