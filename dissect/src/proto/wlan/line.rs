//! The lines of IEEE 802.11 frames, as tcpdump writes them: names of addresses in the order of the header, and what a
//! management frame says first (network, rates, channel, privacy, reason).

use super::body::{ALGORITHMS, CATEGORIES, REASONS, STATUSES};
use super::{FIRST, FOURTH, KINDS, SECOND, THIRD, has_llc, roles};
use crate::frame::LinkType;
use crate::proto::octets::Octets;
use crate::proto::radiotap;
use crate::render::line::{Body, Line};
use crate::render::put;
use crate::schema::Names;

/// Bits of the second octet of the frame control.
const MARKS: [(u8, &str); 6] = [
    (0x20, "More Data "),
    (4, "More Fragments "),
    (0x10, "Pwr Mgmt "),
    (8, "Retry "),
    (0x80, "+Order "),
    (0x40, "Protected "),
];

/// What a frame is, from its first two octets.
#[derive(Clone, Copy)]
struct Control {
    /// 0 management, 1 control, 2 data.
    kind: u8,
    subtype: u8,
    flags: u8,
}

impl Control {
    fn is_protected(self) -> bool {
        self.flags & 0x40 != 0
    }

    fn name(self) -> &'static str {
        let number = u64::from(self.kind) << 4 | u64::from(self.subtype);
        Names::List(KINDS).get(number).unwrap_or("Unknown 802.11 frame")
    }
}

pub(super) fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    let whole = roles(body.data)
        .and_then(|roles| Some((body.data.first_chunk::<2>()?, body.data.get(..roles.length)?)));
    let Some(([control, flags], header)) = whole else {
        line.text("802.11");
        line.cut("802.11", body);
        return;
    };
    let control = Control { kind: control >> 2 & 3, subtype: control >> 4, flags: *flags };
    if line.style.link {
        if line.style.verbose > 0 {
            marks(line, control);
            duration(line, control, header);
        }
        addresses(line, control, header);
    }
    let radiotap = line.frame.meta.link_type == LinkType::IEEE802_11_RADIOTAP;
    let payload = match control.kind == 2 && radiotap && radiotap::pads(line.frame.data) {
        true => body.skip(header.len().next_multiple_of(4)),
        false => body.skip(header.len()),
    };
    if has_llc(header) {
        line.named("llc", payload);
        return;
    }
    match control.kind {
        0 => management(line, control, header, payload),
        1 => control_frame(line, control, header, body),
        _ => {
            if !line.style.link {
                marks(line, Control { flags: control.flags & !0x40, ..control });
            }
            line.text(control.name());
            if control.is_protected() {
                encrypted(line, payload);
            } else {
                line.text(", length ");
                line.number(body.len as u64);
            }
        }
    }
}

fn marks(line: &mut Line<'_, '_>, control: Control) {
    for (_, name) in MARKS.iter().filter(|(bit, _)| control.flags & bit != 0) {
        line.text(name);
    }
}

fn duration(line: &mut Line<'_, '_>, control: Control, header: &[u8]) {
    // In a Power Save-Poll the station's identifier stands there.
    let is_poll = control.kind == 1 && control.subtype == 10;
    if let Some(duration) = super::word(header, 2).filter(|_| !is_poll) {
        line.number(u64::from(duration));
        line.text("us ");
    }
}

fn address(line: &mut Line<'_, '_>, name: &str, header: &[u8], at: usize) {
    if let Some(octets) = header.get(at..).and_then(<[u8]>::first_chunk::<6>) {
        line.text(name);
        line.mac(*octets);
        line.text(" ");
    }
}

