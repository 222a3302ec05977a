//! RADIUS (RFC 2865, 2866, 5176): attributes of RFCs and of usual vendors by name.

use super::{exchange::Exchange, radius_dictionary};
use crate::schema::{
    Item, Kind, Protocol, Size, Span, Tlv, TlvCase, UDP_PORT, be16, be24, be32, built, bytes, decoded, ipv4,
    label, lit, look, rest, same, text, turned, u8, unix_time, when,
};

pub(super) const CODES: &[(u64, &str)] = &[
    (1, "Access-Request"),
    (2, "Access-Accept"),
    (3, "Access-Reject"),
    (4, "Accounting-Request"),
    (5, "Accounting-Response"),
    (11, "Access-Challenge"),
    (12, "Status-Server"),
    (13, "Status-Client"),
    (40, "Disconnect-Request"),
    (41, "Disconnect-ACK"),
    (42, "Disconnect-NAK"),
    (43, "CoA-Request"),
    (44, "CoA-ACK"),
    (45, "CoA-NAK"),
];

/// IANA "RADIUS Attribute Types".
pub(super) const ATTRIBUTES: &[(u64, &str)] = &[
    (1, "User-Name"),
    (2, "User-Password"),
    (3, "CHAP-Password"),
    (4, "NAS-IP-Address"),
    (5, "NAS-Port"),
    (6, "Service-Type"),
    (7, "Framed-Protocol"),
    (8, "Framed-IP-Address"),
    (9, "Framed-IP-Netmask"),
    (10, "Framed-Routing"),
    (11, "Filter-Id"),
    (12, "Framed-MTU"),
    (13, "Framed-Compression"),
    (14, "Login-IP-Host"),
    (15, "Login-Service"),
    (16, "Login-TCP-Port"),
    (18, "Reply-Message"),
    (19, "Callback-Number"),
    (20, "Callback-Id"),
    (22, "Framed-Route"),
    (23, "Framed-IPX-Network"),
    (24, "State"),
    (25, "Class"),
    (26, "Vendor-Specific"),
    (27, "Session-Timeout"),
    (28, "Idle-Timeout"),
    (29, "Termination-Action"),
    (30, "Called-Station-Id"),
    (31, "Calling-Station-Id"),
    (32, "NAS-Identifier"),
    (33, "Proxy-State"),
    (34, "Login-LAT-Service"),
    (35, "Login-LAT-Node"),
    (36, "Login-LAT-Group"),
    (37, "Framed-AppleTalk-Link"),
    (38, "Framed-AppleTalk-Network"),
    (39, "Framed-AppleTalk-Zone"),
    (40, "Acct-Status-Type"),
    (41, "Acct-Delay-Time"),
    (42, "Acct-Input-Octets"),
    (43, "Acct-Output-Octets"),
    (44, "Acct-Session-Id"),
    (45, "Acct-Authentic"),
    (46, "Acct-Session-Time"),
    (47, "Acct-Input-Packets"),
    (48, "Acct-Output-Packets"),
    (49, "Acct-Terminate-Cause"),
    (50, "Acct-Multi-Session-Id"),
    (51, "Acct-Link-Count"),
    (52, "Acct-Input-Gigawords"),
    (53, "Acct-Output-Gigawords"),
    (55, "Event-Timestamp"),
    (56, "Egress-VLANID"),
    (57, "Ingress-Filters"),
    (58, "Egress-VLAN-Name"),
    (59, "User-Priority-Table"),
    (60, "CHAP-Challenge"),
    (61, "NAS-Port-Type"),
    (62, "Port-Limit"),
    (63, "Login-LAT-Port"),
    (64, "Tunnel-Type"),
    (65, "Tunnel-Medium-Type"),
    (66, "Tunnel-Client-Endpoint"),
    (67, "Tunnel-Server-Endpoint"),
    (68, "Acct-Tunnel-Connection"),
    (69, "Tunnel-Password"),
    (70, "ARAP-Password"),
    (71, "ARAP-Features"),
    (72, "ARAP-Zone-Access"),
    (73, "ARAP-Security"),
    (74, "ARAP-Security-Data"),
    (75, "Password-Retry"),
    (76, "Prompt"),
    (77, "Connect-Info"),
    (78, "Configuration-Token"),
    (79, "EAP-Message"),
    (80, "Message-Authenticator"),
    (81, "Tunnel-Private-Group-ID"),
    (82, "Tunnel-Assignment-ID"),
    (83, "Tunnel-Preference"),
    (84, "ARAP-Challenge-Response"),
    (85, "Acct-Interim-Interval"),
    (86, "Acct-Tunnel-Packets-Lost"),
    (87, "NAS-Port-Id"),
    (88, "Framed-Pool"),
    (89, "Chargeable-User-Identity"),
    (90, "Tunnel-Client-Auth-ID"),
    (91, "Tunnel-Server-Auth-ID"),
    (92, "NAS-Filter-Rule"),
    (94, "Originating-Line-Info"),
    (95, "NAS-IPv6-Address"),
    (96, "Framed-Interface-Id"),
    (97, "Framed-IPv6-Prefix"),
    (98, "Login-IPv6-Host"),
    (99, "Framed-IPv6-Route"),
    (100, "Framed-IPv6-Pool"),
    (101, "Error-Cause"),
    (102, "EAP-Key-Name"),
    (123, "Delegated-IPv6-Prefix"),
    (136, "Management-Privilege-Level"),
    (149, "PMIP6-Home-LMA-IPv4-Address"),
    (150, "PMIP6-Visited-LMA-IPv4-Address"),
    (157, "PMIP6-Home-DHCP4-Server-Address"),
    (158, "PMIP6-Visited-DHCP4-Server-Address"),
    (161, "PMIP6-Home-IPv4-Gateway"),
    (162, "PMIP6-Visited-IPv4-Gateway"),
    (168, "Framed-IPv6-Address"),
    (177, "Mobility-Domain-Id"),
    (178, "Preauth-Timeout"),
    (182, "WLAN-Venue-Info"),
    (185, "WLAN-Reason-Code"),
    (186, "WLAN-Pairwise-Cipher"),
    (187, "WLAN-Group-Cipher"),
    (188, "WLAN-AKM-Suite"),
    (189, "WLAN-Group-Mgmt-Cipher"),
    (190, "WLAN-RF-Band"),
];

