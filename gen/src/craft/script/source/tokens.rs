//! A text cut into tokens, with brackets paired and logical lines ended: enough to find what is spelled otherwise, and no
//! more; what is wrong with the text is for the host to say.

use nettool_plugins::limits::behind_string;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::craft::script) enum Kind {
    Name,
    Number,
    /// A literal of text or octets; its prefix is part of it.
    Text,
    Sign,
    /// The end of a logical line, or `;`.
    End,
}

#[derive(Clone, Copy, Debug)]
pub(in crate::craft::script) struct Token {
    pub(in crate::craft::script) kind: Kind,
    pub(in crate::craft::script) start: usize,
    pub(in crate::craft::script) end: usize,
    /// The place of the bracket that closes this one, or that this one closes.
    pub(in crate::craft::script) pair: Option<usize>,
}

/// Signs of more than one character, the longest first.
const LONG: [&str; 21] = [
    "**=", "//=", "<<=", ">>=", "**", "//", "<<", ">>", "<=", ">=", "==", "!=", "->", ":=", "+=", "-=", "*=",
    "/=", "%=", "&=", "|=",
];

pub(in crate::craft::script) fn tokens(text: &str) -> Vec<Token> {
    let octets = text.as_bytes();
    let mut all: Vec<Token> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut at = 0;
    while let Some(octet) = octets.get(at) {
        let count = |test: fn(&u8) -> bool| {
            octets.get(at..).unwrap_or_default().iter().take_while(|c| test(c)).count()
        };
        let is_word = |c: &u8| c.is_ascii_alphanumeric() || *c == b'_' || *c >= 0x80;
        let (kind, end) = match octet {
            b'#' => {
                at += count(|c| *c != b'\n');
                continue;
            }
            b'\\' if octets.get(at + 1) == Some(&b'\n') => {
                at += 2;
                continue;
            }
            b'\n' | b';' if open.is_empty() => (Kind::End, at + 1),
            c if c.is_ascii_whitespace() => {
                at += 1;
                continue;
            }
            b'"' | b'\'' => (Kind::Text, behind_string(octets, at)),
            b'0'..=b'9' => (Kind::Number, at + number(octets.get(at..).unwrap_or_default())),
            c if is_word(c) => {
                let end = at + count(is_word);
                let prefix = octets.get(at..end).unwrap_or_default();
                let is_prefix = prefix.len() <= 2 && prefix.iter().all(|c| b"bBrRfFuU".contains(c));
                match octets.get(end) {
                    Some(b'"' | b'\'') if is_prefix => (Kind::Text, behind_string(octets, end)),
                    _ => (Kind::Name, end),
                }
            }
            _ => {
                let rest = text.get(at..).unwrap_or_default();
                let long = LONG.iter().find(|sign| rest.starts_with(**sign));
                (Kind::Sign, at + long.map_or(1, |sign| sign.len()))
            }
        };
        let mut token = Token { kind, start: at, end: end.max(at + 1), pair: None };
        match (kind, octet) {
            (Kind::Sign, b'(' | b'[' | b'{') => open.push(all.len()),
            (Kind::Sign, b')' | b']' | b'}') => {
                token.pair = open.pop();
                if let Some(begun) = token.pair {
                    let here = all.len();
                    if let Some(begun) = all.get_mut(begun) {
                        begun.pair = Some(here);
                    }
                }
            }
            _ => {}
        }
        at = token.end;
        all.push(token);
    }
    let end = text.len();
    all.push(Token { kind: Kind::End, start: end, end, pair: None });
    all
}

/// The octets of a number: `0x1f`, `1_000`, `1.5e-3`.
fn number(octets: &[u8]) -> usize {
    let hex = octets.get(1).is_some_and(|c| c.is_ascii_alphabetic() && !matches!(c, b'e' | b'E'));
    let mut length = 0;
    while let Some(c) = octets.get(length) {
        let before = length.checked_sub(1).and_then(|at| octets.get(at));
        let exponent = !hex && matches!(c, b'+' | b'-') && matches!(before, Some(b'e' | b'E'));
        if !(c.is_ascii_alphanumeric() || *c == b'_' || *c == b'.' && !hex || exponent) {
            break;
        }
        length += 1;
    }
    // `1.to_bytes` is none, and neither is `1..`
    length
}
