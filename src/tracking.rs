//! What frames are in the light of those before them: state in the order of the file, while everything else happens in any
//! order.
//!
//! Each chunk passes the [`Tracker`] once, before its frames are judged or shown; what it learns goes with the chunk. Where
//! nothing that is shown or asked for needs state, there is no [`Tracking`], and nothing is done.

use crate::joining::{Ordered, untagged};
use nettool_capture::file::{Chunk, Record};
use nettool_dissect::decode::Settings;
use nettool_dissect::flow::scan::Scan;
use nettool_dissect::flow::{Facts, Follows, Keys, Pairing, Tracker};
use nettool_dissect::registry::Registry;
use std::sync::{Arc, Mutex, PoisonError};

/// State over a file.
pub(crate) struct Tracking {
    settings: Settings,
    order: Ordered<Tracker>,
    /// What makes keys of requests, when somebody needs it; one for each thread in the end.
    pairings: Option<(&'static Registry, Mutex<Vec<Pairing<'static>>>)>,
}

impl Tracking {
    /// `None` when nothing of what is wanted needs it.
    pub(crate) fn new(
        registry: impl FnOnce() -> &'static Registry,
        follows: Follows,
        limit: usize,
        settings: Settings,
    ) -> Option<Self> {
        let pairings = follows.requests.then(|| (registry(), Mutex::default()));
        let order = Ordered::new(Tracker::new(follows, limit));
        follows.any().then_some(Tracking { settings, order, pairings })
    }

    /// Learns from a chunk, once those before it have passed. Every chunk must pass.
    pub(crate) fn pass(&self, chunk: &Chunk) -> KnownFrames {
        let known = self.pass_some(chunk, || chunk.records());
        KnownFrames::Many(chunk.first_number(), Arc::new(known))
    }

    /// Learns from some of a chunk's records.
    pub(crate) fn pass_some<'c, R: Iterator<Item = Record<'c>>>(
        &self,
        chunk: &Chunk,
        records: impl Fn() -> R,
    ) -> Vec<Facts> {
        let mut octets = Vec::new();
        let keys = self.keys(records());
        let mut known = Vec::with_capacity(keys.len());
        self.order.pass(chunk, |tracker| {
            for (at, record) in records().enumerate() {
                let frame = record.frame();
                let interface = chunk.interfaces().get(frame.meta.interface);
                let frame = untagged(self.settings.dsa, &frame, interface, &mut octets);
                known.push(tracker.take(&Scan::of(&frame), &frame, keys.get(at)));
            }
        });
        known
    }

    /// Keys of requests and answers, where they are wanted: made before the order is waited for.
    fn keys<'c>(&self, records: impl Iterator<Item = Record<'c>>) -> Vec<Keys> {
        let Some((registry, pool)) = &self.pairings else { return Vec::new() };
        let free = || pool.lock().unwrap_or_else(PoisonError::into_inner);
        let idle = free().pop();
        let mut pairing = idle.unwrap_or_else(|| Pairing::new(registry, self.settings.clone()));
        let keys = records.map(|record| pairing.keys(&record.frame())).collect();
        free().push(pairing);
        keys
    }

    /// The state, when all chunks have passed.
    pub(crate) fn state<R>(&self, look: impl FnOnce(&Tracker) -> R) -> R {
        self.order.state(look)
    }

    /// Says on stderr what had to make room.
    pub(crate) fn tell(&self) {
        let evicted = self.order.state(Tracker::evicted);
        if evicted > 0 {
            eprintln!(
                "nettool: {evicted} streams, requests or claims of addresses had to make room for others"
            );
        }
    }
}

/// What is known of frames, by their numbers.
#[derive(Clone, Default)]
pub(crate) enum KnownFrames {
    /// Nothing.
    #[default]
    None,
    /// Of the one frame that comes.
    One(Facts),
    /// Of consecutive ones, with the number of the first.
    Many(u64, Arc<Vec<Facts>>),
}

impl KnownFrames {
    /// What is known of a frame.
    #[inline]
    pub(crate) fn of(&self, number: u64) -> Option<&Facts> {
        match self {
            KnownFrames::None => None,
            KnownFrames::One(facts) => Some(facts),
            KnownFrames::Many(first, facts) => {
                facts.get(usize::try_from(number.checked_sub(*first)?).unwrap_or(usize::MAX))
            }
        }
    }
}
