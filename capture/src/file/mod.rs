//! Capture files: pcap and pcapng, plain or compressed, read in parallel and written without losing a record.
//!
//! Reading:
//!
//! ```no_run
//! use nettool_capture::file::{ReadOptions, Reader};
//!
//! let mut reader = Reader::open(&["trace.pcapng.zst"], &ReadOptions::default())?;
//! while let Some(chunk) = reader.next_chunk()? {
//!     for frame in chunk.frames() {
//!         println!("{} {} octets on {:?}", frame.number, frame.data.len(), chunk.interfaces().get(frame.meta.interface));
//!     }
//! }
//! for note in reader.notes() {
//!     eprintln!("{note}");
//! }
//! # Ok::<(), nettool_capture::file::FileError>(())
//! ```
//!
//! With several threads and ordered output, [`for_each_chunk_ordered`]: workers get whole chunks and make, say, a
//! buffer of text of each; the calling thread gets the buffers in order and writes them.
//!
//! - A [`Chunk`] holds whole records and a share in the mapping or buffer they lie in. [`Chunk::frames`] gives all of
//!   [`Meta`](nettool_dissect::frame::Meta); [`Chunk::records`] is cheaper for who drops most packets, and
//!   [`Record::frame`] makes the frame when it is wanted; [`Chunk::events`] also gives what is no packet, at its place.
//! - [`Reader::count`] counts by record headers alone.
//! - Damage ends reading with a [`FileError`] after everything before it has been delivered; what can be gone past
//!   becomes a [`Note`]. [`FileError::is_access`] tells a file that cannot be opened from one that is damaged.
//! - [`Stopper::stop`] ends reading from anywhere, also a wait for a pipe.
//!
//! What must hold: nothing in a file can make this room panic, loop, or take memory beyond the chunks in flight.
//! `unsafe` is in `map` alone.

#[allow(dead_code, reason = "the index uses the rest")]
mod bytes;
#[allow(dead_code, reason = "the writers use the rest")]
mod chunk;
mod error;
#[allow(dead_code, reason = "the writers use the rest")]
mod facts;
mod input;
#[allow(dead_code, reason = "the writers use the rest")]
mod interfaces;
mod map;
mod pcap;
#[allow(dead_code, reason = "the writers use the rest")]
mod pcapng;
mod pipeline;
mod reader;
mod scan;
mod source;

pub use chunk::{Block, Chunk, Event, Events, Record, Selection};
pub use error::{Compression, FileError, Format, Note, NoteKind, SourceName};
pub use input::{FileId, ReadOptions};
pub use interfaces::Interfaces;
pub use pipeline::for_each_chunk_ordered;
pub use reader::Reader;
pub use source::Stopper;
