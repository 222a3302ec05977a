//! Runs programs over octets, layer by layer.
//!
//! Two limits travel with the cursor: `end`, where captured octets of the current part end, and `claimed`, where the
//! part ends by what the layers around it say. A field that does not fit is *cut* when it would fit into `claimed`,
//! *malformed* when it would not.

use super::lists::Seen;
use super::octets::{bits_at, small};
use super::program::{Code, Cond, Local, NO_SLOT, Num, Op, Program, SLOTS, SumOp};
use super::{
    Around, Dissection, LayerEnd, LayerSpan, MAX_LAYERS, MAX_MESSAGE_LAYERS, MAX_NODES, Node, Note, NoteKind,
    Plan, Settings, Surroundings,
};
use crate::flow::reassembly::{Message, Segment, Share};
use crate::frame::{Frame, Meta};
use crate::proto::dsa::{Place, Tag, Tagger};
use crate::registry::{FieldId, ProtoId, Registry};
use crate::schema::{Endian, Over, Rules, Taken, Varint};

/// Depth of parts within a layer beyond which they are not taken apart.
pub(super) const MAX_DEPTH: u8 = 60;

/// The addresses that transport checksums and flows need, from the innermost network layer so far.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Network {
    /// No network layer yet.
    #[default]
    None,
    /// IPv4 source and destination; for source routes the final one.
    V4([u8; 4], [u8; 4]),
    /// IPv6 source and destination; for routing headers the final one.
    V6([u8; 16], [u8; 16]),
}

/// The step did not fit; a note has been made.
#[derive(Debug)]
pub(super) struct Stop;

/// Where a walk stands in a layer. Hooks and custom items read on and emit through it.
pub struct Walk<'d, 'o> {
    pub(super) registry: &'o Registry,
    pub(super) plan: &'o Plan,
    pub(super) settings: &'o Settings,
    /// Whether rows are folded.
    pub(super) folds: bool,
    pub(super) meta: &'o Meta<'d>,
    pub(super) around: &'o Surroundings<'o>,
    pub(super) data: &'d [u8],
    pub(super) source: u8,
    pub(super) out: &'o mut Dissection,
    pub(super) protocol: ProtoId,
    /// First octet of the layer.
    pub(super) start: usize,
    /// Cursor, in bits.
    pub(super) bit: usize,
    /// End of the captured octets of the current part.
    pub(super) end: usize,
    /// End of the current part by what surrounds it; at least `end`.
    pub(super) claimed: usize,
    pub(super) depth: u8,
    pub(super) slots: [u64; SLOTS],
    pub(super) fields: &'o [Local],
    pub(super) next: Option<ProtoId>,
    pub(super) ended: bool,
    pub(super) network: Network,
    /// Ports of the innermost transport layer.
    pub(super) ports: (u16, u16),
    /// Where pointers in DNS names count from.
    pub(super) names_from: usize,
    /// Inside an octet string that another packet quotes: checksums and lengths need not hold.
    pub(super) quoted: bool,
    /// The switch tag of the frame, with its tagger.
    pub(super) tag: Option<(&'static Tagger, Tag)>,
    /// What is read on in when the layer is done, in place of the frame's own octets.
    pub(super) onward: Option<Onward<'o>>,
    /// What the message at hand has of the stream within its kind.
    pub(super) share: Option<&'o Share>,
    /// What the entries of the list at hand had.
    pub(super) seen: Seen,
    /// Layers that the frame may have before it counts as nested too deep.
    pub(super) room: usize,
}

/// What is read in place of a layer's payload.
pub(super) enum Onward<'o> {
    /// Octets that frames before have a share in.
    Elsewhere(Elsewhere<'o>),
    /// Octets that the layer has made of its own: decrypted.
    Made(Made<'o>),
    /// Messages, some of them of several segments; the number is the source of the first of those.
    Messages(&'o Segment, u8),
}

/// Octets that are not the frame's.
#[derive(Clone, Copy)]
pub(super) struct Elsewhere<'o> {
    pub(super) octets: &'o [u8],
    /// Their source, as in [`Node::source`].
    pub(super) source: u8,
    /// What they are.
    pub(super) protocol: Option<ProtoId>,
}

/// Octets that a layer has made.
pub(super) struct Made<'o> {
    pub(super) octets: Vec<u8>,
    /// How many there are with those that are not here.
    pub(super) claimed: usize,
    /// Their source, which holds nothing until they have been read.
    pub(super) source: u8,
    /// What they are.
    pub(super) protocol: Option<ProtoId>,
    /// What messages before or behind them have a part in.
    pub(super) share: Option<&'o Share>,
}

/// Takes a frame apart from its link type on.
pub(super) fn frame<'d>(
    registry: &Registry,
    plan: &Plan,
    settings: &Settings,
    folds: bool,
    frame: &Frame<'d>,
    around: &Surroundings<'_>,
    out: &mut Dissection,
) {
    let claimed = usize::try_from(frame.meta.original_len).unwrap_or(usize::MAX).max(frame.data.len());
    let mut walk = Walk::new(registry, plan, settings, &frame.meta, around, frame.data, 0, claimed, out);
    walk.folds = folds;
    walk.next = registry.link(frame.meta.link_type);
    walk.tag = crate::proto::dsa::of_frame(settings.dsa, frame, around.interface);
    if let Some((tagger, _)) = &walk.tag
        && tagger.place != Place::Middle
    {
        walk.next = registry.dsa();
    }
    walk.layers();
}

