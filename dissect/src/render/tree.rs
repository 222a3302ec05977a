//! The tree of a frame (`-V`): a line a field, with its octet range.

use super::{put, time};
use crate::decode::{Dissection, Node, NoteKind, Value};
use crate::frame::{Frame, Timestamp};
use crate::registry::Registry;
use crate::schema::{Base, Kind};

/// Octets of a value beyond which the rest is counted, not shown.
const SHOWN: usize = 64;

/// Appends the tree of a frame.
pub fn write(out: &mut Vec<u8>, registry: &Registry, frame: &Frame<'_>, dissection: &Dissection) {
    for node in &dissection.nodes {
        let Some(info) = registry.field(node.field) else { continue };
        out.extend(std::iter::repeat_n(b' ', usize::from(node.depth).saturating_mul(4)));
        let label = if info.field.doc.is_empty() { info.name } else { info.field.doc };
        out.extend_from_slice(label.as_bytes());
        if !matches!(dissection.value(registry, frame, node), Value::None) {
            out.extend_from_slice(b": ");
            value(out, registry, frame, dissection, node);
        }
        range(out, node);
        out.push(b'\n');
    }
    for note in &dissection.notes {
        let protocol = registry.protocol(note.protocol).map_or("", |protocol| protocol.name);
        let field = registry.field(note.field).map_or("", |info| info.name);
        let what = match note.kind {
            NoteKind::Cut => "cut by the snap length",
            NoteKind::Malformed => "malformed",
            NoteKind::TooDeep => "too deep, not taken further apart",
        };
        let text = format!(
            "[{protocol}: {what} at octet {}: {field} needs {}, there are {}]\n",
            note.offset, note.needed, note.available
        );
        out.extend_from_slice(text.as_bytes());
    }
}

/// ` [14:2]`: first octet and number of octets; `[14.3:1 bit]` for parts of octets.
fn range(out: &mut Vec<u8>, node: &Node) {
    if node.bits == 0 {
        return;
    }
    out.extend_from_slice(b"  [");
    put::decimal(out, u64::from(node.start / 8));
    if node.start.is_multiple_of(8) && node.bits.is_multiple_of(8) {
        out.push(b':');
        put::decimal(out, u64::from(node.bits / 8));
    } else {
        out.push(b'.');
        put::decimal(out, u64::from(node.start % 8));
        out.push(b':');
        put::decimal(out, u64::from(node.bits));
        out.extend_from_slice(if node.bits == 1 { b" bit" } else { b" bits" });
    }
    out.push(b']');
}

/// A value for people: number with name and unit, address, escaped text.
pub fn value(
    out: &mut Vec<u8>,
    registry: &Registry,
    frame: &Frame<'_>,
    dissection: &Dissection,
    node: &Node,
) {
    let Some(info) = registry.field(node.field) else { return };
    let field = &info.field;
    if let Some(display) = field.display {
        display(node.value, out);
        return;
    }
    match dissection.value(registry, frame, node) {
        Value::None => {}
        Value::Bool(set) => out.extend_from_slice(if set { b"true" } else { b"false" }),
        Value::Uint(number) => {
            let name = field.names.get(node.value);
            if let Some(name) = name {
                out.extend_from_slice(name.as_bytes());
                out.extend_from_slice(b" (");
            }
            if field.kind == Kind::Uint(Base::Hex) {
                put::hex_padded(out, number, node.bits.div_ceil(4).max(1));
            } else {
                put::decimal(out, number);
            }
            if name.is_some() {
                out.push(b')');
            }
        }
        Value::Int(number) => put::signed(out, number),
        Value::Float(number) => put::float(out, number),
        Value::Double(number) => put::float(out, number),
        Value::Mac(address) => put::mac(out, address),
        Value::Eui64(octets) => put::hex_octets(out, &octets, Some(b':')),
        Value::Ipv4(address) => put::ipv4(out, address),
        Value::Ipv6(address) => put::ipv6(out, address),
        Value::Bytes(octets) => {
            put::hex_octets(out, octets.get(..SHOWN).unwrap_or(octets), None);
            if octets.len() > SHOWN {
                out.extend_from_slice("… (".as_bytes());
                put::decimal(out, octets.len() as u64);
                out.extend_from_slice(b" octets)");
            }
        }
        Value::Text(text) | Value::Made(text) => put::escaped(out, text),
        Value::Time(nanoseconds) => time::iso(out, Timestamp(nanoseconds), 9),
        Value::Duration(nanoseconds) => {
            put::seconds(out, nanoseconds, 9);
            out.extend_from_slice(b" s");
        }
        Value::Milliseconds(nanoseconds) => {
            put::milliseconds(out, nanoseconds);
            out.extend_from_slice(b" ms");
        }
    }
    if !field.unit.is_empty() {
        out.push(b' ');
        out.extend_from_slice(field.unit.as_bytes());
    }
}
