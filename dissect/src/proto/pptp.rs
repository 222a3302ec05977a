//! The control connection of PPTP (RFC 2637 §2). What it sets up, PPP in GRE, is `gre`'s.

use crate::schema::{
    Begun, Field, Item, Length, Protocol, Size, TCP_PORT, be16, be32, bytes, echoed, lit, rest, same, switch,
    text, u8, val,
};

const MAGIC: u64 = 0x1a2b_3c4d;

/// RFC 2637 §2: the number of each message, and the octets that it has.
const MESSAGES: [(&str, u64, u64); 15] = [
    ("PPTPStartControlConnectionRequest", 1, 156),
    ("PPTPStartControlConnectionReply", 2, 156),
    ("PPTPStopControlConnectionRequest", 3, 16),
    ("PPTPStopControlConnectionReply", 4, 16),
    ("PPTPEchoRequest", 5, 16),
    ("PPTPEchoReply", 6, 20),
    ("PPTPOutgoingCallRequest", 7, 168),
    ("PPTPOutgoingCallReply", 8, 32),
    ("PPTPIncomingCallRequest", 9, 220),
    // of these two scapy says more than they have
    ("PPTPIncomingCallReply", 10, 148),
    ("PPTPIncomingCallConnected", 11, 28),
    ("PPTPCallClearRequest", 12, 16),
    ("PPTPCallDisconnectNotify", 13, 148),
    ("PPTPWANErrorNotify", 14, 40),
    ("PPTPSetLinkInfo", 15, 24),
];

const TYPES: &[(u64, &str)] = &[(1, "control message"), (2, "management message")];

const CONTROL: &[(u64, &str)] = &[
    (1, "Start-Control-Connection-Request"),
    (2, "Start-Control-Connection-Reply"),
    (3, "Stop-Control-Connection-Request"),
    (4, "Stop-Control-Connection-Reply"),
    (5, "Echo-Request"),
    (6, "Echo-Reply"),
    (7, "Outgoing-Call-Request"),
    (8, "Outgoing-Call-Reply"),
    (9, "Incoming-Call-Request"),
    (10, "Incoming-Call-Reply"),
    (11, "Incoming-Call-Connected"),
    (12, "Call-Clear-Request"),
    (13, "Call-Disconnect-Notify"),
    (14, "WAN-Error-Notify"),
    (15, "Set-Link-Info"),
];

/// RFC 2637 §2.16.
const ERRORS: &[(u64, &str)] = &[
    (0, "None"),
    (1, "Not-Connected"),
    (2, "Bad-Format"),
    (3, "Bad-Value"),
    (4, "No-Resource"),
    (5, "Bad-Call ID"),
    (6, "PAC-Error"),
];

const CALL_RESULTS: &[(u64, &str)] = &[
    (1, "Connected"),
    (2, "General error"),
    (3, "No Carrier"),
    (4, "Busy"),
    (5, "No dial tone"),
    (6, "Time-out"),
    (7, "Do not accept"),
];

const DONE: &[(u64, &str)] = &[(1, "OK"), (2, "General error")];

const FRAMING: &[(u64, &str)] =
    &[(1, "Asynchronous framing"), (2, "Synchronous framing"), (3, "Any type of framing")];

const BEARER: &[(u64, &str)] = &[(1, "Analog channel"), (2, "Digital channel"), (3, "Any type of channel")];

pub(super) fn pptp() -> Protocol {
    let protocol = Protocol::new("pptp", "Point-to-Point Tunneling Protocol")
        .ports_below("tcp", 0, 1723)
        .source("RFC 2637 §2")
        .on(TCP_PORT, &[1723])
        .accepts(TCP_PORT, |data| data.get(4..8).is_none_or(|cookie| cookie == [0x1a, 0x2b, 0x3c, 0x4d]))
        .stream_of_single(length)
        .answers([echoed("call_id", "peer_call_id"), same("identifier")])
        .later(fields)
        .sample("02000000000202000000000108004500003800010000400666bd0a0000010a000002c00006bb0000000100000001501820005e670000001000011a2b3c4d0005000000000007")
        .sample("02000000000202000000000108004500004800010000400666ad0a0000010a00000206bbc000000000010000000150182000763a0000002000011a2b3c4d00080000000500060100000005f5e1000010000000000000");
    MESSAGES.into_iter().fold(protocol, |protocol, (layer, number, octets)| {
        protocol.layer_as(layer, &[("control_message_type", number), ("length", octets)])
    })
}

