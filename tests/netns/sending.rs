//! Packets sent between namespaces, and answers matched to them: what went out is counted on the other side, by the kernel.

use crate::harness::{Run, Scratch, finish, skip};
use crate::pair::{Pair, Space};
use std::path::Path;
use std::process::{Command, Stdio};

/// A capture file of packets that begin with this link type.
fn pcap(link_type: u32, packets: &[Vec<u8>]) -> Vec<u8> {
    let mut file: Vec<u8> = [0xa1b2_c3d4_u32, 0x0002_0004, 0, 0, 65535, link_type]
        .iter()
        .flat_map(|word| word.to_be_bytes())
        .collect();
    for packet in packets {
        let length = packet.len() as u32;
        file.extend([1, 0, length, length].iter().flat_map(|word| word.to_be_bytes()));
        file.extend(packet);
    }
    file
}

const ETHERNET: u32 = 1;
const RAW: u32 = 101;

fn sum(octets: &[u8]) -> u16 {
    let words = octets.chunks(2).map(|pair| {
        let low = pair.get(1).copied().unwrap_or(0);
        u32::from(u16::from_be_bytes([pair[0], low]))
    });
    let total: u32 = words.sum();
    !((total & 0xffff) + (total >> 16)) as u16
}

fn ip(protocol: u8, to: [u8; 4], ttl: u8, payload: &[u8]) -> Vec<u8> {
    let mut packet = vec![0x45, 0];
    packet.extend((20 + payload.len() as u16).to_be_bytes());
    packet.extend([0, 1, 0, 0, ttl, protocol, 0, 0, 10, 99, 0, 1]);
    packet.extend(to);
    let checksum = sum(&packet).to_be_bytes();
    packet[10..12].copy_from_slice(&checksum);
    packet.extend(payload);
    packet
}

fn echo(to: [u8; 4], ttl: u8, number: u16) -> Vec<u8> {
    let mut message = vec![8, 0, 0, 0, 0x77, 0x77];
    message.extend(number.to_be_bytes());
    let checksum = sum(&message).to_be_bytes();
    message[2..4].copy_from_slice(&checksum);
    ip(1, to, ttl, &message)
}

/// A UDP datagram without checksum.
fn datagram(to: [u8; 4], port: u16) -> Vec<u8> {
    let words = [4000, port, 12, 0];
    let mut datagram: Vec<u8> = words.iter().flat_map(|word: &u16| word.to_be_bytes()).collect();
    datagram.extend(b"ping");
    ip(17, to, 64, &datagram)
}

fn framed(packet: &[u8]) -> Vec<u8> {
    let mut frame = vec![0xff; 6];
    frame.extend([2, 0, 0, 0, 0, 1, 8, 0]);
    frame.extend(packet);
    frame
}

const B: [u8; 4] = [10, 99, 0, 2];

/// The columns of a table line: number, time (none where unanswered), and what was said.
fn lines(run: &Run) -> Vec<(u64, bool, String)> {
    run.text()
        .lines()
        .map(|line| {
            let mut words = line.split_whitespace();
            let number = words.next().and_then(|word| word.parse().ok()).expect("lines begin with a number");
            (number, words.next() != Some("-"), line.split_once("  =>  ").expect("an arrow").1.to_owned())
        })
        .collect()
}

fn received(space: &Space, interface: &str) -> u64 {
    let text =
        space.inside(|| std::fs::read_to_string("/proc/thread-self/net/dev")).expect("the kernel counts");
    let line = text.lines().find_map(|line| line.trim().strip_prefix(interface)?.strip_prefix(':'));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok()).expect("the interface is listed")
}

