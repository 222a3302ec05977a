//! Ethernet II and IEEE 802.3, IEEE Std 802.3-2022 §3.2.
//!
//! What follows the addresses is an EtherType (0x0600 and above) or a length with an 802.2 header behind it.

use crate::decode::Walk;
use crate::frame::VlanTag;
use crate::render::line::{Body, Line};
use crate::schema::{
    Auto, Build, ETHER_TYPE, LINK_TYPE, Protocol, be16, be24, be32, bytes, custom_both, flag, mac, rest,
};

pub(super) fn ethernet() -> Protocol {
    let mut kind = be16("type").hex().named_by(ether_type_name).doc("EtherType");
    kind.auto = Auto::Next(ETHER_TYPE);
    kind.default = 0x9000;
    Protocol::new("eth", "Ethernet")
        .layer("Ether")
        .layer("Dot3")
        .below("", "eth", &[("type", crate::schema::Given::Number(1))])
        .below("", "gre", &[("proto", crate::schema::Given::Number(0x6558))])
        .below("", "geneve", &[("proto_type", crate::schema::Given::Number(0x6558))])
        .below("", "sll", &[("=sll.etype", crate::schema::Given::Number(1))])
        .below("", "snap", &[("=llc.type", crate::schema::Given::Number(1))])
        .source("IEEE Std 802.3-2022 §3.2")
        .on(LINK_TYPE, &[1, 281, 282, 284, 285, 303])
        .leads(&[ETHER_TYPE])
        .leads_to(&["dsa", "llc", "prp"])
        .field(mac("dst").default(0xffff_ffff_ffff).doc("destination address"))
        .field(mac("src").doc("source address"))
        .field(custom_both([kind, be16("len").doc("length of the 802.2 part").unit("octets")], type_or_length, write_type_or_length))
        .extra(be24("dst.oui").doc("who the destination's address was given to").hidden())
        .extra(be24("src.oui").doc("who the source's address was given to").hidden())
        .extra(flag("dst.lg").doc("destination is locally administered").hidden())
        .extra(flag("dst.ig").doc("destination is a group").hidden())
        .extra(flag("src.lg").doc("source is locally administered").hidden())
        .extra(flag("src.ig").doc("source is a group").hidden())
        .extra(be32("fcs").hex().doc("frame check sequence"))
        .extra(bytes("trailer", rest()).alias("padding").doc("octets behind the payload"))
        .extras(super::hosts::of_link())
        .either("addr", &["dst", "src"])
        .either("addr_resolved", &["dst_resolved", "src_resolved"])
        .either("addr.oui", &["dst.oui", "src.oui"])
        .either("ig", &["dst.ig", "src.ig"])
        .either("lg", &["dst.lg", "src.lg"])
        .after(after)
        .summary(summary)
        .sample("ffffffffffff 020000000001 0806 0001 0800 06 04 0001 020000000001 0a000001 000000000000 0a000002 000000000000000000000000000000000000")
}

fn type_or_length(walk: &mut Walk<'_, '_>) {
    if walk.at_switch_tag() {
        walk.next_named("dsa");
        return;
    }
    let Some(value) = walk.rest().first_chunk::<2>().map(|octets| u16::from_be_bytes(*octets)) else {
        walk.missing(2);
        walk.stop();
        return;
    };
    if let [Some(tag), _] = walk.moved_tags() {
        let at = walk.offset();
        walk.emit("type", at, 0, u64::from(tag.tpid));
        walk.advance(2);
    } else {
        walk.take(if value >= 0x600 { "type" } else { "len" }, 2);
    }
    if value >= 0x600 {
        walk.next(ETHER_TYPE, u64::from(value));
    } else {
        walk.limit_payload(i64::from(value));
        walk.next_named("llc");
    }
}

/// A length in an 802.3 frame, or where one was given; else an EtherType.
fn write_type_or_length(build: &mut dyn Build) {
    if build.layer() == "Dot3" || build.is_given("len") {
        build.put_payload_length("len");
    } else {
        build.put_field("type");
    }
}

