//! ICMP for IPv4: RFC 792, with RFC 950 (address mask), 1256 (router discovery), 1191 (MTU), 1393 (traceroute),
//! 1788 (domain name), 2521 (security failures), 4884 (multi-part messages), 5944 (mobile IP) and 8335 (PROBE).
//!
//! Error messages quote the packet that caused them; an extension structure may stand behind the quotation.

use super::exchange::Exchange;
use super::icmp_extension as extension;
use crate::checksum;
use crate::decode::Walk;
use crate::frame::ChecksumState;
use crate::render::line::{Body, Line};
use crate::schema::{
    Checksum, Field, IP_PROTO, Item, Kind, Protocol, Severity, Size, Tlv, be16, be32, bits, block, built,
    bytes, case, flag, ipv4, is_in, label, le16, lit, quotes, repeat, rest, same, switch, text, times,
    turned, u8, val, when,
};

const TYPES: &[(u64, &str)] = &[
    (0, "echo reply"),
    (3, "unreachable"),
    (4, "source quench"),
    (5, "redirect"),
    (6, "alternate host address"),
    (8, "echo request"),
    (9, "router advertisement"),
    (10, "router solicitation"),
    (11, "time exceeded"),
    (12, "parameter problem"),
    (13, "time stamp request"),
    (14, "time stamp reply"),
    (15, "information request"),
    (16, "information reply"),
    (17, "address mask request"),
    (18, "address mask reply"),
    (30, "traceroute"),
    (31, "conversion error"),
    (32, "mobile host redirect"),
    (33, "IPv6 where-are-you"),
    (34, "IPv6 I-am-here"),
    (35, "mobile registration request"),
    (36, "mobile registration reply"),
    (37, "domain name request"),
    (38, "domain name reply"),
    (39, "SKIP"),
    (40, "Photuris"),
    (41, "experimental mobility"),
    (42, "extended echo request"),
    (43, "extended echo reply"),
    (253, "experiment 1"),
    (254, "experiment 2"),
];

/// Types in scapy's words.
const TYPE_WORDS: &[(u64, &str)] = &[
    (0, "echo-reply"),
    (3, "dest-unreach"),
    (4, "source-quench"),
    (5, "redirect"),
    (8, "echo-request"),
    (9, "router-advertisement"),
    (10, "router-solicitation"),
    (11, "time-exceeded"),
    (12, "parameter-problem"),
    (13, "timestamp-request"),
    (14, "timestamp-reply"),
    (15, "information-request"),
    (16, "information-response"),
    (17, "address-mask-request"),
    (18, "address-mask-reply"),
    (30, "traceroute"),
    (31, "datagram-conversion-error"),
    (32, "mobile-host-redirect"),
    (33, "ipv6-where-are-you"),
    (34, "ipv6-i-am-here"),
    (35, "mobile-registration-request"),
    (36, "mobile-registration-reply"),
    (37, "domain-name-request"),
    (38, "domain-name-reply"),
    (39, "skip"),
    (40, "photuris"),
];

/// Codes in scapy's words; each belongs to one type.
const CODE_WORDS: &[(u64, &str)] = &[
    (0, "network-unreachable"),
    (1, "host-unreachable"),
    (2, "protocol-unreachable"),
    (3, "port-unreachable"),
    (4, "fragmentation-needed"),
    (5, "source-route-failed"),
    (6, "network-unknown"),
    (7, "host-unknown"),
    (9, "network-prohibited"),
    (10, "host-prohibited"),
    (11, "TOS-network-unreachable"),
    (12, "TOS-host-unreachable"),
    (13, "communication-prohibited"),
    (14, "host-precedence-violation"),
    (15, "precedence-cutoff"),
    (0, "network-redirect"),
    (1, "host-redirect"),
    (2, "TOS-network-redirect"),
    (3, "TOS-host-redirect"),
    (0, "ttl-zero-during-transit"),
    (1, "ttl-zero-during-reassembly"),
    (0, "ip-header-bad"),
    (1, "required-option-missing"),
    (0, "bad-spi"),
    (1, "authentication-failed"),
    (2, "decompression-failed"),
    (3, "decryption-failed"),
    (4, "need-authentification"),
    (5, "need-authorization"),
];

