//! One file per target; `TARGETS` in the crate's root lists them.

pub mod cbpf;
