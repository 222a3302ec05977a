//! Security associations: proposals, transforms and their attributes, of IKE version 1 (RFC 2408 §3.4 to §3.6, RFC 2409, RFC 2407)
//! and of version 2 (RFC 7296 §3.3).

use super::names::{
    ATTRIBUTES, CIPHERS, DOIS, GROUPS, INTEGRITIES, IPSEC_ATTRIBUTES, PRFS, PROTOCOLS, TRANSFORM_WORDS,
    TRANSFORMS,
};
use super::{body, head, reserved, spi, spi_size};
use crate::schema::{
    Build, Count, Item, Size, Tlv, TlvCase, be16, be32, bits, built, bytes, custom_both, decoded, eq, flag,
    ge, label, lit, ne, not, u8, val, when,
};

pub(super) fn association_1() -> Vec<Item> {
    let attribute =
        |[format_name, kind, length, value]: [&'static str; 4], names, known: Vec<(u64, Vec<Item>)>| {
            let known = known.into_iter().map(|(kind, items)| (kind, kind, items.into())).collect();
            vec![
                flag(format_name).doc("value of two octets").into(),
                bits(kind, 15).names(names).doc("attribute").into(),
                when(
                    ge(format_name, 1),
                    [Item::Switch(
                        val(kind),
                        known,
                        vec![bytes(value, Size::Octets(lit(2))).doc("value").into()].into(),
                    )],
                ),
                when(
                    not(ge(format_name, 1)),
                    [
                        be16(length).unit("octets").doc("length").into(),
                        bytes(value, Size::Octets(val(length))).doc("value").into(),
                    ],
                ),
            ]
        };
    let number = |name: &'static str, doc: &'static str| vec![be16(name).doc(doc).into()];
    let ike = attribute(
        ["ike.attr.format", "ike.attr.type", "ike.attr.length", "ike.attr.value"],
        ATTRIBUTES,
        vec![
            (
                1,
                vec![
                    be16("ike.attr.encryption_algorithm")
                        .names(&[
                            (1, "DES-CBC"),
                            (2, "IDEA-CBC"),
                            (3, "BLOWFISH-CBC"),
                            (4, "RC5-R16-B64-CBC"),
                            (5, "3DES-CBC"),
                            (6, "CAST-CBC"),
                            (7, "AES-CBC"),
                            (8, "CAMELLIA-CBC"),
                        ])
                        .doc("cipher")
                        .into(),
                ],
            ),
            (
                2,
                vec![
                    be16("ike.attr.hash_algorithm")
                        .names(&[
                            (1, "MD5"),
                            (2, "SHA"),
                            (3, "TIGER"),
                            (4, "SHA2-256"),
                            (5, "SHA2-384"),
                            (6, "SHA2-512"),
                        ])
                        .doc("hash")
                        .into(),
                ],
            ),
            (
                3,
                vec![
                    be16("ike.attr.authentication_method")
                        .names(&[
                            (1, "pre-shared key"),
                            (2, "DSS"),
                            (3, "RSA-SIG"),
                            (4, "RSA-ENC"),
                            (5, "RSA-Revised-ENC"),
                            (9, "ECDSA-256"),
                            (65001, "XAUTHInitPreShared"),
                        ])
                        .doc("authentication")
                        .into(),
                ],
            ),
            (4, vec![be16("ike.attr.group_description").names(GROUPS).doc("group").into()]),
            (
                11,
                vec![
                    be16("ike.attr.life_type")
                        .names(&[(1, "Seconds"), (2, "Kilobytes")])
                        .doc("unit of the lifetime")
                        .into(),
                ],
            ),
            (14, number("ike.attr.key_length", "bits of the key")),
        ],
    );
    let ipsec = attribute(
        ["ipsec.attr.format", "ipsec.attr.type", "ipsec.attr.length", "ipsec.attr.value"],
        IPSEC_ATTRIBUTES,
        vec![
            (
                1,
                vec![
                    be16("ipsec.attr.life_type")
                        .names(&[(1, "Seconds"), (2, "Kilobytes")])
                        .doc("unit of the lifetime")
                        .into(),
                ],
            ),
            (3, vec![be16("ipsec.attr.group_description").names(GROUPS).doc("group").into()]),
            (
                4,
                vec![
                    be16("ipsec.attr.encap_mode")
                        .names(&[
                            (1, "Tunnel"),
                            (2, "Transport"),
                            (3, "UDP-Encapsulated-Tunnel"),
                            (4, "UDP-Encapsulated-Transport"),
                        ])
                        .doc("encapsulation")
                        .into(),
                ],
            ),
            (
                5,
                vec![
                    be16("ipsec.attr.auth_algorithm")
                        .names(&[
                            (1, "HMAC-MD5"),
                            (2, "HMAC-SHA"),
                            (3, "DES-MAC"),
                            (5, "HMAC-SHA2-256"),
                            (6, "HMAC-SHA2-384"),
                            (7, "HMAC-SHA2-512"),
                            (9, "AES-XCBC-MAC"),
                        ])
                        .doc("integrity")
                        .into(),
                ],
            ),
            (6, number("ipsec.attr.key_length", "bits of the key")),
        ],
    );
    let mut transform = head("inner.nextpayload", false);
    transform.push(body(vec![
        u8("trans.number").craft("transform_count").craft("num").doc("number").into(),
        u8("trans.id").craft("transform_id").craft("id").default(1).doc("transform").into(),
        reserved(2),
        decoded([
            when(
                eq("prop.protoid", 1),
                [Item::Repeat(label("ike.attr").doc("attribute"), Count::ToEnd, ike.into())],
            ),
            when(
                ne("prop.protoid", 1),
                [Item::Repeat(label("ipsec.attr").doc("attribute"), Count::ToEnd, ipsec.into())],
            ),
        ]),
        built([written_attributes().into()]),
    ]));
    let mut proposal = head("inner.nextpayload", false);
    proposal.push(body(proposal_items(Item::Repeat(
        label("trans1").craft("trans").doc("transform"),
        Count::ToEnd,
        transform.into(),
    ))));
    vec![
        be32("sa.doi").craft("doi").default(1).names(DOIS).doc("domain of interpretation").into(),
        bytes("sa.situation", Size::Octets(lit(4)))
            .craft("situation")
            .default_bytes(&[0, 0, 0, 1])
            .doc("situation")
            .into(),
        Item::Repeat(label("prop1").craft("prop").doc("proposal"), Count::ToEnd, proposal.into()),
    ]
}

