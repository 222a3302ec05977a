//! From names to numbers, and back.
//!
//! Nearly every name is a protocol's and one of its fields': those are kept as they are declared, below their protocol, so
//! that making a registry puts no name together. Names that do not follow their protocol's (`=ipv6.opt.type`, other names of
//! protocols) are few and kept whole.
//!
//! Fields that a declaration makes only when somebody asks ([`Protocol::later`]) get their numbers then. Protocols whose
//! fields' names begin alike are numbered together, in the order in which they are listed: which of them a shared field
//! belongs to does not depend on who asked first.

use super::number::Numbering;
use super::{FieldId, FieldInfo, Named, ProtoId, SchemaError};
use crate::hash::Seeded;
use crate::schema::Protocol;
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

pub(super) type Map<V> = HashMap<&'static str, V, Seeded>;

/// Numbers that belong to one group: as many as a word has bits.
const CHUNK: usize = 64;
/// Numbers that there are for fields; those behind are for what stands in place of several.
pub(super) const MOST: usize = (1 << 16) - CHUNK - crate::decode::fold::ROWS as usize;

/// Fields with consecutive numbers, and their names.
#[derive(Default)]
pub(super) struct Numbers {
    /// Number of the first field.
    pub(super) first: usize,
    pub(super) fields: Vec<FieldInfo>,
    /// For each protocol its fields and their other names, as declared; in the order of protocols.
    local: Vec<(ProtoId, Map<FieldId>)>,
    /// Names that do not begin with their protocol's.
    whole: Map<FieldId>,
    /// How the names in `whole` begin, up to the first dot.
    heads: HashSet<&'static str, Seeded>,
    /// Names for several fields.
    either: Map<Named>,
    /// Protocols other than the first that declare a field of a whole name (`=ipv6.opt.type`).
    pub(super) shared: Vec<(FieldId, ProtoId)>,
}

impl Numbers {
    /// Makes room for a protocol's fields.
    pub(super) fn begin(&mut self, id: ProtoId, fields: usize) {
        self.local.push((id, HashMap::with_capacity_and_hasher(fields.min(512), Seeded::default())));
    }

    /// The field with this number.
    #[inline]
    fn field(&self, id: FieldId) -> Option<&FieldInfo> {
        self.fields.get(usize::from(id.0).checked_sub(self.first)?)
    }

    /// A name that does not follow its protocol's.
    pub(super) fn add_whole(&mut self, name: &'static str, field: FieldId) {
        self.heads.insert(head(name));
        self.whole.insert(name, field);
    }

    /// A name below that of the protocol that was taken in last.
    pub(super) fn add_local(&mut self, name: &'static str, field: FieldId) {
        if let Some((_, names)) = self.local.last_mut() {
            names.insert(name, field);
        }
    }

    /// A name for several fields.
    pub(super) fn add_either(&mut self, name: &'static str, fields: Vec<FieldId>) {
        self.either.insert(name, Named::Any(fields.leak()));
    }

    /// What the protocol that was taken in last declares as `name`.
    pub(super) fn of_last(&self, name: &str) -> Option<FieldId> {
        self.local.last().and_then(|(_, names)| names.get(name)).copied()
    }

    /// A name that is kept whole.
    pub(super) fn of_whole(&self, name: &str) -> Option<FieldId> {
        self.whole.get(name).copied()
    }

    /// Whether fields of the protocol may have been declared by others, by their whole names.
    pub(super) fn declared_elsewhere(&self, protocol: &str) -> bool {
        self.heads.contains(head(protocol))
    }

    /// What a protocol declares as `name`.
    fn of_protocol(&self, id: ProtoId, name: &str) -> Option<FieldId> {
        let at = self.local.binary_search_by_key(&id, |(id, _)| *id).ok()?;
        self.local.get(at)?.1.get(name).copied()
    }

    /// The field of a whole name, kept whole or below its protocol.
    fn of_either_kind(&self, names: &Names, name: &str) -> Option<FieldId> {
        self.of_whole(name).or_else(|| {
            name.match_indices('.').find_map(|(dot, _)| {
                let (protocol, field) = (name.get(..dot)?, name.get(dot.saturating_add(1)..)?);
                self.of_protocol(names.protocol(protocol)?, field)
            })
        })
    }

    fn numbered(&self) -> impl Iterator<Item = (FieldId, &FieldInfo)> {
        let first = u16::try_from(self.first).unwrap_or(u16::MAX);
        (first..=u16::MAX).map(FieldId).zip(&self.fields)
    }
}

/// Protocols whose later fields are numbered together.
#[derive(Default)]
struct Group {
    members: Vec<ProtoId>,
    numbers: OnceLock<Numbers>,
}

