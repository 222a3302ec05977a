//! Routes of the address families that are no prefixes: multicast in VPNs (RFC 6514 §4, RFC 6037), VPLS (RFC 4761, RFC 6074), route targets (RFC 4684),
//! policies of segment routing (RFC 9830) and tunnel endpoints.

use super::families::write_distinguisher;
use crate::decode::Walk;
use crate::schema::{
    Field, Item, Items, Kind, Size, Test, Tlv, TlvCase, be16, be24, be32, bits, bytes, custom, eq, flag,
    ipv4, ipv6, label, left, lit, repeat, rest, shared, shared_list, switch, u8, val, when,
};
use std::sync::LazyLock;

/// RFC 6514 §4.
const MULTICAST: &[(u64, &str)] = &[
    (1, "intra-AS I-PMSI A-D route"),
    (2, "inter-AS I-PMSI A-D route"),
    (3, "S-PMSI A-D route"),
    (4, "leaf A-D route"),
    (5, "source active A-D route"),
    (6, "shared tree join route"),
    (7, "source tree join route"),
];

/// Multicast in VPNs, SAFI 5.
pub(super) fn multicast() -> Item {
    static LIST: LazyLock<Tlv> = LazyLock::new(|| {
        let case = |kind, items: Vec<Item>| TlvCase {
            kind,
            field: label("mcast_vpn").hidden().doc("route with its head"),
            items: vec![Item::Block(bytes("mcast_vpn_nlri", rest()).doc("route"), rest(), items.into())],
        };
        Tlv::new(
            label("mcast_vpn").hidden().doc("route with its head"),
            u8("mcast_vpn_nlri_route_type").names(MULTICAST).doc("kind of route"),
            u8("mcast_vpn_nlri_length").unit("octets").doc("length"),
        )
        .body_len()
        .with(vec![
            case(1, vec![vpn(), originator()]),
            case(2, vec![vpn(), of_as()]),
            case(3, vec![vpn(), source(), group(), originator()]),
            case(4, leaf()),
            case(5, vec![vpn(), source(), group()]),
            case(6, vec![vpn(), of_as(), source(), group()]),
            case(7, vec![vpn(), of_as(), source(), group()]),
        ])
        .other([bytes("mcast_vpn_nlri_unknown", rest()).doc("route of another kind").into()])
    });
    shared_list(&LIST)
}

fn vpn() -> Item {
    bytes("mcast_vpn_nlri_rd", Size::Octets(lit(8))).doc("route distinguisher").into()
}

fn of_as() -> Item {
    be32("mcast_vpn_nlri_source_as").doc("AS of the source").into()
}

/// Four octets or sixteen until the route ends.
fn originator() -> Item {
    switch(
        left(),
        [
            (4, vec![ipv4("mcast_vpn_nlri_origin_router_ipv4").doc("originating router").into()]),
            (16, vec![ipv6("mcast_vpn_nlri_origin_router_ipv6").doc("originating router").into()]),
        ],
        vec![bytes("mcast_vpn_nlri_unknown", rest()).doc("originating router").into()],
    )
}

/// The key is the whole route that is answered; the router behind it is of the family that the key's length leaves room for: that route begins
/// with type and length.
fn leaf() -> Vec<Item> {
    let router4 =
        Test::Look(|octets| octets.get(1).is_some_and(|length| octets.len() == usize::from(*length) + 6));
    vec![
        when(
            router4.clone(),
            [bytes("mcast_vpn_nlri_route_key", Size::Octets(left() - 4))
                .doc("route that is answered")
                .into()],
        ),
        when(
            Test::All(vec![crate::schema::not(router4), Test::Ge(left(), lit(18))]),
            [bytes("mcast_vpn_nlri_route_key", Size::Octets(left() - 16))
                .doc("route that is answered")
                .into()],
        ),
        originator(),
    ]
}

fn source() -> Item {
    party(
        "mcast_vpn_nlri_source_length",
        "mcast_vpn_nlri_source_addr_ipv4",
        "mcast_vpn_nlri_source_addr_ipv6",
        "source",
    )
}

fn group() -> Item {
    party(
        "mcast_vpn_nlri_group_length",
        "mcast_vpn_nlri_group_addr_ipv4",
        "mcast_vpn_nlri_group_addr_ipv6",
        "group",
    )
}