#[test]
fn each_packet_that_is_said_to_be_sent_is_counted_by_the_other_side() {
    let test = "each_packet_that_is_said_to_be_sent_is_counted_by_the_other_side";
    let Some(pair) = Pair::new(test) else { return };
    let scratch = Scratch::new(test);
    let frames: Vec<_> = (0..10).map(|number| framed(&echo([192, 0, 2, 1], 64, number))).collect();
    let file = scratch.file("ten.pcap", &pcap(ETHERNET, &frames));
    let file = file.to_str().unwrap();
    let quiet = |line: &str| pair.b.set(&format!("net/ipv6/conf/{line}/disable_ipv6"), "1");
    quiet("v1");
    pair.a.set("net/ipv6/conf/v0/disable_ipv6", "1");
    for (options, count) in [
        (&[][..], 10),
        (&["--count", "1000"], 1000),
        (&["--count", "3"], 3),
        (&["--count", "50", "--pps", "1000"], 50),
        (&["--count", "5", "--interval", "2ms"], 5),
        (&["--count", "100", "--qdisc-bypass"], 100),
    ] {
        let before = received(&pair.b, "v1");
        let mut arguments = vec!["send", "-i", "v0", "--read", file];
        arguments.extend(options);
        let run = pair.a.nettool(&arguments);
        run.ends(0, &[&format!("sent {count} packets, {} octets", count * 42)]);
        assert_eq!(received(&pair.b, "v1") - before, count, "{options:?}");
        assert_eq!(run.err.contains("late by"), options.len() == 4, "{}", run.err);
    }
    let capture = pair.b.capture(&["v1", "-n", "-c", "10", "icmp"]);
    pair.a.nettool(&["send", "-q", "-i", "v0", "--read", file]).ends(0, &[]);
    let seen = capture.end();
    assert_eq!(seen.lines(), 10, "{}", seen.text());
    let told = pair.a.nettool(&["send", "--json", "-i", "v0", "--read", file]);
    assert!(told.text().contains("\"sent\":10") && told.err.is_empty(), "{} {}", told.text(), told.err);
}

#[test]
fn answers_find_their_packets_and_what_has_none_is_told() {
    let test = "answers_find_their_packets_and_what_has_none_is_told";
    let Some(pair) = Pair::new(test) else { return };
    let scratch = Scratch::new(test);
    let missing = [10, 99, 0, 77];
    let packets =
        [echo(B, 64, 1), echo(B, 64, 2), datagram(B, 9), echo(missing, 64, 3), echo([127, 0, 0, 1], 64, 4)];
    let file = scratch.file("five.pcap", &pcap(RAW, &packets));
    let file = file.to_str().unwrap();
    let run = pair.a.nettool(&["ask", "--timeout", "1", "--read", file]);
    run.ends(0, &["sent 4 packets, 4 answered, 1 unanswered (20 %)", "round trip min/avg/max/mdev"]);
    let mut found = lines(&run);
    found.sort();
    let said: Vec<_> = found.iter().map(|(number, answered, _)| (*number, *answered)).collect();
    assert_eq!(said, [(1, true), (2, true), (3, true), (4, false), (5, true)], "{}", run.text());
    for (at, piece) in [
        (0, "IP 10.99.0.2 > 10.99.0.1: ICMP echo reply, id 30583, seq 1"),
        (1, "IP 10.99.0.2 > 10.99.0.1: ICMP echo reply, id 30583, seq 2"),
        (2, "ICMP 10.99.0.2 udp port 9 unreachable"),
        (3, "not sent: nobody answers for 10.99.0.77 on v0: three ARP requests went unanswered"),
        (4, "ICMP echo reply, id 30583, seq 4"),
    ] {
        assert!(found[at].2.contains(piece), "{piece}: {}", found[at].2);
    }
    let pings = scratch.file("pings.pcap", &pcap(RAW, &packets[..2]));
    let file = pings.to_str().unwrap();
    let first = pair.a.nettool(&["ask", "--first", "--read", file]);
    first.ends(0, &["1 answered"]);
    assert_eq!(first.lines(), 1);
    let told = pair.a.nettool(&["ask", "--json", "--first", "--read", file]);
    assert!(
        told.text().contains("\"answered\":true") && told.text().contains("\"rtt_ms\":"),
        "{}",
        told.text()
    );
    let rounds = pair.a.nettool(&["ask", "--summary", "--count", "5", "--inter", "1ms", "--read", file]);
    rounds.ends(0, &["sent 5 packets, 5 answered"]);
    assert_eq!(rounds.text(), "");
    let silent = scratch.file("none.pcap", &pcap(ETHERNET, &[framed(&echo([192, 0, 2, 1], 64, 1))]));
    let run = pair.a.nettool(&[
        "ask",
        "-i",
        "v0",
        "--retry",
        "2",
        "--timeout",
        "100ms",
        "--read",
        silent.to_str().unwrap(),
    ]);
    run.ends(1, &["sent 3 packets, 0 answered, 1 unanswered (100 %)"]);
}

