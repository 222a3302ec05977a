//! DHCP for IPv6, RFC 8415, with relay messages (three deep) and the options of the IANA registry.

#[path = "dhcpv6_failover.rs"]
mod failover;

use crate::schema::{
    Field, Item, Protocol, Size, Test, Tlv, TlvCase, UDP_PORT, be16, be24, be32, bits, block, bytes, flag,
    ipv4, ipv6, label, left, lit, name, repeat, rest, same, shared_list, switch, text, u8, val,
};
use std::sync::LazyLock;

/// IANA "DHCPv6 Message Types".
pub(super) const MESSAGES: &[(u64, &str)] = &[
    (1, "solicit"),
    (2, "advertise"),
    (3, "request"),
    (4, "confirm"),
    (5, "renew"),
    (6, "rebind"),
    (7, "reply"),
    (8, "release"),
    (9, "decline"),
    (10, "reconf"),
    (11, "inf-req"),
    (12, "relay-fwd"),
    (13, "relay-reply"),
    (14, "leasequery"),
    (15, "leasequery-reply"),
    (16, "leasequery-done"),
    (17, "leasequery-data"),
    (18, "reconfigure-request"),
    (19, "reconfigure-reply"),
    (20, "dhcpv4-query"),
    (21, "dhcpv4-response"),
];

/// IANA "DHCPv6 Option Codes", as of 2025-11; tcpdump's words where it has some.
pub(super) const OPTIONS: &[(u64, &str)] = &[
    (1, "client-ID"),
    (2, "server-ID"),
    (3, "IA_NA"),
    (4, "IA_TA"),
    (5, "IA_ADDR"),
    (6, "option-request"),
    (7, "preference"),
    (8, "elapsed-time"),
    (9, "relay-message"),
    (11, "authentication"),
    (12, "server-unicast"),
    (13, "status-code"),
    (14, "rapid-commit"),
    (15, "user-class"),
    (16, "vendor-class"),
    (17, "vendor-specific-info"),
    (18, "interface-ID"),
    (19, "reconfigure-message"),
    (20, "reconfigure-accept"),
    (21, "SIP-servers-domain"),
    (22, "SIP-servers-address"),
    (23, "DNS-server"),
    (24, "DNS-search-list"),
    (25, "IA_PD"),
    (26, "IA_PD-prefix"),
    (27, "NIS-server"),
    (28, "NISP-server"),
    (29, "NIS-domain-name"),
    (30, "NISP-domain-name"),
    (31, "SNTP-servers"),
    (32, "lifetime"),
    (33, "BCMCS-server-domain"),
    (34, "BCMCS-server-address"),
    (36, "geoconf-civic"),
    (37, "Remote-ID"),
    (38, "Subscriber-ID"),
    (39, "Client-FQDN"),
    (40, "PANA-agent"),
    (41, "new-POSIX-timezone"),
    (42, "new-tzdb-timezone"),
    (43, "ERO"),
    (44, "LQ-query"),
    (45, "Client-data"),
    (46, "CLT-time"),
    (47, "LQ-relay-data"),
    (48, "LQ-client-link"),
    (51, "V6-LoST"),
    (52, "CAPWAP-AC-V6"),
    (53, "relay-ID"),
    (56, "NTP-server"),
    (57, "V6-access-domain"),
    (59, "Bootfile-URL"),
    (60, "Bootfile-Param"),
    (61, "Client-Arch-Type"),
    (62, "NII"),
    (63, "geolocation"),
    (64, "AFTR-Name"),
    (66, "RSOO"),
    (67, "PD-exclude"),
    (68, "VSS"),
    (74, "RDNSS-selection"),
    (79, "Client-link-layer-address"),
    (82, "SOL_MAX_RT"),
    (83, "INF_MAX_RT"),
    (86, "PCP-server"),
    (87, "dhcpv4-message"),
    (88, "dhcp4-o-dhcp6-server"),
    (89, "S46-rule"),
    (90, "S46-BR"),
    (91, "S46-DMR"),
    (92, "S46-V4V6bind"),
    (93, "S46-port-params"),
    (94, "S46-cont-MAPE"),
    (95, "S46-cont-MAPT"),
    (96, "S46-cont-LW"),
    (103, "captive-portal"),
    (112, "MUD-URL"),
    (135, "relay-port"),
    (136, "SZTP-redirect"),
    (144, "DNR"),
];

