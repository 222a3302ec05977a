//! Relations between computed numbers, and what they require of a packet.

use super::super::ast::{ArithmeticId, ArithmeticKind, Operator, Protocol, Relation, Tree};
use super::super::error::Error;
use super::super::field::{Field, Presence};
use super::super::hash::Map;
use super::super::insn::ancillary;
use super::super::logic::{Logic, LogicId, Pair};
use super::super::number::{Family, FieldKind, LayerId, NoResult, Number, NumberId, Op};
use super::link::{Naming, ether_type, naming};
use super::{Lower, Place, Result1};
use nettool_dissect::frame::LinkType;

/// Octets of an IPv4 header without options, of an IPv6 header, of an ARP packet for IPv4: loads behind them are of
/// the user's own choice.
const FIXED: [(Family, u32); 3] = [(Family::Ip4, 20), (Family::Ip6, 40), (Family::Arp, 28)];

/// The number that IP has for a protocol with octets of its own.
const fn transport_number(protocol: Protocol) -> u32 {
    match protocol {
        Protocol::Tcp => 6,
        Protocol::Udp => 17,
        Protocol::Sctp => 132,
        Protocol::Icmp => 1,
        Protocol::Igmp => 2,
        Protocol::Igrp => 9,
        Protocol::Pim => 103,
        _ => 112,
    }
}

/// A computed number and what it requires.
#[derive(Clone, Default, Debug)]
pub(super) struct Computed {
    number: NumberId,
    /// What must hold for it to be read.
    needs: Vec<LogicId>,
    /// That part of it which stands for fields: asked wherever they are written.
    of_fields: Vec<LogicId>,
    /// Whether `proto[…]` requires something: that is asked for the leftmost operand only.
    loads: bool,
}

impl Computed {
    const fn of(number: NumberId) -> Self {
        Computed { number, needs: Vec::new(), of_fields: Vec::new(), loads: false }
    }
}

