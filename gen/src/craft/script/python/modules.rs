//! Functions that scripts take from modules of Python, under the names that `source` gives them.

use super::iterate::{self, fraction, values};
use super::{octets, pack};
use crate::craft::script::fault::article;
use crate::craft::script::functions::refused;
use crate::craft::script::random::drawn;
use nettool_plugins::limits;
use starlark::collections::SmallMap;
use starlark::environment::GlobalsBuilder;
use starlark::eval::Evaluator;
use starlark::values::bytes::StarlarkBytes;
use starlark::values::list::ListRef;
use starlark::values::none::NoneType;
use starlark::values::tuple::{AllocTuple, UnpackTuple};
use starlark::values::{Heap, Value};

/// Puts other values into a list.
fn refill<'v>(
    list: Value<'v>,
    with: Vec<Value<'v>>,
    eval: &mut Evaluator<'v, '_, '_>,
) -> starlark::Result<()> {
    let heap = eval.heap();
    let clear = list.get_attr_error("clear", heap)?;
    eval.eval_function(clear, &[], &[])?;
    let extend = list.get_attr_error("extend", heap)?;
    eval.eval_function(extend, &[heap.alloc(with)], &[])?;
    Ok(())
}

/// Choices of so many places out of so many, in order: each place once, in any order of places or only in theirs.
fn chosen(
    count: usize,
    places: usize,
    any_order: bool,
    eval: &Evaluator<'_, '_, '_>,
) -> starlark::Result<Vec<Vec<usize>>> {
    let mut rows: Vec<Vec<usize>> = vec![Vec::new()];
    for _ in 0..places {
        limits::lengthy((rows.len() as u64).saturating_mul(count as u64), eval)?;
        let longer = |row: &Vec<usize>| {
            let first = if any_order { 0 } else { row.last().map_or(0, |last| last + 1) };
            let free = (first..count).filter(|at| !row.contains(at)).collect::<Vec<_>>();
            free.into_iter().map(|at| row.iter().copied().chain([at]).collect()).collect::<Vec<Vec<usize>>>()
        };
        rows = rows.iter().flat_map(longer).collect();
    }
    Ok(rows)
}

fn rows<'v>(
    of: Value<'v>,
    places: Option<i32>,
    any_order: bool,
    eval: &mut Evaluator<'v, '_, '_>,
) -> starlark::Result<Value<'v>> {
    let all = values(of, eval)?;
    let places = places.map_or(all.len(), |places| usize::try_from(places).unwrap_or(0));
    let heap = eval.heap();
    let row = |row: Vec<usize>| {
        heap.alloc(AllocTuple(row.into_iter().filter_map(|at| all.get(at).copied()).collect::<Vec<_>>()))
    };
    let rows = chosen(all.len(), places, any_order, eval)?;
    Ok(heap.alloc(rows.into_iter().map(row).collect::<Vec<_>>()))
}

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn base64(octets: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for part in octets.chunks(3) {
        let number =
            (0..3).fold(0_usize, |number, at| number << 8 | usize::from(part.get(at).copied().unwrap_or(0)));
        for at in 0..4 {
            let letter = BASE64.get(number >> (18 - 6 * at) & 63).copied().unwrap_or(b'=');
            out.push(if at <= part.len() { letter } else { b'=' });
        }
    }
    out
}

fn from_base64(text: &[u8]) -> Option<Vec<u8>> {
    let letters = text.iter().filter(|letter| !letter.is_ascii_whitespace() && **letter != b'=');
    let (mut out, mut number, mut bits) = (Vec::new(), 0_u32, 0);
    for letter in letters {
        number = (number << 6 | BASE64.iter().position(|known| known == letter)? as u32) & 0xffff;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push((number >> bits) as u8);
        }
    }
    Some(out)
}

