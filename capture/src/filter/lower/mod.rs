//! From the tree to conditions: which octets each primitive tests, link type by link type.
//!
//! `vlan`, `mpls`, `pppoes`, `vxlan` and `geneve` move the offsets of everything behind them in the text, whatever
//! parentheses and `not` surround them: [`State`] is what they change. One file per part of the language; what a
//! primitive tests is in pcap-filter(7).

mod address;
mod arithmetic;
mod encapsulation;
mod juniper;
mod link;
mod nflog;
mod places;
mod rare;
mod special;
mod transport;
mod wlan;

pub(super) use nflog::behind_walk;
pub(super) use places::packet_start;

use super::Options;
use super::ast::{ArithmeticKind, NodeKind, Protocol, Special, Tree};
use super::error::{Error, Span};
use super::hash::{Map, Set};
use super::logic::{Conditions, Logic, LogicId};
use super::number::{Family, FieldKind, LayerId, Number, NumberId, Numbers, Variable};
use link::{Naming, naming};
use nettool_dissect::frame::LinkType;

/// An offset: from the packet's start, or from a number computed at run time.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Place {
    pub(crate) base: Option<NumberId>,
    pub(crate) offset: u32,
}

impl Place {
    const fn at(offset: u32) -> Self {
        Place { base: None, offset }
    }

    const fn plus(self, more: u32) -> Self {
        Place { base: self.base, offset: self.offset.wrapping_add(more) }
    }
}

/// Most names that an error lists.
const MOST_NAMES: usize = 16;

/// With all names that could stand there, where they are few.
fn listed(error: Error, names: impl Iterator<Item = &'static str>) -> Error {
    let names: Vec<&'static str> = names.collect();
    if names.len() > MOST_NAMES { error } else { error.expecting(&names) }
}

/// Where things are, at this point of the text.
#[derive(Clone, Debug)]
struct State {
    /// The link type whose rules hold here.
    link: LinkType,
    /// Start of the link header.
    header: Place,
    /// Where the link layer names the protocol.
    kind: Place,
    /// Start of the link layer's payload.
    payload: Place,
    /// From there to the network header.
    network: u32,
    /// The same when no SNAP header is there.
    network_without_snap: u32,
    /// MPLS labels passed.
    labels: u32,
    /// VLAN tags passed.
    tags: u32,
    /// Inside VXLAN or Geneve.
    encapsulated: bool,
    /// In the LAN emulation of SunATM.
    emulated: bool,
    /// Inside Geneve: 1 when an Ethernet frame is there, 0 when a network header is.
    ethernet_inside: Option<NumberId>,
    /// The link header is the outermost.
    outermost: bool,
}

/// What the compiler makes of an expression before it makes code.
#[derive(Clone, Debug)]
pub(crate) struct Lowered {
    pub(crate) numbers: Numbers,
    pub(crate) conditions: Conditions,
    /// What decides.
    pub(crate) root: LogicId,
    /// Loads whose place in the packet depends on what the user wrote: they keep their place in the text.
    pub(crate) pinned: Vec<NumberId>,
    /// Variables are bound more than once.
    pub(crate) rebinds: bool,
    /// The words of each IPv6 address that is compared.
    pub(crate) addresses: Vec<[NumberId; 4]>,
    /// Conditions that the text joins by `and` and `or`; each of their operands stands for itself.
    pub(crate) joints: Set<LogicId>,
    /// There is a relation in it.
    pub(crate) computes: bool,
}

pub(crate) struct Lower<'a> {
    pub(super) options: &'a Options<'a>,
    numbers: Numbers,
    conditions: Conditions,
    pinned: Vec<NumberId>,
    state: State,
    span: Span,
    /// Where the value of the primitive stands.
    place: Span,
    /// First and last word of it, where the primitive is a special one.
    operand: (Span, Span),
    /// Variables are bound more than once: only the literal backend can follow.
    rebinds: bool,
    addresses: Vec<[NumberId; 4]>,
    /// See [`by_tests`].
    by_tests: bool,
    computes: bool,
    /// The text reads octets of the link header at places of its own choice.
    reads_link: bool,
    /// The arithmetic arena as numbers, and what each requires.
    computed: Vec<arithmetic::Computed>,
    /// Fields that both families have are read behind IPv6.
    fields_of_ip6: bool,
}

