//! SOME/IP and its service discovery (AUTOSAR FO R22-11, PRS_SOMEIPProtocol, PRS_SOMEIPServiceDiscoveryProtocol).

use super::octets::Octets;
use crate::decode::Walk;
use crate::render::line::{Body, Line};
use crate::schema::{
    Begun, Item, Length, Names, Protocol, Size, Span, TCP_PORT, Test, Tlv, TlvCase, UDP_PORT, be16, be24,
    be32, bits, block, bytes, custom, decoded, eq, flag, ipv4, ipv6, label, left, lit, ne, repeat, rest,
    switch, text, u8, val, when,
};

const MESSAGES: &[(u64, &str)] = &[
    (0x00, "request"),
    (0x01, "request, no return"),
    (0x02, "notification"),
    (0x80, "response"),
    (0x81, "error"),
    (0x20, "request, segmented"),
    (0x21, "request, no return, segmented"),
    (0x22, "notification, segmented"),
    (0xa0, "response, segmented"),
    (0xa1, "error, segmented"),
];

const RETURNS: &[(u64, &str)] = &[
    (0, "ok"),
    (1, "not ok"),
    (2, "unknown service"),
    (3, "unknown method"),
    (4, "not ready"),
    (5, "not reachable"),
    (6, "timeout"),
    (7, "wrong protocol version"),
    (8, "wrong interface version"),
    (9, "malformed message"),
    (10, "wrong message type"),
];

/// The last word of entries for event groups.
fn event_group() -> Vec<Item> {
    vec![
        Item::Group(
            bits("=someipsd.entry.reserved12", 12).craft("res").hidden().doc("reserved"),
            vec![
                u8("=someipsd.entry.reserved").doc("reserved").into(),
                flag("=someipsd.entry.initialevents").doc("initial events are asked for").into(),
                bits("=someipsd.entry.reserved2", 3).doc("reserved").into(),
            ]
            .into(),
        ),
        bits("=someipsd.entry.counter", 4).craft("cnt").doc("counter").into(),
        be16("=someipsd.entry.eventgroupid").craft("eventgroup_id").hex().doc("event group").into(),
    ]
}

