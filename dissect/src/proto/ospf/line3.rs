//! The lines of OSPF version 3, as tcpdump writes them: with `-v` the heads of messages, with `-vv` neighbours and advertisements.

use crate::proto::octets::Octets;
use crate::render::line::Line;
use crate::render::put;
use crate::schema::Names;

const OPTIONS: &[(u64, &str)] = &[
    (1, "V6"),
    (2, "External"),
    (4, "Deprecated"),
    (8, "NSSA"),
    (0x10, "Router"),
    (0x20, "Demand Circuit"),
    (0x100, "AF-capable"),
    (0x200, "LLS"),
    (0x400, "Authentication Trailer"),
];

const ROUTER_FLAGS: &[(u64, &str)] = &[(1, "ABR"), (2, "External"), (4, "Virtual"), (8, "Wildcard")];

const EXTERNAL_FLAGS: &[(u64, &str)] = &[(2, "Forwarding"), (4, "External"), (1, "Tag")];

const PREFIX_OPTIONS: &[(u64, &str)] =
    &[(1, "No Unicast"), (2, "Local address"), (4, "Multicast"), (8, "Propagate"), (0x10, "Down")];

const KINDS: &[(u64, &str)] = &[
    (1, "Router"),
    (2, "Network"),
    (3, "Inter-Area Prefix"),
    (4, "Inter-Area Router"),
    (5, "External"),
    (6, "Multicast"),
    (7, "NSSA"),
    (8, "Link"),
    (9, "Intra-Area Prefix"),
    (12, "Router Information"),
];

const SCOPES: [&str; 4] = ["Link Local", "Area Local", "Domain Wide", "Reserved"];

/// Options that say what stands behind a message.
const SIGNALLING: u32 = 0x200;
const AUTHENTICATED: u32 = 0x400;

/// What stands behind the area of a message; `behind` is what its length does not count.
pub(super) fn third(line: &mut Line<'_, '_>, kind: u8, octets: &mut Octets<'_>, behind: &[u8]) -> Option<()> {
    octets.u16()?;
    let (instance, _) = (octets.u8()?, octets.u8()?);
    if instance != 0 {
        line.labelled(", Instance ", u64::from(instance));
    }
    let all = line.style.verbose > 1;
    match kind {
        1 => {
            let options = hello(line, octets)?;
            trailers(line, behind, options)
        }
        2 => {
            let options = description(line, octets)?;
            trailers(line, behind, options)
        }
        3 if all => requests(line, octets),
        4 if all => updates(line, octets),
        5 if all => {
            while !octets.is_empty() {
                header(line, octets)?;
            }
            Some(())
        }
        _ => Some(()),
    }
}

fn hello(line: &mut Line<'_, '_>, octets: &mut Octets<'_>) -> Option<u32> {
    let interface = octets.array::<4>()?;
    let (priority, options) = (octets.u8()?, octets.u24()?);
    line.text("\n\tOptions ");
    line.bits(u64::from(options), OPTIONS);
    line.labelled("\n\t  Hello Timer ", u64::from(octets.u16()?));
    line.labelled("s, Dead Timer ", u64::from(octets.u16()?));
    line.text("s, Interface-ID ");
    line.ipv4(interface);
    line.labelled(", Priority ", u64::from(priority));
    for name in ["\n\t  Designated Router ", ", Backup Designated Router "] {
        let router = octets.array::<4>()?;
        if router != [0; 4] {
            line.text(name);
            line.ipv4(router);
        }
    }
    if line.style.verbose > 1 {
        line.text("\n\t  Neighbor List:");
        while !octets.is_empty() {
            line.text("\n\t    ");
            line.ipv4(octets.array()?);
        }
    }
    Some(options)
}

fn description(line: &mut Line<'_, '_>, octets: &mut Octets<'_>) -> Option<u32> {
    octets.u8()?;
    let options = octets.u24()?;
    line.text("\n\tOptions ");
    line.bits(u64::from(options), OPTIONS);
    let mtu = octets.u16()?;
    octets.u8()?;
    line.text(", DD Flags ");
    line.bits(u64::from(octets.u8()?), super::line::DESCRIPTION_FLAGS);
    line.labelled(", MTU ", u64::from(mtu));
    line.text(", DD-Sequence ");
    line.hex(u64::from(octets.u32()?), 8);
    if line.style.verbose > 1 {
        while !octets.is_empty() {
            header(line, octets)?;
        }
    }
    Some(options)
}