#[starlark::starlark_module]
pub(crate) fn register(builder: &mut GlobalsBuilder) {
    /// `struct.unpack_from(…)`.
    fn _unpack_from_<'v>(
        #[starlark(require = pos)] format: &str,
        #[starlark(require = pos)] buffer: Value<'v>,
        #[starlark(default = 0)] offset: i32,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        let (all, size) = (octets(buffer)?, pack::size(format)?);
        let from = usize::try_from(offset).unwrap_or(all.len());
        let part = all.get(from..from.saturating_add(size)).ok_or_else(|| {
            let left = all.len().saturating_sub(from);
            refused(format!("`struct.unpack_from(\"{format}\")` wants {size} octets, and {left} are left"))
        })?;
        Ok(heap.alloc(AllocTuple(pack::unpacked(format, part, heap)?)))
    }

    fn _permutations_<'v>(
        #[starlark(require = pos)] iterable: Value<'v>,
        #[starlark(require = pos)] r: Option<i32>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        rows(iterable, r, true, eval)
    }

    fn _combinations_<'v>(
        #[starlark(require = pos)] iterable: Value<'v>,
        #[starlark(require = pos)] r: i32,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        rows(iterable, Some(r), false, eval)
    }

    /// What a function makes of values, two at a time from the first on.
    fn reduce<'v>(
        #[starlark(require = pos)] function: Value<'v>,
        #[starlark(require = pos)] iterable: Value<'v>,
        #[starlark(require = pos)] initial: Option<Value<'v>>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        let all = initial.into_iter().chain(values(iterable, eval)?).collect::<Vec<_>>();
        let (first, rest) = all.split_first().ok_or_else(|| refused("`reduce` has no values".into()))?;
        let mut made = *first;
        for value in rest {
            made = eval.eval_function(function, &[made, *value], &[])?;
        }
        Ok(made)
    }

    fn _shuffle_<'v>(
        #[starlark(require = pos)] list: Value<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<NoneType> {
        let Some(known) = ListRef::from_value(list) else {
            return Err(refused(format!("`random.shuffle` takes a list, not {}", article(list.get_type()))));
        };
        let mut all: Vec<Value<'v>> = known.iter().collect();
        for at in (1..all.len()).rev() {
            let other = usize::try_from(drawn(0, at as i64, eval)?).unwrap_or(at);
            all.swap(at, other.min(at));
        }
        refill(list, all, eval)?;
        Ok(NoneType)
    }

    fn _sample_<'v>(
        #[starlark(require = pos)] population: Value<'v>,
        #[starlark(require = pos)] k: i32,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        let mut left = values(population, eval)?;
        let wanted = usize::try_from(k).ok().filter(|wanted| *wanted <= left.len());
        let wanted = wanted.ok_or_else(|| refused(format!("there are {} values, not {k}", left.len())))?;
        let mut taken = Vec::new();
        for _ in 0..wanted {
            let at = usize::try_from(drawn(0, left.len() as i64 - 1, eval)?).unwrap_or(0);
            taken.push(left.swap_remove(at.min(left.len() - 1)));
        }
        Ok(eval.heap().alloc(taken))
    }

    fn _choices_<'v>(
        #[starlark(require = pos)] population: Value<'v>,
        #[starlark(default = 1)] k: i32,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        let all = values(population, eval)?;
        let mut taken = Vec::new();
        limits::lengthy(u64::try_from(k).unwrap_or(0), eval)?;
        for _ in 0..k {
            let at = usize::try_from(drawn(0, all.len() as i64 - 1, eval)?).unwrap_or(0);
            taken.extend(all.get(at).copied());
        }
        Ok(eval.heap().alloc(taken))
    }

    fn _uniform_<'v>(
        #[starlark(require = pos)] least: Value<'v>,
        #[starlark(require = pos)] most: Value<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<f64> {
        let of =
            |value: Value<'v>| fraction(value).or_else(|| iterate::number(value).map(|number| number as f64));
        let (Some(least), Some(most)) = (of(least), of(most)) else {
            return Err(refused("`random.uniform` takes two numbers".into()));
        };
        Ok(least + (most - least) * drawn(0, (1 << 53) - 1, eval)? as f64 / (1_u64 << 53) as f64)
    }

    fn _ceil_<'v>(
        #[starlark(require = pos)] number: Value<'v>,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        Ok(fraction(number).map_or(number, |fraction| heap.alloc(fraction.ceil() as i64)))
    }

    fn _floor_<'v>(
        #[starlark(require = pos)] number: Value<'v>,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        Ok(fraction(number).map_or(number, |fraction| heap.alloc(fraction.floor() as i64)))
    }

    /// CRC-32 of octets, as zlib counts it.
    fn crc32<'v>(
        #[starlark(require = pos)] data: Value<'v>,
        #[starlark(require = pos, default = 0)] value: i64,
    ) -> starlark::Result<i64> {
        let mut crc = !(value as u32);
        for octet in octets(data)? {
            crc ^= u32::from(octet);
            for _ in 0..8 {
                crc = crc >> 1 ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
            }
        }
        Ok(i64::from(!crc))
    }

    /// Octets as letters (RFC 4648 §4).
    fn b64encode<'v>(
        #[starlark(require = pos)] data: Value<'v>,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        Ok(heap.alloc(StarlarkBytes::new(&base64(&octets(data)?))))
    }

    /// The octets that such letters are.
    fn b64decode<'v>(
        #[starlark(require = pos)] data: Value<'v>,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        let octets = from_base64(&octets(data)?);
        let octets =
            octets.ok_or_else(|| refused("`b64decode` takes letters, digits, `+` and `/`".into()))?;
        Ok(heap.alloc(StarlarkBytes::new(&octets)))
    }

    /// A list of its own, from which `next` takes one after the other.
    fn iter<'v>(
        #[starlark(require = pos)] iterable: Value<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        let all = values(iterable, eval)?;
        Ok(eval.heap().alloc(all))
    }

    /// The next of `iter(…)`, or of values that are made in brackets; where there is none, what is given for that.
    fn next<'v>(
        #[starlark(require = pos)] iterator: Value<'v>,
        #[starlark(require = pos)] default: Option<Value<'v>>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        let heap = eval.heap();
        match ListRef::from_value(iterator).map(|list| list.len()) {
            Some(0) => default.ok_or_else(|| refused("there is no next value".into())),
            Some(_) => {
                let pop = iterator.get_attr_error("pop", heap)?;
                eval.eval_function(pop, &[heap.alloc(0)], &[])
            }
            None => {
                Err(refused(format!("`next` takes what `iter` gives, not {}", article(iterator.get_type()))))
            }
        }
    }

    /// `x[from:to] = y`, and without values `del x[from:to]`.
    fn _cut_<'v>(
        #[starlark(require = pos)] of: Value<'v>,
        #[starlark(require = pos)] from: Value<'v>,
        #[starlark(require = pos)] to: Value<'v>,
        #[starlark(require = pos)] with: Value<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<NoneType> {
        let Some(known) = ListRef::from_value(of) else {
            return Err(refused(format!(
                "a part of a {} does not change: put a new one together",
                of.get_type()
            )));
        };
        let all: Vec<Value<'v>> = known.iter().collect();
        let place = |value: Value<'v>, usual: usize| match value.unpack_i32() {
            Some(at) if at < 0 => all.len().saturating_sub(at.unsigned_abs() as usize),
            Some(at) => (at.unsigned_abs() as usize).min(all.len()),
            None => usual,
        };
        let from = place(from, 0);
        let to = place(to, all.len()).max(from);
        let mut made = all.get(..from).unwrap_or_default().to_vec();
        made.extend(values(with, eval)?);
        made.extend_from_slice(all.get(to..).unwrap_or_default());
        limits::lengthy(made.len() as u64, eval)?;
        refill(of, made, eval)?;
        Ok(NoneType)
    }

    /// The other order of a number's two octets.
    fn htons(#[starlark(require = pos)] number: i64) -> starlark::Result<i64> {
        let number = u16::try_from(number).map_err(|_| refused("`htons` takes 16 bits".into()))?;
        Ok(i64::from(number.swap_bytes()))
    }

    fn ntohs(#[starlark(require = pos)] number: i64) -> starlark::Result<i64> {
        let number = u16::try_from(number).map_err(|_| refused("`ntohs` takes 16 bits".into()))?;
        Ok(i64::from(number.swap_bytes()))
    }

    /// The other order of a number's four octets.
    fn htonl(#[starlark(require = pos)] number: i64) -> starlark::Result<i64> {
        let number = u32::try_from(number).map_err(|_| refused("`htonl` takes 32 bits".into()))?;
        Ok(i64::from(number.swap_bytes()))
    }

    fn ntohl(#[starlark(require = pos)] number: i64) -> starlark::Result<i64> {
        let number = u32::try_from(number).map_err(|_| refused("`ntohl` takes 32 bits".into()))?;
        Ok(i64::from(number.swap_bytes()))
    }

    /// The least of values, or of those of one list.
    fn min<'v>(
        #[starlark(args)] given: UnpackTuple<Value<'v>>,
        #[starlark(kwargs)] named: SmallMap<String, Value<'v>>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        extreme("min", &given.items, named, eval)
    }

    /// The greatest.
    fn max<'v>(
        #[starlark(args)] given: UnpackTuple<Value<'v>>,
        #[starlark(kwargs)] named: SmallMap<String, Value<'v>>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        extreme("max", &given.items, named, eval)
    }
}

fn extreme<'v>(
    name: &str,
    given: &[Value<'v>],
    mut named: SmallMap<String, Value<'v>>,
    eval: &mut Evaluator<'v, '_, '_>,
) -> starlark::Result<Value<'v>> {
    let default = named.shift_remove("default");
    let all = match given {
        [one] => values(*one, eval)?,
        several => several.to_vec(),
    };
    if let (true, Some(default)) = (all.is_empty(), default) {
        return Ok(default);
    }
    let named: Vec<(&str, Value<'v>)> = named.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    eval.eval_function(limits::standard(name).to_value(), &[eval.heap().alloc(all)], &named)
}
