//! The line of a TCP segment.

use super::udp::judge;
use crate::render::line::{Body, Line};
use crate::schema::TCP_PORT;

pub(super) fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    let Some(header) = body.data.first_chunk::<20>() else {
        if let Some([p0, p1, q0, q1]) = body.data.first_chunk::<4>() {
            line.endpoints(TCP_PORT, u16::from_be_bytes([*p0, *p1]), u16::from_be_bytes([*q0, *q1]));
        } else {
            line.hosts();
        }
        line.cut("tcp", body);
        return;
    };
    let [p0, p1, q0, q1, s0, s1, s2, s3, a0, a1, a2, a3, offset, flags, w0, w1, c0, c1, u0, u1] = *header;
    let (from, to) = (u16::from_be_bytes([p0, p1]), u16::from_be_bytes([q0, q1]));
    line.endpoints(TCP_PORT, from, to);
    let header_len = usize::from(offset >> 4).saturating_mul(4);
    let payload = body.skip(header_len);
    if header_len < 20 {
        line.text("tcp ");
        line.number(body.len.saturating_sub(header_len) as u64);
        line.text(" [bad hdr length ");
        line.number(header_len as u64);
        line.text(" - too short, < 20]");
        return;
    }
    if line.style.quick {
        line.text("tcp ");
        line.number(payload.len as u64);
        return;
    }
    write_flags(line, flags, offset);
    if line.style.verbose > 0 {
        write_checksum(line, body, u16::from_be_bytes([c0, c1]));
    }
    let base = line.tcp_base.filter(|_| !line.style.absolute_seq && !line.quoted);
    let seq = u32::from_be_bytes([s0, s1, s2, s3]).wrapping_sub(base.map_or(0, |base| base.seq));
    if payload.len > 0 || flags & 7 != 0 || line.style.verbose > 1 {
        line.text(", seq ");
        line.number(u64::from(seq));
        if payload.len > 0 {
            line.text(":");
            line.number(u64::from(seq.wrapping_add(payload.len as u32)));
        }
    }
    if flags & 0x10 != 0 {
        let ack = u32::from_be_bytes([a0, a1, a2, a3]).wrapping_sub(base.map_or(0, |base| base.ack));
        line.text(", ack ");
        line.number(u64::from(ack));
    }
    line.text(", win ");
    line.number(u64::from(u16::from_be_bytes([w0, w1])));
    if flags & 0x20 != 0 {
        line.text(", urg ");
        line.number(u64::from(u16::from_be_bytes([u0, u1])));
    }
    if header_len > 20 {
        // As tcpdump: in the first segment that is seen of a connection, blocks count from what it acknowledges.
        let first = if flags & 0x10 != 0 { u32::from_be_bytes([a0, a1, a2, a3]).wrapping_sub(1) } else { 0 };
        let from = match base {
            Some(base) => base.ack,
            None if line.style.absolute_seq || line.quoted => 0,
            None => first,
        };
        write_options(line, body.limit(header_len).skip(20), from, flags);
    }
    line.text(", length ");
    line.number(payload.len as u64);
    if flags & 4 != 0 && payload.len > 0 && line.style.verbose > 0 && !line.quoted {
        return write_reset_reason(line, payload);
    }
    if payload.len > 0
        && !line.quoted
        && let Some(id) = line.by_ports(TCP_PORT, from, to, payload)
    {
        line.text(": ");
        line.protocol(id, payload);
    }
}

/// What a reset carries says why (RFC 9293 §3.10.7.1): the first 30 octets.
fn write_reset_reason(line: &mut Line<'_, '_>, payload: Body<'_>) {
    const MOST: usize = 30;
    line.text(if payload.len > MOST { " [RST+ " } else { " [RST " });
    line.untrusted(payload.data.get(..MOST).unwrap_or(payload.data));
    line.text("]");
}

/// `Flags [P.]`, in tcpdump's letters.
fn write_flags(line: &mut Line<'_, '_>, flags: u8, offset: u8) {
    // The two commonest sets first.
    match (flags, offset & 1) {
        (0x10, 0) => line.text("Flags [.]"),
        (0x18, 0) => line.text("Flags [P.]"),
        (0, 0) => line.text("Flags [none]"),
        _ => {
            line.text("Flags [");
            for (bit, letter) in
                [(1, "F"), (2, "S"), (4, "R"), (8, "P"), (16, "."), (32, "U"), (64, "E"), (128, "W")]
            {
                if flags & bit != 0 {
                    line.text(letter);
                }
            }
            if offset & 1 != 0 {
                line.text("e");
            }
            line.text("]");
        }
    }
}

