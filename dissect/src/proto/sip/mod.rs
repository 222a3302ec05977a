//! SIP (RFC 3261): request and status lines, header fields with what their values are made of, and a body of SDP.

mod extensions;
mod values;

use super::text_head::{next_line, words};
use super::text_length;
use super::text_span::Span;
use crate::decode::Walk;
use crate::flow::State;
use crate::render::line::{Body, Line};
use crate::schema::{
    Begun, Field, Item, Length, Protocol, TCP_PORT, UDP_PORT, be32, be64, bytes, rest, same, text, turned, u8,
};

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

/// Short names (RFC 3261 §7.3.3 and the IANA registry).
const SHORT: &[(&str, &str)] = &[
    ("f", "From"),
    ("t", "To"),
    ("i", "Call-ID"),
    ("v", "Via"),
    ("m", "Contact"),
    ("c", "Content-Type"),
    ("l", "Content-Length"),
    ("e", "Content-Encoding"),
    ("k", "Supported"),
    ("s", "Subject"),
    ("r", "Refer-To"),
    ("b", "Referred-by"),
    ("o", "Event"),
    ("u", "Allow-Events"),
    ("x", "Session-Expires"),
];

/// Header fields whose value is a number.
const NUMBERS: &[&str] = &["Content-Length", "Max-Forwards", "Expires", "Max-Breadth", "RSeq"];

/// Header fields whose value is text.
const HEADERS: &[&str] = &[
    "From",
    "To",
    "Call-ID",
    "CSeq",
    "Via",
    "Contact",
    "User-Agent",
    "Server",
    "Content-Type",
    "Allow",
    "Route",
    "Record-Route",
    "Path",
    "Service-Route",
    "Authorization",
    "Proxy-Authorization",
    "WWW-Authenticate",
    "Proxy-Authenticate",
    "Authentication-Info",
    "P-Asserted-Identity",
    "P-Preferred-Identity",
    "P-Access-Network-Info",
    "P-Charging-Vector",
    "P-Called-Party-ID",
    "P-Associated-URI",
    "P-Early-Media",
    "P-Visited-Network-ID",
    "P-Served-User",
    "Accept",
    "Accept-Contact",
    "Accept-Encoding",
    "Accept-Language",
    "Alert-Info",
    "Allow-Events",
    "Call-Info",
    "Content-Disposition",
    "Content-Encoding",
    "Content-Language",
    "Date",
    "Error-Info",
    "Event",
    "Geolocation",
    "History-Info",
    "Identity",
    "In-Reply-To",
    "Join",
    "MIME-Version",
    "Min-Expires",
    "Min-SE",
    "Organization",
    "Priority",
    "Privacy",
    "Proxy-Require",
    "RAck",
    "Reason-Phrase",
    "Refer-To",
    "Referred-by",
    "Reject-Contact",
    "Replaces",
    "Reply-To",
    "Request-Disposition",
    "Require",
    "Resource-Priority",
    "Retry-After",
    "Security-Client",
    "Security-Server",
    "Security-Verify",
    "Session-Expires",
    "Session-ID",
    "Subject",
    "Subscription-State",
    "Supported",
    "Target-Dialog",
    "Timestamp",
    "Unsupported",
    "Warning",
    "Diversion",
];

pub(super) fn sip() -> Protocol {
    Protocol::new("sip", "Session Initiation Protocol")
        .source("RFC 3261 §7, §25")
        .on(UDP_PORT, &[5060])
        .on(TCP_PORT, &[5060])
        .accepts(UDP_PORT, begins)
        .accepts(TCP_PORT, begins)
        .stream_of_single(length)
        .answers([turned("transaction", &[(0, 1)]), same("Call-ID"), same("CSeq")])
        .later(sip_fields)
        .after(of_exchange)
        .leads_to(&["sdp"])
        .summary(summary)
        .sample("0200000000020200000000010800450000bd000100004011662d0a0000010a00000213c413c400a944d3494e56495445207369703a6240686f73742e74657374205349502f322e300d0a5669613a205349502f322e302f55445020683b6272616e63683d7a390d0a46726f6d3a203c7369703a6140686f73742e746573743e0d0a546f3a203c7369703a6240686f73742e746573743e0d0a43616c6c2d49443a203140680d0a435365713a203120494e564954450d0a436f6e74656e742d4c656e6774683a20300d0a0d0a")
        .sample("02000000000202000000000108004500005100010000401166990a0000010a00000213c413c4003dd6cc5349502f322e30203138302052696e67696e670d0a43616c6c2d49443a203140680d0a435365713a203120494e564954450d0a0d0a")
        .sample("02000000000202000000000108004500017e000100004011656c0a0000010a00000213c413c4016a3cd9494e56495445207369703a6240682e74657374205349502f322e300d0a5669613a205349502f322e302f55445020683b6272616e63683d7a393b6f632d76616c69646974793d350d0a5241636b3a20373736363536203120494e564954450d0a526561736f6e3a20512e3835303b63617573653d31363b746578743d224e6f726d616c220d0a53656375726974792d436c69656e743a2069707365632d336770703b616c673d686d61632d6d64352d39363b7370692d633d313b706f72742d733d360d0a53657373696f6e2d49443a2061623330333137663161373834646334386666383234643064333731356438363b72656d6f74653d34373735356139646537373934626133383736353366323039393630306566320d0a502d4368617267696e672d566563746f723a20696369642d76616c75653d31320d0a466561747572652d436170733a202a3b2b672e780d0a5349502d455461673a2065310d0a0d0a")
}

