//! Numbers for the fields of a protocol.
//!
//! Every command that looks into frames pays for this, for all protocols: a field costs one look-up among its protocol's.

use super::{FieldId, FieldInfo, ProtoId, Registry, SchemaError, collect};
use crate::schema::{Field, Kind, Pair, Protocol, Size};
use std::sync::OnceLock;

/// Memory that is used again from protocol to protocol.
#[derive(Default)]
pub(super) struct Scratch {
    fields: Vec<&'static Field>,
    /// Whole names of the protocol's fields, one behind the other.
    names: String,
    /// The fields of those names, and where each name ends.
    ends: Vec<(usize, usize)>,
    /// By field, the last protocol that was found to share it.
    sharers: Vec<Option<ProtoId>>,
}

impl Scratch {
    /// Whether that a protocol shares a field is news.
    fn shares(&mut self, field: FieldId, id: ProtoId) -> bool {
        let at = usize::from(field.0);
        if self.sharers.len() <= at {
            self.sharers.resize(at.saturating_add(1), None);
        }
        self.sharers.get_mut(at).is_some_and(|sharer| sharer.replace(id) != Some(id))
    }
}

/// A protocol that is being numbered.
struct Numbering<'s> {
    protocol: &'static Protocol,
    id: ProtoId,
    /// Whether others may have declared some of its fields, by their whole names.
    elsewhere: bool,
    scratch: &'s mut Scratch,
}

impl Registry {
    pub(super) fn add(
        &mut self,
        protocol: &'static Protocol,
        id: ProtoId,
        scratch: &mut Scratch,
    ) -> Result<(), SchemaError> {
        let mut fields = std::mem::take(&mut scratch.fields);
        fields.clear();
        collect(&protocol.items, &mut fields);
        fields.extend(&protocol.extra);
        let elsewhere = self.names.declared_elsewhere(protocol.name);
        if !self.names.begin(protocol.name, id, fields.len()) {
            return Err(SchemaError::TwoProtocols(protocol.name));
        }
        let layer = Field::new("", Kind::Label, Size::Rest).doc(protocol.title);
        let mut numbering = Numbering { protocol, id, elsewhere, scratch };
        let layer = self.number(&mut numbering, Box::leak(Box::new(layer)))?;
        self.names.set_layer(layer);
        for field in &fields {
            self.number(&mut numbering, field)?;
        }
        self.write_names(scratch);
        scratch.fields = fields;
        for alias in &protocol.aliases {
            if self.names.get(alias).is_none() {
                self.names.add_whole(alias, layer);
            }
        }
        self.check(protocol, id)?;
        self.lead(protocol, id);
        Ok(())
    }

    /// Gives a field its number, unless it has one.
    fn number(
        &mut self,
        numbering: &mut Numbering<'_>,
        field: &'static Field,
    ) -> Result<FieldId, SchemaError> {
        if let Some(known) = self.numbered(numbering, field.name) {
            let foreign = self.field(known).is_some_and(|info| info.protocol != numbering.id);
            if foreign && numbering.scratch.shares(known, numbering.id) {
                self.shared.push((known, numbering.id));
            }
            return Ok(known);
        }
        let number = FieldId(u16::try_from(self.fields.len()).map_err(|_| SchemaError::TooManyFields)?);
        let name = self.name(numbering, field.name, number);
        self.fields.push(FieldInfo { name, protocol: numbering.id, field });
        self.remarkable.push(!field.expert.is_empty());
        self.names.numbered(number);
        for alias in &field.aliases {
            if self.numbered(numbering, alias).is_none() {
                self.alias(alias, number);
            }
        }
        Ok(number)
    }

    /// The number that a declared name has.
    fn numbered(&self, numbering: &Numbering<'_>, name: &str) -> Option<FieldId> {
        if let Some(whole) = name.strip_prefix('=') {
            return self.names.field(whole);
        }
        if name.is_empty() {
            return self.names.of_whole(numbering.protocol.name);
        }
        self.names.of_last(name).or_else(|| {
            let whole = || [numbering.protocol.name, ".", name].concat();
            numbering.elsewhere.then(|| self.names.of_whole(&whole())).flatten()
        })
    }

    /// The whole name of a new field; those that must be put together are left empty for [`Registry::write_names`].
    fn name(&mut self, numbering: &mut Numbering<'_>, name: &'static str, number: FieldId) -> &'static str {
        if let Some(whole) = name.strip_prefix('=') {
            self.names.add_whole(whole, number);
            return whole;
        }
        if name.is_empty() {
            return numbering.protocol.name;
        }
        self.names.add_local(name, number);
        let names = &mut numbering.scratch.names;
        names.push_str(numbering.protocol.name);
        names.push('.');
        names.push_str(name);
        numbering.scratch.ends.push((usize::from(number.0), names.len()));
        ""
    }

    fn alias(&mut self, name: &'static str, number: FieldId) {
        match name.strip_prefix('=') {
            Some(whole) => self.names.add_whole(whole, number),
            None => self.names.add_local(name, number),
        }
    }

    /// Gives the names of a protocol's fields to them; they live as long as the program, as declarations do.
    fn write_names(&mut self, scratch: &mut Scratch) {
        let mut rest: &'static str = Box::leak(scratch.names.as_str().into());
        let mut start = 0_usize;
        for (field, end) in scratch.ends.drain(..) {
            let Some((name, after)) = rest.split_at_checked(end.saturating_sub(start)) else { break };
            if let Some(info) = self.fields.get_mut(field) {
                info.name = name;
            }
            (rest, start) = (after, end);
        }
        scratch.names.clear();
    }

    /// Names for several fields, and the fields that rules speak of.
    fn check(&mut self, protocol: &'static Protocol, id: ProtoId) -> Result<(), SchemaError> {
        let missing = |field| SchemaError::NoSuchField { protocol: protocol.name, field };
        for (name, parts) in &protocol.either {
            let of = |part: &&'static str| self.local_of(protocol, id, part).ok_or(missing(part));
            let fields = parts.iter().map(of).collect::<Result<Vec<_>, _>>()?;
            let whole: &'static str = match name.strip_prefix('=') {
                Some(whole) => whole,
                None => [protocol.name, ".", name].concat().leak(),
            };
            self.names.add_either(whole, fields);
        }
        for part in protocol.answers.iter().flat_map(Pair::fields) {
            self.local_of(protocol, id, part).ok_or(missing(part))?;
        }
        Ok(())
    }

    fn local_of(&self, protocol: &Protocol, id: ProtoId, name: &str) -> Option<FieldId> {
        self.names.local(id, protocol.name, name)
    }

    /// Notes what leads to a protocol.
    fn lead(&mut self, protocol: &'static Protocol, id: ProtoId) {
        for (table, values) in &protocol.on {
            if let Some(table) = self.tables.get_mut(usize::from(table.0)) {
                values.iter().for_each(|value| table.set(*value, id));
            }
        }
        if let Some((table, test)) = protocol.heuristic
            && let Some(table) = self.tables.get_mut(usize::from(table.0))
        {
            table.heuristics.push((test, id));
        }
        if protocol.rules.as_ref().is_some_and(|rules| rules.line.is_some()) {
            self.lines.push((id, OnceLock::new()));
        }
        for table in protocol.rules.iter().flat_map(|rules| &rules.guess) {
            if let Some(table) = self.tables.get_mut(usize::from(table.0)) {
                table.guesses.push(id);
            }
        }
    }
}
