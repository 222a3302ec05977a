//! AVTP (IEEE Std 1722-2016): head, audio, video, IEC 61883, clock references, control messages of vehicles (CAN and LIN), addresses (MAAP).
//! AVDECC has a room of its own.

use crate::schema::{
    Count, ETHER_TYPE, Expr, Item, Protocol, Size, Tlv, TlvCase, be16, be32, be64, bits, block, bytes, eq,
    flag, ge, label, left, mac, rest, switch, u8, val, when,
};

pub(super) fn avtp() -> Protocol {
    Protocol::new("ieee1722", "AVTP (1722)")
        .source("IEEE Std 1722-2016 §4.4")
        .on(ETHER_TYPE, &[0x22f0])
        .heads(&[
            "aaf", "cvf", "crf", "iec61883", "tscf", "ntscf", "acf", "acf-can", "acf-lin", "maap", "ieee17221",
        ])
        .later(fields)
        .sample("91e0f0000001 020000000001 22f0 02 81 07 00 0200000000010000 00000064 02 05 04 20 0004 0000 01020304")
        .sample("91e0f0000001 020000000001 22f0 03 89 07 01 0200000000010007 00000064 02 01 0000 000c 10 00 00001234 2122232425262728")
        .sample("91e0f0000001 020000000001 22f0 00 83 07 01 0200000000010007 00000064 00000000 0010 5f a0 02 04 00 10 90 02 ffff 2122232425262728")
        .sample("91e0f0000001 020000000001 22f0 04 80 05 01 0200000000010000 0000bb80 0010 00a0 0000000000000064 00000000000003e8")
        .sample(concat!(
            "91e0f0000001 020000000001 22f0 05 81 07 00 0200000000010007 00000064 00000000 0050 0000",
            "0206 20 03 2122232425262728 000007ff 2122232425262728 0205 6a 1f 2122232425262728 1fffffff 21222300",
            "0404 42 04 00000123 2122232425260000 0604 60 12 2122232425262728 21222300 0e01 abcd"
        ))
        .sample("91e0f0000001 020000000001 22f0 82 80 10 09 0200000000010007 0404 42 04 00000123 2122232425260000")
        .sample("91e0f000ff00 020000000001 22f0 fe 82 08 10 0000000000000000 91e000000010 0008 91e000000012 0002")
        .sample("91e0f0000001 020000000001 22f0 07 81 07 00 0200000000010000 00000064 01020304 0004 0000 01020304")
        .sample("91e0f0010000 020000000001 22f0 fc 01 002c 0102030405060708 0000000000000001 0000000000000002 0000000000000003 0001 0002 91e0f0000001 0001 0004 0002 0002 0000")
        .sample("020000000002 020000000001 22f0 fb 00 0014 0000000000000001 0000000000000002 0007 0004 0000 0000 0005 0000")
}

/// Names of what begins a stream's frame, which tshark has for each format.
struct Head {
    mr: &'static str,
    reserved: &'static str,
    tv: &'static str,
    sequence: &'static str,
    reserved7: &'static str,
    tu: &'static str,
    stream: &'static str,
    time: &'static str,
}

const HEAD: Head = Head {
    mr: "mrfield",
    reserved: "reserved",
    tv: "tvfield",
    sequence: "seqnum",
    reserved7: "reserved7",
    tu: "tufield",
    stream: "stream_id",
    time: "avtp_timestamp",
};

fn versions() -> [Item; 2] {
    [
        flag("svfield").alias("sv").doc("stream identifier is valid").into(),
        bits("verfield", 3).doc("version").into(),
    ]
}

/// Head of a stream's frame, §4.4.4.
fn stream_head(names: &Head) -> Vec<Item> {
    let mut items = versions().to_vec();
    items.extend([
        flag(names.mr).doc("media clock restart").into(),
        bits(names.reserved, 2).doc("reserved").into(),
        flag(names.tv).doc("time stamp is valid").into(),
    ]);
    items.extend(behind_flags(names));
    items
}