/// Header and generated fields.
fn sip_fields(protocol: Protocol) -> Protocol {
    protocol
        .field(Item::Custom(fields(), message, None))
        .extra(
            be64("response-request").from_state(State::Requests).doc("final answer to the request in frame"),
        )
        .extra(be32("response-time").from_state(State::Requests).unit("ms").doc("time since that request"))
}

/// What a response shows of the request that it answers.
fn of_exchange(walk: &mut Walk<'_, '_>) {
    let Some(facts) = walk.around().facts.filter(|_| !walk.quoted()) else { return };
    let place = walk.place_among_its_kind();
    if let Some(reply) = facts.replies().find(|reply| usize::from(reply.message) == place) {
        let at = walk.layer_offset();
        walk.emit("response-request", at, 0, reply.to);
        walk.emit("response-time", at, 0, reply.after.cast_unsigned() / 1_000_000);
    }
}

fn fields() -> Vec<Field> {
    let words = |name: &'static str, doc: &'static str| -> Field { text(name, rest()).doc(doc) };
    let mut fields = vec![
        u8("transaction")
            .names(&[(0, "request"), (1, "final response")])
            .doc("what the message is to its transaction")
            .hidden(),
        words("Request-Line", "first line of a request"),
        words("Status-Line", "first line of an answer"),
        words("Method", "method"),
        words("r-uri", "target"),
        words("Version", "version"),
        be32("Status-Code").doc("status"),
        words("Reason", "reason"),
        words("header", "header line"),
        bytes("msg_body", rest()).doc("body"),
    ];
    fields.extend(HEADERS.iter().map(|name| words(name, "header field")));
    fields.extend(NUMBERS.iter().map(|name| be32(name).doc("header field")));
    fields.extend(values::fields());
    fields.extend(extensions::fields());
    fields
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

/// What a message is to its transaction (RFC 3261 §17): a request 0, the final response 1; an ACK has no response, and a provisional response
/// is not the answer.
fn side(line: &[u8]) -> Option<u64> {
    match line {
        [b'S', b'I', b'P', b'/', b'2', b'.', b'0', b' ', class, ..] => {
            (b'2'..=b'6').contains(class).then_some(1)
        }
        [b'A', b'C', b'K', b' ', ..] => None,
        _ => Some(0),
    }
}

fn message(walk: &mut Walk<'_, '_>) {
    let Some((line, taken)) = next_line(walk.rest()) else { return };
    let at = walk.offset();
    let (whole, names) = if line.starts_with(b"SIP/") {
        ("Status-Line", ["Version", "Status-Code", "Reason"])
    } else {
        ("Request-Line", ["Method", "r-uri", "Version"])
    };
    if let Some(side) = side(line) {
        walk.emit("transaction", at, 0, side);
    }
    walk.emit(whole, at, line.len(), 0);
    for (name, (start, len)) in names.into_iter().zip(words(line)).filter(|(_, (_, len))| *len > 0) {
        let word = Span::new(at, line).from(start).to(len);
        match name {
            "Status-Code" => values::put_number(walk, name, word),
            _ => values::put(walk, name, word),
        }
        if name == "r-uri" {
            values::target(walk, word);
        }
    }
    walk.advance(taken);
    let describes = headers(walk);
    let left = walk.rest().len();
    if left > 0 && describes {
        walk.emit("msg_body", walk.offset(), left, 0);
        walk.next_named("sdp");
    } else if left > 0 {
        walk.take_octets("msg_body", left);
    }
}

/// Header fields up to the empty line; whether the body is SDP.
fn headers(walk: &mut Walk<'_, '_>) -> bool {
    let mut describes = false;
    // To the end of the message, as Wireshark has it.
    walk.emit("msg_hdr", walk.offset(), walk.rest().len(), 0);
    while let Some((line, taken)) = next_line(walk.rest()) {
        let span = Span::new(walk.offset(), line);
        if line.is_empty() || walk.too_deep() {
            walk.advance(taken);
            break;
        }
        values::put(walk, "header", span);
        if let Some((name, value)) = span.cut(b':') {
            let name = name.trimmed().text;
            let long = SHORT.iter().find(|(short, _)| name.eq_ignore_ascii_case(short.as_bytes()));
            let name = long.map_or(name, |(_, long)| long.as_bytes());
            let value = value.trimmed();
            if let Some(number) = NUMBERS.iter().find(|known| name.eq_ignore_ascii_case(known.as_bytes())) {
                values::put_number(walk, number, value);
            } else if let Some(known) =
                HEADERS.iter().find(|known| name.eq_ignore_ascii_case(known.as_bytes()))
            {
                values::put(walk, known, value);
                values::parts(walk, known, value);
                extensions::parts(walk, known, value);
                if known.starts_with("WWW-")
                    || known.ends_with("Authorization")
                    || known.ends_with("Authenticate")
                {
                    walk.emit("auth", span.at, taken, 0);
                }
                describes |= *known == "Content-Type" && value.split(b';').0.text == b"application/sdp";
            } else if name.eq_ignore_ascii_case(b"Reason") {
                extensions::reason(walk, value);
            } else if let Some(known) = extensions::header(walk, name, value) {
                values::parts(walk, known, value);
            }
        }
        walk.advance(taken);
    }
    describes
}

fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    line.text("SIP");
    if let Some((text, _)) = next_line(body.data) {
        line.text(": ");
        line.untrusted(text.get(..200).unwrap_or(text));
    }
}
