//! Numbers that others divide: flags and their bits, a type and its parts.

use super::build::{Builder, Slot, Track};
use super::encode;
use super::finish::Spot;
use nettool_dissect::schema::{Endian, Field, Given, Item};

/// The whole that parts are put into.
struct Whole {
    field: &'static Field,
    width: u16,
    /// Its first bit.
    start: usize,
    value: u64,
    /// Whether the user gave it.
    given: bool,
    origin: Option<(usize, usize)>,
}

impl Builder<'_> {
    /// A number and the numbers that divide it.
    pub(super) fn group(&mut self, field: &'static Field, parts: &'static [Item]) {
        let Some(width) = encode::width(field) else {
            return self.field(field);
        };
        let first = self.slots.len();
        let start = self.bit;
        let given = self.given(field).is_some();
        let Some(value) = self.write_field(field) else { return };
        // what is filled in later is left alone
        let slot = self.slots.get(first);
        let (Some(known), Some(origin)) = (slot.and_then(|slot| slot.value), slot.map(|slot| slot.origin))
        else {
            return;
        };
        let named = Some(known).filter(|known| *known != value);
        let end = self.bit;
        let mut whole = Whole { field, width, start, value, given, origin };
        self.parts_of(&mut whole, parts, 0);
        self.bit = start;
        self.put_bits(whole.value, Spot { bit: start, width, little: field.endian != Endian::Big });
        self.bit = end;
        if let Some(slot) = self.slots.get_mut(first) {
            slot.value = named.or(Some(whole.value));
        }
    }

    /// The parts from bit `at` of the whole on; parts may be divided themselves.
    fn parts_of(&mut self, whole: &mut Whole, parts: &'static [Item], mut at: u16) {
        for item in parts {
            let (Item::Field(part) | Item::Group(part, _)) = item else { continue };
            let Some(bits) = encode::width(part) else { continue };
            self.part_of(whole, part, bits, at);
            if let Item::Group(_, inner) = item {
                self.parts_of(whole, inner, at);
            }
            at = at.saturating_add(bits);
        }
    }

    fn part_of(&mut self, whole: &mut Whole, part: &'static Field, bits: u16, at: u16) {
        let low = whole.width.saturating_sub(at.saturating_add(bits));
        let mask = if bits >= 64 { u64::MAX } else { (1 << bits) - 1 };
        let little = part.endian != whole.field.endian;
        let given = self.given(part);
        if let Some((entry, value)) = given {
            let name = self.field_name(entry);
            match encode::number(part, self.frame.class.name, name, value) {
                Ok(value) => {
                    let bit = whole.start + usize::from(whole.width - low - bits);
                    let spot = Spot { bit, width: bits, little };
                    let value = if little { value.swap_bytes() >> (64 - bits) } else { value };
                    whole.value = whole.value & !(mask << low) | (value & mask) << low;
                    if let Some((layer, entry)) = self.origin(Some(entry)) {
                        self.tracks.push(Track { layer, entry, spot, field: part });
                    }
                }
                Err(fault) => return self.fail(fault),
            }
        } else if !little && !whole.given {
            if let Some(Given::Number(value)) = self.preset(part) {
                whole.value = whole.value & !(mask << low) | (value & mask) << low;
            } else if part.default != 0 && whole.value >> low & mask == 0 {
                whole.value |= (part.default & mask) << low;
            }
        }
        let origin = given.and_then(|(entry, _)| self.origin(Some(entry))).or(whole.origin);
        // the layer's name decides which fields there are, even where another type was given
        let named = self.class().sets.iter().find_map(|(name, given)| match given {
            Given::Number(number) if *name == part.name => Some(*number),
            _ => None,
        });
        let value = named.or(Some(self.laid_out(part, whole.value >> low & mask)));
        self.slots.push(Slot { name: part.name, value, origin, counts: false });
    }
}
