//! Packets that netfilter logged (linux/netfilter/nfnetlink_log.h): attributes, the last of which is the packet.
//!
//! Lengths and types stand in the order of the machine that captured, which the file does not say for this link type:
//! the first length that fits within the frame tells.

use crate::decode::Walk;
use crate::render::line::{Body, Line};
use crate::schema::{
    ETHER_TYPE, Kind, LINK_TYPE, Names, Protocol, be16, be32, bits, bytes, custom, label, rest, text, u8,
};

/// `NFPROTO_*` of linux/netfilter.h.
const FAMILIES: &[(u64, &str)] = &[
    (0, "unspecified"),
    (1, "INET"),
    (2, "IPv4"),
    (3, "ARP"),
    (5, "netdev"),
    (7, "bridge"),
    (10, "IPv6"),
    (12, "DECnet"),
];

/// `NFULA_*`.
const TYPES: &[(u64, &str)] = &[
    (1, "packet header"),
    (2, "mark"),
    (3, "time stamp"),
    (4, "input interface"),
    (5, "output interface"),
    (6, "physical input interface"),
    (7, "physical output interface"),
    (8, "hardware address"),
    (9, "payload"),
    (10, "prefix"),
    (11, "user"),
    (12, "sequence number"),
    (13, "sequence number over all"),
    (14, "group"),
    (15, "hardware type"),
    (16, "hardware header"),
    (17, "length of the hardware header"),
    (18, "connection tracking"),
    (19, "connection tracking information"),
    (20, "VLAN"),
    (21, "layer 2 header"),
];

const HOOKS: &[(u64, &str)] = &[
    (0, "prerouting"),
    (1, "local in"),
    (2, "forward"),
    (3, "local out"),
    (4, "postrouting"),
    (5, "ingress"),
];

/// The attribute that holds the packet.
const PAYLOAD: u16 = 9;

pub(super) fn nflog() -> Protocol {
    Protocol::new("nflog", "Linux netfilter log")
        .source("LINKTYPE_NFLOG, linux/netfilter/nfnetlink_log.h")
        .on(LINK_TYPE, &[239])
        .later(fields)
        .leads(&[ETHER_TYPE])
        .leads_to(&["ip", "ipv6", "arp"])
        .summary(summary)
        .sample_on(
            crate::frame::LinkType::NFLOG,
            concat!(
                "02 00 0014 0800 0100 0800 01 00 0500 0a00 00 000000 0800 0400 00000002 0800 0b00 000003e8",
                "2400 0900 4500002000010000401166ca0a0000010a00000203e807d0000c1b5561626364"
            ),
        )
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    protocol
        .field(u8("family").default(2).names(FAMILIES).doc("address family"))
        .field(u8("version").doc("version"))
        .field(be16("res_id").doc("resource, the log group"))
        .field(custom(
            [
                label("tlv").doc("attribute"),
                be16("tlv_length").unit("octets").doc("length"),
                bits("tlv_type", 15).names(TYPES).doc("type"),
                be16("protocol").hex().named_by(super::ether_type_name).doc("hardware protocol"),
                u8("hook").names(HOOKS).doc("netfilter hook"),
                be32("mark").hex().doc("mark"),
                be32("ifindex_indev").doc("input interface"),
                be32("ifindex_outdev").doc("output interface"),
                be32("ifindex_physindev").doc("physical input interface"),
                be32("ifindex_physoutdev").doc("physical output interface"),
                text("prefix", rest()).doc("prefix"),
                be32("uid").signed().doc("user"),
                be32("gid").signed().doc("group"),
                be32("seq").doc("sequence number"),
                be32("seq_global").doc("sequence number over all"),
                be16("hwtype").doc("hardware type"),
                be16("hwlen").unit("octets").doc("length of the hardware header"),
                bytes("hwheader", rest()).doc("hardware header"),
                be16("hwaddr.len").unit("octets").doc("length of the hardware address"),
                bytes("hwaddr", rest()).doc("hardware address"),
                be32("timestamp").kind(Kind::Time).doc("time when the packet came"),
                bytes("tlv_value", rest()).doc("value"),
            ],
            attributes,
        ))
}

/// One attribute: length with its head, type, and whether more of it is claimed than there is.
struct Attribute {
    length: usize,
    kind: u16,
}

/// Whether the attributes' lengths are little-endian: in the other order the first one would not fit.
fn is_little(octets: &[u8], claimed: usize) -> bool {
    let Some(length) = octets.first_chunk::<2>() else { return true };
    let (little, big) = (usize::from(u16::from_le_bytes(*length)), usize::from(u16::from_be_bytes(*length)));
    let fits = |length: usize| (4..=claimed).contains(&length);
    match (fits(little), fits(big)) {
        (true, true) => little <= big,
        (false, true) => false,
        _ => true,
    }
}

fn attribute(octets: &[u8], little: bool) -> Option<Attribute> {
    let [a, b, c, d] = *octets.first_chunk::<4>()?;
    let word = |pair| if little { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) };
    Some(Attribute { length: usize::from(word([a, b])), kind: word([c, d]) & 0x7fff })
}

