//! Relations that hold always or never, whatever the octets: a number compared with what it cannot be.

use super::ast::{ArithmeticId, ArithmeticKind, Operator, Relation, Tree};

/// Why a relation says nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Constant {
    /// The number goes up to this only; whether the relation then holds.
    Largest(u32, bool),
    /// The mask lets other bits through than the value has; whether the relation then holds.
    Masked(bool),
}

/// Whether a relation with a number as its right side can come out one way only.
pub(super) fn constant(
    tree: &Tree,
    left: ArithmeticId,
    relation: Relation,
    right: ArithmeticId,
) -> Option<Constant> {
    let value = number(tree, right)?;
    if number(tree, left).is_some() {
        return None;
    }
    if let Some(mask) = mask(tree, left)
        && value & !mask != 0
        && matches!(relation, Relation::Equal | Relation::NotEqual)
    {
        return Some(Constant::Masked(relation == Relation::NotEqual));
    }
    let most = largest(tree, left, DEPTH)?;
    let holds = match relation {
        Relation::Equal | Relation::GreaterEqual if value > most => false,
        Relation::Greater if value >= most => false,
        Relation::Less if value == 0 => false,
        Relation::NotEqual | Relation::Less if value > most => true,
        Relation::LessEqual if value >= most => true,
        Relation::GreaterEqual if value == 0 => true,
        _ => return None,
    };
    Some(Constant::Largest(most, holds))
}

/// How deep arithmetic is looked into.
const DEPTH: usize = 8;

fn kind(tree: &Tree, id: ArithmeticId) -> Option<&ArithmeticKind> {
    tree.arithmetic.get(id).map(|node| &node.kind)
}

fn number(tree: &Tree, id: ArithmeticId) -> Option<u32> {
    match kind(tree, id)? {
        ArithmeticKind::Number(value) => Some(*value),
        _ => None,
    }
}

/// The constant that a number is masked with.
fn mask(tree: &Tree, id: ArithmeticId) -> Option<u32> {
    match kind(tree, id)? {
        ArithmeticKind::Binary(Operator::And, left, right) => {
            let mask = number(tree, *right).or_else(|| number(tree, *left));
            mask.filter(|_| number(tree, *left).is_none() || number(tree, *right).is_none())
        }
        _ => None,
    }
}

/// The largest value that a number can have, where that is less than 32 bits hold.
fn largest(tree: &Tree, id: ArithmeticId, depth: usize) -> Option<u32> {
    let deeper = depth.checked_sub(1)?;
    match kind(tree, id)? {
        ArithmeticKind::Number(value) => Some(*value),
        ArithmeticKind::Load { size: 1, .. } => Some(0xff),
        ArithmeticKind::Load { size: 2, .. } => Some(0xffff),
        ArithmeticKind::Field(field) if field.size < 4 => Some(field.largest()),
        ArithmeticKind::Binary(Operator::And, left, right) => {
            let (left, right) = (largest(tree, *left, deeper), largest(tree, *right, deeper));
            left.into_iter().chain(right).min()
        }
        ArithmeticKind::Binary(Operator::ShiftRight, left, right) => {
            largest(tree, *left, deeper)?.checked_shr(number(tree, *right)?)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::ast::NodeKind;
    use crate::filter::parse::parse;

    fn of(text: &str) -> Option<Constant> {
        let tree = parse(text).unwrap();
        match tree.nodes.first().map(|node| &node.kind) {
            Some(NodeKind::Relation { left, relation, right }) => constant(&tree, *left, *relation, *right),
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn numbers_are_compared_with_what_they_cannot_be() {
        assert_eq!(of("ip[0] = 256"), Some(Constant::Largest(255, false)));
        assert_eq!(of("ip.ttl < 500"), Some(Constant::Largest(255, true)));
        assert_eq!(of("ip[2:2] > 0xffff"), Some(Constant::Largest(0xffff, false)));
        assert_eq!(of("ip[0] >> 4 != 16"), Some(Constant::Largest(15, true)));
        assert_eq!(of("tcp[13] & 2 = 1"), Some(Constant::Masked(false)));
        assert_eq!(of("tcp[13] & 2 != 1"), Some(Constant::Masked(true)));
        assert_eq!(of("ip[8] < 0"), Some(Constant::Largest(255, false)));
        assert_eq!(of("ip[8] >= 0"), Some(Constant::Largest(255, true)));
    }

    #[test]
    fn what_the_octets_decide_is_left_alone() {
        for text in [
            "ip[0] = 255",
            "ip[0] <= 254",
            "tcp[13] & 3 = 3",
            "ip[4:4] = 0xffffffff",
            "len > 70000",
            "ip[0] + 1 = 256",
            "1 = 1",
            "0x45 = ip[0]",
        ] {
            assert_eq!(of(text), None, "{text}");
        }
    }
}
