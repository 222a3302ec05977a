//! Lantiq and MaxLinear: `gswip` (before the addresses), `gsw1xx` and `mxl862xx` (behind them, both after 0x88c3).

use super::tag::{Place, Ports, Seen, Tag, Tagger, Way};
use crate::schema::{Field, be16, bits, flag, u8};

pub(super) const TAGGERS: &[Tagger] = &[
    Tagger { name: "gswip", number: 5, place: Place::Front, read: gswip },
    Tagger { name: "gsw1xx", number: 31, place: Place::Middle, read: gsw1xx },
    Tagger { name: "mxl862xx", number: 32, place: Place::Middle, read: mxl862xx },
];

pub(super) fn fields() -> Vec<Field> {
    vec![
        u8("gswip.source").doc("source port group; 2: CPU"),
        flag("gswip.crcgen_dis").doc("no frame check sequence is made"),
        bits("gswip.dpid", 3).doc("destination group"),
        bits("gswip.reserved", 32).hex().doc("reserved bits"),
        flag("gswip.map_en").doc("port map is valid"),
        flag("gswip.map_sel").doc("port map replaces the look-up"),
        flag("gswip.lrn_dis").doc("source address is not learnt"),
        flag("gswip.class_en").doc("class is valid"),
        bits("gswip.class", 4).doc("class"),
        bits("gswip.map", 6).hex().doc("port map"),
        flag("gswip.dpid_en").doc("destination group is valid"),
        be16("gsw1xx.type").hex().doc("EtherType of the tag"),
        flag("gsw1xx.map_en").doc("port map is valid"),
        flag("gsw1xx.class_en").doc("class is valid"),
        flag("gsw1xx.ts").doc("time stamp is taken"),
        flag("gsw1xx.lrn_dis").doc("source address is not learnt"),
        bits("gsw1xx.class", 4).doc("class"),
        bits("gsw1xx.reserved", 32).hex().doc("reserved bits"),
        be16("mxl862xx.type").hex().doc("EtherType of the tag"),
        bits("mxl862xx.sub_if", 5).doc("sub-interface"),
        bits("mxl862xx.cpu_port", 4).doc("CPU port"),
        bits("mxl862xx.reserved", 16).hex().doc("reserved bits"),
    ]
}

fn gswip(seen: &Seen<'_>) -> Option<Tag> {
    let [first, second, third, fourth] = seen.be32(0)?.to_be_bytes();
    // From the CPU the source is group 2 and the map is selected; a header from the switch begins otherwise.
    let guess = if first == 2 && third & 0xc0 == 0xc0 { Way::FromCpu } else { Way::ToCpu };
    let way = seen.way.unwrap_or(guess);
    match way {
        Way::ToCpu => {
            let mut tag = Tag::at(0, 8, Some(way));
            let last = seen.octet(7)?;
            tag.ports = Ports::One(last >> 4 & 7);
            // What the other octets mean only the chip's maker tells.
            tag.octets("gswip.reserved", 0, 4, seen.be32(0)?);
            tag.own("gswip.reserved", 32, 24, seen.be32(4)? >> 8);
            tag.own("gswip.reserved", 56, 1, last >> 7);
            tag.own("gswip.reserved", 60, 4, last & 15);
            Some(tag)
        }
        Way::FromCpu => {
            let mut tag = Tag::at(0, 4, Some(way));
            // Bit n stands for port n - 1.
            tag.ports = Ports::Mask(u32::from(fourth >> 1 & 0x3f));
            tag.octets("gswip.source", 0, 1, first);
            tag.own("gswip.crcgen_dis", 8, 1, second >> 7);
            tag.own("gswip.reserved", 9, 4, second >> 3 & 15);
            tag.own("gswip.dpid", 13, 3, second & 7);
            tag.own("gswip.map_en", 16, 1, third >> 7);
            tag.own("gswip.map_sel", 17, 1, third >> 6 & 1);
            tag.own("gswip.lrn_dis", 18, 1, third >> 5 & 1);
            tag.own("gswip.class_en", 19, 1, third >> 4 & 1);
            tag.own("gswip.class", 20, 4, third & 15);
            tag.own("gswip.reserved", 24, 1, fourth >> 7);
            tag.own("gswip.map", 25, 6, fourth >> 1 & 0x3f);
            tag.own("gswip.dpid_en", 31, 1, fourth & 1);
            Some(tag)
        }
    }
}

fn gsw1xx(seen: &Seen<'_>) -> Option<Tag> {
    if seen.be16(12)? != 0x88c3 {
        return None;
    }
    let word = seen.be16(14)?;
    let behind = seen.be32(16)?;
    let guess = if word & 0x8000 != 0 { Way::FromCpu } else { Way::ToCpu };
    let way = seen.way.unwrap_or(guess);
    let mut tag = Tag::at(12, 8, Some(way));
    tag.octets("gsw1xx.type", 12, 2, 0x88c3_u32);
    match way {
        Way::ToCpu => {
            tag.ports = Ports::One((word >> 8) as u8);
            tag.octets("gsw1xx.reserved", 15, 1, word & 0xff);
        }
        Way::FromCpu => {
            tag.ports = Ports::Mask(u32::from(word & 0xff));
            tag.own("gsw1xx.map_en", 14 * 8, 1, word >> 15);
            tag.own("gsw1xx.class_en", 14 * 8 + 1, 1, word >> 14 & 1);
            tag.own("gsw1xx.ts", 14 * 8 + 2, 1, word >> 13 & 1);
            tag.own("gsw1xx.lrn_dis", 14 * 8 + 3, 1, word >> 12 & 1);
            tag.own("gsw1xx.class", 14 * 8 + 4, 4, word >> 8 & 15);
        }
    }
    tag.octets("gsw1xx.reserved", 16, 4, behind);
    Some(tag)
}

fn mxl862xx(seen: &Seen<'_>) -> Option<Tag> {
    if seen.be16(12)? != 0x88c3 {
        return None;
    }
    let (third, fourth) = (seen.be16(16)?, seen.be16(18)?);
    let (sub_if, port) = (third & 0x1f, fourth & 15);
    let guess = if sub_if != 0 { Way::FromCpu } else { Way::ToCpu };
    let way = seen.way.unwrap_or(guess);
    let mut tag = Tag::at(12, 8, Some(way));
    tag.octets("mxl862xx.type", 12, 2, 0x88c3_u32);
    tag.octets("mxl862xx.reserved", 14, 2, seen.be16(14)?);
    tag.own("mxl862xx.reserved", 16 * 8, 11, third >> 5);
    tag.own("mxl862xx.reserved", 18 * 8, 12, fourth >> 4);
    match way {
        Way::ToCpu => tag.ports = Ports::One(port as u8),
        Way::FromCpu => {
            tag.own("mxl862xx.sub_if", 16 * 8 + 11, 5, sub_if);
            tag.own("mxl862xx.cpu_port", 18 * 8 + 12, 4, port);
            // The sub-interface is the destination + 16 - the CPU port.
            let destination = sub_if.saturating_add(port).checked_sub(16);
            tag.ports = destination.map_or(Ports::None, |port| Ports::One(port as u8));
        }
    }
    Some(tag)
}