pub(super) fn icmp() -> Protocol {
    super::ipv6::without_number(declared(), &[""])
}

fn declared() -> Protocol {
    Protocol::new("icmp", "Internet Control Message Protocol")
        .layer("ICMP")
        .layer("ICMPerror")
        .source("RFC 792, RFC 4884")
        .on(IP_PROTO, &[1])
        .later(fields)
        .leads_to(&["ip", "icmp.ext"])
        .answers([turned("type", &[(8, 0), (10, 9), (13, 14), (15, 16), (17, 18), (33, 34), (37, 38), (42, 43)]), same("ident"), same("seq"), same("ext.echo.seq"), quotes("type", &[3, 4, 5, 11, 12, 31, 40])])
        .after(after)
        .summary(summary)
        .sample("02000000000202000000000108004500002400010000400166d60a0000010a00000208006668000100016162636465666768")
        .sample("02000000000202000000000108004500003800010000400166c20a0000010a00000203031119000000004500001c00010000401166ce0a0000020a00000103e807d00008e023")
        .sample("02000000000202000000000108004500002400010000400166d60a0000010a0000020900e4ef010207080a00000100000005")
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    let protocol = protocol
        .field(
            u8("type")
                .default(8)
                .names(TYPES)
                .words(TYPE_WORDS)
                .expert(Severity::Note, 3, 3, "destination unreachable")
                .expert(Severity::Note, 4, 5, "the path is not as the sender thinks")
                .expert(Severity::Note, 11, 11, "time exceeded: a loop, or a trace")
                .expert(Severity::Warning, 12, 12, "a header is not understood")
                .doc("type"),
        )
        .field(u8("code").words(CODE_WORDS).doc("code"))
        .field(be16("checksum").craft("chksum").hex().sum(Checksum::Whole).doc("checksum"))
        .field(rest_of_header())
        .field(when(is_in("type", &[3, 11, 12]), [extension::behind()]))
        .extra(
            u8("checksum.status")
                .names(super::CHECKSUM_STATUS)
                .expert(Severity::Error, 0, 0, "the checksum is wrong")
                .doc("checksum status"),
        )
        .extra(be16("checksum.calculated").hex().doc("checksum that would be right"));
    EXCHANGE.declare(protocol)
}

fn identifier() -> [Item; 2] {
    [
        be16("ident").craft("id").doc("identifier").of([le16("ident_le").doc("identifier, octets swapped")]),
        be16("seq").doc("sequence number").of([le16("seq_le").doc("sequence number, octets swapped")]),
    ]
}

fn unused(octets: i64) -> Item {
    bytes("unused", Size::Octets(lit(octets))).craft("unused").doc("unused").into()
}

/// The first unused octet of an error, in scapy's word for it.
fn reserved() -> Item {
    bytes("unused", Size::Octets(lit(1))).craft("reserved").doc("unused").into()
}

fn quote_length() -> Field {
    u8("length").scale(4).unit("octets").doc("octets of the quoted packet; 0: not said")
}

