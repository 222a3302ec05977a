//! RTP and RTCP, RFC 3550. Calls choose their ports: seen on the registered ones, on those that SDP in SIP has announced,
//! and with the user's word (`--decode-as udp.port==5000:rtp`).

use crate::decode::Walk;
use crate::schema::{
    Field, Item, Kind, Protocol, Size, UDP_PORT, be16, be24, be32, be64, bits, block, bytes, custom, flag,
    ge, label, left, lit, look, not, ntp_time, repeat, rest, switch, text, times, u8, val, when,
};

/// RFC 3551 §6.
const PAYLOADS: &[(u64, &str)] = &[
    (0, "PCMU"),
    (3, "GSM"),
    (4, "G723"),
    (5, "DVI4, 8 kHz"),
    (6, "DVI4, 16 kHz"),
    (7, "LPC"),
    (8, "PCMA"),
    (9, "G722"),
    (10, "L16, stereo"),
    (11, "L16, mono"),
    (12, "QCELP"),
    (13, "comfort noise"),
    (14, "MPA"),
    (15, "G728"),
    (18, "G729"),
    (25, "CelB"),
    (26, "JPEG"),
    (28, "nv"),
    (31, "H261"),
    (32, "MPV"),
    (33, "MP2T"),
    (34, "H263"),
];

pub(super) fn rtp() -> Protocol {
    Protocol::new("rtp", "Real-time Transport Protocol")
        .layer("RTP")
        .body("RTPExtension", "csrc", &[("ext.profile", 0)])
        .below("RTPExtension", "rtp", &[("ext", crate::schema::Given::Number(1))])
        .ports_below("udp", 53, 53)
        .source("RFC 3550 §5")
        .on(UDP_PORT, &[5004])
        .accepts(UDP_PORT, |data| data.len() >= 12 && data.first().is_some_and(|first| first >> 6 == 2))
        .extras(set_up())
        .after(of_call)
        .field(bits("version", 2).default(2).doc("version"))
        .field(flag("padding").doc("padding is there"))
        .field(flag("ext").craft("extension").doc("extension is there"))
        .field(bits("cc", 4).craft("numsync").count_of("csrc").doc("contributing sources"))
        .field(flag("marker").doc("marker").brief())
        .field(bits("p_type", 7).craft("payload_type").names(PAYLOADS).doc("payload type").brief())
        .field(be16("seq").craft("sequence").doc("sequence number").brief())
        .field(be32("timestamp").doc("time stamp").brief())
        .field(be32("ssrc").craft("sourcesync").hex().doc("source").brief())
        .field(times(label("csrc").craft("sync").doc("contributing sources").hidden(), val("cc"), [
            be32("csrc.item").hex().doc("contributing source").into(),
        ]))
        .field(when(ge("ext", 1), [
            be16("ext.profile").craft("header_id").hex().doc("profile").into(),
            be16("ext.len").craft("header_len").count_of("ext.written").doc("length in 4 octets").into(),
            crate::schema::decoded([super::rtp_parts::extension(Size::Octets(val("ext.len") * 4))]),
            crate::schema::built([repeat(label("ext.written").craft("header").hidden().doc("extension"), [
                be32("ext.written.word").hidden().doc("word").into(),
            ])]),
        ]))
        .field(super::rtp_parts::payload())
        .sample("02000000000202000000000108004500002d00010000401166bd0a0000010a000002138c138c0019ecf280000007000000a000001234766f696365")
        .sample("02000000000202000000000108004500003c00010000401166ae0a0000010a000002138c138c00286dd0b00000010000000200000003bede000210aa21bbcc0000007061790000000004")
}

/// What the signalling says of the packets that it announced.
fn set_up() -> [Field; 2] {
    [
        be64("setup-frame").doc("frame that announced the stream"),
        Field::new("setup-method", Kind::Made, Size::Rest).doc("how it did"),
    ]
}

fn of_call(walk: &mut Walk<'_, '_>) {
    let Some(known) = walk.around().joined.and_then(|joined| joined.announcement.as_ref()) else { return };
    if !walk.quoted() && walk.is_first_of_its_kind() {
        let at = walk.layer_offset();
        walk.emit("setup-frame", at, 0, known.frame);
        walk.emit_made("setup-method", at, 0, |out| out.extend_from_slice(b"SDP"));
    }
}

