//! The values of IS-IS PDUs with `-v`.

use super::verbose::{identifier, lifetime};
use super::{DISCRIMINATORS, write_identifier};
use crate::proto::octets::Octets;
use crate::render::line::Line;
use crate::render::put;
use crate::schema::Names;

const NAMES: &[(u64, &str)] = &[
    (1, "Area address(es)"),
    (2, "IS Reachability"),
    (3, "ES Neighbor(s)"),
    (4, "Partition DIS"),
    (5, "Prefix Neighbors"),
    (6, "IS Neighbor(s)"),
    (7, "Variable-Length IS Neighbor(s)"),
    (8, "Padding"),
    (9, "LSP entries"),
    (10, "Authentication"),
    (12, "Checksum"),
    (13, "Purge Originator Identifier"),
    (14, "LSP Buffersize"),
    (22, "Extended IS Reachability"),
    (128, "IPv4 Internal Reachability"),
    (129, "Protocols supported"),
    (130, "IPv4 External Reachability"),
    (131, "Inter-Domain Information Type"),
    (132, "IPv4 Interface address(es)"),
    (134, "Traffic Engineering Router ID"),
    (135, "Extended IPv4 Reachability"),
    (137, "Hostname"),
    (138, "Shared Risk Link Group"),
    (139, "IPv6 Shared Risk Link Group"),
    (211, "Restart Signaling"),
    (222, "Multi Topology IS Reachability"),
    (229, "Multi Topology"),
    (232, "IPv6 Interface address(es)"),
    (235, "Multi-Topology IPv4 Reachability"),
    (236, "IPv6 reachability"),
    (237, "Multi-Topology IP6 Reachability"),
    (240, "Point-to-point Adjacency State"),
    (242, "IS-IS Router Capability"),
    (250, "Vendor Private"),
];

pub(super) fn value(line: &mut Line<'_, '_>, octets: &mut Octets<'_>) -> Option<()> {
    let [kind, length] = [octets.u8()?, octets.u8()?];
    let content = octets.take(usize::from(length))?;
    line.text("\n\t    ");
    line.text(Names::List(NAMES).get(u64::from(kind)).unwrap_or("unknown"));
    line.labelled(" TLV #", u64::from(kind));
    line.labelled(", length: ", u64::from(length));
    if said(line, kind, &mut Octets::new(content)).is_none() {
        line.text(" [|isis]");
    }
    Some(())
}

/// Calls `each` until nothing is left.
fn every<'a>(octets: &mut Octets<'a>, mut each: impl FnMut(&mut Octets<'a>) -> Option<()>) -> Option<()> {
    while !octets.is_empty() {
        each(octets)?;
    }
    Some(())
}

fn said(line: &mut Line<'_, '_>, kind: u8, content: &mut Octets<'_>) -> Option<()> {
    match kind {
        1 => every(content, |content| {
            let length = content.u8()?;
            line.labelled("\n\t      Area address (length: ", u64::from(length));
            line.text("): ");
            for (at, octet) in content.take(usize::from(length))?.iter().enumerate() {
                line.text(if at % 2 == 1 { "." } else { "" });
                put::hex_octets(line.out, &[*octet], None);
            }
            Some(())
        }),
        6 => every(content, |content| {
            identifier(line, "\n\t      SNPA: ", content.take(6)?);
            Some(())
        }),
        8 => Some(()),
        9 => every(content, |content| {
            let seconds = content.u16()?;
            identifier(line, "\n\t      lsp-id: ", content.take(8)?);
            line.text(", seq: ");
            line.hex(u64::from(content.u32()?), 8);
            lifetime(line, seconds);
            line.text(", chksum: ");
            line.hex(u64::from(content.u16()?), 4);
            Some(())
        }),
        10 => authentication(line, content),
        12 => {
            line.text("\n\t      checksum: ");
            line.hex(u64::from(content.u16()?), 4);
            Some(())
        }
        14 => {
            line.labelled("\n\t      LSP Buffersize: ", u64::from(content.u16()?));
            Some(())
        }
        129 => {
            line.text("\n\t      NLPID(s): ");
            let mut before = "";
            every(content, |content| {
                let number = u64::from(content.u8()?);
                line.text(std::mem::replace(&mut before, ", "));
                line.text(Names::List(DISCRIMINATORS).get(number).unwrap_or("unknown"));
                line.text(" (");
                line.hex(number, 2);
                line.text(")");
                Some(())
            })
        }
        132 => every(content, |content| {
            line.text("\n\t      IPv4 interface address: ");
            line.ipv4(content.array()?);
            Some(())
        }),
        232 => every(content, |content| {
            line.text("\n\t      IPv6 interface address: ");
            line.ipv6(content.array()?);
            Some(())
        }),
        134 => {
            line.text("\n\t      Traffic Engineering Router ID: ");
            line.ipv4(content.array()?);
            Some(())
        }
        137 => {
            line.text("\n\t      Hostname: ");
            line.untrusted(content.left());
            Some(())
        }
        211 => restart(line, content),
        229 => every(content, |content| topology(line, content)),
        240 => adjacency(line, content),
        _ => reachability(line, kind, content),
    }
}

