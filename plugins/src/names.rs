//! Text that lives as long as the program, as the names of declarations do.
//!
//! A registry is made once in a run, so what it is made from is never given back. What plugins may take is limited
//! instead: each name by itself, and all of them together.

use crate::fault::{Fault, Span};
use std::collections::HashSet;

/// Octets of a name, title or remark.
pub(crate) const MAX_TEXT: usize = 512;
/// Octets of all texts of a plugin together.
pub(crate) const MAX_ALL: usize = 1 << 20;
/// Octets of a sample frame.
pub(crate) const MAX_SAMPLE: usize = 1 << 16;

/// The texts of one plugin.
#[derive(Debug, Default)]
pub(crate) struct Names {
    kept: HashSet<&'static str>,
    octets: usize,
}

impl Names {
    /// The text, for good; the same one for the same text.
    pub(crate) fn keep(&mut self, text: &str, span: Span) -> Result<&'static str, Fault> {
        self.keep_up_to(text, span, MAX_TEXT)
    }

    /// As [`Names::keep`], with a limit of its own.
    pub(crate) fn keep_up_to(&mut self, text: &str, span: Span, limit: usize) -> Result<&'static str, Fault> {
        if let Some(kept) = self.kept.get(text) {
            return Ok(kept);
        }
        if text.len() > limit {
            return Err(Fault::new(span, format!("a text of more than {limit} octets")));
        }
        if text.contains(|c: char| c.is_control()) {
            return Err(Fault::new(span, "control characters have no place in names and remarks"));
        }
        self.octets = self.octets.saturating_add(text.len());
        if self.octets > MAX_ALL {
            return Err(Fault::new(span, "the names and remarks of a plugin are limited to 1 MiB together"));
        }
        let kept: &'static str = text.to_owned().leak();
        self.kept.insert(kept);
        Ok(kept)
    }

    /// Value names, for good.
    pub(crate) fn keep_list<T>(&mut self, list: Vec<T>, span: Span) -> Result<&'static [T], Fault> {
        self.octets = self.octets.saturating_add(list.len().saturating_mul(size_of::<T>()));
        if self.octets > MAX_ALL {
            return Err(Fault::new(span, "the names and remarks of a plugin are limited to 1 MiB together"));
        }
        Ok(list.leak())
    }
}
