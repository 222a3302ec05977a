//! Routes of Ethernet VPNs (RFC 7432 §7, RFC 9136, RFC 9251) as BGP announces and withdraws them.

use crate::schema::{
    Field, Item, Size, Test, Tlv, TlvCase, be16, be24, be32, bits, block, bytes, eq, flag, ipv4, ipv6, label,
    left, lit, mac, rest, shared, shared_list, switch, u8, val, when,
};
use std::sync::LazyLock;

const ROUTES: &[(u64, &str)] = &[
    (1, "Ethernet AD route"),
    (2, "MAC/IP advertisement route"),
    (3, "inclusive multicast route"),
    (4, "Ethernet segment route"),
    (5, "IP prefix route"),
    (6, "selective multicast route"),
    (7, "IGMP join synchronisation route"),
    (8, "IGMP leave synchronisation route"),
];

/// RFC 7432 §5.
const SEGMENTS: &[(u64, &str)] = &[
    (0, "set by an operator"),
    (1, "LACP"),
    (2, "bridged LAN"),
    (3, "MAC-based"),
    (4, "router identifier"),
    (5, "AS number"),
];

/// Routes until the attribute ends.
pub(super) fn routes() -> Item {
    static LIST: LazyLock<Tlv> = LazyLock::new(list);
    shared_list(&LIST)
}

fn entry() -> Field {
    label("evpn.nlri").doc("route")
}

fn list() -> Tlv {
    let mut list = Tlv::new(
        entry(),
        u8("evpn.nlri.rt").names(ROUTES).doc("route type"),
        u8("evpn.nlri.len").unit("octets").doc("length"),
    )
    .body_len()
    .other([bytes("evpn.nlri.unknown", rest()).doc("route of another type").into()]);
    let case = |kind: u64, items: Vec<Item>| TlvCase { kind, field: entry(), items };
    list.cases = vec![
        case(1, vec![distinguisher(), segment(), tag(), label1()]),
        case(2, host()),
        case(
            3,
            vec![
                distinguisher(),
                tag(),
                u8("evpn.nlri.iplen").unit("bits").doc("length of the address").into(),
                address(val("evpn.nlri.iplen") / 8),
            ],
        ),
        case(
            4,
            vec![
                distinguisher(),
                segment(),
                u8("evpn.nlri.iplen").unit("bits").doc("length of the address").into(),
                address(val("evpn.nlri.iplen") / 8),
            ],
        ),
        case(5, prefix()),
        case(6, multicast(false)),
        case(7, multicast(true)),
        case(8, multicast(true)),
    ];
    list
}

fn distinguisher() -> Item {
    bytes("evpn.nlri.rd", Size::Octets(lit(8))).doc("route distinguisher").into()
}

fn tag() -> Item {
    be32("evpn.nlri.etag").doc("Ethernet tag").into()
}

/// Three octets: a label in the first twenty bits, or the identifier of a virtual network in all.
fn label1() -> Item {
    be24("evpn.nlri.vni").doc("label field as it stands, the VNI of VXLAN").of([
        bits("evpn.nlri.mpls_ls1", 20).doc("label"),
        bits("evpn.nlri.mpls_ls1.rest", 4).hex().hidden().doc("traffic class and bottom"),
    ])
}

fn label2() -> Item {
    be24("evpn.nlri.vni2").hidden().doc("second label field as it stands").of([
        bits("evpn.nlri.mpls_ls2", 20).doc("second label"),
        bits("evpn.nlri.mpls_ls2.rest", 4).hex().hidden().doc("traffic class and bottom"),
    ])
}

/// An Ethernet segment: its first octet says what the others are.
fn segment() -> Item {
    static SEGMENT: LazyLock<Vec<Item>> = LazyLock::new(|| vec![segment_block()]);
    Item::When(Test::All(Vec::new()), shared(&SEGMENT))
}

