//! A packet so many times: it is not stored so often.

use super::PacketValue;
use super::described::describe;
use crate::craft::script::class::Shared;
use crate::craft::script::{convert, functions};
use crate::craft::value::{Packet, Value as Given};
use allocative::Allocative;
use starlark::starlark_simple_value;
use starlark::values::{
    Heap, NoSerialize, ProvidesStaticType, StarlarkPagable, StarlarkValue, Value, starlark_value,
};
use std::fmt;

pub(super) fn repeat<'v>(packet: &PacketValue, times: u64, heap: Heap<'v>) -> Value<'v> {
    heap.alloc(Repeated { packet: packet.packet(), times, catalog: packet.catalog })
}

/// How often: a number below 0 is none at all, as for lists; what is no whole number is not taken.
pub(super) fn times(value: Value<'_>) -> Option<u64> {
    match convert::value(value).ok()? {
        Given::Int(times) => Some(u64::try_from(times.max(0)).unwrap_or(u64::MAX)),
        _ => None,
    }
}

/// What `packet * n` gives.
#[derive(ProvidesStaticType, NoSerialize, Allocative, StarlarkPagable)]
pub(crate) struct Repeated {
    #[allocative(skip)]
    #[starlark_pagable(skip)]
    pub(crate) packet: Packet,
    #[allocative(skip)]
    #[starlark_pagable(skip)]
    catalog: Shared,
    pub(crate) times: u64,
}

const _: () =
    assert!(align_of::<Repeated>() <= 8 && align_of::<PacketValue>() <= 8, "what the script's heap gives");

starlark_simple_value!(Repeated);

impl fmt::Debug for Repeated {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

impl fmt::Display for Repeated {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("(")?;
        describe(self.catalog.0, &self.packet, out)?;
        write!(out, ")*{}", self.times)
    }
}

#[starlark_value(type = "packets")]
impl<'v> StarlarkValue<'v> for Repeated {
    fn length(&self) -> starlark::Result<i32> {
        Ok(i32::try_from(self.times).unwrap_or(i32::MAX))
    }

    fn at(&self, index: Value<'v>, heap: Heap<'v>) -> starlark::Result<Value<'v>> {
        match index.unpack_i32() {
            Some(at) if u64::try_from(at).is_ok_and(|at| at < self.times) => {
                Ok(heap.alloc(PacketValue::new(self.catalog.0, self.packet.clone())))
            }
            _ => Err(functions::refused(format!("there are {} packets", self.times))),
        }
    }

    fn iterate_collect(&self, heap: Heap<'v>) -> starlark::Result<Vec<Value<'v>>> {
        let times = self.times.min(1_000_000) as usize;
        Ok((0..times).map(|_| heap.alloc(PacketValue::new(self.catalog.0, self.packet.clone()))).collect())
    }

    fn mul(&self, other: Value<'v>, heap: Heap<'v>) -> Option<starlark::Result<Value<'v>>> {
        let times = self.times.saturating_mul(times(other)?);
        Some(Ok(heap.alloc(Repeated { packet: self.packet.clone(), times, catalog: self.catalog })))
    }

    fn rmul(&self, other: Value<'v>, heap: Heap<'v>) -> Option<starlark::Result<Value<'v>>> {
        self.mul(other, heap)
    }

    fn add(&self, other: Value<'v>, heap: Heap<'v>) -> Option<starlark::Result<Value<'v>>> {
        let mut all = vec![(self.packet.clone(), self.times)];
        convert::packets(other, &mut all).then(|| {
            let values = all
                .into_iter()
                .map(|(packet, times)| heap.alloc(Repeated { packet, times, catalog: self.catalog }));
            Ok(heap.alloc(values.collect::<Vec<_>>()))
        })
    }
}
