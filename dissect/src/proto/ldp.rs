//! Label Distribution Protocol (RFC 5036), over UDP and TCP port 646.

use crate::schema::{
    Begun, Build, Count, Field, Item, Kind, Length, Protocol, Size, Span, TCP_PORT, Tlv, TlvCase, UDP_PORT,
    be16, be32, bits, block, bytes, crafted, custom_both, eq, flag, ipv4, ipv6, label, lit, repeat, rest,
    switch, u8, val,
};
use std::net::Ipv4Addr;

pub(super) const MESSAGES: &[(u64, &str)] = &[
    (0x0001, "Notification Message"),
    (0x0100, "Hello Message"),
    (0x0200, "Initialization Message"),
    (0x0201, "Keep Alive Message"),
    (0x0202, "Capability Message"),
    (0x0300, "Address Message"),
    (0x0301, "Address Withdrawal Message"),
    (0x0400, "Label Mapping Message"),
    (0x0401, "Label Request Message"),
    (0x0402, "Label Withdrawal Message"),
    (0x0403, "Label Release Message"),
    (0x0404, "Label Abort Request Message"),
];

/// IANA "LDP TLV Type Name Space".
pub(super) const TLVS: &[(u64, &str)] = &[
    (0x0100, "Forwarding Equivalence Classes TLV"),
    (0x0101, "Address List TLV"),
    (0x0103, "Hop Count TLV"),
    (0x0104, "Path Vector TLV"),
    (0x0200, "Generic Label TLV"),
    (0x0201, "ATM Label TLV"),
    (0x0202, "Frame Label TLV"),
    (0x0203, "FT Protection TLV"),
    (0x0300, "Status TLV"),
    (0x0301, "Extended Status TLV"),
    (0x0302, "Returned PDU TLV"),
    (0x0303, "Returned Message TLV"),
    (0x0400, "Common Hello Parameters TLV"),
    (0x0401, "IPv4 Transport Address TLV"),
    (0x0402, "Configuration Sequence Number TLV"),
    (0x0403, "IPv6 Transport Address TLV"),
    (0x0500, "Common Session Parameters TLV"),
    (0x0501, "ATM Session Parameters TLV"),
    (0x0502, "Frame Relay Session Parameters TLV"),
    (0x0503, "FT Session TLV"),
    (0x0506, "Dynamic Capability Announcement TLV"),
    (0x0600, "Label Request Message ID TLV"),
    (0x096a, "PW Status TLV"),
    (0x096b, "PW Interface Parameters TLV"),
    (0x096c, "PW Group ID TLV"),
];

/// IANA "LDP Status Code Name Space".
const STATUSES: &[(u64, &str)] = &[
    (0x00, "Success"),
    (0x01, "Bad LDP Identifier"),
    (0x02, "Bad Protocol Version"),
    (0x03, "Bad PDU Length"),
    (0x04, "Unknown Message Type"),
    (0x05, "Bad Message Length"),
    (0x06, "Unknown TLV"),
    (0x07, "Bad TLV length"),
    (0x08, "Malformed TLV Value"),
    (0x09, "Hold Timer Expired"),
    (0x0a, "Shutdown"),
    (0x0b, "Loop Detected"),
    (0x0c, "Unknown FEC"),
    (0x0d, "No Route"),
    (0x0e, "No Label Resources"),
    (0x0f, "Label Resources / Available"),
    (0x10, "Session Rejected / No Hello"),
    (0x11, "Session Rejected / Parameters Advertisement Mode"),
    (0x12, "Session Rejected / Parameters Max PDU Length"),
    (0x13, "Session Rejected / Parameters Label Range"),
    (0x14, "KeepAlive Timer Expired"),
    (0x15, "Label Request Aborted"),
    (0x16, "Missing Message Parameters"),
    (0x17, "Unsupported Address Family"),
    (0x18, "Session Rejected / Bad KeepAlive Time"),
    (0x19, "Internal Error"),
];

const ELEMENTS: &[(u64, &str)] = &[
    (1, "Wildcard FEC"),
    (2, "Prefix FEC"),
    (3, "Host Address FEC"),
    (128, "PWid FEC"),
    (129, "Generalized PWid FEC"),
];

