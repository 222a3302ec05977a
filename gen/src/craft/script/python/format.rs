//! Python's ways to put values into texts: `"{:02x}".format(n)`, `"%-5s" % s`.

use super::repr;
use crate::craft::script::flags::Flags;
use crate::craft::script::functions::refused;
use nettool_plugins::limits;
use starlark::collections::SmallMap;
use starlark::eval::Evaluator;
use starlark::values::dict::DictRef;
use starlark::values::float::StarlarkFloat;
use starlark::values::tuple::{AllocTuple, TupleRef};
use starlark::values::{Heap, Value, ValueLike};

/// Characters that a width may ask for.
const WIDEST: usize = 65_536;

/// How a value is to be written: `[[fill]align][sign][#][0][width][,][.precision][type]`.
#[derive(Default)]
struct Spec {
    fill: char,
    align: Option<char>,
    sign: char,
    alternate: bool,
    width: usize,
    grouped: bool,
    precision: Option<usize>,
    kind: char,
}

impl Spec {
    fn of(text: &str) -> Option<Spec> {
        let chars: Vec<char> = text.chars().collect();
        let mut spec = Spec { fill: ' ', sign: '-', ..Spec::default() };
        let mut at = 0;
        let is_align = |c: Option<&char>| c.is_some_and(|c| matches!(c, '<' | '>' | '^' | '='));
        if is_align(chars.get(1)) {
            spec.fill = *chars.first()?;
            spec.align = chars.get(1).copied();
            at = 2;
        } else if is_align(chars.first()) {
            spec.align = chars.first().copied();
            at = 1;
        }
        if let Some(sign) = chars.get(at).filter(|c| matches!(c, '+' | '-' | ' ')) {
            spec.sign = *sign;
            at += 1;
        }
        if chars.get(at) == Some(&'#') {
            spec.alternate = true;
            at += 1;
        }
        if chars.get(at) == Some(&'0') {
            if spec.align.is_none() {
                (spec.fill, spec.align) = ('0', Some('='));
            }
            at += 1;
        }
        let number = |at: &mut usize| {
            let digits: String =
                chars.get(*at..).unwrap_or_default().iter().take_while(|c| c.is_ascii_digit()).collect();
            *at += digits.len();
            digits.parse::<usize>().ok()
        };
        spec.width = number(&mut at).unwrap_or(0);
        if matches!(chars.get(at), Some(',' | '_')) {
            spec.grouped = true;
            at += 1;
        }
        if chars.get(at) == Some(&'.') {
            at += 1;
            spec.precision = Some(number(&mut at)?);
        }
        if let Some(kind) = chars.get(at) {
            spec.kind = *kind;
            at += 1;
        }
        let known =
            matches!(spec.kind, '\0' | 'd' | 'x' | 'X' | 'o' | 'b' | 'c' | 's' | 'f' | 'F' | 'e' | 'g');
        let small = spec.width <= WIDEST && spec.precision.unwrap_or(0) <= 64;
        (at == chars.len() && known && small).then_some(spec)
    }

    fn write(&self, value: Value<'_>) -> Option<String> {
        let number = value
            .unpack_i32()
            .map(i128::from)
            .or_else(|| (value.get_type() == "int").then(|| value.to_str().parse().ok()).flatten());
        let fraction = value.downcast_ref::<StarlarkFloat>().map(|fraction| fraction.0);
        if matches!(self.kind, 'f' | 'F' | 'e' | 'g') || fraction.is_some() && self.kind == '\0' {
            let fraction = fraction.or(number.map(|number| number as f64))?;
            let digits = match (self.kind, self.precision) {
                ('\0', None) => fraction.abs().to_string(),
                (_, precision) => format!("{:.*}", precision.unwrap_or(6), fraction.abs()),
            };
            return Some(self.padded(fraction < 0.0, "", &digits, '>'));
        }
        if let (Some(number), false) = (number, self.kind == 's') {
            let absolute = number.unsigned_abs();
            let (prefix, digits) = match self.kind {
                'x' => ("0x", format!("{absolute:x}")),
                'X' => ("0X", format!("{absolute:X}")),
                'o' => ("0o", format!("{absolute:o}")),
                'b' => ("0b", format!("{absolute:b}")),
                'c' => return char::from_u32(u32::try_from(number).ok()?).map(String::from),
                _ => ("", absolute.to_string()),
            };
            let digits = if self.grouped { grouped(&digits) } else { digits };
            return Some(self.padded(number < 0, if self.alternate { prefix } else { "" }, &digits, '>'));
        }
        if !matches!(self.kind, '\0' | 's') {
            return None;
        }
        let text: String = repr::text(value).chars().take(self.precision.unwrap_or(usize::MAX)).collect();
        Some(self.padded(false, "", &text, '<'))
    }

