//! One stream followed: the octets of both its directions, in the order in which they belong and became known.
//!
//! Of TCP, segments that come early wait, what is sent again is left out, and a hole that the other side has acknowledged past, or behind which too
//! much waits, is named ([`Piece::Missing`]). Of UDP, each datagram is a piece. Memory is what waits: see [`super::stream`].

use super::super::scan::{Scan, Segment as Tcp};
use super::order::{OF_ONE_STREAM, Order, before};

/// Something of a stream.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Piece {
    /// Octets.
    Octets {
        /// Whether the one sent them who did not send the stream's first frame.
        back: bool,
        /// The frame that they were in.
        frame: u64,
        /// They.
        octets: Vec<u8>,
    },
    /// So many octets are not in the capture.
    Missing {
        /// Whose.
        back: bool,
        /// How many.
        octets: u32,
    },
}

/// A stream being followed.
#[derive(Debug, Default)]
pub struct Follow {
    ways: [Order; 2],
    /// Numbers of the FINs.
    fins: [Option<u32>; 2],
    pieces: Vec<Piece>,
}

impl Follow {
    /// A stream of which nothing is known.
    pub fn new() -> Self {
        Self::default()
    }

    /// What has become known since this was asked last.
    pub fn pieces(&mut self) -> std::vec::Drain<'_, Piece> {
        self.pieces.drain(..)
    }

    fn way(&mut self, back: bool) -> &mut Order {
        let [there, and_back] = &mut self.ways;
        if back { and_back } else { there }
    }

    /// Takes a packet of the stream. False: not all of it was captured.
    pub fn take(&mut self, frame: u64, scan: &Scan<'_>, back: bool) -> bool {
        match scan.tcp() {
            Some(tcp) => self.segment(frame, &tcp, back),
            None => {
                // Behind the header of UDP; its length may be shorter than what IP says.
                let Some(header) = scan.payload.first_chunk::<8>() else { return false };
                let [.., l0, l1, _, _] = *header;
                let said = usize::from(u16::from_be_bytes([l0, l1]));
                let len = if said < 8 { scan.payload_len } else { said };
                let octets = scan.payload.get(8..len.min(scan.payload.len())).unwrap_or_default();
                self.push(back, frame, octets.to_vec());
                len <= scan.payload.len()
            }
        }
    }

    fn push(&mut self, back: bool, frame: u64, octets: Vec<u8>) {
        if !octets.is_empty() {
            self.pieces.push(Piece::Octets { back, frame, octets });
        }
    }

    fn segment(&mut self, frame: u64, tcp: &Tcp<'_>, back: bool) -> bool {
        let mut seq = tcp.seq;
        if tcp.has(Tcp::SYN) {
            seq = seq.wrapping_add(1);
            self.way(back).next.get_or_insert(seq);
        }
        if tcp.has(Tcp::ACK) {
            self.way(!back).acknowledge(tcp.ack);
            self.pass_holes(!back, false);
        }
        let whole = tcp.data.len() >= tcp.len as usize;
        let data = tcp.data.get(..tcp.len as usize).unwrap_or(tcp.data);
        if tcp.has(Tcp::FIN) {
            let [there, and_back] = &mut self.fins;
            *if back { and_back } else { there } = Some(seq.wrapping_add(tcp.len));
        }
        if data.is_empty() || tcp.has(Tcp::RST) {
            self.drain(back);
            return whole;
        }
        let way = self.way(back);
        let next = *way.next.get_or_insert(seq);
        if way.is_far(seq) {
            return whole;
        }
        if before(next, seq) {
            way.wait(seq, frame, data);
            self.pass_holes(back, false);
            return whole;
        }
        let old = next.wrapping_sub(seq) as usize;
        if let Some(fresh) = data.get(old..).filter(|fresh| !fresh.is_empty()) {
            let fresh = fresh.to_vec();
            self.go_on(back, frame, fresh);
        }
        self.drain(back);
        whole
    }

    fn go_on(&mut self, back: bool, frame: u64, octets: Vec<u8>) {
        self.way(back).advance(u32::try_from(octets.len()).unwrap_or(u32::MAX));
        self.push(back, frame, octets);
    }

    fn drain(&mut self, back: bool) {
        let [there, and_back] = self.fins;
        let fin = if back { and_back } else { there };
        loop {
            // A FIN has a number and no octet.
            if fin.is_some() && self.way(back).next == fin {
                self.way(back).advance(1);
            }
            let Some((frame, octets)) = self.way(back).due() else { return };
            self.go_on(back, frame, octets);
        }
    }

    /// Names holes that will not be filled, and goes on behind them; `all`: nothing more comes.
    fn pass_holes(&mut self, back: bool, all: bool) {
        loop {
            let way = self.way(back);
            let (Some(next), Some(first)) = (way.next, way.first_waiting()) else { return };
            if !all && !way.hole_is_lost(first, OF_ONE_STREAM) {
                return;
            }
            if before(next, first) {
                let octets = first.wrapping_sub(next);
                way.next = Some(first);
                self.pieces.push(Piece::Missing { back, octets });
            }
            self.drain(back);
        }
    }

    /// Nothing more comes: what still waits is given out.
    pub fn end(&mut self) {
        self.pass_holes(false, true);
        self.pass_holes(true, true);
    }
}
