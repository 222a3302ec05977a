//! Flags as scapy has them: a number that is shown as letters, `SA`, and compared with either.

use super::convert;
use super::packet::PacketValue;
use super::python::iterate::number;
use crate::craft::script::fault::article;
use crate::craft::value::Value as Given;
use allocative::Allocative;
use starlark::collections::StarlarkHasher;
use starlark::starlark_simple_value;
use starlark::values::{
    Heap, NoSerialize, ProvidesStaticType, StarlarkPagable, StarlarkValue, Value, starlark_value,
};
use std::cmp::Ordering;
use std::fmt;

#[derive(Debug, ProvidesStaticType, NoSerialize, Allocative, StarlarkPagable)]
pub(crate) struct Flags {
    pub(crate) number: u64,
    #[allocative(skip)]
    #[starlark_pagable(skip)]
    letters: Letters,
    /// The packet and the field whose value they are: `p.flags.S = False` changes it.
    #[allocative(skip)]
    #[starlark_pagable(skip)]
    of: Owner,
}

/// A packet and the name of its field.
#[derive(Default)]
struct Owner(Option<Box<(PacketValue, String)>>);

impl fmt::Debug for Owner {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Letters(pub(crate) &'static [&'static str]);

starlark_simple_value!(Flags);

impl fmt::Display for Flags {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let set = |(at, letter): (usize, &&'static str)| (self.number >> at & 1 == 1).then_some(*letter);
        let names: Vec<&str> = self.letters.0.iter().enumerate().filter_map(set).collect();
        // names of more than one letter are parted
        let between = if self.letters.0.iter().any(|letter| letter.len() > 1) { "+" } else { "" };
        out.write_str(&names.join(between))
    }
}

impl Flags {
    pub(crate) fn new(number: u64, letters: &'static [&'static str]) -> Flags {
        Flags { number, letters: Letters(letters), of: Owner(None) }
    }

    /// The same as the value of a packet's field.
    pub(crate) fn of(self, packet: PacketValue, field: &str) -> Flags {
        Flags { of: Owner(Some(Box::new((packet, field.into())))), ..self }
    }

    pub(crate) fn bits(&self, other: Value<'_>) -> Option<u64> {
        if let Some(flags) = Flags::from_value(other) {
            return Some(flags.number);
        }
        match other.unpack_str() {
            Some(text) => crate::craft::encode::flags(self.letters.0, text),
            None => u64::try_from(number(other)?).ok(),
        }
    }

    /// The bits that the flags have room for.
    fn mask(&self) -> u64 {
        u64::MAX.checked_shr(64_u32.saturating_sub(self.letters.0.len() as u32)).unwrap_or(0)
    }

    fn with<'v>(
        &self,
        other: Value<'v>,
        heap: Heap<'v>,
        of: fn(u64, u64) -> u64,
    ) -> starlark::Result<Value<'v>> {
        // `~0x10`: all bits but one, as far as there are flags
        let inverted =
            || number(other).filter(|number| *number < 0).map(|number| number as u64 & self.mask());
        let bits = self.bits(other).or_else(inverted).ok_or_else(|| {
            super::functions::refused(format!(
                "flags are put together with numbers and letters, not {}",
                article(other.get_type())
            ))
        })?;
        Ok(heap.alloc(Flags::new(of(self.number, bits), self.letters.0)))
    }
}

#[starlark_value(type = "flags")]
impl<'v> StarlarkValue<'v> for Flags {
    fn collect_repr(&self, out: &mut String) {
        out.push_str(&format!("<Flag {} ({self})>", self.number));
    }

    fn collect_str(&self, out: &mut String) {
        out.push_str(&self.to_string());
    }

    fn to_bool(&self) -> bool {
        self.number != 0
    }

    fn write_hash(&self, hasher: &mut StarlarkHasher) -> starlark::Result<()> {
        std::hash::Hash::hash(&self.number, hasher);
        Ok(())
    }

    fn equals(&self, other: Value<'v>) -> starlark::Result<bool> {
        Ok(self.bits(other) == Some(self.number))
    }

    fn compare(&self, other: Value<'v>) -> starlark::Result<Ordering> {
        let bits = self.bits(other).ok_or_else(|| {
            super::functions::refused(format!(
                "flags are compared with numbers and letters, not {}",
                article(other.get_type())
            ))
        })?;
        Ok(self.number.cmp(&bits))
    }

    fn bit_and(&self, other: Value<'v>, heap: Heap<'v>) -> starlark::Result<Value<'v>> {
        self.with(other, heap, |a, b| a & b)
    }

    fn bit_or(&self, other: Value<'v>, heap: Heap<'v>) -> starlark::Result<Value<'v>> {
        self.with(other, heap, |a, b| a | b)
    }

    fn bit_xor(&self, other: Value<'v>, heap: Heap<'v>) -> starlark::Result<Value<'v>> {
        self.with(other, heap, |a, b| a ^ b)
    }

    fn add(&self, other: Value<'v>, heap: Heap<'v>) -> Option<starlark::Result<Value<'v>>> {
        Some(self.with(other, heap, u64::wrapping_add))
    }

    fn sub(&self, other: Value<'v>, heap: Heap<'v>) -> starlark::Result<Value<'v>> {
        self.with(other, heap, u64::wrapping_sub)
    }

    fn right_shift(&self, other: Value<'v>, heap: Heap<'v>) -> starlark::Result<Value<'v>> {
        heap.alloc(self.number).right_shift(other, heap)
    }

    fn left_shift(&self, other: Value<'v>, heap: Heap<'v>) -> starlark::Result<Value<'v>> {
        heap.alloc(self.number).left_shift(other, heap)
    }

    /// `"S" in p.flags`.
    fn is_in(&self, other: Value<'v>) -> starlark::Result<bool> {
        Ok(self.bits(other).is_some_and(|bits| self.number & bits == bits))
    }

    /// `p.flags.S`.
    fn get_attr(&self, attribute: &str, heap: Heap<'v>) -> Option<Value<'v>> {
        if attribute == "value" {
            return Some(heap.alloc(self.number));
        }
        let at = self.letters.0.iter().position(|letter| *letter == attribute)?;
        Some(Value::new_bool(self.number >> at & 1 == 1))
    }

    fn set_attr(&self, attribute: &str, value: Value<'v>) -> starlark::Result<()> {
        let Some(at) = self.letters.0.iter().position(|letter| *letter == attribute) else {
            let all = self.letters.0.join(", ");
            return Err(super::functions::refused(format!(
                "there is no flag `{attribute}`: there are {all}"
            )));
        };
        let number = if value.to_bool() { self.number | 1 << at } else { self.number & !(1 << at) };
        match &self.of.0 {
            Some(owner) => {
                let (packet, field) = &**owner;
                packet.set_field(field, Given::Int(i128::from(number))).map_err(convert::fault)
            }
            None => Err(super::functions::refused("flags that stand in no packet do not change".into())),
        }
    }

    fn dir_attr(&self) -> Vec<String> {
        self.letters.0.iter().copied().chain(["value"]).map(str::to_string).collect()
    }
}
