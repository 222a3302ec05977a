//! QUIC (RFC 9000, 9369): the parts of packets that are not protected, and of Initial packets all, with the TLS handshake that begins
//! in them. Of other packets numbers and contents are encrypted.
//!
//! What opens the server's Initial packets, the handshake over several packets and the connection of a short header come from the
//! packets before (`flow::quic`). Where they are not at hand, a datagram's own Initial packets are opened if they are a client's first.

pub(crate) mod frames;
pub(crate) mod header;
pub(crate) mod initial;

use super::octets::Octets;
use crate::decode::Walk;
use crate::flow::reassembly::quic::{Brought, Known};
use crate::render::line::{Body, Line};
use crate::render::put;
use crate::schema::{Field, Item, Protocol, UDP_PORT, be32, be64, bits, bytes, flag, label, rest, u8};
use frames::Pieces;
use header::{Kind, VERSION_2};
use initial::{Keys, Opened, Sender};

const VERSIONS: &[(u64, &str)] = &[
    (0, "version negotiation"),
    (1, "1"),
    (0x6b33_43cf, "2"),
    (0xff00_001d, "draft-29"),
    (0xff00_001b, "draft-27"),
];
/// Version 2 numbers the types one higher (RFC 9369 §3.2).
const TYPES_2: &[(u64, &str)] = &[(0, "Retry"), (1, "Initial"), (2, "0-RTT"), (3, "Handshake")];
const TYPES: &[(u64, &str)] = &[(0, "Initial"), (1, "0-RTT"), (2, "Handshake"), (3, "Retry")];

pub(super) fn quic() -> Protocol {
    Protocol::new("quic", "QUIC")
        .source("RFC 9000 §17, RFC 8999, RFC 9369 §3.2")
        .on(UDP_PORT, &[443, 784, 853, 4433])
        .accepts(UDP_PORT, looks)
        .heuristic(UDP_PORT, header::begins_a_connection)
        .later(quic_fields)
        .leads_to(&["tls"])
        .summary(summary)
        .sample("02000000000202000000000108004500005700010000401166930a0000010a000002c35001bb0043d92cc00000000108000102030405060700004014aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa40bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb")
}

/// Header and generated fields.
fn quic_fields(protocol: Protocol) -> Protocol {
    protocol.field(Item::Custom(fields(), packets, None))
}

