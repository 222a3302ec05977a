//! TLVs of LLDP that organisations define: IEEE 802.1 (802.1Q-2018 annex D), IEEE 802.3 (802.3-2018 §79.3, with power of types 3 and 4 of 802.3bt), and the way to those that stand in files of their own: LLDP-MED,
//! PROFINET, DCBX, vendors.

use super::lldp_bridging::{applications, flow_control, numbered, priorities, traffic_classes};
use crate::schema::{
    Item, Size, be16, be24, be32, bits, built, bytes, decoded, flag, left, rest, switch, text, u8, val,
};

const OUIS: &[(u64, &str)] = &[
    (0x0080c2, "IEEE 802.1"),
    (0x00120f, "IEEE 802.3"),
    (0x0012bb, "TIA TR-41 (LLDP-MED)"),
    (0x000ecf, "PROFIBUS"),
    (0x00000c, "Cisco"),
    (0x000142, "Cisco"),
    (0x001b21, "Intel (DCBX)"),
    (0x00005e, "IANA"),
    (0x00040d, "Avaya (fabric attach)"),
    (0x001b3f, "HP (EVB before 802.1Qbg)"),
    (0x00400d, "Avaya"),
    (0xa42305, "ONOS"),
];

pub(super) fn organisation() -> [Item; 3] {
    [
        be24("orgtlv.oui").craft("org_code").hex().names(OUIS).doc("organisation").into(),
        decoded([switch(
            val("orgtlv.oui"),
            [
                (0x0080c2, ieee_802_1()),
                (0x00120f, ieee_802_3()),
                (0x0012bb, super::lldp_media::media()),
                (0x001b21, super::lldp_bridging::earlier()),
                (0x000ecf, super::lldp_profinet::profinet()),
                (0x000142, super::lldp_vendors::cisco()),
                (0x00005e, super::lldp_vendors::iana()),
                (0x00040d, super::lldp_vendors::extreme()),
                (0x001b3f, super::lldp_bridging::edge_draft()),
                (0x00400d, super::lldp_vendors::avaya()),
                (0xa42305, super::lldp_vendors::onos()),
            ],
            vec![
                u8("orgtlv.subtype").alias("unknown_subtype").doc("subtype").into(),
                bytes("orgtlv.value", rest()).alias("unknown_subtype.content").doc("value").into(),
            ],
        )]),
        built([
            u8("orgtlv.written.subtype").craft("subtype").hidden().doc("subtype").into(),
            bytes("orgtlv.written.value", rest()).craft("data").hidden().doc("value").into(),
        ]),
    ]
}

