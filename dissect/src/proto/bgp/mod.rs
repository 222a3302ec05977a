//! BGP-4 (RFC 4271): OPEN with capabilities, UPDATE with path attributes, NOTIFICATION, KEEPALIVE, ROUTE-REFRESH.
//!
//! AS numbers of AS_PATH are taken as two octets where the segments fit so, else as four.

mod attribute_line;
mod communities;
mod evpn;
mod families;
mod flow_rules;
mod line;
mod link_state;
mod open;
mod open_line;
mod refresh;
mod routes;
mod tunnels;

use super::octets::Octets;
use crate::decode::Walk;
use crate::schema::{
    Begun, Build, Field, Given, Item, Items, Kind, Length, Protocol, Size, Span, TCP_PORT, Test, be16, be32,
    bits, block, bytes, crafted, custom, custom_both, decoded, flag, ge, ipv4, label, left, lit, look,
    repeat, rest, shared, switch, u8, val, when,
};
use open::open;
use std::sync::LazyLock;

const TYPES: &[(u64, &str)] = &[
    (1, "Open"),
    (2, "Update"),
    (3, "Notification"),
    (4, "Keepalive"),
    (5, "Route Refresh"),
    (6, "Capability"),
];

const CAPABILITIES: &[(u64, &str)] = &[
    (1, "multiprotocol extensions"),
    (2, "route refresh"),
    (3, "outbound route filtering"),
    (5, "extended next hop encoding"),
    (6, "extended message"),
    (7, "BGPsec"),
    (8, "multiple labels"),
    (9, "role"),
    (64, "graceful restart"),
    (65, "four-octet AS numbers"),
    (67, "dynamic capability"),
    (69, "ADD-PATH"),
    (70, "enhanced route refresh"),
    (71, "long-lived graceful restart"),
    (73, "FQDN"),
    (128, "route refresh (Cisco)"),
];

const ATTRIBUTES: &[(u64, &str)] = &[
    (1, "ORIGIN"),
    (2, "AS_PATH"),
    (3, "NEXT_HOP"),
    (4, "MULTI_EXIT_DISC"),
    (5, "LOCAL_PREF"),
    (6, "ATOMIC_AGGREGATE"),
    (7, "AGGREGATOR"),
    (8, "COMMUNITIES"),
    (9, "ORIGINATOR_ID"),
    (10, "CLUSTER_LIST"),
    (14, "MP_REACH_NLRI"),
    (15, "MP_UNREACH_NLRI"),
    (16, "EXTENDED_COMMUNITIES"),
    (17, "AS4_PATH"),
    (18, "AS4_AGGREGATOR"),
    (22, "PMSI_TUNNEL"),
    (23, "TUNNEL_ENCAPSULATION"),
    (26, "AIGP"),
    (29, "BGP-LS"),
    (32, "LARGE_COMMUNITY"),
    (33, "BGPsec_PATH"),
    (35, "ONLY_TO_CUSTOMER"),
    (36, "D-PATH"),
    (40, "BGP_PREFIX_SID"),
    (128, "ATTR_SET"),
];

/// Well-known communities.
const COMMUNITIES: &[(u64, &str)] = &[
    (0xffff_0000, "planned-shut"),
    (0xffff_0001, "ACCEPT-OWN"),
    (0xffff_ff01, "NO_EXPORT"),
    (0xffff_ff02, "NO_ADVERTISE"),
    (0xffff_ff03, "NO_EXPORT_SUBCONFED"),
    (0xffff_ff04, "NOPEER"),
];

const FAMILIES: &[(u64, &str)] = &[(1, "IPv4"), (2, "IPv6"), (25, "L2VPN"), (16388, "BGP-LS")];
const SUBFAMILIES: &[(u64, &str)] = &[
    (1, "unicast"),
    (2, "multicast"),
    (4, "labelled unicast"),
    (5, "multicast VPN"),
    (64, "tunnel"),
    (65, "VPLS"),
    (66, "multicast distribution tree"),
    (70, "EVPN"),
    (71, "BGP-LS"),
    (72, "BGP-LS VPN"),
    (73, "SR policy"),
    (128, "labelled VPN"),
    (129, "multicast labelled VPN"),
    (132, "route target"),
    (133, "flow specification"),
    (134, "flow specification of a VPN"),
];

