//! `--stats expert`: what deserves attention in all frames, by severity.

use super::Stats;
use super::tables::{column, number};
use nettool_capture::file::{Chunk, Record};
use nettool_dissect::decode::{Decoder, Dissection, Settings, Surroundings, expert};
use nettool_dissect::flow::Facts;
use nettool_dissect::registry::{ProtoId, Registry};
use nettool_dissect::render::json;
use nettool_dissect::schema::Severity;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Looks at frames; one a thread.
pub(super) struct Inspector {
    registry: &'static Registry,
    decoder: Decoder<'static>,
    dissection: Dissection,
}

/// How often, and where first.
#[derive(Clone, Copy)]
struct Count {
    frames: u64,
    first: u64,
}

/// What was found: no more kinds than are declared.
#[derive(Default)]
pub(super) struct Findings(BTreeMap<(Reverse<Severity>, ProtoId, &'static str), Count>);

impl Inspector {
    pub(super) fn new(registry: &'static Registry, settings: Settings) -> Self {
        let decoder = Decoder::new(registry).settings(settings);
        Inspector { registry, decoder, dissection: Dissection::default() }
    }

    pub(super) fn look(
        &mut self,
        chunk: &Chunk,
        record: &Record<'_>,
        facts: Option<&Facts>,
        findings: &mut Findings,
    ) {
        let frame = record.frame();
        let interface = chunk.interfaces().get(frame.meta.interface);
        let around = Surroundings { interface, facts, ..Surroundings::default() };
        self.decoder.decode(&frame, &around, &mut self.dissection);
        for (node, expert) in expert::findings(self.registry, &self.dissection) {
            let Some(info) = self.registry.field(node.field) else { continue };
            // What does not fit is found in the layer that it stands in, not in the remark itself.
            let mut notes = self.dissection.notes.iter();
            let within = notes.find(|note| note.offset == node.start / 8 && note.source == node.source);
            let within = within.map(|note| note.protocol);
            let remark =
                self.registry.protocol(info.protocol).is_some_and(|protocol| protocol.name == "nettool");
            let protocol = if remark { within.unwrap_or(info.protocol) } else { info.protocol };
            findings.add(
                (Reverse(expert.severity), protocol, expert.text),
                Count { frames: 1, first: frame.number },
            );
        }
    }
}

impl Findings {
    fn add(&mut self, what: (Reverse<Severity>, ProtoId, &'static str), count: Count) {
        self.0
            .entry(what)
            .and_modify(|known| {
                known.frames = known.frames.saturating_add(count.frames);
                known.first = known.first.min(count.first);
            })
            .or_insert(count);
    }

    pub(super) fn merge(&mut self, other: Findings) {
        other.0.into_iter().for_each(|(what, count)| self.add(what, count));
    }

    pub(super) fn write(&self, out: &mut Vec<u8>, stats: &Stats<'_>) {
        let name = |id| stats.show.registry().protocol(id).map_or("", |protocol| protocol.name);
        if stats.json {
            for ((severity, protocol, text), count) in &self.0 {
                let severity = severity.0.name().to_lowercase();
                out.extend_from_slice(
                    format!("{{\"kind\":\"expert\",\"severity\":\"{severity}\"").as_bytes(),
                );
                out.extend_from_slice(b",\"protocol\":");
                json::string(out, name(*protocol).as_bytes());
                out.extend_from_slice(b",\"message\":");
                json::string(out, text.as_bytes());
                let Count { frames, first } = count;
                out.extend_from_slice(format!(",\"count\":{frames},\"first_frame\":{first}}}\n").as_bytes());
            }
            return;
        }
        let line = out.len();
        out.extend_from_slice(b"severity");
        column(out, line, 10);
        out.extend_from_slice(b"protocol");
        for (head, end) in [("count", 34), ("first frame", 47)] {
            super::tables::right(out, line, end, |out| out.extend_from_slice(head.as_bytes()));
        }
        out.extend_from_slice(b"  what\n");
        for ((severity, protocol, text), count) in &self.0 {
            let line = out.len();
            out.extend_from_slice(severity.0.name().as_bytes());
            column(out, line, 10);
            out.extend_from_slice(name(*protocol).as_bytes());
            number(out, line, 34, count.frames);
            number(out, line, 47, count.first);
            out.extend_from_slice(b"  ");
            out.extend_from_slice(text.as_bytes());
            out.push(b'\n');
        }
        out.push(b'\n');
    }
}
