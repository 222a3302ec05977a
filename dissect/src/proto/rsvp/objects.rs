//! RSVP's objects by class and type (IANA "RSVP Parameters").

use super::services::{advertisement, flow, traffic};
use super::sessions::{senders, sessions};
use crate::schema::{
    Field, Item, Size, Tlv, TlvCase, be_f32, be16, be24, be32, bits, bytes, case, flag, ipv4, ipv6, label,
    repeat, rest, text, u8, val,
};

/// IANA "Class Names, Class Numbers, and Class Types".
const CLASSES: &[(u64, &str)] = &[
    (1, "SESSION"),
    (3, "RSVP_HOP"),
    (4, "INTEGRITY"),
    (5, "TIME_VALUES"),
    (6, "ERROR_SPEC"),
    (7, "SCOPE"),
    (8, "STYLE"),
    (9, "FLOWSPEC"),
    (10, "FILTER_SPEC"),
    (11, "SENDER_TEMPLATE"),
    (12, "SENDER_TSPEC"),
    (13, "ADSPEC"),
    (14, "POLICY_DATA"),
    (15, "RESV_CONFIRM"),
    (16, "RSVP_LABEL"),
    (19, "LABEL_REQUEST"),
    (20, "EXPLICIT_ROUTE"),
    (21, "RECORD_ROUTE"),
    (22, "HELLO"),
    (23, "MESSAGE_ID"),
    (24, "MESSAGE_ID_ACK"),
    (25, "MESSAGE_ID_LIST"),
    (34, "RECOVERY_LABEL"),
    (35, "UPSTREAM_LABEL"),
    (36, "LABEL_SET"),
    (37, "PROTECTION"),
    (63, "DETOUR"),
    (65, "DIFFSERV"),
    (66, "CLASSTYPE"),
    (67, "LSP_REQUIRED_ATTRIBUTES"),
    (129, "SUGGESTED_LABEL"),
    (130, "ACCEPTABLE_LABEL_SET"),
    (131, "RESTART_CAP"),
    (134, "CAPABILITY"),
    (193, "LSP_TUNNEL_INTERFACE_ID"),
    (195, "NOTIFY_REQUEST"),
    (196, "ADMIN_STATUS"),
    (197, "LSP_ATTRIBUTES"),
    (199, "ASSOCIATION"),
    (205, "FAST_REROUTE"),
    (207, "SESSION_ATTRIBUTE"),
    (225, "DCLASS"),
];

const HOPS: &[(u64, &str)] =
    &[(1, "IPv4"), (2, "IPv6"), (3, "label"), (4, "unnumbered interface"), (32, "autonomous system")];

const ASSOCIATIONS: &[(u64, &str)] = &[(1, "recovery"), (2, "resource sharing")];

/// Fields of the objects' types.
pub(super) const TYPES: &[&str] = &[
    "ctype.session",
    "ctype.hop",
    "ctype.integrity",
    "ctype.time_values",
    "ctype.error",
    "ctype.scope",
    "ctype.style",
    "ctype.flowspec",
    "ctype.template",
    "ctype.tspec",
    "ctype.adspec",
    "ctype.policy",
    "ctype.confirm",
    "ctype.label",
    "ctype.label_request",
    "ctype.explicit_route",
    "ctype.record_route",
    "ctype.hello",
    "ctype.message_id",
    "ctype.message_id_ack",
    "ctype.message_id_list",
    "ctype.detour",
    "ctype.lsp_attributes",
    "ctype.restart_cap",
    "ctype.notify_request",
    "ctype.admin_status",
    "ctype.association",
    "ctype.fast_reroute",
    "ctype.attribute",
    "ctype.dclass",
    "ctype.unknown",
];

pub(super) fn list() -> Tlv {
    let mut list = Tlv::new(label("obj_unknown").doc("unknown object"), u8("object"), be16("length"))
        .head(
            "object",
            Some("length"),
            [
                be16("length").unit("octets").doc("length").into(),
                u8("object").names(CLASSES).doc("class of object").into(),
            ],
        )
        .align(4)
        .other([u8("ctype.unknown").doc("type").into(), bytes("unknown.data", rest()).doc("content").into()]);
    list.cases = [sessions(), specifications(), paths(), messages(), attributes_of_paths()].concat();
    list
}

