//! QUIC (RFC 9000, 9369): the parts of packets that are not protected. Packet numbers and what they carry are encrypted.

use super::octets::Octets;
use crate::decode::Walk;
use crate::render::line::{Body, Line};
use crate::render::put;
use crate::schema::{Protocol, UDP_PORT, be32, bits, bytes, custom, flag, label, rest, u8};

const VERSIONS: &[(u64, &str)] = &[
    (0, "version negotiation"),
    (1, "1"),
    (0x6b33_43cf, "2"),
    (0xff00_001d, "draft-29"),
    (0xff00_001b, "draft-27"),
];
const TYPES: &[(u64, &str)] = &[(0, "Initial"), (1, "0-RTT"), (2, "Handshake"), (3, "Retry")];

pub(super) fn quic() -> Protocol {
    Protocol::new("quic", "QUIC")
        .source("RFC 9000 §17, RFC 8999, RFC 9369 §3.2")
        .on(UDP_PORT, &[443, 784, 853, 4433])
        .accepts(UDP_PORT, looks)
        .field(custom(
            [
                label("packet").doc("packet"),
                bits("header_form", 1).names(&[(0, "short"), (1, "long")]).doc("header form"),
                flag("fixed_bit").doc("fixed bit"),
                bits("long.packet_type", 2).names(TYPES).doc("packet type"),
                flag("spin_bit").doc("spin bit"),
                be32("version").hex().names(VERSIONS).doc("version"),
                u8("dcil").unit("octets").doc("length of the destination connection"),
                bytes("dcid", rest()).doc("destination connection"),
                u8("scil").unit("octets").doc("length of the source connection"),
                bytes("scid", rest()).doc("source connection"),
                be32("supported_version").hex().names(VERSIONS).doc("supported version"),
                crate::schema::be64("token_length").unit("octets").doc("length of the token"),
                bytes("token", rest()).doc("token"),
                crate::schema::be64("length").unit("octets").doc("length"),
                bytes("retry_token", rest()).doc("retry token"),
                bytes("retry_integrity_tag", rest()).doc("integrity tag"),
                bytes("remaining_payload", rest()).doc("protected octets"),
            ],
            packets,
        ))
        .summary(summary)
        .sample("02000000000202000000000108004500005700010000401166930a0000010a000002c35001bb0043d92cc00000000108000102030405060700004014aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa40bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb")
}

/// A long header of a known version, or a short header that could be one.
fn looks(octets: &[u8]) -> bool {
    match octets {
        [first, a, b, c, d, dcil, ..] if first & 0x80 != 0 => {
            let version = u64::from(u32::from_be_bytes([*a, *b, *c, *d]));
            *dcil <= 20
                && (VERSIONS.iter().any(|(known, _)| *known == version)
                    || version & 0x0f0f_0f0f == 0x0a0a_0a0a)
        }
        [first, ..] => first & 0x40 != 0 && octets.len() >= 21,
        [] => false,
    }
}

/// A variable-length integer (RFC 9000 §16), and how many octets it has.
fn varint(octets: &[u8]) -> Option<(u64, usize)> {
    let size = 1_usize << (octets.first()? >> 6);
    let taken = octets.get(..size)?;
    let value = taken.iter().fold(0_u64, |all, octet| all << 8 | u64::from(*octet));
    let unused = 64_u32.saturating_sub(u32::try_from(size).unwrap_or(8).saturating_mul(8)).saturating_add(2);
    Some((value << unused >> unused, size))
}

fn take_varint(walk: &mut Walk<'_, '_>, name: &str) -> Option<u64> {
    let Some((value, size)) = varint(walk.rest()) else {
        walk.missing(1);
        return None;
    };
    walk.emit(name, walk.offset(), size, value);
    walk.advance(size);
    Some(value)
}

fn connection(walk: &mut Walk<'_, '_>, length: &str, id: &str) -> Option<()> {
    let octets = walk.take(length, 1).and_then(|octets| usize::try_from(octets).ok())?;
    (octets == 0 || walk.take_octets(id, octets)).then_some(())
}

fn packets(walk: &mut Walk<'_, '_>) {
    while !walk.rest().is_empty() && !walk.too_deep() {
        let node = walk.open("packet");
        let more = packet(walk);
        walk.close(node);
        if more.is_none() {
            return;
        }
    }
}

