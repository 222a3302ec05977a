//! GOOSE, events of substations in Ethernet frames (IEC 61850-8-1 §18, annex A): the event message with all its data. Management messages
//! are shown as octets behind the header.

use super::snmp::{build_element as element, head, integer};
use crate::decode::Walk;
use crate::render::line::{Body, Line};
use crate::schema::{
    Build, ETHER_TYPE, Field, Kind, Protocol, Size, Span, be16, be32, be64, bits, block, bytes, custom_both,
    flag, label, rest, text, u8, val,
};

/// Parts within parts beyond which data are octets.
const DEPTH: u8 = 8;

/// Tags of the event message, in its order: name of the field, what it holds.
#[derive(Clone, Copy)]
enum Holds {
    Text,
    Number,
    Truth,
    Moment,
}

const PARTS: [(u8, &str, Holds); 11] = [
    (0x80, "gocbRef", Holds::Text),
    (0x81, "timeAllowedtoLive", Holds::Number),
    (0x82, "datSet", Holds::Text),
    (0x83, "goID", Holds::Text),
    (0x84, "t", Holds::Moment),
    (0x85, "stNum", Holds::Number),
    (0x86, "sqNum", Holds::Number),
    (0x87, "simulation", Holds::Truth),
    (0x88, "confRev", Holds::Number),
    (0x89, "ndsCom", Holds::Truth),
    (0x8a, "numDatSetEntries", Holds::Number),
];

const ALL_DATA: u8 = 0xab;
const PDU: u8 = 0x61;

/// Kinds of data (IEC 61850-8-1 annex A, as MMS has them).
const KINDS: &[(u64, &str)] = &[
    (1, "array"),
    (2, "structure"),
    (3, "boolean"),
    (4, "bit-string"),
    (5, "integer"),
    (6, "unsigned"),
    (7, "floating-point"),
    (8, "real"),
    (9, "octet-string"),
    (10, "visible-string"),
    (12, "binary-time"),
    (13, "bcd"),
    (14, "booleanArray"),
    (15, "objId"),
    (16, "mMSString"),
    (17, "utc-time"),
];

pub(super) fn goose() -> Protocol {
    with_head(Protocol::new("goose", "GOOSE"), 0)
        .source("IEC 61850-8-1 §18, annex A")
        .on(ETHER_TYPE, &[0x88b8])
        .field(block(
            label("pdu").hidden().doc("message"),
            Size::Octets(val("length") - 8),
            [custom_both(fields(), decode, build)],
        ))
        .summary(summary)
        .sample(concat!(
            "010ccd01000102000000000188b8300100950000000061818a8014494544314c44302f4c4c4e3024474f2467636231810207",
            "d08210494544314c44302f4c4c4e30246473318305676f69643184085f00000080000a0a8501038601118701008801018901",
            "008a010aab39830101840206808501058601078705083fc000008a0568656c6c6f91085f0000000000000aa2068301008501",
            "ff890201028c06000001000500",
        ))
}

/// The header that all messages of substations begin with (IEC 61850-8-1 annex C).
pub(super) fn with_head(protocol: Protocol, application: u64) -> Protocol {
    protocol
        .field(be16("appid").default(application).hex().brief().doc("application"))
        .field(be16("length").unit("octets").len_of(Span::Whole, 1, 0).doc("length with the header"))
        .field(be16("reserve1").hex().doc("reserved").of([
            flag("reserve1.s_bit").doc("simulated"),
            bits("reserve1.reserved", 15).hex().doc("reserved"),
        ]))
        .field(be16("reserve2").hex().doc("reserved"))
}

fn fields() -> [Field; 29] {
    [
        label("goosePdu_element").doc("event message"),
        text("gocbRef", rest()).brief().doc("control block"),
        be32("timeAllowedtoLive").default(2000).unit("ms").doc("time until the next message at the latest"),
        text("datSet", rest()).doc("data set"),
        text("goID", rest()).doc("identifier of the sender"),
        Field::new("t", Kind::Time, Size::Bits(64)).doc("time of the event"),
        be32("stNum").default(1).brief().doc("events so far"),
        be32("sqNum").brief().doc("repetitions of this event"),
        u8("simulation").boolean().doc("simulated"),
        be32("confRev").default(1).doc("revision of the configuration"),
        u8("ndsCom").boolean().doc("needs commissioning"),
        be32("numDatSetEntries").doc("entries of the data set"),
        bytes("data.written", rest()).craft("allData").hidden().doc("data as octets, when built"),
        be32("allData").doc("data, so many entries"),
        u8("Data").names(KINDS).doc("kind of an entry"),
        be32("array").doc("array of so many entries"),
        be32("structure").doc("structure of so many entries"),
        u8("boolean").boolean().doc("value"),
        u8("padding").doc("bits of the last octet that are none of the string"),
        bytes("bit_string", rest()).doc("bits"),
        be64("integer").signed().doc("value"),
        be64("unsigned").doc("value"),
        Field::new("float_value", Kind::Made, rest()).doc("value"),
        bytes("octet_string", rest()).doc("octets"),
        text("visible_string", rest()).doc("text"),
        bytes("binary_time", rest()).doc("time of day and days since 1984"),
        Field::new("utc_time", Kind::Time, Size::Bits(64)).doc("time"),
        bytes("other", rest()).doc("value"),
        bytes("management", rest()).doc("management message"),
    ]
}

