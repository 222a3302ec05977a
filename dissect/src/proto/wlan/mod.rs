//! IEEE 802.11, the MAC header: kind of frame, flags, addresses, sequence, QoS. Data frames that are not encrypted go on
//! behind it with LLC, management frames with what `body` and `elements` declare, unless they are encrypted.

mod bits;
mod body;
mod capabilities;
mod elements;
mod line;
mod tables;
mod written;
mod written_bodies;

use super::radiotap;
use crate::crc::Algorithm;
use crate::decode::Walk;
use crate::frame::LinkType;
use crate::schema::{
    Checksum, Field, Given, Item, LINK_TYPE, Over, Protocol, Size, Test, be16, be24, be48, behind, bits,
    built, bytes, crafted, decoded, eq, flag, ge, is_in, le16, le32, lit, mac, not, rest, val, when,
};

const TYPES: &[(u64, &str)] = &[(0, "management"), (1, "control"), (2, "data"), (3, "extension")];

/// Type times 16 and subtype (IEEE Std 802.11-2020 table 9-1).
const KINDS: &[(u64, &str)] = &[
    (0x00, "Assoc Request"),
    (0x01, "Assoc Response"),
    (0x02, "ReAssoc Request"),
    (0x03, "ReAssoc Response"),
    (0x04, "Probe Request"),
    (0x05, "Probe Response"),
    (0x06, "Timing Advertisement"),
    (0x08, "Beacon"),
    (0x09, "ATIM"),
    (0x0a, "Disassociation"),
    (0x0b, "Authentication"),
    (0x0c, "DeAuthentication"),
    (0x0d, "Action"),
    (0x0e, "Action No Ack"),
    (0x12, "Trigger"),
    (0x14, "Beamforming Report Poll"),
    (0x15, "VHT/HE NDP Announcement"),
    (0x16, "Control Frame Extension"),
    (0x17, "Control Wrapper"),
    (0x18, "BAR"),
    (0x19, "BA"),
    (0x1a, "Power Save-Poll"),
    (0x1b, "Request-To-Send"),
    (0x1c, "Clear-To-Send"),
    (0x1d, "Acknowledgment"),
    (0x1e, "CF-End"),
    (0x1f, "CF-End+CF-Ack"),
    (0x20, "Data"),
    (0x21, "Data+CF-Ack"),
    (0x22, "Data+CF-Poll"),
    (0x23, "Data+CF-Ack+CF-Poll"),
    (0x24, "Null"),
    (0x25, "CF-Ack"),
    (0x26, "CF-Poll"),
    (0x27, "CF-Ack+CF-Poll"),
    (0x28, "QoS Data"),
    (0x29, "QoS Data+CF-Ack"),
    (0x2a, "QoS Data+CF-Poll"),
    (0x2b, "QoS Data+CF-Ack+CF-Poll"),
    (0x2c, "QoS Null"),
    (0x2e, "QoS CF-Poll"),
    (0x2f, "QoS CF-Ack+CF-Poll"),
    (0x30, "DMG Beacon"),
    (0x31, "S1G Beacon"),
];

const ACKS: &[(u64, &str)] =
    &[(0, "normal"), (1, "none"), (2, "no explicit acknowledgement"), (3, "block acknowledgement")];

/// The mark behind the addresses.
const END: &str = "end";

/// Of no octets: says that the crafter's layer has a check sequence behind it.
const WITH_FCS: &str = "written.with_fcs";

/// The check sequence as the crafter writes it.
fn check_sequence() -> Field {
    let field = le32("written.fcs").craft("fcs").hidden().doc("frame check sequence");
    match Algorithm::named("crc32") {
        Some(crc32) => field.sum(Checksum::By(crc32, Over::Before)),
        None => field,
    }
}

/// Set by the crafter's layers that are bodies.
const BODY: &str = "body";

/// Neither when decoding nor when building: what is declared there is for layers of its own alone.
fn never() -> Test {
    Test::All(vec![Test::All(vec![Test::All(Vec::new())]), not(Test::All(Vec::new()))])
}

/// Frames have a body; the crafter writes one where a layer asks for it.
fn body() -> Test {
    Test::Any(vec![Test::All(vec![Test::All(Vec::new())]), eq(BODY, 1)])
}

