//! Functions of the language: those that scapy's users know, and `emit`.

use super::class::ClassValue;
use super::convert;
use super::defragment;
use super::lists::PacketList;
use super::packet::PacketValue;
use super::python::iterate::settled;
use super::python::repr;
use super::{Context, first_link};
use crate::craft::build;
use crate::craft::catalog::{Catalog, ClassId};
use crate::craft::expand;
use crate::craft::from_octets;
use crate::craft::script::fault::article;
use crate::craft::value::Packet;
use nettool_plugins::limits::showable;
use starlark::environment::GlobalsBuilder;
use starlark::eval::Evaluator;
use starlark::values::bytes::StarlarkBytes;
use starlark::values::none::NoneType;
use starlark::values::tuple::UnpackTuple;
use starlark::values::{Heap, Value};

/// A sentence as the language's error.
pub(crate) fn refused(sentence: String) -> starlark::Error {
    #[derive(Debug, thiserror::Error)]
    #[error("{0}")]
    struct Refused(String);
    starlark::Error::new_native(Refused(sentence))
}

pub(crate) fn context<'a, 'e>(eval: &Evaluator<'_, 'a, 'e>) -> starlark::Result<&'a Context<'e>> {
    let extra = eval.extra.ok_or_else(|| refused("this function is not granted here".into()))?;
    extra.downcast_ref::<Context<'e>>().ok_or_else(|| refused("this function is not granted here".into()))
}

pub(crate) fn packet_of<'v>(value: Value<'v>) -> starlark::Result<&'v PacketValue> {
    PacketValue::from_value(value)
        .ok_or_else(|| refused(format!("a packet is wanted, not {}", article(value.get_type()))))
}

/// The octets of a packet; of its first one, where it is a set.
pub(crate) fn octets_of(packet: &PacketValue) -> starlark::Result<Vec<u8>> {
    octets(packet.catalog(), &packet.in_context())
}

fn octets(catalog: &'static Catalog, packet: &Packet) -> starlark::Result<Vec<u8>> {
    let first = expand::first(packet, catalog, 0).map_err(convert::fault)?;
    let Some(first) = first else { return Ok(Vec::new()) };
    let built = build::build(catalog, &first).map_err(convert::fault)?;
    let cut = if first.below == 0 {
        0
    } else {
        built.starts.get(first.below).copied().unwrap_or(built.octets.len())
    };
    Ok(built.octets.get(cut..).unwrap_or_default().to_vec())
}

/// The packet that octets are, begun with a layer.
pub(crate) fn dissected(catalog: &'static Catalog, class: ClassId, octets: &[u8]) -> Packet {
    from_octets::of_class(catalog, class, octets)
}

/// Prints a packet as a tree, or gives it.
pub(crate) fn show<'v>(
    packet: &PacketValue,
    given: bool,
    eval: &Evaluator<'v, '_, '_>,
) -> starlark::Result<Value<'v>> {
    let octets = octets_of(packet)?;
    let (link, _) = first_link(packet.catalog(), &packet.packet());
    let text = from_octets::tree(packet.catalog(), link, &octets);
    if given {
        return Ok(eval.heap().alloc(text));
    }
    context(eval)?.grants.print(&text);
    Ok(Value::new_none())
}

/// A packet on one line.
pub(crate) fn summary(packet: &PacketValue) -> starlark::Result<String> {
    let octets = octets_of(packet)?;
    let (link, _) = first_link(packet.catalog(), &packet.packet());
    Ok(from_octets::line(packet.catalog(), link, &octets))
}

pub(crate) fn some_octets(value: Value<'_>) -> starlark::Result<Vec<u8>> {
    if let Some(packet) = PacketValue::from_value(value) {
        return octets_of(packet);
    }
    if let Some(class) = ClassValue::from_value(value) {
        return octets_of(&class.made());
    }
    let given = convert::value(value)?;
    convert::octets(&given)
        .ok_or_else(|| refused(format!("a packet or bytes are wanted, not {}", article(value.get_type()))))
}

/// The packet with shorter names of its DNS layer.
pub(crate) fn compressed<'v>(packet: &PacketValue, heap: Heap<'v>) -> starlark::Result<Value<'v>> {
    let short =
        super::super::compress::compress(packet.catalog(), &packet.packet()).map_err(convert::fault)?;
    let short = short.ok_or_else(|| refused("the packet has no layer DNS".into()))?;
    Ok(heap.alloc(PacketValue::new(packet.catalog(), short)))
}

/// IPv4 fragments of a packet.
pub(crate) fn fragments<'v>(packet: &PacketValue, size: i32, heap: Heap<'v>) -> starlark::Result<Value<'v>> {
    if size < 1 {
        return Err(refused(format!("a fragment has at least 8 octets of payload, not {size}")));
    }
    let pieces =
        super::super::fragment::fragment(packet.catalog(), &packet.packet(), size).map_err(convert::fault)?;
    let values = pieces.into_iter().map(|piece| heap.alloc(PacketValue::new(packet.catalog(), piece)));
    Ok(heap.alloc(values.collect::<Vec<_>>()))
}