/// The crafter's header alone says nothing about ports, as scapy's does.
const DEFAULT_PORTS: [(&str, Given); 2] = [("srcport", Given::Number(20)), ("dstport", Given::Number(80))];

pub(super) fn bgp() -> Protocol {
    let samples = link_state::SAMPLES.iter().chain(&flow_rules::SAMPLES).chain(&routes::SAMPLES);
    let bgp = Protocol::new("bgp", "Border Gateway Protocol")
        .layer("BGPHeader")
        .body("BGPOpen", "type", &[("type", 1)])
        .body("BGPUpdate", "type", &[("type", 2)])
        .body("BGPNotification", "type", &[("type", 3)])
        .body("BGPRouteRefresh", "type", &[("type", 5)])
        .part("BGPNLRI_IPv4", "nlri", &[])
        .part("BGPNLRI_IPv4_AP", "nlri.path", &[])
        .part("BGPNLRI_IPv6_AP", "nlri.path", &[])
        .part("BGPNLRI_IPv6", "nlri", &[])
        .part("BGPPathAttr", "update.path_attribute", &[])
        .part("BGPPAOrigin", "update.path_attribute.value", &[("update.path_attribute.type_code", 1)])
        .part("BGPPANextHop", "update.path_attribute.value", &[("update.path_attribute.type_code", 3)])
        .part("BGPPAMultiExitDisc", "update.path_attribute.value", &[("update.path_attribute.type_code", 4)])
        .part("BGPPALocalPref", "update.path_attribute.value", &[("update.path_attribute.type_code", 5)])
        .part("BGPPAOriginatorID", "update.path_attribute.value", &[("update.path_attribute.type_code", 9)])
        .part("BGPPAClusterList", "update.path_attribute.value", &[("update.path_attribute.type_code", 10)])
        .part("BGPPALargeCommunity", "update.path_attribute.value", &[("update.path_attribute.type_code", 32)])
        .part("BGPPAASPath", "update.path_attribute.as_path.two", &[])
        .part("BGPPAASPath.ASPathSegment", "update.path_attribute.as_path_segment.two", &[])
        .part("BGPPAAS4BytesPath", "update.path_attribute.as_path.four", &[])
        .part("BGPPAAS4BytesPath.ASPathSegment", "update.path_attribute.as_path_segment.four", &[])
        .part("BGPPAAS4Path", "update.path_attribute.as_path_segment.four", &[])
        .part("BGPPAAtomicAggregate", "update.path_attribute.value", &[("update.path_attribute.type_code", 6)])
        .part("BGPPAAggregator", "update.path_attribute.aggregator.two", &[])
        .part("BGPPAAS4Aggregator", "update.path_attribute.aggregator.four", &[])
        .part("BGPPACommunity", "update.path_attribute.community.number", &[])
        .part("BGPPAMPReachNLRI", "update.path_attribute.value", &[("update.path_attribute.type_code", 14)])
        .part("BGPPAMPUnreachNLRI", "update.path_attribute.value", &[("update.path_attribute.type_code", 15)])
        .part("BGPPAMPUnreachNLRI_IPv4", "update.path_attribute.mp_unreach_nlri.routes", &[])
        .part("BGPPAMPUnreachNLRI_IPv6", "update.path_attribute.mp_unreach_nlri.routes", &[])
        .part("BGPPAExtComms", "update.path_attribute.value", &[("update.path_attribute.type_code", 16)])
        .part("BGPPAExtCommunity", "ext_community", &[])
        .part("BGPPAExtCommTwoOctetASSpecific", "ext_com.value.as2", &[])
        .part("BGPPAExtCommFourOctetASSpecific", "ext_com.value.as4", &[])
        .part("BGPPAExtCommIPv4AddressSpecific", "ext_com.value.as4", &[])
        .part("BGPPAExtCommRedirectAS2Byte", "ext_com.value.as2", &[])
        .part("BGPPAExtCommRedirectIPv4", "ext_com.value.ip4", &[])
        .part("BGPPAExtCommRedirectAS4Byte", "ext_com.value.as4", &[])
        .calls("BGPPAExtCommRedirectAS2Byte", "asn", "ext_com.value.as2.administrator")
        .calls("BGPPAExtCommRedirectAS2Byte", "value", "ext_com.value.as2.local")
        .calls("BGPPAExtCommRedirectAS4Byte", "asn", "ext_com.value.as4.administrator")
        .calls("BGPPAExtCommRedirectAS4Byte", "value", "ext_com.value.as4.local")
        .calls("BGPPAExtCommRedirectIPv4", "value", "ext_com.value.ip4.local")
        .part("BGPPAExtCommOpaque", "ext_com.value.opaque", &[])
        .part("BGPLargeCommunitySegment", "large_communities", &[])
        .part("BGPCapGracefulRestart.GRTuple", "cap.gr.families", &[])
        .part("BGPAuthenticationInformation", "open.opt.param.authentication", &[])
        .part("BGPOptParam", "open.opt.param", &[("open.opt.param.type", 2)])
        .part("BGPCapGeneric", "cap", &[])
        .part("BGPCapMultiprotocol", "cap", &[("cap.type", 1)])
        .part("BGPCapGracefulRestart", "cap", &[("cap.type", 64)])
        .part("BGPCapFourBytesASN", "cap", &[("cap.type", 65)])
        .layer_as("BGPKeepAlive", &[("type", 4)])
        .below("BGPHeader", "tcp", &DEFAULT_PORTS)
        .ports_below("tcp", 179, 80)
        .source("RFC 4271 §4, RFC 5492, RFC 4760, RFC 2918")
        .on(TCP_PORT, &[179])
        .accepts(TCP_PORT, has_marker)
        .stream_of_single(length)
        .later(fields)
        .after(next_message)
        .summary(line::summary)
        .sample("020000000002020000000001080045000068000100004006668d0a0000010a0000029c4000b3000003e8000007d050182000aec60000ffffffffffffffffffffffffffffffff002d0104fde800b401010101100206010400010001020641040000fde8ffffffffffffffffffffffffffffffff001304")
        .sample("02000000000202000000000108004500006200010000400666930a0000010a0000029c4000b3000003e8000007d05018200047980000ffffffffffffffffffffffffffffffff003a020000001f4001010040020602010000fde84003040a000001c00808000100020003000418c00002");
    samples.fold(bgp, |bgp, sample| bgp.sample(sample))
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    protocol
        .field(bytes("marker", Size::Octets(lit(16))).default_bytes(&[0xff; 16]).doc("marker"))
        .field(be16("length").craft("len").unit("octets").len_of(Span::Whole, 1, 0).doc("length"))
        .field(u8("type").default(4).names(TYPES).doc("type"))
        .field(block(
            label("message").doc("message").hidden(),
            Size::Octets((val("length") - 19).min(left())),
            [switch(
                val("type"),
                [(1, open()), (2, update()), (3, refresh::notification()), (5, refresh::refresh())],
                vec![],
            )],
        ))
}

