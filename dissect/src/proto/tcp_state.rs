//! TCP's fields that come from the segments before: stream, relative numbers, analysis. See [`crate::flow::TcpFacts`].

use crate::decode::Walk;
use crate::flow::{RESETS, State, TcpFacts, Verdict};
use crate::schema::{Field, Kind, Severity, Size, be32, bits, flag, u8};

/// The fields in the order in which they are declared, so that no name is looked up for a segment.
#[derive(Clone, Copy)]
enum Known {
    Stream,
    Completeness,
    Seq,
    Ack,
    NextSeq,
    WindowSize,
    ScaleFactor,
    TimeRelative,
    TimeDelta,
    Analysis,
    AcksFrame,
    AckRtt,
    InitialRtt,
    BytesInFlight,
    PushBytesSent,
    Rto,
    RtoFrame,
    DuplicateAckNum,
    DuplicateAckFrame,
    Flags,
    ResetReason,
    Retransmission,
}

/// Verdicts with their fields, from [`Known::Retransmission`] on. Kinds of retransmissions are retransmissions too.
const VERDICTS: [(&str, &str, u32, Severity); 18] = [
    (
        "analysis.retransmission",
        "suspected retransmission",
        Verdict::RETRANSMISSION.0 | Verdict::FAST_RETRANSMISSION.0 | Verdict::SPURIOUS_RETRANSMISSION.0,
        Severity::Note,
    ),
    (
        "analysis.fast_retransmission",
        "suspected fast retransmission: soon after two duplicate acknowledgements",
        Verdict::FAST_RETRANSMISSION.0,
        Severity::Note,
    ),
    (
        "analysis.spurious_retransmission",
        "suspected spurious retransmission: it was acknowledged before",
        Verdict::SPURIOUS_RETRANSMISSION.0,
        Severity::Note,
    ),
    ("analysis.out_of_order", "suspected to be out of order", Verdict::OUT_OF_ORDER.0, Severity::Warning),
    (
        "analysis.lost_segment",
        "the segment before was not captured",
        Verdict::LOST_SEGMENT.0,
        Severity::Warning,
    ),
    (
        "analysis.ack_lost_segment",
        "acknowledges a segment that was not captured",
        Verdict::ACK_LOST_SEGMENT.0,
        Severity::Warning,
    ),
    ("analysis.duplicate_ack", "duplicate acknowledgement", Verdict::DUPLICATE_ACK.0, Severity::Note),
    ("analysis.zero_window", "the receiver takes nothing more", Verdict::ZERO_WINDOW.0, Severity::Warning),
    ("analysis.zero_window_probe", "zero-window probe", Verdict::ZERO_WINDOW_PROBE.0, Severity::Note),
    (
        "analysis.zero_window_probe_ack",
        "answer to a zero-window probe",
        Verdict::ZERO_WINDOW_PROBE_ACK.0,
        Severity::Note,
    ),
    ("analysis.window_full", "fills the receiver's window", Verdict::WINDOW_FULL.0, Severity::Warning),
    ("analysis.window_update", "window update", Verdict::WINDOW_UPDATE.0, Severity::Chat),
    ("analysis.keep_alive", "keep-alive", Verdict::KEEP_ALIVE.0, Severity::Note),
    ("analysis.keep_alive_ack", "answer to a keep-alive", Verdict::KEEP_ALIVE_ACK.0, Severity::Note),
    (
        "analysis.reused_ports",
        "the ports belonged to an earlier connection",
        Verdict::REUSED_PORTS.0,
        Severity::Note,
    ),
    ("analysis.tfo_syn", "a SYN with a cookie of TCP Fast Open", Verdict::FAST_OPEN.0, Severity::Note),
    (
        "analysis.tfo_ack",
        "the data of TCP Fast Open are acknowledged",
        Verdict::FAST_OPEN_TAKEN.0,
        Severity::Note,
    ),
    (
        "analysis.tfo_ignored",
        "the data of TCP Fast Open are not acknowledged",
        Verdict::FAST_OPEN_IGNORED.0,
        Severity::Note,
    ),
];

