//! `fragment(packet, size)`: an IPv4 packet in fragments (RFC 791 §2.3).

use super::build::build;
use super::catalog::Catalog;
use super::error::CraftError;
use super::expand;
use super::value::{Layer, Packet, Value};

/// Fragments of a packet, each with at most `size` octets of payload, rounded up to a multiple of 8. A packet without an
/// IPv4 layer, or one that fits, is its only fragment.
pub fn fragment(catalog: &Catalog, packet: &Packet, size: i32) -> Result<Vec<Packet>, CraftError> {
    let whole = vec![packet.clone()];
    let Some(packet) = expand::first(packet, catalog, 0)? else { return Ok(Vec::new()) };
    let is_ip = |layer: &Layer| catalog.class(layer.class).declaration.name == "ip";
    let Some(at) = packet.layers.iter().rposition(is_ip) else { return Ok(whole) };
    let built = build(catalog, &packet)?;
    let Some(start) = built.starts.get(at + 1).copied() else { return Ok(whole) };
    let payload = built.octets.get(start..).unwrap_or_default();
    let size = usize::try_from(size).unwrap_or(0).max(8).next_multiple_of(8);
    let protocol = built.starts.get(at).and_then(|start| built.octets.get(start + 9)).copied().unwrap_or(0);
    let pieces = payload.chunks(size).collect::<Vec<_>>();
    let mut fragments = Vec::new();
    for (number, piece) in pieces.iter().enumerate() {
        let mut layers: Vec<Layer> = packet.layers.get(..=at).unwrap_or_default().to_vec();
        let Some(ip) = layers.last_mut() else { continue };
        let given = |ip: &Layer, name: &str| match ip.get(catalog, name) {
            Some(Value::Int(number)) => *number,
            _ => 0,
        };
        let offset = given(ip, "frag") + (number * size / 8) as i128;
        ip.set(catalog, "proto", Value::Int(i128::from(protocol)))?;
        ip.set(catalog, "frag", Value::Int(offset))?;
        ip.set(catalog, "len", Value::Auto)?;
        ip.set(catalog, "chksum", Value::Auto)?;
        if number + 1 < pieces.len() {
            let df = matches!(ip.get(catalog, "flags"), Some(Value::Text(text)) if text.contains("DF"));
            let flags = given(ip, "flags") | if df { 2 } else { 0 };
            ip.set(catalog, "flags", Value::Int(flags | 1))?;
        }
        let Some(raw) = catalog.named("Raw") else { break };
        let mut load = Layer::new(raw);
        load.set(catalog, "load", Value::octets(piece))?;
        layers.push(load);
        fragments.push(Packet::new(layers));
    }
    Ok(fragments)
}
