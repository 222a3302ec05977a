//! UDP, RFC 768.
//!
//! A length of 0 stands for "to the end of the packet" in IPv6 jumbograms and in large frames before segmentation.

use crate::checksum;
use crate::decode::{Network, Walk};
use crate::flow::State;
use crate::frame::ChecksumState;
use crate::render::line::{Body, Line};
use crate::schema::{
    Checksum, Field, IP_PROTO, Kind, Protocol, Severity, Size, Span, UDP_PORT, be16, be32, bytes, rest,
    swapped, u8,
};

pub(super) fn udp() -> Protocol {
    let span = |name| Field::new(name, Kind::Duration, Size::Bits(64));
    Protocol::new("udp", "User Datagram Protocol")
        .layer("UDP")
        .layer("UDPerror")
        .source("RFC 768")
        .on(IP_PROTO, &[17])
        .field(be16("srcport").craft("sport").words(super::services::PORTS).default(53).doc("source port"))
        .field(be16("dstport").craft("dport").words(super::services::PORTS).default(53).doc("destination port"))
        .field(be16("length").craft("len").len_of(Span::Whole, 1, 0).unit("octets").doc("length with header"))
        .field(be16("checksum").craft("chksum").hex().sum(Checksum::PseudoUdp).doc("checksum; 0: none"))
        .extra(u8("checksum.status").names(super::CHECKSUM_STATUS).expert(Severity::Error, 0, 0, "the checksum is wrong").doc("checksum status"))
        .extra(be16("checksum.calculated").alias("checksum_calculated").hex().doc("checksum that would be right"))
        .extra(bytes("payload", rest()).doc("payload octets").hidden())
        .extra(be32("stream").from_state(State::Udp).doc("number of the stream in the file"))
        .extra(span("time_relative").from_state(State::Udp).doc("time since the first frame of the stream"))
        .extra(span("time_delta").from_state(State::Udp).doc("time since the stream's frame before"))
        .either("port", &["srcport", "dstport"])
        .leads(&[UDP_PORT])
        .answers([swapped("srcport", "dstport")])
        .after(after)
        .summary(summary)
        .sample("02000000000202000000000108004800002c00010000401199650a0000010a00000201070704c000024d0000000003e807d0000c1b5561626364")
}

/// What the checksum of a transport segment says, judged with what the network card did.
///
/// Status in Wireshark's numbers: 0 bad, 1 good, 2 unverified (cut, left to the card, quoted), 3 not present. The
/// second value is the sum that would be right, for status 0.
pub(crate) fn judge(
    network: Network,
    protocol: u8,
    segment: Body<'_>,
    stored: u16,
    state: ChecksumState,
) -> (u64, u16) {
    if segment.is_cut() || state == ChecksumState::NotReady || network == Network::None {
        return (2, 0);
    }
    let total = checksum::add(checksum::pseudo(network, protocol, segment.len), checksum::sum(segment.data));
    if total == u16::MAX {
        return (1, 0);
    }
    let mut right = !checksum::add(total, !stored);
    if protocol == 17 && right == 0 {
        right = u16::MAX;
    }
    (0, right)
}

/// Emits status and, where bad, the right sum.
pub(crate) fn emit_status(walk: &mut Walk<'_, '_>, protocol: u8, stored: u16, at: usize) {
    let state = walk.meta().checksum;
    emit_status_with(walk, protocol, stored, at, state);
}

/// Emits status and, where bad, the right sum, for a known state of the checksum.
pub(crate) fn emit_status_with(
    walk: &mut Walk<'_, '_>,
    protocol: u8,
    stored: u16,
    at: usize,
    state: ChecksumState,
) {
    let place = walk.place_of("checksum.status").filter(|place| walk.wants_at(*place));
    if place.is_none() && !walk.wants("checksum.calculated") {
        return;
    }
    let data = walk.layer_octets();
    let len = data.len().saturating_add(walk.claimed_left().saturating_sub(walk.rest().len()));
    let (status, right) = match judge(walk.network(), protocol, Body { data, len }, stored, state) {
        // What the quoting machine itself sent has no checksum yet where its card makes them.
        (0, _) if walk.quoted() => (2, 0),
        judged => judged,
    };
    let at = walk.layer_offset().saturating_add(at);
    if let Some(place) = place {
        walk.emit_at(place, at, status);
    }
    if status == 0 {
        walk.emit("checksum.calculated", at, 0, u64::from(right));
    }
}

