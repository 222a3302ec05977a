//! ICMPv6 in one line, as tcpdump writes it; neighbour discovery options on lines of their own with `-v`.

use super::icmpv6::TYPES;
use super::octets::Octets;
use crate::decode::Network;
use crate::frame::ChecksumState;
use crate::render::line::{Body, Line};
use crate::schema::{TCP_PORT, UDP_PORT};

pub(super) fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    line.hosts();
    let Some([kind, code, c0, c1]) = body.data.first_chunk::<4>().copied() else {
        line.cut("icmp6", body);
        return;
    };
    let [a, b, c, d] = body.data.get(4..).and_then(<[u8]>::first_chunk).copied().unwrap_or_default();
    if line.style.verbose > 0 && !line.quoted {
        let stored = u16::from_be_bytes([c0, c1]);
        match super::udp::judge(line.network, 58, body, stored, ChecksumState::Unknown) {
            (0, right) => {
                line.text("[bad icmp6 cksum ");
                line.hex(u64::from(stored), 4);
                line.text(" -> ");
                line.hex(u64::from(right), 4);
                line.text("!] ");
            }
            (1, _) => line.text("[icmp6 sum ok] "),
            _ => {}
        }
    }
    line.text("ICMP6, ");
    match TYPES.iter().find(|entry| entry.0 == u64::from(kind)) {
        Some((_, name)) => line.text(name),
        None => {
            line.text("unknown icmp6 type (");
            line.number(u64::from(kind));
            line.text(")");
        }
    }
    let verbose = line.style.verbose > 0;
    if verbose && matches!(kind, 133..=137 | 145 | 147) {
        line.text(", length ");
        line.number(body.len as u64);
    }
    let word = u32::from_be_bytes([a, b, c, d]);
    by_type(line, kind, code, word, body);
    if !verbose {
        line.text(", length ");
        line.number(body.len as u64);
    }
}

fn by_type(line: &mut Line<'_, '_>, kind: u8, code: u8, word: u32, body: Body<'_>) {
    let rest = body.skip(8);
    match kind {
        1 => unreachable(line, code, rest.data),
        2 => {
            line.text(", mtu ");
            line.number(u64::from(word));
        }
        3 => match (code, rest.data.get(24..).and_then(<[u8]>::first_chunk::<16>)) {
            (0, Some(destination)) => {
                line.text(" for ");
                line.ipv6(*destination);
            }
            (1, _) => line.text(" (reassembly)"),
            _ => {}
        },
        4 => {
            line.text(match code {
                0 => ", erroneous - octet ",
                1 => ", next header - octet ",
                2 => ", option - octet ",
                3 => ", incomplete header chain - octet ",
                _ => ", unknown - octet ",
            });
            line.number(u64::from(word));
        }
        128 | 129 => {
            line.text(", id ");
            line.number(u64::from(word >> 16));
            line.text(", seq ");
            line.number(u64::from(word & 0xffff));
        }
        130 if body.len >= 28 => query_v2(line, word >> 16, rest.data),
        130..=132 => {
            line.text("max resp delay: ");
            line.number(u64::from(word >> 16));
            line.text(" addr: ");
            address(line, rest.data);
        }
        133 if line.style.verbose > 0 => options(line, rest.data),
        134 if line.style.verbose > 0 => advertisement(line, word, rest.data),
        135 => {
            line.text(", who has ");
            address(line, rest.data);
            if line.style.verbose > 0 {
                options(line, rest.data.get(16..).unwrap_or_default());
            }
        }
        136 => {
            line.text(", tgt is ");
            address(line, rest.data);
            if line.style.verbose > 0 {
                line.text(", Flags [");
                flags(
                    line,
                    word,
                    &[(0x8000_0000, "router"), (0x4000_0000, "solicited"), (0x2000_0000, "override")],
                );
                line.text("]");
                options(line, rest.data.get(16..).unwrap_or_default());
            }
        }
        137 => {
            line.text(", ");
            address(line, rest.data.get(16..).unwrap_or_default());
            line.text(" to ");
            address(line, rest.data);
            if line.style.verbose > 0 {
                options(line, rest.data.get(32..).unwrap_or_default());
            }
        }
        143 => report_v2(line, word & 0xffff, rest.data),
        _ => {}
    }
}

