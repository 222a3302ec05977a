//! In-situ OAM in options of IPv6: RFC 9197 §4.4 (trace options), RFC 9486.

use crate::schema::{
    Item, Size, Test, be16, be24, be32, be64, bits, block, bytes, eq, flag, is_in, label, left, lit, repeat,
    rest, u8, val, when,
};

const TYPES: &[(u64, &str)] = &[
    (0, "pre-allocated trace"),
    (1, "incremental trace"),
    (2, "proof of transit"),
    (3, "edge to edge"),
    (4, "direct export"),
];

/// RFC 9197 §4.4.1: what each node adds, the highest bit first.
fn trace_type() -> Item {
    be24("=ipv6.opt.ioam.trace.type").hex().doc("data that nodes add").of([
        flag("=ipv6.opt.ioam.trace.type.bit0").doc("hop limit and node"),
        flag("=ipv6.opt.ioam.trace.type.bit1").doc("interfaces"),
        flag("=ipv6.opt.ioam.trace.type.bit2").doc("time stamp, seconds"),
        flag("=ipv6.opt.ioam.trace.type.bit3").doc("time stamp, fraction"),
        flag("=ipv6.opt.ioam.trace.type.bit4").doc("transit delay"),
        flag("=ipv6.opt.ioam.trace.type.bit5").doc("data of the namespace"),
        flag("=ipv6.opt.ioam.trace.type.bit6").doc("queue depth"),
        flag("=ipv6.opt.ioam.trace.type.bit7").doc("checksum complement"),
        flag("=ipv6.opt.ioam.trace.type.bit8").doc("hop limit and node, wide"),
        flag("=ipv6.opt.ioam.trace.type.bit9").doc("interfaces, wide"),
        flag("=ipv6.opt.ioam.trace.type.bit10").doc("data of the namespace, wide"),
        flag("=ipv6.opt.ioam.trace.type.bit11").doc("buffer occupancy"),
        bits("=ipv6.opt.ioam.trace.type.undef", 10).hex().doc("undefined"),
        flag("=ipv6.opt.ioam.trace.type.bit22").doc("opaque state snapshot"),
        flag("=ipv6.opt.ioam.trace.type.rsv").doc("reserved"),
    ])
}

pub(super) fn items() -> [Item; 4] {
    [
        u8("=ipv6.opt.ioam.rsv").doc("reserved").into(),
        u8("=ipv6.opt.ioam.opt_type").names(TYPES).doc("type").into(),
        when(
            is_in("=ipv6.opt.ioam.opt_type", &[0, 1]),
            [
                be16("=ipv6.opt.ioam.trace.ns").doc("namespace").into(),
                bits("=ipv6.opt.ioam.trace.nodelen", 5).doc("node data in units of 4 octets").into(),
                bits("=ipv6.opt.ioam.trace.flags", 4).hex().doc("flags").of([
                    flag("=ipv6.opt.ioam.trace.flag.o").doc("overflow"),
                    flag("=ipv6.opt.ioam.trace.flag.l").doc("loopback"),
                    flag("=ipv6.opt.ioam.trace.flag.a").doc("active"),
                    flag("=ipv6.opt.ioam.trace.flag.rsv").doc("reserved"),
                ]),
                bits("=ipv6.opt.ioam.trace.remlen", 7).doc("free units of 4 octets").into(),
                trace_type(),
                u8("=ipv6.opt.ioam.trace.rsv").doc("reserved").into(),
                bytes(
                    "=ipv6.opt.ioam.trace.free_space",
                    Size::Octets((val("=ipv6.opt.ioam.trace.remlen") * 4).min(left())),
                )
                .doc("free space")
                .into(),
                when(
                    Test::Ge(val("=ipv6.opt.ioam.trace.nodelen"), lit(1)),
                    [repeat(
                        label("=ipv6.opt.ioam.trace.nodes").hidden().doc("nodes"),
                        [
                            block(
                                label("=ipv6.opt.ioam.trace.node").doc("node"),
                                Size::Octets((val("=ipv6.opt.ioam.trace.nodelen") * 4).min(left())),
                                node(),
                            ),
                            has("=ipv6.opt.ioam.trace.type.bit22", snapshot()),
                        ],
                    )],
                ),
            ],
        ),
        bytes("=ipv6.opt.ioam.data", rest()).doc("data").into(),
    ]
}

