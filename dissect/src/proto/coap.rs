//! CoAP, RFC 7252, with the options of the IANA registry "CoAP Option Numbers" by name.

use super::exchange::Exchange;
use crate::decode::Walk;
use crate::schema::{
    Build, Kind, Protocol, Size, UDP_PORT, be16, bits, bytes, custom_both, label, rest, same, u8, val,
};

const CODES: &[(u64, &str)] = &[
    (0, "empty"),
    (1, "GET"),
    (2, "POST"),
    (3, "PUT"),
    (4, "DELETE"),
    (5, "FETCH"),
    (6, "PATCH"),
    (7, "iPATCH"),
    (65, "2.01 created"),
    (66, "2.02 deleted"),
    (67, "2.03 valid"),
    (68, "2.04 changed"),
    (69, "2.05 content"),
    (95, "2.31 continue"),
    (128, "4.00 bad request"),
    (129, "4.01 unauthorized"),
    (130, "4.02 bad option"),
    (131, "4.03 forbidden"),
    (132, "4.04 not found"),
    (133, "4.05 method not allowed"),
    (134, "4.06 not acceptable"),
    (136, "4.08 request entity incomplete"),
    (140, "4.12 precondition failed"),
    (141, "4.13 request entity too large"),
    (143, "4.15 unsupported content format"),
    (160, "5.00 internal server error"),
    (161, "5.01 not implemented"),
    (162, "5.02 bad gateway"),
    (163, "5.03 service unavailable"),
    (164, "5.04 gateway timeout"),
    (165, "5.05 proxying not supported"),
];

const OPTIONS: &[(u64, &str)] = &[
    (1, "If-Match"),
    (3, "Uri-Host"),
    (4, "ETag"),
    (5, "If-None-Match"),
    (6, "Observe"),
    (7, "Uri-Port"),
    (8, "Location-Path"),
    (9, "OSCORE"),
    (11, "Uri-Path"),
    (12, "Content-Format"),
    (14, "Max-Age"),
    (15, "Uri-Query"),
    (16, "Hop-Limit"),
    (17, "Accept"),
    (20, "Location-Query"),
    (23, "Block2"),
    (27, "Block1"),
    (28, "Size2"),
    (35, "Proxy-Uri"),
    (39, "Proxy-Scheme"),
    (60, "Size1"),
    (252, "Echo"),
    (258, "No-Response"),
    (292, "Request-Tag"),
];

/// Octets that an option may have: the largest extension, and what it counts from.
const LONGEST: usize = 0xffff + 269;

pub(super) fn coap() -> Protocol {
    Protocol::new("coap", "Constrained Application Protocol")
        .layer("CoAP")
        .source("RFC 7252 §3")
        .on(UDP_PORT, &[5683])
        .accepts(UDP_PORT, |data| data.first().is_some_and(|first| first >> 6 == 1 && first & 15 <= 8))
        .answers([same("token")])
        .later(|protocol| EXCHANGE.declare(fields(protocol)))
        .after(|walk| EXCHANGE.show(walk))
        .sample("02000000000202000000000108004500002b00010000401166bf0a0000010a0000029c4016330017efbf41011234aab474656d700161ff6869")
}

