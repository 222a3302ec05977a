//! Key exchange of SSH in the clear: fingerprints of what a side offers (HASSH), and the messages that agree on a key (RFC 4253 §8,
//! RFC 4419 §3, RFC 5656 §4). Which method is in use stands in messages before: a message is known by how it is laid out.

use crate::decode::Walk;
use crate::proto::put;
use md5::{Digest, Md5};

/// Lists of a first message that a fingerprint is made of, by their place: of a client, of a server.
const OF_CLIENT: [usize; 4] = [0, 2, 4, 6];
const OF_SERVER: [usize; 4] = [0, 3, 5, 7];

/// The string at the beginning of `octets`, and what follows it.
fn string(octets: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = octets.split_first_chunk::<4>()?;
    rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)
}

/// The lists of `body`, the first message of a key exchange behind its number.
fn lists(body: &[u8]) -> Option<[&[u8]; 8]> {
    let mut rest = body.get(16..)?;
    let mut lists = [&[][..]; 8];
    for list in &mut lists {
        (*list, rest) = string(rest)?;
    }
    Some(lists)
}

/// Emits the fingerprint of the side that sent it. A side is the server whose port is the lower one.
pub(super) fn fingerprint(walk: &mut Walk<'_, '_>, body: &[u8]) {
    let Some(lists) = lists(body) else { return };
    let (from, to) = walk.ports();
    let server = from == 22 || (to != 22 && from < to);
    let (places, text_name, name) = if server {
        (OF_SERVER, "kex.hasshserver_algorithms", "kex.hasshserver")
    } else {
        (OF_CLIENT, "kex.hassh_algorithms", "kex.hassh")
    };
    if !walk.wants(text_name) && !walk.wants(name) {
        return;
    }
    let chosen: Vec<&[u8]> = places.iter().filter_map(|place| lists.get(*place).copied()).collect();
    let text = chosen.join(&b';');
    let at = walk.offset();
    walk.emit_made(text_name, at, 0, |out| {
        out.extend(text.iter().map(|octet| if (0x20..0x7f).contains(octet) { *octet } else { b'?' }));
    });
    walk.emit_made(name, at, 0, |out| put::hex_octets(out, &Md5::digest(&text), None));
}

/// A message that agrees on a key.
pub(super) fn message(walk: &mut Walk<'_, '_>, number: u64) {
    match number {
        34 if walk.rest().len() == 12 => {
            walk.take("dh_gex.min", 4);
            walk.take("dh_gex.nbits", 4);
            walk.take("dh_gex.max", 4);
        }
        30 | 32 => public(walk, "dh.e", "ecdh.q_c_length", "ecdh.q_c"),
        31 | 33 => {
            let body = walk.rest();
            if string(body).and_then(|(key, _)| string(key)).is_some_and(|(kind, _)| is_name(kind)) {
                reply(walk);
            } else if let Some((_, rest)) = string(body)
                && string(rest).is_some_and(|(_, rest)| rest.is_empty())
            {
                number_of(walk, "dh_gex.p");
                number_of(walk, "dh_gex.g");
            }
        }
        _ => {}
    }
}

/// Messages of the transport that stand in the clear before keys are agreed on (RFC 4253 §10, §11).
pub(super) fn transport(walk: &mut Walk<'_, '_>, number: u64) {
    match number {
        1 if walk.rest().get(4..).is_some_and(|rest| holds(rest, 2)) => {
            walk.take("disconnect_reason", 4);
            named(walk, "disconnect_description_length", "disconnect_description");
            named(walk, "lang_tag_length", "lang_tag");
        }
        2 if holds(walk.rest(), 1) => named(walk, "ignore_data_length", "ignore_data"),
        4 if walk.rest().get(1..).is_some_and(|rest| holds(rest, 2)) => {
            walk.take("debug_always_display", 1);
            named(walk, "debug_name_length", "debug_name");
            named(walk, "lang_tag_length", "lang_tag");
        }
        5 | 6 if holds(walk.rest(), 1) => named(walk, "service_name_length", "service_name"),
        _ => {}
    }
}

