//! Values of the language become the crafter's, and back.

use super::class::ClassValue;
use super::flags::Flags;
use super::lists::PacketList;
use super::net::Net;
use super::packet::{PacketValue, Repeated};
use super::random::RandomValue;
use crate::craft::catalog::{Catalog, ClassId};
use crate::craft::error::CraftError;
use crate::craft::value::{Layer, Packet, Value as Given};
use nettool_dissect::schema::Kind;
use starlark::values::bytes::StarlarkBytes;
use starlark::values::dict::DictRef;
use starlark::values::float::StarlarkFloat;
use starlark::values::list::ListRef;
use starlark::values::tuple::TupleRef;
use starlark::values::{Heap, Value, ValueLike};

/// Values within values that are converted.
const MAX_DEPTH: usize = 32;

/// Packets of a list: each is a description of its own.
const MAX_LIST: usize = 10_000_000;

/// The fault as the language's error.
pub(crate) fn fault(error: CraftError) -> starlark::Error {
    starlark::Error::new_native(error)
}

/// A value of the language.
pub(crate) fn value(given: Value<'_>) -> starlark::Result<Given> {
    convert(given, 0)
}

/// A value of a field of a layer: in its lists, a dict stands for an entry with these fields.
pub(crate) fn of_field(
    catalog: &Catalog,
    class: ClassId,
    field: &str,
    given: Value<'_>,
) -> starlark::Result<Given> {
    of_field_within(catalog, class, field, given, 0)
}

fn of_field_within(
    catalog: &Catalog,
    class: ClassId,
    field: &str,
    given: Value<'_>,
    depth: usize,
) -> starlark::Result<Given> {
    if depth > MAX_DEPTH {
        return Err(fault(CraftError::TooDeep(MAX_DEPTH)));
    }
    let own = catalog.class(class);
    let first = own.name(field).and_then(|id| own.fields_of(id).first().copied());
    let of_entries = first.is_some_and(|field| field.kind == Kind::Label) && !own.part;
    if !of_entries {
        return value(given);
    }
    let entry = |given: Value<'_>| {
        let Some(dict) = DictRef::from_value(given).filter(|_| given.to_bool()) else { return value(given) };
        let mut layer = Layer::new(class);
        for (name, inner) in dict.iter() {
            let name = name.unpack_str().unwrap_or_default();
            let inner = of_field_within(catalog, class, name, inner, depth + 1)?;
            layer.set(catalog, name, inner).map_err(fault)?;
        }
        Ok(Given::Packet(Packet::new(vec![layer])))
    };
    match ListRef::from_value(given) {
        Some(list) => Ok(Given::List(list.iter().map(entry).collect::<starlark::Result<Vec<_>>>()?.into())),
        None => entry(given),
    }
}

fn convert(given: Value<'_>, depth: usize) -> starlark::Result<Given> {
    if depth > MAX_DEPTH {
        return Err(fault(CraftError::TooDeep(MAX_DEPTH)));
    }
    if given.is_none() {
        return Ok(Given::Auto);
    }
    if let Some(truth) = given.unpack_bool() {
        return Ok(Given::Int(i128::from(truth)));
    }
    if let Some(number) = given.unpack_i32() {
        return Ok(Given::Int(i128::from(number)));
    }
    if let Some(text) = given.unpack_str() {
        return Ok(Given::text(text));
    }
    if let Some(octets) = given.downcast_ref::<StarlarkBytes>() {
        return Ok(Given::octets(octets.as_bytes()));
    }
    if let Some(packet) = PacketValue::from_value(given) {
        return Ok(Given::Packet(packet.packet()));
    }
    if let Some(list) = ListRef::from_value(given) {
        let values = list.iter().map(|value| convert(value, depth + 1)).collect::<Result<_, _>>()?;
        return Ok(Given::List(values));
    }
    if let Some(tuple) = TupleRef::from_value(given) {
        let values = tuple.iter().map(|value| convert(value, depth + 1)).collect::<Result<_, _>>()?;
        return Ok(Given::Tuple(values));
    }
    if let Some(fraction) = given.downcast_ref::<StarlarkFloat>() {
        return Ok(Given::Float(fraction.0));
    }
    if let Some(random) = RandomValue::from_value(given) {
        return Ok(Given::Random((*random.random).clone()));
    }
    if let Some(repeated) = Repeated::from_value(given) {
        return Ok(Given::List(
            vec![Given::Packet(repeated.packet.clone()); repeated.times.min(65536) as usize].into(),
        ));
    }
    if let Some(list) = PacketList::from_value(given) {
        return Ok(super::lists::given(list));
    }
    if let Some(net) = Net::from_value(given) {
        return Ok(Given::text(net.text()));
    }
    if let Some(flags) = Flags::from_value(given) {
        return Ok(Given::Int(i128::from(flags.number)));
    }
    if let Some(class) = ClassValue::from_value(given) {
        return Ok(Given::Packet(Packet::new(vec![Layer::new(class.class)])));
    }
    if given.get_type() == "int" {
        let text = given.to_str();
        return text.parse().map(Given::Int).map_err(|_| fault(CraftError::TooMany));
    }
    if given.get_type() == "dict" && !given.to_bool() {
        // `options={}` is how scapy's users leave a list empty
        return Ok(Given::List(Vec::new().into()));
    }
    if given.get_type() == "range" {
        return Ok(range(&given.to_str()).unwrap_or(Given::List(Vec::new().into())));
    }
    Err(starlark::Error::new_native(NotAValue(given.get_type().into())))
}

