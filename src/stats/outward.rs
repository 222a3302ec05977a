//! Tables on their way out: texts that several threads make, written one after the other.
//!
//! A text is written as soon as those before it are, by the thread that made it or by the one that writes already, while the others
//! go on with theirs; what is written is given back.

use crate::printed::Printed;
use std::collections::VecDeque;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Texts in their order.
pub(super) struct Outward(Mutex<Waiting>);

struct Waiting {
    /// Not here while somebody writes.
    printed: Option<Printed>,
    /// Which text comes first, and what is there of it and those behind it.
    first: usize,
    texts: VecDeque<Option<Vec<u8>>>,
    failed: Option<io::Error>,
}

impl Outward {
    /// To standard output.
    pub(super) fn new(printed: Printed) -> Outward {
        let texts = VecDeque::new();
        Outward(Mutex::new(Waiting { printed: Some(printed), first: 0, texts, failed: None }))
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps places for so many further texts; the number of the first of them.
    pub(super) fn places(&self, count: usize) -> usize {
        let mut waiting = self.waiting();
        let at = waiting.first.saturating_add(waiting.texts.len());
        waiting.texts.extend(std::iter::repeat_n(None, count));
        at
    }

    /// Puts a text into its place; what is next is written, unless somebody does so.
    pub(super) fn put(&self, place: usize, text: Vec<u8>) {
        let mut waiting = self.waiting();
        let at = place.checked_sub(waiting.first);
        if let Some(slot) = at.and_then(|at| waiting.texts.get_mut(at)) {
            *slot = Some(text);
        }
        let Some(mut printed) = waiting.printed.take() else { return };
        while let Some(Some(_)) = waiting.texts.front() {
            let text = waiting.texts.pop_front().flatten().unwrap_or_default();
            waiting.first = waiting.first.saturating_add(1);
            if waiting.failed.is_some() {
                continue;
            }
            drop(waiting);
            let written = printed.write(&text);
            drop(text);
            waiting = self.waiting();
            waiting.failed = written.err();
        }
        waiting.printed = Some(printed);
    }

    /// Puts a text behind all others.
    pub(super) fn add(&self, text: Vec<u8>) {
        self.put(self.places(1), text);
    }

    /// Writes what is held back; what went wrong first.
    pub(super) fn end(self) -> io::Result<()> {
        let waiting = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        match waiting.failed {
            Some(error) => Err(error),
            None => waiting.printed.map_or(Ok(()), |mut printed| printed.end()),
        }
    }
}
