//! PTP's TLVs of IEEE Std 1588-2019 that report what a port receives and sends, and what it can do (§16.10 to §16.14, annex L).

use super::{MESSAGES, clock};
use crate::schema::{
    Item, Size, Test, TlvCase, be16, be32, be48, bits, bytes, case, flag, label, left, lit, repeat, rest, u8,
    val, when,
};

fn stamp(seconds: &'static str, nanoseconds: &'static str, doc: &'static str) -> [Item; 2] {
    [be48(seconds).unit("s").doc(doc).into(), be32(nanoseconds).unit("ns").doc(doc).into()]
}

fn interval(ns: &'static str, subns: &'static str, doc: &'static str) -> [Item; 2] {
    [bits(ns, 48).signed().unit("ns").doc(doc).into(), be16(subns).doc("in units of 1/65536 ns").into()]
}

fn port() -> [Item; 2] {
    [
        clock("v2.tlv.source.clock").doc("clock that is reported of").into(),
        be16("v2.tlv.source.port").doc("port that is reported of").into(),
    ]
}

fn sequence() -> Item {
    be16("v2.tlv.sequenceid").doc("sequence number").into()
}

/// Gathers the parts of a case.
fn known(kind: u64, name: &'static str, doc: &'static str, parts: Vec<Vec<Item>>) -> TlvCase {
    let mut case = case(kind, label(name).doc(doc), []);
    case.items = parts.into_iter().flatten().collect();
    case
}

fn records(name: &'static str, parts: Vec<Vec<Item>>) -> Vec<Item> {
    let items: Vec<Item> = parts.into_iter().flatten().collect();
    vec![Item::Repeat(label(name).doc("record"), crate::schema::Count::ToEnd, items.into())]
}

pub(super) fn cases() -> Vec<TlvCase> {
    vec![
        known(0x8001, "v2.tlv.l1sync", "L1 sync", vec![layer_one()]),
        known(
            0x8002,
            "v2.tlv.availability",
            "port communication availability",
            vec![vec![
                u8("v2.tlv.syncMessageAvailability").hex().doc("how Sync is sent").into(),
                u8("v2.tlv.delayRespMessageAvailability").hex().doc("how Delay_Resp is sent").into(),
            ]],
        ),
        known(
            0x8003,
            "v2.tlv.address",
            "protocol address",
            vec![super::management::address(
                "v2.tlv.networkProtocol",
                "v2.tlv.addressLength",
                "v2.tlv.protocolAddress",
            )],
        ),
        known(
            0x8004,
            "v2.tlv.timing",
            "slave receive sync timing data",
            vec![
                port().into(),
                records(
                    "v2.tlv.timing.record",
                    vec![
                        vec![sequence()],
                        stamp(
                            "v2.tlv.syncOrigin.seconds",
                            "v2.tlv.syncOrigin.nanoseconds",
                            "origin time stamp",
                        )
                        .into(),
                        interval(
                            "v2.tlv.totalCorrection.ns",
                            "v2.tlv.totalCorrection.subns",
                            "total correction",
                        )
                        .into(),
                        vec![
                            be32("v2.tlv.cumulativeScaledRateOffset")
                                .signed()
                                .doc("cumulative rate offset, times 2^41")
                                .into(),
                        ],
                        stamp(
                            "v2.tlv.syncIngress.seconds",
                            "v2.tlv.syncIngress.nanoseconds",
                            "time of arrival",
                        )
                        .into(),
                    ],
                ),
            ],
        ),
        known(
            0x8005,
            "v2.tlv.computed",
            "slave receive sync computed data",
            vec![
                port().into(),
                vec![
                    u8("v2.tlv.computed.flags").hex().doc("what was computed").of([
                        bits("v2.tlv.computed.reserved", 5).doc("reserved"),
                        flag("v2.tlv.computed.offset").doc("offset from the master"),
                        flag("v2.tlv.computed.delay").doc("mean path delay"),
                        flag("v2.tlv.computed.rate").doc("rate ratio to the neighbour"),
                    ]),
                    u8("v2.tlv.computed.reserved8").doc("reserved").into(),
                ],
                records(
                    "v2.tlv.computed.record",
                    vec![
                        vec![sequence()],
                        interval(
                            "v2.tlv.offsetFromMaster.ns",
                            "v2.tlv.offsetFromMaster.subns",
                            "offset from the master",
                        )
                        .into(),
                        interval("v2.tlv.meanPathDelay.ns", "v2.tlv.meanPathDelay.subns", "mean path delay")
                            .into(),
                        vec![
                            be32("v2.tlv.scaledNeighborRateRatio")
                                .signed()
                                .doc("rate ratio to the neighbour, less one, times 2^41")
                                .into(),
                        ],
                    ],
                ),
            ],
        ),
        known(
            0x8006,
            "v2.tlv.events",
            "slave transmit event timestamps",
            vec![
                port().into(),
                vec![
                    bits("v2.tlv.events.reserved", 4).doc("reserved").into(),
                    bits("v2.tlv.events.messageType", 4).names(MESSAGES).doc("message").into(),
                    u8("v2.tlv.events.reserved8").doc("reserved").into(),
                ],
                records(
                    "v2.tlv.events.record",
                    vec![
                        vec![sequence()],
                        stamp("v2.tlv.egress.seconds", "v2.tlv.egress.nanoseconds", "time of departure")
                            .into(),
                    ],
                ),
            ],
        ),
        known(
            0x8007,
            "v2.tlv.ratio",
            "cumulative rate ratio",
            vec![vec![
                be32("v2.tlv.scaledCumulativeRateRatio")
                    .signed()
                    .doc("rate of the grandmaster to here, less one, times 2^41")
                    .into(),
            ]],
        ),
        known(0x8008, "v2.tlv.pad", "pad", vec![vec![bytes("v2.tlv.padding", rest()).doc("padding").into()]]),
        known(
            0x8009,
            "v2.tlv.authentication",
            "authentication",
            vec![vec![
                u8("v2.tlv.spp").doc("security parameters pointer").into(),
                u8("v2.tlv.secParamIndicator").hex().doc("which parts are there").into(),
                be32("v2.tlv.keyID").hex().doc("key").into(),
                bytes("v2.tlv.icv", rest()).doc("further parts and integrity check value").into(),
            ]],
        ),
    ]
}

