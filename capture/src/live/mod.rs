//! Frames from the wire, as they cross an interface of this machine.
//!
//! In: interface names and [`Options`]. Out: a [`Source`] per ring, which shows frames where they lie, and a
//! [`session`](mod@session) that runs the sources on their own threads until a limit, a signal or the end of the last
//! interface. What must hold: no allocation, lock or call per frame on the way from the ring to the consumer; every
//! frame that the kernel dropped is counted; nothing that the kernel or the wire says can stop the program. Nothing
//! here prints or exits.
//!
//! `unsafe` lives in `sys` (system calls and shared memory), `signals`, `privilege` and one block each in the rings.

mod afpacket;
pub mod bpf;
mod error;
#[cfg(test)]
mod fake;
mod interfaces;
mod linklayer;
#[cfg(feature = "libpcap")]
mod pcap;
mod portable;
mod privilege;
mod program;
mod ring;
pub mod session;
mod signals;
mod sys;
mod watch;
mod xdp;

pub use error::{Error, Note};
pub use interfaces::{Listed, exists, list, name_of, netmask, preferred};
pub use linklayer::Form;
pub use privilege::{User, drop_capabilities, is_root, lower_priority, set_nice};
pub use program::{Connection, Crossing};
pub use signals::{Nudge, Signal, Signals};

use crate::filter::insn::Instruction;
use nettool_dissect::frame::{Frame, Interface, LinkType};
use std::ops::ControlFlow;
use std::os::fd::BorrowedFd;
use std::sync::Arc;
use std::time::Duration;

/// Who gets the frames: called for each, and told by its answer whether more are wanted.
pub type Sink<'a> = &'a mut dyn FnMut(&Frame<'_>) -> ControlFlow<()>;

/// What a wait for frames brought.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Taken {
    /// Frames were shown; more may be waiting.
    Frames,
    /// Nothing was waiting.
    Idle,
    /// Something happened to the interface.
    Event(Event),
}

/// What happens to an interface while it is captured on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Event {
    /// It went down; the capture waits for it.
    Down(
        /// Its name.
        String,
    ),
    /// It is up again.
    Up(
        /// Its name.
        String,
    ),
    /// It is gone; its source will show nothing more.
    Gone(
        /// Its name.
        String,
    ),
}

/// What a source has counted since it was opened.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    /// Frames that passed the filter in the kernel, those dropped for want of ring memory among them.
    pub received: u64,
    /// Frames that passed the filter and found no room in the ring.
    pub kernel_drops: u64,
    /// Frames that the interface's driver or the kernel below dropped, where they can be told. They may have passed the
    /// filter or not.
    pub interface_drops: Option<u64>,
}

impl Counts {
    /// Adds what another source on the same interface has counted.
    pub fn join(&mut self, other: &Counts) {
        self.received = self.received.saturating_add(other.received);
        self.kernel_drops = self.kernel_drops.saturating_add(other.kernel_drops);
        // Each source of an interface reads the same counter.
        self.interface_drops = self.interface_drops.max(other.interface_drops);
    }
}

/// A stream of frames from the wire, in the order in which the kernel stored them. Times can go back by microseconds where
/// two processors stamped frames and then waited for the ring.
pub trait Source: Send {
    /// Where its frames come from; `Meta::interface` indexes the list, before a session moves it to its own.
    fn interfaces(&self) -> &[Interface];

    /// Shows the frames that are there, up to one block of them, to `sink`. When there are none, waits at most `wait`
    /// for some or until `stop` is readable.
    ///
    /// # Errors
    /// What keeps the source from ever showing a frame again; a vanished interface is an [`Event`].
    fn take(&mut self, wait: Duration, stop: BorrowedFd<'_>, sink: Sink<'_>) -> Result<Taken, Error>;

    /// Takes in nothing more from now on; what was taken in before is still shown.
    ///
    /// # Errors
    /// The error of the system call.
    fn close_intake(&mut self) -> Result<(), Error>;

