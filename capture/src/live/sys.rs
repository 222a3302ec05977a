//! The system calls that live capture makes, each once, behind a trait with a stand-in for tests.
//!
//! Values cross as octets in the layout of the uapi headers, so that the stand-in can judge them and no caller needs
//! `unsafe`. Nothing here decides anything: errors go up as they come from the kernel.

use crate::filter::insn::Instruction;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::sync::atomic::AtomicU32;
use std::time::Duration;

/// What a descriptor is waited on for, and what was found (`struct pollfd`).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Waiting<'fd> {
    /// The descriptor.
    pub(crate) fd: BorrowedFd<'fd>,
    /// Events asked for (`POLLIN`); errors are always told.
    pub(crate) events: i16,
    /// Events found.
    pub(crate) found: i16,
}

/// The calls. All take and give octets in uapi layout and host byte order.
pub(crate) trait Sys: Send + Sync {
    /// `socket(2)`, close-on-exec.
    fn socket(&self, domain: i32, kind: i32, protocol: i32) -> io::Result<OwnedFd>;
    /// `setsockopt(2)`.
    fn set_option(&self, fd: BorrowedFd<'_>, level: i32, name: i32, value: &[u8]) -> io::Result<()>;
    /// `getsockopt(2)`: how many octets of `value` it filled.
    fn option(&self, fd: BorrowedFd<'_>, level: i32, name: i32, value: &mut [u8]) -> io::Result<usize>;
    /// `setsockopt(SO_ATTACH_FILTER)`: replaces the socket's filter at once.
    fn attach_filter(&self, fd: BorrowedFd<'_>, program: &[Instruction]) -> io::Result<()>;
    /// `bind(2)`.
    fn bind(&self, fd: BorrowedFd<'_>, address: &[u8]) -> io::Result<()>;
    /// `mmap(2)`, shared, readable and writable.
    fn map(&self, fd: BorrowedFd<'_>, length: usize, offset: u64) -> io::Result<Memory>;
    /// `poll(2)`; interruption by a signal counts as nothing found.
    fn poll(&self, waiting: &mut [Waiting<'_>], timeout_ms: i32) -> io::Result<usize>;
    /// `ioctl(2)` with a `struct ifreq` (name in octets 0–15, value from 16).
    fn interface_request(&self, fd: BorrowedFd<'_>, request: u64, ifreq: &mut [u8; 40]) -> io::Result<()>;
    /// `ioctl(2)` with a `struct ifreq` whose value points to `data`.
    fn interface_data(
        &self,
        fd: BorrowedFd<'_>,
        request: u64,
        name: &[u8; 16],
        data: &mut [u8],
    ) -> io::Result<()>;
    /// `bpf(2)`; `attributes` is `union bpf_attr`. The result is a descriptor for the commands used here.
    fn bpf(&self, command: u32, attributes: &[u8]) -> io::Result<OwnedFd>;
    /// `bpf(2)` for commands that give no descriptor; some answer in `attributes`.
    fn bpf_update(&self, command: u32, attributes: &mut [u8]) -> io::Result<()>;
}

/// Waits until `fd` or `stop` is readable, at most so long, in whole milliseconds upwards; events found on `fd`, errors among them.
pub(crate) fn wait_readable(
    sys: &dyn Sys,
    fd: BorrowedFd<'_>,
    stop: BorrowedFd<'_>,
    wait: Duration,
) -> io::Result<i16> {
    let mut waiting = [fd, stop].map(|fd| Waiting { fd, events: libc::POLLIN, found: 0 });
    let milliseconds = i32::try_from(wait.as_micros().div_ceil(1000)).unwrap_or(i32::MAX);
    sys.poll(&mut waiting, milliseconds)?;
    Ok(waiting[0].found)
}

/// The running kernel.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Linux;

fn check(result: libc::c_int) -> io::Result<libc::c_int> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

fn length(bytes: &[u8]) -> io::Result<libc::socklen_t> {
    libc::socklen_t::try_from(bytes.len()).map_err(|_| io::Error::from_raw_os_error(libc::EINVAL))
}

impl Sys for Linux {
    fn socket(&self, domain: i32, kind: i32, protocol: i32) -> io::Result<OwnedFd> {
        // SAFETY: takes no pointers.
        let fd = check(unsafe { libc::socket(domain, kind | libc::SOCK_CLOEXEC, protocol) })?;
        // SAFETY: the kernel has just given us this descriptor; nobody else owns it.
        Ok(unsafe { OwnedFd::from_raw_fd(fd) })
    }

    fn set_option(&self, fd: BorrowedFd<'_>, level: i32, name: i32, value: &[u8]) -> io::Result<()> {
        let len = length(value)?;
        // SAFETY: `value` is readable for `len` octets during the call.
        check(unsafe { libc::setsockopt(fd.as_raw_fd(), level, name, value.as_ptr().cast(), len) }).map(drop)
    }

    fn option(&self, fd: BorrowedFd<'_>, level: i32, name: i32, value: &mut [u8]) -> io::Result<usize> {
        let mut len = length(value)?;
        // SAFETY: `value` is writable for `len` octets and `len` itself is writable during the call.
        check(unsafe { libc::getsockopt(fd.as_raw_fd(), level, name, value.as_mut_ptr().cast(), &mut len) })?;
        Ok((len as usize).min(value.len()))
    }

    fn attach_filter(&self, fd: BorrowedFd<'_>, program: &[Instruction]) -> io::Result<()> {
        let mut filter: Vec<libc::sock_filter> =
            program.iter().map(|i| libc::sock_filter { code: i.code, jt: i.jt, jf: i.jf, k: i.k }).collect();
        let len = u16::try_from(filter.len()).map_err(|_| io::Error::from_raw_os_error(libc::EINVAL))?;
        let fprog = libc::sock_fprog { len, filter: filter.as_mut_ptr() };
        let size = size_of::<libc::sock_fprog>() as libc::socklen_t;
        let (level, name) = (libc::SOL_SOCKET, libc::SO_ATTACH_FILTER);
        // SAFETY: `fprog` and the `len` instructions that it points to live until the call returns; the kernel copies.
        check(unsafe { libc::setsockopt(fd.as_raw_fd(), level, name, (&raw const fprog).cast(), size) })
            .map(drop)
    }

    fn bind(&self, fd: BorrowedFd<'_>, address: &[u8]) -> io::Result<()> {
        let len = length(address)?;
        // SAFETY: `address` is readable for `len` octets during the call.
        check(unsafe { libc::bind(fd.as_raw_fd(), address.as_ptr().cast(), len) }).map(drop)
    }

    fn map(&self, fd: BorrowedFd<'_>, length: usize, offset: u64) -> io::Result<Memory> {
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        let offset =
            libc::off_t::try_from(offset).map_err(|_| io::Error::from_raw_os_error(libc::EOVERFLOW))?;
        // SAFETY: a fresh mapping at an address of the kernel's choice touches no existing memory.
        let start = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                length,
                protection,
                libc::MAP_SHARED | libc::MAP_POPULATE,
                fd.as_raw_fd(),
                offset,
            )
        };
        if start == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        Ok(Memory { start: start.cast(), length, kind: MemoryKind::Mapped })
    }

    fn poll(&self, waiting: &mut [Waiting<'_>], timeout_ms: i32) -> io::Result<usize> {
        let mut polled = [libc::pollfd { fd: -1, events: 0, revents: 0 }; MOST_WAITING];
        for (to, from) in polled.iter_mut().zip(waiting.iter()) {
            *to = libc::pollfd { fd: from.fd.as_raw_fd(), events: from.events, revents: 0 };
        }
        let count = waiting.len().min(MOST_WAITING) as libc::nfds_t;
        // SAFETY: `polled` is writable for `count` entries, at most its length.
        let found = match check(unsafe { libc::poll(polled.as_mut_ptr(), count, timeout_ms) }) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => 0,
            other => other?,
        };
        for (to, from) in waiting.iter_mut().zip(polled) {
            to.found = from.revents;
        }
        Ok(usize::try_from(found).unwrap_or_default())
    }

    fn interface_request(&self, fd: BorrowedFd<'_>, request: u64, ifreq: &mut [u8; 40]) -> io::Result<()> {
        // SAFETY: the requests used here read and write one `struct ifreq`, which is 40 octets or fewer.
        check(unsafe { libc::ioctl(fd.as_raw_fd(), request as _, ifreq.as_mut_ptr()) }).map(drop)
    }

    fn interface_data(
        &self,
        fd: BorrowedFd<'_>,
        request: u64,
        name: &[u8; 16],
        data: &mut [u8],
    ) -> io::Result<()> {
        let mut ifreq = [0u8; 40];
        let (head, rest) = ifreq.split_at_mut(16);
        head.copy_from_slice(name);
        let pointer = (data.as_mut_ptr() as usize).to_ne_bytes();
        if let Some(place) = rest.get_mut(..pointer.len()) {
            place.copy_from_slice(&pointer);
        }
        // SAFETY: the value's pointer leads to `data`, which callers size by the request; both live until the return.
        check(unsafe { libc::ioctl(fd.as_raw_fd(), request as _, ifreq.as_mut_ptr()) }).map(drop)
    }

    fn bpf(&self, command: u32, attributes: &[u8]) -> io::Result<OwnedFd> {
        // Some commands write their answer.
        let fd = bpf(command, &mut attributes.to_vec())?;
        // SAFETY: the commands that come here answer with a new descriptor, owned by nobody else.
        Ok(unsafe { OwnedFd::from_raw_fd(fd) })
    }

    fn bpf_update(&self, command: u32, attributes: &mut [u8]) -> io::Result<()> {
        bpf(command, attributes).map(drop)
    }
}

fn bpf(command: u32, attributes: &mut [u8]) -> io::Result<libc::c_int> {
    // SAFETY: `attributes` is ours for its length; pointers inside it lead to buffers that the caller keeps alive.
    let result = unsafe { libc::syscall(libc::SYS_bpf, command, attributes.as_mut_ptr(), attributes.len()) };
    if result < 0 {
        return Err(io::Error::last_os_error());
    }
    libc::c_int::try_from(result).map_err(|_| io::Error::from_raw_os_error(libc::EOVERFLOW))
}

/// Most descriptors that one wait can take.
pub(crate) const MOST_WAITING: usize = 72;

/// Memory shared with the kernel: unmapped when dropped.
///
/// Safe to hold, because reading or writing it goes through the methods below, which check bounds; those that give
/// plain slices are `unsafe` and say what must hold.
#[derive(Debug)]
pub(crate) struct Memory {
    start: *mut u8,
    length: usize,
    kind: MemoryKind,
}

#[derive(Debug)]
enum MemoryKind {
    Mapped,
    /// For the stand-in and for memory that the kernel maps by itself (AF_XDP's frames).
    Heap(std::alloc::Layout),
}

// SAFETY: the pointer leads to memory that belongs to this value alone on our side; sharing with the kernel is ruled by
// the methods.
unsafe impl Send for Memory {}

impl Memory {
    /// Zeroed memory of our own, aligned to 4096 octets; `None` when there is none or `length` is 0.
    pub(crate) fn heap(length: usize) -> Option<Memory> {
        let layout = std::alloc::Layout::from_size_align(length, 4096).ok().filter(|l| l.size() > 0)?;
        // SAFETY: the layout is not empty, checked above.
        let start = unsafe { std::alloc::alloc_zeroed(layout) };
        (!start.is_null()).then_some(Memory { start, length, kind: MemoryKind::Heap(layout) })
    }

    /// Octets.
    pub(crate) fn len(&self) -> usize {
        self.length
    }

    /// Where it starts, to be told to the kernel.
    pub(crate) fn address(&self) -> u64 {
        self.start as u64
    }

    /// The aligned 32-bit word at `offset`, shared with the kernel; `None` beyond the end or not aligned.
    pub(crate) fn word(&self, offset: usize) -> Option<&AtomicU32> {
        let end = offset.checked_add(4)?;
        if end > self.length || !offset.is_multiple_of(4) {
            return None;
        }
        // SAFETY: `offset` lies inside the memory, checked above.
        let word = unsafe { self.start.add(offset) }.cast::<u32>();
        // SAFETY: the word is aligned (start by page, offset checked), inside the memory, and only ever reached as an
        // atomic while the kernel may write it.
        Some(unsafe { AtomicU32::from_ptr(word) })
    }

    /// `length` octets from `offset`; `None` beyond the end.
    ///
    /// # Safety
    /// While the slice lives, the kernel does not write there and no other slice of it exists.
    #[allow(
        clippy::mut_from_ref,
        reason = "the memory lies outside the value; the caller vouches for no second slice"
    )]
    pub(crate) unsafe fn slice(&self, offset: usize, length: usize) -> Option<&mut [u8]> {
        let end = offset.checked_add(length)?;
        if end > self.length {
            return None;
        }
        // SAFETY: `offset` lies inside the memory, checked above.
        let start = unsafe { self.start.add(offset) };
        // SAFETY: the range is inside the memory, initialised (by the kernel or zeroed), and ours by the caller's word.
        Some(unsafe { std::slice::from_raw_parts_mut(start, length) })
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        match self.kind {
            // SAFETY: this is the mapping that `map` made, whole, and no reference into it can outlive this value.
            MemoryKind::Mapped => unsafe {
                libc::munmap(self.start.cast(), self.length);
            },
            // SAFETY: allocated by `heap` with this layout.
            MemoryKind::Heap(layout) => unsafe { std::alloc::dealloc(self.start, layout) },
        }
    }
}
