//! Opaque advertisements that OSPF version 2 carries segment routing in: router information (RFC 7770, RFC 8665 §3, RFC 8476,
//! RFC 9350), extended prefixes and links (RFC 7684, RFC 8665 §5 and §6, RFC 8920, RFC 7471).

use crate::schema::{
    Field, Item, Size, Tlv, TlvCase, be16, be24, be32, bits, block, bytes, case, flag, ipv4, label, left,
    repeat, rest, shared_list, switch, u8, val,
};
use std::sync::LazyLock;

/// IANA "IGP Algorithm Types".
const ALGORITHMS: &[(u64, &str)] = &[(0, "shortest path first"), (1, "strict shortest path first")];

/// IANA "IGP MSD-Types".
const DEPTHS: &[(u64, &str)] = &[
    (1, "base MPLS imposition"),
    (2, "entropy readable label depth"),
    (41, "SRH, segments left"),
    (42, "SRH, end pop"),
    (44, "SRH, H.Encaps"),
    (45, "SRH, end D"),
];

fn entry() -> Field {
    label("tlv").doc("value")
}

fn list(kind: &'static str) -> Tlv {
    Tlv::new(entry(), be16(kind).doc("type"), be16("tlv_length").unit("octets").doc("length"))
        .body_len()
        .align(4)
        .other([bytes("tlv.unknown", rest()).doc("content").into()])
}

fn reserved(octets: i64) -> Item {
    bytes("tlv.reserved", Size::Octets(crate::schema::lit(octets))).doc("reserved").into()
}

/// A label of three octets, or an index of four.
fn label_or_index() -> Item {
    switch(
        left(),
        [
            (3, vec![be24("tlv.sid_label").doc("label").into()]),
            (4, vec![be32("tlv.sid_label").doc("index").into()]),
        ],
        vec![bytes("tlv.unknown", rest()).doc("content").into()],
    )
}

fn range() -> [Item; 3] {
    [
        be24("tlv.range_size").doc("labels in the range").into(),
        reserved(1),
        list("tlv.sidlabel_range.type").cases([case(1, entry(), [label_or_index()])]).into(),
    ]
}

fn algorithms() -> Item {
    repeat(
        label("ri.algorithms").doc("algorithms").hidden(),
        [u8("lsa_sa").alias("ri.algorithm").names(ALGORITHMS).doc("algorithm").into()],
    )
}

fn depths() -> Item {
    repeat(
        label("tlv.depths").doc("depths").hidden(),
        [
            u8("tlv.igp_msd_type").names(DEPTHS).doc("kind of depth").into(),
            u8("tlv.igp_msd_value").doc("labels or segments at most").into(),
        ],
    )
}

/// What router information has beside capabilities and host name.
pub(super) fn information() -> [TlvCase; 6] {
    [
        case(8, entry(), [algorithms()]),
        case(9, entry(), range()),
        case(12, entry(), [depths()]),
        case(14, entry(), range()),
        case(15, entry(), [u8("tlv.preference").doc("preference").into(), reserved(3)]),
        case(
            16,
            entry(),
            [
                u8("tlv.fad.flex_algorithm").doc("flexible algorithm").into(),
                u8("tlv.fad.metric_type")
                    .names(&[(0, "IGP metric"), (1, "link delay"), (2, "traffic engineering metric")])
                    .doc("metric")
                    .into(),
                u8("tlv.fad.calc_type").doc("calculation").into(),
                u8("tlv.fad.priority").doc("priority").into(),
                constraints(),
            ],
        ),
    ]
}

/// RFC 9350 §6.
fn constraints() -> Item {
    let groups = |kind: u64| {
        case(
            kind,
            entry(),
            [repeat(
                label("tlv.extended_groups").hidden().doc("groups"),
                [be32("tlv.extended_admin_group").hex().doc("extended administrative group").into()],
            )],
        )
    };
    list("tlv.fad.subtlv_type").cases([groups(1), groups(2), groups(3)]).into()
}

