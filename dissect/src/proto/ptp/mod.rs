//! Precision time, IEEE Std 1588-2019 §13 and §14: all messages and TLVs, over Ethernet (0x88f7) and UDP (319, 320).
//! Version 1 messages are named by their version alone.

mod extensions;
mod line;
mod management;
mod records;

use crate::decode::Walk;
use crate::schema::{
    ETHER_TYPE, Field, Item, Protocol, Size, Test, Tlv, UDP_PORT, be16, be32, be48, be64, bits, bytes, case,
    custom, flag, label, left, lit, repeat, rest, shared_list, switch, text, u8, val, when,
};
use std::sync::LazyLock;

const MESSAGES: &[(u64, &str)] = &[
    (0, "sync msg"),
    (1, "delay req msg"),
    (2, "peer delay req msg"),
    (3, "peer delay resp msg"),
    (8, "follow up msg"),
    (9, "delay resp msg"),
    (10, "pdelay resp fup msg"),
    (11, "announce msg"),
    (12, "signalling msg"),
    (13, "management msg"),
];

const TLVS: &[(u64, &str)] = &[
    (1, "management"),
    (2, "management error status"),
    (3, "organisation extension"),
    (4, "request unicast transmission"),
    (5, "grant unicast transmission"),
    (6, "cancel unicast transmission"),
    (7, "acknowledge cancel unicast transmission"),
    (8, "path trace"),
    (9, "alternate time offset indicator"),
    (0x2000, "authentication (2008)"),
    (0x2004, "cumulative frequency scale factor offset"),
    (0x4000, "organisation extension, forwarded"),
    (0x4001, "enhanced accuracy metrics"),
    (0x8000, "organisation extension, not forwarded"),
    (0x8001, "L1 sync"),
    (0x8002, "port communication availability"),
    (0x8003, "protocol address"),
    (0x8004, "slave receive sync timing data"),
    (0x8005, "slave receive sync computed data"),
    (0x8006, "slave transmit event timestamps"),
    (0x8007, "cumulative rate ratio"),
    (0x8008, "pad"),
    (0x8009, "authentication"),
];

const ACCURACY: &[(u64, &str)] = &[
    (0x17, "1 ps"),
    (0x20, "25 ns"),
    (0x21, "100 ns"),
    (0x22, "250 ns"),
    (0x23, "1 µs"),
    (0x24, "2.5 µs"),
    (0x25, "10 µs"),
    (0x26, "25 µs"),
    (0x27, "100 µs"),
    (0x28, "250 µs"),
    (0x29, "1 ms"),
    (0x2a, "2.5 ms"),
    (0x2b, "10 ms"),
    (0x2c, "25 ms"),
    (0x2d, "100 ms"),
    (0x2e, "250 ms"),
    (0x2f, "1 s"),
    (0x30, "10 s"),
    (0x31, "more than 10 s"),
    (0xfe, "unknown"),
];

const SOURCES: &[(u64, &str)] = &[
    (0x10, "atomic clock"),
    (0x20, "GNSS"),
    (0x30, "terrestrial radio"),
    (0x39, "serial time code"),
    (0x40, "PTP"),
    (0x50, "NTP"),
    (0x60, "hand set"),
    (0x90, "other"),
    (0xa0, "internal oscillator"),
];

/// A clock identity, as a number of 64 bits that is shown in hex.
fn clock(name: &'static str) -> Field {
    be64(name).hex()
}