/// Names of values.
type Words = &'static [(u64, &'static str)];

/// Attributes as scapy takes them, by name and value; each is two octets long.
fn written_attributes() -> Tlv {
    const CIPHERS: &[(u64, &str)] = &[
        (1, "DES-CBC"),
        (2, "IDEA-CBC"),
        (3, "Blowfish-CBC"),
        (4, "RC5-R16-B64-CBC"),
        (5, "3DES-CBC"),
        (6, "CAST-CBC"),
        (7, "AES-CBC"),
        (8, "CAMELLIA-CBC"),
    ];
    const HASHES: &[(u64, &str)] =
        &[(1, "MD5"), (2, "SHA"), (3, "Tiger"), (4, "SHA2-256"), (5, "SHA2-384"), (6, "SHA2-512")];
    const METHODS: &[(u64, &str)] = &[
        (1, "PSK"),
        (2, "DSS"),
        (3, "RSA Sig"),
        (4, "RSA Encryption"),
        (5, "RSA Encryption Revised"),
        (8, "ECDSA Sig"),
        (65001, "XAUTHInitPreShared"),
        (65005, "XAUTHInitRSA"),
    ];
    const GROUPS: &[(u64, &str)] = &[
        (1, "768MODPgr"),
        (2, "1024MODPgr"),
        (3, "EC2Ngr155"),
        (4, "EC2Ngr185"),
        (5, "1536MODPgr"),
        (14, "2048MODPgr"),
        (15, "3072MODPgr"),
        (16, "4096MODPgr"),
        (17, "6144MODPgr"),
        (18, "8192MODPgr"),
    ];
    const KINDS: [(u64, &str, Words); 9] = [
        (1, "Encryption", CIPHERS),
        (2, "Hash", HASHES),
        (3, "Authentication", METHODS),
        (4, "GroupDesc", GROUPS),
        (5, "GroupType", &[(1, "MODP"), (2, "ECP"), (3, "EC2N")]),
        (11, "LifeType", &[(1, "Seconds"), (2, "Kilobytes")]),
        (12, "LifeDuration", &[]),
        (13, "PRF", &[]),
        (14, "KeyLength", &[]),
    ];
    let node = || label("written.attribute").hidden().doc("attribute");
    let mut list =
        Tlv::new(node().craft("transforms"), be16("written.attribute.kind"), be16("written.attribute.kind"))
            .head(
                "written.attribute.kind",
                None,
                [be16("written.attribute.kind").hidden().doc("attribute").into()],
            )
            .other([be16("written.attribute.value").hidden().doc("value").into()]);
    list.cases = KINDS
        .iter()
        .map(|(kind, name, words)| TlvCase {
            kind: *kind | 0x8000,
            field: node().craft(name),
            items: vec![be16("written.attribute.value").words(words).hidden().doc("value").into()],
        })
        .collect();
    list
}

