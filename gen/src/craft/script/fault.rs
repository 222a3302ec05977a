//! Errors of the language become sentences with a place: the line, and a caret under what is wrong.

use crate::craft::catalog::Catalog;
use crate::craft::error::{CraftError, ScriptError, near};
use nettool_plugins::limits;

/// The fault of an evaluation.
pub(crate) fn of(error: &starlark::Error, catalog: &Catalog, file: &str, text: &str) -> ScriptError {
    let craft = match error.kind() {
        starlark::ErrorKind::Native(inner) | starlark::ErrorKind::Other(inner) => {
            inner.downcast_ref::<CraftError>()
        }
        _ => None,
    };
    let mut message = match craft {
        Some(error) => error.to_string(),
        None => sentence(&error.without_diagnostic().to_string(), catalog),
    };
    let called = error.call_stack().frames.iter().rev().find_map(|frame| frame.location.as_ref());
    // what the host stops between two steps has no place of its own: the innermost call stands for it, else what takes longest
    let Some(span) = error.span().or(called) else {
        return at(message, file, text, first_loop(text), usize::MAX);
    };
    let (begin, end, written) = limits::place(span);
    let source = span.file.source();
    let source = written.as_deref().unwrap_or(source);
    let (file, text) =
        if span.file.filename() == file { (file, text) } else { (span.file.filename(), source) };
    let (begin, end) = (line_and_column(source, begin), line_and_column(source, end));
    let end = if end.0 == begin.0 { end.1 } else { usize::MAX };
    if let Some(field) = craft.and_then(field_of)
        && let Some(found) = argument(text, begin, field)
    {
        return at(message, file, text, found, found.1 + field.chars().count());
    }
    if let Some(mend) = typed(text, begin, &message) {
        message = mend.into();
    }
    if message.is_empty() {
        message = "the script cannot be run".into();
    }
    at(message, file, text, begin, end)
}

/// Where a text's first loop begins; its beginning where there is none.
fn first_loop(text: &str) -> (usize, usize) {
    let begins = |line: &str| ["for ", "while "].iter().any(|word| line.trim_start().starts_with(word));
    let lines = text.lines().enumerate();
    let mut found = lines.filter(|(_, line)| begins(line)).map(|(at, line)| {
        let indented = line.chars().take_while(|c| c.is_whitespace()).count();
        (at, indented)
    });
    found.next().unwrap_or((0, 0))
}

/// A fault of building, which has no span: the layer's name, and its field, are looked for in the text.
pub(crate) fn of_build(error: &CraftError, file: &str, text: &str) -> ScriptError {
    let layer = match error {
        CraftError::Range { layer, .. }
        | CraftError::Kind { layer, .. }
        | CraftError::NoField { layer, .. } => layer,
        _ => "",
    };
    let message = error.to_string();
    if !layer.is_empty() {
        for (at_line, line) in text.lines().enumerate() {
            let Some(column) =
                line.find(layer).map(|at| line.get(..at).map_or(0, |before| before.chars().count()))
            else {
                continue;
            };
            let begin = (at_line, column);
            if let Some(field) = field_of(error)
                && let Some(found) = argument(text, begin, field)
            {
                return at(message, file, text, found, found.1 + field.chars().count());
            }
            return at(message, file, text, begin, column + layer.chars().count());
        }
    }
    ScriptError { message, file: file.into(), line: 0, column: 0, width: 0, text: String::new() }
}

/// The fault of a quote or bracket without its partner, if there is one: where the text goes wrong is often far behind it.
pub(crate) fn unpaired(file: &str, text: &str) -> Option<ScriptError> {
    let tokens = super::source::tokens(text);
    if let Some((start, quote)) = tokens.iter().find_map(|token| unquoted(text, token)) {
        let place = line_and_column(text, start);
        let message = format!("the text that begins here is not closed: a `{quote}` is missing");
        return Some(at(message, file, text, place, usize::MAX));
    }
    let alone = |token: &&super::source::Token| {
        let bracket = matches!(text.get(token.start..token.end), Some("(" | "[" | "{" | ")" | "]" | "}"));
        token.pair.is_none() && bracket
    };
    let token = tokens.iter().find(alone)?;
    let bracket = text.get(token.start..token.end)?;
    if matches!(bracket, ")" | "]" | "}") {
        let place = line_and_column(text, token.start);
        return Some(at(format!("`{bracket}` closes nothing that is open"), file, text, place, place.1 + 1));
    }
    let closing = match bracket {
        "(" => ")",
        "[" => "]",
        _ => "}",
    };
    let place = line_and_column(text, token.start);
    Some(at(format!("`{bracket}` is not closed: a `{closing}` is missing"), file, text, place, place.1 + 1))
}

