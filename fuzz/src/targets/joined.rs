//! Fragments and segments in any order, overlapping, repeated, cut, endless: what is joined is made of what came, memory stays within the
//! limits, and what is decoded and followed behind it ends.

use crate::{Split, Target};
use nettool_dissect::decode::{Decoder, Dissection, Surroundings};
use nettool_dissect::flow::reassembly::{
    Datagram, Follow, Joined, Limits, Message, Overlap, Piece, Policy, Reassembly, StreamLimits, Wants, Watch,
};
use nettool_dissect::flow::scan::Scan;
use nettool_dissect::frame::{Frame, LinkType, Meta, Timestamp};
use nettool_dissect::registry::Registry;
use nettool_dissect::render::json::JsonWriter;

/// See the module.
pub const TARGET: Target = Target {
    name: "joined",
    about: "fragments and TCP segments, joined, decoded and followed",
    run: try_packets,
    corpora: &[],
    cost: 8,
    split: Split::Whole,
    words: &[],
};

/// Small, so that inputs reach them.
const LIMITS: Limits = Limits { datagrams: 8, octets: 16 << 10, seconds: 30 };
const STREAMS: StreamLimits = StreamLimits { connections: 4, octets: 16 << 10, message: 2 << 10 };
/// What one packet may take beyond the limits before others make room.
const SLACK: usize = 256 << 10;
/// Ports of protocols over TCP; the last leads nowhere.
const PORTS: [u16; 8] = [53, 80, 443, 179, 502, 5060, 8080, 9];

/// The next packet of an input: what it is (1), two numbers, the number of its octets, and they.
fn packet(input: &mut &[u8]) -> Option<(i64, Vec<u8>)> {
    let (&[kind, a, b, len], rest) = input.split_first_chunk::<4>()?;
    let len = usize::from(len).min(rest.len());
    let (octets, rest) = rest.split_at(len);
    *input = rest;
    // Few hosts, so that packets meet.
    let host = kind >> 6;
    let mut data;
    match kind & 3 {
        0 => {
            // A fragment of IPv4; some claim to lie far behind.
            let offset = if b & 0x80 == 0 { u16::from(a & 15) } else { u16::from(a) << 5 };
            let word = (offset | if b & 1 == 0 { 0x2000 } else { 0 }).to_be_bytes();
            let total = (20 + octets.len() as u16).to_be_bytes();
            data = vec![0x45, 0, total[0], total[1], 0, b >> 4 & 3, word[0], word[1], 64];
            data.extend([if kind & 4 == 0 { 17 } else { 6 }, 0, 0, 10, 0, 0, host, 10, 0, 0, 9]);
        }
        1 => {
            let word = (u16::from(a & 31) << 3 | u16::from(b & 1)).to_be_bytes();
            let length = (8 + octets.len() as u16).to_be_bytes();
            data = vec![0x60, 0, 0, 0, length[0], length[1], 44, 64];
            data.extend([0; 31]);
            data.push(host);
            data.extend([if kind & 4 == 0 { 17 } else { 58 }, 0, word[0], word[1], 0, 0, 0, b >> 4 & 3]);
        }
        _ => {
            let total = (40 + octets.len() as u16).to_be_bytes();
            data = vec![0x45, 0, total[0], total[1], 0, 1, 0, 0, 64, 6, 0, 0];
            let server = PORTS[usize::from(kind >> 3 & 7)].to_be_bytes();
            let (client, flags) = ([0xc3, 0x50], [16, 24, 17, 2, 18, 4, 16, 16][usize::from(b & 7)]);
            if kind & 4 == 0 {
                data.extend([10, 0, 0, host, 10, 0, 0, 9, client[0], client[1], server[0], server[1]]);
            } else {
                data.extend([10, 0, 0, 9, 10, 0, 0, host, server[0], server[1], client[0], client[1]]);
            }
            data.extend([0, 0, b >> 6, a, 0, 0, b >> 4 & 3, a, 0x50, flags, 1, 0, 0, 0, 0, 0]);
        }
    }
    data.extend_from_slice(octets);
    Some((i64::from(b >> 3 & 1) * 20_000_000_000, data))
}

