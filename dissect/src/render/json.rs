//! One JSON object a frame, on one line.
//!
//! `{"number":1,"time":1700000000.000001000,"len":66,"cap_len":66,…,"layers":[{"protocol":"eth","eth.dst":"…"},…]}`.
//! Each layer is an object with its fields by whole name, flat, in wire order. A field that occurs several times in a
//! layer is an array of its values. Numbers and flags are JSON numbers and booleans, addresses and text are strings,
//! octets are strings of hex digits. `"notes"` lists what is cut or malformed.

use super::put;
use crate::decode::{Dissection, Node, Note, NoteKind, Value};
use crate::frame::{Frame, Timestamp};
use crate::registry::{FieldId, ProtoId, Registry};
use crate::schema::Kind;

/// Writes objects; keeps scratch memory. One a thread.
pub struct JsonWriter<'r> {
    registry: &'r Registry,
    /// Where each field's key is, plus 1; 0: not made yet. Few of the fields that there are stand in a capture.
    known: Vec<u16>,
    keys: Vec<Key>,
    /// `,{"protocol":"tcp"` for each protocol.
    heads: Vec<Box<[u8]>>,
}

/// Room for a key that is copied as a whole.
const ROOM: usize = 40;

/// What stands before a field's value, and how that is written.
struct Key {
    /// `,"tcp.srcport":`
    text: [u8; ROOM],
    len: u8,
    form: Form,
    /// Occurrences of the field in the layer at hand.
    seen: u16,
    /// What numbers are multiplied by.
    scale: u16,
    /// The text, where it does not fit `text`.
    long: Box<[u8]>,
}

/// How a value is written: the commonest kinds, without a trip through [`Value`].
#[derive(Clone, Copy)]
enum Form {
    Number,
    Bool,
    Label,
    Mac,
    Ipv4,
    Other,
    /// Of the frame: stands elsewhere in the object.
    Elsewhere,
    /// A comment of the frame, with others in an array.
    Comment,
}

impl Key {
    fn new(registry: &Registry, field: FieldId) -> Key {
        let info = registry.field(field);
        let (name, kind) = info.map_or(("", Kind::Label), |info| (info.name, info.field.kind));
        let is_frame = info.is_some_and(|info| info.protocol == ProtoId(0));
        let mut form = match kind {
            Kind::Label => Form::Label,
            Kind::Bool => Form::Bool,
            Kind::Uint(_) => Form::Number,
            Kind::Mac => Form::Mac,
            Kind::Ipv4 => Form::Ipv4,
            _ => Form::Other,
        };
        // The `frame` pseudo layer stands without its prefix.
        let own = if is_frame { name.strip_prefix("frame.").unwrap_or(name) } else { name };
        let own = match (is_frame, own) {
            (true, "time_epoch") => "time",
            (true, "number") => {
                form = Form::Elsewhere;
                own
            }
            (true, "comment") => {
                form = Form::Comment;
                own
            }
            _ => own,
        };
        let whole = [",\"", own, "\":"].concat();
        let mut text = [0; ROOM];
        text.iter_mut().zip(whole.bytes()).for_each(|(to, from)| *to = from);
        let fits = whole.len() <= ROOM;
        Key {
            text,
            len: if fits { whole.len() as u8 } else { 0 },
            form,
            seen: 0,
            scale: info.map_or(1, |info| info.field.scale),
            long: if fits { Box::default() } else { whole.into_bytes().into() },
        }
    }

    #[inline]
    fn put(&self, out: &mut Vec<u8>) {
        if self.long.is_empty() {
            put::short(out, &self.text, usize::from(self.len));
        } else {
            out.extend_from_slice(&self.long);
        }
    }
}

