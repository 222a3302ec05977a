//! AF_XDP (linux/if_xdp.h, Linux ≥ 5.9 for the link that attaches the program): received frames are taken before the
//! kernel's stack sees them.
//!
//! In: an Ethernet interface, one socket a receive queue. Out: received frames, stamped when they are read. A program
//! loaded and attached without a compiler runs the user's filter and sends each queue's frames that match to its
//! socket; all else goes on to the kernel. The program goes away with the process, whatever ends that. Frames that are
//! captured this way do not reach the stack, so this backend is never chosen by itself.

use super::afpacket::accepts;
use super::bpf::{self, LoadError};
use super::error::{Error, Note};
use super::interfaces::{self, Identity, Requests};
use super::linklayer::Form;
use super::program::for_frames;
use super::sys::{Memory, Sys, wait_readable};
use super::watch::{LOOK, Watch};
use super::{Counts, Options, Sink, Source, Taken};
use crate::filter::ebpf::{self, Answers, Target};
use crate::filter::insn::Instruction;
use nettool_dissect::frame::{Direction, Frame, Interface, LinkType, Meta, TimeSource, Timestamp};
use std::io;
use std::ops::ControlFlow;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const AF_XDP: i32 = 44;
const SOL_XDP: i32 = 283;
const XDP_MMAP_OFFSETS: i32 = 1;
const XDP_RX_RING: i32 = 2;
const XDP_UMEM_REG: i32 = 4;
const XDP_UMEM_FILL_RING: i32 = 5;
const XDP_UMEM_COMPLETION_RING: i32 = 6;
const XDP_STATISTICS: i32 = 7;
/// Where the rings are mapped from.
const RX_OFFSET: u64 = 0;
const FILL_OFFSET: u64 = 0x1_0000_0000;

/// Octets of a frame's place in memory: the most that XDP gives on one page.
const CHUNK: usize = 4096;
/// Frames shown before the rings are written back.
const BATCH: u32 = 256;

/// An error with the call that it came from.
pub(crate) struct Refused {
    call: &'static str,
    error: io::Error,
}

impl Refused {
    pub(crate) fn say(&self) -> String {
        match self.error.raw_os_error() {
            Some(libc::EPERM | libc::EACCES) => {
                format!("{}: EPERM, it needs CAP_NET_ADMIN and CAP_BPF", self.call)
            }
            _ => format!("{}: {}", self.call, self.error),
        }
    }
}

trait Calling<T> {
    fn calling(self, call: &'static str) -> Result<T, Refused>;
}

impl<T> Calling<T> for io::Result<T> {
    fn calling(self, call: &'static str) -> Result<T, Refused> {
        self.map_err(|error| Refused { call, error })
    }
}

/// One ring shared with the kernel: two counters and a table of a power of two of entries.
struct Ring {
    memory: Memory,
    producer: usize,
    consumer: usize,
    table: usize,
    mask: u32,
}

impl Ring {
    fn counter(&self, at: usize, order: Ordering) -> u32 {
        self.memory.word(at).map_or(0, |word| word.load(order))
    }

    fn advance(&self, at: usize, to: u32) {
        if let Some(word) = self.memory.word(at) {
            // Release: what was read from or written to the table is done before the kernel sees the counter.
            word.store(to, Ordering::Release);
        }
    }

    /// Where the entry of a counter's value begins, for entries of `size` octets.
    fn entry(&self, counter: u32, size: usize) -> usize {
        self.table.saturating_add(((counter & self.mask) as usize).saturating_mul(size))
    }

    fn read(&self, at: usize) -> Option<u32> {
        // Relaxed: the producer's counter was loaded with acquire before.
        Some(self.memory.word(at)?.load(Ordering::Relaxed))
    }

