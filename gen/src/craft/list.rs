//! Type-length-value lists: options given as layers, as tuples `("MSS", 1460)`, as single words, or as octets.

use super::build::Builder;
use super::catalog::NameId;
use super::encode;
use super::error::{CraftError, near};
use super::value::{Packet, Value};
use nettool_dissect::schema::{Field, Given, Item, Kind, Names, Tlv};
use std::collections::VecDeque;

impl<'a> Builder<'a> {
    /// Writes a list of options.
    pub(super) fn list(&mut self, list: &'static Tlv) {
        let begun = self.begun();
        let given = std::iter::once(&list.entry)
            .chain(list.cases.iter().map(|case| &case.field))
            .find_map(|field| self.given(field));
        if let Some((entry, value)) = given {
            self.shapes(entry);
            self.list_value(list, value);
        }
        let entries = given.map_or_else(|| self.meant_entries(list), |(_, value)| count(value));
        let start = self.start_of(begun);
        self.fill(list.entry.fill, start);
        self.part_done(list.entry.name, start, entries);
    }

    /// Fields that only one type of entry has, given to the layer itself, are entries in the order in which they were given: how many.
    fn meant_entries(&mut self, list: &'static Tlv) -> usize {
        if self.frame.class.part {
            return 0;
        }
        let class = self.frame.class;
        let mut cases: Vec<(u64, Vec<NameId>)> = Vec::new();
        for (name, _) in self.frame.set.iter().filter(|(_, value)| *value != Value::Auto) {
            let named = class.fields_of(*name);
            let case = list.cases.iter().find(|case| {
                let mut fields = Vec::new();
                super::catalog::collect(&case.items, &mut fields);
                named.iter().all(|field| fields.iter().any(|known| std::ptr::eq(*known, *field)))
            });
            let Some(case) = case else { continue };
            match cases.iter_mut().find(|(kind, _)| *kind == case.kind) {
                Some((_, names)) => names.push(*name),
                None => cases.push((case.kind, vec![*name])),
            }
        }
        if !cases.is_empty() {
            (0..self.frame.set.len()).for_each(|entry| self.shapes(entry));
        }
        cases.iter().map(|(kind, names)| self.meant_case(list, *kind, names)).sum()
    }

    /// Entries of one type: of values that are lists the first of each are one, the second the next.
    fn meant_case(&mut self, list: &'static Tlv, kind: u64, names: &[NameId]) -> usize {
        let class = self.frame.class;
        let columns: Vec<&(NameId, Value)> =
            self.frame.set.iter().filter(|(name, _)| names.contains(name)).collect();
        let listed = |(name, value): &(NameId, Value)| match value {
            Value::List(values) if class.fields_of(*name).iter().all(|field| field.kind != Kind::Label) => {
                Some(values.clone())
            }
            _ => None,
        };
        let entries = columns.iter().filter_map(|column| listed(column)).map(|values| values.len()).max();
        for at in 0..entries.unwrap_or(1) {
            let value = |column: &&(NameId, Value)| match listed(column) {
                Some(values) => Some((column.0, values.get(at)?.clone())),
                None => Some((column.0, column.1.clone())),
            };
            let set: Vec<(NameId, Value)> = columns.iter().filter_map(value).collect();
            let above = vec![(list.kind, Given::Number(kind))];
            self.written_apart(&set, above, |inner| inner.entry(list));
        }
        entries.unwrap_or(1)
    }

    /// Writes the value of a list.
    pub(super) fn list_value(&mut self, list: &'static Tlv, value: &'a Value) {
        match value {
            Value::List(values) => values.iter().for_each(|value| self.option(list, value)),
            // a text that names no option is all of the list
            Value::Text(text) if self.known_option(list, value).is_none() => self.put(text.as_bytes()),
            value => self.option(list, value),
        }
    }

