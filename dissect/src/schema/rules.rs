//! What a declaration made at run time says as values where built-in ones have functions.
//!
//! Built-in protocols carry none of this, and pay one look at an empty pointer for it.

use super::{Format, Table};
use crate::decode::Walk;
use crate::render::line::{Body, Line};
use std::sync::Arc;

/// Rules of a plugin's protocol.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// One-line form.
    pub line: Option<Format>,
    /// The protocol of what follows the header, where no field chooses one; its own name where messages follow each
    /// other.
    pub then: Option<&'static str>,
    /// What the octets must look like for a port to lead here, and for [`Rules::guess`].
    pub begins: Vec<Pattern>,
    /// Tables in whose failing look-ups the protocol is tried by [`Rules::begins`].
    pub guess: Vec<Table>,
    /// Imperative code.
    pub script: Option<Arc<dyn Script>>,
}

/// Octets that a header has at an offset.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pattern {
    /// Octets from the layer's first.
    pub at: usize,
    /// Bits that count, for each octet.
    pub mask: Vec<u8>,
    /// What they are.
    pub octets: Vec<u8>,
}

/// Code that a plugin brings, in its own language.
pub trait Script: std::fmt::Debug + Send + Sync {
    /// Runs after the header, as [`AfterFn`](super::AfterFn) does.
    fn after(&self, walk: &mut Walk<'_, '_>);
    /// Writes the one-line form; false when it has none.
    fn summary(&self, line: &mut Line<'_, '_>, body: Body<'_>) -> bool;
}

impl Pattern {
    fn fits(&self, octets: &[u8]) -> bool {
        let here = octets.get(self.at..).unwrap_or_default();
        here.len() >= self.octets.len()
            && here
                .iter()
                .zip(&self.octets)
                .zip(&self.mask)
                .all(|((octet, is), mask)| octet & mask == is & mask)
    }
}

impl Pattern {
    /// Whether octets can be how a message begins, few as they may be.
    pub(crate) fn may_fit(&self, octets: &[u8]) -> bool {
        let here = octets.get(self.at..).unwrap_or_default();
        let pairs = self.octets.iter().zip(&self.mask);
        here.iter().zip(pairs).all(|(octet, (is, mask))| octet & mask == is & mask)
    }
}

impl Rules {
    /// Whether octets can be this protocol.
    pub fn fits(&self, octets: &[u8]) -> bool {
        self.begins.iter().all(|pattern| pattern.fits(octets))
    }
}
