//! A packet in the language: a stack of layers, of which this value is the part from one layer on. Parts of one packet share
//! it, so that `p[IP].ttl = 3` changes `p`; `/` makes a new packet.

use super::class::{ClassValue, Shared, plain};
use super::convert;
use super::functions;
use crate::craft::catalog::{Catalog, Class, NameId};
use crate::craft::entries;
use crate::craft::error::CraftError;
use crate::craft::expand;
use crate::craft::value::{Layer, Packet, Value as Given};
use allocative::Allocative;
use nettool_dissect::schema::{Auto, Given as Preset, Kind};
use nettool_plugins::limits::Charge;
use starlark::environment::{Methods, MethodsBuilder};
use starlark::eval::Evaluator;
use starlark::starlark_simple_value;
use starlark::values::none::NoneType;
use starlark::values::{
    Heap, NoSerialize, ProvidesStaticType, StarlarkPagable, StarlarkValue, Value, starlark_value,
};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

#[derive(ProvidesStaticType, NoSerialize, Allocative, StarlarkPagable)]
pub(crate) struct PacketValue {
    #[allocative(skip)]
    #[starlark_pagable(skip)]
    catalog: Shared,
    #[allocative(skip)]
    #[starlark_pagable(skip)]
    stack: Arc<Mutex<Packet>>,
    /// The layer that this value begins with.
    at: usize,
    /// Where it stands in another packet, if it is a value of a field there.
    #[allocative(skip)]
    #[starlark_pagable(skip)]
    place: Option<Arc<Place>>,
    #[allocative(skip)]
    #[starlark_pagable(skip)]
    _held: Held,
}

/// A field of a packet, or one entry of a list that is its value: what is changed in the entry changes there too.
pub(crate) struct Place {
    stack: Arc<Mutex<Packet>>,
    at: usize,
    name: NameId,
    index: Option<usize>,
    up: Option<Arc<Place>>,
}

impl Place {
    /// Puts the changed entry where the old one stands. One that stands there no longer has its own life.
    fn store(&self, catalog: &Catalog, old: &Packet, new: &Packet) {
        let mut stack = self.stack.lock().unwrap_or_else(PoisonError::into_inner);
        let before = stack.clone();
        let mut layers = stack.layers.to_vec();
        if let Some(layer) = layers.get_mut(self.at) {
            layer.edited();
        }
        take_apart(catalog, &before, &mut layers, self.at);
        let Some(layer) = layers.get_mut(self.at) else { return };
        let Some((_, value)) = layer.set.iter_mut().find(|(name, _)| *name == self.name) else { return };
        match (value, self.index) {
            (Given::List(values), Some(index)) => {
                let mut all = values.to_vec();
                match all.get_mut(index) {
                    Some(Given::Packet(known)) if known == old => *known = new.clone(),
                    _ => return,
                }
                *values = all.into();
            }
            (Given::Packet(known), None) if known == old => *known = new.clone(),
            _ => return,
        }
        *stack = Packet { below: stack.below, ..Packet::new(layers) };
        let after = stack.clone();
        drop(stack);
        if let Some(up) = &self.up {
            up.store(catalog, &before, &after);
        }
    }
}

/// Makes layers of the lists that a layer holds as octets.
fn take_apart(catalog: &Catalog, packet: &Packet, layers: &mut [Layer], at: usize) {
    let lists = entries::of_layer(catalog, packet, at).unwrap_or_default();
    let Some(layer) = layers.get_mut(at) else { return };
    for (name, entries) in lists {
        layer.put(&[], name, entries);
    }
}

/// What a packet holds outside of the language's heap.
struct Held {
    _charge: Charge,
}

/// Octets of a layer and its fields, on average.
const LAYER: usize = 160;

impl Held {
    fn of(layers: usize) -> Held {
        Held { _charge: Charge::new(layers.saturating_add(1).saturating_mul(LAYER)) }
    }
}

