//! The interfaces of this machine, or of the network namespace that the process is in: which exist, which is the one
//! that a user most likely means, what they are and what their drivers dropped.
//!
//! Names, flags and hardware types come from the `SIOCGIF*` requests, counters from `/proc/net/dev`, both of which speak
//! of the process's own namespace wherever sysfs was mounted. The list with addresses is libpnet's.

use super::error::Error;
use super::sys::Sys;
use std::net::IpAddr;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// An interface, as the list shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// Its index.
    pub index: u32,
    /// Administratively up (`IFF_UP`).
    pub up: bool,
    /// With carrier (`IFF_RUNNING`).
    pub running: bool,
    /// Loopback.
    pub loopback: bool,
    /// Link-layer address, where it has one.
    pub mac: Option<String>,
    /// Addresses with prefix length.
    pub addresses: Vec<String>,
}

/// All interfaces, by index.
pub fn list() -> Vec<Listed> {
    let mut all: Vec<Listed> = pnet_datalink::interfaces()
        .into_iter()
        .map(|found| Listed {
            up: found.is_up(),
            running: found.is_running(),
            loopback: found.is_loopback(),
            mac: found.mac.filter(|_| !found.is_loopback()).map(|mac| mac.to_string()),
            addresses: found.ips.iter().map(ToString::to_string).collect(),
            name: found.name,
            index: found.index,
        })
        .collect();
    all.sort_by_key(|interface| interface.index);
    all
}

/// The mask of an interface's first IPv4 network, in host byte order.
pub fn netmask(name: &str) -> Option<u32> {
    let listed = list().into_iter().find(|listed| listed.name == name)?;
    listed.addresses.iter().find_map(|address| mask_of(address))
}

fn mask_of(address: &str) -> Option<u32> {
    let (address, prefix) = address.split_once('/')?;
    address.parse::<std::net::Ipv4Addr>().ok()?;
    let host_bits = 32u32.checked_sub(prefix.parse().ok()?)?;
    Some(u32::MAX.checked_shl(host_bits).unwrap_or(0))
}

/// The interface that a user means who names none: the one the default route leads through, else the first that is up
/// and not the loopback, else the loopback.
///
/// # Errors
/// [`Error::NothingUp`] when no interface is up.
pub fn preferred() -> Result<String, Error> {
    let all = list();
    let route = std::fs::read_to_string("/proc/net/route").unwrap_or_default();
    choose(&all, &route).ok_or_else(|| Error::NothingUp(all.into_iter().map(|listed| listed.name).collect()))
}

fn choose(all: &[Listed], route: &str) -> Option<String> {
    let by_route = default_route(route).filter(|name| all.iter().any(|one| one.up && one.name == *name));
    let first = |wanted: fn(&&Listed) -> bool| all.iter().find(wanted).map(|one| one.name.clone());
    by_route
        .or_else(|| {
            first(|one| one.up && one.running && !one.loopback && one.addresses.iter().any(|a| usable(a)))
        })
        .or_else(|| first(|one| one.up && one.running && !one.loopback))
        .or_else(|| first(|one| one.up && !one.loopback))
        .or_else(|| first(|one| one.up))
}

/// Whether an address is more than one that the kernel gives every interface.
fn usable(address: &str) -> bool {
    let bare = address.split('/').next().unwrap_or_default();
    match bare.parse::<IpAddr>() {
        Ok(IpAddr::V4(v4)) => !v4.is_link_local(),
        Ok(IpAddr::V6(v6)) => !v6.is_unicast_link_local(),
        Err(_) => false,
    }
}

/// The device of the default route with the lowest metric in the text of `/proc/net/route`: columns device,
/// destination, gateway, flags, references, use, metric, mask; numbers in hexadecimal but the metric.
fn default_route(text: &str) -> Option<String> {
    text.lines()
        .skip(1)
        .filter_map(|line| {
            let columns: Vec<&str> = line.split_ascii_whitespace().collect();
            match columns[..] {
                [name, "00000000", _, _, _, _, metric, "00000000", ..] => {
                    Some((metric.parse::<u32>().ok()?, name))
                }
                _ => None,
            }
        })
        .min_by_key(|(metric, _)| *metric)
        .map(|(_, name)| name.to_owned())
}

/// Frames that an interface's driver and the kernel below the packet sockets have dropped on receive since the interface
/// was made (`/proc/net/dev`: receive drop, which is `rx_dropped` and `rx_missed_errors`, and fifo).
pub(crate) fn dropped(name: &str) -> Option<u64> {
    dropped_in(&std::fs::read_to_string("/proc/net/dev").ok()?, name)
}