const FAMILIES: &[(u64, &str)] = &[(1, "IPv4"), (2, "IPv6")];

/// Scapy's messages: layer, the part that builds it.
const LAYERS: [(&str, &str); 11] = [
    ("LDPNotification", "written.notification"),
    ("LDPHello", "written.hello"),
    ("LDPInit", "written.init"),
    ("LDPKeepAlive", "written.keepalive"),
    ("LDPAddress", "written.address"),
    ("LDPAddressWM", "written.withdrawal"),
    ("LDPLabelMM", "written.mapping"),
    ("LDPLabelReqM", "written.request"),
    ("LDPLabelARM", "written.abort"),
    ("LDPLabelWM", "written.label_withdrawal"),
    ("LDPLabelRelM", "written.release"),
];

pub(super) fn ldp() -> Protocol {
    let mut protocol = Protocol::new("ldp", "Label Distribution Protocol")
        .layer("LDP")
        .ports_below("udp", 646, 646)
        .ports_below("tcp", 646, 646)
        .source("RFC 5036 §3")
        .on(UDP_PORT, &[646])
        .on(TCP_PORT, &[646])
        .summary(super::ldp_line::summary)
        .accepts(UDP_PORT, |data| data.starts_with(&[0, 1]))
        .accepts(TCP_PORT, |data| data.starts_with(&[0, 1]))
        .stream_of_single(length)
        .later(fields);
    for (layer, part) in LAYERS {
        protocol = protocol.part(layer, part, &[]);
    }
    protocol
        .field(crafted(written()))
        .sample("01005e000002020000000001080045c0003e000100000111ceeb0a000001e000000202860286002af33c0001001e0a0000010000010000140000000104000004000f0000040100040a000001")
        .sample("020000000002020000000001080045c0006700010000ff06a6cd0a0000010a0000020286c000000000010000000150181000864500000001003b0a000001000002000016000000010500000e0001001e000000000a0000020000040000170000000201000007020001180a00010200000400000010")
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    protocol
        .field(be16("hdr.version").craft("version").default(1).doc("version"))
        .field(be16("hdr.pdu_len").craft("len").unit("octets").len_of(Span::Whole, 1, -4).doc("length"))
        .field(ipv4("hdr.ldpid.lsr").craft("id").default(0x7f00_0001).brief().doc("router"))
        .field(be16("hdr.ldpid.lsid").craft("space").doc("label space"))
        .field(Item::Block(
            label("pdu").hidden().doc("messages"),
            Size::Octets(val("hdr.pdu_len") - 6),
            vec![repeat(
                label("msg").doc("message"),
                [
                    flag("msg.ubit").doc("ignored where it is not known").into(),
                    bits("msg.type", 15).hex().names(MESSAGES).brief().doc("message").into(),
                    be16("msg.len").unit("octets").doc("length").into(),
                    block(
                        label("msg.body").hidden().doc("contents"),
                        Size::Octets(val("msg.len")),
                        [be32("msg.id").hex().doc("message").into(), parameters().into()],
                    ),
                ],
            )]
            .into(),
        ))
}

/// A message of the protocol is a PDU: version, length and what it counts.
fn length(begun: Begun<'_>) -> Length {
    match begun.octets {
        [0, 1, high, low, ..] => Length::of(usize::from(u16::from_be_bytes([*high, *low])).saturating_add(4)),
        [0, 1, ..] | [0] => Length::at_least(4),
        _ => Length::Alien,
    }
}

