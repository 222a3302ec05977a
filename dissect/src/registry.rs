//! Numbers for names: every declared protocol and field, and the tables that lead from one layer to the next.
//!
//! Protocol values (built in or from plugins) go in, a [`Registry`] comes out; it is made once and read-only after
//! that, but for the user's word on ports ([`Registry::decode_as`]) before the first frame. A field id is an index
//! into [`Registry::fields`]. The decoder's programs are compiled from it on first use, see [`crate::decode`].

mod direct;
mod names;
mod number;

use crate::hash::Seeded;
use crate::render::format::Ready;
use crate::schema::{
    BUILTIN_TABLES, Field, Format, Held, HeuristicFn, IP_PROTO, Item, Items, LINK_TYPE, Protocol, SCTP_PORT,
    TCP_PORT, Table, Tlv, UDP_PORT,
};
use direct::Direct;
use names::Names;
use number::{Numbering, layer};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, OnceLock};

/// Index of a protocol in [`Registry::protocols`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ProtoId(pub u16);

/// Number of a field, see [`Registry::field`]. Fields that are made later than the registry (see [`Protocol::later`]) get theirs
/// when they are first asked for: which one differs from run to run.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FieldId(pub u16);

/// A field with its whole name.
#[derive(Clone, Debug)]
pub struct FieldInfo {
    /// Whole name, as queries and `--fields` know it: `tcp.srcport`.
    pub name: &'static str,
    /// The protocol that declares it.
    pub protocol: ProtoId,
    /// The declaration.
    pub field: &'static Field,
}

/// What a name in a query stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Named {
    /// One field; a protocol's own name is the field of its layer node.
    Field(FieldId),
    /// Any of several (`tcp.port`).
    Any(&'static [FieldId]),
}

impl Named {
    /// The one field, or those of which any is meant.
    pub fn fields(&self) -> &[FieldId] {
        match self {
            Named::Field(id) => std::slice::from_ref(id),
            Named::Any(ids) => ids,
        }
    }
}

/// A declaration that cannot be numbered.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SchemaError {
    /// Two protocols with one name.
    #[error("protocol `{0}` is declared twice")]
    TwoProtocols(&'static str),
    /// A size, test, or name for several fields speaks of a field that the protocol does not have.
    #[error("protocol `{protocol}` refers to `{field}`, which it does not declare")]
    NoSuchField {
        /// Where.
        protocol: &'static str,
        /// What.
        field: &'static str,
    },
    /// More than [`crate::decode::SLOTS`] fields of a protocol are used in sizes and tests.
    #[error("protocol `{0}` computes with too many of its fields")]
    TooManySlots(&'static str),
    /// More fields than an id can number.
    #[error("more than 61376 fields are declared")]
    TooManyFields,
}

/// A table that leads from a number to a protocol.
#[derive(Clone, Debug)]
pub(crate) struct NextTable {
    name: &'static str,
    /// For tables of at most 16 bits: protocol id + 1 at the number, 0 is none.
    direct: Option<Direct>,
    sparse: HashMap<u64, u16, Seeded>,
    /// Numbers that lead somewhere, some of them more than once.
    numbers: Vec<u64>,
    targets: Vec<ProtoId>,
    pub(crate) heuristics: Vec<(HeuristicFn, ProtoId)>,
    /// Protocols of plugins that are recognised by [`Rules::begins`](crate::schema::Rules).
    guesses: Vec<ProtoId>,
    /// Numbers whose protocol the user has named.
    forced: Vec<u64>,
    /// Numbers that the user or a plugin has given a protocol, in order: of two ports these count first.
    chosen: Vec<u64>,
}

impl NextTable {
    fn new(name: &'static str, bits: u8) -> Self {
        let direct = (bits <= 16).then(|| Direct::new(bits));
        NextTable {
            name,
            direct,
            sparse: HashMap::default(),
            numbers: Vec::new(),
            targets: Vec::new(),
            heuristics: Vec::new(),
            guesses: Vec::new(),
            forced: Vec::new(),
            chosen: Vec::new(),
        }
    }

    fn choose(&mut self, value: u64) {
        if let Err(at) = self.chosen.binary_search(&value) {
            self.chosen.insert(at, value);
        }
    }

    #[inline]
    fn get(&self, value: u64) -> Option<ProtoId> {
        let entry = match &self.direct {
            Some(direct) => direct.get(value),
            None => self.sparse.get(&value).copied(),
        };
        entry.and_then(|id| id.checked_sub(1)).map(ProtoId)
    }

    fn set(&mut self, value: u64, id: ProtoId) {
        let entry = id.0.saturating_add(1);
        self.numbers.push(value);
        if !self.targets.contains(&id) {
            self.targets.push(id);
        }
        match &mut self.direct {
            Some(direct) => direct.set(value, entry),
            None => {
                self.sparse.insert(value, entry);
            }
        }
    }

    fn targets(&self) -> impl Iterator<Item = ProtoId> + '_ {
        let looks = self.heuristics.iter().map(|(_, id)| *id).chain(self.guesses.iter().copied());
        self.targets.iter().copied().chain(looks)
    }
}

