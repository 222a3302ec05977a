//! Port-based access control: EAPOL (IEEE Std 802.1X-2020 §11) and EAP (RFC 3748).

use super::eap_methods as methods;
use crate::schema::{
    ETHER_TYPE, Item, PPP_PROTO, Protocol, Size, Span, Test, be16, be24, be32, be64, bits, built, bytes,
    decoded, eq, flag, is_in, label, lit, not, repeat, rest, switch, text, u8, val, when,
};

pub(super) const TYPES: &[(u64, &str)] = &[
    (0, "EAP packet"),
    (1, "start"),
    (2, "logoff"),
    (3, "key"),
    (4, "Encapsulated ASF alert"),
    (5, "MKA"),
    (6, "announcement"),
    (7, "announcement, specific"),
    (8, "announcement request"),
];

/// Types in scapy's words.
const TYPE_WORDS: &[(u64, &str)] = &[
    (0, "EAP-Packet"),
    (1, "EAPOL-Start"),
    (2, "EAPOL-Logoff"),
    (3, "EAPOL-Key"),
    (4, "EAPOL-Encapsulated-ASF-Alert"),
    (5, "EAPOL-MKA"),
];

pub(super) const METHODS: &[(u64, &str)] = &[
    (1, "Identity"),
    (2, "Notification"),
    (3, "Legacy Nak"),
    (4, "MD5-Challenge"),
    (5, "One-Time Password"),
    (6, "Generic Token Card"),
    (13, "EAP-TLS"),
    (17, "EAP-Cisco LEAP"),
    (18, "EAP-SIM"),
    (21, "EAP-TTLS"),
    (23, "EAP-AKA"),
    (25, "PEAP"),
    (26, "MS-CHAP-V2"),
    (29, "EAP-MSCHAP-V2"),
    (43, "EAP-FAST"),
    (50, "EAP-AKA'"),
    (52, "EAP-PWD"),
    (55, "TEAP"),
    (254, "expanded"),
    (255, "experimental"),
];

pub(super) const CODES: &[(u64, &str)] =
    &[(1, "Request"), (2, "Response"), (3, "Success"), (4, "Failure"), (5, "Initiate"), (6, "Finish")];

pub(super) fn eapol() -> Protocol {
    Protocol::new("eapol", "802.1X authentication")
        .layer("EAPOL")
        .body("EAPOL_KEY", "len", &[("type", 3)])
        .source("IEEE Std 802.1X-2020 §11.3")
        .on(ETHER_TYPE, &[0x888e])
        .later(fields)
        .summary(super::eapol_line::eapol)
        .leads_to(&["eap"])
        .after(|walk| {
            if let Some([_, kind, l0, l1]) = walk.header().first_chunk::<4>().copied()
                && kind != 3
            {
                walk.limit_payload(i64::from(u16::from_be_bytes([l0, l1])));
                if kind == 0 {
                    walk.next_named("eap");
                }
            }
        })
        .sample("0180c2000003 020000000001 888e 01 01 0000 0000")
        .sample("0180c2000003 020000000001 888e 02 00 000a 0101000a 01 7573657231")
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    protocol
        .field(u8("version").default(1).brief().doc("version"))
        .field(u8("type").names(TYPES).words(TYPE_WORDS).brief().doc("type"))
        .field(be16("len").len_of(Span::Padded, 1, 0).unit("octets").doc("length"))
        .field(switch(
            val("type"),
            [(
                3,
                vec![Item::Block(
                    label("keydes").doc("key descriptor"),
                    Size::Octets(val("len")),
                    key().into(),
                )],
            )],
            vec![],
        ))
}

/// IEEE Std 802.11-2020 §12.7.2 for type 2, IEEE Std 802.1X-2004 §7.6 for type 1.
fn key() -> Vec<Item> {
    vec![
        u8("keydes.type")
            .craft("key_descriptor_type")
            .default(1)
            .names(&[(1, "RC4"), (2, "802.11"), (254, "WPA")])
            .doc("descriptor type")
            .into(),
        switch(
            val("keydes.type"),
            [(
                1,
                // scapy writes the descriptor of IEEE Std 802.11 whatever its type
                [decoded([
                    be16("keydes.key_len").unit("octets").doc("key length").into(),
                    be64("keydes.replay_counter").doc("replay counter").into(),
                    bytes("keydes.key_iv", Size::Octets(lit(16))).doc("initialisation vector").into(),
                    u8("keydes.key_index").hex().doc("key index").of([
                        flag("keydes.key_index.type").doc("unicast"),
                        bits("keydes.key_index.number", 7).doc("index"),
                    ]),
                    bytes("keydes.key_signature", Size::Octets(lit(16))).doc("signature").into(),
                    bytes("keydes.key", rest()).doc("key").into(),
                ])]
                .into_iter()
                .chain([Item::When(not(Test::All(Vec::new())), with_nonce().into())])
                .collect(),
            )],
            with_nonce(),
        ),
    ]
}

