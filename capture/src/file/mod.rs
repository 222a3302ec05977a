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
//! - A [`Chunk`] holds whole records and a share in the buffer they lie in. [`Chunk::frames`] gives all of
//!   [`Meta`](nettool_dissect::frame::Meta); [`Chunk::records`] is cheaper for who drops most packets, and
//!   [`Record::frame`] makes the frame when it is wanted; [`Chunk::events`] also gives what is no packet, at its place.
//! - [`Reader::count`] counts by record headers alone.
//! - [`Index`] gives any packet by its number.
//! - Damage ends reading with a [`FileError`] after everything before it has been delivered; what can be gone past
//!   becomes a [`Note`]. [`FileError::is_access`] tells a file that cannot be opened from one that is damaged.
//! - [`Stopper::stop`] ends reading from anywhere, also a wait for a pipe.
//!
//! Writing:
//!
//! ```no_run
//! # use nettool_capture::file::{Format, ReadOptions, Reader, WriteOptions, Writer};
//! # let mut reader = Reader::open(&["in.pcap"], &ReadOptions::default())?;
//! let options = WriteOptions { inputs: reader.file_ids().collect(), ..WriteOptions::new(Format::Pcap) };
//! let mut writer = Writer::create("out.pcap", options)?;
//! while let Some(chunk) = reader.next_chunk()? {
//!     let mut keep = chunk.select();
//!     chunk.records().filter(|record| record.data.len() > 100).for_each(|record| keep.push(&record));
//!     writer.write_chunk(&chunk, Some(&keep))?; // or None for all of it
//! }
//! writer.describe(reader.interfaces());
//! let written = writer.finish()?;
//! eprintln!("{} packets", written.packets);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! - [`Writer::write_chunk`] copies records without looking at them where input and output agree, and writes frame by
//!   frame where they do not. [`Writer::write`] takes frames from anywhere, with the list of interfaces that
//!   their `Meta::interface` indexes ([`Interfaces::new`]).
//! - Files hold whole records whatever happens: see [`WriteError::Write`]. [`Writer::flush`] hands out what is
//!   gathered.
//!
//! What must hold: nothing in a file can make this room panic, loop, or take memory beyond the chunks in flight.

mod blocks;
mod bytes;
mod chunk;
mod decompress;
mod encode;
mod error;
mod facts;
mod hop;
mod index;
mod input;
mod interfaces;
mod merge;
mod names;
mod pcap;
mod pcapng;
mod pipeline;
mod placed;
mod reader;
mod scan;
mod sink;
mod source;
mod streamed;
mod stretch;
mod writer;

pub use blocks::Blocks;
pub use chunk::{Block, Chunk, Event, Events, Record, Records, Selection, Spot};
pub use encode::InterfaceStatistics;
pub use error::{Compression, FileError, Format, Note, NoteKind, SourceName};
pub use index::{Index, IndexedChunk};
pub use input::{FileId, ReadOptions};
pub use interfaces::Interfaces;
pub use names::{compression_of_name, format_of_name};
pub use pipeline::for_each_chunk_ordered;
pub use reader::Reader;
pub use sink::WriteError;
pub use source::Stopper;
pub use writer::{Finished, Rotation, WriteOptions, Writer, Written};
