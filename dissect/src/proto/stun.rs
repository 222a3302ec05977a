//! STUN (RFC 8489) with the attributes of TURN (RFC 8656) and ICE (RFC 8445).

use super::exchange::Exchange;
use crate::decode::Walk;
use crate::schema::{
    Base, Build, Item, Kind, Protocol, Size, Span, TCP_PORT, Tlv, TlvCase, UDP_PORT, be16, be32, bits, built,
    bytes, crafted, custom, custom_both, decoded, flag, ipv4, ipv6, label, left, lit, look, not, repeat,
    rest, same, switch, text, turned, u8, val, when,
};

/// IANA "STUN Methods" with the class of the message.
const MESSAGES: &[(u64, &str)] = &[
    (0x0001, "Binding Request"),
    (0x0011, "Binding Indication"),
    (0x0101, "Binding Success Response"),
    (0x0111, "Binding Error Response"),
    (0x0003, "Allocate Request"),
    (0x0103, "Allocate Success Response"),
    (0x0113, "Allocate Error Response"),
    (0x0004, "Refresh Request"),
    (0x0104, "Refresh Success Response"),
    (0x0114, "Refresh Error Response"),
    (0x0016, "Send Indication"),
    (0x0017, "Data Indication"),
    (0x0008, "CreatePermission Request"),
    (0x0108, "CreatePermission Success Response"),
    (0x0118, "CreatePermission Error Response"),
    (0x0009, "ChannelBind Request"),
    (0x0109, "ChannelBind Success Response"),
    (0x0119, "ChannelBind Error Response"),
];

const CLASSES: &[(u64, &str)] =
    &[(0x00, "Request"), (0x01, "Indication"), (0x10, "Success Response"), (0x11, "Error Response")];

const METHODS: &[(u64, &str)] = &[
    (1, "Binding"),
    (3, "Allocate"),
    (4, "Refresh"),
    (6, "Send"),
    (7, "Data"),
    (8, "CreatePermission"),
    (9, "ChannelBind"),
    (10, "Connect"),
    (11, "ConnectionBind"),
    (12, "ConnectionAttempt"),
];

/// IANA "STUN Attributes".
const ATTRIBUTES: &[(u64, &str)] = &[
    (0x0001, "MAPPED-ADDRESS"),
    (0x0003, "CHANGE-REQUEST"),
    (0x0006, "USERNAME"),
    (0x0007, "PASSWORD"),
    (0x0008, "MESSAGE-INTEGRITY"),
    (0x0009, "ERROR-CODE"),
    (0x000a, "UNKNOWN-ATTRIBUTES"),
    (0x000c, "CHANNEL-NUMBER"),
    (0x000d, "LIFETIME"),
    (0x0012, "XOR-PEER-ADDRESS"),
    (0x0013, "DATA"),
    (0x0014, "REALM"),
    (0x0015, "NONCE"),
    (0x0016, "XOR-RELAYED-ADDRESS"),
    (0x0017, "REQUESTED-ADDRESS-FAMILY"),
    (0x0018, "EVEN-PORT"),
    (0x0019, "REQUESTED-TRANSPORT"),
    (0x001a, "DONT-FRAGMENT"),
    (0x001c, "MESSAGE-INTEGRITY-SHA256"),
    (0x001d, "PASSWORD-ALGORITHM"),
    (0x001e, "USERHASH"),
    (0x0020, "XOR-MAPPED-ADDRESS"),
    (0x0022, "RESERVATION-TOKEN"),
    (0x0024, "PRIORITY"),
    (0x0025, "USE-CANDIDATE"),
    (0x0026, "PADDING"),
    (0x0027, "RESPONSE-PORT"),
    (0x8002, "PASSWORD-ALGORITHMS"),
    (0x8003, "ALTERNATE-DOMAIN"),
    (0x8004, "ICMP"),
    (0x8022, "SOFTWARE"),
    (0x8023, "ALTERNATE-SERVER"),
    (0x8027, "CACHE-TIMEOUT"),
    (0x8028, "FINGERPRINT"),
    (0x8029, "ICE-CONTROLLED"),
    (0x802a, "ICE-CONTROLLING"),
    (0x802b, "RESPONSE-ORIGIN"),
    (0x802c, "OTHER-ADDRESS"),
    (0xc057, "GOOG-NETWORK-INFO"),
];

const FAMILIES: &[(u64, &str)] = &[(1, "IPv4"), (2, "IPv6")];

const COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];