/// The descriptor of IEEE Std 802.11.
fn with_nonce() -> Vec<Item> {
    vec![
        be16("keydes.key_info").hex().doc("key information").of([
            bits("keydes.key_info.reserved", 2).craft("res2").doc("reserved"),
            flag("keydes.key_info.smk_message").craft("smk_message").doc("SMK message"),
            flag("keydes.key_info.encrypted_key_data")
                .craft("encrypted_key_data")
                .doc("key data are encrypted"),
            flag("keydes.key_info.request").craft("request").doc("request"),
            flag("keydes.key_info.error").craft("error").doc("error"),
            flag("keydes.key_info.secure").craft("secure").doc("secure"),
            flag("keydes.key_info.key_mic").craft("has_key_mic").default(1).doc("MIC is there"),
            flag("keydes.key_info.key_ack").craft("key_ack").doc("answer wanted"),
            flag("keydes.key_info.install").craft("install").doc("install"),
            bits("keydes.key_info.key_index", 2).craft("res").doc("index"),
            flag("keydes.key_info.key_type").craft("key_type").doc("pairwise key"),
            bits("keydes.key_info.keydes_version", 3)
                .craft("key_descriptor_type_version")
                .doc("descriptor version"),
        ]),
        be16("keydes.key_len")
            .craft("key_length")
            .craft("len")
            .len_of(Span::Payload, 1, 0)
            .unit("octets")
            .doc("key length")
            .into(),
        be64("keydes.replay_counter").craft("key_replay_counter").doc("replay counter").into(),
        bytes("keydes.nonce", Size::Octets(lit(32))).craft("key_nonce").doc("nonce").into(),
        bytes("keydes.key_iv", Size::Octets(lit(16))).craft("key_iv").doc("initialisation vector").into(),
        be64("keydes.rsc").craft("key_rsc").doc("receive sequence counter").into(),
        be64("keydes.id").craft("key_id").takes_octets().hex().doc("identifier").into(),
        bytes("keydes.mic", Size::Octets(lit(16))).craft("key_mic").doc("message integrity code").into(),
        be16("keydes.data_len")
            .craft("key_data_length")
            .len_of_part("keydes.data", 1, 0)
            .unit("octets")
            .doc("key data length")
            .into(),
        bytes("keydes.data", Size::Octets(val("keydes.data_len")))
            .craft("key_data")
            .craft("key")
            .doc("key data")
            .into(),
    ]
}

pub(super) fn eap() -> Protocol {
    Protocol::new("eap", "Extensible Authentication Protocol")
        .layer("EAP")
        .layer_as("EAP_MD5", &[("code", 1), ("type", 4), (METHOD, 0)])
        .layer_as("EAP_TLS", &[("code", 1), ("type", 13), (METHOD, 0)])
        .layer_as("EAP_TTLS", &[("code", 1), ("type", 21), (METHOD, 0)])
        .layer_as("EAP_PEAP", &[("code", 1), ("type", 25), (METHOD, 0)])
        .layer_as("EAP_FAST", &[("code", 1), ("type", 43), (METHOD, 0)])
        .layer_as("LEAP", &[("code", 1), ("type", 17)])
        .below("", "eapol", &[("type", crate::schema::Given::Number(0))])
        .source("RFC 3748 §4")
        .on(PPP_PROTO, &[0xc227])
        .later(eap_fields)
        .summary(super::eapol_line::eap)
        .sample("0180c2000003 020000000001 888e 02 00 000a 0101000a 01 7573657231")
        .sample("0180c2000003 020000000001 888e 02 00 0020 01010020 12 0b0000 0b050000 0102030405060708090a0b0c0d0e0f10 0c014000")
        .sample("0180c2000003 020000000001 888e 02 00 0020 01050020 1a 01 05 001b 10 0102030405060708090a0b0c0d0e0f10 736572766572")
}

