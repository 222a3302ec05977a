//! Text to tokens, one at a time: what a word is depends on where it stands, so the parser asks.

use super::error::{At, QueryErrorKind, at};
use crate::registry::Registry;
use std::ops::Range;

/// A token.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Token {
    /// A field, literal or keyword; which, its place tells.
    Word(String),
    /// `"text"`, `r"text"`: what it stands for, and for patterns the text as written.
    Text {
        octets: Vec<u8>,
        pattern: String,
    },
    /// `'c'`.
    Char(u8),
    /// An operator or bracket.
    Sign(&'static str),
    End,
}

/// A token and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Spanned {
    pub(super) token: Token,
    pub(super) span: Range<usize>,
}

const SIGNS: &[&str] = &[
    "===", "!==", "==", "!=", "~=", ">=", "<=", "&&", "||", "^^", "..", "(", ")", "{", "}", "[", "]", ",",
    ">", "<", "!", "~", "&", "+", "-", "*", "/", "%", "#", "@",
];

/// Walks over the text.
pub(super) struct Lexer<'t> {
    pub(super) text: &'t str,
    pub(super) at: usize,
    registry: &'t Registry,
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.' | ':')
}

impl<'t> Lexer<'t> {
    pub(super) fn new(text: &'t str, registry: &'t Registry) -> Self {
        Lexer { text, at: 0, registry }
    }

    pub(super) fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn skip_blanks(&mut self) {
        let rest = self.rest();
        self.at = self.at.saturating_add(rest.len().saturating_sub(rest.trim_start().len()));
    }

    pub(super) fn next(&mut self) -> Result<Spanned, At> {
        self.skip_blanks();
        let start = self.at;
        let rest = self.rest();
        let Some(first) = rest.chars().next() else {
            return Ok(Spanned { token: Token::End, span: start..start });
        };
        let token = if first == '"' || rest.starts_with("r\"") || rest.starts_with("R\"") {
            self.string()?
        } else if first == '\'' {
            self.character()?
        } else if let Some(sign) =
            SIGNS.iter().find(|sign| rest.starts_with(**sign)).filter(|_| !self.begins_word(rest))
        {
            self.at = self.at.saturating_add(sign.len());
            Token::Sign(sign)
        } else if is_word(first) {
            let len = self.word(rest);
            self.at = self.at.saturating_add(len);
            Token::Word(rest.get(..len).unwrap_or_default().to_owned())
        } else {
            let end = start.saturating_add(first.len_utf8());
            let expected = match first {
                '=' => "`==` (or `eq`)",
                '|' => "`||` (or `or`)",
                _ => "a field, a value or an operator",
            };
            return at(QueryErrorKind::Expected { expected, found: format!("`{first}`") }, start..end);
        };
        Ok(Spanned { token, span: start..self.at })
    }

    /// `.tcp.port` is a field and `:fc` a value; `..` is the range sign.
    fn begins_word(&self, rest: &str) -> bool {
        let mut chars = rest.chars();
        match chars.next() {
            Some('.') => chars.next().is_some_and(char::is_alphanumeric),
            Some(':') => chars.next().is_some_and(|c| c == ':' || c.is_alphanumeric()),
            _ => false,
        }
    }

