//! Slow protocols, EtherType 0x8809: link aggregation control and marker (IEEE Std 802.1AX-2020 §6.4), OAM (IEEE Std
//! 802.3-2022 §57), and the organisation-specific one with its best-known user, ESMC (ITU-T G.8264).

use super::slow_line;
use crate::decode::Walk;
use crate::schema::{
    ETHER_TYPE, Field, Item, Protocol, Size, Tlv, be16, be24, be32, be64, bits, built, bytes, case, decoded,
    flag, label, lit, mac, rest, switch, u8, val,
};

const SUBTYPES: &[(u64, &str)] =
    &[(1, "LACP"), (2, "marker"), (3, "OAM"), (10, "organisation-specific (ESMC)")];

fn by_subtype(octets: Option<u8>) -> &'static str {
    match octets {
        Some(1) => "lacp",
        Some(2) => "marker",
        Some(3) => "oampdu",
        Some(10) => "ossp",
        _ => "data",
    }
}

pub(super) fn slow() -> Protocol {
    Protocol::new("slow", "Slow protocols")
        .layer("SlowProtocol")
        .below("", "eth", &[("dst", crate::schema::Given::Number(0x0180_c200_0002))])
        .source("IEEE Std 802.3-2022 annex 57A")
        .on(ETHER_TYPE, &[0x8809])
        .field(u8("subtype").craft("subtype").hex().names(SUBTYPES).doc("subtype"))
        .leads_to(&["lacp", "marker", "oampdu", "ossp", "data"])
        .after(|walk| walk.next_named(by_subtype(walk.header().first().copied())))
        .summary(|line, body| {
            let name = by_subtype(body.data.first().copied());
            match line.registry.protocol_named(name).filter(|_| name != "data") {
                Some(id) => line.protocol(id, body.skip(1)),
                None => line.unknown("Slow protocol", body),
            }
        })
        .sample(concat!(
            "0180c2000002 020000000001 8809 01 01 0114 8000 020000000001 0001 8000 0001 3d 000000",
            "0214 8000 020000000002 0001 8000 0002 3d 000000 0310 8000 000000000000000000000000 0000",
            "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
        ))
}

/// Actor or partner: the names of the parts.
fn port(names: [&'static str; 15], craft: [&'static str; 7], letters: Item) -> [Item; 8] {
    let [
        system,
        id,
        key,
        priority,
        number,
        state,
        activity,
        timeout,
        aggregation,
        synchronization,
        collecting,
        distributing,
        defaulted,
        expired,
        reserved,
    ] = names;
    let [c_system, c_id, c_key, c_priority, c_number, c_state, c_reserved] = craft;
    [
        be16(system).craft(c_system).doc("system priority").into(),
        mac(id).craft(c_id).brief().doc("system").into(),
        be16(key).craft(c_key).brief().doc("key").into(),
        be16(priority).craft(c_priority).doc("port priority").into(),
        be16(number).craft(c_number).brief().doc("port").into(),
        u8(state).craft(c_state).hex().brief().doc("state").of([
            flag(expired).doc("expired"),
            flag(defaulted).doc("defaulted"),
            flag(distributing).doc("distributing"),
            flag(collecting).doc("collecting"),
            flag(synchronization).doc("in sync"),
            flag(aggregation).doc("can aggregate"),
            flag(timeout).doc("short timeout"),
            flag(activity).doc("active"),
        ]),
        decoded([letters]),
        bytes(reserved, Size::Octets(lit(3))).craft(c_reserved).doc("reserved").into(),
    ]
}

fn state_letters(name: &'static str) -> Field {
    Field::new(name, crate::schema::Kind::Made, Size::Rest).doc("state by its letters").hidden()
}

/// The state that was read last as Wireshark writes it: a letter for each bit, an asterisk for one that is not set.
fn write_state(walk: &mut Walk<'_, '_>, name: &str) {
    let Some(state) = walk.header().last().copied() else { return };
    walk.emit_made(name, walk.offset().saturating_sub(1), 1, |out| {
        let letters = b"EFDCSGSA".iter().zip((0..8).rev());
        out.extend(letters.map(|(letter, bit)| if state >> bit & 1 == 1 { *letter } else { b'*' }));
    });
}

