//! Methods that texts, octets, numbers and lists have in Python and not in the host.

use super::{format, octets, repr};
use crate::craft::script::functions::refused;
use nettool_plugins::limits;
use starlark::collections::SmallMap;
use starlark::eval::Evaluator;
use starlark::values::bytes::StarlarkBytes;
use starlark::values::dict::{AllocDict, DictRef};
use starlark::values::list::ListRef;
use starlark::values::tuple::{AllocTuple, TupleRef};
use starlark::values::{Heap, Value};

/// Methods that are called through [`called`], besides those whose result is measured beforehand.
pub(crate) const METHODS: [&str; 37] = [
    "swapcase",
    "encode",
    "decode",
    "hex",
    "to_bytes",
    "bit_length",
    "zfill",
    "ljust",
    "rjust",
    "center",
    "isnumeric",
    "isdecimal",
    "isascii",
    "sort",
    "reverse",
    "copy",
    "count",
    "find",
    "rfind",
    "index",
    "rindex",
    "startswith",
    "endswith",
    "upper",
    "lower",
    "strip",
    "lstrip",
    "rstrip",
    "split",
    "rsplit",
    "splitlines",
    "partition",
    "rpartition",
    "removeprefix",
    "removesuffix",
    "isdigit",
    "isalnum",
];

/// Methods that change a list.
pub(crate) const CHANGING: [&str; 8] =
    ["append", "extend", "insert", "pop", "remove", "clear", "sort", "reverse"];

/// Calls a method of the value of an attribute. A list that is the value of a packet's field is made anew each time that it is
/// looked at: what a method changes is given to the field.
pub(super) fn changed<'v>(
    of: Value<'v>,
    field: &str,
    method: &str,
    given: &[Value<'v>],
    named: &SmallMap<String, Value<'v>>,
    eval: &mut Evaluator<'v, '_, '_>,
) -> starlark::Result<Value<'v>> {
    let list = of.get_attr_error(field, eval.heap())?;
    let made = called(list, method, given, named, eval)?;
    if of.get_type() == "packet" && list.get_type() == "list" {
        of.set_attr(field, list)?;
    }
    Ok(made)
}

/// Characters that a width may ask for.
const WIDEST: usize = 65_536;

/// Calls a method: the host's own, where it has it.
pub(super) fn called<'v>(
    this: Value<'v>,
    method: &str,
    given: &[Value<'v>],
    named: &SmallMap<String, Value<'v>>,
    eval: &mut Evaluator<'v, '_, '_>,
) -> starlark::Result<Value<'v>> {
    let all: Vec<Value<'v>> = given.iter().copied().chain(named.values().copied()).collect();
    limits::growing(this, method, &all, eval)?;
    let heap = eval.heap();
    let own = match this.get_type() {
        "string" => of_text(this, method, given, named, heap)?,
        "bytes" => of_octets(this, method, given, named, eval)?,
        "int" => of_number(this, method, given, named, heap)?,
        "list" => of_list(this, method, given, named, eval)?,
        "dict" if method == "copy" => {
            let entries = DictRef::from_value(this).map(|dict| dict.iter().collect::<Vec<_>>());
            Some(heap.alloc(AllocDict(entries.unwrap_or_default())))
        }
        _ => None,
    };
    match own {
        Some(value) => Ok(value),
        None => host(this, method, given, named, eval),
    }
}

fn host<'v>(
    this: Value<'v>,
    method: &str,
    given: &[Value<'v>],
    named: &SmallMap<String, Value<'v>>,
    eval: &mut Evaluator<'v, '_, '_>,
) -> starlark::Result<Value<'v>> {
    let function = this.get_attr_error(method, eval.heap())?;
    let named: Vec<(&str, Value<'v>)> = named.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    eval.eval_function(function, given, &named)
}

/// A number that a method is given, in its place or by name.
fn number<'v>(
    given: &[Value<'v>],
    named: &SmallMap<String, Value<'v>>,
    at: usize,
    name: &str,
) -> Option<i32> {
    given.get(at).or_else(|| named.get(name))?.unpack_i32()
}

fn of_text<'v>(
    this: Value<'v>,
    method: &str,
    given: &[Value<'v>],
    named: &SmallMap<String, Value<'v>>,
    heap: Heap<'v>,
) -> starlark::Result<Option<Value<'v>>> {
    let Some(text) = this.unpack_str() else { return Ok(None) };
    if let Some(padded) = padded(text, method, given)? {
        return Ok(Some(heap.alloc(padded)));
    }
    Ok(match method {
        "encode" => Some(heap.alloc(StarlarkBytes::new(&encoded(text, given)?))),
        "format" => Some(heap.alloc(format::formatted(text, given, named, heap)?)),
        "isnumeric" | "isdecimal" => {
            Some(Value::new_bool(!text.is_empty() && text.chars().all(|c| c.is_ascii_digit())))
        }
        "swapcase" => {
            let swapped = text.chars().flat_map(|c| {
                if c.is_uppercase() {
                    c.to_lowercase().collect::<Vec<_>>()
                } else {
                    c.to_uppercase().collect()
                }
            });
            Some(heap.alloc(swapped.collect::<String>()))
        }
        // names of DNS are octets in scapy, and may be text here
        "decode" => Some(this),
        "isascii" => Some(Value::new_bool(text.is_ascii())),
        _ => None,
    })
}

