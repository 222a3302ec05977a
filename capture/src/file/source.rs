//! Where octets come from that are read from front to back: files, pipes, decompressors, and memory.
//!
//! A read waits in `poll` for data or for [`Stopper::stop`], so that a consumer that has enough, or a signal, ends a
//! wait on a silent pipe at once.

use super::error::Compression;
use super::placed::Placed;
use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::thread::JoinHandle;

/// Ends the reading of a source from another thread.
#[derive(Clone, Debug)]
pub struct Stopper {
    shared: Arc<StopState>,
}

#[derive(Debug)]
struct StopState {
    stopped: AtomicBool,
    wake: Option<OwnedFd>,
}

impl Stopper {
    pub(crate) fn new() -> Self {
        let wake = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK).ok();
        Stopper { shared: Arc::new(StopState { stopped: AtomicBool::new(false), wake }) }
    }

    /// No more is read; a wait for data ends. What was read before is still delivered.
    pub fn stop(&self) {
        self.shared.stopped.store(true, Ordering::Release);
        if let Some(wake) = &self.shared.wake {
            // The counter is full only when the wait has ended already.
            let _ = rustix::io::write(wake, &1u64.to_ne_bytes());
        }
    }

    /// Whether [`stop`](Self::stop) has been called.
    pub fn is_stopped(&self) -> bool {
        self.shared.stopped.load(Ordering::Acquire)
    }
}

/// A stream of octets.
pub(crate) trait Stream: Send {
    /// Waits for octets and reads what is there; 0 is the end, or that reading was stopped.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize>;
    /// Whether a read would not wait.
    fn ready(&mut self) -> bool;
    /// Reads on at another offset, where the octets have places.
    fn seek(&mut self, _position: u64) {}
    /// The compression whose data the octets come from.
    fn compression(&self) -> Compression {
        Compression::None
    }
}

/// A file descriptor.
#[derive(Debug)]
pub(crate) struct FileStream {
    file: File,
    stopper: Stopper,
    kind: FileKind,
    position: u64,
}

#[derive(Debug)]
enum FileKind {
    /// Reading never waits for long.
    Regular,
    /// A regular file that grows; the watch tells when.
    Growing { watch: Option<OwnedFd> },
    /// A pipe, FIFO, socket or terminal.
    Waiting,
}

/// How long a growing file is left alone when nothing tells that it has grown: file systems without inotify.
const GROWTH_WAIT: Timespec = Timespec { tv_sec: 0, tv_nsec: 200_000_000 };

impl FileStream {
    /// Reads `file` from where it stands; `follow` waits at the end of a regular file for more.
    pub(crate) fn new(file: File, regular: bool, follow: bool, stopper: Stopper) -> Self {
        let kind = match (regular, follow) {
            (true, false) => FileKind::Regular,
            (true, true) => FileKind::Growing { watch: watch(&file) },
            (false, _) => FileKind::Waiting,
        };
        FileStream { file, stopper, kind, position: 0 }
    }

    /// Waits until the file can be read, has grown perhaps, or reading is stopped.
    fn wait(&self) -> io::Result<()> {
        let stop = self.stopper.shared.wake.as_ref();
        let (fd, timeout) = match &self.kind {
            FileKind::Regular => return Ok(()),
            FileKind::Growing { watch } => (watch.as_ref().map(AsFd::as_fd), Some(&GROWTH_WAIT)),
            FileKind::Waiting => (Some(self.file.as_fd()), None),
        };
        let mut fds: Vec<PollFd<'_>> = fd
            .into_iter()
            .chain(stop.map(AsFd::as_fd))
            .map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN))
            .collect();
        match poll(&mut fds, timeout) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        if let FileKind::Growing { watch: Some(watch) } = &self.kind {
            let mut events = [0; 1024];
            while rustix::io::read(watch, &mut events).is_ok_and(|count| count > 0) {}
        }
        Ok(())
    }
}

/// A watch for writes to an open file.
fn watch(file: &File) -> Option<OwnedFd> {
    use rustix::fs::inotify;
    use std::os::fd::AsRawFd;
    let watch = inotify::init(inotify::CreateFlags::CLOEXEC | inotify::CreateFlags::NONBLOCK).ok()?;
    let path = format!("/proc/self/fd/{}", file.as_raw_fd());
    inotify::add_watch(&watch, path, inotify::WatchFlags::MODIFY).ok()?;
    Some(watch)
}

