//! The octets of 64 packets that most loads of a program look at, copied out once, with one look at each length.
//!
//! What is loaded from a place in the window is there for all packets, one row behind the other: no length is asked, and
//! no branch taken. Most IPv4 headers have no options, so that what stands behind one has a place too.

use super::lanes::{Numbers, WIDTH, transposed};
use super::prepared::Load;
use super::vm::Packet;

/// Octets of each packet in the window.
const REACH: usize = 32;
/// Octets of an IPv4 header without options.
pub(super) const PLAIN_HEADER: u32 = 20;
/// For so few packets a column is not loaded from here.
pub(super) const FEW: u32 = 9;
/// Windows that start behind would be empty for nearly every packet.
const FARTHEST: u32 = 0xffff;
/// Fewer loads are cheaper from the packets themselves.
const FEWEST: usize = 2;

/// Octets of each packet from one offset on; zeros where it is shorter.
#[derive(Clone, Debug)]
pub(super) struct Window {
    start: usize,
    rows: Box<[[u8; REACH]; WIDTH]>,
    /// Length of the shortest packet.
    shortest: usize,
    /// Whether the rows are these packets'.
    filled: bool,
    /// Columns that were asked for since the packets changed, and before.
    asked: u32,
    asked_before: u32,
    /// Whether the packets are at the start of the program.
    at_start: bool,
}

/// How many octets a load takes.
pub(super) fn size(load: Load) -> u32 {
    match load {
        Load::Octet | Load::OctetX => 1,
        Load::Half | Load::HalfX => 2,
        Load::Word | Load::WordX => 4,
        Load::Nothing => 0,
    }
}

impl Window {
    /// A window over most of the loads that stand at such offsets; `None` where it would not help.
    pub(super) fn over(places: &[(u32, Load)]) -> Option<Window> {
        let inside = |start: u32| {
            let fits =
                |at: u32, load| at >= start && u64::from(at - start) + u64::from(size(load)) <= REACH as u64;
            places.iter().filter(|(at, load)| fits(*at, *load)).count()
        };
        let starts = places.iter().map(|(at, _)| *at);
        let (count, start) =
            starts.map(|at| (inside(at), at)).max_by_key(|(count, at)| (*count, u32::MAX - at))?;
        (count >= FEWEST && start <= FARTHEST).then(|| Window {
            start: start as usize,
            rows: Box::new([[0; REACH]; WIDTH]),
            shortest: 0,
            filled: false,
            asked: 0,
            asked_before: 0,
            at_start: true,
        })
    }

    /// Where a load at an offset stands in the rows.
    pub(super) fn place(&self, at: u32, load: Load) -> Option<usize> {
        let place = (at as usize).checked_sub(self.start)?;
        (place.checked_add(size(load) as usize)? <= REACH).then_some(place)
    }

    /// Other packets stand in the lanes, at the start of the program or further on: such have more than one load to come.
    pub(super) const fn renew(&mut self, at_start: bool) {
        if self.at_start {
            self.asked_before = self.asked;
        }
        self.at_start = at_start;
        self.asked = if at_start { 0 } else { FEWEST as u32 };
        self.filled = false;
    }

    /// Whether a column is to be loaded from here. The packets' octets are copied when that pays: where the first column
    /// was the only one that many packets came to, it is taken from the packets themselves the next time.
    pub(super) fn serves(&mut self, packets: &[Packet<'_>]) -> bool {
        self.asked += 1;
        if !self.filled && (self.asked > 1 || self.asked_before > 1) {
            self.fill(packets);
            self.filled = true;
        }
        self.filled
    }

    #[inline(never)]
    fn fill(&mut self, packets: &[Packet<'_>]) {
        let start = self.start;
        let mut shortest = usize::MAX;
        for (Packet { data, .. }, row) in packets.iter().zip(self.rows.iter_mut()) {
            shortest = shortest.min(data.len());
            match data.get(start..start + REACH).and_then(|octets| octets.first_chunk()) {
                Some(whole) => *row = *whole,
                None => {
                    *row = [0; REACH];
                    row.iter_mut().zip(data.iter().skip(start)).for_each(|(to, from)| *to = *from);
                }
            }
        }
        self.shortest = shortest;
    }

    /// The packets that have so many octets.
    pub(super) fn at_least(&self, octets: u32, packets: &[Packet<'_>]) -> u64 {
        let octets = octets as usize;
        if self.shortest >= octets {
            return u64::MAX;
        }
        let long = packets.iter().enumerate().filter(|(_, packet)| packet.data.len() >= octets);
        transposed(long.fold(0, |bits, (lane, _)| bits | 1u64.wrapping_shl(lane as u32)))
    }

    /// Loads an octet of every packet from a place in the rows.
    #[inline(never)]
    pub(super) fn octets(&self, place: usize, numbers: &mut [u16; WIDTH]) {
        self.each(place, numbers, |[octet]| u16::from(octet));
    }

    /// Loads two octets of every packet.
    #[inline(never)]
    pub(super) fn halves(&self, place: usize, numbers: &mut [u16; WIDTH]) {
        // Turned around all at once, which takes fewer instructions.
        self.each(place, numbers, u16::from_le_bytes);
        numbers.iter_mut().for_each(|number| *number = number.swap_bytes());
    }

    /// Loads four octets of every packet.
    #[inline(never)]
    pub(super) fn words(&self, place: usize, numbers: &mut Numbers) {
        self.each(place, numbers, u32::from_be_bytes);
    }

    /// Loads lengths of IPv4 headers.
    #[inline(never)]
    pub(super) fn header_lengths(&self, place: usize, numbers: &mut Numbers) {
        self.each(place, numbers, |[octet]| u32::from(octet & 15) << 2);
    }

    #[inline(always)]
    fn each<T, const N: usize>(&self, place: usize, numbers: &mut [T; WIDTH], number: impl Fn([u8; N]) -> T) {
        // Asked once, this spares the question for each row.
        if place > REACH - N {
            return;
        }
        for (to, row) in numbers.iter_mut().zip(self.rows.iter()) {
            let octets = row.get(place..place + N).and_then(|octets| octets.first_chunk());
            *to = number(octets.copied().unwrap_or([0; N]));
        }
    }
}
