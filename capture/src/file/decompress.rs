//! Compressed captures: a thread unpacks them while records are decoded, as many members or frames as stand in a row.
//!
//! In: a stream of compressed octets. Out: a stream of the octets in it, and where it ends early or is damaged, the error
//! behind all that came out before.

use super::error::Compression;
use super::source::{Stopper, Stream};
use flate2::bufread::GzDecoder;
use lz4_flex::frame::{Error as Lz4Error, FrameDecoder};
use std::io::{self, BufRead, BufReader, Read};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::thread::JoinHandle;

/// Octets that were read already, then the stream they were read from.
struct Prefixed {
    prefix: Vec<u8>,
    taken: usize,
    stream: Box<dyn Stream>,
}

impl Read for Prefixed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = self.prefix.get(self.taken..).unwrap_or_default();
        if rest.is_empty() {
            return self.stream.read(buffer);
        }
        let count = rest.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..count), rest.get(..count)) {
            to.copy_from_slice(from);
        }
        self.taken = self.taken.saturating_add(count);
        Ok(count)
    }
}

/// Magic number of the LZ4 frame format.
const LZ4: [u8; 4] = [0x04, 0x22, 0x4d, 0x18];

/// The compression that the first octets of a file are of.
pub(crate) fn compression(start: &[u8]) -> Compression {
    match start {
        [0x1f, 0x8b, ..] => Compression::Gzip,
        [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Compression::Zstd,
        [a, b, c, d, ..] if [*a, *b, *c, *d] == LZ4 => Compression::Lz4,
        _ => Compression::None,
    }
}

/// Octets that come out of a decompressor at once.
const PIECE: usize = 256 << 10;
/// Pieces that wait for the scan: the decompressor does not run further ahead.
const PIECES: usize = 4;

/// A decompressor on a thread of its own, so that it works while records are decoded.
pub(crate) struct Decompressed {
    pieces: Option<Receiver<io::Result<Vec<u8>>>>,
    used: Option<SyncSender<Vec<u8>>>,
    current: Vec<u8>,
    taken: usize,
    failed: Option<io::Error>,
    compression: Compression,
    stopper: Stopper,
    thread: Option<JoinHandle<()>>,
}

impl Decompressed {
    /// Starts to decompress `prefix` and what `stream` brings.
    pub(crate) fn start(
        compression: Compression,
        prefix: Vec<u8>,
        stream: Box<dyn Stream>,
        stopper: Stopper,
    ) -> io::Result<Self> {
        let (to_scan, pieces) = sync_channel(PIECES);
        let (used, to_fill) = sync_channel(PIECES + 2);
        let input = Prefixed { prefix, taken: 0, stream };
        let thread = std::thread::Builder::new()
            .name(format!("{compression}"))
            .spawn(move || decompress(compression, input, &to_scan, &to_fill))?;
        Ok(Decompressed {
            pieces: Some(pieces),
            used: Some(used),
            current: Vec::new(),
            taken: 0,
            failed: None,
            compression,
            stopper,
            thread: Some(thread),
        })
    }

    /// Makes the next piece current; false at the end.
    fn accept(&mut self, piece: io::Result<Vec<u8>>) {
        match piece {
            Ok(piece) => {
                let used = std::mem::replace(&mut self.current, piece);
                self.taken = 0;
                if used.capacity() > 0
                    && let Some(to_fill) = &self.used
                {
                    // A full channel only means that enough buffers go round.
                    let _ = to_fill.try_send(used);
                }
            }
            Err(error) => self.failed = Some(error),
        }
    }
}

impl Stream for Decompressed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let rest = self.current.get(self.taken..).unwrap_or_default();
            if !rest.is_empty() {
                let count = rest.len().min(buffer.len());
                if let (Some(to), Some(from)) = (buffer.get_mut(..count), rest.get(..count)) {
                    to.copy_from_slice(from);
                }
                self.taken = self.taken.saturating_add(count);
                return Ok(count);
            }
            if let Some(error) = self.failed.take() {
                return Err(error);
            }
            match self.pieces.as_ref().map(Receiver::recv) {
                Some(Ok(piece)) => self.accept(piece),
                _ => return Ok(0),
            }
        }
    }

    fn ready(&mut self) -> bool {
        if self.taken < self.current.len() || self.failed.is_some() {
            return true;
        }
        match self.pieces.as_ref().map(Receiver::try_recv) {
            Some(Ok(piece)) => {
                self.accept(piece);
                true
            }
            Some(Err(TryRecvError::Empty)) => false,
            Some(Err(TryRecvError::Disconnected)) | None => true,
        }
    }

    fn compression(&self) -> Compression {
        self.compression
    }
}

