//! What a radio says of a frame: the radiotap header (radiotap.org) and the older one of Prism cards.
//!
//! A bit of the presence word is a field; fields stand in the order of the bits, each aligned to its own size from the
//! header's first octet. What follows a vendor's name space, or a bit that is not known here, has no known place and
//! is left as octets.

mod parts;
mod rates;

use crate::decode::Walk;
use crate::frame::LinkType;
use crate::render::line::{Body, Line};
use crate::schema::{
    Build, Field, LINK_TYPE, Protocol, Size, be32, block, bytes, flag, label, le16, le32, le64, lit, repeat,
    rest, text, u8, val,
};

/// A field of the presence word: alignment, octets, and the parts with their widths in octets. A name may be empty.
struct Part {
    align: usize,
    parts: &'static [(&'static str, usize)],
}

const fn part(align: usize, parts: &'static [(&'static str, usize)]) -> Part {
    Part { align, parts }
}

/// By bit of the presence word.
const PARTS: [Part; 28] = [
    part(8, &[("mactime", 8)]),
    part(1, &[("flags", 1)]),
    part(1, &[("rate", 1)]),
    part(2, &[("channel.freq", 2), ("channel.flags", 2)]),
    part(1, &[("fhss.hopset", 1), ("fhss.pattern", 1)]),
    part(1, &[("dbm_antsignal", 1)]),
    part(1, &[("dbm_antnoise", 1)]),
    part(2, &[("quality", 2)]),
    part(2, &[("txattenuation", 2)]),
    part(2, &[("db_txattenuation", 2)]),
    part(1, &[("txpower", 1)]),
    part(1, &[("antenna", 1)]),
    part(1, &[("db_antsignal", 1)]),
    part(1, &[("db_antnoise", 1)]),
    part(2, &[("rxflags", 2)]),
    part(2, &[("txflags", 2)]),
    part(1, &[("rts_retries", 1)]),
    part(1, &[("data_retries", 1)]),
    part(
        4,
        &[("xchannel.flags", 4), ("xchannel.freq", 2), ("xchannel.channel", 1), ("xchannel.max_power", 1)],
    ),
    part(1, &[("mcs.known", 1), ("mcs.flags", 1), ("mcs.index", 1)]),
    part(4, &[("ampdu.reference", 4), ("ampdu.flags", 2), ("ampdu.delim_crc", 1), ("ampdu.reserved", 1)]),
    part(
        2,
        &[
            ("vht.known", 2),
            ("vht.flags", 1),
            ("vht.bw", 1),
            ("vht.mcs_nss", 1),
            ("vht.mcs_nss", 1),
            ("vht.mcs_nss", 1),
            ("vht.mcs_nss", 1),
            ("vht.coding", 1),
            ("vht.gid", 1),
            ("vht.paid", 2),
        ],
    ),
    part(
        8,
        &[("timestamp.ts", 8), ("timestamp.accuracy", 2), ("timestamp.unit_spos", 1), ("timestamp.flags", 1)],
    ),
    part(
        2,
        &[
            ("he.data_1", 2),
            ("he.data_2", 2),
            ("he.data_3", 2),
            ("he.data_4", 2),
            ("he.data_5", 2),
            ("he.data_6", 2),
        ],
    ),
    part(2, &[("he_mu.flags1", 2), ("he_mu.flags2", 2), ("he_mu.ru1", 4), ("he_mu.ru2", 4)]),
    part(
        2,
        &[
            ("he_mu_user.info1", 2),
            ("he_mu_user.info2", 2),
            ("he_mu_user.position", 1),
            ("he_mu_user.known", 1),
        ],
    ),
    part(1, &[("0_length_psdu.type", 1)]),
    part(2, &[("l_sig.data1", 2), ("l_sig.data2", 2)]),
];

/// Bits of the presence words beyond the fields.
const RADIOTAP_SPACE: u32 = 29;
const MORE: u32 = 31;

/// Presence words beyond which nobody has antennas.
const WORDS: usize = 16;

