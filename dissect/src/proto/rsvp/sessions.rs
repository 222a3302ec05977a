//! RSVP's objects that most messages have: session, hop, times, errors, scope and style, and who sends (RFC 2205 §A.1 to §A.10, RFC 3209 §4.6).

use super::objects::object;
use crate::schema::{
    Item, Size, TlvCase, be16, be24, be32, be64, bits, bytes, flag, ipv4, ipv6, label, lit, repeat, rest, u8,
};

/// RFC 2205 appendix B, RFC 3209 §7.3.
const ERRORS: &[(u64, &str)] = &[
    (0, "confirmation"),
    (1, "admission control failure"),
    (2, "policy control failure"),
    (3, "no path for this reservation"),
    (4, "no sender for this reservation"),
    (5, "conflicting reservation style"),
    (6, "unknown reservation style"),
    (7, "conflicting destination ports"),
    (8, "conflicting sender ports"),
    (12, "service preempted"),
    (13, "unknown object class"),
    (14, "unknown object type"),
    (21, "traffic control error"),
    (22, "traffic control system error"),
    (23, "RSVP system error"),
    (24, "routing problem"),
    (25, "notification"),
];

const STYLES: &[(u64, &str)] = &[(10, "fixed filter"), (17, "wildcard filter"), (18, "shared explicit")];

pub(super) fn sessions() -> Vec<TlvCase> {
    vec![
        object(
            1,
            "session",
            "session",
            "ctype.session",
            vec![
                (
                    1,
                    vec![
                        ipv4("session.ip").doc("destination").into(),
                        u8("session.proto").named_by(crate::proto::ip_protocol_name).doc("protocol").into(),
                        u8("session.flags").hex().doc("flags").into(),
                        be16("session.port").doc("destination port").into(),
                    ],
                ),
                (
                    2,
                    vec![
                        ipv6("session.destination_address").doc("destination").into(),
                        u8("session.protocol")
                            .named_by(crate::proto::ip_protocol_name)
                            .doc("protocol")
                            .into(),
                        u8("session.flags").hex().doc("flags").into(),
                        be16("session.destination_port").doc("destination port").into(),
                    ],
                ),
                (
                    7,
                    vec![
                        ipv4("session.ip").doc("destination").into(),
                        be16("session.short_call_id").doc("call").into(),
                        be16("session.tunnel_id").doc("tunnel").into(),
                        be32("session.ext_tunnel_id")
                            .alias("extended_tunnel_id")
                            .doc("extended tunnel, often the source's address")
                            .into(),
                    ],
                ),
                (
                    8,
                    vec![
                        ipv6("session.destination_address").doc("destination").into(),
                        be16("session.short_call_id").doc("call").into(),
                        be16("session.tunnel_id").doc("tunnel").into(),
                        ipv6("session.ext_tunnel_id_ipv6").doc("extended tunnel").into(),
                    ],
                ),
            ],
        ),
        object(
            3,
            "hop",
            "hop",
            "ctype.hop",
            vec![
                (
                    1,
                    vec![
                        ipv4("hop.neighbor_address_ipv4").doc("neighbour").into(),
                        be32("hop.logical_interface").doc("interface").into(),
                    ],
                ),
                (
                    2,
                    vec![
                        ipv6("neighbor_address_ipv6").doc("neighbour").into(),
                        be32("hop.logical_interface").doc("interface").into(),
                    ],
                ),
            ],
        ),
        object(
            4,
            "integrity",
            "authentication",
            "ctype.integrity",
            vec![(
                1,
                vec![
                    u8("integrity.flags").hex().doc("flags").of([
                        bits("integrity.flags.reserved", 7).doc("reserved"),
                        flag("integrity.flags.handshake").doc("can do the handshake"),
                    ]),
                    u8("integrity.reserved").doc("reserved").into(),
                    bytes("integrity.key_identifier", Size::Octets(lit(6))).doc("key").into(),
                    be64("integrity.sequence_number").doc("sequence number").into(),
                    bytes("integrity.hash", rest()).doc("digest").into(),
                ],
            )],
        ),
        object(
            5,
            "time",
            "time values",
            "ctype.time_values",
            vec![(1, vec![be32("refresh_interval").unit("ms").doc("refresh interval").into()])],
        ),
        object(
            6,
            "error",
            "error",
            "ctype.error",
            vec![
                (
                    1,
                    vec![
                        ipv4("error.error_node_ipv4").doc("node that found it").into(),
                        u8("error_flags").hex().doc("flags").of([
                            bits("error_flags.reserved", 5).doc("reserved"),
                            flag("error_flags.path_state_removed").doc("the path's state was removed"),
                            flag("error_flags.not_guilty").doc("the sender is not to blame"),
                            flag("error_flags.in_place").doc("an earlier reservation is in place"),
                        ]),
                        u8("error.error_code").names(ERRORS).doc("error").into(),
                        be16("error_value").doc("what of it").into(),
                    ],
                ),
                (
                    2,
                    vec![
                        ipv6("error.error_node_ipv6").doc("node that found it").into(),
                        u8("error_flags").hex().doc("flags").of([
                            bits("error_flags.reserved", 5).doc("reserved"),
                            flag("error_flags.path_state_removed").doc("the path's state was removed"),
                            flag("error_flags.not_guilty").doc("the sender is not to blame"),
                            flag("error_flags.in_place").doc("an earlier reservation is in place"),
                        ]),
                        u8("error.error_code").names(ERRORS).doc("error").into(),
                        be16("error_value").doc("what of it").into(),
                    ],
                ),
            ],
        ),
        object(
            7,
            "scope",
            "scope",
            "ctype.scope",
            vec![
                (
                    1,
                    vec![repeat(
                        label("scope.entry").hidden().doc("sender"),
                        [ipv4("scope.ipv4_address").doc("sender").into()],
                    )],
                ),
                (
                    2,
                    vec![repeat(
                        label("scope.entry6").hidden().doc("sender"),
                        [ipv6("scope.ipv6_address").doc("sender").into()],
                    )],
                ),
            ],
        ),
        object(
            8,
            "style",
            "style",
            "ctype.style",
            vec![(
                1,
                vec![
                    u8("style.flags").hex().doc("flags").into(),
                    be24("style.style").hex().names(STYLES).doc("style").into(),
                ],
            )],
        ),
    ]
}

/// Who sends: in sender templates and in filter specifications (RFC 2205 §A.9 and §A.10, RFC 3209 §4.6.2).
pub(super) fn senders() -> Vec<(u64, Vec<Item>)> {
    vec![
        (
            1,
            vec![
                ipv4("sender.ip").doc("sender").into(),
                be16("sender.reserved").doc("reserved").into(),
                be16("sender.port").doc("source port").into(),
            ],
        ),
        (
            2,
            vec![
                ipv6("template_filter.source_address_ipv6").doc("sender").into(),
                be16("sender.reserved").doc("reserved").into(),
                be16("template_filter.source_port").doc("source port").into(),
            ],
        ),
        (
            7,
            vec![
                ipv4("sender.ip").doc("sender").into(),
                be16("sender.short_call_id").doc("call").into(),
                be16("sender.lsp_id").doc("label-switched path").into(),
            ],
        ),
        (
            8,
            vec![
                ipv6("template_filter.source_address_ipv6").doc("sender").into(),
                be16("sender.short_call_id").doc("call").into(),
                be16("sender.lsp_id").doc("label-switched path").into(),
            ],
        ),
    ]
}
