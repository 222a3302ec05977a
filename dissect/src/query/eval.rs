//! Compiled queries, and what they say of a dissection. Nothing here allocates but `lower`, `upper`, `string` and slices
//! of several parts.

use super::parse::{Arithmetic, Layers, Slice, To};
use crate::decode::{Dissection, Node, Value};
use crate::frame::Frame;
use crate::registry::{FieldId, ProtoId, Registry};
use std::borrow::Cow;
use std::cmp::Ordering;

/// A test.
#[derive(Clone, Debug)]
pub(super) enum Test {
    And(Vec<Test>),
    Or(Vec<Test>),
    Xor(Box<Test>, Box<Test>),
    Not(Box<Test>),
    /// The field occurs.
    Exists(Fields),
    /// A value is not 0, or not empty.
    Truth(Expr),
    Compare {
        left: Expr,
        op: Op,
        right: Right,
        all: bool,
    },
    In {
        left: Expr,
        set: Vec<Member>,
        all: bool,
    },
    Contains {
        left: Expr,
        right: Needle,
        all: bool,
    },
    Matches {
        left: Expr,
        pattern: regex::bytes::Regex,
        all: bool,
    },
}

/// How two values are compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Op {
    Eq,
    Ne,
    Gt,
    Lt,
    Ge,
    Le,
}

impl Op {
    #[inline]
    fn holds(self, order: Ordering) -> bool {
        match self {
            Op::Eq => order == Ordering::Equal,
            Op::Ne => order != Ordering::Equal,
            Op::Gt => order == Ordering::Greater,
            Op::Lt => order == Ordering::Less,
            Op::Ge => order != Ordering::Less,
            Op::Le => order != Ordering::Greater,
        }
    }

    /// The operator with its sides changed.
    pub(super) fn mirrored(self) -> Op {
        match self {
            Op::Eq | Op::Ne => self,
            Op::Gt => Op::Lt,
            Op::Lt => Op::Gt,
            Op::Ge => Op::Le,
            Op::Le => Op::Ge,
        }
    }
}

/// The right side of a comparison.
#[derive(Clone, Debug)]
pub(super) enum Right {
    Number(i128),
    Float(f64),
    Net4 { address: u32, mask: u32 },
    Net6 { address: u128, mask: u128 },
    Octets(Box<[u8]>),
    Expr(Expr),
}

/// A member of a set.
#[derive(Clone, Debug)]
pub(super) enum Member {
    One(Right),
    Range(Right, Right),
}

/// What `contains` looks for.
#[derive(Clone, Debug)]
pub(super) enum Needle {
    Octets(Box<memchr::memmem::Finder<'static>>),
    Expr(Expr),
}

/// A computation with none, one or several results.
#[derive(Clone, Debug)]
pub(super) enum Expr {
    Fields(Fields),
    Number(i128),
    Float(f64),
    Ip6(u128),
    Octets(Box<[u8]>),
    Slice(Box<Expr>, Vec<Slice>),
    Negative(Box<Expr>),
    Arithmetic(Arithmetic, Box<Expr>, Box<Expr>),
    /// Octets read as a number, most significant first.
    AsNumber(Box<Expr>),
    Call(Function, Vec<Expr>),
}

/// Functions of the language.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Function {
    Len,
    Count,
    Lower,
    Upper,
    Max,
    Min,
    Abs,
    Text,
}

/// Values of fields.
#[derive(Clone, Debug)]
pub(super) struct Fields {
    pub(super) sources: Box<[Source]>,
    /// Which occurrences of the protocol: its layer's field, and the numbers.
    pub(super) layers: Option<(FieldId, Vec<Layers>)>,
}

/// A field and how its value is got.
#[derive(Clone, Copy, Debug)]
pub(super) struct Source {
    pub(super) field: FieldId,
    pub(super) get: Get,
}

/// How a node gives a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Get {
    /// The number times this.
    Number(u16),
    /// By way of [`Dissection::value`].
    Value,
    /// The node's octets.
    Raw,
    /// Octets of a layer: its header, or all that it holds.
    Layer(ProtoId),
}

/// A value.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Val<'a> {
    Number(i128),
    Float(f64),
    Ip6(u128),
    Octets(Cow<'a, [u8]>),
}