/// What is wanted and what is so; the extended form has the offsets of phase and frequency behind it.
fn layer_one() -> Vec<Item> {
    let extended: Vec<Item> = [
        vec![
            bits("v2.tlv.l1sync.reserved3", 5).doc("reserved").into(),
            flag("v2.tlv.l1sync.fov").doc("the frequency offset is valid").into(),
            flag("v2.tlv.l1sync.pov").doc("the phase offset is valid").into(),
            flag("v2.tlv.l1sync.tct").doc("time stamps are corrected when sent").into(),
        ],
        interval("v2.tlv.l1sync.phase.ns", "v2.tlv.l1sync.phase.subns", "phase offset").into(),
        stamp("v2.tlv.l1sync.phase.seconds", "v2.tlv.l1sync.phase.nanoseconds", "time of the phase offset")
            .into(),
        interval("v2.tlv.l1sync.frequency.ns", "v2.tlv.l1sync.frequency.subns", "frequency offset").into(),
        stamp(
            "v2.tlv.l1sync.frequency.seconds",
            "v2.tlv.l1sync.frequency.nanoseconds",
            "time of the frequency offset",
        )
        .into(),
        vec![bytes("v2.tlv.l1sync.reserved4", Size::Octets(lit(1))).doc("reserved").into()],
    ]
    .into_iter()
    .flatten()
    .collect();
    vec![
        bits("v2.tlv.l1sync.reserved", 4).doc("reserved").into(),
        flag("v2.tlv.l1sync.ope").doc("optional parameters are there").into(),
        flag("v2.tlv.l1sync.cr").doc("congruence required").into(),
        flag("v2.tlv.l1sync.rcr").doc("coherent reception required").into(),
        flag("v2.tlv.l1sync.tcr").doc("coherent transmission required").into(),
        bits("v2.tlv.l1sync.reserved2", 5).doc("reserved").into(),
        flag("v2.tlv.l1sync.ic").doc("is congruent").into(),
        flag("v2.tlv.l1sync.irc").doc("receives coherently").into(),
        flag("v2.tlv.l1sync.itc").doc("transmits coherently").into(),
        Item::When(Test::Ge(left(), lit(38)), extended.into()),
    ]
}

/// A list of ports by their protocol addresses.
pub(super) fn addresses(count: &'static str) -> Item {
    let address = super::management::address(
        "v2.tlv.networkProtocol",
        "v2.tlv.addressLength",
        "v2.tlv.protocolAddress",
    );
    Item::Repeat(
        label("v2.mm.portaddress").doc("port's address"),
        crate::schema::Count::Times(val(count)),
        address.into(),
    )
}

/// So many acceptable masters.
pub(super) fn masters() -> Vec<Item> {
    vec![
        be16("v2.mm.actualTableSize").doc("entries").into(),
        Item::Repeat(
            label("v2.mm.acceptablemaster").doc("acceptable master"),
            crate::schema::Count::Times(val("v2.mm.actualTableSize")),
            vec![
                clock("v2.mm.acceptable.clockidentity").doc("clock").into(),
                be16("v2.mm.acceptable.port").doc("port").into(),
                u8("v2.mm.acceptable.alternatePriority1").doc("priority 1 in place of its own").into(),
            ]
            .into(),
        ),
        when(Test::Ge(left(), lit(1)), [bytes("v2.mm.pad", rest()).doc("padding").into()]),
    ]
}

/// Clocks until the end.
pub(super) fn path() -> Vec<Item> {
    vec![repeat(label("v2.mm.path").doc("clock"), [clock("v2.mm.clockidentity").doc("clock").into()])]
}
