//! Messages of protocols over TCP, joined from the segments that they lie in.
//!
//! Each side of a connection has a place in its stream; segments that come early wait for those before them. The protocol says where a
//! message ends ([`Stream`]); messages that several segments hold are copied, those within one are only pointed at, and a
//! segment that holds exactly one whole message costs no more than the look-up. A hole that the other side has acknowledged past, or behind
//! which too much waits, is given up: the stream goes on at the next segment that begins as a message does. Octets that come again
//! are not read again. Connections, octets and the length of a message have limits ([`StreamLimits`]).

use super::super::scan::{Scan, Segment as Tcp};
use super::inner::{Share, Within};
use super::order::{OF_MESSAGES, Order, before};
use crate::decode::Network;
use crate::hash::Seeded;
use crate::registry::{ProtoId, Registry};
use crate::schema::{Begun, Length, Stream, TCP_PORT};
use std::collections::{HashMap, VecDeque};

/// Requests of one side that wait for answers.
const MOST_ASKED: usize = 64;
/// What a connection costs beside its octets.
const OVERHEAD: usize = 512;
/// What a segment costs beside its octets.
const SEGMENT: usize = 48;

/// What is kept at most.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StreamLimits {
    /// Connections.
    pub connections: usize,
    /// Octets of all of them, with what keeping them costs.
    pub octets: usize,
    /// Octets of a message.
    pub message: usize,
}

impl Default for StreamLimits {
    fn default() -> Self {
        StreamLimits { connections: 65_536, octets: 128 << 20, message: 4 << 20 }
    }
}

/// What became of streams.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct StreamCounts {
    /// Messages put together from several segments.
    pub joined: u64,
    /// Holes that were given up.
    pub holes: u64,
    /// Connections that were forgotten for lack of room while a message was incomplete.
    pub evicted: u64,
    /// Messages longer than is kept: their heads are shown.
    pub long: u64,
}

/// A message of a stream.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Message {
    /// Of several segments.
    Joined {
        /// Its octets.
        octets: Vec<u8>,
        /// The frames of its segments, and how many of its octets each holds.
        parts: Vec<(u64, u32)>,
    },
    /// Within the segment at hand.
    Here {
        /// First octet in the segment's data.
        start: u32,
        /// Octets.
        len: u32,
    },
}

/// What a segment's data is to its stream.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Segment {
    /// The protocol of the messages.
    pub protocol: Option<ProtoId>,
    /// The messages that it completes.
    pub messages: Vec<Message>,
    /// What some of them have of the stream within ([`Inner`](crate::schema::Inner)).
    pub shares: Vec<Share>,
    /// Parts of its data that belong to messages of several segments, or to none: first octet and octets.
    pub parts: Vec<(u32, u32)>,
    /// Of the messages that it completes, so many ask for an answer.
    pub asks: u32,
    /// The frames with the requests that the others answer, where answers come in the order of requests.
    pub answers: Vec<u64>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Key {
    low: [u8; 16],
    high: [u8; 16],
    ports: (u16, u16),
    vlans: [u16; 2],
    tunnel: u32,
}

#[derive(Debug, Default)]
struct Connection {
    protocol: Option<(ProtoId, Stream)>,
    sides: [Side; 2],
    /// When it was last seen, in observed segments.
    seen: u64,
}

/// One direction.
#[derive(Debug, Default)]
struct Side {
    order: Order,
    /// Whether the next octet is known to follow a whole message, or the one at hand.
    in_step: bool,
    /// Octets of a message that is not whole.
    buffer: Vec<u8>,
    /// Frames of the buffer's octets.
    parts: VecDeque<(u64, u32)>,
    /// Octets of the stream that are passed over.
    skip: u64,
    /// Octets in the buffer before which the message need not be looked at again.
    need: usize,
    resume: u64,
    /// The message at hand ends with the stream.
    to_end: bool,
    /// What this side asked and is not answered, and in which frame.
    asked: VecDeque<(u8, u64)>,
    /// The stream within its messages.
    within: Option<Box<Within>>,
    /// Number of FIN.
    fin: Option<u32>,
}

/// Streams in the making.
pub struct Streams<'r> {
    registry: &'r Registry,
    limits: StreamLimits,
    table: HashMap<Key, Connection, Seeded>,
    /// Keys by age, with when they were put there.
    ages: VecDeque<(Key, u64)>,
    clock: u64,
    octets: usize,
    counts: StreamCounts,
}