/// The fields, in the order of [`Known`].
pub(super) fn fields() -> Vec<Field> {
    let span = |name| Field::new(name, Kind::Duration, Size::Bits(64));
    let mut fields = vec![
        be32("stream").doc("number of the stream in the file"),
        u8("completeness")
            .display(completeness)
            .doc("of the segments before: 1 SYN, 2 SYN+ACK, 4 ACK, 8 data, 16 FIN, 32 RST"),
        be32("seq").doc("sequence number, relative"),
        be32("ack").doc("acknowledgement number, relative"),
        be32("nxtseq").doc("next sequence number, relative"),
        be32("window_size").unit("octets").doc("window"),
        be32("window_size_scalefactor").signed().doc("factor of the window; -1: not known, -2: none"),
        span("time_relative").doc("time since the first frame of the stream"),
        span("time_delta").doc("time since the stream's frame before"),
        flag("analysis").doc("analysis by the segments before"),
        be32("analysis.acks_frame").doc("acknowledges the segment in frame"),
        span("analysis.ack_rtt").doc("round trip from that segment to this acknowledgement"),
        span("analysis.initial_rtt").doc("round trip of the handshake"),
        be32("analysis.bytes_in_flight").unit("octets").doc("in flight"),
        be32("analysis.push_bytes_sent").unit("octets").doc("sent since the last push"),
        span("analysis.rto").doc("time since what is sent again was sent first"),
        be32("analysis.rto_frame").doc("frame that sent it first"),
        be32("analysis.duplicate_ack_num").doc("duplicate acknowledgement number"),
        be32("analysis.duplicate_ack_frame").doc("duplicate of the acknowledgement in frame"),
        flag("analysis.flags").doc("something is remarkable"),
        bits("analysis.reset_reason", 8)
            .names(RESETS)
            .expert(Severity::Warning, 1, 1, "connection refused")
            .expert(Severity::Warning, 2, 3, "connection reset")
            .expert(Severity::Note, 4, 7, "connection reset at its end, or of unknown state")
            .doc("what the reset hit"),
    ];
    fields.extend(
        VERDICTS.iter().map(|(name, doc, _, severity)| flag(name).doc(doc).expert(*severity, 1, 1, doc)),
    );
    fields.into_iter().map(|field| field.from_state(State::Tcp)).collect()
}

fn completeness(value: u64, out: &mut Vec<u8>) {
    const NAMES: [&str; 6] = ["SYN", "SYN+ACK", "ACK", "data", "FIN", "RST"];
    crate::render::put::decimal(out, value);
    let mut before: &[u8] = b" (";
    for (at, name) in NAMES.iter().enumerate() {
        if value >> at & 1 == 1 {
            out.extend_from_slice(before);
            out.extend_from_slice(name.as_bytes());
            before = b", ";
        }
    }
    if value != 0 {
        out.push(b')');
    }
}

/// What flows found of the segment, where they found the same header.
fn found<'o>(walk: &Walk<'_, 'o>) -> Option<&'o TcpFacts> {
    let facts = walk.around().facts.and_then(|facts| facts.tcp_at(walk.place_among_its_kind()))?;
    let [a, b, c, d] = *walk.layer_octets().first_chunk::<4>()?;
    let ports = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
    (facts.ports == ports && facts.quoted == walk.quoted()).then_some(facts)
}

/// The relative acknowledgement number.
pub(super) fn acknowledged(walk: &Walk<'_, '_>) -> Option<u32> {
    found(walk).filter(|facts| !facts.quoted).map(|facts| facts.ack)
}

/// Emits the stream and the numbers of a segment whose header is cut.
pub(super) fn emit_numbers(walk: &mut Walk<'_, '_>) {
    let Some(facts) = found(walk) else { return };
    if let Some(first) = numbers(walk, facts).filter(|_| !facts.quoted) {
        times(walk, facts, first);
    }
}

/// When the segment came, after the others of its stream.
fn times(walk: &mut Walk<'_, '_>, facts: &TcpFacts, first: usize) {
    let times = [(Known::TimeRelative, facts.since_first), (Known::TimeDelta, facts.since_previous)]
        .map(|(_, time)| time.cast_unsigned());
    walk.emit_run(first.saturating_add(Known::TimeRelative as usize), walk.layer_offset(), times);
}

