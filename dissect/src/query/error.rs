//! What is wrong with a query, and where.

use std::fmt;
use std::ops::Range;

/// What is wrong.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum QueryErrorKind {
    /// Nothing but blanks.
    #[error("an empty query selects nothing; leave it out to see every packet")]
    Empty,
    /// A name that no field, protocol or function has.
    #[error("`{name}` is not a field or protocol{}", did_you_mean(nearest.as_deref()))]
    UnknownName {
        /// What was written.
        name: String,
        /// The known name most like it.
        nearest: Option<String>,
    },
    /// A function that does not exist.
    #[error("`{name}` is not a function; there are {}", super::compile::FUNCTION_NAMES)]
    UnknownFunction {
        /// What was written.
        name: String,
    },
    /// Something else was expected.
    #[error("expected {expected}, found {found}")]
    Expected {
        /// What would fit.
        expected: &'static str,
        /// What stands there.
        found: String,
    },
    /// A literal that the field's type cannot take.
    #[error("`{text}` is not {wanted}")]
    Literal {
        /// What was written.
        text: String,
        /// What the field takes.
        wanted: &'static str,
    },
    /// A number in decimal where octets stand in hex.
    #[error("`{text}` is not {wanted}; octets are hexadecimal: {hex:02x}")]
    Decimal {
        /// What was written.
        text: String,
        /// What the field takes.
        wanted: &'static str,
        /// The same number in hex.
        hex: u8,
    },
    /// A number beyond what the field can hold.
    #[error("`{text}` is more than `{field}` can be ({most})")]
    TooGreat {
        /// What was written.
        text: String,
        /// The field.
        field: String,
        /// Its greatest value.
        most: u64,
    },
    /// A number below zero for a field that has none such.
    #[error("`{text}` is less than `{field}` can be (0)")]
    Negative {
        /// What was written.
        text: String,
        /// The field.
        field: String,
    },
    /// A word that names no value of the field.
    #[error("`{text}` is neither a number nor a value of `{field}`{}", did_you_mean(nearest.as_deref()))]
    ValueName {
        /// What was written.
        text: String,
        /// The field.
        field: String,
        /// The known value name most like it.
        nearest: Option<String>,
    },
    /// An operator that does not go with a type.
    #[error("`{operator}` does not go with {what}")]
    Operator {
        /// The operator or function.
        operator: &'static str,
        /// What it was given.
        what: &'static str,
    },
    /// Two sides that cannot be compared.
    #[error("{left} cannot be compared with {right}")]
    Types {
        /// Left side.
        left: &'static str,
        /// Right side.
        right: &'static str,
    },
    /// A comparison without a field.
    #[error("a comparison needs a field on one side")]
    NoField,
    /// A function with too few or too many arguments.
    #[error("`{function}` takes {wanted}")]
    Arguments {
        /// Function.
        function: &'static str,
        /// How many it takes, in words.
        wanted: &'static str,
    },
    /// A regular expression that does not compile.
    #[error("`{pattern}` is not a regular expression: {reason}")]
    Pattern {
        /// What was written.
        pattern: String,
        /// What the regular expression's parser says.
        reason: String,
    },
    /// A text, character or brace without its end.
    #[error("{what} has no end")]
    Unclosed {
        /// What was begun.
        what: &'static str,
    },
    /// A computation that has no result, whatever the packet.
    #[error("nothing can be divided by 0")]
    DivisionByZero,
    /// A range whose last value is smaller than its first.
    #[error("the range ends before it begins")]
    Backwards,
    /// A macro that is not defined.
    #[error("macro `{name}` is not defined{}", did_you_mean(nearest.as_deref()))]
    UnknownMacro {
        /// What was written.
        name: String,
        /// The known macro most like it.
        nearest: Option<String>,
    },
    /// A reference to the packet that is chosen in Wireshark's window.
    #[error(
        "`${{{name}}}` is the field of a chosen packet, and there is none: write the value itself, or `{name}` for that of the same packet"
    )]
    Reference {
        /// The field.
        name: String,
    },
    /// A macro that wants more arguments.
    #[error("macro `{name}` wants {wanted} arguments: `${{{name}:a;b}}`")]
    MacroArguments {
        /// The macro.
        name: String,
        /// How many.
        wanted: usize,
    },
    /// Macros that stand for too much, or for themselves.
    #[error("macros expand without end")]
    MacroDepth,
    /// A query beyond the limits of length or nesting.
    #[error("the query is nested too deep or too long")]
    TooLarge,
}

fn did_you_mean(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |name| format!("; did you mean `{name}`?"))
}

/// A query that cannot be used: what is wrong, and the octets of the text that it is about. Displays as a message with
/// the text and carets below it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct QueryError {
    /// What is wrong.
    pub kind: QueryErrorKind,
    /// Where, in octets of `text`.
    pub span: Range<usize>,
    /// The query.
    pub text: Box<str>,
    /// What to write instead, where the mistake is a known one.
    pub mend: Option<Box<str>>,
}

impl std::error::Error for QueryError {}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line: String = self.text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let columns = |upto: usize| self.text.get(..upto).unwrap_or(&self.text).chars().count();
        let start = columns(self.span.start);
        let carets = columns(self.span.end).saturating_sub(start).max(1);
        let mend = self.mend.as_deref().map_or_else(String::new, |mend| format!("; {mend}"));
        write!(f, "{}{mend}\n  {line}\n  {:start$}{:^>carets$}", self.kind, "", "")
    }
}

/// Crate-private shape of an error before the text is joined to it.
pub(super) struct At {
    pub(super) kind: QueryErrorKind,
    pub(super) span: Range<usize>,
}

pub(super) fn at<T>(kind: QueryErrorKind, span: Range<usize>) -> Result<T, At> {
    Err(At { kind, span })
}
