//! A first look through files, for what only later frames say of earlier ones: which completes a datagram or message, which answers a request.

use crate::joining::Joining;
use crate::learning::{Learning, Learnt, Tracking};
use crate::outcome::Failure;
use crate::read::threads;
use crate::select::Select;
use nettool_capture::file::{Reader, for_each_chunk_ordered};
use nettool_dissect::flow::Answers;
use nettool_dissect::flow::reassembly::Ahead;
use std::ops::ControlFlow;

/// Looks through files. What is wrong with them is told when they are read again.
///
/// # Errors
/// A filter that means nothing for a link type.
pub(crate) fn look_ahead(
    reader: &mut Reader,
    joining: Option<Joining>,
    tracking: Option<Tracking>,
    select: Option<&Select>,
) -> Result<(Ahead, Answers), Failure> {
    let (mut ahead, mut answers) = (Ahead::default(), Answers::default());
    let first = Learning::new(false, joining, tracking);
    let looked = for_each_chunk_ordered(
        reader,
        threads(),
        || select.map(Select::selector),
        |selector, chunk| first.pass(&chunk, selector.as_mut()),
        |learnt| match learnt {
            Ok(Learnt { joined, known, .. }) => {
                joined.for_each(|joined| ahead.note(joined));
                known.for_each_reply(|reply, frame| answers.note(reply, frame));
                ControlFlow::Continue(())
            }
            Err(failure) => ControlFlow::Break(failure),
        },
    );
    ahead.complete();
    answers.complete();
    match looked {
        Ok(Some(failure)) => Err(failure),
        Ok(None) | Err(_) => Ok((ahead, answers)),
    }
}
