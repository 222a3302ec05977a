//! The one-line form: `BOOTP/DHCP, Request from 02:00:00:00:00:01, length 300`, and with `-v` the options, in tcpdump's
//! words.

use super::super::octets::Octets;
use super::options::{Shape, option};
use crate::render::line::{Body, Line};
use crate::render::put;

const MESSAGES: [&str; 9] =
    ["Discover", "Offer", "Request", "Decline", "ACK", "NACK", "Release", "Inform", "Force Renew"];

pub(super) fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    let mut octets = Octets::of(body);
    line.text("BOOTP/DHCP, ");
    let (
        Some(op),
        Some(hardware),
        Some(hardware_len),
        Some(hops),
        Some(transaction),
        Some(secs),
        Some(flags),
    ) = (octets.u8(), octets.u8(), octets.u8(), octets.u8(), octets.u32(), octets.u16(), octets.u16())
    else {
        line.cut("bootp", body);
        return;
    };
    match op {
        1 => line.text("Request"),
        2 => line.text("Reply"),
        _ => {
            line.text("unknown (");
            line.hex(u64::from(op), 2);
            line.text(")");
        }
    }
    let addresses: Option<[u8; 16]> = octets.array();
    let address: Option<[u8; 6]> = octets.array();
    if hardware == 1
        && hardware_len == 6
        && op == 1
        && let Some(address) = address
    {
        line.text(" from ");
        line.mac(address);
    }
    line.text(", length ");
    line.number(body.len as u64);
    if line.style.verbose == 0 {
        return;
    }
    if hops > 0 {
        line.text(", hops ");
        line.number(u64::from(hops));
    }
    line.text(", xid 0x");
    put::hex(line.out, u64::from(transaction));
    if secs > 0 {
        line.text(", secs ");
        line.number(u64::from(secs));
    }
    line.text(if flags & 0x8000 != 0 { ", Flags [Broadcast]" } else { ", Flags [none]" });
    let Some(addresses) = addresses else { return };
    for (octets, name) in
        addresses.as_chunks::<4>().0.iter().zip(["Client-IP", "Your-IP", "Server-IP", "Gateway-IP"])
    {
        if *octets != [0; 4] {
            line.text("\n\t  ");
            line.text(name);
            line.text(" ");
            line.ipv4(*octets);
        }
    }
    if hardware == 1
        && hardware_len == 6
        && let Some(address) = address
    {
        line.text("\n\t  Client-Ethernet-Address ");
        line.mac(address);
    }
    names_and_options(line, body);
}

fn names_and_options(line: &mut Line<'_, '_>, body: Body<'_>) {
    let mut octets = Octets::new(body.data.get(44..).unwrap_or_default());
    for (len, name) in [(64, "sname"), (128, "file")] {
        let text = octets.take_up_to(len);
        let end = text.iter().position(|octet| *octet == 0).unwrap_or(text.len());
        if end > 0 {
            line.text("\n\t  ");
            line.text(name);
            line.text(" \"");
            line.untrusted(text.get(..end).unwrap_or(text));
            line.text("\"");
        }
    }
    if octets.u32() != Some(0x6382_5363) {
        return;
    }
    line.text("\n\t  Vendor-rfc1048 Extensions\n\t    Magic Cookie 0x63825363");
    while let Some(code) = octets.u8() {
        match code {
            0 => continue,
            255 => return,
            _ => {}
        }
        let Some(len) = octets.u8() else { break };
        line.text("\n\t    ");
        option_name(line, code);
        line.text(", length ");
        line.number(u64::from(len));
        if usize::from(len) > octets.left().len() {
            line.text(" [|bootp]");
            return;
        }
        if len > 0 {
            line.text(": ");
            value(line, code, octets.take_up_to(usize::from(len)));
        }
    }
}

fn option_name(line: &mut Line<'_, '_>, code: u8) {
    line.text(option(code).map_or("Unknown", |entry| entry.short));
    line.text(" (");
    line.number(u64::from(code));
    line.text(")");
}

