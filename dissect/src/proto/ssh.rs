//! SSH (RFC 4253): the identification line, and the first packets before keys are in use.

use super::text_head::next_line;
use crate::decode::Walk;
use crate::render::line::{Body, Line};
use crate::schema::{Protocol, TCP_PORT, be32, bytes, custom, rest, text, u8};

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

pub(super) fn ssh() -> Protocol {
    Protocol::new("ssh", "Secure Shell")
        .source("RFC 4253 §4.2, §6")
        .on(TCP_PORT, &[22])
        .accepts(TCP_PORT, |octets| octets.starts_with(b"SSH-") || packet(octets).is_some())
        .field(custom(
            [
                text("protocol", rest()).doc("protocol"),
                be32("packet_length").unit("octets").doc("packet length"),
                u8("padding_length").unit("octets").doc("padding length"),
                u8("message_code").names(MESSAGES).doc("message"),
                bytes("payload", rest()).doc("payload"),
            ],
            decode,
        ))
        .summary(summary)
        .sample("02000000000202000000000108004500003d00010000400666b80a0000010a00000200169c40000003e8000007d0501820000ffe00005353482d322e302d4f70656e5353485f392e320d0a")
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
    if let Some((line, taken)) = next_line(walk.rest()).filter(|(line, _)| line.starts_with(b"SSH-")) {
        walk.emit("protocol", walk.offset(), line.len(), 0);
        walk.advance(taken);
    }
    while packet(walk.rest()).is_some() {
        let length =
            walk.take("packet_length", 4).and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
        walk.take("padding_length", 1);
        walk.take("message_code", 1);
        let left = walk.rest().len().min(length.saturating_sub(2));
        walk.take_octets("payload", left);
    }
    let left = walk.rest().len();
    if left > 0 {
        walk.take_octets("payload", left);
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
