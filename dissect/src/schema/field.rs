//! A field: its name, place, meaning, and what fills it when a frame is built.

use super::{Expert, Expr, Fill, Item, Severity, Table, Varint, expr};
use crate::crc::Algorithm;
use crate::flow::State;
use std::ops::{Deref, DerefMut};

/// What a field's octets mean.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A heading without value: a block, an option.
    Label,
    /// One bit, or a number that is false only at 0.
    Bool,
    /// Unsigned number.
    Uint(Base),
    /// Two's complement number of the field's width.
    Int,
    /// IEEE 754 number of single precision, `value` its 32 bits.
    Float,
    /// IEEE 754 number of double precision, `value` its 64 bits.
    Double,
    /// A number of which so many bits stand behind the point.
    Fixed(u8),
    /// Six octets, IEEE 802 address.
    Mac,
    /// Eight octets, EUI-64.
    Eui64,
    /// IPv4 address.
    Ipv4,
    /// IPv6 address.
    Ipv6,
    /// Octets.
    Bytes,
    /// Text; shown as UTF-8 with everything else escaped.
    Text,
    /// Text that decoding put together (DNS names, OIDs): stands in the dissection's text store.
    Made,
    /// A moment, `value` in nanoseconds since 1970 (two's complement).
    Time,
    /// A moment, `value` in the 64-bit format of NTP: seconds since 1900 (or since 2036) and a binary fraction; 0 is none.
    NtpTime,
    /// A moment, `value` in seconds since 1970.
    UnixTime,
    /// A span of time, `value` in nanoseconds (two's complement).
    Duration,
    /// The same, written in milliseconds.
    Milliseconds,
}

impl Kind {
    /// Whether the octets are a number that fits a node's value.
    pub fn is_number(self) -> bool {
        match self {
            Kind::Label | Kind::Ipv6 | Kind::Bytes | Kind::Text | Kind::Made => false,
            Kind::Bool
            | Kind::Uint(_)
            | Kind::Int
            | Kind::Float
            | Kind::Double
            | Kind::Fixed(_)
            | Kind::Mac
            | Kind::Eui64
            | Kind::Ipv4
            | Kind::Time
            | Kind::NtpTime
            | Kind::UnixTime
            | Kind::Duration
            | Kind::Milliseconds => true,
        }
    }

    /// Whether it is an IEEE 754 number.
    pub fn is_float(self) -> bool {
        matches!(self, Kind::Float | Kind::Double)
    }

    /// The bits of an IEEE 754 number of this kind.
    pub fn float_bits(self, value: f64) -> u64 {
        match self {
            Kind::Double => value.to_bits(),
            _ => u64::from((value as f32).to_bits()),
        }
    }

    /// The IEEE 754 number that the bits of a field of this kind are; `None` for other kinds.
    pub fn float_of(self, bits: u64) -> Option<f64> {
        match self {
            Kind::Float => Some(f64::from(f32::from_bits(bits as u32))),
            Kind::Double => Some(f64::from_bits(bits)),
            _ => None,
        }
    }
}

/// How a number is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Base {
    /// Decimal.
    Dec,
    /// Hexadecimal with leading zeros to the field's width.
    Hex,
}

/// Order of the octets of a number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Endian {
    /// Network order.
    Big,
    /// Least significant octet first.
    Little,
    /// Of the machine that captured (netlink).
    Native,
}

/// Names of values.
#[derive(Clone, Copy, Debug)]
pub enum Names {
    /// None.
    None,
    /// Number and name.
    List(&'static [(u64, &'static str)]),
    /// First and last number of a range, and its name.
    Ranges(&'static [(u64, u64, &'static str)]),
    /// Computed, for large registries.
    Of(fn(u64) -> Option<&'static str>),
}

