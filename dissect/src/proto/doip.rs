//! Diagnostics over IP (ISO 13400-2:2019): vehicles found, routing activated, and diagnostic messages to and from control units.

use crate::decode::Walk;
use crate::render::line::{Body, Line};
use crate::schema::{
    Begun, Item, Length, Protocol, Size, Span, TCP_PORT, Test, UDP_PORT, be16, be32, block, bytes, eq, label,
    left, lit, ne, rest, switch, text, u8, val, when,
};

const HEADER: usize = 8;

const DIAGNOSTIC: i64 = 0x8001;

const TYPES: &[(u64, &str)] = &[
    (0x0000, "header not acknowledged"),
    (0x0001, "vehicle identification request"),
    (0x0002, "vehicle identification request by EID"),
    (0x0003, "vehicle identification request by VIN"),
    (0x0004, "vehicle announcement"),
    (0x0005, "routing activation request"),
    (0x0006, "routing activation response"),
    (0x0007, "alive check request"),
    (0x0008, "alive check response"),
    (0x4001, "entity status request"),
    (0x4002, "entity status response"),
    (0x4003, "power mode request"),
    (0x4004, "power mode response"),
    (0x8001, "diagnostic message"),
    (0x8002, "diagnostic message acknowledged"),
    (0x8003, "diagnostic message not acknowledged"),
];

const REFUSED: &[(u64, &str)] = &[
    (0, "incorrect pattern"),
    (1, "unknown payload type"),
    (2, "message too large"),
    (3, "out of memory"),
    (4, "invalid payload length"),
];

const ACTIVATIONS: &[(u64, &str)] = &[(0, "default"), (1, "WWH-OBD"), (0xe0, "central security")];

const RESPONSES: &[(u64, &str)] = &[
    (0x00, "denied: unknown source"),
    (0x01, "denied: all sockets in use"),
    (0x02, "denied: another source on this socket"),
    (0x03, "denied: source on another socket"),
    (0x04, "denied: not authenticated"),
    (0x05, "denied: confirmation refused"),
    (0x06, "denied: unknown activation type"),
    (0x07, "denied: TLS needed"),
    (0x10, "activated"),
    (0x11, "confirmation needed"),
];

const FAULTS: &[(u64, &str)] = &[
    (2, "invalid source"),
    (3, "unknown target"),
    (4, "message too large"),
    (5, "out of memory"),
    (6, "target unreachable"),
    (7, "unknown network"),
    (8, "transport protocol error"),
];

pub(super) fn doip() -> Protocol {
    Protocol::new("doip", "Diagnostics over IP")
        .layer("DoIP")
        .source("ISO 13400-2:2019 §7")
        .on(UDP_PORT, &[13400])
        .on(TCP_PORT, &[13400])
        .accepts(UDP_PORT, begins)
        .accepts(TCP_PORT, begins)
        .ports_below("udp", 0, 13400)
        .ports_below("tcp", 0, 13400)
        .stream_of_single(length)
        .later(fields)
        .leads_to(&["uds"])
        .after(after)
        .summary(summary)
        .sample(concat!(
            "02000000000202000000000108004500004500010000401166a50a0000010a0000029c4034580031109402fd00",
            "04000000215756575a5a5a314b5a41573030303030310e800200000000090200000000010000",
        ))
        .sample(concat!(
            "02000000000102000000000208004500003900010000400666bc0a0000020a00000134589c4000001388000003",
            "f7501820006415000002fd0006000000090e000e801000000000",
        ))
        .sample(concat!(
            "02000000000102000000000208004500003700010000400666be0a0000020a00000134589c40000013c3000004",
            "1450182000f0b4000002fd8002000000070e800e00001003",
        ))
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    protocol
        .field(
            u8("version")
                .craft("protocol_version")
                .default(2)
                .hex()
                .names(&[(1, "2010"), (2, "2012"), (3, "2019"), (4, "2019 with amendment 1"), (0xff, "any")])
                .doc("version of the standard"),
        )
        .field(
            u8("inverse").craft("inverse_version").default(0xfd).hex().doc("the version's bits turned round"),
        )
        .field(be16("type").craft("payload_type").hex().names(TYPES).brief().doc("kind of message"))
        .field(be32("length").craft("payload_length").len_of(Span::Whole, 1, -8).unit("octets").doc("length"))
        .field(when(
            ne("type", DIAGNOSTIC),
            [block(label("message").hidden().doc("message"), Size::Octets(val("length")), [message()])],
        ))
        .field(when(
            eq("type", DIAGNOSTIC),
            [
                be16("source_address").craft("source_address").hex().brief().doc("source").into(),
                be16("target_address").craft("target_address").hex().brief().doc("target").into(),
            ],
        ))
}

fn begins(octets: &[u8]) -> bool {
    matches!(octets, [version, inverse, ..] if *version == !*inverse)
}

/// The header says how long the rest is.
fn length(begun: Begun<'_>) -> Length {
    let Some(header) = begun.octets.first_chunk::<HEADER>() else {
        return if begun.octets.len() < 2 || begins(begun.octets) {
            Length::at_least(HEADER)
        } else {
            Length::Alien
        };
    };
    if !begins(header) {
        return Length::Alien;
    }
    let [_, _, _, _, a, b, c, d] = *header;
    let octets = u64::from(u32::from_be_bytes([a, b, c, d])).saturating_add(HEADER as u64);
    Length::Known { octets, head: HEADER, asks: None, answers: false }
}

