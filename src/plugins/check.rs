//! `nettool plugins check`: what a plugin shows of its sample capture, beside what is expected.
//!
//! Beside `NAME.star` stand `NAME.pcap` (or `.pcapng`) and `NAME.expected`: for each frame its line, as `read -n -t`
//! shows it, and its tree. The samples in the declaration are tried too: each must reach its protocol and be whole.

use crate::outcome::{Exit, Failure, say};
use nettool_capture::file::{ReadOptions, Reader};
use nettool_dissect::decode::{Decoder, Dissection, Surroundings};
use nettool_dissect::flow::reassembly::{Policy, Reassembly, Wants, Watch};
use nettool_dissect::frame::{Frame, Meta};
use nettool_dissect::registry::Registry;
use nettool_dissect::render::line::{LinePrinter, LineStyle};
use nettool_dissect::render::time::TimeForm;
use nettool_dissect::render::tree;
use nettool_plugins::{Places, Plugin, Plugins, difference};
use std::path::{Path, PathBuf};

/// Frames of a sample capture that are shown.
const MAX_FRAMES: usize = 1000;

/// What became of a plugin.
enum State {
    /// Shows what is expected.
    Right(usize),
    /// What is expected was written.
    Written,
    /// Something else: why.
    Wrong(String),
    /// Nothing to compare with.
    Without(String),
}

/// Checks the plugins named, or all in use.
pub(super) fn run(paths: &[PathBuf], write: bool) -> Result<Exit, Failure> {
    let own;
    let plugins = if paths.is_empty() {
        crate::protocols::plugins()
    } else {
        own = Plugins::load(&Places::default(), paths);
        own.problems.iter().for_each(|problem| tell!("nettool: plugin {problem}"));
        &own
    };
    let registry = plugins.registry().map_err(Failure::usage)?;
    let mut wrong = plugins.problems.len();
    for plugin in &plugins.plugins {
        let path = super::shown(&plugin.path);
        let state =
            samples(plugin, &registry).map_or_else(|| capture(plugin, &registry, write), State::Wrong);
        match state {
            State::Right(frames) => say(format_args!("{path}: as expected, {frames} frames"))?,
            State::Written => say(format_args!("{path}: expected output written"))?,
            State::Without(what) => say(format_args!("{path}: {what}"))?,
            State::Wrong(why) => {
                wrong += 1;
                say(format_args!("{path}: {why}"))?;
            }
        }
    }
    if plugins.plugins.is_empty() && wrong == 0 {
        return Err(Failure::access("there is no plugin here; `nettool plugins new NAME` writes one"));
    }
    Ok(if wrong == 0 { Exit::Done } else { Exit::Found })
}

/// What is wrong with the samples in the declaration.
fn samples(plugin: &Plugin, registry: &Registry) -> Option<String> {
    let decoder = Decoder::new(registry);
    let mut out = Dissection::default();
    for protocol in &plugin.protocols {
        let id = registry.protocol_named(protocol.name)?;
        for (at, sample) in protocol.samples.iter().enumerate() {
            let octets = sample.octets();
            let len = u32::try_from(octets.len()).unwrap_or(u32::MAX);
            let frame = Frame { number: 1, data: &octets, meta: Meta::new(sample.link_type, len) };
            decoder.decode(&frame, &Surroundings::default(), &mut out);
            let wrong = if !out.layers.iter().any(|layer| layer.protocol == id) {
                "does not reach the protocol"
            } else if !out.notes.is_empty() {
                "is cut or malformed"
            } else {
                continue;
            };
            let mut text = Vec::new();
            tree::write(&mut text, registry, &frame, &out);
            let text = String::from_utf8_lossy(&text);
            return Some(format!("sample {} of `{}` {wrong}:\n{text}", at + 1, protocol.name));
        }
    }
    None
}

fn capture(plugin: &Plugin, registry: &Registry, write: bool) -> State {
    let beside = |extension: &str| plugin.path.with_extension(extension);
    let captures = [beside("pcap"), beside("pcapng")];
    let Some(file) = captures.iter().find(|path| path.exists()) else {
        let samples: usize = plugin.protocols.iter().map(|protocol| protocol.samples.len()).sum();
        return match samples {
            0 => State::Without(format!("no sample: {} is not there", super::shown(&beside("pcap")))),
            _ => State::Right(samples),
        };
    };
    let expected = beside("expected");
    let (real, frames) = match show(file, registry) {
        Ok(shown) => shown,
        Err(error) => return State::Wrong(error),
    };
    if write {
        return match std::fs::write(&expected, &real) {
            Ok(()) => State::Written,
            Err(error) => State::Wrong(format!("{}: {error}", super::shown(&expected))),
        };
    }
    match std::fs::read_to_string(&expected) {
        Err(error) => State::Wrong(format!(
            "{}: {error}; `nettool plugins check --write {}` writes it",
            super::shown(&expected),
            super::shown(&plugin.path)
        )),
        Ok(kept) => match difference(&kept, &real) {
            None => State::Right(frames),
            Some(lines) => State::Wrong(format!("not as expected (- expected, + shown):\n{lines}")),
        },
    }
}

/// Line and tree of every frame.
fn show(file: &Path, registry: &Registry) -> Result<(String, usize), String> {
    let wrong = |error: nettool_capture::file::FileError| error.to_string();
    let mut reader = Reader::open(&[file], &ReadOptions::default()).map_err(wrong)?;
    let style = LineStyle { time: TimeForm::None, ..LineStyle::default() };
    let (decoder, mut printer) = (Decoder::new(registry), LinePrinter::new(registry, style));
    let (mut out, mut dissection) = (Vec::new(), Dissection::default());
    let wants = Wants { fragments: true, streams: true, ..Wants::default() };
    let mut state = Reassembly::new(registry, Policy::default(), Watch::new(registry, wants));
    let mut frames = 0;
    while let Some(chunk) = reader.next_chunk().map_err(wrong)? {
        for frame in chunk.frames().take(MAX_FRAMES - frames) {
            frames += 1;
            // Times and numbers of the file do not matter for what a plugin shows.
            let joined = state.observe(&frame);
            let around = Surroundings { joined: joined.as_ref(), ..Surroundings::default() };
            printer.print(&frame, &around, None, &mut out);
            decoder.decode(&frame, &around, &mut dissection);
            dissection.nodes.retain(|node| {
                registry
                    .field(node.field)
                    .is_none_or(|info| registry.protocol_named("frame") != Some(info.protocol))
            });
            tree::write(&mut out, registry, &frame, &dissection);
            out.push(b'\n');
        }
        if frames >= MAX_FRAMES {
            break;
        }
    }
    Ok((String::from_utf8_lossy(&out).into_owned(), frames))
}
