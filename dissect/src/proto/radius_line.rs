//! The lines of RADIUS, as tcpdump writes them: with `-v` every attribute on a line of its own.

use super::octets::Octets;
use super::radius::{ADDRESSES, ATTRIBUTES, CODES, NUMBERS, WORDS, value_names};
use crate::frame::Timestamp;
use crate::render::line::{Body, Line};
use crate::render::put;
use crate::render::time;
use crate::schema::Names;

/// Attributes in seconds.
const DURATIONS: [u8; 5] = [27, 28, 41, 46, 85];

pub(super) fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    let mut octets = Octets::of(body);
    let head = (|| Some((octets.u8()?, octets.u8()?, octets.u16()?, octets.take(16)?)))();
    let Some((code, identifier, length, authenticator)) = head else {
        line.text("RADIUS");
        line.cut("radius", body);
        return;
    };
    let verbose = line.style.verbose > 0;
    if verbose {
        line.labelled("RADIUS, length: ", body.len as u64);
        line.text("\n\t");
    } else {
        line.text("RADIUS, ");
    }
    line.text(Names::List(CODES).get(u64::from(code)).unwrap_or("Unknown Command"));
    line.labelled(" (", u64::from(code));
    line.text("), id: ");
    line.hex(u64::from(identifier), 2);
    if !verbose {
        line.labelled(" length: ", body.len as u64);
        return;
    }
    line.text(", Authenticator: ");
    put::hex_octets(line.out, authenticator, None);
    let attributes = body.limit(usize::from(length)).skip(20);
    if list(line, &mut Octets::of(attributes)).is_none() {
        line.text(" ");
        line.cut("radius", body);
    }
}

fn list(line: &mut Line<'_, '_>, octets: &mut Octets<'_>) -> Option<()> {
    while let Some(kind) = octets.u8() {
        let length = octets.u8()?;
        let value = octets.take(usize::from(length.checked_sub(2)?))?;
        line.text("\n\t  ");
        line.text(Names::List(ATTRIBUTES).get(u64::from(kind)).unwrap_or("Unknown"));
        line.labelled(" Attribute (", u64::from(kind));
        line.labelled("), length: ", u64::from(length));
        line.text(", Value: ");
        write_value(line, kind, value);
    }
    Some(())
}

fn write_value(line: &mut Line<'_, '_>, kind: u8, value: &[u8]) {
    let is_in = |list: &[(u64, &str)]| list.iter().any(|(known, _)| *known == u64::from(kind));
    let four = value.first_chunk::<4>().filter(|_| value.len() == 4);
    match (kind, four) {
        (4 | 8 | 9 | 14, Some(address)) => line.ipv4(*address),
        (64 | 65, Some([tag, rest @ ..])) => {
            match tag {
                0 => line.text("Tag[Unused"),
                _ => line.labelled("Tag[", u64::from(*tag)),
            }
            line.text("] ");
            let [a, b, c] = rest;
            number(line, kind, u32::from_be_bytes([0, *a, *b, *c]));
        }
        (26, _) => vendor(line, value),
        (79, _) => line.named("eap", Body { data: value, len: value.len() }),
        (95 | 168, _) if value.len() == 16 => {
            value.first_chunk().into_iter().for_each(|address| line.ipv6(*address));
        }
        (97 | 123, _) => prefix(line, value),
        (55, Some(octets)) => {
            let seconds = i64::from(u32::from_be_bytes(*octets));
            time::iso(line.out, Timestamp::new(seconds, 0), 0);
        }
        (_, Some(octets)) if is_in(NUMBERS) => number(line, kind, u32::from_be_bytes(*octets)),
        _ if is_in(NUMBERS) || is_in(ADDRESSES) || matches!(kind, 55 | 64 | 65) => {
            line.labelled("ERROR: length ", value.len() as u64);
            line.text(" != 4");
        }
        _ if is_in(WORDS)
            || matches!(kind, 20 | 24 | 25 | 33 | 58 | 60 | 66 | 67 | 77 | 81 | 82 | 90 | 91) =>
        {
            line.untrusted(value);
        }
        _ => put::hex_octets(line.out, value, None),
    }
}

/// A reserved octet, the length in bits, and the octets of an address that are not 0.
fn prefix(line: &mut Line<'_, '_>, value: &[u8]) {
    let mut address = [0_u8; 16];
    match value {
        [_, bits @ ..=128, told @ ..] if told.len() <= address.len() => {
            address.iter_mut().zip(told).for_each(|(to, from)| *to = *from);
            line.ipv6(address);
            line.labelled("/", u64::from(*bits));
        }
        _ => put::hex_octets(line.out, value, None),
    }
}

/// `05 secs`, `01:05 min`, `24:00:00 hours`.
fn duration(line: &mut Line<'_, '_>, seconds: u32) {
    let (parts, unit): (&[u32], _) = match seconds {
        ..60 => (&[seconds], " secs"),
        60..3600 => (&[seconds / 60, seconds % 60], " min"),
        _ => (&[seconds / 3600, seconds / 60 % 60, seconds % 60], " hours"),
    };
    for (at, part) in parts.iter().enumerate() {
        line.text(if at > 0 { ":" } else { "" });
        line.text(if *part < 10 { "0" } else { "" });
        line.number(u64::from(*part));
    }
    line.text(unit);
}

fn number(line: &mut Line<'_, '_>, kind: u8, value: u32) {
    if DURATIONS.contains(&kind) {
        duration(line, value);
        return;
    }
    match value_names(u64::from(kind)) {
        None => line.number(u64::from(value)),
        Some(names) => match Names::List(names).get(u64::from(value)) {
            Some(name) => line.text(name),
            None => line.labelled("#", u64::from(value)),
        },
    }
}

/// Vendor, and its attributes where they have the form that RFC 2865 §5.26 proposes.
fn vendor(line: &mut Line<'_, '_>, value: &[u8]) {
    let mut octets = Octets::new(value);
    let Some(vendor) = octets.u32() else {
        put::hex_octets(line.out, value, None);
        return;
    };
    line.labelled("Vendor: ", u64::from(vendor));
    while let (Some(kind), Some(length)) = (octets.u8(), octets.u8()) {
        let Some(value) = length.checked_sub(2).and_then(|length| octets.take(usize::from(length))) else {
            return;
        };
        line.labelled("\n\t    Vendor Attribute: ", u64::from(kind));
        line.labelled(", Length: ", value.len() as u64);
        line.text(", Value: ");
        line.untrusted(value);
    }
}
