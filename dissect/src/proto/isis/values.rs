//! The type-length-values of IS-IS. Their names differ by the kind of PDU that they stand in, as Wireshark's do.

use super::identifier;
use crate::decode::Walk;
use crate::schema::{
    Field, Item, Size, Tlv, TlvCase, be16, be24, be32, bits, block, bytes, case, custom, flag, ge, ipv4,
    ipv6, label, left, lit, mac, repeat, rest, text, u8, val, when,
};

const TYPES: &[(u64, &str)] = &[
    (1, "area addresses"),
    (2, "IS reachability"),
    (6, "IS neighbours"),
    (7, "IS neighbours, variable"),
    (8, "padding"),
    (9, "LSP entries"),
    (10, "authentication"),
    (12, "checksum"),
    (13, "purge originator"),
    (14, "LSP buffer size"),
    (22, "extended IS reachability"),
    (128, "IP internal reachability"),
    (129, "protocols supported"),
    (130, "IP external reachability"),
    (132, "IP interface addresses"),
    (134, "traffic engineering router"),
    (135, "extended IP reachability"),
    (137, "host name"),
    (140, "IPv6 traffic engineering router"),
    (211, "restart"),
    (222, "multi-topology IS reachability"),
    (229, "multi-topology"),
    (232, "IPv6 interface addresses"),
    (233, "IPv6 global interface addresses"),
    (235, "multi-topology IP reachability"),
    (236, "IPv6 reachability"),
    (237, "multi-topology IPv6 reachability"),
    (240, "point-to-point adjacency"),
    (242, "router capabilities"),
];

