//! EAP's methods that have no TLS in them: SIM (RFC 4186), AKA (RFC 4187, RFC 5448), MS-CHAP-V2 (draft-kamath-pppext-eap-mschapv2), PAX (RFC 4746),
//! PSK (RFC 4764), SAKE (RFC 4763), GPSK (RFC 5433), IKEv2 (RFC 5106), PWD (RFC 5931), Microsoft's TLVs, and Wi-Fi Protected Setup's head.

use crate::schema::{
    Field, Item, Size, Test, Tlv, be16, be32, bits, bytes, case, eq, flag, label, left, lit, ne, repeat,
    rest, switch, text, u8, val, when,
};

fn octets(name: &'static str, number: i64) -> Item {
    bytes(name, Size::Octets(lit(number))).doc("octets").into()
}

/// A length of two octets and so many octets.
fn counted(length: &'static str, field: Field) -> Vec<Item> {
    let name = field.name;
    vec![
        be16(length).unit("octets").len_of_part(name, 1, 0).doc("length").into(),
        Field { size: Size::Octets(val(length)), ..field }.into(),
    ]
}

fn chain<const N: usize>(parts: [Vec<Item>; N]) -> Vec<Item> {
    parts.into_iter().flatten().collect()
}

const ATTRIBUTES: &[(u64, &str)] = &[
    (1, "AT_RAND"),
    (2, "AT_AUTN"),
    (3, "AT_RES"),
    (4, "AT_AUTS"),
    (6, "AT_PADDING"),
    (7, "AT_NONCE_MT"),
    (10, "AT_PERMANENT_ID_REQ"),
    (11, "AT_MAC"),
    (12, "AT_NOTIFICATION"),
    (13, "AT_ANY_ID_REQ"),
    (14, "AT_IDENTITY"),
    (15, "AT_VERSION_LIST"),
    (16, "AT_SELECTED_VERSION"),
    (17, "AT_FULLAUTH_ID_REQ"),
    (19, "AT_COUNTER"),
    (20, "AT_COUNTER_TOO_SMALL"),
    (21, "AT_NONCE_S"),
    (22, "AT_CLIENT_ERROR_CODE"),
    (23, "AT_KDF_INPUT"),
    (24, "AT_KDF"),
    (129, "AT_IV"),
    (130, "AT_ENCR_DATA"),
    (132, "AT_NEXT_PSEUDONYM"),
    (133, "AT_NEXT_REAUTH_ID"),
    (134, "AT_CHECKCODE"),
    (135, "AT_RESULT_IND"),
    (136, "AT_BIDDING"),
    (137, "AT_IPMS_IND"),
    (138, "AT_IPMS_RES"),
    (139, "AT_TRUST_IND"),
];
const NOTIFICATIONS: &[(u64, &str)] = &[
    (0, "general failure after authentication"),
    (1026, "access denied for a time"),
    (1031, "not subscribed"),
    (16384, "general failure"),
    (32768, "success"),
];

/// Names of what SIM and AKA have both.
struct Cellular {
    subtype: &'static str,
    reserved: &'static str,
    attribute: &'static str,
    kind: &'static str,
    length: &'static str,
    notification: &'static str,
    error: &'static str,
    value: &'static str,
}

pub(super) fn sim() -> Vec<Item> {
    const SUBTYPES: &[(u64, &str)] = &[
        (10, "start"),
        (11, "challenge"),
        (12, "notification"),
        (13, "re-authentication"),
        (14, "client error"),
    ];
    const ERRORS: &[(u64, &str)] = &[
        (0, "unable to process"),
        (1, "version not supported"),
        (2, "too few challenges"),
        (3, "challenges not fresh"),
    ];
    cellular(
        &Cellular {
            subtype: "sim.subtype",
            reserved: "sim.reserved",
            attribute: "sim.subtype.attribute",
            kind: "sim.subtype.type",
            length: "sim.subtype.len",
            notification: "sim.notification_type",
            error: "sim.error_code",
            value: "sim.subtype.value",
        },
        SUBTYPES,
        ERRORS,
    )
}