    /// The counts up to now.
    fn counts(&mut self) -> Counts;

    /// Octets of memory that hold frames until they are shown.
    fn memory(&self) -> usize;
}

/// How frames are got from the kernel.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Backend {
    /// The best that there is without side effects: AF_PACKET on Linux.
    #[default]
    Auto,
    /// AF_PACKET with a TPACKET_V3 ring.
    Packet,
    /// AF_XDP, and AF_PACKET where it cannot be had. Takes received frames that match away from the kernel.
    Xdp,
    /// libpnet's datalink channel.
    Pnet,
    /// libpcap, where it is built in.
    Pcap,
}

/// Whose clock stamps the frames.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum TimeChoice {
    /// The kernel's.
    #[default]
    Host,
    /// The network card's.
    Adapter,
}

/// A filter, compiled twice for the same link type.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Programs {
    /// For a packet socket, which moves VLAN tags out of the frame.
    pub kernel: Vec<Instruction>,
    /// For the frame's octets alone.
    pub octets: Vec<Instruction>,
}

/// What is asked of a live capture on one interface.
#[derive(Clone, Debug)]
pub struct Options {
    /// How to get frames.
    pub backend: Backend,
    /// Octets of memory for frames that wait to be shown.
    pub buffer: usize,
    /// Whether less memory than that is an error.
    pub exact: bool,
    /// How long a frame may wait in a block that is not full, in steps of a millisecond. Longer means fewer wake-ups.
    pub hold: Duration,
    /// Octets to keep of each frame.
    pub snaplen: u32,
    /// Whether to see frames for others.
    pub promiscuous: bool,
    /// Which directions.
    pub crossing: Crossing,
    /// Whose clock.
    pub times: TimeChoice,
    /// Whether to learn GSO sizes.
    pub gso: bool,
    /// Whether to keep the receive hash.
    pub hash: bool,
    /// A connection to leave out.
    pub without: Option<Connection>,
    /// The user's filter.
    pub filter: Option<Programs>,
    /// Sockets that share the interface's frames, each to be read by a thread of its own; 1 to 64.
    pub threads: usize,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            backend: Backend::Auto,
            buffer: DEFAULT_BUFFER,
            exact: false,
            hold: Duration::from_millis(10),
            snaplen: 262_144,
            promiscuous: true,
            crossing: Crossing::InOut,
            times: TimeChoice::Host,
            gso: false,
            hash: false,
            without: None,
            filter: None,
            threads: 1,
        }
    }
}

/// Ring memory where the user names none: at a million small frames a second, a third of a second.
pub const DEFAULT_BUFFER: usize = 64 << 20;

/// The sources of an interface, one a thread, and what falls short of what was asked for.
pub struct Opened {
    /// One a thread.
    pub sources: Vec<Box<dyn Source>>,
    /// Sentences for the user.
    pub notes: Vec<Note>,
}

/// The link type that frames of an interface (or of `any`) will have.
///
/// # Errors
/// [`Error::NoInterface`].
pub fn link_type(name: &str) -> Result<LinkType, Error> {
    match afpacket::Target::named(&sys::Linux, name)? {
        afpacket::Target::Any => Ok(LinkType::LINUX_SLL2),
        afpacket::Target::One(identity) => Ok(Form::of(identity.hardware).link_type()),
    }
}

/// Opens an interface, or with the name `any` all of them.
///
/// # Errors
/// No such interface, no privilege, or a system call's error.
pub fn open(name: &str, options: &Options) -> Result<Opened, Error> {
    let sys: Arc<dyn sys::Sys> = Arc::new(sys::Linux);
    match options.backend {
        Backend::Auto | Backend::Packet => open_packet(&sys, name, options),
        Backend::Xdp => open_xdp(&sys, name, options),
        Backend::Pnet => open_portable(&sys, name, options),
        Backend::Pcap => open_pcap(name, options),
    }
}