/// Bits of the presence word by Wireshark's names.
const PRESENT: [(&str, &str); 32] = [
    ("present.tsft", "time of the MAC is there"),
    ("present.flags", "flags are there"),
    ("present.rate", "data rate is there"),
    ("present.channel", "channel is there"),
    ("present.fhss", "FHSS is there"),
    ("present.dbm_antsignal", "signal in dBm is there"),
    ("present.dbm_antnoise", "noise in dBm is there"),
    ("present.lock_quality", "lock quality is there"),
    ("present.tx_attenuation", "transmit attenuation is there"),
    ("present.db_tx_attenuation", "transmit attenuation in dB is there"),
    ("present.dbm_tx_power", "transmit power is there"),
    ("present.antenna", "antenna is there"),
    ("present.db_antsignal", "signal in dB is there"),
    ("present.db_antnoise", "noise in dB is there"),
    ("present.rxflags", "receive flags are there"),
    ("present.txflags", "transmit flags are there"),
    ("present.rts_retries", "RTS retries are there"),
    ("present.data_retries", "data retries are there"),
    ("present.xchannel", "extended channel is there"),
    ("present.mcs", "MCS is there"),
    ("present.ampdu", "A-MPDU is there"),
    ("present.vht", "VHT is there"),
    ("present.timestamp", "timestamp is there"),
    ("present.he", "HE is there"),
    ("present.he_mu", "HE-MU is there"),
    ("present.he_mu_user", "HE-MU of other users is there"),
    ("present.0_length.psdu", "empty PSDU is there"),
    ("present.l_sig", "L-SIG is there"),
    ("present.tlv", "TLVs follow"),
    ("present.rtap_ns", "radiotap's names begin again"),
    ("present.vendor_ns", "a vendor's names follow"),
    ("present.ext", "one more such word follows"),
];

/// The same bits in scapy's words.
const PRESENT_NAMES: [&str; 32] = [
    "TSFT",
    "Flags",
    "Rate",
    "Channel",
    "FHSS",
    "dBm_AntSignal",
    "dBm_AntNoise",
    "Lock_Quality",
    "TX_Attenuation",
    "dB_TX_Attenuation",
    "dBm_TX_Power",
    "Antenna",
    "dB_AntSignal",
    "dB_AntNoise",
    "RXFlags",
    "TXFlags",
    "b17",
    "b18",
    "ChannelPlus",
    "MCS",
    "A_MPDU",
    "VHT",
    "timestamp",
    "HE",
    "HE_MU",
    "HE_MU_other_user",
    "zero_length_psdu",
    "L_SIG",
    "TLV",
    "RadiotapNS",
    "VendorNS",
    "Ext",
];

const FLAG_NAMES: [&str; 8] = ["CFP", "ShortPreamble", "wep", "fragment", "FCS", "pad", "badFCS", "ShortGI"];

const CHANNEL_NAMES: [&str; 20] = [
    "res1",
    "res2",
    "res3",
    "res4",
    "Turbo",
    "CCK",
    "OFDM",
    "2GHz",
    "5GHz",
    "Passive",
    "Dynamic_CCK_OFDM",
    "GFSK",
    "GSM",
    "StaticTurbo",
    "10MHz",
    "5MHz",
    "20MHz",
    "40MHz_ext_channel_above",
    "40MHz_ext_channel_below",
    "res5",
];

/// What scapy does not write where a bit of the presence word says that it is there.
const UNWRITTEN: [&str; 15] = [
    "fhss.hopset",
    "fhss.pattern",
    "txattenuation",
    "db_txattenuation",
    "txpower",
    "db_antsignal",
    "db_antnoise",
    "rts_retries",
    "data_retries",
    "xchannel.max_power",
    "he_mu.ru1",
    "he_mu.ru2",
    "0_length_psdu.type",
    "datarate",
    "vendor",
];

/// The fields that the presence word names, each in its place; without such a word what is given.
fn write(build: &mut dyn Build) {
    let word = build.number("written.present");
    if word == 0 {
        let all = fields();
        for field in all.iter().filter(|field| field.kind != crate::schema::Kind::Made) {
            if build.is_given(field.name) {
                build.put_field(field.name);
            }
        }
        return;
    }
    for (_, part) in PARTS.iter().enumerate().filter(|(bit, _)| word >> bit & 1 == 1) {
        let there: Vec<&str> = part
            .parts
            .iter()
            .map(|(name, _)| *name)
            .filter(|name| !UNWRITTEN.contains(name) || build.is_given(name))
            .collect();
        if there.is_empty() {
            continue;
        }
        let missing = build.written().next_multiple_of(part.align).saturating_sub(build.written());
        build.put(&vec![0; missing]);
        there.iter().for_each(|name| build.put_field(name));
    }
}

