//! MQTT 3.1, 3.1.1 and 5.0 (OASIS): all control packets, with the properties of version 5.
//!
//! The version stands in CONNECT alone. In the other packets it shows in what fits: where version 3 leaves no room for
//! what is there, or where a list of properties stands in its place, the packet is one of version 5. A PUBLISH whose
//! message begins as an empty list of properties does (with a NUL octet) is therefore taken for version 5.

use super::octets::Octets;
use crate::decode::Walk;
use crate::render::line::{Body, Line};
use crate::schema::{
    Begun, Field, Item, Length, Names, Protocol, TCP_PORT, be16, be32, bits, built, bytes, decoded, flag, ge,
    label, rest, text, u8, val, when,
};

const TYPES: &[(u64, &str)] = &[
    (1, "CONNECT"),
    (2, "CONNACK"),
    (3, "PUBLISH"),
    (4, "PUBACK"),
    (5, "PUBREC"),
    (6, "PUBREL"),
    (7, "PUBCOMP"),
    (8, "SUBSCRIBE"),
    (9, "SUBACK"),
    (10, "UNSUBSCRIBE"),
    (11, "UNSUBACK"),
    (12, "PINGREQ"),
    (13, "PINGRESP"),
    (14, "DISCONNECT"),
    (15, "AUTH"),
];

const VERSIONS: &[(u64, &str)] = &[(3, "MQTT 3.1"), (4, "MQTT 3.1.1"), (5, "MQTT 5.0")];

/// MQTT 3.1.1 §3.2.2.3.
const RETURN_CODES: &[(u64, &str)] = &[
    (0, "accepted"),
    (1, "refused, protocol version"),
    (2, "refused, identifier rejected"),
    (3, "refused, server unavailable"),
    (4, "refused, bad user name or password"),
    (5, "refused, not authorised"),
];

/// MQTT 5.0 §2.4.
const REASONS: &[(u64, &str)] = &[
    (0x00, "success"),
    (0x01, "granted QoS 1"),
    (0x02, "granted QoS 2"),
    (0x04, "disconnect with will message"),
    (0x10, "no matching subscribers"),
    (0x11, "no subscription existed"),
    (0x18, "continue authentication"),
    (0x19, "re-authenticate"),
    (0x80, "unspecified error"),
    (0x81, "malformed packet"),
    (0x82, "protocol error"),
    (0x83, "implementation specific error"),
    (0x84, "unsupported protocol version"),
    (0x85, "client identifier not valid"),
    (0x86, "bad user name or password"),
    (0x87, "not authorised"),
    (0x88, "server unavailable"),
    (0x89, "server busy"),
    (0x8a, "banned"),
    (0x8b, "server shutting down"),
    (0x8c, "bad authentication method"),
    (0x8d, "keep alive timeout"),
    (0x8e, "session taken over"),
    (0x8f, "topic filter invalid"),
    (0x90, "topic name invalid"),
    (0x91, "packet identifier in use"),
    (0x92, "packet identifier not found"),
    (0x93, "receive maximum exceeded"),
    (0x94, "topic alias invalid"),
    (0x95, "packet too large"),
    (0x96, "message rate too high"),
    (0x97, "quota exceeded"),
    (0x98, "administrative action"),
    (0x99, "payload format invalid"),
    (0x9a, "retain not supported"),
    (0x9b, "QoS not supported"),
    (0x9c, "use another server"),
    (0x9d, "server moved"),
    (0x9e, "shared subscriptions not supported"),
    (0x9f, "connection rate exceeded"),
    (0xa0, "maximum connect time"),
    (0xa1, "subscription identifiers not supported"),
    (0xa2, "wildcard subscriptions not supported"),
];

