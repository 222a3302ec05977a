//! The lines of BGP, as tcpdump writes them: with `-v` capabilities, path attributes and routes.

use super::attribute_line::attribute;
use super::{has_marker, open_line};
use crate::proto::octets::Octets;
use crate::render::line::{Body, Line};
use crate::schema::Names;

/// Messages of a segment that are shown.
const MOST_MESSAGES: usize = 64;

/// Octets of marker, length and type.
const HEADER: usize = 19;

pub(super) fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    line.text("BGP");
    let verbose = line.style.verbose > 0;
    let mut left = body.data;
    for at in 0..if verbose { MOST_MESSAGES } else { 8 } {
        let Some((_, [l0, l1, kind, ..])) = left.split_first_chunk::<16>().filter(|_| has_marker(left))
        else {
            return;
        };
        let length = usize::from(u16::from_be_bytes([*l0, *l1]));
        line.text(match (verbose, at) {
            (true, _) => "\n\t",
            (false, 0) => ", ",
            _ => "; ",
        });
        line.text(Names::List(super::TYPES).get(u64::from(*kind)).unwrap_or("unknown"));
        if verbose {
            line.labelled(" Message (", u64::from(*kind));
            line.labelled("), length: ", length as u64);
            let message = left.get(HEADER..length.min(left.len())).unwrap_or_default();
            let is_whole = left.len() >= length && length >= HEADER;
            if said(line, *kind, &mut Octets::new(message)).is_none() || !is_whole {
                line.text(" [|bgp]");
            }
        } else {
            line.labelled(", length ", length as u64);
        }
        // A length below the header's leads nowhere.
        left = left.get(length.max(HEADER)..).unwrap_or_default();
    }
}

/// What a message says; `None` where it ends too early.
fn said(line: &mut Line<'_, '_>, kind: u8, octets: &mut Octets<'_>) -> Option<()> {
    match kind {
        1 => open_line::open(line, octets),
        2 => update(line, octets),
        3 => open_line::notification(line, octets),
        5 | 128 => {
            let [family, subfamily] = [octets.u16()?, octets.u16()? & 0xff];
            line.text("\n\t  ");
            families(line, family, subfamily);
            Some(())
        }
        _ => Some(()),
    }
}

/// `AFI IPv4 (1), SAFI Unicast (1)`.
pub(super) fn families(line: &mut Line<'_, '_>, family: u16, subfamily: u16) {
    line.text("AFI ");
    family_name(line, family);
    line.text(", SAFI ");
    subfamily_name(line, subfamily);
}

pub(super) fn family_name(line: &mut Line<'_, '_>, family: u16) {
    line.text(Names::List(super::FAMILIES).get(u64::from(family)).unwrap_or("Unknown AFI"));
    line.labelled(" (", u64::from(family));
    line.text(")");
}

pub(super) fn subfamily_name(line: &mut Line<'_, '_>, subfamily: u16) {
    const NAMES: &[(u64, &str)] = &[
        (1, "Unicast"),
        (2, "Multicast"),
        (3, "Unicast+Multicast"),
        (4, "labeled Unicast"),
        (5, "MCAST-VPN"),
        (64, "Tunnel"),
        (65, "VPLS"),
        (66, "MDT"),
        (70, "EVPN"),
        (71, "BGP-LS"),
        (128, "labeled VPN Unicast"),
        (129, "labeled VPN Multicast"),
        (132, "Route Target Routing Information"),
        (133, "FlowSpec"),
        (134, "VPN FlowSpec"),
    ];
    line.text(Names::List(NAMES).get(u64::from(subfamily)).unwrap_or("Unknown SAFI"));
    line.labelled(" (", u64::from(subfamily));
    line.text(")");
}

fn update(line: &mut Line<'_, '_>, octets: &mut Octets<'_>) -> Option<()> {
    let length = octets.u16()?;
    let mut withdrawn = Octets::new(octets.take(usize::from(length))?);
    if length > 0 {
        line.text("\n\t  Withdrawn routes:");
        while !withdrawn.is_empty() {
            line.text("\n\t    ");
            prefix(line, &mut withdrawn, 4)?;
        }
    }
    let length = octets.u16()?;
    let mut attributes = Octets::new(octets.take(usize::from(length))?);
    while !attributes.is_empty() {
        attribute(line, &mut attributes)?;
    }
    if octets.is_empty() && withdrawn.is_empty() && length == 0 && octets.left().is_empty() {
        line.text("\n\t  End-of-Rib Marker (empty NLRI)");
    }
    if !octets.is_empty() {
        line.text("\n\t  Updated routes:");
    }
    while !octets.is_empty() {
        line.text("\n\t    ");
        prefix(line, octets, 4)?;
    }
    Some(())
}

/// Length in bits, and as many octets as that takes, of an address of `size` octets.
pub(super) fn prefix(line: &mut Line<'_, '_>, octets: &mut Octets<'_>, size: usize) -> Option<()> {
    let bits = octets.u8()?;
    address_of(line, octets, bits, size)
}

/// An address of `bits` bits, and their number.
pub(super) fn address_of(
    line: &mut Line<'_, '_>,
    octets: &mut Octets<'_>,
    bits: u8,
    size: usize,
) -> Option<()> {
    let told = octets.take(usize::from(bits).div_ceil(8)).filter(|told| told.len() <= size)?;
    let mut address = [0_u8; 16];
    address.iter_mut().zip(told).for_each(|(to, from)| *to = *from);
    if let Some(last) = told.len().checked_sub(1).and_then(|last| address.get_mut(last)) {
        *last &= 0xff_u8.wrapping_shl(u32::from(bits.wrapping_neg() & 7));
    }
    match address {
        [a, b, c, d, ..] if size == 4 => line.ipv4([a, b, c, d]),
        _ => line.ipv6(address),
    }
    line.labelled("/", u64::from(bits));
    Some(())
}
