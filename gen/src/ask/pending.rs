//! Requests that wait for an answer: found by key in one step, retired in the order in which they were sent.
//!
//! Several requests may share a key (the same packet sent twice): the answer then belongs to the one that has waited longest.
//! A queue for each key holds tokens; those of requests that are gone are passed over when they come to its head, and heads are
//! swept whenever a request is retired, so that no more tokens are kept than requests.

use super::Probe;
use nettool_dissect::flow::{Answer, Seeded};
use nettool_dissect::frame::Timestamp;
use std::collections::{HashMap, VecDeque};
use std::time::Instant;

/// Names a request in the table for as long as it is there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Token {
    slot: u32,
    /// Tells it from those that had the slot before.
    turn: u32,
}

#[derive(Debug, Default)]
struct Slot {
    turn: u32,
    probe: Option<Probe>,
}

/// Tokens by key, first come first.
#[derive(Debug, Default)]
struct Queues {
    /// First and last link of each key's queue.
    ends: HashMap<u64, (u32, u32), Seeded>,
    links: Vec<(Token, Option<u32>)>,
    free: Vec<u32>,
}

impl Queues {
    fn push(&mut self, key: u64, token: Token) {
        let link = match self.free.pop() {
            Some(link) => link,
            None => {
                self.links.push((token, None));
                u32::try_from(self.links.len().saturating_sub(1)).unwrap_or(u32::MAX)
            }
        };
        if let Some(place) = self.links.get_mut(link as usize) {
            *place = (token, None);
        }
        match self.ends.get_mut(&key) {
            Some((_, last)) => {
                if let Some((_, next)) = self.links.get_mut(*last as usize) {
                    *next = Some(link);
                }
                *last = link;
            }
            None => {
                self.ends.insert(key, (link, link));
            }
        }
    }

    /// The first token of a key that is alive; those before it are forgotten.
    fn first(&mut self, key: u64, alive: impl Fn(Token) -> bool) -> Option<Token> {
        loop {
            let (first, last) = *self.ends.get(&key)?;
            let (token, next) = *self.links.get(first as usize)?;
            if alive(token) {
                return Some(token);
            }
            self.free.push(first);
            match next {
                Some(next) => self.ends.insert(key, (next, last)),
                None => self.ends.remove(&key),
            };
        }
    }

    /// The tokens of a key, in order.
    fn all(&self, key: u64) -> impl Iterator<Item = Token> + '_ {
        let mut at = self.ends.get(&key).map(|(first, _)| *first);
        std::iter::from_fn(move || {
            let (token, next) = *self.links.get(at? as usize)?;
            at = next;
            Some(token)
        })
    }
}

/// The table.
#[derive(Debug, Default)]
pub(super) struct Pending {
    slots: Vec<Slot>,
    free: Vec<u32>,
    answers: Queues,
    quotes: Queues,
    order: VecDeque<(Instant, Token)>,
    count: usize,
    octets: usize,
    /// How many of them anybody may answer.
    open: usize,
}

/// What came back, and for whom.
#[derive(Debug)]
pub(super) struct Match {
    /// The request; a copy where it may be answered again.
    pub(super) probe: Probe,
    /// Nanoseconds from request to answer.
    pub(super) nanoseconds: i64,
}

/// Places of answered requests that are kept in the order of sending beyond twice those that wait.
const MOST_GAPS: usize = 1024;

/// How many requests of a key are looked at for one that has no time of the kernel yet.
const MOST_UNSTAMPED: usize = 64;

impl Pending {
    /// How many requests wait.
    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// Their octets.
    pub(super) fn octets(&self) -> usize {
        self.octets
    }

