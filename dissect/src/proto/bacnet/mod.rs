//! BACnet/IP (ANSI/ASHRAE 135-2020): the virtual link layer of annex J, the network layer of clause 6 with its messages, and heads and tagged values of the
//! application layer (clause 20). Messages of network security are shown as octets.

mod names;
mod tags;

use super::octets::Octets;
use crate::decode::Walk;
use crate::render::line::{Body, Line};
use crate::schema::{
    Item, Protocol, Size, Span, Test, UDP_PORT, be16, bits, bytes, crafted, decoded, flag, ge, ipv4, label,
    left, lit, mac, repeat, rest, switch, times, u8, val, when,
};

const FUNCTIONS: &[(u64, &str)] = &[
    (0, "BVLC-Result"),
    (1, "Write-Broadcast-Distribution-Table"),
    (2, "Read-Broadcast-Distribution-Table"),
    (3, "Read-Broadcast-Distribution-Table-Ack"),
    (4, "Forwarded-NPDU"),
    (5, "Register-Foreign-Device"),
    (6, "Read-Foreign-Device-Table"),
    (7, "Read-Foreign-Device-Table-Ack"),
    (8, "Delete-Foreign-Device-Table-Entry"),
    (9, "Distribute-Broadcast-To-Network"),
    (10, "Original-Unicast-NPDU"),
    (11, "Original-Broadcast-NPDU"),
    (12, "Secure-BVLL"),
];

const RESULTS: &[(u64, &str)] = &[
    (0x00, "successful"),
    (0x10, "Write-Broadcast-Distribution-Table refused"),
    (0x20, "Read-Broadcast-Distribution-Table refused"),
    (0x30, "Register-Foreign-Device refused"),
    (0x40, "Read-Foreign-Device-Table refused"),
    (0x50, "Delete-Foreign-Device-Table-Entry refused"),
    (0x60, "Distribute-Broadcast-To-Network refused"),
];

const MESSAGES: &[(u64, &str)] = &[
    (0x00, "Who-Is-Router-To-Network"),
    (0x01, "I-Am-Router-To-Network"),
    (0x02, "I-Could-Be-Router-To-Network"),
    (0x03, "Reject-Message-To-Network"),
    (0x04, "Router-Busy-To-Network"),
    (0x05, "Router-Available-To-Network"),
    (0x06, "Initialize-Routing-Table"),
    (0x07, "Initialize-Routing-Table-Ack"),
    (0x08, "Establish-Connection-To-Network"),
    (0x09, "Disconnect-Connection-To-Network"),
    (0x0a, "Challenge-Request"),
    (0x0b, "Security-Payload"),
    (0x0c, "Security-Response"),
    (0x0d, "Request-Key-Update"),
    (0x0e, "Update-Key-Set"),
    (0x0f, "Update-Distribution-Key"),
    (0x10, "Request-Master-Key"),
    (0x11, "Set-Master-Key"),
    (0x12, "What-Is-Network-Number"),
    (0x13, "Network-Number-Is"),
];

const KINDS: &[(u64, &str)] = &[
    (0, "confirmed request"),
    (1, "unconfirmed request"),
    (2, "simple acknowledgement"),
    (3, "complex acknowledgement"),
    (4, "segment acknowledgement"),
    (5, "error"),
    (6, "reject"),
    (7, "abort"),
];