/// The addresses of a header.
fn addresses(line: &mut Line<'_, '_>, control: Control, header: &[u8]) {
    let names: &[(&str, usize)] = match (control.kind, control.subtype) {
        (0, _) => &[("BSSID:", THIRD), ("DA:", FIRST), ("SA:", SECOND)],
        (1, 10) => &[("BSSID:", FIRST), ("TA:", SECOND)],
        (1, 14 | 15) => &[("RA:", FIRST), ("BSSID:", SECOND)],
        (1, 9 | 12 | 13) => &[("RA:", FIRST)],
        (1, _) => &[("RA:", FIRST), ("TA:", SECOND)],
        (2, _) => match control.flags & 3 {
            0 => &[("DA:", FIRST), ("SA:", SECOND), ("BSSID:", THIRD)],
            1 => &[("BSSID:", FIRST), ("SA:", SECOND), ("DA:", THIRD)],
            2 => &[("DA:", FIRST), ("BSSID:", SECOND), ("SA:", THIRD)],
            _ => &[("RA:", FIRST), ("TA:", SECOND), ("DA:", THIRD), ("SA:", FOURTH)],
        },
        _ => &[],
    };
    if control.kind == 2 && control.subtype & 0xb != 0 {
        line.text("CF ");
        line.text(["", "Ack", "Poll", "Ack/Poll"].get(usize::from(control.subtype & 3)).unwrap_or(&""));
        line.text(if control.subtype & 8 != 0 { "+QoS " } else { " " });
    }
    for (name, at) in names {
        address(line, name, header, *at);
    }
}

fn control_frame(line: &mut Line<'_, '_>, control: Control, header: &[u8], body: Body<'_>) {
    line.text(control.name());
    line.text(" ");
    let shown = line.style.link;
    let after = |at: usize| super::word(body.data, at);
    match control.subtype {
        8 => {
            if !shown {
                address(line, "RA:", header, FIRST);
                address(line, "TA:", header, SECOND);
            }
            let (Some(control), Some(sequence)) = (after(16), after(18)) else { return };
            line.text("CTL(");
            put::hex(line.out, u64::from(control));
            line.text(") SEQ(");
            line.number(u64::from(sequence));
            line.text(") ");
        }
        10 => {
            let Some(identifier) = after(2) else { return };
            line.text("AID(");
            put::hex(line.out, u64::from(identifier));
            line.text(")");
        }
        11 if !shown => address(line, "TA:", header, SECOND),
        9 | 12..=15 if !shown => address(line, "RA:", header, FIRST),
        9 | 11..=15 => {}
        _ => {
            if !shown {
                address(line, "RA:", header, FIRST);
                address(line, "TA:", header, SECOND);
            }
            line.text("length ");
            line.number(body.len as u64);
        }
    }
}

/// The vector, padding and key that stand before encrypted octets.
fn encrypted(line: &mut Line<'_, '_>, payload: Body<'_>) {
    let Some(octets) = payload.data.first_chunk::<4>() else {
        line.text(" ");
        line.cut("802.11", payload);
        return;
    };
    let word = u64::from(u32::from_le_bytes(*octets));
    line.text(" IV:");
    for limit in [0x100, 0x10] {
        line.text(if word & 0xff_ffff < limit { " " } else { "" });
    }
    put::hex(line.out, word & 0xff_ffff);
    line.text(" Pad ");
    put::hex(line.out, word >> 24 & 0x3f);
    line.text(" KeyID ");
    put::hex(line.out, word >> 30);
}

fn management(line: &mut Line<'_, '_>, control: Control, header: &[u8], body: Body<'_>) {
    line.text(control.name());
    if control.is_protected() {
        if control.subtype == 11 {
            line.text(" (Shared Key)-3");
        }
        encrypted(line, body);
        return;
    }
    let mut octets = Octets::of(body);
    if said(line, control, header, &mut octets).is_none() {
        line.text(" ");
        line.cut("802.11", body);
    }
}

