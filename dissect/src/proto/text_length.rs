//! Where a message of a text head and a body ends: HTTP/1 (RFC 9112 §6.3) and SIP over TCP (RFC 3261 §18.3).

use crate::schema::{Begun, Length};

/// Longest head, and longest line of a chunk's size.
const LONGEST_HEAD: usize = 64 << 10;
const LONGEST_LINE: usize = 4096;

/// What a request asks of its answer.
pub(super) const ASKS_FOR_BODY: u8 = 1;
/// It has no body (HEAD).
pub(super) const ASKS_FOR_HEAD: u8 = 2;
/// If it agrees, what follows is no message (CONNECT).
pub(super) const ASKS_FOR_TUNNEL: u8 = 3;

/// A resumed search is among the chunks: their offset stands below, that of the body above.
const AMONG_CHUNKS: u64 = 1 << 63;
const OFFSET_BITS: u32 = 32;

/// How the body of a message ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Body {
    /// After so many octets.
    Octets(u64),
    /// With an empty chunk.
    Chunks,
    /// With the stream.
    Stream,
}

/// By a head and what was asked: how the body ends, what the message asks, and whether it answers.
pub(super) type BodyFn = fn(&[u8], u8) -> (Body, Option<u8>, bool);

/// The length of a message whose head begins with a line that `begins` takes; `body` says how its body ends, by the head.
pub(super) fn length(begun: Begun<'_>, begins: fn(&[u8]) -> bool, body: BodyFn) -> Length {
    let octets = begun.octets;
    if begun.resume & AMONG_CHUNKS != 0 {
        let offset = |shift: u32| ((begun.resume & !AMONG_CHUNKS) >> shift & 0x7fff_ffff) as usize;
        return chunks(octets, offset(OFFSET_BITS), offset(0));
    }
    if begun.resume == 0 && !begins(octets) {
        return Length::Alien;
    }
    let searched = usize::try_from(begun.resume).unwrap_or(usize::MAX);
    let Some(head) = head_len(octets, searched.saturating_sub(3)) else {
        if octets.len() > LONGEST_HEAD {
            return Length::Alien;
        }
        let least = octets.len().saturating_add(1);
        return Length::More { least, resume: octets.len() as u64 };
    };
    let (end, asks, answers) = body(octets.get(..head).unwrap_or_default(), begun.asked);
    match end {
        Body::Octets(body) => {
            Length::Known { octets: (head as u64).saturating_add(body), head, asks, answers }
        }
        Body::Stream => Length::ToEnd { head },
        Body::Chunks => match chunks(octets, head, head) {
            Length::Known { octets, .. } => Length::Known { octets, head, asks, answers },
            more => more,
        },
    }
}

/// Octets of the head with the empty line that ends it.
fn head_len(octets: &[u8], from: usize) -> Option<usize> {
    let rest = octets.get(from..)?;
    let mut ends = rest.iter().enumerate().filter(|(_, octet)| **octet == b'\n').map(|(at, _)| at);
    let end = ends.find(|end| {
        let next = rest.get(end.saturating_add(1)..).unwrap_or_default();
        matches!(next, [b'\n', ..] | [b'\r', b'\n', ..])
    })?;
    let line = if rest.get(end.saturating_add(1)) == Some(&b'\r') { 2 } else { 1 };
    Some(from.saturating_add(end).saturating_add(1).saturating_add(line))
}

/// The end of a body in chunks (RFC 9112 §7.1), looked for from a chunk on.
fn chunks(octets: &[u8], head: usize, from: usize) -> Length {
    let mut at = from;
    let more = |at: usize, least: usize| {
        let place = |value: usize| (value as u64) & 0x7fff_ffff;
        Length::More { least, resume: AMONG_CHUNKS | place(head) << OFFSET_BITS | place(at) }
    };
    loop {
        let rest = octets.get(at..).unwrap_or_default();
        let Some(end) = rest.iter().take(LONGEST_LINE).position(|octet| *octet == b'\n') else {
            return if rest.len() >= LONGEST_LINE {
                Length::Alien
            } else {
                more(at, octets.len().max(at).saturating_add(1))
            };
        };
        let digits = rest.iter().take_while(|octet| octet.is_ascii_hexdigit()).count();
        let size = rest.get(..digits).and_then(|text| std::str::from_utf8(text).ok());
        let Some(size) = size.and_then(|text| usize::from_str_radix(text, 16).ok()) else {
            return Length::Alien;
        };
        let line = at.saturating_add(end).saturating_add(1);
        if size == 0 {
            // Trailer fields, up to an empty line.
            let blank = octets.get(end.saturating_add(at)..).unwrap_or_default();
            return match head_len(blank, 0) {
                Some(len) => {
                    let octets = (at as u64).saturating_add(end as u64).saturating_add(len as u64);
                    Length::Known { octets, head, asks: None, answers: true }
                }
                None if blank.len() > LONGEST_HEAD => Length::Alien,
                None => more(at, octets.len().saturating_add(1)),
            };
        }
        at = line.saturating_add(size).saturating_add(2);
        if at > octets.len() {
            return more(at, at.saturating_add(1));
        }
    }
}

/// The value of a header line of the name.
pub(super) fn header<'h>(head: &'h [u8], name: &str) -> Option<&'h [u8]> {
    head.split(|octet| *octet == b'\n').skip(1).find_map(|line| {
        let colon = line.iter().position(|octet| *octet == b':')?;
        let (found, value) = line.split_at_checked(colon)?;
        let value = value.get(1..).unwrap_or_default().trim_ascii();
        found.trim_ascii().eq_ignore_ascii_case(name.as_bytes()).then_some(value)
    })
}

/// The number that a header line gives.
pub(super) fn number(value: &[u8]) -> Option<u64> {
    std::str::from_utf8(value).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lengths(text: &str) -> Vec<Length> {
        let begins = |octets: &[u8]| octets.starts_with(b"P");
        let body = |head: &[u8], _: u8| match header(head, "te") {
            Some(_) => (Body::Chunks, None, false),
            None => (Body::Octets(header(head, "len").and_then(number).unwrap_or(0)), None, false),
        };
        let mut resume = 0;
        (1..=text.len())
            .map(|end| {
                let length =
                    length(Begun { octets: &text.as_bytes()[..end], asked: 0, resume }, begins, body);
                if let Length::More { resume: at, .. } = length {
                    resume = at;
                }
                length
            })
            .collect()
    }

    fn found(text: &str) -> Option<u64> {
        lengths(text).iter().find_map(|length| match length {
            Length::Known { octets, .. } => Some(*octets),
            _ => None,
        })
    }

    #[test]
    fn a_message_ends_where_its_head_says_however_few_octets_come_at_a_time() {
        assert_eq!(found("P\r\nLen: 5\r\n\r\n12345"), Some(18));
        assert_eq!(found("P\nLen: 2\n\n12"), Some(12));
        let chunked = "P\r\nTE: x\r\n\r\n5\r\nabcde\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n";
        assert_eq!(found(chunked), Some(chunked.len() as u64));
        let trailer = "P\r\nTE: x\r\n\r\n1\r\na\r\n0\r\nX: y\r\n\r\n";
        assert_eq!(found(trailer), Some(trailer.len() as u64));
        assert!(lengths("P\r\nTE: x\r\n\r\nzz\r\n").contains(&Length::Alien));
    }
}
