//! Which frames of a source are taken: the capture filter of files, and the display filter that reading and capturing
//! share.

use crate::learning::KnownFrames;
use crate::outcome::Failure;
use crate::show::Show;
use clap::Args;
use nettool_capture::filter::batch::{Batch, MANY, WIDTH};
use nettool_capture::filter::names::{Names, NoNames, SystemNames};
use nettool_capture::filter::vm::Packet;
use nettool_capture::filter::{self, compile};
use nettool_dissect::decode::{Decoder, Dissection, Plan, Settings, Surroundings};
use nettool_dissect::flow::Follows;
use nettool_dissect::flow::reassembly::Wants;
use nettool_dissect::frame::{Frame, Interface, LinkType};
use nettool_dissect::proto::dsa;
use nettool_dissect::query::{Macros, Query, Telltale};
use nettool_dissect::registry::{Named, Registry};
use std::io::Read;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// Options that choose frames by what is in them.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Which frames")]
pub(crate) struct SelectOptions {
    /// Only frames that this display filter selects: 'tcp.flags.syn == 1 && ip.src in {10.0.0.0/8}'
    #[arg(short = 'Y', long = "query", value_name = "QUERY", allow_hyphen_values = true)]
    query: Option<String>,
    /// A text that ${NAME} stands for in -Y; $1, $2 are the arguments of ${NAME:a;b}
    #[arg(long = "macro", value_name = "NAME=TEXT", requires = "query")]
    macros: Vec<String>,
    /// The capture filter stands in this file, in place of words; `#` begins a comment
    #[arg(short = 'F', long, value_name = "FILE")]
    filter_file: Option<PathBuf>,
}

/// The options, understood; shared by all threads.
pub(crate) struct Select {
    filter: Option<FileFilter>,
    query: Option<Asked>,
}

/// A display filter ready to be asked.
struct Asked {
    registry: &'static Registry,
    query: Query,
    /// What tells most frames that are not selected before they are taken apart.
    telltale: Option<Telltale>,
    plan: Arc<Plan>,
    settings: Settings,
    times: bool,
}

/// A capture filter, compiled for each link type that a file has.
struct FileFilter {
    text: String,
    names: Box<dyn Names + Send>,
    programs: Mutex<Vec<(LinkType, Batch)>>,
}

impl FileFilter {
    fn new(text: String, numeric: bool) -> Result<Self, Failure> {
        filter::parse::parse(&text).map_err(|error| Failure::usage(error.render(&text)))?;
        let names: Box<dyn Names + Send> =
            if numeric { Box::new(NoNames) } else { Box::new(SystemNames::new()) };
        Ok(FileFilter { text, names, programs: Mutex::default() })
    }

    fn program(&self, link_type: LinkType) -> Result<Batch, Failure> {
        let mut programs = self.programs.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, program)) = programs.iter().find(|(known, _)| *known == link_type) {
            return Ok(program.clone());
        }
        let mut options = filter::Options::new(link_type);
        options.from_file = true;
        options.names = &*self.names;
        options.read_list = Some(&read_list);
        let program =
            compile(&self.text, &options).map_err(|error| Failure::usage(error.render(&self.text)))?;
        let batch = Batch::new(&program.instructions);
        programs.push((link_type, batch.clone()));
        Ok(batch)
    }
}

/// The text of a list that an expression names behind `@`. More than the largest is no list of what a filter can hold, and a
/// device has no end.
pub(crate) fn read_list(path: &str) -> Result<String, String> {
    const LARGEST: u64 = 16 << 20;
    let mut text = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(LARGEST + 1).read_to_end(&mut text))
        .map_err(|error| error.to_string())?;
    if text.len() as u64 > LARGEST {
        return Err("larger than 16 MiB".to_owned());
    }
    String::from_utf8(text).map_err(|_| "not text; a list has one value a line".to_owned())
}

impl SelectOptions {
    /// The capture filter: `words`, or what the file of `-F` says.
    pub(crate) fn capture_filter(&self, words: String) -> Result<String, Failure> {
        let Some(path) = &self.filter_file else { return Ok(words) };
        if !words.is_empty() {
            return Err(Failure::usage(format!(
                "the filter stands in {} (-F), and `{words}` is a second one: leave one of them out",
                path.display()
            )));
        }
        let text = std::fs::read_to_string(path)
            .map_err(|error| Failure::access(format!("{}: {error}", path.display())))?;
        let lines = text.lines().map(|line| line.split_once('#').map_or(line, |(filter, _)| filter).trim());
        let filter = lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
        if filter.is_empty() {
            return Err(Failure::usage(format!("{}: no filter in it", path.display())));
        }
        Ok(filter)
    }

    /// Whether there is a display filter.
    pub(crate) fn asks(&self) -> bool {
        self.query.is_some()
    }

    /// Reads filter and query; `None` where every frame is taken.
    pub(crate) fn understand(
        &self,
        show: &Show,
        settings: Settings,
        filter: String,
        numeric: bool,
    ) -> Result<Option<Select>, Failure> {
        let query = self.query(show, settings)?;
        let filter = if filter.is_empty() { None } else { Some(FileFilter::new(filter, numeric)?) };
        Ok((query.is_some() || filter.is_some()).then_some(Select { filter, query }))
    }

