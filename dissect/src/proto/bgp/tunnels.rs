//! Attributes about tunnels and segments: PMSI tunnels (RFC 6514 §5), AIGP (RFC 7311), prefix segments (RFC 8669, RFC 9252),
//! tunnel encapsulation (RFC 9012) with policies of segment routing (RFC 9830).

use super::communities::TUNNELS;
use super::routes;
use crate::schema::{
    Expr, Field, Item, Size, Test, Tlv, TlvCase, be16, be24, be32, be64, bits, block, bytes, flag, ipv4,
    ipv6, label, left, lit, mac, repeat, rest, switch, text, u8, val, when,
};

fn octets(name: &'static str, octets: i64, doc: &'static str) -> Item {
    bytes(name, Size::Octets(lit(octets))).doc(doc).into()
}

/// RFC 6514 §5.
const PMSI: &[(u64, &str)] = &[
    (0, "no tunnel information"),
    (1, "RSVP-TE P2MP LSP"),
    (2, "mLDP P2MP LSP"),
    (3, "PIM-SSM tree"),
    (4, "PIM-SM tree"),
    (5, "BIDIR-PIM tree"),
    (6, "ingress replication"),
    (7, "mLDP MP2MP LSP"),
];

pub(super) fn pmsi() -> Vec<Item> {
    let pair = |[first, second]: [&'static str; 2], docs: [&'static str; 2]| -> Vec<Item> {
        let [a, b] = docs;
        vec![ipv4(first).doc(a).into(), ipv4(second).doc(b).into()]
    };
    vec![
        u8("update.path_attribute.pmsi.tunnel.flags")
            .hex()
            .doc("flags; 1: leaf information is wanted")
            .into(),
        u8("update.path_attribute.pmsi.tunnel.type").names(PMSI).doc("tunnel").into(),
        routes::label_field(),
        switch(
            val("update.path_attribute.pmsi.tunnel.type"),
            [
                (0, vec![]),
                (
                    1,
                    vec![
                        ipv4("update.path_attribute.pmsi.rsvp.id").doc("P2MP identifier").into(),
                        octets("update.path_attribute.pmsi.rsvp.reserved", 2, "reserved"),
                        be16("update.path_attribute.pmsi.rsvp.tunnel_id").doc("tunnel identifier").into(),
                        ipv4("update.path_attribute.pmsi.rsvp.ext_tunnel_idv4")
                            .doc("extended tunnel identifier")
                            .into(),
                    ],
                ),
                (2, fec()),
                (
                    3,
                    pair(
                        [
                            "update.path_attribute.pmsi.pimssm.root_node",
                            "update.path_attribute.pmsi.pimssm.pmulticast_group",
                        ],
                        ["root", "group"],
                    ),
                ),
                (
                    4,
                    pair(
                        [
                            "update.path_attribute.pmsi.pimsm.sender_address",
                            "update.path_attribute.pmsi.pimsm.pmulticast_group",
                        ],
                        ["sender", "group"],
                    ),
                ),
                (
                    5,
                    pair(
                        [
                            "update.path_attribute.pmsi.bidir_pim_tree.sender",
                            "update.path_attribute.pmsi.bidir_pim_tree.pmulticast_group",
                        ],
                        ["sender", "group"],
                    ),
                ),
                (
                    6,
                    vec![switch(
                        left(),
                        [(4, vec![ipv4("update.path_attribute.pmsi.ingress_rep_ip").doc("endpoint").into()])],
                        vec![
                            bytes("update.path_attribute.pmsi.ingress_rep_other", rest())
                                .doc("endpoint")
                                .into(),
                        ],
                    )],
                ),
                (7, fec()),
            ],
            vec![bytes("update.path_attribute.pmsi.unknown", rest()).doc("identifier").into()],
        ),
    ]
}