fn dbm(name: &'static str) -> Field {
    u8(name).signed().unit("dBm")
}

fn fields() -> Vec<Field> {
    let mut all = vec![
        le32("present.word").hex().doc("which fields are there"),
        le64("mactime").craft("mac_timestamp").unit("us").doc("time of the MAC"),
        u8("flags").craft("Flags").letters(&FLAG_NAMES).hex().doc("flags"),
        u8("rate").craft("Rate").fraction(1).doc("data rate, 500 kb/s each"),
        u8("datarate").kind(crate::schema::Kind::Made).unit("Mb/s").doc("data rate"),
        le16("channel.freq").craft("ChannelFrequency").craft("Channel").unit("MHz").doc("frequency"),
        le16("channel.flags").craft("ChannelFlags").letters(&CHANNEL_NAMES).hex().doc("channel flags"),
        u8("fhss.hopset").doc("hop set"),
        u8("fhss.pattern").doc("hop pattern"),
        dbm("dbm_antsignal").craft("dBm_AntSignal").doc("signal"),
        dbm("dbm_antnoise").craft("dBm_AntNoise").doc("noise"),
        le16("quality").craft("Lock_Quality").doc("lock quality"),
        le16("txattenuation").doc("attenuation of the transmitter"),
        le16("db_txattenuation").unit("dB").doc("attenuation of the transmitter"),
        dbm("txpower").doc("transmit power"),
        u8("antenna").craft("Antenna").doc("antenna"),
        u8("db_antsignal").unit("dB").doc("signal above a reference"),
        u8("db_antnoise").unit("dB").doc("noise above a reference"),
        le16("rxflags").craft("RXFlags").letters(&["res1", "BAD_PLCP", "res2"]).hex().doc("receive flags"),
        le16("txflags")
            .craft("TXFlags")
            .letters(&["TX_FAIL", "CTS", "RTS", "NOACK", "NOSEQ", "ORDER"])
            .hex()
            .doc("transmit flags"),
        u8("rts_retries").doc("retries of RTS"),
        u8("data_retries").doc("retries of data"),
        le32("xchannel.flags").craft("ChannelPlusFlags").letters(&CHANNEL_NAMES).hex().doc("channel flags"),
        le16("xchannel.freq").craft("ChannelPlusFrequency").unit("MHz").doc("frequency"),
        u8("xchannel.channel").craft("ChannelPlusNumber").doc("channel"),
        u8("xchannel.max_power").doc("greatest power, 0.5 dBm each"),
        u8("mcs.known")
            .craft("knownMCS")
            .letters(&[
                "MCS_bandwidth",
                "MCS_index",
                "guard_interval",
                "HT_format",
                "FEC_type",
                "STBC_streams",
                "Ness",
                "Ness_MSB",
            ])
            .hex()
            .doc("what is known of the modulation"),
        u8("mcs.flags").hex().doc("flags of the modulation"),
        u8("mcs.index").craft("MCS_index").doc("modulation and coding scheme"),
        le32("ampdu.reference").craft("A_MPDU_ref").doc("aggregate"),
        le16("ampdu.flags").craft("A_MPDU_flags").hex().doc("flags of the aggregate"),
        u8("ampdu.delim_crc").hex().doc("CRC of the delimiter"),
        u8("ampdu.reserved").hex().doc("reserved"),
        le16("vht.known").craft("KnownVHT").hex().doc("what is known (VHT)"),
        u8("vht.flags").craft("PresentVHT").hex().doc("flags (VHT)"),
        u8("vht.bw").craft("VHT_bandwidth").doc("bandwidth (VHT)"),
        u8("vht.mcs_nss").hex().doc("scheme and streams of a user"),
        u8("vht.coding").hex().doc("coding of the users"),
        u8("vht.gid").craft("GroupID").doc("group"),
        le16("vht.paid").doc("partial association identifier"),
        le64("timestamp.ts").craft("timestamp").doc("time stamp"),
        le16("timestamp.accuracy").craft("ts_accuracy").doc("accuracy"),
        u8("timestamp.unit_spos").hex().doc("unit, and where it was taken"),
        u8("timestamp.flags").craft("ts_flags").hex().doc("flags of the time stamp"),
        le16("he.data_1").craft("he_data1").hex().doc("HE data 1"),
        le16("he.data_2").craft("he_data2").hex().doc("HE data 2"),
        le16("he.data_3").craft("he_data3").hex().doc("HE data 3"),
        le16("he.data_4").craft("he_data4").hex().doc("HE data 4"),
        le16("he.data_5").craft("he_data5").hex().doc("HE data 5"),
        le16("he.data_6").craft("he_data6").hex().doc("HE data 6"),
        le16("he_mu.flags1").craft("hemu_flags1").hex().doc("HE-MU flags 1"),
        le16("he_mu.flags2").craft("hemu_flags2").hex().doc("HE-MU flags 2"),
        le32("he_mu.ru1").hex().doc("resource units 1"),
        le32("he_mu.ru2").hex().doc("resource units 2"),
        le16("he_mu_user.info1").hex().doc("user of other 1"),
        le16("he_mu_user.info2").hex().doc("user of other 2"),
        u8("he_mu_user.position").doc("position of the user"),
        u8("he_mu_user.known").hex().doc("what is known of the user"),
        u8("0_length_psdu.type").doc("kind of an empty PSDU"),
        le16("l_sig.data1")
            .craft("lsig_data1")
            .letters(&["rate", "length"])
            .hex()
            .doc("L-SIG, what is known"),
        le16("l_sig.data2").hex().doc("L-SIG, rate and length"),
        bytes("vendor", rest()).doc("a vendor's fields, and what has no known place"),
    ];
    all.extend(PRESENT.iter().map(|(name, doc)| flag(name).doc(doc)));
    all.extend(parts::fields());
    all
}

