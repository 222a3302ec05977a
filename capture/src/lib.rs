//! Frames in and out: capture files, live sockets, the packet-filter compiler.

pub mod file;
pub mod filter;
pub mod live;
pub mod reverse;