pub(super) fn someip() -> Protocol {
    Protocol::new("someip", "SOME/IP")
        .layer("SOMEIP")
        .body("SD", "sd", &[("methodid", 0x8100), ("serviceid", 0xffff), ("sessionid", 1), ("messagetype", 2)])
        .part("SDEntry_Service", "=someipsd.entry", &[("=someipsd.entry.type", 0)])
        .part("SDEntry_EventGroup", "=someipsd.entry", &[("=someipsd.entry.type", 6)])
        .ports_below("udp", 30490, 30490)
        .source("AUTOSAR PRS_SOMEIPProtocol R22-11 §4.1, PRS_SOMEIPServiceDiscoveryProtocol R22-11 §4.1")
        .on(UDP_PORT, &PORTS)
        .on(TCP_PORT, &PORTS)
        .accepts(UDP_PORT, |data| data.get(12).is_some_and(|version| *version == 1) && data.len() >= 16)
        .accepts(TCP_PORT, begins)
        .stream_of_single(length)
        .after(next_message)
        .leads_to(&["someip"])
        .heads(&["someipsd"])
        .later(fields)
        .summary(summary)
        .sample("02000000000202000000000108004500002e00010000401166bc0a0000010a000002772d772d001a3a2c123404210000000a0001000201010000abcd")
        .sample("02000000000202000000000108004500004000010000401166aa0a0000010a000002772d772d002cb8a8123404210000001c00010001010122000000001161616161616161616161616161616161")
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    let address = |kind: u64, v6: bool, layer: &'static str| TlvCase {
        kind,
        field: label("=someipsd.option").craft(layer).doc("option"),
        items: vec![
            u8("=someipsd.option.flags").craft("res_hdr").hex().doc("flags").into(),
            if v6 {
                ipv6("=someipsd.option.ipv6address").craft("addr").doc("address").into()
            } else {
                ipv4("=someipsd.option.ipv4address").craft("addr").doc("address").into()
            },
            u8("=someipsd.option.reserved2").craft("res_tail").doc("reserved").into(),
            u8("=someipsd.option.proto")
                .craft("l4_proto")
                .default(17)
                .named_by(super::ip_protocol_name)
                .doc("protocol")
                .into(),
            be16("=someipsd.option.port").craft("port").doc("port").into(),
        ],
    };
    let mut options = Tlv::new(
        label("=someipsd.option").doc("option"),
        u8("=someipsd.option.type").doc("type"),
        be16("=someipsd.option.length").doc("length"),
    )
    .head(
        "=someipsd.option.type",
        Some("=someipsd.option.length"),
        [
            be16("=someipsd.option.length").craft("len").unit("octets").doc("length").into(),
            u8("=someipsd.option.type").craft("type").hex().doc("type").into(),
        ],
    )
    .body_len()
    .other([bytes("=someipsd.option.data", rest()).doc("data").into()]);
    let loads = [
        u8("=someipsd.option.flags").craft("res_hdr").hex().doc("flags").into(),
        be16("=someipsd.option.priority").craft("priority").doc("priority; lower is preferred").into(),
        be16("=someipsd.option.weight").craft("weight").doc("weight").into(),
    ];
    let configuration = [
        u8("=someipsd.option.flags").craft("res_hdr").hex().doc("flags").into(),
        repeat(
            label("=someipsd.option.config")
                .craft("cfg_str")
                .default_bytes(&[0])
                .doc("configuration")
                .hidden(),
            [
                u8("=someipsd.option.config_length").unit("octets").doc("length").into(),
                text(
                    "=someipsd.option.config_string_element",
                    Size::Octets(val("=someipsd.option.config_length").min(left())),
                )
                .doc("key and value")
                .into(),
            ],
        ),
    ];
    let option = || label("=someipsd.option").doc("option");
    options.cases = vec![
        TlvCase { kind: 0x01, field: option().craft("SDOption_Config"), items: configuration.into() },
        TlvCase { kind: 0x02, field: option().craft("SDOption_LoadBalance"), items: loads.into() },
        address(0x04, false, "SDOption_IP4_EndPoint"),
        address(0x14, false, "SDOption_IP4_Multicast"),
        address(0x24, false, "SDOption_IP4_SD_EndPoint"),
        address(0x06, true, "SDOption_IP6_EndPoint"),
        address(0x16, true, "SDOption_IP6_Multicast"),
        address(0x26, true, "SDOption_IP6_SD_EndPoint"),
    ];
    protocol
        .field(decoded([custom([be32("messageid").hex().doc("service and method").hidden()], message_id)]))
        .field(be16("serviceid").craft("srv_id").hex().doc("service").brief())
        .field(be16("methodid").craft("sub_id").hex().doc("method or event").brief())
        .field(
            be32("length")
                .craft("len")
                .unit("octets")
                .len_of(Span::After, 1, 0)
                .doc("length behind this field"),
        )
        .field(be16("clientid").craft("client_id").hex().doc("client"))
        .field(be16("sessionid").craft("session_id").hex().doc("session").brief())
        .field(u8("protoversion").craft("proto_ver").hex().default(1).doc("protocol version"))
        .field(u8("interfaceversion").craft("iface_ver").hex().default(1).doc("interface version"))
        .field(u8("messagetype").craft("msg_type").hex().names(MESSAGES).doc("message type").brief().of([
            flag("messagetype.answer").doc("answer").hidden(),
            flag("messagetype.ack").doc("acknowledgement"),
            flag("messagetype.tp").doc("segment"),
            bits("messagetype.kind", 5).doc("kind of the message").hidden(),
        ]))
        .field(u8("returncode").craft("retcode").hex().names(RETURNS).doc("return code"))
        .field(block(
            label("content").doc("content").hidden(),
            Size::Octets((val("length") - 8).min(left())),
            [
                // the crafter's layer of service discovery begins here
                bytes("sd", Size::Octets(lit(0))).hidden().doc("begin of the content").into(),
                when(
                    eq("methodid", 0x8100),
                    [
                        u8("=someipsd.flags")
                            .craft("flags")
                            .letters(&[
                                "res0",
                                "res1",
                                "res2",
                                "res3",
                                "res4",
                                "EXPLICIT_INITIAL_DATA_CONTROL",
                                "UNICAST",
                                "REBOOT",
                            ])
                            .hex()
                            .doc("flags")
                            .of([
                                flag("=someipsd.flags.reboot").alias("=someipsd.reboot").doc("reboot"),
                                flag("=someipsd.flags.unicast").alias("=someipsd.unicast").doc("unicast"),
                                flag("=someipsd.flags.exp_init_events").doc("explicit initial events"),
                                bits("=someipsd.flags_reserved", 5).doc("reserved"),
                            ]),
                        be24("=someipsd.reserved").craft("res").doc("reserved").into(),
                        be32("=someipsd.length_entriesarray")
                            .craft("len_entry_array")
                            .len_of_part("=someipsd.entries", 1, 0)
                            .unit("octets")
                            .doc("length of the entries")
                            .into(),
                        block(
                            label("=someipsd.entries").doc("entries").hidden(),
                            Size::Octets(val("=someipsd.length_entriesarray")),
                            [repeat(
                                label("=someipsd.entry").craft("entry_array").doc("entry"),
                                [
                                    u8("=someipsd.entry.type")
                                        .craft("type")
                                        .hex()
                                        .names(&[
                                            (0, "find"),
                                            (1, "offer"),
                                            (6, "subscribe"),
                                            (7, "acknowledge"),
                                        ])
                                        .doc("type")
                                        .into(),
                                    u8("=someipsd.entry.index1").craft("index_1").doc("first option").into(),
                                    u8("=someipsd.entry.index2")
                                        .craft("index_2")
                                        .doc("first option of the second run")
                                        .into(),
                                    bits("=someipsd.entry.numopt1", 4).craft("n_opt_1").doc("options").into(),
                                    bits("=someipsd.entry.numopt2", 4)
                                        .craft("n_opt_2")
                                        .doc("options of the second run")
                                        .into(),
                                    be16("=someipsd.entry.serviceid")
                                        .craft("srv_id")
                                        .hex()
                                        .doc("service")
                                        .into(),
                                    be16("=someipsd.entry.instanceid")
                                        .craft("inst_id")
                                        .hex()
                                        .doc("instance")
                                        .into(),
                                    u8("=someipsd.entry.majorver")
                                        .craft("major_ver")
                                        .doc("major version")
                                        .into(),
                                    be24("=someipsd.entry.ttl").craft("ttl").unit("s").doc("lifetime").into(),
                                    switch(
                                        val("=someipsd.entry.type"),
                                        [(6, event_group()), (7, event_group())],
                                        vec![
                                            be32("=someipsd.entry.minorver")
                                                .craft("minor_ver")
                                                .doc("minor version")
                                                .into(),
                                        ],
                                    ),
                                ],
                            )],
                        ),
                        be32("=someipsd.length_optionsarray")
                            .craft("len_option_array")
                            .len_of_part("=someipsd.options", 1, 0)
                            .unit("octets")
                            .doc("length of the options")
                            .into(),
                        block(
                            label("=someipsd.options").craft("option_array").doc("options").hidden(),
                            Size::Octets(val("=someipsd.length_optionsarray")),
                            [options.into()],
                        ),
                    ],
                ),
                when(
                    Test::Eq(val("messagetype").and(0x20), lit(0x20)),
                    [
                        decoded([custom(
                            [bytes("tp", rest()).doc("segment with its head").hidden()],
                            segment,
                        )]),
                        bits("tp.offset", 28)
                            .craft("offset")
                            .scale(16)
                            .unit("octets")
                            .doc("place of the segment")
                            .into(),
                        bits("tp.flags", 4).hex().doc("flags").of([
                            bits("tp.flags.reserved", 3).hex().craft("res").doc("reserved"),
                            flag("tp.flags.more_segments").craft("more_seg").doc("more segments follow"),
                        ]),
                    ],
                ),
                when(ne("methodid", 0x8100), [bytes("payload", rest()).doc("payload").into()]),
            ],
        ))
}