impl Names {
    /// The name of `value`.
    pub fn get(&self, value: u64) -> Option<&'static str> {
        match self {
            Names::None => None,
            Names::List(list) => list.iter().find(|entry| entry.0 == value).map(|entry| entry.1),
            Names::Ranges(list) => list.iter().find(|r| r.0 <= value && value <= r.1).map(|r| r.2),
            Names::Of(look_up) => look_up(value),
        }
    }

    /// The number that has `name`; letter case does not matter.
    pub fn value_of(&self, name: &str) -> Option<u64> {
        match self {
            Names::None => None,
            Names::List(list) => {
                list.iter().find(|entry| entry.1.eq_ignore_ascii_case(name)).map(|entry| entry.0)
            }
            Names::Ranges(list) => list.iter().find(|r| r.2.eq_ignore_ascii_case(name)).map(|r| r.0),
            Names::Of(look_up) => {
                (0..=u64::from(u16::MAX)).find(|v| look_up(*v).is_some_and(|n| n.eq_ignore_ascii_case(name)))
            }
        }
    }
}

/// How many octets or bits a field takes.
#[derive(Clone, Debug)]
pub enum Size {
    /// So many bits, at most 64.
    Bits(u16),
    /// So many octets.
    Octets(Expr),
    /// As many octets as the number needs.
    Varint(Varint),
    /// All that the enclosing part has left.
    Rest,
    /// Up to and including a NUL octet; without one, all that is left.
    Nul,
    /// A DNS name with compression pointers, counted from the protocol's first octet (RFC 1035 §4.1.4).
    DnsName,
}

/// Which octets a computed length counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Span {
    /// This layer's header, options included.
    Header,
    /// All that follows this layer's header.
    Payload,
    /// All that follows this layer's header; when built, with the padding behind everything else.
    Padded,
    /// Header and payload.
    Whole,
    /// All that follows the field itself.
    After,
}

/// A checksum algorithm.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Checksum {
    /// Internet checksum over this layer's header (IPv4).
    Header,
    /// Internet checksum over header and payload (ICMP, IGMP).
    Whole,
    /// Internet checksum over pseudo-header, header and payload (TCP, ICMPv6).
    Pseudo,
    /// As `Pseudo`, with 0 sent as 0xffff (UDP).
    PseudoUdp,
    /// The two check octets of ISO/IEC 8473 (Fletcher's sum) over an entry of a list, or a message, without so many octets of its
    /// beginning (OSPF's advertisements, IS-IS' link state PDUs).
    Fletcher(u8),
    /// Internet checksum over header and payload; of an odd number of octets the last one is a word with its sign, less one where it is
    /// negative (CDP).
    Cisco,
    /// OSPF's (RFC 2328 §D.4): over header and payload without the eight octets of authentication behind the checksum's four; 0 where
    /// authentication is cryptographic.
    Ospf,
    /// CRC-32c over header and payload, least significant octet first (SCTP).
    Crc32c,
    /// A checksum by its algorithm, in the field's order of octets. The decoder verifies it and emits the result as
    /// `NAME.status` and `NAME.calculated`, fields that the protocol declares as extra ones.
    By(Algorithm, Over),
}

/// Which octets of a layer a checksum [`Checksum::By`] covers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Over {
    /// From the layer's first to the checksum.
    Before,
    /// Behind the checksum to the end of the layer's payload.
    After,
    /// Header and payload, with zeros in place of the checksum.
    Whole,
}

