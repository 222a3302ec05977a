//! Parts of a header: blocks, repeated parts, entries with fields of their own.

use super::build::{Builder, Frame, MAX_NESTING, Slot, build_nested};
use super::catalog::{Class, NameId};
use super::error::CraftError;
use super::value::{Packet, Value};
use nettool_dissect::schema::{Field, Fill, Given, Item, Kind};
use std::collections::VecDeque;

impl<'a> Builder<'a> {
    pub(super) fn block(&mut self, field: &'static Field, items: &'static [Item]) {
        let begun = self.begun();
        match self.given(field) {
            Some((entry, value)) => {
                self.shapes(entry);
                self.part_value(value, items);
            }
            None => match self.preset(field) {
                Some(Given::Octets(octets)) => self.put(octets),
                _ if field.empty && !self.any_given(items) => {}
                _ => self.items(items),
            },
        }
        let start = self.start_of(begun);
        self.fill(field.fill, start);
        self.part_done(field.name, start, 1);
    }

    /// A part whose label was given a value.
    pub(super) fn part_value(&mut self, value: &'a Value, items: &'static [Item]) {
        match (value, items) {
            (Value::Octets(octets), _) => self.put(octets),
            (Value::Text(text), _) => self.put(text.as_bytes()),
            (value, [Item::Tlv(list)]) => self.list_value(list, value),
            (value, [Item::Repeat(_, _, inner)]) => {
                self.entries(value, inner);
            }
            (Value::Packet(packet), _) => self.sub_layers(packet),
            (Value::List(values), _) if values.iter().all(|value| matches!(value, Value::Packet(_))) => {
                for value in values.iter() {
                    if let Value::Packet(packet) = value {
                        self.sub_layers(packet);
                    }
                }
            }
            (Value::List(values) | Value::Tuple(values), items) => {
                self.positional = Some(values.iter().cloned().collect());
                self.items(items);
                self.positional = None;
            }
            (_, items) => self.items(items),
        }
    }

    pub(super) fn fill(&mut self, fill: Fill, start: usize) {
        let octets = (self.bit / 8).saturating_sub(start);
        match fill {
            Fill::None => {}
            Fill::Zero(unit) => {
                let missing = octets.next_multiple_of(usize::from(unit.max(1))) - octets;
                self.put(&[0; 256][..missing.min(256)]);
            }
            Fill::Options(_) if !self.pads() => {}
            Fill::Options(padding) => {
                let header = (self.bit / 8).saturating_sub(self.frame.start);
                match header.next_multiple_of(8) - header {
                    0 => {}
                    1 => self.put(&[0]),
                    missing => {
                        self.put(&[padding, (missing - 2) as u8]);
                        self.put(&[0; 8][..missing - 2]);
                    }
                }
            }
        }
    }

    /// Whether options are put to where they belong by padding: `autopad=0` says that they are not.
    pub(super) fn pads(&self) -> bool {
        let given = |name| self.frame.set.iter().find(|(known, _)| *known == name);
        let asked = self.frame.class.name("autopad").and_then(given);
        !asked.is_some_and(|(_, value)| *value == Value::Int(0))
    }

    /// Layers given as a value of a part.
    pub(super) fn sub_layers(&mut self, packet: &'a Packet) {
        if packet.layers.first().is_some_and(|layer| !self.catalog.class(layer.class).part) {
            match build_nested(self.catalog, packet, self.nesting + 1) {
                Ok(built) => self.put(&built.octets),
                Err(fault) => self.fail(fault),
            }
            return;
        }
        for (at, layer) in packet.layers.iter().enumerate() {
            if let Some(octets) = &layer.verbatim {
                self.put(octets);
                continue;
            }
            let class = self.catalog.class(layer.class);
            let next = packet.layers.get(at + 1).map(|next| self.catalog.class(next.class));
            // what the entry above asks for has precedence over what the name stands for
            let asked = next.into_iter().flat_map(|next| next.below(class.declaration.name));
            let mut sets: Vec<_> = asked.flat_map(|below| below.sets.iter().copied()).collect();
            sets.extend(class.sets.iter().copied());
            self.within(class, &layer.set, sets, |builder| builder.root(class.root()));
        }
    }