/// MQTT 5.0 §2.2.2.2.
const PROPERTIES: &[(u64, &str)] = &[
    (0x01, "Payload Format Indicator"),
    (0x02, "Message Expiry Interval"),
    (0x03, "Content Type"),
    (0x08, "Response Topic"),
    (0x09, "Correlation Data"),
    (0x0b, "Subscription Identifier"),
    (0x11, "Session Expiry Interval"),
    (0x12, "Assigned Client Identifier"),
    (0x13, "Server Keep Alive"),
    (0x15, "Authentication Method"),
    (0x16, "Authentication Data"),
    (0x17, "Request Problem Information"),
    (0x18, "Will Delay Interval"),
    (0x19, "Request Response Information"),
    (0x1a, "Response Information"),
    (0x1c, "Server Reference"),
    (0x1f, "Reason String"),
    (0x21, "Receive Maximum"),
    (0x22, "Topic Alias Maximum"),
    (0x23, "Topic Alias"),
    (0x24, "Maximum QoS"),
    (0x25, "Retain Available"),
    (0x26, "User Property"),
    (0x27, "Maximum Packet Size"),
    (0x28, "Wildcard Subscription Available"),
    (0x29, "Subscription Identifier Available"),
    (0x2a, "Shared Subscription Available"),
];

/// How the value of a property is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Octets(usize),
    Varint,
    Text,
    Binary,
    Pair,
}

fn shape(property: u8) -> Option<Shape> {
    Some(match property {
        0x01 | 0x17 | 0x19 | 0x24 | 0x25 | 0x28 | 0x29 | 0x2a => Shape::Octets(1),
        0x13 | 0x21 | 0x22 | 0x23 => Shape::Octets(2),
        0x02 | 0x11 | 0x18 | 0x27 => Shape::Octets(4),
        0x0b => Shape::Varint,
        0x03 | 0x08 | 0x12 | 0x15 | 0x1a | 0x1c | 0x1f => Shape::Text,
        0x09 | 0x16 => Shape::Binary,
        0x26 => Shape::Pair,
        _ => return None,
    })
}

const QOS: &[(u64, &str)] =
    &[(0, "at most once"), (1, "at least once"), (2, "exactly once"), (3, "reserved")];

const CONNECT: u8 = 1;
const CONNACK: u8 = 2;
const PUBLISH: u8 = 3;
const SUBSCRIBE: u8 = 8;
const SUBACK: u8 = 9;
const UNSUBSCRIBE: u8 = 10;
const UNSUBACK: u8 = 11;
const DISCONNECT: u8 = 14;
const AUTH: u8 = 15;

