//! Cisco discovery protocol, versions 1 and 2, as Cisco's published description and other implementations agree on it.

use crate::schema::{
    Checksum, Given, Item, Part, Protocol, SNAP_PID, Size, Test, Tlv, be16, be24, be32, bits, built, bytes,
    case, crafted, custom_both, decoded, flag, ipv4, label, left, lit, mac, repeat, rest, text, times, u8,
    val, when,
};

const TYPES: &[(u64, &str)] = &[
    (0x01, "Device-ID"),
    (0x02, "Address"),
    (0x03, "Port-ID"),
    (0x04, "Capability"),
    (0x05, "Version String"),
    (0x06, "Platform"),
    (0x07, "Prefixes"),
    (0x08, "Protocol-Hello option"),
    (0x09, "VTP Management Domain"),
    (0x0a, "Native VLAN ID"),
    (0x0b, "Duplex"),
    (0x0e, "ATA-186 VoIP VLAN assignment"),
    (0x0f, "ATA-186 VoIP VLAN request"),
    (0x10, "power consumption"),
    (0x11, "MTU"),
    (0x12, "AVVID trust bitmap"),
    (0x13, "AVVID untrusted ports CoS"),
    (0x14, "System Name"),
    (0x15, "System Object ID (not decoded)"),
    (0x16, "Management Addresses"),
    (0x17, "Physical Location"),
    (0x18, "External Port-ID"),
    (0x19, "Power Requested"),
    (0x1a, "Power Available"),
    (0x1b, "Port unidirectional"),
    (0x1d, "EnergyWise"),
    (0x1f, "Spare pair PoE"),
    (0x1001, "Serial number"),
    (0x1002, "SSID"),
    (0x1003, "Radio 1 channel"),
    (0x1006, "SNMP UDP port"),
    (0x1007, "Web TCP port"),
    (0x1008, "Source MAC address"),
    (0x1009, "Radio 2 channel"),
    (0x100a, "Radio 1 mode"),
    (0x100b, "Radio 2 mode"),
];

/// As scapy's layer has it: what 802.2 calls IPv6.
const IPV6_RECORD: &[(&str, Given)] = &[
    ("protocol_type", Given::Number(2)),
    ("protocol", Given::Octets(&[0xaa, 0xaa, 3, 0, 0, 0, 0x86, 0xdd])),
    ("address_length", Given::Number(16)),
    ("nrgyz.ipv6_address", Given::Octets(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])),
];

