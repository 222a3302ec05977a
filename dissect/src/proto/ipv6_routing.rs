//! IPv6 routing header (RFC 8200 §4.4), types 0 (RFC 2460, deprecated by RFC 5095), 2 (RFC 6275), 3 (RFC 6554),
//! 4 (segment routing, RFC 8754), 5 and 6 (compact routing headers, RFC 9631), and the fragment header
//! (RFC 8200 §4.5).

use super::ipv6::next_header;
use crate::decode::{Network, Walk};
use crate::render::line::{Body, Line};
use crate::schema::{
    IP_PROTO, Item, Protocol, Size, Span, Tlv, be16, be32, bits, block, built, bytes, case, custom,
    custom_both, flag, ipv6, label, lit, repeat, rest, switch, times, u8, val,
};

const TYPES: &[(u64, &str)] = &[
    (0, "source route (deprecated)"),
    (2, "mobile IPv6"),
    (3, "RPL source route"),
    (4, "segment routing"),
    (5, "compact, 16 bits"),
    (6, "compact, 32 bits"),
    (253, "experiment 1"),
    (254, "experiment 2"),
];

fn next_field() -> crate::schema::Field {
    u8("nxt").craft("nh").default(59).next(IP_PROTO).named_by(super::ip_protocol_name).doc("next header")
}

fn segments_left() -> crate::schema::Field {
    u8("segleft").doc("segments left")
}

pub(super) fn routing() -> Protocol {
    Protocol::new("ipv6.routing", "IPv6 routing header")
        .layer("IPv6ExtHdrRouting")
        .laid_out("IPv6ExtHdrRouting", "type", (3, 6), 0)
        .layer_as("IPv6ExtHdrSegmentRouting", &[("type", 4)])
        .part("IPv6ExtHdrSegmentRoutingTLVHMAC", "srh.tlv", &[("srh.tlv.type", 5), ("srh.tlv.len", 0)])
        .calls("IPv6ExtHdrSegmentRoutingTLVHMAC", "len", "srh.hmac.written_length")
        .source("RFC 8200 §4.4, RFC 8754")
        .on(IP_PROTO, &[43])
        .leads(&[IP_PROTO])
        .later(fields)
        .after(after)
        .summary(summary)
        .sample(concat!(
            "020000000002 020000000001 86dd 60000000 0018 2b 40 fe800000000000000000000000000001",
            "fe800000000000000000000000000002 3b02 00 01 00000000 20010db8000000000000000000000001"
        ))
        .sample(concat!(
            "020000000002 020000000001 86dd 60000000 0030 2b 40 fe800000000000000000000000000001",
            "fe800000000000000000000000000002 3b05 04 01 01 00 0007 20010db8000000000000000000000001",
            "20010db8000000000000000000000002 0406000000000000"
        ))
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    protocol
        .field(next_field())
        .field(u8("len").len_of(Span::Header, 8, -1).doc("length in units of 8 octets, without the first"))
        .field(custom(
            [be16("len_oct").unit("octets").hidden().doc("length")],
            super::ipv6_options::length_in_octets,
        ))
        .field(u8("type").names(TYPES).doc("type"))
        .field(switch(
            val("type"),
            [
                (2, vec![segments_left().count_of("mipv6.home_address").into()]),
                (4, vec![segments_left().len_of_part("srh", 16, -1).into()]),
            ],
            vec![segments_left().count_of("src").into()],
        ))
        .field(block(
            label("data").doc("type-specific data"),
            Size::Octets(val("len") * 8 + 4),
            [switch(
                val("type"),
                [
                    (0, source_route().into()),
                    (2, home_address().into()),
                    (3, rpl().into()),
                    (4, segments().into()),
                    (5, compact16().into()),
                    (6, compact32().into()),
                ],
                other_type(),
            )],
        ))
}

/// What is built of an unknown type has the form of a source route, unless its data are given.
fn other_type() -> Vec<Item> {
    vec![
        bytes("unknown_data", rest()).doc("data").into(),
        built([
            custom_both(
                [],
                |_| {},
                |build| {
                    if build.written() == 4 {
                        build.put(&[0; 4]);
                    }
                },
            ),
            repeat(
                label("src").doc("addresses"),
                [ipv6("src.addr").craft("addresses").doc("address").into()],
            ),
        ]),
    ]
}

