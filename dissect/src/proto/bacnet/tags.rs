//! Tagged values of BACnet's application layer (ANSI/ASHRAE 135-2020 clause 20.2): those with an application's tag say their type, those with a context's tag
//! mean what the service gives them.

use super::names;
use crate::decode::Walk;
use crate::schema::{Field, Kind, Size, be16, be32, be64, bits, bytes, flag, label, rest, text, u8};

/// Deeper lists are read on as if they were as deep as this.
const DEEPEST: usize = 8;

/// What a number is called as the present value, and as the value of another property.
const VALUES: [(&str, &str); 8] = [
    ("present_value.boolean", "value.boolean"),
    ("present_value.uint", "value.uint"),
    ("present_value.int", "value.int"),
    ("present_value.real", "value.real"),
    ("present_value.double", "value.double"),
    ("present_value.octet_string", "value.octet_string"),
    ("present_value.char_string", "value.char_string"),
    ("present_value.enum_index", "value.enum_index"),
];

const TYPES: &[(u64, &str)] = &[
    (0, "Null"),
    (1, "Boolean"),
    (2, "Unsigned Integer"),
    (3, "Signed Integer"),
    (4, "Real"),
    (5, "Double"),
    (6, "Octet String"),
    (7, "Character String"),
    (8, "Bit String"),
    (9, "Enumerated"),
    (10, "Date"),
    (11, "Time"),
    (12, "BACnetObjectIdentifier"),
];

const OBJECT_NAME: u64 = 77;
const PRESENT_VALUE: u64 = 85;

pub(super) fn fields() -> Vec<Field> {
    let made = |name: &'static str, doc: &'static str| Field::new(name, Kind::Made, Size::Rest).doc(doc);
    let mut fields = vec![
        label("tag").doc("value"),
        flag("tag_class").doc("the tag is the context's"),
        bits("application_tag_number", 4).names(TYPES).doc("type"),
        bits("context_tag_number", 4).doc("tag of the context"),
        u8("extended_tag_number").doc("tag, where it is long"),
        bits("named_tag", 3)
            .names(&[(5, "extended length"), (6, "opening"), (7, "closing")])
            .doc("kind of tag"),
        be32("LVT").unit("octets").doc("length, or the value of a Boolean"),
        bits("objectType", 10).names(names::OBJECTS).brief().doc("type of object"),
        bits("instance_number", 22).brief().doc("instance"),
        be32("property_identifier").named_by(names::property).brief().doc("property"),
        be32("property_array_index").doc("index in the property"),
        be32("processId").doc("process"),
        be32("who_is.low_limit").doc("lowest device"),
        be32("who_is.high_limit").doc("highest device"),
        be16("vendor_identifier").doc("vendor"),
        be32("max_apdu_length").unit("octets").doc("longest message that is accepted"),
        u8("segmentation").names(&[(0, "both"), (1, "sends"), (2, "receives"), (3, "none")]).doc("segments"),
        be32("priority").doc("priority"),
        be32("lifetime").unit("s").doc("lifetime"),
        be32("error_class").names(names::CLASSES).doc("class of error"),
        be32("error_code").names(names::ERRORS).doc("error"),
        text("object_name", rest()).doc("name of the object"),
        u8("string_character_set").names(&[(0, "UTF-8"), (4, "UCS-2"), (5, "ISO 8859-1")]).doc("characters"),
        bytes("complete_bitstring", rest()).doc("bits with the number of those that are unused"),
        made("value.date", "date"),
        made("value.time", "time"),
        bytes("value.context", rest()).doc("value"),
        bytes("value.unknown", rest()).doc("value of an unknown type"),
    ];
    for (present, other) in VALUES {
        for name in [present, other] {
            let (_, kind) = name.rsplit_once('.').unwrap_or_default();
            let field = match kind {
                "boolean" => flag(name),
                "uint" => be64(name),
                "int" => be64(name).signed(),
                "enum_index" => be32(name),
                "octet_string" => bytes(name, rest()),
                "char_string" => text(name, rest()),
                _ => Field::new(name, Kind::Made, Size::Rest),
            };
            fields.push(field.doc("value of a property"));
        }
    }
    fields
}

/// Where in a message a value stands.
struct Place {
    kind: u8,
    service: u8,
    /// Tags that were opened and not closed.
    path: [u8; DEEPEST],
    depth: usize,
    /// Values before this one outside of any list.
    before: usize,
    property: Option<u64>,
}

/// What a value with a context's tag means.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Object,
    Property,
    Number(&'static str),
    Name,
    Other,
}

impl Place {
    /// Of a message's head; `None` where its values cannot be read.
    fn of(octets: &[u8]) -> Option<Place> {
        let kind = octets.first()? >> 4;
        let segmented = matches!(kind, 0 | 3) && octets.first()? & 8 != 0;
        let (sequence, service) = match kind {
            0 => (3, 3),
            1 => (0, 1),
            3 => (2, 2),
            5 => (0, 2),
            _ => return None,
        };
        if segmented && *octets.get(sequence)? != 0 {
            return None;
        }
        let service = *octets.get(if segmented { sequence.saturating_add(2) } else { service })?;
        Some(Place { kind, service, path: [0; DEEPEST], depth: 0, before: 0, property: None })
    }

