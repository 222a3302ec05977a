//! DNS (RFC 1035), DNS over TCP (RFC 7766), multicast DNS (RFC 6762) and LLMNR (RFC 4795).
//!
//! The three have one layout. Multicast DNS takes the highest bit of classes for itself, LLMNR names two flags
//! otherwise. Record data are in [`rdata`], the one-line form in [`line`].

mod derived;
mod edns;
mod line;
mod names;
mod rdata;

use super::exchange::Exchange;
use crate::decode::{Walk, walk_dns_name};
use crate::schema::{
    Begun, Field, Item, Kind, Length, Protocol, Severity, Size, TCP_PORT, UDP_PORT, be16, be32, bits, built,
    custom, decoded, eq, flag, is_in, label, name, ne, not, over, same, switch, turned, u8, val, when,
};
pub(super) use names::{CLASSES, rr_type};

/// Which of the three.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flavour {
    Dns,
    Multicast,
    LinkLocal,
}

/// What a message shows of its exchange.
const EXCHANGE: Exchange =
    Exchange { to: "response_to", time: Some(("time", Kind::Duration)), within: "response_in" };

pub(super) fn dns() -> Protocol {
    declare("dns", "Domain Name System")
        .layer("DNS")
        .layer_as("DNSTCP", &[("=dns.framed", 1)])
        .later(|protocol| {
            EXCHANGE.declare(message(protocol, Flavour::Dns))
        })
        .part("DNSQR", "=dns.queries", &[])
        .part("DNSRR", "=dns.answers", &[])
        .part("DNSRRSOA", "=dns.answers", &[("=dns.resp.type", 6)])
        .part("DNSRRHINFO", "=dns.answers", &[("=dns.resp.type", 13)])
        .part("DNSRRMX", "=dns.answers", &[("=dns.resp.type", 15)])
        .part("DNSRRSRV", "=dns.answers", &[("=dns.resp.type", 33)])
        .part("DNSRRNAPTR", "=dns.answers", &[("=dns.resp.type", 35)])
        .part("DNSRROPT", "=dns.answers", &[("=dns.resp.type", 41)])
        .part("DNSRRDS", "=dns.answers", &[("=dns.resp.type", 43)])
        .part("DNSRRRSIG", "=dns.answers", &[("=dns.resp.type", 46)])
        .part("DNSRRNSEC", "=dns.answers", &[("=dns.resp.type", 47)])
        .part("DNSRRDNSKEY", "=dns.answers", &[("=dns.resp.type", 48)])
        .part("DNSRRNSEC3", "=dns.answers", &[("=dns.resp.type", 50)])
        .part("DNSRRNSEC3PARAM", "=dns.answers", &[("=dns.resp.type", 51)])
        .part("DNSRRSVCB", "=dns.answers", &[("=dns.resp.type", 64)])
        .part("DNSRRHTTPS", "=dns.answers", &[("=dns.resp.type", 65)])
        .part("DNSRRTSIG", "=dns.answers", &[("=dns.resp.type", 250)])
        .part("DNSRRDLV", "=dns.answers", &[("=dns.resp.type", 32769)])
        .calls("DNSRRHINFO", "cpulen", "=dns.hinfo.cpu_length")
        .calls("DNSRRHINFO", "oslen", "=dns.hinfo.os_length")
        .calls("DNSRRNAPTR", "flags_len", "=dns.naptr.flags_length")
        .calls("DNSRRNAPTR", "services_len", "=dns.naptr.service_length")
        .calls("DNSRRNAPTR", "regexp_len", "=dns.naptr.regex_length")
        .part("EDNS0TLV", "=dns.opt", &[])
        .part("EDNS0DAU", "=dns.opt", &[("=dns.opt.code", 5)])
        .part("EDNS0DHU", "=dns.opt", &[("=dns.opt.code", 6)])
        .part("EDNS0N3U", "=dns.opt", &[("=dns.opt.code", 7)])
        .part("EDNS0ClientSubnet", "=dns.opt", &[("=dns.opt.code", 8)])
        .part("EDNS0COOKIE", "=dns.opt", &[("=dns.opt.code", 10)])
        .part("EDNS0PADDING", "=dns.opt", &[("=dns.opt.code", 12)])
        .part("EDNS0ExtendedDNSError", "=dns.opt", &[("=dns.opt.code", 15)])
        .part("SvcParam", "=dns.svcb.svcparam", &[])
        .ports_below("udp", 53, 53)
        .ports_below("tcp", 53, 80)
        .on(UDP_PORT, &[53])
        .on(TCP_PORT, &[53])
        .accepts(TCP_PORT, begins_a_message)
        .stream_of_single(length)
        .after(next_message)
        .source("RFC 1035 §4, RFC 7766 §8; IANA \"Domain Name System (DNS) Parameters\"")
        .sample("02000000000202000000000108004500003700010000401166b30a0000010a000002a0280035002322e355aa0100000100000000000004686f737404746573740000010001")
        .sample("02000000000202000000000108004500009f000100004011664b0a0000010a0000020035a028008b00cd55aa8180000100030000000104686f73740474657374000010000104686f73740474657374000010000100000009000803613d3103623d3204686f737404746573740000010001000000090004c000020804686f7374047465737400000f00010000000000120005046d61696c04686f73740474657374000000291000000080000000")
        .sample("02000000000202000000000108004500012b00010000401165bf0a0000010a00000200359c400117abb6000781800000000700000000045f736970045f75647001680474657374000021000100000009000e0001000213c4017304746573740001680474657374000023000100000009001300010002017503736970000172047465737400016804746573740000190001000000090018c10f0305000102030405060708090a0b0c0d0e0f1011121301680474657374000101000100000009000e0005697373756563612e746573740168047465737400002a000100000009000f000118030a01020002208420010db801680474657374000026000100000009001140000000000000000101700474657374000168047465737400ff0200010000000900140000000000000002000000030177047465737400")
        .sample("02000000000202000000000108004500003c00010000401166ae0a0000010a0000029c4000350028a9de0007300000000000000000000001000800003a9800003a980003000400000000")
}

