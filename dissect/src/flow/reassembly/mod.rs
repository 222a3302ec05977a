//! Reassembly: what only several frames together say. IP fragments become datagrams, segments of TCP messages.
//!
//! Frames are observed in the order of the file; [`Reassembly::observe`] says what a frame completes, and the decoder
//! takes that from its [`Surroundings`](crate::decode::Surroundings) and reads on in it, so that the layers behind a fragment
//! appear in the frame that completes the datagram, as in Wireshark. Only frames of which [`Watch::concerns`] holds need be
//! observed; that question has no state and may be asked on any thread.
//!
//! Packets within tunnels are joined too, each by the headers that are next to it: [`Joined::inner`]. What was cut by the snap length is not joined.
//! Everything that input can make grow has a limit, see [`Limits`] and [`StreamLimits`], and what went over it is counted.

mod ahead;
pub mod datagram;
pub mod find;
pub mod follow;
mod inner;
mod order;
pub mod quic;
pub mod stream;

pub use ahead::{Ahead, MOST_SHARES};
pub use datagram::{Counts, Datagram, Datagrams, Lack, Lacking, Limits, Overlap, Part, Refusal, Whole};
pub use follow::{Follow, Piece};
pub use inner::Share;
pub use stream::{Message, Segment, StreamCounts, StreamLimits, Streams};

use super::expected::{Announcement, Expected, Teachers};
use super::scan::{Scan, Segment as Tcp};
use super::templates::{Exporters, Kept, Templates};
use super::tunnel::may_carry;
use crate::decode::Plan;
use crate::frame::{Frame, LinkType};
use crate::registry::{Named, ProtoId, Registry};
use crate::schema::{IP_PROTO, TCP_PORT};
use quic::{Connections, Known, Ports};
use std::sync::Arc;

/// Fields that only reassembly gives, below `ip` and `ipv6`.
const OF_FRAGMENTS: [&str; 12] = [
    "fragments",
    "fragment",
    "fragment.overlap",
    "fragment.overlap.conflict",
    "fragment.multipletails",
    "fragment.toolongfragment",
    "fragment.error",
    "fragment.count",
    "reassembled.length",
    "reassembled.data",
    "reassembled_in",
    "reassembled.in",
];

/// And below `tcp`.
const OF_SEGMENTS: [&str; 7] = [
    "segments",
    "segment",
    "segment.count",
    "reassembled.length",
    "reassembled.data",
    "segment_data",
    "reassembled_in",
];

/// Protocols of conversations that other packets announce.
const ANNOUNCED: [&str; 4] = ["tftp", "rtp", "rtcp", "iperf3"];

/// What a consumer's fields may lie behind.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Wants {
    /// Fragments of IP datagrams.
    pub fragments: bool,
    /// Segments of TCP.
    pub streams: bool,
    /// The frames behind that complete what a frame has a share in: see [`Ahead`].
    pub later: bool,
    /// Conversations that other packets announce.
    pub announced: bool,
    /// Records of flows, whose templates stand in other packets.
    pub templates: bool,
    /// QUIC connections.
    pub quic: bool,
}

impl Wants {
    /// What may stand before one of the fields of a plan.
    pub fn of(registry: &Registry, plan: &Plan) -> Wants {
        let field = |name: &str| match registry.named(name) {
            Some(Named::Field(id)) => plan.wants(id),
            _ => false,
        };
        let wants = |below: &str, names: &[&str]| names.iter().any(|name| field(&format!("{below}.{name}")));
        let fragments = wants("ip", &OF_FRAGMENTS) || wants("ipv6", &OF_FRAGMENTS);
        let streams = registry
            .targets(TCP_PORT)
            .filter(|id| registry.protocol(*id).is_some_and(|protocol| protocol.stream.is_some()));
        Wants {
            fragments: fragments || registry.targets(IP_PROTO).any(|id| plan.reaches(id)),
            streams: wants("tcp", &OF_SEGMENTS) || streams.into_iter().any(|id| plan.reaches(id)),
            later: plan.fields().is_some_and(|mut fields| {
                fields.any(|id| registry.field(id).is_some_and(|info| info.field.later))
            }),
            announced: ANNOUNCED
                .iter()
                .filter_map(|name| registry.protocol_named(name))
                .any(|id| plan.reaches(id)),
            templates: registry.protocol_named("cflow").is_some_and(|id| plan.reaches(id)),
            quic: registry.protocol_named("quic").is_some_and(|id| plan.reaches(id)),
        }
    }

