//! The type-length-values of IS-IS. Their names differ by the kind of PDU that they stand in, as Wireshark's do.

use super::{identifier, segments};
use crate::decode::Walk;
use crate::schema::{
    Build, Field, Item, Kind, Size, Tlv, TlvCase, be_f32, be16, be24, be32, be64, bits, block, built, bytes,
    case, custom, custom_both, decoded, flag, ge, ipv4, ipv6, label, left, lit, mac, repeat, rest, text, u8,
    val, when,
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
    (27, "SRv6 locator"),
    (128, "IP internal reachability"),
    (129, "protocols supported"),
    (130, "IP external reachability"),
    (132, "IP interface addresses"),
    (134, "traffic engineering router"),
    (135, "extended IP reachability"),
    (137, "host name"),
    (138, "shared risk link group"),
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

/// Flags of a segment identifier of a prefix, the lowest bit first.
const SID_FLAGS: &[&str] = &["res1", "res2", "L", "V", "E", "P", "N", "R"];

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

/// An entry that has a layer of its own in the crafter.
fn called(layer: &'static str) -> Field {
    entry().craft(layer)
}

/// The values until the PDU ends.
pub(super) fn values(names: Names) -> Item {
    let checksum = if names.which == Pdu::Hello { "hello.checksum" } else { names.checksum };
    let mut list = Tlv::new(
        entry().craft("tlvs"),
        u8(names.kind).craft("type").names(TYPES).doc("type"),
        u8(names.length).craft("len").unit("octets").doc("length"),
    )
    .body_len()
    .cases([
        case(
            8,
            called("ISIS_PaddingTlv"),
            [bytes("clv.padding", rest()).craft("padding").doc("padding").into()],
        ),
        case(
            10,
            called("ISIS_AuthenticationTlv"),
            [
                u8(names.authentication_type)
                    .craft("authtype")
                    .default(1)
                    .names(&[(1, "clear text"), (3, "key"), (54, "HMAC-MD5")])
                    .words(&[(1, "Plain"), (17, "HMAC-MD5")])
                    .doc("kind")
                    .into(),
                decoded([when(
                    crate::schema::eq(names.authentication_type, 3),
                    [be16("clv.key_id").doc("key").into()],
                )]),
                bytes(names.authentication, rest()).craft("password").doc("authentication").into(),
            ],
        ),
        case(12, called("ISIS_ChecksumTlv"), [be16(checksum).craft("checksum").hex().doc("checksum").into()]),
    ])
    .other([bytes(names.data, rest()).craft("val").doc("content").into()]);
    list.cases.extend(match names.which {
        Pdu::Hello => hello(names),
        Pdu::Lsp => lsp(names),
        Pdu::Sequence => entries(),
    });
    list.into()
}

/// Entries that the crafter gets as a list under a name.
fn listed(part: &'static str, craft: &'static str, items: Vec<Item>) -> Item {
    Item::Repeat(label(part).craft(craft).doc("entries").hidden(), crate::schema::Count::ToEnd, items.into())
}

fn each(items: Vec<Item>) -> Item {
    Item::Repeat(label("clv.entries").doc("entries").hidden(), crate::schema::Count::ToEnd, items.into())
}

fn both(names: Names) -> Vec<TlvCase> {
    vec![
        case(
            1,
            called("ISIS_AreaTlv"),
            [listed(
                "clv.areas",
                "areas",
                vec![
                    decoded([custom(
                        [bytes(names.area, rest()).doc("area address, its length first")],
                        area,
                    )]),
                    built([
                        u8("clv.area.length")
                            .craft("arealen")
                            .len_of_part("clv.area", 1, 0)
                            .doc("length")
                            .into(),
                        bytes("clv.area", rest())
                            .craft("areaid")
                            .reads(Kind::Bytes)
                            .default_bytes(&[0x49])
                            .doc("area address")
                            .into(),
                    ]),
                ],
            )],
        ),
        case(
            129,
            called("ISIS_ProtocolsSupportedTlv"),
            [each(vec![
                u8(names.protocol).craft("nlpids").hex().names(super::DISCRIMINATORS).doc("protocol").into(),
            ])],
        ),
        case(
            132,
            called("ISIS_IpInterfaceAddressTlv"),
            [each(vec![ipv4(names.ipv4).craft("addresses").doc("interface address").into()])],
        ),
        case(
            232,
            called("ISIS_Ipv6InterfaceAddressTlv"),
            [each(vec![ipv6(names.ipv6).craft("addresses").doc("interface address").into()])],
        ),
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
        case(
            6,
            called("ISIS_IsNeighbourTlv"),
            [each(vec![mac("hello.is_neighbor").craft("neighbours").doc("neighbour").into()])],
        ),
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
            called("ISIS_P2PAdjacencyStateTlv"),
            [
                u8("hello.adjacency_state")
                    .craft("state")
                    .default(2)
                    .words(&[(1, "Initialising")])
                    .names(&[(0, "up"), (1, "initializing"), (2, "down")])
                    .doc("state of the adjacency")
                    .into(),
                when(
                    crate::schema::Test::Ge(left(), lit(4)),
                    [be32("hello.extended_local_circuit_id")
                        .craft("extlocalcircuitid")
                        .hex()
                        .doc("local circuit")
                        .into()],
                ),
                when(
                    crate::schema::Test::Ge(left(), lit(6)),
                    [identifier("hello.neighbor_systemid", "neighbour")],
                ),
                when(
                    crate::schema::Test::Ge(left(), lit(4)),
                    [be32("hello.neighbor_extended_local_circuit_id")
                        .craft("neighbourextlocalcircuitid")
                        .hex()
                        .doc("neighbour's circuit")
                        .into()],
                ),
            ],
        ),
    ]);
    all
}

