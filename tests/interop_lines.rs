//! Lines with `-v` of protocols that tcpdump tells much of: every line of `tests/data/interop_lines` is tcpdump's.

mod harness;

use harness::{ROOT, installed, nettool, peer, skip};

/// Older and newer tcpdump differ in what stands between the next header and the payload's length.
fn line(text: &str) -> String {
    text.trim_end().replace(") payload length: ", "), payload length ")
}

/// With `-v`, a capture of this test's own.
fn agree(test: &str, capture: &str) {
    agree_on(test, "-tnv", &format!("interop_lines/{capture}"));
}

fn agree_on(test: &str, letters: &str, capture: &str) {
    if !installed("tcpdump") {
        return skip(test, "needs tcpdump");
    }
    let file = format!("tests/data/{capture}.pcap");
    let Some(theirs) = peer(test, "tcpdump", [letters, "-r", &format!("{ROOT}/{file}")]) else { return };
    let ours = nettool(["read", letters, &file]);
    let (theirs, ours) = (theirs.text(), ours.ends(0, &[]).text());
    let pairs = theirs.lines().map(line).zip(ours.lines().map(line)).enumerate();
    let differ: Vec<String> = pairs
        .filter(|(_, (theirs, ours))| theirs != ours)
        .map(|(at, (theirs, ours))| format!("line {}:\n  tcpdump: {theirs}\n  nettool: {ours}", at + 1))
        .collect();
    let shown: Vec<&str> = differ.iter().take(5).map(String::as_str).collect();
    assert!(differ.is_empty(), "{} lines differ:\n{}", differ.len(), shown.join("\n"));
    assert_eq!(theirs.lines().count(), ours.lines().count(), "lines of {capture}");
}

#[test]
fn routers_of_an_area_are_told_as_tcpdump_tells_them() {
    agree("routers_of_an_area_are_told_as_tcpdump_tells_them", "ospf");
}

#[test]
fn routes_between_autonomous_systems_are_told_as_tcpdump_tells_them() {
    agree("routes_between_autonomous_systems_are_told_as_tcpdump_tells_them", "bgp");
}

#[test]
fn forwarding_detection_and_standby_are_told_as_tcpdump_tells_them() {
    agree("forwarding_detection_and_standby_are_told_as_tcpdump_tells_them", "bfd");
    agree("forwarding_detection_and_standby_are_told_as_tcpdump_tells_them", "hsrp");
}

#[test]
fn who_may_enter_is_told_as_tcpdump_tells_it() {
    agree("who_may_enter_is_told_as_tcpdump_tells_it", "eapol");
    agree("who_may_enter_is_told_as_tcpdump_tells_it", "radius");
}

#[test]
fn keys_and_interior_routes_are_told_as_tcpdump_tells_them() {
    let test = "keys_and_interior_routes_are_told_as_tcpdump_tells_them";
    for capture in ["interop_layers/isakmp", "interop_net/isis", "interop_net/eigrp"] {
        agree_on(test, "-tn", capture);
    }
}

#[test]
fn what_both_ends_of_a_line_agree_on_is_told_as_tcpdump_tells_it() {
    agree("what_both_ends_of_a_line_agree_on_is_told_as_tcpdump_tells_it", "ppp");
}

#[test]
fn what_keys_are_exchanged_for_is_told_as_tcpdump_tells_it() {
    agree("what_keys_are_exchanged_for_is_told_as_tcpdump_tells_it", "isakmp");
}
