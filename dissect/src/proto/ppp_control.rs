//! PPP's control protocols: LCP (RFC 1661, 1570, 1990), IPCP (RFC 1332, 1877), IPV6CP (RFC 5072), CCP (RFC 1962), ECP (RFC 1968), and the
//! authentication protocols PAP (RFC 1334) and CHAP (RFC 1994).

use crate::schema::{
    Item, PPP_PROTO, Protocol, Size, Span, Test, Tlv, be16, be24, be32, bits, bytes, case, decoded, eui64,
    flag, ipv4, is_in, label, left, lit, mac, not, repeat, rest, switch, text, u8, val, when,
};

const CODES: &[(u64, &str)] = &[
    (0, "Vendor-Extension"),
    (1, "Conf-Request"),
    (2, "Conf-Ack"),
    (3, "Conf-Nack"),
    (4, "Conf-Reject"),
    (5, "Term-Request"),
    (6, "Term-Ack"),
    (7, "Code-Reject"),
    (8, "Prot-Reject"),
    (9, "Echo-Request"),
    (10, "Echo-Reply"),
    (11, "Disc-Req"),
    (12, "Ident"),
    (13, "Time-Remaining"),
    (14, "Reset-Req"),
    (15, "Reset-Ack"),
];

/// Code, identifier and length, which all control protocols begin with.
fn head(protocol: Protocol, codes: &'static [(u64, &'static str)]) -> Protocol {
    protocol
        .field(u8("=ppp.code").craft("code").default(1).names(codes).doc("code"))
        .field(u8("=ppp.identifier").craft("id").doc("identifier"))
        .field(be16("=ppp.length").craft("len").len_of(Span::Header, 1, 0).unit("octets").doc("length"))
}

fn control(
    name: &'static str,
    title: &'static str,
    number: u64,
    fields: fn(Protocol) -> Protocol,
) -> Protocol {
    Protocol::new(name, title)
        .on(PPP_PROTO, &[number])
        .heads(&["ppp"])
        .later(fields)
        .summary(super::ppp_line::summary)
}

/// The message by its length; what stands behind it is padding.
fn body(items: Vec<Item>) -> Item {
    Item::Block(label("message").doc("message"), Size::Octets(val("=ppp.length") - 4), items.into())
}

fn tlv(cases: Vec<crate::schema::TlvCase>) -> Item {
    let mut list = Tlv::new(
        label("opt").craft("options").doc("unknown option"),
        u8("opt.type").craft("type").doc("type"),
        u8("opt.length").craft("len").unit("octets").doc("length"),
    )
    .other([bytes("opt.data", rest()).craft("data").doc("data").into()]);
    list.cases = cases;
    list.into()
}

pub(super) fn lcp() -> Protocol {
    control("lcp", "PPP Link Control Protocol", 0xc021, lcp_fields)
        .layer("PPP_LCP_Configure")
        .layer_as("PPP_LCP", &[("=ppp.code", 5)])
        .part("PPP_LCP_Option", "opt", &[])
        .layer_as("PPP_LCP_Code_Reject", &[("=ppp.code", 7)])
        .layer_as("PPP_LCP_Protocol_Reject", &[("=ppp.code", 8)])
        .layer_as("PPP_LCP_Discard_Request", &[("=ppp.code", 11)])
        .layer_as("PPP_LCP_Echo", &[("=ppp.code", 9)])
        .layer_as("PPP_LCP_Terminate", &[("=ppp.code", 5)])
        .source("RFC 1661 §5, RFC 1570")
        .sample_on(crate::frame::LinkType::PPP, "ff03c021 0101000e 010405d4 050600010203")
        .sample_on(crate::frame::LinkType::PPP, "ff03c021 09030008 12345678")
        .sample_on(
            crate::frame::LinkType::PPP,
            "ff03c021 0102001e 0206000a0000 0903 02 1309 03 020000000001 1b04 02 04 1104 05dc",
        )
}

