//! IEEE 802.15.4, the MAC header: frame control, addresses of both lengths, the auxiliary security header, header and payload elements, beacons
//! and commands (IEEE Std 802.15.4-2020 §7). What is encrypted stays octets. Data go on with 6LoWPAN where their first octet is one of its.

use super::octets::Octets;
use crate::crc::Algorithm;
use crate::decode::Walk;
use crate::frame::LinkType;
use crate::render::line::{Body, Line};
use crate::schema::{
    Endian, Field, Item, LINK_TYPE, Names, Protocol, Size, Test, be16, bits, bytes, custom, eq, eui64, flag,
    ge, label, le16, le32, left, lit, ne, not, rest, switch, times, u8, val, when,
};

const TYPES: &[(u64, &str)] = &[
    (0, "Beacon"),
    (1, "Data"),
    (2, "Ack"),
    (3, "Command"),
    (5, "Multipurpose"),
    (6, "Fragment or Frak"),
    (7, "Extended"),
];

const MODES: &[(u64, &str)] = &[(0, "none"), (2, "short"), (3, "long")];

const COMMANDS: &[(u64, &str)] = &[
    (1, "Association Request"),
    (2, "Association Response"),
    (3, "Disassociation Notification"),
    (4, "Data Request"),
    (5, "PAN ID Conflict"),
    (6, "Orphan Notification"),
    (7, "Beacon Request"),
    (8, "Coordinator Realignment"),
    (9, "GTS Request"),
    (10, "TRLE Management Request"),
    (11, "TRLE Management Response"),
    (19, "DSME Association Request"),
    (20, "DSME Association Response"),
];

const LEVELS: &[(u64, &str)] = &[
    (0, "none"),
    (1, "MIC-32"),
    (2, "MIC-64"),
    (3, "MIC-128"),
    (4, "encryption"),
    (5, "encryption, MIC-32"),
    (6, "encryption, MIC-64"),
    (7, "encryption, MIC-128"),
];

const KEYS: &[(u64, &str)] = &[
    (0, "implicit"),
    (1, "key index"),
    (2, "source of 4 octets and index"),
    (3, "source of 8 octets and index"),
];

const CHECK: &str = "crc16-kermit";

/// Behind this field a layer of the crafter ends, and its body begins.
const END: &str = "end";

/// An EUI-64 whose last octet comes first.
fn turned(name: &'static str) -> Field {
    let mut field = eui64(name);
    field.endian = Endian::Little;
    field
}

/// Whether the destination's network stands in the header (table 7-2 for the third version, §7.2.2.6 before).
fn destination_network() -> Test {
    let old = Test::All(vec![not(eq("version", 2)), ge("dst_addr_mode", 2)]);
    let both_long = || Test::All(vec![eq("dst_addr_mode", 3), eq("src_addr_mode", 3)]);
    let none = Test::All(vec![eq("dst_addr_mode", 0), eq("src_addr_mode", 0), eq("pan_id_compression", 1)]);
    let alone = Test::All(vec![ge("dst_addr_mode", 2), eq("src_addr_mode", 0), eq("pan_id_compression", 0)]);
    let two_long = Test::All(vec![both_long(), eq("pan_id_compression", 0)]);
    let two = Test::All(vec![ge("dst_addr_mode", 2), ge("src_addr_mode", 2), not(both_long())]);
    Test::Any(vec![old, Test::All(vec![eq("version", 2), Test::Any(vec![none, alone, two_long, two])])])
}

/// Whether the source's network stands in the header.
fn source_network() -> Test {
    let uncompressed = || Test::All(vec![ge("src_addr_mode", 2), eq("pan_id_compression", 0)]);
    let both_long = Test::All(vec![eq("dst_addr_mode", 3), eq("src_addr_mode", 3)]);
    let old = Test::All(vec![not(eq("version", 2)), uncompressed()]);
    Test::Any(vec![old, Test::All(vec![eq("version", 2), uncompressed(), not(both_long)])])
}

