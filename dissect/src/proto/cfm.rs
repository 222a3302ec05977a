//! Connectivity fault management, IEEE Std 802.1Q-2022 §21, with the messages of ITU-T G.8013/Y.1731.

use crate::schema::{
    ETHER_TYPE, Item, Protocol, Size, be16, be24, be32, bits, bytes, flag, label, lit, mac, rest, switch,
    text, u8, val,
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
        .either("odm.dmm.dmr.txtimestampf", &["dmm.dmr.txtimestampf", "odm.txtimestampf"])
        .either("odm.dmm.dmr.rxtimestampf", &["dmm.dmr.rxtimestampf", "odm.rxtimestampf"])
        .later(fields)
        .sample(concat!(
            "0180c2000031 020000000001 8902 60 01 04 46 00000007 0001 01 02 04 6d616964",
            "00000000000000000000000000000000000000000000000000000000000000000000000000000000",
            "00000000 00000000 00000000 00000000 00000000 02 0001 02 00"
        ))
        .sample(concat!(
            "0180c2000035 020000000001 8902 60 05 80 11 00000001 40 020000000001 020000000002 07 0008 0001 020000000001",
            "01 000f 06 04 020000000001 02 0102 03 010203 00"
        ))
        .sample("0180c2000035 020000000001 8902 a0 27 00 04 9b 01 01 00 00")
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    let delay = || {
        vec![
            octets("dmm.dmr.txtimestampf", 8).doc("transmit time stamp, forward").into(),
            octets("dmm.dmr.rxtimestampf", 8).doc("receive time stamp, forward").into(),
            octets("dmm.dmr.txtimestampb", 8).doc("transmit time stamp, backward").into(),
            octets("dmm.dmr.rxtimestampb", 8).doc("receive time stamp, backward").into(),
        ]
    };
    let loss = || -> Vec<Item> {
        vec![
            be32("lmm.lmr.txfcf").doc("frames sent, forward").into(),
            be32("lmm.lmr.rxfcf").doc("frames received, forward").into(),
            be32("lmm.lmr.txfcb").doc("frames sent, backward").into(),
        ]
    };
    let synthetic = || {
        vec![
            bits("slm.src_mep.reserved", 3).doc("reserved").into(),
            bits("slm.src_mep", 13).alias("slm.src_mep_id").doc("source MEP").into(),
            bits("slm.rmep.reserved", 3).doc("reserved").into(),
            bits("slm.rmep", 13).alias("slr.rsp_mep_id").doc("responding MEP").into(),
            be32("slm.testid").alias("slm.test_id").doc("test").into(),
            be32("slm.txfcf").doc("frames sent, forward").into(),
            be32("slm.txfcb").alias("slr.txfcb").doc("frames sent, backward").into(),
        ]
    };
    protocol
        .field(bits("md.level", 3).brief().doc("domain level"))
        .field(bits("version", 5).doc("version"))
        .field(u8("opcode").names(OPCODES).brief().doc("opcode"))
        .field(flags())
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
                    (32, notification()),
                    (37, vec![be32("tst.sequence.num").doc("sequence number").into()]),
                    (39, protection()),
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
                            u8("mcc.subopcode").doc("message of the organisation").into(),
                            bytes("mcc.data", rest()).doc("data").into(),
                        ],
                    ),
                    (42, loss()),
                    (43, loss()),
                    (
                        45,
                        vec![
                            octets("odm.txtimestampf", 8).doc("transmit time stamp").into(),
                            octets("odm.rxtimestampf", 8).doc("receive time stamp").into(),
                        ],
                    ),
                    (46, delay()),
                    (47, delay()),
                    (48, of_organisation("exm_exr.data")),
                    (49, of_organisation("exm_exr.data")),
                    (50, of_organisation("vsm_vsr.data")),
                    (51, of_organisation("vsm_vsr.data")),
                    (53, one_way()),
                    (54, synthetic()),
                    (55, synthetic()),
                ],
                vec![bytes("data", rest()).doc("data").into()],
            )]
            .into(),
        ))
        .field(super::cfm_tlvs::tlvs())
}

fn octets(name: &'static str, number: i64) -> crate::schema::Field {
    bytes(name, Size::Octets(lit(number)))
}

/// One octet, by opcode.
fn flags() -> Item {
    let whole = || u8("flags").hex().doc("flags");
    let continuity = whole().of([
        flag("flags.rdi").doc("remote defect"),
        bits("flags.ccm.reserved", 4).doc("reserved"),
        bits("flags.interval", 3).names(INTERVALS).doc("interval"),
    ]);
    let reply = whole().of([
        flag("flags.usefdbonly").doc("forwarding table only"),
        flag("flags.fwdyes").doc("forwarded"),
        flag("flags.ltr.terminalmep").doc("terminal MEP"),
        bits("flags.ltr.reserved", 5).doc("reserved"),
    ]);
    let trace = whole().of([
        flag("flags.usefdbonly").doc("forwarding table only"),
        bits("flags.ltm.reserved", 7).doc("reserved"),
    ]);
    let period = || {
        whole().of([
            bits("flags.ais_lck_Reserved", 5).doc("reserved"),
            bits("flags.ais_lck_Period", 3).names(INTERVALS).doc("period"),
        ])
    };
    let client = whole().of([
        bits("csf.flags.Reserved", 2).hex().doc("reserved"),
        bits("csf.flags.Type", 3)
            .names(&[
                (0, "loss of signal"),
                (1, "forward defect"),
                (2, "remote defect"),
                (3, "defect cleared"),
            ])
            .doc("what the client says"),
        bits("csf.flags.Period", 3).names(INTERVALS).doc("period"),
    ]);
    switch(
        val("opcode"),
        [
            (1, vec![continuity]),
            (2, vec![whole().into()]),
            (3, vec![whole().into()]),
            (4, vec![reply]),
            (5, vec![trace]),
            (32, vec![period()]),
            (33, vec![period()]),
            (35, vec![period()]),
            (52, vec![client]),
        ],
        vec![whole().of([bits("flags.reserved", 8).doc("reserved")])],
    )
}