    /// Tags that are open, outermost first.
    fn open(&self) -> &[u8] {
        self.path.get(..self.depth).unwrap_or_default()
    }

    /// Clauses 13 to 16.
    fn role(&self, tag: u8) -> Role {
        let process = Role::Number("processId");
        match (self.kind, self.service, self.open(), tag) {
            // ReadProperty, WriteProperty
            (0 | 3, 12 | 15, [], 0) => Role::Object,
            (0 | 3, 12 | 15, [], 1) => Role::Property,
            (0 | 3, 12 | 15, [], 2) => Role::Number("property_array_index"),
            (0, 15, [], 4) => Role::Number("priority"),
            // ReadPropertyMultiple, WritePropertyMultiple
            (0, 14 | 16, [], 0) | (3, 14, [], 0) => Role::Object,
            (0, 14 | 16, [1], 0) | (3, 14, [1], 2) => Role::Property,
            (0, 14 | 16, [1], 1) | (3, 14, [1], 3) => Role::Number("property_array_index"),
            (0, 16, [1], 3) => Role::Number("priority"),
            // SubscribeCOV, SubscribeCOVProperty
            (0, 5 | 28, [], 0) => process,
            (0, 5 | 28, [], 1) => Role::Object,
            (0, 5 | 28, [], 3) => Role::Number("lifetime"),
            (0, 28, [4], 0) => Role::Property,
            (0, 28, [4], 1) => Role::Number("property_array_index"),
            // notifications of a change of value
            (0, 1, [], 0) | (1, 2, [], 0) => process,
            (0, 1, [], 1 | 2) | (1, 2, [], 1 | 2) => Role::Object,
            (0, 1, [], 3) | (1, 2, [], 3) => Role::Number("lifetime"),
            (0, 1, [4], 0) | (1, 2, [4], 0) => Role::Property,
            (0, 1, [4], 1) | (1, 2, [4], 1) => Role::Number("property_array_index"),
            // Who-Is, Who-Has
            (1, 7 | 8, [], 0) => Role::Number("who_is.low_limit"),
            (1, 7 | 8, [], 1) => Role::Number("who_is.high_limit"),
            (1, 7, [], 2) => Role::Object,
            (1, 7, [], 3) => Role::Name,
            _ => Role::Other,
        }
    }

    /// What a number with an application's tag outside of any list means.
    fn number(&self) -> Option<&'static str> {
        match (self.kind, self.service, self.open(), self.before) {
            (1, 0, [], 1) => Some("max_apdu_length"),
            (1, 0, [], 2) => Some("segmentation"),
            (1, 0, [], 3) => Some("vendor_identifier"),
            (5, _, [], 0) => Some("error_class"),
            (5, _, [], 1) => Some("error_code"),
            _ => None,
        }
    }

    fn value(&self, kind: usize) -> &'static str {
        let (present, other) = VALUES.get(kind).copied().unwrap_or_default();
        if self.property == Some(PRESENT_VALUE) { present } else { other }
    }
}

pub(super) fn tags(walk: &mut Walk<'_, '_>) {
    let Some(mut place) = Place::of(walk.layer_octets()) else { return };
    while !walk.rest().is_empty() && !walk.too_deep() {
        let node = walk.open("tag");
        let whole = tag(walk, &mut place);
        walk.close(node);
        if whole.is_none() {
            return;
        }
    }
}

/// One tag with its value. `None` where it does not fit.
fn tag(walk: &mut Walk<'_, '_>, place: &mut Place) -> Option<()> {
    let (at, octets) = (walk.offset(), walk.rest());
    let bit = at.saturating_mul(8);
    let first = *octets.first()?;
    let (number, context, low) = (first >> 4, first >> 3 & 1, first & 7);
    let mut head = 1_usize;
    walk.emit_bits("tag_class", bit.saturating_add(4), 1, u64::from(context));
    let name = if context == 1 { "context_tag_number" } else { "application_tag_number" };
    walk.emit_bits(name, bit, 4, u64::from(number));
    let mut tag = number;
    if number == 15 {
        let Some(extended) = octets.get(head).copied() else { return short(walk) };
        walk.emit("extended_tag_number", at.saturating_add(head), 1, u64::from(extended));
        (tag, head) = (extended, head.saturating_add(1));
    }
    if low >= 5 {
        walk.emit_bits("named_tag", bit.saturating_add(5), 3, u64::from(low));
    }
    if context == 1 && low >= 6 {
        walk.advance(head);
        if low == 6 {
            if let Some(entry) = place.path.get_mut(place.depth) {
                *entry = tag;
            }
            place.depth = place.depth.saturating_add(1).min(DEEPEST);
        } else {
            place.depth = place.depth.saturating_sub(1);
        }
        return Some(());
    }
    let mut length = u64::from(low);
    if low == 5 {
        let Some((value, taken)) = extended_length(octets.get(head..).unwrap_or_default()) else {
            return short(walk);
        };
        walk.emit("LVT", at.saturating_add(head), taken, value);
        (length, head) = (value, head.saturating_add(taken));
    } else {
        walk.emit_bits("LVT", bit.saturating_add(5), 3, length);
    }
    walk.advance(head);
    if context == 0 && number == 1 {
        walk.emit_bits(place.value(0), bit.saturating_add(7), 1, length);
        place.before = place.before.saturating_add(usize::from(place.depth == 0));
        return Some(());
    }
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    let Some(value) = walk.rest().get(..length) else {
        walk.take_octets("value.unknown", length);
        return None;
    };
    match context {
        1 => in_context(walk, place, tag, value),
        _ => of_application(walk, place, tag, value),
    }
    walk.advance(length);
    place.before = place.before.saturating_add(usize::from(place.depth == 0));
    Some(())
}

