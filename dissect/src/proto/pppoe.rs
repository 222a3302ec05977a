//! PPP over Ethernet, RFC 2516: discovery (0x8863) and session (0x8864), with the tags of RFC 4638, 4937 and 5578.

use super::octets::Octets;
use crate::render::line::{Body, Line};
use crate::schema::{
    ETHER_TYPE, Item, LINK_TYPE, Protocol, Size, Span, Tlv, be16, be32, bits, bytes, case, flag, label, rest,
    text, u8, val,
};

const CODES: &[(u64, &str)] = &[
    (0, "Session"),
    (0x07, "PADO"),
    (0x09, "PADI"),
    (0x0a, "PADG"),
    (0x0b, "PADC"),
    (0x0c, "PADQ"),
    (0x19, "PADR"),
    (0x65, "PADS"),
    (0xa7, "PADT"),
    (0xd3, "PADM"),
    (0xd4, "PADN"),
];

const TAGS: &[(u64, &str)] = &[
    (0x0000, "End-Of-List"),
    (0x0101, "Service-Name"),
    (0x0102, "AC-Name"),
    (0x0103, "Host-Uniq"),
    (0x0104, "AC-Cookie"),
    (0x0105, "Vendor-Specific"),
    (0x0106, "Credits"),
    (0x0107, "Metrics"),
    (0x0108, "Sequence-Number"),
    (0x0109, "Credit-Scale-Factor"),
    (0x0110, "Relay-Session-ID"),
    (0x0111, "HURL"),
    (0x0112, "MOTM"),
    (0x0120, "PPP-Max-Payload"),
    (0x0121, "IP-Route-Add"),
    (0x0201, "Service-Name-Error"),
    (0x0202, "AC-System-Error"),
    (0x0203, "Generic-Error"),
];

fn header(name: &'static str, title: &'static str, code: u64) -> Protocol {
    Protocol::new(name, title)
        .field(bits("=pppoe.version", 4).craft("version").default(1).doc("version"))
        .field(bits("=pppoe.type", 4).craft("type").default(1).doc("type"))
        .field(u8("=pppoe.code").craft("code").default(code).hex().names(CODES).doc("code"))
        .field(be16("=pppoe.session_id").craft("sessionid").hex().doc("session"))
        .field(
            be16("=pppoe.payload_length")
                .craft("len")
                .len_of(Span::Payload, 1, 0)
                .unit("octets")
                .doc("payload length"),
        )
        .summary(summary)
}

pub(super) fn session() -> Protocol {
    header("pppoes", "PPP over Ethernet session", 0)
        .layer("PPPoE")
        .source("RFC 2516 §4, §6")
        .on(ETHER_TYPE, &[0x8864])
        .on(LINK_TYPE, &[51])
        .payload(val("=pppoe.payload_length"))
        .leads_to(&["ppp"])
        .after(|walk| walk.next_named("ppp"))
        .sample("020000000002 020000000001 8864 11000001 0022 0021 4500002000010000401166ca0a0000010a00000203e807d0000c1b5561626364")
}

pub(super) fn discovery() -> Protocol {
    header("pppoed", "PPP over Ethernet discovery", 9)
        .layer("PPPoED")
        .body("PPPoED_Tags", "=pppoe.payload_length", &[])
        .part("PPPoETag", "tag_unknown", &[])
        .source("RFC 2516 §5, RFC 4638, RFC 5578")
        .on(ETHER_TYPE, &[0x8863])
        .field(Item::Block(
            label("tags").craft("tag_list").doc("tags"),
            Size::Octets(val("=pppoe.payload_length")),
            vec![tags().into()].into(),
        ))
        .sample("ffffffffffff 020000000001 8863 11090000 0012 01010000 0120000205dc 0103000416372c16")
}