/// A metric of six bits, and what the crafter calls the octet.
fn metric(value: &'static str, external: &'static str, missing: &'static str) -> [Item; 1] {
    let known = |end: &str| value.contains(end);
    let (craft, default) = match value {
        _ if known("default") => ("defmetric", 1),
        _ if known("delay") => ("delmetric", 0x80),
        _ if known("expense") => ("expmetric", 0x80),
        _ => ("errmetric", 0x80),
    };
    [Item::Group(
        u8("lsp.metric").craft(craft).default(default).hidden().doc("metric and its flags"),
        vec![
            flag(missing).doc("not supported").into(),
            flag(external).doc("external metric").into(),
            bits(value, 6).doc("metric").into(),
        ]
        .into(),
    )]
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
    case(
        2,
        called("ISIS_IsReachabilityTlv"),
        [
            u8("lsp.is_virtual").craft("virtual").doc("virtual").into(),
            listed("lsp.eis_neighbors.entries", "neighbours", items),
        ],
    )
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
    items.push(ipv4("lsp.ip_reachability.ipv4_prefix").craft("ipaddress").doc("prefix").into());
    items.push(ipv4("lsp.ip_reachability.mask").craft("subnetmask").default(0xffff_ffff).doc("mask").into());
    let layer = if kind == 128 { "ISIS_InternalIpReachabilityTlv" } else { "ISIS_ExternalIpReachabilityTlv" };
    case(kind, called(layer), [listed("lsp.ip_reachability.entries", "entries", items)])
}

/// A part of a neighbour.
fn part() -> Field {
    label("lsp.ext_is_reachability.sub").doc("part")
}

/// A capability of a router.
fn capability() -> Field {
    label("lsp.rt_capable.sub").doc("capability")
}

