//! What can be wrong with a description of packets, with the place in the text where there is one.

use std::fmt;

/// A fault of a layer or a field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CraftError {
    /// No layer has this name.
    #[error("there is no layer `{name}`{}", nearest(.near))]
    NoLayer {
        /// What was asked for.
        name: String,
        /// The nearest name.
        near: Option<String>,
    },
    /// The layer has no such field.
    #[error("layer `{layer}` has no field `{field}`{}", nearest(.near))]
    NoField {
        /// The layer.
        layer: String,
        /// What was asked for.
        field: String,
        /// The nearest name.
        near: Option<String>,
    },
    /// A number that the field cannot hold.
    #[error("`{layer}.{field}` takes {least} to {most}, not {value}")]
    Range {
        /// The layer.
        layer: String,
        /// The field.
        field: String,
        /// The least value.
        least: i128,
        /// The greatest value.
        most: i128,
        /// What was given.
        value: String,
    },
    /// A value of a kind that the field does not take.
    #[error("`{layer}.{field}` takes {wants}, not {value}{}", nearest(.near))]
    Kind {
        /// The layer.
        layer: String,
        /// The field.
        field: String,
        /// What it takes.
        wants: &'static str,
        /// What was given.
        value: String,
        /// The nearest word.
        near: Option<String>,
    },
    /// More octets than a packet may have.
    #[error("a packet of more than {0} octets; give it a smaller payload")]
    TooLong(usize),
    /// Fragments so small that nothing of the packet goes into them.
    #[error("a fragment of this packet has at least {0} octets")]
    TooSmall(usize),
    /// Packets in packets in packets.
    #[error("layers are nested more than {0} deep")]
    TooDeep(usize),
    /// A set of which no more packets can be counted.
    #[error("the sets of this packet multiply to more packets than can be numbered")]
    TooMany,
}

fn nearest(near: &Option<String>) -> String {
    near.as_ref().map_or_else(String::new, |name| format!("; did you mean `{name}`?"))
}

/// A fault of a script or expression, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScriptError {
    /// One sentence.
    pub message: String,
    /// File, or `expression`.
    pub file: String,
    /// Line, from 1; 0 where there is no place.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
    /// Characters that the caret underlines.
    pub width: usize,
    /// The line's text.
    pub text: String,
}

impl std::error::Error for ScriptError {}

impl fmt::Display for ScriptError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.message)?;
        if self.line > 0 {
            write!(out, "\n  --> {}:{}:{}", self.file, self.line, self.column)?;
            let skip = " ".repeat(self.column.saturating_sub(1));
            write!(out, "\n  {}\n  {skip}{}", self.text, "^".repeat(self.width.max(1)))?;
        }
        Ok(())
    }
}

impl ScriptError {
    /// A sentence without a place.
    pub fn plain(message: &str) -> ScriptError {
        ScriptError {
            message: message.into(),
            file: String::new(),
            line: 0,
            column: 0,
            width: 0,
            text: String::new(),
        }
    }

    /// The sentence and its place on one line.
    pub fn on_one_line(&self) -> String {
        let message = self.message.replace('\n', " ");
        if self.line > 0 { format!("{message} (column {})", self.column) } else { message }
    }
}

/// The nearest of `names` to `word`, if it is near enough to be meant.
pub(crate) fn near<'a>(word: &str, names: impl Iterator<Item = &'a str>) -> Option<String> {
    nettool_dissect::query::nearest(word, names).map(str::to_owned)
}