impl Stream for FileStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.stopper.is_stopped() {
                return Ok(0);
            }
            if matches!(self.kind, FileKind::Waiting) {
                self.wait()?;
                if self.stopper.is_stopped() {
                    return Ok(0);
                }
            }
            match self.file.read(buffer) {
                Ok(0) if matches!(self.kind, FileKind::Growing { .. }) => {
                    let len = self.file.metadata()?.len();
                    if len < self.position {
                        return Err(io::Error::other(format!(
                            "was truncated to {len} octets while being followed"
                        )));
                    }
                    if len == self.position {
                        self.wait()?;
                    }
                }
                Ok(count) => {
                    self.position = self.position.saturating_add(count as u64);
                    return Ok(count);
                }
                Err(error)
                    if matches!(error.kind(), io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock) => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn ready(&mut self) -> bool {
        match &self.kind {
            FileKind::Regular => true,
            FileKind::Growing { .. } => self.file.metadata().is_ok_and(|data| data.len() > self.position),
            FileKind::Waiting => {
                let mut fds = [PollFd::new(&self.file, PollFlags::IN)];
                poll(&mut fds, Some(&Timespec { tv_sec: 0, tv_nsec: 0 })).is_ok_and(|ready| ready > 0)
            }
        }
    }
}

/// A regular file from front to back, between stretches that were read elsewhere.
pub(crate) struct PlacedStream {
    pub(crate) placed: Placed,
    pub(crate) position: u64,
    pub(crate) stopper: Stopper,
}

impl Stream for PlacedStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.stopper.is_stopped() {
            return Ok(0);
        }
        let count = self.placed.read(buffer, self.position)?;
        self.position = self.position.saturating_add(count as u64);
        Ok(count)
    }

    fn ready(&mut self) -> bool {
        true
    }

    fn seek(&mut self, position: u64) {
        self.position = position;
    }
}

/// Any reader, such as octets in memory.
pub(crate) struct AnyStream<R>(pub(crate) R);

impl<R: Read + Send> Stream for AnyStream<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.0.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => return other,
            }
        }
    }

    fn ready(&mut self) -> bool {
        true
    }
}

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

/// The compression that the first octets of a file are of.
pub(crate) fn compression(start: &[u8]) -> Compression {
    match start {
        [0x1f, 0x8b, ..] => Compression::Gzip,
        [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Compression::Zstd,
        [0x04, 0x22, 0x4d, 0x18, ..] => Compression::Lz4,
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

/// LZ4 frames one after the other: the decoder itself ends after each, and takes an end of input between two blocks
/// for the end of the frame.
struct Lz4Frames<R: Read>(lz4_flex::frame::FrameDecoder<Tail<R>>);

impl<R: BufRead> Read for Lz4Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let count = self.0.read(buffer)?;
            if count > 0 {
                return Ok(count);
            }
            let tail = self.0.get_mut();
            if tail.reader.fill_buf()?.is_empty() {
                return if tail.ends_frame() { Ok(0) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
            }
        }
    }
}

/// Remembers the last octets that were read.
struct Tail<R> {
    reader: R,
    last: [u8; 8],
}

impl<R> Tail<R> {
    /// Whether the last octets can be an end mark (a block of length 0), a checksum behind it or not.
    fn ends_frame(&self) -> bool {
        self.last.ends_with(&[0; 4]) || self.last.starts_with(&[0; 4])
    }
}

impl<R: Read> Read for Tail<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        for octet in buffer.get(count.saturating_sub(self.last.len())..count).unwrap_or_default() {
            self.last.rotate_left(1);
            self.last[7] = *octet;
        }
        Ok(count)
    }
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
        Compression::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(input)),
        Compression::Zstd => match zstd::stream::read::Decoder::with_buffer(input) {
            Ok(decoder) => Box::new(decoder),
            Err(error) => {
                let _ = to_scan.send(Err(error));
                return;
            }
        },
        Compression::Lz4 => {
            let tail = Tail { reader: input, last: [0xff; 8] };
            Box::new(Lz4Frames(lz4_flex::frame::FrameDecoder::new(tail)))
        }
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