/// Service and method as one number, as Wireshark has them too.
fn message_id(walk: &mut Walk<'_, '_>) {
    if let Some(octets) = walk.rest().first_chunk() {
        walk.emit("messageid", walk.offset(), 4, u64::from(u32::from_be_bytes(*octets)));
    }
}

/// A segment with its head.
fn segment(walk: &mut Walk<'_, '_>) {
    walk.emit("tp", walk.offset(), walk.rest().len(), 0);
}

/// Ports of service discovery, and those that are used by custom.
const PORTS: [u64; 6] = [30490, 30491, 30501, 30502, 30503, 30509];

fn begins(octets: &[u8]) -> bool {
    matches!(length(Begun { octets, asked: 0, resume: 0 }), Length::Known { .. }) && octets.len() >= 16
}

/// A message is its first 8 octets and what its length says, which counts from there on (PRS_SOMEIPProtocol §4.1.2.4): at least the rest of
/// the header, with the one version that there is.
fn length(begun: Begun<'_>) -> Length {
    match begun.octets {
        [_, _, _, _, l0, l1, l2, l3, after @ ..] => match u32::from_be_bytes([*l0, *l1, *l2, *l3]) as usize {
            octets @ 8..MOST if after.get(4).is_none_or(|version| *version == 1) => {
                Length::of(octets.saturating_add(8))
            }
            _ => Length::Alien,
        },
        _ => Length::at_least(8),
    }
}

