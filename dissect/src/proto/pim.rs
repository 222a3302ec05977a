//! PIM version 2 (RFC 7761): header, hello options, join and prune, assert; register's inner packet.

use super::octets::Octets;
use crate::render::line::{Body, Line};
use crate::schema::{
    Checksum, ETHER_TYPE, IP_PROTO, Item, Names, Protocol, Tlv, TlvCase, be16, be32, bits, bytes, flag, ipv4,
    ipv6, label, rest, switch, u8, val,
};

const TYPES: &[(u64, &str)] = &[
    (0, "Hello"),
    (1, "Register"),
    (2, "Register-Stop"),
    (3, "Join / Prune"),
    (4, "Bootstrap"),
    (5, "Assert"),
    (6, "Graft"),
    (7, "Graft-ACK"),
    (8, "Candidate RP Advertisement"),
    (9, "State Refresh"),
    (10, "DF Election"),
    (12, "PIM flooding"),
];

/// IANA "PIM-Hello Options".
const OPTIONS: &[(u64, &str)] = &[
    (1, "Hold Time"),
    (2, "LAN Prune Delay"),
    (19, "DR Priority"),
    (20, "Generation ID"),
    (21, "State Refresh Capability"),
    (22, "Bi-Directional Capability"),
    (24, "Address List"),
    (26, "RPF Vector"),
];

/// An encoded address (RFC 7761 §4.9.1): the family says which.
fn address(v4: &'static str, v6: &'static str, doc: &'static str) -> Item {
    switch(
        val("address_family"),
        [(1, vec![ipv4(v4).doc(doc).into()]), (2, vec![ipv6(v6).doc(doc).into()])],
        vec![bytes("address_unknown", rest()).doc("address of another family").into()],
    )
}

fn encoded(v4: &'static str, v6: &'static str, doc: &'static str, middle: Vec<Item>) -> Vec<Item> {
    let mut items: Vec<Item> = vec![
        u8("address_family").names(&[(1, "IPv4"), (2, "IPv6")]).doc("address family").into(),
        u8("encoding_type").doc("encoding").into(),
    ];
    items.extend(middle);
    items.push(address(v4, v6, doc));
    items
}

fn source(v4: &'static str, v6: &'static str, doc: &'static str) -> Vec<Item> {
    encoded(
        v4,
        v6,
        doc,
        vec![
            u8("source_flags").hex().doc("flags: 4 sparse, 2 wildcard, 1 rendezvous point tree").into(),
            u8("mask_len").doc("mask length").into(),
        ],
    )
}

fn group() -> Vec<Item> {
    encoded(
        "group",
        "group_ip6",
        "group",
        vec![u8("group_flags").hex().doc("flags").into(), u8("mask_len").doc("mask length").into()],
    )
}

fn neighbour() -> Vec<Item> {
    encoded("upstream_neighbor", "upstream_neighbor_ip6", "upstream neighbour", vec![])
}

fn hello() -> Vec<Item> {
    let mut list = Tlv::new(
        label("option").doc("option"),
        be16("optiontype").names(OPTIONS).doc("option"),
        be16("optionlength").unit("octets").doc("length"),
    )
    .body_len()
    .other([bytes("optionvalue", rest()).doc("value").into()]);
    let case = |kind: u64, items: Vec<Item>| TlvCase { kind, field: label("option").doc("option"), items };
    list.cases = vec![
        case(1, vec![be16("holdtime").unit("s").doc("hold time").into()]),
        case(
            2,
            vec![
                flag("t").doc("join suppression can be tracked").into(),
                bits("propagation_delay", 15).unit("ms").doc("propagation delay").into(),
                be16("override_interval").unit("ms").doc("override interval").into(),
            ],
        ),
        case(19, vec![be32("dr_priority").doc("designated router priority").into()]),
        case(20, vec![be32("generation_id").doc("generation").into()]),
        case(
            21,
            vec![
                u8("state_refresh_version").doc("version").into(),
                u8("state_refresh_interval").unit("s").doc("interval").into(),
                be16("state_refresh_reserved").doc("reserved").into(),
            ],
        ),
    ];
    vec![list.into()]
}

