//! What has been read of a stream and not been handed out.

use super::bytes::{Bytes, Pool, PoolBuffer};
use super::error::Compression;
use super::source::Stream;
use std::io;

/// A stream, and what has been read of it and not been handed out.
pub(crate) struct Streamed {
    pub(crate) stream: Box<dyn Stream>,
    /// The rest of a buffer that chunks have a share in: it comes before `buffer`, which then is empty.
    pub(crate) front: Option<Bytes>,
    pub(crate) buffer: PoolBuffer,
    pub(crate) filled: usize,
    pub(crate) ended: bool,
    pub(crate) limit: u64,
}

impl Streamed {
    pub(crate) fn window(&self) -> &[u8] {
        match &self.front {
            Some(front) => front.as_slice(),
            None => self.buffer.get(..self.filled).unwrap_or_default(),
        }
    }

    /// Moves what is shared into the buffer, to read behind it.
    pub(crate) fn settle(&mut self, pool: &Pool) {
        if let Some(front) = self.front.take() {
            self.refill(front.as_slice(), pool);
        }
    }

    /// Starts the buffer anew with these octets.
    fn refill(&mut self, octets: &[u8], pool: &Pool) {
        if self.buffer.len() < octets.len() {
            self.buffer = pool.take(octets.len());
        }
        if let Some(to) = self.buffer.get_mut(..octets.len()) {
            to.copy_from_slice(octets);
        }
        self.filled = octets.len();
    }

    /// Forgets the first `count` octets.
    pub(crate) fn skip(&mut self, count: usize, pool: &Pool) {
        self.settle(pool);
        let count = count.min(self.filled);
        self.buffer.copy_within(count..self.filled, 0);
        self.filled = self.filled.saturating_sub(count);
    }

    /// Reads on from another place of a file that has places.
    pub(crate) fn seek(&mut self, position: u64) {
        (self.front, self.filled, self.ended) = (None, 0, false);
        self.stream.seek(position);
    }

    /// Hands out the first `count` octets.
    pub(crate) fn take(&mut self, count: usize, pool: &Pool, size: usize) -> Bytes {
        let all = match self.front.take() {
            Some(front) => front,
            None => Bytes::owned(std::mem::replace(&mut self.buffer, pool.take(size)), 0..self.filled),
        };
        self.filled = 0;
        let rest = all.cut(count..usize::MAX);
        if rest.as_slice().len() > COPIED {
            self.front = Some(rest);
        } else {
            self.refill(rest.as_slice(), pool);
        }
        all.cut(0..count)
    }
}

/// Octets behind a chunk that are copied rather than shared: a record that has begun.
const COPIED: usize = 64 << 10;

/// A stream that has failed and says so once.
pub(crate) struct Broken {
    pub(crate) error: Option<io::Error>,
    pub(crate) compression: Compression,
    #[allow(dead_code, reason = "kept until the source is dropped")]
    pub(crate) kept: Option<Box<dyn Stream>>,
}

impl Stream for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.error.take().map_or(Ok(0), Err)
    }

    fn ready(&mut self) -> bool {
        true
    }

    fn compression(&self) -> Compression {
        self.compression
    }
}
