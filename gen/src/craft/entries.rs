//! Entries of lists in octets that were taken apart: records, questions, options, each as a layer of its own, so that scripts read
//! and change their fields. An entry that nobody changes is written as it stood; one whose names point into the message is
//! written with whole names, as what they point to may move.

use super::build::build;
use super::catalog::{Catalog, Class, NameId, Root, collect};
use super::encode;
use super::from_octets::{frame, value_of};
use super::value::{Layer, Packet, Value};
use nettool_dissect::decode::{Decoder, Dissection, Node};
use nettool_dissect::frame::{Frame, LinkType};
use nettool_dissect::schema::{Auto, Field, Given, Item, Kind, Size};
use std::borrow::Cow;

/// Lists within lists.
const MAX_DEPTH: usize = 4;
/// Labels of a name, pointers included.
const MAX_LABELS: usize = 256;

/// The lists of one layer of a packet that are held as octets, with their entries. What is not made of entries that have a layer
/// of their own is left out.
pub(crate) fn of_layer(catalog: &Catalog, packet: &Packet, at: usize) -> Option<Vec<(NameId, Value)>> {
    let layer = packet.layers.get(at)?;
    let class = catalog.class(layer.class);
    let lists = |(name, value): &(NameId, Value)| {
        let label = class.fields_of(*name).iter().any(|field| field.kind == Kind::Label);
        label && matches!(value, Value::Octets(_))
    };
    if class.part && class.behind.is_none() || !layer.set.iter().any(lists) {
        return None;
    }
    let (packet, at, head) = with_head(catalog, packet, at, class)?;
    let first = super::expand::first(&packet, catalog, 0).ok().flatten()?;
    let built = build(catalog, &first).ok()?;
    let frame = frame(&built.octets, LinkType::ETHERNET);
    let mut out = Dissection::default();
    let below = catalog.class(packet.layers.first()?.class).protocol;
    Decoder::new(catalog.registry()).decode_part(&frame, below, &mut out);
    let span = out.layers.get(at).filter(|span| span.protocol == class.protocol && span.source == 0)?;
    let (start, end) = (*built.starts.get(at + head)?, span.header_end as usize);
    let reader = Reader { catalog, out: &out, frame: &frame, class, start: span.start as usize };
    let mut found = Vec::new();
    for (name, value) in layer.set.iter().filter(|entry| lists(entry)) {
        let Value::Octets(octets) = value else { continue };
        let own = |node: &Node| {
            let field = catalog.registry().field(node.field).map(|info| info.field);
            let named =
                field.and_then(|field| class.label(field.name).or_else(|| class.name_of_field(field)));
            node.source == 0
                && node.bits > 0
                && (start..end).contains(&node.offset())
                && named == Some(*name)
                && field.is_some_and(|field| field.kind == Kind::Label)
        };
        if let Some(entries) = reader.list(&own, octets) {
            found.push((*name, Value::List(entries.into())));
        }
    }
    Some(found)
}

/// The packet, the place of the header that a layer is read with, and how many layers further the layer itself begins: one that
/// stands behind a head is read with its head, which is put there where it is missing.
fn with_head<'p>(
    catalog: &Catalog,
    packet: &'p Packet,
    at: usize,
    class: &Class,
) -> Option<(Cow<'p, Packet>, usize, usize)> {
    if class.behind.is_none() {
        return Some((Cow::Borrowed(packet), at, 0));
    }
    let below = at.checked_sub(1).filter(|below| {
        packet.layers.get(*below).is_some_and(|head| catalog.class(head.class).protocol == class.protocol)
    });
    if let Some(below) = below {
        return Some((Cow::Borrowed(packet), below, 1));
    }
    let mut layers = packet.layers.to_vec();
    layers.insert(at, Layer::new(catalog.of_protocol(class.protocol)?));
    Some((Cow::Owned(packet.with_layers(layers)), at, 1))
}

pub(super) struct Reader<'a> {
    pub(super) catalog: &'a Catalog,
    out: &'a Dissection,
    frame: &'a Frame<'a>,
    /// The layer that holds the lists.
    pub(super) class: &'a Class,
    /// Its first octet.
    start: usize,
}