fn lcp_fields(protocol: Protocol) -> Protocol {
    const AUTHENTICATION: &[(u64, &str)] = &[(0xc023, "PAP"), (0xc223, "CHAP"), (0xc227, "EAP")];
    const ALGORITHMS: &[(u64, &str)] = &[(5, "MD5"), (6, "SHA-1"), (0x80, "MS-CHAP"), (0x81, "MS-CHAP-2")];
    let magic = || be32("magic_number").craft("magic_number").hex().doc("magic number").into();
    let options = || {
        vec![tlv(vec![
            case(
                1,
                label("opt.mru_option").craft("PPP_LCP_MRU_Option").doc("maximum receive unit"),
                [be16("opt.mru").craft("max_recv_unit").default(1500).unit("octets").doc("MRU").into()],
            ),
            case(
                2,
                label("opt.asyncmap_option").craft("PPP_LCP_ACCM_Option").doc("async control character map"),
                [character_map()],
            ),
            case(
                3,
                label("opt.authentication")
                    .craft("PPP_LCP_Auth_Protocol_Option")
                    .doc("authentication protocol"),
                [
                    be16("opt.auth_protocol")
                        .craft("auth_protocol")
                        .default(0xc023)
                        .hex()
                        .names(AUTHENTICATION)
                        .doc("protocol")
                        .into(),
                    when(
                        crate::schema::eq("opt.auth_protocol", 0xc223),
                        [u8("opt.algorithm")
                            .craft("algorithm")
                            .default(5)
                            .names(ALGORITHMS)
                            .doc("algorithm")
                            .into()],
                    ),
                    bytes("opt.data", rest()).craft("data").doc("data").into(),
                ],
            ),
            case(
                4,
                label("opt.quality").craft("PPP_LCP_Quality_Protocol_Option").doc("quality protocol"),
                [
                    be16("opt.quality_protocol")
                        .craft("quality_protocol")
                        .default(0xc025)
                        .hex()
                        .names(&[(0xc025, "link quality report")])
                        .doc("protocol")
                        .into(),
                    bytes("opt.data", rest()).craft("data").doc("data").into(),
                ],
            ),
            case(
                5,
                label("opt.magic").craft("PPP_LCP_Magic_Number_Option").doc("magic number"),
                [be32("opt.magic_number").craft("magic_number").hex().doc("magic number").into()],
            ),
            case(7, label("opt.pfc").doc("protocol field compression"), []),
            case(8, label("opt.acfc").doc("address and control field compression"), []),
            case(
                9,
                label("opt.fcs").doc("FCS alternatives"),
                [u8("opt.fcs_alternatives").hex().doc("alternatives").of([
                    bits("opt.fcs_alternatives.reserved", 5).doc("reserved"),
                    flag("opt.fcs_alternatives.ccitt32").doc("32 bits"),
                    flag("opt.fcs_alternatives.ccitt16").doc("16 bits"),
                    flag("opt.fcs_alternatives.null").doc("none"),
                ])],
            ),
            case(
                10,
                label("opt.padding").doc("self-describing padding"),
                [u8("opt.maximum").unit("octets").doc("most").into()],
            ),
            case(
                11,
                label("opt.numbered_mode").doc("numbered mode"),
                [
                    u8("opt.window").unit("frames").doc("window").into(),
                    bytes("opt.hdlc_address", rest()).doc("address").into(),
                ],
            ),
            case(
                13,
                label("opt.callback").craft("PPP_LCP_Callback_Option").doc("callback"),
                [
                    u8("opt.operation").craft("operation").doc("operation").into(),
                    bytes("opt.message", rest()).craft("message").doc("message").into(),
                ],
            ),
            case(
                17,
                label("opt.multilink").doc("multilink MRRU"),
                [be16("opt.mrru").unit("octets").doc("MRRU").into()],
            ),
            case(18, label("opt.short_sequence").doc("multilink short sequence numbers"), []),
            case(19, label("opt.discriminator").doc("multilink endpoint discriminator"), endpoint()),
            case(
                23,
                label("opt.link").doc("link discriminator"),
                [be16("opt.link_discrim").doc("discriminator").into()],
            ),
            case(
                26,
                label("opt.prefix_elision").doc("prefix elision"),
                [
                    u8("opt.class").doc("class").into(),
                    repeat(
                        label("opt.prefixes").doc("prefixes"),
                        [
                            u8("opt.prefix_length").unit("octets").doc("length of the prefix").into(),
                            bytes("opt.prefix", Size::Octets(val("opt.prefix_length"))).doc("prefix").into(),
                        ],
                    ),
                ],
            ),
            case(
                27,
                label("opt.multilink_hdr_fmt").doc("multilink header format"),
                [
                    u8("opt.code")
                        .names(&[
                            (2, "long sequence numbers with classes"),
                            (6, "short sequence numbers with classes"),
                        ])
                        .doc("format")
                        .into(),
                    u8("opt.max_susp_classes").doc("classes that may be suspended").into(),
                ],
            ),
            case(
                28,
                label("opt.internationalization").doc("internationalisation"),
                [
                    be32("opt.MIBenum").doc("character set (IANA)").into(),
                    text("opt.language_tag", rest()).doc("language").into(),
                ],
            ),
        ])]
    };
    head(protocol, CODES).field(body(vec![switch(
        val("=ppp.code"),
        [
            (1, options()),
            (2, options()),
            (3, options()),
            (4, options()),
            (7, vec![bytes("data", rest()).craft("rejected_packet").doc("rejected packet").into()]),
            (
                8,
                vec![
                    be16("rej_proto")
                        .craft("rejected_protocol")
                        .hex()
                        .named_by(super::ppp::protocol_name)
                        .doc("rejected protocol")
                        .into(),
                    bytes("data", rest()).craft("rejected_information").doc("rejected data").into(),
                ],
            ),
            (9, vec![magic(), bytes("data", rest()).craft("data").doc("data").into()]),
            (10, vec![magic(), bytes("data", rest()).craft("data").doc("data").into()]),
            (11, vec![magic(), bytes("data", rest()).craft("data").doc("data").into()]),
            (12, vec![magic(), text("message", rest()).doc("message").into()]),
            (
                13,
                vec![
                    magic(),
                    be32("secs_remaining").unit("s").doc("time remaining").into(),
                    text("message", rest()).doc("message").into(),
                ],
            ),
            (
                0,
                vec![
                    magic(),
                    be24("opt.oui").hex().doc("OUI").into(),
                    u8("opt.kind").doc("kind").into(),
                    bytes("data", rest()).doc("values").into(),
                ],
            ),
        ],
        vec![bytes("data", rest()).doc("data").into()],
    )]))
}