/// An object whose content depends on its type.
pub(super) fn object(
    class: u64,
    node: &'static str,
    doc: &'static str,
    kind: &'static str,
    types: Vec<(u64, Vec<Item>)>,
) -> TlvCase {
    let types = types.into_iter().map(|(number, items)| (number, number, items.into())).collect();
    let mut case = case(class, label(node).doc(doc), []);
    let other = bytes("unknown.data", rest()).doc("content");
    case.items = vec![u8(kind).doc("type").into(), Item::Switch(val(kind), types, vec![other.into()].into())];
    case
}

fn specifications() -> Vec<TlvCase> {
    vec![
        object(9, "flowspec", "flow specification", "ctype.flowspec", vec![(2, flow())]),
        object(10, "filter", "filter specification", "ctype.template", senders()),
        object(11, "sender", "sender template", "ctype.template", senders()),
        object(12, "tspec", "sender's traffic", "ctype.tspec", vec![(2, traffic())]),
        object(13, "adspec", "advertisement", "ctype.adspec", vec![(2, advertisement())]),
        object(
            14,
            "policy",
            "policy",
            "ctype.policy",
            vec![(1, vec![bytes("policy.data", rest()).doc("policy").into()])],
        ),
        object(
            15,
            "confirm",
            "confirmation",
            "ctype.confirm",
            vec![
                (1, vec![ipv4("confirm.receiver_address_ipv4").doc("who asks for it").into()]),
                (2, vec![ipv6("confirm.receiver_address_ipv6").doc("who asks for it").into()]),
            ],
        ),
    ]
}

/// A label: 32 bits, or generalized (RFC 3209 §4.1, RFC 3473 §2.3).
fn labels() -> Vec<(u64, Vec<Item>)> {
    vec![
        (1, vec![be32("label.label").doc("label").into()]),
        (2, vec![bytes("label.generalized_label", rest()).doc("label").into()]),
    ]
}

fn paths() -> Vec<TlvCase> {
    vec![
        object(16, "label", "label", "ctype.label", labels()),
        object(34, "recovery_label", "label of before", "ctype.label", labels()),
        object(35, "upstream_label", "label of the way back", "ctype.label", labels()),
        object(129, "suggested_label", "suggested label", "ctype.label", labels()),
        object(
            19,
            "label_request",
            "label request",
            "ctype.label_request",
            vec![
                (
                    1,
                    vec![
                        be16("label_request.reserved").doc("reserved").into(),
                        be16("label_request.l3pid")
                            .hex()
                            .named_by(crate::proto::ethernet::ether_type_name)
                            .doc("what the path carries")
                            .into(),
                    ],
                ),
                (
                    4,
                    vec![
                        u8("label_request.lsp_encoding_type").doc("encoding").into(),
                        u8("label_request.switching_type").doc("switching").into(),
                        be16("g_pid").hex().doc("what the path carries").into(),
                    ],
                ),
            ],
        ),
        object(
            20,
            "explicit_route",
            "explicit route",
            "ctype.explicit_route",
            vec![(1, vec![route(true).into()])],
        ),
        object(
            21,
            "record_route",
            "record of the route",
            "ctype.record_route",
            vec![(1, vec![route(false).into()])],
        ),
    ]
}

/// The message that an acknowledgement is of, or of the lack of one (RFC 2961 §4.3).
fn acknowledged() -> Vec<Item> {
    vec![
        u8("message_id_ack.flags").doc("flags").into(),
        be24("message_id_ack.epoch").doc("epoch").into(),
        be32("message_id_ack.message_id").doc("message").into(),
    ]
}

