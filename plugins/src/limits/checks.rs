//! Functions that stand for operators and methods of the language, and for some of its functions: they look at what will come
//! of it before it is made.

use super::{exceeded, memory};
use starlark::environment::GlobalsBuilder;
use starlark::eval::Evaluator;
use starlark::starlark_module;
use starlark::values::bytes::StarlarkBytes;
use starlark::values::dict::DictRef;
use starlark::values::list::ListRef;
use starlark::values::none::NoneType;
use starlark::values::range::Range;
use starlark::values::tuple::{TupleRef, UnpackTuple};
use starlark::values::{Heap, UnpackValue, Value};
use std::num::NonZeroI32;

/// Digits of a number that is read from text: reading takes the square of them.
const MAX_DIGITS: usize = 4300;
/// Bits of a number, and places of a shift.
const MAX_SHIFT: i64 = 4096;

/// Entries or octets; 0 for what has none, or is not made by the language itself.
fn length(value: Value<'_>) -> u64 {
    if let Some(text) = value.unpack_str() {
        return text.len() as u64;
    }
    let has = ListRef::from_value(value).is_some()
        || TupleRef::from_value(value).is_some()
        || DictRef::from_value(value).is_some()
        || StarlarkBytes::from_value(value).is_some()
        || value.get_type() == "range";
    if has { value.length().ok().and_then(|length| u64::try_from(length).ok()).unwrap_or(0) } else { 0 }
}

/// What a value is at most, as text: lists that hold each other many times are long, and go deep.
fn shown<'v>(value: Value<'v>, heap: Heap<'v>) -> u64 {
    let most = super::bounds().length;
    let mut left = vec![(value, 0_usize)];
    let mut sum = 0_u64;
    while let Some((value, depth)) = left.pop() {
        sum = sum.saturating_add(length(value).max(24));
        let holds = ListRef::from_value(value).is_some() || TupleRef::from_value(value).is_some();
        let holds = holds || DictRef::from_value(value).is_some() || value.get_type() == "struct";
        if sum > most || depth > MAX_DEPTH {
            return u64::MAX;
        }
        let inner = depth.saturating_add(1);
        if let Some(dict) = DictRef::from_value(value) {
            left.extend(dict.iter().flat_map(|(key, value)| [(key, inner), (value, inner)]));
        } else if holds && let Ok(values) = value.iterate(heap) {
            left.extend(values.map(|value| (value, inner)));
        }
    }
    sum
}

/// Values within values that are shown.
const MAX_DEPTH: usize = 200;

pub(super) fn check(length: u64, eval: &Evaluator<'_, '_, '_>) -> starlark::Result<()> {
    memory(eval.heap())?;
    let most = super::bounds().length;
    if length == u64::MAX {
        return Err(exceeded(format!("this would have more than {most} entries or characters")));
    }
    if length > most {
        return Err(exceeded(format!("this would have {length} entries or characters; the most are {most}")));
    }
    Ok(())
}

fn times(value: Value<'_>) -> u64 {
    match i64::unpack_value(value) {
        Ok(Some(number)) => u64::try_from(number).unwrap_or(0),
        _ if value.get_type() == "int" => u64::MAX,
        _ => 0,
    }
}

fn product<'v>(a: Value<'v>, b: Value<'v>, eval: &Evaluator<'v, '_, '_>) -> starlark::Result<()> {
    if a.get_type() == "int" && b.get_type() == "int" {
        return numbers(a, b, eval);
    }
    check(length(a).saturating_mul(times(b)).max(length(b).saturating_mul(times(a))), eval)
}

/// Numbers have a size too, which products double.
fn numbers<'v>(a: Value<'v>, b: Value<'v>, eval: &Evaluator<'v, '_, '_>) -> starlark::Result<()> {
    for value in [a, b] {
        if matches!(i64::unpack_value(value), Ok(Some(_))) {
            continue;
        }
        let heap = eval.heap();
        let most = heap.alloc(1).left_shift(heap.alloc(4096), heap)?;
        let zero = heap.alloc(0);
        let size = if value.compare(zero)?.is_lt() { value.minus(heap)? } else { value };
        if size.compare(most)?.is_gt() {
            return Err(exceeded("this number has more than 4096 bits".into()));
        }
    }
    Ok(())
}

