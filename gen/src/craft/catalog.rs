//! The layers that can be crafted, found in a registry's declarations: whole protocols under scapy's and nettool's names, and
//! parts of protocols (options, records, entries). Made once; the names of a layer's fields are collected when it is first used.

use super::error::{CraftError, near};
use nettool_dissect::registry::{ProtoId, Registry};
use nettool_dissect::schema::{Below, Expr, Field, Given, Item, Kind, Part, Protocol, Tlv};
use std::collections::HashMap;
use std::sync::OnceLock;

/// Index of a layer in the catalog.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct ClassId(pub u16);

/// Index of a field's name in its layer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct NameId(pub u16);

/// What a layer's octets are.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Root {
    /// Items one after the other.
    Items(&'static [Item]),
    /// One entry of a type-length-value list.
    Entry(&'static Tlv),
}

/// Where a layer's items are declared; they are looked for when the layer is first used, for that makes its protocol's fields.
#[derive(Clone, Copy)]
enum Source {
    Header,
    Part(&'static Part),
    Entry(&'static Tlv),
}

/// A layer that can be crafted.
pub struct Class {
    /// Its name in scripts.
    pub name: &'static str,
    /// The protocol that declares it.
    pub protocol: ProtoId,
    /// Whether it is a part of the protocol (an option, an entry).
    pub part: bool,
    pub(crate) declaration: &'static Protocol,
    source: Source,
    root: OnceLock<Root>,
    pub(crate) sets: Vec<(&'static str, Given)>,
    /// The field behind which the layer begins.
    pub(crate) behind: Option<&'static str>,
    names: OnceLock<Names>,
}

#[derive(Default)]
struct Names {
    /// Name, the fields that it stands for, and other names of the same fields.
    list: Vec<(String, Vec<&'static Field>, Vec<NameId>)>,
    /// Place of each field in wire order, and whether it is repeated.
    places: HashMap<usize, (usize, bool)>,
    by_name: HashMap<String, NameId>,
    /// Nodes of parts whose octets are one value: entries of lists, repeated parts, blocks that have a name in scripts.
    labels: HashMap<&'static str, NameId>,
    /// Numbers that divide another.
    parts: HashMap<NameId, Vec<NameId>>,
}

/// How fields lie within each other.
#[derive(Default)]
struct Structure {
    /// A label, and the nodes whose octets are its value.
    labels: Vec<(&'static Field, Vec<&'static str>)>,
    /// A number and those that divide it.
    groups: Vec<(&'static Field, Vec<&'static Field>)>,
}

/// All layers of a registry.
pub struct Catalog {
    registry: &'static Registry,
    /// Layers that stand beside the fields of their protocols.
    declared: Classes,
    by_protocol: HashMap<ProtoId, ClassId>,
    /// Entries of lists, which stand among the fields: all protocols make theirs to know them.
    entries: OnceLock<Classes>,
}

/// Layers with numbers from `start` on.
#[derive(Default)]
struct Classes {
    start: usize,
    list: Vec<Class>,
    by_name: HashMap<&'static str, ClassId>,
}

impl Classes {
    fn add(&mut self, class: Class) -> Option<ClassId> {
        let id = u16::try_from(self.start + self.list.len()).map(ClassId).ok()?;
        if self.by_name.contains_key(class.name) {
            return None;
        }
        self.by_name.insert(class.name, id);
        self.list.push(class);
        Some(id)
    }

    fn numbered(&self) -> impl Iterator<Item = (ClassId, &Class)> {
        self.list.iter().enumerate().map(|(at, class)| (ClassId((self.start + at) as u16), class))
    }

    fn get(&self, id: ClassId) -> Option<&Class> {
        self.list.get(usize::from(id.0).checked_sub(self.start)?)
    }
}

impl Catalog {
    /// The layers of `registry`, which lives as long as the program.
    pub fn new(registry: &'static Registry) -> Catalog {
        let mut catalog = Catalog {
            registry,
            declared: Classes::default(),
            by_protocol: HashMap::new(),
            entries: OnceLock::new(),
        };
        for (id, protocol) in numbered(registry) {
            catalog.add_protocol(id, protocol);
        }
        // nettool's own names come last: a layer of that name has precedence
        for (id, protocol) in numbered(registry).filter(|(_, protocol)| is_identifier(protocol.name)) {
            catalog.add_whole(protocol.name, id, protocol, Vec::new());
        }
        catalog
    }

    /// The layers of the built-in protocols.
    pub fn builtin() -> &'static Catalog {
        static BUILTIN: OnceLock<Catalog> = OnceLock::new();
        BUILTIN.get_or_init(|| Catalog::new(Registry::builtin()))
    }

    fn add_protocol(&mut self, id: ProtoId, protocol: &'static Protocol) {
        for layer in &protocol.layers {
            self.add_whole(layer, id, protocol, Vec::new());
        }
        for (layer, sets) in &protocol.presets {
            let sets = sets.iter().map(|(field, value)| (*field, Given::Number(*value))).collect();
            self.add_whole(layer, id, protocol, sets);
        }
        for part in &protocol.parts {
            let behind = part.behind.then_some(part.of);
            let class = Class::new(part.layer, id, protocol, Source::Part(part), part.sets.clone());
            self.declared.add(Class { behind, ..class });
        }
    }

    fn add_whole(
        &mut self,
        name: &'static str,
        id: ProtoId,
        protocol: &'static Protocol,
        sets: Vec<(&'static str, Given)>,
    ) {
        if let Some(class) = self.declared.add(Class::new(name, id, protocol, Source::Header, sets)) {
            self.by_protocol.entry(id).or_insert(class);
        }
    }

    fn entries(&self) -> &Classes {
        self.entries.get_or_init(|| {
            let mut entries = Classes { start: self.declared.list.len(), ..Classes::default() };
            for (id, protocol) in numbered(self.registry) {
                let mut lists = Vec::new();
                lists_of(protocol.header(), &mut lists);
                for (list, case) in lists.iter().flat_map(|list| list.cases.iter().map(|case| (*list, case)))
                {
                    let layers = case.field.craft.iter().filter(|name| is_layer(name));
                    for layer in layers.filter(|name| !self.declared.by_name.contains_key(*name)) {
                        let sets = vec![(list.kind, Given::Number(case.kind))];
                        entries.add(Class::new(layer, id, protocol, Source::Entry(list), sets));
                    }
                }
            }
            entries
        })
    }

    /// The registry that it was made from.
    pub fn registry(&self) -> &'static Registry {
        self.registry
    }

    /// Every layer.
    pub fn classes(&self) -> impl Iterator<Item = (ClassId, &Class)> {
        self.declared.numbered().chain(self.entries().numbered())
    }

    /// Every layer but those that stand among the fields of protocols.
    pub(crate) fn declared(&self) -> impl Iterator<Item = (ClassId, &Class)> {
        self.declared.numbered()
    }

    /// Whether all layers that a text may name are [declared](Self::declared) ones.
    pub(crate) fn declares_all(&self, text: &str) -> bool {
        let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
        words.all(|word| !is_layer(word) || self.declared.by_name.contains_key(word))
    }

    /// A layer by its number.
    pub fn class(&self, id: ClassId) -> &Class {
        let found = self.declared.get(id).or_else(|| self.entries().get(id));
        found.unwrap_or(&self.declared.list[0])
    }

    /// A layer by its name.
    pub fn named(&self, name: &str) -> Option<ClassId> {
        let declared = self.declared.by_name.get(name).copied();
        declared.or_else(|| is_layer(name).then(|| self.entries().by_name.get(name).copied())?)
    }

    /// The layer of a whole protocol.
    pub fn of_protocol(&self, protocol: ProtoId) -> Option<ClassId> {
        self.by_protocol.get(&protocol).copied()
    }

    pub(crate) fn class_of_protocol(&self, protocol: ProtoId) -> Option<&Class> {
        self.of_protocol(protocol).map(|id| self.class(id))
    }

    /// The fault that there is no such layer.
    pub fn no_such_layer(&self, name: &str) -> CraftError {
        CraftError::NoLayer {
            name: name.into(),
            near: near(name, self.classes().map(|(_, class)| class.name)),
        }
    }
}

fn numbered(registry: &'static Registry) -> impl Iterator<Item = (ProtoId, &'static Protocol)> {
    let protocols = registry.protocols().iter().enumerate();
    protocols.map_while(|(at, protocol)| Some((ProtoId(u16::try_from(at).ok()?), protocol)))
}

/// Whether the name of an entry of a list is one of a layer, rather than of a field.
fn is_layer(name: &str) -> bool {
    name.starts_with(char::is_uppercase)
}

impl Class {
    fn new(
        name: &'static str,
        protocol: ProtoId,
        declaration: &'static Protocol,
        source: Source,
        sets: Vec<(&'static str, Given)>,
    ) -> Class {
        let part = !matches!(source, Source::Header);
        let (root, names) = (OnceLock::new(), OnceLock::new());
        Class { name, protocol, part, declaration, source, root, sets, behind: None, names }
    }

    /// What its octets are.
    pub(crate) fn root(&self) -> Root {
        *self.root.get_or_init(|| match self.source {
            Source::Part(part) if !part.behind => {
                let mut lists = Vec::new();
                lists_of(self.declaration.header(), &mut lists);
                // that every part is found is a test; plugins declare none
                find_with(self.declaration.header(), &lists, part).unwrap_or(Root::Items(&[]))
            }
            Source::Header | Source::Part(_) => Root::Items(self.declaration.header()),
            Source::Entry(list) => Root::Entry(list),
        })
    }

    /// The name of the protocol that declares it.
    pub fn protocol_name(&self) -> &'static str {
        self.declaration.name
    }

    fn names(&self) -> &Names {
        self.names.get_or_init(|| {
            let mut fields = Vec::new();
            let mut repeated = Vec::new();
            let mut structure = Structure::default();
            match self.root() {
                Root::Items(items) => {
                    collect(items, &mut fields);
                    repeats(items, &mut repeated);
                    structure.items(items);
                }
                Root::Entry(list) => {
                    collect_list(list, &mut fields);
                    repeats_list(list, &mut repeated);
                    structure.entry(list);
                }
            }
            let mut chosen = fields.clone();
            if let Root::Items(items) = self.root() {
                chosen.clear();
                choose(items, &self.sets, &mut chosen);
            }
            let calls = self.declaration.calls.iter().filter(|(layer, ..)| *layer == self.name);
            let called: Vec<_> = calls.map(|(_, name, field)| (*name, *field)).collect();
            let mut names = Names::of(&fields, &repeated, &chosen, &called, self.part);
            names.structured(&structure);
            names
        })
    }

    /// The number of a field's name.
    pub fn name(&self, name: &str) -> Option<NameId> {
        self.names().by_name.get(name).copied()
    }

    /// The name of a number.
    pub fn name_of(&self, id: NameId) -> &str {
        self.names().list.get(usize::from(id.0)).map_or("", |entry| &entry.0)
    }

    /// The first name of a field that the registry knows by the same declared name.
    pub(crate) fn name_of_field(&self, field: &Field) -> Option<NameId> {
        let list = &self.names().list;
        let at = list.iter().position(|entry| entry.1.iter().any(|known| known.name == field.name))?;
        u16::try_from(at).ok().map(NameId)
    }

    /// The name whose value the octets of a part's node are; `None` where what it holds has values of its own.
    pub(crate) fn label(&self, node: &str) -> Option<NameId> {
        self.names().labels.get(node).copied()
    }

    /// The numbers that divide another.
    pub(crate) fn parts(&self, id: NameId) -> &[NameId] {
        self.names().parts.get(&id).map_or(&[], Vec::as_slice)
    }

    /// Whether a number divides another.
    pub(crate) fn is_part(&self, id: NameId) -> bool {
        self.names().parts.values().any(|parts| parts.contains(&id))
    }

    /// Other names of the same fields.
    pub(crate) fn same(&self, id: NameId) -> &[NameId] {
        self.names().list.get(usize::from(id.0)).map_or(&[], |entry| &entry.2)
    }

    /// The declared fields that a name stands for.
    pub fn fields_of(&self, id: NameId) -> &[&'static Field] {
        self.names().list.get(usize::from(id.0)).map_or(&[], |entry| &entry.1)
    }

    /// Whether the layer has this field.
    pub(crate) fn declares(&self, field: &Field) -> bool {
        self.names().places.contains_key(&address(field))
    }

    /// Whether the name stands for this field.
    pub(crate) fn means(&self, id: NameId, field: &'static Field) -> bool {
        self.fields_of(id).iter().any(|known| std::ptr::eq(*known, field))
    }

    fn places_of(&self, id: NameId) -> impl Iterator<Item = (usize, bool)> {
        let places = &self.names().places;
        self.fields_of(id).iter().filter_map(move |field| places.get(&address(field)).copied())
    }

    /// Whether a list given by this name is one value: the entries of a part.
    pub(crate) fn takes_lists(&self, id: NameId) -> bool {
        // of several fields the first one on the wire is meant: an option's field of the same name is no list of the header's
        let places = &self.names().places;
        let first = self
            .fields_of(id)
            .iter()
            .min_by_key(|field| places.get(&address(field)).map_or(0, |place| place.0));
        first.is_some_and(|field| {
            let repeated = places.get(&address(field)).is_some_and(|place| place.1);
            field.kind == Kind::Label || field.lists || repeated
        })
    }

    /// Whether a name stands for one field, which occurs again and again.
    pub(crate) fn is_repeated(&self, id: NameId) -> bool {
        self.fields_of(id).len() == 1 && self.places_of(id).all(|(_, repeated)| repeated)
    }

    /// Whether a list given by a name can be of a repeated part's field: one of the header that has the same name is another one.
    pub(crate) fn is_entrys(&self, id: NameId, field: &Field) -> bool {
        let places = &self.names().places;
        let entrys = |list: &Field| places.get(&address(list)).is_none_or(|place| place.1);
        let mut lists = self.fields_of(id).iter().filter(|field| field.kind == Kind::Label);
        self.takes_lists(id) && (field.kind != Kind::Label || lists.all(|list| entrys(list)))
    }

    /// Whether just this field of a name stands in a repeated part.
    pub(crate) fn repeats(&self, id: NameId, field: &Field) -> bool {
        let places = &self.names().places;
        let own = self.fields_of(id).iter().filter(|known| known.name == field.name);
        own.into_iter().any(|known| places.get(&address(known)).is_some_and(|place| place.1))
    }

    /// Where the field stands in wire order.
    pub(crate) fn order_of(&self, id: NameId) -> usize {
        self.places_of(id).map(|(at, _)| at).min().unwrap_or(0)
    }

    /// The preferred names of the layer's fields, in wire order.
    pub fn field_names(&self) -> impl Iterator<Item = &str> {
        self.names().list.iter().map(|entry| entry.0.as_str())
    }

    /// What the layer sets in a layer of `protocol` below it.
    pub(crate) fn below(&self, protocol: &str) -> impl Iterator<Item = &Below> {
        let rules = self.declaration.below.iter().filter(move |below| below.protocol == protocol);
        let own = rules.clone().filter(|below| below.layer == self.name);
        own.chain(rules.filter(|below| below.layer.is_empty()))
    }

    pub(crate) fn no_such_field(&self, field: &str) -> CraftError {
        CraftError::NoField {
            layer: self.name.into(),
            field: field.into(),
            near: near(field, self.names().by_name.keys().map(String::as_str)),
        }
    }
}

impl Names {
    fn of(
        fields: &[&'static Field],
        repeated: &[&'static Field],
        chosen: &[&'static Field],
        called: &[(&'static str, &'static str)],
        part: bool,
    ) -> Names {
        let mut names = Names::default();
        // a list that stands in several places brings the same declarations again
        let mut unlike = Vec::new();
        let mut behind = 0;
        for (at, field) in fields.iter().enumerate() {
            // what the layer's type does not have comes behind what it has
            let own = chosen.get(behind).is_some_and(|known| std::ptr::eq(*known, *field));
            behind += usize::from(own);
            let place = if own { at } else { at.saturating_add(fields.len()) };
            if names.places.insert(address(field), (place, false)).is_none() {
                unlike.push(*field);
            }
        }
        for field in repeated {
            if let Some(place) = names.places.get_mut(&address(field)) {
                place.1 = true;
            }
        }
        let fields = unlike;
        // what one layer calls its own way has no other meaning there
        for (name, declared) in called {
            fields.iter().filter(|field| field.name == *declared).for_each(|field| names.add(name, field));
        }
        let own: Vec<NameId> = names.by_name.values().copied().collect();
        let local = |field: &'static Field| {
            let whole = |whole: &'static str| whole.split_once('.').map_or(whole, |(_, below)| below);
            field.name.strip_prefix('=').map_or(field.name, whole)
        };
        for field in fields.iter().copied() {
            let name = spelled(local(field));
            if field.craft.is_empty()
                && field.kind != Kind::Label
                && names.by_name.get(&name).is_none_or(|id| !own.contains(id))
            {
                names.add(&name, field);
            }
            for name in &field.craft {
                if names.by_name.get(*name).is_none_or(|id| !own.contains(id)) {
                    names.add(name, field);
                }
            }
        }
        let first = names.list.len();
        let free =
            |names: &Names, name: &str| names.by_name.get(name).is_none_or(|id| usize::from(id.0) >= first);
        for field in fields.iter().copied() {
            for name in std::iter::once(&local(field)).chain(&field.aliases) {
                let name = spelled(name.trim_start_matches('='));
                if free(&names, &name) {
                    names.add(&name, field);
                }
            }
        }
        let second = names.list.len();
        for field in fields.iter().copied().filter(|_| part) {
            let name = local(field).rsplit('.').next().unwrap_or_default();
            if names.by_name.get(name).is_none_or(|id| usize::from(id.0) >= second)
                && field.kind != Kind::Label
            {
                names.add(name, field);
            }
        }
        let mut of_field: HashMap<usize, Vec<NameId>> = HashMap::new();
        for (at, entry) in names.list.iter().enumerate() {
            for field in &entry.1 {
                of_field.entry(address(field)).or_default().push(NameId(at as u16));
            }
        }
        for (at, entry) in names.list.iter_mut().enumerate() {
            let shared = entry.1.iter().filter_map(|field| of_field.get(&address(field)));
            let mut others: Vec<NameId> =
                shared.flatten().copied().filter(|id| usize::from(id.0) != at).collect();
            others.sort_by_key(|id| id.0);
            others.dedup();
            entry.2 = others;
        }
        names
    }

    /// The first name of a field, which it gets where it has none.
    fn id_of(&mut self, field: &'static Field) -> Option<NameId> {
        let known = |names: &Names| {
            let at =
                names.list.iter().position(|entry| entry.1.iter().any(|known| std::ptr::eq(*known, field)));
            at.and_then(|at| u16::try_from(at).ok()).map(NameId)
        };
        known(self).or_else(|| {
            self.add(&spelled(field.name.trim_start_matches('=')), field);
            known(self)
        })
    }

    fn structured(&mut self, structure: &Structure) {
        for (label, nodes) in &structure.labels {
            let Some(id) = self.id_of(label) else { continue };
            for node in nodes {
                self.labels.entry(node).or_insert(id);
            }
        }
        for (whole, parts) in &structure.groups {
            let Some(id) = self.id_of(whole) else { continue };
            let parts: Vec<NameId> = parts.iter().filter_map(|part| self.id_of(part)).collect();
            self.parts.entry(id).or_default().extend(parts.into_iter().filter(|part| *part != id));
        }
    }

    fn add(&mut self, name: &str, field: &'static Field) {
        if let Some(id) = self.by_name.get(name) {
            if let Some(entry) = self.list.get_mut(usize::from(id.0)) {
                entry.1.push(field);
            }
            return;
        }
        let Ok(id) = u16::try_from(self.list.len()).map(NameId) else { return };
        self.by_name.insert(name.into(), id);
        self.list.push((name.into(), vec![field], Vec::new()));
    }
}

impl Structure {
    fn items(&mut self, items: &'static [Item]) {
        for item in items {
            match item {
                Item::Field(_) | Item::Custom(..) => {}
                Item::Group(field, inner) => {
                    let mut parts = Vec::new();
                    collect(inner, &mut parts);
                    self.groups.push((field, parts));
                }
                Item::Block(field, _, inner) => {
                    // a list is one value; what else a block holds has values of its own
                    if !field.craft.is_empty()
                        || matches!(inner.as_slice(), [Item::Tlv(_) | Item::Repeat(..)])
                    {
                        self.labels.push((field, vec![field.name]));
                    }
                    self.items(inner);
                }
                Item::Repeat(field, _, inner) => {
                    self.labels.push((field, vec![field.name]));
                    self.items(inner);
                }
                Item::When(_, inner) | Item::Behind(_, inner) => self.items(inner),
                Item::Switch(_, cases, other) => {
                    cases.iter().for_each(|(_, _, inner)| self.items(inner));
                    self.items(other);
                }
                Item::Tlv(list) => {
                    let nodes = list.cases.iter().map(|case| case.field.name).chain([list.entry.name]);
                    self.labels.push((&list.entry, nodes.collect()));
                    self.entry(list);
                }
            }
        }
    }

    fn entry(&mut self, list: &'static Tlv) {
        self.items(&list.head);
        list.cases.iter().for_each(|case| self.items(&case.items));
        self.items(&list.other);
    }
}

/// A declared name as an argument can be called.
fn spelled(name: &str) -> String {
    name.replace(['.', '-'], "_")
}

/// A declaration's identity.
fn address(field: &Field) -> usize {
    std::ptr::from_ref(field).addr()
}

fn is_identifier(name: &str) -> bool {
    name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !name.starts_with(|c: char| c.is_ascii_digit())
}

/// The fields that a layer has which sets these numbers, in wire order.
fn choose(items: &'static [Item], sets: &[(&'static str, Given)], fields: &mut Vec<&'static Field>) {
    let known = |on: &Expr| match on {
        Expr::Field(name) => sets.iter().find_map(|(set, given)| match given {
            Given::Number(number) if set == name => Some(*number),
            _ => None,
        }),
        _ => None,
    };
    for item in items {
        match item {
            Item::Switch(on, cases, other) if known(on).is_some() => {
                let value = known(on).unwrap_or(0);
                let case = cases.iter().find(|(from, to, _)| (*from..=*to).contains(&value));
                choose(case.map_or(other, |case| &case.2), sets, fields);
            }
            Item::Switch(_, cases, other) => {
                cases.iter().for_each(|(_, _, inner)| choose(inner, sets, fields));
                choose(other, sets, fields);
            }
            Item::Block(field, _, inner) => {
                fields.push(field);
                choose(inner, sets, fields);
            }
            Item::When(_, inner) => choose(inner, sets, fields),
            item => collect(std::slice::from_ref(item), fields),
        }
    }
}

/// The fields of the items that stand in no list within them, in wire order.
pub(crate) fn collect_own(items: &'static [Item], fields: &mut Vec<&'static Field>) {
    for item in items {
        match item {
            Item::Repeat(..) | Item::Tlv(_) => {}
            Item::Block(field, _, inner) => {
                fields.push(field);
                collect_own(inner, fields);
            }
            Item::When(_, inner) | Item::Behind(_, inner) => collect_own(inner, fields),
            Item::Switch(_, cases, other) => {
                cases.iter().for_each(|(_, _, inner)| collect_own(inner, fields));
                collect_own(other, fields);
            }
            item => collect(std::slice::from_ref(item), fields),
        }
    }
}

/// Every field of the items, in wire order.
pub(crate) fn collect(items: &'static [Item], fields: &mut Vec<&'static Field>) {
    for item in items {
        match item {
            Item::Field(field) => fields.push(field),
            Item::Group(field, inner) | Item::Block(field, _, inner) | Item::Repeat(field, _, inner) => {
                fields.push(field);
                collect(inner, fields);
            }
            Item::When(_, inner) | Item::Behind(_, inner) => collect(inner, fields),
            Item::Switch(_, cases, other) => {
                cases.iter().for_each(|(_, _, inner)| collect(inner, fields));
                collect(other, fields);
            }
            Item::Tlv(list) => {
                fields.push(&list.entry);
                collect_list(list, fields);
            }
            Item::Custom(declared, ..) => fields.extend(declared),
        }
    }
}

fn collect_list(list: &'static Tlv, fields: &mut Vec<&'static Field>) {
    collect(&list.head, fields);
    for case in &list.cases {
        collect(&case.items, fields);
    }
    collect(&list.other, fields);
}

/// Fields that occur again and again.
fn repeats(items: &'static [Item], fields: &mut Vec<&'static Field>) {
    for item in items {
        match item {
            Item::Field(_) | Item::Custom(..) => {}
            Item::Repeat(_, _, inner) => collect(inner, fields),
            Item::Group(_, inner)
            | Item::Block(_, _, inner)
            | Item::When(_, inner)
            | Item::Behind(_, inner) => {
                repeats(inner, fields);
            }
            Item::Switch(_, cases, other) => {
                cases.iter().for_each(|(_, _, inner)| repeats(inner, fields));
                repeats(other, fields);
            }
            Item::Tlv(list) => collect_list(list, fields),
        }
    }
}

fn repeats_list(list: &'static Tlv, fields: &mut Vec<&'static Field>) {
    list.cases.iter().for_each(|case| repeats(&case.items, fields));
    repeats(&list.other, fields);
}

/// The part of the items that a layer is; of their lists with one name, the one that knows the layer's type.
fn find_with(items: &'static [Item], lists: &[&'static Tlv], part: &Part) -> Option<Root> {
    let kind = |list: &Tlv| part.sets.iter().find(|(name, _)| *name == list.kind).map(|(_, given)| *given);
    let known = lists.iter().copied().find(|list| {
        list.entry.name == part.of
            && list.cases.iter().any(|case| kind(list) == Some(Given::Number(case.kind)))
    });
    known.map(Root::Entry).or_else(|| find(items, part.of))
}

/// The part of the items whose node is called `name`.
fn find(items: &'static [Item], name: &str) -> Option<Root> {
    items.iter().find_map(|item| match item {
        Item::Field(_) | Item::Custom(..) => None,
        Item::Block(field, _, inner) if field.name == name => match inner.as_slice() {
            [Item::Tlv(list)] => Some(Root::Entry(list)),
            _ => Some(Root::Items(inner)),
        },
        Item::Repeat(field, _, inner) if field.name == name => Some(Root::Items(inner)),
        Item::Group(_, inner)
        | Item::Block(_, _, inner)
        | Item::Repeat(_, _, inner)
        | Item::When(_, inner)
        | Item::Behind(_, inner) => find(inner, name),
        Item::Switch(_, cases, other) => {
            cases.iter().find_map(|(_, _, inner)| find(inner, name)).or_else(|| find(other, name))
        }
        Item::Tlv(list)
            if list.entry.name == name || list.cases.iter().any(|case| case.field.name == name) =>
        {
            Some(Root::Entry(list))
        }
        Item::Tlv(list) => {
            list.cases.iter().find_map(|case| find(&case.items, name)).or_else(|| find(&list.other, name))
        }
    })
}

pub(super) fn lists_of(items: &'static [Item], lists: &mut Vec<&'static Tlv>) {
    for item in items {
        match item {
            Item::Field(_) | Item::Custom(..) => {}
            Item::Group(_, inner)
            | Item::Block(_, _, inner)
            | Item::Repeat(_, _, inner)
            | Item::When(_, inner)
            | Item::Behind(_, inner) => lists_of(inner, lists),
            Item::Switch(_, cases, other) => {
                cases.iter().for_each(|(_, _, inner)| lists_of(inner, lists));
                lists_of(other, lists);
            }
            Item::Tlv(list) => {
                lists.push(list);
                list.cases.iter().for_each(|case| lists_of(&case.items, lists));
                lists_of(&list.other, lists);
            }
        }
    }
}
