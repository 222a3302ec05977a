//! Linux cooked captures, versions 1 and 2 (linktypes LINUX_SLL and LINUX_SLL2).
//!
//! What follows is named by an EtherType, by one of the small numbers of `linux/if_ether.h` (802.3, 802.2), or, for
//! interfaces such as netlink monitors, by the interface type alone.

use crate::decode::Walk;
use crate::render::line::{Body, Line};
use crate::render::put;
use crate::schema::{
    ETHER_TYPE, Field, Item, Kind, LINK_TYPE, Protocol, SLL_HATYPE, Size, be16, be32, block, bytes, ipv4,
    label, lit, mac, rest, switch, u8, val,
};

const PACKET_TYPES: &[(u64, &str)] = &[
    (0, "unicast to us"),
    (1, "broadcast"),
    (2, "multicast"),
    (3, "unicast to another host"),
    (4, "sent by us"),
];

/// `ARPHRD_*` of linux/if_arp.h.
const HARDWARE: &[(u64, &str)] = &[
    (1, "Ethernet"),
    (32, "InfiniBand"),
    (280, "CAN"),
    (512, "PPP"),
    (513, "Cisco HDLC"),
    (768, "IPIP tunnel"),
    (769, "IPv6 tunnel"),
    (772, "loopback"),
    (776, "SIT tunnel"),
    (778, "GRE tunnel"),
    (801, "802.11"),
    (802, "802.11 with Prism header"),
    (803, "802.11 with radiotap"),
    (804, "802.15.4"),
    (823, "GRE over IPv6"),
    (824, "netlink monitor"),
    (826, "vsock monitor"),
    (0xfffe, "none"),
];

/// `ETH_P_*` below 1536 of linux/if_ether.h.
const LINUX_TYPES: &[(u64, &str)] = &[
    (1, "Novell raw 802.3"),
    (3, "Ethernet"),
    (4, "802.2"),
    (8, "WAN PPP"),
    (12, "CAN"),
    (13, "CAN FD"),
    (14, "CAN XL"),
    (0xf8, "DSA conduit"),
];

/// `ETH_P_XDSA`: what the kernel calls frames that a switch tagged, until the tag is off. A cooked header stands in the place
/// of the first 14 octets, which are the addresses and the beginning of the tag, or most of a tag that stands before them.
const DSA_CONDUIT: u16 = 0xf8;

const CUT_OFF: &str = "tag cut off by the cooked header; capture the conduit interface itself to see it";

fn source_address() -> Item {
    block(
        label("=sll.src").doc("link-layer address"),
        Size::Octets(lit(8)),
        [
            crate::schema::built([bytes("=sll.src.octets", Size::Octets(lit(8)))
                .craft("src")
                .hidden()
                .doc("source")
                .into()]),
            crate::schema::decoded([switch(
                val("=sll.halen"),
                [
                    (0, vec![]),
                    (4, vec![ipv4("=sll.src.ipv4").doc("source").into()]),
                    (6, vec![mac("=sll.src.eth").doc("source").into()]),
                ],
                vec![
                    bytes("=sll.src.other", Size::Octets(val("=sll.halen").min(lit(8)))).doc("source").into(),
                ],
            )]),
            bytes("=sll.unused", rest()).doc("unused").into(),
        ],
    )
}

fn common(protocol: Protocol) -> Protocol {
    protocol
        .leads(&[ETHER_TYPE, SLL_HATYPE])
        .leads_to(&["eth", "llc", "ipx"])
        .extra(Field::new("=sll.dsa", Kind::Made, rest()).doc("switch tag"))
        .after(after)
}

/// The type field: its name follows from interface type and value, see [`after`].
fn kinds() -> [crate::schema::Field; 3] {
    let mut kind = be16("=sll.etype").craft("proto").hex().named_by(super::ether_type_name).doc("EtherType");
    kind.auto = crate::schema::Auto::Next(ETHER_TYPE);
    kind.default = 0x0800;
    [
        kind,
        be16("=sll.ltype").hex().names(LINUX_TYPES).doc("Linux protocol"),
        be16("=sll.gretype").hex().named_by(super::ether_type_name).doc("GRE protocol"),
    ]
}

pub(super) fn sll() -> Protocol {
    common(
        Protocol::new("sll", "Linux cooked capture")
            .layer("CookedLinux")
            .source("LINKTYPE_LINUX_SLL")
            .on(LINK_TYPE, &[113])
            .field(be16("pkttype").names(PACKET_TYPES).doc("packet type"))
            .field(be16("hatype").craft("lladdrtype").default(512).names(HARDWARE).doc("interface type"))
            .field(be16("halen").craft("lladdrlen").unit("octets").doc("link-layer address length"))
            .field(source_address())
            .field(crate::schema::custom(kinds(), kind)),
    )
    .summary(summary)
    .sample_on(
        crate::frame::LinkType::LINUX_SLL,
        "0000 0001 0006 0200000000010000 0800 4500002000010000401166ca0a0000010a00000203e807d0000c1b5561626364",
    )
}