fn echo6(to: [u16; 8], number: u16) -> Vec<u8> {
    let from = [0xfd00, 0x99, 0, 0, 0, 0, 0, 1];
    let mut addresses: Vec<u8> = from.iter().chain(&to).flat_map(|word: &u16| word.to_be_bytes()).collect();
    let mut message = vec![128, 0, 0, 0, 0x77, 0x77];
    message.extend(number.to_be_bytes());
    let mut packet = vec![0x60, 0, 0, 0, 0, 8, 58, 64];
    packet.append(&mut addresses.clone());
    addresses.extend([0, 0, 0, 8, 0, 0, 0, 58]);
    addresses.extend(&message);
    message[2..4].copy_from_slice(&sum(&addresses).to_be_bytes());
    packet.extend(message);
    packet
}

#[test]
fn neighbours_are_solicited_and_answers_found_over_ipv6() {
    let test = "neighbours_are_solicited_and_answers_found_over_ipv6";
    let Some(pair) = Pair::new(test) else { return };
    let scratch = Scratch::new(test);
    pair.a.ip("addr add fd00:99::1/64 dev v0 nodad");
    pair.b.ip("addr add fd00:99::2/64 dev v1 nodad");
    let (there, missing) = ([0xfd00, 0x99, 0, 0, 0, 0, 0, 2], [0xfd00, 0x99, 0, 0, 0, 0, 0, 0x77]);
    let itself = [0xfd00, 0x99, 0, 0, 0, 0, 0, 1];
    let packets = [echo6(there, 1), echo6(missing, 2), echo6(itself, 3)];
    let file = scratch.file("six.pcap", &pcap(RAW, &packets));
    let run = pair.a.nettool(&["ask", "--timeout", "1", "--read", file.to_str().unwrap()]);
    run.ends(0, &["2 answered, 1 unanswered"]);
    let mut found = lines(&run);
    found.sort();
    assert!(found[0].2.contains("fd00:99::2 > fd00:99::1: ICMP6, echo reply"), "{}", run.text());
    assert!(found[1].2.contains("three neighbour solicitations went unanswered"), "{}", run.text());
    assert!(found[2].2.contains("fd00:99::1 > fd00:99::1: ICMP6, echo reply"), "{}", run.text());
}

#[test]
fn ways_lead_through_routers_and_their_errors_are_answers() {
    let test = "ways_lead_through_routers_and_their_errors_are_answers";
    let Some(pair) = Pair::new(test) else { return };
    let Some(far) = Pair::new(test) else { return };
    let scratch = Scratch::new(test);
    pair.b.join("v2", &far.a, "v3");
    pair.b.ip("addr add 10.98.0.1/24 dev v2");
    far.a.ip("addr add 10.98.0.2/24 dev v3");
    far.a.ip("addr flush dev v0");
    far.a.ip("route add default via 10.98.0.1");
    pair.a.ip("route add default via 10.99.0.2");
    pair.b.set("net/ipv4/ip_forward", "1");
    let to = [10, 98, 0, 2];
    let file = scratch.file("hops.pcap", &pcap(RAW, &[echo(to, 1, 1), echo(to, 2, 2)]));
    let run = pair.a.nettool(&["ask", "--timeout", "2", "--read", file.to_str().unwrap()]);
    run.ends(0, &["2 answered"]);
    let mut found = lines(&run);
    found.sort();
    assert!(found[0].2.contains("IP 10.99.0.2 > 10.99.0.1: ICMP time exceeded in-transit"), "{}", run.text());
    assert!(found[1].2.contains("IP 10.98.0.2 > 10.99.0.1: ICMP echo reply"), "{}", run.text());
}

#[test]
fn what_a_full_queue_drops_is_sent_again_and_counted_once() {
    let test = "what_a_full_queue_drops_is_sent_again_and_counted_once";
    let Some(pair) = Pair::new(test) else { return };
    // Slower than the sender however little of the processor it gets.
    let slow = ["qdisc", "add", "dev", "v0", "root", "tbf", "rate", "500kbit", "burst", "3k", "limit", "4k"];
    let made = pair.a.inside(|| Command::new("tc").args(slow).output());
    if !made.is_ok_and(|made| made.status.success()) {
        return skip(test, "needs tc and the tbf queueing discipline");
    }
    let before = received(&pair.b, "v1");
    // To nobody, so that nothing else crosses the pair.
    let frame = r#"Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")/IP(src="10.99.0.1", dst="192.0.2.1")/UDP()"#;
    pair.a.set("net/ipv6/conf/v0/disable_ipv6", "1");
    let run = pair.a.nettool(&["send", "-i", "v0", "--count", "1000", frame]);
    run.ends(0, &["sent 1000 packets, 42000 octets", "for room in the interface's queue"]);
    crate::harness::wait_for("the last frames", || received(&pair.b, "v1") - before >= 1000);
    let more = received(&pair.b, "v1") - before - 1000;
    assert!(more < 10, "{more} frames more than were counted");
}

