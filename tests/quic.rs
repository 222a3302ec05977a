//! QUIC connections are opened as far as Wireshark opens them: tshark is asked about the same captures.
//!
//! `connections.pcap.gz` (`make.py` writes such a one again) has handshakes of both versions, with Retry, over IPv6, with the client's hello
//! over several datagrams and its pieces in any order, sent again and overlapping.

mod harness;

use harness::tshark::{agree, agree_below};
use harness::{ROOT, nettool, peer};

fn capture() -> String {
    format!("{ROOT}/tests/data/quic/connections.pcap.gz")
}

#[test]
fn both_sides_initial_packets_and_the_handshake_in_them_agree_with_tshark() {
    let test = "both_sides_initial_packets_and_the_handshake_in_them_agree_with_tshark";
    agree_below(test, &capture(), &["quic", "tls"], &[]);
    agree(test, &capture(), &["quic.crypto.fragment", "tls.handshake.fragment"]);
}

#[test]
fn what_is_sent_again_or_waits_is_told_as_tshark_tells_it() {
    let test = "what_is_sent_again_or_waits_is_told_as_tshark_tells_it";
    let queries = [
        "quic.retransmission",
        "quic.overlap",
        "quic.short",
        "quic.crypto.fragments",
        "quic.frame",
        "tls.handshake.fragments",
        "tls.handshake.type == 2",
        "quic.connection.number in {4, 5}",
    ];
    for query in queries {
        let path = capture();
        let arguments = ["-n", "-r", &path, "-Y", query, "-T", "fields", "-e", "frame.number"];
        let Some(theirs) = peer(test, "tshark", arguments) else { return };
        let ours = nettool(["read", "-Y", query, "--fields", "frame.number", &path]);
        assert_eq!(ours.ends(0, &[]).text(), theirs.text(), "{query}");
        assert!(theirs.lines() > 0, "{query} finds nothing");
    }
}

#[test]
fn a_frame_names_the_later_one_that_has_what_its_pieces_wait_for() {
    let ours = nettool([
        "read",
        "-Y",
        "quic.crypto.reassembled_in",
        "--fields",
        "frame.number,quic.crypto.reassembled_in",
        &capture(),
    ]);
    assert_eq!(ours.ends(0, &[]).text(), "28\t30\n29\t30\n31\t33\n32\t33\n");
}

#[test]
fn without_reassembly_a_datagram_opens_by_itself_if_it_is_a_clients_first() {
    let ours = nettool([
        "read",
        "--no-reassembly",
        "-Y",
        "tls.handshake.type",
        "--fields",
        "frame.number,tls.handshake.type",
        "-c",
        "2",
        &capture(),
    ]);
    assert_eq!(ours.ends(0, &[]).text(), "1\t1\n5\t1\n");
}