fn authentication(line: &mut Line<'_, '_>, content: &mut Octets<'_>) -> Option<()> {
    let kind = content.u8()?;
    line.text("\n\t      ");
    match kind {
        1 => {
            line.text("simple text password: ");
            line.untrusted(content.left());
        }
        54 => {
            line.text("HMAC-MD5 password: ");
            put::hex_octets(line.out, content.left(), None);
            line.text(" (unchecked)");
        }
        3 => {
            line.labelled("generic authentication, key-id: ", u64::from(content.u16()?));
            line.text(", digest: ");
            put::hex_octets(line.out, content.left(), None);
        }
        _ => {
            line.labelled("authentication type ", u64::from(kind));
            line.text(": ");
            put::hex_octets(line.out, content.left(), None);
        }
    }
    Some(())
}

fn restart(line: &mut Line<'_, '_>, content: &mut Octets<'_>) -> Option<()> {
    line.text("\n\t      Flags ");
    let names =
        [(1, "Restart Request"), (2, "Restart Acknowledgement"), (4, "Suppress adjacency advertisement")];
    line.bits(u64::from(content.u8()?), &names);
    if let Some(seconds) = content.u16() {
        line.labelled(", Remaining holding time ", u64::from(seconds));
        line.text("s");
    }
    if let Some(neighbour) = content.take(6) {
        identifier(line, ", for System-ID ", neighbour);
    }
    Some(())
}

/// RFC 5120: a topology, and what an LSP says of it.
fn topology(line: &mut Line<'_, '_>, content: &mut Octets<'_>) -> Option<()> {
    let word = content.u16()?;
    let number = word & 0xfff;
    const TOPOLOGIES: &[(u64, &str)] = &[
        (0, "IPv4 unicast"),
        (1, "In-Band Management"),
        (2, "IPv6 unicast"),
        (3, "Multicast"),
        (4, "IPv4 multicast"),
        (5, "IPv6 multicast"),
    ];
    let other = if number < 4096 - 96 {
        "Reserved for IETF Consensus"
    } else {
        "Development, Experimental and Proprietary"
    };
    line.text("\n\t      ");
    line.text(Names::List(TOPOLOGIES).get(u64::from(number)).unwrap_or(other));
    line.text(" Topology (");
    line.hex(u64::from(number), 3);
    line.text("), Flags: ");
    line.bits(u64::from(word >> 12), &[(4, "ATT bit set"), (8, "Overload bit set")]);
    Some(())
}

fn adjacency(line: &mut Line<'_, '_>, content: &mut Octets<'_>) -> Option<()> {
    let state = content.u8()?;
    line.text("\n\t      Adjacency State: ");
    line.text(match state {
        0 => "Up",
        1 => "Initializing",
        2 => "Down",
        _ => "Unknown",
    });
    line.labelled(" (", u64::from(state));
    line.text(")");
    let circuit = |line: &mut Line<'_, '_>, what: &str, number: u32| {
        line.text(what);
        line.hex(u64::from(number), 8);
    };
    let Some(number) = content.u32() else { return Some(()) };
    circuit(line, "\n\t      Extended Local circuit-ID: ", number);
    let Some(neighbour) = content.take(6) else { return Some(()) };
    identifier(line, "\n\t      Neighbor System-ID: ", neighbour);
    let Some(number) = content.u32() else { return Some(()) };
    circuit(line, "\n\t      Neighbor Extended Local circuit-ID: ", number);
    Some(())
}

