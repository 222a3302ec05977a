//! L2TP version 2 over UDP (RFC 2661) and version 3 over IP and UDP (RFC 3931): headers, and the attributes of control
//! messages. Cookie and sublayer of version 3's data are what the session agreed on, which packets do not tell.

use crate::decode::Walk;
use crate::schema::{
    IP_PROTO, Item, PPP_PROTO, Protocol, Size, Test, Tlv, UDP_PORT, be16, be32, bits, built, bytes, decoded,
    eq, flag, ge, label, lit, ne, not, rest, switch, val, when,
};

fn attributes() -> Tlv {
    let plain = || Test::All(vec![eq("=l2tp.avp.vendor_id", 0), eq("=l2tp.avp.hidden", 0)]);
    Tlv::new(
        label("=l2tp.avp").doc("attribute"),
        be16("=l2tp.avp.type").doc("attribute"),
        bits("=l2tp.avp.length", 10).doc("length"),
    )
    .head(
        "=l2tp.avp.type",
        Some("=l2tp.avp.length"),
        [
            flag("=l2tp.avp.mandatory").doc("mandatory").into(),
            flag("=l2tp.avp.hidden").doc("hidden").into(),
            bits("=l2tp.avp.reserved", 4).doc("reserved").into(),
            bits("=l2tp.avp.length", 10).unit("octets").doc("length").into(),
            be16("=l2tp.avp.vendor_id").doc("vendor").into(),
            be16("=l2tp.avp.type").names(super::l2tp_attributes::ATTRIBUTES).doc("attribute").into(),
        ],
    )
    .other([
        when(
            plain(),
            [switch(
                val("=l2tp.avp.type"),
                super::l2tp_attributes::contents(),
                vec![bytes("=l2tp.avp.value", rest()).doc("value").into()],
            )],
        ),
        when(
            not(plain()),
            [switch(
                // What is hidden has no type that tells what it is.
                val("=l2tp.avp.vendor_id") * (lit(1) - val("=l2tp.avp.hidden")),
                [
                    (9, vec![super::l2tp_vendors::cisco_type(), super::l2tp_vendors::cisco()]),
                    (3561, vec![super::l2tp_vendors::broadband_type(), super::l2tp_vendors::broadband()]),
                ],
                vec![bytes("=l2tp.avp.value", rest()).doc("value").into()],
            )],
        ),
    ])
}

/// Flags and version of a control message, which version 3 over IP has too.
fn flags() -> Item {
    be16("=l2tp.flags").hex().doc("flags").of([
        bits("=l2tp.type", 1).names(&[(0, "data"), (1, "control")]).doc("type"),
        flag("=l2tp.length_bit").doc("length is there"),
        bits("=l2tp.reserved", 2).doc("reserved"),
        flag("=l2tp.seq_bit").doc("sequence numbers are there"),
        bits("=l2tp.reserved2", 1).doc("reserved"),
        flag("=l2tp.offset_bit").doc("offset is there"),
        flag("=l2tp.priority").doc("priority"),
        bits("=l2tp.reserved3", 4).doc("reserved"),
        bits("=l2tp.version", 4).default(2).doc("version"),
    ])
}

fn control3() -> [Item; 5] {
    [
        be16("=l2tp.length").unit("octets").doc("length").into(),
        be32("=l2tp.ccid").hex().doc("control connection").into(),
        be16("=l2tp.Ns").doc("sequence number").into(),
        be16("=l2tp.Nr").doc("expected sequence number").into(),
        attributes().into(),
    ]
}

/// scapy's names of the flags, the lowest bit first.
const FLAGS: [&str; 12] = [
    "res00", "res01", "res02", "res03", "priority", "offset", "res06", "sequence", "res08", "res09",
    "length", "control",
];

/// Holds when building alone.
fn building() -> Test {
    crate::schema::not(Test::All(Vec::new()))
}

