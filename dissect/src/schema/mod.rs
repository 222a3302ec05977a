//! What a protocol declaration is: fields, their places and meanings, what follows, and how they are filled when built.
//!
//! A [`Protocol`] is a list of [`Item`]s in wire order plus a few hooks. One declaration serves the decoder, the
//! crafter, the display filter, `--fields`, JSON, the tree and the reference page. Declarations are plain values:
//! built-in ones come from functions in [`crate::proto`], plugins make the same values at run time; the
//! [`Registry`](crate::registry::Registry) gives them numbers.
//!
//! Names: a field is declared with its name below the protocol's (`"srcport"` in `tcp` is `tcp.srcport`), Wireshark's
//! name where the field exists there. [`Field::craft`] adds scapy's name, used only when building.

mod build;
mod expert;
mod expr;
mod field;
mod format;
mod framing;
mod items;
mod pairing;
mod rules;
mod stream;
mod table;
mod varint;

pub use build::{Below, Build, BuildFn, Fill, Given, Part};
pub use expert::{Expert, SEVERITIES, Severity};
pub use expr::{Expr, Test, claimed, eq, ge, is_in, left, lit, look, ne, not, over, val};
pub use field::{
    Auto, Base, Checksum, Endian, Field, Kind, Names, Over, Rare, Size, Span, be_f32, be_f64, be16, be24,
    be32, be48, be64, bits, bytes, eui64, flag, ipv4, ipv6, label, le_f32, le_f64, le16, le24, le32, le64,
    mac, name, native16, native32, native64, ntp_time, rest, text, u8, unix_time, varint,
};
pub use format::{Form, Format, FormatError, Piece};
pub use framing::Framing;
pub use items::{Held, Items, shared, shared_list};
pub use pairing::{Pair, echoed, hosts, quoted, quotes, same, swapped, turned, within};
pub use rules::{Pattern, Rules, Script};
pub use stream::{Begun, Carries, Ends, Inner, Length, LengthFn, Stream};
pub use table::{
    BUILTIN_TABLES, DSA_TAG, ETHER_TYPE, IP_PROTO, LINK_TYPE, LLC_SAP, NETLINK_FAMILY, PPP_PROTO, SCTP_PORT,
    SCTP_PPID, SLL_HATYPE, SNAP_PID, TCP_PORT, Table, UDP_PORT,
};

pub use varint::{Taken, Varint};

use crate::decode::Walk;
use crate::render::line::{Body, Line};
use std::sync::OnceLock;

/// A hook that runs when the header's items have been decoded, before the payload: verifies checksums, emits generated
/// fields, narrows the payload, chooses the next layer.
pub type AfterFn = fn(&mut Walk<'_, '_>);

/// Decodes what items cannot say. Emits only the fields declared with it, see [`Item::Custom`].
pub type DecodeFn = fn(&mut Walk<'_, '_>);