fn parameters() -> Tlv {
    let node = || label("msg.tlv").doc("parameter");
    let case = |kind: u64, items: Vec<Item>| TlvCase { kind, field: node(), items };
    let mut list = Tlv::new(node(), be16("msg.tlv.type"), be16("msg.tlv.len"))
        .head(
            "msg.tlv.type",
            Some("msg.tlv.len"),
            [
                bits("msg.tlv.unknown", 2).hex().doc("what to do where it is not known").into(),
                bits("msg.tlv.type", 14).hex().names(TLVS).doc("parameter").into(),
                be16("msg.tlv.len").unit("octets").doc("length").into(),
            ],
        )
        .body_len()
        .other([bytes("msg.tlv.value", rest()).doc("value").into()]);
    list.cases = vec![
        case(0x0100, vec![repeat(label("msg.tlv.fec").doc("class"), class())]),
        case(
            0x0101,
            vec![
                be16("msg.tlv.addrl.addr_family").names(FAMILIES).doc("address family").into(),
                Item::When(
                    eq("msg.tlv.addrl.addr_family", 1),
                    vec![repeat(
                        label("msg.tlv.addrl.entry").hidden().doc("address"),
                        [ipv4("msg.tlv.addrl.addr").doc("address").into()],
                    )]
                    .into(),
                ),
                Item::When(
                    eq("msg.tlv.addrl.addr_family", 2),
                    vec![repeat(
                        label("msg.tlv.addrl.entry").hidden().doc("address"),
                        [ipv6("msg.tlv.addrl.addr6").doc("address").into()],
                    )]
                    .into(),
                ),
            ],
        ),
        case(0x0103, vec![u8("msg.tlv.hc.value").doc("hops").into()]),
        case(
            0x0104,
            vec![repeat(
                label("msg.tlv.addrl.entry").hidden().doc("router"),
                [ipv4("msg.tlv.pv.lsrid").doc("router").into()],
            )],
        ),
        case(0x0200, vec![be32("msg.tlv.generic.label").brief().doc("label").into()]),
        case(
            0x0300,
            vec![
                flag("msg.tlv.status.ebit").doc("fatal").into(),
                flag("msg.tlv.status.fbit").doc("to be forwarded").into(),
                bits("msg.tlv.status.data", 30).hex().names(STATUSES).brief().doc("status").into(),
                be32("msg.tlv.status.msg.id").hex().doc("message that it is about").into(),
                be16("msg.tlv.status.msg.type").hex().names(MESSAGES).doc("kind of that message").into(),
            ],
        ),
        case(
            0x0400,
            vec![
                be16("msg.tlv.hello.hold").unit("s").brief().doc("hold time").into(),
                flag("msg.tlv.hello.targeted").doc("targeted").into(),
                flag("msg.tlv.hello.requested").doc("targeted hellos are requested").into(),
                flag("msg.tlv.hello.gtsm").doc("generalized TTL security").into(),
                bits("msg.tlv.hello.res", 13).hex().doc("reserved").into(),
            ],
        ),
        case(0x0401, vec![ipv4("msg.tlv.ipv4.taddr").brief().doc("transport address").into()]),
        case(0x0402, vec![be32("msg.tlv.hello.cnf_seqno").doc("configuration sequence number").into()]),
        case(0x0403, vec![ipv6("msg.tlv.ipv6.taddr").brief().doc("transport address").into()]),
        case(
            0x0500,
            vec![
                be16("msg.tlv.sess.ver").doc("version").into(),
                be16("msg.tlv.sess.ka").unit("s").brief().doc("keepalive time").into(),
                flag("msg.tlv.sess.advbit").doc("downstream on demand").into(),
                flag("msg.tlv.sess.ldetbit").doc("loop detection").into(),
                bits("msg.tlv.sess.reserved", 6).doc("reserved").into(),
                u8("msg.tlv.sess.pvlim").doc("limit of the path vector").into(),
                be16("msg.tlv.sess.mxpdu").unit("octets").doc("longest PDU").into(),
                ipv4("msg.tlv.sess.rxlsr").doc("receiving router").into(),
                be16("msg.tlv.sess.rxls").doc("receiving label space").into(),
            ],
        ),
        case(
            0x0503,
            vec![
                be16("msg.tlv.ft_sess.flags").hex().doc("flags").into(),
                be16("msg.tlv.ft_sess.res").hex().doc("reserved").into(),
                be32("msg.tlv.ft_sess.reconn_to").unit("ms").doc("reconnect timeout").into(),
                be32("msg.tlv.ft_sess.recovery_time").unit("ms").doc("recovery time").into(),
            ],
        ),
        case(0x0600, vec![be32("msg.tlv.lbl_req_msg_id").hex().doc("message of the request").into()]),
        case(0x096a, vec![be32("msg.tlv.pw_status.code").hex().doc("status of the pseudowire").into()]),
        case(0x096c, vec![be32("msg.tlv.pw_grouping.value").doc("group of pseudowires").into()]),
    ];
    list
}

