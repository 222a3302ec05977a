//! Parts of IS-IS' values about segment routing and traffic engineering: RFC 8667, RFC 9352 (SRv6), RFC 8570 (delays), RFC 9479
//! (attributes of applications), RFC 7308, RFC 7794, RFC 8491, RFC 9350, RFC 5307 (shared risks), RFC 6232.

use super::identifier;
use crate::schema::{
    Field, Item, Size, Test, Tlv, TlvCase, be16, be24, be32, bits, block, bytes, case, flag, ipv4, ipv6,
    label, left, lit, repeat, rest, shared_list, switch, u8, val, when,
};
use std::sync::LazyLock;

/// IANA "IGP MSD-Types".
const DEPTHS: &[(u64, &str)] = &[
    (1, "base MPLS imposition"),
    (2, "entropy readable label depth"),
    (41, "SRH, segments left"),
    (42, "SRH, end pop"),
    (44, "SRH, H.Encaps"),
    (45, "SRH, end D"),
];

/// IANA "IGP Algorithm Types".
const ALGORITHMS: &[(u64, &str)] = &[(0, "shortest path first"), (1, "strict shortest path first")];

fn each(items: Vec<Item>) -> Item {
    Item::Repeat(label("clv.entries").doc("entries").hidden(), crate::schema::Count::ToEnd, items.into())
}

/// A segment identifier by its length: a label, an index, an address.
pub(super) fn label_or_index() -> [Item; 1] {
    [switch(
        left(),
        [
            (3, vec![be24("lsp.sid.sli_label").doc("label").into()]),
            (4, vec![be32("lsp.sid.sli_index").doc("index").into()]),
            (16, vec![ipv6("lsp.sid.sli_ipv6").doc("segment").into()]),
        ],
        vec![bytes("lsp.sid.other", rest()).doc("segment").into()],
    )]
}

fn depths() -> Item {
    each(vec![
        u8("lsp.igp_msd_type").names(DEPTHS).doc("kind of depth").into(),
        u8("lsp.igp_msd_value").doc("labels or segments at most").into(),
    ])
}

fn algorithm(name: &'static str) -> Item {
    u8(name).names(ALGORITHMS).doc("algorithm").into()
}

/// RFC 8570 §4: what all of these begin with.
fn anomalous() -> Item {
    u8("lsp.ext_is_reachability.unidirectional_link_flags").hex().doc("flags").of([
        flag("lsp.ext_is_reachability.unidirectional_link_flags.a").doc("anomalous"),
        bits("lsp.ext_is_reachability.unidirectional_link_flags.reserved", 7).hex().doc("reserved"),
    ])
}

fn spare() -> Item {
    u8("lsp.ext_is_reachability.unidirectional_link_reserved").doc("reserved").into()
}

/// Performance and groups: of a link, and of a link for some applications.
fn measures(part: fn() -> Field) -> Vec<TlvCase> {
    let bandwidth = |kind: u64, name: &'static str, doc: &'static str| {
        case(kind, part(), [be32(name).hex().doc(doc).into()])
    };
    vec![
        case(
            14,
            part(),
            [each(vec![be32("lsp.extended_admin_group").hex().doc("extended administrative group").into()])],
        ),
        case(
            33,
            part(),
            [
                anomalous(),
                be24("lsp.ext_is_reachability.unidirectional_link_delay").unit("µs").doc("delay").into(),
            ],
        ),
        case(
            34,
            part(),
            [
                anomalous(),
                be24("lsp.ext_is_reachability.unidirectional_link_delay_min")
                    .unit("µs")
                    .doc("smallest delay")
                    .into(),
                spare(),
                be24("lsp.ext_is_reachability.unidirectional_link_delay_max")
                    .unit("µs")
                    .doc("largest delay")
                    .into(),
            ],
        ),
        case(
            35,
            part(),
            [
                spare(),
                be24("lsp.ext_is_reachability.unidirectional_delay_variation")
                    .unit("µs")
                    .doc("variation of the delay")
                    .into(),
            ],
        ),
        case(
            36,
            part(),
            [
                anomalous(),
                be24("lsp.ext_is_reachability.unidirectional_link_loss")
                    .doc("loss in units of 0.000003 %")
                    .into(),
            ],
        ),
        bandwidth(
            37,
            "lsp.ext_is_reachability.unidirectional_residual_bandwidth",
            "residual bandwidth, an IEEE 754 number",
        ),
        bandwidth(
            38,
            "lsp.ext_is_reachability.unidirectional_available_bandwidth",
            "available bandwidth, an IEEE 754 number",
        ),
        bandwidth(
            39,
            "lsp.ext_is_reachability.unidirectional_utilized_bandwidth",
            "used bandwidth, an IEEE 754 number",
        ),
    ]
}

