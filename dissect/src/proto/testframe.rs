//! nettool's own test frames: what the traffic generator puts behind a UDP header, and reads back to tell loss, reordering and
//! latency.
//!
//! Layout, network order: magic `nTf1` (4 octets), flow (4), sequence number from 0 (8), time of sending in nanoseconds since
//! 1970 (8), payload. UDP port 49199 of the dynamic range (RFC 6335 §6) is the default; the magic tells the frames on any port.

use crate::schema::{Field, Kind, Protocol, Size, UDP_PORT, be32, be64};

/// The first octets of a test frame.
pub const MAGIC: u32 = 0x6e54_6631;

/// The UDP port that test frames are sent to where nothing else is said.
pub const PORT: u16 = 49_199;

/// Octets of the header.
pub const HEADER_OCTETS: usize = 24;

pub(super) fn test_frame() -> Protocol {
    Protocol::new("nettest", "nettool test frame")
        .layer("NetTest")
        .source("nettool")
        .on(UDP_PORT, &[49_199])
        .heuristic(UDP_PORT, |data| data.len() >= HEADER_OCTETS && data.starts_with(&MAGIC.to_be_bytes()))
        .accepts(UDP_PORT, |data| data.len() >= HEADER_OCTETS && data.starts_with(&MAGIC.to_be_bytes()))
        .field(be32("magic").hex().default(0x6e54_6631).doc("magic"))
        .field(be32("flow").doc("flow").brief())
        .field(be64("seq").doc("sequence number").brief())
        .field(Field::new("time", Kind::Time, Size::Bits(64)).doc("time of sending").brief())
        .sample("02000000000202000000000108004500003b00010000401166af0a0000010a000002c02fc02f0027eec06e54663100000001000000000000000717979cfe362a00007061796c6f6164")
}

/// The header that iperf3 puts into UDP datagrams: seconds, microseconds and a packet number of 4 or 8 octets.
pub(super) fn iperf3() -> Protocol {
    Protocol::new("iperf3", "iperf3 UDP datagram")
        .source("iperf3 3.12, iperf_udp.c")
        .on(UDP_PORT, &[5201])
        .accepts(UDP_PORT, |data| match data.first_chunk::<12>() {
            // Microseconds below a second, and a time between 2001 and 2033 or since a boot of less than 3 years.
            Some([s0, s1, s2, s3, u0, u1, u2, u3, ..]) => {
                let seconds = u32::from_be_bytes([*s0, *s1, *s2, *s3]);
                u32::from_be_bytes([*u0, *u1, *u2, *u3]) < 1_000_000 && (seconds < 100_000_000 || (1_000_000_000..2_000_000_000).contains(&seconds))
            }
            None => false,
        })
        .field(be32("sec").unit("s").doc("seconds"))
        .field(be32("usec").unit("µs").doc("microseconds"))
        .field(be32("sequence").doc("packet number").brief())
        .sample("02000000000202000000000108004500002900010000401166c10a0000010a0000029c401451001568ee6553f100000003e80000000578")
}
