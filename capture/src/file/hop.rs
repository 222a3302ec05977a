//! Hopping over the record headers of a stretch of pcap in several lanes side by side.
//!
//! A hop needs the length that the one before it has read, so that hops one after the other wait for the cache each time.
//! Lanes that start at what looks like records further on have their waits together. What a lane found counts only when
//! the hops before it end where it started; so the records are those that hopping from the first one gives.

use super::pcap::{PcapLayout, record_near, scan};
use super::scan::{Halt, Progress, Target};
use std::ops::Range;

const LANES: usize = 4;
/// Octets that are worth a lane.
const LEAST_LANE: usize = 8 << 10;

#[derive(Clone, Default)]
struct Lane {
    start: usize,
    at: usize,
    end: usize,
    starts: Vec<u32>,
}

/// What hopping from record to record takes.
#[derive(Default)]
pub(crate) struct Hopper {
    lanes: [Lane; LANES],
}

impl Hopper {
    /// Adds where the records that begin in `range` do to `starts`, the first of them known to begin at its start.
    /// Gives where the last of them ends and why hopping stopped; `None` where a record is odd.
    pub(crate) fn hop(
        &mut self,
        layout: &PcapLayout,
        bytes: &[u8],
        range: Range<usize>,
        starts: &mut Vec<u32>,
    ) -> Option<(usize, Halt)> {
        self.set_out(layout, bytes, &range);
        self.run(layout, bytes);
        let mut at = range.start;
        for lane in &mut self.lanes {
            if lane.start >= lane.end {
                continue;
            }
            if lane.start == at {
                starts.extend_from_slice(&lane.starts);
                at = lane.at;
            } else {
                at = alone(layout, bytes, at, lane.end, starts);
            }
            if at < lane.end {
                break;
            }
        }
        if at >= range.end {
            return Some((at, Halt::Full));
        }
        let mut odd = false;
        let mut progress = Progress { at, packets: 0 };
        let target = Target { octets: range.end, packets: 1 };
        let halt = scan(layout, bytes, &mut progress, target, |_, _, _| odd = true);
        (!odd && progress.at == at).then_some((at, halt))
    }

    /// Gives each lane its start and end.
    fn set_out(&mut self, layout: &PcapLayout, bytes: &[u8], range: &Range<usize>) {
        let near = layout.header(bytes, range.start).map(|header| header.seconds);
        let wide = range.end.saturating_sub(range.start) / LANES;
        let mut end = range.end;
        for (number, lane) in self.lanes.iter_mut().enumerate().rev() {
            lane.starts.clear();
            let from = range.start.saturating_add(wide.saturating_mul(number));
            let start = match number {
                0 => Some(range.start),
                _ if wide < LEAST_LANE => None,
                _ => record_near(layout, bytes, from, near).filter(|start| *start < end),
            };
            // A lane without a start is none; the one before it goes on to the end.
            let start = start.unwrap_or(end);
            (lane.start, lane.at, lane.end) = (start, start, end);
            end = start;
        }
    }

    /// Hops in all lanes in turn, in each to its end or to what is not as usual.
    fn run(&mut self, layout: &PcapLayout, bytes: &[u8]) {
        let step = Step::new(layout);
        let [a, b, c, d] = &mut self.lanes;
        while a.at < a.end && b.at < b.end && c.at < c.end && d.at < d.end {
            let next = [
                step.next(bytes, a.at),
                step.next(bytes, b.at),
                step.next(bytes, c.at),
                step.next(bytes, d.at),
            ];
            let [Some(to_a), Some(to_b), Some(to_c), Some(to_d)] = next else { break };
            a.starts.push(a.at as u32);
            b.starts.push(b.at as u32);
            c.starts.push(c.at as u32);
            d.starts.push(d.at as u32);
            (a.at, b.at, c.at, d.at) = (to_a, to_b, to_c, to_d);
        }
        for lane in &mut self.lanes {
            lane.at = alone(layout, bytes, lane.at, lane.end, &mut lane.starts);
        }
    }
}

