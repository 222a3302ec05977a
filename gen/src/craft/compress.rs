//! Names of a DNS message that point to where they stood before (RFC 1035 §4.1.4), chosen as scapy's `dns_compress` chooses them: each name
//! in wire order, the longest part first that was met.

use super::build;
use super::catalog::{Catalog, Class, NameId};
use super::encode;
use super::error::CraftError;
use super::value::{Layer, Packet, Value};
use nettool_dissect::schema::Size;

/// Records whose `rdata` is a name.
const NAMED: [i128; 8] = [2, 3, 4, 5, 12, 15, 39, 47];

/// A name that was met: its octets in the message end here, and this points to it.
struct Met {
    name: Vec<u8>,
    offset: usize,
}

/// The packet with the names of its DNS layer shortened; `None` where it has no such layer.
pub(crate) fn compress(catalog: &Catalog, packet: &Packet) -> Result<Option<Packet>, CraftError> {
    let is_dns = |layer: &Layer| catalog.class(layer.class).name == "DNS";
    let Some(at) = packet.layers.iter().position(is_dns) else { return Ok(None) };
    let mut layers = packet.layers.to_vec();
    let Some(dns) = layers.get_mut(at) else { return Ok(None) };
    let mut octets = build::build(catalog, &Packet::new(vec![dns.clone()]))?.octets;
    dns.edited();
    let class = catalog.class(dns.class);
    let mut met: Vec<Met> = Vec::new();
    for section in ["qd", "an", "ns", "ar"] {
        let Some(id) = class.name(section) else { continue };
        let mut entries = match dns.get(catalog, section) {
            Some(Value::List(values)) => values.to_vec(),
            Some(value @ Value::Packet(_)) => vec![value.clone()],
            None if section == "qd" => question(catalog),
            _ => continue,
        };
        for entry in &mut entries {
            let Value::Packet(record) = entry else { continue };
            let mut parts = record.layers.to_vec();
            for part in &mut parts {
                shorten(catalog, part, &mut met, &mut octets);
            }
            *entry = Value::Packet(Packet::new(parts));
        }
        dns.put(class.same(id), id, Value::List(entries.into()));
    }
    Ok(Some(packet.with_layers(layers)))
}

/// The question that a message has by itself.
fn question(catalog: &Catalog) -> Vec<Value> {
    let layer = catalog.named("DNSQR").map(Layer::new);
    layer.map(|layer| Value::Packet(Packet::new(vec![layer]))).into_iter().collect()
}

/// Shortens the names of a record.
fn shorten(catalog: &Catalog, record: &mut Layer, met: &mut Vec<Met>, octets: &mut Vec<u8>) {
    let class = catalog.class(record.class);
    let names: Vec<String> = class.field_names().map(str::to_string).collect();
    for name in names {
        // further names of a field are not further fields
        let again = |id: &NameId| class.same(*id).iter().any(|other| other.0 < id.0);
        let Some(id) = class
            .name(&name)
            .filter(|id| !again(id))
            .filter(|id| is_name(catalog, class, *id, &name, record))
        else {
            continue;
        };
        let value = match record.get(catalog, &name) {
            Some(Value::Text(text)) => text.as_bytes().to_vec(),
            Some(Value::Octets(octets)) => octets.to_vec(),
            Some(_) => continue,
            None => class.fields_of(id).first().map(|field| field.default_bytes.to_vec()).unwrap_or_default(),
        };
        let mut name = value;
        if name.last() != Some(&b'.') {
            name.push(b'.');
        }
        if name == b"." {
            continue;
        }
        let mut begins = 0;
        while begins < name.len() {
            let part = name.get(begins..).unwrap_or_default();
            let Some(wire) = encode::dns_name(part) else { break };
            if let Some(known) = met.iter().find(|known| known.name == part) {
                let after = (known.offset + 1).min(octets.len());
                // what points no longer stands there
                if let Some(found) = position(octets.get(after..).unwrap_or_default(), &wire) {
                    let place = after + found;
                    octets.splice(place..place + wire.len(), [0, 0]);
                }
                let kept = name.get(..begins).unwrap_or_default();
                let mut short =
                    if kept.is_empty() { Vec::new() } else { encode::dns_name(kept).unwrap_or_default() };
                short.pop();
                short.extend((0xc000 | known.offset as u16).to_be_bytes());
                record.put(class.same(id), id, Value::octets(&short));
                break;
            }
            let Some(offset) = position(octets, &wire).filter(|offset| *offset < 0x4000) else { break };
            met.push(Met { name: part.to_vec(), offset });
            begins += part.iter().position(|octet| *octet == b'.').map_or(part.len(), |dot| dot + 1);
        }
    }
}

/// Whether a field of a record is a name.
fn is_name(catalog: &Catalog, class: &Class, id: NameId, name: &str, record: &Layer) -> bool {
    if name == "rdata" {
        let kind = record.get(catalog, "type").map(|value| match value {
            Value::Int(number) => *number,
            value => class
                .name("type")
                .and_then(|id| class.fields_of(id).first().copied())
                .and_then(|field| encode::number(field, class.name, "type", value).ok())
                .map_or(0, i128::from),
        });
        return class.name == "DNSRR" && kind.is_some_and(|kind| NAMED.contains(&kind));
    }
    class.fields_of(id).iter().any(|field| matches!(field.size, Size::DnsName))
}

fn position(octets: &[u8], part: &[u8]) -> Option<usize> {
    octets.windows(part.len().max(1)).position(|window| window == part)
}