/// The second word of the header and what belongs to it, by type.
fn rest_of_header() -> Item {
    let stamp = |name, craft| be32(name).craft(craft).unit("ms");
    let with = |more: Vec<Item>| identifier().into_iter().chain(more).collect::<Vec<_>>();
    let stamps = || {
        with(vec![
            stamp("originate_timestamp", "ts_ori").doc("time since midnight, sender").into(),
            stamp("receive_timestamp", "ts_rx").doc("time since midnight, receiver, on arrival").into(),
            stamp("transmit_timestamp", "ts_tx").doc("time since midnight, receiver, on answering").into(),
        ])
    };
    let mask = || with(vec![ipv4("address_mask").craft("addr_mask").doc("address mask").into()]);
    switch(
        val("type"),
        [
            (0, with(vec![])),
            (8, with(vec![])),
            (15, with(vec![])),
            (16, with(vec![])),
            (33, with(vec![])),
            (34, with(vec![])),
            (37, with(vec![built([unused(4)])])),
            (
                38,
                with(vec![
                    be32("domain_ttl").unit("s").doc("time to live").into(),
                    text("domain_name", rest()).doc("domain name").into(),
                ]),
            ),
            (13, stamps()),
            (14, stamps()),
            (17, mask()),
            (18, mask()),
            (
                3,
                vec![
                    reserved(),
                    quote_length().into(),
                    switch(
                        val("code"),
                        [(
                            4,
                            vec![
                                be16("mtu")
                                    .craft("nexthopmtu")
                                    .unit("octets")
                                    .doc("MTU of the next hop")
                                    .into(),
                            ],
                        )],
                        vec![bytes("unused", Size::Octets(lit(2))).craft("nexthopmtu").doc("unused").into()],
                    ),
                ],
            ),
            (4, vec![unused(4)]),
            (5, vec![ipv4("redir_gw").craft("gw").doc("gateway").into()]),
            (9, router_advertisement().into()),
            (10, vec![bytes("reserved", Size::Octets(lit(4))).doc("reserved").into()]),
            (11, vec![reserved(), quote_length().into(), unused(2)]),
            (
                12,
                vec![
                    u8("pointer").craft("ptr").doc("octet in error").into(),
                    quote_length().into(),
                    unused(2),
                ],
            ),
            (30, traceroute().into()),
            (31, vec![be32("pointer").doc("octet in error").into()]),
            (
                40,
                vec![be16("reserved16").doc("reserved").into(), be16("pointer").doc("octet in error").into()],
            ),
            (
                42,
                vec![
                    be16("ident").doc("identifier").into(),
                    u8("ext.echo.seq").doc("sequence number").into(),
                    bits("ext.echo.req.res", 7).hex().doc("reserved").into(),
                    flag("ext.echo.req.local").doc("the interface is of the proxy").into(),
                ],
            ),
            (43, extended_reply().into()),
        ],
        vec![bytes("unknown", rest()).default_bytes(&[0; 4]).doc("unknown type").into()],
    )
}

fn extended_reply() -> [Item; 7] {
    const STATES: &[(u64, &str)] = &[
        (0, "reserved"),
        (1, "incomplete"),
        (2, "reachable"),
        (3, "stale"),
        (4, "delay"),
        (5, "probe"),
        (6, "failed"),
    ];
    [
        be16("ident").doc("identifier").into(),
        u8("ext.echo.seq").doc("sequence number").into(),
        bits("ext.echo.rsp.state", 3).names(STATES).doc("state of the neighbour").into(),
        bits("ext.echo.rsp.res", 2).hex().doc("reserved").into(),
        flag("ext.echo.rsp.active").doc("interface is active").into(),
        flag("ext.echo.rsp.ipv4").doc("runs IPv4").into(),
        flag("ext.echo.rsp.ipv6").doc("runs IPv6").into(),
    ]
}

/// Of a message that is built the part behind the first word is there where something is given for it: scapy's has the first word alone.
fn traceroute() -> [Item; 3] {
    let message = [
        be16("traceroute.ohc").doc("outbound hop count").into(),
        be16("traceroute.rhc").doc("return hop count").into(),
        be32("traceroute.speed").unit("octets/s").doc("speed of the outgoing link").into(),
        be32("traceroute.mtu").unit("octets").doc("MTU of the outgoing link").into(),
    ];
    [
        be16("traceroute.id").doc("identification").into(),
        unused(2),
        block(
            label("traceroute").left_empty().hidden().doc("what the router found"),
            Size::Octets(lit(12)),
            message,
        ),
    ]
}

fn router_advertisement() -> [Item; 5] {
    let extensions = Tlv::new(
        label("mip.unknown").doc("unknown extension"),
        u8("mip.type").doc("extension type"),
        u8("mip.length").doc("length"),
    )
    .body_len()
    .single(&[0])
    .cases([
        case(0, label("mip.pad").doc("padding"), []),
        case(16, label("mip.mobility").doc("mobility agent advertisement"), mobility()),
        case(
            19,
            label("mip.prefixes").doc("prefix lengths"),
            [repeat(
                label("mip.prefix").doc("prefix"),
                [u8("mip.prefixlength").unit("bits").doc("length").into()],
            )],
        ),
        case(
            24,
            label("mip.challenges").doc("challenge"),
            [bytes("mip.challenge", rest()).doc("challenge").into()],
        ),
    ])
    .other([bytes("mip.content", rest()).doc("content").into()]);
    [
        u8("num_addrs").doc("number of addresses").into(),
        u8("addr_entry_size").doc("entry size in units of 4 octets").into(),
        be16("lifetime").unit("s").doc("lifetime").into(),
        times(
            label("router").doc("routers"),
            val("num_addrs"),
            [
                ipv4("router_address").doc("router").into(),
                be32("pref_level").signed().doc("preference").into(),
                bytes("router_more", Size::Octets(val("addr_entry_size") * 4 - 8)).doc("further data").into(),
            ],
        ),
        extensions.into(),
    ]
}

