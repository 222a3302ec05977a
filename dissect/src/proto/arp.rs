//! Address resolution: ARP (RFC 826), reverse (RFC 903), inverse (RFC 2390), with the numbers of the IANA registry
//! "Address Resolution Protocol (ARP) Parameters". Addresses other than IEEE 802 and IPv4 are shown as octets.

use crate::decode::Walk;
use crate::flow::State;
use crate::render::line::{Body, Line};
use crate::schema::{
    BuildFn, ETHER_TYPE, Field, Item, Kind, LLC_SAP, Protocol, Severity, Size, Test, be16, be64, built,
    bytes, custom_both, decoded, eq, flag, ipv4, is_in, mac, swapped, turned, u8, val, when,
};

const HARDWARE: &[(u64, &str)] = &[
    (0, "NET/ROM"),
    (1, "Ethernet"),
    (2, "Experimental Ethernet"),
    (3, "AX.25"),
    (4, "ProNET"),
    (5, "Chaos"),
    (6, "TokenRing"),
    (7, "ArcNet"),
    (15, "FrameRelay"),
    (16, "ATM"),
    (17, "HDLC"),
    (18, "Fibre Channel"),
    (19, "ATM"),
    (20, "Serial Line"),
    (23, "Metricom Starmode"),
    (24, "IEEE 1394"),
    (27, "EUI-64"),
    (32, "InfiniBand"),
];

const OPCODES: &[(u64, &str)] = &[
    (1, "Request"),
    (2, "Reply"),
    (3, "Reverse Request"),
    (4, "Reverse Reply"),
    (5, "DRARP Request"),
    (6, "DRARP Reply"),
    (7, "DRARP Error"),
    (8, "Inverse Request"),
    (9, "Inverse Reply"),
    (10, "NACK Reply"),
    (19, "Experimental 1"),
    (24, "Experimental 2"),
    (25, "MAPOS UNARP"),
];

/// Operations in scapy's words.
const OPCODE_WORDS: &[(u64, &str)] = &[
    (1, "who-has"),
    (2, "is-at"),
    (3, "RARP-req"),
    (4, "RARP-rep"),
    (5, "Dyn-RARP-req"),
    (6, "Dyn-RAR-rep"),
    (7, "Dyn-RARP-err"),
    (8, "InARP-req"),
    (9, "InARP-rep"),
];

/// Whether hardware addresses are IEEE 802 addresses.
fn mac_test() -> Test {
    Test::All(vec![is_in("hw.type", &[1, 6, 15, 32]), eq("hw.size", 6)])
}

fn ip_test() -> Test {
    Test::All(vec![eq("proto.type", 0x0800), eq("proto.size", 4)])
}

fn address(test: fn() -> Test, typed: Field, other: Field, size: &'static str) -> [Item; 2] {
    let other = Field { size: Size::Octets(val(size)), kind: Kind::Bytes, ..other };
    [when(test(), [typed.into()]), when(Test::Not(Box::new(test())), [other.into()])]
}

/// Hardware addresses; for the crafter text is a MAC address with Ethernet alone, with others it is the octets.
fn hardware_items(typed: Field, other: Field) -> Vec<Item> {
    let ethernet = || Test::All(vec![eq("hw.type", 1), eq("hw.size", 6)]);
    let read = address(mac_test, typed.clone(), other.clone(), "hw.size");
    vec![decoded(read), built(address(ethernet, typed, other, "hw.size"))]
}

/// Protocol addresses; for the crafter text is an IPv6 address with IPv6 alone, with others it is the octets.
fn protocol_items(typed: Field, other: Field) -> Vec<Item> {
    let ipv6 = || Test::All(vec![eq("proto.type", 0x86dd), eq("proto.size", 16)]);
    let read = address(ip_test, typed.clone(), other.clone(), "proto.size");
    let six = other.clone().reads(Kind::Ipv6);
    let [four, not_four] = address(ip_test, typed, other.clone(), "proto.size");
    let [_, not_six] = address(ipv6, six.clone(), other, "proto.size");
    let six = Field { size: Size::Octets(val("proto.size")), kind: Kind::Bytes, ..six };
    let not_four = match not_four {
        Item::When(test, _) => Item::When(test, vec![when(ipv6(), [six.into()]), not_six].into()),
        item => item,
    };
    vec![decoded(read), built([four, not_four])]
}

/// The length of an address that is no IEEE 802 or IPv4 address follows from what was given for it.
fn written_size(size: Field, address: Field, build: BuildFn) -> Item {
    custom_both([size, address], |_| {}, build)
}