pub(super) fn stun() -> Protocol {
    Protocol::new("stun", "Session Traversal Utilities for NAT")
        .layer("STUN")
        .part("STUNGenericTlv", "att", &[("att.type", 0)])
        .part("STUNMappedAddress", "att", &[("att.type", 1)])
        .part("STUNUsername", "written.username", &[])
        .part("STUNMessageIntegrity", "att", &[("att.type", 8)])
        .part("STUNXorMappedAddress", "att", &[("att.type", 0x20)])
        .part("STUNPriority", "att", &[("att.type", 0x24)])
        .part("STUNUseCandidate", "att", &[("att.type", 0x25)])
        .part("STUNFingerprint", "att", &[("att.type", 0x8028)])
        .part("STUNIceControlling", "att", &[("att.type", 0x802a)])
        .part("STUNGoogNetworkInfo", "att", &[("att.type", 0xc057)])
        .ports_below("udp", 3478, 3478)
        .ports_below("tcp", 3478, 3478)
        .source("RFC 8489 §5, §14, RFC 8656 §18, RFC 8445 §16.1")
        .on(UDP_PORT, &[3478])
        .on(TCP_PORT, &[3478])
        .accepts(UDP_PORT, |octets| is_stun(octets) || is_channel(octets))
        .accepts(TCP_PORT, |octets| is_stun(octets) || is_channel(octets))
        .heuristic(UDP_PORT, is_stun)
        .answers([turned("type", &[(1, 0x101), (1, 0x111), (3, 0x103), (3, 0x113), (4, 0x104), (4, 0x114), (8, 0x108), (8, 0x118), (9, 0x109), (9, 0x119)]), same("id")])
        .later(|protocol| EXCHANGE.declare(fields(protocol)))
        .after(after)
        .sample("02000000000202000000000108004500005800010000401166920a0000010a0000020d96c00000440d39010100282112a442000102030405060708090a0b002000080001e1122b12a44380220005736361707900000080280004123456780006000361626320")
        .sample("02000000000202000000000108004500007800010000401166720a0000010a0000029c400d96006469b5000300482112a4420102030405060708090a0b0c0003000400000006001700040100000000180001800000000019000411000000001d00040002000000220008746f6b656e746f6b00270004123400008004000800000b0100000001")
        .sample("02000000000202000000000108004500002400010000401166c60a0000010a0000029c400d960010292d4001000464617461")
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    protocol
        // what is none of the channel's first: behind it nothing is left that looks like one
        .field(Item::When(not(look(is_channel)), message().into()))
        .field(when(
            look(is_channel),
            [
                be16("channel").hex().brief().doc("channel").into(),
                be16("length").unit("octets").doc("length of the data").into(),
                bytes("att.data", Size::Octets(val("length").min(left()))).doc("data").into(),
            ],
        ))
        .extra(be16("type.class").hex().names(CLASSES).doc("class"))
        .extra(be16("type.method").hex().names(METHODS).doc("method"))
}

/// Data of a channel in place of a message (RFC 8656 §12.4).
fn is_channel(octets: &[u8]) -> bool {
    octets.first_chunk::<4>().is_some_and(|[first, _, high, low]| {
        first >> 6 == 1 && usize::from(u16::from_be_bytes([*high, *low])).saturating_add(4) <= octets.len()
    })
}

/// A message's head and attributes.
fn message() -> Vec<Item> {
    vec![
        decoded([be16("type").hex().names(MESSAGES).brief().doc("message").into()]),
        built([
            bits("written.reserved", 2).craft("RESERVED").hidden().doc("zero").into(),
            bits("written.type", 14).craft("stun_message_type").words(WORDS).hidden().doc("message").into(),
        ]),
        be16("length")
            .craft("length")
            .unit("octets")
            .len_of(Span::After, 1, -16)
            .doc("length of the attributes")
            .into(),
        bytes("cookie", Size::Octets(lit(4)))
            .craft("magic_cookie")
            .default_bytes(&COOKIE)
            .doc("magic cookie")
            .into(),
        bytes("id", Size::Octets(lit(12)))
            .craft("transaction_id")
            .default_bytes(&[0; 12])
            .doc("transaction")
            .into(),
        Item::Block(
            label("attributes").doc("attributes"),
            Size::Octets(val("length")),
            vec![attributes().into()].into(),
        ),
        crafted([repeat(
            label("written.username").hidden().doc("user"),
            [
                be16("att.type").craft("type").default(6).hidden().doc("attribute").into(),
                // scapy fills it up with blanks
                custom_both(
                    [
                        be16("att.length").craft("length").hidden().doc("length"),
                        text("written.name", rest()).craft("username").hidden().doc("user"),
                    ],
                    |_| {},
                    write_name,
                ),
            ],
        )]),
    ]
}

