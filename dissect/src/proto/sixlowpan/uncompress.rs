//! The IPv6 packet that compressed headers stand for (RFC 6282).

use crate::checksum;
use crate::decode::Network;
use crate::proto::octets::Octets;
use crate::proto::wpan::{Address, Addresses};
use crate::render::line::{Body, Line};

/// Extension headers in a packet beyond which nobody goes.
const HEADERS: usize = 16;

/// Octets of the datagram, where a first fragment's header stands in front of `at`.
pub(super) fn size_before(all: &[u8], at: usize) -> Option<usize> {
    let [a, b, _, _] = *all.get(at.checked_sub(4)?..)?.first_chunk::<4>()?;
    (a & 0xf8 == 0xc0).then(|| usize::from(u16::from_be_bytes([a & 7, b])))
}

/// An interface identifier of a link-layer address (RFC 4944 §6, RFC 6282 §3.2.2).
fn identifier(address: Address) -> [u8; 8] {
    match address {
        Address::Short([a, b]) => [0, 0, 0, 0xff, 0xfe, 0, a, b],
        Address::Long([a, rest @ ..]) => {
            let [b, c, d, e, f, g, h] = rest;
            [a ^ 2, b, c, d, e, f, g, h]
        }
        Address::None => [0; 8],
    }
}

fn join(prefix: [u8; 8], identifier: [u8; 8]) -> [u8; 16] {
    let mut address = [0; 16];
    for (slot, octet) in address.iter_mut().zip(prefix.into_iter().chain(identifier)) {
        *slot = octet;
    }
    address
}

/// A host's address. With a context its prefix is not known.
fn host(octets: &mut Octets<'_>, context: bool, mode: u8, link: Address) -> Option<[u8; 16]> {
    let prefix = if context { [0; 8] } else { [0xfe, 0x80, 0, 0, 0, 0, 0, 0] };
    Some(match (context, mode) {
        (false, 0) => octets.array::<16>()?,
        // The unspecified address of a source; reserved for a destination.
        (true, 0) => [0; 16],
        (_, 1) => join(prefix, octets.array::<8>()?),
        (_, 2) => join(prefix, identifier(Address::Short(octets.array::<2>()?))),
        _ => join(prefix, identifier(link)),
    })
}

/// A group's address.
fn group(octets: &mut Octets<'_>, context: bool, mode: u8) -> Option<[u8; 16]> {
    if context {
        let [flags, scope, g0, g1, g2, g3] = octets.array::<6>()?;
        return Some([0xff, flags, scope, 0, 0, 0, 0, 0, 0, 0, 0, 0, g0, g1, g2, g3]);
    }
    Some(match mode {
        0 => octets.array::<16>()?,
        1 => {
            let [scope, a, b, c, d, e] = octets.array::<6>()?;
            [0xff, scope, 0, 0, 0, 0, 0, 0, 0, 0, 0, a, b, c, d, e]
        }
        2 => {
            let [scope, a, b, c] = octets.array::<4>()?;
            [0xff, scope, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, a, b, c]
        }
        _ => [0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, octets.u8()?],
    })
}

/// Traffic class and flow label.
fn class(octets: &mut Octets<'_>, mode: u8) -> Option<(u8, u32)> {
    // On the wire ECN stands in front of DSCP.
    let turn = |octet: u8| octet.rotate_left(2);
    Some(match mode {
        0 => {
            let [class, a, b, c] = octets.array::<4>()?;
            (turn(class), u32::from_be_bytes([0, a & 15, b, c]))
        }
        1 => {
            let [a, b, c] = octets.array::<3>()?;
            (a >> 6, u32::from_be_bytes([0, a & 15, b, c]))
        }
        2 => (turn(octets.u8()?), 0),
        _ => (0, 0),
    })
}

/// The packet, and how long it is with the octets that are not here (`lacking`, or by `size` where it is a fragment).
pub(super) fn packet(
    data: &[u8],
    lacking: usize,
    size: Option<usize>,
    link: &Addresses,
) -> Option<(Vec<u8>, usize)> {
    let mut octets = Octets::new(data);
    let [first, second] = octets.array::<2>()?;
    if second & 0x80 != 0 {
        octets.u8()?;
    }
    let (class, flow) = class(&mut octets, first >> 3 & 3)?;
    let compressed = first & 4 != 0;
    let mut next = if compressed { None } else { Some(octets.u8()?) };
    let hops = match first & 3 {
        0 => octets.u8()?,
        1 => 1,
        2 => 64,
        _ => 255,
    };
    let source = host(&mut octets, second & 0x40 != 0, second >> 4 & 3, link.source)?;
    let destination = if second & 8 == 0 {
        host(&mut octets, second & 4 != 0, second & 3, link.destination)?
    } else {
        group(&mut octets, second & 4 != 0, second & 3)?
    };
    let mut parts = Parts { size, lacking, source, destination, ..Parts::default() };
    if next.is_none() {
        next = parts.read(&mut octets)?;
    }
    parts.body.extend_from_slice(octets.left());
    let length = match size {
        Some(size) => size.saturating_sub(40),
        None => parts.body.len().saturating_add(lacking),
    };
    let word = 6 << 28 | u32::from(class) << 20 | flow;
    let mut packet = word.to_be_bytes().to_vec();
    packet.extend(u16::try_from(length).unwrap_or(u16::MAX).to_be_bytes());
    packet.extend([next.unwrap_or(59), hops]);
    packet.extend(source);
    packet.extend(destination);
    packet.append(&mut parts.body);
    Some((packet, length.saturating_add(40)))
}