pub(super) fn arp() -> Protocol {
    let octets = |name| bytes(name, Size::Rest);
    let mut arp = Protocol::new("arp", "Address Resolution Protocol")
        .layer("ARP")
        .alias("rarp")
        .source("RFC 826, RFC 903, RFC 2390")
        .on(ETHER_TYPE, &[0x0806, 0x8035])
        .on(LLC_SAP, &[0x98])
        .field(be16("hw.type").craft("hwtype").default(1).names(HARDWARE).doc("hardware type"))
        .field(
            be16("proto.type")
                .craft("ptype")
                .default(0x0800)
                .hex()
                .named_by(super::ether_type_name)
                .doc("protocol type"),
        )
        .field(decoded([u8("hw.size").unit("octets").doc("hardware address length").into()]))
        .field(built([written_size(
            u8("hw.size").craft("hwlen").default(6).doc("hardware address length"),
            octets("src.hw").craft("hwsrc").doc("sender hardware address"),
            |build| {
                let typed = build.number("hw.type") == 1;
                let given = build.octets("src.hw").map_or(0, |octets| octets.len() as u64);
                build.put_number("hw.size", if typed { 6 } else { given });
            },
        )]))
        .field(decoded([u8("proto.size").unit("octets").doc("protocol address length").into()]))
        .field(built([written_size(
            u8("proto.size").craft("plen").default(4).doc("protocol address length"),
            octets("src.proto").craft("psrc").doc("sender protocol address"),
            |build| {
                let given = build.octets("src.proto").map_or(0, |octets| octets.len() as u64);
                let size = match build.number("proto.type") {
                    0x0800 => 4,
                    0x86dd => 16,
                    _ => given,
                };
                build.put_number("proto.size", size);
            },
        )]))
        .field(be16("opcode").craft("op").default(1).names(OPCODES).words(OPCODE_WORDS).doc("operation"));
    let parts: [Vec<Item>; 4] = [
        hardware_items(
            mac("src.hw_mac").craft("hwsrc").doc("sender hardware address"),
            octets("src.hw").craft("hwsrc").doc("sender hardware address"),
        ),
        protocol_items(
            ipv4("src.proto_ipv4").craft("psrc").doc("sender protocol address"),
            octets("src.proto").craft("psrc").doc("sender protocol address"),
        ),
        hardware_items(
            mac("dst.hw_mac").craft("hwdst").doc("target hardware address"),
            octets("dst.hw").craft("hwdst").doc("target hardware address"),
        ),
        protocol_items(
            ipv4("dst.proto_ipv4").craft("pdst").doc("target protocol address"),
            octets("dst.proto").craft("pdst").doc("target protocol address"),
        ),
    ];
    arp.items.extend(parts.into_iter().flatten());
    arp.extra(flag("isgratuitous").doc("sender asks for, or answers with, its own address"))
        .extra(flag("isprobe").doc("sender has no address yet (RFC 5227)"))
        .extra(flag("isannouncement").doc("sender announces its address (RFC 5227)"))
        .extra(
            flag("duplicate_address_detected")
                .alias("duplicate-address-detected")
                .from_state(State::Arp)
                .expert(Severity::Warning, 1, 1, "two hosts claim the address")
                .doc("another host has claimed the sender's address"),
        )
        .extra(be64("duplicate_address_frame").alias("duplicate-address-frame").from_state(State::Arp).doc("the other claimed it in frame"))
        .answers([turned("opcode", &[(1, 2), (3, 4), (5, 6), (8, 9)]), swapped("src.proto_ipv4", "dst.proto_ipv4"), swapped("src.proto", "dst.proto")])
        .after(after)
        .summary(summary)
        .sample("ffffffffffff 020000000001 0806 0001 0800 06 04 0001 020000000001 0a000001 000000000000 0a000002 000000000000000000000000000000000000")
        .sample("ffffffffffff 020000000001 0806 0020 0800 08 04 0001 0102030405060708 c0a80001 0000000000000000 c0a80002")
}

/// The parts of an Ethernet and IPv4 packet.
struct Parts {
    opcode: u16,
    sender: [u8; 4],
    target: [u8; 4],
}

fn parts(octets: &[u8]) -> Option<Parts> {
    let [_, _, 8, 0, hardware, 4, o0, o1, ..] = *octets.first_chunk::<8>()? else { return None };
    let size = usize::from(hardware);
    let sender = octets.get(size.saturating_add(8)..)?.first_chunk()?;
    let target = octets.get(size.saturating_mul(2).saturating_add(12)..)?.first_chunk()?;
    Some(Parts { opcode: u16::from_be_bytes([o0, o1]), sender: *sender, target: *target })
}

