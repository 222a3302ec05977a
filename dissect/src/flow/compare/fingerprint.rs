//! What a packet is known again by: its octets but for those that change on the way.

use super::super::scan::{Scan, Segment};
use crate::decode::Network;
use crate::frame::{Frame, LinkType};
use std::hash::Hasher;

/// Hash of a packet's octets; 128 bits, so that two packets do not share one by chance.
pub type Fingerprint = u128;

/// Octets that do not count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ignore {
    /// The link layer: addresses, VLAN and switch tags.
    pub link: bool,
    /// TTL and hop limit.
    pub ttl: bool,
    /// DSCP and ECN.
    pub tos: bool,
    /// Identification of IPv4.
    pub id: bool,
    /// Checksums of IP, TCP, UDP, ICMP.
    pub checksum: bool,
    /// IP addresses.
    pub address: bool,
    /// Ports.
    pub port: bool,
    /// Octets of the IP payload, or of what no IP header is found in, beyond this number.
    pub beyond: usize,
}

impl Default for Ignore {
    fn default() -> Self {
        Ignore {
            link: true,
            ttl: true,
            tos: false,
            id: false,
            checksum: true,
            address: false,
            port: false,
            beyond: usize::MAX,
        }
    }
}

/// Two hashes side by side; the seeds need not be secret: a false match costs a packet of a table.
struct Hash(u64, u64);

impl Hash {
    fn new() -> Self {
        Hash(0x243f_6a88_85a3_08d3, 0x1319_8a2e_0370_7344)
    }

    fn word(&mut self, word: u64) {
        let fold = |state: u64, word: u64, by: u64| {
            let product = u128::from(state ^ word).wrapping_mul(u128::from(by));
            (product as u64) ^ ((product >> 64) as u64) ^ state.rotate_left(23)
        };
        self.0 = fold(self.0, word, 0x9e37_79b9_7f4a_7c15);
        self.1 = fold(self.1, word.rotate_left(32), 0xc2b2_ae3d_27d4_eb4f);
    }

    fn octets(&mut self, octets: &[u8]) {
        let (words, rest) = octets.as_chunks::<8>();
        words.iter().for_each(|word| self.word(u64::from_le_bytes(*word)));
        self.word(rest.iter().fold(rest.len() as u64, |all, octet| all << 8 | u64::from(*octet)));
    }

    fn end(&self) -> Fingerprint {
        u128::from(self.0) << 64 | u128::from(self.1)
    }
}

/// The fingerprint of a frame without switch tag, the pair of its hosts, and whether it goes from the greater to the lesser.
pub fn fingerprint(frame: &Frame<'_>, ignore: &Ignore) -> (Fingerprint, u64, bool) {
    let scan = Scan::of(frame);
    let (pair, reversed) = hosts(&scan);
    (of(&scan, frame, ignore), pair, reversed)
}

/// The same of each packet that the frame is on the wire: a TCP packet longer than `mtu` octets of IP is cut by the card behind the
/// capture (TSO, GSO), or was put together before it (GRO, LRO). `buffer` is room for one of them.
pub fn fingerprints(
    frame: &Frame<'_>,
    ignore: &Ignore,
    mtu: usize,
    buffer: &mut Vec<u8>,
    mut each: impl FnMut(Fingerprint, u64, bool),
) {
    let scan = Scan::of(frame);
    let (pair, reversed) = hosts(&scan);
    let Some(cut) = Cut::of(&scan, mtu) else { return each(of(&scan, frame, ignore), pair, reversed) };
    for number in 0..cut.segments() {
        let payload_len = cut.write(number, buffer);
        // Linux counts identifications on; 0 stays with who does not use them (RFC 6864 §4.1).
        let id = if scan.id == 0 { 0 } else { scan.id.wrapping_add(number) };
        let segment = Scan { payload: buffer.as_slice(), payload_len, id, ..scan };
        each(of(&segment, frame, ignore), pair, reversed);
    }
}