pub(super) fn wpan() -> Protocol {
    let address = |mode: &'static str,
                   short: &'static str,
                   long: &'static str,
                   craft: &'static str,
                   doc: &'static str| {
        [
            when(eq(mode, 2), [le16(short).craft(craft).hex().brief().doc(doc).into()]),
            when(eq(mode, 3), [turned(long).craft(craft).brief().doc(doc).into()]),
        ]
    };
    let [d16, d64] = address("dst_addr_mode", "dst16", "dst64", "dest_addr", "destination");
    let [s16, s64] = address("src_addr_mode", "src16", "src64", "src_addr", "source");
    let clear = Test::Any(vec![eq("security", 0), Test::Eq(val("aux_sec.sec_level").and(4), lit(0))]);
    Protocol::new("wpan", "IEEE 802.15.4")
        .layer("Dot15d4")
        .body("Dot15d4Data", END, &[("frame_type", 1), ("dst16", 0xffff)])
        .body("Dot15d4Cmd", END, &[("frame_type", 3)])
        .source("IEEE Std 802.15.4-2020 §7")
        .on(LINK_TYPE, &[195, 230])
        .field(flag("fcf.reserved").craft("fcf_reserved_1").doc("reserved"))
        .field(flag("pan_id_compression").craft("fcf_panidcompress").doc("a network's number is left out"))
        .field(flag("ack_request").craft("fcf_ackreq").doc("an acknowledgement is asked for"))
        .field(flag("pending").craft("fcf_pending").doc("more is pending"))
        .field(flag("security").craft("fcf_security").doc("secured"))
        .field(bits("frame_type", 3).craft("fcf_frametype").hex().names(TYPES).brief().doc("kind of frame"))
        .field(bits("src_addr_mode", 2).craft("fcf_srcaddrmode").hex().names(MODES).doc("form of the source"))
        .field(bits("version", 2).craft("fcf_framever").doc("version: 0 of 2003, 1 of 2006, 2 of 2015"))
        .field(
            bits("dst_addr_mode", 2)
                .craft("fcf_destaddrmode")
                .default(2)
                .hex()
                .names(MODES)
                .doc("form of the destination"),
        )
        .field(Item::Group(
            bits("fcf.written", 2).craft("fcf_reserved_2").hidden().doc("two more flags"),
            vec![
                flag("ie_present").doc("information elements follow").into(),
                flag("seqno_suppression").doc("no sequence number").into(),
            ]
            .into(),
        ))
        .field(when(
            Test::Any(vec![eq("seqno_suppression", 0), ne("version", 2)]),
            [u8("seq_no").craft("seqnum").default(1).brief().doc("sequence number").into()],
        ))
        .field(bytes(END, Size::Octets(lit(0))).hidden().doc("end of the frame control"))
        .field(when(
            destination_network(),
            [le16("dst_pan")
                .craft("dest_panid")
                .default(0xffff)
                .hex()
                .doc("network of the destination")
                .into()],
        ))
        .field(d16)
        .field(d64)
        .field(when(
            source_network(),
            [le16("src_pan").craft("src_panid").hex().doc("network of the source").into()],
        ))
        .field(s16)
        .field(s64)
        .field(when(ge("security", 1), security()))
        .field(when(
            Test::All(vec![eq("version", 2), ge("ie_present", 1)]),
            [custom(elements_fields(), elements)],
        ))
        .field(when(clear, [switch(val("frame_type"), [(0, beacon()), (3, command())], vec![])]))
        .extra(be16("fcf").hex().doc("frame control"))
        .extra(le16("fcs").hex().doc("frame check sequence"))
        .extra(flag("fcs_ok").doc("the frame check sequence is right"))
        .extra(bytes("mic", rest()).doc("integrity code"))
        .either("dst_addr", &["dst16", "dst64"])
        .either("src_addr", &["src16", "src64"])
        .either("addr16", &["dst16", "src16"])
        .either("addr64", &["dst64", "src64"])
        .leads_to(&["6lowpan"])
        .after(after)
        .summary(summary)
        .sample_on(LinkType::IEEE802_15_4_WITHFCS, "4188 07 cdab ffff 0100 0102030405 4f6b")
        .sample_on(LinkType::IEEE802_15_4_WITHFCS, "0200 2a 4d11")
        .sample_on(LinkType::IEEE802_15_4_WITHFCS, "43c8 01 ffff ffff 0102030405060708 01 8e 0000")
        .sample_on(LinkType::IEEE802_15_4_WITHFCS, "0080 05 cdab 0000 ffcf 00 00 0000")
        .sample_on(
            LinkType::IEEE802_15_4_WITHFCS,
            "4998 09 cdab 0200 0100 0d 04030201 05 a0a1a2a3 b0b1b2b3 0000",
        )
}

