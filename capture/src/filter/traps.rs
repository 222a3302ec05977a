//! The classic traps of libpcap's language, found in an expression: what was written is valid, but often not what was
//! meant.
//!
//! A warning says that the expression probably does something else than it seems to; a note says what a word does or
//! does not cover. Each kind is told once, at the first place where it occurs.

use super::ast::{
    ArithmeticId, ArithmeticKind, Kind, NodeId, NodeKind, Operator, Protocol, Special, Tree, Value,
};
use super::constant::{Constant, constant};
use super::error::Span;
use super::wording::{canonical, loaded_protocols};
use nettool_dissect::frame::LinkType;
use std::cell::Cell;

/// How many nodes are looked at for what stands beside relations: no text, however long, may make that quadratic.
const LOOKS: usize = 100_000;

/// How much a remark matters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Weight {
    /// The expression probably does not do what it seems to.
    Warning,
    /// Something that a word covers or leaves out.
    Note,
}

/// A trap, with its place in the text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Remark {
    /// How much it matters.
    pub weight: Weight,
    /// Where.
    pub span: Span,
    /// What happens there.
    pub message: String,
    kind: Trap,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Trap {
    Precedence,
    LoneValue,
    NotTakesOne,
    Shift,
    FirstFragments,
    NotOfLoad,
    Swallowed,
    Constant,
    Reversed,
    UncheckedOperand,
    BitsFirst,
    NamedNumber,
    Ports,
    Addresses,
    Length,
    Tagged,
}

/// All remarks on an expression, warnings first, each in the order of the text. `text` is what `tree` was parsed from;
/// `link` is what frames start with; `live` says whether the program is for a socket.
pub fn remarks(tree: &Tree, text: &str, link: LinkType, live: bool) -> Vec<Remark> {
    let reads_ip6 = (0..tree.nodes.len()).any(|id| {
        loaded_protocols(tree, id)
            .iter()
            .any(|(protocol, _)| matches!(protocol, Protocol::Ip6 | Protocol::Icmp6))
    });
    let mut search =
        Search { tree, text, parents: parents(tree), reads_ip6, looks: Cell::new(LOOKS), found: Vec::new() };
    for id in 0..tree.nodes.len() {
        search.joined(id);
        search.negated(id);
        search.encapsulation(id);
        search.relation(id);
        search.value(id);
        search.special(id);
    }
    if link == LinkType::ETHERNET {
        search.tagged(live);
    }
    search.found.sort_by_key(|remark| (remark.weight, remark.span.start));
    search.found
}

/// For each node the one that holds it.
fn parents(tree: &Tree) -> Vec<Option<NodeId>> {
    let mut parents = vec![None; tree.nodes.len()];
    for (id, node) in tree.nodes.iter().enumerate() {
        let children = match node.kind {
            NodeKind::And(left, right) | NodeKind::Or(left, right) => [Some(left), Some(right)],
            NodeKind::Not(inner) => [Some(inner), None],
            _ => [None, None],
        };
        for child in children.into_iter().flatten() {
            if let Some(parent) = parents.get_mut(child) {
                *parent = Some(id);
            }
        }
    }
    parents
}

struct Search<'t> {
    tree: &'t Tree,
    text: &'t str,
    parents: Vec<Option<NodeId>>,
    reads_ip6: bool,
    looks: Cell<usize>,
    found: Vec<Remark>,
}