/// Turns the tree into conditions.
pub(crate) fn lower(tree: &Tree, options: &Options<'_>) -> Result<Lowered, Error> {
    lower_in(false, tree, options)
}

/// Turns the tree into the tests that libpcap makes of each primitive, in its order: what can be led on in
/// [`super::dominance`] depends on it. All packets go one way to where an inner header starts: what depends on the way is
/// put into variables, some of them more than once, rather than into a copy of what follows. Not for diagrams.
pub(crate) fn by_tests(tree: &Tree, options: &Options<'_>) -> Result<Lowered, Error> {
    lower_in(true, tree, options)
}

/// Whether octets of the link header are read at places that the user wrote.
fn reads_link(tree: &Tree) -> bool {
    let computed = tree.arithmetic.iter().any(|number| match &number.kind {
        ArithmeticKind::Load { protocol, .. } => *protocol == Protocol::Link,
        ArithmeticKind::Field(field) => field.protocol == Protocol::Link,
        _ => false,
    });
    computed || tree.nodes.iter().any(|node| matches!(node.kind, NodeKind::Special(Special::Byte(..))))
}

fn lower_in(by_tests: bool, tree: &Tree, options: &Options<'_>) -> Result<Lowered, Error> {
    let mut numbers = Numbers::default();
    let (state, before) = State::new(options.link_type, &mut numbers);
    let mut lower = Lower {
        options,
        numbers,
        conditions: Conditions::default(),
        pinned: Vec::new(),
        state,
        span: Span::default(),
        place: Span::default(),
        operand: (Span::default(), Span::default()),
        rebinds: false,
        addresses: Vec::new(),
        by_tests,
        computes: false,
        reads_link: reads_link(tree),
        computed: Vec::new(),
        fields_of_ip6: false,
    };
    let mut joints = Set::default();
    let mut of_node: Vec<LogicId> = Vec::with_capacity(tree.nodes.len());
    let get = |of_node: &Vec<LogicId>, node: &usize| of_node.get(*node).copied().unwrap_or(0);
    for node in &tree.nodes {
        lower.span = node.span;
        let logic = match &node.kind {
            NodeKind::And(left, right) => {
                let parts = vec![get(&of_node, left), get(&of_node, right)];
                let joint = lower.conditions.add(Logic::And(parts));
                joints.insert(joint);
                joint
            }
            NodeKind::Or(left, right) => {
                let parts = vec![get(&of_node, left), get(&of_node, right)];
                let joint = lower.conditions.add(Logic::Or(parts));
                joints.insert(joint);
                joint
            }
            NodeKind::Not(inner) => {
                let inner = get(&of_node, inner);
                lower.conditions.not(inner)
            }
            NodeKind::Protocol(protocol) => lower.protocol(*protocol)?,
            NodeKind::Primitive { qualifiers, value, place, .. } => {
                lower.primitive(*qualifiers, value, *place)?
            }
            NodeKind::Relation { left, relation, right } => lower.relation(tree, *left, *relation, *right)?,
            NodeKind::Special(special) => {
                lower.operand = node.operand;
                lower.place = node.operand.0.to(node.operand.1);
                lower.special(special)?
            }
        };
        of_node.push(logic);
    }
    let root = match tree.root {
        Some(root) => get(&of_node, &root),
        None => lower.conditions.constant(true),
    };
    let root = match before {
        Some(places::Before::Wlan(wlan)) if tree.root.is_some() => lower.behind_wlan_header(&wlan, root),
        Some(places::Before::Nflog(nflog)) => lower.behind_nflog_attributes(nflog, root),
        _ => root,
    };
    let Lower { numbers, conditions, pinned, rebinds, addresses, computes, .. } = lower;
    Ok(Lowered { numbers, conditions, root, pinned, rebinds, addresses, joints, computes })
}

type Result1 = Result<LogicId, Error>;

