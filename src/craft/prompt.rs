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
use std::cell::RefCell;
use std::fs::OpenOptions;
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// Packets of one line that are shown.
const SHOWN: usize = 20;

/// Names that may stand at the cursor.
struct Names<'h> {
    catalog: &'static Catalog,
    session: Rc<RefCell<Session<'h>>>,
}

impl Completer for Names<'_> {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        position: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        let before = line.get(..position).unwrap_or_default();
        let start = before.len() - last_name(before).len();
        let (before, begun) = before.split_at_checked(start).unwrap_or_default();
        let mut found = match before.strip_suffix('.') {
            Some(of) => self.attributes(of),
            None => self.words(before, begun),
        };
        found.retain(|name| name.starts_with(begun));
        found.sort();
        found.dedup();
        Ok((start, found))
    }
}

impl Names<'_> {
    fn fields(&self, layer: &str) -> impl Iterator<Item = String> {
        let class = self.catalog.named(layer).map(|id| self.catalog.class(id));
        class.into_iter().flat_map(|class| class.field_names().map(str::to_string).collect::<Vec<_>>())
    }

    /// Arguments of the call that is open, and names.
    fn words(&self, before: &str, begun: &str) -> Vec<String> {
        let fields = open_layer(before).into_iter().flat_map(|layer| self.fields(layer));
        let mut words: Vec<String> = fields.map(|name| name + "=").collect();
        if !begun.is_empty() {
            words.extend(self.session.borrow().words());
        }
        words
    }

    /// What may stand behind a dot: `p.`, `p[IP].`, `IP().`.
    fn attributes(&self, of: &str) -> Vec<String> {
        let session = self.session.borrow();
        let Some(open) = of.strip_suffix([']', ')']) else {
            return session.attributes(last_name(of));
        };
        let index = last_name(open);
        let named = if of.ends_with(']') { index } else { open_layer(open).unwrap_or_default() };
        // an entry of a list that was not made yet may be a packet, and so may what a function gives
        let named = self.catalog.named(named).map_or("Raw", |_| named);
        session.attributes_of_layer(named)
    }
}

/// The name, or the part of one, that a text ends with.
fn last_name(text: &str) -> &str {
    let start = text
        .char_indices()
        .rev()
        .take_while(|(_, c)| c.is_alphanumeric() || *c == '_')
        .last()
        .map_or(text.len(), |(at, _)| at);
    text.get(start..).unwrap_or_default()
}