    /// Octets of the word at the start of `rest`.
    fn word(&self, rest: &str) -> usize {
        // A known name with hyphens in it wins.
        let wide = run(rest, |c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-'));
        let name = rest.get(..wide).unwrap_or_default();
        if name.contains('-') && self.registry.named(name).is_some() {
            return wide;
        }
        let plain = run(rest, is_word);
        let word = rest.get(..plain).unwrap_or_default();
        let after = rest.get(plain..).unwrap_or_default();
        if let Some(exponent) = exponent(word, after) {
            return plain.saturating_add(exponent);
        }
        if after.starts_with('-') {
            let bytes = hyphen_bytes(rest);
            if bytes > plain {
                return bytes;
            }
            let known = self.registry.named(word.trim_start_matches('.')).is_some();
            let letters = word.starts_with(char::is_alphabetic);
            if letters && !known && after.chars().nth(1).is_some_and(char::is_alphanumeric) {
                return run(rest, |c| is_word(c) || c == '-');
            }
        }
        // An address with the length or mask of its network.
        let looks = word.contains("::")
            || word.matches(':').count() >= 2
            || (word.matches('.').count() > 0 && word.chars().all(|c| c.is_ascii_digit() || c == '.'));
        if looks && let Some(mask) = after.strip_prefix('/') {
            let len = run(mask, |c| c.is_ascii_digit() || c == '.');
            if len > 0 {
                return plain.saturating_add(1).saturating_add(len);
            }
        }
        plain
    }

    fn string(&mut self) -> Result<Token, At> {
        let start = self.at;
        let raw = !self.rest().starts_with('"');
        let open = if raw { 2 } else { 1 };
        let body = self.rest().get(open..).unwrap_or_default();
        let mut escaped = false;
        let end = body.char_indices().find(|(_, c)| {
            let ends = *c == '"' && !escaped;
            escaped = *c == '\\' && !escaped;
            ends
        });
        let Some((len, _)) = end else {
            return at(QueryErrorKind::Unclosed { what: "the text" }, start..self.text.len());
        };
        let body = body.get(..len).unwrap_or_default();
        self.at = start.saturating_add(open).saturating_add(len).saturating_add(1);
        let (octets, pattern) =
            if raw { (body.replace("\\\"", "\"").into_bytes(), body.to_owned()) } else { unescape(body) };
        Ok(Token::Text { octets, pattern })
    }

    fn character(&mut self) -> Result<Token, At> {
        let start = self.at;
        let body = self.rest().get(1..).unwrap_or_default();
        let mut escaped = false;
        let end = body.char_indices().find(|(_, c)| {
            let ends = *c == '\'' && !escaped;
            escaped = *c == '\\' && !escaped;
            ends
        });
        let Some((len, _)) = end else {
            return at(QueryErrorKind::Unclosed { what: "the character" }, start..self.text.len());
        };
        let (octets, _) = unescape(body.get(..len).unwrap_or_default());
        self.at = start.saturating_add(len).saturating_add(2);
        match octets.as_slice() {
            [octet] => Ok(Token::Char(*octet)),
            _ => at(
                QueryErrorKind::Literal {
                    text: body.get(..len).unwrap_or_default().to_owned(),
                    wanted: "one character",
                },
                start..self.at,
            ),
        }
    }
}

/// Octets of the longest start that consists of such characters, up to `..` and without a closing dot.
fn run(text: &str, part: impl Fn(char) -> bool) -> usize {
    let mut end = text.find(|c| !part(c)).unwrap_or(text.len());
    if let Some(dots) = text.get(..end).and_then(|word| word.get(1..)?.find("..")) {
        end = dots.saturating_add(1);
    }
    let word = text.get(..end).unwrap_or_default();
    match word.strip_suffix('.') {
        Some(shorter) if !shorter.is_empty() => shorter.len(),
        _ => end,
    }
}

/// Octets of `-07` behind `1.25e`.
fn exponent(word: &str, after: &str) -> Option<usize> {
    let mantissa = word.strip_suffix(['e', 'E'])?;
    let digits = after.strip_prefix(['+', '-'])?;
    let count = run(digits, |c| c.is_ascii_digit());
    let number = mantissa.starts_with(|c: char| c.is_ascii_digit())
        && mantissa.chars().all(|c| c.is_ascii_digit() || c == '.');
    let ends = !digits.get(count..)?.starts_with(is_word);
    (number && count > 0 && ends).then(|| count.saturating_add(1))
}

/// Octets of `aa-bb-cc` at the start; 0 where there is none.
fn hyphen_bytes(text: &str) -> usize {
    let end = run(text, |c| c.is_ascii_hexdigit() || c == '-');
    let word = text.get(..end).unwrap_or_default();
    let fits = word.split('-').all(|pair| pair.len() == 2);
    let goes_on = text.get(end..).and_then(|rest| rest.chars().next()).is_some_and(is_word);
    if fits && !goes_on { end } else { 0 }
}

/// What a quoted text stands for. In the form for patterns, escapes that only patterns know keep their backslash.
fn unescape(body: &str) -> (Vec<u8>, String) {
    let (mut octets, mut pattern) = (Vec::with_capacity(body.len()), String::with_capacity(body.len()));
    let mut chars = body.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' {
            let mut utf8 = [0; 4];
            octets.extend_from_slice(c.encode_utf8(&mut utf8).as_bytes());
            pattern.push(c);
            continue;
        }
        let Some(kind) = chars.next() else {
            octets.push(b'\\');
            pattern.push_str("\\\\");
            break;
        };
        let plain = match kind {
            'a' => Some(7),
            'b' => Some(8),
            'f' => Some(12),
            'n' => Some(b'\n'),
            'r' => Some(b'\r'),
            't' => Some(b'\t'),
            'v' => Some(11),
            _ => None,
        };
        if let Some(octet) = plain {
            octets.push(octet);
            pattern.extend(['\\', kind]);
            continue;
        }
        match kind {
            'x' | 'u' | 'U' | '0'..='7' => {
                let (radix, most) = match kind {
                    'x' => (16, 2),
                    'u' => (16, 4),
                    'U' => (16, 8),
                    _ => (8, 2),
                };
                let mut value = kind.to_digit(8).unwrap_or(0);
                let mut digits = 0_u32;
                while digits < most
                    && let Some(digit) = chars.peek().and_then(|c| c.to_digit(radix))
                {
                    value = value.saturating_mul(radix).saturating_add(digit);
                    digits = digits.saturating_add(1);
                    chars.next();
                }
                if matches!(kind, 'u' | 'U') {
                    let c = char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER);
                    let mut utf8 = [0; 4];
                    octets.extend_from_slice(c.encode_utf8(&mut utf8).as_bytes());
                    pattern.push_str(&format!("\\x{{{value:x}}}"));
                } else {
                    octets.push((value & 0xff) as u8);
                    pattern.push_str(&format!("\\x{:02x}", value & 0xff));
                }
            }
            '"' | '\'' => {
                octets.push(kind as u8);
                pattern.push(kind);
            }
            '\\' => {
                // `"\\."` is what a pattern `\.` looks like in a quoted text.
                octets.push(b'\\');
                pattern.push('\\');
            }
            other => {
                let mut utf8 = [0; 4];
                octets.push(b'\\');
                octets.extend_from_slice(other.encode_utf8(&mut utf8).as_bytes());
                pattern.push('\\');
                pattern.push(other);
            }
        }
    }
    (octets, pattern)
}