pub(super) const STATUS: &[(u64, &str)] = &[
    (0, "Success"),
    (1, "UnspecFail"),
    (2, "NoAddrsAvail"),
    (3, "NoBinding"),
    (4, "NotOnLink"),
    (5, "UseMulticast"),
    (6, "NoPrefixAvail"),
];

/// The crafter's layers of messages.
const MESSAGE_LAYERS: &[(&str, u64)] = &[
    ("DHCP6_Solicit", 1),
    ("DHCP6_Advertise", 2),
    ("DHCP6_Request", 3),
    ("DHCP6_Confirm", 4),
    ("DHCP6_Renew", 5),
    ("DHCP6_Rebind", 6),
    ("DHCP6_Reply", 7),
    ("DHCP6_Release", 8),
    ("DHCP6_Decline", 9),
    ("DHCP6_Reconf", 10),
    ("DHCP6_InfoRequest", 11),
    ("DHCP6_RelayForward", 12),
    ("DHCP6_RelayReply", 13),
    ("DHCP6_AddrRegInform", 36),
    ("DHCP6_AddrRegReply", 37),
];

/// The crafter's layers of options.
const OPTION_LAYERS: &[(&str, u64)] = &[
    ("DHCP6OptUnknown", 0),
    ("DHCP6OptClientId", 1),
    ("DHCP6OptServerId", 2),
    ("DHCP6OptIA_NA", 3),
    ("DHCP6OptIA_TA", 4),
    ("DHCP6OptIAAddress", 5),
    ("DHCP6OptOptReq", 6),
    ("DHCP6OptPref", 7),
    ("DHCP6OptElapsedTime", 8),
    ("DHCP6OptRelayMsg", 9),
    ("DHCP6OptAuth", 11),
    ("DHCP6OptServerUnicast", 12),
    ("DHCP6OptStatusCode", 13),
    ("DHCP6OptRapidCommit", 14),
    ("DHCP6OptUserClass", 15),
    ("DHCP6OptVendorClass", 16),
    ("DHCP6OptVendorSpecificInfo", 17),
    ("DHCP6OptIfaceId", 18),
    ("DHCP6OptReconfMsg", 19),
    ("DHCP6OptReconfAccept", 20),
    ("DHCP6OptSIPDomains", 21),
    ("DHCP6OptSIPServers", 22),
    ("DHCP6OptDNSServers", 23),
    ("DHCP6OptDNSDomains", 24),
    ("DHCP6OptIA_PD", 25),
    ("DHCP6OptIAPrefix", 26),
    ("DHCP6OptNISServers", 27),
    ("DHCP6OptNISPServers", 28),
    ("DHCP6OptNISDomain", 29),
    ("DHCP6OptNISPDomain", 30),
    ("DHCP6OptSNTPServers", 31),
    ("DHCP6OptInfoRefreshTime", 32),
    ("DHCP6OptBCMCSDomains", 33),
    ("DHCP6OptBCMCSServers", 34),
    ("DHCP6OptRemoteID", 37),
    ("DHCP6OptSubscriberID", 38),
    ("DHCP6OptClientFQDN", 39),
    ("DHCP6OptPanaAuthAgent", 40),
    ("DHCP6OptNewPOSIXTimeZone", 41),
    ("DHCP6OptNewTZDBTimeZone", 42),
    ("DHCP6OptRelayAgentERO", 43),
    ("DHCP6OptLQClientLink", 48),
    ("DHCP6OptNTPServer", 56),
    ("DHCP6OptBootFileUrl", 59),
    ("DHCP6OptClientArchType", 61),
    ("DHCP6OptClientNetworkInterId", 62),
    ("DHCP6OptERPDomain", 65),
    ("DHCP6OptVSS", 68),
    ("DHCP6OptClientLinkLayerAddr", 79),
    ("DHCP6OptCaptivePortal", 103),
    ("DHCP6OptMudUrl", 112),
    ("DHCP6OptAddrRegEnable", 148),
];

