//! TCP analysis of a stream: what a segment is in the light of those before it.
//!
//! The verdicts are Wireshark's (its user's guide, section "TCP Analysis"), so that its users find what they look for: a
//! segment that does not go on where its side stands is a retransmission, out of order, and so on. Segments are taken in
//! the order of the file; each costs a bounded time, and each stream a bounded memory.

use super::scan::Segment;
use super::unacked::{Outstanding, Unacked};
use crate::frame::Timestamp;

/// What is said of a segment, as bits.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Verdict(pub u32);

impl Verdict {
    /// Sent before.
    pub const RETRANSMISSION: Verdict = Verdict(1);
    /// Sent again soon after duplicate acknowledgements.
    pub const FAST_RETRANSMISSION: Verdict = Verdict(1 << 1);
    /// Sent again although it was acknowledged.
    pub const SPURIOUS_RETRANSMISSION: Verdict = Verdict(1 << 2);
    /// Came behind a later one.
    pub const OUT_OF_ORDER: Verdict = Verdict(1 << 3);
    /// The side's segment before was not captured.
    pub const LOST_SEGMENT: Verdict = Verdict(1 << 4);
    /// Acknowledges what was not captured.
    pub const ACK_LOST_SEGMENT: Verdict = Verdict(1 << 5);
    /// Repeats an acknowledgement.
    pub const DUPLICATE_ACK: Verdict = Verdict(1 << 6);
    /// The receiver takes nothing more.
    pub const ZERO_WINDOW: Verdict = Verdict(1 << 7);
    /// One octet against a window of none.
    pub const ZERO_WINDOW_PROBE: Verdict = Verdict(1 << 8);
    /// Answer to such.
    pub const ZERO_WINDOW_PROBE_ACK: Verdict = Verdict(1 << 9);
    /// Fills what the receiver takes.
    pub const WINDOW_FULL: Verdict = Verdict(1 << 10);
    /// Nothing new but the window.
    pub const WINDOW_UPDATE: Verdict = Verdict(1 << 11);
    /// Begins one octet before what is next.
    pub const KEEP_ALIVE: Verdict = Verdict(1 << 12);
    /// Answer to such.
    pub const KEEP_ALIVE_ACK: Verdict = Verdict(1 << 13);
    /// The ports belonged to an earlier connection.
    pub const REUSED_PORTS: Verdict = Verdict(1 << 14);
    /// A SYN with a cookie of TCP Fast Open (RFC 7413).
    pub const FAST_OPEN: Verdict = Verdict(1 << 15);
    /// Answer to such that acknowledges the data.
    pub const FAST_OPEN_TAKEN: Verdict = Verdict(1 << 16);
    /// Answer to such that does not.
    pub const FAST_OPEN_IGNORED: Verdict = Verdict(1 << 17);

    /// Those that are remarkable: all but what the handshake says of TCP Fast Open.
    pub(crate) const REMARKABLE: Verdict = Verdict((1 << 15) - 1);

    /// Whether one of these bits is set.
    #[inline]
    pub fn any(self, other: Verdict) -> bool {
        self.0 & other.0 != 0
    }

    #[inline]
    fn set(&mut self, other: Verdict) {
        self.0 |= other.0;
    }
}

/// Why a connection was reset.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub enum Reset {
    /// In answer to a SYN: nobody listens, or a filter refuses.
    Refused = 1,
    /// By the side that had sent the SYN, before the handshake was complete.
    HandshakeAborted = 2,
    /// In an established connection.
    Established = 3,
    /// By a side that had sent FIN.
    AfterOwnFin = 4,
    /// In answer to data or FIN after the other side's FIN: it was closed, not shut down.
    AfterPeersFin = 5,
    /// The connection's beginning was not captured.
    Unknown = 6,
    /// After another reset.
    Again = 7,
}

/// Reset reasons with their names, for value lists.
pub const RESETS: &[(u64, &str)] = &[
    (1, "refused"),
    (2, "handshake aborted"),
    (3, "established connection"),
    (4, "after own FIN"),
    (5, "after the peer's FIN"),
    (6, "beginning not captured"),
    (7, "after a reset"),
];

/// Window scale of a side.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Scale {
    /// The handshake was not captured.
    #[default]
    Unknown,
    /// The handshake says: none.
    Unused,
    /// So many bits.
    Shift(u8),
}

