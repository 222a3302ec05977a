//! Microchip: the KSZ trailers (`ksz8795`, `ksz9477`, `ksz9893`, `ksz8463`, `lan937x`) and `lan9303`.
//!
//! From the CPU the tag is a port mask with priority and override bits, to the CPU a port number, with bit 7 set where
//! a 4-octet receive time stamp precedes it. With hardware time stamping on in the chip, every frame from the CPU has
//! 4 octets more: that is not in the frame, and told here by the end of the IP packet or, for PTP, by the length of
//! its message. The KSZ8463 writes the time of receipt into the PTP message itself, where the kernel clears it again.

use super::tag::{Place, Ports, Seen, Tag, Tagger, Way};
use crate::schema::{Field, be32, bits, flag};

pub(super) const TAGGERS: &[Tagger] = &[
    Tagger { name: "ksz9477", number: 6, place: Place::Back, read: |seen| read(seen, &KSZ9477) },
    Tagger { name: "ksz9893", number: 7, place: Place::Back, read: |seen| read(seen, &KSZ9893) },
    Tagger { name: "lan9303", number: 8, place: Place::Middle, read: lan9303 },
    Tagger { name: "ksz8795", number: 14, place: Place::Back, read: |seen| read(seen, &KSZ8795) },
    Tagger { name: "lan937x", number: 27, place: Place::Back, read: |seen| read(seen, &LAN937X) },
    Tagger { name: "ksz8463", number: 34, place: Place::Back, read: |seen| read(seen, &KSZ8463) },
];

pub(super) fn fields() -> Vec<Field> {
    vec![
        flag("ksz.override").doc("port state is overridden"),
        flag("ksz.lookup").doc("destination is looked up"),
        flag("ksz.valid").doc("tag is valid"),
        flag("ksz.ptp").doc("a time stamp precedes"),
        be32("ksz.timestamp").hex().doc("time stamp: seconds modulo 4, nanoseconds"),
        bits("ksz.ts_sec", 2).doc("time stamp, seconds modulo 4"),
        bits("ksz.ts_nsec", 30).doc("time stamp, nanoseconds").unit("ns"),
        bits("ksz.reserved", 4).hex().doc("reserved bits"),
        bits("lan9303.reserved", 14).hex().doc("reserved bits"),
        bits("lan9303.trap", 2).names(TRAPS).doc("why the frame goes to the CPU"),
        flag("lan9303.alr").doc("destination is looked up in the address table"),
        flag("lan9303.override").doc("port state is overridden"),
    ]
}

const TRAPS: &[(u64, &str)] =
    &[(0, "none"), (1, "IGMP"), (2, "spanning tree"), (3, "IGMP and spanning tree")];

/// Layout of a KSZ trailer from the CPU; bits counted from the least significant.
struct Form {
    octets: usize,
    mask: u32,
    priority: Option<u32>,
    override_bit: Option<u32>,
    lookup_bit: Option<u32>,
    valid_bit: Option<u32>,
    /// Bits of the port number to the CPU.
    port: u8,
    /// Whether time stamps may precede.
    stamps: bool,
    /// Whether time stamps of receipt stand in the PTP messages.
    stamps_in_message: bool,
}

const KSZ8795: Form = Form {
    octets: 1,
    mask: 0x1f,
    priority: None,
    override_bit: Some(6),
    lookup_bit: Some(7),
    valid_bit: None,
    port: 7,
    stamps: false,
    stamps_in_message: false,
};
const KSZ9477: Form = Form {
    octets: 2,
    mask: 0x7f,
    priority: Some(7),
    override_bit: Some(9),
    lookup_bit: Some(10),
    valid_bit: None,
    port: 7,
    stamps: true,
    stamps_in_message: false,
};
const KSZ9893: Form = Form {
    octets: 1,
    mask: 7,
    priority: Some(3),
    override_bit: Some(5),
    lookup_bit: Some(6),
    valid_bit: None,
    port: 7,
    stamps: true,
    stamps_in_message: false,
};
const KSZ8463: Form = Form {
    octets: 1,
    mask: 7,
    priority: Some(3),
    override_bit: None,
    lookup_bit: None,
    valid_bit: None,
    port: 7,
    stamps: false,
    stamps_in_message: true,
};
const LAN937X: Form = Form {
    octets: 2,
    mask: 0xff,
    priority: Some(8),
    override_bit: Some(11),
    lookup_bit: Some(12),
    valid_bit: Some(13),
    port: 7,
    stamps: true,
    stamps_in_message: false,
};

