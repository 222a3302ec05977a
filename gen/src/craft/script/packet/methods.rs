//! Methods of packets.

use super::{PacketValue, Wanted, stack_fault};
use crate::craft::script::class::ClassValue;
use crate::craft::script::{answered, convert, field, functions, python, shown};
use crate::craft::value::Value as Given;
use starlark::collections::SmallMap;
use starlark::environment::{Methods, MethodsBuilder};
use starlark::eval::Evaluator;
use starlark::values::none::NoneType;
use starlark::values::{Heap, Value};
use std::sync::PoisonError;

pub(super) fn all() -> &'static Methods {
    METHODS.methods()
}

starlark::methods_static!(METHODS = methods);

#[starlark::starlark_module]
fn methods(builder: &mut MethodsBuilder) {
    /// Prints the packet as a tree; with `dump` it gives the text.
    fn show<'v>(
        this: Value<'v>,
        #[starlark(default = false)] dump: bool,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        functions::show(functions::packet_of(this)?, dump, eval)
    }

    /// Prints the packet as a tree, everything automatic filled in; with `dump` it gives the text.
    fn show2<'v>(
        this: Value<'v>,
        #[starlark(default = false)] dump: bool,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        functions::show(functions::packet_of(this)?, dump, eval)
    }

    /// The packet in a text with places for its fields: `p.sprintf("%IP.src% {TCP:%TCP.dport%}")`.
    fn sprintf<'v>(
        this: Value<'v>,
        #[starlark(require = pos)] fmt: &str,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<String> {
        shown::sprintf(functions::packet_of(this)?, fmt, eval)
    }

    /// Whether the packet answers another one, by the rules that `nettool ask` has.
    fn answers<'v>(this: Value<'v>, #[starlark(require = pos)] other: Value<'v>) -> starlark::Result<bool> {
        answered::answers(functions::packet_of(this)?, functions::packet_of(other)?)
    }

    /// The packet as one types it.
    fn command<'v>(this: Value<'v>, heap: Heap<'v>) -> starlark::Result<String> {
        let packet = functions::packet_of(this)?;
        Ok(shown::command(packet.catalog(), &packet.packet(), heap))
    }

    /// The value of a field.
    fn getfieldval<'v>(
        this: Value<'v>,
        #[starlark(require = pos)] attr: &str,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        this.get_attr_error(attr, heap)
    }

    /// Gives a field a value.
    fn setfieldval<'v>(
        this: Value<'v>,
        #[starlark(require = pos)] attr: &str,
        #[starlark(require = pos)] val: Value<'v>,
    ) -> starlark::Result<NoneType> {
        this.set_attr(attr, val)?;
        Ok(NoneType)
    }

    /// Leaves a field to be filled in.
    fn delfieldval<'v>(this: Value<'v>, #[starlark(require = pos)] attr: &str) -> starlark::Result<NoneType> {
        this.set_attr(attr, Value::new_none())?;
        Ok(NoneType)
    }

    /// A field of the layer.
    fn get_field<'v>(
        this: Value<'v>,
        #[starlark(require = pos)] fld: &str,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        match field::of_packet(functions::packet_of(this)?, fld) {
            Some(field) => Ok(heap.alloc(field)),
            None => this.get_attr_error(fld, heap),
        }
    }

    /// A field and its value.
    fn getfield_and_val<'v>(
        this: Value<'v>,
        #[starlark(require = pos)] attr: &str,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        let value = this.get_attr_error(attr, heap)?;
        let field = field::of_packet(functions::packet_of(this)?, attr);
        let field = field.map_or_else(Value::new_none, |field| heap.alloc(field));
        Ok(heap.alloc((field, value)))
    }

    /// Nothing is changed: fields that have their usual value are written the same either way.
    fn hide_defaults<'v>(this: Value<'v>) -> starlark::Result<NoneType> {
        functions::packet_of(this)?;
        Ok(NoneType)
    }

    /// The packet on one line.
    fn summary<'v>(this: Value<'v>) -> starlark::Result<String> {
        functions::summary(functions::packet_of(this)?)
    }

    /// Whether the packet has a layer.
    fn haslayer<'v>(this: Value<'v>, #[starlark(require = pos)] layer: Value<'v>) -> starlark::Result<bool> {
        let packet = functions::packet_of(this)?;
        Ok(Wanted::of(layer).is_some_and(|wanted| packet.find(&wanted, 0).is_some()))
    }

    /// The nth layer of a kind, or `None`.
    fn getlayer<'v>(
        this: Value<'v>,
        #[starlark(require = pos)] layer: Value<'v>,
        #[starlark(default = 1)] nb: i32,
        #[starlark(kwargs)] fields: SmallMap<String, Value<'v>>,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        let packet = functions::packet_of(this)?;
        if let Some(index) = layer.unpack_i32().and_then(|index| usize::try_from(index).ok()) {
            let at = packet.at.saturating_add(index);
            let there = packet.whole().layers.len() > at;
            return Ok(if there { heap.alloc(packet.view_of(at)) } else { Value::new_none() });
        }
        let nth = usize::try_from(nb).unwrap_or(1).max(1) - 1;
        let Some(wanted) = Wanted::of(layer) else { return Ok(Value::new_none()) };
        if fields.is_empty() {
            let found = packet.find(&wanted, nth);
            return Ok(found.map_or_else(Value::new_none, |found| heap.alloc(found)));
        }
        // the nth of those whose fields have the values that are given
        let mut left = nth;
        for found in (0..).map_while(|nth| packet.find(&wanted, nth)) {
            let mut fits = true;
            for (name, value) in &fields {
                fits &= match found.value_of(name, heap) {
                    Some(known) => python::same(known, *value)?,
                    None => false,
                };
            }
            if fits && left == 0 {
                return Ok(heap.alloc(found));
            }
            left -= usize::from(fits);
        }
        Ok(Value::new_none())
    }

    /// The packet with names of its DNS layer that point to where they stood before.
    fn compress<'v>(this: Value<'v>, heap: Heap<'v>) -> starlark::Result<Value<'v>> {
        functions::compressed(functions::packet_of(this)?, heap)
    }

    /// The innermost layer.
    fn lastlayer<'v>(this: Value<'v>, heap: Heap<'v>) -> starlark::Result<Value<'v>> {
        let packet = functions::packet_of(this)?;
        let last = packet.whole().layers.len().saturating_sub(1);
        Ok(heap.alloc(packet.view_of(last.max(packet.at))))
    }

    /// The outermost layer.
    fn firstlayer<'v>(this: Value<'v>, heap: Heap<'v>) -> starlark::Result<Value<'v>> {
        Ok(heap.alloc(functions::packet_of(this)?.view_of(0)))
    }

    /// IPv4 fragments, each with at most so many octets of payload.
    fn fragment<'v>(
        this: Value<'v>,
        #[starlark(default = 1480)] fragsize: i32,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        functions::fragments(functions::packet_of(this)?, fragsize, heap)
    }

    /// Takes off what stands on the layer.
    fn remove_payload<'v>(this: Value<'v>) -> starlark::Result<NoneType> {
        let packet = functions::packet_of(this)?;
        let mut stack = packet.stack.lock().unwrap_or_else(PoisonError::into_inner);
        *stack = stack.with_layers(stack.layers.get(..=packet.at).unwrap_or_default().to_vec());
        Ok(NoneType)
    }

    /// Puts a layer, text or octets on top.
    fn add_payload<'v>(
        this: Value<'v>,
        #[starlark(require = pos)] payload: Value<'v>,
    ) -> starlark::Result<NoneType> {
        let packet = functions::packet_of(this)?;
        let upper = match convert::value(payload)? {
            Given::Packet(upper) => Some(upper),
            value => convert::raw(packet.catalog(), value),
        };
        let upper = upper.ok_or_else(|| stack_fault(payload))?;
        let mut stack = packet.stack.lock().unwrap_or_else(PoisonError::into_inner);
        let mut layers = stack.layers.to_vec();
        layers.extend(upper.layers.iter().cloned());
        *stack = stack.with_layers(layers);
        Ok(NoneType)
    }

    /// A packet of its own with the same layers.
    fn copy<'v>(this: Value<'v>, heap: Heap<'v>) -> starlark::Result<Value<'v>> {
        let packet = functions::packet_of(this)?;
        let copied = PacketValue::new(packet.catalog(), packet.whole());
        Ok(heap.alloc(PacketValue { at: packet.at, ..copied }))
    }

    /// The packet's octets.
    fn __bytes__<'v>(this: Value<'v>, heap: Heap<'v>) -> starlark::Result<Value<'v>> {
        let octets = functions::octets_of(functions::packet_of(this)?)?;
        Ok(heap.alloc(starlark::values::bytes::StarlarkBytes::new(&octets)))
    }

    /// The packet's octets.
    fn build<'v>(this: Value<'v>, heap: Heap<'v>) -> starlark::Result<Value<'v>> {
        let octets = functions::octets_of(functions::packet_of(this)?)?;
        Ok(heap.alloc(starlark::values::bytes::StarlarkBytes::new(&octets)))
    }

    /// The layers, outermost first.
    fn layers<'v>(this: Value<'v>) -> starlark::Result<Vec<ClassValue>> {
        let packet = functions::packet_of(this)?;
        let catalog = packet.catalog();
        Ok(packet.packet().layers.iter().map(|layer| ClassValue::new(catalog, layer.class)).collect())
    }
}