impl Scale {
    /// Bits that windows are shifted by.
    pub fn shift(self) -> u8 {
        match self {
            Scale::Unknown | Scale::Unused => 0,
            Scale::Shift(shift) => shift.min(14),
        }
    }

    /// As Wireshark writes the factor: -1 unknown, -2 none.
    pub fn factor(self) -> i64 {
        match self {
            Scale::Unknown => -1,
            Scale::Unused => -2,
            Scale::Shift(_) => 1_i64 << self.shift(),
        }
    }
}

/// What is known of a segment from its stream.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct TcpFacts {
    /// Number of the stream, from 0 in the order of the file.
    pub stream: u32,
    /// Whether an ICMP error quotes the segment: nothing but the stream is known then, and it does not count.
    pub quoted: bool,
    /// Source and destination port.
    pub ports: (u16, u16),
    /// Sequence number relative to the side's first.
    pub seq: u32,
    /// Acknowledgement number relative to the other side's first.
    pub ack: u32,
    /// Sequence number of what comes next.
    pub next_seq: u32,
    /// What is said of it.
    pub verdict: Verdict,
    /// Whether the analysis has anything to say.
    pub analysed: bool,
    /// Which one of duplicate acknowledgements it is.
    pub duplicate: u32,
    /// The frame that first acknowledged so.
    pub duplicate_of: u64,
    /// The frame that it acknowledges; 0: none.
    pub acks_frame: u64,
    /// Nanoseconds from that frame to this one.
    pub ack_rtt: i64,
    /// Nanoseconds of the handshake, from SYN to the ACK of SYN+ACK; 0: not known.
    pub initial_rtt: i64,
    /// Octets sent and not acknowledged, this segment's included; 0: not known.
    pub bytes_in_flight: u32,
    /// Octets sent since the last push.
    pub push_bytes_sent: u32,
    /// Nanoseconds since the frame that a retransmission repeats; 0: none.
    pub rto: i64,
    /// That frame.
    pub rto_frame: u64,
    /// Window in octets, as far as the scale is known.
    pub window: u32,
    /// Scale of the window; `None` for SYN, whose window is never scaled.
    pub scale: Option<Scale>,
    /// Why the connection was reset, by a RST.
    pub reset: Option<Reset>,
    /// Of a FIN: whether the other side has not sent one before.
    pub closes_first: bool,
    /// What the stream had before: bits 0 to 5 for SYN, SYN+ACK, ACK, data, FIN, RST.
    pub completeness: u8,
    /// Nanoseconds since the stream's first frame.
    pub since_first: i64,
    /// Nanoseconds since the stream's frame before.
    pub since_previous: i64,
}

/// Bits of [`TcpFacts::completeness`].
mod complete {
    pub(super) const SYN: u8 = 1;
    pub(super) const SYN_ACK: u8 = 2;
    pub(super) const ACK: u8 = 4;
    pub(super) const DATA: u8 = 8;
    pub(super) const FIN: u8 = 16;
    pub(super) const RST: u8 = 32;
}

/// Counts and times of one side of a stream.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    /// Segments.
    pub segments: u32,
    /// Frames' octets on the wire.
    pub octets: u64,
    /// Octets of data, repeated ones too.
    pub data: u64,
    /// Octets of data that were sent again.
    pub repeated: u64,
    /// Retransmissions of every kind.
    pub retransmissions: u32,
    /// Of these, fast ones.
    pub fast: u32,
    /// Of these, spurious ones.
    pub spurious: u32,
    /// Out of order.
    pub out_of_order: u32,
    /// Gaps before a segment.
    pub lost: u32,
    /// Duplicate acknowledgements.
    pub duplicate_acks: u32,
    /// Windows of 0.
    pub zero_windows: u32,
    /// Segments that filled the window.
    pub full_windows: u32,
    /// Resets.
    pub resets: u32,
    /// Acknowledgements of this side's data whose time is known, and their shortest, longest and summed time in ns.
    pub rtts: u32,
    /// Shortest.
    pub rtt_min: i64,
    /// Longest.
    pub rtt_max: i64,
    /// Sum.
    pub rtt_sum: i64,
    /// Most octets in flight.
    pub in_flight_max: u32,
}