pub(super) fn cdp() -> Protocol {
    let mut protocol = Protocol::new("cdp", "Cisco Discovery Protocol")
        .layer("CDPv2_HDR")
        .part("CDPMsgGeneric", "tlv", &[])
        .part("CDPIPPrefix", "prefix", &[])
        .part("CDPAddrRecord", "address_entry", &[])
        .part("CDPAddrRecordIPv4", "address_entry", &[("address_length", 4)])
        .source("Cisco, \"Understanding and configuring CDP\", frame format")
        .on(SNAP_PID, &[0x00_000c_2000])
        .below("", "snap", &[("=llc.oui", Given::Number(12)), ("=llc.cisco_pid", Given::Number(0x2000))])
        .later(fields)
        .summary(super::cdp_line::summary)
        .sample(concat!(
            "01000ccccccc 020000000001 003d aaaa03 00000c 2000 02 b4 0000 0001 0006 7331 0002 0011 00000001 01 01 cc 0004 0a000001",
            "0003 0007 457430 0004 0008 00000028 000a 0006 0001 000b 0005 01"
        ));
    let sets = IPV6_RECORD.to_vec();
    protocol.parts.push(Part { layer: "CDPAddrRecordIPv6", of: "address_entry", behind: false, sets });
    protocol
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    let mut list = Tlv::new(label("tlv").craft("msg").doc("unknown TLV"), be16("tlv.type"), be16("tlv.len"));
    list.head = vec![
        be16("tlv.type").craft("type").hex().names(TYPES).doc("type").into(),
        be16("tlv.len").craft("len").unit("octets").doc("length").into(),
    ];
    let string = |name: &'static str| [Item::from(text(name, rest()).craft("val").doc("text"))];
    let list = list
        .cases([
            case(0x01, label("device").craft("CDPMsgDeviceID").doc("device"), string("deviceid")),
            case(0x02, label("addresses").craft("CDPMsgAddr").doc("addresses"), addresses()),
            case(
                0x03,
                label("port").craft("CDPMsgPortID").doc("port"),
                [text("portid", rest()).craft("iface").default_bytes(b"Port 1").doc("text").into()],
            ),
            case(0x04, label("capability").craft("CDPMsgCapabilities").doc("capabilities"), [capabilities()]),
            case(
                0x05,
                label("version_string").craft("CDPMsgSoftwareVersion").doc("software version"),
                string("software_version"),
            ),
            case(0x06, label("platform_option").craft("CDPMsgPlatform").doc("platform"), string("platform")),
            case(
                0x07,
                label("prefixes").craft("CDPMsgIPPrefix").craft("CDPMsgIPGateway").doc("prefixes"),
                prefixes(),
            ),
            case(0x08, label("hello").craft("CDPMsgProtoHello").doc("protocol hello"), hello()),
            case(
                0x09,
                label("vtp").craft("CDPMsgVTPMgmtDomain").doc("VTP domain"),
                string("vtp_management_domain"),
            ),
            case(
                0x0a,
                label("vlan").craft("CDPMsgNativeVLAN").doc("native VLAN"),
                [be16("native_vlan").craft("vlan").default(1).doc("VLAN").into()],
            ),
            case(
                0x0b,
                label("duplex_option").craft("CDPMsgDuplex").doc("duplex"),
                [u8("duplex").craft("duplex").names(&[(0, "half"), (1, "full")]).doc("duplex").into()],
            ),
            case(
                0x0e,
                label("voice").craft("CDPMsgVoIPVLANReply").doc("voice VLAN"),
                [
                    u8("voice.data").craft("status").default(1).doc("data").into(),
                    be16("voice_vlan").craft("vlan").default(1).doc("VLAN").into(),
                ],
            ),
            case(
                0x0f,
                label("voice_query").craft("CDPMsgVoIPVLANQuery").doc("voice VLAN query"),
                [
                    decoded([bytes("data", rest()).doc("data").into()]),
                    crafted([bytes("data", rest()).craft("data").doc("data").into()]),
                    built([
                        u8("voice_query.unknown").craft("unknown1").hidden().doc("unknown").into(),
                        be16("voice_query.vlan").craft("vlan").default(1).hidden().doc("VLAN").into(),
                        bytes("voice_query.rest", rest()).craft("unknown2").hidden().doc("unknown").into(),
                    ]),
                ],
            ),
            case(
                0x10,
                label("power").craft("CDPMsgPower").doc("power consumption"),
                [be16("power_consumption").craft("power").default(1337).unit("mW").doc("power").into()],
            ),
            case(
                0x11,
                label("mtu_option").craft("CDPMsgMTU").doc("MTU"),
                [
                    decoded([be32("mtu").unit("octets").doc("MTU").into()]),
                    built([be16("written.mtu").craft("mtu").default(1500).hidden().doc("MTU").into()]),
                ],
            ),
            case(
                0x12,
                label("trust").craft("CDPMsgTrustBitmap").doc("trust"),
                [u8("trust_bitmap").craft("trust_bitmap").hex().doc("bitmap").into()],
            ),
            case(
                0x13,
                label("cos").craft("CDPMsgUntrustedPortCoS").doc("class of untrusted ports"),
                [u8("untrusted_port_cos").craft("untrusted_port_cos").hex().doc("class").into()],
            ),
            case(0x14, label("system").doc("system name"), string("system_name")),
            case(
                0x15,
                label("object").doc("system object"),
                [bytes("system_object_identifier", rest()).doc("object identifier").into()],
            ),
            case(0x16, label("management").craft("CDPMsgMgmtAddr").doc("management addresses"), addresses()),
            case(
                0x17,
                label("place").doc("location"),
                [u8("location.unknown").doc("kind").into(), text("location", rest()).doc("location").into()],
            ),
            case(
                0x19,
                label("power_request").craft("CDPMsgPowerRequest").doc("power requested"),
                [
                    be16("request_id").craft("req_id").doc("request").into(),
                    be16("management_id").craft("mgmt_id").doc("management").into(),
                    repeat(
                        label("powers").doc("powers"),
                        [be32("power_requested")
                            .craft("power_requested_list")
                            .unit("mW")
                            .doc("power")
                            .into()],
                    ),
                ],
            ),
            case(
                0x1a,
                label("power_offer").craft("CDPMsgPowerAvailable").doc("power available"),
                [
                    be16("request_id").craft("req_id").doc("request").into(),
                    be16("management_id").craft("mgmt_id").doc("management").into(),
                    repeat(
                        label("powers").doc("powers"),
                        [be32("power_available")
                            .craft("power_available_list")
                            .unit("mW")
                            .doc("power")
                            .into()],
                    ),
                ],
            ),
            case(0x1d, label("energywise").doc("EnergyWise"), energy()),
            case(
                0x1f,
                label("spare").doc("spare pair"),
                [u8("spare_poe_tlv").hex().doc("flags").of([
                    bits("spare_poe_tlv.reserved", 4).doc("reserved"),
                    flag("spare_poe_tlv.pse_spare_pair_poe").doc("the source feeds the spare pair"),
                    flag("spare_poe_tlv.req_spare_pair_poe").doc("the device asks for the spare pair"),
                    flag("spare_poe_tlv.spare_pair_arch").doc("the device's pairs share a load"),
                    flag("spare_poe_tlv.poe").doc("the source can feed four pairs"),
                ])],
            ),
        ])
        .other([bytes("data", rest()).craft("val").doc("data").into()]);
    protocol
        .field(u8("version").craft("vers").default(2).doc("version"))
        .field(u8("ttl").default(180).unit("s").doc("hold time"))
        .field(be16("checksum").craft("cksum").hex().sum(Checksum::Cisco).doc("checksum"))
        .field(list)
}

