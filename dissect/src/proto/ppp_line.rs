//! Lines of PPP's control protocols, as tcpdump has them: the message's kind, and with `-v` its options one by one.

use super::octets::Octets;
use super::ppp_control::codes;
use crate::render::line::{Body, Line};

/// Options of LCP, by number; IANA "PPP LCP Configuration Option Types".
const LCP: &[&str] = &[
    "Vend-Ext",
    "MRU",
    "ACCM",
    "Auth-Prot",
    "Qual-Prot",
    "Magic-Num",
    "deprecated(6)",
    "PFC",
    "ACFC",
    "FCS-Alt",
    "SDP",
    "Num-Mode",
    "deprecated(12)",
    "Call-Back",
    "deprecated(14)",
    "deprecated(15)",
    "deprecated(16)",
    "MRRU",
    "12-Bit seq #",
    "End-Disc",
    "Proprietary",
    "DCE-Id",
    "MP+",
    "Link-Disc",
    "LCP-Auth-Opt",
    "COBS",
    "Prefix-elision",
    "Multilink-header-Form",
    "I18N",
    "SDL-over-SONET/SDH",
    "PPP-Muxing",
];

/// Options of IPCP: RFC 1332 §3, RFC 1877 §1, RFC 2290 §2.
const IPCP: &[(u8, &str)] = &[
    (1, "IP-Addrs"),
    (2, "IP-Comp"),
    (3, "IP-Addr"),
    (4, "Home-Addr"),
    (0x81, "Pri-DNS"),
    (0x82, "Pri-NBNS"),
    (0x83, "Sec-DNS"),
    (0x84, "Sec-NBNS"),
];

/// Options of CCP: IANA "PPP CCP Configuration Option Types".
const CCP: &[(u8, &str)] = &[
    (0, "OUI"),
    (1, "Pred-1"),
    (2, "Pred-2"),
    (3, "Puddle"),
    (16, "HP-PPC"),
    (17, "Stac-LZS"),
    (18, "MPPC"),
    (19, "Gand-FZA"),
    (20, "V.42bis"),
    (21, "BSD-Comp"),
    (23, "LZS-DCP"),
    (24, "MVRCA"),
    (25, "DEC"),
    (26, "Deflate"),
];

/// What a callback is asked for by; RFC 1570 §2.3.
const CALLBACKS: [&str; 7] = ["UserAuth", "DialString", "LocalID", "E.164", "X.500", "Unknown", "CBCP"];

/// Before rows of octets in an option.
const ROW: &str = "\n\t    ";

pub(super) fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    let name = line.protocol_name();
    line.text(match name {
        "lcp" => "LCP",
        "ipcp" => "IPCP",
        "ipv6cp" => "IP6CP",
        "ccp" => "CCP",
        "ecp" => "ECP",
        "pap" => "PAP",
        _ => "CHAP",
    });
    let Some([code, id, l0, l1]) = body.data.first_chunk::<4>().copied() else {
        line.cut(name, body);
        return;
    };
    line.text(", ");
    line.text(match code {
        13 if !matches!(name, "pap" | "chap") => "Time-Rem",
        _ => codes(name)
            .iter()
            .find(|entry| entry.0 == u64::from(code))
            .map_or("Unknown Opcode", |entry| entry.1),
    });
    line.text(" (");
    line.hex(u64::from(code), 2);
    line.text("), id ");
    line.number(u64::from(id));
    let said = usize::from(u16::from_be_bytes([l0, l1]));
    let mut octets = Octets::new(body.data.get(4..said.min(body.data.len())).unwrap_or_default());
    match (name, code) {
        ("pap", 1) => {
            for what in [", Peer ", ", Name "] {
                line.text(what);
                counted(line, &mut octets);
            }
        }
        ("pap", _) => {
            line.text(", Msg ");
            counted(line, &mut octets);
        }
        ("chap", 1 | 2) => {
            line.text(", Value ");
            let len = usize::from(octets.u8().unwrap_or(0));
            super::put::hex_octets(line.out, octets.take_up_to(len), None);
            line.text(", Name ");
            line.untrusted(octets.left());
        }
        ("chap", _) => {
            line.text(", Msg ");
            line.untrusted(octets.left());
        }
        _ => {
            line.text(", length ");
            line.number(body.len.saturating_add(2) as u64);
            if line.style.verbose > 0 {
                let behind = body.data.get(said..).unwrap_or_default();
                verbose(line, name, [code, id], said, body.len, (octets, behind));
            }
        }
    }
}

