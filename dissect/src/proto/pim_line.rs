//! The lines of PIM, as tcpdump writes them: with `-v` the whole of every message of version 2.

use super::octets::Octets;
use super::pim::sum_is_right;
use crate::decode::Network;
use crate::render::line::{Body, Line};
use crate::schema::{ETHER_TYPE, Names};

const TYPES: &[(u64, &str)] = &[
    (0, "Hello"),
    (1, "Register"),
    (2, "Register Stop"),
    (3, "Join / Prune"),
    (4, "Bootstrap"),
    (5, "Assert"),
    (6, "Graft"),
    (7, "Graft Acknowledgement"),
    (8, "Candidate RP Advertisement"),
    (9, "Prune Refresh"),
    (10, "DF Election"),
    (11, "ECMP Redirect"),
];

const OPTIONS: &[(u64, &str)] = &[
    (1, "Hold Time"),
    (2, "LAN Prune Delay"),
    (18, "DR Priority (Old)"),
    (19, "DR Priority"),
    (20, "Generation ID"),
    (21, "State Refresh Capability"),
    (22, "Bi-Directional Capability"),
    (24, "Address List"),
    (65001, "Address List (Old)"),
];

const ELECTION: &[(u64, &str)] = &[(1, "Offer"), (2, "Winner"), (3, "Backoff"), (4, "Pass")];

pub(super) fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    line.hosts();
    let mut octets = Octets::of(body);
    let Some(first) = octets.u8() else {
        line.text(if line.quoted { "" } else { "PIM" });
        line.cut("pim", body);
        return;
    };
    line.labelled("PIMv", u64::from(first >> 4));
    let kind = first & 15;
    let name = Names::List(TYPES).get(u64::from(kind)).unwrap_or("Unknown Type");
    if line.style.verbose == 0 || first >> 4 != 2 {
        line.text(", ");
        line.text(name);
        line.labelled(", length ", body.len as u64);
        return;
    }
    line.labelled(", length ", body.len as u64);
    line.text("\n\t");
    line.text(name);
    if message(line, &mut octets, kind, body).is_none() {
        line.text(" [|pimv2]");
    }
}

fn message(line: &mut Line<'_, '_>, octets: &mut Octets<'_>, kind: u8, body: Body<'_>) -> Option<()> {
    let reserved = octets.u8()?;
    if reserved != 0 && kind != 10 {
        line.text(", RFC2117-encoding");
    }
    let sum = octets.u16()?;
    line.text(", cksum ");
    line.hex(u64::from(sum), 4);
    line.text(match sum {
        0 => " (unverified)",
        _ if body.is_cut() => " (unverified)",
        _ if sum_is_right(body.data.get(..body.len).unwrap_or(body.data), line.network) => " (correct)",
        _ => " (incorrect)",
    });
    match kind {
        0 => hello(line, octets),
        1 => register(line, octets, body),
        2 => {
            group(line, octets, " group=")?;
            unicast(line, octets, " source=")
        }
        3 | 6 | 7 => join_prune(line, octets, kind),
        4 => bootstrap(line, octets),
        5 => {
            group(line, octets, " group=")?;
            unicast(line, octets, " src=")?;
            let preference = octets.u32()?;
            line.text(if preference >> 31 == 1 { " RPT" } else { "" });
            line.labelled(" pref=", u64::from(preference & 0x7fff_ffff));
            line.labelled(" metric=", u64::from(octets.u32()?));
            Some(())
        }
        8 => candidate(line, octets),
        9 => {
            group(line, octets, " grp=")?;
            unicast(line, octets, " src=")?;
            unicast(line, octets, " forwarder=")
        }
        10 => election(line, octets, reserved >> 4),
        _ => {
            line.labelled(" [type ", u64::from(kind));
            line.text("]");
            Some(())
        }
    }
}

/// `1h2m3s`, without leading parts that are 0.
fn span(line: &mut Line<'_, '_>, seconds: u64) {
    if seconds == 0 {
        line.text("0s");
    }
    super::igmp::span(line, seconds);
}

fn hello(line: &mut Line<'_, '_>, octets: &mut Octets<'_>) -> Option<()> {
    while !octets.is_empty() {
        let (kind, length) = (octets.u16()?, octets.u16()?);
        line.text("\n\t  ");
        line.text(Names::List(OPTIONS).get(u64::from(kind)).unwrap_or("Unknown"));
        line.labelled(" Option (", u64::from(kind));
        line.labelled("), length ", u64::from(length));
        line.text(", Value: ");
        let value = octets.take(usize::from(length))?;
        option(line, kind, value);
        if line.style.verbose > 1 {
            line.octet_rows("\n\t    ", value);
        }
    }
    Some(())
}

