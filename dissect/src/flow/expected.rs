//! Conversations that other packets announce: their ports say nothing, what was agreed on before does.
//!
//! A TFTP server answers a request from a new port; SDP in SIP names the sockets that RTP and RTCP will come to; the
//! control connection of iperf3 goes to the port that its datagrams will come to. Frames are observed in the order of the
//! file, see [`Reassembly`](super::reassembly::Reassembly), and what is expected is bounded: the oldest makes room.

use super::scan::Scan;
use crate::decode::Network;
use crate::hash::Seeded;
use crate::registry::{ProtoId, Registry};
use crate::schema::{TCP_PORT, UDP_PORT};
use std::collections::{HashMap, VecDeque};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

/// Conversations that are expected at most.
pub const MOST_EXPECTED: usize = 16_384;

/// Media streams of one SDP at most.
const MOST_MEDIA: usize = 32;

/// Octets of the cookie that begins an iperf3 control connection: 36 of base 32 and a NUL.
const COOKIE: usize = 37;

/// What tells which frames have to be observed.
#[derive(Clone, Debug)]
pub(super) struct Teachers {
    udp: Arc<Vec<Role>>,
    tcp: Arc<Vec<Role>>,
}

/// What a port is to expected conversations.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Role {
    /// No protocol: an announced conversation may use it.
    Free,
    /// A protocol of its own.
    Taken,
    /// Its packets announce conversations.
    Teaches,
}

impl Teachers {
    pub(super) fn new(registry: &Registry) -> Self {
        let teachers = ["tftp", "sip"].map(|name| registry.protocol_named(name));
        let role = |id| if teachers.contains(&Some(id)) { Role::Teaches } else { Role::Taken };
        let roles = |table| registry.by_number(table, Role::Free, role);
        Teachers { udp: roles(UDP_PORT), tcp: roles(TCP_PORT) }
    }

    fn roles(of: &[Role], from: u16, to: u16) -> (Role, Role) {
        let role = |port: u16| of.get(usize::from(port)).copied().unwrap_or(Role::Free);
        (role(from), role(to))
    }

    /// Whether a datagram teaches, or may be of an announced conversation.
    #[inline]
    pub(super) fn concerns_udp(&self, from: u16, to: u16) -> bool {
        let (from, to) = Self::roles(&self.udp, from, to);
        from == Role::Teaches || to == Role::Teaches || (from == Role::Free && to == Role::Free)
    }

    /// Whether a segment teaches. `last` is its last octet, which ends a cookie.
    #[inline]
    pub(super) fn concerns_tcp(&self, from: u16, to: u16, last: Option<u8>) -> bool {
        let (from, to) = Self::roles(&self.tcp, from, to);
        let cookie = last == Some(0) && from == Role::Free && to == Role::Free;
        from == Role::Teaches || to == Role::Teaches || cookie
    }
}

/// What announced a conversation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Announcement {
    /// Number of the frame.
    pub frame: u64,
    /// What a transfer of TFTP is of.
    pub file: Option<Arc<File>>,
    /// The number of the block at hand, counted on where its 16 bits begin anew.
    pub block: Option<u64>,
}

/// A file that is transferred.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct File {
    /// As it stands in the request.
    pub name: Box<[u8]>,
    /// Whether the client writes it.
    pub written: bool,
}

/// Octets of a file's name that are kept.
const LONGEST_NAME: usize = 512;

/// A conversation that is expected.
#[derive(Clone, Debug)]
struct Kept {
    protocol: ProtoId,
    frame: u64,
    file: Option<Arc<File>>,
    /// The last block's number.
    block: u64,
}

impl Kept {
    /// What is known of a packet of the conversation.
    fn announcement(&mut self, payload: &[u8]) -> Announcement {
        let block = match (&self.file, payload) {
            (Some(_), [0, 3 | 4, high, low, ..]) => {
                self.block = counted_on(self.block, u16::from_be_bytes([*high, *low]));
                Some(self.block)
            }
            _ => None,
        };
        Announcement { frame: self.frame, file: self.file.clone(), block }
    }
}

/// The number nearest to the last one that ends in these 16 bits.
fn counted_on(last: u64, low: u16) -> u64 {
    let [.., high, lower] = last.to_be_bytes();
    let step = low.wrapping_sub(u16::from_be_bytes([high, lower])).cast_signed();
    last.checked_add_signed(i64::from(step)).unwrap_or(u64::from(low))
}

/// The file that a request of TFTP names.
fn file(payload: &[u8]) -> Option<File> {
    let [0, kind @ (1 | 2), name @ ..] = payload else { return None };
    let name = name.split(|octet| *octet == 0).next().unwrap_or_default();
    let name = name.get(..LONGEST_NAME).unwrap_or(name);
    Some(File { name: name.into(), written: *kind == 2 })
}

