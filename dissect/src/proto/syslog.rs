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
                text("hostname", rest()).doc("host"),
                text("appname", rest()).doc("application"),
                text("procid", rest()).doc("process"),
                text("msgid", rest()).doc("kind of message"),
            ],
            decode,
        ))
        .summary(summary)
        .sample("02000000000202000000000108004500004e000100004011669c0a0000010a00000202020202003a64083c33343e3120323032362d30332d30315431323a30303a30305a20686f7374206170702037202d202d20697420776f726b73")
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