/// The length behind the marker counts the whole message (RFC 4271 §4.1).
fn length(begun: Begun<'_>) -> Length {
    let marker = begun.octets.get(..16).unwrap_or(begun.octets);
    if marker.iter().any(|octet| *octet != 0xff) {
        return Length::Alien;
    }
    match begun.octets.get(16..).and_then(<[u8]>::first_chunk) {
        None => Length::at_least(18),
        Some(length) => match u16::from_be_bytes(*length) {
            octets @ 19.. => Length::of(usize::from(octets)),
            _ => Length::Alien,
        },
    }
}

fn has_marker(segment: &[u8]) -> bool {
    let Some((marker, rest)) = segment.split_first_chunk::<16>() else { return false };
    let length = rest.first_chunk().map_or(0, |length| u16::from_be_bytes(*length));
    *marker == [0xff; 16] && length >= 19
}

/// Several messages may stand in one segment.
fn next_message(walk: &mut Walk<'_, '_>) {
    if has_marker(walk.rest()) {
        walk.next_named("bgp");
    }
}

fn hidden(name: &'static str) -> Field {
    label(name).doc("entries").hidden()
}

/// A prefix of as many octets as its length needs.
fn prefixes(part: &'static str, field: &'static str, doc: &'static str) -> Item {
    repeat(
        label(part).doc(doc).hidden(),
        [
            decoded([when(
                look(|octets| families::has_paths(octets, 32)),
                [families::path_identifier().into()],
            )]),
            written(),
            custom_both(
                [ipv4(field).doc(doc), bytes("prefix_octets", rest()).doc("prefix, too long")],
                if field.starts_with("withdrawn") { withdrawn } else { announced },
                |_| {},
            ),
        ],
    )
}