fn mobility() -> [Item; 4] {
    [
        be16("mip.seq").doc("sequence number").into(),
        be16("mip.life").unit("s").doc("registration lifetime").into(),
        be16("mip.flags").hex().doc("flags").of([
            flag("mip.r").doc("registration required"),
            flag("mip.b").doc("busy"),
            flag("mip.h").doc("home agent"),
            flag("mip.f").doc("foreign agent"),
            flag("mip.m").doc("minimal encapsulation"),
            flag("mip.g").doc("GRE"),
            flag("mip.v").doc("Van Jacobson compression"),
            flag("mip.rt").doc("reverse tunnelling"),
            flag("mip.u").doc("UDP tunnelling"),
            flag("mip.x").doc("revocation"),
            bits("mip.reserved", 6).hex().doc("reserved"),
        ]),
        repeat(label("mip.coas").doc("care-of addresses"), [ipv4("mip.coa").doc("care-of address").into()]),
    ]
}

/// Whether messages of this type quote a packet.
fn is_error(kind: u8) -> bool {
    matches!(kind, 3 | 4 | 5 | 11 | 12 | 31 | 40)
}

/// What the checksum over a whole message says: status in Wireshark's numbers, and the right one where it is bad.
pub(super) fn judge(message: Body<'_>, stored: u16, quoted: bool, state: ChecksumState) -> (u64, u16) {
    if message.is_cut() || quoted || state == ChecksumState::NotReady {
        return (2, 0);
    }
    let total = checksum::sum(message.data);
    if total == u16::MAX { (1, 0) } else { (0, !checksum::add(total, !stored)) }
}

/// Emits the status of a checksum over the whole message.
pub(super) fn emit_status(walk: &mut Walk<'_, '_>, stored: u16) {
    if !walk.wants("checksum.status") && !walk.wants("checksum.calculated") {
        return;
    }
    let data = walk.layer_octets();
    let len = data.len().saturating_add(walk.claimed_left().saturating_sub(walk.rest().len()));
    let (status, right) = match judge(Body { data, len }, stored, false, ChecksumState::Unknown) {
        (0, _) if walk.quoted() => (2, 0),
        judged => judged,
    };
    let at = walk.layer_offset().saturating_add(2);
    walk.emit("checksum.status", at, 0, status);
    if status == 0 {
        walk.emit("checksum.calculated", at, 0, u64::from(right));
    }
}

/// What a message shows of its exchange.
const EXCHANGE: Exchange =
    Exchange { to: "resp_to", time: Some(("resptime", Kind::Milliseconds)), within: "resp_in" };

fn after(walk: &mut Walk<'_, '_>) {
    let Some([kind, _, c0, c1, _, length, ..]) = walk.layer_octets().first_chunk::<8>().copied() else {
        return;
    };
    emit_status(walk, u16::from_be_bytes([c0, c1]));
    if matches!(kind, 0 | 8) {
        EXCHANGE.show(walk);
    }
    if kind == 42 || kind == 43 {
        let left = walk.rest().len();
        if left >= 4 {
            walk.aside("icmp.ext", 0, left);
            walk.limit_payload(0);
        }
        return;
    }
    if !is_error(kind) {
        return;
    }
    if matches!(kind, 3 | 11 | 12)
        && let Some(quote) = extension::quote_octets(walk.rest(), usize::from(length).saturating_mul(4))
    {
        let left = walk.rest().len().saturating_sub(quote);
        walk.aside("icmp.ext", quote, left);
        walk.limit_payload(i64::try_from(quote).unwrap_or(0));
    }
    walk.set_quoted();
    // Translators between the versions may quote either.
    let sixth = walk.rest().first().is_some_and(|octet| octet >> 4 == 6);
    walk.next_named(if sixth { "ipv6" } else { "ip" });
}

