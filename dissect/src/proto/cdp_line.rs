//! The one-line form of CDP, as tcpdump writes it: version, time to live and device, and with `-v` every value.

use super::octets::Octets;
use crate::render::line::{Body, Line};

/// Kind of a value: its name, and how it is written.
const KINDS: &[(u16, &str, Form)] = &[
    (0x01, "Device-ID", Form::Quoted),
    (0x02, "Address", Form::Addresses),
    (0x03, "Port-ID", Form::Quoted),
    (0x04, "Capability", Form::Capabilities),
    (0x05, "Version String", Form::Lines),
    (0x06, "Platform", Form::Quoted),
    (0x07, "Prefixes", Form::Prefixes),
    (0x08, "Protocol-Hello option", Form::Silent),
    (0x09, "VTP Management Domain", Form::Quoted),
    (0x0a, "Native VLAN ID", Form::Number),
    (0x0b, "Duplex", Form::Duplex),
    (0x0e, "ATA-186 VoIP VLAN assignment", Form::Voice),
    (0x0f, "ATA-186 VoIP VLAN request", Form::Voice),
    (0x10, "power consumption", Form::Power),
    (0x11, "MTU", Form::Octets),
    (0x12, "AVVID trust bitmap", Form::Hex),
    (0x13, "AVVID untrusted ports CoS", Form::Hex),
    (0x14, "System Name", Form::Quoted),
    (0x15, "System Object ID", Form::Silent),
    (0x16, "Management Addresses", Form::Addresses),
    (0x17, "Physical Location", Form::Location),
];

#[derive(Clone, Copy)]
enum Form {
    Quoted,
    Lines,
    Addresses,
    Prefixes,
    Capabilities,
    Number,
    Octets,
    Hex,
    Duplex,
    Voice,
    Power,
    Location,
    Silent,
}

const CAPABILITIES: &[(u32, &str)] = &[
    (0x01, "Router"),
    (0x02, "TB Bridge"),
    (0x04, "SR Bridge"),
    (0x08, "L2 Switch"),
    (0x10, "L3 capable"),
    (0x20, "IGMP snooping"),
    (0x40, "L1 capable"),
];

pub(super) fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    let mut octets = Octets::of(body);
    let (Some(version), Some(ttl), Some(sum)) = (octets.u8(), octets.u8(), octets.u16()) else {
        line.cut("cdp", body);
        return;
    };
    line.labelled("CDPv", u64::from(version));
    line.labelled(", ttl: ", u64::from(ttl));
    line.text("s");
    if line.style.verbose > 0 {
        line.text(", checksum: ");
        line.hex(u64::from(sum), 4);
        line.labelled(" (unverified), length ", body.len as u64);
    }
    while let (Some(kind), Some(len)) = (octets.u16(), octets.u16()) {
        let Some(value) = usize::from(len).checked_sub(4).and_then(|len| octets.take(len)) else {
            line.text(" [|cdp]");
            return;
        };
        if line.style.verbose > 0 {
            field(line, kind, value);
        } else if kind == 1 {
            line.text(", Device-ID '");
            line.untrusted(value);
            line.text("'");
        }
    }
    if line.style.verbose == 0 {
        line.labelled(", length ", body.len as u64);
    }
}

fn field(line: &mut Line<'_, '_>, kind: u16, value: &[u8]) {
    let known = KINDS.iter().find(|(known, ..)| *known == kind);
    line.text("\n\t");
    line.text(known.map_or("unknown field type", |(_, name, _)| name));
    line.text(" (");
    line.hex(u64::from(kind), 2);
    line.labelled("), value length: ", value.len() as u64);
    line.text(if value.len() == 1 { " byte: " } else { " bytes: " });
    let written = known.and_then(|(_, _, form)| write(line, *form, value));
    if written.is_none() {
        line.octet_rows("\n\t  ", value);
    }
}

/// `None` where the value is not of its form.
fn write(line: &mut Line<'_, '_>, form: Form, value: &[u8]) -> Option<()> {
    let mut octets = Octets::new(value);
    match form {
        Form::Quoted => {
            line.text("'");
            line.untrusted(value);
            line.text("'");
        }
        Form::Lines => {
            for row in value.split(|octet| *octet == b'\n') {
                line.text("\n\t  ");
                line.untrusted(row);
            }
        }
        Form::Addresses => {
            for at in 0..octets.u32()? {
                line.text(if at > 0 { " " } else { "" });
                address(line, &mut octets)?;
            }
        }
        Form::Prefixes => {
            line.labelled("IPv4 Prefixes (", value.len() as u64 / 5);
            line.text("):");
            while let (Some(prefix), Some(bits)) = (octets.array(), octets.u8()) {
                line.text(" ");
                line.ipv4(prefix);
                line.labelled("/", u64::from(bits));
            }
        }
        Form::Capabilities => {
            let set = octets.u32()?;
            line.text("(");
            line.hex(u64::from(set), 8);
            line.text("): ");
            let mut any = false;
            for (_, name) in CAPABILITIES.iter().filter(|(bit, _)| set & bit != 0) {
                line.text(if any { ", " } else { "" });
                line.text(name);
                any = true;
            }
        }
        Form::Number => line.number(u64::from(octets.u16()?)),
        Form::Octets => {
            line.number(u64::from(octets.u32()?));
            line.text(" bytes");
        }
        Form::Hex => line.hex(u64::from(octets.u8()?), 2),
        Form::Duplex => line.text(if octets.u8()? != 0 { "full" } else { "half" }),
        Form::Voice => {
            line.labelled("app ", u64::from(octets.u8()?));
            line.labelled(", vlan ", u64::from(octets.u16()?));
        }
        Form::Power => {
            let milliwatts = octets.u16()?;
            line.labelled("", u64::from(milliwatts / 1000));
            line.text(".");
            super::put::padded(line.out, u64::from(milliwatts % 1000), 3);
            line.text("W");
        }
        Form::Location => {
            line.labelled("", u64::from(octets.u8()?));
            line.text("/");
            line.untrusted(octets.left());
        }
        Form::Silent => {}
    }
    Some(())
}

/// Kind of the protocol's number, the number, and an address of the protocol.
fn address(line: &mut Line<'_, '_>, octets: &mut Octets<'_>) -> Option<()> {
    let kind = octets.u8()?;
    let len = octets.u8()?;
    let protocol = octets.take(usize::from(len))?;
    let len = octets.u16()?;
    let value = octets.take(usize::from(len))?;
    match (kind, protocol, value.len()) {
        (1, [0xcc], 4) => {
            line.text("IPv4 (1) ");
            line.ipv4(Octets::new(value).array()?);
        }
        (2, [0xaa, 0xaa, 3, 0, 0, 0, 0x86, 0xdd], 16) => {
            line.text("IPv6 (1) ");
            line.ipv6(Octets::new(value).array()?);
        }
        _ => {
            line.text("pt=");
            line.hex(u64::from(kind), 2);
            line.text(", pl=0x");
            super::put::hex_octets(line.out, protocol, None);
            line.text(", al=0x");
            super::put::hex_octets(line.out, value, None);
        }
    }
    Some(())
}
