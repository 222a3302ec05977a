//! Connectivity fault management, IEEE Std 802.1Q-2022 §21, with the messages of ITU-T G.8013/Y.1731.

use crate::schema::{
    ETHER_TYPE, Item, Protocol, Size, Tlv, be16, be24, be32, be64, bits, bytes, case, flag, label, lit, mac,
    repeat, rest, switch, text, u8, val,
};

const OPCODES: &[(u64, &str)] = &[
    (1, "CCM"),
    (2, "LBR"),
    (3, "LBM"),
    (4, "LTR"),
    (5, "LTM"),
    (6, "RFM"),
    (7, "SFM"),
    (32, "GNM"),
    (33, "AIS"),
    (35, "LCK"),
    (37, "TST"),
    (39, "APS"),
    (40, "R-APS"),
    (41, "MCC"),
    (42, "LMR"),
    (43, "LMM"),
    (45, "1DM"),
    (46, "DMR"),
    (47, "DMM"),
    (48, "EXR"),
    (49, "EXM"),
    (50, "VSR"),
    (51, "VSM"),
    (52, "CSF"),
    (53, "1SL"),
    (54, "SLR"),
    (55, "SLM"),
];

const INTERVALS: &[(u64, &str)] =
    &[(1, "3.33 ms"), (2, "10 ms"), (3, "100 ms"), (4, "1 s"), (5, "10 s"), (6, "1 min"), (7, "10 min")];

pub(super) fn cfm() -> Protocol {
    Protocol::new("cfm", "Connectivity Fault Management")
        .source("IEEE Std 802.1Q-2022 §21, ITU-T G.8013/Y.1731 §9")
        .on(ETHER_TYPE, &[0x8902])
        .later(fields)
        .sample(concat!(
            "0180c2000031 020000000001 8902 60 01 04 46 00000007 0001 01 02 04 6d616964",
            "00000000000000000000000000000000000000000000000000000000000000000000000000000000",
            "00000000 00000000 00000000 00000000 00000000 02 0001 02 00"
        ))
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    let stamp = |name: &'static str| be64(name).hex();
    let delay = || {
        vec![
            stamp("dmm.dmr.txtimestampf").doc("transmit time stamp, forward").into(),
            stamp("dmm.dmr.rxtimestampf").doc("receive time stamp, forward").into(),
            stamp("dmm.dmr.txtimestampb").doc("transmit time stamp, backward").into(),
            stamp("dmm.dmr.rxtimestampb").doc("receive time stamp, backward").into(),
        ]
    };
    let loss = || {
        vec![
            be32("lmm.lmr.txfcf").doc("frames sent, forward").into(),
            be32("lmm.lmr.rxfcf").doc("frames received, forward").into(),
            be32("lmm.lmr.txfcb").doc("frames sent, backward").into(),
        ]
    };
    let synthetic = || {
        vec![
            be16("slm.src_mep").doc("source MEP").into(),
            be16("slm.rmep").doc("remote MEP").into(),
            be32("slm.testid").doc("test").into(),
            be32("slm.txfcf").doc("frames sent, forward").into(),
            be32("slm.txfcb").doc("frames sent, backward").into(),
        ]
    };
    protocol
        .field(bits("md.level", 3).brief().doc("domain level"))
        .field(bits("version", 5).doc("version"))
        .field(u8("opcode").names(OPCODES).brief().doc("opcode"))
        .field(switch(
            val("opcode"),
            [
                (
                    1,
                    vec![u8("flags").hex().doc("flags").of([
                        flag("flags.rdi").doc("remote defect"),
                        bits("flags.ccm.reserved", 4).doc("reserved"),
                        bits("flags.interval", 3).names(INTERVALS).doc("interval"),
                    ])],
                ),
                (
                    4,
                    vec![u8("flags").hex().doc("flags").of([
                        flag("flags.usefdbonly").doc("forwarding table only"),
                        flag("flags.fwdyes").doc("forwarded"),
                        flag("flags.ltr.terminalmep").doc("terminal MEP"),
                        bits("flags.ltr.reserved", 5).doc("reserved"),
                    ])],
                ),
                (
                    33,
                    vec![u8("flags").hex().doc("flags").of([
                        bits("flags.ais_lck_Reserved", 5).doc("reserved"),
                        bits("flags.ais_lck_Period", 3).names(INTERVALS).doc("period"),
                    ])],
                ),
            ],
            vec![u8("flags").hex().doc("flags").into()],
        ))
        .field(u8("first.tlv.offset").unit("octets").doc("offset of the first TLV"))
        .field(Item::Block(
            label("pdu").doc("message"),
            Size::Octets(val("first.tlv.offset")),
            vec![switch(
                val("opcode"),
                [
                    (1, continuity()),
                    (2, vec![be32("lb.transaction.id").brief().doc("transaction").into()]),
                    (3, vec![be32("lb.transaction.id").brief().doc("transaction").into()]),
                    (
                        4,
                        vec![
                            be32("lt.transaction.id").brief().doc("transaction").into(),
                            u8("lt.ttl").doc("TTL").into(),
                            u8("ltr.relay.action")
                                .names(&[(1, "hit"), (2, "FDB"), (3, "MPDB")])
                                .doc("relay action")
                                .into(),
                        ],
                    ),
                    (
                        5,
                        vec![
                            be32("lt.transaction.id").brief().doc("transaction").into(),
                            u8("lt.ttl").doc("TTL").into(),
                            mac("ltm.orig.addr").doc("origin").into(),
                            mac("ltm.targ.addr").doc("target").into(),
                        ],
                    ),
                    (37, vec![be32("tst.sequence.num").doc("sequence number").into()]),
                    (
                        40,
                        vec![
                            bits("raps.req.st", 4)
                                .names(&[
                                    (0, "no request"),
                                    (7, "manual switch"),
                                    (11, "signal fail"),
                                    (13, "forced switch"),
                                    (14, "event"),
                                ])
                                .brief()
                                .doc("request")
                                .into(),
                            bits("raps.event.subcode", 4).doc("subcode").into(),
                            u8("raps.flags").hex().doc("status").of([
                                flag("raps.flags.rb").doc("RPL blocked"),
                                flag("raps.flags.dnf").doc("do not flush"),
                                flag("raps.flags.bpr").doc("blocked port reference"),
                                bits("raps.flags.reserved", 5).doc("reserved"),
                            ]),
                            mac("raps.node.id").brief().doc("node").into(),
                            bytes("raps.reserved", rest()).doc("reserved").into(),
                        ],
                    ),
                    (
                        41,
                        vec![
                            be24("oui").hex().doc("organisation").into(),
                            bytes("mcc.data", rest()).doc("data").into(),
                        ],
                    ),
                    (42, loss()),
                    (43, loss()),
                    (
                        45,
                        vec![
                            stamp("odm.txtimestampf").doc("transmit time stamp").into(),
                            stamp("odm.rxtimestampf").doc("receive time stamp").into(),
                        ],
                    ),
                    (46, delay()),
                    (47, delay()),
                    (54, synthetic()),
                    (55, synthetic()),
                ],
                vec![bytes("data", rest()).doc("data").into()],
            )]
            .into(),
        ))
        .field(tlvs())
}