/// Text in an encoding.
fn encoded(text: &str, given: &[Value<'_>]) -> starlark::Result<Vec<u8>> {
    let encoding = given.first().and_then(|value| value.unpack_str()).unwrap_or("utf-8");
    match encoding.to_ascii_lowercase().replace('_', "-").as_str() {
        "utf-8" | "utf8" => Ok(text.as_bytes().to_vec()),
        "utf-16le" | "utf-16-le" => Ok(text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        "utf-16be" | "utf-16-be" => Ok(text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
        name @ ("ascii" | "latin-1" | "latin1" | "iso-8859-1") => {
            let most = if name == "ascii" { 0x7f } else { 0xff };
            let octet = |c: char| u8::try_from(u32::from(c)).ok().filter(|octet| *octet <= most);
            let octets = text.chars().map(octet).collect::<Option<Vec<u8>>>();
            octets.ok_or_else(|| refused(format!("the text has characters that {name} does not have")))
        }
        _ => Err(refused(format!(
            "the encoding `{encoding}` is not known: utf-8, ascii, latin-1, utf-16-le and utf-16-be are"
        ))),
    }
}

/// `zfill`, `ljust`, `rjust`, `center`.
fn padded(text: &str, method: &str, given: &[Value<'_>]) -> starlark::Result<Option<String>> {
    if !matches!(method, "zfill" | "ljust" | "rjust" | "center") {
        return Ok(None);
    }
    let width = given.first().and_then(|width| width.unpack_i32());
    let width = width.ok_or_else(|| refused(format!("`{method}` takes a number of characters")))?;
    let width = usize::try_from(width).unwrap_or(0);
    if width > WIDEST {
        return Err(refused(format!("`{method}` widens to at most {WIDEST} characters")));
    }
    let fill = given.get(1).and_then(|fill| fill.unpack_str()).unwrap_or(" ");
    let missing = width.saturating_sub(text.chars().count());
    let (before, after) = match method {
        "ljust" => (0, missing),
        // Python puts the odd one in front where the width is odd
        "center" => (missing / 2 + (missing & width & 1), missing - missing / 2 - (missing & width & 1)),
        _ => (missing, 0),
    };
    if method == "zfill" {
        let (sign, digits) = match text.strip_prefix(['-', '+']) {
            Some(digits) => (text.get(..1).unwrap_or_default(), digits),
            None => ("", text),
        };
        return Ok(Some(format!("{sign}{}{digits}", "0".repeat(missing))));
    }
    Ok(Some(format!("{}{text}{}", fill.repeat(before), fill.repeat(after))))
}

/// Where octets from 0x80 on stand while they are text: letters of no case that no method takes for anything.
const PRIVATE: u32 = 0xe000;

fn as_text(octets: &[u8]) -> String {
    let letter = |octet: &u8| match octet {
        0..0x80 => char::from(*octet),
        octet => char::from_u32(PRIVATE + u32::from(*octet)).unwrap_or('?'),
    };
    octets.iter().map(letter).collect()
}

fn as_octets(text: &str) -> Vec<u8> {
    text.chars().map(|c| (u32::from(c) & 0xff) as u8).collect()
}

/// Methods of octets are those of text.
fn of_octets<'v>(
    this: Value<'v>,
    method: &str,
    given: &[Value<'v>],
    named: &SmallMap<String, Value<'v>>,
    eval: &mut Evaluator<'v, '_, '_>,
) -> starlark::Result<Option<Value<'v>>> {
    let Some(own) = StarlarkBytes::from_value(this).map(StarlarkBytes::as_bytes) else { return Ok(None) };
    let heap = eval.heap();
    match method {
        "decode" => {
            let encoding = given.first().and_then(|value| value.unpack_str()).unwrap_or("utf-8");
            return Ok(Some(heap.alloc(match encoding.to_ascii_lowercase().as_str() {
                "latin-1" | "latin1" | "iso-8859-1" => own.iter().map(|octet| char::from(*octet)).collect(),
                _ => {
                    let lost = named.get("errors").or(given.get(1)).and_then(|errors| errors.unpack_str());
                    let text = String::from_utf8_lossy(own);
                    if lost == Some("ignore") { text.replace('\u{fffd}', "") } else { text.into_owned() }
                }
            })));
        }
        "hex" => {
            let separator = given.first().and_then(|value| value.unpack_str()).unwrap_or_default();
            let digits: Vec<String> = own.iter().map(|octet| format!("{octet:02x}")).collect();
            return Ok(Some(heap.alloc(digits.join(separator))));
        }
        "join" => {
            let parts = given.first().copied().unwrap_or(this).iterate(heap)?;
            let parts = parts.map(octets).collect::<starlark::Result<Vec<_>>>()?;
            return Ok(Some(heap.alloc(StarlarkBytes::new(&parts.join(own)))));
        }
        "elems" => return Ok(None),
        _ => {}
    }
    let text = |value: Value<'v>| match StarlarkBytes::from_value(value) {
        Some(octets) => heap.alloc(as_text(octets.as_bytes())),
        None => match TupleRef::from_value(value) {
            Some(parts) => {
                heap.alloc(AllocTuple(parts.iter().map(|part| match StarlarkBytes::from_value(part) {
                    Some(octets) => heap.alloc(as_text(octets.as_bytes())),
                    None => part,
                })))
            }
            None => value,
        },
    };
    if let Some(wrong) = given.iter().find(|value| value.unpack_str().is_some()) {
        let wrong = repr::repr(*wrong);
        return Err(refused(format!("`{method}` of bytes takes bytes, not text: write b{wrong}")));
    }
    let this = heap.alloc(as_text(own));
    let given: Vec<Value<'v>> = given.iter().map(|value| text(*value)).collect();
    let made = match this.unpack_str().map(|own| padded(own, method, &given)).transpose()?.flatten() {
        Some(padded) => heap.alloc(padded),
        None => host(this, method, &given, named, eval)?,
    };
    let back = |value: Value<'v>| match value.unpack_str() {
        Some(text) => heap.alloc(StarlarkBytes::new(&as_octets(text))),
        None => value,
    };
    Ok(Some(match (ListRef::from_value(made), TupleRef::from_value(made)) {
        (Some(list), _) => heap.alloc(list.iter().map(back).collect::<Vec<_>>()),
        (_, Some(tuple)) => heap.alloc(AllocTuple(tuple.iter().map(back))),
        _ => back(made),
    }))
}

/// Octets of a number that one may ask for.
const MOST_OCTETS: usize = 512;

fn of_number<'v>(
    this: Value<'v>,
    method: &str,
    given: &[Value<'v>],
    named: &SmallMap<String, Value<'v>>,
    heap: Heap<'v>,
) -> starlark::Result<Option<Value<'v>>> {
    let own =
        || this.to_str().parse::<i128>().map_err(|_| refused("this number has more than 127 bits".into()));
    match method {
        "to_bytes" => {
            let length = number(given, named, 0, "length").unwrap_or(1);
            let length = usize::try_from(length).ok().filter(|length| *length <= MOST_OCTETS);
            let length =
                length.ok_or_else(|| refused(format!("`to_bytes` gives 0 to {MOST_OCTETS} octets")))?;
            let order = given.get(1).or_else(|| named.get("byteorder")).and_then(|order| order.unpack_str());
            let signed = named.get("signed").is_some_and(|signed| signed.to_bool());
            let value = own()?;
            let least = if signed { -(1_i128 << (8 * length).clamp(1, 127).saturating_sub(1)) } else { 0 };
            let bits = (8 * length).saturating_sub(usize::from(signed));
            let most = if bits >= 127 { i128::MAX } else { (1_i128 << bits) - 1 };
            if !(least..=most).contains(&value) {
                return Err(refused(format!("{value} does not fit {length} octets")));
            }
            let fill = if value < 0 { 0xff } else { 0 };
            let mut octets: Vec<u8> =
                value.to_le_bytes().into_iter().chain(std::iter::repeat(fill)).take(length).collect();
            if order != Some("little") {
                octets.reverse();
            }
            Ok(Some(heap.alloc(StarlarkBytes::new(&octets))))
        }
        "bit_length" => Ok(Some(heap.alloc((128 - own()?.unsigned_abs().leading_zeros()) as i32))),
        _ => Ok(None),
    }
}

