//! SNMP versions 1, 2c and 3 (RFC 1157, 3416, 3412): header, user security parameters, PDU and variable bindings in BER.

#[path = "snmp_write.rs"]
mod write;

pub(super) use write::element as build_element;

use super::exchange::Exchange;
use super::octets::Octets;
use crate::decode::Walk;
use crate::render::line::{Body, Line};
use crate::render::put;
use crate::schema::{
    Field, Kind, Names, Protocol, Size, UDP_PORT, be32, bytes, custom_both, ipv4, label, rest, same, text, u8,
};

const VERSIONS: &[(u64, &str)] = &[(0, "v1"), (1, "v2c"), (3, "v3")];

/// Names of the parts that the crafter builds (the node of each).
const PDU: &str = "=snmp.written.pdu";
const TRAP: &str = "=snmp.written.trap";
const BINDING: &str = "=snmp.written.binding";
const ASN1: &str = "=snmp.written.asn1";

const PDUS: &[(u64, &str)] = &[
    (0, "GetRequest"),
    (1, "GetNextRequest"),
    (2, "GetResponse"),
    (3, "SetRequest"),
    (4, "Trap"),
    (5, "GetBulk"),
    (6, "Inform"),
    (7, "V2Trap"),
    (8, "Report"),
];

const ERRORS: &[(u64, &str)] = &[
    (0, "noError"),
    (1, "tooBig"),
    (2, "noSuchName"),
    (3, "badValue"),
    (4, "readOnly"),
    (5, "genErr"),
    (6, "noAccess"),
    (7, "wrongType"),
    (8, "wrongLength"),
    (9, "wrongEncoding"),
    (10, "wrongValue"),
    (11, "noCreation"),
    (12, "inconsistentValue"),
    (13, "resourceUnavailable"),
    (14, "commitFailed"),
    (15, "undoFailed"),
    (16, "authorizationError"),
    (17, "notWritable"),
    (18, "inconsistentName"),
];

const TRAPS: &[(u64, &str)] = &[
    (0, "coldStart"),
    (1, "warmStart"),
    (2, "linkDown"),
    (3, "linkUp"),
    (4, "authenticationFailure"),
    (5, "egpNeighborLoss"),
    (6, "enterpriseSpecific"),
];

pub(super) fn snmp() -> Protocol {
    Protocol::new("snmp", "Simple Network Management Protocol")
        .layer("SNMP")
        .part("SNMPget", PDU, &[("=snmp.written.tag", 0xa0)])
        .part("SNMPnext", PDU, &[("=snmp.written.tag", 0xa1)])
        .part("SNMPresponse", PDU, &[("=snmp.written.tag", 0xa2)])
        .part("SNMPset", PDU, &[("=snmp.written.tag", 0xa3)])
        .part("SNMPbulk", PDU, &[("=snmp.written.tag", 0xa5)])
        .part("SNMPinform", PDU, &[("=snmp.written.tag", 0xa6)])
        .part("SNMPtrapv2", PDU, &[("=snmp.written.tag", 0xa7)])
        .part("SNMPtrapv1", TRAP, &[])
        .part("SNMPvarbind", BINDING, &[])
        .part("ASN1_INTEGER", ASN1, &[("=snmp.written.kind", 0x02)])
        .part("ASN1_STRING", ASN1, &[("=snmp.written.kind", 0x04)])
        .part("ASN1_NULL", ASN1, &[("=snmp.written.kind", 0x05)])
        .part("ASN1_OID", ASN1, &[("=snmp.written.kind", 0x06)])
        .part("ASN1_IPADDRESS", ASN1, &[("=snmp.written.kind", 0x40)])
        .part("ASN1_COUNTER32", ASN1, &[("=snmp.written.kind", 0x41)])
        .part("ASN1_GAUGE32", ASN1, &[("=snmp.written.kind", 0x42)])
        .part("ASN1_TIME_TICKS", ASN1, &[("=snmp.written.kind", 0x43)])
        .part("ASN1_COUNTER64", ASN1, &[("=snmp.written.kind", 0x46)])
        .ports_below("udp", 161, 161)
        .source("RFC 3416 §3, RFC 1157 §4, RFC 3412 §6, RFC 3414 §2.4; ITU-T X.690")
        .on(UDP_PORT, &[161, 162])
        .later(|protocol| EXCHANGE.declare(fields(protocol)))
        .after(|walk| EXCHANGE.show(walk))
        .answers([same("request_id"), same("msgID")])
        .summary(summary)
        .sample("02000000000202000000000108004500004400010000401166a60a0000010a0000029c4000a10030196b302602010104067075626c6963a019020107020100020100300e300c06082b060102010101000500")
        .sample("02000000000202000000000108004500006b000100004011667f0a0000010a00000200a19c40005783ea304d02010104067075626c6963a2400201070201000201003035300d06082b06010201010300430105301006082b0601020101050004046e616d65301206082b0601020101020006062b0601040109")
}

