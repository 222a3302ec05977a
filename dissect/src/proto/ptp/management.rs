//! What management TLVs carry, by managementId (IEEE Std 1588-2019 §15.5).

use super::{ACCURACY, SOURCES, clock, records};
use crate::schema::{
    Field, Item, Size, be16, be32, be48, bits, bytes, flag, label, lit, rest, switch, text, u8, val, when,
};

pub(super) const IDENTIFIERS: &[(u64, &str)] = &[
    (0x0000, "NULL_MANAGEMENT"),
    (0x0001, "CLOCK_DESCRIPTION"),
    (0x0002, "USER_DESCRIPTION"),
    (0x0003, "SAVE_IN_NON_VOLATILE_STORAGE"),
    (0x0004, "RESET_NON_VOLATILE_STORAGE"),
    (0x0005, "INITIALIZE"),
    (0x0006, "FAULT_LOG"),
    (0x0007, "FAULT_LOG_RESET"),
    (0x2000, "DEFAULT_DATA_SET"),
    (0x2001, "CURRENT_DATA_SET"),
    (0x2002, "PARENT_DATA_SET"),
    (0x2003, "TIME_PROPERTIES_DATA_SET"),
    (0x2004, "PORT_DATA_SET"),
    (0x2005, "PRIORITY1"),
    (0x2006, "PRIORITY2"),
    (0x2007, "DOMAIN"),
    (0x2008, "SLAVE_ONLY"),
    (0x2009, "LOG_ANNOUNCE_INTERVAL"),
    (0x200a, "ANNOUNCE_RECEIPT_TIMEOUT"),
    (0x200b, "LOG_SYNC_INTERVAL"),
    (0x200c, "VERSION_NUMBER"),
    (0x200d, "ENABLE_PORT"),
    (0x200e, "DISABLE_PORT"),
    (0x200f, "TIME"),
    (0x2010, "CLOCK_ACCURACY"),
    (0x2011, "UTC_PROPERTIES"),
    (0x2012, "TRACEABILITY_PROPERTIES"),
    (0x2013, "TIMESCALE_PROPERTIES"),
    (0x2014, "UNICAST_NEGOTIATION_ENABLE"),
    (0x2015, "PATH_TRACE_LIST"),
    (0x2016, "PATH_TRACE_ENABLE"),
    (0x2017, "GRANDMASTER_CLUSTER_TABLE"),
    (0x2018, "UNICAST_MASTER_TABLE"),
    (0x2019, "UNICAST_MASTER_MAX_TABLE_SIZE"),
    (0x201a, "ACCEPTABLE_MASTER_TABLE"),
    (0x201b, "ACCEPTABLE_MASTER_TABLE_ENABLED"),
    (0x201c, "ACCEPTABLE_MASTER_MAX_TABLE_SIZE"),
    (0x201d, "ALTERNATE_MASTER"),
    (0x201e, "ALTERNATE_TIME_OFFSET_ENABLE"),
    (0x201f, "ALTERNATE_TIME_OFFSET_NAME"),
    (0x2020, "ALTERNATE_TIME_OFFSET_MAX_KEY"),
    (0x2021, "ALTERNATE_TIME_OFFSET_PROPERTIES"),
    (0x4000, "TRANSPARENT_CLOCK_DEFAULT_DATA_SET"),
    (0x4001, "TRANSPARENT_CLOCK_PORT_DATA_SET"),
    (0x4002, "PRIMARY_DOMAIN"),
    (0x3000, "EXTERNAL_PORT_CONFIGURATION_ENABLED"),
    (0x3001, "MASTER_ONLY"),
    (0x3002, "HOLDOVER_UPGRADE_ENABLE"),
    (0x3003, "EXT_PORT_CONFIG_PORT_DATA_SET"),
    (0x6000, "DELAY_MECHANISM"),
    (0x6001, "LOG_MIN_PDELAY_REQ_INTERVAL"),
    (0xc000, "TIME_STATUS_NP"),
    (0xc001, "GRANDMASTER_SETTINGS_NP"),
    (0xc002, "PORT_DATA_SET_NP"),
    (0xc003, "SUBSCRIBE_EVENTS_NP"),
    (0xc004, "PORT_PROPERTIES_NP"),
    (0xc005, "PORT_STATS_NP"),
    (0xc006, "SYNCHRONIZATION_UNCERTAIN_NP"),
    (0xc007, "PORT_SERVICE_STATS_NP"),
    (0xc008, "UNICAST_MASTER_TABLE_NP"),
    (0xc009, "PORT_HWCLOCK_NP"),
    (0xc00a, "POWER_PROFILE_SETTINGS_NP"),
];

