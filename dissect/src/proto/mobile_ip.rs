//! Mobile IPv4's registration (RFC 5944) and its tunnel through address translators (RFC 3519).
//!
//! Extensions whose length stands in the second octet are taken apart; one in the long form, and what stands behind it, is left
//! as octets.

use super::octets::Octets;
use crate::render::line::{Body, Line};
use crate::schema::{
    IP_PROTO, Item, Names, Protocol, Size, Test, UDP_PORT, be16, be32, be64, built, bytes, decoded, flag,
    ipv4, label, left, lit, look, ntp_time, repeat, rest, switch, text, u8, val, when,
};

const TYPES: &[(u64, &str)] = &[
    (1, "registration request"),
    (3, "registration reply"),
    (4, "tunnel data"),
    (7, "registration revocation"),
    (15, "revocation acknowledgement"),
];

const CODES: &[(u64, &str)] = &[
    (0, "accepted"),
    (1, "accepted, without simultaneous bindings"),
    (64, "foreign agent: reason unspecified"),
    (65, "foreign agent: prohibited"),
    (66, "foreign agent: insufficient resources"),
    (67, "foreign agent: mobile node failed authentication"),
    (68, "foreign agent: home agent failed authentication"),
    (69, "foreign agent: lifetime too long"),
    (70, "foreign agent: poorly formed request"),
    (71, "foreign agent: poorly formed reply"),
    (72, "foreign agent: encapsulation unavailable"),
    (77, "foreign agent: invalid care-of address"),
    (78, "foreign agent: registration timed out"),
    (80, "foreign agent: home network unreachable"),
    (81, "foreign agent: home agent host unreachable"),
    (82, "foreign agent: home agent port unreachable"),
    (88, "foreign agent: home agent unreachable"),
    (128, "home agent: reason unspecified"),
    (129, "home agent: prohibited"),
    (130, "home agent: insufficient resources"),
    (131, "home agent: mobile node failed authentication"),
    (132, "home agent: foreign agent failed authentication"),
    (133, "home agent: identification mismatch"),
    (134, "home agent: poorly formed request"),
    (135, "home agent: too many simultaneous bindings"),
    (136, "home agent: unknown home agent address"),
];

const EXTENSIONS: &[(u64, &str)] = &[
    (32, "mobile-home authentication"),
    (33, "mobile-foreign authentication"),
    (34, "foreign-home authentication"),
    (131, "mobile node's network access identifier"),
    (144, "UDP tunnel request"),
];

/// Extensions whose length has two octets behind a subtype (RFC 5944 §1.10).
const LONG: [u8; 4] = [36, 37, 38, 43];

pub(super) fn mobile_ip() -> Protocol {
    Protocol::new("mip", "Mobile IP")
        .layer("MobileIP")
        .body("MobileIPRRQ", "type", &[("type", 1)])
        .body("MobileIPRRP", "type", &[("type", 3)])
        .body("MobileIPTunnelData", "type", &[("type", 4)])
        .ports_below("udp", 434, 434)
        .source("RFC 5944 §3.3, §3.4; RFC 3519 §4.1")
        .on(UDP_PORT, &[434])
        .leads(&[IP_PROTO])
        .later(fields)
        .summary(summary)
        .sample("02000000000202000000000108004500004a00010000401166a00a0000010a00000201b201b200368333018200b40a0000010a0000020a000003eeb07cc31f9b100020140000010011111111111111111111111111111111")
        .sample("02000000000202000000000108004500003000010000401166ba0a0000010a00000201b201b2001c3589030000b40a0000010a000002eeb07cc31f9b1000")
        .sample("02000000000202000000000108004500003c00010000401166ae0a0000010a00000201b201b200286851040400004500001c000100004011f6ccc0000201c00002020001000200087bd7")
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    protocol.field(u8("type").default(1).names(TYPES).doc("message")).field(switch(
        val("type"),
        [
            (1, request()),
            (3, reply()),
            (
                4,
                vec![
                    u8("nattt.nexthdr")
                        .craft("nexthdr")
                        .default(4)
                        .next(IP_PROTO)
                        .named_by(super::ip_protocol_name)
                        .doc("next header")
                        .into(),
                    be16("nattt.reserved").craft("res").doc("reserved").into(),
                ],
            ),
        ],
        vec![bytes("data_not_dissected", rest()).doc("data").into()],
    ))
}

