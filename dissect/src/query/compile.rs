//! Tree to tests: names become fields, literals become values of the type that stands beside them.

use super::error::{At, QueryErrorKind, at};
use super::eval::{
    Expr, Fields, Function, Get, Member, Needle, Op, Right, Source, Test, compute, compute_float,
};
use super::literal::{self, Type};
use super::nearest::{nearest, nearest_field};
use super::parse::{Arithmetic, Element, Kind, Quantifier, Relation, Tree};
use super::typed::{Typed, as_number, type_of, unify};
use crate::registry::{FieldId, Registry};
use crate::schema;
use std::ops::Range;

/// For the message about a function that does not exist.
pub(super) const FUNCTION_NAMES: &str = "len, count, lower, upper, max, min, abs and string";

/// Names of functions, and how many arguments each takes.
pub(super) const FUNCTIONS: &[(&str, Function, Range<usize>, &str)] = &[
    ("len", Function::Len, 1..2, "one field"),
    ("count", Function::Count, 1..2, "one field"),
    ("lower", Function::Lower, 1..2, "one text"),
    ("upper", Function::Upper, 1..2, "one text"),
    ("max", Function::Max, 1..64, "one value or more"),
    ("min", Function::Min, 1..64, "one value or more"),
    ("abs", Function::Abs, 1..2, "one number"),
    ("string", Function::Text, 1..2, "one field"),
];

struct Compiler<'r> {
    registry: &'r Registry,
}

pub(super) fn compile(registry: &Registry, tree: &Tree) -> Result<Test, At> {
    Compiler { registry }.test(tree)
}

