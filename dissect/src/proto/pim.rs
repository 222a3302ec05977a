//! PIM version 2 (RFC 7761): header, hello options, join and prune, assert; register's inner packet.

use crate::checksum;
use crate::decode::Walk;
use crate::schema::{
    Checksum, ETHER_TYPE, Field, IP_PROTO, Item, Protocol, Severity, Tlv, TlvCase, be16, be32, bits, bytes,
    flag, ipv4, ipv6, label, not, over, rest, switch, u8, val, when,
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
    let craft = match v4 {
        "upstream_neighbor" => "up_neighbor_ip",
        "group" => "gaddr",
        _ => "src_ip",
    };
    switch(
        val("address_family"),
        [(1, vec![ipv4(v4).craft(craft).doc(doc).into()]), (2, vec![ipv6(v6).craft(craft).doc(doc).into()])],
        vec![bytes("address_unknown", rest()).doc("address of another family").into()],
    )
}

fn encoded(v4: &'static str, v6: &'static str, doc: &'static str, middle: Vec<Item>) -> Vec<Item> {
    // the crafter's names of what stands in the header itself, an upstream neighbour, differ
    let [family, encoding] = match v4 {
        "upstream_neighbor" => ["up_addr_family", "up_encoding_type"],
        _ => ["addr_family", "encoding_type"],
    };
    let mut items: Vec<Item> = vec![
        u8("address_family")
            .alias("addr_address_family")
            .craft(family)
            .default(1)
            .names(&[(1, "IPv4"), (2, "IPv6")])
            .doc("address family")
            .into(),
        u8("encoding_type").alias("addr_encoding_type").craft(encoding).doc("encoding").into(),
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
            u8("source_flags").alias("source_addr.flags").hex().doc("flags").of([
                bits("source_flags.reserved", 5)
                    .alias("source_addr.flags.reserved")
                    .craft("rsrvd")
                    .doc("reserved"),
                flag("source_flags.s").alias("source_addr.flags.s").craft("sparse").doc("sparse"),
                flag("source_flags.w").alias("source_addr.flags.w").craft("wildcard").doc("wildcard"),
                flag("source_flags.r")
                    .alias("source_addr.flags.r")
                    .craft("rpt")
                    .default(1)
                    .doc("rendezvous point tree"),
            ]),
            u8("mask_len").craft("mask_len").default(32).doc("mask length").into(),
        ],
    )
}

fn group() -> Vec<Item> {
    encoded(
        "group",
        "group_ip6",
        "group",
        vec![
            u8("group_flags").alias("group_addr.flags").hex().doc("flags").of([
                flag("group_flags.b").alias("group_addr.flags.b").craft("bidirection").doc("bidirectional"),
                bits("group_flags.reserved", 6)
                    .alias("group_addr.flags.reserved")
                    .craft("reserved")
                    .doc("reserved"),
                flag("group_flags.z")
                    .alias("group_addr.flags.z")
                    .craft("admin_scope_zone")
                    .doc("administrative scope zone"),
            ]),
            u8("mask_len").craft("mask_len").default(32).doc("mask length").into(),
        ],
    )
}

fn neighbour() -> Vec<Item> {
    encoded("upstream_neighbor", "upstream_neighbor_ip6", "upstream neighbour", vec![])
}

fn prefixes(heading: &'static str) -> Item {
    Item::Repeat(label(heading).hidden().doc("groups"), crate::schema::Count::ToEnd, group().into())
}

