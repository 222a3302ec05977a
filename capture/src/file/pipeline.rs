//! Work on chunks by several threads, results in order, memory bounded.
//!
//! A worker takes the next chunk under a lock (which reads or scans it), works on it without one, and puts the result
//! into its place in line. Whoever fills the first place consumes it, and what is filled behind it: the result is still
//! in that processor's cache, and its memory goes back to who made it. At most [`IN_FLIGHT`] chunks for each worker are
//! taken and not yet consumed: what memory is in use does not depend on the size of the file.

use super::chunk::Chunk;
use super::error::FileError;
use super::reader::Reader;
use super::source::Stopper;
use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Chunks for each worker that are taken and not yet consumed.
const IN_FLIGHT: usize = 3;

/// Runs `work` on each chunk of `reader` with `threads` workers, and `consume` on the results in the order of the file,
/// never twice at a time.
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
    mut consume: impl FnMut(T) -> ControlFlow<B> + Send,
) -> Result<Option<B>, FileError>
where
    T: Send,
    B: Send,
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
    let line = Line::new(reader, threads.saturating_mul(IN_FLIGHT), consume);
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(|| line.work(&state, &work));
        }
        line.work(&state, &work);
    });
    let End { broke, error, consume: _ } = line.end.into_inner().unwrap_or_else(PoisonError::into_inner);
    if broke.is_some() {
        return Ok(broke);
    }
    error.map_or(Ok(None), Err)
}

/// The results on their way, in the order in which chunks were taken.
struct Line<'r, T, B, C> {
    reader: Mutex<&'r mut Reader>,
    places: Mutex<Places<T>>,
    /// There is room for another chunk, or nothing more is wanted.
    room: Condvar,
    limit: usize,
    stopper: Stopper,
    end: Mutex<End<B, C>>,
}

/// Who consumes, and what the run ended with.
struct End<B, C> {
    consume: C,
    broke: Option<B>,
    error: Option<FileError>,
}

struct Places<T> {
    /// Sequence number of the first place.
    first: u64,
    /// `None` is being worked on.
    waiting: VecDeque<Option<Result<T, FileError>>>,
    /// Somebody is consuming the first place.
    consuming: bool,
    /// No more chunks will be taken.
    ended: bool,
}

impl<'r, T, B, C: FnMut(T) -> ControlFlow<B>> Line<'r, T, B, C> {
    fn new(reader: &'r mut Reader, limit: usize, consume: C) -> Self {
        let stopper = reader.stopper();
        Line {
            reader: Mutex::new(reader),
            places: Mutex::new(Places {
                first: 0,
                waiting: VecDeque::with_capacity(limit),
                consuming: false,
                ended: false,
            }),
            room: Condvar::new(),
            limit,
            stopper,
            end: Mutex::new(End { consume, broke: None, error: None }),
        }
    }

    fn places(&self) -> MutexGuard<'_, Places<T>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A worker's life.
    fn work<S>(&self, state: &(impl Fn() -> S + Sync), work: &(impl Fn(&mut S, Chunk) -> T + Sync)) {
        // Also when `work` or `consume` panics: the others must not wait for ever.
        let _close = Close { line: self };
        let mut state = state();
        while let Some((sequence, chunk)) = self.take() {
            let result = chunk.map(|chunk| work(&mut state, chunk));
            self.put(sequence, result);
        }
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
            self.room.notify_all();
        }
        let chunk = chunk.transpose()?;
        let sequence = places.first.wrapping_add(places.waiting.len() as u64);
        places.waiting.push_back(None);
        Some((sequence, chunk))
    }

    /// Puts a result into its place; consumes from the first place on as far as it is filled, unless somebody does.
    fn put(&self, sequence: u64, result: Result<T, FileError>) {
        let mut places = self.places();
        let index = sequence.wrapping_sub(places.first) as usize;
        if let Some(place) = places.waiting.get_mut(index) {
            *place = Some(result);
        }
        if places.consuming {
            return;
        }
        places.consuming = true;
        while let Some(Some(_)) = places.waiting.front() {
            let Some(result) = places.waiting.pop_front().flatten() else { break };
            places.first = places.first.wrapping_add(1);
            drop(places);
            let go_on = self.consume(result);
            places = self.places();
            places.ended |= !go_on;
            self.room.notify_all();
        }
        places.consuming = false;
    }

    /// Consumes a result; false when the run is over.
    fn consume(&self, result: Result<T, FileError>) -> bool {
        let mut end = self.end.lock().unwrap_or_else(PoisonError::into_inner);
        if end.broke.is_some() || end.error.is_some() {
            return false;
        }
        match result.map(|result| (end.consume)(result)) {
            Ok(ControlFlow::Continue(())) => return true,
            Ok(ControlFlow::Break(with)) => {
                end.broke = Some(with);
                self.stopper.stop();
            }
            Err(error) => end.error = Some(error),
        }
        false
    }
}

/// Lets the other workers end when one is gone.
struct Close<'l, 'r, T, B, C> {
    line: &'l Line<'r, T, B, C>,
}

impl<T, B, C> Drop for Close<'_, '_, T, B, C> {
    fn drop(&mut self) {
        let mut places = self.line.places.lock().unwrap_or_else(PoisonError::into_inner);
        places.ended = true;
        self.line.room.notify_all();
    }
}
