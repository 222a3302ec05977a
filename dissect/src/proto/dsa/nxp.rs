//! NXP: `sja1105`, `sja1110` and `nxp_netc`.
//!
//! sja1105: data frames bear a tag_8021q VLAN (TPID 0xdadb, or the bridge's). Link-local frames to the CPU have port
//! and switch in octets 3 and 4 of the destination address; with time stamping a meta frame follows each and brings
//! the originals. From the CPU the port of such frames is chosen over SPI: it is not in the frame.
//! sja1110: control frames have a header behind 0xdadc and, mostly, a trailer.

use super::tag::{Place, Ports, Seen, Tag, Tagger, Way};
use super::tag_8021q;
use crate::schema::{Field, be16, be32, be64, bits, flag, u8};

pub(super) const TAGGERS: &[Tagger] = &[
    Tagger { name: "sja1105", number: 13, place: Place::Middle, read: sja1105 },
    Tagger { name: "sja1110", number: 23, place: Place::Middle, read: sja1110 },
    Tagger { name: "nxp_netc", number: 33, place: Place::Middle, read: netc },
    // The name that the kernel's source file uses.
    Tagger { name: "netc", number: 33, place: Place::Middle, read: netc },
];

const NETC_TYPES: &[(u64, &str)] = &[(0, "forward"), (1, "to port"), (2, "to host")];

pub(super) fn fields() -> Vec<Field> {
    vec![
        be16("sja1105.tpid").hex().doc("TPID of the tag"),
        flag("sja1105.link_local").doc("port and switch stand in the destination address"),
        flag("sja1105.meta").doc("meta frame: time stamp and address octets of the frame before"),
        be32("sja1105.tstamp").hex().doc("partial time stamp"),
        u8("sja1105.dmac3").hex().doc("octet 3 of the destination of the frame before"),
        u8("sja1105.dmac4").hex().doc("octet 4 of the destination of the frame before"),
        be16("sja1110.type").hex().doc("EtherType of the tag"),
        be16("sja1110.word").hex().doc("header word"),
        flag("sja1110.metadata").doc("metadata: no user frame inside"),
        flag("sja1110.host_only").doc("trapped, not forwarded"),
        flag("sja1110.has_trailer").doc("a trailer follows the payload"),
        bits("sja1110.trailer_pos", 12).doc("offset of the trailer"),
        flag("sja1110.update_tc").doc("traffic class is updated"),
        flag("sja1110.take_ts").doc("time stamp is taken"),
        flag("sja1110.take_ts_casc").doc("time stamp is taken on cascaded ports"),
        be64("sja1110.tstamp").hex().doc("time stamp"),
        u8("sja1110.ts_id").doc("time stamp identifier"),
        bits("sja1110.records", 5).doc("time stamp records"),
        be16("nxp_netc.type_field").hex().doc("EtherType of the tag"),
        bits("nxp_netc.type", 4).names(NETC_TYPES).doc("type"),
        bits("nxp_netc.subtype", 4).doc("subtype"),
        flag("nxp_netc.qv").doc("priority is valid"),
        be64("nxp_netc.tstamp").hex().doc("time stamp"),
    ]
}

/// Whether the destination is a link-local address that the switch traps: 01:80:c2 and 01:1b:19.
fn is_link_local(seen: &Seen<'_>) -> bool {
    matches!(seen.data.get(..3), Some([0x01, 0x80, 0xc2] | [0x01, 0x1b, 0x19]))
}

/// Meta frames: 01:80:c2:00:00:0e from 22:22:22:22:22:22 with 0x0008 in place of the EtherType.
const META: [u8; 14] = [0x01, 0x80, 0xc2, 0, 0, 0x0e, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0, 8];

fn sja1105(seen: &Seen<'_>) -> Option<Tag> {
    if seen.data.first_chunk() == Some(&META) {
        return meta(seen);
    }
    if let Some(tag) = vlan(seen) {
        return Some(tag);
    }
    if is_link_local(seen) && seen.way != Some(Way::FromCpu) {
        let mut tag = Tag { way: Some(Way::ToCpu), ..Tag::default() };
        let (port, switch) = (seen.octet(3)?, seen.octet(4)?);
        // Without the source's word an unchanged address is more likely than port 0 of switch 0.
        if seen.way.is_none() && (port, switch) == (0, 0) {
            return None;
        }
        tag.ports = Ports::One(port);
        tag.switch = Some(switch);
        tag.own("sja1105.link_local", 24, 16, 1_u32);
        return Some(tag);
    }
    None
}

/// The tag_8021q VLAN of data frames, and VLAN 4095 of link-local frames from the CPU.
fn vlan(seen: &Seen<'_>) -> Option<Tag> {
    let (tpid, tci) = (seen.be16(12)?, seen.be16(14)?);
    let switch_tag = tpid == 0xdadb || (matches!(tpid, 0x8100 | 0x88a8) && tci & 0xc00 == 0xc00);
    if !switch_tag {
        return None;
    }
    let from_cpu = tci & 0xfff == 0xfff;
    let mut tag = Tag::at(12, 4, seen.way.or(from_cpu.then_some(Way::FromCpu)));
    tag.octets("sja1105.tpid", 12, 2, tpid);
    tag_8021q::read_tci(seen, 14, &mut tag)?;
    Some(tag)
}

