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

pub(super) fn mrp() -> Protocol {
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
            be16("prio").hex().doc("priority").into(),
            mac("sa").doc("source").into(),
            be16("port_role").names(&[(0, "primary"), (1, "secondary")]).doc("port role").into(),
            be16("ring_state").names(STATES).brief().doc("ring state").into(),
            be16("transition").doc("transitions").into(),
            be32("time_stamp").unit("ms").doc("time stamp").into(),
        ]
    };
    let link = || {
        [
            mac("sa").doc("source").into(),
            be16("port_role").names(&[(0, "primary"), (1, "secondary")]).doc("port role").into(),
            be16("interval").unit("ms").doc("interval").into(),
            be16("blocked").names(&[(0, "not supported"), (1, "supported")]).doc("blocked").into(),
            bytes("pad", rest()).doc("padding").into(),
        ]
    };
    Protocol::new("mrp", "Media Redundancy Protocol")
        .source("IEC 62439-2 §8")
        .on(ETHER_TYPE, &[0x88e3])
        .field(be16("version").default(1).doc("version"))
        .field(
            Tlv::new(
                label("tlv").doc("unknown part"),
                u8("type").names(TYPES).brief().doc("type"),
                u8("length").unit("octets").doc("length"),
            )
            .body_len()
            .end(0)
            .cases([
                case(0, label("end").doc("end"), []),
                case(
                    1,
                    label("common").doc("common"),
                    [
                        be16("sequence_id").brief().doc("sequence number").into(),
                        bytes("domain_uuid", Size::Octets(lit(16))).doc("domain").into(),
                    ],
                ),
                case(2, label("test").doc("test"), body()),
                case(
                    3,
                    label("change").doc("topology change"),
                    [
                        be16("prio").hex().doc("priority").into(),
                        mac("sa").doc("source").into(),
                        be16("interval").unit("ms").doc("interval").into(),
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
        .sample(concat!(
            "01154e000001 020000000001 88e3 0001 0212 8000 020000000001 0000 0001 0002 00000064 0112 0007",
            "ffffffffffffffffffffffffffffffff 0000 0000"
        ))
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
