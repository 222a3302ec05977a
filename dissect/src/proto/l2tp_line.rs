//! The lines of L2TP version 2, as tcpdump writes them: flags, tunnel and session, the attributes of a control message, the packet in a
//! data message.

use super::octets::Octets;
use crate::render::line::{Body, Line};
use crate::render::put;
use crate::schema::Names;

const MESSAGES: &[(u64, &str)] = &[
    (1, "SCCRQ"),
    (2, "SCCRP"),
    (3, "SCCCN"),
    (4, "StopCCN"),
    (6, "Hello"),
    (7, "OCRQ"),
    (8, "OCRP"),
    (9, "OCCN"),
    (10, "ICRQ"),
    (11, "ICRP"),
    (12, "ICCN"),
    (14, "CDN"),
    (15, "WEN"),
    (16, "SLI"),
];

const ATTRIBUTES: &[(u64, &str)] = &[
    (0, "MSGTYPE"),
    (1, "RESULT_CODE"),
    (2, "PROTO_VER"),
    (3, "FRAMING_CAP"),
    (4, "BEARER_CAP"),
    (5, "TIE_BREAKER"),
    (6, "FIRM_VER"),
    (7, "HOST_NAME"),
    (8, "VENDOR_NAME"),
    (9, "ASSND_TUN_ID"),
    (10, "RECV_WIN_SIZE"),
    (11, "CHALLENGE"),
    (12, "Q931_CC"),
    (13, "CHALLENGE_RESP"),
    (14, "ASSND_SESS_ID"),
    (15, "CALL_SER_NUM"),
    (16, "MINIMUM_BPS"),
    (17, "MAXIMUM_BPS"),
    (18, "BEARER_TYPE"),
    (19, "FRAMING_TYPE"),
    (21, "CALLED_NUMBER"),
    (22, "CALLING_NUMBER"),
    (23, "SUB_ADDRESS"),
    (24, "TX_CONN_SPEED"),
    (25, "PHY_CHANNEL_ID"),
    (26, "INI_RECV_LCP"),
    (27, "LAST_SENT_LCP"),
    (28, "LAST_RECV_LCP"),
    (29, "PROXY_AUTH_TYPE"),
    (30, "PROXY_AUTH_NAME"),
    (31, "PROXY_AUTH_CHAL"),
    (32, "PROXY_AUTH_ID"),
    (33, "PROXY_AUTH_RESP"),
    (34, "CALL_ERRORS"),
    (35, "ACCM"),
    (36, "RANDOM_VECTOR"),
    (37, "PRIVATE_GRP_ID"),
    (38, "RX_CONN_SPEED"),
    (39, "SEQ_REQUIRED"),
    (46, "PPP_DISCON_CC"),
];

const AUTHENTICATIONS: &[(u64, &str)] =
    &[(1, "Text"), (2, "CHAP"), (3, "PAP"), (4, "NoAuth"), (5, "MS-CHAPv1")];

const DIRECTIONS: &[(u64, &str)] = &[(0, "global error"), (1, "at peer"), (2, "at local")];

pub(super) fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    if body.data.get(1).is_some_and(|second| second & 15 == 3) {
        let control = body.data.first().is_some_and(|first| first & 0x80 != 0);
        line.text(if control { "L2TPv3, control" } else { "L2TPv3, data" });
        line.labelled(", length ", body.len as u64);
        return;
    }
    line.text(" l2tp:[");
    let mut octets = Octets::of(body);
    if message(line, &mut octets, body).is_none() {
        line.text(" [|l2tp]");
    }
}

fn message(line: &mut Line<'_, '_>, octets: &mut Octets<'_>, body: Body<'_>) -> Option<()> {
    let flags = octets.u16()?;
    for (bit, letter) in [(0x8000, "T"), (0x4000, "L"), (0x0800, "S"), (0x0200, "O"), (0x0100, "P")] {
        line.text(if flags & bit != 0 { letter } else { "" });
    }
    line.text("]");
    let length = if flags & 0x4000 != 0 { Some(octets.u16()?) } else { None };
    line.labelled("(", u64::from(octets.u16()?));
    line.labelled("/", u64::from(octets.u16()?));
    line.text(")");
    if flags & 0x0800 != 0 {
        line.labelled("Ns=", u64::from(octets.u16()?));
        line.labelled(",Nr=", u64::from(octets.u16()?));
    }
    if flags & 0x0200 != 0 {
        let padding = octets.u16()?;
        octets.take(usize::from(padding))?;
    }
    let read = body.data.len().saturating_sub(octets.left().len());
    match length.map(usize::from) {
        Some(length) if length > body.len => {
            line.labelled(" Length ", length as u64);
            line.text(" larger than packet");
            return Some(());
        }
        Some(length) if length < read => {
            line.labelled(" Length ", length as u64);
            line.text(" smaller than header length");
            return Some(());
        }
        _ => {}
    }
    let whole = length.map_or(body, |length| body.limit(usize::from(length)));
    let content = whole.skip(read);
    if flags & 0x8000 == 0 {
        line.text(" {");
        line.named("ppp", content);
        line.text("}");
    } else if content.len == 0 {
        line.text(" ZLB");
    } else {
        attributes(line, &mut Octets::of(content))?;
    }
    Some(())
}

