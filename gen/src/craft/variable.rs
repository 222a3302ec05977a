//! Lengths of as many octets as they need: known when all is written, they move what stands behind them.

use super::build::Builder;
use super::finish::Spot;
use nettool_dissect::schema::Varint;

/// A length of variable size to be filled in; one octet is held for it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Variable {
    pub(crate) layer: usize,
    /// Its octet.
    pub(crate) at: usize,
    pub(crate) form: Form,
}

/// How the length is written, and of what.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Form {
    /// Decimal digits, of what follows the header.
    Digits,
    /// A number of variable size, of what follows the header, or the length itself.
    Octets { varint: Varint, payload: bool },
}

impl Builder<'_> {
    /// Fills them in, the innermost first, before what counts them.
    pub(super) fn fill_variable(&mut self) {
        for variable in std::mem::take(&mut self.variable).into_iter().rev() {
            let Some(placed) = self.placed.get(variable.layer) else { continue };
            let behind = variable.at.saturating_add(1);
            let (payload, after) =
                (placed.end.saturating_sub(placed.header_end), placed.end.saturating_sub(behind));
            let octets = match variable.form {
                Form::Digits => payload.to_string().into_bytes(),
                Form::Octets { varint, payload: true } => varint.octets(payload as u64),
                Form::Octets { varint, payload: false } => varint.octets(after as u64),
            };
            self.put_in_place(variable.at, &octets);
        }
    }

    /// Writes a number of variable size; a length that is to be filled in holds its first octet.
    pub(super) fn put_varint(&mut self, varint: Varint, number: u64) -> Spot {
        let bit = self.at_bit();
        self.put(&varint.octets(number));
        Spot { bit, width: 8, little: false }
    }

    /// Puts octets in the place of one; how many more they are.
    pub(super) fn put_in_place(&mut self, at: usize, octets: &[u8]) -> usize {
        let behind = at.saturating_add(1);
        let (Some((first, more)), Some(place)) = (octets.split_first(), self.out.get_mut(at)) else {
            return 0;
        };
        *place = *first;
        if !more.is_empty() {
            self.out.splice(behind..behind, more.iter().copied());
            self.shift(behind, more.len());
        }
        more.len()
    }

    /// Where a part begins, for [`Builder::start_of`] when it is written.
    pub(super) fn begun(&self) -> (usize, usize) {
        (self.at_bit() / 8, self.grown.len())
    }

    /// The first octet of a part, moved by what grew before it since.
    pub(super) fn start_of(&self, (start, grown): (usize, usize)) -> usize {
        let since = self.grown.get(grown..).unwrap_or_default();
        since.iter().fold(start, |start, (from, by)| if *from <= start { start + by } else { start })
    }

    /// What is noted at an octet or behind it lies so many octets further.
    fn shift(&mut self, from: usize, by: usize) {
        self.grown.push((from, by));
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
        self.variable.iter_mut().for_each(|variable| octet(&mut variable.at));
        self.counted.iter_mut().for_each(|counted| bit(&mut counted.spot.bit));
        self.part_sums.iter_mut().for_each(|(_, spot)| bit(&mut spot.bit));
        self.sums.iter_mut().for_each(|(_, _, spot)| bit(&mut spot.bit));
        self.tracks.iter_mut().for_each(|track| bit(&mut track.spot.bit));
    }
}