    /// Padding in front of an option that has a place of its own (RFC 8200 §4.2).
    fn align(&mut self, list: &'static Tlv, value: &Value) {
        if !self.pads() {
            return;
        }
        let Value::Packet(packet) = value else { return };
        let Some(layer) = packet.layers.first() else { return };
        let sets = &self.catalog().class(layer.class).sets;
        let kind = sets.iter().find(|(name, _)| *name == list.kind).map(|(_, given)| *given);
        let case = list.cases.iter().find(|case| kind == Some(Given::Number(case.kind)));
        let Some((unit, behind)) = case.and_then(|case| case.field.aligned) else { return };
        let (unit, behind) = (usize::from(unit.max(1)), usize::from(behind));
        match (behind + unit - self.octets_written() % unit) % unit {
            0 => {}
            1 => self.put(&[0]),
            missing => {
                self.put(&[1, (missing - 2) as u8]);
                self.put(&vec![0; missing - 2]);
            }
        }
    }

    fn option(&mut self, list: &'static Tlv, value: &'a Value) {
        self.align(list, value);
        match value {
            // what was read stands as it was
            Value::Packet(packet) => match self.own_entry(packet).filter(|_| !was_read(packet)) {
                Some(set) => self.entry_of_fields(list, set),
                None => self.sub_layers(packet),
            },
            Value::Octets(octets) => self.put(octets),
            Value::Tuple(values) | Value::List(values) => {
                if let Some((kind, rest)) = values.split_first() {
                    self.named_option(list, kind, rest);
                }
            }
            Value::Auto => {}
            kind => self.named_option(list, kind, &[]),
        }
    }

    /// An entry given by its fields: without a type, they say which it is.
    fn entry_of_fields(&mut self, list: &'static Tlv, set: &'a [(NameId, Value)]) {
        self.within(self.frame.class, set, Vec::new(), |builder| {
            let typed = builder.kind_field(list).is_some_and(|field| builder.given(field).is_some());
            let case = list.cases.iter().find(|case| builder.given_beside(&case.items, &list.other));
            if let Some(case) = case.filter(|_| !typed) {
                builder.frame.above.push((list.kind, Given::Number(case.kind)));
            }
            builder.entry(list);
        });
    }

    fn named_option(&mut self, list: &'static Tlv, kind: &Value, values: &[Value]) {
        let Some(number) = self.option_number(list, kind) else { return };
        let mut flat = VecDeque::new();
        values.iter().for_each(|value| flatten(value, &mut flat));
        let class = self.class();
        self.within(class, &[], vec![(list.kind, Given::Number(number))], |builder| {
            builder.set_positional(Some(flat));
            builder.entry(list);
        });
    }