/// Answers each datagram to b's port 7000 so many times, but not the first one.
fn answer_datagrams(pair: &Pair, times: usize) {
    let socket = pair.b.inside(|| std::net::UdpSocket::bind("10.99.0.2:7000")).expect("the port is free");
    socket.set_read_timeout(Some(crate::LIMIT)).unwrap();
    std::thread::spawn(move || {
        let mut buffer = [0; 64];
        let mut first = true;
        while let Ok((length, from)) = socket.recv_from(&mut buffer) {
            if !std::mem::take(&mut first) {
                for _ in 0..times {
                    drop(socket.send_to(&buffer[..length], from));
                }
            }
        }
    });
}

#[test]
fn unanswered_packets_are_sent_again_and_several_answers_are_taken_where_asked_for() {
    let test = "unanswered_packets_are_sent_again_and_several_answers_are_taken_where_asked_for";
    let Some(pair) = Pair::new(test) else { return };
    answer_datagrams(&pair, 3);
    let probe = r#"IP(dst="10.99.0.2")/UDP(sport=4000, dport=7000)/"hello""#;
    let again = pair.a.nettool(&["ask", "--json", "--retry", "2", "--timeout", "200ms", probe]);
    again.ends(0, &["sent 2 packets, 1 answered, 0 unanswered"]);
    assert!(again.text().contains("\"tries\":2"), "{}", again.text());
    let one = pair.a.nettool(&["ask", "--timeout", "200ms", probe]);
    one.ends(0, &["sent 1 packet, 1 answered, 0 unanswered"]);
    let all = pair.a.nettool(&["ask", "--multi", "--timeout", "200ms", probe]);
    all.ends(0, &["sent 1 packet, 1 answered (3 answers), 0 unanswered"]);
    assert_eq!(all.lines(), 3, "{}", all.text());
}