fn packet(walk: &mut Walk<'_, '_>) -> Option<()> {
    let first = *walk.rest().first()?;
    let bit = walk.offset().saturating_mul(8);
    walk.emit_bits("header_form", bit, 1, u64::from(first >> 7));
    walk.emit_bits("fixed_bit", bit.saturating_add(1), 1, u64::from(first >> 6 & 1));
    if first & 0x80 == 0 {
        // The length of a short header's connection is known to its end points alone.
        walk.emit_bits("spin_bit", bit.saturating_add(2), 1, u64::from(first >> 5 & 1));
        walk.advance(1);
        rest_of(walk, usize::MAX);
        return None;
    }
    let kind = first >> 4 & 3;
    let version =
        walk.rest().get(1..).and_then(<[u8]>::first_chunk).map_or(0, |version| u32::from_be_bytes(*version));
    // Version 2 numbers the types one higher.
    let kind = if version == 0x6b33_43cf { kind.wrapping_sub(1) & 3 } else { kind };
    if version != 0 {
        walk.emit_bits("long.packet_type", bit.saturating_add(2), 2, u64::from(kind));
    }
    walk.advance(1);
    walk.take("version", 4)?;
    connection(walk, "dcil", "dcid")?;
    connection(walk, "scil", "scid")?;
    if version == 0 {
        while walk.rest().len() >= 4 && walk.take("supported_version", 4).is_some() {}
        return None;
    }
    if kind == 3 {
        let token = walk.rest().len().saturating_sub(16);
        walk.take_octets("retry_token", token);
        walk.take_octets("retry_integrity_tag", 16);
        return None;
    }
    if kind == 0 {
        let token = take_varint(walk, "token_length")?;
        if token > 0 && !walk.take_octets("token", usize::try_from(token).unwrap_or(usize::MAX)) {
            return None;
        }
    }
    let length = take_varint(walk, "length")?;
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    if length > walk.claimed_left() {
        walk.malformed(length);
    }
    rest_of(walk, length);
    Some(())
}

fn rest_of(walk: &mut Walk<'_, '_>, octets: usize) {
    let octets = octets.min(walk.rest().len());
    if octets > 0 {
        walk.take_octets("remaining_payload", octets);
    }
}

/// `quic, initial, scid …, dcid …`, as tcpdump writes it.
fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    line.text("quic");
    let mut left = body.data;
    for _ in 0..4 {
        let Some(after) = one(line, left) else { return };
        left = after;
        if left.is_empty() {
            return;
        }
    }
}

fn one<'a>(line: &mut Line<'_, '_>, data: &'a [u8]) -> Option<&'a [u8]> {
    let mut octets = Octets::new(data);
    let first = octets.u8()?;
    if first & 0x80 == 0 {
        line.text(", protected");
        return None;
    }
    let version = octets.u32()?;
    let kind = if version == 0x6b33_43cf { (first >> 4).wrapping_sub(1) & 3 } else { first >> 4 & 3 };
    line.text(match kind {
        _ if version == 0 => ", version negotiation",
        0 => ", initial",
        1 => ", 0-rtt",
        2 => ", handshake",
        _ => ", retry",
    });
    if version != 0 && version != 1 {
        line.text(", v");
        put::hex(line.out, u64::from(version));
    }
    let destination_len = octets.u8()?;
    let destination = octets.take(usize::from(destination_len))?;
    let source_len = octets.u8()?;
    let source = octets.take(usize::from(source_len))?;
    for (name, connection) in [(", scid ", source), (", dcid ", destination)] {
        if !connection.is_empty() {
            line.text(name);
            put::hex_octets(line.out, connection, None);
        }
    }
    if version == 0 || kind == 3 {
        return None;
    }
    if kind == 0 {
        let (token, size) = varint(octets.left())?;
        octets.take(size)?;
        let token = octets.take(usize::try_from(token).ok()?)?;
        if !token.is_empty() {
            line.text(", token ");
            put::hex_octets(line.out, token.get(..16).unwrap_or(token), None);
        }
    }
    let (length, size) = varint(octets.left())?;
    octets.take(size)?;
    line.text(", length ");
    line.number(length);
    octets.take(usize::try_from(length).ok()?)?;
    Some(octets.left())
}
