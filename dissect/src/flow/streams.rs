//! Streams by addresses and ports: TCP connections with their analysis, and numbers for UDP.
//!
//! Numbers count from 0 in the order of the file, as Wireshark's do. VLANs and switch ports do not tell streams apart: a frame
//! seen on both sides of a router or switch belongs to one connection.

use super::scan::{Scan, Segment};
use super::tcp::{Reset, Scale, Seen, Stream, Tally, TcpFacts, nanoseconds};
use crate::decode::Network;
use crate::frame::{Frame, LinkType};
use crate::hash::Seeded;
use std::collections::HashMap;
use std::hash::{Hash, Hasher};

/// An address and a port, with `v4` in the low octets.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Socket {
    /// IPv6 address, or IPv4 address in the low four octets.
    pub address: u128,
    /// Port.
    pub port: u16,
}

/// What tells streams apart.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Pair {
    /// The lesser end.
    pub low: Socket,
    /// The greater end.
    pub high: Socket,
    /// Whether the addresses are IPv6.
    pub v6: bool,
}

impl Hash for Pair {
    /// As few words as hold everything: this is done for each frame.
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        let (low, high) = (&self.low, &self.high);
        let ports = u64::from(low.port) << 32 | u64::from(high.port) << 16 | u64::from(self.v6);
        state.write_u64(ports);
        if self.v6 {
            state.write_u128(low.address);
            state.write_u128(high.address);
        } else {
            state.write_u64((low.address as u64) << 32 | high.address as u64);
        }
    }
}

impl Pair {
    /// The ends of a packet with ports, and whether it went from the greater to the lesser.
    #[inline]
    pub fn of(scan: &Scan<'_>) -> Option<(Pair, bool)> {
        let (from_port, to_port) = scan.ports?;
        let (v6, from, to) = match scan.network {
            Network::V4(from, to) => {
                (false, u128::from(u32::from_be_bytes(from)), u128::from(u32::from_be_bytes(to)))
            }
            Network::V6(from, to) => (true, u128::from_be_bytes(from), u128::from_be_bytes(to)),
            Network::None => return None,
        };
        let from = Socket { address: from, port: from_port };
        let to = Socket { address: to, port: to_port };
        let reversed = from > to;
        let (low, high) = if reversed { (to, from) } else { (from, to) };
        Some((Pair { low, high, v6 }, reversed))
    }
}

/// The packet that an ICMP error quotes, and the error: version of IP, type and code.
pub(super) fn quote<'a>(scan: &Scan<'a>) -> Option<(Scan<'a>, (u8, u8, u8))> {
    let ([kind, code, _, _, _, _, _, _], quoted) = scan.payload.split_first_chunk::<8>()?;
    let (version, link, quoted) = match (scan.protocol, kind) {
        (1, 3 | 4 | 5 | 11 | 12) => (4, LinkType::IPV4, quoted),
        (58, 1..=4) => (6, LinkType::IPV6, quoted),
        (58, 137) => (6, LinkType::IPV6, redirected(quoted)?),
        _ => return None,
    };
    let quoted = Scan::within(link, None, quoted, 0);
    quoted.fragment.is_none().then_some((quoted, (version, *kind, *code)))
}

/// The packet that a redirect of neighbour discovery is about (RFC 4861 §4.5, §4.6.3): what follows its first 8 octets are two
/// addresses and options.
fn redirected(body: &[u8]) -> Option<&[u8]> {
    let mut options = body.get(32..)?;
    while let [kind, len, ..] = options {
        let size = usize::from(*len).saturating_mul(8);
        let option = options.get(..size.min(options.len())).filter(|option| !option.is_empty())?;
        if *kind == 4 {
            return option.get(8..);
        }
        options = options.get(size..)?;
    }
    None
}

