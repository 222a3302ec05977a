//! HTTP/1 (RFC 9112): request and status lines, header fields; SSDP, which has the same form over UDP.
//!
//! What does not begin with a request or status line is the middle of a message, and shown as data.

use super::exchange::Exchange;
use super::text_head::{headers, next_line, words};
use super::text_length::{self, ASKS_FOR_BODY, ASKS_FOR_HEAD, ASKS_FOR_TUNNEL, Body as Ending};
use crate::decode::Walk;
use crate::render::line::{Body, Line};
use crate::schema::{
    Begun, Field, Item, Kind, Length, Protocol, TCP_PORT, UDP_PORT, be16, be64, built, bytes, flag, rest,
    text,
};

/// IANA "HTTP Method Registry", the methods of WebDAV, UPnP and HTTP/2's preface.
const METHODS: &[&str] = &[
    "GET",
    "HEAD",
    "POST",
    "PUT",
    "DELETE",
    "CONNECT",
    "OPTIONS",
    "TRACE",
    "PATCH",
    "PRI",
    "PROPFIND",
    "PROPPATCH",
    "MKCOL",
    "COPY",
    "MOVE",
    "LOCK",
    "UNLOCK",
    "SEARCH",
    "REPORT",
    "SUBSCRIBE",
    "UNSUBSCRIBE",
    "NOTIFY",
    "M-SEARCH",
];

const HEADERS: &[(&str, &str)] = &[
    ("Host", "=http.host"),
    ("User-Agent", "=http.user_agent"),
    ("Server", "=http.server"),
    ("Content-Type", "=http.content_type"),
    ("Content-Length", "=http.content_length_header"),
    ("Content-Encoding", "=http.content_encoding"),
    ("Transfer-Encoding", "=http.transfer_encoding"),
    ("Connection", "=http.connection"),
    ("Location", "=http.location"),
    ("Referer", "=http.referer"),
    ("Cookie", "=http.cookie"),
    ("Set-Cookie", "=http.set_cookie"),
    ("Accept", "=http.accept"),
    ("Accept-Encoding", "=http.accept_encoding"),
    ("Accept-Language", "=http.accept_language"),
    ("Authorization", "=http.authorization"),
    ("WWW-Authenticate", "=http.www_authenticate"),
    ("Proxy-Authorization", "=http.proxy_authorization"),
    ("Cache-Control", "=http.cache_control"),
    ("Date", "=http.date"),
    ("Last-Modified", "=http.last_modified"),
    ("Upgrade", "=http.upgrade"),
    ("X-Forwarded-For", "=http.x_forwarded_for"),
    ("Proxy-Authenticate", "=http.proxy_authenticate"),
    ("Sec-WebSocket-Accept", "=http.sec_websocket_accept"),
    ("Sec-WebSocket-Extensions", "=http.sec_websocket_extensions"),
    ("Sec-WebSocket-Key", "=http.sec_websocket_key"),
    ("Sec-WebSocket-Protocol", "=http.sec_websocket_protocol"),
    ("Sec-WebSocket-Version", "=http.sec_websocket_version"),
    ("HTTP2-Settings", "=http.http2_settings"),
];

/// A number, so that it can be compared with others.
const STATUS: &str = "=http.response.code";

/// A status, if it is one (RFC 9110 §15: three digits).
fn status(word: &[u8]) -> Option<u64> {
    text_length::number(word).filter(|status| *status <= u64::from(u16::MAX))
}

/// What a message shows of its exchange.
const EXCHANGE: Exchange = Exchange {
    to: "=http.request_in",
    time: Some(("=http.time", Kind::Duration)),
    within: "=http.response_in",
};

fn protocol(name: &'static str, title: &'static str) -> Protocol {
    Protocol::new(name, title)
        .source("RFC 9112 §2, RFC 9110; UPnP Device Architecture 2.0 §1")
        .summary(summary)
        .heads(&["http"])
}

fn heads(protocol: Protocol) -> Protocol {
    let words = |name: &'static str, doc: &'static str| -> Field { text(name, rest()).doc(doc) };
    let mut fields = vec![
        flag("=http.request").doc("a request"),
        words("=http.request.method", "method"),
        words("=http.request.uri", "target"),
        words("=http.request.version", "version"),
        flag("=http.response").doc("a response"),
        words("=http.response.version", "version"),
        be16(STATUS).doc("status"),
        words("=http.response.phrase", "reason"),
        words("=http.request.line", "header line"),
        words("=http.response.line", "header line"),
        words("=http.host", "host"),
        words("=http.user_agent", "user agent"),
        words("=http.server", "server"),
        words("=http.content_type", "content type"),
        words("=http.content_length_header", "content length"),
        words("=http.content_encoding", "content encoding"),
        words("=http.transfer_encoding", "transfer encoding"),
        words("=http.connection", "connection"),
        words("=http.location", "location"),
        words("=http.referer", "referer"),
        words("=http.cookie", "cookie"),
        words("=http.set_cookie", "cookie set"),
        words("=http.accept", "accepted types"),
        words("=http.accept_encoding", "accepted encodings"),
        words("=http.accept_language", "accepted languages"),
        words("=http.authorization", "authorization"),
        words("=http.www_authenticate", "authentication asked for"),
        words("=http.proxy_authorization", "authorization for the proxy"),
        words("=http.cache_control", "caching"),
        words("=http.date", "date"),
        words("=http.last_modified", "last change"),
        words("=http.upgrade", "upgrade"),
        words("=http.x_forwarded_for", "forwarded for"),
        be64("=http.content_length").unit("octets").doc("content length, as a number"),
        bytes("=http.file_data", rest()).doc("content"),
    ];
    fields.extend(EXCHANGE.fields());
    fields.extend(super::http_parts::fields());
    fields.extend(super::http_target::fields());
    protocol.field(Item::Custom(fields, message, None))
}

