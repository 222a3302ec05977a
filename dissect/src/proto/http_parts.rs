//! What stands within HTTP's header fields and bodies: cookies one by one, the credentials of the basic scheme, where a tunnel goes, and the
//! pieces of a chunked body.

use super::text_length;
use crate::decode::Walk;
use crate::schema::{Field, Kind, Size, be16, be32, bytes, rest, text};

pub(super) fn fields() -> Vec<Field> {
    let words = |name: &'static str, doc: &'static str| text(name, rest()).doc(doc);
    vec![
        words("=http.proxy_authenticate", "authentication that the proxy asks for"),
        words("=http.sec_websocket_accept", "web socket: answer to the key"),
        words("=http.sec_websocket_extensions", "web socket: extensions"),
        words("=http.sec_websocket_key", "web socket: key"),
        words("=http.sec_websocket_protocol", "web socket: protocol"),
        words("=http.sec_websocket_version", "web socket: version"),
        words("=http.http2_settings", "settings of HTTP/2"),
        words("=http.cookie_pair", "a cookie").hidden(),
        Field::new("=http.authbasic", Kind::Made, Size::Rest).doc("user and password").hidden(),
        words("=http.proxy_connect_host", "host that the tunnel goes to"),
        be16("=http.proxy_connect_port").doc("port that the tunnel goes to"),
        be32("=http.chunk_size").unit("octets").doc("length of a chunk"),
        bytes("=http.chunk_data", rest()).doc("octets of a chunk").hidden(),
        bytes("=http.chunk_boundary", rest()).doc("end of a chunk").hidden(),
        words("=http.chunked_trailer_part", "header fields behind the chunks"),
    ]
}

/// Cookies and credentials, for those who ask for them.
pub(super) fn of_head(walk: &mut Walk<'_, '_>, at: usize, head: &[u8]) {
    if !walk.wants("=http.cookie_pair") && !walk.wants("=http.authbasic") {
        return;
    }
    let mut start = at;
    for line in head.split_inclusive(|octet| *octet == b'\n') {
        if let Some(colon) = line.iter().position(|octet| *octet == b':') {
            let (name, value) = line.split_at(colon);
            let value_at = start.saturating_add(colon).saturating_add(1);
            let value = value.get(1..).unwrap_or_default();
            if name.eq_ignore_ascii_case(b"cookie") {
                cookies(walk, value_at, value);
            } else if name.eq_ignore_ascii_case(b"authorization")
                || name.eq_ignore_ascii_case(b"proxy-authorization")
            {
                credentials(walk, value_at, value);
            }
        }
        start = start.saturating_add(line.len());
    }
}

fn cookies(walk: &mut Walk<'_, '_>, at: usize, value: &[u8]) {
    let mut start = at;
    for pair in value.split(|octet| *octet == b';') {
        let trimmed = pair.trim_ascii();
        let blanks = pair.len().saturating_sub(pair.trim_ascii_start().len());
        if !trimmed.is_empty() && !walk.too_deep() {
            walk.emit("=http.cookie_pair", start.saturating_add(blanks), trimmed.len(), 0);
        }
        start = start.saturating_add(pair.len()).saturating_add(1);
    }
}

/// `Basic dXNlcjpwYXNz` (RFC 7617 §2).
fn credentials(walk: &mut Walk<'_, '_>, at: usize, value: &[u8]) {
    let value = value.trim_ascii();
    let Some((scheme, text)) = value.split_first_chunk::<6>() else { return };
    if scheme.eq_ignore_ascii_case(b"basic ")
        && let Some(plain) = from_base64(text.trim_ascii())
    {
        walk.emit_made("=http.authbasic", at, value.len(), |out| out.extend_from_slice(&plain));
    }
}

/// The octets that base 64 stands for (RFC 4648 §4).
fn from_base64(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let (mut held, mut bits) = (0_u32, 0_u32);
    for octet in text.iter().take_while(|octet| **octet != b'=') {
        let digit = match octet {
            b'A'..=b'Z' => octet.wrapping_sub(b'A'),
            b'a'..=b'z' => octet.wrapping_sub(b'a').wrapping_add(26),
            b'0'..=b'9' => octet.wrapping_sub(b'0').wrapping_add(52),
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        held = held << 6 | u32::from(digit);
        bits = bits.wrapping_add(6);
        if bits >= 8 {
            bits = bits.wrapping_sub(8);
            out.push((held >> bits) as u8);
        }
    }
    Some(out)
}

/// `CONNECT host:port` (RFC 9110 §9.3.6).
pub(super) fn tunnel(walk: &mut Walk<'_, '_>, at: usize, target: &[u8]) {
    let Some(colon) = target.iter().rposition(|octet| *octet == b':') else { return };
    let port = target.get(colon.saturating_add(1)..).and_then(text_length::number);
    walk.emit("=http.proxy_connect_host", at, colon, 0);
    if let Some(port) = port.filter(|port| *port <= 0xffff) {
        let digits = target.len().saturating_sub(colon).saturating_sub(1);
        walk.emit("=http.proxy_connect_port", at.saturating_add(colon).saturating_add(1), digits, port);
    }
}

/// The chunks of a body, as far as they are there (RFC 9112 §7.1).
pub(super) fn chunks(walk: &mut Walk<'_, '_>) {
    let (mut at, mut left) = (walk.offset(), walk.rest());
    while let Some(end) = memchr::memchr(b'\n', left.get(..64.min(left.len())).unwrap_or_default()) {
        let digits = left.iter().take(8).take_while(|octet| octet.is_ascii_hexdigit()).count();
        let size = left.get(..digits).unwrap_or_default();
        let Some(size) = std::str::from_utf8(size).ok().and_then(|size| usize::from_str_radix(size, 16).ok())
        else {
            return;
        };
        if walk.too_deep() {
            return;
        }
        walk.emit("=http.chunk_size", at, digits, size as u64);
        let head = end.saturating_add(1);
        at = at.saturating_add(head);
        left = left.get(head..).unwrap_or_default();
        if size == 0 {
            let trailer = memchr::memmem::find(left, b"\r\n\r\n").unwrap_or(0);
            if trailer > 0 {
                walk.emit("=http.chunked_trailer_part", at, trailer.saturating_add(2), 0);
            }
            return;
        }
        walk.emit("=http.chunk_data", at, size.min(left.len()), 0);
        let Some(after) = left.get(size..) else { return };
        at = at.saturating_add(size);
        let ends = after.len().min(2);
        if ends > 0 {
            walk.emit("=http.chunk_boundary", at, ends, 0);
        }
        at = at.saturating_add(ends);
        left = after.get(ends..).unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::from_base64;

    #[test]
    fn base_64_is_read_with_and_without_filling() {
        assert_eq!(from_base64(b"dXNlcjpwYXNz").as_deref(), Some(&b"user:pass"[..]));
        assert_eq!(from_base64(b"YQ==").as_deref(), Some(&b"a"[..]));
        assert_eq!(from_base64(b"YWI").as_deref(), Some(&b"ab"[..]));
        assert_eq!(from_base64(b"a b"), None);
    }
}
