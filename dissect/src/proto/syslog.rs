//! Syslog (RFC 5424, 3164).

use crate::decode::Walk;
use crate::render::line::{Body, Line};
use crate::schema::{Protocol, UDP_PORT, bits, custom, rest, text, u8};

const FACILITIES: [&str; 24] = [
    "kernel", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp",
    "ntp", "security", "console", "clock", "local0", "local1", "local2", "local3", "local4", "local5",
    "local6", "local7",
];
const LEVELS: [&str; 8] = ["emergency", "alert", "critical", "error", "warning", "notice", "info", "debug"];

fn facility(value: u64) -> Option<&'static str> {
    usize::try_from(value).ok().and_then(|at| FACILITIES.get(at)).copied()
}

fn level(value: u64) -> Option<&'static str> {
    usize::try_from(value).ok().and_then(|at| LEVELS.get(at)).copied()
}

pub(super) fn syslog() -> Protocol {
    Protocol::new("syslog", "Syslog message")
        .source("RFC 5424 §6, RFC 3164 §4")
        .on(UDP_PORT, &[514])
        .field(custom(
            [
                bits("facility", 8).named_by(facility).doc("facility"),
                bits("level", 3).named_by(level).doc("severity"),
                text("msg", rest()).doc("message"),
                u8("version").doc("version"),
                text("timestamp", rest()).doc("time"),
                text("timestamp_rfc3164", rest()).doc("time, without a year"),
                text("hostname", rest()).doc("host"),
                text("appname", rest()).doc("application"),
                text("procid", rest()).doc("process"),
                text("msgid", rest()).doc("kind of message"),
            ],
            decode,
        ))
        .summary(summary)
        .sample("02000000000202000000000108004500004e000100004011669c0a0000010a00000202020202003a64083c33343e3120323032362d30332d30315431323a30303a30305a20686f7374206170702037202d202d20697420776f726b73")
        .sample("02000000000202000000000108004500004200010000401166a80a0000010a00000202020202002e5fff3c31333e4f63742031312032323a31343a313520686f73742070726f675b335d3a2074657874")
}

/// `<34>`: the number, and the octets it takes.
fn priority(octets: &[u8]) -> Option<(u64, usize)> {
    let digits = octets.strip_prefix(b"<")?;
    let end = digits.iter().take(4).position(|octet| *octet == b'>')?;
    let digits = digits.get(..end).filter(|digits| !digits.is_empty())?;
    let mut number = 0_u64;
    for digit in digits {
        number = number
            .saturating_mul(10)
            .saturating_add(u64::from(digit.checked_sub(b'0').filter(|digit| *digit < 10)?));
    }
    Some((number, end.saturating_add(2)))
}

/// The header of RFC 5424 behind the version, a `-` for what is not told. These stand in the message as well.
fn words(walk: &mut Walk<'_, '_>, mut at: usize, mut octets: &[u8]) {
    for name in ["timestamp", "hostname", "appname", "procid", "msgid"] {
        let Some(len) = octets.iter().take(255).position(|octet| *octet == b' ') else { return };
        walk.emit(name, at, len, 0);
        at = at.saturating_add(len).saturating_add(1);
        octets = octets.get(len.saturating_add(1)..).unwrap_or_default();
    }
}

/// `Oct 11 22:14:15 ` (RFC 3164 §4.1.2).
fn is_moment(octets: &[u8]) -> bool {
    const FORM: &[u8; 16] = b"Aaa 99 99:99:99 ";
    octets.iter().zip(FORM).enumerate().all(|(at, (octet, form))| match form {
        b'A' => octet.is_ascii_uppercase(),
        b'a' => octet.is_ascii_lowercase(),
        b'9' => octet.is_ascii_digit() || at == 4 && *octet == b' ',
        _ => octet == form,
    })
}

/// Host, and the program's name up to the first that is no letter or digit (RFC 3164 §4.1.3).
fn traditional(walk: &mut Walk<'_, '_>, at: usize, octets: &[u8]) {
    let Some(host) = octets.iter().take(255).position(|octet| *octet == b' ').filter(|len| *len > 0) else {
        return;
    };
    walk.emit("hostname", at, host, 0);
    let left = octets.get(host.saturating_add(1)..).unwrap_or_default();
    let plain = |octet: &u8| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_' | b'.' | b'/');
    let tag = left.iter().take(64).take_while(|octet| plain(octet)).count();
    if tag > 0 && left.get(tag).is_some_and(|octet| matches!(octet, b'[' | b':')) {
        walk.emit("procid", at.saturating_add(host).saturating_add(1), tag, 0);
    }
}

fn decode(walk: &mut Walk<'_, '_>) {
    if let Some((number, taken)) = priority(walk.rest()) {
        let at = walk.offset();
        walk.emit("facility", at, taken, number >> 3);
        walk.emit("level", at, taken, number & 7);
        walk.advance(taken);
    }
    let (at, octets) = (walk.offset(), walk.rest());
    walk.take_octets("msg", octets.len());
    if let Some(header) = octets.strip_prefix(b"1 ") {
        walk.emit("version", at, 1, 1);
        words(walk, at.saturating_add(2), header);
    } else if octets.get(..16).is_some_and(is_moment) {
        walk.emit("timestamp_rfc3164", at, 15, 0);
        traditional(walk, at.saturating_add(16), octets.get(16..).unwrap_or_default());
    }
}

fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    let Some((number, taken)) = priority(body.data) else {
        line.text("[|syslog]");
        return;
    };
    line.text("SYSLOG ");
    line.text(facility(number >> 3).unwrap_or("unknown"));
    line.text(".");
    line.text(level(number & 7).unwrap_or("unknown"));
    line.text(", length: ");
    line.number(body.len as u64);
    if line.style.verbose > 0 {
        line.text("\n\tFacility ");
        line.text(facility(number >> 3).unwrap_or("unknown"));
        line.text(" (");
        line.number(number >> 3);
        line.text("), Severity ");
        line.text(level(number & 7).unwrap_or("unknown"));
        line.text(" (");
        line.number(number & 7);
        line.text(")\n\tMsg: ");
        line.untrusted(body.skip(taken).data);
    }
}
