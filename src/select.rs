//! Which frames of a source are taken: the display filter, shared by the commands that read and capture.

use crate::outcome::Failure;
use clap::Args;
use nettool_dissect::decode::{Decoder, Dissection, Plan, Settings, Surroundings};
use nettool_dissect::frame::Frame;
use nettool_dissect::query::{Macros, Query};
use nettool_dissect::registry::{Named, Registry};
use std::sync::Arc;

/// Options that choose frames by what is in them.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Which frames")]
pub(crate) struct SelectOptions {
    /// Only frames that this display filter selects: 'tcp.flags.syn == 1 && ip.src in {10.0.0.0/8}'
    #[arg(short = 'Y', long = "query", value_name = "QUERY")]
    query: Option<String>,
    /// A text that ${NAME} stands for in -Y; $1, $2 are the arguments of ${NAME:a;b}
    #[arg(long = "macro", value_name = "NAME=TEXT", requires = "query")]
    macros: Vec<String>,
}

/// The options, understood; shared by all threads.
pub(crate) struct Select {
    registry: &'static Registry,
    query: Query,
    plan: Arc<Plan>,
    settings: Settings,
    times: bool,
}

impl SelectOptions {
    /// Reads the query; `None` where every frame is taken.
    pub(crate) fn understand(
        &self,
        registry: &'static Registry,
        settings: Settings,
    ) -> Result<Option<Select>, Failure> {
        let Some(text) = &self.query else { return Ok(None) };
        let mut macros = Macros::default();
        for word in &self.macros {
            let (name, text) = word
                .split_once('=')
                .ok_or_else(|| Failure::usage(format!("--macro `{word}`: write it as NAME=TEXT")))?;
            macros.set(name.trim(), text);
        }
        let query = Query::parse_with(text, registry, &macros).map_err(Failure::usage)?;
        let plan = Arc::new(query.plan(registry));
        let times = ["frame.time_relative", "frame.time_delta", "frame.time_delta_displayed"]
            .into_iter()
            .any(|name| wants(registry, &query, name));
        Ok(Some(Select { registry, query, plan, settings, times }))
    }
}

fn wants(registry: &Registry, query: &Query, name: &str) -> bool {
    matches!(registry.named(name), Some(Named::Field(id)) if query.fields().contains(id))
}

impl Select {
    /// Whether verdicts need the times of the frames before.
    pub(crate) fn wants_times(&self) -> bool {
        self.times
    }

    /// One for each thread.
    pub(crate) fn selector(&self) -> Selector<'_> {
        Selector {
            select: self,
            decoder: Decoder::with_plan(self.registry, Arc::clone(&self.plan))
                .settings(self.settings.clone()),
            dissection: Dissection::default(),
        }
    }
}

/// Judges frames; one a thread.
pub(crate) struct Selector<'s> {
    select: &'s Select,
    decoder: Decoder<'static>,
    dissection: Dissection,
}

impl Selector<'_> {
    /// Whether the frame is taken.
    #[inline]
    pub(crate) fn takes(&mut self, frame: &Frame<'_>, around: &Surroundings<'_>) -> bool {
        self.decoder.decode(frame, around, &mut self.dissection);
        self.select.query.matches(self.select.registry, frame, &self.dissection)
    }
}