/// Attributes that are text, and their fields.
pub(super) const WORDS: &[(u64, &str)] = &[
    (1, "User_Name"),
    (11, "Filter_Id"),
    (18, "Reply_Message"),
    (22, "Framed_Route"),
    (30, "Called_Station_Id"),
    (31, "Calling_Station_Id"),
    (32, "NAS_Identifier"),
    (44, "Acct_Session_Id"),
    (87, "NAS_Port_Id"),
    (88, "Framed_Pool"),
];

/// Attributes that are addresses.
pub(super) const ADDRESSES: &[(u64, &str)] = &[
    (4, "NAS_IP_Address"),
    (8, "Framed_IP_Address"),
    (9, "Framed_IP_Netmask"),
    (14, "Login_IP_Host"),
    (23, "Framed_IPX_Network"),
    (149, "PMIP6_Home_LMA_IPv4_Address"),
    (150, "PMIP6_Visited_LMA_IPv4_Address"),
    (157, "PMIP6_Home_DHCP4_Server_Address"),
    (158, "PMIP6_Visited_DHCP4_Server_Address"),
    (161, "PMIP6_Home_IPv4_Gateway"),
    (162, "PMIP6_Visited_IPv4_Gateway"),
];

/// Attributes that are numbers of 32 bits.
pub(super) const NUMBERS: &[(u64, &str)] = &[
    (5, "NAS_Port"),
    (6, "Service_Type"),
    (7, "Framed_Protocol"),
    (12, "Framed_MTU"),
    (16, "Login_TCP_Port"),
    (37, "Framed_AppleTalk_Link"),
    (38, "Framed_AppleTalk_Network"),
    (51, "Acct_Link_Count"),
    (52, "Acct_Input_Gigawords"),
    (53, "Acct_Output_Gigawords"),
    (56, "Egress_VLANID"),
    (62, "Port_Limit"),
    (73, "ARAP_Security"),
    (75, "Password_Retry"),
    (86, "Acct_Tunnel_Packets_Lost"),
    (27, "Session_Timeout"),
    (28, "Idle_Timeout"),
    (29, "Termination_Action"),
    (40, "Acct_Status_Type"),
    (41, "Acct_Delay_Time"),
    (42, "Acct_Input_Octets"),
    (43, "Acct_Output_Octets"),
    (45, "Acct_Authentic"),
    (46, "Acct_Session_Time"),
    (47, "Acct_Input_Packets"),
    (48, "Acct_Output_Packets"),
    (49, "Acct_Terminate_Cause"),
    (61, "NAS_Port_Type"),
    (85, "Acct_Interim_Interval"),
    (136, "Management_Privilege_Level"),
    (177, "Mobility_Domain_Id"),
    (178, "Preauth_Timeout"),
    (182, "WLAN_Venue_Info"),
    (185, "WLAN_Reason_Code"),
    (186, "WLAN_Pairwise_Cipher"),
    (187, "WLAN_Group_Cipher"),
    (188, "WLAN_AKM_Suite"),
    (189, "WLAN_Group_Mgmt_Cipher"),
    (190, "WLAN_RF_Band"),
];

