//! TCP streams: messages come out whole and in order however segments were cut, moved and repeated; memory is bounded.

use nettool_dissect::flow::reassembly::{
    Joined, Message, Policy, Reassembly, Segment, StreamLimits, Wants, Watch,
};
use nettool_dissect::frame::{Frame, LinkType, Meta};
use nettool_dissect::registry::Registry;

/// xorshift64*.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % sides
    }
}

const SYN: u8 = 2;
const FIN: u8 = 1;
const ACK: u8 = 16;

/// A raw IPv4 packet with a segment from the client (port 50000) to the server, or back.
fn segment(server: u16, back: bool, seq: u32, ack: u32, flags: u8, data: &[u8]) -> Vec<u8> {
    let total = u16::try_from(40 + data.len()).expect("segments are short").to_be_bytes();
    let mut packet = vec![0x45, 0, total[0], total[1], 0, 1, 0, 0, 64, 6, 0, 0];
    let (mut hosts, mut ports) = ([[10, 0, 0, 1], [10, 0, 0, 2]], [50_000, server]);
    if back {
        hosts.reverse();
        ports.reverse();
    }
    packet.extend(hosts.concat());
    ports.iter().for_each(|port| packet.extend(port.to_be_bytes()));
    packet.extend(seq.to_be_bytes());
    packet.extend(ack.to_be_bytes());
    packet.extend([0x50, flags, 0x20, 0, 0, 0, 0, 0]);
    packet.extend_from_slice(data);
    packet
}

struct Stream {
    state: Reassembly<'static>,
    number: u64,
    /// Messages of the client in the order in which they came out.
    messages: Vec<Vec<u8>>,
}

impl Stream {
    fn new(streams: StreamLimits) -> Self {
        let registry = Registry::builtin();
        let watch = Watch::new(registry, Wants { fragments: true, streams: true, ..Wants::default() });
        let policy = Policy { streams, ..Policy::default() };
        Stream { state: Reassembly::new(registry, policy, watch), number: 0, messages: Vec::new() }
    }

    fn observe(&mut self, packet: &[u8]) -> Option<Segment> {
        self.number += 1;
        let meta = Meta::new(LinkType::RAW, u32::try_from(packet.len()).expect("packets are short"));
        let joined = self.state.observe(&Frame { number: self.number, data: packet, meta });
        joined.and_then(|Joined { segment, .. }| segment)
    }

    /// Takes a segment of the client; one that stands for itself is a message.
    fn take(&mut self, server: u16, seq: u32, flags: u8, data: &[u8]) {
        let found = self.observe(&segment(server, false, seq, 1, flags | ACK, data));
        let Some(found) = found else {
            if !data.is_empty() {
                self.messages.push(data.to_vec());
            }
            return;
        };
        for message in found.messages {
            self.messages.push(match message {
                Message::Joined { octets, parts } => {
                    let sum: u32 = parts.iter().map(|(_, len)| len).sum();
                    assert_eq!(sum as usize, octets.len(), "the parts make the message");
                    octets
                }
                Message::Here { start, len } => data[start as usize..(start + len) as usize].to_vec(),
            });
        }
        for (start, len) in found.parts {
            assert!((start + len) as usize <= data.len(), "parts lie within the data");
        }
    }
}