/// The virtual link layer, annex J.
pub(super) fn bvlc() -> Protocol {
    let peer = |node: &'static str, address: &'static str, port: &'static str, more: Vec<Item>| {
        let mut items: Vec<Item> = vec![ipv4(address).doc("address").into(), be16(port).doc("port").into()];
        items.extend(more);
        Item::Repeat(label(node).doc("entry"), crate::schema::Count::ToEnd, items.into())
    };
    let table = || {
        vec![peer(
            "bdt",
            "bdt_ip",
            "bdt_port",
            vec![bytes("bdt_mask", Size::Octets(lit(4))).doc("mask").into()],
        )]
    };
    let foreign = vec![
        be16("fdt_ttl").unit("s").doc("time that it registered for").into(),
        be16("fdt_timeout").unit("s").doc("time that is left").into(),
    ];
    Protocol::new("bvlc", "BACnet Virtual Link Control")
        .source("ANSI/ASHRAE 135-2020 annex J")
        .on(UDP_PORT, &[47808])
        .accepts(UDP_PORT, |octets| octets.first() == Some(&0x81))
        .ports_below("udp", 47808, 47808)
        .field(u8("type").default(0x81).hex().names(&[(0x81, "BACnet/IP"), (0x82, "BACnet/IPv6")]).doc("link"))
        .field(u8("function").default(10).hex().names(FUNCTIONS).brief().doc("function"))
        .field(be16("length").len_of(Span::Whole, 1, 0).unit("octets").doc("length"))
        .field(Item::Switch(
            val("function"),
            vec![
                (0, 0, vec![be16("result").hex().names(RESULTS).doc("result").into()].into()),
                (1, 1, table().into()),
                (3, 3, table().into()),
                (
                    4,
                    4,
                    vec![
                        ipv4("fwd_ip").doc("address of the first sender").into(),
                        be16("fwd_port").doc("its port").into(),
                    ]
                    .into(),
                ),
                (5, 5, vec![be16("reg_ttl").unit("s").doc("time to live").into()].into()),
                (7, 7, vec![peer("fdt", "fdt_ip", "fdt_port", foreign)].into()),
                (
                    8,
                    8,
                    vec![ipv4("fdt_ip").doc("address").into(), be16("fdt_port").doc("port").into()].into(),
                ),
            ],
            Vec::new().into(),
        ))
        .leads_to(&["bacnet"])
        .after(after_link)
        .summary(summary)
        .sample(concat!(
    "02000000000202000000000108004500002e00010000401165bf0a0000010a0000ffbac0bac0001a1d23810400120a000009",
    "bac00108000501211008",
))
        .sample(concat!(
    "02000000000202000000000108004500003400010000401165b90a0000010a0000ffbac0bac000206b86810100180a000005",
    "bac0ffffffff0a000006bac0ffffff00",
))
}

fn after_link(walk: &mut Walk<'_, '_>) {
    let Some([_, function, high, low]) = walk.layer_octets().first_chunk::<4>().copied() else { return };
    let length = i64::from(u16::from_be_bytes([high, low]));
    let header = i64::try_from(walk.offset().saturating_sub(walk.layer_offset())).unwrap_or(0);
    walk.limit_payload(length.saturating_sub(header).max(0));
    if matches!(function, 4 | 9 | 10 | 11) {
        walk.next_named("bacnet");
    }
}

/// The network layer, clause 6.2.
pub(super) fn npdu() -> Protocol {
    let network = |name: &'static str, doc: &'static str| -> Item { be16(name).doc(doc).into() };
    let address = |length: &'static str, short: &'static str, ethernet: &'static str, other: &'static str| {
        switch(
            val(length),
            [
                (0, vec![]),
                (1, vec![u8(short).doc("address in the network").into()]),
                (6, vec![mac(ethernet).doc("address in the network").into()]),
            ],
            vec![bytes(other, Size::Octets(val(length))).doc("address in the network").into()],
        )
    };
    Protocol::new("bacnet", "Building Automation and Control Network, network layer")
        .source("ANSI/ASHRAE 135-2020 clause 6")
        .field(u8("version").default(1).doc("version"))
        .field(u8("control").hex().doc("what follows").of([
            flag("control_net").doc("a message of the network layer"),
            flag("control_res1").doc("reserved"),
            flag("control_dest").doc("with a destination"),
            flag("control_res2").doc("reserved"),
            flag("control_src").doc("with a source"),
            flag("control_expect").doc("an answer is expected"),
            flag("control_prio_high").doc("life safety or critical equipment"),
            flag("control_prio_low").doc("urgent"),
        ]))
        .field(when(
            ge("control_dest", 1),
            [
                network("dnet", "network of the destination"),
                u8("dlen").unit("octets").doc("length of its address; 0: broadcast").into(),
                address("dlen", "dadr_mstp", "dadr_eth", "dadr_tmp"),
            ],
        ))
        .field(when(
            ge("control_src", 1),
            [
                network("snet", "network of the source"),
                u8("slen").unit("octets").doc("length of its address").into(),
                address("slen", "sadr_mstp", "sadr_eth", "sadr_tmp"),
            ],
        ))
        .field(when(ge("control_dest", 1), [u8("hopc").default(255).doc("hops left").into()]))
        .field(when(ge("control_net", 1), message()))
        .leads_to(&["bacapp"])
        .after(|walk| {
            if walk.layer_octets().get(1).is_some_and(|control| control >> 7 == 0) {
                walk.next_named("bacapp");
            }
        })
        .sample(SAMPLE_ROUTER)
}

