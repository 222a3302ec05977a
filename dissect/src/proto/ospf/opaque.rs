//! Opaque advertisements of OSPF version 2 (RFC 5250): traffic engineering (RFC 3630), graceful restart (RFC 3623), router
//! information (RFC 7770). The opaque type is the first octet of the link state identifier.

use super::segment_routing;
use crate::schema::{
    Field, Item, Size, Tlv, be_f32, be16, be32, bits, block, bytes, case, flag, ipv4, label, lit, repeat,
    rest, shared_list, switch, text, times, u8, val,
};
use std::sync::LazyLock;

/// IANA "Opaque Link-State Advertisements (LSA) Option Types".
pub(super) const TYPES: &[(u64, &str)] = &[
    (1, "traffic engineering"),
    (2, "Sycamore optical topology"),
    (3, "graceful restart"),
    (4, "router information"),
    (5, "L1VPN"),
    (6, "inter-AS traffic engineering"),
    (7, "extended prefixes"),
    (8, "extended links"),
];

/// The body of an opaque advertisement.
pub(super) fn opaque() -> Vec<Item> {
    vec![switch(
        val("lsa.id") / 0x100_0000,
        [
            (1, vec![engineering().into()]),
            (3, vec![grace().into()]),
            (4, vec![information()]),
            (7, vec![segment_routing::prefixes().into()]),
            (8, vec![segment_routing::links().into()]),
        ],
        vec![bytes("lsa.data", rest()).craft("data").default_bytes(b"data").doc("content").into()],
    )]
}

fn entry() -> Field {
    label("tlv").doc("value")
}

fn list() -> Tlv {
    Tlv::new(entry(), be16("tlv_type").doc("type"), be16("tlv_length").unit("octets").doc("length"))
        .body_len()
        .align(4)
        .other([bytes("tlv.unknown", rest()).doc("content").into()])
}

fn addresses(name: &'static str, doc: &'static str) -> Item {
    repeat(label("tlv.addresses").doc("addresses").hidden(), [ipv4(name).doc(doc).into()])
}

fn engineering() -> Tlv {
    let part = || label("mpls.part").doc("part of the link");
    let parts =
        Tlv::new(part(), be16("tlv_type").doc("type"), be16("tlv_length").unit("octets").doc("length"))
            .body_len()
            .align(4)
            .cases([
                case(
                    1,
                    part(),
                    [u8("mpls.linktype")
                        .names(&[(1, "point-to-point"), (2, "multi-access")])
                        .doc("type")
                        .into()],
                ),
                case(2, part(), [ipv4("mpls.linkid").doc("link").into()]),
                case(3, part(), [addresses("mpls.local_addr", "local address")]),
                case(4, part(), [addresses("mpls.remote_addr", "remote address")]),
                case(5, part(), [be32("mpls.te_metric").doc("metric").into()]),
                case(6, part(), [rate("mpls.link_max_bw", "bandwidth of the link")]),
                case(7, part(), [rate("mpls.link_max_bw", "reservable bandwidth of the link")]),
                case(
                    8,
                    part(),
                    [repeat(
                        label("mpls.unreserved").doc("by priority").hidden(),
                        [rate("mpls.pri", "bandwidth not reserved")],
                    )],
                ),
                case(
                    9,
                    part(),
                    [be32("mpls.group").alias("mpls.linkcolor").hex().doc("administrative group").into()],
                ),
                case(
                    11,
                    part(),
                    [
                        be32("mpls.local_id").doc("local link").into(),
                        be32("mpls.remote_id").doc("remote link").into(),
                    ],
                ),
                case(
                    10,
                    part(),
                    [
                        ipv4("oif.local_node_id").doc("local node").into(),
                        ipv4("oif.remote_node_id").doc("remote node").into(),
                    ],
                ),
                case(
                    14,
                    part(),
                    [
                        u8("mpls.protection_capability")
                            .hex()
                            .names(&[
                                (1, "extra traffic"),
                                (2, "unprotected"),
                                (4, "shared"),
                                (8, "dedicated 1:1"),
                                (16, "dedicated 1+1"),
                                (32, "enhanced"),
                            ])
                            .doc("protection")
                            .into(),
                        bytes("mpls.protection_reserved", rest()).doc("reserved").into(),
                    ],
                ),
                case(15, part(), switching()),
                case(
                    16,
                    part(),
                    [repeat(
                        label("mpls.risks").doc("risks").hidden(),
                        [be32("mpls.shared_risk_link_group").doc("shared risk link group").into()],
                    )],
                ),
                case(
                    17,
                    part(),
                    [
                        u8("mpls.bc.model_id")
                            .names(&[
                                (0, "Russian dolls"),
                                (1, "maximum allocation"),
                                (2, "maximum allocation with reservation"),
                            ])
                            .doc("model of the bandwidth constraints")
                            .into(),
                        bytes("mpls.bc.reserved", Size::Octets(lit(3))).doc("reserved").into(),
                        repeat(
                            label("mpls.constraints").doc("constraints").hidden(),
                            [rate("mpls.bc", "bandwidth constraint")],
                        ),
                    ],
                ),
            ])
            .other([bytes("mpls.unknown", rest()).doc("content").into()]);
    list().cases([
        case(1, entry(), [ipv4("mpls.routerid").doc("router").into()]),
        case(2, entry(), [parts.into()]),
    ])
}