/// RFC 5059 §4.1.
fn bootstrap() -> Vec<Item> {
    let mut point = encoded("rp", "rp_ip6", "rendezvous point", vec![]);
    point.extend([
        be16("holdtime").unit("s").doc("hold time").into(),
        u8("priority").doc("priority").into(),
        u8("reserved").doc("reserved").into(),
    ]);
    let mut set = group();
    set.extend([
        u8("rp_count").doc("rendezvous points of the group").into(),
        u8("frp_count").count_of("rp_set").doc("rendezvous points in this fragment").into(),
        be16("rp_reserved").doc("reserved").into(),
        Item::Repeat(
            label("rp_set").doc("rendezvous point"),
            crate::schema::Count::Times(val("frp_count")),
            point.into(),
        ),
    ]);
    let mut items: Vec<Item> = vec![
        be16("fragment_tag").hex().doc("fragment tag").into(),
        u8("hash_mask_len").unit("bits").doc("length of the hash mask").into(),
        u8("bsr_priority").doc("priority of the bootstrap router").into(),
    ];
    items.extend(encoded("bsr", "bsr_ip6", "bootstrap router", vec![]));
    items.push(Item::Repeat(label("group_range").doc("group"), crate::schema::Count::ToEnd, set.into()));
    items
}

/// RFC 5059 §4.2.
fn candidate() -> Vec<Item> {
    let mut items: Vec<Item> = vec![
        u8("prefix_count").doc("groups").into(),
        u8("priority").doc("priority").into(),
        be16("holdtime").unit("s").doc("hold time").into(),
    ];
    items.extend(encoded("rp", "rp_ip6", "rendezvous point", vec![]));
    items.push(prefixes("prefixes"));
    items
}

fn metrics() -> [Item; 3] {
    [
        flag("rpt").doc("rendezvous point tree").into(),
        bits("metric_pref", 31).doc("metric preference").into(),
        be32("metric").doc("metric").into(),
    ]
}

/// RFC 3973 §4.7.10.
fn state_refresh() -> Vec<Item> {
    let mut items = group();
    items.extend(encoded("source", "source_ip6", "source", vec![]));
    items.extend(encoded("originator", "originator_ip6", "originator", vec![]));
    items.extend(metrics());
    items.extend([
        u8("mask_len").doc("mask length").into(),
        u8("ttl").doc("time to live").into(),
        flag("prune_indicator").doc("prune indicator").into(),
        flag("prune_now").doc("prune now").into(),
        flag("assert_override").doc("assert override").into(),
        bits("refresh_reserved", 5).doc("reserved").into(),
        u8("interval").unit("s").doc("interval").into(),
    ]);
    items
}

/// RFC 5015 §3.7; the octet behind the type says which message it is.
fn election() -> Vec<Item> {
    let pair = |preference: &'static str, metric: &'static str| -> [Item; 2] {
        [be32(preference).doc("metric preference").into(), be32(metric).doc("metric").into()]
    };
    let mut items = encoded("rp", "rp_ip6", "rendezvous point", vec![]);
    items.extend([
        be32("metric_pref").doc("sender's metric preference").into(),
        be32("metric").doc("sender's metric").into(),
    ]);
    let mut backoff = encoded("bidir_offering_ip4", "bidir_offering_ip6", "offering router", vec![]);
    backoff.extend(pair("bidir_off_metric_pref", "bidir_off_metric"));
    backoff.push(be16("bidir_offering_interval").unit("ms").doc("interval of the offering router").into());
    let mut pass = encoded("bidir_winner_ip4", "bidir_winner_ip6", "new winner", vec![]);
    pass.extend(pair("bidir_win_metric_pref", "bidir_win_metric"));
    items.push(switch(val("df_elect.subtype"), [(3, backoff), (4, pass)], vec![]));
    items
}

