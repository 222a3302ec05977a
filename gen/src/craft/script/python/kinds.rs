//! `type(x)`: of a packet its layer, of other values what Python calls their type.

use super::super::packet::PacketValue;
use crate::craft::script::class::NO_LAYER;
use allocative::Allocative;
use starlark::environment::GlobalsBuilder;
use starlark::starlark_simple_value;
use starlark::values::{
    Heap, NoSerialize, ProvidesStaticType, StarlarkPagable, StarlarkValue, Value, starlark_value,
};
use std::fmt;

/// A type: what the host calls it, and what Python does.
#[derive(Debug, ProvidesStaticType, NoSerialize, Allocative, StarlarkPagable)]
pub(crate) struct TypeValue {
    host: String,
    name: String,
}

starlark_simple_value!(TypeValue);

impl TypeValue {
    pub(crate) fn of(value: Value<'_>) -> TypeValue {
        let host = value.get_type();
        let name = match host {
            "string" => "str",
            "packets" => "PacketList",
            "packet" => NO_LAYER,
            "flags" => "FlagValue",
            name => name,
        };
        TypeValue { host: host.into(), name: name.into() }
    }
}

impl fmt::Display for TypeValue {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "<class '{}'>", self.name)
    }
}

#[starlark_value(type = "type")]
impl<'v> StarlarkValue<'v> for TypeValue {
    /// Types are the functions that make them, `type(5) == int`, and the host's names, `type("") == "string"`.
    fn equals(&self, other: Value<'v>) -> starlark::Result<bool> {
        if let Some(other) = TypeValue::from_value(other) {
            return Ok(self.name == other.name);
        }
        Ok(match other.unpack_str() {
            Some(name) => name == self.host,
            None => other.get_type() == "function" && other.to_str() == self.name,
        })
    }

    fn get_attr(&self, attribute: &str, heap: Heap<'v>) -> Option<Value<'v>> {
        (attribute == "__name__").then(|| heap.alloc(self.name.as_str()))
    }

    fn dir_attr(&self) -> Vec<String> {
        vec!["__name__".into()]
    }
}

#[starlark::starlark_module]
pub(crate) fn register(builder: &mut GlobalsBuilder) {
    /// What a value is: of a packet the layer that it begins with.
    fn _type_<'v>(
        #[starlark(require = pos)] value: Value<'v>,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        let class = PacketValue::from_value(value).and_then(|packet| packet.class_value(&packet.whole()));
        Ok(class.map_or_else(|| heap.alloc(TypeValue::of(value)), |class| heap.alloc(class)))
    }
}