/// The layer whose arguments are being typed.
fn open_layer(before: &str) -> Option<&str> {
    let mut depth = 0_usize;
    for (at, c) in before.char_indices().rev() {
        match c {
            ')' | ']' => depth += 1,
            '(' if depth == 0 => {
                return before.get(..at).map(last_name);
            }
            '(' | '[' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

impl Hinter for Names<'_> {
    type Hint = String;
}

impl Highlighter for Names<'_> {}

impl Validator for Names<'_> {}

impl Helper for Names<'_> {}

/// Where lines are remembered.
fn history_file() -> Option<PathBuf> {
    let state = std::env::var_os("XDG_STATE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let folder =
        state.or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/state")))?;
    Some(folder.join("nettool").join("craft-history"))
}

/// Lines kept from earlier runs.
const REMEMBERED: usize = 2000;
/// Octets of the file that are read, from its end: what is before them is forgotten.
const READ: u64 = 1 << 20;
/// Octets of a line that is remembered.
const LONGEST: usize = 4096;

/// Whether lines may be read from there and written there: a pipe would wait, and a device has no end.
fn is_plain_file(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|file| file.is_file())
}

/// Whether a line may be shown again: what a terminal would obey is nothing that was typed.
fn is_plain(line: &str) -> bool {
    line.len() <= LONGEST && !line.chars().any(char::is_control)
}

fn remembered() -> Vec<String> {
    let Some(path) = history_file().filter(|path| is_plain_file(path)) else { return Vec::new() };
    let (lines, shortened) = last_lines(&path).unwrap_or_default();
    if shortened {
        forget(&path, &lines);
    }
    lines
}

/// The last lines of the file, and whether there are many more.
fn last_lines(path: &Path) -> std::io::Result<(Vec<String>, bool)> {
    let mut file = std::fs::File::open(path)?;
    let length = file.metadata()?.len();
    let begins = file.seek(SeekFrom::Start(length.saturating_sub(READ)))?;
    let mut octets = Vec::new();
    file.take(READ).read_to_end(&mut octets)?;
    let text = String::from_utf8_lossy(&octets);
    // where it does not begin with the file, the first line is the rest of one
    let lines = text.lines().skip(usize::from(begins > 0)).filter(|line| is_plain(line));
    let lines: Vec<String> = lines.map(str::to_string).collect();
    let kept = lines.get(lines.len().saturating_sub(REMEMBERED)..).unwrap_or_default().to_vec();
    Ok((kept, begins > 0))
}

/// Writes the file anew, with these lines alone.
fn forget(path: &Path, lines: &[String]) {
    let fresh = path.with_extension("new");
    let _ = std::fs::remove_file(&fresh);
    let text = lines.iter().fold(String::new(), |text, line| text + line + "\n");
    let written = private(true).open(&fresh).and_then(|mut file| file.write_all(text.as_bytes()));
    if written.and_then(|()| std::fs::rename(&fresh, path)).is_err() {
        let _ = std::fs::remove_file(&fresh);
    }
}

/// How a file is opened that nobody else is to read: lines may have passwords in them.
fn private(fresh: bool) -> OpenOptions {
    let mut options = OpenOptions::new();
    options.append(true).create(!fresh).create_new(fresh).mode(0o600);
    options
}

/// A history that cannot be written is no reason to stop.
fn remember(line: &str) {
    let Some(path) = history_file().filter(|path| !path.exists() || is_plain_file(path)) else { return };
    if !is_plain(line) {
        return;
    }
    if let Some(folder) = path.parent() {
        let _ = std::fs::create_dir_all(folder);
    }
    if let Ok(mut file) = private(false).open(path) {
        let _ = writeln!(file, "{line}");
    }
}

const INTRODUCTION: &str = "Expressions give packets; ls() names layers, ls(IP) a layer's fields, lsc() functions. A block ends with an \
empty line;\nTab completes, Ctrl-C drops a line, Ctrl-D or quit ends. docs/craft.md has the language.";

/// Lines of a text that goes on.
const MOST_LINES: usize = 10_000;

/// The lines that belong to one that was begun; `None` where they were dropped.
fn whole(line: String, editor: &mut Editor<Names<'_>, MemHistory>) -> Result<Option<String>, Failure> {
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
    let mut editor = Editor::<Names<'_>, MemHistory>::with_history(config, history)
        .map_err(|error| Failure::access(format!("the terminal cannot be used: {error}")))?;
    for line in remembered() {
        let _ = editor.add_history_entry(line);
    }
    let session = Rc::new(RefCell::new(Session::new(host)));
    editor.set_helper(Some(Names { catalog, session: Rc::clone(&session) }));
    say(INTRODUCTION)?;
    loop {
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
        let answer = session.borrow_mut().line(&line, &Files::default());
        match answer {
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

    #[test]
    fn names_behind_a_dot_are_those_of_what_stands_before_it() {
        let catalog = Catalog::builtin();
        let host = Host::new(catalog, 0);
        let session = Rc::new(RefCell::new(Session::new(&host)));
        for line in ["p = IP()/UDP()", "l = [1]"] {
            assert!(session.borrow_mut().line(line, &Files::default()).is_ok());
        }
        let names = Names { catalog, session };
        for (text, name) in [
            ("p", "summary"),
            ("p", "ttl"),
            ("p[UDP]", "sport"),
            ("IP()/UDP(dport=(1, 4))", "sport"),
            ("f(1)", "show"),
            ("l", "append"),
        ] {
            assert!(names.attributes(text).iter().any(|found| found == name), "{text}.{name}");
        }
        assert!(!names.attributes("p[UDP]").iter().any(|found| found == "ttl"));
        assert!(names.attributes("nothing").is_empty());
    }

    #[test]
    fn of_a_history_the_last_plain_lines_are_kept() {
        let folder = std::env::temp_dir().join(format!("nettool-history-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join("craft-history");
        let many = "IP(id=1)\n".repeat(200_000);
        let octets = [many.as_bytes(), b"\x1b[31mred\n\xffx\nUDP()\n"].concat();
        std::fs::write(&path, octets).expect("a file");
        let (lines, shortened) = last_lines(&path).expect("it can be read");
        assert!(shortened && lines.len() == REMEMBERED);
        assert_eq!(lines.last().map(String::as_str), Some("UDP()"));
        assert!(lines.iter().all(|line| is_plain(line)));
        forget(&path, &lines);
        assert_eq!(last_lines(&path).expect("it can be read"), (lines, false));
        std::fs::remove_dir_all(&folder).expect("it is ours");
    }
}
