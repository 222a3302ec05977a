//! Host Identity Protocol, RFC 7401, with the parameters of RFC 7402, 8003, 8004 and 8046.

use crate::schema::{
    Checksum, IP_PROTO, Item, Protocol, Size, Span, Test, Tlv, be16, be32, bits, block, bytes, case, eq,
    flag, ipv6, label, repeat, rest, u8, val, when,
};

const PACKETS: &[(u64, &str)] = &[
    (1, "I1"),
    (2, "R1"),
    (3, "I2"),
    (4, "R2"),
    (5, "CER"),
    (16, "UPDATE"),
    (17, "NOTIFY"),
    (18, "CLOSE"),
    (19, "CLOSE_ACK"),
    (32, "HDRR"),
    (33, "HIP_DATA"),
];

const PARAMETERS: &[(u64, &str)] = &[
    (65, "ESP_INFO"),
    (128, "R1_COUNTER"),
    (129, "R1_COUNTER"),
    (193, "LOCATOR_SET"),
    (257, "PUZZLE"),
    (321, "SOLUTION"),
    (385, "SEQ"),
    (449, "ACK"),
    (511, "DH_GROUP_LIST"),
    (513, "DIFFIE_HELLMAN"),
    (577, "HIP_TRANSFORM"),
    (579, "HIP_CIPHER"),
    (608, "NAT_TRAVERSAL_MODE"),
    (610, "TRANSACTION_PACING"),
    (641, "ENCRYPTED"),
    (705, "HOST_ID"),
    (715, "HIT_SUITE_LIST"),
    (768, "CERT"),
    (832, "NOTIFICATION"),
    (897, "ECHO_REQUEST_SIGNED"),
    (930, "REG_INFO"),
    (932, "REG_REQUEST"),
    (934, "REG_RESPONSE"),
    (936, "REG_FAILED"),
    (950, "REG_FROM"),
    (961, "ECHO_RESPONSE_SIGNED"),
    (2049, "TRANSPORT_FORMAT_LIST"),
    (4095, "ESP_TRANSFORM"),
    (61505, "HIP_MAC"),
    (61569, "HIP_MAC_2"),
    (61633, "HIP_SIGNATURE_2"),
    (61697, "HIP_SIGNATURE"),
    (63425, "ECHO_RESPONSE_UNSIGNED"),
    (63661, "ECHO_REQUEST_UNSIGNED"),
    (63998, "RELAY_FROM"),
    (64002, "RELAY_TO"),
    (65498, "FROM"),
    (65500, "RVS_HMAC"),
    (65502, "VIA_RVS"),
    (65520, "RELAY_HMAC"),
];

/// RFC 7401 §5.2.7.
const GROUPS: &[(u64, &str)] = &[
    (1, "384-bit"),
    (2, "OAKLEY well known group 1"),
    (3, "1536-bit MODP"),
    (4, "3072-bit MODP"),
    (5, "6144-bit MODP"),
    (6, "8192-bit MODP"),
    (7, "NIST P-256"),
    (8, "NIST P-384"),
    (9, "NIST P-521"),
    (10, "SECP160R1"),
    (11, "2048-bit MODP"),
];