fn of_list<'v>(
    this: Value<'v>,
    method: &str,
    given: &[Value<'v>],
    named: &SmallMap<String, Value<'v>>,
    eval: &mut Evaluator<'v, '_, '_>,
) -> starlark::Result<Option<Value<'v>>> {
    let Some(list) = ListRef::from_value(this) else { return Ok(None) };
    let heap = eval.heap();
    let all: Vec<Value<'v>> = list.iter().collect();
    match method {
        "copy" => Ok(Some(heap.alloc(all))),
        "count" => {
            let Some(wanted) = given.first() else { return Ok(None) };
            let mut count = 0;
            for value in all {
                count += i32::from(value.equals(*wanted)?);
            }
            Ok(Some(heap.alloc(count)))
        }
        "sort" | "reverse" => {
            let ordered = if method == "sort" {
                let named: Vec<(&str, Value<'v>)> =
                    named.iter().map(|(name, value)| (name.as_str(), *value)).collect();
                eval.eval_function(limits::standard("sorted").to_value(), &[this], &named)?
            } else {
                heap.alloc(all.into_iter().rev().collect::<Vec<_>>())
            };
            host(this, "clear", &[], &SmallMap::new(), eval)?;
            host(this, "extend", &[ordered], &SmallMap::new(), eval)?;
            Ok(Some(Value::new_none()))
        }
        _ => Ok(None),
    }
}