fn dropped_in(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.trim_start().strip_prefix(name)?.strip_prefix(':'))?;
    let mut columns = line.split_ascii_whitespace().skip(3).map(|column| column.parse::<u64>());
    let (drop, fifo) = (columns.next()?.ok()?, columns.next()?.ok()?);
    Some(drop.saturating_add(fifo))
}

/// The switch tagger whose tags the frames of a conduit carry (`/sys/class/net/IF/dsa/tagging`, Linux ≥ 4.20); `None`
/// where the interface is no conduit.
pub(crate) fn dsa_tagger(name: &str) -> Option<String> {
    // A name with a slash would lead elsewhere; the kernel allows none.
    if name.contains('/') {
        return None;
    }
    let tagger = std::fs::read_to_string(format!("/sys/class/net/{name}/dsa/tagging")).ok()?;
    Some(tagger.trim().to_owned()).filter(|tagger| !tagger.is_empty() && tagger != "none")
}

/// What the `SIOCGIF*` requests say of one interface.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Identity {
    pub(crate) name: String,
    pub(crate) index: i32,
    /// `ARPHRD_*`.
    pub(crate) hardware: u16,
    /// Administratively up.
    pub(crate) up: bool,
}

/// A socket for the requests: any family will do.
pub(crate) struct Requests<'sys> {
    sys: &'sys dyn Sys,
    fd: OwnedFd,
}

const IFF_UP: u16 = 1;

impl<'sys> Requests<'sys> {
    pub(crate) fn open(sys: &'sys dyn Sys) -> Result<Self, Error> {
        let fd = sys
            .socket(libc::AF_INET, libc::SOCK_DGRAM, 0)
            .or_else(|_| sys.socket(libc::AF_UNIX, libc::SOCK_DGRAM, 0))
            .map_err(|error| Error::call("socket AF_INET", "any interface", &error, ""))?;
        Ok(Requests { sys, fd })
    }

    /// The socket, for other requests.
    pub(crate) fn fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }

    fn ask(&self, request: u64, name: &[u8; 16]) -> std::io::Result<[u8; 24]> {
        let mut ifreq = [0u8; 40];
        ifreq[..16].copy_from_slice(name);
        self.sys.interface_request(self.fd.as_fd(), request, &mut ifreq)?;
        let mut value = [0u8; 24];
        value.copy_from_slice(&ifreq[16..]);
        Ok(value)
    }

    /// The interface of that name.
    pub(crate) fn identify(&self, name: &str) -> Result<Identity, Error> {
        let absent = || Error::NoInterface {
            name: name.to_owned(),
            known: list().into_iter().map(|listed| listed.name).collect(),
        };
        let padded = padded(name).ok_or_else(absent)?;
        let asked = |call, request| {
            self.ask(request, &padded).map_err(|error| match error.raw_os_error() {
                Some(libc::ENODEV | libc::ENXIO) => absent(),
                _ => Error::call(call, name, &error, ""),
            })
        };
        let [a, b, c, d, ..] = asked("ioctl SIOCGIFINDEX", 0x8933)?;
        let [family_low, family_high, ..] = asked("ioctl SIOCGIFHWADDR", 0x8927)?;
        Ok(Identity {
            name: name.to_owned(),
            index: i32::from_ne_bytes([a, b, c, d]),
            hardware: u16::from_ne_bytes([family_low, family_high]),
            up: self.is_up(name).map_err(|error| Error::call("ioctl SIOCGIFFLAGS", name, &error, ""))?,
        })
    }

    /// Whether the interface is administratively up; `ENODEV` when there is none.
    pub(crate) fn is_up(&self, name: &str) -> std::io::Result<bool> {
        let name = padded(name).ok_or_else(|| std::io::Error::from_raw_os_error(libc::ENODEV))?;
        let [low, high, ..] = self.ask(0x8913, &name)?;
        Ok(u16::from_ne_bytes([low, high]) & IFF_UP != 0)
    }

    /// The present name of the interface of that index; `ENODEV` when there is none.
    pub(crate) fn name(&self, index: i32) -> std::io::Result<String> {
        let mut ifreq = [0u8; 40];
        ifreq[16..20].copy_from_slice(&index.to_ne_bytes());
        self.sys.interface_request(self.fd.as_fd(), 0x8910, &mut ifreq)?;
        let name = ifreq[..16].split(|octet| *octet == 0).next().unwrap_or_default();
        Ok(String::from_utf8_lossy(name).into_owned())
    }

    /// The present index of the interface of that name.
    pub(crate) fn index(&self, name: &str) -> std::io::Result<i32> {
        let name = padded(name).ok_or_else(|| std::io::Error::from_raw_os_error(libc::ENODEV))?;
        let [a, b, c, d, ..] = self.ask(0x8933, &name)?;
        Ok(i32::from_ne_bytes([a, b, c, d]))
    }
}