/// Layers of scapy's that are elements or parts of them.
const LAYERS: [(&str, &str); 15] = [
    ("Dot11EltDSSSet", "tag.dsss"),
    ("Dot11EltERP", "tag.erp"),
    ("Dot11EltRates", "tag.rates"),
    ("Dot11EltCSA", "tag.csa"),
    ("Dot11EltOBSS", "tag.obss"),
    ("Dot11EltCountry", "tag.country"),
    ("Dot11EltCountryConstraintTriplet", "tag.written.fnm"),
    ("Dot11EltVHTOperation", "tag.vht"),
    ("Dot11EltHTCapabilities", "tag.ht"),
    ("Dot11EltHTOperation", "tag.ht_operation"),
    ("Dot11EltRSN", "tag.rsn"),
    ("Dot11EltVendorSpecific", "tag.vendor"),
    ("Dot11EltMicrosoftWPA", "tag.wpa"),
    ("RSNCipherSuite", "tag.written.pcs"),
    ("AKMSuite", "tag.written.akms"),
];

/// A beacon of a network with WPA2.
const BEACON: &str = concat!(
    "8000 0000 ffffffffffff 020000000001 020000000001 3000 0102030405060708 6400 1104 0004 74657374 0103 82840c 0301 06",
    "0504 00030102 0706 444520010d14 0b05 0100201027 2a01 00 3014 0100000fac040100000fac040100000fac028c00",
    "2d1a 200003ffff0000000000000000000000000000000000000000 00",
    "3d16 06000000000000000000000000000000000000000000",
    "7f08 0100080000000040 bf0c 000102030405060708090a0b c005 0102030405",
    "dd18 0050f2020101800003a4000027a4000042435e0062322f00 ff07 24010203040506 c803 616263",
);