fn security() -> [Item; 3] {
    let mode = |mode: i64| Test::Eq(val("aux_sec.key_id_mode"), lit(mode));
    [
        u8("aux_sec.security_control_field").hex().doc("security control").of([
            flag("aux_sec.reserved").doc("reserved"),
            flag("aux_sec.asn_in_nonce").doc("the slot number is in the nonce"),
            flag("aux_sec.frame_counter_suppression").doc("no frame counter"),
            bits("aux_sec.key_id_mode", 2)
                .craft("sec_sc_keyidmode")
                .hex()
                .names(KEYS)
                .doc("how the key is named"),
            bits("aux_sec.sec_level", 3).craft("sec_sc_seclevel").hex().names(LEVELS).doc("security level"),
        ]),
        when(
            eq("aux_sec.frame_counter_suppression", 0),
            [le32("aux_sec.frame_counter").craft("sec_framecounter").doc("frame counter").into()],
        ),
        when(
            ge("aux_sec.key_id_mode", 1),
            [
                when(
                    mode(2),
                    [bytes("aux_sec.key_source.bytes", Size::Octets(lit(4))).doc("source of the key").into()],
                ),
                when(
                    mode(3),
                    [bytes("aux_sec.key_source.bytes", Size::Octets(lit(8))).doc("source of the key").into()],
                ),
                u8("aux_sec.key_index")
                    .craft("sec_keyid_keyindex")
                    .hex()
                    .default(255)
                    .doc("index of the key")
                    .into(),
            ],
        ),
    ]
}

fn elements_fields() -> [Field; 7] {
    [
        label("header_ie").doc("header element"),
        bits("header_ie.length", 7).unit("octets").doc("length"),
        u8("header_ie.id").hex().doc("element"),
        label("payload_ie").doc("payload element"),
        bits("payload_ie.length", 11).unit("octets").doc("length"),
        bits("payload_ie.id", 4).hex().doc("element"),
        bytes("ie.data", rest()).doc("content"),
    ]
}

/// Header elements up to the mark that ends them, and payload elements behind a mark that says so (§7.4).
fn elements(walk: &mut Walk<'_, '_>) {
    let mut payload = false;
    while !walk.too_deep() {
        let Some(word) = walk.rest().first_chunk::<2>().map(|octets| u16::from_le_bytes(*octets)) else {
            return;
        };
        // The highest bit tells payload elements from header elements.
        if (word >> 15 == 1) != payload {
            return;
        }
        let at = walk.offset();
        let (length, id) =
            if payload { (word & 0x7ff, word >> 11 & 15) } else { (word & 0x7f, word >> 7 & 0xff) };
        let (node, length_name, id_name) = if payload {
            (walk.open("payload_ie"), "payload_ie.length", "payload_ie.id")
        } else {
            (walk.open("header_ie"), "header_ie.length", "header_ie.id")
        };
        walk.emit(length_name, at, 2, u64::from(length));
        walk.emit(id_name, at, 2, u64::from(id));
        walk.advance(2);
        let whole = length == 0 || walk.take_octets("ie.data", usize::from(length));
        walk.close(node);
        match (payload, id) {
            _ if !whole => return,
            (false, 0x7e) => payload = true,
            (false, 0x7f) | (true, 0xf) => return,
            _ => {}
        }
    }
}

/// §7.3.1.
fn beacon() -> Vec<Item> {
    let addresses = |count: &'static str, part: &'static str, field: Field| {
        times(
            label(part).hidden().doc("addresses"),
            val(count),
            [field.doc("station with pending data").into()],
        )
    };
    vec![
        bits("superframe_order", 4).doc("superframe order").into(),
        bits("beacon_order", 4).doc("beacon order").into(),
        flag("assoc_permit").doc("association is permitted").into(),
        flag("bcn_coord").doc("coordinator of the network").into(),
        bits("beacon.reserved", 1).doc("reserved").into(),
        flag("battery_ext").doc("battery life extension").into(),
        bits("cap", 4).doc("last slot of the contention access period").into(),
        flag("gts.permit").doc("guaranteed slots are permitted").into(),
        bits("gts.reserved", 4).doc("reserved").into(),
        bits("gts.count", 3).doc("guaranteed slots").into(),
        when(
            ge("gts.count", 1),
            [
                u8("gts.direction").hex().doc("directions of the slots").into(),
                bytes("gts.list", Size::Octets(val("gts.count") * 3)).doc("slots").into(),
            ],
        ),
        bits("pending.reserved", 1).doc("reserved").into(),
        bits("pending64", 3).doc("long addresses with pending data").into(),
        bits("pending.reserved2", 1).doc("reserved").into(),
        bits("pending16", 3).doc("short addresses with pending data").into(),
        addresses("pending16", "pending.short", le16("pending_short").hex()),
        addresses("pending64", "pending.long", turned("pending_long")),
    ]
}