fn after(walk: &mut Walk<'_, '_>) {
    if let Some(other) = walk.around().facts.and_then(|facts| facts.also_claimed)
        && walk.is_first_of_its_kind()
    {
        let at = walk.layer_offset();
        walk.emit("duplicate_address_detected", at, 0, 1);
        walk.emit("duplicate_address_frame", at, 0, other);
    }
    let at = walk.layer_offset();
    if let Some(Parts { opcode, sender, target }) = parts(walk.header()) {
        let gratuitous = matches!(opcode, 1 | 2) && sender == target;
        if matches!(opcode, 1 | 2) && sender != [0; 4] && gratuitous {
            walk.emit("isgratuitous", at, 0, 1);
        }
        if opcode == 1 && sender == [0; 4] {
            walk.emit("isprobe", at, 0, 1);
        }
        if opcode == 1 && gratuitous && sender != [0; 4] {
            walk.emit("isannouncement", at, 0, 1);
        }
    }
    // What follows is padding of the link layer.
    walk.limit_payload(0);
}

fn hardware(line: &mut Line<'_, '_>, octets: &[u8]) {
    super::put::hex_octets(line.out, octets, Some(b':'));
}

fn protocol_address(line: &mut Line<'_, '_>, octets: &[u8], is_ip: bool) {
    match octets.first_chunk::<4>() {
        Some(address) if is_ip => line.ipv4(*address),
        _ => line.text("<wrong proto type>"),
    }
}

fn name(list: &[(u64, &'static str)], value: u64) -> Option<&'static str> {
    list.iter().find(|entry| entry.0 == value).map(|entry| entry.1)
}

fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    if !line.style.link {
        line.text("ARP, ");
    }
    let Some([h0, h1, p0, p1, hardware_len, protocol_len, o0, o1]) = body.data.first_chunk::<8>().copied()
    else {
        line.cut("arp", body);
        return;
    };
    let (kind, protocol) = (u16::from_be_bytes([h0, h1]), u16::from_be_bytes([p0, p1]));
    let opcode = u16::from_be_bytes([o0, o1]);
    let is_ip = protocol == 0x0800 && protocol_len == 4;
    if line.style.verbose > 0 || protocol_len != 4 || hardware_len == 0 {
        line.text(name(HARDWARE, u64::from(kind)).unwrap_or("Unknown Hardware"));
        line.text(" (len ");
        line.number(u64::from(hardware_len));
        line.text("), ");
        line.text(super::ether_type_name(u64::from(protocol)).unwrap_or("Unknown Protocol"));
        line.text(" (len ");
        line.number(u64::from(protocol_len));
        line.text("), ");
        if line.style.verbose == 0 {
            line.text("length ");
            line.number(body.len as u64);
            return;
        }
    }
    let (hardware_len, protocol_len) = (usize::from(hardware_len), usize::from(protocol_len));
    let mut left = body.data.get(8..).unwrap_or_default();
    let mut take = |octets: usize| -> Option<&[u8]> {
        let (part, rest) = left.split_at_checked(octets)?;
        left = rest;
        Some(part)
    };
    let (Some(source), Some(from), Some(target), Some(to)) =
        (take(hardware_len), take(protocol_len), take(hardware_len), take(protocol_len))
    else {
        line.cut("arp", body);
        return;
    };
    match name(OPCODES, u64::from(opcode)) {
        Some(name) => line.text(name),
        None => {
            line.text("Unknown (");
            line.number(u64::from(opcode));
            line.text(")");
        }
    }
    line.text(" ");
    match opcode {
        1 => {
            line.text("who-has ");
            protocol_address(line, to, is_ip);
            if target.iter().any(|octet| *octet != 0) {
                line.text(" (");
                hardware(line, target);
                line.text(")");
            }
            line.text(" tell ");
            protocol_address(line, from, is_ip);
        }
        2 => {
            protocol_address(line, from, is_ip);
            line.text(" is-at ");
            hardware(line, source);
        }
        3 | 8 => {
            line.text("who-is ");
            hardware(line, target);
            line.text(" tell ");
            hardware(line, source);
        }
        4 => {
            hardware(line, target);
            line.text(" at ");
            protocol_address(line, to, is_ip);
        }
        9 => {
            hardware(line, source);
            line.text(" at ");
            protocol_address(line, from, is_ip);
        }
        _ => {
            protocol_address(line, from, is_ip);
            line.text(" (");
            hardware(line, source);
            line.text(") > ");
            protocol_address(line, to, is_ip);
            line.text(" (");
            hardware(line, target);
            line.text(")");
        }
    }
    line.text(", length ");
    line.number(body.len as u64);
}
