//! NXP: `sja1105`, `sja1110`, `hms` and `nxp_netc`.
//!
//! sja1105: data frames bear a tag_8021q VLAN (TPID 0xdadb, or the bridge's). Link-local frames to the CPU have port
//! and switch in octets 3 and 4 of the destination address; with time stamping a meta frame follows each and brings
//! the originals. From the CPU the port of such frames is chosen over SPI: it is not in the frame.
//! sja1110: control frames have a header behind 0xdadc and, mostly, a trailer; the VLAN of data frames may follow the
//! header. hms (Heterogeneous Multi-SoC): the same EtherType, with port and switch the other way round and no trailer; data
//! frames bear a tag_8021q VLAN.

use super::tag::{Place, Ports, Seen, Tag, Tagger, Way};
use super::tag_8021q;
use crate::schema::{Field, be16, be32, be64, bits, flag, u8};

pub(super) const TAGGERS: &[Tagger] = &[
    Tagger { name: "sja1105", number: 13, place: Place::Middle, read: sja1105 },
    Tagger { name: "sja1110", number: 23, place: Place::Middle, read: sja1110 },
    Tagger { name: "hms", number: 0, place: Place::Middle, read: hms },
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
        be32("sja1110.reserved").hex().doc("reserved bits"),
        be64("sja1110.tstamp").hex().doc("time stamp"),
        u8("sja1110.ts_id").doc("time stamp identifier"),
        bits("sja1110.records", 5).doc("time stamp records"),
        bits("sja1110.record.port", 4).doc("port of a time stamp record"),
        flag("sja1110.record.rx").doc("time stamp of receipt, not of transmission"),
        be16("hms.type").hex().doc("EtherType of the tag"),
        be16("hms.word").hex().doc("header word"),
        flag("hms.metadata").doc("metadata: no user frame inside"),
        flag("hms.host_only").doc("trapped, not forwarded"),
        be16("nxp_netc.type_field").hex().doc("EtherType of the tag"),
        bits("nxp_netc.type", 4).names(NETC_TYPES).doc("type"),
        bits("nxp_netc.subtype", 4).doc("subtype"),
        flag("nxp_netc.qv").doc("priority is valid"),
        bits("nxp_netc.reserved", 8).hex().doc("reserved bits"),
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
    let vlan = vlan(seen, 12);
    let (port, switch) = (seen.octet(3)?, seen.octet(4)?);
    // Without the source's word an unchanged address is more likely than port 0 of switch 0.
    let told = seen.way == Some(Way::ToCpu) || (seen.way.is_none() && (port, switch) != (0, 0));
    let from_cpu = vlan.as_ref().is_some_and(|tag| tag.way == Some(Way::FromCpu));
    if !told || from_cpu || !is_link_local(seen) {
        return vlan.or_else(|| tag_8021q::bridge_vlan(seen));
    }
    // Such frames may bear the VLAN too: the address knows the port for certain.
    let mut tag = vlan.unwrap_or_default();
    tag.way = Some(Way::ToCpu);
    tag.ports = Ports::One(port);
    tag.switch = Some(switch);
    // Port 0 of switch 0 is not told from an address that nobody changed.
    tag.guessed = seen.way.is_none() && (port, switch) == (0, 0);
    tag.own("sja1105.link_local", 24, 16, 1_u32);
    Some(tag)
}

/// The tag_8021q VLAN of data frames, and VLAN 4095 of link-local frames from the CPU, at an offset.
fn vlan(seen: &Seen<'_>, at: usize) -> Option<Tag> {
    let (tpid, tci) = (seen.be16(at)?, seen.be16(at.saturating_add(2))?);
    let switch_tag = tpid == 0xdadb || (matches!(tpid, 0x8100 | 0x88a8) && tci & 0xc00 == 0xc00);
    if !switch_tag {
        return None;
    }
    let from_cpu = tci & 0xfff == 0xfff;
    let mut tag = Tag::at(at, 4, seen.way.or(from_cpu.then_some(Way::FromCpu)));
    tag.octets("sja1105.tpid", at, 2, tpid);
    tag_8021q::read_tci(seen, at.saturating_add(2), &mut tag)?;
    Some(tag)
}

/// Takes the VLAN that follows a header of 4 octets into the tag. What the header has told stays.
fn vlan_behind(seen: &Seen<'_>, tag: &mut Tag) {
    let Some(vlan) = vlan(seen, 16) else { return };
    if let Some(part) = tag.parts.first_mut() {
        part.1 = part.1.saturating_add(4);
    }
    tag.vid = vlan.vid;
    tag.priority = tag.priority.or(vlan.priority);
    if tag.ports == Ports::None {
        tag.ports = vlan.ports;
    }
    tag.switch = tag.switch.or(vlan.switch);
    tag.own.extend(vlan.own);
}