pub(super) fn lacp() -> Protocol {
    Protocol::new("lacp", "Link Aggregation Control Protocol")
        .layer("LACP")
        .below("", "slow", &[("subtype", crate::schema::Given::Number(1))])
        .source("IEEE Std 802.1AX-2020 §6.4.2")
        .later(fields)
        .summary(slow_line::lacp)
        .sample(concat!(
            "0180c2000002 020000000001 8809 01 01 0114 8000 020000000001 0001 8000 0001 3d 000000",
            "0214 8000 020000000002 0001 8000 0002 3d 000000 0310 8000 000000000000000000000000 0000",
            "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
        ))
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    const TYPES: &[(u64, &str)] = &[
        (0, "terminator"),
        (1, "actor"),
        (2, "partner"),
        (3, "collector"),
        (4, "port algorithm"),
        (5, "port conversation ID digest"),
        (6, "port conversation mask 1"),
        (7, "port conversation mask 2"),
        (8, "port conversation mask 3"),
        (9, "port conversation mask 4"),
        (10, "port conversation service mapping digest"),
    ];
    let list = Tlv::new(
        label("tlv").doc("unknown TLV"),
        u8("tlv_type").names(TYPES).doc("type"),
        u8("tlv_length").unit("octets").doc("length"),
    )
    .end(0)
    .padding(bytes("pad", rest()).doc("padding"))
    .single(&[0])
    .cases([
        case(0, label("terminator").doc("end of the TLVs"), []),
        case(
            1,
            label("actor").doc("actor"),
            port(
                [
                    "actor.sys_priority",
                    "actor.sysid",
                    "actor.key",
                    "actor.port_priority",
                    "actor.port",
                    "actor.state",
                    "actor.state.activity",
                    "actor.state.timeout",
                    "actor.state.aggregation",
                    "actor.state.synchronization",
                    "actor.state.collecting",
                    "actor.state.distributing",
                    "actor.state.defaulted",
                    "actor.state.expired",
                    "actor.reserved",
                ],
                [
                    "actor_system_priority",
                    "actor_system",
                    "actor_key",
                    "actor_port_priority",
                    "actor_port_number",
                    "actor_state",
                    "actor_reserved",
                ],
                Item::Custom(
                    vec![state_letters("actor.state_str")],
                    |walk| write_state(walk, "actor.state_str"),
                    None,
                ),
            ),
        ),
        case(
            2,
            label("partner").doc("partner"),
            port(
                [
                    "partner.sys_priority",
                    "partner.sysid",
                    "partner.key",
                    "partner.port_priority",
                    "partner.port",
                    "partner.state",
                    "partner.state.activity",
                    "partner.state.timeout",
                    "partner.state.aggregation",
                    "partner.state.synchronization",
                    "partner.state.collecting",
                    "partner.state.distributing",
                    "partner.state.defaulted",
                    "partner.state.expired",
                    "partner.reserved",
                ],
                [
                    "partner_system_priority",
                    "partner_system",
                    "partner_key",
                    "partner_port_priority",
                    "partner_port_number",
                    "partner_state",
                    "partner_reserved",
                ],
                Item::Custom(
                    vec![state_letters("partner.state_str")],
                    |walk| write_state(walk, "partner.state_str"),
                    None,
                ),
            ),
        ),
        case(
            3,
            label("collector").doc("collector"),
            [
                be16("collector.max_delay")
                    .craft("collector_max_delay")
                    .unit("10 µs")
                    .doc("maximum delay")
                    .into(),
                bytes("coll_reserved", rest()).craft("colletctor_reserved").doc("reserved").into(),
            ],
        ),
        case(4, label("algorithm").doc("port algorithm"), [algorithm()]),
        case(
            5,
            label("conversation_digest").doc("port conversation ID digest"),
            [
                be16("link_number").doc("link").into(),
                bytes("conversation_list_digest", rest())
                    .doc("digest of the links for each conversation")
                    .into(),
            ],
        ),
        case(6, label("mask1").doc("port conversation mask"), mask_with_state()),
        case(7, label("mask2").doc("port conversation mask"), [mask("conversation_mask2")]),
        case(8, label("mask3").doc("port conversation mask"), [mask("conversation_mask3")]),
        case(9, label("mask4").doc("port conversation mask"), [mask("conversation_mask4")]),
        case(
            10,
            label("mapping").doc("port conversation service mapping"),
            [bytes("service_mapping_digest", rest())
                .doc("digest of the services for each conversation")
                .into()],
        ),
    ])
    .other([bytes("vendor", rest()).doc("value").into()]);
    protocol
        .field(u8("version").default(1).brief().doc("version"))
        .field(decoded([list.into()]))
        // the crafter writes all TLVs, whatever is given
        .field(built([
            u8("tlv_type").craft("actor_type").default(1).hidden().doc("type").into(),
            u8("tlv_length").craft("actor_length").default(20).hidden().doc("length").into(),
            be16("actor.sys_priority").craft("actor_system_priority").hidden().doc("system priority").into(),
            mac("actor.sysid").craft("actor_system").hidden().doc("system").into(),
            be16("actor.key").craft("actor_key").hidden().doc("key").into(),
            be16("actor.port_priority").craft("actor_port_priority").hidden().doc("port priority").into(),
            be16("actor.port").craft("actor_port_number").hidden().doc("port").into(),
            u8("actor.state").craft("actor_state").hidden().doc("state").into(),
            bytes("actor.reserved", Size::Octets(lit(3)))
                .craft("actor_reserved")
                .hidden()
                .doc("reserved")
                .into(),
            u8("tlv_type").craft("partner_type").default(2).hidden().doc("type").into(),
            u8("tlv_length").craft("partner_length").default(20).hidden().doc("length").into(),
            be16("partner.sys_priority")
                .craft("partner_system_priority")
                .hidden()
                .doc("system priority")
                .into(),
            mac("partner.sysid").craft("partner_system").hidden().doc("system").into(),
            be16("partner.key").craft("partner_key").hidden().doc("key").into(),
            be16("partner.port_priority").craft("partner_port_priority").hidden().doc("port priority").into(),
            be16("partner.port").craft("partner_port_number").hidden().doc("port").into(),
            u8("partner.state").craft("partner_state").hidden().doc("state").into(),
            bytes("partner.reserved", Size::Octets(lit(3)))
                .craft("partner_reserved")
                .hidden()
                .doc("reserved")
                .into(),
            u8("tlv_type").craft("collector_type").default(3).hidden().doc("type").into(),
            u8("tlv_length").craft("collector_length").default(16).hidden().doc("length").into(),
            be16("collector.max_delay").craft("collector_max_delay").hidden().doc("maximum delay").into(),
            bytes("coll_reserved", Size::Octets(lit(12)))
                .craft("colletctor_reserved")
                .hidden()
                .doc("reserved")
                .into(),
            u8("tlv_type").craft("terminator_type").default(0).hidden().doc("type").into(),
            u8("tlv_length").craft("terminator_length").default(0).hidden().doc("length").into(),
            bytes("written_rest", Size::Octets(lit(50))).craft("reserved").hidden().doc("reserved").into(),
        ]))
}

