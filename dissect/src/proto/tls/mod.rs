//! TLS records (RFC 8446, 5246): handshake messages with the extensions of ClientHello and ServerHello, certificates, alerts, and the
//! JA4 fingerprint of clients.
//!
//! A record that goes on in a segment which is not there is shown by its head alone; a handshake that is encrypted, as octets.
//! In QUIC handshake messages stand without records.

mod certificate;
mod fields;
mod hello;
mod ja3;
mod ja4;
mod more;
mod names;
mod transport;

use super::octets::Octets;
use crate::decode::Walk;
use crate::render::line::{Body, Line};
use crate::schema::{Begun, Carries, Inner, Item, Length, Names, Protocol, TCP_PORT};
pub(crate) use names::ALERTS;
use names::{CIPHERS, CONTENT, EXTENSIONS, GROUPS, HANDSHAKES, SIGNATURES, VERSIONS};

pub(super) fn tls() -> Protocol {
    Protocol::new("tls", "Transport Layer Security")
        .layer("TLS")
        .alias("ssl")
        .source("RFC 8446 §4, §5, RFC 5246 §7; IANA \"Transport Layer Security (TLS) Parameters\"")
        .on(TCP_PORT, &[443, 465, 563, 636, 853, 989, 990, 992, 993, 994, 995, 5061, 8443, 8883])
        .accepts(TCP_PORT, looks_like_a_record)
        .heuristic(TCP_PORT, is_of_a_connection)
        .stream(length)
        .stream_within(Inner { carries, length: handshake_length })
        .heads(&["x509af", "x509if", "x509sat", "x509ce", "pkcs1", "pkix1explicit", "pkix1implicit", "ber"])
        .later(tls_fields)
        .summary(summary)
        .sample("0200000000020200000000010800450000be00010000400666370a0000010a0000029c4001bb000003e8000007d0501820005f0a000016030100910100008d0303000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f00000613011302c02b0100005e0000000e000c000009686f73742e74657374000a00060004001d0017000b00020100000d00060004040308040010000e000c02683208687474702f312e31002b00050403040303002d00020101003300080006001d00026162ff01000100")
        .sample("020000000002020000000001080045000086000100004006666f0a0000010a0000029c4001bb000003e8000007d05018200057b90000160303003e0200003a0303000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f0273731301000010002b0002030400330006001d000263641403030001011703030009aaaaaaaaaaaaaaaaaa15030300020228")
        .sample("02000000000202000000000108004500009f00010000400666560a0000010a0000029c4001bb0000000100000001501820002a21000016030300720100006e0303000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f000004c02f0033010000410000000b0009000006682e74657374000c000504757365720011000900070200040000000000120000001300030200023374000000390009010240645000020405")
        .sample("0200000000020200000000010800450000d400010000400666210a0000010a00000201bb9c400000000100000001501820001252000016030300a70200007c0303000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f0000330000540012003b003900370011111111111111111111111111111111111111111111111111111111111111110000018bcfe5687b000004030008222222222222222200130001003374000c02683208687474702f312e310c0000230008171717171717171700010200083333333333333333040100084444444444444444")
        .sample("02000000000202000000000108004500004400010000400666b10a0000010a0000029c4001bb000000010000000150182000ccd70000180303001701000470696e6700000000000000000000000000000000")
        .sample("02000000000202000000000108004500014c00010000400665a90a0000020a00000101bb9c4000000001000000015018200012f60000160303011f0b00011b000118000115308201113081c4a003020102020105300506032b65703020310b30090603550406130244453111300f06035504030c08546573742c204341301e170d3234303232393033303430355a170d3439313233313233353935395a3020310b30090603550406130244453111300f06035504030c08546573742c204341302a300506032b657003210003a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8a3233021301106082b0601050507011804053003020105300c0603551d0f04050303070980300506032b6570034100e68721693c6858a27b680adb8d47d2c03e9b0a0cbf90df3713575d33e33f74cb71dbbdba8667ff8820b184331d08c8b9044dc9f48e9619c9912011ade9537706")
}

/// Header and generated fields.
fn tls_fields(protocol: Protocol) -> Protocol {
    protocol.field(Item::Custom(fields::fields(), take_apart, None))
}

/// A record is its head of five octets and what that says (RFC 8446 §5.1); some expansion is allowed for (RFC 5246 §6.2.3).
fn length(begun: Begun<'_>) -> Length {
    match begun.octets {
        [20..=24, 3, _, high, low, ..] => match usize::from(u16::from_be_bytes([*high, *low])) {
            octets @ 1..=18_432 => Length::of(octets.saturating_add(5)),
            _ => Length::Alien,
        },
        [20..=24] | [20..=24, 3, ..] => Length::at_least(5),
        _ => Length::Alien,
    }
}

