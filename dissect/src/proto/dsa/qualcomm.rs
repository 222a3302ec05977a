//! Qualcomm Atheros: `qca` (QCA8K, behind the addresses) and `ar9331` (before them, least significant octet first).
//!
//! qca register acknowledgements and MIB counters are no Ethernet frames: what stands in place of the addresses is
//! little-endian words.

use super::tag::{Place, Ports, Seen, Tag, Tagger, Way};
use crate::schema::{Field, bits, flag, le32};

pub(super) const TAGGERS: &[Tagger] = &[
    Tagger { name: "qca", number: 10, place: Place::Middle, read: qca },
    Tagger { name: "ar9331", number: 16, place: Place::Front, read: ar9331 },
];

const QCA_TYPES: &[(u64, &str)] = &[(0, "normal"), (1, "MIB counters"), (2, "register acknowledgement")];

pub(super) fn fields() -> Vec<Field> {
    vec![
        bits("qca.version", 2).doc("version"),
        bits("qca.type", 5).names(QCA_TYPES).doc("type to the CPU"),
        flag("qca.tagged").doc("frame was tagged"),
        bits("qca.control", 3).doc("control from the CPU; 1: register access"),
        flag("qca.from_cpu").doc("from the CPU"),
        le32("qca.command").hex().doc("register command"),
        bits("qca.check", 3).doc("check code of a register command; 5"),
        flag("qca.read").doc("the command reads, it does not write"),
        bits("qca.length", 4).unit("octets").doc("length of the register data"),
        bits("qca.address", 19).hex().doc("register"),
        bits("qca.reserved", 8).hex().doc("reserved bits"),
        le32("qca.mib").doc("counter"),
        le32("qca.seq").doc("register command's sequence number"),
        le32("qca.data").hex().doc("first word of register data"),
        bits("ar9331.version", 2).doc("version"),
        bits("ar9331.type", 3).doc("type"),
        flag("ar9331.broadcast").doc("broadcast"),
        flag("ar9331.from_cpu").doc("from the CPU"),
        bits("ar9331.reserved", 2).hex().doc("reserved bits"),
    ]
}

fn qca(seen: &Seen<'_>) -> Option<Tag> {
    let word = seen.be16(12)?;
    if word >> 14 != 2 {
        return None;
    }
    let guess =
        if word & 0x80 != 0 && word & 0x7f != 0 && word & 0x700 == 0 { Way::FromCpu } else { Way::ToCpu };
    let way = seen.way.unwrap_or(guess);
    let mut tag = Tag::at(12, 2, Some(way));
    tag.own("qca.version", 12 * 8, 2, word >> 14);
    tag.priority = Some((word >> 11 & 7) as u8);
    let registers = match way {
        Way::ToCpu => {
            tag.ports = Ports::One((word & 7) as u8);
            tag.own("qca.type", 12 * 8 + 5, 5, word >> 6 & 0x1f);
            tag.own("qca.tagged", 13 * 8 + 4, 1, word >> 3 & 1);
            word >> 6 & 0x1f == 2
        }
        Way::FromCpu => {
            tag.ports = Ports::Mask(u32::from(word & 0x7f));
            tag.own("qca.control", 12 * 8 + 5, 3, word >> 8 & 7);
            tag.own("qca.from_cpu", 13 * 8, 1, word >> 7 & 1);
            word >> 8 & 7 == 1
        }
    };
    tag.no_frame = registers || (way == Way::ToCpu && word >> 6 & 0x1f == 1);
    if registers {
        for (name, at) in [("qca.command", 0), ("qca.seq", 4), ("qca.data", 8)] {
            tag.octets(name, at, 4, seen.be32(at)?.swap_bytes());
        }
        // Least significant octet first: the parts that end in whole octets stand where they are said to.
        let command = seen.be32(0)?.swap_bytes();
        tag.own("qca.check", 24, 3, command >> 29);
        tag.own("qca.read", 27, 1, command >> 28 & 1);
        tag.own("qca.reserved", 28, 4, command >> 24 & 15);
        tag.own("qca.length", 16, 4, command >> 20 & 15);
        tag.own("qca.reserved", 20, 1, command >> 19 & 1);
        tag.own("qca.address", 0, 24, command & 0x7_ffff);
    } else if tag.no_frame {
        for at in [0, 4, 8] {
            tag.octets("qca.mib", at, 4, seen.be32(at)?.swap_bytes());
        }
    }
    Some(tag)
}

fn ar9331(seen: &Seen<'_>) -> Option<Tag> {
    let word = seen.be16(0)?.swap_bytes();
    if word >> 14 != 1 {
        return None;
    }
    let guess = if word & 0x40 != 0 { Way::FromCpu } else { Way::ToCpu };
    let way = seen.way.unwrap_or(guess);
    let mut tag = Tag::at(0, 2, Some(way));
    tag.priority = Some((word >> 12 & 3) as u8);
    tag.ports = Ports::One((word & 15) as u8);
    // The second octet on the wire is the high one.
    tag.own("ar9331.version", 8, 2, word >> 14);
    tag.own("ar9331.type", 8 + 5, 3, word >> 8 & 7);
    tag.own("ar9331.broadcast", 0, 1, word >> 7 & 1);
    tag.own("ar9331.from_cpu", 1, 1, word >> 6 & 1);
    tag.own("ar9331.reserved", 2, 2, word >> 4 & 3);
    tag.own("ar9331.reserved", 8 + 4, 1, word >> 11 & 1);
    Some(tag)
}
