//! SSH (RFC 4253): the identification line, and the first packets before keys are in use.

mod exchange;

use super::text_head::next_line;
use crate::decode::Walk;
use crate::render::line::{Body, Line};
use crate::schema::{Begun, Field, Kind, Length, Protocol, TCP_PORT, be32, bytes, custom, rest, text, u8};

const MESSAGES: &[(u64, &str)] = &[
    (1, "disconnect"),
    (2, "ignore"),
    (3, "unimplemented"),
    (4, "debug"),
    (5, "service request"),
    (6, "service accept"),
    (20, "key exchange init"),
    (21, "new keys"),
    (30, "key exchange 30"),
    (31, "key exchange 31"),
    (32, "key exchange 32"),
    (33, "key exchange 33"),
    (34, "key exchange 34"),
];

/// The lists of a key exchange's first message, in its order: field of the length, field of the names.
const LISTS: [(&str, &str); 10] = [
    ("kex_algorithms_length", "kex_algorithms"),
    ("server_host_key_algorithms_length", "server_host_key_algorithms"),
    ("encryption_algorithms_client_to_server_length", "encryption_algorithms_client_to_server"),
    ("encryption_algorithms_server_to_client_length", "encryption_algorithms_server_to_client"),
    ("mac_algorithms_client_to_server_length", "mac_algorithms_client_to_server"),
    ("mac_algorithms_server_to_client_length", "mac_algorithms_server_to_client"),
    ("compression_algorithms_client_to_server_length", "compression_algorithms_client_to_server"),
    ("compression_algorithms_server_to_client_length", "compression_algorithms_server_to_client"),
    ("languages_client_to_server_length", "languages_client_to_server"),
    ("languages_server_to_client_length", "languages_server_to_client"),
];

pub(super) fn ssh() -> Protocol {
    Protocol::new("ssh", "Secure Shell")
        .source("RFC 4253 §4.2, §6")
        .on(TCP_PORT, &[22])
        .accepts(TCP_PORT, |octets| octets.starts_with(b"SSH-") || packet(octets).is_some())
        .heuristic(TCP_PORT, |octets| octets.starts_with(b"SSH-2.0-") || octets.starts_with(b"SSH-1.99-"))
        .stream(length)
        .later(fields)
        .summary(summary)
        .sample("02000000000202000000000108004500003d00010000400666b80a0000010a00000200169c40000003e8000007d0501820000ffe00005353482d322e302d4f70656e5353485f392e320d0a")
        .sample("0200000000020200000000010800450000e000010000400666150a0000010a0000029c400016000003e8000007d0501820008a9f0000000000b40514000102030405060708090a0b0c0d0e0f0000002f637572766532353531392d7368613235362c6469666669652d68656c6c6d616e2d67726f757031342d7368613235360000000b7373682d656432353531390000000a6165733132382d6374720000000a6165733132382d6374720000000d686d61632d736861322d3235360000000d686d61632d736861322d323536000000046e6f6e65000000046e6f6e65000000000000000000000000000000000000")
        .sample("0200000000020200000000010800450000f800010000400665fd0a0000010a00000200169c4000000001000000015018200007bd0000000000cc071f000000680000001365636473612d736861322d6e69737470323536000000086e697374703235360000004104111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111110000002022222222222222222222222222222222222222222222222222222222222222220000002f0000001365636473612d736861322d6e6973747032353600000014333333333333333333333333333333333333333300000000000000")
        .sample("02000000000202000000000108004500004800010000400666ad0a0000010a00000200169c400000000100000001501820000cb600000000001c0b010000000200000003627965000000000000000000000000000000")
}

/// Header and generated fields.
/// RFC 4253 §11.1.
const REASONS: &[(u64, &str)] = &[
    (1, "host not allowed to connect"),
    (2, "protocol error"),
    (3, "key exchange failed"),
    (4, "reserved"),
    (5, "MAC error"),
    (6, "compression error"),
    (7, "service not available"),
    (8, "protocol version not supported"),
    (9, "host key not verifiable"),
    (10, "connection lost"),
    (11, "by application"),
    (12, "too many connections"),
    (13, "authentication cancelled by user"),
    (14, "no more authentication methods available"),
    (15, "illegal user name"),
];

