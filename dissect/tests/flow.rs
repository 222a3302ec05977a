//! Flow tables: what tells flows apart, that the result does not depend on who counted what, and limits.

use nettool_dissect::decode::Network;
use nettool_dissect::flow::scan::Scan;
use nettool_dissect::flow::{
    Conversation, FlowTable, Intervals, Key, LEVELS, Level, Packet, Party, conversations, endpoints,
};
use nettool_dissect::frame::{Frame, LinkType, Meta, Timestamp};

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

/// An Ethernet frame with VLAN tags, IPv4 or IPv6, and TCP or UDP, of few addresses and ports.
fn octets(dice: &mut Dice) -> Vec<u8> {
    let hosts = [dice.roll(3) as u8, dice.roll(3) as u8];
    let mut data = vec![2, 0, 0, 0, 0, hosts[1], 2, 0, 0, 0, 0, hosts[0]];
    for _ in 0..dice.roll(3) {
        data.extend([0x81, 0, 0, dice.roll(3) as u8]);
    }
    let protocol = if dice.roll(2) == 0 { 6 } else { 17 };
    if dice.roll(3) == 0 {
        data.extend([0x86, 0xdd, 0x60, 0, 0, 0, 0, 20, protocol, 64]);
        for host in hosts {
            data.extend([0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, host]);
        }
    } else {
        data.extend([8, 0, 0x45, 0, 0, 40, 0, 0, 0, 0, 64, protocol, 0, 0]);
        hosts.iter().for_each(|host| data.extend([10, 0, 0, *host]));
    }
    data.extend([0, dice.roll(3) as u8, 0, dice.roll(3) as u8]);
    data.extend([0; 16]);
    data
}

fn frames(count: usize) -> Vec<(Vec<u8>, Timestamp)> {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    (0..count)
        .map(|at| (octets(&mut dice), Timestamp(1_000_000 * at as i64 + dice.roll(5_000_000) as i64)))
        .collect()
}

fn counted<'f>(
    frames: impl Iterator<Item = (usize, &'f (Vec<u8>, Timestamp))>,
    limit: usize,
) -> (FlowTable, Intervals) {
    let (mut table, mut intervals) = (FlowTable::new(limit), Intervals::new(7_000_000, Timestamp(0)));
    for (at, (data, time)) in frames {
        let frame =
            Frame { number: at as u64 + 1, data, meta: Meta::new(LinkType::ETHERNET, data.len() as u32) };
        let (key, reversed) = Key::of(&Scan::of(&frame), None);
        let (number, octets) = (frame.number, frame.meta.original_len);
        table.add(&Packet { key, reversed, number, time: Some(*time), octets });
        intervals.add(Some(*time), frame.meta.original_len);
    }
    (table, intervals)
}

#[test]
fn tables_of_several_workers_give_what_one_gives_however_frames_are_shared_out() {
    let all = frames(3000);
    let (whole, mut whole_intervals) = counted(all.iter().enumerate(), 1 << 20);
    for workers in [2_usize, 3, 7] {
        let share = |worker: usize| {
            counted(all.iter().enumerate().filter(|(at, _)| at / 50 % workers == worker), 1 << 20)
        };
        // From the last to the first, so that earlier frames come later.
        let (mut merged, mut intervals) = (FlowTable::new(1 << 20), Intervals::new(7_000_000, Timestamp(0)));
        for worker in (0..workers).rev() {
            let (table, counts) = share(worker);
            merged.merge(table);
            intervals.merge(counts);
        }
        assert_eq!(merged.total(), whole.total());
        assert_eq!(merged.span(), whole.span());
        assert_eq!(intervals.rows(), whole_intervals.rows());
        for (level, name, _) in LEVELS {
            let of = |table| conversations(table, level).iter().collect::<Vec<_>>();
            assert_eq!(of(&merged), of(&whole), "{name}");
            assert_eq!(endpoints(&merged, level), endpoints(&whole, level), "{name}");
        }
    }
}

#[test]
fn every_level_counts_every_frame_that_has_it() {
    let all = frames(2000);
    let (table, _) = counted(all.iter().enumerate(), 1 << 20);
    let frames_of = |level| {
        let sum = |one: Conversation| one.traffic.up.frames + one.traffic.down.frames;
        conversations(&table, level).iter().map(sum).sum::<u64>()
    };
    assert_eq!(frames_of(Level::Ethernet), 2000);
    assert_eq!(frames_of(Level::V4) + frames_of(Level::V6), 2000);
    let tagged = all.iter().filter(|(data, _)| data[12] == 0x81).count() as u64;
    assert_eq!(frames_of(Level::Vlan), tagged);
    for one in conversations(&table, Level::Tcp).iter() {
        assert!(matches!(one.a, Party::Socket(..)));
        assert!(one.traffic.start <= one.traffic.end);
    }
}