/// What names and numbers stand for.
pub(super) struct Names {
    declared: &'static [Protocol],
    protocols: Map<ProtoId>,
    /// Field of each protocol's layer node.
    layers: Vec<FieldId>,
    /// The fields that were numbered when the registry was made.
    pub(super) now: Numbers,
    groups: Vec<Group>,
    /// The group of protocols, and of what names begin with.
    group_of: HashMap<ProtoId, usize, Seeded>,
    group_of_head: Map<usize>,
    /// The first number that is not taken yet.
    next: Mutex<usize>,
    /// Fields of groups, by number.
    chunks: Vec<OnceLock<(usize, usize)>>,
    /// A bit for each field whose values may deserve attention.
    remarkable: Vec<AtomicU64>,
    /// Every name, put together when somebody asks.
    all: OnceLock<Vec<(&'static str, Named)>>,
}

/// What stands before the first dot.
pub(super) fn head(name: &str) -> &str {
    name.split_once('.').map_or(name, |(head, _)| head)
}

impl Names {
    /// Takes the protocols' own names in, and sorts those with later fields into groups.
    pub(super) fn new(declared: &'static [Protocol]) -> Result<Names, SchemaError> {
        let mut names = Names {
            declared,
            protocols: HashMap::default(),
            layers: Vec::with_capacity(declared.len()),
            now: Numbers { fields: Vec::with_capacity(4096), ..Numbers::default() },
            groups: Vec::new(),
            group_of: HashMap::default(),
            group_of_head: HashMap::default(),
            next: Mutex::new(MOST),
            chunks: Vec::new(),
            remarkable: (0..MOST / CHUNK).map(|_| AtomicU64::new(0)).collect(),
            all: OnceLock::new(),
        };
        for (at, protocol) in declared.iter().enumerate() {
            let id = ProtoId(u16::try_from(at).map_err(|_| SchemaError::TooManyFields)?);
            if names.protocols.insert(protocol.name, id).is_some() {
                return Err(SchemaError::TwoProtocols(protocol.name));
            }
            if protocol.is_later() {
                names.put_in_group(id, protocol);
            }
        }
        names.dissolve_groups();
        Ok(names)
    }

    /// Puts a protocol into the group of those whose names begin like its fields'.
    fn put_in_group(&mut self, id: ProtoId, protocol: &'static Protocol) {
        let heads = || protocol.heads.iter().copied().chain([head(protocol.name)]);
        let mut known: Vec<usize> =
            heads().filter_map(|head| self.group_of_head.get(head).copied()).collect();
        known.sort_unstable();
        known.dedup();
        let group = known.first().copied().unwrap_or_else(|| {
            self.groups.push(Group::default());
            self.groups.len().saturating_sub(1)
        });
        for other in known.into_iter().skip(1) {
            let moved = self.groups.get_mut(other).map(|group| std::mem::take(&mut group.members));
            self.group_of_head.values_mut().filter(|of| **of == other).for_each(|of| *of = group);
            if let Some(into) = self.groups.get_mut(group) {
                into.members.extend(moved.unwrap_or_default());
            }
        }
        if let Some(group) = self.groups.get_mut(group) {
            group.members.push(id);
        }
        for head in heads() {
            self.group_of_head.insert(head, group);
        }
    }

    /// A plugin's field may have a name that begins like a group's: then that is numbered at once, before the plugin.
    fn dissolve_groups(&mut self) {
        for protocol in self.declared.iter().filter(|protocol| protocol.plugin) {
            if let Some(group) = self.group_of_head.get(head(protocol.name)).copied() {
                self.group_of_head.retain(|_, of| *of != group);
                if let Some(group) = self.groups.get_mut(group) {
                    group.members.clear();
                }
            }
        }
        for (at, group) in self.groups.iter_mut().enumerate() {
            group.members.sort_unstable();
            self.group_of.extend(group.members.iter().map(|id| (*id, at)));
        }
    }

    /// Whether a protocol's fields get their numbers when somebody asks.
    pub(super) fn is_later(&self, id: ProtoId) -> bool {
        self.group_of.contains_key(&id)
    }

    /// The layer's field of the protocol that was taken in last.
    pub(super) fn set_layer(&mut self, field: FieldId) {
        self.layers.push(field);
    }

    /// All that is numbered at once has its number: groups get those behind.
    pub(super) fn close(&mut self) {
        let next = self.now.fields.len().next_multiple_of(CHUNK);
        self.next = Mutex::new(next);
        let chunks = if self.groups.is_empty() { 0 } else { MOST / CHUNK };
        self.chunks = (0..chunks).map(|_| OnceLock::new()).collect();
    }

