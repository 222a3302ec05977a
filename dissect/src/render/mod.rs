//! Frames and dissections as text: one line, a tree, hex, JSON, fields.
//!
//! All renderings append to a byte buffer that the caller reuses, and none of them lets control characters of a frame
//! through ([`put::escaped`]).

pub mod fields;
pub(crate) mod format;
pub mod hex;
pub mod html;
pub mod json;
pub mod line;
pub mod put;
mod room;
pub mod sheet;
pub mod tcp_seq;
pub mod time;
pub mod tree;
