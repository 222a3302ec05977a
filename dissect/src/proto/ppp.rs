//! PPP framing: RFC 1661 §2, in HDLC-like frames (RFC 1662) or bare, and Cisco HDLC with its keepalive protocol.
//!
//! Address and control octets, and the first octet of the protocol number, may be left out by agreement.

use crate::decode::Walk;
use crate::render::line::{Body, Line};
use crate::schema::{Auto, ETHER_TYPE, LINK_TYPE, PPP_PROTO, Protocol, be16, be32, eq, ipv4, ne, u8, when};

/// IANA "PPP DLL Protocol Numbers", as tcpdump writes them where it does.
pub(super) fn protocol_name(number: u64) -> Option<&'static str> {
    Some(match number {
        0x0021 => "IP",
        0x0023 => "OSI",
        0x002b => "IPX",
        0x002d => "VJC",
        0x002f => "VJNC",
        0x0031 => "BRPDU",
        0x003d => "ML",
        0x0057 => "IP6",
        0x00fb | 0x00fd => "COMP",
        0x0281 => "MPLS",
        0x0283 => "MPLS multicast",
        0x8021 => "IPCP",
        0x8023 => "OSINLCP",
        0x802b => "IPXCP",
        0x8053 => "ECP",
        0x8057 => "IP6CP",
        0x80fd => "CCP",
        0x8281 => "MPLSCP",
        0xc021 => "LCP",
        0xc023 => "PAP",
        0xc025 => "LQR",
        0xc02b => "BACP",
        0xc02d => "BAP",
        0xc223 => "CHAP",
        0xc227 => "EAP",
        _ => return None,
    })
}

pub(super) fn ppp() -> Protocol {
    let mut protocol =
        be16("protocol").craft("proto").default(0x21).hex().named_by(protocol_name).doc("protocol");
    protocol.auto = Auto::Next(PPP_PROTO);
    Protocol::new("ppp", "Point-to-Point Protocol")
        .layer("PPP")
        .layer_as("HDLC", &[])
        .source("RFC 1661 §2, RFC 1662 §3")
        .on(LINK_TYPE, &[9, 50])
        .field(crate::schema::custom_both(
            [
                protocol,
                u8("address").hex().default(255).doc("address"),
                u8("control").hex().default(3).doc("control"),
            ],
            head,
            |build| {
                let framed = build.layer() == "HDLC";
                if framed || build.is_given("address") {
                    build.put_field("address");
                }
                if framed || build.is_given("control") {
                    build.put_field("control");
                }
                if !framed || build.is_given("protocol") {
                    build.put_field("protocol");
                }
            },
        ))
        .leads(&[PPP_PROTO])
        .leads_to(&["chdlc"])
        .summary(summary)
        .sample_on(
            crate::frame::LinkType::PPP,
            "ff03 0021 4500002000010000401166ca0a0000010a00000203e807d0000c1b5561626364",
        )
        .sample_on(
            crate::frame::LinkType::PPP,
            "21 4500002000010000401166ca0a0000010a00000203e807d0000c1b5561626364",
        )
}

fn head(walk: &mut Walk<'_, '_>) {
    if walk.claimed_left() == 0 {
        return;
    }
    if matches!(walk.rest(), [0x0f | 0x8f, 0, ..]) && walk.layer_count() == 1 {
        walk.next_named("chdlc");
        return;
    }
    if walk.rest().first_chunk() == Some(&[0xff, 3]) {
        walk.take("address", 1);
        walk.take("control", 1);
    }
    let octets = if walk.rest().first().is_some_and(|octet| octet & 1 == 1) { 1 } else { 2 };
    match walk.take("protocol", octets) {
        Some(number) => {
            walk.next(PPP_PROTO, number);
        }
        None => walk.stop(),
    }
}

fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    let mut rest = body;
    if matches!(body.data, [0x0f | 0x8f, 0, ..])
        && line.is_first_layer()
        && let Some(id) = line.registry.protocol_named("chdlc")
    {
        line.protocol(id, body);
        return;
    }
    if body.data.first_chunk() == Some(&[0xff, 3]) {
        rest = rest.skip(2);
    }
    let (number, payload) = match *rest.data {
        [low, ..] if low & 1 == 1 => (u16::from(low), rest.skip(1)),
        [high, low, ..] => (u16::from_be_bytes([high, low]), rest.skip(2)),
        _ => {
            line.cut("ppp", body);
            return;
        }
    };
    let name = protocol_name(u64::from(number));
    if line.style.link {
        line.text(name.unwrap_or("unknown"));
        line.text(" (");
        line.hex(u64::from(number), 4);
        line.text("), length ");
        line.number(body.len as u64);
        line.text(": ");
    }
    if !line.next(PPP_PROTO, u64::from(number), payload) {
        line.text(name.unwrap_or("unknown PPP protocol"));
        line.text(" (");
        line.hex(u64::from(number), 4);
        line.text("), ");
        line.unknown("", payload);
    }
}

pub(super) fn chdlc() -> Protocol {
    const ADDRESSES: &[(u64, &str)] = &[(0x0f, "unicast"), (0x8f, "multicast")];
    Protocol::new("chdlc", "Cisco HDLC")
        .source("Cisco HDLC and SLARP, as RFC 1547 §4.3.1 describes them")
        .on(LINK_TYPE, &[104])
        .field(u8("address").hex().default(0x0f).names(ADDRESSES).doc("address"))
        .field(u8("control").hex().doc("control"))
        .field(be16("protocol").hex().named_by(super::ether_type_name).next(ETHER_TYPE).doc("protocol"))
        .leads_to(&["slarp"])
        .after(keepalive)
        .summary(chdlc_summary)
        .sample_on(
            crate::frame::LinkType::C_HDLC,
            "0f000800 4500002000010000401166ca0a0000010a00000203e807d0000c1b5561626364",
        )
}

fn keepalive(walk: &mut Walk<'_, '_>) {
    // The number of reverse ARP stands for something else on these links.
    if walk.header().last_chunk() == Some(&[0x80, 0x35]) {
        walk.next_named("slarp");
    }
}

fn chdlc_summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    let Some([address, _, p0, p1]) = body.data.first_chunk::<4>().copied() else {
        line.cut("chdlc", body);
        return;
    };
    let kind = u16::from_be_bytes([p0, p1]);
    if line.style.link {
        line.text(match address {
            0x0f => "unicast",
            0x8f => "bcast",
            _ => "unknown",
        });
        line.text(", ethertype ");
        line.ether_type_text(kind, true);
        line.text(", length ");
        line.number(body.len as u64);
        line.text(": ");
    }
    match line.registry.protocol_named("slarp").filter(|_| kind == 0x8035) {
        Some(id) => line.protocol(id, body.skip(4)),
        None => line.ether_payload(kind, body.skip(4)),
    }
}

pub(super) fn slarp() -> Protocol {
    const CODES: &[(u64, &str)] = &[(0, "request"), (1, "reply"), (2, "keepalive")];
    Protocol::new("slarp", "Cisco SLARP")
        .source("RFC 1547 §4.3.1")
        .field(be32("ptype").names(CODES).brief().doc("code"))
        .field(when(
            eq("ptype", 2),
            [
                be32("mysequence").brief().doc("my sequence number").into(),
                be32("yoursequence").brief().doc("your sequence number").into(),
            ],
        ))
        .field(when(
            ne("ptype", 2),
            [ipv4("address").brief().doc("address").into(), ipv4("mask").brief().doc("mask").into()],
        ))
        .field(be16("reliability").hex().doc("reliability"))
        .field(crate::schema::bytes("uptime", crate::schema::rest()).doc("time stamp"))
        .sample_on(crate::frame::LinkType::C_HDLC, "8f008035 00000002 00000001 00000001 ffff 00000000")
}