/// Which control characters are sent escaped, the last one first (RFC 1662 §7.1).
fn character_map() -> Item {
    const CHARACTERS: [(&str, &str); 32] = [
        ("opt.asyncmap.us", "US"),
        ("opt.asyncmap.rs", "RS"),
        ("opt.asyncmap.gs", "GS"),
        ("opt.asyncmap.fs", "FS"),
        ("opt.asyncmap.esc", "ESC"),
        ("opt.asyncmap.sub", "SUB"),
        ("opt.asyncmap.em", "EM"),
        ("opt.asyncmap.can", "CAN"),
        ("opt.asyncmap.etb", "ETB"),
        ("opt.asyncmap.syn", "SYN"),
        ("opt.asyncmap.nak", "NAK"),
        ("opt.asyncmap.dc4", "DC4"),
        ("opt.asyncmap.dc3", "DC3 (XOFF)"),
        ("opt.asyncmap.dc2", "DC2"),
        ("opt.asyncmap.dc1", "DC1 (XON)"),
        ("opt.asyncmap.dle", "DLE"),
        ("opt.asyncmap.si", "SI"),
        ("opt.asyncmap.so", "SO"),
        ("opt.asyncmap.cr", "CR"),
        ("opt.asyncmap.ff", "FF"),
        ("opt.asyncmap.vt", "VT"),
        ("opt.asyncmap.lf", "LF"),
        ("opt.asyncmap.ht", "HT"),
        ("opt.asyncmap.bs", "BS"),
        ("opt.asyncmap.bel", "BEL"),
        ("opt.asyncmap.ack", "ACK"),
        ("opt.asyncmap.enq", "ENQ"),
        ("opt.asyncmap.eot", "EOT"),
        ("opt.asyncmap.etx", "ETX"),
        ("opt.asyncmap.stx", "STX"),
        ("opt.asyncmap.soh", "SOH"),
        ("opt.asyncmap.nul", "NUL"),
    ];
    be32("opt.asyncmap").craft("accm").hex().doc("map").of(CHARACTERS.map(|(name, doc)| flag(name).doc(doc)))
}