/// An element of a forwarding equivalence class.
fn class() -> [Item; 2] {
    let prefix = |bits_name: &'static str| {
        let octets = (val(bits_name) + 7) / 8;
        vec![
            be16("msg.tlv.fec.af").names(FAMILIES).doc("address family").into(),
            u8(bits_name).unit("bits").doc("length of the prefix").into(),
            bytes("msg.tlv.fec.prefix", Size::Octets(octets)).doc("prefix").into(),
        ]
    };
    let wire = vec![
        flag("msg.tlv.fec.vc.controlword").doc("control word").into(),
        bits("msg.tlv.fec.vc.vctype", 15).hex().doc("kind of pseudowire").into(),
        u8("msg.tlv.fec.vc.infolength").unit("octets").doc("length behind the group").into(),
        be32("msg.tlv.fec.vc.groupid").hex().doc("group").into(),
        block(
            label("msg.tlv.fec.vc").doc("pseudowire"),
            Size::Octets(val("msg.tlv.fec.vc.infolength")),
            [
                be32("msg.tlv.fec.vc.vcid").hex().brief().doc("pseudowire").into(),
                bytes("msg.tlv.fec.vc.parameters", rest()).doc("interface parameters").into(),
            ],
        ),
    ];
    [
        u8("msg.tlv.fec.type").names(ELEMENTS).doc("element").into(),
        switch(
            val("msg.tlv.fec.type"),
            [(1, Vec::new()), (2, prefix("msg.tlv.fec.len")), (128, wire)],
            vec![bytes("msg.tlv.fec.value", rest()).doc("value").into()],
        ),
    ]
}

/// A message as scapy builds it: the head and its own parts.
fn message(part: &'static str, kind: u64, own: Vec<Item>) -> Item {
    let mut items: Vec<Item> = vec![
        bits("msg.ubit", 1).craft("u").hidden().doc("ignored where it is not known").into(),
        bits("msg.type", 15).craft("type").default(kind).hidden().doc("message").into(),
        be16("msg.len").craft("len").len_of(Span::Header, 1, -4).hidden().doc("length").into(),
        be32("msg.id").craft("id").hidden().doc("message").into(),
    ];
    items.extend(own);
    Item::Repeat(label(part).hidden().doc("message"), Count::ToEnd, items.into())
}

fn fixed(kind: u64, octets: u64) -> [Item; 2] {
    [
        be16("written.tlv.type").default(kind).hidden().doc("parameter").into(),
        be16("written.tlv.len").default(octets).hidden().doc("length").into(),
    ]
}

fn status() -> Vec<Item> {
    let mut items = Vec::from(fixed(0x0300, 10));
    items.push(block(
        label("written.status").craft("status").hidden().doc("status"),
        rest(),
        [
            bits("written.status.e", 1).hidden().doc("fatal").into(),
            bits("written.status.f", 1).hidden().doc("to be forwarded").into(),
            bits("written.status.code", 30).hidden().doc("status").into(),
            be32("written.status.id").hidden().doc("message").into(),
            be16("written.status.type").hidden().doc("kind of message").into(),
        ],
    ));
    items
}

fn hello() -> Vec<Item> {
    let mut items = Vec::from(fixed(0x0400, 4));
    items.push(block(
        label("written.hello.params").craft("params").hidden().doc("parameters"),
        rest(),
        [
            be16("written.hello.hold").default(180).hidden().doc("hold time").into(),
            bits("written.hello.t", 1).hidden().doc("targeted").into(),
            bits("written.hello.r", 1).hidden().doc("requested").into(),
            bits("written.hello.res", 14).hidden().doc("reserved").into(),
        ],
    ));
    items
}

