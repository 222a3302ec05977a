//! Signals and nudges as descriptors that a wait can watch, so that nothing happens in a signal handler.

use super::error::Error;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

/// A signal that a capture heeds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Signal {
    /// `SIGINT`, `SIGTERM` or `SIGHUP`: finish cleanly.
    Stop,
    /// `SIGUSR1`: show statistics.
    Statistics,
    /// `SIGWINCH`, `SIGUSR2`, …: not taken here.
    Other,
}

/// The signals of a capture, taken from their default action for the whole process.
#[derive(Debug)]
pub struct Signals {
    fd: OwnedFd,
}

impl Signals {
    /// Blocks `SIGINT`, `SIGTERM`, `SIGHUP` and `SIGUSR1` in this thread and those that it starts from now on, and opens
    /// a descriptor that tells of them. To be called before threads are started. `SIGHUP` stays ignored where it was when
    /// the program started (`nohup`); `SIGINT` does not, since shells start background jobs with it ignored.
    ///
    /// # Errors
    /// The error of `sigprocmask` or `signalfd`, which only a lack of descriptors or memory can cause.
    pub fn take() -> Result<Signals, Error> {
        let failed = |call| move |error: io::Error| Error::call(call, "this process", &error, "");
        // SAFETY: an all-zero set is a valid place for `sigemptyset` to write.
        let mut set: libc::sigset_t = unsafe { std::mem::zeroed() };
        // SAFETY: `set` is writable.
        unsafe { libc::sigemptyset(&mut set) };
        for signal in [libc::SIGINT, libc::SIGTERM, libc::SIGHUP, libc::SIGUSR1] {
            if signal != libc::SIGHUP || !ignored(signal) {
                // SAFETY: `set` was initialised above and `signal` is a valid number.
                unsafe { libc::sigaddset(&mut set, signal) };
            }
        }
        // SAFETY: `set` is readable; the old mask is not asked for.
        let masked = unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, &set, std::ptr::null_mut()) };
        if masked != 0 {
            return Err(failed("pthread_sigmask")(io::Error::from_raw_os_error(masked)));
        }
        // SAFETY: `set` is readable; -1 asks for a new descriptor.
        let fd = unsafe { libc::signalfd(-1, &set, libc::SFD_NONBLOCK | libc::SFD_CLOEXEC) };
        if fd < 0 {
            return Err(failed("signalfd")(io::Error::last_os_error()));
        }
        // SAFETY: the kernel has just given us this descriptor.
        Ok(Signals { fd: unsafe { OwnedFd::from_raw_fd(fd) } })
    }

    /// The next signal that has come, if any.
    pub fn next(&self) -> Option<Signal> {
        let mut info = [0u8; size_of::<libc::signalfd_siginfo>()];
        if read(self.fd.as_fd(), &mut info) != Some(info.len()) {
            return None;
        }
        let number = i32::from_ne_bytes(*info.first_chunk()?);
        Some(match number {
            libc::SIGINT | libc::SIGTERM | libc::SIGHUP => Signal::Stop,
            libc::SIGUSR1 => Signal::Statistics,
            _ => Signal::Other,
        })
    }
}

impl Signals {
    /// Waits for the next signal.
    pub fn wait(&self) -> Signal {
        loop {
            wait([(self.fd.as_fd(), true)], -1);
            if let Some(signal) = self.next() {
                return signal;
            }
        }
    }
}

impl AsFd for Signals {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

fn ignored(signal: i32) -> bool {
    // SAFETY: an all-zero action is a valid place for `sigaction` to write.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    // SAFETY: the new action is not given, the old one is written to `action`.
    let asked = unsafe { libc::sigaction(signal, std::ptr::null(), &mut action) };
    asked == 0 && action.sa_sigaction == libc::SIG_IGN
}

fn read(fd: BorrowedFd<'_>, into: &mut [u8]) -> Option<usize> {
    // SAFETY: `into` is writable for its length.
    let count = unsafe { libc::read(fd.as_raw_fd(), into.as_mut_ptr().cast(), into.len()) };
    usize::try_from(count).ok()
}

/// A descriptor that wakes a waiting thread (`eventfd(2)`).
#[derive(Debug)]
pub struct Nudge {
    fd: OwnedFd,
}

impl Nudge {
    /// A new one, not given.
    ///
    /// # Errors
    /// The error of `eventfd`.
    pub fn new() -> Result<Nudge, Error> {
        // SAFETY: takes no pointers.
        let fd = unsafe { libc::eventfd(0, libc::EFD_NONBLOCK | libc::EFD_CLOEXEC) };
        if fd < 0 {
            return Err(Error::call("eventfd", "this process", &io::Error::last_os_error(), ""));
        }
        // SAFETY: the kernel has just given us this descriptor.
        Ok(Nudge { fd: unsafe { OwnedFd::from_raw_fd(fd) } })
    }

    /// Makes the descriptor readable until `clear`.
    pub fn give(&self) {
        let one = 1u64.to_ne_bytes();
        // SAFETY: `one` is readable for 8 octets. It can only fail when it is given already 2^64 - 2 times.
        unsafe { libc::write(self.fd.as_raw_fd(), one.as_ptr().cast(), one.len()) };
    }

    /// Makes the descriptor quiet again.
    pub fn clear(&self) {
        read(self.fd.as_fd(), &mut [0u8; 8]);
    }
}

impl AsFd for Nudge {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

/// Waits until one of `watched` is readable, or has an error where only that is asked for (`false`), or `timeout_ms` has
/// passed (negative: for ever); tells which.
pub(crate) fn wait<const N: usize>(watched: [(BorrowedFd<'_>, bool); N], timeout_ms: i32) -> [bool; N] {
    let mut polled = watched.map(|(fd, readable)| libc::pollfd {
        fd: fd.as_raw_fd(),
        events: if readable { libc::POLLIN } else { 0 },
        revents: 0,
    });
    // SAFETY: `polled` is writable for N entries.
    unsafe { libc::poll(polled.as_mut_ptr(), N as libc::nfds_t, timeout_ms) };
    polled.map(|polled| polled.revents != 0)
}
