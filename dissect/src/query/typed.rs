//! Expressions with their types, and how two of them come to compare.

use super::eval::{Expr, Get};
use super::literal::Type;
use crate::registry::FieldId;
use crate::schema;

/// An expression, its type, and for fields the first one's number: names of values come from it.
pub(super) struct Typed {
    pub(super) expr: Expr,
    pub(super) kind: Type,
    pub(super) field: Option<FieldId>,
}

/// The type of a field's values.
pub(super) fn type_of(kind: schema::Kind) -> Type {
    match kind {
        schema::Kind::Label => Type::Layer,
        schema::Kind::Bool => Type::Bool,
        schema::Kind::Uint(_) | schema::Kind::Int => Type::Number,
        schema::Kind::Float => Type::Float,
        schema::Kind::Double | schema::Kind::Fixed(_) => Type::Double,
        schema::Kind::Mac => Type::Mac,
        schema::Kind::Eui64 => Type::Eui64,
        schema::Kind::Ipv4 => Type::Ip4,
        schema::Kind::Ipv6 => Type::Ip6,
        schema::Kind::Bytes => Type::Octets,
        schema::Kind::Text | schema::Kind::Made => Type::Text,
        schema::Kind::Time | schema::Kind::NtpTime | schema::Kind::UnixTime => Type::Time,
        schema::Kind::Duration => Type::Span,
        schema::Kind::Milliseconds => Type::Milliseconds,
    }
}

/// Octets read as a number, for arithmetic.
pub(super) fn as_number(typed: Typed) -> Typed {
    if !matches!(typed.kind, Type::Octets) {
        return typed;
    }
    let expr = match typed.expr {
        Expr::Octets(octets) if octets.len() <= 15 => {
            Expr::Number(octets.iter().fold(0, |all, octet| all << 8 | i128::from(*octet)))
        }
        expr @ (Expr::AsNumber(_) | Expr::Number(_)) => expr,
        other => Expr::AsNumber(Box::new(other)),
    };
    Typed { expr, ..typed }
}

/// Brings two values to a form in which they compare; false when there is none.
pub(super) fn unify(left: &mut Typed, right: &mut Typed) -> bool {
    let class = |kind: Type| match kind {
        Type::Bool | Type::Number => 0,
        Type::Octets | Type::Layer | Type::Text => 1,
        Type::Mac => 2,
        Type::Eui64 => 3,
        Type::Ip4 => 4,
        Type::Ip6 => 5,
        Type::Time => 6,
        Type::Span | Type::Milliseconds => 7,
        Type::Float | Type::Double => 8,
    };
    let as_raw = |typed: &mut Typed| match &mut typed.expr {
        Expr::Fields(fields) => {
            fields.sources.iter_mut().for_each(|source| source.get = Get::Raw);
            typed.kind = Type::Octets;
            true
        }
        _ => false,
    };
    let to_number = |typed: &mut Typed| {
        let expr = std::mem::replace(&mut typed.expr, Expr::Number(0));
        typed.expr = match expr {
            expr @ Expr::AsNumber(_) => expr,
            other => Expr::AsNumber(Box::new(other)),
        };
        typed.kind = Type::Number;
    };
    // A protocol beside a number was meant to be a name of the number's.
    let number = |typed: &Typed| class(typed.kind) == 0;
    if number(left) && right.kind == Type::Layer || left.kind == Type::Layer && number(right) {
        return false;
    }
    match (class(left.kind), class(right.kind)) {
        (a, b) if a == b => {
            // One of two octet values may have become a number for a mask.
            match (&left.expr, &right.expr) {
                (Expr::AsNumber(_), Expr::AsNumber(_) | Expr::Number(_)) => {}
                (Expr::AsNumber(_), _) => to_number(right),
                (_, Expr::AsNumber(_)) => to_number(left),
                _ => {}
            }
            true
        }
        (0, 1) => {
            to_number(right);
            true
        }
        (1, 0) => {
            to_number(left);
            true
        }
        (2..=5, 1) => as_raw(left),
        (1, 2..=5) => as_raw(right),
        _ => false,
    }
}