fn read(seen: &Seen<'_>, form: &Form) -> Option<Tag> {
    // Towards the switch frames are padded to 60 octets before the tag.
    let short = seen.end() < form.octets.saturating_add(60);
    let by_length = if short { Some(Way::ToCpu) } else { by_length(seen, form) };
    let way = seen.way.or(by_length).unwrap_or_else(|| guess(seen, form));
    let mut tag = match way {
        Way::ToCpu => to_cpu(seen, form),
        Way::FromCpu => from_cpu(seen, form),
    }?;
    tag.guessed = seen.way.is_none() && by_length.is_none();
    Some(tag)
}

/// Where both ways have tags of other lengths, and the packet says where it ends.
fn by_length(seen: &Seen<'_>, form: &Form) -> Option<Way> {
    let over = seen.end().checked_sub(inner_end(seen.data)?.max(60)).filter(|_| form.octets == 2)?;
    let stamp = seen.octet(seen.tail(1)?)? & 0x80 != 0;
    match (over, stamp) {
        (2 | 6, _) => Some(Way::FromCpu),
        (1, false) | (5, true) => Some(Way::ToCpu),
        _ => None,
    }
}

/// Where the source does not tell the way: what the IP packet leaves over behind its end.
fn guess(seen: &Seen<'_>, form: &Form) -> Way {
    let end = inner_end(seen.data);
    let over = seen.end().saturating_sub(end.unwrap_or(0).max(60));
    let stamped = form.octets.saturating_add(4);
    let last = seen.tail(1).and_then(|at| seen.octet(at)).unwrap_or(0);
    // From the switch comes a number below 8, and bit 7 tells whether 4 octets precede it.
    let towards = match form.octets {
        2 => (over == 2 || over == stamped) && (end.is_some() || last & 0x80 == 0),
        _ => (last & 0x78 != 0 || (form.stamps && over == stamped)) && last & 0x80 == 0,
    };
    if towards { Way::FromCpu } else { Way::ToCpu }
}

fn to_cpu(seen: &Seen<'_>, form: &Form) -> Option<Tag> {
    let last = seen.tail(1)?;
    let octet = seen.octet(last)?;
    let stamped = form.stamps && octet & 0x80 != 0;
    let at = if stamped { seen.tail(5)? } else { last };
    let mut tag = Tag::at(at, if stamped { 5 } else { 1 }, Some(Way::ToCpu));
    tag.ports = Ports::One(octet & form.port);
    tag.own("ksz.reserved", last.saturating_mul(8).saturating_add(1), 4, octet >> 3 & 15);
    if form.stamps {
        tag.own("ksz.ptp", last.saturating_mul(8), 1, octet >> 7);
    }
    if stamped {
        stamp(seen, at, &mut tag)?;
    }
    if form.stamps_in_message
        && let Some(at) = message_stamp(seen)
    {
        stamp(seen, at, &mut tag)?;
        tag.cleared = Some((at, 4));
    }
    Some(tag)
}

