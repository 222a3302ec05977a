//! scapy's random values: `RandShort()`, `RandIP("10.0.0.0/8")`, `RandChoice(1, 2, 3)` and their kin.

use super::convert;
use super::functions::{context, refused};
use crate::craft::encode;
use crate::craft::random::Rng;
use crate::craft::value::{Random, Value as Given};
use allocative::Allocative;
use starlark::environment::GlobalsBuilder;
use starlark::eval::Evaluator;
use starlark::starlark_simple_value;
use starlark::values::none::NoneType;
use starlark::values::tuple::UnpackTuple;
use starlark::values::{
    NoSerialize, ProvidesStaticType, StarlarkPagable, StarlarkValue, Value, ValueLike, starlark_value,
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
impl<'v> StarlarkValue<'v> for RandomValue {
    fn length(&self) -> starlark::Result<i32> {
        match &*self.random {
            Random::Octets(least, most) | Random::Letters(least, most) if least == most => {
                Ok(i32::try_from(*least).unwrap_or(i32::MAX))
            }
            _ => Err(super::functions::refused("how long this is is drawn anew each time".into())),
        }
    }
}

/// A random value as one types it.
pub(crate) fn typed(random: &Random) -> String {
    match random {
        Random::Int(0, 0xff) => "RandByte()".into(),
        Random::Int(0, 0xffff) => "RandShort()".into(),
        Random::Int(0, 0xffff_ffff) => "RandInt()".into(),
        Random::Int(least, most) => format!("RandNum({least}, {most})"),
        Random::Octets(least, most) if least == most => format!("RandBin({least})"),
        Random::Octets(1, 1024) => "RandBin()".into(),
        Random::Octets(least, most) => format!("RandBin(RandNum({least}, {most}))"),
        Random::Letters(least, most) if least == most => format!("RandString({least})"),
        Random::Letters(1, 1024) => "RandString()".into(),
        Random::Letters(least, most) => format!("RandString(RandNum({least}, {most}))"),
        Random::Ipv4(..) => "RandIP()".into(),
        Random::Ipv6(..) => "RandIP6()".into(),
        Random::Mac(_) => "RandMAC()".into(),
        Random::Choice(_) => "RandChoice()".into(),
    }
}

fn whole(bits: u32) -> RandomValue {
    RandomValue { random: Box::new(Random::Int(0, (1_i128 << bits) - 1)) }
}

/// Octets of a random text that one may ask for.
const MOST: i32 = 1 << 16;

/// Least and most octets: those that were asked for, or what scapy takes.
fn sizes(size: Option<Value<'_>>) -> starlark::Result<(u32, u32)> {
    let Some(size) = size.filter(|size| !size.is_none()) else { return Ok((1, 1024)) };
    if let Some(Random::Int(least, most)) = size.downcast_ref::<RandomValue>().map(|size| &*size.random)
        && let (Ok(least), Ok(most)) = (u32::try_from(*least), u32::try_from(*most))
        && most <= MOST as u32
    {
        return Ok((least, most));
    }
    let asked = size.unpack_i32().filter(|size| (0..=MOST).contains(size));
    let asked = asked.and_then(|size| u32::try_from(size).ok());
    let refused = || super::functions::refused(format!("a random text has 0 to {MOST} octets"));
    asked.map(|size| (size, size)).ok_or_else(refused)
}

/// A number between two, both included, drawn now.
pub(crate) fn drawn<'v>(least: i64, most: i64, eval: &Evaluator<'v, '_, '_>) -> starlark::Result<i64> {
    if most < least {
        return Err(refused(format!("there is no number from {least} to {most}")));
    }
    let context = context(eval)?;
    let value =
        context.rng.borrow_mut().fix(&Given::Random(Random::Int(i128::from(least), i128::from(most))));
    match value {
        Given::Int(number) => Ok(i64::try_from(number).unwrap_or(least)),
        _ => Ok(least),
    }
}

