//! Messages in a stream whose length follows from fields of their header: what a plugin declares in place of a function.

use super::stream::{Begun, Length};
use super::{Endian, Expr, Item, Pattern, Size, Taken, Varint};
use crate::decode::bits_at;

/// Octets of a message beyond which a length is none.
const MOST: i64 = 64 << 20;

/// Octets of a message that ends with others, beyond which it is none: one is looked for in all that came before.
const MOST_UNTIL: usize = 1 << 20;

/// Where a message ends.
#[derive(Clone, Debug)]
pub struct Framing {
    ends: End,
    places: Vec<Place>,
    /// Octets that hold all of those fields.
    least: usize,
    begins: Vec<Pattern>,
}

#[derive(Clone, Debug)]
enum End {
    /// An expression over fields that stand at fixed places.
    Length(Expr),
    /// So many octets behind the field that says so: where it begins, and how it lies there if not at a fixed place.
    Behind(usize, Varint),
    /// With these octets.
    Until(Box<[u8]>),
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
        let places = places(items).0;
        let mut framing = Framing { ends: End::Length(length.clone()), places: Vec::new(), least: 1, begins };
        framing.keep(&length, &places)?;
        let end = |place: &Place| place.bit.saturating_add(usize::from(place.bits)).div_ceil(8);
        framing.least = framing.places.iter().map(end).max().unwrap_or(0).max(1);
        Ok(framing)
    }

    /// A message that ends so many octets behind the field of this name, which says how many.
    ///
    /// # Errors
    /// The name, where the field has no fixed place.
    pub fn behind(items: &[Item], name: &'static str, begins: Vec<Pattern>) -> Result<Framing, &'static str> {
        let (places, open) = places(items);
        if let Some((at, varint)) =
            open.filter(|(known, ..)| *known == name).map(|(_, at, varint)| (at, varint))
        {
            let least = at.saturating_add(1);
            return Ok(Framing { ends: End::Behind(at, varint), places: Vec::new(), least, begins });
        }
        let place = places.iter().find(|place| place.name == name).ok_or(name)?;
        let end = place.bit.saturating_add(usize::from(place.bits)).div_ceil(8);
        let length = super::val(name) + super::lit(i64::try_from(end).unwrap_or(i64::MAX));
        Framing::new(items, length, begins)
    }

    /// A message that ends with these octets.
    pub fn until(octets: &[u8], begins: Vec<Pattern>) -> Framing {
        Framing { ends: End::Until(octets.into()), places: Vec::new(), least: octets.len().max(1), begins }
    }
}

/// The fields that stand at fixed places, and the first that does not if it is a number of variable size: its first octet.
fn places(items: &[Item]) -> (Vec<Place>, Option<(&'static str, usize, Varint)>) {
    let (mut places, mut bit) = (Vec::new(), 0_usize);
    for item in items {
        let (field, inner) = match item {
            Item::Field(field) => (field, &[][..]),
            Item::Group(field, inner) => (field, inner.as_slice()),
            _ => break,
        };
        let bits = match field.size {
            Size::Varint(varint) => return (places, Some((field.name, bit / 8, varint))),
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
    (places, None)
}

impl Framing {
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
        let known = |length: i64, head: usize| match length {
            1..=MOST if length >= i64::try_from(head).unwrap_or(i64::MAX) => {
                Length::Known { octets: length.unsigned_abs(), head, asks: None, answers: false }
            }
            _ => Length::Alien,
        };
        match &self.ends {
            End::Length(length) => known(self.number(length, octets), self.least),
            End::Behind(at, varint) => match varint.read(octets.get(*at..).unwrap_or_default()) {
                Taken::Number(more, size) => {
                    let head = at.saturating_add(size);
                    let head_octets = i64::try_from(head).unwrap_or(i64::MAX);
                    known(i64::try_from(more).unwrap_or(i64::MAX).saturating_add(head_octets), head)
                }
                Taken::Cut(size) => Length::at_least(at.saturating_add(size)),
                Taken::TooLong => Length::Alien,
            },
            End::Until(end) => until(end, begun),
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

/// Looks for the octets that end a message, in what has not been looked at yet.
fn until(end: &[u8], begun: Begun<'_>) -> Length {
    let from = usize::try_from(begun.resume).unwrap_or(0);
    let octets = begun.octets;
    match memchr::memmem::find(octets.get(from..).unwrap_or_default(), end) {
        Some(at) => Length::of(from.saturating_add(at).saturating_add(end.len())),
        None if octets.len() > MOST_UNTIL => Length::Alien,
        None => Length::More {
            least: octets.len().saturating_add(1),
            resume: octets.len().saturating_sub(end.len().saturating_sub(1)) as u64,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::super::{be16, bits, le16, u8, val, varint};
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
    fn a_message_ends_behind_what_its_length_counts_or_with_octets_of_its_own() {
        let items = [u8("kind").into(), varint("length", Varint::Leb128(4)).into(), Item::from(u8("more"))];
        let framing = Framing::behind(&items, "length", Vec::new()).expect("a field");
        assert_eq!(
            of(&framing, &[0x30, 5, 1]),
            Length::Known { octets: 7, head: 2, asks: None, answers: false }
        );
        assert_eq!(of(&framing, &[0x30, 0x80]), Length::at_least(3));
        assert!(matches!(of(&framing, &[0x30, 0x80, 1]), Length::Known { octets: 131, head: 3, .. }));
        assert_eq!(of(&framing, &[0x30, 0x80, 0x80, 0x80, 0x80, 1]), Length::Alien);
        assert!(matches!(
            of(&Framing::behind(&items, "kind", Vec::new()).expect("a field"), &[5]),
            Length::Known { octets: 6, .. }
        ));
        assert_eq!(Framing::behind(&items, "more", Vec::new()).err(), Some("more"));
        let framing = Framing::until(b"\r\n", Vec::new());
        assert!(matches!(of(&framing, b"ab\r\ncd"), Length::Known { octets: 4, .. }));
        assert_eq!(of(&framing, b"abc\r"), Length::More { least: 5, resume: 3 });
        assert!(matches!(
            framing.length(Begun { octets: b"abc\r\n", asked: 0, resume: 3 }),
            Length::Known { octets: 5, .. }
        ));
        assert_eq!(of(&framing, &vec![b'a'; MOST_UNTIL + 1]), Length::Alien);
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