fn reachability(line: &mut Line<'_, '_>, kind: u8, content: &mut Octets<'_>) -> Option<()> {
    match kind {
        2 => {
            line.text(if content.u8()? == 0 { "\n\t      IsNotVirtual" } else { "\n\t      IsVirtual" });
            every(content, |content| {
                let metric = content.take(4)?;
                line.text("\n\t      IS Neighbor: ");
                write_identifier(line.out, content.take(7)?);
                narrow(line, ", Default Metric: ", metric)
            })
        }
        128 | 130 => every(content, |content| {
            let metric = content.take(4)?;
            let (address, mask) = (content.array::<4>()?, content.array::<4>()?);
            let bits = u32::from_be_bytes(mask).leading_ones();
            network(line, address, bits as u8);
            let is_down = metric.first().is_some_and(|first| first & 0x80 != 0);
            line.text(if is_down { ", Distribution: down" } else { ", Distribution: up" });
            narrow(line, ", Metric: ", metric)
        }),
        22 | 222 => {
            if kind == 222 {
                topology(line, content)?;
            }
            every(content, |content| neighbour(line, content))
        }
        135 | 235 | 236 | 237 => {
            if matches!(kind, 235 | 237) {
                topology(line, content)?;
            }
            every(content, |content| prefix(line, kind > 235, content))
        }
        242 => {
            line.text("\n\t      Router-ID ");
            line.ipv4(content.array()?);
            line.text(", Flags ");
            line.bits(u64::from(content.u8()?), &[(1, "S bit"), (2, "D bit")]);
            parts(line, "\n\t\t", content)
        }
        250 => {
            line.text("\n\t      Vendor: ");
            line.hex(u64::from(content.u24()?), 6);
            if !content.is_empty() {
                line.octet_rows("\n\t\t", content.left());
            }
            Some(())
        }
        _ => {
            line.octet_rows("\n\t\t", content.left());
            Some(())
        }
    }
}

/// `IPv4 prefix:        10.1.0.0/16`
fn network(line: &mut Line<'_, '_>, address: [u8; 4], bits: u8) {
    line.text("\n\t      IPv4 prefix: ");
    let start = line.out.len();
    line.ipv4(address);
    let blanks = 15_usize.saturating_sub(line.out.len().saturating_sub(start));
    line.out.splice(start..start, std::iter::repeat_n(b' ', blanks));
    line.labelled("/", u64::from(bits));
}

/// Metrics of one octet each: default, delay, expense, errors; the first bit says that one is not there.
fn narrow(line: &mut Line<'_, '_>, what: &str, metric: &[u8]) -> Option<()> {
    let [first, others @ ..] = metric.first_chunk::<4>()?;
    line.labelled(what, u64::from(first & 0x3f));
    line.text(if first & 0x40 != 0 { ", External" } else { ", Internal" });
    for (name, other) in ["Delay", "Expense", "Error"].into_iter().zip(others) {
        if other & 0x80 == 0 {
            line.text("\n\t\t  ");
            line.text(name);
            line.labelled(" Metric:   ", u64::from(other & 0x3f));
        }
    }
    Some(())
}

fn neighbour(line: &mut Line<'_, '_>, content: &mut Octets<'_>) -> Option<()> {
    identifier(line, "\n\t      IS Neighbor: ", content.take(7)?);
    line.labelled(", Metric: ", u64::from(content.u24()?));
    let length = content.u8()?;
    if length == 0 {
        line.text(", no sub-TLVs present");
        return Some(());
    }
    line.labelled(", sub-TLVs present (", u64::from(length));
    line.text(")");
    parts(line, "\n\t        ", &mut Octets::new(content.take(usize::from(length))?))
}