pub(super) fn aka() -> Vec<Item> {
    const SUBTYPES: &[(u64, &str)] = &[
        (1, "challenge"),
        (2, "authentication reject"),
        (4, "synchronisation failure"),
        (5, "identity"),
        (12, "notification"),
        (13, "re-authentication"),
        (14, "client error"),
    ];
    cellular(
        &Cellular {
            subtype: "aka.subtype",
            reserved: "aka.reserved",
            attribute: "aka.subtype.attribute",
            kind: "aka.subtype.type",
            length: "aka.subtype.len",
            notification: "aka.notification_type",
            error: "aka.error_code",
            value: "aka.subtype.value",
        },
        SUBTYPES,
        &[(0, "unable to process")],
    )
}

/// A subtype, and attributes in units of four octets.
fn cellular(
    names: &Cellular,
    subtypes: &'static [(u64, &'static str)],
    errors: &'static [(u64, &'static str)],
) -> Vec<Item> {
    let mut list = Tlv::new(label(names.attribute).doc("attribute"), u8(names.kind), u8(names.length))
        .unit(4)
        .other([bytes(names.value, rest()).doc("value").into()]);
    list.head = vec![
        u8(names.kind).names(ATTRIBUTES).doc("attribute").into(),
        u8(names.length).unit("4 octets").doc("length").into(),
    ];
    let attribute = || label(names.attribute).doc("attribute");
    let behind = || when(Test::Ge(left(), lit(1)), [bytes(names.value, rest()).doc("value").into()]);
    let list = list.cases([
        case(
            12,
            attribute(),
            [be16(names.notification).names(NOTIFICATIONS).doc("notification").into(), behind()],
        ),
        case(
            14,
            attribute(),
            [
                be16("identity.actual_len").unit("octets").doc("length of the identity").into(),
                text("identity", Size::Octets(val("identity.actual_len"))).doc("identity").into(),
                when(Test::Ge(left(), lit(1)), [bytes("identity.padding", rest()).doc("padding").into()]),
            ],
        ),
        case(22, attribute(), [be16(names.error).names(errors).doc("error").into(), behind()]),
    ]);
    vec![
        u8(names.subtype).names(subtypes).brief().doc("message of the method").into(),
        be16(names.reserved).hex().doc("reserved").into(),
        list.into(),
    ]
}

pub(super) fn ms_chap() -> Vec<Item> {
    const CODES: &[(u64, &str)] =
        &[(1, "challenge"), (2, "response"), (3, "success"), (4, "failure"), (7, "change password")];
    let value = |items: Vec<Item>| {
        vec![
            u8("ms_chap_v2.value_size").unit("octets").doc("value length").into(),
            Item::Block(
                label("ms_chap_v2.value").doc("value").hidden(),
                Size::Octets(val("ms_chap_v2.value_size")),
                items.into(),
            ),
            text("ms_chap_v2.name", rest()).doc("name").into(),
        ]
    };
    let response = vec![switch(
        val("ms_chap_v2.value_size"),
        [(
            49,
            vec![
                octets("ms_chap_v2.peer_challenge", 16),
                octets("ms_chap_v2.reserved", 8),
                octets("ms_chap_v2.nt_response", 24),
                u8("ms_chap_v2.flags").hex().doc("flags").into(),
            ],
        )],
        vec![bytes("ms_chap_v2.response", rest()).doc("response of another length").into()],
    )];
    let challenge = vec![bytes("ms_chap_v2.challenge", rest()).doc("challenge").into()];
    let body = switch(
        val("ms_chap_v2.opcode"),
        [
            (1, value(challenge)),
            (2, value(response)),
            (3, vec![text("ms_chap_v2.message", rest()).doc("message").into()]),
            (4, vec![text("ms_chap_v2.failure_request", rest()).doc("why it failed").into()]),
        ],
        vec![bytes("ms_chap_v2.data", rest()).doc("data").into()],
    );
    vec![
        u8("ms_chap_v2.opcode").names(CODES).brief().doc("message of the method").into(),
        // an acknowledgement is the code alone
        when(
            Test::Ge(left(), lit(3)),
            [
                u8("ms_chap_v2.id").doc("identifier").into(),
                be16("ms_chap_v2.length").unit("octets").doc("length").into(),
                body,
            ],
        ),
    ]
}

