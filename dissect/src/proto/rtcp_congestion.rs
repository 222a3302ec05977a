//! Transport-wide feedback for congestion control (draft-holmer-rmcat-transport-wide-cc-extensions §3.1): which packets came, and
//! how long after each other.

use crate::decode::Walk;
use crate::schema::{Item, be16, be24, bytes, custom, rest, u8};

pub(super) fn item() -> Item {
    custom(
        [
            be16("rtpfb.transportcc.baseseq").doc("first packet"),
            be16("rtpfb.transportcc.statuscount").doc("packets spoken of"),
            be24("rtpfb.transportcc.reftime").signed().unit("64 ms").doc("reference time"),
            u8("rtpfb.transportcc.pktcount").doc("number of this feedback"),
            be16("rtpfb.transportcc.pktchunk").hex().doc("which packets came"),
            be16("rtpfb.transportcc.recv_delta").hex().unit("250 µs").doc("since the packet before"),
            bytes("rtpfb.transportcc.recv_delta.padding", rest()).doc("padding"),
        ],
        decode,
    )
}

/// Octets of a delta by the status of its packet: none for one that did not come.
fn delta(status: u64) -> usize {
    match status {
        1 => 1,
        2 => 2,
        _ => 0,
    }
}

fn decode(walk: &mut Walk<'_, '_>) {
    walk.take("rtpfb.transportcc.baseseq", 2);
    let Some(count) = walk.take("rtpfb.transportcc.statuscount", 2) else { return };
    walk.take("rtpfb.transportcc.reftime", 3);
    walk.take("rtpfb.transportcc.pktcount", 1);
    let count = usize::try_from(count).unwrap_or(0);
    let mut deltas = Vec::new();
    let mut seen = 0_usize;
    while seen < count && !walk.too_deep() {
        let Some(chunk) = walk.take("rtpfb.transportcc.pktchunk", 2) else { return };
        let left = count.saturating_sub(seen);
        if chunk >> 15 == 0 {
            let run = usize::try_from(chunk & 0x1fff).unwrap_or(0);
            let octets = delta(chunk >> 13 & 3);
            deltas.extend(std::iter::repeat_n(octets, run.min(left)));
            seen = seen.saturating_add(run.max(1));
        } else {
            // Fourteen packets with a bit each, or seven with two.
            let (bits, packets) = if chunk >> 14 & 1 == 0 { (1_usize, 14_usize) } else { (2, 7) };
            let statuses = (0..packets.min(left)).map(|at| {
                let low = 14_usize.saturating_sub(at.saturating_add(1).saturating_mul(bits));
                delta(chunk >> low & if bits == 1 { 1 } else { 3 })
            });
            deltas.extend(statuses);
            seen = seen.saturating_add(packets);
        }
    }
    for octets in deltas.into_iter().filter(|octets| *octets > 0) {
        if walk.too_deep() || walk.take("rtpfb.transportcc.recv_delta", octets).is_none() {
            return;
        }
    }
    let padding = walk.rest().len();
    if padding > 0 {
        walk.take_octets("rtpfb.transportcc.recv_delta.padding", padding);
    }
}
