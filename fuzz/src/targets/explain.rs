//! Any text as a filter expression that is to be explained and traced: what compiles has an explanation; what was understood,
//! written out with all parentheses, is understood the same again; a trace finds reasons and gives the program's verdict.

use crate::{Split, Target};
use nettool_capture::filter::trace::Tracer;
use nettool_capture::filter::vm::{Packet, run};
use nettool_capture::filter::{Options, compile, explain, parse, wording};
use nettool_dissect::frame::LinkType;

/// See the module.
pub const TARGET: Target = Target {
    name: "explain",
    about: "explanations and traces of filter expressions",
    run: try_text,
    corpora: &["capture/tests/data/filter"],
    cost: 30,
    split: Split::Lines,
    words: &[
        " and ",
        " or ",
        " not ",
        "(",
        ")",
        "host 10.0.0.1",
        "host 10",
        "net 10.0.0.0/8",
        "port 80",
        "port icmptype",
        "portrange 1-2",
        "src and dst ",
        "tcp ",
        "ip6 ",
        "vlan 5",
        "vlan 1-5",
        "mpls",
        "pppoes",
        "vxlan vni 5",
        "inner ",
        "ether host 0:1:2:3:4:5",
        "tcp[13] & 2",
        "ip[2:2]",
        "len % 8 + 1",
        " = ",
        " > ",
        "ip proto \\tcp",
        "less 5",
        "byte 3 = 4",
        "llc rr",
        "in {80, 443}",
        "tcp flags syn,!ack",
        "ip.ttl",
    ],
};

/// Longer texts have nothing new to say, and each of their tests is compiled alone.
const LONGEST: usize = 400;

fn try_text(octets: &[u8]) {
    let text = String::from_utf8_lossy(octets);
    let text = text.split_once(' ').filter(|(first, _)| *first == "EN10MB").map_or(&*text, |(_, rest)| rest);
    let options = Options { netmask: Some(0xffff_ff00), ..Options::new(LinkType::ETHERNET) };
    let Ok(program) = compile(text, &options) else { return };
    if text.len() > LONGEST {
        return;
    }
    let explained = explain::explain(text, &options);
    assert!(explained.is_ok_and(|explained| !explained.to_string().is_empty()), "{text:?}");
    if let Some(root) = program.tree.root {
        let written = wording::canonical(&program.tree, root);
        if let Ok(again) = parse::parse(&written) {
            let root = again.root.unwrap_or_default();
            assert_eq!(wording::canonical(&again, root), written, "from {text:?}");
        }
    }
    let tracer = Tracer::new(text, &options);
    assert!(tracer.is_ok(), "{text:?}");
    let Ok(tracer) = tracer else { return };
    for length in [0usize, 14, 34, 60, 200] {
        let data: Vec<u8> = (0..length).map(|at| SAMPLE.get(at).copied().unwrap_or(0)).collect();
        let packet = Packet::whole(&data);
        let finding = tracer.packet(&packet);
        assert_eq!(finding.outcome, run(&program.instructions, &packet), "{text:?}");
        assert!(!finding.to_string().is_empty());
    }
}

/// The start of a TCP frame over IPv4.
const SAMPLE: [u8; 48] = [
    0, 0x11, 0x22, 0x33, 0x44, 0x55, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, 0, 0, 40, 0, 1, 0, 0, 64, 6, 0, 0, 10, 0,
    0, 1, 10, 0, 0, 2, 0, 80, 4, 210, 0, 0, 0, 1, 0, 0, 0, 2, 0x50, 2,
];