/// Where a PTP message has its second reserved word (IEEE 1588 §13.3.1, `messageTypeSpecific`), in which the chip
/// reports when it came: over Ethernet, or over UDP to ports 319 and 320.
fn message_stamp(seen: &Seen<'_>) -> Option<usize> {
    let mut at = 12_usize;
    while matches!(seen.be16(at)?, 0x8100 | 0x88a8) && at < 24 {
        at = at.saturating_add(4);
    }
    let body = at.saturating_add(2);
    let udp = match seen.be16(at)? {
        0x88f7 => None,
        0x0800 => {
            let header = usize::from(seen.octet(body)? & 15).saturating_mul(4);
            let fragment = seen.be16(body.saturating_add(6))? & 0x1fff != 0;
            if seen.octet(body.saturating_add(9))? != 17 || fragment {
                return None;
            }
            Some(body.saturating_add(header))
        }
        0x86dd if seen.octet(body.saturating_add(6))? == 17 => Some(body.saturating_add(40)),
        _ => return None,
    };
    let message = match udp {
        None => body,
        Some(udp) => {
            if !matches!(seen.be16(udp.saturating_add(2))?, 319 | 320) {
                return None;
            }
            udp.saturating_add(8)
        }
    };
    let version_2 = seen.octet(message.saturating_add(1))? & 15 == 2;
    let reserved = message.saturating_add(16);
    let stamped = seen.be32(reserved)? != 0 && reserved.saturating_add(4) < seen.end();
    (version_2 && stamped).then_some(reserved)
}

fn from_cpu(seen: &Seen<'_>, form: &Form) -> Option<Tag> {
    let at = seen.tail(form.octets)?;
    let word = if form.octets == 2 { u32::from(seen.be16(at)?) } else { u32::from(seen.octet(at)?) };
    let stamped = form.stamps && has_stamp(seen, form);
    let start = if stamped { seen.tail(form.octets.saturating_add(4))? } else { at };
    let mut tag = Tag::at(start, form.octets.saturating_add(if stamped { 4 } else { 0 }), Some(Way::FromCpu));
    let beyond = beyond_the_mask(word, form);
    tag.ports = Ports::Mask(word & form.mask | beyond);
    let width = if form.octets == 2 { 16_u32 } else { 8 };
    let place = |bit: u32| {
        let from_left = width.saturating_sub(1).saturating_sub(bit) as usize;
        at.saturating_mul(8).saturating_add(from_left)
    };
    if let Some(shift) = form.priority {
        let bits = if form.valid_bit.is_some() { 7 } else { 3 };
        tag.priority = Some(((word & !beyond) >> shift & bits) as u8);
    }
    let flags =
        [("ksz.override", form.override_bit), ("ksz.lookup", form.lookup_bit), ("ksz.valid", form.valid_bit)];
    for (name, bit) in flags {
        if let Some(bit) = bit {
            tag.own(name, place(bit), 1, word >> bit & 1);
        }
    }
    if stamped {
        stamp(seen, start, &mut tag)?;
    }
    Some(tag)
}

/// The port bit of a chip's driver that writes `1 << port` for a port that the mask has no bit for: port 3 of three
/// then stands in the priority, and no other port is named.
fn beyond_the_mask(word: u32, form: &Form) -> u32 {
    let looked_up = form.lookup_bit.is_some_and(|bit| word >> bit & 1 == 1);
    let bit = form.mask.saturating_add(1);
    if form.mask == 7 && word & form.mask == 0 && !looked_up { word & bit } else { 0 }
}

/// Whether 4 octets of time stamp stand before the tag of a frame from the CPU.
fn has_stamp(seen: &Seen<'_>, form: &Form) -> bool {
    let Some(bare) = seen.end().checked_sub(form.octets) else { return false };
    match inner_end(seen.data) {
        // The frame ends with its packet, or is padded to 60 octets: what stands behind is the stamp.
        Some(end) => bare == end.max(60).saturating_add(4),
        // Frames of no known length that are just padded.
        None => bare == 64 && seen.data.get(60..64) == Some(&[0; 4]),
    }
}