fn neighbours() -> Item {
    let sub = || label("lsp.ext_is_reachability.sub").doc("part");
    let parts = Tlv::new(
        sub(),
        u8("lsp.ext_is_reachability.code").craft("type").doc("part"),
        u8("lsp.ext_is_reachability.length").craft("len").unit("octets").doc("length"),
    )
    .body_len()
    .cases([
        case(
            3,
            sub().craft("ISIS_AdministrativeGroupSubTlv"),
            [be32("lsp.group").craft("admingroup").default(1).hex().doc("administrative group").into()],
        ),
        case(
            4,
            sub().craft("ISIS_LinkLocalRemoteIdentifiersSubTlv"),
            [
                be32("lsp.ext_is_reachability.link_local_identifier")
                    .craft("localid")
                    .doc("local link")
                    .into(),
                be32("lsp.ext_is_reachability.link_remote_identifier")
                    .craft("remoteid")
                    .doc("remote link")
                    .into(),
            ],
        ),
        case(
            6,
            sub().craft("ISIS_IPv4InterfaceAddressSubTlv"),
            [ipv4("lsp.ext_is_reachability.ipv4_interface_address")
                .craft("address")
                .doc("interface address")
                .into()],
        ),
        case(
            8,
            sub().craft("ISIS_IPv4NeighborAddressSubTlv"),
            [ipv4("lsp.ext_is_reachability.ipv4_neighbor_address")
                .craft("address")
                .doc("neighbour's address")
                .into()],
        ),
        case(
            9,
            sub().craft("ISIS_MaximumLinkBandwidthSubTlv"),
            [be_f32("lsp.maximum_link_bandwidth.float")
                .craft("maxbw")
                .default_float(1000.0)
                .doc("bandwidth, an IEEE 754 number of octets per second")
                .into()],
        ),
        case(
            10,
            sub().craft("ISIS_MaximumReservableLinkBandwidthSubTlv"),
            [be_f32("lsp.reservable_link_bandwidth.float")
                .craft("maxrsvbw")
                .default_float(1000.0)
                .doc("reservable bandwidth, an IEEE 754 number")
                .into()],
        ),
        case(
            11,
            sub().craft("ISIS_UnreservedBandwidthSubTlv"),
            [eight(vec![
                be_f32("lsp.unreserved_bandwidth.float")
                    .craft("unrsvbw")
                    .default_float(1000.0)
                    .doc("unreserved bandwidth, an IEEE 754 number")
                    .into(),
            ])],
        ),
        case(
            12,
            sub().craft("ISIS_IPv6InterfaceAddressSubTlv"),
            [ipv6("lsp.ext_is_reachability.ipv6_interface_address")
                .craft("address")
                .doc("interface address")
                .into()],
        ),
        case(
            13,
            sub().craft("ISIS_IPv6NeighborAddressSubTlv"),
            [ipv6("lsp.ext_is_reachability.ipv6_neighbor_address")
                .craft("address")
                .doc("neighbour's address")
                .into()],
        ),
        case(
            18,
            sub().craft("ISIS_TEDefaultMetricSubTlv"),
            [be24("lsp.ext_is_reachability.traffic_engineering_default_metric")
                .craft("temetric")
                .default(1000)
                .doc("metric")
                .into()],
        ),
    ])
    .with(segments::link_parts(part))
    .other([bytes("lsp.ext_is_reachability.data", rest()).craft("val").doc("content").into()]);
    let list = |items| listed("lsp.ext_is_reachability.entries", "neighbours", items);
    list(vec![
        identifier("lsp.ext_is_reachability.is_neighbor_id", "neighbour"),
        be24("lsp.ext_is_reachability.metric").craft("metric").default(1).doc("metric").into(),
        u8("lsp.ext_is_reachability.subclvs_length")
            .craft("subtlvslen")
            .len_of_part("lsp.ext_is_reachability.subclvs", 1, 0)
            .unit("octets")
            .doc("length of the parts")
            .into(),
        block(
            label("lsp.ext_is_reachability.subclvs").craft("subtlvs").doc("parts").hidden(),
            Size::Octets(val("lsp.ext_is_reachability.subclvs_length")),
            [parts.into()],
        ),
    ])
}

/// Eight values, one for each priority.
fn eight(items: Vec<Item>) -> Item {
    Item::Repeat(
        label("clv.priorities").default(8).doc("entries").hidden(),
        crate::schema::Count::ToEnd,
        items.into(),
    )
}

