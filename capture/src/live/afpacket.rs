//! AF_PACKET with a TPACKET_V3 ring: the backend for Linux, needing CAP_NET_RAW alone.
//!
//! In: an interface, or all of them. Out: frames as they lie in the ring, with what the kernel knows of each. A socket
//! receives nothing before its filter is on, because it is bound last; so no frame that the filter would have
//! rejected is ever delivered.

use super::error::{Error, Note};
use super::interfaces::{self, Identity, Requests};
use super::linklayer::{Form, HARDWARE_LOOPBACK, VIRTIO_LEN, meta};
use super::program::{Connection, Crossing, REJECT, Wanted, assemble};
use super::ring::Ring;
use super::sys::{Sys, wait_readable};
use super::watch::{LOOK, Watch};
use super::{Counts, Programs, Sink, Source, Taken, TimeChoice};
use crate::filter::insn::Instruction;
use crate::filter::vm;
use nettool_dissect::frame::{Frame, Interface};
use std::ops::ControlFlow;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::time::Duration;

/// How to open a packet socket.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// Octets of ring memory, and whether the user named them (then less is an error).
    pub(crate) buffer: (usize, bool),
    /// After this time a block is handed over even when not full; what a frame can wait at most. Whole milliseconds.
    pub(crate) hold: Duration,
    pub(crate) snaplen: u32,
    pub(crate) promiscuous: bool,
    pub(crate) crossing: Crossing,
    pub(crate) times: TimeChoice,
    pub(crate) gso: bool,
    pub(crate) hash: bool,
    pub(crate) without: Option<Connection>,
    pub(crate) filter: Option<Programs>,
    /// The group of sockets that share the interface's frames (`PACKET_FANOUT`), with one thread each.
    pub(crate) fanout: Option<u16>,
}

/// What is captured on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Target {
    /// One interface.
    One(Identity),
    /// All, present and to come.
    Any,
}

impl Target {
    /// The interface of that name, or `any`.
    pub(crate) fn named(sys: &dyn Sys, name: &str) -> Result<Target, Error> {
        match name {
            "any" => Ok(Target::Any),
            name => Ok(Target::One(Requests::open(sys)?.identify(name)?)),
        }
    }

    fn name(&self) -> &str {
        match self {
            Target::One(identity) => &identity.name,
            Target::Any => "any",
        }
    }

    fn index(&self) -> i32 {
        match self {
            Target::One(identity) => identity.index,
            Target::Any => 0,
        }
    }

    fn is_loopback(&self) -> bool {
        matches!(self, Target::One(identity) if identity.hardware == HARDWARE_LOOPBACK)
    }

    fn form(&self) -> Form {
        match self {
            Target::One(identity) => Form::of(identity.hardware),
            Target::Any => Form::Cooked,
        }
    }
}

const SOL_PACKET: i32 = libc::SOL_PACKET;
/// `ETH_P_ALL` in network byte order.
const ALL_PROTOCOLS: u16 = 0x0003_u16.to_be();
/// The smallest block: one that takes the largest frame that is not BIG TCP.
const LEAST_BLOCK: usize = 128 << 10;
/// The largest, so that many blocks remain for a consumer that stalls while blocks go over half empty.
const MOST_BLOCK: usize = 256 << 10;
/// Least ring memory: two blocks.
pub(crate) const LEAST_BUFFER: usize = 2 * LEAST_BLOCK;
/// An open ring.
pub(crate) struct PacketSocket {
    sys: Arc<dyn Sys>,
    ring: Ring,
    fd: OwnedFd,
    target: Target,
    interfaces: Vec<Interface>,
    form: Form,
    gso: bool,
    hash: bool,
    snaplen: usize,
    /// The user's filter, when the kernel cannot run it.
    user_filter: Option<Vec<Instruction>>,
    /// None for all interfaces.
    watch: Option<Watch>,
    counts: Counts,
    /// Driver and kernel drops of the interface when the capture began.
    dropped_before: Option<u64>,
    /// Drops counted since the last frame that was told of them.
    untold: u64,
}

