//! Link state as BGP distributes it (RFC 9552): nodes, links and prefixes as routes, and the attribute that describes them, with
//! segment routing (RFC 9085, RFC 9086, RFC 9351), traffic engineering metrics (RFC 8571) and application-specific attributes (RFC 9294).
//! Values of SRv6 (RFC 9514) are shown as octets.

use crate::decode::Walk;
use crate::schema::{
    Field, Item, Size, Test, Tlv, TlvCase, be_f32, be16, be24, be32, be64, bits, block, bytes, custom, eq,
    flag, ipv4, ipv6, label, left, lit, repeat, rest, shared_list, switch, text, u8, val, when,
};
use std::sync::LazyLock;

/// AFI 16388.
pub(super) const FAMILY: i64 = 16388;

const ROUTES: &[(u64, &str)] = &[
    (1, "node"),
    (2, "link"),
    (3, "IPv4 topology prefix"),
    (4, "IPv6 topology prefix"),
    (5, "SR policy candidate path"),
    (6, "SRv6 SID"),
    (7, "stub link"),
];

const PROTOCOLS: &[(u64, &str)] = &[
    (1, "IS-IS level 1"),
    (2, "IS-IS level 2"),
    (3, "OSPFv2"),
    (4, "direct"),
    (5, "static"),
    (6, "OSPFv3"),
    (7, "BGP"),
    (8, "RSVP-TE"),
    (9, "segment routing"),
];

/// IANA "IGP Algorithm Types".
const ALGORITHMS: &[(u64, &str)] = &[(0, "shortest path first"), (1, "strict shortest path first")];

/// IANA "BGP-LS NLRI and Attribute TLVs".
const KINDS: &[(u64, &str)] = &[
    (256, "local node"),
    (257, "remote node"),
    (258, "link identifiers"),
    (259, "IPv4 interface address"),
    (260, "IPv4 neighbour address"),
    (261, "IPv6 interface address"),
    (262, "IPv6 neighbour address"),
    (263, "topology"),
    (264, "OSPF route type"),
    (265, "IP reachability"),
    (266, "node MSD"),
    (267, "link MSD"),
    (512, "AS"),
    (513, "BGP-LS identifier"),
    (514, "OSPF area"),
    (515, "IGP router"),
    (516, "BGP router"),
    (517, "BGP confederation member"),
    (518, "SRv6 SID"),
    (1024, "node flags"),
    (1025, "opaque node attribute"),
    (1026, "node name"),
    (1027, "IS-IS area"),
    (1028, "IPv4 router of the local node"),
    (1029, "IPv6 router of the local node"),
    (1030, "IPv4 router of the remote node"),
    (1031, "IPv6 router of the remote node"),
    (1034, "SR capabilities"),
    (1035, "SR algorithms"),
    (1036, "SR local block"),
    (1037, "SRMS preference"),
    (1038, "SRv6 capabilities"),
    (1039, "flexible algorithm definition"),
    (1040, "flexible algorithm, exclude any"),
    (1041, "flexible algorithm, include any"),
    (1042, "flexible algorithm, include all"),
    (1043, "flexible algorithm, flags"),
    (1044, "flexible algorithm prefix metric"),
    (1045, "flexible algorithm, exclude SRLG"),
    (1088, "administrative group"),
    (1089, "maximum link bandwidth"),
    (1090, "maximum reservable bandwidth"),
    (1091, "unreserved bandwidth"),
    (1092, "TE default metric"),
    (1093, "link protection"),
    (1094, "MPLS protocols"),
    (1095, "IGP metric"),
    (1096, "shared risk link groups"),
    (1097, "opaque link attribute"),
    (1098, "link name"),
    (1099, "adjacency SID"),
    (1100, "LAN adjacency SID"),
    (1101, "peer node SID"),
    (1102, "peer adjacency SID"),
    (1103, "peer set SID"),
    (1106, "SRv6 End.X SID"),
    (1107, "IS-IS SRv6 LAN End.X SID"),
    (1108, "OSPFv3 SRv6 LAN End.X SID"),
    (1114, "unidirectional delay"),
    (1115, "least and largest unidirectional delay"),
    (1116, "unidirectional delay variation"),
    (1117, "unidirectional loss"),
    (1118, "unidirectional residual bandwidth"),
    (1119, "unidirectional available bandwidth"),
    (1120, "unidirectional utilised bandwidth"),
    (1122, "application-specific link attributes"),
    (1152, "IGP flags"),
    (1153, "IGP route tags"),
    (1154, "IGP extended route tags"),
    (1155, "prefix metric"),
    (1156, "OSPF forwarding address"),
    (1157, "opaque prefix attribute"),
    (1158, "prefix SID"),
    (1159, "range of prefixes"),
    (1161, "SID or label"),
    (1162, "SRv6 locator"),
    (1170, "prefix attribute flags"),
    (1171, "source router"),
    (1172, "L2 bundle member"),
    (1173, "extended administrative groups"),
    (1174, "source OSPF router"),
    (1250, "SRv6 endpoint behaviour"),
    (1251, "SRv6 peer node SID"),
    (1252, "SRv6 SID structure"),
];