pub(super) fn http() -> Protocol {
    protocol("http", "Hypertext Transfer Protocol")
        .layer("HTTP")
        .ports_below("tcp", 80, 80)
        .layer_as("HTTPRequest", &[("=http.request", 1)])
        .layer_as("HTTPResponse", &[("=http.response", 1)])
        .later(|protocol| {
            let written = Item::Custom(super::http_write::fields(), |_| {}, Some(super::http_write::write));
            heads(protocol).field(built([written]))
        })
        .on(TCP_PORT, &[80, 591, 3128, 3132, 5985, 8000, 8008, 8080, 8088, 8888])
        .accepts(TCP_PORT, begins)
        .heuristic(TCP_PORT, is_a_head)
        .stream_of_single(length)
        .sample("020000000002020000000001080045000066000100004006668f0a0000010a0000029c400050000003e8000007d050182000d0020000474554202f696e6465782e68746d6c20485454502f312e310d0a486f73743a20686f73742e746573740d0a557365722d4167656e743a20742f310d0a0d0a")
        .sample("02000000000202000000000108004500007500010000400666800a0000010a00000200509c40000003e8000007d05018200069920000485454502f312e3120323030204f4b0d0a5365727665723a20730d0a436f6e74656e742d547970653a20746578742f706c61696e0d0a436f6e74656e742d4c656e6774683a20320d0a0d0a6869")
        .sample("0200000000020200000000010800450000be00010000400666370a0000010a0000029c4000500000000100000001501820000cec0000474554202f6120485454502f312e310d0a486f73743a20680d0a436f6f6b69653a20613d313b20623d320d0a417574686f72697a6174696f6e3a2042617369632064584e6c636a707759584e7a0d0a557067726164653a20776562736f636b65740d0a5365632d576562536f636b65742d4b65793a206b0d0a5365632d576562536f636b65742d56657273696f6e3a2031330d0a0d0a")
        .sample("02000000000202000000000108004500009300010000400666620a0000010a00000200509c4000000001000000015018200034e00000485454502f312e3120323030204f4b0d0a5472616e736665722d456e636f64696e673a206368756e6b65640d0a50726f78792d41757468656e7469636174653a2042617369630d0a0d0a350d0a68656c6c6f0d0a333b783d310d0a6162630d0a300d0a543a20310d0a0d0a")
        .sample("02000000000202000000000108004500006b000100004006668a0a0000010a0000029c41005000000001000000015018200069de0000434f4e4e45435420682e746573743a34343320485454502f312e310d0a486f73743a20682e746573740d0a48545450322d53657474696e67733a2041414d410d0a0d0a")
}

pub(super) fn ssdp() -> Protocol {
    protocol("ssdp", "Simple Service Discovery Protocol")
        .later(heads)
        .on(UDP_PORT, &[1900])
        .accepts(UDP_PORT, begins)
        .sample("02000000000202000000000108004500004f000100004011669b0a0000010a000002c350076c003b916c4d2d534541524348202a20485454502f312e310d0a486f73743a203233392e3235352e3235352e3235303a313930300d0a0d0a")
}

fn begins(octets: &[u8]) -> bool {
    if octets.starts_with(b"HTTP/1.") {
        return true;
    }
    let word = octets.iter().take(12).position(|octet| *octet == b' ').and_then(|at| octets.get(..at));
    word.is_some_and(|word| METHODS.iter().any(|method| method.as_bytes() == word))
}

/// Whether a segment of ports that say nothing begins with a request line or a status line, whole.
fn is_a_head(segment: &[u8]) -> bool {
    if !begins(segment) {
        return false;
    }
    let line = segment.iter().take(4096).position(|octet| *octet == b'\r').and_then(|at| segment.get(..at));
    match line {
        Some([b'H', b'T', b'T', b'P', b'/', b'1', b'.', _, b' ', status @ ..]) => {
            status.iter().take(3).filter(|digit| digit.is_ascii_digit()).count() == 3
        }
        Some([.., b' ', b'H', b'T', b'T', b'P', b'/', b'1', b'.', b'0' | b'1']) => true,
        _ => false,
    }
}