/// The methods that a response wants instead.
fn desired() -> Vec<Item> {
    let methods = || {
        let method = u8("desired_type").craft("desired_auth_types").named_by(method_name).doc("method");
        repeat(label("desired").doc("desired methods"), [method.into()])
    };
    vec![decoded([methods()]), built([when(eq("code", 2), [methods()])])]
}

/// The identity of a response; a request may have a message for its user there.
fn identity() -> Vec<Item> {
    let name = |scapy| text("identity", rest()).craft(scapy).brief().doc("identity");
    vec![
        decoded([name("identity").into()]),
        built([
            when(eq("code", 2), [name("identity").into()]),
            when(eq("code", 1), [name("message").into()]),
        ]),
    ]
}

/// Header and generated fields.
fn eap_fields(protocol: Protocol) -> Protocol {
    protocol
        .field(u8("code").default(4).names(CODES).brief().doc("code"))
        .field(u8("id").brief().doc("identifier"))
        .field(be16("len").len_of(Span::Whole, 1, 0).unit("octets").doc("length"))
        .field(Item::Block(
            label("message").doc("message"),
            Size::Octets(val("len") - 4),
            vec![Item::When(
                // success and failure have none
                not(is_in("code", &[3, 4])),
                vec![
                    u8("type").named_by(method_name).brief().doc("method").into(),
                    switch(
                        val("type"),
                        [
                            (1, identity()),
                            (
                                2,
                                vec![
                                    text("notification", rest()).craft("message").doc("notification").into(),
                                ],
                            ),
                            (3, desired()),
                            (
                                4,
                                method([
                                    u8("md5.value_size")
                                        .craft("value_size")
                                        .len_of_part("md5.value", 1, 0)
                                        .unit("octets")
                                        .doc("value length")
                                        .into(),
                                    bytes("md5.value", Size::Octets(val("md5.value_size")))
                                        .craft("value")
                                        .doc("value")
                                        .into(),
                                    bytes("md5.extra_data", rest())
                                        .craft("optional_name")
                                        .doc("further data")
                                        .into(),
                                ]),
                            ),
                            (17, leap()),
                            (13, tls(5, 0, 0)),
                            (18, methods::sim()),
                            (21, tls(2, 3, 0)),
                            (23, methods::aka()),
                            (25, tls(3, 2, 1)),
                            (26, methods::ms_chap()),
                            (33, methods::microsoft()),
                            (43, fast()),
                            (46, methods::pax()),
                            (47, methods::psk()),
                            (48, methods::sake()),
                            (49, methods::ikev2()),
                            (50, methods::aka()),
                            (51, methods::gpsk()),
                            (52, methods::password()),
                            (55, tunnel()),
                            (254, expanded()),
                        ],
                        vec![bytes("data", rest()).doc("data").into()],
                    ),
                ]
                .into(),
            )]
            .into(),
        ))
}

/// Cisco's LEAP.
fn leap() -> Vec<Item> {
    vec![
        u8("leap.version").craft("version").default(1).doc("version").into(),
        u8("leap.reserved").craft("unused").hex().doc("reserved").into(),
        u8("leap.count")
            .craft("count")
            .len_of_part("leap.data", 1, 0)
            .unit("octets")
            .doc("length of the challenge or response")
            .into(),
        bytes("leap.data", Size::Octets(val("leap.count")))
            .craft("challenge_response")
            .doc("challenge or response")
            .into(),
        text("leap.name", rest()).craft("username").doc("name").into(),
    ]
}

/// Methods that tcpdump does not name have names too.
fn method_name(number: u64) -> Option<&'static str> {
    const OTHERS: &[(u64, &str)] = &[
        (33, "EAP-TLV"),
        (38, "EAP-TNC"),
        (46, "EAP-PAX"),
        (47, "EAP-PSK"),
        (48, "EAP-SAKE"),
        (49, "EAP-IKEv2"),
        (51, "EAP-GPSK"),
        (53, "EAP-EKE"),
        (56, "EAP-NOOB"),
    ];
    METHODS.iter().chain(OTHERS).find(|(known, _)| *known == number).map(|(_, name)| *name)
}