/// Takes a part of a frame apart from `protocol` on.
pub(super) fn part<'d>(
    registry: &Registry,
    plan: &Plan,
    settings: &Settings,
    frame: &Frame<'d>,
    protocol: ProtoId,
    out: &mut Dissection,
) {
    let around = Surroundings::default();
    let claimed = usize::try_from(frame.meta.original_len).unwrap_or(usize::MAX).max(frame.data.len());
    let mut walk = Walk::new(registry, plan, settings, &frame.meta, &around, frame.data, 0, claimed, out);
    walk.next = Some(protocol);
    walk.layers();
}

/// Takes a single layer apart.
pub(super) fn one_layer<'d>(
    registry: &Registry,
    plan: &Plan,
    settings: &Settings,
    frame: &Frame<'d>,
    near: &Around,
    protocol: ProtoId,
    out: &mut Dissection,
) -> LayerEnd {
    let around = Surroundings::default();
    let claimed = usize::try_from(frame.meta.original_len).unwrap_or(usize::MAX).max(frame.data.len());
    if let Some(protocol) = near.outer {
        out.layers.push(LayerSpan { protocol, start: 0, header_end: 0, end: 0, source: 0 });
    }
    let mut walk = Walk::new(registry, plan, settings, &frame.meta, &around, frame.data, 0, claimed, out);
    (walk.ports, walk.network, walk.quoted) = (near.ports, near.network, near.quoted);
    walk.layer(protocol);
    LayerEnd { next: walk.next, payload: (walk.bit.div_ceil(8), walk.claimed) }
}

/// Takes octets apart that stand for themselves.
pub(super) fn further(
    registry: &Registry,
    plan: &Plan,
    settings: &Settings,
    octets: Vec<u8>,
    protocol: ProtoId,
    frame: &Frame<'_>,
    out: &mut Dissection,
) {
    let Ok(source) = u8::try_from(out.sources.len().saturating_add(1)) else { return };
    let around = Surroundings::default();
    let mut walk =
        Walk::new(registry, plan, settings, &frame.meta, &around, &octets, source, octets.len(), out);
    walk.next = Some(protocol);
    walk.layers();
    out.sources.push(octets);
}

impl<'d, 'o> Walk<'d, 'o> {
    #[expect(clippy::too_many_arguments, reason = "the one place where a walk is put together")]
    fn new(
        registry: &'o Registry,
        plan: &'o Plan,
        settings: &'o Settings,
        meta: &'o Meta<'d>,
        around: &'o Surroundings<'o>,
        data: &'d [u8],
        source: u8,
        claimed: usize,
        out: &'o mut Dissection,
    ) -> Self {
        Walk {
            registry,
            plan,
            settings,
            folds: false,
            meta,
            around,
            data,
            source,
            out,
            protocol: ProtoId(0),
            start: 0,
            bit: 0,
            end: data.len(),
            claimed,
            depth: 0,
            slots: [0; SLOTS],
            fields: &[],
            next: None,
            ended: false,
            network: Network::None,
            ports: (0, 0),
            names_from: 0,
            quoted: false,
            tag: None,
            onward: None,
            share: None,
            seen: Seen::default(),
            room: MAX_LAYERS,
        }
    }