impl Compiler<'_> {
    // ---- tests ---------------------------------------------------------------------------------------------------

    fn test(&self, tree: &Tree) -> Result<Test, At> {
        let all = |parts: &[Tree]| parts.iter().map(|part| self.test(part)).collect::<Result<Vec<_>, _>>();
        Ok(match &tree.kind {
            Kind::And(parts) => Test::And(all(parts)?),
            Kind::Or(parts) => Test::Or(all(parts)?),
            Kind::Xor(a, b) => Test::Xor(Box::new(self.test(a)?), Box::new(self.test(b)?)),
            Kind::Not(inner) => Test::Not(Box::new(self.test(inner)?)),
            Kind::Compare { quantifier, first, rest } => self.chain(*quantifier, first, rest)?,
            Kind::In { quantifier, negated, left, set } => {
                let test = self.membership(*quantifier, left, set)?;
                if *negated { Test::Not(Box::new(test)) } else { test }
            }
            _ => self.presence(tree)?,
        })
    }

    /// A field or computation by itself.
    fn presence(&self, tree: &Tree) -> Result<Test, At> {
        match &tree.kind {
            Kind::Word(word) => match self.field(word) {
                Some(typed) => self.as_presence(typed),
                None => self.unknown(word, &tree.span),
            },
            Kind::Text { .. } | Kind::Char(_) => at(QueryErrorKind::NoField, tree.span.clone()),
            _ => {
                let typed = self.value(tree, None)?;
                self.as_presence(typed)
            }
        }
    }

    fn as_presence(&self, typed: Typed) -> Result<Test, At> {
        Ok(match typed.expr {
            Expr::Fields(fields) => Test::Exists(fields),
            other => Test::Truth(other),
        })
    }

    /// `a < b <= c` is `a < b && b <= c`.
    fn chain(
        &self,
        quantifier: Option<Quantifier>,
        first: &Tree,
        rest: &[(Relation, Tree)],
    ) -> Result<Test, At> {
        let mut tests = Vec::with_capacity(rest.len());
        let mut left = first;
        for (relation, right) in rest {
            tests.push(self.relation(quantifier, left, *relation, right)?);
            left = right;
        }
        if tests.len() == 1
            && let Some(only) = tests.pop()
        {
            return Ok(only);
        }
        Ok(Test::And(tests))
    }

    fn relation(
        &self,
        quantifier: Option<Quantifier>,
        left: &Tree,
        relation: Relation,
        right: &Tree,
    ) -> Result<Test, At> {
        let (op, all) = match relation {
            Relation::AnyEq => (Op::Eq, false),
            Relation::AllEq => (Op::Eq, true),
            Relation::AllNe => (Op::Ne, true),
            Relation::AnyNe => (Op::Ne, false),
            Relation::Gt => (Op::Gt, false),
            Relation::Lt => (Op::Lt, false),
            Relation::Ge => (Op::Ge, false),
            Relation::Le => (Op::Le, false),
            Relation::Contains => return self.contains(quantifier == Some(Quantifier::All), left, right),
            Relation::Matches => return self.matches(quantifier == Some(Quantifier::All), left, right),
        };
        let all = quantifier.map_or(all, |quantifier| quantifier == Quantifier::All);
        // The side that has a type gives it to the other; literals go to the right.
        if self.has_type(left) {
            let typed = self.value(left, None)?;
            return self.compare(typed, &left.span, op, all, right);
        }
        if self.has_type(right) {
            let typed = self.value(right, None)?;
            return self.compare(typed, &right.span, op.mirrored(), all, left);
        }
        self.untyped(left, left.span.start..right.span.end)
    }

    /// Why a side has no type: a name that is none, a function that lacks its field, or a literal.
    fn untyped<T>(&self, tree: &Tree, span: Range<usize>) -> Result<T, At> {
        match &tree.kind {
            Kind::Word(word) if begins_as_name(word) => self.unknown(word, &tree.span),
            Kind::Call(..) => match self.value(tree, None) {
                Err(error) => Err(error),
                Ok(_) => at(QueryErrorKind::NoField, span),
            },
            _ => at(QueryErrorKind::NoField, span),
        }
    }

    fn compare(
        &self,
        left: Typed,
        left_span: &Range<usize>,
        op: Op,
        all: bool,
        right: &Tree,
    ) -> Result<Test, At> {
        let (left, right) = self.sides(left, left_span, right)?;
        Ok(Test::Compare { left, op, right, all })
    }

    fn membership(&self, quantifier: Option<Quantifier>, left: &Tree, set: &[Element]) -> Result<Test, At> {
        if !self.has_type(left) {
            return self.untyped(left, left.span.clone());
        }
        let mut typed = self.value(left, None)?;
        let mut members = Vec::with_capacity(set.len());
        for element in set {
            members.push(match element {
                Element::One(tree) => Member::One(self.side(&mut typed, &left.span, tree)?),
                Element::Range(first, last) => {
                    let from = self.side(&mut typed, &left.span, first)?;
                    let to = self.side(&mut typed, &left.span, last)?;
                    let backwards = match (&from, &to) {
                        (Right::Number(from), Right::Number(to)) => from > to,
                        (Right::Float(from), Right::Float(to)) => from > to,
                        _ => false,
                    };
                    if backwards {
                        return at(QueryErrorKind::Backwards, first.span.start..last.span.end);
                    }
                    Member::Range(from, to)
                }
            });
        }
        Ok(Test::In { left: typed.expr, set: members, all: quantifier == Some(Quantifier::All) })
    }

    fn contains(&self, all: bool, left: &Tree, right: &Tree) -> Result<Test, At> {
        let typed = self.octets_of(left, "contains")?;
        let needle = match self.side_typed(right, typed.kind, typed.field)? {
            Typed { expr: Expr::Octets(octets), .. } => {
                Needle::Octets(Box::new(memchr::memmem::Finder::new(&octets).into_owned()))
            }
            other if other.kind.is_octets() => Needle::Expr(other.expr),
            other => {
                return at(
                    QueryErrorKind::Types { left: typed.kind.name(), right: other.kind.name() },
                    right.span.clone(),
                );
            }
        };
        Ok(Test::Contains { left: typed.expr, right: needle, all })
    }

    fn matches(&self, all: bool, left: &Tree, right: &Tree) -> Result<Test, At> {
        let typed = self.octets_of(left, "matches")?;
        let pattern = match &right.kind {
            Kind::Text { pattern, .. } => pattern.as_str(),
            Kind::Word(word) => word.as_str(),
            _ => {
                let found = "a computation".to_owned();
                return at(
                    QueryErrorKind::Expected { expected: "a pattern in double quotes", found },
                    right.span.clone(),
                );
            }
        };
        let built = regex::bytes::RegexBuilder::new(pattern)
            .case_insensitive(true)
            .unicode(false)
            .size_limit(1 << 22)
            .dfa_size_limit(1 << 22)
            .build();
        match built {
            Ok(pattern) => Ok(Test::Matches { left: typed.expr, pattern, all }),
            Err(error) => {
                let text = error.to_string();
                let reason = text.lines().last().unwrap_or_default();
                let reason = reason.strip_prefix("error: ").unwrap_or(reason).to_owned();
                at(QueryErrorKind::Pattern { pattern: pattern.to_owned(), reason }, right.span.clone())
            }
        }
    }

    /// The left side of `contains` and `matches`: octets or text.
    fn octets_of(&self, tree: &Tree, operator: &'static str) -> Result<Typed, At> {
        let typed = match &tree.kind {
            Kind::Word(word) => match self.field(word) {
                // An Ethernet address is octets to Wireshark.
                Some(typed) if matches!(typed.kind, Type::Mac | Type::Eui64) => {
                    self.raw(typed, false, &tree.span)?
                }
                Some(typed) => typed,
                None => return self.unknown(word, &tree.span),
            },
            _ if self.has_type(tree) => self.value(tree, None)?,
            _ => return at(QueryErrorKind::NoField, tree.span.clone()),
        };
        if !typed.kind.is_octets() {
            return at(QueryErrorKind::Operator { operator, what: typed.kind.name() }, tree.span.clone());
        }
        Ok(typed)
    }

    // ---- the other side ------------------------------------------------------------------------------------------

    fn sides(&self, mut left: Typed, left_span: &Range<usize>, right: &Tree) -> Result<(Expr, Right), At> {
        let side = self.side(&mut left, left_span, right)?;
        Ok((left.expr, side))
    }

    /// The value of `tree` beside `left`; changes the form of `left` where the two need it.
    fn side(&self, left: &mut Typed, left_span: &Range<usize>, tree: &Tree) -> Result<Right, At> {
        if !self.has_type(tree) {
            let as_number = left.kind.is_octets() && matches!(&left.expr, Expr::AsNumber(_));
            let kind = if as_number { Type::Octets } else { left.kind };
            let right = self.constant(tree, kind, left.field)?;
            self.fits(left, tree, &right)?;
            // Octets that were read as a number for a mask.
            if as_number && let Right::Octets(octets) = &right {
                return Ok(Right::Number(octets.iter().fold(0, |all, octet| all << 8 | i128::from(*octet))));
            }
            // A number beside a slice of known length, as `tcp[13] == 0x12`.
            return Ok(right);
        }
        let mut right = self.value(tree, Some((left.kind, left.field)))?;
        if !unify(left, &mut right) {
            // A protocol's name may also be the name of a value.
            if let Kind::Word(_) = &tree.kind
                && let Ok(constant) = self.constant(tree, left.kind, left.field)
            {
                return Ok(constant);
            }
            return at(
                QueryErrorKind::Types { left: left.kind.name(), right: right.kind.name() },
                left_span.start.min(tree.span.start)..left_span.end.max(tree.span.end),
            );
        }
        Ok(match right.expr {
            Expr::Number(number) => Right::Number(number),
            Expr::Float(number) => Right::Float(number),
            Expr::Octets(octets) => Right::Octets(octets),
            other => Right::Expr(other),
        })
    }

    /// Refuses a number that a field of two or four octets never has: `tcp.port == 99999` would select nothing.
    fn fits(&self, left: &Typed, tree: &Tree, right: &Right) -> Result<(), At> {
        let (Expr::Fields(fields), Right::Number(number)) = (&left.expr, right) else { return Ok(()) };
        let Kind::Word(text) = &tree.kind else {
            let unsigned = |source: &Source| {
                let kind = self.registry.field(source.field).map(|info| info.field.kind);
                matches!((kind, source.get), (Some(schema::Kind::Uint(_)), Get::Number(_)))
            };
            let field = left.field.and_then(|field| self.registry.field(field));
            return match (&tree.kind, field) {
                (Kind::Sign(_), Some(info)) if *number < 0 && fields.sources.iter().all(unsigned) => {
                    let (text, field) = (number.to_string(), info.name.to_owned());
                    at(QueryErrorKind::Negative { text, field }, tree.span.clone())
                }
                _ => Ok(()),
            };
        };
        let most = |source: &Source| {
            let most = match self.registry.field(source.field)?.field.size {
                schema::Size::Bits(16) => u64::from(u16::MAX),
                schema::Size::Bits(32) => u64::from(u32::MAX),
                _ => return None,
            };
            match source.get {
                Get::Number(scale) => Some(most.saturating_mul(u64::from(scale))),
                _ => None,
            }
        };
        let all = fields.sources.iter().map(most).try_fold(0, |all, most| Some(most?.max(all)));
        match (all, left.field.and_then(|field| self.registry.field(field))) {
            (Some(most), Some(info)) if left.kind == Type::Number && *number > i128::from(most) => {
                let field = info.name.to_owned();
                at(QueryErrorKind::TooGreat { text: text.clone(), field, most }, tree.span.clone())
            }
            _ => Ok(()),
        }
    }

    fn side_typed(&self, tree: &Tree, kind: Type, field: Option<FieldId>) -> Result<Typed, At> {
        self.value(tree, Some((kind, field)))
    }

    /// A literal, or a computation of literals.
    fn constant(&self, tree: &Tree, kind: Type, field: Option<FieldId>) -> Result<Right, At> {
        if let Kind::Arithmetic(..) | Kind::Sign(_) | Kind::Call(..) = &tree.kind {
            return Ok(match self.value(tree, Some((kind, field)))?.expr {
                Expr::Number(number) => Right::Number(number),
                Expr::Float(number) => Right::Float(number),
                Expr::Octets(octets) => Right::Octets(octets),
                other => Right::Expr(other),
            });
        }
        let (text, quoted) = match &tree.kind {
            Kind::Word(word) => (word.as_str(), None),
            Kind::Text { octets, .. } => ("", Some(octets)),
            Kind::Char(octet) => {
                return Ok(match kind {
                    Type::Octets | Type::Layer | Type::Text => Right::Octets([*octet].into()),
                    Type::Float | Type::Double => Right::Float(f64::from(*octet)),
                    _ => Right::Number(i128::from(*octet)),
                });
            }
            _ => return self.not_a_literal(tree, kind),
        };
        if let Some(octets) = quoted {
            return self.quoted(tree, octets, kind, field);
        }
        self.word(tree, text, kind, field)
    }

    fn not_a_literal<T>(&self, tree: &Tree, kind: Type) -> Result<T, At> {
        at(
            QueryErrorKind::Expected { expected: kind.wanted(), found: "a test".to_owned() },
            tree.span.clone(),
        )
    }

    fn quoted(&self, tree: &Tree, octets: &[u8], kind: Type, field: Option<FieldId>) -> Result<Right, At> {
        if kind.is_octets() {
            return Ok(Right::Octets(octets.into()));
        }
        self.word(tree, &String::from_utf8_lossy(octets), kind, field)
    }

    fn word(&self, tree: &Tree, text: &str, kind: Type, field: Option<FieldId>) -> Result<Right, At> {
        let text_of = text.strip_prefix(':').filter(|rest| !rest.starts_with(':')).unwrap_or(text);
        let number = |value: Option<i128>| value.map(Right::Number);
        let value = match kind {
            Type::Bool => match text_of {
                "true" | "True" | "TRUE" => number(Some(1)),
                "false" | "False" | "FALSE" => number(Some(0)),
                _ => number(literal::number(text_of).map(|value| i128::from(value != 0)))
                    .or_else(|| number(self.named_value(text_of, field)))
                    .or_else(|| match text_of.to_ascii_lowercase().as_str() {
                        "set" => number(Some(1)),
                        "not set" => number(Some(0)),
                        _ => None,
                    }),
            },
            Type::Number => number(literal::number(text_of).or_else(|| self.named_value(text_of, field))),
            Type::Float | Type::Double => literal::float(text_of, kind == Type::Float).map(Right::Float),
            Type::Mac => octets_as_number(text_of, 6),
            Type::Eui64 => octets_as_number(text_of, 8),
            Type::Ip4 => literal::net4(text_of),
            Type::Ip6 => literal::net6(text),
            Type::Octets | Type::Layer => literal::octets(text_of).map(|octets| Right::Octets(octets.into())),
            Type::Text => Some(Right::Octets(text_of.as_bytes().into())),
            Type::Time => number(literal::time(text_of)),
            Type::Span => number(literal::span(text_of)),
            Type::Milliseconds => number(literal::milliseconds(text_of)),
        };
        match value {
            Some(value) => Ok(value),
            None => self.bad_literal(tree, text_of, kind, field),
        }
    }

    fn bad_literal<T>(&self, tree: &Tree, text: &str, kind: Type, field: Option<FieldId>) -> Result<T, At> {
        let span = tree.span.clone();
        // A word with a dot was meant to be a field.
        if matches!(&tree.kind, Kind::Word(_))
            && text.starts_with(char::is_alphabetic)
            && text.contains('.')
            && !matches!(kind, Type::Octets | Type::Layer | Type::Mac)
        {
            return self.unknown(text, &span);
        }
        let info = field.and_then(|field| self.registry.field(field));
        let names = info.map_or(schema::Names::None, |info| info.field.names);
        if let (Some(info), true, Type::Number | Type::Bool) =
            (info, !matches!(names, schema::Names::None), kind)
        {
            let nearest = match names {
                schema::Names::List(list) => nearest(text, list.iter().map(|entry| entry.1)),
                schema::Names::Ranges(list) => nearest(text, list.iter().map(|entry| entry.2)),
                schema::Names::None | schema::Names::Of(_) => None,
            };
            let kind = QueryErrorKind::ValueName {
                text: text.to_owned(),
                field: info.name.to_owned(),
                nearest: nearest.map(str::to_owned),
            };
            return at(kind, span);
        }
        let wanted = kind.wanted();
        if kind == Type::Octets
            && let Ok(hex) = text.parse::<u8>()
        {
            return at(QueryErrorKind::Decimal { text: text.to_owned(), wanted, hex }, span);
        }
        at(QueryErrorKind::Literal { text: text.to_owned(), wanted }, span)
    }

    fn named_value(&self, text: &str, field: Option<FieldId>) -> Option<i128> {
        let info = self.registry.field(field?)?;
        // What Wireshark adds in parentheses is no part of the names here: `A (Host Address)`.
        let short = text.split_once(" (").map(|(name, _)| name);
        let names = &info.field.names;
        let value = names.value_of(text).or_else(|| names.value_of(short?))?;
        Some(i128::from(value).saturating_mul(i128::from(info.field.scale)))
    }

    // ---- values --------------------------------------------------------------------------------------------------

    /// Whether the tree says its type itself: it holds a field, or is a function.
    fn has_type(&self, tree: &Tree) -> bool {
        match &tree.kind {
            Kind::Word(word) => self.field(word).is_some(),
            Kind::Slice(..) | Kind::Layer(..) | Kind::Raw(_) => true,
            Kind::Call(_, arguments) => arguments.iter().any(|argument| self.has_type(argument)),
            Kind::Sign(inner) => self.has_type(inner),
            Kind::Arithmetic(_, left, right) => self.has_type(left) || self.has_type(right),
            _ => false,
        }
    }

    fn field(&self, word: &str) -> Option<Typed> {
        if word.starts_with(':') {
            return None;
        }
        let name = word.strip_prefix('.').unwrap_or(word);
        let named = self.registry.named(name)?;
        let ids = named.fields();
        let sources: Box<[Source]> =
            ids.iter().filter_map(|id| Some(Source { field: *id, get: self.get(*id)? })).collect();
        let first = *ids.first()?;
        let kind = type_of(self.registry.field(first)?.field.kind);
        Some(Typed { expr: Expr::Fields(Fields { sources, layers: None }), kind, field: Some(first) })
    }

    fn get(&self, id: FieldId) -> Option<Get> {
        let info = self.registry.field(id)?;
        Some(match info.field.kind {
            schema::Kind::Uint(_) => Get::Number(info.field.scale),
            schema::Kind::Label if self.registry.layer_field(info.protocol) == Some(id) => {
                Get::Layer(info.protocol)
            }
            schema::Kind::Label => Get::Raw,
            _ => Get::Value,
        })
    }

    fn unknown<T>(&self, name: &str, span: &Range<usize>) -> Result<T, At> {
        let nearest = nearest_field(name, self.registry);
        at(QueryErrorKind::UnknownName { name: name.to_owned(), nearest }, span.clone())
    }

    /// A value; literals take the type that is given.
    fn value(&self, tree: &Tree, beside: Option<(Type, Option<FieldId>)>) -> Result<Typed, At> {
        match &tree.kind {
            Kind::Word(word) => match (self.field(word), beside) {
                (Some(typed), _) => Ok(typed),
                (None, Some(beside)) => self.literal(tree, beside),
                (None, None) => self.unknown(word, &tree.span),
            },
            Kind::Text { .. } | Kind::Char(_) => match beside {
                Some(beside) => self.literal(tree, beside),
                None => at(QueryErrorKind::NoField, tree.span.clone()),
            },
            Kind::Slice(inner, slices) => {
                let typed = self.raw(self.operand(inner)?, true, &inner.span)?;
                let kind = if typed.kind == Type::Text { Type::Text } else { Type::Octets };
                Ok(Typed { expr: Expr::Slice(Box::new(typed.expr), slices.clone()), kind, field: None })
            }
            Kind::Raw(inner) => self.raw(self.operand(inner)?, false, &inner.span),
            Kind::Layer(inner, layers) => {
                let mut typed = self.operand(inner)?;
                let protocol = typed.field.and_then(|id| self.registry.field(id)).map(|info| info.protocol);
                let layer = protocol.and_then(|id| self.registry.layer_field(id));
                if let (Expr::Fields(fields), Some(layer)) = (&mut typed.expr, layer) {
                    fields.layers = Some((layer, layers.clone()));
                }
                Ok(typed)
            }
            Kind::Sign(inner) => {
                let typed = self.value(inner, beside)?;
                self.numeric(&typed, "-", &inner.span)?;
                let expr = match typed.expr {
                    Expr::Number(number) => Expr::Number(number.saturating_neg()),
                    Expr::Float(number) => Expr::Float(-number),
                    other => Expr::Negative(Box::new(other)),
                };
                Ok(Typed { expr, ..typed })
            }
            Kind::Arithmetic(operator, left, right) => self.arithmetic(tree, *operator, left, right, beside),
            Kind::Call(name, arguments) => self.call(tree, name, arguments, beside),
            _ => {
                let found = "a test".to_owned();
                at(QueryErrorKind::Expected { expected: "a field or a value", found }, tree.span.clone())
            }
        }
    }

    /// A field for `[]`, `#` and `@`.
    fn operand(&self, tree: &Tree) -> Result<Typed, At> {
        self.value(tree, None)
    }

    fn literal(&self, tree: &Tree, beside: (Type, Option<FieldId>)) -> Result<Typed, At> {
        let (kind, field) = beside;
        let expr = match self.constant(tree, kind, field)? {
            Right::Number(number) => Expr::Number(number),
            Right::Float(number) => Expr::Float(number),
            Right::Octets(octets) => Expr::Octets(octets),
            Right::Net6 { address, mask: u128::MAX } => Expr::Ip6(address),
            Right::Expr(expr) => expr,
            Right::Net4 { .. } | Right::Net6 { .. } => {
                return at(
                    QueryErrorKind::Operator { operator: "/", what: "a computation" },
                    tree.span.clone(),
                );
            }
        };
        Ok(Typed { expr, kind, field: None })
    }

    /// The octets of a field in place of its value. Slices take them of whatever is made of octets, `@` of every field.
    fn raw(&self, mut typed: Typed, slice: bool, span: &Range<usize>) -> Result<Typed, At> {
        let number = typed.kind.is_float()
            || matches!(typed.kind, Type::Bool | Type::Number | Type::Time | Type::Span | Type::Milliseconds);
        match &mut typed.expr {
            Expr::Fields(_) if slice && number => {
                at(QueryErrorKind::Operator { operator: "[ ]", what: typed.kind.name() }, span.clone())
            }
            Expr::Fields(fields) => {
                if !typed.kind.is_octets() || !slice {
                    fields.sources.iter_mut().for_each(|source| source.get = Get::Raw);
                    typed.kind = Type::Octets;
                }
                Ok(typed)
            }
            _ if slice && typed.kind.is_octets() => Ok(typed),
            _ => {
                let operator = if slice { "[ ]" } else { "@" };
                at(QueryErrorKind::Operator { operator, what: "a computed value" }, span.clone())
            }
        }
    }

    fn numeric(&self, typed: &Typed, operator: &'static str, span: &Range<usize>) -> Result<(), At> {
        match typed.kind {
            Type::Bool | Type::Number | Type::Time | Type::Span | Type::Milliseconds => Ok(()),
            Type::Float | Type::Double if operator != "&" => Ok(()),
            Type::Ip4 | Type::Ip6 | Type::Mac | Type::Eui64 if operator == "&" => Ok(()),
            Type::Octets if matches!(typed.expr, Expr::AsNumber(_) | Expr::Number(_)) => Ok(()),
            _ => at(QueryErrorKind::Operator { operator, what: typed.kind.name() }, span.clone()),
        }
    }

    fn arithmetic(
        &self,
        tree: &Tree,
        operator: Arithmetic,
        left: &Tree,
        right: &Tree,
        beside: Option<(Type, Option<FieldId>)>,
    ) -> Result<Typed, At> {
        let sign = match operator {
            Arithmetic::And => "&",
            Arithmetic::Add => "+",
            Arithmetic::Sub => "-",
            Arithmetic::Mul => "*",
            Arithmetic::Div => "/",
            Arithmetic::Rem => "%",
        };
        // What a literal beside a value of this type is.
        let partner = |kind: Type| match (kind, operator) {
            (Type::Time, _) => Type::Span,
            (Type::Span | Type::Milliseconds, Arithmetic::Mul | Arithmetic::Div | Arithmetic::Rem) => {
                Type::Number
            }
            (Type::Bool, _) => Type::Number,
            _ => kind,
        };
        let (a, b) = match (self.has_type(left), self.has_type(right)) {
            (true, true) => (self.value(left, None)?, self.value(right, None)?),
            (true, false) => {
                let a = self.value(left, None)?;
                let b = self.value(right, Some((partner(a.kind), a.field)))?;
                (a, b)
            }
            (false, true) => {
                let b = self.value(right, None)?;
                (self.value(left, Some((partner(b.kind), b.field)))?, b)
            }
            (false, false) => {
                let Some((kind, field)) = beside else {
                    return at(QueryErrorKind::NoField, tree.span.clone());
                };
                let kind = if kind.is_octets() { Type::Octets } else { kind };
                (self.value(left, Some((kind, field)))?, self.value(right, Some((partner(kind), field)))?)
            }
        };
        let (a, b) = (as_number(a), as_number(b));
        if matches!(operator, Arithmetic::Div | Arithmetic::Rem) && matches!(b.expr, Expr::Number(0)) {
            return at(QueryErrorKind::DivisionByZero, right.span.clone());
        }
        self.numeric(&a, sign, &left.span)?;
        self.numeric(&b, sign, &right.span)?;
        let kind = match (a.kind, b.kind) {
            (Type::Time, Type::Time) if operator == Arithmetic::Sub => Type::Span,
            (Type::Bool, _) | (_, Type::Bool) => Type::Number,
            (Type::Number, other) if other != Type::Octets => other,
            (Type::Float, Type::Double) => Type::Double,
            (kind, _) => kind,
        };
        if a.kind.is_float() != b.kind.is_float() {
            return at(
                QueryErrorKind::Types { left: a.kind.name(), right: b.kind.name() },
                tree.span.clone(),
            );
        }
        let expr = match (&a.expr, &b.expr) {
            (Expr::Float(x), Expr::Float(y)) => {
                Expr::Float(compute_float(operator, *x, *y).unwrap_or(f64::NAN))
            }
            (Expr::Number(x), Expr::Number(y)) => match compute(operator, *x, *y) {
                Some(number) => Expr::Number(number),
                None => {
                    return at(
                        QueryErrorKind::Operator {
                            operator: sign,
                            what: "these numbers: there is no result",
                        },
                        tree.span.clone(),
                    );
                }
            },
            _ => Expr::Arithmetic(operator, Box::new(a.expr), Box::new(b.expr)),
        };
        // Octets stay octets for the literals beside them: `tcp[13] & 0x12 == 12` compares with 0x12.
        if kind == Type::Octets {
            return Ok(Typed { expr: Expr::AsNumber(Box::new(expr)), kind, field: None });
        }
        Ok(Typed { expr, kind, field: a.field.or(b.field) })
    }

    fn call(
        &self,
        tree: &Tree,
        name: &str,
        arguments: &[Tree],
        beside: Option<(Type, Option<FieldId>)>,
    ) -> Result<Typed, At> {
        let Some((name, function, count, wanted)) =
            FUNCTIONS.iter().find(|known| known.0.eq_ignore_ascii_case(name))
        else {
            let span = tree.span.start..tree.span.start.saturating_add(name.len());
            return at(QueryErrorKind::UnknownFunction { name: name.to_owned() }, span);
        };
        if !count.contains(&arguments.len()) {
            return at(QueryErrorKind::Arguments { function: name, wanted }, tree.span.clone());
        }
        // Each argument is compiled once: nested calls would cost twice as much a level.
        let typed = arguments
            .iter()
            .map(
                |argument| {
                    if self.has_type(argument) { self.value(argument, None).map(Some) } else { Ok(None) }
                },
            )
            .collect::<Result<Vec<_>, _>>()?;
        let beside = match typed.iter().flatten().next() {
            Some(first) => Some((first.kind, first.field)),
            None => beside.filter(|_| matches!(function, Function::Max | Function::Min | Function::Abs)),
        };
        let Some((kind, field)) = beside else {
            let span = arguments.first().map_or(tree.span.clone(), |argument| argument.span.clone());
            return match arguments.first().map(|argument| &argument.kind) {
                Some(Kind::Word(word)) if begins_as_name(word) => self.unknown(word, &span),
                _ => at(QueryErrorKind::Arguments { function: name, wanted }, tree.span.clone()),
            };
        };
        let fits = match function {
            Function::Lower | Function::Upper => kind.is_octets(),
            Function::Abs => {
                matches!(kind, Type::Number | Type::Span | Type::Milliseconds | Type::Bool) || kind.is_float()
            }
            Function::Max | Function::Min => kind != Type::Layer,
            Function::Len | Function::Count | Function::Text => true,
        };
        if !fits {
            return at(QueryErrorKind::Operator { operator: name, what: kind.name() }, tree.span.clone());
        }
        let mut exprs = Vec::with_capacity(arguments.len());
        for (argument, typed) in arguments.iter().zip(typed) {
            let typed = match typed {
                Some(typed) => typed,
                None => self.value(argument, Some((kind, field)))?,
            };
            if typed.kind != kind {
                return at(
                    QueryErrorKind::Operator { operator: name, what: "values of different kinds" },
                    argument.span.clone(),
                );
            }
            exprs.push(typed.expr);
        }
        let result = match function {
            Function::Len | Function::Count => Type::Number,
            Function::Lower | Function::Upper | Function::Text => Type::Text,
            Function::Max | Function::Min | Function::Abs => kind,
        };
        // Names of values stay with a value of the field.
        let field = field.filter(|_| matches!(function, Function::Max | Function::Min));
        Ok(Typed { expr: Expr::Call(*function, exprs), kind: result, field })
    }
}

/// Whether a word was meant as a name: Wireshark has some that begin with `_ws`.
fn begins_as_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// An address of so many octets.
fn octets_as_number(text: &str, octets: usize) -> Option<Right> {
    let value = literal::octets(text).filter(|value| value.len() == octets)?;
    Some(Right::Number(value.iter().fold(0, |all, octet| all << 8 | i128::from(*octet))))
}
