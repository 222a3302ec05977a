//! Functions of the language: those that scapy's users know, and `emit`.

use super::class::ClassValue;
use super::convert;
use super::packet::PacketValue;
use super::{Context, Packets, first_link};
use crate::craft::build;
use crate::craft::catalog::{Catalog, ClassId};
use crate::craft::encode;
use crate::craft::expand;
use crate::craft::from_octets;
use crate::craft::value::Packet;
use nettool_plugins::limits::{at_length, showable};
use starlark::environment::GlobalsBuilder;
use starlark::eval::Evaluator;
use starlark::values::bytes::StarlarkBytes;
use starlark::values::none::NoneType;
use starlark::values::tuple::UnpackTuple;
use starlark::values::{Heap, Value};
use std::path::Path;

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
        .ok_or_else(|| refused(format!("a packet is wanted, not a {}", value.get_type())))
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
    from_octets::packet(catalog, catalog.class(class).protocol, octets)
}

/// Prints a packet as a tree.
pub(crate) fn show(packet: &PacketValue, eval: &Evaluator<'_, '_, '_>) -> starlark::Result<NoneType> {
    let octets = octets_of(packet)?;
    let (link, _) = first_link(packet.catalog(), &packet.packet());
    let text = from_octets::tree(packet.catalog(), link, &octets);
    context(eval)?.grants.print(&text);
    Ok(NoneType)
}

/// A packet on one line.
pub(crate) fn summary(packet: &PacketValue) -> starlark::Result<String> {
    let octets = octets_of(packet)?;
    let (link, _) = first_link(packet.catalog(), &packet.packet());
    Ok(from_octets::line(packet.catalog(), link, &octets))
}

fn some_octets(value: Value<'_>) -> starlark::Result<Vec<u8>> {
    if let Some(packet) = PacketValue::from_value(value) {
        return octets_of(packet);
    }
    let given = convert::value(value)?;
    convert::octets(&given)
        .ok_or_else(|| refused(format!("a packet or bytes are wanted, not a {}", value.get_type())))
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
    let pieces =
        super::super::fragment::fragment(packet.catalog(), &packet.packet(), size).map_err(convert::fault)?;
    let values = pieces.into_iter().map(|piece| heap.alloc(PacketValue::new(packet.catalog(), piece)));
    Ok(heap.alloc(values.collect::<Vec<_>>()))
}

