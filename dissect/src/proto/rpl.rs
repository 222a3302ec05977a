//! RPL control messages, RFC 6550 §6: an item list of `icmpv6`. Secured messages show their security section; what
//! follows it is encrypted or read like the plain message by nobody but the receiver.

use crate::schema::{
    Expr, Field, Item, Kind, Size, Tlv, be16, be32, bits, block, bytes, case, eq, flag, ipv6, label, left,
    lit, repeat, rest, shared_list, switch, u8, val, when,
};
use std::sync::LazyLock;

const MODES: &[(u64, &str)] = &[
    (0, "no downward routes"),
    (1, "non-storing"),
    (2, "storing"),
    (3, "storing with multicast"),
    (4, "point to point"),
];

fn reserved(octets: i64) -> Item {
    bytes("reserved", Size::Octets(lit(octets))).doc("reserved").into()
}

/// By code: solicitation, information object, advertisement, acknowledgement, consistency check, secured forms.
pub(super) fn message() -> Vec<Item> {
    vec![switch(
        val("code"),
        [
            (0, vec![u8("rpl.dis.flags").hex().doc("flags").into(), reserved(1), options()]),
            (1, information()),
            (2, advertisement()),
            (3, acknowledgement()),
            (4, discovery()),
            (5, discovery_acknowledgement()),
            (0x80, secured()),
            (0x81, secured()),
            (0x82, secured()),
            (0x83, secured()),
            (0x8a, consistency()),
        ],
        vec![bytes("data", rest()).doc("data").into()],
    )]
}

fn information() -> Vec<Item> {
    vec![
        u8("rpl.dio.instance").doc("instance").into(),
        u8("rpl.dio.version").doc("version").into(),
        be16("rpl.dio.rank").doc("rank").into(),
        u8("rpl.dio.flag").hex().doc("flags").of([
            flag("rpl.dio.flag.g").doc("grounded"),
            flag("rpl.dio.flag.0").doc("zero"),
            bits("rpl.dio.flag.mop", 3).names(MODES).doc("mode of operation"),
            bits("rpl.dio.flag.preference", 3).doc("preference"),
        ]),
        u8("rpl.dio.dtsn").doc("trigger sequence number").into(),
        reserved(2),
        ipv6("rpl.dio.dagid").doc("DODAG").into(),
        options(),
    ]
}

fn advertisement() -> Vec<Item> {
    vec![
        u8("rpl.dao.instance").doc("instance").into(),
        u8("rpl.dao.flag").hex().doc("flags").of([
            flag("rpl.dao.flag.k").doc("acknowledgement wanted"),
            flag("rpl.dao.flag.d").doc("DODAG is there"),
            bits("rpl.dao.flag.rsv", 6).hex().doc("reserved"),
        ]),
        reserved(1),
        u8("rpl.dao.sequence").doc("sequence number").into(),
        when(eq("rpl.dao.flag.d", 1), [ipv6("rpl.dao.dodagid").doc("DODAG").into()]),
        options(),
    ]
}

fn acknowledgement() -> Vec<Item> {
    vec![
        u8("rpl.daoack.instance").doc("instance").into(),
        u8("rpl.daoack.flag").hex().doc("flags").of([
            flag("rpl.daoack.flag.d").doc("DODAG is there"),
            bits("rpl.daoack.flag.rsv", 7).hex().doc("reserved"),
        ]),
        u8("rpl.daoack.sequence").doc("sequence number").into(),
        u8("rpl.daoack.status").doc("status").into(),
        when(eq("rpl.daoack.flag.d", 1), [ipv6("rpl.daoack.dodagid").doc("DODAG").into()]),
        options(),
    ]
}

/// RFC 6997 §8.
fn discovery() -> Vec<Item> {
    vec![
        u8("rpl.p2p.dro.instance").doc("instance").into(),
        u8("rpl.p2p.dro.version").doc("version").into(),
        be16("rpl.p2p.dro.flag").hex().doc("flags").of([
            flag("rpl.p2p.dro.flag.stop").doc("the search is to end"),
            flag("rpl.p2p.dro.flag.ack").doc("an acknowledgement is asked for"),
            bits("rpl.p2p.dro.flag.seq", 2).doc("sequence number"),
            bits("rpl.p2p.dro.flag.reserved", 12).doc("reserved"),
        ]),
        ipv6("rpl.p2p.dro.dagid").doc("DODAG").into(),
        options(),
    ]
}

/// RFC 6997 §10.
fn discovery_acknowledgement() -> Vec<Item> {
    vec![
        u8("rpl.p2p.dro.instance").doc("instance").into(),
        u8("rpl.p2p.dro.version").doc("version").into(),
        be16("rpl.p2p.droack.flag").hex().doc("flags").of([
            bits("rpl.p2p.droack.flag.seq", 2).doc("sequence number"),
            bits("rpl.p2p.droack.flag.reserved", 14).doc("reserved"),
        ]),
        ipv6("rpl.p2p.dro.dagid").doc("DODAG").into(),
    ]
}