fn ieee_802_1() -> Vec<Item> {
    const SUBTYPES: &[(u64, &str)] = &[
        (1, "port VLAN ID"),
        (2, "port and protocol VLAN ID"),
        (3, "VLAN name"),
        (4, "protocol identity"),
        (5, "VID usage digest"),
        (6, "management VID"),
        (7, "link aggregation"),
        (8, "congestion notification"),
        (9, "ETS configuration"),
        (10, "ETS recommendation"),
        (11, "priority-based flow control"),
        (12, "application priority"),
        (13, "edge virtual bridging"),
        (14, "S-channels (CDCP)"),
        (16, "application VLAN"),
    ];
    vec![
        u8("ieee.802_1.subtype").names(SUBTYPES).doc("subtype").into(),
        switch(
            val("ieee.802_1.subtype"),
            [
                (1, vec![be16("ieee.802_1.port_vlan.id").doc("VLAN").into()]),
                (
                    2,
                    vec![
                        u8("ieee.802_1.port_and_vlan_id_flag").hex().doc("flags").of([
                            bits("ieee.802_1.port_and_vlan_id_flag.reserved", 5).doc("reserved"),
                            flag("ieee.802_1.port_and_vlan_id_flag.enabled").doc("enabled"),
                            flag("ieee.802_1.port_and_vlan_id_flag.supported").doc("supported"),
                            flag("ieee.802_1.port_and_vlan_id_flag.reserved0").doc("reserved"),
                        ]),
                        be16("ieee.802_1.port_proto_vlan.id").doc("VLAN").into(),
                    ],
                ),
                (
                    3,
                    vec![
                        be16("ieee.802_1.vlan.id").doc("VLAN").into(),
                        u8("ieee.802_1.vlan.name_len").unit("octets").doc("name length").into(),
                        text("ieee.802_1.vlan.name", Size::Octets(val("ieee.802_1.vlan.name_len")))
                            .doc("name")
                            .into(),
                    ],
                ),
                (
                    4,
                    vec![
                        u8("ieee.802_1.proto.id_length").unit("octets").doc("length").into(),
                        bytes("ieee.802_1.proto.id", Size::Octets(val("ieee.802_1.proto.id_length")))
                            .doc("protocol")
                            .into(),
                    ],
                ),
                (5, vec![be32("ieee.802_1.vid_digest").hex().doc("digest").into()]),
                (6, vec![be16("ieee.802_1.mgmt_vid").doc("management VLAN").into()]),
                (
                    7,
                    vec![
                        u8("ieee.802_1.aggregation_status").hex().doc("aggregation status").of([
                            bits("ieee.802_1.aggregation_status.reserved", 4).doc("reserved"),
                            bits("ieee.802_1.aggregation_status.porttype", 2)
                                .names(&[
                                    (0, "none"),
                                    (1, "port"),
                                    (2, "aggregator"),
                                    (3, "agent of an aggregator"),
                                ])
                                .doc("what sent it"),
                            flag("ieee.802_1.aggregation_status.enabled").doc("aggregated"),
                            flag("ieee.802_1.aggregation_status.cap").doc("can be aggregated"),
                        ]),
                        be32("ieee.802_1.aggregated_port_id").doc("aggregated port").into(),
                    ],
                ),
                (
                    8,
                    vec![
                        priorities(
                            u8("ieee.802_1qau.cnpv").hex().doc("priorities that take part"),
                            numbered!("ieee.802_1qau.cnpv.prio"),
                        ),
                        priorities(
                            u8("ieee.802_1qau.ready").hex().doc("priorities that are ready"),
                            numbered!("ieee.802_1qau.ready.prio"),
                        ),
                    ],
                ),
                (9, traffic_classes(true)),
                (10, traffic_classes(false)),
                (11, flow_control()),
                (12, applications()),
                (13, super::lldp_bridging::edge()),
                (14, super::lldp_bridging::channels()),
            ],
            vec![bytes("ieee.802_1.value", rest()).doc("value").into()],
        ),
    ]
}

