//! TCP analysis is Wireshark's: tshark is asked about the same captures, field by field.
//!
//! `receiver.pcap.gz` and `sender.pcap.gz` are two ends of one run over a path that lost, delayed, doubled and reordered
//! segments (`record.py` records such a run again): every value must be the same. `make.py` makes walks that no TCP would do, to meet all rules in all
//! combinations; there a few values differ, see [`EXCEPTIONS`].

mod harness;

use harness::{NETTOOL, ROOT, installed, nettool, peer, skip};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

const FIELDS: &[&str] = &[
    "frame.number",
    "tcp.stream",
    "tcp.completeness",
    "tcp.seq",
    "tcp.ack",
    "tcp.nxtseq",
    "tcp.window_size",
    "tcp.window_size_scalefactor",
    "tcp.time_relative",
    "tcp.time_delta",
    "tcp.analysis.flags",
    "tcp.analysis.retransmission",
    "tcp.analysis.fast_retransmission",
    "tcp.analysis.spurious_retransmission",
    "tcp.analysis.out_of_order",
    "tcp.analysis.lost_segment",
    "tcp.analysis.ack_lost_segment",
    "tcp.analysis.duplicate_ack_num",
    "tcp.analysis.duplicate_ack_frame",
    "tcp.analysis.zero_window",
    "tcp.analysis.zero_window_probe",
    "tcp.analysis.zero_window_probe_ack",
    "tcp.analysis.window_full",
    "tcp.analysis.window_update",
    "tcp.analysis.keep_alive",
    "tcp.analysis.keep_alive_ack",
    "tcp.analysis.reused_ports",
    "tcp.analysis.acks_frame",
    "tcp.analysis.ack_rtt",
    "tcp.analysis.initial_rtt",
    "tcp.analysis.bytes_in_flight",
    "tcp.analysis.push_bytes_sent",
    "tcp.analysis.rto",
    "tcp.analysis.rto_frame",
    "tcp.options.sack_le",
    "tcp.options.sack_re",
    "tcp.options.sack.count",
    "tcp.options.sack.dsack_le",
    "tcp.options.sack.dsack_re",
    "udp.stream",
    "udp.time_relative",
    "udp.time_delta",
];

/// Values of each field that may differ in the made walks, of a thousand. All come from one of these:
/// - an acknowledgement of what nobody sent counts in tshark 4.0 towards duplicate ones, so that what follows
///   it may be a fast retransmission there;
/// - octets in flight: segments that lie before the stream's first number, or behind a jump of 2^31, are measured from there;
/// - what depends on these (a frame that has analysis or not, the octets since the last push).
const EXCEPTIONS: usize = 12;

/// What tshark and nettool say of a capture: for each field how many values tshark has, and how many differ.
fn compare(test: &str, path: &str) -> Option<BTreeMap<&'static str, (usize, usize)>> {
    compare_frames(test, path, FIELDS, "frame")
}

/// The same of some fields in the frames that a query takes.
fn compare_frames(
    test: &str,
    path: &str,
    fields: &[&'static str],
    query: &str,
) -> Option<BTreeMap<&'static str, (usize, usize)>> {
    let mut arguments = vec!["-n", "-r", path, "-Y", query, "-T", "fields"];
    fields.iter().for_each(|field| arguments.extend(["-e", field]));
    let theirs = peer(test, "tshark", arguments)?.text();
    let ours = nettool(["read", "--dsa", "none", "-Y", query, "--fields", &fields.join(","), path]).text();
    assert_eq!(ours.lines().count(), theirs.lines().count(), "{path}: frames");
    let mut found = BTreeMap::new();
    for (ours, theirs) in ours.lines().zip(theirs.lines()) {
        for ((field, ours), theirs) in fields.iter().zip(ours.split('\t')).zip(theirs.split('\t')) {
            let (values, differ): &mut (usize, usize) = found.entry(*field).or_default();
            *values += usize::from(!theirs.is_empty());
            *differ += usize::from(ours != theirs);
        }
    }
    Some(found)
}