/// Writes the one-line form straight from the octets, as tcpdump would.
pub type SummaryFn = fn(&mut Line<'_, '_>, Body<'_>);

/// Says whether octets without a telling port look like this protocol; must be cheap and strict.
pub type HeuristicFn = fn(&[u8]) -> bool;

/// One part of a header, in wire order.
#[derive(Clone, Debug)]
pub enum Item {
    /// A field by itself.
    Field(Field),
    /// A field and others that divide the same octets (`ip.dsfield` over `ip.dsfield.dscp` and `.ecn`).
    Group(Field, Items),
    /// A part of `size` octets with a node of its own, holding the items; what they leave over is shown as `data`.
    Block(Field, Size, Items),
    /// Present only if the test holds.
    When(Test, Items),
    /// The first case whose range holds the value; else the last list.
    Switch(Expr, Vec<(u64, u64, Items)>, Items),
    /// The items again and again: so often, or until the enclosing part ends.
    Repeat(Field, Count, Items),
    /// Options or other type-length-value lists until the enclosing part ends.
    Tlv(Held),
    /// The payload takes so many octets from here, and the items stand behind it (a trailer). The last item of a
    /// header; where the capture was cut within the payload, they are left out.
    Behind(Expr, Items),
    /// The escape hatch: functions over declared fields, one that decodes and, where the fields one after the other will
    /// not do, one that builds.
    Custom(Vec<Field>, DecodeFn, Option<BuildFn>),
}

/// How often a repeated part occurs.
#[derive(Clone, Debug)]
pub enum Count {
    /// Until the enclosing part ends.
    ToEnd,
    /// So often; more than fits is reported.
    Times(Expr),
}

/// A type-length-value list.
#[derive(Clone, Debug)]
pub struct Tlv {
    /// Node of one entry of a type that no case names.
    pub entry: Field,
    /// Fields before the body: at least the type, mostly the length. For types in `single` only the first item
    /// is there.
    pub head: Vec<Item>,
    /// Name of the type field in `head`.
    pub kind: &'static str,
    /// Name of the length field in `head`; `None`: the body has the size its items need.
    pub len: Option<&'static str>,
    /// Octets per unit of the length field.
    pub unit: u8,
    /// Whether the length counts the head too.
    pub len_covers_head: bool,
    /// Added to the octets that the length says (its bias).
    pub len_bias: i8,
    /// Entries are padded to a multiple of so many octets (1: not), the padding not counted by the length.
    pub align: u8,
    /// Types that consist of the first head item alone (padding, end mark).
    pub single: &'static [u64],
    /// The type that ends the list; what follows in the enclosing part is padding.
    pub end: Option<u64>,
    /// Node of what stands behind the end mark; without it, those octets count as described by no field.
    pub padding: Option<Field>,
    /// Known types: number, node, body. A body may be empty.
    pub cases: Vec<TlvCase>,
    /// Body of unknown types.
    pub other: Vec<Item>,
}

/// A known type of a [`Tlv`] list.
#[derive(Clone, Debug)]
pub struct TlvCase {
    /// The type's number.
    pub kind: u64,
    /// Node of the entry; its doc is what the tree shows.
    pub field: Field,
    /// Body.
    pub items: Vec<Item>,
}

/// `kind` is known as `field`, with this body.
pub fn case<const N: usize>(kind: u64, field: Field, items: [Item; N]) -> TlvCase {
    TlvCase { kind, field, items: items.into() }
}

impl Tlv {
    /// A list whose entries begin with a type octet and a length octet that counts the whole entry, as the options of
    /// IPv4 and TCP do. `entry` is the node of unknown types.
    pub fn new(entry: Field, kind: Field, len: Field) -> Self {
        let (kind_name, len_name) = (kind.name, len.name);
        Tlv {
            entry,
            head: vec![kind.into(), len.into()],
            kind: kind_name,
            len: Some(len_name),
            unit: 1,
            len_covers_head: true,
            len_bias: 0,
            align: 1,
            single: &[],
            end: None,
            padding: None,
            cases: Vec::new(),
            other: Vec::new(),
        }
    }

    /// The length counts the body alone.
    pub fn body_len(mut self) -> Self {
        self.len_covers_head = false;
        self
    }

    /// One unit of the length field is so many octets.
    pub fn unit(mut self, octets: u8) -> Self {
        self.unit = octets;
        self
    }

    /// So many octets more than the length says.
    pub fn bias(mut self, octets: i8) -> Self {
        self.len_bias = octets;
        self
    }

    /// Entries start at multiples of so many octets.
    pub fn align(mut self, octets: u8) -> Self {
        self.align = octets;
        self
    }

    /// Types of the first head item alone.
    pub fn single(mut self, kinds: &'static [u64]) -> Self {
        self.single = kinds;
        self
    }

    /// The type that ends the list.
    pub fn end(mut self, kind: u64) -> Self {
        self.end = Some(kind);
        self
    }

    /// What stands behind the end mark.
    pub fn padding(mut self, field: Field) -> Self {
        self.padding = Some(field);
        self
    }

    /// Replaces type and length octets by other head items; `kind` and `len` name them.
    pub fn head<const N: usize>(
        mut self,
        kind: &'static str,
        len: Option<&'static str>,
        items: [Item; N],
    ) -> Self {
        self.kind = kind;
        self.len = len;
        self.head = items.into();
        self
    }

    /// Adds known types.
    pub fn cases<const N: usize>(mut self, cases: [TlvCase; N]) -> Self {
        self.cases.extend(cases);
        self
    }

    /// Adds known types that are made elsewhere.
    pub fn with(mut self, cases: Vec<TlvCase>) -> Self {
        self.cases.extend(cases);
        self
    }

    /// What unknown types hold; without it their body is shown as octets.
    pub fn other<const N: usize>(mut self, items: [Item; N]) -> Self {
        self.other = items.into();
        self
    }
}

impl From<Field> for Item {
    fn from(field: Field) -> Item {
        Item::Field(field)
    }
}

impl From<Tlv> for Item {
    fn from(tlv: Tlv) -> Item {
        Item::Tlv(Held::Own(Box::new(tlv)))
    }
}

/// Items that are there only if `test` holds.
pub fn when<const N: usize>(test: Test, items: [Item; N]) -> Item {
    Item::When(test, items.into())
}

/// Items for the crafter alone, written where they are given: decoding leaves the octets to the payload.
pub fn crafted<const N: usize>(items: [Item; N]) -> Item {
    Item::When(Test::Any(Vec::new()), items.into())
}

/// Items that decoding alone has: the crafter writes others in their place.
pub fn decoded<const N: usize>(items: [Item; N]) -> Item {
    decoded_items(items.into())
}

/// The same of items that are made elsewhere.
pub fn decoded_items(items: Vec<Item>) -> Item {
    Item::When(Test::All(vec![Test::All(Vec::new())]), items.into())
}

/// Items that the crafter always writes, and that decoding finds as something else.
pub fn built<const N: usize>(items: [Item; N]) -> Item {
    Item::When(not(Test::All(Vec::new())), items.into())
}

/// A part of `size` octets with its own node.
pub fn block<const N: usize>(field: Field, size: Size, items: [Item; N]) -> Item {
    Item::Block(field, size, items.into())
}

/// The items until the enclosing part ends.
pub fn repeat<const N: usize>(field: Field, items: [Item; N]) -> Item {
    Item::Repeat(field, Count::ToEnd, items.into())
}

/// The items so many times.
pub fn times<const N: usize>(field: Field, count: Expr, items: [Item; N]) -> Item {
    Item::Repeat(field, Count::Times(count), items.into())
}

/// One of several bodies, by value.
pub fn switch<const N: usize>(on: Expr, cases: [(u64, Vec<Item>); N], other: Vec<Item>) -> Item {
    let cases = cases.into_iter().map(|(value, items)| (value, value, items.into()));
    Item::Switch(on, cases.collect(), other.into())
}

/// Items behind a payload of so many octets.
pub fn behind<const N: usize>(payload: Expr, items: [Item; N]) -> Item {
    Item::Behind(payload, items.into())
}

/// A function over declared fields.
pub fn custom<const N: usize>(fields: [Field; N], decode: DecodeFn) -> Item {
    Item::Custom(fields.into(), decode, None)
}

/// Functions over declared fields, for both ways.
pub fn custom_both<const N: usize>(fields: [Field; N], decode: DecodeFn, build: BuildFn) -> Item {
    Item::Custom(fields.into(), decode, Some(build))
}

/// A protocol: one layer of a frame.
#[derive(Clone, Debug)]
pub struct Protocol {
    /// Prefix of its fields' names and its name in queries.
    pub name: &'static str,
    /// Title in the tree and the reference.
    pub title: &'static str,
    /// Names of the crafter's layers that build it, the first one preferred.
    pub layers: Vec<&'static str>,
    /// Further names of the crafter's layers, with fields that they set: field and wire value.
    pub presets: Vec<(&'static str, Vec<(&'static str, u64)>)>,
    /// Crafter's layers that have one layout whatever number a field has, see [`Protocol::laid_out`].
    pub layouts: Vec<Layout>,
    /// Names of fields that hold in one of the crafter's layers: layer, name, and the field as it is declared.
    pub calls: Vec<(&'static str, &'static str, &'static str)>,
    /// Crafter's layers that are parts of it.
    pub parts: Vec<Part>,
    /// What its layers set in the layer below when built.
    pub below: Vec<Below>,
    /// What it sets in itself when a layer of a protocol follows it in a packet that is built.
    pub follows: Vec<Below>,
    /// Octets that an Ethernet frame with it is filled up to when built.
    pub frame_octets: Option<u16>,
    /// Other names that queries accept for it.
    pub aliases: Vec<&'static str>,
    /// Where it is reached from: table and values.
    pub on: Vec<(Table, Vec<u64>)>,
    /// Header in wire order, see [`Protocol::header`].
    pub(crate) items: Vec<Item>,
    /// Fields without octets of their own that the hook emits, see [`Protocol::generated`].
    pub(crate) extra: Vec<Field>,
    /// Makes both when they are first needed.
    later: Option<fn(Protocol) -> Protocol>,
    made: OnceLock<Box<(Vec<Item>, Vec<Field>)>>,
    /// With what whole names of fields that are made later begin, beside the protocol's own name.
    pub heads: Vec<&'static str>,
    /// Names that stand for several fields (`tcp.port`).
    pub either: Vec<(&'static str, Vec<&'static str>)>,
    /// Tables that the hook or a custom item looks the payload up in, beside those of the fields.
    pub leads: Vec<Table>,
    /// Protocols that the hook or a custom item hands the payload to by name.
    pub leads_to: Vec<&'static str>,
    /// Runs after the header.
    pub after: Option<AfterFn>,
    /// Runs instead where the octets end before the header does.
    pub short: Option<AfterFn>,
    /// Octets of payload, where a length field limits it; `None`: all that is left.
    pub payload: Option<Expr>,
    /// One-line form.
    pub summary: Option<SummaryFn>,
    /// Recognition without a number: in which table's failing look-ups it is tried.
    pub heuristic: Option<(Table, HeuristicFn)>,
    /// Whether octets that a port in this table leads to can be this protocol at all; must be cheap.
    pub accepts: Vec<(Table, HeuristicFn)>,
    /// How its requests and answers belong together.
    pub answers: Vec<Pair>,
    /// How its messages lie in a TCP stream.
    pub stream: Option<Stream>,
    /// Sample frames.
    pub samples: Vec<Sample>,
    /// Where the format is defined.
    pub source: &'static str,
    /// Whether a plugin declared it.
    pub plugin: bool,
    /// What a plugin says as values where built-in protocols have functions.
    pub rules: Option<Box<Rules>>,
}

/// A crafter's layer that has one layout whatever number a field has.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// The layer.
    pub layer: &'static str,
    /// The field that a choice of fields goes by.
    pub field: &'static str,
    /// The first number of those that count as another.
    pub first: u64,
    /// The last one.
    pub last: u64,
    /// The number whose fields it has.
    pub like: u64,
}

