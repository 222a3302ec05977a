//! Numbers of IEEE 802.11 that lie across octets, least significant octet first, and divide into parts by bits: declared as tables that
//! serve both ways, as bits in the order of the wire cannot say them.

use crate::decode::Walk;
use crate::schema::{Build, Field, bits, flag};

/// A part: declared name, lowest bit, width, the crafter's name (empty: none), what it is.
pub(super) struct Bits(
    pub(super) &'static str,
    pub(super) u8,
    pub(super) u8,
    pub(super) &'static str,
    pub(super) &'static str,
);

/// The fields of a table.
pub(super) fn fields(parts: &[Bits]) -> impl Iterator<Item = Field> {
    parts.iter().map(|Bits(name, _, width, craft, doc)| {
        let field = if *width == 1 { flag(name) } else { bits(name, u16::from(*width)) };
        let field = if craft.is_empty() { field } else { field.craft(craft) };
        field.doc(doc)
    })
}

/// Emits the parts of the next octets and moves behind them; false where they are not all there.
pub(super) fn read(walk: &mut Walk<'_, '_>, whole: &str, octets: usize, parts: &[Bits]) -> bool {
    let Some(taken) = walk.rest().get(..octets) else {
        walk.missing(octets);
        walk.advance(walk.rest().len());
        return false;
    };
    let at = walk.offset();
    let value = taken.iter().rev().fold(0_u128, |value, octet| value << 8 | u128::from(*octet));
    if !whole.is_empty() {
        walk.emit(whole, at, octets, (value & u128::from(u64::MAX)) as u64);
    }
    for Bits(name, low, width, _, _) in parts {
        let mask = u64::MAX >> 64_u8.saturating_sub(*width);
        let part = (value >> low) as u64 & mask;
        let from = usize::from(*low / 8);
        let to = usize::from(low.saturating_add(*width)).div_ceil(8);
        walk.emit(name, at.saturating_add(from), to.saturating_sub(from), part);
    }
    walk.advance(octets);
    true
}

/// Writes `octets` octets of the parts that are given, or their defaults.
pub(super) fn write(build: &mut dyn Build, octets: usize, parts: &[Bits]) {
    let value = parts.iter().fold(0_u128, |value, Bits(name, low, width, _, _)| {
        let mask = u128::from(u64::MAX >> 64_u8.saturating_sub(*width));
        value | (u128::from(build.number(name)) & mask) << low
    });
    let octets = value.to_le_bytes().get(..octets).map(<[u8]>::to_vec).unwrap_or_default();
    build.put(&octets);
}
