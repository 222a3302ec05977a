//! Renesas: `a5psw` (RZ/N1), 8 octets behind 0xe001.

use super::tag::{Place, Ports, Seen, Tag, Tagger, Way};
use crate::schema::{Field, be16, bits, flag};

pub(super) const TAGGERS: &[Tagger] = &[Tagger { name: "a5psw", number: 26, place: Place::Middle, read }];

pub(super) fn fields() -> Vec<Field> {
    vec![
        be16("a5psw.type").hex().doc("EtherType of the tag"),
        bits("a5psw.reserved", 16).hex().doc("reserved bits"),
        flag("a5psw.force").doc("forwarding is forced to the ports told"),
    ]
}

fn read(seen: &Seen<'_>) -> Option<Tag> {
    if seen.be16(12)? != 0xe001 {
        return None;
    }
    let (word, mask) = (seen.be16(14)?, seen.be16(18)?);
    let guess = if mask & 15 != 0 && word == 1 { Way::FromCpu } else { Way::ToCpu };
    let way = seen.way.unwrap_or(guess);
    let mut tag = Tag::at(12, 8, Some(way));
    tag.octets("a5psw.type", 12, 2, 0xe001_u32);
    match way {
        Way::ToCpu => {
            tag.own("a5psw.reserved", 14 * 8, 12, word >> 4);
            tag.ports = Ports::One((word & 15) as u8);
        }
        Way::FromCpu => {
            tag.own("a5psw.reserved", 14 * 8, 15, word >> 1);
            tag.own("a5psw.force", 15 * 8 + 7, 1, word & 1);
            tag.ports = Ports::Mask(u32::from(mask & 15));
        }
    }
    tag.octets("a5psw.reserved", 16, 2, seen.be16(16)?);
    tag.own("a5psw.reserved", 18 * 8, 12, mask >> 4);
    Some(tag)
}