/// What fills a field that the user of the crafter leaves out.
#[derive(Clone, Copy, Debug)]
pub enum Auto {
    /// The default value.
    Default,
    /// A length: `octets / unit + bias`.
    Len {
        /// What is counted.
        of: Span,
        /// Octets a unit.
        unit: u16,
        /// Added to the result.
        bias: i32,
    },
    /// A checksum.
    Sum(Checksum),
    /// The number of the next layer in a table; the default value where there is none.
    Next(Table),
    /// The number of entries of the repeated part with this name.
    Count(&'static str),
    /// Octets of the sized field or block with this name: `octets / unit + bias`.
    LenOf {
        /// Name of the sized part.
        part: &'static str,
        /// Octets a unit.
        unit: u16,
        /// Added to the result.
        bias: i32,
    },
}

/// A field of a protocol.
///
/// There are thousands, made anew in each run: what few of them say stands in [`Rare`], and is read as if it stood here.
#[derive(Clone, Debug)]
pub struct Field {
    /// Name below the protocol's; empty for the protocol's own name (`tcp`); with a leading `=` it is whole.
    pub name: &'static str,
    /// What it is, in a few words: shown in the tree and the reference.
    pub doc: &'static str,
    /// Meaning.
    pub kind: Kind,
    /// Size on the wire.
    pub size: Size,
    /// Order of octets.
    pub endian: Endian,
    /// Shown and compared as wire value times this (`ip.hdr_len` is `ihl * 4`).
    pub scale: u16,
    /// Names of values.
    pub names: Names,
    /// Names when building (scapy's), the first one preferred. They take the wire value, never the scaled one.
    pub craft: Vec<&'static str>,
    /// The table it is looked up in to find the next layer.
    pub next: Option<Table>,
    /// Shown in the generic one-line form.
    pub brief: bool,
    /// Not shown; exists for the crafter or for expressions.
    pub hidden: bool,
    /// The value comes from frames before this one: which state must be kept for it.
    pub state: Option<State>,
    /// Whether the value comes from frames behind this one.
    pub later: bool,
    pub(crate) rare: Option<Box<Rare>>,
}

/// What few fields say.
#[derive(Clone, Debug)]
pub struct Rare {
    /// Writes the value for people, where number and name will not do.
    pub display: Option<fn(u64, &mut Vec<u8>)>,
    /// Unit shown behind the value.
    pub unit: &'static str,
    /// Other names in queries and `--fields`, below the protocol's like `name`.
    pub aliases: Vec<&'static str>,
    /// Names of values that the crafter knows beside `names`.
    pub words: &'static [(u64, &'static str)],
    /// The crafter's names of a number's bits, the lowest first.
    pub letters: &'static [&'static str],
    /// What a part is filled up to when built.
    pub fill: Fill,
    /// Bits of a number that are behind the point: the crafter takes whole units.
    pub fraction: u8,
    /// Text given to a field of octets is read as such an address.
    pub reads: Option<Kind>,
    /// A list given to it is one value, not a set of values.
    pub lists: bool,
    /// What is given to a repeated field and longer than so many octets becomes several entries; 0: it does not.
    pub splits: u16,
    /// A block that is empty when built, unless something is given for it.
    pub empty: bool,
    /// Entries that stand without being given have numbers that follow each other from the default on.
    pub counting: bool,
    /// When built, an entry of a list stands so many octets behind a multiple of so many of the header: padding makes it so.
    pub aligned: Option<(u8, u8)>,
    /// The crafter takes negative numbers for a field that is shown otherwise.
    pub negative: bool,
    /// The crafter takes text and octets for a number, cut or filled up with zeros to its width.
    pub octets: bool,
    /// Wire value when building and nothing else is said. For a repeated part, how many entries it has then.
    pub default: u64,
    /// Octets when building, for fields that are not numbers.
    pub default_bytes: &'static [u8],
    /// What fills it when building.
    pub auto: Auto,
    /// Values that deserve attention; the first that fits counts.
    pub expert: Vec<Expert>,
}

static PLAIN: Rare = Rare {
    display: None,
    unit: "",
    aliases: Vec::new(),
    words: &[],
    letters: &[],
    fill: Fill::None,
    fraction: 0,
    reads: None,
    lists: false,
    splits: 0,
    empty: false,
    counting: false,
    aligned: None,
    negative: false,
    octets: false,
    default: 0,
    default_bytes: &[],
    auto: Auto::Default,
    expert: Vec::new(),
};

impl Deref for Field {
    type Target = Rare;

