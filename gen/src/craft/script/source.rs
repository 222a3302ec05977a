//! What stands between people's texts and the language: scapy has a field named `load`, which is a word of Starlark's own. Where
//! it names an argument or an attribute it is spelled with a nought; and of what Python has beyond Starlark, what people type.

use nettool_plugins::limits::{Edit, behind_string};

/// How `load` is spelled within the language.
pub(crate) const LOAD: &str = "l0ad";

/// `load=` and `.load` spelled otherwise, `del p.field` as `p.field=None`, and powers of plain numbers as numbers; strings and comments
/// stay.
pub(crate) fn rewrites(text: &str) -> Vec<Edit> {
    let octets = text.as_bytes();
    let mut edits = Vec::new();
    let (mut at, mut line_begins) = (0, true);
    while let Some(octet) = octets.get(at) {
        let mut next = at + 1;
        match octet {
            b'#' => {
                next = at + octets.get(at..).unwrap_or_default().iter().take_while(|c| **c != b'\n').count()
            }
            b'"' | b'\'' => next = literal(text, at, &mut edits),
            b's' if is_word(octets, at, b"struct")
                && text.get(at..).is_some_and(|t| t.starts_with("struct.pack(")) =>
            {
                edits.push(Edit { at, removed: 11, text: "_pack_".into() });
                next = at + 11;
            }
            b's' if is_word(octets, at, b"socket") && octets.get(at + 6) == Some(&b'.') => {
                edits.push(Edit { at, removed: 7, text: String::new() });
                next = at + 7;
            }
            b'l' if is_word(octets, at, b"load") && is_name(octets, at) => {
                edits.push(Edit { at, removed: 4, text: LOAD.into() });
                next = at + 4;
            }
            b'd' if line_begins && is_word(octets, at, b"del") => {
                let line = text.get(at..).and_then(|rest| rest.lines().next()).unwrap_or_default();
                let target = line.split('#').next().unwrap_or(line).trim_end();
                if target.contains('.') {
                    edits.push(Edit { at, removed: 4, text: String::new() });
                    edits.push(Edit { at: at + target.len(), removed: 0, text: "=None".into() });
                }
                next = at + 3;
            }
            b'0'..=b'9' => {
                if let Some((length, number)) = power(text.get(at..).unwrap_or_default()) {
                    edits.push(Edit { at, removed: length, text: number });
                    next = at + length;
                } else {
                    next = at
                        + octets
                            .get(at..)
                            .unwrap_or_default()
                            .iter()
                            .take_while(|c| c.is_ascii_alphanumeric())
                            .count();
                }
            }
            c if c.is_ascii_alphabetic() || *c == b'_' => {
                next = at
                    + octets
                        .get(at..)
                        .unwrap_or_default()
                        .iter()
                        .take_while(|c| c.is_ascii_alphanumeric() || **c == b'_')
                        .count();
            }
            _ => {}
        }
        line_begins = *octet == b'\n' || line_begins && octet.is_ascii_whitespace();
        at = next;
    }
    edits
}

/// Methods that literals have in Python and not here, as calls.
const METHODS: [(bool, &str, &str); 4] = [
    (false, ".format(", "_format_("),
    (false, ".encode(", "bytes("),
    (true, ".decode(", "_text_("),
    (true, ".join(", "_join_("),
];

/// A literal that begins with the quote at `at`: where the text goes on behind it.
fn literal(text: &str, at: usize, edits: &mut Vec<Edit>) -> usize {
    let octets = text.as_bytes();
    let behind = behind_string(octets, at);
    let before = octets.get(..at).unwrap_or_default();
    let letters = before.iter().rev().take_while(|c| c.is_ascii_alphanumeric() || **c == b'_').count();
    let prefix = if letters <= 2 { before.get(at - letters..).unwrap_or_default() } else { &[] };
    let has = |letter: u8| prefix.iter().any(|c| c.eq_ignore_ascii_case(&letter));
    let begins = at - prefix.len();
    if has(b'f')
        && let Some(call) = text.get(at..behind).and_then(with_formats)
    {
        edits.push(Edit { at: begins, removed: behind - begins, text: call });
        return behind;
    }
    let rest = text.get(behind..).unwrap_or_default();
    for (of_bytes, method, function) in METHODS {
        if rest.starts_with(method) && has(b'b') == of_bytes && !has(b'f') {
            edits.push(Edit { at: begins, removed: 0, text: function.into() });
            edits.push(Edit { at: behind, removed: method.len(), text: ", ".into() });
            return behind + method.len();
        }
    }
    // literals beside each other are one
    let next = rest.trim_start_matches([' ', '\t']);
    let word = next.trim_start_matches(['b', 'r', 'f', 'B', 'R']);
    if next.len() - word.len() <= 2 && word.starts_with(['"', '\'']) {
        edits.push(Edit { at: behind, removed: 0, text: "+".into() });
    }
    behind
}