fn after(walk: &mut Walk<'_, '_>) {
    let Some(header) = walk.header().first_chunk::<8>() else { return };
    let [p0, p1, q0, q1, l0, l1, c0, c1] = *header;
    let len = usize::from(u16::from_be_bytes([l0, l1]));
    let lacking = len.saturating_sub(8) > walk.claimed_left();
    // A jumbogram (RFC 2675 §4) has no length; a datagram shorter than its header, or IPv4's of none, means nothing.
    if len < 8 && (len > 0 || matches!(walk.network(), Network::V4(..))) {
        walk.malformed(8);
        walk.no_next();
        return;
    }
    if len != 0 {
        walk.limit_payload(i64::try_from(len).unwrap_or(0).saturating_sub(8));
    }
    let stored = u16::from_be_bytes([c0, c1]);
    if stored == 0 {
        let at = walk.layer_offset().saturating_add(6);
        walk.emit("checksum.status", at, 0, 3);
    } else {
        let state = if lacking { ChecksumState::NotReady } else { walk.meta().checksum };
        emit_status_with(walk, 17, stored, 6, state);
    }
    emit_stream(walk, ["stream", "time_relative", "time_delta"]);
    let here = walk.rest().len();
    if here > 0 && walk.asked_by_name() {
        walk.emit("payload", walk.offset(), here, 0);
    }
    walk.next_by_ports(UDP_PORT, u16::from_be_bytes([p0, p1]), u16::from_be_bytes([q0, q1]));
}

/// Emits what is known of the datagram from those before it: stream, times since its first datagram and its last.
pub(super) fn emit_stream(walk: &mut Walk<'_, '_>, names: [&str; 3]) {
    let Some(facts) = walk.around().facts.and_then(|facts| facts.udp_at(walk.place_among_its_kind())) else {
        return;
    };
    let Some([a, b, c, d]) = walk.layer_octets().first_chunk::<4>() else { return };
    // What flows found is shown where the same header was found.
    let ports = (u16::from_be_bytes([*a, *b]), u16::from_be_bytes([*c, *d]));
    if facts.ports != ports || facts.quoted != walk.quoted() {
        return;
    }
    let at = walk.layer_offset();
    let [stream, since_first, since_previous] = names;
    walk.emit(stream, at, 0, u64::from(facts.stream));
    if facts.quoted {
        return;
    }
    walk.emit(since_first, at, 0, facts.since_first.cast_unsigned());
    walk.emit(since_previous, at, 0, facts.since_previous.cast_unsigned());
}

fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    let Some(header) = body.data.first_chunk::<8>() else {
        if let Some([p0, p1, q0, q1]) = body.data.first_chunk::<4>() {
            line.endpoints(UDP_PORT, u16::from_be_bytes([*p0, *p1]), u16::from_be_bytes([*q0, *q1]));
        } else {
            line.hosts();
        }
        line.cut("udp", body);
        return;
    };
    let [p0, p1, q0, q1, l0, l1, c0, c1] = *header;
    let (from, to) = (u16::from_be_bytes([p0, p1]), u16::from_be_bytes([q0, q1]));
    line.endpoints(UDP_PORT, from, to);
    let len = usize::from(u16::from_be_bytes([l0, l1]));
    if len < 8 && (len > 0 || matches!(line.network, Network::V4(..))) {
        line.text("truncated-udplength ");
        line.number(len as u64);
        return;
    }
    let datagram = if len == 0 { body } else { body.limit(len) };
    let payload = datagram.skip(8);
    // As tcpdump: over IPv4 with -vv, over IPv6 with -v.
    let wanted = if matches!(line.network, Network::V6(..)) { 1 } else { 2 };
    if line.style.verbose >= wanted && !line.style.quick {
        verbose_checksum(line, datagram, u16::from_be_bytes([c0, c1]));
    }
    if line.style.quick {
        line.text("UDP, length ");
        line.number(if len == 0 { payload.len as u64 } else { len.saturating_sub(8) as u64 });
        return;
    }
    match line.by_ports(UDP_PORT, from, to, payload) {
        Some(id) => line.protocol(id, payload),
        None => {
            line.text("UDP, length ");
            line.number(if len == 0 { payload.len as u64 } else { len.saturating_sub(8) as u64 });
        }
    }
}

fn verbose_checksum(line: &mut Line<'_, '_>, datagram: Body<'_>, stored: u16) {
    if stored == 0 {
        line.text("[no cksum] ");
        return;
    }
    match judge(line.network, 17, datagram, stored, line.frame.meta.checksum) {
        // What the quoting machine itself sent has no checksum yet where its card makes them.
        (0, _) if line.quoted => {}
        (0, right) => {
            line.text("[bad udp cksum ");
            line.hex(u64::from(stored), 4);
            line.text(" -> ");
            line.hex(u64::from(right), 4);
            line.text("!] ");
        }
        (1, _) => line.text("[udp sum ok] "),
        _ if line.checksum_offloaded() => line.text("[udp cksum left to the NIC] "),
        _ => {}
    }
}
