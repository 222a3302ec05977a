//! The numbers that a filter computes from a packet: loads, lengths, arithmetic on them; equal ones are one.
//!
//! A number is an index into [`Numbers`]; operands stand before what uses them. Constants fold as they are made, with
//! the rules of cBPF: 32 bits, unsigned, wrapping. What can abort the program (a load past the end, a division by 0)
//! is never folded away here.

use super::hash::{Map, Set};
use super::insn::ancillary;

/// Index of a [`Number`].
pub(crate) type NumberId = u32;

/// A variable that a test binds on its way to success: the start of an inner frame, for instance.
pub(crate) type Variable = u16;

/// Index of a [`Layer`].
pub(crate) type LayerId = u16;

/// A network layer: where its header starts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Layer {
    /// What is added to `offset`; the packet's start when `None`.
    pub(crate) base: Option<NumberId>,
    /// Offset of the network header.
    pub(crate) offset: u32,
}

/// What the network header is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(crate) enum Family {
    Ip4,
    Ip6,
    /// ARP and RARP for IPv4 over Ethernet.
    Arp,
}

/// Fields that several families have, at different places.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(crate) enum FieldKind {
    Protocol,
    Source,
    Destination,
    SourcePort,
    DestinationPort,
}

/// Arithmetic.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Op {
    Add,
    Sub,
    Mul,
    Div,
    Mod,
    And,
    Or,
    Xor,
    Shl,
    Shr,
}

/// A number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Number {
    Const(u32),
    /// Length on the wire.
    Length,
    /// A word that the socket gives beside the octets.
    Ancillary(u32),
    /// A big-endian load at `base + offset`.
    Load {
        base: Option<NumberId>,
        offset: u32,
        size: u8,
    },
    /// Four times the low half of the octet at `base + offset`.
    HeaderLength {
        base: Option<NumberId>,
        offset: u32,
    },
    Binary(Op, NumberId, NumberId),
    Negative(NumberId),
    Variable(Variable),
    /// A field of a layer; the family is `None` where the diagram knows it.
    Field {
        layer: LayerId,
        family: Option<Family>,
        kind: FieldKind,
    },
    /// What is added to `network offset + n` to reach octet n of the transport header, less a fixed 40 in IPv6.
    Transport {
        layer: LayerId,
        family: Option<Family>,
    },
}

/// Why an operation on constants has no result.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum NoResult {
    DivisionByZero,
    ModulusByZero,
    WideShift,
}

/// All numbers of one expression.
#[derive(Clone, Debug, Default)]
pub(crate) struct Numbers {
    list: Vec<Number>,
    ids: Map<Number, NumberId>,
    pub(crate) layers: Vec<Layer>,
    pub(crate) variables: u16,
    /// A variable that is bound in front of the program: it is in X where that starts.
    pub(crate) given: Option<Variable>,
}

impl Numbers {
    pub(crate) fn get(&self, id: NumberId) -> Number {
        self.list.get(id as usize).copied().unwrap_or(Number::Const(0))
    }

    pub(crate) fn add(&mut self, number: Number) -> NumberId {
        if let Some(id) = self.ids.get(&number) {
            return *id;
        }
        let id = self.list.len() as NumberId;
        self.list.push(number);
        self.ids.insert(number, id);
        id
    }

    pub(crate) fn constant(&mut self, value: u32) -> NumberId {
        self.add(Number::Const(value))
    }

    pub(crate) fn value(&self, id: NumberId) -> Option<u32> {
        match self.get(id) {
            Number::Const(value) => Some(value),
            _ => None,
        }
    }

    pub(crate) fn variable(&mut self) -> (Variable, NumberId) {
        let variable = self.variables;
        self.variables += 1;
        (variable, self.add(Number::Variable(variable)))
    }

    pub(crate) fn layer(&mut self, base: Option<NumberId>, offset: u32) -> LayerId {
        let layer = Layer { base, offset };
        let at = self.layers.iter().position(|known| *known == layer).unwrap_or_else(|| {
            self.layers.push(layer);
            self.layers.len() - 1
        });
        at as LayerId
    }

    /// A load; a constant base joins the offset, as does the constant part of a sum.
    pub(crate) fn load(&mut self, base: Option<NumberId>, offset: u32, size: u8) -> NumberId {
        let (base, offset) = self.split_base(base, offset);
        self.add(Number::Load { base, offset, size })
    }

    pub(crate) fn header_length(&mut self, base: Option<NumberId>, offset: u32) -> NumberId {
        let (base, offset) = self.split_base(base, offset);
        self.add(Number::HeaderLength { base, offset })
    }