/// IANA "RTCP SDES Item Types".
const DESCRIPTIONS: &[(u64, &str)] = &[
    (0, "end"),
    (1, "CNAME"),
    (2, "NAME"),
    (3, "EMAIL"),
    (4, "PHONE"),
    (5, "LOC"),
    (6, "TOOL"),
    (7, "NOTE"),
    (8, "PRIV"),
    (9, "H323-CADDR"),
    (10, "APSI"),
    (11, "RGRP"),
    (12, "RtpStreamId"),
    (13, "RepairedRtpStreamId"),
    (14, "CCID"),
    (15, "MID"),
];

/// Chunks: a source, its descriptions, an end mark, and padding to 4 octets (RFC 3550 §6.5).
fn descriptions(walk: &mut Walk<'_, '_>) {
    while !walk.rest().is_empty() && !walk.too_deep() {
        let start = walk.offset();
        let node = walk.open("sdes.chunk");
        let whole = walk.take("ssrc.identifier", 4).is_some() && chunk(walk);
        let used = walk.offset().saturating_sub(start);
        walk.advance(used.next_multiple_of(4).saturating_sub(used));
        walk.close(node);
        if !whole {
            return;
        }
    }
}

fn chunk(walk: &mut Walk<'_, '_>) -> bool {
    loop {
        let Some(kind) = walk.take("sdes.type", 1) else { return false };
        if kind == 0 {
            return true;
        }
        let Some(length) = walk.take("sdes.length", 1).and_then(|length| usize::try_from(length).ok()) else {
            return false;
        };
        let prefix = walk.rest().first().map_or(0, |prefix| usize::from(*prefix));
        let done = if kind == 8 && length > prefix {
            walk.take("sdes.prefix.length", 1).is_some()
                && walk.take_octets("sdes.prefix.string", prefix)
                && walk.take_octets("sdes.text", length.saturating_sub(prefix).saturating_sub(1))
        } else {
            length == 0 || walk.take_octets("sdes.text", length)
        };
        if !done || walk.too_deep() {
            return false;
        }
    }
}

/// IANA "FMT Values for RTPFB Payload Types".
const TRANSPORT: &[(u64, &str)] = &[
    (1, "generic NACK"),
    (3, "TMMBR"),
    (4, "TMMBN"),
    (5, "RTCP-SR-REQ"),
    (8, "ECN"),
    (15, "transport-wide feedback"),
];

/// IANA "FMT Values for PSFB Payload Types".
const PAYLOAD: &[(u64, &str)] = &[
    (1, "picture loss"),
    (2, "slice loss"),
    (3, "reference picture selection"),
    (4, "full intra request"),
    (5, "temporal-spatial trade-off request"),
    (6, "temporal-spatial trade-off notification"),
    (7, "video back channel"),
    (15, "application"),
];

/// Packets whose five bits before the type do not count reports; seen from the type on.
fn counts_otherwise(octets: &[u8]) -> bool {
    matches!(octets.first(), Some(202..=207))
}

/// Packets whose five bits before the type count sources.
fn is_description(octets: &[u8]) -> bool {
    matches!(octets.first(), Some(202 | 203))
}

fn feedback() -> Vec<Item> {
    vec![
        be32("senderssrc").hex().doc("sender").brief().into(),
        be32("mediassrc").hex().doc("media source").into(),
    ]
}

fn fci() -> Vec<Item> {
    vec![bytes("fci", rest()).doc("feedback").into()]
}

fn entries(items: Vec<Item>) -> Vec<Item> {
    vec![Item::Repeat(label("fci.entry").doc("feedback").hidden(), crate::schema::Count::ToEnd, items.into())]
}

/// RFC 4585 §6.2, RFC 5104 §4.2; the message is what other packets count with.
fn transport_feedback() -> Vec<Item> {
    let mut items = feedback();
    items.push(switch(
        val("rtpfb.fmt"),
        [
            (
                1,
                entries(vec![
                    be16("rtpfb.nack_pid").doc("lost packet").into(),
                    be16("rtpfb.nack_blp").hex().doc("which of the sixteen behind it are lost too").into(),
                ]),
            ),
            (3, entries(rate("rtpfb.tmmbr.fci.ssrc"))),
            (4, entries(rate("rtpfb.tmmbr.fci.ssrc"))),
            (15, vec![super::rtcp_congestion::item()]),
        ],
        fci(),
    ));
    items
}