/// What a message shows of its exchange.
const EXCHANGE: Exchange =
    Exchange { to: "response_to", time: Some(("response_time", Kind::Duration)), within: "response_in" };

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    protocol
        .field(bits("version", 2).craft("ver").default(1).doc("version"))
        .field(
            bits("type", 2)
                .names(&[(0, "confirmable"), (1, "non-confirmable"), (2, "acknowledgement"), (3, "reset")])
                .words(&[(0, "CON"), (1, "NON"), (2, "ACK"), (3, "RST")])
                .doc("type")
                .brief(),
        )
        .field(
            bits("token_len", 4)
                .craft("tkl")
                .unit("octets")
                .len_of_part("token", 1, 0)
                .doc("length of the token"),
        )
        .field(u8("code").names(CODES).doc("code").brief())
        .field(be16("mid").craft("msg_id").doc("message").brief())
        .field(bytes("token", Size::Octets(val("token_len"))).doc("token"))
        .field(custom_both(
            [
                bytes("=coap.written.options", rest())
                    .craft("options")
                    .lists()
                    .hidden()
                    .doc("options as they are built"),
                bytes("=coap.written.paymark", rest())
                    .craft("paymark")
                    .hidden()
                    .doc("mark of the payload as it is built"),
                label("opt").doc("option"),
                be16("opt.number").names(OPTIONS).doc("option"),
                be16("opt.length").unit("octets").doc("length"),
                bytes("opt.value", rest()).doc("value"),
                u8("opt.end_marker").hex().doc("end of the options"),
                bytes("payload", rest()).doc("payload"),
            ],
            options,
            write_options,
        ))
}

/// Options in the order of their numbers, each told as the step from the one before it (RFC 7252 §3.1), and what else was given.
fn write_options(build: &mut dyn Build) {
    let mut pairs = build.pairs("=coap.written.options", "opt.number", "opt.value");
    pairs.sort_by_key(|(number, _)| *number);
    let mut before = 0;
    for (number, value) in pairs {
        if value.len() > LONGEST {
            // more than a length can say: refused as such
            build.put_number("opt.length", value.len() as u64);
        }
        let (delta, more_delta) = nibble(number.saturating_sub(before));
        let (length, more_length) = nibble(value.len() as u64);
        before = number;
        build.put(&[delta << 4 | length]);
        build.put(&more_delta);
        build.put(&more_length);
        build.put(&value);
    }
    for field in
        ["opt.number", "opt.length", "opt.value", "opt.end_marker", "=coap.written.paymark", "payload"]
    {
        if build.is_given(field) {
            build.put_field(field);
        }
    }
}

/// A number as a nibble, and the octets that extend it.
fn nibble(number: u64) -> (u8, Vec<u8>) {
    match number {
        0..=12 => (number as u8, Vec::new()),
        13..=268 => (13, vec![number.saturating_sub(13) as u8]),
        _ => {
            let more = u16::try_from(number.saturating_sub(269)).unwrap_or(u16::MAX);
            (14, more.to_be_bytes().to_vec())
        }
    }
}

/// A nibble, with the octets behind the head that extend it (RFC 7252 §3.1).
fn extended(nibble: u8, octets: &[u8]) -> Option<(usize, usize)> {
    match nibble {
        0..=12 => Some((usize::from(nibble), 0)),
        13 => Some((usize::from(*octets.first()?).saturating_add(13), 1)),
        14 => Some((usize::from(u16::from_be_bytes(*octets.first_chunk()?)).saturating_add(269), 2)),
        _ => None,
    }
}

fn options(walk: &mut Walk<'_, '_>) {
    let mut number = 0_usize;
    while let Some((first, after)) = walk.rest().split_first() {
        if *first == 0xff {
            walk.take("opt.end_marker", 1);
            let left = walk.rest().len();
            walk.take_octets("payload", left);
            return;
        }
        let delta = extended(first >> 4, after);
        let length = delta.and_then(|(_, used)| extended(first & 15, after.get(used..)?));
        let (Some((delta, a)), Some((length, b)), false) = (delta, length, walk.too_deep()) else {
            walk.missing(walk.rest().len().saturating_add(1));
            return;
        };
        number = number.saturating_add(delta);
        let node = walk.open("opt");
        let head = a.saturating_add(b).saturating_add(1);
        walk.emit("opt.number", walk.offset(), head, number as u64);
        walk.emit("opt.length", walk.offset(), head, length as u64);
        walk.advance(head);
        let whole = length == 0 || walk.take_octets("opt.value", length);
        walk.close(node);
        if !whole {
            return;
        }
    }
}
