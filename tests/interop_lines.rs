//! Lines with `-v` of protocols that tcpdump tells much of: every line of `tests/data/interop_lines` is tcpdump's.

mod harness;

use harness::{ROOT, installed, nettool, peer, skip};

/// Older and newer tcpdump differ in what stands between the next header and the payload's length.
fn line(text: &str) -> String {
    text.trim_end().replace(") payload length: ", "), payload length ")
}

fn agree(test: &str, capture: &str) {
    if !installed("tcpdump") {
        return skip(test, "needs tcpdump");
    }
    let file = format!("tests/data/interop_lines/{capture}.pcap");
    let Some(theirs) = peer(test, "tcpdump", ["-tnvr", &format!("{ROOT}/{file}")]) else { return };
    let ours = nettool(["read", "-tnv", &file]);
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
