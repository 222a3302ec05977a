//! The lines of EIGRP, as tcpdump writes them: with `-v` its values and routes.

use super::eigrp::OPERATIONS;
use super::octets::Octets;
use crate::render::line::{Body, Line};
use crate::schema::Names;

/// Octets of the header.
const HEADER: usize = 20;

const VALUES: &[(u64, &str)] = &[
    (0x0001, "General Parameters"),
    (0x0002, "Authentication"),
    (0x0003, "Sequence"),
    (0x0004, "Software Version"),
    (0x0005, "Next Multicast Sequence"),
    (0x0006, "Stub"),
    (0x0007, "Peer Termination"),
    (0x0102, "IP Internal routes"),
    (0x0103, "IP External routes"),
    (0x0104, "IP Community"),
    (0x0202, "AppleTalk Internal routes"),
    (0x0203, "AppleTalk External routes"),
    (0x0204, "AppleTalk Cable setup"),
    (0x0302, "IPX Internal routes"),
    (0x0303, "IPX External routes"),
    (0x0402, "IPv6 Internal routes"),
    (0x0403, "IPv6 External routes"),
];

/// Where a route comes from.
const PROTOCOLS: &[(u64, &str)] = &[
    (1, "IGRP"),
    (2, "EIGRP"),
    (3, "Static"),
    (4, "RIP"),
    (5, "Hello"),
    (6, "OSPF"),
    (7, "IS-IS"),
    (8, "EGP"),
    (9, "BGP"),
    (10, "IDRP"),
    (11, "Connected"),
];

pub(super) fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    line.hosts();
    let mut octets = Octets::of(body);
    let (Some(version), Some(operation)) = (octets.u8(), octets.u8()) else {
        line.text("EIGRP");
        line.cut("eigrp", body);
        return;
    };
    let name = Names::List(OPERATIONS).get(u64::from(operation)).unwrap_or("unknown");
    if line.style.verbose == 0 {
        line.text("EIGRP ");
        line.text(name);
        line.labelled(", length: ", body.len as u64);
        return;
    }
    line.labelled("\n\tEIGRP v", u64::from(version));
    line.text(", opcode: ");
    line.text(name);
    line.labelled(" (", u64::from(operation));
    line.text(")");
    if rest(line, body.len, &mut octets).is_none() {
        line.text(" ");
        line.cut("eigrp", body);
    }
}

fn rest(line: &mut Line<'_, '_>, length: usize, octets: &mut Octets<'_>) -> Option<()> {
    line.text(", chksum: ");
    line.hex(u64::from(octets.u16()?), 4);
    line.text(", Flags: ");
    let names =
        [(1, "Init Flag"), (2, "Conditionally Receive Flag"), (4, "Restart Flag"), (8, "End of Table Flag")];
    line.bits(u64::from(octets.u32()?), &names);
    line.text("\n\tseq: ");
    line.hex(u64::from(octets.u32()?), 8);
    line.text(", ack: ");
    line.hex(u64::from(octets.u32()?), 8);
    line.labelled(", VRID: ", u64::from(octets.u16()?));
    line.labelled(", AS: ", u64::from(octets.u16()?));
    line.labelled(", length: ", length.saturating_sub(HEADER) as u64);
    while !octets.is_empty() {
        let [kind, length] = [octets.u16()?, octets.u16()?];
        let mut value = Octets::new(octets.take(usize::from(length).checked_sub(4)?)?);
        line.text("\n\t  ");
        line.text(Names::List(VALUES).get(u64::from(kind)).unwrap_or("Unknown"));
        line.text(" TLV (");
        line.hex(u64::from(kind), 4);
        line.labelled("), length: ", u64::from(length));
        said(line, kind, &mut value)?;
    }
    Some(())
}

fn said(line: &mut Line<'_, '_>, kind: u16, value: &mut Octets<'_>) -> Option<()> {
    match kind {
        1 => {
            let [k1, k2, k3, k4, k5, _] =
                [value.u8()?, value.u8()?, value.u8()?, value.u8()?, value.u8()?, value.u8()?];
            line.labelled("\n\t    holdtime: ", u64::from(value.u16()?));
            line.text("s");
            for (name, weight) in
                [", k1 ", ", k2 ", ", k3 ", ", k4 ", ", k5 "].into_iter().zip([k1, k2, k3, k4, k5])
            {
                line.labelled(name, u64::from(weight));
            }
        }
        4 => {
            line.labelled("\n\t    IOS version: ", u64::from(value.u8()?));
            line.labelled(".", u64::from(value.u8()?));
            line.labelled(", EIGRP version ", u64::from(value.u8()?));
            line.labelled(".", u64::from(value.u8()?));
        }
        0x0102 | 0x0103 => route(line, kind == 0x0103, value)?,
        _ => line.octet_rows("\n\t    ", value.left()),
    }
    Some(())
}

fn route(line: &mut Line<'_, '_>, is_external: bool, value: &mut Octets<'_>) -> Option<()> {
    let hop = value.array::<4>()?;
    let external = match is_external {
        true => {
            let (router, system, tag, metric) =
                (value.array::<4>()?, value.u32()?, value.u32()?, value.u32()?);
            value.u16()?;
            Some((router, system, tag, metric, value.u8()?, value.u8()?))
        }
        false => None,
    };
    let [delay, bandwidth] = [value.u32()?, value.u32()?];
    let (mtu, hops, reliability, load) = (value.u24()?, value.u8()?, value.u8()?, value.u8()?);
    value.u16()?;
    let bits = value.u8()?;
    let told = value.take(usize::from(bits).div_ceil(8)).filter(|told| told.len() <= 4)?;
    let mut address = [0_u8; 4];
    address.iter_mut().zip(told).for_each(|(to, from)| *to = *from);
    line.text("\n\t    IPv4 prefix: ");
    let start = line.out.len();
    line.ipv4(address);
    let blanks = 15_usize.saturating_sub(line.out.len().saturating_sub(start));
    line.out.splice(start..start, std::iter::repeat_n(b' ', blanks));
    line.labelled("/", u64::from(bits));
    line.text(", nexthop: ");
    if hop == [0; 4] {
        line.text("self")
    } else {
        line.ipv4(hop)
    }
    if let Some((router, system, tag, metric, protocol, flags)) = external {
        line.text("\n\t      origin-router ");
        line.ipv4(router);
        line.labelled(", origin-as ", u64::from(system));
        line.text(", origin-proto ");
        line.text(Names::List(PROTOCOLS).get(u64::from(protocol)).unwrap_or("unknown"));
        line.text(", flags [");
        line.hex(u64::from(flags), 2);
        line.text("], tag ");
        line.hex(u64::from(tag), 8);
        line.labelled(", metric ", u64::from(metric));
    }
    line.labelled("\n\t      delay ", u64::from(delay / 100));
    line.labelled(" ms, bandwidth ", u64::from(bandwidth));
    line.labelled(" Kbps, mtu ", u64::from(mtu));
    line.labelled(", hop ", u64::from(hops));
    line.labelled(", reliability ", u64::from(reliability));
    line.labelled(", load ", u64::from(load));
    // More destinations of the same metric.
    while let Some(bits) = value.u8() {
        let told = value.take(usize::from(bits).div_ceil(8)).filter(|told| told.len() <= 4)?;
        let mut address = [0_u8; 4];
        address.iter_mut().zip(told).for_each(|(to, from)| *to = *from);
        line.text("\n\t    IPv4 prefix: ");
        line.ipv4(address);
        line.labelled("/", u64::from(bits));
    }
    Some(())
}