fn attributes(line: &mut Line<'_, '_>, octets: &mut Octets<'_>) -> Option<()> {
    line.text(" ");
    let mut more = false;
    while !octets.is_empty() {
        let (head, vendor, kind) = (octets.u16()?, octets.u16()?, octets.u16()?);
        let value = octets.take(usize::from(head & 0x3ff).checked_sub(6)?)?;
        line.text(if more { " " } else { "" });
        more = true;
        line.text(if head & 0x8000 != 0 { "*" } else { "" });
        let hidden = head & 0x4000 != 0;
        line.text(if hidden { "?" } else { "" });
        if vendor != 0 {
            line.text("VENDOR");
            put::hex_octets(line.out, &vendor.to_be_bytes(), None);
            line.text(":ATTR");
            put::hex_octets(line.out, &kind.to_be_bytes(), None);
            line.text("(");
            put::hex_octets(line.out, value, None);
        } else {
            match Names::List(ATTRIBUTES).get(u64::from(kind)) {
                Some(name) => line.text(name),
                None => line.labelled("AVP-#", u64::from(kind)),
            }
            line.text("(");
            if hidden {
                line.text("???");
            } else {
                attribute(line, kind, value)?;
            }
        }
        line.text(")");
    }
    Some(())
}

fn attribute(line: &mut Line<'_, '_>, kind: u16, value: &[u8]) -> Option<()> {
    let mut octets = Octets::new(value);
    match kind {
        0 => {
            let message = u64::from(octets.u16()?);
            line.text(Names::List(MESSAGES).get(message).unwrap_or("MSGTYPE-#"));
        }
        1 => {
            line.number(u64::from(octets.u16()?));
            if !octets.is_empty() {
                line.labelled("/", u64::from(octets.u16()?));
            }
            if !octets.is_empty() {
                line.text(" ");
                line.untrusted(octets.left());
            }
        }
        2 => {
            line.number(u64::from(octets.u8()?));
            line.labelled(".", u64::from(octets.u8()?));
        }
        3 | 19 => two(line, octets.u32()?, ["A", "S"]),
        4 | 18 => two(line, octets.u32()?, ["A", "D"]),
        6 | 9 | 10 | 14 => line.number(u64::from(octets.u16()?)),
        15..=17 | 24 | 25 | 38 => line.number(u64::from(octets.u32()?)),
        5 | 11 | 13 | 26..=28 | 31 | 33 | 36 => put::hex_octets(line.out, value, None),
        7 | 8 | 21..=23 | 30 | 37 => line.untrusted(value),
        12 => {
            line.number(u64::from(octets.u16()?));
            line.text(", ");
            put::hex_octets(line.out, octets.take(1)?, None);
            if !octets.is_empty() {
                line.text(" ");
                line.untrusted(octets.left());
            }
        }
        29 => {
            let kind = u64::from(octets.u16()?);
            line.text(Names::List(AUTHENTICATIONS).get(kind).unwrap_or("AuthType-#"));
        }
        32 => line.number(u64::from(octets.u16()? & 0xff)),
        34 => {
            octets.u16()?;
            for name in ["CRCErr=", "FrameErr=", "HardOver=", "BufOver=", "Timeout=", "AlignErr="] {
                line.labelled(name, u64::from(octets.u32()?));
                line.text(" ");
            }
        }
        35 => {
            octets.u16()?;
            for name in ["send=", "recv="] {
                line.text(name);
                put::hex_octets(line.out, octets.take(4)?, None);
                line.text(" ");
            }
        }
        46 => {
            put::hex_octets(line.out, octets.take(2)?, None);
            line.text(", ");
            put::hex_octets(line.out, octets.take(2)?, None);
            line.text(" ");
            let direction = u64::from(octets.u8()?);
            line.text(Names::List(DIRECTIONS).get(direction).unwrap_or("Direction-#"));
            if !octets.is_empty() {
                line.text(" ");
                line.untrusted(octets.left());
            }
        }
        _ => {}
    }
    Some(())
}

/// The lower two bits by letters; of framing the first one is the higher.
fn two(line: &mut Line<'_, '_>, value: u32, [high, low]: [&str; 2]) {
    line.text(if value & 2 != 0 { high } else { "" });
    line.text(if value & 1 != 0 { low } else { "" });
}