/// IEEE Std 802.1AX-2020 §6.4.2.4: how conversations are spread over links.
fn algorithm() -> Item {
    const ALGORITHMS: &[(u64, &str)] = &[
        (0x0080_c200, "unspecified"),
        (0x0080_c201, "C-VID"),
        (0x0080_c202, "S-VID"),
        (0x0080_c203, "I-SID"),
        (0x0080_c204, "TE-SID"),
        (0x0080_c205, "ECMP flow hash"),
    ];
    be32("port_algorithm").hex().names(ALGORITHMS).doc("algorithm").into()
}

fn mask(name: &'static str) -> Item {
    bytes(name, rest()).doc("conversations that the link carries, a bit for each").into()
}

fn mask_with_state() -> [Item; 2] {
    let state = u8("mask_state").hex().doc("state").of([
        bits("mask_state.reserved", 4).doc("reserved"),
        flag("mask_state.discard_wrong").doc("what comes on the wrong link is dropped"),
        flag("mask_state.actor_mask").doc("the mask is the actor's"),
        flag("mask_state.active_links").doc("the lists of links agree"),
        flag("mask_state.algorithm").doc("the algorithms agree"),
    ]);
    [state, mask("conversation_mask1")]
}

pub(super) fn marker() -> Protocol {
    Protocol::new("marker", "Link Aggregation Marker Protocol")
        .layer("MarkerProtocol")
        .below("", "slow", &[("subtype", crate::schema::Given::Number(2))])
        .source("IEEE Std 802.1AX-2020 §6.5.3")
        .later(marker_fields)
        .summary(slow_line::marker)
        .sample("0180c2000002 020000000001 8809 02 01 0110 0001 020000000001 00000007 0000 0000 00000000000000000000")
}