    fn query(&self, show: &Show, settings: Settings) -> Result<Option<Asked>, Failure> {
        let Some(text) = &self.query else { return Ok(None) };
        let registry = show.registry();
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
        let telltale = query.telltale(registry);
        Ok(Some(Asked { registry, query, telltale, plan, settings, times }))
    }
}

fn wants(registry: &Registry, query: &Query, name: &str) -> bool {
    matches!(registry.named(name), Some(Named::Field(id)) if query.fields().contains(&id))
}

impl Select {
    /// Whether verdicts need the times of the frames before.
    pub(crate) fn wants_times(&self) -> bool {
        self.query.as_ref().is_some_and(|asked| asked.times)
    }

    /// What verdicts need to know of the frames before.
    pub(crate) fn follows(&self) -> Follows {
        self.query.as_ref().map_or_else(Follows::default, |asked| Follows::of(asked.registry, &asked.plan))
    }

    /// What several frames together must say before the query can be answered.
    pub(crate) fn joins(&self) -> Wants {
        self.query.as_ref().map_or_else(Wants::default, |asked| Wants::of(asked.registry, &asked.plan))
    }

    /// One for each thread.
    pub(crate) fn selector(&self) -> Selector<'_> {
        let query = self.query.as_ref().map(|asked| {
            let decoder = Decoder::with_plan(asked.registry, Arc::clone(&asked.plan));
            (asked, decoder.settings(asked.settings.clone()), Dissection::default())
        });
        Selector { select: self, query, program: None, known: KnownFrames::None }
    }
}

/// Judges frames; one a thread.
pub(crate) struct Selector<'s> {
    select: &'s Select,
    query: Option<(&'s Asked, Decoder<'static>, Dissection)>,
    /// The filter's program for the link type last seen.
    program: Option<(LinkType, Batch)>,
    /// What is known of the frames to come.
    known: KnownFrames,
}

impl Selector<'_> {
    /// Whether there is a capture filter to be asked.
    pub(crate) fn filters(&self) -> bool {
        self.select.filter.is_some()
    }

    /// The capture filter's program for a link type; `None` where there is no filter.
    ///
    /// # Errors
    /// The filter means nothing for this link type.
    fn program(&mut self, link_type: LinkType) -> Result<Option<&mut Batch>, Failure> {
        let Some(filter) = &self.select.filter else { return Ok(None) };
        if self.program.as_ref().is_none_or(|(known, _)| *known != link_type) {
            self.program = Some((link_type, filter.program(link_type)?));
        }
        Ok(self.program.as_mut().map(|(_, program)| program))
    }

    /// Whether the capture filter takes octets of a frame.
    ///
    /// # Errors
    /// The filter means nothing for this link type.
    #[inline]
    pub(crate) fn passes(
        &mut self,
        link_type: LinkType,
        data: &[u8],
        wire_len: u32,
    ) -> Result<bool, Failure> {
        let program = self.program(link_type)?;
        Ok(program.is_none_or(|program| program.verdict(&Packet { data, wire_len, facts: None }) != 0))
    }

    /// Which of up to [`MANY`] packets of a link type the capture filter takes, as bits, 64 in a word, the first lowest.
    ///
    /// # Errors
    /// The filter means nothing for this link type.
    pub(crate) fn passing(
        &mut self,
        link_type: LinkType,
        packets: &[Packet<'_>],
    ) -> Result<[u64; MANY / WIDTH], Failure> {
        let mut bits = [u64::MAX; MANY / WIDTH];
        if let Some(program) = self.program(link_type)? {
            program.accepted_of_many(packets, &mut bits);
        }
        Ok(bits)
    }

    /// Whether there is a display filter to be asked.
    pub(crate) fn asks(&self) -> bool {
        self.query.is_some()
    }

    /// What is known of the frames that come next.
    pub(crate) fn learn(&mut self, known: KnownFrames) {
        self.known = known;
    }

    /// Whether the display filter cannot take a frame with these octets, which completes nothing and has no tag beside them.
    #[inline]
    pub(crate) fn excludes(&self, link_type: LinkType, interface: &Interface, data: &[u8]) -> bool {
        let Some((asked, _, _)) = &self.query else { return false };
        let Some(tell) = &asked.telltale else { return false };
        match dsa::chosen(asked.settings.dsa, link_type, Some(interface)) {
            None => tell.excludes_untagged(link_type, data),
            Some(_) => tell.excludes_octets(link_type, data),
        }
    }

    /// Whether the display filter takes the frame.
    #[inline]
    pub(crate) fn takes(&mut self, frame: &Frame<'_>, around: &Surroundings<'_>) -> bool {
        let Some((asked, decoder, dissection)) = &mut self.query else { return true };
        if around.joined.is_none() && asked.telltale.as_ref().is_some_and(|tell| tell.excludes(frame)) {
            return false;
        }
        let around = Surroundings { facts: self.known.of(frame.number), ..*around };
        decoder.decode(frame, &around, dissection);
        asked.query.matches(asked.registry, frame, dissection)
    }
}