/// `range(first, stop[, step])` as a set: the numbers are not listed.
fn range(text: &str) -> Option<Given> {
    let inside = text.strip_prefix("range(")?.strip_suffix(')')?;
    let numbers: Vec<i128> =
        inside.split(',').map(|number| number.trim().parse().ok()).collect::<Option<_>>()?;
    let (first, stop, step) = match numbers.as_slice() {
        [stop] => (0, *stop, 1),
        [first, stop] => (*first, *stop, 1),
        [first, stop, step] => (*first, *stop, *step),
        _ => return None,
    };
    // a set counts up to its last value and one more, whichever way it goes
    Some(Given::Tuple(vec![Given::Int(first), Given::Int(stop - 1), Given::Int(step)].into()))
}

#[derive(Debug, thiserror::Error)]
#[error("a {0} is no value of a field")]
struct NotAValue(String);

/// Whether a fault is that of a value which no field takes.
pub(crate) fn is_no_value(fault: &starlark::Error) -> bool {
    match fault.kind() {
        starlark::ErrorKind::Native(inner) => inner.downcast_ref::<NotAValue>().is_some(),
        _ => false,
    }
}

/// The octets of a value, if it is octets or text.
pub(crate) fn octets(value: &Given) -> Option<Vec<u8>> {
    match value {
        Given::Octets(octets) => Some(octets.to_vec()),
        Given::Text(text) => Some(text.as_bytes().to_vec()),
        _ => None,
    }
}

/// A packet made of octets.
pub(crate) fn raw(catalog: &'static Catalog, octets: Given) -> Option<Packet> {
    let mut layer = Layer::new(catalog.named("Raw")?);
    layer.set(catalog, "load", octets).ok()?;
    Some(Packet::new(vec![layer]))
}

/// The packets of a value: a packet, or lists of them. Octets and text are a packet of their own.
pub(crate) fn packets(value: Value<'_>, out: &mut Vec<(Packet, u64)>) -> bool {
    packets_within(value, out, 0)
}

fn packets_within(value: Value<'_>, out: &mut Vec<(Packet, u64)>, depth: usize) -> bool {
    if depth > MAX_DEPTH || out.len() > MAX_LIST {
        return false;
    }
    if let Some(packet) = PacketValue::from_value(value) {
        out.push((packet.in_context(), 1));
        return true;
    }
    if let Some(repeated) = Repeated::from_value(value) {
        out.push((repeated.packet.clone(), repeated.times));
        return true;
    }
    if let Some(class) = ClassValue::from_value(value) {
        out.push((Packet::new(vec![Layer::new(class.class)]), 1));
        return true;
    }
    if let Some(list) = PacketList::from_value(value) {
        out.extend(list.packets().iter().map(|packet| (packet.in_context(), 1)));
        return true;
    }
    if let Some(list) = ListRef::from_value(value) {
        return list.iter().all(|value| packets_within(value, out, depth + 1));
    }
    if let Some(tuple) = TupleRef::from_value(value) {
        return tuple.iter().all(|value| packets_within(value, out, depth + 1));
    }
    false
}

/// A crafter's value in the language.
pub(crate) fn back<'v>(catalog: &'static Catalog, value: &Given, heap: Heap<'v>) -> Value<'v> {
    match value {
        Given::Auto => Value::new_none(),
        Given::Int(number) => match i64::try_from(*number) {
            Ok(number) => heap.alloc(number),
            Err(_) => heap.alloc(*number as u64),
        },
        Given::Float(fraction) => heap.alloc(*fraction),
        Given::Octets(octets) => heap.alloc(StarlarkBytes::new(octets)),
        Given::Text(text) => heap.alloc(&**text),
        Given::List(values) => {
            heap.alloc(values.iter().map(|value| back(catalog, value, heap)).collect::<Vec<_>>())
        }
        Given::Tuple(values) => {
            let values: Vec<Value<'v>> = values.iter().map(|value| back(catalog, value, heap)).collect();
            heap.alloc(starlark::values::tuple::AllocTuple(values))
        }
        Given::Packet(packet) => heap.alloc(PacketValue::new(catalog, packet.clone())),
        Given::Random(random) => heap.alloc(RandomValue { random: Box::new(random.clone()) }),
    }
}