impl Reader<'_> {
    /// The entries whose octets one after the other are the list's.
    fn list(&self, own: &dyn Fn(&Node) -> bool, octets: &[u8]) -> Option<Vec<Value>> {
        let mut all = Vec::new();
        let mut entries = Vec::new();
        let mut covered = 0;
        for (at, node) in self.out.nodes.iter().enumerate().filter(|(_, node)| own(node)) {
            // an entry within one that was read is a part of it
            if node.start < covered {
                continue;
            }
            covered = node.start.saturating_add(node.bits);
            all.extend_from_slice(self.out.octets(self.frame, node));
            match self.entry(at, 0) {
                Some(layer) => entries.push(Value::Packet(Packet::new(vec![layer]))),
                None => match self.inner(at) {
                    Some(inner) => entries.extend(inner),
                    None => entries.push(Value::octets(self.out.octets(self.frame, node))),
                },
            }
        }
        let layers = entries.iter().any(|entry| matches!(entry, Value::Packet(_)));
        if layers && all == octets {
            return Some(entries);
        }
        self.pairs(octets)
    }

    /// The entries of a part that is a list itself.
    fn inner(&self, at: usize) -> Option<Vec<Value>> {
        let outer = self.out.nodes.get(at)?;
        let mut entries = Vec::new();
        let mut covered = outer.start;
        for (at, node) in self.within(at) {
            if node.start != covered || !self.is_label(node) {
                continue;
            }
            let layer = self.entry(at, 1)?;
            covered = node.start.saturating_add(node.bits);
            entries.push(Value::Packet(Packet::new(vec![layer])));
        }
        (covered == outer.start.saturating_add(outer.bits)).then_some(entries)
    }

    pub(super) fn nodes(&self) -> &[Node] {
        &self.out.nodes
    }

    pub(super) fn octets(&self, node: &Node) -> &[u8] {
        self.out.octets(self.frame, node)
    }

    pub(super) fn field(&self, node: &Node) -> Option<&'static Field> {
        self.catalog.registry().field(node.field).map(|info| info.field)
    }

    fn is_label(&self, node: &Node) -> bool {
        self.field(node).is_some_and(|field| field.kind == Kind::Label)
    }

    /// The nodes below one.
    fn within(&self, at: usize) -> impl Iterator<Item = (usize, &Node)> {
        let depth = self.out.nodes.get(at).map_or(u8::MAX, |node| node.depth);
        let below = self.out.nodes.iter().enumerate().skip(at.saturating_add(1));
        below
            .take_while(move |(_, node)| node.depth > depth)
            .filter(|(_, node)| node.source == 0 && node.bits > 0)
    }

    /// The entry that a node is, if there is a layer for it that writes it as it stands.
    fn entry(&self, at: usize, depth: usize) -> Option<Layer> {
        if depth > MAX_DEPTH {
            return None;
        }
        let node = self.out.nodes.get(at)?;
        let class = self.class_of(at)?;
        let mut layer = Layer::new(self.catalog.named(class.name)?);
        let mut covered = node.start;
        // octets that whole names have more than those that point
        let mut longer = 0;
        for (at, part) in self.within(at) {
            let Some(field) = self.field(part).filter(|_| part.start >= covered) else { continue };
            let value = if field.kind == Kind::Label {
                let Some(entry) = self.entry(at, depth + 1) else { continue };
                Value::List(vec![Value::Packet(Packet::new(vec![entry]))].into())
            } else if matches!(field.size, Size::DnsName) {
                let (value, octets) = self.name(part)?;
                longer += octets.saturating_sub(part.octets());
                value
            } else {
                value_of(field, part, self.out.octets(self.frame, part))
            };
            covered = part.start.saturating_add(part.bits);
            let length = matches!(class.root(), Root::Entry(list) if list.len == Some(field.name));
            let follows =
                length || matches!(field.auto, Auto::Len { .. } | Auto::LenOf { .. } | Auto::Count(_));
            let known = class.sets.iter().any(|(name, _)| *name == field.name);
            if !follows && !known {
                add(class, &mut layer, field, value)?;
            }
        }
        let octets = self.out.octets(self.frame, node);
        let written = octets_of(self.catalog, &layer)?;
        match longer {
            0 if written != octets => return None,
            0 => layer.verbatim = Some(octets.into()),
            longer if written.len() != octets.len().saturating_add(longer) => return None,
            _ => {}
        }
        Some(layer)
    }

    /// The layer that begins as the entry does; of several the one that knows most of its values.
    fn class_of(&self, at: usize) -> Option<&Class> {
        let (_, first) = self.within(at).find(|(_, node)| !self.is_label(node))?;
        let first = self.field(first)?;
        let holds = |name: &str, given: &Given| {
            let node =
                self.within(at).find(|(_, node)| self.field(node).is_some_and(|field| field.name == name));
            matches!((node, given), (Some((_, node)), Given::Number(number)) if node.value == *number)
        };
        let fits = |class: &&Class| {
            class.part
                && class.behind.is_none()
                && class.protocol == self.class.protocol
                && first_field(class.root()).is_some_and(|field| field.name == first.name)
                && class.sets.iter().all(|(name, given)| holds(name, given))
        };
        let mut best: Option<&Class> = None;
        for (_, class) in self.catalog.classes().filter(|(_, class)| fits(class)) {
            if best.is_none_or(|known| class.sets.len() > known.sets.len()) {
                best = Some(class);
            }
        }
        best
    }

    /// A name as text, or as whole octets, and how many octets it has when nothing points.
    fn name(&self, node: &Node) -> Option<(Value, usize)> {
        let shown = String::from_utf8_lossy(self.out.made(node));
        // messages over TCP begin with their length, and pointers count from behind it
        let mut wires = [self.start, self.start.saturating_add(2)]
            .into_iter()
            .filter_map(|base| whole_name(self.frame.data, base, node.offset()));
        let found = wires.find_map(|labels| {
            let text =
                labels.iter().map(|label| String::from_utf8_lossy(label)).collect::<Vec<_>>().join(".");
            let plain = labels.iter().flatten().all(|octet| octet.is_ascii_graphic());
            let same = text == shown || labels.is_empty();
            (plain && same && encode::dns_name(text.as_bytes())? == wire(&labels)).then_some((text, labels))
        });
        match found {
            Some((text, labels)) => Some((Value::octets(format!("{text}.").as_bytes()), wire(&labels).len())),
            None => {
                let octets = self.out.octets(self.frame, node);
                (octets.last() == Some(&0)).then(|| (Value::octets(octets), octets.len()))
            }
        }
    }
}

