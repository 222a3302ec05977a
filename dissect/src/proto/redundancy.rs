//! Redundancy in Ethernet: HSR and PRP (IEC 62439-3), MRP (IEC 62439-2), and the redundancy tag of IEEE Std 802.1CB-2017.

use crate::schema::{
    ETHER_TYPE, Protocol, Size, Tlv, be16, be32, bits, bytes, case, label, lit, mac, rest, u8,
};

pub(super) fn hsr() -> Protocol {
    Protocol::new("hsr", "High-availability Seamless Redundancy")
        .layer("HSR")
        .source("IEC 62439-3 §5.7")
        .on(ETHER_TYPE, &[0x892f])
        .field(bits("path", 4).brief().doc("path: network and lane").of([
            bits("netid", 3).doc("network"),
            bits("laneid", 1).names(&[(0, "A"), (1, "B")]).doc("lane"),
        ]))
        .field(bits("lsdu_size", 12).unit("octets").brief().doc("size of the tagged part"))
        .field(be16("sequence_nr").brief().doc("sequence number"))
        .field(be16("type").hex().named_by(super::ether_type_name).next(ETHER_TYPE).doc("EtherType behind the tag"))
        .sample("020000000002 020000000001 892f 0026 0007 0800 4500002000010000401166ca0a0000010a00000203e807d0000c1b5561626364")
}

/// The trailer that PRP puts behind the payload; found by its suffix and size, see `ethernet`.
pub(super) fn prp() -> Protocol {
    Protocol::new("prp", "Parallel Redundancy Protocol trailer")
        .source("IEC 62439-3 §4.2.7")
        .field(be16("trailer.prp_sequence_nr").brief().doc("sequence number"))
        .field(bits("trailer.prp_lan", 4).hex().names(&[(10, "LAN A"), (11, "LAN B")]).brief().doc("network"))
        .field(bits("trailer.prp_size", 12).unit("octets").doc("size with the trailer"))
        .field(be16("trailer.prp1_suffix").hex().default(0x88fb).doc("suffix"))
        .sample("020000000002 020000000001 0800 4500002000010000401166ca0a0000010a00000203e807d0000c1b5561626364 0007 a026 88fb")
}

/// Frames by which nodes of HSR and PRP tell that they are there; below an HSR tag in HSR networks.
pub(super) fn supervision() -> Protocol {
    Protocol::new("hsr_prp_supervision", "HSR and PRP supervision")
        .source("IEC 62439-3 §4.4, §5.7")
        .on(ETHER_TYPE, &[0x88fb])
        .later(fields)
        .sample("01154e000100 020000000001 88fb 0001 0007 1406 020000000001 1e06 020000000009 0000 0000000000000000000000000000000000000000000000000000")
        .sample("01154e000100 020000000001 892f 1026 0007 88fb 0001 0008 1706 020000000001 0000 00000000000000000000000000000000000000000000")
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    const KINDS: &[(u64, &str)] = &[
        (0, "end"),
        (20, "PRP duplicate discard"),
        (21, "PRP duplicate accept"),
        (22, "obsolete"),
        (23, "HSR"),
        (30, "redundancy box"),
        (31, "virtual dual attached node"),
    ];
    let node = || label("node").doc("node");
    protocol
        .field(bits("path", 4).hex().doc("path"))
        .field(bits("version", 12).default(1).doc("version"))
        .field(be16("supervision_seqno").brief().doc("sequence number"))
        .field(
            Tlv::new(
                label("tlv").doc("unknown part"),
                u8("tlv.type").names(KINDS).brief().doc("type"),
                u8("tlv.length").unit("octets").doc("length"),
            )
            .body_len()
            .end(0)
            .padding(bytes("pad", rest()).doc("padding"))
            .cases([
                case(0, label("end").doc("end"), []),
                case(20, node(), [mac("source_mac_address").brief().doc("node").into()]),
                case(
                    21,
                    node(),
                    [
                        mac("source_mac_address_A").doc("node in LAN A").into(),
                        mac("source_mac_address_B").doc("node in LAN B").into(),
                    ],
                ),
                case(
                    22,
                    node(),
                    [
                        mac("source_mac_address_A").doc("node in LAN A").into(),
                        mac("source_mac_address_B").doc("node in LAN B").into(),
                    ],
                ),
                case(23, node(), [mac("source_mac_address").doc("node").into()]),
                case(
                    30,
                    label("red_box").doc("redundancy box"),
                    [mac("red_box_mac_address").doc("redundancy box").into()],
                ),
                case(
                    31,
                    label("vdan").doc("virtual node"),
                    [mac("vdan_mac_address").doc("node behind the box").into()],
                ),
            ])
            .other([bytes("tlv.data", rest()).doc("data").into()]),
        )
}

