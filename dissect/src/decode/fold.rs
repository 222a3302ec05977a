//! One node in place of a row of them, for who writes all of them by a plan and looks at none.
//!
//! What writes every field of a frame knows by the row which fields stand there, and can read their values where they stand in the
//! octets. A folded row is one node with a number of its own behind those of fields: nothing else takes it for a field. A row with a
//! value that deserves attention is not folded, so that findings see their fields.

use super::row::Row;
use super::{Dissection, Node};
use crate::frame::Frame;
use crate::registry::{FieldId, Registry};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

/// Numbers behind those of fields that rows have.
pub(crate) const ROWS: u16 = 4096;

/// The first of them.
const FIRST: u16 = u16::MAX - ROWS;

/// Rows by their number.
#[derive(Debug, Default)]
pub(crate) struct Folds {
    rows: RwLock<Vec<Arc<Row>>>,
}

impl Folds {
    /// Numbers a row; `None` where no number is left.
    pub(super) fn add(&self, row: &Arc<Row>) -> Option<FieldId> {
        let mut rows = self.rows.write().unwrap_or_else(PoisonError::into_inner);
        let at = u16::try_from(rows.len()).ok().filter(|at| *at < ROWS)?;
        rows.push(Arc::clone(row));
        FIRST.checked_add(at).map(FieldId)
    }

    /// The row with this number.
    pub(crate) fn row(&self, mark: FieldId) -> Option<Arc<Row>> {
        let at = usize::from(mark.0.checked_sub(FIRST)?);
        self.rows.read().unwrap_or_else(PoisonError::into_inner).get(at).cloned()
    }
}

/// A row's number, given when it is folded for the first time.
#[derive(Clone, Debug, Default)]
pub(super) struct Mark(OnceLock<Option<FieldId>>);

impl Mark {
    #[inline]
    pub(super) fn of(&self, registry: &Registry, row: &Arc<Row>) -> Option<FieldId> {
        match self.0.get() {
            Some(mark) => *mark,
            None => *self.0.get_or_init(|| registry.programs.folds().add(row)),
        }
    }
}

impl Node {
    /// Whether it stands for a row of nodes.
    #[inline(always)]
    pub(crate) fn is_folded(&self) -> bool {
        self.field.0 >= FIRST
    }
}

impl Dissection {
    /// How many nodes there are, with those that are folded.
    #[inline]
    pub(super) fn count(&self) -> usize {
        self.nodes.len().saturating_add(self.folded)
    }

    /// Appends nodes, rows in place of what stands for them.
    pub(crate) fn unfold(
        &self,
        registry: &Registry,
        frame: &Frame<'_>,
        nodes: &[Node],
        into: &mut Vec<Node>,
    ) {
        for node in nodes {
            match registry.programs.folds().row(node.field) {
                Some(row) => row.unfold(node, self.source(frame, node.source), into),
                None => into.push(*node),
            }
        }
    }
}
