//! EIGRP, RFC 7868: header and type-length-values with the routes of IPv4 and IPv6, in the classic form and in the
//! multi-protocol one. Routes of IPX, AppleTalk and service families are shown as octets.

use crate::decode::Walk;
use crate::schema::{
    Checksum, IP_PROTO, Item, Protocol, Size, Tlv, TlvCase, be16, be32, be48, bits, bytes, case, custom_both,
    flag, ipv4, ipv6, label, lit, repeat, rest, switch, u8, val,
};

pub(super) const OPERATIONS: &[(u64, &str)] = &[
    (1, "Update"),
    (2, "Request"),
    (3, "Query"),
    (4, "Reply"),
    (5, "Hello"),
    (10, "SIA-Query"),
    (11, "SIA-Reply"),
];

const TYPES: &[(u64, &str)] = &[
    (0x0001, "parameters"),
    (0x0002, "authentication"),
    (0x0003, "sequence"),
    (0x0004, "software version"),
    (0x0005, "next multicast sequence"),
    (0x0006, "stub"),
    (0x0007, "peer termination"),
    (0x00f5, "topology list"),
    (0x0102, "IPv4 internal route"),
    (0x0103, "IPv4 external route"),
    (0x0402, "IPv6 internal route"),
    (0x0403, "IPv6 external route"),
    (0x0602, "internal route"),
    (0x0603, "external route"),
];

pub(super) fn eigrp() -> Protocol {
    Protocol::new("eigrp", "Enhanced Interior Gateway Routing Protocol")
        .layer("EIGRP")
        .part("EIGRPGeneric", "tlv", &[])
        .part("EIGRPParam", "tlv", &[("tlv_type", 1)])
        .part("EIGRPAuthData", "tlv", &[("tlv_type", 2)])
        .part("EIGRPSeq", "tlv", &[("tlv_type", 3)])
        .part("EIGRPSwVer", "tlv", &[("tlv_type", 4)])
        .part("EIGRPNms", "tlv", &[("tlv_type", 5)])
        .part("EIGRPStub", "tlv", &[("tlv_type", 6)])
        .source("RFC 7868 §6")
        .on(IP_PROTO, &[88])
        .later(fields)
        .summary(super::eigrp_line::summary)
        .sample("02000000000202000000000108004500003400010000405890660a000001e000000a02050000000000000000000000000000000000640001000c010001000000000f")
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    let list = values();
    protocol
        .field(u8("version").craft("ver").default(2).doc("version"))
        .field(u8("opcode").default(5).names(OPERATIONS).doc("operation"))
        .field(be16("checksum").craft("chksum").hex().sum(Checksum::Whole).doc("checksum"))
        .field(be32("flags").letters(&["init", "cond-recv"]).hex().doc("flags").of([
            bits("flags.reserved", 28).hex().doc("reserved"),
            flag("flags.eot").doc("end of table"),
            flag("flags.restart").doc("restart"),
            flag("flags.condrecv").doc("conditional receive"),
            flag("flags.init").doc("first update"),
        ]))
        .field(be32("seq").doc("sequence number"))
        .field(be32("ack").doc("acknowledged"))
        .field(be16("vrid").doc("virtual router"))
        .field(be16("as").craft("asn").default(100).doc("autonomous system"))
        .field(list)
}

