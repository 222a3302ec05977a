//! The prompt of `craft`: a line editor with history and completion; what a line gives is shown at once.

use super::files::Files;
use crate::outcome::{Exit, Failure, say};
use nettool_gen::craft::{self, Answer, Catalog, Host, Packets, Session};
use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::MemHistory;
use rustyline::validate::Validator;
use rustyline::{CompletionType, Config, Context, Editor, Helper};
use std::io::Write;
use std::path::PathBuf;

/// Packets of one line that are shown.
const SHOWN: usize = 20;

/// Names that may stand at the cursor.
struct Names {
    catalog: &'static Catalog,
    words: Vec<String>,
}

impl Completer for Names {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        position: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        let before = line.get(..position).unwrap_or_default();
        let part_of_name = |c: char| c.is_alphanumeric() || c == '_';
        let start = before.rfind(|c| !part_of_name(c)).map_or(0, |at| at + 1);
        let begun = before.get(start..).unwrap_or_default();
        let mut found: Vec<String> = match open_layer(before.get(..start).unwrap_or_default()) {
            Some(layer) => {
                self.fields(layer).filter(|name| name.starts_with(begun)).map(|name| name + "=").collect()
            }
            None => Vec::new(),
        };
        if !begun.is_empty() {
            found.extend(self.words.iter().filter(|word| word.starts_with(begun)).cloned());
        }
        found.sort();
        found.dedup();
        Ok((start, found))
    }
}

impl Names {
    fn fields(&self, layer: &str) -> impl Iterator<Item = String> {
        let class = self.catalog.named(layer).map(|id| self.catalog.class(id));
        class.into_iter().flat_map(|class| class.field_names().map(str::to_string).collect::<Vec<_>>())
    }
}

/// The layer whose arguments are being typed.
fn open_layer(before: &str) -> Option<&str> {
    let mut depth = 0_usize;
    for (at, c) in before.char_indices().rev() {
        match c {
            ')' | ']' => depth += 1,
            '(' if depth == 0 => {
                let name = before.get(..at)?;
                let start = name.rfind(|c: char| !(c.is_alphanumeric() || c == '_')).map_or(0, |at| at + 1);
                return name.get(start..);
            }
            '(' | '[' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

impl Hinter for Names {
    type Hint = String;
}

impl Highlighter for Names {}

impl Validator for Names {}

impl Helper for Names {}

/// Where lines are remembered.
fn history_file() -> Option<PathBuf> {
    let state = std::env::var_os("XDG_STATE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let folder =
        state.or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/state")))?;
    Some(folder.join("nettool").join("craft-history"))
}

/// Lines kept from earlier runs.
const REMEMBERED: usize = 2000;

fn remembered() -> Vec<String> {
    let text = history_file().and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_default();
    let lines: Vec<String> = text.lines().map(str::to_string).collect();
    lines.get(lines.len().saturating_sub(REMEMBERED)..).unwrap_or_default().to_vec()
}

/// A history that cannot be written is no reason to stop.
fn remember(line: &str) {
    let Some(path) = history_file() else { return };
    if let Some(folder) = path.parent() {
        let _ = std::fs::create_dir_all(folder);
    }
    if let Ok(mut file) = std::fs::OpenOptions::new().create(true).append(true).open(path) {
        let _ = writeln!(file, "{line}");
    }
}

const INTRODUCTION: &str = "Expressions give packets; ls() names layers, ls(IP) a layer's fields, lsc() functions. A block ends with an \
empty line;\nTab completes, Ctrl-C drops a line, Ctrl-D or quit ends. docs/craft.md has the language.";

/// Lines of a text that goes on.
const MOST_LINES: usize = 10_000;

/// The lines that belong to one that was begun; `None` where they were dropped.
fn whole(line: String, editor: &mut Editor<Names, MemHistory>) -> Result<Option<String>, Failure> {
    let mut text = line;
    for _ in 0..MOST_LINES {
        if !craft::unfinished(&text) {
            break;
        }
        match editor.readline("  ...> ") {
            Ok(line) => {
                if !line.trim().is_empty() {
                    let _ = editor.add_history_entry(line.as_str());
                    remember(&line);
                }
                text.push('\n');
                text.push_str(&line);
            }
            Err(ReadlineError::Interrupted) => return Ok(None),
            Err(ReadlineError::Eof) => break,
            Err(error) => return Err(Failure::access(format!("the terminal cannot be read: {error}"))),
        }
    }
    Ok(Some(text))
}

/// Reads lines until the end of input.
pub(crate) fn run(host: &Host, catalog: &'static Catalog) -> Result<Exit, Failure> {
    let config = Config::builder().completion_type(CompletionType::List).auto_add_history(false).build();
    let history = MemHistory::with_config(config);
    let mut editor = Editor::<Names, MemHistory>::with_history(config, history)
        .map_err(|error| Failure::access(format!("the terminal cannot be used: {error}")))?;
    for line in remembered() {
        let _ = editor.add_history_entry(line);
    }
    let mut session = Session::new(host);
    say(INTRODUCTION)?;
    loop {
        let mut words = host.names();
        words.extend(session.names());
        editor.set_helper(Some(Names { catalog, words }));
        let line = match editor.readline("craft> ") {
            Ok(line) => line,
            Err(ReadlineError::Interrupted) => continue,
            Err(ReadlineError::Eof) => return Ok(Exit::Done),
            Err(error) => return Err(Failure::access(format!("the terminal cannot be read: {error}"))),
        };
        if line.trim().is_empty() {
            continue;
        }
        let _ = editor.add_history_entry(line.as_str());
        remember(&line);
        match line.trim() {
            "quit" | "exit" | "quit()" | "exit()" => return Ok(Exit::Done),
            "help" | "help()" | "?" => {
                say(INTRODUCTION)?;
                continue;
            }
            _ => {}
        }
        let Some(line) = whole(line, &mut editor)? else { continue };
        match session.line(&line, &Files) {
            Ok(Answer::Packets(packets)) => show(*packets, catalog)?,
            Ok(Answer::Text(text)) => say(text)?,
            Ok(Answer::Nothing) => {}
            Err(error) => tell!("{error}"),
        }
    }
}

/// The first packets, a line each.
fn show(mut packets: Packets, catalog: &Catalog) -> Result<(), Failure> {
    let count = packets.count();
    for _ in 0..SHOWN {
        match packets.next_frame() {
            Some(Ok(frame)) => say(craft::line(catalog, frame.link_type, frame.octets))?,
            Some(Err(error)) => {
                tell!("{error}");
                return Ok(());
            }
            None => return Ok(()),
        }
    }
    match count {
        Some(count) if count > SHOWN as u64 => say(format_args!("… {count} packets in all")),
        Some(_) => Ok(()),
        None => say("… more packets than can be counted"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_those_of_the_call_that_is_open() {
        assert_eq!(open_layer("Ether()/IP(dst=\"1.2.3.4\", "), Some("IP"));
        assert_eq!(open_layer("IP(options=[IPOption_RR("), Some("IPOption_RR"));
        assert_eq!(open_layer("Ether()/"), None);
    }
}
