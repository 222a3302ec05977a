//! Multiple registration (IEEE Std 802.1Q-2022 clauses 10.8, 10.12, 11.2 and 35.2): VLANs (MVRP), group addresses (MMRP) and streams (MSRP).
//!
//! A message has one kind of attribute, in vectors: a first value, how many values follow each other, and an event for each, three in an octet
//! (to the base of 6) and of listeners four more in another.

use crate::decode::Walk;
use crate::schema::{ETHER_TYPE, Field, Item, Protocol, be16, be32, be64, bits, bytes, label, mac, rest, u8};

/// §10.8.2.10.1.
const EVENTS: &[(u64, &str)] = &[(0, "New"), (1, "JoinIn"), (2, "In"), (3, "JoinMt"), (4, "Mt"), (5, "Lv")];

/// §35.2.2.7.2.
const DECLARATIONS: &[(u64, &str)] =
    &[(0, "Ignore"), (1, "Asking Failed"), (2, "Ready"), (3, "Ready Failed")];

/// §35.2.2.8.7, and IEEE Std 802.1Qcc-2018 for those from 20 on.
const FAILURES: &[(u64, &str)] = &[
    (1, "insufficient bandwidth"),
    (2, "insufficient bridge resources"),
    (3, "insufficient bandwidth for the traffic class"),
    (4, "stream identifier in use by another talker"),
    (5, "stream destination address in use"),
    (6, "stream pre-empted by one of higher rank"),
    (7, "reported latency has changed"),
    (8, "egress port is not AVB-capable"),
    (9, "use a different destination address"),
    (10, "out of MSRP resources"),
    (11, "out of MMRP resources"),
    (12, "cannot store the destination address"),
    (13, "requested priority is no class of streams"),
    (14, "largest frame size is too large for the medium"),
    (15, "fan-in port limit reached"),
    (16, "first value changed for a registered stream"),
    (17, "VLAN blocked on the egress port"),
    (18, "VLAN tagging disabled on the egress port"),
    (19, "priority of the class of streams differs"),
];

const CLASSES: &[(u64, &str)] = &[(5, "B"), (6, "A")];

/// What all three have.
fn common() -> Vec<Field> {
    vec![
        label("message").doc("message"),
        be16("attribute_list_length").unit("octets").doc("length of the attributes"),
        label("attribute_list").doc("attributes"),
        label("vector_attribute").doc("vector"),
        be16("vector_header").hex().doc("vector header"),
        bits("leave_all_event", 3)
            .names(&[(0, "no"), (1, "leave all")])
            .doc("all are asked to register anew"),
        bits("number_of_values", 13).doc("values that follow each other"),
        label("first_value").doc("first value"),
        bytes("unknown_value", rest()).doc("value of another kind"),
        u8("three_packed_event").names(EVENTS).doc("event of a value"),
        be16("end_mark").hex().doc("end mark"),
        u8("attribute_length").unit("octets").doc("length of a value"),
    ]
}

fn messages(
    kinds: &'static [(u64, &'static str)],
    more: Vec<Field>,
    decode: crate::schema::DecodeFn,
) -> Item {
    let mut fields = common();
    fields.push(u8("attribute_type").names(kinds).brief().doc("kind of attribute"));
    fields.extend(more);
    Item::Custom(fields, decode, None)
}

pub(super) fn mvrp() -> Protocol {
    Protocol::new("mrp-mvrp", "Multiple VLAN Registration Protocol")
        .layer("MVRP")
        .source("IEEE Std 802.1Q-2022 §11.2.3.1")
        .on(ETHER_TYPE, &[0x88f5])
        .later(|protocol| {
            protocol.field(u8("protocol_version").doc("version")).field(messages(
                &[(1, "VLAN")],
                vec![be16("vid").doc("VLAN")],
                |walk| read(walk, false, vlan),
            ))
        })
        .sample("0180c2000021 020000000001 88f5 00 0102 0004 0064 6e24 2001 0001 48 0000 0000")
}

