//! ISAKMP with IKE version 1 (RFC 2408, 2409, 2407) and IKE version 2 (RFC 7296), and what shares UDP port 4500 with ESP (RFC 3948).
//!
//! What is encrypted is shown as octets. A payload's kind stands in the payload before it, so that each kind begins with the same head.

mod association;
mod line;
mod line_payloads;
mod names;

use crate::decode::Walk;
use crate::render::line::{Body, Line};
use crate::schema::{
    Count, Expr, Field, Given, Item, Protocol, Size, Span, Test, UDP_PORT, be16, be32, bits, built, bytes,
    decoded, flag, ge, ipv4, ipv6, label, left, lit, ne, not, repeat, rest, same, switch, text, times,
    turned, u8, val, when,
};
use association::{association_1, association_2};
use names::{
    AUTHENTICATIONS, CERTIFICATES, CONFIGURATIONS, DOIS, EXCHANGES, FLAGS, GROUPS, IDENTITIES, NOTIFICATIONS,
    PAYLOADS, PROTOCOLS, WORDS,
};

/// A kind of payload: its number, the node, what it is, and the crafter's layers of it.
struct Kind(u64, &'static str, &'static str, &'static [&'static str], fn() -> Vec<Item>);

const KINDS: [Kind; 28] = [
    Kind(1, "sa1", "Security Association", &["ISAKMP_payload_SA"], association_1),
    Kind(4, "ke1", "Key Exchange", &["ISAKMP_payload_KE"], key_exchange_1),
    Kind(5, "id1", "Identification", &["ISAKMP_payload_ID"], identification_1),
    Kind(6, "cert1", "Certificate", &[], certificate),
    Kind(7, "cr1", "Certificate Request", &[], certificate_request),
    Kind(8, "hash1", "Hash", &["ISAKMP_payload_Hash"], || {
        vec![bytes("hash", rest()).craft("hash").craft("load").doc("hash").into()]
    }),
    Kind(9, "sig1", "Signature", &["ISAKMP_payload_SIG"], || {
        vec![bytes("sig", rest()).craft("sig").craft("load").doc("signature").into()]
    }),
    Kind(10, "nonce1", "Nonce", &["ISAKMP_payload_Nonce"], nonce),
    Kind(11, "notify1", "Notification", &["ISAKMP_payload_Notify"], notification_1),
    Kind(12, "delete1", "Delete", &["ISAKMP_payload_Delete"], deletion_1),
    Kind(13, "vid1", "Vendor ID", &["ISAKMP_payload_VendorID"], || {
        vec![octets("vid_bytes", "VendorID", "vendor")]
    }),
    Kind(20, "nat_d", "NAT-D", &[], || vec![octets("ike.nat_hash", "hash", "hash of address and port")]),
    Kind(33, "sa2", "Security Association", &["IKEv2_SA"], association_2),
    Kind(34, "ke2", "Key Exchange", &["IKEv2_KE"], key_exchange_2),
    Kind(35, "idi", "Identification - Initiator", &["IKEv2_IDi"], identification_2),
    Kind(36, "idr", "Identification - Responder", &["IKEv2_IDr"], identification_2),
    Kind(37, "cert2", "Certificate", &["IKEv2_CERT"], certificate),
    Kind(38, "certreq", "Certificate Request", &["IKEv2_CERTREQ"], certificate_request),
    Kind(39, "auth", "Authentication", &["IKEv2_AUTH"], authentication),
    Kind(40, "nonce2", "Nonce", &["IKEv2_Nonce"], nonce),
    Kind(41, "notify2", "Notify", &["IKEv2_Notify"], notification_2),
    Kind(42, "delete2", "Delete", &["IKEv2_Delete"], deletion_2),
    Kind(43, "vid2", "Vendor ID", &["IKEv2_VendorID"], || vec![octets("vid_bytes", "vendorID", "vendor")]),
    Kind(44, "tsi", "Traffic Selector - Initiator", &["IKEv2_TSi"], selectors),
    Kind(45, "tsr", "Traffic Selector - Responder", &["IKEv2_TSr"], selectors),
    Kind(47, "cp", "Configuration", &["IKEv2_CP"], configuration),
    Kind(48, "eap_payload", "Extensible Authentication", &["IKEv2_EAP"], || {
        vec![octets("eap_message", "load", "EAP message")]
    }),
    Kind(53, "skf", "Encrypted and Authenticated Fragment", &["IKEv2_Encrypted_Fragment"], fragment),
];