    fn split_base(&mut self, base: Option<NumberId>, offset: u32) -> (Option<NumberId>, u32) {
        let Some(base) = base else { return (None, offset) };
        match self.get(base) {
            Number::Const(value) => (None, offset.wrapping_add(value)),
            Number::Binary(Op::Add, left, right) => match (self.value(left), self.value(right)) {
                (_, Some(value)) => (Some(left), offset.wrapping_add(value)),
                (Some(value), _) => (Some(right), offset.wrapping_add(value)),
                _ => (Some(base), offset),
            },
            _ => (Some(base), offset),
        }
    }

    /// `base + offset` as a number.
    pub(crate) fn sum(&mut self, base: Option<NumberId>, offset: u32) -> NumberId {
        match base {
            None => self.constant(offset),
            Some(base) if offset == 0 => base,
            Some(base) => {
                let (base, offset) = self.split_base(Some(base), offset);
                let right = self.constant(offset);
                match base {
                    None => right,
                    Some(base) if offset == 0 => base,
                    Some(base) => self.add(Number::Binary(Op::Add, base, right)),
                }
            }
        }
    }

    pub(crate) fn binary(&mut self, op: Op, left: NumberId, right: NumberId) -> Result<NumberId, NoResult> {
        let (a, b) = (self.value(left), self.value(right));
        match (op, b) {
            (Op::Div, Some(0)) => return Err(NoResult::DivisionByZero),
            (Op::Mod, Some(0)) => return Err(NoResult::ModulusByZero),
            (Op::Shl | Op::Shr, Some(32..)) => return Err(NoResult::WideShift),
            _ => {}
        }
        if let (Some(a), Some(b)) = (a, b) {
            return Ok(self.constant(fold(op, a, b)));
        }
        let either_way = matches!(op, Op::Add | Op::Mul | Op::And | Op::Or | Op::Xor);
        if let (Some(_), None, true) = (a, b, either_way) {
            return self.binary(op, right, left);
        }
        // A number's own bits are all that it has.
        if left == right && matches!(op, Op::And | Op::Or) {
            return Ok(left);
        }
        // Nothing stays nothing, however far it is shifted.
        if a == Some(0) && matches!(op, Op::Shl | Op::Shr) && !self.can_trap(right) {
            return Ok(left);
        }
        Ok(match b {
            Some(b) => self.with_constant(op, left, b, right),
            None => self.add(Number::Binary(op, left, right)),
        })
    }

    /// `left op b`, where `right` is the constant `b`.
    fn with_constant(&mut self, op: Op, left: NumberId, b: u32, right: NumberId) -> NumberId {
        let maximum = self.maximum(left);
        let same = match op {
            Op::Add | Op::Sub | Op::Or | Op::Xor | Op::Shl | Op::Shr => b == 0,
            Op::Mul | Op::Div => b == 1,
            Op::And => maximum & !b == 0,
            Op::Mod => b > maximum,
        };
        if same {
            return left;
        }
        let nothing = match op {
            Op::Mul | Op::And => b == 0,
            Op::Mod => b == 1,
            Op::Shr => maximum >> b == 0,
            Op::Div => maximum < b,
            _ => false,
        };
        // What can end the program is computed all the same.
        if nothing && !self.can_trap(left) {
            return self.constant(0);
        }
        if let Number::Binary(inner, first, second) = self.get(left)
            && let Some(a) = self.value(second)
        {
            let joined = match (inner, op) {
                (Op::Add, Op::Add) => Some((Op::Add, a.wrapping_add(b))),
                (Op::Add, Op::Sub) => Some((Op::Add, a.wrapping_sub(b))),
                (Op::Sub, Op::Add) => Some((Op::Sub, a.wrapping_sub(b))),
                (Op::Sub, Op::Sub) => Some((Op::Sub, a.wrapping_add(b))),
                (Op::Mul, Op::Mul) => Some((Op::Mul, a.wrapping_mul(b))),
                (Op::And, Op::And) => Some((Op::And, a & b)),
                (Op::Or, Op::Or) => Some((Op::Or, a | b)),
                (Op::Xor, Op::Xor) => Some((Op::Xor, a ^ b)),
                _ => None,
            };
            if let Some((op, b)) = joined {
                let right = self.constant(b);
                return self.with_constant(op, first, b, right);
            }
        }
        self.add(Number::Binary(op, left, right))
    }

    pub(crate) fn negative(&mut self, id: NumberId) -> NumberId {
        match self.value(id) {
            Some(value) => self.constant(value.wrapping_neg()),
            None => self.add(Number::Negative(id)),
        }
    }

