//! What hooks and custom items of protocols do with a walk: read on, emit, and say what follows.

use super::octets::{bits_at, small};
use super::walk::{Elsewhere, MAX_DEPTH, Made, Network, Onward, Walk};
use super::{MAX_NODES, NoteKind, Settings, Surroundings};
use crate::flow::reassembly::{Joined, Segment, Share};
use crate::frame::Meta;
use crate::proto::dsa::{Place, Tag, Tagger};
use crate::registry::{FieldId, ProtoId, Registry};
use crate::schema::{Table, UDP_PORT};

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

    /// Whether fields are asked for by name: only then hidden ones are emitted.
    #[inline]
    pub fn asked_by_name(&self) -> bool {
        !self.plan.is_everything() && !self.fields.is_empty()
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

    /// Where `name` stands among the fields declared with the item or hook that runs: for [`Walk::emit_at`].
    pub fn place_of(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|(known, _, _)| *known == name)
    }

    /// Whether the field at such a place is wanted.
    pub fn wants_at(&self, place: usize) -> bool {
        self.fields.get(place).is_some_and(|(_, _, wanted)| *wanted)
    }

    /// Emits the generated field at a place among those declared with the item or hook that runs.
    pub fn emit_at(&mut self, place: usize, start: usize, value: u64) {
        if let Some((_, id, true)) = self.fields.get(place).copied() {
            self.push(id, start.saturating_mul(8), 0, value);
        }
    }

    /// Emits the generated fields from a place on, one for each value.
    pub fn emit_run<const N: usize>(&mut self, place: usize, start: usize, values: [u64; N]) {
        let fields: Option<&[_; N]> = self.fields.get(place..).and_then(<[_]>::first_chunk);
        self.out.nodes.reserve(N);
        for ((_, field, wanted), value) in fields.into_iter().flatten().zip(values) {
            if *wanted {
                self.push(*field, start.saturating_mul(8), 0, value);
            }
        }
    }

    /// Emits the field at a place among those declared with the item or hook that runs, over octets of the source.
    pub fn emit_octets_at(&mut self, place: usize, start: usize, octets: usize, value: u64) {
        if let Some((_, id, true)) = self.fields.get(place).copied() {
            self.push(id, start.saturating_mul(8), octets.saturating_mul(8), value);
        }
    }

    /// Whether no layer around this one is of the same protocol, and it stands in the frame itself.
    pub fn is_first_of_its_kind(&self) -> bool {
        let of_its_kind = self.out.layers.iter().filter(|layer| layer.protocol == self.protocol);
        self.source == 0 && of_its_kind.count() <= 1
    }

    /// How many layers around this one are of the same protocol, those of all sources.
    pub fn place_among_its_kind(&self) -> usize {
        self.out.layers.iter().filter(|layer| layer.protocol == self.protocol).count().saturating_sub(1)
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
        self.depth >= MAX_DEPTH || self.out.count() >= MAX_NODES
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

    /// The octets of this layer are another protocol's, whatever led here: the layer is taken back and read again as `name`. For a
    /// `short` hook.
    pub fn read_again_as(&mut self, name: &str) {
        self.out.layers.pop();
        let begins = small(self.start.saturating_mul(8));
        let source = self.source;
        while self.out.nodes.pop_if(|node| node.start >= begins && node.source == source).is_some() {}
        self.bit = self.start.saturating_mul(8);
        self.ended = false;
        self.next_named(name);
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
            if let Some(announced) = self.announced(table, a, b) {
                self.next = Some(announced);
                return;
            }
            self.next = self
                .registry
                .next_by_ports(table, a, b, self.rest())
                .or_else(|| self.registry.next_by_look(table, self.rest()));
        }
    }

    /// The protocol that another packet has announced for the frame's conversation, if the user has not named one.
    fn announced(&self, table: Table, a: u16, b: u16) -> Option<ProtoId> {
        let announced = self.around.joined.and_then(|joined| joined.announced)?;
        let outermost = !self.quoted() && self.is_first_of_its_kind() && table == UDP_PORT;
        (outermost && !self.registry.is_forced(table, a, b)).then_some(announced)
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

    /// Sets the ports of the transport layer at hand.
    pub fn set_ports(&mut self, source: u16, destination: u16) {
        self.ports = (source, destination);
    }

    /// The nearest layer around this one that is another protocol: messages of one protocol may follow each other in
    /// a segment.
    pub fn outer_other(&self) -> Option<ProtoId> {
        self.out.layers.iter().rev().map(|layer| layer.protocol).find(|id| *id != self.protocol)
    }

    /// Where pointers in DNS names count from.
    pub fn names_base(&self) -> usize {
        self.names_from
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

    /// What the packet at hand completes together with those of frames before: the frame's first network layer, or one within
    /// tunnels.
    pub fn joined(&self) -> Option<&'o Joined> {
        let mut joined = self.around.joined?;
        if self.quoted {
            return None;
        }
        let networks =
            self.out.layers.iter().filter(|layer| self.registry.is_network(layer.protocol)).count();
        for _ in 0..networks.checked_sub(1)? {
            joined = joined.inner.as_deref()?;
        }
        Some(joined)
    }

    /// Adds octets that are not the frame's as a further source, for [`Walk::emit_in`] and [`Walk::read_on_in`].
    pub fn add_source(&mut self, octets: &[u8]) -> Option<u8> {
        let source = u8::try_from(self.out.sources.len().saturating_add(1)).ok()?;
        self.out.sources.push(octets.to_vec());
        Some(source)
    }

    /// Adds octets that the layer has made (decrypted) as a further source, and runs `inner` over them as part of the layer.
    pub fn inside(&mut self, octets: Vec<u8>, inner: impl FnOnce(&mut Walk<'_, '_>)) {
        let Some(source) = self.add_source(&[]) else { return };
        self.read_in(source, &octets, inner);
        self.fill_source(source, octets);
    }

    /// What follows stands in octets that the layer has made, of which there are `claimed` with those that are not here.
    pub fn read_on_in_made(&mut self, octets: Vec<u8>, claimed: usize, protocol: &str) {
        self.made(octets, claimed, None, protocol);
    }

    /// What follows stands in octets that the layer has made: messages, of which those before or behind it may have a part.
    pub fn read_on_in_shared(&mut self, octets: Vec<u8>, share: Option<&'o Share>, protocol: &str) {
        let claimed = octets.len();
        self.made(octets, claimed, share, protocol);
    }

    fn made(&mut self, octets: Vec<u8>, claimed: usize, share: Option<&'o Share>, protocol: &str) {
        let Some(source) = self.add_source(&[]) else { return };
        self.next = None;
        let protocol = self.registry.protocol_named(protocol);
        self.onward = Some(Onward::Made(Made { octets, claimed, source, protocol, share }));
    }

    /// Emits `name` over octets of a source.
    pub fn emit_in(&mut self, source: u8, name: &str, start: usize, octets: usize) {
        let own = std::mem::replace(&mut self.source, source);
        self.emit(name, start, octets, 0);
        self.source = own;
    }

    /// What follows stands in `octets`, which are `source`, and is what `value` leads to in `table`.
    pub fn read_on_in(&mut self, source: u8, octets: &'o [u8], table: Table, value: u64) {
        self.next = None;
        let protocol = self.registry.next(table, value);
        self.onward = Some(Onward::Elsewhere(Elsewhere { octets, source, protocol }));
    }

    /// What follows are the messages of a segment; the sources of those that are not here have been added, from `source` on.
    pub fn read_messages_in(&mut self, segment: &'o Segment, source: u8) {
        self.next = None;
        self.onward = Some(Onward::Messages(segment, source));
    }

    /// What the message at hand has of the stream within its kind, where messages before or behind it have a part too.
    pub fn share(&self) -> Option<&'o Share> {
        self.share
    }

    /// Runs `inner` over octets that are a source, as part of the layer at hand.
    pub fn read_in(&mut self, source: u8, octets: &[u8], inner: impl FnOnce(&mut Walk<'_, '_>)) {
        let (depth, fields, slots) = (self.depth, self.fields, self.slots);
        let mut walk = self.elsewhere(octets, source);
        (walk.depth, walk.fields, walk.slots) = (depth, fields, slots);
        inner(&mut walk);
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
