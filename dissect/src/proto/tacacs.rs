//! TACACS+ (RFC 8907): the header, and bodies that are not obfuscated.

use crate::decode::Walk;
use crate::schema::{
    Begun, DecodeFn, Item, Length, Protocol, Size, Span, TCP_PORT, Test, be16, be32, bits, bytes, eq, flag,
    ge, label, left, lit, not, rest, same, switch, text, u8, val, when,
};

const TYPES: &[(u64, &str)] = &[(1, "Authentication"), (2, "Authorization"), (3, "Accounting")];

const ACTIONS: &[(u64, &str)] =
    &[(1, "Inbound Login"), (2, "Change password request"), (4, "Outbound Request")];

const KINDS: &[(u64, &str)] =
    &[(1, "ASCII"), (2, "PAP"), (3, "CHAP"), (4, "ARAP"), (5, "MSCHAP"), (6, "MSCHAPv2")];

const SERVICES: &[(u64, &str)] = &[
    (0, "None"),
    (1, "Login"),
    (2, "ENABLE"),
    (3, "PPP"),
    (4, "ARAP"),
    (5, "PT"),
    (6, "RCMD"),
    (7, "X25"),
    (8, "NASI"),
    (9, "FwProxy"),
];

const REPLIES: &[(u64, &str)] = &[
    (1, "Authentication Passed"),
    (2, "Authentication Failed"),
    (3, "Send Data"),
    (4, "Send Username"),
    (5, "Send Password"),
    (6, "Restart Authentication Sequence"),
    (7, "Unrecoverable Error"),
    (0x21, "Use Alternate Server"),
];

const METHODS: &[(u64, &str)] = &[
    (0, "NOT_SET"),
    (1, "NONE"),
    (2, "KRB5"),
    (3, "LINE"),
    (4, "ENABLE"),
    (5, "LOCAL"),
    (6, "TACACSPLUS"),
    (8, "GUEST"),
    (0x10, "RADIUS"),
    (0x11, "KRB4"),
    (0x20, "RCMD"),
];

const AUTHORIZATIONS: &[(u64, &str)] =
    &[(1, "PASS_ADD"), (2, "PASS_REPL"), (0x10, "FAIL"), (0x11, "Error"), (0x21, "Follow")];

const ACCOUNTINGS: &[(u64, &str)] = &[(1, "Success"), (2, "Error"), (0x21, "Follow")];

pub(super) fn tacacs() -> Protocol {
    Protocol::new("tacplus", "TACACS+")
        .layer("TacacsHeader")
        .ports_below("tcp", 49, 49)
        .source("RFC 8907 §4 to §7")
        .on(TCP_PORT, &[49])
        .accepts(TCP_PORT, |data| data.first().is_some_and(|version| version >> 4 == 12))
        .stream_of_single(length)
        .answers([same("session_id")])
        .later(fields)
        .sample("02000000000202000000000108004500004b00010000400666aa0a0000010a000002c000003100000001000000015018100001920000c0010101123456780000001701010101040407007573657274747930312e322e332e34")
        .sample("02000000000202000000000108004500003a00010000400666bb0a0000010a000002c000003100000001000000015018100098c30000c00201001234567800000006010203040506")
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    let odd = || Test::Eq(val("seqno").and(1), lit(1));
    protocol
        .field(
            u8("version")
                .craft("version")
                .default(192)
                .hex()
                .doc("version")
                .of([bits("majvers", 4).doc("major version"), bits("minvers", 4).doc("minor version")]),
        )
        .field(u8("type").craft("type").default(1).names(TYPES).brief().doc("kind"))
        .field(u8("seqno").craft("seq").default(1).brief().doc("number in the session"))
        .field(u8("flags").craft("flags").hex().doc("flags").of([
            bits("flags.reserved", 5).doc("reserved"),
            flag("flags.singleconn").doc("several sessions in a connection"),
            bits("flags.reserved2", 1).doc("reserved"),
            flag("flags.unencrypted").doc("not obfuscated"),
        ]))
        .field(be32("session_id").craft("session_id").brief().doc("session"))
        .field(be32("packet_len").craft("length").unit("octets").len_of(Span::After, 1, 0).doc("length"))
        .field(when(
            Test::All(vec![not(eq("packet_len", 0)), Test::Ge(left(), lit(1))]),
            [Item::Block(
                label("body").hidden().doc("body"),
                Size::Octets(val("packet_len")),
                vec![
                    when(
                        eq("flags.unencrypted", 0),
                        [bytes("obfuscated", rest()).doc("obfuscated body").into()],
                    ),
                    when(
                        ge("flags.unencrypted", 1),
                        [switch(
                            val("type"),
                            [
                                (
                                    1,
                                    vec![
                                        when(eq("seqno", 1), start()),
                                        when(Test::All(vec![odd(), not(eq("seqno", 1))]), [continuation()]),
                                        when(not(odd()), [reply()]),
                                    ],
                                ),
                                (2, vec![when(odd(), [authorization()]), when(not(odd()), [authorized()])]),
                                (3, vec![when(odd(), [accounting()]), when(not(odd()), [accounted()])]),
                            ],
                            vec![bytes("data", rest()).doc("body").into()],
                        )],
                    ),
                ]
                .into(),
            )],
        ))
}

