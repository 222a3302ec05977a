//! `%02x`, `%-8s`, `%.3f`: widths, precisions and flags of `%` as Python has them; the host's own `%` knows only the bare forms.

use starlark::values::float::StarlarkFloat;
use starlark::values::tuple::{AllocTuple, TupleRef};
use starlark::values::{Heap, Value, ValueLike};
use std::iter::Peekable;
use std::str::Chars;

/// Characters that one value may be widened to.
const WIDEST: usize = 4096;

/// What stands between `%` and the letter of a conversion.
#[derive(Default)]
struct Wanted {
    left: bool,
    zeros: bool,
    plus: bool,
    blank: bool,
    prefix: bool,
    width: usize,
    precision: Option<usize>,
}

impl Wanted {
    fn parse(text: &mut Peekable<Chars<'_>>) -> Option<Wanted> {
        let mut wanted = Wanted::default();
        while let Some(flag) = text.next_if(|c| "-0+ #".contains(*c)) {
            match flag {
                '-' => wanted.left = true,
                '0' => wanted.zeros = true,
                '+' => wanted.plus = true,
                ' ' => wanted.blank = true,
                _ => wanted.prefix = true,
            }
        }
        wanted.width = number(text)?;
        if text.next_if_eq(&'.').is_some() {
            wanted.precision = Some(number(text)?);
        }
        Some(wanted)
    }

    fn number(&self, text: &str, kind: char) -> String {
        let (sign, digits) = match text.strip_prefix('-') {
            Some(digits) => ("-", digits),
            None if self.plus => ("+", text),
            None if self.blank => (" ", text),
            None => ("", text),
        };
        let prefix = match kind {
            'x' if self.prefix => "0x",
            'X' if self.prefix => "0X",
            'o' if self.prefix => "0o",
            _ => "",
        };
        let mut digits = digits.to_owned();
        let head = sign.len().saturating_add(prefix.len());
        let zeros = match self.precision {
            Some(least) if kind != 'f' => least,
            _ if self.zeros && !self.left => self.width.saturating_sub(head),
            _ => 0,
        };
        while digits.len() < zeros {
            digits.insert(0, '0');
        }
        self.widened(format!("{sign}{prefix}{digits}"))
    }

    fn widened(&self, text: String) -> String {
        let missing = self.width.saturating_sub(text.chars().count());
        let blanks = " ".repeat(missing);
        if self.left { text + &blanks } else { blanks + &text }
    }
}

fn number(text: &mut Peekable<Chars<'_>>) -> Option<usize> {
    let mut number = 0_usize;
    while let Some(digit) = text.next_if(char::is_ascii_digit) {
        number = number.saturating_mul(10).saturating_add(digit.to_digit(10)? as usize);
        if number > WIDEST {
            return None;
        }
    }
    Some(number)
}

/// The format and values that the host's `%` makes the same of; `None` where there is nothing to widen, or where the host is to say
/// what is wrong.
pub(super) fn bare<'v>(format: &str, values: Value<'v>, heap: Heap<'v>) -> Option<(String, Value<'v>)> {
    let one = [values];
    let given = TupleRef::from_value(values).map_or(&one[..], |tuple| tuple.content());
    let (mut text, mut bare, mut filled) = (format.chars().peekable(), String::new(), Vec::new());
    let mut given = given.iter().copied();
    let mut any = false;
    while let Some(c) = text.next() {
        bare.push(c);
        if c != '%' || text.next_if_eq(&'%').map(|c| bare.push(c)).is_some() {
            continue;
        }
        let decorated = text.peek().is_some_and(|c| "-0+ #.123456789".contains(*c));
        let wanted = Wanted::parse(&mut text)?;
        let kind = text.next()?;
        let value = given.next()?;
        if !decorated {
            bare.push(kind);
            filled.push(value);
            continue;
        }
        any = true;
        let plain = |kind: char| {
            let whole = heap.alloc(format!("%{kind}")).percent(value, heap).ok()?;
            whole.unpack_str().map(str::to_owned)
        };
        let shown = match kind {
            'd' | 'i' | 'u' => wanted.number(&plain('d')?, 'd'),
            'x' | 'X' | 'o' => wanted.number(&plain(kind)?, kind),
            'f' | 'F' => {
                let fraction = value.downcast_ref::<StarlarkFloat>().map(|fraction| fraction.0);
                let fraction = fraction.or_else(|| value.unpack_i32().map(f64::from))?;
                wanted.number(&format!("{fraction:.*}", wanted.precision.unwrap_or(6)), 'f')
            }
            's' | 'r' => {
                let shown = plain(kind)?;
                let most = wanted.precision.unwrap_or(usize::MAX);
                wanted.widened(shown.chars().take(most).collect())
            }
            _ => return None,
        };
        bare.push('s');
        filled.push(heap.alloc(shown));
    }
    (any && given.next().is_none()).then(|| (bare, heap.alloc(AllocTuple(filled))))
}
