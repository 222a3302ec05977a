//! Lengths of as many octets as they need: known when all is written, they move what stands behind them.

use super::build::Builder;

/// A length of variable size to be filled in; one octet is held for it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Variable {
    pub(crate) layer: usize,
    /// Its octet.
    pub(crate) at: usize,
    /// Decimal digits of what follows the header, instead of groups of bits of what follows the length.
    pub(crate) digits: bool,
}

/// A number in groups of seven bits, the lowest first; the highest bit of an octet says that more follow.
pub(crate) fn octets(mut number: u64) -> Vec<u8> {
    let mut octets = Vec::new();
    loop {
        let low = (number & 0x7f) as u8;
        number >>= 7;
        octets.push(if number == 0 { low } else { low | 0x80 });
        if number == 0 {
            return octets;
        }
    }
}

impl Builder<'_> {
    /// Fills them in, the innermost first, before what counts them.
    pub(super) fn fill_variable(&mut self) {
        for variable in std::mem::take(&mut self.variable).into_iter().rev() {
            let Some(placed) = self.placed.get(variable.layer) else { continue };
            let behind = variable.at.saturating_add(1);
            let octets = match variable.digits {
                true => placed.end.saturating_sub(placed.header_end).to_string().into_bytes(),
                false => octets(placed.end.saturating_sub(behind) as u64),
            };
            if let (Some((first, more)), Some(place)) = (octets.split_first(), self.out.get_mut(variable.at))
            {
                *place = *first;
                if !more.is_empty() && behind <= self.out.len() {
                    self.out.splice(behind..behind, more.iter().copied());
                    self.shift(behind, more.len());
                }
            }
        }
    }

    /// What is noted at an octet or behind it lies so many octets further.
    fn shift(&mut self, from: usize, by: usize) {
        let octet = |at: &mut usize| *at += if *at >= from { by } else { 0 };
        let bit = |at: &mut usize| *at += if *at / 8 >= from { by * 8 } else { 0 };
        for placed in &mut self.placed {
            octet(&mut placed.start);
            octet(&mut placed.header_end);
            octet(&mut placed.end);
            placed.addresses.iter_mut().for_each(|(_, at)| octet(at));
        }
        for length in &mut self.lengths {
            bit(&mut length.spot.bit);
            octet(&mut length.from);
            octet(&mut length.part_start);
            octet(&mut length.part_end);
        }
        self.sums.iter_mut().for_each(|(_, _, spot)| bit(&mut spot.bit));
        self.tracks.iter_mut().for_each(|track| bit(&mut track.spot.bit));
    }
}
