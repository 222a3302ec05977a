//! IP packets to this machine itself, handed to the kernel's stack through raw sockets that take whole packets
//! (`IPPROTO_RAW`, raw(7)). The kernel fills in the IPv4 header's checksum and total length, and an identification or source of 0.

use super::error::{Error, call};
use super::link::Sent;
use super::sys;
use std::io;
use std::net::IpAddr;
use std::os::fd::{AsFd, OwnedFd};

/// The sockets, opened when they are first used.
#[derive(Debug, Default)]
pub(super) struct Stack {
    v4: Option<OwnedFd>,
    v6: Option<OwnedFd>,
}

impl Stack {
    /// Sends a packet with its IP header.
    pub(super) fn send(&mut self, packet: &[u8], to: IpAddr, sent: &mut Sent) -> Result<(), Error> {
        let (slot, family) = match to {
            IpAddr::V4(_) => (&mut self.v4, libc::AF_INET),
            IpAddr::V6(_) => (&mut self.v6, libc::AF_INET6),
        };
        let fd = match slot {
            Some(fd) => &*fd,
            None => {
                let fd = sys::socket(family, libc::SOCK_RAW, libc::IPPROTO_RAW)
                    .map_err(|error| call("socket IPPROTO_RAW", "this machine", &error))?;
                &*slot.insert(fd)
            }
        };
        match sys::send(fd.as_fd(), packet, &address(to)) {
            Ok(_) => {
                sent.add(Sent { frames: 1, octets: packet.len() as u64, waits: 0 });
                Ok(())
            }
            Err(error) => Err(refused(&error, packet.len(), to)),
        }
    }
}

fn refused(error: &io::Error, octets: usize, to: IpAddr) -> Error {
    match error.raw_os_error() {
        Some(libc::EMSGSIZE) => {
            Error::TooLong { octets, interface: "the loopback".to_owned(), mtu: 65536, header: 0 }
        }
        Some(errno @ (libc::ENETUNREACH | libc::EHOSTUNREACH)) => {
            Error::NoRoute { to, interface: None, errno }
        }
        _ => call("sendto IPPROTO_RAW", "this machine", error),
    }
}

/// `struct sockaddr_in` or `struct sockaddr_in6`, with port 0.
fn address(to: IpAddr) -> Vec<u8> {
    match to {
        IpAddr::V4(to) => {
            let mut address = (libc::AF_INET as u16).to_ne_bytes().to_vec();
            address.extend([0, 0]);
            address.extend(to.octets());
            address.extend([0; 8]);
            address
        }
        IpAddr::V6(to) => {
            let mut address = (libc::AF_INET6 as u16).to_ne_bytes().to_vec();
            address.extend([0; 6]);
            address.extend(to.octets());
            address.extend([0; 4]);
            address
        }
    }
}
