//! Diameter (RFC 6733), with the attributes of the base protocol and of credit control (RFC 8506) by name; those of vendors are octets.

use crate::schema::{
    Begun, Field, Item, Length, Protocol, SCTP_PORT, Size, Span, TCP_PORT, Tlv, TlvCase, be24, be32, be64,
    bytes, eq, flag, ge, label, rest, same, shared, shared_list, switch, text, turned, u8, val, when,
};
use std::sync::LazyLock;

const COMMANDS: &[(u64, &str)] = &[
    (257, "Capabilities-Exchange"),
    (258, "Re-Auth"),
    (265, "AA"),
    (268, "Diameter-EAP"),
    (271, "Accounting"),
    (272, "Credit-Control"),
    (274, "Abort-Session"),
    (275, "Session-Termination"),
    (280, "Device-Watchdog"),
    (282, "Disconnect-Peer"),
    (300, "User-Authorization"),
    (301, "Server-Assignment"),
    (302, "Location-Info"),
    (303, "Multimedia-Auth"),
    (316, "3GPP-Update-Location"),
    (317, "3GPP-Cancel-Location"),
    (318, "3GPP-Authentication-Information"),
    (319, "3GPP-Insert-Subscriber-Data"),
    (321, "3GPP-Purge-UE"),
    (323, "3GPP-Notify"),
];

const APPLICATIONS: &[(u64, &str)] = &[
    (0, "Diameter Common Messages"),
    (1, "NASREQ"),
    (3, "Diameter Base Accounting"),
    (4, "Diameter Credit Control Application"),
    (5, "Diameter EAP"),
    (16_777_216, "3GPP Cx"),
    (16_777_217, "3GPP Sh"),
    (16_777_236, "3GPP Rx"),
    (16_777_238, "3GPP Gx"),
    (16_777_251, "3GPP S6a/S6d"),
    (0xffff_ffff, "Relay"),
];

/// RFC 6733 §7.1.
const RESULTS: &[(u64, &str)] = &[
    (1001, "DIAMETER_MULTI_ROUND_AUTH"),
    (2001, "DIAMETER_SUCCESS"),
    (2002, "DIAMETER_LIMITED_SUCCESS"),
    (3001, "DIAMETER_COMMAND_UNSUPPORTED"),
    (3002, "DIAMETER_UNABLE_TO_DELIVER"),
    (3003, "DIAMETER_REALM_NOT_SERVED"),
    (3004, "DIAMETER_TOO_BUSY"),
    (3005, "DIAMETER_LOOP_DETECTED"),
    (3007, "DIAMETER_APPLICATION_UNSUPPORTED"),
    (3010, "DIAMETER_UNKNOWN_PEER"),
    (4001, "DIAMETER_AUTHENTICATION_REJECTED"),
    (4002, "DIAMETER_OUT_OF_SPACE"),
    (5001, "DIAMETER_AVP_UNSUPPORTED"),
    (5002, "DIAMETER_UNKNOWN_SESSION_ID"),
    (5003, "DIAMETER_AUTHORIZATION_REJECTED"),
    (5004, "DIAMETER_INVALID_AVP_VALUE"),
    (5005, "DIAMETER_MISSING_AVP"),
    (5010, "DIAMETER_NO_COMMON_APPLICATION"),
    (5012, "DIAMETER_UNABLE_TO_COMPLY"),
    (5030, "DIAMETER_USER_UNKNOWN"),
];

/// What an attribute holds.
#[derive(Clone, Copy)]
enum Shape {
    Text,
    Number,
    Long,
    Octets,
    Address,
    Group,
}

