//! Blocks of RTCP's extended reports (RFC 3611 §4).

use crate::schema::{
    Count, Item, Size, be16, be32, bits, block, bytes, flag, label, left, ntp_time, rest, switch, u8, val,
};

const KINDS: &[(u64, &str)] = &[
    (1, "lost packets"),
    (2, "duplicate packets"),
    (3, "times of receipt"),
    (4, "reference time"),
    (5, "delay since the last reference time"),
    (6, "statistics summary"),
    (7, "VoIP metrics"),
    (8, "BT's network quality"),
    (12, "synchronisation between destinations"),
];

pub(super) fn blocks() -> Item {
    Item::Repeat(
        label("xr.block").doc("report block"),
        Count::ToEnd,
        vec![
            u8("xr.bt").names(KINDS).doc("kind").into(),
            switch(
                val("xr.bt"),
                [
                    (1, thinning()),
                    (2, thinning()),
                    (3, thinning()),
                    (
                        12,
                        vec![
                            bits("xr.idms.spst", 4).doc("kind of the sender").into(),
                            bits("xr.idms.reserved", 3).doc("reserved").hidden().into(),
                            flag("xr.idms.p").doc("the time of presentation is told").hidden().into(),
                        ],
                    ),
                    (
                        6,
                        vec![
                            flag("xr.stats.lrflag").doc("losses are reported").into(),
                            flag("xr.stats.dupflag").doc("duplicates are reported").into(),
                            flag("xr.stats.jitterflag").doc("jitter is reported").into(),
                            bits("xr.stats.ttl", 2)
                                .names(&[(0, "none"), (1, "IPv4"), (2, "IPv6")])
                                .doc("hops are reported")
                                .into(),
                            bits("xr.stats.reserved", 3).doc("reserved").into(),
                        ],
                    ),
                ],
                vec![u8("xr.bs").doc("by kind").into()],
            ),
            be16("xr.bl").unit("4 octets").doc("length").into(),
            block(
                label("xr.content").doc("content").hidden(),
                Size::Octets((val("xr.bl") * 4).min(left())),
                [switch(
                    val("xr.bt"),
                    [
                        (1, run_lengths()),
                        (2, run_lengths()),
                        (3, receipts()),
                        (4, vec![ntp_time("xr.timestamp").doc("time").into()]),
                        (5, delays()),
                        (6, statistics()),
                        (7, voice()),
                        (8, network_quality()),
                        (12, synchronisation()),
                    ],
                    vec![bytes("xr.data", rest()).doc("content").into()],
                )],
            ),
        ]
        .into(),
    )
}

fn thinning() -> Vec<Item> {
    vec![
        bits("xr.reserved", 4).doc("reserved").into(),
        bits("xr.tf", 4).doc("one of 2^N packets is reported").into(),
    ]
}

fn source() -> Item {
    be32("ssrc.identifier").hex().doc("source").into()
}

fn span() -> [Item; 3] {
    [
        source(),
        be16("xr.beginseq").doc("first packet").into(),
        be16("xr.endseq").doc("packet behind the last").into(),
    ]
}

fn run_lengths() -> Vec<Item> {
    let mut items: Vec<Item> = span().into();
    items.push(Item::Repeat(
        label("xr.chunks").doc("chunks").hidden(),
        Count::ToEnd,
        vec![super::rtp_parts::chunk_parts(), be16("xr.chunk").hex().doc("run length or bits").into()].into(),
    ));
    items
}

fn receipts() -> Vec<Item> {
    let mut items: Vec<Item> = span().into();
    items.push(Item::Repeat(
        label("xr.receipts").doc("times").hidden(),
        Count::ToEnd,
        vec![be32("xr.receipt_time_seq").doc("time of receipt").into()].into(),
    ));
    items
}

fn delays() -> Vec<Item> {
    vec![Item::Repeat(
        label("xr.delays").doc("delays"),
        Count::ToEnd,
        vec![
            source(),
            be32("xr.lrr").doc("last reference time").into(),
            be32("xr.dlrr").doc("delay since it, 1/65536 s each").into(),
        ]
        .into(),
    )]
}

fn statistics() -> Vec<Item> {
    let mut items: Vec<Item> = span().into();
    let numbers: [(&'static str, &'static str); 6] = [
        ("xr.stats.lost", "lost packets"),
        ("xr.stats.dups", "duplicate packets"),
        ("xr.stats.minjitter", "least jitter"),
        ("xr.stats.maxjitter", "most jitter"),
        ("xr.stats.meanjitter", "mean jitter"),
        ("xr.stats.devjitter", "deviation of the jitter"),
    ];
    items.extend(numbers.map(|(name, doc)| be32(name).doc(doc).into()));
    let hops: [(&'static str, &'static str); 4] = [
        ("xr.stats.minttl", "fewest hops left"),
        ("xr.stats.maxttl", "most hops left"),
        ("xr.stats.meanttl", "mean of the hops left"),
        ("xr.stats.devttl", "deviation of the hops left"),
    ];
    items.extend(hops.map(|(name, doc)| u8(name).doc(doc).into()));
    items
}