/// What a bundle's end is known by (RFC 1990 §5.1.3).
fn endpoint() -> [Item; 2] {
    const CLASSES: &[(u64, &str)] = &[
        (0, "none"),
        (1, "locally assigned"),
        (2, "IP address"),
        (3, "MAC address"),
        (4, "magic numbers"),
        (5, "directory number"),
    ];
    [
        u8("opt.ep_disc_class").names(CLASSES).doc("class").into(),
        switch(
            val("opt.ep_disc_class"),
            [
                (2, vec![ipv4("opt.ip_address").doc("address").into()]),
                (3, vec![mac("opt.802_1_address").doc("address").into()]),
                (4, vec![bytes("opt.magic_block", rest()).doc("magic numbers").into()]),
                (5, vec![bytes("opt.psndn", rest()).doc("directory number").into()]),
            ],
            vec![bytes("opt.ep_disc", rest()).doc("address").into()],
        ),
    ]
}

/// How IP headers are compressed: Van Jacobson's (RFC 1332 §4), RFC 2507's (RFC 3544) and robust compression (RFC 3241).
fn compression() -> [Item; 2] {
    const PROTOCOLS: &[(u64, &str)] = &[
        (0x0003, "robust header compression"),
        (0x002d, "Van Jacobson"),
        (0x0061, "IP header"),
        (0x004f, "IPv6 header"),
    ];
    let number = |name: &'static str, doc: &'static str| -> Item { be16(name).doc(doc).into() };
    let suboptions = |kind: &'static str, length: &'static str, entry: &'static str, value: Vec<Item>| {
        let mut list = Tlv::new(label(entry).doc("suboption"), u8(kind), u8(length));
        list.head = vec![u8(kind).doc("suboption").into(), u8(length).unit("octets").doc("length").into()];
        list.other = value;
        Item::from(list)
    };
    let header = vec![
        number("opt.tcp_space", "TCP contexts"),
        number("opt.non_tcp_space", "other contexts"),
        number("opt.f_max_period", "most packets between full headers"),
        number("opt.f_max_time", "most time between full headers"),
        be16("opt.max_header").unit("octets").doc("largest header").into(),
        suboptions(
            "opt.iphc.type",
            "opt.iphc.length",
            "opt.iphc",
            vec![bytes("opt.iphc.param", rest()).doc("parameter").into()],
        ),
    ];
    let robust = vec![
        number("opt.max_cid", "most contexts"),
        be16("opt.mrru").unit("octets").doc("largest reconstructed unit").into(),
        be16("opt.max_header").unit("octets").doc("largest header").into(),
        suboptions(
            "opt.rohc.type",
            "opt.rohc.length",
            "opt.rohc",
            vec![repeat(
                label("opt.rohc.profiles").doc("profiles"),
                [be16("opt.rohc.profile").hex().doc("profile").into()],
            )],
        ),
    ];
    let held = |octets: i64, items: Vec<Item>| -> Vec<Item> {
        let plain = bytes("opt.data", rest()).craft("data").doc("data").into();
        vec![
            decoded([Item::When(Test::Ge(left(), lit(octets)), items.into())]),
            when(Test::Any(vec![Test::Ge(left(), lit(1)), not(Test::All(Vec::new()))]), [plain]),
        ]
    };
    [
        be16("opt.compress_proto").hex().names(PROTOCOLS).doc("protocol").into(),
        switch(
            val("opt.compress_proto"),
            [
                (
                    0x2d,
                    held(
                        2,
                        vec![
                            u8("opt.max_slot_id").doc("highest slot").into(),
                            bits("opt.slot_reserved", 7).doc("reserved").into(),
                            flag("opt.comp_slot_id").doc("the slot may be left out").into(),
                        ],
                    ),
                ),
                (0x61, held(10, header)),
                (0x03, held(6, robust)),
            ],
            vec![bytes("opt.data", rest()).craft("data").doc("data").into()],
        ),
    ]
}

fn configuration(protocol: Protocol, cases: Vec<crate::schema::TlvCase>) -> Protocol {
    protocol.field(body(vec![
        when(is_in("=ppp.code", &[1, 2, 3, 4]), [tlv(cases)]),
        bytes("data", rest()).doc("data").into(),
    ]))
}

pub(super) fn ipcp() -> Protocol {
    control("ipcp", "PPP IP Control Protocol", 0x8021, ipcp_fields)
        .layer("PPP_IPCP")
        .part("PPP_IPCP_Option", "opt", &[])
        .source("RFC 1332, RFC 1877, RFC 3241, RFC 3544")
        .sample_on(crate::frame::LinkType::PPP, "ff038021 0102000a 03060a000001")
        .sample_on(
            crate::frame::LinkType::PPP,
            "ff038021 01020018 0206002d0f01 020e0061 0010 0010 0100 0005 00a8",
        )
}