/// Parts of a neighbour.
pub(super) fn link_parts(part: fn() -> Field) -> Vec<TlvCase> {
    let flags = || {
        u8("lsp.adj_sid.flags").hex().doc("flags").of([
            flag("lsp.adj_sid.flags.f").doc("of IPv6"),
            flag("lsp.adj_sid.flags.b").doc("has a backup"),
            flag("lsp.adj_sid.flags.v").doc("a value"),
            flag("lsp.adj_sid.flags.l").doc("local"),
            flag("lsp.adj_sid.flags.s").doc("stands for a set"),
            flag("lsp.adj_sid.flags.p").doc("persistent"),
            bits("lsp.adj_sid.flags.reserved", 2).doc("reserved"),
        ])
    };
    let weight = || u8("lsp.adj_sid.weight").doc("weight").into();
    let [first] = label_or_index();
    let [second] = label_or_index();
    let mut cases = measures(part);
    cases.extend([
        case(15, part(), [depths()]),
        case(16, part(), applications()),
        case(31, part(), [flags(), weight(), first]),
        case(32, part(), [flags(), weight(), identifier("lsp.adj_sid.system_id", "neighbour"), second]),
        TlvCase { kind: 43, field: part(), items: end_x(false) },
        TlvCase { kind: 44, field: part(), items: end_x(true) },
    ]);
    cases
}

/// RFC 9479 §3.
fn applications() -> [Item; 7] {
    static LIST: LazyLock<Tlv> = LazyLock::new(|| {
        let part = || label("lsp.ext_is_reachability.attribute").doc("attribute");
        let mut list = Tlv::new(
            part(),
            u8("lsp.ext_is_reachability.attribute.code").doc("attribute"),
            u8("lsp.ext_is_reachability.attribute.length").unit("octets").doc("length"),
        )
        .body_len()
        .other([bytes("lsp.ext_is_reachability.value", rest()).doc("content").into()]);
        list.cases = measures(part);
        list
    });
    [
        flag("lsp.application.sabm.legacy").doc("attributes are those of the link").into(),
        bits("lsp.application.sabm.length", 7)
            .unit("octets")
            .doc("length of the standard applications")
            .into(),
        flag("lsp.application.udabm.reserved").doc("reserved").into(),
        bits("lsp.application.udabm.length", 7)
            .unit("octets")
            .doc("length of the user-defined applications")
            .into(),
        block(
            label("lsp.application.sabm").doc("standard applications"),
            Size::Octets(val("lsp.application.sabm.length").min(left())),
            [when(
                Test::Ge(left(), lit(1)),
                [
                    u8("lsp.application.sabm.bits").hex().doc("applications").of([
                        flag("lsp.application.sabm.bits.r").doc("RSVP-TE"),
                        flag("lsp.application.sabm.bits.s").doc("segment routing policy"),
                        flag("lsp.application.sabm.bits.f").doc("loop-free alternates"),
                        flag("lsp.application.sabm.bits.x").doc("flexible algorithms"),
                        bits("lsp.application.sabm.bits.unassigned", 4).doc("unassigned"),
                    ]),
                    bytes("lsp.application.sabm.more", rest()).doc("further applications").into(),
                ],
            )],
        ),
        bytes("lsp.application.udabm.bits", Size::Octets(val("lsp.application.udabm.length").min(left())))
            .doc("user-defined applications")
            .into(),
        shared_list(&LIST),
    ]
}