/// The length of a prefix; built from text, `10.0.0.0/8`, as one with what follows.
fn written() -> Item {
    custom_both(
        [
            bytes("prefix_written", rest()).craft("prefix").hidden().doc("prefix as it is built"),
            u8("prefix_length").doc("prefix length"),
        ],
        |walk| {
            walk.take("prefix_length", 1);
        },
        write_prefix,
    )
}

/// A prefix, and as many octets of it as its length needs.
fn write_prefix(build: &mut dyn Build) {
    let given = build.texts("prefix_written").into_iter().next().unwrap_or_else(|| b"0.0.0.0/0".to_vec());
    let text = std::str::from_utf8(&given).unwrap_or_default();
    let (address, bits) = text.split_once('/').unwrap_or((text, ""));
    let octets = match address.parse::<std::net::IpAddr>() {
        Ok(std::net::IpAddr::V4(address)) => address.octets().to_vec(),
        Ok(std::net::IpAddr::V6(address)) => address.octets().to_vec(),
        Err(_) => return build.put(&given),
    };
    let most = u8::try_from(octets.len().saturating_mul(8)).unwrap_or(128);
    let bits = bits.parse::<u8>().ok().filter(|bits| *bits <= most).unwrap_or(most);
    build.put(&[bits]);
    build.put(octets.get(..usize::from(bits.div_ceil(8))).unwrap_or_default());
}

fn withdrawn(walk: &mut Walk<'_, '_>) {
    prefix(walk, "withdrawn_prefix");
}

fn announced(walk: &mut Walk<'_, '_>) {
    prefix(walk, "nlri_prefix");
}

fn prefix(walk: &mut Walk<'_, '_>, name: &str) {
    let bits = walk.offset().checked_sub(1).and_then(|at| walk.all_octets().get(at)).copied().unwrap_or(0);
    let octets = usize::from(bits).div_ceil(8);
    if octets > 4 {
        walk.take_octets("prefix_octets", octets.min(walk.rest().len()));
        return;
    }
    let Some(head) = walk.rest().get(..octets) else {
        walk.missing(octets);
        walk.advance(octets);
        return;
    };
    let mut address = [0; 4];
    address.iter_mut().zip(head).for_each(|(to, from)| *to = *from);
    walk.emit(name, walk.offset(), octets, u64::from(u32::from_be_bytes(address)));
    walk.advance(octets);
}

fn update() -> Vec<Item> {
    vec![
        be16("update.withdrawn_routes.length")
            .craft("withdrawn_routes_len")
            .unit("octets")
            .len_of_part("update.withdrawn_routes", 1, 0)
            .doc("length of the withdrawn routes")
            .into(),
        block(
            label("update.withdrawn_routes").craft("withdrawn_routes").doc("withdrawn routes"),
            Size::Octets(val("update.withdrawn_routes.length")),
            [prefixes("withdrawn", "withdrawn_prefix", "withdrawn prefix")],
        ),
        be16("update.path_attributes.length")
            .craft("path_attr_len")
            .unit("octets")
            .len_of_part("update.path_attributes", 1, 0)
            .doc("length of the path attributes")
            .into(),
        block(
            label("update.path_attributes").craft("path_attr").doc("path attributes"),
            Size::Octets(val("update.path_attributes.length")),
            [repeat(label("update.path_attribute").doc("path attribute"), attribute())],
        ),
        prefixes("nlri", "nlri_prefix", "prefix"),
        crafted([repeat(
            hidden("nlri.path"),
            [be32("nlri.path_id").craft("nlri_path_id").hidden().doc("path identifier").into(), written()],
        )]),
    ]
}

