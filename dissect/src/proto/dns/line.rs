//! The one-line form, in tcpdump's notation: `22836+ [1au] A? host.test. (56)`, `22836*- 2/2/5 A 192.0.2.1 (224)`.

use super::super::octets::Octets;
use super::names::{CLASSES, rr_type};
use crate::decode::read_dns_name;
use crate::render::line::{Body, Line};
use crate::schema::{Names, TCP_PORT};

/// Records of one line beyond which only the counts tell.
const MAX_SHOWN: u16 = 64;

struct Message<'a> {
    data: &'a [u8],
    at: usize,
    multicast: bool,
}

pub(super) fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    let mut body = body;
    if line.transport == Some(TCP_PORT) {
        // tcpdump sets a blank here, where other protocols have a colon.
        if line.out.ends_with(b": ") {
            line.out.truncate(line.out.len().saturating_sub(2));
            line.text(" ");
        }
        let Some(length) = Octets::of(body).u16() else {
            line.text("[prefix length cut]");
            return;
        };
        let length = usize::from(length);
        body = body.skip(2);
        if length != body.len && (length < 12 || length > body.len) {
            line.text("[prefix length(");
            line.number(length as u64);
            line.text(") != length(");
            line.number(body.len as u64);
            line.text(")] (invalid)");
            return;
        }
        body = body.limit(length);
    }
    let Some(header) = body.data.first_chunk::<12>() else {
        if body.is_cut() {
            line.text("[|domain]");
        } else {
            line.text("domain [length ");
            line.number(body.len as u64);
            line.text(" < 12] (invalid)");
        }
        return;
    };
    let [i0, i1, f0, f1, q0, q1, a0, a1, n0, n1, r0, r1] = *header;
    let counts = [[q0, q1], [a0, a1], [n0, n1], [r0, r1]].map(u16::from_be_bytes);
    let flags = u16::from_be_bytes([f0, f1]);
    line.number(u64::from(u16::from_be_bytes([i0, i1])));
    let mut message =
        Message { data: body.data, at: 12, multicast: line.ports.0 == 5353 || line.ports.1 == 5353 };
    let whole = if flags & 0x8000 != 0 {
        response(line, &mut message, flags, counts)
    } else {
        query(line, &mut message, flags, counts)
    };
    if whole.is_none() {
        line.text(" [|domain]");
        return;
    }
    line.text(" (");
    line.number(body.len as u64);
    line.text(")");
}

/// tcpdump's words for operation and response codes.
const OPERATIONS: [&str; 16] = [
    "",
    " inv_q",
    " stat",
    " op3",
    " notify",
    " update",
    " op6",
    " op7",
    " op8",
    " updateA",
    " updateD",
    " updateDA",
    " updateM",
    " updateMA",
    " zoneInit",
    " zoneRef",
];
const RESPONSES: [&str; 16] = [
    "",
    " FormErr",
    " ServFail",
    " NXDomain",
    " NotImp",
    " Refused",
    " YXDomain",
    " YXRRSet",
    " NXRRSet",
    " NotAuth",
    " NotZone",
    " Resp11",
    " Resp12",
    " Resp13",
    " Resp14",
    " NoChange",
];

fn word(words: &'static [&'static str; 16], at: u16) -> &'static str {
    words.get(usize::from(at & 15)).copied().unwrap_or_default()
}

fn count(line: &mut Line<'_, '_>, number: u16, what: &str) {
    line.text(" [");
    line.number(u64::from(number));
    line.text(what);
    line.text("]");
}

fn response(line: &mut Line<'_, '_>, message: &mut Message<'_>, flags: u16, counts: [u16; 4]) -> Option<()> {
    let [questions, answers, authorities, additionals] = counts;
    line.text(word(&OPERATIONS, flags >> 11));
    line.text(word(&RESPONSES, flags));
    for (bit, set, mark) in [(0x400, true, "*"), (0x80, false, "-"), (0x200, true, "|"), (0x20, true, "$")] {
        if (flags & bit != 0) == set {
            line.text(mark);
        }
    }
    if questions != 1 {
        count(line, questions, "q");
    }
    for at in 0..questions {
        if at > 0 && at < MAX_SHOWN {
            line.text(",");
        }
        if line.style.verbose > 1 && at < MAX_SHOWN {
            line.text(" q:");
            question(line, message)?;
        } else {
            name(message, None)?;
            message.skip(4)?;
        }
    }
    line.text(" ");
    line.number(u64::from(answers));
    line.text("/");
    line.number(u64::from(authorities));
    line.text("/");
    line.number(u64::from(additionals));
    records(line, message, answers, "")?;
    if line.style.verbose > 1 {
        records(line, message, authorities, " ns:")?;
        records(line, message, additionals, " ar:")?;
    }
    Some(())
}

