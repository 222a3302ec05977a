//! IPv4 fragments put together again.

use super::functions::octets_of;
use super::packet::{PacketValue, Wanted};
use crate::craft::from_octets;
use nettool_dissect::checksum;

/// What becomes of packets.
#[derive(Default)]
pub(super) struct Sorted {
    /// What was no fragment.
    pub(super) whole: Vec<PacketValue>,
    /// What has come together.
    pub(super) joined: Vec<PacketValue>,
    /// Fragments of packets that are not all there.
    pub(super) missing: Vec<PacketValue>,
    /// What was whole and what has come together, each where its last octets stood.
    pub(super) in_order: Vec<PacketValue>,
}

/// A fragment: what its packet is known by, and where it belongs.
struct Piece {
    key: [u8; 11],
    offset: usize,
    more: bool,
    /// Octets below IPv4, its header, and what it carries.
    below: Vec<u8>,
    header: Vec<u8>,
    data: Vec<u8>,
    packet: PacketValue,
}

/// Octets of a packet.
const MOST: usize = 65_535;

pub(super) fn sorted(packets: Vec<PacketValue>) -> starlark::Result<Sorted> {
    let mut sorted = Sorted::default();
    let mut waiting: Vec<Piece> = Vec::new();
    for packet in packets {
        let Some(piece) = piece(&packet)? else {
            sorted.in_order.push(packet.same());
            sorted.whole.push(packet);
            continue;
        };
        let key = piece.key;
        waiting.push(piece);
        if let Some(joined) = joined(&waiting, &key) {
            waiting.retain(|piece| piece.key != key);
            sorted.in_order.push(joined.same());
            sorted.joined.push(joined);
        }
    }
    sorted.missing = waiting.into_iter().map(|piece| piece.packet).collect();
    Ok(sorted)
}

/// The fragment that a packet is; `None` where it is whole.
fn piece(packet: &PacketValue) -> starlark::Result<Option<Piece>> {
    let Some(ip) = packet.find(&Wanted::Name("IP".into()), 0) else { return Ok(None) };
    let (all, octets) = (octets_of(packet)?, octets_of(&ip)?);
    let [first, ..] = octets.as_slice() else { return Ok(None) };
    let length = usize::from(first & 15) * 4;
    let Some((header, rest)) = octets.split_at_checked(length.max(20)) else { return Ok(None) };
    let word = |at: usize| header.get(at..at + 2).map_or(0, |pair| u16::from_be_bytes([pair[0], pair[1]]));
    let flags = word(6);
    if flags & 0x3fff == 0 {
        return Ok(None);
    }
    let data = rest.get(..usize::from(word(2)).saturating_sub(length)).unwrap_or(rest);
    let mut key = [0; 11];
    let known = header.iter().skip(12).take(8).chain(header.iter().skip(4).take(2)).chain(header.get(9));
    key.iter_mut().zip(known).for_each(|(to, octet)| *to = *octet);
    let below = all.get(..all.len().saturating_sub(octets.len())).unwrap_or_default().to_vec();
    Ok(Some(Piece {
        key,
        offset: usize::from(flags & 0x1fff) * 8,
        more: flags & 0x2000 != 0,
        below,
        header: header.to_vec(),
        data: data.to_vec(),
        packet: packet.same(),
    }))
}

/// The packet whose fragments are all there.
fn joined(waiting: &[Piece], key: &[u8; 11]) -> Option<PacketValue> {
    let mut pieces: Vec<&Piece> = waiting.iter().filter(|piece| piece.key == *key).collect();
    pieces.sort_by_key(|piece| piece.offset);
    let mut data: Vec<u8> = Vec::new();
    let mut ended = false;
    for piece in &pieces {
        if piece.offset > data.len() || piece.offset + piece.data.len() > MOST {
            return None;
        }
        data.truncate(piece.offset);
        data.extend_from_slice(&piece.data);
        ended = !piece.more;
    }
    let first = pieces.first().filter(|first| ended && first.offset == 0)?;
    let mut header = first.header.clone();
    let length = u16::try_from(header.len() + data.len()).ok()?;
    header.get_mut(2..4)?.copy_from_slice(&length.to_be_bytes());
    // the flag that forbids fragments stays; that there are more goes, and so does the place
    let kept = header.get(6)? & 0xc0;
    header.get_mut(6..8)?.copy_from_slice(&[kept, 0]);
    header.get_mut(10..12)?.copy_from_slice(&[0, 0]);
    let sum = !checksum::sum(&header);
    header.get_mut(10..12)?.copy_from_slice(&sum.to_be_bytes());
    let octets = [&first.below[..], &header, &data].concat();
    let catalog = first.packet.catalog();
    let whole = first.packet.whole();
    let class = catalog.class(whole.layers.first()?.class);
    let packet = from_octets::packet(catalog, class.protocol, &octets);
    Some(PacketValue::new(catalog, packet).at_time(whole.time))
}