/// A network, or the addresses from one to another.
fn addresses<'v>(first: &str, last: &str, heap: Heap<'v>) -> starlark::Result<Value<'v>> {
    if last.is_empty() {
        return Ok(heap.alloc(first));
    }
    let span = format!("{first}-{last}");
    if encode::span4(&span).is_none() && encode::span6(&span).is_none() {
        return Err(refused(format!("`{first}` to `{last}` is no range of addresses of one kind")));
    }
    Ok(heap.alloc(span))
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
            return Err(refused(format!("`emit` takes packets, not a {}", packets.get_type())));
        }
        Ok(NoneType)
    }

    /// Values as text, with blanks between them.
    fn print<'v>(
        #[starlark(args)] values: UnpackTuple<Value<'v>>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<NoneType> {
        for value in &values.items {
            showable(*value, eval)?;
        }
        let words: Vec<String> = values.items.iter().map(|value| value.to_str()).collect();
        context(eval)?.grants.print(&format!("{}\n", words.join(" ")));
        Ok(NoneType)
    }

    /// The octets of a packet.
    fn raw<'v>(#[starlark(require = pos)] packet: Value<'v>, heap: Heap<'v>) -> starlark::Result<Value<'v>> {
        Ok(heap.alloc(StarlarkBytes::new(&some_octets(packet)?)))
    }

    /// Prints octets in hexadecimal and as characters.
    fn hexdump<'v>(
        #[starlark(require = pos)] packet: Value<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<NoneType> {
        let octets = some_octets(packet)?;
        context(eval)?.grants.print(&from_octets::hexdump(&octets));
        Ok(NoneType)
    }

    /// The octets as hexadecimal digits.
    fn hexstr<'v>(#[starlark(require = pos)] packet: Value<'v>) -> starlark::Result<String> {
        Ok(some_octets(packet)?.iter().map(|octet| format!("{octet:02x}")).collect())
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

    /// The packets of a capture file.
    fn rdpcap<'v>(
        #[starlark(require = pos)] path: &str,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        let context = context(eval)?;
        let frames = at_length(|| context.grants.read(Path::new(path))).map_err(refused)?;
        let heap = eval.heap();
        let packets = frames.iter().map(|(link, octets)| {
            let packet = from_octets::of_link(context.catalog, *link, octets);
            heap.alloc(PacketValue::new(context.catalog, packet))
        });
        Ok(heap.alloc(packets.collect::<Vec<_>>()))
    }

    /// Writes packets to a capture file; their number.
    fn wrpcap<'v>(
        #[starlark(require = pos)] path: &str,
        #[starlark(require = pos)] packets: Value<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<i64> {
        let context = context(eval)?;
        let mut list = Vec::new();
        if !convert::packets(packets, &mut list) {
            return Err(refused(format!("`wrpcap` takes packets, not a {}", packets.get_type())));
        }
        let mut made = Packets::new(context.catalog, list, context.seed, "wrpcap", "");
        let link = made.link_type();
        let mut fault = None;
        let mut frames = std::iter::from_fn(|| match made.next_frame()? {
            Ok(frame) => Some((frame.link_type, frame.octets.to_vec())),
            Err(error) => {
                fault = Some(error.message);
                None
            }
        });
        let written =
            at_length(|| context.grants.write(Path::new(path), link, &mut frames)).map_err(refused)?;
        match fault {
            Some(message) => Err(refused(message)),
            None => Ok(i64::try_from(written).unwrap_or(i64::MAX)),
        }
    }

    /// Layers and their fields: of a layer, or the names of all layers.
    fn ls<'v>(
        #[starlark(default = starlark::values::none::NoneOr::None)] layer: starlark::values::none::NoneOr<
            Value<'v>,
        >,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<NoneType> {
        let context = context(eval)?;
        let mut text = String::new();
        match layer.into_option().and_then(ClassValue::from_value) {
            Some(class) => {
                let class = context.catalog.class(class.class);
                for name in class.field_names() {
                    let doc =
                        class.name(name).and_then(|id| class.fields_of(id).first().map(|field| field.doc));
                    text.push_str(&format!("{name:<28} {}\n", doc.unwrap_or_default()));
                }
            }
            None => {
                for (_, class) in context.catalog.classes() {
                    text.push_str(&format!("{:<32} {}\n", class.name, class.declaration.title));
                }
            }
        }
        context.grants.print(&text);
        Ok(NoneType)
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

    /// Packets as a list, as scapy's users write it.
    fn PacketList<'v>(
        #[starlark(require = pos)] packets: Value<'v>,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        let values: Vec<_> = packets.iterate(heap)?.collect();
        Ok(heap.alloc(values))
    }

    /// The packet with names of its DNS layer that point to where they stood before.
    fn dns_compress<'v>(
        #[starlark(require = pos)] packet: Value<'v>,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        compressed(packet_of(packet)?, heap)
    }

    /// The internet checksum of octets (RFC 1071).
    fn checksum<'v>(#[starlark(require = pos)] octets: Value<'v>) -> starlark::Result<i32> {
        Ok(i32::from(!nettool_dissect::checksum::sum(&some_octets(octets)?)))
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

    /// A set of addresses: a network, `Net("10.0.0.0/24")`, or from one address to another, both included.
    fn Net<'v>(
        #[starlark(require = pos)] network: &str,
        #[starlark(require = pos, default = "")] last: &str,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        addresses(network, last, heap)
    }

    /// The same for IPv6.
    fn Net6<'v>(
        #[starlark(require = pos)] network: &str,
        #[starlark(require = pos, default = "")] last: &str,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        addresses(network, last, heap)
    }
}