#[test]
fn connections_over_a_bad_path_are_judged_as_tshark_judges_them() {
    let test = "connections_over_a_bad_path_are_judged_as_tshark_judges_them";
    for end in ["receiver", "sender"] {
        let Some(found) = compare(test, &format!("tests/data/tcp_analysis/{end}.pcap.gz")) else { return };
        for (field, (_, differ)) in &found {
            assert_eq!(*differ, 0, "{end}: {field}");
        }
        for field in ["retransmission", "fast_retransmission", "out_of_order", "keep_alive", "zero_window"] {
            assert!(found[format!("tcp.analysis.{field}").as_str()].0 > 0, "{end} has no {field}");
        }
    }
}

#[test]
fn data_in_a_syn_and_the_ends_of_connections_are_told_as_tshark_tells_them() {
    let test = "data_in_a_syn_and_the_ends_of_connections_are_told_as_tshark_tells_them";
    let capture = "tests/data/tcp_analysis/handshakes.pcap";
    let Some(found) = compare(test, capture) else { return };
    for (field, (_, differ)) in &found {
        assert_eq!(*differ, 0, "{field}");
    }
    let queries = [
        "tcp.analysis.tfo_syn",
        "tcp.analysis.tfo_ack",
        "tcp.analysis.tfo_ignored",
        "tcp.connection.syn",
        "tcp.connection.synack",
        "tcp.connection.fin",
        "tcp.connection.rst",
        "tcp.connection.fin_active",
        "tcp.connection.fin_passive",
        "tcp.ack.nonzero",
        "tcp.urgent_pointer.non_zero",
        "tcp.reset_cause == \"gone\"",
        "tcp.payload",
        "-tcp.len < -4",
    ];
    for query in queries {
        let Some(theirs) =
            peer(test, "tshark", ["-n", "-r", capture, "-Y", query, "-T", "fields", "-e", "frame.number"])
        else {
            return;
        };
        let ours = nettool(["read", "-Y", query, "--fields", "frame.number", capture]);
        assert_eq!(ours.ends(0, &[]).text(), theirs.text(), "{query}");
        assert!(theirs.lines() > 0, "{query} finds nothing");
    }
}

#[test]
fn whatever_segments_do_tshark_and_nettool_hardly_differ() {
    let test = "whatever_segments_do_tshark_and_nettool_hardly_differ";
    if !installed("python3") {
        return skip(test, "python3");
    }
    let folder = Path::new(NETTOOL).parent().expect("the program lies in a folder");
    for seed in ["1", "2"] {
        let made = Command::new("python3")
            .current_dir(ROOT)
            .args(["tests/data/tcp_analysis/make.py", seed, "2500"])
            .output()
            .expect("python3 is installed");
        let path = folder.join(format!("tcp-walk-{seed}-{}.pcap", std::process::id()));
        std::fs::write(&path, &made.stdout).expect("the build folder can be written");
        let found = compare(test, path.to_str().expect("a plain path"));
        std::fs::remove_file(&path).expect("it was just written");
        let Some(found) = found else { return };
        for (field, (_, differ)) in &found {
            assert!(*differ <= 2500 * EXCEPTIONS / 1000, "seed {seed}: {differ} values of {field} differ");
        }
        for field in FIELDS.iter().filter(|field| field.starts_with("tcp.analysis")) {
            assert!(found[field].0 > 0, "seed {seed}: no segment has {field}");
        }
    }
}

/// Wireshark shows further fields of what an ICMP error quotes, some of them raw; nettool its stream, and that is the same.
#[test]
fn streams_in_tunnels_are_those_of_tshark() {
    let test = "streams_in_tunnels_are_those_of_tshark";
    let capture = "tests/data/state/tunnels.pcap.gz";
    let numbers = ["frame.number", "tcp.stream", "udp.stream"];
    for (fields, query) in [(&numbers[..], "frame"), (FIELDS, "!icmp")] {
        let Some(found) = compare_frames(test, capture, fields, query) else { return };
        for (field, (_, differ)) in &found {
            assert_eq!(*differ, 0, "{field}");
        }
        assert!(found["tcp.stream"].0 > 200 && found["udp.stream"].0 > 100, "{found:?}");
    }
    // Tables of conversations are made without reassembly: not what the fragments at the end hold.
    let whole = "frame.number <= 300";
    for transport in ["tcp", "udp", "ip", "ipv6"] {
        let table = format!("conv,{transport},{whole}");
        let Some(theirs) = peer(test, "tshark", ["-q", "-n", "-r", capture, "-z", &table]) else { return };
        let theirs: u64 = theirs.text().lines().filter_map(frames_of_a_conversation).sum();
        let table = ["read", "--json", "--stats", &format!("conv,{transport}"), "-Y", whole, capture];
        let ours: u64 = nettool(table)
            .text()
            .lines()
            .filter_map(|row| serde_json::from_str::<serde_json::Value>(row).ok()?["frames"].as_u64())
            .sum();
        assert!(ours > 0 && ours == theirs, "{transport}: {ours}, tshark {theirs}");
    }
}