impl<'r> Streams<'r> {
    /// No streams yet.
    pub fn new(registry: &'r Registry, limits: StreamLimits) -> Self {
        Streams {
            registry,
            limits,
            table: HashMap::default(),
            ages: VecDeque::new(),
            clock: 0,
            octets: 0,
            counts: StreamCounts::default(),
        }
    }

    /// What became of streams so far.
    pub fn counts(&self) -> StreamCounts {
        self.counts
    }

    /// Octets, with what keeping them costs, and connections that are kept.
    pub fn kept(&self) -> (usize, usize) {
        (self.octets, self.table.len())
    }

    /// Takes a segment. `None`: it stands for itself.
    pub fn observe(&mut self, frame: u64, scan: &Scan<'_>, tcp: &Tcp<'_>) -> Option<Segment> {
        let (from, to) = scan.ports?;
        let (key, side) = key(scan, from, to)?;
        self.clock = self.clock.wrapping_add(1);
        if !self.table.contains_key(&key) {
            self.begin(key);
        }
        let connection = self.table.get_mut(&key)?;
        connection.seen = self.clock;
        let before = connection.cost();
        let mut task = Task {
            registry: self.registry,
            limits: self.limits,
            counts: &mut self.counts,
            connection,
            side,
            ports: (from, to),
            frame,
        };
        let segment = task.segment(tcp);
        let after = task.connection.cost();
        self.octets = self.octets.saturating_sub(before).saturating_add(after);
        while self.octets > self.limits.octets && self.table.len() > 1 {
            self.evict(Some(&key));
        }
        segment
    }

    fn begin(&mut self, key: Key) {
        while self.table.len() >= self.limits.connections {
            self.evict(None);
        }
        let connection = Connection { seen: self.clock, ..Connection::default() };
        self.octets = self.octets.saturating_add(connection.cost());
        self.table.insert(key, connection);
        self.ages.push_back((key, self.clock));
    }

    /// Forgets a connection that was not seen for long: the oldest that nothing came for since it was looked at.
    fn evict(&mut self, but: Option<&Key>) {
        while let Some((key, put)) = self.ages.pop_front() {
            let Some(connection) = self.table.get(&key) else { continue };
            if connection.seen != put || but == Some(&key) {
                self.ages.push_back((key, connection.seen));
                if but == Some(&key) && self.ages.len() <= 1 {
                    return;
                }
                continue;
            }
            self.octets = self.octets.saturating_sub(connection.cost());
            let unfinished =
                connection.sides.iter().any(|side| !side.buffer.is_empty() || side.order.waiting().1 > 0);
            self.counts.evicted = self.counts.evicted.saturating_add(u64::from(unfinished));
            self.table.remove(&key);
            return;
        }
    }
}

fn key(scan: &Scan<'_>, from: u16, to: u16) -> Option<(Key, usize)> {
    let mut ends = [[0; 16]; 2];
    let [first, second] = &mut ends;
    match &scan.network {
        Network::V4(source, destination) => {
            first.iter_mut().zip(source).for_each(|(to, from)| *to = *from);
            second.iter_mut().zip(destination).for_each(|(to, from)| *to = *from);
        }
        Network::V6(source, destination) => (*first, *second) = (*source, *destination),
        Network::None => return None,
    }
    let [source, destination] = ends;
    let (vlans, tunnel) = (scan.vlans, scan.tunnel);
    Some(if (source, from) <= (destination, to) {
        (Key { low: source, high: destination, ports: (from, to), vlans, tunnel }, 0)
    } else {
        (Key { low: destination, high: source, ports: (to, from), vlans, tunnel }, 1)
    })
}

impl Connection {
    fn cost(&self) -> usize {
        let side = |side: &Side| {
            let (waiting_octets, waiting) = side.order.waiting();
            let (inner_octets, inner) = side.within.as_ref().map_or((0, 0), |within| within.waiting());
            let segments = waiting.saturating_add(side.parts.len()).saturating_add(inner);
            let octets = side.buffer.len().saturating_add(waiting_octets).saturating_add(inner_octets);
            octets.saturating_add(segments.saturating_mul(SEGMENT))
        };
        self.sides.iter().map(side).fold(OVERHEAD, usize::saturating_add)
    }
}

impl Side {
    /// Forgets what has been read of a message.
    fn drop_message(&mut self) {
        self.buffer.clear();
        self.parts.clear();
        self.message_done();
        self.within.iter_mut().for_each(|within| within.forget());
        (self.in_step, self.skip) = (false, 0);
    }

