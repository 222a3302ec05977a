//! Link layer discovery, IEEE Std 802.1AB-2016 §8, with the organisationally specific TLVs of IEEE 802.1 (802.1Q annex D),
//! IEEE 802.3 (802.3 §79) and LLDP-MED (ANSI/TIA-1057). TLVs of other organisations are shown as octets.

use crate::schema::{
    ETHER_TYPE, Field, Item, Protocol, Size, Tlv, be16, be24, be32, bits, built, bytes, case, decoded, flag,
    ipv4, ipv6, label, left, mac, repeat, rest, switch, text, u8, val,
};

const TYPES: &[(u64, &str)] = &[
    (0, "end of LLDPDU"),
    (1, "chassis ID"),
    (2, "port ID"),
    (3, "time to live"),
    (4, "port description"),
    (5, "system name"),
    (6, "system description"),
    (7, "system capabilities"),
    (8, "management address"),
    (127, "organisation specific"),
];

const FAMILIES: &[(u64, &str)] = &[(1, "IPv4"), (2, "IPv6"), (6, "IEEE 802")];

const OUIS: &[(u64, &str)] = &[
    (0x0080c2, "IEEE 802.1"),
    (0x00120f, "IEEE 802.3"),
    (0x0012bb, "TIA TR-41 (LLDP-MED)"),
    (0x000ecf, "PROFIBUS"),
    (0x00000c, "Cisco"),
    (0x001b21, "Intel (DCBX)"),
];

pub(super) fn lldp() -> Protocol {
    Protocol::new("lldp", "Link Layer Discovery Protocol")
        .layer("LLDPDU")
        .fill_frame(60)
        .source("IEEE Std 802.1AB-2016 §8")
        .on(ETHER_TYPE, &[0x88cc])
        .later(fields)
        .summary(super::lldp_line::summary)
        .sample(concat!(
            "0180c200000e 020000000001 88cc 0207 04 020000000001 0404 05 657430 0602 0078 0806 706f72742030 0a03 737731",
            "0e04 0014 0010 100c 05 01 0a000001 02 00000001 00 fe06 0080c2 01 0005 fe09 00120f 01 03 6c11 0010",
            "fe07 0012bb 01 000f 04 0000"
        ))
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    let head = || {
        [
            Item::from(bits("tlv.type", 7).craft("_type").names(TYPES).doc("TLV type")),
            bits("tlv.len", 9).craft("_length").unit("octets").doc("TLV length").into(),
        ]
    };
    let list = Tlv::new(label("unknown_tlv").doc("unknown TLV"), bits("tlv.type", 7), bits("tlv.len", 9))
        .head("tlv.type", Some("tlv.len"), head())
        .body_len()
        .end(0)
        .padding(bytes("pad", rest()).doc("padding"))
        .cases([
            case(0, label("end").craft("LLDPDUEndOfLLDPDU").doc("end of LLDPDU"), []),
            case(1, label("chassis").craft("LLDPDUChassisID").doc("chassis ID"), chassis()),
            case(2, label("port").craft("LLDPDUPortID").doc("port ID"), port()),
            case(
                3,
                label("ttl").craft("LLDPDUTimeToLive").doc("time to live"),
                [be16("time_to_live").craft("ttl").default(20).unit("s").doc("time to live").into()],
            ),
            case(
                4,
                label("port_description").craft("LLDPDUPortDescription").doc("port description"),
                [text("port.desc", rest()).craft("description").doc("description").into()],
            ),
            case(
                5,
                label("system_name").craft("LLDPDUSystemName").doc("system name"),
                [text("tlv.system.name", rest()).craft("system_name").doc("name").into()],
            ),
            case(
                6,
                label("system_description").craft("LLDPDUSystemDescription").doc("system description"),
                [text("tlv.system.desc", rest()).craft("description").doc("description").into()],
            ),
            case(
                7,
                label("capabilities").craft("LLDPDUSystemCapabilities").doc("system capabilities"),
                [capabilities(false), capabilities(true)],
            ),
            case(
                8,
                label("management").craft("LLDPDUManagementAddress").doc("management address"),
                management(),
            ),
            case(
                127,
                label("organisation").craft("LLDPDUGenericOrganisationSpecific").doc("organisation specific"),
                organisation(),
            ),
        ])
        .other([bytes("unknown_value", rest()).doc("value").into()]);
    protocol.field(list)
}

fn identity(kind: Field, cases: Vec<(u64, Vec<Item>)>, other: Field) -> [Item; 2] {
    let name = kind.name;
    let cases = cases.into_iter().map(|(value, items)| (value, value, items.into())).collect();
    [kind.into(), Item::Switch(val(name), cases, vec![other.into()].into())]
}

