//! Stretches of a mapped pcap file in which a worker looks for the records by itself.
//!
//! Where the first record of a stretch begins is only known when all records before have been hopped over. A worker does
//! not wait for that: it starts at what looks like several records in a row, and hops to the end of the stretch. What it
//! found counts only when the records before end exactly where it started; otherwise the stretch is scanned again from
//! there. So a file is understood as if it were read from front to back, whatever stands in it.

use super::map::Map;
use super::pcap::{PcapLayout, record_near, scan};
use super::scan::{Halt, Progress, Target};
use std::ops::Range;
use std::sync::Arc;

/// A stretch that a worker has claimed.
pub(crate) struct Stretch {
    pub(crate) map: Arc<Map>,
    pub(crate) layout: PcapLayout,
    /// The octets in which records begin, as long as nothing disturbs the order.
    pub(crate) range: Range<usize>,
    /// Whether a record is known to begin at its start.
    pub(crate) exact: bool,
    /// Packets to hop over, at most.
    pub(crate) packets: u64,
}

/// What was found in a stretch.
pub(crate) struct Found {
    pub(crate) range: Range<usize>,
    /// Where records begin and end, and how many they are; `None` where something is odd.
    pub(crate) records: Option<(Range<usize>, u64)>,
}

impl Stretch {
    /// Looks for the records that begin in the stretch.
    pub(crate) fn scan(self) -> Found {
        let records = self.records();
        Found { range: self.range, records }
    }

    fn records(&self) -> Option<(Range<usize>, u64)> {
        if self.map.shrunk_to().is_some() {
            return None;
        }
        let bytes = self.map.bytes();
        let start = match self.exact {
            true => self.range.start,
            false => record_near(&self.layout, bytes, self.range.start).filter(|at| *at < self.range.end)?,
        };
        let mut progress = Progress { at: start, packets: 0 };
        let target = Target { octets: self.range.end, packets: self.packets };
        let mut odd = false;
        let halt = scan(&self.layout, bytes, &mut progress, target, |_, _, _| odd = true);
        (halt == Halt::Full && !odd).then_some((start..progress.at, progress.packets))
    }
}
