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
    Field, Kind, Names, Protocol, Size, UDP_PORT, be32, bytes, custom_both, flag, ipv4, ipv6, label, mac,
    rest, same, text, u8, unix_time,
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

/// Wireshark's names of the nodes that hold a PDU, by its kind.
const ELEMENTS: [&str; 9] = [
    "get_request_element",
    "get_next_request_element",
    "get_response_element",
    "set_request_element",
    "trap_element",
    "getBulkRequest_element",
    "informRequest_element",
    "snmpV2_trap_element",
    "report_element",
];

/// RFC 3411 §5, SnmpEngineID; 128 is net-snmp's.
const ENGINE_FORMATS: &[(u64, &str)] = &[
    (1, "IPv4 address"),
    (2, "IPv6 address"),
    (3, "MAC address"),
    (4, "text"),
    (5, "octets"),
    (128, "net-snmp, random"),
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
        .sample("0200000000020200000000010800450000c400010000401166260a0000010a0000029c4000a100b0f769308200a4020103300e020109020300ffe3040105020103042b3029040b80001f8803020000000001020103020163040475736572040c01010101010101010101010104003062040b80001f88030200000000010403637478a74e0201070201000201003043300e06082b0601020101010043021234301306082b0601020101010044079f780442f60000301c06082b06010201010100401020000000000000000000000000000000")
}

/// What a message shows of its exchange.
const EXCHANGE: Exchange =
    Exchange { to: "response_to", time: Some(("time", Kind::Duration)), within: "response_in" };

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    let number = |name: &'static str, doc: &'static str| be32(name).doc(doc);
    let octets = |name: &'static str, doc: &'static str| bytes(name, rest()).doc(doc);
    let made = |name: &'static str, doc: &'static str| Field::new(name, Kind::Made, Size::Rest).doc(doc);
    let wide = |name: &'static str, doc: &'static str| {
        Field::new(name, Kind::Uint(crate::schema::Base::Dec), Size::Bits(64)).doc(doc).hidden()
    };
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
                flag("v3.flags.auth").doc("authenticated"),
                flag("v3.flags.crypt").doc("encrypted"),
                flag("v3.flags.report").doc("a report is wanted"),
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
                octets("value.unknown", "value of another type").alias("value.unk"),
                // the same values by their types, as Wireshark has them
                ipv6("value.ipv6").doc("address, 16 octets long"),
                octets("value.addr", "address of another length"),
                octets("value.opaque", "value wrapped in octets"),
                wide("value.counter", "counter"),
                wide("value.g32", "gauge"),
                wide("value.u32", "unsigned number of 32 bits"),
                wide("value.timeticks", "time, 10 ms each"),
                wide("value.nsap", "OSI network address, as a number"),
                flag("engineid.conform").doc("engine is named as in RFC 3411"),
                number("engineid.enterprise", "enterprise"),
                u8("engineid.format").names(ENGINE_FORMATS).doc("what names the engine"),
                ipv4("engineid.ipv4").doc("address of the engine"),
                ipv6("engineid.ipv6").doc("address of the engine"),
                mac("engineid.mac").doc("MAC address of the engine"),
                text("engineid.text", rest()).doc("text that names the engine"),
                unix_time("engineid.time").doc("time when the engine was named"),
                octets("engineid.data", "octets that name the engine"),
                octets("agentid_trailer", "octets that name an engine of before RFC 3411"),
                label("get_request_element").doc("get request").hidden(),
                label("get_next_request_element").doc("get next request").hidden(),
                label("get_response_element").doc("response").hidden(),
                label("set_request_element").doc("set request").hidden(),
                label("trap_element").doc("trap of SNMPv1").hidden(),
                label("getBulkRequest_element").doc("get bulk request").hidden(),
                label("informRequest_element").doc("inform request").hidden(),
                label("snmpV2_trap_element").doc("trap").hidden(),
                label("report_element").doc("report").hidden(),
                number("msgVersion", "version, in messages of SNMPv3").hidden(),
                octets("msgSecurityParameters", "security parameters").hidden(),
                number("msgData", "whether the PDU is encrypted")
                    .names(&[(0, "plaintext"), (1, "encryptedPDU")])
                    .hidden(),
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
pub(super) fn element<'d>(walk: &mut Walk<'d, '_>, inner: impl FnOnce(&mut Walk<'d, '_>, u8)) -> Option<()> {
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

