//! Shim6: site multihoming by IPv6 intermediation (RFC 5533), with the probes of RFC 5534.

use crate::schema::{
    Checksum, Field, IP_PROTO, Item, Protocol, Size, Span, Tlv, be16, be32, bits, block, bytes, case, eq,
    flag, ipv6, label, lit, ne, repeat, rest, switch, times, u8, val, when,
};

const MESSAGES: &[(u64, &str)] = &[
    (1, "I1"),
    (2, "R1"),
    (3, "I2"),
    (4, "R2"),
    (5, "R1bis"),
    (6, "I2bis"),
    (64, "Update Request"),
    (65, "Update Acknowledgement"),
    (66, "Keepalive"),
    (67, "Probe"),
    (68, "Error"),
];

const OPTIONS: &[(u64, &str)] = &[
    (1, "Responder Validator"),
    (2, "Locator List"),
    (3, "Locator Preferences"),
    (4, "CGA Parameter Data Structure"),
    (5, "CGA Signature"),
    (6, "ULID Pair"),
    (7, "Forked Instance Identifier"),
    (10, "Keepalive Timeout"),
];

const STATES: &[(u64, &str)] = &[(0, "operational"), (1, "exploring"), (2, "inbound OK")];

pub(super) fn shim6() -> Protocol {
    Protocol::new("shim6", "Shim6")
        .source("RFC 5533 §5, RFC 5534 §5")
        .on(IP_PROTO, &[140])
        .leads(&[IP_PROTO])
        .later(fields)
        .sample("02000000000202000000000186dd6000000000408c4020010db800000000000000000000000120010db80000000000000000000000023b070100ff7b00001234567800000011000c00240000000020010db800000000000000000000000120010db8000000000000000000000002000f000400000007")
        .sample("02000000000202000000000186dd6000000000608c4020010db800000000000000000000000120010db80000000000000000000000023b0b430050d30000123456781180000020010db800000000000000000000000120010db8000000000000000000000002000000010000000220010db800000000000000000000000220010db80000000000000000000000010000000300000004")
        .sample("02000000000202000000000186dd6000000000148c4020010db800000000000000000000000120010db8000000000000000000000002110080001234567800010002000c000061626364")
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    protocol
        .field(u8("nxt").default(59).next(IP_PROTO).named_by(super::ip_protocol_name).doc("next header"))
        .field(
            u8("len").len_of(Span::Header, 8, -1).doc("length in units of 8 octets, the first not counted"),
        )
        .field(flag("p").doc("payload header: what follows is data of a context"))
        .field(when(eq("p", 1), [bits("ct", 47).hex().brief().doc("context tag").into()]))
        .field(when(
            ne("p", 1),
            [
                bits("type", 7).default(1).names(MESSAGES).brief().doc("message").into(),
                bits("type_specific", 7).doc("what the type says").into(),
                bits("proto", 1).names(&[(0, "Shim6"), (1, "HIP")]).doc("protocol").into(),
                be16("checksum").hex().sum(Checksum::Header).doc("checksum").into(),
                block(
                    label("message").doc("message").hidden(),
                    Size::Octets(val("len") * 8 + 2),
                    [switch(val("type"), messages(), vec![bytes("data", rest()).doc("content").into()])],
                ),
            ],
        ))
}

fn context() -> [Item; 2] {
    [bits("ct.reserved", 1).doc("reserved").into(), bits("ct", 47).hex().doc("context tag").into()]
}

fn nonce(name: &'static str, doc: &'static str) -> Item {
    be32(name).hex().doc(doc).into()
}

