//! Which packet an ICMP error quotes, and which SYN an answer of TCP answers, where no protocol declares a request: traceroute's datagrams,
//! connections that nobody takes.
//!
//! The latest datagrams and SYNs stand in a table of fixed size, each in the place that its hash gives; one that comes takes the place of what stood
//! there. An error comes within moments or not at all, so that no other bookkeeping is needed.

use super::latency::Reply;
use super::scan::{Scan, Segment};
use super::streams::quote;
use super::tcp::nanoseconds;
use crate::decode::Network;
use crate::frame::Frame;
use crate::hash::Seeded;
use std::hash::{BuildHasher, Hasher};

/// Places; a power of two.
const PLACES: usize = 1 << 14;

#[derive(Clone, Copy, Debug)]
struct Packet {
    key: u64,
    frame: u64,
    time: i64,
}

/// The packets that were sent last.
#[derive(Debug)]
pub struct Sent {
    hasher: Seeded,
    places: Box<[Packet]>,
    last: i64,
}

impl Default for Sent {
    fn default() -> Self {
        let none = Packet { key: 0, frame: 0, time: 0 };
        Sent { hasher: Seeded::default(), places: vec![none; PLACES].into_boxed_slice(), last: 0 }
    }
}

impl Sent {
    /// Octets that it takes.
    pub const OCTETS: usize = PLACES * size_of::<Packet>();

    /// Takes a packet into account; says what it answers.
    #[inline]
    pub fn take(&mut self, scan: &Scan<'_>, frame: &Frame<'_>) -> Option<Reply> {
        if scan.fragment.is_some() {
            return None;
        }
        match scan.protocol {
            17 => {
                let key = self.key(scan, false, u32::from(scan.id));
                self.put(key, frame, false);
                None
            }
            6 => {
                let [.., flags] = *scan.payload.first_chunk::<14>()?;
                if flags & (Segment::SYN | Segment::RST) == 0 {
                    return None;
                }
                self.handshake(&scan.tcp()?, scan, frame)
            }
            1 | 58 => self.error(scan, frame),
            _ => None,
        }
    }

    /// A SYN waits, from its first time; SYN+ACK, or RST against it, answers it.
    fn handshake(&mut self, segment: &Segment<'_>, scan: &Scan<'_>, frame: &Frame<'_>) -> Option<Reply> {
        match segment.flags & (Segment::SYN | Segment::ACK) {
            Segment::SYN => {
                let quoted = self.key(scan, false, u32::from(scan.id));
                self.put(quoted, frame, false);
                let answered = self.key(scan, false, segment.seq) ^ 1;
                self.put(answered, frame, true);
                None
            }
            flags if flags & Segment::ACK != 0 => {
                let key = self.key(scan, true, segment.ack.wrapping_sub(1)) ^ 1;
                self.get(key, frame, true)
            }
            _ => None,
        }
    }

    #[cold]
    fn error(&mut self, scan: &Scan<'_>, frame: &Frame<'_>) -> Option<Reply> {
        let (quoted, (version, kind, _)) = quote(scan)?;
        // Source quench and redirects answer nothing: the packet went on.
        if matches!((version, kind), (4, 4 | 5)) || !matches!(quoted.protocol, 6 | 17) {
            return None;
        }
        let key = self.key(&quoted, false, u32::from(quoted.id));
        self.get(key, frame, false)
    }

    /// Hash of who sends what to whom; `back`: of what goes the other way.
    fn key(&self, scan: &Scan<'_>, back: bool, word: u32) -> u64 {
        let (from, to) = scan.ports.unwrap_or((0, 0));
        let (from, to) = if back { (to, from) } else { (from, to) };
        let mut hasher = self.hasher.build_hasher();
        let words = |address: [u8; 4]| u64::from(u32::from_be_bytes(address));
        match scan.network {
            Network::V4(a, b) => {
                let (a, b) = if back { (b, a) } else { (a, b) };
                hasher.write_u64(words(a) << 32 | words(b));
            }
            Network::V6(a, b) => {
                let (a, b) = if back { (b, a) } else { (a, b) };
                hasher.write_u128(u128::from_be_bytes(a));
                hasher.write_u128(u128::from_be_bytes(b));
            }
            Network::None => {}
        }
        hasher.write_u64(u64::from(word) << 32 | u64::from(from) << 16 | u64::from(to));
        hasher.write_u8(scan.protocol);
        hasher.finish() & !1
    }

    fn place(&mut self, key: u64) -> Option<&mut Packet> {
        let at = usize::try_from(key >> 8).unwrap_or(0) & (PLACES - 1);
        self.places.get_mut(at)
    }

    /// `first`: one that is there stays.
    fn put(&mut self, key: u64, frame: &Frame<'_>, first: bool) {
        let time = nanoseconds(frame.meta.time, self.last);
        self.last = time;
        if let Some(place) = self.place(key).filter(|place| !(first && place.key == key && place.frame != 0))
        {
            *place = Packet { key, frame: frame.number, time };
        }
    }

    /// `once`: further answers are none.
    fn get(&mut self, key: u64, frame: &Frame<'_>, once: bool) -> Option<Reply> {
        let time = nanoseconds(frame.meta.time, self.last);
        let place = self.place(key).filter(|place| place.key == key && place.frame != 0)?;
        let reply =
            Reply { to: place.frame, after: time.saturating_sub(place.time), aside: true, message: 0 };
        if once {
            place.frame = 0;
        }
        Some(reply)
    }
}