/// A connection as it was when it was last seen.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Connection {
    /// Number of the stream.
    pub stream: u32,
    /// Whether the addresses are IPv6.
    pub v6: bool,
    /// Who sent the first segment, and what.
    pub a: Socket,
    /// The other.
    pub b: Socket,
    /// What `a` sent.
    pub a_sent: Tally,
    /// What `b` sent.
    pub b_sent: Tally,
    /// Window scale of what `a` receives.
    pub a_scale: Scale,
    /// Window scale of what `b` receives.
    pub b_scale: Scale,
    /// First frame.
    pub first_frame: u64,
    /// Time of the first frame, in nanoseconds since 1970.
    pub start: i64,
    /// Time of the last frame.
    pub end: i64,
    /// Round trip of the handshake in nanoseconds; 0: not known.
    pub initial_rtt: i64,
    /// Nanoseconds from the first SYN to the first SYN+ACK.
    pub syn_answer: Option<i64>,
    /// SYNs that asked for it.
    pub syns: u16,
    /// Bits of [`TcpFacts::completeness`].
    pub completeness: u8,
    /// Why it was reset.
    pub reset: Option<Reset>,
    /// The ICMP error that its SYN met, where no answer came: version of IP, type and code.
    pub refused: Option<(u8, u8, u8)>,
    /// Whether its ports had belonged to a connection before.
    pub reused: bool,
}

impl Connection {
    /// What became of it, in a word.
    pub fn state(&self) -> &'static str {
        let has = |bits: u8| self.completeness & bits == bits;
        match self.reset {
            Some(Reset::Refused) => "refused",
            Some(_) => "reset",
            None if self.refused.is_some() => "unreachable",
            None if has(16) => "closed",
            None if self.completeness & 0x0c != 0 => "open",
            None if has(2) => "half open",
            None => "no answer",
        }
    }
}

/// TCP connections.
#[derive(Clone, Debug)]
pub struct TcpStreams {
    known: HashMap<Pair, u32, Seeded>,
    streams: Vec<(Pair, Stream)>,
    next: u32,
    limit: usize,
    evicted: u64,
    /// Unacknowledged segments that may still be remembered.
    room: usize,
    last: i64,
}

impl TcpStreams {
    /// Octets that a connection takes, without the segments on their way.
    pub const OCTETS_PER_STREAM: usize = size_of::<(Pair, Stream)>() + size_of::<(Pair, u32)>();

    /// A table of at most `limit` connections (at least 16), with four segments on their way for each, and
    /// no fewer than a million.
    pub fn new(limit: usize) -> Self {
        let limit = limit.max(16);
        TcpStreams {
            known: HashMap::default(),
            streams: Vec::new(),
            next: 0,
            limit,
            evicted: 0,
            room: limit.saturating_mul(4).max(1 << 20),
            last: 0,
        }
    }

    /// Takes a packet into account; `None` where it neither is a whole TCP segment nor quotes one of a stream.
    #[inline]
    pub fn take(&mut self, scan: &Scan<'_>, frame: &Frame<'_>) -> Option<TcpFacts> {
        if scan.protocol != 6 || scan.fragment.is_some() {
            return if matches!(scan.protocol, 1 | 58) { self.quoted(scan, frame) } else { None };
        }
        let segment = scan.tcp()?;
        let (pair, reversed) = Pair::of(scan)?;
        let time = nanoseconds(frame.meta.time, self.last);
        self.last = time;
        let seen = Seen { segment, reversed, frame: frame.number, time, octets: frame.meta.original_len };
        let at = self.find(pair, &seen);
        let (_, stream) = self.streams.get_mut(at)?;
        Some(TcpFacts { ports: scan.ports.unwrap_or_default(), ..stream.take(&seen, &mut self.room) })
    }

    /// The stream of the segment that an ICMP error quotes: a new one where none is known and enough is quoted to tell, as Wireshark counts.
    /// It ends a SYN that waits for its answer.
    #[cold]
    fn quoted(&mut self, scan: &Scan<'_>, frame: &Frame<'_>) -> Option<TcpFacts> {
        let (quoted, (version, kind, code)) = quote(scan).filter(|(quoted, _)| quoted.protocol == 6)?;
        let [_, _, _, _, s0, s1, s2, s3] = *quoted.payload.first_chunk::<8>()?;
        let seq = u32::from_be_bytes([s0, s1, s2, s3]);
        let (pair, reversed) = Pair::of(&quoted)?;
        let at = match self.known.get(&pair) {
            Some(at) => *at as usize,
            None => {
                let segment = quoted.tcp().or_else(|| Segment::begun(quoted.payload))?;
                let time = nanoseconds(frame.meta.time, self.last);
                let seen = Seen { segment, reversed, frame: frame.number, time, octets: 0 };
                let at = self.add(pair, &seen, false);
                let (_, stream) = self.streams.get_mut(at)?;
                stream.only_quoted = true;
                at
            }
        };
        let (_, stream) = self.streams.get_mut(at)?;
        // Not those that ask for smaller packets: the SYN goes on.
        let ends = match (version, kind, code) {
            (4, 3, 4) => false,
            (4, 3 | 11 | 12, _) => true,
            (6, 1 | 3 | 4, _) => true,
            _ => false,
        };
        if ends {
            stream.refuse(reversed, seq, (version, kind, code));
        }
        let ports = quoted.ports?;
        Some(TcpFacts { stream: stream.number, quoted: true, ports, ..TcpFacts::default() })
    }