fn values() -> Tlv {
    let entry = || label("tlv").craft("tlvlist").doc("entry");
    let k = |name: &'static str, craft: &'static str, default: u64| -> Item {
        u8(name).craft(craft).default(default).doc("metric weight").into()
    };
    let mut list = Tlv::new(
        entry(),
        be16("tlv_type").craft("type").hex().names(TYPES).doc("type"),
        be16("tlv.len").craft("len").unit("octets").doc("length"),
    )
    .cases([
        case(
            0x0001,
            entry(),
            [
                k("par.k1", "k1", 1),
                k("par.k2", "k2", 0),
                k("par.k3", "k3", 1),
                k("par.k4", "k4", 0),
                k("par.k5", "k5", 0),
                k("par.k6", "reserved", 0),
                be16("par.holdtime").craft("holdtime").default(15).unit("s").doc("hold time").into(),
            ],
        ),
        case(
            0x0002,
            entry(),
            [
                be16("auth.type")
                    .craft("authtype")
                    .default(2)
                    .names(&[(2, "MD5"), (3, "SHA-256")])
                    .doc("kind")
                    .into(),
                be16("auth.length")
                    .craft("keysize")
                    .len_of_part("auth.digest", 1, 0)
                    .unit("octets")
                    .doc("length of the digest")
                    .into(),
                be32("auth.keyid").craft("keyid").default(1).doc("key").into(),
                be32("auth.keyseq").doc("sequence number of the key").into(),
                bytes("nullpad", Size::Octets(lit(8))).craft("nullpad").doc("padding").into(),
                bytes("auth.digest", rest()).craft("authdata").doc("digest").into(),
            ],
        ),
        case(
            0x0003,
            entry(),
            [repeat(
                label("seq.address").default(1).doc("addresses").hidden(),
                [
                    u8("seq.addrlen")
                        .craft("addrlen")
                        .default(4)
                        .unit("octets")
                        .doc("length of the address")
                        .into(),
                    switch(
                        val("seq.addrlen"),
                        [
                            (
                                4,
                                vec![
                                    ipv4("seq.ipv4addr")
                                        .craft("ipaddr")
                                        .default(0xc0a8_0001)
                                        .doc("address")
                                        .into(),
                                ],
                            ),
                            (
                                16,
                                vec![
                                    ipv6("seq.ipv6addr")
                                        .craft("ip6addr")
                                        .default_bytes(&[0x20, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
                                        .doc("address")
                                        .into(),
                                ],
                            ),
                        ],
                        vec![bytes("seq.addr", Size::Octets(val("seq.addrlen"))).doc("address").into()],
                    ),
                ],
            )],
        ),
        case(
            0x0004,
            entry(),
            [
                be16("release_version")
                    .craft("ios")
                    .default(0x0c00)
                    .doc("release of the system, two numbers of 8 bits")
                    .into(),
                be16("tlv_version")
                    .craft("eigrp")
                    .default(0x0102)
                    .doc("version of the values, two numbers of 8 bits")
                    .into(),
            ],
        ),
        case(
            0x0005,
            entry(),
            [be32("next_mcast_seq").craft("nms").default(2).doc("next multicast sequence number").into()],
        ),
        case(
            0x0006,
            entry(),
            [be16("stub_options")
                .craft("flags")
                .default(13)
                .letters(&["connected", "static", "summary", "receive-only", "redistributed", "leak-map"])
                .hex()
                .doc("stub options")
                .of([
                    bits("stub_options.reserved", 10).hex().doc("reserved"),
                    flag("stub_options.recvonly").doc("receives only"),
                    flag("stub_options.leakmap").doc("leak map"),
                    flag("stub_options.redist").doc("redistributed routes"),
                    flag("stub_options.summary").doc("summary routes"),
                    flag("stub_options.static").doc("static routes"),
                    flag("stub_options.connected").doc("connected routes"),
                ])],
        ),
        case(
            0x00f5,
            entry(),
            [be16("tid").doc("topology").into(), bytes("tid.data", rest()).doc("content").into()],
        ),
    ])
    .other([bytes("tlv.data", rest()).craft("value").default_bytes(&[0]).doc("content").into()]);
    let routes = [
        (0x0102, false, false, "EIGRPIntRoute"),
        (0x0103, false, true, "EIGRPExtRoute"),
        (0x0402, true, false, "EIGRPv6IntRoute"),
        (0x0403, true, true, "EIGRPv6ExtRoute"),
    ];
    list.cases.extend(routes.map(|(kind, six, external, layer)| TlvCase {
        kind,
        field: label("tlv").craft(layer).doc("entry"),
        items: classic(six, external),
    }));
    list.cases.extend([0x0602, 0x0603].map(|kind| TlvCase {
        kind,
        field: entry(),
        items: wide(kind == 0x0603),
    }));
    list
}

fn next_hop(six: bool) -> Item {
    if six {
        ipv6("ipv6.nexthop").craft("nexthop").doc("next hop").into()
    } else {
        ipv4("ipv4.nexthop").craft("nexthop").default(0xc0a8_0000).doc("next hop").into()
    }
}

fn route_flags(name: &'static str) -> Item {
    u8(name).hex().doc("flags").of([
        bits("metric.flags.reserved", 4).doc("reserved"),
        flag("metric.flags.repl").doc("replicated"),
        flag("metric.flags.active").doc("active"),
        flag("metric.flags.cd").doc("candidate for default"),
        flag("metric.flags.srcwd").doc("withdrawn by the source"),
    ])
}

/// Where an external route comes from (RFC 7868 §6.6.4).
fn external() -> [Item; 7] {
    [
        ipv4("extdata.origrid").craft("originrouter").default(0xc0a8_0001).doc("originating router").into(),
        be32("extdata.as").craft("originasn").doc("originating AS").into(),
        be32("extdata.tag").craft("tag").doc("administrative tag").into(),
        be32("extdata.metric").craft("externalmetric").doc("metric of the other protocol").into(),
        be16("extdata.reserved").craft("reserved").doc("reserved").into(),
        u8("extdata.proto").craft("extprotocolid").default(3).names(PROTOCOLS).doc("other protocol").into(),
        u8("extdata.flags").craft("flags").letters(&["external", "candidate-default"]).hex().doc("flags").of(
            [
                bits("opaque.flag.reserved", 6).doc("reserved"),
                flag("opaque.flag.cd").doc("candidate for default"),
                flag("opaque.flag.ext").doc("external"),
            ],
        ),
    ]
}

const PROTOCOLS: &[(u64, &str)] = &[
    (1, "IGRP"),
    (2, "EIGRP"),
    (3, "static"),
    (4, "RIP"),
    (5, "HELLO"),
    (6, "OSPF"),
    (7, "IS-IS"),
    (8, "EGP"),
    (9, "BGP"),
    (10, "IDRP"),
    (11, "connected"),
];

/// The metric of 32 bits, and destinations.
fn classic(six: bool, is_external: bool) -> Vec<Item> {
    let mut items = vec![next_hop(six)];
    if is_external {
        items.extend(external());
    }
    // what scapy writes when nothing is given
    let reliability = if six && is_external { 0 } else { 255 };
    items.extend([
        be32("old_metric.delay")
            .craft("delay")
            .default(if is_external { 0 } else { 128_000 })
            .doc("delay, 10 µs / 256 each")
            .into(),
        be32("old_metric.bw")
            .craft("bandwidth")
            .default(if six { 256_000 } else { 256 })
            .doc("bandwidth, 2.56e12 bit/s divided by it")
            .into(),
        crate::schema::be24("old_metric.mtu").craft("mtu").default(1500).doc("MTU").into(),
        u8("old_metric.hopcount").craft("hopcount").default(u64::from(six)).doc("hops").into(),
        u8("old_metric.rel").craft("reliability").default(reliability).doc("reliability, of 255").into(),
        u8("old_metric.load").craft("load").default(u64::from(six && is_external)).doc("load, of 255").into(),
        u8("old_metric.intag").doc("route tag").into(),
        route_flags("old_metric.flags"),
        destinations(six, is_external),
    ]);
    items
}

fn destinations(six: bool, is_external: bool) -> Item {
    let length = match (six, is_external) {
        (false, _) => 24,
        (true, false) => 16,
        (true, true) => 8,
    };
    let prefix: &'static [u8] =
        if is_external { &[0; 16] } else { &[0x20, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] };
    let item = if six {
        vec![
            u8("ipv6.prefixlen").craft("prefixlen").default(length).doc("prefix length").into(),
            custom_both(
                [ipv6("ipv6.destination").craft("dst").default_bytes(prefix).doc("destination")],
                |walk| destination(walk, "ipv6.destination", 16),
                |build| {
                    let length = build.number("ipv6.prefixlen") as u8;
                    let address = build.octets("ipv6.destination");
                    let standard = if length == 16 { vec![0x20, 1, 0] } else { vec![0; 16] };
                    let address = address.unwrap_or(standard);
                    build.put(address.get(..prefix_octets(length, 16)).unwrap_or(&address));
                },
            ),
        ]
    } else {
        vec![
            u8("ipv4.prefixlen").craft("prefixlen").default(length).doc("prefix length").into(),
            custom_both(
                [ipv4("ipv4.destination").craft("dst").default(0xc0a8_0100).doc("destination")],
                |walk| destination(walk, "ipv4.destination", 4),
                |build| {
                    let length = build.number("ipv4.prefixlen") as u8;
                    let address = (build.number("ipv4.destination") as u32).to_be_bytes();
                    build.put(address.get(..prefix_octets(length, 4)).unwrap_or(&address));
                },
            ),
        ]
    };
    Item::Repeat(
        label("destination").default(1).doc("destinations").hidden(),
        crate::schema::Count::ToEnd,
        item.into(),
    )
}

/// Octets of a prefix in an address of so many; prefixes of IPv6 have one more unless they are whole addresses.
fn prefix_octets(length: u8, limit: usize) -> usize {
    match limit {
        16 if length < 128 => usize::from(length / 8).saturating_add(1),
        _ => usize::from(length).div_ceil(8),
    }
}

/// As many octets as the prefix length before them needs.
fn destination(walk: &mut Walk<'_, '_>, name: &str, limit: usize) {
    let length = walk.offset().checked_sub(1).and_then(|at| walk.all_octets().get(at)).copied().unwrap_or(0);
    let octets = prefix_octets(length, limit);
    let Some(prefix) = walk.rest().get(..octets).filter(|_| octets <= limit) else {
        walk.missing(walk.rest().len().saturating_add(1));
        return;
    };
    let address = (0..4).fold(0, |sum, at| sum << 8 | u64::from(prefix.get(at).copied().unwrap_or(0)));
    walk.emit(name, walk.offset(), octets, address);
    walk.advance(octets);
}

/// The multi-protocol form with its metric of 64 bits (RFC 7868 §6.9).
fn wide(is_external: bool) -> Vec<Item> {
    let mut items: Vec<Item> = vec![
        be16("tid").doc("topology").into(),
        be16("afi")
            .names(&[
                (1, "IPv4"),
                (2, "IPv6"),
                (0x4001, "common service"),
                (0x4002, "IPv4 service"),
                (0x4003, "IPv6 service"),
            ])
            .doc("address family")
            .into(),
        ipv4("routerid").doc("router").into(),
        u8("metric.offset").doc("attributes, 2 octets each").into(),
        u8("metric.priority").doc("priority").into(),
        u8("metric.reliability").doc("reliability, of 255").into(),
        u8("metric.load").doc("load, of 255").into(),
        crate::schema::be24("metric.mtu").doc("MTU").into(),
        u8("metric.hopcount").doc("hops").into(),
        be48("metric.delay").unit("ps").doc("delay").into(),
        be48("metric.bandwidth").unit("kb/s").doc("bandwidth").into(),
        be16("metric.reserved").doc("reserved").into(),
        u8("metric.flags_high").doc("reserved").into(),
        route_flags("metric.flags"),
        bytes("metric.attributes", Size::Octets(val("metric.offset") * 2)).doc("attributes").into(),
    ];
    let route = |six: bool| {
        let mut items = vec![next_hop(six)];
        if is_external {
            items.extend(external());
        }
        items.push(destinations(six, is_external));
        items
    };
    items.push(switch(
        val("afi"),
        [(1, route(false)), (2, route(true))],
        vec![bytes("tlv.data", rest()).craft("value").default_bytes(&[0]).doc("content").into()],
    ));
    items
}
