//! TLVs of connectivity fault management, IEEE Std 802.1Q-2022 §21.5, and those of ITU-T G.8013/Y.1731 §9.

use super::lldp::{CHASSIS, PORTS};
use crate::schema::{
    Field, Item, Size, Test, Tlv, be16, be24, be32, be64, bytes, case, label, left, lit, mac, ne, rest,
    switch, u8, val, when,
};

const TYPES: &[(u64, &str)] = &[
    (0, "end"),
    (1, "sender ID"),
    (2, "port status"),
    (3, "data"),
    (4, "interface status"),
    (5, "reply ingress"),
    (6, "reply egress"),
    (7, "egress identifier"),
    (8, "reply egress identifier"),
    (31, "organisation specific"),
    (32, "test"),
    (33, "target MEP or MIP"),
    (34, "replying MEP or MIP"),
    (35, "requesting MEP"),
    (36, "test ID"),
];

const ACTIONS: &[(u64, &str)] = &[(1, "OK"), (2, "down"), (3, "blocked"), (4, "VLAN not there")];

pub(super) fn tlvs() -> Tlv {
    let mut list = Tlv::new(label("tlv").doc("unknown TLV"), u8("tlv.type"), be16("tlv.length"))
        .body_len()
        .single(&[0])
        .end(0)
        .padding(bytes("tlv.behind", rest()).doc("octets behind the end"));
    list.head = vec![
        u8("tlv.type").names(TYPES).doc("type").into(),
        be16("tlv.length").unit("octets").doc("length").into(),
    ];
    list.cases([
        case(0, label("tlv.end").doc("end"), []),
        case(1, label("tlv.sender").doc("sender"), sender()),
        case(
            2,
            label("tlv.port").doc("port status"),
            [u8("tlv.port.status.value").names(&[(1, "blocked"), (2, "up")]).doc("status").into()],
        ),
        case(3, label("tlv.data").doc("data"), [bytes("tlv.data.value", rest()).doc("octets").into()]),
        case(4, label("tlv.interface").doc("interface status"), [interface()]),
        case(
            5,
            label("tlv.ingress").doc("reply ingress"),
            reply(
                u8("tlv.reply.ingress.action").alias("tlv.reply.action"),
                mac("tlv.reply.ingress.mac.address").alias("tlv.reply.mac"),
            ),
        ),
        case(
            6,
            label("tlv.egress").doc("reply egress"),
            reply(u8("tlv.reply.egress.action"), mac("tlv.reply.egress.mac.address")),
        ),
        case(
            7,
            label("tlv.identifier").doc("egress identifier"),
            [identifier("tlv.ltm.egress.id", "tlv.ltm.egress.id.ui", "tlv.ltm.egress.id.mac")],
        ),
        case(
            8,
            label("tlv.reply_identifier").doc("reply egress identifier"),
            [
                identifier(
                    "tlv.ltr.egress.last.id",
                    "tlv.ltr.egress.last.id.ui",
                    "tlv.ltr.egress.last.id.mac",
                ),
                identifier(
                    "tlv.ltr.egress.next.id",
                    "tlv.ltr.egress.next.id.ui",
                    "tlv.ltr.egress.next.id.mac",
                ),
            ],
        ),
        case(
            31,
            label("tlv.organisation").doc("organisation specific"),
            [
                be24("tlv.org.spec.oui").hex().doc("organisation").into(),
                u8("tlv.org.spec.subtype").doc("subtype").into(),
                bytes("tlv.org.spec.value", rest()).doc("value").into(),
            ],
        ),
        case(32, label("tlv.test").doc("test"), test()),
        case(33, label("tlv.target").doc("target MEP or MIP"), point()),
        case(34, label("tlv.replying").doc("replying MEP or MIP"), point()),
        case(
            35,
            label("tlv.requesting").doc("requesting MEP"),
            [
                u8("tlv.requesting.loopback").doc("loopback indication").into(),
                be16("tlv.requesting.mep").doc("MEP").into(),
                bytes("tlv.requesting.meg", Size::Octets(lit(48))).doc("association").into(),
                be16("tlv.requesting.reserved").doc("reserved").into(),
            ],
        ),
        case(36, label("tlv.testid").doc("test ID"), [be32("tlv.test.id").doc("test").into()]),
    ])
    .other([bytes("tlv.value", rest()).doc("value").into()])
}

