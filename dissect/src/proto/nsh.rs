//! Network Service Header, RFC 8300.

use super::octets::Octets;
use super::vxlan::{NEXT, next_of};
use crate::render::line::{Body, Line};
use crate::schema::{
    ETHER_TYPE, LINK_TYPE, Protocol, Size, Span, Tlv, be16, be24, bits, block, bytes, eq, flag, label, lit,
    rest, u8, val, when,
};

pub(super) fn nsh() -> Protocol {
    Protocol::new("nsh", "Network Service Header")
        .layer("NSH")
        .source("RFC 8300 §2")
        .on(ETHER_TYPE, &[0x894f])
        .followed_by("ip", &[("nextproto", 1)])
        .followed_by("ipv6", &[("nextproto", 2)])
        .followed_by("eth", &[("nextproto", 3)])
        .followed_by("nsh", &[("nextproto", 4)])
        .followed_by("mpls", &[("nextproto", 5)])
        .field(bits("version", 2).craft("ver").doc("version"))
        .field(flag("Obit").craft("oam").doc("OAM packet"))
        .field(flag("CBit").doc("unassigned").craft("unused1"))
        .field(bits("ttl", 6).default(63).doc("time to live"))
        .field(bits("length", 6).craft("length").scale(4).unit("octets").len_of(Span::Header, 4, 0).doc("length of the header"))
        .field(bits("unassigned", 4).craft("unused2").doc("unassigned"))
        .field(bits("mdtype", 4).craft("mdtype").default(1).names(&[(1, "fixed length"), (2, "variable length")]).doc("metadata type"))
        .field(u8("nextproto").craft("nextproto").default(3).names(NEXT).doc("next protocol"))
        .field(be24("spi").craft("spi").doc("service path"))
        .field(u8("si").craft("si").default(255).doc("service index"))
        .field(when(eq("mdtype", 1), [bytes("contextheader", Size::Octets(lit(16))).craft("context_header").doc("fixed metadata").into()]))
        .field(when(eq("mdtype", 2), [block(label("metadata_list").craft("vlch").doc("metadata").hidden(), Size::Octets(val("length") * 4 - 8), [
            Tlv::new(label("metadata_entry").doc("metadata"), u8("metadatatype").doc("type"), u8("metadatalen").doc("length"))
                .head("metadatatype", Some("metadatalen"), [
                    be16("metadataclass").craft("class_").craft("class").hex().doc("class").into(),
                    u8("metadatatype").craft("type").doc("type").into(),
                    bits("metadataunassignedbit", 1).craft("reserved").doc("unassigned").into(),
                    bits("metadatalen", 7).craft("length").unit("octets").doc("length").into(),
                ])
                .body_len()
                .align(4)
                .other([bytes("metadata", rest()).craft("metadata").doc("metadata").into()])
                .into(),
        ])]))
        .part("NSHTLV", "metadata_entry", &[])
        .leads(&[ETHER_TYPE, LINK_TYPE])
        .after(|walk| {
            let next = walk.header().get(3).copied().and_then(next_of);
            if let Some((table, value)) = next {
                walk.next(table, value);
            }
        })
        .summary(summary)
        .sample("02000000000202000000000108004500006700010000401166830a0000010a000002c0a912b6005323ac0c00000400004e000fc6010300000aff0000000000000000000000000000000006112233550206112233550108004500001d000100004011f6cbc0000201c000020200010002000903d578")
}

fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    let mut octets = Octets::of(body);
    line.text("NSH, ");
    let (Some(word), Some(_), Some(next), Some(path), Some(index)) =
        (octets.u16(), octets.u8(), octets.u8(), octets.u24(), octets.u8())
    else {
        line.cut("nsh", body);
        return;
    };
    line.text("ttl ");
    line.number(u64::from(word >> 6 & 63));
    line.text(", service path ");
    line.number(u64::from(path));
    line.text(", index ");
    line.number(u64::from(index));
    line.text(": ");
    let length = usize::from(word & 63).saturating_mul(4).max(8);
    if next_of(next).is_none_or(|(table, value)| !line.next(table, value, body.skip(length))) {
        line.text("next protocol ");
        line.number(u64::from(next));
    }
}