    fn write(&self, at: usize, value: u32) {
        if let Some(word) = self.memory.word(at) {
            word.store(value, Ordering::Relaxed);
        }
    }
}

/// The attached program and what keeps it; dropping the link detaches it.
struct Attached {
    link: Mutex<Option<OwnedFd>>,
    _map: OwnedFd,
    _program: OwnedFd,
}

impl Attached {
    fn detach(&self) {
        *self.link.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// One receive queue.
pub(crate) struct XdpSocket {
    sys: Arc<dyn Sys>,
    fd: OwnedFd,
    frames: Memory,
    received: Ring,
    fill: Ring,
    attached: Arc<Attached>,
    watch: Watch,
    interfaces: Vec<Interface>,
    queue: u32,
    snaplen: usize,
    /// What the attached program does not do itself.
    filter: Option<Vec<Instruction>>,
    counts: Counts,
    accepted: u64,
    dropped_before: Option<u64>,
}

/// Opens all receive queues of an interface, natively if the driver can, else through the generic hook.
pub(crate) fn open(
    sys: &Arc<dyn Sys>,
    identity: &Identity,
    options: &Options,
) -> Result<(Vec<XdpSocket>, Vec<Note>), Refused> {
    let queues = queues(&**sys, identity);
    let share = options.buffer / queues as usize;
    let map = bpf::socket_map(&**sys, queues).calling("bpf BPF_MAP_CREATE")?;
    let (program, filter) = program(&**sys, map.as_fd(), options)?;
    let mut parts = Vec::new();
    for queue in 0..queues {
        let socket = SocketParts::open(&**sys, share)?;
        socket.bind(&**sys, identity.index, queue)?;
        bpf::put_socket(&**sys, map.as_fd(), queue, socket.fd.as_fd()).calling("bpf BPF_MAP_UPDATE_ELEM")?;
        parts.push((queue, socket));
    }
    let mut notes = vec![Note::XdpTakes(identity.name.clone())];
    if let Some((_, why)) = &filter {
        notes.push(Note::FilterNotInXdp { interface: identity.name.clone(), why: why.clone() });
    }
    let attach = |mode| bpf::attach_xdp(&**sys, program.as_fd(), identity.index, mode);
    let link = match attach(bpf::MODE_NATIVE) {
        Ok(link) => link,
        Err(_) => {
            let link = attach(bpf::MODE_GENERIC).calling("bpf BPF_LINK_CREATE")?;
            notes.push(Note::GenericXdp(identity.name.clone()));
            link
        }
    };
    let attached = Arc::new(Attached { link: Mutex::new(Some(link)), _map: map, _program: program });
    let mut interface = Interface::new(identity.name.clone(), LinkType::ETHERNET);
    interface.snaplen = options.snaplen;
    interface.dsa_tagger = interfaces::dsa_tagger(&identity.name);
    let sockets = parts
        .into_iter()
        .map(|(queue, parts)| XdpSocket {
            sys: sys.clone(),
            fd: parts.fd,
            frames: parts.frames,
            received: parts.received,
            fill: parts.fill,
            attached: attached.clone(),
            watch: Watch::new(identity),
            interfaces: vec![interface.clone()],
            queue,
            snaplen: options.snaplen as usize,
            filter: filter.as_ref().map(|(filter, _)| filter.clone()),
            counts: Counts::default(),
            accepted: 0,
            dropped_before: interfaces::dropped(&identity.name),
        })
        .collect();
    Ok((sockets, notes))
}

/// A filter that the attached program does not run, and why.
type LeftOut = (Vec<Instruction>, String);

/// The program that sends the frames that are wanted to the socket of their queue. Where the kernel does not take it
/// with the filter in it, it sends all, and the filter that is then to be run on each frame is given, with the reason.
fn program(
    sys: &dyn Sys,
    map: BorrowedFd<'_>,
    options: &Options,
) -> Result<(OwnedFd, Option<LeftOut>), Refused> {
    let wanted = for_frames(options.without, options.filter.as_ref().map(|programs| &*programs.octets));
    let answers = Answers::Redirect { map: map.as_raw_fd() };
    let make = |program: &[Instruction]| {
        let program = ebpf::translate(program, Target::Xdp, answers).map_err(LoadError::NoCounterpart)?;
        bpf::load(sys, &program, Target::Xdp)
    };
    let refused = match make(&wanted) {
        Ok(program) => return Ok((program, None)),
        Err(refused) => refused,
    };
    match make(&[Instruction::ret(u32::MAX)]) {
        Ok(program) => Ok((program, Some((wanted, refused.to_string())))),
        Err(LoadError::Refused { error, .. }) => Err(error).calling("bpf BPF_PROG_LOAD"),
        Err(LoadError::NoCounterpart(_)) => Err(io::Error::from_raw_os_error(libc::EINVAL)).calling("bpf"),
    }
}

/// Whether frames of this form can be had by AF_XDP.
pub(crate) fn suits(identity: &Identity) -> bool {
    Form::of(identity.hardware) == Form::Ethernet
}

/// Receive queues of an interface: `ETHTOOL_GCHANNELS`, receive and combined ones; 1 where the driver does not say.
fn queues(sys: &dyn Sys, identity: &Identity) -> u32 {
    const GET_CHANNELS: u32 = 0x3c;
    const SIOCETHTOOL: u64 = 0x8946;
    // `struct ethtool_channels`: command; most of receive, transmit, other, combined; present ones in the same order.
    let mut channels = [0u8; 36];
    channels[..4].copy_from_slice(&GET_CHANNELS.to_ne_bytes());
    let asked =
        Requests::open(sys).ok().zip(interfaces::padded(&identity.name)).and_then(|(requests, name)| {
            sys.interface_data(requests.fd(), SIOCETHTOOL, &name, &mut channels).ok()
        });
    let word = |at: usize| {
        channels.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |w| u32::from_ne_bytes(*w))
    };
    match asked {
        Some(()) => word(20).saturating_add(word(32)).clamp(1, 64),
        None => 1,
    }
}

/// A socket with its memory and rings, not yet bound.
struct SocketParts {
    fd: OwnedFd,
    frames: Memory,
    received: Ring,
    fill: Ring,
}

impl SocketParts {
    fn open(sys: &dyn Sys, buffer: usize) -> Result<SocketParts, Refused> {
        let fd = sys.socket(AF_XDP, libc::SOCK_RAW, 0).calling("socket AF_XDP")?;
        let chunks = (buffer / CHUNK).clamp(64, 1 << 16);
        // The largest power of two not above.
        let chunks = 1usize << (usize::BITS - 1 - chunks.leading_zeros());
        let no_memory = || io::Error::from_raw_os_error(libc::ENOMEM);
        let frames =
            Memory::heap(chunks * CHUNK).ok_or_else(no_memory).calling("allocation of frame memory")?;
        let set = |name, value: &[u8]| sys.set_option(fd.as_fd(), SOL_XDP, name, value);
        // `struct xdp_umem_reg` as it was first: address, length, chunk size, headroom.
        let mut register = [0u8; 24];
        register[..8].copy_from_slice(&frames.address().to_ne_bytes());
        register[8..16].copy_from_slice(&(frames.len() as u64).to_ne_bytes());
        register[16..20].copy_from_slice(&(CHUNK as u32).to_ne_bytes());
        set(XDP_UMEM_REG, &register).calling("setsockopt XDP_UMEM_REG (see `ulimit -l`)")?;
        let entries = chunks as u32;
        set(XDP_UMEM_FILL_RING, &entries.to_ne_bytes()).calling("setsockopt XDP_UMEM_FILL_RING")?;
        set(XDP_UMEM_COMPLETION_RING, &64u32.to_ne_bytes()).calling("setsockopt XDP_UMEM_COMPLETION_RING")?;
        set(XDP_RX_RING, &entries.to_ne_bytes()).calling("setsockopt XDP_RX_RING")?;
        // `struct xdp_mmap_offsets`: for receive, transmit, fill, completion: producer, consumer, table, flags.
        let mut offsets = [0u8; 128];
        sys.option(fd.as_fd(), SOL_XDP, XDP_MMAP_OFFSETS, &mut offsets)
            .calling("getsockopt XDP_MMAP_OFFSETS")?;
        let offset = |index: usize| {
            let word = offsets.get(index * 8..).and_then(|rest| rest.first_chunk());
            word.map_or(0, |word| u64::from_ne_bytes(*word) as usize)
        };
        let ring = |first: usize, entry: usize, place| {
            let table = offset(first + 2);
            let memory = sys.map(fd.as_fd(), table + chunks * entry, place)?;
            Ok(Ring {
                memory,
                producer: offset(first),
                consumer: offset(first + 1),
                table,
                mask: entries - 1,
            })
        };
        let received = ring(0, 16, RX_OFFSET).calling("mmap of the receive ring")?;
        let fill = ring(8, 8, FILL_OFFSET).calling("mmap of the fill ring")?;
        for index in 0..entries {
            let at = fill.entry(index, 8);
            put_address(&fill, at, (index as usize * CHUNK) as u64);
        }
        fill.advance(fill.producer, entries);
        Ok(SocketParts { fd, frames, received, fill })
    }

