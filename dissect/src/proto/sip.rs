//! SIP (RFC 3261): request and status lines, header fields.

use super::text_head::{headers, next_line, words};
use super::text_length;
use crate::decode::Walk;
use crate::render::line::{Body, Line};
use crate::schema::{Begun, Field, Length, Protocol, TCP_PORT, UDP_PORT, bytes, custom, rest, text};

const METHODS: &[&str] = &[
    "INVITE",
    "ACK",
    "BYE",
    "CANCEL",
    "REGISTER",
    "OPTIONS",
    "PRACK",
    "SUBSCRIBE",
    "NOTIFY",
    "PUBLISH",
    "INFO",
    "REFER",
    "MESSAGE",
    "UPDATE",
];

const HEADERS: &[(&str, &str)] = &[
    ("From", "From"),
    ("f", "From"),
    ("To", "To"),
    ("t", "To"),
    ("Call-ID", "Call-ID"),
    ("i", "Call-ID"),
    ("CSeq", "CSeq"),
    ("Via", "Via"),
    ("v", "Via"),
    ("Contact", "Contact"),
    ("m", "Contact"),
    ("Max-Forwards", "Max-Forwards"),
    ("User-Agent", "User-Agent"),
    ("Server", "Server"),
    ("Content-Type", "Content-Type"),
    ("c", "Content-Type"),
    ("Content-Length", "Content-Length"),
    ("l", "Content-Length"),
    ("Expires", "Expires"),
    ("Allow", "Allow"),
    ("Route", "Route"),
    ("Record-Route", "Record-Route"),
    ("Authorization", "Authorization"),
];

pub(super) fn sip() -> Protocol {
    let words = |name: &'static str, doc: &'static str| -> Field { text(name, rest()).doc(doc) };
    Protocol::new("sip", "Session Initiation Protocol")
        .source("RFC 3261 §7, §25")
        .on(UDP_PORT, &[5060])
        .on(TCP_PORT, &[5060])
        .accepts(UDP_PORT, begins)
        .accepts(TCP_PORT, begins)
        .stream_of_single(length)
        .field(custom(
            [
                words("Method", "method"),
                words("r-uri", "target"),
                words("Version", "version"),
                words("Status-Code", "status"),
                words("Reason", "reason"),
                words("header", "header line"),
                words("From", "from"),
                words("To", "to"),
                words("Call-ID", "call"),
                words("CSeq", "sequence"),
                words("Via", "via"),
                words("Contact", "contact"),
                words("Max-Forwards", "hops left"),
                words("User-Agent", "user agent"),
                words("Server", "server"),
                words("Content-Type", "content type"),
                words("Content-Length", "content length"),
                words("Expires", "expiry"),
                words("Allow", "methods allowed"),
                words("Route", "route"),
                words("Record-Route", "recorded route"),
                words("Authorization", "authorization"),
                bytes("msg_body", rest()).doc("body"),
            ],
            message,
        ))
        .summary(summary)
        .sample("0200000000020200000000010800450000bd000100004011662d0a0000010a00000213c413c400a944d3494e56495445207369703a6240686f73742e74657374205349502f322e300d0a5669613a205349502f322e302f55445020683b6272616e63683d7a390d0a46726f6d3a203c7369703a6140686f73742e746573743e0d0a546f3a203c7369703a6240686f73742e746573743e0d0a43616c6c2d49443a203140680d0a435365713a203120494e564954450d0a436f6e74656e742d4c656e6774683a20300d0a0d0a")
        .sample("02000000000202000000000108004500005100010000401166990a0000010a00000213c413c4003dd6cc5349502f322e30203138302052696e67696e670d0a43616c6c2d49443a203140680d0a435365713a203120494e564954450d0a0d0a")
}

fn begins(octets: &[u8]) -> bool {
    if octets.starts_with(b"SIP/2.0 ") {
        return true;
    }
    let word = octets.iter().take(12).position(|octet| *octet == b' ').and_then(|at| octets.get(..at));
    word.is_some_and(|word| METHODS.iter().any(|method| method.as_bytes() == word))
}

/// Whether the octets, few as they may be, can be how a message begins.
fn may_begin(octets: &[u8]) -> bool {
    let word = octets.split(|octet| *octet == b' ').next().unwrap_or_default();
    let whole = word.len() < octets.len();
    let mut words = METHODS.iter().map(|method| method.as_bytes()).chain([&b"SIP/2.0"[..]]);
    words.any(|known| if whole { known == word } else { known.starts_with(word) })
}

/// Over TCP the body is as long as Content-Length says (RFC 3261 §20.14).
fn length(begun: Begun<'_>) -> Length {
    text_length::length(begun, may_begin, |head, _| {
        let octets = text_length::header(head, "content-length").or_else(|| text_length::header(head, "l"));
        (text_length::Body::Octets(octets.and_then(text_length::number).unwrap_or(0)), None, false)
    })
}

fn message(walk: &mut Walk<'_, '_>) {
    let Some((line, taken)) = next_line(walk.rest()) else { return };
    let at = walk.offset();
    let names = if line.starts_with(b"SIP/") {
        ["Version", "Status-Code", "Reason"]
    } else {
        ["Method", "r-uri", "Version"]
    };
    for (name, (start, len)) in names.into_iter().zip(words(line)).filter(|(_, (_, len))| *len > 0) {
        walk.emit(name, at.saturating_add(start), len, 0);
    }
    walk.advance(taken);
    headers(walk, "header", HEADERS);
    let left = walk.rest().len();
    if left > 0 {
        walk.take_octets("msg_body", left);
    }
}

fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    line.text("SIP");
    if let Some((text, _)) = next_line(body.data) {
        line.text(": ");
        line.untrusted(text.get(..200).unwrap_or(text));
    }
}