fn network(v4: &'static str, v6: &'static str, other: &'static str) -> Vec<Item> {
    vec![
        u8("network_address.subtype").craft("family").names(FAMILIES).doc("address family").into(),
        switch(
            val("network_address.subtype"),
            [
                (1, vec![ipv4(v4).craft("id").doc("address").into()]),
                (2, vec![ipv6(v6).craft("id").doc("address").into()]),
            ],
            vec![bytes(other, rest()).doc("address").into()],
        ),
    ]
}

fn chassis() -> [Item; 2] {
    const KINDS: &[(u64, &str)] = &[
        (1, "chassis component"),
        (2, "interface alias"),
        (3, "port component"),
        (4, "MAC address"),
        (5, "network address"),
        (6, "interface name"),
        (7, "locally assigned"),
    ];
    let string = || vec![text("chassis.id", rest()).craft("id").doc("chassis").into()];
    identity(
        u8("chassis.subtype").craft("subtype").names(KINDS).doc("kind of identifier"),
        vec![
            (4, vec![mac("chassis.id.mac").craft("id").doc("chassis").into()]),
            (5, network("chassis.id.ip4", "chassis.id.ip6", "chassis.id.other")),
            (1, string()),
            (2, string()),
            (3, string()),
            (6, string()),
            (7, string()),
        ],
        bytes("chassis.id.other", rest()).doc("chassis"),
    )
}

fn port() -> [Item; 2] {
    const KINDS: &[(u64, &str)] = &[
        (1, "interface alias"),
        (2, "port component"),
        (3, "MAC address"),
        (4, "network address"),
        (5, "interface name"),
        (6, "agent circuit ID"),
        (7, "locally assigned"),
    ];
    let string = || vec![text("port.id", rest()).craft("id").doc("port").into()];
    identity(
        u8("port.subtype").craft("subtype").names(KINDS).doc("kind of identifier"),
        vec![
            (3, vec![mac("port.id.mac").craft("id").doc("port").into()]),
            (4, network("port.id.ip4", "port.id.ip6", "port.id.other")),
            (1, string()),
            (2, string()),
            (5, string()),
            (7, string()),
        ],
        bytes("port.id.other", rest()).doc("port"),
    )
}

fn capabilities(enabled: bool) -> Item {
    let parts = |whole: Field, n: [&'static str; 12], c: [&'static str; 11]| {
        let [reserved, tpmr, svlan, cvlan, station, docsis, telephone, router, wlan, bridge, repeater, other] =
            n;
        whole.of([
            bits(reserved, 5).hex().doc("reserved"),
            flag(tpmr).craft(c[0]).doc("two-port MAC relay"),
            flag(svlan).craft(c[1]).doc("S-VLAN bridge"),
            flag(cvlan).craft(c[2]).doc("C-VLAN bridge"),
            flag(station).craft(c[3]).doc("station only"),
            flag(docsis).craft(c[4]).doc("DOCSIS cable device"),
            flag(telephone).craft(c[5]).doc("telephone"),
            flag(router).craft(c[6]).doc("router"),
            flag(wlan).craft(c[7]).doc("WLAN access point"),
            flag(bridge).craft(c[8]).doc("bridge"),
            flag(repeater).craft(c[9]).doc("repeater"),
            flag(other).craft(c[10]).doc("other"),
        ])
    };
    if enabled {
        parts(
            be16("tlv.enable_system_cap").hex().doc("enabled"),
            [
                "tlv.enable_system_cap.reserved",
                "tlv.enable_system_cap.tpmr",
                "tlv.enable_system_cap.svlan",
                "tlv.enable_system_cap.cvlan",
                "tlv.enable_system_cap.station_only",
                "tlv.enable_system_cap.docsis_cable_device",
                "tlv.enable_system_cap.telephone",
                "tlv.enable_system_cap.router",
                "tlv.enable_system_cap.wlan_access_pt",
                "tlv.enable_system_cap.bridge",
                "tlv.enable_system_cap.repeater",
                "tlv.enable_system_cap.other",
            ],
            [
                "two_port_mac_relay_enabled",
                "s_vlan_component_enabled",
                "c_vlan_component_enabled",
                "station_only_enabled",
                "docsis_cable_device_enabled",
                "telephone_enabled",
                "router_enabled",
                "wlan_access_point_enabled",
                "mac_bridge_enabled",
                "repeater_enabled",
                "other_enabled",
            ],
        )
    } else {
        parts(
            be16("tlv.system_cap").hex().doc("able"),
            [
                "tlv.system_cap.reserved",
                "tlv.system_cap.tpmr",
                "tlv.system_cap.svlan",
                "tlv.system_cap.cvlan",
                "tlv.system_cap.station_only",
                "tlv.system_cap.docsis_cable_device",
                "tlv.system_cap.telephone",
                "tlv.system_cap.router",
                "tlv.system_cap.wlan_access_pt",
                "tlv.system_cap.bridge",
                "tlv.system_cap.repeater",
                "tlv.system_cap.other",
            ],
            [
                "two_port_mac_relay_available",
                "s_vlan_component_available",
                "c_vlan_component_available",
                "station_only_available",
                "docsis_cable_device_available",
                "telephone_available",
                "router_available",
                "wlan_access_point_available",
                "mac_bridge_available",
                "repeater_available",
                "other_available",
            ],
        )
    }
}

