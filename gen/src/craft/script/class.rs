//! A layer's name in the language: called with fields, it makes a layer.

use super::convert;
use super::packet::PacketValue;
use crate::craft::catalog::{Catalog, ClassId};
use crate::craft::value::{Layer, Packet, Value as Given};
use allocative::Allocative;
use starlark::eval::{Arguments, Evaluator};
use starlark::starlark_simple_value;
use starlark::values::structs::AllocStruct;
use starlark::values::{
    Heap, NoSerialize, ProvidesStaticType, StarlarkPagable, StarlarkValue, Value, starlark_value,
};
use std::fmt;

/// The catalog, as values of the language hold it.
#[derive(Clone, Copy)]
pub(crate) struct Shared(pub(crate) &'static Catalog);

impl Default for Shared {
    fn default() -> Self {
        Shared(Catalog::builtin())
    }
}

#[derive(ProvidesStaticType, NoSerialize, Allocative, StarlarkPagable)]
pub(crate) struct ClassValue {
    #[allocative(skip)]
    #[starlark_pagable(skip)]
    catalog: Shared,
    #[allocative(skip)]
    #[starlark_pagable(skip)]
    pub(crate) class: ClassId,
}

starlark_simple_value!(ClassValue);

impl ClassValue {
    pub(crate) fn new(catalog: &'static Catalog, class: ClassId) -> ClassValue {
        ClassValue { catalog: Shared(catalog), class }
    }

    /// The layer with everything automatic.
    pub(crate) fn made(&self) -> PacketValue {
        PacketValue::new(self.catalog.0, Packet::new(vec![Layer::new(self.class)]))
    }

    /// The fields of the layer: their names.
    pub(crate) fn fields_desc<'v>(&self, heap: Heap<'v>) -> Value<'v> {
        let class = self.catalog.0.class(self.class);
        let fields = class.field_names().map(|name| heap.alloc(AllocStruct([("name", heap.alloc(name))])));
        heap.alloc(fields.collect::<Vec<_>>())
    }

    pub(crate) fn name(&self) -> &'static str {
        self.catalog.0.class(self.class).name
    }
}

impl fmt::Debug for ClassValue {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

impl fmt::Display for ClassValue {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

/// A field's name as people type it.
pub(crate) fn plain(name: &str) -> &str {
    if name == super::source::LOAD { "load" } else { name }
}

#[starlark_value(type = "layer")]
impl<'v> StarlarkValue<'v> for ClassValue {
    fn invoke(
        &self,
        _me: Value<'v>,
        arguments: &Arguments<'v, '_>,
        evaluator: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        let heap = evaluator.heap();
        let mut layer = Layer::new(self.class);
        let positional = arguments.positions(heap)?.collect::<Vec<_>>();
        if let Some(first) = positional.first() {
            // scapy takes octets to dissect, and Raw(b"…") is usual
            let value = convert::value(*first)?;
            let class = self.catalog.0.class(self.class);
            if class.part && class.name("val").is_some() {
                // values of ASN.1 are written as ASN1_INTEGER(5)
                layer.set(self.catalog.0, "val", value).map_err(convert::fault)?;
            } else if self.name() == "Raw" || self.name() == "Padding" {
                layer.set(self.catalog.0, "load", value).map_err(convert::fault)?;
            } else if let Some(octets) = convert::octets(&value) {
                let packet = super::functions::dissected(self.catalog.0, self.class, &octets);
                return Ok(heap.alloc(PacketValue::new(self.catalog.0, packet)));
            } else {
                return Err(convert::fault(crate::craft::error::CraftError::NoField {
                    layer: self.name().into(),
                    field: "(without a name)".into(),
                    near: None,
                }));
            }
        }
        for (name, value) in arguments.names_map()? {
            let value: Given = convert::value(value)?;
            layer.set(self.catalog.0, plain(name.as_str()), value).map_err(convert::fault)?;
        }
        Ok(heap.alloc(PacketValue::new(self.catalog.0, Packet::new(vec![layer]))))
    }

    fn equals(&self, other: Value<'v>) -> starlark::Result<bool> {
        Ok(ClassValue::from_value(other).is_some_and(|other| other.class == self.class))
    }

    fn get_attr(&self, attribute: &str, heap: Heap<'v>) -> Option<Value<'v>> {
        match attribute {
            "name" | "__name__" => Some(heap.alloc(self.name())),
            "fields_desc" => Some(self.fields_desc(heap)),
            // entries that scapy declares within a layer: `BGPPAASPath.ASPathSegment`
            _ => {
                let inner = self.catalog.0.named(&format!("{}.{attribute}", self.name()))?;
                Some(heap.alloc(ClassValue::new(self.catalog.0, inner)))
            }
        }
    }

    fn div(&self, other: Value<'v>, heap: Heap<'v>) -> starlark::Result<Value<'v>> {
        heap.alloc(self.made()).div(other, heap)
    }

    fn dir_attr(&self) -> Vec<String> {
        vec!["name".into(), "fields_desc".into()]
    }
}