/// RFC 6388 §2.2.
fn fec() -> Vec<Item> {
    vec![
        u8("update.path_attribute.pmsi.mldp.fec.type").doc("FEC element").into(),
        be16("update.path_attribute.pmsi.mldp.fec.address_family")
            .names(super::FAMILIES)
            .doc("address family")
            .into(),
        u8("update.path_attribute.pmsi.mldp.fec.address_length")
            .unit("octets")
            .doc("length of the root")
            .into(),
        switch(
            val("update.path_attribute.pmsi.mldp.fec.address_length"),
            [
                (4, vec![ipv4("update.path_attribute.pmsi.mldp.fec.root_nodev4").doc("root").into()]),
                (16, vec![ipv6("update.path_attribute.pmsi.mldp.fec.root_nodev6").doc("root").into()]),
            ],
            vec![],
        ),
        be16("update.path_attribute.pmsi.mldp.fec.opaque_length")
            .unit("octets")
            .doc("length of the opaque value")
            .into(),
        repeat(
            label("update.path_attribute.pmsi.mldp.fec.opaque").hidden().doc("opaque values"),
            [
                u8("update.path_attribute.pmsi.mldp.fec.opaque_value_type")
                    .doc("kind of opaque value")
                    .into(),
                when(
                    Test::Ne(val("update.path_attribute.pmsi.mldp.fec.opaque_value_type"), lit(255)),
                    [
                        be16("update.path_attribute.pmsi.mldp.fec.opaque_value_length")
                            .unit("octets")
                            .doc("length")
                            .into(),
                        switch(
                            val("update.path_attribute.pmsi.mldp.fec.opaque_value_type"),
                            [(
                                1,
                                vec![
                                    be32("update.path_attribute.pmsi.mldp.fec.opaque_value_unique_id_rn")
                                        .doc("LSP identifier")
                                        .into(),
                                ],
                            )],
                            vec![
                                bytes(
                                    "update.path_attribute.pmsi.mldp.fec.opaque_value_unique_id_str",
                                    Size::Octets(
                                        val("update.path_attribute.pmsi.mldp.fec.opaque_value_length")
                                            .min(left()),
                                    ),
                                )
                                .doc("value")
                                .into(),
                            ],
                        ),
                    ],
                ),
                when(
                    Test::Eq(val("update.path_attribute.pmsi.mldp.fec.opaque_value_type"), lit(255)),
                    [
                        be16("update.path_attribute.pmsi.mldp.fec.opaque_ext_value_type")
                            .doc("extended kind")
                            .into(),
                        be16("update.path_attribute.pmsi.mldp.fec.opaque_ext_length")
                            .unit("octets")
                            .doc("length")
                            .into(),
                        bytes(
                            "update.path_attribute.pmsi.mldp.fec.opaque_ext_value",
                            Size::Octets(
                                val("update.path_attribute.pmsi.mldp.fec.opaque_ext_length").min(left()),
                            ),
                        )
                        .doc("value")
                        .into(),
                    ],
                ),
            ],
        ),
    ]
}

pub(super) fn aigp() -> Vec<Item> {
    vec![
        Tlv::new(
            label("update.path_attribute.aigp").doc("value"),
            u8("update.attribute.aigp.type").names(&[(1, "accumulated IGP metric")]).doc("type"),
            be16("update.attribute.aigp.length").unit("octets").doc("length"),
        )
        .cases([crate::schema::case(
            1,
            label("update.path_attribute.aigp").doc("value"),
            [be64("update.attribute.aigp.accu_igp_metric").doc("accumulated IGP metric").into()],
        )])
        .other([bytes("update.attribute.aigp.unknown", rest()).doc("value").into()])
        .into(),
    ]
}

const PARTS: &[(u64, &str)] =
    &[(1, "label index"), (3, "originator SRGB"), (5, "SRv6 layer 3 service"), (6, "SRv6 layer 2 service")];

