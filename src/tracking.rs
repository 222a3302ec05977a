//! What frames are in the light of those before them: state in the order of the file, while everything else happens in any
//! order.
//!
//! Each chunk passes the [`Tracker`] once, before its frames are judged or shown; what it learns goes with the chunk. Where
//! nothing that is shown or asked for needs state, there is no [`Tracking`], and nothing is done.

use crate::joining::{Ordered, untagged};
use nettool_capture::file::Chunk;
use nettool_dissect::flow::scan::Scan;
use nettool_dissect::flow::{DEFAULT_LIMIT, Facts, Follows, Tracker};
use nettool_dissect::proto::dsa::Choice;
use std::sync::Arc;

/// State over a file.
pub(crate) struct Tracking {
    dsa: Choice,
    order: Ordered<Tracker>,
}

impl Tracking {
    /// `None` when nothing of what is wanted needs it.
    pub(crate) fn new(follows: Follows, dsa: Choice) -> Option<Self> {
        follows.any().then(|| Tracking::with(Tracker::new(follows, DEFAULT_LIMIT), dsa))
    }

    /// With a tracker of one's own.
    pub(crate) fn with(tracker: Tracker, dsa: Choice) -> Self {
        Tracking { dsa, order: Ordered::new(tracker) }
    }

    /// Learns from a chunk, once those before it have passed. Every chunk must pass.
    pub(crate) fn pass(&self, chunk: &Chunk) -> KnownFrames {
        let mut octets = Vec::new();
        let mut known = Vec::with_capacity(usize::try_from(chunk.packets()).unwrap_or(0));
        self.order.pass(chunk, |tracker| {
            for record in chunk.records() {
                let frame = record.frame();
                let interface = chunk.interfaces().get(frame.meta.interface);
                let frame = untagged(self.dsa, &frame, interface, &mut octets);
                known.push(tracker.take(&Scan::of(&frame), &frame));
            }
        });
        KnownFrames::Many(chunk.first_number(), Arc::new(known))
    }

    /// Says on stderr what had to make room.
    pub(crate) fn tell(&self) {
        let evicted = self.order.state(Tracker::evicted);
        if evicted > 0 {
            eprintln!("nettool: {evicted} flows had to make room for others");
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
