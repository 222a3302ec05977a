//! L2TP version 2 over UDP (RFC 2661) and version 3 over IP and UDP (RFC 3931): headers, and the attributes of control
//! messages. Cookie and sublayer of version 3's data are what the session agreed on, which packets do not tell.

use crate::decode::Walk;
use crate::schema::{
    IP_PROTO, Item, PPP_PROTO, Protocol, Size, Test, Tlv, UDP_PORT, be16, be32, bits, built, bytes, decoded,
    eq, flag, ge, ipv4, label, ne, not, rest, switch, text, u8, val, when,
};

/// IANA "L2TP Control Message AVP Types".
const ATTRIBUTES: &[(u64, &str)] = &[
    (0, "message type"),
    (1, "result code"),
    (2, "protocol version"),
    (3, "framing capabilities"),
    (4, "bearer capabilities"),
    (5, "tie breaker"),
    (6, "firmware revision"),
    (7, "host name"),
    (8, "vendor name"),
    (9, "assigned tunnel"),
    (10, "receive window size"),
    (11, "challenge"),
    (12, "Q.931 cause code"),
    (13, "challenge response"),
    (14, "assigned session"),
    (15, "call serial number"),
    (16, "minimum bit rate"),
    (17, "maximum bit rate"),
    (18, "bearer type"),
    (19, "framing type"),
    (21, "called number"),
    (22, "calling number"),
    (23, "sub-address"),
    (24, "connect speed"),
    (25, "physical channel"),
    (29, "proxy authentication type"),
    (36, "random vector"),
    (38, "receive connect speed"),
    (39, "sequencing required"),
    (59, "message digest"),
    (60, "router identifier"),
    (61, "assigned control connection"),
    (62, "pseudowire capabilities"),
    (63, "local session"),
    (64, "remote session"),
    (65, "assigned cookie"),
    (66, "remote end identifier"),
    (68, "pseudowire type"),
    (69, "layer 2 specific sublayer"),
    (70, "data sequencing"),
    (71, "circuit status"),
    (73, "control message authentication nonce"),
];

const MESSAGES: &[(u64, &str)] = &[
    (1, "SCCRQ"),
    (2, "SCCRP"),
    (3, "SCCCN"),
    (4, "StopCCN"),
    (6, "HELLO"),
    (7, "OCRQ"),
    (8, "OCRP"),
    (9, "OCCN"),
    (10, "ICRQ"),
    (11, "ICRP"),
    (12, "ICCN"),
    (14, "CDN"),
    (15, "WEN"),
    (16, "SLI"),
    (20, "ACK"),
];

const PSEUDOWIRES: &[(u64, &str)] = &[
    (1, "frame relay DLCI"),
    (2, "ATM AAL5"),
    (4, "Ethernet VLAN"),
    (5, "Ethernet"),
    (6, "HDLC"),
    (7, "PPP"),
    (11, "IP"),
];

fn attributes() -> Tlv {
    let plain = || Test::All(vec![eq("=l2tp.avp.vendor_id", 0), eq("=l2tp.avp.hidden", 0)]);
    Tlv::new(
        label("=l2tp.avp").doc("attribute"),
        be16("=l2tp.avp.type").doc("attribute"),
        bits("=l2tp.avp.length", 10).doc("length"),
    )
    .head(
        "=l2tp.avp.type",
        Some("=l2tp.avp.length"),
        [
            flag("=l2tp.avp.mandatory").doc("mandatory").into(),
            flag("=l2tp.avp.hidden").doc("hidden").into(),
            bits("=l2tp.avp.reserved", 4).doc("reserved").into(),
            bits("=l2tp.avp.length", 10).unit("octets").doc("length").into(),
            be16("=l2tp.avp.vendor_id").doc("vendor").into(),
            be16("=l2tp.avp.type").names(ATTRIBUTES).doc("attribute").into(),
        ],
    )
    .other([
        when(
            plain(),
            [switch(
                val("=l2tp.avp.type"),
                contents(),
                vec![bytes("=l2tp.avp.value", rest()).doc("value").into()],
            )],
        ),
        when(not(plain()), [bytes("=l2tp.avp.value", rest()).doc("value").into()]),
    ])
}

