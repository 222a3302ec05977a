//! Octets and declarations in, a flat [`Dissection`] out.
//!
//! Each protocol's items are compiled once into a `program` of small steps; `walk` runs the programs layer by
//! layer over a frame. A [`Plan`] names the fields that a consumer wants: programs compiled for it skip the rest, and
//! the walk ends where no wanted field can follow. The dissection is reused from frame to frame; after the first few
//! frames a decode allocates nothing.
//!
//! Damage is data: a part that does not fit becomes a [`Note`] and a node, what was decoded before it stays, and the
//! rest of the frame is shown as far as the layers around it allow.

mod encapsulation;
pub mod expert;
pub(crate) mod fold;
mod frame_fields;
mod hooks;
mod link;
mod lists;
pub(crate) mod octets;
mod parts;
pub(crate) mod program;
pub(crate) mod row;
pub(crate) mod value;
mod walk;

pub(crate) use octets::{read_dns_name, walk_dns_name};
pub use program::{Plan, Programs, SLOTS};
pub use value::Value;
pub use walk::{Network, Walk};

pub(crate) use octets::bits_at;

use crate::flow::Facts;
use crate::flow::reassembly::Joined;
use crate::frame::{Frame, Interface, Timestamp};
use crate::registry::{FieldId, ProtoId, Registry};
use std::sync::Arc;

/// Layers in a frame beyond which the rest is not taken apart: tunnels in tunnels end somewhere.
pub const MAX_LAYERS: usize = 40;

/// Layers of a frame with many messages side by side: as many as small ones fill a segment with, nearly.
pub const MAX_MESSAGE_LAYERS: usize = 1024;

/// Nodes of a frame beyond which the rest is not taken apart; bounds time and memory for hostile frames.
pub const MAX_NODES: usize = 20_000;

/// One field of a frame. Nodes stand in reading order, a node's parts follow it with a greater depth.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Node {
    /// Which field.
    pub field: FieldId,
    /// Nesting; 0 is a layer.
    pub depth: u8,
    /// Which octets `start` counts in: 0 the frame, else [`Dissection::source`] `- 1`.
    pub source: u8,
    /// First bit. For fields without octets of their own, where they belong to.
    pub start: u32,
    /// Bits; 0 for fields without octets of their own.
    pub bits: u32,
    /// The number as it stands on the wire (not scaled); for made text `start << 32 | length` in the text store; for
    /// other kinds without meaning.
    pub value: u64,
}

impl Node {
    /// First octet.
    pub fn offset(&self) -> usize {
        (self.start / 8) as usize
    }

    /// Octets, counting parts of octets as whole.
    pub fn octets(&self) -> usize {
        let end = u64::from(self.start).saturating_add(u64::from(self.bits)).div_ceil(8);
        usize::try_from(end).unwrap_or(usize::MAX).saturating_sub(self.offset())
    }
}

/// Why a part could not be shown whole.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NoteKind {
    /// The snap length cut the frame here; nothing is wrong with it.
    Cut,
    /// A length or structure that contradicts what stands around it.
    Malformed,
    /// A limit of this program ([`MAX_LAYERS`], [`MAX_NODES`], nesting) was reached.
    TooDeep,
}

/// A part that is not there, or not as it should be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Note {
    /// What kind of trouble.
    pub kind: NoteKind,
    /// The layer.
    pub protocol: ProtoId,
    /// The field.
    pub field: FieldId,
    /// Octets from the start of the source to where it would begin.
    pub offset: u32,
    /// Octets that it needs.
    pub needed: u32,
    /// Octets that there are.
    pub available: u32,
    /// Which source, as in [`Node::source`].
    pub source: u8,
}

/// A layer that was decoded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LayerSpan {
    /// Its protocol.
    pub protocol: ProtoId,
    /// First octet.
    pub start: u32,
    /// Octet after the header.
    pub header_end: u32,
    /// Octet after the captured payload.
    pub end: u32,
    /// Which source, as in [`Node::source`].
    pub source: u8,
}

/// A frame taken apart.
#[derive(Clone, Debug, Default)]
pub struct Dissection {
    /// Fields in reading order.
    pub nodes: Vec<Node>,
    /// Text that decoding put together; [`Value::Made`] points into it.
    pub text: Vec<u8>,
    /// Octets that are not the frame's: reassembled or decrypted.
    pub sources: Vec<Vec<u8>>,
    /// Trouble, in reading order.
    pub notes: Vec<Note>,
    /// Layers, outermost first.
    pub layers: Vec<LayerSpan>,
    /// Memory for nodes that move; empty between frames.
    moved: Vec<Node>,
    /// Whether the value of a node deserves attention: findings are looked for in few frames.
    remarkable: bool,
    /// Nodes that others stand for, see [`Decoder::folding`].
    folded: usize,
    /// Names of the chains of layers that came before.
    chains: frame_fields::Chains,
}

impl Dissection {
    /// Empties it, keeping its memory.
    pub fn clear(&mut self) {
        self.nodes.clear();
        self.text.clear();
        self.sources.clear();
        self.notes.clear();
        self.layers.clear();
        self.remarkable = false;
        self.folded = 0;
    }

    /// Adds a node.
    #[inline]
    fn push(&mut self, registry: &Registry, node: Node) {
        self.remarkable |= registry.expert(node.field, node.value).is_some();
        self.nodes.push(node);
    }

    /// The octets that a node's offsets count in.
    pub fn source<'a>(&'a self, frame: &Frame<'a>, source: u8) -> &'a [u8] {
        match usize::from(source).checked_sub(1) {
            None => frame.data,
            Some(at) => self.sources.get(at).map_or(&[], Vec::as_slice),
        }
    }