/// Header and generated fields.
fn marker_fields(protocol: Protocol) -> Protocol {
    const TYPES: &[(u64, &str)] = &[(0, "terminator"), (1, "marker information"), (2, "marker response")];
    let body = || {
        [
            be16("requesterPort").craft("requester_port").brief().doc("requester's port").into(),
            mac("requesterSystem").craft("requester_system").brief().doc("requester's system").into(),
            be32("requesterTransId").craft("requester_transaction_id").brief().doc("transaction").into(),
            bytes("requesterPad", rest()).doc("padding").into(),
        ]
    };
    // scapy's layer is a marker, an end and what they are filled up with, one after the other
    let number = |name: &'static str, craft: &'static str, default: u64| -> Item {
        u8(name).craft(craft).default(default).hidden().doc("as scapy calls it").into()
    };
    let filling = |name: &'static str, craft: &'static str, octets: i64| -> Item {
        bytes(name, Size::Octets(lit(octets))).craft(craft).hidden().doc("reserved").into()
    };
    let written = built([
        number("written.type", "marker_type", 1),
        number("written.length", "marker_length", 16),
        be16("requesterPort").craft("requester_port").brief().doc("requester's port").into(),
        mac("requesterSystem").craft("requester_system").brief().doc("requester's system").into(),
        be32("requesterTransId").craft("requester_transaction_id").brief().doc("transaction").into(),
        filling("written.pad", "marker_reserved", 2),
        number("written.end", "terminator_type", 0),
        number("written.end_length", "terminator_length", 0),
        filling("written.rest", "reserved", 90),
    ]);
    protocol.field(u8("version").default(1).doc("version")).field(written).field(decoded([Tlv::new(
        label("tlv").doc("unknown TLV"),
        u8("tlvType").names(TYPES).doc("type"),
        u8("tlvLen").unit("octets").doc("length"),
    )
    .end(0)
    .padding(bytes("reserved", rest()).doc("reserved"))
    .single(&[0])
    .cases([
        case(0, label("terminator").doc("end of the TLVs"), []),
        case(1, label("information").doc("marker"), body()),
        case(2, label("response").doc("marker response"), body()),
    ])
    .other([bytes("value", rest()).doc("value").into()])
    .into()]))
}

pub(super) fn oam() -> Protocol {
    Protocol::new("oampdu", "Ethernet OAM")
        .source("IEEE Std 802.3-2022 §57.4")
        .later(oam_fields)
        .summary(slow_line::oam)
        .sample(concat!(
            "0180c2000002 020000000001 8809 03 0008 00 0110 01 0000 00 01 05ee 020000 00000000",
            "00000000000000000000000000000000000000000000"
        ))
}

