//! Stretches of a regular file that a worker reads by itself and in which it looks for the records.
//!
//! Where the first record of a stretch begins is only known when all records before have been hopped over. A worker does
//! not wait for that: it starts at what looks like several records in a row, and hops to the end of the stretch. What it
//! found counts only when the records before end exactly where it started; otherwise the stretch is read again from
//! there. So a file is understood as if it were read from front to back, whatever stands in it.

use super::bytes::{Bytes, Pool, PoolBuffer};
use super::chunk::Layout;
use super::hop::Hopper;
use super::placed::Placed;
use super::scan::{Halt, Progress, Target};
use super::{pcap, pcapng};
use std::ops::Range;
use std::sync::Arc;

/// A stretch that a worker has claimed.
pub(crate) struct Stretch {
    pub(crate) placed: Placed,
    pub(crate) pool: Pool,
    pub(crate) layout: Layout,
    /// Offsets at which records begin, as long as nothing disturbs the order.
    pub(crate) range: Range<u64>,
    /// Whether a record is known to begin at its start.
    pub(crate) exact: bool,
    /// Packets to hop over, at most.
    pub(crate) packets: u64,
    /// Seconds of a record not far before.
    pub(crate) near: Option<u32>,
}

/// What was found in a stretch.
pub(crate) struct Found {
    pub(crate) range: Range<u64>,
    /// `None` where something is odd.
    pub(crate) records: Option<Records>,
}

/// Records in a row.
pub(crate) struct Records {
    pub(crate) bytes: Bytes,
    /// Where they are in the file.
    pub(crate) place: Range<u64>,
    pub(crate) packets: u64,
    /// How they were understood.
    pub(crate) layout: Layout,
    /// Seconds of the last of them.
    pub(crate) near: Option<u32>,
}

/// Octets read behind a stretch: most records that begin in it end there.
const BEHIND: usize = 2048;
/// Octets that a worker reads of a stretch and the record at its end, at most, unless the stretch is longer.
const MOST: usize = 4 << 20;

impl Stretch {
    /// Reads the stretch and looks for the records that begin in it.
    pub(crate) fn scan(self, hopper: &mut Hopper) -> Found {
        let range = self.range.clone();
        Found { range, records: self.records(hopper) }
    }

    fn records(self, hopper: &mut Hopper) -> Option<Records> {
        let wanted = usize::try_from(self.range.end.checked_sub(self.range.start)?).ok()?;
        let mut window = Window::read(&self, wanted)?;
        let start = match self.exact {
            true => 0,
            false => self.first(window.bytes()).filter(|at| *at < wanted)?,
        };
        let mut progress = Progress { at: start, packets: 0 };
        loop {
            match self.hop(&mut window, &mut progress, wanted, hopper)? {
                Halt::Full => break,
                Halt::More { needed } => window.extend(&self, progress.at, needed)?,
                _ => return None,
            }
        }
        let at = |at: usize| self.range.start.saturating_add(at as u64);
        let place = at(start)..at(progress.at);
        let near = window.near(&self.layout);
        let bytes = Bytes::owned(window.buffer, start..progress.at);
        Some(Records { bytes, place, packets: progress.packets, layout: self.layout, near })
    }

    /// Hops over records up to `wanted` or to what stops it; `None` where one is odd.
    fn hop(
        &self,
        window: &mut Window,
        progress: &mut Progress,
        wanted: usize,
        hopper: &mut Hopper,
    ) -> Option<Halt> {
        match &self.layout {
            Layout::Pcap(layout) => {
                let mut starts = std::mem::take(&mut window.buffer.starts);
                let hopped = hopper.hop(layout, window.bytes(), progress.at..wanted, &mut starts);
                let (at, halt) = hopped?;
                let most = usize::try_from(self.packets).unwrap_or(usize::MAX);
                let beyond = starts.get(most).map(|at| *at as usize);
                starts.truncate(most);
                *progress = Progress { at: beyond.unwrap_or(at), packets: starts.len() as u64 };
                window.buffer.starts = starts;
                Some(if beyond.is_some() { Halt::Full } else { halt })
            }
            Layout::Pcapng(section) => {
                let mut odd = false;
                let target = Target { octets: wanted, packets: self.packets };
                let halt = pcapng::scan(section, window.bytes(), progress, target, |_, _, _| odd = true);
                (!odd).then_some(halt)
            }
        }
    }

    /// Where the first record seems to begin.
    fn first(&self, bytes: &[u8]) -> Option<usize> {
        match &self.layout {
            Layout::Pcap(layout) => pcap::record_near(layout, bytes, 0, self.near),
            Layout::Pcapng(section) => {
                // All blocks before are multiples of four octets long.
                let from = self.range.start.wrapping_neg() % 4;
                pcapng::block_near(section, bytes, from as usize)
            }
        }
    }
}

/// What has been read of a stretch and of what comes behind it.
struct Window {
    buffer: PoolBuffer,
    filled: usize,
}

impl Window {
    /// Reads a stretch; `None` where octets are missing that were there.
    fn read(stretch: &Stretch, wanted: usize) -> Option<Window> {
        let len = wanted.checked_add(BEHIND)?;
        let mut window = Window { buffer: stretch.pool.take(len), filled: 0 };
        window.fill(stretch, len)?;
        (window.filled >= wanted).then_some(window)
    }

    fn bytes(&self) -> &[u8] {
        self.buffer.get(..self.filled).unwrap_or_default()
    }

    /// Seconds of the last record that was hopped over.
    fn near(&self, layout: &Layout) -> Option<u32> {
        let Layout::Pcap(layout) = layout else { return None };
        let last = *self.buffer.starts.last()? as usize;
        layout.header(self.bytes(), last).map(|header| header.seconds)
    }

    /// Reads on until there are `len` octets or the file ends.
    fn fill(&mut self, stretch: &Stretch, len: usize) -> Option<()> {
        let room = self.buffer.get_mut(self.filled..len)?;
        let count = stretch.placed.read(room, stretch.range.start.checked_add(self.filled as u64)?).ok()?;
        self.filled = self.filled.saturating_add(count);
        Some(())
    }

    /// Reads on until the record at `at` is there, with the `needed` octets that it has at least.
    fn extend(&mut self, stretch: &Stretch, at: usize, needed: u64) -> Option<()> {
        let len = at.checked_add(usize::try_from(needed).ok()?)?;
        // What is longer, or longer than the file, is for who reads from front to back.
        let there = stretch.placed.len.saturating_sub(stretch.range.start);
        if len > MOST.max(self.filled.saturating_mul(2)) || len as u64 > there || len <= self.filled {
            return None;
        }
        if self.buffer.len() < len {
            self.buffer.grow(len);
        }
        self.fill(stretch, len)?;
        (self.filled >= len).then_some(())
    }
}

impl Records {
    /// Whether they were understood as what is known by now says.
    pub(crate) fn still(&self, layout: &Layout) -> bool {
        match (&self.layout, layout) {
            (Layout::Pcap(then), Layout::Pcap(now)) => then == now,
            (Layout::Pcapng(then), Layout::Pcapng(now)) => Arc::ptr_eq(then, now),
            _ => false,
        }
    }
}