const WORDS: &[(u64, &str)] = &[
    (0x0001, "Binding request"),
    (0x0011, "Binding indication"),
    (0x0101, "Binding success response"),
    (0x0111, "Binding error response"),
];

fn is_stun(octets: &[u8]) -> bool {
    let Some([kind, _, high, low, cookie @ ..]) = octets.first_chunk::<8>() else { return false };
    let length = usize::from(u16::from_be_bytes([*high, *low]));
    *kind < 0x40 && *cookie == COOKIE && length % 4 == 0 && length.saturating_add(20) <= octets.len()
}

/// What a message shows of its exchange.
const EXCHANGE: Exchange =
    Exchange { to: "response-to", time: Some(("time", Kind::Duration)), within: "response-in" };

fn after(walk: &mut Walk<'_, '_>) {
    EXCHANGE.show(walk);
    let Some([high, low]) = walk.layer_octets().first_chunk::<2>().copied() else { return };
    let kind = u64::from(u16::from_be_bytes([high, low]));
    let start = walk.layer_offset();
    walk.emit("type.class", start, 2, (kind & 0x0110) >> 4);
    walk.emit("type.method", start, 2, kind & 0x0f | (kind & 0xe0) >> 1 | (kind & 0x3e00) >> 2);
}

fn attributes() -> Tlv {
    let node = || label("att").craft("attributes").doc("attribute");
    let case = |kind: u64, items: Vec<Item>| TlvCase { kind, field: node(), items };
    let mut list = Tlv::new(
        node(),
        be16("att.type").alias("attribute").craft("type").hex().names(ATTRIBUTES).doc("attribute"),
        be16("att.length").craft("length").unit("octets").doc("length"),
    )
    .body_len()
    .align(4)
    .other([bytes("att.value", rest()).alias("value").craft("value").doc("value").into()]);
    let words = |name: &'static str, craft: &'static str, doc: &'static str| {
        vec![text(name, rest()).craft(craft).brief().doc(doc).into()]
    };
    let plain = |name: &'static str, craft: &'static str, doc: &'static str| {
        vec![bytes(name, rest()).craft(craft).doc(doc).into()]
    };
    list.cases = vec![
        case(0x0001, mapped()),
        case(
            0x0003,
            vec![
                bits("att.change.reserved", 29).doc("reserved").into(),
                flag("att.change-ip").doc("answer from another address").into(),
                flag("att.change-port").doc("answer from another port").into(),
                bits("att.change.reserved2", 1).doc("reserved").into(),
            ],
        ),
        case(0x0006, words("att.username", "username", "user")),
        case(0x0007, plain("att.password", "value", "password")),
        case(
            0x0008,
            vec![
                bytes("att.hmac", Size::Octets(lit(20)))
                    .craft("hmac_sha1")
                    .default_bytes(&[0; 20])
                    .doc("HMAC-SHA1")
                    .into(),
            ],
        ),
        case(
            0x0009,
            vec![
                bytes("att.reserved", Size::Octets(lit(2))).doc("reserved").into(),
                bits("att.error.reserved2", 5).doc("reserved").into(),
                bits("att.error.class", 3).brief().doc("class of the error").into(),
                u8("att.error").brief().doc("number of the error").into(),
                text("att.error.reason", rest()).brief().doc("reason").into(),
            ],
        ),
        case(
            0x000a,
            vec![repeat(
                label("att.unknowns").hidden().doc("attribute"),
                [be16("att.unknown").hex().names(ATTRIBUTES).doc("attribute").into()],
            )],
        ),
        case(
            0x000c,
            vec![
                be16("att.channelnum").hex().doc("channel").into(),
                bytes("att.reserved", Size::Octets(lit(2))).doc("reserved").into(),
            ],
        ),
        case(0x000d, vec![be32("att.lifetime").unit("s").brief().doc("lifetime").into()]),
        case(0x0012, exclusive()),
        case(0x0013, plain("att.data", "value", "data")),
        case(0x0014, words("att.realm", "value", "realm")),
        case(0x0015, words("att.nonce", "value", "nonce")),
        case(0x0016, exclusive()),
        case(
            0x0017,
            vec![
                u8("att.family").hex().names(FAMILIES).doc("address family").into(),
                bytes("att.reserved", Size::Octets(lit(3))).doc("reserved").into(),
            ],
        ),
        case(
            0x0018,
            vec![
                flag("att.even-port.reserve-next")
                    .kind(Kind::Uint(Base::Dec))
                    .doc("keep the next port too")
                    .into(),
                bits("att.even-port.reserved", 7).doc("reserved").into(),
            ],
        ),
        case(
            0x0019,
            vec![
                u8("att.transp").hex().named_by(super::ip_protocol_name).doc("protocol").into(),
                bytes("att.transp.reserved", Size::Octets(lit(3))).doc("reserved").into(),
            ],
        ),
        case(0x001c, plain("att.hmac_sha256", "value", "HMAC-SHA256")),
        case(0x001d, algorithm()),
        case(0x001e, plain("att.userhash", "value", "hash of user and realm")),
        case(0x0020, exclusive()),
        case(0x0022, plain("att.token", "value", "token of a reserved port")),
        case(0x0024, vec![be32("att.priority").craft("priority").doc("priority").into()]),
        case(0x0025, plain("att.value", "value", "value")),
        case(0x0026, plain("att.value", "value", "padding")),
        case(
            0x0027,
            vec![
                be16("att.port").brief().doc("port").into(),
                bytes("att.reserved", Size::Octets(lit(2))).doc("reserved").into(),
            ],
        ),
        case(0x8002, vec![repeat(label("att.pw_algs").hidden().doc("algorithm"), algorithm_items())]),
        case(0x8003, words("att.domain", "value", "name of another server")),
        case(
            0x8004,
            vec![
                bytes("att.reserved", Size::Octets(lit(2))).doc("reserved").into(),
                bits("att.icmp.type", 7).doc("type of the ICMP message").into(),
                bits("att.icmp.code", 9).doc("code of the ICMP message").into(),
                bytes("att.icmp.data", rest()).doc("data of the ICMP message").into(),
            ],
        ),
        case(0x8022, words("att.software", "value", "software")),
        case(0x8023, mapped()),
        case(0x8027, vec![be32("att.cache-timeout").unit("s").doc("how long to keep the answer").into()]),
        case(
            0x8028,
            vec![
                decoded([custom([u8("att.crc32.status").names(SUMS).doc("state of the CRC-32")], check_sum)]),
                be32("att.crc32").craft("crc_32").hex().doc("CRC-32, with a constant added").into(),
            ],
        ),
        case(
            0x8029,
            vec![
                bytes("att.tie-breaker", Size::Octets(lit(8))).craft("tie_breaker").doc("tie breaker").into(),
            ],
        ),
        case(
            0x802a,
            vec![
                bytes("att.tie-breaker", Size::Octets(lit(8))).craft("tie_breaker").doc("tie breaker").into(),
            ],
        ),
        case(0x802b, mapped()),
        case(0x802c, mapped()),
        case(
            0xc057,
            vec![
                be16("att.google.network_id").craft("network_id").doc("network").into(),
                be16("att.google.network_cost").craft("network_cost").default(999).doc("cost").into(),
            ],
        ),
    ];
    list
}