fn attribute() -> [Item; 5] {
    attribute_of(
        vec![Item::Switch(
            val("update.path_attribute.type_code"),
            vec![(128, 128, of_customer().into())],
            shared(value()),
        )]
        .into(),
    )
}

/// An attribute whose value is one of these.
fn attribute_of(values: Items) -> [Item; 5] {
    [
        u8("update.path_attribute.flags")
            .craft("type_flags")
            .default(0x80)
            .letters(&["NA0", "NA1", "NA2", "NA3", "Extended-Length", "Partial", "Transitive", "Optional"])
            .hex()
            .doc("flags")
            .of([
                flag("update.path_attribute.flags.optional").doc("optional"),
                flag("update.path_attribute.flags.transitive").doc("transitive"),
                flag("update.path_attribute.flags.partial").doc("partial"),
                flag("update.path_attribute.flags.extended_length").doc("length of two octets"),
                bits("update.path_attribute.flags.unused", 4).doc("unused"),
            ]),
        u8("update.path_attribute.type_code").craft("type_code").names(ATTRIBUTES).doc("type").into(),
        when(
            ge("update.path_attribute.flags.extended_length", 1),
            [be16("update.path_attribute.length")
                .craft("attr_ext_len")
                .len_of_part("update.path_attribute.value", 1, 0)
                .unit("octets")
                .doc("length")
                .into()],
        ),
        when(
            crate::schema::eq("update.path_attribute.flags.extended_length", 0),
            [u8("update.path_attribute.length")
                .craft("attr_len")
                .len_of_part("update.path_attribute.value", 1, 0)
                .unit("octets")
                .doc("length")
                .into()],
        ),
        Item::Block(
            label("update.path_attribute.value").craft("attribute").left_empty().doc("value").hidden(),
            Size::Octets(val("update.path_attribute.length")),
            values,
        ),
    ]
}

/// Values by type.
fn value() -> &'static LazyLock<Vec<Item>> {
    static VALUE: LazyLock<Vec<Item>> = LazyLock::new(|| {
        vec![switch(
            val("update.path_attribute.type_code"),
            attributes(),
            vec![bytes("update.path_attribute.unknown", rest()).doc("value").into()],
        )]
    });
    &VALUE
}

/// ATTR_SET (RFC 6368 §5): attributes of a customer's AS, in which there is no such set.
fn of_customer() -> Vec<Item> {
    vec![
        be32("update.path_attribute.attr_set.origin_as").doc("customer's AS").into(),
        decoded([repeat(
            label("update.path_attribute").doc("path attribute"),
            attribute_of(shared(value())),
        )]),
    ]
}

fn segment_type() -> Field {
    u8("update.path_attribute.as_path_segment.type")
        .craft("segment_type")
        .default(2)
        .names(&[(1, "AS_SET"), (2, "AS_SEQUENCE"), (3, "AS_CONFED_SEQUENCE"), (4, "AS_CONFED_SET")])
        .doc("segment")
}

fn segment_length() -> Field {
    u8("update.path_attribute.as_path_segment.length").craft("segment_length").doc("AS numbers")
}

fn segment_number(octets: u16) -> Field {
    match octets {
        2 => be16("update.path_attribute.as_path_segment.as2"),
        _ => be32("update.path_attribute.as_path_segment.as4"),
    }
    .craft("segment_value")
    .doc("AS")
}

/// A path whose AS numbers have so many octets.
fn segments(path: &'static str, segment: &'static str, octets: u16) -> Item {
    let entries = hidden("update.path_attribute.as_path_segment.numbers");
    block(
        hidden(path).left_empty(),
        Size::Rest,
        [repeat(
            hidden(segment).craft("segments"),
            [
                segment_type().into(),
                segment_length().count_of(entries.name).into(),
                repeat(entries, [segment_number(octets).into()]),
            ],
        )],
    )
}

