//! Two captures of one traffic with known loss, copies, order and delays: all of it comes out.

mod harness;

use harness::{Scratch, nettool};
use serde_json::Value;

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

/// A UDP packet, the nth of a direction, as one of the points sees it: behind a router the addresses of the link, the TTL and the header's
/// checksum are others, and there is a VLAN tag.
fn packet(number: u32, back: bool, far: bool) -> Vec<u8> {
    let mut data = vec![2, 0, 0, 0, u8::from(far), 2, 2, 0, 0, 0, u8::from(far), 1];
    if far {
        data.extend([0x81, 0, 0, 7]);
    }
    data.extend([
        8,
        0,
        0x45,
        0,
        0,
        32,
        (number >> 8) as u8,
        number as u8,
        0,
        0,
        64 - u8::from(far),
        17,
        u8::from(far),
        9,
    ]);
    let mut hosts = [[10, 0, 0, 1], [10, 9, 0, 2]];
    if back {
        hosts.reverse();
    }
    data.extend(hosts.concat());
    data.extend([0x13, 0x88, 0x13, 0x89, 0, 12, 0, 0]);
    data.extend(number.to_be_bytes());
    data
}

/// A pcap file with times in nanoseconds.
fn pcap(mut packets: Vec<(i64, Vec<u8>)>) -> Vec<u8> {
    packets.sort_by_key(|(time, _)| *time);
    let mut file = Vec::new();
    for word in [0xa1b2_3c4d_u32, 0x0004_0002, 0, 0, 65_535, 1] {
        file.extend(word.to_le_bytes());
    }
    for (time, data) in packets {
        let len = data.len() as u32;
        for word in [(time / 1_000_000_000) as u32, (time % 1_000_000_000) as u32, len, len] {
            file.extend(word.to_le_bytes());
        }
        file.extend(data);
    }
    file
}

const START: i64 = 1_700_000_000_000_000_000;
/// The second clock is ahead.
const OFFSET: i64 = 7_000_000;
const PACKETS: u32 = 3000;

struct Pair {
    a: Vec<(i64, Vec<u8>)>,
    b: Vec<(i64, Vec<u8>)>,
    /// There and back.
    lost: [u64; 2],
}

/// Both directions, one packet a millisecond each, 200 to 400 microseconds on their way, one in fifty lost.
fn traffic() -> Pair {
    let mut dice = Dice(0xc0_4a1e);
    let mut pair = Pair { a: Vec::new(), b: Vec::new(), lost: [0; 2] };
    for number in 0..PACKETS {
        for (way, back) in [false, true].into_iter().enumerate() {
            let sent = START + i64::from(number) * 1_000_000;
            // The first takes the least, so that the clocks' offset is exact.
            let delay = 200_000 + if number == 0 { 0 } else { dice.roll(200_000) as i64 };
            let lost = number > 0 && dice.roll(50) == 0;
            pair.lost[way] += u64::from(lost);
            let (at_a, at_b) = if back { (sent + delay, sent) } else { (sent, sent + delay) };
            if !(lost && back) {
                pair.a.push((at_a, packet(number, back, false)));
            }
            if !lost || back {
                pair.b.push((at_b + OFFSET, packet(number, back, true)));
            }
        }
    }
    pair
}

fn compare(test: &str, a: Vec<(i64, Vec<u8>)>, b: Vec<(i64, Vec<u8>)>, more: &[&str]) -> Value {
    let scratch = Scratch::new(test);
    let (a, b) = (scratch.file("a.pcap", &pcap(a)), scratch.file("b.pcap", &pcap(b)));
    let (a, b) = (a.to_string_lossy(), b.to_string_lossy());
    let run = nettool([&["read", "--json", &a, "--compare", &b][..], more].concat());
    run.ends(0, &[]);
    serde_json::from_slice(&run.out).expect("one JSON object")
}

fn number(value: &Value, path: &str) -> i64 {
    value.pointer(path).and_then(Value::as_i64).unwrap_or_else(|| panic!("{path} in {value}"))
}

