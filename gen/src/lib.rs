//! Frames made and sent: layers over the protocol declarations, scripts, transmit.

pub mod ask;
pub mod craft;
pub mod packets;
pub mod send;
pub mod tx;
