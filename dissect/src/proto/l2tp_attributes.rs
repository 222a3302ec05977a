//! Attributes of L2TP's control messages: RFC 2661 §4.4, RFC 3145 (disconnect cause), RFC 3301 (call errors aside), RFC 3437,
//! RFC 3931 §5.4, RFC 5641.

use crate::schema::{
    Item, Test, be16, be32, be64, bits, bytes, flag, ipv4, label, left, repeat, rest, switch, text, u8, when,
};

/// IANA "L2TP Control Message AVP Types".
pub(super) const ATTRIBUTES: &[(u64, &str)] = &[
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
    (26, "initial received LCP CONFREQ"),
    (27, "last sent LCP CONFREQ"),
    (28, "last received LCP CONFREQ"),
    (29, "proxy authentication type"),
    (30, "proxy authentication name"),
    (31, "proxy authentication challenge"),
    (32, "proxy authentication identifier"),
    (33, "proxy authentication response"),
    (34, "call errors"),
    (35, "ACCM"),
    (36, "random vector"),
    (37, "private group"),
    (38, "receive connect speed"),
    (39, "sequencing required"),
    (46, "PPP disconnect cause"),
    (47, "connect speed update"),
    (58, "extended vendor"),
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
    (72, "preferred language"),
    (73, "control message authentication nonce"),
    (74, "transmit connect speed"),
    (75, "receive connect speed"),
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

pub(super) const PSEUDOWIRES: &[(u64, &str)] = &[
    (1, "frame relay DLCI"),
    (2, "ATM AAL5"),
    (4, "Ethernet VLAN"),
    (5, "Ethernet"),
    (6, "HDLC"),
    (7, "PPP"),
    (11, "IP"),
];

pub(super) fn contents() -> [(u64, Vec<Item>); 58] {
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
        (26, octets("=l2tp.avp.initial_received_lcp_confreq", "initial LCP request received")),
        (27, octets("=l2tp.avp.last_sent_lcp_confreq", "last LCP request sent")),
        (28, octets("=l2tp.avp.last_received_lcp_confreq", "last LCP request received")),
        (30, string("=l2tp.avp.proxy_authen_name", "name")),
        (31, octets("=l2tp.avp.proxy_authen_challenge", "challenge")),
        (
            32,
            vec![
                u8("=l2tp.avp.proxy_authen_reserved").doc("reserved").into(),
                u8("=l2tp.avp.proxy_authen_id").doc("identifier").into(),
            ],
        ),
        (33, octets("=l2tp.avp.proxy_authen_response", "response")),
        (34, errors()),
        (
            35,
            vec![
                be16("=l2tp.avp.accm_reserved").doc("reserved").into(),
                be32("=l2tp.avp.send_accm").hex().doc("characters to escape when sending").into(),
                be32("=l2tp.avp.receive_accm").hex().doc("characters escaped when receiving").into(),
            ],
        ),
        (36, octets("=l2tp.avp.random_vector", "random vector")),
        (37, octets("=l2tp.avp.private_group_id", "private group")),
        (38, long("=l2tp.avp.rx_connect_speed", "receive connect speed")),
        (39, vec![]),
        (
            46,
            vec![
                be16("=l2tp.avp.disconnect_code").doc("why PPP ended").into(),
                be16("=l2tp.avp.control_protocol_number").hex().doc("control protocol").into(),
                u8("=l2tp.avp.cause_code_direction")
                    .names(&[(0, "global"), (1, "at the peer"), (2, "at the local end")])
                    .doc("direction")
                    .into(),
                text("=l2tp.avp.cause_code_message", rest()).doc("message").into(),
            ],
        ),
        (47, speed_update()),
        (58, long("=l2tp.avp.extended_vendor_id", "extended vendor")),
        (
            59,
            vec![Item::Block(
                bytes("=l2tp.avp.message_digest", rest()).doc("kind of digest, and digest"),
                rest(),
                vec![
                    u8("=l2tp.avp.digest_type")
                        .names(&[(0, "HMAC-MD5"), (1, "HMAC-SHA-1")])
                        .doc("digest type")
                        .into(),
                    bytes("=l2tp.avp.digest", rest()).doc("digest").into(),
                ]
                .into(),
            )],
        ),
        (
            62,
            vec![repeat(
                label("=l2tp.avp.pseudowires").hidden().doc("pseudowires"),
                [be16("=l2tp.avp.pw_type").names(PSEUDOWIRES).doc("pseudowire").into()],
            )],
        ),
        (65, octets("=l2tp.avp.assigned_cookie", "cookie")),
        (
            69,
            vec![
                be16("=l2tp.avp.layer2_specific_sublayer")
                    .names(&[(0, "none"), (1, "default"), (2, "ATM")])
                    .doc("sublayer")
                    .into(),
            ],
        ),
        (
            70,
            vec![
                be16("=l2tp.avp.data_sequencing")
                    .names(&[(0, "none"), (1, "of what is not IP"), (2, "of all")])
                    .doc("which packets have sequence numbers")
                    .into(),
            ],
        ),
        (
            71,
            vec![
                bits("=l2tp.avp.circuit_reserved", 14).hex().doc("reserved").into(),
                flag("=l2tp.avp.circuit_type").doc("new circuit").into(),
                flag("=l2tp.avp.circuit_status").doc("circuit is up").into(),
            ],
        ),
        (72, string("=l2tp.avp.preferred_language", "language")),
        (73, octets("=l2tp.avp.nonce", "nonce")),
        (74, vec![be64("=l2tp.avp.tx_connect_speed_v3").unit("bit/s").doc("transmit speed").into()]),
        (75, vec![be64("=l2tp.avp.rx_connect_speed_v3").unit("bit/s").doc("receive speed").into()]),
    ]
}

/// RFC 2661 §4.4.6.
fn errors() -> Vec<Item> {
    let count = |name: &'static str, doc: &'static str| be32(name).doc(doc).into();
    vec![
        be16("=l2tp.avp.errors_reserved").doc("reserved").into(),
        count("=l2tp.avp.crc_errors", "frames with a wrong check sequence"),
        count("=l2tp.avp.framing_errors", "frames ill framed"),
        count("=l2tp.avp.hardware_overruns", "overruns of the hardware"),
        count("=l2tp.avp.buffer_overruns", "overruns of buffers"),
        count("=l2tp.avp.time_out_errors", "timeouts"),
        count("=l2tp.avp.alignment_errors", "errors of alignment"),
    ]
}

/// Of version 2 the speeds have 32 bits, of version 3 64 (draft-ietf-l2tpext-cnct-speed-upd).
fn speed_update() -> Vec<Item> {
    vec![switch(
        left(),
        [(
            12,
            vec![
                be16("=l2tp.avp.csu.res").doc("reserved").into(),
                be16("=l2tp.avp.csu.remote_session_id").doc("remote session").into(),
                be32("=l2tp.avp.csu.current_tx_speed").unit("bit/s").doc("transmit speed").into(),
                be32("=l2tp.avp.csu.current_rx_speed").unit("bit/s").doc("receive speed").into(),
            ],
        )],
        vec![
            be32("=l2tp.avp.csu.remote_session_id").doc("remote session").into(),
            be64("=l2tp.avp.csu.current_tx_speed64").unit("bit/s").doc("transmit speed").into(),
            be64("=l2tp.avp.csu.current_rx_speed64").unit("bit/s").doc("receive speed").into(),
        ],
    )]
}
