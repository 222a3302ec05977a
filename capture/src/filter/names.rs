//! What a name in a filter stands for: hosts, networks, services, protocols, hardware addresses and interfaces.
//!
//! The compiler asks a [`Names`]; which one is the caller's choice: [`SystemNames`] reads this machine's databases,
//! [`NoNames`] knows nothing (`-n`), [`FixedNames`] is a list made by the caller, as tests want it. Databases are read
//! when a name is first asked for and kept. A line that does not parse is passed over, as the C library does.

use nettool_dissect::flow::Seeded;
use std::collections::HashMap;
use std::net::{IpAddr, ToSocketAddrs};
use std::sync::OnceLock;

/// A kind of name.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Registry {
    /// Hosts: addresses by name.
    Host,
    /// Networks: IPv4 networks by name.
    Network,
    /// Services: ports by name.
    Service,
    /// Protocols: IP protocol numbers by name.
    Protocol,
    /// Hardware addresses by host name.
    Ether,
    /// Network interfaces of this machine.
    Interface,
}

/// Ports of a service name, by transport.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Service {
    /// TCP port.
    pub tcp: Option<u16>,
    /// UDP port.
    pub udp: Option<u16>,
    /// SCTP port.
    pub sctp: Option<u16>,
}

/// An IPv4 network that a name stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Network {
    /// The address, in host order, as `networks(5)` has it shifted to full length.
    pub address: u32,
    /// Leading bits that count: 8, 16, 24 or 32 by the number of parts that were written.
    pub bits: u8,
}

/// Where names are looked up.
pub trait Names: Sync {
    /// Whether names are looked up at all; when not, an error says so instead of "unknown host".
    fn enabled(&self) -> bool {
        true
    }
    /// All addresses of a host, in the order that the resolver gives; none when it is not known.
    fn hosts(&self, name: &str) -> Vec<IpAddr>;
    /// A network.
    fn network(&self, name: &str) -> Option<Network>;
    /// A service; `None` when no transport knows it.
    fn service(&self, name: &str) -> Option<Service>;
    /// An IP protocol number.
    fn protocol(&self, name: &str) -> Option<u8>;
    /// A hardware address.
    fn ether(&self, name: &str) -> Option<[u8; 6]>;
    /// The index of an interface of this machine.
    fn interface(&self, name: &str) -> Option<u32>;
    /// Names that a registry holds, to find the nearest spelling; may be incomplete (no one lists the DNS).
    fn known(&self, registry: Registry) -> Vec<String>;
}

/// Knows no name at all.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoNames;

impl Names for NoNames {
    fn enabled(&self) -> bool {
        false
    }
    fn hosts(&self, _: &str) -> Vec<IpAddr> {
        Vec::new()
    }
    fn network(&self, _: &str) -> Option<Network> {
        None
    }
    fn service(&self, _: &str) -> Option<Service> {
        None
    }
    fn protocol(&self, _: &str) -> Option<u8> {
        None
    }
    fn ether(&self, _: &str) -> Option<[u8; 6]> {
        None
    }
    fn interface(&self, _: &str) -> Option<u32> {
        None
    }
    fn known(&self, _: Registry) -> Vec<String> {
        Vec::new()
    }
}

/// Names listed by the caller.
#[derive(Clone, Debug, Default)]
pub struct FixedNames {
    /// Addresses of hosts.
    pub hosts: HashMap<String, Vec<IpAddr>>,
    /// Networks.
    pub networks: HashMap<String, Network>,
    /// Ports of services.
    pub services: HashMap<String, Service>,
    /// Numbers of protocols.
    pub protocols: HashMap<String, u8>,
    /// Hardware addresses.
    pub ethers: HashMap<String, [u8; 6]>,
    /// Interface indices.
    pub interfaces: HashMap<String, u32>,
}

