//! The file that is being written: large writes of whole records, compressed or not.
//!
//! Only whole records are handed to `write`, so a killed writer leaves whole records. A write that the system cuts
//! short (full disk) is cut back to the last whole record, and the packets that did not get there are counted.
//! Compressed data is flushed at the end of each buffer, and cut back to the last flush.

use super::blocks::Blocks;
use super::encode::{RecordShape, whole_records};
use super::error::{Compression, SourceName};
use super::input::FileId;
use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::FileTypeExt;
use std::path::Path;
use std::thread::JoinHandle;

/// Octets gathered before they are written.
const BUFFER: usize = 1 << 20;
/// Octets that are written as they lie in a chunk instead of being gathered first.
const DIRECT: usize = 128 << 10;

/// What became of the packets when a write failed.
fn account(lost: u64, kept: u64) -> String {
    if lost == 0 && kept == 0 {
        // The header, before any packet was counted.
        return "not even its header could be written, no packet is in it".into();
    }
    format!("{lost} packets lost, the {kept} before them are in the file")
}

/// Why a capture file cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The file cannot be made.
    #[error("{name}: {source}")]
    Create {
        /// File.
        name: SourceName,
        /// What the system said.
        source: io::Error,
    },
    /// The output is a file that is being read.
    #[error("{name}: is being read; writing into it would destroy it, name another output file")]
    SameFile {
        /// File.
        name: SourceName,
    },
    /// The system did not take what was written.
    #[error("{name}: {source}; {}", account(*lost, *kept))]
    Write {
        /// File.
        name: SourceName,
        /// What the system said.
        source: io::Error,
        /// Packets that were given to the writer and are not in the file.
        lost: u64,
        /// Packets in the file.
        kept: u64,
    },
    /// A pcap file holds one link type.
    #[error(
        "{name}: packet {number} is {link_type}, the file is {expected}: pcap holds one link type, write pcapng"
    )]
    LinkType {
        /// File.
        name: SourceName,
        /// Number of the packet.
        number: u64,
        /// Its link type.
        link_type: nettool_dissect::frame::LinkType,
        /// The file's.
        expected: nettool_dissect::frame::LinkType,
    },
    /// A packet names an interface that is not in the list given with it.
    #[error("{name}: packet {number} names interface {interface}, which is not described")]
    UnknownInterface {
        /// File.
        name: SourceName,
        /// Number of the packet.
        number: u64,
        /// Interface.
        interface: u32,
    },
    /// A `%` in the file name that is no time format.
    #[error("{pattern}: is no time format: {reason}")]
    Pattern {
        /// The name as given.
        pattern: String,
        /// What strftime has against it.
        reason: String,
    },
    /// Rotation needs files that can be told apart by name.
    #[error("standard output cannot be rotated; name a file")]
    RotatedStdout,
}

/// A compressor that writes into memory.
enum Encoder {
    Plain,
    Gzip(flate2::write::GzEncoder<Vec<u8>>),
    Zstd(zstd::stream::write::Encoder<'static, Vec<u8>>),
    Lz4(Box<lz4_flex::frame::FrameEncoder<Vec<u8>>>),
}

/// zstd's own default level: faster than a disk, and close to gzip's size.
const ZSTD_LEVEL: i32 = 3;

impl Encoder {
    fn new(compression: Compression) -> io::Result<Encoder> {
        Ok(match compression {
            Compression::None => Encoder::Plain,
            Compression::Gzip => {
                Encoder::Gzip(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()))
            }
            Compression::Zstd => {
                let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), ZSTD_LEVEL)?;
                encoder.include_checksum(true)?;
                Encoder::Zstd(encoder)
            }
            Compression::Lz4 => Encoder::Lz4(Box::new(lz4_flex::frame::FrameEncoder::new(Vec::new()))),
        })
    }

    /// Compresses `plain`; the result can be decompressed without what comes later. `None`: write `plain` itself.
    fn pack(&mut self, plain: &[u8]) -> io::Result<Option<Vec<u8>>> {
        Ok(Some(match self {
            Encoder::Plain => return Ok(None),
            Encoder::Gzip(encoder) => {
                encoder.write_all(plain)?;
                encoder.flush()?;
                std::mem::take(encoder.get_mut())
            }
            Encoder::Zstd(encoder) => {
                encoder.write_all(plain)?;
                encoder.flush()?;
                std::mem::take(encoder.get_mut())
            }
            Encoder::Lz4(encoder) => {
                encoder.write_all(plain)?;
                encoder.flush()?;
                std::mem::take(encoder.get_mut())
            }
        }))
    }

    /// What ends the compressed stream.
    fn finish(self) -> io::Result<Vec<u8>> {
        match self {
            Encoder::Plain => Ok(Vec::new()),
            Encoder::Gzip(encoder) => encoder.finish(),
            Encoder::Zstd(encoder) => encoder.finish(),
            Encoder::Lz4(encoder) => encoder.finish().map_err(io::Error::other),
        }
    }
}

