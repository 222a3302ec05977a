//! DCCP as a line, in the words of tcpdump.

use super::dccp::{TYPES, sum};
use super::octets::Octets;
use crate::render::line::{Body, Line};
use crate::render::put;
use crate::schema::{Names, TCP_PORT};

const RESETS: [&str; 12] = [
    "reset",
    "closed",
    "aborted",
    "no_conn",
    "packet_err",
    "opt_err",
    "mandatory_err",
    "conn_refused",
    "bad_service_code",
    "too_busy",
    "bad_init_cookie",
    "aggression_penalty",
];

const FEATURES: [&str; 10] = [
    "reserved",
    "ccid",
    "allow_short_seqno",
    "sequence_window",
    "ecn_incapable",
    "ack_ratio",
    "send_ack_vector",
    "send_ndp_count",
    "minimum_csum_coverage",
    "check_data_checksum",
];

pub(super) fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    let Some([p0, p1, q0, q1, words, values, c0, c1, kind]) = body.data.first_chunk::<9>().copied() else {
        line.hosts();
        line.cut("dccp", body);
        return;
    };
    line.endpoints(TCP_PORT, u16::from_be_bytes([p0, p1]), u16::from_be_bytes([q0, q1]));
    line.text("DCCP ");
    if line.style.verbose > 0 {
        line.labelled("(CCVal ", u64::from(values >> 4));
        line.labelled(", CsCov ", u64::from(values & 15));
        write_checksum(line, body, u16::from_be_bytes([c0, c1]));
        line.text(") ");
    }
    let mut octets = Octets::of(body);
    octets.take_up_to(8);
    if message(line, &mut octets, kind).is_none() {
        line.cut("dccp", body);
        return;
    }
    let header = usize::from(words).saturating_mul(4);
    let read = body.data.len().saturating_sub(octets.left().len());
    if line.style.verbose > 1
        && let Some(options) = header.checked_sub(read).filter(|options| *options > 0)
    {
        write_options(line, octets.take_up_to(options));
    }
}

fn write_checksum(line: &mut Line<'_, '_>, body: Body<'_>, stored: u16) {
    line.text(", cksum ");
    line.hex(u64::from(stored), 4);
    if body.is_cut() || line.quoted {
        return;
    }
    match sum(line.network, body.data.get(..body.len).unwrap_or(body.data)) {
        Some(u16::MAX) => line.text(" (correct)"),
        Some(total) => {
            line.text(" (incorrect -> ");
            line.hex(u64::from(!crate::checksum::add(total, !stored)), 4);
            line.text(")");
        }
        None => {}
    }
}

/// The message by its type, with what stands between the first octets and the options.
fn message(line: &mut Line<'_, '_>, octets: &mut Octets<'_>, kind: u8) -> Option<()> {
    octets.u8()?;
    let (number, long) = (kind >> 1 & 15, kind & 1 == 1);
    let sequence = if long {
        octets.u8()?;
        long_number(octets)?
    } else {
        u64::from(octets.u24()?)
    };
    match Names::List(TYPES).get(u64::from(number)).filter(|_| number < 10) {
        Some(name) => {
            line.text("DCCP-");
            line.text(name);
        }
        None => line.labelled("unknown-type-", u64::from(number)),
    }
    line.text(" ");
    let acknowledged = match number {
        0 | 2 | 10 => None,
        _ if long => {
            octets.u16()?;
            Some(long_number(octets)?)
        }
        _ => {
            octets.u8()?;
            Some(u64::from(octets.u24()?))
        }
    };
    match number {
        0 | 1 | 10 => {
            line.labelled("(service=", u64::from(octets.u32()?));
            line.text(") ");
        }
        7 => {
            let [code, _, _, _] = octets.array()?;
            line.text("(code=");
            match RESETS.get(usize::from(code)) {
                Some(name) => line.text(name),
                None => line.text("unknown reset code"),
            }
            line.text(") ");
        }
        _ => {}
    }
    if let Some(acknowledged) = acknowledged {
        line.labelled("(ack=", acknowledged);
        line.text(") ");
    }
    if line.style.verbose > 1 {
        line.labelled("seq ", sequence);
    }
    Some(())
}

fn long_number(octets: &mut Octets<'_>) -> Option<u64> {
    let [a, b, c, d, e, f] = octets.array()?;
    Some(u64::from_be_bytes([0, 0, a, b, c, d, e, f]))
}

fn write_options(line: &mut Line<'_, '_>, options: &[u8]) {
    let mut octets = Octets::new(options);
    let mut more = false;
    while let Some(kind) = octets.u8() {
        line.text(if more { ", " } else { " <" });
        more = true;
        if kind < 32 {
            single(line, kind);
            continue;
        }
        let Some(value) = octets.u8().and_then(|len| octets.take(usize::from(len).checked_sub(2)?)) else {
            line.labelled("Option ", u64::from(kind));
            line.text(" optlen too short or past the header");
            break;
        };
        option(line, kind, value);
    }
    line.text(if more { ">" } else { "" });
}

fn single(line: &mut Line<'_, '_>, kind: u8) {
    match kind {
        0 => line.text("nop"),
        1 => line.text("mandatory"),
        2 => line.text("slowreceiver"),
        _ => line.labelled("Option ", u64::from(kind)),
    }
}

fn number_of(value: &[u8]) -> u64 {
    value.iter().take(8).fold(0, |number, octet| number << 8 | u64::from(*octet))
}

fn option(line: &mut Line<'_, '_>, kind: u8, value: &[u8]) {
    let octets = |line: &mut Line<'_, '_>, name: &str| {
        line.text(name);
        line.text(" 0x");
        put::hex_octets(line.out, value, None);
    };
    match kind {
        32..=35 => {
            line.text(match kind {
                32 => "change_l ",
                33 => "confirm_l ",
                34 => "change_r ",
                _ => "confirm_r ",
            });
            let Some((feature, values)) = value.split_first() else { return };
            match FEATURES.get(usize::from(*feature)) {
                Some(name) => line.text(name),
                None => line.labelled(
                    if *feature >= 128 { "CCID feature " } else { "Reserved feature " },
                    u64::from(*feature),
                ),
            }
            for octet in values {
                line.labelled(" ", u64::from(*octet));
            }
        }
        36 => octets(line, "initcookie"),
        37 => {
            line.text("ndp_count");
            for octet in value {
                line.labelled(" ", u64::from(*octet));
            }
        }
        38 => octets(line, "ack_vector0"),
        39 => octets(line, "ack_vector1"),
        40 => octets(line, "data_dropped"),
        41 => line.labelled("timestamp ", number_of(value)),
        42 => {
            let (echoed, elapsed) = value.split_at_checked(4).unwrap_or((value, &[]));
            line.labelled("timestamp_echo ", number_of(echoed));
            if !elapsed.is_empty() {
                line.labelled(" (elapsed time ", number_of(elapsed));
                line.text(")");
            }
        }
        43 => line.labelled("elapsed_time ", number_of(value)),
        44 => {
            line.text("data_checksum ");
            put::hex_octets(line.out, value, None);
        }
        128.. => {
            line.labelled("CCID option ", u64::from(kind));
            if matches!(value.len(), 2 | 4) {
                line.labelled(" ", number_of(value));
            }
        }
        _ => line.labelled("Option ", u64::from(kind)),
    }
}
