//! Columns: what was loaded from one place, one number of each packet in its lane.

use super::lanes::{Lane, Numbers, WIDTH, bit, each, holding, transposed};
use super::passes::{Comparison, Operation, Source};
use super::prepared::{Load, half, octet, word};
use super::vm::Packet;
use super::window::{self, PLAIN_HEADER, Window};

/// From so many packets on a column is loaded for all 64, wanted or not: without a search for the next one that is cheaper.
const DENSE: u32 = 32;

/// One number of each packet.
#[derive(Clone, Debug)]
pub(super) struct Column {
    numbers: Kept,
    /// The packets it has been loaded for, as bits.
    loaded: u64,
    /// Where it stands in the window; behind an IPv4 header only where that has no options.
    place: Option<usize>,
    /// How many octets a packet must have for that place.
    end: u32,
}

/// Twice as many numbers of 16 bits are compared at a time.
#[derive(Clone, Debug)]
enum Kept {
    Half([u16; WIDTH]),
    Word(Numbers),
}

/// What a column is loaded from.
#[derive(Clone, Copy)]
pub(super) struct From<'p> {
    pub(super) packets: &'p [Packet<'p>],
    /// What X is for each packet.
    pub(super) x: &'p Numbers,
    /// Whether X comes from a column, and is the length of a header.
    pub(super) behind_header: bool,
}

/// The columns of a plan, with their places in a window.
pub(super) fn columns(sources: &[Source]) -> (Vec<Column>, Option<Window>) {
    let offsets: Vec<Option<(u32, Load)>> = sources.iter().map(|source| offset(source, sources)).collect();
    let known: Vec<(u32, Load)> = offsets.iter().copied().flatten().collect();
    let window = Window::over(&known);
    let columns = sources.iter().zip(offsets).map(|(source, offset)| {
        let wide = match source {
            Source::Length(_) => true,
            Source::Place(load, ..) | Source::Behind(load, _) => window::size(*load) > 2,
        };
        let numbers = if wide { Kept::Word([0; WIDTH]) } else { Kept::Half([0; WIDTH]) };
        let placed = offset.and_then(|(at, load)| {
            Some((window.as_ref()?.place(at, load)?, at.checked_add(window::size(load))?))
        });
        let (place, end) = placed.map_or((None, 0), |(place, end)| (Some(place), end));
        Column { numbers, loaded: 0, place, end }
    });
    (columns.collect(), window)
}

/// The offset that a column is loaded from, as far as it is known without the packet.
fn offset(source: &Source, sources: &[Source]) -> Option<(u32, Load)> {
    match *source {
        Source::Length(at) => Some((at, Load::Octet)),
        Source::Place(load, at, None) => Some((at, load)),
        Source::Place(load, at, Some(x)) => {
            let plain = matches!(sources.get(x), Some(Source::Length(_)));
            plain.then(|| (at.wrapping_add(PLAIN_HEADER), load))
        }
        Source::Behind(..) => None,
    }
}

impl Column {
    /// Other packets stand in the lanes.
    pub(super) const fn renew(&mut self) {
        self.loaded = 0;
    }

    /// The number of a packet.
    #[inline]
    pub(super) fn number(&self, lane: usize) -> u32 {
        match &self.numbers {
            Kept::Half(numbers) => numbers.get(lane).copied().map_or(0, u32::from),
            Kept::Word(numbers) => numbers.get(lane).copied().unwrap_or(0),
        }
    }

    /// Copies all numbers.
    pub(super) fn copy_to(&self, to: &mut Numbers) {
        match &self.numbers {
            Kept::Half(numbers) => {
                to.iter_mut().zip(numbers).for_each(|(to, number)| *to = u32::from(*number))
            }
            Kept::Word(numbers) => *to = *numbers,
        }
    }

    /// All numbers, where they are lengths.
    pub(super) const fn lengths(&self) -> Option<&Numbers> {
        match &self.numbers {
            Kept::Word(numbers) => Some(numbers),
            Kept::Half(_) => None,
        }
    }

