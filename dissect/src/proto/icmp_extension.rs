//! The extension structure behind the quotation of an ICMP or ICMPv6 error: RFC 4884 §7, with the objects of RFC 4950
//! (MPLS), RFC 5837 (interface information) and RFC 8335 (interface identification).

use crate::checksum;
use crate::decode::Walk;
use crate::render::line::{Body, Line};
use crate::schema::{
    Item, Protocol, Severity, Size, Tlv, be16, be32, bits, bytes, case, eq, flag, ipv4, ipv6, label, lit,
    repeat, rest, switch, text, u8, val, when,
};

const CLASSES: &[(u64, &str)] = &[
    (1, "MPLS label stack"),
    (2, "interface information"),
    (3, "interface identification"),
    (247, "private"),
];

const ROLES: &[(u64, &str)] = &[
    (0, "incoming interface"),
    (1, "sub-IP component of the incoming interface"),
    (2, "outgoing interface"),
    (3, "next hop"),
];

const FAMILIES: &[(u64, &str)] = &[(1, "IPv4"), (2, "IPv6"), (6, "IEEE 802")];

/// What old implementations pad the quotation to before they put an extension behind it (RFC 4884 §5.5).
const OLD_QUOTE: usize = 128;

/// Octets of the quotation in front of an extension structure; `None` where there is no extension. `said` is what the
/// message's length field says.
pub(super) fn quote_octets(after_header: &[u8], said: usize) -> Option<usize> {
    let quote = if said == 0 { OLD_QUOTE } else { said };
    let structure = after_header.get(quote..)?;
    let version = structure.first_chunk::<4>().map(|[first, ..]| first >> 4)?;
    if version != 2 {
        return None;
    }
    // Without a length only a structure whose checksum holds is believed.
    (said != 0 || checksum::sum(structure) == u16::MAX || structure.get(2..4) == Some(&[0, 0]))
        .then_some(quote)
}

/// What the crafter puts behind the quotation that an error's payload is: RFC 4884 §5.5 has it begin at octet 136 of the message.
/// The padding is an argument of scapy's that says nothing: there it has no octets.
pub(super) fn behind() -> Item {
    const BEGINS: usize = 136;
    crate::schema::crafted([crate::schema::behind(
        lit(0),
        [crate::schema::custom_both(
            [
                bytes("quote_ext", rest()).craft("ext").hidden().doc("extension structure"),
                bytes("quote_pad", rest()).craft("extpad").hidden().doc("padding"),
            ],
            |_| {},
            |build| {
                let Some(structure) = build.octets("quote_ext") else { return };
                let padding = BEGINS.saturating_sub(build.written());
                build.put(&vec![0; padding]);
                build.put(&structure);
            },
        )],
    )])
}

pub(super) fn extension() -> Protocol {
    Protocol::new("icmp.ext", "ICMP extension structure")
        .layer("ICMPExtension_Header")
        .part("ICMPExtension_MPLS", "=icmp.mpls", &[("class", 1), ("ctype", 1)])
        .source("RFC 4884 §7, RFC 4950, RFC 5837, RFC 8335")
        .later(fields)
        .after(after)
        .sample(concat!(
            "0200000000020200000000010800450000a800010000400166520a0000010a0000020b00092000000000450000",
            "20000100000111a5ca0a0000020a00000103e807d0000c1b556162636400000000000000000000000000000000",
            "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
            "00000000000000000000000000000000000000000000000000000000000000000000002000c55f000801011896",
            "0101"
        ))
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    protocol
        .field(bits("version", 4).default(2).doc("version"))
        .field(bits("res", 12).craft("reserved").hex().doc("reserved"))
        .field(be16("checksum").craft("chksum").hex().sum(crate::schema::Checksum::Whole).doc("checksum"))
        .field(objects())
        .extra(
            u8("checksum.status")
                .names(super::CHECKSUM_STATUS)
                .expert(Severity::Error, 0, 0, "the checksum is wrong")
                .doc("checksum status"),
        )
}

