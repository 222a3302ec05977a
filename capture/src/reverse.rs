//! Names of addresses and ports in lines: the other way round from [`crate::filter::names`].
//!
//! Addresses are looked up in `/etc/hosts` and then, where that is asked for, by a PTR query (RFC 1035 §3.5, RFC 3596 §2.5) to the servers of
//! `/etc/resolv.conf`, ports in `/etc/services` or the built-in list. An answer is kept, "no name" too. Silent servers
//! are waited for three seconds a minute in all; then addresses stay numbers until the minute is over, which the caller is told
//! once: a capture must not crawl because the DNS is down or a zone is lame. Names come from strangers; only letters, digits and `-_.` get through.

use crate::filter::names::{PROTOCOLS_OF_PORTS, services_by_port};
use nettool_dissect::flow::Seeded;
use nettool_dissect::render::line::NameSource;
use nettool_dissect::schema::{SCTP_PORT, TCP_PORT, Table, UDP_PORT};
use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError, RwLock};
use std::time::{Duration, Instant};

/// Addresses whose names are kept; beyond, all are forgotten and asked for again.
const MOST_ADDRESSES: usize = 65_536;
/// How long one query is waited for.
const PATIENCE: Duration = Duration::from_secs(1);
/// Silent queries for which there is patience in each [`PERIOD`].
const MOST_SILENT: u32 = 3;
/// See [`MOST_SILENT`].
const PERIOD: Duration = Duration::from_secs(60);
/// Type of a record that holds a name, and the Internet's class.
const PTR_IN: [u8; 4] = [0, 12, 0, 1];

/// Names by this machine's files and its DNS servers; nothing is read before the first question.
#[derive(Debug)]
pub struct Reverse {
    short: bool,
    /// Whom to tell of a silent server; `None`: the DNS is not asked.
    on_silence: Option<fn(IpAddr)>,
    ports: OnceLock<HashMap<(u8, u16), String, Seeded>>,
    hosts: OnceLock<HashMap<IpAddr, String, Seeded>>,
    servers: OnceLock<Vec<SocketAddr>>,
    answers: RwLock<HashMap<IpAddr, Option<String>>>,
    silence: Mutex<Silence>,
    id: AtomicU16,
}

/// How often servers were silent.
#[derive(Debug, Default)]
struct Silence {
    /// Since when it is counted, and how often it was.
    since: Option<(Instant, u32)>,
    told: bool,
}

impl Silence {
    /// Whether a server may be asked.
    fn permits(&mut self) -> bool {
        self.since = self.since.filter(|(start, _)| start.elapsed() < PERIOD);
        self.since.is_none_or(|(_, count)| count < MOST_SILENT)
    }

    /// One more; true when the caller is to be told.
    fn again(&mut self) -> bool {
        let (start, count) = self.since.unwrap_or((Instant::now(), 0));
        self.since = Some((start, count.saturating_add(1)));
        count.saturating_add(1) >= MOST_SILENT && !std::mem::replace(&mut self.told, true)
    }
}

impl Reverse {
    /// Names of this machine's files; `short` leaves out the domain.
    pub fn of_files(short: bool) -> Reverse {
        Self::new(short, None)
    }

    /// The DNS is asked, too. `on_silence` is called once, with a server that does not answer, when patience ends.
    pub fn with_dns(short: bool, on_silence: fn(IpAddr)) -> Reverse {
        Self::new(short, Some(on_silence))
    }

    fn new(short: bool, on_silence: Option<fn(IpAddr)>) -> Reverse {
        Reverse {
            short,
            on_silence,
            ports: OnceLock::new(),
            hosts: OnceLock::new(),
            servers: OnceLock::new(),
            answers: RwLock::default(),
            silence: Mutex::default(),
            id: AtomicU16::new(unforeseen()),
        }
    }

