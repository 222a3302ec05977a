//! Headers of industrial and media Ethernet: EtherCAT (IEC 61158), AVTP (IEEE Std 1722).
//! What they carry beyond that is shown as octets.

use crate::decode::Walk;
use crate::schema::{
    ETHER_TYPE, Item, Protocol, Size, be16, be32, be64, bits, bytes, custom, flag, label, le16, le32, rest,
    switch, u8, val, when,
};

pub(super) fn ethercat() -> Protocol {
    Protocol::new("ecatf", "EtherCAT frame header")
        .layer("EtherCat")
        .source("IEC 61158-4-12 §5.3, ETG.1000.4")
        .on(ETHER_TYPE, &[0x88a4])
        .heads(&["ecat"])
        .later(fields)
        .after(|walk| {
            if let Some(octets) = walk.layer_octets().first_chunk::<2>() {
                let word = u16::from_le_bytes(*octets);
                let at = walk.layer_offset();
                walk.emit("length", at, 2, u64::from(word & 0x7ff));
                walk.emit("reserved", at, 2, u64::from(word >> 11 & 1));
                walk.emit("type", at, 2, u64::from(word >> 12));
            }
        })
        .sample("ffffffffffff 020000000001 88a4 0e10 08 00 0000 0001 0200 0000 0000 0000")
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    const COMMANDS: &[(u64, &str)] = &[
        (0, "NOP"),
        (1, "APRD"),
        (2, "APWR"),
        (3, "APRW"),
        (4, "FPRD"),
        (5, "FPWR"),
        (6, "FPRW"),
        (7, "BRD"),
        (8, "BWR"),
        (9, "BRW"),
        (10, "LRD"),
        (11, "LWR"),
        (12, "LRW"),
        (13, "ARMW"),
        (14, "FRMW"),
    ];
    protocol
        // A little-endian word: length in the low 11 bits, a reserved bit, the type in the high 4.
        .field(le16("header").hex().doc("length, reserved bit and type"))
        .field(when(
            crate::schema::Test::Eq(val("header") / 4096, crate::schema::lit(1)),
            [Item::Repeat(
                label("datagram").doc("datagram"),
                crate::schema::Count::ToEnd,
                vec![
                    u8("=ecat.cmd").names(COMMANDS).doc("command").into(),
                    u8("=ecat.idx").hex().doc("index").into(),
                    switch(
                        val("=ecat.cmd"),
                        [(10, logical()), (11, logical()), (12, logical())],
                        vec![
                            le16("=ecat.adp").hex().doc("device address").into(),
                            le16("=ecat.ado").hex().doc("offset").into(),
                        ],
                    ),
                    le16("=ecat.lenflags").hex().doc("length and flags").into(),
                    custom(
                        [
                            bits("=ecat.subframe.length", 11).unit("octets").doc("length of the data"),
                            bits("=ecat.subframe.reserved", 3).doc("reserved"),
                            flag("=ecat.subframe.circulating").doc("has been round the ring"),
                            flag("=ecat.subframe.more").doc("another datagram follows"),
                        ],
                        length_and_flags,
                    ),
                    le16("=ecat.int").hex().doc("interrupt").into(),
                    bytes("=ecat.data", Size::Octets(val("=ecat.lenflags").and(0x7ff))).doc("data").into(),
                    le16("=ecat.cnt").doc("working counter").into(),
                ]
                .into(),
            )],
        ))
        .extra(bits("length", 11).unit("octets").brief().doc("length"))
        .extra(bits("reserved", 1).doc("reserved"))
        .extra(
            bits("type", 4)
                .names(&[(1, "commands"), (4, "network variables"), (5, "mailbox")])
                .brief()
                .doc("type"),
        )
}

/// Logical commands have one address of 32 bits.
fn logical() -> Vec<Item> {
    vec![le32("=ecat.lad").hex().doc("logical address").into()]
}