    /// The next octet begins a message.
    fn message_done(&mut self) {
        (self.need, self.resume, self.to_end) = (0, 0, false);
    }

    /// Begins anew at a number.
    fn restart(&mut self, next: u32) {
        *self = Side { order: Order::at(next), in_step: true, ..Side::default() };
    }
}

/// A segment being taken.
struct Task<'t, 'r> {
    registry: &'r Registry,
    limits: StreamLimits,
    counts: &'t mut StreamCounts,
    connection: &'t mut Connection,
    side: usize,
    ports: (u16, u16),
    frame: u64,
}

impl Task<'_, '_> {
    fn side(&mut self) -> &mut Side {
        let [a, b] = &mut self.connection.sides;
        if self.side == 0 { a } else { b }
    }

    fn other(&mut self) -> &mut Side {
        let [a, b] = &mut self.connection.sides;
        if self.side == 0 { b } else { a }
    }

    fn segment(&mut self, tcp: &Tcp<'_>) -> Option<Segment> {
        let mut seq = tcp.seq;
        if tcp.has(Tcp::RST) {
            for side in &mut self.connection.sides {
                let next = side.order.next;
                *side = Side::default();
                side.order.next = next;
            }
            return None;
        }
        if tcp.has(Tcp::SYN) {
            seq = seq.wrapping_add(1);
            if self.side().order.next != Some(seq) {
                self.side().restart(seq);
                if !tcp.has(Tcp::ACK) {
                    *self.other() = Side::default();
                    self.connection.protocol = None;
                }
            }
        }
        if tcp.has(Tcp::ACK) {
            self.other().order.acknowledge(tcp.ack);
        }
        if tcp.has(Tcp::FIN) {
            self.side().fin = Some(seq.wrapping_add(tcp.len));
        }
        let mut found = Segment::default();
        let plain = self.data(seq, tcp, &mut found);
        let own = found.messages.len();
        self.drain(&mut found);
        self.finish(&mut found);
        let exchanges = found.asks > 0 || !found.answers.is_empty();
        if plain && found.messages.len() == own && !exchanges {
            return None;
        }
        found.protocol = self.connection.protocol.map(|(id, _)| id);
        Some(found)
    }

    /// Takes the data; true where they stand for themselves.
    fn data(&mut self, seq: u32, tcp: &Tcp<'_>, found: &mut Segment) -> bool {
        let len = tcp.len;
        if len == 0 {
            return true;
        }
        let side = self.side();
        let next = *side.order.next.get_or_insert(seq);
        if tcp.data.len() < len as usize || side.order.is_far(seq) {
            // Cut by the snap length, or of another stream: begin anew behind it.
            side.drop_message();
            side.order.jump(seq.wrapping_add(len));
            return true;
        }
        let data = tcp.data.get(..len as usize).unwrap_or_default();
        if before(seq, next) {
            let old = next.wrapping_sub(seq);
            let Some(fresh) = data.get(old as usize..).filter(|fresh| !fresh.is_empty()) else {
                // Sent again: it has been read.
                found.parts.push((0, len));
                return self.connection.protocol.is_none();
            };
            found.parts.push((0, old));
            self.feed(self.frame, fresh, Some(old), found);
            return false;
        }
        if seq != next {
            if !self.gives_up(seq) {
                let frame = self.frame;
                self.side().order.wait(seq, frame, data);
                found.parts.push((0, len));
                return false;
            }
            self.counts.holes = self.counts.holes.saturating_add(1);
            let frame = self.frame;
            let side = self.side();
            side.drop_message();
            let first = side.order.first_waiting().unwrap_or(seq);
            if before(first, seq) {
                side.order.wait(seq, frame, data);
                side.order.next = Some(first);
                found.parts.push((0, len));
                return false;
            }
            side.order.next = Some(seq);
        }
        self.feed(self.frame, data, Some(0), found)
    }

    /// Whether the hole before a segment is not waited for any longer.
    fn gives_up(&mut self, seq: u32) -> bool {
        let side = self.side();
        (!side.in_step && side.skip == 0) || side.order.hole_is_lost(seq, OF_MESSAGES)
    }

    /// Takes the segments that waited for what came.
    fn drain(&mut self, found: &mut Segment) {
        while let Some((frame, octets)) = self.side().order.due() {
            self.feed(frame, &octets, None, found);
        }
    }