pub(super) fn filled<'v>(
    format: Value<'v>,
    values: Value<'v>,
    eval: &Evaluator<'v, '_, '_>,
) -> starlark::Result<()> {
    let Some(text) = format.unpack_str() else { return check(0, eval) };
    let heap = eval.heap();
    let sum = match TupleRef::from_value(values) {
        Some(values) => values.iter().map(|value| shown(value, heap)).fold(0, u64::saturating_add),
        None => shown(values, heap),
    };
    check(sum.saturating_add(text.len() as u64), eval)
}

/// What a method will make, at most.
fn made<'v>(this: Value<'v>, method: &str, given: &[Value<'v>], heap: Heap<'v>) -> u64 {
    let own = length(this);
    match (method, given) {
        ("extend" | "update", _) => {
            own.saturating_add(given.iter().copied().map(length).fold(0, u64::saturating_add))
        }
        ("join", [list, ..]) => {
            let mut octets = 0_u64;
            if let Ok(texts) = list.iterate(heap) {
                for text in texts {
                    octets = octets.saturating_add(length(text)).saturating_add(own);
                }
            }
            octets
        }
        ("format", _) => {
            // each pair of braces may show each value
            let places = this.unpack_str().map_or(0, |text| text.matches('{').count() as u64);
            let sizes = || given.iter().map(|value| shown(*value, heap));
            let largest = sizes().max().unwrap_or(0);
            own.saturating_add(sizes().fold(0, u64::saturating_add))
                .saturating_add(places.saturating_mul(largest))
        }
        ("replace", [old, new, ..]) => {
            let found = this
                .unpack_str()
                .zip(old.unpack_str())
                .map_or(0, |(text, old)| text.matches(old).count() as u64);
            own.saturating_add(found.saturating_mul(length(*new)))
        }
        _ => 0,
    }
}

pub(super) fn growing<'v>(
    this: Value<'v>,
    method: &str,
    given: &[Value<'v>],
    eval: &Evaluator<'v, '_, '_>,
) -> starlark::Result<()> {
    check(made(this, method, given, eval.heap()), eval)
}

/// A range as scapy's users write them, with its numbers named where they are too large.
fn bound(value: Value<'_>) -> starlark::Result<i32> {
    match i32::unpack_value(value) {
        Ok(Some(number)) => Ok(number),
        _ if value.get_type() == "int" => {
            Err(exceeded(format!("`range` takes numbers from {} to {}", i32::MIN, i32::MAX)))
        }
        _ => Err(exceeded(format!("`range` takes whole numbers, not {}", value.get_type()))),
    }
}

#[starlark_module]
pub(super) fn operators(builder: &mut GlobalsBuilder) {
    fn _sum_<'v>(
        #[starlark(require = pos)] a: Value<'v>,
        #[starlark(require = pos)] b: Value<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        check(length(a).saturating_add(length(b)), eval)?;
        a.add(b, eval.heap())
    }

    fn _product_<'v>(
        #[starlark(require = pos)] a: Value<'v>,
        #[starlark(require = pos)] b: Value<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        product(a, b, eval)?;
        a.mul(b, eval.heap())
    }

    fn _filled_<'v>(
        #[starlark(require = pos)] a: Value<'v>,
        #[starlark(require = pos)] b: Value<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        fill(a, b, eval)
    }

    fn _shifted_<'v>(
        #[starlark(require = pos)] a: Value<'v>,
        #[starlark(require = pos)] b: Value<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        shift(a, b, eval)?;
        a.left_shift(b, eval.heap())
    }

    fn _plus_<'v>(
        #[starlark(require = pos)] a: Value<'v>,
        #[starlark(require = pos)] b: Value<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        check(length(a).saturating_add(length(b)), eval)?;
        Ok(b)
    }

    fn _times_<'v>(
        #[starlark(require = pos)] a: Value<'v>,
        #[starlark(require = pos)] b: Value<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        if a.is_none() && times(b) > super::UNKNOWN_TIMES {
            return Err(exceeded(
                "write this as `x = x * n`: what stands on the left has a call in it".into(),
            ));
        }
        product(a, b, eval)?;
        Ok(b)
    }

    fn _fills_<'v>(
        #[starlark(require = pos)] a: Value<'v>,
        #[starlark(require = pos)] b: Value<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        filled(a, b, eval)?;
        Ok(b)
    }

    fn _shifts_<'v>(
        #[starlark(require = pos)] a: Value<'v>,
        #[starlark(require = pos)] b: Value<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        shift(a, b, eval)?;
        Ok(b)
    }

    fn _grown_<'v>(
        #[starlark(require = pos)] this: Value<'v>,
        #[starlark(require = pos)] method: &str,
        #[starlark(args)] given: UnpackTuple<Value<'v>>,
        #[starlark(kwargs)] named: DictRef<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        let heap = eval.heap();
        let mut all = given.items.clone();
        all.extend(named.values());
        check(made(this, method, &all, heap), eval)?;
        let function = this.get_attr_error(method, heap)?;
        let pairs: Vec<_> =
            named.iter().filter_map(|(name, value)| Some((name.unpack_str()?, value))).collect();
        eval.eval_function(function, &given.items, &pairs)
    }
}