fn fields() -> Vec<Field> {
    let mut fields = vec![
        be32("connection.number").doc("number of the connection, by the packets before"),
        label("packet").doc("packet"),
        label("short").doc("short header"),
        be32("packet_length").unit("octets").doc("octets of the packet"),
        bits("header_form", 1).names(&[(0, "short"), (1, "long")]).doc("header form"),
        flag("fixed_bit").doc("fixed bit"),
        bits("long.packet_type", 2).names(TYPES).doc("packet type"),
        bits("long.packet_type_v2", 2).names(TYPES_2).doc("packet type of version 2"),
        bits("long.reserved", 2).doc("reserved"),
        bits("packet_number_length", 2).doc("octets of the packet number, less one"),
        bits("vn.unused", 7).hex().doc("unused"),
        flag("spin_bit").doc("spin bit"),
        be32("version").hex().names(VERSIONS).doc("version"),
        u8("dcil").unit("octets").doc("length of the destination connection"),
        bytes("dcid", rest()).doc("destination connection"),
        u8("scil").unit("octets").doc("length of the source connection"),
        bytes("scid", rest()).doc("source connection"),
        be32("supported_version").hex().names(VERSIONS).doc("supported version"),
        be64("token_length").unit("octets").doc("length of the token"),
        bytes("token", rest()).doc("token"),
        be64("length").unit("octets").doc("length"),
        bytes("retry_token", rest()).doc("retry token"),
        bytes("retry_integrity_tag", rest()).doc("integrity tag"),
        bytes("remaining_payload", rest()).doc("protected octets"),
        be64("packet_number").doc("packet number"),
        bytes("payload", rest()).doc("protected octets, opened"),
        label("decryption_failed").doc("an Initial packet that could not be opened"),
        bytes("coalesced_padding_data", rest()).doc("padding behind the packets"),
        label("crypto.fragments").doc("CRYPTO frames that had to wait for others, whole now"),
        be32("crypto.fragment").doc("frame with one of them"),
        be32("crypto.fragment.count").doc("how many they are"),
        be32("crypto.reassembled_in")
            .of_later_frame()
            .doc("later frame that has what this one's CRYPTO frames wait for"),
    ];
    fields.extend(frames::fields());
    fields
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

/// Reads a number of variable length as `name`.
pub(super) fn take_varint(walk: &mut Walk<'_, '_>, name: &str) -> Option<u64> {
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

/// What a datagram's Initial packets say together.
#[derive(Default)]
struct Datagram<'k> {
    /// What the packets before say.
    known: Option<&'k Known>,
    /// Initial packets and CRYPTO frames so far.
    initials: usize,
    crypto: usize,
    /// Without that: the keys of the client, once its identifier has been seen; `Some(None)` when they have not opened a packet.
    keys: Option<Option<Keys>>,
    /// What CRYPTO frames have brought.
    pieces: Pieces,
}

impl Datagram<'_> {
    /// Takes the protection off a packet. Keys that have failed once are not tried again.
    fn open(&mut self, version: u32, destination: &[u8], packet: &[u8], header: usize) -> Option<Opened> {
        if let Some(known) = self.known {
            let at = self.initials;
            self.initials = at.saturating_add(1);
            return known.initials.get(at)?.clone();
        }
        let keys = self.keys.get_or_insert_with(|| Keys::of(version, destination, Sender::Client));
        let opened = keys.as_ref()?.open(packet, header, 0);
        if opened.is_none() {
            *keys = None;
        }
        opened
    }

    /// What the next CRYPTO frame brings, where the packets before tell.
    fn brought(&mut self) -> Option<Brought> {
        let at = self.crypto;
        self.crypto = at.saturating_add(1);
        Some(self.known?.brought.get(at).copied().unwrap_or(Brought::New))
    }
}

fn packets(walk: &mut Walk<'_, '_>) {
    let joined = walk.joined();
    let known = joined.and_then(|joined| joined.quic.as_ref());
    let mut datagram = Datagram { known, ..Datagram::default() };
    let start = walk.offset();
    if let Some(known) = known {
        walk.emit("connection.number", start, 0, u64::from(known.connection));
    }
    while let Some(first) = walk.rest().first()
        && !walk.too_deep()
    {
        if first & 0xc0 == 0 && walk.offset() > start {
            walk.take_octets("coalesced_padding_data", walk.rest().len());
            break;
        }
        let node = walk.open("packet");
        let more = packet(walk, &mut datagram);
        walk.close(node);
        if more.is_none() {
            break;
        }
    }
    if let (Some(joined), Some(known)) = (joined, known) {
        if !known.pieces.is_empty() {
            let node = walk.open("crypto.fragments");
            for frame in &known.pieces {
                walk.emit("crypto.fragment", start, 0, *frame);
            }
            walk.emit("crypto.fragment.count", start, 0, known.pieces.len() as u64);
            walk.close(node);
        }
        for frame in &joined.messages_in {
            walk.emit("crypto.reassembled_in", start, 0, *frame);
        }
        if !known.handshake.is_empty() {
            walk.read_on_in_shared(known.handshake.clone(), known.share.as_ref(), "tls");
        }
        return;
    }
    let stream = frames::beginning(datagram.pieces);
    if !stream.is_empty() {
        let told = frames::told(&stream);
        walk.read_on_in_made(stream, told, "tls");
    }
}

