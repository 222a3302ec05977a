//! What deserves attention in a frame: below each field with such a value stands what it means.

use super::{Dissection, Node, Plan};
use crate::registry::Registry;
use crate::schema::Expert;

/// The findings of a dissection, with the nodes that they are about.
pub fn findings<'r>(
    registry: &'r Registry,
    dissection: &Dissection,
) -> impl Iterator<Item = (Node, &'r Expert)> {
    dissection.nodes.iter().filter_map(|node| Some((*node, registry.expert(node.field, node.value)?)))
}

/// Puts the findings below the fields that they are about.
pub(super) fn emit(registry: &Registry, plan: &Plan, out: &mut Dissection) {
    let Some([label, message, severity]) = registry.expert_fields() else { return };
    if ![label, message, severity].iter().any(|field| plan.wants(*field)) {
        return;
    }
    let has = |node: &Node| registry.expert(node.field, node.value).is_some();
    if !out.remarkable {
        debug_assert!(!out.nodes.iter().any(has), "what makes nodes notes such values");
        return;
    }
    let Some(first) = out.nodes.iter().position(has) else { return };
    // What stands behind the first finding moves out and back again; the memory for that stays from frame to frame.
    let mut rest = std::mem::take(&mut out.moved);
    rest.extend_from_slice(out.nodes.get(first..).unwrap_or_default());
    out.nodes.truncate(first);
    for node in rest.drain(..) {
        out.nodes.push(node);
        let Some(expert) = registry.expert(node.field, node.value) else { continue };
        let start = out.text.len() as u64;
        out.text.extend_from_slice(expert.text.as_bytes());
        let text = start << 32 | expert.text.len() as u64;
        let depth = node.depth.saturating_add(1);
        let below = Node { bits: 0, depth: depth.saturating_add(1), ..node };
        out.nodes.push(Node { field: label, value: 0, depth, ..below });
        out.nodes.push(Node { field: message, value: text, ..below });
        out.nodes.push(Node { field: severity, value: expert.severity as u64, ..below });
    }
    out.moved = rest;
}