impl Search<'_> {
    fn add(&mut self, weight: Weight, kind: Trap, span: Span, message: String) {
        // A note of what groups as it reads must not hide the warning of what does not.
        self.found.retain(|remark| remark.kind != kind || remark.weight <= weight);
        if !self.found.iter().any(|remark| remark.kind == kind) {
            self.found.push(Remark { weight, span, message, kind });
        }
    }

    /// Whether every packet for which `id` decides has passed a test for which `asks` holds: one that `and` joins to it.
    fn asked_beside(&self, mut id: NodeId, asks: &dyn Fn(&NodeKind) -> bool) -> bool {
        while let Some(parent) = self.parents.get(id).copied().flatten() {
            let Some(left) = self.looks.get().checked_sub(1) else { return false };
            self.looks.set(left);
            if let Some(NodeKind::And(left, right)) = self.kind(parent)
                && self.asks(if *left == id { *right } else { *left }, asks)
            {
                return true;
            }
            id = parent;
        }
        false
    }

    /// Whether a test for which `asks` holds is among those that `and` joins in `id`.
    fn asks(&self, id: NodeId, asks: &dyn Fn(&NodeKind) -> bool) -> bool {
        let mut open = vec![id];
        while let Some(id) = open.pop() {
            let Some(left) = self.looks.get().checked_sub(1) else { return false };
            self.looks.set(left);
            match self.kind(id) {
                Some(NodeKind::And(left, right)) => open.extend([*left, *right]),
                Some(kind) if asks(kind) => return true,
                _ => {}
            }
        }
        false
    }

    /// Whether the text itself leaves IPv6 out here, or looks into it elsewhere.
    fn minds_ip6(&self, id: NodeId) -> bool {
        let ip4_alone = |protocol: &Protocol| {
            use Protocol as P;
            matches!(protocol, P::Ip | P::Icmp | P::Igmp | P::Igrp | P::Vrrp | P::Carp)
        };
        let asks = |kind: &NodeKind| match kind {
            NodeKind::Protocol(protocol) => ip4_alone(protocol),
            NodeKind::Primitive { qualifiers, value, .. } => {
                qualifiers.protocol.as_ref().is_some_and(ip4_alone)
                    || (matches!(value, Value::Ipv4 { .. })
                        && matches!(qualifiers.kind, None | Some(Kind::Host | Kind::Net)))
            }
            _ => false,
        };
        self.reads_ip6
            || loaded_protocols(self.tree, id).contains(&(Protocol::Ip, false))
            || self.asked_beside(id, &asks)
    }

    fn kind(&self, id: NodeId) -> Option<&NodeKind> {
        self.tree.nodes.get(id).map(|node| &node.kind)
    }

    fn grouped(&self, id: NodeId) -> bool {
        self.tree.nodes.get(id).is_some_and(|node| node.grouped)
    }

    fn span(&self, id: NodeId) -> Span {
        self.tree.nodes.get(id).map_or_else(Span::default, |node| node.span)
    }

    fn inherited(&self, id: NodeId) -> bool {
        match self.kind(id) {
            Some(NodeKind::Primitive { inherited, .. }) => *inherited,
            Some(NodeKind::Not(inner)) => {
                matches!(self.kind(*inner), Some(NodeKind::Primitive { inherited: true, .. }))
            }
            _ => false,
        }
    }

    /// `a or b and c`, and `port 80 and host a or b`.
    fn joined(&mut self, id: NodeId) {
        let short = |id| shortened(&canonical(self.tree, id));
        match self.kind(id) {
            Some(NodeKind::And(left, right)) => {
                let (left, right) = (*left, *right);
                if matches!(self.kind(left), Some(NodeKind::Or(..))) && !self.grouped(left) {
                    let message = format!(
                        "`and` and `or` have equal precedence and group to the left: this is `({}) and {}`",
                        short(left),
                        short(right)
                    );
                    self.add(Weight::Warning, Trap::Precedence, self.span(id), message);
                }
                self.not_takes_one(left, right);
            }
            Some(NodeKind::Or(left, right)) => {
                let (left, right) = (*left, *right);
                let joined = matches!(self.kind(left), Some(NodeKind::And(..))) && !self.grouped(left);
                if joined && self.inherited(right) {
                    let message = format!(
                        "`or` joins a whole test, not a value: `{}` stands alone and matches whatever is on its left; \
                         write the alternatives in parentheses",
                        short(right)
                    );
                    self.add(Weight::Warning, Trap::LoneValue, self.span(right), message);
                } else if joined {
                    let message = format!(
                        "`and` and `or` have equal precedence and group to the left: this is `({}) or {}`",
                        short(left),
                        short(right)
                    );
                    self.add(Weight::Note, Trap::Precedence, self.span(id), message);
                }
                self.not_takes_one(left, right);
            }
            _ => {}
        }
    }

    /// `not host a and b`
    fn not_takes_one(&mut self, left: NodeId, right: NodeId) {
        let last = match self.kind(left) {
            Some(NodeKind::And(_, last) | NodeKind::Or(_, last)) if !self.grouped(left) => *last,
            _ => left,
        };
        if matches!(self.kind(last), Some(NodeKind::Not(_))) && !self.grouped(last) && self.inherited(right) {
            let message = format!(
                "`not` takes one term: `{}` is not negated; for both write `not (… or …)`",
                shortened(&canonical(self.tree, right))
            );
            self.add(Weight::Warning, Trap::NotTakesOne, self.span(right), message);
        }
    }

    /// `not tcp[13] & 2 != 0`
    fn negated(&mut self, id: NodeId) {
        let Some(NodeKind::Not(inner)) = self.kind(id) else { return };
        let inner = *inner;
        let needs = loaded_protocols(self.tree, inner);
        if let Some(protocol) = needs
            .iter()
            .map(|(protocol, _)| protocol)
            .find(|p| !matches!(p, Protocol::Link | Protocol::Radio))
        {
            let word = protocol.word();
            let message = format!(
                "`not` is true for every packet that is not {word}; write `{word} and {}`",
                shortened(&canonical(self.tree, id))
            );
            self.add(Weight::Warning, Trap::NotOfLoad, self.span(id), message);
        }
    }

    /// `vlan` and its like under `or` or `not`, with tests behind it.
    fn encapsulation(&mut self, id: NodeId) {
        let word = match self.kind(id) {
            Some(NodeKind::Special(Special::Vlan(_))) => "vlan",
            Some(NodeKind::Special(Special::Mpls(_))) => "mpls",
            Some(NodeKind::Special(Special::PppoeSession(_))) => "pppoes",
            Some(NodeKind::Special(Special::Geneve(_))) => "geneve",
            Some(NodeKind::Special(Special::Vxlan(_))) => "vxlan",
            _ => return,
        };
        let (mut at, mut doubtful) = (id, false);
        while let Some(parent) = self.parents.get(at).copied().flatten() {
            let (on_left, or) = match self.kind(parent) {
                Some(NodeKind::And(left, _)) => (*left == at, false),
                Some(NodeKind::Or(left, _)) => (*left == at, true),
                _ => (false, true),
            };
            if on_left && (or || doubtful) {
                let far = if word == "vlan" { "4 octets further" } else { "behind its header" };
                let message = format!(
                    "`{word}` moves every test behind it {far}, also where it did not match; put the tests of plain \
                     frames before it"
                );
                self.add(Weight::Warning, Trap::Shift, self.span(id), message);
                return;
            }
            doubtful |= or;
            at = parent;
        }
    }

    fn relation(&mut self, id: NodeId) {
        let Some(NodeKind::Relation { left, relation, right }) = self.kind(id) else { return };
        let (left, relation, right) = (*left, *relation, *right);
        self.constant(id, constant(self.tree, left, relation, right));
        let loaded = loaded_protocols(self.tree, id);
        let alone = loaded.iter().filter(|(_, over_either)| !over_either).map(|(protocol, _)| protocol);
        let fragments = alone.into_iter().find(|protocol| {
            matches!(
                protocol,
                Protocol::Tcp
                    | Protocol::Udp
                    | Protocol::Sctp
                    | Protocol::Icmp
                    | Protocol::Igmp
                    | Protocol::Igrp
                    | Protocol::Pim
                    | Protocol::Vrrp
                    | Protocol::Carp
            )
        });
        if let Some(protocol) = fragments {
            let six = match protocol {
                Protocol::Tcp => "; for IPv6 add `ip6[6] = 6 and ip6[40 + offset] …`",
                Protocol::Udp => "; for IPv6 add `ip6[6] = 17 and ip6[40 + offset] …`",
                Protocol::Icmp => "; for IPv6 use `icmp6[…]`",
                _ => "; never true on IPv6",
            };
            let message =
                format!("`{}[…]` reads IPv4 packets and first fragments only{six}", protocol.word());
            let weight = if self.minds_ip6(id) { Weight::Note } else { Weight::Warning };
            self.add(weight, Trap::FirstFragments, self.span(id), message);
        }
        if let Some(span) = self.swallowed(left).or_else(|| self.swallowed(right)) {
            let message =
                "`%` and `^` take everything on their right as one operand; use parentheses".to_owned();
            self.add(Weight::Warning, Trap::Swallowed, span, message);
        }
        if let Some((span, protocol)) = self.unchecked(left).or_else(|| self.unchecked(right))
            && !self.asked_beside(id, &|kind| self.is_of(kind, protocol))
        {
            let word = protocol.word();
            let message = format!(
                "only the leftmost operand of arithmetic asks for its protocol: these octets are read from packets that \
                 are not {word} too; write `{word} and …` before"
            );
            self.add(Weight::Warning, Trap::UncheckedOperand, span, message);
        }
        let bits = |id: ArithmeticId| {
            matches!(
                self.tree.arithmetic.get(id).map(|node| &node.kind),
                Some(ArithmeticKind::Binary(Operator::And | Operator::Or, ..))
            )
        };
        if bits(left) || bits(right) {
            let message = format!(
                "`&` and `|` bind tighter than a relation, unlike in C: `{}`",
                shortened(&canonical(self.tree, id))
            );
            self.add(Weight::Note, Trap::BitsFirst, self.span(id), message);
        }
        if self.measures_length(left) || self.measures_length(right) {
            self.length_note(id);
        }
    }

    fn constant(&mut self, id: NodeId, constant: Option<Constant>) {
        let outcome = |holds| if holds { "always holds, where the packet has it" } else { "never holds" };
        let message = match constant {
            None => return,
            Some(Constant::Largest(most, holds)) => {
                format!("this {}: the left side is 0 to {most}", outcome(holds))
            }
            Some(Constant::Masked(holds)) => {
                format!("this {}: the mask leaves no such bits", outcome(holds))
            }
        };
        self.add(Weight::Warning, Trap::Constant, self.span(id), message);
    }

    /// The place of a `%` or `^` whose right side is itself computed, without parentheses.
    fn swallowed(&self, root: ArithmeticId) -> Option<Span> {
        let mut open = vec![root];
        while let Some(id) = open.pop() {
            let node = self.tree.arithmetic.get(id)?;
            match &node.kind {
                ArithmeticKind::Binary(operator, left, right) => {
                    let inner = self.tree.arithmetic.get(*right)?;
                    let written = self.text.get(inner.span.start..inner.span.end).unwrap_or_default();
                    if matches!(operator, Operator::Modulo | Operator::Xor)
                        && matches!(inner.kind, ArithmeticKind::Binary(..))
                        && !written.starts_with('(')
                    {
                        return Some(node.span);
                    }
                    open.extend([*right, *left]);
                }
                ArithmeticKind::Load { index, .. } => open.push(*index),
                ArithmeticKind::Negative(inner) => open.push(*inner),
                ArithmeticKind::Number(_) | ArithmeticKind::Length | ArithmeticKind::Field(_) => {}
            }
        }
        None
    }

    /// A load that stands on the right of an operator, of a protocol that the leftmost operand does not ask for.
    fn unchecked(&self, root: ArithmeticId) -> Option<(Span, Protocol)> {
        let kind = |id: ArithmeticId| self.tree.arithmetic.get(id).map(|node| &node.kind);
        let mut leftmost = root;
        let mut right = Vec::new();
        while let Some(ArithmeticKind::Binary(_, left, other)) = kind(leftmost) {
            right.push(*other);
            leftmost = *left;
        }
        let protocol_of = |id: ArithmeticId| match kind(id) {
            Some(ArithmeticKind::Load { protocol, .. }) => Some(*protocol),
            _ => None,
        };
        let asked = match kind(leftmost) {
            Some(ArithmeticKind::Field(field)) => Some(field.protocol),
            _ => protocol_of(leftmost),
        };
        while let Some(id) = right.pop() {
            let free = |protocol: &Protocol| matches!(protocol, Protocol::Link | Protocol::Radio);
            if let Some(protocol) =
                protocol_of(id).filter(|protocol| !free(protocol) && Some(*protocol) != asked)
            {
                return Some((self.tree.arithmetic.get(id)?.span, protocol));
            }
            match kind(id) {
                Some(ArithmeticKind::Binary(_, left, other)) => right.extend([*other, *left]),
                Some(ArithmeticKind::Negative(inner)) => right.push(*inner),
                _ => {}
            }
        }
        None
    }

    /// Whether a test is false for all that is not of `protocol`.
    fn is_of(&self, kind: &NodeKind, protocol: Protocol) -> bool {
        match kind {
            NodeKind::Protocol(own) => *own == protocol,
            NodeKind::Primitive { qualifiers, .. } => qualifiers.protocol == Some(protocol),
            NodeKind::Relation { left, .. } => self.leftmost(*left) == Some(protocol),
            NodeKind::Special(Special::TcpFlags(..)) => protocol == Protocol::Tcp,
            _ => false,
        }
    }

    /// The protocol that a number asks for.
    fn leftmost(&self, mut id: ArithmeticId) -> Option<Protocol> {
        loop {
            match self.tree.arithmetic.get(id).map(|node| &node.kind)? {
                ArithmeticKind::Binary(_, left, _) => id = *left,
                ArithmeticKind::Negative(inner) => id = *inner,
                ArithmeticKind::Load { protocol, .. } => return Some(*protocol),
                ArithmeticKind::Field(field) => return Some(field.protocol),
                ArithmeticKind::Number(_) | ArithmeticKind::Length => return None,
            }
        }
    }

    fn measures_length(&self, root: ArithmeticId) -> bool {
        let mut open = vec![root];
        while let Some(id) = open.pop() {
            match self.tree.arithmetic.get(id).map(|node| &node.kind) {
                Some(ArithmeticKind::Length) => return true,
                Some(ArithmeticKind::Binary(_, left, right)) => open.extend([*right, *left]),
                Some(ArithmeticKind::Load { index, .. }) => open.push(*index),
                Some(ArithmeticKind::Negative(inner)) => open.push(*inner),
                _ => {}
            }
        }
        false
    }

    fn length_note(&mut self, id: NodeId) {
        let message = "lengths are those on the wire with the link header; frames that the card cuts or joins (GSO, GRO) \
                       are longer than the MTU"
            .to_owned();
        self.add(Weight::Note, Trap::Length, self.span(id), message);
    }

    fn value(&mut self, id: NodeId) {
        let Some(NodeKind::Primitive { qualifiers, value, .. }) = self.kind(id) else { return };
        let (qualifiers, number) = (*qualifiers, matches!(value, Value::Number(_)));
        let (short, lone) = match value {
            Value::Number(number) => (true, Some(*number)),
            Value::Ipv4 { bits, mask: None, .. } => (*bits < 32, None),
            _ => (false, None),
        };
        let reversed = match (qualifiers.kind, value) {
            (Some(Kind::PortRange), Value::Name(name)) => reversed(name),
            _ => None,
        };
        let plain_address = matches!(value, Value::Number(_) | Value::Ipv4 { .. } | Value::Name(_));
        let span = self.span(id);
        if number {
            let written = self.text.get(span.start..span.end).unwrap_or_default();
            let word = written.split_whitespace().last().unwrap_or_default();
            if word.starts_with(|c: char| c.is_ascii_alphabetic()) {
                let message =
                    format!("`{word}` is a named number of the language and stands for that number");
                self.add(Weight::Warning, Trap::NamedNumber, span, message);
            }
        }
        if let Some((first, last)) = reversed {
            let message = format!("the range stands the other way round and is read as {last}-{first}");
            self.add(Weight::Note, Trap::Reversed, span, message);
        }
        match qualifiers.kind {
            Some(Kind::Port | Kind::PortRange) => {
                let transports = if qualifiers.protocol.is_none() { "TCP, UDP and SCTP; " } else { "" };
                let message = format!(
                    "ports: {transports}only the first fragment of an IPv4 packet has them, fragments of IPv6 never \
                     match, and IPv6 extension headers are not walked"
                );
                self.add(Weight::Note, Trap::Ports, span, message);
            }
            None | Some(Kind::Host | Kind::Net) if qualifiers.protocol.is_none() && plain_address => {
                let message = match (lone, qualifiers.kind) {
                    (Some(number), None | Some(Kind::Host)) => format!(
                        "a bare number is a whole address, here {}; a network is `net`",
                        std::net::Ipv4Addr::from(number)
                    ),
                    _ if short && qualifiers.kind != Some(Kind::Net) => {
                        "two or three numbers with dots are a network, not a host".to_owned()
                    }
                    _ => {
                        "addresses are looked for in IPv4, ARP and RARP; `ip host` leaves ARP out".to_owned()
                    }
                };
                self.add(Weight::Note, Trap::Addresses, span, message);
            }
            _ => {}
        }
    }

    fn special(&mut self, id: NodeId) {
        if let Some(NodeKind::Special(Special::Less(_) | Special::Greater(_))) = self.kind(id) {
            self.length_note(id);
        }
    }

    /// Tests of IP without `vlan`: whether tagged frames match depends on where the tag is.
    fn tagged(&mut self, live: bool) {
        let mut reads_network = false;
        for node in &self.tree.nodes {
            match &node.kind {
                NodeKind::Special(Special::Vlan(_)) => return,
                NodeKind::Protocol(protocol) => reads_network |= *protocol != Protocol::Link,
                NodeKind::Primitive { qualifiers, .. } => {
                    reads_network |= qualifiers.protocol != Some(Protocol::Link);
                }
                _ => {}
            }
        }
        if reads_network {
            let message = if live {
                "frames with a VLAN tag match too where the card moves the tag out of the frame, as most do"
            } else {
                "frames with a VLAN tag inside do not match; write `or (vlan and …)` behind, or `--live` for a socket, \
                 which sees the tag moved out"
            };
            self.add(Weight::Note, Trap::Tagged, Span::default(), message.to_owned());
        }
    }
}

