//! What organisations put into PTP's extension TLVs: IEEE 802.1 (gPTP, Std 802.1AS-2020 §10.6.4 and §11.4.4), CERN (White Rabbit 2.0 §6.3), SMPTE
//! (ST 2059-2 §6) and the power profile (IEEE Std C37.238-2011 and -2017 §5.12).

use crate::schema::{
    Field, Item, Size, Test, be16, be24, be32, be48, bits, bytes, flag, is_in, left, lit, ne, rest, switch,
    u8, val, when,
};

const ORGANISATIONS: &[(u64, &str)] = &[
    (0x0080c2, "IEEE 802.1"),
    (0x080030, "CERN"),
    (0x1c129d, "IEEE PES PSRC (power profile)"),
    (0x6897e8, "SMPTE"),
];

fn octets(name: &'static str, number: i64) -> Field {
    bytes(name, Size::Octets(lit(number)))
}

/// What an organisation's TLV has, or what it has behind that.
fn remains() -> Item {
    when(Test::Ge(left(), lit(1)), [bytes("v2.an.oe.dataField", rest()).doc("data").into()])
}

pub(super) fn extension() -> [Item; 4] {
    [
        be24("v2.an.oe.organizationId")
            .alias("as.fu.organizationId")
            .alias("as.sig.tlv.organizationId")
            .hex()
            .names(ORGANISATIONS)
            .doc("organisation")
            .into(),
        be24("v2.an.oe.organizationSubType")
            .alias("v2.sig.oe.organizationSubType")
            .alias("as.fu.organizationSubType")
            .alias("as.sig.tlv.organizationSubType")
            .alias("v2.oe.smpte.SubType")
            .hex()
            .doc("subtype")
            .into(),
        switch(
            val("v2.an.oe.organizationId"),
            [
                (0x0080c2, vec![generalised()]),
                (0x080030, vec![white_rabbit()]),
                (0x1c129d, vec![power()]),
                (0x6897e8, vec![broadcast()]),
            ],
            vec![],
        ),
        remains(),
    ]
}

/// Length enough for what follows.
fn holds<const N: usize>(number: i64, items: [Item; N]) -> Vec<Item> {
    vec![when(Test::Ge(left(), lit(number)), items)]
}

fn generalised() -> Item {
    let interval = |name: &'static str, doc: &'static str| -> Item { u8(name).signed().doc(doc).into() };
    switch(
        val("v2.an.oe.organizationSubType"),
        [
            (
                1,
                holds(
                    22,
                    [
                        be32("as.fu.cumulativeScaledRateOffset")
                            .signed()
                            .doc("rate of the grandmaster to here, less one, times 2^41")
                            .into(),
                        be16("as.fu.gmTimeBaseIndicator")
                            .doc("changes of the grandmaster's time base")
                            .into(),
                        octets("as.fu.lastGmPhaseChange", 12)
                            .doc("last change of its phase, in units of 2^-16 ns")
                            .into(),
                        be32("as.fu.scaledLastGmFreqChange")
                            .signed()
                            .doc("last change of its frequency, times 2^41")
                            .into(),
                    ],
                ),
            ),
            (
                2,
                holds(
                    6,
                    [
                        interval("as.sig.tlv.linkdelayinterval", "logarithm of the link delay interval"),
                        interval("as.sig.tlv.timesyncinterval", "logarithm of the sync interval"),
                        interval("as.sig.tlv.announceinterval", "logarithm of the announce interval"),
                        u8("as.sig.tlv.flags").hex().doc("flags").of([
                            bits("as.sig.tlv.flags.reserved", 4).doc("reserved"),
                            flag("as.sig.tlv.flags.stepreceivecapable").doc("can receive one-step messages"),
                            flag("as.sig.tlv.flags.meanlinkdelay").doc("asks for the mean link delay"),
                            flag("as.sig.tlv.flags.rateratio").doc("asks for the neighbour's rate ratio"),
                            bits("as.sig.tlv.flags.reserved0", 1).doc("reserved"),
                        ]),
                        be16("as.sig.tlv.reserved").doc("reserved").into(),
                    ],
                ),
            ),
            (
                3,
                holds(
                    41,
                    [
                        octets("as.csn.upstreamTxTime", 12).doc("upstream transmit time").into(),
                        be32("as.csn.neighborRateRatio").signed().doc("neighbour's rate ratio").into(),
                        octets("as.csn.meanLinkDelay", 12).doc("mean link delay").into(),
                        octets("as.csn.delayAsymmetry", 12).doc("delay asymmetry").into(),
                        u8("as.csn.domainNumber").doc("domain").into(),
                    ],
                ),
            ),
            (
                4,
                holds(
                    6,
                    [
                        interval(
                            "as.sig.tlv.gptpcapablemessageinterval",
                            "logarithm of the interval of these messages",
                        ),
                        u8("as.sig.tlv.gptpcapable.flags").hex().doc("flags").into(),
                        octets("as.sig.tlv.gptpcapable.reserved", 4).doc("reserved").into(),
                    ],
                ),
            ),
            (
                5,
                holds(
                    4,
                    [
                        interval(
                            "as.sig.tlv.gptpcapablemessageinterval",
                            "logarithm of the interval of these messages",
                        ),
                        octets("as.sig.tlv.gptpcapable.reserved", 3).doc("reserved").into(),
                    ],
                ),
            ),
        ],
        vec![],
    )
}