impl Tally {
    fn rtt(&mut self, nanoseconds: i64) {
        let nanoseconds = nanoseconds.max(0);
        self.rtt_min = if self.rtts == 0 { nanoseconds } else { self.rtt_min.min(nanoseconds) };
        self.rtt_max = self.rtt_max.max(nanoseconds);
        self.rtt_sum = self.rtt_sum.saturating_add(nanoseconds);
        self.rtts = self.rtts.saturating_add(1);
    }
}

/// One direction of a stream, by who sends.
#[derive(Clone, Debug)]
pub(super) struct Side {
    /// The number that relative ones count from.
    base: Option<u32>,
    saw_syn: bool,
    saw_syn_ack: bool,
    fin: bool,
    /// The highest number sent so far, and which frame brought it when.
    next: Option<u32>,
    next_frame: u64,
    next_time: i64,
    /// The highest number up to which all was captured.
    unbroken: Option<u32>,
    /// Whether more was acknowledged than was ever captured of it.
    outrun: bool,
    /// As sent in the segment before.
    window: Option<u16>,
    /// Whether that was a SYN, whose window is never scaled.
    window_of_syn: bool,
    pub(super) scale: Scale,
    last_ack: Option<u32>,
    last_ack_time: i64,
    last_verdict: Verdict,
    duplicates: u32,
    last_new_ack: u64,
    /// Off from a gap until the other side acknowledges: what is in flight is then not known.
    flight_known: bool,
    push_bytes: u32,
    pushed: bool,
    sacks: [(u32, u32); 4],
    sack_count: u8,
    /// Its SYN had data, as with TCP Fast Open.
    fast_open: bool,
    unacked: Unacked,
    pub(super) tally: Tally,
}

impl Default for Side {
    fn default() -> Self {
        Side {
            base: None,
            saw_syn: false,
            saw_syn_ack: false,
            fin: false,
            next: None,
            next_frame: 0,
            next_time: 0,
            unbroken: None,
            outrun: false,
            window: None,
            window_of_syn: false,
            scale: Scale::Unknown,
            last_ack: None,
            last_ack_time: 0,
            last_verdict: Verdict::default(),
            duplicates: 0,
            last_new_ack: 0,
            flight_known: true,
            push_bytes: 0,
            pushed: false,
            sacks: [(0, 0); 4],
            sack_count: 0,
            fast_open: false,
            unacked: Unacked::default(),
            tally: Tally::default(),
        }
    }
}

/// Whether `a` comes behind `b` in sequence space.
#[inline]
pub(super) fn after(a: u32, b: u32) -> bool {
    b.wrapping_sub(a).cast_signed() < 0
}

const SYN_ACK: u8 = Segment::SYN | Segment::ACK;
/// Fast retransmissions follow the last duplicate acknowledgement within this time, as Wireshark has it.
const FAST: i64 = 20_000_000;
/// Segments out of order come within this time of the later one, where the handshake's round trip is not known.
const DISORDER: i64 = 3_000_000;

/// A connection.
#[derive(Clone, Debug)]
pub(super) struct Stream {
    pub(super) number: u32,
    /// By who sends: the lesser end's first.
    pub(super) sides: [Side; 2],
    pub(super) first_frame: u64,
    /// Whether the greater end sent the first frame.
    pub(super) first_reversed: bool,
    pub(super) start: i64,
    pub(super) end: i64,
    syn_time: Option<i64>,
    /// When the first SYN came: how long whoever connects has waited.
    first_syn: Option<i64>,
    pub(super) syn_answer: Option<i64>,
    pub(super) initial_rtt: i64,
    pub(super) completeness: u8,
    pub(super) reset: Option<Reset>,
    /// Whether the first FIN came from the greater end.
    first_fin: Option<bool>,
    /// The ICMP error that a SYN without an answer met last: version of IP, type and code.
    pub(super) refused: Option<(u8, u8, u8)>,
    /// SYNs without ACK.
    pub(super) syns: u16,
    pub(super) reused: bool,
    /// Nothing but ICMP errors has been seen of it: it has a number and no segment.
    pub(super) only_quoted: bool,
}

/// A segment with what the frame says of it.
#[derive(Clone, Copy)]
pub(super) struct Seen<'s> {
    pub(super) segment: Segment<'s>,
    pub(super) reversed: bool,
    pub(super) frame: u64,
    pub(super) time: i64,
    pub(super) octets: u32,
}