#[starlark::starlark_module]
pub(crate) fn register(builder: &mut GlobalsBuilder) {
    /// Packets that the script makes; any number of calls, and lists of packets.
    fn emit<'v>(
        #[starlark(require = pos)] packets: Value<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<NoneType> {
        let context = context(eval)?;
        let mut emitted = context.emitted.borrow_mut();
        if !convert::packets(packets, &mut emitted) {
            return Err(refused(format!("`emit` takes packets, not {}", article(packets.get_type()))));
        }
        Ok(NoneType)
    }

    /// Values as text, with blanks between them.
    fn print<'v>(
        #[starlark(args)] values: UnpackTuple<Value<'v>>,
        #[starlark(default = " ")] sep: &str,
        #[starlark(default = "\n")] end: &str,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<NoneType> {
        let mut words = Vec::new();
        for value in &values.items {
            let value = settled(*value, eval)?;
            showable(value, eval)?;
            words.push(repr::text(value));
        }
        context(eval)?.grants.print(&format!("{}{end}", words.join(sep)));
        Ok(NoneType)
    }

    /// The octets of a packet.
    fn raw<'v>(#[starlark(require = pos)] packet: Value<'v>, heap: Heap<'v>) -> starlark::Result<Value<'v>> {
        Ok(heap.alloc(StarlarkBytes::new(&some_octets(packet)?)))
    }

    /// Takes octets apart; `first` is their first layer, Ethernet if nothing is said.
    fn dissect<'v>(
        #[starlark(require = pos)] octets: Value<'v>,
        #[starlark(default = starlark::values::none::NoneOr::None)] first: starlark::values::none::NoneOr<
            Value<'v>,
        >,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        let catalog = context(eval)?.catalog;
        let octets = some_octets(octets)?;
        let class = match first.into_option() {
            Some(value) => ClassValue::from_value(value)
                .map(|class| class.class)
                .ok_or_else(|| refused("`first` takes a layer, such as IP".into()))?,
            None => catalog.named("Ether").ok_or_else(|| refused("there is no layer Ether".into()))?,
        };
        Ok(eval.heap().alloc(PacketValue::new(catalog, dissected(catalog, class, &octets))))
    }

    /// The packet with every field that was not given random; the same for the same seed.
    fn fuzz<'v>(#[starlark(require = pos)] packet: Value<'v>, heap: Heap<'v>) -> starlark::Result<Value<'v>> {
        let packet = packet_of(packet)?;
        let fuzzed = super::super::fuzz::fuzz(packet.catalog(), &packet.packet());
        Ok(heap.alloc(PacketValue::new(packet.catalog(), fuzzed)))
    }

    /// IPv6 fragments of a packet, each with at most so many octets.
    fn fragment6<'v>(
        #[starlark(require = pos)] packet: Value<'v>,
        #[starlark(require = pos)] size: i32,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        let packet = packet_of(packet)?;
        let pieces = super::super::fragment::fragment6(packet.catalog(), &packet.packet(), size)
            .map_err(convert::fault)?;
        let values = pieces.into_iter().map(|piece| heap.alloc(PacketValue::new(packet.catalog(), piece)));
        Ok(heap.alloc(values.collect::<Vec<_>>()))
    }

    /// The packet with names of its DNS layer that point to where they stood before.
    fn dns_compress<'v>(
        #[starlark(require = pos)] packet: Value<'v>,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        compressed(packet_of(packet)?, heap)
    }

    /// IPv4 fragments of a packet, each with at most so many octets of payload.
    fn fragment<'v>(
        #[starlark(require = pos)] packet: Value<'v>,
        #[starlark(default = 1480)] size: i32,
        #[starlark(default = -1)] fragsize: i32,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        let packet = packet_of(packet)?;
        let size = if fragsize > 0 { fragsize } else { size };
        fragments(packet, size, heap)
    }

    /// Octets that a field is written as.
    fn RawVal<'v>(
        #[starlark(require = pos)] octets: Value<'v>,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        Ok(heap.alloc(StarlarkBytes::new(&some_octets(octets)?)))
    }

    /// Packets with IPv4 fragments put together: what was whole, and what has come together, in the order of last fragments.
    fn defragment<'v>(
        #[starlark(require = pos)] plist: Value<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<PacketList> {
        let heap = eval.heap();
        let packets = super::lists::packets_of(plist, heap)?;
        Ok(PacketList::new(context(eval)?.catalog, defragment::sorted(packets)?.in_order))
    }

    /// The same in three lists: what was whole, what has come together, fragments of which some are missing.
    fn defrag<'v>(
        #[starlark(require = pos)] plist: Value<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        let heap = eval.heap();
        let packets = super::lists::packets_of(plist, heap)?;
        let sorted = defragment::sorted(packets)?;
        let catalog = context(eval)?.catalog;
        let list = |packets| heap.alloc(PacketList::new(catalog, packets));
        Ok(heap.alloc((list(sorted.whole), list(sorted.joined), list(sorted.missing))))
    }
}
