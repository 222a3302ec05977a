//! Work on chunks by several threads, results in order, memory bounded.
//!
//! A worker takes the next chunk under a lock (which reads or scans it), works on it without one, and hands the
//! result to the consumer, who gets results in the order of the chunks. At most [`IN_FLIGHT`] chunks for each worker
//! are taken and not yet consumed: what memory is in use does not depend on the size of the file.

use super::chunk::Chunk;
use super::error::FileError;
use super::reader::Reader;
use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Chunks for each worker that are taken and not yet consumed.
const IN_FLIGHT: usize = 3;

/// Runs `work` on each chunk of `reader` with `threads` workers, and `consume` on the results, on the calling thread
/// and in the order of the file.
///
/// `state` makes what a worker keeps between chunks: buffers, a dissector. `consume` ends the run with
/// [`ControlFlow::Break`]: nothing more is read, and a wait for a pipe ends. Gives what it broke with.
///
/// # Errors
/// Damage in a file, after the results of everything before it have been consumed.
pub fn for_each_chunk_ordered<S, T, B>(
    reader: &mut Reader,
    threads: usize,
    state: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, Chunk) -> T + Sync,
    mut consume: impl FnMut(T) -> ControlFlow<B>,
) -> Result<Option<B>, FileError>
where
    T: Send,
{
    // A file of one chunk needs no threads, and its first line should not wait for them.
    let Some(first) = reader.next_chunk()? else { return Ok(None) };
    let mut own = state();
    if let ControlFlow::Break(with) = consume(work(&mut own, first)) {
        return Ok(Some(with));
    }
    if threads < 2 || !reader.may_have_more() {
        while let Some(chunk) = reader.next_chunk()? {
            if let ControlFlow::Break(with) = consume(work(&mut own, chunk)) {
                return Ok(Some(with));
            }
        }
        return Ok(None);
    }
    drop(own);
    let stopper = reader.stopper();
    let line = Line::new(reader, threads.saturating_mul(IN_FLIGHT));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| line.work(&state, &work));
        }
        // Also when `consume` panics: workers must not wait for ever.
        let _close = Close(&line);
        loop {
            match line.next_result() {
                Some(Ok(result)) => {
                    if let ControlFlow::Break(with) = consume(result) {
                        stopper.stop();
                        return Ok(Some(with));
                    }
                }
                Some(Err(error)) => return Err(error),
                None => return Ok(None),
            }
        }
    })
}

/// The results on their way, in the order in which chunks were taken.
struct Line<'r, T> {
    reader: Mutex<&'r mut Reader>,
    places: Mutex<Places<T>>,
    /// A result is there, or the last chunk has been taken.
    filled: Condvar,
    /// There is room for another chunk, or nothing more is wanted.
    room: Condvar,
    limit: usize,
}

struct Places<T> {
    /// Sequence number of the first place.
    first: u64,
    /// `None` is being worked on.
    waiting: VecDeque<Option<Result<T, FileError>>>,
    /// No more chunks will be taken.
    ended: bool,
    /// A worker died; its result never comes.
    broken: bool,
}

impl<'r, T> Line<'r, T> {
    fn new(reader: &'r mut Reader, limit: usize) -> Self {
        Line {
            reader: Mutex::new(reader),
            places: Mutex::new(Places {
                first: 0,
                waiting: VecDeque::with_capacity(limit),
                ended: false,
                broken: false,
            }),
            filled: Condvar::new(),
            room: Condvar::new(),
            limit,
        }
    }

    fn places(&self) -> MutexGuard<'_, Places<T>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A worker's life.
    fn work<S>(&self, state: &(impl Fn() -> S + Sync), work: &(impl Fn(&mut S, Chunk) -> T + Sync)) {
        let mut guard = Guard { line: self, whole: false };
        let mut state = state();
        while let Some((sequence, chunk)) = self.take() {
            let result = chunk.map(|chunk| work(&mut state, chunk));
            self.put(sequence, result);
        }
        guard.whole = true;
    }

    /// The next chunk and its place in the line; the reader stays locked until the place is taken, so places come in
    /// the order of chunks.
    fn take(&self) -> Option<(u64, Result<Chunk, FileError>)> {
        let mut reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        let mut places = self.places();
        while !places.ended && places.waiting.len() >= self.limit {
            places = self.room.wait(places).unwrap_or_else(PoisonError::into_inner);
        }
        if places.ended {
            return None;
        }
        drop(places);
        let chunk = reader.next_chunk();
        let mut places = self.places();
        if !matches!(chunk, Ok(Some(_))) {
            places.ended = true;
            self.filled.notify_all();
            self.room.notify_all();
        }
        let chunk = chunk.transpose()?;
        let sequence = places.first.wrapping_add(places.waiting.len() as u64);
        places.waiting.push_back(None);
        Some((sequence, chunk))
    }

    fn put(&self, sequence: u64, result: Result<T, FileError>) {
        let mut places = self.places();
        let index = sequence.wrapping_sub(places.first) as usize;
        if let Some(place) = places.waiting.get_mut(index) {
            *place = Some(result);
        }
        if index == 0 {
            self.filled.notify_all();
        }
    }

    /// The next result in order; waits for it. `None` after the last, or when a worker has died.
    fn next_result(&self) -> Option<Result<T, FileError>> {
        let mut places = self.places();
        loop {
            if let Some(Some(_)) = places.waiting.front() {
                let result = places.waiting.pop_front().flatten();
                places.first = places.first.wrapping_add(1);
                self.room.notify_one();
                return result;
            }
            if places.broken || (places.ended && places.waiting.is_empty()) {
                return None;
            }
            places = self.filled.wait(places).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn close(&self, broken: bool) {
        let mut places = self.places();
        places.ended = true;
        places.broken |= broken;
        self.filled.notify_all();
        self.room.notify_all();
    }
}

/// Tells the consumer when a worker panics; the scope then passes the panic on.
struct Guard<'l, 'r, T> {
    line: &'l Line<'r, T>,
    whole: bool,
}

impl<T> Drop for Guard<'_, '_, T> {
    fn drop(&mut self) {
        if !self.whole {
            self.line.close(true);
        }
    }
}

/// Lets the workers end when the consumer is gone.
struct Close<'l, 'r, T>(&'l Line<'r, T>);

impl<T> Drop for Close<'_, '_, T> {
    fn drop(&mut self) {
        self.0.close(false);
    }
}