fn secured() -> Vec<Item> {
    let mut items: Vec<Item> = security().into();
    items.push(bytes("data", rest()).doc("data").into());
    items
}

/// RFC 6550 §6.6, readable where the level of security says so.
fn consistency() -> Vec<Item> {
    let mut items: Vec<Item> = security().into();
    items.push(switch(
        val("rpl.secure.lvl").and(1),
        [(
            0,
            vec![
                u8("rpl.cc.instance").doc("instance").into(),
                u8("rpl.cc.flag").hex().doc("flags").of([
                    flag("rpl.cc.flag.r").doc("response"),
                    bits("rpl.cc.flag.rsv", 7).hex().doc("reserved"),
                ]),
                be16("rpl.cc.nonce").hex().doc("nonce").into(),
                ipv6("rpl.cc.dodagid").doc("DODAG").into(),
                be32("rpl.cc.destination_counter").doc("counter of the destination").into(),
                bytes("data", rest()).doc("data").into(),
            ],
        )],
        vec![bytes("data", rest()).doc("data").into()],
    ));
    items
}

fn security() -> [Item; 9] {
    [
        u8("rpl.secure.flag").hex().doc("flags").of([
            flag("rpl.secure.flag.t").doc("counter is a time"),
            bits("rpl.secure.flag.rsv", 7).hex().doc("reserved"),
        ]),
        u8("rpl.secure.algorithm").doc("algorithm").into(),
        bits("rpl.secure.kim", 2).doc("key identifier mode").into(),
        bits("rpl.secure.rsv", 3).doc("reserved").into(),
        bits("rpl.secure.lvl", 3).doc("security level").into(),
        u8("rpl.secure.flags2").hex().doc("flags").into(),
        be32("rpl.secure.counter").doc("counter").into(),
        when(
            crate::schema::is_in("rpl.secure.kim", &[2, 3]),
            [bytes("rpl.secure.key.source", Size::Octets(lit(8))).doc("key source").into()],
        ),
        when(
            crate::schema::is_in("rpl.secure.kim", &[0, 2, 3]),
            [u8("rpl.secure.key.index").doc("key index").into()],
        ),
    ]
}

fn short(name: &'static str, octets: Expr) -> Field {
    Field::new(name, Kind::Ipv6, Size::Octets(octets))
}

fn options() -> Item {
    static LIST: LazyLock<Tlv> = LazyLock::new(option_list);
    shared_list(&LIST)
}