fn request() -> Vec<Item> {
    let mut items = vec![
        u8("flags").hex().doc("flags").of([
            flag("s").doc("simultaneous bindings"),
            flag("b").doc("broadcast datagrams"),
            flag("d").doc("care-of address is the node's own"),
            flag("m").doc("minimal encapsulation"),
            flag("g").doc("GRE encapsulation"),
            flag("v").doc("reserved, once Van Jacobson compression"),
            flag("t").doc("reverse tunnel"),
            flag("x").doc("reserved"),
        ]),
        lifetime(),
        ipv4("homeaddr").doc("home address").into(),
        ipv4("haaddr").doc("home agent").into(),
        ipv4("coa").craft("coaddr").doc("care-of address").into(),
    ];
    items.extend(identification());
    items
}

fn reply() -> Vec<Item> {
    let mut items = vec![
        u8("code").names(CODES).doc("answer").into(),
        lifetime(),
        ipv4("homeaddr").doc("home address").into(),
        ipv4("haaddr").doc("home agent").into(),
    ];
    items.extend(identification());
    items
}

fn lifetime() -> Item {
    be16("life")
        .craft("lifetime")
        .default(180)
        .unit("s")
        .doc("lifetime; 0: deregistered, 65535: no end")
        .into()
}

/// The crafter takes the number as it is sent: most registrations are told apart by counting.
fn identification() -> [Item; 4] {
    let short = |octets: &[u8]| octets.first().is_some_and(|kind| !LONG.contains(kind));
    [
        decoded([ntp_time("ident").doc("identification").into()]),
        built([be64("written.ident").craft("id").hidden().doc("identification").into()]),
        repeat(
            label("extensions").doc("extensions").hidden(),
            [when(Test::All(vec![Test::Ge(left(), lit(2)), look(short)]), extension())],
        ),
        bytes("data_not_dissected", rest()).doc("data").into(),
    ]
}

fn extension() -> [Item; 3] {
    let authentication = || -> Vec<Item> {
        vec![
            be32("auth.spi").hex().doc("security parameters index").into(),
            bytes("auth.auth", Size::Octets(val("ext.len") - 4)).doc("authenticator").into(),
        ]
    };
    [
        u8("ext.type").names(EXTENSIONS).doc("extension").into(),
        u8("ext.len").unit("octets").len_of_part("extension", 1, 0).doc("length").into(),
        switch(
            val("ext.type"),
            [
                (32, authentication()),
                (33, authentication()),
                (34, authentication()),
                (
                    131,
                    vec![text("nai", Size::Octets(val("ext.len"))).doc("network access identifier").into()],
                ),
            ],
            vec![bytes("extension", Size::Octets(val("ext.len"))).doc("value").into()],
        ),
    ]
}

fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    line.text("Mobile IP ");
    let mut octets = Octets::of(body);
    let Some(kind) = octets.u8() else { return line.cut("mip", body) };
    match Names::List(TYPES).get(u64::from(kind)) {
        Some(name) => line.text(name),
        None => {
            line.text("type ");
            line.number(u64::from(kind));
        }
    }
    if !matches!(kind, 1 | 3) {
        return;
    }
    let (Some(second), Some(lifetime)) = (octets.u8(), octets.u16()) else { return line.cut("mip", body) };
    if kind == 3 {
        line.text(", ");
        match Names::List(CODES).get(u64::from(second)) {
            Some(name) => line.text(name),
            None => {
                line.text("code ");
                line.number(u64::from(second));
            }
        }
    }
    line.text(", lifetime ");
    line.number(u64::from(lifetime));
    line.text("s");
}
