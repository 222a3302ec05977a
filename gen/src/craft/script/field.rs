//! A field as a value: what `IP.fields_desc` lists and `p.get_field("proto")` gives.

use super::class::ClassValue;
use super::functions::refused;
use super::packet::{PacketValue, default_of};
use super::python::{iterate, repr};
use super::{convert, shown};
use crate::craft::script::fault::article;
use allocative::Allocative;
use starlark::environment::{Methods, MethodsBuilder};
use starlark::starlark_simple_value;
use starlark::values::{
    Heap, NoSerialize, ProvidesStaticType, StarlarkPagable, StarlarkValue, Value, starlark_value,
};
use std::fmt;

#[derive(Debug, ProvidesStaticType, NoSerialize, Allocative, StarlarkPagable)]
pub(crate) struct FieldValue {
    class: ClassValue,
    name: String,
}

starlark_simple_value!(FieldValue);

impl FieldValue {
    pub(crate) fn new(class: ClassValue, name: &str) -> FieldValue {
        FieldValue { class, name: name.into() }
    }
}

/// `<IP.ttl>`, as scapy shows it.
impl fmt::Display for FieldValue {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "<{}.{}>", self.class.name(), self.name)
    }
}

#[starlark_value(type = "field")]
impl<'v> StarlarkValue<'v> for FieldValue {
    fn get_methods() -> Option<&'static Methods> {
        Some(METHODS.methods())
    }

    fn get_attr(&self, attribute: &str, heap: Heap<'v>) -> Option<Value<'v>> {
        let catalog = self.class.catalog();
        let class = catalog.class(self.class.class);
        match attribute {
            "name" => Some(heap.alloc(self.name.as_str())),
            "default" => Some(convert::back(catalog, &default_of(class, &self.name), heap)),
            "owners" => Some(heap.alloc(vec![heap.alloc(self.class)])),
            "__class__" => None,
            _ => None,
        }
    }

    fn dir_attr(&self) -> Vec<String> {
        ["name", "default", "owners"].map(str::to_string).to_vec()
    }
}

starlark::methods_static!(METHODS = methods);

#[starlark::starlark_module]
fn methods(builder: &mut MethodsBuilder) {
    /// A value of the field as it is shown: the name that it has, if it has one.
    fn i2repr<'v>(
        this: Value<'v>,
        #[starlark(require = pos)] pkt: Value<'v>,
        #[starlark(require = pos)] val: Value<'v>,
    ) -> starlark::Result<String> {
        let _ = pkt;
        let field = FieldValue::from_value(this)
            .ok_or_else(|| refused(format!("a field is wanted, not {}", article(this.get_type()))))?;
        let class = field.class.catalog().class(field.class.class);
        let word = iterate::number(val)
            .zip(class.name(&field.name))
            .and_then(|(number, id)| shown::word(class, id, number));
        Ok(word.unwrap_or_else(|| repr::repr(val)))
    }
}

/// A field of a packet's first layer, or of the first above it that has one of the name.
pub(crate) fn of_packet(packet: &PacketValue, name: &str) -> Option<FieldValue> {
    let whole = packet.whole();
    let at = packet.layer_with(&whole, name)?;
    let layer = whole.layers.get(at)?;
    Some(FieldValue::new(ClassValue::new(packet.catalog(), layer.class), name))
}