fn length(begun: Begun<'_>) -> Length {
    match begun.octets {
        octets if octets.len() < 12 => Length::at_least(12),
        [version, _, _, _, _, _, _, _, a, b, c, d, ..] if version >> 4 == 12 => {
            let octets = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
            Length::of(octets.saturating_add(12))
        }
        _ => Length::Alien,
    }
}

fn who() -> [Item; 4] {
    [
        u8("privilege_level").doc("privilege level").into(),
        u8("authentication_type").names(KINDS).doc("kind of authentication").into(),
        u8("service").names(SERVICES).doc("service").into(),
        u8("user_len").unit("octets").doc("length of the user").into(),
    ]
}

fn words(name: &'static str, length: &'static str, doc: &'static str) -> Item {
    text(name, Size::Octets(val(length))).brief().doc(doc).into()
}

fn start() -> [Item; 1] {
    let [privilege, kind, service, user] = who();
    let items = vec![
        u8("authen_action").names(ACTIONS).brief().doc("action").into(),
        privilege,
        kind,
        service,
        user,
        u8("port_len").unit("octets").doc("length of the port").into(),
        u8("address_len").unit("octets").doc("length of the address").into(),
        u8("data_length").unit("octets").doc("length of the data").into(),
        words("user", "user_len", "user"),
        words("port", "port_len", "port"),
        words("remote_address", "address_len", "address"),
        bytes("data", Size::Octets(val("data_length"))).doc("data").into(),
    ];
    [together(items)]
}

fn continuation() -> Item {
    together(vec![
        be16("body_authen_req_cont.user_length").unit("octets").doc("length of the user").into(),
        be16("body_authen_req_cont.data_length").unit("octets").doc("length of the data").into(),
        u8("body_authen_req_cont.flags").hex().doc("flags").into(),
        words("body_authen_req_cont.user", "body_authen_req_cont.user_length", "user"),
        bytes("data", Size::Octets(val("body_authen_req_cont.data_length"))).doc("data").into(),
    ])
}

fn reply() -> Item {
    together(vec![
        u8("body_authen_rep.status").hex().names(REPLIES).brief().doc("status").into(),
        u8("body_authen_rep.flags").hex().doc("flags").into(),
        be16("body_authen_rep.server_msg_len").unit("octets").doc("length of the message").into(),
        be16("body_authen_rep_server.data_len").unit("octets").doc("length of the data").into(),
        words("body_authen_rep.server_msg", "body_authen_rep.server_msg_len", "message"),
        bytes("data", Size::Octets(val("body_authen_rep_server.data_len"))).doc("data").into(),
    ])
}

