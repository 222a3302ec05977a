//! RTP and RTCP, RFC 3550. Calls choose their ports: seen on the registered ones and with the user's word
//! (`--decode-as udp.port==5000:rtp`).

use crate::schema::{
    Protocol, Size, UDP_PORT, be16, be24, be32, bits, block, bytes, flag, ge, label, left, lit, ntp_time,
    repeat, rest, switch, times, u8, val, when,
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
        .source("RFC 3550 §5")
        .on(UDP_PORT, &[5004])
        .accepts(UDP_PORT, |data| data.len() >= 12 && data.first().is_some_and(|first| first >> 6 == 2))
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
            be16("ext.profile").hex().doc("profile").into(),
            be16("ext.len").doc("length in 4 octets").into(),
            bytes("ext.data", Size::Octets(val("ext.len") * 4)).doc("extension").into(),
        ]))
        .field(bytes("payload", rest()).doc("payload"))
        .sample("02000000000202000000000108004500002d00010000401166bd0a0000010a000002138c138c0019ecf280000007000000a000001234766f696365")
}

const PACKETS: &[(u64, &str)] = &[
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
    let reports = || {
        times(
            label("report_block").doc("report"),
            val("rc"),
            [
                be32("ssrc.identifier").hex().doc("source").into(),
                u8("ssrc.fraction").doc("fraction lost, 1/256").into(),
                be24("ssrc.cum_nr").signed().doc("lost").into(),
                be32("ssrc.ext_high").doc("highest sequence number").into(),
                be32("ssrc.jitter").doc("jitter").into(),
                be32("ssrc.lsr").hex().doc("last sender report").into(),
                be32("ssrc.dlsr").doc("delay since it, 1/65536 s each").into(),
            ],
        )
    };
    let sender = || be32("senderssrc").craft("sourcesync").hex().doc("sender").brief();
    Protocol::new("rtcp", "RTP Control Protocol")
        .layer("RTCP")
        .source("RFC 3550 §6, RFC 4585 §6, RFC 3611 §2")
        .on(UDP_PORT, &[5005])
        .accepts(UDP_PORT, |data| matches!(data, [first, 192..=223, ..] if first >> 6 == 2))
        .field(repeat(label("packet").doc("packet"), [
            bits("version", 2).default(2).doc("version").into(),
            flag("padding").doc("padding is there").into(),
            bits("rc", 5).craft("count").alias("sc").doc("count, or what the type says").into(),
            u8("pt").craft("packet_type").default(200).names(PACKETS).doc("packet type").brief().into(),
            be16("length").craft("length").doc("length in 4 octets, less one").into(),
            block(label("content").doc("content").hidden(), Size::Octets(val("length") * 4), [switch(
                val("pt"),
                [
                    (200, vec![
                        sender().into(),
                        ntp_time("timestamp.ntp").doc("time").into(),
                        be32("timestamp.rtp").doc("RTP time").into(),
                        be32("sender.packetcount").doc("packets sent").into(),
                        be32("sender.octetcount").doc("octets sent").into(),
                        reports(),
                    ]),
                    (201, vec![sender().into(), reports()]),
                    (202, vec![bytes("sdes", rest()).doc("descriptions").into()]),
                    (203, vec![times(label("leaving").doc("leaving").hidden(), val("rc"), [be32("ssrc.leaving").hex().doc("source").into()]), bytes("reason", rest()).doc("reason").into()]),
                    (204, vec![be32("ssrc.app").hex().doc("source").into(), bytes("app.name", Size::Octets(lit(4).min(left()))).doc("name").into(), bytes("app.data", rest()).doc("data").into()]),
                    (205, vec![sender().into(), be32("mediassrc").hex().doc("media source").into(), bytes("fci", rest()).doc("feedback").into()]),
                    (206, vec![sender().into(), be32("mediassrc").hex().doc("media source").into(), bytes("fci", rest()).doc("feedback").into()]),
                ],
                vec![bytes("data", rest()).doc("content").into()],
            )]),
        ]))
        .sample("02000000000202000000000108004500003c00010000401166ae0a0000010a000002138d138d0028d9fa81c9000700001234000056780000000000000009000000010000000000000000")
}
