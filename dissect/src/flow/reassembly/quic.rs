//! QUIC connections: what the client's first packet says opens the Initial packets of both sides, and the handshake that they carry
//! lies in CRYPTO frames of several packets, in any order.
//!
//! Frames are observed in the order of the file; `Connections::observe` says what a datagram's packets hold and which handshake
//! messages it completes, as in Wireshark. A connection is known by its ends and its identifiers; behind a Retry packet, other keys
//! hold (RFC 9001 §5.2). What is kept is bounded: the oldest connection makes room, and is counted.

use super::super::scan::Scan;
use super::inner::{Share, Within};
use crate::decode::Network;
use crate::hash::Seeded;
use crate::proto::quic::frames::crypto;
use crate::proto::quic::header::{Kind, LONGEST_ID, Long, begins_a_connection};
use crate::proto::quic::initial::{Keys, Opened, Sender};
use crate::proto::tls::IN_QUIC;
use crate::registry::{ProtoId, Registry};
use crate::schema::UDP_PORT;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

/// Connections that are kept at most.
pub const MOST_CONNECTIONS: usize = 16_384;

/// Octets of handshakes that wait for what is between at most, over all connections.
const MOST_OCTETS: usize = 64 << 20;

/// And of one side of a connection: no handshake is longer.
const LONGEST_HANDSHAKE: usize = 1 << 17;

/// Pieces of a handshake that wait at most.
const MOST_PIECES: usize = 256;

/// Connections between the same two sockets that are told apart.
const MOST_BESIDE: usize = 4;

/// Identifiers that a side has had and is known by.
const MOST_IDS: usize = 4;

/// Packets of a datagram that are looked at.
const MOST_PACKETS: usize = 32;

/// What a UDP port is to QUIC.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Port {
    /// No protocol's: connections may use it.
    Free,
    Own,
    Taken,
}

/// Which ports may have connections.
#[derive(Clone, Debug)]
pub(super) struct Ports(Arc<Vec<Port>>, Option<ProtoId>);

impl Ports {
    pub(super) fn new(registry: &Registry) -> Self {
        let own = registry.protocol_named("quic");
        let role = |id| if Some(id) == own { Port::Own } else { Port::Taken };
        Ports(registry.by_number(UDP_PORT, Port::Free, role), own)
    }

    pub(super) fn protocol(&self) -> Option<ProtoId> {
        self.1
    }

    fn of(&self, from: u16, to: u16) -> (Port, Port) {
        let port = |port: u16| self.0.get(usize::from(port)).copied().unwrap_or(Port::Free);
        (port(from), port(to))
    }

    /// Whether a datagram may be of a connection.
    #[inline]
    pub(super) fn concern(&self, from: u16, to: u16) -> bool {
        self.own(from, to) || self.of(from, to) == (Port::Free, Port::Free)
    }

    /// Whether the ports lead to QUIC.
    #[inline]
    pub(super) fn own(&self, from: u16, to: u16) -> bool {
        let (from, to) = self.of(from, to);
        from == Port::Own || to == Port::Own
    }
}

/// What a CRYPTO frame brings.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Brought {
    /// What is next, or what there is room for until what is next comes.
    New,
    /// What was there before.
    Again,
    /// Some of what was there before, and more.
    Overlap,
}

/// What is known of a datagram of a connection.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Known {
    /// Number of the connection, from 0 in the order of the file.
    pub connection: u32,
    /// Octets of the identifier that a short header of the datagram begins with, where that is known.
    pub short_id: Option<usize>,
    /// Its Initial packets: what is in them, if they could be opened.
    pub initials: Vec<Option<Opened>>,
    /// What each CRYPTO frame of these brings.
    pub brought: Vec<Brought>,
    /// Octets of the handshake that follow each other from now on.
    pub handshake: Vec<u8>,
    /// Where they are not whole messages.
    pub share: Option<Share>,
    /// Frames with pieces of these octets, where some of them had to wait.
    pub pieces: Vec<u64>,
}

/// The sockets: the lesser first.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Key {
    ends: [([u8; 16], u16); 2],
    tunnel: u32,
}