/// The total of a row of tshark's table: behind frames and octets there and back.
fn frames_of_a_conversation(row: &str) -> Option<u64> {
    let (_, counts) = row.split_once("<->")?;
    let numbers = counts.split_whitespace().skip(1).filter_map(|word| word.parse::<u64>().ok());
    numbers.skip(4).step_by(2).next()
}

#[test]
fn streams_in_tunnels_are_followed_and_errors_about_them_are_no_packets_of_theirs() {
    let capture = "tests/data/state/tunnels.pcap.gz";
    let follow = |stream: &str| nettool(["read", "--follow-stream", stream, capture]);
    let text = follow("tcp:4").ends(0, &[]).text();
    assert!(text.contains("GET / HTTP/1.1") && text.contains("hello"), "{text}");
    follow("tcp:3").ends(1, &["only ICMP errors about it"]);
    let json = nettool(["read", "--json", "--stats", "tcp", capture]).text();
    assert!(json.contains("\"stream\":2,") && !json.contains("\"stream\":3,"), "{json}");
}

#[test]
fn queries_and_files_take_state() {
    let capture = "tests/data/tcp_analysis/receiver.pcap.gz";
    let count = |query: &str| nettool(["read", "--count", "-Y", query, capture]).ends(0, &[]).text();
    let shown = nettool(["read", "-Y", "tcp.analysis.retransmission", "--fields", "tcp.stream", capture]);
    assert_eq!(count("tcp.analysis.retransmission").trim(), shown.lines().to_string());
    assert!(shown.lines() > 0);
    // Chosen frames keep what all frames say.
    let one = nettool(["read", "-Y", "tcp.stream == 1", "--fields", "tcp.stream", capture]).text();
    assert!(!one.is_empty() && one.lines().all(|line| line == "1"));
    let json = nettool(["read", "--json", "-Y", "tcp.analysis.zero_window", capture]).text();
    assert!(json.contains("\"tcp.analysis.zero_window\":true"), "{json}");
    let tree = nettool(["read", "-V", "-Y", "tcp.analysis.keep_alive", capture]).text();
    assert!(tree.contains("keep-alive: true"), "{tree}");
}

#[test]
fn connections_stand_in_a_table() {
    let capture = "tests/data/tcp_analysis/receiver.pcap.gz";
    let json = nettool(["read", "--stats", "tcp", "--json", capture]).ends(0, &[]).text();
    let rows: Vec<&str> = json.lines().collect();
    assert_eq!(rows.len(), 7, "{json}");
    assert!(rows.iter().all(|row| row.starts_with("{\"kind\":\"tcp\",\"stream\":") && row.ends_with('}')));
    assert!(json.contains("\"state\":\"refused\",\"reset\":\"refused\""), "{json}");
    assert!(json.contains("\"state\":\"reset\",\"reset\":\"established connection\""), "{json}");
    let retransmissions = |side: &str| -> u64 {
        let key = format!("\"{side}_retransmissions\":");
        rows.iter().filter_map(|row| row.split(&key).nth(1)?.split(',').next()?.parse::<u64>().ok()).sum()
    };
    let query = nettool(["read", "--count", "-Y", "tcp.analysis.retransmission", capture]).text();
    assert_eq!((retransmissions("a") + retransmissions("b")).to_string(), query.trim());
    let table = nettool(["read", "--stats", "tcp", capture]).text();
    assert!(table.contains("reset: established connection"), "{table}");
    let filtered = nettool(["read", "--stats", "tcp", "--json", capture, "port", "5999"]).text();
    assert_eq!(filtered.lines().count(), 1, "{filtered}");
}