fn after(walk: &mut Walk<'_, '_>) {
    address_bits(walk);
    super::hosts::show_resolved(walk);
    let Some(kind) = walk.header().last_chunk::<2>().map(|octets| u16::from_be_bytes(*octets)) else {
        return;
    };
    behind_payload(walk, kind);
    if let Some(octets) = redundancy_trailer(walk.rest()).filter(|_| walk.is_whole()) {
        let from = walk.rest().len().saturating_sub(octets);
        walk.aside("prp", from, octets);
        walk.take_trailer(octets);
    }
    walk.insert_moved_tags(kind);
}

/// The check sequence, where the file says that frames have one; and what a length leaves to fill the frame up.
fn behind_payload(walk: &mut Walk<'_, '_>, kind: u16) {
    if walk.layer_count() != 1 || walk.meta().link_type != crate::frame::LinkType::ETHERNET {
        return;
    }
    let sequence = walk.meta().fcs_len.map(usize::from).filter(|octets| matches!(octets, 1..=8));
    if kind >= 0x600 {
        if let Some(octets) = sequence.filter(|octets| walk.take_trailer(*octets)) {
            check_sequence(walk, walk.layer_offset().saturating_add(walk.layer_octets().len()), octets);
        }
        return;
    }
    let from = walk.offset().saturating_add(usize::from(kind));
    let whole = walk.meta().original_len as usize == walk.all_octets().len();
    let mut end = walk.all_octets().len();
    if let Some(octets) = sequence.filter(|octets| whole && from.saturating_add(*octets) <= end) {
        end = end.saturating_sub(octets);
        check_sequence(walk, end, octets);
    }
    if from < end {
        walk.emit("trailer", from, end.saturating_sub(from), 0);
    }
}

fn check_sequence(walk: &mut Walk<'_, '_>, at: usize, octets: usize) {
    let sequence = walk.all_octets().get(at..at.saturating_add(octets)).unwrap_or_default();
    let value = sequence.iter().fold(0_u64, |value, octet| value << 8 | u64::from(*octet));
    walk.emit("fcs", at, octets, value);
}

/// The two bits of an address's first octet that say what kind of address it is (IEEE Std 802-2014 §8.2).
fn address_bits(walk: &mut Walk<'_, '_>) {
    // Of a header that is cut nothing is said, whether or not what was cut was asked for.
    if !walk.asked_by_name() || walk.layer_octets().len() < 14 {
        return;
    }
    let start = walk.layer_offset();
    for (at, local, group, oui) in [(0, "dst.lg", "dst.ig", "dst.oui"), (6, "src.lg", "src.ig", "src.oui")] {
        let Some([octet, second, third]) = walk.header().get(at..).and_then(<[u8]>::first_chunk).copied()
        else {
            return;
        };
        let number = u32::from_be_bytes([0, octet, second, third]);
        walk.emit(oui, start.saturating_add(at), 3, u64::from(number));
        let bit = start.saturating_add(at).saturating_mul(8).saturating_add(6);
        walk.emit_bits(local, bit, 1, u64::from(octet >> 1 & 1));
        walk.emit_bits(group, bit.saturating_add(1), 1, u64::from(octet & 1));
    }
}

/// Octets of the trailer of a PRP network (IEC 62439-3 §4.2.7), known by its suffix and by its word on the frame's size.
fn redundancy_trailer(payload: &[u8]) -> Option<usize> {
    let [_, _, s0, s1, 0x88, 0xfb] = *payload.last_chunk::<6>()? else { return None };
    let size = usize::from(u16::from_be_bytes([s0, s1]) & 0xfff);
    (matches!(s0 >> 4, 10 | 11) && size == payload.len()).then_some(6)
}

