//! What is not protected of a packet's header (RFC 8999 §5, RFC 9000 §17): for the decoder and for the state across packets.

use super::varint;
use crate::proto::octets::Octets;

/// Version 2 (RFC 9369).
pub(crate) const VERSION_2: u32 = 0x6b33_43cf;

/// Longest connection identifier of the known versions.
pub(crate) const LONGEST_ID: usize = 20;

/// Kinds of packets with a long header, as version 1 numbers them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// Initial.
    Initial,
    /// Data before the handshake is done.
    ZeroRtt,
    /// Handshake.
    Handshake,
    /// Retry.
    Retry,
}

impl Kind {
    /// Of the first octet. Version 2 numbers the types one higher (RFC 9369 §3.2).
    pub(crate) fn of(first: u8, version: u32) -> Kind {
        let kind = first >> 4;
        match if version == VERSION_2 { kind.wrapping_sub(1) } else { kind } & 3 {
            0 => Kind::Initial,
            1 => Kind::ZeroRtt,
            2 => Kind::Handshake,
            _ => Kind::Retry,
        }
    }
}

/// A packet with a long header.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Long<'p> {
    pub(crate) kind: Kind,
    pub(crate) version: u32,
    pub(crate) destination: &'p [u8],
    pub(crate) source: &'p [u8],
    /// Octets before the packet number.
    pub(crate) header: usize,
    /// All of the packet.
    pub(crate) octets: &'p [u8],
}

impl<'p> Long<'p> {
    /// The packet that a datagram's octets begin with, if it is captured whole and of a version that is not 0.
    pub(crate) fn of(data: &'p [u8]) -> Option<Long<'p>> {
        let mut octets = Octets::new(data);
        let first = octets.u8().filter(|first| first & 0x80 != 0)?;
        let version = octets.u32().filter(|version| *version != 0)?;
        let mut id = || {
            let length = usize::from(octets.u8()?);
            octets.take(length).filter(|_| length <= LONGEST_ID)
        };
        let (destination, source) = (id()?, id()?);
        let kind = Kind::of(first, version);
        let mut long = Long { kind, version, destination, source, header: 0, octets: data };
        if kind == Kind::Retry {
            return Some(long);
        }
        if kind == Kind::Initial {
            let token = number(&mut octets)?;
            octets.take(token)?;
        }
        let length = number(&mut octets)?;
        long.header = data.len().checked_sub(octets.left().len())?;
        long.octets = data.get(..long.header.checked_add(length)?)?;
        Some(long)
    }
}

/// Whether a datagram of ports that say nothing begins with an Initial packet of a client: of a known version, and as long as it says.
pub(crate) fn begins_a_connection(data: &[u8]) -> bool {
    let known = |version| matches!(version, 1 | VERSION_2 | 0xff00_001b..=0xff00_0020);
    data.first().is_some_and(|first| first & 0xc0 == 0xc0)
        && Long::of(data).is_some_and(|long| long.kind == Kind::Initial && known(long.version))
}

fn number(octets: &mut Octets<'_>) -> Option<usize> {
    let (value, size) = varint(octets.left())?;
    octets.take(size)?;
    usize::try_from(value).ok()
}
