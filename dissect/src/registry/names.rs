//! From names to numbers.
//!
//! Nearly every name is a protocol's and one of its fields': those are kept as they are declared, below their protocol, so
//! that making a registry puts no name together. Names that do not follow their protocol's (`=ipv6.opt.type`, other names of
//! protocols) are few and kept whole.

use super::{FieldId, FieldInfo, Named, ProtoId};
use crate::hash::Seeded;
use crate::schema::Protocol;
use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

type Map<V> = HashMap<&'static str, V, Seeded>;

/// What names stand for.
#[derive(Default)]
pub(super) struct Names {
    protocols: Map<ProtoId>,
    /// Field of each protocol's layer node.
    layers: Vec<FieldId>,
    /// For each protocol its fields and their other names, as declared.
    local: Vec<Map<FieldId>>,
    /// Names that do not begin with their protocol's.
    whole: Map<FieldId>,
    /// How the names in `whole` begin, up to the first dot.
    heads: HashSet<&'static str, Seeded>,
    /// Names for several fields.
    either: Map<Named>,
    /// Each field as a [`Named`], by number.
    single: Vec<Named>,
    /// Every name, put together when somebody asks.
    all: OnceLock<Vec<(&'static str, Named)>>,
}

/// What stands before the first dot.
fn head(name: &str) -> &str {
    name.split_once('.').map_or(name, |(head, _)| head)
}

impl Names {
    /// Takes a protocol in; false when the name is taken.
    pub(super) fn begin(&mut self, name: &'static str, id: ProtoId, fields: usize) -> bool {
        self.local.push(HashMap::with_capacity_and_hasher(fields.min(512), Seeded::default()));
        self.protocols.insert(name, id).is_none()
    }

    /// Whether fields of the protocol may have been declared by others, by their whole names.
    pub(super) fn declared_elsewhere(&self, protocol: &str) -> bool {
        self.heads.contains(head(protocol))
    }

    /// The layer's field of the protocol that was taken in last.
    pub(super) fn set_layer(&mut self, field: FieldId) {
        self.layers.push(field);
    }

    /// A field with a number of its own.
    pub(super) fn numbered(&mut self, field: FieldId) {
        self.single.push(Named::Field(field));
    }

    /// A name that does not follow its protocol's.
    pub(super) fn add_whole(&mut self, name: &'static str, field: FieldId) {
        self.heads.insert(head(name));
        self.whole.insert(name, field);
    }

    /// A name below that of the protocol that was taken in last.
    pub(super) fn add_local(&mut self, name: &'static str, field: FieldId) {
        if let Some(names) = self.local.last_mut() {
            names.insert(name, field);
        }
    }

    /// A name for several fields.
    pub(super) fn add_either(&mut self, name: &'static str, fields: Vec<FieldId>) {
        self.either.insert(name, Named::Any(fields));
    }

    /// What the protocol that was taken in last declares as `name`.
    pub(super) fn of_last(&self, name: &str) -> Option<FieldId> {
        self.local.last().and_then(|names| names.get(name)).copied()
    }

    /// A name that is kept whole.
    pub(super) fn of_whole(&self, name: &str) -> Option<FieldId> {
        self.whole.get(name).copied()
    }

    pub(super) fn protocol(&self, name: &str) -> Option<ProtoId> {
        self.protocols.get(name).copied()
    }

    pub(super) fn layer(&self, id: ProtoId) -> Option<FieldId> {
        self.layers.get(usize::from(id.0)).copied()
    }

    /// The field that a protocol declares as `name`.
    pub(super) fn local(&self, id: ProtoId, protocol: &str, name: &str) -> Option<FieldId> {
        if let Some(whole) = name.strip_prefix('=') {
            return self.field(whole);
        }
        if name.is_empty() {
            return self.layer(id);
        }
        let own = self.local.get(usize::from(id.0)).and_then(|names| names.get(name)).copied();
        own.or_else(|| {
            let elsewhere = self.declared_elsewhere(protocol);
            elsewhere.then(|| self.of_whole(&[protocol, ".", name].concat())).flatten()
        })
    }

    /// The one field that a whole name stands for.
    pub(super) fn field(&self, name: &str) -> Option<FieldId> {
        if let Some(field) = self.whole.get(name) {
            return Some(*field);
        }
        if let Some(layer) = self.protocol(name).and_then(|id| self.layer(id)) {
            return Some(layer);
        }
        name.match_indices('.').find_map(|(dot, _)| {
            let (protocol, field) = (name.get(..dot)?, name.get(dot.saturating_add(1)..)?);
            let id = self.protocol(protocol)?;
            self.local.get(usize::from(id.0))?.get(field).copied()
        })
    }

    /// What a whole name stands for.
    pub(super) fn get(&self, name: &str) -> Option<&Named> {
        if let Some(several) = self.either.get(name) {
            return Some(several);
        }
        self.field(name).and_then(|id| self.single.get(usize::from(id.0)))
    }

    /// Every name, in no order.
    pub(super) fn all(
        &self,
        protocols: &'static [Protocol],
        fields: &[FieldInfo],
    ) -> impl Iterator<Item = (&'static str, &Named)> {
        let all = self.all.get_or_init(|| self.put_together(protocols, fields));
        all.iter().map(|(name, named)| (*name, named))
    }

    fn put_together(
        &self,
        protocols: &'static [Protocol],
        fields: &[FieldInfo],
    ) -> Vec<(&'static str, Named)> {
        let mut all: Vec<(&'static str, Named)> =
            fields.iter().zip(&self.single).map(|(info, named)| (info.name, named.clone())).collect();
        let is_name_of =
            |name: &str, id: FieldId| fields.get(usize::from(id.0)).is_some_and(|info| info.name == name);
        let others = self.whole.iter().filter(|(name, id)| !is_name_of(name, **id));
        all.extend(others.map(|(name, id)| (*name, Named::Field(*id))));
        for (protocol, names) in protocols.iter().zip(&self.local) {
            for (name, id) in names {
                let whole = [protocol.name, ".", name].concat();
                if !is_name_of(&whole, *id) {
                    all.push((whole.leak(), Named::Field(*id)));
                }
            }
        }
        all.retain(|(name, _)| !self.either.contains_key(name));
        all.extend(self.either.iter().map(|(name, several)| (*name, several.clone())));
        all
    }
}