/// A service's segments; its fields have the names of the kind of service.
macro_rules! service {
    ($kind:literal) => {{
        let segment = Tlv::new(
            label(concat!("prefix_sid.srv6_", $kind, ".sub_sub_tlv")).doc("about the segment"),
            u8(concat!("prefix_sid.srv6_", $kind, ".sub_sub_tlv.type"))
                .names(&[(1, "structure")])
                .doc("type"),
            be16(concat!("prefix_sid.srv6_", $kind, ".sub_sub_tlv.length")).unit("octets").doc("length"),
        )
        .head(
            "prefix_sid.sub_sub.type",
            Some("prefix_sid.sub_sub.length"),
            [
                u8("prefix_sid.sub_sub.type").hidden().doc("type").of([u8(concat!(
                    "prefix_sid.srv6_",
                    $kind,
                    ".sub_sub_tlv.type"
                ))
                .names(&[(1, "structure")])
                .doc("type")]),
                be16("prefix_sid.sub_sub.length").hidden().doc("length").of([be16(concat!(
                    "prefix_sid.srv6_",
                    $kind,
                    ".sub_sub_tlv.length"
                ))
                .unit("octets")
                .doc("length")]),
            ],
        )
        .body_len()
        .cases([crate::schema::case(
            1,
            label(concat!("prefix_sid.srv6_", $kind, ".sid.structure")).doc("structure of the segment"),
            [
                u8(concat!("prefix_sid.srv6_", $kind, ".sid.locator_block_len"))
                    .unit("bits")
                    .doc("locator's block")
                    .into(),
                u8(concat!("prefix_sid.srv6_", $kind, ".sid.locator_node_len"))
                    .unit("bits")
                    .doc("locator's node")
                    .into(),
                u8(concat!("prefix_sid.srv6_", $kind, ".sid.func_len")).unit("bits").doc("function").into(),
                u8(concat!("prefix_sid.srv6_", $kind, ".sid.arg_len")).unit("bits").doc("argument").into(),
                u8(concat!("prefix_sid.srv6_", $kind, ".sid.trans_len"))
                    .unit("bits")
                    .doc("part in the label")
                    .into(),
                u8(concat!("prefix_sid.srv6_", $kind, ".sid.trans_offset"))
                    .unit("bits")
                    .doc("where that part begins")
                    .into(),
            ],
        )])
        .other([bytes(concat!("prefix_sid.srv6_", $kind, ".sub_sub_tlv.value"), rest()).doc("value").into()]);
        let parts = Tlv::new(
            label(concat!("prefix_sid.srv6_", $kind, ".sub_tlv")).doc("part of the service"),
            u8(concat!("prefix_sid.srv6_", $kind, ".sub_tlv.type"))
                .names(&[(1, "SID information")])
                .doc("type"),
            be16(concat!("prefix_sid.srv6_", $kind, ".sub_tlv.length")).unit("octets").doc("length"),
        )
        .head(
            "prefix_sid.sub.type",
            Some("prefix_sid.sub.length"),
            [
                u8("prefix_sid.sub.type").hidden().doc("type").of([u8(concat!(
                    "prefix_sid.srv6_",
                    $kind,
                    ".sub_tlv.type"
                ))
                .names(&[(1, "SID information")])
                .doc("type")]),
                be16("prefix_sid.sub.length").hidden().doc("length").of([be16(concat!(
                    "prefix_sid.srv6_",
                    $kind,
                    ".sub_tlv.length"
                ))
                .unit("octets")
                .doc("length")]),
            ],
        )
        .body_len()
        .cases([crate::schema::case(
            1,
            label(concat!("prefix_sid.srv6_", $kind, ".sid")).doc("segment"),
            [
                octets(concat!("prefix_sid.srv6_", $kind, ".sub_tlv.reserved"), 1, "reserved"),
                ipv6(concat!("prefix_sid.srv6_", $kind, ".sid_value")).doc("segment").into(),
                u8(concat!("prefix_sid.srv6_", $kind, ".sid_flags")).hex().doc("flags").into(),
                be16(concat!("prefix_sid.srv6_", $kind, ".srv6_endpoint_behavior"))
                    .hex()
                    .doc("behaviour")
                    .into(),
                octets(concat!("prefix_sid.srv6_", $kind, ".reserved"), 1, "reserved"),
                segment.into(),
            ],
        )])
        .other([bytes(concat!("prefix_sid.srv6_", $kind, ".sub_tlv.value"), rest()).doc("value").into()]);
        vec![octets("prefix_sid.reserved", 1, "reserved"), parts.into()]
    }};
}

