//! IS-IS with `-v`, as tcpdump writes it: the header of each kind of PDU, and its values.

use super::values_line::value;
use super::{TYPES, write_identifier};
use crate::proto::octets::Octets;
use crate::render::line::{Body, Line};
use crate::schema::Names;

/// Octets before those that an LSP's checksum covers.
const BEFORE_CHECKED: usize = 12;

/// Octets of the header that every PDU has.
const COMMON: usize = 8;

pub(super) fn write(line: &mut Line<'_, '_>, body: Body<'_>) {
    line.labelled("IS-IS, length ", body.len as u64);
    if pdu(line, body).is_none() {
        line.text(" ");
        line.cut("isis", body);
    }
}

/// An identifier behind what it is.
pub(super) fn identifier(line: &mut Line<'_, '_>, what: &str, octets: &[u8]) {
    line.text(what);
    write_identifier(line.out, octets);
}

/// A lifetime, in five places.
pub(super) fn lifetime(line: &mut Line<'_, '_>, seconds: u16) {
    line.text(", lifetime: ");
    let digits = seconds.checked_ilog10().unwrap_or(0) as usize;
    (digits..4).for_each(|_| line.text(" "));
    line.number(u64::from(seconds));
    line.text("s");
}

fn pdu(line: &mut Line<'_, '_>, body: Body<'_>) -> Option<()> {
    let mut octets = Octets::of(body);
    octets.u8()?;
    let [header, version, size] = [octets.u8()?, octets.u8()?, octets.u8()?];
    let kind = octets.u8()? & 0x1f;
    let [second, _, areas] = [octets.u8()?, octets.u8()?, octets.u8()?];
    line.text("\n\t");
    line.text(Names::List(TYPES).get(u64::from(kind)).unwrap_or("unknown PDU type"));
    line.labelled(", hlen: ", u64::from(header));
    line.labelled(", v: ", u64::from(version));
    line.labelled(", pdu-v: ", u64::from(second));
    // 0 stands for six octets and three areas.
    line.labelled(", sys-id-len: ", u64::from(if size == 0 { 6 } else { size }));
    line.labelled(" (", u64::from(size));
    line.labelled("), max-area: ", u64::from(if areas == 0 { 3 } else { areas }));
    line.labelled(" (", u64::from(areas));
    line.text(")");
    let length = match kind {
        15..=17 => hello(line, kind, &mut octets)?,
        18 | 20 => link_state(line, body.data, &mut octets)?,
        24..=27 => sequence_numbers(line, kind, &mut octets)?,
        _ => return Some(()),
    };
    let values = body.data.get(usize::from(header).max(COMMON)..usize::from(length).min(body.data.len()))?;
    let mut values = Octets::new(values);
    while !values.is_empty() {
        value(line, &mut values)?;
    }
    (usize::from(length) <= body.data.len()).then_some(())
}

fn hello(line: &mut Line<'_, '_>, kind: u8, octets: &mut Octets<'_>) -> Option<u16> {
    let levels = octets.u8()?;
    identifier(line, "\n\t  source-id: ", octets.take(6)?);
    line.labelled(
        if kind == 17 { ", holding time: " } else { ",  holding time: " },
        u64::from(octets.u16()?),
    );
    line.text("s, Flags: [");
    line.text(match levels & 3 {
        1 => "Level 1 only",
        2 => "Level 2 only",
        3 => "Level 1, Level 2",
        _ => "unknown circuit type 0x00",
    });
    line.text("]");
    let length = octets.u16()?;
    if kind == 17 {
        line.text("\n\t  circuit-id: ");
        line.hex(u64::from(octets.u8()?), 2);
    } else {
        let priority = octets.u8()? & 0x7f;
        identifier(line, "\n\t  lan-id:    ", octets.take(7)?);
        line.labelled(", Priority: ", u64::from(priority));
    }
    line.labelled(", PDU length: ", u64::from(length));
    Some(length)
}

fn link_state(line: &mut Line<'_, '_>, data: &[u8], octets: &mut Octets<'_>) -> Option<u16> {
    let [length, seconds] = [octets.u16()?, octets.u16()?];
    identifier(line, "\n\t  lsp-id: ", octets.take(8)?);
    line.text(", seq: ");
    line.hex(u64::from(octets.u32()?), 8);
    lifetime(line, seconds);
    line.text("\n\t  chksum: ");
    line.hex(u64::from(octets.u16()?), 4);
    // A purged LSP keeps the checksum of what it was.
    line.text(match data.get(BEFORE_CHECKED..usize::from(length)) {
        Some(checked) if seconds > 0 => {
            if is_sound(checked) {
                " (correct)"
            } else {
                " (incorrect)"
            }
        }
        _ => " (unverified)",
    });
    line.labelled(", PDU length: ", u64::from(length));
    line.text(", Flags: [ ");
    let flags = octets.u8()?;
    line.text(if flags & 4 != 0 { "Overload bit set, " } else { "" });
    if flags & 0x78 != 0 {
        for (bit, name) in [(8, "default "), (0x10, "delay "), (0x20, "expense "), (0x40, "error ")] {
            line.text(if flags & bit != 0 { name } else { "" });
        }
        line.text("ATT bit set, ");
    }
    line.text(if flags & 0x80 != 0 { "P bit set, " } else { "" });
    line.text(match flags & 3 {
        1 => "L1 IS ]",
        3 => "L2 IS ]",
        _ => "Unknown IS Type ]",
    });
    Some(length)
}

/// Whether the sums of ISO 8473 come to nothing.
fn is_sound(checked: &[u8]) -> bool {
    let (mut first, mut second) = (0_u32, 0_u32);
    for octet in checked {
        first = first.wrapping_add(u32::from(*octet)) % 255;
        second = second.wrapping_add(first) % 255;
    }
    first == 0 && second == 0
}

fn sequence_numbers(line: &mut Line<'_, '_>, kind: u8, octets: &mut Octets<'_>) -> Option<u16> {
    let length = octets.u16()?;
    identifier(line, "\n\t  source-id:    ", octets.take(7)?);
    line.labelled(", PDU length: ", u64::from(length));
    if kind < 26 {
        identifier(line, "\n\t  start lsp-id: ", octets.take(8)?);
        identifier(line, "\n\t  end lsp-id:   ", octets.take(8)?);
    }
    Some(length)
}
