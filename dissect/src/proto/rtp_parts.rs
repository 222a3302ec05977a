//! What stands within RTP's header extension (RFC 8285) and behind its payload, and what RTCP's reports carry on.

use crate::decode::Walk;
use crate::schema::{
    Build, Field, Item, Size, be16, be32, bytes, custom, decoded, ge, label, rest, text, u8, when,
};

/// The extension as octets, and in elements by its profile.
pub(super) fn extension(octets: Size) -> Item {
    let fields = vec![
        bytes("ext.data", rest()).doc("extension"),
        be32("hdr_ext").hex().doc("word of an extension without elements"),
        label("ext.element").doc("element").hidden(),
        u8("ext.rfc5285.id").doc("element"),
        u8("ext.rfc5285.len").unit("octets").doc("length"),
        u8("ext.rfc5285.appbits").doc("what the profile leaves to the application"),
        bytes("ext.rfc5285.data", rest()).doc("data"),
    ];
    crate::schema::block(
        label("ext.part").doc("extension").hidden(),
        octets,
        [Item::Custom(fields, elements, None)],
    )
}

fn elements(walk: &mut Walk<'_, '_>) {
    let (at, octets) = (walk.offset(), walk.rest());
    if octets.is_empty() {
        return;
    }
    walk.emit("ext.data", at, octets.len(), 0);
    let head = at.saturating_sub(walk.layer_offset()).checked_sub(4);
    let profile = head.and_then(|from| walk.layer_octets().get(from..)).and_then(<[u8]>::first_chunk);
    match profile.map(|profile| u16::from_be_bytes(*profile)) {
        Some(0xbede) => short_elements(walk, at, octets),
        Some(profile @ 0x1000..=0x100f) => long_elements(walk, at, octets, u64::from(profile & 15)),
        _ => {
            for (place, word) in octets.chunks_exact(4).enumerate() {
                let value = word.iter().fold(0, |value, octet| value << 8 | u64::from(*octet));
                walk.emit("hdr_ext", at.saturating_add(place.saturating_mul(4)), 4, value);
            }
        }
    }
    walk.advance(octets.len());
}

/// One octet holds number and length, less one; 15 ends the list (RFC 8285 §4.2).
fn short_elements(walk: &mut Walk<'_, '_>, mut at: usize, mut octets: &[u8]) {
    while let Some((head, after)) = octets.split_first() {
        if *head == 0 {
            (at, octets) = (at.saturating_add(1), after);
            continue;
        }
        let length = usize::from(head & 15).saturating_add(1);
        if head >> 4 == 15 || walk.too_deep() {
            return;
        }
        let bit = at.saturating_mul(8);
        walk.emit_bits("ext.rfc5285.id", bit, 4, u64::from(head >> 4));
        walk.emit_bits("ext.rfc5285.len", bit.saturating_add(4), 4, length as u64);
        let have = length.min(after.len());
        walk.emit("ext.rfc5285.data", at.saturating_add(1), have, 0);
        at = at.saturating_add(1).saturating_add(have);
        octets = after.get(have..).unwrap_or_default();
    }
}

/// An octet each (RFC 8285 §4.3).
fn long_elements(walk: &mut Walk<'_, '_>, mut at: usize, mut octets: &[u8], bits: u64) {
    while let Some((number, after)) = octets.split_first() {
        if *number == 0 {
            (at, octets) = (at.saturating_add(1), after);
            continue;
        }
        let Some((length, after)) = after.split_first().filter(|_| !walk.too_deep()) else { return };
        walk.emit("ext.rfc5285.appbits", at, 0, bits);
        walk.emit("ext.rfc5285.id", at, 1, u64::from(*number));
        walk.emit("ext.rfc5285.len", at.saturating_add(1), 1, u64::from(*length));
        let have = usize::from(*length).min(after.len());
        if have > 0 {
            walk.emit("ext.rfc5285.data", at.saturating_add(2), have, 0);
        }
        at = at.saturating_add(2).saturating_add(have);
        octets = after.get(have..).unwrap_or_default();
    }
}

