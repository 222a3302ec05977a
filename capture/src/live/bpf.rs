//! Extended BPF in the kernel, by bpf(2) alone: programs loaded, tried on packets, attached to an interface.
//!
//! In: instructions made by `filter::ebpf`. Out: descriptors; with the last one of a program or a link the kernel lets it
//! go, so nothing is left behind, whatever ends the process. When the verifier refuses a program, its last words are in
//! the error.

use super::sys::{Linux, Sys};
use crate::filter::ebpf::insn::{Insn, octets};
use crate::filter::ebpf::{Error as NoCounterpart, Target};
use std::fmt;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

const MAP_CREATE: u32 = 0;
const MAP_UPDATE_ELEM: u32 = 2;
const PROG_LOAD: u32 = 5;
const PROG_TEST_RUN: u32 = 10;
const LINK_CREATE: u32 = 28;
const MAP_TYPE_XSKMAP: u32 = 17;
const ATTACH_XDP: u32 = 37;
/// Attach XDP by the generic hook.
pub(crate) const MODE_GENERIC: u32 = 1 << 1;
/// Attach XDP in the driver.
pub(crate) const MODE_NATIVE: u32 = 1 << 2;

/// Why the kernel did not take a program.
#[derive(Debug)]
pub enum LoadError {
    /// There is no such program.
    NoCounterpart(NoCounterpart),
    /// The kernel's error, and what its verifier said last.
    Refused {
        /// The error of the call.
        error: io::Error,
        /// The verifier's last words; empty when it was not asked.
        said: String,
    },
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LoadError::NoCounterpart(error) => error.fmt(f),
            LoadError::Refused { error, said } if said.is_empty() => write!(f, "bpf BPF_PROG_LOAD: {error}"),
            LoadError::Refused { error, said } => {
                let needs = if FOR_PRIVILEGED.iter().any(|words| said.contains(words)) {
                    ", it needs CAP_PERFMON"
                } else {
                    ""
                };
                write!(f, "bpf BPF_PROG_LOAD: {error}{needs}: {said}")
            }
        }
    }
}

/// What the verifier says of arithmetic on pointers into the packet without `CAP_PERFMON`.
const FOR_PRIVILEGED: [&str; 2] = ["prohibited for !root", "pointer -= pointer prohibited"];

impl std::error::Error for LoadError {}

impl LoadError {
    /// Whether the process lacks a privilege.
    pub fn is_permission(&self) -> bool {
        matches!(self, LoadError::Refused { error, .. } if error.raw_os_error() == Some(libc::EPERM))
    }
}

/// A program that the kernel has verified.
#[derive(Debug)]
pub struct Loaded {
    descriptor: OwnedFd,
}

impl Loaded {
    /// Gives a program to the kernel's verifier.
    ///
    /// # Errors
    /// What it said.
    pub fn new(program: &[Insn], target: Target) -> Result<Loaded, LoadError> {
        load(&Linux, program, target).map(|descriptor| Loaded { descriptor })
    }

    /// What the program answers to a packet (`BPF_PROG_TEST_RUN`, Linux ≥ 4.12), which must have 14 octets at least. A
    /// socket's program sees what stands behind octet 14, others see all.
    ///
    /// # Errors
    /// The error of the call.
    pub fn answer(&self, packet: &[u8]) -> io::Result<i32> {
        // `union bpf_attr`, test: descriptor, answer, size in, size out, packet in, packet out, …
        let mut attributes = [0u8; 80];
        put_word(&mut attributes, 0, self.descriptor.as_raw_fd() as u32);
        put_word(&mut attributes, 8, u32::try_from(packet.len()).unwrap_or(u32::MAX));
        put_pointer(&mut attributes, 16, packet);
        put_word(&mut attributes, 32, 1);
        Linux.bpf_update(PROG_TEST_RUN, &mut attributes)?;
        let answer = attributes.get(4..).and_then(|rest| rest.first_chunk());
        Ok(answer.map_or(0, |word| i32::from_ne_bytes(*word)))
    }
}

fn put_word(attributes: &mut [u8], at: usize, word: u32) {
    if let Some(place) = attributes.get_mut(at..at.saturating_add(4)) {
        place.copy_from_slice(&word.to_ne_bytes());
    }
}

fn put_pointer(attributes: &mut [u8], at: usize, octets: &[u8]) {
    put_address(attributes, at, octets.as_ptr() as u64);
}

fn put_address(attributes: &mut [u8], at: usize, address: u64) {
    if let Some(place) = attributes.get_mut(at..at.saturating_add(8)) {
        place.copy_from_slice(&address.to_ne_bytes());
    }
}