pub(super) fn radiotap() -> Protocol {
    let protocol = Protocol::new("radiotap", "Radiotap")
        .layer("RadioTap")
        .source("radiotap.org")
        .on(LINK_TYPE, &[127])
        .heads(&["wlan"])
        .later(whole)
        .leads_to(&["wlan"])
        .after(after)
        .summary(summary);
    protocol.sample_on(
        LinkType::IEEE802_11_RADIOTAP,
        concat!(
            "0000 1a00 2f480000 0100000000000000 10 02 6c09 a000 c4 01 0000",
            "0801 3000 020000000002 020000000001 020000000003 1000 aaaa03000000 0800 4500002000010000401166ca0a0000010a00000203e807d0000c1b5561626364 00000000"
        ),
    )
    .sample_on(
        LinkType::IEEE802_11_RADIOTAP,
        concat!(
            "0000 0900 02000000 20",
            "8801 3000 020000000002 020000000001 020000000003 1000 0000 0000 aaaa03000000 0800 4500002000010000401166ca0a0000010a00000203e807d0000c1b5561626364"
        ),
    )
}

/// Header and generated fields.
fn whole(protocol: Protocol) -> Protocol {
    protocol
        .field(u8("version").doc("version"))
        .field(u8("pad").doc("padding"))
        .field(
            le16("length")
                .craft("len")
                .len_of(crate::schema::Span::Header, 1, 0)
                .unit("octets")
                .doc("length of the header"),
        )
        .field(crate::schema::built([le32("written.present")
            .craft("present")
            .letters(&PRESENT_NAMES)
            .hidden()
            .doc("presence word")
            .into()]))
        .field(crate::schema::Item::Block(
            label("content").doc("fields").hidden(),
            Size::Octets(val("length") - 4),
            vec![crate::schema::Item::Custom(fields(), present, Some(write))].into(),
        ))
        .extra(be32("=wlan.fcs").hex().doc("frame check sequence"))
}

/// Whether a header says that the 802.11 header behind it is padded to four octets in front of the body.
pub(crate) fn pads(header: &[u8]) -> bool {
    flags(header) & 0x20 != 0
}

fn little(octets: &[u8]) -> u64 {
    octets.iter().rev().fold(0, |sum, octet| sum << 8 | u64::from(*octet))
}

/// The presence words: each with a bit that says whether one more follows.
fn words(octets: &[u8]) -> impl Iterator<Item = u32> {
    let mut more = true;
    octets.as_chunks::<4>().0.iter().take(WORDS).map(|word| u32::from_le_bytes(*word)).take_while(
        move |word| {
            let here = more;
            more = word >> MORE & 1 == 1;
            here
        },
    )
}