/// RFC 9352 §8.
fn end_x(of_lan: bool) -> Vec<Item> {
    let mut items = Vec::new();
    if of_lan {
        items.push(identifier("lsp.srv6_endx_sid.system_id", "neighbour"));
    }
    items.extend([
        u8("lsp.srv6_endx_sid.flags").hex().doc("flags").of([
            flag("lsp.srv6_endx_sid.flags.b").doc("has a backup"),
            flag("lsp.srv6_endx_sid.flags.s").doc("stands for a set"),
            flag("lsp.srv6_endx_sid.flags.p").doc("persistent"),
            bits("lsp.srv6_endx_sid.flags.reserved", 5).doc("reserved"),
        ]),
        algorithm("lsp.srv6_endx_sid.algorithm"),
        u8("lsp.srv6_endx_sid.weight").doc("weight").into(),
        be16("lsp.srv6_endx_sid.endpoint_function").hex().doc("behaviour").into(),
        ipv6("lsp.srv6_endx_sid.sid").doc("segment").into(),
        u8("lsp.srv6_endx_sid.subsubclvs_length").unit("octets").doc("length of what is said of it").into(),
        bytes("lsp.srv6_endx_sid.subsubclvs", rest()).doc("what is said of it").into(),
    ]);
    items
}

/// Flags of a prefix (RFC 7794).
pub(super) fn prefix_flags(part: Field) -> TlvCase {
    case(
        4,
        part,
        [
            u8("lsp.prefix_attribute.flags").hex().doc("flags").of([
                flag("lsp.prefix_attribute.flags.x").doc("external"),
                flag("lsp.prefix_attribute.flags.r").doc("advertised again"),
                flag("lsp.prefix_attribute.flags.n").doc("stands for the node"),
                bits("lsp.prefix_attribute.flags.unassigned", 5).hex().doc("unassigned"),
            ]),
            bytes("lsp.prefix_attribute.more", rest()).doc("further flags").into(),
        ],
    )
}

/// A range of labels, with its first one.
fn range() -> Item {
    each(vec![
        be24("lsp.sr_cap.range").doc("labels in the range").into(),
        u8("lsp.sr_cap.code").doc("part").into(),
        u8("lsp.sr_cap.length").unit("octets").doc("length").into(),
        block(
            label("lsp.sr_cap.first").hidden().doc("first label"),
            Size::Octets(val("lsp.sr_cap.length").min(left())),
            [switch(
                left(),
                [
                    (3, vec![be24("lsp.sr_cap.label").doc("first label").into()]),
                    (4, vec![be32("lsp.sr_cap.sid").doc("first segment").into()]),
                ],
                vec![bytes("lsp.sr_cap.other", rest()).doc("first segment").into()],
            )],
        ),
    ])
}

/// Capabilities of a router.
pub(super) fn capabilities(part: fn() -> Field) -> Vec<TlvCase> {
    vec![
        case(
            1,
            part(),
            [
                flag("lsp.te_node_cap.b_bit").doc("P2MP branch").into(),
                flag("lsp.te_node_cap.e_bit").doc("P2MP bud").into(),
                flag("lsp.te_node_cap.m_bit").doc("MPLS traffic engineering").into(),
                flag("lsp.te_node_cap.g_bit").doc("GMPLS").into(),
                flag("lsp.te_node_cap.p_bit").doc("P2MP RSVP-TE").into(),
                bits("lsp.te_node_cap.reserved", 3).doc("reserved").into(),
                bytes("lsp.te_node_cap.more", rest()).doc("further capabilities").into(),
            ],
        ),
        case(
            2,
            part(),
            [
                flag("lsp.sr_cap.i_flag").doc("MPLS of IPv4").into(),
                flag("lsp.sr_cap.v_flag").doc("MPLS of IPv6").into(),
                bits("lsp.sr_cap.reserved", 6).hex().doc("reserved").into(),
                range(),
            ],
        ),
        case(22, part(), [u8("lsp.sr_local_block.flags").hex().doc("flags").into(), range()]),
        case(23, part(), [depths()]),
        case(
            25,
            part(),
            [
                be16("lsp.srv6_cap.flags").hex().doc("flags").of([
                    bits("lsp.srv6_cap.flags.unused1", 1).doc("unused"),
                    flag("lsp.srv6_cap.flags.o").doc("takes part in OAM"),
                    bits("lsp.srv6_cap.flags.unused", 14).hex().doc("unused"),
                ]),
                bytes("lsp.srv6_cap.more", rest()).doc("further capabilities").into(),
            ],
        ),
        case(
            26,
            part(),
            [
                u8("lsp.flex_algorithm.algorithm").doc("flexible algorithm").into(),
                u8("lsp.flex_algorithm.metric_type")
                    .names(&[(0, "IGP metric"), (1, "link delay"), (2, "traffic engineering metric")])
                    .doc("metric")
                    .into(),
                u8("lsp.flex_algorithm.calculation_type").doc("calculation").into(),
                u8("lsp.flex_algorithm.priority").doc("priority").into(),
                bytes("lsp.flex_algorithm.parts", rest()).doc("constraints").into(),
            ],
        ),
    ]
}