/// Number, name and contents.
const ATTRIBUTES: &[(u64, &str, Shape)] = &[
    (1, "User-Name", Shape::Text),
    (25, "Class", Shape::Octets),
    (27, "Session-Timeout", Shape::Number),
    (33, "Proxy-State", Shape::Octets),
    (44, "Accounting-Session-Id", Shape::Octets),
    (50, "Acct-Multi-Session-Id", Shape::Text),
    (55, "Event-Timestamp", Shape::Octets),
    (85, "Acct-Interim-Interval", Shape::Number),
    (257, "Host-IP-Address", Shape::Address),
    (258, "Auth-Application-Id", Shape::Number),
    (259, "Acct-Application-Id", Shape::Number),
    (260, "Vendor-Specific-Application-Id", Shape::Group),
    (261, "Redirect-Host-Usage", Shape::Number),
    (263, "Session-Id", Shape::Text),
    (264, "Origin-Host", Shape::Text),
    (265, "Supported-Vendor-Id", Shape::Number),
    (266, "Vendor-Id", Shape::Number),
    (267, "Firmware-Revision", Shape::Number),
    (268, "Result-Code", Shape::Number),
    (269, "Product-Name", Shape::Text),
    (270, "Session-Binding", Shape::Number),
    (272, "Multi-Round-Time-Out", Shape::Number),
    (273, "Disconnect-Cause", Shape::Number),
    (274, "Auth-Request-Type", Shape::Number),
    (276, "Auth-Grace-Period", Shape::Number),
    (277, "Auth-Session-State", Shape::Number),
    (278, "Origin-State-Id", Shape::Number),
    (279, "Failed-AVP", Shape::Group),
    (280, "Proxy-Host", Shape::Text),
    (281, "Error-Message", Shape::Text),
    (282, "Route-Record", Shape::Text),
    (283, "Destination-Realm", Shape::Text),
    (284, "Proxy-Info", Shape::Group),
    (285, "Re-Auth-Request-Type", Shape::Number),
    (287, "Accounting-Sub-Session-Id", Shape::Long),
    (291, "Authorization-Lifetime", Shape::Number),
    (292, "Redirect-Host", Shape::Text),
    (293, "Destination-Host", Shape::Text),
    (294, "Error-Reporting-Host", Shape::Text),
    (295, "Termination-Cause", Shape::Number),
    (296, "Origin-Realm", Shape::Text),
    (297, "Experimental-Result", Shape::Group),
    (298, "Experimental-Result-Code", Shape::Number),
    (299, "Inband-Security-Id", Shape::Number),
    (411, "CC-Correlation-Id", Shape::Octets),
    (412, "CC-Input-Octets", Shape::Long),
    (413, "CC-Money", Shape::Group),
    (414, "CC-Output-Octets", Shape::Long),
    (415, "CC-Request-Number", Shape::Number),
    (416, "CC-Request-Type", Shape::Number),
    (418, "CC-Session-Failover", Shape::Number),
    (420, "CC-Time", Shape::Number),
    (421, "CC-Total-Octets", Shape::Long),
    (430, "Final-Unit-Indication", Shape::Group),
    (431, "Granted-Service-Unit", Shape::Group),
    (432, "Rating-Group", Shape::Number),
    (436, "Requested-Action", Shape::Number),
    (437, "Requested-Service-Unit", Shape::Group),
    (439, "Service-Identifier", Shape::Number),
    (443, "Subscription-Id", Shape::Group),
    (444, "Subscription-Id-Data", Shape::Text),
    (446, "Used-Service-Unit", Shape::Group),
    (448, "Validity-Time", Shape::Number),
    (450, "Subscription-Id-Type", Shape::Number),
    (455, "Multiple-Services-Indicator", Shape::Number),
    (456, "Multiple-Services-Credit-Control", Shape::Group),
    (461, "Service-Context-Id", Shape::Text),
    (480, "Accounting-Record-Type", Shape::Number),
    (483, "Accounting-Realtime-Required", Shape::Number),
    (485, "Accounting-Record-Number", Shape::Number),
];

fn name(code: u64) -> Option<&'static str> {
    ATTRIBUTES.iter().find(|known| known.0 == code).map(|known| known.1)
}

pub(super) fn diameter() -> Protocol {
    Protocol::new("diameter", "Diameter")
        .layer("DiamG")
        .part("AVP_Unknown", "avp", &[("avp.code", 0)])
        .ports_below("tcp", 0, 3868)
        .source("RFC 6733 §3, §4, RFC 8506 §8")
        .on(TCP_PORT, &[3868])
        .on(SCTP_PORT, &[3868])
        .accepts(TCP_PORT, |data| data.first() == Some(&1))
        .stream_of_single(length)
        .answers([turned("flags.request", &[(1, 0)]), same("hopbyhopid"), same("cmd.code")])
        .later(fields)
        .sample("020000000002020000000001080045000088000100004006666d0a0000010a000002c0000f1c000000010000000150181000d535000001000060800001010000000011111111222222220000010840000010686f73742e7473740000012840000010746573742e747374000001014000000e00010a00000100000000010a4000000c000028af0000010d000000106e6574746f6f6c31")
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    protocol
        .field(u8("version").craft("version").default(1).hex().doc("version"))
        .field(be24("length").craft("drLen").unit("octets").len_of(Span::Header, 1, 0).doc("length"))
        .field(
            u8("flags")
                .craft("drFlags")
                .letters(&["x", "", "", "", "T", "E", "P", "R"])
                .hex()
                .doc("flags")
                .of([
                    flag("flags.request").brief().doc("request"),
                    flag("flags.proxyable").doc("may be proxied"),
                    flag("flags.error").doc("error"),
                    flag("flags.T").doc("perhaps sent again"),
                    flag("flags.reserved4").doc("reserved"),
                    flag("flags.reserved5").doc("reserved"),
                    flag("flags.reserved6").doc("reserved"),
                    flag("flags.reserved7").doc("reserved"),
                ]),
        )
        .field(be24("cmd.code").craft("drCode").names(COMMANDS).brief().doc("command"))
        .field(be32("applicationId").craft("drAppId").names(APPLICATIONS).brief().doc("application"))
        .field(be32("hopbyhopid").craft("drHbHId").hex().doc("hop-by-hop identifier"))
        .field(be32("endtoendid").craft("drEtEId").hex().doc("end-to-end identifier"))
        .field(Item::Block(
            label("avps").craft("avpList").hidden().doc("attributes"),
            Size::Octets(val("length") - 20),
            vec![attributes()].into(),
        ))
}