/// Puts a value; a field that repeats has a list of them.
fn add(class: &Class, layer: &mut Layer, field: &Field, value: Value) -> Option<()> {
    let holder = match class.root() {
        Root::Items(items) if field.kind == Kind::Label => holder(items, field.name),
        _ => None,
    };
    let id = class.name_of_field(holder.unwrap_or(field))?;
    let same = class.same(id);
    let before = layer.set.iter_mut().find(|(known, _)| *known == id || same.contains(known));
    match (before, value) {
        (Some((_, Value::List(values))), Value::List(more)) => {
            *values = values.iter().chain(more.iter()).cloned().collect();
        }
        (Some((_, Value::List(values))), value) => {
            *values = values.iter().cloned().chain([value]).collect();
        }
        (Some((_, known)), value) if class.takes_lists(id) => {
            *known = Value::List(vec![known.clone(), value].into());
        }
        (Some(_), _) => return None,
        // one entry of a repeated field is a list of one
        (None, value) if field.kind != Kind::Label && !field.lists && class.repeats(id, field) => {
            layer.put(&[], id, Value::List(vec![value].into()));
        }
        (None, value) => layer.put(&[], id, value),
    }
    Some(())
}

/// The part that is all of a list of entries, where it has a name of its own.
fn holder(items: &'static [Item], entry: &str) -> Option<&'static Field> {
    items.iter().find_map(|item| match item {
        Item::Block(field, _, inner) => match inner.as_slice() {
            [Item::Tlv(list)] => {
                let own = list.entry.name == entry || list.cases.iter().any(|case| case.field.name == entry);
                (own && !field.craft.is_empty()).then_some(field)
            }
            inner => holder(inner, entry),
        },
        Item::When(_, inner) => holder(inner, entry),
        Item::Switch(_, cases, other) => {
            cases.iter().find_map(|(_, _, inner)| holder(inner, entry)).or_else(|| holder(other, entry))
        }
        _ => None,
    })
}

fn first_field(root: Root) -> Option<&'static Field> {
    let mut fields = Vec::new();
    match root {
        Root::Items(items) => collect(items, &mut fields),
        Root::Entry(list) => collect(&list.head, &mut fields),
    }
    // texts that decoding puts together from others stand before what they are made of, and are no octets
    let written = |field: &&Field| {
        field.kind != Kind::Label && !(field.kind == Kind::Made && matches!(field.size, Size::Rest))
    };
    fields.into_iter().find(written)
}

/// The octets of an entry alone.
pub(crate) fn octets_of(catalog: &Catalog, layer: &Layer) -> Option<Vec<u8>> {
    let packet = Packet::new(vec![layer.clone()]);
    build(catalog, &packet).ok().map(|built| built.octets)
}

fn wire(labels: &[Vec<u8>]) -> Vec<u8> {
    let mut wire = Vec::new();
    for label in labels {
        wire.push(label.len() as u8);
        wire.extend_from_slice(label);
    }
    wire.push(0);
    wire
}

