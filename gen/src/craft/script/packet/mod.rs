//! A packet in the language: a stack of layers, of which this value is the part from one layer on. Parts of one packet share
//! it, so that `p[IP].ttl = 3` changes `p`; `/` makes a new packet.

mod described;
mod methods;
mod repeated;
mod wanted;

use crate::craft::script::fault::article;
use described::describe;
pub(crate) use described::{as_read, default_of};
pub(crate) use repeated::Repeated;
use repeated::repeat;
pub(crate) use wanted::Wanted;

use super::class::{ClassValue, NO_LAYER, Shared, plain};
use super::convert;
use super::flags::Flags;
use super::functions;
use crate::craft::build::MAX_LAYERS;
use crate::craft::catalog::{Catalog, Class, NameId};
use crate::craft::entries;
use crate::craft::error::CraftError;
use crate::craft::expand;
use crate::craft::from_octets;
use crate::craft::value::{Layer, Packet, Value as Given};
use allocative::Allocative;
use nettool_dissect::schema::{Auto, Kind, Size};
use nettool_plugins::limits::Charge;
use starlark::environment::Methods;
use starlark::starlark_simple_value;
use starlark::values::dict::AllocDict;
use starlark::values::{
    Heap, NoSerialize, ProvidesStaticType, StarlarkPagable, StarlarkValue, Value, ValueLike, starlark_value,
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
        *stack = stack.with_layers(layers);
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
        stack.with_layers(stack.layers.get(self.at..).unwrap_or_default().to_vec())
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

    /// The same part of the same packet: what is changed in one is changed in the other.
    pub(crate) fn same(&self) -> PacketValue {
        self.view_of(self.at)
    }

    /// The packet as one that was seen at a time.
    pub(crate) fn at_time(self, nanoseconds: Option<i64>) -> PacketValue {
        self.stack.lock().unwrap_or_else(PoisonError::into_inner).time = nanoseconds;
        self
    }

    /// When it was seen, in seconds.
    pub(crate) fn time(&self) -> Option<f64> {
        self.stack.lock().unwrap_or_else(PoisonError::into_inner).time.map(|time| time as f64 / 1e9)
    }

    /// The packet from a layer above this one on.
    pub(crate) fn deeper(&self, layers: usize) -> Option<PacketValue> {
        let at = self.at + layers;
        (at < self.whole().layers.len()).then(|| self.view_of(at))
    }

    /// The fault that a layer is missing, with those that there are.
    fn no_layer(&self, wanted: &str) -> starlark::Error {
        let whole = self.packet();
        let names: Vec<&str> =
            whole.layers.iter().map(|layer| self.catalog.0.class(layer.class).name).collect();
        let has = if names.is_empty() { "none".to_string() } else { names.join(", ") };
        functions::refused(format!("the packet has no layer {wanted}: it has {has}"))
    }

    /// Takes off a layer and what stands on it.
    pub(crate) fn cut(&self, key: Value<'_>) -> starlark::Result<()> {
        let found = Wanted::of(key).and_then(|wanted| self.find(&wanted, 0));
        let found = found.ok_or_else(|| self.no_layer(&key.to_str()))?;
        let mut stack = self.stack.lock().unwrap_or_else(PoisonError::into_inner);
        let layers = stack.layers.get(..found.at).unwrap_or_default().to_vec();
        *stack = stack.with_layers(layers);
        Ok(())
    }

    /// Whether its first layer is of a class.
    pub(crate) fn begins_with(&self, class: &ClassValue) -> bool {
        let stack = self.stack.lock().unwrap_or_else(PoisonError::into_inner);
        let first = stack.layers.get(self.at);
        first.is_some_and(|layer| Wanted::Class(class.class).is(self.catalog.0, layer))
    }

    /// The same with everything automatic filled in, as it stands when it is taken apart again.
    pub(crate) fn first_filled(&self) -> PacketValue {
        let whole = self.whole();
        let octets = functions::octets_of(&self.view_of(0));
        let first = whole.layers.first().map(|layer| layer.class);
        let (Ok(octets), Some(first)) = (octets, first) else { return self.same() };
        let filled = from_octets::of_class(self.catalog.0, first, &octets);
        let matches = filled.layers.get(self.at).map(|layer| layer.class)
            == whole.layers.get(self.at).map(|layer| layer.class);
        if !matches {
            return self.same();
        }
        let filled = whole.with_layers(filled.layers.to_vec());
        PacketValue { at: self.at, ..PacketValue::new(self.catalog.0, filled) }
    }

    /// The value of a field of this layer.
    pub(crate) fn value_of<'v>(&self, field: &str, heap: Heap<'v>) -> Option<Value<'v>> {
        let field = plain(field);
        let packet = self.whole();
        let layer = packet.layers.get(self.at)?;
        self.catalog.0.class(layer.class).name(field)?;
        self.field_value(&packet, self.at, field, heap)
    }

    /// A number as the name that it has in a field of this layer.
    pub(crate) fn named<'v>(&self, field: &str, value: Value<'v>, heap: Heap<'v>) -> Value<'v> {
        let packet = self.whole();
        let Some(layer) = packet.layers.get(self.at) else { return value };
        let class = self.catalog.0.class(layer.class);
        let number = super::python::iterate::number(value);
        let word = number
            .zip(class.name(plain(field)))
            .and_then(|(number, id)| super::shown::word(class, id, number));
        word.map_or(value, |word| heap.alloc(word))
    }

    /// A field of this layer as text.
    pub(crate) fn text_of(&self, field: &str) -> Option<String> {
        let packet = self.whole();
        let layer = packet.layers.get(self.at)?;
        let class = self.catalog.0.class(layer.class);
        class.name(field)?;
        let value = match layer.named(self.catalog.0, field).and_then(|at| layer.set.get(at)) {
            Some((_, value)) => value.clone(),
            None => default_of(class, field),
        };
        Some(match value {
            Given::Int(number) => number.to_string(),
            Given::Text(text) => text.to_string(),
            _ => String::new(),
        })
    }

    /// Whether what a field has by itself follows from the layer above, or from parts that it is made of.
    fn follows(&self, packet: &Packet, at: usize, field: &str) -> bool {
        let class = packet.layers.get(at).map(|layer| self.catalog.0.class(layer.class));
        let first = class.and_then(|class| class.fields_of(class.name(field)?).first().copied());
        let above = packet.layers.get(at + 1).map(|layer| self.catalog.0.class(layer.class));
        let asked = |field: &str| {
            let (Some(class), Some(above)) = (class, above) else { return false };
            let mut rules = above.below(class.protocol_name());
            field == "dstport" || rules.any(|rule| rule.sets.iter().any(|(name, _)| *name == field))
        };
        first.is_some_and(|field| {
            let next = matches!(field.auto, Auto::Next(_)) && above.is_some();
            !field.letters.is_empty() || next || asked(field.name)
        })
    }

    fn field_value<'v>(&self, packet: &Packet, at: usize, field: &str, heap: Heap<'v>) -> Option<Value<'v>> {
        let layer = packet.layers.get(at)?;
        let class = self.catalog.0.class(layer.class);
        let id = class.name(field)?;
        let letters =
            class.fields_of(id).iter().map(|field| field.letters).find(|letters| !letters.is_empty());
        let flags = |value: &Given| {
            let letters = letters?;
            let number = match value {
                Given::Int(number) => u64::try_from(*number).ok()?,
                Given::Text(text) => crate::craft::encode::flags(letters, text)?,
                _ => return None,
            };
            Some(heap.alloc(Flags::new(number, letters).of(self.view_of(at), field)))
        };
        let Some(name) = layer.named(self.catalog.0, field) else {
            if self.follows(packet, at, field) {
                let filled = self.view_of(at).first_filled().whole();
                let set = filled.layers.get(at).and_then(|layer| layer.get(self.catalog.0, field));
                if let Some(value) = set {
                    return flags(value).or_else(|| Some(convert::back(self.catalog.0, value, heap)));
                }
            }
            if let Some(octets) = payload_of(packet, at, class, id) {
                return Some(convert::back(self.catalog.0, octets, heap));
            }
            let read = layer.verbatim.as_deref().filter(|_| !class.part);
            let held = read.and_then(|octets| from_octets::within_parts(self.catalog.0, class, octets, id));
            let value = held.unwrap_or_else(|| default_of(class, field));
            return flags(&value).or_else(|| Some(convert::back(self.catalog.0, &value, heap)));
        };
        let (name, value) = layer.set.get(name)?;
        let lists = match value {
            Given::Octets(_) => entries::of_layer(self.catalog.0, packet, at).unwrap_or_default(),
            _ => Vec::new(),
        };
        let value = lists.iter().find(|(list, _)| list == name).map_or(value, |(_, list)| list);
        if let (Given::Text(text), "Raw" | "Padding") = (value, class.name) {
            return Some(convert::back(self.catalog.0, &Given::octets(text.as_bytes()), heap));
        }
        if let Some(value) = as_read(class, *name, value) {
            return flags(&value).or_else(|| Some(convert::back(self.catalog.0, &value, heap)));
        }
        let value = flags(value).unwrap_or_else(|| self.back(at, *name, value, heap));
        // one of several is a list of one
        let single = class.is_repeated(*name) && !matches!(value.get_type(), "list" | "tuple" | "flags");
        Some(if single { heap.alloc(vec![value]) } else { value })
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

    /// The nth layer of a class, counted from this value's first: also one among the entries of a layer's lists.
    pub(crate) fn find(&self, wanted: &Wanted, nth: usize) -> Option<PacketValue> {
        let stack = self.whole();
        let layers = stack.layers.iter().enumerate().skip(self.at);
        let mut found = layers.filter(|(_, layer)| wanted.is(self.catalog.0, layer));
        if let Some((at, _)) = found.nth(nth) {
            return Some(self.view_of(at));
        }
        if wanted.is_part(self.catalog.0) { self.entry(&stack, wanted, nth) } else { None }
    }

    /// The nth entry of a class in the lists of the layers.
    fn entry(&self, stack: &Packet, wanted: &Wanted, nth: usize) -> Option<PacketValue> {
        let mut left = nth;
        for (at, layer) in stack.layers.iter().enumerate().skip(self.at) {
            let read = entries::of_layer(self.catalog.0, stack, at).unwrap_or_default();
            for (name, value) in &layer.set {
                let value = read.iter().find(|(known, _)| known == name).map_or(value, |(_, list)| list);
                let one = std::slice::from_ref(value);
                let (values, listed) = match value {
                    Given::List(values) => (&values[..], true),
                    Given::Packet(_) => (one, false),
                    _ => continue,
                };
                for (index, value) in values.iter().enumerate() {
                    let Given::Packet(packet) = value else { continue };
                    if !packet.layers.first().is_some_and(|layer| wanted.is(self.catalog.0, layer)) {
                        continue;
                    }
                    if left == 0 {
                        return Some(self.placed(at, *name, packet, listed.then_some(index)));
                    }
                    left -= 1;
                }
            }
        }
        None
    }

    /// The first layer from this one on that has a field of this name.
    pub(crate) fn layer_with(&self, packet: &Packet, field: &str) -> Option<usize> {
        let layers = packet.layers.iter().enumerate().skip(self.at);
        layers
            .into_iter()
            .find(|(_, layer)| self.catalog.0.class(layer.class).name(field).is_some())
            .map(|(at, _)| at)
    }

    pub(crate) fn class_value(&self, packet: &Packet) -> Option<ClassValue> {
        packet.layers.get(self.at).map(|layer| ClassValue::new(self.catalog.0, layer.class))
    }

    /// The name of its first layer.
    fn class_name(&self) -> &'static str {
        let packet = self.whole();
        packet.layers.get(self.at).map_or(NO_LAYER, |layer| self.catalog.0.class(layer.class).name)
    }

    /// Whether there is no layer in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.stack.lock().unwrap_or_else(PoisonError::into_inner).layers.len() <= self.at
    }

    /// What the fields of the layer have where nothing is given, as a dictionary.
    fn default_fields<'v>(&self, packet: &Packet, heap: Heap<'v>) -> Option<Value<'v>> {
        let class = self.catalog.0.class(packet.layers.get(self.at)?.class);
        let made = self.class_value(packet)?.made();
        let bare = made.whole();
        let pairs: Vec<(String, Value<'v>)> = super::listing::usual_names(class)
            .into_iter()
            .filter_map(|name| Some((name.to_string(), made.field_value(&bare, 0, name, heap)?)))
            .collect();
        Some(heap.alloc(AllocDict(pairs)))
    }

    /// The fields that were given, as a dictionary of its own.
    fn fields<'v>(&self, packet: &Packet, heap: Heap<'v>) -> Value<'v> {
        let Some(layer) = packet.layers.get(self.at) else { return heap.alloc(AllocDict([(0, 0); 0])) };
        let class = self.catalog.0.class(layer.class);
        let given = layer.set.iter().map(|(name, _)| class.name_of(*name).to_string());
        let pairs: Vec<(String, Value<'v>)> = given
            .filter_map(|name| Some((name.clone(), self.field_value(packet, self.at, &name, heap)?)))
            .collect();
        heap.alloc(AllocDict(pairs))
    }

    pub(crate) fn set_field(&self, field: &str, value: Given) -> Result<(), CraftError> {
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
        *stack = stack.with_layers(layers);
        let after = stack.clone();
        drop(stack);
        if let Some(place) = &self.place {
            place.store(self.catalog.0, &before, &after);
        }
        Ok(())
    }
}

