//! Link layer discovery, IEEE Std 802.1AB-2016 §8, with the organisationally specific TLVs of IEEE 802.1 (802.1Q annex D),
//! IEEE 802.3 (802.3 §79) and LLDP-MED (ANSI/TIA-1057), of PROFINET, of DCBX before it was IEEE's, and Cisco's about power. TLVs of other
//! organisations are shown as octets.

use super::lldp_organisation::organisation;
use crate::schema::{
    ETHER_TYPE, Field, Item, Protocol, Size, Tlv, be16, be32, bits, bytes, case, flag, ipv4, ipv6, label,
    mac, rest, switch, text, u8, val,
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
            vec![bytes(other, rest()).craft("id").doc("address").into()],
        ),
    ]
}

/// Kinds of identifiers of a chassis (IEEE 802.1AB §8.5.2.2).
pub(super) const CHASSIS: &[(u64, &str)] = &[
    (1, "chassis component"),
    (2, "interface alias"),
    (3, "port component"),
    (4, "MAC address"),
    (5, "network address"),
    (6, "interface name"),
    (7, "locally assigned"),
];

/// Kinds of identifiers of a port (IEEE 802.1AB §8.5.3.2).
pub(super) const PORTS: &[(u64, &str)] = &[
    (1, "interface alias"),
    (2, "port component"),
    (3, "MAC address"),
    (4, "network address"),
    (5, "interface name"),
    (6, "agent circuit ID"),
    (7, "locally assigned"),
];

fn chassis() -> [Item; 2] {
    let string = || vec![text("chassis.id", rest()).craft("id").doc("chassis").into()];
    identity(
        u8("chassis.subtype").craft("subtype").names(CHASSIS).doc("kind of identifier"),
        vec![
            (4, vec![mac("chassis.id.mac").craft("id").doc("chassis").into()]),
            (5, network("chassis.id.ip4", "chassis.id.ip6", "chassis.id.other")),
            (1, string()),
            (2, string()),
            (3, string()),
            (6, string()),
            (7, string()),
        ],
        bytes("chassis.id.other", rest()).craft("id").doc("chassis"),
    )
}

fn port() -> [Item; 2] {
    let string = || vec![text("port.id", rest()).craft("id").doc("port").into()];
    identity(
        u8("port.subtype").craft("subtype").names(PORTS).doc("kind of identifier"),
        vec![
            (3, vec![mac("port.id.mac").craft("id").doc("port").into()]),
            (4, network("port.id.ip4", "port.id.ip6", "port.id.other")),
            (1, string()),
            (2, string()),
            (5, string()),
            (6, string()),
            (7, string()),
        ],
        bytes("port.id.other", rest()).craft("id").doc("port"),
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
            .default(1)
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