pub(super) fn dhcpv6() -> Protocol {
    let mut protocol = Protocol::new("dhcpv6", "Dynamic Host Configuration Protocol for IPv6")
        .layer("DHCP6")
        .ports_below("udp", 546, 547)
        .source("RFC 8415 §8, §9, §21; IANA \"Dynamic Host Configuration Protocol for IPv6 (DHCPv6)\"")
        .on(UDP_PORT, &[546, 547])
        .later(|protocol| message(3).into_iter().fold(protocol, Protocol::field))
        .answers([same("xid")])
        .summary(super::dhcpv6_line::summary)
        .sample("02000000000202000000000186dd6000000000871140fe800000000000000000000000000001ff02000000000000000000000001000202230222008796ea0210aabb0002000a00030001020000000002000300280000000700000064000000c80005001820010db80000000000000000000000500000012c000001900017002020010db800000000000000000000005320010db8000000000000000000000054001800110265780474657374000162047465737400000d000400006f6b")
        .sample("02000000000202000000000186dd600000000040114020010db800000000000000000000000120010db8000000000000000000000002022302230040968e0c0120010db8000000000000000000000009fe80000000000000000000000000000100120004657468300009000a03000005000800020003")
        .sample("02000000000202000000000186dd6000000000651140fe800000000000000000000000000001ff020000000000000000000000010002022202230065ecbf18000001005c00070a000001102001006f0004005e005f00720001010073000200010075000503616263000077000200050078000400000001007f00040001000000810007000000016b65790082000372656c00830001050084000102");
    for (layer, kind) in MESSAGE_LAYERS {
        protocol = protocol.layer_as(layer, &[("msgtype", *kind)]);
        let port = |field, number| (field, crate::schema::Given::Number(number));
        protocol = match kind {
            2 | 7 | 10 | 37 => protocol.below(layer, "udp", &[port("srcport", 547), port("dstport", 546)]),
            12 | 13 => protocol.below(layer, "udp", &[port("srcport", 547), port("dstport", 547)]),
            _ => protocol,
        };
    }
    for (layer, kind) in OPTION_LAYERS {
        protocol = protocol.part(layer, "option", &[("option.type", *kind)]);
    }
    for (layer, kind) in
        [("DHCP6NTPSubOptSrvAddr", 1), ("DHCP6NTPSubOptMCAddr", 2), ("DHCP6NTPSubOptSrvFQDN", 3)]
    {
        protocol = protocol.part(layer, "ntpserver", &[("ntpserver.option.type", kind)]);
    }
    for (layer, part) in [
        ("USER_CLASS_DATA", "userclass"),
        ("VENDOR_CLASS_DATA", "vendorclass"),
        ("VENDOR_SPECIFIC_OPTION", "vendoropts.option"),
    ] {
        protocol = protocol.part(layer, part, &[]);
    }
    for (layer, kind) in [("DUID_LLT", 1), ("DUID_EN", 2), ("DUID_LL", 3), ("DUID_UUID", 4)] {
        protocol = protocol.part(layer, "duid", &[("duid.type", kind)]);
    }
    protocol
}