/// A length in bits, and the address; 0 stands for any.
fn party(length: &'static str, four: &'static str, six: &'static str, doc: &'static str) -> Item {
    crate::schema::times(
        label("mcast_vpn_nlri_party").hidden().doc("address with its length"),
        lit(1),
        [
            u8(length).unit("bits").doc("length of the address").into(),
            switch(
                val(length),
                [(32, vec![ipv4(four).doc(doc).into()]), (128, vec![ipv6(six).doc(doc).into()])],
                vec![],
            ),
        ],
    )
}

/// Multicast distribution trees as Cisco had them first, SAFI 66 (RFC 6037 §7).
pub(super) fn trees() -> Items {
    static LIST: LazyLock<Vec<Item>> = LazyLock::new(|| vec![trees_list()]);
    shared(&LIST)
}

fn trees_list() -> Item {
    repeat(
        label("mdt_safi").doc("route"),
        [
            u8("mdt_safi_length").unit("bits").doc("length").into(),
            bytes("mdt_safi_rd", Size::Octets(lit(8))).doc("route distinguisher").into(),
            ipv4("mdt_safi_ipv4_addr").doc("router").into(),
            ipv4("mdt_safi_group_addr").doc("group").into(),
        ],
    )
}

fn made(name: &'static str) -> Field {
    Field::new(name, Kind::Made, rest())
}

/// VPLS, AFI 25, SAFI 65: by BGP signalling 17 octets (RFC 4761 §3.2.2), discovery alone 12 (RFC 6074 §3.2.2.1).
pub(super) fn private_lan() -> Items {
    static LIST: LazyLock<Vec<Item>> = LazyLock::new(|| vec![private_lan_list()]);
    shared(&LIST)
}

fn private_lan_list() -> Item {
    repeat(
        label("vplsad").doc("route"),
        [
            be16("vplsad.length").unit("octets").doc("length").into(),
            custom([made("vplsad.rd").doc("route distinguisher")], |walk| vpn_text(walk, "vplsad.rd")),
            when(eq("vplsad.length", 12), [ipv4("ad.pe_addr").doc("router").into()]),
            when(
                eq("vplsad.length", 17),
                [
                    be16("vplsbgp.ce_id").doc("customer's edge").into(),
                    be16("vplsbgp.labelblock.offset").doc("offset of the label block").into(),
                    be16("vplsbgp.labelblock.size").doc("labels in the block").into(),
                    custom([made("vplsbgp.labelblock.base").doc("first label")], label_base),
                ],
            ),
            when(
                crate::schema::not(crate::schema::is_in("vplsad.length", &[12, 17])),
                [bytes("vplsad.unknown", Size::Octets((val("vplsad.length") - 8).min(left())))
                    .doc("route of another form")
                    .into()],
            ),
        ],
    )
}

fn vpn_text(walk: &mut Walk<'_, '_>, name: &str) {
    let Some(octets) = walk.rest().first_chunk::<8>().copied() else { return walk.missing(8) };
    walk.emit_made(name, walk.offset(), 8, |out| write_distinguisher(out, octets));
    walk.advance(8);
}

/// An extended community: its first octet says what follows, as a route distinguisher's first two do.
fn target(walk: &mut Walk<'_, '_>) {
    let Some([kind, _, value @ ..]) = walk.rest().first_chunk::<8>().copied() else { return walk.missing(8) };
    let [a, b, c, d, e, f] = value;
    walk.emit_made("community_prefix", walk.offset(), 8, |out| {
        write_distinguisher(out, [0, kind & 0x3f, a, b, c, d, e, f]);
    });
    walk.advance(8);
}

fn label_base(walk: &mut Walk<'_, '_>) {
    let Some([a, b, c]) = walk.rest().first_chunk::<3>().copied() else { return walk.missing(3) };
    walk.emit_made("vplsbgp.labelblock.base", walk.offset(), 3, |out| {
        crate::render::put::decimal(out, u64::from(u32::from_be_bytes([0, a, b, c]) >> 4));
        out.extend_from_slice(if c & 1 == 1 { b" (bottom)" } else { b"" });
    });
    walk.advance(3);
}

/// Policies of segment routing, SAFI 73.
pub(super) fn policies() -> Items {
    static LIST: LazyLock<Vec<Item>> = LazyLock::new(|| vec![policies_list()]);
    shared(&LIST)
}