impl PacketSocket {
    /// Opens a ring on `target`; `interface` is its place in the list of the capture.
    pub(crate) fn open(
        sys: Arc<dyn Sys>,
        target: Target,
        settings: &Settings,
    ) -> Result<(PacketSocket, Vec<Note>), Error> {
        let mut notes = Vec::new();
        let form = target.form();
        let name = target.name().to_owned();
        let failed = |call, mend| {
            let name = name.clone();
            move |error: std::io::Error| Error::call(call, &name, &error, mend)
        };
        let kind = if form.without_header() { libc::SOCK_DGRAM } else { libc::SOCK_RAW };
        // Protocol 0: nothing arrives before `bind` names the protocol.
        let fd = sys.socket(libc::AF_PACKET, kind, 0).map_err(failed("socket AF_PACKET", ""))?;
        let socket = Setup { sys: &*sys, fd: fd.as_fd(), name: &name };
        if settings.times == TimeChoice::Adapter {
            socket.hardware_times()?;
        }
        let gso = settings.gso && socket.vnet_header(form, &mut notes);
        let sent_ignored = match settings.crossing {
            Crossing::In => socket.ignore_sent(),
            Crossing::InOut if target.is_loopback() => socket.ignore_sent(),
            _ => false,
        };
        let ring = socket.ring(settings, &mut notes)?;
        let wanted = Wanted {
            form,
            loopback: target.is_loopback(),
            any: target == Target::Any,
            sent_ignored,
            crossing: settings.crossing,
            without: settings.without,
            filter: settings.filter.as_ref().map(|programs| &*programs.kernel),
            snaplen: settings.snaplen,
        };
        // What the kernel cannot run on this form is run here on each frame.
        let (program, user_filter) = match (assemble(&wanted), &settings.filter) {
            (Some(program), _) => (program, None),
            (None, programs) => {
                let without = assemble(&Wanted { filter: None, ..wanted }).unwrap_or(REJECT.to_vec());
                (without, programs.as_ref().map(|programs| programs.octets.clone()))
            }
        };
        let attach = |program: &[Instruction]| {
            sys.attach_filter(fd.as_fd(), program).map_err(failed("setsockopt SO_ATTACH_FILTER", ""))
        };
        // A group's sockets each receive everything until they have joined it, so they join rejecting.
        attach(if settings.fanout.is_some() { &REJECT } else { &program })?;
        sys.bind(fd.as_fd(), &address(target.index())).map_err(failed("bind AF_PACKET", ""))?;
        if let Some(group) = settings.fanout {
            socket.join(group)?;
            attach(&program)?;
        }
        if settings.promiscuous && target != Target::Any {
            socket.promiscuous(target.index(), &mut notes);
        }
        let watch = match &target {
            Target::One(identity) => Some(Watch::new(identity)),
            Target::Any => None,
        };
        if watch.as_ref().is_some_and(Watch::is_down) {
            notes.push(Note::Down(name.clone()));
        }
        let mut interface = Interface::new(name.clone(), form.link_type());
        interface.snaplen = settings.snaplen;
        interface.dsa_tagger = interfaces::dsa_tagger(&name);
        let opened = PacketSocket {
            ring,
            target,
            interfaces: vec![interface],
            form,
            gso,
            hash: settings.hash,
            snaplen: settings.snaplen as usize,
            user_filter,
            watch,
            counts: Counts::default(),
            dropped_before: interfaces::dropped(&name),
            untold: 0,
            fd,
            sys,
        };
        Ok((opened, notes))
    }