/// Clause 6.4.
fn message() -> [Item; 2] {
    let network = || -> Item { be16("dnet").doc("network").into() };
    let networks = || vec![repeat(label("networks").doc("network"), [network()])];
    let routes = || {
        vec![
            u8("rportnum").count_of("route").doc("routes").into(),
            times(
                label("route").doc("route"),
                val("rportnum"),
                [
                    network(),
                    u8("portid").hex().doc("port").into(),
                    u8("pinfolen").unit("octets").doc("length of what is said of it").into(),
                    bytes("pinfo", Size::Octets(val("pinfolen"))).doc("what is said of it").into(),
                ],
            ),
        ]
    };
    let cases: Vec<(u64, u64, Vec<Item>)> = vec![
        (0, 0, vec![when(Test::Ge(left(), lit(2)), [network()])]),
        (1, 1, networks()),
        (2, 2, vec![network(), u8("perf").doc("performance").into()]),
        (3, 3, vec![u8("rejectreason").doc("reason").into(), network()]),
        (4, 5, networks()),
        (6, 7, routes()),
        (8, 8, vec![network(), u8("term_time_value").unit("s").doc("time until it ends").into()]),
        (9, 9, vec![network()]),
        (0x12, 0x12, vec![]),
        (
            0x13,
            0x13,
            vec![
                network(),
                u8("netno_status").names(&[(0, "learned"), (1, "configured")]).doc("how it is known").into(),
            ],
        ),
        (
            0x80,
            0xff,
            vec![be16("vendor").doc("vendor").into(), bytes("message", rest()).doc("content").into()],
        ),
    ];
    let cases = cases.into_iter().map(|(low, high, items)| (low, high, items.into())).collect();
    [
        u8("mesgtyp").hex().names(MESSAGES).brief().doc("message").into(),
        Item::Switch(val("mesgtyp"), cases, vec![bytes("message", rest()).doc("content").into()].into()),
    ]
}

/// The application layer, clause 20.
pub(super) fn apdu() -> Protocol {
    Protocol::new("bacapp", "Building Automation and Control Network, application layer")
        .source("ANSI/ASHRAE 135-2020 clause 20.1, clause 20.2")
        .later(apdu_fields)
        .sample(SAMPLE_READ)
        .sample(SAMPLE_VALUE)
        .sample(SAMPLE_CHANGE)
}

/// Header and generated fields.
fn apdu_fields(protocol: Protocol) -> Protocol {
    let reserved = |name: &'static str, width: u16| -> Item { bits(name, width).doc("reserved").into() };
    let invoke = || -> Item { u8("invoke_id").doc("request").into() };
    let service =
        || -> Item { u8("confirmed_service").names(names::CONFIRMED).brief().doc("service").into() };
    let segment = || {
        when(
            ge("segmented_request", 1),
            [
                u8("sequence_number").doc("sequence number").into(),
                u8("window_size").doc("window that is proposed").into(),
            ],
        )
    };
    let flags = |answer: bool| {
        let last = if answer { "flags.reserved2" } else { "SA" };
        bits("pduflags", 4).hex().doc("flags").of([
            flag("segmented_request").doc("in segments"),
            flag("more_segments").doc("more segments follow"),
            flag(last).doc(if answer { "reserved" } else { "an answer in segments is accepted" }),
            flag("flags.reserved").doc("reserved"),
        ])
    };
    protocol.field(bits("type", 4).names(KINDS).brief().doc("kind of message")).field(switch(
        val("type"),
        [
            (
                0,
                vec![
                    flags(false),
                    reserved("head.reserved", 1),
                    bits("response_segments", 3)
                        .doc("most segments of an answer, as a power of two; 7: more")
                        .into(),
                    bits("max_adpu_size", 4)
                        .names(&[(0, "50"), (1, "128"), (2, "206"), (3, "480"), (4, "1024"), (5, "1476")])
                        .doc("most octets of an answer")
                        .into(),
                    invoke(),
                    segment(),
                    service(),
                    values(),
                    values_written(),
                ],
            ),
            (
                1,
                vec![
                    reserved("head.reserved", 4),
                    u8("unconfirmed_service").names(names::UNCONFIRMED).brief().doc("service").into(),
                    values(),
                    values_written(),
                ],
            ),
            (2, vec![reserved("head.reserved", 4), invoke(), service()]),
            (3, vec![flags(true), invoke(), segment(), service(), values(), values_written()]),
            (
                4,
                vec![
                    reserved("head.reserved", 2),
                    flag("NAK").doc("a segment was out of order").into(),
                    flag("SRV").doc("sent by a server").into(),
                    invoke(),
                    u8("sequence_number").doc("sequence number").into(),
                    u8("window_size").doc("window").into(),
                ],
            ),
            (5, vec![reserved("head.reserved", 4), invoke(), service(), values(), values_written()]),
            (
                6,
                vec![
                    reserved("head.reserved", 4),
                    invoke(),
                    u8("reject_reason").names(names::REJECTED).doc("reason").into(),
                ],
            ),
            (
                7,
                vec![
                    reserved("head.reserved", 3),
                    flag("SRV").doc("sent by a server").into(),
                    invoke(),
                    u8("abort_reason").names(names::ABORTED).doc("reason").into(),
                ],
            ),
        ],
        vec![reserved("head.reserved", 4), bytes("content", rest()).doc("content").into()],
    ))
}