/// Whether the octets, few as they may be, can be how a message begins.
fn may_begin(octets: &[u8]) -> bool {
    let word = octets.split(|octet| *octet == b' ').next().unwrap_or_default();
    let whole = word.len() < octets.len();
    let response = b"HTTP/1.";
    if octets.starts_with(response) || response.starts_with(octets) {
        return true;
    }
    METHODS.iter().any(|method| {
        let method = method.as_bytes();
        if whole { method == word } else { method.starts_with(word) }
    })
}

fn length(begun: Begun<'_>) -> Length {
    text_length::length(begun, may_begin, body)
}

/// How the body behind a head ends (RFC 9112 §6.3), what a request asks, and whether the message answers one.
fn body(head: &[u8], asked: u8) -> (Ending, Option<u8>, bool) {
    let chunked = text_length::header(head, "transfer-encoding")
        .is_some_and(|value| value.to_ascii_lowercase().ends_with(b"chunked"));
    let octets = text_length::header(head, "content-length").and_then(text_length::number);
    if !head.starts_with(b"HTTP/") {
        let asks = match head.split(|octet| *octet == b' ').next() {
            Some(b"HEAD") => ASKS_FOR_HEAD,
            Some(b"CONNECT") => ASKS_FOR_TUNNEL,
            _ => ASKS_FOR_BODY,
        };
        let body = if chunked { Ending::Chunks } else { Ending::Octets(octets.unwrap_or(0)) };
        return (body, Some(asks), false);
    }
    let status = head.split(|octet| *octet == b' ').nth(1).unwrap_or_default();
    let informs = status.starts_with(b"1");
    let tunnels = asked == ASKS_FOR_TUNNEL && status.starts_with(b"2");
    let body = match octets {
        _ if informs || tunnels || asked == ASKS_FOR_HEAD || matches!(status, b"204" | b"304") => {
            Ending::Octets(0)
        }
        _ if chunked => Ending::Chunks,
        Some(octets) => Ending::Octets(octets),
        None => Ending::Stream,
    };
    (body, None, !informs)
}

fn message(walk: &mut Walk<'_, '_>) {
    let whole = walk.rest();
    let Some((line, taken)) = next_line(whole) else { return };
    let head = memchr::memmem::find(whole, b"\r\n\r\n").and_then(|end| whole.get(..end)).unwrap_or(whole);
    let at = walk.offset();
    let parts = words(line);
    let response = line.starts_with(b"HTTP/");
    let names = if response {
        ["=http.response.version", STATUS, "=http.response.phrase"]
    } else {
        ["=http.request.method", "=http.request.uri", "=http.request.version"]
    };
    walk.emit(if response { "=http.response" } else { "=http.request" }, at, line.len(), 1);
    let part = |at: usize| -> &[u8] {
        let (start, len) = parts.get(at).copied().unwrap_or_default();
        line.get(start..start.saturating_add(len)).unwrap_or_default()
    };
    let second = at.saturating_add(parts.get(1).map_or(0, |(start, _)| *start));
    if response {
        super::http_target::of_response(walk, second, part(1));
    } else {
        super::http_target::of_request(walk, second, part(0), part(1), head);
        if part(0) == b"CONNECT" {
            super::http_parts::tunnel(walk, second, part(1));
        }
    }
    for (name, (start, len)) in names.into_iter().zip(parts).filter(|(_, (_, len))| *len > 0) {
        let Some(value) = (if name == STATUS { status(part(1)) } else { Some(0) }) else { continue };
        walk.emit(name, at.saturating_add(start), len, value);
    }
    super::http_parts::of_head(walk, at, head);
    walk.advance(taken);
    EXCHANGE.show(walk);
    if let Some(octets) = text_length::header(head, "content-length").and_then(text_length::number) {
        walk.emit("=http.content_length", walk.offset(), 0, octets);
    }
    headers(walk, if response { "=http.response.line" } else { "=http.request.line" }, HEADERS);
    let left = walk.rest().len();
    if left > 0 {
        if text_length::header(head, "transfer-encoding").is_some_and(|coding| coding.ends_with(b"chunked")) {
            super::http_parts::chunks(walk);
        }
        walk.take_octets("=http.file_data", left);
    }
}

/// `HTTP, length: 77` and more lines with `-v`; the first line alone without.
fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    line.text("HTTP");
    let mut left = body.data;
    let shown = if line.style.verbose > 0 { 40 } else { 1 };
    for at in 0..shown {
        let Some((text, taken)) = next_line(left) else { return };
        if text.is_empty() {
            return;
        }
        line.text(if shown == 1 {
            ": "
        } else if at == 0 {
            ", length: "
        } else {
            "\n\t"
        });
        if shown > 1 && at == 0 {
            line.number(body.len as u64);
            line.text("\n\t");
        }
        line.untrusted(text.get(..200).unwrap_or(text));
        left = left.get(taken..).unwrap_or_default();
    }
}
