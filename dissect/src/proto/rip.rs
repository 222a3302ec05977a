//! RIP versions 1 and 2 (RFC 1058, 2453, 4822) and RIPng (RFC 2080).

use super::octets::Octets;
use crate::render::line::{Body, Line};
use crate::schema::{
    Item, Protocol, Size, UDP_PORT, be16, be32, bytes, crafted, decoded, ipv4, ipv6, label, lit, repeat,
    rest, switch, text, u8, val,
};

const COMMANDS: &[(u64, &str)] = &[
    (1, "Request"),
    (2, "Response"),
    (3, "Trace On"),
    (4, "Trace Off"),
    (5, "Vendor specific"),
    (9, "Update Request"),
    (10, "Update Response"),
    (11, "Update Acknowledge"),
];

pub(super) fn rip() -> Protocol {
    let authentication: Vec<Item> = vec![
        be16("auth.type")
            .craft("authtype")
            .default(2)
            .names(&[(2, "simple password"), (3, "keyed digest")])
            .doc("authentication type")
            .into(),
        switch(
            val("auth.type"),
            [
                (
                    2,
                    vec![text("auth.passwd", Size::Octets(lit(16))).craft("password").doc("password").into()],
                ),
                (1, vec![bytes("authentication_data", rest()).craft("authdata").doc("digest").into()]),
                (
                    3,
                    vec![
                        be16("digest_offset")
                            .craft("digestoffset")
                            .unit("octets")
                            .doc("offset of the digest")
                            .into(),
                        u8("key_id").craft("keyid").doc("key").into(),
                        u8("auth_data_len")
                            .craft("authdatalen")
                            .unit("octets")
                            .doc("length of the digest")
                            .into(),
                        be32("seq_num").craft("seqnum").doc("sequence number").into(),
                        bytes("zero_padding", Size::Octets(lit(8))).craft("zeropad").doc("zeros").into(),
                    ],
                ),
            ],
            vec![
                decoded([bytes("auth.unknown", Size::Octets(lit(16))).doc("authentication").into()]),
                crafted([bytes("auth.written", Size::Octets(lit(16))).hidden().doc("authentication").into()]),
            ],
        ),
    ];
    let route: Vec<Item> = vec![
        be16("route_tag").craft("RouteTag").doc("route tag").into(),
        ipv4("ip").craft("addr").doc("network").into(),
        ipv4("netmask").craft("mask").doc("mask").into(),
        ipv4("next_hop").craft("nextHop").doc("next hop").into(),
        be32("metric").craft("metric").default(1).doc("metric; 16: unreachable").into(),
    ];
    Protocol::new("rip", "Routing Information Protocol")
        .layer("RIP")
        .part("RIPEntry", "entry", &[])
        .part("RIPAuth", "entry", &[("family", 0xffff)])
        .ports_below("udp", 520, 520)
        .source("RFC 2453 §4, RFC 4822 §2")
        .on(UDP_PORT, &[520])
        .field(u8("command").craft("cmd").default(1).names(COMMANDS).doc("command"))
        .field(u8("version").default(1).doc("version"))
        .field(be16("routing_domain").craft("null").doc("reserved"))
        .field(repeat(label("entry").doc("entry"), [
            be16("family").craft("AF").default(2).names(&[(0, "unspecified"), (2, "IP"), (0xffff, "authentication")]).doc("address family").into(),
            switch(val("family"), [(0xffff, authentication)], route),
        ]))
        .summary(rip_summary)
        .sample("02000000000202000000000108004500004800010000401166a20a0000010a000002020802080034fb220202000000020000c0000200ffffff00000000000000000400020000c6336400ffffff000000000000000010")
}

