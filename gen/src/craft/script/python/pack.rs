//! Python's `struct`: numbers and strings as octets, and octets as numbers and strings.

use super::octets;
use crate::craft::script::functions::refused;
use starlark::values::bytes::StarlarkBytes;
use starlark::values::{Heap, Value};

/// Octets that one code may ask for.
const WIDEST: usize = 65_536;

/// Python's `struct.pack`: numbers of so many octets, strings, padding.
pub(super) fn packed(format: &str, values: &[Value<'_>]) -> starlark::Result<Vec<u8>> {
    let wrong = |what: &str| refused(format!("`struct.pack(\"{format}\")` {what}"));
    let little = !format.starts_with(['!', '>']);
    let mut values = values.iter();
    let mut out = Vec::new();
    let mut count = String::new();
    for letter in format.trim_start_matches(['!', '>', '<', '=', '@']).chars() {
        if letter.is_ascii_digit() {
            count.push(letter);
            continue;
        }
        let times = if count.is_empty() { 1 } else { count.parse().unwrap_or(usize::MAX) };
        count.clear();
        if times > WIDEST {
            return Err(wrong("has too many values"));
        }
        let size = match letter {
            'b' | 'B' | '?' => 1,
            'h' | 'H' => 2,
            'i' | 'I' | 'l' | 'L' => 4,
            'q' | 'Q' | 'n' | 'N' => 8,
            'f' | 'd' => {
                for _ in 0..times {
                    let value = values.next().ok_or_else(|| wrong("wants more values"))?;
                    let number = super::iterate::fraction(*value)
                        .or_else(|| super::iterate::number(*value).map(|number| number as f64))
                        .ok_or_else(|| wrong("wants numbers"))?;
                    let mut octets = match letter {
                        'f' => (number as f32).to_le_bytes().to_vec(),
                        _ => number.to_le_bytes().to_vec(),
                    };
                    if !little {
                        octets.reverse();
                    }
                    out.extend(octets);
                }
                continue;
            }
            'c' => {
                for _ in 0..times {
                    let value = values.next().ok_or_else(|| wrong("wants more values"))?;
                    let octet = octets(*value)?;
                    if octet.len() != 1 {
                        return Err(wrong("takes one octet for `c`"));
                    }
                    out.extend(octet);
                }
                continue;
            }
            'x' => {
                out.resize(out.len() + times, 0);
                continue;
            }
            's' => {
                let value = values.next().ok_or_else(|| wrong("wants more values"))?;
                let mut text = octets(*value)?;
                text.resize(times, 0);
                out.extend(text);
                continue;
            }
            ' ' => continue,
            letter => return Err(wrong(&format!("does not know `{letter}`"))),
        };
        for _ in 0..times {
            let value = values.next().ok_or_else(|| wrong("wants more values"))?;
            let number: i128 = value
                .unpack_bool()
                .map(i128::from)
                .or_else(|| value.to_str().parse().ok())
                .ok_or_else(|| wrong("wants numbers"))?;
            let bits = 8 * size as u32;
            let (least, most) = if letter.is_ascii_lowercase() && letter != '?' {
                (-(1_i128 << (bits - 1)), (1_i128 << (bits - 1)) - 1)
            } else {
                (0, (1_i128 << bits) - 1)
            };
            if !(least..=most).contains(&number) {
                return Err(wrong(&format!("takes {least} to {most} for `{letter}`, not {number}")));
            }
            let all = number.to_le_bytes();
            let part = all.iter().take(size).copied();
            if little { out.extend(part) } else { out.extend(part.rev()) }
        }
    }
    if values.next().is_some() {
        return Err(wrong("has values to spare"));
    }
    Ok(out)
}

/// A letter, how often it stands there, and the octets that it takes.
type Code = (char, usize, usize);

/// The codes of a format, each with how often and how many octets, and whether the least octet comes first.
fn codes(format: &str) -> starlark::Result<(Vec<Code>, bool)> {
    let wrong = |what: &str| refused(format!("the format `{format}` {what}"));
    let little = !format.starts_with(['!', '>']);
    let (mut all, mut count) = (Vec::new(), String::new());
    for letter in format.trim_start_matches(['!', '>', '<', '=', '@']).chars().filter(|c| *c != ' ') {
        if letter.is_ascii_digit() {
            count.push(letter);
            continue;
        }
        let times = if count.is_empty() { 1 } else { count.parse().unwrap_or(usize::MAX) };
        count.clear();
        let size = match letter {
            'b' | 'B' | '?' | 'x' | 's' | 'c' => 1,
            'h' | 'H' => 2,
            'i' | 'I' | 'l' | 'L' | 'f' => 4,
            'q' | 'Q' | 'n' | 'N' | 'd' => 8,
            letter => return Err(wrong(&format!("has a `{letter}`, which is not known"))),
        };
        if times > WIDEST {
            return Err(wrong("has too many values"));
        }
        all.push((letter, times, size));
    }
    Ok((all, little))
}

/// Octets that a format takes.
pub(super) fn size(format: &str) -> starlark::Result<usize> {
    Ok(codes(format)?.0.iter().map(|(_, times, size)| times * size).sum())
}

/// Python's `struct.unpack`.
pub(super) fn unpacked<'v>(format: &str, octets: &[u8], heap: Heap<'v>) -> starlark::Result<Vec<Value<'v>>> {
    let (codes, little) = codes(format)?;
    let wanted = codes.iter().map(|(_, times, size)| times * size).sum::<usize>();
    if wanted != octets.len() {
        let given = octets.len();
        return Err(refused(format!("`struct.unpack(\"{format}\")` wants {wanted} octets, not {given}")));
    }
    let (mut values, mut rest) = (Vec::new(), octets);
    for (letter, times, size) in codes {
        if letter == 's' {
            let (text, after) = rest.split_at_checked(times).unwrap_or((rest, &[]));
            values.push(heap.alloc(StarlarkBytes::new(text)));
            rest = after;
            continue;
        }
        for _ in 0..times {
            let (own, after) = rest.split_at_checked(size).unwrap_or((rest, &[]));
            rest = after;
            let fold = |number: u64, octet: &u8| number << 8 | u64::from(*octet);
            let number = if little { own.iter().rev().fold(0, fold) } else { own.iter().fold(0, fold) };
            let above = 64 - 8 * size as u32;
            match letter {
                'x' => {}
                'c' => values.push(heap.alloc(StarlarkBytes::new(own))),
                '?' => values.push(Value::new_bool(number != 0)),
                'f' => values.push(heap.alloc(f64::from(f32::from_bits(number as u32)))),
                'd' => values.push(heap.alloc(f64::from_bits(number))),
                letter if letter.is_ascii_lowercase() => {
                    values.push(heap.alloc(((number << above) as i64) >> above))
                }
                _ => values.push(heap.alloc(number)),
            }
        }
    }
    Ok(values)
}
