//! Declarations compiled to steps.
//!
//! A protocol is compiled on first use, once for "every field" and once for each plan. Compiling for a plan drops the
//! fields that nobody wants, joins what is left between them to one skip, and gives fields that sizes and tests speak
//! of a slot, so that the walk never looks a name up.

use super::fold::Folds;
use super::lists::{Lists, head_fields, is_plain};
use super::row::{Row, in_rows};
use crate::crc::Algorithm;
use crate::registry::{FieldId, Named, ProtoId, Registry, SchemaError};
use crate::schema::{
    Auto, Checksum, Count, DecodeFn, Endian, Expr, Field, Item, Over, Protocol, Size, Table, Test, Tlv,
    Varint,
};
use std::sync::{Arc, OnceLock};

/// Fields of one protocol that sizes and tests may speak of.
pub const SLOTS: usize = 96;

/// No slot.
pub(crate) const NO_SLOT: u8 = u8::MAX;

/// A compiled expression.
#[derive(Clone, Debug)]
pub(crate) enum Code {
    Const(i64),
    Slot(u8),
    Left,
    Claimed,
    Add(Box<(Code, Code)>),
    Sub(Box<(Code, Code)>),
    Mul(Box<(Code, Code)>),
    Div(Box<(Code, Code)>),
    And(Box<(Code, Code)>),
    Min(Box<(Code, Code)>),
    Align(Box<Code>, u8),
}

/// A compiled condition.
#[derive(Clone, Debug)]
pub(crate) enum Cond {
    Eq(Code, Code),
    Ne(Code, Code),
    Ge(Code, Code),
    In(Code, Vec<u64>),
    All(Vec<Cond>),
    Any(Vec<Cond>),
    Not(Box<Cond>),
    Over(Option<ProtoId>),
    Look(fn(&[u8]) -> bool),
}

/// A compiled size.
#[derive(Clone, Debug)]
pub(crate) enum Extent {
    Octets(Code),
    Rest,
    Nul,
    DnsName,
}

/// A number, address or flag of fixed width.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Num {
    pub(crate) field: FieldId,
    pub(crate) width: u16,
    pub(crate) endian: Endian,
    pub(crate) slot: u8,
    pub(crate) emit: bool,
    pub(crate) next: Option<Table>,
}

impl Num {
    /// Whether nothing else depends on it.
    pub(super) fn is_free(&self) -> bool {
        self.endian == Endian::Big && self.slot == NO_SLOT && self.next.is_none()
    }
}

/// One step.
#[derive(Clone, Debug)]
pub(crate) enum Op {
    Num(Num),
    /// A number of as many octets as it needs; the width is none.
    Varint(Num, Varint),
    Skip(u32),
    Sized {
        field: FieldId,
        extent: Extent,
        emit: bool,
    },
    Group {
        num: Num,
        inner: Vec<Op>,
    },
    Block {
        field: FieldId,
        extent: Extent,
        emit: bool,
        inner: Vec<Op>,
    },
    When(Cond, Vec<Op>),
    Switch {
        on: Code,
        cases: Vec<(u64, u64, Vec<Op>)>,
        other: Vec<Op>,
    },
    Repeat {
        field: FieldId,
        times: Option<Code>,
        emit: bool,
        inner: Vec<Op>,
    },
    Tlv(Box<TlvOp>),
    Behind(Code, Vec<Op>),
    Custom {
        fields: Box<[Local]>,
        decode: DecodeFn,
    },
    Sum(Box<SumOp>),
    Row(Arc<Row>),
    ToEnd,
}

/// A checksum that is verified when its field has been read.
#[derive(Clone, Debug)]
pub(crate) struct SumOp {
    pub(crate) num: Num,
    pub(crate) algorithm: Algorithm,
    pub(crate) over: Over,
    /// Whether it is right, see [`crate::proto::CHECKSUM_STATUS`].
    pub(crate) status: Option<FieldId>,
    /// What would be right.
    pub(crate) calculated: Option<FieldId>,
}

