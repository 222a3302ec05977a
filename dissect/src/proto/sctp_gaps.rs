//! The TSNs that gap blocks of SCTP's acknowledgements mean (RFC 9260 §3.3.4): on the wire they count from the cumulative TSN.

use crate::decode::Walk;

/// Names of what one list of blocks shows: first TSN, last TSN, how many.
type Shown = [&'static str; 3];

/// An acknowledgement's layout.
pub(super) struct Layout {
    chunk: u8,
    /// Octets of the chunk before the blocks.
    head: usize,
    lists: &'static [Shown],
}

/// SACK.
pub(super) const SACK: Layout = Layout {
    chunk: 3,
    head: 16,
    lists: &[["sack_gap_block_start_tsn", "sack_gap_block_end_tsn", "sack_number_of_tsns_gap_acked"]],
};

/// NR-SACK (draft-tuexen-tsvwg-sctp-nr-sack §4).
pub(super) const NR_SACK: Layout = Layout {
    chunk: 16,
    head: 20,
    lists: &[
        ["nr_sack_gap_block_start_tsn", "nr_sack_gap_block_end_tsn", "nr_sack_number_of_tsns_gap_acked"],
        [
            "nr_sack_nr_gap_block_start_tsn",
            "nr_sack_nr_gap_block_end_tsn",
            "nr_sack_number_of_tsns_nr_gap_acked",
        ],
    ],
};

/// The last chunk that begins before the cursor, and where it stands in the packet.
fn last_chunk(packet: &[u8]) -> Option<(usize, &[u8])> {
    let (mut at, mut last) = (12_usize, None);
    while let Some([_, _, high, low]) = packet.get(at..).and_then(<[u8]>::first_chunk).copied() {
        last = packet.get(at..).map(|chunk| (at, chunk));
        let octets = usize::from(u16::from_be_bytes([high, low])).max(4);
        at = at.saturating_add(octets.checked_next_multiple_of(4)?);
    }
    last
}

/// Shows the blocks of the acknowledgement whose octets have just been read.
pub(super) fn show(walk: &mut Walk<'_, '_>, layout: &Layout) {
    if !walk.asked_by_name() {
        return;
    }
    let Some((place, chunk)) = last_chunk(walk.header()) else { return };
    let Some([kind, _, _, _, t0, t1, t2, t3]) = chunk.first_chunk::<8>().copied() else { return };
    if kind != layout.chunk {
        return;
    }
    let cumulative = u32::from_be_bytes([t0, t1, t2, t3]);
    let start = walk.layer_offset().saturating_add(place);
    let mut at = layout.head;
    for (index, names) in layout.lists.iter().enumerate() {
        let count = chunk
            .get(index.saturating_mul(2).saturating_add(12)..)
            .and_then(<[u8]>::first_chunk)
            .map_or(0, |count| usize::from(u16::from_be_bytes(*count)));
        let octets = count.saturating_mul(4);
        let blocks = chunk.get(at..at.saturating_add(octets)).unwrap_or_default();
        show_list(walk, start.saturating_add(at), blocks, cumulative, *names);
        at = at.saturating_add(octets);
    }
}

fn show_list(walk: &mut Walk<'_, '_>, mut at: usize, blocks: &[u8], cumulative: u32, names: Shown) {
    let [first_name, last_name, number] = names;
    let mut total = 0_u64;
    for [f0, f1, l0, l1] in blocks.as_chunks::<4>().0 {
        let (first, last) = (u16::from_be_bytes([*f0, *f1]), u16::from_be_bytes([*l0, *l1]));
        let tsn = |offset: u16| u64::from(cumulative.wrapping_add(u32::from(offset)));
        walk.emit(first_name, at, 2, tsn(first));
        walk.emit(last_name, at.saturating_add(2), 2, tsn(last));
        total = total.saturating_add(u64::from(last.saturating_sub(first)).saturating_add(1));
        at = at.saturating_add(4);
    }
    walk.emit(number, at, 0, total);
}