/// Where the packet in an Ethernet frame ends by its own word.
pub(super) fn inner_end(data: &[u8]) -> Option<usize> {
    let be16 = |at: usize| data.get(at..).and_then(<[u8]>::first_chunk).map(|o| u16::from_be_bytes(*o));
    let mut at = 12_usize;
    for _ in 0..4 {
        let kind = be16(at)?;
        let body = at.saturating_add(2);
        let len = match kind {
            0x8100 | 0x88a8 | 0x9100 => {
                at = at.saturating_add(4);
                continue;
            }
            0x0800 => usize::from(be16(body.saturating_add(2))?),
            0x86dd => usize::from(be16(body.saturating_add(4))?).saturating_add(40),
            0x0806 => 28,
            // PTP over Ethernet: message length, IEEE 1588 §13.3.
            0x88f7 => usize::from(be16(body.saturating_add(2))?),
            0x88cc => lldp_len(data.get(body..)?)?,
            0x8847 | 0x8848 => labelled_len(data.get(body..)?)?,
            // Session header, then PPP from its protocol number on.
            0x8863 | 0x8864 => usize::from(be16(body.saturating_add(4))?).saturating_add(6),
            ..0x600 => usize::from(kind),
            _ => return None,
        };
        return Some(body.saturating_add(len));
    }
    None
}

/// MPLS labels and an IP packet behind them.
fn labelled_len(data: &[u8]) -> Option<usize> {
    let labels = data.chunks_exact(4).position(|label| label.get(2).is_some_and(|octet| octet & 1 == 1))?;
    let at = labels.saturating_add(1).saturating_mul(4);
    let packet = data.get(at..)?;
    let be16 = |at: usize| packet.get(at..).and_then(<[u8]>::first_chunk).map(|o| u16::from_be_bytes(*o));
    let len = match packet.first()? >> 4 {
        4 => usize::from(be16(2)?),
        6 => usize::from(be16(4)?).saturating_add(40),
        _ => return None,
    };
    Some(at.saturating_add(len))
}

fn lldp_len(data: &[u8]) -> Option<usize> {
    let mut at = 0_usize;
    loop {
        let head = data.get(at..).and_then(<[u8]>::first_chunk).map(|o| u16::from_be_bytes(*o))?;
        at = at.saturating_add(2).saturating_add(usize::from(head & 0x1ff));
        if head >> 9 == 0 {
            return Some(at);
        }
    }
}

fn stamp(seen: &Seen<'_>, at: usize, tag: &mut Tag) -> Option<()> {
    let value = seen.be32(at)?;
    let bit = at.saturating_mul(8);
    tag.octets("ksz.timestamp", at, 4, value);
    tag.own("ksz.ts_sec", bit, 2, value >> 30);
    tag.own("ksz.ts_nsec", bit.saturating_add(2), 30, value & 0x3fff_ffff);
    Some(())
}

fn lan9303(seen: &Seen<'_>) -> Option<Tag> {
    if seen.be16(12)? != 0x8100 {
        return None;
    }
    let word = seen.be16(14)?;
    let guess = if word & 0x10 != 0 { Way::FromCpu } else { Way::ToCpu };
    let way = seen.way.unwrap_or(guess);
    let mut tag = Tag::at(12, 4, Some(way));
    // One of both bits is set on all that Linux sends; to the CPU they say IGMP and spanning tree.
    tag.guessed = seen.way.is_none() && word & 0x18 != 0;
    match way {
        Way::ToCpu => {
            tag.ports = Ports::One((word & 3) as u8);
            tag.own("lan9303.trap", 15 * 8 + 3, 2, word >> 3 & 3);
            tag.own("lan9303.reserved", 14 * 8, 11, word >> 5);
            tag.own("lan9303.reserved", 15 * 8 + 5, 1, word >> 2 & 1);
        }
        Way::FromCpu => {
            let look_up = word & 8 != 0;
            tag.own("lan9303.reserved", 14 * 8, 11, word >> 5);
            tag.own("lan9303.reserved", 15 * 8 + 5, 1, word >> 2 & 1);
            tag.own("lan9303.override", 15 * 8 + 3, 1, word >> 4 & 1);
            tag.own("lan9303.alr", 15 * 8 + 4, 1, word >> 3 & 1);
            // With a look-up the switch chooses; 3 is every port of a chip that has no port 3.
            tag.ports = if look_up { Ports::None } else { Ports::One((word & 3) as u8) };
        }
    }
    Some(tag)
}