#[test]
fn answers_find_their_requests() {
    let fields = ["read", "--fields", "frame.number,dns.response_to,dns.time", "samples/dns.pcap"];
    let ours = nettool(fields).text();
    let theirs = [
        "-r",
        "samples/dns.pcap",
        "-T",
        "fields",
        "-e",
        "frame.number",
        "-e",
        "dns.response_to",
        "-e",
        "dns.time",
    ];
    if let Some(theirs) = peer("answers_find_their_requests", "tshark", theirs) {
        assert_eq!(ours, theirs.text());
    }
    let json = nettool(["read", "--stats", "latency", "--json", "samples/dns.pcap"]).ends(0, &[]).text();
    let row = "{\"kind\":\"latency\",\"service\":\"dns\",\"server\":\"192.0.2.2\",\"requests\":6,\"repeated\":0,\
               \"answered\":6,\"unanswered\":0,\"failed\":0,\"min\":0.012345000,\"median\":0.012345000,";
    assert!(json.starts_with(row), "{json}");
    let table = nettool(["read", "--stats", "latency", "samples/http.pcap"]).text();
    assert!(table.contains("tcp handshake"), "{table}");
}

#[test]
fn findings_are_counted_by_severity() {
    let json =
        nettool(["read", "--stats", "expert", "--json", "samples/tcp-trouble.pcap"]).ends(0, &[]).text();
    let reset = "{\"kind\":\"expert\",\"severity\":\"warning\",\"protocol\":\"tcp\",\"message\":\"connection reset\",\
                 \"count\":1,\"first_frame\":14}";
    assert!(json.lines().any(|line| line == reset), "{json}");
    let severity =
        nettool(["read", "--count", "-Y", "_ws.expert.severity == \"Warning\"", "samples/tcp-trouble.pcap"]);
    assert_eq!(severity.ends(0, &[]).text().trim(), "3");
    nettool(["read", "--stats", "expert", "-w", "never.pcap", "samples/dns.pcap"]).ends(2, &["two runs"]);
}

/// A pcap file of Ethernet frames, a millisecond apart, in the build folder.
fn capture_of(name: &str, frames: &[Vec<u8>]) -> std::path::PathBuf {
    let mut file = Vec::new();
    for word in [0xa1b2_c3d4_u32, 0x0004_0002, 0, 0, 65535, 1] {
        file.extend(word.to_le_bytes());
    }
    for (at, frame) in (0_u32..).zip(frames) {
        let len = u32::try_from(frame.len()).expect("a short frame");
        for word in [1_700_000_000, at * 1000, len, len] {
            file.extend(word.to_le_bytes());
        }
        file.extend(frame);
    }
    let folder = Path::new(NETTOOL).parent().expect("the program lies in a folder");
    let path = folder.join(format!("{name}-{}.pcap", std::process::id()));
    std::fs::write(&path, file).expect("the build folder can be written");
    path
}

#[test]
fn ports_of_a_switch_have_conversations_by_the_tag() {
    // The trailing tag of the 88E6060: four octets at the end, the port in the second.
    let frame = |host: u8, port: u8| {
        let mut frame =
            vec![2, 0, 0, 0, 0, 9, 2, 0, 0, 0, 0, host, 8, 0, 0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0, 0];
        frame.extend([10, 0, 0, host, 10, 0, 0, 9, 0x10, 0, 0x20, 0, 0, 8, 0, 0]);
        frame.resize(60, 0);
        frame.extend([0x80, port, 0, 0]);
        frame
    };
    let path = capture_of("switch-ports", &[frame(1, 1), frame(2, 3), frame(1, 1), frame(2, 3), frame(2, 3)]);
    let capture = path.to_str().expect("a plain path");
    let json =
        nettool(["read", "--dsa", "trailer", "--stats", "conv,dsa", "--json", capture]).ends(0, &[]).text();
    let rows: Vec<&str> = json.lines().collect();
    assert_eq!(rows.len(), 2, "{json}");
    assert!(rows[0].contains("\"dsa\":3,\"frames\":3,\"octets\":192"), "{json}");
    assert!(rows[1].contains("\"dsa\":1,\"frames\":2,\"octets\":128"), "{json}");
    // Inner addresses come from behind the tag, and the same flow on two ports is one IP conversation.
    let ip = nettool(["read", "--dsa", "trailer", "--stats", "conv,ip", "--json", capture]).text();
    assert_eq!(ip.lines().count(), 2, "{ip}");
    let streams = nettool(["read", "--dsa", "trailer", "--fields", "udp.stream,dsa.port", capture]).text();
    assert_eq!(streams, "0\t1\n1\t3\n0\t1\n1\t3\n1\t3\n");
    std::fs::remove_file(&path).expect("it was just written");
}