/// Where a text begins that has no end, and the quote that is missing.
fn unquoted(text: &str, token: &super::source::Token) -> Option<(usize, &'static str)> {
    let written = text.get(token.start..token.end)?;
    let prefix = written.find(['"', '\''])?;
    if prefix > 2 || !written.get(..prefix)?.chars().all(|c| c.is_ascii_alphabetic()) {
        return None;
    }
    let quoted = written.get(prefix..)?;
    let quote = [r#"""""#, "'''", "\"", "'"].into_iter().find(|quote| quoted.starts_with(quote))?;
    let inside = quoted.get(quote.len()..)?.strip_suffix(quote);
    let escaped = |inside: &str| inside.chars().rev().take_while(|c| *c == '\\').count() % 2 == 1;
    match inside {
        Some(inside) if !escaped(inside) => None,
        _ => Some((token.start, quote)),
    }
}

/// Line and column of an octet, both from 0, counted in characters.
fn line_and_column(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    (before.matches('\n').count(), before.get(start..).unwrap_or_default().chars().count())
}

/// What a run gives; where the host panics, the sentence that it was asked for too much.
pub(crate) fn caught<T>(
    file: &str,
    text: &str,
    run: impl FnOnce() -> Result<T, ScriptError>,
) -> Result<T, ScriptError> {
    limits::caught(run).unwrap_or_else(|| {
        Err(at("the script asks for more than it can be given".into(), file, text, (0, 0), usize::MAX))
    })
}

fn field_of(error: &CraftError) -> Option<&str> {
    match error {
        CraftError::Range { field, .. }
        | CraftError::Kind { field, .. }
        | CraftError::NoField { field, .. } => Some(field),
        _ => None,
    }
}

/// Where `field=` stands from a place on: line and column, from 0.
fn argument(text: &str, begin: (usize, usize), field: &str) -> Option<(usize, usize)> {
    for (at, line) in text.lines().enumerate().skip(begin.0).take(200) {
        let characters: Vec<char> = line.chars().collect();
        let first = if at == begin.0 { begin.1 } else { 0 };
        let wanted: Vec<char> = field.chars().collect();
        for column in first..characters.len() {
            let matches = characters.get(column..column + wanted.len()) == Some(&wanted[..]);
            let before =
                column.checked_sub(1).and_then(|before| characters.get(before)).copied().unwrap_or(' ');
            let rest: String = characters.get(column + wanted.len()..).unwrap_or_default().iter().collect();
            let after = rest.trim_start();
            if matches
                && !before.is_alphanumeric()
                && before != '_'
                && after.starts_with('=')
                && !after.starts_with("==")
            {
                return Some((at, column));
            }
        }
    }
    None
}

/// A fault at a line and column, both from 0.
pub(crate) fn at(
    message: String,
    file: &str,
    text: &str,
    begin: (usize, usize),
    end_column: usize,
) -> ScriptError {
    let line: String = text.lines().nth(begin.0).unwrap_or_default().chars().take(400).collect();
    let length = line.chars().count();
    let end = end_column.min(length.max(begin.1 + 1));
    // control characters would move the terminal's cursor
    let shown = line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    ScriptError {
        message,
        file: file.into(),
        line: begin.0 + 1,
        column: begin.1 + 1,
        width: end.saturating_sub(begin.1).max(1),
        text: shown,
    }
}

/// The language's own sentences, in the house's words where users meet them often.
fn sentence(said: &str, catalog: &Catalog) -> String {
    let said = said.trim().trim_start_matches("error: ");
    let first = said.lines().next().unwrap_or_default();
    if let Some(rest) = first.strip_prefix("Variable `")
        && let Some((name, _)) = rest.split_once('`')
    {
        if let Some((_, mend)) = ELSEWHERE.iter().find(|(known, _)| *known == name) {
            return format!("there is no `{name}` here: {mend}");
        }
        let functions = super::Host::function_names().iter().map(String::as_str);
        let near = near(name, catalog.classes().map(|(_, class)| class.name).chain(functions));
        let mend = near.map_or_else(String::new, |name| format!("; did you mean `{name}`?"));
        return format!("there is no layer or name `{name}`{mend}");
    }
    if let Some(rest) = first.strip_prefix("Parse error: ")
        && let Some(said) = beyond(rest)
    {
        return said;
    }
    let memory = first.starts_with("Heap memory limit") || first.ends_with("of memory");
    if memory || first.contains("ancelled") {
        return "the script needs more memory than it may have; describe sets with ranges and lists, which are not kept".into();
    }
    if first.contains("tick") || first.contains("Tick") {
        return "the script takes more steps than it may; describe sets with ranges and lists".into();
    }
    if first.contains("call stack overflow") {
        return "functions call each other deeper than they may, 200 within each other: a loop, or `while`, does it".into();
    }
    if let Some(operator) = first.strip_prefix("Operation `").and_then(|rest| rest.split('`').next())
        && first.contains("`packet`")
        && let Some(mend) = of_packets(operator, first)
    {
        return mend;
    }
    if let Some(rest) = first.strip_prefix("Object of type `packet` has no attribute ") {
        return format!("the packet has no field {}", rest.replacen(", did you", "; did you", 1));
    }
    if let Some(rest) = first.strip_prefix("fail: ") {
        return rest.to_string();
    }
    let mut out = first.to_string();
    if let Some(letter) = out.get(..1).map(str::to_ascii_lowercase)
        && !first
            .starts_with(|c: char| c.is_uppercase() && first.chars().nth(1).is_some_and(char::is_uppercase))
    {
        out.replace_range(..1, &letter);
    }
    out
}

/// What stands between a packet and something else, and does not go there.
fn of_packets(operator: &str, said: &str) -> Option<String> {
    match operator {
        "//" | "|" | "-" | "&" | "^" | "%" => {
            Some("layers stand on each other with `/`: `IP()/TCP()`".into())
        }
        "/" => Some("a layer stands on a layer, a string or bytes: `IP()/TCP()`, `b\"\\x00\"/IP()`".into()),
        "*" if said.contains("`float`") => {
            Some("a packet is repeated a whole number of times: `IP()*3`".into())
        }
        _ => None,
    }
}

/// What is wrong where the host's grammar only says what it did not expect.
fn typed(text: &str, begin: (usize, usize), said: &str) -> Option<&'static str> {
    let line = text.lines().nth(begin.0)?;
    let before: String = line.chars().take(begin.1).collect();
    let here: String = line.chars().skip(begin.1).collect();
    let quote = |c: char| matches!(c, '“' | '”' | '„' | '‘' | '’' | '«' | '»');
    if before.trim_start() == "print " && said.contains("expected new line") {
        return Some("`print` is a function: `print(\"…\")`");
    }
    if here.starts_with(quote) {
        return Some("texts stand in plain quotes, `\"…\"` or `'…'`");
    }
    let digit = |c: char| c.is_ascii_digit();
    let hex = |part: &str| part.starts_with(|c: char| c.is_ascii_hexdigit());
    let ipv4 = before.ends_with(digit) && here.strip_prefix('.').is_some_and(|rest| rest.starts_with(digit));
    let mac =
        here.starts_with(':') && here.matches(':').count() >= 4 && here.split(':').skip(1).take(4).all(hex);
    if ipv4 || mac || said.contains("cannot have leading 0") && here.chars().nth(2) == Some(':') {
        return Some("an address stands in quotes: `\"192.0.2.1\"`, `\"02:00:00:00:00:01\"`");
    }
    None
}

