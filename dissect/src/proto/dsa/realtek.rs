//! Realtek: `rtl4a` (RTL8366RB), `rtl8_4` and `rtl8_4t` (RTL8365MB and later), all behind EtherType 0x8899; `rtl_otto`
//! (RTL838x to RTL931x, OpenWrt): a trailer towards the switch alone, from it the port comes beside the frame.

use super::tag::{Place, Ports, Seen, Tag, Tagger, Way, way_or};
use crate::schema::{Field, be16, bits, flag, u8};

pub(super) const TAGGERS: &[Tagger] = &[
    Tagger { name: "rtl4a", number: 17, place: Place::Middle, read: rtl4a },
    Tagger { name: "rtl8_4", number: 24, place: Place::Middle, read: |seen| rtl8_4(seen, 12) },
    Tagger { name: "rtl8_4t", number: 25, place: Place::Back, read: |seen| rtl8_4(seen, seen.tail(8)?) },
    Tagger { name: "rtl_otto", number: 0, place: Place::Back, read: rtl_otto },
];

const REASONS: &[(u64, &str)] = &[(0, "forwarded or flooded"), (80, "trapped")];

pub(super) fn fields() -> Vec<Field> {
    vec![
        be16("realtek.type").hex().doc("EtherType of the tag"),
        u8("realtek.protocol").hex().doc("tag protocol"),
        bits("rtl4a.reserved", 4).hex().doc("reserved bits"),
        u8("rtl8_4.reason").names(REASONS).doc("why the frame goes to the CPU"),
        flag("rtl8_4.fid_en").doc("filtering identifier is valid"),
        bits("rtl8_4.fid", 2).doc("filtering identifier"),
        flag("rtl8_4.pri_en").doc("priority is valid"),
        flag("rtl8_4.keep").doc("tag format is kept"),
        flag("rtl8_4.learn_dis").doc("source address is not learnt"),
        bits("rtl8_4.reserved", 11).hex().doc("reserved bits"),
        flag("rtl8_4.allow").doc("the ports are those allowed, not those told"),
        flag("rtl_otto.offload").doc("already forwarded by the switch"),
    ]
}

fn rtl4a(seen: &Seen<'_>) -> Option<Tag> {
    let word = seen.be16(14)?;
    if seen.be16(12)? != 0x8899 || word >> 12 != 0xa {
        return None;
    }
    // A mask towards the switch, where frames are padded to 60 octets before the tag; a number from it.
    let guess = if word & 0xff > 5 || word & 0xff == 0 { Way::ToCpu } else { Way::FromCpu };
    let guess = if seen.end() < 64 { Way::ToCpu } else { guess };
    let way = way_or(seen, guess);
    let mut tag = Tag::at(12, 4, Some(way));
    tag.octets("realtek.type", 12, 2, 0x8899_u32);
    tag.own("realtek.protocol", 14 * 8, 4, word >> 12);
    tag.own("rtl4a.reserved", 14 * 8 + 4, 4, word >> 8 & 15);
    tag.guessed = seen.way.is_none() && seen.end() >= 64 && word & 0xff != 0;
    tag.ports = match way {
        Way::FromCpu => Ports::Mask(u32::from(word & 0xff)),
        Way::ToCpu => Ports::One((word & 0xff) as u8),
    };
    Some(tag)
}

/// Protocols behind the same EtherType that are no tags of this length: RRCP, REP, RLDP, and those of RTL8306 and RTL8366.
fn is_no_tag(protocol: u16) -> bool {
    matches!(protocol, 1..=3 | 0x23 | 0x90..=0xaf)
}

fn rtl8_4(seen: &Seen<'_>, at: usize) -> Option<Tag> {
    let second = seen.be16(at.saturating_add(2))?;
    if seen.be16(at)? != 0x8899 || is_no_tag(second >> 8) {
        return None;
    }
    if second >> 8 != 4 {
        // A tag of another chip: as long, and what its octets say is not known.
        seen.be32(at.saturating_add(4))?;
        let mut tag = Tag::at(at, 8, seen.way);
        tag.octets("realtek.type", at, 2, 0x8899_u32);
        tag.octets("realtek.protocol", at.saturating_add(2), 1, second >> 8);
        return Some(tag);
    }
    let (third, fourth) = (seen.be16(at.saturating_add(4))?, seen.be16(at.saturating_add(6))?);
    let guess = if third & 0x20 != 0 { Way::FromCpu } else { Way::ToCpu };
    let way = way_or(seen, guess);
    let bit = at.saturating_mul(8);
    let mut tag = Tag::at(at, 8, Some(way));
    tag.octets("realtek.type", at, 2, 0x8899_u32);
    tag.own("realtek.protocol", bit.saturating_add(16), 8, second >> 8);
    tag.own("rtl8_4.reason", bit.saturating_add(24), 8, second & 0xff);
    tag.own("rtl8_4.fid_en", bit.saturating_add(32), 1, third >> 15);
    tag.own("rtl8_4.reserved", bit.saturating_add(33), 1, third >> 14 & 1);
    tag.own("rtl8_4.fid", bit.saturating_add(34), 2, third >> 12 & 3);
    tag.own("rtl8_4.pri_en", bit.saturating_add(36), 1, third >> 11 & 1);
    tag.own("rtl8_4.keep", bit.saturating_add(40), 1, third >> 7 & 1);
    tag.own("rtl8_4.reserved", bit.saturating_add(41), 1, third >> 6 & 1);
    tag.own("rtl8_4.learn_dis", bit.saturating_add(42), 1, third >> 5 & 1);
    tag.own("rtl8_4.reserved", bit.saturating_add(43), 5, third & 0x1f);
    tag.own("rtl8_4.allow", bit.saturating_add(48), 1, fourth >> 15);
    tag.priority = Some((third >> 8 & 7) as u8);
    tag.ports = match way {
        Way::FromCpu => {
            tag.own("rtl8_4.reserved", bit.saturating_add(49), 4, fourth >> 11 & 15);
            Ports::Mask(u32::from(fourth & 0x7ff))
        }
        Way::ToCpu => {
            tag.own("rtl8_4.reserved", bit.saturating_add(49), 11, fourth >> 4 & 0x7ff);
            Ports::One((fourth & 15) as u8)
        }
    };
    Some(tag)
}

/// Port, then `ab cd ef`; in older drivers `80`, port, `10 00` both ways, with a bit for what the switch has forwarded.
fn rtl_otto(seen: &Seen<'_>) -> Option<Tag> {
    let at = seen.tail(4)?;
    match seen.be32(at)?.to_be_bytes() {
        [port, 0xab, 0xcd, 0xef] => {
            let mut tag = Tag::at(at, 4, Some(Way::FromCpu));
            tag.ports = Ports::One(port);
            Some(tag)
        }
        [0x80, port, 0 | 0x10, 0] if port < 0x80 => {
            let mut tag = Tag::at(at, 4, seen.way);
            tag.ports = Ports::One(port & 0x3f);
            tag.own(
                "rtl_otto.offload",
                at.saturating_add(1).saturating_mul(8).saturating_add(1),
                1,
                port >> 6 & 1,
            );
            Some(tag)
        }
        _ => None,
    }
}