pub(super) fn mqtt() -> Protocol {
    Protocol::new("mqtt", "MQTT")
        .layer("MQTT")
        .body("MQTTConnect", "len", &[("msgtype", 1)])
        .body("MQTTConnack", "len", &[("msgtype", 2)])
        .body("MQTTPublish", "len", &[("msgtype", 3)])
        .body("MQTTPuback", "len", &[("msgtype", 4)])
        .body("MQTTPubrec", "len", &[("msgtype", 5)])
        .body("MQTTPubrel", "len", &[("msgtype", 6)])
        .body("MQTTPubcomp", "len", &[("msgtype", 7)])
        .body("MQTTSubscribe", "len", &[("msgtype", 8)])
        .body("MQTTSuback", "len", &[("msgtype", 9)])
        .body("MQTTUnsubscribe", "len", &[("msgtype", 10)])
        .body("MQTTUnsuback", "len", &[("msgtype", 11)])
        .body("MQTTDisconnect", "len", &[("msgtype", 14)])
        .part("MQTTTopicQOS", "topics", &[])
        .part("MQTTTopic", "filters", &[])
        .ports_below("tcp", 20, 1883)
        .source("OASIS MQTT 3.1.1 §2, §3; MQTT 5.0 §2, §3")
        .on(TCP_PORT, &[1883])
        .accepts(TCP_PORT, begins)
        .stream_of_single(stream_length)
        .later(fields)
        .leads_to(&["mqtt"])
        .after(|walk| {
            if begins(walk.rest()) {
                walk.next_named("mqtt");
            }
        })
        .summary(summary)
        .sample("02000000000202000000000108004500005400010000400666a10a0000010a000002c350075b000003e8000013885018200072ac0000102a00044d51545404ee003c0006636c69656e74000677696c6c2f740004676f6e6500047573657200027077")
        .sample("02000000000202000000000108004500007100010000400666840a0000010a000002c351075b000003e800001388501820007c200000104700044d51545405ce003c0f11000000102100142600016b0001760006636c69656e740c180000000503000474657874000677696c6c2f740004676f6e6500047573657200027077")
        .sample("02000000000202000000000108004500004600010000400666af0a0000010a000002c351075b0000043100001398501820002ab100003b1c0003612f6200070f01012300030b8101090004636f727268656c6c6f")
        .sample("02000000000202000000000108004500004200010000400666b30a0000010a000002c350075b000007d000000000501820005e320000300a0003612f6268656c6c6fc000300a0003612f6268656c6c6f")
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    let length = |name: &'static str| be16(name).unit("octets").doc("length");
    let reason = |name: &'static str| u8(name).hex().names(REASONS).doc("reason");
    protocol
        .field(decoded([Item::Custom(
            vec![
                u8("hdrflags").hex().doc("type and flags"),
                bits("msgtype", 4).craft("type").names(TYPES).brief().doc("control packet"),
                bits("hdr_reserved", 4).doc("reserved"),
                flag("dupflag").craft("DUP").doc("sent again"),
                bits("qos", 2).craft("QOS").names(QOS).doc("quality of service"),
                flag("retain").craft("RETAIN").doc("retain"),
                be32("len").craft("len").unit("octets").doc("remaining length"),
                length("proto_len"),
                text("protoname", rest()).doc("protocol"),
                u8("ver").names(VERSIONS).doc("version"),
                u8("conflags").hex().doc("connect flags"),
                flag("conflag.uname").doc("user name is there"),
                flag("conflag.passwd").doc("password is there"),
                flag("conflag.retain").doc("retain the will message"),
                bits("conflag.qos", 2).names(QOS).doc("quality of service of the will message"),
                flag("conflag.willflag").doc("will message is there"),
                flag("conflag.cleansess").doc("clean session, or clean start"),
                flag("conflag.reserved").doc("reserved"),
                be16("kalive").unit("s").doc("keep alive"),
                length("clientid_len"),
                text("clientid", rest()).doc("client"),
                length("willtopic_len"),
                text("willtopic", rest()).doc("topic of the will message"),
                length("willmsg_len"),
                bytes("willmsg", rest()).doc("will message"),
                length("username_len"),
                text("username", rest()).doc("user name"),
                length("passwd_len"),
                text("passwd", rest()).doc("password"),
                u8("conack.flags").hex().doc("acknowledge flags"),
                bits("conack.flags.reserved", 7).hex().doc("reserved"),
                flag("conack.flags.sp").doc("session present"),
                u8("conack.val").names(RETURN_CODES).doc("return code"),
                reason("connack.reason_code"),
                reason("puback.reason_code"),
                reason("pubrec.reason_code"),
                reason("pubrel.reason_code"),
                reason("pubcomp.reason_code"),
                reason("suback.reason_code"),
                reason("unsuback.reason_code"),
                reason("disconnect.reason_code"),
                reason("auth.reason_code"),
                length("topic_len"),
                text("topic", rest()).doc("topic").brief(),
                be16("msgid").doc("packet identifier"),
                bytes("msg", rest()).doc("message"),
                bits("sub.qos", 8).names(QOS).doc("requested quality of service"),
                u8("subscription_options").hex().doc("subscription options"),
                bits("subscription_options_reserved", 2).hex().doc("reserved"),
                bits("subscription_options_qos", 2).names(QOS).doc("requested quality of service"),
                flag("subscription_options_nl").doc("no local"),
                flag("subscription_options_rap").doc("retain as published"),
                bits("subscription_options_retain", 2).doc("retain handling"),
                u8("suback.qos").hex().doc("granted quality of service, 0x80: failure"),
                label("properties").doc("properties"),
                label("will_properties").doc("properties of the will message"),
                be32("property_len").unit("octets").doc("length of the properties"),
                u8("property_id").hex().names(PROPERTIES).doc("property"),
                be32("prop_number").doc("value"),
                be16("property.topic_alias").doc("topic alias"),
                u8("property.max_qos").names(QOS).doc("greatest quality of service"),
                text("property.content_type", rest()).doc("content type"),
                length("prop_string_len"),
                text("prop_string", rest()).doc("value"),
                length("prop_key_len"),
                text("prop_key", rest()).doc("name"),
                length("prop_value_len"),
                text("prop_value", rest()).doc("value"),
                bytes("prop_unknown", rest()).doc("properties that are not known"),
            ],
            packet,
            None,
        )]))
        .field(built(written()))
}

