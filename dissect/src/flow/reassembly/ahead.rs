//! Which later frame completes what a frame has a share in: known where a file is looked through twice.
//!
//! The first time, [`Ahead::note`] takes what frames complete; the second time, [`Ahead::tell`] adds to a frame's own outcome what
//! came behind it. A share takes 16 octets; there are at most [`MOST_SHARES`], and those left out are counted.

use super::{Datagram, Joined, Message};

/// Shares of frames in datagrams and messages that are kept: 64 MiB.
pub const MOST_SHARES: usize = 4 << 20;

/// What frames to come complete.
#[derive(Clone, Debug)]
pub struct Ahead {
    limit: usize,
    /// Frames with fragments, each with the frame that completes the datagram. Of frames here, the lowest bits say in how many
    /// tunnels the packet lies.
    datagrams: Vec<(u64, u64)>,
    /// Frames with segments, each with the frame that completes the message.
    messages: Vec<(u64, u64)>,
    left_out: u64,
}

impl Default for Ahead {
    fn default() -> Self {
        Ahead::new(MOST_SHARES)
    }
}

impl Ahead {
    /// Keeps so many shares.
    pub fn new(limit: usize) -> Self {
        Ahead { limit, datagrams: Vec::new(), messages: Vec::new(), left_out: 0 }
    }

    /// Takes what a frame completes, in the order of the file.
    pub fn note(&mut self, joined: &Joined) {
        let mut within = Some(joined);
        for depth in 0..=DEEPEST {
            let Some(joined) = within else { return };
            self.note_packet(joined, depth);
            within = joined.inner.as_deref();
        }
    }

    fn note_packet(&mut self, joined: &Joined, depth: u64) {
        let whole = joined.frame;
        if let Some(Datagram::Whole(datagram)) = &joined.datagram {
            for part in &datagram.parts {
                self.share(part.frame, whole, depth, |ahead| &mut ahead.datagrams);
            }
        }
        for frame in joined.quic.iter().flat_map(|known| &known.pieces) {
            self.share(*frame, whole, depth, |ahead| &mut ahead.messages);
        }
        for message in joined.segment.iter().flat_map(|segment| &segment.messages) {
            let Message::Joined { parts, .. } = message else { continue };
            let mut last = 0;
            for (frame, _) in parts {
                // Several pieces of a segment can be in a message.
                if std::mem::replace(&mut last, *frame) != *frame {
                    self.share(*frame, whole, depth, |ahead| &mut ahead.messages);
                }
            }
        }
    }

    fn share(&mut self, frame: u64, whole: u64, depth: u64, place: fn(&mut Self) -> &mut Vec<(u64, u64)>) {
        if frame >= whole {
            return;
        }
        if self.datagrams.len().saturating_add(self.messages.len()) >= self.limit {
            self.left_out = self.left_out.saturating_add(1);
            return;
        }
        place(self).push((packet(frame, depth), whole));
    }

    /// Makes it ready to be asked.
    pub fn complete(&mut self) {
        for shares in [&mut self.datagrams, &mut self.messages] {
            shares.sort_unstable();
            shares.dedup();
            shares.shrink_to_fit();
        }
    }

    /// Shares that there was no room for.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    /// Adds what later frames complete.
    pub fn tell(&self, joined: &mut Joined) {
        let mut within = Some(joined);
        for depth in 0..=DEEPEST {
            let Some(joined) = within else { return };
            let packet = packet(joined.frame, depth);
            joined.datagram_in = of(&self.datagrams, packet).first().map(|(_, whole)| *whole);
            joined.messages_in = of(&self.messages, packet).iter().map(|(_, whole)| *whole).collect();
            within = joined.inner.as_deref_mut();
        }
    }
}

/// Tunnels that are told apart: as many as are gone into.
const DEEPEST: u64 = super::MAX_TUNNELS as u64;

/// A frame's packet within so many tunnels.
fn packet(frame: u64, depth: u64) -> u64 {
    frame << 4 | depth & 15
}

/// The shares of a frame.
fn of(shares: &[(u64, u64)], frame: u64) -> &[(u64, u64)] {
    let start = shares.partition_point(|(of, _)| *of < frame);
    let rest = shares.get(start..).unwrap_or_default();
    rest.get(..rest.partition_point(|(of, _)| *of == frame)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::{Segment, Whole};
    use super::*;

    fn message(frame: u64, parts: &[u64]) -> Joined {
        let parts = parts.iter().map(|frame| (*frame, 1)).collect();
        let messages = vec![Message::Joined { octets: Vec::new(), parts }];
        let segment = Some(Segment { messages, ..Segment::default() });
        Joined { frame, segment, ..Joined::default() }
    }

    #[test]
    fn a_frame_tells_each_later_frame_that_completes_what_it_has_a_share_in() {
        let mut ahead = Ahead::default();
        ahead.note(&message(5, &[2, 3, 3, 5]));
        ahead.note(&message(7, &[3, 7]));
        let part = |frame| super::super::Part {
            frame,
            offset: 0,
            len: 8,
            overlap: false,
            conflict: false,
            second_tail: false,
            beyond: false,
        };
        let whole = Whole { octets: Vec::new(), protocol: 17, parts: vec![part(9), part(4)] };
        ahead.note(&Joined { frame: 9, datagram: Some(Datagram::Whole(whole)), ..Joined::default() });
        ahead.complete();
        let told = |frame| {
            let mut joined = Joined { frame, ..Joined::default() };
            ahead.tell(&mut joined);
            (joined.datagram_in, joined.messages_in)
        };
        assert_eq!(told(3), (None, vec![5, 7]));
        assert_eq!((told(4), told(9)), ((Some(9), vec![]), (None, vec![])));
        assert_eq!(told(5), (None, vec![]));
    }

    #[test]
    fn what_there_is_no_room_for_is_counted() {
        let mut ahead = Ahead::new(2);
        ahead.note(&message(9, &[1, 2, 3, 4, 9]));
        assert_eq!(ahead.left_out(), 2);
    }
}