impl Drop for Decompressed {
    fn drop(&mut self) {
        self.stopper.stop();
        self.pieces = None;
        self.used = None;
        if let Some(thread) = self.thread.take() {
            // A decompressor that panicked has already sent nothing more; there is nobody to tell here.
            let _ = thread.join();
        }
    }
}

/// Octets where another member or frame should begin, or the end.
fn behind_the_last(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("what stands behind the last {what} is none"))
}

/// gzip members one after the other; zeros behind the last, with which tapes and block devices are filled up, are no data.
struct GzipMembers<R: BufRead>(Option<GzDecoder<R>>);

impl<R: BufRead> Read for GzipMembers<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let Some(member) = &mut self.0 else { return Ok(0) };
            let count = member.read(buffer)?;
            if count > 0 {
                return Ok(count);
            }
            let Some(mut reader) = self.0.take().map(GzDecoder::into_inner) else { return Ok(0) };
            match skip_zeros(&mut reader)? {
                None => return Ok(0),
                Some(0x1f) => self.0 = Some(GzDecoder::new(reader)),
                Some(_) => return Err(behind_the_last("member")),
            }
        }
    }
}

/// Passes over zeros; the first octet that is none, which stays.
fn skip_zeros(reader: &mut impl BufRead) -> io::Result<Option<u8>> {
    loop {
        let octets = reader.fill_buf()?;
        match octets.iter().position(|octet| *octet != 0) {
            Some(at) => {
                let first = octets.get(at).copied();
                reader.consume(at);
                return Ok(first);
            }
            None if octets.is_empty() => return Ok(None),
            None => {
                let zeros = octets.len();
                reader.consume(zeros);
            }
        }
    }
}

/// LZ4 frames one after the other, and skippable ones between and behind them: the decoder itself ends after each, and
/// takes an end of input between two blocks for the end of the frame.
struct Lz4Frames<R: BufRead>(Option<FrameDecoder<Tail<R>>>);

impl<R: BufRead> Read for Lz4Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let Some(frame) = &mut self.0 else { return Ok(0) };
            let count = frame.read(buffer).map_err(in_words)?;
            if count > 0 {
                return Ok(count);
            }
            let Some(mut tail) = self.0.take().map(FrameDecoder::into_inner) else { return Ok(0) };
            if tail.reader.fill_buf()?.is_empty() && !tail.ends_frame() {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            match next_frame(&mut tail.reader)? {
                None => return Ok(0),
                Some(LZ4) => self.0 = Some(FrameDecoder::new(Tail::new(LZ4, tail.reader))),
                Some(_) => return Err(behind_the_last("frame")),
            }
        }
    }
}

