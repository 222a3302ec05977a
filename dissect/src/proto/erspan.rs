//! ERSPAN types II and III (draft-foschiano-erspan-03); type I is GRE without a sequence number, see [`super::gre`].

use super::octets::Octets;
use crate::render::line::{Body, Line};
use crate::schema::{
    ETHER_TYPE, Given, Item, LINK_TYPE, Protocol, be16, be32, bits, built, decoded, flag, ge, switch, val,
    when,
};

const TRUNCATED: &[(u64, &str)] = &[(0, "no"), (1, "yes")];

/// Fields that the two types share.
fn head(version: u64, protocol: Protocol) -> Protocol {
    let fourth = if version == 1 {
        bits("=erspan.encap", 2)
            .craft("en")
            .names(&[(0, "untagged"), (1, "ISL"), (2, "802.1Q"), (3, "VLAN tag kept")])
            .doc("original encapsulation")
    } else {
        bits("=erspan.bso", 2)
            .craft("bso")
            .names(&[(0, "good or not known"), (1, "short"), (2, "oversized"), (3, "bad")])
            .doc("integrity of the frame")
    };
    protocol
        .source("draft-foschiano-erspan-03 §4")
        .field(
            bits("=erspan.version", 4).craft("ver").default(version).doc("version; 1: type II, 2: type III"),
        )
        .field(bits("=erspan.vlan", 12).craft("vlan").doc("VLAN"))
        .field(bits("=erspan.cos", 3).craft("cos").doc("class of service"))
        .field(fourth)
        .field(bits("=erspan.truncated", 1).craft("t").names(TRUNCATED).doc("frame was cut"))
        .field(bits("=erspan.spanid", 10).craft("session_id").doc("session"))
        .leads(&[LINK_TYPE])
}

pub(super) fn erspan() -> Protocol {
    head(1, Protocol::new("erspan", "Encapsulated Remote Switch Packet Analysis, type II"))
        .layer("ERSPAN_II")
        .body("ERSPAN_I", "index", &[])
        .below("ERSPAN_I", "gre", &[("flags.sequence_number", Given::Number(0))])
        .below("", "gre", &[("flags.sequence_number", Given::Number(1))])
        .on(ETHER_TYPE, &[0x88be])
        .field(bits("reserved", 12).craft("reserved").doc("reserved"))
        .field(bits("index", 20).doc("source port and direction, by the platform"))
        .after(|walk| {
            walk.next(LINK_TYPE, 1);
        })
        .summary(summary)
        .sample("02000000000202000000000108004500004f00010000402f667d0a0000010a000002100088be00000008100300040000000106112233550206112233550108004500001d000100004011f6cbc0000201c000020200010002000903d578")
}

pub(super) fn erspan3() -> Protocol {
    let port = |name: &'static str| be32(name).doc("port");
    let time = |name: &'static str| be32(name).doc("higher half of the time stamp");
    let case = |number: u64, items: Vec<Item>| (number, items);
    head(2, Protocol::new("erspan3", "Encapsulated Remote Switch Packet Analysis, type III"))
        .layer("ERSPAN_III")
        .body("ERSPAN_PlatformSpecific", "=erspan.o", &[("=erspan.o", 1)])
        .on(ETHER_TYPE, &[0x22eb])
        .field(be32("=erspan.timestamp").craft("timestamp").doc("time stamp, in the granularity given"))
        .field(be16("=erspan.sgt").craft("sgt_other").doc("security group tag"))
        .field(flag("=erspan.p").craft("p").doc("Ethernet frame"))
        .field(bits("=erspan.ft", 5).craft("ft").names(&[(0, "Ethernet"), (2, "IP")]).doc("frame type"))
        .field(bits("=erspan.hw", 6).craft("hw").doc("hardware identifier"))
        .field(flag("=erspan.direction").craft("d").doc("egress"))
        .field(
            bits("=erspan.gra", 2)
                .craft("gra")
                .names(&[(0, "100 µs"), (1, "100 ns"), (2, "IEEE 1588"), (3, "user defined")])
                .doc("granularity of the time stamp"),
        )
        .field(bits("=erspan.o", 1).craft("o").doc("platform part is there"))
        .field(when(ge("=erspan.o", 1), [
            bits("=erspan.platid", 6).craft("platf_id").doc("platform").into(),
            built([
                bits("=erspan.info1", 26).craft("info1").hidden().doc("platform's own").into(),
                be32("=erspan.info2").craft("info2").hidden().doc("platform's own").into(),
            ]),
            decoded([switch(
                val("=erspan.platid"),
                [
                    case(1, vec![
                        bits("=erspan.pid1.rsvd1", 14).doc("reserved").into(),
                        bits("=erspan.pid1.vsmid", 12).doc("virtual supervisor module").into(),
                        port("=erspan.pid1.port_index").into(),
                    ]),
                    case(3, vec![
                        bits("=erspan.pid3.rsvd1", 12).doc("reserved").into(),
                        bits("=erspan.pid3.port_index", 14).doc("port").into(),
                        time("=erspan.pid3.timestamp").into(),
                    ]),
                    case(4, vec![
                        bits("=erspan.pid4.rsvd1", 12).doc("reserved").into(),
                        bits("=erspan.pid4.rsvd2", 14).doc("reserved").into(),
                        be32("=erspan.pid4.rsvd3").doc("reserved").into(),
                    ]),
                    case(5, vec![
                        bits("=erspan.pid5.switchid", 10).doc("switch").into(),
                        bits("=erspan.pid5.port_index", 16).doc("port").into(),
                        time("=erspan.pid5.timestamp").into(),
                    ]),
                    case(7, vec![
                        bits("=erspan.pid7.rsvd1", 6).doc("reserved").into(),
                        bits("=erspan.pid7.source_index", 20).doc("source").into(),
                        time("=erspan.pid7.timestamp").into(),
                    ]),
                ],
                vec![bits("=erspan.pid.rsvd", 58).hex().doc("platform's own").into()],
            )]),
        ]))
        .after(|walk| {
            walk.next(LINK_TYPE, 1);
        })
        .summary(summary)
        .sample("02000000000202000000000108004500005b00010000402f66710a0000010a000002100022eb00000008200300040000004d000000010c0001550000006306112233550206112233550108004500001d000100004011f6cbc0000201c000020200010002000903d578")
}

fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    let mut octets = Octets::of(body);
    let (Some(first), Some(session), Some(word)) = (octets.u16(), octets.u16(), octets.u32()) else {
        line.text("erspan");
        line.cut("erspan", body);
        return;
    };
    let third = first >> 12 == 2;
    line.text(if third { "erspan type3 session " } else { "erspan type2 session " });
    line.number(u64::from(session & 0x3ff));
    if first & 0xfff != 0 {
        line.text(" vlan ");
        line.number(u64::from(first & 0xfff));
    }
    line.text(" cos ");
    line.number(u64::from(session >> 13));
    if session & 0x400 != 0 {
        line.text(" truncated");
    }
    let mut header = 8;
    if third {
        let Some(flags) = octets.u32() else {
            line.cut("erspan", body);
            return;
        };
        header = if flags & 1 != 0 { 20 } else { 12 };
        line.text(" hw ");
        line.number(u64::from(flags >> 4 & 0x3f));
        line.text(if flags & 8 != 0 { " egress" } else { " ingress" });
        line.text(" timestamp ");
        line.number(u64::from(word));
    } else {
        line.text(" index ");
        line.number(u64::from(word & 0xf_ffff));
    }
    line.text(": ");
    line.next(LINK_TYPE, 1, body.skip(header));
}