fn prefix_parts() -> Item {
    static LIST: LazyLock<Tlv> = LazyLock::new(|| {
        list("tlv.extpfx.subtlv_type").cases([case(
            2,
            entry(),
            [
                u8("tlv.pfxsid.flags").hex().doc("flags").of([
                    bits("tlv.pfxsid.flags.unknown7", 1).doc("unassigned"),
                    flag("tlv.pfxsid.flags.np").doc("the label is not popped before the node"),
                    flag("tlv.pfxsid.flags.m").doc("from a mapping server"),
                    flag("tlv.pfxsid.flags.e").doc("explicit null is wanted"),
                    flag("tlv.pfxsid.flags.v").doc("a value, not an index"),
                    flag("tlv.pfxsid.flags.l").doc("local significance"),
                    bits("tlv.pfxsid.flags.unknown", 2).doc("unassigned"),
                ]),
                reserved(1),
                u8("tlv.extlink.mt_id").doc("topology").into(),
                u8("lsa_sa").names(ALGORITHMS).doc("algorithm").into(),
                label_or_index(),
            ],
        )])
    });
    shared_list(&LIST)
}

/// Extended prefixes.
pub(super) fn prefixes() -> Tlv {
    let family = || u8("tlv.extpfx.af").names(&[(0, "IPv4 unicast")]).doc("address family").into();
    let prefix = || ipv4("v3.address_prefix.ipv4").doc("prefix").into();
    list("tlv.extpfx.tlv_type").cases([
        case(
            1,
            entry(),
            [
                u8("tlv.extpfx.rotuetype")
                    .names(&[
                        (0, "unspecified"),
                        (1, "intra-area"),
                        (3, "inter-area"),
                        (5, "AS external"),
                        (7, "NSSA external"),
                    ])
                    .doc("route type")
                    .into(),
                u8("prefix_length").unit("bits").doc("prefix length").into(),
                family(),
                u8("tlv.extpfx.flags").hex().doc("flags").of([
                    flag("tlv.extpfx.flags.a").doc("the prefix is attached"),
                    flag("tlv.extpfx.flags.n").doc("the prefix stands for the node"),
                    bits("tlv.extpfx.flags.unknown", 6).doc("unassigned"),
                ]),
                prefix(),
                prefix_parts(),
            ],
        ),
        case(
            2,
            entry(),
            [
                u8("prefix_length").unit("bits").doc("prefix length").into(),
                family(),
                be16("tlv.range_size").doc("prefixes in the range").into(),
                u8("tlv.extpfx_range.flags").hex().doc("flags").of([
                    flag("tlv.extpfx_range.flags.ia").doc("inter-area"),
                    bits("tlv.extpfx_range.flags.unknown", 7).doc("unassigned"),
                ]),
                reserved(3),
                prefix(),
                prefix_parts(),
            ],
        ),
    ])
}

fn adjacency_flags() -> Item {
    u8("tlv.adjsid.flags").hex().doc("flags").of([
        flag("tlv.adjsid.flags.b").doc("has a backup"),
        flag("tlv.adjsid.flags.v").doc("a value, not an index"),
        flag("tlv.adjsid.flags.l").alias("tlv.pfxsid.flags.local").doc("local significance"),
        flag("tlv.adjsid.flags.g").doc("stands for a group"),
        flag("tlv.adjsid.flags.p").doc("persistent"),
        bits("tlv.adjsid.flags.unknown", 3).doc("unassigned"),
    ])
}