    fn padded(&self, negative: bool, prefix: &str, digits: &str, usual: char) -> String {
        let sign = match (negative, self.sign) {
            (true, _) => "-",
            (false, '+') if usual == '>' => "+",
            (false, ' ') if usual == '>' => " ",
            _ => "",
        };
        let taken = sign.len() + prefix.len() + digits.chars().count();
        let missing = self.width.saturating_sub(taken);
        let fill = |count: usize| self.fill.to_string().repeat(count);
        match self.align.unwrap_or(usual) {
            '<' => format!("{sign}{prefix}{digits}{}", fill(missing)),
            '^' => format!("{}{sign}{prefix}{digits}{}", fill(missing / 2), fill(missing - missing / 2)),
            '=' => format!("{sign}{prefix}{}{digits}", fill(missing)),
            _ => format!("{}{sign}{prefix}{digits}", fill(missing)),
        }
    }
}

fn grouped(digits: &str) -> String {
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `format(value, spec)`.
pub(super) fn one(value: Value<'_>, spec: &str) -> Option<String> {
    Spec::of(spec)?.write(value)
}

/// `template % values`: what has a name or shows a value as Python does is put into order, the rest is the host's.
pub(super) fn percent<'v>(
    template: &str,
    values: Value<'v>,
    eval: &mut Evaluator<'v, '_, '_>,
) -> starlark::Result<Value<'v>> {
    let heap = eval.heap();
    let named = DictRef::from_value(values);
    let listed: Vec<Value<'v>> = match TupleRef::from_value(values) {
        Some(values) => values.iter().collect(),
        None => vec![values],
    };
    let mut listed = listed.into_iter();
    let mut ordered = Vec::new();
    let (mut plain, mut rest) = (String::new(), template);
    while let Some(at) = rest.find('%') {
        let (before, from) = rest.split_at(at);
        plain.push_str(before);
        let inside = from.get(1..).unwrap_or_default();
        let (name, inside) = match inside.strip_prefix('(').and_then(|inside| inside.split_once(')')) {
            Some((name, inside)) => (Some(name), inside),
            None => (None, inside),
        };
        let Some(letter) = inside.find(|c: char| c.is_ascii_alphabetic() || c == '%') else {
            plain.push('%');
            rest = inside;
            continue;
        };
        let (flags, from) = inside.split_at(letter);
        let kind = from.get(..1).unwrap_or_default();
        rest = from.get(1..).unwrap_or_default();
        if kind == "%" {
            plain.push_str("%%");
            continue;
        }
        let value = match name {
            Some(name) => named
                .as_ref()
                .ok_or_else(|| refused(format!("`%({name})` wants a dict behind the `%`")))?
                .get_str(name)
                .ok_or_else(|| refused(format!("there is no value `{name}` for `{template}`")))?,
            None => listed
                .next()
                .ok_or_else(|| refused(format!("`{template}` wants more values than there are")))?,
        };
        ordered.push(match kind {
            "s" => heap.alloc(repr::text(value)),
            "r" => heap.alloc(repr::repr(value)),
            "c" => match value.unpack_i32().and_then(|number| char::from_u32(number.unsigned_abs())) {
                Some(letter) => heap.alloc(letter.to_string()),
                None => value,
            },
            "i" | "u" | "d" | "x" | "X" | "o" => {
                let fraction = value.downcast_ref::<StarlarkFloat>().filter(|_| kind != "x" && kind != "X");
                match (fraction, Flags::from_value(value)) {
                    (Some(fraction), _) => heap.alloc(fraction.0 as i64),
                    (_, Some(flags)) => heap.alloc(flags.number),
                    _ => value,
                }
            }
            _ => value,
        });
        plain.push('%');
        plain.push_str(flags);
        plain.push_str(match kind {
            "r" | "c" => "s",
            "i" | "u" => "d",
            kind => kind,
        });
    }
    plain.push_str(rest);
    if named.is_none() && listed.next().is_some() {
        return Err(refused(format!("`{template}` has no place for all of the values")));
    }
    let values = heap.alloc(AllocTuple(ordered));
    limits::filled(heap.alloc(plain), values, eval)
}