impl Val<'_> {
    fn order(&self, other: &Val<'_>) -> Option<Ordering> {
        match (self, other) {
            (Val::Number(a), Val::Number(b)) => Some(a.cmp(b)),
            (Val::Float(a), Val::Float(b)) => a.partial_cmp(b),
            (Val::Ip6(a), Val::Ip6(b)) => Some(a.cmp(b)),
            (Val::Octets(a), Val::Octets(b)) => Some(a.cmp(b)),
            _ => None,
        }
    }

    fn octets(&self) -> &[u8] {
        match self {
            Val::Octets(octets) => octets,
            Val::Number(_) | Val::Float(_) | Val::Ip6(_) => &[],
        }
    }
}

/// What is looked at.
#[derive(Clone, Copy)]
pub(super) struct Sight<'a> {
    pub(super) registry: &'a Registry,
    pub(super) frame: &'a Frame<'a>,
    pub(super) dissection: &'a Dissection,
}

impl Fields {
    /// Runs `see` on the nodes until it says true.
    #[inline]
    fn each<'a>(&self, sight: Sight<'a>, mut see: impl FnMut(&'a Node, Get) -> bool) -> bool {
        let nodes = &sight.dissection.nodes;
        for (at, node) in nodes.iter().enumerate() {
            let Some(source) = self.sources.iter().find(|source| source.field == node.field) else {
                continue;
            };
            if let Some((layer, wanted)) = &self.layers
                && !in_layers(nodes, at, *layer, wanted)
            {
                continue;
            }
            if see(node, source.get) {
                return true;
            }
        }
        false
    }
}

/// Whether the node at `at` lies in one of the occurrences that are wanted.
fn in_layers(nodes: &[Node], at: usize, layer: FieldId, wanted: &[Layers]) -> bool {
    let is_layer = |node: &&Node| node.depth == 0 && node.field == layer;
    let before = nodes.iter().take(at.saturating_add(1)).filter(is_layer).count();
    let all = nodes.iter().filter(is_layer).count();
    let (number, all) = (i64::try_from(before).unwrap_or(i64::MAX), i64::try_from(all).unwrap_or(i64::MAX));
    let absolute = |n: i64| if n < 0 { all.saturating_add(n).saturating_add(1) } else { n };
    wanted.iter().any(|range| absolute(range.first) <= number && number <= absolute(range.last))
}

/// All octets that a layer holds, as far as captured.
fn layer_octets<'a>(sight: Sight<'a>, node: &Node, protocol: ProtoId) -> &'a [u8] {
    let span = sight.dissection.layers.iter().find(|span| {
        span.protocol == protocol && span.source == node.source && span.start as usize == node.offset()
    });
    let Some(span) = span else { return sight.dissection.octets(sight.frame, node) };
    let data = sight.dissection.source(sight.frame, node.source);
    data.get(span.start as usize..(span.end as usize).min(data.len())).unwrap_or_default()
}

#[inline]
fn node_value<'a>(sight: Sight<'a>, node: &'a Node, get: Get) -> Val<'a> {
    match get {
        Get::Number(scale) => Val::Number(i128::from(node.value).saturating_mul(i128::from(scale))),
        Get::Raw | Get::Layer(_) => Val::Octets(Cow::Borrowed(sight.dissection.octets(sight.frame, node))),
        Get::Value => match sight.dissection.value(sight.registry, sight.frame, node) {
            Value::None => Val::Octets(Cow::Borrowed(sight.dissection.octets(sight.frame, node))),
            Value::Bool(set) => Val::Number(i128::from(set)),
            Value::Uint(number) => Val::Number(i128::from(number)),
            Value::Int(number)
            | Value::Time(number)
            | Value::Duration(number)
            | Value::Milliseconds(number) => Val::Number(i128::from(number)),
            Value::Float(number) => Val::Float(number.into()),
            Value::Double(number) => Val::Float(number),
            Value::Mac(_) => Val::Number(i128::from(node.value & 0xffff_ffff_ffff)),
            Value::Eui64(_) => Val::Number(i128::from(node.value)),
            Value::Ipv4(address) => Val::Number(i128::from(u32::from_be_bytes(address))),
            Value::Ipv6(address) => Val::Ip6(u128::from_be_bytes(address)),
            Value::Bytes(octets) | Value::Text(octets) | Value::Made(octets) => {
                Val::Octets(Cow::Borrowed(octets))
            }
        },
    }
}