impl Stream {
    pub(super) fn new(number: u32, seen: &Seen<'_>) -> Self {
        Stream {
            number,
            sides: Default::default(),
            first_frame: seen.frame,
            first_reversed: seen.reversed,
            start: seen.time,
            end: seen.time,
            syn_time: None,
            first_syn: None,
            syn_answer: None,
            initial_rtt: 0,
            completeness: 0,
            reset: None,
            first_fin: None,
            refused: None,
            syns: 0,
            reused: false,
            only_quoted: false,
        }
    }

    /// An ICMP error quotes a segment with this number: where that is the SYN of the side, which waits for its answer, it has one.
    pub(super) fn refuse(&mut self, reversed: bool, seq: u32, error: (u8, u8, u8)) {
        let (side, _) = self.split(reversed);
        let waits = side.saw_syn && side.base == Some(seq);
        if waits && self.completeness == 1 {
            self.refused = Some(error);
        }
    }

    fn split(&mut self, reversed: bool) -> (&mut Side, &mut Side) {
        let [low, high] = &mut self.sides;
        if reversed { (high, low) } else { (low, high) }
    }

    /// Whether a SYN begins another connection between the same ports.
    pub(super) fn is_renewed_by(&self, seen: &Seen<'_>) -> bool {
        let [low, high] = &self.sides;
        let side = if seen.reversed { high } else { low };
        let segment = &seen.segment;
        segment.flags & (Segment::SYN | Segment::ACK) == Segment::SYN
            && side.base.is_some_and(|base| base != segment.seq)
    }

    /// Judges a segment, and takes it into account.
    pub(super) fn take(&mut self, seen: &Seen<'_>, room: &mut usize) -> TcpFacts {
        let segment = &seen.segment;
        let mut facts = TcpFacts {
            stream: self.number,
            since_first: seen.time.saturating_sub(self.start),
            since_previous: seen.time.saturating_sub(self.end),
            ..TcpFacts::default()
        };
        self.end = seen.time;
        if self.reused && seen.frame == self.first_frame {
            facts.verdict.set(Verdict::REUSED_PORTS);
        }
        self.handshake(seen, &mut facts);
        facts.reset = self.reset_reason(seen);
        let closer = segment.has(Segment::FIN).then(|| *self.first_fin.get_or_insert(seen.reversed));
        facts.closes_first = closer == Some(seen.reversed);
        let rtt = self.initial_rtt;
        let (side, peer) = self.split(seen.reversed);
        side.begin(segment, peer);
        side.receiver(segment, peer, &mut facts, seen);
        side.sender(seen, peer, rtt, &mut facts);
        side.advance(seen, &facts, room);
        side.acknowledge(seen, peer, &mut facts, room);
        side.flight(segment, peer, &mut facts);
        side.options(segment, peer);
        side.count(seen, peer, &facts);
        side.relative(segment, peer, &mut facts);
        self.fast_open(seen, &mut facts);
        self.first_round_trip(seen, &facts);
        facts.completeness = self.completeness;
        let first = seen.frame == self.first_frame;
        if !first || segment.has(Segment::SYN) {
            // Of a stream whose beginning is not there, the first segment tells nothing (as Wireshark counts).
            self.complete(segment);
        }
        if first && self.reused {
            facts.completeness = self.completeness;
        }
        facts.initial_rtt = self.initial_rtt;
        facts.analysed |= facts.verdict.any(Verdict::REMARKABLE)
            || facts.acks_frame != 0
            || facts.bytes_in_flight != 0
            || facts.rto_frame != 0;
        facts
    }

    /// Times of the handshake, and what a SYN that comes again puts right.
    fn handshake(&mut self, seen: &Seen<'_>, facts: &mut TcpFacts) {
        let flags = seen.segment.flags & (Segment::SYN | Segment::ACK);
        if flags & Segment::SYN == 0 {
            return;
        }
        if flags == Segment::SYN {
            self.syn_time = Some(seen.time);
            self.first_syn = self.first_syn.or(self.syn_time);
            self.syns = self.syns.saturating_add(1);
            let (side, _) = self.split(seen.reversed);
            if side.base == Some(seen.segment.seq) && side.next.is_some() {
                // A RST may have borne the number that was acknowledged, and moved `next`.
                side.next = side.unbroken;
            }
            return;
        }
        let since = self.first_syn.map(|syn| seen.time.saturating_sub(syn));
        self.syn_answer = self.syn_answer.or(since);
        let (side, _) = self.split(seen.reversed);
        if side.base.is_some_and(|base| base != seen.segment.seq) {
            facts.verdict.set(Verdict::REUSED_PORTS);
            side.base = Some(seen.segment.seq);
        }
    }

