//! The lines of EAPOL and EAP, as tcpdump writes them.

use super::eapol::{CODES, METHODS, TYPES};
use super::octets::Octets;
use crate::render::line::{Body, Line};
use crate::schema::Names;

/// Bits of EAP-TLS and the methods made from it.
const TLS_FLAGS: &[(u64, &str)] = &[(0x80, "L bit"), (0x40, "More fragments bit"), (0x20, "Start bit")];

const SIM_SUBTYPES: &[(u64, &str)] = &[
    (1, "Challenge"),
    (2, "Auth Reject"),
    (4, "Sync Failure"),
    (5, "Identity"),
    (10, "Start"),
    (11, "Challenge"),
    (12, "Notification"),
    (13, "Reauthentication"),
    (14, "Client Error"),
];

/// Where the length of the key data stands.
const KEY_DATA_LENGTH: usize = 93;

pub(super) fn eapol(line: &mut Line<'_, '_>, body: Body<'_>) {
    let mut octets = Octets::of(body);
    let (Some(version), Some(kind), Some(length)) = (octets.u8(), octets.u8(), octets.u16()) else {
        line.text("EAPOL");
        line.cut("eap", body);
        return;
    };
    line.text(match kind {
        1..=3 | 5.. => "EAPOL ",
        _ => "",
    });
    line.text(Names::List(TYPES).get(u64::from(kind)).unwrap_or("unknown"));
    line.labelled(" (", u64::from(kind));
    line.labelled(") v", u64::from(version));
    line.labelled(", len ", u64::from(length));
    let inside = body.skip(4).limit(usize::from(length));
    match kind {
        0 if line.style.verbose > 0 => {
            line.text(", ");
            line.named("eap", inside);
        }
        3 if line.style.verbose > 0 => key(line, inside.data),
        _ => {}
    }
}

/// What a key frame of IEEE Std 802.11 asks and confirms.
fn key(line: &mut Line<'_, '_>, data: &[u8]) {
    let mut octets = Octets::new(data);
    let (Some(2 | 254), Some(information)) = (octets.u8(), octets.u16()) else { return };
    let length = octets.u16();
    let (Some(length), Some(counter)) = (length, octets.u64()) else { return };
    let names = [
        (8, "pairwise"),
        (0x40, "install"),
        (0x80, "ack"),
        (0x100, "MIC"),
        (0x200, "secure"),
        (0x400, "error"),
        (0x800, "request"),
        (0x1000, "encrypted data"),
    ];
    line.text(", ");
    line.bits(u64::from(information), &names);
    line.labelled(", key length ", u64::from(length));
    line.labelled(", replay counter ", counter);
    if let Some(pair) = data.get(KEY_DATA_LENGTH..).and_then(<[u8]>::first_chunk::<2>) {
        line.labelled(", key data length ", u64::from(u16::from_be_bytes(*pair)));
    }
}

pub(super) fn eap(line: &mut Line<'_, '_>, body: Body<'_>) {
    let mut octets = Octets::of(body);
    let (Some(code), Some(identifier), Some(length)) = (octets.u8(), octets.u8(), octets.u16()) else {
        line.text("EAP");
        line.cut("eap", body);
        return;
    };
    line.text(Names::List(CODES).get(u64::from(code)).unwrap_or("unknown"));
    line.labelled(" (", u64::from(code));
    line.labelled("), id ", u64::from(identifier));
    line.labelled(", len ", u64::from(length));
    // Success and failure have no method.
    if matches!(code, 1 | 2) && line.style.verbose > 0 {
        let mut inside = Octets::new(body.limit(usize::from(length)).skip(4).data);
        if method(line, &mut inside).is_none() {
            line.text(" ");
            line.cut("eap", body);
        }
    }
}

/// Methods that have a shorter name in a line.
const SHORT: &[(u64, &str)] = &[
    (3, "Nak"),
    (4, "MD5-challenge"),
    (5, "OTP"),
    (6, "GTC"),
    (13, "TLS"),
    (18, "SIM"),
    (21, "TTLS"),
    (23, "AKA"),
    (43, "FAST"),
    (254, "Expanded types"),
];

fn name(line: &mut Line<'_, '_>, kind: u8) {
    let short = Names::List(SHORT).get(u64::from(kind));
    line.text(short.or_else(|| Names::List(METHODS).get(u64::from(kind))).unwrap_or("unknown"));
    line.labelled(" (", u64::from(kind));
    line.text(")");
}

fn method(line: &mut Line<'_, '_>, octets: &mut Octets<'_>) -> Option<()> {
    let kind = octets.u8()?;
    line.text("\n\t\t Type ");
    name(line, kind);
    match kind {
        1 | 2 if !octets.is_empty() => {
            line.text(if kind == 1 { ", Identity: " } else { ", Notification: " });
            line.untrusted(octets.left());
        }
        3 => {
            while let Some(wanted) = octets.u8() {
                line.text(" ");
                name(line, wanted);
            }
        }
        13 | 21 | 25 | 43 | 55 => {
            let flags = octets.u8()?;
            let version = match kind {
                21 => " TTLSv",
                43 => " FASTv",
                55 => " TEAPv",
                _ => " PEAPv",
            };
            if kind != 13 {
                line.labelled(version, u64::from(flags & 7));
            }
            line.text(" flags ");
            line.bits(u64::from(flags), TLS_FLAGS);
            line.text(" ");
            line.hex(u64::from(flags), 2);
            if flags & 0x80 != 0 {
                line.labelled(", len ", u64::from(octets.u32()?));
            }
        }
        18 | 23 | 50 => {
            let subtype = octets.u8()?;
            line.text(" subtype [");
            line.text(Names::List(SIM_SUBTYPES).get(u64::from(subtype)).unwrap_or("unknown"));
            line.text("] ");
            line.hex(u64::from(subtype), 2);
        }
        _ => {}
    }
    Some(())
}