/// An option's name.
pub(super) fn option_name(code: u64) -> Option<&'static str> {
    let of =
        |list: &[(u64, &'static str)]| list.iter().find(|(known, _)| *known == code).map(|(_, name)| *name);
    of(OPTIONS).or_else(|| of(failover::OPTIONS))
}

fn message(relays: u8) -> Vec<Item> {
    let relayed = || {
        vec![
            u8("hopcount").craft("hopcount").doc("hops").into(),
            ipv6("linkaddr").craft("linkaddr").doc("link address").into(),
            ipv6("peeraddr").craft("peeraddr").doc("peer").into(),
        ]
    };
    vec![
        u8("msgtype").craft("msgtype").names(MESSAGES).doc("message type").into(),
        switch(
            val("msgtype"),
            [(12, relayed()), (13, relayed())],
            vec![be24("xid").craft("trid").hex().doc("transaction").into()],
        ),
        options(relays, 2).into(),
    ]
}

/// Holds when decoding alone.
fn decoding() -> Test {
    Test::All(vec![Test::All(Vec::new())])
}

fn list(name: &'static str) -> Field {
    label(name).doc("entries").hidden()
}

fn node() -> Field {
    label("option")
        .craft("options")
        .craft("ianaopts")
        .craft("iataopts")
        .craft("iapdopt")
        .craft("iaaddropts")
        .craft("iaprefopts")
        .doc("option")
}

fn case(kind: u64, items: Vec<Item>) -> TlvCase {
    TlvCase { kind, field: node(), items }
}

/// Options within options, with so many levels below.
fn inner_options(levels: usize) -> Item {
    static DEEPEST: LazyLock<Tlv> = LazyLock::new(|| options(0, 0));
    static DEEP: LazyLock<Tlv> = LazyLock::new(|| options(0, 1));
    shared_list(if levels == 0 { &DEEPEST } else { &DEEP })
}

/// Options; `inner` levels of options within identity associations.
fn options(relays: u8, inner: u8) -> Tlv {
    let mut tlv = Tlv::new(
        node(),
        be16("option.type").craft("optcode").named_by(option_name).doc("option"),
        be16("option.length").craft("optlen").unit("octets").doc("length"),
    )
    .body_len()
    .other([bytes("option.value", rest()).craft("data").doc("value").into()]);
    tlv.cases.push(case(
        13,
        vec![
            be16("status_code").craft("statuscode").names(STATUS).doc("status").into(),
            text("status_msg", rest()).craft("statusmsg").doc("message").into(),
        ],
    ));
    match inner {
        0 => tlv.cases.push(case(
            67,
            vec![
                u8("pd_exclude.pref_len").doc("prefix length").into(),
                bytes("pd_exclude.subnet_id", rest()).doc("subnet").into(),
            ],
        )),
        1 => {
            tlv.cases.push(case(
                5,
                vec![
                    ipv6("iaaddr.ip").craft("addr").doc("address").into(),
                    be32("iaaddr.pref_lifetime").craft("preflft").unit("s").doc("preferred lifetime").into(),
                    be32("iaaddr.valid_lifetime").craft("validlft").unit("s").doc("valid lifetime").into(),
                    inner_options(0),
                ],
            ));
            tlv.cases.push(case(
                26,
                vec![
                    be32("iaprefix.pref_lifetime")
                        .craft("preflft")
                        .unit("s")
                        .doc("preferred lifetime")
                        .into(),
                    be32("iaprefix.valid_lifetime").craft("validlft").unit("s").doc("valid lifetime").into(),
                    u8("iaprefix.pref_len").craft("plen").default(48).doc("prefix length").into(),
                    ipv6("iaprefix.pref_addr")
                        .craft("prefix")
                        .default_bytes(&[0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
                        .doc("prefix")
                        .into(),
                    inner_options(0),
                ],
            ));
        }
        _ => {
            tlv.cases.extend(associations());
            tlv.cases.extend(plain());
            tlv.cases.extend(extended());
            tlv.cases.extend(failover::cases());
            if let Some(relays) = relays.checked_sub(1) {
                let written = bytes("relay_message", rest()).craft("message").default_bytes(&[0; 4]).hidden();
                let items = vec![
                    crate::schema::built([written.doc("message as it is built").into()]),
                    Item::When(decoding(), message(relays).into()),
                ];
                tlv.cases.push(case(9, items));
            }
        }
    }
    tlv
}

fn associations() -> Vec<TlvCase> {
    let times = || {
        vec![
            bytes("iaid", Size::Octets(lit(4))).craft("iaid").doc("identity association").into(),
            be32("iaid.t1").craft("T1").unit("s").doc("T1").into(),
            be32("iaid.t2").craft("T2").unit("s").doc("T2").into(),
            inner_options(1),
        ]
    };
    vec![
        case(3, times()),
        case(
            4,
            vec![
                bytes("iata", Size::Octets(lit(4))).craft("iaid").doc("identity association").into(),
                inner_options(1),
            ],
        ),
        case(25, times()),
        case(1, identity()),
        case(2, identity()),
        case(53, identity()),
    ]
}

/// RFC 8415 §11.
fn identity() -> Vec<Item> {
    const TYPES: &[(u64, &str)] =
        &[(1, "link-layer address plus time"), (2, "enterprise"), (3, "link-layer address"), (4, "UUID")];
    // Seconds since 2000 are shown as they stand.
    vec![block(
        list("duid").craft("duid").left_empty(),
        rest(),
        [
            be16("duid.type").craft("type").names(TYPES).doc("DUID type").into(),
            switch(
                val("duid.type"),
                [
                    (
                        1,
                        vec![
                            be16("duidllt.hwtype").craft("hwtype").default(1).doc("hardware type").into(),
                            be32("duidllt.time").craft("timeval").unit("s").doc("time since 2000").into(),
                            bytes("duidllt.link_layer_addr", rest())
                                .craft("lladdr")
                                .reads(crate::schema::Kind::Mac)
                                .default_bytes(&[0; 6])
                                .doc("link-layer address")
                                .into(),
                        ],
                    ),
                    (
                        2,
                        vec![
                            be32("duiden.enterprise")
                                .craft("enterprisenum")
                                .default(311)
                                .doc("enterprise")
                                .into(),
                            bytes("duiden.identifier", rest()).craft("id").doc("identifier").into(),
                        ],
                    ),
                    (
                        3,
                        vec![
                            be16("duidll.hwtype").craft("hwtype").default(1).doc("hardware type").into(),
                            bytes("duidll.link_layer_addr", rest())
                                .craft("lladdr")
                                .reads(crate::schema::Kind::Mac)
                                .default_bytes(&[0; 6])
                                .doc("link-layer address")
                                .into(),
                        ],
                    ),
                    (
                        4,
                        vec![
                            bytes("duiduuid.bytes", rest())
                                .craft("uuid")
                                .reads(crate::schema::Kind::Bytes)
                                .default_bytes(&[0; 16])
                                .doc("UUID")
                                .into(),
                        ],
                    ),
                ],
                vec![bytes("duid.bytes", rest()).doc("identifier").into()],
            ),
        ],
    )]
}

fn plain() -> Vec<TlvCase> {
    let addresses = |field: &'static str, craft: &'static str, doc: &'static str| {
        vec![repeat(list("entries"), [ipv6(field).craft(craft).doc(doc).into()])]
    };
    let names = |field: &'static str, craft: &'static str, doc: &'static str| {
        vec![repeat(list("entries"), [name(field).craft(craft).doc(doc).into()])]
    };
    let one = |field: Field| vec![Item::Field(field)];
    let words = |field: &'static str, craft: &'static str, doc: &'static str| {
        vec![Item::Field(text(field, rest()).craft(craft).doc(doc))]
    };
    vec![
        case(
            6,
            vec![repeat(
                list("entries").default(2),
                [be16("requested_option_code")
                    .craft("reqopts")
                    .counts_from(23)
                    .names(OPTIONS)
                    .doc("requested option")
                    .into()],
            )],
        ),
        case(
            43,
            vec![repeat(
                list("entries").default(2),
                [be16("requested_option_code")
                    .craft("reqopts")
                    .counts_from(23)
                    .names(OPTIONS)
                    .doc("requested option")
                    .into()],
            )],
        ),
        case(7, one(u8("option_preference").craft("prefval").default(255).doc("preference"))),
        case(8, one(be16("elapsed_time").craft("elapsedtime").scale(10).unit("ms").doc("elapsed time"))),
        case(12, one(ipv6("unicast").craft("srvaddr").doc("server"))),
        case(14, vec![]),
        case(
            19,
            one(u8("reconf_msg").craft("msgtype").default(11).names(MESSAGES).doc("message to answer with")),
        ),
        case(20, vec![]),
        case(21, names("sip_server_domain_search_fqdn", "sipdomains", "SIP server")),
        case(22, addresses("sip_server_a", "sipservers", "SIP server")),
        case(23, addresses("dns_server", "dnsservers", "DNS server")),
        case(24, names("search_list_entry", "dnsdomains", "search domain")),
        case(27, addresses("nis_server", "nisservers", "NIS server")),
        case(28, addresses("nisp_server", "nispservers", "NIS+ server")),
        case(29, one(name("nis_fqdn").craft("nisdomain").doc("NIS domain"))),
        case(30, one(name("nisp_fqdn").craft("nispdomain").doc("NIS+ domain"))),
        case(
            68,
            vec![
                u8("vss.type")
                    .craft("type")
                    .default(255)
                    .names(&[(0, "ASCII identifier"), (1, "RFC 2685 identifier"), (255, "the global one")])
                    .doc("kind of identifier")
                    .into(),
                bytes("vss.data", rest()).craft("data").doc("identifier").into(),
            ],
        ),
        case(31, addresses("sntp_server", "sntpservers", "SNTP server")),
        case(32, one(be32("lifetime").craft("reftime").default(86400).unit("s").doc("refresh time"))),
        case(33, names("bcmcs_server_fqdn", "bcmcsdomains", "BCMCS server")),
        case(34, addresses("bcmcs_server_a", "bcmcsservers", "BCMCS server")),
        case(38, words("subscriber_id", "subscriberid", "subscriber")),
        case(40, addresses("pana_agent", "paaaddr", "PANA agent")),
        case(41, words("timezone", "optdata", "time zone, POSIX")),
        case(42, words("tzdb", "optdata", "time zone, name")),
        case(46, one(be32("clt_time").unit("s").doc("time since the client's last transaction"))),
        case(48, addresses("lq_client_link", "linkaddress", "client link")),
        case(51, names("lost_server_fqdn", "lostserver", "LoST server")),
        case(52, addresses("capwap_ac_v6", "capwapservers", "CAPWAP access controller")),
        case(57, names("access_domain", "accessdomain", "access network domain")),
        case(59, words("bootfile_url", "optdata", "boot file URL")),
        case(
            61,
            vec![repeat(
                list("entries"),
                [be16("client_arch_type").craft("archtypes").doc("client architecture").into()],
            )],
        ),
        case(64, names("aftr_name", "aftrname", "AFTR")),
        case(82, one(be32("sol_max_rt").unit("s").doc("longest solicit timeout"))),
        case(83, one(be32("inf_max_rt").unit("s").doc("longest information request timeout"))),
        case(86, addresses("pcp_server", "pcpservers", "PCP server")),
        case(88, addresses("dhcp4o6_server", "dhcp4o6servers", "DHCP 4o6 server")),
        case(90, one(ipv6("s46_br.address").doc("border relay"))),
        case(103, words("captive_portal", "URI", "captive portal")),
        case(112, words("mudurl", "mudstring", "manufacturer usage description URL")),
        case(135, one(be16("relay_port").doc("relay's port"))),
    ]
}