/// A length of two octets and so many octets, as they are built.
fn sized(length: &'static str, craft: &'static str, value: Field) -> [Item; 2] {
    [
        be16(length).craft(craft).len_of_part(value.name, 1, 0).hidden().doc("length").into(),
        value.hidden().into(),
    ]
}

/// A control packet as it is built: what decoding finds by functions, as items.
fn written() -> [Item; 3] {
    const REASONS_OF: [&str; 4] =
        ["puback.reason_code", "pubrec.reason_code", "pubrel.reason_code", "pubcomp.reason_code"];
    let string = |name: &'static str, craft: &'static str| text(name, rest()).craft(craft).doc("text");
    let message = || be16("msgid").craft("msgid").hidden().doc("packet identifier").into();
    // properties of version 5, with their length, are written as they are given
    let properties = |name: &'static str| {
        Item::Block(label(name).left_empty().hidden().doc("properties"), rest(), Vec::new().into())
    };
    let reason = |name: &'static str| u8(name).hidden().doc("reason").into();
    let mut connect: Vec<Item> = sized("proto_len", "length", string("protoname", "protoname")).into();
    connect.extend([
        u8("ver").craft("protolevel").default(5).hidden().doc("version").into(),
        u8("conflags").hidden().doc("connect flags").of([
            flag("conflag.uname").craft("usernameflag").doc("user name is there"),
            flag("conflag.passwd").craft("passwordflag").doc("password is there"),
            flag("conflag.retain").craft("willretainflag").doc("retain the will message"),
            bits("conflag.qos", 2).craft("willQOSflag").doc("quality of service of the will message"),
            flag("conflag.willflag").craft("willflag").doc("will message is there"),
            flag("conflag.cleansess").craft("cleansess").doc("clean session, or clean start"),
            flag("conflag.reserved").craft("reserved").doc("reserved"),
        ]),
        be16("kalive").craft("klive").hidden().doc("keep alive").into(),
        properties("properties"),
    ]);
    connect.extend(sized("clientid_len", "clientIdlen", string("clientid", "clientId")));
    let [topic_len, topic] = sized("willtopic_len", "wtoplen", string("willtopic", "willtopic"));
    let message_octets = bytes("willmsg", rest()).craft("willmsg").doc("will message");
    let [message_len, message_text] = sized("willmsg_len", "wmsglen", message_octets);
    let will = [properties("will_properties"), topic_len, topic, message_len, message_text];
    connect.push(when(ge("conflag.willflag", 1), will));
    connect
        .push(when(ge("conflag.uname", 1), sized("username_len", "userlen", string("username", "username"))));
    connect.push(when(ge("conflag.passwd", 1), sized("passwd_len", "passlen", string("passwd", "password"))));
    let mut publish: Vec<Item> = sized("topic_len", "length", string("topic", "topic")).into();
    publish.extend([
        when(ge("qos", 1), [message()]),
        properties("properties"),
        bytes("msg", rest()).craft("value").hidden().doc("message").into(),
    ]);
    let mut topics: Vec<Item> = sized("topic_len", "length", string("topic", "topic")).into();
    let filters = topics.clone();
    topics
        .push(either("subscription_options", u8("sub.qos").craft("QOS").hidden().doc("quality of service")));
    let list = |name: &'static str, items: Vec<Item>| {
        Item::Repeat(
            label(name).craft("topics").hidden().doc("topics"),
            crate::schema::Count::ToEnd,
            items.into(),
        )
    };
    let codes = |old: &'static str, new: &'static str| {
        let old = u8(old).craft("retcodes").hidden().doc("granted quality of service");
        crate::schema::repeat(label("retcodes").hidden().doc("return codes"), [either(new, old)])
    };
    let acknowledged = |kind: usize| {
        let name = REASONS_OF.get(kind).copied().unwrap_or_default();
        vec![message(), crate::schema::crafted([reason(name)]), properties("properties")]
    };
    let ending = |name: &'static str| vec![crate::schema::crafted([reason(name)]), properties("properties")];
    let bodies = [
        (1, connect),
        (
            2,
            vec![
                u8("conack.flags").craft("sessPresentFlag").hidden().doc("acknowledge flags").into(),
                either("connack.reason_code", u8("conack.val").craft("retcode").hidden().doc("return code")),
                properties("properties"),
            ],
        ),
        (3, publish),
        (4, acknowledged(0)),
        (5, acknowledged(1)),
        (6, acknowledged(2)),
        (7, acknowledged(3)),
        (8, vec![message(), properties("properties"), list("topics", topics)]),
        (9, vec![message(), properties("properties"), codes("suback.qos", "suback.reason_code")]),
        (10, vec![message(), properties("properties"), list("filters", filters)]),
        (
            11,
            vec![
                message(),
                properties("properties"),
                crate::schema::repeat(
                    label("retcodes").hidden().doc("return codes"),
                    [reason("unsuback.reason_code")],
                ),
            ],
        ),
        (14, ending("disconnect.reason_code")),
        (15, ending("auth.reason_code")),
    ];
    [
        u8("hdrflags").hidden().doc("type and flags").of([
            bits("msgtype", 4).craft("type").default(1).names(TYPES).doc("control packet"),
            flag("dupflag").craft("DUP").doc("sent again"),
            bits("qos", 2).craft("QOS").names(QOS).doc("quality of service"),
            flag("retain").craft("RETAIN").doc("retain"),
        ]),
        crate::schema::custom_both(
            [be32("len").craft("len").hidden().doc("remaining length")],
            |_| {},
            |build| build.put_variable_length("len"),
        ),
        crate::schema::switch(val("msgtype"), bodies, Vec::new()),
    ]
}

