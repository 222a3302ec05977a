//! The protocol hierarchy: which layers stand in which, with frames and octets.

use super::table::Count;
use crate::decode::LayerSpan;
use crate::registry::{ProtoId, Registry};

/// Nodes of the tree beyond which layers are counted with the one around them.
const MAX_NODES: usize = 100_000;

/// A tree of layers.
#[derive(Clone, Debug, Default)]
pub struct Hierarchy {
    nodes: Vec<Node>,
    /// Nodes without one around them.
    roots: Vec<usize>,
    /// Layers not told apart for want of room.
    folded: u64,
}

#[derive(Clone, Debug)]
struct Node {
    protocol: ProtoId,
    count: Count,
    inner: Vec<usize>,
}

/// A line of the hierarchy.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Entry {
    /// How many layers stand around it.
    pub depth: usize,
    /// The protocol.
    pub protocol: ProtoId,
    /// Frames that have it there, and their octets on the wire.
    pub count: Count,
}

impl Hierarchy {
    /// Takes a frame into account: its layers from the outside, and its octets on the wire. Messages of a stream that share a segment
    /// stand beside each other, and count once.
    pub fn add(&mut self, registry: &Registry, layers: &[LayerSpan], octets: u32) {
        let one = Count { frames: 1, octets: u64::from(octets) };
        let (mut around, mut before) = (None, None);
        for layer in layers {
            let again = before.replace(layer.protocol) == Some(layer.protocol);
            if again && registry.protocol(layer.protocol).is_some_and(|protocol| protocol.stream.is_some()) {
                continue;
            }
            let Some(node) = self.child(around, layer.protocol) else {
                self.folded = self.folded.saturating_add(1);
                return;
            };
            if let Some(node) = self.nodes.get_mut(node) {
                node.count.add(one);
            }
            around = Some(node);
        }
    }

    fn child(&mut self, around: Option<usize>, protocol: ProtoId) -> Option<usize> {
        let inner = match around {
            None => &self.roots,
            Some(at) => &self.nodes.get(at)?.inner,
        };
        let is = |at: &&usize| self.nodes.get(**at).is_some_and(|node| node.protocol == protocol);
        if let Some(at) = inner.iter().find(is) {
            return Some(*at);
        }
        let new = self.nodes.len();
        if new >= MAX_NODES {
            return None;
        }
        self.nodes.push(Node { protocol, count: Count::default(), inner: Vec::new() });
        match around {
            None => self.roots.push(new),
            Some(at) => self.nodes.get_mut(at)?.inner.push(new),
        }
        Some(new)
    }

    /// Takes another tree into this one.
    pub fn merge(&mut self, other: &Hierarchy) {
        self.folded = self.folded.saturating_add(other.folded);
        let mut open: Vec<(usize, Option<usize>)> = other.roots.iter().map(|root| (*root, None)).collect();
        while let Some((from, around)) = open.pop() {
            let Some(node) = other.nodes.get(from) else { continue };
            let Some(to) = self.child(around, node.protocol) else {
                self.folded = self.folded.saturating_add(1);
                continue;
            };
            if let Some(mine) = self.nodes.get_mut(to) {
                mine.count.add(node.count);
            }
            open.extend(node.inner.iter().map(|inner| (*inner, Some(to))));
        }
    }

    /// The lines, outer layers before inner ones, those with the most frames first.
    pub fn entries(&self, registry: &Registry) -> Vec<Entry> {
        let mut lines = Vec::with_capacity(self.nodes.len());
        let sorted = |inner: &[usize]| {
            let mut inner = inner.to_vec();
            inner.sort_by_key(|at| {
                self.nodes.get(*at).map(|node| {
                    let name = registry.protocol(node.protocol).map_or("", |protocol| protocol.name);
                    (node.count.frames, std::cmp::Reverse(name))
                })
            });
            inner
        };
        // The last of the stack comes first: least frames at the bottom.
        let mut open: Vec<(usize, usize)> = sorted(&self.roots).into_iter().map(|at| (at, 0)).collect();
        while let Some((at, depth)) = open.pop() {
            let Some(node) = self.nodes.get(at) else { continue };
            lines.push(Entry { depth, protocol: node.protocol, count: node.count });
            open.extend(sorted(&node.inner).into_iter().map(|inner| (inner, depth.saturating_add(1))));
        }
        lines
    }

    /// Layers that were counted with the one around them, because the tree was full.
    pub fn folded(&self) -> u64 {
        self.folded
    }
}