    /// The octets of a node, as far as they were captured.
    pub fn octets<'a>(&'a self, frame: &Frame<'a>, node: &Node) -> &'a [u8] {
        let data = self.source(frame, node.source);
        let end = node.offset().saturating_add(node.octets()).min(data.len());
        data.get(node.offset()..end).unwrap_or_default()
    }

    /// Every node of a field.
    pub fn all(&self, field: FieldId) -> impl Iterator<Item = &Node> {
        self.nodes.iter().filter(move |node| node.field == field)
    }

    /// The text that was put together for a node of kind [`crate::schema::Kind::Made`].
    pub fn made(&self, node: &Node) -> &[u8] {
        let (start, len) = ((node.value >> 32) as usize, (node.value & 0xffff_ffff) as usize);
        self.text.get(start..start.saturating_add(len)).unwrap_or_default()
    }
}

/// What a frame's neighbours and its source say: needed for times between frames and for interface names.
#[derive(Clone, Copy, Debug, Default)]
pub struct Surroundings<'a> {
    /// The interface that `Meta::interface` names.
    pub interface: Option<&'a Interface>,
    /// Time of the first frame.
    pub first: Option<Timestamp>,
    /// Time of the frame before.
    pub previous: Option<Timestamp>,
    /// Time of the frame before that was shown.
    pub previous_shown: Option<Timestamp>,
    /// What the frame completes together with those before it.
    pub joined: Option<&'a Joined>,
    /// What is known of the frame from those before it.
    pub facts: Option<&'a Facts>,
}

/// What stands around a layer that is taken apart by itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Around {
    /// The layer around it.
    pub outer: Option<ProtoId>,
    /// Ports of the innermost transport layer.
    pub ports: (u16, u16),
    /// Addresses of the innermost network layer.
    pub network: Network,
    /// Whether another packet quotes it.
    pub quoted: bool,
}

/// Where a layer ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LayerEnd {
    /// What follows.
    pub next: Option<ProtoId>,
    /// The payload: first octet and octet after the last, by what the layer says, captured or not.
    pub payload: (usize, usize),
}

/// What the user or the capture says about how to read frames.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Settings {
    /// Which switch tag the frames carry.
    pub dsa: crate::proto::dsa::Choice,
    /// Whether numbers in the capturing machine's order (netlink) have their most significant octet first.
    pub big_endian_host: bool,
}

/// Decodes frames by a registry and a plan.
pub struct Decoder<'r> {
    registry: &'r Registry,
    plan: Arc<Plan>,
    settings: Settings,
    folds: bool,
}

impl<'r> Decoder<'r> {
    /// A decoder for every field.
    pub fn new(registry: &'r Registry) -> Self {
        Decoder { registry, plan: Arc::new(Plan::everything()), settings: Settings::default(), folds: false }
    }

    /// A decoder that emits only the fields of `plan`, and goes only as deep as they need.
    pub fn with_plan(registry: &'r Registry, plan: impl Into<Arc<Plan>>) -> Self {
        Decoder { registry, plan: plan.into(), settings: Settings::default(), folds: false }
    }

    /// Replaces the settings.
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// From now on whole frames are decoded for [`JsonWriter`](crate::render::json::JsonWriter) alone: runs of numbers stand as one
    /// node each, which no other reader knows. Changes nothing where not every field is wanted.
    pub fn folding(mut self) -> Self {
        self.folds = self.plan.is_everything();
        self
    }

    /// The registry it decodes by.
    pub fn registry(&self) -> &'r Registry {
        self.registry
    }

    /// Whether a frame that has come to this protocol can still hold a field of the plan.
    pub(crate) fn reaches(&self, protocol: ProtoId) -> bool {
        self.plan.reaches(protocol)
    }

    /// Takes a frame apart into `out`, which is emptied first.
    pub fn decode(&self, frame: &Frame<'_>, around: &Surroundings<'_>, out: &mut Dissection) {
        out.clear();
        let wants_frame = self.plan.wants_frame();
        let protocols = if wants_frame { frame_fields::emit(&self.plan, frame, around, out) } else { None };
        walk::frame(self.registry, &self.plan, &self.settings, self.folds, frame, around, out);
        if let Some(node) = protocols {
            frame_fields::fill_protocols(self.registry, node, out);
        }
        expert::emit(self.registry, &self.plan, out);
    }

    /// Takes a part of a frame apart, as if it were one, beginning with `protocol`.
    pub fn decode_part(&self, part: &Frame<'_>, protocol: ProtoId, out: &mut Dissection) {
        out.clear();
        walk::part(self.registry, &self.plan, &self.settings, part, protocol, out);
    }

    /// Takes one layer apart, `protocol` at the beginning of `part`, as if `around` were around it.
    pub fn decode_layer(
        &self,
        part: &Frame<'_>,
        around: &Around,
        protocol: ProtoId,
        out: &mut Dissection,
    ) -> LayerEnd {
        out.clear();
        walk::one_layer(self.registry, &self.plan, &self.settings, part, around, protocol, out)
    }

    /// Takes octets apart that are not a frame of their own (a reassembled datagram or stream), beginning with
    /// `protocol`; the nodes are added to `out`, with the octets as a further source.
    pub fn decode_further(
        &self,
        octets: Vec<u8>,
        protocol: ProtoId,
        frame: &Frame<'_>,
        out: &mut Dissection,
    ) {
        walk::further(self.registry, &self.plan, &self.settings, octets, protocol, frame, out);
    }
}