/// The tag of an attribute of a tunnel; an octet that is none begins the value (RFC 2868 §3.1).
pub(super) fn tag(name: &'static str) -> Item {
    let tag = u8(name).hex().doc("tag, the same for attributes of one tunnel");
    when(look(|octets| octets.first().is_some_and(|first| *first <= 0x1f)), [tag.into()])
}

/// The value of an attribute as it is built where it is read as something else.
fn written() -> Item {
    built([bytes("avp.written.value", rest()).craft("value").hidden().doc("value as it is built").into()])
}

/// What the numbers of an attribute are called (IANA "RADIUS Types").
pub(super) fn value_names(attribute: u64) -> Option<&'static [(u64, &'static str)]> {
    Some(match attribute {
        6 => &[
            (1, "Login"),
            (2, "Framed"),
            (3, "Callback Login"),
            (4, "Callback Framed"),
            (5, "Outbound"),
            (6, "Administrative"),
            (7, "NAS Prompt"),
            (8, "Authenticate Only"),
            (9, "Callback NAS Prompt"),
            (10, "Call Check"),
            (11, "Callback Administrative"),
            (17, "Authorize Only"),
            (18, "Framed-Management"),
        ],
        7 => &[
            (1, "PPP"),
            (2, "SLIP"),
            (3, "ARAP"),
            (4, "Gandalf proprietary"),
            (5, "Xylogics IPX/SLIP"),
            (6, "X.75 Synchronous"),
            (7, "GPRS PDP Context"),
        ],
        29 => &[(0, "Default"), (1, "RADIUS-Request")],
        40 => &[
            (1, "Start"),
            (2, "Stop"),
            (3, "Interim-Update"),
            (7, "Accounting-On"),
            (8, "Accounting-Off"),
            (9, "Tunnel-Start"),
            (10, "Tunnel-Stop"),
            (11, "Tunnel-Reject"),
            (12, "Tunnel-Link-Start"),
            (13, "Tunnel-Link-Stop"),
            (14, "Tunnel-Link-Reject"),
            (15, "Failed"),
        ],
        45 => &[(1, "RADIUS"), (2, "Local"), (3, "Remote"), (4, "Diameter")],
        49 => TERMINATE_CAUSES,
        61 => PORT_TYPES,
        64 => &[
            (1, "PPTP"),
            (2, "L2F"),
            (3, "L2TP"),
            (4, "ATMP"),
            (5, "VTP"),
            (6, "AH"),
            (7, "IP-IP"),
            (8, "MIN-IP-IP"),
            (9, "ESP"),
            (10, "GRE"),
            (11, "DVS"),
            (12, "IP-in-IP Tunneling"),
            (13, "VLAN"),
        ],
        65 => &[(1, "IPv4"), (2, "IPv6"), (3, "NSAP"), (4, "HDLC"), (5, "BBN 1822"), (6, "802")],
        _ => return None,
    })
}