fn entry() -> Field {
    label("ls.tlv").doc("part")
}

fn list(cases: Vec<TlvCase>) -> Tlv {
    Tlv::new(
        entry(),
        be16("ls.type").names(KINDS).doc("type"),
        be16("ls.length").unit("octets").doc("length"),
    )
    .body_len()
    .with(cases)
    .other([bytes("ls.tlv.unknown", rest()).doc("content").into()])
}

fn case(kind: u64, items: Vec<Item>) -> TlvCase {
    TlvCase { kind, field: entry(), items }
}

fn one(kind: u64, field: Field) -> TlvCase {
    case(kind, vec![field.into()])
}

/// A field as often as it fits.
fn each(kind: u64, field: Field) -> TlvCase {
    case(kind, vec![repeat(label("ls.values").hidden().doc("values"), [field.into()])])
}

/// Routes until the attribute ends; those of VPNs begin with a route distinguisher.
pub(super) fn routes(vpn: bool) -> Item {
    static PLAIN: LazyLock<Tlv> = LazyLock::new(|| route_list(false));
    static OF_VPN: LazyLock<Tlv> = LazyLock::new(|| route_list(true));
    shared_list(if vpn { &OF_VPN } else { &PLAIN })
}

fn route_list(vpn: bool) -> Tlv {
    let mut list = Tlv::new(
        label("ls.nlri").doc("route"),
        be16("ls.nlri_type").names(ROUTES).doc("kind of route"),
        be16("ls.nlri_length").unit("octets").doc("length"),
    )
    .body_len();
    // all kinds begin so, and have descriptors behind
    list.other = vec![
        u8("ls.nlri_node.protocol_id").names(PROTOCOLS).doc("source of the information").into(),
        be64("ls.nlri_node.identifier").doc("instance of the routing protocol").into(),
        descriptors(),
    ];
    if vpn {
        list.other.insert(0, distinguisher());
    }
    list
}

/// RFC 4364 §4.2.
fn distinguisher() -> Item {
    block(
        label("ls.nlri_safi128_route_distinguisher").doc("route distinguisher"),
        Size::Octets(lit(8)),
        [
            be16("ls.nlri_safi128_route_distinguisher_type").doc("type").into(),
            switch(
                val("ls.nlri_safi128_route_distinguisher_type"),
                [
                    (
                        0,
                        vec![
                            be16("ls.nlri_safi128_route_distinguisher_admin_as_num_2").doc("AS").into(),
                            be32("ls.nlri_safi128_route_distinguisher_asnum_4").doc("number").into(),
                        ],
                    ),
                    (
                        1,
                        vec![
                            ipv4("ls.nlri_safi128_route_distinguisher_admin_ipv4").doc("address").into(),
                            be16("ls.nlri_safi128_route_distinguisher_asnum_2").doc("number").into(),
                        ],
                    ),
                    (
                        2,
                        vec![
                            be32("ls.nlri_safi128_route_distinguisher_admin_as_num_4").doc("AS").into(),
                            be16("ls.nlri_safi128_route_distinguisher_asnum_2").doc("number").into(),
                        ],
                    ),
                ],
                vec![],
            ),
        ],
    )
}

