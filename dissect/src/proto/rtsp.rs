//! RTSP (RFC 2326, RFC 7826): requests and answers that cameras and players control streams with, a body of SDP, and what stands between them of the
//! streams themselves behind a dollar sign.

use super::text_head::{next_line, words};
use super::text_length;
use super::text_span::Span;
use crate::decode::Walk;
use crate::render::line::{Body, Line};
use crate::schema::{Begun, Field, Item, Length, Protocol, TCP_PORT, be16, be32, bytes, rest, text, u8};

const METHODS: &[&str] = &[
    "DESCRIBE",
    "ANNOUNCE",
    "GET_PARAMETER",
    "OPTIONS",
    "PAUSE",
    "PLAY",
    "PLAY_NOTIFY",
    "RECORD",
    "REDIRECT",
    "SETUP",
    "SET_PARAMETER",
    "TEARDOWN",
];

/// With this octet begins a piece of a stream (RFC 7826 §14).
const MAGIC: u8 = b'$';

/// Header fields that have a field of their own.
const HEADERS: &[(&str, &str)] = &[
    ("Content-Type", "content-type"),
    ("Session", "session"),
    ("Transport", "transport"),
    ("CSeq", "cseq"),
    ("Server", "server"),
    ("User-Agent", "user_agent"),
    ("Public", "public"),
    ("Range", "range"),
    ("RTP-Info", "rtp_info"),
    ("Content-Base", "content_base"),
    ("WWW-Authenticate", "authenticate"),
    ("Authorization", "authorization"),
];

pub(super) fn rtsp() -> Protocol {
    Protocol::new("rtsp", "Real Time Streaming Protocol")
        .source("RFC 7826 §8, §14")
        .on(TCP_PORT, &[554, 8554])
        .accepts(TCP_PORT, begins)
        .stream_of_single(length)
        .later(rtsp_fields)
        .leads_to(&["sdp"])
        .summary(summary)
        .sample(concat!(
            "02000000000202000000000108004500007300010000400666820a0000010a000002c350022a0000042d000013",
            "d95018200013a60000444553435249424520727473703a2f2f31302e302e302e322f63616d20525453502f312e",
            "300d0a435365713a20320d0a4163636570743a206170706c69636174696f6e2f7364700d0a0d0a",
        ))
        .sample(concat!(
            "0200000000010200000000020800450000f500010000400666000a0000020a000001022ac350000013d9000004",
            "78501820007c930000525453502f312e3020323030204f4b0d0a435365713a20320d0a436f6e74656e742d4261",
            "73653a20727473703a2f2f31302e302e302e322f63616d2f0d0a436f6e74656e742d547970653a206170706c69",
            "636174696f6e2f7364700d0a436f6e74656e742d4c656e6774683a2039300d0a0d0a763d300d0a6f3d2d203120",
            "3120494e204950342031302e302e302e320d0a733d63616d0d0a743d3020300d0a6d3d766964656f2030205254",
            "502f4156502039360d0a613d7274706d61703a393620483236342f39303030300d0a",
        ))
        .sample(concat!(
            "02000000000102000000000208004500003c00010000400666b90a0000020a000001022ac3500000158f000005",
            "2a501820001d5d00002406001080e00007000000640000000164617461",
        ))
}

/// Header and generated fields.
fn rtsp_fields(protocol: Protocol) -> Protocol {
    protocol.field(Item::Custom(fields(), message, None))
}

fn fields() -> Vec<Field> {
    let words = |name: &'static str, doc: &'static str| -> Field { text(name, rest()).doc(doc) };
    let mut fields = vec![
        words("request", "first line of a request"),
        words("response", "first line of an answer"),
        words("method", "method"),
        words("url", "target"),
        words("version", "version"),
        be32("status").doc("status"),
        words("reason", "reason"),
        words("header", "header line"),
        be32("content-length").unit("octets").doc("length of the body"),
        bytes("body", rest()).doc("body"),
        u8("magic").hex().doc("mark of a piece of a stream"),
        u8("channel").hex().doc("channel"),
        be16("length").unit("octets").doc("length of the piece"),
        bytes("data", rest()).doc("piece of a stream"),
    ];
    fields.extend(HEADERS.iter().map(|(_, name)| words(name, "header field")));
    fields
}

