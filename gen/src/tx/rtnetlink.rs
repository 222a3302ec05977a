//! What the kernel knows of interfaces, routes and neighbours: `RTM_GETLINK`, `RTM_GETROUTE` and `RTM_GETNEIGH` over a
//! netlink socket (linux/rtnetlink.h), which speaks of the process's own network namespace.

use super::error::{Error, call};
use super::sys;
use nettool_capture::live;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::os::fd::{AsFd, OwnedFd};
use std::time::{Duration, Instant};

/// An interface, as sending needs to know it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Interface {
    /// Name.
    pub name: String,
    /// Index.
    pub index: u32,
    /// `ARPHRD_*`: 1 is Ethernet, 772 the loopback, 65534 none.
    pub hardware: u16,
    /// Administratively up.
    pub up: bool,
    /// Largest packet behind the link-layer header.
    pub mtu: usize,
    /// Octets of the link-layer header.
    pub header: usize,
    /// Link-layer address; zeros where there is none.
    pub mac: [u8; 6],
}

/// `ARPHRD_ETHER`.
const ETHERNET: u16 = 1;
/// `ARPHRD_LOOPBACK`.
const LOOPBACK: u16 = 772;

impl Interface {
    /// Whether its frames begin with an Ethernet header.
    pub fn is_ethernet(&self) -> bool {
        matches!(self.hardware, ETHERNET | LOOPBACK)
    }

    /// Whether it is the loopback.
    pub fn is_loopback(&self) -> bool {
        self.hardware == LOOPBACK
    }
}

/// What a route does with a packet (`rtm_type`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RouteKind {
    /// To one host.
    Unicast,
    /// To this machine.
    Local,
    /// To all hosts of a network.
    Broadcast,
    /// To a group.
    Multicast,
}

/// The way to a destination.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Route {
    /// What it is.
    pub kind: RouteKind,
    /// Outgoing interface.
    pub interface: u32,
    /// Source address that the kernel would choose.
    pub source: Option<IpAddr>,
    /// Whom the packet is handed to: a router, or the destination itself.
    pub next_hop: IpAddr,
}

/// A netlink socket for questions.
#[derive(Debug)]
pub struct Rtnetlink {
    fd: OwnedFd,
    sequence: u32,
}

const GET_LINK: u16 = 18;
const GET_ROUTE: u16 = 26;
const GET_NEIGHBOUR: u16 = 30;
/// Type of an error or an acknowledgement.
const ERROR: u16 = 2;
/// How long an answer may take; the kernel answers at once.
const PATIENCE: Duration = Duration::from_secs(2);

impl Rtnetlink {
    /// Opens the socket, for which no privilege is needed.
    ///
    /// # Errors
    /// The error of the system call.
    pub fn open() -> Result<Rtnetlink, Error> {
        let fd = sys::socket(libc::AF_NETLINK, libc::SOCK_RAW, libc::NETLINK_ROUTE)
            .map_err(|error| call("socket NETLINK_ROUTE", "this machine", &error))?;
        Ok(Rtnetlink { fd, sequence: 0 })
    }

    /// The interface of that name.
    ///
    /// # Errors
    /// None of that name: the error lists those that there are.
    pub fn interface_named(&mut self, name: &str) -> Result<Interface, Error> {
        let absent = || {
            let known = live::list().into_iter().map(|listed| listed.name).collect();
            Error::System(live::Error::NoInterface { name: name.to_owned(), known })
        };
        if name.is_empty() || name.len() > 15 || name.contains(['\0', '/']) {
            return Err(absent());
        }
        let mut text = name.as_bytes().to_vec();
        text.push(0);
        let message = Message::new(GET_LINK, &[0; 16]).attribute(IFLA_IFNAME, &text);
        match self.ask(message) {
            Ok(answer) => link(&answer).ok_or_else(absent),
            Err(error) if matches!(error.raw_os_error(), Some(libc::ENODEV | libc::EINVAL)) => Err(absent()),
            Err(error) => Err(call("RTM_GETLINK", name, &error)),
        }
    }