impl Names for FixedNames {
    fn hosts(&self, name: &str) -> Vec<IpAddr> {
        self.hosts.get(name).cloned().unwrap_or_default()
    }
    fn network(&self, name: &str) -> Option<Network> {
        self.networks.get(name).copied()
    }
    fn service(&self, name: &str) -> Option<Service> {
        self.services.get(name).copied()
    }
    fn protocol(&self, name: &str) -> Option<u8> {
        self.protocols.get(name).copied()
    }
    fn ether(&self, name: &str) -> Option<[u8; 6]> {
        self.ethers.get(name).copied()
    }
    fn interface(&self, name: &str) -> Option<u32> {
        self.interfaces.get(name).copied()
    }
    fn known(&self, registry: Registry) -> Vec<String> {
        match registry {
            Registry::Host => keys(&self.hosts),
            Registry::Network => keys(&self.networks),
            Registry::Service => keys(&self.services),
            Registry::Protocol => keys(&self.protocols),
            Registry::Ether => keys(&self.ethers),
            Registry::Interface => keys(&self.interfaces),
        }
    }
}

fn keys<V>(map: &HashMap<String, V>) -> Vec<String> {
    let mut names: Vec<String> = map.keys().cloned().collect();
    names.sort_unstable();
    names
}

/// This machine's databases: `/etc/services`, `/etc/protocols`, `/etc/networks`, `/etc/ethers`, the resolver for hosts,
/// and sysfs for interfaces. Where services or protocols are missing, built-in lists stand in.
#[derive(Debug, Default)]
pub struct SystemNames {
    services: OnceLock<HashMap<String, Service>>,
    protocols: OnceLock<HashMap<String, u8>>,
    networks: OnceLock<HashMap<String, Network>>,
    ethers: OnceLock<HashMap<String, [u8; 6]>>,
}

const SERVICES: &str = include_str!("../../data/services.tsv");
const PROTOCOLS: &str = include_str!("../../data/protocols.tsv");

impl SystemNames {
    /// Nothing is read before the first question.
    pub fn new() -> Self {
        Self::default()
    }

    fn services(&self) -> &HashMap<String, Service> {
        self.services.get_or_init(|| parse_services(&database("/etc/services", SERVICES)))
    }

    fn protocols(&self) -> &HashMap<String, u8> {
        self.protocols.get_or_init(|| parse_protocols(&database("/etc/protocols", PROTOCOLS)))
    }

    fn networks(&self) -> &HashMap<String, Network> {
        self.networks.get_or_init(|| parse_networks(&database("/etc/networks", "")))
    }

    fn ethers(&self) -> &HashMap<String, [u8; 6]> {
        self.ethers.get_or_init(|| parse_ethers(&database("/etc/ethers", "")))
    }
}

impl Names for SystemNames {
    fn hosts(&self, name: &str) -> Vec<IpAddr> {
        let mut found: Vec<IpAddr> = Vec::new();
        for address in (name, 0u16).to_socket_addrs().into_iter().flatten() {
            if !found.contains(&address.ip()) {
                found.push(address.ip());
            }
        }
        found
    }

    fn network(&self, name: &str) -> Option<Network> {
        whatever_case(self.networks(), name)
    }

    fn service(&self, name: &str) -> Option<Service> {
        self.services().get(name).copied()
    }

    fn protocol(&self, name: &str) -> Option<u8> {
        self.protocols().get(name).copied()
    }

    fn ether(&self, name: &str) -> Option<[u8; 6]> {
        whatever_case(self.ethers(), name)
    }

    fn interface(&self, name: &str) -> Option<u32> {
        if name.contains('/') || name.starts_with('.') {
            return None;
        }
        let text = std::fs::read_to_string(format!("/sys/class/net/{name}/ifindex")).ok()?;
        text.trim().parse().ok()
    }

    fn known(&self, registry: Registry) -> Vec<String> {
        match registry {
            Registry::Host => host_names(&database("/etc/hosts", "")),
            Registry::Network => keys(self.networks()),
            Registry::Service => keys(self.services()),
            Registry::Protocol => keys(self.protocols()),
            Registry::Ether => keys(self.ethers()),
            Registry::Interface => interface_names(),
        }
    }
}