pub(super) fn mrp() -> Protocol {
    Protocol::new("mrp", "Media Redundancy Protocol")
        .source("IEC 62439-2 §8")
        .on(ETHER_TYPE, &[0x88e3])
        .heads(&["pn_mrp"])
        .later(mrp_fields)
        .sample(concat!(
            "01154e000001 020000000001 88e3 0001 0212 8000 020000000001 0000 0001 0002 00000064 0112 0007",
            "ffffffffffffffffffffffffffffffff 0000 0000"
        ))
}

/// Header and generated fields.
fn mrp_fields(protocol: Protocol) -> Protocol {
    const TYPES: &[(u64, &str)] = &[
        (0, "end"),
        (1, "common"),
        (2, "test"),
        (3, "topology change"),
        (4, "link down"),
        (5, "link up"),
        (6, "test of the interconnection"),
        (7, "topology change of the interconnection"),
        (0x7f, "option"),
    ];
    const STATES: &[(u64, &str)] = &[(0, "ring open"), (1, "ring closed")];
    let body = || {
        [
            be16("prio").alias("=pn_mrp.prio").hex().doc("priority").into(),
            mac("sa").alias("=pn_mrp.sa").doc("source").into(),
            be16("port_role")
                .alias("=pn_mrp.port_role")
                .names(&[(0, "primary"), (1, "secondary")])
                .doc("port role")
                .into(),
            be16("ring_state").alias("=pn_mrp.ring_state").names(STATES).brief().doc("ring state").into(),
            be16("transition").alias("=pn_mrp.transition").doc("transitions").into(),
            be32("time_stamp").alias("=pn_mrp.time_stamp").unit("ms").doc("time stamp").into(),
        ]
    };
    let link = || {
        [
            mac("sa").alias("=pn_mrp.sa").doc("source").into(),
            be16("port_role")
                .alias("=pn_mrp.port_role")
                .names(&[(0, "primary"), (1, "secondary")])
                .doc("port role")
                .into(),
            be16("interval")
                .alias("=pn_mrp.interval")
                .unit("ms")
                .doc("interval")
                .alias("=pn_mrp.interval")
                .into(),
            be16("blocked")
                .alias("=pn_mrp.blocked")
                .names(&[(0, "not supported"), (1, "supported")])
                .doc("blocked")
                .alias("=pn_mrp.blocked")
                .into(),
            bytes("pad", rest()).doc("padding").into(),
        ]
    };
    protocol
        .field(be16("version").alias("=pn_mrp.version").default(1).doc("version").alias("=pn_mrp.version"))
        .field(
            Tlv::new(
                label("tlv").doc("unknown part"),
                u8("type").alias("=pn_mrp.type").names(TYPES).brief().doc("type").alias("=pn_mrp.type"),
                u8("length").alias("=pn_mrp.length").unit("octets").doc("length").alias("=pn_mrp.length"),
            )
            .body_len()
            .end(0)
            .padding(bytes("pad", rest()).doc("padding"))
            .cases([
                case(0, label("end").doc("end"), []),
                case(
                    1,
                    label("common").doc("common"),
                    [
                        be16("sequence_id")
                            .alias("=pn_mrp.sequence_id")
                            .brief()
                            .doc("sequence number")
                            .into(),
                        bytes("domain_uuid", Size::Octets(lit(16)))
                            .alias("=pn_mrp.domain_uuid")
                            .doc("domain")
                            .into(),
                    ],
                ),
                case(2, label("test").doc("test"), body()),
                case(
                    3,
                    label("change").doc("topology change"),
                    [
                        be16("prio").alias("=pn_mrp.prio").hex().doc("priority").into(),
                        mac("sa").alias("=pn_mrp.sa").doc("source").into(),
                        be16("interval")
                            .alias("=pn_mrp.interval")
                            .unit("ms")
                            .doc("interval")
                            .alias("=pn_mrp.interval")
                            .into(),
                    ],
                ),
                case(4, label("down").doc("link down"), link()),
                case(5, label("up").doc("link up"), link()),
                case(
                    0x7f,
                    label("option").doc("option"),
                    [
                        crate::schema::be24("oui").hex().doc("organisation").into(),
                        bytes("data", rest()).doc("data").into(),
                    ],
                ),
            ])
            .other([bytes("data", rest()).doc("data").into()]),
        )
}

pub(super) fn redundancy_tag() -> Protocol {
    Protocol::new("ieee8021cb", "802.1CB redundancy tag")
        .alias("rtag")
        .source("IEEE Std 802.1CB-2017 §7.8")
        .on(ETHER_TYPE, &[0xf1c1])
        .field(be16("reserved").hex().doc("reserved"))
        .field(be16("seq").brief().doc("sequence number"))
        .field(be16("etype").hex().named_by(super::ether_type_name).next(ETHER_TYPE).doc("EtherType behind the tag"))
        .sample("020000000002 020000000001 f1c1 0000 0007 0800 4500002000010000401166ca0a0000010a00000203e807d0000c1b5561626364")
}