/// A socket, and who talks to it, where that is known.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Key {
    address: IpAddr,
    port: u16,
    peer: Option<IpAddr>,
}

/// What is expected.
pub(super) struct Expected<'r> {
    registry: &'r Registry,
    kept: HashMap<Key, Kept, Seeded>,
    /// In the order in which they were announced; may name some twice.
    order: VecDeque<Key>,
    evicted: u64,
}

impl<'r> Expected<'r> {
    pub(super) fn new(registry: &'r Registry) -> Self {
        Expected { registry, kept: HashMap::default(), order: VecDeque::new(), evicted: 0 }
    }

    /// How many had to make room.
    pub(super) fn evicted(&self) -> u64 {
        self.evicted
    }

    /// Learns from a packet; the protocol that it belongs to if it was announced, and by what.
    pub(super) fn observe(&mut self, frame: u64, scan: &Scan<'_>) -> Option<(ProtoId, Option<Announcement>)> {
        let (from, to) = scan.ports?;
        let (source, destination) = match scan.network {
            Network::None => return None,
            Network::V4(source, destination) => (IpAddr::from(source), IpAddr::from(destination)),
            Network::V6(source, destination) => (IpAddr::from(source), IpAddr::from(destination)),
        };
        match scan.protocol {
            17 => {
                let payload = scan.payload.get(8..).unwrap_or_default();
                let client = Key { address: source, port: from, peer: Some(destination) };
                let led = self.registry.next_by_ports(UDP_PORT, from, to, payload);
                self.learn(frame, led, client, payload);
                if self.kept.is_empty() {
                    return None;
                }
                let server = Key { address: destination, port: to, peer: Some(source) };
                self.lookup(frame, [client, server], payload)
            }
            6 => {
                let payload = scan.tcp()?.data;
                let led = self.registry.next_by_ports(TCP_PORT, from, to, payload);
                let server = Key { address: destination, port: to, peer: None };
                if led.is_none() && is_cookie(payload) {
                    self.expect(server, "iperf3", frame, None);
                } else {
                    self.learn(frame, led, server, payload);
                }
                None
            }
            _ => None,
        }
    }

    fn lookup(
        &mut self,
        frame: u64,
        keys: [Key; 2],
        payload: &[u8],
    ) -> Option<(ProtoId, Option<Announcement>)> {
        let key = keys
            .iter()
            .flat_map(|key| [*key, Key { peer: None, ..*key }])
            .find(|key| self.kept.contains_key(key))?;
        let kept = self.kept.get_mut(&key)?;
        // One socket may be for both.
        let is_control = matches!(payload, [first, 192..=223, ..] if first >> 6 == 2);
        let media = [self.registry.protocol_named("rtp"), self.registry.protocol_named("rtcp")];
        let found = match media {
            [Some(rtp), Some(rtcp)] if kept.protocol == rtp || kept.protocol == rtcp => {
                if is_control {
                    rtcp
                } else {
                    rtp
                }
            }
            _ => kept.protocol,
        };
        // what announces says nothing of itself
        let announcement = (kept.frame != frame).then(|| kept.announcement(payload));
        self.registry.accepts(found, UDP_PORT, payload).then_some((found, announcement))
    }

    /// Learns from a packet of the protocol that its ports lead to.
    fn learn(&mut self, frame: u64, led: Option<ProtoId>, client: Key, payload: &[u8]) {
        if led.is_none() {
            return;
        }
        if led == self.registry.protocol_named("tftp") {
            // Requests alone: read and write.
            if let Some(file) = file(payload) {
                self.expect(client, "tftp", frame, Some(Arc::new(file)));
            }
        } else if led == self.registry.protocol_named("sip") {
            let blank = payload.windows(4).position(|octets| octets == b"\r\n\r\n");
            let body = blank.and_then(|at| payload.get(at.saturating_add(4)..));
            for (address, port, protocol) in body.map(media).unwrap_or_default() {
                self.expect(Key { address, port, peer: None }, protocol, frame, None);
            }
        }
    }

    fn expect(&mut self, key: Key, protocol: &str, frame: u64, file: Option<Arc<File>>) {
        let Some(protocol) = self.registry.protocol_named(protocol) else { return };
        if self.kept.insert(key, Kept { protocol, frame, file, block: 0 }).is_some() {
            return;
        }
        self.order.push_back(key);
        if self.order.len() > MOST_EXPECTED
            && let Some(oldest) = self.order.pop_front()
        {
            self.kept.remove(&oldest);
            self.evicted = self.evicted.saturating_add(1);
        }
    }
}

/// Whether octets are an iperf3 cookie.
fn is_cookie(payload: &[u8]) -> bool {
    payload.len() == COOKIE
        && matches!(payload.split_last(), Some((0, text)) if text.iter().all(|octet| matches!(octet, b'a'..=b'z' | b'2'..=b'7')))
}