/// A sample frame of a protocol.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// Link type of the first octet.
    pub link_type: crate::frame::LinkType,
    /// Octets in hex; blanks do not matter.
    pub hex: &'static str,
}

impl Sample {
    /// The octets; empty when the text is no hex.
    pub fn octets(&self) -> Vec<u8> {
        let digits: Vec<u8> = self
            .hex
            .chars()
            .filter_map(|c| c.to_digit(16))
            .filter_map(|digit| u8::try_from(digit).ok())
            .collect();
        digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |octet, digit| octet << 4 | digit)).collect()
    }
}

impl Protocol {
    /// A protocol with a name and a title and nothing in it yet.
    pub fn new(name: &'static str, title: &'static str) -> Self {
        Protocol {
            name,
            title,
            layers: Vec::new(),
            presets: Vec::new(),
            layouts: Vec::new(),
            calls: Vec::new(),
            parts: Vec::new(),
            below: Vec::new(),
            follows: Vec::new(),
            frame_octets: None,
            aliases: Vec::new(),
            on: Vec::new(),
            items: Vec::new(),
            extra: Vec::new(),
            later: None,
            made: OnceLock::new(),
            heads: Vec::new(),
            either: Vec::new(),
            leads: Vec::new(),
            leads_to: Vec::new(),
            after: None,
            short: None,
            payload: None,
            summary: None,
            heuristic: None,
            accepts: Vec::new(),
            answers: Vec::new(),
            stream: None,
            samples: Vec::new(),
            source: "",
            plugin: false,
            rules: None,
        }
    }