#[test]
fn one_look_tells_of_plain_frames_what_their_headers_tell() {
    let mut dice = Dice(11);
    let mut plain = 0;
    for round in 0..4000 {
        let mut data = octets(&mut dice);
        // Every second one is damaged somewhere in its headers: options, fragments, other protocols and tags.
        if round % 2 == 1 {
            let at = 12 + dice.roll(24) as usize;
            data[at] = dice.roll(256) as u8;
        }
        let Some((protocol, from, to)) = Scan::plain(LinkType::ETHERNET, &data) else { continue };
        let frame = Frame { number: 1, data: &data, meta: Meta::new(LinkType::ETHERNET, data.len() as u32) };
        let scan = Scan::of(&frame);
        if scan.network == Network::None {
            continue;
        }
        assert_eq!((scan.protocol, scan.fragment), (protocol, None), "{data:02x?}");
        if matches!(protocol, 6 | 17) && scan.ports.is_some() {
            assert_eq!(scan.ports, Some((from, to)), "{data:02x?}");
        }
        plain += 1;
    }
    assert!(plain > 2000, "{plain}");
}

#[test]
fn a_full_table_drops_the_flows_silent_longest_and_says_how_many() {
    let all = frames(3000);
    let (whole, _) = counted(all.iter().enumerate(), 1 << 20);
    let (small, _) = counted(all.iter().enumerate(), 64);
    let (evicted, traffic) = small.evicted();
    assert!(small.len() <= 64 && evicted > 0);
    assert_eq!(small.total(), whole.total());
    let kept: u64 = small.flows().map(|(_, traffic)| traffic.up.plus(traffic.down).frames).sum();
    assert_eq!(kept + traffic.frames, whole.total().frames);
}

#[test]
fn every_truncation_of_a_frame_is_scanned() {
    let mut dice = Dice(7);
    let links = [0, 1, 9, 50, 51, 101, 104, 108, 113, 228, 229, 276, 999];
    for _ in 0..200 {
        let data = octets(&mut dice);
        for len in 0..data.len() {
            for link in links {
                let frame = Frame {
                    number: 1,
                    data: &data[..len],
                    meta: Meta::new(LinkType(link), data.len() as u32),
                };
                let scan = Scan::of(&frame);
                assert!(scan.payload.len() <= len && scan.payload_len >= scan.payload.len());
                if let Some(segment) = scan.tcp() {
                    assert!(segment.data.len() <= len);
                }
            }
        }
    }
}

#[test]
fn a_flow_takes_little_memory() {
    // docs/statistics.md states it.
    assert_eq!(FlowTable::OCTETS_PER_FLOW, 128);
}

#[test]
fn documented_sizes_are_those_of_the_tables() {
    use nettool_dissect::flow::{Requests, TcpStreams, UdpStreams};
    assert_eq!(
        (TcpStreams::OCTETS_PER_STREAM, UdpStreams::OCTETS_PER_STREAM, Requests::OCTETS_PER_REQUEST),
        (816, 112, 96)
    );
}

#[test]
fn whatever_comes_state_stays_within_its_limits() {
    use nettool_dissect::decode::Settings;
    use nettool_dissect::flow::{Follows, Pairing, Tracker};
    use nettool_dissect::registry::Registry;
    let mut dice = Dice(0x1234_5678_9abc_def1);
    let wants = Follows { tcp: true, udp: true, requests: true, arp: true, loops: true };
    let mut tracker = Tracker::new(Registry::builtin(), wants, 64);
    let mut pairing = Pairing::new(Registry::builtin(), Settings::default());
    for number in 1..=60_000_u64 {
        let mut data = octets(&mut dice);
        // Header length, flags, window, options: anything; now and then ports of which there are many.
        let header = data.len() - 16;
        data.iter_mut().skip(header).for_each(|octet| *octet = dice.roll(256) as u8);
        if dice.roll(2) == 0 {
            data[header - 1] = dice.roll(256) as u8;
            data[header - 3] = dice.roll(256) as u8;
        }
        data.truncate(data.len() - dice.roll(3) as usize * dice.roll(20) as usize);
        let mut meta = Meta::new(LinkType::ETHERNET, data.len() as u32 + dice.roll(3) as u32 * 1000);
        meta.time = (dice.roll(9) > 0).then(|| Timestamp(dice.roll(1 << 40) as i64));
        let frame = Frame { number, data: &data, meta };
        let mut keys = Vec::new();
        pairing.keys(&frame, None, &mut keys);
        let facts = tracker.take(&Scan::of(&frame), &frame, Some(&keys), None);
        assert!(facts.tcp.is_none_or(|facts| u64::from(facts.stream) < number && facts.acks_frame <= number));
    }
    let streams = tracker.tcp.as_ref().expect("it is wanted");
    assert!(streams.connections().count() <= 16 && streams.evicted() > 1000);
    assert!(tracker.evicted().count() > 1);
}
