//! What frames are in the light of those before: answers found without an identifier of their own, errors that end requests, holes between
//! fragments, routing loops.
//!
//! `tests/data/state/make.py` wrote the capture.

mod harness;

use harness::{nettool, peer};
use serde_json::Value;

const CAPTURE: &str = "tests/data/state/exchanges.pcap";

fn rows(table: &str, more: &[&str]) -> Vec<Value> {
    let run = nettool([&["read", "--json", "--stats", table, CAPTURE][..], more].concat());
    run.ends(0, &[]);
    run.text().lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

fn row<'r>(rows: &'r [Value], key: &str, value: &str) -> &'r Value {
    let fits = |row: &&Value| row[key].as_str().is_some_and(|text| text.starts_with(value));
    rows.iter().find(fits).unwrap_or_else(|| panic!("{key} {value} in {rows:?}"))
}

#[test]
fn tftp_answers_from_a_new_port_and_http_in_the_order_of_requests() {
    let rows = rows("latency", &[]);
    let tftp = row(&rows, "service", "tftp");
    assert_eq!((&tftp["requests"], &tftp["answered"]), (&1.into(), &1.into()));
    assert!((tftp["min"].as_f64().expect("a time") - 0.02).abs() < 1e-6, "{tftp}");
    let http = row(&rows, "service", "http");
    assert_eq!((&http["requests"], &http["answered"]), (&3.into(), &3.into()), "{http}");
    // Each by itself: what is not joined has no order.
    let alone = nettool(["read", "--json", "--stats", "latency", "--no-reassembly", CAPTURE]).text();
    assert!(!alone.contains("\"http\"") && alone.contains("\"tftp\""), "{alone}");
}

#[test]
fn http_responses_name_the_request_that_tshark_names() {
    let test = "http_responses_name_the_request_that_tshark_names";
    // Once each: Wireshark's own pairing follows the last request where several wait.
    for capture in ["samples/http.pcap", "tests/data/reassembly/cuts.pcap.gz"] {
        let fields = ["-T", "fields", "-e", "frame.number", "-e", "http.request_in", "-Y", "http.response"];
        let order = ["-2", "-n", "-o", "tcp.reassemble_out_of_order:TRUE", "-r", capture];
        let Some(theirs) = peer(test, "tshark", [&order[..], &fields].concat()) else { return };
        let ours = nettool([
            "read",
            "--fields",
            "frame.number,frame.response_to",
            "-Y",
            "http.response.code",
            capture,
        ]);
        assert!(theirs.lines() > 0, "{}", theirs.err);
        assert_eq!(ours.text(), theirs.text(), "{capture}");
    }
}

#[test]
fn an_icmp_error_ends_the_request_that_it_quotes() {
    let rows = rows("latency", &[]);
    for (service, error) in
        [("dns", "1 × port unreachable"), ("icmp", "1 × time to live exceeded in transit")]
    {
        let row = row(&rows, "service", service);
        assert_eq!(
            (&row["failed"], &row["unanswered"], &row["errors"]),
            (&1.into(), &0.into(), &error.into())
        );
    }
    let answers = nettool(["read", "--fields", "frame.response_to", "-Y", "icmp.type == 3", CAPTURE]).text();
    assert_eq!(answers.trim(), "4");
}

#[test]
fn an_icmp_error_ends_a_syn_that_waits() {
    let table = |name: &str| {
        let run = nettool(["read", "--json", "--stats", name, "tests/data/state/refused.pcap"]);
        run.text().lines().map(|line| serde_json::from_str(line).expect("JSON")).collect::<Vec<Value>>()
    };
    let services = table("latency");
    let four = row(&services, "server", "10.0.0.9");
    let counts =
        ["requests", "repeated", "answered", "failed", "unanswered"].map(|count| four[count].as_u64());
    assert_eq!(counts, [13, 6, 1, 4, 2].map(Some), "{four}");
    assert!(four["errors"].as_str().is_some_and(|errors| errors.contains("1 × administratively prohibited")));
    assert_eq!(row(&services, "server", "[2001:db8::9]")["failed"], 1);
    let connections = table("tcp");
    let met = |at: usize| (connections[at]["state"].as_str(), connections[at]["icmp_error"].as_str());
    assert_eq!(met(0), (Some("unreachable"), Some("port unreachable")));
    assert_eq!(met(4), (Some("no answer"), None));
    assert_eq!(met(6), (Some("half open"), None));
}

#[test]
fn a_hole_between_fragments_is_named_and_packets_that_circle_are_found() {
    let rows = rows("expert", &[]);
    let lacking = row(&rows, "message", "fragments of a datagram are missing");
    let message =
        "fragments of a datagram are missing: octets 1480 to 2959 of 0x4242 from 10.0.0.1 to 10.0.9.9";
    assert_eq!((&lacking["message"], &lacking["protocol"]), (&message.into(), &"ip".into()));
    let circles = row(&rows, "message", "routing loop");
    assert_eq!(circles["count"], 3);
    let first = nettool(["read", "--fields", "ip.routing_loop", "-Y", "ip.routing_loop", CAPTURE]).text();
    assert!(first.lines().all(|frame| Some(frame) == first.lines().next()), "{first}");
    // Two or three times may be both sides of a router.
    let few = nettool(["read", "--count", "-Y", "ip.routing_loop", CAPTURE, "ip[8] > 14"]);
    assert_eq!(few.text().trim(), "0");
}

