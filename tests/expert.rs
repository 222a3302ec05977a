//! Findings: each stands in the frames in which tshark's expert has it.

mod harness;

use harness::{nettool, peer};
use std::collections::{BTreeMap, BTreeSet};

/// How Wireshark begins a message, and what it is called here.
const SAME: [(&str, &[&str]); 17] = [
    ("Duplicate ACK", &["duplicate acknowledgement"]),
    ("TCP window update", &["window update"]),
    ("Previous segment(s) not captured", &["the segment before was not captured"]),
    ("This frame is a (suspected) out-of-order", &["suspected to be out of order"]),
    ("This frame is a (suspected) fast retransmission", &["suspected fast retransmission"]),
    ("This frame is a (suspected) spurious retransmission", &["suspected spurious retransmission"]),
    ("This frame is a (suspected) retransmission", &["suspected retransmission"]),
    ("TCP keep-alive segment", &["keep-alive"]),
    ("ACK to a TCP keep-alive", &["answer to a keep-alive"]),
    ("TCP window specified by the receiver is now completely full", &["fills the receiver's window"]),
    ("TCP Zero Window segment", &["the receiver takes nothing more"]),
    ("TCP Zero Window Probe", &["one octet against a window of none"]),
    ("Connection establish request", &["connection request"]),
    ("Connection establish acknowledge", &["connection agreed to"]),
    ("Connection finish", &["a side has sent all"]),
    ("Connection reset", &["connection reset", "connection refused"]),
    ("Bad checksum", &["the checksum is wrong"]),
];

/// Messages of Wireshark's that have no counterpart, and why.
const ALONE: [(&str, &str); 7] = [
    ("D-SACK", "an option that repeats what was acknowledged is no trouble of its own"),
    ("This frame initiates the connection closing", "the FIN is told already"),
    ("This frame undergoes the connection closing", "the FIN is told already"),
    ("The SYN packet does not contain a MSS option", "it need not (RFC 9293 §3.7.1)"),
    ("TCP SYN with TFO Cookie", "Fast Open is shown, and usual"),
    ("TCP SYN-ACK accepting TFO data", "Fast Open is shown, and usual"),
    ("The acknowledgment number field is nonzero while the ACK flag is not set", "older stacks leave it so"),
];

/// Findings by frame.
type Found = BTreeMap<u64, Vec<String>>;

fn by_frame(text: &str, separator: char) -> Found {
    let line = |line: &str| {
        let (frame, messages) = line.split_once('\t')?;
        let messages = messages.split(separator).filter(|message| !message.is_empty()).map(str::to_owned);
        Some((frame.parse().ok()?, messages.collect()))
    };
    text.lines().filter_map(line).collect()
}

fn theirs(test: &str, capture: &str) -> Option<Found> {
    let mut arguments = vec!["-n", "-r", capture, "-T", "fields", "-E", "aggregator=|"];
    arguments.extend(["-e", "frame.number", "-e", "_ws.expert.message"]);
    for verified in ["ip.check_checksum:TRUE", "tcp.check_checksum:TRUE", "udp.check_checksum:TRUE"] {
        arguments.extend(["-o", verified]);
    }
    peer(test, "tshark", arguments).map(|run| by_frame(&run.text(), '|'))
}

fn ours(capture: &str) -> Found {
    let run = nettool(["read", "--fields", "frame.number,_ws.expert.message", capture]);
    by_frame(&run.text(), ',')
}

/// Frames with a message that begins with one of these.
fn frames(found: &Found, begins: &[&str]) -> BTreeSet<u64> {
    let has = |messages: &[String]| {
        messages.iter().any(|message| begins.iter().any(|begin| message.starts_with(begin)))
    };
    found.iter().filter(|(_, messages)| has(messages)).map(|(frame, _)| *frame).collect()
}

#[test]
fn findings_of_lossy_connections_stand_where_tshark_has_them() {
    let test = "findings_of_lossy_connections_stand_where_tshark_has_them";
    for name in ["receiver", "sender"] {
        let capture = format!("tests/data/tcp_analysis/{name}.pcap.gz");
        let Some(theirs) = theirs(test, &capture) else { return };
        let ours = ours(&capture);
        for (their, our) in SAME {
            assert_eq!(frames(&ours, our), frames(&theirs, &[their]), "{name}: {their}, tshark right");
        }
        for message in theirs.values().flatten() {
            let known = SAME.iter().map(|(begin, _)| *begin).chain(ALONE.iter().map(|(begin, _)| *begin));
            assert!(known.into_iter().any(|begin| message.starts_with(begin)), "{name}: {message}");
        }
    }
}

#[test]
fn what_is_malformed_for_tshark_has_a_finding() {
    let test = "what_is_malformed_for_tshark_has_a_finding";
    let capture = "samples/malformed.pcap";
    let Some(theirs) = theirs(test, capture) else { return };
    let ours = ours(capture);
    let wrong = [
        "Bogus",
        "Bad",
        "Malformed",
        "Short segment",
        "IPv4 total length exceeds",
        "IPv6 payload length",
        "Length field",
    ];
    let (ours, theirs) = (frames(&ours, &["malformed", "the checksum is wrong"]), frames(&theirs, &wrong));
    assert!(theirs.len() > 10 && theirs.is_subset(&ours), "{theirs:?} and here {ours:?}");
}
