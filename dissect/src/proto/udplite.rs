//! UDP-Lite, RFC 3828. Ports and application protocols are UDP's; the length field is the checksum's coverage.

use crate::checksum;
use crate::decode::Walk;
use crate::flow::State;
use crate::frame::ChecksumState;
use crate::render::line::{Body, Line};
use crate::schema::{
    Checksum, Field, IP_PROTO, Kind, Protocol, Severity, Size, Span, UDP_PORT, be16, be32, swapped, u8,
};

pub(super) fn udplite() -> Protocol {
    let span = |name| Field::new(name, Kind::Duration, Size::Bits(64));
    Protocol::new("udplite", "Lightweight User Datagram Protocol")
        .source("RFC 3828 §3.1")
        .on(IP_PROTO, &[136])
        .field(be16("=udp.srcport").craft("sport").default(53).doc("source port"))
        .field(be16("=udp.dstport").craft("dport").default(53).doc("destination port"))
        .field(
            be16("=udp.checksum_coverage")
                .craft("coverage")
                .len_of(Span::Whole, 1, 0)
                .unit("octets")
                .doc("octets that the checksum covers; 0: all"),
        )
        .field(be16("=udp.checksum").craft("chksum").hex().sum(Checksum::Pseudo).doc("checksum"))
        .extra(
            u8("=udp.checksum.status")
                .names(super::CHECKSUM_STATUS)
                .expert(Severity::Error, 0, 0, "the checksum is wrong")
                .doc("checksum status"),
        )
        .extra(be32("=udp.stream").from_state(State::Udp).doc("number of the stream in the file"))
        .extra(
            span("=udp.time_relative").from_state(State::Udp).doc("time since the first frame of the stream"),
        )
        .extra(span("=udp.time_delta").from_state(State::Udp).doc("time since the stream's frame before"))
        .leads(&[UDP_PORT])
        .answers([swapped("=udp.srcport", "=udp.dstport")])
        .after(after)
        .summary(summary)
        .sample(
            "02000000000202000000000108004500002000010000408866530a0000010a000002138813890008000061626364",
        )
}

/// Status in Wireshark's numbers: 0 bad, 1 good, 2 unverified.
fn judge(walk: &Walk<'_, '_>, coverage: usize) -> u64 {
    let data = walk.layer_octets();
    let len = data.len().saturating_add(walk.claimed_left().saturating_sub(walk.rest().len()));
    let covered = if coverage == 0 { len } else { coverage };
    if walk.quoted() || walk.meta().checksum == ChecksumState::NotReady {
        return 2;
    }
    match data.get(..covered) {
        _ if covered < 8 || covered > len => 0,
        None => 2,
        Some(octets) => {
            let total = checksum::add(checksum::pseudo(walk.network(), 136, len), checksum::sum(octets));
            u64::from(total == u16::MAX)
        }
    }
}

fn after(walk: &mut Walk<'_, '_>) {
    let Some([p0, p1, q0, q1, c0, c1, _, _]) = walk.header().first_chunk::<8>().copied() else { return };
    if walk.wants("=udp.checksum.status") {
        let status = judge(walk, usize::from(u16::from_be_bytes([c0, c1])));
        let at = walk.layer_offset().saturating_add(6);
        walk.emit("=udp.checksum.status", at, 0, status);
    }
    super::udp::emit_stream(walk, ["=udp.stream", "=udp.time_relative", "=udp.time_delta"]);
    walk.next_by_ports(UDP_PORT, u16::from_be_bytes([p0, p1]), u16::from_be_bytes([q0, q1]));
}

fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    let Some([p0, p1, q0, q1, ..]) = body.data.first_chunk::<8>().copied() else {
        line.hosts();
        line.cut("udplite", body);
        return;
    };
    let (from, to) = (u16::from_be_bytes([p0, p1]), u16::from_be_bytes([q0, q1]));
    line.endpoints(UDP_PORT, from, to);
    let payload = body.skip(8);
    match line.by_ports(UDP_PORT, from, to, payload) {
        Some(id) => line.protocol(id, payload),
        None => {
            line.text("UDP-Lite, length ");
            line.number(payload.len as u64);
        }
    }
}
