//! L2TP version 2 over UDP, RFC 2661: header and attributes of control messages; version 3 over IP (RFC 3931).

use crate::decode::Walk;
use crate::schema::{
    IP_PROTO, PPP_PROTO, Protocol, Size, Test, Tlv, UDP_PORT, be16, be32, bits, bytes, eq, flag, ge, label,
    rest, val, when,
};

pub(super) fn l2tp() -> Protocol {
    let avp = Tlv::new(
        label("avp").doc("attribute"),
        be16("avp.type").doc("attribute"),
        bits("avp.length", 10).doc("length"),
    )
    .head(
        "avp.type",
        Some("avp.length"),
        [
            flag("avp.mandatory").doc("mandatory").into(),
            flag("avp.hidden").doc("hidden").into(),
            bits("avp.reserved", 4).doc("reserved").into(),
            bits("avp.length", 10).unit("octets").doc("length").into(),
            be16("avp.vendor_id").doc("vendor").into(),
            be16("avp.type").doc("attribute").into(),
        ],
    )
    .other([bytes("avp.value", rest()).doc("value").into()]);
    Protocol::new("l2tp", "Layer 2 Tunneling Protocol")
        .layer("L2TP")
        .ports_below("udp", 1701, 1701)
        .source("RFC 2661 §3.1, §4.1")
        .on(UDP_PORT, &[1701])
        .accepts(UDP_PORT, |data| data.get(1).is_some_and(|second| second & 15 == 2))
        .field(be16("flags").hex().doc("flags").of([
            bits("type", 1).names(&[(0, "data"), (1, "control")]).doc("type"),
            flag("length_bit").doc("length is there"),
            bits("reserved", 2).doc("reserved"),
            flag("seq_bit").doc("sequence numbers are there"),
            bits("reserved2", 1).doc("reserved"),
            flag("offset_bit").doc("offset is there"),
            flag("priority").doc("priority"),
            bits("reserved3", 4).doc("reserved"),
            bits("version", 4).default(2).doc("version"),
        ]))
        .field(when(ge("length_bit", 1), [be16("length").craft("len").len_of(crate::schema::Span::Whole, 1, 0).unit("octets").doc("length").into()]))
        .field(be16("tunnel").craft("tunnel_id").doc("tunnel").brief())
        .field(be16("session").craft("session_id").doc("session").brief())
        .field(when(ge("seq_bit", 1), [be16("Ns").craft("ns").doc("sequence number").into(), be16("Nr").craft("nr").doc("expected sequence number").into()]))
        .field(when(ge("offset_bit", 1), [
            be16("offset").unit("octets").doc("offset").into(),
            bytes("offset_padding", Size::Octets(val("offset"))).doc("offset padding").into(),
        ]))
        .field(when(Test::All(vec![eq("type", 1)]), [avp.into()]))
        .leads(&[PPP_PROTO])
        .leads_to(&["ppp"])
        .after(|walk: &mut Walk<'_, '_>| {
            if walk.header().first().is_some_and(|first| first & 0x80 == 0) && !walk.rest().is_empty() {
                walk.next_named("ppp");
            }
        })
        .sample("02000000000202000000000108004500003000010000401166ba0a0000010a00000206a506a5001c9647c802001400010000000000018008000000000001")
}

pub(super) fn l2tp3() -> Protocol {
    Protocol::new("l2tpv3", "Layer 2 Tunneling Protocol version 3")
        .source("RFC 3931 §4.1")
        .on(IP_PROTO, &[115])
        .field(be32("=l2tp.sid").hex().doc("session; 0: control"))
        .field(bytes("=l2tp.v3.content", rest()).doc("cookie, sublayer and payload, as the session agreed"))
        .summary(|line, body| {
            line.hosts();
            line.text("L2TPv3, length ");
            line.number(body.len as u64);
        })
        .sample("02000000000202000000000108004500001c000100004073666c0a0000010a00000200000007aabbccdd")
}
