//! Octets as hex and ASCII.

use super::line::Dump;
use super::put;
use crate::frame::{Frame, LinkType};

/// The dump that follows a line (`-x`, `-X`, `-A`).
pub fn after_line(out: &mut Vec<u8>, frame: &Frame<'_>, dump: Dump) {
    let without_link = || {
        let skip = link_header(frame);
        frame.data.get(skip..).unwrap_or_default()
    };
    match dump {
        Dump::None => {}
        Dump::Hex { link: true } => words(out, frame.data, false),
        Dump::Hex { link: false } => words(out, without_link(), false),
        Dump::HexAscii { link: true } => words(out, frame.data, true),
        Dump::HexAscii { link: false } => words(out, without_link(), true),
        Dump::Ascii { link: true } => ascii(out, frame.data),
        Dump::Ascii { link: false } => ascii(out, without_link()),
    }
}

/// Octets of the link-layer header, as tcpdump counts them: with VLAN tags and LLC.
fn link_header(frame: &Frame<'_>) -> usize {
    match frame.meta.link_type {
        LinkType::ETHERNET => ethernet_header(frame.data),
        LinkType::LINUX_SLL => 16,
        LinkType::LINUX_SLL2 => 20,
        LinkType::NULL | LinkType::LOOP | LinkType::PPP => 4,
        _ => 0,
    }
}

fn ethernet_header(data: &[u8]) -> usize {
    let mut at = 12_usize;
    loop {
        let ether_type =
            data.get(at..).and_then(<[u8]>::first_chunk).map_or(u16::MAX, |t| u16::from_be_bytes(*t));
        at = at.saturating_add(2);
        match ether_type {
            0x8100 | 0x88a8 | 0x9100 | 0x9200 => at = at.saturating_add(2),
            ..=1500 => return at.saturating_add(llc_header(data.get(at..).unwrap_or_default())),
            _ => return at,
        }
    }
}

fn llc_header(data: &[u8]) -> usize {
    match data {
        // Novell's raw frames have none.
        [0xff, 0xff, ..] => 0,
        [0xaa, 0xaa, 3, ..] => 8,
        [_, _, control, ..] if control & 3 == 3 => 3,
        _ => 4,
    }
}

/// tcpdump's form: a tab, the offset, eight groups of two octets, and the ASCII column on request.
fn words(out: &mut Vec<u8>, data: &[u8], with_ascii: bool) {
    for (row, octets) in data.chunks(16).enumerate() {
        out.push(b'\t');
        put::hex_padded(out, (row as u64).saturating_mul(16), 4);
        out.extend_from_slice(b": ");
        let start = out.len();
        for group in octets.chunks(2) {
            out.push(b' ');
            put::hex_octets(out, group, None);
        }
        if with_ascii {
            let width = out.len().saturating_sub(start);
            out.extend(std::iter::repeat_n(b' ', 42_usize.saturating_sub(width)));
            out.extend(octets.iter().map(|octet| graphic(*octet)));
        }
        out.push(b'\n');
    }
}

/// The character, or a dot where it would leave no ink.
fn graphic(octet: u8) -> u8 {
    if octet.is_ascii_graphic() { octet } else { b'.' }
}

/// Text with line ends, tabulators and blanks kept, and everything else that is not graphic as a dot; a CR
/// at the end of a line or of all is left out.
fn ascii(out: &mut Vec<u8>, data: &[u8]) {
    for (at, octet) in data.iter().enumerate() {
        match octet {
            b'\r' if matches!(data.get(at.saturating_add(1)), None | Some(b'\n')) => {}
            b'\n' | b'\t' | b' ' => out.push(*octet),
            _ => out.push(graphic(*octet)),
        }
    }
    out.push(b'\n');
}

/// A dump of one row for each 16 octets, with offset and ASCII, in which the octets `marked` stand between brackets
/// (or `style` codes that a terminal shows).
pub fn marked(out: &mut Vec<u8>, data: &[u8], marked: std::ops::Range<usize>, on: &str, off: &str) {
    for (row, octets) in data.chunks(16).enumerate() {
        let base = row.saturating_mul(16);
        put::hex_padded(out, base as u64, 4);
        out.extend_from_slice(b" ");
        for (at, octet) in octets.iter().enumerate() {
            let position = base.saturating_add(at);
            let inside = marked.contains(&position);
            let was_inside = at > 0 && marked.contains(&position.saturating_sub(1));
            if was_inside && !inside {
                out.extend_from_slice(off.as_bytes());
            }
            out.push(b' ');
            if at == 8 {
                out.push(b' ');
            }
            if inside && !was_inside {
                out.extend_from_slice(on.as_bytes());
            }
            put::hex_octets(out, std::slice::from_ref(octet), None);
        }
        let last = base.saturating_add(octets.len()).saturating_sub(1);
        if marked.contains(&last) {
            out.extend_from_slice(off.as_bytes());
        }
        let missing = 16_usize.saturating_sub(octets.len());
        let gap = missing.saturating_mul(3).saturating_add(usize::from(octets.len() <= 8)).saturating_add(2);
        out.extend(std::iter::repeat_n(b' ', gap));
        out.extend(octets.iter().map(|octet| graphic(*octet)));
        out.push(b'\n');
    }
}