fn policies_list() -> Item {
    repeat(
        label("sr_policy_nlri").doc("policy"),
        [
            u8("sr_policy_nlri_length").unit("bits").doc("length").into(),
            bytes("sr_policy_nlri_distinguisher", Size::Octets(lit(4))).doc("distinguisher").into(),
            bytes("sr_policy_nlri_policy_color", Size::Octets(lit(4))).doc("colour").into(),
            switch(
                val("sr_policy_nlri_length"),
                [
                    (96, vec![ipv4("sr_policy_nlri_endpoint_ipv4").doc("endpoint").into()]),
                    (192, vec![ipv6("sr_policy_nlri_endpoint_ipv6").doc("endpoint").into()]),
                ],
                vec![
                    bytes(
                        "sr_policy_nlri_unknown",
                        Size::Octets((val("sr_policy_nlri_length") / 8 - 8).min(left())),
                    )
                    .doc("endpoint")
                    .into(),
                ],
            ),
        ],
    )
}

/// Route targets, SAFI 132: none for all, an AS for all of it, or an extended community or its beginning.
pub(super) fn targets() -> Items {
    static LIST: LazyLock<Vec<Item>> = LazyLock::new(|| vec![targets_list()]);
    shared(&LIST)
}

fn targets_list() -> Item {
    repeat(
        label("route_target_nlri").doc("route target"),
        [
            u8("prefix_length").unit("bits").doc("prefix length").into(),
            when(
                Test::Ge(val("prefix_length"), lit(32)),
                [be32("originating_as").doc("AS that wants the routes").into()],
            ),
            when(Test::Eq(val("prefix_length"), lit(96)), [custom([community()], target)]),
            when(
                crate::schema::not(crate::schema::is_in("prefix_length", &[0, 32, 96])),
                [bytes(
                    "route_target_nlri.part",
                    Size::Octets(
                        (crate::schema::Expr::align((val("prefix_length") + 7) / 8, 1) - 4).min(left()),
                    ),
                )
                .doc("beginning of a community")
                .into()],
            ),
        ],
    )
}

fn community() -> Field {
    made("community_prefix").doc("extended community")
}

/// Tunnel endpoints, SAFI 64.
pub(super) fn endpoints(six: bool) -> Items {
    vec![endpoint_list(six)].into()
}

fn endpoint_list(six: bool) -> Item {
    let address: Item = if six {
        ipv6("endpoint_address_ipv6").doc("endpoint").into()
    } else {
        ipv4("endpoint_address").doc("endpoint").into()
    };
    repeat(
        label("tunnel_nlri").doc("endpoint"),
        [
            u8("prefix_length").unit("bits").doc("prefix length").into(),
            be16("mp_nlri_tnl_id").hex().doc("tunnel").into(),
            address,
        ],
    )
}

/// BGPsec (RFC 8205 §3).
pub(super) fn secure_path() -> Vec<Item> {
    let name = "update.path_attribute.bgpsec.sp.length";
    vec![
        be16(name).unit("octets").doc("length of the path").into(),
        crate::schema::block(
            label("update.path_attribute.bgpsec.sp").doc("path"),
            Size::Octets((val(name) - 2).min(left())),
            [repeat(
                label("update.path_attribute.bgpsec.sps").doc("AS on the path"),
                [
                    u8("update.path_attribute.bgpsec.sps.pcount").doc("how often it counts").into(),
                    u8("update.path_attribute.bgpsec.sps.flags").hex().doc("flags").into(),
                    be32("update.path_attribute.bgpsec.sps.as").doc("AS").into(),
                ],
            )],
        ),
        repeat(
            label("update.path_attribute.bgpsec.sb").doc("signatures"),
            [
                be16("update.path_attribute.bgpsec.sb.length").unit("octets").doc("length").into(),
                u8("update.path_attribute.bgpsec.sb.algo_id")
                    .names(&[(1, "SHA-256, ECDSA P-256")])
                    .doc("algorithms")
                    .into(),
                crate::schema::block(
                    label("update.path_attribute.bgpsec.sb.list").hidden().doc("signatures"),
                    Size::Octets((val("update.path_attribute.bgpsec.sb.length") - 3).min(left())),
                    [repeat(
                        label("update.path_attribute.bgpsec.ss").doc("signature"),
                        [
                            bytes("update.path_attribute.bgpsec.ss.ski", Size::Octets(lit(20)))
                                .doc("subject key identifier")
                                .into(),
                            be16("update.path_attribute.bgpsec.ss.length")
                                .unit("octets")
                                .doc("length")
                                .into(),
                            bytes(
                                "update.path_attribute.bgpsec.ss.sig",
                                Size::Octets(val("update.path_attribute.bgpsec.ss.length").min(left())),
                            )
                            .doc("signature")
                            .into(),
                        ],
                    )],
                ),
            ],
        ),
    ]
}