    fn address(&self, address: IpAddr, out: &mut Vec<u8>) -> bool {
        if self.on_silence.is_none() && !self.short {
            return write(self.hosts().get(&address).map(String::as_str), out);
        }
        if let Ok(known) = self.answers.read()
            && let Some(answer) = known.get(&address)
        {
            return write(answer.as_deref(), out);
        }
        let Some(mut answer) = self.found(address) else { return false };
        if let Some(name) = &mut answer
            && self.short
            && let Some(dot) = name.find('.')
        {
            name.truncate(dot);
        }
        let written = write(answer.as_deref(), out);
        if let Ok(mut known) = self.answers.write() {
            if known.len() >= MOST_ADDRESSES {
                known.clear();
            }
            known.insert(address, answer);
        }
        written
    }

    fn hosts(&self) -> &HashMap<IpAddr, String, Seeded> {
        self.hosts.get_or_init(|| {
            parse_hosts(&String::from_utf8_lossy(&std::fs::read("/etc/hosts").unwrap_or_default()))
        })
    }

    /// The outer `None`: it is not known whether there is a name.
    fn found(&self, address: IpAddr) -> Option<Option<String>> {
        if let Some(name) = self.hosts().get(&address) {
            return Some(Some(name.clone()));
        }
        let Some(on_silence) = self.on_silence.filter(|_| has_owner(address)) else { return Some(None) };
        let servers = self.servers.get_or_init(|| {
            parse_servers(&String::from_utf8_lossy(&std::fs::read("/etc/resolv.conf").unwrap_or_default()))
        });
        for server in servers {
            let silence = || self.silence.lock().unwrap_or_else(PoisonError::into_inner);
            if !silence().permits() {
                return None;
            }
            match ask(*server, address, self.id.fetch_add(1, Ordering::Relaxed)) {
                Some(answer) => return Some(answer),
                None => {
                    if silence().again() {
                        on_silence(server.ip());
                    }
                }
            }
        }
        None
    }
}

/// A number that differs from run to run, so that no stranger's answer fits by chance.
fn unforeseen() -> u16 {
    RandomState::new().build_hasher().finish() as u16
}

fn write(name: Option<&str>, out: &mut Vec<u8>) -> bool {
    match name {
        Some(name) => {
            out.extend_from_slice(name.as_bytes());
            true
        }
        None => false,
    }
}

impl NameSource for Reverse {
    fn ipv4(&self, address: [u8; 4], out: &mut Vec<u8>) -> bool {
        self.address(Ipv4Addr::from(address).into(), out)
    }

    fn ipv6(&self, address: [u8; 16], out: &mut Vec<u8>) -> bool {
        self.address(Ipv6Addr::from(address).into(), out)
    }

    fn port(&self, table: Table, port: u16, out: &mut Vec<u8>) -> bool {
        let Some(transport) = [TCP_PORT, UDP_PORT, SCTP_PORT].iter().position(|of| *of == table) else {
            return false;
        };
        debug_assert_eq!(PROTOCOLS_OF_PORTS.len(), 3);
        let ports = self.ports.get_or_init(services_by_port);
        write(ports.get(&(transport as u8, port)).map(String::as_str), out)
    }
}

/// Whether an address can belong to one host that has a name; asking for others only makes traffic.
fn has_owner(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => !(v4.is_unspecified() || v4.is_multicast() || v4.is_broadcast()),
        IpAddr::V6(v6) => !(v6.is_unspecified() || v6.is_multicast() || v6.is_unicast_link_local()),
    }
}

/// `address name alias…` of hosts(5): the first name of an address counts.
fn parse_hosts(text: &str) -> HashMap<IpAddr, String, Seeded> {
    let mut found = HashMap::default();
    for line in text.lines() {
        let mut words = line.split('#').next().unwrap_or_default().split_whitespace();
        if let (Some(address), Some(name)) = (words.next(), words.next())
            && let Ok(address) = address.parse::<IpAddr>()
            && let Some(name) = plain(name.as_bytes())
        {
            found.entry(address).or_insert(name);
        }
    }
    found
}

/// `nameserver address` of resolv.conf(5), the first three as the C library has it.
fn parse_servers(text: &str) -> Vec<SocketAddr> {
    let words = text.lines().filter_map(|line| line.trim().strip_prefix("nameserver"));
    let addresses = words.filter_map(|rest| rest.trim().parse::<IpAddr>().ok());
    addresses.map(|address| SocketAddr::new(address, 53)).take(3).collect()
}