/// A connection's identifier.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Id {
    octets: [u8; LONGEST_ID],
    len: u8,
}

impl Id {
    fn of(octets: &[u8]) -> Option<Id> {
        let mut id = Id { octets: [0; LONGEST_ID], len: u8::try_from(octets.len()).ok()? };
        id.octets.get_mut(..octets.len())?.copy_from_slice(octets);
        Some(id)
    }

    fn octets(&self) -> &[u8] {
        self.octets.get(..usize::from(self.len)).unwrap_or_default()
    }
}

/// One side's handshake.
#[derive(Debug, Default)]
struct Handshake {
    /// Octets that have followed each other from the beginning.
    unbroken: u64,
    /// Pieces that wait for those before, by where they begin; with the frame that brought them.
    waiting: BTreeMap<u64, (u64, Vec<u8>)>,
    /// Messages that go on in packets to come.
    within: Within,
    /// Octets of both.
    octets: usize,
}

#[derive(Debug, Default)]
struct Side {
    /// What the others' packets to it begin with, the latest last.
    ids: Vec<Id>,
    /// One more than the largest number of its Initial packets.
    next_number: u64,
    handshake: Handshake,
}

struct Connection {
    number: u32,
    /// Whether the greater of the two sockets is the client's.
    reversed: bool,
    /// What the keys were made of: version and identifier.
    made_of: (u32, Id),
    keys: Option<Box<[Keys; 2]>>,
    /// Client and server.
    sides: [Side; 2],
}

impl Connection {
    fn new(number: u32, reversed: bool, version: u32, destination: Id) -> Self {
        let mut connection = Connection {
            number,
            reversed,
            made_of: (version, destination),
            keys: None,
            sides: Default::default(),
        };
        connection.make_keys();
        let [_, server] = &mut connection.sides;
        server.ids.push(destination);
        connection
    }

    fn make_keys(&mut self) {
        let (version, id) = &self.made_of;
        let key = |sender| Keys::of(*version, id.octets(), sender);
        self.keys =
            key(Sender::Client).zip(key(Sender::Server)).map(|(client, server)| Box::new([client, server]));
    }

    fn side(&mut self, sender: Sender) -> &mut Side {
        let [client, server] = &mut self.sides;
        if sender == Sender::Client { client } else { server }
    }

    /// Who sends what goes this way.
    fn sender(&self, reversed: bool) -> Sender {
        if reversed == self.reversed { Sender::Client } else { Sender::Server }
    }

    /// Whether one of the identifiers of whoever a packet goes to fits.
    fn goes_to(&self, reversed: bool, fits: impl Fn(&Id) -> bool) -> bool {
        let [client, server] = &self.sides;
        let side = if self.sender(reversed) == Sender::Client { server } else { client };
        side.ids.iter().any(fits)
    }

    /// Opens an Initial packet.
    fn open(&mut self, long: &Long<'_>, sender: Sender) -> Option<Opened> {
        if self.made_of.0 != long.version {
            // The server has chosen another version that is compatible (RFC 9368 §2.3).
            self.made_of.0 = long.version;
            self.make_keys();
        }
        let next = self.side(sender).next_number;
        let [client, server] = self.keys.as_deref()?;
        let keys = if sender == Sender::Client { client } else { server };
        let opened = keys.open(long.octets, long.header, next)?;
        self.side(sender).next_number = next.max(opened.number.saturating_add(1));
        Some(opened)
    }

    fn waiting(&self) -> usize {
        self.sides.iter().map(|side| side.handshake.octets).sum()
    }
}

impl Side {
    fn learn(&mut self, id: &[u8]) {
        let Some(id) = Id::of(id).filter(|id| self.ids.last() != Some(id)) else { return };
        if self.ids.len() >= MOST_IDS {
            self.ids.remove(0);
        }
        self.ids.push(id);
    }
}

