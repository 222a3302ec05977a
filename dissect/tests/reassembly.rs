//! IP fragments: any cut and any order give the datagram back; overlaps go by the named policy; what is kept is bounded.

use nettool_dissect::flow::reassembly::{
    Counts, Datagram, Joined, Limits, Overlap, Policy, Reassembly, Refusal, Wants, Watch, Whole,
};
use nettool_dissect::frame::{Frame, LinkType, Meta, Timestamp};
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

/// A raw IPv4 packet with part of a datagram.
fn ipv4(id: u16, offset: usize, more: bool, payload: &[u8]) -> Vec<u8> {
    let total = u16::try_from(20 + payload.len()).expect("fragments are short").to_be_bytes();
    let word =
        (u16::try_from(offset / 8).expect("offsets fit") | if more { 0x2000 } else { 0 }).to_be_bytes();
    let mut data = vec![0x45, 0, total[0], total[1]];
    data.extend(id.to_be_bytes());
    data.extend([word[0], word[1], 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]);
    data.extend_from_slice(payload);
    data
}

/// A raw IPv6 packet with part of a datagram.
fn ipv6(id: u32, offset: usize, more: bool, payload: &[u8]) -> Vec<u8> {
    let mut data = vec![0x60, 0, 0, 0];
    data.extend(u16::try_from(payload.len() + 8).expect("fragments are short").to_be_bytes());
    data.extend([44, 64]);
    for host in [1, 2] {
        data.extend([0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, host]);
    }
    data.extend([17, 0]);
    data.extend((u16::try_from(offset).expect("offsets fit") | u16::from(more)).to_be_bytes());
    data.extend(id.to_be_bytes());
    data.extend_from_slice(payload);
    data
}

fn observe(state: &mut Reassembly<'_>, number: u64, data: &[u8]) -> Option<Joined> {
    observe_at(state, number, data, 0)
}

fn observe_at(state: &mut Reassembly<'_>, number: u64, data: &[u8], seconds: i64) -> Option<Joined> {
    let mut meta = Meta::new(LinkType::RAW, u32::try_from(data.len()).expect("packets are short"));
    meta.time = Some(Timestamp(seconds * 1_000_000_000));
    let frame = Frame { number, data, meta };
    state.observe(&frame)
}

fn whole(joined: Option<Joined>) -> Whole {
    match joined.and_then(|joined| joined.datagram) {
        Some(Datagram::Whole(whole)) => whole,
        other => panic!("{other:?} is no whole datagram"),
    }
}

fn new(policy: Policy) -> Reassembly<'static> {
    let registry = Registry::builtin();
    Reassembly::new(
        registry,
        policy,
        Watch::new(registry, Wants { fragments: true, streams: true, ..Wants::default() }),
    )
}

fn with(overlap: Overlap) -> Reassembly<'static> {
    new(Policy { overlap, ..Policy::default() })
}

#[test]
fn a_datagram_comes_back_however_it_was_cut_and_whatever_the_order() {
    let mut dice = Dice(0x5eed_5eed);
    for round in 0..300_u32 {
        let length = 1 + dice.roll(3000) as usize;
        let payload: Vec<u8> = (0..length).map(|_| dice.roll(256) as u8).collect();
        let mut cuts = vec![0];
        while *cuts.last().expect("it has one") < length {
            cuts.push(cuts.last().expect("it has one") + 8 * (1 + dice.roll(60) as usize));
        }
        if cuts.len() < 3 {
            continue;
        }
        let mut packets: Vec<Vec<u8>> = Vec::new();
        for pair in cuts.windows(2) {
            let (start, end, more) = (pair[0], pair[1].min(length), pair[1] < length);
            packets.push(if round % 2 == 0 {
                ipv4(round as u16, start, more, &payload[start..end])
            } else {
                ipv6(round, start, more, &payload[start..end])
            });
        }
        for at in (1..packets.len()).rev() {
            packets.swap(at, dice.roll(at as u64 + 1) as usize);
        }
        let mut state = with(Overlap::default());
        let (last, others) = packets.split_last().expect("there are some");
        for (number, packet) in (1..).zip(others) {
            let joined = observe(&mut state, number, packet).and_then(|joined| joined.datagram);
            assert_eq!(joined, Some(Datagram::Kept));
        }
        let whole = whole(observe(&mut state, packets.len() as u64, last));
        assert_eq!((whole.octets, whole.protocol), (payload, 17));
        assert!(whole.parts.is_sorted_by_key(|part| part.offset));
        assert!(!whole.parts.iter().any(|part| part.overlap || part.conflict || part.beyond));
    }
}

