//! The one-line form of PTP, as tcpdump 5 writes it; the logarithm of the interval with its sign.

use super::super::octets::Octets;
use super::super::put;
use super::MESSAGES;
use crate::render::line::{Body, Line};
use crate::schema::Names;

const FLAGS: &[(u16, &str)] = &[
    (0x0001, "l1 61"),
    (0x0002, "l1 59"),
    (0x0004, "utc reasonable"),
    (0x0008, "timescale"),
    (0x0010, "time tracable"),
    (0x0020, "frequency tracable"),
    (0x0040, "synchronization uncertain"),
    (0x0100, "alternate master"),
    (0x0200, "two step"),
    (0x0400, "unicast"),
    (0x2000, "profile specific 1"),
    (0x4000, "profile specific 2"),
    (0x8000, "security mask"),
];

const CONTROLS: &[(u64, &str)] =
    &[(0, "Sync"), (1, "Delay_Req"), (2, "Follow_Up"), (3, "Delay_Resp"), (4, "Management"), (5, "Other")];

pub(super) fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    if message(line, body).is_none() {
        line.cut("ptp", body);
    }
}

fn number(line: &mut Line<'_, '_>, what: &str, value: u64) {
    line.text(what);
    line.number(value);
}

fn message(line: &mut Line<'_, '_>, body: Body<'_>) -> Option<()> {
    let mut octets = Octets::of(body);
    let (first, version) = (octets.u8()?, octets.u8()?);
    number(line, "PTPv", u64::from(version & 15));
    if version & 15 != 2 {
        number(line, ", length ", body.len as u64);
        return Some(());
    }
    if version >> 4 != 0 {
        number(line, ".", u64::from(version >> 4));
    }
    line.text(", majorSdoId: 0x");
    put::hex(line.out, u64::from(first >> 4));
    line.text(", msg type: ");
    line.text(Names::List(MESSAGES).get(u64::from(first & 15)).unwrap_or("Reserved"));
    number(line, ", length: ", u64::from(octets.u16()?));
    number(line, ", domain: ", u64::from(octets.u8()?));
    number(line, ", reserved1: ", u64::from(octets.u8()?));
    flags(line, octets.u16()?);
    let (high, low, sub) = (octets.u16()?, octets.u32()?, octets.u16()?);
    number(line, ", NS correction: ", u64::from(high) << 32 | u64::from(low));
    number(line, ", sub NS correction: ", u64::from(sub));
    number(line, ", reserved2: ", u64::from(octets.u32()?));
    line.text(", clock identity: 0x");
    put::hex(line.out, octets.u64()?);
    number(line, ", port id: ", u64::from(octets.u16()?));
    number(line, ", seq id: ", u64::from(octets.u16()?));
    let control = u64::from(octets.u8()?);
    number(line, ", control: ", control);
    line.text(" (");
    line.text(Names::List(CONTROLS).get(control).unwrap_or("Reserved"));
    line.text("), log message interval: ");
    put::signed(line.out, i64::from(octets.u8()?.cast_signed()));
    content(line, &mut octets, first & 15)
}

fn flags(line: &mut Line<'_, '_>, flags: u16) {
    line.text(", Flags [");
    let mut set = FLAGS.iter().filter(|(bit, _)| flags & bit != 0).peekable();
    if set.peek().is_none() {
        line.text("none");
    }
    while let Some((_, name)) = set.next() {
        line.text(name);
        if set.peek().is_some() {
            line.text(", ");
        }
    }
    line.text("]");
}

fn content(line: &mut Line<'_, '_>, octets: &mut Octets<'_>, kind: u8) -> Option<()> {
    match kind {
        0 | 1 | 11 => stamp(line, octets, ", originTimeStamp: ")?,
        2 => stamp(line, octets, ", originTimeStamp: ")?,
        3 | 9 => stamp(line, octets, ", receiveTimeStamp: ")?,
        8 | 10 => stamp(line, octets, ", preciseOriginTimeStamp: ")?,
        12 | 13 => {}
        _ => return Some(()),
    }
    match kind {
        3 | 9 | 10 | 12 | 13 => {
            line.text(", port identity: 0x");
            put::hex(line.out, octets.u64()?);
            number(line, ", port id: ", u64::from(octets.u16()?));
        }
        11 => announce(line, octets)?,
        _ => {}
    }
    if kind == 13 {
        number(line, ", start boundary hops: ", u64::from(octets.u8()?));
        number(line, ", boundary hops: ", u64::from(octets.u8()?));
        number(line, ", action: ", u64::from(octets.u8()? & 15));
    }
    Some(())
}

fn stamp(line: &mut Line<'_, '_>, octets: &mut Octets<'_>, what: &str) -> Option<()> {
    let (high, low, nanoseconds) = (octets.u16()?, octets.u32()?, octets.u32()?);
    number(line, what, u64::from(high) << 32 | u64::from(low));
    line.text(".");
    put::padded(line.out, u64::from(nanoseconds), 9);
    line.text(" seconds");
    Some(())
}

fn announce(line: &mut Line<'_, '_>, octets: &mut Octets<'_>) -> Option<()> {
    number(line, ", origin cur utc:", u64::from(octets.u16()?));
    number(line, ", rsvd: ", u64::from(octets.u8()?));
    number(line, ", gm priority_1: ", u64::from(octets.u8()?));
    number(line, ", gm clock class: ", u64::from(octets.u8()?));
    number(line, ", gm clock accuracy: ", u64::from(octets.u8()?));
    number(line, ", gm clock variance: ", u64::from(octets.u16()?));
    number(line, ", gm priority_2: ", u64::from(octets.u8()?));
    line.text(", gm clock id: 0x");
    put::hex(line.out, octets.u64()?);
    number(line, ", steps removed: ", u64::from(octets.u16()?));
    line.text(", time source: ");
    line.hex(u64::from(octets.u8()?), 2);
    Some(())
}
