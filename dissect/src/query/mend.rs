//! What to write instead, for mistakes that people make who know another tool or another language.

use super::error::{At, QueryErrorKind};

/// Words with which a term of a capture filter begins.
const CAPTURE_WORDS: [&str; 14] = [
    "port",
    "host",
    "net",
    "src",
    "dst",
    "ether",
    "portrange",
    "less",
    "greater",
    "proto",
    "broadcast",
    "multicast",
    "gateway",
    "tcpflags",
];

/// Protocols that a capture filter puts before such words.
const QUALIFIERS: [&str; 6] = ["tcp", "udp", "ip", "ip6", "sctp", "arp"];

/// What mends the error in `text`, as the end of a sentence.
pub(super) fn mend(text: &str, error: &At) -> Option<String> {
    let before = text.get(..error.span.start)?;
    let found = text.get(error.span.clone())?;
    match &error.kind {
        QueryErrorKind::Expected { expected, .. } => capture_filter(text)
            .or_else(|| not_equal(before, found))
            .or_else(|| set(before, found, expected))
            .or_else(|| split_unit(before, found))
            .or_else(|| quotes(found))
            .or_else(|| flags(text)),
        QueryErrorKind::UnknownName { name, .. } => capture_filter(text).or_else(|| bare_value(before, name)),
        QueryErrorKind::Literal { wanted, .. } if *wanted == "one character" => {
            Some("text stands in double quotes: \"".to_owned() + found.trim_matches('\'') + "\"")
        }
        _ => None,
    }
}

/// A term of tcpdump's language: the same in this one.
fn capture_filter(text: &str) -> Option<String> {
    let mut words = text.split_whitespace().filter(|word| !matches!(*word, "not" | "!")).peekable();
    let qualifier = words.next_if(|word| QUALIFIERS.contains(word));
    let first = words.next().filter(|word| CAPTURE_WORDS.contains(word))?;
    let way = if matches!(first, "src" | "dst") { Some(first) } else { None };
    let what = if way.is_some() { words.next()? } else { first };
    let value = words.next().unwrap_or_default().trim_end_matches(')');
    let is_number = !value.is_empty() && value.bytes().all(|octet| octet.is_ascii_digit());
    let side = |any: &str, one: &str| way.map_or_else(|| any.to_owned(), |way| format!("{way}{one}"));
    let same = match what {
        "port" if is_number => {
            let field = side("port", "port");
            match qualifier {
                Some(protocol @ ("tcp" | "udp" | "sctp")) => format!("`{protocol}.{field} == {value}`"),
                _ => format!("`tcp.{field} == {value} || udp.{field} == {value}`"),
            }
        }
        "host" | "net" if value.contains(':') => format!("`ipv6.{} == {value}`", side("addr", "")),
        "host" | "net" if value.starts_with(|c: char| c.is_ascii_digit()) => {
            format!("`ip.{} == {value}`", side("addr", ""))
        }
        _ => String::new(),
    };
    let here = if same.is_empty() { String::new() } else { format!("; here that is {same}") };
    Some(format!("a capture filter stands behind the file or interface{here}"))
}

/// Other languages' unequal.
fn not_equal(before: &str, found: &str) -> Option<String> {
    (found == ">" && before.trim_end().ends_with('<')).then(|| "unequal is `!=`".to_owned())
}

/// Several values without a set.
fn set(before: &str, found: &str, expected: &str) -> Option<String> {
    if expected.starts_with("`{`") {
        return Some("several values stand in braces: `in {80, 443}`".to_owned());
    }
    let compared = before.rsplit_once("==").or_else(|| before.rsplit_once(" eq "));
    let value = compared.map(|(_, value)| value.trim()).filter(|value| !value.contains(' '))?;
    let begins = |text: &str| text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '"');
    let more = found == "," || found.starts_with(|c: char| c.is_ascii_digit());
    (more && begins(value)).then(|| format!("several values stand in a set: `in {{{value}, …}}`"))
}

/// A unit behind a blank.
fn split_unit(before: &str, found: &str) -> Option<String> {
    let digits = before.trim_end().bytes().next_back().is_some_and(|octet| octet.is_ascii_digit());
    (digits && matches!(found, "s" | "ms" | "us" | "ns"))
        .then(|| "a unit stands right behind its number: `5ms`".to_owned())
}