#[test]
fn two_hosts_with_one_address_are_noticed_as_tshark_notices_them() {
    let arp = |host: u8, tag: &[u8]| {
        let mut frame = vec![255, 255, 255, 255, 255, 255, 2, 0, 0, 0, 0, host];
        frame.extend(tag);
        frame.extend([
            8, 6, 0, 1, 8, 0, 6, 4, 0, 2, 2, 0, 0, 0, 0, host, 10, 0, 0, 1, 2, 0, 0, 0, 0, 7, 10, 0, 0, 7,
        ]);
        frame
    };
    let tagged = arp(3, &[0x81, 0, 0, 5]);
    let path = capture_of("one-address", &[arp(1, &[]), arp(1, &[]), arp(2, &[]), tagged]);
    let capture = path.to_str().expect("a plain path");
    let fields = "frame.number,arp.duplicate_address_detected,arp.duplicate_address_frame";
    let ours = nettool(["read", "--fields", fields, capture]).text();
    // In another VLAN it is another network; tshark does not tell these apart.
    assert_eq!(ours, "1\t\t\n2\t\t\n3\t1\t2\n4\t\t\n");
    let expert = nettool(["read", "--stats", "expert", "--json", capture]).text();
    assert!(
        expert.contains("\"protocol\":\"arp\",\"message\":\"two hosts claim the address\",\"count\":1"),
        "{expert}"
    );
    let theirs = [
        "-r",
        capture,
        "-c",
        "3",
        "-T",
        "fields",
        "-e",
        "frame.number",
        "-e",
        "arp.duplicate-address-detected",
    ];
    if let Some(theirs) =
        peer("two_hosts_with_one_address_are_noticed_as_tshark_notices_them", "tshark", theirs)
    {
        let of = |text: &str, at: usize| {
            text.lines()
                .nth(at)
                .is_some_and(|line| line.contains('\t') && !line.split('\t').nth(1).unwrap_or("").is_empty())
        };
        for at in 0..3 {
            assert_eq!(of(&ours, at), of(&theirs.text(), at), "frame {}", at + 1);
        }
    }
    std::fs::remove_file(&path).expect("it was just written");
}

/// A segment of a connection between two hosts, without checksums.
fn segment(client: bool, seq: u32, ack: u32, flags: u8, data: usize) -> Vec<u8> {
    let (from, to) = if client { (1, 2) } else { (2, 1) };
    let (source, destination) = if client { (40000_u16, 80_u16) } else { (80, 40000) };
    let total = u16::try_from(40 + data).expect("a short segment");
    let mut frame = vec![2, 0, 0, 0, 0, to, 2, 0, 0, 0, 0, from, 8, 0, 0x45, 0];
    frame.extend(total.to_be_bytes());
    frame.extend([0, 0, 0x40, 0, 64, 6, 0, 0, 10, 0, 0, from, 10, 0, 0, to]);
    frame.extend(source.to_be_bytes());
    frame.extend(destination.to_be_bytes());
    frame.extend(seq.to_be_bytes());
    frame.extend(ack.to_be_bytes());
    frame.extend([0x50, flags, 0x20, 0, 0, 0, 0, 0]);
    frame.resize(frame.len() + data, b'd');
    frame
}

/// Where the handshake's last segment is lost, or comes late, a segment with data tells its time.
#[test]
fn the_handshake_is_timed_without_its_last_segment_as_tshark_times_it() {
    let test = "the_handshake_is_timed_without_its_last_segment_as_tshark_times_it";
    let frames = [
        segment(true, 1000, 0, 0x02, 0),
        segment(false, 5000, 1001, 0x12, 0),
        segment(true, 1101, 5001, 0x10, 100),
        segment(false, 5001, 1001, 0x10, 0),
        segment(true, 1001, 5001, 0x10, 100),
        segment(false, 5001, 1201, 0x18, 50),
    ];
    let path = capture_of("lost-ack", &frames);
    let found = compare(test, path.to_str().expect("a plain path"));
    std::fs::remove_file(&path).expect("it was just written");
    let Some(found) = found else { return };
    for (field, (_, differ)) in &found {
        assert_eq!(*differ, 0, "{field}");
    }
    assert!(found["tcp.analysis.initial_rtt"].0 >= 3, "{found:?}");
}