/// Tagged values; of a segment behind the first, nobody knows where its values begin.
fn values() -> Item {
    decoded([Item::Custom(tags::fields(), tags::tags, None)])
}

/// Octets of the values, for the crafter.
fn values_written() -> Item {
    crafted([bytes("values", rest()).hidden().doc("tagged values as they are built").into()])
}

fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    let mut octets = Octets::of(body);
    let (Some(_), Some(function), Some(_)) = (octets.u8(), octets.u8(), octets.u16()) else {
        return line.cut("bacnet", body);
    };
    line.text("BACnet ");
    named(line, FUNCTIONS, function);
    if function == 4 {
        octets.take(6);
    }
    if matches!(function, 4 | 9 | 10 | 11) {
        let _ = write_network(line, &mut octets);
    }
    line.text(", length ");
    line.number(body.len as u64);
}

fn named(line: &mut Line<'_, '_>, names: &[(u64, &'static str)], number: u8) {
    match names.iter().find(|known| known.0 == u64::from(number)) {
        Some(known) => line.text(known.1),
        None => line.number(u64::from(number)),
    }
}

/// Network and application layer up to the service.
fn write_network(line: &mut Line<'_, '_>, octets: &mut Octets<'_>) -> Option<()> {
    octets.u8()?;
    let control = octets.u8()?;
    for (mark, before) in [(0x20, ", to network "), (0x08, ", from network ")] {
        if control & mark != 0 {
            line.text(before);
            line.number(u64::from(octets.u16()?));
            let address = usize::from(octets.u8()?);
            octets.take(address)?;
        }
    }
    if control & 0x20 != 0 {
        octets.u8()?;
    }
    let first = octets.u8()?;
    line.text(": ");
    if control & 0x80 != 0 {
        named(line, MESSAGES, first);
        return Some(());
    }
    let kind = first >> 4;
    named(line, KINDS, kind);
    if kind == 1 {
        line.text(" ");
        named(line, names::UNCONFIRMED, octets.u8()?);
        return Some(());
    }
    if kind == 0 {
        octets.u8()?;
    }
    let invoke = octets.u8()?;
    if matches!(kind, 0 | 3) && first & 8 != 0 {
        octets.u16()?;
    }
    if matches!(kind, 0 | 2 | 3 | 5) {
        line.text(" ");
        named(line, names::CONFIRMED, octets.u8()?);
    }
    line.text(", id ");
    line.number(u64::from(invoke));
    Some(())
}

const SAMPLE_READ: &str = concat!(
    "02000000000202000000000108004500002d00010000401165c00a0000010a0000ffbac0bac000190d81810a001101040275",
    "010c0c008000011955",
);
const SAMPLE_ROUTER: &str = concat!(
    "02000000000202000000000108004500002700010000401165c60a0000010a0000ffbac0bac00013eeb0810b000b01800100",
    "010002",
);
const SAMPLE_CHANGE: &str = concat!(
    "02000000000202000000000108004500004800010000401165a50a0000010a0000ffbac0bac000349e11810b002c0120ffff",
    "00ff100209011c020000012c0080000239004e09552e44429100002f096f2e8204002f4f",
);
const SAMPLE_VALUE: &str = concat!(
    "02000000000202000000000108004500005800010000401165950a0000010a0000ffbac0bac00044dffe810a003c01003007",
    "0c0c0000000119573e001110210531ff55083ff000000000000065030102038204f09103a47c0b1c05b40c1e0000c4020000",
    "013f",
);