/// The parts of the little-endian word before the cursor.
fn length_and_flags(walk: &mut Walk<'_, '_>) {
    let Some([low, high]) = walk.header().last_chunk::<2>().copied() else { return };
    let (word, at) = (u64::from(u16::from_le_bytes([low, high])), walk.offset().saturating_sub(2));
    walk.emit("=ecat.subframe.length", at, 2, word & 0x7ff);
    walk.emit("=ecat.subframe.reserved", at, 2, word >> 11 & 7);
    walk.emit("=ecat.subframe.circulating", at, 2, word >> 14 & 1);
    walk.emit("=ecat.subframe.more", at, 2, word >> 15);
}

/// Head of a stream's frame, IEEE Std 1722-2016 §4.4.4.
fn stream_head() -> Vec<Item> {
    vec![
        flag("svfield").alias("sv").doc("stream identifier is valid").into(),
        bits("verfield", 3).doc("version").into(),
        flag("mrfield").doc("media clock restart").into(),
        bits("reserved", 2).doc("reserved").into(),
        flag("tvfield").doc("time stamp is valid").into(),
        u8("seqnum").brief().doc("sequence number").into(),
        bits("reserved7", 7).doc("reserved").into(),
        flag("tufield").doc("time stamp is uncertain").into(),
        be64("stream_id").hex().brief().doc("stream").into(),
        be32("avtp_timestamp").unit("ns").doc("presentation time").into(),
    ]
}

/// AVTP audio, §7.2 and §7.3.
fn audio() -> Vec<Item> {
    const FORMATS: &[(u64, &str)] = &[
        (0, "user specified"),
        (1, "32 bit floating point"),
        (2, "32 bit integer"),
        (3, "24 bit integer"),
        (4, "16 bit integer"),
        (5, "AES3"),
    ];
    const RATES: &[(u64, &str)] = &[
        (0, "user specified"),
        (1, "8 kHz"),
        (2, "16 kHz"),
        (3, "32 kHz"),
        (4, "44.1 kHz"),
        (5, "48 kHz"),
        (6, "88.2 kHz"),
        (7, "96 kHz"),
        (8, "176.4 kHz"),
        (9, "192 kHz"),
        (10, "24 kHz"),
    ];
    let mut items = stream_head();
    items.extend([
        u8("=aaf.format_info").names(FORMATS).doc("format").into(),
        bits("=aaf.nominal_sample_rate", 4).names(RATES).doc("sample rate").into(),
        bits("=aaf.reserved", 2).doc("reserved").into(),
        bits("=aaf.channels_per_frame", 10).doc("channels").into(),
        u8("=aaf.bit_depth").doc("bits of a sample").into(),
        be16("stream_data_len").unit("octets").doc("payload length").into(),
        bits("=aaf.reserved3", 3).doc("reserved").into(),
        flag("=aaf.sparse_timestamp").doc("not every frame has a time stamp").into(),
        bits("=aaf.evtfield", 4).doc("events").into(),
        u8("=aaf.reserved8").doc("reserved").into(),
        bytes("data", rest()).doc("payload").into(),
    ]);
    items
}

/// Clock reference, §10.4: time stamps alone.
fn clock() -> Vec<Item> {
    const KINDS: &[(u64, &str)] = &[
        (0, "user specified"),
        (1, "audio sample"),
        (2, "video frame"),
        (3, "video line"),
        (4, "machine cycle"),
    ];
    const PULLS: &[(u64, &str)] =
        &[(0, "1"), (1, "1/1.001"), (2, "1.001"), (3, "24/25"), (4, "25/24"), (5, "1/8")];
    vec![
        flag("svfield").alias("sv").doc("stream identifier is valid").into(),
        bits("verfield", 3).doc("version").into(),
        flag("=crf.mrfield").doc("media clock restart").into(),
        bits("=crf.reserved", 1).doc("reserved").into(),
        flag("=crf.fsfield").doc("frame sync").into(),
        flag("=crf.tufield").doc("time stamps are uncertain").into(),
        u8("=crf.seqnum").doc("sequence number").into(),
        u8("=crf.type").names(KINDS).doc("what is stamped").into(),
        be64("=crf.stream_id").hex().doc("stream").into(),
        bits("=crf.pull", 3).names(PULLS).doc("multiplier of the base frequency").into(),
        bits("=crf.base_frequency", 29).unit("Hz").doc("base frequency").into(),
        be16("=crf.data_len").unit("octets").doc("length of the time stamps").into(),
        be16("=crf.timestamp_interval").doc("events between time stamps").into(),
        Item::Block(
            label("=crf.timestamp_data").doc("time stamps").hidden(),
            Size::Octets(val("=crf.data_len").min(crate::schema::left())),
            vec![Item::Repeat(
                label("=crf.entry").doc("time stamp").hidden(),
                crate::schema::Count::ToEnd,
                vec![be64("=crf.timestamp").unit("ns").doc("time stamp").into()].into(),
            )]
            .into(),
        ),
    ]
}

