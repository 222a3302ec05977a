//! `${name}` and `${name:a;b}`: texts with a name, put in before a query is read. Spans of errors inside what was put in
//! point at the macro.

use super::error::{At, QueryErrorKind, at};
use super::nearest::nearest;
use std::collections::BTreeMap;
use std::ops::Range;

/// Macros within macros.
const MAX_DEPTH: usize = 16;

/// Octets of a query with its macros put in.
pub(super) const MAX_LEN: usize = 1 << 16;

/// Named texts; `$1`, `$2`, … stand for the arguments.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Macros(BTreeMap<String, String>);

impl Default for Macros {
    /// Those that are always there.
    fn default() -> Self {
        let mut macros = Macros(BTreeMap::new());
        for (name, text) in [
            ("private_ipv4", "ip.addr in {10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16}"),
            ("private_ipv6", "ipv6.addr == fc00::/7"),
            ("broadcast", "eth.dst == ff:ff:ff:ff:ff:ff"),
            (
                "tcp_conv",
                "(ip.src == $1 && ip.dst == $2 && tcp.srcport == $3 && tcp.dstport == $4) || \
                 (ip.src == $2 && ip.dst == $1 && tcp.srcport == $4 && tcp.dstport == $3)",
            ),
            (
                "udp_conv",
                "(ip.src == $1 && ip.dst == $2 && udp.srcport == $3 && udp.dstport == $4) || \
                 (ip.src == $2 && ip.dst == $1 && udp.srcport == $4 && udp.dstport == $3)",
            ),
        ] {
            macros.set(name, text);
        }
        macros
    }
}

impl Macros {
    /// Defines a macro, or defines it anew.
    pub fn set(&mut self, name: impl Into<String>, text: impl Into<String>) {
        self.0.insert(name.into(), text.into());
    }

    /// Names and texts.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, text)| (name.as_str(), text.as_str()))
    }

    /// The text with its macros put in, and where its parts come from.
    pub(super) fn expand(&self, text: &str) -> Result<Expanded, At> {
        let mut out = Expanded { text: String::with_capacity(text.len()), parts: Vec::new() };
        let mut at_octet = 0_usize;
        while let Some(found) = find_macro(text.get(at_octet..).unwrap_or_default()) {
            let start = at_octet.saturating_add(found);
            out.own(text, at_octet..start);
            let Some(len) = text.get(start..).and_then(|rest| rest.find('}')) else {
                return at(QueryErrorKind::Unclosed { what: "the macro" }, start..text.len());
            };
            let end = start.saturating_add(len).saturating_add(1);
            let call = text.get(start.saturating_add(2)..end.saturating_sub(1)).unwrap_or_default();
            let put = self.call(call, &(start..end), 0)?;
            out.put(&put, start..end);
            at_octet = end;
        }
        out.own(text, at_octet..text.len());
        if out.text.len() > MAX_LEN {
            return at(QueryErrorKind::TooLarge, 0..text.len());
        }
        Ok(out)
    }

    fn call(&self, call: &str, span: &Range<usize>, depth: usize) -> Result<String, At> {
        let (name, arguments) = call.split_once(':').unwrap_or((call, ""));
        let name = name.trim();
        let Some(body) = self.0.get(name) else {
            let nearest = nearest(name, self.0.keys().map(String::as_str)).map(str::to_owned);
            return at(QueryErrorKind::UnknownMacro { name: name.to_owned(), nearest }, span.clone());
        };
        let mut text = body.clone();
        // From the last on: `$1` is the start of `$12`.
        let arguments: Vec<&str> = arguments.split(';').collect();
        for (number, argument) in arguments.iter().enumerate().rev() {
            text = text.replace(&format!("${}", number.saturating_add(1)), argument.trim());
        }
        if let Some(wanted) = lacking(&text) {
            return at(QueryErrorKind::MacroArguments { name: name.to_owned(), wanted }, span.clone());
        }
        let mut out = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some(found) = find_macro(rest) {
            out.push_str(rest.get(..found).unwrap_or_default());
            let inner = rest.get(found..).unwrap_or_default();
            let Some(len) = inner.find('}') else {
                return at(QueryErrorKind::Unclosed { what: "the macro" }, span.clone());
            };
            if depth >= MAX_DEPTH || out.len() > MAX_LEN {
                return at(QueryErrorKind::MacroDepth, span.clone());
            }
            let put = self.call(inner.get(2..len).unwrap_or_default(), span, depth.saturating_add(1))?;
            out.push_str(&put);
            rest = inner.get(len.saturating_add(1)..).unwrap_or_default();
        }
        out.push_str(rest);
        if out.len() > MAX_LEN {
            return at(QueryErrorKind::MacroDepth, span.clone());
        }
        Ok(out)
    }
}

/// The number of the last argument that a macro's text still has a place for.
fn lacking(text: &str) -> Option<usize> {
    let places = text.split('$').skip(1).filter_map(|rest| {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        rest.get(..digits)?.parse().ok()
    });
    places.max()
}

/// Where the first macro outside of quotes begins.
fn find_macro(text: &str) -> Option<usize> {
    let mut quote = None;
    let mut before = ' ';
    for (offset, c) in text.char_indices() {
        match quote {
            Some(open) if c == open && before != '\\' => quote = None,
            Some(_) => {}
            None if c == '"' || c == '\'' => quote = Some(c),
            None if c == '$' && text.get(offset..).is_some_and(|rest| rest.starts_with("${")) => {
                return Some(offset);
            }
            None => {}
        }
        before = if before == '\\' && c == '\\' { ' ' } else { c };
    }
    None
}

/// A text with its macros put in.
pub(super) struct Expanded {
    pub(super) text: String,
    /// Octets of `text`, octets of the original, and whether the two are the same.
    parts: Vec<(Range<usize>, Range<usize>, bool)>,
}

impl Expanded {
    fn own(&mut self, text: &str, from: Range<usize>) {
        let start = self.text.len();
        self.text.push_str(text.get(from.clone()).unwrap_or_default());
        self.parts.push((start..self.text.len(), from, true));
    }

    fn put(&mut self, text: &str, from: Range<usize>) {
        let start = self.text.len();
        // Brackets: what a macro stands for is a whole.
        let whole = !text.trim().is_empty();
        self.text.push_str(if whole { "(" } else { "" });
        self.text.push_str(text);
        self.text.push_str(if whole { ")" } else { "" });
        self.parts.push((start..self.text.len(), from, false));
    }

    /// The octets of the original that a span of the expanded text comes from.
    pub(super) fn original(&self, span: &Range<usize>) -> Range<usize> {
        let place = |octet: usize, end: bool| {
            let part = self.parts.iter().find(|(here, _, _)| {
                if end { here.start < octet && octet <= here.end } else { here.contains(&octet) }
            });
            match part {
                Some((here, from, true)) => from.start.saturating_add(octet.saturating_sub(here.start)),
                Some((_, from, false)) => {
                    if end {
                        from.end
                    } else {
                        from.start
                    }
                }
                None => self.parts.last().map_or(octet, |(_, from, _)| from.end),
            }
        };
        let start = place(span.start, false);
        let end = if span.end > span.start { place(span.end, true) } else { start };
        start..end.max(start)
    }
}
