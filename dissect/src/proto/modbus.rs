//! Modbus/TCP (Modbus Messaging on TCP/IP Implementation Guide V1.0b, Application Protocol V1.1b3).

#[path = "modbus_functions.rs"]
mod functions;
#[path = "modbus_write.rs"]
mod write;

use super::exchange::Exchange;
use crate::decode::Walk;
use crate::schema::{
    Begun, Item, Kind, Length, Protocol, Size, TCP_PORT, Test, be16, bits, block, eq, flag, ge, label, left,
    lit, same, u8, val, when,
};

const FUNCTIONS: &[(u64, &str)] = &[
    (1, "read coils"),
    (2, "read discrete inputs"),
    (3, "read holding registers"),
    (4, "read input registers"),
    (5, "write single coil"),
    (6, "write single register"),
    (7, "read exception status"),
    (8, "diagnostics"),
    (11, "get event counter"),
    (12, "get event log"),
    (15, "write multiple coils"),
    (16, "write multiple registers"),
    (17, "report server identifier"),
    (20, "read file record"),
    (21, "write file record"),
    (22, "mask write register"),
    (23, "read and write multiple registers"),
    (24, "read FIFO queue"),
    (43, "encapsulated interface"),
];

const EXCEPTIONS: &[(u64, &str)] = &[
    (1, "illegal function"),
    (2, "illegal data address"),
    (3, "illegal data value"),
    (4, "server device failure"),
    (5, "acknowledge"),
    (6, "server device busy"),
    (8, "memory parity error"),
    (10, "gateway path unavailable"),
    (11, "gateway target does not respond"),
];

pub(super) fn modbus() -> Protocol {
    let protocol = Protocol::new("mbtcp", "Modbus/TCP")
        .alias("modbus")
        .layer("ModbusADURequest")
        .layer("ModbusADUResponse")
        .below("ModbusADURequest", "tcp", &[("dstport", crate::schema::Given::Number(502))])
        .below("ModbusADUResponse", "tcp", &[("srcport", crate::schema::Given::Number(502)), ("dstport", crate::schema::Given::Number(80))])
        .source("Modbus Messaging on TCP/IP Implementation Guide V1.0b §3.1")
        .on(TCP_PORT, &[502])
        .accepts(TCP_PORT, begins)
        .stream_of_single(length)
        .heads(&["modbus"])
        .later(|protocol| EXCHANGE.declare(modbus_fields(protocol)))
        .answers([same("trans_id"), same("=modbus.func_code")])
        .after(next_message)
        .sample("02000000000202000000000108004500003700010000400666be0a0000020a00000101f69c400000001b000000255018200047330000000300000009010306022b00000064")
        .sample("02000000000202000000000108004500004600010000400666af0a0000020a00000101f69c4000000101000000fc5018200084ab0000001300000018012b0e0101000003010541636d6521010241420203312e30")
        .sample("02000000000202000000000108004500003400010000400666c10a0000010a0000029c4001f6000003e8000007d050182000d0b30000000100000006010300100002")
        .sample("02000000000102000000000208004500003900010000400666bc0a0000020a00000101f69c4000000001000000015018200068c6000000070000000b010c080000010801219a42")
        .sample("02000000000202000000000108004500003400010000400666c10a0000010a0000029c4001f6000000010000000150182000dd6d000000080000000601080001ff00");
    write::declare(protocol)
}

/// Header and generated fields.
fn modbus_fields(protocol: Protocol) -> Protocol {
    protocol
        .field(be16("trans_id").craft("transId").doc("transaction").brief())
        .field(be16("prot_id").craft("protoId").doc("protocol; 0: Modbus"))
        .field(
            be16("len")
                .len_of(crate::schema::Span::After, 1, 0)
                .unit("octets")
                .doc("length behind this field"),
        )
        .field(block(
            label("pdu").doc("message").hidden(),
            Size::Octets(val("len").min(left())),
            [
                u8("unit_id").craft("unitId").default(255).doc("unit").brief().into(),
                // without any of it, the head alone is built, on which a layer of its own may stand
                when(
                    Test::Ge(left(), lit(0)),
                    [
                        flag("=modbus.exception").doc("exception").into(),
                        bits("=modbus.func_code", 7).names(FUNCTIONS).doc("function").brief().into(),
                        when(
                            ge("=modbus.exception", 1),
                            [u8("=modbus.exception_code").names(EXCEPTIONS).doc("exception").into()],
                        ),
                        when(eq("=modbus.exception", 0), [function()]),
                    ],
                ),
            ],
        ))
}

/// What the function asks or answers; built from octets.
fn function() -> Item {
    Item::Custom(functions::fields(), functions::decode, Some(|build| build.put_field("=modbus.data")))
}

/// The length counts what stands behind it: 2 to 254 octets.
fn length(begun: Begun<'_>) -> Length {
    match begun.octets {
        [_, _, 0, 0, 0, octets @ 2..=254, ..] => Length::of(usize::from(*octets).saturating_add(6)),
        [_, _, 0, 0, 0] | [_, _, 0, 0] | [_, _, 0] | [_, _] | [_] => Length::at_least(6),
        _ => Length::Alien,
    }
}

fn begins(octets: &[u8]) -> bool {
    matches!(octets, [_, _, 0, 0, 0 | 1, low, _, code, ..] if *low >= 2 && code & 0x7f != 0)
}

/// What a message shows of its exchange.
const EXCHANGE: Exchange = Exchange {
    to: "=modbus.request_frame",
    time: Some(("=modbus.response_time", Kind::Duration)),
    within: "=modbus.response_frame",
};

fn next_message(walk: &mut Walk<'_, '_>) {
    EXCHANGE.show(walk);
    if begins(walk.rest()) {
        walk.next_named("mbtcp");
    }
}