/// What a message shows of its exchange.
const EXCHANGE: Exchange =
    Exchange { to: "response_to", time: Some(("time", Kind::Duration)), within: "response_in" };

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    let number = |name: &'static str, doc: &'static str| be32(name).doc(doc);
    let octets = |name: &'static str, doc: &'static str| bytes(name, rest()).doc(doc);
    let made = |name: &'static str, doc: &'static str| Field::new(name, Kind::Made, Size::Rest).doc(doc);
    protocol
        .field(custom_both(
            [
                number("version", "version")
                    .default(1)
                    .words(&[(0, "v1"), (1, "v2c"), (2, "v2"), (3, "v3")])
                    .names(VERSIONS),
                text("community", rest()).doc("community").default_bytes(b"public"),
                bytes("pdu", rest()).craft("PDU").hidden().doc("PDU as it is built"),
                number("msgID", "message"),
                number("msgMaxSize", "longest message taken"),
                octets("msgFlags", "flags"),
                number("msgSecurityModel", "security model").names(&[
                    (1, "SNMPv1"),
                    (2, "SNMPv2c"),
                    (3, "USM"),
                    (4, "TSM"),
                ]),
                octets("msgAuthoritativeEngineID", "engine"),
                number("msgAuthoritativeEngineBoots", "engine's boots"),
                number("msgAuthoritativeEngineTime", "engine's time"),
                text("msgUserName", rest()).doc("user"),
                octets("msgAuthenticationParameters", "authentication parameters"),
                octets("msgPrivacyParameters", "privacy parameters"),
                octets("encryptedPDU", "encrypted PDU"),
                octets("contextEngineID", "context engine"),
                text("contextName", rest()).doc("context"),
                u8("data").names(PDUS).doc("PDU"),
                number("request_id", "request"),
                number("error_status", "error").names(ERRORS),
                number("error_index", "index of the error"),
                number("non_repeaters", "variables that are not repeated"),
                number("max_repetitions", "repetitions"),
                made("enterprise", "enterprise"),
                ipv4("agent_addr").doc("agent"),
                number("generic_trap", "trap").names(TRAPS),
                number("specific_trap", "specific trap"),
                number("time_stamp", "time, 10 ms each"),
                label("variable_bindings").doc("variable binding"),
                made("name", "object"),
                Field::new("value.int", Kind::Int, Size::Bits(64)).doc("integer"),
                Field::new("value.uint", Kind::Uint(crate::schema::Base::Dec), Size::Bits(64))
                    .doc("unsigned number"),
                octets("value.octets", "octets"),
                made("value.oid", "object"),
                ipv4("value.ipv4").doc("address"),
                label("value.null").doc("no value"),
                label("noSuchObject").doc("no such object"),
                label("noSuchInstance").doc("no such instance"),
                label("endOfMibView").doc("end of the view"),
                octets("value.unknown", "value of another type"),
            ],
            message,
            write::message,
        ))
        .field(write::parts())
}

/// Tag, octets of tag and length, and octets of the content (X.690 §8.1, definite lengths).
pub(super) fn head(octets: &[u8]) -> Option<(u8, usize, usize)> {
    let (tag, first) = (*octets.first()?, *octets.get(1)?);
    if first < 0x80 {
        return Some((tag, 2, usize::from(first)));
    }
    let count = usize::from(first & 0x7f);
    let length = octets.get(2..)?.get(..count).filter(|_| (1..=4).contains(&count))?;
    let length = length.iter().fold(0_usize, |all, octet| all << 8 | usize::from(*octet));
    Some((tag, count.saturating_add(2), length))
}

/// Runs `inner` over the content of the next element, and stands behind it.
fn element<'d>(walk: &mut Walk<'d, '_>, inner: impl FnOnce(&mut Walk<'d, '_>, u8)) -> Option<()> {
    let Some((tag, taken, length)) = head(walk.rest()) else {
        if !walk.rest().is_empty() {
            walk.missing(walk.rest().len().saturating_add(1));
        }
        return None;
    };
    walk.advance(taken);
    let whole = length <= walk.rest().len();
    walk.part(length, |walk| inner(walk, tag));
    whole.then_some(())
}