pub(in crate::proto) fn isakmp() -> Protocol {
    let mut protocol = Protocol::new("isakmp", "Internet Security Association and Key Management Protocol")
        .layer("ISAKMP")
        .layer_as("IKEv2", &[("version", 0x20)])
        .part("ISAKMP_payload", "other", &[])
        .part("IKEv2_Payload", "other", &[])
        .part("IKEv2_Encrypted", "sk", &[])
        .part("ISAKMP_payload_Proposal", "prop1", &[])
        .part("ISAKMP_payload_Transform", "trans1", &[])
        .part("IKEv2_Proposal", "prop2", &[])
        .part("IKEv2_Transform", "tf", &[])
        .part("IPv4TrafficSelector", "ts.data", &[("ts.type", 7)])
        .part("IPv6TrafficSelector", "ts.data", &[("ts.type", 8), ("ts.selector_length", 20)])
        .part("ConfigurationAttribute", "cfg.attr", &[])
        .below("IKEv2_Encrypted", "isakmp", &[("nextpayload", Given::Number(46))])
        .below("IKEv2_Proposal", "isakmp", &[("inner.nextpayload", Given::Number(2))])
        .below("IKEv2_Transform", "isakmp", &[("inner.nextpayload", Given::Number(3))])
        .below("ISAKMP_payload_Proposal", "isakmp", &[("inner.nextpayload", Given::Number(2))])
        .below("ISAKMP_payload_Transform", "isakmp", &[("inner.nextpayload", Given::Number(3))])
        .ports_below("udp", 500, 500)
        .source("RFC 2408 §3, RFC 2407 §4.6, RFC 7296 §3, RFC 7383 §2.5")
        .summary(line::summary)
        .on(UDP_PORT, &[500])
        .answers([turned("flag_r", &[(0, 1)]), same("ispi"), same("messageid")])
        .later(header);
    for Kind(number, name, _, layers, _) in &KINDS {
        for layer in *layers {
            protocol = protocol.part(layer, name, &[]).below(
                layer,
                "isakmp",
                &[("nextpayload", Given::Number(*number))],
            );
        }
    }
    protocol
        .sample("0200000000020200000000010800450000b0000100004011663a0a0000010a00000201f401f4009c44dd61626364656667680000000000000000212022080000000000000094220000300000002c010100040300000c0100000c800e01000300000802000005030000080300000c000000080400000e28000018000e00006b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b290000146e6e6e6e6e6e6e6e6e6e6e6e6e6e6e6e0000001c000040047878787878787878787878787878787878787878")
        .sample("02000000000202000000000108004500008700010000401166630a0000010a00000201f401f4007387846162636465666768000000000000000001100200000000000000006b0d00003b00000001000000010000002f01010001000000270101000080010007800e0100800200028003000180040005800b0001000c000301518000000014afcad71368a1f1c96b8696fc77570100")
}