/// Names of algorithms are printable (RFC 4251 §6).
fn is_name(octets: &[u8]) -> bool {
    (1..=64).contains(&octets.len()) && octets.iter().all(u8::is_ascii_graphic)
}

/// The host's key, its half of the exchange, and its signature.
fn reply(walk: &mut Walk<'_, '_>) {
    host_key(walk);
    public(walk, "dh.f", "ecdh.q_s_length", "ecdh.q_s");
    let Some((signature, _)) = string(walk.rest()) else { return };
    let rsa =
        string(signature).is_some_and(|(kind, _)| kind.starts_with(b"ssh-rsa") || kind.starts_with(b"rsa-"));
    let dsa = string(signature).is_some_and(|(kind, _)| kind == b"ssh-dss");
    walk.take("host_sig.length", 4);
    walk.part(signature.len(), |walk| {
        if string(walk.rest()).is_some_and(|(kind, _)| is_name(kind)) {
            named(walk, "host_sig.type_length", "host_sig.type");
            if rsa && string(walk.rest()).is_some() {
                number_of(walk, "host_sig.rsa");
            } else if dsa && string(walk.rest()).is_some() {
                number_of(walk, "host_sig.dsa");
            }
        }
        let left = walk.rest().len();
        if left > 0 {
            walk.take_octets("host_sig.data", left);
        }
    });
}

/// Whether so many strings stand in the octets.
fn holds(octets: &[u8], count: usize) -> bool {
    let mut left = octets;
    (0..count).all(|_| match string(left) {
        Some((_, rest)) => {
            left = rest;
            true
        }
        None => false,
    })
}

fn host_key(walk: &mut Walk<'_, '_>) {
    let Some((key, _)) = string(walk.rest()) else { return };
    walk.take("host_key.length", 4);
    let kind = string(key).map_or(&[][..], |(kind, _)| kind);
    walk.part(key.len(), |walk| {
        named(walk, "host_key.type_length", "host_key.type");
        match kind {
            b"ssh-rsa" if holds(walk.rest(), 2) => {
                number_of(walk, "host_key.rsa.e");
                number_of(walk, "host_key.rsa.n");
            }
            b"ssh-dss" if holds(walk.rest(), 4) => {
                for name in ["host_key.dsa.p", "host_key.dsa.q", "host_key.dsa.g", "host_key.dsa.y"] {
                    number_of(walk, name);
                }
            }
            _ if kind.starts_with(b"ecdsa-sha2-") && holds(walk.rest(), 2) => {
                named(walk, "host_key.ecdsa.id_length", "host_key.ecdsa.id");
                named(walk, "host_key.ecdsa.q_length", "host_key.ecdsa.q");
            }
            b"ssh-ed25519" | b"ssh-ed448" if holds(walk.rest(), 1) => {
                named(walk, "host_key.eddsa.key_length", "host_key.eddsa.key");
            }
            _ => {}
        }
        let left = walk.rest().len();
        if left > 0 {
            walk.take_octets("host_key.data", left);
        }
    });
}

fn named(walk: &mut Walk<'_, '_>, length: &str, name: &str) {
    let octets = string(walk.rest()).map_or(0, |(text, _)| text.len());
    walk.take(length, 4);
    walk.take_octets(name, octets);
}

/// A number of any length.
fn number_of(walk: &mut Walk<'_, '_>, name: &str) {
    named(walk, "mpint_length", name);
}

/// A half of the exchange: points on curves are shorter than numbers of the older groups.
fn public(walk: &mut Walk<'_, '_>, number: &str, length: &str, point: &str) {
    match string(walk.rest()).map(|(value, _)| value) {
        // An uncompressed point of P-521.
        Some([4, rest @ ..]) if rest.len() == 132 => named(walk, length, point),
        Some(value) if (127..=1025).contains(&value.len()) => number_of(walk, number),
        Some([_, ..]) => named(walk, length, point),
        _ => {}
    }
}
