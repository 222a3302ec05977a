//! Broadcom: `brcm`, `brcm-prepend` (BCM53xx), `brcm-legacy` (BCM63xx), `brcm-legacy-fcs` (BCM5325, BCM5365).
//!
//! brcm, 4 octets: opcode in the top three bits tells the way. To the CPU: classification, reasons, traffic class and
//! source port; from it: traffic class, tag enforcement, time stamp request, destination map of 9 ports.
//! Legacy, 6 octets behind 0x8874: opcode, frame length (only `-fcs` towards the switch, which also appends a CRC-32
//! of the frame before tagging), port.

use super::tag::{Place, Ports, Seen, Tag, Tagger, Way, way_or};
use crate::schema::{Field, be16, be32, bits, flag, u8};

pub(super) const TAGGERS: &[Tagger] = &[
    Tagger { name: "brcm", number: 1, place: Place::Middle, read: |seen| read(seen, 12) },
    Tagger { name: "brcm-prepend", number: 2, place: Place::Front, read: |seen| read(seen, 0) },
    Tagger { name: "brcm-legacy", number: 22, place: Place::Middle, read: |seen| legacy(seen, false) },
    Tagger { name: "brcm-legacy-fcs", number: 29, place: Place::Middle, read: |seen| legacy(seen, true) },
];

const ENFORCEMENT: &[(u64, &str)] = &[(0, "none"), (1, "untag"), (2, "header"), (3, "reserved")];
/// Bits of the reason, from bit 5 on.
const REASONS: [&str; 6] = [
    "brcm.reason.exception",
    "brcm.reason.snooping",
    "brcm.reason.termination",
    "brcm.reason.switching",
    "brcm.reason.learning",
    "brcm.reason.mirror",
];
const LEGACY_OPCODES: &[(u64, &str)] =
    &[(0, "unicast"), (1, "multicast"), (2, "egress directed"), (3, "ingress directed")];

pub(super) fn fields() -> Vec<Field> {
    vec![
        bits("brcm.opcode", 3).doc("opcode; 0: to the CPU, 1: from the CPU"),
        u8("brcm.cid").doc("classification identifier"),
        u8("brcm.reason")
            .hex()
            .doc("reasons: 1 mirror, 2 learning, 4 switching, 8 termination, 16 snooping, 32 exception"),
        bits("brcm.reason.reserved", 2).doc("reasons that no chip has"),
        flag("brcm.reason.exception").doc("exception"),
        flag("brcm.reason.snooping").doc("protocol snooping"),
        flag("brcm.reason.termination").doc("protocol termination"),
        flag("brcm.reason.switching").doc("switching"),
        flag("brcm.reason.learning").doc("MAC address learning"),
        flag("brcm.reason.mirror").doc("mirrored"),
        bits("brcm.reserved", 7).hex().doc("reserved bits"),
        bits("brcm.te", 2).names(ENFORCEMENT).doc("tag enforcement"),
        flag("brcm.ts").doc("time stamp requested"),
        bits("brcm.map", 9).hex().doc("destination ports"),
        bits("brcm_legacy.opcode", 3).names(LEGACY_OPCODES).doc("opcode"),
        bits("brcm_legacy.length", 11).unit("octets").doc("length of the frame before tagging"),
        bits("brcm_legacy.reserved", 8).hex().doc("reserved bits"),
        be16("brcm_legacy.type").hex().doc("EtherType of the tag"),
        be32("brcm_legacy.fcs").hex().doc("CRC-32 of the frame before tagging, as it stands"),
    ]
}

fn read(seen: &Seen<'_>, at: usize) -> Option<Tag> {
    let word = seen.be32(at)?;
    let [first, cid, reason, last] = word.to_be_bytes();
    let bit = at.saturating_mul(8);
    let opcode = first >> 5;
    let way = match opcode {
        0 => Some(Way::ToCpu),
        1 => Some(Way::FromCpu),
        _ => None,
    };
    let mut tag = Tag::at(at, 4, way);
    tag.own("brcm.opcode", bit, 3, opcode);
    match way {
        // The layout of other opcodes is not known: they name no port.
        None => {}
        Some(Way::ToCpu) => {
            tag.ports = Ports::One(last & 0x1f);
            tag.priority = Some(last >> 5);
            tag.own("brcm.cid", bit.saturating_add(8), 8, cid);
            tag.own("brcm.reserved", bit.saturating_add(3), 5, first & 0x1f);
            tag.own("brcm.reason", bit.saturating_add(16), 8, reason);
            tag.own("brcm.reason.reserved", bit.saturating_add(16), 2, reason >> 6);
            for (name, place) in REASONS.into_iter().zip(18_usize..) {
                let shift = 23_usize.saturating_sub(place);
                tag.own(name, bit.saturating_add(place), 1, reason >> shift & 1);
            }
        }
        Some(Way::FromCpu) => {
            let map = word & 0x1ff;
            tag.ports = Ports::Mask(map);
            tag.priority = Some(first >> 2 & 7);
            tag.own("brcm.te", bit.saturating_add(6), 2, first & 3);
            tag.own("brcm.ts", bit.saturating_add(8), 1, cid >> 7);
            tag.own("brcm.reserved", bit.saturating_add(9), 7, cid & 0x7f);
            tag.own("brcm.reserved", bit.saturating_add(16), 7, reason >> 1);
            tag.own("brcm.map", bit.saturating_add(23), 9, map);
        }
    }
    Some(tag)
}

fn legacy(seen: &Seen<'_>, with_fcs: bool) -> Option<Tag> {
    if seen.be16(12)? != 0x8874 {
        return None;
    }
    let word = seen.be16(14)?;
    let last = seen.octet(17)?;
    let port = last & 15;
    let opcode = word >> 13;
    // Towards the switch `-fcs` always tells the length.
    let towards = opcode == 2 && (!with_fcs || word & 0x7ff != 0);
    let way = way_or(seen, if towards { Way::FromCpu } else { Way::ToCpu });
    // An internal switch before this one adds an empty VLAN tag to what it sends up; it goes with the switch tag.
    let empty_vlan = way == Way::ToCpu && seen.be32(18) == Some(0x8100_0000);
    let mut tag = Tag::at(12, if empty_vlan { 10 } else { 6 }, Some(way));
    tag.ports = Ports::One(port);
    tag.octets("brcm_legacy.type", 12, 2, 0x8874_u32);
    tag.own("brcm_legacy.opcode", 14 * 8, 3, opcode);
    tag.own("brcm_legacy.reserved", 14 * 8 + 3, 2, word >> 11 & 3);
    tag.own("brcm_legacy.length", 14 * 8 + 5, 11, word & 0x7ff);
    tag.octets("brcm_legacy.reserved", 16, 1, seen.octet(16)?);
    tag.own("brcm_legacy.reserved", 17 * 8, 4, last >> 4);
    if with_fcs
        && way == Way::FromCpu
        && let Some(at) = seen.tail(4)
        && at >= 18
    {
        tag.octets("brcm_legacy.fcs", at, 4, seen.be32(at)?);
        tag.parts.push((at, 4));
    }
    Some(tag)
}