    /// What became of the data in a SYN (RFC 7413 §4).
    fn fast_open(&mut self, seen: &Seen<'_>, facts: &mut TcpFacts) {
        let segment = &seen.segment;
        let (side, peer) = self.split(seen.reversed);
        match segment.flags & (Segment::SYN | Segment::ACK) {
            Segment::SYN => {
                side.fast_open = segment.len > 0;
                // With a cookie; the option had a number of experiments before (RFC 6994, RFC 7413 §4.1.1).
                let cookie = segment.option(34).filter(|cookie| !cookie.is_empty());
                let before =
                    segment.option(254).filter(|data| data.starts_with(&[0xf9, 0x89]) && data.len() > 2);
                if cookie.or(before).is_some() {
                    facts.verdict.set(Verdict::FAST_OPEN);
                }
            }
            SYN_ACK if peer.fast_open => {
                let taken = peer.base.is_some_and(|base| after(segment.ack, base.wrapping_add(1)));
                facts.verdict.set(if taken { Verdict::FAST_OPEN_TAKEN } else { Verdict::FAST_OPEN_IGNORED });
            }
            _ => {}
        }
    }

    /// The handshake's round trip, when its last segment is there.
    fn first_round_trip(&mut self, seen: &Seen<'_>, facts: &TcpFacts) {
        let behind_syn = facts.seq == 1 || self.split(seen.reversed).0.fast_open;
        if self.initial_rtt != 0 || !behind_syn || facts.ack != 1 {
            return;
        }
        let is_ack = seen.segment.flags & (Segment::SYN | Segment::ACK) == Segment::ACK;
        if let Some(start) = self.syn_time.filter(|_| is_ack) {
            self.initial_rtt = seen.time.saturating_sub(start);
        }
    }

    fn complete(&mut self, segment: &Segment<'_>) {
        let flags = segment.flags;
        if flags & (Segment::SYN | Segment::ACK) == Segment::SYN {
            self.completeness |= complete::SYN;
        }
        if segment.len > 0 {
            self.completeness |= complete::DATA;
        }
        if segment.has(Segment::SYN | Segment::ACK) {
            self.completeness |= complete::SYN_ACK;
        } else if segment.has(Segment::ACK) {
            self.completeness |= if segment.len > 0 { complete::DATA } else { complete::ACK };
        }
        if segment.has(Segment::FIN | Segment::ACK) {
            self.completeness |= complete::FIN;
        }
        if segment.has(Segment::RST) {
            self.completeness |= complete::RST;
        }
    }

    /// Why a RST resets, by what the stream had before.
    fn reset_reason(&mut self, seen: &Seen<'_>) -> Option<Reset> {
        if !seen.segment.has(Segment::RST) {
            return None;
        }
        let before = self.completeness;
        let established = before & (complete::ACK | complete::DATA) != 0;
        let again = self.reset.is_some();
        let (side, peer) = self.split(seen.reversed);
        let reason = if again {
            Reset::Again
        } else if before & complete::SYN != 0 && before & complete::SYN_ACK == 0 && peer.saw_syn {
            Reset::Refused
        } else if peer.fin {
            Reset::AfterPeersFin
        } else if side.fin {
            Reset::AfterOwnFin
        } else if before & (complete::SYN | complete::SYN_ACK) == 0 && !established {
            Reset::Unknown
        } else if established {
            Reset::Established
        } else {
            Reset::HandshakeAborted
        };
        self.reset = self.reset.or(Some(reason));
        Some(reason)
    }
}

impl Side {
    /// Forgets what waits for acknowledgements, for a stream that has ended.
    pub(super) fn forget(&mut self, room: &mut usize) {
        self.unacked.forget(room);
    }

    /// Where relative numbers begin.
    fn begin(&mut self, segment: &Segment<'_>, peer: &mut Side) {
        if self.base.is_none() {
            if segment.has(Segment::SYN) {
                self.base = Some(segment.seq);
                let with_ack = segment.has(Segment::ACK);
                self.saw_syn |= !with_ack;
                self.saw_syn_ack |= with_ack;
            } else {
                // As if the SYN had come just before.
                self.base = Some(segment.seq.wrapping_sub(1));
            }
        }
        if segment.has(Segment::ACK) {
            peer.base = peer.base.or(Some(segment.ack.wrapping_sub(1)));
            peer.flight_known = true;
        }
    }

