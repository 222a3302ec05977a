//! Packets that wait to be sent, whoever makes them: expressions, scripts, capture files.

mod crafted;
mod file;

pub use crafted::{CraftedPackets, NotCrafted};
pub use file::{FilePackets, NotSendable};

use crate::tx::Begin;

/// A stream of packets, made one at a time.
pub trait Stream {
    /// Why the next packet could not be made.
    type Error;

    /// Writes the octets of the next packet into `into`, which is empty; `None` after the last one.
    ///
    /// # Errors
    /// The maker's.
    fn next(&mut self, into: &mut Vec<u8>) -> Result<Option<Begin>, Self::Error>;

    /// Starts again from the first packet; false when that cannot be done.
    ///
    /// # Errors
    /// The maker's.
    fn restart(&mut self) -> Result<bool, Self::Error>;
}