impl Lower<'_> {
    pub(super) fn relation(
        &mut self,
        tree: &Tree,
        left: ArithmeticId,
        relation: Relation,
        right: ArithmeticId,
    ) -> Result1 {
        let start = self.computed.len();
        let last = left.max(right);
        let over_ip4 = self.relation_once(tree, left, relation, right)?;
        let over_either = |id: ArithmeticId| {
            matches!(
                tree.arithmetic.get(id).map(|node| &node.kind),
                Some(ArithmeticKind::Field(field)) if field.presence == Presence::OverEither
            )
        };
        if !(start..=last).any(over_either) {
            return Ok(over_ip4);
        }
        self.computed.truncate(start);
        self.fields_of_ip6 = true;
        let over_ip6 = self.relation_once(tree, left, relation, right);
        self.fields_of_ip6 = false;
        let over_ip6 = over_ip6?;
        Ok(self.or([over_ip6, over_ip4]))
    }

    fn relation_once(
        &mut self,
        tree: &Tree,
        left: ArithmeticId,
        relation: Relation,
        right: ArithmeticId,
    ) -> Result1 {
        let whole = self.span;
        self.compute(tree, left.max(right))?;
        self.span = whole;
        let of = |lower: &Self, id: ArithmeticId| lower.computed.get(id).cloned().unwrap_or_default();
        let (left, right) = (of(self, left), of(self, right));
        self.computes = true;
        let test = self.compare(left.number, relation, right.number);
        // What the right side requires is tested first, as libpcap does.
        let parts: Vec<LogicId> = right.needs.into_iter().chain(left.needs).chain([test]).collect();
        Ok(self.conditions.and(parts))
    }

    /// Two octets that stand lowest first, as they were loaded highest first.
    pub(super) fn swapped(&mut self, number: NumberId) -> NumberId {
        let (low, byte) = (self.numbers.constant(0xff), self.numbers.constant(8));
        let high =
            self.numbers.binary(Op::And, number, low).and_then(|n| self.numbers.binary(Op::Shl, n, byte));
        let low = self.numbers.binary(Op::Shr, number, byte);
        match (high, low) {
            (Ok(high), Ok(low)) => self.numbers.binary(Op::Or, high, low).unwrap_or(number),
            _ => number,
        }
    }

    /// Computes all numbers of the arena up to `last`.
    fn compute(&mut self, tree: &Tree, last: ArithmeticId) -> Result<(), Error> {
        for at in self.computed.len()..=last {
            let Some(arithmetic) = tree.arithmetic.get(at) else { break };
            self.span = arithmetic.span;
            let computed = match &arithmetic.kind {
                ArithmeticKind::Number(value) => Computed::of(self.numbers.constant(*value)),
                ArithmeticKind::Length => Computed::of(self.numbers.add(Number::Length)),
                ArithmeticKind::Load { protocol, index, size } => {
                    let index = self.computed.get(*index).cloned().unwrap_or_default();
                    let (number, own) = self.indexed(*protocol, index.number, *size)?;
                    if let Number::Load { base: None, offset, .. } = self.numbers.get(number)
                        && offset >= ancillary::LINK
                    {
                        let before = offset.wrapping_neg();
                        return self.error(format!(
                            "{before} octets in front of the packet there is nothing to read; packets start at `link[0]`"
                        ));
                    }
                    let needs: Vec<LogicId> = own.into_iter().chain(index.needs).collect();
                    Computed { number, loads: !needs.is_empty(), needs, of_fields: index.of_fields }
                }
                ArithmeticKind::Field(field) => self.field_value(field)?,
                ArithmeticKind::Binary(operator, left, right) => {
                    let left = self.computed.get(*left).cloned().unwrap_or_default();
                    let right = self.computed.get(*right).cloned().unwrap_or_default();
                    // libpcap asks for what the left operand requires only; its verdict is the measure. Fields are ours.
                    let number = if right.loads { self.unasked(right.number) } else { right.number };
                    let number = self.joined(*operator, left.number, number)?;
                    let asked = if right.loads { &right.of_fields } else { &right.needs };
                    let mut needs = left.needs;
                    needs.extend(asked);
                    let mut of_fields = left.of_fields;
                    of_fields.extend(&right.of_fields);
                    Computed { number, needs, of_fields, loads: left.loads || right.loads }
                }
                ArithmeticKind::Negative(inner) => {
                    let inner = self.computed.get(*inner).cloned().unwrap_or_default();
                    Computed { number: self.numbers.negative(inner.number), ..inner }
                }
            };
            self.computed.push(computed);
        }
        Ok(())
    }

    fn field_value(&mut self, field: &Field) -> Result<Computed, Error> {
        if let Presence::On(link) = field.presence
            && self.state.link != link
        {
            return self.error(format!("`{}` needs link type {link} (-y {link})", field.name));
        }
        let index = self.numbers.constant(field.index);
        let size = field.size as u8;
        let over_ip6 = self.fields_of_ip6 && field.presence == Presence::OverEither;
        let (number, mut needs) = match field.protocol {
            Protocol::Ip if over_ip6 => self.indexed(Protocol::Ip6, index, field.size)?,
            Protocol::Tcp | Protocol::Udp | Protocol::Sctp if over_ip6 => {
                let ip6 = self.link_protocol(ether_type::IP6)?;
                let next = self.field(Family::Ip6, FieldKind::Protocol);
                let next = self.equal(next, transport_number(field.protocol));
                (self.in_transport(Family::Ip6, index, size), vec![ip6, next])
            }
            protocol => self.indexed(protocol, index, field.size)?,
        };
        match field.presence {
            Presence::OrReverse => {
                let either = [self.protocol(Protocol::Arp)?, self.protocol(Protocol::Rarp)?];
                needs = vec![self.or(either)];
            }
            Presence::IcmpTypes(types) => {
                let first = self.numbers.constant(0);
                let kind = self.in_transport(Family::Ip4, first, 1);
                let types: Vec<LogicId> =
                    types.iter().map(|(first, last)| self.range(kind, *first, *last)).collect();
                needs.push(self.conditions.or(types));
            }
            // A smaller number is the length of an 802.2 part.
            Presence::On(LinkType::ETHERNET) => needs.push(self.range(number, 0x600, u32::MAX)),
            Presence::Always | Presence::OverEither | Presence::On(_) => {}
        }
        let number = if field.swapped { self.swapped(number) } else { number };
        let (mask, shift) =
            (self.numbers.constant(field.mask), self.numbers.constant(field.shift.unsigned_abs()));
        let full = self.numbers.maximum(number) & !field.mask == 0;
        let bits = if full { Ok(number) } else { self.numbers.binary(Op::And, number, mask) };
        let op = if field.shift < 0 { Op::Shl } else { Op::Shr };
        let value = bits.and_then(|bits| self.numbers.binary(op, bits, shift));
        let number = value.unwrap_or(number);
        Ok(Computed { number, of_fields: needs.clone(), needs, loads: false })
    }

    /// A number whose protocol nobody asks for: it is read as if the packet were of its family, whatever the packet is,
    /// so the family must not be taken for known; nor may it be read earlier than written.
    fn unasked(&mut self, number: NumberId) -> NumberId {
        let mut known = Map::default();
        let as_written = |_: LayerId, family: Option<Family>| family;
        for part in self.numbers.parts(number) {
            let read = self.numbers.resolve(part, &as_written, &|_| None, &mut known);
            let moves = matches!(self.numbers.get(read), Number::Load { base: Some(_), .. });
            if moves || self.pinned.contains(&part) {
                self.pinned.push(read);
            }
        }
        self.numbers.resolve(number, &as_written, &|_| None, &mut known)
    }

    fn joined(&mut self, operator: Operator, left: NumberId, right: NumberId) -> Result<NumberId, Error> {
        let op = match operator {
            Operator::Add => Op::Add,
            Operator::Subtract => Op::Sub,
            Operator::Multiply => Op::Mul,
            Operator::Divide => Op::Div,
            Operator::Modulo => Op::Mod,
            Operator::And => Op::And,
            Operator::Or => Op::Or,
            Operator::Xor => Op::Xor,
            Operator::ShiftLeft => Op::Shl,
            Operator::ShiftRight => Op::Shr,
        };
        self.numbers.binary(op, left, right).or_else(|why| {
            self.error(match why {
                NoResult::DivisionByZero => "division by zero",
                NoResult::ModulusByZero => "modulus by zero",
                NoResult::WideShift => "a shift by more than 31 bits leaves nothing",
            })
        })
    }

    fn compare(&mut self, left: NumberId, relation: Relation, right: NumberId) -> LogicId {
        if let Some(value) = self.numbers.value(right) {
            return self.compare_constant(left, relation, value);
        }
        if let Some(value) = self.numbers.value(left) {
            let mirrored = match relation {
                Relation::Greater => Relation::Less,
                Relation::GreaterEqual => Relation::LessEqual,
                Relation::Less => Relation::Greater,
                Relation::LessEqual => Relation::GreaterEqual,
                same => same,
            };
            return self.compare_constant(right, mirrored, value);
        }
        let (pair, negated) = match relation {
            Relation::Equal => (Pair::Equal, false),
            Relation::NotEqual => (Pair::Equal, true),
            Relation::Greater => (Pair::Greater, false),
            Relation::LessEqual => (Pair::Greater, true),
            Relation::GreaterEqual => (Pair::GreaterEqual, false),
            Relation::Less => (Pair::GreaterEqual, true),
        };
        let test = self.conditions.add(Logic::Compare { left, relation: pair, right });
        if negated { self.not(test) } else { test }
    }

    fn compare_constant(&mut self, number: NumberId, relation: Relation, value: u32) -> LogicId {
        let (number, value) = match relation {
            Relation::Equal | Relation::NotEqual => self.solved(number, value),
            _ => (number, value),
        };
        // What leaves nothing is equal.
        if let (0, Relation::Equal | Relation::NotEqual, Number::Binary(Op::Sub | Op::Xor, left, right)) =
            (value, relation, self.numbers.get(number))
            && self.numbers.value(right).is_none()
        {
            return self.compare(left, relation, right);
        }
        if let Some(constant) = self.numbers.value(number) {
            let holds = match relation {
                Relation::Equal => constant == value,
                Relation::NotEqual => constant != value,
                Relation::Greater => constant > value,
                Relation::GreaterEqual => constant >= value,
                Relation::Less => constant < value,
                Relation::LessEqual => constant <= value,
            };
            return self.truth(holds);
        }
        let (range, negated) = match relation {
            Relation::Equal => (Some((value, value)), false),
            Relation::NotEqual => (Some((value, value)), true),
            Relation::Greater => (value.checked_add(1).map(|low| (low, u32::MAX)), false),
            Relation::LessEqual => (Some((0, value)), false),
            Relation::GreaterEqual => (Some((value, u32::MAX)), false),
            Relation::Less => (value.checked_sub(1).map(|high| (0, high)), false),
        };
        let Some((low, high)) = range else {
            // Never true, but the number is computed all the same: a load past the end rejects.
            let test = self.range(number, 0, u32::MAX);
            return self.not(test);
        };
        // A mask right under the comparison becomes part of the test.
        let test = match self.numbers.get(number) {
            Number::Binary(Op::And, inner, mask) => match self.numbers.value(mask) {
                Some(mask) => self.test_masked(inner, mask, low, high),
                None => self.range(number, low, high),
            },
            Number::Binary(Op::Shr, inner, shift) => self.test_shifted(number, inner, shift, low, high),
            _ => self.range(number, low, high),
        };
        if negated { self.not(test) } else { test }
    }

    /// `number = value` with what is added to, subtracted from or turned over in the number done to the value instead.
    fn solved(&mut self, mut number: NumberId, mut value: u32) -> (NumberId, u32) {
        loop {
            (number, value) = match self.numbers.get(number) {
                Number::Binary(op, left, right) => {
                    match (op, self.numbers.value(left), self.numbers.value(right)) {
                        (Op::Add, _, Some(constant)) => (left, value.wrapping_sub(constant)),
                        (Op::Sub, _, Some(constant)) => (left, value.wrapping_add(constant)),
                        (Op::Xor, _, Some(constant)) => (left, value ^ constant),
                        (Op::Sub, Some(constant), _) => (right, constant.wrapping_sub(value)),
                        _ => return (number, value),
                    }
                }
                Number::Negative(inner) => (inner, value.wrapping_neg()),
                _ => return (number, value),
            };
        }
    }

    fn test_masked(&mut self, inner: NumberId, mask: u32, low: u32, high: u32) -> LogicId {
        let maximum = self.numbers.maximum(inner);
        if low == high {
            return self.conditions.masked(inner, maximum, mask, low);
        }
        self.conditions.range(inner, mask, low, high)
    }

    /// `(inner >> shift)` within a range is `inner` within a wider one.
    fn test_shifted(
        &mut self,
        number: NumberId,
        inner: NumberId,
        shift: NumberId,
        low: u32,
        high: u32,
    ) -> LogicId {
        let Some(shift) = self.numbers.value(shift).filter(|shift| *shift < 32) else {
            return self.range(number, low, high);
        };
        if low > u32::MAX >> shift {
            let test = self.range(inner, 0, u32::MAX);
            return self.not(test);
        }
        let wide_low = low << shift;
        let wide_high = high.min(u32::MAX >> shift) << shift | ((1u32 << shift) - 1);
        match self.numbers.get(inner) {
            Number::Binary(Op::And, field, mask) => match self.numbers.value(mask) {
                Some(mask) => {
                    let mask = mask & (u32::MAX << shift);
                    self.test_masked(field, mask, wide_low, if low == high { wide_low } else { wide_high })
                }
                None => self.range(inner, wide_low, wide_high),
            },
            _ => self.range(inner, wide_low, wide_high),
        }
    }

    // ---- proto[index:size] ------------------------------------------------------------------------------------------

    fn indexed(
        &mut self,
        protocol: Protocol,
        index: NumberId,
        size: u32,
    ) -> Result<(NumberId, Vec<LogicId>), Error> {
        use Protocol as P;
        let size = size as u8;
        match protocol {
            P::Link => {
                // Inside Geneve without an Ethernet frame it is the inner packet from its first octet, as for libpcap.
                let number = self.index(self.state.header, index, size);
                self.pin_link(number);
                Ok((number, Vec::new()))
            }
            P::Radio => match self.state.link {
                LinkType::IEEE802_11_RADIOTAP | LinkType::IEEE802_11_AVS | LinkType::PRISM => {
                    Ok((self.index(Place::default(), index, size), Vec::new()))
                }
                link => self.error(format!("{link} has no radio header")),
            },
            P::Ip | P::Ip6 | P::Arp | P::Rarp => {
                let needs = vec![self.protocol(protocol)?];
                let family = match protocol {
                    P::Ip => Family::Ip4,
                    P::Ip6 => Family::Ip6,
                    _ => Family::Arp,
                };
                Ok((self.in_network(family, index, size), needs))
            }
            P::Atalk | P::Decnet | P::Lat | P::Sca | P::Moprc | P::Mopdl => {
                let needs = vec![self.protocol(protocol)?];
                let number = self.index(self.network_place(), index, size);
                self.pinned.push(number);
                Ok((number, needs))
            }
            P::Tcp | P::Udp | P::Sctp | P::Icmp | P::Igmp | P::Igrp | P::Pim | P::Vrrp | P::Carp => {
                let number = transport_number(protocol);
                let ip = self.link_protocol(ether_type::IP)?;
                let field = self.field(Family::Ip4, FieldKind::Protocol);
                let protocol = self.equal(field, number);
                let first = self.first_fragment();
                Ok((self.in_transport(Family::Ip4, index, size), vec![ip, protocol, first]))
            }
            P::Icmp6 => {
                let ip6 = self.link_protocol(ether_type::IP6)?;
                let field = self.field(Family::Ip6, FieldKind::Protocol);
                let next = self.equal(field, 58);
                Ok((self.in_transport(Family::Ip6, index, size), vec![ip6, next]))
            }
            other => self.error(format!("`{}` headers cannot be indexed", other.word())),
        }
    }

    /// A load at `place + index`.
    fn index(&mut self, place: Place, index: NumberId, size: u8) -> NumberId {
        if let Some(offset) = self.numbers.value(index) {
            return self.load(place.plus(offset), size);
        }
        let base = match place.base {
            None => index,
            Some(base) => self.numbers.binary(Op::Add, index, base).unwrap_or(index),
        };
        let number = self.load(Place { base: Some(base), offset: place.offset }, size);
        self.pinned.push(number);
        number
    }

    fn in_network(&mut self, family: Family, index: NumberId, size: u8) -> NumberId {
        let kind = match (family, self.numbers.value(index), size) {
            (Family::Ip4, Some(9), 1) | (Family::Ip6, Some(6), 1) => Some(FieldKind::Protocol),
            (Family::Ip4, Some(12), 4) | (Family::Arp, Some(14), 4) => Some(FieldKind::Source),
            (Family::Ip4, Some(16), 4) | (Family::Arp, Some(24), 4) => Some(FieldKind::Destination),
            (Family::Ip6, Some(40), 2) => Some(FieldKind::SourcePort),
            (Family::Ip6, Some(42), 2) => Some(FieldKind::DestinationPort),
            _ => None,
        };
        if let Some(kind) = kind {
            return self.field(family, kind);
        }
        let number = self.index(self.network_place(), index, size);
        let fixed = FIXED.iter().find(|(known, _)| *known == family).map_or(0, |(_, octets)| *octets);
        if self.numbers.value(index).is_none_or(|index| index.saturating_add(u32::from(size)) > fixed) {
            self.pinned.push(number);
        }
        number
    }

    fn in_transport(&mut self, family: Family, index: NumberId, size: u8) -> NumberId {
        if let Some(offset) = self.numbers.value(index) {
            let number = self.transport(family, offset, size);
            if offset > 0x7fff_ffff {
                self.pinned.push(number);
            }
            return number;
        }
        let place = Place { base: Some(self.transport_base(family)), offset: self.network_place().offset };
        self.index(place, index, size)
    }

    /// Loads from the link header up to the protocol are in nobody's way; others keep their place in the text.
    fn pin_link(&mut self, number: NumberId) {
        let end = match naming(self.state.link) {
            Naming::Wlan | Naming::None | Naming::Version | Naming::Only(_) => 0,
            _ => self.state.kind.offset.wrapping_add(2),
        };
        match self.numbers.get(number) {
            Number::Load { base: None, offset, size } if offset.saturating_add(u32::from(size)) <= end => {}
            _ => self.pinned.push(number),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::filter::{Options, compile};
    use nettool_dissect::frame::LinkType;

    #[test]
    fn netlink_messages_are_selected_by_family_type_and_flags() {
        let mut frame = [0u8; 36];
        frame[3] = 0x38;
        frame[2] = 3;
        // RTM_NEWLINK (16), NLM_F_MULTI, of rtnetlink.
        frame[20..24].copy_from_slice(&[16, 0, 2, 0]);
        let accepts = |text: &str| {
            let program = compile(text, &Options::new(LinkType::NETLINK)).map_err(|error| error.render(text));
            program.unwrap().matches(&frame, 36)
        };
        assert!(accepts("netlink.family = 0 and netlink.hdr_type = 16 and netlink.hatype = 824"));
        assert!(accepts("netlink.hdr_flags & 2 != 0 and netlink.hdr_type < 20"));
        assert!(!accepts("netlink.hdr_type = 17") && !accepts("netlink.family = 16"));
        let error = compile("netlink.family = 0", &Options::new(LinkType::ETHERNET)).unwrap_err();
        assert!(error.to_string().contains("needs link type NETLINK"), "{error}");
    }

    #[test]
    fn an_operand_whose_protocol_nobody_asks_for_is_read_whatever_the_packet_is() {
        // IPv4 with IGRP in it, and the octets where an ICMPv6 header would stand are 0.
        let mut frame = [0u8; 80];
        frame[..10].copy_from_slice(&[0x45, 0, 0, 80, 0, 0, 0, 0, 64, 9]);
        let accepts = |text: &str| {
            let program = compile(text, &Options::new(LinkType::RAW)).map_err(|error| error.render(text));
            program.unwrap().matches(&frame, 80)
        };
        assert!(accepts("(tcp or (4 | icmp6[12:2]) < 15) and igrp"));
        assert!(!accepts("(tcp or (15 | icmp6[12:2]) < 15) and igrp"));
    }

    #[test]
    fn what_x_holds_is_loaded_anew_where_the_left_operand_needs_x() {
        let mut frame = [0u8; 60];
        frame[2..4].copy_from_slice(&[8, 0]);
        frame[4] = 0x45;
        let text = "(53 * vrrp[20]) >= ip[0:1] or (icmptype - ip6[0:2]) = ip[0]";
        let program = compile(text, &Options::new(LinkType::C_HDLC)).map_err(|error| error.render(text));
        assert!(!program.unwrap().matches(&frame, 60), "0 >= 69, and 0 - 0x4500 = 69");
    }
}