    /// Whether the segment repeats what its side has said, with nothing in it.
    fn repeats(&self, segment: &Segment<'_>) -> bool {
        segment.len == 0
            && self.window == Some(segment.window)
            && self.next == Some(segment.seq)
            && segment.flags & (Segment::SYN | Segment::FIN | Segment::RST) == 0
    }

    /// What the segment says as a receiver's: windows, acknowledgements, probes and their answers.
    fn receiver(&mut self, segment: &Segment<'_>, peer: &mut Side, facts: &mut TcpFacts, seen: &Seen<'_>) {
        let verdict = &mut facts.verdict;
        let plain = segment.flags & (Segment::SYN | Segment::FIN | Segment::RST) == 0;
        let goes_on = self.next == Some(segment.seq);
        let same_ack = self.last_ack == Some(segment.ack);
        if segment.len == 1 && goes_on && peer.window == Some(0) {
            verdict.set(Verdict::ZERO_WINDOW_PROBE);
        } else {
            if segment.window == 0 && plain {
                verdict.set(Verdict::ZERO_WINDOW);
            }
            if !segment.has(Segment::RST) && self.next.is_some_and(|next| after(segment.seq, next)) {
                verdict.set(Verdict::LOST_SEGMENT);
                self.flight_known = false;
            }
            if segment.len <= 1 && plain && self.next.is_some_and(|next| segment.seq == next.wrapping_sub(1))
            {
                verdict.set(Verdict::KEEP_ALIVE);
            }
            if segment.len == 0
                && segment.window != 0
                && self.window != Some(segment.window)
                && goes_on
                && same_ack
                && plain
            {
                verdict.set(Verdict::WINDOW_UPDATE);
            }
            if segment.len > 0 && plain && peer.edge() == Some(segment.seq.wrapping_add(segment.len)) {
                verdict.set(Verdict::WINDOW_FULL);
            }
            self.answers(segment, peer, facts);
        }
        if self.last_ack != Some(segment.ack) {
            self.last_new_ack = seen.frame;
            self.duplicates = 0;
        }
        if segment.has(Segment::ACK) && peer.unbroken.is_some_and(|unbroken| after(segment.ack, unbroken)) {
            Side::acks_unseen(segment, peer, facts);
        }
    }

    /// An acknowledgement beyond what was captured without a gap: of segments behind the gap, of a probe's octet, or of what
    /// was not captured. The latter is said once, until the sender goes on from there.
    fn acks_unseen(segment: &Segment<'_>, peer: &mut Side, facts: &mut TcpFacts) {
        facts.analysed = true;
        let beyond = peer.next.is_some_and(|next| after(segment.ack, next));
        if !(beyond && (peer.outrun || peer.duplicates > 0)) {
            facts.verdict.set(Verdict::ACK_LOST_SEGMENT);
        }
        if beyond {
            peer.outrun = true;
            peer.duplicates = 0;
        }
        peer.unbroken = peer.next;
    }

    /// The first number that the side does not take, where its scale is known.
    fn edge(&self) -> Option<u32> {
        let window = u32::from(self.window?);
        let shift = match (self.window_of_syn, self.scale) {
            (_, Scale::Unknown) => return None,
            (true, _) => 0,
            (false, scale) => scale.shift(),
        };
        Some(self.last_ack?.wrapping_add(window << shift))
    }

    /// Answers to probes, and duplicate acknowledgements.
    fn answers(&mut self, segment: &Segment<'_>, peer: &mut Side, facts: &mut TcpFacts) {
        if !self.repeats(segment) {
            return;
        }
        let same_ack = self.last_ack == Some(segment.ack);
        if !same_ack {
            return;
        }
        if segment.window != 0 {
            if peer.last_verdict.any(Verdict::KEEP_ALIVE) {
                facts.verdict.set(Verdict::KEEP_ALIVE_ACK);
                return;
            }
            self.duplicates = self.duplicates.saturating_add(1);
            facts.verdict.set(Verdict::DUPLICATE_ACK);
            facts.duplicate = self.duplicates;
            facts.duplicate_of = self.last_new_ack;
        } else if peer.last_verdict.any(Verdict::ZERO_WINDOW_PROBE) {
            facts.verdict.set(Verdict::ZERO_WINDOW_PROBE_ACK);
        }
    }