    /// Notes that values of a field may deserve attention.
    pub(super) fn note_remarkable(&self, field: FieldId) {
        if let Some(word) = self.remarkable.get(usize::from(field.0) / CHUNK) {
            word.fetch_or(1 << (field.0 % 64), Ordering::Relaxed);
        }
    }

    /// Whether values of a field may deserve attention.
    #[inline]
    pub(super) fn is_remarkable(&self, field: FieldId) -> bool {
        let word = self.remarkable.get(usize::from(field.0) / CHUNK);
        word.is_some_and(|word| word.load(Ordering::Relaxed) >> (field.0 % 64) & 1 != 0)
    }

    /// The numbers of a group, given now if they have not been.
    fn numbers(&self, group: usize) -> Option<&Numbers> {
        let Group { members, numbers } = self.groups.get(group)?;
        if let Some(numbers) = numbers.get() {
            return Some(numbers);
        }
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let mut made = false;
        let numbers = numbers.get_or_init(|| {
            made = true;
            self.number(members, *next)
        });
        if made {
            let end = next.saturating_add(numbers.fields.len()).next_multiple_of(CHUNK);
            for at in *next / CHUNK..end / CHUNK {
                // Nobody else has these numbers.
                let _ = self.chunks.get(at).map(|chunk| chunk.set((group, *next)));
            }
            *next = end;
        }
        Some(numbers)
    }

    /// Gives the fields of protocols numbers.
    fn number(&self, members: &[ProtoId], first: usize) -> Numbers {
        let mut numbers = Numbers { first, ..Numbers::default() };
        for id in members {
            if let Some(protocol) = self.declared.get(usize::from(id.0)) {
                // What fails is a declaration that a test would have found.
                let _ = Numbering::new(self, &mut numbers, protocol, *id).rest();
            }
        }
        numbers
    }

    /// The numbers that a protocol's fields have.
    fn of(&self, id: ProtoId) -> &Numbers {
        self.group_of.get(&id).and_then(|group| self.numbers(*group)).unwrap_or(&self.now)
    }

    /// The group in which a whole name may stand.
    fn of_head(&self, name: &str) -> Option<&Numbers> {
        self.group_of_head.get(head(name)).and_then(|group| self.numbers(*group))
    }

    /// The field with this number.
    #[inline]
    pub(super) fn info(&self, id: FieldId) -> Option<&FieldInfo> {
        self.now.field(id).or_else(|| self.later_info(id))
    }

    fn later_info(&self, id: FieldId) -> Option<&FieldInfo> {
        let (group, _) = self.chunks.get(usize::from(id.0) / CHUNK)?.get()?;
        self.groups.get(*group)?.numbers.get()?.field(id)
    }

    /// Every field.
    pub(super) fn fields(&self) -> impl Iterator<Item = (FieldId, &FieldInfo)> {
        let later = (0..self.groups.len()).filter_map(|group| self.numbers(group));
        self.now.numbered().chain(later.flat_map(Numbers::numbered))
    }

    /// The fields that a protocol was the first to declare.
    pub(super) fn fields_of(&self, id: ProtoId) -> impl Iterator<Item = (FieldId, &FieldInfo)> {
        let layer = self.layer(id).and_then(|layer| Some((layer, self.info(layer)?)));
        let others = self.of(id).numbered().filter(move |(_, info)| info.protocol == id);
        layer.into_iter().chain(others.filter(move |(field, _)| Some(*field) != self.layer(id)))
    }

    /// Every protocol whose declaration holds the field.
    pub(super) fn holders(&self, field: FieldId) -> impl Iterator<Item = ProtoId> + '_ {
        let info = self.info(field);
        // The node of a layer is that layer's alone, and fields that are made later need not be made to tell.
        let other = info.filter(|info| self.layer(info.protocol) != Some(field));
        let later = other.and_then(|info| self.of_head(info.name));
        let shared = self.now.shared.iter().chain(later.into_iter().flat_map(|numbers| &numbers.shared));
        let shared = shared.filter(move |(id, _)| *id == field).map(|(_, holder)| *holder);
        info.map(|info| info.protocol).into_iter().chain(shared)
    }

    pub(super) fn protocol(&self, name: &str) -> Option<ProtoId> {
        self.protocols.get(name).copied()
    }

    pub(super) fn layer(&self, id: ProtoId) -> Option<FieldId> {
        self.layers.get(usize::from(id.0)).copied()
    }

    /// The field that a protocol declares as `name`.
    pub(super) fn local(&self, id: ProtoId, protocol: &str, name: &str) -> Option<FieldId> {
        let numbers = self.of(id);
        // Most whole names that a protocol declares stand with its own numbers, and all others are looked for longer.
        self.local_in(numbers, id, protocol, name, |whole| {
            numbers.of_whole(whole).or_else(|| self.field(whole))
        })
    }

