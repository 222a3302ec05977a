//! TCP's selective acknowledgements (RFC 2018), and what they say of segments that came twice (D-SACK, RFC 2883).

use crate::decode::Walk;
use crate::flow::State;
use crate::schema::{Field, Item, Severity, be32, built, custom, decoded, flag, label, repeat, u8};

/// What the option holds: edges as other numbers of the segment are told, relative where the stream is known. They are
/// written as they are given.
pub(super) fn blocks() -> [Item; 2] {
    let edge = |name, doc| -> Field { be32(name).from_state(State::Tcp).doc(doc) };
    [
        decoded([custom(
            [
                label("options.sack.block").doc("block"),
                edge("options.sack_le", "left edge"),
                edge("options.sack_re", "right edge"),
                flag("options.sack.dsack")
                    .expert(Severity::Warning, 1, 1, "the receiver got a segment twice (D-SACK)")
                    .doc("the first block tells what came twice (RFC 2883)"),
                edge("options.sack.dsack_le", "left edge of what came twice").hidden(),
                edge("options.sack.dsack_re", "right edge of what came twice").hidden(),
            ],
            edges,
        )]),
        built([repeat(
            label("options.sack.block").doc("block"),
            [
                be32("options.sack_le").doc("left edge").into(),
                be32("options.sack_re").doc("right edge").into(),
            ],
        )]),
    ]
}

/// The field that counts blocks.
pub(super) fn counted() -> Field {
    u8("options.sack.count").doc("blocks of selective acknowledgement").hidden()
}

fn edges(walk: &mut Walk<'_, '_>) {
    let (base, ack) = acknowledged(walk);
    let blocks: Vec<(u32, u32)> = walk
        .rest()
        .as_chunks::<8>()
        .0
        .iter()
        .map(|[a, b, c, d, e, f, g, h]| {
            (u32::from_be_bytes([*a, *b, *c, *d]), u32::from_be_bytes([*e, *f, *g, *h]))
        })
        .collect();
    twice(walk, &blocks, base, ack);
    for (left, right) in blocks {
        let node = walk.open("options.sack.block");
        let at = walk.offset();
        walk.emit("options.sack_le", at, 4, u64::from(left.wrapping_sub(base)));
        walk.emit("options.sack_re", at.saturating_add(4), 4, u64::from(right.wrapping_sub(base)));
        walk.advance(8);
        walk.close(node);
    }
    let odd = walk.rest().len();
    if odd > 0 {
        walk.missing(8);
    }
}

/// What edges count from, and the acknowledgement number as sent.
fn acknowledged(walk: &Walk<'_, '_>) -> (u32, u32) {
    let Some([.., a0, a1, a2, a3]) = walk.layer_octets().first_chunk::<12>() else { return (0, 0) };
    let ack = u32::from_be_bytes([*a0, *a1, *a2, *a3]);
    (super::tcp_state::acknowledged(walk).map_or(0, |relative| ack.wrapping_sub(relative)), ack)
}

/// The first block tells what came twice where that lies before what is acknowledged, or within the second (RFC 2883 §4).
fn twice(walk: &mut Walk<'_, '_>, blocks: &[(u32, u32)], base: u32, ack: u32) {
    let Some((left, right)) = blocks.first().copied() else { return };
    let before = ack.wrapping_sub(right).cast_signed() >= 0;
    let within = blocks.get(1).is_some_and(|(from, to)| {
        left.wrapping_sub(*from).cast_signed() >= 0 && right.wrapping_sub(*to).cast_signed() <= 0
    });
    if before || within {
        let at = walk.offset();
        walk.emit("options.sack.dsack", at, 8, 1);
        walk.emit("options.sack.dsack_le", at, 4, u64::from(left.wrapping_sub(base)));
        walk.emit("options.sack.dsack_re", at.saturating_add(4), 4, u64::from(right.wrapping_sub(base)));
    }
}

/// Blocks of the first option of selective acknowledgement.
pub(super) fn count(walk: &mut Walk<'_, '_>) {
    if !walk.asked_by_name() || !walk.wants("options.sack.count") {
        return;
    }
    let mut at = 20_usize;
    while let Some([kind, length, ..]) = walk.header().get(at..) {
        match kind {
            0 => return,
            1 => at = at.saturating_add(1),
            5 => {
                let from = walk.layer_offset().saturating_add(at);
                let blocks = length.saturating_sub(2) / 8;
                walk.emit("options.sack.count", from, usize::from(*length), u64::from(blocks));
                return;
            }
            // An option that is shorter than its head ends the list.
            _ if *length < 2 => return,
            _ => at = at.saturating_add(usize::from(*length)),
        }
    }
}