/// Networks; scapy has another layer for a gateway of the same type.
fn prefixes() -> [Item; 3] {
    let network = 0xc0a8_0001;
    [
        // a hub tells its spokes its own address alone
        decoded([when(
            Test::Eq(val("tlv.len"), lit(8)),
            [ipv4("odr_default_gateway").doc("default gateway").into()],
        )]),
        repeat(
            label("prefix").craft("prefixes").doc("prefix"),
            [
                ipv4("ip_prefix").craft("prefix").default(network).doc("prefix").into(),
                u8("ip_prefix.len").craft("plen").default(24).unit("bits").doc("length").into(),
            ],
        ),
        built([custom_both(
            [ipv4("written.gateway").craft("defaultgw").default(network).hidden().doc("gateway")],
            |_| {},
            |build| {
                if build.layer() == "CDPMsgIPGateway" {
                    build.put_field("written.gateway");
                }
            },
        )]),
    ]
}

fn addresses() -> [Item; 1] {
    [Item::Block(
        label("address_list").doc("addresses"),
        Size::Rest,
        vec![
            be32("number_of_addresses").craft("naddr").count_of("address_entry").doc("number").into(),
            times(
                label("address_entry").craft("addr").doc("address"),
                val("number_of_addresses"),
                [
                    u8("protocol_type")
                        .craft("ptype")
                        .default(1)
                        .names(&[(1, "NLPID"), (2, "802.2")])
                        .doc("protocol type")
                        .into(),
                    u8("protocol_length")
                        .craft("plen")
                        .unit("octets")
                        .len_of_part("protocol", 1, 0)
                        .doc("protocol length")
                        .into(),
                    bytes("protocol", Size::Octets(val("protocol_length")))
                        .craft("proto")
                        .default_bytes(&[0xcc])
                        .doc("protocol")
                        .into(),
                    be16("address_length").craft("addrlen").unit("octets").doc("address length").into(),
                    crate::schema::switch(
                        val("address_length"),
                        [
                            (4, vec![ipv4("nrgyz.ip_address").craft("addr").doc("address").into()]),
                            (
                                16,
                                vec![
                                    crate::schema::ipv6("nrgyz.ipv6_address")
                                        .craft("addr")
                                        .doc("address")
                                        .into(),
                                ],
                            ),
                        ],
                        vec![
                            bytes("address", Size::Octets(val("address_length")))
                                .craft("addr")
                                .doc("address")
                                .into(),
                        ],
                    ),
                ],
            ),
        ]
        .into(),
    )]
}

fn capabilities() -> Item {
    be32("capabilities").craft("cap").hex().doc("capabilities").of([
        bits("capabilities.reserved", 21).doc("reserved"),
        flag("capabilities.mac_relay").doc("MAC relay"),
        flag("capabilities.cvta").doc("CAST phone port"),
        flag("capabilities.remote").doc("remotely managed"),
        flag("capabilities.voip_phone").doc("phone"),
        flag("capabilities.repeater").doc("repeater"),
        flag("capabilities.igmp_capable").doc("IGMP"),
        flag("capabilities.host").doc("host"),
        flag("capabilities.switch").doc("switch"),
        flag("capabilities.src_bridge").doc("source route bridge"),
        flag("capabilities.trans_bridge").doc("transparent bridge"),
        flag("capabilities.router").doc("router"),
    ])
}