    /// What the segment is as a sender's that does not go on: sent again, or out of order.
    fn sender(&mut self, seen: &Seen<'_>, peer: &Side, rtt: i64, facts: &mut TcpFacts) {
        let segment = &seen.segment;
        let Some(next) = self.next.filter(|next| after(*next, segment.seq)) else { return };
        let flag = segment.flags & (Segment::SYN | Segment::FIN) != 0;
        let carries = segment.len > 0 || flag;
        if !carries || facts.verdict.any(Verdict::KEEP_ALIVE) {
            return;
        }
        // One octet back and more than one of data: what a zero-window probe brought comes again with the rest.
        let behind = !(segment.len > 1 && next.wrapping_sub(1) == segment.seq);
        let end = segment.seq.wrapping_add(segment.len);
        if segment.len > 0 && peer.last_ack.is_some_and(|ack| ack != 0 && !after(end, ack)) {
            facts.verdict.set(Verdict::SPURIOUS_RETRANSMISSION);
            return;
        }
        if !behind {
            return;
        }
        let since_ack = seen.time.saturating_sub(peer.last_ack_time);
        if peer.duplicates >= 2 && since_ack < FAST && peer.last_ack == Some(segment.seq) {
            facts.verdict.set(Verdict::FAST_RETRANSMISSION);
            return;
        }
        let since_next = seen.time.saturating_sub(self.next_time);
        let limit = if rtt == 0 { DISORDER } else { rtt };
        if since_next < limit && next != end.wrapping_add(u32::from(flag)) {
            facts.verdict.set(Verdict::OUT_OF_ORDER);
            return;
        }
        facts.verdict.set(Verdict::RETRANSMISSION);
        let (frame, time) = self.unacked.oldest().unwrap_or((self.next_frame, self.next_time));
        facts.rto = seen.time.saturating_sub(time);
        facts.rto_frame = frame;
    }

    /// Moves the side's numbers on.
    fn advance(&mut self, seen: &Seen<'_>, facts: &TcpFacts, room: &mut usize) {
        let segment = &seen.segment;
        let flag = segment.flags & (Segment::SYN | Segment::FIN) != 0;
        let next = segment.seq.wrapping_add(segment.len).wrapping_add(u32::from(flag));
        if segment.len > 0 || flag {
            self.unacked
                .push(Outstanding { seq: segment.seq, next, frame: seen.frame, time: seen.time }, room);
        }
        let probe = facts.verdict.any(Verdict::ZERO_WINDOW_PROBE);
        if !probe {
            if self.next.is_none_or(|known| after(next, known)) {
                self.next = Some(next);
                (self.next_frame, self.next_time) = (seen.frame, seen.time);
            }
            if self.unbroken.is_none_or(|unbroken| unbroken == segment.seq) {
                self.unbroken = self.next;
                self.outrun = false;
            }
        }
        self.window = Some(segment.window);
        self.window_of_syn = segment.has(Segment::SYN);
        self.last_ack = Some(segment.ack);
        self.last_ack_time = seen.time;
        self.last_verdict = facts.verdict;
        self.fin |= segment.has(Segment::FIN);
    }

    /// What the segment acknowledges of the other side's.
    fn acknowledge(&mut self, seen: &Seen<'_>, peer: &mut Side, facts: &mut TcpFacts, room: &mut usize) {
        if let Some(acked) = peer.unacked.acknowledged(seen.segment.ack, room) {
            facts.acks_frame = acked.frame;
            facts.ack_rtt = seen.time.saturating_sub(acked.time);
        }
    }

    /// Octets in flight behind this segment, and since the last push.
    fn flight(&mut self, segment: &Segment<'_>, peer: &Side, facts: &mut TcpFacts) {
        if segment.len == 0 || !self.flight_known {
            return;
        }
        let Some(span) = self.unacked.span() else { return };
        let sacks = peer.sacks.get(..usize::from(peer.sack_count)).unwrap_or_default();
        let delivered =
            sacks.iter().fold(0_u32, |sum, (left, right)| sum.wrapping_add(right.wrapping_sub(*left)));
        // The number that SYN or FIN takes is no octet.
        let flag = u32::from(segment.flags & (Segment::SYN | Segment::FIN) != 0);
        let in_flight = span.wrapping_sub(delivered).wrapping_sub(flag);
        facts.analysed = true;
        if in_flight < 2_000_000_000 {
            facts.bytes_in_flight = in_flight;
        }
        let goes_on = !self.pushed;
        self.push_bytes = if goes_on { self.push_bytes.saturating_add(segment.len) } else { segment.len };
        self.pushed = segment.has(Segment::PSH);
        facts.push_bytes_sent = self.push_bytes;
    }

