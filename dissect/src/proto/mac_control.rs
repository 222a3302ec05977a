//! MAC control: PAUSE (IEEE Std 802.3-2022 annex 31B), priority-based flow control (IEEE Std 802.1Q-2022 §36), and the
//! messages of Ethernet passive optical networks (802.3 §64).

use crate::schema::{
    ETHER_TYPE, Item, Protocol, Size, be16, be32, bits, built, bytes, decoded, flag, label, lit, rest,
    switch, times, u8, val,
};

const OPCODES: &[(u64, &str)] = &[
    (1, "PAUSE"),
    (2, "GATE"),
    (3, "REPORT"),
    (4, "REGISTER_REQ"),
    (5, "REGISTER"),
    (6, "REGISTER_ACK"),
    (0x0101, "PFC"),
    (0xfffe, "extension"),
];

const REGISTRATION: &[(u64, &str)] = &[(1, "register"), (2, "deregister"), (3, "ack"), (4, "nack")];

pub(super) fn mac_control() -> Protocol {
    Protocol::new("macc", "MAC control")
        .fill_frame(60)
        .layer_as("MACControlPause", &[("opcode", 1)])
        .layer_as("MACControlGate", &[("opcode", 2)])
        .layer_as("MACControlReport", &[("opcode", 3)])
        .layer_as("MACControlRegisterReq", &[("opcode", 4)])
        .layer_as("MACControlRegister", &[("opcode", 5)])
        .layer_as("MACControlRegisterAck", &[("opcode", 6)])
        .layer_as("MACControlClassBasedFlowControl", &[("opcode", 0x0101)])
        .source("IEEE Std 802.3-2022 §31, IEEE Std 802.1Q-2022 §36")
        .on(ETHER_TYPE, &[0x8808])
        .later(fields)
        .sample("0180c2000001 020000000001 8808 0001 ffff 000000000000000000000000000000000000000000000000000000000000000000000000000000000000")
        .sample("0180c2000001 020000000001 8808 0101 0009 ffff 0000 0000 00ff 0000 0000 0000 0000")
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    protocol
        .field(be16("opcode").craft("_op_code").default(1).hex().names(OPCODES).brief().doc("opcode"))
        .field(switch(
            val("opcode"),
            [
                (
                    1,
                    vec![
                        be16("pause_time")
                            .craft("pause_time")
                            .unit("quanta of 512 bit times")
                            .brief()
                            .doc("pause time")
                            .into(),
                    ],
                ),
                (0x0101, priority()),
                (2, multipoint()),
                (3, multipoint()),
                (4, multipoint()),
                (5, multipoint()),
                (6, multipoint()),
            ],
            vec![],
        ))
        .field(bytes("pad", rest()).doc("padding"))
}

fn priority() -> Vec<Item> {
    let time =
        |name: &'static str, craft: &'static str, doc: &'static str| be16(name).craft(craft).doc(doc).into();
    vec![
        be16("cbfc.enbv").hex().doc("classes").of([
            bits("cbfc.enbv.reserved", 8).craft("_reserved").doc("reserved"),
            flag("cbfc.enbv.c7").craft("c7_enabled").doc("class 7"),
            flag("cbfc.enbv.c6").craft("c6_enabled").doc("class 6"),
            flag("cbfc.enbv.c5").craft("c5_enabled").doc("class 5"),
            flag("cbfc.enbv.c4").craft("c4_enabled").doc("class 4"),
            flag("cbfc.enbv.c3").craft("c3_enabled").doc("class 3"),
            flag("cbfc.enbv.c2").craft("c2_enabled").doc("class 2"),
            flag("cbfc.enbv.c1").craft("c1_enabled").doc("class 1"),
            flag("cbfc.enbv.c0").craft("c0_enabled").doc("class 0"),
        ]),
        time("cbfc.pause_time.c0", "c0_pause_time", "pause time of class 0"),
        time("cbfc.pause_time.c1", "c1_pause_time", "pause time of class 1"),
        time("cbfc.pause_time.c2", "c2_pause_time", "pause time of class 2"),
        time("cbfc.pause_time.c3", "c3_pause_time", "pause time of class 3"),
        time("cbfc.pause_time.c4", "c4_pause_time", "pause time of class 4"),
        time("cbfc.pause_time.c5", "c5_pause_time", "pause time of class 5"),
        time("cbfc.pause_time.c6", "c6_pause_time", "pause time of class 6"),
        time("cbfc.pause_time.c7", "c7_pause_time", "pause time of class 7"),
    ]
}

fn multipoint() -> Vec<Item> {
    vec![
        be32("timestamp").unit("quanta of 16 ns").doc("time stamp").into(),
        built([registration()]),
        decoded([switch(
            val("opcode"),
            [
                (
                    2,
                    vec![
                        bits("gate.flags", 5).hex().doc("flags").into(),
                        bits("gate.grants", 3).doc("number of grants").into(),
                        times(
                            label("gate.grant").doc("grant"),
                            val("gate.grants"),
                            [
                                be32("gate.start").doc("start").into(),
                                be16("gate.length").doc("length").into(),
                            ],
                        ),
                    ],
                ),
                (
                    5,
                    vec![
                        be16("reg.assignedport").doc("assigned port").into(),
                        u8("reg.flags").hex().doc("flags").into(),
                        be16("reg.synctime").doc("synchronisation time").into(),
                        u8("reg.grants").doc("echoed grants").into(),
                    ],
                ),
                (
                    4,
                    vec![
                        u8("reg.flags").hex().doc("flags").into(),
                        u8("regreq.grants").doc("pending grants").into(),
                    ],
                ),
                (
                    6,
                    vec![
                        u8("reg.flags").hex().doc("flags").into(),
                        be16("regack.assignedport").doc("echoed port").into(),
                        be16("regack.synctime").doc("echoed synchronisation time").into(),
                    ],
                ),
            ],
            vec![bytes("report", Size::Octets(lit(1))).doc("number of queue sets").into()],
        )]),
    ]
}

/// The same as scapy lays it out, in other orders than IEEE Std 802.3-2022 §64.3.6.
fn registration() -> Item {
    let flags = || u8("written.flags").craft("flags").names(REGISTRATION).hidden().doc("flags").into();
    let port = |name: &'static str| be16("written.port").craft(name).hidden().doc("port").into();
    let time =
        |name: &'static str| be16("written.sync").craft(name).hidden().doc("synchronisation time").into();
    let grants = |name: &'static str| u8("written.grants").craft(name).hidden().doc("pending grants").into();
    let echoed = || vec![flags(), port("echoed_assigned_port"), time("echoed_sync_time")];
    switch(
        val("opcode"),
        [
            (3, vec![flags(), grants("pending_grants")]),
            (4, vec![port("assigned_port"), flags(), time("sync_time"), grants("echoed_pending_grants")]),
            (5, echoed()),
            (6, echoed()),
        ],
        vec![],
    )
}