#[test]
fn loss_delay_and_clock_offset_come_out_for_both_directions() {
    let Pair { a, b, lost } = traffic();
    let (there, back) = (u64::from(PACKETS) - lost[0], u64::from(PACKETS) - lost[1]);
    let result = compare("compare_loss", a, b, &[]);
    assert_eq!(number(&result, "/a_to_b/lost") as u64, lost[0], "{result}");
    assert_eq!(number(&result, "/b_to_a/lost") as u64, lost[1], "{result}");
    assert_eq!(number(&result, "/a_to_b/matched") as u64, there);
    assert_eq!(number(&result, "/b_to_a/matched") as u64, back);
    assert_eq!(number(&result, "/clock_offset_ns"), OFFSET, "{result}");
    for way in ["a_to_b", "b_to_a"] {
        let of = |name: &str| number(&result, &format!("/{way}/delay/{name}"));
        assert_eq!(of("min_ns"), 200_000, "{way}: {result}");
        assert!((290_000..310_000).contains(&of("median_ns")), "{way}: {result}");
        assert!((385_000..=395_000).contains(&of("p95_ns")), "{way}: {result}");
        assert!(of("p95_ns") <= of("p99_ns") && of("p99_ns") <= of("max_ns") && of("max_ns") < 400_000);
        // Two delays spread evenly over 200 microseconds differ by a third of that.
        assert!((45_000..90_000).contains(&of("jitter_ns")), "{way}: {result}");
        assert_eq!(number(&result, &format!("/{way}/reordered")), 0);
    }
}

#[test]
fn a_clock_that_runs_faster_is_found_and_taken_out() {
    let Pair { a, b, .. } = traffic();
    // 50 of a million: 150 microseconds over the capture.
    let faster = |(time, data): &(i64, Vec<u8>)| (time + (time - START) / 20_000, data.clone());
    let b: Vec<_> = b.iter().map(faster).collect();
    let result = compare("compare_drift", a.clone(), b.clone(), &[]);
    let ppm = result.pointer("/clock_drift_ppm").and_then(Value::as_f64).expect("a drift");
    assert!((ppm - 50.0).abs() < 3.0, "{result}");
    assert!((number(&result, "/clock_offset_ns") - OFFSET).abs() < 10_000, "{result}");
    for way in ["a_to_b", "b_to_a"] {
        let of = |name: &str| number(&result, &format!("/{way}/delay/{name}"));
        assert!((of("min_ns") - 200_000).abs() < 10_000, "{way}: {result}");
        assert!((of("median_ns") - 300_000).abs() < 15_000, "{way}: {result}");
    }
    let kept = compare("compare_offset", a.clone(), b.clone(), &["--compare-clocks", "offset"]);
    assert!(kept.pointer("/clock_drift_ppm").is_some_and(Value::is_null), "{kept}");
    assert!(number(&kept, "/a_to_b/delay/max_ns") > 450_000, "{kept}");
    let same = compare("compare_same", a, b, &["--compare-clocks", "same"]);
    assert!(same.pointer("/clock_offset_ns").is_some_and(Value::is_null), "{same}");
    assert!(number(&same, "/a_to_b/delay/min_ns") >= OFFSET, "{same}");
}

#[test]
fn copies_and_packets_out_of_order_are_counted_as_such() {
    let Pair { a, mut b, .. } = traffic();
    let found = |b: &[(i64, Vec<u8>)], number: u32| {
        b.iter().position(|(_, data)| *data == packet(number, false, true)).expect("it was not lost")
    };
    let seen = |number: &u32| b.iter().any(|(_, data)| *data == packet(*number, false, true));
    let numbers: Vec<u32> = (100..PACKETS - 10).step_by(37).filter(seen).take(20).collect();
    for number in &numbers[..10] {
        // Behind the next ones.
        let at = found(&b, *number);
        b[at].0 += 5_000_000;
    }
    for number in &numbers[10..] {
        let at = found(&b, *number);
        let (time, data) = b[at].clone();
        b.push((time + 50_000, data));
    }
    let result = compare("compare_order", a, b, &[]);
    assert_eq!(number(&result, "/a_to_b/reordered"), 10, "{result}");
    assert_eq!(number(&result, "/a_to_b/copies_only_b"), 10, "{result}");
    assert_eq!(number(&result, "/a_to_b/only_at_far_point"), 0);
}