fn header(protocol: Protocol) -> Protocol {
    protocol
        .field(
            bytes("ispi", Size::Octets(lit(8))).craft("init_cookie").craft("init_SPI").doc("initiator's SPI"),
        )
        .field(
            bytes("rspi", Size::Octets(lit(8))).craft("resp_cookie").craft("resp_SPI").doc("responder's SPI"),
        )
        .field(u8("nextpayload").craft("next_payload").names(PAYLOADS).words(WORDS).doc("next payload"))
        .field(
            u8("version").craft("version").default(0x10).hex().doc("version").of([
                bits("mjver", 4).hex().doc("major version"),
                bits("mnver", 4).hex().doc("minor version"),
            ]),
        )
        .field(u8("exchangetype").craft("exch_type").names(EXCHANGES).brief().doc("exchange"))
        .field(decoded([
            when(
                ge("version", 0x20),
                [u8("flags").hex().doc("flags").of([
                    bits("flags.reserved2", 2).doc("reserved"),
                    flag("flag_r").brief().doc("response"),
                    flag("flag_v").doc("a higher version is possible"),
                    flag("flag_i").brief().doc("from the initiator"),
                    bits("flags.reserved3", 3).doc("reserved"),
                ])],
            ),
            when(
                not(ge("version", 0x20)),
                [u8("flags").hex().doc("flags").of([
                    bits("flags.reserved5", 5).doc("reserved"),
                    flag("flag_a").doc("authentication only"),
                    flag("flag_c").doc("commit"),
                    flag("flag_e").brief().doc("encrypted"),
                ])],
            ),
        ]))
        .field(built([u8("flags").craft("flags").letters(FLAGS).hidden().doc("flags").into()]))
        .field(be32("messageid").craft("id").hex().brief().doc("message"))
        .field(be32("length").craft("length").unit("octets").len_of(Span::Whole, 1, 0).doc("length"))
        .field(when(
            Test::All(vec![not(ge("version", 0x20)), ge("flag_e", 1)]),
            [bytes("enc.octets", rest()).doc("encrypted payloads").into()],
        ))
        .field(decoded([when(not(Test::All(vec![not(ge("version", 0x20)), ge("flag_e", 1)])), [chain()])]))
}

fn octets(name: &'static str, craft: &'static str, doc: &'static str) -> Item {
    bytes(name, rest()).craft(craft).doc(doc).into()
}

fn reserved(size: i64) -> Item {
    bytes("reserved", Size::Octets(lit(size))).craft("res2").doc("reserved").into()
}

/// What every payload begins with. The number of the next one is read by `next`: inner chains have a number of their own.
fn head(next: &'static str, second: bool) -> Vec<Item> {
    vec![
        u8(next).craft("next_payload").names(PAYLOADS).words(WORDS).doc("next payload").into(),
        decoded([match second {
            true => Item::When(
                Test::All(Vec::new()),
                vec![
                    flag("criticalpayload").doc("must be understood").into(),
                    bits("reserved7", 7).hex().doc("reserved").into(),
                ]
                .into(),
            ),
            false => bytes("reserved", Size::Octets(lit(1))).doc("reserved").into(),
        }]),
        built([u8("written.res")
            .craft("res")
            .craft("flags")
            .letters(&["bit_0", "bit_1", "bit_2", "bit_3", "bit_4", "bit_5", "bit_6", "critical"])
            .hidden()
            .doc("reserved, or critical")
            .into()]),
        be16("payloadlength").craft("length").unit("octets").len_of(Span::Header, 1, 0).doc("length").into(),
    ]
}

/// Items over the octets that the head's length leaves.
fn body(items: Vec<Item>) -> Item {
    Item::Block(label("body").hidden().doc("contents"), Size::Octets(val("payloadlength") - 4), items.into())
}

fn payload(node: &'static str, doc: &'static str, second: bool, items: Vec<Item>) -> Item {
    let mut all = head("nextpayload", second);
    all.push(body(items));
    Item::Repeat(label(node).doc(doc), Count::Times(lit(1)), all.into())
}

/// The payloads, each told by the one before it.
fn chain() -> Item {
    let mut cases: Vec<(u64, u64, Vec<Item>)> = KINDS
        .iter()
        .map(|Kind(number, node, doc, _, items)| {
            (*number, *number, vec![payload(node, doc, *number >= 33, items())])
        })
        .collect();
    // what it holds first is told by its own head, and nothing follows it
    let mut encrypted = head("inner.nextpayload", true);
    encrypted.push(body(vec![octets("enc.octets", "load", "encrypted payloads")]));
    cases.push((
        46,
        46,
        vec![
            Item::Repeat(
                label("sk").doc("Encrypted and Authenticated"),
                Count::Times(lit(1)),
                encrypted.into(),
            ),
            when(
                Test::Ge(left(), lit(1)),
                [bytes("behind", rest()).doc("octets behind what is encrypted").into()],
            ),
        ],
    ));
    let other = |second| {
        payload("other", "payload of another kind", second, vec![octets("datapayload", "load", "data")])
    };
    cases.push((49, 255, vec![other(true)]));
    let cases = cases.into_iter().map(|(low, high, items): (u64, u64, Vec<Item>)| (low, high, items.into()));
    let chosen = Item::Switch(val("nextpayload"), cases.collect(), vec![other(false)].into());
    repeat(label("chain").hidden().doc("payloads"), [when(ne("nextpayload", 0), [chosen])])
}