/// Protocols, fields and tables.
pub struct Registry {
    protocols: &'static [Protocol],
    names: Names,
    tables: Vec<NextTable>,
    /// Fields of [`crate::proto::note`], in its order.
    marks: Vec<FieldId>,
    /// Fields of `_ws.expert`.
    expert: Option<[FieldId; 3]>,
    /// Ethernet, the field of its trailer, and the network layers whose length tells where that begins.
    link: Link,
    /// One-line forms of plugins, looked up on first use; in the order of protocols.
    lines: Vec<(ProtoId, OnceLock<Ready>)>,
    pub(crate) programs: crate::decode::Programs,
}

#[derive(Debug, Default)]
struct Link {
    ethernet: Option<ProtoId>,
    trailer: Option<FieldId>,
    network: Vec<ProtoId>,
    /// Those whose header ends with an EtherType, and what follows them by a length or a tag in its place.
    typed: Vec<ProtoId>,
    untyped: Vec<ProtoId>,
    /// What no layer takes, and the layer of switch tags.
    data: Option<ProtoId>,
    dsa: Option<ProtoId>,
}

static BUILTIN: LazyLock<Registry> = LazyLock::new(|| {
    Registry::new(crate::proto::all()).expect("the built-in declarations are consistent: a test builds them")
});