/// Header and generated fields.
fn oam_fields(protocol: Protocol) -> Protocol {
    const CODES: &[(u64, &str)] = &[
        (0, "information"),
        (1, "event notification"),
        (2, "variable request"),
        (3, "variable response"),
        (4, "loopback control"),
        (0xfe, "organisation-specific"),
    ];
    protocol
        .field(be16("flags").hex().brief().doc("flags").of([
            bits("flags.reserved", 9).hex().doc("reserved"),
            flag("flags.remoteStable").doc("remote discovery done"),
            flag("flags.remoteEvaluating").doc("remote discovery going on"),
            flag("flags.localStable").doc("local discovery done"),
            flag("flags.localEvaluating").doc("local discovery going on"),
            flag("flags.criticalEvent").doc("critical event"),
            flag("flags.dyingGasp").doc("dying gasp"),
            flag("flags.linkFault").doc("link fault"),
        ]))
        .field(u8("code").hex().names(CODES).brief().doc("code"))
        .field(switch(
            val("code"),
            [
                (0, vec![information().into()]),
                (1, vec![be16("event.sequence").doc("sequence number").into(), events().into()]),
                (2, vec![super::slow_variables::descriptors().into()]),
                (3, vec![super::slow_variables::containers().into()]),
                (
                    4,
                    vec![
                        u8("lpbk.commands")
                            .hex()
                            .names(&[(1, "enable"), (2, "disable")])
                            .doc("loopback command")
                            .of([
                                bits("lpbk.commands.reserved", 6).doc("reserved"),
                                flag("lpbk.commands.disable").doc("disable"),
                                flag("lpbk.commands.enable").doc("enable"),
                            ]),
                        bytes("pad", rest()).doc("padding").into(),
                    ],
                ),
            ],
            vec![
                be24("oui").hex().doc("organisation").into(),
                bytes("vendor.data", rest()).doc("data").into(),
            ],
        ))
}

fn information() -> Tlv {
    let body = || {
        [
            u8("info.version").doc("version").into(),
            be16("info.revision").doc("revision").into(),
            u8("info.state").hex().doc("state").of([
                bits("info.state.reserved", 5).doc("reserved"),
                flag("info.state.multiplexer").doc("discards frames that are not OAM"),
                bits("info.state.parser", 2)
                    .names(&[(0, "forward"), (1, "loop back"), (2, "discard")])
                    .doc("parser"),
            ]),
            u8("info.oamConfig").hex().doc("configuration").of([
                bits("info.oamConfig.reserved", 3).doc("reserved"),
                flag("info.oamConfig.variables").doc("variable retrieval"),
                flag("info.oamConfig.events").doc("link events"),
                flag("info.oamConfig.loopback").doc("remote loopback"),
                flag("info.oamConfig.unidirectional").doc("unidirectional"),
                flag("info.oamConfig.mode").doc("active mode"),
            ]),
            be16("info.oampduConfig").unit("octets").doc("largest OAMPDU").into(),
            be24("info.oui").hex().doc("organisation").into(),
            bytes("info.vendor", rest()).doc("vendor information").into(),
        ]
    };
    Tlv::new(
        label("info.tlv").doc("unknown TLV"),
        u8("info.type").doc("type"),
        u8("info.length").unit("octets").doc("length"),
    )
    .single(&[0])
    .end(0)
    .padding(bytes("pad", rest()).doc("padding"))
    .cases([
        case(0, label("info.end").doc("end of the TLVs"), []),
        case(1, label("info.local").doc("local information"), body()),
        case(2, label("info.remote").doc("remote information"), body()),
    ])
    .other([bytes("info.data", rest()).doc("data").into()])
}

fn event(
    stamp: &'static str,
    window: Field,
    threshold: Field,
    errors: Field,
    total: Field,
    count: Field,
) -> [Item; 6] {
    [
        be16(stamp).unit("100 ms").doc("time stamp").into(),
        window.doc("window").into(),
        threshold.doc("threshold").into(),
        errors.doc("errors in the window").into(),
        total.doc("errors so far").into(),
        count.doc("events so far").into(),
    ]
}