pub(super) fn pax() -> Vec<Item> {
    const CODES: &[(u64, &str)] = &[
        (0x01, "STD-1"),
        (0x02, "STD-2"),
        (0x03, "STD-3"),
        (0x11, "SEC-1"),
        (0x12, "SEC-2"),
        (0x13, "SEC-3"),
        (0x14, "SEC-4"),
        (0x15, "SEC-5"),
        (0x21, "ACK"),
    ];
    let a = || counted("pax.a.len", bytes("pax.a", rest()).doc("random number or key of the server"));
    let b = || counted("pax.b.len", bytes("pax.b", rest()).doc("random number or key of the client"));
    let name = || counted("pax.cid.len", text("pax.cid", rest()).doc("client"));
    let check = || counted("pax.mac_ck.len", bytes("pax.mac_ck", rest()).doc("check with the session's key"));
    let body = switch(
        val("pax.opcode"),
        [(0x01, a()), (0x02, chain([b(), name(), check()])), (0x03, check())],
        vec![],
    );
    let extension = counted("pax.ade.len", bytes("pax.ade", rest()).doc("authenticated data"));
    vec![
        u8("pax.opcode").hex().names(CODES).brief().doc("message of the method").into(),
        u8("pax.flags").hex().doc("flags").of([
            bits("pax.flags.reserved", 5).doc("reserved"),
            flag("pax.flags.ai").doc("authenticated data are there"),
            flag("pax.flags.ce").doc("certificates"),
            flag("pax.flags.mf").doc("more fragments"),
        ]),
        u8("pax.mac_id")
            .hex()
            .names(&[(1, "HMAC-SHA1-128"), (2, "HMAC-SHA256-128")])
            .doc("check sums")
            .into(),
        u8("pax.dh_group_id")
            .hex()
            .names(&[(0, "none"), (1, "2048-bit MODP"), (2, "3072-bit MODP"), (3, "NIST P-256")])
            .doc("group")
            .into(),
        u8("pax.public_key_id")
            .hex()
            .names(&[(0, "none"), (1, "RSAES-OAEP"), (2, "RSA-PKCS1-V1_5"), (3, "El-Gamal")])
            .doc("public key")
            .into(),
        body,
        Item::When(Test::All(vec![ne("pax.flags.ai", 0), Test::Ge(left(), lit(18))]), extension.into()),
        when(Test::Ge(left(), lit(17)), [bytes("pax.data", Size::Octets(left() - 16)).doc("data").into()]),
        bytes("pax.icv", rest()).doc("integrity check value").into(),
    ]
}

pub(super) fn psk() -> Vec<Item> {
    vec![
        u8("psk.flags").hex().doc("flags").of([
            bits("psk.flags.t", 2).hex().doc("which of the four messages, less one"),
            bits("psk.flags.reserved", 6).hex().doc("reserved"),
        ]),
        octets("psk.rand_s", 16),
        switch(
            val("psk.flags.t"),
            [
                (0, vec![text("psk.id_s", rest()).doc("server").into()]),
                (
                    1,
                    vec![
                        octets("psk.rand_p", 16),
                        octets("psk.mac_p", 16),
                        text("psk.id_p", rest()).doc("peer").into(),
                    ],
                ),
                (
                    2,
                    vec![
                        octets("psk.mac_s", 16),
                        bytes("psk.pchannel", rest()).doc("protected channel").into(),
                    ],
                ),
            ],
            vec![bytes("psk.pchannel", rest()).doc("protected channel").into()],
        ),
    ]
}

pub(super) fn sake() -> Vec<Item> {
    const SUBTYPES: &[(u64, &str)] = &[(1, "challenge"), (2, "confirm"), (3, "auth-reject"), (4, "identity")];
    const KINDS: &[(u64, &str)] = &[
        (1, "server's nonce"),
        (2, "peer's nonce"),
        (3, "server's MIC"),
        (4, "peer's MIC"),
        (5, "server's identity"),
        (6, "peer's identity"),
        (7, "security parameters of the server"),
        (8, "security parameters of the peer"),
        (10, "any identity wanted"),
        (11, "permanent identity wanted"),
        (128, "encrypted data"),
        (129, "initialisation vector"),
        (130, "padding"),
        (131, "next temporary identity"),
        (132, "life of the key"),
    ];
    let mut list = Tlv::new(label("sake.attr").doc("attribute"), u8("sake.attr.type"), u8("sake.attr.len"))
        .other([bytes("sake.attr.val", rest()).doc("value").into()]);
    list.head = vec![
        u8("sake.attr.type").hex().names(KINDS).doc("attribute").into(),
        u8("sake.attr.len").unit("octets").doc("length").into(),
    ];
    let identity = || [Item::from(text("sake.attr.val_str", rest()).doc("identity"))];
    let list = list.cases([
        case(5, label("sake.attr").doc("attribute"), identity()),
        case(6, label("sake.attr").doc("attribute"), identity()),
        case(
            132,
            label("sake.attr").doc("attribute"),
            [bits("sake.attr.val_uint48", 48).unit("s").doc("life of the key").into()],
        ),
    ]);
    vec![
        u8("sake.version").hex().doc("version").into(),
        u8("sake.session_id").hex().doc("session").into(),
        u8("sake.subtype").hex().names(SUBTYPES).brief().doc("message of the method").into(),
        list.into(),
    ]
}