fn write_checksum(line: &mut Line<'_, '_>, segment: Body<'_>, stored: u16) {
    match judge(line.network, 6, segment, stored, line.frame.meta.checksum) {
        // What the quoting machine itself sent has no checksum yet where its card makes them.
        (0, _) if line.quoted => {}
        (0, right) => {
            line.text(", cksum ");
            line.hex(u64::from(stored), 4);
            line.text(" (incorrect -> ");
            line.hex(u64::from(right), 4);
            line.text(")");
        }
        (1, _) => {
            line.text(", cksum ");
            line.hex(u64::from(stored), 4);
            line.text(" (correct)");
        }
        _ if line.checksum_offloaded() => {
            line.text(", cksum ");
            line.hex(u64::from(stored), 4);
            line.text(" (left to the NIC)");
        }
        _ => {}
    }
}

fn be32_at(data: &[u8], at: usize) -> u32 {
    data.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |octets| u32::from_be_bytes(*octets))
}

/// `from`: what the blocks of selective acknowledgements count from.
fn write_options(line: &mut Line<'_, '_>, options: Body<'_>, from: u32, flags: u8) {
    line.text(", options [");
    // What nearly every segment of a modern stack carries.
    if let Some([1, 1, 8, 10, v @ ..]) = options.data.first_chunk::<12>()
        && options.data.len() == 12
    {
        line.text("nop,nop,TS val ");
        line.number(u64::from(be32_at(v, 0)));
        line.text(" ecr ");
        line.number(u64::from(be32_at(v, 4)));
        line.text("]");
        return;
    }
    let mut left = options.data;
    let mut more = false;
    while let Some(kind) = left.first().copied() {
        if more {
            line.text(",");
        }
        more = true;
        if kind <= 1 {
            line.text(if kind == 0 { "eol" } else { "nop" });
            if kind == 0 {
                break;
            }
            left = left.get(1..).unwrap_or_default();
            continue;
        }
        let len = left.get(1).map_or(0, |len| usize::from(*len));
        if len < 2 || len > left.len() {
            line.text(option_name(kind).unwrap_or("unknown-"));
            line.text("[bad opt]");
            break;
        }
        let value = left.get(2..len).unwrap_or_default();
        if kind == 30 {
            line.text("mptcp");
            let whole = super::mptcp_line::write(line, value, flags & 2 != 0, flags & 16 != 0);
            line.text(if whole.is_none() { "[bad opt]" } else { "" });
        } else {
            write_option(line, kind, value, from);
        }
        left = left.get(len..).unwrap_or_default();
    }
    if options.is_cut() {
        line.text("[|tcp]");
    }
    line.text("]");
}

fn option_name(kind: u8) -> Option<&'static str> {
    Some(match kind {
        2 => "mss",
        3 => "wscale",
        4 => "sackOK",
        5 => "sack",
        6 => "echo",
        7 => "echoreply",
        8 => "TS",
        11 => "cc",
        12 => "ccnew",
        13 => "ccecho",
        19 => "md5",
        20 => "scps",
        28 => "uto",
        29 => "tcp-ao",
        30 => "mptcp",
        34 => "tfo",
        253 | 254 => "exp",
        _ => return None,
    })
}

fn write_option(line: &mut Line<'_, '_>, kind: u8, body: &[u8], from: u32) {
    match option_name(kind) {
        Some(name) => line.text(name),
        None => {
            line.text("unknown-");
            line.number(u64::from(kind));
        }
    }
    match (kind, body.len()) {
        (2, 2) => {
            line.text(" ");
            line.number(u64::from(be32_at(
                &[0, 0, body.first().copied().unwrap_or(0), body.get(1).copied().unwrap_or(0)],
                0,
            )));
        }
        (3, 1) => {
            line.text(" ");
            line.number(u64::from(body.first().copied().unwrap_or(0)));
        }
        (5, _) if body.len().is_multiple_of(8) => {
            line.text(" ");
            line.number(body.len() as u64 / 8);
            line.text(" ");
            for block in body.as_chunks::<8>().0 {
                line.text("{");
                line.number(u64::from(be32_at(block, 0).wrapping_sub(from)));
                line.text(":");
                line.number(u64::from(be32_at(block, 4).wrapping_sub(from)));
                line.text("}");
            }
        }
        (8, 8) => {
            line.text(" val ");
            line.number(u64::from(be32_at(body, 0)));
            line.text(" ecr ");
            line.number(u64::from(be32_at(body, 4)));
        }
        (6 | 7 | 11 | 12 | 13, 4) => {
            line.text(" ");
            line.number(u64::from(be32_at(body, 0)));
        }
        (4, 0) => {}
        (28, 2) => {
            line.text(" 0x");
            super::put::hex_octets(line.out, body, None);
        }
        (34, _) => {
            line.text("  ");
            line.text(if body.is_empty() { "cookiereq" } else { "cookie " });
            super::put::hex_octets(line.out, body, None);
        }
        (_, 0) => {}
        _ => {
            line.text(" 0x");
            super::put::hex_octets(line.out, body, None);
        }
    }
}