/// The length of the whole message stands in front: 16 to 220 octets.
fn length(begun: Begun<'_>) -> Length {
    match begun.octets {
        [0, octets @ 16..=220, ..] => Length::of(usize::from(*octets)),
        [0] | [] => Length::at_least(2),
        _ => Length::Alien,
    }
}

fn reserved(octets: i64, craft: &'static str) -> Item {
    bytes("reserved", Size::Octets(lit(octets))).craft(craft).doc("reserved").into()
}

fn call() -> Item {
    be16("call_id").default(1).doc("call").brief().into()
}

fn peer() -> Item {
    be16("peer_call_id").default(1).doc("the other's call").into()
}

fn result(name: &'static str, names: &'static [(u64, &'static str)]) -> [Item; 2] {
    [
        u8(name).craft("result_code").default(1).names(names).doc("result").into(),
        u8("error").craft("error_code").names(ERRORS).doc("error").into(),
    ]
}

fn padded(field: &'static str, craft: &'static str, doc: &'static str) -> Field {
    text(field, Size::Octets(lit(64))).craft(craft).doc(doc)
}

fn window(packets: u64) -> Item {
    let window = be16("packet_receive_window_size").craft("pkt_window_size").unit("packets");
    window.default(packets).doc("packets that may be unacknowledged").into()
}

fn delay(craft: &'static str) -> Item {
    be16("packet_processing_delay").craft(craft).unit("100 ms").doc("processing delay").into()
}

fn bearer() -> Item {
    be32("bearer_type").default(3).names(BEARER).doc("bearer").into()
}

fn framing(default: u64) -> Item {
    be32("framing_type").default(default).names(FRAMING).doc("framing").into()
}

fn speed() -> Item {
    be32("connect_speed").unit("bit/s").default(100_000_000).doc("speed of the connection").into()
}

fn channel() -> Item {
    be32("physical_channel_id").craft("channel_id").doc("physical channel").into()
}

/// What both sides say of themselves.
fn host() -> [Item; 6] {
    [
        be32("framing_capabilities")
            .letters(&["Asynchronous Framing supported", "Synchronous Framing supported"])
            .doc("framing that the host can do")
            .into(),
        be32("bearer_capabilities")
            .letters(&["Analog access supported", "Digital access supported"])
            .doc("bearers that the host can do")
            .into(),
        be16("maximum_channels").default(65535).doc("sessions that the host can have").into(),
        be16("firmware_revision").default(256).doc("firmware").into(),
        padded("host_name", "host_name", "host's name").default_bytes(b"linux").into(),
        padded("vendor_name", "vendor_string", "vendor").into(),
    ]
}

fn version() -> Item {
    be16("protocol_version").default(0x0100).doc("version").into()
}

fn joined(parts: impl IntoIterator<Item = Vec<Item>>) -> Vec<Item> {
    parts.into_iter().flatten().collect()
}

fn outgoing_request() -> Vec<Item> {
    vec![
        call(),
        be16("call_serial_number").doc("serial number").into(),
        be32("minimum_bps").unit("bit/s").default(32768).doc("least speed").into(),
        be32("maximum_bps").unit("bit/s").default(0x8000_0000).doc("highest speed").into(),
        bearer(),
        framing(3),
        window(16),
        delay("pkt_proc_delay"),
        be16("phone_number_length")
            .craft("phone_number_len")
            .unit("octets")
            .doc("length of the number")
            .into(),
        reserved(2, "reserved_1"),
        padded("phone_number", "phone_number", "number to dial").into(),
        padded("subaddress", "subaddress", "subaddress").into(),
    ]
}

fn incoming_request() -> Vec<Item> {
    let length = |name, craft, doc| -> Item { be16(name).craft(craft).unit("octets").doc(doc).into() };
    vec![
        call(),
        be16("call_serial_number").default(1).doc("serial number").into(),
        bearer(),
        channel(),
        length("dialed_number_length", "dialed_number_len", "length of the dialed number"),
        length("dialing_number_length", "dialing_number_len", "length of the caller's number"),
        padded("dialed_number", "dialed_number", "dialed number").into(),
        padded("dialing_number", "dialing_number", "caller's number").into(),
        padded("subaddress", "subaddress", "subaddress").into(),
    ]
}

fn errors() -> Vec<Item> {
    let count = |name, doc| -> Item { be32(name).doc(doc).into() };
    vec![
        peer(),
        reserved(2, "reserved_1"),
        count("crc_errors", "frames with wrong check sequences"),
        count("framing_errors", "frames that were cut wrongly"),
        count("hardware_overruns", "overruns of the hardware"),
        count("buffer_overruns", "overruns of buffers"),
        be32("timeout_errors").craft("time_out_errors").doc("time-outs").into(),
        count("alignment_errors", "alignment errors"),
    ]
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    const STARTED: &[(u64, &str)] = &[
        (1, "OK"),
        (2, "General error"),
        (3, "Command channel already exists"),
        (4, "Not authorized"),
        (5, "Unsupported protocol version"),
    ];
    const REASONS: &[(u64, &str)] = &[(1, "None"), (2, "Stop-Protocol"), (3, "Stop-Local-Shutdown")];
    const ENDED: &[(u64, &str)] =
        &[(1, "Lost Carrier"), (2, "General error"), (3, "Admin Shutdown"), (4, "Request")];
    let identifier = || -> Item { be32("identifier").doc("identifier").into() };
    let cause = || -> Item { be16("cause").craft("cause_code").doc("cause").into() };
    let results = |name, names| result(name, names).into_iter().collect::<Vec<_>>();
    protocol
        .field(be16("length").craft("len").unit("octets").default(156).doc("length of the message"))
        .field(be16("type").default(1).names(TYPES).doc("kind of message"))
        .field(be32("magic_cookie").hex().default(MAGIC).doc("magic cookie"))
        .field(
            be16("control_message_type")
                .craft("ctrl_msg_type")
                .default(1)
                .names(CONTROL)
                .doc("message")
                .brief(),
        )
        .field(reserved(2, "reserved_0"))
        .field(switch(
            val("control_message_type"),
            [
                (1, joined([vec![version(), reserved(2, "reserved_1")], host().into()])),
                (2, joined([vec![version()], results("control_result", STARTED), host().into()])),
                (
                    3,
                    vec![
                        u8("reason").default(1).names(REASONS).doc("reason").into(),
                        reserved(1, "reserved_1"),
                        reserved(2, "reserved_2"),
                    ],
                ),
                (4, joined([results("stop_result", DONE), vec![reserved(2, "reserved_2")]])),
                (5, vec![identifier()]),
                (
                    6,
                    joined([
                        vec![identifier()],
                        results("echo_result", DONE),
                        vec![reserved(2, "reserved_1")],
                    ]),
                ),
                (7, outgoing_request()),
                (
                    8,
                    joined([
                        vec![call(), peer()],
                        results("out_result", CALL_RESULTS),
                        vec![cause(), speed(), window(16), delay("pkt_proc_delay"), channel()],
                    ]),
                ),
                (9, incoming_request()),
                (
                    10,
                    joined([
                        vec![call(), peer()],
                        results("in_result", CALL_RESULTS),
                        vec![window(64), delay("pkt_transmit_delay"), reserved(2, "reserved_1")],
                    ]),
                ),
                (
                    11,
                    vec![
                        peer(),
                        reserved(2, "reserved_1"),
                        speed(),
                        window(64),
                        delay("pkt_transmit_delay"),
                        framing(1),
                    ],
                ),
                (12, vec![call(), reserved(2, "reserved_1")]),
                (
                    13,
                    joined([
                        vec![call()],
                        results("disc_result", ENDED),
                        vec![
                            cause(),
                            reserved(2, "reserved_1"),
                            text("call_Statistics", Size::Octets(lit(128)))
                                .craft("call_statistic")
                                .doc("statistics of the call")
                                .into(),
                        ],
                    ]),
                ),
                (14, errors()),
                (
                    15,
                    vec![
                        peer(),
                        reserved(2, "reserved_1"),
                        be32("send_accm").hex().doc("control characters to escape when sending").into(),
                        be32("receive_accm").hex().doc("control characters that are escaped").into(),
                    ],
                ),
            ],
            vec![bytes("data", rest()).doc("unknown message").into()],
        ))
}
