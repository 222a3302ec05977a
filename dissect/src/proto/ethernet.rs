//! Ethernet II and IEEE 802.3, IEEE Std 802.3-2022 §3.2.
//!
//! What follows the addresses is an EtherType (0x0600 and above) or a length with an 802.2 header behind it.

use crate::decode::Walk;
use crate::render::line::{Body, Line};
use crate::schema::{Auto, ETHER_TYPE, LINK_TYPE, Protocol, be16, bytes, custom, flag, mac, rest};

pub(super) fn ethernet() -> Protocol {
    let mut kind = be16("type").hex().named_by(ether_type_name).doc("EtherType");
    kind.auto = Auto::Next(ETHER_TYPE);
    kind.default = 0x9000;
    Protocol::new("eth", "Ethernet")
        .layer("Ether")
        .source("IEEE Std 802.3-2022 §3.2")
        .on(LINK_TYPE, &[1])
        .leads(&[ETHER_TYPE])
        .field(mac("dst").doc("destination address"))
        .field(mac("src").doc("source address"))
        .field(custom([kind, be16("len").doc("length of the 802.2 part").unit("octets")], type_or_length))
        .extra(flag("dst.lg").doc("destination is locally administered"))
        .extra(flag("dst.ig").doc("destination is a group"))
        .extra(flag("src.lg").doc("source is locally administered"))
        .extra(bytes("trailer", rest()).alias("padding").doc("octets behind the payload"))
        .either("addr", &["dst", "src"])
        .summary(summary)
        .sample("ffffffffffff 020000000001 0806 0001 0800 06 04 0001 020000000001 0a000001 000000000000 0a000002 000000000000000000000000000000000000")
}

fn type_or_length(walk: &mut Walk<'_, '_>) {
    let Some(value) = walk.rest().first_chunk::<2>().map(|octets| u16::from_be_bytes(*octets)) else {
        walk.missing(2);
        walk.stop();
        return;
    };
    if value >= 0x600 {
        walk.take("type", 2);
        walk.next(ETHER_TYPE, u64::from(value));
    } else {
        walk.take("len", 2);
        walk.limit_payload(i64::from(value));
        walk.next_named("llc");
    }
}

/// IANA and IEEE names of EtherTypes, as tcpdump prints them where it does.
pub(crate) fn ether_type_name(value: u64) -> Option<&'static str> {
    Some(match value {
        0x0800 => "IPv4",
        0x0806 => "ARP",
        0x8100 => "802.1Q",
        0x88a8 => "802.1Q-QinQ",
        0x86dd => "IPv6",
        _ => return None,
    })
}

fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    let Some((header, _)) = body.data.split_first_chunk::<14>() else {
        line.cut("ether", body);
        return;
    };
    let [d0, d1, d2, d3, d4, d5, s0, s1, s2, s3, s4, s5, t0, t1] = *header;
    let kind = u16::from_be_bytes([t0, t1]);
    let payload = body.skip(14);
    if line.style.link {
        line.mac([s0, s1, s2, s3, s4, s5]);
        line.text(" > ");
        line.mac([d0, d1, d2, d3, d4, d5]);
    }
    line.ether_type(kind, payload, body.len);
}
