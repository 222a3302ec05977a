//! What protocols of text lines share: a first line and header lines up to an empty one.

use crate::decode::Walk;

/// The next line without its end, and how many octets it takes with it; `None` at the end of the octets.
pub(super) fn next_line(octets: &[u8]) -> Option<(&[u8], usize)> {
    if octets.is_empty() {
        return None;
    }
    let end = octets.iter().position(|octet| *octet == b'\n');
    let taken = end.map_or(octets.len(), |at| at.saturating_add(1));
    let line = octets.get(..end.unwrap_or(octets.len())).unwrap_or_default();
    Some((line.strip_suffix(b"\r").unwrap_or(line), taken))
}

/// The three words of a first line: everything behind the second blank is the third.
pub(super) fn words(line: &[u8]) -> [(usize, usize); 3] {
    let mut parts = [(0, 0); 3];
    let mut start = 0_usize;
    for (at, part) in parts.iter_mut().enumerate() {
        let rest = line.get(start..).unwrap_or_default();
        let blank = if at == 2 { None } else { rest.iter().position(|octet| *octet == b' ') };
        let len = blank.unwrap_or(rest.len());
        *part = (start, len);
        start = start.saturating_add(len).saturating_add(1).min(line.len());
    }
    parts
}

/// Emits header lines as `line`, and the values of known ones under their own names, up to an empty line. Names are compared
/// without regard to case.
pub(super) fn headers(walk: &mut Walk<'_, '_>, line_field: &str, known: &[(&str, &str)]) {
    while let Some((line, taken)) = next_line(walk.rest()) {
        if line.is_empty() || walk.too_deep() {
            walk.advance(taken);
            return;
        }
        let at = walk.offset();
        walk.emit(line_field, at, line.len(), 0);
        if let Some(colon) = line.iter().position(|octet| *octet == b':') {
            let name = line.get(..colon).unwrap_or_default();
            let field = known.iter().find(|(known, _)| name.eq_ignore_ascii_case(known.as_bytes()));
            let value = line.get(colon.saturating_add(1)..).unwrap_or_default();
            let blanks = value.iter().take_while(|octet| **octet == b' ').count();
            if let Some((_, field)) = field {
                let start = at.saturating_add(colon).saturating_add(1).saturating_add(blanks);
                walk.emit(field, start, value.len().saturating_sub(blanks), 0);
            }
        }
        walk.advance(taken);
    }
}
