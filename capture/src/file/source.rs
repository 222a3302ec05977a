//! Where octets come from that are read from front to back: files, pipes and memory; [`super::decompress`] stands between.
//!
//! A read waits in `poll` for data or for [`Stopper::stop`], so that a consumer that has enough, or a signal, ends a
//! wait on a silent pipe at once.

use super::error::Compression;
use super::placed::Placed;
use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

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