/// The labels of a name, pointers followed; a pointer leads to what stands before it.
fn whole_name(data: &[u8], base: usize, mut at: usize) -> Option<Vec<Vec<u8>>> {
    let mut labels = Vec::new();
    for _ in 0..MAX_LABELS {
        let length = usize::from(*data.get(at)?);
        match length {
            0 => return Some(labels),
            1..=63 => {
                labels.push(data.get(at + 1..at + 1 + length)?.to_vec());
                at += 1 + length;
            }
            192.. => {
                let to = base + (length & 0x3f) * 256 + usize::from(*data.get(at + 1)?);
                if to >= at {
                    return None;
                }
                at = to;
            }
            _ => return None,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use crate::craft::{Catalog, Host, NoGrants};

    fn octets(text: &str) -> Vec<Vec<u8>> {
        let host = Host::new(Catalog::builtin(), 0);
        let (mut packets, _) = host.script("t.star", text, &Default::default(), &NoGrants).unwrap();
        let mut made = Vec::new();
        while let Some(frame) = packets.next_frame() {
            made.push(frame.unwrap().octets.to_vec());
        }
        made
    }

    fn same(edited: &str, wanted: &str) {
        let made = octets(&format!("{edited}\nemit(q)\nemit({wanted})"));
        assert_eq!(made[0], made[1], "{edited}");
    }

    #[test]
    fn entries_of_entries_change() {
        let dns = |cookie: &str| {
            format!("IP()/UDP()/DNS(ar=[DNSRROPT(rdata=[EDNS0COOKIE(client_cookie=b\"{cookie}\")])])")
        };
        let edit = "q[DNS].ar[0].rdata[0].client_cookie = b\"abcdefgh\"\ndel q[UDP].chksum";
        same(&format!("q = IP(bytes({}))\n{edit}", dns("12345678")), &dns("abcdefgh"));
        same(&format!("q = {}\n{edit}", dns("12345678")), &dns("abcdefgh"));
    }

    #[test]
    fn options_in_a_part_of_the_header_change() {
        let ip = |hop: &str| {
            format!("IP(options=[IPOption_RR(routers=[\"{hop}\"])])/TCP(options=[(\"MSS\", 1400)])")
        };
        let edit = "q[IP].options[0].routers = [\"192.0.2.9\"]\ndel q[IP].chksum";
        same(&format!("q = IP(bytes({}))\n{edit}", ip("192.0.2.1")), &ip("192.0.2.9"));
    }

    #[test]
    fn an_entry_that_was_replaced_changes_alone() {
        let edit = "r = q.qd[0]\nq.qd = [DNSQR(qname=\"new.test\")]\nr.qname = \"old.test\"";
        let made = octets(&format!(
            "q = DNS(qd=[DNSQR(qname=\"a.test\")])\n{edit}\nemit(IP()/q)\nemit(IP()/DNS(qd=[r]))"
        ));
        assert!(made[0].windows(4).any(|octets| octets == b"\x03new"));
        assert!(made[1].windows(4).any(|octets| octets == b"\x03old"));
    }

    #[test]
    fn reading_changes_nothing() {
        let read = "q = IP(b)\nn = str(q[DNS].qd[0].qname) + str(q[DNS].ns)\nemit(q)\nemit(IP(b))";
        let made = octets(&format!("b = bytes(IP()/UDP()/DNS())\n{read}"));
        assert_eq!(made[0], made[1]);
    }

    /// Lists as entries are written as lists as octets are, for every protocol; names that point make them longer.
    #[test]
    fn entries_of_every_sample_are_written_as_its_octets_are() {
        let catalog = Catalog::builtin();
        let mut tried = 0;
        for protocol in nettool_dissect::registry::Registry::builtin().protocols() {
            for sample in &protocol.samples {
                let packet = crate::craft::of_link(catalog, sample.link_type, &sample.octets());
                for at in 0..packet.layers.len() {
                    let Some(lists) = super::of_layer(catalog, &packet, at) else { continue };
                    let written = |lists: &[(super::NameId, super::Value)]| {
                        let mut layers = packet.layers.to_vec();
                        layers[at].verbatim = None;
                        lists.iter().for_each(|(name, value)| layers[at].put(&[], *name, value.clone()));
                        super::build(catalog, &super::Packet::new(layers)).map(|built| built.octets)
                    };
                    let (Ok(plain), whole) = (written(&[]), written(&lists)) else { continue };
                    let whole = whole.unwrap_or_else(|error| panic!("{}: {error}", protocol.name));
                    let same = whole == plain || protocol.name == "dns" && whole.len() > plain.len();
                    assert!(same, "{}: {lists:?}\n{plain:02x?}\n{whole:02x?}", protocol.name);
                    tried += usize::from(!lists.is_empty());
                }
            }
        }
        assert!(tried > 10, "{tried} layers have lists");
    }
}
