//! Microchip LAN9645x: `lan9645x`, an internal frame header of 28 octets before the addresses.
//!
//! Bits of the header are numbered from 223, the first one on the wire; injection (from the CPU) and extraction headers
//! share most fields. A prefix of 16 octets (fake addresses, 0x8880 and 0x0011) or of 4 (the last two words) may stand before
//! it, as the chip is told: Linux has the long one to the CPU and none from it. To the CPU there is a gap of 4 octets behind
//! the header for each VLAN tag that the switch has taken out.

use super::tag::{Place, Ports, Seen, Tag, Tagger, Way};
use crate::schema::{Field, be16, be32, bits, flag, u8};

pub(super) const TAGGERS: &[Tagger] = &[Tagger { name: "lan9645x", number: 0, place: Place::Front, read }];

/// Octets of the header.
const HEADER: usize = 28;

pub(super) fn fields() -> Vec<Field> {
    vec![
        be32("lan9645x.prefix").hex().doc("prefix: EtherType and number of the format"),
        be32("lan9645x.inj_tstamp").hex().doc("time stamp to inject"),
        flag("lan9645x.bypass").doc("analyzer is bypassed"),
        flag("lan9645x.masq").doc("masquerades as received on a port"),
        bits("lan9645x.masq_port", 4).doc("port that is masqueraded"),
        flag("lan9645x.rct_inj").doc("a redundancy trailer is injected"),
        bits("lan9645x.ts_nsec", 30).unit("ns").doc("time stamp of receipt, nanoseconds"),
        u8("lan9645x.ts_subns").doc("time stamp of receipt, parts of a nanosecond"),
        bits("lan9645x.len", 14).unit("octets").doc("frame length"),
        bits("lan9645x.rtagd", 2).doc("a redundancy tag was found"),
        flag("lan9645x.cutthru").doc("frame was cut through"),
        bits("lan9645x.rew_cmd", 10).hex().doc("rewrite command"),
        bits("lan9645x.pdu_type", 4).doc("kind of frame"),
        flag("lan9645x.fcs_upd").doc("frame check sequence is updated"),
        flag("lan9645x.dp").doc("drop precedence"),
        bits("lan9645x.pop_cnt", 2).doc("VLAN tags that are taken out, as the chip counts"),
        bits("lan9645x.etype_ofs", 2).doc("tags before the EtherType"),
        bits("lan9645x.src_port", 4).doc("source port"),
        be16("lan9645x.seq_num").doc("sequence number of a redundancy tag"),
        flag("lan9645x.tag_type").doc("S-tag rather than C-tag"),
        be16("lan9645x.tci").hex().doc("VLAN tag control information"),
        bits("lan9645x.dscp", 6).doc("DSCP"),
        u8("lan9645x.cpuq").hex().doc("CPU queues"),
        bits("lan9645x.learn_flags", 2).hex().doc("learning flags"),
        bits("lan9645x.sflow_id", 4).doc("sFlow instance"),
        flag("lan9645x.acl_hit").doc("an access list entry matched"),
        bits("lan9645x.acl_idx", 6).doc("access list entry"),
        u8("lan9645x.isdx").doc("ingress service"),
        bits("lan9645x.dest", 10).hex().doc("destination ports"),
        bits("lan9645x.flood", 2).doc("frame was flooded"),
        bits("lan9645x.seq_op", 2).doc("sequence operation"),
        bits("lan9645x.ipv", 3).doc("internal priority value"),
        flag("lan9645x.afi").doc("injected again and again"),
        flag("lan9645x.rct_avail").doc("a redundancy trailer is there"),
    ]
}