impl Test {
    pub(super) fn holds(&self, sight: Sight<'_>) -> bool {
        match self {
            Test::And(all) => all.iter().all(|test| test.holds(sight)),
            Test::Or(any) => any.iter().any(|test| test.holds(sight)),
            Test::Xor(a, b) => a.holds(sight) != b.holds(sight),
            Test::Not(test) => !test.holds(sight),
            Test::Exists(fields) => fields.each(sight, |_, _| true),
            Test::Truth(expr) => expr.each(sight, &mut |value| match value {
                Val::Number(number) => *number != 0,
                Val::Float(number) => *number != 0.0,
                Val::Ip6(address) => *address != 0,
                Val::Octets(octets) => !octets.is_empty(),
            }),
            Test::Compare { left, op, right: Right::Number(right), all: false } => {
                left.any_number(sight, |left| op.holds(left.cmp(right)))
            }
            Test::Compare { left, op, right, all } => {
                left.quantified(*all, sight, &mut |value| right.compared(*op, *all, value, sight))
            }
            Test::In { left, set, all } => left.quantified(*all, sight, &mut |value| {
                set.iter().any(|member| match member {
                    Member::One(one) => one.compared(Op::Eq, false, value, sight),
                    Member::Range(first, last) => {
                        first.compared(Op::Ge, false, value, sight)
                            && last.compared(Op::Le, false, value, sight)
                    }
                })
            }),
            Test::Contains { left, right, all } => {
                left.quantified_whole(*all, sight, &mut |octets| match right {
                    Needle::Octets(finder) => finder.find(octets).is_some(),
                    Needle::Expr(expr) => expr
                        .each(sight, &mut |needle| memchr::memmem::find(octets, needle.octets()).is_some()),
                })
            }
            Test::Matches { left, pattern, all } => {
                left.quantified_whole(*all, sight, &mut |octets| pattern.is_match(octets))
            }
        }
    }
}

impl Right {
    /// `value op self`, for any or all of the values on this side.
    fn compared(&self, op: Op, all: bool, value: &Val<'_>, sight: Sight<'_>) -> bool {
        match (self, value) {
            (Right::Number(right), Val::Number(left)) => op.holds(left.cmp(right)),
            (Right::Float(right), Val::Float(left)) => {
                // What is no number is unequal to every one (IEEE 754 §5.11).
                left.partial_cmp(right).map_or(op == Op::Ne, |order| op.holds(order))
            }
            (Right::Net4 { address, mask }, Val::Number(left)) => {
                op.holds((left & i128::from(*mask)).cmp(&i128::from(address & mask)))
            }
            (Right::Net6 { address, mask }, Val::Ip6(left)) => op.holds((left & mask).cmp(&(address & mask))),
            (Right::Octets(right), Val::Octets(left)) => op.holds(left.as_ref().cmp(right)),
            (Right::Expr(expr), left) => {
                let holds = |right: &Val<'_>| left.order(right).is_some_and(|order| op.holds(order));
                expr.quantified(all, sight, &mut |right| holds(right))
            }
            _ => false,
        }
    }
}