    fn find(&mut self, pair: Pair, seen: &Seen<'_>) -> usize {
        let known = self.known.get(&pair).map(|at| *at as usize);
        let old = known.and_then(|at| self.streams.get_mut(at)).map(|(_, stream)| stream);
        let reused = match (known, old) {
            (Some(at), Some(old)) if !old.is_renewed_by(seen) => {
                if old.only_quoted {
                    *old = Stream::new(old.number, seen);
                }
                return at;
            }
            (_, Some(old)) => {
                // Nothing more comes for it; what it counted stays.
                old.sides.iter_mut().for_each(|side| side.forget(&mut self.room));
                true
            }
            _ => false,
        };
        self.add(pair, seen, reused)
    }

    fn add(&mut self, pair: Pair, seen: &Seen<'_>, reused: bool) -> usize {
        if self.streams.len() >= self.limit {
            self.make_room();
        }
        let mut stream = Stream::new(self.next, seen);
        stream.reused = reused;
        self.next = self.next.wrapping_add(1);
        let at = self.streams.len();
        self.streams.push((pair, stream));
        self.known.insert(pair, u32::try_from(at).unwrap_or(u32::MAX));
        at
    }

    /// Drops the quarter of the connections that have been silent longest.
    #[cold]
    fn make_room(&mut self) {
        let mut ends: Vec<i64> = self.streams.iter().map(|(_, stream)| stream.end).collect();
        let quarter = ends.len() / 4;
        let (_, limit, _) = ends.select_nth_unstable(quarter);
        let (limit, mut left) = (*limit, quarter.saturating_add(1));
        let (room, evicted) = (&mut self.room, &mut self.evicted);
        self.streams.retain_mut(|(_, stream)| {
            let goes = stream.end <= limit && left > 0;
            if goes {
                left = left.saturating_sub(1);
                *evicted = evicted.saturating_add(1);
                stream.sides.iter_mut().for_each(|side| side.forget(room));
            }
            !goes
        });
        self.known.clear();
        for (at, (pair, _)) in self.streams.iter().enumerate() {
            // Of several with the same ports the last one is current.
            self.known.insert(*pair, u32::try_from(at).unwrap_or(u32::MAX));
        }
    }

    /// Connections that had to make room for others.
    pub fn evicted(&self) -> u64 {
        self.evicted
    }

    /// All connections, in the order of their first frames.
    pub fn connections(&self) -> impl Iterator<Item = Connection> + '_ {
        let segments = self.streams.iter().filter(|(_, stream)| !stream.only_quoted);
        segments.map(|(pair, stream)| {
            let [low, high] = &stream.sides;
            let (a, b, a_side, b_side) = if stream.first_reversed {
                (pair.high, pair.low, high, low)
            } else {
                (pair.low, pair.high, low, high)
            };
            Connection {
                stream: stream.number,
                v6: pair.v6,
                a,
                b,
                a_sent: a_side.tally,
                b_sent: b_side.tally,
                a_scale: a_side.scale,
                b_scale: b_side.scale,
                first_frame: stream.first_frame,
                start: stream.start,
                end: stream.end,
                initial_rtt: stream.initial_rtt,
                syn_answer: stream.syn_answer,
                syns: stream.syns,
                completeness: stream.completeness,
                reset: stream.reset,
                refused: stream.refused.filter(|_| stream.completeness == 1),
                reused: stream.reused,
            }
        })
    }
}

