//! Runs programs over octets, layer by layer.
//!
//! Two limits travel with the cursor: `end`, where captured octets of the current part end, and `claimed`, where the
//! part ends by what the layers around it say. A field that does not fit is *cut* when it would fit into `claimed`,
//! *malformed* when it would not.

use super::program::{Code, Cond, Extent, Local, NO_SLOT, Num, Op, Program, SLOTS, TlvOp, is_number};
use super::{
    Dissection, LayerSpan, MAX_LAYERS, MAX_NODES, Node, Note, NoteKind, Plan, Settings, Surroundings,
};
use crate::frame::{Frame, Meta};
use crate::proto::dsa::{Place, Tag, Tagger};
use crate::registry::{FieldId, ProtoId, Registry};
use crate::schema::{Endian, Table};

/// Depth of parts within a layer beyond which they are not taken apart.
const MAX_DEPTH: u8 = 60;

/// Pointers followed and labels read in one DNS name.
const MAX_DNS_STEPS: usize = 128;

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
    settings: &'o Settings,
    pub(super) meta: &'o Meta<'d>,
    around: &'o Surroundings<'o>,
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
    slots: [u64; SLOTS],
    fields: &'o [Local],
    pub(super) next: Option<ProtoId>,
    ended: bool,
    network: Network,
    /// Ports of the innermost transport layer.
    ports: (u16, u16),
    /// Where pointers in DNS names count from.
    names_from: usize,
    /// Inside an octet string that another packet quotes: checksums and lengths need not hold.
    quoted: bool,
    /// The switch tag of the frame, with its tagger.
    tag: Option<(&'static Tagger, Tag)>,
}