/// Two octets in front say how long the message is (RFC 7766 §8).
fn length(begun: Begun<'_>) -> Length {
    match begun.octets {
        [high, low, ..] => match u16::from_be_bytes([*high, *low]) {
            12.. => Length::of(usize::from(u16::from_be_bytes([*high, *low])).saturating_add(2)),
            _ => Length::Alien,
        },
        _ => Length::at_least(2),
    }
}

pub(super) fn mdns() -> Protocol {
    declare("mdns", "Multicast Domain Name System")
        .later(|protocol| message(protocol, Flavour::Multicast))
        .on(UDP_PORT, &[5353])
        .source("RFC 6762 §18")
        .sample("01005e0000fb0200000000010800450000380001000040118fb80a000001e00000fb14e914e90024da1f0000000000010000000000000470696e67056c6f63616c0000010001")
}

pub(super) fn llmnr() -> Protocol {
    declare("llmnr", "Link-local Multicast Name Resolution")
        .later(|protocol| message(protocol, Flavour::LinkLocal))
        .layer_as("LLMNRQuery", &[("=dns.flags.response", 0)])
        .layer_as("LLMNRResponse", &[("=dns.flags.response", 1)])
        .ports_below("udp", 5355, 5355)
        .on(UDP_PORT, &[5355])
        .source("RFC 4795 §2.1")
        .sample("01005e0000fc0200000000010800450000320001000040118fbd0a000001e00000fcc35014eb001e55631234000000010000000000000470696e670000010001")
}

/// What the three have in common, without their fields.
fn declare(name: &'static str, title: &'static str) -> Protocol {
    Protocol::new(name, title)
        .heads(&["dns"])
        .answers([same("=dns.id"), turned("=dns.flags.response", &[(0, 1)])])
        .summary(line::summary)
}

