//! Which packets belong to a stream that somebody names: by its number, as `tcp.stream` and `udp.stream` count, or by its ends.

use super::super::scan::{Scan, Segment as Tcp};
use crate::decode::Network;
use crate::hash::Seeded;
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};

/// Streams whose numbers are known; when there are more, further ones are numbered but not known again.
const LIMIT: usize = 1 << 20;

/// Which transport.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Transport {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
}

/// What names a stream.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Which {
    /// Its number, from 0.
    Number(u32),
    /// Its ends, in any order; the first stream between them.
    Ends(SocketAddr, SocketAddr),
}

#[derive(Debug)]
struct Known {
    number: u32,
    /// Sequence number of each side's SYN, or of its first segment.
    first: [Option<u32>; 2],
}

/// Finds the packets of a stream, in the order of the file.
#[derive(Debug)]
pub struct Finder {
    transport: Transport,
    which: Which,
    known: HashMap<(SocketAddr, SocketAddr), Known, Seeded>,
    next: u32,
    /// The stream's number, and who sent its first frame to whom.
    found: Option<(u32, SocketAddr, SocketAddr)>,
}

/// Source and destination.
fn ends(scan: &Scan<'_>) -> Option<(SocketAddr, SocketAddr)> {
    let (from, to) = scan.ports?;
    let (source, destination): (IpAddr, IpAddr) = match scan.network {
        Network::V4(source, destination) => (source.into(), destination.into()),
        Network::V6(source, destination) => (source.into(), destination.into()),
        Network::None => return None,
    };
    Some((SocketAddr::new(source, from), SocketAddr::new(destination, to)))
}

impl Finder {
    /// Looks for a stream.
    pub fn new(transport: Transport, which: Which) -> Self {
        Finder { transport, which, known: HashMap::default(), next: 0, found: None }
    }

    /// The stream's number, who sent its first frame, and to whom; `None` while it has not been found.
    pub fn found(&self) -> Option<(u32, SocketAddr, SocketAddr)> {
        self.found
    }

    /// How many streams there were.
    pub fn streams(&self) -> u32 {
        self.next
    }

    /// Whether a packet belongs to the stream: `Some(true)` when it goes back to who sent the first.
    pub fn take(&mut self, scan: &Scan<'_>) -> Option<bool> {
        let protocol = if self.transport == Transport::Tcp { 6 } else { 17 };
        if scan.protocol != protocol || scan.fragment.is_some() {
            return None;
        }
        let (from, to) = ends(scan)?;
        let tcp = match self.transport {
            Transport::Tcp => Some(scan.tcp()?),
            Transport::Udp => None,
        };
        let number = self.number(from, to, tcp.as_ref());
        if self.found.is_none() {
            let hit = match self.which {
                Which::Number(wanted) => wanted == number,
                Which::Ends(a, b) => (a, b) == (from, to) || (b, a) == (from, to),
            };
            if hit {
                self.found = Some((number, from, to));
            }
        }
        let (wanted, first, _) = self.found?;
        (wanted == number).then_some(first != from)
    }

    /// The packet's stream. Ports that are used again for another connection make a new one.
    fn number(&mut self, from: SocketAddr, to: SocketAddr, tcp: Option<&Tcp<'_>>) -> u32 {
        let reversed = from > to;
        let key = if reversed { (to, from) } else { (from, to) };
        let known = self.known.get_mut(&key);
        if let Some(known) = known {
            let Some(tcp) = tcp else { return known.number };
            let [low, high] = &mut known.first;
            let first = if reversed { high } else { low };
            let opens = tcp.has(Tcp::SYN) && !tcp.has(Tcp::ACK);
            if !opens || *first.get_or_insert(tcp.seq) == tcp.seq {
                first.get_or_insert(tcp.seq);
                return known.number;
            }
        }
        let number = self.next;
        self.next = self.next.wrapping_add(1);
        if self.known.len() < LIMIT || self.known.contains_key(&key) {
            let seq = tcp.map(|tcp| tcp.seq);
            let first = if reversed { [None, seq] } else { [seq, None] };
            self.known.insert(key, Known { number, first });
        }
        number
    }
}
