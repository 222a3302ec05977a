//! One-line forms of plugins: a [`Format`] over the fields that it names, and what the payload leads to behind it.
//!
//! Only the fields of the form are decoded, into a dissection that is kept from line to line.

use super::line::{Body, Line};
use super::{put, tree};
use crate::decode::{Around, Decoder, Dissection, Node, Plan, Value};
use crate::frame::{Frame, Meta};
use crate::registry::{FieldId, ProtoId, Registry};
use crate::schema::{Base, Form, Format, IP_PROTO, Kind, Piece, Protocol};
use std::sync::Arc;

/// Values that `{field:*}` writes; more are counted.
const MANY: usize = 8;

/// A form with the numbers of its fields.
#[derive(Debug)]
pub(crate) struct Ready {
    plan: Arc<Plan>,
    /// In the order in which the form names them.
    fields: Vec<FieldId>,
}

impl Ready {
    /// Looks the fields up; unknown ones are left empty in lines.
    pub(crate) fn new(registry: &Registry, protocol: &Protocol, format: &Format) -> Self {
        let none = FieldId(u16::MAX);
        let fields: Vec<FieldId> =
            format.fields().iter().map(|name| registry.local(protocol, name).unwrap_or(none)).collect();
        Ready { plan: Arc::new(Plan::of(registry, fields.iter().copied())), fields }
    }
}

/// What the parts are written from.
struct Source<'a> {
    registry: &'a Registry,
    part: &'a Frame<'a>,
    dissection: &'a Dissection,
    length: usize,
}

impl Line<'_, '_> {
    /// Writes a protocol's form, and behind it what its payload leads to.
    pub(super) fn format(
        &mut self,
        id: ProtoId,
        outer: Option<ProtoId>,
        protocol: &Protocol,
        format: &Format,
        body: Body<'_>,
    ) {
        let Some(ready) = self.registry.line_of(id, format) else { return };
        let decoder = Decoder::with_plan(self.registry, Arc::clone(&ready.plan));
        let mut dissection = std::mem::take(&mut *self.spare);
        let meta = Meta::new(self.frame.meta.link_type, u32::try_from(body.len).unwrap_or(u32::MAX));
        let part = Frame { number: self.frame.number, data: body.data, meta };
        let around = Around { outer, ports: self.ports, network: self.network, quoted: self.quoted };
        let end = decoder.decode_layer(&part, &around, id, &mut dissection);
        if protocol.on.iter().any(|(table, _)| *table == IP_PROTO) {
            self.hosts();
        }
        let scripted = protocol.rules.as_ref().and_then(|rules| rules.script.as_ref());
        if !scripted.is_some_and(|script| script.summary(self, body)) {
            let source =
                Source { registry: self.registry, part: &part, dissection: &dissection, length: body.len };
            source.write(self.out, &format.parts, &mut ready.fields.iter().copied());
        }
        if !dissection.notes.is_empty() {
            self.text(if body.is_cut() { " [|" } else { " [malformed " });
            self.text(protocol.name);
            self.text("]");
        }
        *self.spare = dissection;
        if let Some(next) = end.next
            && end.payload.0 < end.payload.1
        {
            self.text(": ");
            self.protocol(next, body.limit(end.payload.1).skip(end.payload.0));
        }
    }
}

impl Source<'_> {
    fn write(&self, out: &mut Vec<u8>, parts: &[Piece], fields: &mut impl Iterator<Item = FieldId>) {
        for part in parts {
            match part {
                Piece::Text(text) => out.extend_from_slice(text.as_bytes()),
                Piece::Length => put::decimal(out, self.length as u64),
                Piece::Field(_, form) => {
                    if let Some(field) = fields.next() {
                        self.field(out, field, *form);
                    }
                }
                Piece::Optional(inner) => {
                    let count = inner.iter().filter(|part| matches!(part, Piece::Field(..))).count();
                    let own: Vec<FieldId> = fields.by_ref().take(count).collect();
                    if own.iter().all(|field| self.dissection.all(*field).next().is_some()) {
                        self.write(out, inner, &mut own.into_iter());
                    }
                }
            }
        }
    }

    fn field(&self, out: &mut Vec<u8>, field: FieldId, form: Form) {
        let mut nodes = self.dissection.all(field);
        if form == Form::Count {
            return put::decimal(out, nodes.count() as u64);
        }
        let Some(first) = nodes.next() else { return };
        match form {
            Form::All => {
                self.plain(out, first);
                for (at, node) in nodes.enumerate() {
                    out.push(b' ');
                    if at.saturating_add(1) >= MANY {
                        out.extend_from_slice("…".as_bytes());
                        break;
                    }
                    self.plain(out, node);
                }
            }
            Form::Name => match self.registry.field(field).and_then(|info| info.field.names.get(first.value))
            {
                Some(name) => out.extend_from_slice(name.as_bytes()),
                None => self.plain(out, first),
            },
            Form::Decimal | Form::Hex => self.number(out, first, form),
            Form::Plain | Form::Count => self.plain(out, first),
        }
    }

    fn number(&self, out: &mut Vec<u8>, node: &Node, form: Form) {
        match (self.dissection.value(self.registry, self.part, node), form) {
            (Value::Uint(number), Form::Hex) => put::hex_padded(out, number, 1),
            (Value::Uint(number), _) => put::decimal(out, number),
            (Value::Int(number), Form::Decimal) => put::signed(out, number),
            _ => self.plain(out, node),
        }
    }

    /// The value; of a number with a name the name alone, since a line has no room for both.
    fn plain(&self, out: &mut Vec<u8>, node: &Node) {
        let info = self.registry.field(node.field);
        let name = info.filter(|info| matches!(info.field.kind, Kind::Uint(Base::Dec | Base::Hex)));
        match name.and_then(|info| info.field.names.get(node.value)) {
            Some(name) => out.extend_from_slice(name.as_bytes()),
            None => tree::value(out, self.registry, self.part, self.dissection, node),
        }
    }
}