fn open_xdp(sys: &Arc<dyn sys::Sys>, name: &str, options: &Options) -> Result<Opened, Error> {
    let target = afpacket::Target::named(&**sys, name)?;
    let opened = match &target {
        afpacket::Target::Any => Err("`any` is no interface".to_owned()),
        _ if options.crossing == Crossing::Out => Err("it sees received frames only".to_owned()),
        _ if options.times == TimeChoice::Adapter => Err("it has no times of the card".to_owned()),
        afpacket::Target::One(identity) if !xdp::suits(identity) => {
            Err("not an Ethernet interface".to_owned())
        }
        afpacket::Target::One(identity) => xdp::open(sys, identity, options).map_err(|refused| refused.say()),
    };
    match opened {
        Ok((sockets, notes)) => {
            let sources = sockets.into_iter().map(|socket| Box::new(socket) as Box<dyn Source>).collect();
            Ok(Opened { sources, notes })
        }
        Err(why) => {
            let mut opened = open_packet(sys, name, options)?;
            opened.notes.insert(0, Note::NoXdp { interface: name.to_owned(), why });
            Ok(opened)
        }
    }
}

fn open_portable(sys: &Arc<dyn sys::Sys>, name: &str, options: &Options) -> Result<Opened, Error> {
    let refuse = |what| Err(Error::Backend { backend: "pnet", what, instead: "packet" });
    match afpacket::Target::named(&**sys, name)? {
        afpacket::Target::Any => refuse("capture on all interfaces"),
        _ if options.times == TimeChoice::Adapter => refuse("give times of the card"),
        _ if options.gso => refuse("give GSO sizes"),
        afpacket::Target::One(identity) => {
            let (source, notes) = portable::open(sys, &identity, options)?;
            Ok(Opened { sources: vec![Box::new(source)], notes })
        }
    }
}

#[cfg(feature = "libpcap")]
fn open_pcap(name: &str, options: &Options) -> Result<Opened, Error> {
    // libpcap's own message does not list the interfaces.
    afpacket::Target::named(&sys::Linux, name)?;
    let source = pcap::open(name, options)?;
    Ok(Opened { sources: vec![Box::new(source)], notes: Vec::new() })
}

#[cfg(not(feature = "libpcap"))]
fn open_pcap(_: &str, _: &Options) -> Result<Opened, Error> {
    Err(Error::NotBuilt("pcap"))
}

fn open_packet(sys: &Arc<dyn sys::Sys>, name: &str, options: &Options) -> Result<Opened, Error> {
    let target = afpacket::Target::named(&**sys, name)?;
    let threads = options.threads.clamp(1, 64);
    let group = (threads > 1).then(|| fanout_group(name));
    let settings = afpacket::Settings {
        buffer: (options.buffer / threads, options.exact),
        hold: options.hold,
        snaplen: options.snaplen,
        promiscuous: options.promiscuous,
        crossing: options.crossing,
        times: options.times,
        gso: options.gso,
        hash: options.hash,
        without: options.without,
        filter: options.filter.clone(),
        fanout: group,
    };
    let mut opened = Opened { sources: Vec::new(), notes: Vec::new() };
    for _ in 0..threads {
        let (socket, notes) = afpacket::PacketSocket::open(sys.clone(), target.clone(), &settings)?;
        opened.sources.push(Box::new(socket));
        for note in notes {
            if !opened.notes.contains(&note) {
                opened.notes.push(note);
            }
        }
    }
    Ok(opened)
}

/// A number for the group of sockets on an interface, which shall differ from that of other processes and interfaces.
fn fanout_group(name: &str) -> u16 {
    let seed =
        name.bytes().fold(std::process::id(), |sum, octet| sum.wrapping_mul(31).wrapping_add(octet.into()));
    (seed ^ seed >> 16) as u16
}
