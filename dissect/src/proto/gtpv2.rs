//! GTP version 2, the control plane of the evolved packet core (3GPP TS 29.274): header and the information elements that are used most; others
//! are octets.

use crate::decode::Walk;
use crate::schema::{
    Build, Field, Item, Kind, Protocol, Size, Span, Test, Tlv, TlvCase, UDP_PORT, be16, be24, be32, bits,
    block, bytes, custom_both, eq, flag, ge, ipv4, ipv6, label, left, lit, rest, same, turned, u8, when,
};

/// 3GPP TS 29.274 table 6.1-1.
const MESSAGES: &[(u64, &str)] = &[
    (1, "Echo Request"),
    (2, "Echo Response"),
    (3, "Version Not Supported Indication"),
    (32, "Create Session Request"),
    (33, "Create Session Response"),
    (34, "Modify Bearer Request"),
    (35, "Modify Bearer Response"),
    (36, "Delete Session Request"),
    (37, "Delete Session Response"),
    (38, "Change Notification Request"),
    (39, "Change Notification Response"),
    (64, "Modify Bearer Command"),
    (65, "Modify Bearer Failure Indication"),
    (66, "Delete Bearer Command"),
    (67, "Delete Bearer Failure Indication"),
    (68, "Bearer Resource Command"),
    (69, "Bearer Resource Failure Indication"),
    (70, "Downlink Data Notification Failure Indication"),
    (95, "Create Bearer Request"),
    (96, "Create Bearer Response"),
    (97, "Update Bearer Request"),
    (98, "Update Bearer Response"),
    (99, "Delete Bearer Request"),
    (100, "Delete Bearer Response"),
    (128, "Identification Request"),
    (129, "Identification Response"),
    (130, "Context Request"),
    (131, "Context Response"),
    (132, "Context Acknowledge"),
    (133, "Forward Relocation Request"),
    (134, "Forward Relocation Response"),
    (149, "Detach Notification"),
    (150, "Detach Acknowledge"),
    (162, "Suspend Notification"),
    (163, "Suspend Acknowledge"),
    (164, "Resume Notification"),
    (165, "Resume Acknowledge"),
    (166, "Create Indirect Data Forwarding Tunnel Request"),
    (167, "Create Indirect Data Forwarding Tunnel Response"),
    (168, "Delete Indirect Data Forwarding Tunnel Request"),
    (169, "Delete Indirect Data Forwarding Tunnel Response"),
    (170, "Release Access Bearers Request"),
    (171, "Release Access Bearers Response"),
    (176, "Downlink Data Notification"),
    (177, "Downlink Data Notification Acknowledgement"),
    (211, "Modify Access Bearers Request"),
    (212, "Modify Access Bearers Response"),
];