fn ipcp_fields(protocol: Protocol) -> Protocol {
    let address =
        |number, name: &'static str, layer: &'static str, field: &'static str, doc: &'static str| {
            case(number, label(name).craft(layer).doc(doc), [ipv4(field).craft("data").doc("address").into()])
        };
    configuration(
        head(protocol, CODES),
        vec![
            case(
                1,
                label("opt.addresses").doc("IP addresses (deprecated)"),
                [
                    ipv4("opt.src_address").doc("source").into(),
                    ipv4("opt.dst_address").doc("destination").into(),
                ],
            ),
            case(2, label("opt.compression").doc("IP compression protocol"), compression()),
            address(3, "opt.address", "PPP_IPCP_Option_IPAddress", "opt.ip_address", "IP address"),
            address(
                4,
                "opt.mobile",
                "PPP_IPCP_Option_MobileIPv4",
                "opt.mobile_node",
                "mobile node's home address",
            ),
            address(129, "opt.dns1", "PPP_IPCP_Option_DNS1", "opt.pri_dns_address", "primary DNS server"),
            address(130, "opt.nbns1", "PPP_IPCP_Option_NBNS1", "opt.pri_nbns_address", "primary NBNS server"),
            address(131, "opt.dns2", "PPP_IPCP_Option_DNS2", "opt.sec_dns_address", "secondary DNS server"),
            address(
                132,
                "opt.nbns2",
                "PPP_IPCP_Option_NBNS2",
                "opt.sec_nbns_address",
                "secondary NBNS server",
            ),
        ],
    )
}

pub(super) fn ipv6cp() -> Protocol {
    control("ipv6cp", "PPP IPv6 Control Protocol", 0x8057, ipv6cp_fields)
        .source("RFC 5072 §4")
        .sample_on(crate::frame::LinkType::PPP, "ff038057 0102000e 010a020000fffe000001")
}

fn ipv6cp_fields(protocol: Protocol) -> Protocol {
    configuration(
        head(protocol, CODES),
        vec![
            case(
                1,
                label("opt.identifier").doc("interface identifier"),
                [eui64("opt.interface_identifier").alias("interface_identifier").doc("identifier").into()],
            ),
            case(2, label("opt.compression").doc("IPv6 compression protocol"), compression()),
        ],
    )
}

pub(super) fn ccp() -> Protocol {
    control("ccp", "PPP Compression Control Protocol", 0x80fd, ccp_fields)
        .source("RFC 1962")
        .sample_on(crate::frame::LinkType::PPP, "ff0380fd 0102000a 120600000040")
}

fn ccp_fields(protocol: Protocol) -> Protocol {
    configuration(
        head(protocol, CODES),
        vec![
            case(
                18,
                label("opt.mppe").doc("MPPE/MPPC"),
                [be32("opt.supported_bits").hex().doc("supported").into()],
            ),
            case(
                21,
                label("opt.bsd").doc("BSD compress"),
                [u8("opt.vd").hex().doc("version and dictionary").into()],
            ),
            case(
                26,
                label("opt.deflate").doc("deflate"),
                [u8("opt.window").hex().doc("window").into(), u8("opt.check").doc("check").into()],
            ),
        ],
    )
}

pub(super) fn ecp() -> Protocol {
    control("ecp", "PPP Encryption Control Protocol", 0x8053, ecp_fields)
        .layer("PPP_ECP")
        .part("PPP_ECP_Option", "opt", &[])
        .source("RFC 1968")
        .sample_on(crate::frame::LinkType::PPP, "ff038053 01020014 030a0102030405060708 000600000c01")
}

