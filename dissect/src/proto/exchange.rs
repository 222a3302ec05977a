//! What a message shows of the exchange that it belongs to: the frame that it answers and the time since, and the later frame that
//! answers it. The first two are known from the frames before; the last one where a file is looked through twice.

use crate::decode::Walk;
use crate::flow::State;
use crate::schema::{Field, Kind, Protocol, Size, be64};

/// A protocol's names for these; Wireshark's, which have no pattern.
pub(super) struct Exchange {
    /// In an answer: the frame that asked.
    pub(super) to: &'static str,
    /// In an answer: the time since, and what it is written in.
    pub(super) time: Option<(&'static str, Kind)>,
    /// In a request: the frame that answers.
    pub(super) within: &'static str,
}

impl Exchange {
    /// The fields.
    pub(super) fn fields(&self) -> impl Iterator<Item = Field> {
        let frame = |name, doc| be64(name).from_state(State::Requests).doc(doc);
        [
            Some(frame(self.to, "answers the request in frame")),
            self.time.map(|(name, kind)| {
                Field::new(name, kind, Size::Bits(64))
                    .from_state(State::Requests)
                    .doc("time since that request")
            }),
            Some(frame(self.within, "later frame that answers this request").of_later_frame()),
        ]
        .into_iter()
        .flatten()
    }

    /// Declares them.
    pub(super) fn declare(&self, protocol: Protocol) -> Protocol {
        self.fields().fold(protocol, Protocol::extra)
    }

    /// Shows what is known of the message at hand.
    pub(super) fn show(&self, walk: &mut Walk<'_, '_>) {
        let Some(facts) = walk.around().facts else { return };
        let within = facts.within.as_ref();
        if facts.reply.is_none() && within.is_none() || walk.quoted() {
            return;
        }
        let place = walk.place_among_its_kind();
        let reply = facts.replies().find(|reply| usize::from(reply.message) == place);
        let answered = within.and_then(|within| within.answered_in).filter(|_| place == 0);
        let at = walk.layer_offset();
        if let Some(reply) = reply {
            walk.emit(self.to, at, 0, reply.to);
            if let Some((time, _)) = self.time {
                walk.emit(time, at, 0, reply.after.cast_unsigned());
            }
        }
        if let Some(frame) = answered {
            walk.emit(self.within, at, 0, frame);
        }
    }
}