/// Names of EtherTypes (IEEE registration authority, linux/if_ether.h), as tcpdump prints them where it has one.
pub(crate) fn ether_type_name(value: u64) -> Option<&'static str> {
    Some(match value {
        0x0600 => "NS",
        0x0707 => "GeoNet (old)",
        0x0800 => "IPv4",
        0x0806 => "ARP",
        0x0842 => "Wake-on-LAN",
        0x1000 => "Trail",
        0x1111 => "CALM FAST",
        0x22f0 => "AVTP",
        0x22f3 => "TRILL",
        0x4305 => "batman-adv",
        0x6001 => "MOP DL",
        0x6002 => "MOP RC",
        0x6003 => "DN",
        0x6004 => "LAT",
        0x6007 => "SCA",
        0x6558 => "TEB",
        0x8035 => "Reverse ARP",
        0x8038 => "Lanbridge",
        0x803c => "DEC DNS",
        0x803e => "DEC DTS",
        0x805b => "VEXP",
        0x805c => "VPROD",
        0x809b => "Appletalk",
        0x80f3 => "Appletalk ARP",
        0x8100 => "802.1Q",
        0x8137 => "IPX",
        0x86dd => "IPv6",
        0x8808 => "MPCP",
        0x8809 => "Slow Protocols",
        0x880b => "PPP",
        0x8847 => "MPLS unicast",
        0x8848 => "MPLS multicast",
        0x8863 => "PPPoE D",
        0x8864 => "PPPoE S",
        0x886f => "MS NLB heartbeat",
        0x888e => "EAPOL",
        0x8892 => "PROFINET",
        0x8899 => "Realtek protocols",
        0x88a2 => "AoE",
        0x88a4 => "EtherCAT",
        0x88a8 => "802.1Q-QinQ",
        0x88ca => "TIPC",
        0x88cc => "LLDP",
        0x88e3 => "MRP",
        0x88e5 => "802.1AE MACsec",
        0x88e7 => "802.1ah",
        0x88f7 => "PTP",
        0x88fb => "PRP",
        0x8902 => "CFM",
        0x8906 => "FCoE",
        0x8909 => "CMD",
        0x8914 => "FIP",
        0x892f => "HSR",
        0x893a => "IEEE1905.1",
        0x8947 => "GeoNet",
        0x894f => "NSH",
        0x9000 => "Loopback",
        0x9100 => "802.1Q-9100",
        0x9200 => "802.1Q-9200",
        0xabcd => "CFM (old)",
        0xd28b => "Arista Vendor Specific Protocol",
        0xf1c1 => "802.1CB",
        0xfefe => "OSI",
        _ => return None,
    })
}

fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    if line.at_switch_tag() {
        switch_tagged(line, body);
        return;
    }
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
    let vlan = &line.frame.meta.vlan;
    match (vlan.outer, vlan.inner) {
        (Some(outer), inner) if !vlan.put_back && line.is_first_layer() => {
            moved_tags(line, outer, inner, kind, payload, body.len);
        }
        _ => line.ether_type(kind, payload, body.len),
    }
}

/// Tags that the network card took out are shown where they were.
fn moved_tags(
    line: &mut Line<'_, '_>,
    outer: VlanTag,
    inner: Option<VlanTag>,
    kind: u16,
    payload: Body<'_>,
    len: usize,
) {
    if line.style.link {
        line.link_type_and_length(outer.tpid, len);
        super::vlan::write_tag(line, outer.tci);
        if let Some(inner) = inner {
            line.text("ethertype ");
            line.ether_type_text(inner.tpid, true);
            line.text(", ");
            super::vlan::write_tag(line, inner.tci);
        }
    }
    line.ether_type_inside(kind, payload);
}

/// A frame with a switch tag behind the addresses.
fn switch_tagged(line: &mut Line<'_, '_>, body: Body<'_>) {
    let Some([d0, d1, d2, d3, d4, d5, s0, s1, s2, s3, s4, s5]) = body.data.first_chunk::<12>() else {
        line.cut("ether", body);
        return;
    };
    if line.style.link {
        line.mac([*s0, *s1, *s2, *s3, *s4, *s5]);
        line.text(" > ");
        line.mac([*d0, *d1, *d2, *d3, *d4, *d5]);
        line.text(", length ");
        line.number(body.len as u64);
        line.text(": ");
    }
    if let Some(dsa) = line.registry.protocol_named("dsa") {
        line.protocol(dsa, body.skip(12));
    }
}
