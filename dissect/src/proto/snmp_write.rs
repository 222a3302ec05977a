//! SNMP as the crafter writes it: messages of versions 1 and 2c, their PDUs, bindings, and values of ASN.1, in the basic encoding
//! rules (X.690) with the shortest lengths.

use super::{ASN1, BINDING, PDU, TRAP};
use crate::schema::{
    Build, Field, Item, Kind, Size, block, bytes, crafted, custom_both, label, rest, text, u8,
};

/// Numbers of a PDU: of 64 bits, so that their sign is known.
fn number(name: &'static str, craft: &'static str, doc: &'static str) -> Field {
    Field::new(name, Kind::Int, Size::Bits(64)).craft(craft).hidden().doc(doc)
}

/// The parts of a message, which stand in it as values.
pub(super) fn parts() -> Item {
    let list = || bytes("=snmp.written.list", rest()).craft("varbindlist").lists().hidden().doc("bindings");
    let part = |name: &'static str, items: Item| {
        block(label(name).hidden().doc("part as it is built"), rest(), [items])
    };
    crafted([
        part(
            PDU,
            custom_both(
                [
                    u8("=snmp.written.tag").hidden().doc("kind of the PDU"),
                    number("=snmp.written.id", "id", "request"),
                    number("=snmp.written.error", "error", "error"),
                    number("=snmp.written.error_index", "error_index", "index of the error"),
                    number("=snmp.written.non_repeaters", "non_repeaters", "variables that are not repeated"),
                    number("=snmp.written.max_repetitions", "max_repetitions", "repetitions"),
                    list(),
                ],
                |_| {},
                pdu,
            ),
        ),
        part(
            TRAP,
            custom_both(
                [
                    text("=snmp.written.enterprise", rest())
                        .craft("enterprise")
                        .default_bytes(b"1.3")
                        .hidden()
                        .doc("enterprise"),
                    bytes("=snmp.written.agent", rest())
                        .reads(Kind::Ipv4)
                        .craft("agent_addr")
                        .hidden()
                        .doc("agent"),
                    number("=snmp.written.generic", "generic_trap", "trap"),
                    number("=snmp.written.specific", "specific_trap", "specific trap"),
                    number("=snmp.written.time", "time_stamp", "time, 10 ms each"),
                    list(),
                ],
                |_| {},
                trap,
            ),
        ),
        part(
            BINDING,
            custom_both(
                [
                    text("=snmp.written.oid", rest())
                        .craft("oid")
                        .default_bytes(b"1.3")
                        .hidden()
                        .doc("object"),
                    bytes("=snmp.written.value", rest()).craft("value").hidden().doc("value"),
                    number("=snmp.written.value", "value", "value"),
                ],
                |_| {},
                binding,
            ),
        ),
        part(
            ASN1,
            custom_both(
                [
                    u8("=snmp.written.kind").hidden().doc("tag"),
                    bytes("=snmp.written.val", rest()).craft("val").reads(Kind::Ipv4).hidden().doc("value"),
                    number("=snmp.written.val", "val", "value"),
                ],
                |_| {},
                value,
            ),
        ),
    ])
}

/// An element: tag, length, content.
pub(in crate::proto) fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut all = vec![tag];
    match u8::try_from(content.len()) {
        Ok(length @ 0..=127) => all.push(length),
        _ => {
            let length = content.len().to_be_bytes();
            let zeros = length.iter().take_while(|octet| **octet == 0).count();
            let length = length.get(zeros..).unwrap_or_default();
            all.push(0x80 | u8::try_from(length.len()).unwrap_or(0));
            all.extend_from_slice(length);
        }
    }
    all.extend_from_slice(content);
    all
}

/// A number in as few octets as hold it and its sign.
fn integer(tag: u8, number: impl Into<i128>) -> Vec<u8> {
    let octets = number.into().to_be_bytes();
    let mut first = 0_usize;
    while let Some([high, next]) = octets.get(first..).and_then(<[u8]>::first_chunk) {
        if matches!((high, next & 0x80), (0, 0) | (0xff, 0x80)) {
            first = first.saturating_add(1);
        } else {
            break;
        }
    }
    element(tag, octets.get(first..).unwrap_or_default())
}

/// `1.3.6.1`: the first two numbers share an octet.
fn object(text: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(text);
    let mut numbers =
        text.split('.').filter(|part| !part.is_empty()).map(|part| part.parse::<u64>().unwrap_or(0));
    let (first, second) = (numbers.next(), numbers.next());
    let mut content = Vec::new();
    if let Some(first) = first {
        push(&mut content, first.saturating_mul(40).saturating_add(second.unwrap_or(0)));
    }
    numbers.for_each(|number| push(&mut content, number));
    element(6, &content)
}