fn behind_flags(names: &Head) -> [Item; 5] {
    [
        u8(names.sequence).brief().doc("sequence number").into(),
        bits(names.reserved7, 7).doc("reserved").into(),
        flag(names.tu).doc("time stamp is uncertain").into(),
        be64(names.stream).hex().brief().doc("stream").into(),
        be32(names.time).unit("ns").doc("presentation time").into(),
    ]
}

fn payload(length: &'static str, name: &'static str, doc: &'static str) -> Item {
    bytes(name, Size::Octets(val(length).min(left()))).doc(doc).into()
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
    let mut items = stream_head(&Head {
        mr: "=aaf.mrfield",
        reserved: "=aaf.reserved2",
        tv: "=aaf.tvfield",
        sequence: "=aaf.seqnum",
        reserved7: "=aaf.reserved7",
        tu: "=aaf.tufield",
        stream: "=aaf.stream_id",
        time: "=aaf.avtp_timestamp",
    });
    items.extend([
        u8("=aaf.format_info").names(FORMATS).doc("format").into(),
        bits("=aaf.nominal_sample_rate", 4).names(RATES).doc("sample rate").into(),
        bits("=aaf.reserved_channels", 2).doc("reserved").into(),
        bits("=aaf.channels_per_frame", 10).doc("channels").into(),
        u8("=aaf.bit_depth").doc("bits of a sample").into(),
        be16("=aaf.stream_data_len").unit("octets").doc("payload length").into(),
        bits("=aaf.reserved3", 3).doc("reserved").into(),
        flag("=aaf.sparse_timestamp").doc("not every frame has a time stamp").into(),
        bits("=aaf.evtfield", 4).doc("events").into(),
        u8("=aaf.reserved").alias("=aaf.reserved8").doc("reserved").into(),
        payload("=aaf.stream_data_len", "=aaf.data", "audio"),
    ]);
    items
}

/// Compressed video, §8.
fn video() -> Vec<Item> {
    const SUBTYPES: &[(u64, &str)] = &[(0, "MJPEG"), (1, "H.264"), (2, "JPEG 2000")];
    let mut items = stream_head(&Head {
        mr: "=cvf.mrfield",
        reserved: "=cvf.reserved2",
        tv: "=cvf.tvfield",
        sequence: "=cvf.seqnum",
        reserved7: "=cvf.reserved7",
        tu: "=cvf.tufield",
        stream: "=cvf.stream_id",
        time: "=cvf.avtp_timestamp",
    });
    items.extend([
        u8("=cvf.format").names(&[(2, "RFC")]).doc("format").into(),
        u8("=cvf.format_subtype").names(SUBTYPES).doc("payload format").into(),
        be16("=cvf.reserved16").hex().doc("reserved").into(),
        be16("=cvf.stream_data_len").unit("octets").doc("payload length").into(),
        switch(
            val("=cvf.format_subtype"),
            [(
                1,
                vec![
                    bits("=cvf.h264_reserved", 2).doc("reserved").into(),
                    flag("=cvf.h264_ptvfield").doc("time stamp of the payload is valid").into(),
                ],
            )],
            vec![bits("=cvf.reserved3", 3).doc("reserved").into()],
        ),
        flag("=cvf.marker_bit").doc("marker").into(),
        bits("=cvf.evtfield", 4).hex().doc("events").into(),
        u8("=cvf.reserved8").doc("reserved").into(),
        when(
            eq("=cvf.format_subtype", 1),
            [be32("=cvf.h264_timestamp").doc("time stamp of the payload, 90 kHz").into()],
        ),
        bytes("=cvf.data", rest()).doc("video").into(),
    ]);
    items
}