fn fields(protocol: Protocol) -> Protocol {
    protocol.field(custom(
        [
            text("protocol", rest()).doc("protocol"),
            be32("packet_length").unit("octets").doc("packet length"),
            u8("padding_length").unit("octets").doc("padding length"),
            u8("message_code").names(MESSAGES).doc("message"),
            bytes("cookie", rest()).doc("random octets"),
            be32("kex_algorithms_length").unit("octets").doc("length"),
            text("kex_algorithms", rest()).doc("key exchange methods"),
            be32("server_host_key_algorithms_length").unit("octets").doc("length"),
            text("server_host_key_algorithms", rest()).doc("host key algorithms"),
            be32("encryption_algorithms_client_to_server_length").unit("octets").doc("length"),
            text("encryption_algorithms_client_to_server", rest()).doc("encryption, client to server"),
            be32("encryption_algorithms_server_to_client_length").unit("octets").doc("length"),
            text("encryption_algorithms_server_to_client", rest()).doc("encryption, server to client"),
            be32("mac_algorithms_client_to_server_length").unit("octets").doc("length"),
            text("mac_algorithms_client_to_server", rest()).doc("message authentication, client to server"),
            be32("mac_algorithms_server_to_client_length").unit("octets").doc("length"),
            text("mac_algorithms_server_to_client", rest()).doc("message authentication, server to client"),
            be32("compression_algorithms_client_to_server_length").unit("octets").doc("length"),
            text("compression_algorithms_client_to_server", rest()).doc("compression, client to server"),
            be32("compression_algorithms_server_to_client_length").unit("octets").doc("length"),
            text("compression_algorithms_server_to_client", rest()).doc("compression, server to client"),
            be32("languages_client_to_server_length").unit("octets").doc("length"),
            text("languages_client_to_server", rest()).doc("languages, client to server"),
            be32("languages_server_to_client_length").unit("octets").doc("length"),
            text("languages_server_to_client", rest()).doc("languages, server to client"),
            u8("first_kex_packet_follows").doc("a guessed key exchange packet follows"),
            bytes("kex.reserved", rest()).doc("reserved"),
            Field::new("kex.hassh_algorithms", Kind::Made, rest())
                .doc("what a client's fingerprint is made of"),
            Field::new("kex.hassh", Kind::Made, rest()).doc("fingerprint of a client (HASSH)"),
            Field::new("kex.hasshserver_algorithms", Kind::Made, rest())
                .doc("what a server's fingerprint is made of"),
            Field::new("kex.hasshserver", Kind::Made, rest()).doc("fingerprint of a server (HASSH)"),
            be32("dh_gex.min").unit("bits").doc("smallest group"),
            be32("dh_gex.nbits").unit("bits").doc("preferred group"),
            be32("dh_gex.max").unit("bits").doc("largest group"),
            be32("mpint_length").unit("octets").doc("length"),
            bytes("dh_gex.p", rest()).doc("modulus of the group"),
            bytes("dh_gex.g", rest()).doc("generator of the group"),
            bytes("dh.e", rest()).doc("public value of the client"),
            bytes("dh.f", rest()).doc("public value of the server"),
            be32("ecdh.q_c_length").unit("octets").doc("length"),
            bytes("ecdh.q_c", rest()).doc("ephemeral key of the client"),
            be32("ecdh.q_s_length").unit("octets").doc("length"),
            bytes("ecdh.q_s", rest()).doc("ephemeral key of the server"),
            be32("host_key.length").unit("octets").doc("length of the host key"),
            be32("host_key.type_length").unit("octets").doc("length"),
            text("host_key.type", rest()).doc("kind of host key"),
            bytes("host_key.data", rest()).doc("host key"),
            bytes("host_key.rsa.e", rest()).doc("exponent of an RSA key"),
            bytes("host_key.rsa.n", rest()).doc("modulus of an RSA key"),
            bytes("host_key.dsa.p", rest()).doc("modulus of a DSA key"),
            bytes("host_key.dsa.q", rest()).doc("order of a DSA key"),
            bytes("host_key.dsa.g", rest()).doc("generator of a DSA key"),
            bytes("host_key.dsa.y", rest()).doc("public value of a DSA key"),
            be32("host_key.ecdsa.id_length").unit("octets").doc("length"),
            text("host_key.ecdsa.id", rest()).doc("curve"),
            be32("host_key.ecdsa.q_length").unit("octets").doc("length"),
            bytes("host_key.ecdsa.q", rest()).doc("point of an ECDSA key"),
            be32("host_key.eddsa.key_length").unit("octets").doc("length"),
            bytes("host_key.eddsa.key", rest()).doc("EdDSA key"),
            bytes("host_sig.dsa", rest()).doc("DSA signature"),
            be32("disconnect_reason").names(REASONS).doc("why the connection ends"),
            be32("disconnect_description_length").unit("octets").doc("length"),
            text("disconnect_description", rest()).doc("why, as text"),
            be32("lang_tag_length").unit("octets").doc("length"),
            text("lang_tag", rest()).doc("language"),
            be32("ignore_data_length").unit("octets").doc("length"),
            bytes("ignore_data", rest()).doc("data to be ignored"),
            u8("debug_always_display").boolean().doc("to be shown always"),
            be32("debug_name_length").unit("octets").doc("length"),
            text("debug_name", rest()).doc("debug message"),
            be32("service_name_length").unit("octets").doc("length"),
            text("service_name", rest()).doc("service"),
            be32("host_sig.length").unit("octets").doc("length of the signature"),
            be32("host_sig.type_length").unit("octets").doc("length"),
            text("host_sig.type", rest()).doc("kind of signature"),
            bytes("host_sig.data", rest()).doc("signature"),
            bytes("host_sig.rsa", rest()).doc("RSA signature"),
            bytes("payload", rest()).doc("payload"),
            bytes("padding_string", rest()).doc("padding"),
        ],
        decode,
    ))
}