/// Seconds since 1970 and a binary fraction of 24 bits (IEC 61850-8-1 §8.1.3.6), in nanoseconds.
pub(super) fn moment(octets: &[u8]) -> Option<u64> {
    let [s0, s1, s2, s3, f0, f1, f2, _] = *octets.first_chunk::<8>()?;
    let seconds = u64::from(u32::from_be_bytes([s0, s1, s2, s3]));
    let fraction = u64::from(u32::from_be_bytes([0, f0, f1, f2]));
    Some(seconds.saturating_mul(1_000_000_000).saturating_add(fraction.saturating_mul(1_000_000_000) >> 24))
}

/// Tag and content of the next element, where it is whole, and what follows.
pub(super) fn split(octets: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, taken, length) = head(octets)?;
    let (content, after) = octets.get(taken..)?.split_at_checked(length)?;
    Some((tag, content, after))
}

/// Goes through the elements to the end of the part; what is not whole is told.
pub(super) fn each(walk: &mut Walk<'_, '_>, mut one: impl FnMut(&mut Walk<'_, '_>, u8)) {
    while !walk.rest().is_empty() && !walk.too_deep() {
        let Some((tag, taken, length)) = head(walk.rest()) else {
            walk.missing(walk.rest().len().saturating_add(1));
            return;
        };
        walk.advance(taken);
        let whole = length <= walk.rest().len();
        walk.part(length, |walk| one(walk, tag));
        if !whole {
            return;
        }
    }
}

fn decode(walk: &mut Walk<'_, '_>) {
    if walk.rest().first().is_some_and(|tag| *tag != PDU) {
        let left = walk.rest().len();
        walk.take_octets("management", left);
        return;
    }
    each(walk, |walk, _| {
        let node = walk.open("goosePdu_element");
        each(walk, part);
        walk.close(node);
    });
}

fn part(walk: &mut Walk<'_, '_>, tag: u8) {
    let (octets, at) = (walk.rest(), walk.offset());
    if tag == ALL_DATA {
        let count = count(octets);
        walk.emit("allData", at, octets.len(), count);
        each(walk, |walk, tag| data(walk, tag, DEPTH));
        return;
    }
    let Some((_, name, holds)) = PARTS.iter().find(|part| part.0 == tag) else { return };
    let value = match holds {
        Holds::Text => Some(0),
        Holds::Number => Some(integer(octets).cast_unsigned() & u64::from(u32::MAX)),
        Holds::Truth => Some(u64::from(octets.iter().any(|octet| *octet != 0))),
        Holds::Moment => moment(octets),
    };
    if let Some(value) = value {
        walk.emit(name, at, octets.len(), value);
    }
}

/// Elements in octets.
pub(super) fn count(mut octets: &[u8]) -> u64 {
    let mut count = 0_u64;
    while let Some((_, _, after)) = split(octets) {
        count = count.saturating_add(1);
        octets = after;
    }
    count
}

/// One entry of the data.
fn data(walk: &mut Walk<'_, '_>, tag: u8, depth: u8) {
    let (octets, at) = (walk.rest(), walk.offset());
    let kind = tag & 0x1f;
    walk.emit("Data", at, octets.len(), u64::from(kind));
    match (kind, octets) {
        (1 | 2, _) if depth > 0 => {
            let name = if kind == 1 { "array" } else { "structure" };
            walk.emit(name, at, octets.len(), count(octets));
            each(walk, |walk, tag| data(walk, tag, depth.saturating_sub(1)));
        }
        (3, _) => walk.emit("boolean", at, octets.len(), u64::from(octets.iter().any(|octet| *octet != 0))),
        (4, [padding, rest @ ..]) => {
            walk.emit("padding", at, 1, u64::from(*padding));
            walk.emit("bit_string", at.saturating_add(1), rest.len(), 0);
        }
        (5, _) => walk.emit("integer", at, octets.len(), integer(octets).cast_unsigned()),
        (6, _) => walk.emit("unsigned", at, octets.len(), unsigned(octets)),
        (7, [8, a, b, c, d]) => {
            let value = f32::from_be_bytes([*a, *b, *c, *d]);
            walk.emit_made("float_value", at.saturating_add(1), 4, |out| {
                out.extend_from_slice(format!("{value}").as_bytes());
            });
        }
        (9, _) => walk.emit("octet_string", at, octets.len(), 0),
        (10 | 16, _) => walk.emit("visible_string", at, octets.len(), 0),
        (12, _) => walk.emit("binary_time", at, octets.len(), 0),
        (17, _) => {
            if let Some(value) = moment(octets) {
                walk.emit("utc_time", at, octets.len(), value);
            }
        }
        _ => walk.emit("other", at, octets.len(), 0),
    }
}

