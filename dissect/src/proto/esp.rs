//! ESP (RFC 4303), over IP and over UDP (RFC 3948): what stands before the encrypted octets.

use super::octets::Octets;
use crate::render::line::{Body, Line};
use crate::schema::{IP_PROTO, Protocol, be32, bytes, rest};

pub(super) fn esp() -> Protocol {
    Protocol::new("esp", "Encapsulating Security Payload")
        .layer("ESP")
        .source("RFC 4303 §2")
        .ports_below("udp", 4500, 4500)
        .on(IP_PROTO, &[50])
        .field(be32("spi").hex().default(1).doc("security parameters index"))
        .field(be32("sequence").craft("seq").doc("sequence number"))
        .field(bytes("encrypted_data", rest()).craft("data").doc("encrypted octets"))
        .summary(summary)
        .sample("02000000000202000000000108004500003400010000403266950a0000010a0000020000123400000007656565656565656565656565656565656565656565656565")
}

fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    line.hosts();
    numbers(line, body);
}

/// What stands in the clear: which association, and which of its packets.
pub(super) fn numbers(line: &mut Line<'_, '_>, body: Body<'_>) {
    let mut octets = Octets::of(body);
    let (Some(index), Some(sequence)) = (octets.u32(), octets.u32()) else {
        line.text("ESP");
        line.cut("esp", body);
        return;
    };
    line.text("ESP(spi=");
    line.hex(u64::from(index), 8);
    line.text(",seq=0x");
    super::put::hex(line.out, u64::from(sequence));
    line.text("), length ");
    line.number(body.len as u64);
}