pub(super) fn integer(octets: &[u8]) -> i64 {
    let negative = octets.first().is_some_and(|first| first & 0x80 != 0);
    let start = if negative { -1_i64 } else { 0 };
    octets.iter().take(9).fold(start, |all, octet| all << 8 | i64::from(*octet))
}

fn number(walk: &mut Walk<'_, '_>, name: &str) -> Option<i64> {
    let mut value = None;
    element(walk, |walk, _| {
        let number = integer(walk.rest());
        walk.emit(name, walk.offset(), walk.rest().len(), number.cast_unsigned());
        value = Some(number);
    })?;
    value
}

fn string(walk: &mut Walk<'_, '_>, name: &str) -> Option<()> {
    element(walk, |walk, _| walk.emit(name, walk.offset(), walk.rest().len(), 0))
}

fn object(walk: &mut Walk<'_, '_>, name: &str) -> Option<()> {
    element(walk, |walk, _| {
        let octets = walk.rest();
        walk.emit_made(name, walk.offset(), octets.len(), |out| write_object(octets, out));
    })
}

/// `1.3.6.1.2.1.1.1.0` (X.690 §8.19).
fn write_object(octets: &[u8], out: &mut Vec<u8>) {
    let (mut number, mut first) = (0_u64, true);
    for octet in octets.iter().take(256) {
        number = number << 7 | u64::from(octet & 0x7f);
        if octet & 0x80 != 0 {
            continue;
        }
        if first {
            let root = (number / 40).min(2);
            put::decimal(out, root);
            out.push(b'.');
            put::decimal(out, number.saturating_sub(root.saturating_mul(40)));
            first = false;
        } else {
            out.push(b'.');
            put::decimal(out, number);
        }
        number = 0;
    }
}

fn message(walk: &mut Walk<'_, '_>) {
    element(walk, |walk, _| {
        match number(walk, "version") {
            Some(3) => version3(walk),
            Some(_) => string(walk, "community").and_then(|()| pdu(walk)),
            None => None,
        };
    });
}

fn version3(walk: &mut Walk<'_, '_>) -> Option<()> {
    let mut flags = 0;
    let mut model = 0;
    element(walk, |walk, _| {
        let _ = number(walk, "msgID").and_then(|_| number(walk, "msgMaxSize")).and_then(|_| {
            element(walk, |walk, _| {
                flags = walk.rest().first().copied().unwrap_or(0);
                walk.emit("msgFlags", walk.offset(), walk.rest().len(), 0);
            })
        });
        model = number(walk, "msgSecurityModel").unwrap_or(0);
    })?;
    element(walk, |walk, _| {
        if model == 3 {
            element(walk, |walk, _| {
                let _ = string(walk, "msgAuthoritativeEngineID")
                    .and_then(|()| number(walk, "msgAuthoritativeEngineBoots"))
                    .and_then(|_| number(walk, "msgAuthoritativeEngineTime"))
                    .and_then(|_| string(walk, "msgUserName"))
                    .and_then(|()| string(walk, "msgAuthenticationParameters"))
                    .and_then(|()| string(walk, "msgPrivacyParameters"));
            });
        }
    })?;
    if flags & 2 != 0 {
        return string(walk, "encryptedPDU");
    }
    element(walk, |walk, _| {
        let _ = string(walk, "contextEngineID")
            .and_then(|()| string(walk, "contextName"))
            .and_then(|()| pdu(walk));
    })
}

fn pdu(walk: &mut Walk<'_, '_>) -> Option<()> {
    let at = walk.offset();
    element(walk, |walk, tag| {
        let kind = tag & 0x1f;
        walk.emit("data", at, 1, u64::from(kind));
        let _ = if kind == 4 { trap(walk) } else { request(walk, kind) };
    })
}

fn request(walk: &mut Walk<'_, '_>, kind: u8) -> Option<()> {
    number(walk, "request_id")?;
    number(walk, if kind == 5 { "non_repeaters" } else { "error_status" })?;
    number(walk, if kind == 5 { "max_repetitions" } else { "error_index" })?;
    bindings(walk)
}

fn trap(walk: &mut Walk<'_, '_>) -> Option<()> {
    object(walk, "enterprise")?;
    element(walk, |walk, _| address(walk, "agent_addr"))?;
    number(walk, "generic_trap")?;
    number(walk, "specific_trap")?;
    number(walk, "time_stamp")?;
    bindings(walk)
}

fn address(walk: &mut Walk<'_, '_>, name: &str) {
    if let Some(octets) = walk.rest().first_chunk::<4>() {
        walk.emit(name, walk.offset(), 4, u64::from(u32::from_be_bytes(*octets)));
    }
}