/// Numbers of Python's `random`: drawn when they are called, the same for the same `--seed`.
#[starlark::starlark_module]
pub(crate) fn of_python(builder: &mut GlobalsBuilder) {
    fn _randint_<'v>(
        #[starlark(require = pos)] least: i64,
        #[starlark(require = pos)] most: i64,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<i64> {
        drawn(least, most, eval)
    }

    fn _randrange_<'v>(
        #[starlark(require = pos)] first: i64,
        #[starlark(require = pos)] stop: Option<i64>,
        #[starlark(require = pos, default = 1)] step: i64,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<i64> {
        let (first, stop) = stop.map_or((0, first), |stop| (first, stop));
        let step = step.max(1);
        let turns = stop.saturating_sub(first).saturating_add(step - 1) / step;
        Ok(first + step * drawn(0, turns - 1, eval)?)
    }

    fn _choice_<'v>(
        #[starlark(require = pos)] values: Value<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        let all: Vec<Value<'v>> = super::python::iterate::each(values, eval)?.iterate(eval.heap())?.collect();
        let at = drawn(0, all.len() as i64 - 1, eval)?;
        all.get(at as usize).copied().ok_or_else(|| refused("there is nothing to choose from".into()))
    }

    fn _fraction_<'v>(eval: &mut Evaluator<'v, '_, '_>) -> starlark::Result<f64> {
        Ok(drawn(0, (1 << 53) - 1, eval)? as f64 / (1_u64 << 53) as f64)
    }

    fn _randbits_<'v>(
        #[starlark(require = pos)] bits: i64,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<i64> {
        if !(0..=62).contains(&bits) {
            return Err(refused("`random.getrandbits` draws 0 to 62 bits".into()));
        }
        drawn(0, (1 << bits) - 1, eval)
    }

    fn _randbytes_<'v>(
        #[starlark(require = pos)] count: i32,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        let count = u32::try_from(count.min(MOST)).unwrap_or(0);
        let heap = eval.heap();
        let value = context(eval)?.rng.borrow_mut().fix(&Given::Random(Random::Octets(count, count)));
        Ok(convert::back(context(eval)?.catalog, &value, heap))
    }

    /// What is drawn from here on follows from a number.
    fn _reseed_<'v>(
        #[starlark(require = pos)] seed: Option<Value<'v>>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<NoneType> {
        let number = seed.and_then(super::python::iterate::number).unwrap_or(0);
        *context(eval)?.rng.borrow_mut() = Rng::new(number as u64);
        Ok(NoneType)
    }
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
        let wrong = || refused(format!("`RandIP` takes a network, `10.0.0.0/8`, not `{network}`"));
        let (first, count) = encode::network4(network).ok_or_else(wrong)?;
        Ok(RandomValue { random: Box::new(Random::Ipv4(first, count)) })
    }
    /// An IPv6 address of a network.
    fn RandIP6(#[starlark(default = "::/0")] network: &str) -> starlark::Result<RandomValue> {
        let wrong = || refused(format!("`RandIP6` takes a network, `2001:db8::/32`, not `{network}`"));
        let (first, free) = encode::network6(network).ok_or_else(wrong)?;
        Ok(RandomValue { random: Box::new(Random::Ipv6(first, free)) })
    }
    /// A MAC address; its first octets may be given.
    fn RandMAC(#[starlark(default = "")] prefix: &str) -> starlark::Result<RandomValue> {
        let known = prefix.trim_end_matches([':', '*']);
        let parts = known.split([':', '-']).filter(|part| !part.is_empty());
        let octets: Option<Vec<u8>> = parts.map(|part| u8::from_str_radix(part, 16).ok()).collect();
        let octets = octets.filter(|octets| octets.len() <= 6);
        let octets = octets.ok_or_else(|| {
            refused(format!("`RandMAC` takes the first octets of an address, `02:00`, not `{prefix}`"))
        })?;
        Ok(RandomValue { random: Box::new(Random::Mac(octets.into())) })
    }
    /// One of several values.
    fn RandChoice<'v>(#[starlark(args)] values: UnpackTuple<Value<'v>>) -> starlark::Result<RandomValue> {
        let values: Vec<Given> = values.items.into_iter().map(convert::value).collect::<Result<_, _>>()?;
        Ok(RandomValue { random: Box::new(Random::Choice(values.into())) })
    }
}
