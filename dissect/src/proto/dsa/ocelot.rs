//! Microchip and NXP: `ocelot` (VSC7514, VSC9959) and `seville` (VSC9953), a 4-octet prefix and a 16-octet header
//! before the destination address.
//!
//! Bits of the header are numbered from 127, the first one on the wire. Injection (from the CPU) and extraction
//! headers differ; the prefix is a fake destination address on extraction and is not looked at.

use super::tag::{Place, Ports, Seen, Tag, Tagger, Way};
use crate::schema::{Field, be16, be32, bits, flag, u8};

pub(super) const TAGGERS: &[Tagger] = &[
    Tagger { name: "ocelot", number: 15, place: Place::Front, read: |seen| read(seen, 56) },
    Tagger { name: "seville", number: 21, place: Place::Front, read: |seen| read(seen, 57) },
];

pub(super) fn fields() -> Vec<Field> {
    vec![
        be32("ocelot.prefix").hex().doc("prefix"),
        flag("ocelot.bypass").doc("analyzer is bypassed"),
        flag("ocelot.masq").doc("masquerades as received on a port"),
        bits("ocelot.rew_op", 10).hex().doc("rewrite operation"),
        be32("ocelot.rew_val").hex().doc("rewrite value; to the CPU the time stamp's low word"),
        bits("ocelot.dest", 12).hex().doc("destination ports"),
        bits("ocelot.src_port", 4).doc("source port"),
        bits("ocelot.tfrm_timer", 4).doc("frame timer"),
        flag("ocelot.dp").doc("drop precedence"),
        bits("ocelot.pop_cnt", 2).doc("tags to pop"),
        u8("ocelot.cpuq").hex().doc("CPU queues"),
        flag("ocelot.tag_type").doc("S-tag rather than C-tag"),
        be16("ocelot.tci").hex().doc("VLAN tag control information"),
        bits("ocelot.llen", 6).doc("length, low part"),
        u8("ocelot.wlen").doc("length, in units of 60 octets"),
        bits("ocelot.acl_id", 6).doc("access list entry"),
        bits("ocelot.sflow_id", 4).doc("sFlow instance"),
        flag("ocelot.acl_hit").doc("an access list entry matched"),
        bits("ocelot.learn_flags", 2).hex().doc("learning flags"),
        bits("ocelot.masq_port", 4).doc("port that is masqueraded, where the frame masquerades"),
        bits("ocelot.reserved", 16).hex().doc("reserved bits"),
    ]
}

/// `dest_low`: lowest bit of the destination mask, 56 for ocelot and 57 for seville.
fn read(seen: &Seen<'_>, dest_low: u32) -> Option<Tag> {
    let header = seen.data.get(4..20)?.first_chunk::<16>().map(|octets| u128::from_be_bytes(*octets))?;
    // Bypass is set on injection alone.
    let guess = if header >> 127 == 1 { Way::FromCpu } else { Way::ToCpu };
    let way = seen.way.unwrap_or(guess);
    let mut tag = Tag::at(0, 20, Some(way));
    tag.octets("ocelot.prefix", 0, 4, seen.be32(0)?);
    // Bits `high` to `low` of the header, and where they stand in the frame.
    let field = |high: u32, low: u32| {
        let width = high.saturating_sub(low).saturating_add(1);
        let mask = (1_u128.checked_shl(width)).unwrap_or(0).wrapping_sub(1);
        let start = 32_u32.saturating_add(127_u32.saturating_sub(high));
        (start as usize, width as usize, (header >> low & mask) as u64)
    };
    let mut put = |name, high, low| {
        let (start, width, value) = field(high, low);
        tag.own(name, start, width, value);
    };
    match way {
        Way::FromCpu => {
            put("ocelot.bypass", 127, 127);
            put("ocelot.masq", 126, 126);
            put("ocelot.rew_op", 125, 117);
            if header >> 126 & 1 == 1 {
                put("ocelot.masq_port", 125, 122);
            }
            put("ocelot.reserved", 116, 112);
            put("ocelot.rew_val", 111, 80);
            put("ocelot.reserved", 79, 68);
            put("ocelot.dest", 67, dest_low);
            put("ocelot.src_port", 46, 43);
            put("ocelot.reserved", dest_low.saturating_sub(1), 47);
            put("ocelot.reserved", 42, 41);
            put("ocelot.tfrm_timer", 40, 37);
            put("ocelot.reserved", 36, 31);
            put("ocelot.dp", 30, 30);
            put("ocelot.pop_cnt", 29, 28);
        }
        Way::ToCpu => {
            put("ocelot.reserved", 127, 127);
            put("ocelot.rew_op", 126, 117);
            put("ocelot.rew_val", 116, 85);
            put("ocelot.llen", 84, 79);
            put("ocelot.wlen", 78, 71);
            put("ocelot.src_port", 46, 43);
            put("ocelot.reserved", 70, 59);
            put("ocelot.reserved", 58, 47);
            put("ocelot.acl_id", 42, 37);
            put("ocelot.reserved", 36, 36);
            put("ocelot.sflow_id", 35, 32);
            put("ocelot.acl_hit", 31, 31);
            put("ocelot.dp", 30, 30);
            put("ocelot.learn_flags", 29, 28);
        }
    }
    put("ocelot.cpuq", 27, 20);
    put("ocelot.tag_type", 16, 16);
    put("ocelot.tci", 15, 0);
    tag.priority = Some(field(19, 17).2 as u8);
    tag.vid = Some((header & 0xfff) as u16);
    tag.ports = match way {
        Way::FromCpu => Ports::Mask(field(67, dest_low).2 as u32),
        Way::ToCpu => Ports::One(field(46, 43).2 as u8),
    };
    Some(tag)
}
