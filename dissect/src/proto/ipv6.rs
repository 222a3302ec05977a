//! IPv6, RFC 8200 §3. The extension headers are layers of their own, see `ipv6_extensions` and its neighbours.
//!
//! A payload length of 0 stands for a jumbogram (RFC 2675) or for what segmentation offload leaves in large frames: the
//! payload then ends with the frame.

use crate::decode::{Network, Walk};
use crate::render::line::{Body, Line};
use crate::schema::{
    ETHER_TYPE, IP_PROTO, PPP_PROTO, Protocol, Span, be16, bits, custom, hosts, ipv6 as address, u8,
};

pub(super) fn ipv6() -> Protocol {
    super::ipv6_embedded::declare_either(declared())
}

fn declared() -> Protocol {
    Protocol::new("ipv6", "Internet Protocol version 6")
        .layer("IPv6")
        .layer("IPerror6")
        .alias("ip6")
        .source("RFC 8200 §3, RFC 2474, RFC 3168")
        .on(ETHER_TYPE, &[0x86dd])
        .on(PPP_PROTO, &[0x0057])
        .on(IP_PROTO, &[41])
        .later(fields)
        .leads(&[IP_PROTO])
        .heads(&["ip"])
        // Either header has a version by which Wireshark's users ask.
        .either("=ip.version", &["=ip.version", "version"])
        .either("addr", &["src", "dst"])
        .either("host", &["src_host", "dst_host"])
        .answers([hosts("src", "dst")])
        .after(after)
        .summary(summary)
        .sample(concat!(
            "020000000002 020000000001 86dd 60000000 000c 11 40 fe800000000000000000000000000001",
            "fe800000000000000000000000000002 03e8 07d0 000c 3253 61626364"
        ))
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    let protocol = protocol
        .field(bits("version", 4).default(6).doc("version"))
        .field(bits("tclass", 8).craft("tc").hex().doc("traffic class").of([
            bits("tclass.dscp", 6).names(super::ipv4::DSCP).doc("code point"),
            bits("tclass.ecn", 2).names(super::ipv4::ECN).doc("congestion notification"),
        ]))
        .field(bits("flow", 20).craft("fl").hex().doc("flow label"))
        .field(custom([], sound))
        .field(be16("plen").len_of(Span::Payload, 1, 0).unit("octets").doc("payload length"))
        .field(
            u8("nxt")
                .craft("nh")
                .default(59)
                .next(IP_PROTO)
                .named_by(super::ip_protocol_name)
                .doc("next header"),
        )
        .field(u8("hlim").default(64).doc("hop limit"))
        .field(address("src").doc("source").default_bytes(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]))
        .field(
            address("dst")
                .doc("destination")
                .default_bytes(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
        );
    super::ipv6_embedded::declare(protocol.extras(super::hosts::of_network()))
}

/// Stops where the first octet says that this is no IPv6 header: what follows then means nothing.
fn sound(walk: &mut Walk<'_, '_>) {
    if walk.layer_octets().first().is_some_and(|octet| octet >> 4 != 6) {
        walk.malformed(40);
        walk.stop();
    }
}