fn attributes(walk: &mut Walk<'_, '_>) {
    let little = is_little(walk.rest(), walk.claimed_left());
    let mut protocol = None;
    while !walk.rest().is_empty() && !walk.too_deep() {
        let Some(found) = attribute(walk.rest(), little).filter(|found| found.length >= 4) else {
            walk.missing(4.max(walk.rest().len().saturating_add(1)));
            return;
        };
        let node = walk.open("tlv");
        let at = walk.offset();
        walk.emit("tlv_length", at, 2, found.length as u64);
        walk.emit("tlv_type", at.saturating_add(2), 2, u64::from(found.kind));
        walk.advance(4);
        let body = found.length.saturating_sub(4);
        if found.kind == PAYLOAD {
            walk.close(node);
            walk.limit_payload(i64::try_from(body).unwrap_or(i64::MAX));
            lead(walk, protocol);
            return;
        }
        if found.kind == 1 {
            protocol = walk.rest().first_chunk().map(|pair| u16::from_be_bytes(*pair));
        }
        walk.part(body, |walk| value(walk, found.kind, body));
        walk.close(node);
        let padding = found.length.wrapping_neg() & 3;
        walk.advance(padding);
    }
}

/// What the payload is: by the log's family, else by the hardware protocol of the packet header.
fn lead(walk: &mut Walk<'_, '_>, protocol: Option<u16>) {
    match walk.header().first() {
        Some(2) => walk.next_named("ip"),
        Some(10) => walk.next_named("ipv6"),
        Some(3) => walk.next_named("arp"),
        _ => {
            if !protocol.is_some_and(|protocol| walk.next(ETHER_TYPE, u64::from(protocol))) {
                walk.no_next();
            }
        }
    }
}

fn value(walk: &mut Walk<'_, '_>, kind: u16, octets: usize) {
    let number = match kind {
        2 => "mark",
        4 => "ifindex_indev",
        5 => "ifindex_outdev",
        6 => "ifindex_physindev",
        7 => "ifindex_physoutdev",
        11 => "uid",
        12 => "seq",
        13 => "seq_global",
        14 => "gid",
        15 => "hwtype",
        17 => "hwlen",
        _ => "",
    };
    match (kind, octets) {
        (1, 4) => {
            walk.take("protocol", 2);
            walk.take("hook", 1);
            walk.advance(1);
        }
        (3, 16) => {
            let word = |at: usize| {
                let octets = walk.rest().get(at..).and_then(<[u8]>::first_chunk::<8>);
                octets.map(|octets| u64::from_be_bytes(*octets))
            };
            if let (Some(seconds), Some(micros)) = (word(0), word(8)) {
                let nanos = seconds.wrapping_mul(1_000_000_000).wrapping_add(micros.wrapping_mul(1000));
                walk.emit("timestamp", walk.offset(), 16, nanos);
            }
        }
        (8, 4..) => {
            walk.take("hwaddr.len", 2);
            walk.advance(2);
            walk.take_octets("hwaddr", octets.saturating_sub(4));
        }
        (10, _) => {
            let end = walk.rest().iter().position(|octet| *octet == 0).unwrap_or(octets);
            walk.take_octets("prefix", end.min(octets));
        }
        (16, _) => {
            walk.take_octets("hwheader", octets);
        }
        (_, 2 | 4) if !number.is_empty() => {
            walk.take(number, octets);
        }
        _ => {
            walk.take_octets("tlv_value", octets);
        }
    }
}

/// `version 0, resource ID 20, family IPv4 (2), length 180: ` and the packet.
fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    let Some([family, version, r0, r1]) = body.data.first_chunk::<4>().copied() else {
        line.text("NFLOG");
        line.cut("nflog", body);
        return;
    };
    if line.style.link {
        line.text("version ");
        line.number(u64::from(version));
        line.text(", resource ID ");
        line.number(u64::from(u16::from_be_bytes([r0, r1])));
        line.text(", family ");
        line.text(Names::List(FAMILIES).get(u64::from(family)).unwrap_or("Unknown"));
        line.text(" (");
        line.number(u64::from(family));
        line.text("), length ");
        line.number(body.len as u64);
        line.text(": ");
    }
    match payload(body.skip(4)) {
        Some((protocol, packet)) => match (family, protocol) {
            (2, _) => line.named("ip", packet),
            (10, _) => line.named("ipv6", packet),
            (3, _) => line.named("arp", packet),
            (_, Some(protocol)) => line.ether_payload(protocol, packet),
            _ => line.unknown("", packet),
        },
        None => line.cut("nflog", body),
    }
}

/// Hardware protocol and packet.
fn payload(mut body: Body<'_>) -> Option<(Option<u16>, Body<'_>)> {
    let little = is_little(body.data, body.len);
    let mut protocol = None;
    loop {
        let found = attribute(body.data, little).filter(|found| found.length >= 4)?;
        if found.kind == PAYLOAD {
            return Some((protocol, body.skip(4).limit(found.length.saturating_sub(4))));
        }
        if found.kind == 1 {
            protocol = body.data.get(4..).and_then(<[u8]>::first_chunk).map(|pair| u16::from_be_bytes(*pair));
        }
        body = body.skip(found.length.next_multiple_of(4));
    }
}
