//! SCTP as a line, in the words of tcpdump.

use super::sctp::CHUNKS;
use crate::render::line::{Body, Line};
use crate::schema::SCTP_PORT;

pub(super) fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    let Some([p0, p1, q0, q1, ..]) = body.data.first_chunk::<12>().copied() else {
        line.hosts();
        line.cut("sctp", body);
        return;
    };
    line.endpoints(SCTP_PORT, u16::from_be_bytes([p0, p1]), u16::from_be_bytes([q0, q1]));
    line.text("sctp");
    let mut left = body.skip(12);
    for number in 1_u64.. {
        let Some([kind, flags, l0, l1]) = left.data.first_chunk::<4>().copied() else {
            if left.is_cut() {
                line.text("[|sctp]");
            }
            return;
        };
        let len = usize::from(u16::from_be_bytes([l0, l1]));
        line.text(if number > 1 { ", (" } else { " (" });
        line.number(number);
        line.text(") ");
        chunk(line, kind, flags, left.limit(len));
        if len < 4 || number > 64 {
            line.text("[bad chunk length ");
            line.number(len as u64);
            line.text("]");
            return;
        }
        left = left.skip(len.next_multiple_of(4));
    }
}

fn chunk(line: &mut Line<'_, '_>, kind: u8, flags: u8, body: Body<'_>) {
    line.text("[");
    match CHUNKS.iter().find(|entry| entry.0 == u64::from(kind)) {
        Some((_, name)) => line.text(name),
        None => {
            line.text("Unknown chunk type: ");
            line.hex(u64::from(kind), 2);
        }
    }
    line.text("] ");
    let word = |at: usize| {
        body.data
            .get(at..)
            .and_then(<[u8]>::first_chunk)
            .map_or(0, |octets| u64::from(u32::from_be_bytes(*octets)))
    };
    let part = |line: &mut Line<'_, '_>, name: &str, value: u64| {
        line.text("[");
        line.text(name);
        line.number(value);
        line.text("] ");
    };
    match kind {
        0 => {
            for (bit, letter) in [(4, "(U)"), (2, "(B)"), (1, "(E)")] {
                if flags & bit != 0 {
                    line.text(letter);
                }
            }
            line.text(if flags & 7 != 0 { " " } else { "" });
            part(line, "TSN: ", word(4));
            part(line, "SID: ", word(8) >> 16);
            part(line, "SSEQ ", word(8) & 0xffff);
            line.text("[PPID 0x");
            super::put::hex(line.out, word(12));
            line.text("] ");
        }
        1 | 2 => {
            part(line, "init tag: ", word(4));
            part(line, "rwnd: ", word(8));
            part(line, "OS: ", word(12) >> 16);
            part(line, "MIS: ", word(12) & 0xffff);
            part(line, "init TSN: ", word(16));
        }
        3 => {
            part(line, "cum ack ", word(4));
            part(line, "a_rwnd ", word(8));
            part(line, "#gap acks ", word(12) >> 16);
            part(line, "#dup tsns ", word(12) & 0xffff);
        }
        _ => {}
    }
}