impl Default for Held {
    fn default() -> Held {
        Held::of(0)
    }
}

starlark_simple_value!(PacketValue);

impl PacketValue {
    pub(crate) fn new(catalog: &'static Catalog, packet: Packet) -> PacketValue {
        let held = Held::of(packet.layers.len());
        PacketValue {
            catalog: Shared(catalog),
            stack: Arc::new(Mutex::new(packet)),
            at: 0,
            place: None,
            _held: held,
        }
    }

    /// The layers from this one on.
    pub(crate) fn packet(&self) -> Packet {
        let stack = self.stack.lock().unwrap_or_else(PoisonError::into_inner);
        if self.at == 0 {
            return stack.clone();
        }
        Packet::new(stack.layers.get(self.at..).unwrap_or_default().to_vec())
    }

    /// The layers from this one on, and those below as what they stand on.
    pub(crate) fn in_context(&self) -> Packet {
        Packet { below: self.at, ..self.whole() }
    }

    /// The whole packet, the layers before this one included.
    pub(crate) fn whole(&self) -> Packet {
        self.stack.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn catalog(&self) -> &'static Catalog {
        self.catalog.0
    }

    fn view_of(&self, at: usize) -> PacketValue {
        PacketValue {
            catalog: self.catalog,
            stack: Arc::clone(&self.stack),
            at,
            place: self.place.clone(),
            _held: Held::of(0),
        }
    }

    /// The nth layer of a class, counted from this value's first.
    pub(crate) fn find(&self, wanted: &Wanted, nth: usize) -> Option<PacketValue> {
        let stack = self.stack.lock().unwrap_or_else(PoisonError::into_inner);
        let found = stack
            .layers
            .iter()
            .enumerate()
            .skip(self.at)
            .filter(|(_, layer)| wanted.is(self.catalog.0, layer))
            .nth(nth);
        let at = found.map(|(at, _)| at)?;
        drop(stack);
        Some(self.view_of(at))
    }

    /// The first layer from this one on that has a field of this name.
    fn layer_with(&self, packet: &Packet, field: &str) -> Option<usize> {
        let layers = packet.layers.iter().enumerate().skip(self.at);
        layers
            .into_iter()
            .find(|(_, layer)| self.catalog.0.class(layer.class).name(field).is_some())
            .map(|(at, _)| at)
    }

    fn set_field(&self, field: &str, value: Given) -> Result<(), CraftError> {
        let mut stack = self.stack.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(at) = self.layer_with(&stack, field) else {
            let first = stack.layers.get(self.at).map(|layer| self.catalog.0.class(layer.class));
            return Err(first.map_or(CraftError::TooDeep(0), |class| class.no_such_field(field)));
        };
        let before = stack.clone();
        let mut layers = stack.layers.to_vec();
        if let Some(layer) = layers.get_mut(at) {
            layer.edited();
        }
        if let Some(layer) = layers.get(at) {
            let class = self.catalog.0.class(layer.class);
            let fields = class.name(field).map_or(&[][..], |id| class.fields_of(id));
            // what stands behind a list moves with it: names that point there are written whole
            if fields.iter().any(|field| field.kind == Kind::Label) {
                take_apart(self.catalog.0, &before, &mut layers, at);
            }
        }
        if let Some(layer) = layers.get_mut(at) {
            layer.set(self.catalog.0, field, value)?;
        }
        *stack = Packet { below: stack.below, ..Packet::new(layers) };
        let after = stack.clone();
        drop(stack);
        if let Some(place) = &self.place {
            place.store(self.catalog.0, &before, &after);
        }
        Ok(())
    }
}