pub(super) fn sll2() -> Protocol {
    common(
        Protocol::new("sll2", "Linux cooked capture, version 2")
            .layer("CookedLinuxV2")
            .source("LINKTYPE_LINUX_SLL2")
            .on(LINK_TYPE, &[276])
            .field(crate::schema::custom(kinds(), kind))
            .field(be16("reserved").hex().doc("reserved"))
            .field(be32("=sll.ifindex").doc("interface index"))
            .field(be16("=sll.hatype").craft("lladdrtype").default(512).names(HARDWARE).doc("interface type"))
            .field(u8("=sll.pkttype").names(PACKET_TYPES).doc("packet type"))
            .field(u8("=sll.halen").craft("lladdrlen").unit("octets").doc("link-layer address length"))
            .field(source_address()),
    )
    .summary(summary_v2)
    .sample_on(
        crate::frame::LinkType::LINUX_SLL2,
        "00f8 0000 00000002 0001 00 06 0200000000010000 0002 0800 4500002000010000401166ca0a0000010a00000203e807d0000c1b5561626364",
    )
    .sample_on(
        crate::frame::LinkType::LINUX_SLL2,
        "0800 0000 00000002 0001 00 06 0200000000010000 4500002000010000401166ca0a0000010a00000203e807d0000c1b5561626364",
    )
}

fn be16_at(octets: &[u8], at: usize) -> u16 {
    octets.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |pair| u16::from_be_bytes(*pair))
}

/// Interface type, wherever the version keeps it: before the type field in version 1, behind it in version 2.
fn interface_type(walk: &Walk<'_, '_>) -> u16 {
    let octets = walk.layer_octets();
    if walk.meta().link_type == crate::frame::LinkType::LINUX_SLL2 {
        be16_at(octets, 8)
    } else {
        be16_at(octets, 2)
    }
}

fn kind(walk: &mut Walk<'_, '_>) {
    let value = be16_at(walk.rest(), 0);
    let name = match interface_type(walk) {
        824 => "=sll.ltype",
        778 | 823 => "=sll.gretype",
        _ if value < 1536 => "=sll.ltype",
        _ => "=sll.etype",
    };
    if walk.take(name, 2).is_none() {
        walk.stop();
    }
}

fn after(walk: &mut Walk<'_, '_>) {
    let hardware = interface_type(walk);
    let octets = walk.header();
    let value = if octets.len() == 20 { be16_at(octets, 0) } else { be16_at(octets, 14) };
    if walk.next(SLL_HATYPE, u64::from(hardware)) {
        return;
    }
    match value {
        DSA_CONDUIT => {
            let at = walk.offset();
            walk.emit_made("=sll.dsa", at, 0, |out| out.extend_from_slice(CUT_OFF.as_bytes()));
            walk.no_next();
        }
        1 => walk.next_named("ipx"),
        3 => walk.next_named("eth"),
        4 => walk.next_named("llc"),
        _ => {
            walk.next(ETHER_TYPE, u64::from(value));
        }
    }
}

fn packet_type(kind: u64) -> &'static str {
    match kind {
        0 => "In",
        1 => "B",
        2 => "M",
        3 => "P",
        4 => "Out",
        _ => "?",
    }
}

/// What follows: `ethertype IPv4 (0x0800), length 48: ` and the payload.
fn payload(line: &mut Line<'_, '_>, hardware: u16, kind: u16, payload: Body<'_>, len: usize) {
    if line.style.link {
        if kind < 1536 {
            let known = LINUX_TYPES.iter().find(|entry| entry.0 == u64::from(kind)).map(|entry| entry.1);
            line.text(known.unwrap_or("Unknown"));
        } else {
            line.text("ethertype ");
            line.ether_type_text(kind, !line.style.quick);
        }
        line.text(", length ");
        line.number(len as u64);
        line.text(": ");
    }
    if line.next(SLL_HATYPE, u64::from(hardware), payload) {
        return;
    }
    let inner = match kind {
        DSA_CONDUIT => {
            line.text("DSA conduit, ");
            line.text(CUT_OFF);
            line.text(", length ");
            line.number(payload.len as u64);
            return;
        }
        1 => "ipx",
        3 => "eth",
        4 => "llc",
        _ => {
            line.ether_payload(kind, payload);
            return;
        }
    };
    match line.registry.protocol_named(inner) {
        Some(id) => line.protocol(id, payload),
        None => line.unknown("802.3", payload),
    }
}

fn address(line: &mut Line<'_, '_>, len: usize, octets: &[u8]) {
    if len > 0 {
        put::hex_octets(line.out, octets.get(..len).unwrap_or(octets), Some(b':'));
        line.text(" ");
    }
}

fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    let Some(header) = body.data.first_chunk::<16>() else {
        line.cut("sll", body);
        return;
    };
    if line.style.link {
        let word = packet_type(u64::from(be16_at(header, 0)));
        line.out.extend(std::iter::repeat_n(b' ', 3_usize.saturating_sub(word.len())));
        line.text(word);
        line.text(" ");
        address(line, usize::from(be16_at(header, 4)), header.get(6..14).unwrap_or_default());
    }
    payload(line, be16_at(header, 2), be16_at(header, 14), body.skip(16), body.len);
}

fn summary_v2(line: &mut Line<'_, '_>, body: Body<'_>) {
    let Some(header) = body.data.first_chunk::<20>() else {
        line.cut("sll2", body);
        return;
    };
    let [p0, p1, _, _, i0, i1, i2, i3, h0, h1, kind, len, ..] = *header;
    let index = u32::from_be_bytes([i0, i1, i2, i3]);
    // The interface's name may stand in front of the line.
    if !line.style.interface {
        let start = line.out.len();
        line.text("if");
        line.number(u64::from(index));
        put::column(line.out, start, 5);
    }
    let start = line.out.len();
    line.text(packet_type(u64::from(kind)));
    put::column(line.out, start, 3);
    if line.style.link {
        line.text("ifindex ");
        line.number(u64::from(index));
        line.text(" ");
        address(line, usize::from(len), header.get(12..20).unwrap_or_default());
    }
    payload(line, u16::from_be_bytes([h0, h1]), u16::from_be_bytes([p0, p1]), body.skip(20), body.len);
}