fn message(protocol: Protocol, flavour: Flavour) -> Protocol {
    let mut protocol = protocol;
    if flavour == Flavour::Dns {
        protocol = protocol
            .field(when(
                over("tcp"),
                [be16("=dns.length")
                    .craft("length")
                    .len_of(crate::schema::Span::After, 1, 0)
                    .doc("length of the message")
                    .unit("octets")
                    .into()],
            ))
            // a layer for TCP has the length wherever it stands
            .field(when(
                not(over("tcp")),
                [built([
                    bits("=dns.framed", 0).hidden().doc("is for TCP").into(),
                    when(
                        eq("=dns.framed", 1),
                        [be16("=dns.length")
                            .craft("length")
                            .len_of(crate::schema::Span::After, 1, 0)
                            .doc("length of the message")
                            .unit("octets")
                            .into()],
                    ),
                ])],
            ))
            .field(custom([], names_from_here));
    }
    let update = || eq("=dns.flags.opcode", 5);
    let other = || ne("=dns.flags.opcode", 5);
    let [read, written] = flags(flavour);
    protocol
        .field(be16("=dns.id").craft("id").hex().doc("transaction"))
        .field(read)
        .field(written)
        .field(when(
            other(),
            [be16("=dns.count.queries").craft("qdcount").count_of("=dns.queries").doc("questions").into()],
        ))
        .field(when(
            update(),
            [be16("=dns.count.zones").craft("qdcount").count_of("=dns.zones").doc("zones").into()],
        ))
        .field(when(
            other(),
            [be16("=dns.count.answers").craft("ancount").count_of("=dns.answers").doc("answers").into()],
        ))
        .field(when(
            update(),
            [be16("=dns.count.prerequisites")
                .craft("ancount")
                .count_of("=dns.prerequisites")
                .doc("prerequisites")
                .into()],
        ))
        .field(when(
            other(),
            [be16("=dns.count.auth_rr")
                .craft("nscount")
                .count_of("=dns.authorities")
                .doc("authorities")
                .into()],
        ))
        .field(when(
            update(),
            [be16("=dns.count.updates").craft("nscount").count_of("=dns.updates").doc("updates").into()],
        ))
        .field(
            be16("=dns.count.add_rr").craft("arcount").count_of("=dns.additionals").doc("additional records"),
        )
        .field(when(
            other(),
            [
                questions("=dns.queries", "query", "qd", "=dns.count.queries", flavour),
                crate::schema::decoded([custom(
                    [
                        be16("=dns.qry.name.len").unit("octets").doc("length of the name as text").hidden(),
                        be16("=dns.count.labels").doc("labels of the name").hidden(),
                    ],
                    name_facts,
                )]),
                records("=dns.answers", "answer", "an", "=dns.count.answers", flavour),
                records("=dns.authorities", "authority", "ns", "=dns.count.auth_rr", flavour),
            ],
        ))
        .field(when(
            update(),
            [
                questions("=dns.zones", "zone", "qd", "=dns.count.zones", flavour),
                records("=dns.prerequisites", "prerequisite", "an", "=dns.count.prerequisites", flavour),
                records("=dns.updates", "update", "ns", "=dns.count.updates", flavour),
            ],
        ))
        .field(derived::stateful())
        .field(records("=dns.additionals", "additional record", "ar", "=dns.count.add_rr", flavour))
}

/// Whether a TCP segment begins with a whole message, or with the cut beginning of one.
fn begins_a_message(segment: &[u8]) -> bool {
    let Some([l0, l1, _, _, flags, _, q0, q1]) = segment.first_chunk::<8>() else { return false };
    let length = usize::from(u16::from_be_bytes([*l0, *l1]));
    let whole = length.saturating_add(2) <= segment.len();
    length >= 12 && (whole || (flags >> 3 & 15 <= 6 && u16::from_be_bytes([*q0, *q1]) <= 1))
}

/// Several messages may stand in one segment.
fn next_message(walk: &mut Walk<'_, '_>) {
    EXCHANGE.show(walk);
    let tcp = walk.registry().protocol_named("tcp");
    if tcp.is_none() || walk.outer_other() != tcp {
        return;
    }
    let length =
        walk.layer_octets().first_chunk().map_or(0, |length| usize::from(u16::from_be_bytes(*length)));
    walk.seek(walk.layer_offset().saturating_add(2).saturating_add(length));
    if begins_a_message(walk.rest()) {
        walk.next_named("dns");
    }
}

fn names_from_here(walk: &mut Walk<'_, '_>) {
    walk.names_from_here();
}