/// RFC 5093 §3.
fn network_quality() -> Vec<Item> {
    let third = |name: &'static str, doc: &'static str| -> [Item; 2] {
        [u8("xr.btxnq.reserved").doc("reserved").hidden().into(), crate::schema::be24(name).doc(doc).into()]
    };
    let mut items: Vec<Item> = vec![
        be16("xr.btxnq.begseq").doc("first packet").into(),
        be16("xr.btxnq.endseq").doc("packet behind the last").into(),
        be16("xr.btxnq.vmaxdiff").doc("largest difference of delays").into(),
        be16("xr.btxnq.vrange").doc("range of delays").into(),
        be32("xr.btxnq.vsum").doc("sum of differences").into(),
        be16("xr.btxnq.cycles").doc("cycles").into(),
        be16("xr.btxnq.jbevents").doc("events of the jitter buffer").into(),
    ];
    items.extend(third("xr.btxnq.tdegnet", "time of degradation by the network"));
    items.extend(third("xr.btxnq.tdegjit", "time of degradation by jitter"));
    items.extend(third("xr.btxnq.es", "seconds with errors"));
    items.extend(third("xr.btxnq.ses", "seconds with many errors"));
    items
}

/// RFC 7272 §7.
fn synchronisation() -> Vec<Item> {
    vec![
        bits("xr.idms.pt", 7).doc("payload type").into(),
        bits("xr.idms.reserved2", 25).doc("reserved").hidden().into(),
        be32("xr.idms.msci").doc("group").into(),
        be32("xr.idms.source_ssrc").doc("source of the media").into(),
        ntp_time("xr.idms.ntp_rcv_ts").doc("time of receipt").into(),
        be32("xr.idms.rtp_ts").doc("RTP time of what was received").into(),
        be32("xr.idms.ntp_pres_ts").doc("time of presentation, the middle 32 bits").into(),
    ]
}

fn voice() -> Vec<Item> {
    vec![
        source(),
        u8("ssrc.fraction").doc("fraction lost, 1/256").into(),
        u8("ssrc.discarded").doc("fraction discarded, 1/256").into(),
        u8("xr.voipmetrics.burstdensity").doc("fraction lost within bursts, 1/256").into(),
        u8("xr.voipmetrics.gapdensity").doc("fraction lost within gaps, 1/256").into(),
        be16("xr.voipmetrics.burstduration").unit("ms").doc("mean length of bursts").into(),
        be16("xr.voipmetrics.gapduration").unit("ms").doc("mean length of gaps").into(),
        be16("xr.voipmetrics.rtdelay").unit("ms").doc("round trip").into(),
        be16("xr.voipmetrics.esdelay").unit("ms").doc("delay within the end system").into(),
        u8("xr.voipmetrics.signallevel").signed().unit("dBm").doc("signal level").into(),
        u8("xr.voipmetrics.noiselevel").signed().unit("dBm").doc("noise level").into(),
        u8("xr.voipmetrics.rerl").unit("dB").doc("residual echo return loss").into(),
        u8("xr.voipmetrics.gmin").doc("least packets of a gap").into(),
        u8("xr.voipmetrics.rfactor").doc("R factor").into(),
        u8("xr.voipmetrics.extrfactor").doc("R factor of the network outside").into(),
        u8("xr.voipmetrics.moslq").doc("listening quality, MOS times 10").into(),
        u8("xr.voipmetrics.moscq").doc("conversational quality, MOS times 10").into(),
        bits("xr.voipmetrics.plc", 2)
            .names(&[(0, "unspecified"), (1, "disabled"), (2, "enhanced"), (3, "standard")])
            .doc("concealment of losses")
            .into(),
        bits("xr.voipmetrics.jba", 2)
            .names(&[(0, "unknown"), (1, "reserved"), (2, "not adaptive"), (3, "adaptive")])
            .doc("jitter buffer")
            .into(),
        bits("xr.voipmetrics.jbrate", 4).doc("rate of adjustment of the jitter buffer").into(),
        u8("xr.voipmetrics.reserved").doc("reserved").into(),
        be16("xr.voipmetrics.jbnominal").unit("ms").doc("nominal delay of the jitter buffer").into(),
        be16("xr.voipmetrics.jbmax").unit("ms").doc("most delay of the jitter buffer").into(),
        be16("xr.voipmetrics.jbabsmax")
            .unit("ms")
            .doc("largest delay that the jitter buffer can have")
            .into(),
    ]
}