impl PacketValue {
    /// The value of a field; packets in it know where they stand.
    fn back<'v>(&self, at: usize, name: NameId, value: &Given, heap: Heap<'v>) -> Value<'v> {
        let placed = |packet: &Packet, index: Option<usize>| {
            let (stack, up) = (Arc::clone(&self.stack), self.place.clone());
            let place = Place { stack, at, name, index, up };
            let value = PacketValue::new(self.catalog.0, packet.clone());
            heap.alloc(PacketValue { place: Some(Arc::new(place)), ..value })
        };
        match value {
            Given::Packet(packet) => placed(packet, None),
            Given::List(values) => {
                let entry = |(index, value): (usize, &Given)| match value {
                    Given::Packet(packet) => placed(packet, Some(index)),
                    value => convert::back(self.catalog.0, value, heap),
                };
                heap.alloc(values.iter().enumerate().map(entry).collect::<Vec<_>>())
            }
            value => convert::back(self.catalog.0, value, heap),
        }
    }
}

/// A layer asked for by its class or its name.
pub(crate) enum Wanted {
    Class(crate::craft::catalog::ClassId),
    Name(String),
}

impl Wanted {
    pub(crate) fn of(value: Value<'_>) -> Option<Wanted> {
        if let Some(class) = ClassValue::from_value(value) {
            return Some(Wanted::Class(class.class));
        }
        value.unpack_str().map(|name| Wanted::Name(name.into()))
    }

    fn is(&self, catalog: &Catalog, layer: &Layer) -> bool {
        let class = catalog.class(layer.class);
        match self {
            Wanted::Class(id) => {
                let wanted = catalog.class(*id);
                *id == layer.class
                    || !wanted.part
                        && wanted.sets.is_empty()
                        && wanted.protocol == class.protocol
                        && !class.part
            }
            Wanted::Name(name) => class.name == name || class.declaration.name == name,
        }
    }
}

impl fmt::Debug for PacketValue {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

impl fmt::Display for PacketValue {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        describe(self.catalog.0, &self.packet(), out)
    }
}

/// A packet as one would type it.
fn describe(catalog: &Catalog, packet: &Packet, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (at, layer) in packet.layers.iter().enumerate() {
        if at > 0 {
            out.write_str("/")?;
        }
        let class = catalog.class(layer.class);
        write!(out, "{}(", class.name)?;
        for (at, (name, value)) in layer.set.iter().enumerate() {
            let comma = if at > 0 { ", " } else { "" };
            write!(out, "{comma}{}=", class.name_of(*name))?;
            describe_value(catalog, value, out)?;
        }
        out.write_str(")")?;
    }
    Ok(())
}

fn describe_value(catalog: &Catalog, value: &Given, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    let list = |values: &[Given], out: &mut fmt::Formatter<'_>| {
        values.iter().enumerate().try_for_each(|(at, value)| {
            out.write_str(if at > 0 { ", " } else { "" })?;
            describe_value(catalog, value, out)
        })
    };
    match value {
        Given::Auto => out.write_str("None"),
        Given::Int(number) => write!(out, "{number}"),
        Given::Float(fraction) => write!(out, "{fraction}"),
        Given::Text(text) => write!(out, "{text:?}"),
        Given::Octets(octets) => write!(out, "b\"{}\"", octets.escape_ascii()),
        Given::List(values) => {
            out.write_str("[")?;
            list(values, out)?;
            out.write_str("]")
        }
        Given::Tuple(values) => {
            out.write_str("(")?;
            list(values, out)?;
            out.write_str(if values.len() == 1 { ",)" } else { ")" })
        }
        Given::Packet(packet) => describe(catalog, packet, out),
        Given::Random(random) => write!(out, "<{random:?}>"),
    }
}

