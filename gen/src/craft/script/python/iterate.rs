//! What Python goes through that the host does not: characters of texts, octets as numbers. Functions that take what can be gone
//! through stand in front of the host's own.

use super::repr;
use crate::craft::script::convert;
use crate::craft::script::fault::article;
use crate::craft::script::flags::Flags;
use crate::craft::script::functions::{context, refused};
use crate::craft::script::random::RandomValue;
use crate::craft::value::{Random, Value as Given};
use nettool_plugins::limits;
use starlark::collections::SmallMap;
use starlark::environment::GlobalsBuilder;
use starlark::eval::Evaluator;
use starlark::values::bytes::StarlarkBytes;
use starlark::values::float::StarlarkFloat;
use starlark::values::tuple::{AllocTuple, UnpackTuple};
use starlark::values::{Heap, Value, ValueLike};

/// What a loop goes through.
pub(crate) fn each<'v>(value: Value<'v>, eval: &Evaluator<'v, '_, '_>) -> starlark::Result<Value<'v>> {
    let heap = eval.heap();
    if let Some(text) = value.unpack_str() {
        limits::lengthy(text.len() as u64, eval)?;
        return Ok(heap.alloc(text.chars().map(|c| heap.alloc(c.to_string())).collect::<Vec<_>>()));
    }
    if let Some(octets) = StarlarkBytes::from_value(value) {
        limits::lengthy(octets.len() as u64, eval)?;
        let numbers = octets.as_bytes().iter().map(|octet| heap.alloc(i32::from(*octet)));
        return Ok(heap.alloc(numbers.collect::<Vec<_>>()));
    }
    Ok(value)
}

/// A random value as one that was drawn; others as they are.
pub(crate) fn settled<'v>(value: Value<'v>, eval: &Evaluator<'v, '_, '_>) -> starlark::Result<Value<'v>> {
    let Some(random) = RandomValue::from_value(value) else { return Ok(value) };
    let context = context(eval)?;
    let drawn = context.rng.borrow_mut().fix(&Given::Random((*random.random).clone()));
    let drawn = match (&*random.random, drawn) {
        (Random::Mac(_), Given::Octets(octets)) => {
            let parts: Vec<String> = octets.iter().map(|octet| format!("{octet:02x}")).collect();
            Given::text(&parts.join(":"))
        }
        (Random::Ipv6(..), Given::Octets(octets)) => match <[u8; 16]>::try_from(&*octets) {
            Ok(octets) => Given::text(&std::net::Ipv6Addr::from(octets).to_string()),
            Err(_) => Given::Octets(octets),
        },
        (_, drawn) => drawn,
    };
    Ok(convert::back(context.catalog, &drawn, eval.heap()))
}

fn hosts<'v>(
    name: &str,
    values: &[Value<'v>],
    named: &SmallMap<String, Value<'v>>,
    eval: &mut Evaluator<'v, '_, '_>,
) -> starlark::Result<Value<'v>> {
    let values = values.iter().map(|value| each(*value, eval)).collect::<starlark::Result<Vec<_>>>()?;
    let named: Vec<(&str, Value<'v>)> = named.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    eval.eval_function(limits::standard(name).to_value(), &values, &named)
}

/// A function of the host's that goes through what it is given.
macro_rules! goes_through {
    ($register:ident, $($name:ident)*) => {
        #[starlark::starlark_module]
        pub(crate) fn $register(builder: &mut GlobalsBuilder) {
            $(
                fn $name<'v>(
                    #[starlark(args)] values: UnpackTuple<Value<'v>>,
                    #[starlark(kwargs)] named: SmallMap<String, Value<'v>>,
                    eval: &mut Evaluator<'v, '_, '_>,
                ) -> starlark::Result<Value<'v>> {
                    hosts(stringify!($name), &values.items, &named, eval)
                }
            )*
        }
    };
}

goes_through!(functions, list tuple sorted reversed enumerate zip any all);

