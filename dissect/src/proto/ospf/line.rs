//! The lines of OSPF, as tcpdump writes them: with `-v` the whole of version 2's messages and advertisements but for the
//! content of opaque ones.

use super::MESSAGES;
use crate::proto::octets::Octets;
use crate::render::line::{Body, Line};
use crate::render::put;
use crate::schema::Names;

/// Octets of an advertisement's header.
const LSA_HEADER: usize = 20;

const OPTIONS: &[(u64, &str)] = &[
    (1, "MultiTopology"),
    (2, "External"),
    (4, "Multicast"),
    (8, "NSSA"),
    (0x10, "LLS"),
    (0x20, "Demand Circuit"),
    (0x40, "Opaque"),
    (0x80, "Up/Down"),
];

pub(super) const DESCRIPTION_FLAGS: &[(u64, &str)] =
    &[(4, "Init"), (2, "More"), (1, "Master"), (8, "OOB Resync")];

const ROUTER_FLAGS: &[(u64, &str)] =
    &[(1, "ABR"), (2, "ASBR"), (4, "Virtual"), (8, "Wildcard"), (0x10, "Nt")];

const AUTHENTICATIONS: &[(u64, &str)] = &[(0, "none"), (1, "simple"), (2, "MD5")];

const KINDS: &[(u64, &str)] = &[
    (1, "Router"),
    (2, "Network"),
    (3, "Summary"),
    (4, "ASBR Summary"),
    (5, "External"),
    (6, "Multicast"),
    (7, "NSSA"),
    (9, "Link Local Opaque"),
    (10, "Area Local Opaque"),
    (11, "Domain Wide Opaque"),
];

const OPAQUE_KINDS: &[(u64, &str)] =
    &[(1, "Traffic Engineering"), (3, "Graceful restart"), (4, "Router Information")];

pub(super) fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    line.hosts();
    let mut octets = Octets::of(body);
    let head =
        (|| Some((octets.u8()?, octets.u8()?, octets.u16()?, octets.array::<4>()?, octets.array::<4>()?)))();
    let Some((version, kind, length, router, area)) = head else {
        line.text("OSPF");
        line.cut("ospf", body);
        return;
    };
    line.labelled("OSPFv", u64::from(version));
    line.text(", ");
    match Names::List(MESSAGES).get(u64::from(kind)) {
        Some(name) => line.text(name),
        None => line.labelled("unknown packet type ", u64::from(kind)),
    }
    line.labelled(", length ", body.len as u64);
    if line.style.verbose == 0 {
        return;
    }
    // A digest and a link-local block stand behind the message.
    if usize::from(length) != body.len {
        line.labelled(" [len ", u64::from(length));
        line.text("]");
    }
    line.text("\n\tRouter-ID ");
    line.ipv4(router);
    if area == [0; 4] {
        line.text(", Backbone Area");
    } else {
        line.text(", Area ");
        line.ipv4(area);
    }
    if version == 2 {
        let inside = body.limit(usize::from(length));
        let mut octets = Octets::new(inside.data.get(12..).unwrap_or_default());
        if second(line, kind, &mut octets).is_none() {
            line.text(" ");
            line.cut("ospf2", inside);
        }
    }
    if version == 3 {
        let (inside, behind) = body.data.split_at_checked(usize::from(length)).unwrap_or((body.data, &[]));
        let mut octets = Octets::new(inside.get(12..).unwrap_or_default());
        if super::line3::third(line, kind, &mut octets, behind).is_none() {
            line.text(" [|ospf3]");
        }
    }
}

/// What stands behind the area of a message of version 2.
fn second(line: &mut Line<'_, '_>, kind: u8, octets: &mut Octets<'_>) -> Option<()> {
    octets.u16()?;
    let authentication = octets.u16()?;
    line.text(", Authentication Type: ");
    line.text(Names::List(AUTHENTICATIONS).get(u64::from(authentication)).unwrap_or("unknown"));
    line.labelled(" (", u64::from(authentication));
    line.text(")");
    let word = octets.array::<8>()?;
    let count = if kind == 4 { octets.u32()? } else { 0 };
    if kind == 4 {
        line.labelled(", ", u64::from(count));
        line.text(if count == 1 { " LSA" } else { " LSAs" });
    }
    match (authentication, word) {
        (1, word) => {
            line.text("\n\tSimple text password: ");
            line.untrusted(word.split(|octet| *octet == 0).next().unwrap_or_default());
        }
        (2, [_, _, key, length, sequence @ ..]) => {
            line.labelled("\n\tKey-ID: ", u64::from(key));
            line.labelled(", Auth-Length: ", u64::from(length));
            line.text(", Crypto Sequence Number: ");
            line.hex(u64::from(u32::from_be_bytes(sequence)), 8);
        }
        _ => {}
    }
    match kind {
        1 => hello(line, octets),
        2 => description(line, octets),
        3 => requests(line, octets),
        4 => updates(line, octets, count),
        5 => {
            while !octets.is_empty() {
                header(line, octets)?;
            }
            Some(())
        }
        _ => Some(()),
    }
}

