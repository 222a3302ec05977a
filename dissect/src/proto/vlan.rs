//! VLAN tags, IEEE Std 802.1Q-2022 §9.6: C-tags (0x8100) and S-tags (0x88a8). The older 0x9100 is shown as `vlan`, as in Wireshark.

use super::ethernet::ether_type_name;
use crate::decode::Walk;
use crate::render::line::{Body, Line};
use crate::schema::{Auto, ETHER_TYPE, Given, Protocol, be16, bits, custom, flag, within};

/// IEEE Std 802.1Q-2022 table I-2.
const PRIORITY: &[(u64, &str)] = &[
    (0, "best effort"),
    (1, "background"),
    (2, "excellent effort"),
    (3, "critical applications"),
    (4, "video"),
    (5, "voice"),
    (6, "internetwork control"),
    (7, "network control"),
];

fn tag(name: &'static str, title: &'static str) -> Protocol {
    let mut kind =
        be16("etype").craft("type").hex().named_by(ether_type_name).doc("EtherType behind the tag");
    kind.auto = Auto::Next(ETHER_TYPE);
    Protocol::new(name, title)
        .source("IEEE Std 802.1Q-2022 §9.6")
        .leads(&[ETHER_TYPE])
        .leads_to(&["llc"])
        .field(bits("priority", 3).craft("prio").names(PRIORITY).doc("priority code point"))
        .field(flag("dei").alias("cfi").craft("dei").craft("id").doc("frame may be dropped first"))
        .field(bits("id", 12).craft("vlan").default(1).doc("VLAN; 0: priority only, 4095: reserved"))
        .field(custom([kind, be16("len").doc("length of the 802.2 part").unit("octets")], type_or_length))
        .answers([within("id")])
        .summary(summary)
}

pub(super) fn vlan() -> Protocol {
    tag("vlan", "802.1Q VLAN tag").layer("Dot1Q").on(ETHER_TYPE, &[0x8100, 0x9100]).sample(
        "0200000000020200000000018100607b08004500002000010000401166ca0a0000010a00000203e807d0000c1b5561626364",
    )
}

pub(super) fn service_vlan() -> Protocol {
    tag("ieee8021ad", "802.1ad service VLAN tag")
        .extra(bits("svid", 12).doc("VLAN of the outer of two service tags"))
        .extra(bits("cvid", 12).doc("VLAN of the inner of two service tags"))
        .after(both)
        .layer("Dot1AD").below("", "sll", &[("=sll.etype", Given::Number(0x800))]).below("", "snap", &[("=llc.type", Given::Number(0))]).below("", "gre", &[("proto", Given::Number(0x88a8))]).on(ETHER_TYPE, &[0x88a8]).sample(
        "02000000000202000000000188a821f48100125808004500002000010000401166ca0a0000010a00000203e807d0000c1b5561626364",
    )
}

/// Of two service tags behind each other the outer one tells both VLANs, as in Wireshark.
fn both(walk: &mut Walk<'_, '_>) {
    let outer = walk.outer().and_then(|id| walk.registry().protocol(id));
    let inner = outer.is_some_and(|outer| outer.name == "ieee8021ad");
    let (&[o0, o1, 0x88, 0xa8], Some([i0, i1, ..])) = (walk.header(), walk.rest().first_chunk::<4>()) else {
        return;
    };
    if inner {
        return;
    }
    let vlan = |high: u8, low: u8| u64::from(u16::from_be_bytes([high, low]) & 0xfff);
    let (first, second) = (vlan(o0, o1), vlan(*i0, *i1));
    let bit = walk.layer_offset().saturating_mul(8).saturating_add(4);
    walk.emit_bits("svid", bit, 12, first);
    walk.emit_bits("cvid", bit.saturating_add(32), 12, second);
}

fn type_or_length(walk: &mut Walk<'_, '_>) {
    let Some(value) = walk.rest().first_chunk::<2>().map(|octets| u16::from_be_bytes(*octets)) else {
        walk.missing(2);
        walk.stop();
        return;
    };
    if value >= 0x600 {
        walk.take("etype", 2);
        walk.next(ETHER_TYPE, u64::from(value));
    } else {
        walk.take("len", 2);
        walk.limit_payload(i64::from(value));
        walk.next_named("llc");
    }
}

fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    let Some((header, _)) = body.data.split_first_chunk::<4>() else {
        line.cut("vlan", body);
        return;
    };
    let [t0, t1, e0, e1] = *header;
    let tci = u16::from_be_bytes([t0, t1]);
    if line.style.link {
        write_tag(line, tci);
    }
    line.ether_type_inside(u16::from_be_bytes([e0, e1]), body.skip(4));
}

/// `vlan 5, p 0, `
pub(super) fn write_tag(line: &mut Line<'_, '_>, tci: u16) {
    line.text("vlan ");
    line.number(u64::from(tci & 0xfff));
    line.text(", p ");
    line.number(u64::from(tci >> 13));
    if tci & 0x1000 != 0 {
        line.text(", DEI");
    }
    line.text(", ");
}