    /// The interface with that index.
    ///
    /// # Errors
    /// None has it.
    pub fn interface(&mut self, index: u32) -> Result<Interface, Error> {
        let mut header = [0u8; 16];
        header[4..8].copy_from_slice(&index.to_ne_bytes());
        let shown = format!("interface {index}");
        let answer =
            self.ask(Message::new(GET_LINK, &header)).map_err(|error| call("RTM_GETLINK", &shown, &error))?;
        link(&answer).ok_or(Error::System(live::Error::Gone(shown)))
    }

    /// The way to `to`, out of `through` where that is given.
    ///
    /// # Errors
    /// [`Error::NoRoute`].
    pub fn route(&mut self, to: IpAddr, through: Option<&Interface>) -> Result<Route, Error> {
        let (family, bits) = family(to);
        // `struct rtmsg`: family, destination length, source length, TOS, table, protocol, scope, type, flags.
        let header = [family, bits, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        let mut message = Message::new(GET_ROUTE, &header).attribute(RTA_DST, &octets(to));
        if let Some(interface) = through {
            message = message.attribute(RTA_OIF, &interface.index.to_ne_bytes());
        }
        let no_route = |errno| Error::NoRoute { to, interface: through.map(|one| one.name.clone()), errno };
        let answer = self.ask(message).map_err(|error| no_route(error.raw_os_error().unwrap_or(0)))?;
        parse_route(&answer, to).map_err(no_route)
    }

    /// The link-layer address of a neighbour, where the kernel knows one that it would use.
    ///
    /// # Errors
    /// The error of the system call; an unknown neighbour is none.
    pub fn neighbour(&mut self, of: IpAddr, interface: &Interface) -> Result<Option<[u8; 6]>, Error> {
        let mut header = [0u8; 12];
        header[0] = family(of).0;
        header[4..8].copy_from_slice(&interface.index.to_ne_bytes());
        match self.ask(Message::new(GET_NEIGHBOUR, &header).attribute(NDA_DST, &octets(of))) {
            Ok(answer) => Ok(parse_neighbour(&answer)),
            // Unknown, or a kernel before 5.0, which cannot be asked for one.
            Err(error)
                if matches!(
                    error.raw_os_error(),
                    Some(libc::ENOENT | libc::ENODEV | libc::EOPNOTSUPP | libc::EINVAL)
                ) =>
            {
                Ok(None)
            }
            Err(error) => Err(call("RTM_GETNEIGH", &interface.name, &error)),
        }
    }

    /// Asks, and gives the body of the one message that answers.
    fn ask(&mut self, message: Message) -> io::Result<Vec<u8>> {
        self.sequence = self.sequence.wrapping_add(1);
        sys::send(self.fd.as_fd(), &message.octets(self.sequence), &[])?;
        let end = Instant::now() + PATIENCE;
        let mut buffer = vec![0u8; 32 << 10];
        while Instant::now() < end {
            let got = match sys::receive(self.fd.as_fd(), &mut buffer) {
                Ok(got) => got,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    sys::wait(self.fd.as_fd(), libc::POLLIN, Duration::from_millis(100))?;
                    continue;
                }
                Err(error) => return Err(error),
            };
            let mut rest = buffer.get(..got).unwrap_or_default();
            while let Some((kind, sequence, body, behind)) = next_message(rest) {
                if sequence == self.sequence {
                    return answered(kind, body);
                }
                rest = behind;
            }
        }
        Err(io::Error::from_raw_os_error(libc::ETIMEDOUT))
    }
}

fn answered(kind: u16, body: &[u8]) -> io::Result<Vec<u8>> {
    match (kind, body.first_chunk()) {
        (ERROR, Some(code)) => Err(io::Error::from_raw_os_error(i32::from_ne_bytes(*code).wrapping_neg())),
        (ERROR, None) => Err(io::Error::from_raw_os_error(libc::EBADMSG)),
        _ => Ok(body.to_vec()),
    }
}

/// Type, sequence number and body of the first message, and what stands behind it.
fn next_message(octets: &[u8]) -> Option<(u16, u32, &[u8], &[u8])> {
    let [l0, l1, l2, l3, k0, k1, _, _, s0, s1, s2, s3, ..] = *octets.first_chunk::<16>()?;
    let length = usize::try_from(u32::from_ne_bytes([l0, l1, l2, l3])).ok()?;
    let body = octets.get(16..length)?;
    let behind = octets.get(length.next_multiple_of(4)..).unwrap_or_default();
    Some((u16::from_ne_bytes([k0, k1]), u32::from_ne_bytes([s0, s1, s2, s3]), body, behind))
}