/// What a field has when nothing was given.
fn default_of(class: &Class, field: &str) -> Given {
    let Some(field) = class.name(field).and_then(|id| class.fields_of(id).first().copied()) else {
        return Given::Auto;
    };
    match class.sets.iter().find(|(name, _)| *name == field.name) {
        Some((_, Preset::Number(number))) => return Given::Int(i128::from(*number)),
        Some((_, Preset::Octets(octets))) => return Given::octets(octets),
        None => {}
    }
    if !matches!(field.auto, Auto::Default | Auto::Next(_)) {
        return Given::Auto;
    }
    match field.kind {
        Kind::Label => Given::List(Vec::new().into()),
        Kind::Ipv4 => Given::text(&std::net::Ipv4Addr::from(field.default as u32).to_string()),
        Kind::Ipv6 => {
            let octets: [u8; 16] = field.default_bytes.try_into().unwrap_or([0; 16]);
            Given::text(&std::net::Ipv6Addr::from(octets).to_string())
        }
        Kind::Mac => Given::text(&mac_text(field.default)),
        Kind::Bytes | Kind::Text | Kind::Made => Given::octets(field.default_bytes),
        _ => Given::Int(i128::from(field.default)),
    }
}

pub(crate) fn mac_text(number: u64) -> String {
    let octets = number.to_be_bytes();
    let parts: Vec<String> = octets.iter().skip(2).map(|octet| format!("{octet:02x}")).collect();
    parts.join(":")
}