/// A capture file being written.
pub(crate) struct Sink {
    name: SourceName,
    file: File,
    /// A regular file can be cut back; a pipe cannot.
    regular: bool,
    blocks: Blocks,
    encoder: Encoder,
    /// Records not yet written.
    buffer: Vec<u8>,
    /// Packets in `buffer`.
    waiting: u64,
    /// Packets in the file.
    kept: u64,
    /// Octets in the file.
    written: u64,
    /// Octets of capture, before compression, written or waiting.
    octets: u64,
    shape: RecordShape,
    failed: bool,
    /// What was in a large file before is on its way out; the header waits for that.
    emptying: Option<Emptying>,
}

/// A file that a thread empties: for a large one the kernel takes milliseconds, in which much can be read already.
///
/// One octet is left until the header overwrites it. Of a file that was cut to nothing ext4 starts to write everything to
/// the disk when it is closed, and whoever closes it waits for a quarter of a second for each gigabyte; the octets of a new
/// file are written in the background.
struct Emptying {
    thread: JoinHandle<io::Result<()>>,
    header: Vec<u8>,
}

/// Files of less are emptied on the spot.
const WORTH_A_THREAD: u64 = 8 << 20;
/// What stays of a large file until its header is written.
const LEFT: u64 = 1;
/// Octets that gather while a file is being emptied, at most.
const GATHERED: usize = 16 << 20;

impl Emptying {
    /// Empties `file`, beside what goes on if it is large.
    fn start(file: &File, len: u64) -> io::Result<Option<Emptying>> {
        if len < WORTH_A_THREAD {
            return file.set_len(0).map(|()| None);
        }
        let file = file.try_clone()?;
        let thread = std::thread::Builder::new().name("empty".into()).spawn(move || file.set_len(LEFT))?;
        Ok(Some(Emptying { thread, header: Vec::new() }))
    }
}

impl Sink {
    /// Makes or empties the file; `-` is standard output.
    pub(crate) fn create(
        path: &Path,
        compression: Compression,
        inputs: &[FileId],
    ) -> Result<Sink, WriteError> {
        let stdout = path.as_os_str() == "-";
        let name = SourceName::new(if stdout { "stdout".into() } else { path.to_string_lossy() }.as_ref());
        let fail = |source| WriteError::Create { name: name.clone(), source };
        let file = if stdout { stdout_file() } else { open(path) }.map_err(fail)?;
        let metadata = file.metadata().map_err(fail)?;
        let regular = metadata.is_file();
        if regular && inputs.contains(&FileId::of(&metadata)) {
            return Err(WriteError::SameFile { name });
        }
        // What standard output is redirected to is the shell's to empty.
        let emptying = match regular && !stdout {
            true => Emptying::start(&file, metadata.len()).map_err(fail)?,
            false => None,
        };
        let written = if regular && stdout { metadata.len() } else { 0 };
        let encoder = Encoder::new(compression).map_err(fail)?;
        let shape = RecordShape::Pcapng { big_endian: false };
        let (buffer, blocks) = (Vec::with_capacity(BUFFER), Blocks::of(&file));
        Ok(Sink {
            name,
            file,
            regular,
            blocks,
            encoder,
            buffer,
            waiting: 0,
            kept: 0,
            written,
            octets: 0,
            shape,
            failed: false,
            emptying,
        })
    }

    pub(crate) fn name(&self) -> &SourceName {
        &self.name
    }

    /// Octets of capture so far, before compression.
    pub(crate) fn octets(&self) -> u64 {
        self.octets
    }

    /// Writes a file header at once, so that who reads along can start and a full disk is found early.
    pub(crate) fn header(&mut self, header: &[u8], shape: RecordShape) -> Result<(), WriteError> {
        self.shape = shape;
        self.octets = self.octets.saturating_add(header.len() as u64);
        match &mut self.emptying {
            Some(emptying) if self.buffer.is_empty() => {
                emptying.header.extend_from_slice(header);
                Ok(())
            }
            _ => self.put(header, 0),
        }
    }

    /// Waits until the file is empty, and writes the header that waited for that.
    fn emptied(&mut self) -> Result<(), WriteError> {
        let Some(Emptying { thread, header }) = self.emptying.take() else { return Ok(()) };
        let emptied = thread.join().unwrap_or_else(|_| Err(io::Error::other("emptying it failed")));
        let emptied = if header.is_empty() { emptied.and_then(|()| self.file.set_len(0)) } else { emptied };
        if let Err(source) = emptied {
            self.failed = true;
            return Err(WriteError::Create { name: self.name.clone(), source });
        }
        if header.is_empty() { Ok(()) } else { self.put(&header, 0) }
    }

