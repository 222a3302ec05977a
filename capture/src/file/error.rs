//! What can be wrong with a capture file: each case with its file, its offset, and the numbers that do not fit.
//!
//! [`FileError`] ends the reading of a file; everything before it has been delivered. [`Note`] tells of damage that
//! reading went past.

use std::fmt;
use std::io;
use std::sync::Arc;

/// The name a source goes by in messages: its path as the user wrote it, `stdin` for `-`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SourceName(Arc<str>);

impl SourceName {
    /// A name as the user wrote it.
    pub fn new(name: &str) -> Self {
        SourceName(Arc::from(name))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SourceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The container of a capture file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// Classic pcap and its variants.
    Pcap,
    /// pcapng.
    Pcapng,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Format::Pcap => "pcap",
            Format::Pcapng => "pcapng",
        })
    }
}

/// The compression around a capture file.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Compression {
    /// Plain octets.
    #[default]
    None,
    /// gzip (RFC 1952), one or several members.
    Gzip,
    /// Zstandard (RFC 8878), one or several frames.
    Zstd,
    /// LZ4 frame format.
    Lz4,
}

impl fmt::Display for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Compression::None => "plain",
            Compression::Gzip => "gzip",
            Compression::Zstd => "zstd",
            Compression::Lz4 => "lz4",
        })
    }
}

/// Why reading a capture file stopped.
///
/// Offsets count octets from the start of the (decompressed) file. `packet` is the number, from 1 within the file,
/// of the packet that could not be read.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The file cannot be opened or asked for its size.
    #[error("{name}: {source}")]
    Open {
        /// File.
        name: SourceName,
        /// What the system said.
        source: io::Error,
    },
    /// The path names a directory.
    #[error("{name}: is a directory; name the capture files in it")]
    Directory {
        /// Path.
        name: SourceName,
    },
    /// The system could not read on.
    #[error("{name}: reading at offset {offset}: {source}")]
    Read {
        /// File.
        name: SourceName,
        /// Where.
        offset: u64,
        /// What the system said.
        source: io::Error,
    },
    /// The compressed data is damaged or ends early.
    #[error("{name}: {}", unpacking(*compression, *offset, source))]
    Compressed {
        /// File.
        name: SourceName,
        /// Kind of compression.
        compression: Compression,
        /// Octets that came out before.
        offset: u64,
        /// What the decompressor said.
        source: io::Error,
    },
    /// No octet at all.
    #[error("{name}: is empty; a capture file has a header of at least 24 octets")]
    Empty {
        /// File.
        name: SourceName,
    },
    /// The first octets are no capture format.
    #[error("{name}: {}", stranger(name, start))]
    NotACapture {
        /// File.
        name: SourceName,
        /// First octets, some of them.
        start: Box<[u8]>,
    },
    /// The file header is cut short.
    #[error("{name}: {format} header cut short at offset {available}: {needed} octets needed")]
    HeaderCut {
        /// File.
        name: SourceName,
        /// What the magic number said.
        format: Format,
        /// Length of the header.
        needed: u64,
        /// Octets there are.
        available: u64,
    },
    /// The file ends inside a packet record or block.
    #[error(
        "{name}: cut short: packet {packet} at offset {offset} needs {needed} octets, the file has {available} more"
    )]
    Cut {
        /// File.
        name: SourceName,
        /// Start of the record.
        offset: u64,
        /// Octets from there to its end; at least the size of its header.
        needed: u64,
        /// Octets from there to the end of the file.
        available: u64,
        /// The packet that would come next.
        packet: u64,
    },
    /// A record says it is longer than any packet can be.
    #[error(
        "{name}: damaged at offset {offset}: packet {packet} claims {length} octets, the limit is {limit}"
    )]
    TooLong {
        /// File.
        name: SourceName,
        /// Start of the record.
        offset: u64,
        /// Length it claims.
        length: u64,
        /// Longest that is believed.
        limit: u64,
        /// The packet that would come next.
        packet: u64,
    },
    /// A pcapng block's length is 0, too small, not a multiple of 4, or beyond belief.
    #[error("{name}: damaged at offset {offset}: block of type {kind:#x} has impossible length {length}")]
    BlockLength {
        /// File.
        name: SourceName,
        /// Start of the block.
        offset: u64,
        /// Block type.
        kind: u32,
        /// Length it claims.
        length: u32,
    },
    /// The two lengths of a pcapng block differ.
    #[error("{name}: damaged at offset {offset}: block length is {first} at its start and {last} at its end")]
    BlockLengthsDiffer {
        /// File.
        name: SourceName,
        /// Start of the block.
        offset: u64,
        /// At the start.
        first: u32,
        /// At the end.
        last: u32,
    },
    /// A section header without a valid byte-order magic.
    #[error("{name}: damaged at offset {offset}: section header has byte-order magic {magic:#010x}")]
    ByteOrder {
        /// File.
        name: SourceName,
        /// Start of the block.
        offset: u64,
        /// What stands there, read as big-endian.
        magic: u32,
    },
    /// A file or section of a version nobody has specified.
    #[error("{name}: {format} version {major}.{minor} at offset {offset} is not known")]
    Version {
        /// File.
        name: SourceName,
        /// Container.
        format: Format,
        /// Start of the header.
        offset: u64,
        /// Major version.
        major: u16,
        /// Minor version.
        minor: u16,
    },
    /// More interfaces than nettool keeps.
    #[error("{name}: more than {limit} interfaces described at offset {offset}")]
    TooManyInterfaces {
        /// File.
        name: SourceName,
        /// Start of the block.
        offset: u64,
        /// How many are kept.
        limit: u32,
    },
    /// The file lost octets while it was read.
    #[error("{name}: was truncated while being read: {needed} octets expected, {available} left")]
    Truncated {
        /// File.
        name: SourceName,
        /// Size when it was opened, or position that had been reached.
        needed: u64,
        /// Size now.
        available: u64,
    },
}

