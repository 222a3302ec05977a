//! A stack of layers becomes octets: items are written in wire order, outermost layer first, and what depends on the rest of
//! the packet (lengths, counts, checksums) is filled in afterwards, inside out. Rules are scapy's: a value that was given
//! stands, even a wrong one; then what the next layer asks for, what the layer's name stands for, what can be computed, and the
//! declared default.
//!
//! Beside the octets it notes where each given number lies and which values shaped the packet, so that packets that
//! differ in numbers alone are made by patching (see `expand`).

use super::catalog::{Catalog, Class, Root};
use super::encode;
use super::error::CraftError;
use super::finish::{Counted, Length, Placed, Spot, Sum};
use super::value::{Layer, Packet, Value};
use super::variable::{Form, Variable};
use nettool_dissect::schema::{Auto, Checksum, Endian, Field, Given, Item, Kind, Size, Span, Table};
use std::collections::VecDeque;

/// Octets that one packet may have.
pub const MAX_OCTETS: usize = 1 << 20;
/// Layers that one packet may have.
pub const MAX_LAYERS: usize = 255;
/// Packets within packets.
pub(super) const MAX_NESTING: usize = 16;

/// Where a given number lies in the octets.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Track {
    pub(crate) layer: usize,
    pub(crate) entry: usize,
    pub(crate) spot: Spot,
    pub(crate) field: &'static Field,
}

/// A value read by sizes and tests.
pub(super) struct Slot {
    pub(super) name: &'static str,
    pub(super) value: Option<u64>,
    pub(super) origin: Option<(usize, usize)>,
    /// A length or count: known to tests, but no limit of what is written.
    pub(super) counts: bool,
}

/// What is being written: a layer of the stack, or an entry within one.
#[derive(Clone)]
pub(super) struct Frame<'a> {
    pub(super) class: &'a Class,
    pub(super) set: &'a [(super::catalog::NameId, Value)],
    /// Index in the stack; `None` for entries.
    pub(super) layer: Option<usize>,
    /// What the layer's name, the entry's type, or the layer above sets.
    pub(super) above: Vec<(&'static str, Given)>,
    pub(super) start: usize,
    /// Counts from this one on belong to it.
    pub(super) counted: usize,
    /// Fields up to this one are not written.
    pub(super) skip_until: Option<&'static str>,
    /// What is behind this field is not written.
    pub(super) stop_after: Option<&'static str>,
    pub(super) stopped: bool,
    /// Name of the length field of the entry that is written.
    pub(super) length: Option<&'static str>,
    pub(super) length_spot: Option<Spot>,
}

impl<'a> Frame<'a> {
    /// What begins at an octet, with the counts from `counted` on.
    pub(super) fn new(
        class: &'a Class,
        set: &'a [(super::catalog::NameId, Value)],
        layer: Option<usize>,
        above: Vec<(&'static str, Given)>,
        start: usize,
        counted: usize,
    ) -> Frame<'a> {
        Frame {
            class,
            set,
            layer,
            above,
            start,
            counted,
            skip_until: None,
            stop_after: None,
            stopped: false,
            length: None,
            length_spot: None,
        }
    }
}

/// Octets of a packet, and what is needed to patch them.
#[derive(Default)]
pub(crate) struct Built {
    pub(crate) octets: Vec<u8>,
    pub(crate) tracks: Vec<Track>,
    /// Values that shaped the packet: layer and entry.
    pub(crate) shaping: Vec<(usize, usize)>,
    pub(crate) sums: Vec<Sum>,
    pub(crate) starts: Vec<usize>,
}

pub(crate) struct Builder<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) stack: &'a [Layer],
    pub(crate) out: Vec<u8>,
    /// Bits written.
    pub(super) bit: usize,
    pub(super) padding: Vec<u8>,
    pub(super) frame: Frame<'a>,
    /// Values of an option given as a tuple, for the fields of its body in turn.
    pub(super) positional: Option<VecDeque<Value>>,
    pub(super) slots: Vec<Slot>,
    pub(super) behind: Vec<(&'static [Item], Frame<'a>)>,
    pub(crate) placed: Vec<Placed>,
    pub(crate) lengths: Vec<Length>,
    pub(crate) variable: Vec<Variable>,
    /// Octets that numbers of variable size grew by: behind which one, and how many.
    pub(super) grown: Vec<(usize, usize)>,
    pub(crate) counted: Vec<Counted>,
    pub(crate) sums: Vec<(usize, Checksum, Spot)>,
    /// Checksums of the entry that is written.
    pub(super) part_sums: Vec<(Checksum, Spot)>,
    pub(super) tracks: Vec<Track>,
    pub(super) shaping: Vec<(usize, usize)>,
    pub(super) nesting: usize,
    pub(super) fault: Option<CraftError>,
}