/// RFC 8489 §14.11.
fn algorithm_items() -> [Item; 4] {
    [
        be16("att.pw_alg").names(&[(1, "MD5"), (2, "SHA-256")]).doc("password algorithm").into(),
        be16("att.pw_alg_len").unit("octets").doc("length of the parameters").into(),
        bytes("att.pw_alg_data", Size::Octets(val("att.pw_alg_len").min(left()))).doc("parameters").into(),
        bytes(
            "att.pw_alg_padding",
            Size::Octets((val("att.pw_alg_len").align(4) - val("att.pw_alg_len")).min(left())),
        )
        .doc("padding")
        .into(),
    ]
}

fn algorithm() -> Vec<Item> {
    algorithm_items().into()
}

const SUMS: &[(u64, &str)] = &[(0, "bad"), (1, "good"), (2, "not checked")];

/// The sum covers the message up to its own attribute (RFC 8489 §14.7).
fn check_sum(walk: &mut Walk<'_, '_>) {
    if !walk.wants("att.crc32.status") {
        return;
    }
    let behind = walk.offset().saturating_sub(walk.layer_offset());
    let (Some(covered), Some(sum)) =
        (behind.checked_sub(4).and_then(|end| walk.layer_octets().get(..end)), walk.rest().first_chunk())
    else {
        return;
    };
    let right = crate::crc::Algorithm::named("crc32").map_or(0, |crc| crc.of(&[covered])) ^ 0x5354_554e;
    let fits = u64::from(u32::from_be_bytes(*sum)) == right;
    walk.emit("att.crc32.status", walk.offset(), 4, u64::from(fits));
}

