//! `mixed OUT [PACKETS [SEED]]`: a mixed Ethernet capture for comparisons, the same octets for the same arguments.
//!
//! A pcap file (µs) of 6000 flows whose sizes follow a power law: TCP transfers over IPv4 and IPv6 with sequence
//! numbers that advance (one segment in about 1000 is lost), DNS-, voice- and bulk-sized UDP, ICMP echoes, ARP; one
//! flow in five behind a VLAN tag, one in twenty behind two. About 550 octets a packet. Checksums are right except for
//! one packet in 512. Two million packets are 1.1 GB.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

const FLOWS: usize = 6000;
const START_US: u64 = 1_767_225_600_000_000; // 2026-01-01T00:00:00Z
const PORTS: [u16; 9] = [443, 80, 22, 53, 5201, 123, 5060, 8080, 179];
/// Payload octets of a data segment: acknowledgements, requests, and mostly full segments.
const SEGMENTS: [usize; 10] = [0, 0, 40, 220, 536, 980, 1400, 1448, 1448, 1448];
const DATAGRAMS: [usize; 4] = [44, 160, 160, 1172];

/// SplitMix64: small, fast, and the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Below `limit`; `limit` is small, so the bias does not matter.
    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    /// From 0 up to, not including, 1.
    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Tcp,
    Udp,
    Icmp,
    Arp,
}

struct Flow {
    kind: Kind,
    v6: bool,
    tags: Vec<u8>,
    macs: [[u8; 6]; 2],
    addresses: [Vec<u8>; 2],
    ports: [u16; 2],
    sequence: [u32; 2],
    id: u16,
}

impl Flow {
    fn new(random: &mut Random) -> Flow {
        let (kind, v6) = match random.below(100) {
            0..55 => (Kind::Tcp, false),
            55..67 => (Kind::Tcp, true),
            67..87 => (Kind::Udp, false),
            87..92 => (Kind::Udp, true),
            92..97 => (Kind::Icmp, false),
            _ => (Kind::Arp, false),
        };
        let vid = |random: &mut Random| (1 + random.below(4094)) as u16;
        let tags = match random.below(20) {
            0 => [0x88a8, vid(random), 0x8100, vid(random)]
                .iter()
                .flat_map(|word| word.to_be_bytes())
                .collect(),
            1..4 => [0x8100, vid(random) | (random.below(8) as u16) << 13]
                .iter()
                .flat_map(|w| w.to_be_bytes())
                .collect(),
            _ => Vec::new(),
        };
        let mac =
            |side: u8, random: &mut Random| [2, 0, 0, side, random.below(8) as u8, random.below(256) as u8];
        let addresses = [0u8, 1].map(|side| {
            if v6 {
                let mut address = vec![0x20, 0x01, 0x0d, 0xb8, 0, side];
                address.extend_from_slice(&random.next().to_be_bytes());
                address.extend_from_slice(&[0, 1]);
                address
            } else {
                let net = if side == 0 { [10, random.below(8) as u8] } else { [192, 168] };
                vec![net[0], net[1], random.below(256) as u8, 1 + random.below(254) as u8]
            }
        });
        Flow {
            kind,
            v6,
            tags,
            macs: [mac(0, random), mac(1, random)],
            addresses,
            ports: [1024 + random.below(64_000) as u16, PORTS[random.below(PORTS.len() as u64) as usize]],
            sequence: [random.next() as u32, random.next() as u32],
            id: random.next() as u16,
        }
    }
}

/// The ones' complement sum of octets as 16-bit words, folded.
fn sum(octets: &[u8], start: u64) -> u64 {
    let mut total = start;
    let mut words = octets.chunks_exact(8);
    for word in &mut words {
        let word = u64::from_be_bytes(word.try_into().expect("the chunk has eight octets"));
        total += (word >> 32) + (word & 0xffff_ffff);
    }
    let mut last = [0; 8];
    last[..words.remainder().len()].copy_from_slice(words.remainder());
    let word = u64::from_be_bytes(last);
    total += (word >> 32) + (word & 0xffff_ffff);
    while total >> 16 != 0 {
        total = (total & 0xffff) + (total >> 16);
    }
    total
}

