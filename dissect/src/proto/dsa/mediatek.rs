//! MediaTek: `mtk` (MT7530 and later), `mt7628`.
//!
//! Towards the switch `mtk` overwrites the TPID of a tagged frame, and adds four octets to an untagged one. Some
//! conduits take the tag out in hardware on receipt: what then stands behind the addresses is a real EtherType.

use super::tag::{Place, Ports, Seen, Tag, Tagger, Way};
use super::tag_8021q;
use crate::frame::VlanTag;
use crate::schema::{Field, be16, bits, flag};

pub(super) const TAGGERS: &[Tagger] = &[
    Tagger { name: "mtk", number: 9, place: Place::Middle, read: mtk },
    Tagger { name: "mt7628", number: 35, place: Place::Middle, read: mt7628 },
];

const TAGGED: &[(u64, &str)] = &[(0, "untagged"), (1, "in place of 0x8100"), (2, "in place of 0x88a8")];

pub(super) fn fields() -> Vec<Field> {
    vec![
        bits("mtk.vpid", 2).names(TAGGED).doc("which VLAN tag the switch tag stands for"),
        flag("mtk.sa_dis").doc("source address is not learnt"),
        bits("mtk.reserved", 16).hex().doc("reserved bits"),
        be16("mt7628.type").hex().doc("EtherType of the tag, with the port in its low bits"),
    ]
}

fn mtk(seen: &Seen<'_>) -> Option<Tag> {
    let word = seen.be16(12)?;
    let [kind, ports] = word.to_be_bytes();
    // The source tells the way; without it a source port stands below 8, a mask of one port mostly above.
    // From the switch a VLAN tag stands behind the four octets, never in them: Linux takes them all off.
    let from_cpu_form = matches!(kind, 1 | 2) || ports & 0x3f > 7;
    let way = seen.way.unwrap_or(if from_cpu_form { Way::FromCpu } else { Way::ToCpu });
    if way == Way::ToCpu {
        if word >= 0x600 {
            return None;
        }
        let mut tag = Tag::at(12, 4, Some(way));
        tag.guessed = seen.way.is_none() && kind == 0 && ports & 0x3f != 0;
        tag.own("mtk.reserved", 12 * 8, 13, word >> 3);
        tag.octets("mtk.reserved", 14, 2, seen.be16(14)?);
        tag.ports = Ports::One(ports & 7);
        return Some(tag);
    }
    if kind > 2 {
        return None;
    }
    let mut tag = Tag::at(12, if kind == 0 { 4 } else { 2 }, Some(way));
    let tci = seen.be16(14)?;
    tag.ports = Ports::Mask(u32::from(ports & 0x3f));
    tag.own("mtk.reserved", 12 * 8, 6, kind >> 2);
    tag.own("mtk.vpid", 12 * 8 + 6, 2, kind & 3);
    tag.own("mtk.reserved", 13 * 8, 1, ports >> 7);
    tag.own("mtk.sa_dis", 13 * 8 + 1, 1, ports >> 6 & 1);
    if kind != 0 {
        tag.swallowed = Some(VlanTag { tpid: if kind == 1 { 0x8100 } else { 0x88a8 }, tci });
        tag.tci_in_frame = Some(14);
    }
    Some(tag)
}

fn mt7628(seen: &Seen<'_>) -> Option<Tag> {
    let kind = seen.be16(12)?;
    if kind & 0xffc0 != 0x8100 {
        return None;
    }
    let low = kind & 0x3f;
    // Two ports, or one above 2, are only told by a mask.
    let guess = if low > 7 { Way::FromCpu } else { Way::ToCpu };
    let way = seen.way.unwrap_or(guess);
    let mut tag = Tag::at(12, 4, Some(way));
    tag.guessed = seen.way.is_none() && (1..8).contains(&low);
    tag.octets("mt7628.type", 12, 2, kind);
    tag_8021q::read_tci(seen, 14, &mut tag)?;
    tag.ports = match way {
        Way::FromCpu => Ports::Mask(u32::from(low)),
        Way::ToCpu => Ports::One((low & 7) as u8),
    };
    Some(tag)
}