/// Loads a program; a second time, with the verifier's log, when it is refused.
pub(crate) fn load(sys: &dyn Sys, program: &[Insn], target: Target) -> Result<OwnedFd, LoadError> {
    let program = octets(program);
    let license = b"Dual MIT/GPL\0";
    // Up to `expected_attach_type`: type, length, program, licence, log (level, size, place), name from 48, …
    let mut attributes = [0u8; 72];
    let (kind, attach) = match target {
        Target::Socket => (1, 0),
        Target::Tc => (3, 0),
        Target::Xdp => (6, ATTACH_XDP),
    };
    put_word(&mut attributes, 0, kind);
    put_word(&mut attributes, 4, u32::try_from(program.len() / 8).unwrap_or(u32::MAX));
    put_pointer(&mut attributes, 8, &program);
    put_pointer(&mut attributes, 16, license);
    attributes[48..55].copy_from_slice(b"nettool");
    put_word(&mut attributes, 68, attach);
    let error = match sys.bpf(PROG_LOAD, &attributes) {
        Ok(descriptor) => return Ok(descriptor),
        Err(error) => error,
    };
    if error.raw_os_error() == Some(libc::EPERM) {
        return Err(LoadError::Refused { error, said: String::new() });
    }
    let mut log = vec![0u8; 1 << 20];
    put_word(&mut attributes, 24, 1);
    put_word(&mut attributes, 28, log.len() as u32);
    put_address(&mut attributes, 32, log.as_mut_ptr() as u64);
    match sys.bpf(PROG_LOAD, &attributes) {
        Ok(descriptor) => Ok(descriptor),
        Err(error) => Err(LoadError::Refused { error, said: last_words(&log) }),
    }
}

/// The last line of the verifier's log that says what is wrong: behind it stand only counts.
fn last_words(log: &[u8]) -> String {
    let text = log.split(|octet| *octet == 0).next().unwrap_or_default();
    let text = String::from_utf8_lossy(text);
    let telling = |line: &&str| !line.starts_with("processed ") && !line.trim().is_empty();
    text.lines().rev().find(telling).unwrap_or_default().to_owned()
}

/// A map of AF_XDP sockets by receive queue.
pub(crate) fn socket_map(sys: &dyn Sys, entries: u32) -> io::Result<OwnedFd> {
    // Type, key size, value size, entries, flags.
    let mut attributes = [0u8; 20];
    for (index, word) in [MAP_TYPE_XSKMAP, 4, 4, entries, 0].into_iter().enumerate() {
        put_word(&mut attributes, index * 4, word);
    }
    sys.bpf(MAP_CREATE, &attributes)
}

/// Puts the socket of a receive queue into the map.
pub(crate) fn put_socket(
    sys: &dyn Sys,
    map: BorrowedFd<'_>,
    queue: u32,
    socket: BorrowedFd<'_>,
) -> io::Result<()> {
    let (key, value) = (queue.to_ne_bytes(), socket.as_raw_fd().to_ne_bytes());
    let mut attributes = [0u8; 32];
    put_word(&mut attributes, 0, map.as_raw_fd() as u32);
    put_pointer(&mut attributes, 8, &key);
    put_pointer(&mut attributes, 16, &value);
    sys.bpf_update(MAP_UPDATE_ELEM, &mut attributes)
}

/// Attaches an XDP program to an interface until the descriptor is closed (Linux ≥ 5.9).
pub(crate) fn attach_xdp(
    sys: &dyn Sys,
    program: BorrowedFd<'_>,
    index: i32,
    mode: u32,
) -> io::Result<OwnedFd> {
    let mut attributes = [0u8; 16];
    for (at, word) in [program.as_raw_fd() as u32, index as u32, ATTACH_XDP, mode].into_iter().enumerate() {
        put_word(&mut attributes, at * 4, word);
    }
    sys.bpf(LINK_CREATE, &attributes)
}

impl AsFd for Loaded {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.descriptor.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_verifier_takes_of_the_privileged_alone_names_the_privilege() {
        for (said, named) in [
            (
                "R4 has pointer with unsupported alu operation, pointer arithmetic with it prohibited for !root",
                true,
            ),
            ("R0 pointer -= pointer prohibited", true),
            ("R0 !read_ok", false),
        ] {
            let error = io::Error::from_raw_os_error(libc::EACCES);
            let shown = LoadError::Refused { error, said: said.to_owned() }.to_string();
            assert_eq!(shown.contains("it needs CAP_PERFMON"), named, "{shown}");
            assert!(shown.ends_with(said), "{shown}");
        }
    }

    #[test]
    fn the_verifiers_last_words_leave_its_counts_out() {
        let log = b"0: (b7) r0 = 0\ninvalid access to packet\nprocessed 3 insns (limit 1000000)\n\0\0\0";
        assert_eq!(last_words(log), "invalid access to packet");
        assert_eq!(last_words(b"\0"), "");
    }
}