fn ecp_fields(protocol: Protocol) -> Protocol {
    const ALGORITHMS: &[(u64, &str)] = &[(0, "OUI"), (1, "DESE"), (2, "3DESE"), (3, "DESE-bis")];
    let nonce = |number, name: &'static str, doc: &'static str| {
        case(
            number,
            label(name).doc(doc),
            [bytes("opt.data", rest()).craft("data").doc("initial nonce").into()],
        )
    };
    let mut list = Tlv::new(
        label("opt").craft("options").doc("unknown option"),
        u8("opt.type").craft("type").names(ALGORITHMS).doc("type"),
        u8("opt.length").craft("len").unit("octets").doc("length"),
    )
    .other([bytes("opt.data", rest()).craft("data").doc("data").into()]);
    list.cases = vec![
        case(
            0,
            label("opt.organisation").craft("PPP_ECP_Option_OUI").doc("algorithm of an organisation"),
            [
                be24("opt.oui").craft("oui").hex().doc("OUI").into(),
                u8("opt.subtype").craft("subtype").doc("subtype").into(),
                bytes("opt.data", rest()).craft("data").doc("data").into(),
            ],
        ),
        nonce(1, "opt.dese", "DES encryption (RFC 1969)"),
        nonce(2, "opt.3dese", "triple DES encryption (RFC 2420)"),
        nonce(3, "opt.dese_bis", "DES encryption, version 2 (RFC 2419)"),
    ];
    head(protocol, CODES).field(body(vec![
        when(is_in("=ppp.code", &[1, 2, 3, 4]), [list.into()]),
        bytes("data", rest()).doc("data").into(),
    ]))
}

pub(super) fn pap() -> Protocol {
    control("pap", "PPP Password Authentication Protocol", 0xc023, pap_fields)
        .layer("PPP_PAP")
        .layer_as("PPP_PAP_Request", &[("=ppp.code", 1)])
        .layer_as("PPP_PAP_Response", &[("=ppp.code", 2)])
        .source("RFC 1334 §2")
        .sample_on(crate::frame::LinkType::PPP, "ff03c023 0101000a 026162 026364")
}

fn pap_fields(protocol: Protocol) -> Protocol {
    const PAP_CODES: &[(u64, &str)] = &[(1, "Auth-Req"), (2, "Auth-ACK"), (3, "Auth-NACK")];
    head(protocol, PAP_CODES).field(body(vec![switch(
        val("=ppp.code"),
        [(
            1,
            vec![
                u8("peer_id.length")
                    .craft("username_len")
                    .len_of_part("peer_id", 1, 0)
                    .unit("octets")
                    .doc("name length")
                    .into(),
                text("peer_id", Size::Octets(val("peer_id.length"))).craft("username").doc("name").into(),
                u8("password.length")
                    .craft("passwd_len")
                    .len_of_part("password", 1, 0)
                    .unit("octets")
                    .doc("password length")
                    .into(),
                text("password", Size::Octets(val("password.length")))
                    .craft("password")
                    .doc("password")
                    .into(),
            ],
        )],
        vec![
            u8("message.length")
                .craft("msg_len")
                .len_of_part("message_text", 1, 0)
                .unit("octets")
                .doc("message length")
                .into(),
            text("message_text", Size::Octets(val("message.length"))).craft("message").doc("message").into(),
        ],
    )]))
}

pub(super) fn chap() -> Protocol {
    control("chap", "PPP Challenge Handshake Authentication Protocol", 0xc223, chap_fields)
        .layer_as("PPP_CHAP_ChallengeResponse", &[("=ppp.code", 1)])
        .layer("PPP_CHAP")
        .source("RFC 1994 §4")
        .sample_on(crate::frame::LinkType::PPP, "ff03c223 0101000a 0461626364 6e")
}

fn chap_fields(protocol: Protocol) -> Protocol {
    const CHAP_CODES: &[(u64, &str)] = &[(1, "Challenge"), (2, "Response"), (3, "Success"), (4, "Fail")];
    head(protocol, CHAP_CODES).field(body(vec![switch(
        val("=ppp.code"),
        [(1, challenge()), (2, challenge())],
        vec![text("message_text", rest()).craft("data").doc("message").into()],
    )]))
}

fn challenge() -> Vec<Item> {
    vec![
        u8("value_size")
            .craft("value_size")
            .len_of_part("value", 1, 0)
            .unit("octets")
            .doc("value length")
            .into(),
        bytes("value", Size::Octets(val("value_size")))
            .craft("value")
            .default_bytes(&[0; 8])
            .doc("value")
            .into(),
        text("name", rest()).craft("optional_name").doc("name").into(),
    ]
}

pub(super) fn codes(protocol: &str) -> &'static [(u64, &'static str)] {
    match protocol {
        "pap" => &[(1, "Auth-Req"), (2, "Auth-ACK"), (3, "Auth-NACK")],
        "chap" => &[(1, "Challenge"), (2, "Response"), (3, "Success"), (4, "Fail")],
        _ => CODES,
    }
}