pub(super) const ERRORS: &[(u64, &str)] = &[
    (1, "response too big"),
    (2, "no such identifier"),
    (3, "wrong length"),
    (4, "wrong value"),
    (5, "not settable"),
    (6, "not supported"),
    (7, "unpopulated"),
    (0xfffe, "general error"),
];

const STATES: &[(u64, &str)] = &[
    (1, "initializing"),
    (2, "faulty"),
    (3, "disabled"),
    (4, "listening"),
    (5, "pre-master"),
    (6, "master"),
    (7, "passive"),
    (8, "uncalibrated"),
    (9, "slave"),
];

const NETWORKS: &[(u64, &str)] =
    &[(1, "IPv4"), (2, "IPv6"), (3, "Ethernet"), (4, "DeviceNet"), (5, "ControlNet"), (6, "PROFINET")];

const MECHANISMS: &[(u64, &str)] =
    &[(1, "end to end"), (2, "peer to peer"), (3, "common peer to peer"), (4, "special"), (0xfe, "none")];

/// A length octet and so many octets of text.
fn string(length: &'static str, name: &'static str, doc: &'static str) -> [Item; 2] {
    [
        u8(length).unit("octets").len_of_part(name, 1, 0).doc("length").into(),
        text(name, Size::Octets(val(length))).doc(doc).into(),
    ]
}

/// One octet of seven unused bits and a flag, and a reserved octet.
fn one_flag(name: &'static str, doc: &'static str) -> Vec<Item> {
    vec![bits("v2.mm.reserved_bits", 7).doc("reserved").into(), flag(name).doc(doc).into(), reserved()]
}

fn reserved() -> Item {
    u8("v2.mm.reserved_octet").doc("reserved").into()
}

fn one(field: Field) -> Vec<Item> {
    vec![field.into(), reserved()]
}

fn logarithm(name: &'static str) -> Field {
    u8(name).signed().doc("logarithm of the interval in seconds")
}

/// A time interval: nanoseconds times 65 536.
fn interval(ns: &'static str, subns: &'static str, doc: &'static str) -> [Item; 2] {
    [bits(ns, 48).signed().unit("ns").doc(doc).into(), be16(subns).doc("in units of 1/65536 ns").into()]
}

fn chain(parts: impl IntoIterator<Item = Vec<Item>>) -> Vec<Item> {
    parts.into_iter().flatten().collect()
}