/// Headers behind the IPv6 header as they are put together.
#[derive(Default)]
struct Parts {
    size: Option<usize>,
    lacking: usize,
    source: [u8; 16],
    destination: [u8; 16],
    body: Vec<u8>,
}

impl Parts {
    /// Reads compressed headers to their end; the number of the first.
    fn read(&mut self, octets: &mut Octets<'_>) -> Option<Option<u8>> {
        let mut number = None;
        // Where the number of the header that comes next is to be written.
        let mut slot = None;
        for _ in 0..HEADERS {
            let kind = *octets.left().first()?;
            let (this, more) = if kind & 0xf8 == 0xf0 {
                (17, false)
            } else if kind & 0xf0 == 0xe0 {
                (*[0, 43, 44, 60, 135, 59, 59, 41].get(usize::from(kind >> 1 & 7))?, kind & 1 != 0)
            } else {
                return None;
            };
            match slot {
                Some(at) => *self.body.get_mut(at)? = this,
                None => number = Some(this),
            }
            if this == 17 {
                self.datagram(octets)?;
                return Some(number);
            }
            slot = Some(self.body.len());
            self.extension(octets, this, more)?;
            if !more {
                return Some(number);
            }
        }
        None
    }

    fn extension(&mut self, octets: &mut Octets<'_>, this: u8, more: bool) -> Option<()> {
        octets.u8()?;
        let next = if more { 59 } else { octets.u8()? };
        if this == 41 {
            return None;
        }
        let length = usize::from(octets.u8()?);
        let content = octets.take(length)?;
        // Padding up to 8 octets may have been left out (RFC 6282 §4.2).
        let whole = length.saturating_add(2).next_multiple_of(8);
        let lacking = whole.saturating_sub(length.saturating_add(2));
        let units = if this == 44 {
            content.first().copied().unwrap_or(0)
        } else {
            u8::try_from(whole / 8).ok()?.saturating_sub(1)
        };
        self.body.extend([next, units]);
        self.body.extend_from_slice(if this == 44 { content.get(1..).unwrap_or_default() } else { content });
        match lacking {
            0 => {}
            1 => self.body.push(0),
            _ => {
                self.body.extend([1, u8::try_from(lacking.saturating_sub(2)).unwrap_or(0)]);
                self.body.extend(std::iter::repeat_n(0, lacking.saturating_sub(2)));
            }
        }
        Some(())
    }

    fn datagram(&mut self, octets: &mut Octets<'_>) -> Option<()> {
        let kind = octets.u8()?;
        let (from, to) = match kind & 3 {
            0 => (octets.u16()?, octets.u16()?),
            1 => (octets.u16()?, 0xf000 | u16::from(octets.u8()?)),
            2 => (0xf000 | u16::from(octets.u8()?), octets.u16()?),
            _ => {
                let both = octets.u8()?;
                (0xf0b0 | u16::from(both >> 4), 0xf0b0 | u16::from(both & 15))
            }
        };
        let inline = if kind & 4 == 0 { Some(octets.u16()?) } else { None };
        let payload = octets.left();
        let length = match self.size {
            Some(size) => size.saturating_sub(40).saturating_sub(self.body.len()),
            None => payload.len().saturating_add(8).saturating_add(self.lacking),
        };
        let length = u16::try_from(length).unwrap_or(u16::MAX);
        let mut header = Vec::with_capacity(8);
        header.extend(from.to_be_bytes());
        header.extend(to.to_be_bytes());
        header.extend(length.to_be_bytes());
        let sum = inline.unwrap_or_else(|| {
            // What the receiver computes (RFC 6282 §4.3.2), where all of it is here.
            if self.size.is_some() || self.lacking > 0 {
                return 0;
            }
            let network = Network::V6(self.source, self.destination);
            let pseudo = checksum::pseudo(network, 17, usize::from(length));
            let total = checksum::add(checksum::add(pseudo, checksum::sum(&header)), checksum::sum(payload));
            if total == u16::MAX { u16::MAX } else { !total }
        });
        header.extend(sum.to_be_bytes());
        self.body.append(&mut header);
        Some(())
    }
}

/// The packet's line.
pub(super) fn write(line: &mut Line<'_, '_>, body: Body<'_>, link: &Addresses) {
    let lacking = body.len.saturating_sub(body.data.len());
    match packet(body.data, lacking, None, link) {
        Some((packet, claimed)) => {
            line.text("IPHC, ");
            line.named("ipv6", Body { data: &packet, len: claimed });
        }
        None => line.cut("6lowpan", body),
    }
}