/// A text behind its length.
fn counted(line: &mut Line<'_, '_>, octets: &mut Octets<'_>) {
    let len = usize::from(octets.u8().unwrap_or(0));
    line.untrusted(octets.take_up_to(len));
}

fn verbose(
    line: &mut Line<'_, '_>,
    protocol: &str,
    [code, id]: [u8; 2],
    said: usize,
    packet: usize,
    (mut octets, behind): (Octets<'_>, &[u8]),
) {
    line.labelled("\n\tencoded length ", said as u64);
    if said > packet {
        line.labelled(" (> packet length ", packet as u64);
        line.text("))");
        return;
    }
    if said < 4 {
        line.text(" (< 4))");
        return;
    }
    line.labelled(" (=Option(s) length ", said.saturating_sub(4) as u64);
    line.text(")");
    match code {
        1..=4 => options(line, protocol, octets, behind.len()),
        8 => rejected(line, octets),
        0 if octets.left().len() >= 7 => {
            magic(line, &mut octets);
            let vendor = octets.u24().unwrap_or(0);
            line.text(" Vendor: ");
            vendor_name(line, vendor);
        }
        9..=11 if octets.left().len() >= 4 => {
            magic(line, &mut octets);
            if !octets.is_empty() {
                line.text("\n\t  -----trailing data-----");
                line.octet_rows("\n\t  ", octets.left());
            }
        }
        12 if octets.left().len() >= 4 => {
            magic(line, &mut octets);
            if !octets.is_empty() {
                line.text("\n\t  Message\n\t    ");
                line.untrusted(octets.left());
            }
        }
        13 if octets.left().len() >= 8 => {
            magic(line, &mut octets);
            line.labelled(", Seconds-Remaining ", u64::from(octets.u32().unwrap_or(0)));
            line.text("s");
        }
        // Resets, and codes that nobody knows, are shown as they are, from the protocol's number on.
        14.. if said > 4 => {
            let [high, low] = number(protocol).to_be_bytes();
            let [l0, l1] = u16::try_from(said).unwrap_or(u16::MAX).to_be_bytes();
            let mut message = vec![high, low, code, id, l0, l1];
            message.extend_from_slice(octets.left());
            line.octet_rows("\n\t  ", &message);
        }
        _ => {}
    }
}

/// The protocol's number in PPP.
fn number(protocol: &str) -> u16 {
    match protocol {
        "lcp" => 0xc021,
        "ipcp" => 0x8021,
        "ipv6cp" => 0x8057,
        "ccp" => 0x80fd,
        _ => 0x8053,
    }
}

fn magic(line: &mut Line<'_, '_>, octets: &mut Octets<'_>) {
    line.text("\n\t  Magic-Num ");
    line.hex(u64::from(octets.u32().unwrap_or(0)), 8);
}

fn vendor_name(line: &mut Line<'_, '_>, vendor: u32) {
    line.text(match vendor {
        0 => "Ethernet",
        0x0c => "Cisco",
        0x137 => "Microsoft",
        _ => "Unknown",
    });
    line.labelled(" (", u64::from(vendor));
    line.text(")");
}

/// What the peer has no use for.
fn rejected(line: &mut Line<'_, '_>, mut octets: Octets<'_>) {
    let Some(protocol) = octets.u16() else { return };
    line.text("\n\t  Rejected ");
    line.text(super::ppp::protocol_name(u64::from(protocol)).unwrap_or("unknown"));
    line.text(" Protocol (");
    line.hex(u64::from(protocol), 4);
    line.text(")");
    if !octets.is_empty() {
        line.text("\n\t  Rejected Packet");
        line.octet_rows(ROW, octets.left());
    }
}

/// The options; `behind`: octets behind the message, which an option that is too long may be made of.
fn options(line: &mut Line<'_, '_>, protocol: &str, mut octets: Octets<'_>, behind: usize) {
    while let (before, Some(kind), Some(len)) = (octets.left().len(), octets.u8(), octets.u8()) {
        // What is not there at all is not told.
        if usize::from(len) > before.saturating_add(behind) {
            return;
        }
        let Some(name) = option_name(protocol, kind) else {
            line.text("\n\tunknown LCP option ");
            line.hex(u64::from(kind), 2);
            octets.take_up_to(usize::from(len).saturating_sub(2));
            if len < 2 {
                return;
            }
            continue;
        };
        line.text("\n\t  ");
        line.text(name);
        line.text(" Option (");
        line.hex(u64::from(kind), 2);
        line.labelled("), length ", u64::from(len));
        if len < 2 {
            line.text(" (length bogus, should be >= 2)");
            return;
        }
        let value = octets.take_up_to(usize::from(len).saturating_sub(2));
        match protocol {
            "lcp" => lcp_option(line, kind, value),
            "ipcp" => ipcp_option(line, kind, value),
            "ipv6cp" => ipv6cp_option(line, kind, value),
            "ccp" => ccp_option(line, kind, value),
            _ => line.octet_rows(ROW, value),
        }
        if usize::from(len) > before {
            line.labelled(" [remaining options length ", before as u64);
            line.labelled(" < ", u64::from(len));
            line.text("] (invalid)");
            return;
        }
    }
}

fn option_name(protocol: &str, kind: u8) -> Option<&'static str> {
    let of = |list: &[(u8, &'static str)], none| {
        Some(list.iter().find(|(known, _)| *known == kind).map_or(none, |(_, name)| *name))
    };
    match protocol {
        "lcp" => LCP.get(usize::from(kind)).copied(),
        "ipcp" => of(IPCP, "unknown"),
        "ipv6cp" => of(&[(1, "Interface-ID")], "unknown"),
        "ecp" => of(&[(0, "OUI"), (1, "DESE"), (2, "3DESE"), (3, "DESE-bis")], "Unknown"),
        _ => of(CCP, "Unknown"),
    }
}

/// Whether the value has as many octets as its kind asks for; said where it has not.
fn fits(line: &mut Line<'_, '_>, value: &[u8], octets: usize) -> bool {
    if value.len() != octets {
        line.labelled(" (length bogus, should be = ", octets.saturating_add(2) as u64);
        line.text(")");
    }
    value.len() == octets
}

/// Whether the value has at least so many octets.
fn suffices(line: &mut Line<'_, '_>, value: &[u8], octets: usize) -> bool {
    if value.len() < octets {
        line.labelled(" (length bogus, should be >= ", octets.saturating_add(2) as u64);
        line.text(")");
    }
    value.len() >= octets
}

fn lcp_option(line: &mut Line<'_, '_>, kind: u8, value: &[u8]) {
    let mut octets = Octets::new(value);
    match kind {
        0 if suffices(line, value, 4) => {
            line.text(": Vendor: ");
            vendor_name(line, octets.u24().unwrap_or(0));
        }
        1 | 17 if fits(line, value, 2) => line.labelled(": ", u64::from(octets.u16().unwrap_or(0))),
        2 | 5 if fits(line, value, 4) => {
            line.text(": ");
            line.hex(u64::from(octets.u32().unwrap_or(0)), 8);
        }
        3 if suffices(line, value, 2) => authentication(line, octets),
        4 if suffices(line, value, 2) => {
            line.text(if octets.u16() == Some(0xc025) { ": LQR" } else { ": unknown" });
        }
        13 if suffices(line, value, 1) => {
            let operation = octets.u8().unwrap_or(0);
            line.text(": : Callback Operation ");
            line.text(CALLBACKS.get(usize::from(operation)).copied().unwrap_or("Unknown"));
            line.labelled(" (", u64::from(operation));
            line.text(")");
        }
        19 if suffices(line, value, 1) => discriminator(line, octets),
        23 if fits(line, value, 2) => {
            line.text(": ");
            line.hex(u64::from(octets.u16().unwrap_or(0)), 4);
        }
        0..=5 | 7 | 8 | 13 | 17 | 19 | 23 => {}
        _ => line.octet_rows(ROW, value),
    }
}

fn authentication(line: &mut Line<'_, '_>, mut octets: Octets<'_>) {
    let protocol = octets.u16().unwrap_or(0);
    line.text(": ");
    match protocol {
        0xc023 => line.text("PAP"),
        0xc223 => match octets.u8() {
            None => line.text("CHAP [|ppp]"),
            Some(algorithm) => {
                line.text("CHAP, ");
                match algorithm {
                    5 => line.text("MD5"),
                    0x80 => line.text("MS-CHAPv1"),
                    0x81 => line.text("MS-CHAPv2"),
                    other => line.labelled("Unknown Auth Alg ", u64::from(other)),
                }
            }
        },
        0xc227 => line.text("EAP"),
        0xc027 => line.text("SPAP"),
        0xc123 => line.text("Old-SPAP"),
        other => {
            line.text("Unknown Auth Proto (");
            line.hex(u64::from(other), 4);
            line.text(")");
        }
    }
}

/// RFC 1990 §5.1.3.
fn discriminator(line: &mut Line<'_, '_>, mut octets: Octets<'_>) {
    let class = octets.u8().unwrap_or(0);
    line.text(": ");
    match (class, octets.left()) {
        (0, _) => line.text("Null"),
        (1, _) => line.text("Local"),
        (2, value) => {
            if fits_discriminator(line, value, 4)
                && let Some(address) = octets.array()
            {
                line.text("IPv4 ");
                line.ipv4(address);
            }
        }
        (3, value) => {
            if fits_discriminator(line, value, 6)
                && let Some(address) = octets.array()
            {
                line.text("MAC ");
                line.mac(address);
            }
        }
        (4, _) => line.text("Magic-Num-Block"),
        (5, _) => line.text("PSNDN"),
        _ => line.labelled("Unknown class ", u64::from(class)),
    }
}

fn fits_discriminator(line: &mut Line<'_, '_>, value: &[u8], octets: usize) -> bool {
    if value.len() != octets {
        line.out.truncate(line.out.len().saturating_sub(2));
        line.labelled(" (length bogus, should be = ", octets.saturating_add(3) as u64);
        line.text(")");
    }
    value.len() == octets
}

fn ipcp_option(line: &mut Line<'_, '_>, kind: u8, value: &[u8]) {
    let mut octets = Octets::new(value);
    match kind {
        1 if fits(line, value, 8) => {
            for what in [": src ", ", dst "] {
                line.text(what);
                octets.array().into_iter().for_each(|address| line.ipv4(address));
            }
        }
        2 if suffices(line, value, 2) => {
            let protocol = octets.u16().unwrap_or(0);
            line.text(match protocol {
                0x2d => ": VJ-Comp (",
                0x61 => ": IP Header Compression (",
                _ => ": Unknown (",
            });
            line.hex(u64::from(protocol), 2);
            line.text("):");
        }
        3 | 4 | 0x81..=0x84 if fits(line, value, 4) => {
            line.text(": ");
            octets.array().into_iter().for_each(|address| line.ipv4(address));
        }
        1..=4 | 0x81..=0x84 => {}
        _ => line.octet_rows(ROW, value),
    }
}

fn ipv6cp_option(line: &mut Line<'_, '_>, kind: u8, value: &[u8]) {
    if kind != 1 {
        line.octet_rows(ROW, value);
    } else if fits(line, value, 8) {
        for (at, pair) in value.chunks(2).enumerate() {
            line.text(if at == 0 { ": " } else { ":" });
            super::put::hex_octets(line.out, pair, None);
        }
    }
}

fn ccp_option(line: &mut Line<'_, '_>, kind: u8, value: &[u8]) {
    let mut octets = Octets::new(value);
    match kind {
        21 if suffices(line, value, 1) => {
            let octet = octets.u8().unwrap_or(0);
            line.labelled(": Version: ", u64::from(octet >> 5));
            line.labelled(", Dictionary Bits: ", u64::from(octet & 31));
        }
        24 if suffices(line, value, 2) => {
            let (first, second) = (octets.u8().unwrap_or(0), octets.u8().unwrap_or(0));
            line.labelled(": Features: ", u64::from(first >> 6));
            line.text(if first & 0x20 == 0 { ", PxP: Disabled" } else { ", PxP: Enabled" });
            line.labelled(", History: ", u64::from(first & 31));
            line.labelled(", #CTX-ID: ", u64::from(second));
        }
        26 if suffices(line, value, 2) => {
            let (first, second) = (octets.u8().unwrap_or(0), octets.u8().unwrap_or(0));
            line.labelled(": Window: ", u64::from(first >> 4));
            line.text(if first & 15 == 8 { "K, Method: zlib (" } else { "K, Method: unknown (" });
            line.text("0x");
            super::put::hex(line.out, u64::from(first & 15));
            line.labelled("), MBZ: ", u64::from(second >> 2));
            line.labelled(", CHK: ", u64::from(second & 3));
        }
        21 | 24 | 26 => {}
        _ => line.octet_rows(ROW, value),
    }
}