pub(super) fn wlan() -> Protocol {
    let mut protocol = Protocol::new("wlan", "IEEE 802.11")
        .layer("Dot11")
        .layer_as("Dot11FCS", &[(WITH_FCS, 0)])
        .below("Dot11FCS", "radiotap", &[("written.present", Given::Number(2)), ("flags", Given::Number(0x10))])
        .body("Dot11QoS", END, &[("fc.type", 2), ("fc.subtype", 8), (BODY, 1)])
        .part("Dot11Elt", "tag.plain", &[])
        .source("IEEE Std 802.11-2020 §9.2, §9.3")
        .on(LINK_TYPE, &[105])
        .later(fields)
        .either("addr", &["ra", "ta", "addr3", "addr4"])
        .leads_to(&["llc"])
        .after(after)
        .summary(line::summary)
        .sample_on(LinkType::IEEE802_11, "8801 3000 020000000002 020000000001 020000000003 1000 0000 aaaa03000000 0800 4500002000010000401166ca0a0000010a00000203e807d0000c1b5561626364")
        .sample_on(LinkType::IEEE802_11, "b400 3000 020000000002 020000000001")
        .sample_on(LinkType::IEEE802_11, BEACON)
        .sample_on(LinkType::IEEE802_11, "9400 0000 020000000002 020000000001 0500 1012 0102030405060708")
        .sample_on(LinkType::IEEE802_11, "b000 0000 020000000002 020000000001 020000000002 1000 0000 0100 0000");
    for (name, subtype) in body::BODIES {
        protocol = protocol.body(name, END, &[("fc.type", 0), ("fc.subtype", subtype), (BODY, 1)]);
    }
    for (name, of) in LAYERS {
        protocol = protocol.part(name, of, &[]);
    }
    written_bodies::layers(protocol)
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    let managed = || is_in("fc.type", &[0, 2]);
    // Control frames with a second address; the others have one.
    let second = Test::Any(vec![
        managed(),
        Test::All(vec![eq("fc.type", 1), is_in("fc.subtype", &[2, 4, 5, 8, 9, 10, 11, 14, 15])]),
    ]);
    let qos = || Test::All(vec![eq("fc.type", 2), ge("fc.subtype", 8)]);
    // a body that is a layer of the crafter is written whatever the frame says of itself
    let clear = || Test::Any(vec![Test::Eq(val("flags").and(0x40), lit(0)), eq(BODY, 1)]);
    protocol
        .field(Item::Group(
            be16("fc").hex().doc("frame control"),
            vec![
                bits("fc.subtype", 4).craft("subtype").doc("subtype").into(),
                bits("fc.type", 2).craft("type").names(TYPES).doc("type").into(),
                bits("fc.version", 2).craft("proto").doc("version").into(),
                Item::Group(
                    bits("flags", 8).craft("FCfield").hex().doc("flags"),
                    vec![
                        flag("fc.order").doc("HT control field, or strictly ordered").into(),
                        flag("fc.protected").doc("encrypted").into(),
                        flag("fc.moredata").doc("more data is buffered").into(),
                        flag("fc.pwrmgt").doc("the station goes to sleep").into(),
                        flag("fc.retry").doc("retransmission").into(),
                        flag("fc.frag").doc("more fragments follow").into(),
                        flag("fc.fromds").doc("from the distribution system").into(),
                        flag("fc.tods").doc("to the distribution system").into(),
                    ]
                    .into(),
                ),
            ]
            .into(),
        ))
        .field(le16("duration").craft("ID").unit("us").doc("duration, or association identifier"))
        .field(mac("ra").craft("addr1").doc("receiver"))
        .field(when(second, [mac("ta").craft("addr2").doc("transmitter").into()]))
        .field(when(
            managed(),
            [
                mac("addr3").craft("addr3").doc("third address").into(),
                le16("seq_frag").craft("SC").hex().doc("sequence control").into(),
            ],
        ))
        .field(when(
            Test::All(vec![eq("fc.type", 2), ge("fc.tods", 1), ge("fc.fromds", 1)]),
            [mac("addr4").craft("addr4").doc("fourth address").into()],
        ))
        // scapy's layer of a frame with its check sequence
        .field(crafted([
            bytes(WITH_FCS, Size::Octets(lit(0)))
                .hidden()
                .doc("mark of a frame with a check sequence")
                .into(),
            behind(lit(0), [check_sequence().into()]),
        ]))
        // the crafter's layer of the header ends here: bodies are layers of their own
        .field(bytes(END, Size::Octets(lit(0))).hidden().doc("end of the addresses"))
        .field(when(
            qos(),
            [
                decoded([
                    when(eq("fc.fromds", 1), [quality(flag("qos.eosp").doc("end of the service period"))]),
                    when(eq("fc.fromds", 0), [quality(flag("qos.bit4").doc("what follows is a queue size"))]),
                    Item::Custom(quality_parts(), quality_meaning, None),
                ]),
                built([when(
                    eq(BODY, 1),
                    [
                        bits("qos.written.amsdu", 1)
                            .craft("A_MSDU_Present")
                            .hidden()
                            .doc("aggregate of frames")
                            .into(),
                        bits("qos.written.ack", 2)
                            .craft("Ack_Policy")
                            .hidden()
                            .doc("acknowledgement policy")
                            .into(),
                        bits("qos.written.eosp", 1)
                            .craft("EOSP")
                            .hidden()
                            .doc("end of the service period")
                            .into(),
                        bits("qos.written.tid", 4).craft("TID").hidden().doc("traffic identifier").into(),
                        bits("qos.written.txop", 8).craft("TXOP").hidden().doc("transmit opportunity").into(),
                    ],
                )]),
            ],
        ))
        .field(decoded([when(
            Test::All(vec![ge("fc.order", 1), Test::Any(vec![qos(), eq("fc.type", 0)])]),
            [le32("htc").hex().doc("HT control").into()],
        )]))
        .field(crafted([le32("htc").hex().doc("HT control").into()]))
        .field(decoded([Item::Custom(
            vec![bytes("datapad", rest()).doc("padding in front of the body, which radiotap tells of")],
            padding,
            None,
        )]))
        // before the body, whose damage should not take these away
        .field(decoded([Item::Custom(facts(), header_facts, None)]))
        .field(when(Test::All(vec![eq("fc.type", 0), clear(), body()]), [body::management()]))
        .field(when(eq("fc.type", 1), [body::block_acknowledgement()]))
        // what elements scapy has layers of; outside of the body, whose names are not the header's
        .field(Item::When(never(), written::written().into()))
        .field(Item::When(never(), written_bodies::bodies().into()))
        .extra(bits(BODY, 1).hidden().doc("whether a layer of the crafter is a body"))
}

fn quality(fifth: Field) -> Item {
    le16("qos").hex().doc("quality of service").of([
        flag("qos.amsdupresent").doc("aggregate of frames"),
        bits("qos.ack", 2).hex().names(ACKS).doc("acknowledgement policy"),
        fifth,
        bits("qos.tid", 4).doc("traffic identifier"),
        bits("qos.txop", 8).doc("limit of the transmit opportunity, queue size or buffer state"),
    ])
}

/// What the upper octet of the QoS control means, and its lowest bits by another name.
fn quality_parts() -> Vec<Field> {
    vec![
        bits("qos.priority", 3).doc("user priority"),
        bits("qos.txop_limit", 8).unit("32 us").doc("limit of the transmit opportunity that is granted"),
        bits("qos.ps_buf_state", 8).hex().doc("what the access point has buffered for the station"),
        flag("qos.buf_state_indicated").doc("what is buffered is told"),
        bits("qos.highest_pri_buf_ac", 2).doc("highest access category that is buffered"),
        bits("qos.qap_buf_load", 4).unit("4096 octets").doc("octets that are buffered"),
        bits("qos.txop_dur_req", 8).unit("32 us").doc("transmit opportunity that is asked for"),
        bits("qos.queue_size", 8).unit("256 octets").doc("octets that wait in the queue"),
    ]
}