/// Python's `str.format`.
pub(super) fn formatted<'v>(
    template: &str,
    values: &[Value<'v>],
    named: &SmallMap<String, Value<'v>>,
    heap: Heap<'v>,
) -> starlark::Result<String> {
    Formatter { template, values, named, next: 0, heap }.fill(template, 0)
}

/// A format and what goes into it.
struct Formatter<'a, 'v> {
    template: &'a str,
    values: &'a [Value<'v>],
    named: &'a SmallMap<String, Value<'v>>,
    /// Place of the next value that is not named.
    next: usize,
    heap: Heap<'v>,
}

impl<'v> Formatter<'_, 'v> {
    fn wrong(&self, what: &str) -> starlark::Error {
        refused(format!("`{}` is no format: {what}", self.template))
    }

    fn fill(&mut self, text: &str, depth: usize) -> starlark::Result<String> {
        let mut out = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            let (before, from) = rest.split_at(at);
            out.push_str(before);
            if let Some(after) = from.strip_prefix("{{").or_else(|| from.strip_prefix("}}")) {
                out.push_str(from.get(..1).unwrap_or_default());
                rest = after;
                continue;
            }
            let inside = from.strip_prefix('{').ok_or_else(|| self.wrong("a `}` stands alone"))?;
            let end = closing(inside).ok_or_else(|| self.wrong("a `{` has no `}`"))?;
            let (field, after) = inside.split_at(end);
            rest = after.get(1..).unwrap_or_default();
            let (name, spec) = field.split_once(':').unwrap_or((field, ""));
            let (name, conversion) = name.split_once('!').unwrap_or((name, ""));
            let value = self.value(name)?;
            let value = if conversion == "r" { self.heap.alloc(repr::repr(value)) } else { value };
            // a width may be a value too, `{:>{}}`
            let spec = if depth == 0 && spec.contains('{') { self.fill(spec, 1)? } else { spec.to_string() };
            let written = Spec::of(&spec).and_then(|spec| spec.write(value));
            let does_not_fit = || self.wrong(&format!("`{spec}` does not fit `{}`", value.get_type()));
            out.push_str(&written.ok_or_else(does_not_fit)?);
            if out.len() > 16 * WIDEST {
                let most = 16 * WIDEST;
                return Err(refused(format!("`format` would give more than {most} entries or characters")));
            }
        }
        out.push_str(rest);
        Ok(out)
    }

    /// A value by its place or name, and what is looked up in it: `0`, `name`, `0.src`, `pair[1]`, `table[key]`.
    fn value(&mut self, field: &str) -> starlark::Result<Value<'v>> {
        let (name, mut path) = field.split_at(field.find(['.', '[']).unwrap_or(field.len()));
        let value = match (name.parse::<usize>(), name) {
            (Ok(index), _) => self.values.get(index),
            (_, "") => {
                self.next += 1;
                self.values.get(self.next - 1)
            }
            (_, name) => self.named.get(name),
        };
        let mut value = *value.ok_or_else(|| self.wrong("it wants more values than there are"))?;
        while !path.is_empty() {
            if let Some(key) = path.strip_prefix('[') {
                let (key, after) = key.split_once(']').ok_or_else(|| self.wrong("a `[` has no `]`"))?;
                let key = match key.parse::<i32>() {
                    Ok(index) => self.heap.alloc(index),
                    Err(_) => self.heap.alloc(key),
                };
                value = value.at(key, self.heap)?;
                path = after;
            } else {
                let name = path.trim_start_matches('.');
                let (name, after) = name.split_at(name.find(['.', '[']).unwrap_or(name.len()));
                value = value.get_attr_error(name, self.heap)?;
                path = after;
            }
        }
        Ok(value)
    }
}

/// Where the brace is that closes a field, whose width may stand in braces too.
fn closing(inside: &str) -> Option<usize> {
    let mut depth = 0_usize;
    inside.char_indices().find_map(|(at, c)| match c {
        '{' => {
            depth += 1;
            None
        }
        '}' if depth == 0 => Some(at),
        '}' => {
            depth -= 1;
            None
        }
        _ => None,
    })
}
