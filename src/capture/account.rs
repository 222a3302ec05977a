//! What `nettool capture` says on stderr: what it captures on, what happens to interfaces, what was lost.

use super::taker::Losses;
use nettool_capture::live::session::Report;
use nettool_capture::live::{Counts, Event, Source, session};

/// The counts of one interface.
struct Line<'a> {
    name: &'a str,
    counts: Counts,
}

/// Names of sources, to be filled with their counts.
pub(super) struct Account {
    names: Vec<String>,
    /// What was told last of each interface: several threads on one see the same.
    told: Vec<Event>,
}

impl Account {
    /// `names` holds the interface of each source.
    pub(super) fn new(names: Vec<String>) -> Account {
        Account { names, told: Vec::new() }
    }

    /// The counts of all sources of each interface, in order.
    fn by_interface(&self, counts: &[Counts]) -> Vec<Line<'_>> {
        let mut all: Vec<Line<'_>> = Vec::new();
        for (name, counts) in self.names.iter().zip(counts) {
            match all.iter_mut().find(|line| line.name == name) {
                None => all.push(Line { name, counts: *counts }),
                Some(line) => line.counts.join(counts),
            }
        }
        all
    }

    /// One line while it runs.
    pub(super) fn report(&mut self, report: Report<'_>, losses: &Losses) {
        match report {
            Report::Event(event) if self.told.contains(event) => {}
            Report::Event(event) => {
                let (Event::Down(name) | Event::Up(name) | Event::Gone(name)) = event;
                match event {
                    Event::Down(_) => tell!("nettool: {name} is down; waiting for it to come up again"),
                    Event::Up(_) => tell!("nettool: {name} is up"),
                    Event::Gone(_) => tell!("nettool: {name} is gone"),
                }
                self.told.retain(|told| {
                    let (Event::Down(other) | Event::Up(other) | Event::Gone(other)) = told;
                    other != name
                });
                self.told.push(event.clone());
            }
            Report::Counts { counts, taken } => {
                let own = losses.lines();
                let mut text = format!("nettool: {taken} captured, {own} dropped by nettool");
                for Line { name, counts } in self.by_interface(counts) {
                    text.push_str(&format!("; {name}: {} received by filter", counts.received));
                    text.push_str(&format!(", {} dropped by kernel", counts.kernel_drops));
                    if let Some(drops) = counts.interface_drops {
                        text.push_str(&format!(", {drops} dropped by interface"));
                    }
                }
                tell!("{text}");
            }
        }
    }

    /// The account at the end, as tcpdump gives it.
    pub(super) fn end(&self, counts: &[Counts], taken: u64, losses: &Losses) {
        let plural = |count: u64| if count == 1 { "" } else { "s" };
        tell!("{taken} packet{} captured", plural(taken));
        let all = self.by_interface(counts);
        for Line { name, counts } in &all {
            let on = if all.len() > 1 { format!("{name}: ") } else { String::new() };
            tell!("{on}{} packet{} received by filter", counts.received, plural(counts.received));
            tell!("{on}{} packet{} dropped by kernel", counts.kernel_drops, plural(counts.kernel_drops));
            if let Some(drops) = counts.interface_drops {
                tell!("{on}{drops} packet{} dropped by interface", plural(drops));
            }
        }
        let lines = losses.lines();
        if lines > 0 {
            tell!("{lines} packet{} saved but not printed, because stdout was too slow", plural(lines));
        }
    }
}

/// What is captured on, before the first frame.
pub(super) fn start(sources: &[Box<dyn Source>], snaplen: u32) {
    let memory: usize = sources.iter().map(|source| source.memory()).sum();
    let mut names: Vec<String> = Vec::new();
    for interface in session::interfaces(sources) {
        let tagger = interface.dsa_tagger.map(|tagger| format!(", switch tags {tagger}"));
        let name = format!("{} ({}{})", interface.name, interface.link_type, tagger.unwrap_or_default());
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let ring = match memory >> 20 {
        0 => format!("{} KiB", memory >> 10),
        mebi => format!("{mebi} MiB"),
    };
    tell!("nettool: capturing on {}, up to {snaplen} octets a frame, {ring} of buffer", names.join(", "));
}