impl PacketValue {
    /// A packet that is a value of a field, or an entry of its list.
    fn placed(&self, at: usize, name: NameId, packet: &Packet, index: Option<usize>) -> PacketValue {
        let (stack, up) = (Arc::clone(&self.stack), self.place.clone());
        let place = Place { stack, at, name, index, up };
        PacketValue { place: Some(Arc::new(place)), ..PacketValue::new(self.catalog.0, packet.clone()) }
    }

    /// The value of a field; packets in it know where they stand.
    fn back<'v>(&self, at: usize, name: NameId, value: &Given, heap: Heap<'v>) -> Value<'v> {
        let placed = |packet: &Packet, index: Option<usize>| heap.alloc(self.placed(at, name, packet, index));
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

/// The octets behind a header that has a field for them: they stand in a layer of their own when they are read.
fn payload_of<'p>(packet: &'p Packet, at: usize, class: &Class, id: NameId) -> Option<&'p Given> {
    let field = class.fields_of(id).first()?;
    let rest = field.kind == Kind::Bytes && matches!(field.size, Size::Rest);
    let behind = packet.layers.get(at + 1).filter(|_| rest)?;
    match behind.set.as_slice() {
        [(_, value @ Given::Octets(_))] if packet.layers.len() == at + 2 => Some(value),
        _ => None,
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

#[starlark_value(type = "packet")]
impl<'v> StarlarkValue<'v> for PacketValue {
    fn get_methods() -> Option<&'static Methods> {
        Some(methods::all())
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
        let height = |upper: &Packet| lower.layers.len().saturating_add(upper.layers.len());
        if let Some(layers) = upper.iter().map(height).find(|layers| *layers > MAX_LAYERS) {
            let sentence = format!("this would have {layers} layers; a packet has at most {MAX_LAYERS}");
            return Err(functions::refused(sentence));
        }
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

    fn add(&self, other: Value<'v>, _: Heap<'v>) -> Option<starlark::Result<Value<'v>>> {
        let listed = matches!(other.get_type(), "list" | "packets");
        (!listed).then(|| Err(functions::refused("layers stand on each other with `/`: `IP()/TCP()`".into())))
    }

    fn mul(&self, other: Value<'v>, heap: Heap<'v>) -> Option<starlark::Result<Value<'v>>> {
        Some(Ok(repeat(self, repeated::times(other)?, heap)))
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
                    return Err(self.no_layer(&index.to_str()));
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
            None => Err(self.no_layer(&index.to_str())),
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
        let found = self.find(&wanted, nth).ok_or_else(|| {
            self.no_layer(&format!(
                "{} number {}",
                start.map_or_else(String::new, |layer| layer.to_str()),
                nth + 1
            ))
        })?;
        Ok(heap.alloc(found))
    }

    fn is_in(&self, other: Value<'v>) -> starlark::Result<bool> {
        Ok(Wanted::of(other).is_some_and(|wanted| self.find(&wanted, 0).is_some()))
    }

    fn get_attr(&self, attribute: &str, heap: Heap<'v>) -> Option<Value<'v>> {
        let attribute = plain(attribute);
        let packet = self.whole();
        match attribute {
            // behind the last layer stands a packet without layers, as in scapy
            "payload" => return Some(heap.alloc(self.view_of((self.at + 1).min(packet.layers.len())))),
            "underlayer" => {
                return Some(
                    self.at.checked_sub(1).map_or_else(Value::new_none, |at| heap.alloc(self.view_of(at))),
                );
            }
            "time" => return Some(heap.alloc(self.time().unwrap_or(0.0))),
            "fields" => return Some(self.fields(&packet, heap)),
            "fields_desc" => return Some(self.class_value(&packet)?.fields_desc(heap)),
            "__class__" => return Some(heap.alloc(self.class_value(&packet)?)),
            "original" => {
                let octets = functions::octets_of(self).ok()?;
                return Some(heap.alloc(starlark::values::bytes::StarlarkBytes::new(&octets)));
            }
            "name" if self.layer_with(&packet, "name").is_none() => {
                return Some(heap.alloc(self.class_name()));
            }
            "default_fields" => return self.default_fields(&packet, heap),
            _ => {}
        }
        let at = self.layer_with(&packet, attribute)?;
        self.field_value(&packet, at, attribute, heap)
    }

    fn has_attr(&self, attribute: &str, _heap: Heap<'v>) -> bool {
        matches!(
            attribute,
            "payload"
                | "name"
                | "underlayer"
                | "time"
                | "fields"
                | "fields_desc"
                | "default_fields"
                | "__class__"
        ) || self.layer_with(&self.whole(), plain(attribute)).is_some()
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
            *stack = stack.with_layers(layers);
            return Ok(());
        }
        if attribute == "time" {
            let time = match value.downcast_ref::<starlark::values::float::StarlarkFloat>() {
                Some(fraction) => fraction.0 * 1e9,
                None => super::python::iterate::number(value).unwrap_or(0) as f64 * 1e9,
            };
            self.stack.lock().unwrap_or_else(PoisonError::into_inner).time = Some(time as i64);
            return Ok(());
        }
        let whole = self.whole();
        let at = self.layer_with(&whole, plain(attribute)).and_then(|at| whole.layers.get(at));
        let given = match at {
            Some(layer) => convert::of_field(self.catalog.0, layer.class, plain(attribute), value)?,
            None => convert::value(value)?,
        };
        self.set_field(plain(attribute), given).map_err(convert::fault)
    }

    fn equals(&self, other: Value<'v>) -> starlark::Result<bool> {
        let Some(other) = PacketValue::from_value(other) else { return Ok(false) };
        let (own, other) = (self.packet(), other.packet());
        Ok(own == other || described::same(self.catalog.0, &own, &other))
    }

    fn to_bool(&self) -> bool {
        !self.is_empty()
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

pub(crate) fn stack_fault(other: Value<'_>) -> starlark::Error {
    functions::refused(format!(
        "a layer takes a layer, a string or bytes on top, not {}",
        article(other.get_type())
    ))
}