/// Octets beyond which a length is none: longer messages are cut by the transport protocol.
const MOST: usize = 64 << 20;

/// Several messages may stand in a datagram (PRS_SOMEIPProtocol §4.2.1).
fn next_message(walk: &mut Walk<'_, '_>) {
    if begins(walk.rest()) {
        walk.next_named("someip");
    }
}

/// Message types and return codes as the standard and tcpdump write them.
const SHORT: &[(u64, &str)] = &[
    (0x00, "REQUEST"),
    (0x01, "REQUEST_NO_RETURN"),
    (0x02, "NOTIFICATION"),
    (0x20, "TP_REQUEST"),
    (0x21, "TP_REQUEST_NO_RETURN"),
    (0x22, "TP_NOTIFICATION"),
    (0x80, "RESPONSE"),
    (0x81, "ERROR"),
    (0xa0, "TP_RESPONSE"),
    (0xa1, "TP_ERROR"),
];
const CODES: &[(u64, &str)] = &[
    (0, "E_OK"),
    (1, "E_NOT_OK"),
    (2, "E_UNKNOWN_SERVICE"),
    (3, "E_UNKNOWN_METHOD"),
    (4, "E_NOT_READY"),
    (5, "E_NOT_REACHABLE"),
    (6, "E_TIMEOUT"),
    (7, "E_WRONG_PROTOCOL_VERSION"),
    (8, "E_WRONG_INTERFACE_VERSION"),
    (9, "E_MALFORMED_MESSAGE"),
    (10, "E_WRONG_MESSAGE_TYPE"),
];

/// `SOMEIP, service 65535, event 256, len 64, client 0, session 0, pver 1, iver 1, msgtype NOTIFICATION, retcode E_OK`
fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    line.text("SOMEIP");
    if header(line, &mut Octets::of(body)).is_none() {
        line.cut("someip", body);
    }
}

fn header(line: &mut Line<'_, '_>, octets: &mut Octets<'_>) -> Option<()> {
    let number = |line: &mut Line<'_, '_>, what: &str, value: u64| {
        line.text(what);
        line.number(value);
    };
    number(line, ", service ", u64::from(octets.u16()?));
    let method = octets.u16()?;
    number(line, if method & 0x8000 == 0 { ", method " } else { ", event " }, u64::from(method & 0x7fff));
    number(line, ", len ", u64::from(octets.u32()?));
    number(line, ", client ", u64::from(octets.u16()?));
    number(line, ", session ", u64::from(octets.u16()?));
    number(line, ", pver ", u64::from(octets.u8()?));
    number(line, ", iver ", u64::from(octets.u8()?));
    for (what, names) in [(", msgtype ", SHORT), (", retcode ", CODES)] {
        let value = u64::from(octets.u8()?);
        line.text(what);
        match Names::List(names).get(value) {
            Some(name) => line.text(name),
            None => {
                line.text("Unknown (");
                line.hex(value, 2);
                line.text(")");
            }
        }
    }
    Some(())
}
