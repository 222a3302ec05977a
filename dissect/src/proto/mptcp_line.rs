//! The one-line form of multipath TCP's option (RFC 8684 §3), as tcpdump writes it.

use super::octets::Octets;
use crate::render::line::Line;

/// Writes what stands behind `mptcp`; `body` is what stands behind kind and length. `None` when it does not fit.
pub(super) fn write(line: &mut Line<'_, '_>, body: &[u8], syn: bool, acknowledges: bool) -> Option<()> {
    line.text(" ");
    line.number((body.len() as u64).saturating_add(2));
    let mut octets = Octets::new(body);
    let first = octets.u8()?;
    match first >> 4 {
        0 => capable(line, first & 15, &mut octets),
        1 => join(line, first & 1 != 0, &mut octets, syn, acknowledges),
        2 => data_sequence(line, &mut octets),
        3 => add_address(line, first & 15, &mut octets),
        4 => {
            line.text(" rem-addr id");
            for address in octets.left() {
                line.text(" ");
                line.number(u64::from(*address));
            }
            Some(())
        }
        5 => {
            line.text(" prio");
            backup(line, first & 1 != 0);
            if let Some(address) = octets.u8() {
                line.text(" id ");
                line.number(u64::from(address));
            }
            Some(())
        }
        6 => {
            octets.u8()?;
            line.text(" fail seq ");
            line.number(octets.u64()?);
            Some(())
        }
        7 => {
            octets.u8()?;
            line.text(" fast-close key ");
            line.hex(octets.u64()?, 1);
            Some(())
        }
        8 => {
            line.text(" tcprst flags ");
            line.hex(u64::from(first & 15), 1);
            line.text(" reason ");
            line.number(u64::from(octets.u8()?));
            Some(())
        }
        _ => {
            line.text(" unknown");
            Some(())
        }
    }
}

fn backup(line: &mut Line<'_, '_>, is: bool) {
    line.text(if is { " backup" } else { "" });
}

/// `capable v1 flags [H] {0x…,0x…,data_len=8192}`
fn capable(line: &mut Line<'_, '_>, version: u8, octets: &mut Octets<'_>) -> Option<()> {
    let flags = octets.u8()?;
    line.text(" capable v");
    line.number(u64::from(version));
    line.text(" flags [");
    let mut any = false;
    for (bit, name) in [
        (0x80, "A"),
        (0x40, "B"),
        (0x20, "C"),
        (0x10, "D"),
        (0x08, "E"),
        (0x04, "F"),
        (0x02, "G"),
        (0x01, "H"),
    ] {
        if flags & bit != 0 {
            line.text(if any { ", " } else { "" });
            line.text(name);
            any = true;
        }
    }
    line.text(if any { "]" } else { "none]" });
    let Some(sender) = octets.u64() else { return Some(()) };
    line.text(" {");
    line.hex(sender, 1);
    if let Some(receiver) = octets.u64() {
        line.text(",");
        line.hex(receiver, 1);
    }
    if let Some(length) = octets.u16() {
        line.text(",data_len=");
        line.number(u64::from(length));
    }
    if let Some(sum) = octets.u16() {
        line.text(",csum=");
        line.hex(u64::from(sum), 1);
    }
    line.text("}");
    Some(())
}

/// The three packets of the handshake carry different parts.
fn join(
    line: &mut Line<'_, '_>,
    is_backup: bool,
    octets: &mut Octets<'_>,
    syn: bool,
    acknowledges: bool,
) -> Option<()> {
    line.text(" join");
    let address = octets.u8()?;
    if syn {
        backup(line, is_backup);
        line.text(" id ");
        line.number(u64::from(address));
    }
    match (syn, acknowledges) {
        (true, false) => {
            line.text(" token ");
            line.hex(u64::from(octets.u32()?), 1);
            line.text(" nonce ");
            line.hex(u64::from(octets.u32()?), 1);
        }
        (true, true) => {
            line.text(" hmac ");
            line.hex(octets.u64()?, 1);
            line.text(" nonce ");
            line.hex(u64::from(octets.u32()?), 1);
        }
        _ => {
            line.text(" hmac 0x");
            super::put::hex_octets(line.out, octets.left(), None);
        }
    }
    Some(())
}

/// `dss fin ack 1 seq 2 subseq 3 len 4 csum 0x…`
fn data_sequence(line: &mut Line<'_, '_>, octets: &mut Octets<'_>) -> Option<()> {
    let flags = octets.u8()?;
    let number = |octets: &mut Octets<'_>, long: bool| {
        if long { octets.u64() } else { octets.u32().map(u64::from) }
    };
    line.text(" dss");
    line.text(if flags & 0x10 != 0 { " fin" } else { "" });
    if flags & 1 != 0 {
        line.text(" ack ");
        line.number(number(octets, flags & 2 != 0)?);
    }
    if flags & 4 != 0 {
        line.text(" seq ");
        line.number(number(octets, flags & 8 != 0)?);
        line.text(" subseq ");
        line.number(u64::from(octets.u32()?));
        line.text(" len ");
        line.number(u64::from(octets.u16()?));
        if let Some(sum) = octets.u16() {
            line.text(" csum ");
            line.hex(u64::from(sum), 1);
        }
    }
    Some(())
}

/// In version 0 the nibble is the IP version, in version 1 it has the echo bit: the length tells the kind of address there.
fn add_address(line: &mut Line<'_, '_>, low: u8, octets: &mut Octets<'_>) -> Option<()> {
    line.text(match low {
        0 => " add-addr v1",
        1 => " add-addr v1-echo",
        4 => " add-addr v0-ip4",
        6 => " add-addr v0-ip6",
        _ => " add-addr",
    });
    line.text(" id ");
    line.number(u64::from(octets.u8()?));
    line.text(" ");
    match octets.left().len() {
        16.. => line.ipv6(octets.array()?),
        _ => line.ipv4(octets.array()?),
    }
    if matches!(octets.left().len(), 2 | 10) {
        line.text(":");
        line.number(u64::from(octets.u16()?));
    }
    if let Some(sum) = octets.u64() {
        line.text(" hmac ");
        line.hex(sum, 1);
    }
    Some(())
}