impl Registry {
    /// The built-in protocols.
    pub fn builtin() -> &'static Registry {
        &BUILTIN
    }

    /// Numbers the protocols, in order. They live as long as the program: a registry is made once in a run.
    pub fn new(protocols: Vec<Protocol>) -> Result<Registry, SchemaError> {
        Registry::with_tables(protocols, &[])
    }

    /// As [`Registry::new`], with further tables of these names and widths in bits: their numbers follow those of
    /// [`BUILTIN_TABLES`].
    pub fn with_tables(
        protocols: Vec<Protocol>,
        tables: &[(&'static str, u8)],
    ) -> Result<Registry, SchemaError> {
        let protocols: &'static [Protocol] = protocols.leak();
        let mut registry = Registry {
            protocols,
            names: Names::new(protocols)?,
            tables: BUILTIN_TABLES
                .iter()
                .chain(tables)
                .map(|(name, bits)| NextTable::new(name, *bits))
                .collect(),
            marks: Vec::new(),
            expert: None,
            link: Link::default(),
            lines: Vec::new(),
            programs: crate::decode::Programs::default(),
        };
        for (id, protocol) in (0..=u16::MAX).map(ProtoId).zip(protocols) {
            registry.add(protocol, id)?;
        }
        registry.names.close();
        let field = |name: &str| registry.names.field(name);
        registry.marks = crate::proto::note::FIELDS.into_iter().filter_map(field).collect();
        let [label, message, severity] = crate::proto::expert::FIELDS.map(field);
        registry.expert =
            label.zip(message).zip(severity).map(|((label, message), severity)| [label, message, severity]);
        let protocols_named =
            |names: &[&str]| names.iter().filter_map(|name| registry.protocol_named(name)).collect();
        registry.link = Link {
            ethernet: registry.protocol_named("eth"),
            trailer: field("eth.trailer"),
            network: protocols_named(&["ip", "ipv6", "arp"]),
            typed: protocols_named(&["eth", "vlan", "ieee8021ad", "sll", "sll2"]),
            untyped: protocols_named(&["llc", "dsa", "prp"]),
            data: registry.protocol_named("data"),
            dsa: registry.protocol_named("dsa"),
        };
        registry.programs = crate::decode::Programs::new(registry.protocols.len());
        Ok(registry)
    }

    /// Takes a protocol in.
    fn add(&mut self, protocol: &'static Protocol, id: ProtoId) -> Result<(), SchemaError> {
        let number = u16::try_from(self.names.now.fields.len()).ok();
        let number = number.filter(|number| usize::from(*number) < names::MOST);
        let number = number.ok_or(SchemaError::TooManyFields)?;
        self.names.now.fields.push(layer(protocol, id));
        self.names.set_layer(FieldId(number));
        if !self.names.is_later(id) {
            let mut now = std::mem::take(&mut self.names.now);
            let done = Numbering::new(&self.names, &mut now, protocol, id).rest();
            self.names.now = now;
            done?;
        }
        for alias in &protocol.aliases {
            if self.names.now.of_whole(alias).is_none() {
                self.names.now.add_whole(alias, FieldId(number));
            }
        }
        self.lead(protocol, id);
        Ok(())
    }

    /// Notes what leads to a protocol.
    fn lead(&mut self, protocol: &'static Protocol, id: ProtoId) {
        for (table, values) in &protocol.on {
            if let Some(table) = self.tables.get_mut(usize::from(table.0)) {
                values.iter().for_each(|value| table.set(*value, id));
                if protocol.plugin {
                    values.iter().for_each(|value| table.choose(*value));
                }
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

    /// The field that a protocol declares as `name`.
    pub(crate) fn local(&self, protocol: &Protocol, name: &str) -> Option<FieldId> {
        self.names.local(self.protocol_named(protocol.name)?, protocol.name, name)
    }

    /// All protocols; a [`ProtoId`] is an index.
    pub fn protocols(&self) -> &[Protocol] {
        self.protocols
    }

    /// All fields. Those that are made later are made now.
    pub fn fields(&self) -> impl Iterator<Item = (FieldId, &FieldInfo)> {
        self.names.fields()
    }

    /// The fields that a protocol was the first to declare.
    pub fn fields_of(&self, id: ProtoId) -> impl Iterator<Item = (FieldId, &FieldInfo)> {
        self.names.fields_of(id)
    }

    /// No field's number is as high as this, whatever is made later: the length of what is kept by field.
    pub fn field_bound(&self) -> usize {
        names::MOST
    }

    /// The protocol with this number.
    pub fn protocol(&self, id: ProtoId) -> Option<&Protocol> {
        self.protocols.get(usize::from(id.0))
    }

    /// The field with this number.
    pub fn field(&self, id: FieldId) -> Option<&FieldInfo> {
        self.names.info(id)
    }

    /// The field of a protocol's layer node.
    pub fn layer_field(&self, id: ProtoId) -> Option<FieldId> {
        self.names.layer(id)
    }

    /// The protocol called `name`.
    pub fn protocol_named(&self, name: &str) -> Option<ProtoId> {
        self.names.protocol(name)
    }

    /// What a whole name stands for in queries.
    pub fn named(&self, name: &str) -> Option<Named> {
        self.names.get(name).or_else(|| {
            // Below another name of a protocol: `ssl.handshake.type`, `bootp.type`.
            let (head, rest) = name.split_once('.')?;
            let Named::Field(layer) = self.names.get(head)? else { return None };
            let protocol = self.protocol(self.field(layer)?.protocol)?;
            let aliased = protocol.name != head && protocol.aliases.contains(&head);
            if aliased { self.names.get(&format!("{}.{rest}", protocol.name)) } else { None }
        })
    }

    /// Every name that queries know, in no order: fields, protocols, aliases and names for several fields.
    pub fn names(&self) -> impl Iterator<Item = (&'static str, &Named)> {
        self.names.all()
    }

    /// The protocol that `value` leads to.
    #[inline]
    pub fn next(&self, table: Table, value: u64) -> Option<ProtoId> {
        self.tables.get(usize::from(table.0))?.get(value)
    }

    /// The protocol that two ports lead to: the lower port's, else the higher one's, each if it accepts the octets. A port that the
    /// user or a plugin has given a protocol counts before one that has it from here.
    #[inline]
    pub fn next_by_ports(&self, table: Table, a: u16, b: u16, data: &[u8]) -> Option<ProtoId> {
        let ports = self.tables.get(usize::from(table.0))?;
        let of = |port: u16| ports.get(u64::from(port)).filter(|id| self.accepts(*id, table, data));
        let (mut first, mut second) = (a.min(b), a.max(b));
        let chosen = |port: u16| ports.chosen.binary_search(&u64::from(port)).is_ok();
        if !ports.chosen.is_empty() && chosen(second) && !chosen(first) {
            std::mem::swap(&mut first, &mut second);
        }
        of(first).or_else(|| of(second))
    }

    /// Whether a protocol takes octets that a port led to it.
    pub(crate) fn accepts(&self, id: ProtoId, table: Table, data: &[u8]) -> bool {
        let Some(protocol) = self.protocol(id) else { return false };
        protocol.accepts.iter().all(|(of, test)| *of != table || test(data))
            && protocol.rules.as_ref().is_none_or(|rules| rules.fits(data))
    }

    /// The protocol whose heuristic takes the octets.
    pub fn next_by_look(&self, table: Table, data: &[u8]) -> Option<ProtoId> {
        let table = self.tables.get(usize::from(table.0))?;
        let known = table.heuristics.iter().find(|(test, _)| test(data)).map(|(_, id)| *id);
        known.or_else(|| table.guesses.iter().copied().find(|id| self.fits(*id, data)))
    }

    /// A protocol's one-line form with the numbers of its fields.
    pub(crate) fn line_of(&self, id: ProtoId, format: &Format) -> Option<&Ready> {
        let at = self.lines.binary_search_by_key(&id, |(id, _)| *id).ok()?;
        let (_, cell) = self.lines.get(at)?;
        let protocol = self.protocol(id)?;
        Some(cell.get_or_init(|| Ready::new(self, protocol, format)))
    }

    /// Whether octets look like a plugin's protocol.
    fn fits(&self, id: ProtoId, data: &[u8]) -> bool {
        self.protocol(id).and_then(|protocol| protocol.rules.as_ref()).is_some_and(|rules| rules.fits(data))
    }

    /// The protocol of a link type.
    pub fn link(&self, link_type: crate::frame::LinkType) -> Option<ProtoId> {
        self.next(LINK_TYPE, u64::from(link_type.0))
    }

    /// The table called `name` (`udp.port`, `ethertype`, …).
    pub fn table_named(&self, name: &str) -> Option<Table> {
        let at = self.tables.iter().position(|table| table.name == name)?;
        u16::try_from(at).ok().map(Table)
    }

    /// Names of the tables.
    pub fn table_names(&self) -> impl Iterator<Item = &'static str> {
        self.tables.iter().map(|table| table.name)
    }

    /// From now on `value` in `table` leads to `protocol` (`--decode-as udp.port==5000:rtp`).
    pub fn decode_as(&mut self, table: Table, value: u64, protocol: ProtoId) {
        if let Some(table) = self.tables.get_mut(usize::from(table.0)) {
            table.set(value, protocol);
            table.choose(value);
            table.forced.push(value);
        }
    }

    /// Whether the user has said what one of two ports leads to.
    pub(crate) fn is_forced(&self, table: Table, a: u16, b: u16) -> bool {
        let forced = self.tables.get(usize::from(table.0)).map(|table| table.forced.as_slice());
        forced
            .is_some_and(|forced| forced.iter().any(|value| *value == u64::from(a) || *value == u64::from(b)))
    }

    /// Every protocol whose declaration holds the field.
    pub(crate) fn holders(&self, field: FieldId) -> impl Iterator<Item = ProtoId> + '_ {
        self.names.holders(field)
    }

    /// Whether values of a field may deserve attention.
    #[inline]
    pub(crate) fn is_remarkable(&self, field: FieldId) -> bool {
        self.names.is_remarkable(field)
    }

    /// What a value of a field means that deserves attention.
    #[inline]
    pub fn expert(&self, field: FieldId, value: u64) -> Option<&'static crate::schema::Expert> {
        if !self.is_remarkable(field) {
            return None;
        }
        let experts = &self.field(field)?.field.expert;
        experts.iter().find(|expert| expert.values.0 <= value && value <= expert.values.1)
    }

    /// Label, message and severity of findings.
    pub(crate) fn expert_fields(&self) -> Option<[FieldId; 3]> {
        self.expert
    }

    /// The field of octets that a part of known size has left over.
    pub(crate) fn undissected(&self) -> Option<FieldId> {
        self.marks.first().copied()
    }

    /// What no layer takes.
    pub(crate) fn data(&self) -> Option<ProtoId> {
        self.link.data
    }

    /// The layer of switch tags.
    pub(crate) fn dsa(&self) -> Option<ProtoId> {
        self.link.dsa
    }

    /// Ethernet.
    pub(crate) fn ethernet(&self) -> Option<ProtoId> {
        self.link.ethernet
    }

    /// The field of octets behind an Ethernet frame's payload.
    pub(crate) fn trailer(&self) -> Option<FieldId> {
        self.link.trailer
    }

    /// Whether the protocol is a network layer that knows its own length.
    pub(crate) fn is_network(&self, id: ProtoId) -> bool {
        self.link.network.contains(&id)
    }

    /// Whether the protocol's header ends with an EtherType.
    pub(crate) fn has_ether_type(&self, id: ProtoId) -> bool {
        self.link.typed.contains(&id)
    }

    /// Whether the protocol follows such a header where it has a length, or a switch tag, in place of the type.
    pub(crate) fn is_chosen_by_length(&self, id: ProtoId) -> bool {
        self.link.untyped.contains(&id)
    }

    /// The field that marks a note of this kind.
    pub(crate) fn note_field(&self, kind: crate::decode::NoteKind) -> Option<FieldId> {
        let at = match kind {
            crate::decode::NoteKind::Cut => 1,
            crate::decode::NoteKind::Malformed => 2,
            crate::decode::NoteKind::TooDeep => 3,
        };
        self.marks.get(at).copied()
    }

    /// Tables that a protocol may look its payload up in: those of its fields, of what it says it leads to, and for
    /// hooks the transport tables.
    fn tables_of(&self, protocol: &Protocol) -> Vec<Table> {
        // What is made later says so beforehand: a test looks.
        if protocol.is_later() {
            return protocol.leads.clone();
        }
        let mut fields = Vec::new();
        collect(protocol.header(), &mut fields);
        let mut tables: Vec<Table> = fields.iter().filter_map(|field| field.next).collect();
        tables.extend(&protocol.leads);
        tables
    }

    /// For each protocol, whether a frame that has reached it can still reach one of `wanted` (itself included).
    pub(crate) fn reach(&self, wanted: impl Fn(ProtoId) -> bool) -> Vec<bool> {
        let ids = || (0..self.protocols.len()).filter_map(|at| u16::try_from(at).ok()).map(ProtoId);
        let mut reach: Vec<bool> = ids().map(wanted).collect();
        let leads: Vec<Vec<ProtoId>> = self
            .protocols
            .iter()
            .map(|protocol| {
                let mut targets: Vec<ProtoId> = self
                    .tables_of(protocol)
                    .iter()
                    .filter_map(|table| self.tables.get(usize::from(table.0)))
                    .flat_map(NextTable::targets)
                    .chain(protocol.leads_to.iter().filter_map(|name| self.protocol_named(name)))
                    .collect();
                targets.sort_unstable();
                targets.dedup();
                targets
            })
            .collect();
        loop {
            let mut changed = false;
            for (at, targets) in leads.iter().enumerate() {
                let hit = targets.iter().any(|id| reach.get(usize::from(id.0)).copied().unwrap_or(false));
                if let Some(slot) = reach.get_mut(at)
                    && hit
                    && !*slot
                {
                    *slot = true;
                    changed = true;
                }
            }
            if !changed {
                return reach;
            }
        }
    }

    /// What a table of 16-bit numbers leads to, as what is made of it; `none` where it leads nowhere.
    pub(crate) fn by_number<T: Clone>(
        &self,
        table: Table,
        none: T,
        of: impl Fn(ProtoId) -> T,
    ) -> Arc<Vec<T>> {
        let Some(table) = self.tables.get(usize::from(table.0)) else { return Arc::default() };
        let mut all = vec![none; table.direct.as_ref().map_or(0, Direct::len)];
        for number in &table.numbers {
            let slot = usize::try_from(*number).ok().and_then(|at| all.get_mut(at));
            if let Some((slot, id)) = slot.zip(table.get(*number)) {
                *slot = of(id);
            }
        }
        Arc::new(all)
    }

    /// The protocols of a table that are known by what their octets look like.
    pub(crate) fn looks(&self, table: Table) -> impl Iterator<Item = ProtoId> + '_ {
        self.tables
            .get(usize::from(table.0))
            .into_iter()
            .flat_map(|table| table.heuristics.iter().map(|(_, id)| *id).chain(table.guesses.iter().copied()))
    }

    /// Every protocol that a table can lead to.
    pub(crate) fn targets(&self, table: Table) -> impl Iterator<Item = ProtoId> + '_ {
        self.tables.get(usize::from(table.0)).into_iter().flat_map(NextTable::targets)
    }

    /// Which transport table a port number of this protocol belongs to, for reports.
    pub fn port_table(ip_proto: u8) -> Option<Table> {
        match ip_proto {
            6 => Some(TCP_PORT),
            17 | 136 => Some(UDP_PORT),
            132 => Some(SCTP_PORT),
            _ => None,
        }
    }

    /// The protocol of an IP protocol number.
    pub fn ip(&self, number: u8) -> Option<ProtoId> {
        self.next(IP_PROTO, u64::from(number))
    }
}

