//! The system calls that sending makes, each once. Errors go up as they come from the kernel; nothing here decides anything.

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::time::Duration;

/// Frames that one call takes at most. From 64 on the call itself no longer shows in the cost of a frame.
pub(super) const MOST_AT_ONCE: usize = 64;

fn check(result: libc::c_int) -> io::Result<libc::c_int> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

fn length(octets: &[u8]) -> io::Result<libc::socklen_t> {
    libc::socklen_t::try_from(octets.len()).map_err(|_| io::Error::from_raw_os_error(libc::EINVAL))
}

/// `socket(2)`, close-on-exec.
pub(super) fn socket(domain: i32, kind: i32, protocol: i32) -> io::Result<OwnedFd> {
    // SAFETY: takes no pointers.
    let fd = check(unsafe { libc::socket(domain, kind | libc::SOCK_CLOEXEC, protocol) })?;
    // SAFETY: the kernel has just given us this descriptor; nobody else owns it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// `setsockopt(2)` with a number.
pub(super) fn set_option(fd: BorrowedFd<'_>, level: i32, name: i32, value: i32) -> io::Result<()> {
    let value = value.to_ne_bytes();
    let len = length(&value)?;
    // SAFETY: `value` is readable for `len` octets during the call.
    check(unsafe { libc::setsockopt(fd.as_raw_fd(), level, name, value.as_ptr().cast(), len) }).map(drop)
}

/// `bind(2)`; `address` is a socket address in its uapi layout.
pub(super) fn bind(fd: BorrowedFd<'_>, address: &[u8]) -> io::Result<()> {
    let len = length(address)?;
    // SAFETY: `address` is readable for `len` octets during the call.
    check(unsafe { libc::bind(fd.as_raw_fd(), address.as_ptr().cast(), len) }).map(drop)
}

/// `sendto(2)`; without an address where the socket is bound or connected.
pub(super) fn send(fd: BorrowedFd<'_>, octets: &[u8], address: &[u8]) -> io::Result<usize> {
    let to = if address.is_empty() { std::ptr::null() } else { address.as_ptr() };
    let len = length(address)?;
    let flags = libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL;
    // SAFETY: `octets` and `address` are readable for their lengths during the call.
    let sent =
        unsafe { libc::sendto(fd.as_raw_fd(), octets.as_ptr().cast(), octets.len(), flags, to.cast(), len) };
    usize::try_from(sent).map_err(|_| io::Error::last_os_error())
}

/// `recv(2)` without waiting.
pub(super) fn receive(fd: BorrowedFd<'_>, into: &mut [u8]) -> io::Result<usize> {
    // SAFETY: `into` is writable for its length during the call.
    let got = unsafe { libc::recv(fd.as_raw_fd(), into.as_mut_ptr().cast(), into.len(), libc::MSG_DONTWAIT) };
    usize::try_from(got).map_err(|_| io::Error::last_os_error())
}

/// `sendmmsg(2)` without waiting, on a bound socket: how many of the messages went, from the first on.
pub(super) fn send_many<'a>(
    fd: BorrowedFd<'_>,
    messages: impl Iterator<Item = &'a [u8]>,
) -> io::Result<usize> {
    let mut parts = [libc::iovec { iov_base: std::ptr::null_mut(), iov_len: 0 }; MOST_AT_ONCE];
    let mut count = 0;
    for (part, message) in parts.iter_mut().zip(messages) {
        *part = libc::iovec { iov_base: message.as_ptr().cast_mut().cast(), iov_len: message.len() };
        count += 1;
    }
    // SAFETY: an all-zero header is valid: no name, no parts, no control data.
    let empty: libc::mmsghdr = unsafe { std::mem::zeroed() };
    let mut headers = [empty; MOST_AT_ONCE];
    for (header, part) in headers.iter_mut().zip(&mut parts).take(count) {
        header.msg_hdr.msg_iov = part;
        header.msg_hdr.msg_iovlen = 1;
    }
    let (first, flags) = (headers.as_mut_ptr(), libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL);
    // SAFETY: `count` headers are readable and writable, each leads to one part in `parts`, and that to a message that is
    // borrowed until the return; the kernel only reads the messages.
    let sent = unsafe { libc::sendmmsg(fd.as_raw_fd(), first, count as libc::c_uint, flags as _) };
    usize::try_from(sent).map_err(|_| io::Error::last_os_error())
}

/// `poll(2)` on one descriptor: whether one of `events` has come. Interruption by a signal counts as nothing.
pub(super) fn wait(fd: BorrowedFd<'_>, events: i16, at_most: Duration) -> io::Result<bool> {
    let mut polled = libc::pollfd { fd: fd.as_raw_fd(), events, revents: 0 };
    let milliseconds = i32::try_from(at_most.as_micros().div_ceil(1000)).unwrap_or(i32::MAX);
    // SAFETY: `polled` is writable for its one entry.
    match check(unsafe { libc::poll(&mut polled, 1, milliseconds) }) {
        Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(false),
        found => found.map(|found| found > 0),
    }
}

/// `prctl(PR_SET_TIMERSLACK)`: how late, in nanoseconds, sleeps of this thread may end.
pub(super) fn set_timer_slack(nanoseconds: u64) {
    // SAFETY: takes no pointers.
    unsafe { libc::prctl(libc::PR_SET_TIMERSLACK, nanoseconds as libc::c_ulong) };
}