/// Passes over skippable frames, which zstd and LZ4 have in common; what the next frame begins with, taken, or none at
/// the end.
fn next_frame(reader: &mut impl BufRead) -> io::Result<Option<[u8; 4]>> {
    loop {
        if reader.fill_buf()?.is_empty() {
            return Ok(None);
        }
        let mut magic = [0; 4];
        reader.read_exact(&mut magic)?;
        if !matches!(magic, [0x50..=0x5f, 0x2a, 0x4d, 0x18]) {
            return Ok(Some(magic));
        }
        let mut length = [0; 4];
        reader.read_exact(&mut length)?;
        let length = u64::from(u32::from_le_bytes(length));
        if io::copy(&mut reader.take(length), &mut io::sink())? < length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
}

/// The decoder's errors as sentences: it has but their names.
fn in_words(error: io::Error) -> io::Error {
    let words = match error.get_ref().and_then(|inner| inner.downcast_ref::<Lz4Error>()) {
        Some(Lz4Error::HeaderChecksumError) => "the checksum of a frame header is wrong",
        Some(Lz4Error::BlockChecksumError) => "the checksum of a block is wrong",
        Some(Lz4Error::ContentChecksumError) => "the checksum of the contents is wrong",
        Some(Lz4Error::ContentLengthError { .. }) => "the contents are not as long as the frame header says",
        Some(Lz4Error::DictionaryNotSupported) => "it needs a dictionary",
        Some(Lz4Error::UnsupportedVersion(_) | Lz4Error::ReservedBitsSet) => {
            "a frame header is of no known version"
        }
        Some(_) => "a block cannot be unpacked",
        None => return error,
    };
    io::Error::new(io::ErrorKind::InvalidData, words)
}

/// Remembers the last octets that were read.
struct Tail<R> {
    /// The magic number, which was looked at before.
    start: [u8; 4],
    /// How much of it was read.
    started: usize,
    reader: R,
    last: [u8; 8],
}

impl<R> Tail<R> {
    fn new(start: [u8; 4], reader: R) -> Self {
        Tail { start, started: 0, reader, last: [0xff; 8] }
    }

    /// Whether the last octets can be an end mark (a block of length 0), a checksum behind it or not.
    fn ends_frame(&self) -> bool {
        self.last.ends_with(&[0; 4]) || self.last.starts_with(&[0; 4])
    }
}

impl<R: Read> Read for Tail<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let start = self.start.get(self.started..).unwrap_or_default();
        if !start.is_empty() {
            let count = start.len().min(buffer.len());
            if let (Some(to), Some(from)) = (buffer.get_mut(..count), start.get(..count)) {
                to.copy_from_slice(from);
            }
            self.started = self.started.saturating_add(count);
            return Ok(count);
        }
        let count = self.reader.read(buffer)?;
        for octet in buffer.get(count.saturating_sub(self.last.len())..count).unwrap_or_default() {
            self.last.rotate_left(1);
            self.last[7] = *octet;
        }
        Ok(count)
    }
}

/// A decoder for the frames of the kind of the first that is not skippable.
fn frames(mut input: BufReader<Prefixed>) -> io::Result<Box<dyn Read>> {
    Ok(match next_frame(&mut input)? {
        None => Box::new(input),
        Some(LZ4) => Box::new(Lz4Frames(Some(FrameDecoder::new(Tail::new(LZ4, input))))),
        Some(start) => {
            Box::new(zstd::stream::read::Decoder::with_buffer(io::Cursor::new(start).chain(input))?)
        }
    })
}

/// The body of the decompressor's thread: ends with the data, with an error, or when nobody takes the pieces.
fn decompress(
    compression: Compression,
    input: Prefixed,
    to_scan: &SyncSender<io::Result<Vec<u8>>>,
    to_fill: &Receiver<Vec<u8>>,
) {
    let input = BufReader::with_capacity(128 << 10, input);
    let mut decoder: Box<dyn Read> = match compression {
        Compression::None => Box::new(input),
        Compression::Gzip => Box::new(GzipMembers(Some(GzDecoder::new(input)))),
        Compression::Zstd | Compression::Lz4 => match frames(input) {
            Ok(decoder) => decoder,
            Err(error) => {
                let _ = to_scan.send(Err(error));
                return;
            }
        },
    };
    loop {
        let mut piece = to_fill.try_recv().unwrap_or_default();
        piece.resize(PIECE, 0);
        match decoder.read(&mut piece) {
            Ok(0) => return,
            Ok(count) => {
                piece.truncate(count);
                if to_scan.send(Ok(piece)).is_err() {
                    return;
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => {
                let _ = to_scan.send(Err(error));
                return;
            }
        }
    }
}