fn packet(walk: &mut Walk<'_, '_>, datagram: &mut Datagram<'_>) -> Option<()> {
    let (whole, start) = (walk.rest(), walk.offset());
    let first = *whole.first()?;
    let bit = start.saturating_mul(8);
    let short = if first & 0x80 == 0 { walk.open("short") } else { None };
    walk.emit_bits("header_form", bit, 1, u64::from(first >> 7));
    if first & 0x80 == 0 {
        walk.emit_bits("fixed_bit", bit.saturating_add(1), 1, u64::from(first >> 6 & 1));
        walk.emit_bits("spin_bit", bit.saturating_add(2), 1, u64::from(first >> 5 & 1));
        walk.advance(1);
        // The length of a short header's connection is known to its end points, and from their long headers.
        let id = datagram.known.and_then(|known| known.short_id).unwrap_or(0);
        if id > 0 {
            walk.take_octets("dcid", id);
        }
        walk.close(short);
        rest_of(walk, usize::MAX);
        walk.emit("packet_length", start, 0, whole.len() as u64);
        return None;
    }
    let version =
        walk.rest().get(1..).and_then(<[u8]>::first_chunk).map_or(0, |version| u32::from_be_bytes(*version));
    let kind = Kind::of(first, version);
    let field = if version == VERSION_2 { "long.packet_type_v2" } else { "long.packet_type" };
    if version == 0 {
        walk.emit_bits("vn.unused", bit.saturating_add(1), 7, u64::from(first & 0x7f));
    } else {
        if kind != Kind::Retry {
            walk.emit_bits("fixed_bit", bit.saturating_add(1), 1, u64::from(first >> 6 & 1));
        }
        walk.emit_bits(field, bit.saturating_add(2), 2, u64::from(first >> 4 & 3));
    }
    walk.advance(1);
    walk.take("version", 4)?;
    let destination = walk.offset().saturating_sub(start).saturating_add(1);
    connection(walk, "dcil", "dcid")?;
    let destination = whole.get(destination..walk.offset().saturating_sub(start)).unwrap_or_default();
    connection(walk, "scil", "scid")?;
    if version == 0 || kind == Kind::Retry {
        walk.emit("packet_length", start, 0, whole.len() as u64);
    }
    if version == 0 {
        while walk.rest().len() >= 4 && walk.take("supported_version", 4).is_some() {}
        return None;
    }
    if kind == Kind::Retry {
        let token = walk.rest().len().saturating_sub(16);
        walk.take_octets("retry_token", token);
        walk.take_octets("retry_integrity_tag", 16);
        return None;
    }
    if kind == Kind::Initial {
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
    let header = walk.offset().saturating_sub(start);
    let octets = header.saturating_add(length).min(whole.len());
    walk.emit("packet_length", start, 0, octets as u64);
    let opens = kind == Kind::Initial;
    let packet = whole.get(..octets).unwrap_or_default();
    match if opens { datagram.open(version, destination, packet, header) } else { None } {
        Some(opened) => show(walk, bit, length, opened, datagram),
        None => {
            if opens {
                walk.emit("decryption_failed", walk.offset(), 0, 0);
            }
            rest_of(walk, length);
        }
    }
    Some(())
}

/// A packet whose protection has been taken off; the cursor stands at its number.
fn show(walk: &mut Walk<'_, '_>, bit: usize, length: usize, opened: Opened, datagram: &mut Datagram<'_>) {
    walk.emit_bits("long.reserved", bit.saturating_add(4), 2, u64::from(opened.first >> 2 & 3));
    walk.emit_bits("packet_number_length", bit.saturating_add(6), 2, u64::from(opened.first & 3));
    walk.emit("packet_number", walk.offset(), opened.number_octets, opened.number);
    walk.advance(opened.number_octets);
    walk.take_octets("payload", length.saturating_sub(opened.number_octets));
    walk.inside(opened.frames, |walk| frames::read(walk, datagram));
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
    let kind = Kind::of(first, version);
    line.text(match kind {
        _ if version == 0 => ", version negotiation",
        Kind::Initial => ", initial",
        Kind::ZeroRtt => ", 0-rtt",
        Kind::Handshake => ", handshake",
        Kind::Retry => ", retry",
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
    if version == 0 || kind == Kind::Retry {
        return None;
    }
    if kind == Kind::Initial {
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