/// What names an engine (RFC 3411 §5, SnmpEngineID).
fn engine(walk: &mut Walk<'_, '_>, name: &str) -> Option<()> {
    element(walk, |walk, _| {
        let (at, octets) = (walk.offset(), walk.rest());
        walk.emit(name, at, octets.len(), 0);
        let Some((head, left)) = octets.split_first_chunk::<4>() else { return };
        let number = u32::from_be_bytes(*head);
        walk.emit_bits("engineid.conform", at.saturating_mul(8), 1, u64::from(number >> 31));
        walk.emit("engineid.enterprise", at, 4, u64::from(number & 0x7fff_ffff));
        let behind = at.saturating_add(4);
        if number >> 31 == 0 {
            walk.emit("agentid_trailer", behind, left.len(), 0);
            return;
        }
        let Some((format, left)) = left.split_first() else { return };
        walk.emit("engineid.format", behind, 1, u64::from(*format));
        let at = behind.saturating_add(1);
        let value = left.iter().take(8).fold(0_u64, |value, octet| value << 8 | u64::from(*octet));
        match (*format, left.len()) {
            (1, 4) => walk.emit("engineid.ipv4", at, 4, value),
            (2, 16) => walk.emit("engineid.ipv6", at, 16, 0),
            (3, 6) => walk.emit("engineid.mac", at, 6, value),
            (4, length) => walk.emit("engineid.text", at, length, 0),
            // random octets, and the time as the machine has it: net-snmp's are little-endian ones
            (128, 5..) if number & 0x7fff_ffff == 8072 => {
                walk.emit("engineid.data", at, 4, 0);
                if let Some(time) = left.get(4..).and_then(<[u8]>::first_chunk) {
                    let at = at.saturating_add(4);
                    walk.emit("engineid.time", at, 4, u64::from(u32::from_le_bytes(*time)));
                }
            }
            (_, length) => walk.emit("engineid.data", at, length, 0),
        }
    })
}

fn object(walk: &mut Walk<'_, '_>, name: &str) -> Option<()> {
    element(walk, |walk, _| {
        let octets = walk.rest();
        walk.emit_made(name, walk.offset(), octets.len(), |out| write_object(octets, out));
    })
}

/// `1.3.6.1.2.1.1.1.0` (X.690 §8.19).
pub(super) fn write_object(octets: &[u8], out: &mut Vec<u8>) {
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
        let at = walk.offset();
        match number(walk, "version") {
            Some(3) => {
                walk.emit("msgVersion", at, walk.offset().saturating_sub(at), 3);
                version3(walk)
            }
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
                let bit = walk.offset().saturating_mul(8);
                for (name, place) in [("v3.flags.report", 2), ("v3.flags.crypt", 1), ("v3.flags.auth", 0)] {
                    let at = bit.saturating_add(7_usize.saturating_sub(place));
                    walk.emit_bits(name, at, 1, u64::from(flags >> place & 1));
                }
            })
        });
        model = number(walk, "msgSecurityModel").unwrap_or(0);
    })?;
    element(walk, |walk, _| {
        walk.emit("msgSecurityParameters", walk.offset(), walk.rest().len(), 0);
        if model == 3 {
            element(walk, |walk, _| {
                let _ = engine(walk, "msgAuthoritativeEngineID")
                    .and_then(|()| number(walk, "msgAuthoritativeEngineBoots"))
                    .and_then(|_| number(walk, "msgAuthoritativeEngineTime"))
                    .and_then(|_| string(walk, "msgUserName"))
                    .and_then(|()| string(walk, "msgAuthenticationParameters"))
                    .and_then(|()| string(walk, "msgPrivacyParameters"));
            });
        }
    })?;
    walk.emit("msgData", walk.offset(), 1, u64::from(flags >> 1 & 1));
    if flags & 2 != 0 {
        return string(walk, "encryptedPDU");
    }
    element(walk, |walk, _| {
        let _ = engine(walk, "contextEngineID")
            .and_then(|()| string(walk, "contextName"))
            .and_then(|()| pdu(walk));
    })
}

fn pdu(walk: &mut Walk<'_, '_>) -> Option<()> {
    let at = walk.offset();
    element(walk, |walk, tag| {
        let kind = tag & 0x1f;
        walk.emit("data", at, 1, u64::from(kind));
        if let Some(name) = ELEMENTS.get(usize::from(kind)) {
            walk.emit(name, at, walk.rest().len().saturating_add(walk.offset()).saturating_sub(at), 0);
        }
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
            0x40 if octets.len() == 16 => walk.emit("value.ipv6", at, 16, 0),
            0x40 => walk.emit("value.addr", at, octets.len(), 0),
            0x41..=0x43 | 0x46 | 0x47 => {
                let value = integer(octets).cast_unsigned();
                walk.emit("value.uint", at, octets.len(), value);
                let typed = match tag {
                    0x41 | 0x46 => "value.counter",
                    0x42 => "value.g32",
                    0x43 => "value.timeticks",
                    _ => "value.u32",
                };
                walk.emit(typed, at, octets.len(), value);
            }
            0x44 => walk.emit("value.opaque", at, octets.len(), 0),
            0x45 => {
                walk.emit("value.unknown", at, octets.len(), 0);
                walk.emit("value.nsap", at, octets.len(), integer(octets).cast_unsigned());
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
