//! A stand-in for the kernel: answers as the test says, and keeps what it was asked.

use super::sys::{Memory, Sys, Waiting};
use crate::filter::insn::Instruction;
use std::collections::HashMap;
use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::sync::Mutex;

/// Names of interface requests.
pub(crate) const GET_FLAGS: u64 = 0x8913;
pub(crate) const GET_NAME: u64 = 0x8910;

/// What the stand-in is told, and what it has seen.
#[derive(Default)]
pub(crate) struct State {
    /// Errors by call, or by call and option: `socket`, `bind`, `set 263 5`, `get 1 4`, `ioctl 35091`.
    pub(crate) errors: HashMap<String, i32>,
    /// How often an error is given before the call succeeds; for ever without an entry.
    pub(crate) error_times: HashMap<String, u32>,
    /// Octets of options that are read, by level and name.
    pub(crate) options: HashMap<(i32, i32), Vec<u8>>,
    /// What the next mapping holds; zeros behind it.
    pub(crate) image: Vec<u8>,
    /// What polls find, one after the other; 0 when there is no more.
    pub(crate) found: Vec<i16>,
    /// Flags of the interface.
    pub(crate) flags: u16,
    /// All calls in order.
    pub(crate) calls: Vec<String>,
    /// All programs attached.
    pub(crate) programs: Vec<Vec<Instruction>>,
}

/// The stand-in.
#[derive(Default)]
pub(crate) struct Fake(pub(crate) Mutex<State>);

impl Fake {
    pub(crate) fn with(change: impl FnOnce(&mut State)) -> Fake {
        let mut state = State { flags: 1, ..State::default() };
        change(&mut state);
        Fake(Mutex::new(state))
    }

    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.0.lock().unwrap())
    }

    fn call(&self, call: String) -> io::Result<()> {
        self.change(|state| {
            state.calls.push(call.clone());
            let Some(errno) = state.errors.get(&call).copied() else { return Ok(()) };
            match state.error_times.get_mut(&call) {
                Some(0) => Ok(()),
                Some(times) => {
                    *times -= 1;
                    Err(io::Error::from_raw_os_error(errno))
                }
                None => Err(io::Error::from_raw_os_error(errno)),
            }
        })
    }
}

fn descriptor() -> OwnedFd {
    std::fs::File::open("/dev/null").unwrap().into()
}

impl Sys for Fake {
    fn socket(&self, domain: i32, kind: i32, _: i32) -> io::Result<OwnedFd> {
        self.call(if domain == libc::AF_INET { "socket inet".into() } else { "socket".to_owned() })?;
        self.change(|state| state.calls.push(format!("kind {kind}")));
        Ok(descriptor())
    }

    fn set_option(&self, _: BorrowedFd<'_>, level: i32, name: i32, value: &[u8]) -> io::Result<()> {
        self.call(format!("set {level} {name}"))?;
        self.change(|state| state.options.insert((level, -name), value.to_vec()));
        Ok(())
    }

    fn option(&self, _: BorrowedFd<'_>, level: i32, name: i32, value: &mut [u8]) -> io::Result<usize> {
        self.call(format!("get {level} {name}"))?;
        self.change(|state| {
            // As the kernel's counters: read once, then 0.
            let octets = state.options.remove(&(level, name)).unwrap_or_default();
            let len = octets.len().min(value.len());
            value[..len].copy_from_slice(&octets[..len]);
            Ok(len)
        })
    }

    fn attach_filter(&self, _: BorrowedFd<'_>, program: &[Instruction]) -> io::Result<()> {
        self.call("attach".to_owned())?;
        self.change(|state| state.programs.push(program.to_vec()));
        Ok(())
    }

    fn bind(&self, _: BorrowedFd<'_>, _: &[u8]) -> io::Result<()> {
        self.call("bind".to_owned())
    }

    fn map(&self, _: BorrowedFd<'_>, length: usize, _: u64) -> io::Result<Memory> {
        self.call("map".to_owned())?;
        let memory = Memory::heap(length).expect("memory for a test");
        self.change(|state| {
            // SAFETY: nothing else knows of this memory yet.
            let octets = unsafe { memory.slice(0, state.image.len()) }.expect("the image fits");
            octets.copy_from_slice(&state.image);
        });
        Ok(memory)
    }