/// The whole number that a value is.
pub(crate) fn number(value: Value<'_>) -> Option<i128> {
    if let Some(truth) = value.unpack_bool() {
        return Some(i128::from(truth));
    }
    (value.get_type() == "int").then(|| value.to_str().parse().ok()).flatten()
}

pub(super) fn values<'v>(value: Value<'v>, eval: &Evaluator<'v, '_, '_>) -> starlark::Result<Vec<Value<'v>>> {
    Ok(each(value, eval)?.iterate(eval.heap())?.collect())
}

pub(crate) fn fraction(value: Value<'_>) -> Option<f64> {
    value.downcast_ref::<StarlarkFloat>().map(|fraction| fraction.0)
}

#[starlark::starlark_module]
pub(crate) fn register(builder: &mut GlobalsBuilder) {
    fn _each_<'v>(
        #[starlark(require = pos)] value: Value<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        each(value, eval)
    }

    /// Values without those that are the same.
    fn set<'v>(
        #[starlark(require = pos)] given: Option<Value<'v>>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        let given: Vec<Value<'v>> = given.into_iter().collect();
        hosts("set", &given, &SmallMap::new(), eval)
    }

    /// The sum of numbers.
    fn sum<'v>(
        #[starlark(require = pos)] numbers: Value<'v>,
        start: Option<Value<'v>>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        let heap = eval.heap();
        let mut total = start.unwrap_or_else(|| heap.alloc(0));
        for value in values(numbers, eval)? {
            let value = value.unpack_bool().map_or(value, |truth| heap.alloc(i32::from(truth)));
            if !matches!(value.get_type(), "int" | "float") && start.is_none() {
                return Err(refused(format!("`sum` takes numbers, not {}", article(value.get_type()))));
            }
            total = total.add(value, heap)?;
        }
        Ok(total)
    }

    /// What a function gives for each value.
    fn map<'v>(
        #[starlark(require = pos)] function: Value<'v>,
        #[starlark(require = pos)] over: Value<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        let mut all = Vec::new();
        for value in values(over, eval)? {
            all.push(eval.eval_function(function, &[value], &[])?);
        }
        Ok(eval.heap().alloc(all))
    }

    /// The values for which a function gives what is true; without one, those that are true.
    fn filter<'v>(
        #[starlark(require = pos)] function: Value<'v>,
        #[starlark(require = pos)] over: Value<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        let mut all = Vec::new();
        for value in values(over, eval)? {
            let kept = if function.is_none() { value } else { eval.eval_function(function, &[value], &[])? };
            if kept.to_bool() {
                all.push(value);
            }
        }
        Ok(eval.heap().alloc(all))
    }

    /// `a, *b = …`: so many values before the starred one, and so many behind it.
    fn _spread_<'v>(
        #[starlark(require = pos)] before: i32,
        #[starlark(require = pos)] after: i32,
        #[starlark(args)] given: UnpackTuple<Value<'v>>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        let all = match given.items.as_slice() {
            [one] => values(*one, eval)?,
            several => several.to_vec(),
        };
        let (before, after) = (usize::try_from(before).unwrap_or(0), usize::try_from(after).unwrap_or(0));
        let end = all.len().checked_sub(after).filter(|end| *end >= before);
        let end =
            end.ok_or_else(|| refused(format!("{} values are wanted, not {}", before + after, all.len())))?;
        let heap = eval.heap();
        let mut parts: Vec<Value<'v>> = all.get(..before).unwrap_or_default().to_vec();
        parts.push(heap.alloc(all.get(before..end).unwrap_or_default().to_vec()));
        parts.extend_from_slice(all.get(end..).unwrap_or_default());
        Ok(heap.alloc(AllocTuple(parts)))
    }

    /// All pairs of values, one of each.
    fn _pairs_<'v>(
        #[starlark(args)] given: UnpackTuple<Value<'v>>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        let mut rows: Vec<Vec<Value<'v>>> = vec![Vec::new()];
        for value in &given.items {
            let all = values(*value, eval)?;
            limits::lengthy((rows.len() as u64).saturating_mul(all.len() as u64), eval)?;
            let longer =
                |row: &Vec<Value<'v>>, value: &Value<'v>| row.iter().chain([value]).copied().collect();
            rows = rows.iter().flat_map(|row| all.iter().map(move |value| longer(row, value))).collect();
        }
        let heap = eval.heap();
        Ok(heap.alloc(rows.into_iter().map(|row| heap.alloc(AllocTuple(row))).collect::<Vec<_>>()))
    }

    /// Values of several lists, one list after the other.
    fn _chain_<'v>(
        #[starlark(args)] given: UnpackTuple<Value<'v>>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        let mut all = Vec::new();
        for value in &given.items {
            all.extend(values(*value, eval)?);
            limits::lengthy(all.len() as u64, eval)?;
        }
        Ok(eval.heap().alloc(all))
    }

    /// A whole number.
    fn int<'v>(
        #[starlark(require = pos)] value: Option<Value<'v>>,
        base: Option<Value<'v>>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        let heap = eval.heap();
        let Some(value) = value else { return Ok(heap.alloc(0)) };
        let value = settled(value, eval)?;
        if let Some(flags) = Flags::from_value(value) {
            return Ok(heap.alloc(flags.number));
        }
        let value =
            match StarlarkBytes::from_value(value).map(|octets| std::str::from_utf8(octets.as_bytes())) {
                Some(Ok(digits)) => heap.alloc(digits.trim()),
                _ => value.unpack_str().map_or(value, |digits| heap.alloc(digits.trim())),
            };
        limits::whole(value, base, eval)
    }

    /// A number as text, in the way that `"{:spec}"` has.
    fn format<'v>(
        #[starlark(require = pos)] value: Value<'v>,
        #[starlark(require = pos, default = "")] spec: &str,
    ) -> starlark::Result<String> {
        super::format::one(value, spec)
            .ok_or_else(|| refused(format!("`{spec}` does not fit `{}`", value.get_type())))
    }

    /// A value as text.
    fn str<'v>(
        #[starlark(require = pos)] value: Option<Value<'v>>,
        #[starlark(require = pos)] encoding: Option<Value<'v>>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<String> {
        let Some(value) = value else { return Ok(String::new()) };
        let value = settled(value, eval)?;
        limits::showable(value, eval)?;
        if let (Some(_), Some(octets)) = (encoding, StarlarkBytes::from_value(value)) {
            return Ok(String::from_utf8_lossy(octets.as_bytes()).into_owned());
        }
        Ok(repr::text(value))
    }

    /// A value as it would be typed.
    fn repr<'v>(
        #[starlark(require = pos)] value: Value<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<String> {
        limits::showable(value, eval)?;
        Ok(repr::repr(value))
    }

    /// A power of whole numbers, or what is left of it behind a division.
    fn pow<'v>(
        #[starlark(require = pos)] base: Value<'v>,
        #[starlark(require = pos)] exponent: Value<'v>,
        #[starlark(require = pos)] modulus: Option<i64>,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        match modulus {
            Some(modulus) => modular(base, exponent, modulus, heap),
            None => power(base, exponent, heap),
        }
    }

    fn _pow_<'v>(
        #[starlark(require = pos)] base: Value<'v>,
        #[starlark(require = pos)] exponent: Value<'v>,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        power(base, exponent, heap)
    }

    /// Quotient and what is left.
    fn divmod<'v>(
        #[starlark(require = pos)] a: Value<'v>,
        #[starlark(require = pos)] b: Value<'v>,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        Ok(heap.alloc((a.floor_div(b, heap)?, a.percent(b, heap)?)))
    }

    /// A number without a fraction, or with so many digits of it; halves go to the even one.
    fn round<'v>(
        #[starlark(require = pos)] number: Value<'v>,
        #[starlark(require = pos, default = 0)] digits: i32,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        let Some(fraction) = fraction(number) else { return Ok(number) };
        if digits == 0 {
            return Ok(heap.alloc(fraction.round_ties_even() as i64));
        }
        let scale = 10_f64.powi(digits.clamp(-300, 300));
        Ok(heap.alloc((fraction * scale).round_ties_even() / scale))
    }

    /// A number in binary digits.
    fn bin(#[starlark(require = pos)] number: i64) -> starlark::Result<String> {
        let sign = if number < 0 { "-" } else { "" };
        Ok(format!("{sign}{:#b}", number.unsigned_abs()))
    }

    /// A number in octal digits.
    fn oct(#[starlark(require = pos)] number: i64) -> starlark::Result<String> {
        let sign = if number < 0 { "-" } else { "" };
        Ok(format!("{sign}{:#o}", number.unsigned_abs()))
    }
}

