//! Frames onto the wire.
//!
//! In: packets that begin at the link layer or at IP. Out: frames handed to the kernel, counted exactly, and errors that say
//! which frame was not taken and why. [`Transmitter`] finds the way of IP packets by the kernel's routes and neighbours; [`Pace`]
//! says when packets are due. Nothing here prints or exits.
//!
//! `unsafe` lives in `sys` alone.

mod batch;
mod error;
mod link;
mod neighbour;
mod pace;
mod rtnetlink;
mod stack;
mod sys;
mod transmitter;
mod way;

pub use batch::Batch;
pub use error::Error;
pub use link::{LinkSender, Sent};
pub use pace::{Lateness, Pace};
pub use rtnetlink::{Interface, Route, RouteKind, Rtnetlink};
pub use transmitter::{Begin, Transmitter};
pub use way::{Out, Router, Way, destination};

/// Packets that are sent with one call at most.
pub const BATCH: usize = sys::MOST_AT_ONCE;