/// Version 5's field where it is given, else the older one.
fn either(five: &'static str, older: Field) -> Item {
    let five = vec![u8(five).hidden().doc("version 5's field").into()];
    crate::schema::switch(crate::schema::left(), [(u64::MAX, five)], vec![older.into()])
}

/// A variable byte integer (MQTT 5.0 §1.5.5): value and octets.
fn varint(octets: &[u8]) -> Option<(usize, usize)> {
    let mut value = 0_usize;
    for (at, octet) in octets.iter().take(4).enumerate() {
        value |= usize::from(octet & 0x7f) << at.saturating_mul(7);
        if octet & 0x80 == 0 {
            return Some((value, at.saturating_add(1)));
        }
    }
    None
}

/// Whether a control packet begins here: its flags are those of its type, and its length is one that the type can have.
/// A control packet is its first octet, the remaining length in one to four octets, and that (MQTT 5.0 §2.1).
fn stream_length(begun: Begun<'_>) -> Length {
    let Some((first, after)) = begun.octets.split_first() else { return Length::Alien };
    if first >> 4 == 0 {
        return Length::Alien;
    }
    match varint(after) {
        Some((length, used)) => Length::of(length.saturating_add(used).saturating_add(1)),
        None if after.len() < 4 => Length::at_least(begun.octets.len().saturating_add(1)),
        None => Length::Alien,
    }
}

fn begins(data: &[u8]) -> bool {
    let Some((first, after)) = data.split_first() else { return false };
    let flags_fit = match first >> 4 {
        0 => false,
        PUBLISH => first >> 1 & 3 != 3,
        6 | SUBSCRIBE | UNSUBSCRIBE => first & 15 == 2,
        _ => first & 15 == 0,
    };
    let Some((length, used)) = varint(after).filter(|_| flags_fit) else { return false };
    let body = after.get(used..).unwrap_or_default();
    match first >> 4 {
        CONNECT => length >= 12 && (body.starts_with(b"\0\x04MQTT") || body.starts_with(b"\0\x06MQIsdp")),
        12 | 13 => length == 0,
        DISCONNECT | AUTH => true,
        PUBLISH => body.first_chunk().is_some_and(|pair| usize::from(u16::from_be_bytes(*pair)) < length),
        _ => length >= 2,
    }
}