pub(super) fn host_identity() -> Protocol {
    Protocol::new("hip", "Host Identity Protocol")
        .source("RFC 7401 §5")
        .on(IP_PROTO, &[139])
        .leads(&[IP_PROTO])
        .later(fields)
        .sample("02000000000202000000000186dd6000000000788b4020010db800000000000000000000000120010db80000000000000000000000023b0e022167780000000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f0081000c0000000000000000000000050101000c0a1f1234000102030405060702010007030004aabbccdd0000000000024100020001000002c10014000c10040200ff050103aabbccddeeff612e6263")
        .sample("02000000000202000000000186dd6000000000788b4020010db800000000000000000000000120010db80000000000000000000000023b0e1021cf260000000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f018100040000000701c1000800000005000000060000000000c100340000040100000e1020010db80000000000000000000000090101050000000e100000123420010db800000000000000000000000a")
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    protocol
        .field(u8("proto").default(59).next(IP_PROTO).named_by(super::ip_protocol_name).doc("next header"))
        .field(
            u8("hdr_len")
                .len_of(Span::Header, 8, -1)
                .doc("length in units of 8 octets, the first not counted"),
        )
        .field(bits("shim6_fixed_p", 1).doc("0: not a Shim6 payload header"))
        .field(bits("packet_type", 7).default(1).names(PACKETS).brief().doc("packet"))
        .field(bits("version", 4).default(2).brief().doc("version"))
        .field(bits("reserved", 3).doc("reserved"))
        .field(bits("shim6_fixed_s", 1).default(1).doc("1: not Shim6"))
        .field(be16("checksum").hex().sum(Checksum::Pseudo).doc("checksum"))
        .field(be16("controls").hex().doc("controls").of([
            bits("controls.reserved", 15).hex().doc("reserved"),
            flag("controls.a").doc("the sender's identity is anonymous"),
        ]))
        .field(bytes("hit_sndr", Size::Octets(crate::schema::lit(16))).doc("sender's host identity tag"))
        .field(bytes("hit_rcvr", Size::Octets(crate::schema::lit(16))).doc("receiver's host identity tag"))
        .field(block(
            label("parameters").doc("parameters").hidden(),
            Size::Octets(val("hdr_len") * 8 - 32),
            [parameters()],
        ))
}

