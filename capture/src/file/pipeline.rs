//! Work on chunks by several threads, results in order, memory bounded.
//!
//! A worker takes the next chunk, works on it, and puts the result into its place in line. Whoever fills the first place
//! consumes it, and what is filled behind it: the result is still in that processor's cache, and its memory goes back to
//! who made it. At most [`IN_FLIGHT`] chunks for each worker are taken and not yet consumed: what memory is in use does
//! not depend on the size of the file.
//!
//! Chunks of a stream are read under a lock. Of a regular file a worker only claims a stretch under it, reads it and looks
//! for the records by itself (see `stretch.rs`), and settles the stretch when those before are settled: workers then
//! copy and hop over record headers side by side, and each finds in its cache what it goes on to work with.

use super::chunk::Chunk;
use super::error::FileError;
use super::hop::Hopper;
use super::reader::Reader;
use super::source::Stopper;
use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
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
    // A file of one chunk needs no threads.
    let Some(first) = reader.next_chunk()? else { return Ok(None) };
    if threads < 2 || !reader.may_have_more() {
        let mut own = state();
        let mut next = Some(first);
        while let Some(chunk) = next {
            if let ControlFlow::Break(with) = consume(work(&mut own, chunk)) {
                return Ok(Some(with));
            }
            next = reader.next_chunk()?;
        }
        return Ok(None);
    }
    let line = Line::new(reader, threads.saturating_mul(IN_FLIGHT), consume);
    let first = line.place(line.source(), Ok(first));
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(|| line.work(state(), None, &work));
        }
        line.work(state(), first, &work);
    });
    let End { broke, error, consume: _ } = line.end.into_inner().unwrap_or_else(PoisonError::into_inner);
    if broke.is_some() {
        return Ok(broke);
    }
    error.map_or(Ok(None), Err)
}

/// The results on their way, in the order in which chunks were taken.
struct Line<'r, T, B, C> {
    source: Mutex<Source<'r>>,
    /// A stretch was settled, or nothing more is wanted; for who waits with [`Source`].
    turn: Condvar,
    /// [`Source::settled`], to be looked at without the lock.
    settled: AtomicU64,
    places: Mutex<Places<T>>,
    /// There is room for another chunk, or nothing more is wanted.
    room: Condvar,
    /// No more chunks will be taken; set with [`Places::ended`].
    ended: AtomicBool,
    limit: usize,
    stopper: Stopper,
    end: Mutex<End<B, C>>,
}

/// Where chunks come from.
struct Source<'r> {
    reader: &'r mut Reader,
    /// Stretches that workers have claimed, and how many of them are settled.
    claimed: u64,
    settled: u64,
    /// Workers that wait for `settled` to change.
    waiting: usize,
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
    /// Workers that wait for room.
    hungry: usize,
}

/// How often a worker looks whether its turn has come before it sleeps: what it waits for takes some microseconds, to be
/// woken takes longer.
const LOOKS: u32 = 2000;

impl<'r, T, B, C> Line<'r, T, B, C> {
    fn new(reader: &'r mut Reader, limit: usize, consume: C) -> Self {
        let stopper = reader.stopper();
        Line {
            source: Mutex::new(Source { reader, claimed: 0, settled: 0, waiting: 0 }),
            turn: Condvar::new(),
            settled: AtomicU64::new(0),
            places: Mutex::new(Places {
                first: 0,
                waiting: VecDeque::with_capacity(limit),
                consuming: false,
                ended: false,
                hungry: 0,
            }),
            room: Condvar::new(),
            ended: AtomicBool::new(false),
            limit,
            stopper,
            end: Mutex::new(End { consume, broke: None, error: None }),
        }
    }

    fn places(&self) -> MutexGuard<'_, Places<T>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn source(&self) -> MutexGuard<'_, Source<'r>> {
        self.source.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets nobody take another chunk.
    fn close(&self, mut places: MutexGuard<'_, Places<T>>) {
        if places.ended {
            return;
        }
        places.ended = true;
        self.ended.store(true, Ordering::Release);
        drop(places);
        self.room.notify_all();
        // Locked between the two, so that nobody falls asleep between looking at `ended` and this.
        drop(self.source());
        self.turn.notify_all();
    }

