//! What a layer was given, and what its name, the layers above it and its declaration say of fields that it was not given.

use super::build::Builder;
use super::encode;
use super::value::Value;
use nettool_dissect::schema::{Field, Given, Item, Kind, Layout, Size};

impl<'a> Builder<'a> {
    /// Whether the items hold a field that the body's name sets: they are the body, whatever its head says.
    pub(super) fn is_body(&self, items: &'static [Item]) -> bool {
        let class = self.frame.class;
        let own = |item: &Item| match item {
            Item::Field(field) => class.sets.iter().any(|(name, _)| *name == field.name),
            _ => false,
        };
        class.behind.is_some() && self.frame.layer.is_some() && items.iter().any(own)
    }

    /// Whether the user gave something within the items.
    pub(super) fn any_given(&self, items: &'static [Item]) -> bool {
        let mut fields = Vec::new();
        super::catalog::collect(items, &mut fields);
        fields.iter().any(|field| {
            let set = self.frame.above.iter().any(|(name, _)| *name == field.name);
            set || self.given(field).is_some() || self.frame.stop_after == Some(field.name)
        })
    }

    /// The value given to a field, and its index in the layer; `None` where it is automatic.
    pub(super) fn given(&self, field: &'static Field) -> Option<(usize, &'a Value)> {
        let set = self.frame.set;
        let class = self.frame.class;
        set.iter()
            .enumerate()
            .find(|(_, (name, _))| class.means(*name, field))
            .map(|(at, (_, value))| (at, value))
            .filter(|(_, value)| **value != Value::Auto)
            .map(|(at, value)| (at, self.one_of(field, at, value)))
    }

    /// The value to write: of a set within an entry or a packet in a packet its first one, as nothing expands it.
    fn one_of(&self, field: &'static Field, at: usize, value: &'a Value) -> &'a Value {
        let own = self.frame.layer.is_some() && self.nesting == 0;
        let single = encode::is_number(field) && field.letters.is_empty() || field.kind == Kind::Ipv6;
        let named = matches!(field.size, Size::DnsName);
        let Some((name, _)) = self.frame.set.get(at).filter(|_| !own && (single || named)) else {
            return value;
        };
        match value {
            Value::List(values) if !self.frame.class.takes_lists(*name) => values.first().unwrap_or(value),
            Value::Tuple(values) if single && !self.frame.class.takes_lists(*name) => {
                values.first().unwrap_or(value)
            }
            value => value,
        }
    }

    pub(super) fn field_name(&self, entry: usize) -> &'a str {
        let class = self.frame.class;
        self.frame.set.get(entry).map_or("", |(name, _)| class.name_of(*name))
    }

    /// Whether a value of the layer is a list of entries by its name.
    pub(super) fn takes_lists(&self, entry: usize) -> bool {
        self.frame.set.get(entry).is_some_and(|(name, _)| self.frame.class.takes_lists(*name))
    }

    /// The number that a choice of fields goes by where a layer is typed that has one layout alone.
    pub(super) fn laid_out(&self, field: &Field, value: u64) -> u64 {
        let class = self.frame.class;
        let layouts = &class.declaration.layouts;
        let read = |at: usize| self.stack.get(at).is_some_and(|layer| layer.read.is_some());
        if layouts.is_empty() || self.frame.layer.is_some_and(read) {
            return value;
        }
        let same = |known: &&Layout| known.layer == class.name && known.field == field.name;
        let like = layouts.iter().filter(same).find(|known| (known.first..=known.last).contains(&value));
        like.map_or(value, |known| known.like)
    }

    pub(super) fn preset(&self, field: &Field) -> Option<Given> {
        self.frame.above.iter().find(|(name, _)| *name == field.name).map(|(_, given)| *given)
    }

    pub(super) fn origin(&self, entry: Option<usize>) -> Option<(usize, usize)> {
        self.frame.layer.zip(entry)
    }

    pub(super) fn shapes(&mut self, entry: usize) {
        if let Some(layer) = self.frame.layer {
            self.shaping.push((layer, entry));
        }
    }
}