/// Whole numbers of up to 4096 bits; with a fraction where one of them has one.
fn power<'v>(base: Value<'v>, exponent: Value<'v>, heap: Heap<'v>) -> starlark::Result<Value<'v>> {
    let (Some(base), Some(exponent)) = (number(base), number(exponent)) else {
        let of = |value: Value<'v>| fraction(value).or_else(|| number(value).map(|number| number as f64));
        return match (of(base), of(exponent)) {
            (Some(base), Some(exponent)) => Ok(heap.alloc(base.powf(exponent))),
            _ => Err(refused(format!(
                "`**` takes numbers, not {} and {}",
                base.get_type(),
                exponent.get_type()
            ))),
        };
    };
    if exponent < 0 {
        return Ok(heap.alloc((base as f64).powi(i32::try_from(exponent).unwrap_or(i32::MIN))));
    }
    let made = u32::try_from(exponent).ok().and_then(|exponent| base.checked_pow(exponent));
    if let Some(made) = made {
        return Ok(whole(made, heap));
    }
    if (base.unsigned_abs() as f64).log2() * exponent as f64 > WIDEST {
        return Err(refused(format!("{base}**{exponent} has more than {WIDEST} bits")));
    }
    let (mut made, mut square, mut left) = (heap.alloc(1), whole(base, heap), exponent);
    while left > 0 {
        if left & 1 == 1 {
            made = made.mul(square, heap)?;
        }
        left >>= 1;
        // the last square is not asked for
        if left > 0 {
            square = square.mul(square, heap)?;
        }
    }
    Ok(made)
}

