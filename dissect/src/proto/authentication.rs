//! IP authentication header, RFC 4302.

use super::ipv6::next_header;
use crate::render::line::{Body, Line};
use crate::schema::{IP_PROTO, Protocol, Size, be32, built, bytes, decoded, lit, rest, u8, val};

pub(super) fn ah() -> Protocol {
    let mut next =
        u8("next_header").craft("nh").next(IP_PROTO).named_by(super::ip_protocol_name).doc("next header");
    // scapy leaves both at 0 when nothing is given
    next.auto = crate::schema::Auto::Default;
    Protocol::new("ah", "Authentication Header")
        .layer("AH")
        .source("RFC 4302 §2")
        .on(IP_PROTO, &[51])
        .followed_by("ipv6", &[("next_header", 41)])
        .field(next)
        .field(u8("length").craft("payloadlen").doc("length in units of 4 octets, less two"))
        .field(bytes("reserved", Size::Octets(lit(2))).doc("reserved"))
        .field(be32("spi").hex().default(1).doc("security parameters index"))
        .field(be32("sequence").craft("seq").doc("sequence number"))
        .field(decoded([bytes("icv", Size::Octets(val("length") * 4 - 4))
            .doc("integrity check value")
            .into()]))
        // as long as they are given, whatever the length says
        .field(built([
            bytes("icv", rest()).doc("integrity check value").into(),
            bytes("padding", rest()).hidden().doc("padding of the integrity check value").into(),
        ]))
        .summary(summary)
        .sample(concat!(
            "020000000002 020000000001 0800 45000038000100004033669a0a0000010a000002",
            "11040000 00000001 00000002 0102030405060708090a0b0c 03e807d0000c1b5561626364"
        ))
}

fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    line.hosts();
    let Some([next, len, _, _, s0, s1, s2, s3, q0, q1, q2, q3]) = body.data.first_chunk::<12>().copied()
    else {
        line.cut("AH", body);
        return;
    };
    let octets = usize::from(len).saturating_add(2).saturating_mul(4);
    line.text("AH(");
    if line.style.verbose > 0 {
        line.text("length=");
        line.number(u64::from(len));
        line.text("(");
        line.number(octets as u64);
        line.text("-bytes),");
    }
    line.text("spi=");
    line.hex(u64::from(u32::from_be_bytes([s0, s1, s2, s3])), 8);
    if line.style.verbose > 0 {
        line.text(",sumlen=");
        line.number(octets.saturating_sub(12) as u64);
    }
    line.text(",seq=0x");
    super::put::hex(line.out, u64::from(u32::from_be_bytes([q0, q1, q2, q3])));
    let Some(icv) = body.data.get(12..octets) else {
        line.text("[truncated]): ");
        return;
    };
    line.text(",icv=0x");
    super::put::hex_octets(line.out, icv, None);
    line.text("): ");
    next_header(line, next, body.skip(octets));
}