/// Scapy's layers of messages.
const LAYERS: [(&str, u64); 40] = [
    ("GTPV2EchoRequest", 1),
    ("GTPV2EchoResponse", 2),
    ("GTPV2CreateSessionRequest", 32),
    ("GTPV2CreateSessionResponse", 33),
    ("GTPV2ModifyBearerRequest", 34),
    ("GTPV2ModifyBearerResponse", 35),
    ("GTPV2DeleteSessionRequest", 36),
    ("GTPV2DeleteSessionResponse", 37),
    ("GTPV2ModifyBearerCommand", 64),
    ("GTPV2ModifyBearerFailureIndication", 65),
    ("GTPV2DeleteBearerCommand", 66),
    ("GTPV2DeleteBearerFailureIndication", 67),
    ("GTPV2BearerResourceCommand", 68),
    ("GTPV2BearerResourceFailureIndication", 69),
    ("GTPV2DownlinkDataNotifFailureIndication", 70),
    ("GTPV2CreateBearerRequest", 95),
    ("GTPV2CreateBearerResponse", 96),
    ("GTPV2UpdateBearerRequest", 97),
    ("GTPV2UpdateBearerResponse", 98),
    ("GTPV2DeleteBearerRequest", 99),
    ("GTPV2DeleteBearerResponse", 100),
    ("GTPV2ContextRequest", 130),
    ("GTPV2ContextResponse", 131),
    ("GTPV2ContextAcknowledge", 132),
    ("GTPV2SuspendNotification", 162),
    ("GTPV2SuspendAcknowledge", 163),
    ("GTPV2ResumeNotification", 164),
    ("GTPV2ResumeAcknowledge", 165),
    ("GTPV2CreateIndirectDataForwardingTunnelRequest", 166),
    ("GTPV2CreateIndirectDataForwardingTunnelResponse", 167),
    ("GTPV2DeleteIndirectDataForwardingTunnelRequest", 168),
    ("GTPV2DeleteIndirectDataForwardingTunnelResponse", 169),
    ("GTPV2ReleaseBearerRequest", 170),
    ("GTPV2ReleaseBearerResponse", 171),
    ("GTPV2DownlinkDataNotif", 176),
    ("GTPV2DownlinkDataNotifAck", 177),
    ("GTPV2ChangeNotificationRequest", 38),
    ("GTPV2ChangeNotificationResponse", 39),
    ("GTPV2ModifyAccessBearersRequest", 211),
    ("GTPV2ModifyAccessBearersResponse", 212),
];

/// Scapy's layers of elements.
const ELEMENT_LAYERS: [(&str, u64); 29] = [
    ("IE_IMSI", 1),
    ("IE_Cause", 2),
    ("IE_RecoveryRestart", 3),
    ("IE_APN", 71),
    ("IE_AMBR", 72),
    ("IE_EPSBearerID", 73),
    ("IE_IP_Address", 74),
    ("IE_MEI", 75),
    ("IE_MSISDN", 76),
    ("IE_PCO", 78),
    ("IE_PAA", 79),
    ("IE_Bearer_QoS", 80),
    ("IE_RAT", 82),
    ("IE_ServingNetwork", 83),
    ("IE_BearerTFT", 84),
    ("IE_ULI", 86),
    ("IE_FTEID", 87),
    ("IE_BearerContext", 93),
    ("IE_ChargingID", 94),
    ("IE_ChargingCharacteristics", 95),
    ("IE_BearerFlags", 97),
    ("IE_PDN_type", 99),
    ("IE_UE_Timezone", 114),
    ("IE_Port_Number", 126),
    ("IE_APN_Restriction", 127),
    ("IE_SelectionMode", 128),
    ("IE_FQDN", 136),
    ("IE_ULI_Timestamp", 170),
    ("IE_PrivateExtension", 255),
];

/// 3GPP TS 29.274 table 8.1-1.
const ELEMENTS: &[(u64, &str)] = &[
    (1, "International Mobile Subscriber Identity (IMSI)"),
    (2, "Cause"),
    (3, "Recovery (Restart Counter)"),
    (71, "Access Point Name (APN)"),
    (72, "Aggregate Maximum Bit Rate (AMBR)"),
    (73, "EPS Bearer ID (EBI)"),
    (74, "IP Address"),
    (75, "Mobile Equipment Identity (MEI)"),
    (76, "MSISDN"),
    (77, "Indication"),
    (78, "Protocol Configuration Options (PCO)"),
    (79, "PDN Address Allocation (PAA)"),
    (80, "Bearer Level Quality of Service (Bearer QoS)"),
    (81, "Flow Quality of Service (Flow QoS)"),
    (82, "RAT Type"),
    (83, "Serving Network"),
    (84, "EPS Bearer Level Traffic Flow Template (Bearer TFT)"),
    (85, "Traffic Aggregate Description (TAD)"),
    (86, "User Location Info (ULI)"),
    (87, "Fully Qualified Tunnel Endpoint Identifier (F-TEID)"),
    (93, "Bearer Context"),
    (94, "Charging ID"),
    (95, "Charging Characteristics"),
    (97, "Bearer Flags"),
    (99, "PDN Type"),
    (100, "Procedure Transaction ID"),
    (114, "UE Time Zone"),
    (126, "Port Number"),
    (127, "APN Restriction"),
    (128, "Selection Mode"),
    (132, "FQ-CSID"),
    (136, "Fully Qualified Domain Name (FQDN)"),
    (145, "User CSG Information (UCI)"),
    (161, "Max MBR/APN-AMBR (MMBR)"),
    (163, "Additional Protocol Configuration Options (APCO)"),
    (170, "ULI Timestamp"),
    (172, "RAN/NAS Cause"),
    (197, "Extended Protocol Configuration Options (ePCO)"),
    (202, "UP Function Selection Indication Flags"),
    (255, "Private Extension"),
];