/// What tells a route from others (RFC 9552 §5.2).
fn descriptors() -> Item {
    static LIST: LazyLock<Tlv> = LazyLock::new(|| {
        list(vec![
            case(256, vec![node()]),
            case(257, vec![node()]),
            case(
                258,
                vec![
                    be32("ls.nlri_link_local_identifier").hex().doc("local identifier of the link").into(),
                    be32("ls.nlri_link_remote_identifier").hex().doc("remote identifier of the link").into(),
                ],
            ),
            one(259, ipv4("ls.nlri_ipv4_interface_address").doc("interface address")),
            one(260, ipv4("ls.nlri_ipv4_neighbor_address").doc("neighbour's address")),
            one(261, ipv6("ls.nlri_ipv6_interface_address").doc("interface address")),
            one(262, ipv6("ls.nlri_ipv6_neighbor_address").doc("neighbour's address")),
            case(
                263,
                vec![repeat(
                    label("ls.topologies").hidden().doc("topologies"),
                    [
                        bits("ls.nlri_multi_topology_reserved", 4).hidden().doc("reserved").into(),
                        bits("ls.nlri_multi_topology_id", 12).doc("topology").into(),
                    ],
                )],
            ),
            one(
                264,
                u8("ls.nlri_ospf_route_type")
                    .names(&[
                        (1, "intra-area"),
                        (2, "inter-area"),
                        (3, "external 1"),
                        (4, "external 2"),
                        (5, "NSSA 1"),
                        (6, "NSSA 2"),
                    ])
                    .doc("route type of OSPF"),
            ),
            case(
                265,
                vec![
                    u8("prefix_length").unit("bits").doc("prefix length").into(),
                    switch(
                        val("ls.nlri_type"),
                        [(4, vec![custom([prefix6()], |walk| prefix(walk, 16))])],
                        vec![custom([prefix4()], |walk| prefix(walk, 4))],
                    ),
                ],
            ),
            one(518, ipv6("ls.nlri_srv6_sid").doc("SRv6 SID")),
        ])
    });
    shared_list(&LIST)
}

fn prefix4() -> Field {
    ipv4("ls.nlri_ip_reachability_prefix_ip").doc("prefix")
}

fn prefix6() -> Field {
    ipv6("ls.nlri_ip_reachability_prefix_ip6").doc("prefix")
}

/// As many octets of a prefix as there are.
fn prefix(walk: &mut Walk<'_, '_>, most: usize) {
    let octets = walk.rest().len().min(most);
    let head = walk.rest().get(..octets).unwrap_or_default();
    let address = (0..4).fold(0, |sum, at| sum << 8 | u64::from(head.get(at).copied().unwrap_or(0)));
    let name =
        if most == 4 { "ls.nlri_ip_reachability_prefix_ip" } else { "ls.nlri_ip_reachability_prefix_ip6" };
    walk.emit(name, walk.offset(), octets, address);
    walk.advance(octets);
}

fn node() -> Item {
    static LIST: LazyLock<Tlv> = LazyLock::new(|| {
        list(vec![
            one(512, be32("ls.tlv.autonomous_system.id").doc("AS")),
            one(513, be32("ls.tlv.bgp_ls_identifier_id").doc("BGP-LS identifier")),
            one(514, be32("ls.tlv.area_id.id").doc("OSPF area")),
            one(
                515,
                bytes("ls.tlv.igp_router_id", rest())
                    .doc("router in the routing protocol: system or router identifier, with the pseudonode"),
            ),
            one(516, ipv4("ls.tlv.bgp_router_id.id").doc("BGP identifier")),
            one(517, be32("ls.tlv.confederation_member.id").doc("AS within the confederation")),
        ])
    });
    shared_list(&LIST)
}

/// The attribute of type 29.
pub(super) fn attribute() -> Vec<Item> {
    vec![attributes()]
}

fn attributes() -> Item {
    static LIST: LazyLock<Tlv> = LazyLock::new(|| {
        let mut cases = of_nodes();
        cases.extend(of_links());
        cases.extend(of_prefixes());
        cases.push(case(1122, applications()));
        list(cases)
    });
    shared_list(&LIST)
}

fn depths() -> Vec<Item> {
    vec![repeat(
        label("ls.values").hidden().doc("values"),
        [
            u8("ls.tlv.igp_msd_type")
                .names(&[
                    (1, "base MPLS imposition"),
                    (2, "entropy readable label depth"),
                    (41, "SRH, segments left"),
                    (42, "SRH, end pop"),
                    (44, "SRH, H.Encaps"),
                    (45, "SRH, end D"),
                ])
                .doc("kind of depth")
                .into(),
            u8("ls.tlv.igp_msd_value").doc("labels or segments at most").into(),
        ],
    )]
}

fn sid(label_name: &'static str, index_name: &'static str) -> Item {
    switch(
        left(),
        [
            (3, vec![be24(label_name).doc("label").into()]),
            (4, vec![be32(index_name).doc("index").into()]),
            (16, vec![ipv6("ls.sr.tlv.sid").doc("SRv6 SID").into()]),
        ],
        vec![bytes("ls.tlv.unknown", rest()).doc("content").into()],
    )
}