fn option(line: &mut Line<'_, '_>, kind: u16, value: &[u8]) {
    let wrong = |line: &mut Line<'_, '_>, octets: u64| {
        line.labelled("[option length: ", value.len() as u64);
        line.labelled(" != ", octets);
        line.text("]");
    };
    match (kind, value) {
        (1, [a, b]) => span(line, u64::from(u16::from_be_bytes([*a, *b]))),
        (1, _) => wrong(line, 2),
        (2, [a, b, c, d]) => {
            let delay = u16::from_be_bytes([*a, *b]);
            line.labelled("\n\t    T-bit=", u64::from(delay >> 15));
            line.labelled(", LAN delay ", u64::from(delay & 0x7fff));
            line.labelled("ms, Override interval ", u64::from(u16::from_be_bytes([*c, *d])));
            line.text("ms");
        }
        (18 | 19, []) => line.text("Bi-Directional Capability (Old)"),
        (18 | 19, [a, b, c, d]) => line.number(u64::from(u32::from_be_bytes([*a, *b, *c, *d]))),
        (20, [a, b, c, d]) => line.hex(u64::from(u32::from_be_bytes([*a, *b, *c, *d])), 8),
        (21, [version, interval, a, b]) => {
            line.labelled("v", u64::from(*version));
            if *interval != 0 {
                line.text(", interval ");
                span(line, u64::from(*interval));
            }
            let rest = u16::from_be_bytes([*a, *b]);
            if rest != 0 {
                line.text(" ?");
                line.hex(u64::from(rest), 4);
                line.text("?");
            }
        }
        (2 | 18..=21, _) => wrong(line, 4),
        (22, _) => {}
        (24 | 65001, _) if line.style.verbose > 1 => {
            let mut addresses = Octets::new(value);
            while !addresses.is_empty() && unicast(line, &mut addresses, "\n\t    ").is_some() {}
        }
        (24 | 65001, _) => {}
        _ if line.style.verbose < 2 => line.octet_rows("\n\t    ", value),
        _ => {}
    }
}

fn register(line: &mut Line<'_, '_>, octets: &mut Octets<'_>, body: Body<'_>) -> Option<()> {
    let flags = octets.u32()?;
    line.text(", Flags [ ");
    line.text(match flags >> 30 {
        0 => "none",
        1 => "Null",
        2 => "Border",
        _ => "Border, Null",
    });
    line.text(" ]\n\t");
    let inner = body.skip(8);
    let kind = match inner.data.first()? >> 4 {
        0 => {
            let addresses = inner.data.get(12..)?;
            line.text("IP-Null-header ");
            line.ipv4(*addresses.first_chunk()?);
            line.text(" > ");
            line.ipv4(*addresses.get(4..)?.first_chunk()?);
            return Some(());
        }
        4 => 0x0800,
        6 => 0x86dd,
        version => {
            line.labelled("IP ver ", u64::from(version));
            return Some(());
        }
    };
    // the line of a packet says what it is where that of the frame does not
    if line.style.link {
        line.text(if kind == 0x0800 { "IP " } else { "IP6 " });
    }
    line.next(ETHER_TYPE, kind, inner);
    Some(())
}

fn join_prune(line: &mut Line<'_, '_>, octets: &mut Octets<'_>, kind: u8) -> Option<()> {
    if kind != 7 {
        unicast(line, octets, ", upstream-neighbor: ")?;
    } else {
        address(octets)?;
    }
    let (_, groups) = (octets.u8()?, octets.u8()?);
    line.labelled("\n\t  ", u64::from(groups));
    line.text(" group(s)");
    let hold = octets.u16()?;
    if kind != 7 {
        line.text(", holdtime: ");
        if hold == u16::MAX {
            line.text("infinite");
        } else {
            span(line, u64::from(hold));
        }
    }
    for number in 1..=u64::from(groups) {
        line.labelled("\n\t    group #", number);
        group(line, octets, ": ")?;
        let counts = [octets.u16()?, octets.u16()?];
        let [joined, pruned] = counts;
        line.labelled(", joined sources: ", u64::from(joined));
        line.labelled(", pruned sources: ", u64::from(pruned));
        for (what, count) in [("\n\t      joined source #", joined), ("\n\t      pruned source #", pruned)] {
            for number in 1..=u64::from(count) {
                line.labelled(what, number);
                line.text(": ");
                source(line, octets)?;
            }
        }
    }
    Some(())
}