    /// Shows every frame of the next block to `sink`; false when there is no block.
    fn visit(&mut self, sink: Sink<'_>) -> bool {
        let PacketSocket { ring, sys, fd, counts, untold, form, gso, hash, snaplen, user_filter, .. } = self;
        let Some(mut block) = ring.take() else { return false };
        let link_type = form.link_type();
        if block.is_losing() {
            // Reading clears the kernel's count and with it the mark of the blocks that it closes from now on.
            *untold = untold.saturating_add(read_statistics(&**sys, fd.as_fd(), counts));
        }
        while let Some(mut record) = block.record() {
            let mut meta = meta(&record, link_type, 0, *gso, *hash);
            let (vlan, added) = form.complete(&mut record);
            meta.vlan = vlan;
            meta.original_len = meta.original_len.saturating_add(u32::try_from(added).unwrap_or_default());
            let data = record.data();
            let data = data.get(..*snaplen).unwrap_or(data);
            let mut frame = Frame { number: 0, data, meta };
            if user_filter.as_ref().is_some_and(|program| !accepts(program, &frame)) {
                continue;
            }
            // A frame that is left out tells nobody of drops; the next one does.
            frame.meta.drops = std::mem::take(untold);
            if sink(&frame) == ControlFlow::Break(()) {
                break;
            }
        }
        true
    }

    /// Finds out what an error on the socket means.
    fn trouble(&mut self) -> Result<Taken, Error> {
        let mut code = [0u8; 4];
        let read = self.sys.option(self.fd.as_fd(), libc::SOL_SOCKET, libc::SO_ERROR, &mut code);
        let name = self.target.name().to_owned();
        read.map_err(|error| Error::call("getsockopt SO_ERROR", &name, &error, ""))?;
        match i32::from_ne_bytes(code) {
            0 => Ok(Taken::Idle),
            libc::ENETDOWN | libc::ENODEV | libc::ENXIO => self.look(),
            errno => Err(Error::Call { call: "receive from AF_PACKET", interface: name, errno, mend: "" }),
        }
    }

    /// Whether the interface is there, and up.
    fn look(&mut self) -> Result<Taken, Error> {
        match &mut self.watch {
            Some(watch) => watch.look(&*self.sys),
            None => Ok(Taken::Idle),
        }
    }

    fn is_down(&self) -> bool {
        self.watch.as_ref().is_some_and(Watch::is_down)
    }
}

/// Whether a program compiled for octets (tags put back) accepts a frame.
pub(crate) fn accepts(program: &[Instruction], frame: &Frame<'_>) -> bool {
    let facts = vm::Facts::of(frame);
    vm::run(program, &vm::Packet { data: frame.data, wire_len: frame.meta.original_len, facts: Some(&facts) })
        .accepted()
}

/// Adds what the kernel counted since the last reading, and returns the drops among it.
pub(crate) fn read_statistics(sys: &dyn Sys, fd: BorrowedFd<'_>, counts: &mut Counts) -> u64 {
    // `struct tpacket_stats_v3`: packets (the dropped ones among them), drops, freezes of the queue.
    let mut words = [0u8; 12];
    if sys.option(fd, SOL_PACKET, libc::PACKET_STATISTICS, &mut words).is_err() {
        return 0;
    }
    let [a, b, c, d, e, f, g, h, ..] = words;
    let drops = u64::from(u32::from_ne_bytes([e, f, g, h]));
    counts.received = counts.received.saturating_add(u64::from(u32::from_ne_bytes([a, b, c, d])));
    counts.kernel_drops = counts.kernel_drops.saturating_add(drops);
    drops
}

impl Source for PacketSocket {
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
        let wait = if self.is_down() { wait.min(LOOK) } else { wait };
        let found = wait_readable(&*self.sys, self.fd.as_fd(), stop, wait)
            .map_err(|error| Error::call("poll", self.target.name(), &error, ""))?;
        if self.visit(sink) {
            return Ok(Taken::Frames);
        }
        if found & (libc::POLLERR | libc::POLLHUP | libc::POLLNVAL) != 0 {
            return self.trouble();
        }
        if self.is_down() {
            return self.look();
        }
        Ok(Taken::Idle)
    }

    fn close_intake(&mut self) -> Result<(), Error> {
        self.sys
            .attach_filter(self.fd.as_fd(), &REJECT)
            .map_err(|error| Error::call("setsockopt SO_ATTACH_FILTER", self.target.name(), &error, ""))
    }

    fn counts(&mut self) -> Counts {
        let drops = read_statistics(&*self.sys, self.fd.as_fd(), &mut self.counts);
        self.untold = self.untold.saturating_add(drops);
        let now = interfaces::dropped(self.target.name());
        // A vanished interface keeps what was last seen of it.
        if let (Some(now), Some(before)) = (now, self.dropped_before) {
            self.counts.interface_drops = Some(now.saturating_sub(before));
        }
        self.counts
    }

    fn memory(&self) -> usize {
        self.ring.size()
    }
}