fn rate(source: &'static str) -> Vec<Item> {
    vec![
        be32(source).hex().doc("source").into(),
        bits("rtpfb.tmmbr.fci.exp", 6).doc("bit rate, exponent").into(),
        bits("rtpfb.tmmbr.fci.mantissa", 17).doc("bit rate, mantissa").into(),
        bits("rtpfb.tmmbr.fci.measuredoverhead", 9).unit("octets").doc("overhead of a packet").into(),
    ]
}

/// RFC 4585 §6.3, RFC 5104 §4.3, draft-alvestrand-rmcat-remb §2.2.
fn payload_feedback() -> Vec<Item> {
    let mut items = feedback();
    items.push(switch(
        val("psfb.fmt"),
        [
            (
                2,
                entries(vec![
                    bits("psfb.fir.sli.first", 13).doc("first macroblock").into(),
                    bits("psfb.fir.sli.number", 13).doc("macroblocks").into(),
                    bits("psfb.fir.sli.picture_id", 6).doc("picture").into(),
                ]),
            ),
            (
                4,
                entries(vec![
                    be32("psfb.fir.fci.ssrc").hex().doc("source").into(),
                    u8("psfb.fir.fci.csn").doc("command sequence number").into(),
                    be24("psfb.fir.fci.reserved").doc("reserved").into(),
                ]),
            ),
            (
                15,
                vec![
                    when(
                        look(is_remb),
                        [
                            text("psfb.remb.identifier", Size::Octets(lit(4))).doc("identifier").into(),
                            u8("psfb.remb.fci.number_ssrcs").doc("sources").into(),
                            bits("psfb.remb.fci.br_exp", 6).doc("bit rate, exponent").into(),
                            bits("psfb.remb.fci.br_mantissa", 18).doc("bit rate, mantissa").into(),
                            times(
                                label("psfb.remb.sources").doc("sources").hidden(),
                                val("psfb.remb.fci.number_ssrcs"),
                                [be32("psfb.remb.fci.ssrc").hex().doc("source").into()],
                            ),
                        ],
                    ),
                    bytes("fci", rest()).doc("feedback").into(),
                ],
            ),
        ],
        fci(),
    ));
    items
}

fn is_remb(octets: &[u8]) -> bool {
    octets.starts_with(b"REMB")
}

const PACKETS: &[(u64, &str)] = &[
    (192, "full intra request (RFC 2032)"),
    (193, "negative acknowledgement (RFC 2032)"),
    (200, "sender report"),
    (201, "receiver report"),
    (202, "source description"),
    (203, "goodbye"),
    (204, "application"),
    (205, "transport feedback"),
    (206, "payload feedback"),
    (207, "extended report"),
];

