//! Numbers for the fields of a protocol.
//!
//! Every command that looks into frames pays for this, for the protocols that it needs: a field costs one look-up among its
//! protocol's.

use super::names::{MOST, Names, Numbers};
use super::{FieldId, FieldInfo, ProtoId, SchemaError, collect};
use crate::schema::{Field, Kind, Pair, Protocol, Size};

/// A protocol that is being numbered.
pub(super) struct Numbering<'n> {
    names: &'n Names,
    /// Where its fields go.
    numbers: &'n mut Numbers,
    protocol: &'static Protocol,
    id: ProtoId,
    /// Whether others may have declared some of its fields, by their whole names.
    elsewhere: bool,
    /// Whole names of its fields, one behind the other.
    text: String,
    /// The fields of those names, and where each name ends.
    ends: Vec<(usize, usize)>,
}

/// The field of a protocol's layer node.
pub(super) fn layer(protocol: &'static Protocol, id: ProtoId) -> FieldInfo {
    let layer = Field::new("", Kind::Label, Size::Rest).doc(protocol.title);
    FieldInfo { name: protocol.name, protocol: id, field: Box::leak(Box::new(layer)) }
}

impl<'n> Numbering<'n> {
    pub(super) fn new(
        names: &'n Names,
        numbers: &'n mut Numbers,
        protocol: &'static Protocol,
        id: ProtoId,
    ) -> Self {
        let elsewhere =
            numbers.declared_elsewhere(protocol.name) || names.now.declared_elsewhere(protocol.name);
        Numbering { names, numbers, protocol, id, elsewhere, text: String::new(), ends: Vec::new() }
    }

    /// Numbers the fields of the header and of the hook, and checks what speaks of them.
    pub(super) fn rest(mut self) -> Result<(), SchemaError> {
        let mut fields = Vec::new();
        collect(self.protocol.header(), &mut fields);
        fields.extend(self.protocol.generated());
        self.numbers.begin(self.id, fields.len());
        for field in fields {
            self.number(field)?;
        }
        self.write_names();
        self.check()
    }

    /// The one field that a whole name stands for.
    fn whole(&self, name: &str) -> Option<FieldId> {
        self.names.field_in(self.numbers, name)
    }

    /// Gives a field its number, unless it has one.
    fn number(&mut self, field: &'static Field) -> Result<FieldId, SchemaError> {
        if let Some(known) = self.numbered(field.name) {
            let at = usize::from(known.0).checked_sub(self.numbers.first);
            let info = at.and_then(|at| self.numbers.fields.get(at)).or_else(|| self.names.info(known));
            let foreign = info.is_some_and(|info| info.protocol != self.id);
            let shares = (known, self.id);
            if foreign && !self.numbers.shared.contains(&shares) {
                self.numbers.shared.push(shares);
            }
            return Ok(known);
        }
        let number = self.numbers.first.saturating_add(self.numbers.fields.len());
        let number = u16::try_from(number).ok().filter(|number| usize::from(*number) < MOST);
        let number = FieldId(number.ok_or(SchemaError::TooManyFields)?);
        let name = self.name(field.name, number);
        self.numbers.fields.push(FieldInfo { name, protocol: self.id, field });
        if !field.expert.is_empty() {
            self.names.note_remarkable(number);
        }
        for alias in &field.aliases {
            if self.numbered(alias).is_none() {
                match alias.strip_prefix('=') {
                    Some(whole) => self.numbers.add_whole(whole, number),
                    None => self.numbers.add_local(alias, number),
                }
            }
        }
        Ok(number)
    }

    /// The number that a declared name has.
    fn numbered(&self, name: &str) -> Option<FieldId> {
        if let Some(whole) = name.strip_prefix('=') {
            return self.whole(whole);
        }
        if name.is_empty() {
            return self.kept_whole(self.protocol.name);
        }
        self.numbers.of_last(name).or_else(|| {
            if !self.elsewhere {
                return None;
            }
            self.kept_whole(&[self.protocol.name, ".", name].concat())
        })
    }

    fn kept_whole(&self, name: &str) -> Option<FieldId> {
        self.numbers.of_whole(name).or_else(|| self.names.now.of_whole(name))
    }

    /// The whole name of a new field; those that must be put together are left empty for `write_names`.
    fn name(&mut self, name: &'static str, number: FieldId) -> &'static str {
        if let Some(whole) = name.strip_prefix('=') {
            self.numbers.add_whole(whole, number);
            return whole;
        }
        if name.is_empty() {
            return self.protocol.name;
        }
        self.numbers.add_local(name, number);
        self.text.push_str(self.protocol.name);
        self.text.push('.');
        self.text.push_str(name);
        self.ends.push((self.numbers.fields.len(), self.text.len()));
        ""
    }

    /// Gives the names of a protocol's fields to them; they live as long as the program, as declarations do.
    fn write_names(&mut self) {
        let mut rest: &'static str = Box::leak(std::mem::take(&mut self.text).into_boxed_str());
        let mut start = 0_usize;
        for (field, end) in self.ends.drain(..) {
            let Some((name, after)) = rest.split_at_checked(end.saturating_sub(start)) else { break };
            if let Some(info) = self.numbers.fields.get_mut(field) {
                info.name = name;
            }
            (rest, start) = (after, end);
        }
    }

    /// Names for several fields, and the fields that rules speak of.
    fn check(&mut self) -> Result<(), SchemaError> {
        let protocol = self.protocol;
        let missing = |field| SchemaError::NoSuchField { protocol: protocol.name, field };
        for (name, parts) in &protocol.either {
            let of = |part: &&'static str| self.local(part).ok_or(missing(part));
            let fields = parts.iter().map(of).collect::<Result<Vec<_>, _>>()?;
            let whole: &'static str = match name.strip_prefix('=') {
                Some(whole) => whole,
                None => [protocol.name, ".", name].concat().leak(),
            };
            self.numbers.add_either(whole, fields);
        }
        for part in protocol.answers.iter().flat_map(Pair::fields) {
            self.local(part).ok_or(missing(part))?;
        }
        Ok(())
    }

    fn local(&self, name: &str) -> Option<FieldId> {
        self.names.local_in(self.numbers, self.id, self.protocol.name, name, |whole| self.whole(whole))
    }
}