fn white_rabbit() -> Item {
    const MESSAGES: &[(u64, &str)] = &[
        (0x1000, "SLAVE_PRESENT"),
        (0x1001, "LOCK"),
        (0x1002, "LOCKED"),
        (0x1003, "CALIBRATE"),
        (0x1004, "CALIBRATED"),
        (0x1005, "WR_MODE_ON"),
        (0x2000, "ANN_SUFFIX"),
    ];
    let flags = be16("v2.an.oe.cern.wr.wrFlags").hex().doc("flags").of([
        bits("v2.an.oe.cern.wr.wrFlags.reserved", 12).hex().doc("reserved"),
        flag("v2.an.oe.cern.wr.wrFlags.wrModeOn").doc("White Rabbit mode is on"),
        flag("v2.an.oe.cern.wr.wrFlags.calibrated").doc("calibrated"),
        bits("v2.an.oe.cern.wr.wrFlags.wrConfig", 2)
            .hex()
            .names(&[(0, "none"), (1, "master"), (2, "slave"), (3, "master or slave")])
            .doc("what the port can be"),
    ]);
    let message = switch(
        val("v2.an.oe.cern.wr.wrMessageID"),
        [
            (
                0x1003,
                vec![
                    bits("v2.sig.oe.cern.wr.reserved", 7).doc("reserved").into(),
                    flag("v2.sig.oe.cern.wr.calSendPattern").doc("a calibration pattern is sent").into(),
                    u8("v2.sig.oe.cern.wr.calRety").doc("retries").into(),
                    be32("v2.sig.oe.cern.wr.calPeriod").unit("µs").doc("time for the calibration").into(),
                ],
            ),
            (
                0x1004,
                vec![
                    octets("v2.sig.oe.cern.wr.deltaTx", 8)
                        .doc("delay of the sender, in units of 2^-16 ps")
                        .into(),
                    octets("v2.sig.oe.cern.wr.deltaRx", 8)
                        .doc("delay of the receiver, in units of 2^-16 ps")
                        .into(),
                ],
            ),
            (0x2000, vec![flags]),
        ],
        vec![],
    );
    switch(
        val("v2.an.oe.organizationSubType"),
        [(
            0xdead01,
            vec![
                be16("v2.an.oe.cern.wr.wrMessageID")
                    .alias("v2.sig.oe.cern.wr.wrMessageID")
                    .hex()
                    .names(MESSAGES)
                    .doc("message")
                    .into(),
                message,
            ],
        )],
        vec![],
    )
}