/// IEEE Std 802.11-2020 table 9-10, the QoS control before the cursor.
fn quality_meaning(walk: &mut Walk<'_, '_>) {
    let header = walk.header();
    let (Some([first, second, ..]), Some([low, high])) =
        (header.first_chunk::<2>(), header.last_chunk::<2>())
    else {
        return;
    };
    let (low, high, at) = (u64::from(*low), u64::from(*high), walk.offset().saturating_sub(2));
    walk.emit("qos.priority", at, 1, low & 7);
    let upper = at.saturating_add(1);
    let (polled, from_ds, fifth) = (first & 0x20 != 0, second & 2 != 0, low & 0x10 != 0);
    match (from_ds, fifth) {
        (true, _) if polled => walk.emit("qos.txop_limit", upper, 1, high),
        (true, _) => {
            walk.emit("qos.ps_buf_state", upper, 1, high);
            walk.emit("qos.buf_state_indicated", upper, 1, high >> 1 & 1);
            if high & 2 != 0 {
                walk.emit("qos.highest_pri_buf_ac", upper, 1, high >> 2 & 3);
                walk.emit("qos.qap_buf_load", upper, 1, high >> 4);
            }
        }
        (false, false) => walk.emit("qos.txop_dur_req", upper, 1, high),
        (false, true) => walk.emit("qos.queue_size", upper, 1, high),
    }
}

/// What follows from the header.
fn facts() -> Vec<Field> {
    vec![
        kind().doc("type and subtype"),
        bits("fc.ds", 2).hex().doc("to and from the distribution system"),
        bits("aid", 14).doc("association identifier"),
        mac("da").doc("destination"),
        mac("sa").doc("source"),
        mac("bssid").doc("basic service set"),
        bits("frag", 4).doc("fragment"),
        bits("seq", 12).doc("sequence number"),
        be24("wep.iv").hex().doc("WEP initialization vector"),
        bits("wep.key", 2).doc("key"),
        be48("ccmp.extiv").hex().doc("CCMP packet number"),
        be48("tkip.extiv").hex().doc("TKIP sequence counter"),
    ]
}

fn kind() -> Field {
    be16("fc.type_subtype").hex().names(KINDS)
}

/// Roles of the addresses: offsets of destination, source and service set, 0 where there is none.
struct Roles {
    destination: usize,
    source: usize,
    service: usize,
    /// Octets of the header.
    length: usize,
}

const FIRST: usize = 4;
const SECOND: usize = 10;
const THIRD: usize = 16;
const FOURTH: usize = 24;

fn roles(header: &[u8]) -> Option<Roles> {
    let [control, flags] = *header.first_chunk::<2>()?;
    let (kind, subtype) = (control >> 2 & 3, control >> 4);
    let (to, from) = (flags & 1 == 1, flags & 2 == 2);
    let none = Roles { destination: 0, source: 0, service: 0, length: 10 };
    Some(match kind {
        0 => Roles {
            destination: FIRST,
            source: SECOND,
            service: THIRD,
            length: if flags & 0x80 == 0 { 24 } else { 28 },
        },
        1 => match subtype {
            10 => Roles { service: FIRST, length: 16, ..none },
            14 | 15 => Roles { service: SECOND, length: 16, ..none },
            2 | 4 | 5 | 8 | 9 | 11 => Roles { length: 16, ..none },
            _ => none,
        },
        2 => {
            let length = match (to && from, subtype & 8 != 0, flags & 0x80 != 0) {
                (false, false, _) => 24,
                (false, true, false) => 26,
                (true, false, _) | (false, true, true) => 30,
                (true, true, false) => 32,
                (true, true, true) => 36,
            };
            match (to, from) {
                (false, false) => Roles { destination: FIRST, source: SECOND, service: THIRD, length },
                (true, false) => Roles { destination: THIRD, source: SECOND, service: FIRST, length },
                (false, true) => Roles { destination: FIRST, source: THIRD, service: SECOND, length },
                (true, true) => Roles { destination: THIRD, source: FOURTH, service: 0, length },
            }
        }
        _ => none,
    })
}