/// The entry of a host or network, in whose names upper and lower case do not differ.
fn whatever_case<V: Copy>(map: &HashMap<String, V>, name: &str) -> Option<V> {
    map.get(name)
        .copied()
        .or_else(|| map.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| *value))
}

/// The number of a protocol of the built-in list.
pub(crate) fn built_in_protocol(name: &str) -> Option<u32> {
    lines(PROTOCOLS)
        .find(|words| words.iter().enumerate().any(|(at, word)| at != 1 && *word == name))
        .and_then(|words| words.get(1)?.parse().ok())
}

/// Whether a service of the built-in list has this name.
pub(crate) fn is_built_in_service(name: &str) -> bool {
    lines(SERVICES).any(|words| words.iter().enumerate().any(|(at, word)| at != 1 && *word == name))
}

/// The text of a database, or the built-in one where the system has none.
fn database(path: &str, built_in: &str) -> String {
    match std::fs::read(path) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(_) => built_in.to_owned(),
    }
}

/// The words of each line, without comments.
fn lines(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.lines()
        .map(|line| line.split('#').next().unwrap_or_default().split_whitespace().collect::<Vec<_>>())
        .filter(|words| words.len() >= 2)
}

/// `name port/transport alias…`; the first line of a name and transport counts.
fn parse_services(text: &str) -> HashMap<String, Service> {
    let mut found: HashMap<String, Service> = HashMap::new();
    for words in lines(text) {
        let [name, port, aliases @ ..] = words.as_slice() else { continue };
        let Some((number, transport)) = port.split_once('/') else { continue };
        let Ok(number) = number.parse::<u16>() else { continue };
        for name in std::iter::once(name).chain(aliases) {
            let service = found.entry((*name).to_owned()).or_default();
            let place = match transport {
                "tcp" => &mut service.tcp,
                "udp" => &mut service.udp,
                "sctp" => &mut service.sctp,
                _ => continue,
            };
            place.get_or_insert(number);
        }
    }
    found.retain(|_, service| *service != Service::default());
    found
}

/// The transports that ports are of, in the order of their numbers in [`services_by_port`].
pub(crate) const PROTOCOLS_OF_PORTS: [&str; 3] = ["tcp", "udp", "sctp"];

/// Services by transport and port; the first line of a port counts, by its first name.
pub(crate) fn services_by_port() -> HashMap<(u8, u16), String, Seeded> {
    let mut found = HashMap::default();
    for words in lines(&database("/etc/services", SERVICES)) {
        let [name, port, ..] = words.as_slice() else { continue };
        let Some((number, transport)) = port.split_once('/') else { continue };
        let (Ok(number), Some(transport)) =
            (number.parse(), PROTOCOLS_OF_PORTS.iter().position(|known| *known == transport))
        else {
            continue;
        };
        found.entry((transport as u8, number)).or_insert_with(|| (*name).to_owned());
    }
    found
}

/// `name number alias…`; the first line of a name counts.
fn parse_protocols(text: &str) -> HashMap<String, u8> {
    let mut found = HashMap::new();
    for words in lines(text) {
        let [name, number, aliases @ ..] = words.as_slice() else { continue };
        let Ok(number) = number.parse::<u8>() else { continue };
        for name in std::iter::once(name).chain(aliases) {
            found.entry((*name).to_owned()).or_insert(number);
        }
    }
    found
}

/// `name a[.b[.c[.d]]] alias…` of networks(5). A trailing `.0` counts as a part that was not written, as the C
/// library's callers treat it.
fn parse_networks(text: &str) -> HashMap<String, Network> {
    let mut found = HashMap::new();
    for words in lines(text) {
        let [name, number, aliases @ ..] = words.as_slice() else { continue };
        let parts: Result<Vec<u8>, _> = number.split('.').map(str::parse::<u8>).collect();
        let Ok(mut parts) = parts else { continue };
        if parts.len() > 4 {
            continue;
        }
        while parts.len() > 1 && parts.last() == Some(&0) {
            parts.pop();
        }
        let bits = u8::try_from(parts.len() * 8).unwrap_or(32);
        parts.resize(4, 0);
        let address = parts.iter().fold(0u32, |sum, part| sum << 8 | u32::from(*part));
        for name in std::iter::once(name).chain(aliases) {
            found.entry((*name).to_owned()).or_insert(Network { address, bits });
        }
    }
    found
}

