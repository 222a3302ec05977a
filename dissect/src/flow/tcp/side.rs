//! A side of a connection: what its segments are in the light of those before, and of the other side's.

use super::super::scan::Segment;
use super::super::unacked::{Outstanding, Unacked};
use super::Seen;
use super::facts::{Scale, Tally, TcpFacts, Verdict};

/// One direction of a stream, by who sends.
#[derive(Clone, Debug)]
pub(in crate::flow) struct Side {
    /// The number that relative ones count from.
    pub(super) base: Option<u32>,
    pub(super) saw_syn: bool,
    pub(super) saw_syn_ack: bool,
    pub(super) fin: bool,
    /// The highest number sent so far, and which frame brought it when.
    pub(super) next: Option<u32>,
    pub(super) next_frame: u64,
    pub(super) next_time: i64,
    /// The highest number up to which all was captured.
    pub(super) unbroken: Option<u32>,
    /// Whether more was acknowledged than was ever captured of it.
    pub(super) outrun: bool,
    /// As sent in the segment before.
    pub(super) window: Option<u16>,
    /// Whether that was a SYN, whose window is never scaled.
    pub(super) window_of_syn: bool,
    pub(in crate::flow) scale: Scale,
    pub(super) last_ack: Option<u32>,
    pub(super) last_ack_time: i64,
    pub(super) last_verdict: Verdict,
    pub(super) duplicates: u32,
    pub(super) last_new_ack: u64,
    /// Off from a gap until the other side acknowledges: what is in flight is then not known.
    pub(super) flight_known: bool,
    pub(super) push_bytes: u32,
    pub(super) pushed: bool,
    pub(super) sacks: [(u32, u32); 4],
    pub(super) sack_count: u8,
    /// Its SYN had data, as with TCP Fast Open.
    pub(super) fast_open: bool,
    pub(super) unacked: Unacked,
    pub(in crate::flow) tally: Tally,
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
pub(in crate::flow) fn after(a: u32, b: u32) -> bool {
    b.wrapping_sub(a).cast_signed() < 0
}

/// Fast retransmissions follow the last duplicate acknowledgement within this time, as Wireshark has it.
const FAST: i64 = 20_000_000;
/// Segments out of order come within this time of the later one, where the handshake's round trip is not known.
const DISORDER: i64 = 3_000_000;

impl Side {
    /// Forgets what waits for acknowledgements, for a stream that has ended.
    pub(in crate::flow) fn forget(&mut self, room: &mut usize) {
        self.unacked.forget(room);
    }

    /// Where relative numbers begin.
    pub(super) fn begin(&mut self, segment: &Segment<'_>, peer: &mut Side) {
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
    pub(super) fn receiver(
        &mut self,
        segment: &Segment<'_>,
        peer: &mut Side,
        facts: &mut TcpFacts,
        seen: &Seen<'_>,
    ) {
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
    pub(super) fn sender(&mut self, seen: &Seen<'_>, peer: &Side, rtt: i64, facts: &mut TcpFacts) {
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
    pub(super) fn advance(&mut self, seen: &Seen<'_>, facts: &TcpFacts, room: &mut usize) {
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
    pub(super) fn acknowledge(
        &mut self,
        seen: &Seen<'_>,
        peer: &mut Side,
        facts: &mut TcpFacts,
        room: &mut usize,
    ) {
        if let Some(acked) = peer.unacked.acknowledged(seen.segment.ack, room) {
            facts.acks_frame = acked.frame;
            facts.ack_rtt = seen.time.saturating_sub(acked.time);
        }
    }

    /// Octets in flight behind this segment, and since the last push.
    pub(super) fn flight(&mut self, segment: &Segment<'_>, peer: &Side, facts: &mut TcpFacts) {
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
    pub(super) fn options(&mut self, segment: &Segment<'_>, peer: &mut Side) {
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

    pub(super) fn count(&mut self, seen: &Seen<'_>, peer: &mut Side, facts: &TcpFacts) {
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
    pub(super) fn relative(&self, segment: &Segment<'_>, peer: &Side, facts: &mut TcpFacts) {
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