pub(super) fn mmrp() -> Protocol {
    Protocol::new("mrp-mmrp", "Multiple MAC Registration Protocol")
        .layer("MMRP")
        .source("IEEE Std 802.1Q-2022 §10.12.1")
        .on(ETHER_TYPE, &[0x88f6])
        .later(|protocol| {
            protocol.field(u8("protocol_version").doc("version")).field(messages(
                &[(1, "service requirement"), (2, "MAC address")],
                vec![
                    u8("service").names(&[(0, "all groups"), (1, "all unregistered groups")]).doc("service requirement"),
                    mac("mac").doc("group address"),
                ],
                |walk| read(walk, false, group),
            ))
        })
        .sample("0180c2000020 020000000001 88f6 00 0101 0001 00 24 0000 0206 0002 01005e000001 2a 2001 333300000001 00 0000 0000")
}

pub(super) fn msrp() -> Protocol {
    Protocol::new("mrp-msrp", "Multiple Stream Reservation Protocol")
        .layer("MSRP")
        .source("IEEE Std 802.1Q-2022 §35.2.2")
        .on(ETHER_TYPE, &[0x22ea])
        .later(msrp_fields)
        .sample(concat!(
            "0180c200000e 020000000001 22ea 00 0119 001e 0001 0200000000010007 91e0f0000001 0002 0100 0001 70 000001f4 24 0000",
            "0222 0027 0001 0200000000010007 91e0f0000001 0002 0100 0001 70 000001f4 2122232425262728 08 24 0000",
            "0308 000e 0002 0200000000010007 2a 60 0000 0404 0009 0002 05 02 0002 2a 0000 0000"
        ))
}

fn msrp_fields(protocol: Protocol) -> Protocol {
    protocol.field(u8("protocol_version").doc("version")).field(messages(
        &[(1, "talker advertise"), (2, "talker failed"), (3, "listener"), (4, "domain")],
        vec![
            be64("stream_id").hex().doc("stream: the talker's address and a number"),
            mac("stream_da").doc("destination address of the stream"),
            be16("vlan_id").doc("VLAN of the stream"),
            be16("tspec_max_frame_size").unit("octets").doc("largest frame"),
            be16("tspec_max_interval_frames").doc("frames in an interval at most"),
            u8("priority_and_rank").hex().doc("priority and rank"),
            bits("priority", 3).doc("priority"),
            bits("rank", 1).names(&[(0, "emergency"), (1, "not emergency")]).doc("rank"),
            bits("reserved", 4).doc("reserved"),
            be32("accumulated_latency").unit("ns").doc("accumulated latency"),
            be64("failure_bridge_id").hex().doc("bridge that failed"),
            u8("failure_code").names(FAILURES).doc("failure"),
            u8("sr_class_id").names(CLASSES).doc("class of streams"),
            u8("sr_class_priority").doc("priority of the class"),
            be16("sr_class_vid").doc("VLAN of the class"),
            u8("four_packed_event").names(DECLARATIONS).doc("declaration of a listener"),
        ],
        |walk| read(walk, true, stream),
    ))
}

fn vlan(walk: &mut Walk<'_, '_>, kind: u64) -> Option<()> {
    if kind == 1 { walk.take("vid", 2).map(drop) } else { None }
}

fn group(walk: &mut Walk<'_, '_>, kind: u64) -> Option<()> {
    match kind {
        1 => walk.take("service", 1).map(drop),
        2 => walk.take("mac", 6).map(drop),
        _ => None,
    }
}

fn stream(walk: &mut Walk<'_, '_>, kind: u64) -> Option<()> {
    match kind {
        1 => talker(walk),
        2 => {
            talker(walk)?;
            walk.take("failure_bridge_id", 8)?;
            walk.take("failure_code", 1).map(drop)
        }
        3 => walk.take("stream_id", 8).map(drop),
        4 => {
            walk.take("sr_class_id", 1)?;
            walk.take("sr_class_priority", 1)?;
            walk.take("sr_class_vid", 2).map(drop)
        }
        _ => None,
    }
}