    /// Window scale and selective acknowledgements.
    fn options(&mut self, segment: &Segment<'_>, peer: &mut Side) {
        self.sack_count = 0;
        if let Some(blocks) = segment.option(5) {
            let edges = blocks.as_chunks::<8>().0.iter().map(|[a, b, c, d, e, f, g, h]| {
                (u32::from_be_bytes([*a, *b, *c, *d]), u32::from_be_bytes([*e, *f, *g, *h]))
            });
            for (slot, edge) in self.sacks.iter_mut().zip(edges) {
                *slot = edge;
                self.sack_count = self.sack_count.saturating_add(1);
            }
        }
        if !segment.has(Segment::SYN) {
            return;
        }
        match segment.option(3) {
            Some([shift, ..]) => {
                let refused = segment.has(Segment::ACK) && peer.scale == Scale::Unused;
                self.scale = if refused { Scale::Unused } else { Scale::Shift(*shift) };
            }
            _ if self.scale == Scale::Unknown => {
                // Both sides must offer it (RFC 7323 §2.2).
                self.scale = Scale::Unused;
                peer.scale = Scale::Unused;
            }
            _ => {}
        }
    }

    fn count(&mut self, seen: &Seen<'_>, peer: &mut Side, facts: &TcpFacts) {
        let (tally, verdict) = (&mut self.tally, facts.verdict);
        let one = |bits: Verdict| u32::from(verdict.any(bits));
        let again = Verdict(
            Verdict::RETRANSMISSION.0 | Verdict::FAST_RETRANSMISSION.0 | Verdict::SPURIOUS_RETRANSMISSION.0,
        );
        tally.segments = tally.segments.saturating_add(1);
        tally.octets = tally.octets.saturating_add(u64::from(seen.octets));
        let data = u64::from(seen.segment.len);
        tally.data = tally.data.saturating_add(data);
        if verdict.any(again) || (verdict.any(Verdict::KEEP_ALIVE) && data == 1) {
            tally.repeated = tally.repeated.saturating_add(data);
        }
        let counts = [
            (&mut tally.retransmissions, again),
            (&mut tally.fast, Verdict::FAST_RETRANSMISSION),
            (&mut tally.spurious, Verdict::SPURIOUS_RETRANSMISSION),
            (&mut tally.out_of_order, Verdict::OUT_OF_ORDER),
            (&mut tally.lost, Verdict::LOST_SEGMENT),
            (&mut tally.duplicate_acks, Verdict::DUPLICATE_ACK),
            (&mut tally.zero_windows, Verdict::ZERO_WINDOW),
            (&mut tally.full_windows, Verdict::WINDOW_FULL),
        ];
        if verdict != Verdict::default() {
            counts.into_iter().for_each(|(count, bits)| *count = count.saturating_add(one(bits)));
        }
        tally.resets = tally.resets.saturating_add(u32::from(facts.reset.is_some()));
        tally.in_flight_max = tally.in_flight_max.max(facts.bytes_in_flight);
        if facts.acks_frame != 0 {
            peer.tally.rtt(facts.ack_rtt);
        }
    }

    /// Numbers and window for people.
    fn relative(&self, segment: &Segment<'_>, peer: &Side, facts: &mut TcpFacts) {
        facts.seq = segment.seq.wrapping_sub(self.base.unwrap_or(0));
        facts.ack = segment.ack.wrapping_sub(peer.base.unwrap_or(0));
        if !segment.has(Segment::ACK) {
            facts.ack = segment.ack;
        }
        let flag = segment.flags & (Segment::SYN | Segment::FIN) != 0;
        facts.next_seq = facts.seq.wrapping_add(segment.len).wrapping_add(u32::from(flag));
        facts.window = u32::from(segment.window);
        if !segment.has(Segment::SYN) {
            facts.scale = Some(self.scale);
            facts.window <<= self.scale.shift();
        }
    }
}

/// Nanoseconds since 1970 of a frame's time; frames without one are as late as the one before.
pub(super) fn nanoseconds(time: Option<Timestamp>, before: i64) -> i64 {
    time.map_or(before, |time| time.0)
}