/// What Python has and the language has not, and what does it here.
const BEYOND: [(&str, &str); 12] = [
    (
        "import",
        "modules of Python are not there, but what scripts use of scapy, struct, socket, binascii, random, itertools, math, base64 and zlib is, with an import or without; another script is read with `load(\"file.star\", \"name\")`",
    ),
    (
        "from",
        "modules of Python are not there, but what scripts use of scapy, struct, socket, binascii, random, itertools, math, base64 and zlib is, with an import or without; another script is read with `load(\"file.star\", \"name\")`",
    ),
    (
        "try",
        "an error ends the script, there is no `try`: ask first, as in `if TCP in p` and `getattr(p, \"ttl\", 0)`",
    ),
    (
        "except",
        "an error ends the script, there is no `try`: ask first, as in `if TCP in p` and `getattr(p, \"ttl\", 0)`",
    ),
    ("raise", "`fail(\"why\")` ends a script with an error; there is no `raise` of something else"),
    ("class", "there are no classes: a protocol is declared in a plugin, which `nettool plugins new` begins"),
    ("with", "there is no `with`: files are read with `rdpcap` and written with `wrpcap`"),
    (
        "yield",
        "a function gives all of its packets at once: put them in a list and `return` it, or `emit` each",
    ),
    (
        "global",
        "a function does not set names outside of it: `return` the value, or change a list or dict that stands outside",
    ),
    (
        "nonlocal",
        "a function does not set names outside of it: `return` the value, or change a list or dict that stands outside",
    ),
    ("async", "there is no `async`: packets are made one after the other"),
    ("await", "there is no `await`: packets are made one after the other"),
];