/// Values of their own in link state PDUs.
pub(super) fn values(entry: fn() -> Field) -> [TlvCase; 3] {
    [
        case(
            13,
            entry(),
            [
                u8("lsp.purge_originator_id.num").doc("systems").into(),
                each(vec![identifier("lsp.purge_originator_id.system_id", "originator of the purge")]),
            ],
        ),
        case(27, entry(), locators()),
        case(
            138,
            entry(),
            [
                identifier("lsp.srlg.system_id", "neighbour"),
                u8("lsp.srlg.pseudo_num").doc("pseudonode").into(),
                bits("lsp.srlg.flags_reserved", 7).hex().doc("reserved").into(),
                flag("lsp.srlg.flags_numbered").doc("the interface has addresses").into(),
                ipv4("lsp.srlg.ipv4_local").doc("local address").into(),
                ipv4("lsp.srlg.ipv4_remote").doc("remote address").into(),
                each(vec![be32("lsp.srlg.value").doc("shared risk link group").into()]),
            ],
        ),
    ]
}

/// RFC 9352 §7.1.
fn locators() -> [Item; 3] {
    let octets = (val("lsp.srv6_locator.locator_size") + 7) / 8;
    let part = || label("lsp.srv6_locator.sub").doc("part");
    let parts = Tlv::new(
        part(),
        u8("lsp.srv6_locator.sub_tlv_type").doc("part"),
        u8("lsp.srv6_locator.sub_tlv_length").unit("octets").doc("length"),
    )
    .body_len()
    .cases([
        prefix_flags(part()),
        case(
            5,
            part(),
            [
                u8("lsp.srv6_end_sid.flags").hex().doc("flags").into(),
                be16("lsp.srv6_end_sid.endpoint_function").hex().doc("behaviour").into(),
                ipv6("lsp.srv6_end_sid.sid").doc("segment").into(),
                u8("lsp.srv6_end_sid.subsubclvs_length")
                    .unit("octets")
                    .doc("length of what is said of it")
                    .into(),
                bytes("lsp.srv6_end_sid.subsubclvs", rest()).doc("what is said of it").into(),
            ],
        ),
    ])
    .other([bytes("lsp.srv6_locator.data", rest()).doc("content").into()]);
    [
        bits("lsp.reserved", 4).hex().doc("reserved").into(),
        bits("lsp.mtid", 12).doc("topology").into(),
        repeat(
            label("lsp.srv6_locator").doc("locator"),
            [
                be32("lsp.srv6_locator.metric").doc("metric").into(),
                u8("lsp.srv6_locator.flags").hex().doc("flags").of([
                    flag("lsp.srv6_locator.flags.d").doc("came down from level 2"),
                    bits("lsp.srv6_locator.flags.reserved", 7).hex().doc("reserved"),
                ]),
                algorithm("lsp.srv6_locator.algorithm"),
                u8("lsp.srv6_locator.locator_size").unit("bits").doc("length of the locator").into(),
                Field::new(
                    "lsp.srv6_locator.locator",
                    crate::schema::Kind::Ipv6,
                    Size::Octets(octets.min(lit(16))),
                )
                .doc("locator")
                .into(),
                u8("lsp.srv6_locator.subclvs_length").unit("octets").doc("length of the parts").into(),
                block(
                    label("lsp.srv6_locator.subclvs").hidden().doc("parts"),
                    Size::Octets(val("lsp.srv6_locator.subclvs_length").min(left())),
                    [parts.into()],
                ),
            ],
        ),
    ]
}