    /// Layers until none follows, and what stands behind the last.
    fn layers(&mut self) {
        self.chain();
        self.link_trailer();
    }

    /// Layers until none follows.
    fn chain(&mut self) {
        while let Some(id) = self.next.take() {
            if !self.plan.reaches(id) {
                return;
            }
            if self.out.layers.len() >= self.room || self.out.count() >= MAX_NODES {
                return self.note(NoteKind::TooDeep, self.layer_field(), 0);
            }
            self.layer(id);
            if let Some(onward) = self.onward.take() {
                return match onward {
                    Onward::Elsewhere(octets) => self.read_on(octets),
                    Onward::Made(made) => self.read_made(made),
                    Onward::Messages(segment, source) => self.read_messages(segment, source),
                };
            }
            if self.ended {
                return;
            }
        }
        self.rest_as_data();
    }

    /// Takes octets apart that stand in place of the layer's payload.
    fn read_on(&mut self, onward: Elsewhere<'_>) {
        let mut inner = self.elsewhere(onward.octets, onward.source);
        inner.next = onward.protocol;
        inner.chain();
    }

    /// Takes octets apart that the layer has made.
    fn read_made(&mut self, made: Made<'_>) {
        let mut inner = self.elsewhere(&made.octets, made.source);
        inner.claimed = made.claimed.max(made.octets.len());
        inner.next = made.protocol;
        inner.share = made.share;
        inner.chain();
        self.fill_source(made.source, made.octets);
    }

    /// A source gets its octets.
    pub(super) fn fill_source(&mut self, source: u8, octets: Vec<u8>) {
        if let Some(slot) = usize::from(source).checked_sub(1).and_then(|at| self.out.sources.get_mut(at)) {
            *slot = octets;
        }
    }