/// Domains that an EVPN route came through (draft-ietf-bess-evpn-ipvpn-interworking §4).
pub(super) fn domains() -> Vec<Item> {
    vec![repeat(
        label("update.path_attribute.dpath").doc("segment of the path"),
        [
            u8("update.attribute.dpath.length").doc("domains").into(),
            crate::schema::times(
                label("update.attribute.dpath.domain").doc("domain"),
                val("update.attribute.dpath.length"),
                [
                    be32("update.attribute.dpath.ga").doc("global administrator").into(),
                    be16("update.attribute.dpath.la").doc("local administrator").into(),
                    u8("update.attribute.dpath.isf.safi")
                        .names(super::SUBFAMILIES)
                        .doc("kind of the domain")
                        .into(),
                ],
            ),
        ],
    )]
}

/// A label in the first twenty of 24 bits; what the other four are, PMSI tunnels do not say.
pub(super) fn label_field() -> Item {
    be24("update.path_attribute.pmsi.label").hidden().doc("label field as it stands, the VNI of VXLAN").of([
        bits("update.path_attribute.mpls_label_value_20bits", 20).doc("label"),
        bits("update.path_attribute.pmsi.label.rest", 4).hidden().doc("low bits"),
    ])
}

/// A label stack entry without TTL.
pub(super) fn label_entry(whole: crate::schema::Field) -> Item {
    whole.of([
        bits("update.path_attribute.mpls_label_value_20bits", 20)
            .alias("update.path_attribute.mpls_label_value")
            .doc("label"),
        bits("update.path_attribute.mpls_traffic_class", 3).doc("traffic class"),
        flag("update.path_attribute.mpls_bottom_stack").doc("bottom of the stack"),
    ])
}

/// Sample frames.
pub(super) const SAMPLES: [&str; 7] = [
    "0200000000020200000000010800450000b6000100004006663f0a0000010a0000029c4000b3000003e80000000050182000809b0000ffffffffffffffffffffffffffffffff008e0200000077900e0073000105040a00000100010c0000fde9000000070a000001020c0000fde9000000070000fde903160000fde900000007200a01020320e80102030a000001041c03160000fde900000007200a01020320e80102030a0000010a00000207160000fde9000000070000fde9200a01020320e8010203",
    "02000000000202000000000108004500008b000100004006666a0a0000010a0000029c4000b3000003e8000000005018200052ad0000ffffffffffffffffffffffffffffffff0063020000004c900e00480002051020010db86162636465666768696a6b6c00052a0000fde9000000078020010db82122232425262728292a2b2c80ff3e2122232425262728292a2b2c2d2e09052122232425",
    "02000000000202000000000108004500006d00010000400666880a0000010a0000029c4000b3000003e80000000050182000b4ed0000ffffffffffffffffffffffffffffffff0045020000002e900e002a001941040a0000010000110000fde9000000070001000200080186a1000c0000fde9000000070a000001",
    "02000000000202000000000108004500006a000100004006668b0a0000010a0000029c4000b3000003e80000000050182000b3490000ffffffffffffffffffffffffffffffff0042020000002b900e0027000184040a00000100600000fde90002fde900000064200000fde9500000fde90002fde9000000",
    "02000000000202000000000108004500007100010000400666840a0000010a0000029c4000b3000003e8000000005018200011aa0000ffffffffffffffffffffffffffffffff00490200000032900e001a000142040a00000100800000fde9000000070a000001e8010203900f00100001496000000001000000640a000009",
    "0200000000020200000000010800450000bd00010000400666380a0000010a0000029c4000b3000003e8000000005018200076240000ffffffffffffffffffffffffffffffff0095020000007e900e0010000140040a000001003000010a00000990210033000e01000000fde901000000fdea0025012122232425262728292a2b2c2d2e2f3031323334000c4142434445464748494a4b4cd024000f020000fde90001800000fdea000246d080000f0000fde94001010040050400000064d01600090006003e810a000009",
    "0200000000020200000000010800450000a7000100004006664e0a0000010a0000029c4000b3000003e8000000005018200088030000ffffffffffffffffffffffffffffffff007f02000000595001000100500300040a000001d010004888008000000000078801006400000a008802ff020000050088030001000005dc880400640a0000018805000b0000001404e0010200030400800b0064006500030605010000003e8100000001180a010000000002100a02",
];