    /// The field that a protocol declares as `name`, among numbers that are being given.
    pub(super) fn local_in(
        &self,
        numbers: &Numbers,
        id: ProtoId,
        protocol: &str,
        name: &str,
        of_whole: impl Fn(&str) -> Option<FieldId>,
    ) -> Option<FieldId> {
        if let Some(whole) = name.strip_prefix('=') {
            return of_whole(whole);
        }
        if name.is_empty() {
            return self.layer(id);
        }
        numbers.of_protocol(id, name).or_else(|| {
            let elsewhere = numbers.declared_elsewhere(protocol) || self.now.declared_elsewhere(protocol);
            let whole = || [protocol, ".", name].concat();
            elsewhere.then(|| numbers.of_whole(&whole()).or_else(|| self.now.of_whole(&whole()))).flatten()
        })
    }

    /// The one field that a whole name stands for, among those that have their numbers and `numbers`.
    pub(super) fn field_in(&self, numbers: &Numbers, name: &str) -> Option<FieldId> {
        let layer = || self.protocol(name).and_then(|id| self.layer(id));
        let own = || numbers.of_either_kind(self, name);
        self.now.of_whole(name).or_else(layer).or_else(own).or_else(|| self.now.of_either_kind(self, name))
    }

    /// The one field that a whole name stands for.
    pub(super) fn field(&self, name: &str) -> Option<FieldId> {
        if let Some(field) = self.now.of_whole(name) {
            return Some(field);
        }
        if let Some(layer) = self.protocol(name).and_then(|id| self.layer(id)) {
            return Some(layer);
        }
        let now = self.now.of_either_kind(self, name);
        now.or_else(|| self.of_head(name)?.of_either_kind(self, name))
    }

    /// What a whole name stands for.
    pub(super) fn get(&self, name: &str) -> Option<Named> {
        if let Some(several) = self.now.either.get(name) {
            return Some(*several);
        }
        let is_protocol = self.protocols.contains_key(name);
        let later = if is_protocol { None } else { self.of_head(name) };
        let several = later.and_then(|numbers| numbers.either.get(name)).copied();
        several.or_else(|| self.field(name).map(Named::Field))
    }

    /// Every name, in no order.
    pub(super) fn all(&self) -> impl Iterator<Item = (&'static str, &Named)> {
        let all = self.all.get_or_init(|| self.put_together());
        all.iter().map(|(name, named)| (*name, named))
    }

    fn put_together(&self) -> Vec<(&'static str, Named)> {
        let later = (0..self.groups.len()).filter_map(|group| self.numbers(group));
        let parts: Vec<&Numbers> = [&self.now].into_iter().chain(later).collect();
        let mut all: Vec<(&'static str, Named)> =
            self.fields().map(|(id, info)| (info.name, Named::Field(id))).collect();
        let is_name_of = |name: &str, id: FieldId| self.info(id).is_some_and(|info| info.name == name);
        for part in &parts {
            let others = part.whole.iter().filter(|(name, id)| !is_name_of(name, **id));
            all.extend(others.map(|(name, id)| (*name, Named::Field(*id))));
            for (protocol, names) in &part.local {
                let Some(protocol) = self.declared.get(usize::from(protocol.0)) else { continue };
                for (name, id) in names {
                    let whole = [protocol.name, ".", name].concat();
                    if !is_name_of(&whole, *id) {
                        all.push((whole.leak(), Named::Field(*id)));
                    }
                }
            }
        }
        all.retain(|(name, _)| !parts.iter().any(|part| part.either.contains_key(name)));
        for part in &parts {
            all.extend(part.either.iter().map(|(name, several)| (*name, *several)));
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use crate::registry::Registry;

    #[test]
    fn nodes_of_layers_are_their_protocols_alone() {
        let registry = Registry::builtin();
        let fields = registry.fields().count();
        let names = &registry.names;
        let later = names.groups.iter().filter_map(|group| group.numbers.get());
        let shared: Vec<_> = std::iter::once(&names.now).chain(later).flat_map(|part| &part.shared).collect();
        assert!(fields > shared.len() && !shared.is_empty());
        for (field, _) in shared {
            let protocol = names.info(*field).map(|info| info.protocol).unwrap();
            assert_ne!(registry.layer_field(protocol), Some(*field), "{:?}", names.info(*field));
        }
    }

    #[test]
    fn whole_names_of_a_group_mean_the_same_everywhere() {
        let registry = Registry::builtin();
        assert!(registry.fields().count() > 0);
        let names = &registry.names;
        for numbers in names.groups.iter().filter_map(|group| group.numbers.get()) {
            for (name, field) in &numbers.whole {
                assert_eq!(names.field(name), Some(*field), "{name}");
            }
        }
    }
}