/// Emits what is known of the segment from those before it.
pub(super) fn emit(walk: &mut Walk<'_, '_>) {
    let Some(facts) = found(walk) else { return };
    let Some(first) = numbers(walk, facts) else { return };
    let at = walk.layer_offset();
    if facts.quoted {
        return;
    }
    times(walk, facts, first);
    let mut put = |known: Known, value: u64| walk.emit_at(first.saturating_add(known as usize), at, value);
    if let Some(reason) = facts.reset {
        put(Known::ResetReason, reason as u64);
    }
    if facts.analysed {
        analysis(facts, &mut put);
    }
    if facts.verdict.any(Verdict::REMARKABLE) {
        put(Known::Flags, 1);
    }
    if walk.layer_octets().get(13).is_some_and(|flags| flags & 1 == 1) {
        walk.emit(
            if facts.closes_first { "connection.fin_active" } else { "connection.fin_passive" },
            at,
            0,
            1,
        );
    }
    if facts.verdict != Verdict::default() {
        let first = first.saturating_add(Known::Retransmission as usize);
        for (place, (_, _, bits, _)) in VERDICTS.iter().enumerate() {
            if facts.verdict.any(Verdict(*bits)) {
                walk.emit_at(first.saturating_add(place), at, 1);
            }
        }
    }
}

/// Stream, numbers and window; of a quoted segment the window as sent. Gives the place of the first of these fields.
fn numbers(walk: &mut Walk<'_, '_>, facts: &TcpFacts) -> Option<usize> {
    let first = walk.place_of("stream")?;
    let at = walk.layer_offset();
    let window = walk.layer_octets().get(14..16).and_then(|octets| octets.first_chunk::<2>());
    let sent = window.map(|window| u16::from_be_bytes(*window));
    let place = |known: Known| first.saturating_add(known as usize);
    if facts.quoted {
        walk.emit_at(place(Known::Stream), at, u64::from(facts.stream));
        if let Some(sent) = sent {
            walk.emit_at(place(Known::WindowSize), at, u64::from(sent));
        }
        return Some(first);
    }
    let numbers = [
        (Known::Stream, facts.stream),
        (Known::Completeness, facts.completeness.into()),
        (Known::Seq, facts.seq),
        (Known::Ack, facts.ack),
        (Known::NextSeq, facts.next_seq),
        (Known::WindowSize, facts.window),
    ]
    .map(|(_, number)| u64::from(number));
    walk.emit_run(place(Known::Stream), at, numbers);
    if let Some(scale) = facts.scale {
        walk.emit_at(place(Known::ScaleFactor), at, scale.factor().cast_unsigned());
    }
    Some(first)
}

fn analysis(facts: &TcpFacts, put: &mut impl FnMut(Known, u64)) {
    put(Known::Analysis, 1);
    if facts.acks_frame != 0 {
        put(Known::AcksFrame, facts.acks_frame);
        put(Known::AckRtt, facts.ack_rtt.cast_unsigned());
    }
    if facts.initial_rtt != 0 {
        put(Known::InitialRtt, facts.initial_rtt.cast_unsigned());
    }
    if facts.bytes_in_flight != 0 {
        put(Known::BytesInFlight, u64::from(facts.bytes_in_flight));
        put(Known::PushBytesSent, u64::from(facts.push_bytes_sent));
    }
    if facts.rto_frame != 0 {
        put(Known::Rto, facts.rto.cast_unsigned());
        put(Known::RtoFrame, facts.rto_frame);
    }
    if facts.duplicate != 0 {
        put(Known::DuplicateAckNum, u64::from(facts.duplicate));
        put(Known::DuplicateAckFrame, facts.duplicate_of);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_stand_where_they_are_emitted() {
        let fields = fields();
        for (known, name) in [
            (Known::Stream, "stream"),
            (Known::Completeness, "completeness"),
            (Known::Seq, "seq"),
            (Known::Ack, "ack"),
            (Known::NextSeq, "nxtseq"),
            (Known::WindowSize, "window_size"),
            (Known::TimeRelative, "time_relative"),
            (Known::TimeDelta, "time_delta"),
            (Known::Analysis, "analysis"),
            (Known::InitialRtt, "analysis.initial_rtt"),
            (Known::DuplicateAckFrame, "analysis.duplicate_ack_frame"),
            (Known::Flags, "analysis.flags"),
            (Known::ResetReason, "analysis.reset_reason"),
            (Known::Retransmission, "analysis.retransmission"),
        ] {
            assert_eq!(fields.get(known as usize).map(|field| field.name), Some(name));
        }
    }
}