fn segment_block() -> Item {
    let rest_of =
        |octets: i64| bytes("evpn.nlri.esi.reserved", Size::Octets(lit(octets))).doc("reserved").into();
    block(
        bytes("evpn.nlri.esi", rest()).doc("Ethernet segment"),
        Size::Octets(lit(10)),
        [
            u8("evpn.nlri.esi.type").names(SEGMENTS).doc("segment type").into(),
            switch(
                val("evpn.nlri.esi.type"),
                [
                    (
                        1,
                        vec![
                            mac("evpn.nlri.esi.lacp_mac").doc("LACP system").into(),
                            be16("evpn.nlri.esi.lacp_portkey").hex().doc("LACP port key").into(),
                            rest_of(1),
                        ],
                    ),
                    (
                        2,
                        vec![
                            mac("evpn.nlri.esi.root_bridge").doc("root bridge").into(),
                            be16("evpn.nlri.esi.rb_prio").doc("priority of the root bridge").into(),
                            rest_of(1),
                        ],
                    ),
                    (
                        3,
                        vec![
                            mac("evpn.nlri.esi.system_mac").doc("system").into(),
                            bytes("evpn.nlri.esi.system_mac_discr", Size::Octets(lit(3)))
                                .doc("discriminator")
                                .into(),
                        ],
                    ),
                    (
                        4,
                        vec![
                            ipv4("evpn.nlri.esi.router_id").doc("router").into(),
                            bytes("evpn.nlri.esi.router_discr", Size::Octets(lit(4)))
                                .doc("discriminator")
                                .into(),
                            rest_of(1),
                        ],
                    ),
                    (
                        5,
                        vec![
                            be32("evpn.nlri.esi.asn").doc("AS").into(),
                            bytes("evpn.nlri.esi.asn_discr", Size::Octets(lit(4)))
                                .doc("discriminator")
                                .into(),
                            rest_of(1),
                        ],
                    ),
                    (
                        0,
                        vec![
                            bytes("evpn.nlri.esi.type0", rest())
                                .alias("evpn.nlri.esi.value")
                                .doc("value")
                                .into(),
                        ],
                    ),
                ],
                vec![bytes("evpn.nlri.esi.remaining", rest()).doc("value").into()],
            ),
        ],
    )
}

/// An address of so many octets, or none.
fn address(octets: crate::schema::Expr) -> Item {
    switch(
        octets,
        [
            (0, vec![]),
            (4, vec![ipv4("evpn.nlri.ip.addr").doc("address").into()]),
            (16, vec![ipv6("evpn.nlri.ipv6.addr").doc("address").into()]),
        ],
        vec![],
    )
}

fn host() -> Vec<Item> {
    vec![
        distinguisher(),
        segment(),
        tag(),
        u8("evpn.nlri.maclen").unit("bits").doc("length of the MAC address").into(),
        mac("evpn.nlri.mac_addr").doc("MAC address").into(),
        u8("evpn.nlri.iplen").unit("bits").doc("length of the address").into(),
        address(val("evpn.nlri.iplen") / 8),
        label1(),
        when(Test::Ge(left(), lit(3)), [label2()]),
    ]
}

/// RFC 9136 §3.1: 34 octets of IPv4, 58 of IPv6.
fn prefix() -> Vec<Item> {
    vec![
        distinguisher(),
        segment(),
        tag(),
        u8("evpn.nlri.prefix_len").unit("bits").doc("prefix length").into(),
        when(
            eq("evpn.nlri.len", 34),
            [
                ipv4("evpn.nlri.ip.addr").doc("prefix").into(),
                ipv4("evpn.nlri.ipv4.gtw_addr").doc("gateway").into(),
            ],
        ),
        when(
            eq("evpn.nlri.len", 58),
            [
                ipv6("evpn.nlri.ipv6.addr").doc("prefix").into(),
                ipv6("evpn.nlri.ipv6.gtw_addr").doc("gateway").into(),
            ],
        ),
        label1(),
    ]
}

/// RFC 9251 §9; those of synchronisation name the segment too.
fn multicast(of_segment: bool) -> Vec<Item> {
    let party =
        |length: &'static str, four: &'static str, six: &'static str, doc: &'static str| -> [Item; 2] {
            [
                u8("evpn.nlri.party")
                    .hidden()
                    .doc("length of an address")
                    .of([u8(length).unit("bits").doc("length of the address")]),
                switch(
                    val("evpn.nlri.party") / 8,
                    [(4, vec![ipv4(four).doc(doc).into()]), (16, vec![ipv6(six).doc(doc).into()])],
                    vec![],
                ),
            ]
        };
    let mut items = vec![distinguisher()];
    if of_segment {
        items.push(segment());
    }
    items.push(tag());
    items.extend(party(
        "evpn.nlri.src_length",
        "evpn.nlri.src_addr_ipv4",
        "evpn.nlri.src_addr_ipv6",
        "source",
    ));
    items.extend(party(
        "evpn.nlri.grp_length",
        "evpn.nlri.grp_addr_ipv4",
        "evpn.nlri.grp_addr_ipv6",
        "group",
    ));
    items.extend(party(
        "evpn.nlri.or_length",
        "evpn.nlri.or_addr_ipv4",
        "evpn.nlri.or_addr_ipv6",
        "originator",
    ));
    items.push(
        bytes("evpn.nlri.synchronisation", Size::Octets(left() - 1)).doc("what the leave says more").into(),
    );
    items.push(u8("evpn.nlri.igmp_mc_flags").hex().doc("flags").of([
        bits("evpn.nlri.igmp_mc_flags.reserved", 4).hex().doc("reserved"),
        flag("evpn.nlri.igmp_mc_flags.ie").doc("sources are excluded"),
        flag("evpn.nlri.igmp_mc_flags.v3").doc("IGMP version 3"),
        flag("evpn.nlri.igmp_mc_flags.v2").doc("IGMP version 2"),
        flag("evpn.nlri.igmp_mc_flags.v1").doc("IGMP version 1"),
    ]));
    items
}
