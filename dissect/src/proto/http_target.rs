//! What HTTP's first line says in other words, by Wireshark's names: the target as a whole and in its parts, and what the
//! status means. For those who ask by name.

use super::text_length;
use crate::decode::Walk;
use crate::schema::{Field, Kind, Size, rest, text};

pub(super) fn fields() -> Vec<Field> {
    let made = |name, doc| Field::new(name, Kind::Made, Size::Rest).doc(doc).hidden();
    vec![
        made("=http.request.full_uri", "target with the host in front"),
        text("=http.request.uri.path", rest()).doc("target up to the question mark").hidden(),
        text("=http.request.uri.query", rest()).doc("target behind it").hidden(),
        text("=http.request.uri.query.parameter", rest()).doc("part of that between ampersands").hidden(),
        made("=http.response.code.desc", "what the status means (RFC 9110 §15)"),
    ]
}

/// Of a request: `start` is where its target stands in the source.
pub(super) fn of_request(walk: &mut Walk<'_, '_>, start: usize, method: &[u8], target: &[u8], head: &[u8]) {
    if !walk.asked_by_name() || target.is_empty() {
        return;
    }
    let absolute = [&b"http://"[..], b"https://", b"rtsp://", b"ws://"];
    let whole = method == b"CONNECT" || absolute.iter().any(|scheme| target.starts_with(scheme));
    let host = text_length::header(head, "host");
    if whole || host.is_some() {
        walk.emit_made("=http.request.full_uri", start, target.len(), |out| {
            if let Some(host) = host.filter(|_| !whole) {
                out.extend_from_slice(b"http://");
                out.extend_from_slice(host);
            }
            out.extend_from_slice(target);
        });
    }
    let Some(mark) = target.iter().position(|octet| *octet == b'?') else { return };
    walk.emit("=http.request.uri.path", start, mark, 0);
    let mut at = mark.saturating_add(1);
    let query = target.get(at..).unwrap_or_default();
    walk.emit("=http.request.uri.query", start.saturating_add(at), query.len(), 0);
    for part in query.split(|octet| *octet == b'&') {
        if walk.too_deep() {
            return;
        }
        walk.emit("=http.request.uri.query.parameter", start.saturating_add(at), part.len(), 0);
        at = at.saturating_add(part.len()).saturating_add(1);
    }
}

/// Of a response.
pub(super) fn of_response(walk: &mut Walk<'_, '_>, start: usize, status: &[u8]) {
    if !walk.asked_by_name() {
        return;
    }
    if let Some(meaning) = text_length::number(status).and_then(meaning) {
        walk.emit_made("=http.response.code.desc", start, status.len(), |out| {
            out.extend_from_slice(meaning.as_bytes());
        });
    }
}

/// IANA "HTTP Status Code Registry".
fn meaning(status: u64) -> Option<&'static str> {
    Some(match status {
        100 => "Continue",
        101 => "Switching Protocols",
        102 => "Processing",
        103 => "Early Hints",
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        203 => "Non-Authoritative Information",
        204 => "No Content",
        205 => "Reset Content",
        206 => "Partial Content",
        207 => "Multi-Status",
        208 => "Already Reported",
        226 => "IM Used",
        300 => "Multiple Choices",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        304 => "Not Modified",
        305 => "Use Proxy",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        402 => "Payment Required",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        407 => "Proxy Authentication Required",
        408 => "Request Timeout",
        409 => "Conflict",
        410 => "Gone",
        411 => "Length Required",
        412 => "Precondition Failed",
        413 => "Content Too Large",
        414 => "URI Too Long",
        415 => "Unsupported Media Type",
        416 => "Range Not Satisfiable",
        417 => "Expectation Failed",
        421 => "Misdirected Request",
        422 => "Unprocessable Content",
        423 => "Locked",
        424 => "Failed Dependency",
        425 => "Too Early",
        426 => "Upgrade Required",
        428 => "Precondition Required",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        451 => "Unavailable For Legal Reasons",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        505 => "HTTP Version Not Supported",
        506 => "Variant Also Negotiates",
        507 => "Insufficient Storage",
        508 => "Loop Detected",
        511 => "Network Authentication Required",
        _ => return None,
    })
}
