//! Any text as a plugin: what is wrong has its place in the text; what is right makes a registry whose every protocol
//! decodes any octets, as a line and as a tree, and finds with a plan what it finds without.

use crate::packets::samples;
use crate::{Split, Target};
use nettool_dissect::decode::{Decoder, Dissection, Plan, Surroundings};
use nettool_dissect::frame::{Frame, Meta};
use nettool_dissect::registry::{FieldId, Registry};
use nettool_dissect::render::line::{LinePrinter, LineStyle};
use nettool_dissect::render::tree;
use std::path::Path;

/// See the module.
pub const TARGET: Target = Target {
    name: "plugins",
    about: "plugins: errors with a place, and protocols that decode whatever comes",
    run: try_plugin,
    corpora: &[],
    cost: 100,
    split: Split::Whole,
    words: &[
        "protocol(\"p\", \"P\", [",
        "])",
        "u8(\"a\")",
        "be16(\"b\", length_of = \"d\")",
        "le32(\"c\", parts = [",
        "bits(\"e\", 4)",
        "flag(\"f\")",
        "bytes(\"d\", \"b - 4\")",
        "text(\"t\", \"nul\")",
        "dns_name(\"n\")",
        "when(\"a == 1\", [",
        "switch(\"a\", {1: [",
        "repeat(\"r\", [",
        "count = \"a\"",
        "block(\"k\", \"left - 1\", [",
        "tlv(\"o\", [u8(\"ot\"), u8(\"ol\")], cases = {1: case(\"oc\", [",
        "behind(\"left - 2\", [",
        "on = {\"udp.port\": 53}",
        "on = {\"ethertype\": 0x0800}",
        "on = {\"ip.proto\": [6, 17]}",
        "begins = {0: \"00\"}",
        "guess = [\"udp.port\"]",
        "payload = \"b\"",
        "then = \"p\"",
        "summary = \"{a}[ {d}]\"",
        "checksum = \"crc16-modbus\", over = \"whole\"",
        "names = {0: \"x\", (1, 9): \"y\"}",
        "next = \"ethertype\"",
        "answers = [same(\"a\")]",
        "after = lambda octets: {\"x\": octets[0]}",
        "extra = [u8(\"x\")]",
        "default = 1",
        "scale = 4",
        "table(\"q\", 8)",
        "def f(n):\n    return u8(n)",
    ],
};

/// Octets of a text: longer ones take steps and say nothing more.
const LONGEST: usize = 4096;

fn try_plugin(octets: &[u8]) {
    let octets = octets.get(..LONGEST).unwrap_or(octets);
    let text = String::from_utf8_lossy(octets);
    // A plugin may ask for as much memory as its user allows himself to be asked for; here that is not the question.
    if text.contains('*') || text.contains("range") || text.contains("<<") || text.contains(".replace") {
        return;
    }
    let plugins = match nettool_plugins::from_text(Path::new("fuzzed.star"), &text) {
        Ok(plugins) => plugins,
        Err(problem) => {
            let lines = text.lines().count().max(1);
            assert!(problem.place.is_none_or(|(line, column)| line <= lines + 1 && column > 0), "{problem}");
            assert!(!problem.message.is_empty() && !problem.to_string().contains('\u{1b}'), "{problem}");
            return;
        }
    };
    let Ok(registry) = plugins.registry() else { return };
    decode_all(&registry, octets);
}

fn decode_all(registry: &Registry, octets: &[u8]) {
    let own: Vec<FieldId> = registry
        .fields()
        .filter(|(_, info)| registry.protocol(info.protocol).is_some_and(|protocol| protocol.plugin))
        .map(|(id, _)| id)
        .collect();
    let (full, part) =
        (Decoder::new(registry), Decoder::with_plan(registry, Plan::of(registry, own.iter().copied())));
    let mut printer = LinePrinter::new(registry, LineStyle::default());
    let (mut all, mut some, mut out) = (Dissection::default(), Dissection::default(), Vec::new());
    let sum = octets.iter().fold(7_usize, |sum, octet| sum.wrapping_mul(31) ^ usize::from(*octet));
    let frames = samples();
    for kept in frames.iter().cycle().skip(sum % frames.len().max(1)).take(8) {
        for len in [kept.data.len(), kept.data.len() / 2] {
            let mut meta: Meta<'_> = kept.meta;
            meta.original_len = u32::try_from(kept.data.len()).unwrap_or(u32::MAX);
            let frame = Frame { number: 1, data: kept.data.get(..len).unwrap_or_default(), meta };
            full.decode(&frame, &Surroundings::default(), &mut all);
            part.decode(&frame, &Surroundings::default(), &mut some);
            out.clear();
            tree::write(&mut out, registry, &frame, &all);
            printer.print(&frame, &Surroundings::default(), None, &mut out);
            for id in &own {
                let of = |dissection: &Dissection| -> Vec<(u32, u32, u64)> {
                    let nodes = dissection.all(*id);
                    // A text stands elsewhere in the store when other texts are left out.
                    nodes
                        .map(|node| {
                            (node.start, node.bits, if node.value >> 32 == 0 { node.value } else { 0 })
                        })
                        .collect()
                };
                assert_eq!(
                    of(&all).len(),
                    of(&some).len(),
                    "{:?} planned",
                    registry.field(*id).map(|info| info.name)
                );
            }
        }
    }
}
