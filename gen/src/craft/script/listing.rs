//! What there is: `ls()` names layers, `ls(IP)` the fields of one with size and usual value, `ls("dns")` layers by a part of their
//! name, `lsc()` functions.

use super::class::ClassValue;
use super::functions::{context, refused};
use super::packet::{PacketValue, default_of};
use super::python::repr;
use super::{convert, shown};
use crate::craft::catalog::{Catalog, Class, ClassId, NameId, Root};
use crate::craft::script::fault::article;
use crate::craft::value::Value as Given;
use nettool_dissect::schema::{Auto, Expr, Field, Given as Preset, Item, Kind, Size, Test, Tlv};
use starlark::environment::GlobalsBuilder;
use starlark::eval::Evaluator;
use starlark::values::none::{NoneOr, NoneType};
use starlark::values::{Heap, Value};

/// A field as it is listed: the name that one types first, and whether it divides the one before.
struct Row {
    field: &'static Field,
    name: NameId,
    others: Vec<NameId>,
    divides: bool,
    /// Whether it is of a type that the layer need not have.
    entries: Vec<&'static str>,
}

/// The names of a layer's fields that one gives it, each once, in wire order.
pub(super) fn usual_names(class: &Class) -> Vec<&str> {
    rows(class).iter().filter(|row| !row.divides).map(|row| class.name_of(row.name)).collect()
}

/// The fields of a layer in wire order. Those that stand within the entries of a list are the entries' own.
fn rows(class: &Class) -> Vec<Row> {
    let mut walk = Walk { class, rows: Vec::new() };
    match class.root() {
        Root::Items(items) => walk.items(items, false),
        Root::Entry(list) => walk.entry(list),
    }
    walk.rows
}

struct Walk<'a> {
    class: &'a Class,
    rows: Vec<Row>,
}

impl Walk<'_> {
    fn items(&mut self, items: &'static [Item], divides: bool) {
        for item in items {
            match item {
                Item::Field(field) => self.field(field, divides, Vec::new()),
                Item::Group(field, inner) => {
                    // numbers that have names of their own are typed one by one
                    let own = |item: &&Item| matches!(item, Item::Field(field) if !field.craft.is_empty());
                    let apart = field.craft.is_empty() && inner.iter().any(|item| own(&item));
                    if apart {
                        inner
                            .iter()
                            .filter(own)
                            .for_each(|item| self.items(std::slice::from_ref(item), divides));
                    }
                    let whole = !apart || !field.letters.is_empty();
                    if whole {
                        self.field(field, divides, Vec::new());
                    }
                    self.items(inner, whole || divides);
                }
                Item::Block(field, _, inner) => match inner.as_slice() {
                    [Item::Tlv(list)] => self.field(field, divides, entries_of(list)),
                    [Item::Repeat(..)] if field.craft.is_empty() => self.items(inner, divides),
                    _ if !field.craft.is_empty() => self.field(field, divides, Vec::new()),
                    inner => self.items(inner, divides),
                },
                // a list of values of one kind goes by the name of the value
                Item::Repeat(field, _, inner) => match inner.as_slice() {
                    [Item::Field(value)] if field.craft.is_empty() && !value.craft.is_empty() => {
                        self.field(value, divides, Vec::new());
                    }
                    _ => self.field(field, divides, Vec::new()),
                },
                // what is only decoded is not given
                Item::When(Test::All(tests), _) if matches!(tests.as_slice(), [Test::All(all)] if all.is_empty()) =>
                    {}
                Item::When(_, inner) | Item::Behind(_, inner) => self.items(inner, divides),
                Item::Switch(on, cases, other) => match self.known(on) {
                    Some(value) => {
                        let case = cases.iter().find(|(from, to, _)| (*from..=*to).contains(&value));
                        self.items(case.map_or(other, |case| &case.2), divides);
                    }
                    None => {
                        cases.iter().for_each(|(_, _, inner)| self.items(inner, divides));
                        self.items(other, divides);
                    }
                },
                Item::Tlv(list) => self.field(&list.entry, divides, entries_of(list)),
                Item::Custom(declared, ..) => {
                    declared.iter().for_each(|field| self.field(field, divides, Vec::new()));
                }
            }
        }
    }

    fn entry(&mut self, list: &'static Tlv) {
        self.items(&list.head, false);
        let kind = self.class.sets.iter().find(|(name, _)| *name == list.kind);
        let kind = kind.and_then(|(_, given)| match given {
            Preset::Number(number) => Some(*number),
            Preset::Octets(_) => None,
        });
        match list.cases.iter().find(|case| Some(case.kind) == kind) {
            Some(case) => self.items(&case.items, false),
            None => self.items(&list.other, false),
        }
    }

    /// The number that the layer sets in the field that a choice goes by.
    fn known(&self, on: &Expr) -> Option<u64> {
        let Expr::Field(name) = on else { return None };
        self.class.sets.iter().find_map(|(set, given)| match given {
            Preset::Number(number) if set == name => Some(*number),
            _ => None,
        })
    }

    fn field(&mut self, field: &'static Field, divides: bool, entries: Vec<&'static str>) {
        let names = self.class.field_names().filter_map(|name| self.class.name(name));
        let mut names: Vec<NameId> = names.filter(|name| self.class.means(*name, field)).collect();
        if names.is_empty() || field.hidden && field.craft.is_empty() {
            return;
        }
        let name = names.remove(0);
        // a field that stands in several cases, or that another case has under the same name
        if !self.rows.iter().any(|row| row.name == name) {
            self.rows.push(Row { field, name, others: names, divides, entries });
        }
    }
}