/// Scapy's name of a part of a time stamp.
fn stamp_name(name: &str) -> &'static str {
    const NAMES: &[(&str, &str, &str)] = &[
        (".origintimestamp", "originTimestamp_seconds", "originTimestamp_nanoseconds"),
        (".preciseorigintimestamp", "preciseOriginTimestamp_seconds", "preciseOriginTimestamp_nanoseconds"),
        (
            ".requestreceipttimestamp",
            "requestReceiptTimestamp_seconds",
            "requestReceiptTimestamp_nanoseconds",
        ),
        (".receivetimestamp", "receiveTimestamp_seconds", "receiveTimestamp_nanoseconds"),
        (
            ".responseorigintimestamp",
            "responseOriginTimestamp_seconds",
            "responseOriginTimestamp_nanoseconds",
        ),
    ];
    let known = NAMES.iter().find(|(part, ..)| name.contains(part));
    known.map_or(
        "timestamp",
        |(_, seconds, nanoseconds)| {
            if name.ends_with(".nanoseconds") { nanoseconds } else { seconds }
        },
    )
}

fn stamp(seconds: &'static str, nanoseconds: &'static str) -> Vec<Item> {
    vec![
        be48(seconds).craft(stamp_name(seconds)).unit("s").doc("time stamp, seconds").into(),
        be32(nanoseconds).craft(stamp_name(nanoseconds)).unit("ns").doc("time stamp, nanoseconds").into(),
    ]
}

fn stamped(
    seconds: &'static str,
    nanoseconds: &'static str,
    id: &'static str,
    port: &'static str,
) -> Vec<Item> {
    let mut items = stamp(seconds, nanoseconds);
    // scapy knows no more of the message
    items.push(crafted_if_given(clock(id).doc("requesting clock")));
    items.push(crafted_if_given(be16(port).doc("requesting port")));
    items.push(tlvs());
    items
}

/// A field that is written where it is given.
fn crafted_if_given(field: Field) -> Item {
    when(Test::Any(vec![Test::All(vec![Test::All(Vec::new())]), Test::Any(Vec::new())]), [field.into()])
}

fn with_tlvs(mut items: Vec<Item>) -> Vec<Item> {
    items.push(tlvs());
    items
}

pub(super) fn ptp() -> Protocol {
    Protocol::new("ptp", "Precision Time Protocol")
        .layer("PTP")
        // scapy knows it over UDP alone: its frames have the type that they have by themselves
        .below("", "eth", &[("type", crate::schema::Given::Number(0x9000))])
        .ports_below("udp", 320, 320)
        .source("IEEE Std 1588-2019 §13")
        .on(ETHER_TYPE, &[0x88f7])
        .on(UDP_PORT, &[319, 320])
        .later(fields)
        .summary(line::summary)
        .sample(concat!(
            "011b19000000 020000000001 88f7 00 02 002c 00 00 0200 0000000000000000 00000000 020000fffe000001 0001 0007 00 00",
            "000065536f10 0000000a"
        ))
        .sample(concat!(
            "011b19000000 020000000001 88f7 0b 02 004c 00 00 003c 0000000000000000 00000000 020000fffe000001 0001 0007 05 01",
            "000000000000 00000000 0025 00 80 f8 fe ffff 80 020000fffe000001 0000 a0 0008 0008 020000fffe000001"
        ))
        .sample(concat!(
            "0180c200000e 020000000001 88f7 18 02 004c 00 00 0008 0000000000000000 00000000 020000fffe000001 0001 0007 02 fd",
            "000065536f10 0000000a 0003 001c 0080c2 000001 00000000 0000 000000000000000000000000 00000000"
        ))
}

/// Octets of the header that all messages have (§13.3).
const HEADER: i64 = 34;