/// Hops from `at` to `end` or to what is not as usual; gives how far.
fn alone(layout: &PcapLayout, bytes: &[u8], mut at: usize, end: usize, starts: &mut Vec<u32>) -> usize {
    let step = Step::new(layout);
    while at < end {
        let Some(next) = step.next(bytes, at) else { break };
        starts.push(at as u32);
        at = next;
    }
    at
}

struct Step<'l> {
    layout: &'l PcapLayout,
    units: u32,
}

impl<'l> Step<'l> {
    fn new(layout: &'l PcapLayout) -> Self {
        Step { layout, units: layout.units_in_second() }
    }

    /// Where the record at `at` ends; `None` where it is not all there or not as usual.
    #[inline(always)]
    fn next(&self, bytes: &[u8], at: usize) -> Option<usize> {
        let header = self.layout.header(bytes, at)?;
        let len = usize::from(self.layout.record_header).saturating_add(header.captured as usize);
        let end = at.saturating_add(len);
        let usual =
            header.captured <= self.layout.limit && header.fraction < self.units && end <= bytes.len();
        usual.then_some(end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::pcap::FileHeader;

    fn layout(big_endian: bool) -> PcapLayout {
        let word = |value: u32| if big_endian { value.to_be_bytes() } else { value.to_le_bytes() };
        let half = |value: u16| if big_endian { value.to_be_bytes() } else { value.to_le_bytes() };
        let mut header = word(0xa1b2_c3d4).to_vec();
        header.extend([half(2), half(4)].concat());
        header.extend([word(0), word(0), word(65535), word(1)].concat());
        FileHeader::parse(&header).expect("a header").layout
    }

    /// Records whose payload is now and then made of records, every so often one that spans a lane or more.
    fn records(big_endian: bool, state: &mut u64) -> Vec<u8> {
        let word = |value: u32| if big_endian { value.to_be_bytes() } else { value.to_le_bytes() };
        let record = |number: u32, data: &[u8]| {
            let len = data.len() as u32;
            [&[word(1_700_000_000 + number), word(number), word(len), word(len)].concat(), data].concat()
        };
        let mut octets = Vec::new();
        for number in 0..400 {
            *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let dice = (*state >> 40) as usize;
            let data = match dice % 20 {
                0 => (0..30).flat_map(|inner| record(number + inner, &[7; 40])).collect(),
                1 if dice.is_multiple_of(7) => vec![0; 30_000],
                _ => vec![number as u8; dice % 1500],
            };
            octets.extend(record(number, &data));
        }
        octets
    }

    #[test]
    fn lanes_find_what_one_scan_finds() {
        let mut state = 3;
        let mut hopper = Hopper::default();
        for round in 0..200u32 {
            let layout = layout(round.is_multiple_of(2));
            let mut octets = records(layout.big_endian, &mut state);
            if round.is_multiple_of(3) {
                // Damage in some of them.
                let at = (state >> 33) as usize % octets.len();
                octets[at] ^= 0xff;
            }
            octets.truncate(octets.len() - (state >> 50) as usize % 2000);
            let end = octets.len().saturating_sub(if round.is_multiple_of(4) { 0 } else { 3000 });
            let (mut starts, mut odd) = (Vec::new(), false);
            let mut progress = Progress::default();
            let target = Target { octets: end, packets: 1 };
            let halt = loop {
                let at = progress.at;
                progress.packets = 0;
                let halt = scan(&layout, &octets, &mut progress, target, |_, _, _| odd = true);
                if progress.at == at || odd {
                    break halt;
                }
                starts.push(at as u32);
            };
            let mut found = Vec::new();
            let hopped = hopper.hop(&layout, &octets, 0..end, &mut found);
            assert_eq!(hopped, (!odd).then_some((progress.at, halt)), "round {round}");
            if !odd {
                assert_eq!(found, starts, "round {round}");
            }
        }
    }
}