/// What a management frame says; `None` where it ends too early.
fn said(line: &mut Line<'_, '_>, control: Control, header: &[u8], octets: &mut Octets<'_>) -> Option<()> {
    match control.subtype {
        0 => {
            octets.take(4)?;
            let elements = Elements::read(octets.left());
            elements.network(line);
            elements.rates(line);
        }
        1 | 3 => {
            let [capability, status, identifier] = [le16(octets)?, le16(octets)?, le16(octets)?];
            line.text(" AID(");
            put::hex(line.out, u64::from(identifier & 0x3fff));
            line.text(") :");
            line.text(if capability & PRIVACY != 0 { " PRIVACY " } else { "" });
            line.text(": ");
            named(line, STATUSES, status);
        }
        2 => {
            octets.take(4)?;
            let point = octets.array::<6>()?;
            Elements::read(octets.left()).network(line);
            line.text(" AP : ");
            line.mac(point);
        }
        4 => {
            let elements = Elements::read(octets.left());
            elements.network(line);
            elements.rates(line);
        }
        5 | 8 => {
            octets.take(10)?;
            let capability = le16(octets)?;
            let elements = Elements::read(octets.left());
            elements.network(line);
            elements.rates(line);
            if control.subtype == 8 {
                line.text(if capability & 1 != 0 { " ESS" } else { " IBSS" });
            }
            elements.channel(line);
            line.text(if capability & PRIVACY != 0 { ", PRIVACY" } else { "" });
        }
        10 => {
            line.text(": ");
            named(line, REASONS, le16(octets)?);
        }
        11 => {
            let [algorithm, step, status] = [le16(octets)?, le16(octets)?, le16(octets)?];
            line.text(" (");
            named(line, ALGORITHMS, algorithm);
            line.text(")-");
            put::hex(line.out, u64::from(step));
            if Elements::read(octets.left()).challenge {
                line.text(" [Challenge Text]");
            }
            line.text(": ");
            named(line, STATUSES, status);
        }
        12 => {
            sender(line, header);
            line.text(": ");
            named(line, REASONS, le16(octets)?);
        }
        13 | 14 => {
            let [category, action] = [octets.u8()?, octets.u8()?];
            sender(line, header);
            line.text(": ");
            // The first bit says that the frame answers one with an error.
            named(line, CATEGORIES, u16::from(category & 0x7f));
            if category & 0x80 != 0 {
                line.text(" error");
            }
            line.text(" ");
            match super::body::action_name(category & 0x7f, action) {
                Some(name) => line.text(name),
                None => line.labelled("Act#", u64::from(action)),
            }
        }
        _ => {}
    }
    Some(())
}

/// Bit of the capabilities: frames must be encrypted.
const PRIVACY: u16 = 0x10;

fn le16(octets: &mut Octets<'_>) -> Option<u16> {
    octets.array().map(u16::from_le_bytes)
}

fn named(line: &mut Line<'_, '_>, names: &'static [(u64, &'static str)], value: u16) {
    match Names::List(names).get(u64::from(value)) {
        Some(name) => line.text(name),
        None => line.labelled("Reserved ", u64::from(value)),
    }
}

/// Who sent the frame, unless the header was shown.
fn sender(line: &mut Line<'_, '_>, header: &[u8]) {
    if line.style.link {
        return;
    }
    if let Some(octets) = header.get(SECOND..).and_then(<[u8]>::first_chunk::<6>) {
        line.text(" (");
        line.mac(*octets);
        line.text(")");
    }
}

/// The elements that lines show; the first of each counts.
#[derive(Default)]
struct Elements<'a> {
    network: Option<&'a [u8]>,
    rates: &'a [u8],
    channel: Option<u8>,
    challenge: bool,
}

impl<'a> Elements<'a> {
    fn read(data: &'a [u8]) -> Self {
        let mut elements = Elements::default();
        let mut octets = Octets::new(data);
        while let (Some(number), Some(length)) = (octets.u8(), octets.u8()) {
            let Some(value) = octets.take(usize::from(length)) else { break };
            match number {
                // IEEE Std 802.11-2020 §9.4.2.2, §9.4.2.3: 32 octets, and 8 rates, of which some send more.
                0 if value.len() <= 32 && elements.network.is_none() => elements.network = Some(value),
                1 if value.len() <= 16 && elements.rates.is_empty() => elements.rates = value,
                3 if elements.channel.is_none() => elements.channel = value.first().copied(),
                16 => elements.challenge = true,
                _ => {}
            }
        }
        elements
    }

    fn network(&self, line: &mut Line<'_, '_>) {
        if let Some(name) = self.network {
            line.text(" (");
            line.untrusted(name);
            line.text(")");
        }
    }

    /// Rates in units of 500 kbit/s; those that every station must know bear a star.
    fn rates(&self, line: &mut Line<'_, '_>) {
        for (at, rate) in self.rates.iter().enumerate() {
            line.text(if at == 0 { " [" } else { " " });
            let halves = u64::from(rate & 0x7f);
            line.number(halves / 2);
            line.text(if halves % 2 == 0 { ".0" } else { ".5" });
            line.text(if rate & 0x80 != 0 { "*" } else { "" });
        }
        line.text(if self.rates.is_empty() { "" } else { " Mbit]" });
    }

    fn channel(&self, line: &mut Line<'_, '_>) {
        if let Some(channel) = self.channel {
            line.labelled(" CH: ", u64::from(channel));
        }
    }
}