fn value(line: &mut Line<'_, '_>, code: u8, data: &[u8]) {
    let shape = option(code).map_or(Shape::Bytes, |entry| entry.shape);
    let mut octets = Octets::new(data);
    match (shape, data.len()) {
        (Shape::Message, 1) => {
            let number = data.first().copied().unwrap_or(0);
            match usize::from(number).checked_sub(1).and_then(|at| MESSAGES.get(at)) {
                Some(name) => line.text(name),
                None => line.number(u64::from(number)),
            }
        }
        (Shape::Requests, _) => requests(line, data),
        (Shape::Text, _) => quoted(line, data),
        (Shape::Ip | Shape::Ips, len) if len.is_multiple_of(4) => {
            separated(line, data.as_chunks::<4>().0, |line, address| line.ipv4(*address));
        }
        (Shape::Pairs, len) if len.is_multiple_of(8) => {
            separated(line, data.as_chunks::<8>().0, |line, [a, b, c, d, w, x, y, z]| {
                line.text("(");
                line.ipv4([*a, *b, *c, *d]);
                line.text(":");
                line.ipv4([*w, *x, *y, *z]);
                line.text(")");
            });
        }
        (Shape::Bool, 1) => line.text(if data == [0] { "N" } else { "Y" }),
        (Shape::Overload, 1) => line.text(match data {
            [1] => "file",
            [2] => "sname",
            [3] => "file+sname",
            _ => "unknown",
        }),
        (Shape::Seconds, 4) => put::signed(line.out, i64::from(octets.u32().unwrap_or(0).cast_signed())),
        (Shape::U8, 1) => line.number(u64::from(octets.u8().unwrap_or(0))),
        (Shape::U16 | Shape::U16s | Shape::Archs, len) if len.is_multiple_of(2) => {
            separated(line, data.as_chunks::<2>().0, |line, number| {
                line.number(u64::from(u16::from_be_bytes(*number)));
            });
        }
        (Shape::U32 | Shape::UnixTime, 4) => line.number(u64::from(octets.u32().unwrap_or(0))),
        (Shape::Routes, _) => routes(line, octets),
        (Shape::UserClass, _) => user_classes(line, octets),
        (Shape::Relay, _) => relay(line, octets),
        (Shape::Fqdn, _) if data.len() >= 3 => {
            let flags = octets.u8().unwrap_or(0);
            octets.u16();
            line.text("[");
            for (bit, letter) in [(1, "S"), (2, "O"), (4, "E"), (8, "N")] {
                if flags & bit != 0 {
                    line.text(letter);
                }
            }
            line.text("] ");
            quoted(line, octets.left());
        }
        (Shape::ClientId, _) => client_id(line, data),
        _ => separated(line, data, |line, octet| line.number(u64::from(*octet))),
    }
}

fn separated<T>(line: &mut Line<'_, '_>, values: &[T], mut write: impl FnMut(&mut Line<'_, '_>, &T)) {
    // Numbers of octets are set apart by dots, everything else by commas.
    let between = if size_of::<T>() == 1 { "." } else { "," };
    for (at, value) in values.iter().enumerate() {
        if at > 0 {
            line.text(between);
        }
        write(line, value);
    }
}

fn quoted(line: &mut Line<'_, '_>, text: &[u8]) {
    line.text("\"");
    line.untrusted(text);
    line.text("\"");
}

fn requests(line: &mut Line<'_, '_>, codes: &[u8]) {
    for (at, code) in codes.iter().enumerate() {
        line.text(if at.is_multiple_of(4) { "\n\t      " } else { ", " });
        option_name(line, *code);
    }
}

fn routes(line: &mut Line<'_, '_>, mut octets: Octets<'_>) {
    let mut more = false;
    while let Some(prefix) = octets.u8() {
        let significant = usize::from(prefix).div_ceil(8).min(4);
        let (Some(head), true) = (octets.take(significant), prefix <= 32) else { return };
        let mut network = [0; 4];
        network.iter_mut().zip(head).for_each(|(to, from)| *to = *from);
        let Some(router) = octets.array() else { return };
        if more {
            line.text(",");
        }
        more = true;
        line.text("(");
        if prefix == 0 {
            line.text("default");
        } else {
            line.ipv4(network);
            line.text("/");
            line.number(u64::from(prefix));
        }
        line.text(":");
        line.ipv4(router);
        line.text(")");
    }
}

fn user_classes(line: &mut Line<'_, '_>, mut octets: Octets<'_>) {
    let mut number = 0_u64;
    while let Some(len) = octets.u8() {
        number = number.saturating_add(1);
        line.text("\n\t      instance#");
        line.number(number);
        line.text(": ");
        quoted(line, octets.take_up_to(usize::from(len)));
        line.text(", length ");
        line.number(u64::from(len));
    }
}

fn relay(line: &mut Line<'_, '_>, mut octets: Octets<'_>) {
    while let (Some(kind), Some(len)) = (octets.u8(), octets.u8()) {
        line.text("\n\t      ");
        line.text(match kind {
            1 => "Circuit-ID",
            2 => "Remote-ID",
            5 => "Link-Selection",
            6 => "Subscriber-ID",
            11 => "Server-ID-Override",
            _ => "Unknown",
        });
        line.text(" SubOption ");
        line.number(u64::from(kind));
        line.text(", length ");
        line.number(u64::from(len));
        line.text(": ");
        line.untrusted(octets.take_up_to(usize::from(len)));
    }
}

fn client_id(line: &mut Line<'_, '_>, data: &[u8]) {
    match data {
        [0, text @ ..] => quoted(line, text),
        [1, address @ ..] => {
            line.text("ether ");
            put::hex_octets(line.out, address, Some(b':'));
        }
        [kind, address @ ..] => {
            line.text("hardware-type ");
            line.number(u64::from(*kind));
            line.text(", ");
            put::hex_octets(line.out, address, Some(b':'));
        }
        [] => {}
    }
}