    #[inline]
    fn deref(&self) -> &Rare {
        self.rare.as_deref().unwrap_or(&PLAIN)
    }
}

impl DerefMut for Field {
    fn deref_mut(&mut self) -> &mut Rare {
        self.rare.get_or_insert_with(|| Box::new(PLAIN.clone()))
    }
}

impl Field {
    /// A field with everything at its plainest.
    pub fn new(name: &'static str, kind: Kind, size: Size) -> Self {
        Field {
            name,
            doc: "",
            kind,
            size,
            endian: Endian::Big,
            scale: 1,
            names: Names::None,
            craft: Vec::new(),
            next: None,
            brief: false,
            hidden: false,
            state: None,
            later: false,
            rare: None,
        }
    }

    /// What it is, in a few words.
    pub fn doc(mut self, doc: &'static str) -> Self {
        self.doc = doc;
        self
    }

    /// Names of values.
    pub fn names(mut self, names: &'static [(u64, &'static str)]) -> Self {
        self.names = Names::List(names);
        self
    }

    /// Names of ranges of values.
    pub fn ranges(mut self, names: &'static [(u64, u64, &'static str)]) -> Self {
        self.names = Names::Ranges(names);
        self
    }

    /// Names computed from the value.
    pub fn named_by(mut self, names: fn(u64) -> Option<&'static str>) -> Self {
        self.names = Names::Of(names);
        self
    }

    /// Hexadecimal.
    pub fn hex(mut self) -> Self {
        self.kind = Kind::Uint(Base::Hex);
        self
    }

    /// Signed.
    pub fn signed(mut self) -> Self {
        self.kind = Kind::Int;
        self
    }

    /// True or false.
    pub fn boolean(mut self) -> Self {
        self.kind = Kind::Bool;
        self
    }

    /// Another kind for the same octets.
    pub fn kind(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    /// Shown as wire value times `factor`.
    pub fn scale(mut self, factor: u16) -> Self {
        self.scale = factor;
        self
    }

    /// Writes the value for people.
    pub fn display(mut self, write: fn(u64, &mut Vec<u8>)) -> Self {
        self.display = Some(write);
        self
    }

    /// Unit shown behind the value.
    pub fn unit(mut self, unit: &'static str) -> Self {
        self.unit = unit;
        self
    }

    /// Another name in queries and `--fields`.
    pub fn alias(mut self, name: &'static str) -> Self {
        self.aliases.push(name);
        self
    }

    /// Name when building.
    pub fn craft(mut self, name: &'static str) -> Self {
        // Nearly every field that has one has but one.
        self.craft.reserve_exact(1);
        self.craft.push(name);
        self
    }

    /// Names of values that the crafter knows beside those that are shown.
    pub fn words(mut self, words: &'static [(u64, &'static str)]) -> Self {
        self.words = words;
        self
    }

    /// The crafter's names of the bits, the lowest first.
    pub fn letters(mut self, letters: &'static [&'static str]) -> Self {
        self.letters = letters;
        self
    }

    /// So many bits are behind the point; the crafter takes whole units.
    pub fn fraction(mut self, bits: u8) -> Self {
        self.fraction = bits;
        self
    }

    /// The crafter reads text as such an address.
    pub fn reads(mut self, kind: Kind) -> Self {
        self.reads = Some(kind);
        self
    }

    /// The crafter takes a list as one value.
    pub fn lists(mut self) -> Self {
        self.lists = true;
        self
    }

    /// What is given to the repeated field and longer than so many octets becomes several entries.
    pub fn splits(mut self, most: u16) -> Self {
        self.splits = most;
        self
    }

    /// Empty when built, unless something is given.
    pub fn left_empty(mut self) -> Self {
        self.empty = true;
        self
    }

    /// Entries that stand without being given have the numbers from this one on.
    pub fn counts_from(mut self, first: u64) -> Self {
        self.default = first;
        self.counting = true;
        self
    }

    /// Begins `behind` octets behind a multiple of `unit` octets of the header when built.
    pub fn aligned(mut self, unit: u8, behind: u8) -> Self {
        self.aligned = Some((unit, behind));
        self
    }

    /// The crafter takes negative numbers.
    pub fn takes_negative(mut self) -> Self {
        self.negative = true;
        self
    }

    /// The crafter takes text and octets for the number, in wire order, cut or filled up with zeros to its width.
    pub fn takes_octets(mut self) -> Self {
        self.octets = true;
        self
    }

    /// Filled up when built.
    pub fn fill(mut self, fill: Fill) -> Self {
        self.fill = fill;
        self
    }

    /// Wire value when building and nothing else is said.
    pub fn default(mut self, value: u64) -> Self {
        self.default = value;
        self
    }

    /// Value of an IEEE 754 number when building and nothing else is said.
    pub fn default_float(mut self, value: f64) -> Self {
        self.default = self.kind.float_bits(value);
        self
    }

    /// Octets when building and nothing else is said.
    pub fn default_bytes(mut self, octets: &'static [u8]) -> Self {
        self.default_bytes = octets;
        self
    }

    /// Filled with a length when building: `octets / unit + bias`.
    pub fn len_of(mut self, of: Span, unit: u16, bias: i32) -> Self {
        self.auto = Auto::Len { of, unit, bias };
        self
    }

    /// Filled with the length of the part named when building.
    pub fn len_of_part(mut self, part: &'static str, unit: u16, bias: i32) -> Self {
        self.auto = Auto::LenOf { part, unit, bias };
        self
    }

    /// Filled with the number of entries of the repeated part named when building.
    pub fn count_of(mut self, part: &'static str) -> Self {
        self.auto = Auto::Count(part);
        self
    }

    /// Filled with a checksum when building.
    pub fn sum(mut self, checksum: Checksum) -> Self {
        self.auto = Auto::Sum(checksum);
        self
    }

    /// Chooses the next layer, and is filled from it when building.
    pub fn next(mut self, table: Table) -> Self {
        self.next = Some(table);
        self.auto = Auto::Next(table);
        self
    }

    /// Shown in the generic one-line form.
    pub fn brief(mut self) -> Self {
        self.brief = true;
        self
    }

    /// Not shown.
    pub fn hidden(mut self) -> Self {
        self.hidden = true;
        self
    }

    /// The value comes from frames before this one.
    pub fn from_state(mut self, state: State) -> Self {
        self.state = Some(state);
        self
    }

    /// The value comes from frames behind this one: known where a file is looked through twice.
    pub fn of_later_frame(mut self) -> Self {
        self.later = true;
        self
    }

    /// Values from `low` to `high` deserve attention.
    pub fn expert(mut self, severity: Severity, low: u64, high: u64, text: &'static str) -> Self {
        self.expert.push(Expert { values: (low, high), severity, text });
        self
    }

    /// Divides the same octets into parts.
    pub fn of<const N: usize>(self, parts: [Field; N]) -> Item {
        Item::Group(self, parts.into_iter().map(Item::Field).collect())
    }

    /// Width in bits of a field of fixed size.
    pub fn width(&self) -> Option<u16> {
        match self.size {
            Size::Bits(width) => Some(width),
            _ => None,
        }
    }
}

