//! What Cisco's switches say to each other about a link, behind SNAP: UDLD (RFC 5171) and PAgP (no public specification: the layout is the one that Wireshark
//! reads).

use crate::schema::{
    Item, Protocol, SNAP_PID, Tlv, be16, be32, bits, bytes, case, eq, flag, label, mac, ne, rest, text, u8,
    when,
};

/// RFC 5171 §5.2.
pub(super) fn udld() -> Protocol {
    const OPCODES: &[(u64, &str)] = &[(0, "reserved"), (1, "probe"), (2, "echo"), (3, "flush")];
    const KINDS: &[(u64, &str)] = &[
        (1, "device identifier"),
        (2, "port identifier"),
        (3, "echo"),
        (4, "message interval"),
        (5, "timeout interval"),
        (6, "device name"),
        (7, "sequence number"),
    ];
    Protocol::new("udld", "Unidirectional Link Detection")
        .source("RFC 5171 §5")
        .on(SNAP_PID, &[0x000c_0111])
        .later(|protocol| {
            let entry = || label("tlv").doc("value");
            protocol
                .field(bits("version", 3).default(1).doc("version"))
                .field(bits("opcode", 5).names(OPCODES).brief().doc("message"))
                .field(u8("flags").hex().doc("flags").of([
                    bits("flags.reserved", 6).hidden().doc("reserved"),
                    flag("flags.rsy").doc("resynchronisation"),
                    flag("flags.rt").doc("the timeout is recommended"),
                ]))
                .field(be16("checksum").hex().doc("checksum"))
                .field(
                    Tlv::new(entry(), be16("tlv.type").names(KINDS).doc("type"), be16("tlv.len").unit("octets").doc("length"))
                        .cases([
                            case(1, entry(), [text("device_id", rest()).brief().doc("device").into()]),
                            case(2, entry(), [text("sent_through_interface", rest()).brief().doc("port").into()]),
                        ])
                        .other([bytes("data", rest()).doc("value").into()]),
                )
        })
        .sample("01000ccccccc 020000000001 0022 aaaa03 00000c 0111 21 02 4a5b 0001 0008 464f4331 0002 0009 4769302f31 0004 0005 0f")
}

pub(super) fn pagp() -> Protocol {
    Protocol::new("pagp", "Port Aggregation Protocol")
        .source("Cisco, as Wireshark has it")
        .on(SNAP_PID, &[0x000c_0104])
        .later(pagp_fields)
        .sample(concat!(
            "01000ccccccc 020000000001 0053 aaaa03 00000c 0104 01 05 020000000001 01 80 00000003 00000001 00000011",
            "020000000002 01 80 00000004 00000001 00000012 0001 0003 0001 000a 737769746368 0002 0009 4661302f31 0003 000a 020000000099"
        ))
        .sample("01000ccccccc 020000000001 001a aaaa03 00000c 0104 02 00 020000000001 020000000002 00000007")
}

fn pagp_fields(protocol: Protocol) -> Protocol {
    const LEARNS: &[(u64, &str)] = &[(0, "any"), (1, "by source address"), (2, "by the port that was used")];
    let entry = || label("tlvs").doc("value");
    let list = Tlv::new(entry(), be16("tlv").doc("type"), be16("tlv_length").unit("octets").doc("length"))
        .cases([
            case(1, entry(), [text("tlvdevname", rest()).doc("name of the device").into()]),
            case(2, entry(), [text("tlvportname", rest()).doc("name of the port").into()]),
            case(3, entry(), [mac("tlvagportmac").doc("address of the aggregate").into()]),
        ])
        .other([bytes("tlv_data", rest()).doc("value").into()]);
    let side = |[device, learn, priority, port, capability, group]: [&'static str; 6]| -> [Item; 6] {
        [
            mac(device).doc("device").into(),
            u8(learn).names(LEARNS).doc("how addresses are learnt").into(),
            u8(priority).doc("priority of the port").into(),
            be32(port).doc("index of the port").into(),
            be32(capability).hex().doc("what can be grouped").into(),
            be32(group).doc("index of the group").into(),
        ]
    };
    let [a, b, c, d, e, f] = side([
        "localdevid",
        "localearncap",
        "localportpri",
        "localsentportifindex",
        "localgroupcap",
        "localgroupifindex",
    ]);
    let [g, h, i, j, k, l] = side([
        "partnerdevid",
        "partnerlearncap",
        "partnerportpri",
        "partnersentportifindex",
        "partnergroupcap",
        "partnergroupifindex",
    ]);
    protocol
        .field(
            u8("version").hex().names(&[(1, "information"), (2, "flush")]).default(1).brief().doc("message"),
        )
        .field(when(
            eq("version", 2),
            [
                u8("flush_reserved").doc("reserved").into(),
                mac("flushlocaldevid").doc("device").into(),
                mac("flushpartnerdevid").doc("partner's device").into(),
                be32("transid").hex().doc("transaction").into(),
            ],
        ))
        .field(when(
            ne("version", 2),
            [
                u8("flags").hex().doc("flags").of([
                    bits("flags.reserved", 5).hidden().doc("reserved"),
                    flag("flags.state").doc("consistent state"),
                    flag("flags.automode").doc("automatic mode"),
                    flag("flags.slowhello").doc("slow hellos"),
                ]),
                a,
                b,
                c,
                d,
                e,
                f,
                g,
                h,
                i,
                j,
                k,
                l,
                be16("partnercount").doc("partners").into(),
                be16("numtlvs").doc("values").into(),
                list.into(),
            ],
        ))
}
