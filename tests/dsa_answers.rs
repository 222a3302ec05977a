//! Switch tags against frames made from the descriptions of the kernel's taggers, in the scenario of a whole switch: from the
//! CPU to each port and back, with priorities, VLAN tags, control frames, bridges, time stamps and what the kernel drops.
//!
//! `tests/data/dsa_answers/make.py` makes them, and tells of each the port, switch, VLAN and priority and the frame inside.

mod harness;

use harness::{ROOT, nettool, peer};
use nettool_dissect::frame::{Direction, Frame, LinkType, Meta};
use nettool_dissect::proto::dsa::{self, Tagger, Way};
use std::collections::BTreeMap;

fn octets(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> =
        hex.bytes().filter_map(|digit| char::from(digit).to_digit(16)).map(|d| d as u8).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

/// A frame of the scenario.
struct Case {
    capture: String,
    tagger: &'static Tagger,
    way: Way,
    frame: Vec<u8>,
    inner: Vec<u8>,
    facts: BTreeMap<String, u64>,
    what: String,
}

impl Case {
    fn read(line: &str) -> Case {
        let [capture, tagger, way, frame, inner, facts, what] = line.split('\t').collect::<Vec<_>>()[..]
        else {
            panic!("{line}")
        };
        let facts = facts.split(',').filter_map(|fact| fact.split_once('='));
        Case {
            capture: capture.to_owned(),
            tagger: dsa::tagger(tagger).unwrap_or_else(|| panic!("{tagger} is no tagger")),
            way: if way == "to-cpu" { Way::ToCpu } else { Way::FromCpu },
            frame: octets(frame),
            inner: octets(inner),
            facts: facts.map(|(key, value)| (key.to_owned(), value.parse().expect("a number"))).collect(),
            what: what.to_owned(),
        }
    }

    fn meta(&self, with_way: bool) -> Meta<'static> {
        let mut meta = Meta::new(LinkType::ETHERNET, self.frame.len() as u32);
        if with_way {
            meta.direction = match self.way {
                Way::ToCpu => Direction::In,
                Way::FromCpu => Direction::Out,
            };
        }
        meta
    }
}

/// All frames, unless there is no Python here.
fn cases(test: &str) -> Vec<Case> {
    let script = format!("{ROOT}/tests/data/dsa_answers/make.py");
    let Some(run) = peer(test, "python3", ["-B", &script, "--lines"]) else { return Vec::new() };
    run.ends(0, &[]);
    run.text().lines().map(Case::read).collect()
}

/// What is wrong with the reading of a frame.
fn faults(case: &Case, with_way: bool) -> Vec<String> {
    let place = format!("{} ({})", case.capture, case.what);
    let Some(tag) = dsa::read(case.tagger, &case.frame, &case.meta(with_way), None) else {
        return vec![format!("{place}: no tag")];
    };
    let mut ports = tag.ports.iter();
    let port = ports.next().filter(|_| ports.next().is_none());
    let said = [
        ("port", port.map(u64::from)),
        ("switch", tag.switch.map(u64::from)),
        ("vid", tag.vid.map(u64::from)),
        ("prio", tag.priority.map(u64::from)),
    ];
    let mut wrong = Vec::new();
    for (key, said) in said {
        if let Some(fact) = case.facts.get(key).filter(|fact| said != Some(**fact)) {
            wrong.push(format!("{place}: {key} {said:?}, not {fact}"));
        }
    }
    let mut inner = Vec::new();
    tag.untagged(&case.frame, &mut inner);
    if (with_way && tag.way != Some(case.way)) || inner != case.inner {
        wrong.push(format!("{place}: {:?}, frame whole: {}", tag.way, inner == case.inner));
    }
    wrong
}