#[test]
fn an_interrupted_run_says_what_it_has_done() {
    let test = "an_interrupted_run_says_what_it_has_done";
    let Some(pair) = Pair::new(test) else { return };
    for (command, said) in [("ask", "round trip"), ("send", "late by")] {
        let mut line = Command::new(crate::harness::NETTOOL);
        line.args([command, "--loop", r#"IP(dst="10.99.0.2")/ICMP()"#]);
        line.args(if command == "ask" { ["--inter", "5ms"] } else { ["--interval", "5ms"] });
        line.stdout(Stdio::null()).stderr(Stdio::piped());
        let child = pair.a.inside(move || line.spawn().expect("nettool starts"));
        let before = received(&pair.b, "v1");
        crate::harness::wait_for("some packets", || received(&pair.b, "v1") - before > 10);
        let pid = rustix::process::Pid::from_child(&child);
        rustix::process::kill_process(pid, rustix::process::Signal::INT).expect("it runs");
        let output = child.wait_with_output().expect("it ends");
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(130), "{err}");
        assert!(err.contains("sent ") && err.contains(said), "{err}");
    }
}

fn sample(name: &str) -> String {
    format!("{}/samples/{name}.star", crate::harness::ROOT)
}

#[test]
fn described_packets_get_their_addresses_from_interface_routes_and_neighbours() {
    let test = "described_packets_get_their_addresses_from_interface_routes_and_neighbours";
    let Some(pair) = Pair::new(test) else { return };
    let listener = pair.b.inside(|| std::net::TcpListener::bind("10.99.0.2:8080")).expect("the port is free");
    let ask = |arguments: &[&str], answered: u64, said: &str| {
        let run = pair.a.nettool(&[&["ask", "--timeout", "1"], arguments].concat());
        run.ends(0, &[&format!("{answered} answered, 0 unanswered")]);
        assert!(run.text().contains(said), "{said}: {}", run.text());
    };
    ask(
        &[r#"IP(dst="10.99.0.2")/ICMP(seq=(1,3))"#],
        3,
        "10.99.0.2 > 10.99.0.1: ICMP echo reply, id 0, seq 3",
    );
    ask(&["-i", "v0", r#"Ether()/IP(dst="10.99.0.2")/ICMP()"#], 1, "ICMP echo reply");
    ask(&["-i", "v0", r#"Ether()/ARP(pdst="10.99.0.2")"#], 1, "Reply 10.99.0.2 is-at");
    ask(&[r#"IP(dst="10.99.0.2")/TCP(sport=999, dport=8080, flags=2)"#], 1, "Flags [S.]");
    ask(&[r#"IP(dst="10.99.0.2")/TCP(sport=999, dport=9, flags=2)"#], 1, "Flags [R.]");
    ask(&[r#"IP()/ICMP()"#], 1, "127.0.0.1 > 127.0.0.1: ICMP echo reply");
    // Whoever is in the group answers, and everyone in a network.
    pair.b.set("net/ipv4/icmp_echo_ignore_broadcasts", "0");
    ask(&["-i", "v0", r#"IP(dst="224.0.0.1")/ICMP()"#], 1, "10.99.0.2 > 10.99.0.1: ICMP echo reply");
    ask(&[r#"IP(dst="10.99.0.255")/ICMP()"#], 1, "10.99.0.2 > 10.99.0.1: ICMP echo reply");
    // Answers to an address that is not the interface's.
    pair.b.ip("neigh replace 10.99.0.1 lladdr 02:00:00:00:00:77 dev v1");
    ask(&["-i", "v0", r#"Ether(src="02:00:00:00:00:77")/IP(dst="10.99.0.2")/ICMP()"#], 1, "ICMP echo reply");
    pair.b.ip("neigh del 10.99.0.1 dev v1");
    let shown =
        pair.a.nettool(&["send", "--dry-run", "-e", "-i", "v0", r#"Ether()/IP(dst="10.99.0.2")/UDP()"#]);
    assert!(shown.text().contains("10.99.0.1.53 > 10.99.0.2.53: UDP"), "{}", shown.text());
    let before = received(&pair.b, "v1");
    let run = pair.a.nettool(&["send", r#"IP(dst="10.99.0.2")/UDP(dport=(1,1000))"#, "--count", "2500"]);
    run.ends(0, &["sent 2500 packets"]);
    assert!(received(&pair.b, "v1") - before >= 2500);
    drop(listener);
}

#[test]
fn the_sample_scripts_find_hosts_ports_and_ways() {
    let test = "the_sample_scripts_find_hosts_ports_and_ways";
    let Some(pair) = Pair::new(test) else { return };
    let Some(far) = Pair::new(test) else { return };
    pair.b.join("v2", &far.a, "v3");
    pair.b.ip("addr add 10.98.0.1/24 dev v2");
    far.a.ip("addr add 10.98.0.2/24 dev v3");
    far.a.ip("addr flush dev v0");
    far.a.ip("route add default via 10.98.0.1");
    pair.a.ip("route add default via 10.99.0.2");
    pair.b.set("net/ipv4/ip_forward", "1");
    pair.a.ip("addr add fd00:99::1/64 dev v0 nodad");
    pair.b.ip("addr add fd00:99::2/64 dev v1 nodad");
    let run = |script: &str, arguments: &[&str]| {
        let script = sample(script);
        pair.a.nettool(&[&["ask", &script, "--timeout", "1"], arguments].concat())
    };
    let ping = run("ping", &["--set", "dst=10.98.0.2", "--set", "count=3", "--inter", "1ms"]);
    ping.ends(0, &["3 answered"]);
    assert_eq!(ping.lines(), 3, "{}", ping.text());
    assert!(ping.text().contains("64 octets from 10.98.0.2: seq=3 ttl=63 time="), "{}", ping.text());
    let late = run("ping", &["--set", "dst=10.98.0.2", "--set", "count=1", "--set", "ttl=1"]);
    assert!(
        late.text().contains("no reply to seq=1, but IP 10.99.0.2 > 10.99.0.1: ICMP time exceeded"),
        "{}",
        late.text()
    );
    let six = run("ping", &["--set", "dst=fd00:99::2", "--set", "count=1"]);
    assert!(
        six.text().contains("64 octets from fd00:99::2: seq=1 hlim=64 time="),
        "{}{}",
        six.text(),
        six.err
    );
    let silent = run("ping", &["--set", "dst=10.99.0.200", "--set", "count=1"]);
    silent.ends(1, &["0 answered, 1 unanswered"]);
    assert_eq!(silent.text(), "no answer to seq=1\n");
    let arping =
        run("arping", &["-i", "v0", "--set", "dst=10.99.0.0/30", "--retry", "0", "--timeout", "300ms"]);
    assert!(
        arping.text().contains("10.99.0.2 is at ") && arping.text().contains("1 answered, 3 did not"),
        "{}",
        arping.text()
    );
    for method in ["udp", "icmp", "tcp"] {
        let way = run("traceroute", &["--set", "dst=10.98.0.2", "--set", &format!("method={method}")]);
        let lines: Vec<String> = way.text().lines().map(str::to_owned).collect();
        assert_eq!(lines.len(), 2, "{method}: {}{}", way.text(), way.err);
        assert!(
            lines[0].starts_with("1  10.99.0.2  ") && lines[1].starts_with("2  10.98.0.2  "),
            "{lines:?}"
        );
    }
    let open = far.a.inside(|| std::net::TcpListener::bind("10.98.0.2:222")).expect("the port is free");
    let scan = run("scan", &["--set", "dst=10.98.0.2", "--set", "ports=1-300,8080"]);
    scan.ends(0, &["301 answered"]);
    assert_eq!(scan.text(), "222/tcp open\n300 closed, 0 filtered (no answer)\n");
    drop(open);
    run("ping", &["--set", "cuont=3"]).ends(2, &["the script has no option `cuont`; did you mean `count`?"]);
    run("ping", &["--set", "count=three"])
        .ends(2, &["`count` is to be a whole number, not `three`", "ping.star:"]);
}

#[test]
fn what_cannot_be_sent_is_told_with_the_number_that_was() {
    let test = "what_cannot_be_sent_is_told_with_the_number_that_was";
    let Some(pair) = Pair::new(test) else { return };
    let scratch = Scratch::new(test);
    let good = framed(&echo(B, 64, 1));
    let long = framed(&vec![0; 1600]);
    let write = |name: &str, link_type, packets: &[Vec<u8>]| {
        scratch.file(name, &pcap(link_type, packets)).to_str().unwrap().to_owned()
    };
    let mixed = write("long.pcap", ETHERNET, &[good.clone(), good.clone(), long, good.clone()]);
    let run = pair.a.nettool(&["send", "-i", "v0", "--read", &mixed]);
    run.ends(
        1,
        &["packet 3: a frame of 1614 octets is longer than v0 takes (1514", "2 packets were sent before"],
    );
    let one = write("one.pcap", ETHERNET, &[good]);
    let raw = write("raw.pcap", RAW, &[echo([203, 0, 113, 1], 64, 1)]);
    for command in ["send", "ask"] {
        let run = |arguments: &[&str]| pair.a.nettool(&[&[command], arguments].concat());
        run(&["-i", "nosuch0", "--read", &one]).ends(3, &["no interface `nosuch0`; there are lo, v0"]);
        run(&["--read", &one]).ends(2, &["needs an interface: -i IFACE"]);
        run(&["--read", &raw]).ends(3, &["no route to 203.0.113.1"]);
        run(&["-i", "v0", "--read", "/nosuch.pcap"]).ends(3, &["/nosuch.pcap"]);
        let shown = run(&["--dry-run", "--read", &one]);
        assert_eq!(shown.text(), "IP 10.99.0.1 > 10.99.0.2: ICMP echo request, id 30583, seq 1, length 8\n");
        let unprivileged = unprivileged(&pair.a, command, &one);
        match unprivileged {
            Some(run) => {
                run.ends(3, &["EPERM; needs CAP_NET_RAW: run with sudo, or once `sudo setcap cap_net_raw"]);
            }
            None => skip(test, "needs setpriv"),
        }
    }
    pair.a.ip("link set v0 down");
    pair.a
        .nettool(&["send", "-i", "v0", "--read", &one])
        .ends(3, &["v0 is down; bring it up with `ip link set v0 up`"]);
}

/// The command by a user who may not send.
fn unprivileged(space: &Space, command: &str, file: &str) -> Option<Run> {
    if !crate::harness::installed("setpriv") {
        return None;
    }
    let program = Path::new(crate::harness::NETTOOL);
    Some(space.inside(|| {
        finish(
            Command::new("setpriv")
                .args(["--bounding-set=-all", "--inh-caps=-all"])
                .arg(program)
                .args([command, "-i", "v0", "--read", file]),
        )
    }))
}