    /// Either's.
    pub fn or(self, other: Wants) -> Wants {
        Wants {
            fragments: self.fragments || other.fragments,
            streams: self.streams || other.streams,
            later: self.later || other.later,
            announced: self.announced || other.announced,
            templates: self.templates || other.templates,
            quic: self.quic || other.quic,
        }
    }

    /// Whether anything is wanted.
    pub fn any(self) -> bool {
        self.fragments || self.streams || self.announced || self.templates || self.quic
    }
}

/// Tells the frames that have to be observed.
#[derive(Clone, Debug)]
pub struct Watch {
    fragments: bool,
    /// For each TCP port, whether it leads to messages that segments are joined for.
    ports: Option<Arc<Vec<bool>>>,
    /// Packets that announce conversations, and those that may be of one.
    teachers: Option<Teachers>,
    /// Messages of exporters of flow records.
    exporters: Option<Exporters>,
    /// Datagrams of QUIC connections.
    quic: Option<Ports>,
}

impl Watch {
    /// For what is wanted.
    pub fn new(registry: &Registry, wants: Wants) -> Self {
        let joins = |id| registry.protocol(id).is_some_and(|protocol| protocol.stream.is_some());
        let ports = wants.streams.then(|| registry.by_number(TCP_PORT, false, joins));
        let teachers = wants.announced.then(|| Teachers::new(registry));
        let exporters = wants.templates.then(|| Exporters::new(registry));
        let quic = wants.quic.then(|| Ports::new(registry));
        Watch { fragments: wants.fragments, ports, teachers, exporters, quic }
    }

    /// Whether one look at the octets of a frame without switch tag tells that it need not be observed.
    #[inline]
    pub fn passes_over(&self, link_type: LinkType, data: &[u8]) -> bool {
        let Some((protocol, from, to)) = Scan::plain(link_type, data) else { return false };
        if may_carry(protocol, from, to) {
            return !(self.fragments || self.ports.is_some());
        }
        match protocol {
            6 => {
                !self.joins(from, to)
                    && !self.teachers.as_ref().is_some_and(|t| t.concerns_tcp(from, to, data.last().copied()))
            }
            17 => {
                !self.teachers.as_ref().is_some_and(|teachers| teachers.concerns_udp(from, to))
                    && !self.exports(from, to)
                    && !self.quic.as_ref().is_some_and(|ports| ports.concern(from, to))
            }
            _ => true,
        }
    }

    /// Whether a TCP port leads to messages that segments are joined for.
    #[inline]
    fn joins(&self, from: u16, to: u16) -> bool {
        let Some(ports) = &self.ports else { return false };
        let joins = |port: u16| ports.get(usize::from(port)).copied().unwrap_or(false);
        joins(from) || joins(to)
    }

    /// Whether UDP ports lead to records of flows.
    #[inline]
    fn exports(&self, from: u16, to: u16) -> bool {
        self.exporters.as_ref().is_some_and(|exporters| exporters.concern(from, to))
    }

    /// Whether a frame has to be observed.
    #[inline]
    pub fn concerns(&self, frame: &Frame<'_>) -> bool {
        self.concerns_scan(&Scan::of(frame))
    }

    fn concerns_scan(&self, scan: &Scan<'_>) -> bool {
        if scan.fragment.is_some() {
            return self.fragments;
        }
        self.concerns_stream(scan)
            || self.concerns_announced(scan)
            || self.concerns_templates(scan)
            || self.concerns_quic(scan)
            || self.concerns_inner(scan)
    }