fn bindings(walk: &mut Walk<'_, '_>) -> Option<()> {
    element(walk, |walk, _| {
        while !walk.rest().is_empty() && !walk.too_deep() {
            let node = walk.open("variable_bindings");
            let done = element(walk, |walk, _| {
                if object(walk, "name").is_some() {
                    value(walk);
                }
            });
            walk.close(node);
            if done.is_none() {
                return;
            }
        }
    })
}

fn value(walk: &mut Walk<'_, '_>) {
    element(walk, |walk, tag| {
        let (at, octets) = (walk.offset(), walk.rest());
        match tag {
            2 => walk.emit("value.int", at, octets.len(), integer(octets).cast_unsigned()),
            4 => walk.emit("value.octets", at, octets.len(), 0),
            5 => walk.emit("value.null", at, 0, 0),
            6 => walk.emit_made("value.oid", at, octets.len(), |out| write_object(octets, out)),
            0x40 if octets.len() == 4 => address(walk, "value.ipv4"),
            0x41..=0x43 | 0x46 | 0x47 => {
                walk.emit("value.uint", at, octets.len(), integer(octets).cast_unsigned())
            }
            0x80 => walk.emit("noSuchObject", at, 0, 0),
            0x81 => walk.emit("noSuchInstance", at, 0, 0),
            0x82 => walk.emit("endOfMibView", at, 0, 0),
            _ => walk.emit("value.unknown", at, octets.len(), 0),
        }
    });
}

/// The content of the next element, and what follows it.
fn next<'a>(octets: &mut Octets<'a>) -> Option<(u8, &'a [u8])> {
    let (tag, taken, length) = head(octets.left())?;
    octets.take(taken)?;
    Some((tag, octets.take(length)?))
}

/// ` { SNMPv2c C="public" { GetRequest(28) R=7  1.3.6.1.2.1.1.1.0 } }`, shorter without `-v`.
fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    let before = line.out.len();
    if write(line, body).is_none() {
        line.out.truncate(before);
        line.text("SNMP");
        line.cut("snmp", body);
    }
}

fn write(line: &mut Line<'_, '_>, body: Body<'_>) -> Option<()> {
    let mut outer = Octets::of(body);
    let (_, content) = next(&mut outer)?;
    let mut octets = Octets::new(content);
    let version = integer(next(&mut octets)?.1);
    if version == 3 {
        line.text("SNMPv3");
        return Some(());
    }
    let (_, community) = next(&mut octets)?;
    line.text(" ");
    let verbose = line.style.verbose > 0;
    if verbose {
        line.text(if version == 0 { "{ SNMPv1 " } else { "{ SNMPv2c " });
    }
    if community != b"public" || line.style.verbose > 1 {
        line.text("C=\"");
        line.untrusted(community);
        line.text("\" ");
    }
    line.text(if verbose { "{ " } else { "" });
    let (tag, pdu) = next(&mut octets)?;
    line.text(Names::List(PDUS).get(u64::from(tag & 31)).unwrap_or("PDU"));
    line.text("(");
    line.number(pdu.len() as u64);
    line.text(") ");
    if tag & 31 == 4 {
        return Some(());
    }
    let mut octets = Octets::new(pdu);
    let request = integer(next(&mut octets)?.1);
    if line.style.verbose > 0 {
        line.text("R=");
        put::signed(line.out, request);
        line.text(" ");
    }
    next(&mut octets)?;
    next(&mut octets)?;
    let mut list = Octets::new(next(&mut octets)?.1);
    for _ in 0..16 {
        let Some((_, binding)) = next(&mut list) else { break };
        let mut binding = Octets::new(binding);
        line.text(" .");
        write_object(next(&mut binding)?.1, line.out);
        let (tag, value) = next(&mut binding)?;
        if tag & 31 != 5 || tag & 0xc0 != 0 {
            line.text("=");
            write_value(line, tag, value);
        }
    }
    line.text(if verbose { " } } " } else { "" });
    Some(())
}

fn write_value(line: &mut Line<'_, '_>, tag: u8, value: &[u8]) {
    match tag {
        2 | 0x41..=0x43 | 0x46 | 0x47 => put::signed(line.out, integer(value)),
        4 => {
            line.text("\"");
            line.untrusted(value);
            line.text("\"");
        }
        6 => {
            line.text(".");
            write_object(value, line.out);
        }
        0x40 if value.len() == 4 => value.first_chunk().into_iter().for_each(|octets| line.ipv4(*octets)),
        _ => put::hex_octets(line.out, value, None),
    }
}