fn source_route() -> [Item; 2] {
    [
        bytes("src.reserved", Size::Octets(lit(4))).craft("reserved").doc("reserved").into(),
        repeat(label("src").doc("addresses"), [ipv6("src.addr").craft("addresses").doc("address").into()]),
    ]
}

fn home_address() -> [Item; 2] {
    [
        bytes("mipv6.reserved", Size::Octets(lit(4))).craft("reserved").doc("reserved").into(),
        ipv6("mipv6.home_address").craft("addresses").doc("home address").into(),
    ]
}

/// Addresses are cut to what they do not have in common with the destination.
fn rpl() -> [Item; 8] {
    let last = || lit(16) - val("rpl.cmprE");
    [
        bits("rpl.cmprI", 4).doc("octets left out of each address").into(),
        bits("rpl.cmprE", 4).doc("octets left out of the last address").into(),
        bits("rpl.pad", 4).unit("octets").doc("padding").into(),
        bits("rpl.reserved", 20).hex().doc("reserved").into(),
        times(
            label("rpl").doc("addresses"),
            (val("len") * 8 - val("rpl.pad") - last()) / (lit(16) - val("rpl.cmprI")),
            [bytes("rpl.address", Size::Octets(lit(16) - val("rpl.cmprI"))).doc("address").into()],
        ),
        bytes("rpl.address", Size::Octets(last())).doc("address").into(),
        bytes("rpl.padding", rest()).doc("padding").into(),
        custom(
            [
                u8("rpl.addr_count").hidden().doc("number of addresses"),
                ipv6("rpl.full_address").hidden().doc("address in full"),
            ],
            whole_addresses,
        ),
    ]
}

/// A node that the packet came in or goes out through (draft-ietf-6man-segment-routing-header-06 §3.1).
fn node(address: &'static str, craft: &'static str) -> [Item; 3] {
    [
        u8("srh.node.reserved").craft("reserved").doc("reserved").into(),
        u8("srh.node.flags").craft("flags").hex().doc("flags").into(),
        ipv6(address).craft(craft).default_bytes(&LOOPBACK).doc("node").into(),
    ]
}

const LOOPBACK: [u8; 16] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];

fn segments() -> [Item; 5] {
    let tlvs = Tlv::new(
        label("srh.tlv").craft("tlv_objects").fill(crate::schema::Fill::Options(4)).doc("unknown TLV"),
        u8("srh.tlv.type").craft("type").doc("type"),
        u8("srh.tlv.len").craft("len").doc("length"),
    )
    .body_len()
    .single(&[0])
    .cases([
        case(0, label("srh.pad1").craft("IPv6ExtHdrSegmentRoutingTLVPad1").doc("padding of one octet"), []),
        case(
            1,
            label("srh.ingress").craft("IPv6ExtHdrSegmentRoutingTLVIngressNode").doc("ingress node"),
            node("srh.ingress_node", "ingress_node"),
        ),
        case(
            2,
            label("srh.egress").craft("IPv6ExtHdrSegmentRoutingTLVEgressNode").doc("egress node"),
            node("srh.egress_node", "egress_node"),
        ),
        case(
            4,
            label("srh.pad").craft("IPv6ExtHdrSegmentRoutingTLVPadN").doc("padding"),
            [bytes("srh.padn", rest()).craft("padding").default_bytes(&[0]).doc("octets").into()],
        ),
        case(
            5,
            label("srh.hmac").doc("HMAC"),
            [
                // scapy writes the length in two octets
                built([u8("srh.hmac.written_length")
                    .len_of_part("srh.hmac.value", 1, 48)
                    .hidden()
                    .doc("length as it is written")
                    .into()]),
                flag("srh.hmac.d").craft("D").doc("destination not covered").into(),
                bits("srh.hmac.reserved", 15).craft("reserved").hex().doc("reserved").into(),
                be32("srh.hmac.keyid").craft("hmackeyid").hex().doc("key").into(),
                bytes("srh.hmac.value", rest()).craft("hmac").doc("value").into(),
            ],
        ),
    ])
    .other([bytes("srh.tlv.value", rest()).craft("value").doc("value").into()]);
    [
        u8("srh.last_entry")
            .craft("lastentry")
            .len_of_part("srh", 16, -1)
            .doc("index of the last segment")
            .into(),
        u8("srh.flags").hex().doc("flags").of([
            flag("srh.flags.unused1").craft("unused1").hidden().doc("unused"),
            flag("srh.flags.protected").craft("protected").hidden().doc("protected"),
            flag("srh.flags.oam").craft("oam").hidden().doc("OAM"),
            flag("srh.flags.alert").craft("alert").hidden().doc("alert"),
            flag("srh.flags.hmac").craft("hmac").hidden().doc("HMAC is there"),
            bits("srh.flags.unused2", 3).craft("unused2").hidden().doc("unused"),
        ]),
        be16("srh.tag").craft("tag").hex().doc("tag").into(),
        times(
            label("srh").default(1).doc("segments, last one first"),
            val("srh.last_entry") + 1,
            [ipv6("srh.addr").craft("addresses").default_bytes(&LOOPBACK).doc("segment").into()],
        ),
        tlvs.into(),
    ]
}