    /// Loads it for the packets of `here`; gives those that have the octets.
    pub(super) fn load(
        &mut self,
        load: Load,
        at: u32,
        here: u64,
        from: From<'_>,
        window: &mut Option<Window>,
    ) -> u64 {
        let mut missing = here & !self.loaded;
        if missing == 0 {
            return here;
        }
        // A column that stands behind different headers is written over only while nothing is in it.
        if let (Some(window), Some(place)) = (window, self.place)
            && missing.count_ones() >= window::FEW
            && (!from.behind_header || self.loaded == 0)
            && window.serves(from.packets)
        {
            let plain = |length| length == PLAIN_HEADER;
            let inside = if from.behind_header { holding(from.x, missing, plain) } else { missing };
            match &mut self.numbers {
                Kept::Half(numbers) if window::size(load) == 1 => window.octets(place, numbers),
                Kept::Half(numbers) => window.halves(place, numbers),
                Kept::Word(numbers) => window.words(place, numbers),
            }
            self.loaded |= inside & window.at_least(self.end, from.packets);
            missing &= !inside;
            if missing == 0 {
                return here & self.loaded;
            }
        }
        let got = match &mut self.numbers {
            Kept::Half(numbers) => match load {
                Load::Octet => gather(numbers, missing, from, |data, _| octet(data, at)),
                Load::Half => gather(numbers, missing, from, |data, _| half(data, at)),
                Load::OctetX => gather(numbers, missing, from, |data, x| octet(data, at.wrapping_add(x))),
                Load::HalfX => gather(numbers, missing, from, |data, x| half(data, at.wrapping_add(x))),
                Load::Word | Load::WordX | Load::Nothing => 0,
            },
            Kept::Word(numbers) => match load {
                Load::Word => gather(numbers, missing, from, |data, _| word(data, at)),
                Load::WordX => gather(numbers, missing, from, |data, x| word(data, at.wrapping_add(x))),
                _ => 0,
            },
        };
        self.loaded |= got & missing;
        here & self.loaded
    }

    /// Loads lengths of IPv4 headers for the packets of `here`; gives those that have the octet.
    pub(super) fn load_lengths(
        &mut self,
        at: u32,
        here: u64,
        from: From<'_>,
        window: &mut Option<Window>,
    ) -> u64 {
        let Kept::Word(numbers) = &mut self.numbers else { return 0 };
        let missing = here & !self.loaded;
        if missing.count_ones() >= window::FEW
            && let (Some(window), Some(place)) = (window, self.place)
            && window.serves(from.packets)
        {
            window.header_lengths(place, numbers);
            self.loaded |= missing & window.at_least(self.end, from.packets);
        } else if missing != 0 {
            let length = |data: &[u8], _| octet(data, at).map(|octet| (octet & 15) << 2);
            self.loaded |= gather(numbers, missing, from, length) & missing;
        }
        here & self.loaded
    }

    /// The packets of `here` for which a comparison holds.
    pub(super) fn compare(
        &self,
        operation: &Operation,
        comparison: Comparison,
        others: &[u32],
        here: u64,
    ) -> u64 {
        match &self.numbers {
            Kept::Half(numbers) => compare(comparison, numbers, operation, others, here),
            Kept::Word(numbers) => compare(comparison, numbers, operation, others, here),
        }
    }
}

/// Loads a number of each packet of `wanted`, perhaps of others too; gives the packets that have it. With each packet
/// stands its X. A function of its own for each kind of load: inside another the loop would be short of registers.
#[inline(never)]
fn gather<T: Lane>(
    numbers: &mut [T; WIDTH],
    wanted: u64,
    from: From<'_>,
    load: impl Fn(&[u8], u32) -> Option<u32>,
) -> u64 {
    let From { packets, x, .. } = from;
    if wanted.count_ones() < DENSE {
        let mut got = wanted;
        each(wanted, |i| match packets.get(i).and_then(|packet| load(packet.data, x[i])) {
            Some(number) => numbers[i] = T::cut(number),
            None => got &= !bit(i),
        });
        return got;
    }
    let mut got = 0u64;
    for ((packet, number), x) in packets.iter().zip(numbers.iter_mut()).zip(x) {
        let loaded = load(packet.data, *x);
        *number = T::cut(loaded.unwrap_or(0));
        got = got >> 1 | u64::from(loaded.is_some()) << 63;
    }
    transposed(got.checked_shr((WIDTH - packets.len()) as u32).unwrap_or(0))
}

/// For which packets of `here` a comparison holds; equality with one of several.
#[inline(never)]
pub(super) fn compare<T: Lane>(
    comparison: Comparison,
    numbers: &[T; WIDTH],
    operation: &Operation,
    others: &[u32],
    here: u64,
) -> u64 {
    let (value, mask) = (T::cut(operation.value), T::cut(operation.mask));
    // No number that is kept in so few bits is as large as others may be.
    let fits = |value: u32| T::cut(value).wide() == value;
    match comparison {
        Comparison::Equal if operation.mask == u32::MAX => {
            let equal = |value| if fits(value) { holding(numbers, here, |a| a == T::cut(value)) } else { 0 };
            others.iter().fold(equal(operation.value), |yes, other| yes | equal(*other))
        }
        Comparison::Any => holding(numbers, here, |a| a & value != T::cut(0)),
        _ if !fits(operation.value) => 0,
        Comparison::Equal => holding(numbers, here, |a| a & mask == value),
        Comparison::Greater => holding(numbers, here, |a| a > value),
        Comparison::AtLeast => holding(numbers, here, |a| a >= value),
    }
}