/// Whether a list of properties, its length first, fills `octets` from its first one on; how many of them it takes.
fn properties(octets: &[u8]) -> Option<usize> {
    let (length, used) = varint(octets)?;
    let end = used.checked_add(length)?;
    let mut list = Octets::new(octets.get(used..end)?);
    while let Some(property) = list.u8() {
        match shape(property)? {
            Shape::Octets(octets) => {
                list.take(octets)?;
            }
            Shape::Varint => {
                let (_, used) = varint(list.left())?;
                list.take(used)?;
            }
            Shape::Text | Shape::Binary => {
                let length = list.u16()?;
                list.take(usize::from(length))?;
            }
            Shape::Pair => {
                for _ in 0..2 {
                    let length = list.u16()?;
                    list.take(usize::from(length))?;
                }
            }
        }
    }
    Some(end)
}

/// Whether the body is one of version 5.
fn is_five(kind: u8, flags: u8, body: &[u8]) -> bool {
    let topic = || body.first_chunk().map_or(0, |pair| usize::from(u16::from_be_bytes(*pair)));
    match kind {
        CONNACK => body.len() > 2,
        PUBLISH => {
            let identifier = if flags & 6 == 0 { 0 } else { 2 };
            let at = topic().saturating_add(2).saturating_add(identifier);
            body.get(at..).and_then(properties).is_some()
        }
        4..=7 => body.len() > 2,
        SUBSCRIBE | UNSUBSCRIBE => {
            let octets = usize::from(kind == SUBSCRIBE);
            body.get(2..).is_some_and(|list| !filters(list, octets))
        }
        SUBACK => body.len() > 3 && body.get(2..).and_then(properties).is_some(),
        UNSUBACK => body.len() > 2,
        DISCONNECT | AUTH => !body.is_empty(),
        _ => false,
    }
}

/// Whether topic filters with so many octets behind each fill the octets.
fn filters(octets: &[u8], behind: usize) -> bool {
    let mut list = Octets::new(octets);
    while !list.is_empty() {
        let Some(length) = list.u16().map(usize::from).filter(|length| *length > 0) else { return false };
        if list.take(length.saturating_add(behind)).is_none() {
            return false;
        }
    }
    true
}

fn packet(walk: &mut Walk<'_, '_>) {
    let at = walk.offset();
    let Some((first, (length, used))) =
        walk.rest().split_first().and_then(|(first, after)| Some((*first, varint(after)?)))
    else {
        walk.missing(walk.rest().len().saturating_add(1));
        return;
    };
    let (kind, flags) = (first >> 4, first & 15);
    let bit = at.saturating_mul(8);
    walk.take("hdrflags", 1);
    walk.emit_bits("msgtype", bit, 4, u64::from(kind));
    if kind == PUBLISH {
        walk.emit_bits("dupflag", bit.saturating_add(4), 1, u64::from(flags >> 3));
        walk.emit_bits("qos", bit.saturating_add(5), 2, u64::from(flags >> 1 & 3));
        walk.emit_bits("retain", bit.saturating_add(7), 1, u64::from(flags & 1));
    } else {
        walk.emit_bits("hdr_reserved", bit.saturating_add(4), 4, u64::from(flags));
    }
    walk.emit("len", at.saturating_add(1), used, length as u64);
    walk.advance(used);
    // A packet that goes on in the next segment is shown as far as it is here.
    let here = length.min(walk.rest().len());
    walk.part(here, |walk| {
        let _ = body(walk, kind, flags, here == length);
    });
}