    /// Writes an entry with fields of its own.
    pub(super) fn within(
        &mut self,
        class: &'a Class,
        set: &'a [(NameId, Value)],
        above: Vec<(&'static str, Given)>,
        write: impl FnOnce(&mut Self),
    ) {
        if self.nesting > MAX_NESTING {
            return self.fail(CraftError::TooDeep(MAX_NESTING));
        }
        self.nesting += 1;
        let start = self.bit / 8;
        let frame = Frame::new(class, set, None, above, start, self.counted.len());
        let outer = std::mem::replace(&mut self.frame, frame);
        let positional = self.positional.take();
        let slots = self.slots.len();
        let lengths = self.lengths.len();
        let sums = self.part_sums.len();
        // what the entry's name stands for is known before it is written
        for (name, given) in &self.frame.above {
            if let Given::Number(value) = given {
                self.slots.push(Slot { name, value: Some(*value), origin: None, counts: false });
            }
        }
        write(self);
        self.fill_part_sums(sums, start);
        let end = self.bit / 8;
        for length in
            self.lengths.iter_mut().skip(lengths).filter(|length| length.in_part && length.part_end == 0)
        {
            length.part_end = end;
        }
        self.slots.truncate(slots);
        self.positional = positional;
        self.frame = outer;
        self.nesting -= 1;
    }

    pub(super) fn repeat(&mut self, field: &'static Field, items: &'static [Item]) {
        let begun = self.begun();
        let entries = if field.default > 0 && self.set_to_none(field) {
            0
        } else if let Some((entry, value)) = self.given(field) {
            self.shapes(entry);
            let fresh = self.fault.is_none();
            let entries = self.entries(value, items);
            let name = self.field_name(entry);
            // a field that only its place gives has no name that could be typed
            if let Some(CraftError::Kind { field, .. } | CraftError::Range { field, .. }) = &mut self.fault
                && fresh
                && field.starts_with('=')
            {
                *field = name.into();
            }
            entries
        } else if self.positional.is_some() {
            let mut entries = 0;
            while self.positional.as_ref().is_some_and(|left| !left.is_empty()) && entries < 4096 {
                self.items(items);
                entries += 1;
            }
            entries
        } else if self.one_entry(items) {
            self.within(self.frame.class, self.frame.set, self.frame.above.clone(), |builder| {
                builder.items(items)
            });
            1
        } else if let Some(entries) = self.rows(items) {
            entries
        } else if let Some((field, entry, value)) = self.single(items) {
            self.shapes(entry);
            self.column(field, value, items)
        } else if !field.default_bytes.is_empty() && !self.set_to_none(field) {
            self.put(field.default_bytes);
            1
        } else {
            for at in 0..field.default.min(16) {
                if let [Item::Field(number)] = items
                    && number.counting
                {
                    self.positional = Some(VecDeque::from([Value::Int(i128::from(number.default + at))]));
                    self.items(items);
                    self.positional = None;
                    continue;
                }
                self.within(self.frame.class, &[], self.frame.above.clone(), |builder| builder.items(items));
            }
            field.default as usize
        };
        let start = self.start_of(begun);
        self.fill(field.fill, start);
        self.part_done(field.name, start, entries);
    }

    /// Whether a part was given `None` in the place of the entries that it has by itself.
    fn set_to_none(&self, field: &'static Field) -> bool {
        let class = self.frame.class;
        self.frame.set.iter().any(|(name, value)| class.means(*name, field) && *value == Value::Auto)
    }

    /// Whether several fields of a repeated part were given, each with one value: there is one entry of them.
    fn one_entry(&mut self, items: &'static [Item]) -> bool {
        let mut fields = Vec::new();
        super::catalog::collect(items, &mut fields);
        let mut given: Vec<_> = fields.iter().filter_map(|field| self.given_here(field)).collect();
        given.dedup_by_key(|(entry, _)| *entry);
        let single = |value: &Value| !matches!(value, Value::List(_) | Value::Tuple(_) | Value::Packet(_));
        if given.len() < 2 || !given.iter().all(|(_, value)| single(value)) {
            return false;
        }
        given.iter().for_each(|(entry, _)| self.shapes(*entry));
        true
    }

    /// Several fields of a repeated part were given, some as lists: the first of each are one entry, the second the next; one value
    /// that is no list stands in every entry, and so do lists of what is repeated within an entry. The number of entries.
    fn rows(&mut self, items: &'static [Item]) -> Option<usize> {
        let (mut direct, mut all) = (Vec::new(), Vec::new());
        super::catalog::collect_own(items, &mut direct);
        super::catalog::collect(items, &mut all);
        let columns = self.columns(&direct);
        let mut whole = self.columns(&all);
        whole.retain(|(entry, _)| !columns.iter().any(|(known, _)| known == entry));
        let length = |value: &Value| match value {
            Value::List(values) => Some(values.len()),
            _ => None,
        };
        let listed = columns.iter().filter_map(|(_, value)| length(value)).max();
        let packets = |value: &Value| match value {
            Value::List(values) => values.iter().any(|value| matches!(value, Value::Packet(_))),
            value => matches!(value, Value::Packet(_)),
        };
        let apart = columns.iter().any(|(_, value)| packets(value));
        if columns.is_empty()
            || columns.len() + whole.len() < 2
            || apart
            || listed.is_none() && whole.is_empty()
        {
            return None;
        }
        columns.iter().chain(&whole).for_each(|(entry, _)| self.shapes(*entry));
        let entries = listed.unwrap_or(1);
        for at in 0..entries {
            let own = columns.iter().filter_map(|(entry, value)| match value {
                Value::List(values) => Some((*entry, values.get(at)?)),
                value => Some((*entry, *value)),
            });
            let set: Vec<(NameId, Value)> = own
                .chain(whole.iter().copied())
                .filter_map(|(entry, value)| Some((self.frame.set.get(entry)?.0, value.clone())))
                .collect();
            self.entry_of(&set, items);
        }
        Some(entries)
    }

    /// The values that were given to fields, each once.
    fn columns(&self, fields: &[&'static Field]) -> Vec<(usize, &'a Value)> {
        let mut given: Vec<_> = fields.iter().filter_map(|field| self.given_here(field)).collect();
        given.sort_by_key(|(entry, _)| *entry);
        given.dedup_by_key(|(entry, _)| *entry);
        given
    }

    /// The field of a repeated part that was given a list of values by its own name.
    pub(super) fn single(&self, items: &'static [Item]) -> Option<(&'static Field, usize, &'a Value)> {
        let mut fields = Vec::new();
        super::catalog::collect(items, &mut fields);
        let given = |field| self.given_here(field).map(|(entry, value)| (field, entry, value));
        fields.into_iter().find_map(given)
    }

    /// The value given to a field of a repeated part; a name that stands for a field of the header too is not this part's.
    fn given_here(&self, field: &'static Field) -> Option<(usize, &'a Value)> {
        let own = |entry: usize| {
            self.frame.set.get(entry).is_some_and(|(name, _)| self.frame.class.is_entrys(*name, field))
        };
        self.given(field).filter(|(entry, _)| own(*entry))
    }

    /// One entry for each value of one field.
    pub(super) fn column(
        &mut self,
        field: &'static Field,
        value: &'a Value,
        items: &'static [Item],
    ) -> usize {
        let one = std::slice::from_ref(value);
        let values: &'a [Value] = match value {
            Value::List(values) => values,
            Value::Tuple(values) => values,
            _ => one,
        };
        let name = self.given(field).and_then(|(entry, _)| self.frame.set.get(entry)).map(|(name, _)| *name);
        let mut entries = values.len();
        for value in values {
            if let Value::Packet(packet) = value {
                self.sub_layers(packet);
                continue;
            }
            if let (Some(name), Some(parts)) = (name, split(field, value)) {
                entries = entries.saturating_add(parts.len().saturating_sub(1));
                parts.into_iter().for_each(|part| self.entry_of(&[(name, part)], items));
                continue;
            }
            let mut positional = VecDeque::new();
            if let (Some(_), [Item::Field(only)]) = (name, items)
                && std::ptr::eq(only, field)
            {
                positional.push_back(value.clone());
                self.positional = Some(positional);
                self.items(items);
                self.positional = None;
            } else if let Some(name) = name {
                self.column_entry(name, value, items);
            }
        }
        entries
    }

    /// An entry of which one field is given and the others are automatic.
    pub(super) fn column_entry(&mut self, name: NameId, value: &'a Value, items: &'static [Item]) {
        self.entry_of(&[(name, value.clone())], items);
    }

    /// An entry with these fields.
    fn entry_of(&mut self, set: &[(NameId, Value)], items: &'static [Item]) {
        self.written_apart(set, self.frame.above.clone(), |inner| inner.items(items));
    }

    /// Writes what has these fields by itself: it borrows its values for as long as that takes.
    pub(super) fn written_apart(
        &mut self,
        set: &[(NameId, Value)],
        above: Vec<(&'static str, Given)>,
        write: impl FnOnce(&mut Builder<'_>),
    ) {
        if self.nesting > MAX_NESTING {
            return self.fail(CraftError::TooDeep(MAX_NESTING));
        }
        let frame = Frame::new(self.frame.class, set, None, above, 0, 0);
        let mut inner = Builder::new(self.catalog, &[], frame, self.nesting + 1);
        write(&mut inner);
        let (out, fault) = (std::mem::take(&mut inner.out), inner.fault.take());
        self.put(&out);
        if let Some(fault) = fault {
            self.fail(fault);
        }
    }

    /// The fields of an entry that was given under the name of the layer which it is a part of.
    pub(super) fn own_entry(&self, packet: &'a Packet) -> Option<&'a [(NameId, Value)]> {
        let [layer] = packet.layers.as_slice() else { return None };
        let class = self.catalog.class(layer.class);
        (!class.part && std::ptr::eq(class, self.frame.class)).then_some(layer.set.as_slice())
    }

    /// Entries of a repeated part given as a list; their number.
    pub(super) fn entries(&mut self, value: &'a Value, items: &'static [Item]) -> usize {
        let one = std::slice::from_ref(value);
        let values: &'a [Value] = match value {
            Value::List(values) => values,
            Value::Octets(octets) => {
                self.put(octets);
                return 1;
            }
            _ => one,
        };
        let mut count = 0;
        for value in values {
            count += 1;
            match value {
                Value::Packet(packet) => match self.own_entry(packet) {
                    Some(set) => {
                        let (class, above) = (self.frame.class, self.frame.above.clone());
                        self.within(class, set, above, |builder| builder.items(items));
                    }
                    None => self.sub_layers(packet),
                },
                Value::Tuple(values) | Value::List(values) => {
                    self.positional = Some(values.iter().cloned().collect());
                    self.items(items);
                    self.positional = None;
                }
                Value::Octets(octets) if !single_field(items) => self.put(octets),
                // `1:2` for an entry of several numbers
                Value::Text(text) if text.contains(':') && all_numbers(items) => {
                    self.positional = Some(text.split(':').map(number_or_text).collect());
                    self.items(items);
                    self.positional = None;
                }
                Value::Auto => {}
                value => {
                    self.positional = Some(VecDeque::from([value.clone()]));
                    self.items(items);
                    self.positional = None;
                }
            }
        }
        count
    }
}

/// The entries that a value too long for one becomes.
fn split(field: &Field, value: &Value) -> Option<Vec<Value>> {
    let octets = match value {
        Value::Text(text) => text.as_bytes(),
        Value::Octets(octets) => octets,
        _ => return None,
    };
    let most = usize::from(field.splits);
    (most > 0 && octets.len() > most).then(|| octets.chunks(most).map(Value::octets).collect())
}

fn all_numbers(items: &[Item]) -> bool {
    let number = |item: &Item| matches!(item, Item::Field(field) if matches!(field.kind, Kind::Uint(_)));
    items.len() > 1 && items.iter().all(number)
}

fn number_or_text(text: &str) -> Value {
    text.trim().parse().map_or_else(|_| Value::text(text), Value::Int)
}

fn single_field(items: &[Item]) -> bool {
    matches!(items, [Item::Field(_)])
}
