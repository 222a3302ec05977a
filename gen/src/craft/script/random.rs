//! scapy's random values: `RandShort()`, `RandIP("10.0.0.0/8")`, `RandChoice(1, 2, 3)` and their kin.

use super::convert;
use crate::craft::encode;
use crate::craft::value::{Random, Value as Given};
use allocative::Allocative;
use starlark::environment::GlobalsBuilder;
use starlark::starlark_simple_value;
use starlark::values::tuple::UnpackTuple;
use starlark::values::{
    NoSerialize, ProvidesStaticType, StarlarkPagable, StarlarkValue, Value, starlark_value,
};
use std::fmt;

#[derive(Debug, ProvidesStaticType, NoSerialize, Allocative, StarlarkPagable)]
pub(crate) struct RandomValue {
    #[allocative(skip)]
    #[starlark_pagable(skip)]
    /// The host's heap gives values the place of a machine word; a number of 128 bits wants more.
    pub(crate) random: Box<Random>,
}

const _: () = assert!(align_of::<RandomValue>() <= 8);

starlark_simple_value!(RandomValue);

impl fmt::Display for RandomValue {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "<{:?}>", self.random)
    }
}

#[starlark_value(type = "random")]
impl<'v> StarlarkValue<'v> for RandomValue {}

fn whole(bits: u32) -> RandomValue {
    RandomValue { random: Box::new(Random::Int(0, (1_i128 << bits) - 1)) }
}

/// Octets of a random text that one may ask for.
const MOST: i32 = 1 << 16;

/// Least and most octets: those that were asked for, or what scapy takes.
fn sizes(size: Option<Value<'_>>) -> starlark::Result<(u32, u32)> {
    let Some(size) = size.filter(|size| !size.is_none()) else { return Ok((1, 1024)) };
    let asked = size.unpack_i32().filter(|size| (0..=MOST).contains(size));
    let asked = asked.and_then(|size| u32::try_from(size).ok());
    let refused = || super::functions::refused(format!("a random text has 0 to {MOST} octets"));
    asked.map(|size| (size, size)).ok_or_else(refused)
}

#[starlark::starlark_module]
pub(crate) fn register(builder: &mut GlobalsBuilder) {
    /// A number of 8 bits.
    fn RandByte() -> starlark::Result<RandomValue> {
        Ok(whole(8))
    }
    /// A number of 16 bits.
    fn RandShort() -> starlark::Result<RandomValue> {
        Ok(whole(16))
    }
    /// A number of 32 bits.
    fn RandInt() -> starlark::Result<RandomValue> {
        Ok(whole(32))
    }
    /// A number of 64 bits.
    fn RandLong() -> starlark::Result<RandomValue> {
        Ok(whole(64))
    }
    /// A number between two, both included.
    fn RandNum(
        #[starlark(require = pos)] least: i64,
        #[starlark(require = pos)] most: i64,
    ) -> starlark::Result<RandomValue> {
        Ok(RandomValue {
            random: Box::new(Random::Int(i128::from(least.min(most)), i128::from(most.max(least)))),
        })
    }
    /// Octets: so many, or between 1 and 1024.
    fn RandBin<'v>(size: Option<Value<'v>>) -> starlark::Result<RandomValue> {
        let (least, most) = sizes(size)?;
        Ok(RandomValue { random: Box::new(Random::Octets(least, most)) })
    }
    /// Letters and digits: so many, or between 1 and 1024.
    fn RandString<'v>(size: Option<Value<'v>>) -> starlark::Result<RandomValue> {
        let (least, most) = sizes(size)?;
        Ok(RandomValue { random: Box::new(Random::Letters(least, most)) })
    }
    /// An IPv4 address of a network.
    fn RandIP(#[starlark(default = "0.0.0.0/0")] network: &str) -> starlark::Result<RandomValue> {
        let (first, count) = encode::network4(network).unwrap_or((0, 1 << 32));
        Ok(RandomValue { random: Box::new(Random::Ipv4(first, count)) })
    }
    /// An IPv6 address of a network.
    fn RandIP6(#[starlark(default = "::/0")] network: &str) -> starlark::Result<RandomValue> {
        let (first, free) = encode::network6(network).unwrap_or((0, 128));
        Ok(RandomValue { random: Box::new(Random::Ipv6(first, free)) })
    }
    /// A MAC address; its first octets may be given.
    fn RandMAC(#[starlark(default = "")] prefix: &str) -> starlark::Result<RandomValue> {
        let known = prefix.trim_end_matches([':', '*']);
        let octets: Vec<u8> = known.split(':').map_while(|part| u8::from_str_radix(part, 16).ok()).collect();
        Ok(RandomValue { random: Box::new(Random::Mac(octets.into())) })
    }
    /// One of several values.
    fn RandChoice<'v>(#[starlark(args)] values: UnpackTuple<Value<'v>>) -> starlark::Result<RandomValue> {
        let values: Vec<Given> = values.items.into_iter().map(convert::value).collect::<Result<_, _>>()?;
        Ok(RandomValue { random: Box::new(Random::Choice(values.into())) })
    }
}