fn join_prune() -> Vec<Item> {
    let joined = source("join_ip", "join_ip6", "joined source");
    let pruned = source("prune_ip", "prune_ip6", "pruned source");
    let mut entry = group();
    entry.extend([
        be16("numjoins").doc("joined sources").into(),
        be16("numprunes").doc("pruned sources").into(),
        Item::Repeat(
            label("joins").doc("joined"),
            crate::schema::Count::Times(val("numjoins")),
            joined.into(),
        ),
        Item::Repeat(
            label("prunes").doc("pruned"),
            crate::schema::Count::Times(val("numprunes")),
            pruned.into(),
        ),
    ]);
    let mut items = neighbour();
    items.extend([
        u8("reserved").doc("reserved").into(),
        u8("numgroups").doc("groups").into(),
        be16("holdtime").unit("s").doc("hold time").into(),
        Item::Repeat(
            label("group_set").doc("group"),
            crate::schema::Count::Times(val("numgroups")),
            entry.into(),
        ),
    ]);
    items
}

pub(super) fn pim() -> Protocol {
    Protocol::new("pim", "Protocol Independent Multicast")
        .layer("PIMv2Hdr")
        .body("PIMv2Hello", "cksum", &[("type", 0)])
        .body("PIMv2JoinPrune", "cksum", &[("type", 3)])
        .source("RFC 7761 §4.9, RFC 3973 §4.7")
        .on(IP_PROTO, &[103])
        .later(fields)
        .leads(&[ETHER_TYPE])
        .after(|walk| {
            if walk.header().first().is_some_and(|first| first & 15 == 1) {
                match walk.rest().first().map(|octet| octet >> 4) {
                    Some(4) => walk.next(ETHER_TYPE, 0x0800),
                    Some(6) => walk.next(ETHER_TYPE, 0x86dd),
                    _ => false,
                };
            }
        })
        .summary(summary)
        .sample("020000000002020000000001080045000026000100000167cf620a000001e000000d2000dfef0001000200690014000412345678")
        .sample("020000000002020000000001080045000036000100000167cf520a000001e000000d2300000001000a000002000100d201000020e100000100010000010004200a000009")
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    let mut assert = group();
    assert.extend(encoded("source", "source_ip6", "source", vec![]));
    assert.extend([
        flag("rpt").doc("rendezvous point tree").into(),
        bits("metric_pref", 31).doc("metric preference").into(),
        be32("metric").doc("metric").into(),
    ]);
    let mut stop = group();
    stop.extend(encoded("source", "source_ip6", "source", vec![]));
    protocol
        .field(bits("version", 4).default(2).doc("version"))
        .field(bits("type", 4).names(TYPES).doc("type"))
        .field(u8("res_bytes").alias("reserved_bytes").craft("reserved").hex().doc("reserved"))
        .field(be16("cksum").craft("chksum").hex().sum(Checksum::Whole).doc("checksum"))
        .field(switch(
            val("type"),
            [
                (0, hello()),
                (
                    1,
                    vec![
                        flag("register_flag.border").doc("border").into(),
                        flag("register_flag.null_register").doc("null register").into(),
                        bits("register_flag.reserved", 30).hex().doc("reserved").into(),
                    ],
                ),
                (2, stop),
                (3, join_prune()),
                (5, assert),
                (6, join_prune()),
                (7, join_prune()),
            ],
            vec![bytes("body", rest()).doc("content").into()],
        ))
}

fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    line.hosts();
    let Some(first) = Octets::of(body).u8() else {
        line.text("PIM");
        line.cut("pim", body);
        return;
    };
    line.text("PIMv");
    line.number(u64::from(first >> 4));
    line.text(", ");
    let verbose = line.style.verbose > 0;
    if verbose {
        line.text("length ");
        line.number(body.len as u64);
        line.text("\n\t");
    }
    line.text(Names::List(TYPES).get(u64::from(first & 15)).unwrap_or("unknown type"));
    if !verbose {
        line.text(", length ");
        line.number(body.len as u64);
    }
}