/// Handshake messages go over from record to record (RFC 8446 §5.1), until the cipher changes. A TLS 1.3 hello that answers a request for
/// another comes in the clear behind a change of cipher that changes nothing (§D.4).
fn carries(record: &[u8], sealed: bool) -> Carries {
    match record {
        [20, ..] => Carries::Seal,
        [22, _, _, _, _, 1 | 2, 0, _, _, 3, 3, ..] => Carries::Octets(5..record.len()),
        [22, ..] if sealed => Carries::Sealed,
        [22, ..] => Carries::Octets(5..record.len()),
        _ => Carries::Nothing,
    }
}

/// Octets of handshake messages that are taken for one: more than any server sends, less than most of what is no length.
const MOST_OF_A_HANDSHAKE: usize = 1 << 20;

/// A handshake message is its head of four octets and what that says (RFC 8446 §4).
fn handshake_length(begun: Begun<'_>) -> Length {
    match begun.octets {
        [kind, ..] if Names::List(HANDSHAKES).get(u64::from(*kind)).is_none() => Length::Alien,
        [_, high, middle, low, ..] => match u32::from_be_bytes([0, *high, *middle, *low]) as usize {
            octets @ ..MOST_OF_A_HANDSHAKE => Length::of(octets.saturating_add(4)),
            _ => Length::Alien,
        },
        _ => Length::at_least(4),
    }
}

/// Handshake messages as they stand in QUIC, where nothing is around them.
pub(crate) const IN_QUIC: Inner =
    Inner { carries: |octets, _| Carries::Octets(0..octets.len()), length: handshake_length };

fn cipher_name(value: u64) -> Option<&'static str> {
    grease(value).or_else(|| Names::List(CIPHERS).get(value))
}

fn extension_name(value: u64) -> Option<&'static str> {
    grease(value).or_else(|| Names::List(EXTENSIONS).get(value))
}

fn group_name(value: u64) -> Option<&'static str> {
    grease(value).or_else(|| Names::List(GROUPS).get(value))
}

fn signature_name(value: u64) -> Option<&'static str> {
    grease(value).or_else(|| Names::List(SIGNATURES).get(value))
}

/// Values that mean nothing and keep servers tolerant (RFC 8701).
fn grease(value: u64) -> Option<&'static str> {
    (value & 0x0f0f == 0x0a0a && value >> 8 & 0xff == value & 0xff).then_some("GREASE")
}

fn looks_like_a_record(segment: &[u8]) -> bool {
    match segment {
        [20..=24, 3, 0..=4, high, low, ..] => u16::from_be_bytes([*high, *low]) <= 18_432,
        _ => false,
    }
}

/// Whether a segment of ports that say nothing is of TLS: a handshake message, a change of cipher, an alert in the clear, or encrypted records that fill
/// the segment or go on in the next.
fn is_of_a_connection(segment: &[u8]) -> bool {
    match segment {
        // the handshake message is one that is known, and the record holds it, or its beginning if it is a long one
        [22, 3, 0..=3, high, low, kind, 0, next, last, ..] => {
            let (record, message) = (u16::from_be_bytes([*high, *low]), u16::from_be_bytes([*next, *last]));
            Names::List(HANDSHAKES).get(u64::from(*kind)).is_some()
                && (message.saturating_add(4) <= record && record <= 16_384 || *kind == 11)
        }
        [20, 3, 1..=3, 0, 1, 1] | [21, 3, 0..=3, 0, 2, 1 | 2, _] => true,
        [20, 3, 1..=3, 0, 1, 1, left @ ..] => encrypted_records(left),
        _ => encrypted_records(segment),
    }
}

/// Records of TLS 1.2 and later with room for what encryption adds, one behind the other; the last may go on.
fn encrypted_records(mut left: &[u8]) -> bool {
    let begins = matches!(left, [20..=23, ..]);
    while let [kind, version, minor, high, low, after @ ..] = left {
        let octets = u16::from_be_bytes([*high, *low]);
        if !matches!((*kind, *version, *minor), (21..=23, 3, 3)) || !(17..=16_640).contains(&octets) {
            return false;
        }
        left = after.get(usize::from(octets)..).unwrap_or_default();
    }
    begins && left.is_empty()
}

fn take_apart(walk: &mut Walk<'_, '_>) {
    let around = walk.outer_other();
    if around.is_some() && around == walk.registry().protocol_named("quic") {
        handshakes(walk);
    } else {
        records(walk);
    }
}

