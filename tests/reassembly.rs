//! Reassembly: what tshark finds behind fragments, nettool finds in the same frames.
//!
//! The captures lie in `tests/data/reassembly`; `make.py` there wrote them with scapy.

mod harness;

use harness::{nettool, peer};

/// Holds columns of both programs against each other, octet for octet.
fn agree(test: &str, capture: &str, fields: &[&str], preferences: &[&str]) {
    let path = format!("tests/data/reassembly/{capture}");
    let mut arguments = vec!["-n", "-r", path.as_str(), "-T", "fields"];
    fields.iter().for_each(|field| arguments.extend(["-e", field]));
    preferences.iter().for_each(|preference| arguments.extend(["-o", preference]));
    let Some(theirs) = peer(test, "tshark", arguments) else { return };
    let list = fields.join(",");
    let ours = nettool(["read", "--fields", list.as_str(), path.as_str()]);
    ours.ends(0, &[]);
    assert!(theirs.code == 0 && theirs.lines() > 0, "tshark reads {path}: {}", theirs.err);
    let (ours, theirs) = (ours.text(), theirs.text());
    for (at, (ours, theirs)) in ours.lines().zip(theirs.lines()).enumerate() {
        for ((field, ours), theirs) in fields.iter().zip(ours.split('\t')).zip(theirs.split('\t')) {
            assert_eq!(ours, theirs, "{capture}, frame {}, {field}: nettool left, tshark right", at + 1);
        }
    }
    assert_eq!(ours.lines().count(), theirs.lines().count(), "{capture}: frames");
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