/// RFC 8364 §4.
fn flooding() -> Vec<Item> {
    let mut sources = group();
    sources.extend([
        be16("srccount").count_of("flooded_sources").doc("sources").into(),
        be16("srcholdtime").unit("s").doc("hold time").into(),
        Item::Repeat(
            label("flooded_sources").hidden().doc("sources"),
            crate::schema::Count::Times(val("srccount")),
            encoded("source", "source_ip6", "source", vec![]).into(),
        ),
    ]);
    let list = Tlv::new(
        label("flooded").doc("TLV"),
        bits("flooded.type", 15).doc("type"),
        be16("flooded.length").unit("octets").doc("length"),
    )
    .head(
        "flooded.type",
        Some("flooded.length"),
        [
            flag("transitivetype").doc("is passed on where it is unknown").into(),
            bits("flooded.type", 15).names(&[(1, "group source holdtime")]).doc("type").into(),
            be16("flooded.length").unit("octets").doc("length").into(),
        ],
    )
    .body_len()
    .other([bytes("flooded.value", rest()).doc("value").into()]);
    let mut list = list;
    list.cases =
        vec![TlvCase { kind: 1, field: label("flooded.sources").doc("sources of a group"), items: sources }];
    let mut items = encoded("originator", "originator_ip6", "originator", vec![]);
    items.push(list.into());
    items
}

fn hello() -> Vec<Item> {
    let mut list = Tlv::new(
        label("option").craft("option").doc("option"),
        be16("optiontype").craft("type").names(OPTIONS).doc("option"),
        be16("optionlength").craft("length").unit("octets").doc("length"),
    )
    .body_len()
    .other([bytes("optionvalue", rest()).craft("value").doc("value").into()]);
    let case = |kind: u64, layer: &'static str, items: Vec<Item>| TlvCase {
        kind,
        field: label("option").craft(layer).doc("option"),
        items,
    };
    // values that are layers of their own in the crafter
    let value = |name: &'static str, items: Vec<Item>| {
        Item::Block(label(name).craft("value").hidden().doc("value"), rest(), items.into())
    };
    list.cases = vec![
        case(
            1,
            "PIMv2HelloHoldtime",
            vec![be16("holdtime").craft("holdtime").default(105).unit("s").doc("hold time").into()],
        ),
        case(
            2,
            "PIMv2HelloLANPruneDelay",
            vec![value(
                "lan_prune_delay",
                vec![
                    flag("t").craft("t").doc("join suppression can be tracked").into(),
                    bits("propagation_delay", 15)
                        .craft("propagation_delay")
                        .default(500)
                        .unit("ms")
                        .doc("propagation delay")
                        .into(),
                    be16("override_interval")
                        .craft("override_interval")
                        .default(2500)
                        .unit("ms")
                        .doc("override interval")
                        .into(),
                ],
            )],
        ),
        case(
            19,
            "PIMv2HelloDRPriority",
            vec![
                be32("dr_priority").craft("dr_priority").default(1).doc("designated router priority").into(),
            ],
        ),
        case(
            20,
            "PIMv2HelloGenerationID",
            vec![be32("generation_id").craft("generation_id").doc("generation").into()],
        ),
        case(
            21,
            "PIMv2HelloStateRefresh",
            vec![value(
                "state_refresh",
                vec![
                    u8("state_refresh_version").craft("version").default(1).doc("version").into(),
                    u8("state_refresh_interval").craft("interval").unit("s").doc("interval").into(),
                    be16("state_refresh_reserved").craft("reserved").doc("reserved").into(),
                ],
            )],
        ),
        TlvCase {
            kind: 24,
            field: label("option").doc("option"),
            items: vec![Item::Repeat(
                label("address_list.addresses").hidden().doc("addresses"),
                crate::schema::Count::ToEnd,
                encoded("address_list", "address_list_ip6", "further address", vec![]).into(),
            )],
        },
    ];
    vec![list.into()]
}

/// RFC 5384 §3.1: attributes of a source whose encoding says that there are some, the last one marked.
fn attributes() -> Item {
    const KINDS: &[(u64, &str)] = &[
        (0, "RPF vector"),
        (3, "MVPN join"),
        (5, "transport"),
        (6, "explicit RPF vector"),
        (7, "receiver's RLOC"),
    ];
    crate::schema::decoded([when(
        crate::schema::eq("encoding_type", 1),
        [crate::schema::custom(
            [
                label("source_ja").doc("join attribute"),
                u8("source_ja.flags").hex().doc("flags and kind"),
                flag("source_ja.flags.f").doc("passed on where it is unknown"),
                flag("source_ja.flags.e").doc("the last one"),
                bits("source_ja.flags.attr_type", 6).names(KINDS).doc("kind"),
                u8("source_ja.length").unit("octets").doc("length"),
                bytes("source_ja.value", rest()).doc("value"),
            ],
            |walk| while attribute(walk) == Some(false) && !walk.too_deep() {},
        )],
    )])
}

