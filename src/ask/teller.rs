//! What a script says of its packets: functions of it that are called with them.

use crate::craft::files::{Files, harmless};
use crate::craft::watch::{Watch, watch};
use nettool_dissect::frame::Frame;
use nettool_gen::ask::{Outcome, Probe, Reply};
use nettool_gen::craft::{Argument, Script, ScriptError};

/// What went wrong with telling.
#[derive(Debug)]
pub(super) enum NotTold {
    /// Writing to stdout.
    Writing(std::io::Error),
    /// In the script.
    Script(ScriptError),
}

impl From<std::io::Error> for NotTold {
    fn from(error: std::io::Error) -> Self {
        NotTold::Writing(error)
    }
}

/// Packets that are kept for the report at the end; of more, the first ones count.
const MOST_KEPT: usize = 100_000;

/// A script, and what it wants to know at the end.
pub(super) struct Teller {
    script: Script,
    answered: bool,
    unanswered: bool,
    report: bool,
    kept: Vec<(Probe, Option<(Reply, f64)>)>,
    left_out: u64,
    _watch: Watch,
}

impl Teller {
    /// With `silent`, the script says nothing.
    pub(super) fn new(script: Script, silent: bool) -> Teller {
        let has = |name| !silent && script.has(name);
        let (answered, unanswered, report) = (has("answered"), has("unanswered"), has("report"));
        Teller { script, answered, unanswered, report, kept: Vec::new(), left_out: 0, _watch: watch(1, None) }
    }

    /// Whether the script says anything, so that the usual table is left out.
    pub(super) fn tells(&self) -> bool {
        self.answered || self.unanswered || self.report
    }

    /// What the script says of an outcome.
    pub(super) fn hear(&mut self, outcome: Outcome) -> Result<Option<String>, NotTold> {
        let (probe, reply) = match outcome {
            Outcome::Answered { probe, reply, nanoseconds } => {
                (probe, Some((reply, nanoseconds as f64 / 1e6)))
            }
            Outcome::Unanswered(probe) | Outcome::Unsent(probe, _) => (probe, None),
        };
        let said = match &reply {
            Some((reply, milliseconds)) if self.answered => {
                let arguments =
                    [packet(&probe.frame()), packet(&reply.frame()), Argument::Number(*milliseconds)];
                self.call("answered", &arguments)?
            }
            None if self.unanswered => self.call("unanswered", &[packet(&probe.frame())])?,
            _ => None,
        };
        if self.report {
            if self.kept.len() < MOST_KEPT {
                self.kept.push((probe, reply));
            } else {
                self.left_out = self.left_out.saturating_add(1);
            }
        }
        Ok(said)
    }

    /// What the script says at the end.
    pub(super) fn report(&mut self) -> Result<Option<String>, NotTold> {
        if !self.report {
            return Ok(None);
        }
        if self.left_out > 0 {
            tell!(
                "nettool: the script's report has the first {MOST_KEPT} outcomes, not {} more",
                self.left_out
            );
        }
        self.kept.sort_by_key(|(probe, _)| probe.number);
        let answered = self.kept.iter().filter_map(|(probe, reply)| {
            let (reply, milliseconds) = reply.as_ref()?;
            let parts = vec![packet(&probe.frame()), packet(&reply.frame()), Argument::Number(*milliseconds)];
            Some(Argument::Tuple(parts))
        });
        let unanswered = self.kept.iter().filter(|(_, reply)| reply.is_none());
        let unanswered = unanswered.map(|(probe, _)| packet(&probe.frame()));
        self.call("report", &[Argument::List(answered.collect()), Argument::List(unanswered.collect())])
    }

    fn call(&self, function: &str, arguments: &[Argument<'_>]) -> Result<Option<String>, NotTold> {
        let said = self.script.call(function, arguments, &Files::default()).map_err(NotTold::Script)?;
        Ok(said.map(|text| harmless(&text)))
    }
}

fn packet<'a>(frame: &Frame<'a>) -> Argument<'a> {
    Argument::Packet(frame.meta.link_type, frame.data)
}