    fn bind(&self, sys: &dyn Sys, index: i32, queue: u32) -> Result<(), Refused> {
        // `struct sockaddr_xdp`: family, flags (0: zero copy where the driver can), interface, queue, shared memory.
        let mut address = [0u8; 16];
        address[..2].copy_from_slice(&(AF_XDP as u16).to_ne_bytes());
        address[4..8].copy_from_slice(&index.to_ne_bytes());
        address[8..12].copy_from_slice(&queue.to_ne_bytes());
        sys.bind(self.fd.as_fd(), &address).calling("bind AF_XDP")
    }
}

/// Writes a 64-bit entry as two words; the kernel reads it only after the counter has passed it.
fn put_address(ring: &Ring, at: usize, address: u64) {
    let (low, high) = (address as u32, (address >> 32) as u32);
    let (first, second) = if cfg!(target_endian = "little") { (low, high) } else { (high, low) };
    ring.write(at, first);
    ring.write(at.saturating_add(4), second);
}

fn address_at(ring: &Ring, at: usize) -> Option<u64> {
    let (first, second) = (ring.read(at)?, ring.read(at.saturating_add(4))?);
    let (low, high) = if cfg!(target_endian = "little") { (first, second) } else { (second, first) };
    Some(u64::from(high) << 32 | u64::from(low))
}

impl XdpSocket {
    /// Shows up to a batch of frames; false when there are none.
    fn visit(&mut self, sink: Sink<'_>) -> bool {
        let XdpSocket { frames, received, fill, filter, snaplen, queue, accepted, .. } = self;
        let consumer = received.counter(received.consumer, Ordering::Relaxed);
        // Acquire: the entries before the producer's counter are written.
        let producer = received.counter(received.producer, Ordering::Acquire);
        let waiting = producer.wrapping_sub(consumer).min(BATCH);
        if waiting == 0 {
            return false;
        }
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let time = Timestamp(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX));
        let filled = fill.counter(fill.producer, Ordering::Relaxed);
        let mut shown = 0;
        while shown < waiting {
            // `struct xdp_desc`: address, length, options.
            let at = received.entry(consumer.wrapping_add(shown), 16);
            let entry = address_at(received, at).zip(received.read(at.saturating_add(8)));
            let (address, length) = entry.unwrap_or_default();
            let place = fill.entry(filled.wrapping_add(shown), 8);
            put_address(fill, place, address & !(CHUNK as u64 - 1));
            shown += 1;
            // SAFETY: the kernel has handed this chunk over by its entry in the receive ring (acquire above), and gets it
            // back only when the fill ring's counter is advanced below; no other slice of it is alive.
            let Some(octets) = (unsafe { frames.slice(address as usize, length as usize) }) else { continue };
            let mut meta = Meta::new(LinkType::ETHERNET, length);
            meta.time = Some(time);
            meta.time_source = TimeSource::Host;
            meta.direction = Direction::In;
            meta.queue = Some(*queue);
            let frame = Frame { number: 0, data: octets.get(..*snaplen).unwrap_or(octets), meta };
            if filter.as_ref().is_some_and(|filter| !accepts(filter, &frame)) {
                continue;
            }
            *accepted += 1;
            if sink(&frame) == ControlFlow::Break(()) {
                break;
            }
        }
        received.advance(received.consumer, consumer.wrapping_add(shown));
        fill.advance(fill.producer, filled.wrapping_add(shown));
        true
    }
}

impl Source for XdpSocket {
    fn interfaces(&self) -> &[Interface] {
        &self.interfaces
    }

