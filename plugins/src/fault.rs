//! What is wrong with a plugin: the sentence, and the place in its text.

use starlark::ErrorKind;
use std::fmt;
use std::path::{Path, PathBuf};

/// A place in a plugin's text: its first octet and the octet after its last.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Span {
    pub(crate) begin: usize,
    pub(crate) end: usize,
}

/// Something wrong at a place.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Fault {
    pub(crate) span: Span,
    pub(crate) message: String,
}

impl Fault {
    pub(crate) fn new(span: Span, message: impl Into<String>) -> Self {
        Fault { span, message: message.into() }
    }
}

impl From<Fault> for starlark::Error {
    fn from(fault: Fault) -> Self {
        starlark::Error::new_other(fault)
    }
}

/// A plugin that is left out, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// Its file, or the directory that is not read.
    pub path: PathBuf,
    /// Line and column, from 1; none where the file as a whole is meant.
    pub place: Option<(usize, usize)>,
    /// What is wrong, and the mend.
    pub message: String,
    /// The line, and below it the mark under what is meant.
    pub excerpt: Option<[String; 2]>,
}

/// Characters of a line that are shown.
const SHOWN: usize = 110;

impl Problem {
    /// A file or directory that cannot be used at all.
    pub(crate) fn whole(path: &Path, message: impl Into<String>) -> Self {
        Problem { path: path.to_owned(), place: None, message: message.into(), excerpt: None }
    }

    /// A place in a text.
    pub(crate) fn at(path: &Path, text: &str, fault: &Fault) -> Self {
        let begin = floor(text, fault.span.begin);
        let before = text.get(..begin).unwrap_or_default();
        let start = before.rfind('\n').map_or(0, |at| at.saturating_add(1));
        let line = before.matches('\n').count().saturating_add(1);
        let shown = text.get(start..).unwrap_or_default().lines().next().unwrap_or_default();
        let lead = text.get(start..begin).unwrap_or_default().chars().count();
        let end = floor(text, fault.span.end.min(start.saturating_add(shown.len()))).max(begin);
        let width = text.get(begin..end).unwrap_or_default().chars().count().max(1);
        // A caret far to the right would be out of sight: such a line is shown from near its place.
        let skip = if lead >= SHOWN { lead.saturating_sub(SHOWN / 2) } else { 0 };
        let shown: String = shown.chars().skip(skip).take(SHOWN).map(plain).collect();
        let lead = lead.saturating_sub(skip);
        let width = width.min(SHOWN.saturating_sub(lead).max(1));
        let mark = " ".repeat(lead) + &"^".repeat(width);
        let column = before.get(start..).unwrap_or_default().chars().count().saturating_add(1);
        Problem {
            path: path.to_owned(),
            place: Some((line, column)),
            message: fault.message.clone(),
            excerpt: Some([shown, mark]),
        }
    }

    /// What the script host says.
    pub(crate) fn of_host(path: &Path, text: &str, error: &starlark::Error) -> Self {
        let own = match error.kind() {
            ErrorKind::Other(inner) | ErrorKind::Native(inner) => inner.downcast_ref::<Fault>(),
            _ => None,
        };
        if let Some(fault) = own {
            return Problem::at(path, text, fault);
        }
        let message = said(&error.without_diagnostic().to_string());
        let place = error.span().map(crate::limits::place).map(|(begin, end, _)| Span { begin, end });
        match place {
            Some(span) => Problem::at(path, text, &Fault::new(span, message)),
            None => Problem::whole(path, message),
        }
    }
}

/// The host's sentence in this program's form: one line, no capital, no full stop.
fn said(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default().trim_end_matches('.');
    let mut letters = line.chars();
    match letters.next() {
        Some(first) if !letters.as_str().starts_with(char::is_uppercase) => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => line.to_owned(),
    }
}

/// A character for a terminal: text of a file is not trusted, and tabulators would shift the mark.
fn plain(c: char) -> char {
    if c.is_control() { if c == '\t' { ' ' } else { '\u{fffd}' } } else { c }
}

/// The nearest boundary of a character at or before an octet.
fn floor(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path: String = self.path.to_string_lossy().chars().map(plain).collect();
        write!(f, "{path}")?;
        if let Some((line, column)) = self.place {
            write!(f, ":{line}:{column}")?;
        }
        let message: String = self.message.chars().map(plain).collect();
        write!(f, ": {message}")?;
        if let Some([line, mark]) = &self.excerpt {
            write!(f, "\n  {line}\n  {mark}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str, begin: usize, end: usize) -> String {
        Problem::at(Path::new("p"), text, &Fault::new(Span { begin, end }, "m")).to_string()
    }

    #[test]
    fn the_mark_stands_under_its_place_in_characters() {
        assert_eq!(marked("a\nüb cd\n", 6, 8), "p:2:4: m\n  üb cd\n     ^^");
        assert_eq!(marked("", 9, 12), "p:1:1: m\n  \n  ^");
        assert_eq!(marked("x(\n\ty", 0, 6), "p:1:1: m\n  x(\n  ^^");
    }

    #[test]
    fn a_place_far_to_the_right_is_shown_from_near_it() {
        let text = "x".repeat(300) + "!";
        let problem = marked(&text, 300, 301);
        assert!(problem.lines().all(|line| line.len() < 130), "{problem}");
        assert!(problem.contains("p:1:301"));
    }
}
