//! Messages in a stream whose length follows from fields of their header: what a plugin declares in place of a function.

use super::stream::{Begun, Length};
use super::{Endian, Expr, Item, Pattern, Size};
use crate::decode::bits_at;

/// Octets of a message beyond which a length is none.
const MOST: i64 = 64 << 20;

/// Where a message ends, by an expression over fields that stand at fixed places.
#[derive(Clone, Debug)]
pub struct Framing {
    length: Expr,
    places: Vec<Place>,
    /// Octets that hold all of those fields.
    least: usize,
    begins: Vec<Pattern>,
}

/// Where a field stands.
#[derive(Clone, Debug)]
struct Place {
    name: &'static str,
    bit: usize,
    bits: u16,
    little: bool,
}

impl Framing {
    /// For a protocol's items and how its octets begin.
    ///
    /// # Errors
    /// Names a field that the expression needs and that has no fixed place, or `left`, which a stream does not have.
    pub fn new(items: &[Item], length: Expr, begins: Vec<Pattern>) -> Result<Framing, &'static str> {
        let (mut places, mut bit) = (Vec::new(), 0);
        for item in items {
            let (field, inner) = match item {
                Item::Field(field) => (field, &[][..]),
                Item::Group(field, inner) => (field, inner.as_slice()),
                _ => break,
            };
            let bits = match field.size {
                Size::Bits(bits) => bits,
                Size::Octets(Expr::Const(octets @ 0..=4096)) => {
                    u16::try_from(octets.saturating_mul(8)).unwrap_or(0)
                }
                _ => break,
            };
            let little = field.endian == Endian::Little;
            places.push(Place { name: field.name, bit, bits, little });
            let mut at = bit;
            for part in inner {
                // Of little-endian fields the parts lie elsewhere.
                let (Item::Field(part), false) = (part, little) else { break };
                let Size::Bits(bits) = part.size else { break };
                places.push(Place { name: part.name, bit: at, bits, little: false });
                at = at.saturating_add(usize::from(bits));
            }
            bit = bit.saturating_add(usize::from(bits));
        }
        let mut framing = Framing { length, places: Vec::new(), least: 1, begins };
        framing.keep(&framing.length.clone(), &places)?;
        let end = |place: &Place| place.bit.saturating_add(usize::from(place.bits)).div_ceil(8);
        framing.least = framing.places.iter().map(end).max().unwrap_or(0).max(1);
        Ok(framing)
    }

    /// Keeps the places that an expression needs.
    fn keep(&mut self, expr: &Expr, places: &[Place]) -> Result<(), &'static str> {
        match expr {
            Expr::Const(_) => Ok(()),
            Expr::Field(name) => {
                let place = places.iter().find(|place| place.name == *name && (1..=64).contains(&place.bits));
                self.places.push(place.ok_or(*name)?.clone());
                Ok(())
            }
            Expr::Left | Expr::Claimed => Err("left"),
            Expr::Align(of, _) => self.keep(of, places),
            Expr::Add(a, b)
            | Expr::Sub(a, b)
            | Expr::Mul(a, b)
            | Expr::Div(a, b)
            | Expr::And(a, b)
            | Expr::Min(a, b) => {
                self.keep(a, places)?;
                self.keep(b, places)
            }
        }
    }

    /// Where the message ends that a stream goes on with.
    pub fn length(&self, begun: Begun<'_>) -> Length {
        let octets = begun.octets;
        if !self.begins.iter().all(|pattern| pattern.may_fit(octets)) {
            return Length::Alien;
        }
        if octets.len() < self.least {
            return Length::at_least(self.least);
        }
        match self.number(&self.length, octets) {
            length @ 1..=MOST if length >= i64::try_from(self.least).unwrap_or(i64::MAX) => {
                let head = self.least;
                Length::Known { octets: length.unsigned_abs(), head, asks: None, answers: false }
            }
            _ => Length::Alien,
        }
    }

    fn number(&self, expr: &Expr, octets: &[u8]) -> i64 {
        let both = |a: &Expr, b: &Expr| (self.number(a, octets), self.number(b, octets));
        match expr {
            Expr::Const(number) => *number,
            Expr::Field(name) => self.places.iter().find(|place| place.name == *name).map_or(0, |place| {
                let value = bits_at(octets, place.bit, place.bits);
                let unused = 64_u32.saturating_sub(u32::from(place.bits));
                let value =
                    if place.little { value.swap_bytes().checked_shr(unused).unwrap_or(0) } else { value };
                i64::try_from(value).unwrap_or(i64::MAX)
            }),
            Expr::Left | Expr::Claimed => 0,
            Expr::Align(of, unit) => {
                let (number, unit) = (self.number(of, octets), i64::from((*unit).max(1)));
                number.saturating_add(unit.saturating_sub(1)).div_euclid(unit).saturating_mul(unit)
            }
            Expr::Add(a, b) => {
                let (a, b) = both(a, b);
                a.saturating_add(b)
            }
            Expr::Sub(a, b) => {
                let (a, b) = both(a, b);
                a.saturating_sub(b)
            }
            Expr::Mul(a, b) => {
                let (a, b) = both(a, b);
                a.saturating_mul(b)
            }
            Expr::Div(a, b) => {
                let (a, b) = both(a, b);
                a.checked_div(b).unwrap_or(0)
            }
            Expr::And(a, b) => {
                let (a, b) = both(a, b);
                a & b
            }
            Expr::Min(a, b) => {
                let (a, b) = both(a, b);
                a.min(b)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{be16, bits, le16, u8, val};
    use super::*;

    fn of(framing: &Framing, octets: &[u8]) -> Length {
        framing.length(Begun { octets, asked: 0, resume: 0 })
    }

    #[test]
    fn a_length_follows_from_fields_at_fixed_places() {
        let items = [
            u8("kind").of([bits("high", 4), bits("low", 4)]),
            Item::from(be16("big")),
            Item::from(le16("little")),
        ];
        let framing = |length: Expr| Framing::new(&items, length, Vec::new()).expect("fields of its own");
        let octets = [0x52, 0, 9, 9, 0, 1, 2, 3];
        let known = |octets, head| Length::Known { octets, head, asks: None, answers: false };
        assert_eq!(of(&framing(val("big")), &octets), known(9, 3));
        assert_eq!(of(&framing(val("little") + 4), &octets), known(13, 5));
        assert_eq!(of(&framing(val("low") * 4), &octets), known(8, 1));
        assert_eq!(of(&framing(val("little")), &octets[..4]), Length::at_least(5));
        // Shorter than what says so, or nothing.
        assert_eq!(of(&framing(val("big") - 7), &octets), Length::Alien);
        assert_eq!(Framing::new(&items, val("none"), Vec::new()).err(), Some("none"));
        assert_eq!(Framing::new(&items, Expr::Left, Vec::new()).err(), Some("left"));
    }

    #[test]
    fn what_begins_otherwise_is_no_message() {
        let begins = vec![Pattern { at: 1, mask: vec![0xff, 0xf0], octets: vec![7, 0x40] }];
        let framing = Framing::new(&[Item::from(u8("length"))], val("length"), begins).expect("a field");
        assert!(matches!(of(&framing, &[5, 7, 0x4f]), Length::Known { octets: 5, .. }));
        assert!(matches!(of(&framing, &[5, 7]), Length::Known { .. }));
        assert_eq!(of(&framing, &[5, 8]), Length::Alien);
        assert_eq!(of(&framing, &[5, 7, 0x50]), Length::Alien);
    }
}
