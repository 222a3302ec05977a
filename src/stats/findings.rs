//! `--stats expert`: what deserves attention in all frames, by severity.

use super::sheet::{Cell, Column, Sheet};
use nettool_capture::file::{Chunk, Record};
use nettool_dissect::decode::{Decoder, Dissection, Network, Settings, Surroundings, expert};
use nettool_dissect::flow::Facts;
use nettool_dissect::flow::reassembly::{Joined, Lack, Lacking};
use nettool_dissect::registry::{ProtoId, Registry};
use nettool_dissect::render::html::Holds;
use nettool_dissect::render::put;
use nettool_dissect::schema::Severity;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Cells of a finding.
const CELLS: usize = 7;

/// What was found in a frame, for the page's list of packets.
pub(super) struct Remark {
    pub(super) frame: u64,
    /// The gravest.
    pub(super) severity: Severity,
    pub(super) text: String,
}

/// Looks at frames; one a thread.
pub(super) struct Inspector {
    registry: &'static Registry,
    decoder: Decoder<'static>,
    dissection: Dissection,
    /// Of the frames of a chunk, where somebody wants them.
    pub(super) remarks: Option<Vec<Remark>>,
}

/// How often, and where first.
#[derive(Clone, Copy)]
struct Count {
    frames: u64,
    first: u64,
}

/// What is found: how grave, where, what.
type Kind = (Reverse<Severity>, ProtoId, &'static str);

/// What was found: no more kinds than are declared.
#[derive(Default)]
pub(super) struct Findings {
    counts: BTreeMap<Kind, Count>,
    /// What the first of a kind was, where that says more.
    first: BTreeMap<Kind, String>,
}

impl Inspector {
    /// `remarks`: what is found is also kept for each frame of a chunk.
    pub(super) fn new(registry: &'static Registry, settings: Settings, remarks: bool) -> Self {
        let decoder = Decoder::new(registry).settings(settings);
        Inspector { registry, decoder, dissection: Dissection::default(), remarks: remarks.then(Vec::new) }
    }

    pub(super) fn look(
        &mut self,
        chunk: &Chunk,
        record: &Record<'_>,
        facts: Option<&Facts>,
        joined: Option<&Joined>,
        findings: &mut Findings,
    ) {
        let frame = record.frame();
        let interface = chunk.interfaces().get(frame.meta.interface);
        let around = Surroundings { interface, facts, joined, ..Surroundings::default() };
        self.decoder.decode(&frame, &around, &mut self.dissection);
        for (node, expert) in expert::findings(self.registry, &self.dissection) {
            let Some(info) = self.registry.field(node.field) else { continue };
            // What does not fit is found in the layer that it stands in, not in the remark itself.
            let mut notes = self.dissection.notes.iter();
            let within = notes.find(|note| note.offset == node.start / 8 && note.source == node.source);
            let within = within.map(|note| note.protocol);
            let general =
                self.registry.protocol(info.protocol).is_some_and(|protocol| protocol.name == "nettool");
            let protocol = if general { within.unwrap_or(info.protocol) } else { info.protocol };
            findings.add(
                (Reverse(expert.severity), protocol, expert.text),
                Count { frames: 1, first: frame.number },
            );
            if let Some(remarks) = &mut self.remarks {
                remark(remarks, frame.number, expert.severity, expert.text);
            }
        }
    }
}

/// Adds a finding to those of its frame.
fn remark(remarks: &mut Vec<Remark>, frame: u64, severity: Severity, text: &str) {
    match remarks.last_mut().filter(|last| last.frame == frame) {
        None => remarks.push(Remark { frame, severity, text: text.to_owned() }),
        Some(last) => {
            last.severity = last.severity.max(severity);
            last.text.push_str("; ");
            last.text.push_str(text);
        }
    }
}

impl Findings {
    fn add(&mut self, what: Kind, count: Count) {
        self.counts
            .entry(what)
            .and_modify(|known| {
                known.frames = known.frames.saturating_add(count.frames);
                known.first = known.first.min(count.first);
            })
            .or_insert(count);
    }

    pub(super) fn merge(&mut self, other: Findings) {
        other.counts.into_iter().for_each(|(what, count)| self.add(what, count));
    }

    /// Severities, in the order of the rows.
    pub(super) fn severities(&self) -> impl Iterator<Item = Severity> {
        self.counts.keys().map(|(severity, _, _)| severity.0)
    }

    /// The rows of [`sheet`], the gravest first.
    pub(super) fn rows(&self, registry: &Registry) -> Vec<[Cell; CELLS]> {
        let row = |(kind, count): (&Kind, &Count)| {
            let (severity, protocol, text) = kind;
            let text = || match self.first.get(kind) {
                None => Cell::name(text),
                Some(first) => Cell::Text(format!("{text}: {first}").into()),
            };
            [
                Cell::name(severity.0.name()),
                Cell::Text(severity.0.name().to_lowercase().into()),
                Cell::name(registry.protocol(*protocol).map_or("", |protocol| protocol.name)),
                text(),
                Cell::Count(count.frames),
                Cell::Count(count.first),
                text(),
            ]
        };
        self.counts.iter().map(row).collect()
    }

    /// Adds datagrams of IPv4 and IPv6 that did not become whole, with the hole in the first.
    pub(super) fn lacking(&mut self, lacking: &[Lacking; 2], registry: &Registry) {
        for (name, lacking) in ["ip", "ipv6"].into_iter().zip(lacking) {
            let (Some(protocol), Some(first)) = (registry.protocol_named(name), &lacking.first) else {
                continue;
            };
            let kind = (Reverse(Severity::Warning), protocol, "fragments of a datagram are missing");
            self.add(kind, Count { frames: lacking.count, first: first.frame });
            self.first.insert(kind, hole(first));
        }
    }
}

/// `octets 1480 to 2959 of 0x4242 from 192.0.2.1 to 192.0.2.2`
fn hole(lack: &Lack) -> String {
    let mut hosts = [Vec::new(), Vec::new()];
    let [from, to] = &mut hosts;
    match lack.network {
        Network::None => {}
        Network::V4(source, destination) => {
            put::ipv4(from, source);
            put::ipv4(to, destination);
        }
        Network::V6(source, destination) => {
            put::ipv6(from, source);
            put::ipv6(to, destination);
        }
    }
    let [from, to] = hosts.map(|host| String::from_utf8_lossy(&host).into_owned());
    let octets = match lack.hole {
        (start, Some(end)) => format!("octets {start} to {}", end.saturating_sub(1)),
        (start, None) => format!("octets from {start} on"),
    };
    format!("{octets} of {:#06x} from {from} to {to}", lack.id)
}

/// The table of findings, without its rows.
pub(super) fn sheet() -> Sheet<CELLS> {
    Sheet {
        kind: "expert",
        level: None,
        title: String::new(),
        columns: [
            Column::words("severity", ""),
            Column::words("", "severity"),
            Column::words("protocol", "protocol"),
            Column::words("", "message"),
            Column::numbers("count", "count"),
            Column { holds: Holds::Frames, ..Column::numbers("first frame", "first_frame") },
            Column { holds: Holds::Search, ..Column::words("what", "") },
        ],
    }
}

/// The class of a severity in the page.
pub(super) fn class(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warn",
        Severity::Note => "hint",
        _ => "",
    }
}
