//! What a frame is in the light of those before it: the facts that fields of [`crate::proto`] show.
//!
//! A [`Tracker`] sees every frame in the order of the file, once; what it says of a frame goes with the frame to
//! wherever it is decoded, in any order. It keeps only what is wanted ([`Follows`]), and nothing is done where nothing is.

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
}

/// Which state is to be kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Follows {
    /// TCP connections.
    pub tcp: bool,
    /// UDP streams.
    pub udp: bool,
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
        }
    }

    /// Both together.
    pub fn or(self, other: Follows) -> Follows {
        Follows { tcp: self.tcp || other.tcp, udp: self.udp || other.udp }
    }

    /// Whether anything is to be kept.
    pub fn any(self) -> bool {
        self.tcp || self.udp
    }
}

/// What is known of a frame from those before it.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Facts {
    /// Of its TCP segment: the outermost one.
    pub tcp: Option<TcpFacts>,
    /// Of its datagram: the outermost one.
    pub udp: Option<UdpFacts>,
}

/// State of all flows.
#[derive(Clone, Debug)]
pub struct Tracker {
    /// Connections.
    pub tcp: Option<TcpStreams>,
    /// Streams of UDP.
    pub udp: Option<UdpStreams>,
}

impl Tracker {
    /// Keeps what is wanted, with so many flows in each table.
    pub fn new(wants: Follows, limit: usize) -> Self {
        Tracker {
            tcp: wants.tcp.then(|| TcpStreams::new(limit)),
            udp: wants.udp.then(|| UdpStreams::new(limit)),
        }
    }

    /// Takes the next frame of the file into account, by what `scan` found in it.
    #[inline]
    pub fn take(&mut self, scan: &Scan<'_>, frame: &Frame<'_>) -> Facts {
        Facts {
            tcp: self.tcp.as_mut().and_then(|streams| streams.take(scan, frame)),
            udp: self.udp.as_mut().and_then(|streams| streams.take(scan, frame)),
        }
    }

    /// Flows that had to make room for others.
    pub fn evicted(&self) -> u64 {
        let tcp = self.tcp.as_ref().map_or(0, TcpStreams::evicted);
        tcp.saturating_add(self.udp.as_ref().map_or(0, UdpStreams::evicted))
    }
}