fn be16_at(data: &[u8], at: usize) -> u16 {
    data.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |octets| u16::from_be_bytes(*octets))
}

fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    line.hosts();
    let Some([kind, code, c0, c1, a, b, c, d]) = body.data.first_chunk::<8>().copied() else {
        line.cut("icmp", body);
        return;
    };
    line.text("ICMP ");
    let word = u32::from_be_bytes([a, b, c, d]);
    let quote = body.skip(8);
    match kind {
        0 | 8 => {
            line.text(if kind == 8 { "echo request, id " } else { "echo reply, id " });
            line.number(u64::from(word >> 16));
            line.text(", seq ");
            line.number(u64::from(word & 0xffff));
        }
        3 => unreachable(line, code, word, quote.data),
        5 => redirect(line, code, [a, b, c, d], quote.data),
        9 => write_advertisement(line, word, quote.data),
        11 => match code {
            0 => line.text("time exceeded in-transit"),
            1 => line.text("ip reassembly time exceeded"),
            _ => {
                line.text("time exceeded-#");
                line.number(u64::from(code));
            }
        },
        12 => {
            line.text("parameter problem - ");
            line.text(if code == 0 { "octet " } else { "code " });
            line.number(u64::from(if code == 0 { a } else { code }));
        }
        13 | 14 => {
            line.text(if kind == 13 { "time stamp query id " } else { "time stamp reply id " });
            line.number(u64::from(word >> 16));
            line.text(" seq ");
            line.number(u64::from(word & 0xffff));
            if kind == 14 {
                write_stamps(line, quote.data);
            }
        }
        18 => {
            line.text("address mask is ");
            let mask = quote.data.first_chunk().map_or(0, |octets| u32::from_be_bytes(*octets));
            line.hex(u64::from(mask), 8);
        }
        _ => match TYPES.iter().find(|entry| entry.0 == u64::from(kind)) {
            Some((_, name)) => line.text(name),
            None => {
                line.text("type-#");
                line.number(u64::from(kind));
            }
        },
    }
    line.text(", length ");
    line.number(body.len as u64);
    if line.style.verbose > 0 && !line.quoted {
        let (status, right) = judge(body, u16::from_be_bytes([c0, c1]), false, ChecksumState::Unknown);
        if status == 0 {
            line.text(" (wrong icmp cksum ");
            super::put::hex(line.out, u64::from(u16::from_be_bytes([c0, c1])));
            line.text(" (->");
            super::put::hex(line.out, u64::from(right));
            line.text(")!)");
        }
    }
    if line.style.verbose > 0 && is_error(kind) && !line.quoted {
        quotation(line, kind, usize::from(b).saturating_mul(4), quote);
    }
}

/// The quoted packet on a line of its own, and the extension behind it.
fn quotation(line: &mut Line<'_, '_>, kind: u8, length: usize, quote: Body<'_>) {
    let split = extension::quote_octets(quote.data, length).filter(|_| matches!(kind, 3 | 11 | 12));
    line.text("\n\t");
    let (network, quoted) = (line.network, line.quoted);
    line.quoted = true;
    if let Some(id) = line.registry.protocol_named("ip") {
        line.protocol(id, split.map_or(quote, |octets| quote.limit(octets)));
    }
    line.quoted = quoted;
    line.set_network(network);
    if let Some(octets) = split {
        extension::write(line, quote.skip(octets));
    }
}

