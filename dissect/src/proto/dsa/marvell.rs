//! Marvell: `dsa` (4 octets), `edsa` (the same behind 0xdada 0000), `trailer` (mv88e6060).
//!
//! A first 802.1Q tag is folded into the tag: then bit 5 of the first octet is set, the DEI stands in bit 0 of the
//! second, priority and VID in the last two.

use super::tag::{Place, Ports, Seen, Tag, Tagger, Way};
use crate::frame::VlanTag;
use crate::schema::{Field, be16, bits, flag, u8};

pub(super) const TAGGERS: &[Tagger] = &[
    Tagger { name: "dsa", number: 3, place: Place::Middle, read: |seen| read(seen, 12, 12) },
    Tagger { name: "edsa", number: 4, place: Place::Middle, read: edsa },
    Tagger { name: "trailer", number: 11, place: Place::Back, read: trailer },
];

const COMMANDS: &[(u64, &str)] = &[(0, "TO_CPU"), (1, "FROM_CPU"), (2, "TO_SNIFFER"), (3, "FORWARD")];
const CODES: &[(u64, &str)] = &[
    (0, "management trap"),
    (1, "frame to register"),
    (2, "IGMP/MLD trap"),
    (3, "policy trap"),
    (4, "ARP mirror"),
    (5, "policy mirror"),
];

pub(super) fn fields() -> Vec<Field> {
    vec![
        be16("dsa.type").hex().doc("EtherType of the tag"),
        bits("dsa.cmd", 2).names(COMMANDS).doc("command"),
        flag("dsa.tagged").doc("a VLAN tag is folded into the switch tag"),
        bits("dsa.code", 3).names(CODES).doc("why the frame goes to the CPU"),
        flag("dsa.src_trunk").doc("the port is a link aggregation group"),
        bits("dsa.trunk", 5).doc("link aggregation group"),
        flag("dsa.ingress").doc("mirrored on ingress"),
        flag("dsa.cfi").doc("CFI or DEI of the VLAN tag that is folded in"),
        bits("dsa.reserved", 16).hex().doc("reserved bits"),
        u8("trailer.head").hex().doc("first octet; 128"),
        bits("trailer.reserved", 8).hex().doc("reserved bits"),
        flag("trailer.override").doc("the ports told override the look-up"),
    ]
}

fn edsa(seen: &Seen<'_>) -> Option<Tag> {
    // The EtherType is a register of the chip; Linux writes 0xdada, the number assigned to Marvell is 0x22e3. Two
    // reserved octets follow, which are 0.
    let kind = seen.be16(12)?;
    let own_number = matches!(kind, 0xdada | 0x22e3);
    if !own_number && (kind < 0x600 || seen.be16(14)? != 0) {
        return None;
    }
    let mut tag = read(seen, 12, 16)?;
    tag.octets("dsa.type", 12, 2, kind);
    tag.octets("dsa.reserved", 14, 2, seen.be16(14)?);
    Some(tag)
}

fn read(seen: &Seen<'_>, start: usize, at: usize) -> Option<Tag> {
    let [d0, d1, d2, d3] = seen.be32(at)?.to_be_bytes();
    let bit = at.saturating_mul(8);
    let command = d0 >> 6;
    let way = if command == 1 { Way::FromCpu } else { Way::ToCpu };
    // A frame that the host forwards for a bridge bears FORWARD: only the source tells its way.
    let way = if command == 3 { seen.way.unwrap_or(way) } else { way };
    let tagged = d0 & 0x20 != 0;
    let port = d1 >> 3;
    let mut tag = Tag::at(start, at.saturating_add(4).saturating_sub(start), Some(way));
    // Linux forwards from a virtual switch, which stands for a bridge and is never the first, and from port 0.
    tag.guessed = command == 3 && seen.way.is_none() && d0 & 0x1f != 0 && d1 & 0xfc == 0;
    tag.switch = Some(d0 & 0x1f);
    tag.vid = Some(u16::from_be_bytes([d2 & 15, d3]));
    tag.priority = Some(d2 >> 5);
    let trunk = command == 3 && d1 & 4 != 0;
    // FORWARD from the CPU names a virtual switch that stands for a bridge, not a port.
    let bridge = command == 3 && way == Way::FromCpu;
    if !trunk && !bridge {
        tag.ports = Ports::One(port);
    }
    tag.own("dsa.cmd", bit, 2, command);
    tag.own("dsa.tagged", bit.saturating_add(2), 1, d0 >> 5 & 1);
    tag.own("dsa.cfi", bit.saturating_add(15), 1, d1 & 1);
    match command {
        0 => {
            let code = d1 & 6 | d2 >> 4 & 1;
            tag.own("dsa.code", bit.saturating_add(13), 3, code);
        }
        2 => {
            tag.own("dsa.ingress", bit.saturating_add(13), 1, d1 >> 2 & 1);
            tag.own("dsa.reserved", bit.saturating_add(14), 1, d1 >> 1 & 1);
        }
        3 => {
            tag.own("dsa.reserved", bit.saturating_add(14), 1, d1 >> 1 & 1);
            tag.own("dsa.src_trunk", bit.saturating_add(13), 1, d1 >> 2 & 1);
            if trunk {
                tag.own("dsa.trunk", bit.saturating_add(8), 5, port);
            }
        }
        _ => tag.own("dsa.reserved", bit.saturating_add(13), 2, d1 >> 1 & 3),
    }
    if command != 0 {
        tag.own("dsa.reserved", bit.saturating_add(19), 1, d2 >> 4 & 1);
    }
    if tagged {
        let dei = u16::from(d1 & 1) << 12;
        tag.swallowed = Some(VlanTag { tpid: 0x8100, tci: u16::from_be_bytes([d2 & 0xef, d3]) | dei });
    }
    Some(tag)
}

fn trailer(seen: &Seen<'_>) -> Option<Tag> {
    let at = seen.tail(4)?;
    let [first, port, third, fourth] = seen.be32(at)?.to_be_bytes();
    if first != 0x80 || fourth != 0 || third & 0xef != 0 {
        return None;
    }
    // Towards the switch a mask and always 0x10 behind at least 60 octets, from it a number below 8.
    let towards = port >= 8 || (third == 0x10 && at >= 60 && port.is_power_of_two());
    let guess = if towards { Way::FromCpu } else { Way::ToCpu };
    let way = seen.way.unwrap_or(guess);
    let mut tag = Tag::at(at, 4, Some(way));
    // Only towards the switch frames are padded; a number is below 8, and 0 no mask.
    tag.guessed = seen.way.is_none() && at >= 60 && third == 0x10 && (1..8).contains(&port);
    tag.octets("trailer.head", at, 1, first);
    tag.own("trailer.override", at.saturating_add(2).saturating_mul(8).saturating_add(3), 1, third >> 4 & 1);
    tag.octets("trailer.reserved", at.saturating_add(3), 1, fourth);
    tag.ports = match way {
        Way::FromCpu => Ports::Mask(u32::from(port)),
        Way::ToCpu => {
            tag.own("trailer.reserved", at.saturating_add(1).saturating_mul(8), 5, port >> 3);
            Ports::One(port & 7)
        }
    };
    Some(tag)
}