impl Handshake {
    /// Takes a piece; what follows from now on is added to `known`.
    fn take(&mut self, frame: u64, offset: u64, octets: &[u8], known: &mut Known) -> Brought {
        let end = offset.saturating_add(octets.len() as u64);
        if end <= self.unbroken {
            return Brought::Again;
        }
        let brought = if offset < self.unbroken { Brought::Overlap } else { Brought::New };
        let old = usize::try_from(self.unbroken.saturating_sub(offset)).unwrap_or(usize::MAX);
        let fresh = octets.get(old..).unwrap_or_default();
        let offset = offset.max(self.unbroken);
        if self.waiting.is_empty() && offset == self.unbroken {
            self.unbroken = end;
            known.handshake.extend_from_slice(fresh);
            return brought;
        }
        let room = LONGEST_HANDSHAKE.saturating_sub(self.octets);
        let longer = self.waiting.get(&offset).is_none_or(|(_, there)| there.len() < fresh.len());
        if fresh.len() > room || self.waiting.len() >= MOST_PIECES || !longer {
            return brought;
        }
        self.octets = self.octets.saturating_add(fresh.len());
        if let Some((_, there)) = self.waiting.insert(offset, (frame, fresh.to_vec())) {
            self.octets = self.octets.saturating_sub(there.len());
        }
        self.join(known);
        brought
    }

    /// Gives what waited, when nothing between is missing.
    fn join(&mut self, known: &mut Known) {
        let mut end = self.unbroken;
        for (offset, (_, octets)) in &self.waiting {
            if *offset > end {
                return;
            }
            end = end.max(offset.saturating_add(octets.len() as u64));
        }
        let mut whole = Vec::with_capacity(self.octets);
        let from = std::mem::replace(&mut self.unbroken, end);
        for (offset, (of, octets)) in std::mem::take(&mut self.waiting) {
            let have = from.saturating_add(whole.len() as u64);
            let old = usize::try_from(have.saturating_sub(offset)).unwrap_or(usize::MAX);
            whole.extend_from_slice(octets.get(old..).unwrap_or_default());
            known.pieces.push(of);
        }
        known.handshake.append(&mut whole);
    }

    /// Finds the messages in what has become known by a frame.
    fn messages(&mut self, frame: u64, known: &mut Known) {
        if !known.handshake.is_empty() {
            known.share = self.within.take(IN_QUIC, frame, &known.handshake, LONGEST_HANDSHAKE);
        }
        let (octets, _) = self.within.waiting();
        self.octets =
            self.waiting.values().map(|(_, piece)| piece.len()).sum::<usize>().saturating_add(octets);
    }
}

/// Connections in the order of the file.
#[derive(Default)]
pub(super) struct Connections {
    kept: HashMap<Key, Vec<Connection>, Seeded>,
    /// In the order in which they began.
    order: VecDeque<(Key, u32)>,
    count: u32,
    octets: usize,
    evicted: u64,
}

impl Connections {
    /// How many had to make room.
    pub(super) fn evicted(&self) -> u64 {
        self.evicted
    }

    /// Takes a datagram; `None`: it is of no connection that is known. `own`: the ports lead to QUIC.
    pub(super) fn observe(&mut self, frame: u64, scan: &Scan<'_>, own: bool) -> Option<Known> {
        let data = scan.payload.get(8..)?;
        let first = *data.first()?;
        let (key, reversed) = key(scan)?;
        if !own && !self.kept.contains_key(&key) && !begins_a_connection(data) {
            return None;
        }
        if first & 0x80 != 0 {
            self.long(frame, key, reversed, data)
        } else {
            let connections = self.kept.get(&key)?;
            let to = |connection: &&Connection| {
                connection
                    .goes_to(reversed, |id| data.get(1..).is_some_and(|data| data.starts_with(id.octets())))
            };
            let connection = connections.iter().rev().find(to).or_else(|| connections.last())?;
            Some(Known {
                connection: connection.number,
                short_id: short_id(connection, reversed, data),
                ..Known::default()
            })
        }
    }

