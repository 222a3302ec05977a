//! What can keep packets from being sent.

use nettool_capture::live;
use std::io;
use std::net::IpAddr;

/// Why a packet could not be sent.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such interface, no privilege, or a system call's error.
    #[error(transparent)]
    System(#[from] live::Error),
    /// The interface is administratively down.
    #[error("{0} is down; bring it up with `ip link set {0} up`")]
    Down(
        /// Its name.
        String,
    ),
    /// The frame is longer than the interface takes.
    #[error("a frame of {octets} octets is longer than {interface} takes ({} with its link-layer header); send fragments, or `ip link set {interface} mtu {}`", .mtu.saturating_add(*.header), .octets.saturating_sub(*.header))]
    TooLong {
        /// Its octets, link-layer header included.
        octets: usize,
        /// The interface.
        interface: String,
        /// Its MTU.
        mtu: usize,
        /// Octets of a link-layer header.
        header: usize,
    },
    /// The frame has not even a link-layer header.
    #[error("a frame of {octets} octets is too short for {interface}, whose link-layer header has {header}")]
    TooShort {
        /// Its octets.
        octets: usize,
        /// The interface.
        interface: String,
        /// Octets of a link-layer header.
        header: usize,
    },
    /// The routing table has no way, or one that forbids.
    #[error("{}", no_route(.to, .interface, *.errno))]
    NoRoute {
        /// The destination.
        to: IpAddr,
        /// The interface that was asked for.
        interface: Option<String>,
        /// What the kernel answered.
        errno: i32,
    },
    /// Nobody answers for the next hop's address.
    #[error("nobody answers for {hop} on {interface}{}: {} went unanswered", if .hop == .to { String::new() } else { format!(", the next hop to {}", .to) }, if .hop.is_ipv4() { "three ARP requests" } else { "three neighbour solicitations" })]
    NoNeighbour {
        /// The address that was asked for.
        hop: IpAddr,
        /// Where the packet was to go.
        to: IpAddr,
        /// Where it was asked.
        interface: String,
    },
    /// What begins the octets is neither IPv4 nor IPv6.
    #[error("a packet that begins with neither Ethernet nor IP needs a link layer in front of it: Ether()/…")]
    NotIp,
    /// A frame with a link-layer header, and nothing that says where it is to go.
    #[error("a frame with a link-layer header needs an interface: -i IFACE")]
    NeedsInterface,
    /// The interface's frames have another link layer.
    #[error("{interface} carries {carries}, not {begins}")]
    OtherLink {
        /// The interface.
        interface: String,
        /// What its frames begin with.
        carries: String,
        /// What this one begins with.
        begins: &'static str,
    },
    /// The kernel took nothing for a long time.
    #[error("{interface} has taken no frame for {seconds} s; is there a carrier?")]
    Stuck {
        /// The interface.
        interface: String,
        /// How long it was tried.
        seconds: u64,
    },
}

fn no_route(to: &IpAddr, interface: &Option<String>, errno: i32) -> String {
    let by = interface.as_ref().map(|name| format!(" through {name}")).unwrap_or_default();
    let why = match errno {
        libc::EACCES => "the routing table prohibits it",
        libc::EINVAL => "the routing table swallows it (blackhole)",
        libc::EHOSTUNREACH => "the routing table calls it unreachable",
        _ => "see `ip route get`, or name an interface and a link layer: -i IFACE Ether()/…",
    };
    format!("no route to {to}{by}: {why}")
}

/// The error of a system call.
pub(super) fn call(call: &'static str, interface: &str, error: &io::Error) -> Error {
    let (interface, errno) = (interface.to_owned(), error.raw_os_error().unwrap_or_default());
    Error::System(match errno {
        libc::EPERM | libc::EACCES => live::Error::Privilege { call, interface, errno, needs: "CAP_NET_RAW" },
        libc::ENETDOWN => return Error::Down(interface),
        libc::ENXIO | libc::ENODEV => live::Error::Gone(interface),
        _ => live::Error::Call { call, interface, errno, mend: "" },
    })
}
