//! Packets from descriptions: layers and fields over the protocol declarations of a registry, sets of values, and the language
//! that people type.
//!
//! ```
//! use nettool_gen::craft::{Catalog, Host};
//!
//! let host = Host::new(Catalog::builtin(), 0);
//! let mut packets = host.expression("IP(src=\"10.0.0.1\", dst=\"10.0.0.2\", ttl=(5,6))/UDP(dport=53)")?;
//! assert_eq!(packets.count(), Some(2));
//! while let Some(frame) = packets.next_frame() {
//!     let frame = frame?;
//!     assert_eq!(frame.octets.len(), 28);
//! }
//! # Ok::<(), nettool_gen::craft::ScriptError>(())
//! ```
//!
//! - [`Host`] turns a text into [`Packets`], which makes one frame at a time in one buffer: [`Packets::next_frame`] gives the octets,
//!   the link type and the name of the first layer. Nothing is collected, whatever the number.
//! - [`Catalog`] has the layers of a registry, those of plugins included; [`Layer`] and [`Packet`] are descriptions that a
//!   program makes without the language, [`Expansion`] the packets of one of them.
//! - [`Grants`] says what scripts may reach.
//!
//! In the rooms below: `catalog` finds layers and names of fields in the declarations, `encode` turns a value into a number or
//! octets, `build` and `finish` write packets, `expand` makes many of one description, `script` is the language.

mod build;
mod catalog;
mod choice;
mod compress;
mod custom;
mod encode;
mod entries;
mod error;
mod evaluate;
mod expand;
mod finish;
mod fragment;
mod from_octets;
mod fuzz;
mod given;
mod groups;
mod headers;
mod hosts;
mod list;
mod pairs;
mod parts;
mod patched;
mod random;
mod script;
mod value;
mod variable;
mod words;

pub use build::{MAX_LAYERS, MAX_OCTETS};
pub use catalog::{Catalog, Class, ClassId, NameId};
pub use error::{CraftError, ScriptError};
pub use expand::{Expansion, first};
pub use fragment::fragment;
pub use from_octets::{hexdump, line, of_link, packet as from_octets, tree};
pub use fuzz::fuzz;
pub use hosts::{LookUp, look_up_hosts};
pub use nettool_plugins::limits::{Bounds, turns};
pub use random::Rng;
pub use script::{
    Answer, Argument, Grants, Host, Made, NoGrants, Packets, Record, Script, Session, unfinished,
};
pub use value::{Layer, Packet, Random, Value};