const IFLA_ADDRESS: u16 = 1;
const IFLA_IFNAME: u16 = 3;
const IFLA_MTU: u16 = 4;
const RTA_DST: u16 = 1;
const RTA_OIF: u16 = 4;
const RTA_GATEWAY: u16 = 5;
const RTA_PREFSRC: u16 = 7;
const RTA_VIA: u16 = 18;
const NDA_DST: u16 = 1;
const NDA_LLADDR: u16 = 2;

/// A question, put together.
struct Message {
    kind: u16,
    body: Vec<u8>,
}

impl Message {
    fn new(kind: u16, header: &[u8]) -> Message {
        Message { kind, body: header.to_vec() }
    }

    fn attribute(mut self, kind: u16, value: &[u8]) -> Message {
        let length = u16::try_from(value.len().saturating_add(4)).unwrap_or(u16::MAX);
        self.body.extend(length.to_ne_bytes());
        self.body.extend(kind.to_ne_bytes());
        self.body.extend(value);
        self.body.resize(self.body.len().next_multiple_of(4), 0);
        self
    }

    fn octets(&self, sequence: u32) -> Vec<u8> {
        /// `NLM_F_REQUEST`.
        const REQUEST: u16 = 1;
        let length = u32::try_from(self.body.len().saturating_add(16)).unwrap_or(u32::MAX);
        let mut octets = length.to_ne_bytes().to_vec();
        octets.extend(self.kind.to_ne_bytes());
        octets.extend(REQUEST.to_ne_bytes());
        octets.extend(sequence.to_ne_bytes());
        octets.extend(0u32.to_ne_bytes());
        octets.extend(&self.body);
        octets
    }
}

/// The attribute of that type behind a header of `skip` octets.
fn attribute(body: &[u8], skip: usize, wanted: u16) -> Option<&[u8]> {
    let mut rest = body.get(skip..)?;
    while let Some([l0, l1, k0, k1]) = rest.first_chunk().copied() {
        let length = usize::from(u16::from_ne_bytes([l0, l1]));
        let value = rest.get(4..length)?;
        if u16::from_ne_bytes([k0, k1]) & 0x3fff == wanted {
            return Some(value);
        }
        rest = rest.get(length.next_multiple_of(4)..)?;
    }
    None
}

fn word(octets: &[u8]) -> Option<u32> {
    octets.first_chunk().map(|octets| u32::from_ne_bytes(*octets))
}

fn family(address: IpAddr) -> (u8, u8) {
    match address {
        IpAddr::V4(_) => (libc::AF_INET as u8, 32),
        IpAddr::V6(_) => (libc::AF_INET6 as u8, 128),
    }
}

fn octets(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(v4) => v4.octets().to_vec(),
        IpAddr::V6(v6) => v6.octets().to_vec(),
    }
}

fn address(octets: &[u8]) -> Option<IpAddr> {
    match octets.len() {
        4 => octets.first_chunk::<4>().map(|v4| IpAddr::V4(Ipv4Addr::from(*v4))),
        16 => octets.first_chunk::<16>().map(|v6| IpAddr::V6(Ipv6Addr::from(*v6))),
        _ => None,
    }
}

/// The interface in an `RTM_NEWLINK`: `struct ifinfomsg` (family, type, index, flags, change) and attributes.
fn link(body: &[u8]) -> Option<Interface> {
    const UP: u32 = 1;
    let [_, _, t0, t1, i0, i1, i2, i3, f0, f1, f2, f3, ..] = *body.first_chunk::<16>()?;
    let name = attribute(body, 16, IFLA_IFNAME)?.split(|octet| *octet == 0).next()?;
    let hardware = u16::from_ne_bytes([t0, t1]);
    let mac = attribute(body, 16, IFLA_ADDRESS).and_then(|octets| octets.try_into().ok());
    Some(Interface {
        name: String::from_utf8_lossy(name).into_owned(),
        index: u32::from_ne_bytes([i0, i1, i2, i3]),
        hardware,
        up: u32::from_ne_bytes([f0, f1, f2, f3]) & UP != 0,
        mtu: attribute(body, 16, IFLA_MTU).and_then(word).unwrap_or(u32::MAX) as usize,
        header: if matches!(hardware, ETHERNET | LOOPBACK) { 14 } else { 0 },
        mac: mac.unwrap_or_default(),
    })
}