/// Parts of a prefix.
fn prefix_parts() -> Vec<Item> {
    let sub = || label("lsp.ext_ip_reachability.sub").doc("part");
    let parts = Tlv::new(
        sub(),
        u8("lsp.ext_ip_reachability.code").craft("type").doc("part"),
        u8("lsp.ext_ip_reachability.length").craft("len").unit("octets").doc("length"),
    )
    .body_len()
    .cases([
        case(
            1,
            sub().craft("ISIS_32bitAdministrativeTagSubTlv"),
            [each(vec![
                be32("lsp.32_bit_administrative_tag").craft("tags").hex().doc("administrative tag").into(),
            ])],
        ),
        case(
            2,
            sub().craft("ISIS_64bitAdministrativeTagSubTlv"),
            [each(vec![
                be64("lsp.64_bit_administrative_tag").craft("tags").hex().doc("administrative tag").into(),
            ])],
        ),
        case(
            3,
            sub().craft("ISIS_PrefixSegmentIdentifierSubTlv"),
            [
                u8("lsp.ext_ip_reachability.prefix_sid.flags")
                    .craft("flags")
                    .letters(SID_FLAGS)
                    .hex()
                    .doc("flags")
                    .of([
                        flag("lsp.ext_ip_reachability.prefix_sid.flags.r").doc("advertised again"),
                        flag("lsp.ext_ip_reachability.prefix_sid.flags.n").doc("node"),
                        flag("lsp.ext_ip_reachability.prefix_sid.flags.p").doc("no penultimate hop popping"),
                        flag("lsp.ext_ip_reachability.prefix_sid.flags.e").doc("explicit null"),
                        flag("lsp.ext_ip_reachability.prefix_sid.flags.v").doc("a value"),
                        flag("lsp.ext_ip_reachability.prefix_sid.flags.l").doc("local"),
                        bits("lsp.ext_ip_reachability.prefix_sid.flags.reserved", 2).doc("reserved"),
                    ]),
                u8("lsp.prefix_sid.algorithm").craft("algorithm").doc("algorithm").into(),
                built([bytes("lsp.sid.sli", rest())
                    .craft("sid")
                    .default_bytes(&[0; 3])
                    .doc("label or index")
                    .into()]),
                decoded([block(
                    bytes("lsp.sid.sli", rest()).doc("label or index"),
                    rest(),
                    segments::label_or_index(),
                )]),
            ],
        ),
        segments::prefix_flags(sub()),
    ])
    .other([bytes("lsp.ext_ip_reachability.data", rest()).craft("val").doc("content").into()]);
    vec![
        u8("lsp.ext_ip_reachability.subclvs_length")
            .craft("subtlvslen")
            .len_of_part("lsp.ext_ip_reachability.subclvs", 1, 0)
            .unit("octets")
            .doc("length of the parts")
            .into(),
        block(
            label("lsp.ext_ip_reachability.subclvs").craft("subtlvs").doc("parts").hidden(),
            Size::Octets(val("lsp.ext_ip_reachability.subclvs_length")),
            [parts.into()],
        ),
    ]
}

fn prefixes() -> Item {
    let length = || bits("lsp.ext_ip_reachability.prefix_length", 6).craft("pfxlen").doc("prefix length");
    let list = |items| listed("lsp.ext_ip_reachability.entries", "pfxs", items);
    list(vec![
        be32("lsp.ext_ip_reachability.metric").craft("metric").default(1).doc("metric").into(),
        flag("lsp.ext_ip_reachability.distribution").craft("updown").doc("came down from level 2").into(),
        flag("lsp.ext_ip_reachability.subtlv").craft("subtlvindicator").doc("parts follow").into(),
        decoded([
            length().into(),
            custom([ipv4("lsp.ext_ip_reachability.ipv4_prefix").doc("prefix")], prefix4),
        ]),
        built([custom_both(
            [length(), written("lsp.ext_ip_reachability.prefix_written")],
            |_| {},
            |build| {
                write_prefix(
                    build,
                    "lsp.ext_ip_reachability.prefix_length",
                    "lsp.ext_ip_reachability.prefix_written",
                );
            },
        )]),
        Item::When(ge("lsp.ext_ip_reachability.subtlv", 1), prefix_parts().into()),
    ])
}

/// A prefix as the crafter gets it, `10.0.0.0/8`.
fn written(name: &'static str) -> Field {
    bytes(name, rest()).craft("pfx").hidden().doc("prefix as it is built")
}

/// The length of a prefix, and as many octets as it needs; without one, a bit of zero, as scapy has it.
fn write_prefix(build: &mut dyn Build, length: &str, prefix: &str) {
    let given = build.texts(prefix).into_iter().next().unwrap_or_else(|| b"0.0.0.0/1".to_vec());
    let text = std::str::from_utf8(&given).unwrap_or_default();
    let (address, bits) = text.split_once('/').unwrap_or((text, ""));
    let octets = match address.parse::<std::net::IpAddr>() {
        Ok(std::net::IpAddr::V4(address)) => address.octets().to_vec(),
        Ok(std::net::IpAddr::V6(address)) => address.octets().to_vec(),
        Err(_) => given.clone(),
    };
    let most = octets.len().saturating_mul(8).min(if length.contains("ipv6") { 128 } else { 32 });
    let bits = bits.parse::<usize>().ok().filter(|bits| *bits <= most).unwrap_or(most);
    build.put_number(length, bits as u64);
    build.put(octets.get(..bits.div_ceil(8)).unwrap_or_default());
}