    /// Whether a packet that this one carries has to be observed.
    fn concerns_inner(&self, scan: &Scan<'_>) -> bool {
        if !self.fragments && self.ports.is_none() {
            return false;
        }
        let mut inner = scan.inner();
        for _ in 0..MAX_TUNNELS {
            let Some(scan) = &inner else { return false };
            if scan.fragment.is_some() && self.fragments || self.concerns_stream(scan) {
                return true;
            }
            inner = scan.inner();
        }
        false
    }

    fn concerns_stream(&self, scan: &Scan<'_>) -> bool {
        scan.protocol == 6 && scan.ports.is_some_and(|(from, to)| self.joins(from, to))
    }

    fn concerns_templates(&self, scan: &Scan<'_>) -> bool {
        scan.protocol == 17 && scan.ports.is_some_and(|(from, to)| self.exports(from, to))
    }

    fn concerns_quic(&self, scan: &Scan<'_>) -> bool {
        let Some(ports) = &self.quic else { return false };
        scan.protocol == 17 && scan.ports.is_some_and(|(from, to)| ports.concern(from, to))
    }

    fn concerns_announced(&self, scan: &Scan<'_>) -> bool {
        let (Some(teachers), Some((from, to))) = (&self.teachers, scan.ports) else { return false };
        match scan.protocol {
            6 => teachers.concerns_tcp(from, to, scan.payload.last().copied()),
            17 => teachers.concerns_udp(from, to),
            _ => false,
        }
    }
}

/// What a frame completes, or waits for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Joined {
    /// Number of the frame.
    pub frame: u64,
    /// Its fragment of a datagram.
    pub datagram: Option<Datagram>,
    /// Its segment of a stream.
    pub segment: Option<Segment>,
    /// The later frame that completes the datagram, where the file was looked through before.
    pub datagram_in: Option<u64>,
    /// The later frames that complete messages of its segment, where the file was looked through before.
    pub messages_in: Vec<u64>,
    /// The protocol of its conversation, where another packet has announced that.
    pub announced: Option<ProtoId>,
    /// What has announced it.
    pub announcement: Option<Announcement>,
    /// Templates of earlier messages that its flow records use.
    pub templates: Vec<Kept>,
    /// What is known of a datagram of a QUIC connection.
    pub quic: Option<Known>,
    /// The same of the packet that it carries, of a tunnel.
    pub inner: Option<Box<Joined>>,
}

/// Packets within packets that are gone into.
pub const MAX_TUNNELS: usize = 8;

/// How frames are joined.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Policy {
    /// Whose octets count where fragments overlap.
    pub overlap: Overlap,
    /// What is kept of fragments at most.
    pub limits: Limits,
    /// What is kept of streams at most.
    pub streams: StreamLimits,
}

/// Everything that waits for more.
pub struct Reassembly<'r> {
    watch: Watch,
    datagrams: Datagrams,
    streams: Streams<'r>,
    expected: Expected<'r>,
    templates: Templates,
    quic: Connections,
}

impl<'r> Reassembly<'r> {
    /// Nothing yet.
    pub fn new(registry: &'r Registry, policy: Policy, watch: Watch) -> Self {
        Reassembly {
            watch,
            datagrams: Datagrams::new(policy.limits, policy.overlap),
            streams: Streams::new(registry, policy.streams),
            expected: Expected::new(registry),
            templates: Templates::default(),
            quic: Connections::default(),
        }
    }

    /// Takes a frame, in the order of the file; `None`: it stands for itself.
    pub fn observe(&mut self, frame: &Frame<'_>) -> Option<Joined> {
        let scan = Scan::of(frame);
        if !self.watch.concerns_scan(&scan) {
            return None;
        }
        self.observe_packet(frame, &scan, 0)
    }

