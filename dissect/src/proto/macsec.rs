//! MACsec, IEEE Std 802.1AE-2018 §9: security tag and integrity check value. What is only authenticated is read on; what
//! is encrypted is data.

use crate::render::line::{Body, Line};
use crate::schema::{
    ETHER_TYPE, Field, Protocol, Size, be16, be32, behind, bits, block, bytes, claimed, crafted, decoded, eq,
    flag, label, lit, mac, u8, when,
};

/// Octets of the check value of the default cipher suites.
const ICV: i64 = 16;

pub(super) fn macsec() -> Protocol {
    Protocol::new("macsec", "802.1AE security tag")
        .layer("MACsec")
        .part("MACsecSCI", "SCI", &[])
        .source("IEEE Std 802.1AE-2018 §9")
        .on(ETHER_TYPE, &[0x88e5])
        .leads(&[ETHER_TYPE])
        .later(fields)
        .summary(summary)
        .sample("020000000002 020000000001 88e5 0c 00 00000001 0102030405060708090a0b0c0d0e0f10 a0a1a2a3a4a5a6a7a8a9aaabacadaeaf")
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    protocol
        .field(bits("TCI", 6).hex().brief().doc("tag control").of([
            flag("TCI.V").craft("Ver").doc("version"),
            flag("TCI.ES").craft("ES").doc("end station"),
            flag("TCI.SC").craft("SC").doc("SCI is there"),
            flag("TCI.SCB").craft("SCB").doc("single copy broadcast"),
            flag("TCI.E").craft("E").doc("encrypted"),
            flag("TCI.C").craft("C").doc("changed"),
        ]))
        .field(bits("AN", 2).craft("AN").craft("an").brief().doc("association number"))
        .field(
            u8("SL").craft("SL").craft("shortlen").unit("octets").brief().doc("short length; 0: 48 or more"),
        )
        .field(be32("PN").craft("PN").craft("pn").default(1).brief().doc("packet number"))
        .field(when(
            eq("TCI.SC", 1),
            [block(
                label("SCI").craft("SCI").craft("sci").left_empty().hidden().doc("secure channel"),
                Size::Octets(lit(8)),
                [
                    mac("SCI.system_identifier").craft("system_identifier").doc("system").into(),
                    be16("SCI.port_identifier").craft("port_identifier").doc("port").into(),
                ],
            )],
        ))
        .field(when(
            crate::schema::Test::All(vec![crate::schema::ne("SL", 0), eq("TCI.C", 0), eq("TCI.E", 0)]),
            [behind(crate::schema::val("SL") + ICV, [])],
        ))
        .field(when(
            crate::schema::Test::All(vec![eq("TCI.C", 0), eq("TCI.E", 0)]),
            [decoded([etype().next(ETHER_TYPE).into()])],
        ))
        // scapy has neither unless it is given
        .field(crafted([etype().into()]))
        .field(decoded([behind(claimed() - ICV, [check_value().into()])]))
        .field(crafted([behind(claimed() - ICV, [check_value().into()])]))
}

fn etype() -> Field {
    be16("etype").craft("type").hex().named_by(super::ether_type_name).doc("EtherType behind the tag")
}

fn check_value() -> Field {
    bytes("ICV", Size::Octets(lit(ICV))).doc("integrity check value")
}

fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    let Some([control, short, p0, p1, p2, p3]) = body.data.first_chunk::<6>().copied() else {
        line.cut("macsec", body);
        return;
    };
    line.text(if line.style.link { "an " } else { "802.1AE MACsec, an " });
    line.number(u64::from(control & 3));
    line.text(", pn ");
    line.number(u64::from(u32::from_be_bytes([p0, p1, p2, p3])));
    line.text(", flags ");
    // As tcpdump, which names no flags otherwise.
    for (bit, name) in [(8, "E"), (4, "C"), (0x40, "S"), (0x10, "B"), (0x20, "I")] {
        line.text(if control & bit != 0 { name } else { "" });
    }
    line.text(if control & 0x7c != 0 { ", " } else { "none, " });
    if short != 0 {
        line.text("sl ");
        line.number(u64::from(short));
        line.text(", ");
    }
    let mut header = 6_usize;
    if control & 0x20 != 0 {
        line.text("sci ");
        super::put::hex_octets(line.out, body.data.get(6..14).unwrap_or_default(), None);
        line.text(", ");
        header = 14;
    }
    let payload = body.skip(header);
    let secured = payload.len.saturating_sub(16);
    if control & 0x0c != 0 {
        line.unknown("", payload.limit(secured));
        return;
    }
    let Some([e0, e1]) = payload.data.first_chunk::<2>().copied() else { return };
    let len = if short == 0 { secured } else { usize::from(short) };
    line.ether_payload(u16::from_be_bytes([e0, e1]), payload.limit(len).skip(2));
}