/// Names of what stands in more than one kind of PDU.
#[derive(Clone, Copy)]
pub(super) struct Names {
    kind: &'static str,
    length: &'static str,
    data: &'static str,
    authentication_type: &'static str,
    authentication: &'static str,
    area: &'static str,
    protocol: &'static str,
    ipv4: &'static str,
    ipv6: &'static str,
    topology: &'static str,
    checksum: &'static str,
    which: Pdu,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Pdu {
    Hello,
    Lsp,
    Sequence,
}

macro_rules! names {
    ($name:ident, $prefix:literal, $authentication:literal, $which:ident) => {
        pub(super) const $name: Names = Names {
            kind: concat!($prefix, ".clv.type"),
            length: concat!($prefix, ".clv.length"),
            data: concat!($prefix, ".clv.data"),
            authentication_type: concat!($prefix, ".clv_authentication.type"),
            authentication: concat!($prefix, $authentication),
            area: concat!($prefix, ".area_address"),
            protocol: concat!($prefix, ".clv_nlpid.nlpid"),
            ipv4: concat!($prefix, ".clv_ipv4_int_addr"),
            ipv6: concat!($prefix, ".clv_ipv6_int_addr"),
            topology: concat!($prefix, ".clv_mt"),
            checksum: concat!($prefix, ".clv_checksum"),
            which: Pdu::$which,
        };
    };
}

names!(HELLO, "hello", ".clv_authentication", Hello);
names!(LSP, "lsp", ".authentication", Lsp);
names!(CSNP, "csnp", ".authentication", Sequence);
names!(PSNP, "psnp", ".authentication", Sequence);

fn entry() -> Field {
    label("clv").doc("value")
}

/// The values until the PDU ends.
pub(super) fn values(names: Names) -> Item {
    let checksum = if names.which == Pdu::Hello { "hello.checksum" } else { names.checksum };
    let mut list = Tlv::new(
        entry(),
        u8(names.kind).names(TYPES).doc("type"),
        u8(names.length).unit("octets").doc("length"),
    )
    .body_len()
    .cases([
        case(8, entry(), [bytes("clv.padding", rest()).doc("padding").into()]),
        case(
            10,
            entry(),
            [
                u8(names.authentication_type)
                    .default(1)
                    .names(&[(1, "clear text"), (3, "key"), (54, "HMAC-MD5")])
                    .doc("kind")
                    .into(),
                bytes(names.authentication, rest()).craft("password").doc("authentication").into(),
            ],
        ),
        case(12, entry(), [be16(checksum).hex().doc("checksum").into()]),
    ])
    .other([bytes(names.data, rest()).doc("content").into()]);
    list.cases.extend(match names.which {
        Pdu::Hello => hello(names),
        Pdu::Lsp => lsp(names),
        Pdu::Sequence => entries(),
    });
    list.into()
}

fn each(items: Vec<Item>) -> Item {
    Item::Repeat(label("clv.entries").doc("entries").hidden(), crate::schema::Count::ToEnd, items.into())
}

fn both(names: Names) -> Vec<TlvCase> {
    vec![
        case(
            1,
            entry(),
            [each(vec![custom([bytes(names.area, rest()).doc("area address, its length first")], area)])],
        ),
        case(
            129,
            entry(),
            [each(vec![u8(names.protocol).hex().names(super::DISCRIMINATORS).doc("protocol").into()])],
        ),
        case(132, entry(), [each(vec![ipv4(names.ipv4).doc("interface address").into()])]),
        case(232, entry(), [each(vec![ipv6(names.ipv6).doc("interface address").into()])]),
        case(
            229,
            entry(),
            [each(vec![be16(names.topology).hex().doc("topology, with overload and attached").into()])],
        ),
    ]
}

/// A length, and so many octets.
fn area(walk: &mut Walk<'_, '_>) {
    let octets = walk.rest().first().map_or(1, |length| usize::from(*length).saturating_add(1));
    walk.take_octets("hello.area_address", octets);
    if walk.wants("lsp.area_address") {
        walk.emit("lsp.area_address", walk.offset().saturating_sub(octets), octets, 0);
    }
}

fn hello(names: Names) -> Vec<TlvCase> {
    let mut all = both(names);
    all.extend([
        case(6, entry(), [each(vec![mac("hello.is_neighbor").doc("neighbour").into()])]),
        case(
            211,
            entry(),
            [
                u8("hello.clv_restart_flags").hex().doc("flags").of([
                    bits("hello.clv_restart_flags.reserved", 5).doc("reserved"),
                    flag("hello.clv_restart_flags.sa").doc("suppress the adjacency"),
                    flag("hello.clv_restart_flags.ra").doc("restart acknowledged"),
                    flag("hello.clv_restart_flags.rr").doc("restart requested"),
                ]),
                when(
                    crate::schema::Test::Ge(left(), lit(2)),
                    [be16("hello.clv_restart.remain_time").unit("s").doc("remaining time").into()],
                ),
                bytes("hello.clv_restart.neighbor", rest()).doc("restarting neighbour").into(),
            ],
        ),
        case(233, entry(), [each(vec![ipv6("hello.clv_ipv6_glb_int_addr").doc("interface address").into()])]),
        case(
            240,
            entry(),
            [
                u8("hello.adjacency_state")
                    .names(&[(0, "up"), (1, "initializing"), (2, "down")])
                    .doc("state of the adjacency")
                    .into(),
                when(
                    crate::schema::Test::Ge(left(), lit(4)),
                    [be32("hello.extended_local_circuit_id").hex().doc("local circuit").into()],
                ),
                when(
                    crate::schema::Test::Ge(left(), lit(6)),
                    [identifier("hello.neighbor_systemid", "neighbour")],
                ),
                when(
                    crate::schema::Test::Ge(left(), lit(4)),
                    [be32("hello.neighbor_extended_local_circuit_id")
                        .hex()
                        .doc("neighbour's circuit")
                        .into()],
                ),
            ],
        ),
    ]);
    all
}

fn metric(value: &'static str, external: &'static str, missing: &'static str) -> [Item; 3] {
    [
        flag(missing).doc("not supported").into(),
        flag(external).doc("external metric").into(),
        bits(value, 6).doc("metric").into(),
    ]
}

fn narrow_neighbours() -> TlvCase {
    let mut items = Vec::from(metric(
        "lsp.eis_neighbors.default_metric",
        "lsp.eis_neighbors.default_metric_ie",
        "lsp.eis_neighbors.reserved",
    ));
    items.extend(metric(
        "lsp.eis_neighbors.delay_metric",
        "lsp.eis_neighbors.delay_metric_ie",
        "lsp.eis_neighbors_delay_metric.supported",
    ));
    items.extend(metric(
        "lsp.eis_neighbors.expense_metric",
        "lsp.eis_neighbors.expense_metric_ie",
        "lsp.eis_neighbors.expense_metric_supported",
    ));
    items.extend(metric(
        "lsp.eis_neighbors.error_metric",
        "lsp.eis_neighbors.error_metric_ie",
        "lsp.eis_neighbors.error_metric_supported",
    ));
    items.push(identifier("lsp.eis_neighbors.is_neighbor", "neighbour"));
    case(2, entry(), [u8("lsp.is_virtual").doc("virtual").into(), each(items)])
}

fn narrow_prefixes(kind: u64) -> TlvCase {
    let mut items = Vec::from(metric(
        "lsp.ip_reachability.default_metric",
        "lsp.ip_reachability.default_metric_ie",
        "lsp.ip_reachability.distribution",
    ));
    items.extend(metric(
        "lsp.ip_reachability.delay_metric",
        "lsp.ip_reachability.delay_metric_ie",
        "lsp.ip_reachability.delay_metric_support",
    ));
    items.extend(metric(
        "lsp.ip_reachability.expense_metric",
        "lsp.ip_reachability.expense_metric_ie",
        "lsp.ip_reachability.expense_metric_support",
    ));
    items.extend(metric(
        "lsp.ip_reachability.error_metric",
        "lsp.ip_reachability.error_metric_ie",
        "lsp.ip_reachability.error_metric_support",
    ));
    items.push(ipv4("lsp.ip_reachability.ipv4_prefix").doc("prefix").into());
    items.push(ipv4("lsp.ip_reachability.mask").doc("mask").into());
    case(kind, entry(), [each(items)])
}

fn neighbours() -> Item {
    let sub = || label("lsp.ext_is_reachability.sub").doc("part");
    let parts = Tlv::new(
        sub(),
        u8("lsp.ext_is_reachability.code").doc("part"),
        u8("lsp.ext_is_reachability.length").unit("octets").doc("length"),
    )
    .body_len()
    .cases([
        case(3, sub(), [be32("lsp.group").hex().doc("administrative group").into()]),
        case(
            4,
            sub(),
            [
                be32("lsp.ext_is_reachability.link_local_identifier").doc("local link").into(),
                be32("lsp.ext_is_reachability.link_remote_identifier").doc("remote link").into(),
            ],
        ),
        case(
            6,
            sub(),
            [ipv4("lsp.ext_is_reachability.ipv4_interface_address").doc("interface address").into()],
        ),
        case(
            8,
            sub(),
            [ipv4("lsp.ext_is_reachability.ipv4_neighbor_address").doc("neighbour's address").into()],
        ),
        case(
            9,
            sub(),
            [be32("lsp.maximum_link_bandwidth.float")
                .hex()
                .doc("bandwidth, an IEEE 754 number of octets per second")
                .into()],
        ),
        case(
            10,
            sub(),
            [be32("lsp.reservable_link_bandwidth.float")
                .hex()
                .doc("reservable bandwidth, an IEEE 754 number")
                .into()],
        ),
        case(
            11,
            sub(),
            [each(vec![
                be32("lsp.unreserved_bandwidth.float")
                    .hex()
                    .doc("unreserved bandwidth, an IEEE 754 number")
                    .into(),
            ])],
        ),
        case(
            12,
            sub(),
            [ipv6("lsp.ext_is_reachability.ipv6_interface_address").doc("interface address").into()],
        ),
        case(
            13,
            sub(),
            [ipv6("lsp.ext_is_reachability.ipv6_neighbor_address").doc("neighbour's address").into()],
        ),
        case(
            18,
            sub(),
            [be24("lsp.ext_is_reachability.traffic_engineering_default_metric").doc("metric").into()],
        ),
    ])
    .other([bytes("lsp.ext_is_reachability.data", rest()).doc("content").into()]);
    each(vec![
        identifier("lsp.ext_is_reachability.is_neighbor_id", "neighbour"),
        be24("lsp.ext_is_reachability.metric").doc("metric").into(),
        u8("lsp.ext_is_reachability.subclvs_length").unit("octets").doc("length of the parts").into(),
        block(
            label("lsp.ext_is_reachability.subclvs").doc("parts").hidden(),
            Size::Octets(val("lsp.ext_is_reachability.subclvs_length")),
            [parts.into()],
        ),
    ])
}

/// Parts of a prefix.
fn prefix_parts() -> Vec<Item> {
    let sub = || label("lsp.ext_ip_reachability.sub").doc("part");
    let parts = Tlv::new(
        sub(),
        u8("lsp.ext_ip_reachability.code").doc("part"),
        u8("lsp.ext_ip_reachability.length").unit("octets").doc("length"),
    )
    .body_len()
    .cases([
        case(
            1,
            sub(),
            [each(vec![be32("lsp.32_bit_administrative_tag").hex().doc("administrative tag").into()])],
        ),
        case(
            3,
            sub(),
            [
                u8("lsp.ext_ip_reachability.prefix_sid.flags").hex().doc("flags").of([
                    flag("lsp.ext_ip_reachability.prefix_sid.flags.r").doc("advertised again"),
                    flag("lsp.ext_ip_reachability.prefix_sid.flags.n").doc("node"),
                    flag("lsp.ext_ip_reachability.prefix_sid.flags.p").doc("no penultimate hop popping"),
                    flag("lsp.ext_ip_reachability.prefix_sid.flags.e").doc("explicit null"),
                    flag("lsp.ext_ip_reachability.prefix_sid.flags.v").doc("a value"),
                    flag("lsp.ext_ip_reachability.prefix_sid.flags.l").doc("local"),
                    bits("lsp.ext_ip_reachability.prefix_sid.flags.reserved", 2).doc("reserved"),
                ]),
                u8("lsp.prefix_sid.algorithm").doc("algorithm").into(),
                bytes("lsp.sid.sli", rest()).doc("label or index").into(),
            ],
        ),
    ])
    .other([bytes("lsp.ext_ip_reachability.data", rest()).doc("content").into()]);
    vec![
        u8("lsp.ext_ip_reachability.subclvs_length").unit("octets").doc("length of the parts").into(),
        block(
            label("lsp.ext_ip_reachability.subclvs").doc("parts").hidden(),
            Size::Octets(val("lsp.ext_ip_reachability.subclvs_length")),
            [parts.into()],
        ),
    ]
}

fn prefixes() -> Item {
    each(vec![
        be32("lsp.ext_ip_reachability.metric").doc("metric").into(),
        flag("lsp.ext_ip_reachability.distribution").doc("came down from level 2").into(),
        flag("lsp.ext_ip_reachability.subtlv").doc("parts follow").into(),
        bits("lsp.ext_ip_reachability.prefix_length", 6).doc("prefix length").into(),
        custom([ipv4("lsp.ext_ip_reachability.ipv4_prefix").doc("prefix")], prefix4),
        Item::When(ge("lsp.ext_ip_reachability.subtlv", 1), prefix_parts().into()),
    ])
}

fn prefixes6() -> Item {
    each(vec![
        be32("lsp.ipv6_reachability.metric").doc("metric").into(),
        flag("lsp.ipv6_reachability.distribution").doc("came down from level 2").into(),
        flag("lsp.ipv6_reachability.distribution_internal").doc("came from another protocol").into(),
        flag("lsp.ipv6_reachability.subtlv").doc("parts follow").into(),
        bits("lsp.ipv6_reachability.reserved_bits", 5).doc("reserved").into(),
        u8("lsp.ipv6_reachability.prefix_length").doc("prefix length").into(),
        custom([ipv6("lsp.ipv6_reachability.ipv6_prefix").doc("prefix")], prefix6),
        Item::When(ge("lsp.ipv6_reachability.subtlv", 1), prefix_parts().into()),
    ])
}

/// As many octets as the prefix length before them needs.
fn prefix_octets<'d>(walk: &Walk<'d, '_>, mask: u8) -> Option<(&'d [u8], usize)> {
    let length = walk.all_octets().get(walk.offset().checked_sub(1)?)? & mask;
    let octets = usize::from(length).div_ceil(8);
    Some((walk.rest().get(..octets)?, octets))
}