/// Names of Python that are not there, and what does it here.
const ELSEWHERE: [(&str, &str); 20] = [
    ("re", "texts have `find`, `startswith`, `split`, `replace`, and octets too"),
    (
        "time",
        "scripts have no clock: `p.time` is when a packet was seen, and `nettool send --interval` waits",
    ),
    ("sleep", "scripts do not wait: `nettool send --interval` does between packets"),
    ("datetime", "scripts have no clock: `p.time` is when a packet was seen"),
    (
        "os",
        "scripts reach files through `rdpcap`, `wrpcap` and `load` alone; `--set name=value` gives values",
    ),
    ("sys", "`--set name=value` gives values, and `option(\"name\", default)` takes them"),
    ("argparse", "`--set name=value` gives values, and `option(\"name\", default)` takes them"),
    ("argv", "`--set name=value` gives values, and `option(\"name\", default)` takes them"),
    ("json", "`nettool read --json` writes packets as JSON"),
    (
        "ipaddress",
        "`Net(\"10.0.0.0/24\")` is a set of addresses, `ltoa` and `atol` make addresses of numbers and numbers of addresses",
    ),
    ("itertools", "of it there are `product`, `chain`, `permutations` and `combinations`; `range` counts"),
    ("defaultdict", "`d.get(key, 0)` and `d.setdefault(key, [])` do it"),
    ("Counter", "`d[key] = d.get(key, 0) + 1` counts"),
    ("OrderedDict", "a `dict` keeps its order"),
    ("logging", "`print` writes"),
    ("threading", "packets are made one after the other"),
    ("hashlib", "the sums that there are: `checksum`, `crc32`"),
    ("vars", "`p.fields` has what was given"),
    ("math", "of it there are `math.ceil` and `math.floor`"),
    ("self", "there are no classes: a function takes what it needs"),
];

fn beyond(said: &str) -> Option<String> {
    if let Some(word) =
        said.strip_prefix("cannot use reserved keyword `").and_then(|rest| rest.split('`').next())
    {
        let (_, mend) = BEYOND.iter().find(|(known, _)| *known == word)?;
        return Some((*mend).to_string());
    }
    if said.starts_with("unexpected symbol '@'") || said.starts_with("invalid input `@`") {
        return Some("there are no decorators: call the function where it is wanted".into());
    }
    if said.starts_with("unexpected keyword 'else', expected expression") {
        return Some("`else` belongs to an `if` here: after a loop, ask what it found".into());
    }
    let walrus = said.starts_with("unexpected symbol ':', expected symbol ')'");
    walrus.then(|| "`(a := b)` is not there: give the name its value on a line of its own".to_string())
}

/// `an int`, `a string`.
pub(crate) fn article(kind: &str) -> String {
    let an = kind.starts_with(['a', 'e', 'i', 'o', 'u']);
    format!("{} {kind}", if an { "an" } else { "a" })
}