/// Link-local signalling and authentication, where the options say that they are there.
fn trailers(line: &mut Line<'_, '_>, behind: &[u8], options: u32) -> Option<()> {
    let mut octets = Octets::new(behind);
    if options & SIGNALLING != 0 {
        line.text("\n\tLLS Checksum ");
        line.hex(u64::from(octets.u16()?), 4);
        let words = octets.u16()?;
        line.labelled(", Data Length ", u64::from(words));
        octets.take(usize::from(words).saturating_mul(4).checked_sub(4)?)?;
    }
    if options & AUTHENTICATED != 0 {
        let kind = octets.u16()?;
        line.text("\n\tAuthentication Type ");
        line.text(if kind == 1 { "HMAC" } else { "unknown" });
        let length = octets.u16()?;
        line.labelled(", Length ", u64::from(length));
        octets.u16()?;
        line.labelled(", SAID ", u64::from(octets.u16()?));
        line.text(", CSN ");
        line.hex(u64::from(octets.u32()?), 8);
        line.text(":");
        put::hex_octets(line.out, octets.take(4)?, None);
        let digest = octets.take(usize::from(length).checked_sub(16)?)?;
        if line.style.verbose > 1 {
            line.octet_rows("\n\tAuthentication Data ", digest);
        }
    }
    Some(())
}

/// `Router LSA (1), Area Local Scope, LSA-ID 0.0.0.1`.
fn named(line: &mut Line<'_, '_>, kind: u16, identifier: [u8; 4]) {
    line.text("\n\t    ");
    let function = u64::from(kind & 0x1fff);
    line.text(Names::List(KINDS).get(function).unwrap_or("Unknown"));
    line.labelled(" LSA (", function);
    line.text("), ");
    line.text(SCOPES.get(usize::from(kind >> 13 & 3)).copied().unwrap_or_default());
    line.text(" Scope");
    line.text(if kind & 0x8000 != 0 { ", transitive" } else { "" });
    line.text(", LSA-ID ");
    line.ipv4(identifier);
}

fn requests(line: &mut Line<'_, '_>, octets: &mut Octets<'_>) -> Option<()> {
    while !octets.is_empty() {
        octets.u16()?;
        let kind = octets.u16()?;
        let (identifier, router) = (octets.array()?, octets.array()?);
        line.text("\n\t  Advertising Router ");
        line.ipv4(router);
        named(line, kind, identifier);
    }
    Some(())
}

/// The header of an advertisement; its type, and the octets behind it.
fn header(line: &mut Line<'_, '_>, octets: &mut Octets<'_>) -> Option<(u16, usize)> {
    let (age, kind) = (octets.u16()?, octets.u16()?);
    let (identifier, router) = (octets.array()?, octets.array()?);
    let sequence = octets.u32()?;
    octets.u16()?;
    let length = usize::from(octets.u16()?).checked_sub(20)?;
    line.text("\n\t  Advertising Router ");
    line.ipv4(router);
    line.text(", seq ");
    line.hex(u64::from(sequence), 8);
    line.labelled(", age ", u64::from(age));
    line.labelled("s, length ", length as u64);
    named(line, kind, identifier);
    Some((kind, length))
}

fn updates(line: &mut Line<'_, '_>, octets: &mut Octets<'_>) -> Option<()> {
    for _ in 0..octets.u32()? {
        if octets.is_empty() {
            break;
        }
        let (kind, length) = header(line, octets)?;
        let content = octets.take(length)?;
        advertisement(line, kind, content)?;
    }
    Some(())
}