/// The body of a control packet; `None` when it ends before its time.
fn body(walk: &mut Walk<'_, '_>, kind: u8, flags: u8, whole: bool) -> Option<()> {
    if kind == CONNECT {
        return connect(walk);
    }
    let five = whole && is_five(kind, flags, walk.rest());
    match kind {
        CONNACK => {
            let at = walk.offset();
            let flags = walk.take("conack.flags", 1)?;
            walk.emit_bits("conack.flags.reserved", at.saturating_mul(8), 7, flags >> 1);
            walk.emit_bits("conack.flags.sp", at.saturating_mul(8).saturating_add(7), 1, flags & 1);
            walk.take(if five { "connack.reason_code" } else { "conack.val" }, 1)?;
            if five {
                list(walk, "properties")?;
            }
        }
        PUBLISH => {
            string(walk, "topic_len", "topic")?;
            if flags & 6 != 0 {
                walk.take("msgid", 2)?;
            }
            if five {
                list(walk, "properties")?;
            }
            let left = walk.rest().len();
            walk.take_octets("msg", left);
        }
        4..=7 => {
            walk.take("msgid", 2)?;
            if five {
                let names =
                    ["puback.reason_code", "pubrec.reason_code", "pubrel.reason_code", "pubcomp.reason_code"];
                walk.take(names.get(usize::from(kind.saturating_sub(4))).copied().unwrap_or_default(), 1)?;
                if !walk.rest().is_empty() {
                    list(walk, "properties")?;
                }
            }
        }
        SUBSCRIBE | UNSUBSCRIBE => subscriptions(walk, kind, five)?,
        SUBACK | UNSUBACK => {
            walk.take("msgid", 2)?;
            if five {
                list(walk, "properties")?;
            }
            let name = match (kind, five) {
                (SUBACK, false) => "suback.qos",
                (SUBACK, true) => "suback.reason_code",
                _ => "unsuback.reason_code",
            };
            while !walk.rest().is_empty() && !walk.too_deep() {
                walk.take(name, 1)?;
            }
        }
        DISCONNECT | AUTH if five => {
            walk.take(if kind == AUTH { "auth.reason_code" } else { "disconnect.reason_code" }, 1)?;
            if !walk.rest().is_empty() {
                list(walk, "properties")?;
            }
        }
        _ => {}
    }
    Some(())
}

fn connect(walk: &mut Walk<'_, '_>) -> Option<()> {
    string(walk, "proto_len", "protoname")?;
    let version = walk.take("ver", 1)?;
    let bit = walk.offset().saturating_mul(8);
    let flags = walk.take("conflags", 1)?;
    for (shift, width, name) in [
        (7, 1, "conflag.uname"),
        (6, 1, "conflag.passwd"),
        (5, 1, "conflag.retain"),
        (3, 2, "conflag.qos"),
        (2, 1, "conflag.willflag"),
        (1, 1, "conflag.cleansess"),
        (0, 1, "conflag.reserved"),
    ] {
        let start = bit.saturating_add(8_usize.saturating_sub(shift).saturating_sub(width));
        walk.emit_bits(name, start, width, flags >> shift & if width == 1 { 1 } else { 3 });
    }
    walk.take("kalive", 2)?;
    if version == 5 {
        list(walk, "properties")?;
    }
    string(walk, "clientid_len", "clientid")?;
    if flags & 4 != 0 {
        if version == 5 {
            list(walk, "will_properties")?;
        }
        string(walk, "willtopic_len", "willtopic")?;
        string(walk, "willmsg_len", "willmsg")?;
    }
    if flags & 0x80 != 0 {
        string(walk, "username_len", "username")?;
    }
    if flags & 0x40 != 0 {
        string(walk, "passwd_len", "passwd")?;
    }
    Some(())
}

fn subscriptions(walk: &mut Walk<'_, '_>, kind: u8, five: bool) -> Option<()> {
    walk.take("msgid", 2)?;
    if five {
        list(walk, "properties")?;
    }
    while !walk.rest().is_empty() && !walk.too_deep() {
        string(walk, "topic_len", "topic")?;
        if kind == SUBSCRIBE && five {
            let at = walk.offset().saturating_mul(8);
            let options = walk.take("subscription_options", 1)?;
            walk.emit_bits("subscription_options_reserved", at, 2, options >> 6);
            walk.emit_bits("subscription_options_retain", at.saturating_add(2), 2, options >> 4 & 3);
            walk.emit_bits("subscription_options_rap", at.saturating_add(4), 1, options >> 3 & 1);
            walk.emit_bits("subscription_options_nl", at.saturating_add(5), 1, options >> 2 & 1);
            walk.emit_bits("subscription_options_qos", at.saturating_add(6), 2, options & 3);
        } else if kind == SUBSCRIBE {
            walk.take("sub.qos", 1)?;
        }
    }
    Some(())
}