#[test]
fn every_tag_says_what_its_tagger_wrote_and_leaves_the_frame_inside() {
    let cases = cases("every_tag_says_what_its_tagger_wrote_and_leaves_the_frame_inside");
    let wrong: Vec<String> = cases.iter().flat_map(|case| faults(case, true)).collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn a_tag_that_tells_the_way_needs_no_capture_to_tell_it() {
    let cases = cases("a_tag_that_tells_the_way_needs_no_capture_to_tell_it");
    // FORWARD from port 0 of a further switch is also what a bridge sends.
    let tells =
        |case: &&Case| !NEEDS_THE_WAY.contains(&case.tagger.name) && !case.capture.ends_with("dsa_switch3");
    let wrong: Vec<String> = cases.iter().filter(tells).flat_map(|case| faults(case, false)).collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

/// What scripts put on the frames inside, from the CPU, is what the kernel's taggers put there; to the CPU it is read as it was said.
#[test]
fn tags_are_written_as_the_kernel_writes_them() {
    let cases = cases("tags_are_written_as_the_kernel_writes_them");
    let mut wrong = Vec::new();
    // Bridges and time stamps are of the chip's state, not of the frame.
    let of_ports = |case: &&Case| !["bridge", "_ptp"].iter().any(|state| case.capture.ends_with(state));
    for case in cases.iter().filter(of_ports) {
        let fact = |key: &str| case.facts.get(key).copied().unwrap_or(0);
        let folded = case.inner.get(12..14) == Some(&[0x81, 0]);
        let say = dsa::Say {
            port: fact("port") as u8,
            switch: fact("switch") as u8,
            // A VLAN tag that the switch tag takes in brings its own.
            priority: if folded && case.facts.contains_key("tagged") { 0 } else { fact("prio") as u8 },
            vid: 0,
            cpu_port: if case.tagger.name == "mxl862xx" { 5 } else { 6 },
        };
        let written = dsa::write(case.tagger, case.way, &say, &case.inner);
        let right = match (&written, case.way) {
            (None, _) => !case.facts.contains_key("port"),
            (Some(written), Way::FromCpu) => *written == case.frame,
            (Some(written), Way::ToCpu) => comes_back(case, &say, written),
        };
        if !right {
            wrong.push(format!(
                "{} ({}): {:02x?}",
                case.capture,
                case.what,
                written.unwrap_or_default().get(..40)
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

/// Whether a written tag is read as it was said, and leaves the frame inside.
fn comes_back(case: &Case, say: &dsa::Say, written: &[u8]) -> bool {
    let mut meta = Meta::new(LinkType::ETHERNET, written.len() as u32);
    meta.direction = Direction::In;
    let Some(tag) = dsa::read(case.tagger, written, &meta, None) else { return false };
    let mut inner = Vec::new();
    tag.untagged(written, &mut inner);
    // The switch has written its port into the address of a frame that bears no tag.
    let in_address = tag.parts.is_empty();
    let port = !case.facts.contains_key("port") || tag.ports.iter().eq([say.port]);
    port && (inner == case.inner || in_address)
}

#[test]
fn a_script_writes_tags() {
    let script =
        r#"switch_tag(Ether(dst="02:00:00:00:00:01", src="02:00:00:00:00:02")/IP()/UDP(), "qca", port=3)"#;
    let text = nettool(["craft", "--hex", "-e", script]).text();
    assert!(
        text.starts_with("02000000000102000000000280880800450000 1c".replace(' ', "").as_str()),
        "{text}"
    );
    let refused = nettool(["craft", "--hex", "-e", r#"switch_tag(Ether(), "qcb")"#]);
    refused.ends(2, &["there is no tagger `qcb`"]);
}

/// Some of whose tags mean one thing to the CPU and another from it.
const NEEDS_THE_WAY: [&str; 8] =
    ["hellcreek", "ksz8463", "ksz8795", "ksz9893", "lan9303", "mt7628", "rtl4a", "trailer"];

/// What is recognised without a word of the user: the tagger itself, or one whose frames are the same; nothing where the
/// frames are as good without the tag.
#[test]
fn captures_are_recognised_as_what_they_are_or_not_at_all() {
    let cases = cases("captures_are_recognised_as_what_they_are_or_not_at_all");
    let mut captures: BTreeMap<&str, Vec<&Case>> = BTreeMap::new();
    for case in &cases {
        captures.entry(&case.capture).or_default().push(case);
    }
    let mut wrong = Vec::new();
    for (name, cases) in &captures {
        for with_way in [true, false] {
            let frames =
                cases.iter().map(|case| Frame { number: 1, data: &case.frame, meta: case.meta(with_way) });
            let found = dsa::detect(frames).map(|found| found.tagger.name);
            let expected: &[Option<&str>] = match *name {
                "netc" => &[Some("nxp_netc")],
                // Frames of a bridge are those of sja1105 octet for octet.
                "sja1110_bridge" => &[Some("sja1105")],
                name if NOT_GUESSED.iter().any(|tagger| name.starts_with(tagger)) => &[None],
                _ => &[Some(cases[0].tagger.name)],
            };
            if !expected.contains(&found) {
                wrong.push(format!("{name}: {found:?}, not {expected:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Trailers of an octet or two, and VLAN tags.
const NOT_GUESSED: [&str; 8] =
    ["hellcreek", "ksz", "lan937x", "lan9303", "xrs700x", "ocelot-8021q", "vsc73xx", "mxl862xx-8021q"];