fn contents() -> [(u64, Vec<Item>); 32] {
    let octets =
        |name: &'static str, doc: &'static str| -> Vec<Item> { vec![bytes(name, rest()).doc(doc).into()] };
    let string =
        |name: &'static str, doc: &'static str| -> Vec<Item> { vec![text(name, rest()).doc(doc).into()] };
    let short = |name: &'static str, doc: &'static str| -> Vec<Item> { vec![be16(name).doc(doc).into()] };
    let long = |name: &'static str, doc: &'static str| -> Vec<Item> { vec![be32(name).doc(doc).into()] };
    let two = |reserved: &'static str,
               first: &'static str,
               second: &'static str,
               docs: [&'static str; 2]|
     -> Vec<Item> {
        let [a, b] = docs;
        vec![
            bits(reserved, 30).hex().doc("reserved").into(),
            flag(first).doc(a).into(),
            flag(second).doc(b).into(),
        ]
    };
    [
        (0, vec![be16("=l2tp.avp.message_type").names(MESSAGES).doc("message").into()]),
        (
            1,
            vec![
                be16("=l2tp.result_code").doc("result").into(),
                when(
                    Test::Ge(crate::schema::left(), crate::schema::lit(2)),
                    [
                        be16("=l2tp.avp.error_code").doc("error").into(),
                        text("=l2tp.avp.error_message", rest()).doc("error message").into(),
                    ],
                ),
            ],
        ),
        (
            2,
            vec![
                u8("=l2tp.avp.protocol_version").doc("version").into(),
                u8("=l2tp.avp.protocol_revision").doc("revision").into(),
            ],
        ),
        (
            3,
            two(
                "=l2tp.avp.framing_reserved",
                "=l2tp.avp.async_framing_supported",
                "=l2tp.avp.sync_framing_supported",
                ["asynchronous framing", "synchronous framing"],
            ),
        ),
        (
            4,
            two(
                "=l2tp.avp.bearer_reserved",
                "=l2tp.avp.analog_access_supported",
                "=l2tp.avp.digital_access_supported",
                ["analogue access", "digital access"],
            ),
        ),
        (5, octets("=l2tp.tie_breaker", "tie breaker")),
        (6, vec![be16("=l2tp.avp.firmware_revision").hex().doc("firmware").into()]),
        (7, string("=l2tp.avp.host_name", "host name")),
        (8, string("=l2tp.avp.vendor_name", "vendor")),
        (9, short("=l2tp.avp.assigned_tunnel_id", "assigned tunnel")),
        (10, short("=l2tp.avp.receive_window_size", "receive window")),
        (11, octets("=l2tp.avp.chap_challenge", "challenge")),
        (
            12,
            vec![
                be16("=l2tp.avp.cause_code").doc("cause").into(),
                u8("=l2tp.avp.cause_msg").doc("cause message").into(),
                text("=l2tp.avp.advisory_msg", rest()).doc("advisory message").into(),
            ],
        ),
        (13, octets("=l2tp.avp.chap_challenge_response", "response")),
        (14, short("=l2tp.avp.assigned_session_id", "assigned session")),
        (15, long("=l2tp.avp.call_serial_number", "call")),
        (16, long("=l2tp.avp.minimum_bps", "minimum bit rate")),
        (17, long("=l2tp.avp.maximum_bps", "maximum bit rate")),
        (
            18,
            two(
                "=l2tp.avp.bearer_reserved",
                "=l2tp.avp.analog_bearer_type",
                "=l2tp.avp.digital_bearer_type",
                ["analogue", "digital"],
            ),
        ),
        (
            19,
            two(
                "=l2tp.avp.framing_reserved",
                "=l2tp.avp.async_framing_type",
                "=l2tp.avp.sync_framing_type",
                ["asynchronous", "synchronous"],
            ),
        ),
        (21, string("=l2tp.avp.called_number", "called number")),
        (22, string("=l2tp.avp.calling_number", "calling number")),
        (23, string("=l2tp.avp.sub_address", "sub-address")),
        (24, long("=l2tp.avp.connect_speed", "connect speed")),
        (25, long("=l2tp.avp.physical_channel", "physical channel")),
        (29, short("=l2tp.avp.proxy_authen_type", "proxy authentication")),
        (60, vec![ipv4("=l2tp.avp.router_id").doc("router").into()]),
        (61, long("=l2tp.avp.assigned_control_conn_id", "assigned control connection")),
        (63, long("=l2tp.avp.local_session_id", "local session")),
        (64, long("=l2tp.avp.remote_session_id", "remote session")),
        (66, string("=l2tp.avp.remote_end_id", "remote end")),
        (68, vec![be16("=l2tp.avp.pseudowire_type").names(PSEUDOWIRES).doc("pseudowire").into()]),
    ]
}

/// Flags and version of a control message, which version 3 over IP has too.
fn flags() -> Item {
    be16("=l2tp.flags").hex().doc("flags").of([
        bits("=l2tp.type", 1).names(&[(0, "data"), (1, "control")]).doc("type"),
        flag("=l2tp.length_bit").doc("length is there"),
        bits("=l2tp.reserved", 2).doc("reserved"),
        flag("=l2tp.seq_bit").doc("sequence numbers are there"),
        bits("=l2tp.reserved2", 1).doc("reserved"),
        flag("=l2tp.offset_bit").doc("offset is there"),
        flag("=l2tp.priority").doc("priority"),
        bits("=l2tp.reserved3", 4).doc("reserved"),
        bits("=l2tp.version", 4).default(2).doc("version"),
    ])
}

fn control3() -> [Item; 5] {
    [
        be16("=l2tp.length").unit("octets").doc("length").into(),
        be32("=l2tp.ccid").hex().doc("control connection").into(),
        be16("=l2tp.Ns").doc("sequence number").into(),
        be16("=l2tp.Nr").doc("expected sequence number").into(),
        attributes().into(),
    ]
}

/// scapy's names of the flags, the lowest bit first.
const FLAGS: [&str; 12] = [
    "res00", "res01", "res02", "res03", "priority", "offset", "res06", "sequence", "res08", "res09",
    "length", "control",
];

/// Holds when building alone.
fn building() -> Test {
    crate::schema::not(Test::All(Vec::new()))
}

pub(super) fn l2tp() -> Protocol {
    Protocol::new("l2tp", "Layer 2 Tunneling Protocol")
        .layer("L2TP")
        .ports_below("udp", 1701, 1701)
        .source("RFC 2661 §3.1, §4.1, RFC 3931 §3.2.1, §4.1.2")
        .on(UDP_PORT, &[1701])
        .accepts(UDP_PORT, |data| data.get(1).is_some_and(|second| matches!(second & 15, 2 | 3)))
        .later(fields)
        .leads(&[PPP_PROTO])
        .leads_to(&["ppp"])
        .after(|walk: &mut Walk<'_, '_>| {
            if walk.header().first_chunk().is_some_and(|[first, second]| first & 0x80 == 0 && second & 15 == 2)
                && !walk.rest().is_empty()
            {
                walk.next_named("ppp");
            }
        })
        .sample("02000000000202000000000108004500003000010000401166ba0a0000010a00000206a506a5001c9647c802001400010000000000018008000000000001")
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    protocol
        .field(decoded([flags()]))
        .field(built([Item::Group(
            be16("=l2tp.flags").hidden().doc("flags"),
            vec![
                Item::Group(
                    bits("=l2tp.hdr", 12).craft("hdr").letters(&FLAGS).hidden().doc("flags"),
                    vec![
                        bits("=l2tp.type", 1).doc("type").into(),
                        flag("=l2tp.length_bit").doc("length is there").into(),
                        bits("=l2tp.reserved", 2).doc("reserved").into(),
                        flag("=l2tp.seq_bit").doc("sequence numbers are there").into(),
                        bits("=l2tp.reserved2", 1).doc("reserved").into(),
                        flag("=l2tp.offset_bit").doc("offset is there").into(),
                        flag("=l2tp.priority").doc("priority").into(),
                        bits("=l2tp.reserved3", 4).doc("reserved").into(),
                    ]
                    .into(),
                ),
                bits("=l2tp.version", 4).craft("version").default(2).doc("version").into(),
            ]
            .into(),
        )]))
        // scapy writes them where a message of control is named, too
        .field(when(
            Test::All(vec![
                ne("=l2tp.version", 3),
                Test::Any(vec![ge("=l2tp.length_bit", 1), Test::All(vec![building(), eq("=l2tp.type", 1)])]),
            ]),
            [be16("=l2tp.length")
                .craft("len")
                .len_of(crate::schema::Span::Whole, 1, 0)
                .unit("octets")
                .doc("length")
                .into()],
        ))
        .field(when(
            ne("=l2tp.version", 3),
            [
                be16("tunnel").craft("tunnel_id").doc("tunnel").brief().into(),
                be16("session").craft("session_id").doc("session").brief().into(),
                when(
                    Test::Any(vec![ge("=l2tp.seq_bit", 1), Test::All(vec![building(), eq("=l2tp.type", 1)])]),
                    [
                        be16("=l2tp.Ns").craft("ns").doc("sequence number").into(),
                        be16("=l2tp.Nr").craft("nr").doc("expected sequence number").into(),
                    ],
                ),
                when(
                    ge("=l2tp.offset_bit", 1),
                    [
                        be16("offset").craft("offset").unit("octets").doc("offset").into(),
                        bytes("offset_padding", Size::Octets(val("offset")))
                            .craft("pad")
                            .doc("offset padding")
                            .into(),
                    ],
                ),
                when(eq("=l2tp.type", 1), [attributes().into()]),
            ],
        ))
        .field(when(Test::All(vec![eq("=l2tp.version", 3), eq("=l2tp.type", 1)]), control3()))
        .field(when(
            Test::All(vec![eq("=l2tp.version", 3), eq("=l2tp.type", 0)]),
            [
                be16("=l2tp.res").hex().doc("reserved").into(),
                be32("=l2tp.sid").hex().doc("session").brief().into(),
                bytes("=l2tp.v3.content", rest())
                    .doc("cookie, sublayer and payload, as the session agreed")
                    .into(),
            ],
        ))
}

pub(super) fn l2tp3() -> Protocol {
    Protocol::new("l2tpv3", "Layer 2 Tunneling Protocol version 3")
        .source("RFC 3931 §4.1.1")
        .on(IP_PROTO, &[115])
        .heads(&["l2tp"])
        .later(l2tp3_fields)
        .summary(|line, body| {
            line.hosts();
            line.text("L2TPv3, length ");
            line.number(body.len as u64);
        })
        .sample("02000000000202000000000108004500001c000100004073666c0a0000010a00000200000007aabbccdd")
        .sample(concat!(
            "020000000002 020000000001 0800 4500 0034 0001 0000 4073 6654 0a000001 0a000002",
            "00000000 c803 001c 00000001 0000 0000 8008 0000 0000 0001 8008 0000 0001 0001"
        ))
}

/// Header and generated fields.
fn l2tp3_fields(protocol: Protocol) -> Protocol {
    protocol
        .field(be32("=l2tp.sid").hex().doc("session; 0: control"))
        .field(when(eq("=l2tp.sid", 0), [flags()]))
        .field(when(eq("=l2tp.sid", 0), control3()))
        .field(when(
            ne("=l2tp.sid", 0),
            [bytes("=l2tp.v3.content", rest())
                .doc("cookie, sublayer and payload, as the session agreed")
                .into()],
        ))
}