    /// A number with fields, transport bases and variables replaced; `families` by layer, `variables` by variable.
    /// What has no entry stays.
    pub(crate) fn resolve(
        &mut self,
        id: NumberId,
        family: &dyn Fn(LayerId, Option<Family>) -> Option<Family>,
        variable: &dyn Fn(Variable) -> Option<NumberId>,
        known: &mut Map<NumberId, NumberId>,
    ) -> NumberId {
        if let Some(done) = known.get(&id) {
            return *done;
        }
        // Operands are made before what uses them, so a work list in order of ids needs no recursion.
        let mut needed = vec![id];
        let mut order = Vec::new();
        while let Some(next) = needed.pop() {
            if known.contains_key(&next) {
                continue;
            }
            order.push(next);
            needed.extend(self.operands(next));
        }
        order.sort_unstable();
        order.dedup();
        for next in order {
            let made = self.resolve_one(next, family, variable, known);
            known.insert(next, made);
        }
        known.get(&id).copied().unwrap_or(id)
    }

    fn resolve_one(
        &mut self,
        id: NumberId,
        family: &dyn Fn(LayerId, Option<Family>) -> Option<Family>,
        variable: &dyn Fn(Variable) -> Option<NumberId>,
        known: &mut Map<NumberId, NumberId>,
    ) -> NumberId {
        let of = |known: &Map<NumberId, NumberId>, id: NumberId| known.get(&id).copied().unwrap_or(id);
        match self.get(id) {
            Number::Const(_) | Number::Length | Number::Ancillary(_) => id,
            Number::Load { base, offset, size } => {
                let base = base.map(|base| of(known, base));
                self.load(base, offset, size)
            }
            Number::HeaderLength { base, offset } => {
                let base = base.map(|base| of(known, base));
                self.header_length(base, offset)
            }
            Number::Binary(op, left, right) => {
                let (left, right) = (of(known, left), of(known, right));
                match self.binary(op, left, right) {
                    Ok(made) => made,
                    Err(_) => self.add(Number::Binary(op, left, right)),
                }
            }
            Number::Negative(inner) => {
                let inner = of(known, inner);
                self.negative(inner)
            }
            Number::Variable(name) => match variable(name) {
                // What a variable is bound to has been resolved where it was bound.
                Some(bound) => bound,
                None => id,
            },
            Number::Field { layer, family: old, kind } => match family(layer, old) {
                None if old.is_some() => self.add(Number::Field { layer, family: None, kind }),
                None => id,
                Some(found) => {
                    let base = self.layer_base(layer, family, variable, known);
                    self.field(layer, base, found, kind)
                }
            },
            Number::Transport { layer, family: old } => match family(layer, old) {
                None if old.is_some() => self.add(Number::Transport { layer, family: None }),
                None => id,
                Some(found) => {
                    let base = self.layer_base(layer, family, variable, known);
                    self.transport(layer, base, found)
                }
            },
        }
    }

    fn layer_base(
        &mut self,
        layer: LayerId,
        family: &dyn Fn(LayerId, Option<Family>) -> Option<Family>,
        variable: &dyn Fn(Variable) -> Option<NumberId>,
        known: &mut Map<NumberId, NumberId>,
    ) -> Option<NumberId> {
        let base = self.layers.get(usize::from(layer)).and_then(|layer| layer.base)?;
        Some(self.resolve(base, family, variable, known))
    }

    fn field(&mut self, layer: LayerId, base: Option<NumberId>, family: Family, kind: FieldKind) -> NumberId {
        let at = self.layers.get(usize::from(layer)).map_or(0, |layer| layer.offset);
        let (offset, size) = match (kind, family) {
            (FieldKind::Protocol, Family::Ip6) => (6, 1),
            (FieldKind::Protocol, _) => (9, 1),
            (FieldKind::Source, Family::Arp) => (14, 4),
            (FieldKind::Source, _) => (12, 4),
            (FieldKind::Destination, Family::Arp) => (24, 4),
            (FieldKind::Destination, _) => (16, 4),
            (FieldKind::SourcePort, _) => (0, 2),
            (FieldKind::DestinationPort, _) => (2, 2),
        };
        let base = match kind {
            FieldKind::SourcePort | FieldKind::DestinationPort => Some(self.transport(layer, base, family)),
            _ => base,
        };
        self.load(base, at.wrapping_add(offset), size)
    }

    /// The base of the transport header, so that octet n of it is at `base + network offset + n`.
    fn transport(&mut self, layer: LayerId, base: Option<NumberId>, family: Family) -> NumberId {
        let at = self.layers.get(usize::from(layer)).map_or(0, |layer| layer.offset);
        match family {
            Family::Ip6 => self.sum(base, 40),
            Family::Ip4 | Family::Arp => {
                let length = self.header_length(base, at);
                match base {
                    None => length,
                    Some(base) => {
                        let (base, rest) = self.split_base(Some(base), 0);
                        let sum = match base {
                            None => length,
                            Some(base) => self.add(Number::Binary(Op::Add, length, base)),
                        };
                        self.sum(Some(sum), rest)
                    }
                }
            }
        }
    }