pub(super) fn prefix_segment() -> Vec<Item> {
    let mut list = Tlv::new(
        label("prefix_sid.tlv").doc("value"),
        u8("prefix_sid.type").names(PARTS).doc("type"),
        be16("prefix_sid.length").unit("octets").doc("length"),
    )
    .body_len()
    .other([bytes("prefix_sid.value", rest()).doc("value").into()]);
    let case =
        |kind: u64, items: Vec<Item>| TlvCase { kind, field: label("prefix_sid.tlv").doc("value"), items };
    list.cases = vec![
        case(
            1,
            vec![
                octets("prefix_sid.reserved", 1, "reserved"),
                be16("prefix_sid.label_index.flags").hex().doc("flags").into(),
                be32("prefix_sid.label_index.value").doc("label index").into(),
            ],
        ),
        case(
            3,
            vec![
                be16("prefix_sid.originator_srgb.flags").hex().doc("flags").into(),
                repeat(
                    label("prefix_sid.originator_srgb_block").doc("block"),
                    [
                        be24("prefix_sid.originator_srgb_base").doc("first label").into(),
                        be24("prefix_sid.originator_srgb_range").doc("labels").into(),
                    ],
                ),
            ],
        ),
        case(5, service!("l3vpn")),
        case(6, service!("l2vpn")),
    ];
    vec![list.into()]
}

/// IANA "BGP Tunnel Encapsulation Attribute Sub-TLVs".
const SUBTLVS: &[(u64, &str)] = &[
    (1, "encapsulation"),
    (2, "protocol type"),
    (3, "IPsec tunnel authenticator"),
    (4, "colour"),
    (5, "load-balancing block"),
    (6, "tunnel egress endpoint"),
    (7, "DS field"),
    (8, "UDP destination port"),
    (9, "embedded label handling"),
    (10, "MPLS label stack"),
    (11, "prefix SID"),
    (12, "preference"),
    (13, "binding SID"),
    (14, "explicit null policy"),
    (15, "priority"),
    (16, "SPI/SI representation"),
    (20, "SRv6 binding SID"),
    (128, "segment list"),
    (129, "policy candidate path name"),
    (130, "policy name"),
];

pub(super) fn encapsulation() -> Vec<Item> {
    let field = || label("update.encaps_tunnel_tlv").doc("tunnel");
    let parts = Item::Repeat(
        label("update.encaps_tunnel_subtlv").doc("about the tunnel"),
        crate::schema::Count::ToEnd,
        part().into(),
    );
    vec![
        Tlv::new(
            field(),
            be16("update.encaps_tunnel_tlv_type").names(TUNNELS).doc("tunnel"),
            be16("update.encaps_tunnel_tlv_len").unit("octets").doc("length"),
        )
        .body_len()
        .other([parts])
        .into(),
    ]
}

/// From type 128 on the length has two octets.
fn part() -> Vec<Item> {
    let length = |field: Field| field.unit("octets").doc("length").into();
    vec![
        u8("update.encaps_tunnel_subtlv_type").names(SUBTLVS).doc("type").into(),
        when(
            Test::Ge(val("update.encaps_tunnel_subtlv_type"), lit(128)),
            [length(be16("update.encaps_tunnel_tlv_sublen"))],
        ),
        when(
            crate::schema::not(Test::Ge(val("update.encaps_tunnel_subtlv_type"), lit(128))),
            [length(u8("update.encaps_tunnel_tlv_sublen"))],
        ),
        block(
            label("update.encaps_tunnel_subtlv.value").hidden().doc("value"),
            Size::Octets(val("update.encaps_tunnel_tlv_sublen")),
            [switch(
                val("update.encaps_tunnel_subtlv_type"),
                values(),
                vec![bytes("update.encaps_tunnel_tlv_subtlv.value", rest()).doc("value").into()],
            )],
        ),
    ]
}

