//! Streams within messages: what the messages of one direction carry is cut with no regard to where they end, as handshake messages
//! are over TLS records.
//!
//! A message says what it carries ([`Inner`]); what is not whole there waits for the next. Whatever else comes between ends it. A message of
//! which everything stands by itself has no [`Share`].

use crate::schema::{Begun, Carries, Inner, Length};

/// What a message has of the stream within.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Share {
    /// Which of its segment's messages.
    pub message: usize,
    /// What it carries is sealed: no message can be read there.
    pub sealed: bool,
    /// First octets that go on with an inner message that began before.
    pub head: usize,
    /// That message, where it ends here.
    pub joined: Option<Vec<u8>>,
    /// The frames that have shown the messages which it lies in, and how many of its octets each carries.
    pub parts: Vec<(u64, u32)>,
    /// Last octets that begin an inner message which goes on in the next.
    pub tail: usize,
}

/// The stream within those of one direction.
#[derive(Debug, Default)]
pub(super) struct Within {
    pending: Vec<u8>,
    parts: Vec<(u64, u32)>,
    sealed: bool,
}

impl Within {
    /// Octets that wait, and in how many parts.
    pub(super) fn waiting(&self) -> (usize, usize) {
        (self.pending.len(), self.parts.len())
    }

    /// What waits is not gone on with.
    pub(super) fn forget(&mut self) {
        (self.pending, self.parts) = (Vec::new(), Vec::new());
    }

    /// Takes a message that `frame` shows; `None`: what it carries stands by itself. An inner message has at most `most` octets.
    pub(super) fn take(&mut self, inner: Inner, frame: u64, message: &[u8], most: usize) -> Option<Share> {
        let sealed = self.sealed && self.pending.is_empty();
        let content = match (inner.carries)(message, sealed) {
            Carries::Octets(range) => message.get(range).unwrap_or_default(),
            Carries::Nothing => {
                self.forget();
                return None;
            }
            Carries::Seal => {
                self.forget();
                self.sealed = true;
                return None;
            }
            Carries::Sealed => return Some(Share { sealed: true, ..Share::default() }),
        };
        let length = |octets: &[u8]| (inner.length)(Begun { octets, asked: 0, resume: 0 });
        let mut share = Share::default();
        let mut rest = content;
        if !self.pending.is_empty() {
            self.pending.extend_from_slice(content);
            let whole = match length(&self.pending) {
                Length::Known { octets, .. } => usize::try_from(octets).unwrap_or(usize::MAX),
                Length::More { least, .. } => least.max(self.pending.len().saturating_add(1)),
                _ => usize::MAX,
            };
            if whole > most {
                self.forget();
                return None;
            }
            let behind = self.pending.len().saturating_sub(whole);
            share.head = content.len().saturating_sub(behind);
            if share.head > 0 {
                self.parts.push((frame, small(share.head)));
            }
            if self.pending.len() < whole {
                return Some(share);
            }
            self.pending.truncate(whole);
            share.joined = Some(std::mem::take(&mut self.pending));
            share.parts = std::mem::take(&mut self.parts);
            rest = content.get(share.head..).unwrap_or_default();
        }
        while !rest.is_empty() {
            let whole = match length(rest) {
                Length::Known { octets, .. } => usize::try_from(octets).unwrap_or(usize::MAX),
                Length::More { .. } => rest.len().saturating_add(1),
                _ => break,
            };
            if whole > most || whole == 0 {
                break;
            }
            let Some(next) = rest.get(whole..) else {
                share.tail = rest.len();
                self.pending = rest.to_vec();
                self.parts = vec![(frame, small(rest.len()))];
                break;
            };
            rest = next;
        }
        (share.head > 0 || share.tail > 0).then_some(share)
    }
}

fn small(octets: usize) -> u32 {
    u32::try_from(octets).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Messages: `c` carries what is behind it, `s` seals, others carry nothing. Inner ones: a length, and so many octets.
    const INNER: Inner = Inner {
        carries: |message, sealed| match message {
            [b'c', ..] if sealed => Carries::Sealed,
            [b'c', ..] => Carries::Octets(1..message.len()),
            [b's', ..] => Carries::Seal,
            _ => Carries::Nothing,
        },
        length: |begun| match begun.octets {
            [0xff, ..] => Length::Alien,
            [len, ..] => Length::of(usize::from(*len) + 1),
            [] => Length::at_least(1),
        },
    };

    #[test]
    fn an_inner_message_is_whole_where_its_last_octet_is_carried() {
        let mut within = Within::default();
        assert_eq!(within.take(INNER, 1, b"c\x01a\x02bc", 64), None);
        let tail = within.take(INNER, 2, b"c\x01a\x04b", 64).expect("a share");
        assert_eq!((tail.head, tail.tail, tail.joined), (0, 2, None));
        let between = within.take(INNER, 3, b"cc", 64).expect("a share");
        assert_eq!((between.head, between.tail, between.joined), (1, 0, None));
        let last = within.take(INNER, 3, b"cde\x01f\x09", 64).expect("a share");
        assert_eq!((last.head, last.tail, last.joined.as_deref()), (2, 1, Some(&b"\x04bcde"[..])));
        assert_eq!(last.parts, [(2, 2), (3, 1), (3, 2)]);
    }

    #[test]
    fn what_comes_between_or_is_too_long_ends_what_waits() {
        let mut within = Within::default();
        assert!(within.take(INNER, 1, b"c\x04a", 64).is_some());
        assert_eq!(within.take(INNER, 2, b"-", 64), None);
        assert_eq!(within.waiting(), (0, 0));
        assert_eq!(within.take(INNER, 3, b"c\x01a", 64), None);
        assert_eq!(within.take(INNER, 4, b"c\xfea", 64), None);
        assert_eq!(within.take(INNER, 5, b"c\xffa", 64), None);
        assert_eq!(within.waiting(), (0, 0));
    }

    #[test]
    fn behind_a_seal_nothing_is_read() {
        let mut within = Within::default();
        assert_eq!(within.take(INNER, 1, b"s", 64), None);
        assert!(within.take(INNER, 2, b"c\x01a", 64).is_some_and(|share| share.sealed));
    }
}
