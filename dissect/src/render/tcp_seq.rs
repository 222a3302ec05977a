//! Relative TCP sequence numbers: which number a connection's first packet bore.
//!
//! As tcpdump does, the first packet of a connection is shown as it stands, later ones relative to it; a SYN begins
//! anew. The table is filled in file order; lines may then be rendered in any order. Only the outermost TCP header behind link
//! layers, VLAN tags, IP and the tunnels that a capture mostly holds (GRE, VXLAN, GENEVE, IP in IP, MPLS, PPPoE) counts.

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
    let mut packet = network(frame)?;
    for _ in 0..MOST_TUNNELS {
        let (protocol, addresses, payload) = ip(packet)?;
        if protocol == 6 {
            return tcp(payload, addresses);
        }
        packet = tunnelled(protocol, payload)?;
    }
    None
}

/// Tunnels in tunnels that are looked into.
const MOST_TUNNELS: usize = 4;

/// Addresses of either kind.
enum Addresses {
    V4([u8; 4], [u8; 4]),
    V6([u8; 32]),
}

/// Protocol, addresses and payload of a packet that is no later fragment.
fn ip(packet: &[u8]) -> Option<(u8, Addresses, &[u8])> {
    let version = packet.first()? >> 4;
    if version == 4 {
        let (header, _) = packet.split_first_chunk::<20>()?;
        let [_, _, _, _, _, _, f0, f1, _, protocol, _, _, s0, s1, s2, s3, d0, d1, d2, d3] = *header;
        if u16::from_be_bytes([f0, f1]) & 0x1fff != 0 {
            return None;
        }
        let ihl = usize::from(packet.first()? & 15).saturating_mul(4);
        return Some((protocol, Addresses::V4([s0, s1, s2, s3], [d0, d1, d2, d3]), packet.get(ihl..)?));
    }
    let (header, rest) = packet.split_first_chunk::<40>()?;
    let (next, addresses) = (header.get(6)?, header.get(8..).and_then(<[u8]>::first_chunk::<32>)?);
    (version == 6).then_some((*next, Addresses::V6(*addresses), rest))
}

/// The packet in a tunnel.
fn tunnelled(protocol: u8, payload: &[u8]) -> Option<&[u8]> {
    match protocol {
        4 | 41 => Some(payload),
        47 => {
            let flags = be16(payload, 0)?;
            // Checksum, key and sequence number take 4 octets each; other versions and routes are not looked into.
            let optional = [0x8000, 0x2000, 0x1000].into_iter().filter(|bit| flags & bit != 0).count();
            let header = optional.saturating_mul(4).saturating_add(4);
            let inner = payload.get(header..)?;
            if flags & 0x4007 == 0 { behind(be16(payload, 2)?, inner) } else { None }
        }
        17 => {
            let inner = payload.get(8..)?;
            match be16(payload, 2)? {
                4789 => ethernet(inner.get(8..)?),
                6081 => {
                    let options = usize::from(inner.first()? & 0x3f).saturating_mul(4);
                    behind(be16(inner, 2)?, inner.get(options.saturating_add(8)..)?)
                }
                _ => None,
            }
        }
        _ => None,
    }
}

fn ethernet(frame: &[u8]) -> Option<&[u8]> {
    behind(be16(frame, 12)?, frame.get(14..)?)
}

/// The packet behind an EtherType.
fn behind(mut kind: u16, mut octets: &[u8]) -> Option<&[u8]> {
    for _ in 0..8 {
        match kind {
            0x0800 | 0x86dd => return Some(octets),
            0x8100 | 0x88a8 | 0x9100 => {
                kind = be16(octets, 2)?;
                octets = octets.get(4..)?;
            }
            0x8847 | 0x8848 => {
                // Behind the bottom of the stack the packet's own version tells what it is.
                let bottom = octets.get(2)? & 1 != 0;
                octets = octets.get(4..)?;
                if bottom {
                    return Some(octets);
                }
            }
            0x8864 => {
                return matches!(be16(octets, 6)?, 0x0021 | 0x0057).then_some(octets.get(8..)?);
            }
            0x6558 => {
                kind = be16(octets, 12)?;
                octets = octets.get(14..)?;
            }
            _ => return None,
        }
    }
    None
}

fn tcp(data: &[u8], addresses: Addresses) -> Option<Segment> {
    let [p0, p1, q0, q1, s0, s1, s2, s3, a0, a1, a2, a3, _, flags] = *data.first_chunk::<14>()?;
    let (v4, v6) = match addresses {
        Addresses::V4(source, destination) => (Some((source, destination)), None),
        Addresses::V6(both) => (None, Some(both)),
    };
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
    let (kind, at) = match frame.meta.link_type {
        LinkType::ETHERNET => (be16(data, 12)?, 14),
        LinkType::LINUX_SLL => (be16(data, 14)?, 16),
        LinkType::LINUX_SLL2 => (be16(data, 0)?, 20),
        LinkType::RAW | LinkType::IPV4 | LinkType::IPV6 => return Some(data),
        LinkType::NULL | LinkType::LOOP => return data.get(4..),
        _ => return None,
    };
    behind(kind, data.get(at..)?)
}

fn be16(data: &[u8], at: usize) -> Option<u16> {
    data.get(at..).and_then(<[u8]>::first_chunk).map(|octets| u16::from_be_bytes(*octets))
}