/// A literal with `{value:format}` in it as a call; `None` where no format is given.
fn with_formats(literal: &str) -> Option<String> {
    let (mut template, mut values, mut formats) = (String::new(), String::new(), false);
    let mut rest = literal;
    while let Some(at) = rest.find('{') {
        let (before, from) = rest.split_at(at);
        template.push_str(before);
        if let Some(after) = from.strip_prefix("{{") {
            template.push_str("{{");
            rest = after;
            continue;
        }
        let inside = from.get(1..)?;
        let mut depth = 0_usize;
        let end = inside.find(|c: char| {
            depth = depth + usize::from(matches!(c, '(' | '[' | '{'))
                - usize::from(depth > 0 && matches!(c, ')' | ']' | '}'));
            depth == 0 && (c == '}' || c == ':')
        })?;
        let (value, after) = inside.split_at(end);
        let (format, after) = after.split_once('}')?;
        formats |= !format.is_empty();
        values.push_str(", ");
        values.push_str(value);
        template.push('{');
        template.push_str(format);
        template.push('}');
        rest = after;
    }
    template.push_str(rest);
    formats.then(|| format!("_format_({template}{values})"))
}

/// `2**16`: its length in octets, and the number.
fn power(text: &str) -> Option<(usize, String)> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let first = digits(text);
    let (base, rest) = text.split_at_checked(first)?;
    let behind = rest.trim_start_matches(' ').strip_prefix("**")?.trim_start_matches(' ');
    let (exponent, after) = behind.split_at_checked(digits(behind))?;
    let number = base.parse::<u128>().ok()?.checked_pow(exponent.parse().ok()?)?;
    (!after.trim_start_matches(' ').starts_with("**")).then(|| (text.len() - after.len(), number.to_string()))
}

/// Whether a word stands at `at`, alone.
fn is_word(octets: &[u8], at: usize, word: &[u8]) -> bool {
    let part_of_name = |octet: &u8| octet.is_ascii_alphanumeric() || *octet == b'_';
    octets.get(at..at + word.len()) == Some(word)
        && !at.checked_sub(1).and_then(|before| octets.get(before)).is_some_and(part_of_name)
        && !octets.get(at + word.len()).is_some_and(part_of_name)
}

/// Whether it is an attribute, or followed by one `=`.
fn is_name(octets: &[u8], at: usize) -> bool {
    let before = octets.get(..at).unwrap_or_default().iter().rev().find(|octet| !octet.is_ascii_whitespace());
    let mut after =
        octets.get(at + 4..).unwrap_or_default().iter().skip_while(|octet| octet.is_ascii_whitespace());
    before == Some(&b'.') || after.next() == Some(&b'=') && after.next() != Some(&b'=')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prepared(text: &str) -> String {
        let mut out = text.to_string();
        for edit in rewrites(text).iter().rev() {
            out.replace_range(edit.at..edit.at + edit.removed, &edit.text);
        }
        out
    }

    #[test]
    fn load_is_another_word_where_it_is_a_name_alone() {
        assert_eq!(prepared("Raw(load = \"load=\")"), "Raw(l0ad = \"load=\")");
        assert_eq!(prepared("p[Raw].load == 'x'  # .load"), "p[Raw].l0ad == 'x'  # .load");
        assert_eq!(prepared("load(\"a.star\", \"b\")"), "load(\"a.star\", \"b\")");
        assert_eq!(prepared("payload=1; load == 2"), "payload=1; load == 2");
    }

    #[test]
    fn what_python_has_beyond_the_language_is_spelled_in_it() {
        assert_eq!(
            prepared("if x:\n    del p[IP].chksum  # gone\n"),
            "if x:\n    p[IP].chksum=None  # gone\n"
        );
        assert_eq!(prepared("del x\nmodel = 1"), "del x\nmodel = 1");
        assert_eq!(prepared("IP(ttl=2**6, id=2 ** 16-1)/f(**k)"), "IP(ttl=64, id=65536-1)/f(**k)");
        assert_eq!(prepared("x**2, 2**x, a2**3, 10**100"), "x**2, 2**x, a2**3, 10**100");
    }
}