fn reserved(octets: i64) -> Item {
    bytes("ls.reserved", Size::Octets(lit(octets))).doc("reserved").into()
}

/// Ranges of labels, each with its first label as a part of its own (RFC 9085 §2.1.2, §2.1.4).
fn ranges(size: &'static str, first_label: &'static str, first_index: &'static str) -> Item {
    repeat(
        label("ls.sr.range").doc("range of labels"),
        [
            be24(size).doc("labels in the range").into(),
            be16("ls.type").names(KINDS).doc("type of the first label").into(),
            be16("ls.length").unit("octets").doc("length of the first label").into(),
            block(
                label("ls.sr.range.first").hidden().doc("first label"),
                Size::Octets(val("ls.length")),
                [sid(first_label, first_index)],
            ),
        ],
    )
}

/// RFC 9552 §5.3.1, RFC 9085 §2.1, RFC 8814, RFC 9351.
fn of_nodes() -> Vec<TlvCase> {
    let node_flags = || {
        u8("ls.node_flag_bits").hex().hidden().doc("flags").of([
            flag("ls.node_flag_bits.overload").doc("overloaded"),
            flag("ls.node_flag_bits.attached").doc("attached to another area"),
            flag("ls.node_flag_bits.external").doc("AS boundary router"),
            flag("ls.node_flag_bits.abr").doc("area border router"),
            flag("ls.node_flag_bits.router").doc("router, of OSPFv3"),
            flag("ls.node_flag_bits.v6").doc("takes part in IPv6, of OSPFv3"),
            bits("ls.node_flag_bits.reserved", 2).doc("reserved"),
        ])
    };
    let groups = |kind: u64| {
        each(kind, bytes("ls.tlv.extended_administrative_group_value", Size::Octets(lit(4))).doc("groups"))
    };
    vec![
        case(266, depths()),
        case(267, depths()),
        case(1024, vec![node_flags()]),
        one(1025, bytes("ls.tlv.opaque_node_properties_value", rest()).doc("opaque properties of the node")),
        one(1026, text("ls.tlv.node_name_value", rest()).doc("name of the node")),
        one(1027, bytes("ls.tlv.is_is_area_identifier_value", rest()).doc("area of IS-IS")),
        one(1028, ipv4("ls.tlv.ipv4_router_id_value").doc("router of the local node")),
        one(1029, ipv6("ls.tlv.ipv6_router_id_of_local_node_value").doc("router of the local node")),
        one(1030, ipv4("ls.tlv.ipv4_router_id_value").doc("router of the remote node")),
        one(1031, ipv6("ls.tlv.ipv6_router_id_of_local_node_value").doc("router of the remote node")),
        case(
            1034,
            vec![
                u8("ls.sr.tlv.capabilities.flags").hex().doc("flags").of([
                    flag("ls.sr.tlv.capabilities.flags.i").doc("MPLS over IPv4"),
                    flag("ls.sr.tlv.capabilities.flags.v").doc("MPLS over IPv6"),
                    flag("ls.sr.tlv.capabilities.flags.h").doc("segments of IPv6"),
                    bits("ls.sr.tlv.capabilities.flags.reserved", 5).hex().doc("reserved"),
                ]),
                reserved(1),
                ranges(
                    "ls.sr.tlv.capabilities.range_size",
                    "ls.sr.tlv.capabilities.sid.label",
                    "ls.sr.tlv.capabilities.sid.index",
                ),
            ],
        ),
        each(1035, u8("ls.sr.tlv.algorithm.value").names(ALGORITHMS).doc("algorithm")),
        case(
            1036,
            vec![
                u8("ls.sr.tlv.local_block.flags").hex().doc("flags").into(),
                reserved(1),
                ranges(
                    "ls.sr.tlv.local_block.range_size",
                    "ls.sr.tlv.local_block.sid.label",
                    "ls.sr.tlv.local_block.sid.index",
                ),
            ],
        ),
        one(1037, u8("ls.sr.tlv.srms_preference").doc("preference of the mapping server")),
        case(1038, vec![be16("ls.srv6.capabilities.flags").hex().doc("flags of SRv6").into(), reserved(2)]),
        case(
            1039,
            vec![
                u8("ls.sr.tlv.flex_algo.flex_algorithm").doc("flexible algorithm").into(),
                u8("ls.sr.tlv.flex_algo.metric_type")
                    .names(&[(0, "IGP metric"), (1, "link delay"), (2, "traffic engineering metric")])
                    .doc("metric")
                    .into(),
                u8("ls.sr.tlv.flex_algo.calculation_type").doc("calculation").into(),
                u8("ls.sr.tlv.flex_algo.priority").doc("priority").into(),
                list(vec![
                    groups(1040),
                    groups(1041),
                    groups(1042),
                    each(1043, u8("ls.sr.tlv.flex_algo.flags").hex().doc("flags")),
                    each(
                        1045,
                        be32("ls.tlv.shared_risk_link_group_value").hex().doc("shared risk link group"),
                    ),
                ])
                .into(),
            ],
        ),
    ]
}