/// One attribute, and whether it is the last.
fn attribute(walk: &mut Walk<'_, '_>) -> Option<bool> {
    let node = walk.open("source_ja");
    let at = walk.offset().saturating_mul(8);
    let flags = walk.take("source_ja.flags", 1);
    if let Some(flags) = flags {
        walk.emit_bits("source_ja.flags.f", at, 1, flags >> 7);
        walk.emit_bits("source_ja.flags.e", at.saturating_add(1), 1, flags >> 6 & 1);
        walk.emit_bits("source_ja.flags.attr_type", at.saturating_add(2), 6, flags & 0x3f);
    }
    let length = walk.take("source_ja.length", 1).and_then(|length| usize::try_from(length).ok());
    let whole = length.is_some_and(|length| walk.take_octets("source_ja.value", length));
    walk.close(node);
    flags.filter(|_| whole).map(|flags| flags & 0x40 != 0)
}

fn join_prune() -> Vec<Item> {
    let mut joined = source("join_ip", "join_ip6", "joined source");
    joined.push(attributes());
    let mut pruned = source("prune_ip", "prune_ip6", "pruned source");
    pruned.push(attributes());
    let mut entry = group();
    entry.extend([
        be16("numjoins").craft("num_joins").count_of("joins").doc("joined sources").into(),
        be16("numprunes").craft("num_prunes").count_of("prunes").doc("pruned sources").into(),
        Item::Repeat(
            label("joins").craft("join_ips").doc("joined"),
            crate::schema::Count::Times(val("numjoins")),
            joined.into(),
        ),
        Item::Repeat(
            label("prunes").craft("prune_ips").doc("pruned"),
            crate::schema::Count::Times(val("numprunes")),
            pruned.into(),
        ),
    ]);
    let mut items = neighbour();
    items.extend([
        u8("reserved").craft("reserved").doc("reserved").into(),
        u8("numgroups").craft("num_group").count_of("group_set").doc("groups").into(),
        be16("holdtime").craft("holdtime").default(210).unit("s").doc("hold time").into(),
        Item::Repeat(
            label("group_set").craft("jp_ips").doc("group"),
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
        .part("PIMv2HelloLANPruneDelayValue", "lan_prune_delay", &[])
        .part("PIMv2HelloStateRefreshValue", "state_refresh", &[])
        .part("PIMv2GroupAddrs", "group_set", &[])
        .part("PIMv2JoinAddrs", "joins", &[])
        .part("PIMv2PruneAddrs", "prunes", &[])
        .source("RFC 7761 §4.9, RFC 3973 §4.7")
        .on(IP_PROTO, &[103])
        .either("unicast", &["upstream_neighbor", "rp", "bsr", "originator", "source", "address_list"])
        .either("unicast_ipv6", &["upstream_neighbor_ip6", "rp_ip6", "bsr_ip6", "originator_ip6", "source_ip6"])
        .later(fields)
        .leads(&[ETHER_TYPE])
        .after(|walk| {
            judge(walk);
            if walk.header().first().is_some_and(|first| first & 15 == 1) {
                match walk.rest().first().map(|octet| octet >> 4) {
                    Some(4) => walk.next(ETHER_TYPE, 0x0800),
                    Some(6) => walk.next(ETHER_TYPE, 0x86dd),
                    _ => false,
                };
            }
        })
        .summary(super::pim_line::summary)
        .sample("020000000002020000000001080045000026000100000167cf620a000001e000000d200076cf0001000200690014000412345678")
        .sample("01005e00000d020000000001080045000040000100000167a0cf0a000001e000000d230000000100 0a000002 0001 00d2 01 00 81 20 e1010001 0001 0000 01 01 04 20 0a000009 03 01 00 45 05 01 0a000008")
        .sample("020000000002020000000001080045000036000100000167cf520a000001e000000d2300dfde01000a000002000100d201000020e100000100010000010004200a000009")
}

/// RFC 7761 §4.9: with IPv6's pseudo-header over IPv6.
fn checksum() -> Field {
    be16("cksum").craft("chksum").hex().doc("checksum")
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    let mut assert = group();
    assert.extend(encoded("source", "source_ip6", "source", vec![]));
    assert.extend(metrics());
    let mut stop = group();
    stop.extend(encoded("source", "source_ip6", "source", vec![]));
    protocol
        .field(bits("version", 4).default(2).doc("version"))
        .field(bits("type", 4).names(TYPES).doc("type"))
        .field(switch(
            val("type"),
            [
                (
                    10,
                    vec![
                        bits("df_elect.subtype", 4).names(ELECTION).doc("message of the election").into(),
                        bits("df_elect.rsvd", 4).doc("reserved").into(),
                    ],
                ),
                (
                    12,
                    vec![
                        flag("pfmnoforwardbit").doc("is not passed on").into(),
                        bits("flooded.reserved", 7).doc("reserved").into(),
                    ],
                ),
            ],
            vec![u8("res_bytes").alias("reserved_bytes").craft("reserved").hex().doc("reserved").into()],
        ))
        .field(when(over("ip"), [checksum().sum(Checksum::Whole).into()]))
        .field(when(not(over("ip")), [checksum().sum(Checksum::Pseudo).into()]))
        .field(switch(
            val("type"),
            [
                (0, hello()),
                (
                    1,
                    vec![be32("register_flag").hex().doc("flags").of([
                        flag("register_flag.border").doc("border"),
                        flag("register_flag.null_register").doc("null register"),
                        bits("register_flag.reserved", 30).hex().doc("reserved"),
                    ])],
                ),
                (2, stop),
                (3, join_prune()),
                (4, bootstrap()),
                (5, assert),
                (6, join_prune()),
                (7, join_prune()),
                (8, candidate()),
                (9, state_refresh()),
                (10, election()),
                (12, flooding()),
            ],
            vec![bytes("body", rest()).doc("content").into()],
        ))
        .extra(
            u8("cksum.status")
                .names(super::CHECKSUM_STATUS)
                .expert(Severity::Error, 0, 0, "the checksum is wrong")
                .doc("checksum status"),
        )
}

/// RFC 5015 §3.7.
const ELECTION: &[(u64, &str)] = &[(1, "offer"), (2, "winner"), (3, "backoff"), (4, "pass")];

/// Whether the checksum is right: of a register message over its first eight octets, though some senders take all (RFC 7761 §4.9).
pub(super) fn sum_is_right(octets: &[u8], network: crate::decode::Network) -> bool {
    let over = |octets: &[u8]| {
        let sum = checksum::sum(octets);
        match network {
            crate::decode::Network::V6(..) => {
                checksum::add(checksum::pseudo(network, 103, octets.len()), sum)
            }
            _ => sum,
        }
    };
    let register = octets.first().is_some_and(|first| first & 15 == 1);
    over(octets) == u16::MAX || register && octets.get(..8).is_some_and(|head| over(head) == u16::MAX)
}

fn judge(walk: &mut Walk<'_, '_>) {
    if !walk.wants("cksum.status") {
        return;
    }
    let whole = walk.is_whole() && !walk.quoted();
    let status = if whole { u64::from(sum_is_right(walk.layer_octets(), walk.network())) } else { 2 };
    walk.emit("cksum.status", walk.layer_offset().saturating_add(2), 0, status);
}