pub(super) fn l2tp() -> Protocol {
    Protocol::new("l2tp", "Layer 2 Tunneling Protocol")
        .layer("L2TP")
        .ports_below("udp", 1701, 1701)
        .source("RFC 2661 §3.1, §4.1, RFC 3931 §3.2.1, §4.1.2")
        .on(UDP_PORT, &[1701])
        .accepts(UDP_PORT, |data| data.get(1).is_some_and(|second| matches!(second & 15, 2 | 3)))
        .later(fields)
        .leads(&[PPP_PROTO])
        .leads_to(&["ppp"])
        .summary(super::l2tp_line::summary)
        .after(|walk: &mut Walk<'_, '_>| {
            if walk.header().first_chunk().is_some_and(|[first, second]| first & 0x80 == 0 && second & 15 == 2)
                && !walk.rest().is_empty()
            {
                walk.next_named("ppp");
            }
        })
        .sample("02000000000202000000000108004500003000010000401166ba0a0000010a00000206a506a5001c9647c802001400010000000000018008000000000001")
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    protocol
        .field(decoded([flags()]))
        .field(built([Item::Group(
            be16("=l2tp.flags").hidden().doc("flags"),
            vec![
                Item::Group(
                    bits("=l2tp.hdr", 12).craft("hdr").letters(&FLAGS).hidden().doc("flags"),
                    vec![
                        bits("=l2tp.type", 1).doc("type").into(),
                        flag("=l2tp.length_bit").doc("length is there").into(),
                        bits("=l2tp.reserved", 2).doc("reserved").into(),
                        flag("=l2tp.seq_bit").doc("sequence numbers are there").into(),
                        bits("=l2tp.reserved2", 1).doc("reserved").into(),
                        flag("=l2tp.offset_bit").doc("offset is there").into(),
                        flag("=l2tp.priority").doc("priority").into(),
                        bits("=l2tp.reserved3", 4).doc("reserved").into(),
                    ]
                    .into(),
                ),
                bits("=l2tp.version", 4).craft("version").default(2).doc("version").into(),
            ]
            .into(),
        )]))
        // scapy writes them where a message of control is named, too
        .field(when(
            Test::All(vec![
                ne("=l2tp.version", 3),
                Test::Any(vec![ge("=l2tp.length_bit", 1), Test::All(vec![building(), eq("=l2tp.type", 1)])]),
            ]),
            [be16("=l2tp.length")
                .craft("len")
                .len_of(crate::schema::Span::Whole, 1, 0)
                .unit("octets")
                .doc("length")
                .into()],
        ))
        .field(when(
            ne("=l2tp.version", 3),
            [
                be16("tunnel").craft("tunnel_id").doc("tunnel").brief().into(),
                be16("session").craft("session_id").doc("session").brief().into(),
                when(
                    Test::Any(vec![ge("=l2tp.seq_bit", 1), Test::All(vec![building(), eq("=l2tp.type", 1)])]),
                    [
                        be16("=l2tp.Ns").craft("ns").doc("sequence number").into(),
                        be16("=l2tp.Nr").craft("nr").doc("expected sequence number").into(),
                    ],
                ),
                when(
                    ge("=l2tp.offset_bit", 1),
                    [
                        be16("offset").craft("offset").unit("octets").doc("offset").into(),
                        bytes("offset_padding", Size::Octets(val("offset")))
                            .craft("pad")
                            .doc("offset padding")
                            .into(),
                    ],
                ),
                when(eq("=l2tp.type", 1), [attributes().into()]),
            ],
        ))
        .field(when(Test::All(vec![eq("=l2tp.version", 3), eq("=l2tp.type", 1)]), control3()))
        .field(when(
            Test::All(vec![eq("=l2tp.version", 3), eq("=l2tp.type", 0)]),
            [
                be16("=l2tp.res").hex().doc("reserved").into(),
                be32("=l2tp.sid").hex().doc("session").brief().into(),
                bytes("=l2tp.v3.content", rest())
                    .doc("cookie, sublayer and payload, as the session agreed")
                    .into(),
            ],
        ))
}

pub(super) fn l2tp3() -> Protocol {
    Protocol::new("l2tpv3", "Layer 2 Tunneling Protocol version 3")
        .source("RFC 3931 §4.1.1")
        .on(IP_PROTO, &[115])
        .heads(&["l2tp"])
        .later(l2tp3_fields)
        .summary(|line, body| {
            line.hosts();
            line.text("L2TPv3, length ");
            line.number(body.len as u64);
        })
        .sample("02000000000202000000000108004500001c000100004073666c0a0000010a00000200000007aabbccdd")
        .sample(concat!(
            "020000000002 020000000001 0800 4500 0034 0001 0000 4073 6654 0a000001 0a000002",
            "00000000 c803 001c 00000001 0000 0000 8008 0000 0000 0001 8008 0000 0001 0001"
        ))
}

/// Header and generated fields.
fn l2tp3_fields(protocol: Protocol) -> Protocol {
    protocol
        .field(be32("=l2tp.sid").hex().doc("session; 0: control"))
        .field(when(eq("=l2tp.sid", 0), [flags()]))
        .field(when(eq("=l2tp.sid", 0), control3()))
        .field(when(
            ne("=l2tp.sid", 0),
            [bytes("=l2tp.v3.content", rest())
                .doc("cookie, sublayer and payload, as the session agreed")
                .into()],
        ))
}
