//! Protocols declared in Starlark files.
//!
//! A plugin is a text that calls `protocol("name", "title", [fields])`; what it declares are the same
//! [`Protocol`](nettool_dissect::schema::Protocol) values as the built-in ones, compiled by the same compiler.
//! [`Plugins::load`] reads files from their places, skips what is broken with a [`Problem`] that points at
//! line and column, and [`Plugins::registry`] puts the rest beside the built-in protocols. Scripts see no files, no
//! network and no clock, and are bounded in steps and memory. No Starlark runs where there is no plugin.
#![deny(unsafe_code)]
#![warn(clippy::indexing_slicing, clippy::unwrap_used, clippy::arithmetic_side_effects)]

mod answers;
mod diff;
mod expr;
mod fault;
mod fields;
mod host;
pub mod limits;
mod names;
mod options;
mod places;
mod plain;
mod plugin;
mod protocol;
mod script;
mod set;
#[allow(unsafe_code, reason = "the derived marker by which the host hands the store back is an unsafe trait")]
mod store;
mod structure;
mod template;

pub use diff::difference;
pub use fault::Problem;
pub use places::{Origin, Places};
pub use plugin::MAX_TEXT;
pub use set::{Plugin, Plugins, from_text};
pub use template::template;