impl Expr {
    /// Whether `see` holds for any value, or for all and there is one.
    fn quantified(&self, all: bool, sight: Sight<'_>, see: &mut dyn FnMut(&Val<'_>) -> bool) -> bool {
        if !all {
            return self.each(sight, see);
        }
        let mut some = false;
        let failed = self.each(sight, &mut |value| {
            some = true;
            !see(value)
        });
        some && !failed
    }

    /// As `quantified`, over all octets that a layer holds rather than its header.
    fn quantified_whole(&self, all: bool, sight: Sight<'_>, see: &mut dyn FnMut(&[u8]) -> bool) -> bool {
        let Expr::Fields(fields) = self else {
            return self.quantified(all, sight, &mut |value| see(value.octets()));
        };
        let mut some = false;
        let ended = fields.each(sight, |node, get| {
            some = true;
            let hit = match get {
                Get::Layer(protocol) => see(layer_octets(sight, node, protocol)),
                _ => see(node_value(sight, node, get).octets()),
            };
            hit != all
        });
        if all { some && !ended } else { ended }
    }

    /// Whether `see` holds for any number.
    #[inline]
    fn any_number(&self, sight: Sight<'_>, see: impl Fn(&i128) -> bool) -> bool {
        if let Expr::Fields(fields) = self {
            return fields.each(sight, |node, get| match node_value(sight, node, get) {
                Val::Number(number) => see(&number),
                _ => false,
            });
        }
        self.each(sight, &mut |value| match value {
            Val::Number(number) => see(number),
            _ => false,
        })
    }

    /// Runs `see` on the values until it says true.
    fn each(&self, sight: Sight<'_>, see: &mut dyn FnMut(&Val<'_>) -> bool) -> bool {
        match self {
            Expr::Fields(fields) => fields.each(sight, |node, get| see(&node_value(sight, node, get))),
            Expr::Number(number) => see(&Val::Number(*number)),
            Expr::Float(number) => see(&Val::Float(*number)),
            Expr::Ip6(address) => see(&Val::Ip6(*address)),
            Expr::Octets(octets) => see(&Val::Octets(Cow::Borrowed(octets))),
            Expr::Slice(inner, slices) => inner.each_slice(slices, sight, see),
            Expr::Negative(inner) => inner.each(sight, &mut |value| match value {
                Val::Number(number) => see(&Val::Number(number.saturating_neg())),
                Val::Float(number) => see(&Val::Float(-number)),
                _ => false,
            }),
            Expr::Arithmetic(operator, left, right) => left.each(sight, &mut |a| {
                right.each(sight, &mut |b| match (a, b) {
                    (Val::Number(a), Val::Number(b)) => {
                        compute(*operator, *a, *b).is_some_and(|result| see(&Val::Number(result)))
                    }
                    (Val::Float(a), Val::Float(b)) => {
                        compute_float(*operator, *a, *b).is_some_and(|result| see(&Val::Float(result)))
                    }
                    (Val::Ip6(a), Val::Ip6(b)) if *operator == Arithmetic::And => see(&Val::Ip6(a & b)),
                    _ => false,
                })
            }),
            Expr::AsNumber(inner) => inner.each(sight, &mut |value| match value {
                Val::Octets(octets) if (1..=15).contains(&octets.len()) => {
                    let number = octets.iter().fold(0_i128, |all, octet| all << 8 | i128::from(*octet));
                    see(&Val::Number(number))
                }
                Val::Octets(_) => false,
                other => see(other),
            }),
            Expr::Call(function, arguments) => call(*function, arguments, sight, see),
        }
    }

    fn each_slice(&self, slices: &[Slice], sight: Sight<'_>, see: &mut dyn FnMut(&Val<'_>) -> bool) -> bool {
        match self {
            // Offsets from the end count from the header's; others may go on into what the layer holds.
            Expr::Fields(fields) => fields.each(sight, |node, get| match get {
                Get::Layer(protocol) => {
                    let header = sight.dissection.octets(sight.frame, node).len();
                    cut(layer_octets(sight, node, protocol), header, slices)
                        .is_some_and(|part| see(&Val::Octets(part)))
                }
                _ => match node_value(sight, node, get) {
                    Val::Octets(octets) => {
                        cut(&octets, octets.len(), slices).is_some_and(|part| see(&Val::Octets(part)))
                    }
                    _ => false,
                },
            }),
            _ => self.each(sight, &mut |value| {
                let octets = value.octets();
                cut(octets, octets.len(), slices).is_some_and(|part| see(&Val::Octets(part)))
            }),
        }
    }
}

/// The parts of octets that slices name, one behind the other. `None` where one of them lies outside.
fn cut<'a>(octets: &'a [u8], end: usize, slices: &[Slice]) -> Option<Cow<'a, [u8]>> {
    let mut parts = slices.iter().map(|slice| {
        let absolute = |offset: i64| match usize::try_from(offset) {
            Ok(offset) => Some(offset),
            Err(_) => end.checked_sub(usize::try_from(offset.unsigned_abs()).ok()?),
        };
        let from = absolute(slice.from)?;
        let to = match slice.to {
            To::Length(length) => from.checked_add(usize::try_from(length).ok()?)?,
            To::Last(last) => absolute(last)?.checked_add(1)?,
            To::End => end,
        };
        octets.get(from..to)
    });
    let first = parts.next()??;
    let mut all = Cow::Borrowed(first);
    for part in parts {
        all.to_mut().extend_from_slice(part?);
    }
    Some(all)
}

