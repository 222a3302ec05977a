//! Reassembly: what tshark finds behind fragments, nettool finds in the same frames.
//!
//! The captures lie in `tests/data/reassembly`; `make.py` there wrote them with scapy.

mod harness;

use harness::nettool;
use harness::tshark::rows;

/// Holds columns of both programs against each other, octet for octet.
fn agree(test: &str, capture: &str, fields: &[&str], preferences: &[&str]) {
    let path = format!("tests/data/reassembly/{capture}");
    let mut options: Vec<&str> = preferences.iter().flat_map(|preference| ["-o", preference]).collect();
    if fields.iter().any(|field| field.contains("reassembled_in") || field.contains("reassembled.in")) {
        // What a later frame says is known to it in a second pass alone.
        options.push("-2");
    }
    let Some(rows) = rows(test, &path, fields, &options) else { return };
    for (at, (ours, theirs)) in rows.iter().enumerate() {
        for ((field, ours), theirs) in fields.iter().zip(ours).zip(theirs) {
            assert_eq!(ours, theirs, "{capture}, frame {}, {field}: nettool left, tshark right", at + 1);
        }
    }
}

#[test]
fn fragments_are_joined_in_the_frames_in_which_tshark_joins_them() {
    agree(
        "fragments_are_joined_in_the_frames_in_which_tshark_joins_them",
        "fragments.pcap",
        &[
            "frame.number",
            "ip.fragment",
            "ip.fragment.error",
            "ip.fragment.count",
            "ip.fragment.overlap",
            "ip.fragment.overlap.conflict",
            "ip.reassembled.length",
            "ip.reassembled.data",
            "ipv6.fragment",
            "ipv6.fragment.count",
            "ipv6.reassembled.length",
            "ipv6.reassembled.data",
            "udp.srcport",
            "udp.length",
            "udp.checksum.status",
            "dns.qry.name",
            "icmp.type",
        ],
        &["udp.check_checksum:TRUE"],
    );
}

#[test]
fn within_tunnels_fragments_and_streams_are_joined_as_tshark_joins_them() {
    let test = "within_tunnels_fragments_and_streams_are_joined_as_tshark_joins_them";
    let fields = [
        "frame.number",
        "ip.fragment",
        "ip.fragment.count",
        "ip.reassembled.length",
        "ip.reassembled.data",
        "ipv6.fragment",
        "ipv6.reassembled.length",
        "udp.srcport",
        "udp.length",
        "dns.qry.name",
        "tcp.segment",
        "tcp.segment.count",
        "tcp.reassembled.length",
        "tcp.segment_data",
    ];
    agree(test, "tunnels.pcap.gz", &fields, IN_ORDER);
    let later = ["frame.number", "ip.reassembled_in", "ipv6.reassembled.in", "tcp.reassembled_in"];
    agree(test, "tunnels.pcap.gz", &later, IN_ORDER);
}

/// What messages over TCP say.
const MESSAGES: [&str; 9] = [
    "frame.number",
    "tcp.len",
    "dns.qry.name",
    "http.request.uri",
    "http.response.code",
    "http.content_type",
    "tls.record.content_type",
    "tls.record.length",
    "bgp.type",
];

/// As Wireshark does it where it is to keep the order of segments.
const IN_ORDER: &[&str] = &["tcp.reassemble_out_of_order:TRUE"];

#[test]
fn messages_cut_at_every_octet_are_joined_as_tshark_joins_them() {
    let joined = ["tcp.segment", "tcp.segment.count", "tcp.reassembled.length", "tcp.segment_data"];
    agree(
        "messages_cut_at_every_octet_are_joined_as_tshark_joins_them",
        "split.pcap.gz",
        &[&MESSAGES[..], &joined].concat(),
        IN_ORDER,
    );
}

#[test]
fn several_messages_in_segments_of_any_length_are_found_where_tshark_finds_them() {
    let test = "several_messages_in_segments_of_any_length_are_found_where_tshark_finds_them";
    agree(test, "cuts.pcap.gz", &MESSAGES, IN_ORDER);
}

#[test]
fn handshakes_over_several_records_and_segments_are_read_where_tshark_reads_them() {
    agree(
        "handshakes_over_several_records_and_segments_are_read_where_tshark_reads_them",
        "hello.pcap.gz",
        &[
            "frame.number",
            "tls.record.content_type",
            "tls.record.length",
            "tls.handshake.type",
            "tls.handshake.length",
            "tls.handshake.certificate_length",
            "tls.handshake.extensions_server_name",
            "tls.handshake.extensions_alpn_str",
            "tls.handshake.extensions_key_share_key_exchange_length",
            "tls.handshake.fragment",
            "tls.handshake.fragment.count",
        ],
        IN_ORDER,
    );
    // However it was cut, it is the same client; behind a change of cipher nothing is read.
    let fields = ["read", "--fields", "tls.handshake.ja4", "tests/data/reassembly/hello.pcap.gz"];
    let prints = nettool(fields).text();
    let prints: Vec<_> = prints.lines().filter(|print| !print.is_empty()).collect();
    assert_eq!(prints, ["t13d0306h2_40b44b994229_5d4d534e3685"; 8]);
    let sealed = ["read", "--count", "-Y", "tls.handshake.encrypted", "tests/data/reassembly/hello.pcap.gz"];
    assert_eq!(nettool(sealed).text().trim(), "2");
}