fn flags(line: &mut Line<'_, '_>, word: u32, names: &[(u32, &str)]) {
    let mut any = false;
    for (bit, name) in names {
        if word & bit != 0 {
            if any {
                line.text(", ");
            }
            line.text(name);
            any = true;
        }
    }
    if !any {
        line.text("none");
    }
}

fn address(line: &mut Line<'_, '_>, octets: &[u8]) {
    match octets.first_chunk::<16>() {
        Some(address) => line.ipv6(*address),
        None => line.text("[|icmp6]"),
    }
}

fn unreachable(line: &mut Line<'_, '_>, code: u8, quote: &[u8]) {
    line.text(match code {
        0 => ", unreachable route",
        1 => ", unreachable prohibited",
        2 => ", beyond scope",
        3 => ", unreachable address",
        4 => ", unreachable port",
        _ => ", unknown unreach code",
    });
    let destination = quote.get(24..).unwrap_or_default();
    match code {
        4 => {
            let (next, at) = upper_layer(quote);
            let port = quote
                .get(at.saturating_add(2)..)
                .and_then(<[u8]>::first_chunk)
                .map_or(0, |p| u16::from_be_bytes(*p));
            line.text(", ");
            address(line, destination);
            match next {
                6 | 17 => {
                    line.text(if next == 6 { " tcp port " } else { " udp port " });
                    line.port(if next == 6 { TCP_PORT } else { UDP_PORT }, port);
                }
                _ => {
                    line.text(" protocol ");
                    line.number(u64::from(next));
                    line.text(" port ");
                    line.number(u64::from(port));
                    line.text(" unreachable");
                }
            }
        }
        2 => {
            line.text(" ");
            address(line, destination);
            line.text(", source address ");
            address(line, quote.get(8..).unwrap_or_default());
        }
        0 | 1 | 3 => {
            line.text(" ");
            address(line, destination);
        }
        _ => {}
    }
}

/// Number and offset of the upper layer in a quoted packet, behind its extension headers.
fn upper_layer(quote: &[u8]) -> (u8, usize) {
    let mut next = quote.get(6).copied().unwrap_or(59);
    let mut at = 40_usize;
    for _ in 0..8 {
        let len = quote.get(at.saturating_add(1)).copied().map_or(0, usize::from);
        let step = match next {
            0 | 43 | 60 => len.saturating_mul(8).saturating_add(8),
            44 => 8,
            _ => break,
        };
        next = quote.get(at).copied().unwrap_or(59);
        at = at.saturating_add(step);
    }
    (next, at)
}

/// RFC 9777 §5.1.3: from 32 768 on, mantissa and exponent.
fn delay(code: u32) -> u32 {
    if code < 0x8000 { code } else { (code & 0xfff | 0x1000) << ((code >> 12 & 7).saturating_add(3)) }
}

fn query_v2(line: &mut Line<'_, '_>, code: u32, rest: &[u8]) {
    line.text(" v2");
    if line.style.verbose > 0 {
        line.text(" [max resp delay=");
        line.number(u64::from(delay(code)));
        line.text("]");
    }
    let mut octets = Octets::new(rest);
    let Some(group) = octets.array::<16>() else { return };
    line.text(" [gaddr ");
    line.ipv6(group);
    let (Some(flags), Some(interval), Some(sources)) = (octets.u8(), octets.u8(), octets.u16()) else {
        line.text("]");
        return;
    };
    if line.style.verbose > 0 {
        if flags & 8 != 0 {
            line.text(" sflag");
        }
        if flags & 7 != 0 {
            line.text(" robustness=");
            line.number(u64::from(flags & 7));
        }
        let interval = u32::from(interval);
        let seconds = if interval < 128 {
            interval
        } else {
            (interval & 15 | 16) << ((interval >> 4 & 7).saturating_add(3))
        };
        line.text(" qqi=");
        line.number(u64::from(seconds));
    }
    if sources > 0 && line.style.verbose < 2 {
        line.text(", ");
        line.number(u64::from(sources));
        line.text(" source(s)");
    } else if sources > 0 {
        line.text(" {");
        for _ in 0..sources {
            let Some(source) = octets.array::<16>() else { break };
            line.text(" ");
            line.ipv6(source);
        }
        line.text(" }");
    }
    line.text("]");
}