/// All fields of items, in wire order; of lists that stand in several places those of the first.
pub(crate) fn collect<'a>(items: &'a [Item], fields: &mut Vec<&'a Field>) {
    Collector { fields, shared: Vec::new() }.items(items);
}

pub(crate) fn collect_tlv<'a>(tlv: &'a Tlv, fields: &mut Vec<&'a Field>) {
    Collector { fields, shared: Vec::new() }.tlv(tlv);
}

struct Collector<'a, 'f> {
    fields: &'f mut Vec<&'a Field>,
    /// Lists that stand in several places, once they have been gone through.
    shared: Vec<*const ()>,
}

impl<'a> Collector<'a, '_> {
    /// Whether a list has not been gone through yet.
    fn is_new(&mut self, list: *const ()) -> bool {
        let new = !self.shared.contains(&list);
        if new {
            self.shared.push(list);
        }
        new
    }

    fn list(&mut self, items: &'a Items) {
        match items {
            Items::Own(items) => self.items(items),
            Items::Shared(items) => {
                if self.is_new(items.as_ptr().cast()) {
                    self.items(items);
                }
            }
        }
    }

    fn items(&mut self, items: &'a [Item]) {
        for item in items {
            match item {
                Item::Field(field) => self.fields.push(field),
                Item::Group(field, inner) | Item::Block(field, _, inner) | Item::Repeat(field, _, inner) => {
                    self.fields.push(field);
                    self.list(inner);
                }
                Item::When(_, inner) | Item::Behind(_, inner) => self.list(inner),
                Item::Switch(_, cases, other) => {
                    cases.iter().for_each(|(_, _, inner)| self.list(inner));
                    self.list(other);
                }
                Item::Tlv(Held::Own(tlv)) => self.tlv(tlv),
                Item::Tlv(Held::Shared(tlv)) => {
                    if self.is_new(std::ptr::from_ref::<Tlv>(tlv).cast()) {
                        self.tlv(tlv);
                    }
                }
                Item::Custom(declared, ..) => self.fields.extend(declared),
            }
        }
    }

    fn tlv(&mut self, tlv: &'a Tlv) {
        self.fields.push(&tlv.entry);
        self.items(&tlv.head);
        for case in &tlv.cases {
            self.fields.push(&case.field);
            self.items(&case.items);
        }
        self.items(&tlv.other);
        self.fields.extend(&tlv.padding);
    }
}

#[cfg(test)]
mod tests {
    use super::collect;

    /// Every command that looks into frames pays for every declaration when it starts.
    #[test]
    fn lists_that_stand_in_several_places_are_declared_once() {
        for protocol in crate::proto::all() {
            let mut fields = Vec::new();
            collect(protocol.header(), &mut fields);
            let (name, count) = (protocol.name, fields.len());
            assert!(
                count < 1500,
                "{name} declares {count} fields; see schema::shared and schema::shared_list"
            );
        }
    }
}
