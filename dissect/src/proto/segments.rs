//! What TCP shows of messages that lie in several segments, by the names that Wireshark gives.

use crate::decode::Walk;
use crate::flow::reassembly::Message;
use crate::schema::{Protocol, be32, bytes, label, rest};

/// Declares the fields.
pub(super) fn declare(protocol: Protocol) -> Protocol {
    protocol
        .extra(
            bytes("segment_data", rest())
                .doc("part of a message that other segments go on with, or that came before"),
        )
        .extra(label("segments").doc("segments of the message that this frame completes"))
        .extra(be32("segment").doc("frame with a segment"))
        .extra(be32("segment.count").doc("segments"))
        .extra(be32("reassembled.length").unit("octets").doc("length of the message put together"))
        .extra(bytes("reassembled.data", rest()).doc("message put together"))
        .extra(
            be32("reassembled_in")
                .of_later_frame()
                .doc("later frame that completes a message that begins or goes on here"),
        )
}

/// Shows what is known of the segment at hand, and goes on in its messages. The cursor stands at its data. False: it stands for
/// itself.
pub(super) fn join(walk: &mut Walk<'_, '_>) -> bool {
    let Some(joined) = walk.joined() else { return false };
    let Some(segment) = &joined.segment else { return false };
    let at = walk.offset();
    for (start, len) in &segment.parts {
        walk.emit("segment_data", at.saturating_add(*start as usize), *len as usize, 0);
    }
    let mut first = None;
    for message in &segment.messages {
        let Message::Joined { octets, parts } = message else { continue };
        let Some(source) = walk.add_source(octets) else { break };
        first.get_or_insert(source);
        let node = walk.open("segments");
        for (frame, _) in parts {
            walk.emit("segment", at, 0, *frame);
        }
        walk.emit("segment.count", at, 0, parts.len() as u64);
        walk.emit("reassembled.length", at, 0, octets.len() as u64);
        walk.emit_in(source, "reassembled.data", 0, octets.len());
        walk.close(node);
    }
    for frame in &joined.messages_in {
        walk.emit("reassembled_in", at, 0, *frame);
    }
    walk.read_messages_in(segment, first.unwrap_or(0));
    true
}