/// A type-length-value list.
#[derive(Clone, Debug)]
pub(crate) struct TlvOp {
    pub(crate) entry: FieldId,
    pub(crate) head: Vec<Op>,
    pub(crate) kind: u8,
    pub(crate) len: Option<u8>,
    pub(crate) unit: u8,
    pub(crate) covers_head: bool,
    pub(crate) bias: i8,
    pub(crate) align: u8,
    pub(crate) single: &'static [u64],
    pub(crate) end: Option<u64>,
    /// What stands behind the end mark, and whether it is wanted.
    pub(crate) padding: Option<(FieldId, bool)>,
    pub(crate) cases: Vec<EntryOp>,
    pub(crate) other: Vec<Op>,
    pub(crate) other_emit: bool,
    /// Lists that are known, where such lists can be.
    pub(crate) lists: Option<Arc<Lists>>,
}

/// An entry of known type.
#[derive(Clone, Debug)]
pub(crate) struct EntryOp {
    pub(crate) kind: u64,
    pub(crate) field: FieldId,
    pub(crate) emit: bool,
    pub(crate) ops: Vec<Op>,
    /// Whether it is a row of numbers that nothing else depends on.
    pub(crate) plain: bool,
}

/// A field that a hook or custom item may emit: declared name, number, whether it is wanted.
pub(crate) type Local = (&'static str, FieldId, bool);

/// A compiled protocol.
#[derive(Clone, Debug, Default)]
pub(crate) struct Program {
    pub(crate) ops: Vec<Op>,
    pub(crate) payload: Option<Code>,
    pub(crate) layer: Option<FieldId>,
    pub(crate) emit_layer: bool,
    /// Fields of the hook: name, id, wanted.
    pub(crate) extra: Box<[Local]>,
}

/// Programs that emit every field, one a protocol, compiled on first use.
#[derive(Debug, Default)]
pub struct Programs {
    programs: Vec<OnceLock<Program>>,
    /// Plans of the brief fields of each protocol.
    brief: Vec<OnceLock<Arc<Plan>>>,
    folds: Folds,
}

impl Programs {
    pub(crate) fn new(protocols: usize) -> Self {
        Programs {
            programs: (0..protocols).map(|_| OnceLock::new()).collect(),
            brief: (0..protocols).map(|_| OnceLock::new()).collect(),
            folds: Folds::default(),
        }
    }

    /// Rows that one node can stand for.
    pub(crate) fn folds(&self) -> &Folds {
        &self.folds
    }

    /// The plan of a protocol's brief fields, made on first use.
    pub(crate) fn brief(&self, registry: &Registry, id: ProtoId) -> Option<Arc<Plan>> {
        let cell = self.brief.get(usize::from(id.0))?;
        let plan = cell.get_or_init(|| {
            let brief = registry.fields_of(id).filter(|(_, info)| info.field.brief);
            Arc::new(Plan::of(registry, brief.map(|(field, _)| field)))
        });
        Some(Arc::clone(plan))
    }
}

/// Which fields a consumer wants.
#[derive(Debug)]
pub struct Plan {
    /// `None`: every field.
    wanted: Option<Wanted>,
}

#[derive(Debug)]
struct Wanted {
    fields: Vec<bool>,
    reach: Vec<bool>,
    programs: Programs,
    /// Whether one of the fields of the `frame` pseudo protocol (number 0) is among them.
    frame: bool,
    /// Whether what stands behind the payload of Ethernet is among them.
    trailer: bool,
}

/// Whether a hidden field is among those that are wanted.
fn hidden(registry: &Registry, wanted: &[bool]) -> bool {
    let mut chosen = (0..=u16::MAX).map(FieldId).zip(wanted).filter(|(_, wanted)| **wanted);
    chosen.any(|(id, _)| registry.field(id).is_some_and(|info| info.field.hidden))
}

impl Plan {
    /// Every field.
    pub fn everything() -> Self {
        Plan { wanted: None }
    }

    /// Only these fields.
    pub fn of(registry: &Registry, fields: impl IntoIterator<Item = FieldId>) -> Self {
        let mut wanted = Vec::new();
        for at in fields.into_iter().map(|field| usize::from(field.0)) {
            if wanted.len() <= at {
                wanted.resize(at.saturating_add(1), false);
            }
            if let Some(slot) = wanted.get_mut(at) {
                *slot = true;
            }
        }
        let mut holders = vec![false; registry.protocols().len()];
        let chosen = (0..=u16::MAX).map(FieldId).zip(&wanted).filter(|(_, wanted)| **wanted);
        for holder in chosen.flat_map(|(field, _)| registry.holders(field)) {
            if let Some(slot) = holders.get_mut(usize::from(holder.0)) {
                *slot = true;
            }
        }
        let trailer =
            registry.trailer().and_then(|id| wanted.get(usize::from(id.0)).copied()).unwrap_or(false);
        let holds = |id: ProtoId| holders.get(usize::from(id.0)).copied().unwrap_or(false);
        // A remark may stand at every field of every layer, so that nothing can be left out.
        if ["nettool", "_ws.expert"].iter().any(|name| registry.protocol_named(name).is_some_and(holds)) {
            return if hidden(registry, &wanted) {
                Plan::everything_by_name(registry)
            } else {
                Plan::everything()
            };
        }
        // Octets that nobody takes may stand behind every layer; `frame.protocols` names all of them.
        let names_layers = matches!(registry.named("frame.protocols"), Some(Named::Field(id))
            if wanted.get(usize::from(id.0)).copied().unwrap_or(false));
        let anywhere = names_layers || registry.protocol_named("data").is_some_and(holds);
        let reach = registry.reach(|id| anywhere || trailer || holds(id));
        let programs = Programs::new(registry.protocols().len());
        let frame = holders.first().copied().unwrap_or(false);
        Plan { wanted: Some(Wanted { fields: wanted, reach, programs, frame, trailer }) }
    }

    /// Every field, hidden ones too.
    fn everything_by_name(registry: &Registry) -> Self {
        let protocols = registry.protocols().len();
        Plan {
            wanted: Some(Wanted {
                fields: vec![true; registry.field_bound()],
                reach: vec![true; protocols],
                programs: Programs::new(protocols),
                frame: true,
                trailer: true,
            }),
        }
    }

    /// The fields of these names: `None` in place of a name that no query knows.
    pub fn of_names<'n>(registry: &Registry, names: impl IntoIterator<Item = &'n str>) -> Option<Self> {
        let mut fields = Vec::new();
        for name in names {
            fields.extend(registry.named(name)?.fields());
        }
        Some(Plan::of(registry, fields))
    }

    /// The fields that are wanted; `None` where every field is.
    pub fn fields(&self) -> Option<impl Iterator<Item = FieldId> + '_> {
        let wanted = (0..=u16::MAX).map(FieldId).zip(&self.wanted.as_ref()?.fields);
        Some(wanted.filter(|(_, wanted)| **wanted).map(|(id, _)| id))
    }

    /// Whether it is simply every field that is shown.
    #[inline]
    pub(super) fn is_everything(&self) -> bool {
        self.wanted.is_none()
    }

    /// Whether the field is to be emitted.
    #[inline]
    pub fn wants(&self, field: FieldId) -> bool {
        match &self.wanted {
            None => true,
            Some(wanted) => wanted.fields.get(usize::from(field.0)).copied().unwrap_or(false),
        }
    }

    /// Whether a frame that has come to this protocol can still hold a wanted field.
    #[inline]
    pub(crate) fn reaches(&self, protocol: ProtoId) -> bool {
        match &self.wanted {
            None => true,
            Some(wanted) => wanted.reach.get(usize::from(protocol.0)).copied().unwrap_or(false),
        }
    }

    /// Whether the field was asked for by name, not with all there are.
    #[inline]
    pub(crate) fn names(&self, field: FieldId) -> bool {
        self.wanted.is_some() && self.wants(field)
    }

    pub(crate) fn wants_frame(&self) -> bool {
        self.wanted.as_ref().is_none_or(|wanted| wanted.frame)
    }

    pub(crate) fn wants_trailer(&self) -> bool {
        self.wanted.as_ref().is_none_or(|wanted| wanted.trailer)
    }

    pub(crate) fn program<'p>(&'p self, registry: &'p Registry, id: ProtoId) -> Option<&'p Program> {
        let programs = match &self.wanted {
            None => &registry.programs,
            Some(wanted) => &wanted.programs,
        };
        let cell = programs.programs.get(usize::from(id.0))?;
        Some(cell.get_or_init(|| compile(registry, self, id).unwrap_or_default()))
    }
}

