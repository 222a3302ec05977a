//! The lines of BGP's path attributes.

use super::line::{address_of, family_name, prefix, subfamily_name};
use super::number_octets;
use crate::proto::octets::Octets;
use crate::render::line::Line;
use crate::render::put;
use crate::schema::Names;

const NAMES: &[(u64, &str)] = &[
    (1, "Origin"),
    (2, "AS Path"),
    (3, "Next Hop"),
    (4, "Multi Exit Discriminator"),
    (5, "Local Preference"),
    (6, "Atomic Aggregate"),
    (7, "Aggregator"),
    (8, "Community"),
    (9, "Originator ID"),
    (10, "Cluster List"),
    (14, "Multi-Protocol Reach NLRI"),
    (15, "Multi-Protocol Unreach NLRI"),
    (16, "Extended Community"),
    (17, "AS4 Path"),
    (18, "Aggregator4"),
    (22, "PMSI Tunnel"),
    (23, "Tunnel Encapsulation"),
    (26, "Accumulated IGP Metric"),
    (29, "BGP-LS"),
    (32, "Large Community"),
    (33, "BGPsec Path"),
    (35, "Only To Customer"),
    (40, "Prefix SID"),
    (128, "Attribute Set"),
];

pub(super) fn attribute(line: &mut Line<'_, '_>, octets: &mut Octets<'_>) -> Option<()> {
    let [flags, kind] = [octets.u8()?, octets.u8()?];
    let length = if flags & 0x10 != 0 { octets.u16()? } else { u16::from(octets.u8()?) };
    line.text("\n\t  ");
    line.text(Names::List(NAMES).get(u64::from(kind)).unwrap_or("Unknown Attribute"));
    line.labelled(" (", u64::from(kind));
    line.labelled("), length: ", u64::from(length));
    if flags != 0 {
        line.text(", Flags [");
        for (bit, letter) in [(0x80, "O"), (0x40, "T"), (0x20, "P"), (0x10, "E")] {
            line.text(if flags & bit != 0 { letter } else { "" });
        }
        if flags & 15 != 0 {
            line.text("+");
            put::hex(line.out, u64::from(flags & 15));
        }
        line.text("]: ");
    }
    let value = octets.take(usize::from(length))?;
    if said(line, kind, &mut Octets::new(value)).is_none() {
        line.text(" [|bgp]");
    }
    Some(())
}

fn said(line: &mut Line<'_, '_>, kind: u8, value: &mut Octets<'_>) -> Option<()> {
    match kind {
        1 => {
            let origin = value.u8()?;
            const ORIGINS: &[(u64, &str)] = &[(0, "IGP"), (1, "EGP"), (2, "Incomplete")];
            line.text(Names::List(ORIGINS).get(u64::from(origin)).unwrap_or("Unknown Origin Typecode"));
        }
        2 | 17 => path(line, kind == 17, value)?,
        3 | 9 => line.ipv4(value.array()?),
        4 | 5 | 35 => line.number(u64::from(value.u32()?)),
        6 => {}
        7 | 18 => {
            let number = if value.left().len() > 6 { value.u32()? } else { u32::from(value.u16()?) };
            line.labelled(" AS #", u64::from(number));
            line.text(", origin ");
            line.ipv4(value.array()?);
        }
        8 => list(line, value, ", ", community)?,
        10 => list(line, value, ", ", |line, value| {
            line.ipv4(value.array()?);
            Some(())
        })?,
        14 => reached(line, value)?,
        15 => {
            let (family, subfamily) = kinds(line, value)?;
            if value.is_empty() {
                line.text("\n\t      End-of-Rib Marker (empty NLRI)");
            }
            routes(line, family, subfamily, value)?;
        }
        16 => {
            while !value.is_empty() {
                line.text("\n\t    ");
                extended(line, value.array()?);
            }
        }
        32 => {
            while !value.is_empty() {
                line.labelled("\n\t    ", u64::from(value.u32()?));
                line.labelled(":", u64::from(value.u32()?));
                line.labelled(":", u64::from(value.u32()?));
            }
        }
        26 if value.left().len() == 11 => {
            value.take(3)?;
            line.number(value.u64()?);
        }
        _ => line.octet_rows("\n\t    ", value.left()),
    }
    Some(())
}

