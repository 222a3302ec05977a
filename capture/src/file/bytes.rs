//! The octets of a chunk: a range of a buffer that goes back to its pool when the last user is done.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

/// Buffers, used again and again: a fresh megabyte costs more in page faults than in copying, and what was just copied
/// into a buffer that a core has used before is still in its cache when it is worked on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pool {
    free: Arc<Mutex<Vec<Vec<u8>>>>,
}

/// Buffers kept for reuse; more than the chunks that are in flight on a large machine is waste.
const POOL_LIMIT: usize = 64;
/// Buffers that one huge record made larger than this are given back to the system.
const KEEP_LIMIT: usize = 2 << 20;

impl Pool {
    /// A buffer of at least `len` octets, all initialised, contents arbitrary.
    pub(crate) fn take(&self, len: usize) -> PoolBuffer {
        // The one that came back last: its octets are the likeliest to be in a cache.
        let mut data = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        if data.len() < len {
            data.resize(len, 0);
        }
        PoolBuffer { data, pool: self.clone() }
    }
}

/// A buffer that returns to its [`Pool`] when dropped.
#[derive(Debug)]
pub(crate) struct PoolBuffer {
    pub(crate) data: Vec<u8>,
    pool: Pool,
}

impl Drop for PoolBuffer {
    fn drop(&mut self) {
        let data = std::mem::take(&mut self.data);
        if data.len() <= KEEP_LIMIT
            && let Ok(mut free) = self.pool.free.lock()
            && free.len() < POOL_LIMIT
        {
            free.push(data);
        }
    }
}

/// A range of octets with a share in what holds them; cheap to clone and to cut.
#[derive(Clone, Debug)]
pub(crate) struct Bytes {
    buffer: Arc<PoolBuffer>,
    range: Range<usize>,
}

impl Bytes {
    /// The octets `range` of a buffer.
    pub(crate) fn owned(buffer: PoolBuffer, range: Range<usize>) -> Self {
        Bytes { buffer: Arc::new(buffer), range }
    }

    /// The octets.
    pub(crate) fn as_slice(&self) -> &[u8] {
        self.buffer.data.get(self.range.clone()).unwrap_or_default()
    }

    /// The part `range` of these octets; what lies outside is left away.
    pub(crate) fn cut(&self, range: Range<usize>) -> Self {
        let start = self.range.start.saturating_add(range.start).min(self.range.end);
        let end = self.range.start.saturating_add(range.end).min(self.range.end);
        Bytes { buffer: Arc::clone(&self.buffer), range: start..end.max(start) }
    }
}