    /// Whether records should gather on, since the file is not empty yet.
    fn gathers(&self) -> bool {
        let waits = self.emptying.as_ref().is_some_and(|emptying| !emptying.thread.is_finished());
        waits && self.buffer.len() < GATHERED
    }

    /// The buffer, to append one whole record to; then call [`record_added`](Self::record_added).
    #[inline]
    pub(crate) fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.buffer
    }

    /// Takes note of what was appended since the buffer had `before` octets: `packets` of them whole.
    #[inline]
    pub(crate) fn record_added(&mut self, before: usize, packets: u64) -> Result<(), WriteError> {
        let added = self.buffer.len().saturating_sub(before) as u64;
        self.octets = self.octets.saturating_add(added);
        self.waiting = self.waiting.saturating_add(packets);
        if self.buffer.len() >= BUFFER && !self.gathers() { self.flush() } else { Ok(()) }
    }

    /// Appends whole records as they are.
    #[inline]
    pub(crate) fn records(&mut self, records: &[u8], packets: u64) -> Result<(), WriteError> {
        if records.len() < DIRECT || !matches!(self.encoder, Encoder::Plain) || self.gathers() {
            let before = self.buffer.len();
            self.buffer.extend_from_slice(records);
            return self.record_added(before, packets);
        }
        self.flush()?;
        self.octets = self.octets.saturating_add(records.len() as u64);
        self.put(records, packets)
    }

    /// Hands everything that waits to the system.
    pub(crate) fn flush(&mut self) -> Result<(), WriteError> {
        if self.buffer.is_empty() {
            let empty = self.emptying.as_ref().is_some_and(|emptying| emptying.thread.is_finished());
            return if empty { self.emptied() } else { Ok(()) };
        }
        let mut buffer = std::mem::take(&mut self.buffer);
        let packets = std::mem::take(&mut self.waiting);
        let result = self.put(&buffer, packets);
        buffer.clear();
        // One huge record must not hold its memory for ever, nor what gathered while the file was emptied.
        buffer.shrink_to(BUFFER.saturating_mul(2));
        self.buffer = buffer;
        result
    }

    /// Ends the file; gives the packets and octets in it.
    pub(crate) fn finish(mut self) -> Result<(u64, u64), WriteError> {
        self.flush()?;
        let encoder = std::mem::replace(&mut self.encoder, Encoder::Plain);
        let end = encoder.finish().map_err(|source| self.error(source, 0))?;
        self.emptied()?;
        if !self.failed {
            self.put(&end, 0)?;
        }
        Ok((self.kept, self.written))
    }

    fn error(&self, source: io::Error, lost: u64) -> WriteError {
        WriteError::Write { name: self.name.clone(), source, lost, kept: self.kept }
    }

    /// Writes whole records or the header.
    fn put(&mut self, plain: &[u8], packets: u64) -> Result<(), WriteError> {
        self.emptied()?;
        if self.failed {
            return Err(self.error(io::Error::other("writing ended before"), packets));
        }
        let packed = match self.encoder.pack(plain) {
            Ok(packed) => packed,
            Err(source) => {
                self.failed = true;
                return Err(self.error(source, packets));
            }
        };
        let octets = packed.as_deref().unwrap_or(plain);
        self.blocks.ahead(&self.file, octets.len());
        match write_all(&mut self.file, octets) {
            Ok(()) => {
                self.kept = self.kept.saturating_add(packets);
                self.written = self.written.saturating_add(octets.len() as u64);
                Ok(())
            }
            Err((count, source)) => {
                self.failed = true;
                let lost = self.cut_back(plain, packets, count, packed.is_some());
                Err(self.error(source, lost))
            }
        }
    }

    /// Cuts the file to its last whole record after only `count` octets were taken; gives the packets lost.
    fn cut_back(&mut self, plain: &[u8], packets: u64, count: usize, packed: bool) -> u64 {
        let whole = match packed || packets == 0 {
            true => None,
            false => Some(whole_records(plain, self.shape, count)),
        };
        let (end, kept) = whole.map_or((0, 0), |whole| (whole.end, whole.kept));
        let length = self.written.saturating_add(end as u64);
        if self.regular && self.file.set_len(length).is_err() {
            // The octets stay; readers stop at the record that is cut. Nothing better can be done here.
            return packets.saturating_sub(kept);
        }
        self.written = length;
        self.kept = self.kept.saturating_add(kept);
        packets.saturating_sub(kept)
    }
}

impl Drop for Sink {
    /// Who gives up leaves the file empty but for its header, as who had written nothing more.
    fn drop(&mut self) {
        let _ = self.emptied();
    }
}

