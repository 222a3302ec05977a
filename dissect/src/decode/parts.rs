//! Parts of a layer that are more than a row of numbers: octets of some length, blocks, repeated parts, lists of typed entries,
//! trailers, and names of DNS.

use super::octets::{bits_at, walk_dns_name};
use super::program::{Code, EntryOp, Extent, Op, TlvOp};
use super::walk::{MAX_DEPTH, Stop, Walk};
use super::{MAX_NODES, NoteKind};
use crate::registry::FieldId;

impl<'d, 'o> Walk<'d, 'o> {
    pub(super) fn sized(&mut self, field: FieldId, extent: &'o Extent, emit: bool) -> Result<(), Stop> {
        self.align();
        let start = self.bit / 8;
        if let Extent::DnsName = extent {
            return self.dns_name(field, emit);
        }
        let octets = self.extent(field, extent)?;
        let have = octets.min(self.end.saturating_sub(start));
        let kind = self.registry.field(field).map(|info| info.field.kind);
        // Part of an address is no address.
        let part = have < octets && kind == Some(crate::schema::Kind::Ipv6);
        if emit && (have > 0 || octets > 0) && !part {
            let value = if kind.is_some_and(crate::schema::Kind::is_number) && octets <= 8 {
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

    pub(super) fn block(
        &mut self,
        field: FieldId,
        extent: &'o Extent,
        emit: bool,
        inner: &'o [Op],
    ) -> Result<(), Stop> {
        self.align();
        let octets = self.extent(field, extent)?;
        if octets == 0 {
            return Ok(());
        }
        let node = self.open_node(Some(field).filter(|_| emit));
        let done = self.within(field, octets, emit, inner);
        self.close_node(node, self.bit / 8);
        done
    }

    /// Runs the steps over the next `octets` alone, shows what they leave over, and moves behind them.
    pub(super) fn within(
        &mut self,
        field: FieldId,
        octets: usize,
        shown: bool,
        inner: &'o [Op],
    ) -> Result<(), Stop> {
        let start = self.bit / 8;
        let (end, claimed) = (self.end, self.claimed);
        let part_end = start.saturating_add(octets);
        if part_end > claimed {
            self.note(NoteKind::Malformed, field, octets);
        }
        self.end = part_end.min(end);
        self.claimed = part_end.min(claimed);
        // What has no node has nothing below it.
        self.depth = self.depth.saturating_add(u8::from(shown));
        let done = if self.depth > MAX_DEPTH {
            self.note(NoteKind::TooDeep, field, octets);
            Err(Stop)
        } else {
            self.run(inner)
        };
        if done.is_ok() {
            self.left_over();
        }
        self.depth = self.depth.saturating_sub(u8::from(shown));
        let whole = part_end <= end;
        self.bit = part_end.min(end).saturating_mul(8);
        (self.end, self.claimed) = (end, claimed);
        // Trouble inside a part of known size does not spoil what follows the part.
        if whole {
            return Ok(());
        }
        if done.is_ok() && part_end <= claimed {
            return Err(self.short(field, part_end.saturating_sub(self.bit / 8).saturating_mul(8)));
        }
        Err(Stop)
    }

    /// Octets of a part that its items did not take.
    pub(super) fn left_over(&mut self) {
        self.align();
        let start = self.bit / 8;
        if start < self.end
            && let Some(field) = self.registry.undissected()
            && self.plan.wants(field)
        {
            self.push(field, self.bit, self.end.saturating_sub(start).saturating_mul(8), 0);
        }
    }

    pub(super) fn repeat(
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
            if self.out.count() >= MAX_NODES {
                self.note(NoteKind::TooDeep, field, 0);
                return Err(Stop);
            }
            let node = self.open_node(Some(field).filter(|_| emit));
            self.depth = self.depth.saturating_add(u8::from(emit));
            let done = self.run(inner);
            self.depth = self.depth.saturating_sub(u8::from(emit));
            // An entry that is cut takes what there is, whichever of its fields are wanted.
            let end = if done.is_ok() { self.bit.div_ceil(8) } else { self.end };
            self.close_node(node, end);
            done?;
            if self.bit == before {
                // Nothing more that is an entry: no node for nothing.
                if times.is_none() && node.is_some_and(|at| at.saturating_add(1) == self.out.nodes.len()) {
                    self.out.nodes.pop();
                }
                break;
            }
            left = left.saturating_sub(1);
        }
        Ok(())
    }

    /// The entries of a list, one by one.
    pub(super) fn entries(&mut self, tlv: &'o TlvOp) -> Result<(), Stop> {
        while self.bit / 8 < self.end {
            if self.out.count() >= MAX_NODES {
                self.note(NoteKind::TooDeep, tlv.entry, 0);
                return Err(Stop);
            }
            if !self.tlv_entry(tlv)? {
                break;
            }
        }
        // Behind an end mark only padding may stand.
        let left = self.end.saturating_sub(self.bit / 8).saturating_mul(8);
        match tlv.padding {
            Some((field, true)) if left > 0 => self.push(field, self.bit, left, 0),
            Some(_) => {}
            None => self.left_over(),
        }
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
            self.seen.length = true;
        }
        let head = (self.bit / 8).saturating_sub(start);
        let case = tlv.cases.iter().find(|case| case.kind == kind);
        let node = self.rename_entry(tlv, node, case);
        let body = match tlv.len.filter(|_| !single) {
            None if single => 0,
            None => self.end.saturating_sub(self.bit / 8),
            Some(slot) => self.tlv_body(tlv, slot, head)?,
        };
        let inner: &'o [Op] = case.map_or(&tlv.other, |case| &case.ops);
        self.seen.uneven |= body > 0 && !case.is_some_and(|case| case.plain);
        self.depth = self.depth.saturating_sub(1);
        let done = if body > 0 && tlv.len.is_none() {
            self.depth = self.depth.saturating_add(1);
            let done = self.run(inner);
            self.depth = self.depth.saturating_sub(1);
            done
        } else if body > 0 {
            self.within(tlv.entry, body, true, inner)
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
        tlv.other_emit || tlv.cases.iter().any(|case| case.emit)
    }

    /// Puts the case's field in place of the unknown entry's, or takes the node away where it is not wanted.
    fn rename_entry(&mut self, tlv: &TlvOp, node: Option<usize>, case: Option<&EntryOp>) -> Option<usize> {
        let at = node?;
        let (field, wanted) = case.map_or((tlv.entry, tlv.other_emit), |case| (case.field, case.emit));
        if !wanted {
            // Only the nodes of the entry's head stand behind it.
            self.out.nodes.remove(at);
            return None;
        }
        if let Some(entry) = self.out.nodes.get_mut(at) {
            entry.field = field;
            self.out.remarkable |= self.registry.expert(field, entry.value).is_some();
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
    pub(super) fn behind(&mut self, octets: &Code, inner: &'o [Op]) -> Result<(), Stop> {
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

    /// A name as its octets are, a dot between labels; what is said in place of a name that cannot be told is also noted.
    pub(super) fn dns_name(&mut self, field: FieldId, emit: bool) -> Result<(), Stop> {
        let from = self.bit / 8;
        let text = &mut self.out.text;
        let text_start = text.len();
        let data = self.data.get(..self.end).unwrap_or(self.data);
        let read = walk_dns_name(data, self.names_from, from, |label| {
            if text.len() > text_start {
                text.push(b'.');
            }
            text.extend_from_slice(label);
        });
        let Some((ending, after)) = read else {
            self.out.text.truncate(text_start);
            return Err(self.short(field, self.end.saturating_sub(from).saturating_add(1).saturating_mul(8)));
        };
        if let Some(instead) = ending.instead() {
            self.out.text.truncate(text_start);
            self.out.text.extend_from_slice(instead);
            self.note(NoteKind::Malformed, field, 0);
        }
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
}