/// What is known of a datagram from its stream.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct UdpFacts {
    /// Number of the stream, from 0 in the order of the file.
    pub stream: u32,
    /// Whether an ICMP error quotes the datagram: nothing but the stream is known then.
    pub quoted: bool,
    /// Source and destination port.
    pub ports: (u16, u16),
    /// Nanoseconds since the stream's first frame.
    pub since_first: i64,
    /// Nanoseconds since the stream's frame before.
    pub since_previous: i64,
}

/// The start of a stream of which nothing but ICMP errors has been seen.
const QUOTED: i64 = i64::MIN;

/// Numbers of UDP streams.
#[derive(Clone, Debug)]
pub struct UdpStreams {
    known: HashMap<Pair, (u32, i64, i64), Seeded>,
    next: u32,
    limit: usize,
    evicted: u64,
    last: i64,
}

impl UdpStreams {
    /// Octets that a stream takes.
    pub const OCTETS_PER_STREAM: usize = size_of::<(Pair, (u32, i64, i64))>();

    /// A table of at most `limit` streams (at least 16).
    pub fn new(limit: usize) -> Self {
        UdpStreams { known: HashMap::default(), next: 0, limit: limit.max(16), evicted: 0, last: 0 }
    }

    /// Takes a packet into account; `None` where it neither is a whole datagram nor quotes one.
    #[inline]
    pub fn take(&mut self, scan: &Scan<'_>, frame: &Frame<'_>) -> Option<UdpFacts> {
        // UDP-Lite's streams are UDP's; a header that is cut has none.
        if !matches!(scan.protocol, 17 | 136) || scan.fragment.is_some() || scan.payload.len() < 8 {
            return if matches!(scan.protocol, 1 | 58) { self.quoted(scan, frame) } else { None };
        }
        let (pair, _) = Pair::of(scan)?;
        let time = nanoseconds(frame.meta.time, self.last);
        self.last = time;
        let ports = scan.ports.unwrap_or_default();
        if let Some((stream, start, last)) = self.known.get_mut(&pair) {
            if *start == QUOTED {
                (*start, *last) = (time, time);
            }
            let facts = UdpFacts {
                stream: *stream,
                quoted: false,
                ports,
                since_first: time.saturating_sub(*start),
                since_previous: time.saturating_sub(*last),
            };
            *last = time;
            return Some(facts);
        }
        let stream = self.add(pair, time, time);
        Some(UdpFacts { stream, ports, ..UdpFacts::default() })
    }

    /// The stream of the datagram that an ICMP error quotes.
    #[cold]
    fn quoted(&mut self, scan: &Scan<'_>, frame: &Frame<'_>) -> Option<UdpFacts> {
        let (quoted, _) = quote(scan).filter(|(quoted, _)| quoted.protocol == 17)?;
        let (pair, _) = Pair::of(&quoted)?;
        let stream = match self.known.get(&pair) {
            Some((stream, ..)) => *stream,
            None => self.add(pair, QUOTED, nanoseconds(frame.meta.time, self.last)),
        };
        Some(UdpFacts { stream, quoted: true, ports: quoted.ports?, ..UdpFacts::default() })
    }

    fn add(&mut self, pair: Pair, start: i64, last: i64) -> u32 {
        if self.known.len() >= self.limit {
            self.make_room();
        }
        let stream = self.next;
        self.next = self.next.wrapping_add(1);
        self.known.insert(pair, (stream, start, last));
        stream
    }

    #[cold]
    fn make_room(&mut self) {
        let mut ends: Vec<i64> = self.known.values().map(|(_, _, last)| *last).collect();
        let quarter = ends.len() / 4;
        let (_, limit, _) = ends.select_nth_unstable(quarter);
        let (limit, mut left) = (*limit, quarter.saturating_add(1));
        let evicted = &mut self.evicted;
        self.known.retain(|_, (_, _, last)| {
            let goes = *last <= limit && left > 0;
            if goes {
                left = left.saturating_sub(1);
                *evicted = evicted.saturating_add(1);
            }
            !goes
        });
    }

    /// Streams that had to make room for others.
    pub fn evicted(&self) -> u64 {
        self.evicted
    }
}