/// ITU-T G.8013/Y.1731 §9.27: the bandwidth that a radio link has left.
fn notification() -> Vec<Item> {
    vec![
        u8("gnm.subopcode").hex().names(&[(1, "bandwidth notification")]).doc("notification").into(),
        switch(
            val("gnm.subopcode"),
            [(
                1,
                vec![
                    be32("gnm.bnm.nominal.bw").unit("Mbit/s").doc("nominal bandwidth").into(),
                    be32("gnm.bnm.current.bw").unit("Mbit/s").doc("current bandwidth").into(),
                    be32("gnm.bnm.port.id").doc("port").into(),
                ],
            )],
            vec![bytes("data", rest()).doc("data").into()],
        ),
    ]
}

/// Linear protection switching, ITU-T G.8031 §11.1.
fn protection() -> Vec<Item> {
    const REQUESTS: &[(u64, &str)] = &[
        (0, "no request"),
        (1, "do not revert"),
        (2, "reverse request"),
        (4, "exercise"),
        (5, "wait to restore"),
        (6, "signal degrade"),
        (7, "manual switch"),
        (9, "signal fail for working"),
        (11, "forced switch"),
        (13, "signal fail for protection"),
        (14, "signal fail for protection"),
        (15, "lockout of protection"),
    ];
    const SIGNALS: &[(u64, &str)] = &[(0, "null"), (1, "normal traffic")];
    vec![
        bits("aps.req.st", 4).names(REQUESTS).brief().doc("request").into(),
        flag("aps.protec.type.A").doc("there is an APS channel").into(),
        flag("aps.protec.type.B").doc("1:1; otherwise 1+1").into(),
        flag("aps.protec.type.D").doc("bidirectional switching").into(),
        flag("aps.protec.type.R").doc("revertive").into(),
        u8("aps.req.sgnl").hex().names(SIGNALS).doc("requested signal").into(),
        u8("aps.brdgd.sgnl").hex().names(SIGNALS).doc("bridged signal").into(),
        bits("aps.bridge.type", 1)
            .hex()
            .names(&[(0, "selector"), (1, "broadcast")])
            .doc("kind of bridge")
            .into(),
        bits("aps.reserved", 7).doc("reserved").into(),
    ]
}

/// Messages of an organisation, and experimental ones.
fn of_organisation(data: &'static str) -> Vec<Item> {
    vec![
        be24("tlv.org.spec.oui").hex().doc("organisation").into(),
        u8("tlv.org.spec.subtype").doc("subtype").into(),
        bytes(data, rest()).doc("data").into(),
    ]
}

/// Synthetic loss in one direction, ITU-T G.8013/Y.1731 §9.24.
fn one_way() -> Vec<Item> {
    vec![
        bits("osl.src_mep_id.reserved", 3).doc("reserved").into(),
        bits("osl.src_mep_id", 13).doc("source MEP").into(),
        octets("osl.reserved", 2).doc("reserved").into(),
        octets("osl.test_id", 4).doc("test").into(),
        be32("osl.txfcf").doc("frames sent, forward").into(),
        octets("osl.reserved", 4).doc("reserved").into(),
    ]
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
            Item::Block(
                label("maid.md.name").doc("domain name").hidden(),
                Size::Octets(val("maid.md.name.length")),
                vec![switch(
                    val("maid.md.name.format"),
                    [
                        (
                            3,
                            vec![
                                mac("maid.md.name.mac").doc("address in the domain's name").into(),
                                octets("maid.md.name.mac.id", 2).doc("number in the domain's name").into(),
                            ],
                        ),
                        (0, vec![bytes("maid.md.name.hex", rest()).doc("domain name").into()]),
                    ],
                    vec![text("maid.md.name.string", rest()).doc("domain name").into()],
                )]
                .into(),
            ),
        ],
    );
    let number = || {
        vec![
            bytes("maid.ma.name.hex", Size::Octets(val("maid.ma.name.length")))
                .doc("association name, a number")
                .into(),
        ]
    };
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
                Item::Switch(
                    val("maid.ma.name.format"),
                    [1, 3, 4].map(|format| (format, format, number().into())).into(),
                    vec![
                        text("maid.ma.name.string", Size::Octets(val("maid.ma.name.length")))
                            .doc("association name")
                            .into(),
                    ]
                    .into(),
                ),
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