    /// Takes a packet, and those that it carries.
    fn observe_packet(&mut self, frame: &Frame<'_>, scan: &Scan<'_>, depth: usize) -> Option<Joined> {
        if scan.fragment.is_none() {
            return self.observe_whole(frame, scan, depth);
        }
        if !self.watch.fragments {
            return None;
        }
        let datagram = self.datagrams.observe(frame, scan)?;
        let mut joined = None;
        if let Datagram::Whole(Whole { octets, protocol, .. }) = &datagram {
            joined = self.observe_whole(frame, &scan.with_payload(*protocol, octets), depth);
        }
        Some(Joined { frame: frame.number, datagram: Some(datagram), ..joined.unwrap_or_default() })
    }

    /// A packet that is no fragment.
    fn observe_whole(&mut self, frame: &Frame<'_>, scan: &Scan<'_>, depth: usize) -> Option<Joined> {
        let teaches = depth == 0 && self.watch.concerns_announced(scan);
        let known = if teaches { self.expected.observe(frame.number, scan) } else { None };
        let (announced, announcement) = known.unzip();
        let announcement = announcement.flatten();
        let tcp: Option<Tcp<'_>> = if self.watch.concerns_stream(scan) { scan.tcp() } else { None };
        let segment = tcp.and_then(|tcp| self.streams.observe(frame.number, scan, &tcp));
        let carries = depth < MAX_TUNNELS && (self.watch.fragments || self.watch.ports.is_some());
        let inner = scan.inner().filter(|_| carries);
        let inner = inner.and_then(|inner| self.observe_packet(frame, &inner, depth.saturating_add(1)));
        let exports = depth == 0 && self.watch.concerns_templates(scan);
        let templates = if exports { self.templates.observe(scan) } else { Vec::new() };
        let (quic, by_look) = self.observe_quic(frame.number, scan);
        let announced = announced.or(by_look);
        let says = announced.is_some()
            || segment.is_some()
            || inner.is_some()
            || !templates.is_empty()
            || quic.is_some();
        let inner = inner.map(Box::new);
        says.then(|| Joined {
            frame: frame.number,
            segment,
            announced,
            announcement,
            templates,
            quic,
            inner,
            ..Joined::default()
        })
    }

    /// What is known of a datagram's QUIC connection; and that protocol, where its ports do not lead there.
    fn observe_quic(&mut self, frame: u64, scan: &Scan<'_>) -> (Option<Known>, Option<ProtoId>) {
        let (Some(ports), Some((from, to))) = (&self.watch.quic, scan.ports) else { return (None, None) };
        if !self.watch.concerns_quic(scan) {
            return (None, None);
        }
        let own = ports.own(from, to);
        let known = self.quic.observe(frame, scan, own);
        let by_look = ports.protocol().filter(|_| !own && known.is_some());
        (known, by_look)
    }

    /// Announced conversations that had to make room for others.
    pub fn forgotten(&self) -> u64 {
        self.expected.evicted()
    }

    /// QUIC connections that had to make room for others.
    pub fn forgotten_connections(&self) -> u64 {
        self.quic.evicted()
    }

    /// Templates of flow records that had to make room for others.
    pub fn forgotten_templates(&self) -> u64 {
        self.templates.evicted()
    }

    /// Memory that fragments take, about, and datagrams that are kept.
    pub fn kept(&self) -> (usize, usize) {
        self.datagrams.kept()
    }

    /// Memory that streams take, about, and connections that are kept.
    pub fn kept_streams(&self) -> (usize, usize) {
        self.streams.kept()
    }

    /// What became of the datagrams so far.
    pub fn datagrams(&self) -> Counts {
        self.datagrams.counts()
    }

    /// Datagrams of IPv4 and IPv6 that did not become whole.
    pub fn lacking(&self) -> [Lacking; 2] {
        self.datagrams.lacking()
    }

    /// What became of streams so far.
    pub fn streams(&self) -> StreamCounts {
        self.streams.counts()
    }
}