/// The flags as they are read, and as they are written: there every part is, whatever the message.
fn flags(flavour: Flavour) -> [Item; 2] {
    let bit = |name, craft, doc| flag(name).craft(craft).doc(doc);
    let (second, fourth) = match flavour {
        Flavour::LinkLocal => (
            bit("=dns.flags.conflict", "c", "several responders answered"),
            bit("=dns.flags.tentative", "t", "the responder has not verified the name's uniqueness"),
        ),
        _ => (
            bit("=dns.flags.authoritative", "aa", "the server is an authority for the name"),
            bit("=dns.flags.recdesired", "rd", "recursion wanted").default(1),
        ),
    };
    let code = bits("=dns.flags.rcode", 4)
        .craft("rcode")
        .words(&[
            (0, "ok"),
            (1, "format-error"),
            (2, "server-failure"),
            (3, "name-error"),
            (4, "not-implemented"),
            (5, "refused"),
        ])
        .names(names::RCODES)
        .expert(Severity::Note, 3, 3, "the name does not exist")
        .expert(Severity::Warning, 1, 15, "the server answers with an error")
        .doc("response code");
    let whole = || be16("=dns.flags").hex().doc("flags");
    let response = bit("=dns.flags.response", "qr", "response");
    let opcode = bits("=dns.flags.opcode", 4).craft("opcode").names(names::OPCODES).doc("operation");
    let truncated = bit("=dns.flags.truncated", "tc", "truncated");
    let available = bit("=dns.flags.recavail", "ra", "recursion available");
    let reserved = bit("=dns.flags.z", "z", "reserved");
    let authenticated = bit("=dns.flags.authenticated", "ad", "the server authenticated the data");
    let unchecked = bit("=dns.flags.checkdisable", "cd", "unauthenticated data are acceptable");
    let four = bits("=dns.flags.written_z", 4).craft("z").hidden().doc("reserved");
    let of_link = [
        response.clone(),
        opcode.clone(),
        second.clone(),
        truncated.clone(),
        fourth.clone(),
        four,
        code.clone(),
    ];
    let written = [
        response.clone(),
        opcode.clone(),
        second.clone(),
        truncated.clone(),
        fourth.clone(),
        available.clone(),
        reserved.clone(),
        authenticated.clone(),
        unchecked.clone(),
        code.clone(),
    ];
    let second = match flavour {
        Flavour::LinkLocal => second.into(),
        _ => of_responses(second, "=dns.flags.unused", 1),
    };
    let read = vec![
        response.into(),
        opcode.into(),
        second,
        truncated.into(),
        fourth.into(),
        of_responses(available, "=dns.flags.unused", 1),
        reserved.into(),
        authenticated.into(),
        unchecked.into(),
        of_responses(code, "=dns.flags.unused_code", 4),
    ];
    let written = if flavour == Flavour::LinkLocal { whole().of(of_link) } else { whole().of(written) };
    [decoded([Item::Group(whole(), read.into())]), built([written])]
}

/// A part of the flags that says something in responses alone, so that a query for it does not find requests.
fn of_responses(part: Field, unused: &'static str, width: u16) -> Item {
    let filling = bits(unused, width).hidden().doc("says nothing in a request");
    switch(val("=dns.flags.response"), [(0, vec![filling.into()])], vec![part.into()])
}

/// The class of a question or record; multicast DNS has a flag in front of it.
fn class(name: &'static str, craft: &'static str, bit: Field, flavour: Flavour) -> Vec<Item> {
    let class =
        |width| crate::schema::bits(name, width).craft(craft).hex().default(1).names(CLASSES).doc("class");
    if flavour == Flavour::Multicast {
        return vec![bit.into(), class(15).into()];
    }
    // plain DNS knows no flag, and yet it can be built
    let low = crate::schema::bits("=dns.written.class", 15).hidden().doc("class without the flag");
    let parts = vec![bit.into(), low.into()];
    vec![
        crate::schema::decoded([class(16).into()]),
        crate::schema::built([Item::Group(class(16), parts.into())]),
    ]
}

fn questions(
    part: &'static str,
    doc: &'static str,
    craft: &'static str,
    count: &'static str,
    flavour: Flavour,
) -> Item {
    let mut items = vec![
        name("=dns.qry.name").craft("qname").default_bytes(b"www.example.com").doc("name").into(),
        be16("=dns.qry.type").craft("qtype").default(1).named_by(rr_type).doc("type").into(),
    ];
    items.extend(class(
        "=dns.qry.class",
        "qclass",
        flag("=dns.qry.qu").craft("unicastresponse").doc("a unicast answer is welcome"),
        flavour,
    ));
    let mut part = label(part).doc(doc);
    if !craft.is_empty() {
        part = part.craft(craft);
    }
    if craft == "qd" && flavour != Flavour::LinkLocal {
        part = part.default(1);
    }
    Item::Repeat(part, crate::schema::Count::Times(val(count)), items.into())
}

/// Questions whose names are measured.
const MEASURED: u16 = 64;

