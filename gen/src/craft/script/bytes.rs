//! `bytes(p)`, `bytes([1, 2])`, `bytes("text")`, and `bytes.fromhex("00ff")`, as Python has them.

use super::convert;
use super::functions;
use super::packet::PacketValue;
use super::python::iterate::settled;
use crate::craft::script::fault::article;
use allocative::Allocative;
use starlark::eval::{Arguments, Evaluator};
use starlark::starlark_simple_value;
use starlark::values::bytes::StarlarkBytes;
use starlark::values::{
    Heap, NoSerialize, ProvidesStaticType, StarlarkPagable, StarlarkValue, Value, starlark_value,
};
use std::fmt;

/// The function `bytes`, or its `fromhex`.
#[derive(Debug, ProvidesStaticType, NoSerialize, Allocative, StarlarkPagable)]
pub(crate) struct BytesFunction {
    /// Whether it reads hexadecimal digits.
    pub(crate) digits: bool,
}

starlark_simple_value!(BytesFunction);

impl fmt::Display for BytesFunction {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(if self.digits { "bytes.fromhex" } else { "bytes" })
    }
}

/// Zero octets that `bytes(n)` makes at most.
const MOST: i32 = 1 << 20;

#[starlark_value(type = "function")]
impl<'v> StarlarkValue<'v> for BytesFunction {
    fn invoke(
        &self,
        _me: Value<'v>,
        arguments: &Arguments<'v, '_>,
        evaluator: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        let heap = evaluator.heap();
        let given = arguments.positions(heap)?.map(|value| settled(value, evaluator));
        let given = given.collect::<starlark::Result<Vec<_>>>()?;
        let made = match (self.digits, given.as_slice()) {
            (true, [text]) => digits(*text)?,
            (false, []) => Vec::new(),
            // an encoding, which is always UTF-8, is taken and not looked at
            (false, [value] | [value, _]) => octets(*value, heap)?,
            _ => return Err(functions::refused(format!("`{self}` takes one value"))),
        };
        Ok(heap.alloc(StarlarkBytes::new(&made)))
    }

    fn get_attr(&self, attribute: &str, heap: Heap<'v>) -> Option<Value<'v>> {
        (attribute == "fromhex" && !self.digits).then(|| heap.alloc(BytesFunction { digits: true }))
    }

    fn dir_attr(&self) -> Vec<String> {
        vec!["fromhex".into()]
    }
}

fn digits(value: Value<'_>) -> starlark::Result<Vec<u8>> {
    let wrong = || functions::refused("`bytes.fromhex` takes pairs of hexadecimal digits".into());
    from_digits(value.unpack_str().ok_or_else(wrong)?).ok_or_else(wrong)
}

/// The octets that pairs of hexadecimal digits are; blanks do not count.
pub(super) fn from_digits(text: &str) -> Option<Vec<u8>> {
    let text: Vec<u8> = text.bytes().filter(|c| !c.is_ascii_whitespace()).collect();
    let digit = |c: u8| char::from(c).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pairs = text.chunks(2).map(|pair| match pair {
        [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
        _ => None,
    });
    pairs.collect()
}

fn octets<'v>(value: Value<'v>, heap: Heap<'v>) -> starlark::Result<Vec<u8>> {
    if let Some(packet) = PacketValue::from_value(value) {
        return functions::octets_of(packet);
    }
    if let Some(count) = value.unpack_i32() {
        let count = usize::try_from(count.min(MOST)).unwrap_or(0);
        return Ok(vec![0; count]);
    }
    if let Ok(given) = convert::value(value)
        && let Some(octets) = convert::octets(&given)
    {
        return Ok(octets);
    }
    let wrong = || {
        functions::refused(format!(
            "`bytes` takes a packet, text, or numbers from 0 to 255, not {}",
            article(value.get_type())
        ))
    };
    let numbers = value.iterate(heap).map_err(|_| wrong())?;
    let octet = |number: Value<'v>| number.unpack_i32().and_then(|number| u8::try_from(number).ok());
    numbers.map(octet).collect::<Option<Vec<u8>>>().ok_or_else(wrong)
}
