//! The lines of LDP, as tcpdump writes them: with `-v` messages and their values.

use super::ldp::{MESSAGES, TLVS};
use super::octets::Octets;
use crate::render::line::{Body, Line};
use crate::schema::Names;

/// PDUs of a segment that are shown.
const MOST_PDUS: usize = 64;

pub(super) fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    let mut octets = Octets::of(body);
    for at in 0..MOST_PDUS {
        if octets.is_empty() && at > 0 {
            return;
        }
        if pdu(line, &mut octets).is_none() {
            line.text(if at == 0 { "LDP" } else { " " });
            line.cut("ldp", body);
            return;
        }
    }
}

fn pdu(line: &mut Line<'_, '_>, octets: &mut Octets<'_>) -> Option<()> {
    let [_, length] = [octets.u16()?, octets.u16()?];
    let router = octets.array::<4>()?;
    let space = octets.u16()?;
    let is_further = !line.out.ends_with(b" ");
    line.text(match (line.style.verbose > 0, is_further) {
        (true, _) => "\n\tLDP, Label-Space-ID: ",
        (false, true) => "; LDP, Label-Space-ID: ",
        (false, false) => "LDP, Label-Space-ID: ",
    });
    line.ipv4(router);
    line.labelled(":", u64::from(space));
    line.labelled(", pdu-length: ", u64::from(length));
    // The identifier counts too.
    let messages = octets.take_up_to(usize::from(length).saturating_sub(6));
    if line.style.verbose == 0 {
        return Some(());
    }
    let mut messages = Octets::new(messages);
    while !messages.is_empty() {
        message(line, &mut messages)?;
    }
    Some(())
}

/// The name of a message or value, without the word behind it that says which of both it is.
fn name(names: &'static [(u64, &'static str)], number: u16, kind: &str) -> Option<&'static str> {
    let name = Names::List(names).get(u64::from(number))?;
    Some(name.strip_suffix(kind).unwrap_or(name))
}

fn message(line: &mut Line<'_, '_>, octets: &mut Octets<'_>) -> Option<()> {
    let [first, length] = [octets.u16()?, octets.u16()?];
    let mut content = Octets::new(octets.take(usize::from(length))?);
    let kind = first & 0x7fff;
    line.text("\n\t  ");
    line.text(match kind {
        0x0201 => "Keepalive",
        0x0301 => "Address Withdraw",
        0x0402 => "Label Withdraw",
        _ => name(MESSAGES, kind, " Message").unwrap_or("Unknown"),
    });
    line.text(" Message (");
    line.hex(u64::from(kind), 4);
    line.labelled("), length: ", u64::from(length));
    line.text(", Message ID: ");
    line.hex(u64::from(content.u32()?), 8);
    line.text(if first & 0x8000 != 0 {
        ", Flags: [continue processing if unknown]"
    } else {
        ", Flags: [ignore if unknown]"
    });
    while !content.is_empty() {
        value(line, &mut content)?;
    }
    Some(())
}

fn value(line: &mut Line<'_, '_>, octets: &mut Octets<'_>) -> Option<()> {
    let [first, length] = [octets.u16()?, octets.u16()?];
    let mut content = Octets::new(octets.take(usize::from(length))?);
    let kind = first & 0x3fff;
    line.text("\n\t    ");
    line.text(name(TLVS, kind, " TLV").map_or("Unknown", |name| match kind {
        0x0100 => "FEC",
        _ => name,
    }));
    line.text(" TLV (");
    line.hex(u64::from(kind), 4);
    line.labelled("), length: ", u64::from(length));
    line.text(if first & 0x8000 != 0 {
        ", Flags: [continue processing and "
    } else {
        ", Flags: [ignore and "
    });
    line.text(if first & 0x4000 != 0 { "do" } else { "don't" });
    line.text(" forward if unknown]");
    if said(line, kind, &mut content).is_none() {
        line.text(" [|ldp]");
    }
    Some(())
}