/// Sockets that a session description (RFC 8866) names, with the protocol of each.
fn media(body: &[u8]) -> Vec<(IpAddr, u16, &'static str)> {
    let mut session: Option<IpAddr> = None;
    // Address of its own, port, port of its control.
    let mut streams: Vec<(Option<IpAddr>, u16, u16)> = Vec::new();
    let (mut in_media, mut takes) = (false, false);
    for line in body.split(|octet| *octet == b'\n') {
        let line = std::str::from_utf8(line).unwrap_or_default().trim_end_matches('\r');
        let Some((kind, value)) = line.split_once('=') else { continue };
        match kind {
            "c" => {
                let address = value.split_ascii_whitespace().nth(2);
                let address = address.and_then(|text| text.split('/').next()?.parse().ok());
                match streams.last_mut().filter(|_| takes) {
                    Some(stream) => stream.0 = address,
                    None if !in_media => session = address,
                    None => {}
                }
            }
            "m" => {
                in_media = true;
                let mut words = value.split_ascii_whitespace().skip(1);
                let port = words.next().and_then(|text| text.split('/').next()?.parse::<u16>().ok());
                let is_rtp = words.next().is_some_and(|transport| transport.contains("RTP/"));
                takes = is_rtp && port.is_some_and(|port| port != 0) && streams.len() < MOST_MEDIA;
                if let Some(port) = port.filter(|_| takes) {
                    streams.push((None, port, port.saturating_add(1)));
                }
            }
            "a" => {
                let control =
                    value.strip_prefix("rtcp:").and_then(|text| text.split_ascii_whitespace().next());
                if let (Some(port), Some(stream)) = (control, streams.last_mut().filter(|_| takes)) {
                    stream.2 = port.parse().unwrap_or(stream.2);
                }
            }
            _ => {}
        }
    }
    let none = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    streams
        .iter()
        .filter_map(|(own, port, control)| {
            Some((own.or(session).filter(|address| *address != none)?, *port, *control))
        })
        .flat_map(|(address, port, control)| [(address, port, "rtp"), (address, control, "rtcp")])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(port: u16) -> Key {
        Key { address: IpAddr::from([10, 0, 0, 1]), port, peer: None }
    }

    #[test]
    fn a_session_description_names_sockets_with_the_address_nearest_to_each() {
        let text = b"v=0\r\nc=IN IP4 192.0.2.1\r\nm=audio 5000/2 RTP/AVP 0\r\nm=image 6000 udptl t38\r\nc=IN IP4 192.0.2.9\r\n\
            m=video 7000 RTP/SAVPF 96\r\nc=IN IP6 2001:db8::1/127\r\na=rtcp:7777 IN IP6 ::1\r\nm=audio 0 RTP/AVP 0\r\n";
        let one = IpAddr::from([192, 0, 2, 1]);
        let six: IpAddr = "2001:db8::1".parse().expect("an address");
        let wanted = vec![(one, 5000, "rtp"), (one, 5001, "rtcp"), (six, 7000, "rtp"), (six, 7777, "rtcp")];
        assert_eq!(media(text), wanted);
        assert_eq!(media(b"m=audio 5000 RTP/AVP 0\nc=IN IP4 0.0.0.0\n"), []);
        assert_eq!(media(b"=\nm=\nm=a\nc=\nm=audio 99999 RTP/AVP 0\n\xff=\n"), []);
    }

    #[test]
    fn the_oldest_makes_room_and_is_counted() {
        let mut expected = Expected::new(Registry::builtin());
        for port in 0..=MOST_EXPECTED {
            expected.expect(key(port as u16), "rtp", 1, None);
            expected.expect(key(port as u16), "rtp", 1, None);
        }
        assert_eq!((expected.kept.len(), expected.evicted()), (MOST_EXPECTED, 1));
        assert!(!expected.kept.contains_key(&key(0)));
    }

    #[test]
    fn blocks_are_counted_on_where_their_number_begins_anew() {
        assert_eq!(counted_on(0, 1), 1);
        assert_eq!(counted_on(65_535, 0), 65_536);
        assert_eq!(counted_on(65_536, 65_535), 65_535);
        assert_eq!(counted_on(131_071, 1), 131_073);
        assert_eq!(counted_on(0, 65_535), 65_535);
    }

    #[test]
    fn a_cookie_has_its_letters_and_its_end() {
        assert!(is_cookie(b"abcdefghijklmnopqrstuvwxyz234567abcd\0"));
        assert!(!is_cookie(b"abcdefghijklmnopqrstuvwxyz234567abc!\0"));
        assert!(!is_cookie(b"abcdefghijklmnopqrstuvwxyz234567abcde"));
    }
}