/// Writes everything, or tells how much was taken.
fn write_all(file: &mut File, mut octets: &[u8]) -> Result<(), (usize, io::Error)> {
    let mut count = 0usize;
    while !octets.is_empty() {
        match file.write(octets) {
            Ok(0) => return Err((count, io::ErrorKind::WriteZero.into())),
            Ok(taken) => {
                count = count.saturating_add(taken);
                octets = octets.get(taken..).unwrap_or_default();
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err((count, error)),
        }
    }
    Ok(())
}

/// Opens without emptying: whether the file is one that is being read must be known first.
fn open(path: &Path) -> io::Result<File> {
    // Nobody would read a directory or a socket as a capture; the system's words for them are good.
    if std::fs::metadata(path).is_ok_and(|data| data.file_type().is_fifo()) {
        return File::options().write(true).open(path);
    }
    File::options().write(true).create(true).truncate(false).open(path)
}

fn stdout_file() -> io::Result<File> {
    use std::os::fd::AsFd;
    Ok(File::from(io::stdout().as_fd().try_clone_to_owned()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::{Interfaces, ReadOptions, Reader, WriteOptions, Writer};
    use nettool_dissect::frame::{Frame, Interface, LinkType, Meta};

    /// A capture of ten packets, and where each record ends; the header ends at the first.
    fn capture(format: crate::file::Format) -> (Vec<u8>, Vec<usize>, RecordShape) {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("x");
        let interfaces = Interfaces::new([Interface::new("eth0", LinkType::ETHERNET)]);
        let mut writer = Writer::create(&path, WriteOptions::new(format)).expect("can be made");
        let mut ends = Vec::new();
        for number in 0..10u64 {
            let data = vec![number as u8; number as usize * 7];
            let frame = Frame { number, data: &data, meta: Meta::new(LinkType::ETHERNET, 99) };
            writer.write(&frame, &interfaces).expect("taken");
            writer.flush().expect("taken");
            ends.push(std::fs::metadata(&path).expect("there").len() as usize);
        }
        writer.finish().expect("taken");
        let octets = std::fs::read(&path).expect("there");
        let (header, shape) = match format {
            crate::file::Format::Pcap => (24, RecordShape::Pcap { big_endian: false }),
            crate::file::Format::Pcapng => {
                let first = u32::from_le_bytes(octets[4..8].try_into().expect("four")) as usize;
                (first, RecordShape::Pcapng { big_endian: false })
            }
        };
        ends.insert(0, header);
        (octets, ends, shape)
    }

    #[test]
    fn what_was_in_a_large_file_is_gone_whatever_is_written() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("large");
        let interfaces = Interfaces::new([Interface::new("eth0", LinkType::ETHERNET)]);
        for format in [crate::file::Format::Pcap, crate::file::Format::Pcapng] {
            for (packets, finished) in [(0, false), (0, true), (3, true), (30_000, true)] {
                std::fs::write(&path, vec![7; WORTH_A_THREAD as usize + 1]).expect("room");
                let mut writer = Writer::create(&path, WriteOptions::new(format)).expect("can be made");
                writer.describe(&interfaces);
                for number in 0..packets {
                    let data = [number as u8; 700];
                    let frame = Frame { number, data: &data, meta: Meta::new(LinkType::ETHERNET, 700) };
                    writer.write(&frame, &interfaces).expect("taken");
                }
                match finished {
                    true => assert_eq!(writer.finish().expect("taken").packets, packets),
                    false => drop(writer),
                }
                let len = std::fs::metadata(&path).expect("there").len();
                assert!(len < 100 + packets * 800, "{len} octets of {packets} packets");
                if finished {
                    let mut reader = Reader::open(&[&path], &ReadOptions::default()).expect("there");
                    assert_eq!(reader.count().expect("whole records"), packets);
                }
            }
        }
    }

    #[test]
    fn a_write_cut_short_anywhere_leaves_whole_records_and_counts_the_rest() {
        for format in [crate::file::Format::Pcap, crate::file::Format::Pcapng] {
            let (octets, ends, shape) = capture(format);
            let header = ends[0];
            let directory = tempfile::tempdir().expect("a directory");
            let path = directory.path().join("full");
            for taken in 0..=octets.len() - header {
                let mut sink = Sink::create(&path, Compression::None, &[]).expect("can be made");
                sink.header(&octets[..header], shape).expect("taken");
                let records = &octets[header..];
                sink.file.write_all(&records[..taken]).expect("taken");
                let lost = sink.cut_back(records, 10, taken, false);
                let whole = ends[1..].iter().filter(|end| **end <= header + taken).count() as u64;
                assert_eq!(lost, 10 - whole, "{format}, {taken} octets taken");
                assert_eq!(sink.kept, whole);
                let mut reader = Reader::open(&[&path], &ReadOptions::default()).expect("there");
                assert_eq!(reader.count().expect("whole records"), whole);
            }
        }
    }
}