/// A name as `struct ifreq` holds it: up to 15 octets and a zero.
pub(crate) fn padded(name: &str) -> Option<[u8; 16]> {
    let mut padded = [0u8; 16];
    let valid = !name.is_empty() && name.len() < 16 && !name.contains(['\0', '/']);
    padded.get_mut(..name.len()).filter(|_| valid)?.copy_from_slice(name.as_bytes());
    Some(padded)
}

/// The name of the interface of that index, where there is one.
pub fn name_of(index: u32) -> Option<String> {
    Requests::open(&super::sys::Linux).ok()?.name(i32::try_from(index).ok()?).ok()
}

/// Whether an interface of that name exists.
pub fn exists(name: &str) -> bool {
    Requests::open(&super::sys::Linux).is_ok_and(|requests| requests.index(name).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(name: &str, up: bool, loopback: bool, addresses: &[&str]) -> Listed {
        Listed {
            name: name.into(),
            index: 1,
            up,
            running: up,
            loopback,
            mac: None,
            addresses: addresses.iter().map(|a| (*a).to_owned()).collect(),
        }
    }

    const ROUTES: &str = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n\
        wlan0\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0\n\
        eth3\t00000000\t0102A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n\
        eth3\t0002A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0\n";

    #[test]
    fn the_default_route_with_the_lowest_metric_names_the_preferred_interface() {
        let all = [
            listed("lo", true, true, &[]),
            listed("wlan0", true, false, &[]),
            listed("eth3", true, false, &[]),
        ];
        assert_eq!(choose(&all, ROUTES).as_deref(), Some("eth3"));
    }

    #[test]
    fn without_a_default_route_an_interface_with_an_address_comes_before_one_without() {
        let all = [
            listed("lo", true, true, &["127.0.0.1/8"]),
            listed("ifb0", true, false, &["fe80::1/64"]),
            listed("eth1", true, false, &["192.0.2.1/24"]),
        ];
        assert_eq!(choose(&all, "").as_deref(), Some("eth1"));
        assert_eq!(choose(&all[..2], "").as_deref(), Some("ifb0"));
        assert_eq!(choose(&all[..1], "").as_deref(), Some("lo"));
        assert_eq!(choose(&[], ""), None);
    }

    #[test]
    fn a_route_through_an_interface_that_is_down_does_not_count() {
        let all = [listed("eth3", false, false, &[]), listed("eth1", true, false, &["192.0.2.1/24"])];
        assert_eq!(choose(&all, ROUTES).as_deref(), Some("eth1"));
    }

    #[test]
    fn receive_drops_are_the_drop_and_fifo_columns_of_the_named_line() {
        let text = "Inter-|   Receive\n face |bytes packets errs drop fifo\n\
            veth10:  1 2 3 40 5 0 0 0 0 0 0 0 0 0 0 0\n veth1: 9 8 7 6 4 0 0 0 0 0 0 99 0 0 0 0\n";
        assert_eq!(dropped_in(text, "veth1"), Some(10));
        assert_eq!(dropped_in(text, "veth10"), Some(45));
        assert_eq!(dropped_in(text, "veth"), None);
        assert_eq!(dropped_in("lo: 1 2", "lo"), None);
    }

    #[test]
    fn masks_are_those_of_ipv4_networks() {
        assert_eq!(mask_of("192.0.2.7/26"), Some(0xffff_ffc0));
        assert_eq!(mask_of("0.0.0.0/0"), Some(0));
        assert_eq!(mask_of("192.0.2.7/32"), Some(u32::MAX));
        assert_eq!(mask_of("fe80::1/64"), None);
        assert_eq!(mask_of("192.0.2.7/33"), None);
    }

    #[test]
    fn names_that_no_interface_can_have_are_not_asked_for() {
        for name in ["", "a-name-of-16-oct", "a/b", "a\0b"] {
            assert_eq!(padded(name), None, "{name:?}");
        }
        assert_eq!(padded("eth0").map(|p| p[..5].to_vec()), Some(b"eth0\0".to_vec()));
    }
}