fn compact16() -> [Item; 2] {
    [
        repeat(label("crh16").doc("segment identifiers"), [be16("crh16.sid").doc("segment").into()]),
        custom([be16("crh16.current_sid").hidden().doc("segment that the packet goes to")], |walk| {
            current_segment(walk, "crh16.current_sid", 2);
        }),
    ]
}

fn compact32() -> [Item; 2] {
    [
        repeat(label("crh32").doc("segment identifiers"), [be32("crh32.sid").doc("segment").into()]),
        custom([be32("crh32.current_sid").hidden().doc("segment that the packet goes to")], |walk| {
            current_segment(walk, "crh32.current_sid", 4);
        }),
    ]
}

/// Emits the segment that the number of segments left is the index of (RFC 9631 §4).
fn current_segment(walk: &mut Walk<'_, '_>, name: &str, octets: usize) {
    let header = walk.header();
    let Some(place) = header.get(3).map(|left| usize::from(*left).saturating_mul(octets).saturating_add(4))
    else {
        return;
    };
    let Some(segment) = header.get(place..place.saturating_add(octets)) else { return };
    let value = segment.iter().fold(0_u64, |value, octet| value << 8 | u64::from(*octet));
    walk.emit(name, walk.layer_offset().saturating_add(place), octets, value);
}

/// Emits the addresses in full, and how many there are.
fn whole_addresses(walk: &mut Walk<'_, '_>) {
    if !walk.asked_by_name() {
        return;
    }
    let (header, at, network) = (walk.header(), walk.layer_offset(), walk.network());
    let (Some([_, len, _, _, kept, padding, ..]), Network::V6(_, destination)) =
        (header.first_chunk::<8>().copied(), network)
    else {
        return;
    };
    let [inner, last] = [kept >> 4, kept & 15].map(|left_out| 16_usize.saturating_sub(usize::from(left_out)));
    let octets = usize::from(len).saturating_mul(8).saturating_sub(usize::from(padding >> 4));
    let Some(others) = octets.checked_sub(last) else { return };
    let count = others.checked_div(inner).unwrap_or(0).saturating_add(1);
    walk.emit("rpl.addr_count", at.saturating_add(4), 0, count as u64);
    let mut place = 8_usize;
    for index in 1..=count {
        let size = if index == count { last } else { inner };
        let Some(own) = header.get(place..place.saturating_add(size)) else { return };
        let mut address = destination;
        if let Some(tail) = address.get_mut(16_usize.saturating_sub(size)..) {
            tail.copy_from_slice(own);
        }
        if let Some(source) = walk.add_source(&address) {
            walk.emit_in(source, "rpl.full_address", 0, 16);
        }
        place = place.saturating_add(size);
    }
}

/// The address that the packet will bear when it arrives; transport checksums are over that one.
fn final_address(header: &[u8]) -> Option<[u8; 16]> {
    let [_, len, kind, left, ..] = *header.first_chunk::<4>()?;
    if left == 0 {
        return None;
    }
    match kind {
        0 | 2 => {
            let end = usize::from(len).saturating_mul(8).saturating_add(8);
            header.get(..end)?.last_chunk().copied().filter(|_| len >= 2)
        }
        4 => header.get(8..)?.first_chunk().copied(),
        _ => None,
    }
}