    /// Files a request that is given up at `end`; ends must not go back from one request to the next.
    pub(super) fn insert(&mut self, probe: Probe, end: Instant) {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Slot::default());
            u32::try_from(self.slots.len().saturating_sub(1)).unwrap_or(u32::MAX)
        });
        let Some(place) = self.slots.get_mut(slot as usize) else { return };
        let token = Token { slot, turn: place.turn };
        let keys = probe.keys;
        self.octets = self.octets.saturating_add(probe.octets.len());
        self.open = self.open.saturating_add(usize::from(keys.open));
        self.count = self.count.saturating_add(1);
        place.probe = Some(probe);
        if let Some(key) = keys.answer {
            self.answers.push(key, token);
        }
        if let Some(key) = keys.quote {
            self.quotes.push(key, token);
        }
        self.order.push_back((end, token));
        // Those that were answered out of turn leave gaps, which shall not grow while the first waits.
        if self.order.len() > self.count.saturating_mul(2).saturating_add(MOST_GAPS) {
            let slots = &self.slots;
            self.order.retain(|(_, token)| is_alive(slots, *token));
        }
    }

    /// Takes the request that a frame answers; with `stay`, it remains for further answers.
    pub(super) fn answer(&mut self, answer: &Answer, time: Timestamp, stay: bool) -> Option<Match> {
        let slots = &self.slots;
        let alive = |token: Token| is_alive(slots, token);
        let token = match answer.quote {
            Some(key) => self.quotes.first(key, alive),
            None => {
                let answers = &mut self.answers;
                let exact = answer.exact().find_map(|key| answers.first(key, alive));
                let open = || answer.open().find_map(|key| answers.first(key, alive));
                if self.open == 0 { exact } else { exact.or_else(open) }
            }
        }?;
        let probe = if stay { self.answered_once_more(token) } else { self.retire(token) }?;
        let nanoseconds = time.since(probe.sent).max(0);
        Some(Match { probe, nanoseconds })
    }

    fn answered_once_more(&mut self, token: Token) -> Option<Probe> {
        let probe = self.slots.get_mut(token.slot as usize)?.probe.as_mut()?;
        probe.answers = probe.answers.saturating_add(1);
        Some(probe.clone())
    }

    /// Notes when the kernel sent a request of this key: the first that it has not told of.
    pub(super) fn stamp(&mut self, key: u64, time: Timestamp) {
        let unstamped = |token: &Token| {
            let slot = self.slots.get(token.slot as usize);
            slot.filter(|slot| slot.turn == token.turn)
                .and_then(|slot| slot.probe.as_ref())
                .is_some_and(|probe| !probe.stamped)
        };
        let found = self.answers.all(key).take(MOST_UNSTAMPED).find(unstamped);
        let slot = found.and_then(|token| self.slots.get_mut(token.slot as usize));
        if let Some(probe) = slot.and_then(|slot| slot.probe.as_mut()) {
            probe.sent = time;
            probe.stamped = true;
        }
    }

    /// When the next request is given up.
    pub(super) fn next_end(&mut self) -> Option<Instant> {
        while let Some((end, token)) = self.order.front().copied() {
            if is_alive(&self.slots, token) {
                return Some(end);
            }
            self.order.pop_front();
        }
        None
    }

    /// Takes a request that is to be given up by now.
    pub(super) fn expire(&mut self, now: Instant) -> Option<Probe> {
        if self.next_end()? > now {
            return None;
        }
        let (_, token) = self.order.pop_front()?;
        self.retire(token)
    }

    fn retire(&mut self, token: Token) -> Option<Probe> {
        let slot = self.slots.get_mut(token.slot as usize)?;
        let probe = slot.probe.take()?;
        slot.turn = slot.turn.wrapping_add(1);
        self.free.push(token.slot);
        self.count = self.count.saturating_sub(1);
        self.octets = self.octets.saturating_sub(probe.octets.len());
        self.open = self.open.saturating_sub(usize::from(probe.keys.open));
        let slots = &self.slots;
        let alive = |token: Token| is_alive(slots, token);
        if let Some(key) = probe.keys.answer {
            self.answers.first(key, alive);
        }
        if let Some(key) = probe.keys.quote {
            self.quotes.first(key, alive);
        }
        // Answered requests leave their places in the order of sending behind; sweep those at its head.
        self.next_end();
        Some(probe)
    }
}

fn is_alive(slots: &[Slot], token: Token) -> bool {
    slots.get(token.slot as usize).is_some_and(|slot| slot.turn == token.turn && slot.probe.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tx::Begin;
    use nettool_dissect::flow::Request;
    use std::time::Duration;

    fn probe(number: u64, key: u64) -> Probe {
        Probe {
            number,
            begin: Begin::Network,
            octets: Box::from([0u8; 28]),
            sent: Timestamp(number as i64),
            stamped: false,
            tries: 1,
            answers: 0,
            keys: Request { answer: Some(key), open: false, quote: Some(key ^ 1) },
        }
    }

    fn first(pending: &mut Pending, key: u64) -> Option<Token> {
        let slots = &pending.slots;
        pending.answers.first(key, |token| is_alive(slots, token))
    }

    #[test]
    fn requests_of_one_key_are_taken_in_the_order_in_which_they_were_sent() {
        let mut pending = Pending::default();
        let start = Instant::now();
        (0..5).for_each(|number| pending.insert(probe(number, 8), start));
        for number in 0..5 {
            let token = first(&mut pending, 8).unwrap();
            assert_eq!(pending.retire(token).unwrap().number, number);
        }
        assert_eq!((first(&mut pending, 8), pending.len(), pending.octets()), (None, 0, 0));
    }

    #[test]
    fn requests_expire_in_order_and_answered_ones_do_not() {
        let mut pending = Pending::default();
        let start = Instant::now();
        (0..4).for_each(|number| {
            pending.insert(probe(number, 10 + 2 * number), start + Duration::from_secs(number));
        });
        let token = first(&mut pending, 12).unwrap();
        assert_eq!(pending.retire(token).unwrap().number, 1);
        let late = start + Duration::from_secs(2);
        assert_eq!(pending.expire(late).map(|probe| probe.number), Some(0));
        assert_eq!(pending.expire(late).map(|probe| probe.number), Some(2));
        assert_eq!(pending.expire(late).map(|probe| probe.number), None);
        assert_eq!(pending.next_end(), Some(start + Duration::from_secs(3)));
    }

    #[test]
    fn memory_is_bounded_by_the_requests_that_wait_at_one_time() {
        let mut pending = Pending::default();
        let start = Instant::now();
        for number in 0..10_000 {
            pending.insert(probe(number, number % 7 * 2), start);
            if number >= 100 {
                let key = (number + 3) % 7 * 2;
                if let Some(token) = first(&mut pending, key) {
                    pending.retire(token);
                } else {
                    pending.expire(start);
                }
            }
        }
        assert!(pending.len() <= 101, "{}", pending.len());
        assert!(pending.slots.len() <= 110, "{}", pending.slots.len());
        assert!(pending.answers.links.len() <= 1000, "{}", pending.answers.links.len());
        assert!(pending.quotes.links.len() <= 1000, "{}", pending.quotes.links.len());
        assert!(pending.order.len() <= 1000, "{}", pending.order.len());
    }

    #[test]
    fn the_kernels_time_goes_to_the_first_that_has_none() {
        let mut pending = Pending::default();
        let start = Instant::now();
        (0..2).for_each(|number| pending.insert(probe(number, 8), start));
        pending.stamp(8, Timestamp(100));
        pending.stamp(8, Timestamp(200));
        pending.stamp(8, Timestamp(300));
        let sent: Vec<i64> = std::iter::from_fn(|| pending.expire(start)).map(|probe| probe.sent.0).collect();
        assert_eq!(sent, [100, 200]);
    }
}