    /// The operands of a number, without those behind fields and variables.
    pub(crate) fn operands(&self, id: NumberId) -> impl Iterator<Item = NumberId> + use<> {
        let (first, second) = match self.get(id) {
            Number::Load { base, .. } | Number::HeaderLength { base, .. } => (base, None),
            Number::Binary(_, left, right) => (Some(left), Some(right)),
            Number::Negative(inner) => (Some(inner), None),
            _ => (None, None),
        };
        first.into_iter().chain(second)
    }

    /// All numbers that a number is made of, itself included, each once.
    pub(crate) fn parts(&self, id: NumberId) -> Vec<NumberId> {
        let mut parts = Vec::new();
        let mut needed = vec![id];
        let mut seen = Set::default();
        while let Some(next) = needed.pop() {
            if seen.insert(next) {
                parts.push(next);
                needed.extend(self.operands(next));
            }
        }
        parts
    }

    /// Whether one number is computed on the way to another.
    pub(crate) fn is_part(&self, part: NumberId, whole: NumberId) -> bool {
        // Operands stand before what uses them.
        part < whole && self.operands(whole).next().is_some() && self.parts(whole).contains(&part)
    }

    /// Whether computing it can end the program for another reason than a load past the end.
    pub(crate) fn can_trap(&self, id: NumberId) -> bool {
        self.parts(id).into_iter().any(|part| match self.get(part) {
            Number::Binary(Op::Div | Op::Mod, _, right) => self.value(right).is_none(),
            _ => false,
        })
    }

    /// Whether it gets into X without A, whatever X holds.
    pub(crate) fn goes_to_x(&self, id: NumberId) -> bool {
        matches!(
            self.get(id),
            Number::Const(_) | Number::Length | Number::HeaderLength { base: None, .. } | Number::Variable(_)
        )
    }

    /// Whether computing it surely ends the program: something is loaded in front of the packet.
    pub(crate) fn never(&self, id: NumberId) -> bool {
        self.parts(id).into_iter().any(|part| {
            matches!(self.get(part), Number::Load { base: None, offset, .. } | Number::HeaderLength { base: None, offset }
                if offset >= ancillary::LINK)
        })
    }

    /// The largest value that it can have.
    pub(crate) fn maximum(&self, id: NumberId) -> u32 {
        match self.get(id) {
            Number::Const(value) => value,
            Number::Load { size: 1, .. } => 0xff,
            Number::Load { size: 2, .. } => 0xffff,
            Number::HeaderLength { .. } => 60,
            Number::Field { kind: FieldKind::Protocol, .. } => 0xff,
            Number::Field { kind: FieldKind::SourcePort | FieldKind::DestinationPort, .. } => 0xffff,
            Number::Ancillary(word) => match word {
                ancillary::VLAN_TAG_PRESENT => 1,
                ancillary::VLAN_TAG | ancillary::VLAN_TPID | ancillary::PROTOCOL => 0xffff,
                _ => u32::MAX,
            },
            Number::Binary(op, left, right) => match (op, self.value(right)) {
                (Op::And, Some(mask)) => mask,
                (Op::Shr, Some(shift @ 0..=31)) => u32::MAX >> shift,
                (Op::Mod, Some(by @ 1..)) => by - 1,
                (Op::Div, Some(by @ 1..)) => u32::MAX / by,
                // Small numbers that stay small: of one operand only, so that long sums are not walked.
                (Op::Shl, Some(shift @ 0..=16)) if self.is_half(left) => 0xffff << shift,
                _ => u32::MAX,
            },
            _ => u32::MAX,
        }
    }

    /// Whether it is a load of one or two octets.
    fn is_half(&self, id: NumberId) -> bool {
        matches!(self.get(id), Number::Load { size: 1 | 2, .. })
    }
}

/// A constant result; divisors are not 0 and shifts below 32 (checked by the caller).
pub(crate) fn fold(op: Op, a: u32, b: u32) -> u32 {
    match op {
        Op::Add => a.wrapping_add(b),
        Op::Sub => a.wrapping_sub(b),
        Op::Mul => a.wrapping_mul(b),
        Op::Div => a.checked_div(b).unwrap_or(0),
        Op::Mod => a.checked_rem(b).unwrap_or(0),
        Op::And => a & b,
        Op::Or => a | b,
        Op::Xor => a ^ b,
        Op::Shl => a.checked_shl(b).unwrap_or(0),
        Op::Shr => a.checked_shr(b).unwrap_or(0),
    }
}