fn put_sum(frame: &mut [u8], at: usize, total: u64, wrong: bool) {
    let mut value = !(total as u16);
    if wrong {
        value ^= 0x5555;
    }
    frame[at..at + 2].copy_from_slice(&value.to_be_bytes());
}

/// Appends packet `i` of a flow to `frame`, from its destination address on.
fn build(frame: &mut Vec<u8>, flow: &mut Flow, i: u64, forward: bool, choice: usize, blob: &[u8]) {
    let (from, to) = if forward { (0, 1) } else { (1, 0) };
    frame.extend_from_slice(&flow.macs[to]);
    frame.extend_from_slice(&flow.macs[from]);
    frame.extend_from_slice(&flow.tags);
    if flow.kind == Kind::Arp {
        frame.extend_from_slice(&[0x08, 0x06, 0, 1, 8, 0, 6, 4, 0, if forward { 1 } else { 2 }]);
        frame.extend_from_slice(&flow.macs[from]);
        frame.extend_from_slice(&flow.addresses[from]);
        frame.extend_from_slice(if forward { &[0; 6] } else { &flow.macs[to] });
        frame.extend_from_slice(&flow.addresses[to]);
        frame.extend_from_slice(&[0; 18]);
        return;
    }
    let payload = match flow.kind {
        Kind::Tcp if forward => SEGMENTS[choice % SEGMENTS.len()],
        Kind::Tcp => 0,
        Kind::Udp => DATAGRAMS[choice % DATAGRAMS.len()],
        _ => 56,
    };
    let (protocol, header) = match flow.kind {
        Kind::Tcp => (6, 32),
        Kind::Udp => (17, 8),
        _ => (1, 8),
    };
    let length = header + payload;
    if flow.v6 {
        frame.extend_from_slice(&[0x86, 0xdd]);
        frame.extend_from_slice(&(0x6000_0000 | (i as u32 & 0xf_ffff)).to_be_bytes());
        frame.extend_from_slice(&(length as u16).to_be_bytes());
        frame.extend_from_slice(&[protocol, 64]);
    } else {
        flow.id = flow.id.wrapping_add(1);
        frame.extend_from_slice(&[0x08, 0x00]);
        let start = frame.len();
        frame.extend_from_slice(&[0x45, 0]);
        frame.extend_from_slice(&(20 + length as u16).to_be_bytes());
        frame.extend_from_slice(&flow.id.to_be_bytes());
        frame.extend_from_slice(&[0x40, 0, 64, protocol, 0, 0]);
        let addresses = sum(&flow.addresses[from], sum(&flow.addresses[to], 0));
        let total = sum(&frame[start..], addresses);
        put_sum(frame, start + 10, total, false);
    }
    frame.extend_from_slice(&flow.addresses[from]);
    frame.extend_from_slice(&flow.addresses[to]);
    let start = frame.len();
    transport(frame, flow, i, from, to, length, payload);
    frame.extend_from_slice(&blob[..payload]);
    let pseudo = if flow.kind == Kind::Icmp {
        0
    } else {
        sum(&flow.addresses[from], sum(&flow.addresses[to], u64::from(protocol) + length as u64))
    };
    let total = sum(&frame[start..], pseudo);
    let at = start + if flow.kind == Kind::Tcp { 16 } else { 6 };
    put_sum(frame, if flow.kind == Kind::Icmp { start + 2 } else { at }, total, i % 512 == 3);
}