/// Takes a frame apart from its link type on.
pub(super) fn frame<'d>(
    registry: &Registry,
    plan: &Plan,
    settings: &Settings,
    frame: &Frame<'d>,
    around: &Surroundings<'_>,
    out: &mut Dissection,
) {
    let claimed = usize::try_from(frame.meta.original_len).unwrap_or(usize::MAX).max(frame.data.len());
    let mut walk = Walk::new(registry, plan, settings, &frame.meta, around, frame.data, 0, claimed, out);
    walk.next = registry.link(frame.meta.link_type);
    walk.tag = crate::proto::dsa::of_frame(settings.dsa, frame, around.interface);
    if let Some((tagger, _)) = &walk.tag
        && tagger.place != Place::Middle
    {
        walk.next = registry.protocol_named("dsa");
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
        }
    }

    /// Layers until none follows.
    fn layers(&mut self) {
        while let Some(id) = self.next.take() {
            if !self.plan.reaches(id) {
                return self.link_trailer();
            }
            if self.out.layers.len() >= MAX_LAYERS || self.out.nodes.len() >= MAX_NODES {
                self.note(NoteKind::TooDeep, self.layer_field(), 0);
                return self.link_trailer();
            }
            self.layer(id);
            if self.ended {
                break;
            }
        }
        if !self.ended {
            self.rest_as_data();
        }
        self.link_trailer();
    }

    fn layer(&mut self, id: ProtoId) {
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
        if whole {
            self.fields = &program.extra;
            let hook = self.registry.protocol(self.protocol).and_then(|protocol| protocol.after);
            if let Some(hook) = hook {
                hook(self);
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

    /// What no layer takes is data.
    fn rest_as_data(&mut self) {
        let offset = self.bit.div_ceil(8);
        if offset >= self.end {
            return;
        }
        let Some(data) = self.registry.protocol_named("data") else { return };
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
    fn step(&mut self, op: &'o Op) -> Result<(), Stop> {
        match op {
            Op::Num(num) => self.num(num).map(|_| ()),
            Op::Skip(bits) => self.skip(*bits),
            Op::Sized { field, extent, emit } => self.sized(*field, extent, *emit),
            Op::Group { num, inner } => {
                let start = self.bit;
                self.num(num)?;
                let after = self.bit;
                self.bit = start;
                self.depth = self.depth.saturating_add(1);
                let done = self.run(inner);
                self.depth = self.depth.saturating_sub(1);
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
        self.bit = after;
        Ok(value)
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

    fn sized(&mut self, field: FieldId, extent: &'o Extent, emit: bool) -> Result<(), Stop> {
        self.align();
        let start = self.bit / 8;
        if let Extent::DnsName = extent {
            return self.dns_name(field, emit);
        }
        let octets = self.extent(field, extent)?;
        let have = octets.min(self.end.saturating_sub(start));
        if emit && (have > 0 || octets > 0) {
            let kind = self.registry.field(field).map(|info| info.field.kind);
            let value = if kind.is_some_and(is_number) && octets <= 8 {
                bits_at(self.data, self.bit, u16::try_from(have.saturating_mul(8)).unwrap_or(0))
            } else {
                0
            };
            self.push(field, self.bit, have.saturating_mul(8), value);
        }
        if have < octets {
            let short = self.short(field, octets.saturating_mul(8));
            self.bit = self.end.saturating_mul(8);
            return Err(short);
        }
        self.bit = self.bit.saturating_add(octets.saturating_mul(8));
        Ok(())
    }

    /// Octets that a size says, from the cursor.
    fn extent(&mut self, field: FieldId, extent: &Extent) -> Result<usize, Stop> {
        let start = self.bit / 8;
        let left = self.end.saturating_sub(start);
        match extent {
            Extent::Octets(code) => {
                let octets = self.code(code);
                usize::try_from(octets).map_err(|_| {
                    self.note(NoteKind::Malformed, field, 0);
                    Stop
                })
            }
            Extent::Rest | Extent::DnsName => Ok(left),
            Extent::Nul => {
                let octets = self.data.get(start..self.end).unwrap_or_default();
                Ok(octets.iter().position(|octet| *octet == 0).map_or(left, |at| at.saturating_add(1)))
            }
        }
    }

    fn block(&mut self, field: FieldId, extent: &'o Extent, emit: bool, inner: &'o [Op]) -> Result<(), Stop> {
        self.align();
        let octets = self.extent(field, extent)?;
        if octets == 0 {
            return Ok(());
        }
        let node = self.open_node(Some(field).filter(|_| emit));
        let done = self.within(field, octets, inner);
        self.close_node(node, self.bit / 8);
        done
    }

    /// Runs the steps over the next `octets` alone, shows what they leave over, and moves behind them.
    fn within(&mut self, field: FieldId, octets: usize, inner: &'o [Op]) -> Result<(), Stop> {
        let start = self.bit / 8;
        let (end, claimed) = (self.end, self.claimed);
        let part_end = start.saturating_add(octets);
        if part_end > claimed {
            self.note(NoteKind::Malformed, field, octets);
        }
        self.end = part_end.min(end);
        self.claimed = part_end.min(claimed);
        self.depth = self.depth.saturating_add(1);
        let done = if self.depth > MAX_DEPTH {
            self.note(NoteKind::TooDeep, field, octets);
            Err(Stop)
        } else {
            self.run(inner)
        };
        if done.is_ok() {
            self.left_over();
        }
        self.depth = self.depth.saturating_sub(1);
        let whole = part_end <= end;
        self.bit = part_end.min(end).saturating_mul(8);
        (self.end, self.claimed) = (end, claimed);
        // Trouble inside a part of known size does not spoil what follows the part.
        if whole { Ok(()) } else { Err(Stop) }
    }

    /// Octets of a part that its items did not take.
    fn left_over(&mut self) {
        self.align();
        let start = self.bit / 8;
        if start < self.end
            && let Some(field) = self.registry.undissected()
            && self.plan.wants(field)
        {
            self.push(field, self.bit, self.end.saturating_sub(start).saturating_mul(8), 0);
        }
    }

    fn repeat(
        &mut self,
        field: FieldId,
        times: Option<&'o Code>,
        emit: bool,
        inner: &'o [Op],
    ) -> Result<(), Stop> {
        let mut left = match times {
            Some(code) => usize::try_from(self.code(code)).unwrap_or(0),
            None => usize::MAX,
        };
        while left > 0 {
            let before = self.bit;
            if times.is_none() && before >= self.end.saturating_mul(8) {
                break;
            }
            if self.out.nodes.len() >= MAX_NODES {
                self.note(NoteKind::TooDeep, field, 0);
                return Err(Stop);
            }
            let node = self.open_node(Some(field).filter(|_| emit));
            self.depth = self.depth.saturating_add(u8::from(emit));
            let done = self.run(inner);
            self.depth = self.depth.saturating_sub(u8::from(emit));
            self.close_node(node, self.bit.div_ceil(8));
            done?;
            if self.bit == before {
                break;
            }
            left = left.saturating_sub(1);
        }
        Ok(())
    }

    fn tlv(&mut self, tlv: &'o TlvOp) -> Result<(), Stop> {
        self.align();
        while self.bit / 8 < self.end {
            if self.out.nodes.len() >= MAX_NODES {
                self.note(NoteKind::TooDeep, tlv.entry, 0);
                return Err(Stop);
            }
            if !self.tlv_entry(tlv)? {
                break;
            }
        }
        // Behind an end mark only padding may stand.
        self.left_over();
        self.bit = self.end.saturating_mul(8);
        Ok(())
    }

    /// One entry; false when it ends the list.
    fn tlv_entry(&mut self, tlv: &'o TlvOp) -> Result<bool, Stop> {
        let start = self.bit / 8;
        let node = self.open_node(Some(tlv.entry).filter(|_| self.plan_emits_entries(tlv)));
        self.depth = self.depth.saturating_add(1);
        let (first, more) = tlv.head.split_first().ok_or(Stop)?;
        self.step(first)?;
        let mut kind = self.slot_value(tlv.kind);
        let single = tlv.single.contains(&kind);
        if !single {
            self.run(more)?;
            kind = self.slot_value(tlv.kind);
        }
        let head = (self.bit / 8).saturating_sub(start);
        let case = tlv.cases.iter().find(|case| case.0 == kind);
        let node = self.rename_entry(tlv, node, case);
        let body = match tlv.len.filter(|_| !single) {
            None if single => 0,
            None => self.end.saturating_sub(self.bit / 8),
            Some(slot) => self.tlv_body(tlv, slot, head)?,
        };
        let inner: &'o [Op] = case.map_or(&tlv.other, |case| &case.3);
        self.depth = self.depth.saturating_sub(1);
        let done = if body > 0 && tlv.len.is_none() {
            self.depth = self.depth.saturating_add(1);
            let done = self.run(inner);
            self.depth = self.depth.saturating_sub(1);
            done
        } else if body > 0 {
            self.within(tlv.entry, body, inner)
        } else {
            Ok(())
        };
        self.close_node(node, self.bit / 8);
        done?;
        let taken = (self.bit / 8).saturating_sub(start);
        let padded = taken.checked_next_multiple_of(usize::from(tlv.align)).unwrap_or(taken);
        self.bit = start.saturating_add(padded).min(self.end).saturating_mul(8);
        Ok(tlv.end != Some(kind) && taken > 0)
    }

    fn plan_emits_entries(&self, tlv: &TlvOp) -> bool {
        tlv.other_emit || tlv.cases.iter().any(|case| case.2)
    }

    /// Puts the case's field in place of the unknown entry's, or takes the node away where it is not wanted.
    fn rename_entry(
        &mut self,
        tlv: &TlvOp,
        node: Option<usize>,
        case: Option<&(u64, FieldId, bool, Vec<Op>)>,
    ) -> Option<usize> {
        let at = node?;
        let (field, wanted) = case.map_or((tlv.entry, tlv.other_emit), |case| (case.1, case.2));
        if !wanted {
            // Only the nodes of the entry's head stand behind it.
            self.out.nodes.remove(at);
            return None;
        }
        if let Some(entry) = self.out.nodes.get_mut(at) {
            entry.field = field;
        }
        Some(at)
    }

    /// Octets of an entry's body by its length field.
    fn tlv_body(&mut self, tlv: &TlvOp, slot: u8, head: usize) -> Result<usize, Stop> {
        let said = self.slot_value(slot).saturating_mul(u64::from(tlv.unit));
        let said = i64::try_from(said).unwrap_or(i64::MAX).saturating_add(i64::from(tlv.bias));
        let covered = if tlv.covers_head { i64::try_from(head).unwrap_or(i64::MAX) } else { 0 };
        usize::try_from(said.saturating_sub(covered)).map_err(|_| {
            self.depth = self.depth.saturating_sub(1);
            self.note(NoteKind::Malformed, tlv.entry, head);
            Stop
        })
    }

    /// Runs the steps behind a payload of so many octets, and ends the part where they begin. Nothing is done when
    /// the payload would be longer than the part: the length that says so is reported by what it limits.
    fn behind(&mut self, octets: &Code, inner: &'o [Op]) -> Result<(), Stop> {
        self.align();
        let here = self.bit;
        let Ok(octets) = usize::try_from(self.code(octets)) else { return Ok(()) };
        let payload_end = (here / 8).saturating_add(octets);
        if payload_end > self.claimed {
            return Ok(());
        }
        if payload_end < self.end {
            self.bit = payload_end.saturating_mul(8);
            // Trouble in a trailer does not spoil the payload.
            let _ = self.run(inner);
        }
        self.bit = here;
        self.end = self.end.min(payload_end);
        self.claimed = payload_end;
        Ok(())
    }

    fn dns_name(&mut self, field: FieldId, emit: bool) -> Result<(), Stop> {
        let from = self.bit / 8;
        let base = self.names_from;
        let text_start = self.out.text.len();
        let parsed =
            read_dns_name(self.data.get(..self.end).unwrap_or(self.data), base, from, &mut self.out.text);
        match parsed {
            Some(after) => {
                if emit {
                    if self.out.text.len() == text_start {
                        self.out.text.extend_from_slice(b"<Root>");
                    }
                    let len = self.out.text.len().saturating_sub(text_start);
                    let value = (text_start as u64) << 32 | len as u64;
                    self.push(field, self.bit, after.saturating_sub(from).saturating_mul(8), value);
                } else {
                    self.out.text.truncate(text_start);
                }
                self.bit = after.saturating_mul(8);
                Ok(())
            }
            None => {
                self.out.text.truncate(text_start);
                Err(self.short(field, self.end.saturating_sub(from).saturating_add(1).saturating_mul(8)))
            }
        }
    }

    // ---- expressions -------------------------------------------------------------------------------------------

    fn slot_value(&self, slot: u8) -> u64 {
        self.slots.get(usize::from(slot)).copied().unwrap_or(0)
    }

    fn code(&self, code: &Code) -> i64 {
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
        }
    }

    // ---- emitting ----------------------------------------------------------------------------------------------

    #[inline]
    pub(super) fn push(&mut self, field: FieldId, start: usize, bits: usize, value: u64) {
        self.out.nodes.push(Node {
            field,
            depth: self.depth,
            source: self.source,
            start: small(start),
            bits: small(bits),
            value,
        });
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

    fn layer_field(&self) -> FieldId {
        self.registry.layer_field(self.protocol).unwrap_or(FieldId(0))
    }

    /// Notes that a field of `bits` does not fit.
    #[cold]
    fn short(&mut self, field: FieldId, bits: usize) -> Stop {
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
    fn note(&mut self, kind: NoteKind, field: FieldId, needed: usize) {
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

    fn align(&mut self) {
        self.bit = self.bit.div_ceil(8).saturating_mul(8);
    }
}

/// For hooks and custom items: reading on, emitting, and saying what follows.
impl<'d, 'o> Walk<'d, 'o> {
    /// Octets from the cursor to the end of the captured part.
    pub fn rest(&self) -> &'d [u8] {
        self.data.get(self.bit.div_ceil(8)..self.end).unwrap_or_default()
    }

    /// Octets of the layer so far, from its first to the cursor.
    pub fn header(&self) -> &'d [u8] {
        self.data.get(self.start..self.bit.div_ceil(8).min(self.end)).unwrap_or_default()
    }

    /// Octets of the layer from its first to the end of the captured part.
    pub fn layer_octets(&self) -> &'d [u8] {
        self.data.get(self.start..self.end).unwrap_or_default()
    }

    /// All octets of the frame, or of the source that is being decoded.
    pub fn all_octets(&self) -> &'d [u8] {
        self.data
    }

    /// Octets from the cursor to where the part ends by what surrounds it; more than `rest` when the frame was cut.
    pub fn claimed_left(&self) -> usize {
        self.claimed.saturating_sub(self.bit.div_ceil(8))
    }

    /// Offset of the cursor in the source.
    pub fn offset(&self) -> usize {
        self.bit.div_ceil(8)
    }

    /// Offset of the layer's first octet in the source.
    pub fn layer_offset(&self) -> usize {
        self.start
    }

    /// Layers decoded so far, this one included.
    pub fn layer_count(&self) -> usize {
        self.out.layers.len()
    }

    /// The layer before this one.
    pub fn outer(&self) -> Option<ProtoId> {
        let at = self.out.layers.len().checked_sub(2)?;
        self.out.layers.get(at).map(|layer| layer.protocol)
    }

    /// Moves the cursor on; what is not there is not skipped.
    pub fn advance(&mut self, octets: usize) {
        let to = self.bit.div_ceil(8).saturating_add(octets).min(self.end);
        self.bit = to.saturating_mul(8);
    }

    /// Moves the cursor to an offset within the part.
    pub fn seek(&mut self, offset: usize) {
        self.bit = offset.min(self.end).saturating_mul(8);
    }

    /// Narrows the part to end `octets` behind the cursor (a length field's word). More than there is by what
    /// surrounds it is noted as malformed, and changes nothing.
    pub fn limit_payload(&mut self, octets: i64) {
        let here = self.bit.div_ceil(8);
        let end = usize::try_from(octets).ok().map(|octets| here.saturating_add(octets));
        match end {
            Some(end) if end <= self.claimed => {
                self.claimed = end;
                self.end = self.end.min(end);
            }
            _ => {
                if !self.quoted {
                    let field = self.layer_field();
                    self.note(NoteKind::Malformed, field, usize::try_from(octets).unwrap_or(0));
                }
            }
        }
    }

    /// Takes octets off the end of the part, for a trailer; false when it is not all there (cut).
    pub fn take_trailer(&mut self, octets: usize) -> bool {
        if self.claimed > self.end {
            return false;
        }
        match self.end.checked_sub(octets) {
            Some(end) if end >= self.bit.div_ceil(8) => {
                self.end = end;
                self.claimed = end;
                true
            }
            _ => false,
        }
    }

    /// What of `name`, among the fields declared with the item or hook that runs, is wanted.
    pub fn wants(&self, name: &str) -> bool {
        self.fields.iter().any(|(known, _, wanted)| *wanted && *known == name)
    }

    fn wanted(&self, name: &str) -> Option<FieldId> {
        self.fields.iter().find(|(known, _, _)| *known == name).filter(|(_, _, wanted)| *wanted).map(|f| f.1)
    }

    /// Reads a number of whole octets (1 to 8, network order), emits it as `name` and moves on. `None`, with a note,
    /// when it does not fit.
    pub fn take(&mut self, name: &str, octets: usize) -> Option<u64> {
        let field = self.fields.iter().find(|(known, _, _)| *known == name).copied();
        let bits = octets.min(8).saturating_mul(8);
        if self.bit.saturating_add(bits) > self.end.saturating_mul(8) {
            let layer = self.layer_field();
            self.short(field.map_or(layer, |f| f.1), bits);
            return None;
        }
        let value = bits_at(self.data, self.bit, u16::try_from(bits).unwrap_or(64));
        if let Some((_, id, true)) = field {
            self.push(id, self.bit, bits, value);
        }
        self.bit = self.bit.saturating_add(bits);
        Some(value)
    }

    /// Emits `name` over `octets` octets from the cursor and moves on; what does not fit is noted and false returned.
    pub fn take_octets(&mut self, name: &str, octets: usize) -> bool {
        let field = self.fields.iter().find(|(known, _, _)| *known == name).copied();
        let have = octets.min(self.end.saturating_sub(self.bit.div_ceil(8)));
        if let Some((_, id, true)) = field {
            self.push(id, self.bit, have.saturating_mul(8), 0);
        }
        if have < octets {
            let layer = self.layer_field();
            self.short(field.map_or(layer, |f| f.1), octets.saturating_mul(8));
        }
        self.advance(have);
        have == octets
    }

    /// Reads a DNS name (pointers count from the layer's first octet), emits it as `name`, moves on.
    pub fn take_dns_name(&mut self, name: &str) -> bool {
        let field = self.fields.iter().find(|(known, _, _)| *known == name).copied();
        let layer = self.layer_field();
        let (id, wanted) = field.map_or((layer, false), |f| (f.1, f.2));
        self.dns_name(id, wanted).is_ok()
    }

    /// Emits `name` with a value, over octets `start..start + octets` of the source (0 octets: generated).
    pub fn emit(&mut self, name: &str, start: usize, octets: usize, value: u64) {
        if let Some(id) = self.wanted(name) {
            self.push(id, start.saturating_mul(8), octets.saturating_mul(8), value);
        }
    }

    /// Emits `name` over bits: `start` counts bits from the source's first octet.
    pub fn emit_bits(&mut self, name: &str, start: usize, bits: usize, value: u64) {
        if let Some(id) = self.wanted(name) {
            self.push(id, start, bits, value);
        }
    }

    /// Emits `name` with text that `write` puts together.
    pub fn emit_made(&mut self, name: &str, start: usize, octets: usize, write: impl FnOnce(&mut Vec<u8>)) {
        if let Some(id) = self.wanted(name) {
            let text_start = self.out.text.len();
            write(&mut self.out.text);
            let len = self.out.text.len().saturating_sub(text_start);
            let value = (text_start as u64) << 32 | len as u64;
            self.push(id, start.saturating_mul(8), octets.saturating_mul(8), value);
        }
    }

    /// Opens a node named `name` at the cursor: what is emitted until [`Walk::close`] stands below it. The result goes
    /// to `close`.
    pub fn open(&mut self, name: &str) -> Option<usize> {
        let id = self.wanted(name);
        let node = self.open_node(id);
        self.depth = self.depth.saturating_add(1);
        node
    }

    /// Closes a node at the cursor.
    pub fn close(&mut self, node: Option<usize>) {
        self.depth = self.depth.saturating_sub(1);
        self.close_node(node, self.bit.div_ceil(8));
    }

    /// Nesting is too deep to go on below; custom items that recurse ask this.
    pub fn too_deep(&self) -> bool {
        self.depth >= MAX_DEPTH || self.out.nodes.len() >= MAX_NODES
    }

    /// Runs `inner` over the next `octets` alone, and moves behind them.
    pub fn part(&mut self, octets: usize, inner: impl FnOnce(&mut Self)) {
        let start = self.bit.div_ceil(8);
        let (end, claimed) = (self.end, self.claimed);
        let part_end = start.saturating_add(octets);
        if part_end > claimed {
            let field = self.layer_field();
            self.note(NoteKind::Malformed, field, octets);
        }
        self.end = part_end.min(end);
        self.claimed = part_end.min(claimed);
        inner(self);
        self.bit = part_end.min(end).saturating_mul(8);
        (self.end, self.claimed) = (end, claimed);
    }

    /// Notes that the octets at the cursor are not what they should be.
    pub fn malformed(&mut self, needed: usize) {
        let field = self.layer_field();
        self.note(NoteKind::Malformed, field, needed);
    }

    /// Notes that `octets` do not fit: as cut or malformed, by what surrounds the part.
    pub fn missing(&mut self, octets: usize) {
        let field = self.layer_field();
        self.short(field, octets.saturating_mul(8));
    }

    /// Ends the reading of this frame here.
    pub fn stop(&mut self) {
        self.ended = true;
    }

    /// The next layer is what `value` leads to in `table`; where it leads nowhere, none, and false is returned.
    pub fn next(&mut self, table: Table, value: u64) -> bool {
        self.next = self.registry.next(table, value);
        self.next.is_some()
    }

    /// The next layer is what the ports lead to, or what its octets look like.
    pub fn next_by_ports(&mut self, table: Table, a: u16, b: u16) {
        self.ports = (a, b);
        self.next = None;
        if self.bit.div_ceil(8) < self.end {
            self.next = self
                .registry
                .next_by_ports(table, a, b, self.rest())
                .or_else(|| self.registry.next_by_look(table, self.rest()));
        }
    }

    /// The next layer, by name.
    pub fn next_named(&mut self, name: &str) {
        self.next = self.registry.protocol_named(name);
    }

    /// Nothing follows but data.
    pub fn no_next(&mut self) {
        self.next = None;
    }

    /// What has been chosen to follow.
    pub fn chosen(&self) -> Option<ProtoId> {
        self.next
    }

    /// Source and destination port of the innermost transport layer; 0 before there is one.
    pub fn ports(&self) -> (u16, u16) {
        self.ports
    }

    /// The nearest layer around this one that is another protocol: messages of one protocol may follow each other in
    /// a segment.
    pub fn outer_other(&self) -> Option<ProtoId> {
        self.out.layers.iter().rev().map(|layer| layer.protocol).find(|id| *id != self.protocol)
    }

    /// Pointers in DNS names count from the cursor on.
    pub fn names_from_here(&mut self) {
        self.names_from = self.bit.div_ceil(8);
    }

    /// The switch tag of the frame, with its tagger.
    pub fn switch_tag(&self) -> Option<(&'static Tagger, Tag)> {
        self.tag.clone()
    }

    /// Whether the next octets are a switch tag: the first layer is Ethernet, and its tagger puts the tag behind the
    /// addresses.
    pub fn at_switch_tag(&self) -> bool {
        self.out.layers.len() == 1
            && self.tag.as_ref().is_some_and(|(tagger, _)| tagger.place == Place::Middle)
    }

    /// Emits a VLAN layer whose tag a switch tag has swallowed: its octets do not stand in the frame as such.
    pub fn restored_vlan(&mut self, tag: crate::frame::VlanTag) {
        let depth = std::mem::take(&mut self.depth);
        let tci = u64::from(tag.tci);
        let fields = [
            ("vlan", 0),
            ("vlan.priority", tci >> 13),
            ("vlan.dei", tci >> 12 & 1),
            ("vlan.id", tci & 0xfff),
        ];
        for (name, value) in fields {
            if let Some(crate::registry::Named::Field(id)) = self.registry.named(name)
                && self.plan.wants(*id)
            {
                self.push(*id, self.bit, 0, value);
            }
            self.depth = 1;
        }
        self.depth = depth;
    }

    /// Addresses of the innermost network layer.
    pub fn network(&self) -> Network {
        self.network
    }

    /// Sets the addresses that inner layers' checksums cover.
    pub fn set_network(&mut self, network: Network) {
        self.network = network;
    }

    /// How the frame was seen.
    pub fn meta(&self) -> &'o Meta<'d> {
        self.meta
    }

    /// What the user said.
    pub fn settings(&self) -> &'o Settings {
        self.settings
    }

    /// What is known around the frame.
    pub fn around(&self) -> &'o Surroundings<'o> {
        self.around
    }

    /// The registry.
    pub fn registry(&self) -> &'o Registry {
        self.registry
    }

    /// Whether the octets are quoted by another packet (ICMP errors): their checksums and lengths speak of the whole
    /// packet, which is not here.
    pub fn quoted(&self) -> bool {
        self.quoted
    }

    /// What follows is a quotation: the beginning of a packet, of which the rest is not here.
    pub fn set_quoted(&mut self) {
        self.quoted = true;
        self.claimed = usize::MAX / 16;
    }

    /// Whether the captured octets of the part are all that it has.
    pub fn is_whole(&self) -> bool {
        self.end == self.claimed
    }
}

/// Offsets are kept in 32 bits; frames are far shorter.
#[inline]
pub(super) fn small(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// `width` (at most 64) bits from bit `start`, most significant first; 0 where they are not all there.
#[inline]
pub(crate) fn bits_at(data: &[u8], start: usize, width: u16) -> u64 {
    let (first, shift) = (start / 8, start % 8);
    if shift == 0 {
        match width {
            8 => return data.get(first).copied().map_or(0, u64::from),
            16 => {
                return data
                    .get(first..)
                    .and_then(<[u8]>::first_chunk)
                    .map_or(0, |b| u64::from(u16::from_be_bytes(*b)));
            }
            32 => {
                return data
                    .get(first..)
                    .and_then(<[u8]>::first_chunk)
                    .map_or(0, |b| u64::from(u32::from_be_bytes(*b)));
            }
            _ => {}
        }
    }
    let needed = shift.saturating_add(usize::from(width)).div_ceil(8);
    let Some(octets) = data.get(first..first.saturating_add(needed)) else { return 0 };
    let all = octets.iter().fold(0_u128, |all, octet| all << 8 | u128::from(*octet));
    let unused = needed.saturating_mul(8).saturating_sub(shift).saturating_sub(usize::from(width));
    let mask = if width >= 64 { u128::from(u64::MAX) } else { (1_u128 << width).saturating_sub(1) };
    (all >> unused & mask) as u64
}

/// Reads a DNS name at `at`, with pointers counted from `base`, and writes it without the closing dot (the root is
/// empty). Octets that are no printable ASCII, and dots and backslashes within labels, are escaped as RFC 4343 §2.1
/// does. Returns the offset behind the name; `None` when it does not end within `data`.
pub(crate) fn read_dns_name(data: &[u8], base: usize, at: usize, out: &mut Vec<u8>) -> Option<usize> {
    let (mut at, mut after) = (at, None);
    let begin = out.len();
    for _ in 0..MAX_DNS_STEPS {
        let len = *data.get(at)?;
        match len {
            0 => return Some(after.unwrap_or(at.saturating_add(1))),
            1..=63 => {
                let start = at.saturating_add(1);
                let label = data.get(start..start.saturating_add(usize::from(len)))?;
                if out.len() > begin {
                    out.push(b'.');
                }
                label.iter().for_each(|octet| escape_label_octet(*octet, out));
                at = start.saturating_add(usize::from(len));
            }
            0xc0.. => {
                let low = *data.get(at.saturating_add(1))?;
                after.get_or_insert(at.saturating_add(2));
                at = base.saturating_add(usize::from(len & 0x3f) << 8 | usize::from(low));
            }
            _ => return None,
        }
    }
    None
}

fn escape_label_octet(octet: u8, out: &mut Vec<u8>) {
    match octet {
        b'.' | b'\\' => out.extend([b'\\', octet]),
        0x21..=0x7e => out.push(octet),
        _ => {
            let digit = |value: u8| b'0'.saturating_add(value % 10);
            out.extend([b'\\', digit(octet / 100), digit(octet / 10), digit(octet)]);
        }
    }
}