    fn poll(&self, waiting: &mut [Waiting<'_>], _: i32) -> io::Result<usize> {
        self.call("poll".to_owned())?;
        let found = self.change(|state| if state.found.is_empty() { 0 } else { state.found.remove(0) });
        waiting[0].found = found;
        Ok(usize::from(found != 0))
    }

    fn interface_request(&self, _: BorrowedFd<'_>, request: u64, ifreq: &mut [u8; 40]) -> io::Result<()> {
        self.call(format!("ioctl {request}"))?;
        match request {
            GET_FLAGS => ifreq[16..18].copy_from_slice(&self.change(|state| state.flags).to_ne_bytes()),
            GET_NAME => ifreq[..5].copy_from_slice(b"test0"),
            _ => ifreq[16..20].copy_from_slice(&1i32.to_ne_bytes()),
        }
        Ok(())
    }

    fn interface_data(&self, _: BorrowedFd<'_>, request: u64, _: &[u8; 16], _: &mut [u8]) -> io::Result<()> {
        self.call(format!("ioctl {request}"))
    }

    fn bpf(&self, command: u32, _: &[u8]) -> io::Result<OwnedFd> {
        self.call(format!("bpf {command}"))?;
        Ok(descriptor())
    }

    fn bpf_update(&self, command: u32, _: &mut [u8]) -> io::Result<()> {
        self.call(format!("bpf {command}"))
    }
}

/// A frame to be laid into a block.
#[derive(Clone, Debug)]
pub(crate) struct Laid {
    pub(crate) data: Vec<u8>,
    pub(crate) length: u32,
    pub(crate) status: u32,
    pub(crate) vlan: (u16, u16),
    pub(crate) protocol: u16,
    pub(crate) hardware: u16,
    pub(crate) packet_type: u8,
    /// Octets right before the frame.
    pub(crate) before: Vec<u8>,
}

impl Laid {
    pub(crate) fn new(data: &[u8]) -> Laid {
        Laid {
            data: data.to_vec(),
            length: data.len() as u32,
            status: 1,
            vlan: (0, 0),
            protocol: 0x0800,
            hardware: 1,
            packet_type: 0,
            before: Vec::new(),
        }
    }
}

/// A block as the kernel fills it, `size` octets long.
pub(crate) fn block(size: usize, frames: &[Laid]) -> Vec<u8> {
    let mut out = vec![0u8; size];
    let mut put = |at: usize, octets: &[u8]| out[at..at + octets.len()].copy_from_slice(octets);
    put(8, &1u32.to_ne_bytes());
    put(12, &(frames.len() as u32).to_ne_bytes());
    put(16, &48u32.to_ne_bytes());
    let mut at = 48;
    for (index, frame) in frames.iter().enumerate() {
        let mac = 68 + 48;
        let step = (mac + frame.data.len()).next_multiple_of(16);
        let next = if index + 1 == frames.len() { 0 } else { step as u32 };
        for (offset, word) in [
            (0, next),
            (4, 1_700_000_000),
            (8, 5),
            (12, frame.data.len() as u32),
            (16, frame.length),
            (20, frame.status),
            (28, 0xdead_beef),
            (32, u32::from(frame.vlan.1)),
        ] {
            put(at + offset, &word.to_ne_bytes());
        }
        put(at + 24, &(mac as u16).to_ne_bytes());
        put(at + 36, &frame.vlan.0.to_ne_bytes());
        put(at + 50, &frame.protocol.to_be_bytes());
        put(at + 52, &7i32.to_ne_bytes());
        put(at + 56, &frame.hardware.to_ne_bytes());
        put(at + 58, &[frame.packet_type, 6, 2, 0, 0, 0, 0, 9, 0, 0]);
        put(at + mac - frame.before.len(), &frame.before);
        put(at + mac, &frame.data);
        at += step;
    }
    out
}