fn parameters() -> Item {
    let octets = |name: &'static str, doc: &'static str| -> Item { bytes(name, rest()).doc(doc).into() };
    let signature = || {
        [
            u8("tlv.sig_alg")
                .names(&[(3, "DSA"), (5, "RSA"), (7, "ECDSA"), (9, "ECDSA low")])
                .doc("algorithm")
                .into(),
            bytes("tlv.sig", rest()).doc("signature").into(),
        ]
    };
    let transforms = |name: &'static str, doc: &'static str| {
        repeat(label("transform").doc("transform").hidden(), [be16(name).doc(doc).into()])
    };
    let registration = |doc: &'static str| {
        repeat(label("registration").doc("registration").hidden(), [u8("tlv.reg_type").doc(doc).into()])
    };
    let relay =
        |port: &'static str, protocol: &'static str, reserved: &'static str, address: &'static str| {
            [
                be16(port).doc("port").into(),
                u8(protocol).named_by(super::ip_protocol_name).doc("transport protocol").into(),
                u8(reserved).doc("reserved").into(),
                ipv6(address).doc("address").into(),
            ]
        };
    let parameter = || label("parameter").doc("parameter");
    Tlv::new(
        parameter(),
        be16("type").names(PARAMETERS).doc("parameter"),
        be16("tlv.length").unit("octets").doc("length"),
    )
    .body_len()
    .align(8)
    .cases([
        case(
            65,
            parameter(),
            [
                be16("tlv_esp_info_reserved").hex().doc("reserved").into(),
                be16("tlv_esp_info_key_index").hex().doc("index into the keying material").into(),
                be32("tlv_esp_info_old_spi").hex().doc("old SPI").into(),
                be32("tlv_esp_info_new_spi").hex().doc("new SPI").into(),
            ],
        ),
        case(
            128,
            parameter(),
            [be32("tlv.r1_reserved").doc("reserved").into(), octets("tlv.r1_counter", "generation counter")],
        ),
        case(
            129,
            parameter(),
            [be32("tlv.r1_reserved").doc("reserved").into(), octets("tlv.r1_counter", "generation counter")],
        ),
        case(193, parameter(), [locators()]),
        case(
            257,
            parameter(),
            [
                u8("tlv_puzzle_k").doc("difficulty, bits").into(),
                u8("tlv_puzzle_lifetime").doc("lifetime, 2^(n-32) s").into(),
                be16("tlv_puzzle_opaque").hex().doc("opaque").into(),
                octets("tlv.puzzle_random_i", "random number"),
            ],
        ),
        case(
            321,
            parameter(),
            [
                u8("tlv_solution_k").doc("difficulty, bits").into(),
                u8("tlv_solution_reserved").doc("reserved").into(),
                be16("tlv_solution_opaque").hex().doc("opaque").into(),
                bytes("tlv.solution_random_i", Size::Octets(crate::schema::left() / 2))
                    .doc("random number")
                    .into(),
                octets("tlv_solution_j", "solution"),
            ],
        ),
        case(385, parameter(), [be32("tlv_seq_update_id").hex().doc("update").into()]),
        case(
            449,
            parameter(),
            [repeat(
                label("ack").doc("acknowledged updates").hidden(),
                [be32("tlv_ack_updid").hex().doc("acknowledged update").into()],
            )],
        ),
        case(
            511,
            parameter(),
            [repeat(
                label("group").doc("groups").hidden(),
                [u8("tlv.dh_group_list_id").names(GROUPS).doc("group").into()],
            )],
        ),
        case(
            513,
            parameter(),
            [
                u8("tlv.dh_group_id").names(GROUPS).doc("group").into(),
                be16("tlv.dh_pv_length").unit("octets").doc("length of the public value").into(),
                bytes("tlv.dh_public_value", Size::Octets(val("tlv.dh_pv_length")))
                    .doc("public value")
                    .into(),
            ],
        ),
        case(577, parameter(), [transforms("tlv.trans_id", "transform")]),
        case(579, parameter(), [transforms("tlv.cipher_id", "cipher")]),
        case(
            608,
            parameter(),
            [
                be16("tlv.nat_traversal_reserved").doc("reserved").into(),
                transforms("tlv.nat_traversal_mode_id", "mode"),
            ],
        ),
        case(610, parameter(), [be32("tlv_transaction_minta").unit("ms").doc("least time between").into()]),
        case(
            641,
            parameter(),
            [
                be32("tlv.enc_reserved").hex().doc("reserved").into(),
                octets("encrypted_parameter_data", "encrypted"),
            ],
        ),
        case(
            705,
            parameter(),
            [
                be16("tlv.host_id_length").unit("octets").doc("length of the host identity").into(),
                bits("tlv.host_domain_id_type", 4)
                    .names(&[(1, "FQDN"), (2, "NAI")])
                    .doc("kind of domain identifier")
                    .into(),
                bits("tlv.host_domain_id_length", 12)
                    .unit("octets")
                    .doc("length of the domain identifier")
                    .into(),
                block(
                    label("tlv.host_id").doc("host identity"),
                    Size::Octets(val("tlv.host_id_length")),
                    [
                        be32("tlv.host_id_hdr").hex().doc("head").of([
                            bits("tlv.host_id_header_flags", 16).hex().doc("flags"),
                            bits("tlv.host_id_header_proto", 8).hex().doc("protocol"),
                            bits("tlv.host_id_header_algo", 8)
                                .hex()
                                .names(&[(3, "DSA"), (5, "RSA"), (7, "ECDSA")])
                                .doc("algorithm"),
                        ]),
                        octets("tlv.host_id_key", "key"),
                    ],
                ),
                bytes("tlv.host_domain_id", Size::Octets(val("tlv.host_domain_id_length")))
                    .doc("domain identifier")
                    .into(),
            ],
        ),
        case(
            715,
            parameter(),
            [repeat(
                label("suite").doc("suites").hidden(),
                [
                    bits("tlv.hit_suite_id", 4).doc("suite of host identity tags").into(),
                    bits("tlv.hit_suite_reserved", 4).doc("reserved").into(),
                ],
            )],
        ),
        case(
            768,
            parameter(),
            [
                u8("tlv.cert_group").doc("group").into(),
                u8("tlv.cert_count").doc("certificates of the group").into(),
                u8("tlv.cert_id").doc("number in the group").into(),
                u8("tlv.cert_type").doc("type").into(),
                octets("tlv.certificate", "certificate"),
            ],
        ),
        case(
            832,
            parameter(),
            [
                be16("tlv.notification_res").hex().doc("reserved").into(),
                be16("tlv.notification_type").doc("notification").into(),
                octets("tlv.notification_data", "data"),
            ],
        ),
        case(897, parameter(), [octets("tlv.opaque_data", "opaque data")]),
        case(
            930,
            parameter(),
            [
                u8("tlv.reg_ltmin").doc("least lifetime").into(),
                u8("tlv.reg_ltmax").doc("greatest lifetime").into(),
                registration("registration"),
            ],
        ),
        case(932, parameter(), [u8("tlv.reg_lt").doc("lifetime").into(), registration("registration")]),
        case(934, parameter(), [u8("tlv.reg_lt").doc("lifetime").into(), registration("registration")]),
        case(
            936,
            parameter(),
            [u8("tlv.reg_failtype").doc("why it failed").into(), registration("registration")],
        ),
        case(
            950,
            parameter(),
            relay(
                "tlv.reg_from_port",
                "tlv_reg_from_protocol",
                "tlv_reg_from_reserved",
                "tlv_reg_from_address",
            ),
        ),
        case(961, parameter(), [octets("tlv.opaque_data", "opaque data")]),
        case(2049, parameter(), [transforms("tlv.transport_format", "transport format")]),
        case(
            4095,
            parameter(),
            [be16("tlv.esp_trans_res").hex().doc("reserved").into(), transforms("tlv.trans_id", "transform")],
        ),
        case(61505, parameter(), [octets("tlv.hmac", "authentication code")]),
        case(61569, parameter(), [octets("tlv.hmac", "authentication code")]),
        case(61633, parameter(), signature()),
        case(61697, parameter(), signature()),
        case(63425, parameter(), [octets("tlv.opaque_data", "opaque data")]),
        case(63661, parameter(), [octets("tlv.opaque_data", "opaque data")]),
        case(
            63998,
            parameter(),
            relay(
                "tlv.relay_from_port",
                "tlv_relay_from_protocol",
                "tlv_relay_from_reserved",
                "tlv_relay_from_address",
            ),
        ),
        case(
            64002,
            parameter(),
            relay(
                "tlv.relay_to_port",
                "tlv_relay_to_protocol",
                "tlv_relay_to_reserved",
                "tlv_relay_to_address",
            ),
        ),
        case(65498, parameter(), [ipv6("tlv_from_address").doc("address").into()]),
        case(65500, parameter(), [octets("tlv.hmac", "authentication code")]),
        case(
            65502,
            parameter(),
            [repeat(
                label("rvs").doc("servers").hidden(),
                [ipv6("tlv_rvs_address").doc("rendezvous server").into()],
            )],
        ),
        case(65520, parameter(), [octets("tlv.hmac", "authentication code")]),
    ])
    .other([octets("tlv.data", "content")])
    .into()
}