/// `tcp[tcpflags] & tcp-syn != 0`
fn flags(text: &str) -> Option<String> {
    let flags = ["tcp-fin", "tcp-syn", "tcp-rst", "tcp-push", "tcp-ack", "tcp-urg"];
    let asked = flags.iter().find(|flag| text.contains(**flag));
    let name = match asked?.trim_start_matches("tcp-") {
        "rst" => "reset",
        name => name,
    };
    Some(format!("a flag is a field here: `tcp.flags.{name} == 1`"))
}

/// Quotation marks of a word processor.
fn quotes(found: &str) -> Option<String> {
    found
        .starts_with(['“', '”', '„', '‘', '’'])
        .then(|| "text stands in plain double quotes: \"text\"".to_owned())
}

/// A further value where a further test should be: `tcp.port == 80 || 443`.
fn bare_value(before: &str, name: &str) -> Option<String> {
    let left = before.trim_end();
    let left = ["||", "&&", "or", "and"].iter().find_map(|word| left.strip_suffix(word))?;
    if !name.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let (field, value) = left.rsplit_once("==").or_else(|| left.rsplit_once(" eq "))?;
    let field = field.trim().rsplit([' ', '(', '!']).next().filter(|field| !field.is_empty())?;
    Some(format!(
        "each test names its field (`{field} == {name}`), or the values stand in a set: `{field} in {{{}, {name}}}`",
        value.trim()
    ))
}

#[cfg(test)]
mod tests {
    use super::super::Query;
    use crate::registry::Registry;

    #[test]
    fn what_other_tools_taught_is_told_in_this_language() {
        for (query, mend) in [
            ("port 80", "`tcp.port == 80 || udp.port == 80`"),
            ("tcp port 80", "`tcp.port == 80`"),
            ("not udp dst port 53", "`udp.dstport == 53`"),
            ("src host 10.0.0.1", "`ip.src == 10.0.0.1`"),
            ("host 2001:db8::1", "`ipv6.addr == 2001:db8::1`"),
            ("net 10.0.0.0/8", "`ip.addr == 10.0.0.0/8`"),
            ("ether host 02:00:00:00:00:01", "a capture filter stands behind the file or interface"),
            ("tcp.port == 80,443", "`in {80, …}`"),
            ("tcp.port == 80 443", "`in {80, …}`"),
            ("tcp.port in (80, 443)", "`in {80, 443}`"),
            ("tcp.port == 80 || 443", "`tcp.port in {80, 443}`"),
            ("ip.addr <> 10.0.0.1", "unequal is `!=`"),
            ("frame.time_delta > 5 ms", "`5ms`"),
            ("http.host == 'abc'", "\"abc\""),
            ("http.host == “abc”", "plain double quotes"),
        ] {
            let error = Query::parse(query, Registry::builtin()).map(|_| ()).expect_err(query).to_string();
            let message = error.lines().next().unwrap_or_default();
            assert!(message.contains(mend), "{query}: {message}");
        }
    }

    #[test]
    fn numbers_that_no_field_holds_are_refused() {
        let parse = |query: &str| Query::parse(query, Registry::builtin()).map(|_| ());
        for query in ["tcp.port == 99999", "udp.length in {8..65536}", "eth.type == 0x18100", "ip.id > 65536"]
        {
            let error = parse(query).expect_err(query).to_string();
            assert!(error.contains("can be (65535)"), "{error}");
        }
        for query in
            ["tcp.port == 65535", "ip.len * 2 > 70000", "tcp.port & 0x1ffff", "tcp.seq == 4294967295"]
        {
            assert!(parse(query).is_ok(), "{query}");
        }
    }

    #[test]
    fn fields_with_such_names_are_no_capture_filter() {
        for query in ["tcp.prot == 80", "ip.src = 10.0.0.1", "tcp and and udp"] {
            let error = Query::parse(query, Registry::builtin()).map(|_| ()).expect_err(query).to_string();
            assert!(!error.contains("capture filter"), "{error}");
        }
    }
}