/// Seven bits an octet, the last without the high bit.
fn push(content: &mut Vec<u8>, number: u64) {
    let groups = 64_u32.saturating_sub(number.leading_zeros()).div_ceil(7).max(1);
    for group in (0..groups).rev() {
        let seven = (number >> group.saturating_mul(7)) as u8 & 0x7f;
        content.push(if group == 0 { seven } else { seven | 0x80 });
    }
}

fn of(build: &mut dyn Build, field: &str) -> i64 {
    build.number(field).cast_signed()
}

/// A number of a field as an element; a value of ASN.1 given to it is one already.
fn number_or_element(build: &mut dyn Build, tag: u8, field: &str) -> Vec<u8> {
    if build.is_packet(field) {
        return build.octets(field).unwrap_or_default();
    }
    integer(tag, of(build, field))
}

/// Octets of a field, or the usual ones, as an element.
fn octets_or_element(build: &mut dyn Build, tag: u8, field: &str, usual: &[u8]) -> Vec<u8> {
    let octets = build.octets(field).unwrap_or_else(|| usual.to_vec());
    if build.is_packet(field) { octets } else { element(tag, &octets) }
}

pub(super) fn message(build: &mut dyn Build) {
    let mut content = number_or_element(build, 2, "version");
    content.extend(octets_or_element(build, 4, "community", b"public"));
    match build.octets("pdu") {
        Some(pdu) => content.extend(pdu),
        None => content.extend(numbers(0xa0, [0; 3].map(|number| integer(2, number)), &[])),
    }
    build.put(&element(0x30, &content));
}

fn numbers(tag: u8, numbers: [Vec<u8>; 3], list: &[u8]) -> Vec<u8> {
    let mut content = numbers.concat();
    content.extend(element(0x30, list));
    element(tag, &content)
}

fn pdu(build: &mut dyn Build) {
    let tag = u8::try_from(build.number("=snmp.written.tag")).unwrap_or(0xa0);
    let names = match build.layer() {
        "SNMPbulk" => ["=snmp.written.id", "=snmp.written.non_repeaters", "=snmp.written.max_repetitions"],
        _ => ["=snmp.written.id", "=snmp.written.error", "=snmp.written.error_index"],
    };
    let values = names.map(|name| number_or_element(build, 2, name));
    let list = build.octets("=snmp.written.list").unwrap_or_default();
    build.put(&numbers(tag, values, &list));
}

fn trap(build: &mut dyn Build) {
    let enterprise = build.octets("=snmp.written.enterprise").unwrap_or_else(|| b"1.3".to_vec());
    // a value of ASN.1 is an element already
    let is_element = build.is_packet("=snmp.written.enterprise");
    let mut content = if is_element { enterprise } else { object(&enterprise) };
    content.extend(octets_or_element(build, 0x40, "=snmp.written.agent", &[0; 4]));
    for (tag, name) in
        [(2, "=snmp.written.generic"), (2, "=snmp.written.specific"), (0x43, "=snmp.written.time")]
    {
        content.extend(number_or_element(build, tag, name));
    }
    content.extend(element(0x30, &build.octets("=snmp.written.list").unwrap_or_default()));
    build.put(&element(0xa4, &content));
}

fn binding(build: &mut dyn Build) {
    let oid = build.octets("=snmp.written.oid").unwrap_or_else(|| b"1.3".to_vec());
    let mut content = if build.is_packet("=snmp.written.oid") { oid } else { object(&oid) };
    if !build.is_given("=snmp.written.value") {
        content.extend(element(5, &[]));
    } else if build.is_number("=snmp.written.value") {
        content.extend(integer(2, of_text(build, "=snmp.written.value")));
    } else {
        let value = build.octets("=snmp.written.value").unwrap_or_default();
        // a value of ASN.1 is an element already
        if build.is_packet("=snmp.written.value") {
            content.extend(value);
        } else {
            content.extend(element(4, &value));
        }
    }
    build.put(&element(0x30, &content));
}

/// A number of a field of octets.
fn of_text(build: &mut dyn Build, field: &str) -> i128 {
    let text = build.texts(field).into_iter().next().unwrap_or_default();
    String::from_utf8_lossy(&text).parse().unwrap_or(0)
}

fn value(build: &mut dyn Build) {
    let tag = u8::try_from(build.number("=snmp.written.kind")).unwrap_or(5);
    let element = match tag {
        5 => element(5, &[]),
        6 => {
            let oid = build.texts("=snmp.written.val").into_iter().next().unwrap_or_default();
            object(&oid)
        }
        _ if build.is_number("=snmp.written.val") => integer(tag, of_text(build, "=snmp.written.val")),
        _ => element(tag, &build.octets("=snmp.written.val").unwrap_or_default()),
    };
    build.put(&element);
}