fn report_v2(line: &mut Line<'_, '_>, records: u32, rest: &[u8]) {
    line.text(", ");
    line.number(u64::from(records));
    line.text(" group record(s)");
    if line.style.verbose == 0 {
        return;
    }
    let mut octets = Octets::new(rest);
    for _ in 0..records {
        let (Some(kind), Some(more), Some(sources), Some(group)) =
            (octets.u8(), octets.u8(), octets.u16(), octets.array::<16>())
        else {
            return;
        };
        line.text(" [gaddr ");
        line.ipv6(group);
        line.text(match kind {
            1 => " is_in",
            2 => " is_ex",
            3 => " to_in",
            4 => " to_ex",
            5 => " allow",
            6 => " block",
            _ => " [v2-report-#]",
        });
        if line.style.verbose > 1 {
            line.text(" {");
            for _ in 0..sources {
                let Some(source) = octets.array::<16>() else { break };
                line.text(" ");
                line.ipv6(source);
            }
            line.text(" }");
        } else {
            line.text(", ");
            line.number(u64::from(sources));
            line.text(" source(s)");
            octets.take_up_to(usize::from(sources).saturating_mul(16));
        }
        line.text("]");
        octets.take_up_to(usize::from(more).saturating_mul(4));
    }
}

fn preference(bits: u32) -> &'static str {
    match bits & 3 {
        0 => "medium",
        1 => "high",
        3 => "low",
        _ => "reserved",
    }
}

fn advertisement(line: &mut Line<'_, '_>, word: u32, rest: &[u8]) {
    let mut octets = Octets::new(rest);
    let (Some(reachable), Some(retransmit)) = (octets.u32(), octets.u32()) else { return };
    line.text("\n\thop limit ");
    line.number(u64::from(word >> 24));
    line.text(", Flags [");
    flags(
        line,
        word >> 16 & 0xff,
        &[(0x80, "managed"), (0x40, "other stateful"), (0x20, "home agent"), (4, "ND proxy")],
    );
    line.text("], pref ");
    line.text(preference(word >> 19));
    line.text(", router lifetime ");
    line.number(u64::from(word & 0xffff));
    line.text("s, reachable time ");
    line.number(u64::from(reachable));
    line.text("ms, retrans timer ");
    line.number(u64::from(retransmit));
    line.text("ms");
    options(line, octets.left());
}

fn lifetime(line: &mut Line<'_, '_>, seconds: u32) {
    if seconds == u32::MAX {
        line.text("infinity");
    } else {
        line.number(u64::from(seconds));
        line.text("s");
    }
}

fn option_name(kind: u8) -> &'static str {
    match kind {
        1 => "source link-address",
        2 => "destination link-address",
        3 => "prefix info",
        4 => "redirected header",
        5 => "mtu",
        7 => "advertisement interval",
        8 => "homeagent information",
        24 => "route info",
        25 => "rdnss",
        31 => "dnssl",
        37 => "captive portal",
        38 => "pref64",
        _ => "unknown",
    }
}