fn records(walk: &mut Walk<'_, '_>) {
    while looks_like_a_record(walk.rest()) && !walk.too_deep() {
        let node = walk.open("record");
        let kind = walk.take("record.content_type", 1);
        walk.take("record.version", 2);
        let length =
            walk.take("record.length", 2).and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
        let have = walk.rest().len();
        if have < length {
            walk.take_octets("segment.data", have);
        } else {
            walk.part(length, |walk| content(walk, kind.unwrap_or(0)));
        }
        walk.close(node);
    }
    let rest = walk.rest().len();
    if rest > 0 {
        walk.take_octets("segment.data", rest);
    }
}

fn content(walk: &mut Walk<'_, '_>, kind: u64) {
    let length = walk.rest().len();
    match kind {
        20 => {
            let node = walk.open("change_cipher_spec");
            walk.advance(length);
            walk.close(node);
        }
        21 if length == 2 => {
            walk.take("alert_message.level", 1);
            walk.take("alert_message.desc", 1);
        }
        21 => {
            walk.take_octets("alert_message", length);
        }
        22 => handshakes(walk),
        23 => {
            walk.take_octets("app_data", length);
        }
        // what is in the clear is a message of three octets at least, and padding (RFC 6520 §4)
        24 if walk.rest().first().is_some_and(|kind| matches!(kind, 1 | 2)) && length >= 3 => {
            more::heartbeat(walk)
        }
        _ => {
            walk.take_octets("record.data", length);
        }
    }
}

fn handshakes(walk: &mut Walk<'_, '_>) {
    let Some(share) = walk.share() else { return messages(walk) };
    if share.sealed {
        walk.take_octets("handshake.encrypted", walk.rest().len());
        return;
    }
    let at = walk.offset();
    if share.head > 0 {
        walk.take_octets("handshake.fragment_data", share.head.min(walk.rest().len()));
    }
    if let Some(message) = &share.joined
        && let Some(source) = walk.add_source(message)
    {
        let node = walk.open("handshake.fragments");
        for (frame, _) in &share.parts {
            walk.emit("handshake.fragment", at, 0, *frame);
        }
        walk.emit("handshake.fragment.count", at, 0, share.parts.len() as u64);
        walk.close(node);
        walk.read_in(source, message, messages);
    }
    let own = walk.rest().len().saturating_sub(share.tail);
    if own > 0 {
        walk.part(own, messages);
    }
    if share.tail > 0 {
        walk.take_octets("handshake.fragment_data", share.tail.min(walk.rest().len()));
    }
}

/// Whole messages; what is none is encrypted.
fn messages(walk: &mut Walk<'_, '_>) {
    while let Some([kind, l0, l1, l2]) = walk.rest().first_chunk::<4>() {
        let length = usize::try_from(u32::from_be_bytes([0, *l0, *l1, *l2])).unwrap_or(usize::MAX);
        let known = Names::List(HANDSHAKES).get(u64::from(*kind)).is_some();
        if !known || length > walk.claimed_left().saturating_sub(4) || walk.too_deep() {
            break;
        }
        let kind = u64::from(*kind);
        let node = walk.open("handshake");
        walk.take("handshake.type", 1);
        walk.take("handshake.length", 3);
        walk.part(length, |walk| hello::message(walk, kind));
        walk.close(node);
    }
    let left = walk.rest().len();
    if left > 0 {
        walk.take_octets("handshake.encrypted", left);
    }
}

fn version(line: &mut Line<'_, '_>, version: u16) {
    match Names::List(VERSIONS).get(u64::from(version)) {
        Some(name) => {
            line.text("TLSv");
            line.text(name.strip_prefix("TLS ").unwrap_or(name));
        }
        None => line.text("TLS"),
    }
}

/// `TLSv1.2 ClientHello host.test`: the first record, and what else begins in the segment.
fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    let mut octets = Octets::of(body);
    let (Some(kind), Some(number), Some(length)) = (octets.u8(), octets.u16(), octets.u16()) else {
        line.text("TLS");
        line.cut("tls", body);
        return;
    };
    version(line, number);
    line.text(" ");
    match kind {
        22 => {
            let message = octets.left().first().copied().unwrap_or(0);
            match Names::List(HANDSHAKES).get(u64::from(message)) {
                Some(name) => line.text(name),
                None => line.text("encrypted handshake"),
            }
            if message == 1
                && let Some(name) = ja4::server_name(octets.left().get(4..).unwrap_or_default())
            {
                line.text(" ");
                line.untrusted(name);
            }
        }
        21 => match octets.left() {
            [level, alert, ..] if length == 2 => {
                line.text(if *level == 2 { "fatal alert " } else { "alert " });
                line.text(Names::List(ALERTS).get(u64::from(*alert)).unwrap_or("unknown"));
            }
            _ => line.text("encrypted alert"),
        },
        _ => line.text(Names::List(CONTENT).get(u64::from(kind)).unwrap_or("record")),
    }
    line.text(", record length ");
    line.number(u64::from(length));
}
