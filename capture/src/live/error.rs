//! What can keep a live capture from starting or going on, and what it does with less than was asked for.

use std::fmt;
use std::io;

/// Why a live capture could not be opened, or ended.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The kernel demands a capability that the process lacks.
    #[error("{call} on {interface}: {}; needs {needs}", errno_name(.errno))]
    Privilege {
        /// The call that was refused.
        call: &'static str,
        /// The interface it was for.
        interface: String,
        /// `EPERM` or `EACCES`.
        errno: i32,
        /// The capabilities, for the reader.
        needs: &'static str,
    },
    /// No interface of that name.
    #[error("no interface `{name}`; there {}", listing(.known))]
    NoInterface {
        /// As asked for.
        name: String,
        /// Those that exist.
        known: Vec<String>,
    },
    /// An interface vanished while it was captured on.
    #[error("{0} is gone")]
    Gone(
        /// Its name.
        String,
    ),
    /// A system call answered with an error.
    #[error("{call} on {interface}: {}{}{mend}", errno_name(.errno), if .mend.is_empty() { "" } else { "; " })]
    Call {
        /// The call with its object: `setsockopt PACKET_RX_RING`.
        call: &'static str,
        /// The interface it was for.
        interface: String,
        /// The error number.
        errno: i32,
        /// What helps; empty when nothing is known to.
        mend: &'static str,
    },
    /// The interface has no hardware timestamps.
    #[error("{interface} gives no hardware timestamps for all frames ({}); use --timestamps host", errno_name(.errno))]
    NoHardwareTime {
        /// The interface.
        interface: String,
        /// What SIOCSHWTSTAMP answered.
        errno: i32,
    },
    /// A backend cannot do what was asked.
    #[error("the {backend} backend cannot {what}; use --backend {instead}")]
    Backend {
        /// The backend.
        backend: &'static str,
        /// What it was asked for.
        what: &'static str,
        /// The backend that can.
        instead: &'static str,
    },
    /// The program was built without that backend.
    #[error(
        "this nettool is built without the {0} backend; build with `cargo build --release --features libpcap`"
    )]
    NotBuilt(
        /// The backend.
        &'static str,
    ),
    /// A backend made of another library failed; its own words.
    #[error("{backend} backend on {interface}: {said}")]
    Library {
        /// The backend.
        backend: &'static str,
        /// The interface.
        interface: String,
        /// The library's message.
        said: String,
    },
    /// No interface to choose: none is up.
    #[error("no interface is up; name one of {}", .0.join(", "))]
    NothingUp(
        /// Those that exist.
        Vec<String>,
    ),
    /// No user of that name.
    #[error("no user `{0}`")]
    NoUser(
        /// As asked for.
        String,
    ),
    /// `--not-my-ssh` outside an SSH session.
    #[error(
        "SSH_CONNECTION is set neither here nor in the processes above: not in an SSH session; leave out --not-my-ssh"
    )]
    NoSession,
}

impl Error {
    /// An error of `call` for `interface`: lack of privilege apart from the rest.
    pub(crate) fn call(call: &'static str, interface: &str, error: &io::Error, mend: &'static str) -> Error {
        let (interface, errno) = (interface.to_owned(), error.raw_os_error().unwrap_or_default());
        match errno {
            libc::EPERM | libc::EACCES => Error::Privilege { call, interface, errno, needs: "CAP_NET_RAW" },
            _ => Error::Call { call, interface, errno, mend },
        }
    }
}

fn listing(names: &[String]) -> String {
    match names {
        [] => "are none".to_owned(),
        [one] => format!("is only {one}"),
        many => format!("are {}", many.join(", ")),
    }
}

/// The name of an error number, as errno(3) lists them, or the C library's text.
fn errno_name(errno: &i32) -> String {
    let name = match *errno {
        libc::EPERM => "EPERM",
        libc::EACCES => "EACCES",
        libc::ENOMEM => "ENOMEM",
        libc::ENOBUFS => "ENOBUFS",
        libc::EINVAL => "EINVAL",
        libc::ENODEV => "ENODEV",
        libc::ENXIO => "ENXIO",
        libc::ENETDOWN => "ENETDOWN",
        libc::EBUSY => "EBUSY",
        libc::EOPNOTSUPP => "EOPNOTSUPP",
        libc::ENOPROTOOPT => "ENOPROTOOPT",
        libc::EAFNOSUPPORT => "EAFNOSUPPORT",
        libc::ERANGE => "ERANGE",
        _ => return io::Error::from_raw_os_error(*errno).to_string(),
    };
    name.to_owned()
}

/// What a capture does with less than was asked for; one sentence each.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Note {
    /// The kernel had less memory for the ring.
    SmallerRing {
        /// The interface.
        interface: String,
        /// Octets obtained.
        bytes: usize,
    },
    /// `PACKET_VNET_HDR` was refused.
    NoGso {
        /// The interface.
        interface: String,
        /// Why.
        errno: i32,
    },
    /// Cooked sockets have no `struct virtio_net_hdr`.
    NoGsoCooked(
        /// The interface.
        String,
    ),
    /// The interface is down when the capture starts.
    Down(
        /// The interface.
        String,
    ),
    /// AF_XDP cannot be had; AF_PACKET captures instead.
    NoXdp {
        /// The interface.
        interface: String,
        /// Why.
        why: String,
    },
    /// AF_XDP works, but through the generic hook.
    GenericXdp(
        /// The interface.
        String,
    ),
    /// What AF_XDP takes does not reach the kernel's stack.
    XdpTakes(
        /// The interface.
        String,
    ),
    /// The kernel did not take the filter into the XDP program.
    FilterNotInXdp {
        /// The interface.
        interface: String,
        /// Why.
        why: String,
    },
    /// What libpnet does not tell.
    Portable(
        /// The interface.
        String,
    ),
    /// Promiscuous mode was refused.
    NotPromiscuous {
        /// The interface.
        interface: String,
        /// Why.
        errno: i32,
    },
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Note::SmallerRing { interface, bytes } => {
                write!(f, "{interface}: the kernel had memory for a ring of {} KiB only", bytes / 1024)
            }
            Note::NoGso { interface, errno: number } => {
                write!(f, "{interface}: no GSO sizes (PACKET_VNET_HDR: {})", errno_name(number))
            }
            Note::NoGsoCooked(interface) => {
                write!(f, "{interface}: no GSO sizes, because cooked captures have no PACKET_VNET_HDR")
            }
            Note::Down(interface) => {
                write!(f, "{interface} is down; waiting for it (`ip link set {interface} up`)")
            }
            Note::NoXdp { interface, why } => {
                write!(f, "{interface}: no AF_XDP ({why}); capturing with AF_PACKET")
            }
            Note::GenericXdp(interface) => {
                write!(f, "{interface}: the driver has no native XDP; capturing through the generic hook")
            }
            Note::XdpTakes(interface) => {
                write!(
                    f,
                    "{interface}: received frames that match go to this capture and not to the kernel while it runs (AF_XDP)"
                )
            }
            Note::FilterNotInXdp { interface, why } => {
                write!(
                    f,
                    "{interface}: the filter does not run in XDP ({why}); all frames are taken from the kernel"
                )
            }
            Note::Portable(interface) => {
                let lost = "moved-out VLAN tags, directions and checksum states are not told";
                write!(f, "{interface}: through libpnet times are those of reading, and {lost}")
            }
            Note::NotPromiscuous { interface, errno: number } => {
                write!(f, "{interface}: not promiscuous (PACKET_ADD_MEMBERSHIP: {})", errno_name(number))
            }
        }
    }
}