/// The message ends where its length says: what fills a short frame up behind it is no TLV.
fn end_of_message(walk: &mut Walk<'_, '_>) {
    let Some([_, _, l0, l1]) = walk.layer_octets().first_chunk::<4>() else { return };
    let length = i64::from(u16::from_be_bytes([*l0, *l1]));
    if length >= HEADER {
        walk.limit_payload(length.saturating_sub(4));
    }
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    let body = switch(
        val("v2.messagetype"),
        [
            (
                0,
                with_tlvs(extensions::sync(stamp(
                    "v2.sdr.origintimestamp.seconds",
                    "v2.sdr.origintimestamp.nanoseconds",
                ))),
            ),
            (1, with_tlvs(stamp("v2.sdr.origintimestamp.seconds", "v2.sdr.origintimestamp.nanoseconds"))),
            (
                2,
                with_tlvs(
                    stamp("v2.pdrq.origintimestamp.seconds", "v2.pdrq.origintimestamp.nanoseconds")
                        .into_iter()
                        .chain([crafted_if_given(
                            bytes("v2.pdrq.reserved", Size::Octets(crate::schema::lit(10))).doc("reserved"),
                        )])
                        .collect(),
                ),
            ),
            (
                3,
                stamped(
                    "v2.pdrs.requestreceipttimestamp.seconds",
                    "v2.pdrs.requestreceipttimestamp.nanoseconds",
                    "v2.pdrs.requestingportidentity",
                    "v2.pdrs.requestingsourceportid",
                ),
            ),
            (
                8,
                with_tlvs(stamp(
                    "v2.fu.preciseorigintimestamp.seconds",
                    "v2.fu.preciseorigintimestamp.nanoseconds",
                )),
            ),
            (
                9,
                stamped(
                    "v2.dr.receivetimestamp.seconds",
                    "v2.dr.receivetimestamp.nanoseconds",
                    "v2.dr.requestingsourceportidentity",
                    "v2.dr.requestingsourceportid",
                ),
            ),
            (
                10,
                stamped(
                    "v2.pdfu.responseorigintimestamp.seconds",
                    "v2.pdfu.responseorigintimestamp.nanoseconds",
                    "v2.pdfu.requestingportidentity",
                    "v2.pdfu.requestingsourceportid",
                ),
            ),
            (11, announce()),
            (
                12,
                vec![
                    clock("v2.sig.targetportidentity").doc("target clock").into(),
                    be16("v2.sig.targetportid").doc("target port").into(),
                    tlvs(),
                ],
            ),
            (
                13,
                vec![
                    clock("v2.mm.targetportidentity").doc("target clock").into(),
                    be16("v2.mm.targetportid").doc("target port").into(),
                    u8("v2.mm.startingboundaryhops").doc("starting boundary hops").into(),
                    u8("v2.mm.boundaryhops").doc("boundary hops").into(),
                    bits("v2.mm.reserved4", 4).doc("reserved").into(),
                    bits("v2.mm.action", 4)
                        .names(&[(0, "GET"), (1, "SET"), (2, "RESPONSE"), (3, "COMMAND"), (4, "ACKNOWLEDGE")])
                        .doc("action")
                        .into(),
                    bytes("v2.mm.reserved", Size::Octets(crate::schema::lit(1))).doc("reserved").into(),
                    tlvs(),
                ],
            ),
        ],
        vec![bytes("v2.data", rest()).doc("data").into()],
    );
    protocol
        .field(bits("v2.majorsdoid", 4).craft("transportSpecific").hex().doc("SDO, high part"))
        .field(bits("v2.messagetype", 4).craft("messageType").hex().names(MESSAGES).doc("message"))
        .field(bits("v2.minorversionptp", 4).craft("reserved1").doc("minor version"))
        .field(bits("v2.versionptp", 4).craft("version").default(2).doc("version"))
        .field(
            be16("v2.messagelength")
                .craft("messageLength")
                .len_of(crate::schema::Span::Whole, 1, 0)
                .unit("octets")
                .doc("length"),
        )
        .field(custom([], end_of_message))
        .field(u8("v2.domainnumber").craft("domainNumber").doc("domain"))
        .field(u8("v2.minorsdoid").craft("reserved2").hex().doc("SDO, low part"))
        .field(be16("v2.flags").craft("flags").hex().doc("flags").of([
            flag("v2.flags.security").doc("security"),
            flag("v2.flags.specific2").doc("profile 2"),
            flag("v2.flags.specific1").doc("profile 1"),
            bits("v2.flags.reserved", 2).doc("reserved"),
            flag("v2.flags.unicast").doc("unicast"),
            flag("v2.flags.twostep").doc("two steps"),
            flag("v2.flags.alternatemaster").doc("alternate master"),
            flag("v2.flags.reserved0").doc("reserved"),
            flag("v2.flags.synchronizationUncertain").doc("synchronisation uncertain"),
            flag("v2.flags.frequencytraceable").doc("frequency traceable"),
            flag("v2.flags.timetraceable").doc("time traceable"),
            flag("v2.flags.timescale").doc("PTP time scale"),
            flag("v2.flags.utcreasonable").doc("UTC offset valid"),
            flag("v2.flags.li59").doc("leap second to be deleted"),
            flag("v2.flags.li61").doc("leap second to be inserted"),
        ]))
        .field(bits("v2.correction.ns", 48).craft("correctionField").signed().unit("ns").doc("correction"))
        .field(be16("v2.correction.subns").doc("correction, in units of 1/65536 ns"))
        .field(be32("v2.messagetypespecific").craft("reserved3").hex().doc("specific to the message"))
        .field(clock("v2.clockidentity").craft("clockIdentity").doc("clock"))
        .field(be16("v2.sourceportid").craft("portNumber").doc("port"))
        .field(be16("v2.sequenceid").craft("sequenceId").doc("sequence number"))
        .field(u8("v2.controlfield").craft("controlField").doc("control"))
        .field(
            u8("v2.logmessageperiod")
                .craft("logMessageInterval")
                .signed()
                .doc("logarithm of the interval in seconds"),
        )
        .field(body)
}

