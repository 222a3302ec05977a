//! Where an IP packet goes: interface, link-layer header and source address, by the kernel's routes and neighbours.

use super::error::Error;
use super::neighbour;
use super::rtnetlink::{Interface, Route, RouteKind, Rtnetlink};
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Destinations that are remembered; with more, all are forgotten and asked for anew.
const MOST_KNOWN: usize = 1 << 16;

/// How a packet leaves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Out {
    /// From the interface with this index, behind an Ethernet header where there is one.
    Link(u32, Option<[u8; 14]>),
    /// To this machine: through the kernel's IP stack, since what is put onto the loopback as a frame is refused there as a
    /// martian.
    Stack,
}

/// The way of a packet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Way {
    /// How it leaves.
    pub out: Out,
    /// Whether it goes to more than one host.
    pub everyone: bool,
}

/// What was found out of a destination.
#[derive(Clone, Copy, Debug)]
enum Known {
    Way(Way),
    /// The next hop, and the index of the interface where nobody answers for it.
    NoNeighbour(IpAddr, u32),
    NoRoute(i32),
}

/// Finds ways and remembers them.
#[derive(Debug)]
pub struct Router {
    kernel: Rtnetlink,
    through: Option<Interface>,
    interfaces: Vec<Interface>,
    known: HashMap<IpAddr, Known>,
    sources: HashMap<IpAddr, Option<IpAddr>>,
    /// Link-layer addresses of next hops, by interface.
    hops: HashMap<(IpAddr, u32), [u8; 6]>,
}

impl Router {
    /// A router that sends out of `through`, or where the routing table says.
    ///
    /// # Errors
    /// No such interface, or a system call's error.
    pub fn new(through: Option<&str>) -> Result<Router, Error> {
        let mut kernel = Rtnetlink::open()?;
        let through = through.map(|name| kernel.interface_named(name)).transpose()?;
        let interfaces = through.iter().cloned().collect();
        Ok(Router {
            kernel,
            through,
            interfaces,
            known: HashMap::new(),
            sources: HashMap::new(),
            hops: HashMap::new(),
        })
    }

    /// The interface that was named.
    pub fn through(&self) -> Option<&Interface> {
        self.through.as_ref()
    }

    /// The interface of an index that a way leads to.
    ///
    /// # Errors
    /// It is gone.
    pub fn interface(&mut self, index: u32) -> Result<Interface, Error> {
        if let Some(known) = self.interfaces.iter().find(|known| known.index == index) {
            return Ok(known.clone());
        }
        let found = self.kernel.interface(index)?;
        self.interfaces.push(found.clone());
        Ok(found)
    }

    /// The address that this machine sends to `to` from.
    pub fn source(&mut self, to: IpAddr) -> Option<IpAddr> {
        if let Some(known) = self.sources.get(&to) {
            return *known;
        }
        let found = self.kernel.route(to, self.through.as_ref()).ok().and_then(|route| route.source);
        remember(&mut self.sources, to, found);
        found
    }

    /// The index of the interface that packets to there leave from.
    pub fn outgoing(&mut self, to: IpAddr) -> Option<u32> {
        self.kernel.route(to, self.through.as_ref()).ok().map(|route| route.interface)
    }

    /// Finds the ways to all of `destinations`, asking for the neighbours that are not known all at once. What cannot be reached
    /// is told by [`Router::way`].
    ///
    /// # Errors
    /// A system call's error.
    pub fn find(&mut self, destinations: impl IntoIterator<Item = IpAddr>) -> Result<(), Error> {
        let mut sought: Vec<(IpAddr, Route, Interface)> = Vec::new();
        for to in destinations {
            if self.known.contains_key(&to) || sought.iter().any(|(known, ..)| *known == to) {
                continue;
            }
            match self.kernel.route(to, self.through.as_ref()) {
                Ok(route) => {
                    let interface = self.interface(route.interface)?;
                    match self.without_asking(to, &route, &interface)? {
                        Some(way) => remember(&mut self.known, to, Known::Way(way)),
                        None => sought.push((to, route, interface)),
                    }
                }
                Err(Error::NoRoute { errno, .. }) => remember(&mut self.known, to, Known::NoRoute(errno)),
                Err(error) => return Err(error),
            }
        }
        while let Some((_, route, interface)) = sought.first().cloned() {
            let same = |other: &(IpAddr, Route, Interface)| {
                other.1.interface == route.interface
                    && other.1.next_hop.is_ipv4() == route.next_hop.is_ipv4()
                    && other.1.source == route.source
            };
            let (together, rest): (Vec<_>, Vec<_>) = sought.into_iter().partition(same);
            let hops: Vec<IpAddr> = together.iter().map(|(_, route, _)| route.next_hop).collect();
            let found = neighbour::resolve(&interface, route.source, &hops)?;
            for (to, route, interface) in together {
                let known = match found.get(&route.next_hop) {
                    Some(mac) => Known::Way(to_mac(&interface, *mac, to, false)),
                    None => Known::NoNeighbour(route.next_hop, interface.index),
                };
                remember(&mut self.known, to, known);
            }
            sought = rest;
        }
        Ok(())
    }

