//! The conditions of a text as nodes, each test for itself.

use super::super::hash::Map;
use super::super::logic::{Conditions, Logic, LogicId};
use super::super::number::{Family, FieldKind, LayerId, Number, NumberId, Numbers};
use super::{ACCEPT, Jump, Kind, Node, NodeId, REJECT};

/// Longer texts would take too long: sets of nodes grow with their square.
const MOST_NODES: usize = 256;
const DEEPEST: usize = 400;

pub(super) struct Writer<'w> {
    numbers: &'w mut Numbers,
    conditions: &'w Conditions,
    pub(super) nodes: Vec<Node>,
    resolved: Map<NumberId, NumberId>,
    depth: usize,
}

impl<'w> Writer<'w> {
    pub(super) fn new(numbers: &'w mut Numbers, conditions: &'w Conditions) -> Writer<'w> {
        let nodes = vec![Node::leaf(REJECT), Node::leaf(ACCEPT)];
        Writer { numbers, conditions, nodes, resolved: Map::default(), depth: 0 }
    }

    fn node(&mut self, kind: Kind, yes: NodeId, no: NodeId) -> Option<NodeId> {
        self.nodes.push(Node { kind, yes, no });
        (self.nodes.len() <= MOST_NODES).then_some(self.nodes.len() - 1)
    }

    fn concrete(&mut self, id: NumberId) -> NumberId {
        // What stands at a fixed place is the same everywhere.
        if matches!(self.numbers.get(id), Number::Const(_) | Number::Length | Number::Load { base: None, .. })
        {
            return id;
        }
        let family = |_: LayerId, family: Option<Family>| family.or(Some(Family::Ip4));
        self.numbers.resolve(id, &family, &|_| None, &mut self.resolved)
    }

    /// Nodes of a condition; equal ones of different places are not one yet.
    pub(super) fn condition(&mut self, id: LogicId, yes: NodeId, no: NodeId) -> Option<NodeId> {
        if self.depth == DEEPEST {
            return None;
        }
        self.depth += 1;
        let node = self.put(id, yes, no);
        self.depth -= 1;
        node
    }

    fn put(&mut self, id: LogicId, mut yes: NodeId, mut no: NodeId) -> Option<NodeId> {
        let conditions = self.conditions;
        match conditions.get(id) {
            Logic::Constant(value) => Some(if *value { yes } else { no }),
            Logic::Not(inner) => self.condition(*inner, no, yes),
            Logic::And(parts) => {
                for part in parts.iter().rev() {
                    yes = self.condition(*part, yes, no)?;
                }
                Some(yes)
            }
            Logic::Or(parts) => {
                for part in parts.iter().rev() {
                    no = self.condition(*part, yes, no)?;
                }
                Some(no)
            }
            Logic::Test { number, mask, low, high } => self.test(*number, *mask, *low, *high, yes, no),
            Logic::Compare { left, relation, right } => {
                let (left, right) = (self.concrete(*left), self.concrete(*right));
                let jump = Jump::Pair(*relation, right);
                self.node(Kind::Test { number: left, mask: u32::MAX, jump }, yes, no)
            }
            Logic::Bind(variable, number) => {
                let number = self.concrete(*number);
                let symbol = self.numbers.add(Number::Variable(*variable));
                self.node(Kind::Bind(*variable, number, symbol), yes, yes)
            }
            Logic::Chain { .. } => None,
        }
    }

    fn test(
        &mut self,
        number: NumberId,
        mask: u32,
        low: u32,
        high: u32,
        yes: NodeId,
        no: NodeId,
    ) -> Option<NodeId> {
        let is_port = matches!(
            self.numbers.get(number),
            Number::Field { kind: FieldKind::SourcePort | FieldKind::DestinationPort, .. }
        );
        let number = self.concrete(number);
        let numbers = &*self.numbers;
        if let Number::Const(value) = numbers.get(number) {
            return Some(if (low..=high).contains(&(value & mask)) { yes } else { no });
        }
        let maximum = numbers.maximum(number);
        let mask = if mask & maximum == maximum { u32::MAX } else { mask };
        let maximum = maximum & mask;
        let high = high.min(maximum);
        let test = |mask, jump| Kind::Test { number, mask, jump };
        match (low, high) {
            _ if low > high => Some(no),
            (0, _) if high == maximum => Some(yes),
            (1, _) if high == maximum && mask != u32::MAX => {
                self.node(test(u32::MAX, Jump::AnyBit(mask)), yes, no)
            }
            (0, 0) if mask != u32::MAX => self.node(test(u32::MAX, Jump::AnyBit(mask)), no, yes),
            (1, _) if high == maximum => self.node(test(mask, Jump::Equal(0)), no, yes),
            _ if low == high => self.node(test(mask, Jump::Equal(low)), yes, no),
            (0, _) => self.node(test(mask, Jump::GreaterEqual(high + 1)), no, yes),
            _ if high == maximum => self.node(test(mask, Jump::GreaterEqual(low)), yes, no),
            _ => {
                let below = high - low;
                if mask == u32::MAX && !is_port && below & (below + 1) == 0 && low & below == 0 {
                    return self.node(test(maximum & !below, Jump::Equal(low)), yes, no);
                }
                let upper = self.node(test(mask, Jump::GreaterEqual(high + 1)), no, yes)?;
                self.node(test(mask, Jump::GreaterEqual(low)), upper, no)
            }
        }
    }
}
