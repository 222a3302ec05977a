//! Which packets belong to a stream that somebody names: by its number, as `tcp.stream` and `udp.stream` count, or by its ends.

use super::super::scan::Scan;
use super::super::{DEFAULT_LIMIT, TcpStreams, UdpStreams};
use crate::decode::Network;
use crate::frame::Frame;
use std::net::{IpAddr, SocketAddr};

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

/// Numbers streams.
#[derive(Debug)]
enum Numbers {
    Tcp(TcpStreams),
    Udp(UdpStreams),
}

/// Finds the packets of a stream, in the order of the file.
#[derive(Debug)]
pub struct Finder {
    which: Which,
    numbers: Numbers,
    streams: u32,
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
        let numbers = match transport {
            Transport::Tcp => Numbers::Tcp(TcpStreams::new(DEFAULT_LIMIT)),
            Transport::Udp => Numbers::Udp(UdpStreams::new(DEFAULT_LIMIT)),
        };
        Finder { which, numbers, streams: 0, found: None }
    }

    /// The stream's number, who sent its first frame, and to whom; `None` while it has not been found.
    pub fn found(&self) -> Option<(u32, SocketAddr, SocketAddr)> {
        self.found
    }

    /// How many streams there were.
    pub fn streams(&self) -> u32 {
        self.streams
    }

    /// Whether a packet belongs to the stream: `Some(true)` when it goes back to who sent the first.
    pub fn take(&mut self, scan: &Scan<'_>, frame: &Frame<'_>) -> Option<bool> {
        let (number, quoted) = match &mut self.numbers {
            Numbers::Tcp(streams) => streams.take(scan, frame).map(|facts| (facts.stream, facts.quoted))?,
            Numbers::Udp(streams) => streams.take(scan, frame).map(|facts| (facts.stream, facts.quoted))?,
        };
        self.streams = self.streams.max(number.saturating_add(1));
        let (from, to) = ends(scan).filter(|_| !quoted)?;
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
}