fn expanded() -> Vec<Item> {
    const WIFI_ALLIANCE: i64 = 0x372a;
    let setup = Test::All(vec![
        eq("ext.vendor_id", WIFI_ALLIANCE),
        eq("ext.vendor_type", 1),
        Test::Ge(crate::schema::left(), lit(2)),
    ]);
    vec![
        be24("ext.vendor_id").hex().names(&[(0, "IETF"), (0x372a, "Wi-Fi Alliance")]).doc("vendor").into(),
        be32("ext.vendor_type").doc("vendor's type").into(),
        Item::When(setup, methods::protected_setup().into()),
        when(Test::Ge(crate::schema::left(), lit(1)), [bytes("data", rest()).doc("data").into()]),
    ]
}

/// FAST begins with the name of who gives out its keys (RFC 4851 §4.1.1).
fn fast() -> Vec<Item> {
    let [flags, length, data] = tls_parts(2, 3, 0);
    let authority = when(
        Test::All(vec![eq("tls.flags.start", 1), Test::Ge(crate::schema::left(), lit(4))]),
        [
            be16("fast.type").doc("type").into(),
            be16("fast.length").unit("octets").doc("length").into(),
            bytes("fast.authority_id_data", Size::Octets(val("fast.length")))
                .doc("who gives out the keys")
                .into(),
        ],
    );
    let mut items = vec![decoded([flags, length, authority, data])];
    items.extend(written(tls_parts(2, 3, 0)));
    items
}

/// TEAP has TLVs outside of its tunnel (RFC 7170 §4.1).
fn tunnel() -> Vec<Item> {
    let whole = u8("tls.flags").hex().doc("flags").of([
        flag("tls.flags.length_included").doc("length is there"),
        flag("tls.flags.more_fragments").doc("more fragments"),
        flag("tls.flags.start").doc("start"),
        flag("tls.flags.outer_tlv_len_included").doc("the length of the outer TLVs is there"),
        bits("tls.flags.reserved", 1).doc("reserved"),
        bits("tls.flags.version", 3).doc("version"),
    ]);
    let [_, length, data] = tls_parts(2, 3, 1);
    let outer = when(
        eq("tls.flags.outer_tlv_len_included", 1),
        [be32("tls.outer_len").unit("octets").doc("length of the outer TLVs").into()],
    );
    let mut items = vec![decoded([whole, length, outer, data])];
    items.extend(written(tls_parts(2, 3, 1)));
    items
}

/// EAP-TLS has no version; the methods made from it have one of two or three bits, with a default of their own.
fn tls(reserved: u16, version: u16, default: u64) -> Vec<Item> {
    method(tls_parts(reserved, version, default))
}

fn tls_parts(reserved: u16, version: u16, default: u64) -> [Item; 3] {
    let mut parts: Vec<Item> = vec![
        flag("tls.flags.length_included")
            .alias("tls.flags.len_included")
            .craft("L")
            .doc("length is there")
            .into(),
        flag("tls.flags.more_fragments").craft("M").doc("more fragments").into(),
        flag("tls.flags.start").craft("S").doc("start").into(),
        bits("tls.flags.reserved", reserved).craft("reserved").doc("reserved").into(),
    ];
    if version > 0 {
        parts
            .push(bits("tls.flags.version", version).craft("version").default(default).doc("version").into());
    }
    [
        Item::Group(u8("tls.flags").hex().doc("flags"), parts.into()),
        crate::schema::when(
            crate::schema::eq("tls.flags.length_included", 1),
            [be32("tls.len")
                .craft("tls_message_len")
                .craft("message_len")
                .unit("octets")
                .doc("message length")
                .into()],
        ),
        bytes("tls.data", rest()).craft("tls_data").craft("data").doc("TLS records").into(),
    ]
}

/// Of no octets: says that the crafter's layer is a method's own.
const METHOD: &str = "written.method";

/// What a method has in its own layers; `EAP(type=4)` is its head alone, as in scapy.
fn method(items: [Item; 3]) -> Vec<Item> {
    let mut both = vec![decoded(items.clone())];
    both.extend(written(items));
    both
}

fn written(items: [Item; 3]) -> [Item; 1] {
    let mark: Item = bytes(METHOD, Size::Octets(lit(0))).hidden().doc("mark of a method's layer").into();
    let written: Vec<Item> = std::iter::once(mark).chain(items).collect();
    [Item::When(Test::Any(Vec::new()), written.into())]
}
