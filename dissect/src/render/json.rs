//! One JSON object a frame, on one line.
//!
//! `{"number":1,"time":1700000000.000001000,"len":66,"cap_len":66,…,"layers":[{"protocol":"eth","eth.dst":"…"},…]}`.
//! Each layer is an object with its fields by whole name, flat, in wire order. A field that occurs several times in a
//! layer is an array of its values. Numbers and flags are JSON numbers and booleans, addresses and text are strings,
//! octets are strings of hex digits. `"notes"` lists what is cut or malformed.

use super::put;
use crate::decode::{Dissection, Node, Note, NoteKind, Value};
use crate::frame::{Frame, Timestamp};
use crate::registry::{ProtoId, Registry};
use crate::schema::Kind;

/// Writes objects; keeps scratch memory. One a thread.
pub struct JsonWriter<'r> {
    registry: &'r Registry,
    /// `,"tcp.srcport":` for each field, and where each begins.
    keys: Vec<Box<[u8]>>,
    /// Occurrences of each field in the layer at hand, by field id.
    seen: Vec<u16>,
}

impl<'r> JsonWriter<'r> {
    /// A writer of a registry's fields.
    pub fn new(registry: &'r Registry) -> Self {
        let key = |name: &str| [",\"", name, "\":"].concat().into_bytes().into_boxed_slice();
        JsonWriter {
            registry,
            keys: registry.fields().iter().map(|info| key(info.name)).collect(),
            seen: vec![0; registry.fields().len()],
        }
    }

    /// Appends a frame's object and a line end.
    pub fn write(&mut self, out: &mut Vec<u8>, frame: &Frame<'_>, dissection: &Dissection) {
        let nodes = dissection.nodes.as_slice();
        let first_layer = nodes.iter().position(|node| node.depth == 0 && !self.is_frame(node));
        let (about, layers) = nodes.split_at(first_layer.unwrap_or(nodes.len()));
        out.extend_from_slice(b"{\"number\":");
        put::decimal(out, frame.number);
        self.about(out, frame, dissection, about);
        out.extend_from_slice(b",\"layers\":[");
        let mut rest = layers;
        let mut more = false;
        while let Some((head, tail)) = rest.split_first() {
            let len = tail.iter().position(|node| node.depth == 0).unwrap_or(tail.len());
            let (fields, after) = tail.split_at(len);
            if more {
                out.push(b',');
            }
            more = true;
            self.layer(out, frame, dissection, head, fields);
            rest = after;
        }
        out.push(b']');
        self.notes(out, &dissection.notes);
        out.extend_from_slice(b"}\n");
    }

    fn is_frame(&self, node: &Node) -> bool {
        self.registry.field(node.field).is_some_and(|info| info.protocol == ProtoId(0))
    }