fn length(begun: Begun<'_>) -> Length {
    match begun.octets {
        [1, a, b, c, ..] => {
            let octets = u32::from_be_bytes([0, *a, *b, *c]) as usize;
            if octets < 20 { Length::Alien } else { Length::of(octets) }
        }
        [1, ..] => Length::at_least(4),
        _ => Length::Alien,
    }
}

/// The attributes of a message, and those of groups within.
fn attributes() -> Item {
    static LIST: LazyLock<Tlv> = LazyLock::new(|| list_of(|| shared_list(&GROUPED)));
    static GROUPED: LazyLock<Tlv> = LazyLock::new(|| list_of(|| shared_list(&DEEPEST)));
    static DEEPEST: LazyLock<Tlv> = LazyLock::new(|| {
        list_of(|| bytes("avp.grouped", rest()).doc("attributes that are not opened").into())
    });
    shared_list(&LIST)
}

/// A list whose groups hold `grouped`.
fn list_of(grouped: fn() -> Item) -> Tlv {
    static VENDOR: LazyLock<Vec<Item>> = LazyLock::new(|| {
        vec![
            be32("avp.vendorId").craft("avpVnd").brief().doc("vendor").into(),
            bytes("avp.unknown", rest()).craft("val").doc("value").into(),
        ]
    });
    let node = || label("avp").doc("attribute");
    let vendor = || Item::When(ge("flags.vendorspecific", 1), shared(&VENDOR));
    let mut list = Tlv::new(node(), be32("avp.code"), be24("avp.len"))
        .head(
            "avp.code",
            Some("avp.len"),
            [
                be32("avp.code").craft("avpCode").named_by(name).doc("attribute").into(),
                u8("avp.flags").craft("avpFlags").hex().doc("flags").of([
                    flag("flags.vendorspecific").doc("of a vendor"),
                    flag("flags.mandatory").doc("must be understood"),
                    flag("avp.flags.protected").doc("protected"),
                    flag("avp.flags.reserved3").doc("reserved"),
                    flag("avp.flags.reserved4").doc("reserved"),
                    flag("avp.flags.reserved5").doc("reserved"),
                    flag("avp.flags.reserved6").doc("reserved"),
                    flag("avp.flags.reserved7").doc("reserved"),
                ]),
                be24("avp.len").craft("avpLen").unit("octets").doc("length").into(),
            ],
        )
        .align(4)
        .other([
            vendor(),
            when(
                eq("flags.vendorspecific", 0),
                [bytes("avp.unknown", rest()).craft("val").doc("value").into()],
            ),
        ]);
    list.cases = ATTRIBUTES
        .iter()
        .map(|(code, name, shape)| {
            let value = value(name, *shape, grouped);
            let own = Item::When(eq("flags.vendorspecific", 0), vec![value].into());
            TlvCase { kind: *code, field: node(), items: vec![vendor(), own] }
        })
        .collect();
    list
}

fn value(name: &'static str, shape: Shape, grouped: fn() -> Item) -> Item {
    let shown = |field: Field| Item::Field(field.craft("val").brief().doc("value"));
    match shape {
        Shape::Text => shown(text(name, rest())),
        Shape::Number if name == "Result-Code" => shown(be32(name).names(RESULTS)),
        Shape::Number if name.ends_with("Application-Id") => shown(be32(name).names(APPLICATIONS)),
        Shape::Number => shown(be32(name)),
        Shape::Long => shown(be64(name)),
        Shape::Octets => shown(bytes(name, rest())),
        Shape::Address => Item::When(
            crate::schema::Test::All(Vec::new()),
            vec![
                crate::schema::be16("avp.family")
                    .names(&[(1, "IPv4"), (2, "IPv6")])
                    .doc("address family")
                    .into(),
                switch(
                    val("avp.family"),
                    [
                        (1, vec![crate::schema::ipv4("Host-IP-Address.IPv4").brief().doc("address").into()]),
                        (2, vec![crate::schema::ipv6("Host-IP-Address.IPv6").brief().doc("address").into()]),
                    ],
                    vec![bytes("avp.address", rest()).doc("address").into()],
                ),
            ]
            .into(),
        ),
        Shape::Group => {
            Item::Block(label("avp.group").hidden().doc("attributes"), rest(), vec![grouped()].into())
        }
    }
}