    /// The end of the stream ends a message that has no other end.
    fn finish(&mut self, found: &mut Segment) {
        let frame = self.frame;
        let side = self.side();
        if side.fin.is_none() || side.fin != side.order.next {
            return;
        }
        side.order.advance(1);
        if !side.to_end || side.buffer.is_empty() {
            return;
        }
        let octets = std::mem::take(&mut side.buffer);
        let mut parts: Vec<_> = std::mem::take(&mut side.parts).into();
        parts.push((frame, 0));
        side.message_done();
        found.messages.push(Message::Joined { octets, parts });
        self.counts.joined = self.counts.joined.saturating_add(1);
        self.note(None, true, found);
    }

    /// The protocol of a stream that begins a message with these octets. `certain`: they are known to begin one.
    fn protocol(&mut self, octets: &[u8], certain: bool) -> Option<Stream> {
        if let Some((id, stream)) = self.connection.protocol {
            let known = certain || self.registry.accepts(id, TCP_PORT, octets);
            return Some(stream).filter(|_| known);
        }
        let (a, b) = self.ports;
        let fits = |id: &ProtoId| {
            let stream = self.registry.protocol(*id).and_then(|protocol| protocol.stream)?;
            let takes = certain || self.registry.accepts(*id, TCP_PORT, octets);
            let begun = Begun { octets, asked: 0, resume: 0 };
            (takes && stream.length(begun) != Length::Alien).then_some((*id, stream))
        };
        let led = [a.min(b), a.max(b)].map(|port| self.registry.next(TCP_PORT, u64::from(port)));
        let chosen = led.iter().flatten().find_map(fits)?;
        self.connection.protocol = Some(chosen);
        Some(chosen.1)
    }

    /// Takes the next octets of the stream. `at`: where they begin in the data of the segment at hand, if they are its. True where
    /// they stand for themselves.
    fn feed(&mut self, frame: u64, data: &[u8], at: Option<u32>, found: &mut Segment) -> bool {
        let len = u32::try_from(data.len()).unwrap_or(u32::MAX);
        let side = self.side();
        side.order.advance(len);
        let (certain, fresh) = (side.in_step, side.buffer.is_empty());
        let passing = side.skip > 0;
        let stream = match self.connection.protocol {
            Some((_, stream)) if passing || (certain && !fresh) => Some(stream),
            _ => self.protocol(data, certain),
        };
        let Some(stream) = stream else {
            self.side().in_step = false;
            return true;
        };
        let side = self.side();
        side.in_step = true;
        if fresh {
            side.parts.clear();
        }
        let mut buffer = std::mem::take(&mut side.buffer);
        side.parts.push_back((frame, len));
        let view = if fresh {
            data
        } else {
            buffer.extend_from_slice(data);
            &buffer
        };
        let own = view.len().saturating_sub(data.len());
        let mut reader = Messages { view, own, at, position: 0, found };
        let alien = self.messages(stream, &mut reader);
        let Messages { position, found, .. } = reader;
        let left = view.len().saturating_sub(position);
        // One whole message, or several that the protocol reads by itself.
        let simple = fresh
            && left == 0
            && at == Some(0)
            && !passing
            && found.parts.is_empty()
            && found.shares.is_empty()
            && (stream.several || found.messages.len() == 1)
            && found.messages.iter().all(|message| matches!(message, Message::Here { .. }));
        let plain = simple || (alien && position == 0 && fresh);
        if alien {
            buffer.clear();
        } else if fresh {
            buffer.clear();
            buffer.extend_from_slice(data.get(position..).unwrap_or_default());
        } else {
            buffer.drain(..position);
        }
        if let Some(at) = at
            && left > 0
        {
            let left = u32::try_from(left).unwrap_or(u32::MAX).min(len);
            found.parts.push((at.saturating_add(len.saturating_sub(left)), left));
        }
        let side = self.side();
        side.buffer = buffer;
        if alien {
            side.drop_message();
        }
        plain
    }

