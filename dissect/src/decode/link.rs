//! What the link layer knows only with the whole frame at hand: tags that the network card moved out, and octets that
//! stand behind the payload.

use super::octets::small;
use super::walk::Walk;
use super::{LayerSpan, MAX_LAYERS, Node};
use crate::frame::VlanTag;
use crate::registry::ProtoId;
use crate::schema::ETHER_TYPE;

/// Layers between the Ethernet header and the one whose length tells where a trailer begins.
const LINK_LAYERS: usize = 8;

impl Walk<'_, '_> {
    /// Takes `octets` octets, which begin `from` octets behind the cursor, apart as a layer of their own, beside what
    /// follows this one: the extension behind a quotation, a trailer with fields.
    pub fn aside(&mut self, name: &str, from: usize, octets: usize) {
        let Some(id) = self.registry.protocol_named(name).filter(|id| self.plan.reaches(*id)) else { return };
        if self.out.layers.len() >= MAX_LAYERS {
            return;
        }
        let here = (self.protocol, self.start, self.bit, self.end, self.claimed, self.depth);
        let (fields, next, ended, slots) = (self.fields, self.next.take(), self.ended, self.slots);
        let (network, names_from) = (self.network, self.names_from);
        self.bit = self.bit.div_ceil(8).saturating_add(from).min(self.end).saturating_mul(8);
        let end = (self.bit / 8).saturating_add(octets);
        (self.end, self.claimed) = (self.end.min(end), self.claimed.min(end));
        self.layer(id);
        (self.protocol, self.start, self.bit, self.end, self.claimed, self.depth) = here;
        (self.fields, self.next, self.ended, self.slots) = (fields, next, ended, slots);
        (self.network, self.names_from) = (network, names_from);
    }

    /// Tags that the network card took out of this frame, outer one first, and that are not among its octets. Only the
    /// frame's first layer has them.
    pub(crate) fn moved_tags(&self) -> [Option<VlanTag>; 2] {
        let vlan = &self.meta.vlan;
        if vlan.put_back || self.source != 0 || self.out.layers.len() > 1 {
            return [None, None];
        }
        [vlan.outer, vlan.inner]
    }

    /// Adds the tags as layers without octets of their own, between the addresses and the type, which the innermost
    /// one takes. The cursor stands behind the type.
    pub(crate) fn insert_moved_tags(&mut self, kind: u16) {
        let tags = self.moved_tags();
        let mut inner = tags.iter().flatten().skip(1);
        for tag in tags.iter().flatten() {
            let Some(id) = self.registry.next(ETHER_TYPE, u64::from(tag.tpid)).or_else(|| self.plain_tag())
            else {
                return;
            };
            match inner.next() {
                Some(next) => self.moved_tag(id, *tag, next.tpid, 0),
                None => self.moved_tag(id, *tag, kind, 16),
            }
        }
    }

    /// Adds the layer of a tag that a switch tag has swallowed; the cursor stands behind the type `kind`.
    pub(crate) fn insert_swallowed_tag(&mut self, tag: VlanTag, kind: u16) {
        let id = self.registry.next(ETHER_TYPE, u64::from(tag.tpid)).or_else(|| self.plain_tag());
        if let Some(id) = id {
            self.moved_tag(id, tag, kind, 0);
        }
    }

    fn plain_tag(&self) -> Option<ProtoId> {
        self.registry.protocol_named("vlan")
    }

    /// One tag; `bits` of its type stand right before the cursor.
    fn moved_tag(&mut self, id: ProtoId, tag: VlanTag, kind: u16, bits: usize) {
        let place = self.bit.saturating_sub(16);
        let span = small(place / 8);
        self.out.layers.push(LayerSpan {
            protocol: id,
            start: span,
            header_end: small(self.bit / 8),
            end: small(self.end),
            source: self.source,
        });
        let Some(protocol) = self.registry.protocol(id) else { return };
        let length = if kind < 0x600 { "len" } else { "etype" };
        let parts = [
            ("", 0, 0),
            ("priority", u64::from(tag.tci >> 13), 0),
            ("dei", u64::from(tag.tci >> 12 & 1), 0),
            ("id", u64::from(tag.tci & 0xfff), 0),
            (length, u64::from(kind), bits),
        ];
        for (name, value, bits) in parts {
            let Some(field) = self.registry.local(protocol, name).filter(|field| self.plan.wants(*field))
            else {
                continue;
            };
            let depth = u8::from(!name.is_empty());
            let bits = small(bits);
            let node = Node { field, depth, source: self.source, start: small(place), bits, value };
            self.out.push(self.registry, node);
        }
    }

    /// When the frame has been read: what stands behind the payload of its Ethernet layer is that layer's trailer.
    pub(super) fn link_trailer(&mut self) {
        if self.source != 0 || !self.plan.wants_trailer() {
            return;
        }
        let Some(field) = self.registry.trailer() else { return };
        let Some(at) =
            self.out.layers.iter().position(|layer| Some(layer.protocol) == self.registry.ethernet())
        else {
            return;
        };
        let layers = self.out.layers.get(at..).unwrap_or_default();
        let Some(outer_end) = layers.first().map(|layer| layer.end) else { return };
        let mut payload_end = outer_end;
        for layer in layers.iter().skip(1).take(LINK_LAYERS) {
            payload_end = layer.end;
            if payload_end < outer_end || self.registry.is_network(layer.protocol) {
                break;
            }
        }
        if payload_end >= outer_end {
            return;
        }
        let node = Node {
            field,
            depth: 1,
            source: 0,
            start: payload_end.saturating_mul(8),
            bits: outer_end.saturating_sub(payload_end).saturating_mul(8),
            value: 0,
        };
        // It belongs to the nodes of the Ethernet layer, which end where the next layer begins.
        let ethernet = self.registry.ethernet().and_then(|id| self.registry.layer_field(id));
        let begin = self.out.nodes.iter().position(|node| Some(node.field) == ethernet);
        let after = begin.map_or(0, |begin| begin.saturating_add(1));
        let rest = self.out.nodes.get(after..).unwrap_or_default();
        let place = rest
            .iter()
            .position(|node| node.depth == 0)
            .map_or(self.out.nodes.len(), |at| after.saturating_add(at));
        self.out.nodes.insert(place, node);
    }
}