    /// A walk over octets that are not the frame's, at the place of this one.
    pub(super) fn elsewhere<'w>(&'w mut self, octets: &'w [u8], source: u8) -> Walk<'w, 'w> {
        Walk {
            registry: self.registry,
            plan: self.plan,
            settings: self.settings,
            folds: self.folds,
            meta: self.meta,
            around: self.around,
            data: octets,
            source,
            out: self.out,
            protocol: self.protocol,
            start: 0,
            bit: 0,
            end: octets.len(),
            claimed: octets.len(),
            depth: 0,
            slots: [0; SLOTS],
            fields: &[],
            next: None,
            ended: false,
            network: self.network,
            ports: self.ports,
            names_from: 0,
            quoted: self.quoted,
            tag: None,
            onward: None,
            share: self.share,
            seen: Seen::default(),
            room: self.room,
        }
    }

    /// Takes the messages of a segment apart, each by itself. The cursor stands at the segment's data.
    fn read_messages(&mut self, segment: &'o Segment, first_source: u8) {
        let (data, end, claimed) = (self.bit / 8, self.end, self.claimed);
        let mut source = usize::from(first_source);
        // Messages stand beside each other: each may be nested as deep as one alone.
        let left = self.room.saturating_sub(self.out.layers.len());
        for (at, message) in segment.messages.iter().enumerate() {
            self.room = self.out.layers.len().saturating_add(left).min(MAX_MESSAGE_LAYERS);
            let share = segment.shares.binary_search_by_key(&at, |share| share.message).ok();
            self.share = share.and_then(|share| segment.shares.get(share));
            if !segment.protocol.is_some_and(|id| self.plan.reaches(id)) {
                break;
            }
            if self.out.layers.len() >= MAX_MESSAGE_LAYERS {
                self.note(NoteKind::TooDeep, self.layer_field(), 0);
                break;
            }
            match message {
                Message::Joined { octets, .. } => {
                    // More are joined than there are numbers for: the rest is not shown.
                    let here = u8::try_from(source).ok().filter(|_| source <= self.out.sources.len());
                    let Some(here) = here else {
                        self.note(NoteKind::TooDeep, self.layer_field(), 0);
                        break;
                    };
                    self.read_on(Elsewhere { octets, source: here, protocol: segment.protocol });
                    source = source.saturating_add(1);
                }
                Message::Here { start, len } => {
                    let start = data.saturating_add(*start as usize);
                    self.bit = start.min(end).saturating_mul(8);
                    self.end = start.saturating_add(*len as usize).min(end);
                    self.claimed = self.end;
                    self.ended = false;
                    self.next = segment.protocol;
                    self.chain();
                }
            }
        }
        self.share = None;
        (self.bit, self.end, self.claimed) = (end.saturating_mul(8), end, claimed);
    }

    pub(super) fn layer(&mut self, id: ProtoId) {
        let Some(program) = self.plan.program(self.registry, id) else { return };
        self.protocol = id;
        self.start = self.bit / 8;
        self.names_from = self.start;
        self.bit = self.start.saturating_mul(8);
        self.depth = 0;
        self.fields = &program.extra;
        let node = self.open_node(program.layer.filter(|_| program.emit_layer));
        let at = self.out.layers.len();
        self.out.layers.push(LayerSpan {
            protocol: id,
            start: small(self.start),
            header_end: small(self.start),
            end: small(self.end),
            source: self.source,
        });
        self.depth = 1;
        let done = self.run(&program.ops);
        if done.is_err() {
            // What does not fit ends the frame's reading; a hook may still want the layer's addresses.
            self.next = None;
            self.ended = true;
        }
        self.after(program, done.is_ok(), node, at);
    }

    fn after(&mut self, program: &'o Program, whole: bool, node: Option<usize>, layer: usize) {
        let header_end = self.bit.div_ceil(8).min(self.end.max(self.start));
        self.bit = header_end.saturating_mul(8);
        if whole && let Some(payload) = &program.payload {
            let octets = self.code(payload);
            self.limit_payload(octets);
        }
        self.fields = &program.extra;
        let protocol = self.registry.protocol(self.protocol);
        let hook = protocol.and_then(|protocol| if whole { protocol.after } else { protocol.short });
        if let Some(hook) = hook {
            hook(self);
        }
        if whole {
            let rules = self.registry.protocol(self.protocol).and_then(|protocol| protocol.rules.as_ref());
            if let Some(rules) = rules {
                self.rules(rules);
            }
        }
        let header_end = self.bit / 8;
        self.close_node(node, header_end);
        let end = small(self.end);
        if let Some(span) = self.out.layers.get_mut(layer) {
            span.header_end = small(header_end);
            span.end = end;
        }
    }

    /// What a plugin's protocol does behind its header.
    fn rules(&mut self, rules: &Rules) {
        if let Some(script) = &rules.script {
            script.after(self);
        }
        if self.next.is_none()
            && let Some(name) = rules.then
            && self.bit.div_ceil(8) < self.end
        {
            self.next_named(name);
        }
    }

    /// What no layer takes is data.
    fn rest_as_data(&mut self) {
        let offset = self.bit.div_ceil(8);
        if offset >= self.end {
            return;
        }
        let Some(data) = self.registry.data() else { return };
        if self.plan.reaches(data) {
            self.layer(data);
        }
    }

    // ---- running -----------------------------------------------------------------------------------------------

    pub(super) fn run(&mut self, ops: &'o [Op]) -> Result<(), Stop> {
        for op in ops {
            self.step(op)?;
        }
        Ok(())
    }

    #[inline]
    pub(super) fn step(&mut self, op: &'o Op) -> Result<(), Stop> {
        match op {
            Op::Num(num) => self.num(num).map(|_| ()),
            Op::Varint(num, varint) => self.varint(num, *varint),
            Op::Skip(bits) => self.skip(*bits),
            Op::Sized { field, extent, emit } => self.sized(*field, extent, *emit),
            Op::Group { num, inner } => {
                let start = self.bit;
                self.num(num)?;
                let after = self.bit;
                self.bit = start;
                self.depth = self.depth.saturating_add(u8::from(num.emit));
                let done = self.run(inner);
                self.depth = self.depth.saturating_sub(u8::from(num.emit));
                self.bit = after;
                done
            }
            Op::Block { field, extent, emit, inner } => self.block(*field, extent, *emit, inner),
            Op::When(test, inner) => {
                if self.cond(test) {
                    self.run(inner)
                } else {
                    Ok(())
                }
            }
            Op::Switch { on, cases, other } => {
                let value = self.code(on).cast_unsigned();
                let hit = cases.iter().find(|(low, high, _)| *low <= value && value <= *high);
                self.run(hit.map_or(other, |(_, _, inner)| inner))
            }
            Op::Repeat { field, times, emit, inner } => self.repeat(*field, times.as_ref(), *emit, inner),
            Op::Tlv(tlv) => self.tlv(tlv),
            Op::Behind(octets, inner) => self.behind(octets, inner),
            Op::Custom { fields, decode } => {
                let outer = std::mem::replace(&mut self.fields, fields);
                decode(self);
                self.fields = outer;
                if self.ended { Err(Stop) } else { Ok(()) }
            }
            Op::Sum(sum) => self.sum(sum),
            Op::Row(row) => self.row(row),
            Op::ToEnd => {
                self.bit = self.end.saturating_mul(8);
                Ok(())
            }
        }
    }

    #[inline]
    fn num(&mut self, num: &Num) -> Result<u64, Stop> {
        let width = usize::from(num.width);
        let after = self.bit.saturating_add(width);
        if after > self.end.saturating_mul(8) {
            return Err(self.short(num.field, width));
        }
        let mut value = bits_at(self.data, self.bit, num.width);
        if num.endian != Endian::Big {
            let little = num.endian == Endian::Little || !self.settings_big_endian();
            if little {
                value =
                    value.swap_bytes().checked_shr(64_u32.saturating_sub(u32::from(num.width))).unwrap_or(0);
            }
        }
        self.took(num, width, value);
        Ok(value)
    }

    /// A number of as many octets as it needs.
    fn varint(&mut self, num: &Num, varint: Varint) -> Result<(), Stop> {
        self.align();
        let octets = self.data.get(self.bit / 8..self.end).unwrap_or_default();
        match varint.read(octets) {
            Taken::Number(value, octets) => {
                self.took(num, octets.saturating_mul(8), value);
                Ok(())
            }
            Taken::Cut(octets) => Err(self.short(num.field, octets.saturating_mul(8))),
            Taken::TooLong => {
                self.note(NoteKind::Malformed, num.field, 0);
                Err(Stop)
            }
        }
    }

    /// What becomes of a number of so many bits.
    #[inline]
    fn took(&mut self, num: &Num, width: usize, value: u64) {
        if num.slot != NO_SLOT
            && let Some(slot) = self.slots.get_mut(usize::from(num.slot))
        {
            *slot = value;
        }
        if num.emit {
            self.push(num.field, self.bit, width, value);
        }
        if let Some(table) = num.next {
            self.next = self.registry.next(table, value);
        }
        self.bit = self.bit.saturating_add(width);
    }

    /// A checksum field, and whether it is right.
    fn sum(&mut self, sum: &SumOp) -> Result<(), Stop> {
        let at = self.bit / 8;
        let value = self.num(&sum.num)?;
        let behind = self.bit.div_ceil(8);
        let before = self.data.get(self.start..at).unwrap_or_default();
        let after = self.data.get(behind..self.end).unwrap_or_default();
        let zeros = [0_u8; 8];
        let zeros = zeros.get(..behind.saturating_sub(at)).unwrap_or_default();
        let known = sum.over == Over::Before || self.is_whole() && !self.quoted;
        let right = known.then(|| match sum.over {
            Over::Before => sum.algorithm.of(&[before]),
            Over::After => sum.algorithm.of(&[after]),
            Over::Whole => sum.algorithm.of(&[before, zeros, after]),
        });
        let start = at.saturating_mul(8);
        if let Some(status) = sum.status {
            let state = right.map_or(2, |right| u64::from(right == value));
            self.push(status, start, 0, state);
        }
        if let Some((calculated, right)) = sum.calculated.zip(right.filter(|right| *right != value)) {
            self.push(calculated, start, 0, right);
        }
        Ok(())
    }

    fn settings_big_endian(&self) -> bool {
        self.settings.big_endian_host
    }

    fn skip(&mut self, bits: u32) -> Result<(), Stop> {
        let after = self.bit.saturating_add(bits as usize);
        if after > self.end.saturating_mul(8) {
            let field = self.layer_field();
            return Err(self.short(field, bits as usize));
        }
        self.bit = after;
        Ok(())
    }

    // ---- expressions -------------------------------------------------------------------------------------------

    pub(super) fn slot_value(&self, slot: u8) -> u64 {
        self.slots.get(usize::from(slot)).copied().unwrap_or(0)
    }

    pub(super) fn code(&self, code: &Code) -> i64 {
        match code {
            Code::Const(value) => *value,
            Code::Slot(slot) => i64::try_from(self.slot_value(*slot)).unwrap_or(i64::MAX),
            Code::Left => i64::try_from(self.end.saturating_sub(self.bit.div_ceil(8))).unwrap_or(i64::MAX),
            Code::Claimed => i64::try_from(self.claimed_left()).unwrap_or(i64::MAX),
            Code::Add(pair) => self.code(&pair.0).saturating_add(self.code(&pair.1)),
            Code::Sub(pair) => self.code(&pair.0).saturating_sub(self.code(&pair.1)),
            Code::Mul(pair) => self.code(&pair.0).saturating_mul(self.code(&pair.1)),
            Code::Div(pair) => self.code(&pair.0).checked_div(self.code(&pair.1)).unwrap_or(0),
            Code::And(pair) => self.code(&pair.0) & self.code(&pair.1),
            Code::Min(pair) => self.code(&pair.0).min(self.code(&pair.1)),
            Code::Align(inner, octets) => {
                let (value, octets) = (self.code(inner), i64::from((*octets).max(1)));
                let over = value.checked_rem(octets).unwrap_or(0);
                if over == 0 { value } else { value.saturating_add(octets.saturating_sub(over)) }
            }
        }
    }

    fn cond(&self, cond: &Cond) -> bool {
        match cond {
            Cond::Eq(a, b) => self.code(a) == self.code(b),
            Cond::Ne(a, b) => self.code(a) != self.code(b),
            Cond::Ge(a, b) => self.code(a) >= self.code(b),
            Cond::In(code, values) => values.contains(&self.code(code).cast_unsigned()),
            Cond::All(all) => all.iter().all(|cond| self.cond(cond)),
            Cond::Any(any) => any.iter().any(|cond| self.cond(cond)),
            Cond::Not(cond) => !self.cond(cond),
            Cond::Over(protocol) => protocol.is_some() && self.outer_other() == *protocol,
            Cond::Look(test) => test(self.rest()),
        }
    }

    // ---- emitting ----------------------------------------------------------------------------------------------

    #[inline]
    pub(super) fn push(&mut self, field: FieldId, start: usize, bits: usize, value: u64) {
        let (start, bits) = (small(start), small(bits));
        let node = Node { field, depth: self.depth, source: self.source, start, bits, value };
        self.out.push(self.registry, node);
    }

    pub(super) fn open_node(&mut self, field: Option<FieldId>) -> Option<usize> {
        let field = field?;
        let at = self.out.nodes.len();
        self.push(field, self.bit, 0, 0);
        Some(at)
    }

    pub(super) fn close_node(&mut self, node: Option<usize>, end: usize) {
        if let Some(node) = node.and_then(|at| self.out.nodes.get_mut(at)) {
            node.bits = small(end.saturating_mul(8)).saturating_sub(node.start);
        }
    }

    pub(super) fn layer_field(&self) -> FieldId {
        self.registry.layer_field(self.protocol).unwrap_or(FieldId(0))
    }

    /// Notes that a field of `bits` does not fit.
    #[cold]
    pub(super) fn short(&mut self, field: FieldId, bits: usize) -> Stop {
        let after = self.bit.saturating_add(bits);
        let kind = if after <= self.claimed.saturating_mul(8) { NoteKind::Cut } else { NoteKind::Malformed };
        // A quotation ends where the quoting packet has no more room for it.
        if self.quoted && kind == NoteKind::Cut {
            return Stop;
        }
        self.note(kind, field, bits.div_ceil(8));
        Stop
    }

    #[cold]
    pub(super) fn note(&mut self, kind: NoteKind, field: FieldId, needed: usize) {
        let offset = self.bit / 8;
        self.out.notes.push(Note {
            kind,
            protocol: self.protocol,
            field,
            offset: small(offset),
            needed: small(needed),
            available: small(self.end.saturating_sub(offset)),
            source: self.source,
        });
        if let Some(marker) = self.registry.note_field(kind)
            && self.plan.wants(marker)
        {
            self.push(marker, self.bit, 0, 1);
        }
    }

    pub(super) fn align(&mut self) {
        self.bit = self.bit.div_ceil(8).saturating_mul(8);
    }
}
