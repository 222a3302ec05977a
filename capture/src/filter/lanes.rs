//! 64 packets at once: which of them, as bits of a word.
//!
//! Packets stand in 64 lanes. Lane 8·r + c is bit 8·c + r: so the octets that 64 comparisons leave, 0 or 255, become bits
//! by a mask for each eight of them, without a way over each. The order of the lanes turned around is that of the bits
//! again: [`transposed`] goes both ways.

/// Packets in one pass.
pub const WIDTH: usize = 64;

/// One number of each packet.
pub(super) type Numbers = [u32; WIDTH];

/// A number that can stand in a lane.
pub(super) trait Lane: Copy + Ord + std::ops::BitAnd<Output = Self> {
    /// The lowest bits of a number.
    fn cut(number: u32) -> Self;
    /// The same as a number of 32 bits.
    fn wide(self) -> u32;
}

impl Lane for u16 {
    #[inline(always)]
    fn cut(number: u32) -> u16 {
        number as u16
    }

    #[inline(always)]
    fn wide(self) -> u32 {
        self.into()
    }
}

impl Lane for u32 {
    #[inline(always)]
    fn cut(number: u32) -> u32 {
        number
    }

    #[inline(always)]
    fn wide(self) -> u32 {
        self
    }
}

/// From so many packets on all 64 are compared, wanted or not: without a search for the next one that is cheaper.
const DENSE: u32 = 4;

/// Lanes as bits, from bits in the order of the lanes; and the other way round.
pub(super) const fn transposed(mut bits: u64) -> u64 {
    let mut change = (bits ^ bits >> 7) & 0x00aa_00aa_00aa_00aa;
    bits ^= change ^ change << 7;
    change = (bits ^ bits >> 14) & 0x0000_cccc_0000_cccc;
    bits ^= change ^ change << 14;
    change = (bits ^ bits >> 28) & 0x0000_0000_f0f0_f0f0;
    bits ^ change ^ change << 28
}

/// The first `count` lanes.
pub(super) fn first(count: usize) -> u64 {
    if count >= WIDTH { u64::MAX } else { transposed((1 << count) - 1) }
}

/// The bit of a lane.
#[inline(always)]
pub(super) const fn bit(lane: usize) -> u64 {
    1 << (lane % 8 * 8 + lane / 8 % 8)
}

/// Does something for each lane, by its number.
#[inline(always)]
pub(super) fn each(lanes: u64, mut act: impl FnMut(usize)) {
    let mut ordered = transposed(lanes);
    while ordered != 0 {
        act(ordered.trailing_zeros() as usize % WIDTH);
        ordered &= ordered - 1;
    }
}

/// Those of `here` for whose number something holds.
#[inline(always)]
pub(super) fn holding<T: Lane>(numbers: &[T; WIDTH], here: u64, holds: impl Fn(T) -> bool) -> u64 {
    let mut bits = 0u64;
    if here.count_ones() < DENSE {
        each(here, |lane| bits |= if holds(numbers[lane]) { bit(lane) } else { 0 });
        return bits;
    }
    let mut octets = [0u8; WIDTH];
    for (octet, number) in octets.iter_mut().zip(numbers) {
        *octet = 0u8.wrapping_sub(u8::from(holds(*number)));
    }
    for (row, eight) in octets.as_chunks::<8>().0.iter().enumerate() {
        bits |= u64::from_le_bytes(*eight) & 0x0101_0101_0101_0101 << row;
    }
    bits & here
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lane_has_the_same_bit_everywhere() {
        for lane in 0..WIDTH {
            let mut numbers = [0u32; WIDTH];
            numbers[lane] = 7;
            let its = holding(&numbers, u64::MAX, |number| number == 7);
            assert_eq!((its, its), (bit(lane), transposed(1 << lane)));
            assert_eq!(transposed(its), 1 << lane);
            assert_eq!(holding(&numbers, its, |number| number == 7), its);
            assert_eq!(holding(&numbers, its, |number| number == 0), 0);
            assert_eq!(first(lane + 1) & !first(lane), its);
            each(its, |at| assert_eq!(at, lane));
        }
        assert_eq!(first(0), 0);
    }
}
