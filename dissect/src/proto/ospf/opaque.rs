//! Opaque advertisements of OSPF version 2 (RFC 5250): traffic engineering (RFC 3630), graceful restart (RFC 3623), router
//! information (RFC 7770). The opaque type is the first octet of the link state identifier.

use crate::schema::{
    Field, Item, Tlv, be16, be32, bits, bytes, case, flag, ipv4, label, repeat, rest, switch, text, u8, val,
};

/// The body of an opaque advertisement.
pub(super) fn opaque() -> Vec<Item> {
    vec![switch(
        val("lsa.id") / 0x100_0000,
        [(1, vec![engineering().into()]), (3, vec![grace().into()]), (4, vec![information().into()])],
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
    let float = |name: &'static str| be32(name).hex().doc("octets per second, an IEEE 754 number");
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
                case(6, part(), [float("mpls.link_max_bw.float").into()]),
                case(7, part(), [float("mpls.link_max_res_bw.float").into()]),
                case(
                    8,
                    part(),
                    [repeat(
                        label("mpls.unreserved").doc("by priority").hidden(),
                        [float("mpls.unreserved_bw.float").into()],
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
            ])
            .other([bytes("mpls.unknown", rest()).doc("content").into()]);
    list().cases([
        case(1, entry(), [ipv4("mpls.routerid").doc("router").into()]),
        case(2, entry(), [parts.into()]),
    ])
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

fn information() -> Tlv {
    let list = Tlv::new(
        entry(),
        be16("tlv_type.opaque").doc("type"),
        be16("tlv_length").unit("octets").doc("length"),
    );
    list.body_len().align(4).other([bytes("tlv.unknown", rest()).doc("content").into()]).cases([
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
        case(
            8,
            entry(),
            [repeat(
                label("ri.algorithms").doc("algorithms").hidden(),
                [u8("ri.algorithm").doc("algorithm").into()],
            )],
        ),
    ])
}