fn power() -> Item {
    let inaccuracy =
        |name: &'static str, doc: &'static str| -> Item { be32(name).unit("ns").doc(doc).into() };
    let master = || -> Item { be16("v2.an.oe.grandmasterID").doc("grandmaster").into() };
    let reserved = |number| -> Item { octets("v2.an.oe.reserved", number).doc("reserved").into() };
    switch(
        val("v2.an.oe.organizationSubType"),
        [
            (
                1,
                holds(
                    12,
                    [
                        master(),
                        inaccuracy("v2.an.oe.grandmasterTimeInaccuracy", "inaccuracy of the grandmaster"),
                        inaccuracy("v2.an.oe.networkTimeInaccuracy", "inaccuracy of the network"),
                        reserved(2),
                    ],
                ),
            ),
            (
                2,
                holds(
                    12,
                    [
                        master(),
                        reserved(4),
                        inaccuracy("v2.an.oe.totalTimeInaccuracy", "inaccuracy in all"),
                        reserved(2),
                    ],
                ),
            ),
        ],
        vec![],
    )
}

/// Synchronisation metadata of professional media.
fn broadcast() -> Item {
    const LOCKS: &[(u64, &str)] =
        &[(0, "not in use"), (1, "free run"), (2, "cold locking"), (3, "warm locking"), (4, "locked")];
    let time = |name: &'static str, doc: &'static str| -> Item { be48(name).unit("s").doc(doc).into() };
    let offset =
        |name: &'static str, doc: &'static str| -> Item { be32(name).signed().unit("s").doc(doc).into() };
    let metadata = [
        be32("v2.oe.smpte.defaultsystemframerate.numerator").doc("frame rate, numerator").into(),
        be32("v2.oe.smpte.defaultsystemframerate.denominator").doc("frame rate, denominator").into(),
        u8("v2.oe.smpte.masterlockingstatus").names(LOCKS).doc("how the master is locked").into(),
        u8("v2.oe.smpte.timeaddressflags").hex().doc("time address flags").of([
            bits("v2.oe.smpte.timeaddressflags.reserved", 6).doc("reserved"),
            flag("v2.oe.smpte.timeaddressflags.color").doc("colour frame identification"),
            flag("v2.oe.smpte.timeaddressflags.drop").doc("drop frame"),
        ]),
        offset("v2.oe.smpte.currentlocaloffset", "offset of local time"),
        offset("v2.oe.smpte.jumpseconds", "next jump of local time"),
        time("v2.oe.smpte.timeofnextjump", "when local time jumps next"),
        time("v2.oe.smpte.timeofnextjam", "when time codes are set next"),
        time("v2.oe.smpte.timeofpreviousjam", "when time codes were set last"),
        offset("v2.oe.smpte.previousjamlocaloffset", "offset of local time then"),
        u8("v2.oe.smpte.daylightsaving").hex().doc("daylight saving").of([
            bits("v2.oe.smpte.daylightsaving.reserved", 5).doc("reserved"),
            flag("v2.oe.smpte.daylightsaving.previous").doc("at the previous setting"),
            flag("v2.oe.smpte.daylightsaving.next").doc("at the next jump"),
            flag("v2.oe.smpte.daylightsaving.current").doc("now"),
        ]),
        u8("v2.oe.smpte.leapsecondjump").hex().doc("leap second").of([
            bits("v2.oe.smpte.leapsecondjump.reserved", 7).doc("reserved"),
            flag("v2.oe.smpte.leapsecondjump.change").doc("the next jump has a leap second"),
        ]),
    ];
    switch(val("v2.an.oe.organizationSubType"), [(1, holds(42, metadata))], vec![])
}

/// A two-step Sync of gPTP has no time.
pub(super) fn sync(stamp: Vec<Item>) -> Vec<Item> {
    let generalised = || {
        Test::All(vec![
            Test::All(vec![Test::All(Vec::new())]),
            is_in("v2.majorsdoid", &[1]),
            ne("v2.flags.twostep", 0),
        ])
    };
    vec![
        when(generalised(), [octets("v2.sync.reserved", 10).doc("reserved").into()]),
        Item::When(crate::schema::not(generalised()), stamp.into()),
    ]
}
