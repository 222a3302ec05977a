//! What holds for every protocol over TCP that says where its messages end: they come out the same however a stream of them is cut, and
//! several that share a segment are each shown.

use nettool_dissect::decode::{Decoder, Dissection, Surroundings, Value};
use nettool_dissect::flow::reassembly::{Policy, Reassembly, Wants, Watch};
use nettool_dissect::frame::{Frame, LinkType, Meta};
use nettool_dissect::registry::Registry;
use nettool_dissect::schema::{Begun, Length, Stream};

/// xorshift64*.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % sides
    }
}

/// A raw IPv4 packet with a segment.
fn packet(ports: (u16, u16), seq: u32, flags: u8, data: &[u8]) -> Vec<u8> {
    let total = u16::try_from(40 + data.len()).expect("segments are short").to_be_bytes();
    let mut packet = vec![0x45, 0, total[0], total[1], 0, 1, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2];
    packet.extend([ports.0.to_be_bytes(), ports.1.to_be_bytes()].concat());
    packet.extend(seq.to_be_bytes());
    packet.extend([0, 0, 0, 1, 0x50, flags, 0x20, 0, 0, 0, 0, 0]);
    packet.extend_from_slice(data);
    packet
}

struct Connection {
    registry: &'static Registry,
    state: Reassembly<'static>,
    ports: (u16, u16),
    number: u64,
    seq: u32,
}

impl Connection {
    fn new(ports: (u16, u16)) -> Self {
        let registry = Registry::builtin();
        let wants = Wants { streams: true, ..Wants::default() };
        let state = Reassembly::new(registry, Policy::default(), Watch::new(registry, wants));
        let mut connection = Connection { registry, state, ports, number: 0, seq: 1000 };
        let mut none = Vec::new();
        connection.take(2, &[], &mut none);
        connection.seq += 1;
        connection
    }

    /// Takes a segment; adds what the protocol's fields say.
    fn take(&mut self, flags: u8, data: &[u8], said: &mut Vec<String>) {
        let octets = packet(self.ports, self.seq, flags, data);
        self.number += 1;
        self.seq += u32::try_from(data.len()).expect("segments are short");
        let mut meta = Meta::new(LinkType::RAW, u32::try_from(octets.len()).expect("packets are short"));
        meta.time = None;
        let frame = Frame { number: self.number, data: &octets, meta };
        let joined = self.state.observe(&frame);
        let mut out = Dissection::default();
        let around = Surroundings { joined: joined.as_ref(), ..Surroundings::default() };
        Decoder::new(self.registry).decode(&frame, &around, &mut out);
        assert!(out.notes.is_empty(), "{:?}", out.notes);
        for node in &out.nodes {
            let info = self.registry.field(node.field).expect("a field of its own");
            // Some protocols share their fields.
            let below = ["frame", "raw", "ip", "tcp", "_ws"];
            if below.iter().any(|name| info.name.split('.').next() == Some(name)) {
                continue;
            }
            match out.value(self.registry, &frame, node) {
                Value::None => {}
                value => said.push(format!("{} {value:?}", info.name)),
            }
        }
    }
}

/// The ports and the data of a sample's TCP segment or UDP datagram.
fn payload(registry: &Registry, link: LinkType, octets: &[u8]) -> Option<((u16, u16), Vec<u8>)> {
    let frame = Frame { number: 1, data: octets, meta: Meta::new(link, octets.len() as u32) };
    let mut out = Dissection::default();
    Decoder::new(registry).decode(&frame, &Surroundings::default(), &mut out);
    let transports = [registry.protocol_named("tcp"), registry.protocol_named("udp")];
    let layer = out.layers.iter().find(|layer| transports.contains(&Some(layer.protocol)))?;
    let at = layer.start as usize;
    let port = |at: usize| octets.get(at..at + 2).map(|two| u16::from_be_bytes([two[0], two[1]]));
    let data = octets.get(layer.header_end as usize..layer.end as usize)?;
    Some(((port(at)?, port(at + 2)?), data.to_vec()))
}

/// Whether data are whole messages.
fn are_whole(stream: Stream, mut data: &[u8]) -> bool {
    while !data.is_empty() {
        match stream.length(Begun { octets: data, asked: 0, resume: 0 }) {
            Length::Known { octets, .. } if octets as usize <= data.len() => data = &data[octets as usize..],
            _ => return false,
        }
    }
    true
}

#[test]
fn messages_say_the_same_however_their_stream_is_cut_and_however_many_share_a_segment() {
    let registry = Registry::builtin();
    let mut dice = Dice(0x5eed_0001);
    let mut tried = Vec::new();
    for protocol in registry.protocols() {
        let Some(stream) = protocol.stream else { continue };
        for sample in &protocol.samples {
            let octets = sample.octets();
            let Some((ports, mut data)) = payload(registry, sample.link_type, &octets) else { continue };
            if protocol.name == "dns" {
                // Over UDP a message needs no length.
                let length = u16::try_from(data.len()).expect("messages are short").to_be_bytes();
                data = [&length[..], &data].concat();
            }
            if !are_whole(stream, &data) {
                continue;
            }
            tried.push(protocol.name);
            let mut alone = Vec::new();
            Connection::new(ports).take(16, &data, &mut alone);
            assert!(!alone.is_empty(), "{}: the sample says nothing", protocol.name);
            let copies = 60.min(1400 / data.len()).max(2);
            let (whole, wanted) = (data.repeat(copies), vec![alone; copies].concat());
            // All in one segment, and cut anywhere.
            let mut said = Vec::new();
            Connection::new(ports).take(16, &whole, &mut said);
            assert_eq!(said, wanted, "{}: {copies} in a segment", protocol.name);
            for longest in [1, 3, 17, 90, 700] {
                let (mut said, mut connection, mut at) = (Vec::new(), Connection::new(ports), 0);
                while at < whole.len() {
                    let end = (at + 1 + dice.roll(longest)).min(whole.len());
                    connection.take(16, &whole[at..end], &mut said);
                    at = end;
                }
                assert_eq!(said, wanted, "{}: cut at {longest} octets", protocol.name);
            }
        }
    }
    tried.dedup();
    let declared = registry.protocols().iter().filter(|protocol| protocol.stream.is_some()).map(|p| p.name);
    assert_eq!(tried, declared.collect::<Vec<_>>(), "each has a sample");
}