fn present(walk: &mut Walk<'_, '_>) {
    let head = walk.layer_offset();
    let octets = walk.rest();
    let count = words(octets).count();
    if count == 0 {
        walk.missing(4);
        return;
    }
    for word in words(octets) {
        let at = walk.offset();
        walk.emit("present.word", at, 4, u64::from(word));
        for (bit, (name, _)) in PRESENT.iter().enumerate() {
            walk.emit(name, at, 4, u64::from(word >> bit & 1));
        }
        walk.advance(4);
    }
    for word in words(octets) {
        for bit in (0..MORE).filter(|bit| word >> bit & 1 == 1) {
            match PARTS.get(bit as usize) {
                Some(part) => {
                    let from_head = walk.offset().saturating_sub(head);
                    walk.advance(from_head.next_multiple_of(part.align).saturating_sub(from_head));
                    if !one(walk, part) {
                        return;
                    }
                }
                None if bit == RADIOTAP_SPACE => {}
                None => {
                    let left = walk.rest().len();
                    walk.take_octets("vendor", left);
                    return;
                }
            }
        }
    }
    let left = walk.rest().len();
    if left > 0 {
        walk.take_octets("vendor", left);
    }
}

fn one(walk: &mut Walk<'_, '_>, part: &Part) -> bool {
    let first = walk.offset();
    for (name, size) in part.parts {
        let Some(octets) = walk.rest().get(..*size) else {
            walk.missing(*size);
            return false;
        };
        let at = walk.offset();
        let value = little(octets);
        walk.emit(name, at, *size, value);
        if *name == "rate" {
            walk.emit_made("datarate", at, 1, |out| {
                super::put::decimal(out, value / 2);
                out.extend_from_slice(if value & 1 == 0 { b"" } else { b".5" });
            });
        }
        parts::emit(walk, name, at, *size, value);
        walk.advance(*size);
    }
    let taken = walk.all_octets().get(first..walk.offset()).unwrap_or_default();
    match part.parts {
        [("mcs.known", _), ..] => rates::high_throughput(walk, first, taken),
        [("vht.known", _), ..] => rates::very_high_throughput(walk, first, taken),
        [("he.data_1", _), ..] => parts::high_efficiency(walk, first, taken),
        _ => {}
    }
    true
}

/// The flags, where they are among the fields.
fn flags(header: &[u8]) -> u8 {
    let Some(octets) = header.get(4..) else { return 0 };
    let Some(word) = words(octets).next() else { return 0 };
    let mut at = words(octets).count().saturating_mul(4).saturating_add(4);
    if word & 1 == 1 {
        at = at.next_multiple_of(8).saturating_add(8);
    }
    if word & 2 == 0 { 0 } else { header.get(at).copied().unwrap_or(0) }
}

fn after(walk: &mut Walk<'_, '_>) {
    if flags(walk.header()) & 0x10 != 0 && walk.take_trailer(4) {
        let at = walk.layer_offset().saturating_add(walk.layer_octets().len());
        let octets = walk.all_octets().get(at..).and_then(<[u8]>::first_chunk::<4>);
        if let Some(octets) = octets {
            walk.emit("=wlan.fcs", at, 4, u64::from(u32::from_le_bytes(*octets)));
        }
    }
    walk.next_named("wlan");
}

/// `1.0 Mb/s 2412 MHz 11b -60dBm signal antenna 1 `, and the frame.
fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    let length = body
        .data
        .get(2..)
        .and_then(<[u8]>::first_chunk)
        .map_or(0, |pair| usize::from(u16::from_le_bytes(*pair)));
    let Some(header) = body.data.get(..length).filter(|_| length >= 8) else {
        line.text("802.11");
        line.cut("802.11", body);
        return;
    };
    radio(line, header);
    let frame = body.skip(length);
    let trailer = if flags(header) & 0x10 == 0 { 0 } else { 4 };
    line.named("wlan", frame.limit(frame.len.saturating_sub(trailer)));
}