/// `xx:xx:xx:xx:xx:xx name` of ethers(5).
fn parse_ethers(text: &str) -> HashMap<String, [u8; 6]> {
    let mut found = HashMap::new();
    for words in lines(text) {
        let [address, name, ..] = words.as_slice() else { continue };
        let parts: Result<Vec<u8>, _> = address.split(':').map(|part| u8::from_str_radix(part, 16)).collect();
        if let Some(octets) = parts.ok().and_then(|parts| <[u8; 6]>::try_from(parts).ok()) {
            found.entry((*name).to_owned()).or_insert(octets);
        }
    }
    found
}

fn host_names(text: &str) -> Vec<String> {
    let mut names: Vec<String> =
        lines(text).flat_map(|words| words.into_iter().skip(1).map(str::to_owned)).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn interface_names() -> Vec<String> {
    let entries = std::fs::read_dir("/sys/class/net").into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort_unstable();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_are_known_by_name_and_alias_and_per_transport() {
        let found =
            parse_services("http 80/tcp www # web\ndomain 53/tcp\ndomain 53/udp\nbad x/tcp\nodd 9/ddp\n");
        assert_eq!(found["www"], Service { tcp: Some(80), udp: None, sctp: None });
        assert_eq!(found["domain"], Service { tcp: Some(53), udp: Some(53), sctp: None });
        assert!(!found.contains_key("bad") && !found.contains_key("odd"));
    }

    #[test]
    fn built_in_lists_parse_whole_and_hold_the_common_names() {
        let services = parse_services(SERVICES);
        assert_eq!(services["ssh"].tcp, Some(22));
        assert_eq!(services["domain"].udp, Some(53));
        assert!(services.len() > 300, "{}", services.len());
        let protocols = parse_protocols(PROTOCOLS);
        assert_eq!((protocols["tcp"], protocols["vrrp"]), (6, 112));
    }

    #[test]
    fn networks_have_as_many_bits_as_parts_were_written() {
        let found = parse_networks("loopback 127.0.0.0\nlab 10.1\nhome 192.168.1.0 casa\nbad 1.2.3.4.5\n");
        assert_eq!(found["loopback"], Network { address: 0x7f00_0000, bits: 8 });
        assert_eq!(found["lab"], Network { address: 0x0a01_0000, bits: 16 });
        assert_eq!(found["casa"], Network { address: 0xc0a8_0100, bits: 24 });
        assert!(!found.contains_key("bad"));
    }

    #[test]
    fn hosts_and_networks_are_found_in_either_case() {
        let ethers = parse_ethers("aa:00:04:00:14:0e Router.example\n");
        assert_eq!(whatever_case(&ethers, "ROUTER.EXAMPLE"), whatever_case(&ethers, "Router.example"));
        assert!(whatever_case(&ethers, "router.example").is_some());
        assert_eq!(whatever_case(&ethers, "router"), None);
    }

    #[test]
    fn ethers_need_six_octets() {
        let found = parse_ethers("0:1:2:3:4:5 lamp\n00:11:22:33:44 short\n");
        assert_eq!(found.get("lamp"), Some(&[0, 1, 2, 3, 4, 5]));
        assert!(!found.contains_key("short"));
    }

    #[test]
    fn the_system_resolver_knows_localhost_and_refuses_paths_as_interfaces() {
        let names = SystemNames::new();
        assert!(names.hosts("localhost").iter().any(|address| address.is_loopback()));
        assert_eq!(names.interface("../net/lo"), None);
        assert_eq!(NoNames.service("ssh"), None);
    }
}