fn hello(line: &mut Line<'_, '_>, octets: &mut Octets<'_>) -> Option<()> {
    let mask = octets.array::<4>()?;
    let [interval, options, priority] = [octets.u16()?, u16::from(octets.u8()?), u16::from(octets.u8()?)];
    line.text("\n\tOptions ");
    line.bits(u64::from(options), OPTIONS);
    line.labelled("\n\t  Hello Timer ", u64::from(interval));
    line.labelled("s, Dead Timer ", u64::from(octets.u32()?));
    line.text("s, Mask ");
    line.ipv4(mask);
    line.labelled(", Priority ", u64::from(priority));
    let [designated, backup] = [octets.array::<4>()?, octets.array::<4>()?];
    if designated != [0; 4] {
        line.text("\n\t  Designated Router ");
        line.ipv4(designated);
    }
    if backup != [0; 4] {
        line.text(", Backup Designated Router ");
        line.ipv4(backup);
    }
    if !octets.is_empty() {
        line.text("\n\t  Neighbor List:");
    }
    while !octets.is_empty() {
        line.text("\n\t    ");
        line.ipv4(octets.array()?);
    }
    Some(())
}

fn description(line: &mut Line<'_, '_>, octets: &mut Octets<'_>) -> Option<()> {
    let [mtu, options, flags] = [octets.u16()?, u16::from(octets.u8()?), u16::from(octets.u8()?)];
    line.text("\n\tOptions ");
    line.bits(u64::from(options), OPTIONS);
    line.text(", DD Flags ");
    line.bits(u64::from(flags), DESCRIPTION_FLAGS);
    // Only virtual links have none.
    if mtu > 0 {
        line.labelled(", MTU: ", u64::from(mtu));
    }
    line.text(", Sequence: ");
    line.hex(u64::from(octets.u32()?), 8);
    while !octets.is_empty() {
        header(line, octets)?;
    }
    Some(())
}

fn requests(line: &mut Line<'_, '_>, octets: &mut Octets<'_>) -> Option<()> {
    while !octets.is_empty() {
        let kind = octets.u32()?;
        let (identifier, router) = (octets.array::<4>()?, octets.array::<4>()?);
        line.text("\n\t  Advertising Router: ");
        line.ipv4(router);
        line.text(", ");
        named(line, KINDS, u64::from(kind));
        if matches!(kind, 9..=11) {
            opaque(line, identifier, "Opaque-Type: ", "Opaque-ID: ");
        } else {
            line.text(", LSA-ID: ");
            line.ipv4(identifier);
        }
    }
    Some(())
}

/// `Router LSA (1)`.
fn named(line: &mut Line<'_, '_>, names: &'static [(u64, &'static str)], value: u64) {
    line.text(Names::List(names).get(value).unwrap_or("unknown"));
    line.labelled(" LSA (", value);
    line.text(")");
}

/// The identifier of an opaque advertisement: its type, and a number.
fn opaque(line: &mut Line<'_, '_>, [kind, number @ ..]: [u8; 4], before: &str, between: &str) {
    line.text(", ");
    line.text(before);
    named(line, OPAQUE_KINDS, u64::from(kind));
    let [a, b, c] = number;
    line.text(", ");
    line.text(between);
    line.number(u64::from(u32::from_be_bytes([0, a, b, c])));
}

fn updates(line: &mut Line<'_, '_>, octets: &mut Octets<'_>, count: u32) -> Option<()> {
    let mut number = 0_u32;
    while number < count && !octets.is_empty() {
        number = number.saturating_add(1);
        line.labelled("\n\t  LSA #", u64::from(number));
        let (kind, length) = header(line, octets)?;
        let mut content = Octets::new(octets.take(length)?);
        advertisement(line, kind, &mut content)?;
    }
    Some(())
}