fn number(name: &'static str, width: u16, endian: Endian) -> Field {
    let mut field = Field::new(name, Kind::Uint(Base::Dec), Size::Bits(width));
    field.endian = endian;
    field
}

/// So many bits, most significant first.
pub fn bits(name: &'static str, width: u16) -> Field {
    number(name, width, Endian::Big)
}

/// One bit.
pub fn flag(name: &'static str) -> Field {
    bits(name, 1).boolean()
}

/// One octet.
pub fn u8(name: &'static str) -> Field {
    bits(name, 8)
}

/// Two octets, network order.
pub fn be16(name: &'static str) -> Field {
    bits(name, 16)
}

/// Three octets, network order.
pub fn be24(name: &'static str) -> Field {
    bits(name, 24)
}

/// Four octets, network order.
pub fn be32(name: &'static str) -> Field {
    bits(name, 32)
}

/// Six octets, network order.
pub fn be48(name: &'static str) -> Field {
    bits(name, 48)
}

/// Eight octets, network order.
pub fn be64(name: &'static str) -> Field {
    bits(name, 64)
}

/// A moment in NTP's 64-bit format (RFC 5905 §6).
pub fn ntp_time(name: &'static str) -> Field {
    Field::new(name, Kind::NtpTime, Size::Bits(64))
}