fn prefixes6() -> Item {
    let length = || u8("lsp.ipv6_reachability.prefix_length").craft("pfxlen").doc("prefix length");
    let list = |items| listed("lsp.ipv6_reachability.entries", "pfxs", items);
    list(vec![
        be32("lsp.ipv6_reachability.metric").craft("metric").default(1).doc("metric").into(),
        flag("lsp.ipv6_reachability.distribution").craft("updown").doc("came down from level 2").into(),
        flag("lsp.ipv6_reachability.distribution_internal")
            .craft("external")
            .doc("came from another protocol")
            .into(),
        flag("lsp.ipv6_reachability.subtlv").craft("subtlvindicator").doc("parts follow").into(),
        bits("lsp.ipv6_reachability.reserved_bits", 5).craft("reserved").doc("reserved").into(),
        decoded([
            length().into(),
            custom([ipv6("lsp.ipv6_reachability.ipv6_prefix").doc("prefix")], prefix6),
        ]),
        built([custom_both(
            [length(), written("lsp.ipv6_reachability.prefix_written")],
            |_| {},
            |build| {
                write_prefix(
                    build,
                    "lsp.ipv6_reachability.prefix_length",
                    "lsp.ipv6_reachability.prefix_written",
                );
            },
        )]),
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
    let capabilities = Tlv::new(
        capability(),
        u8("lsp.rt_capable.code").craft("type").doc("capability"),
        u8("lsp.rt_capable.length").craft("len").unit("octets").doc("length"),
    )
    .body_len()
    .cases([case(
        19,
        capability().craft("ISIS_SRAlgorithmSubTLV"),
        [Item::Repeat(
            label("lsp.sr_algs").default(1).doc("algorithms").hidden(),
            crate::schema::Count::ToEnd,
            vec![u8("lsp.sr_alg").craft("algorithms").doc("algorithm").into()].into(),
        )],
    )])
    .with(segments::capabilities(capability))
    .other([bytes("lsp.rt_capable.data", rest()).craft("val").doc("content").into()]);
    let mut all = both(names);
    all.extend(segments::values(entry));
    all.extend([
        narrow_neighbours(),
        narrow_prefixes(128),
        narrow_prefixes(130),
        case(
            14,
            called("ISIS_BufferSizeTlv"),
            [be16("lsp.originating_lsp_buffer_size")
                .craft("lspbuffersize")
                .default(1497)
                .unit("octets")
                .doc("size of a link state PDU")
                .into()],
        ),
        case(22, called("ISIS_ExtendedIsReachabilityTlv"), [neighbours()]),
        case(
            134,
            called("ISIS_TERouterIDTlv"),
            [ipv4("lsp.clv_te_router_id").craft("routerid").doc("router").into()],
        ),
        case(135, called("ISIS_ExtendedIpReachabilityTlv"), [prefixes()]),
        case(
            137,
            called("ISIS_DynamicHostnameTlv"),
            [text("lsp.hostname", rest()).craft("hostname").doc("host name").into()],
        ),
        case(140, entry(), [ipv6("lsp.clv_ipv6_te_router_id").doc("router").into()]),
        in_topology(222, neighbours()),
        in_topology(235, prefixes()),
        case(236, called("ISIS_Ipv6ReachabilityTlv"), [prefixes6()]),
        in_topology(237, prefixes6()),
        case(
            242,
            called("ISIS_RouterCapabilityTlv"),
            [
                be32("lsp.rt_capable.router_id").craft("routerid").hex().doc("router").into(),
                Item::Group(
                    u8("lsp.rt_capable.flags").craft("flags").letters(&["S", "D"]).hidden().doc("flags"),
                    vec![
                        bits("lsp.rt_capable.flags_reserved", 6).doc("reserved").into(),
                        flag("lsp.rt_capable.flag_d").doc("came down from level 2").into(),
                        flag("lsp.rt_capable.flag_s").doc("for the whole domain").into(),
                    ]
                    .into(),
                ),
                block(
                    label("lsp.rt_capable.parts").craft("subtlvs").hidden().doc("capabilities"),
                    rest(),
                    [capabilities.into()],
                ),
            ],
        ),
    ]);
    all
}

fn entries() -> Vec<TlvCase> {
    vec![case(
        9,
        called("ISIS_LspEntryTlv"),
        [repeat(
            label("csnp.entry").craft("entries").doc("link state PDU"),
            [
                be16("csnp.lsp_remain_life")
                    .craft("lifetime")
                    .default(1200)
                    .unit("s")
                    .doc("remaining lifetime")
                    .into(),
                identifier("csnp.lsp_id", "link state PDU"),
                be32("csnp.lsp_seq_num").craft("seqnum").default(1).hex().doc("sequence number").into(),
                be16("csnp.lsp_checksum").craft("checksum").hex().doc("checksum").into(),
            ],
        )],
    )]
}