fn management() -> [Item; 6] {
    [
        u8("mgn.address.len")
            .craft("_management_address_string_length")
            .len_of_part("mgn.address", 1, 0)
            .unit("octets")
            .doc("address length with its family")
            .into(),
        Item::Block(
            label("mgn.address").doc("address"),
            Size::Octets(val("mgn.address.len")),
            vec![
                u8("mgn.address.subtype")
                    .craft("management_address_subtype")
                    .names(FAMILIES)
                    .doc("address family")
                    .into(),
                switch(
                    val("mgn.address.subtype"),
                    [
                        (1, vec![ipv4("mgn.addr.ip4").craft("management_address").doc("address").into()]),
                        (2, vec![ipv6("mgn.addr.ip6").craft("management_address").doc("address").into()]),
                        (6, vec![mac("mgn.addr.mac").craft("management_address").doc("address").into()]),
                    ],
                    vec![bytes("mgn.addr.hex", rest()).craft("management_address").doc("address").into()],
                ),
            ]
            .into(),
        ),
        u8("mgn.interface.subtype")
            .craft("interface_numbering_subtype")
            .names(&[(1, "unknown"), (2, "ifIndex"), (3, "port number")])
            .doc("interface numbering")
            .into(),
        be32("mgn.interface.number").craft("interface_number").doc("interface").into(),
        u8("mgn.obj.len")
            .craft("_oid_string_length")
            .len_of_part("mgn.obj.id", 1, 0)
            .unit("octets")
            .doc("object identifier length")
            .into(),
        bytes("mgn.obj.id", Size::Octets(val("mgn.obj.len")))
            .craft("object_id")
            .doc("object identifier")
            .into(),
    ]
}

fn organisation() -> [Item; 3] {
    [
        be24("orgtlv.oui").craft("org_code").hex().names(OUIS).doc("organisation").into(),
        decoded([switch(
            val("orgtlv.oui"),
            [(0x0080c2, ieee_802_1()), (0x00120f, ieee_802_3()), (0x0012bb, media())],
            vec![
                u8("orgtlv.subtype").doc("subtype").into(),
                bytes("orgtlv.value", rest()).doc("value").into(),
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
                (7, aggregation("ieee.802_1.aggregation_status", "ieee.802_1.aggregated_port_id")),
                (9, traffic_classes()),
                (10, traffic_classes()),
                (
                    11,
                    vec![
                        flag("dcbx.ieee.willing").doc("willing").into(),
                        flag("dcbx.ieee.pfc.mbc").doc("MACsec bypass capability").into(),
                        bits("dcbx.ieee.pfc.reserved", 2).doc("reserved").into(),
                        bits("dcbx.ieee.pfc.numtcs", 4).doc("classes at once").into(),
                        u8("dcbx.ieee.pfc.enabled").hex().doc("enabled priorities").into(),
                    ],
                ),
                (
                    12,
                    vec![
                        u8("dcbx.ieee.app.reserved").doc("reserved").into(),
                        repeat(
                            label("dcbx.ieee.app").doc("application"),
                            [
                                bits("dcbx.ieee.app.prio", 3).doc("priority").into(),
                                bits("dcbx.ieee.app.res", 2).doc("reserved").into(),
                                bits("dcbx.iee.app.sf", 3).doc("selector").into(),
                                be16("dcbx.ieee.app.proto").hex().doc("protocol").into(),
                            ],
                        ),
                    ],
                ),
            ],
            vec![bytes("ieee.802_1.value", rest()).doc("value").into()],
        ),
    ]
}

fn aggregation(status: &'static str, port: &'static str) -> Vec<Item> {
    vec![u8(status).hex().doc("aggregation status").into(), be32(port).doc("aggregated port").into()]
}

fn traffic_classes() -> Vec<Item> {
    vec![
        flag("dcbx.ieee.willing").doc("willing").into(),
        flag("dcbx.ieee.ets.cbs").doc("credit-based shaper").into(),
        bits("dcbx.ieee.ets.reserved", 3).doc("reserved").into(),
        bits("dcbx.ieee.ets.maxtcs", 3).doc("most traffic classes").into(),
        be32("dcbx.ieee.ets.priorities").hex().doc("class of each priority").into(),
        bytes("dcbx.ieee.ets.bandwidth", Size::Octets(crate::schema::lit(8)))
            .doc("bandwidth of each class in percent")
            .into(),
        bytes("dcbx.ieee.ets.tsa", Size::Octets(crate::schema::lit(8).min(left())))
            .doc("selection algorithm of each class")
            .into(),
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
                (3, aggregation("ieee.802_3.aggregation_status", "ieee.802_3.aggregated_port_id")),
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
                    vec![be16("ieee.802_3.additional").hex().doc("capabilities").of([
                        bits("ieee.802_3.additional.reserved", 12).doc("reserved"),
                        bits("ieee.802_3.additional.fragment", 2).doc("smallest fragment"),
                        flag("ieee.802_3.additional.preemption_enabled").doc("preemption enabled"),
                        flag("ieee.802_3.additional.preemption").doc("preemption supported"),
                    ])],
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
                bytes("ieee.802_3.bt", rest()).doc("type 3 and 4 extension").into(),
            ],
        ),
    ]
}