/// A name without anything that a terminal or a reader of columns could take for something else.
fn plain(name: &[u8]) -> Option<String> {
    let allowed = |octet: &u8| octet.is_ascii_alphanumeric() || b"-_.".contains(octet);
    if name.is_empty() || !name.iter().all(allowed) {
        return None;
    }
    String::from_utf8(name.to_vec()).ok()
}

/// Asks a server; the outer `None` is silence, the inner one "it has no name".
fn ask(server: SocketAddr, address: IpAddr, id: u16) -> Option<Option<String>> {
    let local: SocketAddr = match server {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let socket = UdpSocket::bind(local).ok()?;
    socket.connect(server).ok()?;
    let query = query(address, id);
    socket.send(&query).ok()?;
    let end = Instant::now() + PATIENCE;
    let mut message = [0; 1500];
    loop {
        let left = end.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())?;
        socket.set_read_timeout(Some(left)).ok()?;
        let length = socket.recv(&mut message).ok()?;
        let message = message.get(..length)?;
        // The question comes back in an answer; another one is not ours.
        let question = query.get(12..)?;
        if message.get(..2) == Some(&id.to_be_bytes()) && message.get(12..)?.starts_with(question) {
            return Some(pointed_to(message, query.len()));
        }
    }
}

fn query(address: IpAddr, id: u16) -> Vec<u8> {
    let [high, low] = id.to_be_bytes();
    // Recursion desired, one question.
    let mut message = vec![high, low, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    let mut label = |text: &str| {
        message.push(text.len() as u8);
        message.extend_from_slice(text.as_bytes());
    };
    match address {
        IpAddr::V4(v4) => {
            v4.octets().iter().rev().for_each(|octet| label(&octet.to_string()));
            label("in-addr");
        }
        IpAddr::V6(v6) => {
            for octet in v6.octets().iter().rev() {
                label(&format!("{:x}", octet & 15));
                label(&format!("{:x}", octet >> 4));
            }
            label("ip6");
        }
    }
    label("arpa");
    message.push(0);
    message.extend_from_slice(&PTR_IN);
    message
}

/// The name in the first PTR record of the answers, which start at `at`.
fn pointed_to(message: &[u8], at: usize) -> Option<String> {
    let answers = u16::from_be_bytes(*message.get(6..)?.first_chunk()?);
    let mut at = at;
    for _ in 0..answers {
        at = after_name(message, at)?;
        let fixed: &[u8; 10] = message.get(at..)?.first_chunk()?;
        let length = usize::from(u16::from_be_bytes([fixed[8], fixed[9]]));
        at = at.checked_add(10)?;
        if fixed[..4] == PTR_IN {
            return plain(&name_at(message, at)?);
        }
        at = at.checked_add(length)?;
    }
    None
}

fn after_name(message: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match *message.get(at)? {
            0 => return at.checked_add(1),
            192.. => return at.checked_add(2),
            length => at = at.checked_add(usize::from(length) + 1)?,
        }
    }
}