fn events() -> Tlv {
    const STAMP: &str = "event.timestamp";
    Tlv::new(
        label("event.tlv").doc("unknown event"),
        u8("event.type").doc("type"),
        u8("event.length").unit("octets").doc("length"),
    )
    .single(&[0])
    .end(0)
    .padding(bytes("pad", rest()).doc("padding"))
    .cases([
        case(0, label("event.end").doc("end of the TLVs"), []),
        case(
            1,
            label("event.symbols").doc("errored symbol periods"),
            event(
                STAMP,
                be64("event.espeWindow"),
                be64("event.espeThreshold"),
                be64("event.espeErrors"),
                be64("event.espeTotalErrors"),
                be32("event.espeTotalEvents"),
            ),
        ),
        case(
            2,
            label("event.frames").doc("errored frames"),
            event(
                STAMP,
                be16("event.efeWindow"),
                be32("event.efeThreshold"),
                be32("event.efeErrors"),
                be64("event.efeTotalErrors"),
                be32("event.efeTotalEvents"),
            ),
        ),
        case(
            3,
            label("event.periods").doc("errored frame periods"),
            event(
                STAMP,
                be32("event.efpeWindow"),
                be32("event.efpeThreshold"),
                be32("event.efpeErrors"),
                be64("event.efpeTotalErrors"),
                be32("event.efpeTotalEvents"),
            ),
        ),
        case(
            4,
            label("event.seconds").doc("errored frame seconds"),
            event(
                STAMP,
                be16("event.efsseWindow"),
                be16("event.efsseThreshold"),
                be16("event.efsseErrors"),
                be32("event.efsseTotalErrors"),
                be32("event.efsseTotalEvents"),
            ),
        ),
    ])
    .other([bytes("event.data", rest()).doc("data").into()])
}

pub(super) fn ossp() -> Protocol {
    const QUALITY: &[(u64, &str)] =
        &[(2, "PRC"), (4, "SSU-A"), (8, "SSU-B"), (11, "EEC1/SEC"), (15, "do not use")];
    Protocol::new("ossp", "Organisation-specific slow protocol")
        .source("IEEE Std 802.3-2022 annex 57B, ITU-T G.8264 §11")
        .field(be24("oui").hex().names(&[(0x0019a7, "ITU-T")]).brief().doc("organisation"))
        .field(switch(
            val("oui"),
            [(
                0x0019a7,
                vec![
                    be16("itu.subtype").doc("subtype").into(),
                    bits("esmc.version", 4).doc("version").into(),
                    flag("esmc.event_flag").brief().doc("event").into(),
                    bits("esmc.reserved", 27).hex().doc("reserved").into(),
                    Tlv::new(label("esmc.tlv_unknown").doc("unknown TLV"), u8("esmc.tlv_type"), be16("esmc.tlv_length"))
                        .head(
                            "esmc.tlv_type",
                            Some("esmc.tlv_length"),
                            [
                                u8("esmc.tlv_type").doc("type").into(),
                                be16("esmc.tlv_length").unit("octets").doc("length").into(),
                            ],
                        )
                        .single(&[0])
                        .end(0)
                        .padding(bytes("esmc.padding", rest()).doc("padding"))
                        .cases([
                            case(0, label("esmc.end").doc("end of the TLVs"), []),
                            case(
                                1,
                                label("esmc.quality").doc("quality level"),
                                [
                                    bits("esmc.tlv_ql_unused", 4).doc("unused").into(),
                                    bits("esmc.ql", 4).names(QUALITY).brief().doc("quality level").into(),
                                ],
                            ),
                        ])
                        .other([bytes("esmc.tlv_data", rest()).doc("data").into()])
                        .into(),
                ],
            )],
            vec![bytes("value", rest()).doc("value").into()],
        ))
        .sample("0180c2000002 020000000001 8809 0a 0019a7 0001 10000000 01 0004 02 0000000000000000000000000000000000000000000000000000000000000000")
}