fn spi_size() -> Item {
    u8("spisize").craft("SPIsize").unit("octets").len_of_part("spi", 1, 0).doc("size of the SPI").into()
}

fn spi() -> Item {
    bytes("spi", Size::Octets(val("spisize"))).craft("SPI").doc("SPI").into()
}

fn nonce() -> Vec<Item> {
    vec![bytes("nonce", rest()).craft("nonce").craft("load").doc("nonce").into()]
}

fn key_exchange_1() -> Vec<Item> {
    vec![bytes("key_exchange.data", rest()).craft("ke").craft("load").doc("public value").into()]
}

fn key_exchange_2() -> Vec<Item> {
    vec![
        be16("key_exchange.dh_group").craft("group").names(GROUPS).brief().doc("group").into(),
        reserved(2),
        octets("key_exchange.data", "ke", "public value"),
    ]
}

/// Who it is, by the kind of identity.
fn identity(craft: &'static str) -> [Item; 1] {
    let pair = |first: Field, second: Field| {
        vec![first.doc("address").into(), second.doc("mask or last address").into()]
    };
    let v6 = |name: &'static str| ipv6(name).doc("address");
    [switch(
        val("id.type"),
        [
            (1, vec![ipv4("id.data.ipv4_addr").craft(craft).default(0x7f00_0001).doc("address").into()]),
            (2, vec![text("id.data.fqdn", rest()).craft(craft).brief().doc("name").into()]),
            (3, vec![text("id.data.user_fqdn", rest()).craft(craft).brief().doc("user").into()]),
            (4, pair(ipv4("id.data.ipv4_subnet"), ipv4("id.data.ipv4_mask"))),
            (5, vec![v6("id.data.ipv6_addr").craft(craft).into()]),
            (7, pair(ipv4("id.data.ipv4_range_start"), ipv4("id.data.ipv4_range_end"))),
            (8, pair(v6("id.data.ipv6_range_start"), v6("id.data.ipv6_range_end"))),
        ],
        vec![bytes("id.data.key_id", rest()).craft(craft).doc("identity").into()],
    )]
}

fn identification_1() -> Vec<Item> {
    let fixed = [
        u8("id.type").craft("IDtype").default(1).names(IDENTITIES).doc("kind of identity").into(),
        u8("id.protoid").craft("ProtoID").named_by(super::ip_protocol_name).doc("protocol").into(),
        be16("id.port").craft("Port").doc("port").into(),
    ];
    fixed.into_iter().chain(identity("IdentData")).collect()
}

fn identification_2() -> Vec<Item> {
    let fixed = [
        u8("id.type").craft("IDtype").default(1).names(IDENTITIES).doc("kind of identity").into(),
        reserved(3),
    ];
    fixed.into_iter().chain(identity("ID")).collect()
}

fn certificate() -> Vec<Item> {
    vec![
        u8("cert.encoding").craft("cert_encoding").default(4).names(CERTIFICATES).doc("encoding").into(),
        octets("cert.data", "cert_data", "certificate"),
    ]
}

fn certificate_request() -> Vec<Item> {
    vec![
        u8("certreq.type").craft("cert_encoding").names(CERTIFICATES).doc("encoding").into(),
        octets("ike.certreq.authority", "cert_authority", "authorities"),
    ]
}

fn authentication() -> Vec<Item> {
    vec![
        u8("auth.method").craft("auth_type").names(AUTHENTICATIONS).brief().doc("method").into(),
        reserved(3),
        octets("auth.data", "load", "data"),
    ]
}