pub(super) fn rtcp() -> Protocol {
    Protocol::new("rtcp", "RTP Control Protocol")
        .layer("RTCP")
        .source("RFC 3550 §6, RFC 4585 §6, RFC 3611 §2")
        .on(UDP_PORT, &[5005])
        .accepts(UDP_PORT, |data| matches!(data, [first, 192..=223, ..] if first >> 6 == 2))
        .extras(set_up())
        .after(of_call)
        .later(fields)
        .sample("02000000000202000000000108004500003c00010000401166ae0a0000010a000002138d138d0028d9fa81c9000700001234000056780000000000000009000000010000000000000000")
        .sample("0200000000020200000000010800450000b800010000401166320a0000010a000002138d138d00a448c281c8000e00000011e8f0000180000000000000070000000800000009000000220100000200000003000000040000000500000006000100080102030480cf0017000000110100000400000033000100094005c00f80010000080000080001000200030004000000050006000700000008000000090000000a0000000b0c1000070a0000000000000500000044e8f00001800000000000004d00000058")
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    let reports = || {
        times(
            label("report_block").doc("report"),
            val("rc"),
            [
                be32("ssrc.identifier").hex().doc("source").into(),
                u8("ssrc.fraction").doc("fraction lost, 1/256").into(),
                be24("ssrc.cum_nr").signed().doc("lost").into(),
                be32("ssrc.ext_high").doc("highest sequence number").of([
                    bits("ssrc.high_cycles", 16).doc("cycles of the sequence number"),
                    bits("ssrc.high_seq", 16).doc("sequence number within the cycle"),
                ]),
                be32("ssrc.jitter").doc("jitter").into(),
                be32("ssrc.lsr").hex().doc("last sender report").into(),
                be32("ssrc.dlsr").doc("delay since it, 1/65536 s each").into(),
            ],
        )
    };
    let sender = || be32("senderssrc").craft("sourcesync").hex().doc("sender").brief();
    let behind_reports = super::rtp_parts::behind_reports;
    protocol.field(repeat(
        label("packet").doc("packet"),
        [
            bits("version", 2).default(2).doc("version").into(),
            flag("padding").doc("padding is there").into(),
            when(not(look(counts_otherwise)), [bits("rc", 5).craft("count").doc("reports").into()]),
            when(look(is_description), [bits("sc", 5).doc("sources").into()]),
            when(look(|octets| octets.first() == Some(&204)), [bits("app.subtype", 5).doc("subtype").into()]),
            when(
                look(|octets| octets.first() == Some(&205)),
                [bits("rtpfb.fmt", 5).names(TRANSPORT).doc("kind of feedback").into()],
            ),
            when(
                look(|octets| octets.first() == Some(&206)),
                [bits("psfb.fmt", 5).names(PAYLOAD).doc("kind of feedback").into()],
            ),
            when(look(|octets| octets.first() == Some(&207)), [bits("xr.unused", 5).doc("reserved").into()]),
            u8("pt").craft("packet_type").default(200).names(PACKETS).doc("packet type").brief().into(),
            be16("length").craft("length").doc("length in 4 octets, less one").into(),
            block(
                label("content").doc("content").hidden(),
                Size::Octets(val("length") * 4),
                [switch(
                    val("pt"),
                    [
                        (
                            200,
                            vec![
                                sender().into(),
                                super::rtp_parts::time_words(),
                                ntp_time("timestamp.ntp").doc("time").into(),
                                be32("timestamp.rtp").doc("RTP time").into(),
                                be32("sender.packetcount").doc("packets sent").into(),
                                be32("sender.octetcount").doc("octets sent").into(),
                                reports(),
                                behind_reports(),
                            ],
                        ),
                        (201, vec![sender().into(), reports(), behind_reports()]),
                        (192, vec![be32("ssrc.identifier").hex().doc("source").into()]),
                        (193, super::rtp_parts::old_nack()),
                        (
                            202,
                            vec![custom(
                                [
                                    label("sdes.chunk").doc("descriptions of a source"),
                                    be32("ssrc.identifier").hex().doc("source"),
                                    u8("sdes.type").names(DESCRIPTIONS).doc("description"),
                                    u8("sdes.length").unit("octets").doc("length"),
                                    text("sdes.text", rest()).doc("text"),
                                    u8("sdes.prefix.length").unit("octets").doc("length of the prefix"),
                                    text("sdes.prefix.string", rest()).doc("prefix"),
                                ],
                                descriptions,
                            )],
                        ),
                        (
                            203,
                            vec![
                                times(
                                    label("leaving").doc("leaving").hidden(),
                                    val("sc"),
                                    [be32("ssrc.identifier").hex().doc("source").into()],
                                ),
                                when(
                                    crate::schema::Test::Ge(left(), lit(1)),
                                    [
                                        u8("sdes.length").unit("octets").doc("length").into(),
                                        text("sdes.text", Size::Octets(val("sdes.length").min(left())))
                                            .doc("text")
                                            .into(),
                                        bytes("bye_padding", rest()).doc("padding").into(),
                                    ],
                                ),
                            ],
                        ),
                        (
                            204,
                            vec![
                                be32("ssrc.identifier").hex().doc("source").into(),
                                text("app.name", Size::Octets(lit(4).min(left()))).doc("name").into(),
                                super::rtp_parts::application_text(),
                                bytes("app.data", rest()).doc("data").into(),
                            ],
                        ),
                        (205, transport_feedback()),
                        (206, payload_feedback()),
                        (207, vec![sender().into(), super::rtcp_extended::blocks()]),
                    ],
                    vec![bytes("data", rest()).doc("content").into()],
                )],
            ),
        ],
    ))
}