fn values() -> [(u64, Vec<Item>); 10] {
    let color: Vec<Item> = vec![
        octets("update.encaps_tunnel_tlv_subtlv.color.flags", 4, "community's type and flags"),
        be32("update.encaps_tunnel_tlv_subtlv_color_value").doc("colour").into(),
    ];
    let name = || -> Vec<Item> {
        vec![
            u8("update.encaps_tunnel_tlv_subtlv.policy_name.reserved").doc("reserved").into(),
            text("update.encaps_tunnel_tlv_subtlv.policy_name.name", rest()).doc("name").into(),
        ]
    };
    [
        (1, vec![inner()]),
        (4, color),
        (5, vec![be16("update.encaps_tunnel_tlv_subtlv_lb_block_length").unit("octets").doc("block").into()]),
        (
            12,
            vec![
                u8("update.encaps_tunnel_tlv_subtlv.pref.flags").hex().doc("flags").into(),
                u8("update.encaps_tunnel_tlv_subtlv.pref.reserved").doc("reserved").into(),
                bytes("update.encaps_tunnel_tlv_subtlv.pref.preference", rest()).doc("preference").into(),
            ],
        ),
        (
            13,
            vec![
                u8("update.encaps_tunnel_tlv_subtlv.binding_sid.flags").hex().doc("flags").of([
                    flag("update.encaps_tunnel_tlv_subtlv.binding_sid.flags.specified")
                        .doc("no other will do"),
                    flag("update.encaps_tunnel_tlv_subtlv.binding_sid.flags.invalid")
                        .doc("drop where it is not valid"),
                    bits("update.encaps_tunnel_tlv_subtlv.binding_sid.flags.reserved", 6)
                        .hex()
                        .doc("reserved"),
                ]),
                u8("update.encaps_tunnel_tlv_subtlv.binding_sid.reserved").doc("reserved").into(),
                bytes("update.encaps_tunnel_tlv_subtlv.binding_sid.sid", rest()).doc("segment").into(),
            ],
        ),
        (
            14,
            vec![
                u8("update.encaps_tunnel_tlv_subtlv.enlp.flags").hex().doc("flags").into(),
                u8("update.encaps_tunnel_tlv_subtlv.enlp.reserved").doc("reserved").into(),
                u8("update.encaps_tunnel_tlv_subtlv.enlp.preference")
                    .doc("which explicit nulls are pushed")
                    .into(),
            ],
        ),
        (
            15,
            vec![
                u8("update.encaps_tunnel_tlv_subtlv.priority.priority").doc("priority").into(),
                u8("update.encaps_tunnel_tlv_subtlv.priority.reserved").doc("reserved").into(),
            ],
        ),
        (
            128,
            vec![
                u8("update.encaps_tunnel_tlv_subtlv.segment_list.reserved").doc("reserved").into(),
                segments().into(),
            ],
        ),
        (129, name()),
        (130, name()),
    ]
}