fn notification_1() -> Vec<Item> {
    vec![
        be32("notify.doi").craft("doi").names(DOIS).doc("domain of interpretation").into(),
        u8("notify.protoid").craft("proto").default(1).names(PROTOCOLS).doc("protocol").into(),
        spi_size(),
        be16("notify.msgtype").craft("notify_msg_type").names(NOTIFICATIONS).brief().doc("message").into(),
        spi(),
        octets("notify.data", "notify_data", "data"),
    ]
}

fn notification_2() -> Vec<Item> {
    vec![
        u8("notify.protoid").craft("proto").names(PROTOCOLS).doc("protocol").into(),
        spi_size(),
        be16("notify.msgtype").craft("type").names(NOTIFICATIONS).brief().doc("message").into(),
        spi(),
        octets("notify.data", "notify", "data"),
    ]
}

fn spis() -> Item {
    times(
        label("delete.spis").hidden().doc("SPIs"),
        val("spinum"),
        [bytes("delete.spi", Size::Octets(val("spisize"))).craft("SPIs").craft("SPI").doc("SPI").into()],
    )
}

fn deletion_1() -> Vec<Item> {
    vec![
        be32("delete.doi").craft("doi").names(DOIS).doc("domain of interpretation").into(),
        u8("delete.protoid").craft("proto").default(1).names(PROTOCOLS).doc("protocol").into(),
        u8("spisize")
            .craft("SPIsize")
            .unit("octets")
            .len_of_part("delete.spi", 1, 0)
            .doc("size of an SPI")
            .into(),
        be16("spinum").craft("SPIcount").count_of("delete.spis").doc("SPIs").into(),
        spis(),
    ]
}

fn deletion_2() -> Vec<Item> {
    vec![
        u8("delete.protoid").craft("proto").names(PROTOCOLS).doc("protocol").into(),
        u8("spisize")
            .craft("SPIsize")
            .unit("octets")
            .len_of_part("delete.spi", 1, 0)
            .doc("size of an SPI")
            .into(),
        be16("spinum").craft("SPInum").count_of("delete.spis").doc("SPIs").into(),
        spis(),
    ]
}

fn selectors() -> Vec<Item> {
    let ports = || {
        [
            be16("ts.start_port").craft("start_port").doc("first port").into(),
            be16("ts.end_port").craft("end_port").default(65535).doc("last port").into(),
        ]
    };
    let size = |octets: i64| -> Expr { val("ts.selector_length") - octets };
    let v4 = ports().into_iter().chain([
        ipv4("ts.start_ipv4")
            .craft("starting_address_v4")
            .default(0xc0a8_0001)
            .brief()
            .doc("first address")
            .into(),
        ipv4("ts.end_ipv4")
            .craft("ending_address_v4")
            .default(0xc0a8_00ff)
            .brief()
            .doc("last address")
            .into(),
    ]);
    let v6 = ports().into_iter().chain([
        ipv6("ts.start_ipv6")
            .craft("starting_address_v6")
            .default_bytes(&FIRST_ADDRESS)
            .brief()
            .doc("first address")
            .into(),
        ipv6("ts.end_ipv6")
            .craft("ending_address_v6")
            .default_bytes(&FIRST_ADDRESS)
            .brief()
            .doc("last address")
            .into(),
    ]);
    vec![
        u8("ts.number").craft("number_of_TSs").count_of("ts.data").doc("selectors").into(),
        reserved(3),
        times(
            label("ts.data").craft("traffic_selector").doc("selector"),
            val("ts.number"),
            [
                u8("ts.type")
                    .craft("TS_type")
                    .default(7)
                    .names(&[(7, "TS_IPV4_ADDR_RANGE"), (8, "TS_IPV6_ADDR_RANGE"), (9, "TS_FC_ADDR_RANGE")])
                    .doc("kind")
                    .into(),
                u8("ts.protoid")
                    .craft("IP_protocol_ID")
                    .named_by(super::ip_protocol_name)
                    .doc("protocol")
                    .into(),
                be16("ts.selector_length").craft("length").default(16).unit("octets").doc("length").into(),
                switch(
                    val("ts.type"),
                    [(7, v4.collect()), (8, v6.collect())],
                    vec![bytes("ts.octets", Size::Octets(size(4))).craft("load").doc("selector").into()],
                ),
            ],
        ),
    ]
}