/// Bits of the largest numbers.
const WIDEST: f64 = 4096.0;

fn modular<'v>(
    base: Value<'v>,
    exponent: Value<'v>,
    modulus: i64,
    heap: Heap<'v>,
) -> starlark::Result<Value<'v>> {
    let wrong = || refused("`pow` with a modulus takes whole numbers and a modulus above 0".into());
    let modulus = i128::from(modulus);
    let (mut base, mut exponent) = (number(base).ok_or_else(wrong)?, number(exponent).ok_or_else(wrong)?);
    if modulus < 1 || exponent < 0 {
        return Err(wrong());
    }
    base = base.rem_euclid(modulus);
    let mut made = 1 % modulus;
    while exponent > 0 {
        if exponent & 1 == 1 {
            made = made * base % modulus;
        }
        base = base * base % modulus;
        exponent >>= 1;
    }
    Ok(whole(made, heap))
}

fn whole(number: i128, heap: Heap<'_>) -> Value<'_> {
    match (i64::try_from(number), u64::try_from(number)) {
        (Ok(number), _) => heap.alloc(number),
        (_, Ok(number)) => heap.alloc(number),
        _ => {
            // the host's large numbers are made of their halves
            let high = heap.alloc((number >> 63) as i64);
            let low = heap.alloc((number & i128::from(i64::MAX)) as i64);
            let shifted = high.left_shift(heap.alloc(63), heap);
            shifted.and_then(|shifted| shifted.bit_or(low, heap)).unwrap_or_else(|_| heap.alloc(0))
        }
    }
}