fn objects() -> Tlv {
    let mut list = Tlv::new(label("object").doc("unknown object"), u8("class"), u8("length"));
    list.head = vec![
        be16("length").craft("len").unit("octets").doc("length").into(),
        u8("class").craft("classnum").names(CLASSES).doc("class").into(),
        switch(
            val("class"),
            [(
                2,
                vec![u8("ctype").doc("what is there").of([
                    bits("=icmp.int_info.role", 2).craft("classtype").names(ROLES).doc("role"),
                    bits("=icmp.int_info.reserved", 2).doc("reserved"),
                    flag("=icmp.int_info.ifindex").craft("has_ifindex").doc("index is there"),
                    flag("=icmp.int_info.ipaddr").craft("has_ipaddr").doc("address is there"),
                    flag("=icmp.int_info.name_present").craft("has_ifname").doc("name is there"),
                    flag("=icmp.int_info.mtu_present").craft("has_mtu").doc("MTU is there"),
                ])],
            )],
            vec![u8("ctype").craft("classtype").doc("type within the class").into()],
        ),
    ];
    list.cases([
        case(
            1,
            label("=icmp.mpls").craft("ICMPExtension_MPLS").doc("MPLS label stack"),
            [repeat(
                label("=icmp.mpls.entry").craft("stack").doc("label stack entry"),
                [
                    bits("=icmp.mpls.label", 20).doc("label").into(),
                    bits("=icmp.mpls.exp", 3).doc("traffic class").into(),
                    flag("=icmp.mpls.s").doc("bottom of stack").into(),
                    u8("=icmp.mpls.ttl").doc("time to live").into(),
                ],
            )],
        ),
        case(
            2,
            label("=icmp.int_info").craft("ICMPExtension_InterfaceInformation").doc("interface information"),
            interface(),
        ),
        case(
            3,
            label("=icmp.int_ident")
                .craft("ICMPExtension_InterfaceIdentification")
                .doc("interface identification"),
            [switch(
                val("ctype"),
                [
                    (1, vec![text("=icmp.int_ident.name", rest()).doc("name").into()]),
                    (2, vec![be32("=icmp.int_ident.index").doc("index").into()]),
                    (
                        3,
                        vec![
                            be16("=icmp.int_ident.afi").names(FAMILIES).doc("address family").into(),
                            u8("=icmp.int_ident.addr_length").unit("octets").doc("address length").into(),
                            bytes("=icmp.int_ident.reserved", Size::Octets(lit(1))).doc("reserved").into(),
                            address(
                                "=icmp.int_ident.afi",
                                ["=icmp.int_ident.ipv4", "=icmp.int_ident.ipv6", "=icmp.int_ident.address"],
                            ),
                        ],
                    ),
                ],
                vec![bytes("data", rest()).doc("data").into()],
            )],
        ),
    ])
    .other([bytes("data", rest()).doc("data").into()])
}

fn address(family: &'static str, names: [&'static str; 3]) -> Item {
    let [v4, v6, other] = names;
    switch(
        val(family),
        [
            (1, vec![ipv4(v4).craft("ip4").doc("address").into()]),
            (2, vec![ipv6(v6).craft("ip6").doc("address").into()]),
        ],
        vec![bytes(other, rest()).doc("address").into()],
    )
}

fn interface() -> [Item; 4] {
    [
        when(
            eq("=icmp.int_info.ifindex", 1),
            [be32("=icmp.int_info.index").craft("ifindex").doc("interface index").into()],
        ),
        when(
            eq("=icmp.int_info.ipaddr", 1),
            [
                be16("=icmp.int_info.afi").craft("afi").names(FAMILIES).doc("address family").into(),
                bytes("=icmp.int_info.reserved16", Size::Octets(lit(2)))
                    .craft("reserved2")
                    .doc("reserved")
                    .into(),
                address(
                    "=icmp.int_info.afi",
                    ["=icmp.int_info.ipv4", "=icmp.int_info.ipv6", "=icmp.int_info.ipunknown"],
                ),
            ],
        ),
        when(
            eq("=icmp.int_info.name_present", 1),
            [
                u8("=icmp.int_info.name_length")
                    .craft("ifname_len")
                    .len_of_part("=icmp.int_info.name", 1, 0)
                    .unit("octets")
                    .doc("length of the name with this octet")
                    .into(),
                text("=icmp.int_info.name", Size::Octets(val("=icmp.int_info.name_length") - 1))
                    .craft("ifname")
                    .doc("interface name")
                    .into(),
            ],
        ),
        when(
            eq("=icmp.int_info.mtu_present", 1),
            [be32("=icmp.int_info.mtu").craft("mtu").unit("octets").doc("MTU").into()],
        ),
    ]
}