#[test]
fn order_is_judged_where_packets_arrive_whichever_way_they_go() {
    let Pair { mut a, b, .. } = traffic();
    let found = |packets: &[(i64, Vec<u8>)], data: Vec<u8>| packets.iter().position(|(_, one)| *one == data);
    let seen = |number: &u32| {
        found(&a, packet(*number, true, false)).is_some() && found(&b, packet(*number, true, true)).is_some()
    };
    let late: Vec<u32> = (100..PACKETS - 10).step_by(37).filter(seen).take(10).collect();
    for number in late {
        let at = found(&a, packet(number, true, false)).expect("it was seen");
        a[at].0 += 5_000_000;
    }
    let result = compare("compare_order_back", a, b, &[]);
    assert_eq!(number(&result, "/b_to_a/reordered"), 10, "{result}");
    assert_eq!(number(&result, "/a_to_b/reordered"), 0, "{result}");
}

#[test]
fn what_may_differ_is_a_choice_and_captures_that_begin_apart_find_each_other() {
    let Pair { a, b, .. } = traffic();
    let all = compare("compare_ttl", a.clone(), b.clone(), &["--compare-ignore", "link,checksum"]);
    assert_eq!(number(&all, "/a_to_b/matched"), 0, "the TTL differs");
    // The second capture began a second later, and the window has room for that.
    let late: Vec<_> = b.iter().filter(|(time, _)| *time > START + 1_000_000_000).cloned().collect();
    let result = compare("compare_late", a.clone(), late.clone(), &["--compare-window", "2500"]);
    assert_eq!(number(&result, "/left_the_window"), 0, "{result}");
    assert_eq!(
        number(&result, "/a_to_b/matched")
            + number(&result, "/b_to_a/matched")
            + number(&result, "/b_to_a/lost"),
        late.len() as i64
    );
    let filtered = compare("compare_filter", a, b, &["src host 10.0.0.1"]);
    assert_eq!(number(&filtered, "/b_to_a/matched"), 0);
    assert!(filtered.pointer("/clock_offset_ns").is_some_and(Value::is_null));
}

#[test]
fn what_came_before_the_other_capture_began_or_after_its_end_is_not_lost() {
    let Pair { a, b, .. } = traffic();
    let within = |(time, _): &&(i64, Vec<u8>)| (START + 500_000_000..START + 2_000_000_000).contains(time);
    let short: Vec<_> = b.iter().filter(within).cloned().collect();
    let result = compare("compare_outside", a.clone(), short, &[]);
    let of = |name: &str| number(&result, &format!("/a_to_b/{name}"));
    // One in fifty of a second and a half.
    assert!((15..=60).contains(&of("lost")), "{result}");
    assert!((1_450..1_550).contains(&of("outside")), "{result}");
    assert_eq!(of("matched") + of("lost") + of("outside"), i64::from(PACKETS), "{result}");
}

#[test]
fn each_capture_has_its_own_switch_tag() {
    let Pair { a, b, lost } = traffic();
    // Marvell's tag of frames to the CPU, from port 2.
    let tagged = |(time, data): &(i64, Vec<u8>)| {
        let (addresses, rest) = data.split_at(12);
        (*time, [addresses, &[0, 0x10, 0, 0], rest].concat())
    };
    let b: Vec<_> = b.iter().map(tagged).collect();
    let apart = compare("compare_one_tag", a.clone(), b.clone(), &["--dsa", "none"]);
    assert_eq!(number(&apart, "/a_to_b/matched"), 0, "{apart}");
    let result = compare("compare_tags", a, b, &["--dsa", "none", "--compare-dsa", "dsa"]);
    assert_eq!(number(&result, "/a_to_b/lost") as u64, lost[0], "{result}");
    assert_eq!(number(&result, "/b_to_a/lost") as u64, lost[1], "{result}");
}