fn attributes() -> [(u64, Vec<Item>); 24] {
    let path = || {
        vec![
            decoded([custom(
                [
                    segment_type(),
                    segment_length(),
                    segment_number(2),
                    segment_number(4),
                    Field::new("update.path_attribute.as_path", Kind::Made, Size::Rest).doc("AS path"),
                ],
                as_path,
            )]),
            // whether numbers have two octets or four is not said by the attribute: the crafter's layer does
            crafted([
                segments("update.path_attribute.as_path.two", "update.path_attribute.as_path_segment.two", 2),
                segments(
                    "update.path_attribute.as_path.four",
                    "update.path_attribute.as_path_segment.four",
                    4,
                ),
            ]),
        ]
    };
    [
        (
            1,
            vec![
                u8("update.path_attribute.origin")
                    .craft("origin")
                    .names(&[(0, "IGP"), (1, "EGP"), (2, "INCOMPLETE")])
                    .doc("origin")
                    .into(),
            ],
        ),
        (2, path()),
        (17, path()),
        (3, vec![ipv4("update.path_attribute.next_hop").craft("next_hop").doc("next hop").into()]),
        (
            4,
            vec![
                be32("update.path_attribute.multi_exit_disc")
                    .craft("med")
                    .doc("multiple exit discriminator")
                    .into(),
            ],
        ),
        (
            5,
            vec![be32("update.path_attribute.local_pref").craft("local_pref").doc("local preference").into()],
        ),
        (7, aggregator()),
        (18, aggregator()),
        (6, vec![]),
        (
            8,
            vec![repeat(
                label("update.path_attribute.community").doc("community"),
                [
                    decoded([
                        be16("update.path_attribute.community_as").doc("AS").into(),
                        be16("update.path_attribute.community_value").doc("value").into(),
                        custom([communities::well_known()], communities::show_well_known),
                    ]),
                    crafted([repeat(
                        hidden("update.path_attribute.community.number"),
                        [be32("update.path_attribute.community.both")
                            .craft("community")
                            .words(COMMUNITIES)
                            .doc("AS and value")
                            .hidden()
                            .into()],
                    )]),
                ],
            )],
        ),
        (
            9,
            vec![ipv4("update.path_attribute.originator_id").craft("originator_id").doc("originator").into()],
        ),
        (
            10,
            vec![repeat(
                hidden("update.path_attribute.clusters"),
                [ipv4("update.path_attribute.cluster_id")
                    .alias("path_attribute.cluster_id")
                    .craft("cluster_list")
                    .doc("cluster")
                    .into()],
            )],
        ),
        (14, families::reach()),
        (15, families::unreach()),
        (
            16,
            vec![
                decoded([repeat(hidden("ext_communities"), [communities::community()])]),
                crafted([repeat(hidden("ext_community").craft("extended_communities"), extended())]),
            ],
        ),
        (22, tunnels::pmsi()),
        (23, tunnels::encapsulation()),
        (26, tunnels::aigp()),
        (35, vec![be32("update.path_attribute.otc").doc("AS that the route is for the customers of").into()]),
        (29, link_state::attribute()),
        (33, routes::secure_path()),
        (36, routes::domains()),
        (40, tunnels::prefix_segment()),
        (
            32,
            vec![repeat(
                label("large_communities").craft("segments").doc("large community"),
                [
                    be32("large_communities.ga")
                        .craft("global_administrator")
                        .doc("global administrator")
                        .into(),
                    be32("large_communities.ldp1").craft("local_data_part1").doc("local part 1").into(),
                    be32("large_communities.ldp2").craft("local_data_part2").doc("local part 2").into(),
                ],
            )],
        ),
    ]
}

/// The AS number has two octets, or four where the attribute has room.
fn aggregator() -> Vec<Item> {
    let number4 =
        || be32("update.path_attribute.aggregator_as4").craft("aggregator_asn").doc("aggregator's AS");
    let number2 =
        || be16("update.path_attribute.aggregator_as").craft("aggregator_asn").doc("aggregator's AS");
    let origin =
        || ipv4("update.path_attribute.aggregator_origin").craft("speaker_address").doc("aggregator");
    vec![
        decoded([
            when(Test::Ge(left(), lit(8)), [number4().into()]),
            when(Test::Eq(left(), lit(6)), [number2().into()]),
            origin().into(),
        ]),
        crafted([
            block(
                hidden("update.path_attribute.aggregator.two").left_empty(),
                Size::Rest,
                [number2().into(), origin().into()],
            ),
            block(
                hidden("update.path_attribute.aggregator.four").left_empty(),
                Size::Rest,
                [number4().into(), origin().into()],
            ),
        ]),
    ]
}