fn after(walk: &mut Walk<'_, '_>) {
    let octets = walk.layer_octets();
    let status = match octets.get(2..4) {
        Some(&[0, 0]) => 3,
        _ if !walk.is_whole() || walk.quoted() => 2,
        _ => u64::from(checksum::sum(octets) == u16::MAX),
    };
    let at = walk.layer_offset().saturating_add(2);
    walk.emit("checksum.status", at, 0, status);
}

/// The structure in tcpdump's words, on lines of its own.
pub(super) fn write(line: &mut Line<'_, '_>, structure: Body<'_>) {
    let Some([_, _, c0, c1]) = structure.data.first_chunk::<4>().copied() else { return };
    let stored = u16::from_be_bytes([c0, c1]);
    line.text("\n\tICMP Multi-Part extension v2, checksum ");
    line.hex(u64::from(stored), 4);
    let right = checksum::sum(structure.data) == u16::MAX || structure.is_cut();
    line.text(if right { " (correct), length " } else { " (incorrect), length " });
    line.number(structure.len as u64);
    let mut left = structure.data.get(4..).unwrap_or_default();
    while let Some([l0, l1, class, kind]) = left.first_chunk::<4>().copied() {
        let len = usize::from(u16::from_be_bytes([l0, l1]));
        let Some(object) = left.get(4..len) else { return };
        left = left.get(len..).unwrap_or_default();
        line.text("\n\t  ");
        line.text(match class {
            1 => "MPLS Stack Entry",
            2 => "Interface Information",
            3 => "Interface Identification",
            _ => "Unknown",
        });
        line.text(" Object (");
        line.number(u64::from(class));
        line.text("), Class-Type: ");
        line.number(u64::from(kind));
        line.text(", length ");
        line.number(len as u64);
        match class {
            1 => write_labels(line, object),
            2 => write_interface(line, kind, object),
            _ => {}
        }
    }
}

fn write_labels(line: &mut Line<'_, '_>, stack: &[u8]) {
    for word in stack.as_chunks::<4>().0 {
        let word = u64::from(u32::from_be_bytes(*word));
        line.text("\n\t    label ");
        line.number(word >> 12);
        line.text(", tc ");
        line.number(word >> 9 & 7);
        if word & 0x100 != 0 {
            line.text(", [S]");
        }
        line.text(", ttl ");
        line.number(word & 0xff);
    }
}

fn write_interface(line: &mut Line<'_, '_>, kind: u8, mut object: &[u8]) {
    line.text("\n\t    Interface Role: ");
    line.text(match kind >> 6 {
        0 => "Incoming IP Interface",
        1 => "Sub-IP Component of Incoming IP Interface",
        2 => "Outgoing IP Interface",
        _ => "IP Nexthop",
    });
    let word =
        |octets: &[u8]| octets.first_chunk().map_or(0, |octets| u64::from(u32::from_be_bytes(*octets)));
    if kind & 8 != 0 {
        line.text("\n\t    Interface Index: ");
        line.number(word(object));
        object = object.get(4..).unwrap_or_default();
    }
    if kind & 4 != 0 {
        let family = word(object) >> 16;
        object = object.get(4..).unwrap_or_default();
        line.text("\n\t    IP Address sub-object: ");
        if let (2, Some(address)) = (family, object.first_chunk::<16>()) {
            line.ipv6(*address);
            object = object.get(16..).unwrap_or_default();
        } else if let (1, Some(address)) = (family, object.first_chunk::<4>()) {
            line.ipv4(*address);
            object = object.get(4..).unwrap_or_default();
        }
    }
    if kind & 2 != 0 {
        let len = usize::from(object.first().copied().unwrap_or(0));
        line.text("\n\t    Interface Name, length ");
        line.number(len as u64);
        line.text(": ");
        line.untrusted(trimmed(object.get(1..len).unwrap_or_default()));
        object = object.get(len.max(1)..).unwrap_or_default();
    }
    if kind & 1 != 0 && object.len() >= 4 {
        line.text("\n\t    MTU Value: ");
        line.number(word(object));
    }
}

/// Without the NUL octets that fill it up.
fn trimmed(name: &[u8]) -> &[u8] {
    let end = name.iter().position(|octet| *octet == 0).unwrap_or(name.len());
    name.get(..end).unwrap_or(name)
}