fn dns_messages(dice: &mut Dice, count: usize) -> Vec<Vec<u8>> {
    (0..count)
        .map(|_| {
            let mut body = vec![dice.roll(256) as u8, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
            body.extend((0..10 + dice.roll(60)).map(|_| dice.roll(256) as u8));
            [&u16::try_from(body.len()).expect("messages are short").to_be_bytes()[..], &body].concat()
        })
        .collect()
}

/// Cuts a stream into segments: sequence number and data.
fn cut(dice: &mut Dice, stream: &[u8], from: u32, longest: u64) -> Vec<(u32, Vec<u8>)> {
    let (mut at, mut segments) = (0, Vec::new());
    while at < stream.len() {
        let end = (at + 1 + dice.roll(longest) as usize).min(stream.len());
        segments.push((from.wrapping_add(at as u32), stream[at..end].to_vec()));
        at = end;
    }
    segments
}

#[test]
fn messages_come_out_however_segments_were_cut_moved_and_repeated() {
    let mut dice = Dice(0x57e4_a305);
    for round in 0..400 {
        let messages = dns_messages(&mut dice, 12);
        // Some numbers wrap within the stream.
        let first = if round % 3 == 0 { u32::MAX - 100 } else { dice.roll(1 << 32) as u32 };
        let longest = 1 + dice.roll(150);
        let mut segments = cut(&mut dice, &messages.concat(), first.wrapping_add(1), longest);
        for _ in 0..round % 20 {
            let (a, far) = (dice.roll(segments.len() as u64) as usize, dice.roll(8) as usize);
            let b = (a + far).min(segments.len() - 1);
            segments.swap(a, b);
            if dice.roll(3) == 0 {
                let again = segments[a].clone();
                segments.insert(b, again);
            }
        }
        let mut stream = Stream::new(StreamLimits::default());
        stream.take(53, first, SYN, &[]);
        for (seq, data) in &segments {
            stream.take(53, *seq, 0, data);
        }
        // Segments that hold whole messages stand for themselves.
        assert_eq!(stream.messages.concat(), messages.concat(), "round {round}");
        let (octets, connections) = stream.state.kept_streams();
        assert!(octets < 1000 && connections == 1, "nothing waits: {octets}");
    }
}

#[test]
fn a_hole_that_was_acknowledged_is_given_up_and_the_stream_goes_on() {
    let mut dice = Dice(0xab5e);
    let messages = dns_messages(&mut dice, 6);
    let mut stream = Stream::new(StreamLimits::default());
    let mut seq = 1001;
    stream.take(53, 1000, SYN, &[]);
    for (at, message) in messages.iter().enumerate() {
        let (head, tail) = message.split_at(16);
        stream.take(53, seq, 0, head);
        if at != 2 {
            stream.take(53, seq + 16, 0, tail);
        }
        seq += message.len() as u32;
        stream.observe(&segment(53, true, 1, seq, ACK, &[]));
    }
    let kept: Vec<_> =
        messages.iter().enumerate().filter(|(at, _)| *at != 2).map(|(_, one)| one.clone()).collect();
    assert_eq!(stream.messages, kept);
    assert_eq!(stream.state.streams().holes, 1);
}

#[test]
fn a_body_without_length_ends_with_the_stream_and_an_answer_to_head_has_none() {
    let mut stream = Stream::new(StreamLimits::default());
    let head: &[u8] = b"HTTP/1.0 200 OK\r\nServer: s\r\n\r\n";
    stream.take(80, 1, SYN, &[]);
    stream.take(80, 2, 0, head);
    stream.take(80, 2 + head.len() as u32, 0, b"one ");
    assert!(stream.messages.is_empty());
    stream.take(80, 6 + head.len() as u32, FIN, b"two");
    assert_eq!(stream.messages, [[head, b"one two"].concat()]);

    let mut stream = Stream::new(StreamLimits::default());
    let ask: &[u8] = b"HEAD / HTTP/1.1\r\n\r\n";
    stream.observe(&segment(80, true, 1, 0, SYN, &[]));
    stream.observe(&segment(80, true, 2, 1, ACK, ask));
    let answer: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n";
    stream.take(80, 1, 0, answer);
    stream.take(80, 1 + answer.len() as u32, 0, b"HTTP/1.1 204 No Content\r\n\r\n");
    assert_eq!(stream.messages.len(), 2, "the answer ends with its head");
}

#[test]
fn of_a_message_that_is_too_long_the_head_is_shown_and_the_body_passed_over() {
    let limits = StreamLimits { message: 1000, ..StreamLimits::default() };
    let mut stream = Stream::new(limits);
    let head: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n";
    stream.take(80, 1, 0, &[head, &[b'x'; 100]].concat());
    assert_eq!(stream.messages, [head]);
    let mut seq = 101 + head.len() as u32;
    for _ in 0..7 {
        stream.take(80, seq, 0, &[b'x'; 700]);
        seq += 700;
    }
    stream.take(80, seq, 0, head);
    assert_eq!(stream.messages, [head, head], "the next message begins behind the body");
    assert_eq!(stream.state.streams().long, 2);
}

#[test]
fn a_flood_of_connections_and_segments_stays_within_the_limits() {
    let limits = StreamLimits { connections: 200, octets: 1 << 20, message: 1 << 16 };
    let mut stream = Stream::new(limits);
    let mut dice = Dice(0xf100d);
    for _ in 0..40_000 {
        let server = [53, 80, 443, 179, 502][dice.roll(5) as usize];
        let data: Vec<u8> = match dice.roll(4) {
            0 => b"GET / HTTP/1.1\r\nContent-Length: 60000\r\n".to_vec(),
            1 => vec![0x16, 3, 3, 0x3f, 0xff, 1],
            2 => vec![0xff; dice.roll(1400) as usize],
            _ => (0..dice.roll(1400)).map(|_| dice.roll(256) as u8).collect(),
        };
        let flags = if dice.roll(20) == 0 { SYN } else { ACK };
        let mut packet = segment(server, dice.roll(2) == 0, dice.roll(1 << 20) as u32, 0, flags, &data);
        // Many clients.
        packet[14] = dice.roll(3) as u8;
        packet[15] = dice.roll(256) as u8;
        stream.observe(&packet);
        let (octets, connections) = stream.state.kept_streams();
        assert!(octets <= limits.octets + (2 << 20) && connections <= limits.connections, "{octets}");
    }
    assert!(stream.state.streams().evicted > 0, "limits were reached");
}