fn prefix4(walk: &mut Walk<'_, '_>) {
    let Some((prefix, octets)) = prefix_octets(walk, 0x3f).filter(|(_, octets)| *octets <= 4) else {
        walk.missing(walk.rest().len().saturating_add(1));
        return;
    };
    let address = (0..4).fold(0, |sum, at| sum << 8 | u64::from(prefix.get(at).copied().unwrap_or(0)));
    walk.emit("lsp.ext_ip_reachability.ipv4_prefix", walk.offset(), octets, address);
    walk.advance(octets);
}

fn prefix6(walk: &mut Walk<'_, '_>) {
    let Some((_, octets)) = prefix_octets(walk, 0xff).filter(|(_, octets)| *octets <= 16) else {
        walk.missing(walk.rest().len().saturating_add(1));
        return;
    };
    walk.emit("lsp.ipv6_reachability.ipv6_prefix", walk.offset(), octets, 0);
    walk.advance(octets);
}

/// The topology before neighbours or prefixes.
fn topology() -> [Item; 2] {
    [bits("lsp.reserved", 4).hex().doc("reserved").into(), bits("lsp.mtid", 12).doc("topology").into()]
}

fn lsp(names: Names) -> Vec<TlvCase> {
    let in_topology = |kind: u64, items: Item| {
        let [reserved, topology] = topology();
        case(kind, entry(), [reserved, topology, items])
    };
    let capability = || label("lsp.rt_capable.sub").doc("capability");
    let capabilities = Tlv::new(
        capability(),
        u8("lsp.rt_capable.code").doc("capability"),
        u8("lsp.rt_capable.length").unit("octets").doc("length"),
    )
    .body_len()
    .cases([case(19, capability(), [each(vec![u8("lsp.sr_alg").doc("algorithm").into()])])])
    .other([bytes("lsp.rt_capable.data", rest()).doc("content").into()]);
    let mut all = both(names);
    all.extend([
        narrow_neighbours(),
        narrow_prefixes(128),
        narrow_prefixes(130),
        case(
            14,
            entry(),
            [be16("lsp.originating_lsp_buffer_size").unit("octets").doc("size of a link state PDU").into()],
        ),
        case(22, entry(), [neighbours()]),
        case(134, entry(), [ipv4("lsp.clv_te_router_id").doc("router").into()]),
        case(135, entry(), [prefixes()]),
        case(137, entry(), [text("lsp.hostname", rest()).doc("host name").into()]),
        case(140, entry(), [ipv6("lsp.clv_ipv6_te_router_id").doc("router").into()]),
        in_topology(222, neighbours()),
        in_topology(235, prefixes()),
        case(236, entry(), [prefixes6()]),
        in_topology(237, prefixes6()),
        case(
            242,
            entry(),
            [
                be32("lsp.rt_capable.router_id").hex().doc("router").into(),
                bits("lsp.rt_capable.flags_reserved", 6).doc("reserved").into(),
                flag("lsp.rt_capable.flag_d").doc("came down from level 2").into(),
                flag("lsp.rt_capable.flag_s").doc("for the whole domain").into(),
                capabilities.into(),
            ],
        ),
    ]);
    all
}

fn entries() -> Vec<TlvCase> {
    vec![case(
        9,
        entry(),
        [repeat(
            label("csnp.entry").doc("link state PDU"),
            [
                be16("csnp.lsp_remain_life").unit("s").doc("remaining lifetime").into(),
                identifier("csnp.lsp_id", "link state PDU"),
                be32("csnp.lsp_seq_num").hex().doc("sequence number").into(),
                be16("csnp.lsp_checksum").hex().doc("checksum").into(),
            ],
        )],
    )]
}