fn rip_summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    let mut octets = Octets::of(body);
    let (Some(command), Some(version), Some(_)) = (octets.u8(), octets.u8(), octets.u16()) else {
        line.text("RIP");
        line.cut("rip", body);
        return;
    };
    line.text("RIPv");
    line.number(u64::from(version));
    line.text(", ");
    command_name(line, command);
    line.text(", length: ");
    line.number(body.len as u64);
    if line.style.verbose > 0 && matches!(command, 2 | 10) {
        line.text(", routes: ");
        line.number((octets.left().len() / 20) as u64);
        line.text(" or less");
    }
    if line.style.verbose == 0 {
        return;
    }
    while let (Some(family), Some(tag), Some(network), Some(mask), Some(hop), Some(metric)) =
        (octets.u16(), octets.u16(), octets.array(), octets.array::<4>(), octets.array(), octets.u32())
    {
        line.text("\n\t  ");
        if family == 0xffff {
            line.text("authentication type ");
            line.number(u64::from(tag));
            continue;
        }
        line.text(if family == 2 { "AFI IPv4, " } else { "AFI other, " });
        line.ipv4(network);
        line.text("/");
        line.number(u64::from(u32::from_be_bytes(mask).count_ones()));
        line.text(", tag ");
        line.hex(u64::from(tag), 4);
        line.text(", metric: ");
        line.number(u64::from(metric));
        line.text(", next-hop: ");
        if hop == [0; 4] { line.text("self") } else { line.ipv4(hop) }
    }
}

fn command_name(line: &mut Line<'_, '_>, command: u8) {
    match crate::schema::Names::List(COMMANDS).get(u64::from(command)) {
        Some(name) => line.text(name),
        None => {
            line.text("unknown command ");
            line.number(u64::from(command));
        }
    }
}

pub(super) fn ripng() -> Protocol {
    Protocol::new("ripng", "Routing Information Protocol for IPv6")
        .layer("RIPng")
        .part("RIPngEntry", "rte", &[])
        .ports_below("udp", 521, 521)
        .source("RFC 2080 §2.1")
        .on(UDP_PORT, &[521])
        .field(u8("cmd").default(1).names(COMMANDS).doc("command"))
        .field(u8("version").craft("ver").default(1).doc("version"))
        .field(be16("reserved").craft("null").doc("reserved"))
        .field(repeat(label("rte").doc("entry"), [
            ipv6("rte.ipv6_prefix").craft("prefix_or_nh").doc("prefix, or next hop where the metric is 255").into(),
            be16("rte.route_tag").craft("routetag").hex().doc("route tag").into(),
            u8("rte.prefix_length").craft("prefixlen").doc("prefix length").into(),
            u8("rte.metric").craft("metric").default(1).words(&[(16, "Unreach"), (255, "next-hop entry")]).doc("metric").into(),
        ]))
        .summary(ripng_summary)
        .sample("02000000000202000000000186dd600000000020114020010db800000000000000000000000120010db8000000000000000000000002020902090020406b0201000020010db800010000000000000000000000003001")
}

fn ripng_summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    let mut octets = Octets::of(body);
    let (Some(command), Some(version), Some(_)) = (octets.u8(), octets.u8(), octets.u16()) else {
        line.text(" ripng");
        line.cut("ripng", body);
        return;
    };
    let entries = octets.left().len() / 20;
    match command {
        1 => line.text(" ripng-req"),
        2 => line.text(" ripng-resp"),
        _ => {
            line.text(" ripng-");
            line.number(u64::from(command));
            line.text(" ?? ");
        }
    }
    line.text(" ");
    line.number(entries as u64);
    line.text(":");
    for _ in 0..entries.min(if line.style.verbose > 0 { 64 } else { 1 }) {
        let (Some(prefix), Some(tag), Some(len), Some(metric)) =
            (octets.array(), octets.u16(), octets.u8(), octets.u8())
        else {
            return;
        };
        line.text(if line.style.verbose > 0 { "\n\t" } else { " " });
        line.ipv6(prefix);
        line.text("/");
        line.number(u64::from(len));
        if tag > 0 {
            line.text(" [");
            line.number(u64::from(tag));
            line.text("]");
        }
        line.text(" (");
        line.number(u64::from(metric));
        line.text(")");
    }
    if version != 1 {
        line.text(" [vers ");
        line.number(u64::from(version));
        line.text("]");
    }
}