fn option_list() -> Tlv {
    Tlv::new(
        label("rpl.opt").doc("unknown option"),
        u8("rpl.opt.type").doc("type"),
        u8("rpl.opt.length").unit("octets").doc("length"),
    )
    .body_len()
    .single(&[0])
    .cases([
        case(0, label("rpl.opt.pad1").doc("padding of one octet"), []),
        case(
            1,
            label("rpl.opt.padn").doc("padding"),
            [bytes("rpl.opt.padding", rest()).doc("octets").into()],
        ),
        case(2, label("rpl.opt.metrics").doc("DAG metric container"), [metrics()]),
        case(
            3,
            label("rpl.opt.route").doc("route information"),
            [
                u8("rpl.opt.route.prefix_length").unit("bits").doc("prefix length").into(),
                u8("rpl.opt.route.flag").hex().doc("flags").of([
                    bits("rpl.opt.route.reserved", 3).doc("reserved"),
                    bits("rpl.opt.route.pref", 2).doc("preference"),
                    bits("rpl.opt.route.reserved2", 3).doc("reserved"),
                ]),
                be32("rpl.opt.route.lifetime").unit("s").doc("lifetime").into(),
                short("rpl.opt.route.prefix", left()).doc("prefix").into(),
            ],
        ),
        case(4, label("rpl.opt.config").doc("DODAG configuration"), configuration()),
        case(
            5,
            label("rpl.opt.target").doc("target"),
            [
                u8("rpl.opt.target.flag").hex().doc("flags").into(),
                u8("rpl.opt.target.prefix_length").unit("bits").doc("prefix length").into(),
                short("rpl.opt.target.prefix", left()).doc("prefix").into(),
            ],
        ),
        case(
            6,
            label("rpl.opt.transit").doc("transit information"),
            [
                u8("rpl.opt.transit.flag").hex().doc("flags").of([
                    flag("rpl.opt.transit.flag.e").doc("external target"),
                    bits("rpl.opt.transit.flag.rsv", 7).hex().doc("reserved"),
                ]),
                u8("rpl.opt.transit.pathctl").hex().doc("path control").into(),
                u8("rpl.opt.transit.pathseq").doc("path sequence").into(),
                u8("rpl.opt.transit.pathlifetime").doc("path lifetime in lifetime units").into(),
                repeat(
                    label("rpl.opt.transit.parents").doc("parents"),
                    [ipv6("rpl.opt.transit.parent").doc("parent").into()],
                ),
            ],
        ),
        case(
            7,
            label("rpl.opt.solicited").doc("solicited information"),
            [
                u8("rpl.opt.solicited.instance").doc("instance").into(),
                u8("rpl.opt.solicited.flag").hex().doc("flags").of([
                    flag("rpl.opt.solicited.flag.v").doc("match version"),
                    flag("rpl.opt.solicited.flag.i").doc("match instance"),
                    flag("rpl.opt.solicited.flag.d").doc("match DODAG"),
                    bits("rpl.opt.solicited.flag.rsv", 5).hex().doc("reserved"),
                ]),
                ipv6("rpl.opt.solicited.dodagid").doc("DODAG").into(),
                u8("rpl.opt.solicited.version").doc("version").into(),
            ],
        ),
        case(
            8,
            label("rpl.opt.prefix_information").doc("prefix information"),
            [
                u8("rpl.opt.prefix.length").unit("bits").doc("prefix length").into(),
                u8("rpl.opt.prefix.flag").hex().doc("flags").of([
                    flag("rpl.opt.prefix.flag.l").doc("on-link"),
                    flag("rpl.opt.config.flag.a").doc("autonomous address configuration"),
                    flag("rpl.opt.config.flag.r").doc("router address"),
                    bits("rpl.opt.config.flag.rsv", 5).hex().doc("reserved"),
                ]),
                be32("rpl.opt.prefix.valid_lifetime").unit("s").doc("valid lifetime").into(),
                be32("rpl.opt.prefix.preferred_lifetime").unit("s").doc("preferred lifetime").into(),
                reserved(4),
                ipv6("rpl.opt.prefix").doc("prefix").into(),
            ],
        ),
        case(
            9,
            label("rpl.opt.targetdesc").doc("target descriptor"),
            [be32("rpl.opt.targetdesc.descriptor").hex().doc("descriptor").into()],
        ),
    ])
    .other([bytes("rpl.opt.data", rest()).doc("data").into()])
}

/// RFC 6551 §2.1.
fn metrics() -> Item {
    const METRICS: &[(u64, &str)] = &[
        (1, "node state and attributes"),
        (2, "node energy"),
        (3, "hop count"),
        (4, "link throughput"),
        (5, "link latency"),
        (6, "link quality level"),
        (7, "expected transmissions"),
        (8, "link colour"),
    ];
    repeat(
        label("rpl.opt.metric").doc("metric"),
        [
            u8("rpl.opt.metric.type").names(METRICS).doc("type").into(),
            be16("rpl.opt.metric.flags").hex().doc("flags").of([
                bits("rpl.opt.metric.reserved", 5).doc("reserved"),
                flag("rpl.opt.metric.flag.p").doc("partial"),
                flag("rpl.opt.metric.flag.c").doc("constraint"),
                flag("rpl.opt.metric.flag.o").doc("optional"),
                flag("rpl.opt.metric.flag.r").doc("recorded"),
                bits("rpl.opt.metric.flag.a", 3).doc("aggregation"),
                bits("rpl.opt.metric.prec", 4).doc("precedence"),
            ]),
            u8("rpl.opt.metric.length").unit("octets").doc("length").into(),
            block(
                bytes("rpl.opt.metric.object", rest()).doc("object"),
                Size::Octets(val("rpl.opt.metric.length")),
                [metric_object()],
            ),
        ],
    )
}