fn try_packets(octets: &[u8]) {
    let registry = Registry::builtin();
    let overlap = Overlap::NAMES[octets.first().map_or(0, |octet| usize::from(octet % 6))].1;
    let policy = Policy { overlap, limits: LIMITS, streams: STREAMS };
    let mut state = Reassembly::new(
        registry,
        policy,
        Watch::new(
            registry,
            Wants {
                fragments: true,
                streams: true,
                later: false,
                announced: true,
                templates: true,
                quic: true,
            },
        ),
    );
    let (decoder, mut dissection) = (Decoder::new(registry), Dissection::default());
    let (mut json, mut text) = (JsonWriter::new(registry), Vec::new());
    let (mut follow, mut followed, mut sent) = (Follow::new(), 0_usize, 0_usize);
    let (mut input, mut number, mut time, mut came) = (octets.get(1..).unwrap_or_default(), 0, 0, 0_usize);
    while let Some((later, data)) = packet(&mut input) {
        number += 1;
        time += later;
        came += data.len();
        // Some packets are cut.
        let wire = data.len() as u32 + u32::from(data.len() % 97 == 0);
        let mut meta = Meta::new(LinkType::RAW, wire);
        meta.time = Some(Timestamp(time));
        let frame = Frame { number, data: &data, meta };
        let joined = state.observe(&frame);
        if let Some(joined) = &joined {
            sound(joined, data.len(), came);
        }
        let kept = state.kept().0.max(state.kept_streams().0);
        assert!(kept <= LIMITS.octets + SLACK, "{kept} octets are kept");
        assert!(state.kept().1 <= LIMITS.datagrams && state.kept_streams().1 <= STREAMS.connections);
        let around = Surroundings { joined: joined.as_ref(), ..Surroundings::default() };
        decoder.decode(&frame, &around, &mut dissection);
        for node in &dissection.nodes {
            let source = dissection.source(&frame, node.source).len();
            assert!(
                node.bits == 0 || node.offset() + node.octets() <= source,
                "{node:?} lies within its source"
            );
        }
        text.clear();
        json.write(&mut text, &frame, &dissection);
        let scan = Scan::of(&frame);
        if scan.fragment.is_none() && scan.ports.is_some() {
            sent += scan.payload.len();
            follow.take(number, &scan, scan.ports.is_some_and(|(from, to)| from < to));
            followed += follow.pieces().map(|piece| length(&piece)).sum::<usize>();
        }
    }
    follow.end();
    followed += follow.pieces().map(|piece| length(&piece)).sum::<usize>();
    assert!(followed <= sent, "what is followed was sent");
}

fn length(piece: &Piece) -> usize {
    match piece {
        Piece::Octets { octets, .. } => octets.len(),
        Piece::Missing { .. } => 0,
    }
}

/// What a frame completes is made of octets that came, and what it points at lies within it.
fn sound(joined: &Joined, frame: usize, came: usize) {
    if let Some(Datagram::Whole(whole)) = &joined.datagram {
        assert!(whole.octets.len() <= 65_535 && whole.octets.len() <= came);
        let reach = whole.parts.iter().map(|part| part.offset + part.len).max();
        assert!(reach.is_some_and(|reach| reach as usize >= whole.octets.len()));
        assert!(whole.parts.is_sorted_by_key(|part| part.offset));
    }
    let Some(segment) = &joined.segment else { return };
    let frame = match &joined.datagram {
        Some(Datagram::Whole(whole)) => whole.octets.len(),
        _ => frame,
    };
    for (start, len) in &segment.parts {
        assert!((start + len) as usize <= frame, "a part lies within the segment");
    }
    for message in &segment.messages {
        match message {
            Message::Here { start, len } => assert!(*len > 0 && (start + len) as usize <= frame),
            Message::Joined { octets, parts } => {
                let sum: u32 = parts.iter().map(|(_, len)| len).sum();
                assert!(sum as usize == octets.len() && octets.len() <= came, "the parts make the message");
            }
        }
    }
}