fn extended() -> Vec<TlvCase> {
    let counted = |part: &'static str,
                   craft: &'static str,
                   len: &'static str,
                   data: &'static str,
                   doc: &'static str| {
        repeat(
            list(part).craft(craft),
            [
                be16(len).craft("len").len_of_part(data, 1, 0).unit("octets").doc("length").into(),
                bytes(data, Size::Octets(val(len))).craft("data").doc(doc).into(),
            ],
        )
    };
    let interface = bytes("interface_id", rest()).craft("ifaceid").doc("interface");
    let mut time_servers = Tlv::new(
        label("ntpserver").craft("ntpservers").doc("time source"),
        be16("ntpserver.option.type").craft("optcode").doc("type"),
        be16("ntpserver.option.length").craft("optlen").doc("length"),
    )
    .body_len();
    time_servers.other = vec![bytes("ntpserver.value", rest()).doc("value").into()];
    let server = |kind: u64, field: Field| TlvCase {
        kind,
        field: label("ntpserver").doc("time source"),
        items: vec![field.into()],
    };
    time_servers.cases = vec![
        server(1, ipv6("ntpserver.addr").craft("addr").doc("server")),
        server(2, ipv6("ntpserver.mc_addr").craft("addr").doc("group")),
        server(3, name("ntpserver.fqdn").craft("fqdn").doc("server")),
    ];
    let prefix = || Size::Octets(((val("s46_rule.ipv6_prefix_len") + 7) / 8).min(left()));
    vec![
        case(
            11,
            vec![
                u8("auth.protocol").craft("proto").default(3).doc("protocol").into(),
                u8("auth.algorithm").craft("alg").default(1).doc("algorithm").into(),
                u8("auth.rdm").craft("rdm").doc("replay detection method").into(),
                bytes("auth.replay_detection", Size::Octets(lit(8)))
                    .craft("replay")
                    .doc("replay detection")
                    .into(),
                failover::digest(),
                bytes("auth.info", rest()).craft("authinfo").doc("information").into(),
            ],
        ),
        case(
            15,
            vec![counted(
                "userclass",
                "userclassdata",
                "userclass.length",
                "userclass.opaque_data",
                "user class",
            )],
        ),
        case(
            16,
            vec![
                be32("vendorclass.enterprise").craft("enterprisenum").doc("enterprise").into(),
                counted("vendorclass", "vcdata", "vendorclass.length", "vendorclass.data", "vendor class"),
            ],
        ),
        case(
            17,
            vec![
                be32("vendoropts.enterprise").craft("enterprisenum").doc("enterprise").into(),
                Tlv::new(
                    label("vendoropts.option").craft("vso").doc("option"),
                    be16("vendoropts.code")
                        .alias("vendoropts.enterprise.option_code")
                        .craft("optcode")
                        .doc("code"),
                    be16("vendoropts.length")
                        .alias("vendoropts.enterprise.option_length")
                        .craft("optlen")
                        .doc("length"),
                )
                .body_len()
                .other([bytes("vendoropts.data", rest())
                    .alias("vendoropts.enterprise.option_data")
                    .craft("optdata")
                    .doc("data")
                    .into()])
                .into(),
            ],
        ),
        case(18, vec![interface.into()]),
        case(
            37,
            vec![
                be32("remoteid.enterprise").craft("enterprisenum").doc("enterprise").into(),
                bytes("remoteid_enterprise_id", rest()).craft("remoteid").doc("remote").into(),
            ],
        ),
        case(
            39,
            vec![
                failover::name_flags(),
                u8("client_fqdn_flags").craft("flags").letters(&["S", "O", "N"]).hex().doc("flags").of([
                    bits("clientfqdn.reserved", 5).craft("res").doc("reserved"),
                    flag("clientfqdn.n").doc("no DNS update"),
                    flag("clientfqdn.o").doc("overridden by the server"),
                    flag("clientfqdn.s").doc("the server updates the address record"),
                ]),
                name("client_domain").craft("fqdn").doc("name").into(),
            ],
        ),
        case(
            44,
            vec![
                u8("lq_query").doc("query type").into(),
                ipv6("lq_query_link_address").doc("link address").into(),
                bytes("lq_query_options", rest()).doc("options").into(),
            ],
        ),
        case(
            47,
            vec![
                ipv6("lq_relay_data_peer_addr").doc("peer").into(),
                bytes("lq_relay_data_msg", rest()).doc("message").into(),
            ],
        ),
        case(56, vec![time_servers.into()]),
        case(
            60,
            vec![counted(
                "bootfile_params",
                "params",
                "bootfile_param.length",
                "bootfile_param",
                "boot file parameter",
            )],
        ),
        case(
            62,
            vec![
                u8("nii.type").craft("iitype").doc("interface type").into(),
                u8("nii.major").craft("iimajor").doc("major version").into(),
                u8("nii.minor").craft("iiminor").doc("minor version").into(),
            ],
        ),
        case(
            79,
            vec![
                be16("client_link_layer.hwtype").craft("lltype").default(1).doc("hardware type").into(),
                bytes("client_link_layer.address", rest())
                    .craft("clladdr")
                    .reads(crate::schema::Kind::Mac)
                    .default_bytes(&[0; 6])
                    .doc("client's link-layer address")
                    .into(),
            ],
        ),
        case(
            89,
            vec![
                u8("s46_rule.flags").hex().doc("flags").of([
                    bits("s46_rule.flags.reserved", 7).boolean().doc("reserved"),
                    flag("s46_rule.flags.fmr").doc("for forwarding too"),
                ]),
                u8("s46_rule.ea_len").doc("embedded address bits").into(),
                u8("s46_rule.ipv4_pref_len").doc("IPv4 prefix length").into(),
                ipv4("s46_rule.ipv4_prefix").doc("IPv4 prefix").into(),
                u8("s46_rule.ipv6_prefix_len").doc("IPv6 prefix length").into(),
                bytes("s46_rule.ipv6_prefix", prefix()).doc("IPv6 prefix").into(),
                bytes("s46_rule.options", rest()).doc("options").into(),
            ],
        ),
        case(
            91,
            vec![
                u8("s46_dmr.dmr_pref_len").doc("prefix length").into(),
                bytes("s46_dmr.dmr_prefix", rest()).doc("default mapping rule").into(),
            ],
        ),
        case(
            93,
            vec![
                u8("s46_portparam.offset").doc("offset").into(),
                u8("s46_portparam.psid_len").doc("length of the port set").into(),
                be16("s46_portparam.psid").doc("port set").into(),
            ],
        ),
    ]
}