/// At most 80 characters.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(80) {
        Some((end, _)) => format!("{} …", text.get(..end).unwrap_or(text)),
        None => text.to_owned(),
    }
}

/// The ends of a range of ports of which the larger stands first.
fn reversed(range: &str) -> Option<(u16, u16)> {
    let (first, last) = range.split_once('-')?;
    let ends = (first.parse().ok()?, last.parse().ok()?);
    (ends.0 > ends.1).then_some(ends)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::parse::parse;

    fn warnings(text: &str) -> Vec<String> {
        let tree = parse(text).unwrap();
        remarks(&tree, text, LinkType::ETHERNET, false)
            .into_iter()
            .filter(|remark| remark.weight == Weight::Warning)
            .map(|remark| remark.message)
            .collect()
    }

    fn warns(text: &str, part: &str) {
        let found = warnings(text);
        assert!(found.iter().any(|message| message.contains(part)), "{text}: {found:?}");
    }

    #[test]
    fn each_trap_is_warned_of() {
        warns("port 80 and host 1.1.1.1 or 2.2.2.2", "`host 2.2.2.2` stands alone");
        warns("host 1.1.1.1 or port 80 and tcp", "`(host 1.1.1.1 or port 80) and tcp`");
        warns("not host 1.1.1.1 and 2.2.2.2", "`host 2.2.2.2` is not negated");
        warns("not port 22 or 80", "`port 80` is not negated");
        warns("tcp port 80 or vlan and tcp port 80 or udp", "`vlan` moves every test");
        warns("not vlan and ip", "`vlan` moves every test");
        warns("vlan 1 or vlan 2", "`vlan` moves every test");
        warns("tcp[13] & 2 != 0", "ip6[6] = 6");
        warns("not tcp[13] & 2 != 0", "`not` is true for every packet that is not tcp");
        warns("len % 8 + 1 = 2", "use parentheses");
        warns("port icmptype", "named number");
        warns("ip[0] = 256", "this never holds: the left side is 0 to 255");
        warns("udp and ip.ttl < 500", "always holds");
        warns("tcp[13] & 2 = 1", "the mask leaves no such bits");
        warns("len - ip[2:2] > 14", "only the leftmost operand");
        warns("6 * tcp[12] = 24", "packets that are not tcp too");
        warns(
            "src 1.1.1.1 and dst 2.2.2.2 or src 2.2.2.2 and dst 1.1.1.1",
            "or src 2.2.2.2) and dst 1.1.1.1`",
        );
        warns("not tcp.flags.syn = 1", "true for every packet that is not tcp");
        warns("ip or tcp[13] & 2 != 0", "ip6[6] = 6");
        warns("not ip and tcp[13] & 2 != 0", "ip6[6] = 6");
        warns("udp or len - tcp[2:2] > 14", "packets that are not tcp too");
    }

    #[test]
    fn what_is_written_with_care_gets_no_warning() {
        for text in [
            "tcp port 80",
            "port 80 and (host 1.1.1.1 or 2.2.2.2)",
            "(port 80 and host 1.1.1.1) or host 2.2.2.2",
            "not (host 1.1.1.1 or 2.2.2.2)",
            "ip or (vlan and ip)",
            "vlan 5 and ip",
            "(len % 8) + 1 = 2",
            "ip[8] * 2 + ip[9] > 60",
            "len - 14 > ip[2:2]",
            "tcp.flags.syn = 1",
            "len - ip.len > 14",
            "ip and tcp[13] & 2 != 0",
            "tcp[13] & 4 != 0 and host 1.1.1.1",
            "icmp and (icmp[0] = 3 or icmp[0] = 11)",
            "(tcp[13] & 2 != 0) or (ip6[6] = 6 and ip6[53] & 2 != 0)",
            "tcp port 80 and (((ip[2:2] - ((ip[0]&0xf)<<2)) - ((tcp[12]&0xf0)>>2)) != 0)",
            "tcp or udp or icmp",
            "",
        ] {
            assert_eq!(warnings(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn a_range_the_other_way_round_is_told() {
        let notes = remarks(&parse("portrange 20-10").unwrap(), "portrange 20-10", LinkType::ETHERNET, false);
        assert!(notes.iter().any(|note| note.message.contains("10-20")));
    }

    #[test]
    fn ports_come_with_a_note_on_fragments() {
        let text = "port 80";
        let notes = remarks(&parse(text).unwrap(), text, LinkType::ETHERNET, false);
        assert!(notes.iter().any(|note| note.weight == Weight::Note && note.message.contains("fragment")));
    }
}