fn locators() -> Item {
    repeat(
        label("locator").doc("locator"),
        [
            u8("tlv.locator_traffic_type")
                .names(&[(0, "signalling and data"), (1, "signalling"), (2, "data")])
                .doc("traffic")
                .into(),
            u8("tlv.locator_type")
                .names(&[(0, "address"), (1, "SPI and address"), (2, "transport address")])
                .doc("kind")
                .into(),
            u8("tlv.locator_len").doc("length in 4 octets").into(),
            u8("tlv.locator_reserved").hex().doc("reserved, and whether preferred").of([
                bits("tlv.locator_unused", 7).hex().doc("reserved"),
                flag("tlv.locator_preferred").doc("preferred"),
            ]),
            be32("tlv.locator_lifetime").unit("s").doc("lifetime").into(),
            when(eq("tlv.locator_type", 1), [be32("tlv.locator_spi").hex().doc("SPI").into()]),
            when(
                eq("tlv.locator_type", 2),
                [
                    be16("tlv.locator_port").doc("port").into(),
                    u8("tlv.locator_transport_protocol")
                        .named_by(super::ip_protocol_name)
                        .doc("transport protocol")
                        .into(),
                    u8("tlv.locator_kind").doc("kind of transport address").into(),
                    be32("tlv.locator_priority").doc("priority").into(),
                    be32("tlv.locator_spi").hex().doc("SPI").into(),
                ],
            ),
            when(
                Test::Any(vec![
                    eq("tlv.locator_type", 0),
                    eq("tlv.locator_type", 1),
                    eq("tlv.locator_type", 2),
                ]),
                [ipv6("tlv.locator_address").doc("address").into()],
            ),
            when(
                Test::Ge(val("tlv.locator_type"), crate::schema::lit(3)),
                [bytes("tlv.locator_data", Size::Octets(val("tlv.locator_len") * 4)).doc("locator").into()],
            ),
        ],
    )
}