    /// What a list is called where it is given.
    fn list_name(&self, list: &'static Tlv) -> &'static str {
        let usual = self.class().name("options").map(|_| "options");
        list.entry.craft.first().copied().or(usual).unwrap_or(list.kind.trim_start_matches('='))
    }

    fn option_number(&mut self, list: &'static Tlv, kind: &Value) -> Option<u64> {
        let fault = |near| CraftError::Kind {
            layer: String::new(),
            field: self.list_name(list).into(),
            wants: "the name or number of an option",
            value: match kind {
                Value::Text(text) => format!("{text:?}"),
                value => value.kind().to_string(),
            },
            near,
        };
        let found = self.known_option(list, kind);
        if found.is_none() {
            let close = match kind {
                Value::Text(text) => {
                    let words = self.kind_field(list).map_or(&[][..], |field| field.words);
                    let words = words.iter().map(|(_, word)| *word).filter(|word| !word.is_empty());
                    near(text, list.cases.iter().flat_map(case_names).chain(words))
                }
                _ => None,
            };
            let mut error = fault(close);
            if let CraftError::Kind { layer, .. } = &mut error {
                *layer = self.class().name.into();
            }
            self.fail(error);
        }
        found
    }

    /// The type of the option that a name or a number stands for.
    fn known_option(&self, list: &'static Tlv, kind: &Value) -> Option<u64> {
        match kind {
            Value::Int(number) => u64::try_from(*number).ok(),
            Value::Text(text) => {
                let named = list.cases.iter().find(|case| case_names(case).any(|name| name == &**text));
                let by_field = || encode::number(self.kind_field(list)?, "", "", kind).ok();
                named.map(|case| case.kind).or_else(by_field)
            }
            _ => None,
        }
    }

    fn kind_field(&self, list: &'static Tlv) -> Option<&'static Field> {
        let mut fields = Vec::new();
        super::catalog::collect(&list.head, &mut fields);
        fields.into_iter().find(|field| field.name == list.kind)
    }

    /// Writes one entry: head, body, length, padding.
    pub(super) fn entry(&mut self, list: &'static Tlv) {
        let start = self.at_bit() / 8;
        let kind = self.entry_kind(list);
        let positional = self.take_positional();
        self.set_length(list.len);
        // an option of no type in particular has a length whatever type it is given
        let class = self.class();
        let any = class.part
            && class.behind.is_none()
            && class.sets.is_empty()
            && !self.sets().iter().any(|(name, _)| *name == list.kind);
        if list.single.contains(&kind) && !any {
            self.items(list.head.get(..1).unwrap_or_default());
            self.set_length(None);
            return;
        }
        self.items(&list.head);
        let spot = self.length_spot();
        self.set_length(None);
        let body = self.at_bit() / 8;
        let case = list.cases.iter().find(|case| case.kind == kind);
        // an entry of no type in particular holds octets, unless what only its type has was given
        let octets = any && !case.is_some_and(|case| self.given_beside(&case.items, &list.other));
        let items = case.filter(|_| !octets).map_or(&list.other, |case| &case.items);
        if let Some(octets) = positional.as_ref().and_then(|values| raw_body(values, items)) {
            self.put(&octets);
        } else {
            self.set_positional(positional);
            self.items(items);
            self.set_positional(None);
        }
        let unit = usize::from(list.unit.max(1));
        let covered = if list.len_covers_head { start } else { body };
        let octets = (self.at_bit() / 8).saturating_sub(covered);
        let octets = octets.saturating_add_signed(-isize::from(list.len_bias));
        let said = self
            .length_field(list)
            .is_some_and(|field| self.given(field).is_some() && self.preset(field).is_none());
        if (spot.is_some() || said) && unit > 1 && octets % unit != 0 && list.len_covers_head {
            self.put(&vec![0; octets.next_multiple_of(unit) - octets]);
        }
        if let Some(spot) = spot
            && let Some(field) = self.length_field(list)
        {
            self.patch_checked(spot, octets.div_ceil(unit) as i64, field);
        }
        let written = (self.at_bit() / 8).saturating_sub(start);
        let align = usize::from(list.align.max(1));
        self.put(&vec![0; written.next_multiple_of(align) - written]);
    }

    /// Whether something was given that stands for a field of the items and for none of the others.
    fn given_beside(&self, items: &'static [Item], others: &'static [Item]) -> bool {
        let (mut fields, mut beside) = (Vec::new(), Vec::new());
        super::catalog::collect(items, &mut fields);
        super::catalog::collect(others, &mut beside);
        let given = |field: &'static Field| self.given(field).map(|(entry, _)| entry);
        // a name under which one of the types has a list is no name of mere octets
        let octets = |entry: &usize| !self.takes_lists(*entry);
        let other: Vec<usize> = beside.into_iter().filter_map(given).filter(octets).collect();
        fields.into_iter().filter_map(given).any(|entry| !other.contains(&entry))
    }

    fn length_field(&self, list: &'static Tlv) -> Option<&'static Field> {
        let mut fields = Vec::new();
        super::catalog::collect(&list.head, &mut fields);
        fields.into_iter().find(|field| Some(field.name) == list.len)
    }

    /// The type of the entry: what was given, or what its layer stands for.
    fn entry_kind(&mut self, list: &'static Tlv) -> u64 {
        if let Some(field) = self.kind_field(list)
            && let Some((_, value)) = self.given(field)
            && let Ok(number) = encode::number(field, self.class().name, list.kind, value)
            && !self.sets().iter().any(|(name, _)| *name == list.kind)
        {
            return number;
        }
        self.sets()
            .iter()
            .find_map(|(name, given)| match given {
                Given::Number(number) if *name == list.kind => Some(*number),
                _ => None,
            })
            .unwrap_or(0)
    }
}

fn was_read(packet: &Packet) -> bool {
    packet.layers.iter().any(|layer| layer.verbatim.is_some() || layer.read.is_some())
}

fn count(value: &Value) -> usize {
    match value {
        Value::List(values) => values.len(),
        Value::Packet(packet) => packet.layers.len(),
        _ => 1,
    }
}

/// Names under which a tuple may call an option.
fn case_names(case: &'static nettool_dissect::schema::TlvCase) -> impl Iterator<Item = &'static str> {
    let first = case.items.iter().find_map(|item| match item {
        Item::Field(field) | Item::Group(field, _) => Some(field),
        Item::Repeat(_, _, inner) => inner.iter().find_map(|item| match item {
            Item::Field(field) => Some(field),
            _ => None,
        }),
        _ => None,
    });
    let words = case.field.words.iter().map(|(_, word)| *word);
    // in lists whose types have no words, what the part is called
    let own = Some(case.field.name).filter(|_| case.field.words.is_empty() && case.field.craft.is_empty());
    words
        .chain(own)
        .chain(case.field.craft.iter().copied().filter(|name| *name != "options"))
        .chain(first.into_iter().flat_map(|field| field.craft.iter().copied()))
}

fn flatten(value: &Value, flat: &mut VecDeque<Value>) {
    match value {
        Value::List(values) | Value::Tuple(values) => values.iter().for_each(|value| flatten(value, flat)),
        Value::Auto => {}
        value => flat.push_back(value.clone()),
    }
}

/// An address of fewer than four numbers, the last of which fills the rest (`inet_aton(3)`): 1.2.3 is 1.2.0.3.
fn short_address(text: &str) -> Option<[u8; 4]> {
    let numbers: Option<Vec<u32>> = text
        .split('.')
        .map(|part| part.parse().ok().filter(|_| part.bytes().all(|octet| octet.is_ascii_digit())))
        .collect();
    let numbers = numbers?;
    let (last, first) = numbers.split_last().filter(|(_, first)| first.len() < 3)?;
    let bits = 32_usize.checked_sub(first.len().checked_mul(8)?)?;
    let mut address = Some(u64::from(*last)).filter(|last| last >> bits == 0)?;
    for (at, number) in first.iter().enumerate() {
        address |= u64::from(u8::try_from(*number).ok()?) << (24_usize.checked_sub(at * 8)?);
    }
    u32::try_from(address).ok().map(u32::to_be_bytes)
}

/// Octets given for a body that is not just octets are the whole body.
fn raw_body(values: &VecDeque<Value>, items: &'static [Item]) -> Option<Vec<u8>> {
    let mut fields = Vec::new();
    super::catalog::collect(items, &mut fields);
    let first = fields.iter().find(|field| field.kind != Kind::Label);
    // what has a function of its own reads its texts itself
    if first.is_some_and(|field| field.lists) && values.iter().all(|value| matches!(value, Value::Text(_))) {
        return None;
    }
    let structured = first.is_none_or(|field| encode::is_number(field)) || fields.len() > 1;
    let mut octets = Vec::new();
    for value in values {
        match value {
            Value::Octets(given) if structured => octets.extend_from_slice(given),
            Value::Text(text) if first.is_none() => octets.extend_from_slice(text.as_bytes()),
            Value::Text(text) => {
                let field = first?;
                // what goes on behind its first number is text to scapy
                let whole = fields.len() == 1;
                let own = field.kind == Kind::Ipv4 || whole && !matches!(field.names, Names::None);
                let fits = !encode::is_number(field) || encode::number(field, "", "", value).is_ok();
                if fits && !(structured && values.len() == 1 && !encode::is_number(field)) {
                    return None;
                }
                if own && encode::is_number(field) {
                    // a word or an address that is none is a fault, and no octets
                    octets.extend_from_slice(&short_address(text).filter(|_| field.kind == Kind::Ipv4)?);
                    continue;
                }
                octets.extend_from_slice(text.as_bytes());
            }
            _ => return None,
        }
    }
    (!values.is_empty() && !octets.is_empty()).then_some(octets)
}