/// The octets of a packet whose values are single ones.
pub(crate) fn build(catalog: &Catalog, packet: &Packet) -> Result<Built, CraftError> {
    build_nested(catalog, packet, 0)
}

pub(super) fn build_nested(catalog: &Catalog, packet: &Packet, nesting: usize) -> Result<Built, CraftError> {
    let Some(first) = packet.layers.first() else { return Ok(Built::default()) };
    if packet.layers.len() > MAX_LAYERS {
        return Err(CraftError::TooDeep(MAX_LAYERS));
    }
    if nesting > MAX_NESTING {
        return Err(CraftError::TooDeep(MAX_NESTING));
    }
    let frame = Frame::new(catalog.class(first.class), &first.set, Some(0), Vec::new(), 0, 0);
    let mut builder = Builder::new(catalog, &packet.layers, frame, nesting);
    builder.layer(0);
    if let Some(fault) = builder.fault.take() {
        return Err(fault);
    }
    builder.fill_variable();
    builder.fill_lengths()?;
    let sums = builder.fill_sums();
    let mut octets = builder.out;
    octets.extend_from_slice(&builder.padding);
    let starts = builder.placed.iter().map(|placed| placed.start).collect();
    if octets.len() > MAX_OCTETS {
        return Err(CraftError::TooLong(MAX_OCTETS));
    }
    Ok(Built { octets, tracks: builder.tracks, shaping: builder.shaping, sums, starts })
}

