//! Motorcomm: `yt921x` and `yt922x`, 8 octets behind 0x9988 (a register of the chip), with different fields.

use super::tag::{Place, Ports, Seen, Tag, Tagger, Way};
use crate::schema::{Field, be16, bits, flag};

pub(super) const TAGGERS: &[Tagger] = &[
    Tagger { name: "yt921x", number: 30, place: Place::Middle, read: yt921x },
    Tagger { name: "yt922x", number: 36, place: Place::Middle, read: yt922x },
];

const CODES: &[(u64, &str)] = &[
    (0, "forward"),
    (0x19, "unknown unicast"),
    (0x1a, "unknown multicast"),
    (0x1b, "port copy"),
    (0x1c, "address table copy"),
];

pub(super) fn fields() -> Vec<Field> {
    vec![
        be16("yt921x.type").hex().doc("EtherType of the tag"),
        be16("yt921x.vlan").hex().doc("VLAN tag control information"),
        flag("yt921x.rx_valid").doc("source port is valid"),
        flag("yt921x.code_valid").doc("code is valid"),
        bits("yt921x.code", 6).names(CODES).doc("why the frame goes to the CPU"),
        flag("yt921x.tx_valid").doc("destination ports are valid"),
        bits("yt921x.reserved", 7).hex().doc("reserved bits"),
        be16("yt922x.type").hex().doc("EtherType of the tag"),
        flag("yt922x.priority_en").doc("priority is valid"),
        flag("yt922x.force").doc("destination is forced"),
        bits("yt922x.reserved", 16).hex().doc("reserved bits"),
    ]
}

fn yt921x(seen: &Seen<'_>) -> Option<Tag> {
    if seen.be16(12)? != 0x9988 {
        return None;
    }
    let (vlan, source, destination) = (seen.be16(14)?, seen.be16(16)?, seen.be16(18)?);
    let guess = if destination & 0x8000 != 0 { Way::FromCpu } else { Way::ToCpu };
    let way = seen.way.unwrap_or(guess);
    let mut tag = Tag::at(12, 8, Some(way));
    tag.octets("yt921x.type", 12, 2, 0x9988_u32);
    tag.octets("yt921x.vlan", 14, 2, vlan);
    tag.priority = Some((source >> 8 & 7) as u8);
    tag.own("yt921x.rx_valid", 16 * 8, 1, source >> 15);
    tag.own("yt921x.code_valid", 16 * 8 + 8, 1, source >> 7 & 1);
    tag.own("yt921x.code", 16 * 8 + 9, 6, source >> 1 & 0x3f);
    tag.own("yt921x.reserved", 16 * 8 + 15, 1, source & 1);
    tag.own("yt921x.tx_valid", 18 * 8, 1, destination >> 15);
    tag.own("yt921x.reserved", 18 * 8 + 1, 4, destination >> 11 & 15);
    tag.ports = match way {
        Way::FromCpu => Ports::Mask(u32::from(destination & 0x7ff)),
        Way::ToCpu if source & 0x8000 != 0 => Ports::One((source >> 11 & 15) as u8),
        Way::ToCpu => Ports::None,
    };
    if vlan & 0xfff != 0 {
        tag.vid = Some(vlan & 0xfff);
    }
    Some(tag)
}

fn yt922x(seen: &Seen<'_>) -> Option<Tag> {
    if seen.be16(12)? != 0x9988 {
        return None;
    }
    let (first, second) = (seen.be16(14)?, seen.be16(16)?);
    let third = seen.be16(18)?;
    let guess = if first & 0x3fff != 0 { Way::FromCpu } else { Way::ToCpu };
    let way = seen.way.unwrap_or(guess);
    let mut tag = Tag::at(12, 8, Some(way));
    tag.octets("yt922x.type", 12, 2, 0x9988_u32);
    match way {
        Way::ToCpu => {
            tag.ports = Ports::One((second >> 2 & 15) as u8);
            tag.octets("yt922x.reserved", 14, 2, first);
            tag.own("yt922x.reserved", 16 * 8, 10, second >> 6);
            tag.own("yt922x.reserved", 17 * 8 + 6, 2, second & 3);
        }
        Way::FromCpu => {
            tag.own("yt922x.reserved", 14 * 8, 2, first >> 14);
            tag.own("yt922x.reserved", 16 * 8 + 1, 15, second & 0x7fff);
            tag.own("yt922x.priority_en", 14 * 8 + 2, 1, first >> 13 & 1);
            tag.own("yt922x.force", 14 * 8 + 6, 1, first >> 9 & 1);
            tag.priority = Some((first >> 10 & 7) as u8);
            // Bits 8 to 0 stand for ports 9 to 1, bit 15 of the next word for port 0.
            tag.ports = Ports::Mask(u32::from(first & 0x1ff) << 1 | u32::from(second >> 15));
        }
    }
    tag.octets("yt922x.reserved", 18, 2, third);
    Some(tag)
}