/// `struct sockaddr_ll` that binds to an interface by index, 0 for all.
fn address(index: i32) -> [u8; 20] {
    let mut address = [0u8; 20];
    address[..2].copy_from_slice(&(libc::AF_PACKET as u16).to_ne_bytes());
    address[2..4].copy_from_slice(&ALL_PROTOCOLS.to_ne_bytes());
    address[4..8].copy_from_slice(&index.to_ne_bytes());
    address
}

/// `SIOCSHWTSTAMP` (linux/sockios.h).
const SIOCSHWTSTAMP: u64 = 0x89b0;

/// A socket being set up.
struct Setup<'a> {
    sys: &'a dyn Sys,
    fd: BorrowedFd<'a>,
    name: &'a str,
}

impl Setup<'_> {
    fn set(&self, name: i32, value: i32) -> std::io::Result<()> {
        self.sys.set_option(self.fd, SOL_PACKET, name, &value.to_ne_bytes())
    }

    fn require(&self, call: &'static str, name: i32, value: i32) -> Result<(), Error> {
        self.set(name, value).map_err(|error| Error::call(call, self.name, &error, ""))
    }

    /// Asks the driver to stamp every received frame and the ring to prefer that time. Needs CAP_NET_ADMIN.
    fn hardware_times(&self) -> Result<(), Error> {
        // `struct hwtstamp_config`: flags, transmit type (0 off), receive filter (1: all).
        let mut config = [0u8; 12];
        config[8] = u8::from(cfg!(target_endian = "little"));
        config[11] = u8::from(cfg!(target_endian = "big"));
        let refused = |errno| match errno {
            libc::EPERM | libc::EACCES => Error::Privilege {
                call: "ioctl SIOCSHWTSTAMP",
                interface: self.name.to_owned(),
                errno,
                needs: "CAP_NET_ADMIN",
            },
            errno => Error::NoHardwareTime { interface: self.name.to_owned(), errno },
        };
        let name = interfaces::padded(self.name).ok_or_else(|| refused(libc::ENODEV))?;
        if self.name == "any" {
            return Err(refused(libc::ENODEV));
        }
        self.sys
            .interface_data(self.fd, SIOCSHWTSTAMP, &name, &mut config)
            .map_err(|error| refused(error.raw_os_error().unwrap_or_default()))?;
        const RAW_HARDWARE: i32 = 1 << 6;
        self.require("setsockopt PACKET_TIMESTAMP", libc::PACKET_TIMESTAMP, RAW_HARDWARE)
    }

    /// Whether a `struct virtio_net_hdr` will stand before each frame.
    fn vnet_header(&self, form: Form, notes: &mut Vec<Note>) -> bool {
        if form.without_header() {
            notes.push(Note::NoGsoCooked(self.name.to_owned()));
            return false;
        }
        match self.set(libc::PACKET_VNET_HDR, 1) {
            Ok(()) => true,
            Err(error) => {
                let errno = error.raw_os_error().unwrap_or_default();
                notes.push(Note::NoGso { interface: self.name.to_owned(), errno });
                false
            }
        }
    }

    /// Linux ≥ 4.20; before it, the program leaves sent frames out.
    fn ignore_sent(&self) -> bool {
        self.set(libc::PACKET_IGNORE_OUTGOING, 1).is_ok()
    }

    fn ring(&self, settings: &Settings, notes: &mut Vec<Note>) -> Result<Ring, Error> {
        const VERSION_3: i32 = 2;
        self.require("setsockopt PACKET_VERSION", libc::PACKET_VERSION, VERSION_3)?;
        let reserve = (Form::MOST_ADDED + VIRTIO_LEN).next_multiple_of(16);
        self.require("setsockopt PACKET_RESERVE", libc::PACKET_RESERVE, reserve as i32)?;
        let (wanted, by_user) = settings.buffer;
        let mut buffer = wanted.max(LEAST_BUFFER);
        loop {
            let block = (buffer / 16).next_power_of_two().clamp(LEAST_BLOCK, MOST_BLOCK);
            let blocks = buffer / block;
            match self.try_ring(block, blocks, settings) {
                Ok(()) => {
                    if buffer < wanted {
                        notes.push(Note::SmallerRing {
                            interface: self.name.to_owned(),
                            bytes: block * blocks,
                        });
                    }
                    return self.map_ring(block, blocks);
                }
                Err(error)
                    if error.raw_os_error() == Some(libc::ENOMEM)
                        && !by_user
                        && buffer / 2 >= LEAST_BUFFER =>
                {
                    buffer /= 2;
                }
                Err(error) => {
                    let mend = if by_user { "name less --buffer" } else { "" };
                    return Err(Error::call("setsockopt PACKET_RX_RING", self.name, &error, mend));
                }
            }
        }
    }

    fn try_ring(&self, block: usize, blocks: usize, settings: &Settings) -> std::io::Result<()> {
        // Only its product with the number of frames matters in version 3.
        const FRAME: usize = 2048;
        let hold = u32::try_from(settings.hold.as_millis()).unwrap_or(u32::MAX).max(1);
        let hash = u32::from(settings.hash);
        // `struct tpacket_req3`: block size and number, frame size and number, time-out, private octets, features.
        let words = [block, blocks, FRAME, block / FRAME * blocks]
            .map(|word| u32::try_from(word).unwrap_or(u32::MAX));
        let mut request = [0u8; 28];
        for (place, word) in request.chunks_exact_mut(4).zip(words.into_iter().chain([hold, 0, hash])) {
            place.copy_from_slice(&word.to_ne_bytes());
        }
        self.sys.set_option(self.fd, SOL_PACKET, libc::PACKET_RX_RING, &request)
    }

    fn map_ring(&self, block: usize, blocks: usize) -> Result<Ring, Error> {
        let failed =
            |error: std::io::Error| Error::call("mmap of the ring", self.name, &error, "name less --buffer");
        let memory = self.sys.map(self.fd, block * blocks, 0).map_err(failed)?;
        Ring::new(memory, block).ok_or_else(|| failed(std::io::Error::from_raw_os_error(libc::EINVAL)))
    }

    /// Joins a group by flow hash; a socket whose ring is full passes frames on to the next.
    fn join(&self, group: u16) -> Result<(), Error> {
        let kind = libc::PACKET_FANOUT_HASH | libc::PACKET_FANOUT_FLAG_ROLLOVER;
        let argument = u32::from(group) | kind << 16;
        self.sys.set_option(self.fd, SOL_PACKET, libc::PACKET_FANOUT, &argument.to_ne_bytes()).map_err(
            |error| {
                Error::call(
                    "setsockopt PACKET_FANOUT",
                    self.name,
                    &error,
                    "use --threads 1, or bring the interface up",
                )
            },
        )
    }

    fn promiscuous(&self, index: i32, notes: &mut Vec<Note>) {
        // `struct packet_mreq`: index, type, address length, address.
        let mut membership = [0u8; 16];
        membership[..4].copy_from_slice(&index.to_ne_bytes());
        membership[4..6].copy_from_slice(&(libc::PACKET_MR_PROMISC as u16).to_ne_bytes());
        if let Err(error) = self.sys.set_option(self.fd, SOL_PACKET, libc::PACKET_ADD_MEMBERSHIP, &membership)
        {
            let errno = error.raw_os_error().unwrap_or_default();
            notes.push(Note::NotPromiscuous { interface: self.name.to_owned(), errno });
        }
    }
}

#[cfg(test)]
mod tests;