/// 3GPP TS 29.274 table 8.4-1.
const CAUSES: &[(u64, &str)] = &[
    (2, "Local Detach"),
    (3, "Complete Detach"),
    (4, "RAT changed from 3GPP to Non-3GPP"),
    (5, "ISR deactivation"),
    (6, "Error Indication received from RNC/eNodeB/S4-SGSN/MME"),
    (8, "Reactivation Requested"),
    (9, "PDN reconnection to this APN disallowed"),
    (10, "Access changed from Non-3GPP to 3GPP"),
    (13, "Network Failure"),
    (16, "Request accepted"),
    (17, "Request accepted partially"),
    (18, "New PDN type due to network preference"),
    (19, "New PDN type due to single address bearer only"),
    (64, "Context Not Found"),
    (65, "Invalid Message Format"),
    (66, "Version not supported by next peer"),
    (67, "Invalid length"),
    (68, "Service not supported"),
    (69, "Mandatory IE incorrect"),
    (70, "Mandatory IE missing"),
    (72, "System failure"),
    (73, "No resources available"),
    (78, "Missing or unknown APN"),
    (82, "Denied in RAT"),
    (83, "Preferred PDN type not supported"),
    (84, "All dynamic addresses are occupied"),
    (87, "UE not responding"),
    (88, "UE refuses"),
    (91, "No memory available"),
    (92, "User authentication failed"),
    (93, "APN access denied - no subscription"),
    (94, "Request rejected (reason not specified)"),
    (96, "IMSI/IMEI not known"),
    (103, "Conditional IE missing"),
    (113, "APN Congestion"),
    (120, "GTP-C Entity Congestion"),
];

const RATS: &[(u64, &str)] = &[
    (1, "UTRAN"),
    (2, "GERAN"),
    (3, "WLAN"),
    (4, "GAN"),
    (5, "HSPA Evolution"),
    (6, "EUTRAN"),
    (7, "Virtual"),
    (8, "EUTRAN-NB-IoT"),
    (9, "LTE-M"),
    (10, "NR"),
];

const PDN: &[(u64, &str)] = &[(1, "IPv4"), (2, "IPv6"), (3, "IPv4v6"), (4, "Non-IP"), (5, "Ethernet")];

/// 3GPP TS 29.274 table 8.22-1.
const INTERFACES: &[(u64, &str)] = &[
    (0, "S1-U eNodeB GTP-U interface"),
    (1, "S1-U SGW GTP-U interface"),
    (4, "S5/S8 SGW GTP-U interface"),
    (5, "S5/S8 PGW GTP-U interface"),
    (6, "S5/S8 SGW GTP-C interface"),
    (7, "S5/S8 PGW GTP-C interface"),
    (10, "S11 MME GTP-C interface"),
    (11, "S11/S4 SGW GTP-C interface"),
    (12, "S10/N26 MME GTP-C interface"),
    (30, "S2b ePDG GTP-C interface"),
    (31, "S2b-U ePDG GTP-U interface"),
    (32, "S2b PGW GTP-C interface"),
    (33, "S2b-U PGW GTP-U interface"),
];