/// Octets of data that a packet which was not captured whole may have in its segments.
const MOST_CLAIMED: u32 = 1 << 16;

/// A TCP packet and the data that each of its segments has room for.
struct Cut<'s> {
    header: &'s [u8],
    tcp: Segment<'s>,
    room: u32,
}

impl<'s> Cut<'s> {
    /// `None` where the packet stays whole.
    fn of(scan: &Scan<'s>, mtu: usize) -> Option<Self> {
        let ip = if matches!(scan.network, Network::V6(..)) { 40 } else { 20 };
        if scan.payload_len.saturating_add(ip) <= mtu || scan.fragment.is_some() {
            return None;
        }
        let tcp = scan.tcp()?;
        // What a header merely claims is not cut into any number of segments.
        if tcp.len > MOST_CLAIMED && tcp.data.len() < tcp.len as usize {
            return None;
        }
        let header = scan.payload.get(..scan.payload.len().saturating_sub(tcp.data.len()))?;
        let room = u32::try_from(mtu.checked_sub(ip)?.checked_sub(header.len())?).ok()?;
        (header.len() >= 20 && room > 0).then_some(Cut { header, tcp, room })
    }

    /// How many segments there are; a packet is not so long that there could be more.
    fn segments(&self) -> u16 {
        u16::try_from(self.tcp.len.div_ceil(self.room)).unwrap_or(u16::MAX)
    }

    /// Writes a segment with its header, as far as it was captured, and tells its length.
    fn write(&self, number: u16, out: &mut Vec<u8>) -> usize {
        let from = self.room.saturating_mul(u32::from(number)).min(self.tcp.len);
        let len = self.room.min(self.tcp.len.saturating_sub(from));
        let is_last = from.saturating_add(len) == self.tcp.len;
        out.clear();
        out.extend_from_slice(self.header);
        if let Some([_, _, _, _, seq @ .., _, _, _, _, _, flags]) = out.first_chunk_mut::<14>() {
            *seq = self.tcp.seq.wrapping_add(from).to_be_bytes();
            // The end is told by the last one, a smaller window (CWR) by the first.
            *flags &= if is_last { 0xff } else { !(Segment::FIN | Segment::PSH) };
            *flags &= if number == 0 { 0xff } else { !Segment::CWR };
        }
        let data = self.tcp.data.get(from as usize..).unwrap_or_default();
        out.extend_from_slice(data.get(..len as usize).unwrap_or(data));
        self.header.len().saturating_add(len as usize)
    }
}

fn of(scan: &Scan<'_>, frame: &Frame<'_>, ignore: &Ignore) -> Fingerprint {
    let mut hash = Hash::new();
    if !ignore.link
        && let Some((destination, source)) = scan.macs
    {
        hash.octets(&destination);
        hash.octets(&source);
        scan.vlans.iter().for_each(|vlan| hash.word(u64::from(*vlan)));
    }
    if scan.network == Network::None {
        other(frame, ignore, &mut hash);
        return hash.end();
    }
    match scan.network {
        Network::V4(source, destination) if !ignore.address => {
            hash.octets(&source);
            hash.octets(&destination);
        }
        Network::V6(source, destination) if !ignore.address => {
            hash.octets(&source);
            hash.octets(&destination);
            // What a host says before it has an address, as many a host says it, no router passes on: its link address stays.
            if source == [0; 16]
                && let Some((_, sender)) = scan.macs
            {
                hash.octets(&sender);
            }
        }
        _ => {}
    }
    let fragment =
        scan.fragment.map_or(0, |fragment| u64::from(fragment.offset) << 1 | u64::from(fragment.more));
    hash.word(u64::from(scan.protocol) << 32 | fragment);
    hash.word(scan.payload_len as u64);
    if !ignore.ttl {
        hash.word(u64::from(scan.hops));
    }
    if !ignore.tos {
        hash.word(u64::from(scan.ecn));
    }
    if !ignore.id {
        hash.word(scan.fragment.map_or(u64::from(scan.id), |fragment| u64::from(fragment.id)));
    }
    payload(scan, ignore, &mut hash);
    hash.end()
}