/// Appends the transport header with a zero checksum.
fn transport(
    frame: &mut Vec<u8>,
    flow: &mut Flow,
    i: u64,
    from: usize,
    to: usize,
    length: usize,
    payload: usize,
) {
    if flow.kind == Kind::Icmp {
        frame.extend_from_slice(&[if from == 0 { 8 } else { 0 }, 0, 0, 0]);
        frame.extend_from_slice(&flow.ports[0].to_be_bytes());
        frame.extend_from_slice(&(i as u16).to_be_bytes());
        return;
    }
    frame.extend_from_slice(&flow.ports[from].to_be_bytes());
    frame.extend_from_slice(&flow.ports[to].to_be_bytes());
    if flow.kind == Kind::Udp {
        frame.extend_from_slice(&(length as u16).to_be_bytes());
        frame.extend_from_slice(&[0, 0]);
        return;
    }
    if i.is_multiple_of(1009) {
        flow.sequence[from] = flow.sequence[from].wrapping_add(1448);
    }
    frame.extend_from_slice(&flow.sequence[from].to_be_bytes());
    frame.extend_from_slice(&flow.sequence[to].to_be_bytes());
    frame.extend_from_slice(&[
        0x80,
        if payload > 0 { 0x18 } else { 0x10 },
        0x01,
        0xf5,
        0,
        0,
        0,
        0,
        1,
        1,
        8,
        10,
    ]);
    frame.extend_from_slice(&(i as u32).to_be_bytes());
    frame.extend_from_slice(&((i >> 1) as u32).to_be_bytes());
    flow.sequence[from] = flow.sequence[from].wrapping_add(payload as u32);
}

fn write(out: &mut impl Write, packets: u64, seed: u64) -> io::Result<u64> {
    let mut random = Random(seed);
    let blob: Vec<u8> = (0..512).flat_map(|_| random.next().to_le_bytes()).collect();
    let mut flows: Vec<Flow> = (0..FLOWS).map(|_| Flow::new(&mut random)).collect();
    // Pareto with shape 0.9: few flows carry most packets.
    let mut reach = 0.0;
    let shares: Vec<f64> = (0..FLOWS)
        .map(|_| {
            reach += (1.0 - random.unit()).powf(-1.0 / 0.9);
            reach
        })
        .collect();
    let mut octets = 24;
    for word in [0xa1b2_c3d4u32, 2 | 4 << 16, 0, 0, 262_144, 1] {
        out.write_all(&word.to_le_bytes())?;
    }
    let (mut time, mut frame) = (START_US, Vec::with_capacity(2048));
    for i in 0..packets {
        let index = shares.partition_point(|&share| share <= random.unit() * reach).min(FLOWS - 1);
        let (forward, choice) = (random.below(4) != 0, random.below(1 << 20) as usize);
        time += 1 + random.below(128);
        frame.clear();
        build(&mut frame, &mut flows[index], i, forward, choice, &blob);
        let length = frame.len() as u32;
        for word in [(time / 1_000_000) as u32, (time % 1_000_000) as u32, length, length] {
            out.write_all(&word.to_le_bytes())?;
        }
        out.write_all(&frame)?;
        octets += 16 + u64::from(length);
    }
    out.flush()?;
    Ok(octets)
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let number = |text: Option<String>, default: u64| text.map_or(Some(default), |text| text.parse().ok());
    let (Some(path), Some(packets), Some(seed)) =
        (arguments.next(), number(arguments.next(), 2_000_000), number(arguments.next(), 1))
    else {
        eprintln!("usage: mixed OUT [PACKETS [SEED]]");
        return ExitCode::from(2);
    };
    match File::create(&path)
        .and_then(|file| write(&mut BufWriter::with_capacity(1 << 20, file), packets, seed))
    {
        Ok(octets) => {
            eprintln!(
                "{path}: {packets} packets, {octets} octets, {} a packet",
                (octets - 24) / packets.max(1) - 16
            );
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("mixed: {path}: {error}");
            ExitCode::from(1)
        }
    }
}
