//! Options that have no layer of their own, as scripts know them: `("MSS", 1460)`, `("NOP", None)`, `"end"`. They are read from
//! octets where what is written of them is the same octets again.

use super::build::build;
use super::catalog::{Root, lists_of};
use super::entries::Reader;
use super::from_octets::value_of;
use super::value::{Layer, Packet, Value};
use nettool_dissect::decode::Node;
use nettool_dissect::schema::{Field, Kind, Tlv};

/// Options of a list.
const MOST: usize = 1024;

impl Reader<'_> {
    /// The options that the octets of a list are.
    pub(super) fn pairs(&self, octets: &[u8]) -> Option<Vec<Value>> {
        let mut lists = Vec::new();
        let Root::Items(items) = self.class.root() else { return None };
        lists_of(items, &mut lists);
        let list = lists.into_iter().find(|list| self.words(list).next().is_some())?;
        let kind = list.kind.trim_start_matches('=');
        let options: Vec<Value> = (0..self.nodes().len())
            .filter(|at| self.is_kind(*at, kind))
            .take(MOST)
            .map(|at| self.pair(list, at))
            .collect::<Option<_>>()?;
        (!options.is_empty() && self.written(list, &options, octets)).then_some(options)
    }

    fn is_kind(&self, at: usize, kind: &str) -> bool {
        self.nodes().get(at).is_some_and(|node| {
            node.source == 0 && node.bits > 0 && self.field(node).is_some_and(|field| field.name == kind)
        })
    }

    /// Numbers of options with their names.
    fn words(&self, list: &'static Tlv) -> impl Iterator<Item = (u64, &'static str)> + use<> {
        let mut fields = Vec::new();
        super::catalog::collect(&list.head, &mut fields);
        let kind = fields.into_iter().find(|field| field.name == list.kind);
        let own = kind.map_or(&[][..], |field| field.words);
        let named = |(number, word): &(u64, &'static str)| (*number, *word);
        own.iter()
            .map(named)
            .chain(list.cases.iter().flat_map(move |case| case.field.words.iter().map(named)))
            .filter(|(_, word)| !word.is_empty())
    }

    /// The option whose type stands at a node.
    fn pair(&self, list: &'static Tlv, at: usize) -> Option<Value> {
        let kind = self.nodes().get(at)?;
        let word = self.words(list).find(|(number, _)| *number == kind.value).map(|(_, word)| word);
        let name = word.map_or(Value::Int(i128::from(kind.value)), Value::text);
        if list.single.contains(&kind.value) {
            // an option with nothing behind it is a word of its own, where words are written small
            let alone = word.is_some_and(|word| word.starts_with(char::is_lowercase));
            return Some(if alone { name } else { Value::Tuple(vec![name, Value::Auto].into()) });
        }
        let length = list.len.map(|name| name.trim_start_matches('='));
        let own = |node: &&Node| node.depth >= kind.depth;
        let mut values: Vec<(&'static Field, Value)> = Vec::new();
        let mut covered = kind.start.saturating_add(kind.bits);
        for node in self.nodes().iter().skip(at + 1).take_while(own) {
            let Some(field) = self.field(node) else { continue };
            if node.source != 0 || node.bits == 0 || node.start < covered || field.kind == Kind::Label {
                continue;
            }
            covered = node.start.saturating_add(node.bits);
            if Some(field.name) != length {
                values.push((field, value_of(field, node, self.octets(node))));
            }
        }
        let same =
            values.iter().all(|(field, _)| values.first().is_some_and(|first| first.0.name == field.name));
        let addresses = values.iter().all(|(field, _)| matches!(field.kind, Kind::Ipv4 | Kind::Ipv6));
        let several = values.len() > 1;
        let mut values = values.into_iter().map(|(_, value)| value).collect::<Vec<_>>();
        let mut pair = vec![name];
        match values.len() {
            0 => pair.push(Value::octets(&[])),
            1 => pair.append(&mut values),
            _ if several && same && addresses => pair.append(&mut values),
            _ if same => pair.push(Value::List(values.into())),
            _ => pair.push(Value::Tuple(values.into())),
        }
        Some(Value::Tuple(pair.into()))
    }

    /// Whether the options are written as the octets.
    fn written(&self, list: &'static Tlv, options: &[Value], octets: &[u8]) -> bool {
        let label = || {
            let names = self.class.field_names().filter_map(|name| self.class.name(name));
            let mut lists =
                names.filter(|id| self.class.fields_of(*id).iter().any(|field| field.kind == Kind::Label));
            lists.next()
        };
        let Some(id) = self.class.label(list.entry.name).or_else(label) else { return false };
        let Some(class) = self.catalog.named(self.class.name) else { return false };
        let mut layer = Layer::new(class);
        layer.put(&[], id, Value::List(options.into()));
        let built = build(self.catalog, &Packet::new(vec![layer]));
        built.is_ok_and(|built| {
            octets.is_empty() || built.octets.windows(octets.len()).any(|part| part == octets)
        })
    }
}