fn ieee_802_3() -> Vec<Item> {
    const SUBTYPES: &[(u64, &str)] = &[
        (1, "MAC/PHY configuration and status"),
        (2, "power via MDI"),
        (3, "link aggregation"),
        (4, "maximum frame size"),
        (5, "energy-efficient Ethernet"),
        (7, "additional Ethernet capabilities"),
    ];
    vec![
        u8("ieee.802_3.subtype").names(SUBTYPES).doc("subtype").into(),
        switch(
            val("ieee.802_3.subtype"),
            [
                (
                    1,
                    vec![
                        u8("ieee.802_3.mac_phy_auto_neg_status").hex().doc("auto-negotiation").of([
                            bits("ieee.802_3.mac_phy_auto_neg_status.reserved", 6).doc("reserved"),
                            flag("ieee.802_3.mac_phy_auto_neg_status.enabled").doc("enabled"),
                            flag("ieee.802_3.mac_phy_auto_neg_status.supported").doc("supported"),
                        ]),
                        be16("ieee.802_3.pmd_auto_neg_advertised_caps").hex().doc("advertised modes").of([
                            flag("ieee.802_3.pmd_auto_neg_advertised_caps.other").doc("other or unknown"),
                            flag("ieee.802_3.pmd_auto_neg_advertised_caps.10base_t")
                                .doc("10BASE-T half duplex"),
                            flag("ieee.802_3.pmd_auto_neg_advertised_caps.10base_tfd")
                                .doc("10BASE-T full duplex"),
                            flag("ieee.802_3.pmd_auto_neg_advertised_caps.100base_t4").doc("100BASE-T4"),
                            flag("ieee.802_3.pmd_auto_neg_advertised_caps.100base_tx")
                                .doc("100BASE-TX half duplex"),
                            flag("ieee.802_3.pmd_auto_neg_advertised_caps.100base_txfd")
                                .doc("100BASE-TX full duplex"),
                            flag("ieee.802_3.pmd_auto_neg_advertised_caps.100base_t2")
                                .doc("100BASE-T2 half duplex"),
                            flag("ieee.802_3.pmd_auto_neg_advertised_caps.100base_t2fd")
                                .doc("100BASE-T2 full duplex"),
                            flag("ieee.802_3.pmd_auto_neg_advertised_caps.fdx_pause")
                                .doc("PAUSE, full duplex"),
                            flag("ieee.802_3.pmd_auto_neg_advertised_caps.fdx_apause")
                                .doc("asymmetric PAUSE, full duplex"),
                            flag("ieee.802_3.pmd_auto_neg_advertised_caps.fdx_spause")
                                .doc("symmetric PAUSE, full duplex"),
                            flag("ieee.802_3.pmd_auto_neg_advertised_caps.fdx_bpause")
                                .doc("asymmetric and symmetric PAUSE, full duplex"),
                            flag("ieee.802_3.pmd_auto_neg_advertised_caps.1000base_x")
                                .doc("1000BASE-X half duplex"),
                            flag("ieee.802_3.pmd_auto_neg_advertised_caps.1000base_xfd")
                                .doc("1000BASE-X full duplex"),
                            flag("ieee.802_3.pmd_auto_neg_advertised_caps.1000base_t")
                                .doc("1000BASE-T half duplex"),
                            flag("ieee.802_3.pmd_auto_neg_advertised_caps.1000base_tfd")
                                .doc("1000BASE-T full duplex"),
                        ]),
                        be16("ieee.802_3.pmd_mau_type").hex().doc("MAU type (RFC 4836)").into(),
                    ],
                ),
                (2, power()),
                (
                    3,
                    vec![
                        u8("ieee.802_3.aggregation_status").hex().doc("aggregation status").of([
                            bits("ieee.802_3.aggregation_status.reserved", 6).doc("reserved"),
                            flag("ieee.802_3.aggregation_status.enabled").doc("aggregated"),
                            flag("ieee.802_3.aggregation_status.cap").doc("can be aggregated"),
                        ]),
                        be32("ieee.802_3.aggregated_port_id").doc("aggregated port").into(),
                    ],
                ),
                (4, vec![be16("ieee.802_3.max_frame_size").unit("octets").doc("maximum frame size").into()]),
                (
                    5,
                    vec![
                        be16("ieee.802_3.eee.transmit").unit("µs").doc("transmit wake time").into(),
                        be16("ieee.802_3.eee.receive").unit("µs").doc("receive wake time").into(),
                        be16("ieee.802_3.eee.fallback_receive")
                            .unit("µs")
                            .doc("fallback receive wake time")
                            .into(),
                        be16("ieee.802_3.eee.echo_transmit")
                            .unit("µs")
                            .doc("echoed transmit wake time")
                            .into(),
                        be16("ieee.802_3.eee.echo_receive").unit("µs").doc("echoed receive wake time").into(),
                    ],
                ),
                (
                    7,
                    vec![
                        be16("ieee.802_3br.eac").hex().doc("capabilities").of([
                            bits("ieee.802_3br.aec.reserved", 11).hex().doc("reserved"),
                            bits("ieee.802_3br.aec.addfragsize", 2)
                                .doc("smallest fragment, in steps of 64 octets"),
                            flag("ieee.802_3br.aec.active").doc("preemption active"),
                            flag("ieee.802_3br.aec.enable").doc("preemption enabled"),
                            flag("ieee.802_3br.aec.support").doc("preemption supported"),
                        ]),
                    ],
                ),
            ],
            vec![bytes("ieee.802_3.value", rest()).doc("value").into()],
        ),
    ]
}

fn power() -> Vec<Item> {
    vec![
        u8("ieee.802_3.mdi_power_support").hex().doc("support").of([
            bits("ieee.802_3.mdi_power_support.reserved", 4).doc("reserved"),
            flag("ieee.802_3.mdi_power_support.pse_pairs").doc("pair control"),
            flag("ieee.802_3.mdi_power_support.enabled").doc("enabled"),
            flag("ieee.802_3.mdi_power_support.supported").doc("supported"),
            flag("ieee.802_3.mdi_power_support.port_class").doc("power sourcing equipment"),
        ]),
        u8("ieee.802_3.mdi_pse_pair").names(&[(1, "signal"), (2, "spare")]).doc("pair").into(),
        u8("ieee.802_3.mdi_power_class").doc("power class, plus one").into(),
        crate::schema::when(
            crate::schema::Test::Ge(left(), crate::schema::lit(5)),
            [
                bits("ieee.802_3.mdi_power_type", 2).doc("power type").into(),
                bits("ieee.802_3.mdi_power_source", 2).doc("power source").into(),
                bits("ieee.802_3.mdi_power_priority", 4).doc("power priority").into(),
                be16("ieee.802_3.mdi_pde_requested").unit("0.1 W").doc("requested").into(),
                be16("ieee.802_3.mdi_pse_allocated").unit("0.1 W").doc("allocated").into(),
                crate::schema::when(
                    crate::schema::Test::Ge(left(), crate::schema::lit(17)),
                    four_pair_power(),
                ),
                crate::schema::when(
                    crate::schema::Test::Ge(left(), crate::schema::lit(1)),
                    [bytes("ieee.802_3.bt", rest()).doc("further octets").into()],
                ),
            ],
        ),
    ]
}