fn continuity() -> Vec<Item> {
    const DOMAINS: &[(u64, &str)] =
        &[(1, "none"), (2, "DNS name"), (3, "MAC address and number"), (4, "text")];
    const ASSOCIATIONS: &[(u64, &str)] =
        &[(1, "primary VID"), (2, "text"), (3, "number"), (4, "VPN (RFC 2685)"), (32, "ICC (Y.1731)")];
    let domain = crate::schema::when(
        crate::schema::ne("maid.md.name.format", 1),
        [
            u8("maid.md.name.length").unit("octets").doc("domain name length").into(),
            text("maid.md.name.string", Size::Octets(val("maid.md.name.length"))).doc("domain name").into(),
        ],
    );
    vec![
        be32("ccm.seq.num").brief().doc("sequence number").into(),
        be16("ccm.ma.ep.id").brief().doc("end point").into(),
        Item::Block(
            label("ccm.maid").doc("association"),
            Size::Octets(lit(48)),
            vec![
                u8("maid.md.name.format").names(DOMAINS).doc("domain name format").into(),
                domain,
                u8("maid.ma.name.format").names(ASSOCIATIONS).doc("association name format").into(),
                u8("maid.ma.name.length").unit("octets").doc("association name length").into(),
                text("maid.ma.name.string", Size::Octets(val("maid.ma.name.length")))
                    .doc("association name")
                    .into(),
                bytes("ccm.maid.padding", rest()).doc("padding").into(),
            ]
            .into(),
        ),
        be32("itu.txfcf").doc("frames sent, forward").into(),
        be32("itu.rxfcb").doc("frames received, backward").into(),
        be32("itu.txfcb").doc("frames sent, backward").into(),
        be32("itu.reserved").doc("reserved").into(),
    ]
}

fn tlvs() -> Tlv {
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
    ];
    let reply = || {
        [
            u8("tlv.reply.action").doc("action").into(),
            mac("tlv.reply.mac").doc("address").into(),
            bytes("tlv.reply.port", rest()).doc("port").into(),
        ]
    };
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
        case(
            1,
            label("tlv.sender").doc("sender"),
            [
                u8("tlv.chassis.id.length").unit("octets").doc("chassis length").into(),
                crate::schema::when(
                    crate::schema::ne("tlv.chassis.id.length", 0),
                    [
                        u8("tlv.chassis.id.subtype").doc("kind of chassis").into(),
                        bytes("tlv.chassis.id", Size::Octets(val("tlv.chassis.id.length")))
                            .doc("chassis")
                            .into(),
                    ],
                ),
                bytes("tlv.ma.domain", rest()).doc("management address").into(),
            ],
        ),
        case(
            2,
            label("tlv.port").doc("port status"),
            [u8("tlv.port.status.value").names(&[(1, "blocked"), (2, "up")]).doc("status").into()],
        ),
        case(3, label("tlv.data").doc("data"), [bytes("tlv.data.value", rest()).doc("octets").into()]),
        case(
            4,
            label("tlv.interface").doc("interface status"),
            [u8("tlv.interface.status.value")
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
                .into()],
        ),
        case(5, label("tlv.ingress").doc("reply ingress"), reply()),
        case(6, label("tlv.egress").doc("reply egress"), reply()),
        case(
            7,
            label("tlv.identifier").doc("egress identifier"),
            [repeat(
                label("tlv.ids").doc("identifiers"),
                [be64("tlv.ltm.egress.id").hex().doc("identifier").into()],
            )],
        ),
        case(
            8,
            label("tlv.reply_identifier").doc("reply egress identifier"),
            [repeat(
                label("tlv.ids").doc("identifiers"),
                [be64("tlv.ltr.egress.id").hex().doc("identifier").into()],
            )],
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
        case(
            32,
            label("tlv.test").doc("test"),
            [
                u8("tlv.tst.test.pattern.type").doc("pattern").into(),
                bytes("tlv.tst.test.pattern", rest()).doc("octets").into(),
            ],
        ),
    ])
    .other([bytes("tlv.value", rest()).doc("value").into()])
}
