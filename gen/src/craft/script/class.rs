//! A layer's name in the language: called with fields, it makes a layer.

use super::convert;
use super::field::FieldValue;
use super::packet::PacketValue;
use crate::craft::catalog::{Catalog, ClassId};
use crate::craft::value::{Layer, Packet, Value as Given};
use allocative::Allocative;
use starlark::eval::{Arguments, Evaluator};
use starlark::starlark_simple_value;
use starlark::values::{
    Heap, NoSerialize, ProvidesStaticType, StarlarkPagable, StarlarkValue, Value, starlark_value,
};
use std::fmt;

/// What a packet without layers is called.
pub(crate) const NO_LAYER: &str = "NoPayload";

/// The catalog, as values of the language hold it.
#[derive(Clone, Copy)]
pub(crate) struct Shared(pub(crate) &'static Catalog);

impl Default for Shared {
    fn default() -> Self {
        Shared(Catalog::builtin())
    }
}

#[derive(Clone, Copy, ProvidesStaticType, NoSerialize, Allocative, StarlarkPagable)]
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
        let names = super::listing::usual_names(class).into_iter();
        let fields = names.map(|name| heap.alloc(FieldValue::new(*self, name)));
        heap.alloc(fields.collect::<Vec<_>>())
    }

    fn given(&self, field: &str, value: Value<'_>) -> starlark::Result<Given> {
        convert::of_field(self.catalog.0, self.class, plain(field), value)
    }

    /// The fault of a value without a name.
    fn takes_names(&self, value: Value<'_>) -> starlark::Error {
        let class = self.catalog.0.class(self.class);
        let field = super::listing::usual_names(class).first().copied().unwrap_or("field").to_string();
        super::functions::refused(format!(
            "`{}` takes fields by their names, `{}({field}=…)`, or octets to take apart, not {}",
            self.name(),
            self.name(),
            super::fault::article(value.get_type())
        ))
    }

    /// The fault of a value that no field takes, with the field's name.
    fn no_value(&self, field: &str, value: Value<'_>, fault: starlark::Error) -> starlark::Error {
        if !convert::is_no_value(&fault) {
            return fault;
        }
        convert::fault(crate::craft::error::CraftError::Kind {
            layer: self.name().into(),
            field: plain(field).into(),
            wants: "a number, text, octets, a packet or a list of them",
            value: match value.get_type() {
                "function" => format!("a function; call it: `{}()`", value.to_str()),
                kind @ ("dict" | "set") => {
                    format!("{}; several values are a list: `[1, 2]`", super::fault::article(kind))
                }
                kind => super::fault::article(kind),
            },
            near: None,
        })
    }

    pub(crate) fn catalog(&self) -> &'static Catalog {
        self.catalog.0
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
        let mut above = Vec::new();
        if let Some(second) = positional.get(1) {
            return Err(self.takes_names(*second));
        }
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
                if arguments.names_map()?.is_empty() || packet.layers.is_empty() {
                    return Ok(heap.alloc(PacketValue::new(self.catalog.0, packet)));
                }
                let mut layers = packet.layers.iter().cloned();
                layer = layers.next().unwrap_or(layer);
                above.extend(layers);
            } else {
                return Err(self.takes_names(*first));
            }
        }
        for (name, value) in arguments.names_map()? {
            let given: Given = self
                .given(name.as_str(), value)
                .map_err(|fault| self.no_value(name.as_str(), value, fault))?;
            layer.set(self.catalog.0, plain(name.as_str()), given).map_err(convert::fault)?;
        }
        let layers = std::iter::once(layer).chain(above).collect();
        Ok(heap.alloc(PacketValue::new(self.catalog.0, Packet::new(layers))))
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