fn meta(seen: &Seen<'_>) -> Option<Tag> {
    let mut tag = Tag { way: Some(Way::ToCpu), ..Tag::default() };
    tag.own("sja1105.meta", 0, 14 * 8, 1_u32);
    tag.octets("sja1105.tstamp", 14, 4, seen.be32(14)?);
    tag.octets("sja1105.dmac3", 18, 1, seen.octet(18)?);
    tag.octets("sja1105.dmac4", 19, 1, seen.octet(19)?);
    tag.ports = Ports::One(seen.octet(20)?);
    tag.switch = Some(seen.octet(21)?);
    Some(tag)
}

fn sja1110(seen: &Seen<'_>) -> Option<Tag> {
    if seen.be16(12)? != 0xdadc {
        return vlan(seen);
    }
    let word = seen.be16(14)?;
    if word >> 15 == 1 { sja1110_from_cpu(seen, word) } else { sja1110_to_cpu(seen, word) }
}

fn sja1110_from_cpu(seen: &Seen<'_>, word: u16) -> Option<Tag> {
    let mut tag = Tag::at(12, 4, Some(Way::FromCpu));
    tag.octets("sja1110.type", 12, 2, 0xdadc_u32);
    tag.octets("sja1110.word", 14, 2, word);
    tag.own("sja1110.update_tc", 14 * 8 + 1, 1, word >> 14 & 1);
    tag.own("sja1110.take_ts", 14 * 8 + 2, 1, word >> 13 & 1);
    tag.own("sja1110.take_ts_casc", 14 * 8 + 3, 1, word >> 12 & 1);
    tag.own("sja1110.has_trailer", 14 * 8 + 4, 1, word >> 11 & 1);
    // VLAN 4095 follows the header.
    if matches!(seen.be16(16), Some(0xdadb | 0x8100)) && seen.be16(18).is_some_and(|tci| tci & 0xfff == 0xfff)
    {
        tag.parts = vec![(12, 8)];
    }
    if word & 0x800 == 0 {
        return Some(tag);
    }
    tag.own("sja1110.trailer_pos", 14 * 8 + 5, 11, word & 0x7ff);
    if let Some(at) = seen.tail(4).filter(|at| *at >= 20) {
        let trailer = seen.be32(at)?;
        tag.octets("sja1110.ts_id", at, 1, trailer >> 24);
        tag.priority = Some((trailer >> 21 & 7) as u8);
        tag.switch = Some((trailer >> 12 & 15) as u8);
        tag.ports = Ports::Mask(trailer >> 1 & 0x7ff);
        tag.parts.push((at, 4));
    }
    Some(tag)
}

fn sja1110_to_cpu(seen: &Seen<'_>, word: u16) -> Option<Tag> {
    let mut tag = Tag::at(12, 4, Some(Way::ToCpu));
    tag.octets("sja1110.type", 12, 2, 0xdadc_u32);
    tag.octets("sja1110.word", 14, 2, word);
    tag.own("sja1110.metadata", 14 * 8 + 1, 1, word >> 14 & 1);
    tag.own("sja1110.host_only", 14 * 8 + 2, 1, word >> 13 & 1);
    if word & 0x4000 != 0 {
        tag.own("sja1110.records", 14 * 8 + 7, 5, (word >> 4 & 0x1f).saturating_add(1));
        tag.switch = Some((word & 15) as u8);
        return Some(tag);
    }
    tag.own("sja1110.has_trailer", 14 * 8 + 3, 1, word >> 12 & 1);
    if word & 0x1000 == 0 {
        tag.ports = Ports::One((word >> 4 & 15) as u8);
        tag.switch = Some((word & 15) as u8);
        return Some(tag);
    }
    let padding = usize::from(word & 0xfff);
    tag.own("sja1110.trailer_pos", 14 * 8 + 4, 12, word & 0xfff);
    if let Some(at) = seen.tail(13).filter(|at| *at >= 16) {
        let stamp = u64::from(seen.be32(at)?) << 32 | u64::from(seen.be32(at.saturating_add(4))?);
        tag.octets("sja1110.tstamp", at, 8, stamp);
        // The nibbles stand the other way round than in the header.
        let last = seen.octet(at.saturating_add(12))?;
        tag.switch = Some(last >> 4);
        tag.ports = Ports::One(last & 15);
        // Padding before the trailer begins at the offset that the header tells.
        let from = if (16..=at).contains(&padding) { padding } else { at };
        tag.parts.push((from, seen.data.len().saturating_sub(from)));
    }
    Some(tag)
}

fn netc(seen: &Seen<'_>) -> Option<Tag> {
    if seen.be16(12)? != 0xfd3a {
        return None;
    }
    let [kind, priority, place, _] = seen.be32(14)?.to_be_bytes();
    let (kind, subtype) = (kind >> 4, kind & 15);
    let long = kind == 2 && matches!(subtype, 1 | 2);
    let way = match kind {
        1 => Way::FromCpu,
        2 => Way::ToCpu,
        _ => seen.way.unwrap_or(Way::ToCpu),
    };
    let mut tag = Tag::at(12, if long { 14 } else { 6 }, Some(way));
    tag.octets("nxp_netc.type_field", 12, 2, 0xfd3a_u32);
    tag.own("nxp_netc.type", 14 * 8, 4, kind);
    tag.own("nxp_netc.subtype", 14 * 8 + 4, 4, subtype);
    tag.own("nxp_netc.qv", 15 * 8 + 7, 1, priority & 1);
    tag.priority = Some(priority >> 2 & 7);
    tag.switch = Some(place & 7);
    tag.ports = Ports::One(place >> 3);
    if long {
        let stamp = u64::from(seen.be32(18)?) << 32 | u64::from(seen.be32(22)?);
        tag.octets("nxp_netc.tstamp", 18, 8, stamp);
    }
    Some(tag)
}