fn unsigned(octets: &[u8]) -> u64 {
    octets.iter().take(9).fold(0, |all, octet| all << 8 | u64::from(*octet))
}

/// A number in as few octets as hold it without a sign.
pub(super) fn content(number: u64) -> Vec<u8> {
    let octets = number.to_be_bytes();
    let zeros = octets.iter().take(7).take_while(|octet| **octet == 0).count();
    octets.get(zeros..).unwrap_or_default().to_vec()
}

fn build(build: &mut dyn Build) {
    let mut pdu = Vec::new();
    let data = build.octets("data.written").unwrap_or_default();
    for (tag, name, holds) in PARTS {
        let value = match holds {
            Holds::Text => build.octets(name).unwrap_or_default(),
            Holds::Number if tag == 0x8a && !build.is_given(name) => content(count(&data)),
            Holds::Number | Holds::Truth => content(build.number(name)),
            Holds::Moment => {
                let time = build.number(name);
                let fraction = (time % 1_000_000_000) << 24;
                let fraction = fraction.checked_div(1_000_000_000).unwrap_or(0);
                ((time / 1_000_000_000) << 32 | fraction << 8 | 10).to_be_bytes().to_vec()
            }
        };
        pdu.extend(element(tag, &value));
    }
    pdu.extend(element(ALL_DATA, &data));
    build.put(&element(PDU, &pdu));
}

/// Writes the header; tag of the message and its elements, where they begin.
pub(super) fn write_head<'a>(line: &mut Line<'_, '_>, body: Body<'a>) -> Option<(u8, &'a [u8])> {
    let (header, octets) = body.data.split_first_chunk::<8>()?;
    let [a0, a1, _, _, simulated, ..] = *header;
    line.text(", appid ");
    line.hex(u64::from(u16::from_be_bytes([a0, a1])), 4);
    line.text(if simulated & 0x80 != 0 { ", simulated" } else { "" });
    let (tag, taken, _) = head(octets)?;
    Some((tag, octets.get(taken..).unwrap_or_default()))
}

/// `GOOSE appid 0x3001, IED1LD0/LLN0$GO$gcb1, stNum 3, sqNum 17, 10 entries`.
fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    line.text("GOOSE");
    let Some((tag, mut rest)) = write_head(line, body) else {
        line.cut("goose", body);
        return;
    };
    if tag != PDU {
        line.text(", management");
        return;
    }
    while let Some((tag, value, after)) = split(rest) {
        rest = after;
        match tag {
            0x80 => {
                line.text(", ");
                line.untrusted(value);
            }
            0x81 | 0x85 | 0x86 => {
                line.text(match tag {
                    0x81 => ", ttl ",
                    0x85 => ", stNum ",
                    _ => ", sqNum ",
                });
                line.number(unsigned(value));
                line.text(if tag == 0x81 { " ms" } else { "" });
            }
            0x87 if value.iter().any(|octet| *octet != 0) => line.text(", simulation"),
            0x89 if value.iter().any(|octet| *octet != 0) => line.text(", needs commissioning"),
            ALL_DATA => {
                line.text(", ");
                line.number(count(value));
                line.text(" entries");
                if line.style.verbose > 0 {
                    line.text(": ");
                    values(line, value, DEPTH);
                }
            }
            _ => {}
        }
    }
}

/// The data in a row.
fn values(line: &mut Line<'_, '_>, mut octets: &[u8], depth: u8) {
    let mut first = true;
    while let Some((tag, value, after)) = split(octets) {
        octets = after;
        line.text(if first { "" } else { ", " });
        first = false;
        match (tag & 0x1f, value) {
            (1 | 2, _) if depth > 0 => {
                line.text("{");
                values(line, value, depth.saturating_sub(1));
                line.text("}");
            }
            (3, _) => line.text(if value.iter().any(|octet| *octet != 0) { "true" } else { "false" }),
            (5, _) => super::put::signed(line.out, integer(value)),
            (6, _) => line.number(unsigned(value)),
            (7, [8, a, b, c, d]) => line.text(&format!("{}", f32::from_be_bytes([*a, *b, *c, *d]))),
            (10 | 16, _) => line.untrusted(value),
            (4, [_, bits @ ..]) => super::put::hex_octets(line.out, bits, None),
            _ => super::put::hex_octets(line.out, value, None),
        }
    }
}