fn said(line: &mut Line<'_, '_>, kind: u16, content: &mut Octets<'_>) -> Option<()> {
    match kind {
        0x0400 => {
            line.labelled("\n\t      Hold Time: ", u64::from(content.u16()?));
            let flags = content.u16()?;
            line.text(if flags & 0x8000 != 0 {
                "s, Flags: [Targeted Hello"
            } else {
                "s, Flags: [Link Hello"
            });
            line.text(if flags & 0x4000 != 0 { ", Request for targeted Hellos]" } else { "]" });
        }
        0x0401 => {
            line.text("\n\t      IPv4 Transport Address: ");
            line.ipv4(content.array()?);
        }
        0x0403 => {
            line.text("\n\t      IPv6 Transport Address: ");
            line.ipv6(content.array()?);
        }
        0x0402 => line.labelled("\n\t      Sequence Number: ", u64::from(content.u32()?)),
        0x0101 => {
            let family = content.u16()?;
            line.text("\n\t      Address Family: ");
            line.text(family_name(family));
            line.text(", addresses");
            while !content.is_empty() {
                line.text(" ");
                match family {
                    1 => line.ipv4(content.array()?),
                    2 => line.ipv6(content.array()?),
                    _ => return Some(()),
                }
            }
        }
        0x0100 => {
            while !content.is_empty() {
                class(line, content)?;
            }
        }
        0x0200 => line.labelled("\n\t      Label: ", u64::from(content.u32()? & 0xf_ffff)),
        0x0300 => {
            let code = content.u32()?;
            line.text("\n\t      Status: ");
            line.hex(u64::from(code & 0x3fff_ffff), 2);
            line.text(if code >> 31 == 1 {
                ", Flags: [Fatal error and "
            } else {
                ", Flags: [Advisory Notification and "
            });
            line.text(if code >> 30 & 1 == 1 { "do" } else { "don't" });
            line.text(" forward]");
            let identifier = content.u32()?;
            if identifier != 0 {
                line.text(", causing Message ID: ");
                line.hex(u64::from(identifier), 8);
            }
        }
        0x0500 => {
            line.labelled("\n\t      Version: ", u64::from(content.u16()?));
            line.labelled(", Keepalive: ", u64::from(content.u16()?));
            let flags = content.u8()?;
            line.text(if flags & 0x80 != 0 {
                "s, Flags: [Downstream On Demand"
            } else {
                "s, Flags: [Downstream Unsolicited"
            });
            line.text(if flags & 0x40 != 0 {
                ", Loop Detection Enabled]"
            } else {
                ", Loop Detection Disabled]"
            });
        }
        0x0503 => {
            let flags = content.u16()?;
            line.text("\n\t      Flags: [");
            line.text(if flags & 0x8000 != 0 { "" } else { "No " });
            line.text("Reconnect]");
            content.u16()?;
            line.labelled(", Reconnect Timeout: ", u64::from(content.u32()?));
            line.labelled("ms, Recovery Time: ", u64::from(content.u32()?));
            line.text("ms");
        }
        _ => line.octet_rows("\n\t      ", content.left()),
    }
    Some(())
}

fn family_name(family: u16) -> &'static str {
    match family {
        1 => "IPv4",
        2 => "IPv6",
        _ => "unknown",
    }
}

/// A forwarding equivalence class.
fn class(line: &mut Line<'_, '_>, content: &mut Octets<'_>) -> Option<()> {
    let kind = content.u8()?;
    line.text("\n\t      ");
    line.text(match kind {
        1 => "Wildcard",
        2 => "Prefix",
        3 => "Host",
        0x80 => "Martini VC",
        0x81 => "Generalized PWid",
        _ => "Unknown",
    });
    line.text(" FEC (");
    line.hex(u64::from(kind), 2);
    line.text(")");
    match kind {
        2 => {
            let (family, bits) = (content.u16()?, content.u8()?);
            let told = content.take(usize::from(bits).div_ceil(8))?;
            let mut address = [0_u8; 16];
            address.iter_mut().zip(told).for_each(|(to, from)| *to = *from);
            line.text(": ");
            line.text(family_name(family));
            line.text(" prefix ");
            match (family, address) {
                (1, [a, b, c, d, ..]) => line.ipv4([a, b, c, d]),
                _ => line.ipv6(address),
            }
            line.labelled("/", u64::from(bits));
        }
        3 => {
            let (family, length) = (content.u16()?, content.u8()?);
            let mut address = Octets::new(content.take(usize::from(length))?);
            line.text(": ");
            line.text(family_name(family));
            line.text(" host ");
            if family == 1 { line.ipv4(address.array()?) } else { line.ipv6(address.array()?) }
        }
        _ => {
            let left = content.left();
            line.octet_rows("\n\t        ", content.take(left.len())?);
        }
    }
    Some(())
}