/// A moment in seconds since 1970, four octets.
pub fn unix_time(name: &'static str) -> Field {
    Field::new(name, Kind::UnixTime, Size::Bits(32))
}

/// Two octets, least significant first.
pub fn le16(name: &'static str) -> Field {
    number(name, 16, Endian::Little)
}

/// Three octets, least significant first.
pub fn le24(name: &'static str) -> Field {
    number(name, 24, Endian::Little)
}

/// Four octets, least significant first.
pub fn le32(name: &'static str) -> Field {
    number(name, 32, Endian::Little)
}

/// Eight octets, least significant first.
pub fn le64(name: &'static str) -> Field {
    number(name, 64, Endian::Little)
}

/// A number of as many octets as it needs.
pub fn varint(name: &'static str, varint: Varint) -> Field {
    Field::new(name, Kind::Uint(Base::Dec), Size::Varint(varint))
}

/// Two octets in the capturing machine's order.
pub fn native16(name: &'static str) -> Field {
    number(name, 16, Endian::Native)
}

/// Four octets in the capturing machine's order.
pub fn native32(name: &'static str) -> Field {
    number(name, 32, Endian::Native)
}

/// Eight octets in the capturing machine's order.
pub fn native64(name: &'static str) -> Field {
    number(name, 64, Endian::Native)
}

/// An IEEE 754 number of single precision, network order.
pub fn be_f32(name: &'static str) -> Field {
    be32(name).kind(Kind::Float)
}

/// An IEEE 754 number of double precision, network order.
pub fn be_f64(name: &'static str) -> Field {
    be64(name).kind(Kind::Double)
}

/// An IEEE 754 number of single precision, least significant octet first.
pub fn le_f32(name: &'static str) -> Field {
    le32(name).kind(Kind::Float)
}

/// An IEEE 754 number of double precision, least significant octet first.
pub fn le_f64(name: &'static str) -> Field {
    le64(name).kind(Kind::Double)
}

/// An IEEE 802 address.
pub fn mac(name: &'static str) -> Field {
    Field::new(name, Kind::Mac, Size::Bits(48))
}

/// An EUI-64.
pub fn eui64(name: &'static str) -> Field {
    Field::new(name, Kind::Eui64, Size::Bits(64))
}

/// An IPv4 address.
pub fn ipv4(name: &'static str) -> Field {
    Field::new(name, Kind::Ipv4, Size::Bits(32))
}

/// An IPv6 address.
pub fn ipv6(name: &'static str) -> Field {
    Field::new(name, Kind::Ipv6, Size::Octets(expr::lit(16)))
}

/// Octets.
pub fn bytes(name: &'static str, size: Size) -> Field {
    Field::new(name, Kind::Bytes, size)
}

/// Text.
pub fn text(name: &'static str, size: Size) -> Field {
    Field::new(name, Kind::Text, size)
}

/// A DNS name.
pub fn name(name: &'static str) -> Field {
    Field::new(name, Kind::Made, Size::DnsName)
}

/// A heading: node of a block, an option or a repeated part.
pub fn label(name: &'static str) -> Field {
    Field::new(name, Kind::Label, Size::Rest)
}

/// All that is left.
pub fn rest() -> Size {
    Size::Rest
}