/// The header of an advertisement; its type, and the octets behind it.
fn header(line: &mut Line<'_, '_>, octets: &mut Octets<'_>) -> Option<(u8, usize)> {
    let age = octets.u16()?;
    let [options, kind] = [octets.u8()?, octets.u8()?];
    let (identifier, router) = (octets.array::<4>()?, octets.array::<4>()?);
    let sequence = octets.u32()?;
    octets.u16()?;
    let length = usize::from(octets.u16()?).checked_sub(LSA_HEADER)?;
    line.text("\n\t  Advertising Router ");
    line.ipv4(router);
    line.text(", seq ");
    line.hex(u64::from(sequence), 8);
    line.labelled(", age ", u64::from(age));
    line.labelled("s, length ", length as u64);
    line.text("\n\t    ");
    named(line, KINDS, u64::from(kind));
    if matches!(kind, 9..=11) {
        opaque(line, identifier, "Opaque-Type ", "Opaque-ID ");
    } else {
        line.text(", LSA-ID: ");
        line.ipv4(identifier);
    }
    line.text("\n\t    Options: ");
    line.bits(u64::from(options), OPTIONS);
    Some((kind, length))
}

fn advertisement(line: &mut Line<'_, '_>, kind: u8, octets: &mut Octets<'_>) -> Option<()> {
    match kind {
        1 => router(line, octets),
        2 => {
            mask(line, octets)?;
            line.text("\n\t    Connected Routers:");
            while !octets.is_empty() {
                line.text("\n\t      ");
                line.ipv4(octets.array()?);
            }
            Some(())
        }
        3 | 4 => {
            let mask = octets.array::<4>()?;
            if kind == 3 {
                line.text("\n\t    Mask ");
                line.ipv4(mask);
            }
            while !octets.is_empty() {
                topology(line, octets.u8()?);
                line.labelled(" metric ", u64::from(octets.u24()?));
            }
            Some(())
        }
        5 | 7 => external(line, octets),
        _ => {
            line.octet_rows("\n\t    ", octets.left());
            Some(())
        }
    }
}

fn mask(line: &mut Line<'_, '_>, octets: &mut Octets<'_>) -> Option<()> {
    line.text("\n\t    Mask ");
    line.ipv4(octets.array()?);
    Some(())
}

fn topology(line: &mut Line<'_, '_>, number: u8) {
    line.text("\n\t\ttopology ");
    line.text(match number {
        0 => "default",
        1 => "multicast",
        2 => "management",
        _ => "unknown",
    });
    line.labelled(" (", u64::from(number));
    line.text(")");
}

fn router(line: &mut Line<'_, '_>, octets: &mut Octets<'_>) -> Option<()> {
    let flags = octets.u16()?;
    line.text("\n\t    Router LSA Options: ");
    line.bits(u64::from(flags >> 8), ROUTER_FLAGS);
    for _ in 0..octets.u16()? {
        let (identifier, data) = (octets.array::<4>()?, octets.array::<4>()?);
        let (first, second) = match octets.u8()? {
            1 => ("Neighbor Router-ID: ", ", Interface Address: "),
            2 => ("Neighbor Network-ID: ", ", Interface Address: "),
            3 => ("Stub Network: ", ", Mask: "),
            4 => ("Virtual Link: Neighbor Router-ID: ", ", Interface Address: "),
            _ => ("unknown Link: ", ", "),
        };
        line.text("\n\t      ");
        line.text(first);
        line.ipv4(identifier);
        line.text(second);
        line.ipv4(data);
        let more = octets.u8()?;
        topology(line, 0);
        line.labelled(", metric ", u64::from(octets.u16()?));
        for _ in 0..more {
            topology(line, octets.u8()?);
            octets.u8()?;
            line.labelled(", metric ", u64::from(octets.u16()?));
        }
    }
    Some(())
}

fn external(line: &mut Line<'_, '_>, octets: &mut Octets<'_>) -> Option<()> {
    mask(line, octets)?;
    while !octets.is_empty() {
        let first = octets.u8()?;
        topology(line, first & 0x7f);
        line.text(if first & 0x80 != 0 { ", type 2" } else { ", type 1" });
        line.labelled(", metric ", u64::from(octets.u24()?));
        let (forward, tag) = (octets.array::<4>()?, octets.array::<4>()?);
        for (name, value) in [(", forward ", forward), (", tag ", tag)] {
            if value != [0; 4] {
                line.text(name);
                put::ipv4(line.out, value);
            }
        }
    }
    Some(())
}
