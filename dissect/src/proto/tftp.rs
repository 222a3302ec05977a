//! TFTP (RFC 1350) with option negotiation (RFC 2347).
//!
//! Only the first packet goes to the port by which TFTP is known; the rest of a transfer runs between ports of the two
//! hosts' choice, which [`expected`](crate::flow) conversations know by the request.

use super::octets::Octets;
use crate::decode::Walk;
use crate::render::line::{Body, Line};
use crate::schema::{
    Item, Names, Protocol, Size, UDP_PORT, be16, be32, be64, bytes, label, repeat, rest, switch, text, val,
};

const OPCODES: &[(u64, &str)] = &[
    (1, "read request"),
    (2, "write request"),
    (3, "data"),
    (4, "acknowledgement"),
    (5, "error"),
    (6, "option acknowledgement"),
];

const ERRORS: &[(u64, &str)] = &[
    (0, "not defined"),
    (1, "file not found"),
    (2, "access violation"),
    (3, "disk full"),
    (4, "illegal operation"),
    (5, "unknown transfer"),
    (6, "file exists"),
    (7, "no such user"),
    (8, "option negotiation failed"),
];

fn options() -> Item {
    repeat(
        label("option").craft("options").doc("option"),
        [
            text("option.name", Size::Nul).craft("oname").doc("name").into(),
            text("option.value", Size::Nul).craft("value").doc("value").into(),
        ],
    )
}

pub(super) fn tftp() -> Protocol {
    Protocol::new("tftp", "Trivial File Transfer Protocol")
        .layer("TFTP")
        .body("TFTP_RRQ", "opcode", &[("opcode", 1)])
        .body("TFTP_WRQ", "opcode", &[("opcode", 2)])
        .body("TFTP_DATA", "opcode", &[("opcode", 3)])
        .body("TFTP_ACK", "opcode", &[("opcode", 4)])
        .body("TFTP_ERROR", "opcode", &[("opcode", 5)])
        .body("TFTP_OACK", "opcode", &[("opcode", 6)])
        .part("TFTP_Option", "option", &[])
        .part("TFTP_Options", "options", &[])
        .ports_below("udp", 0, 69)
        .source("RFC 1350 §5, RFC 2347")
        .on(UDP_PORT, &[69])
        .later(fields)
        .after(of_transfer)
        .summary(summary)
        .sample("02000000000202000000000108004500004400010000401166a60a0000010a00000207d0004500302ddc00026c6f672e747874006e6574617363696900626c6b73697a650031343238007473697a65003000")
        .sample("02000000000202000000000108004500002f00010000401166bb0a0000010a000002004507d0001ba2a90005000146696c65206e6f7420666f756e6400")
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    let request = |file: &'static str| {
        vec![
            text(file, Size::Nul).craft("filename").doc("file").into(),
            text("type", Size::Nul).craft("mode").default_bytes(b"octet").doc("mode").into(),
            options(),
        ]
    };
    protocol
        .field(be16("opcode").craft("op").default(1).names(OPCODES).doc("operation"))
        .field(switch(
            val("opcode"),
            [
                (1, request("source_file")),
                (2, request("destination_file")),
                (
                    3,
                    vec![
                        be16("block").craft("block").doc("block").into(),
                        bytes("data", rest()).alias("=tftp.block.data").doc("data").into(),
                    ],
                ),
                (4, vec![be16("block").craft("block").doc("block").into()]),
                (
                    5,
                    vec![
                        be16("error.code").craft("errorcode").names(ERRORS).doc("error").into(),
                        text("error.message", Size::Nul)
                            .alias("error.string")
                            .craft("errormsg")
                            .doc("message")
                            .into(),
                    ],
                ),
                (6, vec![options()]),
            ],
            vec![],
        ))
        .extras([
            text("source_file", rest()).doc("file"),
            text("destination_file", rest()).doc("file"),
            be64("request_frame").doc("request that began the transfer"),
            be32("block.full").doc("block, counted on behind 65535"),
        ])
        // a layer of its own on a request, or on an acknowledgement
        .field(crate::schema::crafted([crate::schema::block(
            label("options").hidden().doc("options"),
            rest(),
            [options()],
        )]))
}

/// What the request says of the packets behind it.
fn of_transfer(walk: &mut Walk<'_, '_>) {
    let Some(known) = walk.around().joined.and_then(|joined| joined.announcement.as_ref()) else { return };
    if walk.quoted() || !walk.is_first_of_its_kind() {
        return;
    }
    let at = walk.layer_offset();
    walk.emit("request_frame", at, 0, known.frame);
    if let Some(file) = &known.file {
        let name = if file.written { "destination_file" } else { "source_file" };
        if let Some(source) = walk.add_source(&file.name) {
            walk.read_in(source, &file.name, |walk| walk.emit(name, 0, file.name.len(), 0));
        }
    }
    if let Some(block) = known.block {
        walk.emit("block.full", at, 0, block);
    }
}

fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    line.text("TFTP, length ");
    line.number(body.len as u64);
    let mut octets = Octets::of(body);
    let Some(operation) = octets.u16() else {
        line.cut("tftp", body);
        return;
    };
    const SHORT: &[(u64, &str)] =
        &[(1, "RRQ"), (2, "WRQ"), (3, "DATA"), (4, "ACK"), (5, "ERROR"), (6, "OACK")];
    line.text(", ");
    match Names::List(SHORT).get(u64::from(operation)) {
        Some(name) => line.text(name),
        None => {
            line.text("tftp-#");
            line.number(u64::from(operation));
            return;
        }
    }
    match operation {
        1 | 2 => {
            line.text(" \"");
            line.untrusted(octets.until(0));
            line.text("\"");
            strings(line, octets);
        }
        3 | 4 => match octets.u16() {
            Some(block) => {
                line.text(" block ");
                line.number(u64::from(block));
            }
            None => line.text(" [|tftp]"),
        },
        5 => {
            const NAMES: [&str; 8] =
                ["EUNDEF", "ENOTFOUND", "EACCESS", "ENOSPACE", "EBADOP", "EBADID", "EEXISTS", "ENOUSER"];
            let Some(code) = octets.u16() else {
                line.text(" [|tftp]");
                return;
            };
            line.text(" ");
            match NAMES.get(usize::from(code)) {
                Some(name) => line.text(name),
                None => {
                    line.text("tftp-err-#");
                    line.number(u64::from(code));
                }
            }
            line.text(" \"");
            line.untrusted(octets.until(0));
            line.text("\"");
        }
        _ => strings(line, octets),
    }
}

fn strings(line: &mut Line<'_, '_>, mut octets: Octets<'_>) {
    for _ in 0..32 {
        if octets.is_empty() {
            return;
        }
        let text = octets.until(0);
        if !text.is_empty() {
            line.text(" ");
            line.untrusted(text);
        }
    }
}
