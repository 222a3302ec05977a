//! What answers what: scapy's `answers()` judges pairs of packets that it built, and so do the rules of the protocols.
//!
//! `tests/data/answers/pairs.py` builds requests, answers to them and errors that quote them, and tries each with each.

mod harness;

use harness::{ROOT, peer, skip};
use nettool_dissect::decode::Settings;
use nettool_dissect::flow::Pairing;
use nettool_dissect::frame::{Frame, LinkType, Meta};
use nettool_dissect::registry::Registry;

fn octets(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> =
        hex.bytes().filter_map(|digit| char::from(digit).to_digit(16)).map(|d| d as u8).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

fn frame<'a>(link_type: &str, data: &'a [u8]) -> Frame<'a> {
    let link_type = LinkType(link_type.parse().expect("a number"));
    Frame { number: 1, data, meta: Meta::new(link_type, data.len() as u32) }
}

#[test]
fn answers_are_those_that_scapy_takes_for_answers() {
    let test = "answers_are_those_that_scapy_takes_for_answers";
    let script = format!("{ROOT}/tests/data/answers/pairs.py");
    let Some(run) = peer(test, "python3", [script.as_str()]) else { return };
    if run.code != 0 {
        return skip(test, "needs scapy");
    }
    let mut pairing = Pairing::new(Registry::builtin(), Settings::default());
    let (mut judged, mut yes) = (0, 0);
    for line in run.text().lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let [link, request, answer, verdict, of, to, shown] = words[..] else { panic!("{line}") };
        let (request, answer) = (octets(request), octets(answer));
        let asked = pairing.request(&frame(link, &request), false);
        let found = pairing.answer(&frame(link, &answer));
        let ours = match (asked.answer, found.quote) {
            (_, Some(quote)) => asked.quote == Some(quote),
            (Some(key), None) if asked.open => found.open().any(|other| other == key),
            (Some(key), None) => found.exact().any(|other| other == key),
            (None, None) => false,
        };
        judged += 1;
        yes += u32::from(ours);
        // Of an error that quotes one ICMP request scapy thinks that it answers others of the same number, too.
        let scapy = verdict == "1";
        assert!(scapy || !ours, "scapy sees no answer; request {of}, answer of {to}: {shown}");
        assert!(ours || !scapy || of != to, "scapy sees an answer; request {of}, answer of {to}: {shown}");
    }
    assert!(judged > 1000 && yes > 50, "{judged} pairs, {yes} of them answers");
}