/// Who manages the power of a device, as Wireshark makes it out; what of it is encrypted nobody has told.
fn energy() -> [Item; 9] {
    let string = |name: &'static str, doc: &'static str| vec![Item::from(text(name, rest()).doc(doc))];
    let mut list =
        Tlv::new(label("nrgyz.tlv").doc("unknown part"), be32("nrgyz.tlv.type"), be32("nrgyz.tlv.len"))
            .cases([case(0x17, label("nrgyz_reply_to").doc("whom to answer"), reply_to())])
            .other([bytes("nrgyz.tlv.data", rest()).doc("data").into()]);
    list.head = vec![
        be32("nrgyz.tlv.type")
            .hex()
            .names(&[(7, "role"), (8, "domain"), (9, "name"), (0x17, "reply to")])
            .doc("kind of part")
            .into(),
        be32("nrgyz.tlv.len").unit("octets").doc("length").into(),
    ];
    for (kind, entry, name, doc) in [
        (7, "nrgyz.role", "nrgyz_reply_to.role", "role"),
        (8, "nrgyz.domain", "nrgyz_reply_to.domain", "domain"),
        (9, "nrgyz.name", "nrgyz_reply_to.name", "name"),
    ] {
        let mut known = case(kind, label(entry).doc(doc), []);
        known.items = string(name, doc);
        list.cases.push(known);
    }
    let table: Vec<Item> = vec![
        bytes("nrgyz_unknown_values", Size::Octets(lit(8))).doc("unknown").into(),
        be16("len_tlv_table").unit("octets").doc("length of the parts").into(),
        be16("num_tlvs_table").doc("number of parts").into(),
        list.into(),
    ];
    [
        bytes("encrypted_data", Size::Octets(lit(20))).doc("encrypted").into(),
        be32("seen_sequence").doc("sequence number that was seen").into(),
        be32("sequence_number").doc("sequence number").into(),
        text("model_number", Size::Octets(lit(16))).doc("model").into(),
        be16("unknown_pad").hex().doc("unknown").into(),
        text("hardware_version_id", Size::Octets(lit(3))).doc("hardware version").into(),
        text("system_serial_number", Size::Octets(lit(11))).doc("serial number").into(),
        Item::When(Test::Ge(left(), lit(12)), table.into()),
        when(Test::Ge(left(), lit(1)), [bytes("data", rest()).doc("data").into()]),
    ]
}

fn reply_to() -> [Item; 6] {
    [
        be16("nrgyz_reply_to.unknown_field").hex().doc("unknown").into(),
        be16("nrgyz_reply_to.port").doc("port").into(),
        ipv4("nrgyz_reply_to.ip_address").doc("address").into(),
        be16("nrgyz_reply_to.backup_server_port").doc("port of the other server").into(),
        ipv4("nrgyz_reply_to.backup_server_ip").doc("address of the other server").into(),
        when(Test::Ge(left(), lit(1)), [bytes("nrgyz.tlv.data", rest()).doc("data").into()]),
    ]
}

fn hello() -> [Item; 3] {
    [
        be24("oui").craft("oui").default(12).hex().doc("OUI").into(),
        be16("protocol_id").craft("protocol_id").hex().doc("protocol").into(),
        crate::schema::switch(
            val("protocol_id"),
            [(
                0x0112,
                vec![
                    ipv4("cluster.master_ip").doc("cluster master").into(),
                    ipv4("cluster.ip").doc("address").into(),
                    u8("cluster.version").doc("version").into(),
                    u8("cluster.sub_version").doc("sub-version").into(),
                    u8("cluster.status").hex().doc("status").into(),
                    u8("cluster.unknown").doc("unknown").into(),
                    mac("cluster.commander_mac").doc("commander").into(),
                    mac("cluster.switch_mac").doc("switch").into(),
                    bytes("hello.unknown", Size::Octets(lit(1))).doc("unknown").into(),
                    be16("cluster.management_vlan").doc("management VLAN").into(),
                    bytes("data", rest()).doc("data").into(),
                ],
            )],
            vec![bytes("hello.unknown", rest()).craft("data").doc("data").into()],
        ),
    ]
}