    /// Takes a datagram that begins with a long header.
    fn long(&mut self, frame: u64, key: Key, reversed: bool, data: &[u8]) -> Option<Known> {
        let mut known = None;
        let mut rest = data;
        for _ in 0..MOST_PACKETS {
            let Some(long) = Long::of(rest) else { break };
            rest = rest.get(long.octets.len()..).unwrap_or_default();
            let Some(connection) = self.connection(key, reversed, &long) else { break };
            let before = connection.waiting();
            let known =
                known.get_or_insert_with(|| Known { connection: connection.number, ..Known::default() });
            packet(connection, reversed, &long, frame, known);
            if rest.is_empty() || rest.first().is_some_and(|first| first & 0x80 == 0) {
                known.short_id = short_id(connection, reversed, rest);
            }
            let after = connection.waiting();
            self.octets = self.octets.saturating_add(after).saturating_sub(before);
        }
        if known.is_none() && data.get(1..5) == Some(&[0; 4]) {
            // Version negotiation.
            let connection = self.kept.get(&key)?.last()?;
            known = Some(Known { connection: connection.number, ..Known::default() });
        }
        self.finish(frame, key, reversed, known.as_mut());
        self.make_room();
        known
    }

    /// The handshake messages that are whole now.
    fn finish(&mut self, frame: u64, key: Key, reversed: bool, known: Option<&mut Known>) {
        let (Some(known), Some(connections)) = (known, self.kept.get_mut(&key)) else { return };
        let Some(connection) = connections.iter_mut().find(|of| of.number == known.connection) else {
            return;
        };
        let before = connection.waiting();
        let sender = connection.sender(reversed);
        connection.side(sender).handshake.messages(frame, known);
        self.octets = self.octets.saturating_add(connection.waiting()).saturating_sub(before);
    }

    /// The connection that a packet belongs to, or begins.
    fn connection(&mut self, key: Key, reversed: bool, long: &Long<'_>) -> Option<&mut Connection> {
        let there = self.kept.get(&key).and_then(|connections| {
            connections
                .iter()
                .rposition(|connection| connection.goes_to(reversed, |id| id.octets() == long.destination))
        });
        if let Some(at) = there {
            return self.kept.get_mut(&key)?.get_mut(at);
        }
        if long.kind != Kind::Initial {
            return self.kept.get_mut(&key)?.last_mut();
        }
        let destination = Id::of(long.destination)?;
        let connections = self.kept.entry(key).or_default();
        let connection = Connection::new(self.count, reversed, long.version, destination);
        self.order.push_back((key, self.count));
        self.count = self.count.saturating_add(1);
        if connections.len() >= MOST_BESIDE {
            self.octets = self.octets.saturating_sub(connections.remove(0).waiting());
        }
        connections.push(connection);
        connections.last_mut()
    }

    fn make_room(&mut self) {
        while self.order.len() > MOST_CONNECTIONS || self.octets > MOST_OCTETS {
            let Some((key, number)) = self.order.pop_front() else { return };
            let Some(connections) = self.kept.get_mut(&key) else { continue };
            let Some(at) = connections.iter().position(|connection| connection.number == number) else {
                continue;
            };
            self.octets = self.octets.saturating_sub(connections.remove(at).waiting());
            self.evicted = self.evicted.saturating_add(1);
            if connections.is_empty() {
                self.kept.remove(&key);
            }
        }
    }
}

/// Takes a packet of a connection.
fn packet(connection: &mut Connection, reversed: bool, long: &Long<'_>, frame: u64, known: &mut Known) {
    let sender = connection.sender(reversed);
    connection.side(sender).learn(long.source);
    match long.kind {
        Kind::Initial => {
            let opened = connection.open(long, sender);
            if let Some(opened) = &opened {
                let handshake = &mut connection.side(sender).handshake;
                crypto(&opened.frames, |offset, octets| {
                    let brought = handshake.take(frame, offset, octets, known);
                    known.brought.push(brought);
                });
            }
            known.initials.push(opened);
        }
        Kind::Retry if sender == Sender::Server => {
            if let Some(id) = Id::of(long.source) {
                connection.made_of.1 = id;
                connection.make_keys();
            }
        }
        Kind::Retry | Kind::ZeroRtt | Kind::Handshake => {}
    }
}