#[starlark_value(type = "packet")]
impl<'v> StarlarkValue<'v> for PacketValue {
    fn get_methods() -> Option<&'static Methods> {
        Some(METHODS.methods())
    }

    fn div(&self, other: Value<'v>, heap: Heap<'v>) -> starlark::Result<Value<'v>> {
        let value = convert::value(other)?;
        let upper = match value {
            Given::Packet(packet) => vec![packet],
            value @ (Given::Text(_) | Given::Octets(_)) => {
                convert::raw(self.catalog.0, value).into_iter().collect()
            }
            Given::List(values) => {
                let packet = |value: &Given| match value {
                    Given::Packet(packet) => Some(packet.clone()),
                    value @ (Given::Text(_) | Given::Octets(_)) => {
                        convert::raw(self.catalog.0, value.clone())
                    }
                    _ => None,
                };
                values.iter().map(packet).collect::<Option<Vec<_>>>().ok_or_else(|| stack_fault(other))?
            }
            _ => return Err(stack_fault(other)),
        };
        let lower = self.whole();
        let stacked = upper.into_iter().map(|upper| {
            let mut layers = lower.layers.to_vec();
            layers.extend(upper.layers.iter().cloned());
            PacketValue { at: self.at, ..PacketValue::new(self.catalog.0, Packet::new(layers)) }
        });
        if other.get_type() == "list" {
            return Ok(heap.alloc(stacked.map(|packet| heap.alloc(packet)).collect::<Vec<_>>()));
        }
        match stacked.last() {
            Some(packet) => Ok(heap.alloc(packet)),
            None => Err(stack_fault(other)),
        }
    }

    fn mul(&self, other: Value<'v>, heap: Heap<'v>) -> Option<starlark::Result<Value<'v>>> {
        let times = other.unpack_i32()?;
        Some(repeat(self, times, heap))
    }

    fn rmul(&self, other: Value<'v>, heap: Heap<'v>) -> Option<starlark::Result<Value<'v>>> {
        self.mul(other, heap)
    }

    fn at(&self, index: Value<'v>, heap: Heap<'v>) -> starlark::Result<Value<'v>> {
        let (wanted, nth) = match starlark::values::tuple::TupleRef::from_value(index) {
            Some(pair) => (
                pair.content().first().copied().and_then(Wanted::of),
                pair.content().get(1).and_then(|n| n.unpack_i32()),
            ),
            None => match index.unpack_i32() {
                Some(at) => {
                    let at = self.at + usize::try_from(at).unwrap_or(usize::MAX / 2);
                    if self.whole().layers.len() > at {
                        return Ok(heap.alloc(self.view_of(at)));
                    }
                    return Err(functions::refused(format!("the packet has no layer {index}")));
                }
                None => (Wanted::of(index), Some(1)),
            },
        };
        let Some(wanted) = wanted else {
            return Err(functions::refused(format!(
                "a packet is asked for a layer, not for a {}",
                index.get_type()
            )));
        };
        let nth = usize::try_from(nth.unwrap_or(1)).unwrap_or(1).max(1) - 1;
        match self.find(&wanted, nth) {
            Some(found) => Ok(heap.alloc(found)),
            None => Err(functions::refused(format!("the packet has no layer {}", index.to_str()))),
        }
    }

    fn slice(
        &self,
        start: Option<Value<'v>>,
        stop: Option<Value<'v>>,
        stride: Option<Value<'v>>,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        // `p[IP:2]`: the second layer of that kind
        let wanted = start.and_then(Wanted::of).filter(|_| stride.is_none());
        let Some(wanted) = wanted else {
            return Err(functions::refused("a packet is asked for a layer, as in `p[IP:2]`".into()));
        };
        let nth = usize::try_from(stop.and_then(|nth| nth.unpack_i32()).unwrap_or(1)).unwrap_or(1).max(1) - 1;
        let found = self
            .find(&wanted, nth)
            .ok_or_else(|| functions::refused("the packet has no such layer".into()))?;
        Ok(heap.alloc(found))
    }

    fn is_in(&self, other: Value<'v>) -> starlark::Result<bool> {
        Ok(Wanted::of(other).is_some_and(|wanted| self.find(&wanted, 0).is_some()))
    }

    fn get_attr(&self, attribute: &str, heap: Heap<'v>) -> Option<Value<'v>> {
        let attribute = plain(attribute);
        let packet = self.whole();
        match attribute {
            "payload" => {
                return Some(if packet.layers.len() > self.at + 1 {
                    heap.alloc(self.view_of(self.at + 1))
                } else {
                    Value::new_none()
                });
            }
            "underlayer" => {
                return Some(
                    self.at.checked_sub(1).map_or_else(Value::new_none, |at| heap.alloc(self.view_of(at))),
                );
            }
            "name" if self.layer_with(&packet, "name").is_none() => {
                let layer = packet.layers.get(self.at)?;
                return Some(heap.alloc(self.catalog.0.class(layer.class).name));
            }
            _ => {}
        }
        let at = self.layer_with(&packet, attribute)?;
        let layer = packet.layers.get(at)?;
        let class = self.catalog.0.class(layer.class);
        let Some(name) = layer.named(self.catalog.0, attribute) else {
            return Some(convert::back(self.catalog.0, &default_of(class, attribute), heap));
        };
        let (name, value) = layer.set.get(name)?;
        let lists = match value {
            Given::Octets(_) => entries::of_layer(self.catalog.0, &packet, at).unwrap_or_default(),
            _ => Vec::new(),
        };
        let value = lists.iter().find(|(list, _)| list == name).map_or(value, |(_, list)| list);
        Some(self.back(at, *name, value, heap))
    }

    fn has_attr(&self, attribute: &str, _heap: Heap<'v>) -> bool {
        matches!(attribute, "payload" | "name" | "underlayer")
            || self.layer_with(&self.whole(), plain(attribute)).is_some()
    }

    fn dir_attr(&self) -> Vec<String> {
        let packet = self.whole();
        let layers = packet.layers.iter().skip(self.at);
        let mut names: Vec<String> = layers
            .flat_map(|layer| self.catalog.0.class(layer.class).field_names().map(str::to_string))
            .collect();
        names.sort();
        names.dedup();
        names
    }

    fn set_attr(&self, attribute: &str, value: Value<'v>) -> starlark::Result<()> {
        if attribute == "payload" {
            let upper = match convert::value(value)? {
                Given::Packet(packet) => packet,
                Given::Auto => Packet::default(),
                value => convert::raw(self.catalog.0, value).ok_or_else(|| stack_fault(Value::new_none()))?,
            };
            let mut stack = self.stack.lock().unwrap_or_else(PoisonError::into_inner);
            let mut layers = stack.layers.get(..=self.at).unwrap_or_default().to_vec();
            layers.extend(upper.layers.iter().cloned());
            *stack = Packet::new(layers);
            return Ok(());
        }
        self.set_field(plain(attribute), convert::value(value)?).map_err(convert::fault)
    }

    fn equals(&self, other: Value<'v>) -> starlark::Result<bool> {
        Ok(PacketValue::from_value(other).is_some_and(|other| other.packet() == self.packet()))
    }

    fn length(&self) -> starlark::Result<i32> {
        let octets = functions::octets_of(self)?;
        Ok(i32::try_from(octets.len()).unwrap_or(i32::MAX))
    }

    fn iterate_collect(&self, heap: Heap<'v>) -> starlark::Result<Vec<Value<'v>>> {
        let mut expansion =
            expand::Expansion::new(self.catalog.0, self.packet(), 0).map_err(convert::fault)?;
        let mut all = Vec::new();
        while expansion.advance() {
            expansion.result().map_err(|error| convert::fault(error.clone()))?;
            all.push(heap.alloc(PacketValue::new(self.catalog.0, expansion.current())));
            if all.len() > 1_000_000 {
                return Err(functions::refused(
                    "a packet of more than a million packets is not listed".into(),
                ));
            }
        }
        Ok(all)
    }
}

fn stack_fault(other: Value<'_>) -> starlark::Error {
    functions::refused(format!("a layer takes a layer, a string or bytes on top, not a {}", other.get_type()))
}

fn repeat<'v>(packet: &PacketValue, times: i32, heap: Heap<'v>) -> starlark::Result<Value<'v>> {
    let times = u64::try_from(times).unwrap_or(0);
    Ok(heap.alloc(Repeated { packet: packet.packet(), times, catalog: packet.catalog }))
}