/// A length of two octets, and so many octets.
fn string(walk: &mut Walk<'_, '_>, length: &str, name: &str) -> Option<()> {
    let octets = walk.take(length, 2)?;
    walk.take_octets(name, usize::try_from(octets).ok()?).then_some(())
}

fn list(walk: &mut Walk<'_, '_>, name: &str) -> Option<()> {
    let Some((length, used)) = varint(walk.rest()) else {
        walk.missing(walk.rest().len().saturating_add(1));
        return None;
    };
    let node = walk.open(name);
    walk.emit("property_len", walk.offset(), used, length as u64);
    walk.advance(used);
    walk.part(length, |walk| {
        while !walk.rest().is_empty() && !walk.too_deep() {
            if property(walk).is_none() {
                return;
            }
        }
    });
    walk.close(node);
    Some(())
}

fn property(walk: &mut Walk<'_, '_>) -> Option<()> {
    let kind = u8::try_from(walk.take("property_id", 1)?).ok()?;
    match shape(kind) {
        Some(Shape::Octets(octets)) => {
            let name = match kind {
                0x23 => "property.topic_alias",
                0x24 => "property.max_qos",
                _ => "prop_number",
            };
            walk.take(name, octets)?;
        }
        Some(Shape::Varint) => {
            let (value, used) = varint(walk.rest())?;
            walk.emit("prop_number", walk.offset(), used, value as u64);
            walk.advance(used);
        }
        Some(Shape::Text) if kind == 0x03 => string(walk, "prop_string_len", "property.content_type")?,
        Some(Shape::Text | Shape::Binary) => string(walk, "prop_string_len", "prop_string")?,
        Some(Shape::Pair) => {
            string(walk, "prop_key_len", "prop_key")?;
            string(walk, "prop_value_len", "prop_value")?;
        }
        None => {
            let left = walk.rest().len();
            walk.take_octets("prop_unknown", left);
        }
    }
    Some(())
}

/// `MQTT: PUBLISH, topic a/b, QoS 1, length 12`
fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    let mut octets = body.data;
    let mut more = false;
    line.text("MQTT");
    // Packets follow each other in a segment; a line names the first few.
    for _ in 0..4 {
        let Some((first, (length, used))) =
            octets.split_first().and_then(|(first, after)| Some((*first, varint(after)?)))
        else {
            break;
        };
        let kind = first >> 4;
        line.text(if more { "; " } else { ": " });
        more = true;
        line.text(Names::List(TYPES).get(u64::from(kind)).unwrap_or("reserved"));
        let start = used.saturating_add(1);
        let end = start.saturating_add(length).min(octets.len());
        let content = octets.get(start..end).unwrap_or_default();
        one(line, kind, first, content);
        octets = octets.get(end..).unwrap_or_default();
    }
    line.text(", length ");
    line.number(body.len as u64);
}

fn one(line: &mut Line<'_, '_>, kind: u8, first: u8, content: &[u8]) {
    let mut octets = Octets::new(content);
    let text = |octets: &mut Octets<'_>| {
        let length = octets.u16()?;
        Some(octets.take_up_to(usize::from(length)).to_vec())
    };
    match kind {
        CONNECT => {
            octets.take_up_to(4);
            octets.take_up_to(if content.starts_with(b"\0\x04MQTT") { 2 } else { 4 });
            if let Some(version) = octets.u8() {
                line.text(" version ");
                line.number(u64::from(version));
            }
        }
        PUBLISH => {
            if let Some(topic) = text(&mut octets) {
                line.text(" ");
                line.untrusted(&topic);
                line.text(" QoS ");
                line.number(u64::from(first >> 1 & 3));
            }
        }
        4..=7 | 9 | 11 => {
            if let Some(identifier) = octets.u16() {
                line.text(" id ");
                line.number(u64::from(identifier));
            }
        }
        _ => {}
    }
}
