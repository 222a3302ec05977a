//! Sampled values of substations (IEC 61850-9-2 §8): currents and voltages in Ethernet frames. Where the samples are the eight of the guideline
//! 9-2LE, each is shown with its quality.

use super::goose::{content, count, each, moment, split, with_head, write_head};
use super::snmp::{build_element as element, integer};
use crate::decode::Walk;
use crate::render::line::{Body, Line};
use crate::schema::{
    Build, ETHER_TYPE, Field, Kind, Protocol, Size, be16, be32, bits, block, bytes, flag, label, rest, text,
    u8, val,
};

const PDU: u8 = 0x60;
const LIST: u8 = 0xa2;
const ASDU: u8 = 0x30;
const SAMPLES: u8 = 0x87;

const SYNCHRONISED: &[(u64, &str)] = &[(0, "none"), (1, "local"), (2, "global")];

const MODES: &[(u64, &str)] =
    &[(0, "samples per nominal period"), (1, "samples per second"), (2, "seconds per sample")];

/// Parts of a quality: first bit, width, name, what it is (IEC 61850-7-3 §6.2, and the guideline's last one).
const QUALITY: &[(u32, u32, &str, &str)] = &[
    (0, 2, "meas_quality.validity", "validity: 0 good, 1 invalid, 3 questionable"),
    (2, 1, "meas_quality.overflow", "overflow"),
    (3, 1, "meas_quality.outofrange", "out of range"),
    (4, 1, "meas_quality.badreference", "bad reference"),
    (5, 1, "meas_quality.oscillatory", "oscillatory"),
    (6, 1, "meas_quality.failure", "failure"),
    (7, 1, "meas_quality.olddata", "old data"),
    (8, 1, "meas_quality.inconsistent", "inconsistent"),
    (9, 1, "meas_quality.inaccurate", "inaccurate"),
    (10, 1, "meas_quality.source", "substituted"),
    (11, 1, "meas_quality.test", "test"),
    (12, 1, "meas_quality.operatorblocked", "blocked by the operator"),
    (13, 1, "meas_quality.derived", "computed from others"),
];

pub(super) fn sampled_values() -> Protocol {
    let mut fields = fields();
    fields.extend(QUALITY.iter().map(|(_, width, name, doc)| match width {
        1 => flag(name).doc(doc),
        _ => bits(name, 2).hex().doc(doc),
    }));
    with_head(Protocol::new("sv", "IEC 61850 sampled values"), 0x4000)
        .source("IEC 61850-9-2 §8, guideline 9-2LE")
        .on(ETHER_TYPE, &[0x88ba])
        .field(block(
            label("pdu").hidden().doc("message"),
            Size::Octets(val("length") - 8),
            [crate::schema::Item::Custom(fields, decode, Some(build))],
        ))
        .summary(summary)
        .sample(concat!(
            "010ccd0400010200000000018100800188ba4000007c800000006072800101a26d306b80044d553031810264738202010283",
            "040000000184085f00000080000a0a85010286020fa08740fffff44800000000fffff83000000000fffffc18000000000000",
            "000000000000000003e800000000000007d00000000000000bb80000000000000fa00000200088020001",
        ))
}

fn fields() -> Vec<Field> {
    vec![
        label("savPdu_element").doc("message"),
        be16("noASDU").doc("sets of samples"),
        be32("seqASDU").doc("sets, so many"),
        label("ASDU_element").doc("set of samples"),
        text("svID", rest()).brief().doc("stream"),
        text("datSet", rest()).doc("data set"),
        be16("smpCnt").brief().doc("number of the sample"),
        be32("confRev").default(1).doc("revision of the configuration"),
        Field::new("refrTm", Kind::Time, Size::Bits(64)).doc("time of the samples"),
        u8("smpSynch").names(SYNCHRONISED).doc("clock that the samples follow"),
        be16("smpRate").doc("rate of the samples"),
        bytes("seqData", rest()).doc("samples"),
        be16("smpMod").names(MODES).doc("unit of the rate"),
        bytes("gmidData", rest()).doc("clock that the samples follow"),
        be32("meas_value").signed().doc("sample"),
        be32("meas_quality").hex().doc("quality of the sample"),
    ]
}

fn number(octets: &[u8]) -> u64 {
    octets.iter().take(8).fold(0, |all, octet| all << 8 | u64::from(*octet))
}

fn decode(walk: &mut Walk<'_, '_>) {
    each(walk, |walk, tag| {
        if tag != PDU {
            return;
        }
        let node = walk.open("savPdu_element");
        each(walk, |walk, tag| match tag {
            0x80 => walk.emit("noASDU", walk.offset(), walk.rest().len(), number(walk.rest())),
            LIST => {
                walk.emit("seqASDU", walk.offset(), walk.rest().len(), count(walk.rest()));
                each(walk, |walk, _| {
                    let node = walk.open("ASDU_element");
                    each(walk, part);
                    walk.close(node);
                });
            }
            _ => {}
        });
        walk.close(node);
    });
}

