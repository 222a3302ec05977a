//! TCP analysis of a stream: what a segment is in the light of those before it.
//!
//! The verdicts are Wireshark's (its user's guide, section "TCP Analysis"), so that its users find what they look for: a
//! segment that does not go on where its side stands is a retransmission, out of order, and so on. Segments are taken in
//! the order of the file; each costs a bounded time, and each stream a bounded memory.

mod facts;
mod side;

use super::scan::Segment;
use crate::frame::Timestamp;
use side::Side;

pub use facts::{RESETS, Reset, Scale, Tally, TcpFacts, Verdict};
pub(super) use side::after;

/// Bits of [`TcpFacts::completeness`].
mod complete {
    pub(super) const SYN: u8 = 1;
    pub(super) const SYN_ACK: u8 = 2;
    pub(super) const ACK: u8 = 4;
    pub(super) const DATA: u8 = 8;
    pub(super) const FIN: u8 = 16;
    pub(super) const RST: u8 = 32;
}

const SYN_ACK: u8 = Segment::SYN | Segment::ACK;
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
        // The acknowledgement alone may be lost: then a later segment tells. One of SYN+ACK with data takes that in too.
        let (side, _) = self.split(seen.reversed);
        let fast_open = side.fast_open;
        if self.initial_rtt != 0 || (facts.ack != 1 && !fast_open) {
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

/// Nanoseconds since 1970 of a frame's time; frames without one are as late as the one before.
pub(super) fn nanoseconds(time: Option<Timestamp>, before: i64) -> i64 {
    time.map_or(before, |time| time.0)
}