/// Octets of the identifier that a short header begins with.
fn short_id(connection: &Connection, reversed: bool, data: &[u8]) -> Option<usize> {
    let [client, server] = &connection.sides;
    let side = if connection.sender(reversed) == Sender::Client { server } else { client };
    let behind = data.get(1..)?;
    let fits = |id: &&Id| behind.starts_with(id.octets());
    side.ids.iter().rev().find(fits).map(|id| usize::from(id.len))
}

/// The sockets of a datagram, and whether it goes from the greater to the lesser.
fn key(scan: &Scan<'_>) -> Option<(Key, bool)> {
    let (from, to) = scan.ports?;
    let wide = |address: [u8; 4]| {
        let [a, b, c, d] = address;
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d]
    };
    let (source, destination) = match scan.network {
        Network::None => return None,
        Network::V4(source, destination) => (wide(source), wide(destination)),
        Network::V6(source, destination) => (source, destination),
    };
    let (a, b) = ((source, from), (destination, to));
    let reversed = a > b;
    let ends = if reversed { [b, a] } else { [a, b] };
    Some((Key { ends, tunnel: scan.tunnel }, reversed))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(at: u64, octets: &[u8], handshake: &mut Handshake) -> (Brought, Known) {
        let mut known = Known::default();
        let brought = handshake.take(at, at, octets, &mut known);
        handshake.messages(at, &mut known);
        (brought, known)
    }

    #[test]
    fn pieces_wait_until_nothing_between_is_missing() {
        let mut handshake = Handshake::default();
        assert_eq!(piece(6, b"gh", &mut handshake).1.handshake, b"");
        assert_eq!(piece(4, b"efg", &mut handshake).1.handshake, b"");
        let (brought, known) = piece(0, b"\x01\0\0\x05", &mut handshake);
        assert_eq!((brought, known.handshake.as_slice()), (Brought::New, &b"\x01\0\0\x05efgh"[..]));
        assert_eq!((known.pieces, known.share.map(|share| share.tail)), (vec![0, 4, 6], Some(8)));
        assert_eq!(piece(2, b"xx", &mut handshake).0, Brought::Again);
        let (brought, known) = piece(7, b"hi", &mut handshake);
        assert_eq!((brought, known.handshake.as_slice()), (Brought::Overlap, &b"i"[..]));
        assert_eq!(known.share.and_then(|share| share.joined).as_deref(), Some(&b"\x01\0\0\x05efghi"[..]));
        assert_eq!(handshake.octets, 0);
    }

    #[test]
    fn what_waits_has_a_limit() {
        let mut handshake = Handshake::default();
        for at in 0..10_000_u64 {
            piece(1 + at * 1500, &[0; 1000], &mut handshake);
        }
        assert!(handshake.octets <= LONGEST_HANDSHAKE && handshake.waiting.len() <= MOST_PIECES);
        assert_eq!(piece(u64::MAX, &[0; 10], &mut handshake).1, Known::default());
    }

    #[test]
    fn connections_have_a_limit_and_the_oldest_goes() {
        let mut connections = Connections::default();
        let network = Network::V4([10, 0, 0, 1], [10, 0, 0, 2]);
        let frame = crate::frame::Frame {
            number: 1,
            data: &[],
            meta: crate::frame::Meta::new(crate::frame::LinkType::ETHERNET, 0),
        };
        let more = u64::try_from(MOST_CONNECTIONS).expect("a small number") + 10;
        for number in 0..more {
            let mut packet = vec![0; 8];
            packet.extend(b"\xc0\x6a\x6a\x6a\x6a\x08");
            packet.extend(number.to_be_bytes());
            packet.extend(b"\0\0\x01\xff");
            let ports = Some((u16::try_from(number % 60_000).expect("a port"), 443));
            let scan = Scan { ports, network, protocol: 17, payload: &packet, ..Scan::of(&frame) };
            connections.observe(number, &scan, true);
        }
        assert_eq!((connections.order.len(), connections.evicted()), (MOST_CONNECTIONS, 10));
    }
}
