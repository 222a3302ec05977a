//! `fragment(packet, size)`: an IPv4 packet in fragments (RFC 791 §2.3); `fragment6(packet, size)`: an IPv6 packet (RFC 8200 §4.5).

use super::build::build;
use super::catalog::Catalog;
use super::error::CraftError;
use super::expand;
use super::value::{Layer, Packet, Value};

/// A payload in pieces of `size` octets; the last may have `last`.
fn pieces(payload: &[u8], size: usize, last: usize) -> Vec<&[u8]> {
    let mut pieces = Vec::new();
    let mut left = payload;
    while left.len() > last {
        let (piece, rest) = left.split_at(size.min(left.len()));
        pieces.push(piece);
        left = rest;
    }
    pieces.push(left);
    pieces
}

/// Octets of a fragment header.
const FRAGMENT_HEADER: usize = 8;

/// Fragments of an IPv6 packet, each with at most `size` octets in all (RFC 8200 §4.5). What stands before the fragment header is in
/// each; without one it is put behind the IPv6 header. A packet that fits, or that has no IPv6 layer, is its only fragment.
pub(crate) fn fragment6(catalog: &Catalog, packet: &Packet, size: i32) -> Result<Vec<Packet>, CraftError> {
    let whole = vec![packet.clone()];
    let Some(packet) = expand::first(packet, catalog, 0)? else { return Ok(Vec::new()) };
    let named = |layer: &Layer, name: &str| catalog.class(layer.class).declaration.name == name;
    let Some(base) = packet.layers.iter().position(|layer| named(layer, "ipv6")) else { return Ok(whole) };
    let mut layers = packet.layers.to_vec();
    let header = layers.iter().position(|layer| named(layer, "ipv6.fraghdr"));
    let at = match (header, catalog.named("IPv6ExtHdrFragment")) {
        (Some(at), _) => at,
        (None, Some(class)) => {
            let built = build(catalog, &packet)?;
            let whole_octets: u64 = built.octets.iter().map(|octet| u64::from(*octet)).sum();
            let mut fragment = Layer::new(class);
            // one number for all fragments; it follows from the packet, so that the same packet has the same
            let id = super::random::Rng::new(whole_octets).draw_bits() as u32;
            fragment.set(catalog, "id", Value::Int(i128::from(id)))?;
            layers.insert(base + 1, fragment);
            base + 1
        }
        (None, None) => return Ok(whole),
    };
    let packet = Packet::new(layers);
    let built = build(catalog, &packet)?;
    let start = |layer: usize| built.starts.get(layer).copied().unwrap_or(built.octets.len());
    let limit = usize::try_from(size).unwrap_or(0);
    let unfragmentable = start(at) - start(base);
    let payload = built.octets.get(start(at + 1)..).unwrap_or_default();
    if built.octets.len() - start(base) <= limit {
        return Ok(vec![packet]);
    }
    let room = limit.saturating_sub(unfragmentable + FRAGMENT_HEADER);
    let piece_size = room / 8 * 8;
    if piece_size == 0 {
        return Err(CraftError::TooSmall(unfragmentable + FRAGMENT_HEADER + 8));
    }
    let next = built.octets.get(start(at)).copied().unwrap_or(59);
    let mut fragments = Vec::new();
    let pieces = pieces(payload, piece_size, room);
    for (number, piece) in pieces.iter().enumerate() {
        let mut layers: Vec<Layer> = packet.layers.get(..=at).unwrap_or_default().to_vec();
        if let Some(fragment) = layers.last_mut() {
            fragment.set(catalog, "nh", Value::Int(i128::from(next)))?;
            fragment.set(catalog, "offset", Value::Int((number * piece_size / 8) as i128))?;
            fragment.set(catalog, "m", Value::Int(i128::from(number + 1 < pieces.len())))?;
        }
        if let Some(ip) = layers.get_mut(base) {
            ip.set(catalog, "plen", Value::Auto)?;
        }
        let Some(raw) = catalog.named("Raw") else { break };
        let mut load = Layer::new(raw);
        load.set(catalog, "load", Value::octets(piece))?;
        layers.push(load);
        fragments.push(Packet::new(layers));
    }
    Ok(fragments)
}

/// Fragments of a packet, each with at most `size` octets of payload, down to a multiple of 8 but in the last one. A packet without an
/// IPv4 layer, or one that fits, is its only fragment.
pub fn fragment(catalog: &Catalog, packet: &Packet, size: i32) -> Result<Vec<Packet>, CraftError> {
    let whole = vec![packet.clone()];
    let Some(packet) = expand::first(packet, catalog, 0)? else { return Ok(Vec::new()) };
    let is_ip = |layer: &Layer| catalog.class(layer.class).declaration.name == "ip";
    let Some(at) = packet.layers.iter().rposition(is_ip) else { return Ok(whole) };
    let built = build(catalog, &packet)?;
    let Some(start) = built.starts.get(at + 1).copied() else { return Ok(whole) };
    let payload = built.octets.get(start..).unwrap_or_default();
    let last = usize::try_from(size).unwrap_or(0).max(8);
    let size = last / 8 * 8;
    let protocol = built.starts.get(at).and_then(|start| built.octets.get(start + 9)).copied().unwrap_or(0);
    let pieces = pieces(payload, size, last);
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