fn family() -> [Item; 2] {
    [
        bytes("att.reserved", Size::Octets(lit(1))).craft("RESERVED").doc("reserved").into(),
        u8("att.family")
            .craft("address_family")
            .default(1)
            .hex()
            .names(FAMILIES)
            .doc("address family")
            .into(),
    ]
}

fn mapped() -> Vec<Item> {
    family()
        .into_iter()
        .chain([
            be16("att.port").craft("port").brief().doc("port").into(),
            switch(
                val("att.family"),
                [
                    (
                        1,
                        vec![ipv4("att.ipv4").craft("ip").default(0x7f00_0001).brief().doc("address").into()],
                    ),
                    (
                        2,
                        vec![
                            ipv6("att.ipv6")
                                .craft("ip")
                                .default_bytes(&LOOPBACK)
                                .brief()
                                .doc("address")
                                .into(),
                        ],
                    ),
                ],
                vec![bytes("att.value", rest()).doc("address").into()],
            ),
        ])
        .collect()
}

const LOOPBACK: [u8; 16] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];

/// An address that is combined with cookie and transaction by exclusive or.
fn exclusive() -> Vec<Item> {
    family()
        .into_iter()
        .chain([custom_both(
            [
                bytes("att.port-xord", Size::Octets(lit(2))).doc("port as it stands"),
                be16("att.port").craft("xport").brief().doc("port"),
                bytes("att.ipv4-xord", Size::Octets(lit(4))).doc("address as it stands"),
                ipv4("att.ipv4").craft("xip").default(0x7f00_0001).brief().doc("address"),
                bytes("att.ipv6-xord", Size::Octets(lit(16))).doc("address as it stands"),
                Field6::of("att.ipv6-made").doc("address"),
            ],
            read_exclusive,
            write_exclusive,
        )])
        .collect()
}

/// An address that decoding puts together: it stands nowhere in the frame.
struct Field6;

impl Field6 {
    fn of(name: &'static str) -> crate::schema::Field {
        crate::schema::Field::new(name, crate::schema::Kind::Made, Size::Rest).brief()
    }
}

fn read_exclusive(walk: &mut Walk<'_, '_>) {
    let mask: Vec<u8> = walk.layer_octets().get(4..20).unwrap_or_default().to_vec();
    let at = walk.offset();
    let left = walk.rest();
    let Some([a, b]) = left.first_chunk::<2>() else { return walk.missing(2) };
    let port = u64::from(u16::from_be_bytes([a ^ COOKIE[0], b ^ COOKIE[1]]));
    walk.take_octets("att.port-xord", 2);
    walk.emit("att.port", at, 2, port);
    let address: Vec<u8> = left.iter().skip(2).zip(&mask).map(|(octet, mask)| octet ^ mask).collect();
    let at = at.saturating_add(2);
    match left.len() {
        6 => {
            let number = address.iter().take(4).fold(0_u64, |number, octet| number << 8 | u64::from(*octet));
            walk.take_octets("att.ipv4-xord", 4);
            walk.emit("att.ipv4", at, 4, number);
        }
        18 => {
            walk.take_octets("att.ipv6-xord", 16);
            if let Ok(octets) = <[u8; 16]>::try_from(address) {
                let shown = std::net::Ipv6Addr::from(octets).to_string();
                walk.emit_made("att.ipv6-made", at, 16, |out| out.extend_from_slice(shown.as_bytes()));
            }
        }
        _ => {}
    }
}

fn write_name(build: &mut dyn Build) {
    let name = build.octets("written.name").unwrap_or_default();
    build.put_number("att.length", name.len() as u64);
    build.put(&name);
    let missing = name.len().next_multiple_of(4).saturating_sub(name.len());
    build.put(b"   ".get(..missing).unwrap_or_default());
}

/// IPv4 addresses; those of version 6 depend on the transaction, and are given as octets.
fn write_exclusive(build: &mut dyn Build) {
    let port = build.number("att.port") ^ 0x2112;
    build.put(&u16::try_from(port & 0xffff).unwrap_or(0).to_be_bytes());
    let address = build.number("att.ipv4") ^ 0x2112_a442;
    build.put(&u32::try_from(address & 0xffff_ffff).unwrap_or(0).to_be_bytes());
}