    fn take(&mut self, wait: Duration, stop: BorrowedFd<'_>, sink: Sink<'_>) -> Result<Taken, Error> {
        if self.visit(sink) {
            return Ok(Taken::Frames);
        }
        if wait.is_zero() {
            return Ok(Taken::Idle);
        }
        // An interface that goes down says nothing to the socket.
        let name = || self.interfaces.first().map(|interface| interface.name.clone()).unwrap_or_default();
        wait_readable(&*self.sys, self.fd.as_fd(), stop, wait.min(LOOK))
            .map_err(|error| Error::call("poll", &name(), &error, ""))?;
        if self.visit(sink) {
            return Ok(Taken::Frames);
        }
        self.watch.look(&*self.sys)
    }

    fn close_intake(&mut self) -> Result<(), Error> {
        self.attached.detach();
        Ok(())
    }

    fn counts(&mut self) -> Counts {
        // `struct xdp_statistics`: dropped, bad receive entries, bad transmit entries, receive ring full, fill ring
        // empty (which also counts tries that were made good), transmit ring empty.
        let mut words = [0u8; 48];
        if self.sys.option(self.fd.as_fd(), SOL_XDP, XDP_STATISTICS, &mut words).is_ok() {
            let word = |at: usize| {
                words.get(at..).and_then(|w| w.first_chunk()).map_or(0, |w| u64::from_ne_bytes(*w))
            };
            self.counts.kernel_drops = word(0).saturating_add(word(24));
        }
        self.counts.received = self.accepted.saturating_add(self.counts.kernel_drops);
        let name = self.interfaces.first().map(|interface| interface.name.as_str()).unwrap_or_default();
        if let (Some(now), Some(before)) = (interfaces::dropped(name), self.dropped_before) {
            self.counts.interface_drops = Some(now.saturating_sub(before));
        }
        self.counts
    }

    fn memory(&self) -> usize {
        self.frames.len()
    }
}