fn meta(seen: &Seen<'_>) -> Option<Tag> {
    let mut tag = Tag { way: Some(Way::ToCpu), no_frame: true, ..Tag::default() };
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
        return vlan(seen, 12).or_else(|| tag_8021q::bridge_vlan(seen));
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
    let trailer = (word & 0x800 != 0).then(|| {
        tag.own("sja1110.trailer_pos", 14 * 8 + 5, 11, word & 0x7ff);
        usize::from(word & 0x7ff)
    });
    // The header tells where the trailer begins; what is shorter than that ends with it.
    let trailer = trailer.and_then(|at| {
        let told = (20..=seen.end().saturating_sub(4)).contains(&at).then_some(at);
        told.or(seen.tail(4)).filter(|at| *at >= 20)
    });
    if let Some(at) = trailer {
        let trailer = seen.be32(at)?;
        tag.octets("sja1110.ts_id", at, 1, trailer >> 24);
        tag.own(
            "sja1110.reserved",
            at.saturating_add(1).saturating_mul(8).saturating_add(3),
            5,
            trailer >> 16 & 0x1f,
        );
        tag.own("sja1110.reserved", at.saturating_add(3).saturating_mul(8).saturating_add(7), 1, trailer & 1);
        tag.priority = Some((trailer >> 21 & 7) as u8);
        tag.switch = Some((trailer >> 12 & 15) as u8);
        tag.ports = Ports::Mask(trailer >> 1 & 0x7ff);
    }
    // VLAN 4095 follows the header.
    if seen.be16(18).is_some_and(|tci| tci & 0xfff == 0xfff) {
        vlan_behind(seen, &mut tag);
    }
    if let Some(at) = trailer {
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
        let records = (word >> 4 & 0x1f).saturating_add(1);
        tag.own("sja1110.records", 14 * 8 + 7, 5, records);
        tag.switch = Some((word & 15) as u8);
        tag.no_frame = true;
        for at in (16..).step_by(10).take(usize::from(records)) {
            if sja1110_record(seen, at, &mut tag).is_none() {
                break;
            }
        }
        return Some(tag);
    }
    tag.own("sja1110.has_trailer", 14 * 8 + 3, 1, word >> 12 & 1);
    if word & 0x1000 == 0 {
        tag.ports = Ports::One((word >> 4 & 15) as u8);
        tag.switch = Some((word & 15) as u8);
        vlan_behind(seen, &mut tag);
        return Some(tag);
    }
    let padding = usize::from(word & 0xfff);
    tag.own("sja1110.trailer_pos", 14 * 8 + 4, 12, word & 0xfff);
    if let Some(at) = seen.tail(13).filter(|at| *at >= 16) {
        let stamp = u64::from(seen.be32(at)?) << 32 | u64::from(seen.be32(at.saturating_add(4))?);
        tag.octets("sja1110.tstamp", at, 8, stamp);
        tag.octets("sja1110.reserved", at.saturating_add(8), 4, seen.be32(at.saturating_add(8))?);
        // The nibbles stand the other way round than in the header.
        let last = seen.octet(at.saturating_add(12))?;
        tag.switch = Some(last >> 4);
        tag.ports = Ports::One(last & 15);
        vlan_behind(seen, &mut tag);
        // Padding before the trailer begins at the offset that the header tells.
        let from = if (20..=at).contains(&padding) { padding } else { at };
        tag.parts.push((from, seen.end().saturating_sub(from)));
    } else {
        vlan_behind(seen, &mut tag);
    }
    Some(tag)
}

/// A time stamp record of a metadata frame: identifier, port and direction, time stamp.
fn sja1110_record(seen: &Seen<'_>, at: usize, tag: &mut Tag) -> Option<()> {
    let [identifier, place] = seen.be16(at)?.to_be_bytes();
    let [high, low] = [seen.be32(at.saturating_add(2))?, seen.be32(at.saturating_add(6))?];
    let bit = at.saturating_mul(8);
    tag.octets("sja1110.ts_id", at, 1, identifier);
    tag.own("sja1110.record.port", bit.saturating_add(8), 4, place >> 4);
    tag.own("sja1110.record.rx", bit.saturating_add(12), 1, place >> 3 & 1);
    tag.octets("sja1110.tstamp", at.saturating_add(2), 8, u64::from(high) << 32 | u64::from(low));
    Some(())
}

fn hms(seen: &Seen<'_>) -> Option<Tag> {
    if seen.be16(12)? != 0xdadc {
        return vlan(seen, 12);
    }
    let word = seen.be16(14)?;
    let way = if word >> 15 == 1 { Way::FromCpu } else { Way::ToCpu };
    let mut tag = Tag::at(12, 4, Some(way));
    tag.octets("hms.type", 12, 2, 0xdadc_u32);
    tag.octets("hms.word", 14, 2, word);
    tag.own("hms.metadata", 14 * 8 + 1, 1, word >> 14 & 1);
    tag.switch = Some((word >> 4 & 15) as u8);
    tag.ports = Ports::One((word & 15) as u8);
    if way == Way::ToCpu {
        tag.own("hms.host_only", 14 * 8 + 2, 1, word >> 13 & 1);
    }
    if word & 0x4000 != 0 {
        tag.no_frame = true;
    } else {
        vlan_behind(seen, &mut tag);
    }
    Some(tag)
}

fn netc(seen: &Seen<'_>) -> Option<Tag> {
    if seen.be16(12)? != 0xfd3a {
        return None;
    }
    let [kind, priority, place, last] = seen.be32(14)?.to_be_bytes();
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
    tag.own("nxp_netc.reserved", 15 * 8, 3, priority >> 5);
    tag.own("nxp_netc.reserved", 15 * 8 + 6, 1, priority >> 1 & 1);
    tag.own("nxp_netc.qv", 15 * 8 + 7, 1, priority & 1);
    tag.octets("nxp_netc.reserved", 17, 1, last);
    tag.priority = Some(priority >> 2 & 7);
    tag.switch = Some(place & 7);
    tag.ports = Ports::One(place >> 3);
    if long {
        let stamp = u64::from(seen.be32(18)?) << 32 | u64::from(seen.be32(22)?);
        tag.octets("nxp_netc.tstamp", 18, 8, stamp);
    }
    Some(tag)
}