/// The mark behind the header.
const END: &str = "end";

pub(super) fn gtpv2() -> Protocol {
    let mut protocol = Protocol::new("gtpv2", "GPRS Tunnelling Protocol, version 2")
        .layer("GTPHeader")
        .part("IE_NotImplementedTLV", "ie", &[("ie_type", 0)])
        .ports_below("udp", 2123, 2123)
        .source("3GPP TS 29.274 §5, §8")
        .on(UDP_PORT, &[2123])
        .accepts(UDP_PORT, |data| data.first().is_some_and(|flags| flags >> 5 == 2))
        .answers([
            turned(
                "message_type",
                &[
                    (1, 2),
                    (32, 33),
                    (34, 35),
                    (36, 37),
                    (38, 39),
                    (95, 96),
                    (97, 98),
                    (99, 100),
                    (130, 131),
                    (166, 167),
                    (168, 169),
                    (170, 171),
                    (176, 177),
                    (211, 212),
                ],
            ),
            same("seq"),
        ])
        .heads(&["e164", "e212"])
        .later(fields);
    for (layer, number) in LAYERS {
        let sets: &[(&'static str, u64)] =
            if number < 3 { &[("message_type", number), ("t", 0)] } else { &[("message_type", number)] };
        protocol = protocol.body(layer, END, sets);
    }
    for (layer, number) in ELEMENT_LAYERS {
        protocol = protocol.part(layer, "ie", &[("ie_type", number)]);
    }
    protocol.sample("0200000000020200000000010800450000bd000100004011662d0a0000010a000002084b084b00a98f8f5820009d00000005000001000100080000010121436587f94c0006009421436587095300030000f1105200010006570009008a000012340102030447000e0008696e7465726e6574047465737480000100004f000500010a01020348000800000003e8000007d05d001f004900010005500016004809000000000500000000000000000000000000000056000d001800f110000700f11000000008720002000800")
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    protocol
        .field(u8("flags").hex().doc("flags").of([
            bits("version", 3).craft("version").default(2).doc("version"),
            flag("p").craft("P").default(1).doc("another message follows"),
            flag("t").craft("T").default(1).doc("tunnel endpoint is there"),
            flag("mp").craft("MP").doc("message priority is there"),
            bits("flags.spare1", 1).craft("SPARE1").doc("spare"),
            bits("flags.spare2", 1).craft("SPARE2").doc("spare"),
        ]))
        .field(u8("message_type").craft("gtp_type").names(MESSAGES).brief().doc("message"))
        .field(be16("msg_length").craft("length").unit("octets").len_of(Span::After, 1, 0).doc("length"))
        .field(when(ge("t", 1), [be32("teid").craft("teid").hex().brief().doc("tunnel endpoint").into()]))
        .field(be24("seq").craft("seq").hex().brief().doc("sequence number"))
        .field(when(
            ge("mp", 1),
            [
                bits("message_priority", 4).craft("msg_priority").doc("message priority").into(),
                bits("spare.low", 4).craft("SPARE3").doc("spare").into(),
            ],
        ))
        .field(when(eq("mp", 0), [u8("spare").craft("SPARE3").doc("spare").into()]))
        .field(bytes(END, Size::Octets(lit(0))).hidden().doc("end of the header"))
        .field(Item::Block(
            label("ies").craft("IE_list").hidden().doc("elements"),
            rest(),
            vec![list(true).into()].into(),
        ))
}

fn list(outer: bool) -> Tlv {
    let node = || label("ie").doc("information element");
    let case = |kind: u64, items: Vec<Item>| TlvCase { kind, field: node(), items };
    let mut list = Tlv::new(node(), u8("ie_type"), be16("ie_len"))
        .head(
            "ie_type",
            Some("ie_len"),
            [
                u8("ie_type").craft("ietype").names(ELEMENTS).doc("element").into(),
                be16("ie_len").craft("length").unit("octets").doc("length").into(),
                bits("cr", 4).craft("CR_flag").craft("SPARE").doc("comprehension required").into(),
                bits("instance", 4).craft("instance").doc("instance").into(),
            ],
        )
        .body_len()
        .other([bytes("ie_data", rest()).craft("data").doc("value").into()]);
    list.cases = vec![
        case(1, vec![digits("=e212.imsi", "IMSI", "IMSI")]),
        case(
            2,
            vec![
                u8("cause").craft("Cause").default(1).names(CAUSES).brief().doc("cause").into(),
                bits("spare_b7_b3", 5).doc("spare").into(),
                flag("pce").craft("PCE").doc("PDN connection's element").into(),
                flag("bce").craft("BCE").doc("bearer context's element").into(),
                flag("cs").craft("CS").doc("told by the remote node").into(),
                when(
                    Test::Ge(left(), lit(4)),
                    [
                        u8("cause_off_ie_t").names(ELEMENTS).doc("element that offends").into(),
                        bytes("cause_off_ie", rest()).doc("its length and instance").into(),
                    ],
                ),
            ],
        ),
        case(3, vec![u8("rec").craft("restart_counter").doc("restart counter").into()]),
        case(71, vec![labels("apn", "APN", "access point name")]),
        case(
            72,
            vec![
                be32("ambr_up").craft("AMBR_Uplink").unit("kbit/s").doc("uplink").into(),
                be32("ambr_down").craft("AMBR_Downlink").unit("kbit/s").doc("downlink").into(),
            ],
        ),
        case(
            73,
            vec![
                bits("spare_bits", 4).doc("spare").into(),
                bits("ebi", 4).craft("EBI").brief().doc("bearer").into(),
            ],
        ),
        case(
            74,
            vec![
                when(
                    Test::Eq(left(), lit(4)),
                    [ipv4("ip_address_ipv4").craft("address").doc("address").into()],
                ),
                when(
                    Test::Eq(left(), lit(16)),
                    [ipv6("ip_address_ipv6").craft("address6").doc("address").into()],
                ),
            ],
        ),
        case(75, vec![digits("mei", "MEI", "equipment")]),
        case(76, vec![digits("=e164.msisdn", "digits", "MSISDN")]),
        case(
            79,
            vec![
                bits("paa.spare", 5).doc("spare").into(),
                bits("pdn_type", 3).craft("PDN_type").names(PDN).doc("kind of network").into(),
                when(
                    Test::Any(vec![eq("pdn_type", 2), eq("pdn_type", 3)]),
                    [
                        u8("pdn_ipv6_len")
                            .craft("ipv6_prefix_length")
                            .default(8)
                            .doc("length of the prefix")
                            .into(),
                        ipv6("pdn_addr_and_prefix.ipv6").craft("ipv6").doc("address").into(),
                    ],
                ),
                when(
                    Test::Any(vec![eq("pdn_type", 1), eq("pdn_type", 3)]),
                    [ipv4("pdn_addr_and_prefix.ipv4").craft("ipv4").brief().doc("address").into()],
                ),
            ],
        ),
        case(
            80,
            vec![
                bits("bearer_qos_spare1", 1).craft("SPARE1").doc("spare").into(),
                bits("bearer_qos_pci", 1).craft("PCI").doc("may not pre-empt").into(),
                bits("bearer_qos_pl", 4).craft("PriorityLevel").doc("priority").into(),
                bits("bearer_qos_spare2", 1).craft("SPARE2").doc("spare").into(),
                bits("bearer_qos_pvi", 1).craft("PVI").doc("may not be pre-empted").into(),
                u8("bearer_qos_label_qci").craft("QCI").brief().doc("QoS class").into(),
                bits("bearer_qos_mbr_up", 40)
                    .craft("MaxBitRateForUplink")
                    .unit("kbit/s")
                    .doc("most, uplink")
                    .into(),
                bits("bearer_qos_mbr_down", 40)
                    .craft("MaxBitRateForDownlink")
                    .unit("kbit/s")
                    .doc("most, downlink")
                    .into(),
                bits("bearer_qos_gbr_up", 40)
                    .craft("GuaranteedBitRateForUplink")
                    .unit("kbit/s")
                    .doc("guaranteed, uplink")
                    .into(),
                bits("bearer_qos_gbr_down", 40)
                    .craft("GuaranteedBitRateForDownlink")
                    .unit("kbit/s")
                    .doc("guaranteed, downlink")
                    .into(),
            ],
        ),
        case(82, vec![u8("rat_type").craft("RAT_type").names(RATS).doc("radio access").into()]),
        case(83, vec![network("=e212.mcc", "=e212.mnc")]),
        case(84, vec![bytes("bearer_tft", rest()).craft("Bearer_TFT").doc("traffic flow template").into()]),
        case(86, location()),
        case(
            87,
            vec![
                flag("f_teid_v4").craft("ipv4_present").doc("IPv4 address is there").into(),
                flag("f_teid_v6").craft("ipv6_present").doc("IPv6 address is there").into(),
                bits("f_teid_interface_type", 6)
                    .craft("InterfaceType")
                    .names(INTERFACES)
                    .doc("interface")
                    .into(),
                be32("f_teid_gre_key")
                    .craft("GRE_Key")
                    .hex()
                    .brief()
                    .doc("tunnel endpoint or GRE key")
                    .into(),
                when(ge("f_teid_v4", 1), [ipv4("f_teid_ipv4").craft("ipv4").brief().doc("address").into()]),
                when(ge("f_teid_v6", 1), [ipv6("f_teid_ipv6").craft("ipv6").brief().doc("address").into()]),
            ],
        ),
        case(94, vec![be32("charging_id").craft("ChargingID").doc("charging").into()]),
        case(
            95,
            vec![
                be16("charging_characteristic")
                    .craft("ChargingCharacteristic")
                    .hex()
                    .doc("charging characteristic")
                    .into(),
            ],
        ),
        case(
            97,
            vec![
                bits("bearer_flag.spare", 4).doc("spare").into(),
                flag("bearer_flag.asi").craft("ASI").doc("activity status is told").into(),
                flag("bearer_flag.vind").craft("Vind").doc("virtual SRVCC is told").into(),
                flag("bearer_flag.vb").craft("VB").doc("voice bearer").into(),
                flag("bearer_flag.ppc").craft("PPC").doc("no paging priority").into(),
            ],
        ),
        case(
            99,
            vec![
                bits("pdn_type.spare", 5).doc("spare").into(),
                bits("pdn_type", 3).craft("PDN_type").names(PDN).doc("kind of network").into(),
            ],
        ),
        case(
            114,
            vec![
                u8("ue_time_zone").craft("Timezone").hex().doc("time zone, in quarters of an hour").into(),
                bits("ue_time_zone.spare", 6).doc("spare").into(),
                bits("ue_time_zone_dst", 2).craft("DST").doc("daylight saving, hours").into(),
            ],
        ),
        case(126, vec![be16("port_number").craft("PortNumber").doc("port").into()]),
        case(127, vec![u8("apn_rest").craft("APN_Restriction").doc("restriction").into()]),
        case(
            128,
            vec![
                bits("selec_mode.spare", 6).doc("spare").into(),
                bits("selec_mode", 2).craft("SelectionMode").doc("selection mode").into(),
            ],
        ),
        case(136, vec![labels("fqdn", "fqdn", "name")]),
        case(170, vec![be32("uli_timestamp").craft("timestamp").hex().doc("time of the location").into()]),
        case(
            255,
            vec![
                be16("enterprise_id").craft("enterprisenum").doc("vendor").into(),
                bytes("proprietary_value", rest()).craft("proprietaryvalue").doc("value").into(),
            ],
        ),
    ];
    if outer {
        // contexts hold elements, but no further contexts that hold some
        let context = |kind| {
            case(
                kind,
                vec![block(
                    label("ie.context").craft("IE_list").hidden().doc("elements"),
                    rest(),
                    [list_of_context().into()],
                )],
            )
        };
        list.cases.extend([context(93), context(109)]);
    }
    list
}

fn list_of_context() -> Tlv {
    list(false)
}

/// Digits, two in an octet, the first in the lower half; 15 fills up.
fn digits(name: &'static str, craft: &'static str, doc: &'static str) -> Item {
    let (decode, build): (crate::schema::DecodeFn, crate::schema::BuildFn) = match craft {
        "IMSI" => (|walk| read_digits(walk, "=e212.imsi"), |build| write_digits(build, "=e212.imsi")),
        "MEI" => (|walk| read_digits(walk, "mei"), |build| write_digits(build, "mei")),
        _ => (|walk| read_digits(walk, "=e164.msisdn"), |build| write_digits(build, "=e164.msisdn")),
    };
    custom_both([Field::new(name, Kind::Made, Size::Rest).craft(craft).brief().doc(doc)], decode, build)
}

fn digit(half: u8) -> Option<u8> {
    (half < 10).then(|| half.wrapping_add(b'0'))
}

fn read_digits(walk: &mut Walk<'_, '_>, name: &str) {
    let (at, octets) = (walk.offset(), walk.rest());
    walk.emit_made(name, at, octets.len(), |text| {
        text.extend(octets.iter().flat_map(|octet| [octet & 15, octet >> 4]).filter_map(digit));
    });
    walk.advance(octets.len());
}

fn packed(text: &[u8]) -> Vec<u8> {
    let half =
        |octet: Option<&u8>| octet.filter(|octet| octet.is_ascii_digit()).map_or(15, |octet| octet & 15);
    text.chunks(2).map(|pair| half(pair.get(1)) << 4 | half(pair.first())).collect()
}

fn write_digits(build: &mut dyn Build, name: &str) {
    // an element by its own name has digits where none are given
    let usual: &[u8] = match build.layer() {
        "IE_IMSI" => b"33607080910",
        "IE_MEI" => b"175675478970685",
        "IE_MSISDN" => b"33123456789",
        _ => b"",
    };
    let text = build.octets(name).unwrap_or_else(|| usual.to_vec());
    build.put(&packed(&text));
}

/// A name as DNS has it, without the root.
fn labels(name: &'static str, craft: &'static str, doc: &'static str) -> Item {
    let (decode, build): (crate::schema::DecodeFn, crate::schema::BuildFn) = match name {
        "apn" => (|walk| read_labels(walk, "apn"), |build| write_labels(build, "apn")),
        _ => (|walk| read_labels(walk, "fqdn"), |build| write_labels(build, "fqdn")),
    };
    custom_both([Field::new(name, Kind::Made, Size::Rest).craft(craft).brief().doc(doc)], decode, build)
}

fn read_labels(walk: &mut Walk<'_, '_>, name: &str) {
    let (at, octets) = (walk.offset(), walk.rest());
    walk.emit_made(name, at, octets.len(), |text| {
        let mut left = octets;
        while let Some((len, after)) = left.split_first() {
            let (label, more) = after.split_at_checked(usize::from(*len)).unwrap_or((after, &[]));
            if !text.is_empty() && text.last() != Some(&b'.') && !std::ptr::eq(left, octets) {
                text.push(b'.');
            }
            text.extend_from_slice(label);
            left = more;
        }
    });
    walk.advance(octets.len());
}

fn write_labels(build: &mut dyn Build, name: &str) {
    let named = matches!(build.layer(), "IE_APN" | "IE_FQDN");
    let usual: &[u8] = if build.layer() == "IE_APN" { b"internet" } else { b"" };
    let text = match build.octets(name) {
        Some(text) => text,
        None if named => usual.to_vec(),
        None => return,
    };
    for label in text.split(|octet| *octet == b'.') {
        build.put(&[u8::try_from(label.len()).unwrap_or(255)]);
        build.put(label);
    }
}

/// Country and network, in three octets.
fn network(country: &'static str, code: &'static str) -> Item {
    let decode: crate::schema::DecodeFn = match country {
        "=e212.mcc" => |walk| read_network(walk, "=e212.mcc", "=e212.mnc"),
        "=e212.tai.mcc" => |walk| read_network(walk, "=e212.tai.mcc", "=e212.tai.mnc"),
        _ => |walk| read_network(walk, "=e212.ecgi.mcc", "=e212.ecgi.mnc"),
    };
    custom_both(
        [
            be16(country).craft("MCC").doc("country"),
            be16(code).craft("MNC").doc("network"),
            bytes("network.written", rest()).hidden().doc("digits"),
        ],
        decode,
        |build| {
            let digits = build.texts("network.written");
            digits.iter().for_each(|text| build.put(&packed(text)));
        },
    )
}

fn read_network(walk: &mut Walk<'_, '_>, country: &str, code: &str) {
    let at = walk.offset();
    let Some([a, b, c]) = walk.rest().first_chunk::<3>().copied() else {
        walk.missing(3);
        return walk.advance(walk.rest().len());
    };
    let number = |digits: &[u8]| {
        digits.iter().fold(0_u64, |number, digit| number.wrapping_mul(10).wrapping_add(u64::from(*digit)))
    };
    walk.emit(country, at, 2, number(&[a & 15, a >> 4, b & 15]));
    let last = [c & 15, c >> 4, b >> 4];
    let value = if b >> 4 == 15 { number(&[c & 15, c >> 4]) } else { number(&last) };
    walk.emit(code, at.saturating_add(1), 2, value);
    walk.advance(3);
}

fn location() -> Vec<Item> {
    vec![
        u8("uli_flags").hex().doc("what is there").of([
            flag("uli_ext_macro_enb_id_flg").doc("extended macro eNodeB"),
            flag("uli_macro_enb_id_flg").doc("macro eNodeB"),
            flag("uli_lai_flg").craft("LAI_Present").doc("location area"),
            flag("uli_ecgi_flg").craft("ECGI_Present").doc("cell"),
            flag("uli_tai_flg").craft("TAI_Present").doc("tracking area"),
            flag("uli_rai_flg").craft("RAI_Present").doc("routing area"),
            flag("uli_sai_flg").craft("SAI_Present").doc("service area"),
            flag("uli_cgi_flg").craft("CGI_Present").doc("cell of GERAN"),
        ]),
        // areas of GERAN and UTRAN stand before the others: seven octets each
        when(ge("uli_cgi_flg", 1), [bytes("uli_cgi", Size::Octets(lit(7))).doc("cell of GERAN").into()]),
        when(ge("uli_sai_flg", 1), [bytes("uli_sai", Size::Octets(lit(7))).doc("service area").into()]),
        when(ge("uli_rai_flg", 1), [bytes("uli_rai", Size::Octets(lit(7))).doc("routing area").into()]),
        when(
            ge("uli_tai_flg", 1),
            [
                network("=e212.tai.mcc", "=e212.tai.mnc"),
                be16("tai_tac").hex().doc("tracking area code").into(),
            ],
        ),
        when(
            ge("uli_ecgi_flg", 1),
            [
                network("=e212.ecgi.mcc", "=e212.ecgi.mnc"),
                bits("uli_ecgi_eci_spare", 4).doc("spare").into(),
                bits("ecgi_eci", 28).doc("cell").into(),
            ],
        ),
        when(Test::Ge(left(), lit(1)), [bytes("uli_more", rest()).doc("further areas").into()]),
    ]
}