/// The layers that a list's entries are.
fn entries_of(list: &'static Tlv) -> Vec<&'static str> {
    let names = list.cases.iter().flat_map(|case| case.field.craft.iter().copied());
    names.filter(|name| name.starts_with(char::is_uppercase)).collect()
}

/// What a field holds: `16 bits`, `IPv4 address`.
fn holds(field: &Field) -> String {
    let octets = |what: &str| match &field.size {
        Size::Octets(Expr::Const(1)) => "1 octet".to_string(),
        Size::Octets(Expr::Const(count)) => format!("{count} octets"),
        _ => what.to_string(),
    };
    match field.kind {
        Kind::Label => "list".into(),
        Kind::Mac => "MAC address".into(),
        Kind::Eui64 => "EUI-64".into(),
        Kind::Ipv4 => "IPv4 address".into(),
        Kind::Ipv6 => "IPv6 address".into(),
        Kind::Float => "float".into(),
        Kind::Double => "double".into(),
        Kind::Text => "text".into(),
        Kind::Bytes => octets("octets"),
        Kind::Made if matches!(field.size, Size::DnsName) => "name".into(),
        Kind::Made => "text".into(),
        _ => match field.size {
            Size::Bits(1) => "1 bit".into(),
            Size::Bits(bits) => format!("{bits} bits"),
            Size::Varint(_) => "variable".into(),
            _ => octets("number"),
        },
    }
}

fn usual(class: &Class, name: &str, field: &Field, heap: Heap<'_>) -> String {
    match default_of(class, name) {
        Given::Auto if matches!(field.auto, Auto::Default) && field.kind == Kind::Label => "[]".into(),
        Given::Auto => "None".into(),
        value => repr::repr(convert::back(Catalog::builtin(), &value, heap)),
    }
}

/// The fields of a layer, of a packet with what they have in it, and the names of their values where that is wanted.
fn fields_of(
    catalog: &'static Catalog,
    id: ClassId,
    packet: Option<&PacketValue>,
    verbose: bool,
    heap: Heap<'_>,
) -> String {
    let class = catalog.class(id);
    let mut text = String::new();
    for row in rows(class) {
        let name = class.name_of(row.name);
        let shown = format!("{}{name}", if row.divides { "  " } else { "" });
        let usual = usual(class, name, row.field, heap);
        let value = match packet.and_then(|packet| packet.value_of(name, heap)) {
            Some(value) => format!("= {:<15} ({usual})", repr::repr(value)),
            None => format!("= {usual:<19}"),
        };
        let others: Vec<&str> = row.others.iter().map(|name| class.name_of(*name)).collect();
        let others = if others.is_empty() { String::new() } else { format!(" (also {})", others.join(", ")) };
        text.push_str(&format!("{shown:<18} : {:<12} {value} {}{others}\n", holds(row.field), row.field.doc));
        if !row.entries.is_empty() {
            text.push_str(&format!("{:<18}   of {}\n", "", row.entries.join(", ")));
        }
        if verbose && let Size::Bits(bits) = row.field.size {
            let all = if bits >= 16 { u64::from(u16::MAX) } else { (1 << bits) - 1 };
            let words = (0..=all)
                .filter_map(|number| Some((number, shown::word(class, row.name, i128::from(number))?)));
            for (number, word) in words.take(256).filter(|(_, word)| !word.is_empty()) {
                text.push_str(&format!("{:<18}   {number}: {word}\n", ""));
            }
        }
    }
    text
}

/// Layers, those alone whose name or title has a word in it where one is given.
fn layers(catalog: &Catalog, wanted: &str) -> String {
    let wanted = wanted.to_lowercase();
    let line = |(_, class): (ClassId, &Class)| {
        let line = format!("{:<32} {}\n", class.name, class.declaration.title);
        line.to_lowercase().contains(&wanted).then_some(line)
    };
    catalog.classes().filter_map(line).collect()
}

/// What `lsc()` shows.
const FUNCTIONS: &[(&str, &str)] = &[
    (
        "ls(), ls(IP), ls(\"dns\"), ls(p)",
        "layers; the fields of one; layers by a part of their name; a packet's fields",
    ),
    ("emit(p)", "a packet of the script, or a list of them"),
    ("p.show(), p.summary(), hexdump(p)", "what a packet looks like"),
    ("p[IP].ttl, TCP in p, p.getlayer(TCP)", "layers and fields"),
    ("p.sprintf(\"%IP.src%\"), p.command()", "a packet in a text, and as it is typed"),
    ("p.answers(q)", "whether a packet answers another"),
    ("bytes(p), raw(p), len(p)", "octets"),
    ("IP(b\"…\"), dissect(b\"…\")", "octets taken apart"),
    ("rdpcap(\"in.pcap\"), wrpcap(\"out.pcap\", p)", "capture files"),
    ("PacketList([p, q])", "a list with filter, summary, sessions"),
    ("fragment(p, 1000), defragment(ps)", "IPv4 fragments"),
    ("fuzz(p), corrupt_bytes(p, n=1)", "random values, damaged octets"),
    ("RandIP(), RandMAC(), RandShort()", "values drawn for each packet"),
    ("Net(\"10.0.0.0/30\")", "a set of addresses"),
    ("checksum(b\"…\"), in4_chksum(17, p, b\"…\")", "internet checksums"),
    ("hexdiff(p, q), import_hexcap(\"…\")", "octets compared, and read from a dump"),
    ("option(\"name\", 5)", "what `--set name=9` gives"),
];

#[starlark::starlark_module]
pub(crate) fn register(builder: &mut GlobalsBuilder) {
    /// Layers and their fields: of a layer or a packet, or the names of layers; with `verbose` the names of values too.
    fn ls<'v>(
        #[starlark(default = NoneOr::None)] obj: NoneOr<Value<'v>>,
        #[starlark(default = false)] verbose: bool,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<NoneType> {
        let (context, heap) = (context(eval)?, eval.heap());
        let catalog = context.catalog;
        let Some(of) = obj.into_option() else {
            context.grants.print(&layers(catalog, ""));
            return Ok(NoneType);
        };
        let text = if let Some(class) = ClassValue::from_value(of) {
            fields_of(catalog, class.class, None, verbose, heap)
        } else if let Some(packet) = PacketValue::from_value(of) {
            let whole = packet.packet();
            let each = whole.layers.iter().enumerate().map(|(at, layer)| {
                let below = if at > 0 { "--\n" } else { "" };
                let fields = fields_of(catalog, layer.class, packet.deeper(at).as_ref(), verbose, heap);
                format!("{below}{fields}")
            });
            each.collect()
        } else if let Some(word) = of.unpack_str() {
            let found = layers(catalog, word);
            if found.is_empty() {
                return Err(refused(format!("no layer has `{word}` in its name; `ls()` names all")));
            }
            found
        } else {
            return Err(refused(format!(
                "`ls` takes a layer, a packet, or a part of a layer's name, not {}",
                article(of.get_type())
            )));
        };
        context.grants.print(&text);
        Ok(NoneType)
    }

    /// Functions, each with what it does.
    fn lsc<'v>(eval: &mut Evaluator<'v, '_, '_>) -> starlark::Result<NoneType> {
        let lines = FUNCTIONS.iter().map(|(name, does)| format!("{name:<40} {does}\n"));
        context(eval)?.grants.print(&lines.collect::<String>());
        Ok(NoneType)
    }

    /// The same as `ls("word")`.
    fn explore<'v>(
        #[starlark(default = "")] layer: &str,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<NoneType> {
        let context = context(eval)?;
        context.grants.print(&layers(context.catalog, layer));
        Ok(NoneType)
    }
}
