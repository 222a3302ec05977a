//! The order of one direction of a TCP connection: what came early waits for what is missing before it.

use std::collections::VecDeque;

/// What may wait for a segment before it; with more, the hole is given up. What a window holds is on its way while one segment is
/// sent again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room {
    segments: usize,
    octets: usize,
}

/// Of each side of the many connections that messages are looked for in.
pub(super) const OF_MESSAGES: Room = Room { segments: 1024, octets: 2 << 20 };
/// Of the one stream that is followed.
pub(super) const OF_ONE_STREAM: Room = Room { segments: 65_536, octets: 64 << 20 };

/// Octets ahead or behind beyond which a segment belongs to another stream.
const FAR: u32 = 1 << 28;

/// A segment that waits for one before it.
#[derive(Debug)]
struct Waiting {
    seq: u32,
    frame: u64,
    octets: Vec<u8>,
}

/// One direction.
#[derive(Debug, Default)]
pub(super) struct Order {
    /// Number of the next octet.
    pub(super) next: Option<u32>,
    /// By sequence number.
    waiting: VecDeque<Waiting>,
    octets: usize,
    /// What the other side has acknowledged.
    acked: Option<u32>,
}

/// Whether `a` comes before `b`.
pub(super) fn before(a: u32, b: u32) -> bool {
    a != b && b.wrapping_sub(a) < 1 << 31
}

impl Order {
    /// A direction that goes on at a number.
    pub(super) fn at(next: u32) -> Self {
        Order { next: Some(next), ..Order::default() }
    }

    /// Octets that wait, and in how many segments.
    pub(super) fn waiting(&self) -> (usize, usize) {
        (self.octets, self.waiting.len())
    }

    /// Number of the first octet that waits.
    pub(super) fn first_waiting(&self) -> Option<u32> {
        self.waiting.front().map(|first| first.seq)
    }

    /// Takes an acknowledgement of the other side.
    pub(super) fn acknowledge(&mut self, ack: u32) {
        if self.acked.is_none_or(|acked| before(acked, ack)) {
            self.acked = Some(ack);
        }
    }

    /// Whether a segment is so far away that it belongs to another stream.
    pub(super) fn is_far(&self, seq: u32) -> bool {
        self.next.is_some_and(|next| seq.wrapping_sub(next).wrapping_add(FAR) > FAR.wrapping_mul(2))
    }

    /// Goes on behind some octets.
    pub(super) fn advance(&mut self, octets: u32) {
        self.next = self.next.map(|next| next.wrapping_add(octets));
    }

    /// Goes on at a number, without what waits.
    pub(super) fn jump(&mut self, next: u32) {
        (self.waiting, self.octets) = (VecDeque::new(), 0);
        self.next = Some(next);
    }

    /// Whether the hole before what waits, or before `seq`, is not to be filled: the other side has acknowledged past it, or too
    /// much waits.
    pub(super) fn hole_is_lost(&self, seq: u32, room: Room) -> bool {
        let first = self.first_waiting().unwrap_or(seq);
        let acknowledged = self.acked.is_some_and(|acked| !before(acked, first));
        acknowledged || self.waiting.len() >= room.segments || self.octets >= room.octets
    }

    /// Keeps a segment that comes too early; one that is there already stays.
    pub(super) fn wait(&mut self, seq: u32, frame: u64, octets: &[u8]) {
        let base = self.next.unwrap_or(seq);
        let at = self.waiting.partition_point(|one| one.seq.wrapping_sub(base) < seq.wrapping_sub(base));
        if self.waiting.get(at).is_some_and(|one| one.seq == seq && one.octets.len() >= octets.len()) {
            return;
        }
        self.octets = self.octets.saturating_add(octets.len());
        self.waiting.insert(at, Waiting { seq, frame, octets: octets.to_vec() });
    }

    /// The next octets among those that waited, and their frame; `None` while some before them are missing.
    pub(super) fn due(&mut self) -> Option<(u64, Vec<u8>)> {
        let next = self.next?;
        while !before(next, self.first_waiting()?) {
            let Waiting { seq, frame, mut octets } = self.waiting.pop_front()?;
            self.octets = self.octets.saturating_sub(octets.len());
            let old = next.wrapping_sub(seq) as usize;
            if old < octets.len() {
                octets.drain(..old);
                return Some((frame, octets));
            }
        }
        None
    }
}