fn unreachable(line: &mut Line<'_, '_>, code: u8, word: u32, quote: &[u8]) {
    const PREFIX: [&str; 16] = [
        "net ", "host ", "", "", "", "", "net ", "host ", "", "net ", "host ", "net ", "host ", "host ",
        "host ", "host ",
    ];
    const SUFFIX: [&str; 16] = [
        " unreachable",
        " unreachable",
        "",
        "",
        " unreachable - need to frag",
        " unreachable - source route failed",
        " unreachable - unknown",
        " unreachable - unknown",
        " unreachable - source host isolated",
        " unreachable - admin prohibited",
        " unreachable - admin prohibited",
        " unreachable - tos prohibited",
        " unreachable - tos prohibited",
        " unreachable - admin prohibited filter",
        " unreachable - host precedence violation",
        " unreachable - precedence cutoff",
    ];
    let destination: Option<[u8; 4]> = quote.get(16..).and_then(<[u8]>::first_chunk).copied();
    let address = |line: &mut Line<'_, '_>| match destination {
        Some(address) => line.ipv4(address),
        None => line.text("[|icmp]"),
    };
    let protocol = quote.get(9).copied().unwrap_or(0);
    match code {
        2 => {
            address(line);
            line.text(" protocol ");
            line.number(u64::from(protocol));
            line.text(" unreachable");
        }
        3 => {
            let header = usize::from(quote.first().copied().unwrap_or(0) & 15).saturating_mul(4);
            let port = be16_at(quote, header.saturating_add(2));
            address(line);
            let table = match protocol {
                6 => crate::schema::TCP_PORT,
                _ => crate::schema::UDP_PORT,
            };
            match protocol {
                6 => line.text(" tcp port "),
                17 => line.text(" udp port "),
                _ => {
                    line.text(" protocol ");
                    line.number(u64::from(protocol));
                    line.text(" port ");
                }
            }
            line.port(table, port);
            line.text(" unreachable");
        }
        _ => {
            let at = usize::from(code);
            let (Some(before), Some(after)) = (PREFIX.get(at), SUFFIX.get(at)) else {
                line.text("#");
                line.number(u64::from(code));
                line.text(" ");
                address(line);
                line.text(" unreachable");
                return;
            };
            line.text(before);
            address(line);
            line.text(after);
            if code == 4 && word & 0xffff != 0 {
                line.text(" (mtu ");
                line.number(u64::from(word & 0xffff));
                line.text(")");
            }
        }
    }
}

fn redirect(line: &mut Line<'_, '_>, code: u8, gateway: [u8; 4], quote: &[u8]) {
    let kind = match code {
        0 => ["redirect ", " to net "],
        1 => ["redirect ", " to host "],
        2 => ["redirect-tos ", " to net "],
        3 => ["redirect-tos ", " to host "],
        _ => {
            line.text("redirect-#");
            line.number(u64::from(code));
            [" ", " to net "]
        }
    };
    line.text(kind[0]);
    if let Some(address) = quote.get(16..).and_then(<[u8]>::first_chunk::<4>) {
        line.ipv4(*address);
    }
    line.text(kind[1]);
    line.ipv4(gateway);
}

fn write_advertisement(line: &mut Line<'_, '_>, word: u32, entries: &[u8]) {
    let (count, size, lifetime) = (word >> 24, word >> 16 & 0xff, u64::from(word & 0xffff));
    line.text("router advertisement lifetime ");
    let two = |line: &mut Line<'_, '_>, value: u64| {
        line.text(":");
        super::put::two(line.out, value);
    };
    match lifetime {
        0..60 => line.number(lifetime),
        60..3600 => {
            line.number(lifetime / 60);
            two(line, lifetime % 60);
        }
        _ => {
            line.number(lifetime / 3600);
            two(line, lifetime % 3600 / 60);
            two(line, lifetime % 60);
        }
    }
    line.text(" ");
    line.number(u64::from(count));
    line.text(":");
    if size != 2 {
        line.text(" [size ");
        line.number(u64::from(size));
        line.text("]");
        return;
    }
    for [a, b, c, d, p0, p1, p2, p3] in entries.as_chunks::<8>().0.iter().take(count as usize) {
        line.text(" {");
        line.ipv4([*a, *b, *c, *d]);
        line.text(" ");
        line.number(u64::from(u32::from_be_bytes([*p0, *p1, *p2, *p3])));
        line.text("}");
    }
}

fn write_stamps(line: &mut Line<'_, '_>, stamps: &[u8]) {
    for (word, name) in stamps.as_chunks::<4>().0.iter().zip([": org ", ", recv ", ", xmit "]) {
        line.text(name);
        let value = u64::from(u32::from_be_bytes(*word));
        super::put::two(line.out, value / 3_600_000);
        line.text(":");
        super::put::two(line.out, value / 60_000 % 60);
        line.text(":");
        super::put::two(line.out, value / 1000 % 60);
        line.text(".");
        super::put::padded(line.out, value % 1000, 3);
    }
}