/// A name with dots between its labels; pointers lead backwards only, so that this ends.
fn name_at(message: &[u8], mut at: usize) -> Option<Vec<u8>> {
    let mut name = Vec::new();
    let mut before = at;
    loop {
        match *message.get(at)? {
            0 => return Some(name),
            high @ 192.. => {
                let target = usize::from(high & 63) << 8 | usize::from(*message.get(at.checked_add(1)?)?);
                if target >= before {
                    return None;
                }
                (at, before) = (target, target);
            }
            length => {
                let start = at.checked_add(1)?;
                let end = start.checked_add(usize::from(length))?;
                if !name.is_empty() {
                    name.push(b'.');
                }
                name.extend_from_slice(message.get(start..end)?);
                if name.len() > 255 {
                    return None;
                }
                at = end;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(id: u16, target: &[u8]) -> Vec<u8> {
        let question = query("192.0.2.7".parse().unwrap(), id);
        let mut message = question.clone();
        message[2] = 0x81;
        message[7] = 1;
        message.extend_from_slice(&[0xc0, 12, 0, 12, 0, 1, 0, 0, 0, 60, 0, target.len() as u8]);
        message.extend_from_slice(target);
        message
    }

    #[test]
    fn a_question_has_the_address_backwards() {
        let asked = query("192.0.2.7".parse().unwrap(), 0x1234);
        assert_eq!(&asked[..2], [0x12, 0x34]);
        assert_eq!(&asked[12..], b"\x017\x012\x010\x03192\x07in-addr\x04arpa\0\0\x0c\0\x01");
        let asked = query("2001:db8::1".parse().unwrap(), 1);
        assert!(asked[12..].starts_with(b"\x011\x010\x010"));
        assert!(asked.ends_with(b"\x012\x03ip6\x04arpa\0\0\x0c\0\x01"));
    }

    #[test]
    fn the_answer_is_the_name_that_the_record_points_to() {
        let message = answer(1, b"\x04host\x03lab\0");
        let at = query("192.0.2.7".parse().unwrap(), 1).len();
        assert_eq!(pointed_to(&message, at).as_deref(), Some("host.lab"));
    }

    #[test]
    fn names_that_a_terminal_could_obey_and_pointers_that_run_on_are_refused() {
        let at = query("192.0.2.7".parse().unwrap(), 1).len();
        assert_eq!(pointed_to(&answer(1, b"\x03\x1b[2\0"), at), None);
        let loops = answer(1, &[0xc0, at as u8 + 12]);
        assert_eq!(pointed_to(&loops, at), None);
        for cut in 0..loops.len() {
            let _ = pointed_to(&loops[..cut], at);
        }
    }

    #[test]
    fn files_are_read_as_their_manuals_say() {
        let hosts = parse_hosts("# none\n127.0.0.1 localhost loop\n192.0.2.1 gate.lab gate # x\nbad line\n");
        assert_eq!(hosts[&"192.0.2.1".parse::<IpAddr>().unwrap()], "gate.lab");
        assert_eq!(hosts.len(), 2);
        let servers = parse_servers("search lab\nnameserver 192.0.2.53\nnameserver ::1\nnameserver x\n");
        assert_eq!(servers, ["192.0.2.53:53".parse::<SocketAddr>().unwrap(), "[::1]:53".parse().unwrap()]);
    }

    /// Names by one server on this machine alone.
    fn asking(server: SocketAddr) -> Reverse {
        let names = Reverse::with_dns(true, |_| {});
        names.servers.set(vec![server]).unwrap();
        names.hosts.set(HashMap::default()).unwrap();
        names
    }

    #[test]
    fn a_server_is_asked_once_for_each_address() {
        let server = UdpSocket::bind("127.0.0.1:0").unwrap();
        let names = asking(server.local_addr().unwrap());
        let served = std::thread::spawn(move || {
            let mut message = [0; 512];
            let (length, from) = server.recv_from(&mut message).unwrap();
            let id = u16::from_be_bytes([message[0], message[1]]);
            assert_eq!(message[..length], query("192.0.2.7".parse().unwrap(), id));
            server.send_to(&answer(id ^ 1, b"\x05wrong\0"), from).unwrap();
            server.send_to(&answer(id, b"\x04host\x03lab\0"), from).unwrap();
        });
        let mut out = Vec::new();
        for _ in 0..3 {
            assert!(names.ipv4([192, 0, 2, 7], &mut out));
        }
        assert!(!names.ipv4([224, 0, 0, 1], &mut out), "no one is asked for a group");
        served.join().unwrap();
        assert_eq!(out, b"hosthosthost");
    }

    #[test]
    fn a_silent_server_is_given_up() {
        let server = UdpSocket::bind("127.0.0.1:0").unwrap();
        let names = asking(server.local_addr().unwrap());
        let start = Instant::now();
        for last in 1..=50 {
            assert!(!names.ipv4([192, 0, 2, last], &mut Vec::new()));
        }
        assert!(start.elapsed() < PATIENCE * 10, "it was asked again and again");
    }

    #[test]
    fn ports_have_the_names_of_their_transport() {
        let names = Reverse::of_files(false);
        let mut out = Vec::new();
        assert!(names.port(TCP_PORT, 22, &mut out));
        assert_eq!(out, b"ssh");
        assert!(!names.port(TCP_PORT, 1, &mut Vec::new()) || !names.port(UDP_PORT, 64_999, &mut Vec::new()));
    }
}