/// A packet so many times: it is not stored so often.
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

starlark::methods_static!(METHODS = methods);

#[starlark::starlark_module]
fn methods(builder: &mut MethodsBuilder) {
    /// Prints the packet as a tree.
    fn show<'v>(this: Value<'v>, eval: &mut Evaluator<'v, '_, '_>) -> starlark::Result<NoneType> {
        functions::show(functions::packet_of(this)?, eval)
    }

    /// Prints the packet as a tree, everything automatic filled in.
    fn show2<'v>(this: Value<'v>, eval: &mut Evaluator<'v, '_, '_>) -> starlark::Result<NoneType> {
        functions::show(functions::packet_of(this)?, eval)
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
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        let packet = functions::packet_of(this)?;
        let nth = usize::try_from(nb).unwrap_or(1).max(1) - 1;
        let found = Wanted::of(layer).and_then(|wanted| packet.find(&wanted, nth));
        Ok(found.map_or_else(Value::new_none, |found| heap.alloc(found)))
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
        *stack = Packet::new(stack.layers.get(..=packet.at).unwrap_or_default().to_vec());
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
        *stack = Packet::new(layers);
        Ok(NoneType)
    }

    /// A packet of its own with the same layers.
    fn copy<'v>(this: Value<'v>, heap: Heap<'v>) -> starlark::Result<Value<'v>> {
        let packet = functions::packet_of(this)?;
        let copied = PacketValue::new(packet.catalog(), packet.whole());
        Ok(heap.alloc(PacketValue { at: packet.at, ..copied }))
    }

    /// The packet's octets.
    fn build<'v>(this: Value<'v>, heap: Heap<'v>) -> starlark::Result<Value<'v>> {
        let octets = functions::octets_of(functions::packet_of(this)?)?;
        Ok(heap.alloc(starlark::values::bytes::StarlarkBytes::new(&octets)))
    }

    /// Names of the layers.
    fn layers<'v>(this: Value<'v>) -> starlark::Result<Vec<String>> {
        let packet = functions::packet_of(this)?;
        let catalog = packet.catalog();
        Ok(packet.packet().layers.iter().map(|layer| catalog.class(layer.class).name.to_string()).collect())
    }
}
