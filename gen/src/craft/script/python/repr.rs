//! Values as Python writes them: `'a'`, `b'\x00'`, `[1, 'a']`.

use starlark::values::Value;
use starlark::values::bytes::StarlarkBytes;
use starlark::values::dict::DictRef;
use starlark::values::list::ListRef;
use starlark::values::tuple::TupleRef;

/// Values within values that are written out.
const MAX_DEPTH: usize = 100;

/// `str(value)`.
pub(crate) fn text(value: Value<'_>) -> String {
    match value.unpack_str() {
        Some(text) => text.to_string(),
        None if value.get_type() == "flags" => value.to_str(),
        None => repr(value),
    }
}

/// `repr(value)`.
pub(crate) fn repr(value: Value<'_>) -> String {
    let mut out = String::new();
    write(value, 0, &mut out);
    out
}

fn write(value: Value<'_>, depth: usize, out: &mut String) {
    if depth > MAX_DEPTH {
        return out.push('…');
    }
    if let Some(text) = value.unpack_str() {
        return quoted(text, out);
    }
    if let Some(octets) = StarlarkBytes::from_value(value) {
        return octets_quoted(octets.as_bytes(), out);
    }
    let mut all = |open: &str, close: &str, values: &mut dyn Iterator<Item = Value<'_>>| {
        out.push_str(open);
        for (at, value) in values.enumerate() {
            out.push_str(if at > 0 { ", " } else { "" });
            write(value, depth + 1, out);
        }
        out.push_str(close);
    };
    if let Some(list) = ListRef::from_value(value) {
        all("[", "]", &mut list.iter());
    } else if let Some(tuple) = TupleRef::from_value(value) {
        all("(", if tuple.len() == 1 { ",)" } else { ")" }, &mut tuple.iter());
    } else if let Some(dict) = DictRef::from_value(value) {
        out.push('{');
        for (at, (key, value)) in dict.iter().enumerate() {
            out.push_str(if at > 0 { ", " } else { "" });
            write(key, depth + 1, out);
            out.push_str(": ");
            write(value, depth + 1, out);
        }
        out.push('}');
    } else if value.get_type() == "set" {
        set(value, depth, out);
    } else {
        out.push_str(&value.to_repr());
    }
}

/// A set shows its values through its text alone: they are written as the host writes them, in braces.
fn set(value: Value<'_>, _: usize, out: &mut String) {
    let shown = value.to_repr();
    let inside = shown.strip_prefix("set([").and_then(|inside| inside.strip_suffix("])"));
    match inside {
        Some("") | None => out.push_str("set()"),
        Some(inside) => {
            out.push('{');
            out.push_str(inside);
            out.push('}');
        }
    }
}

/// The quote that Python chooses: the other one where the text has the usual one alone.
fn quote(has_single: bool, has_double: bool) -> char {
    if has_single && !has_double { '"' } else { '\'' }
}

fn quoted(text: &str, out: &mut String) {
    let quote = quote(text.contains('\''), text.contains('"'));
    out.push(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => out.extend(['\\', c]),
            c if u32::from(c) < 0x20 || (0x7f..0xa1).contains(&u32::from(c)) || c == '\u{ad}' => {
                out.push_str(&format!("\\x{:02x}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out.push(quote);
}

fn octets_quoted(octets: &[u8], out: &mut String) {
    let quote = quote(octets.contains(&b'\''), octets.contains(&b'"'));
    out.push('b');
    out.push(quote);
    for octet in octets {
        match octet {
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            c if char::from(*c) == quote => out.extend(['\\', quote]),
            0x20..0x7f => out.push(char::from(*octet)),
            octet => out.push_str(&format!("\\x{octet:02x}")),
        }
    }
    out.push(quote);
}