/// `None` where the result does not exist: division by 0.
pub(super) fn compute(operator: Arithmetic, a: i128, b: i128) -> Option<i128> {
    match operator {
        Arithmetic::And => Some(a & b),
        Arithmetic::Add => a.checked_add(b),
        Arithmetic::Sub => a.checked_sub(b),
        Arithmetic::Mul => a.checked_mul(b),
        Arithmetic::Div => a.checked_div(b),
        Arithmetic::Rem => a.checked_rem(b),
    }
}

/// The same of numbers with a fraction; they have no bits to mask.
pub(super) fn compute_float(operator: Arithmetic, a: f64, b: f64) -> Option<f64> {
    match operator {
        Arithmetic::And => None,
        Arithmetic::Add => Some(a + b),
        Arithmetic::Sub => Some(a - b),
        Arithmetic::Mul => Some(a * b),
        Arithmetic::Div => Some(a / b),
        Arithmetic::Rem => Some(a % b),
    }
}

fn call(
    function: Function,
    arguments: &[Expr],
    sight: Sight<'_>,
    see: &mut dyn FnMut(&Val<'_>) -> bool,
) -> bool {
    let Some(first) = arguments.first() else { return false };
    match function {
        Function::Len => match first {
            Expr::Fields(fields) => fields.each(sight, |node, get| {
                let value = node_value(sight, node, get);
                let length = match &value {
                    Val::Octets(octets) => octets.len(),
                    Val::Number(_) | Val::Float(_) | Val::Ip6(_) => node.octets(),
                };
                see(&Val::Number(length as i128))
            }),
            _ => first.each(sight, &mut |value| see(&Val::Number(value.octets().len() as i128))),
        },
        Function::Count => {
            let mut count = 0_i128;
            first.each(sight, &mut |_| {
                count = count.saturating_add(1);
                false
            });
            see(&Val::Number(count))
        }
        Function::Lower => {
            first.each(sight, &mut |value| see(&Val::Octets(value.octets().to_ascii_lowercase().into())))
        }
        Function::Upper => {
            first.each(sight, &mut |value| see(&Val::Octets(value.octets().to_ascii_uppercase().into())))
        }
        Function::Abs => first.each(sight, &mut |value| match value {
            Val::Number(number) => see(&Val::Number(number.saturating_abs())),
            Val::Float(number) => see(&Val::Float(number.abs())),
            _ => false,
        }),
        Function::Max => extreme(arguments, Ordering::Greater, sight, see),
        Function::Min => extreme(arguments, Ordering::Less, sight, see),
        Function::Text => match first {
            Expr::Fields(fields) => fields.each(sight, |node, _| {
                let mut text = Vec::new();
                crate::render::fields::value(&mut text, sight.registry, sight.frame, sight.dissection, node);
                see(&Val::Octets(text.into()))
            }),
            _ => first.each(sight, &mut |value| match value {
                Val::Number(number) => see(&Val::Octets(number.to_string().into_bytes().into())),
                Val::Float(number) => {
                    let mut text = Vec::new();
                    crate::render::put::general(&mut text, *number, 15);
                    see(&Val::Octets(text.into()))
                }
                Val::Ip6(address) => {
                    see(&Val::Octets(std::net::Ipv6Addr::from(*address).to_string().into_bytes().into()))
                }
                Val::Octets(octets) => see(&Val::Octets(Cow::Borrowed(octets))),
            }),
        },
    }
}

/// The greatest or least value of all arguments.
fn extreme(
    arguments: &[Expr],
    wanted: Ordering,
    sight: Sight<'_>,
    see: &mut dyn FnMut(&Val<'_>) -> bool,
) -> bool {
    let mut best: Option<Val<'static>> = None;
    for argument in arguments {
        argument.each(sight, &mut |value| {
            let better = best.as_ref().is_none_or(|best| value.order(best) == Some(wanted));
            if better {
                best = Some(match value {
                    Val::Number(number) => Val::Number(*number),
                    Val::Float(number) => Val::Float(*number),
                    Val::Ip6(address) => Val::Ip6(*address),
                    Val::Octets(octets) => Val::Octets(Cow::Owned(octets.to_vec())),
                });
            }
            false
        });
    }
    best.is_some_and(|best| see(&best))
}
