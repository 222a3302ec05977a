//! Switch tags on frames: `switch_tag(Ether()/IP(), "qca", port=2)`.

use super::convert;
use super::functions::{dissected, octets_of, packet_of, refused};
use super::packet::PacketValue;
use crate::craft::value::{Layer, Packet, Value as Given};
use nettool_dissect::proto::dsa;
use starlark::environment::GlobalsBuilder;
use starlark::values::{Heap, Value};

/// The packet as a frame with a switch tag: an Ethernet header, as its octets read, and the rest as they are.
fn tagged<'v>(
    packet: &PacketValue,
    tagger: &str,
    direction: &str,
    say: &dsa::Say,
    heap: Heap<'v>,
) -> starlark::Result<Value<'v>> {
    let way = match direction {
        "from-cpu" => dsa::Way::FromCpu,
        "to-cpu" => dsa::Way::ToCpu,
        _ => {
            return Err(refused(format!(
                "`switch_tag`: direction is \"from-cpu\" or \"to-cpu\", not \"{direction}\""
            )));
        }
    };
    let known = dsa::tagger(tagger).ok_or_else(|| {
        let names: Vec<&str> = dsa::taggers().map(|tagger| tagger.name).collect();
        refused(format!("`switch_tag`: there is no tagger `{tagger}`; there are {}", names.join(", ")))
    })?;
    let octets = dsa::write(known, way, say, &octets_of(packet)?).ok_or_else(|| {
        refused(format!("`switch_tag`: {tagger} puts no such tag on this; it wants an Ethernet frame, and cpu_port where ports are counted from it"))
    })?;
    let catalog = packet.catalog();
    let (head, rest) = octets.split_at(octets.len().min(14));
    let ether = catalog.named("Ether").ok_or_else(|| refused("there is no layer Ether".into()))?;
    let mut layers: Vec<Layer> = dissected(catalog, ether, head).layers.to_vec();
    if let Some(raw) = convert::raw(catalog, Given::octets(rest)) {
        layers.extend(raw.layers.iter().cloned());
    }
    Ok(heap.alloc(PacketValue::new(catalog, Packet::new(layers))))
}

#[starlark::starlark_module]
pub(crate) fn register(builder: &mut GlobalsBuilder) {
    /// A frame with the switch tag that a tagger of a DSA conduit puts on it, as Linux writes it: `switch_tag(Ether()/IP(), "qca", port=2)`.
    fn switch_tag<'v>(
        #[starlark(require = pos)] packet: Value<'v>,
        #[starlark(require = pos)] tagger: &str,
        #[starlark(default = 0)] port: i32,
        #[starlark(default = 0)] switch: i32,
        #[starlark(default = 0)] priority: i32,
        #[starlark(default = 0)] vid: i32,
        #[starlark(default = 0)] cpu_port: i32,
        #[starlark(default = "from-cpu")] direction: &str,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        let packet = packet_of(packet)?;
        let number = |name: &str, value: i32, most: u16| {
            let value = u16::try_from(value).ok().filter(|value| *value <= most);
            value.ok_or_else(|| refused(format!("`switch_tag`: {name} is a number from 0 to {most}")))
        };
        let say = dsa::Say {
            port: number("port", port, u16::from(dsa::MOST_PORT))? as u8,
            switch: number("switch", switch, 31)? as u8,
            priority: number("priority", priority, 7)? as u8,
            vid: number("vid", vid, 4095)?,
            cpu_port: number("cpu_port", cpu_port, u16::from(dsa::MOST_PORT))? as u8,
        };
        tagged(packet, tagger, direction, &say, heap)
    }
}