/// IEEE Std 802.3-2022 §79.3.2.7 to §79.3.2.13: what devices of types 3 and 4 say of both modes, and what the source feeds on both alternatives.
fn four_pair_power() -> [Item; 9] {
    const PAIRS: &[(u64, &str)] = &[(1, "alternative A"), (2, "alternative B"), (3, "both alternatives")];
    const DUAL: &[(u64, &str)] = &[
        (0, "ignored"),
        (1, "class 1"),
        (2, "class 2"),
        (3, "class 3"),
        (4, "class 4"),
        (5, "class 5"),
        (7, "single signature"),
    ];
    let power = |name: &'static str, doc: &'static str| -> Item { be16(name).unit("0.1 W").doc(doc).into() };
    [
        power("ieee.802_3.bt_ds_pd_requested_power_value_mode_a", "requested, mode A"),
        power("ieee.802_3.bt_ds_pd_requested_power_value_mode_b", "requested, mode B"),
        power("ieee.802_3.bt_ds_pse_allocated_power_value_alt_a", "allocated, alternative A"),
        power("ieee.802_3.bt_ds_pse_allocated_power_value_alt_b", "allocated, alternative B"),
        be16("ieee.802_3.bt_power_status").hex().doc("power status").of([
            bits("ieee.802_3.bt_pse_powering_status", 2)
                .names(&[(1, "single-signature device"), (2, "dual-signature device"), (3, "both pairs")])
                .doc("what the source feeds"),
            bits("ieee.802_3.bt_pd_powered_status", 2)
                .names(&[(1, "single signature"), (2, "dual signature, one mode"), (3, "dual signature")])
                .doc("how the device is fed"),
            bits("ieee.802_3.bt_pse_power_pairs_ext", 2).names(PAIRS).doc("pairs that are fed"),
            bits("ieee.802_3.bt_ds_pwr_class_ext_a", 3).names(DUAL).doc("class, mode A"),
            bits("ieee.802_3.bt_ds_pwr_class_ext_b", 3).names(DUAL).doc("class, mode B"),
            bits("ieee.802_3.bt_pwr_class_ext_", 4).doc("class; 15: dual signature"),
        ]),
        u8("ieee.802_3.bt_system_setup").hex().doc("system setup").of([
            bits("ieee.802_3.bt_system_setup_reserved", 4).doc("reserved"),
            bits("ieee.802_3.bt_power_type_ext", 3)
                .names(&[
                    (0, "type 3 source"),
                    (1, "type 4 source"),
                    (2, "type 3 device, single signature"),
                    (3, "type 3 device, dual signature"),
                    (4, "type 4 device, single signature"),
                    (5, "type 4 device, dual signature"),
                ])
                .doc("power type"),
            flag("ieee.802_3.bt_pd_load").doc("the loads of the modes are apart"),
        ]),
        power("ieee.802_3.bt_pse_maximum_available_power_value", "most that the source can give"),
        u8("ieee.802_3.bt_autoclass").hex().doc("autoclass").of([
            bits("ieee.802_3.bt_autoclass_reserved", 5).hex().doc("reserved"),
            flag("ieee.802_3.bt_pse_autoclass_support").doc("supported by the source"),
            flag("ieee.802_3.bt_autoclass_completed").doc("completed"),
            flag("ieee.802_3.bt_autoclass_request").doc("requested"),
        ]),
        be24("ieee.802_3.bt_power_down").hex().doc("power down").of([
            bits("ieee.802_3.bt_power_down_request", 6).doc("request; 29: power down"),
            bits("ieee.802_3.bt_power_down_time", 18).unit("s").doc("time without power; 0: until asked for"),
        ]),
    ]
}