/// Length and labels of the names asked for, which many look at to find what a tunnel hides in names.
fn name_facts(walk: &mut Walk<'_, '_>) {
    if !walk.wants("=dns.qry.name.len") && !walk.wants("=dns.count.labels") {
        return;
    }
    let (octets, base) = (walk.all_octets(), walk.names_base());
    let head = octets.get(base..).and_then(<[u8]>::first_chunk::<6>);
    let questions = head.map_or(0, |[.., high, low]| u16::from_be_bytes([*high, *low]));
    let mut place = base.saturating_add(12);
    for _ in 0..questions.min(MEASURED) {
        let Some((labels, length, after)) = measure(octets, base, place) else { return };
        walk.emit("=dns.qry.name.len", place, 0, length);
        walk.emit("=dns.count.labels", place, 0, labels);
        place = after.saturating_add(4);
    }
}

/// Labels of the name at `place`, its length as text, and where it ends; both of what is shown, as Wireshark counts.
fn measure(octets: &[u8], base: usize, place: usize) -> Option<(u64, u64, usize)> {
    let dots = |text: &[u8]| text.iter().filter(|octet| **octet == b'.').count();
    let (mut labels, mut length) = (0_usize, 0_usize);
    let (ending, after) = walk_dns_name(octets, base, place, |label| {
        length = length.saturating_add(label.len()).saturating_add(usize::from(labels > 0));
        labels = labels.saturating_add(1).saturating_add(dots(label));
    })?;
    let shown = ending.instead().or((labels == 0).then_some(b"<Root>"));
    if let Some(shown) = shown {
        (labels, length) = (1, shown.len());
    }
    Some((labels as u64, length as u64, after))
}

/// Types of records whose data scapy takes as an address, a name or texts.
const PLAIN: &[u64] = &[1, 2, 3, 4, 5, 12, 16, 28, 39];

fn records(
    part: &'static str,
    doc: &'static str,
    craft: &'static str,
    count: &'static str,
    flavour: Flavour,
) -> Item {
    let mut plain = class(
        "=dns.resp.class",
        "rclass",
        flag("=dns.resp.cache_flush").craft("cacheflush").doc("replaces what is cached"),
        flavour,
    );
    plain.extend([
        be32("=dns.resp.ttl").craft("ttl").unit("s").doc("time to live").into(),
        be16("=dns.resp.len")
            .craft("rdlen")
            .unit("octets")
            .len_of_part("=dns.rdata", 1, 0)
            .doc("length of the data")
            .into(),
        // octets given for a record that has no form of its own in scapy are its data as they are
        when(
            is_in("=dns.resp.type", PLAIN),
            [Item::Block(
                label("=dns.rdata").doc("data").hidden(),
                Size::Octets(val("=dns.resp.len")),
                rdata::data(),
            )],
        ),
        when(
            not(is_in("=dns.resp.type", PLAIN)),
            [Item::Block(
                label("=dns.rdata").craft("rdata").doc("data").hidden(),
                Size::Octets(val("=dns.resp.len")),
                rdata::data(),
            )],
        ),
    ]);
    let edns = vec![
        be16("=dns.rr.udp_payload_size")
            .craft("rclass")
            .default(4096)
            .unit("octets")
            .doc("longest UDP payload taken")
            .into(),
        u8("=dns.resp.ext_rcode").craft("extrcode").hex().doc("higher bits of the response code").into(),
        u8("=dns.resp.edns0_version").craft("version").doc("EDNS version").into(),
        be16("=dns.resp.z")
            .craft("z")
            .hex()
            .words(&[(0x8000, "D0"), (0x8000, "DO")])
            .default(0x8000)
            .doc("flags")
            .of([
                flag("=dns.resp.z.do").doc("DNSSEC records are welcome"),
                crate::schema::bits("=dns.resp.z.reserved", 15).hex().doc("reserved"),
            ]),
        be16("=dns.resp.len")
            .craft("rdlen")
            .unit("octets")
            .len_of_part("=dns.edns", 1, 0)
            .doc("length of the options")
            .into(),
        Item::Block(
            label("=dns.edns").craft("rdata").doc("options").hidden(),
            Size::Octets(val("=dns.resp.len")),
            rdata::options(),
        ),
    ];
    let mut part = label(part).doc(doc);
    if !craft.is_empty() {
        part = part.craft(craft);
    }
    Item::Repeat(
        part,
        crate::schema::Count::Times(val(count)),
        vec![
            derived::service_owner(),
            name("=dns.resp.name").craft("rrname").doc("name").into(),
            be16("=dns.resp.type").craft("type").default(1).named_by(rr_type).doc("type").into(),
            switch(val("=dns.resp.type"), [(41, edns)], plain),
        ]
        .into(),
    )
}