fn messages() -> Vec<TlvCase> {
    vec![
        object(
            22,
            "hello_obj",
            "hello",
            "ctype.hello",
            vec![
                (
                    1,
                    vec![
                        be32("hello.source_instance").hex().doc("instance of the sender").into(),
                        be32("hello.destination_instance").hex().doc("instance of the receiver").into(),
                    ],
                ),
                (
                    2,
                    vec![
                        be32("hello.source_instance").hex().doc("instance of the sender").into(),
                        be32("hello.destination_instance").hex().doc("instance of the receiver").into(),
                    ],
                ),
            ],
        ),
        object(
            23,
            "msgid",
            "message identifier",
            "ctype.message_id",
            vec![(
                1,
                vec![
                    u8("message_id.flags").doc("flags").into(),
                    be24("message_id.epoch").doc("epoch").into(),
                    be32("message_id.message_id").doc("message").into(),
                ],
            )],
        ),
        object(
            24,
            "msgid_ack",
            "message acknowledged or not",
            "ctype.message_id_ack",
            vec![(1, acknowledged()), (2, acknowledged())],
        ),
        object(
            25,
            "msgid_list",
            "messages refreshed",
            "ctype.message_id_list",
            vec![(
                1,
                vec![
                    u8("message_id_list.flags").doc("flags").into(),
                    be24("message_id_list.epoch").doc("epoch").into(),
                    repeat(
                        label("message_id_list.entry").hidden().doc("message"),
                        [be32("message_id_list.message_id").doc("message").into()],
                    ),
                ],
            )],
        ),
        object(
            131,
            "restart",
            "restart",
            "ctype.restart_cap",
            vec![(
                1,
                vec![
                    be32("restart_cap.restart_time").unit("ms").doc("time to restart").into(),
                    be32("restart_cap.recovery_time").unit("ms").doc("time to recover").into(),
                ],
            )],
        ),
        object(
            195,
            "notify_request",
            "request to be notified",
            "ctype.notify_request",
            vec![
                (1, vec![ipv4("notify_request.notify_node_address_ipv4").doc("whom to notify").into()]),
                (2, vec![ipv6("notify_request.notify_node_address_ipv6").doc("whom to notify").into()]),
            ],
        ),
        object(196, "admin_status", "administrative status", "ctype.admin_status", vec![(1, vec![status()])]),
        object(
            225,
            "dclass",
            "classes of the differentiated services",
            "ctype.dclass",
            vec![(
                1,
                vec![repeat(
                    label("dclass.entry").hidden().doc("class"),
                    [
                        be24("dclass.reserved").doc("reserved").into(),
                        u8("dclass.dscp").doc("code point").into(),
                    ],
                )],
            )],
        ),
    ]
}

fn attributes_of_paths() -> Vec<TlvCase> {
    vec![
        object(
            63,
            "detour",
            "detour",
            "ctype.detour",
            vec![(
                7,
                vec![repeat(
                    label("detour.entry").hidden().doc("detour"),
                    [
                        ipv4("detour.plr_id").doc("router that goes round").into(),
                        ipv4("detour.avoid_node_id").doc("node that is avoided").into(),
                    ],
                )],
            )],
        ),
        object(
            67,
            "lsp_required",
            "attributes that must be known",
            "ctype.lsp_attributes",
            vec![(1, vec![attributes()])],
        ),
        object(
            197,
            "lsp_attributes",
            "attributes of the path",
            "ctype.lsp_attributes",
            vec![(1, vec![attributes()])],
        ),
        object(
            199,
            "association",
            "association",
            "ctype.association",
            vec![
                (
                    1,
                    vec![
                        be16("association.type").names(ASSOCIATIONS).doc("kind").into(),
                        be16("association.id").doc("association").into(),
                        ipv4("association.source_ipv4").doc("source").into(),
                    ],
                ),
                (
                    2,
                    vec![
                        be16("association.type").names(ASSOCIATIONS).doc("kind").into(),
                        be16("association.id").doc("association").into(),
                        ipv6("association.source_ipv6").doc("source").into(),
                    ],
                ),
            ],
        ),
        object(
            205,
            "fast_reroute",
            "fast reroute",
            "ctype.fast_reroute",
            vec![(
                1,
                vec![
                    u8("fast_reroute.setup_priority").doc("priority in setting it up").into(),
                    u8("fast_reroute.hold_priority").doc("priority in holding it").into(),
                    u8("fast_reroute.hop_limit").doc("most hops").into(),
                    u8("fast_reroute.flags").hex().doc("flags").of([
                        bits("frr.flags.reserved", 6).doc("reserved"),
                        flag("frr.flags.facility_backup").doc("by a bypass for several"),
                        flag("frr.flags.one2one_backup").doc("by a detour of its own"),
                    ]),
                    be_f32("fast_reroute.bandwidth").doc("bandwidth in octets a second").into(),
                    be32("fast_reroute.include_any").hex().doc("links with any of these colours").into(),
                    be32("fast_reroute.exclude_any").hex().doc("links with none of these colours").into(),
                    be32("fast_reroute.include_all").hex().doc("links with all of these colours").into(),
                ],
            )],
        ),
        object(
            207,
            "session_attribute",
            "session attributes",
            "ctype.attribute",
            vec![
                (
                    1,
                    [
                        vec![
                            be32("session_attribute.exclude_any")
                                .hex()
                                .doc("links with none of these colours")
                                .into(),
                            be32("session_attribute.include_any")
                                .hex()
                                .doc("links with any of these colours")
                                .into(),
                            be32("session_attribute.include_all")
                                .hex()
                                .doc("links with all of these colours")
                                .into(),
                        ],
                        session_attribute(),
                    ]
                    .concat(),
                ),
                (7, session_attribute()),
            ],
        ),
    ]
}