/// §7.5.
fn command() -> Vec<Item> {
    const STATUS: &[(u64, &str)] = &[(0, "successful"), (1, "network at capacity"), (2, "access denied")];
    const REASONS: &[(u64, &str)] = &[(1, "the coordinator wants it"), (2, "the device wants it")];
    let more = || when(Test::Ge(left(), lit(1)), [bytes("cmd.data", rest()).doc("content").into()]);
    vec![
        u8("cmd").craft("cmd_id").hex().names(COMMANDS).brief().doc("command").into(),
        switch(
            val("cmd"),
            [
                (
                    1,
                    vec![u8("cmd.cinfo").hex().doc("capabilities").of([
                        flag("cmd.cinfo.alloc_addr").doc("an address is asked for"),
                        flag("cmd.cinfo.sec_capable").doc("can secure"),
                        bits("cmd.cinfo.reserved", 2).doc("reserved"),
                        flag("cmd.cinfo.idle_rx").doc("receives when idle"),
                        flag("cmd.cinfo.power_src").doc("mains powered"),
                        flag("cmd.cinfo.device_type").doc("a full device"),
                        flag("cmd.cinfo.alt_coord").doc("can be coordinator"),
                    ])],
                ),
                (
                    2,
                    vec![
                        le16("asoc.addr").hex().doc("short address").into(),
                        u8("assoc.status").hex().names(STATUS).doc("status").into(),
                    ],
                ),
                (3, vec![u8("disassoc.reason").hex().names(REASONS).doc("reason").into()]),
                (
                    8,
                    vec![
                        le16("realign.pan").hex().doc("network").into(),
                        le16("realign.addr").hex().doc("coordinator").into(),
                        u8("realign.channel").doc("channel").into(),
                        le16("realign.short_addr").hex().doc("short address").into(),
                    ],
                ),
            ],
            vec![more()],
        ),
    ]
}

/// Octets of the integrity code of a security level.
fn code_octets(level: u64) -> usize {
    match level & 3 {
        0 => 0,
        1 => 4,
        2 => 8,
        _ => 16,
    }
}

/// What of a header those that go on need.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Addresses {
    pub(super) network: u16,
    pub(super) source: Address,
    pub(super) destination: Address,
}

/// An address of either length.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Address {
    #[default]
    None,
    Short([u8; 2]),
    Long([u8; 8]),
}

/// Octets of the header up to the addresses' end, its addresses, and whether it is secured.
pub(super) fn addresses(octets: &[u8]) -> Option<(usize, Addresses, bool)> {
    let [low, high, ..] = *octets.first_chunk::<2>()?;
    let (destination, source, version) = (high >> 2 & 3, high >> 6, high >> 4 & 3);
    let compressed = low & 0x40 != 0;
    let mut at = if version == 2 && high & 1 != 0 { 2_usize } else { 3 };
    let third = version == 2;
    let long = destination == 3 && source == 3;
    let networks = match (destination >= 2, source >= 2) {
        (false, false) => (third && compressed, false),
        (true, false) => (!third || !compressed, false),
        (false, true) => (false, !compressed),
        (true, true) if third && long => (!compressed, false),
        (true, true) => (true, !compressed),
    };
    let mut found = Addresses::default();
    let take = |octets_of: &mut usize, mode: u8| -> Option<Address> {
        let from = octets.get(*octets_of..)?;
        match mode {
            2 => {
                let [a, b] = *from.first_chunk::<2>()?;
                *octets_of = octets_of.saturating_add(2);
                Some(Address::Short([b, a]))
            }
            3 => {
                let mut address = *from.first_chunk::<8>()?;
                address.reverse();
                *octets_of = octets_of.saturating_add(8);
                Some(Address::Long(address))
            }
            _ => Some(Address::None),
        }
    };
    if networks.0 {
        found.network = u16::from_le_bytes(*octets.get(at..)?.first_chunk()?);
        at = at.saturating_add(2);
    }
    found.destination = take(&mut at, destination)?;
    at = at.saturating_add(if networks.1 { 2 } else { 0 });
    found.source = take(&mut at, source)?;
    Some((at, found, low & 8 != 0))
}