/// The route in an `RTM_NEWROUTE` (`struct rtmsg` and attributes), or the error number that its kind stands for.
fn parse_route(body: &[u8], to: IpAddr) -> Result<Route, i32> {
    const HEADER: usize = 12;
    let kind = match body.get(7).copied().unwrap_or(0) {
        1 | 4 => RouteKind::Unicast,
        2 => RouteKind::Local,
        3 => RouteKind::Broadcast,
        5 => RouteKind::Multicast,
        6 => return Err(libc::EINVAL),
        8 => return Err(libc::EACCES),
        _ => return Err(libc::EHOSTUNREACH),
    };
    let gateway = attribute(body, HEADER, RTA_GATEWAY).and_then(address);
    // `struct rtvia`: a family and an address of it, which need not be the destination's.
    let via = || attribute(body, HEADER, RTA_VIA)?.get(2..).and_then(address);
    Ok(Route {
        kind,
        interface: attribute(body, HEADER, RTA_OIF).and_then(word).ok_or(libc::ENETUNREACH)?,
        source: attribute(body, HEADER, RTA_PREFSRC).and_then(address),
        next_hop: gateway.or_else(via).unwrap_or(to),
    })
}

/// The address in an `RTM_NEWNEIGH` (`struct ndmsg`: family, index, state at 8), unless it is one that failed or is yet sought.
fn parse_neighbour(body: &[u8]) -> Option<[u8; 6]> {
    /// Reachable, stale, delay, probe, permanent.
    const USABLE: u16 = 0x02 | 0x04 | 0x08 | 0x10 | 0x80;
    let state = body.get(8..).and_then(<[u8]>::first_chunk).map(|octets| u16::from_ne_bytes(*octets))?;
    let mac = attribute(body, 12, NDA_LLADDR)?;
    mac.try_into().ok().filter(|_| state & USABLE != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loopback_is_found_and_routed_to() {
        let mut kernel = Rtnetlink::open().unwrap();
        let lo = kernel.interface_named("lo").unwrap();
        assert_eq!((lo.hardware, lo.header, lo.is_loopback()), (772, 14, true));
        assert_eq!(kernel.interface(lo.index).unwrap(), lo);
        let to = IpAddr::from([127, 0, 0, 1]);
        if lo.up {
            let route = kernel.route(to, None).unwrap();
            assert_eq!((route.kind, route.interface), (RouteKind::Local, lo.index));
        }
    }

    #[test]
    fn an_interface_that_is_not_there_is_answered_by_those_that_are() {
        let mut kernel = Rtnetlink::open().unwrap();
        for name in ["nosuch0", "", "a/b", "a-name-that-is-too-long"] {
            let error = kernel.interface_named(name).unwrap_err();
            let said = error.to_string();
            assert!(
                said.starts_with(&format!("no interface `{name}`; there ")) && said.contains("lo"),
                "{said}"
            );
        }
    }

    #[test]
    fn no_prefix_of_an_answer_is_too_short_to_be_read() {
        let route = Message::new(24, &[2, 32, 0, 0, 254, 0, 0, 1, 0, 0, 0, 0])
            .attribute(RTA_OIF, &3u32.to_ne_bytes())
            .attribute(RTA_GATEWAY, &[10, 0, 0, 1])
            .attribute(RTA_PREFSRC, &[10, 0, 0, 9]);
        let to = IpAddr::from([192, 0, 2, 1]);
        let found = parse_route(&route.body, to).unwrap();
        assert_eq!(found.next_hop, IpAddr::from([10, 0, 0, 1]));
        assert_eq!((found.interface, found.source), (3, Some(IpAddr::from([10, 0, 0, 9]))));
        for end in 0..route.body.len() {
            let cut = &route.body[..end];
            drop((parse_route(cut, to), link(cut), parse_neighbour(cut), next_message(cut)));
        }
        assert_eq!(parse_route(&[2, 32, 0, 0, 254, 0, 0, 8, 0, 0, 0, 0], to), Err(libc::EACCES));
    }
}
