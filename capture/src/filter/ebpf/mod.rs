//! Extended BPF: a filter as a program for a socket, for tc, or for XDP.
//!
//! In: a classic program that passes the kernel's checks, so everything that the compiler shares and orders is kept. Out:
//! instructions for bpf(2), their text, an object file that libbpf loads, and a machine that runs them here. Sockets and
//! tc read the packet by the old loads, which end the program with 0 past the end, as classic ones do. XDP has no such
//! loads: there the packet is read directly, behind comparisons with its end that the kernel's verifier understands.
//! The kernel is not spoken to here: see `live`.

mod bounds;
pub mod insn;
pub mod object;
pub mod text;
mod translate;
pub mod vm;

pub use translate::{Error, translate};

/// Where a program runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    /// On a socket (`SO_ATTACH_BPF`, Linux 3.19; 5.1 for the comparisons used here).
    Socket,
    /// As a classifier of tc.
    Tc,
    /// Before the kernel makes a packet of the frame.
    Xdp,
}

/// What a program answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Answers {
    /// The classic verdict: octets to keep, or 0.
    Octets,
    /// One number for accepted packets, another for all else. Sockets and tc give 0 for loads past the end, whatever is
    /// asked for, so that there only `other` = 0 says the same for all.
    Numbers {
        /// For accepted ones.
        matching: i32,
        /// For others.
        other: i32,
    },
    /// XDP: accepted frames go to the AF_XDP socket of their receive queue in the map of this descriptor, where there is
    /// one; all else goes on to the kernel.
    Redirect {
        /// Descriptor of a `BPF_MAP_TYPE_XSKMAP`.
        map: i32,
    },
}

/// `XDP_DROP`
pub const XDP_DROP: i32 = 1;
/// `XDP_PASS`
pub const XDP_PASS: i32 = 2;
/// What a tc classifier answers for a match in the class that the command named (tc-bpf(8)); no match is 0.
pub const TC_MATCH: i32 = -1;

impl Target {
    /// What is answered when nothing else is asked for: the classic verdict, a classifier's match, pass or drop.
    pub const fn answers(self) -> Answers {
        match self {
            Target::Socket => Answers::Octets,
            Target::Tc => Answers::Numbers { matching: TC_MATCH, other: 0 },
            Target::Xdp => Answers::Numbers { matching: XDP_PASS, other: XDP_DROP },
        }
    }

    /// Whether the program sees packets as a packet socket does, with VLAN tags moved out.
    pub const fn has_packet(self) -> bool {
        !matches!(self, Target::Xdp)
    }

    /// The section of an object file by which loaders know the kind of program.
    pub const fn section(self) -> &'static str {
        match self {
            Target::Socket => "socket",
            Target::Tc => "classifier",
            Target::Xdp => "xdp",
        }
    }
}
