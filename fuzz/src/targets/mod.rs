//! One file per target; `TARGETS` in the crate's root lists them.

pub mod assembler;
pub mod cbpf;
pub mod craft;
pub mod decode;
pub mod explain;
pub mod file;
pub mod filter;
pub mod frames;
pub mod joined;
pub mod plugins;
pub mod query;
pub mod rewrite;
