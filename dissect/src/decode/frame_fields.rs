//! The `frame` pseudo layer: what is known of a frame beside its octets.

use super::{Dissection, Node, Plan, Surroundings};
use crate::frame::{ChecksumState, Direction, Frame, GsoKind, TimeSource};
use crate::registry::{FieldId, Named, Registry};

struct Emitter<'a> {
    registry: &'a Registry,
    plan: &'a Plan,
    out: &'a mut Dissection,
    bits: u32,
}

impl Emitter<'_> {
    fn field(&self, name: &str) -> Option<FieldId> {
        match self.registry.named(name) {
            Some(Named::Field(id)) if self.plan.wants(*id) => Some(*id),
            _ => None,
        }
    }

    fn put(&mut self, name: &str, depth: u8, value: u64) -> Option<usize> {
        let field = self.field(name)?;
        let bits = if depth == 0 { self.bits } else { 0 };
        self.out.nodes.push(Node { field, depth, source: 0, start: 0, bits, value });
        self.out.nodes.len().checked_sub(1)
    }

    fn text(&mut self, name: &str, text: &[u8]) {
        if self.field(name).is_some() {
            let start = self.out.text.len() as u64;
            self.out.text.extend_from_slice(text);
            self.put(name, 1, start << 32 | text.len() as u64);
        }
    }
}

/// Emits the layer; returns where `frame.protocols` stands, to be filled when the layers are known.
pub(super) fn emit(
    registry: &Registry,
    plan: &Plan,
    frame: &Frame<'_>,
    around: &Surroundings<'_>,
    out: &mut Dissection,
) -> Option<usize> {
    let bits = u32::try_from(frame.data.len()).unwrap_or(u32::MAX).saturating_mul(8);
    let mut emitter = Emitter { registry, plan, out, bits };
    let meta = &frame.meta;
    emitter.put("frame", 0, 0);
    emitter.put("frame.number", 1, frame.number);
    if let Some(time) = meta.time {
        emitter.put("frame.time_epoch", 1, time.0.cast_unsigned());
        let spans = [
            ("frame.time_relative", around.first),
            ("frame.time_delta", around.previous),
            ("frame.time_delta_displayed", around.previous_shown),
        ];
        for (name, earlier) in spans {
            let earlier = earlier.unwrap_or(time);
            emitter.put(name, 1, time.since(earlier).cast_unsigned());
        }
        match meta.time_source {
            TimeSource::Unknown => {}
            TimeSource::Host => emitter.text("frame.time_source", b"host"),
            TimeSource::Adapter => emitter.text("frame.time_source", b"adapter"),
        }
    }
    emitter.put("frame.len", 1, u64::from(meta.original_len));
    emitter.put("frame.cap_len", 1, frame.data.len() as u64);
    emitter.put("frame.interface_id", 1, u64::from(meta.interface));
    if let Some(interface) = around.interface {
        if !interface.name.is_empty() {
            emitter.text("frame.interface_name", interface.name.as_bytes());
        }
        if !interface.description.is_empty() {
            emitter.text("frame.interface_description", interface.description.as_bytes());
        }
    }
    emitter.put("frame.link_type", 1, u64::from(meta.link_type.0));
    match meta.direction {
        Direction::Unknown => {}
        Direction::In => emitter.text("frame.direction", b"in"),
        Direction::Out => emitter.text("frame.direction", b"out"),
    }
    offload(&mut emitter, frame);
    for comment in meta.options.comments() {
        emitter.text("frame.comment", comment);
    }
    emitter.put("frame.protocols", 1, 0)
}

/// What the network card did or left undone.
fn offload(emitter: &mut Emitter<'_>, frame: &Frame<'_>) {
    let meta = &frame.meta;
    match meta.checksum {
        ChecksumState::Unknown => {}
        ChecksumState::NotReady => {
            emitter.put("frame.checksum_offloaded", 1, 1);
        }
        ChecksumState::Valid => {
            emitter.put("frame.checksum_verified", 1, 1);
        }
    }
    if let Some(outer) = meta.vlan.outer {
        emitter.put("frame.vlan_moved", 1, u64::from(outer.tpid) << 16 | u64::from(outer.tci));
    }
    if let Some(inner) = meta.vlan.inner {
        emitter.put("frame.vlan_moved", 1, u64::from(inner.tpid) << 16 | u64::from(inner.tci));
    }
    if let Some(gso) = meta.gso {
        let kind = match gso.kind {
            GsoKind::Tcp4 => 1,
            GsoKind::Udp => 3,
            GsoKind::Tcp6 => 4,
            GsoKind::UdpL4 => 5,
            GsoKind::Other(kind) => u64::from(kind),
        };
        emitter.put("frame.gso_type", 1, kind);
        emitter.put("frame.gso_size", 1, u64::from(gso.size));
    }
    if let Some(queue) = meta.queue {
        emitter.put("frame.queue", 1, u64::from(queue));
    }
    if let Some(hash) = meta.hash {
        emitter.put("frame.hash", 1, u64::from(hash));
    }
    if meta.drops > 0 {
        emitter.put("frame.drops", 1, meta.drops);
    }
}

/// Fills `frame.protocols` with the names of the layers.
pub(super) fn fill_protocols(registry: &Registry, node: usize, out: &mut Dissection) {
    let start = out.text.len();
    for at in 0..out.layers.len() {
        let name =
            out.layers.get(at).and_then(|layer| registry.protocol(layer.protocol)).map_or("", |p| p.name);
        if at > 0 {
            out.text.push(b':');
        }
        out.text.extend_from_slice(name.as_bytes());
    }
    let len = out.text.len().saturating_sub(start);
    if let Some(node) = out.nodes.get_mut(node) {
        node.value = (start as u64) << 32 | len as u64;
    }
}