/// What the crafter's layers of a protocol that only IPv4 has a number for leave in the headers of IPv6 below: no next header.
pub(super) fn without_number(protocol: Protocol, layers: &[&'static str]) -> Protocol {
    const HEADERS: [&str; 5] = ["ipv6", "ipv6.hopopts", "ipv6.dstopts", "ipv6.routing", "ipv6.fraghdr"];
    let rules = layers.iter().flat_map(|layer| HEADERS.map(|header| (*layer, header)));
    rules.fold(protocol, |protocol, (layer, header)| {
        protocol.below(layer, header, &[("nxt", crate::schema::Given::Number(59))])
    })
}

/// Octets of payload that the header speaks of; `None`: up to the end of the frame.
fn payload_len(said: u16, next: u8) -> Option<usize> {
    // Hop-by-hop options may hold a jumbo length; large frames of one's own machine have none at all.
    if said == 0 && matches!(next, 0 | 6 | 17) { None } else { Some(usize::from(said)) }
}

fn after(walk: &mut Walk<'_, '_>) {
    let Some(header) = walk.header().first_chunk::<40>() else { return };
    let [_, _, _, _, l0, l1, next, _, ..] = *header;
    if let Some(octets) = payload_len(u16::from_be_bytes([l0, l1]), next) {
        walk.limit_payload(i64::try_from(octets).unwrap_or(0));
    }
    if let Some((source, destination)) = addresses(header) {
        walk.set_network(Network::V6(source, destination));
        super::hosts::show_v6(walk, source, destination);
        super::ipv6_embedded::show(walk, source, destination);
    }
    super::routing_loop::show(walk);
}

/// Source and destination.
pub(super) fn addresses(header: &[u8]) -> Option<([u8; 16], [u8; 16])> {
    Some((*header.get(8..)?.first_chunk()?, *header.get(24..)?.first_chunk()?))
}

fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    if !line.style.link || line.quoted {
        line.text("IP6 ");
    }
    let Some(header) = body.data.first_chunk::<40>() else {
        line.cut("ip6", body);
        return;
    };
    let [v, _, _, _, l0, l1, next, hops, ..] = *header;
    if v >> 4 != 6 {
        line.text("bad version ");
        line.number(u64::from(v >> 4));
        return;
    }
    let said = u16::from_be_bytes([l0, l1]);
    let payload = body.skip(40);
    if line.style.verbose > 0 {
        verbose(line, header, said, next, hops);
    }
    if let Some((source, destination)) = addresses(header) {
        line.set_network(Network::V6(source, destination));
    }
    let payload = match payload_len(said, next) {
        Some(octets) if octets > payload.len => {
            if !line.quoted {
                line.text("truncated-ip6 - ");
                line.number(octets.saturating_sub(payload.len) as u64);
                line.text(" bytes missing!");
                // What is missing counts, as if it had been cut off.
                Body { len: octets, ..payload }
            } else {
                payload
            }
        }
        Some(octets) => payload.limit(octets),
        None => payload,
    };
    next_header(line, next, payload);
}

/// What a next-header number leads to.
pub(super) fn next_header(line: &mut Line<'_, '_>, next: u8, payload: Body<'_>) {
    if line.next(IP_PROTO, u64::from(next), payload) {
        return;
    }
    line.hosts();
    if next == 59 {
        line.text("no next header");
    } else {
        line.text("ip-proto-");
        line.number(u64::from(next));
        line.text(" ");
        line.number(payload.len as u64);
    }
}

/// `(class 0x02, flowlabel 0x889ad, hlim 64, next-header TCP (6), payload length 20) `
fn verbose(line: &mut Line<'_, '_>, header: &[u8; 40], said: u16, next: u8, hops: u8) {
    let [a, b, c, d, ..] = *header;
    let word = u32::from_be_bytes([a, b, c, d]);
    line.text("(");
    let class = word >> 20 & 0xff;
    if class != 0 {
        line.text("class ");
        line.hex(u64::from(class), 2);
        line.text(", ");
    }
    let flow = word & 0xf_ffff;
    if flow != 0 {
        line.text("flowlabel ");
        line.hex(u64::from(flow), 5);
        line.text(", ");
    }
    line.text("hlim ");
    line.number(u64::from(hops));
    line.text(", next-header ");
    line.text(next_header_name(next));
    line.text(" (");
    line.number(u64::from(next));
    line.text("), payload length ");
    line.number(u64::from(said));
    line.text(") ");
}

fn next_header_name(next: u8) -> &'static str {
    match next {
        0 => "HBH",
        60 => "DSTOPT",
        _ => super::ip_protocol_name(u64::from(next)).unwrap_or("unknown"),
    }
}