/// `format % values`, with widths and precisions.
pub(super) fn fill<'v>(
    format: Value<'v>,
    values: Value<'v>,
    eval: &Evaluator<'v, '_, '_>,
) -> starlark::Result<Value<'v>> {
    filled(format, values, eval)?;
    let heap = eval.heap();
    match format.unpack_str().and_then(|format| super::widths::bare(format, values, heap)) {
        Some((format, values)) => heap.alloc(format).percent(values, heap),
        None => format.percent(values, heap),
    }
}

fn shift<'v>(a: Value<'v>, b: Value<'v>, eval: &Evaluator<'v, '_, '_>) -> starlark::Result<()> {
    match i64::unpack_value(b) {
        Ok(Some(places)) if places > MAX_SHIFT => {
            Err(exceeded(format!("a shift by {places} places; the most are {MAX_SHIFT}")))
        }
        _ => numbers(a, b, eval),
    }
}

#[starlark_module]
pub(super) fn functions(builder: &mut GlobalsBuilder) {
    fn range<'v>(
        #[starlark(require = pos)] a1: Value<'v>,
        #[starlark(require = pos)] a2: Option<Value<'v>>,
        #[starlark(require = pos, default = 1)] step: i32,
    ) -> starlark::Result<Range> {
        let (start, stop) = match a2 {
            Some(stop) => (bound(a1)?, bound(stop)?),
            None => (0, bound(a1)?),
        };
        let Some(step) = NonZeroI32::new(step) else {
            return Err(exceeded("the third number of `range` is the step, and cannot be 0".into()));
        };
        let distance = (i64::from(stop).saturating_sub(i64::from(start))).unsigned_abs();
        let turns = distance.div_ceil(u64::from(step.unsigned_abs().get()));
        let most = super::bounds().length;
        if turns > most && (stop > start) == (step.get() > 0) {
            return Err(exceeded(format!("`range` gives at most {most} numbers; these would be {turns}")));
        }
        Ok(Range::new(start, stop, step))
    }
}

/// The whole number that a value is, or that a text is the digits of.
pub(super) fn whole<'v>(
    a: Value<'v>,
    base: Option<Value<'v>>,
    eval: &mut Evaluator<'v, '_, '_>,
) -> starlark::Result<Value<'v>> {
    if length(a) > MAX_DIGITS as u64 {
        return Err(exceeded(format!("a number of more than {MAX_DIGITS} digits")));
    }
    let function = super::standard("int");
    let named: Vec<_> = base.into_iter().map(|base| ("base", base)).collect();
    eval.eval_function(function.to_value(), &[a], &named)
}

#[starlark_module]
pub(super) fn numerals(builder: &mut GlobalsBuilder) {
    fn int<'v>(
        #[starlark(require = pos)] a: Value<'v>,
        base: Option<Value<'v>>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        whole(a, base, eval)
    }
}

/// Whether a value can be shown as text.
pub(super) fn showable<'v>(value: Value<'v>, eval: &Evaluator<'v, '_, '_>) -> starlark::Result<()> {
    check(shown(value, eval.heap()), eval)
}

#[starlark_module]
pub(super) fn texts(builder: &mut GlobalsBuilder) {
    fn str<'v>(
        #[starlark(require = pos)] a: Value<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        showable(a, eval)?;
        eval.eval_function(super::standard("str").to_value(), &[a], &[])
    }

    fn repr<'v>(
        #[starlark(require = pos)] a: Value<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        showable(a, eval)?;
        eval.eval_function(super::standard("repr").to_value(), &[a], &[])
    }

    fn fail<'v>(
        #[starlark(args)] values: UnpackTuple<Value<'v>>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<NoneType> {
        for value in &values.items {
            showable(*value, eval)?;
        }
        let words: Vec<String> = values.items.iter().map(|value| value.to_str()).collect();
        Err(exceeded(format!("fail: {}", words.join(" "))))
    }
}