fn clock_class(prefix: [&'static str; 3]) -> Vec<Item> {
    let [class, accuracy, variance] = prefix;
    vec![
        u8(class).doc("class of the clock").into(),
        u8(accuracy).hex().names(ACCURACY).doc("accuracy of the clock").into(),
        be16(variance).doc("variance of the clock").into(),
    ]
}

/// The data behind a managementId; a GET has none.
pub(super) fn data() -> Item {
    when(
        crate::schema::Test::Ge(crate::schema::left(), lit(1)),
        [switch(val("v2.mm.managementId"), bodies(), vec![bytes("v2.mm.data", rest()).doc("data").into()])],
    )
}

fn bodies() -> [(u64, Vec<Item>); 46] {
    [
        (0x0001, description()),
        (
            0x0002,
            string("v2.mm.userDescription.length", "v2.mm.userDescription", "user's description").into(),
        ),
        (0x0005, vec![be16("v2.mm.initializationKey").doc("key of the initialization").into()]),
        (0x0006, faults()),
        (0x2000, default_set()),
        (
            0x2001,
            chain([
                vec![be16("v2.mm.stepsRemoved").signed().doc("steps removed").into()],
                interval("v2.mm.offset.ns", "v2.mm.offset.subns", "offset from the master").into(),
                interval("v2.mm.pathDelay.ns", "v2.mm.pathDelay.subns", "mean path delay").into(),
            ]),
        ),
        (0x2002, parent_set()),
        (0x2003, time_properties()),
        (0x2004, port_set()),
        (0x2005, one(u8("v2.mm.priority1").doc("priority 1"))),
        (0x2006, one(u8("v2.mm.priority2").doc("priority 2"))),
        (0x2007, one(u8("v2.mm.domainNumber").doc("domain"))),
        (0x2008, one_flag("v2.mm.SlavOnly", "slave only")),
        (0x2009, one(logarithm("v2.mm.logAnnounceInterval"))),
        (0x200a, one(u8("v2.mm.announceReceiptTimeout").doc("announce intervals until a timeout"))),
        (0x200b, one(logarithm("v2.mm.logSyncInterval"))),
        (
            0x200c,
            vec![
                bits("v2.mm.reserved4_version", 4).doc("reserved").into(),
                bits("v2.mm.versionNumber", 4).doc("version").into(),
                reserved(),
            ],
        ),
        (
            0x200f,
            vec![
                be48("v2.mm.currentTime.seconds").unit("s").doc("time, seconds").into(),
                be32("v2.mm.currentTime.nanoseconds").unit("ns").doc("time, nanoseconds").into(),
            ],
        ),
        (0x2010, one(u8("v2.mm.clockaccuracy").hex().names(ACCURACY).doc("accuracy of the clock"))),
        (0x2011, utc_properties()),
        (
            0x2012,
            vec![
                bits("v2.mm.traceability.reserved", 2).doc("reserved").into(),
                flag("v2.mm.frequencyTraceable").doc("frequency traceable").into(),
                flag("v2.mm.timeTraceable").doc("time traceable").into(),
                bits("v2.mm.traceability.reserved4", 4).doc("reserved").into(),
                reserved(),
            ],
        ),
        (
            0x2013,
            vec![
                bits("v2.mm.timescale.reserved", 4).doc("reserved").into(),
                flag("v2.mm.ptptimescale").doc("PTP time scale").into(),
                bits("v2.mm.timescale.reserved3", 3).doc("reserved").into(),
                u8("v2.mm.timesource").hex().names(SOURCES).doc("time source").into(),
            ],
        ),
        (0x2014, one_flag("v2.mm.unicastEnable", "unicast negotiation enabled")),
        (0x2016, one_flag("v2.mm.pathTraceEnable", "path trace enabled")),
        (0x2015, records::path()),
        (
            0x2017,
            vec![
                logarithm("v2.mm.logQueryInterval").into(),
                u8("v2.mm.clusterTableSize").doc("entries").into(),
                records::addresses("v2.mm.clusterTableSize"),
                padding(),
            ],
        ),
        (
            0x2018,
            vec![
                logarithm("v2.mm.logQueryInterval").into(),
                be16("v2.mm.actualTableSize").doc("entries").into(),
                records::addresses("v2.mm.actualTableSize"),
                padding(),
            ],
        ),
        (0x2019, vec![be16("v2.mm.maxTableSize").doc("most entries").into()]),
        (0x201a, records::masters()),
        (0x201b, one_flag("v2.mm.acceptableMasterEnable", "the table of acceptable masters is used")),
        (0x201c, vec![be16("v2.mm.maxTableSize").doc("most entries").into()]),
        (
            0x201d,
            vec![
                bits("v2.mm.reserved_bits", 7).doc("reserved").into(),
                flag("v2.mm.transmitAlternateMulticastSync").doc("multicast Sync as alternate master").into(),
                u8("v2.mm.numberOfAlternateMasters").doc("alternate masters").into(),
                logarithm("v2.mm.AlternateMulticastSyncInterval").into(),
                reserved(),
            ],
        ),
        (
            0x201e,
            vec![
                u8("v2.mm.keyField").doc("key").into(),
                bits("v2.mm.reserved_bits", 7).doc("reserved").into(),
                flag("v2.mm.alternateTimeOffsetEnable").doc("the alternate time is told").into(),
            ],
        ),
        (
            0x201f,
            chain([
                vec![u8("v2.mm.keyField").doc("key").into()],
                string("v2.mm.displayName.length", "v2.mm.displayName", "name of the time").into(),
                vec![padding()],
            ]),
        ),
        (0x2020, one(u8("v2.mm.maxKey").doc("highest key"))),
        (
            0x2021,
            vec![
                u8("v2.mm.keyField").doc("key").into(),
                be32("v2.mm.currentOffset").signed().unit("s").doc("offset").into(),
                be32("v2.mm.jumpSeconds").signed().unit("s").doc("next jump").into(),
                be48("v2.mm.nextjumpSeconds").unit("s").doc("time of the next jump").into(),
                reserved(),
            ],
        ),
        (0x3000, one_flag("v2.mm.externalPortConfiguration", "ports are configured from outside")),
        (0x3001, one_flag("v2.mm.masterOnly", "master only")),
        (0x3002, one_flag("v2.mm.holdoverUpgrade", "holdover upgrade enabled")),
        (0x4001, transparent_port()),
        (0xc000, time_status()),
        (0xc001, grandmaster_settings()),
        (
            0x4000,
            vec![
                clock("v2.mm.clockidentity").doc("clock").into(),
                be16("v2.mm.numberPorts").doc("ports").into(),
                u8("v2.mm.delayMechanism").hex().names(MECHANISMS).doc("delay mechanism").into(),
                u8("v2.mm.primaryDomain").doc("primary domain").into(),
            ],
        ),
        (0x4002, one(u8("v2.mm.primaryDomain").doc("primary domain"))),
        (0x6000, one(u8("v2.mm.delayMechanism").hex().names(MECHANISMS).doc("delay mechanism"))),
        (0x6001, one(logarithm("v2.mm.logMinPdelayReqInterval"))),
    ]
}

/// What is left of a table.
fn padding() -> Item {
    when(
        crate::schema::Test::Ge(crate::schema::left(), lit(1)),
        [bytes("v2.mm.pad", rest()).doc("padding").into()],
    )
}

/// What a person is told of an error, behind four reserved octets.
pub(super) fn display() -> [Item; 2] {
    [
        bytes("v2.mm.error.reserved", Size::Octets(lit(4))).doc("reserved").into(),
        Item::When(
            crate::schema::Test::Ge(crate::schema::left(), lit(1)),
            string("v2.mm.displayData.length", "v2.mm.displayData", "text for people").to_vec().into(),
        ),
    ]
}

/// A port by its protocol address.
pub(super) fn address(protocol: &'static str, length: &'static str, name: &'static str) -> Vec<Item> {
    vec![
        be16(protocol).names(NETWORKS).doc("network protocol").into(),
        be16(length).unit("octets").doc("length of the protocol address").into(),
        bytes(name, Size::Octets(val(length))).doc("protocol address").into(),
    ]
}

/// Faults, each of a length that it says itself.
fn faults() -> Vec<Item> {
    const SEVERITIES: &[(u64, &str)] = &[
        (0, "emergency"),
        (1, "alert"),
        (2, "critical"),
        (3, "error"),
        (4, "warning"),
        (5, "notice"),
        (6, "informational"),
        (7, "debug"),
    ];
    let record = chain([
        vec![
            be48("v2.mm.faultTime.seconds").unit("s").doc("time of the fault, seconds").into(),
            be32("v2.mm.faultTime.nanoseconds").unit("ns").doc("time of the fault, nanoseconds").into(),
            u8("v2.mm.severityCode").names(SEVERITIES).doc("severity").into(),
        ],
        string("v2.mm.faultName.length", "v2.mm.faultName", "fault").into(),
        string("v2.mm.faultValue.length", "v2.mm.faultValue", "value").into(),
        string("v2.mm.faultDescription.length", "v2.mm.faultDescription", "description").into(),
        vec![padding()],
    ]);
    vec![
        be16("v2.mm.numberOfFaultRecords").doc("faults").into(),
        Item::Repeat(
            label("v2.mm.fault").doc("fault"),
            crate::schema::Count::Times(val("v2.mm.numberOfFaultRecords")),
            vec![
                be16("v2.mm.faultRecordLength").unit("octets").doc("length of the record").into(),
                Item::Block(
                    label("v2.mm.faultRecord").doc("record"),
                    Size::Octets(val("v2.mm.faultRecordLength")),
                    record.into(),
                ),
            ]
            .into(),
        ),
        padding(),
    ]
}

fn transparent_port() -> Vec<Item> {
    chain([
        vec![
            clock("v2.mm.clockidentity").doc("clock").into(),
            be16("v2.mm.PortNumber").doc("port").into(),
            bits("v2.mm.reserved_bits", 7).doc("reserved").into(),
            flag("v2.mm.faultyFlag").doc("faulty").into(),
            logarithm("v2.mm.logMinPdelayReqInterval").into(),
        ],
        interval(
            "v2.mm.peerMeanPathDelay.ns",
            "v2.mm.peerMeanPathDelay.subns",
            "mean path delay to the peer",
        )
        .into(),
    ])
}

/// linuxptp's own: how the clock stands to its master.
fn time_status() -> Vec<Item> {
    let long = |name: &'static str, doc: &'static str| -> Item {
        bits(name, 64).signed().unit("ns").doc(doc).into()
    };
    vec![
        long("v2.mm.np.masterOffset", "offset from the master"),
        long("v2.mm.np.ingressTime", "time of the last Sync"),
        be32("v2.mm.np.cumulativeScaledRateOffset").signed().doc("cumulative rate offset, times 2^41").into(),
        be32("v2.mm.np.scaledLastGmPhaseChange").signed().doc("last change of phase, scaled").into(),
        be16("v2.mm.np.gmTimeBaseIndicator").doc("changes of the grandmaster's time base").into(),
        bytes("v2.mm.np.lastGmPhaseChange", Size::Octets(lit(12)))
            .doc("last change of phase, in units of 2^-16 ns")
            .into(),
        be32("v2.mm.np.gmPresent").doc("there is a grandmaster").into(),
        clock("v2.mm.np.gmIdentity").doc("grandmaster").into(),
    ]
}

/// linuxptp's own: what it says of itself as grandmaster.
fn grandmaster_settings() -> Vec<Item> {
    chain([
        clock_class(["v2.mm.clockclass", "v2.mm.clockaccuracy", "v2.mm.clockvariance"]),
        vec![
            be16("v2.mm.currentutcoffset").signed().unit("s").doc("offset of UTC").into(),
            u8("v2.mm.np.timeFlags").hex().doc("flags of the time").into(),
            u8("v2.mm.timesource").hex().names(SOURCES).doc("time source").into(),
        ],
    ])
}

fn description() -> Vec<Item> {
    chain([
        vec![be16("v2.mm.clockType").hex().doc("clock type").of([
            flag("v2.mm.clockType.OC").doc("ordinary clock"),
            flag("v2.mm.clockType.BC").doc("boundary clock"),
            flag("v2.mm.clockType.p2p_TC").doc("peer to peer transparent clock"),
            flag("v2.mm.clockType.e2e_TC").doc("end to end transparent clock"),
            flag("v2.mm.clockType.MM").doc("management node"),
            bits("v2.mm.clockType.other", 11).hex().doc("reserved"),
        ])],
        string(
            "v2.mm.physicalLayerProtocol.length",
            "v2.mm.physicalLayerProtocol",
            "physical layer protocol",
        )
        .into(),
        vec![
            be16("v2.mm.physicalAddressLength").unit("octets").doc("length of the physical address").into(),
            bytes("v2.mm.physicalAddress", Size::Octets(val("v2.mm.physicalAddressLength")))
                .doc("physical address")
                .into(),
            be16("v2.mm.networkProtocol").names(NETWORKS).doc("network protocol").into(),
            be16("v2.mm.protocolAddress.length").unit("octets").doc("length of the protocol address").into(),
            bytes("v2.mm.protocolAddress", Size::Octets(val("v2.mm.protocolAddress.length")))
                .doc("protocol address")
                .into(),
            bytes("v2.mm.manufacturerIdentity", Size::Octets(lit(3))).doc("manufacturer").into(),
            reserved(),
        ],
        string("v2.mm.productDescription.length", "v2.mm.productDescription", "product").into(),
        string("v2.mm.revisionData.length", "v2.mm.revisionData", "revision").into(),
        string("v2.mm.userDescription.length", "v2.mm.userDescription", "user's description").into(),
        vec![
            bytes("v2.mm.profileIdentity", Size::Octets(lit(6))).doc("profile").into(),
            bytes("v2.mm.pad", rest()).doc("padding").into(),
        ],
    ])
}

fn default_set() -> Vec<Item> {
    chain([
        vec![
            bits("v2.mm.default.reserved", 6).doc("reserved").into(),
            flag("v2.mm.SlavOnly").doc("slave only").into(),
            flag("v2.mm.twoStep").doc("two steps").into(),
            reserved(),
            be16("v2.mm.numberPorts").doc("ports").into(),
            u8("v2.mm.priority1").doc("priority 1").into(),
        ],
        clock_class(["v2.mm.clockclass", "v2.mm.clockaccuracy", "v2.mm.clockvariance"]),
        vec![
            u8("v2.mm.priority2").doc("priority 2").into(),
            clock("v2.mm.clockidentity").doc("clock").into(),
            u8("v2.mm.domainNumber").doc("domain").into(),
            reserved(),
        ],
    ])
}

fn parent_set() -> Vec<Item> {
    chain([
        vec![
            clock("v2.mm.parentclockidentity").doc("clock of the parent").into(),
            be16("v2.mm.parentsourceportid").doc("port of the parent").into(),
            bits("v2.mm.parent.reserved", 7).doc("reserved").into(),
            flag("v2.mm.parentstats").doc("statistics of the parent are valid").into(),
            reserved(),
            be16("v2.mm.observedParentOffsetScaledLogVariance").doc("observed variance of the parent").into(),
            be32("v2.mm.observedParentClockPhaseChangeRate")
                .signed()
                .doc("observed phase change rate of the parent")
                .into(),
            u8("v2.mm.grandmasterPriority1").doc("priority 1 of the grandmaster").into(),
        ],
        clock_class([
            "v2.mm.grandmasterclockclass",
            "v2.mm.grandmasterclockaccuracy",
            "v2.mm.grandmasterclockvariance",
        ]),
        vec![
            u8("v2.mm.grandmasterPriority2").doc("priority 2 of the grandmaster").into(),
            clock("v2.mm.grandmasterclockidentity").doc("grandmaster").into(),
        ],
    ])
}

fn time_properties() -> Vec<Item> {
    vec![
        be16("v2.mm.currentutcoffset").signed().unit("s").doc("offset of UTC").into(),
        bits("v2.mm.properties.reserved", 2).doc("reserved").into(),
        flag("v2.mm.frequencyTraceable").doc("frequency traceable").into(),
        flag("v2.mm.timeTraceable").doc("time traceable").into(),
        flag("v2.mm.ptptimescale").doc("PTP time scale").into(),
        flag("v2.mm.CurrentUTCOffsetValid").doc("offset of UTC is valid").into(),
        flag("v2.mm.li59").doc("leap second to be deleted").into(),
        flag("v2.mm.li61").doc("leap second to be inserted").into(),
        u8("v2.mm.timesource").hex().names(SOURCES).doc("time source").into(),
    ]
}

fn utc_properties() -> Vec<Item> {
    vec![
        be16("v2.mm.currentutcoffset").signed().unit("s").doc("offset of UTC").into(),
        bits("v2.mm.utc.reserved", 5).doc("reserved").into(),
        flag("v2.mm.CurrentUTCOffsetValid").doc("offset of UTC is valid").into(),
        flag("v2.mm.li59").doc("leap second to be deleted").into(),
        flag("v2.mm.li61").doc("leap second to be inserted").into(),
        reserved(),
    ]
}

fn port_set() -> Vec<Item> {
    chain([
        vec![
            clock("v2.mm.clockidentity").doc("clock").into(),
            be16("v2.mm.PortNumber").doc("port").into(),
            u8("v2.mm.portState").names(STATES).doc("state of the port").into(),
            logarithm("v2.mm.logMinDelayReqInterval").into(),
        ],
        interval(
            "v2.mm.peerMeanPathDelay.ns",
            "v2.mm.peerMeanPathDelay.subns",
            "mean path delay to the peer",
        )
        .into(),
        vec![
            logarithm("v2.mm.logAnnounceInterval").into(),
            u8("v2.mm.announceReceiptTimeout").doc("announce intervals until a timeout").into(),
            logarithm("v2.mm.logSyncInterval").into(),
            u8("v2.mm.delayMechanism").hex().names(MECHANISMS).doc("delay mechanism").into(),
            logarithm("v2.mm.logMinPdelayReqInterval").into(),
            bits("v2.mm.port.reserved", 4).doc("reserved").into(),
            bits("v2.mm.versionNumber", 4).doc("version").into(),
        ],
    ])
}