fn short(walk: &mut Walk<'_, '_>) -> Option<()> {
    walk.missing(walk.rest().len().saturating_add(1));
    walk.advance(walk.rest().len());
    None
}

/// Clause 20.2.1.3.1: the length, and the octets that it takes.
fn extended_length(octets: &[u8]) -> Option<(u64, usize)> {
    match *octets.first()? {
        254 => Some((number(octets.get(1..3)?), 3)),
        255 => Some((number(octets.get(1..5)?), 5)),
        short => Some((u64::from(short), 1)),
    }
}

fn number(octets: &[u8]) -> u64 {
    octets.iter().fold(0, |number, octet| number << 8 | u64::from(*octet))
}

fn object(walk: &mut Walk<'_, '_>, value: &[u8]) {
    if value.len() == 4 {
        let (bit, whole) = (walk.offset().saturating_mul(8), number(value));
        walk.emit_bits("objectType", bit, 10, whole >> 22);
        walk.emit_bits("instance_number", bit.saturating_add(10), 22, whole & 0x3f_ffff);
    }
}

fn in_context(walk: &mut Walk<'_, '_>, place: &mut Place, tag: u8, value: &[u8]) {
    let at = walk.offset();
    match place.role(tag) {
        Role::Object => object(walk, value),
        Role::Property => {
            place.property = Some(number(value));
            walk.emit("property_identifier", at, value.len(), number(value));
        }
        Role::Number(name) => walk.emit(name, at, value.len(), number(value)),
        Role::Name => characters(walk, "object_name", value),
        Role::Other => walk.emit("value.context", at, value.len(), 0),
    }
}

fn characters(walk: &mut Walk<'_, '_>, name: &str, value: &[u8]) {
    let at = walk.offset();
    if let Some(set) = value.first() {
        walk.emit("string_character_set", at, 1, u64::from(*set));
        walk.emit(name, at.saturating_add(1), value.len().saturating_sub(1), 0);
    }
}

fn of_application(walk: &mut Walk<'_, '_>, place: &Place, tag: u8, value: &[u8]) {
    let (at, length) = (walk.offset(), value.len());
    match (tag, length) {
        (2, 1..=8) => walk.emit(place.number().unwrap_or(place.value(1)), at, length, number(value)),
        (9, 1..=8) => walk.emit(place.number().unwrap_or(place.value(7)), at, length, number(value)),
        (3, 1..=8) => {
            let unused = 64_u32.saturating_sub(u32::try_from(length).unwrap_or(8).saturating_mul(8));
            let signed = ((number(value) << unused) as i64) >> unused;
            walk.emit(place.value(2), at, length, signed as u64);
        }
        (4, 4) => {
            let real = f32::from_bits(u32::try_from(number(value)).unwrap_or(0));
            walk.emit_made(place.value(3), at, 4, |text| text.extend_from_slice(real.to_string().as_bytes()));
        }
        (5, 8) => {
            let real = f64::from_bits(number(value));
            walk.emit_made(place.value(4), at, 8, |text| text.extend_from_slice(real.to_string().as_bytes()));
        }
        (6, _) => walk.emit(place.value(5), at, length, 0),
        (7, _) if place.property == Some(OBJECT_NAME) => characters(walk, "object_name", value),
        (7, _) => characters(walk, place.value(6), value),
        (8, _) => walk.emit("complete_bitstring", at, length, 0),
        (10, 4) => walk.emit_made("value.date", at, 4, |text| moment(value, text, true)),
        (11, 4) => walk.emit_made("value.time", at, 4, |text| moment(value, text, false)),
        (12, 4) => object(walk, value),
        (0, 0) => {}
        _ => walk.emit("value.unknown", at, length, 0),
    }
}

/// A date without its weekday, or a time; 255 is any.
fn moment(value: &[u8], text: &mut Vec<u8>, date: bool) {
    let Ok([a, b, c, d]) = <[u8; 4]>::try_from(value) else { return };
    let part = |octet: u8, base: u16| match octet {
        255 => "*".to_owned(),
        octet => format!("{:02}", base.saturating_add(u16::from(octet))),
    };
    let written = match date {
        true => format!("{}-{}-{}", part(a, 1900), part(b, 0), part(c, 0)),
        false => format!("{}:{}:{}.{}", part(a, 0), part(b, 0), part(c, 0), part(d, 0)),
    };
    text.extend_from_slice(written.as_bytes());
}
