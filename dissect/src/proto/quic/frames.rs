//! Frames of packets whose protection has been taken off (RFC 9000 §19): those that Initial packets may hold.

use super::{Datagram, take_varint, varint};
use crate::decode::Walk;
use crate::flow::reassembly::quic::Brought;
use crate::proto::octets::Octets;
use crate::proto::tls::ALERTS;
use crate::schema::{Field, be64, bytes, label, rest, text, u8};

const TYPES: &[(u64, &str)] = &[
    (0, "PADDING"),
    (1, "PING"),
    (2, "ACK"),
    (3, "ACK_ECN"),
    (6, "CRYPTO"),
    (0x1c, "CONNECTION_CLOSE (QUIC)"),
    (0x1d, "CONNECTION_CLOSE (application)"),
];

/// RFC 9000 §20.1.
const ERRORS: &[(u64, u64, &str)] = &[
    (0, 0, "NO_ERROR"),
    (1, 1, "INTERNAL_ERROR"),
    (2, 2, "CONNECTION_REFUSED"),
    (3, 3, "FLOW_CONTROL_ERROR"),
    (4, 4, "STREAM_LIMIT_ERROR"),
    (5, 5, "STREAM_STATE_ERROR"),
    (6, 6, "FINAL_SIZE_ERROR"),
    (7, 7, "FRAME_ENCODING_ERROR"),
    (8, 8, "TRANSPORT_PARAMETER_ERROR"),
    (9, 9, "CONNECTION_ID_LIMIT_ERROR"),
    (10, 10, "PROTOCOL_VIOLATION"),
    (11, 11, "INVALID_TOKEN"),
    (12, 12, "APPLICATION_ERROR"),
    (13, 13, "CRYPTO_BUFFER_EXCEEDED"),
    (14, 14, "KEY_UPDATE_ERROR"),
    (15, 15, "AEAD_LIMIT_REACHED"),
    (16, 16, "NO_VIABLE_PATH"),
    (17, 17, "VERSION_NEGOTIATION_ERROR"),
    (0x100, 0x1ff, "CRYPTO_ERROR"),
];

/// Octets of a CRYPTO stream, where they begin in it.
pub(super) type Pieces = Vec<(u64, Vec<u8>)>;

pub(super) fn fields() -> Vec<Field> {
    vec![
        label("frame").doc("frame"),
        be64("frame_type").hex().names(TYPES).doc("type"),
        be64("padding_length").unit("octets").doc("octets of padding"),
        be64("ack.largest_acknowledged").doc("largest packet number acknowledged"),
        be64("ack.ack_delay").doc("delay of the acknowledgement"),
        be64("ack.ack_range_count").doc("further ranges"),
        be64("ack.first_ack_range").doc("packets before the largest"),
        be64("ack.gap").doc("packets missing, less one"),
        be64("ack.ack_range").doc("packets of the range, less one"),
        be64("ack.ect0_count").doc("packets with ECT(0)"),
        be64("ack.ect1_count").doc("packets with ECT(1)"),
        be64("ack.ecn_ce_count").doc("packets with congestion experienced"),
        be64("crypto.offset").doc("where the octets stand in the handshake"),
        be64("crypto.length").unit("octets").doc("octets of the handshake"),
        bytes("crypto.crypto_data", rest()).doc("octets of the handshake"),
        label("retransmission").doc("octets that came before"),
        label("overlap").doc("some octets that came before"),
        be64("cc.error_code").ranges(ERRORS).doc("error"),
        u8("cc.error_code.tls_alert").names(ALERTS).doc("alert of TLS that the error stands for"),
        be64("cc.error_code.app").doc("error of the application"),
        be64("cc.frame_type").hex().names(TYPES).doc("type of the frame at fault"),
        be64("cc.reason_phrase.length").unit("octets").doc("length of the reason"),
        text("cc.reason_phrase", rest()).doc("reason"),
    ]
}

/// Reads frames to the end of the packet, or to one that has no place in it; what CRYPTO frames hold is kept.
pub(super) fn read(walk: &mut Walk<'_, '_>, datagram: &mut Datagram<'_>) {
    while !walk.rest().is_empty() && !walk.too_deep() {
        let node = walk.open("frame");
        let more = one(walk, datagram);
        walk.close(node);
        if more.is_none() {
            return;
        }
    }
}