fn query(line: &mut Line<'_, '_>, message: &mut Message<'_>, flags: u16, counts: [u16; 4]) -> Option<()> {
    let [questions, answers, authorities, additionals] = counts;
    line.text(word(&OPERATIONS, flags >> 11));
    if flags & 0x100 != 0 {
        line.text("+");
    }
    if flags & 0x10 != 0 {
        line.text("%");
    }
    if flags & 0x6cf != 0 {
        line.text(" [b2&3=0x");
        crate::render::put::hex(line.out, u64::from(flags));
        line.text("]");
    }
    let inverse = flags >> 11 & 15 == 1;
    // What an inverse query asks stands among its answers.
    let (asked, of, other, of_other) =
        if inverse { (answers, "a", questions, "q") } else { (questions, "q", answers, "a") };
    if other != 0 {
        count(line, other, of_other);
    }
    if asked != 1 {
        count(line, asked, of);
    }
    if authorities != 0 {
        count(line, authorities, "n");
    }
    if additionals != 0 {
        count(line, additionals, "au");
    }
    for _ in 0..questions.min(MAX_SHOWN) {
        question(line, message)?;
    }
    if line.style.verbose > 1 {
        records(line, message, answers, " ans:")?;
        records(line, message, authorities, " ns:")?;
        records(line, message, additionals, " ar:")?;
    }
    Some(())
}

impl Message<'_> {
    fn skip(&mut self, octets: usize) -> Option<()> {
        self.at = self.at.checked_add(octets).filter(|at| *at <= self.data.len())?;
        Some(())
    }

    fn u16(&mut self) -> Option<u16> {
        let octets = self.data.get(self.at..)?.first_chunk::<2>()?;
        self.skip(2)?;
        Some(u16::from_be_bytes(*octets))
    }

    fn u32(&mut self) -> Option<u32> {
        let octets = self.data.get(self.at..)?.first_chunk::<4>()?;
        self.skip(4)?;
        Some(u32::from_be_bytes(*octets))
    }
}

/// A name with its closing dot, or only passed over. Nothing of a broken name is written.
fn name(message: &mut Message<'_>, line: Option<&mut Line<'_, '_>>) -> Option<()> {
    let Some(line) = line else {
        message.at = pass_name(message.data, message.at)?;
        return Some(());
    };
    let before = line.out.len();
    match read_dns_name(message.data, 0, message.at, line.out) {
        Some(after) => {
            message.at = after;
            line.text(".");
            Some(())
        }
        None => {
            line.out.truncate(before);
            None
        }
    }
}

/// Offset behind a name, without following its pointers.
fn pass_name(data: &[u8], mut at: usize) -> Option<usize> {
    for _ in 0..128 {
        let len = *data.get(at)?;
        match len {
            0 => return at.checked_add(1),
            1..=63 => at = at.checked_add(usize::from(len))?.checked_add(1)?,
            0xc0.. => return at.checked_add(2),
            _ => return None,
        }
    }
    None
}

fn kind(line: &mut Line<'_, '_>, kind: u16) {
    match rr_type(u64::from(kind)) {
        Some(known) => line.text(known),
        None => {
            line.text("Type");
            line.number(u64::from(kind));
        }
    }
}

fn class(line: &mut Line<'_, '_>, class: u16) {
    if class == 1 {
        return;
    }
    line.text(" ");
    match Names::List(CLASSES).get(u64::from(class)) {
        Some(known) => line.text(known),
        None => {
            line.text("(Class ");
            line.number(u64::from(class));
            line.text(")");
        }
    }
}

fn question(line: &mut Line<'_, '_>, message: &mut Message<'_>) -> Option<()> {
    let start = message.at;
    name(message, None)?;
    let (number, group) = (message.u16()?, message.u16()?);
    let after = message.at;
    line.text(" ");
    kind(line, number);
    let mut group = group;
    if message.multicast {
        line.text(if group & 0x8000 != 0 { " (QU)" } else { " (QM)" });
        group &= 0x7fff;
    }
    class(line, group);
    line.text("? ");
    message.at = start;
    name(message, Some(line))?;
    message.at = after;
    Some(())
}

fn records(line: &mut Line<'_, '_>, message: &mut Message<'_>, count: u16, head: &str) -> Option<()> {
    if count == 0 {
        return Some(());
    }
    line.text(head);
    for at in 0..count.min(MAX_SHOWN) {
        if at > 0 {
            line.text(",");
        }
        record(line, message)?;
    }
    Some(())
}

