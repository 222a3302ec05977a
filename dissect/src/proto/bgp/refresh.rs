//! BGP's NOTIFICATION (RFC 4271 §4.5, RFC 9003) and ROUTE-REFRESH (RFC 2918, RFC 7313) with outbound route filters (RFC 5291,
//! RFC 5292).

use super::{FAMILIES, SUBFAMILIES};
use crate::decode::Walk;
use crate::schema::{
    Field, Item, Size, Test, be16, be32, bits, block, built, bytes, custom, decoded, eq, ipv4, label, left,
    lit, ne, repeat, rest, switch, text, u8, val, when,
};

const ERRORS: &[(u64, &str)] = &[
    (1, "message header error"),
    (2, "OPEN message error"),
    (3, "UPDATE message error"),
    (4, "hold timer expired"),
    (5, "finite state machine error"),
    (6, "cease"),
    (7, "ROUTE-REFRESH message error"),
];

/// The number of a kind of error, the field of its subcode, and the subcodes' names.
type Kind = (u8, &'static str, &'static [(u64, &'static str)]);

/// Errors by their kind.
const KINDS: [Kind; 6] = [
    (
        2,
        "notify.minor_error_open",
        &[
            (1, "unsupported version number"),
            (2, "bad peer AS"),
            (3, "bad BGP identifier"),
            (4, "unsupported optional parameter"),
            (5, "authentication failure"),
            (6, "unacceptable hold time"),
            (7, "unsupported capability"),
            (11, "role mismatch"),
        ],
    ),
    (
        3,
        "notify.minor_error_update",
        &[
            (1, "malformed attribute list"),
            (2, "unrecognized well-known attribute"),
            (3, "missing well-known attribute"),
            (4, "attribute flags error"),
            (5, "attribute length error"),
            (6, "invalid ORIGIN attribute"),
            (7, "AS routing loop"),
            (8, "invalid NEXT_HOP attribute"),
            (9, "optional attribute error"),
            (10, "invalid network field"),
            (11, "malformed AS_PATH"),
        ],
    ),
    (4, "notify.minor_error_expired", &[]),
    (
        5,
        "notify.minor_error_state",
        &[
            (1, "unexpected message in OpenSent"),
            (2, "unexpected message in OpenConfirm"),
            (3, "unexpected message in Established"),
        ],
    ),
    (
        6,
        "notify.minor_error_cease",
        &[
            (1, "maximum number of prefixes reached"),
            (2, "administrative shutdown"),
            (3, "peer de-configured"),
            (4, "administrative reset"),
            (5, "connection rejected"),
            (6, "other configuration change"),
            (7, "connection collision resolution"),
            (8, "out of resources"),
            (9, "hard reset"),
            (10, "BFD down"),
        ],
    ),
    (7, "notify.minor_error_capability", &[(1, "invalid message length")]),
];

fn subcodes() -> [Field; 6] {
    KINDS.map(|(_, name, names)| u8(name).names(names).hidden().doc("error subcode of this kind of error"))
}

fn show_subcode(walk: &mut Walk<'_, '_>) {
    let Some([major, minor]) = walk.header().last_chunk().copied() else { return };
    if let Some((_, name, _)) = KINDS.iter().find(|(kind, _, _)| *kind == major) {
        walk.emit(name, walk.offset().saturating_sub(1), 1, u64::from(minor));
    }
}

pub(super) fn notification() -> Vec<Item> {
    let shutdown = Test::All(vec![
        eq("notify.major_error", 6),
        crate::schema::is_in("notify.minor_error", &[2, 4]),
        Test::Ge(left(), lit(1)),
    ]);
    let peer =
        Test::All(vec![eq("notify.major_error", 2), eq("notify.minor_error", 2), Test::Eq(left(), lit(2))]);
    vec![
        u8("notify.major_error").craft("error_code").names(ERRORS).doc("error").into(),
        u8("notify.minor_error").craft("error_subcode").doc("error subcode").into(),
        custom(subcodes(), show_subcode),
        built([bytes("notify.minor_data", rest()).craft("data").doc("data").into()]),
        decoded([block(
            bytes("notify.minor_data", rest()).doc("data"),
            rest(),
            [
                when(
                    shutdown,
                    [
                        u8("notify.communication_length").unit("octets").doc("length of what is said").into(),
                        text(
                            "notify.communication",
                            Size::Octets(val("notify.communication_length").min(left())),
                        )
                        .doc("what the operator says")
                        .into(),
                    ],
                ),
                when(peer, [be16("notify.error_open.bad_peer_as").doc("AS that is not expected").into()]),
                bytes("notify.more", rest()).hidden().doc("further octets").into(),
            ],
        )]),
    ]
}

pub(super) fn refresh() -> Vec<Item> {
    vec![
        be16("route_refresh.afi").craft("afi").default(1).names(FAMILIES).doc("address family").into(),
        u8("route_refresh.subtype")
            .craft("subtype")
            .names(&[(0, "request"), (1, "beginning"), (2, "end")])
            .doc("subtype")
            .into(),
        u8("route_refresh.safi")
            .craft("safi")
            .default(1)
            .names(SUBFAMILIES)
            .doc("subsequent address family")
            .into(),
        built([bytes("route_refresh.orf", rest()).craft("orf_data").doc("outbound route filter").into()]),
        decoded([block(
            bytes("route_refresh.orf", rest()).doc("outbound route filter"),
            rest(),
            [when(
                Test::Ge(left(), lit(1)),
                [
                    u8("route_refresh.orf.flag")
                        .names(&[(1, "refresh at once"), (2, "refresh later")])
                        .doc("when to refresh")
                        .into(),
                    repeat(
                        label("route_refresh.orf.list").doc("filters of a kind"),
                        [
                            u8("route_refresh.orf.type")
                                .names(&[
                                    (64, "address prefix"),
                                    (128, "address prefix (Cisco)"),
                                    (129, "communities"),
                                    (130, "extended communities"),
                                ])
                                .doc("kind of filter")
                                .into(),
                            be16("route_refresh.orf.length").unit("octets").doc("length").into(),
                            block(
                                label("route_refresh.orf.entries").hidden().doc("filters"),
                                Size::Octets(val("route_refresh.orf.length").min(left())),
                                [switch(
                                    val("route_refresh.orf.type"),
                                    [(64, filters()), (128, filters())],
                                    vec![bytes("route_refresh.orf.unknown", rest()).doc("filters").into()],
                                )],
                            ),
                        ],
                    ),
                ],
            )],
        )]),
    ]
}

fn filters() -> Vec<Item> {
    vec![repeat(
        label("route_refresh.orf.entry").doc("filter"),
        [
            u8("route_refresh.orf.entry.whole").hidden().doc("action and match").of([
                bits("route_refresh.orf.entry.action", 2)
                    .names(&[(0, "add"), (1, "remove"), (2, "remove all")])
                    .doc("action"),
                bits("route_refresh.orf.entry.match", 1).names(&[(0, "permit"), (1, "deny")]).doc("match"),
                bits("route_refresh.orf.entry.reserved", 5).hidden().doc("reserved"),
            ]),
            when(
                ne("route_refresh.orf.entry.action", 2),
                [
                    be32("route_refresh.orf.entry.sequence").doc("sequence number").into(),
                    u8("route_refresh.orf.entry.prefixmask_lower").doc("shortest prefix").into(),
                    u8("route_refresh.orf.entry.prefixmask_upper").doc("longest prefix").into(),
                    u8("prefix_length").doc("prefix length").into(),
                    custom(
                        [
                            ipv4("route_refresh.orf.entry.ip").doc("prefix"),
                            bytes("prefix_octets", rest()).doc("prefix, too long"),
                        ],
                        |walk| super::prefix(walk, "route_refresh.orf.entry.ip"),
                    ),
                ],
            ),
        ],
    )]
}