/// IEC 61883 and IIDC, §5: an isochronous packet of IEEE 1394, of which that of IEC 61883 begins with a CIP header.
fn isochronous() -> Vec<Item> {
    const FORMATS: &[(u64, &str)] = &[
        (0x00, "DVCR, IEC 61883-2"),
        (0x10, "audio and music, IEC 61883-6"),
        (0x20, "MPEG-2 TS, IEC 61883-4"),
    ];
    const RATES: &[(u64, &str)] = &[
        (0, "32 kHz"),
        (1, "44.1 kHz"),
        (2, "48 kHz"),
        (3, "88.2 kHz"),
        (4, "96 kHz"),
        (5, "176.4 kHz"),
        (6, "192 kHz"),
    ];
    let mut items = versions().to_vec();
    items.extend([
        flag("=iec61883.mrfield").doc("media clock restart").into(),
        bits("=iec61883.reserved", 1).doc("reserved").into(),
        flag("=iec61883.gvfield").doc("gateway information is valid").into(),
        flag("=iec61883.tvfield").doc("time stamp is valid").into(),
    ]);
    items.extend(behind_flags(&Head {
        sequence: "=iec61883.seqnum",
        reserved7: "=iec61883.reserved7",
        tu: "=iec61883.tufield",
        stream: "=iec61883.stream_id",
        time: "=iec61883.avtp_timestamp",
        ..HEAD
    }));
    items.extend([
        be32("=iec61883.gateway_info").hex().doc("gateway information").into(),
        be16("=iec61883.stream_data_len").unit("octets").doc("payload length").into(),
        bits("=iec61883.tag", 2).names(&[(0, "no CIP header"), (1, "CIP header")]).doc("tag").into(),
        bits("=iec61883.channel", 6).doc("channel").into(),
        bits("=iec61883.tcode", 4).hex().doc("transaction code").into(),
        bits("=iec61883.sy", 4).hex().doc("of the application").into(),
        when(
            ge("=iec61883.tag", 1),
            [
                bits("=iec61883.qi1", 2).doc("first quadlet's indicator").into(),
                bits("=iec61883.sid", 6).doc("source").into(),
                u8("=iec61883.dbs").doc("quadlets of a data block").into(),
                bits("=iec61883.fn", 2).doc("data blocks of a source packet, a power of 2").into(),
                bits("=iec61883.qpc", 3).doc("quadlets of padding").into(),
                flag("=iec61883.sph").doc("source packets have headers").into(),
                bits("=iec61883.rsv", 2).doc("reserved").into(),
                u8("=iec61883.dbc").doc("count of data blocks").into(),
                bits("=iec61883.qi2", 2).doc("second quadlet's indicator").into(),
                bits("=iec61883.fmt", 6).hex().names(FORMATS).doc("format").into(),
                switch(
                    val("=iec61883.fmt"),
                    [(
                        0x20,
                        vec![
                            flag("=iec61883.fdf_tsf").doc("shifted in time").into(),
                            bits("=iec61883.fdf_no_syt", 23).hex().doc("of the format").into(),
                            bytes("=iec61883.videodata", rest()).doc("video").into(),
                        ],
                    )],
                    vec![
                        bits("=iec61883.fdf", 5).hex().doc("of the format").into(),
                        bits("=iec61883.sfc", 3).names(RATES).doc("sample rate").into(),
                        be16("=iec61883.syt").hex().doc("presentation time of a data block").into(),
                        bytes("=iec61883.audiodata", rest()).doc("audio").into(),
                    ],
                ),
            ],
        ),
        bytes("=iec61883.data", rest()).doc("payload").into(),
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
    let mut items = versions().to_vec();
    items.extend([
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
        block(
            bytes("=crf.timestamp_data", rest()).doc("time stamps"),
            Size::Octets(val("=crf.data_len").min(left())),
            [Item::Repeat(
                label("=crf.entry").doc("time stamp").hidden(),
                Count::ToEnd,
                vec![be64("=crf.timestamp").unit("ns").doc("time stamp").into()].into(),
            )],
        ),
    ]);
    items
}

/// Control messages that belong to a presentation time, §9.2.
fn timed_control() -> Vec<Item> {
    let mut items = stream_head(&Head {
        mr: "=tscf.flags.mr",
        reserved: "=tscf.flags.rsv1",
        tv: "=tscf.flags.tv",
        sequence: "=tscf.seqnum",
        reserved7: "=tscf.rsv2",
        tu: "=tscf.flags.tu",
        stream: "=tscf.stream_id",
        time: "=tscf.avtp_timestamp",
    });
    items.extend([
        be32("=tscf.rsv3").hex().doc("reserved").into(),
        be16("=tscf.data_len").unit("octets").doc("length of the messages").into(),
        be16("=tscf.rsv4").hex().doc("reserved").into(),
        messages(val("=tscf.data_len")),
    ]);
    items
}

/// Control messages that do not, §9.3.
fn untimed_control() -> Vec<Item> {
    let mut items = versions().to_vec();
    items.extend([
        bits("=ntscf.rfield", 1).doc("reserved").into(),
        bits("=ntscf.data_len", 11).unit("octets").doc("length of the messages").into(),
        u8("=ntscf.seqnum").brief().doc("sequence number").into(),
        be64("=ntscf.stream_id").hex().brief().doc("stream").into(),
        messages(val("=ntscf.data_len")),
    ]);
    items
}

/// Messages with a length in quadlets, which counts their heads, §9.4.
fn messages(octets: Expr) -> Item {
    const KINDS: &[(u64, &str)] = &[
        (0x00, "FlexRay"),
        (0x01, "CAN"),
        (0x02, "CAN, brief"),
        (0x03, "LIN"),
        (0x04, "MOST"),
        (0x05, "general purpose control"),
        (0x06, "serial port"),
        (0x07, "parallel port"),
        (0x08, "sensor"),
        (0x09, "sensor, brief"),
        (0x0a, "AECP"),
        (0x0b, "ancillary data"),
    ];
    let head = || {
        [
            bits("=acf.msg_type", 7).hex().names(KINDS).brief().doc("kind of message").into(),
            bits("=acf.msg_length", 9).doc("length in quadlets, with this head").into(),
        ]
    };
    let mut list =
        Tlv::new(label("=acf").doc("message"), bits("=acf.msg_type", 7), bits("=acf.msg_length", 9))
            .head("=acf.msg_type", Some("=acf.msg_length"), head())
            .unit(4)
            .other([bytes("=acf.data", rest()).doc("message").into()]);
    let case = |kind: u64, items: Vec<Item>| TlvCase { kind, field: label("=acf").doc("message"), items };
    list.cases = vec![case(1, can(true)), case(2, can(false)), case(3, lin())];
    block(label("=acf.list").hidden().doc("messages"), Size::Octets(octets.min(left())), [list.into()])
}

fn padded(padding: &'static str, data: &'static str, pad: &'static str) -> [Item; 2] {
    [
        bytes(data, Size::Octets(left() - val(padding))).doc("data").into(),
        bytes(pad, rest()).doc("padding").into(),
    ]
}

/// §9.4.3, §9.4.4.
fn can(stamped: bool) -> Vec<Item> {
    let mut items: Vec<Item> = vec![
        u8("=acf-can.flags").hex().doc("flags").of([
            bits("=acf-can.flags.pad", 2).unit("octets").doc("padding"),
            flag("=acf-can.flags.mtv").doc("time stamp is valid"),
            flag("=acf-can.flags.rtr").doc("remote transmission request"),
            flag("=acf-can.flags.eff").doc("extended identifier"),
            flag("=acf-can.flags.brs").doc("data at the higher bit rate"),
            flag("=acf-can.flags.fdf").doc("a frame of CAN FD"),
            flag("=acf-can.flags.esi").doc("the sender is error passive"),
        ]),
        bits("=acf-can.rsv1", 3).doc("reserved").into(),
        bits("=acf-can.bus_id", 5).doc("bus").into(),
    ];
    if stamped {
        items.push(be64("=acf-can.message_timestamp").hex().unit("ns").doc("time stamp").into());
    }
    items.extend([
        bits("=acf-can.rsv2", 3).doc("reserved").into(),
        bits("=acf-can.id", 29).hex().brief().doc("identifier").into(),
    ]);
    items.extend(padded("=acf-can.flags.pad", "=acf-can.data", "=acf-can.padding"));
    items
}

/// §9.4.5.
fn lin() -> Vec<Item> {
    let mut items: Vec<Item> = vec![
        bits("=acf-lin.flags.pad", 2).unit("octets").doc("padding").into(),
        flag("=acf-lin.flags.mtv").doc("time stamp is valid").into(),
        bits("=acf-lin.bus_id", 5).doc("bus").into(),
        u8("=acf-lin.id").hex().brief().doc("identifier, with its parity").into(),
        be64("=acf-lin.message_timestamp").hex().unit("ns").doc("time stamp").into(),
    ];
    items.extend(padded("=acf-lin.flags.pad", "=acf-lin.data", "=acf-lin.padding"));
    items
}

/// Addresses for streams, annex B.
fn addresses() -> Vec<Item> {
    let mut items = versions().to_vec();
    items.extend([
        bits("=maap.message_type", 4)
            .names(&[(1, "probe"), (2, "defend"), (3, "announce")])
            .brief()
            .doc("message")
            .into(),
        bits("=maap.version", 5).doc("version").into(),
        bits("=maap.data_length", 11).unit("octets").doc("length").into(),
        be64("=maap.stream_id").hex().doc("zero").into(),
        mac("=maap.req_start_addr").doc("first address that is wanted").into(),
        be16("=maap.req_count").doc("addresses that are wanted").into(),
        mac("=maap.conflict_start_addr").doc("first address in conflict").into(),
        be16("=maap.conflict_count").doc("addresses in conflict").into(),
    ]);
    items
}

/// A layer of its own, whose head is AVTP's.
fn avdecc(items: Vec<Item>) -> crate::schema::Items {
    vec![Item::Block(label("=ieee17221").doc("AVDECC (1722.1)"), rest(), items.into())].into()
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
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
        let mut items = stream_head(&HEAD);
        items.extend([
            be32("format_info").hex().doc("format").into(),
            be16("stream_data_len").unit("octets").doc("payload length").into(),
            be16("packet_info").hex().doc("packet information").into(),
            bytes("data", rest()).doc("payload").into(),
        ]);
        items
    };
    let mut control = versions().to_vec();
    control.extend([
        bits("control_data", 4).brief().doc("message type").into(),
        bits("status", 5).doc("status").into(),
        bits("control_data_length", 11).unit("octets").doc("length").into(),
        be64("stream_id").hex().doc("stream or entity").into(),
        bytes("data", rest()).doc("data").into(),
    ]);
    protocol.field(u8("subtype").hex().names(SUBTYPES).brief().doc("subtype")).field(Item::Switch(
        val("subtype"),
        vec![
            (0, 0, isochronous().into()),
            (1, 1, stream().into()),
            (2, 2, audio().into()),
            (3, 3, video().into()),
            (4, 4, clock().into()),
            (5, 5, timed_control().into()),
            (6, 0x7f, stream().into()),
            (0x82, 0x82, untimed_control().into()),
            (0xfa, 0xfa, avdecc(super::avdecc::discovery())),
            (0xfb, 0xfb, avdecc(super::avdecc::control())),
            (0xfc, 0xfc, avdecc(super::avdecc::connection())),
            (0xfe, 0xfe, addresses().into()),
        ],
        control.into(),
    ))
}