fn after(walk: &mut Walk<'_, '_>) {
    let start = walk.layer_offset();
    let Some([low, high]) = walk.header().first_chunk::<2>().copied() else { return };
    walk.emit("fcf", start, 2, u64::from(u16::from_le_bytes([low, high])));
    let whole = walk.layer_octets();
    if walk.meta().link_type == LinkType::IEEE802_15_4_WITHFCS
        && walk.layer_count() == 1
        && walk.take_trailer(2)
    {
        let at = whole.len().saturating_sub(2);
        if let Some((before, stored)) = whole.split_at_checked(at)
            && let Some(stored) = stored.first_chunk::<2>()
        {
            let stored = u64::from(u16::from_le_bytes(*stored));
            let place = start.saturating_add(at);
            walk.emit("fcs", place, 2, stored);
            let right = Algorithm::named(CHECK).is_some_and(|check| check.of(&[before]) == stored);
            walk.emit("fcs_ok", place, 2, u64::from(right));
        }
    }
    if low & 8 != 0 {
        let Some((at, _, _)) = addresses(whole) else { return };
        let level = u64::from(whole.get(at).copied().unwrap_or(0) & 7);
        let octets = code_octets(level);
        let end = walk.offset().saturating_add(walk.rest().len());
        if octets > 0 && walk.take_trailer(octets) {
            walk.emit("mic", end.saturating_sub(octets), octets, 0);
        }
        if level >= 4 {
            return;
        }
    }
    if low & 7 == 1 && walk.rest().first().is_some_and(|first| super::sixlowpan::is_dispatch(*first)) {
        walk.next_named("6lowpan");
    }
}

fn write_address(line: &mut Line<'_, '_>, address: Address) {
    match address {
        Address::None => line.text("none"),
        Address::Short(octets) => line.hex(u64::from(u16::from_be_bytes(octets)), 4),
        Address::Long(octets) => super::put::hex_octets(line.out, &octets, Some(b':')),
    }
}

/// `IEEE 802.15.4 Data, seq 7, 0x0001 > 0xffff, pan 0xabcd`, and what is in it.
fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    line.text("IEEE 802.15.4 ");
    let Some((header, addresses, secured)) = addresses(body.data) else {
        line.cut("wpan", body);
        return;
    };
    let mut octets = Octets::of(body);
    let (low, high) = (octets.u8().unwrap_or(0), octets.u8().unwrap_or(0));
    line.text(Names::List(TYPES).get(u64::from(low & 7)).unwrap_or("reserved"));
    if high & 0x31 != 0x21
        && let Some(number) = octets.u8()
    {
        line.text(", seq ");
        line.number(u64::from(number));
    }
    if addresses.source != Address::None || addresses.destination != Address::None {
        line.text(", ");
        write_address(line, addresses.source);
        line.text(" > ");
        write_address(line, addresses.destination);
        line.text(", pan ");
        line.hex(u64::from(addresses.network), 4);
    }
    let trailer = if line.link_type() == LinkType::IEEE802_15_4_WITHFCS { 2 } else { 0 };
    let inner = body.skip(header);
    let inner = inner.limit(inner.len.saturating_sub(trailer));
    if secured {
        line.text(", secured");
        return;
    }
    if low & 7 == 3 {
        if let Some(name) =
            inner.data.first().and_then(|command| Names::List(COMMANDS).get(u64::from(*command)))
        {
            line.text(", ");
            line.text(name);
        }
        return;
    }
    if low & 7 != 1 || high & 2 != 0 {
        return;
    }
    match inner.data.first() {
        Some(first) if super::sixlowpan::is_dispatch(*first) => {
            line.text(", ");
            super::sixlowpan::write(line, inner, &addresses);
        }
        _ => {
            line.text(", length ");
            line.number(inner.len as u64);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Address, addresses};

    #[test]
    fn networks_are_left_out_as_version_and_flag_say() {
        // 2006: both short, compressed.
        let (at, found, _) = addresses(&[0x41, 0x98, 1, 0xcd, 0xab, 2, 0, 1, 0]).expect("whole");
        assert_eq!((at, found.network), (9, 0xabcd));
        assert_eq!((found.destination, found.source), (Address::Short([0, 2]), Address::Short([0, 1])));
        // 2015: both long, compressed: no network at all.
        let mut octets = vec![0x41, 0xec, 1];
        octets.extend([1; 16]);
        assert_eq!(addresses(&octets).map(|found| found.0), Some(19));
    }
}