fn announce() -> Vec<Item> {
    let mut items = stamp("v2.an.origintimestamp.seconds", "v2.an.origintimestamp.nanoseconds");
    items.extend([
        be16("v2.an.origincurrentutcoffset")
            .craft("currentUtcOffset")
            .signed()
            .unit("s")
            .doc("offset of UTC")
            .into(),
        u8("v2.an.reserved").craft("reserved4").doc("reserved").into(),
        u8("v2.an.priority1").craft("grandmasterPriority1").doc("priority 1").into(),
        u8("v2.an.grandmasterclockclass")
            .craft("grandmasterClockClass")
            .doc("class of the grandmaster")
            .into(),
        u8("v2.an.grandmasterclockaccuracy")
            .craft("grandmasterClockAccuracy")
            .hex()
            .names(ACCURACY)
            .doc("accuracy of the grandmaster")
            .into(),
        be16("v2.an.grandmasterclockvariance")
            .craft("grandmasterClockVariance")
            .doc("variance of the grandmaster")
            .into(),
        u8("v2.an.priority2").craft("grandmasterPriority2").doc("priority 2").into(),
        clock("v2.an.grandmasterclockidentity").craft("grandmasterIdentity").doc("grandmaster").into(),
        be16("v2.an.localstepsremoved").craft("stepsRemoved").doc("steps removed").into(),
        u8("v2.timesource").craft("timeSource").hex().names(SOURCES).doc("time source").into(),
        tlvs(),
    ]);
    items
}

fn tlvs() -> Item {
    static LIST: LazyLock<Tlv> = LazyLock::new(tlv_list);
    shared_list(&LIST)
}

