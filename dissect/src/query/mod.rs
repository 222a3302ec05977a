//! The display filter: a query in Wireshark's language, asked of dissections.
//!
//! Text goes through macros (named texts put in), tokens, a tree with spans, and a typed compile against the registry.
//! The result knows the fields that it looks at, so that a decoder with its plan finds those alone and goes no deeper
//! than they need. Asking allocates nothing, but for `lower`, `upper`, `string` and slices of several parts.
//!
//! `docs/display-filter.md` is the language's page.

mod compile;
mod complete;
mod error;
mod eval;
pub(crate) mod literal;
mod macros;
mod mend;
mod nearest;
mod parse;
mod ports;
mod telltale;
mod token;
mod typed;

pub use complete::{Completion, complete};
pub use error::{QueryError, QueryErrorKind};
pub use macros::Macros;
pub use nearest::nearest;
pub use telltale::Telltale;

use crate::decode::{Dissection, Plan};
use crate::frame::Frame;
use crate::registry::{FieldId, Registry};
use error::At;
use eval::{Expr, Fields, Member, Needle, Right, Sight, Test};
use std::ops::Range;

/// A compiled query.
#[derive(Clone, Debug)]
pub struct Query {
    test: Test,
    fields: Vec<FieldId>,
}

impl Query {
    /// Reads a query with the built-in macros.
    ///
    /// # Errors
    /// What is wrong with the text, with its place.
    pub fn parse(text: &str, registry: &Registry) -> Result<Query, QueryError> {
        Self::parse_with(text, registry, &Macros::default())
    }

    /// Reads a query.
    ///
    /// # Errors
    /// What is wrong with the text, with its place.
    pub fn parse_with(text: &str, registry: &Registry, macros: &Macros) -> Result<Query, QueryError> {
        let failed = |kind: QueryErrorKind, span: Range<usize>| {
            let error = At { kind, span };
            let mend = mend::mend(text, &error).map(String::into_boxed_str);
            QueryError { kind: error.kind, span: error.span, text: text.into(), mend }
        };
        if text.len() > macros::MAX_LEN {
            return Err(failed(QueryErrorKind::TooLarge, 0..text.len()));
        }
        let expanded = macros.expand(text).map_err(|At { kind, span }| match kind {
            QueryErrorKind::UnknownMacro { name, .. } if registry.named(&name).is_some() => {
                failed(QueryErrorKind::Reference { name }, span)
            }
            kind => failed(kind, span),
        })?;
        let test = parse::parse(&expanded.text, registry)
            .and_then(|tree| compile::compile(registry, &tree))
            .map_err(|At { kind, span }| failed(kind, expanded.original(&span)))?;
        let mut fields = Vec::new();
        fields_of(&test, &mut fields);
        fields.sort_unstable();
        fields.dedup();
        Ok(Query { test, fields })
    }

    /// The fields that it looks at, in order, each once.
    pub fn fields(&self) -> &[FieldId] {
        &self.fields
    }

    /// What a decoder must find for it.
    pub fn plan(&self, registry: &Registry) -> Plan {
        Plan::of(registry, self.fields.iter().copied())
    }

    /// What octets a frame must hold to be selected; `None` where the query tells nothing of that.
    pub fn telltale(&self, registry: &Registry) -> Option<Telltale> {
        Telltale::of(registry, &self.test)
    }

    /// Whether a frame is selected, by a dissection that holds at least the nodes of [`Query::fields`].
    #[inline]
    pub fn matches(&self, registry: &Registry, frame: &Frame<'_>, dissection: &Dissection) -> bool {
        self.test.holds(Sight { registry, frame, dissection })
    }
}

fn fields_of(test: &Test, out: &mut Vec<FieldId>) {
    match test {
        Test::And(parts) | Test::Or(parts) => parts.iter().for_each(|part| fields_of(part, out)),
        Test::Xor(a, b) => {
            fields_of(a, out);
            fields_of(b, out);
        }
        Test::Not(inner) => fields_of(inner, out),
        Test::Exists(fields) => of_fields(fields, out),
        Test::Truth(expr) | Test::Matches { left: expr, .. } => of_expr(expr, out),
        Test::Compare { left, right, .. } => {
            of_expr(left, out);
            of_right(right, out);
        }
        Test::In { left, set, .. } => {
            of_expr(left, out);
            for member in set {
                match member {
                    Member::One(one) => of_right(one, out),
                    Member::Range(first, last) => {
                        of_right(first, out);
                        of_right(last, out);
                    }
                }
            }
        }
        Test::Contains { left, right, .. } => {
            of_expr(left, out);
            if let Needle::Expr(expr) = right {
                of_expr(expr, out);
            }
        }
    }
}

fn of_right(right: &Right, out: &mut Vec<FieldId>) {
    if let Right::Expr(expr) = right {
        of_expr(expr, out);
    }
}

fn of_expr(expr: &Expr, out: &mut Vec<FieldId>) {
    match expr {
        Expr::Fields(fields) => of_fields(fields, out),
        Expr::Number(_) | Expr::Float(_) | Expr::Ip6(_) | Expr::Octets(_) => {}
        Expr::Slice(inner, _) | Expr::Negative(inner) | Expr::AsNumber(inner) => of_expr(inner, out),
        Expr::Arithmetic(_, left, right) => {
            of_expr(left, out);
            of_expr(right, out);
        }
        Expr::Call(_, arguments) => arguments.iter().for_each(|argument| of_expr(argument, out)),
    }
}

fn of_fields(fields: &Fields, out: &mut Vec<FieldId>) {
    out.extend(fields.sources.iter().map(|source| source.field));
    out.extend(fields.layers.iter().map(|(layer, _)| *layer));
}