fn bootstrap(line: &mut Line<'_, '_>, octets: &mut Octets<'_>) -> Option<()> {
    line.text(" tag=");
    crate::render::put::hex(line.out, u64::from(octets.u16()?));
    line.labelled(" hashmlen=", u64::from(octets.u8()?));
    line.labelled(" BSRprio=", u64::from(octets.u8()?));
    unicast(line, octets, " BSR=")?;
    for number in 0_u64.. {
        if octets.is_empty() {
            break;
        }
        line.labelled(" (group", number);
        group(line, octets, ": ")?;
        line.labelled(" RPcnt=", u64::from(octets.u8()?));
        let here = octets.u8()?;
        line.labelled(" FRPcnt=", u64::from(here));
        octets.u16()?;
        for number in 0..u64::from(here) {
            line.labelled(" RP", number);
            unicast(line, octets, "=")?;
            line.text(",holdtime=");
            span(line, u64::from(octets.u16()?));
            line.labelled(",prio=", u64::from(octets.u8()?));
            octets.u8()?;
        }
        line.text(")");
    }
    Some(())
}

fn candidate(line: &mut Line<'_, '_>, octets: &mut Octets<'_>) -> Option<()> {
    let prefixes = octets.u8()?;
    line.labelled(" prefix-cnt=", u64::from(prefixes));
    line.labelled(" prio=", u64::from(octets.u8()?));
    line.text(" holdtime=");
    span(line, u64::from(octets.u16()?));
    unicast(line, octets, " RP=")?;
    for number in 0..u64::from(prefixes) {
        if octets.is_empty() {
            break;
        }
        line.labelled(" Group", number);
        group(line, octets, "=")?;
    }
    Some(())
}

fn election(line: &mut Line<'_, '_>, octets: &mut Octets<'_>, kind: u8) -> Option<()> {
    line.text("\n\t  ");
    line.text(Names::List(ELECTION).get(u64::from(kind)).unwrap_or("Unknown"));
    unicast(line, octets, ", rpa=")?;
    line.labelled(" sender pref=", u64::from(octets.u32()?));
    line.labelled(" sender metric=", u64::from(octets.u32()?));
    match kind {
        3 => {
            unicast(line, octets, "\n\t  offer addr=")?;
            line.labelled(" offer pref=", u64::from(octets.u32()?));
            line.labelled(" offer metric=", u64::from(octets.u32()?));
            line.labelled(" interval ", u64::from(octets.u16()?));
            line.text("ms");
        }
        4 => {
            unicast(line, octets, "\n\t  new winner addr=")?;
            line.labelled(" new winner pref=", u64::from(octets.u32()?));
            line.labelled(" new winner metric=", u64::from(octets.u32()?));
        }
        _ => {}
    }
    Some(())
}

/// Octets behind family and encoding.
fn of_family(octets: &mut Octets<'_>, family: u8) -> Option<Network> {
    match family {
        1 => Some(Network::V4(octets.array()?, [0; 4])),
        2 => Some(Network::V6(octets.array()?, [0; 16])),
        _ => None,
    }
}

fn address(octets: &mut Octets<'_>) -> Option<Network> {
    let (family, _) = (octets.u8()?, octets.u8()?);
    of_family(octets, family)
}

fn write(line: &mut Line<'_, '_>, address: Network) {
    match address {
        Network::V4(address, _) => line.ipv4(address),
        Network::V6(address, _) => line.ipv6(address),
        Network::None => {}
    }
}

fn unicast(line: &mut Line<'_, '_>, octets: &mut Octets<'_>, before: &str) -> Option<()> {
    line.text(before);
    let address = address(octets)?;
    write(line, address);
    Some(())
}

/// Flags of an address and itself, with its mask unless that is whole.
fn masked(line: &mut Line<'_, '_>, octets: &mut Octets<'_>) -> Option<u8> {
    let [family, _, flags, mask] = octets.array()?;
    let address = of_family(octets, family)?;
    write(line, address);
    if mask != if family == 1 { 32 } else { 128 } {
        line.labelled("/", u64::from(mask));
    }
    Some(flags)
}

fn group(line: &mut Line<'_, '_>, octets: &mut Octets<'_>, before: &str) -> Option<()> {
    line.text(before);
    let flags = masked(line, octets)?;
    if flags != 0 {
        line.text("(");
        line.hex(u64::from(flags), 2);
        line.text(")");
    }
    Some(())
}

fn source(line: &mut Line<'_, '_>, octets: &mut Octets<'_>) -> Option<()> {
    let flags = masked(line, octets)?;
    if flags != 0 {
        line.text("(");
        for (bit, letter) in [(4, "S"), (2, "W"), (1, "R")] {
            line.text(if flags & bit != 0 { letter } else { "" });
        }
        if flags & 0xf8 != 0 {
            line.text("+");
            line.hex(u64::from(flags & 0xf8), 2);
        }
        line.text(")");
    }
    Some(())
}
