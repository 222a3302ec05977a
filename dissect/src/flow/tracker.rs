//! What a frame is in the light of those before it: the facts that fields of [`crate::proto`] show.
//!
//! A [`Tracker`] sees every frame in the order of the file, once; what it says of a frame goes with the frame to
//! wherever it is decoded, in any order. It keeps only what is wanted ([`Follows`]), and nothing is done where nothing is.

use super::latency::{Reply, Requests};
use super::neighbours::Neighbours;
use super::pairing::Keys;
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
        }
    }

    /// Both together.
    pub fn or(self, other: Follows) -> Follows {
        Follows {
            tcp: self.tcp || other.tcp,
            udp: self.udp || other.udp,
            requests: self.requests || other.requests,
            arp: self.arp || other.arp,
        }
    }

    /// Whether anything is to be kept.
    pub fn any(self) -> bool {
        self.tcp || self.udp || self.requests || self.arp
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
}

impl Tracker {
    /// Keeps what is wanted, with a quarter of so many places in each table: connections are large.
    pub fn new(wants: Follows, limit: usize) -> Self {
        let limit = limit / 4;
        Tracker {
            tcp: wants.tcp.then(|| TcpStreams::new(limit)),
            udp: wants.udp.then(|| UdpStreams::new(limit)),
            requests: wants.requests.then(|| Requests::new(limit)),
            neighbours: wants.arp.then(|| Neighbours::new(limit)),
        }
    }

    /// Takes the next frame of the file into account, by what `scan` found in it. `keys` are wanted where requests are followed.
    #[inline]
    pub fn take(&mut self, scan: &Scan<'_>, frame: &Frame<'_>, keys: Option<&Keys>) -> Facts {
        Facts {
            tcp: self.tcp.as_mut().and_then(|streams| streams.take(scan, frame)),
            udp: self.udp.as_mut().and_then(|streams| streams.take(scan, frame)),
            reply: keys
                .zip(self.requests.as_mut())
                .and_then(|(keys, requests)| requests.take(keys, scan, frame)),
            also_claimed: self.neighbours.as_mut().and_then(|neighbours| neighbours.take(scan, frame)),
        }
    }

    /// Flows and requests that had to make room for others.
    pub fn evicted(&self) -> u64 {
        let tcp = self.tcp.as_ref().map_or(0, TcpStreams::evicted);
        let udp = self.udp.as_ref().map_or(0, UdpStreams::evicted);
        let requests = self.requests.as_ref().map_or(0, Requests::evicted);
        let claims = self.neighbours.as_ref().map_or(0, Neighbours::evicted);
        tcp.saturating_add(udp).saturating_add(requests).saturating_add(claims)
    }
}