/// The transport header, masked, and what follows.
fn payload(scan: &Scan<'_>, ignore: &Ignore, hash: &mut Hash) {
    let payload = scan.payload.get(..ignore.beyond).unwrap_or(scan.payload);
    let mut head = [0; 20];
    let first = scan.fragment.is_none_or(|fragment| fragment.offset == 0);
    let len = match scan.protocol {
        6 => 20,
        17 | 136 => 8,
        1 | 58 => 4,
        _ => 0,
    };
    let Some((header, rest)) = payload.split_at_checked(len).filter(|_| first && len > 0) else {
        hash.octets(payload);
        return;
    };
    head.iter_mut().zip(header).for_each(|(to, from)| *to = *from);
    let mut clear = |start: usize, end: usize| {
        head.iter_mut().take(end).skip(start).for_each(|octet| *octet = 0);
    };
    if ignore.checksum {
        match scan.protocol {
            6 => clear(16, 18),
            17 | 136 => clear(6, 8),
            _ => clear(2, 4),
        }
    }
    if ignore.port && len >= 8 {
        clear(0, 4);
    }
    hash.octets(head.get(..len).unwrap_or(&head));
    hash.octets(rest);
}

/// A frame without an IP header, without padding: a frame is padded on its way, not before.
fn other(frame: &Frame<'_>, ignore: &Ignore, hash: &mut Hash) {
    let mut data = frame.data;
    if frame.meta.link_type == LinkType::ETHERNET && ignore.link {
        data = data.get(12..).unwrap_or_default();
        while let [0x81 | 0x88 | 0x91, 0x00 | 0xa8, _, _, rest @ ..] = data {
            data = rest;
        }
    }
    let data = data.get(..ignore.beyond).unwrap_or(data);
    let padding = data.iter().rev().take_while(|octet| **octet == 0).count();
    hash.octets(data.get(..data.len().saturating_sub(padding)).unwrap_or_default());
}

/// The pair of hosts as a number, and whether the frame goes from the greater to the lesser. Hosts that have no address yet are known by
/// their link addresses: they stand on both sides of a path.
fn hosts(scan: &Scan<'_>) -> (u64, bool) {
    let (mut from, mut to) = ([0; 16], [0; 16]);
    match &scan.network {
        Network::V4([0, 0, 0, 0], destination) if scan.macs.is_some() => {
            let sender = scan.macs.map_or([0; 6], |(_, sender)| sender);
            from.iter_mut().skip(1).zip(sender).for_each(|(to, from)| *to = from);
            to.iter_mut().zip(destination).for_each(|(to, from)| *to = *from);
        }
        Network::V4(source, destination) => {
            from.iter_mut().zip(source).for_each(|(to, from)| *to = *from);
            to.iter_mut().zip(destination).for_each(|(to, from)| *to = *from);
        }
        Network::V6(source, destination) => {
            (from, to) = (*source, *destination);
            if let Some((_, sender)) = scan.macs.filter(|_| *source == [0; 16]) {
                from.iter_mut().skip(1).zip(sender).for_each(|(to, from)| *to = from);
            }
        }
        Network::None => {
            if let Some((destination, source)) = &scan.macs {
                from.iter_mut().zip(source).for_each(|(to, from)| *to = *from);
                to.iter_mut().zip(destination).for_each(|(to, from)| *to = *from);
            }
        }
    }
    let reversed = from > to;
    let (low, high) = if reversed { (to, from) } else { (from, to) };
    let mut hasher = std::hash::BuildHasher::build_hasher(&crate::hash::Seeded::default());
    hasher.write(&low);
    hasher.write(&high);
    // 0 is where there is no room for more pairs.
    (hasher.finish().max(1), reversed)
}