/// The payload, and the padding behind it, whose last octet counts it (RFC 3550 §5.1).
pub(super) fn payload() -> Item {
    let fields = vec![
        bytes("payload", rest()).doc("payload"),
        bytes("padding.data", rest()).doc("padding"),
        u8("padding.count").unit("octets").doc("length of the padding"),
    ];
    Item::Custom(fields, read_payload, Some(write_payload))
}

fn write_payload(build: &mut dyn Build) {
    build.put_field("payload");
}

fn read_payload(walk: &mut Walk<'_, '_>) {
    let octets = walk.rest();
    let padded = walk.layer_octets().first().is_some_and(|first| first & 0x20 != 0) && walk.is_whole();
    let count = octets.last().filter(|_| padded).map_or(0, |count| usize::from(*count));
    let count = if count <= octets.len() { count } else { 0 };
    let payload = octets.len().saturating_sub(count);
    if payload > 0 || count == 0 {
        walk.take_octets("payload", payload);
    }
    if count > 1 {
        walk.take_octets("padding.data", count.saturating_sub(1));
    }
    if count > 0 {
        walk.take("padding.count", 1);
    }
}

/// The two words of a time.
pub(super) fn time_words() -> Item {
    let fields = [
        be32("timestamp.ntp.msw").unit("s").doc("time, whole seconds since 1900").hidden(),
        be32("timestamp.ntp.lsw").doc("time, the fraction").hidden(),
    ];
    decoded([custom(fields, |walk| {
        let at = walk.offset();
        if let Some([a, b, c, d, e, f, g, h]) = walk.rest().first_chunk::<8>().copied() {
            walk.emit("timestamp.ntp.msw", at, 4, u64::from(u32::from_be_bytes([a, b, c, d])));
            walk.emit(
                "timestamp.ntp.lsw",
                at.saturating_add(4),
                4,
                u64::from(u32::from_be_bytes([e, f, g, h])),
            );
        }
    })])
}

/// What stands behind reports: padding where the head says so, else what a profile adds (RFC 3550 §6.4.3).
pub(super) fn behind_reports() -> Item {
    let padding = [
        bytes("padding.data", rest()).doc("padding"),
        u8("padding.count").unit("octets").doc("length of the padding"),
    ];
    decoded([
        when(
            ge("padding", 1),
            [custom(padding, |walk| {
                let left = walk.rest().len();
                if left > 1 {
                    walk.take_octets("padding.data", left.saturating_sub(1));
                }
                if left > 0 {
                    walk.take("padding.count", 1);
                }
            })],
        ),
        custom([bytes("profile-specific-extension", rest()).doc("what a profile adds")], |walk| {
            let left = walk.rest().len();
            if left > 0 {
                walk.take_octets("profile-specific-extension", left);
            }
        }),
    ])
}

/// The feedback of before RFC 4585: lost packets (RFC 2032 §5.2.2).
pub(super) fn old_nack() -> Vec<Item> {
    vec![
        be32("ssrc.identifier").hex().doc("source").into(),
        be16("nack.fsn").doc("first lost packet").into(),
        be16("nack.blp").doc("which of the sixteen behind it are lost too").into(),
    ]
}

/// An application's data, as text too.
pub(super) fn application_text() -> Item {
    decoded([custom([text("app.data_str", rest()).doc("data as text").hidden()], |walk| {
        walk.emit("app.data_str", walk.offset(), walk.rest().len(), 0);
    })])
}

/// What a chunk of an extended report's run lengths says (RFC 3611 §4.1).
pub(super) fn chunk_parts() -> Item {
    let fields: [Field; 3] = [
        label("xr.chunk.null_terminator").doc("end of the chunks").hidden(),
        be16("xr.chunk.length").doc("length of a run").hidden(),
        be16("xr.chunk.bit_vector").hex().doc("bits of fifteen packets").hidden(),
    ];
    decoded([custom(fields, |walk| {
        let at = walk.offset();
        let Some(chunk) = walk.rest().first_chunk().map(|chunk| u16::from_be_bytes(*chunk)) else { return };
        match chunk {
            0 => walk.emit("xr.chunk.null_terminator", at, 2, 0),
            0x8000.. => walk.emit("xr.chunk.bit_vector", at, 2, u64::from(chunk & 0x7fff)),
            _ => walk.emit("xr.chunk.length", at, 2, u64::from(chunk & 0x3fff)),
        }
    })])
}