    /// The way, unless a neighbour must be asked for.
    fn without_asking(
        &mut self,
        to: IpAddr,
        route: &Route,
        interface: &Interface,
    ) -> Result<Option<Way>, Error> {
        let everyone = matches!(route.kind, RouteKind::Broadcast | RouteKind::Multicast);
        if route.kind == RouteKind::Local {
            return Ok(Some(Way { out: Out::Stack, everyone }));
        }
        if !interface.is_ethernet() {
            return Ok(Some(Way { out: Out::Link(interface.index, None), everyone }));
        }
        let group = match (route.kind, to) {
            (RouteKind::Broadcast, _) => Some([0xff; 6]),
            (_, IpAddr::V4(to)) if to.is_broadcast() => Some([0xff; 6]),
            (_, IpAddr::V4(to)) if to.is_multicast() => Some(group4(to)),
            (_, IpAddr::V6(to)) if to.is_multicast() => Some(group6(to)),
            _ => None,
        };
        if let Some(mac) = group {
            return Ok(Some(to_mac(interface, mac, to, true)));
        }
        let hop = (route.next_hop, interface.index);
        let known = match self.hops.get(&hop) {
            Some(mac) => Some(*mac),
            None => self.kernel.neighbour(route.next_hop, interface)?,
        };
        if let Some(mac) = known {
            remember(&mut self.hops, hop, mac);
        }
        Ok(known.map(|mac| to_mac(interface, mac, to, everyone)))
    }

    /// The way to a destination that was looked for.
    ///
    /// # Errors
    /// There is none: no route, or nobody answers for the next hop.
    pub fn way(&mut self, to: IpAddr) -> Result<Way, Error> {
        if !self.known.contains_key(&to) {
            self.find([to])?;
        }
        match self.known.get(&to).copied() {
            Some(Known::Way(way)) => Ok(way),
            Some(Known::NoNeighbour(hop, index)) => {
                let interface = self.interface(index)?.name;
                Err(Error::NoNeighbour { hop, to, interface })
            }
            Some(Known::NoRoute(errno)) => {
                let interface = self.through.as_ref().map(|one| one.name.clone());
                Err(Error::NoRoute { to, interface, errno })
            }
            None => Err(Error::NoRoute { to, interface: None, errno: libc::ENETUNREACH }),
        }
    }
}

fn remember<K: Eq + std::hash::Hash, T>(map: &mut HashMap<K, T>, to: K, what: T) {
    if map.len() >= MOST_KNOWN {
        map.clear();
    }
    map.insert(to, what);
}

fn to_mac(interface: &Interface, mac: [u8; 6], to: IpAddr, everyone: bool) -> Way {
    let ether_type = if to.is_ipv4() { [0x08, 0x00] } else { [0x86, 0xdd] };
    let mut head = [0u8; 14];
    let octets = mac.into_iter().chain(interface.mac).chain(ether_type);
    head.iter_mut().zip(octets).for_each(|(to, from)| *to = from);
    Way { out: Out::Link(interface.index, Some(head)), everyone }
}

/// RFC 1112 §6.4.
fn group4(to: Ipv4Addr) -> [u8; 6] {
    let [_, b, c, d] = to.octets();
    [0x01, 0x00, 0x5e, b & 0x7f, c, d]
}

/// RFC 2464 §7.
fn group6(to: Ipv6Addr) -> [u8; 6] {
    let [.., a, b, c, d] = to.octets();
    [0x33, 0x33, a, b, c, d]
}

/// The destination in an IP header.
pub fn destination(packet: &[u8]) -> Option<IpAddr> {
    match packet.first()? >> 4 {
        4 => packet.get(16..).and_then(<[u8]>::first_chunk::<4>).map(|to| IpAddr::from(*to)),
        6 => packet.get(24..).and_then(<[u8]>::first_chunk::<16>).map(|to| IpAddr::from(*to)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_have_the_addresses_of_their_rfcs() {
        assert_eq!(group4([239, 129, 2, 3].into()), [1, 0, 0x5e, 1, 2, 3]);
        assert_eq!(group6("ff02::1:ff00:2".parse().unwrap()), [0x33, 0x33, 0xff, 0, 0, 2]);
    }

    #[test]
    fn destinations_are_read_where_the_version_has_them() {
        let mut packet = [0u8; 40];
        packet[0] = 0x45;
        packet[16..20].copy_from_slice(&[10, 0, 0, 2]);
        assert_eq!(destination(&packet), Some(IpAddr::from([10, 0, 0, 2])));
        assert_eq!(destination(&packet[..19]), None);
        packet[0] = 0x60;
        packet[24..40].copy_from_slice(&Ipv6Addr::LOCALHOST.octets());
        assert_eq!(destination(&packet), Some(IpAddr::V6(Ipv6Addr::LOCALHOST)));
        assert_eq!(destination(&packet[..39]), None);
        assert_eq!(destination(&[]), None);
    }
}
