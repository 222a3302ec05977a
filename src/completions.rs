//! `nettool completions SHELL`: the completion script, on stdout. Names of fields and the like are asked of the program when they are
//! wanted (`--words`), so that those of plugins are there too.

use crate::outcome::{Exit, Failure, stdout_failure};
use clap::{Args, CommandFactory, ValueEnum};
use clap_complete::Shell;
use nettool_dissect::flow::LEVELS;
use nettool_dissect::proto::dsa;
use nettool_dissect::query::{Completion, complete};
use nettool_dissect::registry::Registry;
use std::io::Write;

/// Print the completion script for a shell
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  nettool completions bash > /etc/bash_completion.d/nettool\n  nettool completions zsh > ~/.zfunc/_nettool\n  nettool completions fish > ~/.config/fish/completions/nettool.fish"
)]
pub(crate) struct Options {
    /// The shell to write for
    #[arg(value_enum, required_unless_present = "words")]
    shell: Option<Shell>,
    /// Print what the value of an option may become, a line each, for the scripts
    #[arg(long, hide = true, value_name = "KIND", requires = "text")]
    words: Option<Words>,
    /// What was typed of the value
    #[arg(last = true, hide = true, requires = "words")]
    text: Option<String>,
}

/// What an option takes.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
enum Words {
    /// A display filter.
    Query,
    /// Fields with commas between.
    Fields,
    /// A field.
    Field,
    /// A table of numbers, a number and a protocol.
    DecodeAs,
    /// A table of statistics.
    Stats,
    /// A switch tagger.
    Dsa,
}

/// Tables of statistics; the first two have levels.
const TABLES: [&str; 7] = ["conv", "endpoints", "expert", "io", "latency", "protocols", "tcp"];

pub(crate) fn run(options: &Options) -> Result<Exit, Failure> {
    let mut out = Vec::new();
    match (options.shell, options.words) {
        (_, Some(words)) => {
            let text = options.text.as_deref().unwrap_or_default();
            for Completion { word, doc } in words.of(text)? {
                out.extend_from_slice(format!("{word}\t{doc}\n").as_bytes());
            }
        }
        (Some(shell), None) => script(shell, &mut out),
        (None, None) => {}
    }
    std::io::stdout().write_all(&out).map_err(stdout_failure)?;
    Ok(Exit::Done)
}

/// The script of a shell, with words of the program where the shell has a way to ask for them.
fn script(shell: Shell, out: &mut Vec<u8>) {
    let mut plain = Vec::new();
    clap_complete::generate(shell, &mut crate::Cli::command(), "nettool", &mut plain);
    let plain = String::from_utf8_lossy(&plain);
    let text = match shell {
        Shell::Bash => plain.into_owned() + include_str!("completions/words.bash"),
        Shell::Zsh => for_zsh(&plain),
        Shell::Fish => for_fish(&plain),
        _ => plain.into_owned(),
    };
    out.extend_from_slice(text.as_bytes());
}

/// What zsh calls the values of options, and the words that they take.
const OF_VALUES: [(&str, &str); 6] = [
    (":QUERY:_default", "query"),
    (":NAMES:_default", "fields"),
    (":FIELD:_default", "field"),
    (":TABLE:_default", "stats"),
    (":TAGGER:_default", "dsa"),
    (":TABLE==NUMBER:PROTOCOL:_default", "decode-as"),
];

fn for_zsh(plain: &str) -> String {
    let mut text = plain.to_owned();
    for (value, words) in OF_VALUES {
        // A colon in the name of a value would end it.
        let name = value.trim_start_matches(':').trim_end_matches(":_default").replace(':', "\\:");
        text = text.replace(value, &format!(":{name}:{{_nettool_words {words}}}"));
    }
    // The first line tells zsh what the file is.
    let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
    format!("{first}\n\n{}{rest}", include_str!("completions/words.zsh"))
}

/// What fish calls options, and the words that they take.
const OF_OPTIONS: [(&str, &str); 6] = [
    (" -l query ", "query"),
    (" -l fields ", "fields"),
    (" -l mark ", "field"),
    (" -l split-by ", "field"),
    (" -l dsa ", "dsa"),
    (" -l decode-as ", "decode-as"),
];

fn for_fish(plain: &str) -> String {
    let mut text = include_str!("completions/words.fish").to_owned();
    for line in plain.lines() {
        // Bare, it would begin a comment.
        text.push_str(&line.replace(" -s # ", " -s '#' "));
        let of_read = line.contains("subcommand read\"") && line.contains(" -l stats ");
        let words = OF_OPTIONS.iter().find(|(option, _)| line.contains(option)).map(|(_, words)| *words);
        if let Some(words) = words.or(of_read.then_some("stats")).filter(|_| line.ends_with(" -r")) {
            text.push_str(&format!(" -f -a \"(__nettool_words {words})\""));
        }
        text.push('\n');
    }
    text
}

impl Words {
    /// What `text` may become, whole.
    fn of(self, text: &str) -> Result<Vec<Completion>, Failure> {
        let registry = crate::protocols::registry()?;
        let begun = |before: &str, found: Vec<Completion>| -> Vec<Completion> {
            found.into_iter().map(|one| Completion { word: format!("{before}{}", one.word), ..one }).collect()
        };
        Ok(match self {
            Words::Query => {
                let (start, found) = complete(registry, text);
                begun(text.get(..start).unwrap_or_default(), found)
            }
            Words::Fields | Words::Field => {
                let last = if self == Words::Fields { text.rfind(',') } else { None };
                let (before, name) = text.split_at(last.map_or(0, |at| at.saturating_add(1)));
                begun(before, complete(registry, name).1)
            }
            Words::DecodeAs => decode_as(registry, text),
            Words::Stats => tables(text),
            Words::Dsa => starting(
                text,
                dsa::taggers()
                    .map(|tagger| tagger.name)
                    .chain(["auto", "none"])
                    .map(|name| (name.to_owned(), "")),
            ),
        })
    }
}

/// Those that begin with a text, by alphabet.
fn starting<'d>(text: &str, all: impl Iterator<Item = (String, &'d str)>) -> Vec<Completion> {
    let all = all.filter(|(word, _)| word.starts_with(text));
    let mut found: Vec<Completion> =
        all.map(|(word, doc)| Completion { word, doc: doc.to_owned() }).collect();
    found.sort_by(|a, b| a.word.cmp(&b.word));
    found.dedup();
    found
}

/// `udp.port==5000:rtp`: a table, or behind the number a protocol.
fn decode_as(registry: &Registry, text: &str) -> Vec<Completion> {
    match text.split_once("==") {
        None => starting(text, registry.table_names().map(|table| (format!("{table}=="), ""))),
        Some((_, rest)) => match rest.find(':') {
            Some(_) => {
                let before = text.get(..=text.rfind(':').unwrap_or(0)).unwrap_or_default();
                let protocols = registry.protocols().iter();
                starting(text, protocols.map(|one| (format!("{before}{}", one.name), one.title)))
            }
            None => Vec::new(),
        },
    }
}

fn tables(text: &str) -> Vec<Completion> {
    let levels = LEVELS.iter().map(|(_, level, _)| level);
    let of_levels = levels.flat_map(|level| ["conv", "endpoints"].map(|table| format!("{table},{level}")));
    let all = TABLES.iter().map(|table| (*table).to_owned());
    if text.contains(',') {
        starting(text, of_levels.map(|word| (word, "")))
    } else {
        starting(text, all.map(|word| (word, "")))
    }
}