const TERMINATE_CAUSES: &[(u64, &str)] = &[
    (1, "User Request"),
    (2, "Lost Carrier"),
    (3, "Lost Service"),
    (4, "Idle Timeout"),
    (5, "Session Timeout"),
    (6, "Admin Reset"),
    (7, "Admin Reboot"),
    (8, "Port Error"),
    (9, "NAS Error"),
    (10, "NAS Request"),
    (11, "NAS Reboot"),
    (12, "Port Unneeded"),
    (13, "Port Preempted"),
    (14, "Port Suspended"),
    (15, "Service Unavailable"),
    (16, "Callback"),
    (17, "User Error"),
    (18, "Host Request"),
    (19, "Supplicant Restart"),
    (20, "Reauthentication Failure"),
    (21, "Port Reinitialized"),
    (22, "Port Administratively Disabled"),
    (23, "Lost Power"),
];

const PORT_TYPES: &[(u64, &str)] = &[
    (0, "Async"),
    (1, "Sync"),
    (2, "ISDN Sync"),
    (3, "ISDN Async V.120"),
    (4, "ISDN Async V.110"),
    (5, "Virtual"),
    (6, "PIAFS"),
    (7, "HDLC Clear Channel"),
    (8, "X.25"),
    (9, "X.75"),
    (10, "G.3 Fax"),
    (11, "SDSL"),
    (12, "ADSL-CAP"),
    (13, "ADSL-DMT"),
    (14, "IDSL"),
    (15, "Ethernet"),
    (16, "xDSL"),
    (17, "Cable"),
    (18, "Wireless - Other"),
    (19, "Wireless - IEEE 802.11"),
];