/// An extended community as it is built (RFC 4360 §2), its value by the layer that is given.
fn extended() -> [Item; 3] {
    let value = |name, items: [Item; 2]| block(hidden(name).left_empty(), Size::Rest, items);
    let number = |field: Field, craft| field.craft(craft).hidden().into();
    [
        u8("ext_com.type_high").craft("type_high").hidden().doc("type").into(),
        u8("ext_com.type_low").craft("type_low").hidden().doc("subtype").into(),
        block(
            hidden("ext_com.value").craft("value").left_empty(),
            Size::Rest,
            [
                value(
                    "ext_com.value.as2",
                    [
                        number(be16("ext_com.value.as2.administrator").doc("AS"), "global_administrator"),
                        number(be32("ext_com.value.as2.local").doc("value"), "local_administrator"),
                    ],
                ),
                value(
                    "ext_com.value.as4",
                    [
                        number(be32("ext_com.value.as4.administrator").doc("AS"), "global_administrator"),
                        number(be16("ext_com.value.as4.local").doc("value"), "local_administrator"),
                    ],
                ),
                value(
                    "ext_com.value.ip4",
                    [
                        number(ipv4("ext_com.value.ip4.administrator").doc("address"), "ip_addr"),
                        number(be16("ext_com.value.ip4.local").doc("value"), "local_administrator"),
                    ],
                ),
                block(
                    hidden("ext_com.value.opaque").left_empty(),
                    Size::Rest,
                    [bytes("ext_com.value.octets", Size::Octets(lit(6)))
                        .craft("value")
                        .hidden()
                        .doc("value")
                        .into()],
                ),
            ],
        ),
    ]
}

/// Octets of the AS numbers of a path. Two where segments of a kind that exists fill the attribute so: what is read as such
/// by chance is rare, as four-octet numbers mostly begin with zeros, which are no kind.
fn number_octets(path: &[u8]) -> usize {
    if path_fits(path, 2) || !path_fits(path, 4) { 2 } else { 4 }
}

fn path_fits(mut path: &[u8], octets: usize) -> bool {
    while let [kind, count, rest @ ..] = path {
        match rest.get(usize::from(*count).saturating_mul(octets)..) {
            Some(after) if (1..=4).contains(kind) && *count > 0 => path = after,
            _ => return false,
        }
    }
    path.is_empty()
}

fn as_path(walk: &mut Walk<'_, '_>) {
    let (start, path) = (walk.offset(), walk.rest());
    let octets = number_octets(path);
    walk.emit_made("update.path_attribute.as_path", start, path.len(), |out| write_path(path, octets, out));
    let name = if octets == 4 {
        "update.path_attribute.as_path_segment.as4"
    } else {
        "update.path_attribute.as_path_segment.as2"
    };
    while walk.rest().len() >= 2 {
        walk.take("update.path_attribute.as_path_segment.type", 1);
        let count = walk.take("update.path_attribute.as_path_segment.length", 1).unwrap_or(0);
        for _ in 0..count {
            if walk.take(name, octets).is_none() {
                return;
            }
        }
    }
}

fn write_path(path: &[u8], octets: usize, out: &mut Vec<u8>) {
    let mut left = Octets::new(path);
    let begin = out.len();
    while let (Some(kind), Some(count)) = (left.u8(), left.u8()) {
        if kind == 1 {
            out.extend_from_slice(b"{");
        }
        for _ in 0..count {
            let Some(number) = left.take(octets) else { return };
            if out.len() > begin && !out.ends_with(b"{") {
                out.push(b' ');
            }
            crate::render::put::decimal(
                out,
                number.iter().fold(0, |all, octet| all << 8 | u64::from(*octet)),
            );
        }
        if kind == 1 {
            out.extend_from_slice(b"}");
        }
    }
}
