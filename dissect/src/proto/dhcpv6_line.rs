//! DHCP for IPv6 as a line, in the words of tcpdump.

use super::dhcpv6::{MESSAGES, OPTIONS, STATUS};
use super::octets::Octets;
use crate::decode::read_dns_name;
use crate::render::line::{Body, Line};
use crate::render::put;
use crate::schema::Names;

pub(super) fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    message_line(line, body.data, 0);
}

fn message_line(line: &mut Line<'_, '_>, data: &[u8], depth: u8) {
    let mut octets = Octets::new(data);
    line.text("dhcp6");
    let Some(kind) = octets.u8() else {
        line.text(" [|dhcp6]");
        return;
    };
    line.text(" ");
    match Names::List(MESSAGES).get(u64::from(kind)) {
        Some(name) => line.text(name),
        None => {
            line.text("msgtype-");
            line.number(u64::from(kind));
        }
    }
    if line.style.verbose == 0 {
        return;
    }
    line.text(" (");
    let head = if matches!(kind, 12 | 13) {
        relay_head(line, &mut octets)
    } else {
        octets.u24().map(|xid| {
            line.text("xid=");
            put::hex(line.out, u64::from(xid));
        })
    };
    if head.is_none() || options_line(line, octets.left(), depth).is_none() {
        line.text(" [|dhcp6]");
        return;
    }
    line.text(")");
}

fn relay_head(line: &mut Line<'_, '_>, octets: &mut Octets<'_>) -> Option<()> {
    octets.u8()?;
    let (link, peer) = (octets.array()?, octets.array()?);
    line.text("linkaddr=");
    line.ipv6(link);
    line.text(" peeraddr=");
    line.ipv6(peer);
    Some(())
}

fn options_line(line: &mut Line<'_, '_>, data: &[u8], depth: u8) -> Option<()> {
    let mut octets = Octets::new(data);
    while !octets.is_empty() {
        let (code, len) = (octets.u16()?, octets.u16()?);
        line.text(" (");
        match Names::List(OPTIONS).get(u64::from(code)) {
            Some(name) => line.text(name),
            None => {
                line.text("opt_");
                line.number(u64::from(code));
            }
        }
        let value = octets.take(usize::from(len))?;
        option_line(line, code, value, depth)?;
        line.text(")");
    }
    Some(())
}

fn option_line(line: &mut Line<'_, '_>, code: u16, value: &[u8], depth: u8) -> Option<()> {
    let mut octets = Octets::new(value);
    match code {
        1 | 2 => identity_line(line, octets)?,
        3 | 25 => {
            line.text(" IAID:");
            line.number(u64::from(octets.u32()?));
            line.text(" T1:");
            line.number(u64::from(octets.u32()?));
            line.text(" T2:");
            line.number(u64::from(octets.u32()?));
            nested(line, octets.left(), depth)?;
        }
        4 => {
            line.text(" IAID:");
            line.number(u64::from(octets.u32()?));
            nested(line, octets.left(), depth)?;
        }
        5 => {
            line.text(" ");
            line.ipv6(octets.array()?);
            lifetimes(line, octets.u32()?, octets.u32()?);
            nested(line, octets.left(), depth)?;
        }
        26 => {
            let (preferred, valid, len) = (octets.u32()?, octets.u32()?, octets.u8()?);
            line.text(" ");
            line.ipv6(octets.array()?);
            line.text("/");
            line.number(u64::from(len));
            lifetimes(line, preferred, valid);
            nested(line, octets.left(), depth)?;
        }
        6 | 43 => {
            while let Some(option) = octets.u16() {
                line.text(" ");
                match Names::List(OPTIONS).get(u64::from(option)) {
                    Some(name) => line.text(name),
                    None => {
                        line.text("opt_");
                        line.number(u64::from(option));
                    }
                }
            }
        }
        7 => {
            line.text(" ");
            line.number(u64::from(octets.u8()?));
        }
        8 => {
            line.text(" ");
            line.number(u64::from(octets.u16()?));
        }
        9 => {
            line.text(" (");
            if depth < 4 {
                message_line(line, value, depth.saturating_add(1));
            }
            line.text(")");
        }
        13 => {
            let code = octets.u16()?;
            line.text(" ");
            line.text(Names::List(STATUS).get(u64::from(code)).unwrap_or("code"));
        }
        12 | 22 | 23 | 27 | 28 | 31 | 34 | 40 => {
            while let Some(address) = octets.array() {
                line.text(" ");
                line.ipv6(address);
            }
        }
        18 | 38 => {
            line.text(" ");
            prefix_hex(line, value, 4);
        }
        37 => {
            line.text(" ");
            line.number(u64::from(octets.u32()?));
            line.text(" ");
            prefix_hex(line, octets.left(), 4);
        }
        21 | 24 | 29 | 30 => names_line(line, value),
        32 => {
            line.text(" ");
            line.number(u64::from(octets.u32()?));
        }
        _ => {}
    }
    Some(())
}

fn nested(line: &mut Line<'_, '_>, data: &[u8], depth: u8) -> Option<()> {
    if depth > 6 { Some(()) } else { options_line(line, data, depth.saturating_add(1)) }
}

fn lifetimes(line: &mut Line<'_, '_>, preferred: u32, valid: u32) {
    line.text(" pltime:");
    line.number(u64::from(preferred));
    line.text(" vltime:");
    line.number(u64::from(valid));
}

fn prefix_hex(line: &mut Line<'_, '_>, octets: &[u8], shown: usize) {
    put::hex_octets(line.out, octets.get(..shown).unwrap_or(octets), None);
    line.text("...");
}

fn names_line(line: &mut Line<'_, '_>, data: &[u8]) {
    let mut at = 0;
    while at < data.len() {
        line.text(" ");
        let before = line.out.len();
        match read_dns_name(data, 0, at, line.out) {
            Some(after) => {
                line.text(".");
                at = after;
            }
            None => {
                line.out.truncate(before);
                return;
            }
        }
    }
}

fn identity_line(line: &mut Line<'_, '_>, mut octets: Octets<'_>) -> Option<()> {
    match octets.u16()? {
        1 => {
            line.text(" hwaddr/time type ");
            line.number(u64::from(octets.u16()?));
            line.text(" time ");
            line.number(u64::from(octets.u32()?));
        }
        2 => {
            line.text(" vid ");
            put::hex_octets(line.out, octets.left(), None);
            return Some(());
        }
        3 => {
            line.text(" hwaddr type ");
            line.number(u64::from(octets.u16()?));
        }
        kind => {
            line.text(" type ");
            line.number(u64::from(kind));
            return Some(());
        }
    }
    line.text(" ");
    put::hex_octets(line.out, octets.left(), None);
    Some(())
}