pub(super) fn radius() -> Protocol {
    Protocol::new("radius", "Remote Authentication Dial In User Service")
        .layer("Radius")
        .part("RadiusAttribute", "avp", &[("avp.type", 1)])
        .part("RadiusAttr_User_Name", "avp", &[("avp.type", 1)])
        .part("RadiusAttr_User_Password", "avp", &[("avp.type", 2)])
        .part("RadiusAttr_Service_Type", "avp", &[("avp.type", 6)])
        .part("RadiusAttr_Framed_Protocol", "avp", &[("avp.type", 7)])
        .part("RadiusAttr_Framed_IPX_Network", "avp", &[("avp.type", 23)])
        .part("RadiusAttr_Vendor_Specific", "avp", &[("avp.type", 26)])
        .part("RadiusAttr_Framed_AppleTalk_Link", "avp", &[("avp.type", 37)])
        .part("RadiusAttr_Framed_AppleTalk_Network", "avp", &[("avp.type", 38)])
        .part("RadiusAttr_Acct_Status_Type", "avp", &[("avp.type", 40)])
        .part("RadiusAttr_Acct_Authentic", "avp", &[("avp.type", 45)])
        .part("RadiusAttr_Acct_Terminate_Cause", "avp", &[("avp.type", 49)])
        .part("RadiusAttr_Acct_Link_Count", "avp", &[("avp.type", 51)])
        .part("RadiusAttr_Acct_Input_Gigawords", "avp", &[("avp.type", 52)])
        .part("RadiusAttr_Acct_Output_Gigawords", "avp", &[("avp.type", 53)])
        .part("RadiusAttr_Event_Timestamp", "avp", &[("avp.type", 55)])
        .part("RadiusAttr_Egress_VLANID", "avp", &[("avp.type", 56)])
        .part("RadiusAttr_NAS_Port_Type", "avp", &[("avp.type", 61)])
        .part("RadiusAttr_Port_Limit", "avp", &[("avp.type", 62)])
        .part("RadiusAttr_ARAP_Security", "avp", &[("avp.type", 73)])
        .part("RadiusAttr_Password_Retry", "avp", &[("avp.type", 75)])
        .part("RadiusAttr_Message_Authenticator", "avp", &[("avp.type", 80)])
        .part("RadiusAttr_Tunnel_Preference", "avp", &[("avp.type", 83)])
        .part("RadiusAttr_Acct_Interim_Interval", "avp", &[("avp.type", 85)])
        .part("RadiusAttr_Acct_Tunnel_Packets_Lost", "avp", &[("avp.type", 86)])
        .part("RadiusAttr_NAS_IP_Address", "avp", &[("avp.type", 4)])
        .part("RadiusAttr_NAS_Port", "avp", &[("avp.type", 5)])
        .part("RadiusAttr_Framed_IP_Address", "avp", &[("avp.type", 8)])
        .part("RadiusAttr_Framed_IP_Netmask", "avp", &[("avp.type", 9)])
        .part("RadiusAttr_Filter_Id", "avp", &[("avp.type", 11)])
        .part("RadiusAttr_Framed_MTU", "avp", &[("avp.type", 12)])
        .part("RadiusAttr_Login_IP_Host", "avp", &[("avp.type", 14)])
        .part("RadiusAttr_Login_TCP_Port", "avp", &[("avp.type", 16)])
        .part("RadiusAttr_Reply_Message", "avp", &[("avp.type", 18)])
        .part("RadiusAttr_Framed_Route", "avp", &[("avp.type", 22)])
        .part("RadiusAttr_State", "avp", &[("avp.type", 24)])
        .part("RadiusAttr_Class", "avp", &[("avp.type", 25)])
        .part("RadiusAttr_Session_Timeout", "avp", &[("avp.type", 27)])
        .part("RadiusAttr_Idle_Timeout", "avp", &[("avp.type", 28)])
        .part("RadiusAttr_Called_Station_Id", "avp", &[("avp.type", 30)])
        .part("RadiusAttr_Calling_Station_Id", "avp", &[("avp.type", 31)])
        .part("RadiusAttr_NAS_Identifier", "avp", &[("avp.type", 32)])
        .part("RadiusAttr_Acct_Delay_Time", "avp", &[("avp.type", 41)])
        .part("RadiusAttr_Acct_Input_Octets", "avp", &[("avp.type", 42)])
        .part("RadiusAttr_Acct_Output_Octets", "avp", &[("avp.type", 43)])
        .part("RadiusAttr_Acct_Session_Id", "avp", &[("avp.type", 44)])
        .part("RadiusAttr_Acct_Session_Time", "avp", &[("avp.type", 46)])
        .part("RadiusAttr_Acct_Input_Packets", "avp", &[("avp.type", 47)])
        .part("RadiusAttr_Acct_Output_Packets", "avp", &[("avp.type", 48)])
        .part("RadiusAttr_EAP_Message", "avp", &[("avp.type", 79)])
        .part("RadiusAttr_NAS_Port_Id", "avp", &[("avp.type", 87)])
        .part("RadiusAttr_Framed_Pool", "avp", &[("avp.type", 88)])
        .part("RadiusAttr_Management_Privilege_Level", "avp", &[("avp.type", 136)])
        .part("RadiusAttr_Mobility_Domain_Id", "avp", &[("avp.type", 177)])
        .part("RadiusAttr_Preauth_Timeout", "avp", &[("avp.type", 178)])
        .part("RadiusAttr_WLAN_Venue_Info", "avp", &[("avp.type", 182)])
        .part("RadiusAttr_WLAN_Reason_Code", "avp", &[("avp.type", 185)])
        .part("RadiusAttr_WLAN_Pairwise_Cipher", "avp", &[("avp.type", 186)])
        .part("RadiusAttr_WLAN_Group_Cipher", "avp", &[("avp.type", 187)])
        .part("RadiusAttr_WLAN_AKM_Suite", "avp", &[("avp.type", 188)])
        .part("RadiusAttr_WLAN_Group_Mgmt_Cipher", "avp", &[("avp.type", 189)])
        .part("RadiusAttr_WLAN_RF_Band", "avp", &[("avp.type", 190)])
        .part("RadiusAttr_PMIP6_Home_LMA_IPv4_Address", "avp", &[("avp.type", 149)])
        .part("RadiusAttr_PMIP6_Visited_LMA_IPv4_Address", "avp", &[("avp.type", 150)])
        .part("RadiusAttr_PMIP6_Home_DHCP4_Server_Address", "avp", &[("avp.type", 157)])
        .part("RadiusAttr_PMIP6_Visited_DHCP4_Server_Address", "avp", &[("avp.type", 158)])
        .part("RadiusAttr_PMIP6_Home_IPv4_Gateway", "avp", &[("avp.type", 161)])
        .part("RadiusAttr_PMIP6_Visited_IPv4_Gateway", "avp", &[("avp.type", 162)])
        .ports_below("udp", 1812, 1812)
        .source("RFC 2865 §3, §5, RFC 2866 §5, RFC 5176 §3")
        .on(UDP_PORT, &[1645, 1646, 1812, 1813, 3799])
        .answers([turned("code", &[(1, 2), (1, 3), (1, 11), (4, 5), (12, 2), (40, 41), (40, 42), (43, 44), (43, 45)]), same("id")])
        .later(|protocol| EXCHANGE.declare(fields(protocol)))
        .after(|walk| EXCHANGE.show(walk))
        .summary(super::radius_line::summary)
        .sample("02000000000202000000000108004500004200010000401166a80a0000010a0000029c400714002e6e6701070026000000000000000000000000000000000106626f622104060a000001050600000003")
        .sample("02000000000202000000000108004500024100010000401164a90a0000010a0000029c400714022d33d501010225000102030405060708090a0b0c0d0e0f0105626f62021230313233343536373839616263646566031305000102030405060708090a0b0c0d0e0f0406c00002010506000000070606000000070706000000070806c00002010906c00002010a06000000070b0866696c7465720c06000000070d06000000070e06c00002010f0600000007100600000007120768656c6c6f1305313233140469641607726f75746518040102190403041b06000000071c06000000071d06000000071e0730302d31311f0732322d333320056e61732103053c0b6368616c6c656e67653d06000000073e060000000740060100000d410601000006420b0939322e302e322e31430b3139322e302e322e32450b0161626364656667684c06000000074d06666173744e07746f6b656e51060131303052050269645306010000075506000000075706706f72745806706f6f6c5906757365725a0901636c69656e745b087365727665725c0672756c655f1220010db8000000000000000000000001600a00010203040506076108002020010db8621220010db80000000000000000000000016307726f7574656406706f6f6c65060000000766056b65797b08002020010db88506000000078708706f6c696379880600000007900874756e6e656c920973657276696365a81220010db8000000000000000000000001a91220010db8000000000000000000000001aa08002020010db8ab06706f6f6cac06706f6f6cb10600000007")
        .sample("0200000000020200000000010800450001ca00010000401165200a0000010a0000029c40071401b6e860010301ae000102030405060708090a0b0c0d0e0f1a200000000901137368656c6c3a707269762d6c766c3d313502074769302f311a0c00000009bf06000000071a0c0000000b0106000000071a1e00000137010a726573706f6e73650706000000070a08444f4d41494e1a1e00000137100c80016162636465666768110c800261626364656667681a17000001371c06c00002010b0b6368616c6c656e67651a160001869f01106e6f74206b6e6f776e20686572651a0c0000077ccb06766c616e1a12000007db0106000000071406000000071a1300000a4c0106757365720207616c6c6f771a0f00000de90109636972637569741a180000130a0108726f757465720406c00002010a04696e1a0c0000197f0906c00002011a17000028af01113236323031313233343536373839301a0d00003044010767726f75701a160000372a010a6c6f636174696f6e0706000000071a1100003763020600000007060561636c1a12000039e70106726f6c650206000000071a1300003a8c0807314d2f324d0106000000071a0d000061dd010767726f75701a0c000063750106726f6c651a0c000063a2010600000007")
}