    /// Finds the messages in a view; true where the octets at its position are none.
    fn messages(&mut self, stream: Stream, reader: &mut Messages<'_, '_>) -> bool {
        loop {
            let rest = reader.view.get(reader.position..).unwrap_or_default();
            if rest.is_empty() {
                return false;
            }
            let most = self.limits.message;
            let asked = self.other().asked.front().map_or(0, |(asked, _)| *asked);
            let side = self.side();
            if side.skip > 0 {
                let passed = usize::try_from(side.skip).unwrap_or(usize::MAX).min(rest.len());
                side.skip = side.skip.saturating_sub(passed as u64);
                side.pass(passed);
                reader.passed_over(passed);
                reader.position = reader.position.saturating_add(passed);
                continue;
            }
            if rest.len() < side.need {
                return false;
            }
            match stream.length(Begun { octets: rest, asked, resume: side.resume }) {
                Length::Alien => return true,
                Length::More { least, resume } => {
                    if rest.len() >= most || least > most {
                        return true;
                    }
                    (side.need, side.resume) = (least.max(rest.len().saturating_add(1)), resume);
                    return false;
                }
                Length::Known { octets: 0, .. } => return true,
                Length::Known { octets, head, asks, answers } => {
                    let whole = usize::try_from(octets).ok().filter(|whole| *whole <= most);
                    let take = whole.unwrap_or(head);
                    if take > most {
                        return true;
                    }
                    if rest.len() < take {
                        side.need = take;
                        return false;
                    }
                    self.emit(stream, reader, take);
                    self.note(asks, answers, reader.found);
                    if whole.is_none() {
                        self.counts.long = self.counts.long.saturating_add(1);
                        self.side().skip = octets.saturating_sub(take as u64);
                    }
                }
                Length::ToEnd { head } => {
                    side.to_end = true;
                    if rest.len() <= most {
                        side.need = rest.len().saturating_add(1);
                        return false;
                    }
                    self.emit(stream, reader, head.clamp(1, rest.len()));
                    self.note(None, true, reader.found);
                    self.counts.long = self.counts.long.saturating_add(1);
                    self.side().skip = u64::MAX;
                }
            }
        }
    }

    /// Keeps what a message asks, forgets what it answers.
    fn note(&mut self, asks: Option<u8>, answers: bool, found: &mut Segment) {
        if answers && let Some((_, frame)) = self.other().asked.pop_front() {
            found.answers.push(frame);
        }
        let frame = self.frame;
        let side = self.side();
        if let Some(asks) = asks
            && side.asked.len() < MOST_ASKED
        {
            side.asked.push_back((asks, frame));
            found.asks = found.asks.saturating_add(1);
        }
    }

    /// Takes a message of so many octets from the view.
    fn emit(&mut self, stream: Stream, reader: &mut Messages<'_, '_>, octets: usize) {
        let start = reader.position;
        reader.position = start.saturating_add(octets);
        if let Some(inner) = stream.inner {
            let (frame, most) = (self.frame, self.limits.message);
            let message = reader.view.get(start..reader.position).unwrap_or_default();
            let within = self.side().within.get_or_insert_default();
            if let Some(share) = within.take(inner, frame, message, most) {
                reader.found.shares.push(Share { message: reader.found.messages.len(), ..share });
            }
        }
        let parts = self.side().pass(octets);
        self.side().message_done();
        let small = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
        match reader.at {
            Some(at) if start >= reader.own => {
                let start = at.saturating_add(small(start.saturating_sub(reader.own)));
                reader.found.messages.push(Message::Here { start, len: small(octets) });
            }
            _ => {
                if let Some(at) = reader.at {
                    let share = reader.position.saturating_sub(start.max(reader.own));
                    reader.found.parts.push((at, small(share)));
                }
                let octets = reader.view.get(start..reader.position).unwrap_or_default().to_vec();
                reader.found.messages.push(Message::Joined { octets, parts });
                self.counts.joined = self.counts.joined.saturating_add(1);
            }
        }
    }
}

impl Side {
    /// Passes over octets of the buffer; the frames that they came in.
    fn pass(&mut self, octets: usize) -> Vec<(u64, u32)> {
        let mut left = u32::try_from(octets).unwrap_or(u32::MAX);
        let mut passed = Vec::new();
        while left > 0
            && let Some((frame, len)) = self.parts.front_mut()
        {
            let taken = left.min(*len);
            passed.push((*frame, taken));
            left = left.saturating_sub(taken);
            *len = len.saturating_sub(taken);
            if *len == 0 {
                self.parts.pop_front();
            }
        }
        passed
    }
}

impl Messages<'_, '_> {
    /// Octets at the position belong to no message that is shown.
    fn passed_over(&mut self, octets: usize) {
        let Some(at) = self.at else { return };
        let small = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
        let start = at.saturating_add(small(self.position.saturating_sub(self.own)));
        self.found.parts.push((start, small(octets)));
    }
}

/// Octets in which messages are looked for.
struct Messages<'v, 'f> {
    view: &'v [u8],
    /// Where the latest segment's octets begin in the view.
    own: usize,
    /// Where they begin in the data of the segment at hand, if they are its.
    at: Option<u32>,
    position: usize,
    found: &'f mut Segment,
}