fn tlv_list() -> Tlv {
    use extensions::extension;
    let data = || when(Test::Ge(left(), lit(1)), [bytes("v2.sig.tlv.data", rest()).doc("data").into()]);
    let message = || -> [Item; 2] {
        [
            bits("v2.sig.tlv.messageType", 4).names(MESSAGES).doc("message").into(),
            bits("v2.sig.tlv.reserved", 4).doc("reserved").into(),
        ]
    };
    let unicast = || -> [Item; 3] {
        let [kind, reserved] = message();
        [kind, reserved, data()]
    };
    let request = |grants: bool| -> [Item; 6] {
        let [kind, reserved] = message();
        let renewal = match grants {
            true => vec![
                u8("v2.sig.tlv.reserved8").doc("reserved").into(),
                bits("v2.sig.tlv.reserved7", 7).doc("reserved").into(),
                flag("v2.sig.tlv.renewalInvited").doc("a renewal is welcome").into(),
            ],
            false => vec![],
        };
        [
            kind,
            reserved,
            u8("v2.sig.tlv.logInterMessagePeriod")
                .alias("v2.sig.tlv.logInterMessagePeriod.period")
                .alias("v2.sig.tlv.logInterMessagePeriod.rate")
                .signed()
                .doc("logarithm of the interval in seconds")
                .into(),
            be32("v2.sig.tlv.durationField").unit("s").doc("duration").into(),
            Item::When(Test::Ge(left(), lit(2)), renewal.into()),
            data(),
        ]
    };
    let mut list =
        Tlv::new(label("v2.tlv").doc("unknown TLV"), be16("v2.an.tlvType"), be16("v2.an.lengthField"))
            .body_len();
    list.head = vec![
        be16("v2.an.tlvType")
            .alias("v2.sig.tlv.tlvType")
            .alias("v2.mm.tlvType")
            .alias("as.fu.tlvType")
            .alias("as.sig.tlvType")
            .hex()
            .names(TLVS)
            .doc("type")
            .into(),
        be16("v2.an.lengthField")
            .alias("v2.sig.tlv.lengthField")
            .alias("v2.mm.lengthField")
            .alias("as.fu.lengthField")
            .alias("as.sig.lengthField")
            .unit("octets")
            .doc("length")
            .into(),
    ];
    list.cases = records::cases();
    list.cases([
        case(
            1,
            label("v2.tlv.management").doc("management"),
            [
                be16("v2.mm.managementId").hex().names(management::IDENTIFIERS).doc("management").into(),
                management::data(),
            ],
        ),
        case(
            2,
            label("v2.tlv.error").doc("management error"),
            [
                be16("v2.mm.managementErrorId").hex().names(management::ERRORS).doc("error").into(),
                be16("v2.mm.managementId").hex().names(management::IDENTIFIERS).doc("management").into(),
                when(Test::Ge(left(), lit(4)), management::display()),
                when(Test::Ge(left(), lit(1)), [bytes("v2.mm.data", rest()).doc("padding").into()]),
            ],
        ),
        case(3, label("v2.tlv.organisation").doc("organisation extension"), extension()),
        case(0x4000, label("v2.tlv.organisation").doc("organisation extension"), extension()),
        case(0x8000, label("v2.tlv.organisation").doc("organisation extension"), extension()),
        case(4, label("v2.tlv.request").doc("request unicast transmission"), request(false)),
        case(5, label("v2.tlv.grant").doc("grant unicast transmission"), request(true)),
        case(6, label("v2.tlv.cancel").doc("cancel unicast transmission"), unicast()),
        case(7, label("v2.tlv.cancelled").doc("acknowledge cancel"), unicast()),
        case(
            8,
            label("v2.tlv.path").doc("path trace"),
            [repeat(label("v2.tlv.clocks").doc("clocks"), [clock("v2.an.pathsequence").doc("clock").into()])],
        ),
        case(
            9,
            label("v2.tlv.offset").doc("alternate time offset"),
            [
                u8("v2.an.atoi.keyField").doc("key").into(),
                be32("v2.an.atoi.currentOffset").signed().unit("s").doc("offset").into(),
                be32("v2.an.atoi.jumpSeconds").signed().unit("s").doc("next jump").into(),
                be48("v2.an.atoi.timeOfNextJump").unit("s").doc("time of the next jump").into(),
                u8("v2.an.atoi.displayName.length").unit("octets").doc("name length").into(),
                text("v2.an.atoi.displayName", Size::Octets(val("v2.an.atoi.displayName.length")))
                    .doc("name")
                    .into(),
                bytes("v2.an.tlv.data", rest()).doc("padding").into(),
            ],
        ),
    ])
    .other([bytes("v2.an.tlv.data", rest()).doc("data").into()])
}
