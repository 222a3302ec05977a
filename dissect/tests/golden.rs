//! What every protocol's sample frames look like, as line and as tree, held against `golden/PROTOCOL.txt`.
//!
//! That the values are right is judged elsewhere, by tshark and scapy; this shows what a change touches. After a change
//! that is meant: `NETTOOL_WRITE_GOLDENS=1 cargo test -p nettool-dissect --test golden`, and read the difference.

use nettool_dissect::decode::{Decoder, Dissection, Surroundings};
use nettool_dissect::frame::{Frame, Meta, Timestamp};
use nettool_dissect::registry::Registry;
use nettool_dissect::render::line::{LinePrinter, LineStyle};
use nettool_dissect::render::time::TimeForm;
use nettool_dissect::render::tree;
use nettool_dissect::schema::{Protocol, Sample};
use std::collections::BTreeMap;
use std::path::PathBuf;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

fn shown(registry: &Registry, sample: &Sample, out: &mut Vec<u8>) {
    let octets = sample.octets();
    let mut meta = Meta::new(sample.link_type, octets.len() as u32);
    meta.time = Some(Timestamp::new(1_700_000_000, 0));
    let frame = Frame { number: 1, data: &octets, meta };
    let style = LineStyle { time: TimeForm::None, link: true, verbose: 1, ..LineStyle::default() };
    LinePrinter::new(registry, style).print(&frame, &Surroundings::default(), None, out);
    let mut dissection = Dissection::default();
    Decoder::new(registry).decode(&frame, &Surroundings::default(), &mut dissection);
    tree::write(out, registry, &frame, &dissection);
    out.push(b'\n');
}

/// Samples of a protocol as text; empty where it has none.
fn text(registry: &Registry, protocol: &Protocol) -> String {
    let mut out = Vec::new();
    protocol.samples.iter().for_each(|sample| shown(registry, sample, &mut out));
    String::from_utf8(out).expect("renderings are UTF-8")
}

fn all() -> BTreeMap<String, String> {
    let registry = Registry::builtin();
    let texts = registry.protocols().iter().map(|protocol| {
        let name = protocol.name.replace(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_', "_");
        (format!("{name}.txt"), text(registry, protocol))
    });
    texts.filter(|(_, text)| !text.is_empty()).collect()
}

/// The first line that differs, with what stands there in both.
fn difference(old: &str, new: &str) -> Option<String> {
    let mut lines = (old.lines(), new.lines());
    for number in 1.. {
        match (lines.0.next(), lines.1.next()) {
            (None, None) => return None,
            (old, new) if old != new => {
                let line = |line: Option<&str>| line.unwrap_or("(the end)").to_owned();
                return Some(format!("line {number}:\n    golden: {}\n    now:    {}", line(old), line(new)));
            }
            _ => {}
        }
    }
    None
}

#[test]
fn every_sample_looks_as_its_golden() {
    let all = all();
    let folder = folder();
    if std::env::var_os("NETTOOL_WRITE_GOLDENS").is_some() {
        std::fs::create_dir_all(&folder).expect("the folder can be made");
        for (name, text) in &all {
            std::fs::write(folder.join(name), text).expect("goldens can be written");
        }
    }
    let mut wrong = Vec::new();
    for (name, text) in &all {
        match std::fs::read_to_string(folder.join(name)) {
            Err(_) => wrong.push(format!("{name}: there is no golden")),
            Ok(golden) => {
                wrong.extend(difference(&golden, text).map(|difference| format!("{name}, {difference}")));
            }
        }
    }
    for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if !all.contains_key(&name) {
            wrong.push(format!("{name}: no protocol has it"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {} differ; if that is meant, NETTOOL_WRITE_GOLDENS=1 writes them anew\n  {}",
        wrong.len(),
        all.len(),
        wrong.join("\n  ")
    );
}

#[test]
fn every_protocol_has_a_sample() {
    let registry = Registry::builtin();
    let without: Vec<&str> = registry
        .protocols()
        .iter()
        .filter(|protocol| protocol.samples.is_empty())
        .map(|protocol| protocol.name)
        // What the program says of a frame, and octets that nobody knows.
        .filter(|name| !["frame", "nettool", "data", "_ws.expert"].contains(name))
        .collect();
    assert!(without.is_empty(), "protocols without a sample frame: {}", without.join(", "));
}