/// What session attributes have with resource affinities and without (RFC 3209 §4.7.1 and §4.7.2).
fn session_attribute() -> Vec<Item> {
    vec![
        u8("session_attribute.setup_priority").doc("priority in setting it up").into(),
        u8("session_attribute.hold_priority").doc("priority in holding it").into(),
        u8("session_attribute.flags").hex().doc("flags").of([
            bits("sa.flags.reserved", 3).doc("reserved"),
            flag("sa.flags.node").doc("protection of nodes"),
            flag("sa.flags.bandwidth").doc("protection of bandwidth"),
            flag("sa.flags.se_style").doc("shared explicit style"),
            flag("sa.flags.label").doc("labels are recorded"),
            flag("sa.flags.local").doc("local protection"),
        ]),
        u8("session_attribute.name_length").unit("octets").doc("length of the name").into(),
        text("session_attribute.name", Size::Octets(val("session_attribute.name_length"))).doc("name").into(),
        bytes("session_attribute.padding", rest()).doc("padding").into(),
    ]
}

/// RFC 3209 §4.3.3 and §4.4.1; of a record, the first bit belongs to the type.
fn route(explicit: bool) -> Tlv {
    let length = || -> Item { u8("ero_rro_subobjects.length").unit("octets").doc("length").into() };
    let prefix = || -> Item { u8("ero_rro_subobjects.prefix_length").doc("prefix length").into() };
    let end = || -> Item {
        match explicit {
            true => u8("ero_rro_subobjects.padding").doc("reserved").into(),
            false => protection(),
        }
    };
    let label_flags = u8("ero_rro_subobjects.label_flags").hex().doc("flags").of([
        bits("ero_rro_subobjects.label_reserved", 7).doc("reserved"),
        flag("rro.flags.global_label").doc("understood on any interface"),
    ]);
    let list =
        Tlv::new(label("route.unknown").doc("unknown hop"), u8("type"), u8("ero_rro_subobjects.length"));
    let list = match explicit {
        true => list.head(
            "type",
            Some("ero_rro_subobjects.length"),
            [
                flag("loose_hop").doc("others may stand between").into(),
                bits("type", 7).names(HOPS).doc("kind of hop").into(),
                length(),
            ],
        ),
        false => list.head(
            "type",
            Some("ero_rro_subobjects.length"),
            [u8("type").names(HOPS).doc("kind of hop").into(), length()],
        ),
    };
    list.cases([
        case(
            1,
            label("route.ipv4").doc("IPv4 hop"),
            [ipv4("ero_rro_subobjects.ipv4_hop").doc("hop").into(), prefix(), end()],
        ),
        case(
            2,
            label("route.ipv6").doc("IPv6 hop"),
            [ipv6("ero_rro_subobjects.ipv6_hop").doc("hop").into(), prefix(), end()],
        ),
        case(
            3,
            label("route.label").doc("label"),
            [
                label_flags,
                u8("ero_rro_subobjects.label_type").doc("type of label").into(),
                be32("ero_rro_subobjects.label").doc("label").into(),
            ],
        ),
        case(
            4,
            label("route.unnumbered").doc("unnumbered interface"),
            [
                be16("ero_rro_subobjects.unnumbered_flags").hex().doc("flags").into(),
                ipv4("ero_rro_subobjects.router_id").doc("router").into(),
                be32("ero_rro_subobjects.interface_id").doc("interface").into(),
            ],
        ),
        case(
            32,
            label("route.system").doc("autonomous system"),
            [be16("ero_rro_subobjects.autonomous_system").doc("autonomous system").into()],
        ),
    ])
    .other([bytes("ero_rro_subobjects.data", rest()).doc("content").into()])
}