/// A segment or the weight of a list.
fn segments() -> Tlv {
    let field = || label("update.encaps_tunnel_tlv_subtlv.segment_list.entry").doc("segment");
    Tlv::new(
        field(),
        u8("update.encaps_tunnel_tlv_subtlv.segment_list.subtlv.type")
            .names(&[(1, "type A, MPLS label"), (9, "weight"), (13, "type B, SRv6")])
            .doc("type"),
        u8("update.encaps_tunnel_tlv_subtlv.segment_list.subtlv.length").unit("octets").doc("length"),
    )
    .body_len()
    .cases([crate::schema::case(
        1,
        field(),
        [
            u8("update.encaps_tunnel_tlv_subtlv.segment_list_subtlv.flags").hex().doc("flags").of([
                flag("update.encaps_tunnel_tlv_subtlv.segment_list_subtlv.flags.verification")
                    .doc("is verified"),
                flag("update.encaps_tunnel_tlv_subtlv.segment_list_subtlv.flags.algorithm")
                    .doc("algorithm is there"),
                bits("update.encaps_tunnel_tlv_subtlv.segment_list_subtlv.flags.reserved", 6)
                    .hex()
                    .doc("reserved"),
            ]),
            octets("update.encaps_tunnel_tlv_subtlv.segment_list_subtlv.reserved", 1, "reserved"),
            bits("update.encaps_tunnel_tlv_subtlv.segment_list_subtlv.mpls_label", 20).doc("label").into(),
            bits("update.encaps_tunnel_tlv_subtlv.segment_list_subtlv.traffic_class", 3)
                .doc("traffic class")
                .into(),
            flag("update.encaps_tunnel_tlv_subtlv.segment_list_subtlv.bottom_stack")
                .doc("bottom of the stack")
                .into(),
            u8("update.encaps_tunnel_tlv_subtlv.segment_list_subtlv.ttl").doc("time to live").into(),
        ],
    )])
    .other([bytes("update.encaps_tunnel_tlv_subtlv.segment_list.subtlv.data", rest()).doc("value").into()])
}

/// A virtual network's encapsulation (RFC 9012 §3.2).
macro_rules! virtual_network {
    ($kind:literal) => {
        vec![
            u8(concat!("update.encaps_tunnel_tlv_subtlv.", $kind, ".flags")).hex().doc("flags").of([
                flag(concat!("update.encaps_tunnel_tlv_subtlv.", $kind, ".flags.valid_vnid"))
                    .doc("identifier is valid"),
                flag(concat!("update.encaps_tunnel_tlv_subtlv.", $kind, ".flags.valid_mac"))
                    .doc("MAC address is valid"),
                bits(concat!("update.encaps_tunnel_tlv_subtlv.", $kind, ".flags.reserved"), 6)
                    .hex()
                    .doc("reserved"),
            ]),
            be24(concat!("update.encaps_tunnel_tlv_subtlv.", $kind, ".vnid")).doc("virtual network").into(),
            mac(concat!("update.encaps_tunnel_tlv_subtlv.", $kind, ".mac")).doc("MAC address").into(),
            be16(concat!("update.encaps_tunnel_tlv_subtlv.", $kind, ".reserved"))
                .hex()
                .doc("reserved")
                .into(),
        ]
    };
}

fn inner() -> Item {
    let session: Vec<Item> = vec![
        be32("update.encaps_tunnel_tlv_subtlv_session_id").hex().doc("session").into(),
        bytes("update.encaps_tunnel_tlv_subtlv_cookie", rest()).doc("cookie").into(),
    ];
    let key: Vec<Item> = vec![be32("update.encaps_tunnel_tlv_subtlv_gre_key").hex().doc("key").into()];
    switch(
        Expr::Field("update.encaps_tunnel_tlv_type"),
        [
            (1, session),
            (2, key.clone()),
            (11, key),
            (8, virtual_network!("vxlan")),
            (9, virtual_network!("nvgre")),
            (
                12,
                vec![
                    u8("update.encaps_tunnel_tlv_subtlv.vxlan_gpe.flags").hex().doc("flags").of([
                        bits("update.encaps_tunnel_tlv_subtlv.vxlan_gpe.flags.version", 2).doc("version"),
                        flag("update.encaps_tunnel_tlv_subtlv.vxlan_gpe.flags.valid_vnid")
                            .doc("identifier is valid"),
                        bits("update.encaps_tunnel_tlv_subtlv.vxlan_gpe.flags.reserved", 5)
                            .hex()
                            .doc("reserved"),
                    ]),
                    be24("update.encaps_tunnel_tlv_subtlv.vxlan_gpe.vnid").doc("virtual network").into(),
                    bytes("update.encaps_tunnel_tlv_subtlv.vxlan_gpe.reserved", rest())
                        .doc("reserved")
                        .into(),
                ],
            ),
        ],
        vec![bytes("update.encaps_tunnel_tlv_subtlv.value", rest()).doc("value").into()],
    )
}