/// What became of compressed data.
fn unpacking(compression: Compression, offset: u64, source: &io::Error) -> String {
    if source.kind() == io::ErrorKind::UnexpectedEof {
        format!("{compression} data cut short, {offset} octets of capture came out of it")
    } else {
        format!("{compression} data damaged after {offset} octets of capture: {source}")
    }
}

/// What a file is that is no capture nettool reads, and what makes one of it.
fn stranger(name: &SourceName, start: &[u8]) -> String {
    let packed = match start {
        [0xfd, b'7', b'z', b'X', b'Z', ..] => Some("xz"),
        [b'B', b'Z', b'h', ..] => Some("bzip2"),
        [b'L', b'Z', b'I', b'P', ..] => Some("lzip"),
        // The form before frames, which the kernel still has.
        [0x02, 0x21, 0x4c, 0x18, ..] => Some("lz4"),
        _ => None,
    };
    let name = if name.as_str() == "stdin" { "FILE" } else { name.as_str() };
    if let Some(program) = packed {
        return format!("is packed in a form of {program}: `{program} -dc {name} | nettool read -`");
    }
    let converted = match start {
        [b's', b'n', b'o', b'o', b'p', 0, 0, 0, ..] => Some("snoop"),
        [b'b', b't', b's', b'n', b'o', b'o', b'p', 0, ..] => Some("btsnoop"),
        [b'G', b'M', b'B', b'U', ..] | [b'R', b'T', b'S', b'S', ..] => Some("Network Monitor"),
        [b'T', b'R', b'S', b'N', b'I', b'F', b'F', ..] => Some("Sniffer"),
        [b'X', b'C', b'P', 0, ..] => Some("NetXRay"),
        _ => None,
    };
    if let Some(program) = converted {
        return format!("is a capture of {program}; `editcap {name} OUT.pcapng` makes a pcapng file of it");
    }
    let octets: Vec<String> = start.iter().map(|octet| format!("{octet:02x}")).collect();
    format!("is no capture file that nettool knows: starts with {} at offset 0", octets.join(" "))
}

impl FileError {
    /// Whether there is no such file, or it may not be read (exit code 3), as opposed to damage in it (exit code 1).
    pub fn is_access(&self) -> bool {
        matches!(self, FileError::Open { .. } | FileError::Directory { .. })
    }
}

/// A kind of damage that reading goes past.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NoteKind {
    /// The sub-second part of a packet's time is a second or more; it was carried over.
    FractionCarried,
    /// A packet block names an interface that no block describes; it was left out.
    UnknownInterface {
        /// The interface it names.
        id: u32,
        /// Interfaces described so far in its section.
        described: u32,
    },
    /// A packet block is too small for what it says of itself; it was left out.
    BlockContents {
        /// Octets its parts need.
        needed: u64,
        /// Octets in the block.
        available: u64,
    },
    /// An interface description is too small; its packets are left out.
    InterfaceContents,
}

/// Damage that reading went past: the first place of its kind in a file, and how often it came.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Note {
    /// File.
    pub name: SourceName,
    /// What, at the first place.
    pub kind: NoteKind,
    /// The first place: octets from the start of the decompressed file to the record.
    pub offset: u64,
    /// Number of the packet in the file that stands there or would have.
    pub packet: u64,
    /// How often in this file.
    pub count: u64,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Note { name, offset, packet, count, .. } = self;
        match self.kind {
            NoteKind::FractionCarried => write!(
                f,
                "{name}: packet {packet} at offset {offset}: time has a second or more after its whole seconds, carried over"
            )?,
            NoteKind::UnknownInterface { id, described } => write!(
                f,
                "{name}: block at offset {offset} left out: names interface {id}, {described} described so far"
            )?,
            NoteKind::BlockContents { needed, available } => write!(
                f,
                "{name}: block at offset {offset} left out: needs {needed} octets, has {available}"
            )?,
            NoteKind::InterfaceContents => write!(
                f,
                "{name}: interface description at offset {offset} is too small; its packets are left out"
            )?,
        }
        if *count > 1 { write!(f, " ({count} times)") } else { Ok(()) }
    }
}

/// Notes of one file, one for each kind: bounded whatever the file holds.
#[derive(Default, Debug)]
pub(crate) struct Notes {
    list: Vec<Note>,
}

impl Notes {
    /// Remembers the first place of each kind and counts the rest.
    pub(crate) fn add(&mut self, name: &SourceName, kind: NoteKind, offset: u64, packet: u64) {
        let same = |note: &&mut Note| std::mem::discriminant(&note.kind) == std::mem::discriminant(&kind);
        match self.list.iter_mut().find(same) {
            Some(note) => note.count = note.count.saturating_add(1),
            None => self.list.push(Note { name: name.clone(), kind, offset, packet, count: 1 }),
        }
    }

    /// What was noted, in order of first appearance.
    pub(crate) fn list(&self) -> &[Note] {
        &self.list
    }
}