pub(super) fn gpsk() -> Vec<Item> {
    const CODES: &[(u64, &str)] =
        &[(1, "GPSK-1"), (2, "GPSK-2"), (3, "GPSK-3"), (4, "GPSK-4"), (5, "fail"), (6, "protected fail")];
    let server = || counted("gpsk.id_server.len", text("gpsk.id_server", rest()).doc("server"));
    let peer = || counted("gpsk.id_peer.len", text("gpsk.id_peer", rest()).doc("peer"));
    let random_server = || vec![octets("gpsk.rand_server", 32)];
    let random_peer = || vec![octets("gpsk.rand_peer", 32)];
    let suite = || {
        vec![
            be32("gpsk.csuite.vendor").hex().doc("whose cipher suite").into(),
            be16("gpsk.csuite.specifier")
                .hex()
                .names(&[(1, "AES-CMAC-128"), (2, "HMAC-SHA256")])
                .doc("cipher suite")
                .into(),
        ]
    };
    let suites = || -> Vec<Item> {
        vec![
            be16("gpsk.csuite_list_len").unit("octets").doc("length of the cipher suites").into(),
            Item::Block(
                label("gpsk.csuites").doc("cipher suites").hidden(),
                Size::Octets(val("gpsk.csuite_list_len")),
                vec![Item::Repeat(
                    label("gpsk.csuite").doc("cipher suite"),
                    crate::schema::Count::ToEnd,
                    suite().into(),
                )]
                .into(),
            ),
        ]
    };
    let payload = || counted("gpsk.pd_payload.len", bytes("gpsk.pd_payload", rest()).doc("protected data"));
    let check = || vec![Item::from(bytes("gpsk.payload_mac", rest()).doc("check over the message"))];
    let failure = || {
        vec![Item::from(
            be32("gpsk.failure_code")
                .hex()
                .names(&[(1, "key not found"), (2, "authentication failed"), (3, "authorisation failed")])
                .doc("why it failed"),
        )]
    };
    vec![
        u8("gpsk.opcode").hex().names(CODES).brief().doc("message of the method").into(),
        switch(
            val("gpsk.opcode"),
            [
                (1, chain([server(), random_server(), suites()])),
                (
                    2,
                    chain([
                        peer(),
                        server(),
                        random_peer(),
                        random_server(),
                        suites(),
                        suite(),
                        payload(),
                        check(),
                    ]),
                ),
                (3, chain([random_peer(), random_server(), server(), suite(), payload(), check()])),
                (4, chain([payload(), check()])),
                (5, failure()),
                (6, chain([failure(), check()])),
            ],
            vec![bytes("data", rest()).doc("data").into()],
        ),
    ]
}

pub(super) fn ikev2() -> Vec<Item> {
    vec![
        u8("ikev2.flags").hex().doc("flags").of([
            flag("ikev2.flags.len_included").alias("ikve2.flags.len_included").doc("length is there"),
            flag("ikev2.flags.more_fragments").doc("more fragments"),
            flag("ikev2.flags.icv_present").doc("an integrity check value is there"),
            bits("ikev2.flags.reserved", 5).doc("reserved"),
        ]),
        when(
            ne("ikev2.flags.len_included", 0),
            [be32("ikev2.len").unit("octets").doc("message length").into()],
        ),
        when(
            Test::All(vec![ne("ikev2.flags.icv_present", 0), Test::Ge(left(), lit(12))]),
            [
                bytes("ikev2.data", Size::Octets(left() - 12)).doc("IKEv2 message").into(),
                bytes("ikev2.integrity_checksum_data", rest()).doc("integrity check value").into(),
            ],
        ),
        when(eq("ikev2.flags.icv_present", 0), [bytes("ikev2.data", rest()).doc("IKEv2 message").into()]),
    ]
}