fn session() -> Vec<Item> {
    let mut items = Vec::from(fixed(0x0500, 14));
    items.push(be16("written.session.version").default(1).hidden().doc("version").into());
    items.push(block(
        label("written.session.params").craft("params").hidden().doc("parameters"),
        rest(),
        [
            be16("written.session.ka").hidden().doc("keepalive time").into(),
            bits("written.session.a", 1).hidden().doc("downstream on demand").into(),
            bits("written.session.d", 1).hidden().doc("loop detection").into(),
            WrittenReserved::item(),
            u8("written.session.pvlim").hidden().doc("limit of the path vector").into(),
            be16("written.session.mxpdu").hidden().doc("longest PDU").into(),
            ipv4("written.session.lsr").hidden().doc("receiving router").into(),
            be16("written.session.ls").hidden().doc("receiving label space").into(),
        ],
    ));
    items
}

/// Bits that take no value of a list given in order.
struct WrittenReserved;

impl WrittenReserved {
    fn item() -> Item {
        custom_both(
            [bits("written.session.res", 6).hidden().doc("reserved")],
            |_| {},
            |build| {
                build.put_number("written.session.res", 0);
            },
        )
    }
}

fn addresses() -> Vec<Item> {
    vec![custom_both(
        [bytes("written.addresses", rest()).craft("address").lists().hidden().doc("addresses")],
        |_| {},
        write_addresses,
    )]
}

fn write_addresses(build: &mut dyn Build) {
    let texts = build.texts("written.addresses");
    let addresses: Vec<Ipv4Addr> =
        texts.iter().filter_map(|text| std::str::from_utf8(text).ok()?.parse().ok()).collect();
    if addresses.is_empty() {
        return;
    }
    let octets = u16::try_from(addresses.len().saturating_mul(4).saturating_add(2)).unwrap_or(u16::MAX);
    build.put(&[1, 1]);
    build.put(&octets.to_be_bytes());
    build.put(&[0, 1]);
    for address in addresses {
        build.put(&address.octets());
    }
}

fn classes() -> Item {
    custom_both(
        [
            bytes("written.fec", rest()).craft("fec").lists().hidden().doc("prefixes"),
            Field::new("written.fec.address", Kind::Ipv4, Size::Bits(32)).hidden().doc("prefix"),
            bytes("written.fec.bits", Size::Octets(lit(1))).hidden().doc("length of the prefix"),
        ],
        |_| {},
        write_classes,
    )
}

/// Prefixes, each with its whole address, as scapy writes them.
fn write_classes(build: &mut dyn Build) {
    let pairs = build.pairs("written.fec", "written.fec.address", "written.fec.bits");
    if pairs.is_empty() {
        return;
    }
    build.put(&[1, 0]);
    build.put(&u16::try_from(pairs.len().saturating_mul(8)).unwrap_or(u16::MAX).to_be_bytes());
    for (address, bits) in pairs {
        build.put(&[2, 0, 1]);
        build.put(bits.get(..1).unwrap_or(&[0]));
        build.put(&u32::try_from(address).unwrap_or(0).to_be_bytes());
    }
}

fn labelled() -> Vec<Item> {
    let mut items = vec![classes()];
    items.extend(fixed(0x0200, 4));
    items.push(be32("written.label").craft("label").hidden().doc("label").into());
    items
}

fn written() -> [Item; 11] {
    [
        message("written.notification", 0x0001, status()),
        message("written.hello", 0x0100, hello()),
        message("written.init", 0x0200, session()),
        message("written.keepalive", 0x0201, Vec::new()),
        message("written.address", 0x0300, addresses()),
        message("written.withdrawal", 0x0301, addresses()),
        message("written.mapping", 0x0400, labelled()),
        message("written.request", 0x0401, vec![classes()]),
        message(
            "written.abort",
            0x0404,
            vec![
                classes(),
                be32("written.request_id").craft("labelRMid").hidden().doc("message of the request").into(),
            ],
        ),
        message("written.label_withdrawal", 0x0402, labelled()),
        message("written.release", 0x0403, labelled()),
    ]
}
