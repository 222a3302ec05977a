//! Relative TCP sequence numbers: which number a connection's first packet bore.
//!
//! As tcpdump does, the first packet of a connection is shown as it stands, later ones relative to it; a SYN begins
//! anew. The table is filled in file order; lines may then be rendered in any order. Only the outermost TCP header
//! behind plain link layers, VLAN tags and IP counts.

use crate::frame::{Frame, LinkType};
use crate::hash::Seeded;
use std::collections::HashMap;

/// Connections kept; when that many are known, further ones are shown with absolute numbers.
const LIMIT: usize = 1 << 20;

/// What is subtracted from a packet's numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Base {
    /// From the sequence number.
    pub seq: u32,
    /// From the acknowledgement number.
    pub ack: u32,
}

/// Connections and the numbers that they began with.
#[derive(Default)]
pub struct TcpSeq {
    table: HashMap<Key, Base, Seeded>,
    v6: HashMap<Key6, Base, Seeded>,
}

type Key = (u64, u32);
type Key6 = ([u8; 32], u32);

struct Segment {
    v4: Option<([u8; 4], [u8; 4])>,
    v6: Option<[u8; 32]>,
    ports: (u16, u16),
    seq: u32,
    ack: u32,
    syn: bool,
}

impl TcpSeq {
    /// An empty table.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes note of a frame, and says what its numbers are relative to; `None` for absolute.
    pub fn observe(&mut self, frame: &Frame<'_>) -> Option<Base> {
        let segment = segment(frame)?;
        let (a, b) = segment.ports;
        let ports = |first: u16, second: u16| u32::from(first) << 16 | u32::from(second);
        if let Some((source, destination)) = segment.v4 {
            let (s, d) = (u64::from(u32::from_be_bytes(source)), u64::from(u32::from_be_bytes(destination)));
            let forward = (s, a) <= (d, b);
            let key = if forward { (s << 32 | d, ports(a, b)) } else { (d << 32 | s, ports(b, a)) };
            look_up(&mut self.table, key, forward, &segment)
        } else {
            let both = segment.v6?;
            let (source, destination) = both.split_at(16);
            let forward = (source, a) <= (destination, b);
            let mut swapped = [0; 32];
            swapped.iter_mut().zip(destination.iter().chain(source)).for_each(|(to, from)| *to = *from);
            let key = if forward { (both, ports(a, b)) } else { (swapped, ports(b, a)) };
            look_up(&mut self.v6, key, forward, &segment)
        }
    }
}

fn look_up<K: std::hash::Hash + Eq>(
    table: &mut HashMap<K, Base, Seeded>,
    key: K,
    forward: bool,
    segment: &Segment,
) -> Option<Base> {
    let turn = |base: Base| if forward { base } else { Base { seq: base.ack, ack: base.seq } };
    match table.get_mut(&key) {
        Some(known) if !segment.syn => Some(turn(*known)),
        Some(known) => {
            *known = turn(first_base(segment));
            None
        }
        None => {
            if table.len() < LIMIT {
                table.insert(key, turn(first_base(segment)));
            }
            None
        }
    }
}

/// What later packets of either side are relative to.
fn first_base(segment: &Segment) -> Base {
    Base { seq: segment.seq, ack: segment.ack.wrapping_sub(1) }
}

fn segment(frame: &Frame<'_>) -> Option<Segment> {
    let packet = network(frame)?;
    let version = packet.first()? >> 4;
    if version == 4 {
        let (header, _) = packet.split_first_chunk::<20>()?;
        let [_, _, _, _, _, _, f0, f1, _, 6, _, _, s0, s1, s2, s3, d0, d1, d2, d3] = *header else {
            return None;
        };
        if u16::from_be_bytes([f0, f1]) & 0x1fff != 0 {
            return None;
        }
        let ihl = usize::from(packet.first()? & 15).saturating_mul(4);
        return tcp(packet.get(ihl..)?, Some(([s0, s1, s2, s3], [d0, d1, d2, d3])), None);
    }
    let (header, rest) = packet.split_first_chunk::<40>()?;
    let (next, addresses) = (header.get(6)?, header.get(8..).and_then(<[u8]>::first_chunk::<32>)?);
    if version != 6 || *next != 6 {
        return None;
    }
    tcp(rest, None, Some(*addresses))
}

fn tcp(data: &[u8], v4: Option<([u8; 4], [u8; 4])>, v6: Option<[u8; 32]>) -> Option<Segment> {
    let [p0, p1, q0, q1, s0, s1, s2, s3, a0, a1, a2, a3, _, flags] = *data.first_chunk::<14>()?;
    Some(Segment {
        v4,
        v6,
        ports: (u16::from_be_bytes([p0, p1]), u16::from_be_bytes([q0, q1])),
        seq: u32::from_be_bytes([s0, s1, s2, s3]),
        ack: u32::from_be_bytes([a0, a1, a2, a3]),
        syn: flags & 2 != 0,
    })
}

/// The network header behind plain link layers.
fn network<'a>(frame: &Frame<'a>) -> Option<&'a [u8]> {
    let data = frame.data;
    let (mut kind, mut at) = match frame.meta.link_type {
        LinkType::ETHERNET => (be16(data, 12)?, 14_usize),
        LinkType::LINUX_SLL => (be16(data, 14)?, 16),
        LinkType::LINUX_SLL2 => (be16(data, 0)?, 20),
        LinkType::RAW | LinkType::IPV4 | LinkType::IPV6 => return Some(data),
        LinkType::NULL | LinkType::LOOP => return data.get(4..),
        _ => return None,
    };
    for _ in 0..8 {
        match kind {
            0x0800 | 0x86dd => return data.get(at..),
            0x8100 | 0x88a8 | 0x9100 => {
                kind = be16(data, at.saturating_add(2))?;
                at = at.saturating_add(4);
            }
            _ => return None,
        }
    }
    None
}

fn be16(data: &[u8], at: usize) -> Option<u16> {
    data.get(at..).and_then(<[u8]>::first_chunk).map(|octets| u16::from_be_bytes(*octets))
}