fn talker(walk: &mut Walk<'_, '_>) -> Option<()> {
    walk.take("stream_id", 8)?;
    walk.take("stream_da", 6)?;
    walk.take("vlan_id", 2)?;
    walk.take("tspec_max_frame_size", 2)?;
    walk.take("tspec_max_interval_frames", 2)?;
    let at = walk.offset().saturating_mul(8);
    let both = walk.take("priority_and_rank", 1)?;
    walk.emit_bits("priority", at, 3, both >> 5);
    walk.emit_bits("rank", at.saturating_add(3), 1, both >> 4 & 1);
    walk.emit_bits("reserved", at.saturating_add(4), 4, both & 15);
    walk.take("accumulated_latency", 4).map(drop)
}

/// Reads the value at the cursor, of this kind of attribute.
type ValueFn = fn(&mut Walk<'_, '_>, u64) -> Option<()>;

/// Messages until the end mark; of streams the attributes have a length of their own, and listeners a second row of events.
fn read(walk: &mut Walk<'_, '_>, streams: bool, value: ValueFn) {
    while !walk.rest().is_empty() && !walk.too_deep() {
        if walk.rest().starts_with(&[0, 0]) {
            walk.take("end_mark", 2);
            return;
        }
        let message = walk.open("message");
        let whole = one_message(walk, streams, value).is_some();
        walk.close(message);
        if !whole {
            return;
        }
    }
}

fn one_message(walk: &mut Walk<'_, '_>, streams: bool, value: ValueFn) -> Option<()> {
    let kind = walk.take("attribute_type", 1)?;
    let length = usize::try_from(walk.take("attribute_length", 1)?).ok()?;
    let mut whole = None;
    let octets = if streams {
        usize::try_from(walk.take("attribute_list_length", 2)?).ok()?
    } else {
        walk.rest().len()
    };
    let list = walk.open("attribute_list");
    if streams {
        walk.part(octets, |walk| whole = vectors(walk, kind, length, streams && kind == 3, value));
    } else {
        whole = vectors(walk, kind, length, false, value);
    }
    walk.close(list);
    whole
}

fn vectors(walk: &mut Walk<'_, '_>, kind: u64, length: usize, listeners: bool, value: ValueFn) -> Option<()> {
    loop {
        if walk.too_deep() {
            return None;
        }
        if walk.rest().starts_with(&[0, 0]) {
            return walk.take("end_mark", 2).map(drop);
        }
        let node = walk.open("vector_attribute");
        let whole = vector(walk, kind, length, listeners, value);
        walk.close(node);
        whole?;
    }
}

fn vector(walk: &mut Walk<'_, '_>, kind: u64, length: usize, listeners: bool, value: ValueFn) -> Option<()> {
    let at = walk.offset().saturating_mul(8);
    let header = walk.take("vector_header", 2)?;
    let count = header & 0x1fff;
    walk.emit_bits("leave_all_event", at, 3, header >> 13);
    walk.emit_bits("number_of_values", at.saturating_add(3), 13, count);
    let first = walk.open("first_value");
    walk.part(length, |walk| {
        if value(walk, kind).is_none() && !walk.rest().is_empty() {
            let left = walk.rest().len();
            walk.take_octets("unknown_value", left);
        }
    });
    walk.close(first);
    events(walk, "three_packed_event", count, [36, 6, 1], 6)?;
    if listeners { events(walk, "four_packed_event", count, [64, 16, 4, 1], 4) } else { Some(()) }
}

/// As many events as there are values, several in an octet, each to a place value of a base.
fn events<const N: usize>(
    walk: &mut Walk<'_, '_>,
    name: &str,
    count: u64,
    places: [u64; N],
    base: u64,
) -> Option<()> {
    let mut left = count;
    while left > 0 {
        let Some(octet) = walk.rest().first().copied() else {
            walk.missing(1);
            return None;
        };
        for place in places.iter().take(usize::try_from(left).unwrap_or(N)) {
            let event = u64::from(octet).checked_div(*place).and_then(|event| event.checked_rem(base));
            walk.emit(name, walk.offset(), 1, event.unwrap_or(0));
        }
        left = left.saturating_sub(N as u64);
        walk.advance(1);
    }
    Some(())
}
