//! What an expression asks of a packet, free of syntax: tests of numbers against ranges, and how they are joined.
//!
//! Written by `lower`, read by both backends: `literal` follows it word for word, `diagram` turns it into a decision
//! graph. Children stand before parents; text order is kept, for a test that loads past the end ends the program.

use super::hash::Map;
use super::number::{NumberId, Variable};

/// Index of a [`Logic`].
pub(crate) type LogicId = u32;

/// A condition.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Logic {
    /// Always, or never.
    Constant(bool),
    /// `low <= (number & mask) <= high`
    Test { number: NumberId, mask: u32, low: u32, high: u32 },
    /// Two numbers, neither of them constant.
    Compare { left: NumberId, relation: Pair, right: NumberId },
    /// All of them, in this order.
    And(Vec<LogicId>),
    /// One of them, tried in this order.
    Or(Vec<LogicId>),
    /// Not.
    Not(LogicId),
    /// Some header of a chain is `protocol`: the first is named by `next` and stands at `base + offset`. A loop, which
    /// no kernel takes.
    Chain { extensions: bool, next: NumberId, base: NumberId, offset: u32, protocol: u32 },
    /// Holds, and gives a variable its value.
    Bind(Variable, NumberId),
}

/// Relations of two numbers that cBPF has.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(crate) enum Pair {
    Equal,
    Greater,
    GreaterEqual,
}

/// Conditions in an arena.
#[derive(Clone, Debug, Default)]
pub(crate) struct Conditions {
    list: Vec<Logic>,
    ids: Map<Logic, LogicId>,
}

impl Conditions {
    pub(crate) fn get(&self, id: LogicId) -> &Logic {
        self.list.get(id as usize).unwrap_or(&Logic::Constant(false))
    }

    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    /// Equal conditions are one.
    pub(crate) fn add(&mut self, logic: Logic) -> LogicId {
        if let Some(id) = self.ids.get(&logic) {
            return *id;
        }
        let id = self.list.len() as LogicId;
        self.list.push(logic.clone());
        self.ids.insert(logic, id);
        id
    }

    pub(crate) fn constant(&mut self, value: bool) -> LogicId {
        self.add(Logic::Constant(value))
    }

    pub(crate) fn and(&mut self, parts: impl IntoIterator<Item = LogicId>) -> LogicId {
        let parts: Vec<LogicId> = parts.into_iter().collect();
        match parts.as_slice() {
            [only] => *only,
            _ => self.add(Logic::And(parts)),
        }
    }

    pub(crate) fn or(&mut self, parts: impl IntoIterator<Item = LogicId>) -> LogicId {
        let parts: Vec<LogicId> = parts.into_iter().collect();
        match parts.as_slice() {
            [only] => *only,
            _ => self.add(Logic::Or(parts)),
        }
    }

    pub(crate) fn not(&mut self, inner: LogicId) -> LogicId {
        self.add(Logic::Not(inner))
    }

    pub(crate) fn range(&mut self, number: NumberId, mask: u32, low: u32, high: u32) -> LogicId {
        self.add(Logic::Test { number, mask, low, high })
    }

    pub(crate) fn equal(&mut self, number: NumberId, value: u32) -> LogicId {
        self.range(number, u32::MAX, value, value)
    }

    /// `number & mask == value`, for a number no larger than `maximum`; a mask of leading ones is a range.
    pub(crate) fn masked(&mut self, number: NumberId, maximum: u32, mask: u32, value: u32) -> LogicId {
        let (mask, above) = (mask & maximum, !maximum);
        if value & !mask != 0 {
            return self.constant(false);
        }
        let whole = mask | above;
        if whole.leading_ones() + whole.trailing_zeros() >= 32 {
            return self.range(number, u32::MAX, value, value | (!mask & maximum));
        }
        self.range(number, mask, value, value)
    }
}