/// Compiles one protocol.
pub(crate) fn compile(registry: &Registry, plan: &Plan, id: ProtoId) -> Result<Program, SchemaError> {
    let Some(protocol) = registry.protocol(id) else { return Ok(Program::default()) };
    let mut compiler = Compiler { registry, plan, protocol, slots: Vec::new() };
    if let Some(payload) = &protocol.payload {
        compiler.note_expr(payload)?;
    }
    compiler.note_items(protocol.header())?;
    if compiler.slots.len() > SLOTS {
        return Err(SchemaError::TooManySlots(protocol.name));
    }
    let ops = compiler.items(protocol.header())?;
    let payload = protocol.payload.as_ref().map(|expr| compiler.expr(expr)).transpose()?;
    let layer = registry.layer_field(id);
    let emit_layer = layer.is_some_and(|field| plan.wants(field));
    let extra = compiler.named(protocol.generated())?;
    Ok(Program { ops, payload, layer, emit_layer, extra })
}

struct Compiler<'a> {
    registry: &'a Registry,
    plan: &'a Plan,
    protocol: &'a Protocol,
    /// Names of fields that expressions speak of; the index is the slot.
    slots: Vec<&'static str>,
}

impl Compiler<'_> {
    fn field(&self, name: &'static str) -> Result<FieldId, SchemaError> {
        self.registry
            .local(self.protocol, name)
            .ok_or(SchemaError::NoSuchField { protocol: self.protocol.name, field: name })
    }

    /// What a hook or custom item may emit; nothing where nothing of it is wanted, so that no name is looked for.
    fn named(&self, fields: &[Field]) -> Result<Box<[Local]>, SchemaError> {
        let named: Box<[Local]> = fields
            .iter()
            .map(|field| {
                let id = self.field(field.name)?;
                Ok((field.name, id, self.emits(id, field)))
            })
            .collect::<Result<_, SchemaError>>()?;
        let any = named.iter().any(|(_, _, wanted)| *wanted);
        Ok(if any { named } else { Box::default() })
    }

    /// Hidden fields are there for those who ask for them by name.
    fn emits(&self, id: FieldId, field: &Field) -> bool {
        self.plan.wants(id) && (!field.hidden || self.plan.wanted.is_some())
    }

    fn note_slot(&mut self, name: &'static str) -> Result<(), SchemaError> {
        self.field(name)?;
        if !self.slots.contains(&name) {
            self.slots.push(name);
        }
        Ok(())
    }

    fn note_expr(&mut self, expr: &Expr) -> Result<(), SchemaError> {
        match expr {
            Expr::Const(_) | Expr::Left | Expr::Claimed => Ok(()),
            Expr::Field(name) => self.note_slot(name),
            Expr::Align(inner, _) => self.note_expr(inner),
            Expr::Add(a, b)
            | Expr::Sub(a, b)
            | Expr::Mul(a, b)
            | Expr::Div(a, b)
            | Expr::And(a, b)
            | Expr::Min(a, b) => {
                self.note_expr(a)?;
                self.note_expr(b)
            }
        }
    }

    fn note_test(&mut self, test: &Test) -> Result<(), SchemaError> {
        match test {
            Test::Eq(a, b) | Test::Ne(a, b) | Test::Ge(a, b) => {
                self.note_expr(a)?;
                self.note_expr(b)
            }
            Test::In(expr, _) => self.note_expr(expr),
            Test::All(tests) | Test::Any(tests) => tests.iter().try_for_each(|test| self.note_test(test)),
            Test::Not(test) => self.note_test(test),
            Test::Over(_) | Test::Look(_) => Ok(()),
        }
    }

    fn note_size(&mut self, size: &Size) -> Result<(), SchemaError> {
        match size {
            Size::Octets(expr) => self.note_expr(expr),
            Size::Bits(_) | Size::Varint(_) | Size::Rest | Size::Nul | Size::DnsName => Ok(()),
        }
    }

    fn note_items(&mut self, items: &[Item]) -> Result<(), SchemaError> {
        for item in items {
            match item {
                Item::Field(field) => self.note_size(&field.size)?,
                Item::Group(_, inner) => self.note_items(inner)?,
                Item::Block(_, size, inner) => {
                    self.note_size(size)?;
                    self.note_items(inner)?;
                }
                Item::When(test, inner) => {
                    self.note_test(test)?;
                    self.note_items(inner)?;
                }
                Item::Switch(on, cases, other) => {
                    self.note_expr(on)?;
                    cases.iter().try_for_each(|(_, _, inner)| self.note_items(inner))?;
                    self.note_items(other)?;
                }
                Item::Repeat(_, count, inner) => {
                    if let Count::Times(times) = count {
                        self.note_expr(times)?;
                    }
                    self.note_items(inner)?;
                }
                Item::Behind(octets, inner) => {
                    self.note_expr(octets)?;
                    self.note_items(inner)?;
                }
                Item::Tlv(tlv) => self.note_tlv(tlv)?,
                Item::Custom(..) => {}
            }
        }
        Ok(())
    }

    fn note_tlv(&mut self, tlv: &Tlv) -> Result<(), SchemaError> {
        self.note_slot(tlv.kind)?;
        if let Some(len) = tlv.len {
            self.note_slot(len)?;
        }
        self.note_items(&tlv.head)?;
        tlv.cases.iter().try_for_each(|case| self.note_items(&case.items))?;
        self.note_items(&tlv.other)
    }

    fn slot(&self, name: &str) -> u8 {
        let at = self.slots.iter().position(|slot| *slot == name);
        at.and_then(|at| u8::try_from(at).ok()).unwrap_or(NO_SLOT)
    }

    fn expr(&self, expr: &Expr) -> Result<Code, SchemaError> {
        let pair =
            |a: &Expr, b: &Expr| -> Result<_, SchemaError> { Ok(Box::new((self.expr(a)?, self.expr(b)?))) };
        Ok(match expr {
            Expr::Const(value) => Code::Const(*value),
            Expr::Field(name) => Code::Slot(self.slot(name)),
            Expr::Left => Code::Left,
            Expr::Claimed => Code::Claimed,
            Expr::Add(a, b) => Code::Add(pair(a, b)?),
            Expr::Sub(a, b) => Code::Sub(pair(a, b)?),
            Expr::Mul(a, b) => Code::Mul(pair(a, b)?),
            Expr::Div(a, b) => Code::Div(pair(a, b)?),
            Expr::And(a, b) => Code::And(pair(a, b)?),
            Expr::Min(a, b) => Code::Min(pair(a, b)?),
            Expr::Align(inner, octets) => Code::Align(Box::new(self.expr(inner)?), *octets),
        })
    }

    fn test(&self, test: &Test) -> Result<Cond, SchemaError> {
        let all = |tests: &[Test]| tests.iter().map(|test| self.test(test)).collect::<Result<Vec<_>, _>>();
        Ok(match test {
            Test::Eq(a, b) => Cond::Eq(self.expr(a)?, self.expr(b)?),
            Test::Ne(a, b) => Cond::Ne(self.expr(a)?, self.expr(b)?),
            Test::Ge(a, b) => Cond::Ge(self.expr(a)?, self.expr(b)?),
            Test::In(expr, values) => Cond::In(self.expr(expr)?, values.clone()),
            Test::All(tests) => Cond::All(all(tests)?),
            Test::Any(tests) => Cond::Any(all(tests)?),
            Test::Not(test) => Cond::Not(Box::new(self.test(test)?)),
            Test::Over(name) => Cond::Over(self.registry.protocol_named(name)),
            Test::Look(test) => Cond::Look(*test),
        })
    }

    fn extent(&self, size: &Size) -> Result<Extent, SchemaError> {
        Ok(match size {
            Size::Bits(bits) => Extent::Octets(Code::Const(i64::from(bits.div_ceil(8)))),
            Size::Octets(expr) => Extent::Octets(self.expr(expr)?),
            Size::Rest | Size::Varint(_) => Extent::Rest,
            Size::Nul => Extent::Nul,
            Size::DnsName => Extent::DnsName,
        })
    }

    fn num(&self, field: &Field, width: u16) -> Result<Num, SchemaError> {
        let id = self.field(field.name)?;
        Ok(Num {
            field: id,
            width,
            endian: field.endian,
            slot: self.slot(field.name),
            emit: self.emits(id, field),
            next: field.next,
        })
    }

    fn plain(&self, field: &Field) -> Result<Op, SchemaError> {
        match field.size {
            Size::Bits(width) if width <= 64 => {
                let num = self.num(field, width)?;
                if let Auto::Sum(Checksum::By(algorithm, over)) = field.auto
                    && let Some(op) = self.sum(field.name, num, algorithm, over)
                {
                    return Ok(op);
                }
                let idle = !num.emit && num.slot == NO_SLOT && num.next.is_none();
                Ok(if idle { Op::Skip(u32::from(width)) } else { Op::Num(num) })
            }
            Size::Varint(varint) => Ok(Op::Varint(self.num(field, 0)?, varint)),
            _ => {
                let id = self.field(field.name)?;
                let emit = self.emits(id, field);
                let extent = self.extent(&field.size)?;
                Ok(match (emit, &extent) {
                    (false, Extent::Rest) => Op::ToEnd,
                    _ => Op::Sized { field: id, extent, emit },
                })
            }
        }
    }

    /// A checksum, where its result is wanted.
    fn sum(&self, name: &str, num: Num, algorithm: Algorithm, over: Over) -> Option<Op> {
        let of = |suffix: &str| self.registry.local(self.protocol, &[name, suffix].concat());
        let wanted = |field: Option<FieldId>| field.filter(|id| self.plan.wants(*id));
        let (status, calculated) = (wanted(of(".status")), wanted(of(".calculated")));
        (status.is_some() || calculated.is_some())
            .then(|| Op::Sum(Box::new(SumOp { num, algorithm, over, status, calculated })))
    }

    /// Whether running the steps does anything but move on.
    fn idle(ops: &[Op]) -> bool {
        ops.iter().all(|op| matches!(op, Op::Skip(_) | Op::ToEnd))
    }

    fn items(&self, items: &[Item]) -> Result<Vec<Op>, SchemaError> {
        self.steps(items).map(|steps| in_rows(self.registry, steps))
    }

    /// As [`Compiler::items`], each number a step of its own.
    fn steps(&self, items: &[Item]) -> Result<Vec<Op>, SchemaError> {
        let mut ops = Vec::with_capacity(items.len());
        for item in items {
            let op = self.item(item)?;
            match (ops.last_mut(), op) {
                (Some(Op::Skip(before)), Op::Skip(more)) => *before = before.saturating_add(more),
                (_, op) => ops.push(op),
            }
        }
        Ok(ops)
    }

    fn item(&self, item: &Item) -> Result<Op, SchemaError> {
        Ok(match item {
            Item::Field(field) => self.plain(field)?,
            Item::Group(field, inner) => {
                let width = field.width().unwrap_or(0).min(64);
                let num = self.num(field, width)?;
                let inner = self.steps(inner)?;
                if Self::idle(&inner) { self.plain(field)? } else { Op::Group { num, inner } }
            }
            Item::Block(field, size, inner) => {
                let id = self.field(field.name)?;
                let (emit, extent, inner) = (self.emits(id, field), self.extent(size)?, self.items(inner)?);
                match (emit || !Self::idle(&inner), &extent) {
                    (true, _) => Op::Block { field: id, extent, emit, inner },
                    (false, Extent::Rest) => Op::ToEnd,
                    (false, _) => Op::Sized { field: id, extent, emit: false },
                }
            }
            Item::When(test, inner) => Op::When(self.test(test)?, self.items(inner)?),
            Item::Switch(on, cases, other) => Op::Switch {
                on: self.expr(on)?,
                cases: cases
                    .iter()
                    .map(|(low, high, inner)| Ok((*low, *high, self.items(inner)?)))
                    .collect::<Result<_, SchemaError>>()?,
                other: self.items(other)?,
            },
            Item::Repeat(field, count, inner) => {
                let id = self.field(field.name)?;
                let times = match count {
                    Count::ToEnd => None,
                    Count::Times(times) => Some(self.expr(times)?),
                };
                let (emit, inner) = (self.emits(id, field), self.items(inner)?);
                if !emit && times.is_none() && Self::idle(&inner) {
                    Op::ToEnd
                } else {
                    Op::Repeat { field: id, times, emit, inner }
                }
            }
            Item::Behind(octets, inner) => Op::Behind(self.expr(octets)?, self.items(inner)?),
            Item::Tlv(tlv) => self.tlv(tlv)?,
            Item::Custom(fields, decode, _) => Op::Custom { fields: self.named(fields)?, decode: *decode },
        })
    }

    fn tlv(&self, tlv: &Tlv) -> Result<Op, SchemaError> {
        let mut fields = Vec::new();
        crate::registry::collect_tlv(tlv, &mut fields);
        let any = fields.iter().any(|field| self.field(field.name).is_ok_and(|id| self.plan.wants(id)));
        let ends = tlv.end.is_some() || self.plan.wanted.is_none();
        let custom = has_custom(&tlv.other) || tlv.cases.iter().any(|case| has_custom(&case.items));
        if !any && !custom && !ends {
            return Ok(Op::ToEnd);
        }
        let entry = self.field(tlv.entry.name)?;
        let cases = tlv
            .cases
            .iter()
            .map(|case| {
                let field = self.field(case.field.name)?;
                let (emit, ops) = (self.emits(field, &case.field), self.items(&case.items)?);
                Ok(EntryOp { kind: case.kind, field, emit, plain: is_plain(&ops), ops })
            })
            .collect::<Result<Vec<_>, SchemaError>>()?;
        let head = self.steps(&tlv.head)?;
        let comes_again = self.plan.is_everything() && head_fields(&head).is_some();
        let lists = (comes_again && cases.iter().any(|case| case.plain)).then(Arc::default);
        let padding = tlv
            .padding
            .as_ref()
            .map(|field| self.field(field.name).map(|id| (id, self.emits(id, field))))
            .transpose()?;
        Ok(Op::Tlv(Box::new(TlvOp {
            entry,
            head,
            kind: self.slot(tlv.kind),
            len: tlv.len.map(|len| self.slot(len)),
            unit: tlv.unit,
            covers_head: tlv.len_covers_head,
            bias: tlv.len_bias,
            align: tlv.align.max(1),
            single: tlv.single,
            end: tlv.end,
            padding,
            cases,
            other: self.items(&tlv.other)?,
            other_emit: self.emits(entry, &tlv.entry),
            lists,
        })))
    }
}

fn has_custom(items: &[Item]) -> bool {
    items.iter().any(|item| match item {
        Item::Custom(..) => true,
        Item::Group(_, inner)
        | Item::Block(_, _, inner)
        | Item::When(_, inner)
        | Item::Behind(_, inner)
        | Item::Repeat(_, _, inner) => has_custom(inner),
        Item::Switch(_, cases, other) => {
            cases.iter().any(|(_, _, inner)| has_custom(inner)) || has_custom(other)
        }
        Item::Tlv(_) | Item::Field(_) => false,
    })
}
