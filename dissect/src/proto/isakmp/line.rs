//! The lines of ISAKMP, as tcpdump writes them: phase, exchange and flags, and with `-v` the payloads.

use crate::proto::octets::Octets;
use crate::render::line::{Body, Line};
use crate::render::put;
use crate::schema::Names;

/// Octets of the header.
const HEADER: usize = 28;

/// Payloads of a message that are shown.
const MOST_PAYLOADS: usize = 64;

const EXCHANGES: &[(u64, &str)] = &[
    (0, "none"),
    (1, "base"),
    (2, "ident"),
    (3, "auth"),
    (4, "agg"),
    (5, "inf"),
    (32, "oakley-quick"),
    (33, "oakley-newgroup"),
    (34, "ikev2_init"),
    (35, "ikev2_auth"),
    (36, "child_sa"),
    (37, "inf2"),
];

/// The header of a message.
struct Header {
    /// Whether the responder has not answered yet.
    is_first: bool,
    next: u8,
    version: u8,
    exchange: u8,
    flags: u8,
    message: u32,
    length: u32,
}

impl Header {
    fn read(octets: &mut Octets<'_>) -> Option<Self> {
        octets.u64()?;
        Some(Header {
            is_first: octets.u64()? == 0,
            next: octets.u8()?,
            version: octets.u8()?,
            exchange: octets.u8()?,
            flags: octets.u8()?,
            message: octets.u32()?,
            length: octets.u32()?,
        })
    }

    fn is_second(&self) -> bool {
        self.version >> 4 == 2
    }
}

pub(super) fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    let mut octets = Octets::of(body);
    let Some(header) = Header::read(&mut octets) else {
        line.text("isakmp");
        line.cut("isakmp", body);
        return;
    };
    line.text("isakmp");
    let verbose = line.style.verbose > 0;
    if verbose {
        line.labelled(" ", u64::from(header.version >> 4));
        line.labelled(".", u64::from(header.version & 15));
        let message = header.message.to_be_bytes();
        line.text(" msgid ");
        put::hex_octets(line.out, &message, None);
    }
    line.text(": ");
    let is_start = header.message == 0;
    match (header.is_second(), is_start) {
        (true, true) => line.text("parent_sa "),
        (true, false) => line.text("child_sa  "),
        (false, true) => line.text("phase 1 "),
        (false, false) => line.text("phase 2/others "),
    }
    if !header.is_second() {
        // Only the first message says by itself who sent it.
        line.text(if header.is_first { "I " } else { "? " });
    }
    match Names::List(EXCHANGES).get(u64::from(header.exchange)) {
        Some(name) => line.text(name),
        None => line.labelled("#", u64::from(header.exchange)),
    }
    flags(line, &header);
    if verbose {
        line.text(":");
        let inside = usize::try_from(header.length).unwrap_or(usize::MAX).saturating_sub(HEADER);
        // What is encrypted in version 1 has no payloads to see.
        if header.is_second() || header.flags & 1 == 0 {
            let body = body.skip(HEADER).limit(inside);
            if payloads(line, &header, &mut Octets::of(body)).is_none() {
                line.text(" ");
                line.cut("isakmp", body);
            }
        } else {
            line.text(" [encrypted ");
            payload_name(line, header.next);
            line.text("]");
        }
    }
}

fn flags(line: &mut Line<'_, '_>, header: &Header) {
    if header.flags == 0 {
        return;
    }
    let letters: &[(u8, &str)] =
        if header.is_second() { &[(8, "I"), (0x10, "V"), (0x20, "R")] } else { &[(1, "E"), (2, "C")] };
    line.text("[");
    for (_, letter) in letters.iter().filter(|(bit, _)| header.flags & bit != 0) {
        line.text(letter);
    }
    line.text("]");
}

