//! What IPv4 and IPv6 show of a packet that goes round in a routing loop.

use crate::decode::Walk;
use crate::flow::State;
use crate::schema::{Protocol, Severity, be64};

/// Declares the field.
pub(super) fn declare(protocol: Protocol) -> Protocol {
    protocol.extra(
        be64("routing_loop")
            .from_state(State::Loops)
            .expert(Severity::Warning, 1, u64::MAX, "routing loop: the packet comes again with fewer hops left")
            .doc("the packet was first seen in frame, and came again at least three times with fewer hops left"),
    )
}

/// Shows that the packet goes round.
#[inline]
pub(super) fn show(walk: &mut Walk<'_, '_>) {
    if let Some(first) = walk.around().facts.and_then(|facts| facts.circles_since)
        && walk.is_first_of_its_kind()
    {
        walk.emit("routing_loop", walk.layer_offset(), 0, first);
    }
}