fn media() -> Vec<Item> {
    const SUBTYPES: &[(u64, &str)] = &[
        (1, "media capabilities"),
        (2, "network policy"),
        (3, "location"),
        (4, "extended power via MDI"),
        (5, "hardware revision"),
        (6, "firmware revision"),
        (7, "software revision"),
        (8, "serial number"),
        (9, "manufacturer"),
        (10, "model"),
        (11, "asset ID"),
    ];
    const APPLICATIONS: &[(u64, &str)] = &[
        (1, "voice"),
        (2, "voice signaling"),
        (3, "guest voice"),
        (4, "guest voice signaling"),
        (5, "softphone voice"),
        (6, "video conferencing"),
        (7, "streaming video"),
        (8, "video signaling"),
    ];
    let string = |name: &'static str, doc: &'static str| vec![text(name, rest()).doc(doc).into()];
    vec![
        u8("media.subtype").names(SUBTYPES).doc("subtype").into(),
        switch(
            val("media.subtype"),
            [
                (
                    1,
                    vec![
                        be16("media.tlv_cap").hex().doc("capabilities").of([
                            bits("media.tlv_cap.reserved", 10).doc("reserved"),
                            flag("media.tlv_cap.inventory").doc("inventory"),
                            flag("media.tlv_cap.mdi_pd").doc("power via MDI, device"),
                            flag("media.tlv_cap.mdi_pse").doc("power via MDI, source"),
                            flag("media.tlv_cap.location_id").doc("location"),
                            flag("media.tlv_cap.network_policy").doc("network policy"),
                            flag("media.tlv_cap.media_cap").doc("capabilities"),
                        ]),
                        u8("media.cap_device_type")
                            .names(&[
                                (1, "endpoint class I"),
                                (2, "endpoint class II"),
                                (3, "endpoint class III"),
                                (4, "network connectivity"),
                            ])
                            .doc("device type")
                            .into(),
                    ],
                ),
                (
                    2,
                    vec![
                        u8("media.app_type").names(APPLICATIONS).doc("application").into(),
                        flag("media.policy_flag").doc("unknown").into(),
                        flag("media.tag_flag").doc("tagged").into(),
                        bits("media.policy_reserved", 1).doc("reserved").into(),
                        bits("media.vlan_id", 12).doc("VLAN").into(),
                        bits("media.l2_prio", 3).doc("priority").into(),
                        bits("media.dscp", 6).doc("code point").into(),
                    ],
                ),
                (
                    3,
                    vec![
                        u8("media.loc.data_format")
                            .names(&[(1, "coordinates"), (2, "civic address"), (3, "ECS ELIN")])
                            .doc("format")
                            .into(),
                        bytes("media.loc.data", rest()).doc("location").into(),
                    ],
                ),
                (
                    4,
                    vec![
                        bits("media.power_type", 2).doc("power type").into(),
                        bits("media.power_source", 2).doc("power source").into(),
                        bits("media.power_prio", 4).doc("power priority").into(),
                        be16("media.power_value").unit("0.1 W").doc("power").into(),
                    ],
                ),
                (5, string("media.hardware", "hardware revision")),
                (6, string("media.firmware", "firmware revision")),
                (7, string("media.software", "software revision")),
                (8, string("media.sn", "serial number")),
                (9, string("media.manufacturer", "manufacturer")),
                (10, string("media.model", "model")),
                (11, string("media.asset", "asset")),
            ],
            vec![bytes("media.value", rest()).doc("value").into()],
        ),
    ]
}