fn has<const N: usize>(bit: &'static str, items: [Item; N]) -> Item {
    when(eq(bit, 1), [when(Test::Ge(left(), lit(4)), items)])
}

fn word(name: &'static str, doc: &'static str) -> [Item; 1] {
    [be32(name).doc(doc).into()]
}

/// RFC 9197 §4.4.2.
fn node() -> [Item; 13] {
    [
        has(
            "=ipv6.opt.ioam.trace.type.bit0",
            [
                u8("=ipv6.opt.ioam.trace.node.hlim").doc("hop limit").into(),
                be24("=ipv6.opt.ioam.trace.node.id").hex().doc("node").into(),
            ],
        ),
        has(
            "=ipv6.opt.ioam.trace.type.bit1",
            [
                be16("=ipv6.opt.ioam.trace.node.iif").doc("ingress interface").into(),
                be16("=ipv6.opt.ioam.trace.node.eif").doc("egress interface").into(),
            ],
        ),
        has("=ipv6.opt.ioam.trace.type.bit2", word("=ipv6.opt.ioam.trace.node.tss", "time stamp, seconds")),
        has("=ipv6.opt.ioam.trace.type.bit3", word("=ipv6.opt.ioam.trace.node.tsf", "time stamp, fraction")),
        has("=ipv6.opt.ioam.trace.type.bit4", word("=ipv6.opt.ioam.trace.node.trdelay", "transit delay")),
        has(
            "=ipv6.opt.ioam.trace.type.bit5",
            [be32("=ipv6.opt.ioam.trace.node.nsdata").hex().doc("data of the namespace").into()],
        ),
        has("=ipv6.opt.ioam.trace.type.bit6", word("=ipv6.opt.ioam.trace.node.qdepth", "queue depth")),
        has("=ipv6.opt.ioam.trace.type.bit7", word("=ipv6.opt.ioam.trace.node.csum", "checksum complement")),
        has(
            "=ipv6.opt.ioam.trace.type.bit8",
            [
                u8("=ipv6.opt.ioam.trace.node.hlim").doc("hop limit").into(),
                bits("=ipv6.opt.ioam.trace.node.id_wide", 56).hex().doc("node").into(),
            ],
        ),
        has(
            "=ipv6.opt.ioam.trace.type.bit9",
            [
                be32("=ipv6.opt.ioam.trace.node.iif_wide").doc("ingress interface").into(),
                be32("=ipv6.opt.ioam.trace.node.eif_wide").doc("egress interface").into(),
            ],
        ),
        has(
            "=ipv6.opt.ioam.trace.type.bit10",
            [be64("=ipv6.opt.ioam.trace.node.nsdata_wide").hex().doc("data of the namespace").into()],
        ),
        has(
            "=ipv6.opt.ioam.trace.type.bit11",
            word("=ipv6.opt.ioam.trace.node.bufoccup", "buffer occupancy"),
        ),
        when(
            Test::Ge(left(), lit(4)),
            [repeat(
                label("=ipv6.opt.ioam.trace.node.rest").hidden().doc("data of undefined bits"),
                [be32("=ipv6.opt.ioam.trace.node.undefined").hex().doc("data of an undefined bit").into()],
            )],
        ),
    ]
}

/// RFC 9197 §4.4.2.13.
fn snapshot() -> [Item; 3] {
    [
        u8("=ipv6.opt.ioam.trace.node.oss.len").doc("length of the snapshot in units of 4 octets").into(),
        be24("=ipv6.opt.ioam.trace.node.oss.scid").hex().doc("schema").into(),
        bytes(
            "=ipv6.opt.ioam.trace.node.oss.data",
            Size::Octets((val("=ipv6.opt.ioam.trace.node.oss.len") * 4).min(left())),
        )
        .doc("snapshot")
        .into(),
    ]
}
