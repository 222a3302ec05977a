//! The one order in which questions are asked: by where the octets are, with what varies between orders.

use super::super::hash::{Map, Set};
use super::super::logic::{Logic, LogicId};
use super::super::lower::Lowered;
use super::super::number::{FieldKind, Number, NumberId, Numbers};
use super::{Diagram, Question};

/// Where in the order a question stands.
pub(super) type Rank = (u16, u32, u16, u32, u32);

/// In each address, the words that have the fewest different values come first.
pub(super) fn word_order(lowered: &Lowered) -> Map<NumberId, (u32, u16)> {
    let mut values: Map<NumberId, Set<u32>> = Map::default();
    for words in &lowered.addresses {
        for word in words {
            values.entry(*word).or_default();
        }
    }
    for at in 0..lowered.conditions.len() {
        if let Logic::Test { number, low, .. } = lowered.conditions.get(at as LogicId)
            && let Some(values) = values.get_mut(number)
        {
            values.insert(*low);
        }
    }
    let count = |word: &NumberId| values.get(word).map_or(0, Set::len);
    let mut order = Map::default();
    for words in &lowered.addresses {
        let offset = words.first().map_or(0, |word| match lowered.numbers.get(*word) {
            Number::Load { offset, .. } => offset,
            _ => 0,
        });
        let mut sorted: Vec<NumberId> = words.to_vec();
        sorted.sort_by_key(count);
        for (at, word) in sorted.into_iter().enumerate() {
            order.insert(word, (offset, at as u16));
        }
    }
    order
}

impl Diagram {
    pub(super) fn rank(&self, question: Question, numbers: &Numbers) -> Rank {
        match question {
            Question::Value { number, mask } => {
                let (group, offset, sub) = self.place(number, numbers);
                (group, offset, sub, number, !mask)
            }
            Question::Compare { left, relation, right } => {
                let place = self.place(left, numbers).max(self.place(right, numbers));
                (place.0, place.1, 999, left, right << 2 | relation as u32)
            }
            Question::Scope(layer) => {
                let layer = numbers.layers.get(usize::from(layer)).copied();
                let (group, offset) =
                    layer.map_or((0, 0), |layer| base_place(layer.base, layer.offset, numbers));
                (group, offset, 1, 0, 0)
            }
            Question::Bind(variable) => (variable, u32::MAX, 0, 0, 0),
        }
    }

    /// Group, offset and position there of a number.
    pub(super) fn place(&self, number: NumberId, numbers: &Numbers) -> (u16, u32, u16) {
        if let Some((offset, at)) = self.word_order.get(&number) {
            let group = match numbers.get(number) {
                Number::Load { base, .. } => base_place(base, 0, numbers).0,
                _ => 0,
            };
            return (group, *offset, at + 2);
        }
        match numbers.get(number) {
            Number::Const(_) | Number::Length | Number::Ancillary(_) => (0, 0, 0),
            Number::Variable(variable) => (variable + 1, 0, 0),
            Number::Load { base, offset, .. } | Number::HeaderLength { base, offset } => {
                let (group, offset) = base_place(base, offset, numbers);
                (group, offset, 0)
            }
            Number::Field { layer, kind, .. } => {
                let layer = numbers.layers.get(usize::from(layer)).copied();
                let (group, start) =
                    layer.map_or((0, 0), |layer| base_place(layer.base, layer.offset, numbers));
                let (more, sub) = match kind {
                    FieldKind::Source if self.order.addresses_first => (0, 2),
                    FieldKind::Destination if self.order.addresses_first => (0, 3),
                    FieldKind::Protocol if self.order.protocol_first => (0, 4),
                    FieldKind::Protocol => (7, 0),
                    FieldKind::Source => (12, 0),
                    FieldKind::Destination => (16, 0),
                    FieldKind::SourcePort => (TRANSPORT, 0),
                    FieldKind::DestinationPort => (TRANSPORT + 2, 0),
                };
                (group, start.saturating_add(more), sub)
            }
            Number::Transport { layer, .. } => {
                let layer = numbers.layers.get(usize::from(layer)).copied();
                let (group, start) =
                    layer.map_or((0, 0), |layer| base_place(layer.base, layer.offset, numbers));
                (group, start.saturating_add(TRANSPORT), 0)
            }
            Number::Binary(..) | Number::Negative(_) => numbers
                .parts(number)
                .into_iter()
                .filter(|part| !matches!(numbers.get(*part), Number::Binary(..) | Number::Negative(_)))
                .map(|part| self.place(part, numbers))
                .max()
                .map_or((0, 0, 900), |(group, offset, _)| (group, offset, 900)),
        }
    }
}

/// Transport headers rank behind the longest IPv4 header.
const TRANSPORT: u32 = 60;

/// Group and offset of `base + offset`.
fn base_place(base: Option<NumberId>, offset: u32, numbers: &Numbers) -> (u16, u32) {
    let Some(base) = base else { return (0, offset) };
    match numbers.get(base) {
        Number::Variable(variable) => (variable + 1, offset),
        Number::Transport { layer, .. } => {
            let layer = numbers.layers.get(usize::from(layer)).copied();
            let group = layer.map_or(0, |layer| base_place(layer.base, 0, numbers).0);
            (group, offset.saturating_add(TRANSPORT))
        }
        _ => {
            let group = numbers.parts(base).into_iter().filter_map(|part| match numbers.get(part) {
                Number::Variable(variable) => Some(variable + 1),
                Number::Field { layer, .. } | Number::Transport { layer, .. } => {
                    let layer = numbers.layers.get(usize::from(layer)).copied()?;
                    layer.base.map(|base| base_place(Some(base), 0, numbers).0)
                }
                _ => None,
            });
            (group.max().unwrap_or(0), offset.saturating_add(0x1_0000))
        }
    }
}