fn after(walk: &mut Walk<'_, '_>) {
    if let (Some(address), Network::V6(source, _)) = (final_address(walk.header()), walk.network()) {
        walk.set_network(Network::V6(source, address));
    }
}

fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    line.hosts();
    let Some([next, len, kind, left]) = body.data.first_chunk::<4>().copied() else {
        line.cut("RT6", body);
        return;
    };
    let octets = usize::from(len).saturating_mul(8).saturating_add(8);
    let Some(header) = body.data.get(..octets) else {
        line.cut("RT6", body);
        return;
    };
    line.text("RT6 (len=");
    line.number(u64::from(len));
    line.text(", type=");
    line.number(u64::from(kind));
    if kind == 0 {
        line.text(" [Deprecated]");
    }
    line.text(", segleft=");
    line.number(u64::from(left));
    let word = header.get(4..).and_then(<[u8]>::first_chunk).map_or(0, |octets| u32::from_be_bytes(*octets));
    let mut addresses = header.get(8..).unwrap_or_default().as_chunks::<16>().0;
    match kind {
        0 | 2 => {
            if line.style.verbose > 0 {
                line.text(", rsv=0x");
                super::put::hex(line.out, u64::from(word));
            }
        }
        4 => {
            let last = word >> 24;
            line.text(", last-entry=");
            line.number(u64::from(last));
            if line.style.verbose > 0 {
                line.text(", flags=0x");
                super::put::hex(line.out, u64::from(word >> 16 & 0xff));
            }
            line.text(", tag=");
            super::put::hex(line.out, u64::from(word & 0xffff));
            addresses = addresses.get(..(last as usize).saturating_add(1)).unwrap_or(addresses);
        }
        _ => addresses = &[],
    }
    for (at, address) in addresses.iter().enumerate() {
        line.text(", [");
        line.number(at as u64);
        line.text("]");
        line.ipv6(*address);
    }
    line.text(") ");
    if let (Some(address), Network::V6(source, _)) = (final_address(header), line.network) {
        line.network = Network::V6(source, address);
    }
    next_header(line, next, body.skip(octets));
}

pub(super) fn fragment() -> Protocol {
    Protocol::new("ipv6.fraghdr", "IPv6 fragment header")
        .layer("IPv6ExtHdrFragment")
        .source("RFC 8200 §4.5")
        .on(IP_PROTO, &[44])
        .leads(&[IP_PROTO])
        .later(|protocol| super::fragments::declare(fragment_fields(protocol), &super::fragments::IPV6))
        .after(after_fragment)
        .summary(fragment_summary)
        .sample(concat!(
            "020000000002 020000000001 86dd 60000000 0010 2c 40 fe800000000000000000000000000001",
            "fe800000000000000000000000000002 1100 0009 12345678 6162636465666768"
        ))
}

/// Header and generated fields.
fn fragment_fields(protocol: Protocol) -> Protocol {
    protocol
        .field(next_field())
        .field(u8("reserved_octet").craft("res1").hex().doc("reserved"))
        .field(bits("offset", 13).doc("offset in units of 8 octets"))
        .field(bits("reserved_bits", 2).craft("res2").doc("reserved"))
        .field(flag("more").craft("m").doc("more fragments"))
        .field(be32("ident").craft("id").hex().doc("identification"))
}

fn after_fragment(walk: &mut Walk<'_, '_>) {
    let [_, _, high, low, ..] = walk.header() else { return };
    let word = u16::from_be_bytes([*high, *low]);
    if word & 0xfff9 != 0 && super::fragments::join(walk, &super::fragments::IPV6) {
        return;
    }
    if word >> 3 != 0 {
        walk.no_next();
    }
}

fn fragment_summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    line.hosts();
    let Some([next, _, o0, o1, i0, i1, i2, i3]) = body.data.first_chunk::<8>().copied() else {
        line.cut("frag", body);
        return;
    };
    let offset = u16::from_be_bytes([o0, o1]);
    let payload = body.skip(8);
    line.text("frag (");
    if line.style.verbose > 0 {
        line.hex(u64::from(u32::from_be_bytes([i0, i1, i2, i3])), 8);
        line.text(":");
    }
    line.number(u64::from(offset & 0xfff8));
    line.text("|");
    line.number(payload.len as u64);
    line.text(")");
    if offset & 0xfff8 == 0 {
        line.text(" ");
        next_header(line, next, payload);
    }
}