impl<'a> Builder<'a> {
    pub(super) fn new(
        catalog: &'a Catalog,
        stack: &'a [Layer],
        frame: Frame<'a>,
        nesting: usize,
    ) -> Builder<'a> {
        Builder {
            catalog,
            stack,
            out: Vec::with_capacity(128),
            bit: 0,
            padding: Vec::new(),
            frame,
            positional: None,
            slots: Vec::new(),
            behind: Vec::new(),
            placed: Vec::new(),
            lengths: Vec::new(),
            variable: Vec::new(),
            counted: Vec::new(),
            grown: Vec::new(),
            sums: Vec::new(),
            part_sums: Vec::new(),
            tracks: Vec::new(),
            shaping: Vec::new(),
            nesting,
            fault: None,
        }
    }

    pub(crate) fn catalog(&self) -> &'a Catalog {
        self.catalog
    }

    pub(crate) fn stack(&self) -> &'a [Layer] {
        self.stack
    }

    pub(crate) fn fail(&mut self, fault: CraftError) {
        self.fault.get_or_insert(fault);
    }

    /// Writes the layers from `at` on.
    fn layer(&mut self, at: usize) {
        let Some(layer) = self.stack.get(at) else { return };
        if self.fault.is_some() {
            return;
        }
        let class = self.catalog.class(layer.class);
        let start = self.bit / 8;
        let mut above = class.sets.clone();
        if let Some(next) = self.stack.get(at + 1) {
            let rules = self.catalog.class(next.class).below(class.declaration.name);
            // what the layer above asks for has precedence over what the name stands for
            let mut asked: Vec<_> = rules.flat_map(|below| below.sets.iter().copied()).collect();
            let next = self.catalog.class(next.class).declaration.name;
            let own = class.declaration.follows.iter().filter(|rule| rule.protocol == next);
            asked.extend(own.flat_map(|rule| rule.sets.iter().copied()));
            above.splice(0..0, asked);
        }
        above.extend(self.group_address(at).map(|group| ("dst", Given::Number(group))));
        self.frame = Frame::new(class, &layer.set, Some(at), above, start, self.counted.len());
        let same = |other: Option<&Layer>| {
            other.map(|l| self.catalog.class(l.class)).filter(|c| c.protocol == class.protocol)
        };
        if let Some(body) = same(self.stack.get(at + 1)).filter(|body| body.behind.is_some()) {
            self.frame.stop_after = body.behind;
            let after = self.frame.above.len();
            self.frame.above.splice(0..0, body.sets.iter().copied());
            debug_assert!(self.frame.above.len() >= after);
        }
        if self.frame.stop_after.is_none() && class.behind.is_none() {
            self.frame.stop_after = self.bare_head(class, &layer.set);
        }
        let head = at.checked_sub(1).and_then(|below| same(self.stack.get(below)));
        if class.behind.is_none() || head.is_none() {
            self.slots.clear();
        }
        if class.behind.is_some() || class.part {
            self.frame.skip_until = class.behind;
            for (name, given) in &class.sets {
                // the name of a body says which it is, whatever number its head was given
                if let Given::Number(value) = given {
                    self.slots.push(Slot { name, value: Some(*value), origin: None, counts: false });
                }
            }
        }
        self.placed.push(Placed { start, ..Placed::default() });
        let deferred = self.behind.len();
        if class.name == "Padding" {
            self.padding_layer();
        } else if let Some(octets) = &layer.verbatim {
            self.as_it_stood(at, class, octets);
        } else if let Some(octets) = self.patched(class, layer) {
            self.as_it_stood(at, class, &octets);
        } else {
            self.root(class.root());
        }
        self.bit = self.bit.next_multiple_of(8);
        let header_end = self.bit / 8;
        self.layer(at + 1);
        while self.behind.len() > deferred {
            let Some((items, frame)) = self.behind.pop() else { break };
            self.frame = frame;
            self.items(items);
        }
        self.bit = self.bit.next_multiple_of(8);
        self.fill_frame(at);
        let end = self.bit / 8;
        if let Some(placed) = self.placed.get_mut(at) {
            placed.header_end = header_end;
            placed.end = end;
        }
        if end > MAX_OCTETS {
            self.fail(CraftError::TooLong(MAX_OCTETS));
        }
    }

    pub(super) fn root(&mut self, root: Root) {
        match root {
            Root::Items(items) => self.items(items),
            Root::Entry(list) => self.entry(list),
        }
    }

    pub(super) fn fault_now(&mut self) -> Option<CraftError> {
        self.fault.take()
    }

    pub(super) fn items(&mut self, items: &'static [Item]) {
        for item in items {
            if self.fault.is_some() || self.frame.stopped {
                return;
            }
            match self.frame.skip_until {
                Some(name) => self.skip(item, name),
                None => self.item(item),
            }
            let Some(last) = self.frame.stop_after else { continue };
            self.frame.stopped |= match item {
                Item::Field(field)
                | Item::Group(field, _)
                | Item::Block(field, ..)
                | Item::Repeat(field, ..) => field.name == last,
                Item::Custom(fields, ..) => fields.iter().any(|field| field.name == last),
                _ => false,
            };
        }
    }

    /// Passes an item of a layer that begins behind a field; what holds the field is entered.
    fn skip(&mut self, item: &'static Item, name: &'static str) {
        let mut fields = Vec::new();
        super::catalog::collect(std::slice::from_ref(item), &mut fields);
        if !fields.iter().any(|field| field.name == name) {
            return;
        }
        match item {
            Item::Block(field, ..) | Item::Repeat(field, ..) if field.name == name => {
                self.frame.skip_until = None;
            }
            // what decoding alone has is no part of it
            Item::When(test, _) if self.test(test) == Some(false) => {}
            Item::Block(_, _, inner) | Item::Repeat(_, _, inner) | Item::When(_, inner) => self.items(inner),
            Item::Switch(_, cases, other) => {
                let lists = cases.iter().map(|case| &case.2).chain(std::iter::once(other));
                let holding = lists.into_iter().find(|inner| {
                    let mut fields = Vec::new();
                    super::catalog::collect(inner, &mut fields);
                    fields.iter().any(|field| field.name == name)
                });
                holding.into_iter().for_each(|inner| self.items(inner));
            }
            _ => self.frame.skip_until = None,
        }
    }

    fn item(&mut self, item: &'static Item) {
        match item {
            Item::Field(field) => self.field(field),
            Item::Group(field, parts) => self.group(field, parts),
            Item::Block(field, _, items) => self.block(field, items),
            Item::When(test, items) => {
                let holds = self.test(test).unwrap_or_else(|| self.any_given(items));
                if holds || self.is_body(items) {
                    self.items(items);
                }
            }
            Item::Switch(on, cases, other) => {
                let chosen = match self.eval(on) {
                    Some(value) => {
                        let value = value as u64;
                        cases.iter().find(|(from, to, _)| *from <= value && value <= *to).map(|case| &case.2)
                    }
                    None => cases.iter().map(|case| &case.2).find(|items| self.any_given(items)),
                };
                self.items(chosen.unwrap_or(other));
            }
            Item::Repeat(field, _, items) => self.repeat(field, items),
            Item::Tlv(list) => self.list(list),
            Item::Behind(_, items) => self.behind.push((items, self.frame.clone())),
            Item::Custom(fields, _, Some(build)) => {
                let mut custom = super::custom::Custom { builder: self, fields };
                build(&mut custom);
            }
            Item::Custom(fields, _, None) => {
                let given = fields.iter().filter(|field| self.given(field).is_some()).count();
                for (at, field) in fields.iter().enumerate() {
                    let stands = !field.default_bytes.is_empty()
                        || field.default != 0
                        || !matches!(field.auto, Auto::Default);
                    if self.given(field).is_some() || given == 0 && at == 0 && stands {
                        self.field(field);
                    }
                }
            }
        }
    }

    fn spot(&self, width: u16, endian: Endian) -> Spot {
        Spot { bit: self.bit, width, little: endian != Endian::Big }
    }

    /// Writes a field: its value, or what is automatic.
    pub(super) fn field(&mut self, field: &'static Field) {
        self.write_field(field);
    }

    /// Writes a field; the number that it is on the wire.
    pub(super) fn write_field(&mut self, field: &'static Field) -> Option<u64> {
        if field.kind == Kind::Label {
            return None;
        }
        let positional = self.positional.as_mut().and_then(VecDeque::pop_front);
        let given = self.given(field);
        if encode::is_number(field) {
            self.number(field, positional, given)
        } else {
            self.octets_field(field, positional, given);
            None
        }
    }

    /// Writes a number that a declaration's function computed, unless the user gave one.
    pub(super) fn number_or(&mut self, field: &'static Field, number: u64) {
        let given = self.given(field);
        let computed = given.is_none().then(|| Value::Int(i128::from(number)));
        self.number(field, computed, given);
    }

    fn number(
        &mut self,
        field: &'static Field,
        positional: Option<Value>,
        given: Option<(usize, &'a Value)>,
    ) -> Option<u64> {
        let (value, entry) = match (&positional, given) {
            (Some(value), _) => {
                // an entry of a list is known by the name that the list was given
                let name = field.craft.first().copied().unwrap_or(field.name);
                (encode::number(field, self.frame.class.name, name, value), None)
            }
            (None, Some((entry, value))) => {
                let name = self.field_name(entry);
                (encode::number(field, self.frame.class.name, name, value), Some(entry))
            }
            (None, None) => (Ok(self.automatic(field)), None),
        };
        let wire = match value {
            Ok(value) => value,
            Err(fault) => {
                self.fail(fault);
                return None;
            }
        };
        let value = wire;
        let spot = match field.size {
            Size::Varint(varint) => self.put_varint(varint, value),
            _ => {
                let width = encode::width(field).unwrap_or_else(|| self.number_width(field, value));
                let spot = self.spot(width, field.endian);
                self.put_bits(value, spot);
                spot
            }
        };
        if given.is_none() && positional.is_none() {
            self.note_automatic(field, spot);
        }
        match (self.origin(entry), &field.size) {
            // another value may take other octets
            (Some(origin), Size::Varint(_)) => self.shaping.push(origin),
            (Some((layer, entry)), _) => self.tracks.push(Track { layer, entry, spot, field }),
            (None, _) => {}
        }
        self.note_address(field, spot);
        let counts = matches!(field.auto, Auto::Len { .. } | Auto::LenOf { .. } | Auto::Count(_))
            || self.frame.length == Some(field.name);
        // the layer's name decides which fields there are, even where another type was given
        let named = self.frame.class.sets.iter().find(|(name, _)| *name == field.name);
        let value = match named {
            Some((_, Given::Number(number))) => *number,
            _ => self.laid_out(field, value),
        };
        let known = given.is_some() || !counts;
        let origin = self.origin(entry);
        self.slots.push(Slot { name: field.name, value: known.then_some(value), origin, counts });
        Some(wire)
    }

    /// Bits of a number whose size depends on others.
    fn number_width(&mut self, field: &'static Field, value: u64) -> u16 {
        let octets = match &field.size {
            Size::Octets(size) => self.size(size).and_then(|octets| u16::try_from(octets).ok()),
            _ => None,
        };
        octets.unwrap_or_else(|| (64 - value.leading_zeros() as u16).div_ceil(8).max(1)).min(8) * 8
    }

    /// The number of a field that nobody gave.
    fn automatic(&self, field: &'static Field) -> u64 {
        if let Some(Given::Number(value)) = self.preset(field) {
            return value;
        }
        let next = match field.auto {
            Auto::Next(table) => self.next_number(table),
            _ => self.port(field),
        };
        next.unwrap_or(field.default)
    }

    /// The number of the next layer in a table.
    pub(super) fn next_number(&self, table: Table) -> Option<u64> {
        let next = self.stack.get(self.frame.layer? + 1)?;
        let class = self.catalog.class(next.class);
        let on = &class.declaration.on;
        on.iter().find(|(known, _)| *known == table).and_then(|(_, values)| values.first().copied())
    }

    /// A destination port that follows from the next layer.
    fn port(&self, field: &Field) -> Option<u64> {
        if field.name != "dstport" {
            return None;
        }
        self.frame.class.declaration.leads.iter().find_map(|table| self.next_number(*table))
    }

    /// What is to be filled in later.
    fn note_automatic(&mut self, field: &'static Field, spot: Spot) {
        if self.preset(field).is_some() {
            return;
        }
        if self.frame.length == Some(field.name) {
            self.frame.length_spot = Some(spot);
            return;
        }
        // what stands behind the layers above is still its layer's
        let layer = self.frame.layer.unwrap_or_else(|| self.placed.len().saturating_sub(1));
        if let (Auto::Len { of, .. }, Size::Varint(varint)) = (field.auto, &field.size) {
            let form = Form::Octets { varint: *varint, payload: of == Span::Payload };
            self.variable.push(Variable { layer, at: spot.bit / 8, form });
            return;
        }
        match field.auto {
            Auto::Len { of, unit, bias } => {
                // a body's whole is the message's, its head included
                let layer = if of == Span::Whole { self.message(layer) } else { layer };
                let from = spot.end_octet();
                let (part_start, in_part) = (self.frame.start, self.frame.layer.is_none());
                self.lengths.push(Length {
                    layer,
                    spot,
                    of,
                    unit,
                    bias,
                    from,
                    part_start,
                    in_part,
                    part_end: 0,
                    field,
                });
            }
            Auto::LenOf { part, unit, bias } => {
                self.counted.push(Counted { part, spot, unit, bias, entries: false, field });
            }
            Auto::Count(part) => {
                self.counted.push(Counted { part, spot, unit: 1, bias: 0, entries: true, field });
            }
            Auto::Sum(checksum @ Checksum::Fletcher(_)) if self.frame.layer.is_some() => {
                self.sums.push((self.message(layer), checksum, spot));
            }
            Auto::Sum(checksum) if self.frame.layer.is_some() => self.sums.push((layer, checksum, spot)),
            Auto::Sum(checksum) => self.part_sums.push((checksum, spot)),
            _ => {}
        }
    }

    /// The layer that a message begins with, of which this layer is the body.
    fn message(&self, layer: usize) -> usize {
        let class = |at: usize| self.stack.get(at).map(|layer| self.catalog.class(layer.class));
        let (Some(body), Some(below)) = (class(layer), layer.checked_sub(1)) else { return layer };
        let head = class(below).is_some_and(|head| head.protocol == body.protocol && head.behind.is_none());
        if body.behind.is_some() && head { below } else { layer }
    }

    /// Addresses are covered by checksums of inner layers.
    fn note_address(&mut self, field: &'static Field, spot: Spot) {
        if !matches!(field.kind, Kind::Ipv4 | Kind::Ipv6) {
            return;
        }
        if let Some(placed) = self.placed.last_mut() {
            placed.addresses.push((field.name, spot.bit / 8));
        }
    }

    fn octets_field(
        &mut self,
        field: &'static Field,
        positional: Option<Value>,
        given: Option<(usize, &'a Value)>,
    ) {
        let start = self.bit / 8;
        let limit = match &field.size {
            Size::Octets(size) => self.size(size).and_then(|octets| usize::try_from(octets).ok()),
            Size::Bits(bits) => Some(usize::from(*bits).div_ceil(8)),
            _ => None,
        };
        let (value, entry) = match (&positional, given) {
            (Some(value), _) => (Some(value), None),
            (None, Some((entry, value))) => (Some(value), Some(entry)),
            (None, None) => (None, None),
        };
        let mut octets = match value {
            Some(value) => match self.value_octets(field, entry, value) {
                Ok(octets) => octets,
                Err(fault) => return self.fail(fault),
            },
            None => self.automatic_octets(field),
        };
        match field.size {
            Size::Nul if octets.last() != Some(&0) || value.is_some() => octets.push(0),
            _ => {}
        }
        if let Some(limit) = limit.filter(|limit| *limit <= MAX_OCTETS) {
            octets.resize(limit, 0);
        }
        let spot = Spot { bit: self.bit, width: u16::try_from(octets.len() * 8).unwrap_or(0), little: false };
        self.put(&octets);
        if let Some((layer, entry)) = self.origin(entry) {
            if field.kind == Kind::Ipv6 {
                self.tracks.push(Track { layer, entry, spot, field });
            } else {
                self.shaping.push((layer, entry));
            }
        }
        self.note_address(field, spot);
        self.part_done(field.name, start, 1);
    }

    /// Octets that nobody gave.
    fn automatic_octets(&self, field: &'static Field) -> Vec<u8> {
        let default = match self.preset(field) {
            Some(Given::Octets(octets)) => octets,
            Some(Given::Number(number)) => return vec![number as u8],
            None => field.default_bytes,
        };
        match (field.kind, &field.size) {
            (Kind::Ipv6, Size::Octets(nettool_dissect::schema::Expr::Const(16))) if default.is_empty() => {
                vec![0; 16]
            }
            (_, Size::DnsName) => encode::dns_name(default).unwrap_or_default(),
            _ => default.to_vec(),
        }
    }

    pub(super) fn value_octets(
        &mut self,
        field: &'static Field,
        entry: Option<usize>,
        value: &Value,
    ) -> Result<Vec<u8>, CraftError> {
        let name = entry.map_or(field.name, |entry| self.field_name(entry));
        match value {
            Value::Packet(packet) => Ok(build_nested(self.catalog, packet, self.nesting + 1)?.octets),
            Value::List(values) if values.iter().all(|value| matches!(value, Value::Packet(_))) => {
                let mut all = Vec::new();
                for value in values.iter() {
                    all.extend(self.value_octets(field, entry, value)?);
                }
                Ok(all)
            }
            value => encode::octets(field, self.frame.class.name, name, value),
        }
    }

    /// Octets of a value that has no field of its own.
    pub(super) fn plain_octets(&mut self, value: &Value) -> Option<Vec<u8>> {
        match value {
            Value::Octets(octets) => Some(octets.to_vec()),
            Value::Text(text) => Some(text.as_bytes().to_vec()),
            Value::Auto => Some(Vec::new()),
            Value::Packet(packet) => match build_nested(self.catalog, packet, self.nesting + 1) {
                Ok(built) => Some(built.octets),
                Err(fault) => {
                    self.fail(fault);
                    None
                }
            },
            _ => None,
        }
    }

    pub(super) fn put(&mut self, octets: &[u8]) {
        if self.bit.is_multiple_of(8) {
            self.out.truncate(self.bit / 8);
            self.out.extend_from_slice(octets);
            self.bit += octets.len() * 8;
        } else {
            for octet in octets {
                let spot = self.spot(8, Endian::Big);
                self.put_bits(u64::from(*octet), spot);
            }
        }
    }

    pub(super) fn put_bits(&mut self, value: u64, spot: Spot) {
        self.out.resize(self.out.len().max(spot.end_octet()), 0);
        spot.write(&mut self.out, value);
        self.bit = spot.bit + usize::from(spot.width);
    }

    /// The part called `name` is written: counts and lengths of it are known.
    pub(super) fn part_done(&mut self, name: &str, start: usize, entries: usize) {
        let octets = (self.bit / 8).saturating_sub(start);
        let mut at = self.frame.counted;
        while let Some(counted) = self.counted.get(at).copied() {
            if counted.part != name {
                at += 1;
                continue;
            }
            self.counted.remove(at);
            let number =
                if counted.entries { entries } else { octets.div_ceil(usize::from(counted.unit.max(1))) };
            let value = (number as i64).saturating_add(i64::from(counted.bias));
            self.patch_checked(counted.spot, value, counted.field);
        }
    }

    pub(super) fn patch_checked(&mut self, spot: Spot, value: i64, field: &Field) {
        let width = if let Size::Varint(varint) = &field.size { varint.bits() } else { spot.width };
        let most = if width >= 63 { i64::MAX } else { (1 << width) - 1 };
        match (u64::try_from(value), &field.size) {
            (Ok(wire), Size::Varint(varint)) if value <= most => {
                let more = self.put_in_place(spot.bit / 8, &varint.octets(wire));
                self.bit += more * 8;
                return;
            }
            _ => {}
        }
        match u64::try_from(value) {
            Ok(wire) if value <= most => spot.write(&mut self.out, wire),
            _ if value < 0 => spot.write(&mut self.out, 0),
            _ => {
                // a length is known when what it counts is written: the layer that has it may be one below
                let layers = self.stack.iter().map(|layer| self.catalog.class(layer.class));
                let owner = layers.into_iter().find(|class| class.declares(field));
                let fault = CraftError::Range {
                    layer: owner.unwrap_or(self.frame.class).name.into(),
                    field: field.craft.first().unwrap_or(&field.name).to_string(),
                    least: 0,
                    most: i128::from(most),
                    value: value.to_string(),
                };
                self.fail(fault);
            }
        }
    }

    /// The nearest layer below that is another protocol.
    pub(super) fn outer_protocol(&self) -> Option<&'static str> {
        let at = self.placed.len().saturating_sub(1);
        let here = self.stack.get(at).map(|layer| self.catalog.class(layer.class).protocol);
        let below = self.stack.get(..at)?.iter().rev().map(|layer| self.catalog.class(layer.class));
        below.into_iter().find(|class| Some(class.protocol) != here).map(|class| class.declaration.name)
    }

    pub(super) fn octets_written(&self) -> usize {
        (self.bit / 8).saturating_sub(self.frame.start)
    }

    pub(super) fn class(&self) -> &'a Class {
        self.frame.class
    }

    pub(super) fn next_class(&self) -> Option<&'a Class> {
        let next = self.stack.get(self.frame.layer? + 1)?;
        Some(self.catalog.class(next.class))
    }

    pub(super) fn at_bit(&self) -> usize {
        self.bit
    }

    pub(super) fn set_length(&mut self, name: Option<&'static str>) {
        self.frame.length = name;
        self.frame.length_spot = None;
    }

    pub(super) fn length_spot(&self) -> Option<Spot> {
        self.frame.length_spot
    }

    pub(super) fn sets(&self) -> Vec<(&'static str, Given)> {
        self.frame.above.clone()
    }

    pub(super) fn known(&mut self, name: &str) -> Option<u64> {
        let slot = self.slots.iter().rev().find(|slot| slot.name == name)?;
        if let Some(origin) = slot.origin {
            self.shaping.push(origin);
        }
        slot.value
    }

    pub(super) fn take_positional(&mut self) -> Option<VecDeque<Value>> {
        self.positional.take()
    }

    pub(super) fn set_positional(&mut self, values: Option<VecDeque<Value>>) {
        self.positional = values;
    }
}