fn radio(line: &mut Line<'_, '_>, header: &[u8]) {
    let Some(octets) = header.get(4..) else { return };
    let Some(word) = words(octets).next() else { return };
    let mut at = words(octets).count().saturating_mul(4).saturating_add(4);
    for bit in (0..28_u32).filter(|bit| word >> bit & 1 == 1) {
        let Some(part) = PARTS.get(bit as usize) else { return };
        at = at.next_multiple_of(part.align);
        let size: usize = part.parts.iter().map(|(_, size)| size).sum();
        let Some(octets) = header.get(at..at.saturating_add(size)) else { return };
        at = at.saturating_add(size);
        let value = little(octets);
        match bit {
            0 => {
                line.number(value);
                line.text("us tsft ");
            }
            1 => {
                for (shift, name) in
                    [(0, "cfp "), (1, "short preamble "), (2, "wep "), (3, "fragmented "), (6, "bad-fcs ")]
                {
                    line.text(if value >> shift & 1 == 1 { name } else { "" });
                }
            }
            2 => {
                line.number(value / 2);
                line.text(if value & 1 == 0 { ".0 Mb/s " } else { ".5 Mb/s " });
            }
            3 => channel(line, value),
            5 | 6 | 10 => {
                super::put::signed(line.out, i64::from(octets.first().copied().unwrap_or(0).cast_signed()));
                line.text(match bit {
                    5 => "dBm signal ",
                    6 => "dBm noise ",
                    _ => "dBm tx power ",
                });
            }
            7 => {
                line.number(value);
                line.text(" sq ");
            }
            11 => {
                line.text("antenna ");
                line.number(value);
                line.text(" ");
            }
            12 | 13 => {
                line.number(value);
                line.text(if bit == 12 { "dB signal " } else { "dB noise " });
            }
            19 if value & 2 != 0 => {
                line.text("MCS ");
                line.number(value >> 16 & 0xff);
                line.text(" ");
            }
            _ => {}
        }
    }
}

fn channel(line: &mut Line<'_, '_>, value: u64) {
    line.number(value & 0xffff);
    line.text(" MHz");
    let flags = value >> 16;
    line.text(match (flags & 0x80 != 0, flags & 0x100 != 0) {
        (_, true) => " 11a ",
        (true, _) if flags & 0x440 != 0 => " 11g ",
        (true, _) => " 11b ",
        _ => " ",
    });
}

pub(super) fn prism() -> Protocol {
    Protocol::new("prism", "Prism capture header")
        .layer("PrismHeader")
        .source("LINKTYPE_IEEE802_11_PRISM, linux-wlan-ng")
        .on(LINK_TYPE, &[119])
        .field(le32("msgcode").default(68).doc("message"))
        .field(le32("msglen").craft("len").default(144).unit("octets").doc("length of the header"))
        .field(text("devname", Size::Octets(lit(16))).craft("dev").doc("device"))
        .field(block(label("items").doc("items").hidden(), Size::Octets(val("msglen") - 24), [repeat(
            label("did").doc("item"),
            [
                le32("did.type").hex().names(ITEMS).doc("item").into(),
                le16("did.status").names(&[(0, "supplied"), (1, "not supplied")]).doc("status").into(),
                le16("did.length").unit("octets").doc("length").into(),
                le32("did.data").doc("value").into(),
            ],
        )]))
        .leads_to(&["wlan"])
        .after(|walk| walk.next_named("wlan"))
        .summary(|line, body| {
            let length = body.data.get(4..).and_then(<[u8]>::first_chunk).map(|octets| u32::from_le_bytes(*octets));
            match length.and_then(|length| usize::try_from(length).ok()).filter(|length| (24..=body.data.len()).contains(length)) {
                Some(length) => line.named("wlan", body.skip(length)),
                None => {
                    line.text("802.11");
                    line.cut("802.11", body);
                }
            }
        })
        .sample_on(LinkType::PRISM, concat!(
            "44000000 30000000 776c616e300000000000000000000000 44000100 0000 0400 07000000 44000300 0000 0400 0b000000",
            "d400 0000 020000000001"
        ))
}

const ITEMS: &[(u64, &str)] = &[
    (0x0001_0044, "host time"),
    (0x0002_0044, "MAC time"),
    (0x0003_0044, "channel"),
    (0x0004_0044, "RSSI"),
    (0x0005_0044, "signal quality"),
    (0x0006_0044, "signal"),
    (0x0007_0044, "noise"),
    (0x0008_0044, "rate"),
    (0x0009_0044, "sent by us"),
    (0x000a_0044, "frame length"),
];
