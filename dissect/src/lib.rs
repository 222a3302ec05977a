//! Frames, protocols, decoding, rendering, display filter and flows.
//!
//! The bottom floor of nettool: pure computation over borrowed octets, no I/O and no `unsafe`. See
//! `docs/architecture.md` for the rooms and what flows between them.
#![forbid(unsafe_code)]
#![warn(clippy::indexing_slicing, clippy::unwrap_used, clippy::arithmetic_side_effects)]

pub mod checksum;
pub mod crc;
pub mod decode;
pub mod flow;
pub mod frame;
mod hash;
pub mod proto;
pub mod query;
pub mod registry;
pub mod render;
pub mod schema;