pub(super) fn avtp() -> Protocol {
    Protocol::new("ieee1722", "AVTP (1722)")
        .source("IEEE Std 1722-2016 §4.4")
        .on(ETHER_TYPE, &[0x22f0])
        .heads(&["aaf", "crf", "ieee17221"])
        .later(avtp_fields)
        .sample("91e0f0000001 020000000001 22f0 02 81 07 00 0200000000010000 00000064 02 05 04 20 0004 0000 01020304")
        .sample("91e0f0000001 020000000001 22f0 04 80 05 01 0200000000010000 0000bb80 0010 00a0 0000000000000064 00000000000003e8")
        .sample("91e0f0010000 020000000001 22f0 fc 01 002c 0102030405060708 0000000000000001 0000000000000002 0000000000000003 0001 0002 91e0f0000001 0001 0004 0002 0002 0000")
        .sample("020000000002 020000000001 22f0 fb 00 0014 0000000000000001 0000000000000002 0007 0004 0000 0000 0005 0000")
}

/// A layer of its own, whose head is AVTP's.
fn avdecc(items: Vec<Item>) -> crate::schema::Items {
    vec![Item::Block(label("=ieee17221").doc("AVDECC (1722.1)"), rest(), items.into())].into()
}

/// Header and generated fields.
fn avtp_fields(protocol: Protocol) -> Protocol {
    const SUBTYPES: &[(u64, &str)] = &[
        (0x00, "IEC 61883/IIDC"),
        (0x01, "MMA stream"),
        (0x02, "AVTP audio"),
        (0x03, "compressed video"),
        (0x04, "clock reference"),
        (0x05, "time-synchronous control"),
        (0x06, "SDI video"),
        (0x07, "raw video"),
        (0x6e, "AES encrypted"),
        (0x6f, "vendor specific stream"),
        (0x7f, "experimental stream"),
        (0x82, "non-time-synchronous control"),
        (0xec, "ECC signed control"),
        (0xed, "ECC encrypted control"),
        (0xfa, "AVDECC discovery"),
        (0xfb, "AVDECC enumeration and control"),
        (0xfc, "AVDECC connection management"),
        (0xfe, "MAAP"),
        (0xff, "experimental control"),
    ];
    let stream = || {
        let mut items = stream_head();
        items.extend([
            be32("format_info").hex().doc("format").into(),
            be16("stream_data_len").unit("octets").doc("payload length").into(),
            be16("packet_info").hex().doc("packet information").into(),
            bytes("data", rest()).doc("payload").into(),
        ]);
        items
    };
    let control = vec![
        flag("svfield").doc("stream identifier is valid").into(),
        bits("verfield", 3).doc("version").into(),
        bits("control_data", 4).brief().doc("message type").into(),
        bits("status", 5).doc("status").into(),
        bits("control_data_length", 11).unit("octets").doc("length").into(),
        be64("stream_id").hex().doc("stream or entity").into(),
        bytes("data", rest()).doc("data").into(),
    ];
    protocol.field(u8("subtype").hex().names(SUBTYPES).brief().doc("subtype")).field(Item::Switch(
        val("subtype"),
        vec![
            (0, 1, stream().into()),
            (2, 2, audio().into()),
            (3, 3, stream().into()),
            (4, 4, clock().into()),
            (5, 0x7f, stream().into()),
            (0xfa, 0xfa, avdecc(super::avdecc::discovery())),
            (0xfb, 0xfb, avdecc(super::avdecc::control())),
            (0xfc, 0xfc, avdecc(super::avdecc::connection())),
        ],
        control.into(),
    ))
}