fn begins(octets: &[u8]) -> bool {
    if octets.starts_with(b"RTSP/") || octets.first() == Some(&MAGIC) {
        return true;
    }
    let word = octets.iter().take(14).position(|octet| *octet == b' ').and_then(|at| octets.get(..at));
    word.is_some_and(|word| METHODS.iter().any(|method| method.as_bytes() == word))
}

/// Whether the octets, few as they may be, can be how a message begins.
fn may_begin(octets: &[u8]) -> bool {
    let word = octets.split(|octet| *octet == b' ' || *octet == b'/').next().unwrap_or_default();
    let whole = word.len() < octets.len();
    let mut words = METHODS.iter().map(|method| method.as_bytes()).chain([&b"RTSP"[..]]);
    words.any(|known| if whole { known == word } else { known.starts_with(word) })
}

/// A piece of a stream says its length; a body is as long as Content-Length says (RFC 7826 §18.17).
fn length(begun: Begun<'_>) -> Length {
    if begun.octets.first() == Some(&MAGIC) {
        return match begun.octets.first_chunk::<4>() {
            Some([_, _, high, low]) => {
                Length::of(usize::from(u16::from_be_bytes([*high, *low])).saturating_add(4))
            }
            None => Length::at_least(4),
        };
    }
    text_length::length(begun, may_begin, |head, _| {
        let octets = text_length::header(head, "content-length").and_then(text_length::number);
        (text_length::Body::Octets(octets.unwrap_or(0)), None, false)
    })
}

fn message(walk: &mut Walk<'_, '_>) {
    if walk.rest().first() == Some(&MAGIC) {
        return piece(walk);
    }
    let Some((line, taken)) = next_line(walk.rest()) else { return };
    let at = walk.offset();
    let (whole, names) = if line.starts_with(b"RTSP/") {
        ("response", ["version", "status", "reason"])
    } else {
        ("request", ["method", "url", "version"])
    };
    walk.emit(whole, at, taken, 0);
    for (name, (start, len)) in names.into_iter().zip(words(line)).filter(|(_, (_, len))| *len > 0) {
        let word = Span::new(at, line).from(start).to(len);
        match name {
            "status" => {
                if let Some(status) = word.number() {
                    walk.emit(name, word.at, word.text.len(), status);
                }
            }
            _ => walk.emit(name, word.at, word.text.len(), 0),
        }
    }
    walk.advance(taken);
    let describes = headers(walk);
    let left = walk.rest().len();
    if left > 0 && describes {
        walk.emit("body", walk.offset(), left, 0);
        walk.next_named("sdp");
    } else if left > 0 {
        walk.take_octets("body", left);
    }
}

fn piece(walk: &mut Walk<'_, '_>) {
    walk.take("magic", 1);
    walk.take("channel", 1);
    let Some(octets) = walk.take("length", 2) else { return };
    walk.take_octets("data", usize::try_from(octets).unwrap_or(0));
}

/// Header fields up to the empty line; whether the body is SDP.
fn headers(walk: &mut Walk<'_, '_>) -> bool {
    let mut describes = false;
    while let Some((line, taken)) = next_line(walk.rest()) {
        let span = Span::new(walk.offset(), line);
        if line.is_empty() || walk.too_deep() {
            walk.advance(taken);
            break;
        }
        walk.emit("header", span.at, span.text.len(), 0);
        if let Some((name, value)) = span.cut(b':') {
            let (name, value) = (name.trimmed().text, value.trimmed());
            if name.eq_ignore_ascii_case(b"Content-Length") {
                if let Some(octets) = value.number() {
                    walk.emit("content-length", value.at, value.text.len(), octets);
                }
            } else if let Some((_, field)) =
                HEADERS.iter().find(|(known, _)| name.eq_ignore_ascii_case(known.as_bytes()))
            {
                walk.emit(field, value.at, value.text.len(), 0);
                describes |=
                    *field == "content-type" && value.split(b';').0.trimmed().text == b"application/sdp";
            }
        }
        walk.advance(taken);
    }
    describes
}

fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    line.text("RTSP");
    if body.data.first() == Some(&MAGIC) {
        if let Some([_, channel, high, low]) = body.data.first_chunk::<4>() {
            line.text(", channel ");
            line.number(u64::from(*channel));
            line.text(", length ");
            line.number(u64::from(u16::from_be_bytes([*high, *low])));
        }
    } else if let Some((text, _)) = next_line(body.data) {
        line.text(": ");
        line.untrusted(text.get(..200).unwrap_or(text));
    }
}