fn one(walk: &mut Walk<'_, '_>, datagram: &mut Datagram<'_>) -> Option<()> {
    let kind = take_varint(walk, "frame_type")?;
    match kind {
        0 => {
            let more = walk.rest().iter().take_while(|octet| **octet == 0).count();
            walk.emit("padding_length", walk.offset(), 0, (more as u64).saturating_add(1));
            walk.advance(more);
        }
        1 => {}
        2 | 3 => acknowledgement(walk, kind == 3)?,
        6 => {
            let offset = take_varint(walk, "crypto.offset")?;
            let length = take_varint(walk, "crypto.length")?;
            let length = usize::try_from(length).unwrap_or(usize::MAX);
            if let Some(octets) = walk.rest().get(..length) {
                match datagram.brought() {
                    None => datagram.pieces.push((offset, octets.to_vec())),
                    Some(Brought::New) => {}
                    Some(Brought::Again) => walk.emit("retransmission", walk.offset(), 0, 0),
                    Some(Brought::Overlap) => walk.emit("overlap", walk.offset(), 0, 0),
                }
            }
            walk.take_octets("crypto.crypto_data", length).then_some(())?;
        }
        0x1c | 0x1d => {
            let at = walk.offset();
            let error = take_varint(walk, if kind == 0x1c { "cc.error_code" } else { "cc.error_code.app" })?;
            if kind == 0x1c && error >> 8 == 1 {
                // The last octet of a CRYPTO_ERROR (RFC 9001 §4.8).
                walk.emit("cc.error_code.tls_alert", at.saturating_add(1), 1, error & 0xff);
            }
            if kind == 0x1c {
                take_varint(walk, "cc.frame_type")?;
            }
            let length = take_varint(walk, "cc.reason_phrase.length")?;
            let length = usize::try_from(length).unwrap_or(usize::MAX);
            (length == 0 || walk.take_octets("cc.reason_phrase", length)).then_some(())?;
        }
        _ => {
            walk.malformed(0);
            return None;
        }
    }
    Some(())
}

/// Calls with each CRYPTO frame of a packet that is whole: where its octets begin in the handshake, and they.
pub(crate) fn crypto(frames: &[u8], mut each: impl FnMut(u64, &[u8])) {
    let mut octets = Octets::new(frames);
    while !octets.is_empty() {
        if one_of(&mut octets, &mut each).is_none() {
            return;
        }
    }
}

fn one_of(octets: &mut Octets<'_>, each: &mut impl FnMut(u64, &[u8])) -> Option<()> {
    match number(octets)? {
        0 | 1 => {}
        kind @ (2 | 3) => {
            number(octets)?;
            number(octets)?;
            let ranges = number(octets)?;
            let last = if kind == 3 { 4_u64 } else { 1 };
            for _ in 0..ranges.checked_mul(2)?.checked_add(last)? {
                number(octets)?;
            }
        }
        6 => {
            let (offset, length) = (number(octets)?, number(octets)?);
            each(offset, octets.take(usize::try_from(length).ok()?)?);
        }
        kind @ (0x1c | 0x1d) => {
            number(octets)?;
            if kind == 0x1c {
                number(octets)?;
            }
            let length = number(octets)?;
            octets.take(usize::try_from(length).ok()?)?;
        }
        _ => return None,
    }
    Some(())
}

fn number(octets: &mut Octets<'_>) -> Option<u64> {
    let (value, size) = varint(octets.left())?;
    octets.take(size)?;
    Some(value)
}

fn acknowledgement(walk: &mut Walk<'_, '_>, congestion: bool) -> Option<()> {
    take_varint(walk, "ack.largest_acknowledged")?;
    take_varint(walk, "ack.ack_delay")?;
    let count = take_varint(walk, "ack.ack_range_count")?;
    take_varint(walk, "ack.first_ack_range")?;
    for _ in 0..count {
        if walk.too_deep() {
            return None;
        }
        take_varint(walk, "ack.gap")?;
        take_varint(walk, "ack.ack_range")?;
    }
    if congestion {
        take_varint(walk, "ack.ect0_count")?;
        take_varint(walk, "ack.ect1_count")?;
        take_varint(walk, "ack.ecn_ce_count")?;
    }
    Some(())
}

/// The beginning of the stream, as far as it is without a gap.
pub(super) fn beginning(mut pieces: Pieces) -> Vec<u8> {
    pieces.sort_by_key(|(offset, _)| *offset);
    let mut whole: Vec<u8> = Vec::new();
    for (offset, octets) in pieces {
        let have = whole.len() as u64;
        let Some(known) = have.checked_sub(offset) else { break };
        let fresh = usize::try_from(known).ok().and_then(|known| octets.get(known..));
        whole.extend_from_slice(fresh.unwrap_or_default());
    }
    whole
}

/// The octets that the first handshake message has by its own word.
pub(super) fn told(stream: &[u8]) -> usize {
    match stream.first_chunk::<4>() {
        Some([_, high, middle, low]) => {
            usize::try_from(u32::from_be_bytes([0, *high, *middle, *low])).unwrap_or(0).saturating_add(4)
        }
        None => 4,
    }
}