fn prefix(line: &mut Line<'_, '_>, is_second: bool, content: &mut Octets<'_>) -> Option<()> {
    let metric = content.u32()?;
    let flags = content.u8()?;
    // In IPv4's the length of the prefix shares the octet.
    let bits = if is_second { content.u8()? } else { flags & 0x3f };
    let told = content.take(usize::from(bits).div_ceil(8))?;
    let mut address = [0_u8; 16];
    address.iter_mut().zip(told).for_each(|(to, from)| *to = *from);
    match (is_second, address) {
        (false, [a, b, c, d, ..]) => network(line, [a, b, c, d], bits),
        _ => {
            line.text("\n\t      IPv6 prefix: ");
            line.ipv6(address);
            line.labelled("/", u64::from(bits));
        }
    }
    line.text(if flags & 0x80 != 0 { ", Distribution: down" } else { ", Distribution: up" });
    line.labelled(", Metric: ", u64::from(metric));
    let has_parts = if is_second {
        line.text(if flags & 0x40 != 0 { ", External" } else { ", Internal" });
        flags & 0x20 != 0
    } else {
        flags & 0x40 != 0
    };
    if has_parts {
        let length = content.u8()?;
        line.labelled(", sub-TLVs present (", u64::from(length));
        line.text(")");
        let mut inside = Octets::new(content.take(usize::from(length))?);
        every(&mut inside, |inside| tag(line, inside))?;
    }
    Some(())
}

/// RFC 5130.
fn tag(line: &mut Line<'_, '_>, inside: &mut Octets<'_>) -> Option<()> {
    let [kind, length] = [inside.u8()?, inside.u8()?];
    let mut value = Octets::new(inside.take(usize::from(length))?);
    match (kind, length) {
        (1, 4) => {
            let number = value.u32()?;
            line.text("\n\t        32-Bit Administrative tag subTLV #1, length: 4, ");
            line.hex(u64::from(number), 8);
            line.labelled(" (=", u64::from(number));
            line.text(")");
        }
        (2, 8) => {
            line.text("\n\t        64-Bit Administrative tag subTLV #2, length: 8, ");
            line.hex(value.u64()?, 16);
        }
        _ => unknown_part(line, "\n\t        ", kind, value.left()),
    }
    Some(())
}

fn unknown_part(line: &mut Line<'_, '_>, before: &str, kind: u8, value: &[u8]) {
    line.text(before);
    line.labelled("unknown subTLV #", u64::from(kind));
    line.labelled(", length: ", value.len() as u64);
    if !value.is_empty() {
        line.octet_rows("\n\t\t", value);
    }
}

/// RFC 5305 §3.
const PARTS: &[(u64, &str)] = &[
    (3, "Administrative groups"),
    (4, "Link Local/Remote Identifier"),
    (6, "IPv4 interface address"),
    (8, "IPv4 neighbor address"),
    (9, "Maximum link bandwidth"),
    (10, "Reservable link bandwidth"),
    (11, "Unreserved bandwidth"),
    (18, "Traffic Engineering Metric"),
];

fn parts(line: &mut Line<'_, '_>, before: &str, content: &mut Octets<'_>) -> Option<()> {
    every(content, |content| {
        let [kind, length] = [content.u8()?, content.u8()?];
        let value = content.take(usize::from(length))?;
        let Some(name) = Names::List(PARTS).get(u64::from(kind)) else {
            unknown_part(line, before, kind, value);
            return Some(());
        };
        line.text(before);
        line.text(name);
        line.labelled(" subTLV #", u64::from(kind));
        line.labelled(", length: ", u64::from(length));
        part(line, kind, &mut Octets::new(value))
    })
}

fn part(line: &mut Line<'_, '_>, kind: u8, value: &mut Octets<'_>) -> Option<()> {
    match kind {
        3 => {
            line.text(", ");
            line.hex(u64::from(value.u32()?), 8);
        }
        4 => {
            line.text(", ");
            line.hex(u64::from(value.u32()?), 8);
            line.text(", ");
            line.hex(u64::from(value.u32()?), 8);
        }
        6 | 8 => {
            line.text(", ");
            line.ipv4(value.array()?);
        }
        18 => line.labelled(", ", u64::from(value.u24()?)),
        9 | 10 => {
            line.text(", ");
            bandwidth(line, value.u32()?);
        }
        _ => {
            let mut level = 0_u64;
            every(value, |value| {
                line.labelled("\n\t\t  TE-Class ", level);
                line.text(": ");
                level = level.saturating_add(1);
                bandwidth(line, value.u32()?);
                Some(())
            })?;
        }
    }
    Some(())
}

/// A number of octets a second in floating point, as Mbit/s.
fn bandwidth(line: &mut Line<'_, '_>, bits: u32) {
    use std::io::Write;
    let megabits = f64::from(f32::from_bits(bits)) * 8.0 / 1e6;
    // Writing to a vector cannot fail.
    let _ = write!(line.out, "{megabits:.3} Mbps");
}