/// RFC 8920 §2: attributes of a link for some applications.
fn applications() -> [Item; 6] {
    [
        u8("tlv.application.sabm.length").unit("octets").doc("length of the standard applications").into(),
        u8("tlv.application.udabm.length")
            .unit("octets")
            .doc("length of the user-defined applications")
            .into(),
        reserved(2),
        block(
            label("tlv.application.sabm").doc("standard applications"),
            Size::Octets(val("tlv.application.sabm.length").min(left())),
            [crate::schema::when(
                crate::schema::Test::Ge(left(), crate::schema::lit(1)),
                [
                    u8("tlv.application.sabm.bits").hex().doc("applications").of([
                        flag("tlv.application.sabm.bits.r").doc("RSVP-TE"),
                        flag("tlv.application.sabm.bits.s").doc("segment routing policy"),
                        flag("tlv.application.sabm.bits.f").doc("loop-free alternates"),
                        flag("tlv.application.sabm.bits.x").doc("flexible algorithms"),
                        bits("tlv.application.sabm.bits.unassigned", 4).doc("unassigned"),
                    ]),
                    bytes("tlv.application.sabm.more", rest()).doc("further applications").into(),
                ],
            )],
        ),
        bytes("tlv.application.udabm.bits", Size::Octets(val("tlv.application.udabm.length").min(left())))
            .doc("user-defined applications")
            .into(),
        attributes().into(),
    ]
}

fn attributes() -> Tlv {
    let anomalous = || {
        u8("tlv.unidirectional_link_flags").hex().doc("flags").of([
            flag("tlv.unidirectional_link_flags.a").doc("anomalous"),
            bits("tlv.unidirectional_link_flags.reserved", 7).doc("reserved"),
        ])
    };
    let spare = || u8("tlv.unidirectional_link_reserved").doc("reserved").into();
    list("tlv.application.subtlv_type").cases([
        case(5, entry(), [be32("mpls.te_metric").doc("metric").into()]),
        case(
            12,
            entry(),
            [anomalous(), be24("tlv.unidirectional_link_delay").unit("µs").doc("delay").into()],
        ),
        case(
            13,
            entry(),
            [
                anomalous(),
                be24("tlv.unidirectional_link_delay_min").unit("µs").doc("smallest delay").into(),
                spare(),
                be24("tlv.unidirectional_link_delay_max").unit("µs").doc("largest delay").into(),
            ],
        ),
        case(
            14,
            entry(),
            [
                spare(),
                be24("tlv.unidirectional_delay_variation").unit("µs").doc("variation of the delay").into(),
            ],
        ),
        case(19, entry(), [be32("tlv.admin_group").hex().doc("administrative group").into()]),
        case(
            20,
            entry(),
            [repeat(
                label("tlv.extended_groups").hidden().doc("groups"),
                [be32("tlv.extended_admin_group").hex().doc("extended administrative group").into()],
            )],
        ),
    ])
}

/// Extended links.
pub(super) fn links() -> Tlv {
    let parts = list("tlv.extlink.subtlv_type").cases([
        case(
            2,
            entry(),
            [
                adjacency_flags(),
                reserved(1),
                u8("tlv.extlink.mt_id").doc("topology").into(),
                u8("tlv.extlink.weight").doc("weight").into(),
                label_or_index(),
            ],
        ),
        case(
            3,
            entry(),
            [
                adjacency_flags(),
                reserved(1),
                u8("tlv.extlink.mt_id").doc("topology").into(),
                u8("tlv.extlink.weight").doc("weight").into(),
                ipv4("tlv.extlink.nbr").doc("neighbour").into(),
                label_or_index(),
            ],
        ),
        case(6, entry(), [depths()]),
        case(8, entry(), [ipv4("tlv.remote_ipv4_address").doc("remote address").into()]),
        case(
            9,
            entry(),
            [
                be32("tlv.local_interface_id").doc("local interface").into(),
                be32("tlv.remote_interface_id").doc("remote interface").into(),
            ],
        ),
        case(10, entry(), applications()),
    ]);
    list("tlv.extlink.tlv_type").cases([case(
        1,
        entry(),
        [
            u8("lsa.router.linktype").doc("type of the link").into(),
            reserved(3),
            ipv4("lsa.router.linkid").doc("link").into(),
            ipv4("lsa.router.linkdata").doc("data of the link").into(),
            parts.into(),
        ],
    )])
}
