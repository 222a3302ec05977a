//! Reassembly: what only several frames together say. IP fragments become datagrams.
//!
//! Frames are observed in the order of the file; [`Reassembly::observe`] says what a frame completes, and the decoder
//! takes that from its [`Surroundings`](crate::decode::Surroundings) and reads on in it, so that the layers behind a fragment
//! appear in the frame that completes the datagram, as in Wireshark. Only frames of which [`Wants::concerns`] holds need be
//! observed; that question has no state and may be asked on any thread.
//!
//! The outermost IP header counts; fragments inside tunnels are shown as they stand. What was cut by the snap length is not joined.
//! Everything that input can make grow has a limit, see [`Limits`], and what went over it is counted.

pub mod datagram;

pub use datagram::{Counts, Datagram, Datagrams, Limits, Overlap, Part, Refusal, Whole};

use super::scan::Scan;
use crate::decode::Plan;
use crate::frame::Frame;
use crate::registry::Registry;
use crate::schema::IP_PROTO;

/// What a consumer's fields may lie behind.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Wants {
    /// Fragments of IP datagrams.
    pub fragments: bool,
}

impl Wants {
    /// What may stand before one of the fields of a plan.
    pub fn of(registry: &Registry, plan: &Plan) -> Wants {
        let own = ["ip", "ipv6"].iter().any(|network| {
            [
                "fragments",
                "fragment",
                "fragment.overlap",
                "fragment.overlap.conflict",
                "fragment.multipletails",
            ]
            .iter()
            .chain(&["fragment.toolongfragment", "fragment.error", "fragment.count", "reassembled.length"])
            .chain(&["reassembled.data", "reassembled_in", "reassembled.in"])
            .any(|name| match registry.named(&format!("{network}.{name}")) {
                Some(crate::registry::Named::Field(id)) => plan.wants(*id),
                _ => false,
            })
        });
        let fragments = own || registry.targets(IP_PROTO).any(|id| plan.reaches(id));
        Wants { fragments }
    }

    /// Either's.
    pub fn or(self, other: Wants) -> Wants {
        Wants { fragments: self.fragments || other.fragments }
    }

    /// Whether anything is wanted.
    pub fn any(self) -> bool {
        self.fragments
    }

    /// Whether a frame has to be observed.
    #[inline]
    pub fn concerns(self, frame: &Frame<'_>) -> bool {
        self.fragments && Scan::of(frame).fragment.is_some()
    }
}

/// What a frame completes, or waits for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Joined {
    /// Number of the frame.
    pub frame: u64,
    /// Its fragment of a datagram.
    pub datagram: Option<Datagram>,
}

/// How frames are joined.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Policy {
    /// Whose octets count where fragments overlap.
    pub overlap: Overlap,
    /// What is kept at most.
    pub limits: Limits,
}

/// Everything that waits for more.
#[derive(Debug, Default)]
pub struct Reassembly {
    datagrams: Datagrams,
}

impl Reassembly {
    /// Nothing yet.
    pub fn new(policy: Policy) -> Self {
        Reassembly { datagrams: Datagrams::new(policy.limits, policy.overlap) }
    }

    /// Takes a frame, in the order of the file; `None`: it stands for itself.
    pub fn observe(&mut self, frame: &Frame<'_>) -> Option<Joined> {
        let scan = Scan::of(frame);
        let datagram = self.datagrams.observe(frame, &scan);
        datagram.is_some().then_some(Joined { frame: frame.number, datagram })
    }

    /// Memory that is taken, about, and datagrams that are kept.
    pub fn kept(&self) -> (usize, usize) {
        self.datagrams.kept()
    }

    /// What became of the datagrams so far.
    pub fn datagrams(&self) -> Counts {
        self.datagrams.counts()
    }
}
