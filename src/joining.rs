//! What frames complete together: reassembly in the order of the file, while everything else happens in any order.
//!
//! Each worker finds out which of its chunk's frames are concerned; only those pass the state that all chunks share
//! ([`crate::learning`]). Where nothing that is shown or asked for can lie behind several frames, there is no [`Joining`], and nothing is done.

use crate::outcome::Failure;
use crate::read::for_each_pass;
use crate::select::Selector;
use nettool_capture::file::{Chunk, Record};
use nettool_dissect::flow::reassembly::{Ahead, Joined, MOST_SHARES, Policy, Reassembly, Wants, Watch};
use nettool_dissect::frame::{Frame, Interface, LinkType, Meta};
use nettool_dissect::proto::dsa::{self, Choice};
use nettool_dissect::registry::Registry;

/// Reassembly over a file.
#[derive(Clone)]
pub(crate) struct Joining {
    registry: &'static Registry,
    policy: Policy,
    watch: Watch,
    dsa: Choice,
    /// What later frames complete, where the file was looked through before.
    ahead: Option<Ahead>,
}

impl Joining {
    /// `None` when nothing of what is wanted lies behind several frames.
    pub(crate) fn new(
        registry: impl FnOnce() -> &'static Registry,
        policy: Option<Policy>,
        wants: Wants,
        dsa: Choice,
    ) -> Option<Self> {
        let policy = policy.filter(|_| wants.any())?;
        let registry = registry();
        let watch = Watch::new(registry, wants);
        Some(Joining { registry, policy, watch, dsa, ahead: None })
    }

    /// What waits for more: nothing yet.
    pub(crate) fn state(&self) -> Reassembly<'static> {
        Reassembly::new(self.registry, self.policy, self.watch.clone())
    }

    /// With what later frames complete, from a first look through the file.
    pub(crate) fn with(self, ahead: Ahead) -> Self {
        Joining { ahead: Some(ahead), ..self }
    }

    /// The records of a chunk that have to be observed, of those that the capture filter takes, if there is one; and whether it can be asked.
    pub(crate) fn concerned<'c>(
        &self,
        chunk: &'c Chunk,
        selector: Option<&mut Selector<'_>>,
    ) -> (Vec<Record<'c>>, Result<(), Failure>) {
        let mut octets = Vec::new();
        let mut concerned = Vec::new();
        let mut ask = |record: &Record<'_>| {
            let interface = chunk.interfaces().get(record.interface);
            let plain = dsa::chosen(self.dsa, record.link_type(), interface).is_none();
            if plain && self.watch.passes_over(record.link_type(), record.data) {
                return false;
            }
            let meta = Meta::new(record.link_type(), record.original_len);
            let frame = Frame { number: record.number, data: record.data, meta };
            self.watch.concerns(&untagged(self.dsa, &frame, interface, &mut octets))
        };
        let filtered = match selector.filter(|selector| selector.filters()) {
            None => {
                for record in chunk.records() {
                    if ask(&record) {
                        concerned.push(record);
                    }
                }
                Ok(())
            }
            Some(selector) => for_each_pass(
                chunk,
                selector,
                |record| *record,
                |records, bits| {
                    let passing = records.iter().enumerate().filter(|(at, _)| bits >> at & 1 == 1);
                    concerned.extend(passing.map(|(_, record)| *record).filter(&mut ask));
                },
            ),
        };
        (concerned, filtered)
    }

    /// What records complete, in the order of the file.
    pub(crate) fn join(
        &self,
        chunk: &Chunk,
        concerned: &[Record<'_>],
        state: &mut Reassembly<'static>,
    ) -> JoinedFrames {
        let mut octets = Vec::new();
        let observe = |record: &Record<'_>| {
            let frame = record.frame();
            let interface = chunk.interfaces().get(frame.meta.interface);
            let frame = untagged(self.dsa, &frame, interface, &mut octets);
            let mut joined = state.observe(&frame)?;
            self.ahead.iter().for_each(|ahead| ahead.tell(&mut joined));
            Some((record.number, joined))
        };
        JoinedFrames(concerned.iter().filter_map(observe).collect())
    }

    /// Says on stderr what is not told.
    pub(crate) fn tell(&self) {
        let left_out = self.ahead.as_ref().map_or(0, Ahead::left_out);
        if left_out > 0 {
            tell!(
                "nettool: of {left_out} fragments and segments it is not told which later frame completes them: there are \
                 more than {MOST_SHARES}"
            );
        }
    }
}

/// Says on stderr what had to be given up for lack of room.
pub(crate) fn tell(state: &Reassembly<'_>) {
    let counts = state.datagrams();
    if counts.evicted > 0 {
        tell!("nettool: {} datagrams in fragments had to make room for others", counts.evicted);
    }
    if state.forgotten() > 0 {
        tell!("nettool: {} announced conversations had to make room for others", state.forgotten());
    }
    if state.forgotten_templates() > 0 {
        tell!(
            "nettool: {} templates of flow records had to make room for others",
            state.forgotten_templates()
        );
    }
    if state.forgotten_connections() > 0 {
        tell!("nettool: {} QUIC connections had to make room for others", state.forgotten_connections());
    }
    let counts = state.streams();
    if counts.evicted > 0 {
        tell!(
            "nettool: {} connections with an incomplete message had to make room for others",
            counts.evicted
        );
    }
    if counts.long > 0 {
        tell!(
            "nettool: of {} messages that are too long to be put together, the heads alone are shown",
            counts.long
        );
    }
}

/// What frames of a chunk complete, by number.
#[derive(Default)]
pub(crate) struct JoinedFrames(Vec<(u64, Joined)>);

impl JoinedFrames {
    /// All of them, in the order of the file.
    pub(crate) fn for_each(&self, mut take: impl FnMut(&Joined)) {
        self.0.iter().for_each(|(_, joined)| take(joined));
    }

    /// What a frame completes.
    #[inline]
    pub(crate) fn of(&self, number: u64) -> Option<&Joined> {
        if self.0.is_empty() {
            return None;
        }
        let at = self.0.binary_search_by_key(&number, |(number, _)| *number).ok()?;
        self.0.get(at).map(|(_, joined)| joined)
    }
}

/// A frame without its switch tag; most have none. `octets` holds what the frame then borrows.
pub(crate) fn untagged<'f>(
    choice: Choice,
    frame: &Frame<'f>,
    interface: Option<&Interface>,
    octets: &'f mut Vec<u8>,
) -> Frame<'f> {
    let Some((_, tag)) = dsa::of_frame(choice, frame, interface) else { return *frame };
    octets.clear();
    tag.untagged(frame.data, octets);
    let mut inner = *frame;
    inner.meta.link_type = LinkType::ETHERNET;
    let gone = frame.data.len().saturating_sub(octets.len());
    inner.meta.original_len = frame.meta.original_len.saturating_sub(u32::try_from(gone).unwrap_or(0));
    inner.data = octets;
    inner
}