    /// The `frame` pseudo layer, without its prefix.
    fn about(&mut self, out: &mut Vec<u8>, frame: &Frame<'_>, dissection: &Dissection, nodes: &[Node]) {
        let mut comments = 0_usize;
        for node in nodes.iter().filter(|node| node.depth > 0) {
            let Some(info) = self.registry.field(node.field) else { continue };
            let name = info.name.strip_prefix("frame.").unwrap_or(info.name);
            match name {
                "number" => continue,
                "comment" => {
                    comments = comments.saturating_add(1);
                    continue;
                }
                "time_epoch" => out.extend_from_slice(b",\"time\":"),
                _ => {
                    out.extend_from_slice(b",\"");
                    out.extend_from_slice(name.as_bytes());
                    out.extend_from_slice(b"\":");
                }
            }
            self.value(out, frame, dissection, node);
        }
        if comments > 0 {
            out.extend_from_slice(b",\"comments\":[");
            for (at, comment) in frame.meta.options.comments().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                string(out, comment);
            }
            out.push(b']');
        }
    }

    fn layer(
        &mut self,
        out: &mut Vec<u8>,
        frame: &Frame<'_>,
        dissection: &Dissection,
        head: &Node,
        fields: &[Node],
    ) {
        let name = self
            .registry
            .field(head.field)
            .and_then(|info| self.registry.protocol(info.protocol))
            .map_or("", |protocol| protocol.name);
        out.extend_from_slice(b"{\"protocol\":\"");
        out.extend_from_slice(name.as_bytes());
        out.push(b'"');
        for node in fields {
            if let Some(seen) = self.seen.get_mut(usize::from(node.field.0)) {
                *seen = seen.saturating_add(1);
            }
        }
        for (at, node) in fields.iter().enumerate() {
            let Some(seen) = self.seen.get_mut(usize::from(node.field.0)) else { continue };
            let count = std::mem::take(seen);
            if count == 0 {
                continue;
            }
            if let Some(key) = self.keys.get(usize::from(node.field.0)) {
                out.extend_from_slice(key);
            }
            if count == 1 {
                self.value(out, frame, dissection, node);
                continue;
            }
            out.push(b'[');
            let same = fields.get(at..).unwrap_or_default().iter().filter(|other| other.field == node.field);
            for (index, node) in same.enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                self.value(out, frame, dissection, node);
            }
            out.push(b']');
        }
        out.push(b'}');
    }

    fn notes(&self, out: &mut Vec<u8>, notes: &[Note]) {
        if notes.is_empty() {
            return;
        }
        out.extend_from_slice(b",\"notes\":[");
        for (at, note) in notes.iter().enumerate() {
            let kind = match note.kind {
                NoteKind::Cut => "cut",
                NoteKind::Malformed => "malformed",
                NoteKind::TooDeep => "too_deep",
            };
            let field = self.registry.field(note.field).map_or("", |info| info.name);
            let protocol = self.registry.protocol(note.protocol).map_or("", |protocol| protocol.name);
            let comma = if at > 0 { "," } else { "" };
            let text = format!(
                "{comma}{{\"kind\":\"{kind}\",\"protocol\":\"{protocol}\",\"field\":\"{field}\",\"offset\":{},\
                 \"needed\":{},\"available\":{}}}",
                note.offset, note.needed, note.available
            );
            out.extend_from_slice(text.as_bytes());
        }
        out.push(b']');
    }

    #[inline]
    fn value(&self, out: &mut Vec<u8>, frame: &Frame<'_>, dissection: &Dissection, node: &Node) {
        let Some(info) = self.registry.field(node.field) else { return };
        // The commonest kinds first, without a trip through `Value`.
        if let Kind::Uint(_) = info.field.kind {
            put::decimal(out, node.value.saturating_mul(u64::from(info.field.scale)));
            return;
        }
        match dissection.value(self.registry, frame, node) {
            Value::None => out.extend_from_slice(b"true"),
            Value::Bool(set) => out.extend_from_slice(if set { b"true" } else { b"false" }),
            Value::Uint(number) => put::decimal(out, number),
            Value::Int(number) => put::signed(out, number),
            Value::Mac(address) => quoted(out, |out| put::mac(out, address)),
            Value::Eui64(octets) => quoted(out, |out| put::hex_octets(out, &octets, Some(b':'))),
            Value::Ipv4(address) => quoted(out, |out| put::ipv4(out, address)),
            Value::Ipv6(address) => quoted(out, |out| put::ipv6(out, address)),
            Value::Bytes(octets) => quoted(out, |out| put::hex_octets(out, octets, None)),
            Value::Text(text) | Value::Made(text) => string(out, text),
            Value::Time(nanoseconds) => {
                let (seconds, fraction) = Timestamp(nanoseconds).split();
                put::signed(out, seconds);
                put::fraction(out, fraction, 9);
            }
            Value::Duration(nanoseconds) => put::seconds(out, nanoseconds, 9),
        }
    }
}

#[inline]
fn quoted(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    out.push(b'"');
    write(out);
    out.push(b'"');
}

/// A JSON string (RFC 8259 §7). Control characters, C1 ones included, are escaped; octets that are no UTF-8 become
/// U+FFFD.
pub fn string(out: &mut Vec<u8>, text: &[u8]) {
    out.push(b'"');
    for chunk in text.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '"' => out.extend_from_slice(b"\\\""),
                '\\' => out.extend_from_slice(b"\\\\"),
                '\n' => out.extend_from_slice(b"\\n"),
                '\r' => out.extend_from_slice(b"\\r"),
                '\t' => out.extend_from_slice(b"\\t"),
                c if c.is_control() => {
                    let code = u32::from(c);
                    out.extend_from_slice(b"\\u00");
                    put::hex_octets(out, &[code as u8], None);
                }
                c => {
                    let mut utf8 = [0; 4];
                    out.extend_from_slice(c.encode_utf8(&mut utf8).as_bytes());
                }
            }
        }
        if !chunk.invalid().is_empty() {
            out.extend_from_slice("\u{fffd}".as_bytes());
        }
    }
    out.push(b'"');
}