#[test]
fn errors_and_handshakes_name_the_packet_that_they_answer() {
    let capture = "tests/data/state/errors.pcap";
    let answers =
        nettool(["read", "--fields", "frame.number,frame.response_to,frame.response_time", capture]).text();
    let answers: Vec<(u64, u64, f64)> = answers
        .lines()
        .filter_map(|line| {
            let mut words = line.split('\t');
            let mut next = || words.next().filter(|word| !word.is_empty());
            Some((next()?.parse().ok()?, next()?.parse().ok()?, next()?.parse().ok()?))
        })
        .collect();
    // The SYN that an error quotes is the second of two; SYN+ACK answers from the first on.
    let right = [
        (2, 1, 0.010),
        (5, 4, 0.020),
        (7, 6, 0.030),
        (9, 8, 0.001),
        (11, 10, 0.002),
        (13, 12, 0.003),
        (15, 14, 0.005),
        (18, 16, 1.020),
        (21, 20, 0.020),
        (25, 24, 0.020),
        (27, 26, 0.040),
        (29, 28, 0.010),
    ];
    assert_eq!(answers, right);
    let table = nettool(["read", "--json", "--stats", "latency", capture]).text();
    let row = table.lines().find(|row| row.contains("10.0.0.9:80")).expect("a row");
    assert!(
        row.contains("\"requests\":8,\"repeated\":2,\"answered\":2,\"unanswered\":0,\"failed\":4,"),
        "{row}"
    );
    assert!(row.contains("\"max\":1.020") && row.contains("3 × host unreachable, 1 × refused"), "{row}");
}

#[test]
fn tables_say_what_had_to_make_room() {
    let json = nettool([
        "read",
        "--json",
        "--stats",
        "latency",
        "--flow-limit",
        "64",
        "tests/data/state/tunnels.pcap.gz",
    ]);
    let said = "{\"kind\":\"evicted\",\"table\":\"latency\",\"what\":\"connections\",\"count\":";
    assert!(json.text().contains(said), "{}", json.text());
    let text =
        nettool(["read", "--stats", "tcp", "--flow-limit", "64", "tests/data/state/tunnels.pcap.gz"]).text();
    assert!(text.contains("connections that had to make room for others are not in this table"), "{text}");
}

#[test]
fn requests_and_answers_name_each_other_as_in_tshark() {
    const FIELDS: [&str; 23] = [
        "icmp.resp_in",
        "icmp.resp_to",
        "icmp.resptime",
        "icmpv6.resp_in",
        "icmpv6.resp_to",
        "icmpv6.resptime",
        "dns.response_in",
        "dns.response_to",
        "dns.time",
        "http.response_in",
        "http.request_in",
        "http.time",
        "snmp.response_in",
        "snmp.response_to",
        "snmp.time",
        "radius.rspframe",
        "radius.reqframe",
        "radius.time",
        "coap.response_in",
        "coap.response_to",
        "coap.response_time",
        "ntp.response_in",
        "ntp.request_in",
    ];
    let (test, capture) =
        ("requests_and_answers_name_each_other_as_in_tshark", "tests/data/state/answered.pcap");
    // Of tunnels whose outer addresses and ports are not turned around too, and behind several fragments and segments.
    let others = [("tests/data/state/tunnelled.pcap", 15), ("tests/data/state/split.pcap", 40)];
    for (capture, least) in [(capture, 40)].into_iter().chain(others) {
        let mut words = vec!["-2", "-n", "-r", capture, "-T", "fields"];
        FIELDS.iter().for_each(|field| words.extend(["-e", field]));
        let Some(theirs) = peer(test, "tshark", words) else { return };
        assert!(theirs.lines() > least, "{}", theirs.err);
        let ours = nettool(["read", "--fields", FIELDS.join(",").as_str(), capture]);
        assert_eq!(ours.ends(0, &[]).text(), theirs.text(), "{capture}");
    }
    // Milliseconds where no unit says otherwise.
    let slow = nettool(["read", "--count", "-Y", "icmp.resptime > 30 && icmp.resptime < 70ms", capture]);
    assert_eq!(slow.ends(0, &[]).text().trim(), "2");
}

#[test]
fn one_advertisement_answers_every_host_that_asked() {
    let capture = "tests/data/state/solicitations.pcap";
    let run = nettool(["read", "--json", "--stats", "latency", capture]);
    let row: Value = serde_json::from_str(run.ends(0, &[]).text().trim()).expect("a row");
    assert_eq!(
        (&row["requests"], &row["repeated"], &row["answered"]),
        (&4.into(), &1.into(), &3.into()),
        "{row}"
    );
}