fn proposal_items(transforms: Item) -> Vec<Item> {
    vec![
        u8("prop.number").craft("proposal").default(1).doc("number").into(),
        u8("prop.protoid").craft("proto").default(1).names(PROTOCOLS).doc("protocol").into(),
        spi_size(),
        u8("prop.transforms").craft("trans_nb").doc("transforms").into(),
        spi(),
        transforms,
    ]
}

pub(super) fn association_2() -> Vec<Item> {
    let id = |name: &'static str, names| vec![be16(name).names(names).brief().doc("transform").into()];
    let mut transform = head("inner.nextpayload", false);
    // scapy gives the length, and a key's length only where there is room
    if let Some(length) = transform.last_mut() {
        *length = be16("payloadlength").craft("length").unit("octets").default(8).doc("length").into();
    }
    transform.push(body(vec![
        u8("tf.type")
            .craft("transform_type")
            .names(TRANSFORMS)
            .words(TRANSFORM_WORDS)
            .doc("kind of transform")
            .into(),
        bytes("reserved", Size::Octets(lit(1))).craft("res2").doc("reserved").into(),
        decoded([
            Item::Switch(
                val("tf.type"),
                vec![
                    (1, 1, id("tf.id.encr", CIPHERS).into()),
                    (2, 2, id("tf.id.prf", PRFS).into()),
                    (3, 3, id("tf.id.integ", INTEGRITIES).into()),
                    (4, 4, id("tf.id.dh", GROUPS).into()),
                    (
                        5,
                        5,
                        id(
                            "tf.id.esn",
                            &[(0, "No Extended Sequence Numbers"), (1, "Extended Sequence Numbers")],
                        )
                        .into(),
                    ),
                ],
                id("tf.id", &[]).into(),
            ),
            Item::Repeat(
                label("ike2.attr").doc("attribute"),
                Count::ToEnd,
                vec![
                    flag("ike2.attr.format").doc("value of two octets").into(),
                    bits("ike2.attr.type", 15).names(&[(14, "Key Length")]).doc("attribute").into(),
                    when(
                        ge("ike2.attr.format", 1),
                        [
                            when(
                                eq("ike2.attr.type", 14),
                                [be16("ike2.attr.key_length")
                                    .brief()
                                    .unit("bits")
                                    .doc("length of the key")
                                    .into()],
                            ),
                            when(
                                ne("ike2.attr.type", 14),
                                [bytes("ike2.attr.value", Size::Octets(lit(2))).doc("value").into()],
                            ),
                        ],
                    ),
                    when(
                        not(ge("ike2.attr.format", 1)),
                        [
                            be16("ike2.attr.length").unit("octets").doc("length").into(),
                            bytes("ike2.attr.value", Size::Octets(val("ike2.attr.length")))
                                .doc("value")
                                .into(),
                        ],
                    ),
                ]
                .into(),
            ),
        ]),
        built([custom_both(
            [
                be16("written.id").craft("transform_id").hidden().doc("transform"),
                be16("written.key_length").craft("key_length").hidden().doc("bits of the key"),
            ],
            |_| {},
            write_transform,
        )]),
    ]));
    let mut proposal = head("inner.nextpayload", false);
    proposal.push(body(proposal_items(Item::Repeat(
        label("tf").craft("trans").doc("transform"),
        Count::ToEnd,
        transform.into(),
    ))));
    vec![Item::Repeat(label("prop2").craft("prop").doc("proposal"), Count::ToEnd, proposal.into())]
}

fn write_transform(build: &mut dyn Build) {
    build.put_field("written.id");
    if build.number("payloadlength") > 8 || build.is_given("written.key_length") {
        build.put(&[0x80, 14]);
        build.put_field("written.key_length");
    }
}