fn bandwidth() -> Field {
    be_f32("ls.bandwidth_value").unit("octets/s").doc("bandwidth")
}

/// A number of as many octets as are left.
fn number(field: fn(&'static str) -> [Field; 4], name: &'static str) -> Vec<Item> {
    let [one, two, three, four] = field(name);
    vec![switch(
        left(),
        [(1, vec![one.into()]), (2, vec![two.into()]), (3, vec![three.into()]), (4, vec![four.into()])],
        vec![bytes("ls.tlv.unknown", rest()).doc("content").into()],
    )]
}

fn widths(name: &'static str) -> [Field; 4] {
    [u8(name), be16(name), be24(name), be32(name)].map(|field| field.hex().doc("metric"))
}

/// RFC 9552 §5.3.2, RFC 9085 §2.2, RFC 9086 §4.
fn of_links() -> Vec<TlvCase> {
    let peer = |kind: u64| {
        case(
            kind,
            vec![
                u8("ls.sr.tlv.peer.sid.flags").hex().doc("flags").of([
                    flag("ls.sr.tlv.peer.sid.flags.v").doc("a value, not an index"),
                    flag("ls.sr.tlv.peer.sid.flags.l").doc("local significance"),
                    flag("ls.sr.tlv.peer.sid.flags.b").doc("has a backup"),
                    flag("ls.sr.tlv.peer.sid.flags.p").doc("persistent"),
                    bits("ls.sr.tlv.peer.sid.flags.reserved", 4).hidden().doc("reserved"),
                ]),
                u8("ls.sr.tlv.peer.sid.weight").doc("weight").into(),
                reserved(2),
                sid("ls.sr.tlv.peer.sid.label", "ls.sr.tlv.peer.sid.index"),
            ],
        )
    };
    let mut cases = vec![
        case(
            1088,
            vec![
                be32("ls.tlv.administrative_group_color_value").doc("groups as a mask").into(),
                custom([be32("ls.tlv.administrative_group").doc("group")], groups),
            ],
        ),
        one(1089, bandwidth()),
        one(1090, bandwidth()),
        each(1091, bandwidth()),
        case(1092, number(widths, "ls.tlv.te_default_metric_value")),
        case(
            1093,
            vec![
                u8("ls.tlv.link_protection_type_value").hex().doc("protection").of([
                    bits("ls.link_protection_type.reserved", 2).hidden().doc("reserved"),
                    flag("ls.link_protection_type.enhanced").doc("enhanced"),
                    flag("ls.link_protection_type.dedicated_1plus1").doc("dedicated 1+1"),
                    flag("ls.link_protection_type.dedicated_1colon1").doc("dedicated 1:1"),
                    flag("ls.link_protection_type.shared").doc("shared"),
                    flag("ls.link_protection_type.unprotected").doc("unprotected"),
                    flag("ls.link_protection_type.extra_traffic").doc("extra traffic"),
                ]),
                reserved(1),
            ],
        ),
        case(
            1094,
            vec![u8("ls.protocol_mask_tlv.mpls_protocol").hex().hidden().doc("protocols").of([
                flag("ls.protocol_mask_tlv.mpls_protocol.l").doc("LDP"),
                flag("ls.protocol_mask_tlv.mpls_protocol.r").doc("RSVP-TE"),
                bits("ls.protocol_mask_tlv.mpls_protocol.reserved", 6).hidden().doc("reserved"),
            ])],
        ),
        case(1095, number(widths, "ls.tlv.metric_value")),
        each(1096, be32("ls.tlv.shared_risk_link_group_value").hex().doc("shared risk link group")),
        one(1097, bytes("ls.tlv.opaque_link_attribute_value", rest()).doc("opaque attribute of the link")),
        one(1098, text("ls.tlv.link_name_attribute_value", rest()).doc("name of the link")),
        case(1099, adjacency(false)),
        case(1100, adjacency(true)),
        peer(1101),
        peer(1102),
        peer(1103),
        each(1173, bytes("ls.tlv.extended_administrative_group_value", Size::Octets(lit(4))).doc("groups")),
    ];
    cases.extend(measures());
    cases
}

/// Groups that a mask names, the lowest bit first.
fn groups(walk: &mut Walk<'_, '_>) {
    let Some(octets) = walk.header().last_chunk() else { return };
    let (mask, at) = (u32::from_be_bytes(*octets), walk.offset().saturating_sub(4));
    for group in (0..32_u64).filter(|group| mask >> group & 1 == 1) {
        walk.emit("ls.tlv.administrative_group", at, 4, group);
    }
}

/// RFC 9085 §2.2.1; on a LAN with the neighbour that is meant, a router of OSPF or a system of IS-IS.
fn adjacency(lan: bool) -> Vec<Item> {
    let mut items = vec![
        u8("ls.sr.tlv.adjacency.sid.flags").hex().doc("flags, as IS-IS has them").of([
            flag("ls.sr.tlv.adjacency.sid.flags.f").doc("of IPv6"),
            flag("ls.sr.tlv.adjacency.sid.flags.b").doc("has a backup"),
            flag("ls.sr.tlv.adjacency.sid.flags.v").doc("a value, not an index"),
            flag("ls.sr.tlv.adjacency.sid.flags.l").doc("local significance"),
            flag("ls.sr.tlv.adjacency.sid.flags.s").doc("stands for a set"),
            flag("ls.sr.tlv.adjacency.sid.flags.p").doc("persistent"),
            bits("ls.sr.tlv.adjacency.sid.flags.reserved", 2).hidden().doc("reserved"),
        ]),
        u8("ls.sr.tlv.adjacency.sid.weight").doc("weight").into(),
        reserved(2),
    ];
    if lan {
        let router = || ipv4("ls.sr.tlv.adjacency.sid.neighbor_router").doc("neighbour").into();
        let system =
            || bytes("ls.sr.tlv.adjacency.sid.neighbor_system", Size::Octets(lit(6))).doc("neighbour").into();
        items.push(when(Test::Any(vec![Test::Eq(left(), lit(7)), Test::Eq(left(), lit(8))]), [router()]));
        items.push(when(Test::Any(vec![Test::Eq(left(), lit(9)), Test::Eq(left(), lit(10))]), [system()]));
    }
    items.push(sid("ls.sr.tlv.adjacency.sid.label", "ls.sr.tlv.adjacency.sid.index"));
    items
}

/// RFC 8571 §2.
fn measures() -> Vec<TlvCase> {
    let flags = || {
        u8("ls.igp_te_metric.flags").hex().doc("flags").of([
            flag("ls.igp_te_metric.flags.a").doc("anomalous"),
            bits("ls.igp_te_metric.flags.reserved", 7).hex().doc("reserved"),
        ])
    };
    let spare = || u8("ls.igp_te_metric.reserved").hex().doc("reserved").into();
    vec![
        case(1114, vec![flags(), be24("ls.igp_te_metric.delay_value").unit("µs").doc("delay").into()]),
        case(
            1115,
            vec![
                flags(),
                be24("ls.igp_te_metric.delay_min").unit("µs").doc("least delay").into(),
                spare(),
                be24("ls.igp_te_metric.delay_max").unit("µs").doc("largest delay").into(),
            ],
        ),
        case(
            1116,
            vec![
                spare(),
                be24("ls.igp_te_metric.delay_variation_value")
                    .unit("µs")
                    .doc("variation of the delay")
                    .into(),
            ],
        ),
        case(
            1117,
            vec![
                flags(),
                be24("ls.igp_te_metric.link_loss_value").doc("loss, in units of 0.000003 %").into(),
            ],
        ),
        one(
            1118,
            be32("ls.igp_te_metric.residual_bandwidth_value")
                .doc("octets per second, the bits of an IEEE 754 number"),
        ),
        one(
            1119,
            be32("ls.igp_te_metric.available_bandwidth_value")
                .doc("octets per second, the bits of an IEEE 754 number"),
        ),
        one(
            1120,
            be32("ls.igp_te_metric.utilized_bandwidth_value")
                .doc("octets per second, the bits of an IEEE 754 number"),
        ),
    ]
}

/// RFC 9552 §5.3.3, RFC 9085 §2.3.
fn of_prefixes() -> Vec<TlvCase> {
    vec![
        case(
            1152,
            vec![u8("ls.protocol_mask_tlv.igp_flags").hex().hidden().doc("flags").of([
                flag("ls.protocol_mask_tlv.igp_flags_flag_d.d").doc("leaked down to a lower level of IS-IS"),
                flag("ls.protocol_mask_tlv.igp_flags_flag_n").doc("not for unicast, of OSPF"),
                flag("ls.protocol_mask_tlv.igp_flags_flag_l").doc("local address of OSPF"),
                flag("ls.protocol_mask_tlv.igp_flags_flag_p").doc("propagated from an NSSA of OSPF"),
                bits("ls.protocol_mask_tlv.igp_flags.reserved", 4).hidden().doc("reserved"),
            ])],
        ),
        each(1153, be32("ls.tlv.route_tag_value").hex().doc("route tag")),
        each(1154, be64("ls.tlv.extended_route_tag_value").hex().doc("extended route tag")),
        one(1155, be32("ls.tlv.prefix_metric_value").hex().doc("metric of the prefix")),
        case(
            1156,
            vec![switch(
                left(),
                [
                    (4, vec![ipv4("ls.tlv.ospf_forwarding_address_ipv4").doc("forwarding address").into()]),
                    (16, vec![ipv6("ls.tlv.ospf_forwarding_address_ipv6").doc("forwarding address").into()]),
                ],
                vec![bytes("ls.tlv.unknown", rest()).doc("content").into()],
            )],
        ),
        one(
            1157,
            bytes("ls.tlv.opaque_prefix_attribute_value", rest()).doc("opaque attribute of the prefix"),
        ),
        case(
            1158,
            vec![
                u8("ls.sr.tlv.prefix.sid.flags").hex().doc("flags").of([
                    flag("ls.sr.tlv.prefix.sid.flags.r").doc("advertised again, of IS-IS"),
                    flag("ls.sr.tlv.prefix.sid.flags.n")
                        .alias("ls.sr.tlv.prefix.sid.flags.np")
                        .doc("stands for the node, of IS-IS; not popped before the node, of OSPF"),
                    flag("ls.sr.tlv.prefix.sid.flags.p")
                        .alias("ls.sr.tlv.prefix.sid.flags.m")
                        .doc("not popped before the node, of IS-IS; from a mapping server, of OSPF"),
                    flag("ls.sr.tlv.prefix.sid.flags.e").doc("explicit null is wanted"),
                    flag("ls.sr.tlv.prefix.sid.flags.v").doc("a value, not an index"),
                    flag("ls.sr.tlv.prefix.sid.flags.l").doc("local significance"),
                    bits("ls.sr.tlv.prefix.sid.flags.reserved", 2).hidden().doc("reserved"),
                ]),
                u8("ls.sr.tlv.prefix.sid.algo").names(ALGORITHMS).doc("algorithm").into(),
                reserved(2),
                sid("ls.sr.tlv.prefix.sid.label", "ls.sr.tlv.prefix.sid.index"),
            ],
        ),
        case(
            1170,
            vec![
                u8("ls.sr.tlv.prefix.attribute_flags.flags").hex().doc("flags, as IS-IS has them").of([
                    flag("ls.sr.tlv.prefix.attribute_flags.flags.x")
                        .alias("ls.sr.tlv.prefix.attribute_flags.flags.a")
                        .doc("external, of IS-IS; attached, of OSPF"),
                    flag("ls.sr.tlv.prefix.attribute_flags.flags.r").doc("advertised again"),
                    flag("ls.sr.tlv.prefix.attribute_flags.flags.n").doc("stands for the node"),
                    flag("ls.sr.tlv.prefix.attribute_flags.flags.e").doc("entropy label capability"),
                    bits("ls.sr.tlv.prefix.attribute_flags.flags.reserved", 4).hidden().doc("reserved"),
                ]),
                bytes("ls.sr.tlv.prefix.attribute_flags.more", rest()).doc("further flags").into(),
            ],
        ),
        case(
            1171,
            vec![switch(
                left(),
                [
                    (4, vec![ipv4("ls.tlv.source_router_ipv4").doc("source router").into()]),
                    (16, vec![ipv6("ls.tlv.source_router_ipv6").doc("source router").into()]),
                ],
                vec![bytes("ls.tlv.unknown", rest()).doc("content").into()],
            )],
        ),
        one(1174, ipv4("ls.tlv.source_ospf_router").doc("source router of OSPF")),
    ]
}

/// RFC 9294 §2: attributes of a link for some applications.
fn applications() -> Vec<Item> {
    const HEAD: &str = "ls.tlv.application_specific_link_attributes.sabm_length";
    let mut cases = measures();
    cases.extend([
        case(1088, vec![be32("ls.tlv.administrative_group_color_value").doc("groups as a mask").into()]),
        case(1092, number(widths, "ls.tlv.te_default_metric_value")),
        each(1096, be32("ls.tlv.shared_risk_link_group_value").hex().doc("shared risk link group")),
        each(1173, bytes("ls.tlv.extended_administrative_group_value", Size::Octets(lit(4))).doc("groups")),
    ]);
    vec![
        u8(HEAD).unit("octets").doc("length of the standard applications").into(),
        u8("ls.tlv.application_specific_link_attributes.udabm_length")
            .unit("octets")
            .doc("length of the user-defined applications")
            .into(),
        be16("ls.tlv.application_specific_link_attributes.reserved").hex().doc("reserved").into(),
        when(
            eq(HEAD, 4),
            [be32("ls.tlv.application_specific_link_attributes.sabm").hex().doc("standard applications").of(
                [
                    flag("ls.tlv.application_specific_link_attributes.sabm.r").doc("RSVP-TE"),
                    flag("ls.tlv.application_specific_link_attributes.sabm.s").doc("segment routing policy"),
                    flag("ls.tlv.application_specific_link_attributes.sabm.f").doc("loop-free alternates"),
                    flag("ls.tlv.application_specific_link_attributes.sabm.x").doc("flexible algorithms"),
                    bits("ls.tlv.application_specific_link_attributes.sabm.more", 28)
                        .hidden()
                        .doc("further ones"),
                ],
            )],
        ),
        when(
            eq(HEAD, 8),
            [be64("ls.tlv.application_specific_link_attributes.sabm.wide")
                .hex()
                .doc("standard applications")
                .into()],
        ),
        bytes(
            "ls.tlv.application_specific_link_attributes.udabm",
            Size::Octets(val("ls.tlv.application_specific_link_attributes.udabm_length").min(left())),
        )
        .doc("user-defined applications")
        .into(),
        list(cases).into(),
    ]
}

/// Sample frames.
pub(super) const SAMPLES: [&str; 3] = [
    "0200000000020200000000010800450000cf00010000400666260a0000010a0000029c4000b3000003e800000000501820008b470000ffffffffffffffffffffffffffffffff00a70200000090901d005c040000019004020008726f757465722d6104030003490001040400040a000001010a0002010a040a000cc000001f4004890003003e80040b00020080040c000c00000003e804890003003a98040f000c800100640410000400000001900e002c400447040a000001000001001f02000000000000006401000012020000040000fde902030006010203040506",
    "0200000000020200000000010800450001d000010000400665250a0000010a0000029c4000b3000003e800000000501820002d590000ffffffffffffffffffffffffffffffff01a80200000191901d00d90440000400000005044100044cee6b28044300204cbebc204cbebc204cbebc204cbebc204cbebc204cbebc204cbebc204cbebc20044400040000000a04450002150004460001c00447000300000a044800082122232425262728044a0004746f2d62044b0007300a000005dc01044c000d300a000001020304050605dc02044d0007c000000005dc01045a000480000064045b000880000064000000c8045c000400000032045d000480000003045e00044cbebc200462001404040000f000000021222324044400040000000a049500082122232425262728900e00b0400448040a00000100000200a30000fde90000000703000000000000006501000020020000040000fde9020100040a0b0c0d0202000400000001020300040a00000901010020020000040000fde9020100040a0b0c0d0202000400000001020300040a000009010200080000000700000008010300040a010001010400040a0100020105001020010db82122232425262728292a2b2c0106001020010db84142434445464748494a4b4c010700020002",
    "0200000000020200000000010800450000fe00010000400665f70a0000010a0000029c4000b3000003e80000000050182000d8d30000ffffffffffffffffffffffffffffffff00d602000000bf901d004a048000018004810004212223240482000821222324252627280483000400000014048400040a00000304860008600000000000006504920001e0049300040a000001049600040a000002900e006d400447040a000001000003003202000000000000006401000012020000040000fde902030006010203040506010700020002010800010301090004180a01000004002a02000000000000006401000012020000040000fde902030006010203040506010900073020010db80001",
];