fn messages() -> [(u64, Vec<Item>); 11] {
    let initiator = || nonce("inonce", "initiator nonce");
    let responder = || nonce("rnonce", "responder nonce");
    let reserved =
        |octets: i64| -> Item { bytes("reserved2", Size::Octets(lit(octets))).doc("reserved").into() };
    let with_context = |items: Vec<Item>| {
        let mut all: Vec<Item> = context().into();
        all.extend(items);
        all.push(options());
        all
    };
    let [r, tag] = context();
    [
        (1, with_context(vec![initiator()])),
        (2, vec![reserved(2), initiator(), responder(), options()]),
        (3, with_context(vec![initiator(), responder(), reserved(4)])),
        (4, with_context(vec![initiator()])),
        (5, with_context(vec![responder()])),
        (6, with_context(vec![initiator(), responder(), reserved(6), r, tag])),
        (64, with_context(vec![nonce("rnonce", "request nonce")])),
        (65, with_context(vec![nonce("rnonce", "request nonce")])),
        (66, with_context(vec![reserved(4)])),
        (
            67,
            with_context(vec![
                bits("psent", 4).doc("probes sent").into(),
                bits("precvd", 4).doc("probes received").into(),
                bits("reap", 2).names(STATES).doc("state of the sender").into(),
                bits("reserved_probe", 22).hex().doc("reserved").into(),
                times(label("probe.sent").doc("probe sent"), val("psent"), probe()),
                times(label("probe.received").doc("probe received"), val("precvd"), probe()),
            ]),
        ),
        (68, vec![bytes("packet_in_error", rest()).doc("packet in error").into()]),
    ]
}

fn probe() -> [Item; 4] {
    [
        ipv6("psrc").doc("source").into(),
        ipv6("pdst").doc("destination").into(),
        nonce("pnonce", "nonce"),
        be32("pdata").hex().doc("data").into(),
    ]
}

fn options() -> Item {
    let entry = || -> Field { label("opt").doc("option") };
    Tlv::new(entry(), bits("opt.type", 15).doc("option"), be16("opt.len").doc("length"))
        .head(
            "opt.type",
            Some("opt.len"),
            [
                bits("opt.type", 15).names(OPTIONS).doc("option").into(),
                flag("opt.critical").doc("critical").into(),
                be16("opt.len").unit("octets").doc("length").into(),
            ],
        )
        .body_len()
        .align(8)
        .cases([
            case(1, entry(), [bytes("validator", rest()).doc("validator").into()]),
            case(
                2,
                entry(),
                [
                    be32("opt.loclist").doc("generation of the locator list").into(),
                    u8("opt.locnum").doc("locators").into(),
                    times(
                        label("opt.methods").doc("verification methods").hidden(),
                        val("opt.locnum"),
                        [u8("opt.verif_method")
                            .names(&[(1, "CGA"), (2, "HBA")])
                            .doc("verification method")
                            .into()],
                    ),
                    bytes("padding", Size::Octets((val("opt.locnum") + 9).align(8) - val("opt.locnum") - 9))
                        .doc("padding")
                        .into(),
                    repeat(
                        label("opt.locators").doc("locators").hidden(),
                        [ipv6("locator").doc("locator").into()],
                    ),
                ],
            ),
            case(
                3,
                entry(),
                [
                    be32("opt.loclist").doc("generation of the locator list").into(),
                    u8("opt.elemlen").unit("octets").doc("length of an element").into(),
                    repeat(
                        label("loc").doc("preference of a locator"),
                        [
                            u8("loc.flags").hex().doc("flags").into(),
                            when(
                                crate::schema::ge("opt.elemlen", 2),
                                [u8("loc.prio").doc("priority").into()],
                            ),
                            when(
                                crate::schema::ge("opt.elemlen", 3),
                                [u8("loc.weight").doc("weight").into()],
                            ),
                            bytes(
                                "loc.rest",
                                Size::Octets((val("opt.elemlen") - 3).min(crate::schema::left())),
                            )
                            .doc("further octets")
                            .into(),
                        ],
                    ),
                ],
            ),
            case(4, entry(), [bytes("cga_parameter_data_structure", rest()).doc("CGA parameters").into()]),
            case(5, entry(), [bytes("cga_signature", rest()).doc("CGA signature").into()]),
            case(
                6,
                entry(),
                [
                    be32("opt.reserved").doc("reserved").into(),
                    ipv6("sulid").doc("sender's identifier").into(),
                    ipv6("rulid").doc("receiver's identifier").into(),
                ],
            ),
            case(7, entry(), [be32("opt.fii").doc("forked instance").into()]),
            case(
                10,
                entry(),
                [
                    be16("opt.reserved").doc("reserved").into(),
                    be16("opt.timeout").unit("s").doc("keepalive timeout").into(),
                ],
            ),
        ])
        .other([bytes("opt.data", rest()).doc("content").into()])
        .into()
}