/// `2001::`, scapy's default.
const FIRST_ADDRESS: [u8; 16] = [0x20, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

fn configuration() -> Vec<Item> {
    vec![
        u8("cfg.type")
            .craft("CFGType")
            .default(1)
            .names(&[(1, "CFG_REQUEST"), (2, "CFG_REPLY"), (3, "CFG_SET"), (4, "CFG_ACK")])
            .brief()
            .doc("kind")
            .into(),
        reserved(3),
        repeat(
            label("cfg.attr").craft("attributes").doc("attribute"),
            [
                be16("cfg.attr.type").craft("type").default(1).names(CONFIGURATIONS).doc("attribute").into(),
                be16("cfg.attr.length")
                    .craft("length")
                    .unit("octets")
                    .len_of_part("cfg.attr.value", 1, 0)
                    .doc("length")
                    .into(),
                bytes("cfg.attr.value", Size::Octets(val("cfg.attr.length")))
                    .craft("value")
                    .reads(crate::schema::Kind::Ipv4)
                    .doc("value")
                    .into(),
            ],
        ),
    ]
}

fn fragment() -> Vec<Item> {
    vec![
        be16("frag.number").craft("frag_number").default(1).brief().doc("number").into(),
        be16("frag.total").craft("frag_total").default(1).brief().doc("fragments").into(),
        octets("enc.octets", "load", "encrypted payloads"),
    ]
}

pub(in crate::proto) fn encapsulation() -> Protocol {
    Protocol::new("udpencap", "UDP Encapsulation of IPsec Packets")
        .layer("NON_ESP")
        .part("NAT_KEEPALIVE", "keepalive", &[])
        .part("NAT_KEEPALIVE", "written.keepalive", &[])
        .ports_below("udp", 4500, 4500)
        .source("RFC 3948 §2")
        .on(UDP_PORT, &[4500])
        .field(when(Test::All(vec![Test::Look(is_keepalive)]), [u8("nat_keepalive").hex().brief().doc("keeps an address translation alive").into()]))
        .field(decoded([when(never(), [repeat(label("keepalive").hidden().doc("keeps an address translation alive"), [u8("written.keepalive").craft("nat_keepalive").default(0xff).hidden().doc("keeps an address translation alive").into()])])]))
        .field(when(Test::Look(is_marked), [decoded([be32("non_esp_marker").hex().doc("what follows is no ESP").into()])]))
        .field(built([be32("written.marker").craft("non_esp").hidden().doc("what follows is no ESP").into()]))
        .leads_to(&["isakmp", "esp"])
        .after(encapsulated)
        .summary(summary)
        .sample("02000000000202000000000108004500008900010000401166610a0000010a0000021194119400751a2d00000000616263646566676800000000000000002320220800000000000000692700001102000000612e6578616d706c652c00001802000000616161616161616161616161616161612f00001801000000070600100000ffffc0a80001c0a800ff0000000c0100000000010000")
}

/// Holds nowhere: what stands behind it is a layer of the crafter's alone.
fn never() -> Test {
    not(Test::All(Vec::new()))
}

fn is_keepalive(octets: &[u8]) -> bool {
    octets == [0xff]
}

fn is_marked(octets: &[u8]) -> bool {
    octets.starts_with(&[0; 4])
}

fn encapsulated(walk: &mut Walk<'_, '_>) {
    match walk.header().len() {
        4 => walk.next_named("isakmp"),
        0 => walk.next_named("esp"),
        _ => {}
    }
}

fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    match body.data {
        [0xff] => line.text("isakmp-nat-keep-alive"),
        [0, 0, 0, 0, ..] => {
            line.text("NONESP-encap: ");
            line.named("isakmp", body.skip(4));
        }
        _ => {
            line.text("UDP-encap: ");
            super::esp::numbers(line, body);
        }
    }
}
