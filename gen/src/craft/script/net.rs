//! Sets of addresses: `Net("10.0.0.0/30")`, `Net("10.0.0.1", "10.0.0.9")`.

use super::functions::refused;
use crate::craft::encode;
use allocative::Allocative;
use starlark::environment::GlobalsBuilder;
use starlark::starlark_simple_value;
use starlark::values::{
    Heap, NoSerialize, ProvidesStaticType, StarlarkPagable, StarlarkValue, Value, starlark_value,
};
use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

/// Addresses of a network that a loop goes through.
const MOST: u128 = 1 << 24;

#[derive(Debug, ProvidesStaticType, NoSerialize, Allocative, StarlarkPagable)]
pub(crate) struct Net {
    text: String,
}

starlark_simple_value!(Net);

impl fmt::Display for Net {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

/// The first and the last of a set's addresses, and whether they are of IPv6.
fn ends(text: &str) -> Option<(u128, u128, bool)> {
    let of4 = |first: u32, count: u64| (u128::from(first), u128::from(first) + u128::from(count) - 1, false);
    if let Some((first, count)) = encode::network4(text).or_else(|| encode::span4(text)) {
        return Some(of4(first, count.max(1)));
    }
    if let Some((first, free)) = encode::network6(text) {
        let all = if free >= 128 { u128::MAX } else { (1 << free) - 1 };
        return Some((first, first.saturating_add(all), true));
    }
    if let Some((first, count)) = encode::span6(text) {
        return Some((first, first.saturating_add(u128::from(count.max(1)) - 1), true));
    }
    number(text).map(|(address, six)| (address, address, six))
}

/// An address as a number, and whether it is of IPv6.
fn number(text: &str) -> Option<(u128, bool)> {
    let of4 = text.parse::<Ipv4Addr>().ok().map(|address| (u128::from(u32::from(address)), false));
    of4.or_else(|| text.parse::<Ipv6Addr>().ok().map(|address| (u128::from(address), true)))
}

fn address(number: u128, six: bool) -> String {
    if six { Ipv6Addr::from(number).to_string() } else { Ipv4Addr::from(number as u32).to_string() }
}

impl Net {
    /// What a field takes for it.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    fn new(first: &str, last: &str) -> starlark::Result<Net> {
        let text = if last.is_empty() { first.to_string() } else { format!("{first}-{last}") };
        let known = ends(&text).is_some();
        match (known, last.is_empty()) {
            (true, _) => Ok(Net { text }),
            (false, true) => {
                Err(refused(format!("`{first}` is no network: write `10.0.0.0/24` or an address")))
            }
            (false, false) => {
                Err(refused(format!("`{first}` to `{last}` is no range of addresses of one kind")))
            }
        }
    }
}

#[starlark_value(type = "Net")]
impl<'v> StarlarkValue<'v> for Net {
    fn iterate_collect(&self, heap: Heap<'v>) -> starlark::Result<Vec<Value<'v>>> {
        let Some((first, last, six)) = ends(&self.text) else { return Ok(Vec::new()) };
        if last - first >= MOST {
            return Err(refused(format!(
                "{} has more than {MOST} addresses, too many for a loop: give it to a field, `IP(dst=Net(…))`",
                self.text
            )));
        }
        Ok((first..=last).map(|number| heap.alloc(address(number, six))).collect())
    }

    fn is_in(&self, other: Value<'v>) -> starlark::Result<bool> {
        let Some((first, last, six)) = ends(&self.text) else { return Ok(false) };
        let other = other.unpack_str().or_else(|| Net::from_value(other).map(Net::text)).and_then(ends);
        Ok(other.is_some_and(|(least, most, kind)| kind == six && first <= least && most <= last))
    }

    fn equals(&self, other: Value<'v>) -> starlark::Result<bool> {
        let other = Net::from_value(other).map(Net::text).or_else(|| other.unpack_str());
        Ok(other.and_then(ends).is_some_and(|other| ends(&self.text) == Some(other)))
    }

    fn collect_repr(&self, out: &mut String) {
        out.push_str(&format!("Net(\"{}\")", self.text));
    }

    fn length(&self) -> starlark::Result<i32> {
        let count = ends(&self.text).map_or(0, |(first, last, _)| (last - first).saturating_add(1));
        Ok(i32::try_from(count).unwrap_or(i32::MAX))
    }

    fn get_attr(&self, attribute: &str, heap: Heap<'v>) -> Option<Value<'v>> {
        let (first, last, six) = ends(&self.text)?;
        match attribute {
            "count" => Some(heap.alloc(u64::try_from((last - first).saturating_add(1)).unwrap_or(u64::MAX))),
            "start" => Some(heap.alloc(address(first, six))),
            "stop" => Some(heap.alloc(address(last, six))),
            _ => None,
        }
    }

    fn dir_attr(&self) -> Vec<String> {
        ["count", "start", "stop"].map(str::to_string).to_vec()
    }

    fn at(&self, index: Value<'v>, heap: Heap<'v>) -> starlark::Result<Value<'v>> {
        let (first, last, six) = ends(&self.text).ok_or_else(|| refused("there is no address".into()))?;
        let index =
            index.unpack_i32().ok_or_else(|| refused("the place of an address is a number".into()))?;
        let distance = u128::from(index.unsigned_abs());
        let at = if index < 0 { (last + 1).checked_sub(distance) } else { first.checked_add(distance) };
        let at = at.filter(|at| (first..=last).contains(at));
        at.map(|at| heap.alloc(address(at, six)))
            .ok_or_else(|| refused(format!("{} has no address {index}", self.text)))
    }
}

#[starlark::starlark_module]
pub(crate) fn register(builder: &mut GlobalsBuilder) {
    /// A set of addresses: a network, `Net("10.0.0.0/24")`, or from one address to another, both included.
    fn Net(
        #[starlark(require = pos)] network: &str,
        #[starlark(require = pos, default = "")] last: &str,
    ) -> starlark::Result<Net> {
        self::Net::new(network, last)
    }

    /// The same for IPv6.
    fn Net6(
        #[starlark(require = pos)] network: &str,
        #[starlark(require = pos, default = "")] last: &str,
    ) -> starlark::Result<Net> {
        self::Net::new(network, last)
    }
}