fn tags() -> Tlv {
    let mut list = Tlv::new(label("tag_unknown").doc("unknown tag"), be16("tag"), be16("tag_length"))
        .body_len()
        .end(0)
        .padding(bytes("tags.padding", rest()).doc("padding"));
    list.head = vec![
        be16("tag").craft("tag_type").hex().names(TAGS).doc("tag").into(),
        be16("tag_length").craft("tag_len").unit("octets").doc("length").into(),
    ];
    let string = |name: &'static str| [Item::from(text(name, rest()).craft("tag_value").doc("text"))];
    let octets = |name: &'static str| [Item::from(bytes(name, rest()).craft("tag_value").doc("value"))];
    list.cases([
        case(0, label("tags.end").doc("end of list"), []),
        case(0x0101, label("tags.service").doc("service name"), string("tags.service_name")),
        case(0x0102, label("tags.concentrator").doc("access concentrator"), string("tags.ac_name")),
        case(0x0103, label("tags.host").doc("host's own"), octets("tags.host_uniq")),
        case(0x0104, label("tags.cookie").doc("access concentrator's cookie"), octets("tags.ac_cookie")),
        case(
            0x0105,
            label("tags.vendor").doc("vendor"),
            [be32("tags.vendor_id").doc("vendor").into(), vendor().into()],
        ),
        case(
            0x0106,
            label("tags.credit").doc("credits"),
            [
                be16("tags.credits.fcn").doc("forward credits").into(),
                be16("tags.credits.bcn").doc("backward credits").into(),
            ],
        ),
        case(0x0107, label("tags.metric").doc("metrics"), metrics()),
        case(
            0x0108,
            label("tags.sequence").doc("sequence number"),
            [be16("tags.seq_num").doc("number").into()],
        ),
        case(
            0x0109,
            label("tags.scale").doc("credit scale"),
            [be16("tags.credit_scale").unit("octets").doc("credit").into()],
        ),
        case(0x0110, label("tags.relay").doc("relay session"), octets("tags.relay_session_id")),
        case(0x0111, label("tags.url").doc("host URL"), string("tags.hurl")),
        case(0x0112, label("tags.message").doc("message of the minute"), string("tags.motm")),
        case(
            0x0120,
            label("tags.payload").doc("largest PPP payload"),
            [be16("tags.max_payload").unit("octets").doc("MRU").into()],
        ),
        case(0x0121, label("tags.route").doc("IP route"), octets("tags.ip_route_add")),
        case(0x0201, label("tags.error1").doc("service name error"), string("tags.service_name_error")),
        case(0x0202, label("tags.error2").doc("access concentrator error"), string("tags.ac_system_error")),
        case(0x0203, label("tags.error3").doc("error"), string("tags.generic_error")),
    ])
    .other(octets("tag.unknown_data"))
}

/// Broadband Forum TR-101 §3.9.4: what the access node adds.
fn vendor() -> Tlv {
    let rate = |number, label_name: &'static str, name: &'static str, doc: &'static str| {
        case(number, label(label_name).doc(doc), [be32(name).unit("kbit/s").doc("rate").into()])
    };
    Tlv::new(
        label("tags.vendorspecific.tags").doc("unknown"),
        u8("tags.vendorspecific.tag").doc("tag"),
        u8("tag_length_8").unit("octets").doc("length"),
    )
    .body_len()
    .cases([
        case(
            1,
            label("tags.circuit").doc("agent circuit"),
            [text("tags.circuit_id", rest()).doc("circuit").into()],
        ),
        case(
            2,
            label("tags.remote").doc("agent remote"),
            [text("tags.remote_id", rest()).doc("remote").into()],
        ),
        rate(0x81, "tags.rate1", "tags.act_data_rate_up", "actual rate, up"),
        rate(0x82, "tags.rate2", "tags.act_data_rate_down", "actual rate, down"),
        rate(0x83, "tags.rate3", "tags.min_data_rate_up", "minimum rate, up"),
        rate(0x84, "tags.rate4", "tags.min_data_rate_down", "minimum rate, down"),
        rate(0x85, "tags.rate5", "tags.attainable_data_rate_up", "attainable rate, up"),
        rate(0x86, "tags.rate6", "tags.attainable_data_rate_down", "attainable rate, down"),
        rate(0x87, "tags.rate7", "tags.max_data_rate_up", "maximum rate, up"),
        rate(0x88, "tags.rate8", "tags.max_data_rate_down", "maximum rate, down"),
        rate(0x89, "tags.rate9", "tags.min_data_rate_up_lp", "minimum low power rate, up"),
        rate(0x8a, "tags.rate10", "tags.min_data_rate_down_lp", "minimum low power rate, down"),
        case(
            0x8b,
            label("tags.delay1").doc("maximum delay, up"),
            [be32("tags.max_int_delay_up").unit("ms").doc("delay").into()],
        ),
        case(
            0x8c,
            label("tags.delay2").doc("actual delay, up"),
            [be32("tags.act_int_delay_up").unit("ms").doc("delay").into()],
        ),
        case(
            0x8d,
            label("tags.delay3").doc("maximum delay, down"),
            [be32("tags.max_int_delay_down").unit("ms").doc("delay").into()],
        ),
        case(
            0x8e,
            label("tags.delay4").doc("actual delay, down"),
            [be32("tags.act_int_delay_down").unit("ms").doc("delay").into()],
        ),
        case(
            0x90,
            label("tags.access_loop_encap").doc("access loop encapsulation"),
            [
                u8("tags.access_loop_encap.data_link").doc("data link").into(),
                u8("tags.access_loop_encap.encap_1").doc("encapsulation 1").into(),
                u8("tags.access_loop_encap.encap_2").doc("encapsulation 2").into(),
            ],
        ),
    ])
    .other([bytes("tags.vendor_unspecified", rest()).doc("value").into()])
}

