//! Segments of a side that wait for their acknowledgement.

use super::tcp::after;
use std::collections::VecDeque;

/// Segments kept for a side; beyond, further ones are not remembered until some are acknowledged.
const LIMIT: usize = 10_000;

/// A segment on its way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Outstanding {
    /// First number.
    pub(super) seq: u32,
    /// The number behind it.
    pub(super) next: u32,
    /// Frame that brought it.
    pub(super) frame: u64,
    /// When, in nanoseconds.
    pub(super) time: i64,
}

/// What waits, in the order in which it was sent.
#[derive(Clone, Debug, Default)]
pub(super) struct Unacked {
    queue: VecDeque<Outstanding>,
    /// Whether one begins before the end of the one before it; otherwise nothing has to be searched.
    disordered: bool,
    /// The first number that waits, and the one behind the last; without meaning while nothing waits.
    low: u32,
    high: u32,
}

impl Unacked {
    /// A segment was sent. `room` is what all streams together may still remember.
    #[inline]
    pub(super) fn push(&mut self, segment: Outstanding, room: &mut usize) {
        if self.queue.len() >= LIMIT || *room == 0 {
            return;
        }
        *room = room.saturating_sub(1);
        if self.queue.is_empty() {
            (self.low, self.high) = (segment.seq, segment.next);
        } else {
            self.cover(&segment);
        }
        self.disordered |= self.queue.back().is_some_and(|last| after(last.next, segment.seq));
        self.queue.push_back(segment);
    }

    /// Takes out what an acknowledgement covers. Gives the oldest segment that ends exactly there.
    #[inline]
    pub(super) fn acknowledged(&mut self, ack: u32, room: &mut usize) -> Option<Outstanding> {
        if self.queue.is_empty() || !after(ack, self.low) {
            return None;
        }
        let before = self.queue.len();
        let mut exact = None;
        if self.disordered {
            self.queue.retain_mut(|one| {
                if ack == one.next && exact.is_none() {
                    exact = Some(*one);
                }
                keep(one, ack)
            });
            self.disordered = !self.queue.is_empty();
            self.measure();
        } else {
            while let Some(one) = self.queue.front_mut() {
                if ack == one.next && exact.is_none() {
                    exact = Some(*one);
                }
                if keep(one, ack) {
                    break;
                }
                self.queue.pop_front();
            }
            self.low = self.queue.front().map_or(self.low, |one| one.seq);
        }
        *room = room.saturating_add(before.saturating_sub(self.queue.len()));
        exact
    }

    /// Frame and time of what has waited longest.
    pub(super) fn oldest(&self) -> Option<(u64, i64)> {
        self.queue.front().map(|one| (one.frame, one.time))
    }

    /// Octets from the first number that waits to the last; `None` where nothing does.
    #[inline]
    pub(super) fn span(&self) -> Option<u32> {
        (!self.queue.is_empty()).then_some(self.high.wrapping_sub(self.low))
    }

    fn cover(&mut self, one: &Outstanding) {
        if after(self.low, one.seq) {
            self.low = one.seq;
        }
        if after(one.next, self.high) {
            self.high = one.next;
        }
    }

    /// Finds the limits again.
    fn measure(&mut self) {
        let Some(first) = self.queue.front().copied() else { return };
        (self.low, self.high) = (first.seq, first.next);
        for at in 1..self.queue.len() {
            if let Some(one) = self.queue.get(at).copied() {
                self.cover(&one);
            }
        }
    }

    /// Segments that wait.
    pub(super) fn len(&self) -> usize {
        self.queue.len()
    }

    /// Forgets them, and gives their memory back.
    pub(super) fn forget(&mut self, room: &mut usize) {
        *room = room.saturating_add(self.len());
        *self = Unacked::default();
    }
}

/// Whether a segment is still on its way after an acknowledgement; of what is covered in part the rest stays.
fn keep(one: &mut Outstanding, ack: u32) -> bool {
    if !after(one.next, ack) {
        return false;
    }
    if after(ack, one.seq) {
        one.seq = ack;
    }
    true
}