fn rate(name: &'static str, doc: &'static str) -> Item {
    be_f32(name).unit("octets/s").doc(doc).into()
}

/// RFC 4203 §1.4.
fn switching() -> [Item; 4] {
    [
        u8("mpls.switching_type")
            .names(&[
                (1, "packet, 1"),
                (2, "packet, 2"),
                (3, "packet, 3"),
                (4, "packet, 4"),
                (51, "layer 2"),
                (100, "time division"),
                (110, "OTN time division"),
                (150, "wavelength"),
                (200, "fibre"),
            ])
            .doc("what is switched")
            .into(),
        u8("mpls.encoding")
            .names(&[
                (1, "packet"),
                (2, "Ethernet"),
                (3, "ANSI PDH"),
                (5, "SDH/SONET"),
                (7, "digital wrapper"),
                (8, "wavelength"),
                (9, "fibre"),
                (11, "Fibre Channel"),
            ])
            .doc("encoding")
            .into(),
        be16("mpls.switching_reserved").doc("reserved").into(),
        block(
            label("mpls.switching").hidden().doc("bandwidths and what belongs to the kind"),
            rest(),
            [
                times(
                    label("mpls.maximum").doc("by priority").hidden(),
                    lit(8),
                    [rate("mpls.max_lsp_bw", "largest bandwidth of a path")],
                ),
                switch(
                    val("mpls.switching_type"),
                    [
                        (1, packet()),
                        (2, packet()),
                        (3, packet()),
                        (4, packet()),
                        (
                            100,
                            vec![
                                rate("mpls.minimum_lsp_bandwidth", "smallest bandwidth of a path"),
                                u8("mpls.sonet.sdh")
                                    .names(&[(0, "standard"), (1, "arbitrary")])
                                    .doc("SONET/SDH")
                                    .into(),
                                bytes("mpls.padding", rest()).doc("padding").into(),
                            ],
                        ),
                    ],
                    vec![bytes("mpls.unknown", rest()).doc("content").into()],
                ),
            ],
        ),
    ]
}

fn packet() -> Vec<Item> {
    vec![
        rate("mpls.minimum_lsp_bandwidth", "smallest bandwidth of a path"),
        be16("mpls.interface_mtu").unit("octets").doc("interface MTU").into(),
        bytes("mpls.padding", rest()).doc("padding").into(),
    ]
}

fn grace() -> Tlv {
    list().cases([
        case(1, entry(), [be32("v2.grace.period").unit("s").doc("grace period").into()]),
        case(
            2,
            entry(),
            [u8("v2.grace.reason")
                .names(&[
                    (0, "unknown"),
                    (1, "software restart"),
                    (2, "software upgrade"),
                    (3, "switch to a redundant processor"),
                ])
                .doc("reason")
                .into()],
        ),
        case(3, entry(), [ipv4("v2.grace.ip").doc("interface address").into()]),
    ])
}

/// Router information: of version 2, and of all scopes of version 3.
pub(super) fn information() -> Item {
    static LIST: LazyLock<Tlv> = LazyLock::new(information_list);
    shared_list(&LIST)
}

fn information_list() -> Tlv {
    let list = Tlv::new(
        entry(),
        be16("tlv_type.opaque").doc("type"),
        be16("tlv_length").unit("octets").doc("length"),
    );
    list.body_len()
        .align(4)
        .other([bytes("tlv.unknown", rest()).doc("content").into()])
        .cases([
            case(
                1,
                entry(),
                [
                    u8("ri.options").hex().doc("capabilities").of([
                        flag("ri.options.grc").doc("graceful restart"),
                        flag("ri.options.grh").doc("helps others restart"),
                        flag("ri.options.srs").doc("stub router"),
                        flag("ri.options.tes").doc("traffic engineering"),
                        flag("ri.options.p2plan").doc("point-to-point over LAN"),
                        flag("ri.options.ete").doc("experimental traffic engineering"),
                        flag("ri.options.host").doc("host router"),
                        bits("ri.options.unused", 1).doc("unused"),
                    ]),
                    bytes("ri.options.more", rest()).doc("further capabilities").into(),
                ],
            ),
            case(7, entry(), [text("dynhostname", rest()).doc("host name").into()]),
        ])
        .cases(segment_routing::information())
}
