//! CoAP, RFC 7252, with the options of the IANA registry "CoAP Option Numbers" by name.

#[path = "coap_options.rs"]
mod values;

use super::exchange::Exchange;
use crate::decode::Walk;
use crate::render::put;
use crate::schema::{
    Build, Field, Item, Kind, Protocol, Size, UDP_PORT, be16, be32, bits, bytes, label, rest, same, u8, val,
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
        .sample("02000000000202000000000108004500004400010000401166a60a0000010a0000029c40163300309b4d41011234aa316811ab20121633261914016369642161113233713d311108113ca10ed11410ff7b7d")
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
        .field(Item::Custom(options_fields(), options, Some(write_options)))
}

fn options_fields() -> Vec<Field> {
    let mut fields = vec![
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
        u8("opt.end_marker").doc("end of the options"),
        bytes("payload", rest()).doc("payload"),
        Field::new("payload_desc", Kind::Made, Size::Rest).doc("content format of the payload").hidden(),
        be32("payload_length").unit("octets").doc("length of the payload").hidden(),
        bytes("block_payload", rest()).doc("payload of a block").hidden(),
        be32("block_length").unit("octets").doc("length of the payload of a block").hidden(),
    ];
    fields.extend(values::fields());
    fields
}

/// The parts of the URI that stand in options of their own.
#[derive(Default)]
struct CoapUri {
    host: Vec<u8>,
    port: Option<u64>,
    path: Vec<u8>,
}

impl CoapUri {
    /// `coap://host:port/path`, without what is not told.
    fn write(&self, out: &mut Vec<u8>) {
        if !self.host.is_empty() {
            out.extend_from_slice(b"coap://");
            out.extend_from_slice(&self.host);
            if let Some(port) = self.port {
                out.push(b':');
                put::decimal(out, port);
            }
        }
        out.extend_from_slice(&self.path);
    }
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
    let (begin, whole) = (walk.offset(), walk.rest().len());
    let mut list = List::default();
    let payload = list.read(walk);
    let octets = whole.saturating_sub(walk.rest().len());
    if !list.uri.path.is_empty() {
        walk.emit_made("opt.uri_path_recon", begin, octets, |out| list.uri.write(out));
    }
    if payload {
        let (at, left) = (walk.offset(), walk.rest().len());
        if list.block.is_some_and(|block| block >> 3 != 0) {
            walk.emit("block_payload", at, left, 0);
            walk.emit("block_length", at, left, left as u64);
        } else {
            // Without a format of its own, a payload is octets (RFC 7252 §5.5.1 leaves it open).
            walk.emit_made("payload_desc", at, left, |out| {
                values::write_format(list.format.unwrap_or(42), out)
            });
            walk.emit("payload_length", at, left, left as u64);
        }
        walk.take_octets("payload", left);
    }
}

/// A list of options, as far as it is read.
#[derive(Default)]
struct List {
    number: usize,
    place: u64,
    uri: CoapUri,
    /// The value of the option that says which block this is.
    block: Option<u64>,
    /// The content format.
    format: Option<u64>,
}

impl List {
    /// Reads options; whether a payload follows.
    fn read(&mut self, walk: &mut Walk<'_, '_>) -> bool {
        while let Some((first, after)) = walk.rest().split_first() {
            if *first == 0xff {
                walk.take("opt.end_marker", 1);
                return true;
            }
            let delta = extended(first >> 4, after);
            let length = delta.and_then(|(_, used)| extended(first & 15, after.get(used..)?));
            let (Some((delta, a)), Some((length, b)), false) = (delta, length, walk.too_deep()) else {
                walk.missing(walk.rest().len().saturating_add(1));
                return false;
            };
            self.number = self.number.saturating_add(delta);
            self.place = self.place.saturating_add(1);
            let node = walk.open("opt");
            let at = walk.offset();
            let head = a.saturating_add(b).saturating_add(1);
            let value =
                after.get(a.saturating_add(b)..).and_then(|left| left.get(..length)).unwrap_or_default();
            if walk.asked_by_name() {
                self.describe(walk, *first, (delta, a), (length, b));
            }
            walk.emit("opt.number", at, head, self.number as u64);
            walk.emit("opt.length", at, head, length as u64);
            walk.advance(head);
            values::emit(walk, self.number, value, &mut self.uri);
            if matches!(self.number, 23 | 27) {
                self.block =
                    Some(value.iter().take(8).fold(0, |value, octet| value << 8 | u64::from(*octet)));
            }
            let whole = length == 0 || walk.take_octets("opt.value", length);
            walk.close(node);
            if !whole {
                return false;
            }
        }
        false
    }

    /// What is said of an option for those who ask: name, properties, and the parts of its head.
    fn describe(&self, walk: &mut Walk<'_, '_>, first: u8, delta: (usize, usize), length: (usize, usize)) {
        let at = walk.offset();
        let (number, place) = (self.number, self.place);
        walk.emit_made("opt.name", at, 1, |out| {
            out.push(b'#');
            put::decimal(out, place);
            out.extend_from_slice(b": ");
            match values::name(number) {
                Some(name) => out.extend_from_slice(name.as_bytes()),
                None => {
                    out.extend_from_slice(b"Unknown Option (");
                    put::decimal(out, number as u64);
                    out.push(b')');
                }
            }
        });
        walk.emit_made("opt.desc", at, 1, |out| values::write_properties(number, out));
        walk.emit_bits("opt.delta", at.saturating_mul(8), 4, u64::from(first >> 4));
        let mut at = at.saturating_add(1);
        for (name, (value, octets)) in [("opt.delta_ext", delta), ("opt.length_ext", length)] {
            if octets > 0 {
                let from = if octets == 1 { 13 } else { 269 };
                walk.emit(name, at, octets, value.saturating_sub(from) as u64);
                at = at.saturating_add(octets);
            }
        }
    }
}
