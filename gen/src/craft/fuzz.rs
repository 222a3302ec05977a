//! `fuzz(packet)`: every number, text and run of octets that was not given and does not follow from the rest becomes random.

use super::catalog::{Catalog, Class, NameId};
use super::encode;
use super::value::{Layer, Packet, Random, Value};
use nettool_dissect::schema::{Auto, Expr, Field, Kind, Size};

/// Octets that a random text has at most; a field of a fixed size is filled.
const MOST: u32 = 64;
/// Octets of a label of a name (RFC 1035 section 2.3.4).
const LABEL: u32 = 63;
/// Octets of a field of a fixed size that is still filled.
const MOST_FIXED: i64 = 1024;

/// The packet with random values where nothing was given.
pub fn fuzz(catalog: &Catalog, packet: &Packet) -> Packet {
    let above = packet.layers.iter().skip(1).map(|layer| Some(catalog.class(layer.class))).chain([None]);
    Packet::new(
        packet.layers.iter().zip(above).map(|(layer, above)| fuzz_layer(catalog, layer, above)).collect(),
    )
}

/// What the layer above sets in this one stays: a fragment's offset above 0 would hide a transport layer.
fn fuzz_layer(catalog: &Catalog, layer: &Layer, above: Option<&Class>) -> Layer {
    let class = catalog.class(layer.class);
    let below = above.map(|above| above.below(class.protocol_name()).flat_map(|below| &below.sets));
    let mut settled: Vec<&str> = below.into_iter().flatten().map(|(field, _)| *field).collect();
    if above.is_some() && class.protocol_name() == "ip" {
        settled.push("frag_offset");
    }
    // by another version the header would be none
    if matches!(class.protocol_name(), "ip" | "ipv6") {
        settled.push("version");
    }
    let mut fuzzed = layer.clone();
    fuzzed.verbatim = None;
    fuzzed.read = None;
    let ids: Vec<NameId> = class.field_names().filter_map(|name| class.name(name)).collect();
    for id in ids.iter().copied() {
        let parts = class.parts(id);
        let said = |id: NameId| {
            fuzzed.set.iter().any(|(known, _)| *known == id || class.same(id).contains(known))
                || class.fields_of(id).iter().any(|field| {
                    class.sets.iter().any(|(set, _)| *set == field.name) || settled.contains(&field.name)
                })
        };
        // a number that parts divide is drawn whole, unless one of them is settled
        let divided = parts.iter().any(|part| said(*part));
        let within = fuzzed.set.iter().any(|(whole, _)| class.parts(*whole).contains(&id));
        if divided || within || said(id) || class.takes_lists(id) {
            continue;
        }
        let fields = class.fields_of(id);
        if fields.iter().any(|field| !matches!(field.auto, Auto::Default)) {
            continue;
        }
        let random = match fields {
            [field] => random_for(field).or_else(|| random_octets(class, field)),
            // an option may have a number of the same name
            _ => narrowest(fields).and_then(random_for),
        };
        if let Some(random) = random {
            fuzzed.put(class.same(id), id, Value::Random(random));
        }
    }
    fuzzed
}

/// Of numbers that have a name in common, the one with the fewest values.
fn narrowest(fields: &[&'static Field]) -> Option<&'static Field> {
    let number = |field: &&&Field| matches!(field.kind, Kind::Uint(_) | Kind::Fixed(_) | Kind::Bool);
    let numbers = fields.iter().filter(number).count() == fields.len();
    fields.iter().copied().filter(|_| numbers).min_by_key(|field| encode::width(field))
}

fn random_for(field: &Field) -> Option<Random> {
    if field.kind == Kind::Ipv6 {
        return Some(Random::Ipv6(0, 128));
    }
    let bits = encode::width(field)?;
    Some(match field.kind {
        Kind::Ipv4 => Random::Ipv4(0, 1 << 32),
        Kind::Mac => Random::Mac(Vec::new().into()),
        Kind::Uint(_) | Kind::Fixed(_) | Kind::Bool => Random::Int(0, (1_i128 << bits.min(64)) - 1),
        _ => return None,
    })
}

fn random_octets(class: &Class, field: &Field) -> Option<Random> {
    let text = match field.kind {
        Kind::Bytes => false,
        Kind::Text => true,
        Kind::Made if matches!(field.size, Size::DnsName) => return Some(Random::Letters(1, LABEL)),
        _ => return None,
    };
    let (least, most) = match &field.size {
        Size::Octets(Expr::Const(octets)) if (1..=MOST_FIXED).contains(octets) => {
            let octets = u32::try_from(*octets).ok()?;
            (octets, octets)
        }
        // ended by a zero, which octets may hold
        Size::Nul => return Some(Random::Letters(0, MOST)),
        _ => (0, longest(class, field)),
    };
    Some(if text { Random::Letters(least, most) } else { Random::Octets(least, most) })
}

/// Octets that a field may have so that the number that says how many can say it.
fn longest(class: &Class, field: &Field) -> u32 {
    let fields = class.field_names().filter_map(|name| class.name(name)).flat_map(|id| class.fields_of(id));
    let limits = fields.filter_map(|length| match length.auto {
        Auto::LenOf { part, unit, .. } if part == field.name => {
            let most = 1_u64.checked_shl(u32::from(encode::width(length)?))?.saturating_sub(1);
            u32::try_from(most.saturating_mul(u64::from(unit.max(1)))).ok()
        }
        _ => None,
    });
    limits.min().unwrap_or(MOST).min(MOST)
}
