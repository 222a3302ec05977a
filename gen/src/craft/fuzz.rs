//! `fuzz(packet)`: every number that was not given and does not follow from the rest becomes random.

use super::catalog::Catalog;
use super::encode;
use super::value::{Layer, Packet, Random, Value};
use nettool_dissect::schema::{Auto, Field, Kind};

/// The packet with random values where nothing was given.
pub fn fuzz(catalog: &Catalog, packet: &Packet) -> Packet {
    Packet::new(packet.layers.iter().map(|layer| fuzz_layer(catalog, layer)).collect())
}

fn fuzz_layer(catalog: &Catalog, layer: &Layer) -> Layer {
    let class = catalog.class(layer.class);
    let mut fuzzed = layer.clone();
    fuzzed.verbatim = None;
    let names: Vec<String> = class.field_names().map(str::to_string).collect();
    for name in names {
        let Some(id) = class.name(&name) else { continue };
        let fields = class.fields_of(id);
        let Some(field) = fields.first().copied().filter(|_| fields.len() == 1) else { continue };
        let fixed = class.sets.iter().any(|(set, _)| *set == field.name) || class.takes_lists(id);
        if fixed
            || field.craft.is_empty()
            || !matches!(field.auto, Auto::Default)
            || layer.get(catalog, &name).is_some()
        {
            continue;
        }
        if let Some(random) = random_for(field) {
            fuzzed.put(class.same(id), id, Value::Random(random));
        }
    }
    fuzzed
}

fn random_for(field: &Field) -> Option<Random> {
    let bits = encode::width(field)?;
    Some(match field.kind {
        Kind::Ipv4 => Random::Ipv4(0, 1 << 32),
        Kind::Mac => Random::Mac(Vec::new().into()),
        Kind::Uint(_) | Kind::Bool => Random::Int(0, (1_i128 << bits.min(64)) - 1),
        _ => return None,
    })
}