/// RFC 6551 §3 and §4.
fn metric_object() -> Item {
    let list = |heading: &'static str, items: Vec<Item>| {
        vec![Item::Repeat(label(heading).hidden().doc("values"), crate::schema::Count::ToEnd, items.into())]
    };
    switch(
        val("rpl.opt.metric.type"),
        [
            (
                1,
                vec![
                    be16("rpl.opt.metric.nsa.object").hex().doc("node state and attributes").of([
                        bits("rpl.opt.metric.nsa.object.reserved", 8).hex().doc("reserved"),
                        bits("rpl.opt.metric.nsa.object.flags", 6).hex().doc("further flags"),
                        flag("rpl.opt.metric.nsa.object.flag.a").doc("aggregates traffic"),
                        flag("rpl.opt.metric.nsa.object.flag.o").doc("overloaded"),
                    ]),
                    repeat(
                        label("rpl.opt.metric.nsa.object.opttlv.object").doc("TLV"),
                        [
                            u8("rpl.opt.metric.nsa.object.opttlv.object.type").doc("type").into(),
                            u8("rpl.opt.metric.nsa.object.opttlv.object.length")
                                .unit("octets")
                                .doc("length")
                                .into(),
                            bytes(
                                "rpl.opt.metric.nsa.object.opttlv.object.data",
                                Size::Octets(
                                    val("rpl.opt.metric.nsa.object.opttlv.object.length").min(left()),
                                ),
                            )
                            .doc("data")
                            .into(),
                        ],
                    ),
                ],
            ),
            (
                2,
                list(
                    "rpl.opt.metric.ne.objects",
                    vec![
                        be16("rpl.opt.metric.ne.object").hex().doc("node energy").of([
                            bits("rpl.opt.metric.ne.object.flags", 4).hex().doc("flags"),
                            flag("rpl.opt.metric.ne.object.flag.i").doc("nodes of the type are included"),
                            bits("rpl.opt.metric.ne.object.type", 2)
                                .names(&[(0, "powered"), (1, "battery"), (2, "scavenger")])
                                .doc("type"),
                            flag("rpl.opt.metric.ne.object.flag.e").doc("estimation is there"),
                            bits("rpl.opt.metric.ne.object.energy", 8).unit("%").doc("estimated energy"),
                        ]),
                    ],
                ),
            ),
            (
                3,
                vec![be16("rpl.opt.metric.hp.object").hex().doc("hop count").of([
                    bits("rpl.opt.metric.hp.object.reserved", 4).hex().doc("reserved"),
                    bits("rpl.opt.metric.hp.object.flags", 4).hex().doc("flags"),
                    bits("rpl.opt.metric.hp.object.hp", 8).doc("hops"),
                ])],
            ),
            (
                4,
                list(
                    "rpl.opt.metric.lt.objects",
                    vec![be32("rpl.opt.metric.lt.object.lt").unit("octets/s").doc("link throughput").into()],
                ),
            ),
            (
                5,
                list(
                    "rpl.opt.metric.ll.objects",
                    vec![be32("rpl.opt.metric.ll.object.ll").unit("µs").doc("link latency").into()],
                ),
            ),
            (
                6,
                vec![
                    u8("rpl.opt.metric.lql.object.res").hex().doc("reserved").into(),
                    repeat(
                        label("rpl.opt.metric.lql.objects").hidden().doc("values"),
                        [u8("rpl.opt.metric.lql.object").hex().doc("link quality level").of([
                            bits("rpl.opt.metric.lql.object.val", 3).doc("level; 0: unknown"),
                            bits("rpl.opt.metric.lql.object.counter", 5).doc("links of this level"),
                        ])],
                    ),
                ],
            ),
            (
                7,
                list(
                    "rpl.opt.metric.etx.objects",
                    vec![
                        be16("rpl.opt.metric.etx.object.etx")
                            .doc("expected transmissions, 1/128 each")
                            .into(),
                    ],
                ),
            ),
            (
                8,
                vec![
                    u8("rpl.opt.metric.lc.object.res").hex().doc("reserved").into(),
                    repeat(
                        label("rpl.opt.metric.lc.object").doc("link colour"),
                        [
                            bits("rpl.opt.metric.lc.object.lc", 10).hex().doc("colour").into(),
                            when(
                                eq("rpl.opt.metric.flag.c", 0),
                                [bits("rpl.opt.metric.lc.object.counter", 6)
                                    .doc("links of this colour")
                                    .into()],
                            ),
                            when(
                                eq("rpl.opt.metric.flag.c", 1),
                                [
                                    bits("rpl.opt.metric.lc.object.reserved", 5).hex().doc("reserved").into(),
                                    flag("rpl.opt.metric.lc.object.flag.i")
                                        .doc("links of the colour are included")
                                        .into(),
                                ],
                            ),
                        ],
                    ),
                ],
            ),
        ],
        vec![],
    )
}

fn configuration() -> [Item; 10] {
    [
        u8("rpl.opt.config.flag").hex().doc("flags").of([
            bits("rpl.opt.config.reserved", 4).doc("reserved"),
            flag("rpl.opt.config.auth").doc("authentication"),
            bits("rpl.opt.config.pcs", 3).doc("path control size"),
        ]),
        u8("rpl.opt.config.interval_double").doc("DIO interval doublings").into(),
        u8("rpl.opt.config.interval_min").doc("DIO minimum interval").into(),
        u8("rpl.opt.config.redundancy").doc("redundancy constant").into(),
        be16("rpl.opt.config.max_rank_inc").doc("largest rank increase").into(),
        be16("rpl.opt.config.min_hop_rank_inc").doc("smallest rank increase a hop").into(),
        be16("rpl.opt.config.ocp").doc("objective code point").into(),
        u8("rpl.opt.config.rsv").doc("reserved").into(),
        u8("rpl.opt.config.def_lifetime").doc("default lifetime in lifetime units").into(),
        be16("rpl.opt.config.lifetime_unit").unit("s").doc("lifetime unit").into(),
    ]
}