/// What a message shows of its exchange.
const EXCHANGE: Exchange =
    Exchange { to: "reqframe", time: Some(("time", Kind::Duration)), within: "rspframe" };

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    let mut list = Tlv::new(
        label("avp").craft("attributes").doc("attribute"),
        u8("avp.type").craft("type").names(ATTRIBUTES).doc("attribute"),
        u8("avp.length").craft("len").unit("octets").doc("length"),
    )
    .other([bytes("avp.value", rest()).craft("value").doc("value").into()]);
    let case = |kind: u64, items: Vec<Item>| TlvCase { kind, field: label("avp").doc("attribute"), items };
    list.cases.extend(
        WORDS
            .iter()
            .map(|(kind, name)| case(*kind, vec![text(name, rest()).craft("value").doc("value").into()])),
    );
    list.cases.extend(ADDRESSES.iter().map(|(kind, name)| {
        let address = ipv4(name).craft("value").doc("value");
        // Wireshark names these twice
        let address = match *kind {
            8 => address.alias("Framed-IP-Address"),
            14 => address.alias("Login-IP-Host"),
            _ => address,
        };
        case(*kind, vec![address.into()])
    }));
    list.cases.extend(NUMBERS.iter().map(|(kind, name)| {
        let value = be32(name).craft("value").doc("value");
        case(*kind, vec![value_names(*kind).map_or(value.clone(), |names| value.names(names)).into()])
    }));
    list.cases.extend(
        radius_dictionary::standard()
            .into_iter()
            .map(|(kind, items)| case(kind, vec![written(), crate::schema::decoded_items(items)])),
    );
    list.cases.push(case(
        83,
        vec![
            built([be32("avp.written.preference").craft("value").hidden().doc("value").into()]),
            decoded([tag("Tunnel_Preference.tag"), be24("Tunnel_Preference").doc("value").into()]),
        ],
    ));
    list.cases.push(case(55, vec![unix_time("Event_Timestamp").craft("value").doc("time").into()]));
    list.cases.push(case(
        80,
        vec![
            bytes("Message_Authenticator", rest()).craft("value").default_bytes(&[0; 16]).doc("value").into(),
        ],
    ));
    list.cases.push(case(
        26,
        vec![
            be32("avp.vendor_id").craft("vendor_id").doc("vendor").into(),
            // most vendors number their values, each with a length that counts its head (RFC 2865 §5.26)
            built([
                u8("avp.written.vendor_type").craft("vendor_type").hidden().doc("vendor's type").into(),
                u8("avp.written.vendor_len")
                    .craft("vendor_len")
                    .len_of_part("avp.written.vendor_value", 1, 2)
                    .hidden()
                    .doc("length")
                    .into(),
                bytes("avp.written.vendor_value", rest()).craft("value").hidden().doc("value").into(),
            ]),
            decoded(radius_dictionary::specific()),
        ],
    ));
    protocol
        .field(u8("code").default(1).names(CODES).doc("code").brief())
        .field(u8("id").doc("identifier").brief())
        .field(be16("length").craft("len").unit("octets").len_of(Span::Whole, 1, 0).doc("length"))
        .field(bytes("authenticator", Size::Octets(lit(16))).craft("authenticator").doc("authenticator"))
        .field(list)
}