/// Octets of the identification line, its end among them (RFC 4253 §4.2).
const LONGEST_LINE: usize = 255;

/// The identification line ends with its line, a packet where its length says, until keys are in use (RFC 4253 §4.2, §6).
fn length(begun: Begun<'_>) -> Length {
    let octets = begun.octets;
    if octets.starts_with(b"SSH-") {
        return match octets.iter().take(LONGEST_LINE).position(|octet| *octet == b'\n') {
            Some(at) => Length::of(at.saturating_add(1)),
            None if octets.len() >= LONGEST_LINE => Length::Alien,
            None => Length::at_least(octets.len().saturating_add(1)),
        };
    }
    match packet(octets) {
        Some((length, _)) => Length::of(length.saturating_add(4)),
        None if octets.len() < 6 && (octets.starts_with(&[0]) || b"SSH-".starts_with(octets)) => {
            Length::at_least(6)
        }
        None => Length::Alien,
    }
}

/// Length and message of a packet in the clear, one a segment begins with.
fn packet(octets: &[u8]) -> Option<(usize, u8)> {
    let [a, b, c, d, padding, message] = *octets.first_chunk::<6>()?;
    let length = usize::try_from(u32::from_be_bytes([a, b, c, d])).ok()?;
    let known = MESSAGES.iter().any(|(number, _)| *number == u64::from(message));
    (known
        && (4..=255).contains(&padding)
        && (6..=35_000).contains(&length)
        && length.saturating_add(4).is_multiple_of(8))
    .then_some((length, message))
}

fn decode(walk: &mut Walk<'_, '_>) {
    while let Some((line, taken)) = next_line(walk.rest()).filter(|(line, _)| line.starts_with(b"SSH-")) {
        walk.emit("protocol", walk.offset(), line.len(), 0);
        walk.advance(taken);
    }
    while packet(walk.rest()).is_some() {
        let length =
            walk.take("packet_length", 4).and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
        let padding = walk.take("padding_length", 1).and_then(|padding| usize::try_from(padding).ok());
        let message = walk.take("message_code", 1);
        let padding = padding.unwrap_or(0).min(length.saturating_sub(2));
        let here = walk.rest().len();
        let left = here.min(length.saturating_sub(2).saturating_sub(padding));
        walk.part(left, |walk| {
            match message {
                Some(20) => key_exchange(walk),
                Some(message @ 30..=34) => exchange::message(walk, message),
                Some(message @ 1..=6) => exchange::transport(walk, message),
                _ => {}
            }
            let left = walk.rest().len();
            if left > 0 {
                walk.take_octets("payload", left);
            }
        });
        let padding = padding.min(walk.rest().len());
        if padding > 0 {
            walk.take_octets("padding_string", padding);
        }
    }
    let left = walk.rest().len();
    if left > 0 {
        walk.take_octets("payload", left);
    }
}

/// The lists of algorithms that a side offers, RFC 4253 §7.1. What does not fit is left for the payload.
fn key_exchange(walk: &mut Walk<'_, '_>) {
    if walk.rest().len() < 16 {
        return;
    }
    let body = walk.rest();
    walk.take_octets("cookie", 16);
    for (length, names) in LISTS {
        let Some(octets) = walk.rest().first_chunk::<4>().map(|octets| u32::from_be_bytes(*octets)) else {
            return;
        };
        let octets = usize::try_from(octets).unwrap_or(usize::MAX);
        if octets > walk.rest().len().saturating_sub(4) {
            return;
        }
        walk.take(length, 4);
        walk.take_octets(names, octets);
    }
    exchange::fingerprint(walk, body);
    if walk.rest().len() >= 5 {
        walk.take("first_kex_packet_follows", 1);
        walk.take_octets("kex.reserved", 4);
    }
}

fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    line.text("SSH: ");
    match packet(body.data) {
        Some((_, message)) => {
            line.text(crate::schema::Names::List(MESSAGES).get(u64::from(message)).unwrap_or("packet"))
        }
        None => {
            line.untrusted(next_line(body.data).map_or(&[][..], |(text, _)| text.get(..200).unwrap_or(text)))
        }
    }
}
