//! The way to IP through link layers that are rarer than Ethernet: wireless LAN, NFLOG, and tags that stand in an EtherType's place.
//!
//! Nothing is allocated, and every access is bounded. What is encrypted, compressed or in fragments of the link layer is not gone into.

use crate::frame::LinkType;
use crate::proto::radiotap::pads;

/// What follows: an EtherType and what is behind it.
type Found<'a> = Option<(u16, &'a [u8])>;

/// By the link type of a frame.
pub(super) fn behind_link(link_type: LinkType, data: &[u8]) -> Found<'_> {
    match link_type {
        LinkType::IEEE802_11 => wireless(data, false),
        LinkType::IEEE802_11_RADIOTAP => radiotap(data),
        LinkType::PRISM => wireless(data.get(little(data.get(4..8)?)?..)?, false),
        LinkType::IEEE802_11_AVS => {
            let len = u32::from_be_bytes(*data.get(4..)?.first_chunk()?);
            wireless(data.get(usize::try_from(len).ok()?..)?, false)
        }
        LinkType::NFLOG => nflog(data),
        _ => None,
    }
}

/// By an EtherType whose tag has another one behind it.
pub(super) fn behind_tag(kind: u16, data: &[u8]) -> Found<'_> {
    match kind {
        // IEEE 802.1AE §9.3: neither encrypted nor changed; 16 octets of ICV at the end.
        0x88e5 => {
            let (tci, _) = data.split_first()?;
            if tci & 0x0c != 0 {
                return None;
            }
            let rest = data.get(if tci & 0x20 != 0 { 14 } else { 6 }..)?;
            typed(rest)
        }
        // IEC 62439-3 §5.6 (HSR) and IEEE 802.1CB §7.8: 4 octets, and the EtherType.
        0x892f | 0xf1c1 => typed(data.get(4..)?),
        _ => None,
    }
}

/// An EtherType, and what is behind it.
fn typed(data: &[u8]) -> Found<'_> {
    let ([t0, t1], rest) = data.split_first_chunk::<2>()?;
    Some((u16::from_be_bytes([*t0, *t1]), rest))
}

fn little(octets: &[u8]) -> Option<usize> {
    usize::try_from(u32::from_le_bytes(*octets.first_chunk()?)).ok()
}

/// The radiotap header (radiotap.org).
fn radiotap(data: &[u8]) -> Found<'_> {
    let [0, _, l0, l1] = *data.first_chunk::<4>()? else { return None };
    wireless(data.get(usize::from(u16::from_le_bytes([l0, l1]))..)?, pads(data))
}

/// A data frame (IEEE 802.11 §9.3.2) with 802.2 SNAP behind its header.
fn wireless(data: &[u8], padded: bool) -> Found<'_> {
    let [kind, flags] = *data.first_chunk::<2>()?;
    // Data with a body, neither encrypted nor with fragments to follow, and not a later one.
    if kind & 0x4f != 0x08 || flags & 0x44 != 0 || data.get(22)? & 15 != 0 {
        return None;
    }
    let mut at = if flags & 3 == 3 { 30_usize } else { 24 };
    if kind & 0x80 != 0 {
        // Several packets in one are not taken apart here.
        if data.get(at)? & 0x80 != 0 {
            return None;
        }
        at = at.saturating_add(if flags & 0x80 != 0 { 6 } else { 2 });
    }
    if padded {
        at = at.next_multiple_of(4);
    }
    match data.get(at..)?.split_first_chunk::<6>()? {
        ([0xaa, 0xaa, 3, 0, 0, 0], rest) => typed(rest),
        _ => None,
    }
}

/// The packet in what netfilter logs (libpcap's nflog.h): attribute 9, without a link layer.
fn nflog(data: &[u8]) -> Found<'_> {
    let mut rest = data.get(4..)?;
    // In the order of the machine that logged: in the other one the first attribute would not fit.
    let [l0, l1] = *rest.first_chunk::<2>()?;
    let lengths = [u16::from_le_bytes([l0, l1]), u16::from_be_bytes([l0, l1])].map(usize::from);
    let little = match lengths.map(|len| (4..=rest.len()).contains(&len)) {
        [true, true] => lengths.is_sorted(),
        [false, true] => false,
        _ => true,
    };
    let word = |pair| if little { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) };
    for _ in 0..32 {
        let ([l0, l1, t0, t1], body) = rest.split_first_chunk::<4>()?;
        let body_len = usize::from(word([*l0, *l1])).checked_sub(4)?;
        if word([*t0, *t1]) & 0x7fff == 9 {
            let packet = body.get(..body_len.min(body.len()))?;
            let kind = if packet.first()? >> 4 == 6 { 0x86dd } else { 0x0800 };
            return Some((kind, packet));
        }
        rest = body.get(body_len.checked_next_multiple_of(4)?..)?;
    }
    None
}