/// Name, lowest bit, bits.
type Part = (&'static str, usize, usize);

const INJECTION: &[Part] = &[
    ("lan9645x.inj_tstamp", 192, 32),
    ("lan9645x.bypass", 191, 1),
    ("lan9645x.masq", 190, 1),
    ("lan9645x.masq_port", 186, 4),
    ("lan9645x.rct_inj", 185, 1),
    ("lan9645x.afi", 47, 1),
];

const EXTRACTION: &[Part] = &[
    ("lan9645x.ts_nsec", 194, 30),
    ("lan9645x.ts_subns", 186, 8),
    ("lan9645x.len", 171, 14),
    ("lan9645x.cutthru", 166, 1),
    ("lan9645x.src_port", 140, 4),
    ("lan9645x.learn_flags", 84, 2),
    ("lan9645x.flood", 53, 2),
    ("lan9645x.rct_avail", 9, 1),
];

const BOTH: &[Part] = &[
    ("lan9645x.rtagd", 167, 2),
    ("lan9645x.rew_cmd", 156, 10),
    ("lan9645x.pdu_type", 151, 4),
    ("lan9645x.fcs_upd", 150, 1),
    ("lan9645x.dp", 149, 1),
    ("lan9645x.pop_cnt", 146, 2),
    ("lan9645x.etype_ofs", 144, 2),
    ("lan9645x.seq_num", 120, 16),
    ("lan9645x.tag_type", 119, 1),
    ("lan9645x.tci", 103, 16),
    ("lan9645x.dscp", 97, 6),
    ("lan9645x.cpuq", 86, 8),
    ("lan9645x.sflow_id", 80, 4),
    ("lan9645x.acl_hit", 79, 1),
    ("lan9645x.acl_idx", 73, 6),
    ("lan9645x.isdx", 65, 8),
    ("lan9645x.dest", 55, 10),
    ("lan9645x.seq_op", 51, 2),
    ("lan9645x.ipv", 48, 3),
];

fn read(seen: &Seen<'_>) -> Option<Tag> {
    let at = match (seen.be32(0)?, seen.be32(12)?) {
        (0x8880_0011, _) => 4,
        (0xffff_ffff, 0x8880_0011) => 16,
        _ => 0,
    };
    let header = Header { at, octets: seen.data.get(at..)?.first_chunk::<HEADER>()? };
    // Bypass is set on injection alone, where Linux has no prefix.
    let guess = if at == 0 && header.bits(191, 1) == 1 { Way::FromCpu } else { Way::ToCpu };
    let way = seen.way.unwrap_or(guess);
    let octets = HEADER.saturating_add(at);
    let mut tag = Tag::at(0, octets, Some(way));
    if let Some(prefix) = at.checked_sub(4) {
        tag.octets("lan9645x.prefix", prefix, 4, seen.be32(prefix)?);
    }
    let own = if way == Way::FromCpu { INJECTION } else { EXTRACTION };
    for (name, low, width) in own.iter().chain(BOTH) {
        tag.own(name, header.place(*low, *width), *width, header.bits(*low, *width));
    }
    tag.vid = Some((header.bits(103, 16) & 0xfff) as u16);
    tag.priority = Some(header.bits(94, 3) as u8);
    if way == Way::FromCpu {
        tag.ports = Ports::Mask(header.bits(55, 10) as u32);
        return Some(tag);
    }
    tag.ports = Ports::One(header.bits(140, 4) as u8);
    // How the chip counts: 0 with no tag left is two taken out, 3 is one, 2 is none.
    let gap = match (header.bits(146, 2), header.bits(144, 2)) {
        (0, 0) => 8,
        (3, _) => 4,
        _ => 0,
    };
    tag.parts = vec![(0, octets.saturating_add(gap))];
    Some(tag)
}

/// The header, and where it stands.
struct Header<'a> {
    at: usize,
    octets: &'a [u8; HEADER],
}

impl Header<'_> {
    /// A field by its lowest bit and width, at most 32.
    fn bits(&self, low: usize, width: usize) -> u64 {
        let first = (HEADER * 8).saturating_sub(low.saturating_add(width));
        (first..first.saturating_add(width)).fold(0, |value, bit| {
            let octet = self.octets.get(bit / 8).copied().unwrap_or(0);
            value << 1 | u64::from(octet.rotate_left((bit % 8) as u32) >> 7)
        })
    }

    /// Its first bit in the frame.
    fn place(&self, low: usize, width: usize) -> usize {
        let first = (HEADER * 8).saturating_sub(low.saturating_add(width));
        self.at.saturating_mul(8).saturating_add(first)
    }
}