fn advertisement(line: &mut Line<'_, '_>, kind: u16, content: &[u8]) -> Option<()> {
    let mut octets = Octets::new(content);
    match kind {
        0x2001 => router(line, &mut octets),
        0x2002 => {
            octets.u8()?;
            line.text("\n\t      Options ");
            line.bits(u64::from(octets.u24()?), OPTIONS);
            line.text("\n\t      Connected Routers:");
            while !octets.is_empty() {
                line.text("\n\t\t");
                line.ipv4(octets.array()?);
            }
            Some(())
        }
        0x2003 => {
            line.labelled(", metric ", u64::from(octets.u32()? & 0x00ff_ffff));
            while !octets.is_empty() {
                prefix(line, &mut octets)?;
            }
            Some(())
        }
        0x4005 => external(line, &mut octets),
        0x0008 => {
            let (priority, options) = (octets.u8()?, octets.u24()?);
            line.text("\n\t      Options ");
            line.bits(u64::from(options), OPTIONS);
            line.labelled("\n\t      Priority ", u64::from(priority));
            line.text(", Link-local address ");
            line.ipv6(octets.array()?);
            let count = octets.u32()?;
            prefixes(line, &mut octets, ", Prefixes ", count)
        }
        0x2009 => {
            let (count, kind) = (octets.u16()?, octets.u16()?);
            let (identifier, _) = (octets.array()?, octets.u32()?);
            named(line, kind, identifier);
            prefixes(line, &mut octets, "\n\t      Prefixes ", u32::from(count))
        }
        _ => {
            line.octet_rows("\n\t      ", content);
            Some(())
        }
    }
}

fn router(line: &mut Line<'_, '_>, octets: &mut Octets<'_>) -> Option<()> {
    let flags = octets.u8()?;
    line.text("\n\t      Options ");
    line.bits(u64::from(octets.u24()?), OPTIONS);
    line.text(", RLA-Flags ");
    line.bits(u64::from(flags), ROUTER_FLAGS);
    while !octets.is_empty() {
        let (kind, _, metric) = (octets.u8()?, octets.u8()?, octets.u16()?);
        let (interface, neighbour) = (octets.array::<4>()?, octets.array::<4>()?);
        let router = octets.array()?;
        line.text(match kind {
            4 => "\n\t      Virtual Link: Neighbor Router-ID ",
            1 => "\n\t      Neighbor Router-ID ",
            2 => "\n\t      Neighbor Network-ID ",
            _ => "\n\t      Unknown Router Links Type ",
        });
        line.ipv4(router);
        line.text("\n\t      Neighbor Interface-ID ");
        line.ipv4(neighbour);
        line.text(", Interface ");
        line.ipv4(interface);
        line.labelled(", metric ", u64::from(metric));
    }
    Some(())
}

fn external(line: &mut Line<'_, '_>, octets: &mut Octets<'_>) -> Option<()> {
    let flags = octets.u8()?;
    line.text("\n\t     Flags ");
    line.bits(u64::from(flags), EXTERNAL_FLAGS);
    line.labelled(" metric ", u64::from(octets.u24()?));
    let referenced = prefix(line, octets)?;
    if flags & 2 != 0 {
        line.text(" forward ");
        line.ipv6(octets.array()?);
    }
    if flags & 1 != 0 {
        line.text(" tag ");
        line.ipv4(octets.array()?);
    }
    if referenced != 0 {
        line.text(" RefType ");
        line.number(u64::from(referenced));
    }
    Some(())
}

fn prefixes(line: &mut Line<'_, '_>, octets: &mut Octets<'_>, before: &str, count: u32) -> Option<()> {
    line.labelled(before, u64::from(count));
    line.text(":");
    for _ in 0..count {
        if octets.is_empty() {
            break;
        }
        prefix(line, octets)?;
    }
    Some(())
}

/// A prefix with its options and the number beside it, which is returned too.
fn prefix(line: &mut Line<'_, '_>, octets: &mut Octets<'_>) -> Option<u16> {
    let (bits, options, number) = (octets.u8()?, octets.u8()?, octets.u16()?);
    let own = octets.take(usize::from(bits).div_ceil(32).saturating_mul(4))?;
    let mut address = [0; 16];
    address.get_mut(..own.len())?.copy_from_slice(own);
    line.text("\n\t\t");
    line.ipv6(address);
    line.labelled("/", u64::from(bits));
    if options != 0 {
        line.text(", Options ");
        line.bits(u64::from(options), PREFIX_OPTIONS);
    }
    line.labelled(", metric ", u64::from(number));
    Some(number)
}