#[test]
fn segments_out_of_order_and_sent_again_are_put_right_as_tshark_does() {
    let test = "segments_out_of_order_and_sent_again_are_put_right_as_tshark_does";
    agree(test, "order.pcap.gz", &MESSAGES, IN_ORDER);
}

#[test]
fn each_fragment_and_segment_names_the_later_frame_that_tshark_names_in_two_passes() {
    let test = "each_fragment_and_segment_names_the_later_frame_that_tshark_names_in_two_passes";
    let later = ["frame.number", "ip.reassembled_in", "ipv6.reassembled.in", "tcp.reassembled_in"];
    for capture in ["fragments.pcap", "split.pcap.gz", "cuts.pcap.gz"] {
        agree(test, capture, &later, IN_ORDER);
    }
}

#[test]
fn later_frames_are_told_where_they_are_asked_for_and_files_can_be_read_twice() {
    let file = "samples/fragments.pcap";
    let count = |more: &[&str]| {
        let run = nettool([&["read", "--count", "-Y"][..], more, &[file]].concat());
        run.text().trim().to_owned()
    };
    assert_eq!(count(&["ip.reassembled_in == 3"]), "2");
    // Of what the capture filter leaves out nothing is joined.
    let filtered = ["read", "--count", "-Y", "ip.reassembled_in == 3", file, "not ip[6:2] == 0x20b9"];
    assert_eq!(nettool(filtered).text().trim(), "0");
    let tree = |more: &[&str]| nettool([&["read", "-V", file][..], more].concat()).text();
    assert!(
        tree(&["-2"]).contains("completes the datagram: 3") && !tree(&[]).contains("completes the datagram")
    );
    let octets = std::fs::read(file).expect("the sample is there");
    let piped = harness::nettool_fed(["read", "-V", "-2", "-"], &octets);
    piped.ends(2, &["-2", "standard input"]);
    let piped = harness::nettool_fed(["read", "--fields", "ip.reassembled_in", "-"], &octets);
    piped.ends(0, &["read once"]);
}

#[test]
fn streams_that_end_wrap_are_pipelined_or_have_holes_give_their_messages() {
    let file = "tests/data/reassembly/odd.pcap.gz";
    let found = |name: &str| {
        let text = nettool(["read", "--fields", name, file]).text();
        text.split(['\n', ',']).filter(|value| !value.is_empty()).map(str::to_owned).collect::<Vec<_>>()
    };
    // Until close; no body behind HEAD, and two each way that follow; three pipelined, answered by three.
    assert_eq!(found("http.response.code"), ["200"; 6]);
    assert_eq!(found("http.request.uri").len(), 6);
    // One of nine behind the hole, all five across the wrap. tshark finds none behind the hole.
    let lost = |name: &String| name == "n3.example.com";
    let names = found("dns.qry.name");
    assert_eq!((names.len(), names.iter().filter(|name| lost(name)).count()), (8 + 5, 1));
}

#[test]
fn every_form_shows_what_stands_behind_fragments_and_lines_do_not() {
    let file = "tests/data/reassembly/fragments.pcap";
    let query = ["read", "--count", "-Y", "dns.qry.name contains \"example\"", file];
    assert_eq!(nettool(query).text().trim(), "2");
    assert_eq!(nettool([&query[..], &["--no-reassembly"]].concat()).text().trim(), "1");
    assert!(nettool(["read", "-V", file]).text().contains("six.example.com"));
    assert!(nettool(["read", "--json", file]).text().contains("six.example.com"));
    let (with, without) = (nettool(["read", "-n", file]), nettool(["read", "-n", "--no-reassembly", file]));
    assert_eq!(with.text(), without.text(), "lines");
}

#[test]
fn the_first_fragment_is_shown_by_itself_where_frames_are_not_joined() {
    let file = "samples/fragments.pcap";
    let ports = |more: &[&str]| {
        nettool([&["read", "--fields", "udp.dstport", file][..], more].concat())
            .text()
            .lines()
            .position(|line| !line.is_empty())
    };
    assert_eq!((ports(&["--no-reassembly"]), ports(&[])), (Some(0), Some(2)));
}

#[test]
fn an_unknown_policy_is_answered_with_those_there_are() {
    nettool(["read", "--reassembly-overlap", "windows", "samples/fragments.pcap", "-V"])
        .ends(2, &["windows", "bsd-right", "linux", "drop"]);
}