    /// Waits until another chunk may be taken; false when none may.
    fn wait_for_room(&self) -> bool {
        let mut places = self.places();
        while !places.ended && places.waiting.len() >= self.limit {
            places.hungry = places.hungry.saturating_add(1);
            places = self.room.wait(places).unwrap_or_else(PoisonError::into_inner);
            places.hungry = places.hungry.saturating_sub(1);
        }
        !places.ended
    }

    /// Waits until `count` stretches are settled; `None` when that is no longer wanted.
    fn wait_for_settled(&self, count: u64) -> Option<MutexGuard<'_, Source<'r>>> {
        for _ in 0..LOOKS {
            if self.settled.load(Ordering::Acquire) >= count || self.ended.load(Ordering::Acquire) {
                break;
            }
            std::hint::spin_loop();
        }
        let mut source = self.source();
        while source.settled < count && !self.ended.load(Ordering::Acquire) {
            source.waiting = source.waiting.saturating_add(1);
            source = self.turn.wait(source).unwrap_or_else(PoisonError::into_inner);
            source.waiting = source.waiting.saturating_sub(1);
        }
        (source.settled >= count).then_some(source)
    }

    /// The next chunk and its place in the line.
    fn take(&self, hopper: &mut Hopper) -> Option<(u64, Result<Chunk, FileError>)> {
        loop {
            if !self.wait_for_room() {
                return None;
            }
            let mut source = self.source();
            if let Some(stretch) = source.reader.claim() {
                let turn = source.claimed;
                source.claimed = turn.wrapping_add(1);
                drop(source);
                let found = stretch.scan(hopper);
                let mut source = self.wait_for_settled(turn)?;
                let chunk = source.reader.settle(found).transpose();
                source.settled = turn.wrapping_add(1);
                self.settled.store(source.settled, Ordering::Release);
                if source.waiting > 0 {
                    self.turn.notify_all();
                }
                match chunk {
                    Some(chunk) => return self.place(source, chunk),
                    // The record before goes on through the whole stretch, or reading goes on without stretches.
                    None => continue,
                }
            }
            if source.settled != source.claimed {
                let all = source.claimed;
                drop(source);
                drop(self.wait_for_settled(all)?);
                continue;
            }
            let Some(chunk) = source.reader.next_chunk().transpose() else {
                drop(source);
                self.close(self.places());
                return None;
            };
            return self.place(source, chunk);
        }
    }

    /// Takes a place in the line; the source stays locked until that is done, so places come in the order of chunks.
    fn place(
        &self,
        source: MutexGuard<'_, Source<'r>>,
        chunk: Result<Chunk, FileError>,
    ) -> Option<(u64, Result<Chunk, FileError>)> {
        let mut places = self.places();
        if places.ended {
            return None;
        }
        let sequence = places.first.wrapping_add(places.waiting.len() as u64);
        places.waiting.push_back(None);
        drop(source);
        if chunk.is_err() {
            self.close(places);
        }
        Some((sequence, chunk))
    }
}

impl<T, B, C: FnMut(T) -> ControlFlow<B>> Line<'_, T, B, C> {
    /// A worker's life; one of them has the first chunk already.
    fn work<S>(
        &self,
        mut state: S,
        first: Option<(u64, Result<Chunk, FileError>)>,
        work: &(impl Fn(&mut S, Chunk) -> T + Sync),
    ) {
        // Also when `work` or `consume` panics: the others must not wait for ever.
        let _close = Close { line: self };
        let mut hopper = Hopper::default();
        let mut next = first.or_else(|| self.take(&mut hopper));
        while let Some((sequence, chunk)) = next {
            let result = chunk.map(|chunk| work(&mut state, chunk));
            self.put(sequence, result);
            next = self.take(&mut hopper);
        }
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
            if !go_on {
                self.close(self.places());
            }
            places = self.places();
            if places.hungry > 0 {
                self.room.notify_all();
            }
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
        self.line.close(self.line.places());
    }
}