/// Three fragments in which the last two each reach into another: `A` at 0..24, `B` at 16..40, `C` at 8..48.
fn overlapping(overlap: Overlap) -> Option<Vec<u8>> {
    let mut state = with(overlap);
    observe(&mut state, 1, &ipv4(1, 0, true, &[b'A'; 24]));
    observe(&mut state, 2, &ipv4(1, 16, true, &[b'B'; 24]));
    match observe(&mut state, 3, &ipv4(1, 8, false, &[b'C'; 40])).and_then(|joined| joined.datagram) {
        Some(Datagram::Whole(whole)) => Some(whole.octets),
        _ => None,
    }
}

#[test]
fn overlaps_go_by_the_named_policy() {
    let octets = |text: &str| Some(text.bytes().flat_map(|octet| [octet; 8]).collect::<Vec<u8>>());
    assert_eq!(overlapping(Overlap::First), octets("AAABBC"));
    assert_eq!(overlapping(Overlap::Last), octets("ACCCCC"));
    assert_eq!(overlapping(Overlap::Bsd), octets("AAACCC"));
    assert_eq!(overlapping(Overlap::BsdRight), octets("ACBBBC"));
    assert_eq!(overlapping(Overlap::Linux), octets("AAACCC"));
    assert_eq!(overlapping(Overlap::Drop), None);
    // Of two with the same offset.
    let twice = |overlap| {
        let mut state = with(overlap);
        observe(&mut state, 1, &ipv4(1, 0, true, &[b'A'; 8]));
        observe(&mut state, 2, &ipv4(1, 0, true, &[b'B'; 8]));
        whole(observe(&mut state, 3, &ipv4(1, 8, false, &[b'C'; 8]))).octets
    };
    assert_eq!(Some(twice(Overlap::Bsd)), octets("AC"));
    assert_eq!(Some(twice(Overlap::Linux)), octets("BC"));
}

#[test]
fn copies_are_no_overlap_even_where_overlaps_are_dropped() {
    let mut state = with(Overlap::Drop);
    let (first, last) = (ipv4(1, 0, true, &[1; 8]), ipv4(1, 8, false, &[2; 8]));
    observe(&mut state, 1, &first);
    observe(&mut state, 2, &first);
    let parts = whole(observe(&mut state, 3, &last)).parts;
    assert_eq!(parts.iter().map(|part| part.overlap).collect::<Vec<_>>(), [false, true, false]);
    // A copy that comes later is told as such, and is no part of what has the number next.
    let copy = observe(&mut state, 4, &last).and_then(|joined| joined.datagram);
    assert_eq!(copy, Some(Datagram::Copy(3)));
    observe(&mut state, 5, &ipv4(1, 0, true, &[3; 8]));
    assert_eq!(whole(observe(&mut state, 6, &ipv4(1, 8, false, &[4; 8]))).octets, [[3; 8], [4; 8]].concat());
}

#[test]
fn a_datagram_longer_than_any_is_refused() {
    let mut state = with(Overlap::default());
    let joined = observe(&mut state, 1, &ipv4(1, 65_528, false, &[0; 100]));
    assert_eq!(joined.and_then(|joined| joined.datagram), Some(Datagram::Refused(Refusal::TooLong)));
    assert_eq!(state.kept(), (0, 0));
}

#[test]
fn fragments_that_do_not_come_in_time_are_forgotten() {
    let mut state = with(Overlap::default());
    observe_at(&mut state, 1, &ipv4(1, 0, true, &[1; 8]), 0);
    let late = observe_at(&mut state, 2, &ipv4(1, 8, false, &[2; 8]), 31);
    assert_eq!(late.and_then(|joined| joined.datagram), Some(Datagram::Kept));
    assert_eq!(state.datagrams(), Counts { expired: 1, ..Counts::default() });
}

#[test]
fn a_flood_of_fragments_stays_within_the_limits() {
    let limits = Limits { datagrams: 100, octets: 1 << 20, seconds: 30 };
    let mut state = new(Policy { limits, ..Policy::default() });
    let mut dice = Dice(0xf100d);
    for number in 1..50_000_u64 {
        let (id, offset) = (dice.roll(3000) as u16, 8 * dice.roll(8000) as usize);
        let payload = vec![7; 8 * (1 + dice.roll(100) as usize)];
        observe(&mut state, number, &ipv4(id, offset, dice.roll(4) > 0, &payload));
        let (octets, datagrams) = state.kept();
        assert!(octets <= limits.octets + 65_535 && datagrams <= limits.datagrams, "{octets} in {datagrams}");
    }
    assert!(state.datagrams().evicted > 0, "limits were reached");
    // One datagram that never ends.
    let mut state = with(Overlap::default());
    let mut refused = 0;
    for number in 1..20_000_u64 {
        let joined = observe(&mut state, number, &ipv4(9, 8 * (number as usize % 8000), true, &[7; 8]));
        refused += u64::from(matches!(
            joined.and_then(|joined| joined.datagram),
            Some(Datagram::Refused(Refusal::Flood))
        ));
    }
    assert!(refused > 0, "there is an end to the fragments of a datagram");
}
