//! The octets of a chunk: a range of a buffer that goes back to its pool when the last user is done.

use std::ops::{Deref, DerefMut, Range};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Buffers, used again and again: a fresh megabyte costs more in page faults than in copying, and what was just copied
/// into a buffer that a core has used before is still in its cache when it is worked on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pool {
    /// Each for the threads that share a number: a buffer goes back to the core that has last worked on it.
    free: Arc<[Shelf; SHELVES]>,
}

/// Octets of buffers, and the places of records in them.
type Shelf = Mutex<Vec<(Vec<u8>, Vec<u32>)>>;

const SHELVES: usize = 8;
/// Buffers kept for reuse in each; more than the chunks that are in flight on a large machine is waste.
const SHELF_LIMIT: usize = 8;
/// Buffers that one huge record made larger than this are given back to the system.
const KEEP_LIMIT: usize = 2 << 20;
/// Where buffers begin: the kernel copies whole pages quickest to the start of one.
const PAGE: usize = 4096;

static THREADS: AtomicUsize = AtomicUsize::new(0);
thread_local! {
    static THREAD: usize = THREADS.fetch_add(1, Ordering::Relaxed);
}

impl Pool {
    /// A buffer of at least `len` octets, all initialised, contents arbitrary.
    pub(crate) fn take(&self, len: usize) -> PoolBuffer {
        // The one that came back last: its octets are the likeliest to be in a cache.
        let kept = self.shelf().and_then(|shelf| shelf.lock().unwrap_or_else(PoisonError::into_inner).pop());
        let kept = kept.map(|(data, starts)| PoolBuffer::new(data, starts, self.clone()));
        let new = || PoolBuffer::new(vec![0; len.saturating_add(PAGE)], Vec::new(), self.clone());
        kept.filter(|buffer| buffer.len() >= len).unwrap_or_else(new)
    }

    fn shelf(&self) -> Option<&Shelf> {
        self.free.get(THREAD.try_with(|thread| thread % SHELVES).ok()?)
    }
}

/// A buffer that returns to its [`Pool`] when dropped.
#[derive(Debug)]
pub(crate) struct PoolBuffer {
    data: Vec<u8>,
    /// Where the first page begins.
    start: usize,
    /// Where records begin in it, if someone has looked.
    pub(crate) starts: Vec<u32>,
    pool: Pool,
}

impl PoolBuffer {
    fn new(data: Vec<u8>, mut starts: Vec<u32>, pool: Pool) -> Self {
        let start = data.as_ptr().align_offset(PAGE).min(data.len());
        starts.clear();
        PoolBuffer { data, start, starts, pool }
    }

    /// Makes it at least `len` octets long; what is in it stays.
    pub(crate) fn grow(&mut self, len: usize) {
        if self.len() < len {
            let starts = std::mem::take(&mut self.starts);
            let mut larger =
                PoolBuffer::new(vec![0; len.saturating_add(PAGE)], Vec::new(), self.pool.clone());
            larger.starts = starts;
            if let Some(to) = larger.get_mut(..self.len()) {
                to.copy_from_slice(self);
            }
            *self = larger;
        }
    }
}

impl Deref for PoolBuffer {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        self.data.get(self.start..).unwrap_or_default()
    }
}

impl DerefMut for PoolBuffer {
    #[inline]
    fn deref_mut(&mut self) -> &mut [u8] {
        self.data.get_mut(self.start..).unwrap_or_default()
    }
}

impl Drop for PoolBuffer {
    fn drop(&mut self) {
        let (data, starts) = (std::mem::take(&mut self.data), std::mem::take(&mut self.starts));
        if data.len() <= KEEP_LIMIT
            && let Some(shelf) = self.pool.shelf()
            && let Ok(mut free) = shelf.lock()
            && free.len() < SHELF_LIMIT
        {
            free.push((data, starts));
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
        self.buffer.get(self.range.clone()).unwrap_or_default()
    }

    /// Where in the octets each record begins, if that is known; otherwise nothing.
    pub(crate) fn starts(&self) -> (&[u32], u32) {
        (&self.buffer.starts, self.range.start as u32)
    }

    /// The part `range` of these octets; what lies outside is left away.
    pub(crate) fn cut(&self, range: Range<usize>) -> Self {
        let start = self.range.start.saturating_add(range.start).min(self.range.end);
        let end = self.range.start.saturating_add(range.end).min(self.range.end);
        Bytes { buffer: Arc::clone(&self.buffer), range: start..end.max(start) }
    }
}
