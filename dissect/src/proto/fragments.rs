//! What IPv4 and IPv6 show of a datagram in fragments, by the names that Wireshark gives: in the frame that completes it, its
//! fragments; of every fragment that was not kept, why.

use crate::decode::Walk;
use crate::flow::reassembly::{Datagram, Part, Refusal, Whole};
use crate::schema::{IP_PROTO, Protocol, be32, bytes, flag, label, rest};

/// Names of the fields.
pub(super) struct Names {
    fragments: &'static str,
    fragment: &'static str,
    count: &'static str,
    overlap: &'static str,
    conflict: &'static str,
    multiple_tails: &'static str,
    too_long: &'static str,
    error: &'static str,
    length: &'static str,
    data: &'static str,
    whole_in: &'static str,
}

pub(super) const IPV4: Names = Names {
    fragments: "=ip.fragments",
    fragment: "=ip.fragment",
    count: "=ip.fragment.count",
    overlap: "=ip.fragment.overlap",
    conflict: "=ip.fragment.overlap.conflict",
    multiple_tails: "=ip.fragment.multipletails",
    too_long: "=ip.fragment.toolongfragment",
    error: "=ip.fragment.error",
    length: "=ip.reassembled.length",
    data: "=ip.reassembled.data",
    whole_in: "=ip.reassembled_in",
};

pub(super) const IPV6: Names = Names {
    fragments: "=ipv6.fragments",
    fragment: "=ipv6.fragment",
    count: "=ipv6.fragment.count",
    overlap: "=ipv6.fragment.overlap",
    conflict: "=ipv6.fragment.overlap.conflict",
    multiple_tails: "=ipv6.fragment.multipletails",
    too_long: "=ipv6.fragment.toolongfragment",
    error: "=ipv6.fragment.error",
    length: "=ipv6.reassembled.length",
    data: "=ipv6.reassembled.data",
    whole_in: "=ipv6.reassembled.in",
};

/// Declares the fields.
pub(super) fn declare(protocol: Protocol, names: &Names) -> Protocol {
    protocol
        .extra(label(names.fragments).doc("fragments of the datagram that this frame completes"))
        .extra(be32(names.fragment).doc("frame with a fragment"))
        .extra(flag(names.overlap).doc("the fragment before it in the datagram reaches into it"))
        .extra(flag(names.conflict).doc("its octets are not all those of the datagram"))
        .extra(flag(names.multiple_tails).doc("another fragment said where the datagram ends"))
        .extra(flag(names.too_long).doc("reaches beyond the end of the datagram"))
        .extra(be32(names.error).doc("frame with a fragment that does not fit the others, or was not kept"))
        .extra(be32(names.count).doc("fragments"))
        .extra(be32(names.length).unit("octets").doc("length of the payload put together"))
        .extra(bytes(names.data, rest()).doc("payload put together"))
        .extra(be32(names.whole_in).of_later_frame().doc("frame that completes the datagram"))
}

/// Shows what is known of the fragment at hand, and goes on in the datagram if it is whole. The cursor stands at the fragment's
/// octets. False: nothing is known, it stands for itself.
pub(super) fn join(walk: &mut Walk<'_, '_>, names: &Names) -> bool {
    let Some(joined) = walk.joined() else { return false };
    let Some(datagram) = &joined.datagram else { return false };
    let at = walk.offset();
    walk.no_next();
    match datagram {
        Datagram::Kept => {
            if let Some(frame) = joined.datagram_in {
                walk.emit(names.whole_in, at, 0, frame);
            }
        }
        Datagram::Copy(frame) => walk.emit(names.whole_in, at, 0, joined.datagram_in.unwrap_or(*frame)),
        Datagram::Refused(refusal) => {
            walk.emit(names.error, at, 0, joined.frame);
            if *refusal == Refusal::TooLong {
                walk.emit(names.too_long, at, 0, 1);
            }
        }
        Datagram::Whole(whole) => {
            let Some(source) = walk.add_source(&whole.octets) else { return false };
            show(walk, names, whole, source);
            walk.read_on_in(source, &whole.octets, IP_PROTO, u64::from(whole.protocol));
        }
    }
    true
}

fn show(walk: &mut Walk<'_, '_>, names: &Names, whole: &Whole, source: u8) {
    let at = walk.offset();
    let node = walk.open(names.fragments);
    for part in &whole.parts {
        let sound = !(part.conflict || part.second_tail || part.beyond);
        walk.emit(if sound { names.fragment } else { names.error }, at, 0, part.frame);
        let below = walk.open("");
        flags(walk, names, part, at);
        walk.close(below);
    }
    walk.emit(names.count, at, 0, whole.parts.len() as u64);
    walk.emit(names.length, at, 0, whole.octets.len() as u64);
    walk.emit_in(source, names.data, 0, whole.octets.len());
    walk.close(node);
}

fn flags(walk: &mut Walk<'_, '_>, names: &Names, part: &Part, at: usize) {
    let flags = [
        (names.overlap, part.overlap),
        (names.conflict, part.conflict),
        (names.multiple_tails, part.second_tail),
        (names.too_long, part.beyond),
    ];
    for (name, _) in flags.into_iter().filter(|(_, set)| *set) {
        walk.emit(name, at, 0, 1);
    }
}