/// Names of payloads in brackets.
const PAYLOADS: &[(u64, &str)] = &[
    (0, "none"),
    (1, "sa"),
    (2, "p"),
    (3, "t"),
    (4, "ke"),
    (5, "id"),
    (6, "cert"),
    (7, "cr"),
    (8, "hash"),
    (9, "sig"),
    (10, "nonce"),
    (11, "n"),
    (12, "d"),
    (13, "vid"),
    (20, "nat-d"),
    (21, "nat-oa"),
    (33, "sa"),
    (34, "v2ke"),
    (35, "v2IDi"),
    (36, "v2IDr"),
    (37, "v2cert"),
    (38, "v2cr"),
    (39, "v2auth"),
    (40, "nonce"),
    (41, "n"),
    (42, "v2d"),
    (43, "v2vid"),
    (44, "v2TSi"),
    (45, "v2TSr"),
    (46, "v2e"),
    (47, "v2cp"),
    (48, "v2eap"),
    (53, "v2skf"),
];

fn payload_name(line: &mut Line<'_, '_>, kind: u8) {
    match Names::List(PAYLOADS).get(u64::from(kind)) {
        Some(name) => line.text(name),
        None => line.labelled("pay", u64::from(kind)),
    }
}

fn payloads(line: &mut Line<'_, '_>, header: &Header, octets: &mut Octets<'_>) -> Option<()> {
    let mut kind = header.next;
    for _ in 0..MOST_PAYLOADS {
        if kind == 0 || octets.is_empty() {
            return Some(());
        }
        let [next, _] = [octets.u8()?, octets.u8()?];
        let length = usize::from(octets.u16()?).checked_sub(4)?;
        let content = octets.take(length)?;
        line.text("\n    (");
        payload_name(line, kind);
        line.text(": ");
        match super::line_payloads::content(line, kind, content) {
            Some(true) => {}
            Some(false) => said(line, kind, content),
            None => {
                line.text(" [|");
                payload_name(line, kind);
                line.text("]");
            }
        }
        line.text(")");
        // What is encrypted names the first payload inside, which nobody sees.
        if matches!(kind, 46 | 53) {
            return Some(());
        }
        kind = next;
    }
    Some(())
}

fn said(line: &mut Line<'_, '_>, kind: u8, content: &[u8]) {
    let length = content.len() as u64;
    match (kind, content) {
        (4, _) => line.labelled("key len=", length),
        (10, _) => line.labelled("n len=", length),
        (5, [id, protocol, p0, p1, value @ ..]) => {
            const IDENTITIES: &[(u64, &str)] = &[
                (1, "IPv4"),
                (2, "FQDN"),
                (3, "user FQDN"),
                (4, "IPv4net"),
                (5, "IPv6"),
                (6, "IPv6net"),
                (7, "IPv4range"),
                (8, "IPv6range"),
                (9, "ASN1 DN"),
                (10, "ASN1 GN"),
                (11, "keyid"),
            ];
            line.text("idtype=");
            match Names::List(IDENTITIES).get(u64::from(*id)) {
                Some(name) => line.text(name),
                None => line.labelled("#", u64::from(*id)),
            }
            line.labelled(" protoid=", u64::from(*protocol));
            line.labelled(" port=", u64::from(u16::from_be_bytes([*p0, *p1])));
            line.labelled(" len=", value.len() as u64);
            if !matches!(id, 1..=8) {
                return;
            }
            line.text(" ");
            match (id, value.first_chunk::<4>(), value.first_chunk::<16>()) {
                (1, Some(address), _) => line.ipv4(*address),
                (5, _, Some(address)) => line.ipv6(*address),
                (2 | 3, _, _) => line.untrusted(value),
                (4 | 7, Some(address), _) => {
                    line.ipv4(*address);
                    line.text(if *id == 4 { "/" } else { "-" });
                    value.get(4..).and_then(<[u8]>::first_chunk).into_iter().for_each(|end| line.ipv4(*end));
                }
                (8, _, Some(address)) => {
                    line.ipv6(*address);
                    line.text("-");
                    value.get(16..).and_then(<[u8]>::first_chunk).into_iter().for_each(|end| line.ipv6(*end));
                }
                (6, _, Some(address)) => {
                    line.ipv6(*address);
                    line.text("/0x");
                    put::hex_octets(line.out, value.get(16..).unwrap_or_default(), None);
                }
                _ => put::hex_octets(line.out, value, None),
            }
        }
        _ => line.labelled("len=", length),
    }
}
