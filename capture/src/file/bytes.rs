//! The octets of a chunk: a range of a mapped file, or a buffer that goes back to its pool when the last user is done.

use super::map::Map;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

/// Buffers for streams, used again and again: a fresh megabyte costs more in page faults than in copying.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pool {
    free: Arc<Mutex<Vec<Vec<u8>>>>,
}

/// Buffers kept for reuse; more than the chunks that are usually in flight is waste.
const POOL_LIMIT: usize = 16;
/// Buffers that one huge record made larger than this are given back to the system.
const KEEP_LIMIT: usize = 4 << 20;

impl Pool {
    /// A buffer of at least `len` octets, all initialised, contents arbitrary.
    pub(crate) fn take(&self, len: usize) -> PoolBuffer {
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

#[derive(Clone, Debug)]
enum Owner {
    Map(Arc<Map>),
    Buffer(Arc<PoolBuffer>),
}

/// A range of octets with a share in what holds them; cheap to clone and to cut.
#[derive(Clone, Debug)]
pub(crate) struct Bytes {
    owner: Owner,
    range: Range<usize>,
}

impl Bytes {
    /// A range of a mapped file.
    pub(crate) fn mapped(map: &Arc<Map>, range: Range<usize>) -> Self {
        Bytes { owner: Owner::Map(Arc::clone(map)), range }
    }

    /// The first `len` octets of a buffer.
    pub(crate) fn owned(buffer: PoolBuffer, len: usize) -> Self {
        Bytes { owner: Owner::Buffer(Arc::new(buffer)), range: 0..len }
    }

    /// The octets.
    pub(crate) fn as_slice(&self) -> &[u8] {
        let all = match &self.owner {
            Owner::Map(map) => map.bytes(),
            Owner::Buffer(buffer) => &buffer.data,
        };
        all.get(self.range.clone()).unwrap_or_default()
    }

    /// The part `range` of these octets; what lies outside is left away.
    pub(crate) fn cut(&self, range: Range<usize>) -> Self {
        let start = self.range.start.saturating_add(range.start).min(self.range.end);
        let end = self.range.start.saturating_add(range.end).min(self.range.end);
        Bytes { owner: self.owner.clone(), range: start..end.max(start) }
    }
}