/// Elements to the end, with something between.
fn list(
    line: &mut Line<'_, '_>,
    value: &mut Octets<'_>,
    between: &str,
    each: fn(&mut Line<'_, '_>, &mut Octets<'_>) -> Option<()>,
) -> Option<()> {
    let mut is_first = true;
    while !value.is_empty() {
        line.text(if is_first { "" } else { between });
        is_first = false;
        each(line, value)?;
    }
    Some(())
}

fn path(line: &mut Line<'_, '_>, is_long: bool, value: &mut Octets<'_>) -> Option<()> {
    if value.is_empty() {
        line.text("empty");
        return Some(());
    }
    let is_long = is_long || number_octets(value.left()) == 4;
    while !value.is_empty() {
        let [kind, count] = [value.u8()?, value.u8()?];
        // Sets and those of a confederation stand in brackets.
        line.text(match kind {
            1 => "{ ",
            3 => "( ",
            4 => "({ ",
            _ => "",
        });
        for _ in 0..count {
            let number = if is_long { value.u32()? } else { u32::from(value.u16()?) };
            line.number(u64::from(number));
            line.text(" ");
        }
        line.text(match kind {
            1 => "}",
            3 => ") ",
            4 => "}) ",
            _ => "",
        });
    }
    Some(())
}

fn community(line: &mut Line<'_, '_>, value: &mut Octets<'_>) -> Option<()> {
    match value.u32()? {
        0 => line.text("gshut"),
        0xffff_ff01 => line.text(" NO_EXPORT"),
        0xffff_ff02 => line.text(" NO_ADVERTISE"),
        0xffff_ff03 => line.text(" NO_EXPORT_SUBCONFED"),
        0xffff_ff04 => line.text(" NO_PEER"),
        number => {
            line.number(u64::from(number >> 16));
            line.labelled(":", u64::from(number & 0xffff));
        }
    }
    Some(())
}

/// Types of extended communities (IANA "BGP Extended Communities").
const EXTENDED: &[(u64, &str)] = &[
    (0x0002, "target"),
    (0x0003, "origin"),
    (0x0005, "ospf-domain"),
    (0x0008, "bgp-data-collection"),
    (0x000a, "l2vpn-id"),
    (0x0102, "target"),
    (0x0103, "origin"),
    (0x0105, "ospf-domain"),
    (0x0107, "ospf-router-id"),
    (0x0202, "target"),
    (0x0203, "origin"),
    (0x0205, "ospf-domain"),
    (0x0300, "ospf-domain"),
    (0x0306, "ospf-route-type"),
    (0x030b, "color"),
    (0x030c, "encapsulation"),
    (0x0600, "mac-mobility"),
    (0x0601, "esi-label"),
    (0x0602, "es-import"),
    (0x0603, "router-mac"),
    (0x800a, "layer2-info"),
    (0x4004, "link-BW"),
];

fn extended(line: &mut Line<'_, '_>, octets: [u8; 8]) {
    let [high, low, a, b, c, d, e, f] = octets;
    let kind = u16::from_be_bytes([high, low]);
    let name = Names::List(EXTENDED).get(u64::from(kind));
    line.text(name.unwrap_or("unknown extd community typecode"));
    line.text(" (");
    line.hex(u64::from(kind), 4);
    line.text("), Flags ");
    line.bits(u64::from(high), &[(0x80, "vendor-specific"), (0x40, "non-transitive")]);
    line.text(": ");
    match (high, low) {
        (0, 2 | 3 | 5) => {
            line.number(u64::from(u16::from_be_bytes([a, b])));
            line.labelled(":", u64::from(u32::from_be_bytes([c, d, e, f])));
            line.text(" (= ");
            put::ipv4(line.out, [c, d, e, f]);
            line.text(")");
        }
        (1, 2 | 3 | 5) => {
            line.ipv4([a, b, c, d]);
            line.labelled(":", u64::from(u16::from_be_bytes([e, f])));
        }
        (2, 2 | 3 | 5) => {
            line.number(u64::from(u32::from_be_bytes([a, b, c, d])));
            line.labelled(":", u64::from(u16::from_be_bytes([e, f])));
        }
        (1, 7) => line.ipv4([a, b, c, d]),
        (3, 0x0b) => line.number(u64::from(u32::from_be_bytes([c, d, e, f]))),
        _ => put::hex_octets(line.out, &[a, b, c, d, e, f], None),
    }
}

fn kinds(line: &mut Line<'_, '_>, value: &mut Octets<'_>) -> Option<(u16, u8)> {
    let (family, subfamily) = (value.u16()?, value.u8()?);
    line.text("\n\t    AFI: ");
    family_name(line, family);
    line.text(", SAFI: ");
    subfamily_name(line, u16::from(subfamily));
    Some((family, subfamily))
}

fn reached(line: &mut Line<'_, '_>, value: &mut Octets<'_>) -> Option<()> {
    let (family, subfamily) = kinds(line, value)?;
    let length = value.u8()?;
    let mut hops = Octets::new(value.take(usize::from(length))?);
    line.text("\n\t    nexthop: ");
    let is_vpn = matches!(subfamily, 128 | 129);
    list(
        line,
        &mut hops,
        ", ",
        match (is_vpn, length) {
            (true, 12) => |line, hops| {
                distinguisher(line, hops.array()?);
                line.text(", ");
                line.ipv4(hops.array()?);
                Some(())
            },
            (true, _) => |line, hops| {
                distinguisher(line, hops.array()?);
                line.text(", ");
                line.ipv6(hops.array()?);
                Some(())
            },
            (false, 16 | 32) => |line, hops| {
                line.ipv6(hops.array()?);
                Some(())
            },
            _ => |line, hops| {
                line.ipv4(hops.array()?);
                Some(())
            },
        },
    )?;
    line.labelled(", nh-length: ", u64::from(length));
    match value.u8()? {
        0 => line.text(", no SNPA"),
        count => {
            line.labelled(", ", u64::from(count));
            line.text(" SNPA");
            for _ in 0..count {
                // Its length is in half octets.
                let length = usize::from(value.u8()?).div_ceil(2);
                line.text("\n\t      ");
                put::hex_octets(line.out, value.take(length)?, None);
            }
        }
    }
    routes(line, family, subfamily, value)
}

/// RFC 4364 §4.2.
fn distinguisher(line: &mut Line<'_, '_>, [k0, k1, a, b, c, d, e, f]: [u8; 8]) {
    line.text("RD: ");
    match u16::from_be_bytes([k0, k1]) {
        0 => {
            line.number(u64::from(u16::from_be_bytes([a, b])));
            line.labelled(":", u64::from(u32::from_be_bytes([c, d, e, f])));
            line.text(" (= ");
            put::ipv4(line.out, [c, d, e, f]);
            line.text(")");
        }
        1 => {
            line.ipv4([a, b, c, d]);
            line.labelled(":", u64::from(u16::from_be_bytes([e, f])));
        }
        2 => {
            line.number(u64::from(u32::from_be_bytes([a, b, c, d])));
            line.labelled(":", u64::from(u16::from_be_bytes([e, f])));
        }
        _ => put::hex_octets(line.out, &[k0, k1, a, b, c, d, e, f], None),
    }
}

fn routes(line: &mut Line<'_, '_>, family: u16, subfamily: u8, value: &mut Octets<'_>) -> Option<()> {
    let size = match family {
        1 => 4,
        2 => 16,
        _ => 0,
    };
    if size == 0 || !matches!(subfamily, 1..=4 | 128 | 129) {
        line.octet_rows("\n\t      ", value.left());
        return Some(());
    }
    while !value.is_empty() {
        line.text("\n\t      ");
        if subfamily < 4 {
            prefix(line, value, size)?;
        } else {
            labelled(line, subfamily >= 128, value, size)?;
        }
    }
    Some(())
}

/// A route with labels before it, of which the last has the bottom bit, and in VPNs a route distinguisher.
fn labelled(line: &mut Line<'_, '_>, is_vpn: bool, value: &mut Octets<'_>, size: usize) -> Option<()> {
    let mut bits = value.u8()?;
    let mut labels = Vec::new();
    loop {
        let label = value.u24()?;
        bits = bits.checked_sub(24)?;
        labels.push(label);
        // 0x800000 and 0 stand for any label of a route that is taken back.
        if label & 1 == 1 || matches!(label, 0 | 0x80_0000) {
            break;
        }
    }
    if is_vpn {
        bits = bits.checked_sub(64)?;
        distinguisher(line, value.array()?);
        line.text(", ");
    }
    address_of(line, value, bits, size)?;
    for label in labels {
        line.labelled(", label:", u64::from(label >> 4));
        line.text(if label & 1 == 1 { " (bottom)" } else { " (BOGUS: Bottom of Stack NOT set!)" });
    }
    Some(())
}