fn options(line: &mut Line<'_, '_>, list: &[u8]) {
    let mut octets = Octets::new(list);
    let network = line.network;
    while let (Some(kind), Some(len)) = (octets.u8(), octets.u8()) {
        line.text("\n\t  ");
        line.text(option_name(kind));
        line.text(" option (");
        line.number(u64::from(kind));
        line.text("), length ");
        line.number(u64::from(len).saturating_mul(8));
        line.text(" (");
        line.number(u64::from(len));
        line.text("): ");
        let Some(value) =
            octets.take(usize::from(len).saturating_mul(8).saturating_sub(2)).filter(|_| len > 0)
        else {
            line.text("[|icmp6]");
            break;
        };
        option(line, kind, value);
        if line.style.verbose > 1 {
            line.octet_rows("\n\t    ", value);
        }
    }
    line.network = network;
}

fn option(line: &mut Line<'_, '_>, kind: u8, value: &[u8]) {
    let mut octets = Octets::new(value);
    match kind {
        1 | 2 => super::put::hex_octets(line.out, value, Some(b':')),
        3 => prefix(line, &mut octets),
        5 | 7 => {
            let _ = octets.u16();
            line.text(" ");
            line.number(u64::from(octets.u32().unwrap_or(0)));
            if kind == 7 {
                line.text("ms");
            }
        }
        8 => {
            let _ = octets.u16();
            line.text(" preference ");
            line.number(u64::from(octets.u16().unwrap_or(0)));
            line.text(", lifetime ");
            line.number(u64::from(octets.u16().unwrap_or(0)));
        }
        24 => {
            let (len, flags) = (octets.u8().unwrap_or(0), octets.u8().unwrap_or(0));
            let seconds = octets.u32().unwrap_or(0);
            let mut address = [0; 16];
            address.iter_mut().zip(octets.left()).for_each(|(to, from)| *to = *from);
            line.text(" ");
            line.ipv6(address);
            line.text("/");
            line.number(u64::from(len));
            line.text(", pref=");
            line.text(preference(u32::from(flags >> 3)));
            line.text(", lifetime=");
            lifetime(line, seconds);
        }
        25 => {
            let _ = octets.u16();
            line.text(" lifetime ");
            lifetime(line, octets.u32().unwrap_or(0));
            line.text(",");
            while let Some(server) = octets.array::<16>() {
                line.text(" addr: ");
                line.ipv6(server);
            }
        }
        31 => {
            let _ = octets.u16();
            line.text(" lifetime ");
            lifetime(line, octets.u32().unwrap_or(0));
            line.text(", domain(s):");
            domains(line, octets.left());
        }
        37 => {
            let end = value.iter().position(|octet| *octet == 0).unwrap_or(value.len());
            line.untrusted(value.get(..end).unwrap_or(value));
        }
        4 => redirected(line, value.get(6..).unwrap_or_default()),
        _ => {}
    }
}

fn redirected(line: &mut Line<'_, '_>, packet: &[u8]) {
    let quoted = std::mem::replace(&mut line.quoted, true);
    if let Some(id) = line.registry.protocol_named("ipv6") {
        line.text(" ");
        line.protocol(id, Body { data: packet, len: packet.len() });
    }
    line.quoted = quoted;
    line.set_network(Network::None);
}

fn prefix(line: &mut Line<'_, '_>, octets: &mut Octets<'_>) {
    let (len, bits) = (octets.u8().unwrap_or(0), u32::from(octets.u8().unwrap_or(0)));
    let (valid, preferred) = (octets.u32().unwrap_or(0), octets.u32().unwrap_or(0));
    let _ = octets.u32();
    address(line, octets.left());
    line.text("/");
    line.number(u64::from(len));
    line.text(", Flags [");
    flags(line, bits, &[(0x80, "onlink"), (0x40, "auto"), (0x20, "router")]);
    line.text("], valid time ");
    lifetime(line, valid);
    line.text(", pref. time ");
    lifetime(line, preferred);
}

fn domains(line: &mut Line<'_, '_>, list: &[u8]) {
    let mut at = 0;
    while list.get(at).is_some_and(|octet| *octet != 0) {
        line.text(" ");
        match crate::decode::read_dns_name(list, 0, at, line.out) {
            Some(after) => at = after,
            None => return,
        }
        line.text(".");
    }
}