fn message() -> Item {
    let vin = || -> Item { text("vin", Size::Octets(lit(17))).craft("vin").doc("vehicle").into() };
    let eid = || -> Item {
        bytes("eid", Size::Octets(lit(6)))
            .craft("eid")
            .default_bytes(&[0; 6])
            .doc("entity, often its MAC address")
            .into()
    };
    let source = || -> Item { be16("source_address").craft("source_address").hex().doc("source").into() };
    let target = || -> Item { be16("target_address").craft("target_address").hex().doc("target").into() };
    let iso = || -> Item { be32("reserved_iso").craft("reserved_iso").hex().doc("reserved").into() };
    let oem = || {
        when(
            Test::Ge(left(), lit(4)),
            [be32("reserved_oem").craft("reserved_oem").hex().doc("for the manufacturer").into()],
        )
    };
    let previous = || {
        when(
            Test::Ge(left(), lit(1)),
            [bytes("previous", rest()).craft("previous_msg").doc("the message that it is about").into()],
        )
    };
    switch(
        val("type"),
        [
            (0, vec![u8("nack_code").craft("nack").hex().names(REFUSED).doc("why").into()]),
            (1, vec![]),
            (2, vec![eid()]),
            (3, vec![vin()]),
            (
                4,
                vec![
                    vin(),
                    be16("logical_address")
                        .craft("logical_address")
                        .hex()
                        .doc("address of the entity")
                        .into(),
                    eid(),
                    bytes("gid", Size::Octets(lit(6)))
                        .craft("gid")
                        .default_bytes(&[0; 6])
                        .doc("group")
                        .into(),
                    u8("futher_action")
                        .alias("further_action")
                        .craft("further_action")
                        .hex()
                        .names(&[(0, "none"), (0x10, "activation for central security")])
                        .doc("what is to be done further")
                        .into(),
                    when(
                        Test::Ge(left(), lit(1)),
                        [u8("sync_status")
                            .craft("vin_gid_status")
                            .hex()
                            .names(&[(0, "synchronised"), (0x10, "not synchronised")])
                            .doc("VIN and group")
                            .into()],
                    ),
                ],
            ),
            (
                5,
                vec![
                    source(),
                    u8("activation_type")
                        .craft("activation_type")
                        .hex()
                        .names(ACTIVATIONS)
                        .doc("activation")
                        .into(),
                    iso(),
                    oem(),
                ],
            ),
            (
                6,
                vec![
                    be16("tester_logical_address").craft("logical_address_tester").hex().doc("tester").into(),
                    be16("source_address").craft("logical_address_doip_entity").hex().doc("source").into(),
                    u8("response_code")
                        .craft("routing_activation_response")
                        .hex()
                        .names(RESPONSES)
                        .doc("result")
                        .into(),
                    iso(),
                    oem(),
                ],
            ),
            (7, vec![]),
            (8, vec![source()]),
            (0x4001, vec![]),
            (
                0x4002,
                vec![
                    u8("node_type")
                        .craft("node_type")
                        .hex()
                        .names(&[(0, "gateway"), (1, "node")])
                        .doc("kind of entity")
                        .into(),
                    u8("max_sockets").craft("max_open_sockets").doc("sockets at once").into(),
                    u8("sockets").craft("cur_open_sockets").doc("open sockets").into(),
                    when(
                        Test::Ge(left(), lit(4)),
                        [be32("max_data_size")
                            .craft("max_data_size")
                            .unit("octets")
                            .doc("longest message")
                            .into()],
                    ),
                ],
            ),
            (0x4003, vec![]),
            (
                0x4004,
                vec![
                    u8("power_mode")
                        .craft("diagnostic_power_mode")
                        .hex()
                        .names(&[(0, "not ready"), (1, "ready"), (2, "not supported")])
                        .doc("power mode")
                        .into(),
                ],
            ),
            (
                0x8002,
                vec![
                    source(),
                    target(),
                    u8("diag_ack_code").craft("ack_code").hex().doc("acknowledgement").into(),
                    previous(),
                ],
            ),
            (
                0x8003,
                vec![
                    source(),
                    target(),
                    u8("diag_nack_code").craft("nack_code").hex().names(FAULTS).doc("why").into(),
                    previous(),
                ],
            ),
        ],
        vec![bytes("unknown", rest()).doc("content").into()],
    )
}

fn after(walk: &mut Walk<'_, '_>) {
    let Some([_, _, high, low, a, b, c, d]) = walk.layer_octets().first_chunk::<HEADER>().copied() else {
        return;
    };
    let length = i64::from(u32::from_be_bytes([a, b, c, d]));
    let taken = walk.offset().saturating_sub(walk.layer_offset()).saturating_sub(HEADER);
    walk.limit_payload(length.saturating_sub(i64::try_from(taken).unwrap_or(0)).max(0));
    if i64::from(u16::from_be_bytes([high, low])) == DIAGNOSTIC {
        walk.next_named("uds");
    }
}

fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    let Some([_, _, high, low, ..]) = body.data.first_chunk::<HEADER>().copied() else {
        return line.cut("doip", body);
    };
    let kind = u16::from_be_bytes([high, low]);
    line.text("DoIP ");
    match TYPES.iter().find(|known| known.0 == u64::from(kind)) {
        Some(known) => line.text(known.1),
        None => line.hex(u64::from(kind), 4),
    }
    if let Some([a, b, c, d]) = body.data.get(HEADER..).and_then(|octets| octets.first_chunk::<4>().copied())
        && kind >= 0x8001
    {
        line.text(" ");
        line.hex(u64::from(u16::from_be_bytes([a, b])), 4);
        line.text(" > ");
        line.hex(u64::from(u16::from_be_bytes([c, d])), 4);
        if i64::from(kind) == DIAGNOSTIC {
            line.text(", ");
            line.named("uds", body.skip(HEADER + 4));
        }
    }
}