#[test]
fn packets_that_were_cut_are_found_again_whatever_the_header_of_the_file_says() {
    let scratch = Scratch::new("compare_cut");
    let Pair { a, .. } = traffic();
    let longer = |(time, data): &(i64, Vec<u8>)| {
        let mut data = data.clone();
        data[17] += 200;
        data[39] += 200;
        (*time, [data, vec![7; 200]].concat())
    };
    let a: Vec<_> = a.iter().map(longer).collect();
    let whole = pcap(a.clone());
    let mut cut = pcap(a.iter().map(|(time, data)| (*time, data[..100].to_vec())).collect());
    // The length on the wire.
    (24..cut.len()).step_by(116).for_each(|at| cut[at + 12] = a[0].1.len() as u8);
    let (whole, cut) = (scratch.file("whole.pcap", &whole), scratch.file("cut.pcap", &cut));
    let run = nettool(["read", "--json", &whole.to_string_lossy(), "--compare", &cut.to_string_lossy()]);
    run.ends(0, &[]);
    let result: Value = serde_json::from_slice(&run.out).expect("one JSON object");
    assert_eq!(number(&result, "/a_to_b/lost") + number(&result, "/b_to_a/lost"), 0, "{result}");
    assert_eq!(
        number(&result, "/a_to_b/matched") + number(&result, "/b_to_a/matched"),
        a.len() as i64,
        "{result}"
    );
}

/// A TCP packet (raw IP in an Ethernet frame), with CWR on the first segment, PSH on the last.
fn tcp(id: u16, seq: u32, flags: u8, data: &[u8]) -> Vec<u8> {
    let mut frame = vec![2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, 0];
    frame.extend((40 + data.len() as u16).to_be_bytes());
    frame.extend(id.to_be_bytes());
    frame.extend([0x40, 0, 64, 6, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2, 0x1b, 0x58, 0x23, 0x28]);
    frame.extend(seq.to_be_bytes());
    frame.extend([0, 0, 0, 1, 0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
    frame.extend(data);
    frame
}

#[test]
fn packets_that_a_card_cuts_are_compared_by_their_segments() {
    let data: Vec<u8> = (0..100_000_u32).map(|at| (at / 7) as u8).collect();
    let (mut a, mut b) = (Vec::new(), Vec::new());
    for (number, whole) in data.chunks(14_600 - 300).enumerate() {
        let (id, seq) = (number as u16 * 20 + 5, number as u32 * 14_300);
        let at = START + number as i64 * 1_000_000;
        a.push((at, tcp(id, seq, 0x98, whole)));
        let last = whole.len().div_ceil(1460) - 1;
        for (piece, part) in whole.chunks(1460).enumerate() {
            let flags = 0x10 | if piece == 0 { 0x80 } else { 0 } | if piece == last { 8 } else { 0 };
            let id = id + piece as u16;
            b.push((at + 100_000 + piece as i64 * 1000, tcp(id, seq + piece as u32 * 1460, flags, part)));
        }
    }
    let segments = b.len() as i64;
    let lost = b.remove(33);
    let result = compare("compare_cut_by_card", a.clone(), b.clone(), &["--compare-mtu", "1500"]);
    assert_eq!(number(&result, "/a_to_b/matched"), segments - 1, "{lost:?}: {result}");
    assert_eq!(number(&result, "/a_to_b/lost"), 1, "{result}");
    assert_eq!(number(&result, "/a/packets"), segments, "{result}");
    let scratch = Scratch::new("compare_cut_told");
    let (a, b) = (scratch.file("a.pcap", &pcap(a)), scratch.file("b.pcap", &pcap(b)));
    let told = nettool(["read", &a.to_string_lossy(), "--compare", &b.to_string_lossy()]).text();
    assert!(told.contains("A has TCP packets of") && told.contains("--compare-mtu 1500"), "{told}");
}

#[test]
fn the_table_says_what_was_compared_and_wrong_words_are_answered() {
    let run = nettool(["read", "samples/http.pcap", "--compare", "samples/http.pcap"]);
    run.ends(0, &[]);
    let text = run.text();
    assert!(
        text.contains("A: samples/http.pcap (20 packets)") && text.contains("link, ttl, checksum"),
        "{text}"
    );
    nettool(["read", "samples/http.pcap", "--compare", "samples/http.pcap", "--compare-ignore", "color"])
        .ends(2, &["color", "checksum"]);
    nettool(["read", "samples/http.pcap", "--compare", "/nowhere.pcap"]).ends(3, &["/nowhere.pcap"]);
}