    /// The crafter's name for it (scapy's).
    pub fn layer(mut self, name: &'static str) -> Self {
        self.layers.push(name);
        self
    }

    /// A crafter's layer that is this protocol with some fields set (`ICMPv6EchoRequest` is ICMPv6 of type 128).
    pub fn layer_as(mut self, name: &'static str, fields: &[(&'static str, u64)]) -> Self {
        self.presets.push((name, fields.to_vec()));
        self
    }

    /// What is typed as this crafter's layer with numbers from `first` to `last` in a field has the fields that it has with the number
    /// `like`: scapy has other layers for those. A header that was read has its own fields.
    pub fn laid_out(
        mut self,
        layer: &'static str,
        field: &'static str,
        (first, last): (u64, u64),
        like: u64,
    ) -> Self {
        self.layouts.push(Layout { layer, field, first, last, like });
        self
    }

    /// In this crafter's layer `name` is the field declared as `field`, whatever else has that name in others.
    pub fn calls(mut self, layer: &'static str, name: &'static str, field: &'static str) -> Self {
        self.calls.push((layer, name, field));
        self
    }

    /// A crafter's layer that is one entry of the part `of`, with some fields set.
    pub fn part(mut self, layer: &'static str, of: &'static str, fields: &[(&'static str, u64)]) -> Self {
        let sets = fields.iter().map(|(field, value)| (*field, Given::Number(*value))).collect();
        self.parts.push(Part { layer, of, behind: false, sets });
        self
    }

    /// A crafter's layer that is the header's part behind a field: it stands on the layer of the whole protocol, which then
    /// ends with that field.
    pub fn body(mut self, layer: &'static str, behind: &'static str, fields: &[(&'static str, u64)]) -> Self {
        let sets = fields.iter().map(|(field, value)| (*field, Given::Number(*value))).collect();
        self.parts.push(Part { layer, of: behind, behind: true, sets });
        self
    }

    /// What a crafter's layer of this protocol sets in a layer of `protocol` below it; an empty `layer` is any.
    pub fn below(
        mut self,
        layer: &'static str,
        protocol: &'static str,
        fields: &[(&'static str, Given)],
    ) -> Self {
        self.below.push(Below { layer, protocol, sets: fields.to_vec() });
        self
    }

    /// The ports that every crafter's layer of it sets in UDP or TCP below; 0 leaves the port alone.
    pub fn ports_below(mut self, transport: &'static str, source: u64, destination: u64) -> Self {
        let ports = [("srcport", source), ("dstport", destination)];
        let sets = ports
            .into_iter()
            .filter(|(_, port)| *port != 0)
            .map(|(field, port)| (field, Given::Number(port)));
        self.below.push(Below { layer: "", protocol: transport, sets: sets.collect() });
        self
    }

    /// What it sets in itself when a layer of `protocol` follows.
    pub fn followed_by(mut self, protocol: &'static str, fields: &[(&'static str, u64)]) -> Self {
        let sets = fields.iter().map(|(field, value)| (*field, Given::Number(*value))).collect();
        self.follows.push(Below { layer: "", protocol, sets });
        self
    }

    /// An Ethernet frame with it is filled up to so many octets when built.
    pub fn fill_frame(mut self, octets: u16) -> Self {
        self.frame_octets = Some(octets);
        self
    }

    /// Another name for it in queries.
    pub fn alias(mut self, name: &'static str) -> Self {
        self.aliases.push(name);
        self
    }

    /// Reached when `table` is asked for one of `values`.
    pub fn on(mut self, table: Table, values: &[u64]) -> Self {
        self.on.push((table, values.to_vec()));
        self
    }

    /// The next item of the header.
    pub fn field(mut self, item: impl Into<Item>) -> Self {
        self.items.push(item.into());
        self
    }

    /// Fields of the header and of the hook are made by `fields`, which adds them to a protocol without any, when somebody first
    /// asks for them; those that are declared otherwise come behind them. There are thousands of fields, and a run needs those of few protocols.
    ///
    /// Everything else stands with the declaration: also the tables that such fields lead to ([`Protocol::leads`]), and with what
    /// their whole names begin ([`Protocol::heads`]).
    pub fn later(mut self, fields: fn(Protocol) -> Protocol) -> Self {
        self.later = Some(fields);
        self
    }

    /// Fields that are made later have whole names that begin so (`dns` of `=dns.a`).
    pub fn heads(mut self, heads: &[&'static str]) -> Self {
        self.heads.extend(heads);
        self
    }

    /// Whether fields of the header and of the hook are made when somebody asks.
    pub fn is_later(&self) -> bool {
        self.later.is_some()
    }

    /// Header in wire order.
    pub fn header(&self) -> &[Item] {
        match self.later {
            None => &self.items,
            Some(fields) => &self.made(fields).0,
        }
    }

    /// Fields without octets of their own that the hook emits.
    pub fn generated(&self) -> &[Field] {
        match self.later {
            None => &self.extra,
            Some(fields) => &self.made(fields).1,
        }
    }

    fn made(&self, fields: fn(Protocol) -> Protocol) -> &(Vec<Item>, Vec<Field>) {
        self.made.get_or_init(|| {
            let Protocol { mut items, mut extra, .. } = fields(Protocol::new(self.name, self.title));
            items.extend(self.items.iter().cloned());
            extra.extend(self.extra.iter().cloned());
            Box::new((items, extra))
        })
    }

    /// A field that the hook emits.
    pub fn extra(mut self, field: Field) -> Self {
        self.extra.push(field);
        self
    }

    /// Fields that the hook emits.
    pub fn extras(mut self, fields: impl IntoIterator<Item = Field>) -> Self {
        self.extra.extend(fields);
        self
    }

    /// A name for any of several fields.
    pub fn either(mut self, name: &'static str, fields: &[&'static str]) -> Self {
        self.either.push((name, fields.to_vec()));
        self
    }

    /// Tables that its hook or custom items look the payload up in.
    pub fn leads(mut self, tables: &[Table]) -> Self {
        self.leads.extend(tables);
        self
    }

    /// Protocols that its hook or custom items hand the payload to by name.
    pub fn leads_to(mut self, names: &[&'static str]) -> Self {
        self.leads_to.extend(names);
        self
    }

    /// The hook after the header.
    pub fn after(mut self, hook: AfterFn) -> Self {
        self.after = Some(hook);
        self
    }

    /// The hook of a header that ends before its fields do.
    pub fn short(mut self, hook: AfterFn) -> Self {
        self.short = Some(hook);
        self
    }

    /// Octets of payload, from fields of the header; more than there is counts as cut or malformed.
    pub fn payload(mut self, octets: Expr) -> Self {
        self.payload = Some(octets);
        self
    }

    /// The one-line form.
    pub fn summary(mut self, summary: SummaryFn) -> Self {
        self.summary = Some(summary);
        self
    }

    /// Tried when `table` has no entry.
    pub fn heuristic(mut self, table: Table, test: HeuristicFn) -> Self {
        self.heuristic = Some((table, test));
        self
    }

    /// Where a port in `table` leads here, `test` may refuse the octets (the middle of a stream, another protocol on the port): they are
    /// then data.
    pub fn accepts(mut self, table: Table, test: HeuristicFn) -> Self {
        self.accepts.push((table, test));
        self
    }

    /// How a message answers another: all rules must hold whose fields are there.
    pub fn answers<const N: usize>(mut self, rules: [Pair; N]) -> Self {
        self.answers.extend(rules);
        self
    }

    /// Over TCP a message may lie in several segments, and ends where `length` says. Where several whole ones stand in a segment, the
    /// protocol reads on by itself.
    pub fn stream(mut self, length: LengthFn) -> Self {
        self.stream = Some(Stream { ends: Ends::Told(length), several: true, inner: None });
        self
    }

    /// As [`Protocol::stream`], for a protocol whose layer is one message: what follows in the segment is given to it anew.
    pub fn stream_of_single(mut self, length: LengthFn) -> Self {
        self.stream = Some(Stream { ends: Ends::Told(length), several: false, inner: None });
        self
    }

    /// The messages over TCP carry a stream that is cut with no regard to where they end.
    pub fn stream_within(mut self, inner: Inner) -> Self {
        self.stream = self.stream.map(|stream| Stream { inner: Some(inner), ..stream });
        self
    }

    /// A sample Ethernet frame in hex.
    pub fn sample(self, hex: &'static str) -> Self {
        self.sample_on(crate::frame::LinkType::ETHERNET, hex)
    }

    /// A sample that starts with another link type's header.
    pub fn sample_on(mut self, link_type: crate::frame::LinkType, hex: &'static str) -> Self {
        self.samples.push(Sample { link_type, hex });
        self
    }

    /// The defining document, with section.
    pub fn source(mut self, source: &'static str) -> Self {
        self.source = source;
        self
    }
}