/// The chassis, and the address it is managed at; what is empty has no subtype, and what would follow may be left out.
fn sender() -> [Item; 3] {
    [
        u8("tlv.chassis.id.length").unit("octets").doc("chassis length").into(),
        when(
            ne("tlv.chassis.id.length", 0),
            [
                u8("tlv.chassis.id.subtype").names(CHASSIS).doc("kind of chassis").into(),
                bytes("tlv.chassis.id", Size::Octets(val("tlv.chassis.id.length"))).doc("chassis").into(),
            ],
        ),
        when(
            Test::Ge(left(), lit(1)),
            [
                u8("tlv.ma.domain.length").unit("octets").doc("length of the address's kind").into(),
                bytes("tlv.ma.domain", Size::Octets(val("tlv.ma.domain.length")))
                    .doc("kind of the management address, an object identifier")
                    .into(),
                when(
                    Test::Ge(left(), lit(1)),
                    [
                        u8("tlv.management.addr.length")
                            .unit("octets")
                            .doc("length of the management address")
                            .into(),
                        bytes("tlv.management.addr", Size::Octets(val("tlv.management.addr.length")))
                            .doc("management address")
                            .into(),
                    ],
                ),
            ],
        ),
    ]
}

fn interface() -> Item {
    u8("tlv.interface.status.value")
        .alias("tlv.port.interface.value")
        .names(&[
            (1, "up"),
            (2, "down"),
            (3, "testing"),
            (4, "unknown"),
            (5, "dormant"),
            (6, "not present"),
            (7, "lower layer down"),
        ])
        .doc("status")
        .into()
}

/// What became of a trace at a port; the port's name may be left out.
fn reply(action: Field, address: Field) -> [Item; 3] {
    [
        action.names(ACTIONS).doc("action").into(),
        address.doc("address of the port").into(),
        when(
            Test::Ge(left(), lit(1)),
            [
                u8("tlv.reply.ing.egr.portid.length").unit("octets").doc("port length").into(),
                when(
                    ne("tlv.reply.ing.egr.portid.length", 0),
                    [
                        u8("tlv.reply.ing.egr.portid.subtype").names(PORTS).doc("kind of port").into(),
                        bytes(
                            "tlv.reply.ing.egr.portid",
                            Size::Octets(val("tlv.reply.ing.egr.portid.length")),
                        )
                        .alias("tlv.reply.port")
                        .doc("port")
                        .into(),
                    ],
                ),
            ],
        ),
    ]
}

/// Eight octets: a number, and the address of the bridge.
fn identifier(whole: &'static str, number: &'static str, address: &'static str) -> Item {
    be64(whole)
        .hex()
        .doc("identifier")
        .of([bytes(number, Size::Octets(lit(2))).doc("number of the port"), mac(address).doc("bridge")])
}

/// Pseudo-random octets or zeros; with a check sum or without.
fn test() -> [Item; 2] {
    const PATTERNS: &[(u64, &str)] =
        &[(0, "zeros"), (1, "zeros with CRC-32"), (2, "PRBS 2^31-1"), (3, "PRBS 2^31-1 with CRC-32")];
    [
        u8("tlv.tst.test.pattern.type").names(PATTERNS).doc("pattern").into(),
        Item::Switch(
            val("tlv.tst.test.pattern.type"),
            [1, 3].map(|kind| (kind, kind, checked().into())).into(),
            vec![bytes("tlv.tst.test.pattern", rest()).doc("octets").into()].into(),
        ),
    ]
}

fn checked() -> Vec<Item> {
    vec![
        bytes("tlv.tst.test.pattern", Size::Octets(left() - 4)).doc("octets").into(),
        bytes("tlv.tst.crc32", Size::Octets(lit(4))).doc("CRC-32").into(),
    ]
}

/// ITU-T G.8013/Y.1731 §9.3: which point is meant.
fn point() -> [Item; 2] {
    const KINDS: &[(u64, &str)] =
        &[(0, "discovery, ingress or node"), (1, "discovery, egress"), (2, "MEP"), (3, "MIP")];
    [
        u8("tlv.point.subtype").names(KINDS).doc("kind of identifier").into(),
        switch(
            val("tlv.point.subtype"),
            [(
                2,
                vec![
                    be16("tlv.point.mep").doc("MEP").into(),
                    bytes("tlv.point.reserved", rest()).doc("reserved").into(),
                ],
            )],
            vec![bytes("tlv.point.id", rest()).doc("identifier").into()],
        ),
    ]
}