/// RFC 3209 §4.4.1.1, RFC 4090 §4.4.
fn protection() -> Item {
    u8("ero_rro_subobjects.flags").hex().doc("flags").of([
        bits("rro.flags.reserved", 2).doc("reserved"),
        flag("rro.flags.node_address").doc("the address is that of the node"),
        bits("rro.flags.reserved2", 1).doc("reserved"),
        flag("rro.flags.node").doc("nodes are protected"),
        flag("rro.flags.bandwidth").doc("bandwidth is protected"),
        flag("rro.flags.local_in_use").doc("local protection is in use"),
        flag("rro.flags.local_avail").doc("local protection is available"),
    ])
}

/// RFC 3473 §7.1.
fn status() -> Item {
    be32("admin_status.bits").hex().doc("administrative status").of([
        flag("admin_status.reflect").doc("to be sent back"),
        bits("admin_status.reserved", 24).doc("reserved"),
        flag("admin_status.handover").doc("handover"),
        flag("admin_status.lockout").doc("lockout"),
        flag("admin_status.inhibit").doc("alarms are held back"),
        flag("admin_status.callmgmt").doc("call management"),
        flag("admin_status.testing").doc("testing"),
        flag("admin_status.down").doc("down"),
        flag("admin_status.delete").doc("being deleted"),
    ])
}

/// RFC 5420 §3; IANA "Attribute Flags".
fn attributes() -> Item {
    let flags: [Field; 20] = [
        flag("lsp_attr.e2e").doc("end-to-end rerouting"),
        flag("lsp_attr.boundary").doc("boundary rerouting"),
        flag("lsp_attr.segment").doc("segment-based rerouting"),
        flag("lsp_attr.integrity").doc("integrity required"),
        flag("lsp_attr.contiguous").doc("contiguous"),
        flag("lsp_attr.stitching").doc("stitching desired"),
        flag("lsp_attr.preplanned").doc("planned before"),
        flag("lsp_attr.nophp").doc("no popping at the last but one hop"),
        flag("lsp_attr.oobmap").doc("mapping out of band"),
        flag("lsp_attr.entropy").doc("entropy labels"),
        flag("lsp_attr.oammep").doc("end point of OAM"),
        flag("lsp_attr.oammip").doc("intermediate point of OAM"),
        flag("lsp_attr.srlgcollect").doc("shared risks are collected"),
        flag("lsp_attr.Loopback").doc("loopback"),
        flag("lsp_attr.p2mp").doc("tree is evaluated again"),
        flag("lsp_attr.rtm").doc("resident time is measured"),
        flag("lsp_attr.telinklabel").doc("label of the link"),
        flag("lsp_attr.lsi").doc("self-ping"),
        flag("lsp_attr.lsids2e").doc("self-ping of a leaf"),
        bits("lsp_attr.reserved", 13).doc("reserved"),
    ];
    let list = Tlv::new(
        label("lsp_attr.unknown").doc("unknown attribute"),
        be16("lsp_attr.type"),
        be16("lsp_attr.length"),
    )
    .head(
        "lsp_attr.type",
        Some("lsp_attr.length"),
        [
            be16("lsp_attr.type").doc("attribute").into(),
            be16("lsp_attr.length").unit("octets").doc("length").into(),
        ],
    )
    .cases([case(1, label("lsp_attr.flags").doc("flags"), [be32("lsp_attr").hex().doc("flags").of(flags)])])
    .other([bytes("lsp_attr.data", rest()).doc("value").into()]);
    list.into()
}