/// RFC 5578 §6.5.
const RATES: &[(u64, &str)] = &[(0, "kbit/s"), (1, "Mbit/s"), (2, "Gbit/s"), (3, "Tbit/s")];

fn metrics() -> [Item; 6] {
    [
        be16("tags.metrics.flags").hex().doc("units and reachability").of([
            bits("tags.metrics.reserved", 11).hex().doc("reserved"),
            bits("tags.metrics.mdr_units", 2).names(RATES).doc("unit of the maximum rate"),
            bits("tags.metrics.cdr_units", 2).names(RATES).doc("unit of the current rate"),
            flag("tags.metrics.r").doc("receives alone"),
        ]),
        u8("tags.metrics.rlq").unit("%").doc("relative link quality").into(),
        u8("tags.metrics.resource").unit("%").doc("resources").into(),
        be16("tags.metrics.latency").unit("ms").doc("latency").into(),
        be16("tags.metrics.curr_drate").doc("current rate").into(),
        be16("tags.metrics.max_drate").doc("maximum rate").into(),
    ]
}

fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    let Some([_, code, s0, s1, l0, l1]) = body.data.first_chunk::<6>().copied() else {
        line.cut("pppoe", body);
        return;
    };
    let payload = body.skip(6).limit(usize::from(u16::from_be_bytes([l0, l1])));
    let session = u16::from_be_bytes([s0, s1]);
    line.text("PPPoE ");
    if code != 0 {
        line.text(
            CODES.iter().find(|entry| entry.0 == u64::from(code)).map_or("PAD-unknown", |entry| entry.1),
        );
    }
    if session != 0 {
        line.text(" [ses 0x");
        super::put::hex(line.out, u64::from(session));
        line.text("]");
    }
    if code == 0 {
        line.text(" ");
        if let Some(id) = line.registry.protocol_named("ppp") {
            line.protocol(id, payload);
        }
        return;
    }
    let mut octets = Octets::of(payload);
    while let (Some(tag), Some(len)) = (octets.u16(), octets.u16()) {
        if tag == 0 {
            break;
        }
        line.text(" [");
        line.text(TAGS.iter().find(|entry| entry.0 == u64::from(tag)).map_or("TAG-unknown", |entry| entry.1));
        let value = octets.take_up_to(usize::from(len));
        if !value.is_empty() {
            let readable = value.iter().all(|octet| octet.is_ascii_graphic() || *octet == b' ');
            line.text(if readable { " \"" } else { " 0x" });
            if readable {
                line.untrusted(value);
                line.text("\"");
            } else {
                let start = line.out.len();
                super::put::hex_octets(line.out, value, None);
                line.out.iter_mut().skip(start).for_each(|digit| digit.make_ascii_uppercase());
            }
        }
        line.text("]");
    }
}