/// Where the QoS octets begin.
fn qos_at(header: &[u8]) -> Option<usize> {
    let [control, flags] = *header.first_chunk::<2>()?;
    (control >> 2 & 3 == 2 && control & 0x80 != 0).then_some(if flags & 3 == 3 { 30 } else { 24 })
}

fn word(octets: &[u8], at: usize) -> Option<u16> {
    octets.get(at..).and_then(<[u8]>::first_chunk).map(|pair| u16::from_le_bytes(*pair))
}

/// Whether LLC follows: a data frame with data, not encrypted, first of its fragments, and no aggregate.
fn has_llc(header: &[u8]) -> bool {
    let Some([control, flags]) = header.first_chunk::<2>().copied() else { return false };
    let data = control & 3 == 0 && control >> 2 & 3 == 2 && control & 0x40 == 0 && flags & 0x40 == 0;
    let first = word(header, 22).is_some_and(|sequence| sequence & 15 == 0) && flags & 4 == 0;
    let aggregate = qos_at(header).and_then(|at| word(header, at)).is_some_and(|qos| qos & 0x80 != 0);
    data && first && !aggregate
}

/// Some cards align the body of data frames to four octets.
fn padding(walk: &mut Walk<'_, '_>) {
    let len = walk.offset().saturating_sub(walk.layer_offset());
    let gap = len.next_multiple_of(4).saturating_sub(len);
    let data = walk.header().first().is_some_and(|control| control >> 2 & 3 == 2);
    let radiotap = walk.meta().link_type == LinkType::IEEE802_11_RADIOTAP && walk.is_first_of_its_kind();
    if gap > 0 && data && radiotap && radiotap::pads(walk.all_octets()) {
        walk.take_octets("datapad", gap);
    }
}

fn header_facts(walk: &mut Walk<'_, '_>) {
    let (header, start) = (walk.header(), walk.layer_offset());
    let Some([control, flags]) = header.first_chunk::<2>().copied() else { return };
    let kind = u64::from(control >> 2 & 3) << 4 | u64::from(control >> 4);
    walk.emit("fc.type_subtype", start, 2, kind);
    walk.emit("fc.ds", start.saturating_add(1), 1, u64::from(flags & 3));
    if kind == 0x1a
        && let Some(identifier) = word(header, 2)
    {
        walk.emit("aid", start.saturating_add(2), 2, u64::from(identifier & 0x3fff));
    }
    if let Some(roles) = roles(header) {
        for (name, at) in [("da", roles.destination), ("sa", roles.source), ("bssid", roles.service)] {
            let octets = header.get(at..).and_then(<[u8]>::first_chunk::<6>).filter(|_| at > 0);
            if let Some([a, b, c, d, e, f]) = octets.copied() {
                let value = u64::from_be_bytes([0, 0, a, b, c, d, e, f]);
                walk.emit(name, start.saturating_add(at), 6, value);
            }
        }
    }
    if control >> 2 & 1 == 0
        && let Some(sequence) = word(header, 22)
    {
        let at = start.saturating_add(22);
        walk.emit("frag", at, 2, u64::from(sequence & 15));
        walk.emit("seq", at, 2, u64::from(sequence >> 4));
    }
    if flags & 0x40 != 0 && kind >> 4 == 2 && kind & 4 == 0 {
        encryption(walk);
    }
}

fn after(walk: &mut Walk<'_, '_>) {
    if has_llc(walk.header()) {
        walk.next_named("llc");
    }
}

/// What stands before encrypted data (IEEE Std 802.11-2020 §12.3 to §12.5).
fn encryption(walk: &mut Walk<'_, '_>) {
    let at = walk.offset();
    let Some([a, b, c, key]) = walk.rest().first_chunk::<4>().copied() else { return };
    walk.emit("wep.key", at.saturating_add(3), 1, u64::from(key >> 6));
    let extended = walk.rest().get(4..).and_then(<[u8]>::first_chunk::<4>).copied();
    match extended.filter(|_| key & 0x20 != 0) {
        Some([d, e, f, g]) => {
            let (name, low) = match b {
                mixed if mixed == (a | 0x20) & 0x7f => ("tkip.extiv", [a, c]),
                _ if c != 0 => return,
                _ => ("ccmp.extiv", [b, a]),
            };
            walk.emit(name, at, 8, u64::from_be_bytes([0, 0, g, f, e, d, low[0], low[1]]));
            walk.advance(8);
        }
        None => {
            walk.emit("wep.iv", at, 3, u64::from_be_bytes([0, 0, 0, 0, 0, a, b, c]));
            walk.advance(4);
        }
    }
}