pub(super) fn password() -> Vec<Item> {
    const EXCHANGES: &[(u64, &str)] = &[(1, "ID"), (2, "commit"), (3, "confirm")];
    vec![
        flag("pwd.flags.length_included").doc("length is there").into(),
        flag("pwd.flags.more_fragments").doc("more fragments").into(),
        bits("pwd.exchange", 6).names(EXCHANGES).brief().doc("message of the method").into(),
        when(
            ne("pwd.flags.length_included", 0),
            [be16("pwd.len").unit("octets").doc("message length").into()],
        ),
        switch(
            val("pwd.exchange"),
            [(
                1,
                vec![
                    be16("pwd.group").doc("group").into(),
                    u8("pwd.random").doc("random function").into(),
                    u8("pwd.prf").doc("pseudo-random function").into(),
                    be32("pwd.token").hex().doc("token").into(),
                    u8("pwd.preparation")
                        .names(&[(0, "none"), (1, "RFC 2759"), (2, "SASLprep")])
                        .doc("preparation of the password")
                        .into(),
                    text("pwd.identity", rest()).doc("identity").into(),
                ],
            )],
            vec![bytes("pwd.data", rest()).doc("scalar and element, or confirmation").into()],
        ),
    ]
}

/// What PEAP and FAST send within their tunnel, and by itself in some captures.
pub(super) fn microsoft() -> Vec<Item> {
    const KINDS: &[(u64, &str)] = &[
        (3, "result"),
        (4, "NAK"),
        (5, "error"),
        (7, "vendor"),
        (9, "EAP payload"),
        (10, "intermediate result"),
        (11, "PAC"),
        (12, "cryptobinding"),
        (18, "server trusted root"),
        (19, "request action"),
        (20, "PKCS#7"),
    ];
    let status =
        || [Item::from(be16("msauth-tlv.status").names(&[(1, "success"), (2, "failure")]).doc("status"))];
    let mut list =
        Tlv::new(label("msauth-tlv").doc("TLV"), bits("msauth-tlv.type", 14), be16("msauth-tlv.len"))
            .body_len()
            .other([bytes("msauth-tlv.val", rest()).doc("value").into()]);
    list.head = vec![
        flag("msauth-tlv.mandatory").doc("must be understood").into(),
        flag("msauth-tlv.reserved").doc("reserved").into(),
        bits("msauth-tlv.type", 14).names(KINDS).doc("type").into(),
        be16("msauth-tlv.len").unit("octets").doc("length").into(),
    ];
    let entry = || label("msauth-tlv").doc("TLV");
    vec![
        list.cases([
            case(3, entry(), status()),
            case(10, entry(), status()),
            case(
                12,
                entry(),
                [
                    u8("msauth-tlv.crypto.reserved").doc("reserved").into(),
                    u8("msauth-tlv.crypto.version").doc("version").into(),
                    u8("msauth-tlv.crypto.received-version").doc("version that was received").into(),
                    u8("msauth-tlv.crypto.subtype")
                        .names(&[(0, "request"), (1, "response")])
                        .doc("subtype")
                        .into(),
                    octets("msauth-tlv.crypto.nonce", 32),
                    bytes("msauth-tlv.crypto.cmac", rest()).doc("check over both tunnels").into(),
                ],
            ),
        ])
        .into(),
    ]
}

/// Wi-Fi Protected Setup's messages in EAP (Wi-Fi Simple Configuration §7.7.1).
pub(super) fn protected_setup() -> Vec<Item> {
    const CODES: &[(u64, &str)] = &[
        (1, "WSC_Start"),
        (2, "WSC_ACK"),
        (3, "WSC_NACK"),
        (4, "WSC_MSG"),
        (5, "WSC_Done"),
        (6, "WSC_FRAG_ACK"),
    ];
    vec![
        u8("wps.code").names(CODES).doc("message of the method").into(),
        u8("wps.flags").hex().doc("flags").of([
            bits("wps.flags.reserved", 6).doc("reserved"),
            flag("wps.flags.length").doc("length is there"),
            flag("wps.flags.more").doc("more fragments"),
        ]),
        when(ne("wps.flags.length", 0), [be16("wps.msglen").unit("octets").doc("message length").into()]),
        repeat(
            label("wps.attribute").doc("attribute"),
            [
                be16("wps.type").hex().doc("attribute").into(),
                be16("wps.length").unit("octets").doc("length").into(),
                bytes("wps.value", Size::Octets(val("wps.length").min(left()))).doc("value").into(),
            ],
        ),
    ]
}