impl<'r> JsonWriter<'r> {
    /// A writer of a registry's fields.
    pub fn new(registry: &'r Registry) -> Self {
        let head = |name: &str| [",{\"protocol\":\"", name, "\""].concat().into_bytes().into_boxed_slice();
        JsonWriter {
            registry,
            known: vec![0; registry.fields().len()],
            keys: Vec::new(),
            heads: registry.protocols().iter().map(|protocol| head(protocol.name)).collect(),
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
        out.extend_from_slice(b",\"layers\":");
        let start = out.len();
        let mut rest = layers;
        while let Some((head, tail)) = rest.split_first() {
            let len = tail.iter().position(|node| node.depth == 0).unwrap_or(tail.len());
            let (fields, after) = tail.split_at(len);
            self.layer(out, frame, dissection, head, fields);
            rest = after;
        }
        // Each layer begins with a comma; that of the first is the bracket's place.
        match out.get_mut(start) {
            Some(first) => *first = b'[',
            None => out.push(b'['),
        }
        out.push(b']');
        self.notes(out, &dissection.notes);
        out.extend_from_slice(b"}\n");
    }

    fn is_frame(&self, node: &Node) -> bool {
        self.registry.field(node.field).is_some_and(|info| info.protocol == ProtoId(0))
    }

    /// Where a field's key is.
    #[inline]
    fn key(&mut self, field: FieldId) -> usize {
        match self.known.get(usize::from(field.0)).copied().unwrap_or(0).checked_sub(1) {
            Some(at) => usize::from(at),
            None => self.learn(field),
        }
    }

    #[cold]
    fn learn(&mut self, field: FieldId) -> usize {
        let at = self.keys.len();
        self.keys.push(Key::new(self.registry, field));
        if let Some(slot) = self.known.get_mut(usize::from(field.0)) {
            *slot = u16::try_from(at.saturating_add(1)).unwrap_or(0);
        }
        at
    }

    /// The `frame` pseudo layer, without its prefix.
    fn about(&mut self, out: &mut Vec<u8>, frame: &Frame<'_>, dissection: &Dissection, nodes: &[Node]) {
        let mut comments = false;
        for node in nodes.iter().filter(|node| node.depth > 0) {
            let at = self.key(node.field);
            let Some(key) = self.keys.get(at) else { continue };
            match key.form {
                Form::Elsewhere => {}
                Form::Comment => comments = true,
                _ => {
                    key.put(out);
                    self.value(out, frame, dissection, node, key);
                }
            }
        }
        if comments {
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
        let protocol = self.registry.field(head.field).map_or(ProtoId(0), |info| info.protocol);
        if let Some(text) = self.heads.get(usize::from(protocol.0)) {
            out.extend_from_slice(text);
        }
        for node in fields {
            let at = self.key(node.field);
            if let Some(key) = self.keys.get_mut(at) {
                key.seen = key.seen.saturating_add(1);
            }
        }
        for (at, node) in fields.iter().enumerate() {
            let key = self.key(node.field);
            let Some(count) = self.keys.get_mut(key).map(|key| std::mem::take(&mut key.seen)) else {
                continue;
            };
            let Some(key) = self.keys.get(key).filter(|_| count > 0) else { continue };
            key.put(out);
            if count == 1 {
                self.value(out, frame, dissection, node, key);
                continue;
            }
            out.push(b'[');
            let same = fields.get(at..).unwrap_or_default().iter().filter(|other| other.field == node.field);
            for (index, node) in same.enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                self.value(out, frame, dissection, node, key);
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
    fn value(&self, out: &mut Vec<u8>, frame: &Frame<'_>, dissection: &Dissection, node: &Node, key: &Key) {
        match key.form {
            Form::Number => put::decimal(out, node.value.saturating_mul(u64::from(key.scale))),
            Form::Bool if node.value == 0 => out.extend_from_slice(b"false"),
            Form::Bool | Form::Label => out.extend_from_slice(b"true"),
            Form::Mac => {
                let [_, _, octets @ ..] = node.value.to_be_bytes();
                quoted(out, |out| put::mac(out, octets));
            }
            Form::Ipv4 => quoted(out, |out| put::ipv4(out, (node.value as u32).to_be_bytes())),
            Form::Other | Form::Elsewhere | Form::Comment => self.rare(out, frame, dissection, node),
        }
    }

    fn rare(&self, out: &mut Vec<u8>, frame: &Frame<'_>, dissection: &Dissection, node: &Node) {
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
    if text.iter().all(|octet| matches!(octet, b' '..=b'~' if !matches!(octet, b'"' | b'\\'))) {
        return quoted(out, |out| out.extend_from_slice(text));
    }
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