fn record(line: &mut Line<'_, '_>, message: &mut Message<'_>) -> Option<()> {
    if line.style.verbose > 0 {
        line.text(" ");
        name(message, Some(line))?;
    } else {
        name(message, None)?;
    }
    let (number, mut group, ttl, len) = (message.u16()?, message.u16()?, message.u32()?, message.u16()?);
    if message.multicast && number != 41 {
        if group & 0x8000 != 0 {
            line.text(" (Cache flush)");
        }
        group &= 0x7fff;
    }
    if number != 41 {
        class(line, group);
        if line.style.verbose > 2 {
            line.text(" [");
            time_to_live(line, ttl);
            line.text("]");
        }
    }
    line.text(" ");
    kind(line, number);
    let end = message.at.checked_add(usize::from(len))?;
    let within = end <= message.data.len();
    let data = message.data.get(message.at..end.min(message.data.len()))?;
    match number {
        41 => {
            line.text(" UDPsize=");
            line.number(u64::from(group));
            if ttl & 0x8000 != 0 {
                line.text(" DO");
            }
            edns_options(line, data);
        }
        _ => record_data(line, message, number, data)?,
    }
    message.at = end;
    within.then_some(())
}

fn record_data(line: &mut Line<'_, '_>, message: &mut Message<'_>, number: u16, data: &[u8]) -> Option<()> {
    let mut octets = Octets::new(data);
    match number {
        1 => {
            line.text(" ");
            line.ipv4(octets.array()?);
        }
        28 => {
            line.text(" ");
            line.ipv6(octets.array()?);
        }
        2..=5 | 7..=9 | 12 | 39 => {
            line.text(" ");
            name(message, Some(line))?;
        }
        6 => {
            if line.style.verbose == 0 {
                return Some(());
            }
            line.text(" ");
            name(message, Some(line))?;
            line.text(" ");
            name(message, Some(line))?;
            for _ in 0..5 {
                line.text(" ");
                let value = message.u32()?;
                line.number(u64::from(value));
            }
        }
        15 => {
            line.text(" ");
            message.skip(2)?;
            name(message, Some(line))?;
            line.text(" ");
            line.number(u64::from(octets.u16()?));
        }
        16 | 99 => {
            while let Some(len) = octets.u8() {
                line.text(" \"");
                line.untrusted(octets.take_up_to(usize::from(len)));
                line.text("\"");
            }
        }
        33 => {
            line.text(" ");
            message.skip(6)?;
            name(message, Some(line))?;
            let (priority, weight, port) = (octets.u16()?, octets.u16()?, octets.u16()?);
            line.text(":");
            line.number(u64::from(port));
            line.text(" ");
            line.number(u64::from(priority));
            line.text(" ");
            line.number(u64::from(weight));
        }
        _ => {}
    }
    Some(())
}

/// ` [COOKIE 42f5d00996f90b13]`.
fn edns_options(line: &mut Line<'_, '_>, data: &[u8]) {
    let mut octets = Octets::new(data);
    while let (Some(code), Some(len)) = (octets.u16(), octets.u16()) {
        line.text(" [");
        match EDNS_OPTIONS.iter().find(|(known, _)| *known == code) {
            Some((_, name)) => line.text(name),
            None => {
                line.text("Opt");
                line.number(u64::from(code));
            }
        }
        let value = octets.take_up_to(usize::from(len));
        if !value.is_empty() && code != 12 {
            line.text(" ");
            crate::render::put::hex_octets(line.out, value.get(..32).unwrap_or(value), None);
        }
        line.text("]");
    }
}

/// tcpdump's names.
const EDNS_OPTIONS: &[(u16, &str)] = &[
    (1, "LLQ"),
    (2, "UL"),
    (3, "NSID"),
    (5, "DAU"),
    (6, "DHU"),
    (7, "N3U"),
    (8, "ECS"),
    (9, "EXPIRE"),
    (10, "COOKIE"),
    (11, "KEEPALIVE"),
    (12, "PADDING"),
    (13, "CHAIN"),
    (14, "KEYTAG"),
    (16, "CLIENTTAG"),
    (17, "SERVERTAG"),
];

/// `1h5m`, as tcpdump writes spans of time.
fn time_to_live(line: &mut Line<'_, '_>, seconds: u32) {
    if seconds == 0 {
        line.text("0s");
        return;
    }
    let mut left = seconds;
    for (unit, letter) in [(604_800_u32, "w"), (86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")] {
        let whole: u32 = left.checked_div(unit).unwrap_or(0);
        if whole > 0 {
            line.number(u64::from(whole));
            line.text(letter);
        }
        left = left.checked_rem(unit).unwrap_or(0);
    }
}