impl Lower<'_> {
    // ---- words for conditions -----------------------------------------------------------------------------------

    fn error<T>(&self, message: impl Into<String>) -> Result<T, Error> {
        Err(Error::new(self.span, message))
    }

    /// The value is at fault, not what stands before it.
    fn wrong_value<T>(&self, message: impl Into<String>) -> Result<T, Error> {
        Err(Error::new(self.place, message))
    }

    fn and<const N: usize>(&mut self, parts: [LogicId; N]) -> LogicId {
        self.conditions.and(parts)
    }

    fn or<const N: usize>(&mut self, parts: [LogicId; N]) -> LogicId {
        self.conditions.or(parts)
    }

    fn not(&mut self, inner: LogicId) -> LogicId {
        self.conditions.not(inner)
    }

    fn truth(&mut self, value: bool) -> LogicId {
        self.conditions.constant(value)
    }

    fn equal(&mut self, number: NumberId, value: u32) -> LogicId {
        self.conditions.equal(number, value)
    }

    fn range(&mut self, number: NumberId, low: u32, high: u32) -> LogicId {
        self.conditions.range(number, u32::MAX, low, high)
    }

    fn masked(&mut self, number: NumberId, mask: u32, value: u32) -> LogicId {
        let maximum = self.numbers.maximum(number);
        self.conditions.masked(number, maximum, mask, value)
    }

    /// Any of the bits is set.
    fn any_bit(&mut self, number: NumberId, bits: u32) -> LogicId {
        self.conditions.range(number, bits, 1, u32::MAX)
    }

    fn bind(&mut self, variable: Variable, number: NumberId) -> LogicId {
        self.conditions.add(Logic::Bind(variable, number))
    }

    // ---- loads ----------------------------------------------------------------------------------------------------

    fn load(&mut self, place: Place, size: u8) -> NumberId {
        self.numbers.load(place.base, place.offset, size)
    }

    /// A load relative to the link header.
    fn header(&mut self, offset: u32, size: u8) -> NumberId {
        self.load(self.state.header.plus(offset), size)
    }

    /// A load relative to the 802.2 header.
    fn llc(&mut self, offset: u32, size: u8) -> NumberId {
        self.load(self.state.payload.plus(offset), size)
    }

    /// Where the network header starts.
    fn network_place(&self) -> Place {
        self.state.payload.plus(self.state.network)
    }

    /// A load relative to the network header.
    fn network(&mut self, offset: u32, size: u8) -> NumberId {
        self.load(self.network_place().plus(offset), size)
    }

    /// A load relative to the network header where no SNAP header stands before it.
    fn bare_network(&mut self, offset: u32, size: u8) -> NumberId {
        self.load(self.state.payload.plus(self.state.network_without_snap).plus(offset), size)
    }

    fn layer(&mut self) -> LayerId {
        let place = self.network_place();
        self.numbers.layer(place.base, place.offset)
    }

    fn field(&mut self, family: Family, kind: FieldKind) -> NumberId {
        let layer = self.layer();
        let field = self.numbers.add(Number::Field { layer, family: Some(family), kind });
        self.of_packet(field)
    }

    /// A number that depends on the packet's family. Where the link layer does not tell families apart, a test of one
    /// says nothing against the other, and the number is the load that it stands for.
    fn of_packet(&mut self, number: NumberId) -> NumberId {
        if naming(self.state.link) != Naming::Juniper {
            return number;
        }
        let as_written = |_: LayerId, family: Option<Family>| family;
        self.numbers.resolve(number, &as_written, &|_| None, &mut Map::default())
    }

    /// An octet, half-word or word of the transport header, which stands behind `family`'s header.
    fn transport(&mut self, family: Family, offset: u32, size: u8) -> NumberId {
        match (offset, size) {
            (0, 2) => return self.field(family, FieldKind::SourcePort),
            (2, 2) => return self.field(family, FieldKind::DestinationPort),
            _ => {}
        }
        let base = self.transport_base(family);
        self.load(Place { base: Some(base), offset: self.network_place().offset.wrapping_add(offset) }, size)
    }

    fn transport_base(&mut self, family: Family) -> NumberId {
        let layer = self.layer();
        let base = self.numbers.add(Number::Transport { layer, family: Some(family) });
        self.of_packet(base)
    }
}