/// Arguments: all their lengths, other parts, all their texts. `read` knows where count and lengths stand.
fn arguments(count: &'static str, between: Vec<Item>, read: DecodeFn) -> Vec<Item> {
    let mut items: Vec<Item> =
        vec![bytes("arg_lengths", Size::Octets(val(count))).doc("lengths of the arguments").into()];
    items.extend(between);
    items.push(Item::Custom(vec![text("arg_value", rest()).brief().doc("argument")], read, None));
    items
}

/// The texts of arguments, whose number stands `count` octets behind the layer's first and whose lengths stand from `lengths` on.
fn texts(walk: &mut Walk<'_, '_>, count: usize, lengths: usize) {
    let header = walk.header();
    let number = header.get(count).copied().map_or(0, usize::from);
    let octets = header.get(lengths..lengths.saturating_add(number)).unwrap_or_default();
    for length in octets {
        if *length > 0 && !walk.take_octets("arg_value", usize::from(*length)) {
            return;
        }
    }
}

fn who_where() -> Vec<Item> {
    vec![
        words("user", "user_len", "user"),
        words("port", "port_len", "port"),
        words("remote_address", "address_len", "address"),
    ]
}

fn together(items: Vec<Item>) -> Item {
    Item::When(Test::All(Vec::new()), items.into())
}

fn authorization() -> Item {
    let [privilege, kind, service, user] = who();
    let mut items = vec![
        u8("body_author_req.auth_method").hex().names(METHODS).doc("method").into(),
        privilege,
        kind,
        service,
        user,
        u8("port_len").unit("octets").doc("length of the port").into(),
        u8("address_len").unit("octets").doc("length of the address").into(),
        u8("body_author_req.arg_count").doc("arguments").into(),
    ];
    items.extend(arguments("body_author_req.arg_count", who_where(), |walk| texts(walk, 19, 20)));
    together(items)
}

fn authorized() -> Item {
    let mut items = vec![
        u8("body_author_rep.auth_status").hex().names(AUTHORIZATIONS).brief().doc("status").into(),
        u8("body_author_rep.arg_count").doc("arguments").into(),
        be16("body_author_rep_server.msg_len").unit("octets").doc("length of the message").into(),
        be16("body_author_rep_server.data_len").unit("octets").doc("length of the data").into(),
    ];
    let between = vec![
        words("body_author_rep.server_msg", "body_author_rep_server.msg_len", "message"),
        bytes("data", Size::Octets(val("body_author_rep_server.data_len"))).doc("data").into(),
    ];
    items.extend(arguments("body_author_rep.arg_count", between, |walk| texts(walk, 13, 18)));
    together(items)
}

fn accounting() -> Item {
    let [privilege, kind, service, user] = who();
    let mut items = vec![
        u8("acct.flags").hex().doc("flags").of([
            bits("acct.flags.reserved", 4).doc("reserved"),
            flag("acct.flags.watchdog").doc("watchdog"),
            flag("acct.flags.stop").doc("stop"),
            flag("acct.flags.start").doc("start"),
            flag("acct.flags.more").doc("more"),
        ]),
        u8("acct.auth_method").hex().names(METHODS).doc("method").into(),
        privilege,
        kind,
        service,
        user,
        u8("port_len").unit("octets").doc("length of the port").into(),
        u8("address_len").unit("octets").doc("length of the address").into(),
        u8("acct.arg_count").doc("arguments").into(),
    ];
    items.extend(arguments("acct.arg_count", who_where(), |walk| texts(walk, 20, 21)));
    together(items)
}

fn accounted() -> Item {
    together(vec![
        be16("body_acct.msg_len").unit("octets").doc("length of the message").into(),
        be16("body_acct.data_len").unit("octets").doc("length of the data").into(),
        u8("body_acct.status").hex().names(ACCOUNTINGS).brief().doc("status").into(),
        words("body_acct.server_msg", "body_acct.msg_len", "message"),
        text("body_acct.data", Size::Octets(val("body_acct.data_len"))).doc("data").into(),
    ])
}