fn part(walk: &mut Walk<'_, '_>, tag: u8) {
    let (octets, at) = (walk.rest(), walk.offset());
    let (name, value) = match tag {
        0x80 => ("svID", 0),
        0x81 => ("datSet", 0),
        0x82 => ("smpCnt", number(octets)),
        0x83 => ("confRev", number(octets)),
        0x84 => match moment(octets) {
            Some(time) => ("refrTm", time),
            None => return,
        },
        0x85 => ("smpSynch", integer(octets).cast_unsigned()),
        0x86 => ("smpRate", number(octets)),
        SAMPLES => ("seqData", 0),
        0x88 => ("smpMod", number(octets)),
        0x89 => ("gmidData", 0),
        _ => return,
    };
    walk.emit(name, at, octets.len(), value);
    if tag == SAMPLES && octets.len() == 64 {
        samples(walk, octets, at);
    }
}

/// Four currents and four voltages (guideline 9-2LE §7.2.3).
fn samples(walk: &mut Walk<'_, '_>, octets: &[u8], at: usize) {
    for (place, pair) in octets.as_chunks::<8>().0.iter().enumerate() {
        let at = at.saturating_add(place.saturating_mul(8));
        let [v0, v1, v2, v3, q0, q1, q2, q3] = *pair;
        walk.emit("meas_value", at, 4, u64::from(u32::from_be_bytes([v0, v1, v2, v3])));
        let (at, quality) = (at.saturating_add(4), u64::from(u32::from_be_bytes([q0, q1, q2, q3])));
        walk.emit("meas_quality", at, 4, quality);
        for (shift, width, name, _) in QUALITY {
            walk.emit(name, at, 4, quality >> shift & (1_u64 << width).saturating_sub(1));
        }
    }
}

fn build(build: &mut dyn Build) {
    let mut set = Vec::new();
    set.extend(element(0x80, &build.octets("svID").unwrap_or_default()));
    if let Some(name) = build.octets("datSet") {
        set.extend(element(0x81, &name));
    }
    let narrow = |number: u64| (number & 0xffff).to_be_bytes().get(6..).unwrap_or_default().to_vec();
    set.extend(element(0x82, &narrow(build.number("smpCnt"))));
    let revision = build.number("confRev").to_be_bytes();
    set.extend(element(0x83, revision.get(4..).unwrap_or_default()));
    set.extend(element(0x85, &content(build.number("smpSynch"))));
    if build.is_given("smpRate") {
        set.extend(element(0x86, &narrow(build.number("smpRate"))));
    }
    set.extend(element(SAMPLES, &build.octets("seqData").unwrap_or_default()));
    if build.is_given("smpMod") {
        set.extend(element(0x88, &narrow(build.number("smpMod"))));
    }
    let mut pdu = element(0x80, &[1]);
    pdu.extend(element(LIST, &element(ASDU, &set)));
    build.put(&element(PDU, &pdu));
}

/// `SV, appid 0x4000, MU01 smpCnt 258 synchronised global, 64 octets`.
fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    line.text("SV");
    let Some((PDU, mut rest)) = write_head(line, body) else {
        line.cut("sv", body);
        return;
    };
    while let Some((tag, mut sets, after)) = split(rest) {
        rest = after;
        while tag == LIST
            && let Some((_, set, after)) = split(sets)
        {
            sets = after;
            line.text(", ");
            write_set(line, set);
        }
    }
}

fn write_set(line: &mut Line<'_, '_>, mut set: &[u8]) {
    while let Some((tag, value, after)) = split(set) {
        set = after;
        match tag {
            0x80 => line.untrusted(value),
            0x82 => {
                line.text(" smpCnt ");
                line.number(number(value));
            }
            0x85 => {
                line.text(" synchronised ");
                line.text(crate::schema::Names::List(SYNCHRONISED).get(number(value)).unwrap_or("by area"));
            }
            SAMPLES => {
                line.text(", ");
                line.number(value.len() as u64);
                line.text(" octets");
                if line.style.verbose > 0 && value.len() == 64 {
                    line.text(":");
                    for pair in value.as_chunks::<8>().0 {
                        let [v0, v1, v2, v3, ..] = *pair;
                        line.text(" ");
                        super::put::signed(line.out, i64::from(i32::from_be_bytes([v0, v1, v2, v3])));
                    }
                }
            }
            _ => {}
        }
    }
}
