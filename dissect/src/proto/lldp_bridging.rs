//! Data center bridging in LLDP: the TLVs of IEEE 802.1 (802.1Q-2018 §D.2.8 to §D.2.11), and the exchange that vendors had before (DCB Capability
//! Exchange Protocol Base Specification 1.01, of 2008).

use crate::decode::Walk;
use crate::schema::{
    Field, Item, Tlv, be16, be24, be32, bits, bytes, case, custom, flag, label, repeat, rest, switch, u8, val,
};

/// A number of four bits, or an octet, for each of eight.
fn eight(names: [&'static str; 8], width: u16, doc: &'static str) -> impl Iterator<Item = Item> {
    names.into_iter().map(move |name| bits(name, width).doc(doc).into())
}

/// Eight names that end in a digit.
macro_rules! numbered {
    ($head:literal) => {
        [
            concat!($head, "0"),
            concat!($head, "1"),
            concat!($head, "2"),
            concat!($head, "3"),
            concat!($head, "4"),
            concat!($head, "5"),
            concat!($head, "6"),
            concat!($head, "7"),
        ]
    };
}
pub(super) use numbered;

/// One bit for each priority, the highest first.
pub(super) fn priorities(whole: Field, names: [&'static str; 8]) -> Item {
    let [zero, one, two, three, four, five, six, seven] = names;
    whole.of([
        flag(seven).doc("priority 7"),
        flag(six).doc("priority 6"),
        flag(five).doc("priority 5"),
        flag(four).doc("priority 4"),
        flag(three).doc("priority 3"),
        flag(two).doc("priority 2"),
        flag(one).doc("priority 1"),
        flag(zero).doc("priority 0"),
    ])
}

/// Enhanced transmission selection: how it is set, or how a neighbour is advised to set it.
pub(super) fn traffic_classes(set: bool) -> Vec<Item> {
    let mut items: Vec<Item> = match set {
        true => vec![
            flag("dcbx.ieee.willing").doc("willing").into(),
            flag("dcbx.ieee.ets.cbs").doc("credit-based shaper").into(),
            bits("dcbx.ieee.ets.reserved", 3).doc("reserved").into(),
            bits("dcbx.ieee.ets.maxtcs", 3).doc("most traffic classes").into(),
        ],
        false => vec![u8("dcbx.ieee.ets.reserved").doc("reserved").into()],
    };
    items.extend(eight(numbered!("dcbx.feature.pg.pgid_prio"), 4, "traffic class of the priority"));
    items.extend(eight(numbered!("dcbx.feature.pg.per"), 8, "bandwidth of the class in percent"));
    items.extend(eight(numbered!("dcbx.ieee.ets.tsa"), 8, "selection algorithm of the class"));
    items
}

pub(super) fn flow_control() -> Vec<Item> {
    vec![
        flag("dcbx.ieee.willing").doc("willing").into(),
        flag("dcbx.ieee.pfc.mbc").doc("MACsec bypass capability").into(),
        bits("dcbx.ieee.pfc.reserved", 2).doc("reserved").into(),
        bits("dcbx.ieee.pfc.numtcs", 4).doc("classes at once").into(),
        priorities(
            u8("dcbx.ieee.pfc.enabled").hex().doc("enabled priorities"),
            numbered!("dcbx.feature.pfc.prio"),
        ),
    ]
}

pub(super) fn applications() -> Vec<Item> {
    vec![
        u8("dcbx.ieee.app.reserved").hex().doc("reserved").into(),
        repeat(
            label("dcbx.ieee.app").doc("application"),
            [
                bits("dcbx.ieee.app.prio", 3).doc("priority").into(),
                bits("dcbx.ieee.app.res", 2).doc("reserved").into(),
                bits("dcbx.iee.app.sf", 3).doc("selector").into(),
                be16("dcbx.ieee.app.proto").alias("dcbx.feature.app.proto").hex().doc("protocol").into(),
            ],
        ),
    ]
}

/// Edge virtual bridging, IEEE Std 802.1Q-2018 §D.2.12.
pub(super) fn edge() -> Vec<Item> {
    vec![
        u8("ieee.802_1.evb.bridge").hex().doc("state of the bridge").of([
            bits("ieee.802_1.evb.bridge.reserved", 5).doc("reserved"),
            flag("ieee.802_1.evb.bridge.bgid").doc("groups supported"),
            flag("ieee.802_1.evb.bridge.rrcap").doc("can relay reflectively"),
            flag("ieee.802_1.evb.bridge.rrctr").doc("relays reflectively"),
        ]),
        u8("ieee.802_1.evb.station").hex().doc("state of the station").of([
            bits("ieee.802_1.evb.station.reserved", 4).doc("reserved"),
            flag("ieee.802_1.evb.station.sgid").doc("groups supported"),
            flag("ieee.802_1.evb.station.rrreq").doc("asks for reflective relay"),
            bits("ieee.802_1.evb.station.rrstat", 2)
                .names(&[(0, "not enabled"), (1, "enabled"), (2, "unknown"), (3, "unknown")])
                .doc("reflective relay"),
        ]),
        bits("ieee.802_1.evb.r", 3).doc("retries").into(),
        bits("ieee.802_1.evb.rte", 5).doc("retransmission exponent").into(),
        bits("ieee.802_1.evb.mode", 2)
            .names(&[(0, "none"), (1, "bridge"), (2, "station")])
            .doc("EVB mode")
            .into(),
        flag("ieee.802_1.evb.rwd.local").doc("the resource wait delay is local").into(),
        bits("ieee.802_1.evb.rwd", 5).doc("resource wait delay, exponent").into(),
        bits("ieee.802_1.evb.reserved", 2).doc("reserved").into(),
        flag("ieee.802_1.evb.rka.local").doc("the keepalive is local").into(),
        bits("ieee.802_1.evb.rka", 5).doc("keepalive, exponent").into(),
    ]
}

/// S-channels between a station and its bridge, IEEE Std 802.1Q-2018 §D.2.13.
pub(super) fn channels() -> Vec<Item> {
    vec![
        bits("ieee.802_1.cdcp.role", 1).names(&[(0, "bridge"), (1, "station")]).doc("role").into(),
        bits("ieee.802_1.cdcp.reserved", 3).doc("reserved").into(),
        flag("ieee.802_1.cdcp.scomp").doc("S-VLAN component").into(),
        bits("ieee.802_1.cdcp.reserved2", 15).doc("reserved").into(),
        bits("ieee.802_1.cdcp.chncap", 12).doc("channels that are possible").into(),
        repeat(
            label("ieee.802_1.cdcp.channel").doc("channel"),
            [
                bits("ieee.802_1.cdcp.scid", 12).doc("S-channel").into(),
                bits("ieee.802_1.cdcp.svid", 12).doc("S-VLAN").into(),
            ],
        ),
    ]
}

/// Edge virtual bridging as the draft of 802.1Qbg had it in 2010, under the code of a vendor; libvirt's lldpad still sends it.
pub(super) fn edge_draft() -> Vec<Item> {
    let capabilities = |whole: Field, names: [&'static str; 6]| {
        let [bridging, relay, reserved, timer, control, discovery] = names;
        whole.of([
            flag(bridging).doc("standard bridging"),
            flag(relay).doc("reflective relay"),
            bits(reserved, 11).hex().doc("reserved"),
            flag(timer).doc("retransmission exponent"),
            flag(control).doc("edge control protocol"),
            flag(discovery).doc("VSI discovery protocol"),
        ])
    };
    vec![
        u8("ieee.802_1qbg.subtype").hex().names(&[(0, "EVB")]).doc("subtype").into(),
        switch(
            val("ieee.802_1qbg.subtype"),
            [(
                0,
                vec![
                    capabilities(
                        be16("ieee.802_1qbg.evb_support_caps").hex().doc("able"),
                        [
                            "ieee.802_1qbg.evb_support_caps.std",
                            "ieee.802_1qbg.evb_support_caps.rr",
                            "ieee.802_1qbg.evb_support_caps.reserved",
                            "ieee.802_1qbg.evb_support_caps.rte",
                            "ieee.802_1qbg.evb_support_caps.ecp",
                            "ieee.802_1qbg.evb_support_caps.vdp",
                        ],
                    ),
                    capabilities(
                        be16("ieee.802_1qbg.evb_configure_caps").hex().doc("configured"),
                        [
                            "ieee.802_1qbg.evb_configure_caps.std",
                            "ieee.802_1qbg.evb_configure_caps.rr",
                            "ieee.802_1qbg.evb_configure_caps.reserved",
                            "ieee.802_1qbg.evb_configure_caps.rte",
                            "ieee.802_1qbg.evb_configure_caps.ecp",
                            "ieee.802_1qbg.evb_configure_caps.vdp",
                        ],
                    ),
                    be16("ieee.802_1qbg.evb_supported_vsi").doc("stations that are possible").into(),
                    be16("ieee.802_1qbg.evb_configured_vsi").doc("stations that are configured").into(),
                    u8("ieee.802_1qbg.evb_retrans_timer").doc("retransmission exponent").into(),
                ],
            )],
            vec![bytes("ieee.802_1qbg.value", rest()).doc("value").into()],
        ),
    ]
}

/// The exchange of 2008 and its forerunner, by the TLV's subtype.
pub(super) fn earlier() -> Vec<Item> {
    vec![
        u8("dcbx.proto").hex().names(&[(1, "1.0 (CIN)"), (2, "1.01 (CEE)")]).doc("version of DCBX").into(),
        switch(
            val("dcbx.proto"),
            [(1, vec![parts().into()]), (2, vec![parts().into()])],
            vec![bytes("dcbx.value", rest()).doc("value").into()],
        ),
    ]
}

fn parts() -> Tlv {
    const TYPES: &[(u64, &str)] = &[
        (1, "control"),
        (2, "priority groups"),
        (3, "priority flow control"),
        (4, "application protocols"),
        (6, "logical link down"),
    ];
    let mut groups = feature();
    groups.extend(eight(numbered!("dcbx.feature.pg.pgid_prio"), 4, "group of the priority"));
    groups.extend(eight(numbered!("dcbx.feature.pg.per"), 8, "bandwidth of the group in percent"));
    groups.push(u8("dcbx.feature.pg.numtcs").hex().doc("classes supported").into());
    let mut flow = feature();
    flow.push(priorities(
        u8("dcbx.feature.pfc").hex().doc("enabled priorities"),
        numbered!("dcbx.feature.pfc.prio"),
    ));
    flow.push(u8("dcbx.feature.pfc.numtcs").hex().doc("classes supported").into());
    let mut applications = feature();
    applications.push(repeat(
        label("dcbx.feature.app").doc("application"),
        [
            be16("dcbx.feature.app.proto").hex().doc("protocol").into(),
            custom([be24("dcbx.feature.app.oui").hex().doc("organisation")], application_oui),
            bits("dcbx.feature.app.oui.high", 6).hex().doc("first bits of the organisation").into(),
            bits("dcbx.feature.app.sf", 2)
                .names(&[(0, "EtherType"), (1, "TCP or UDP port")])
                .doc("selector")
                .into(),
            be16("dcbx.feature.app.oui.low").hex().doc("organisation's other octets").into(),
            custom([u8("dcbx.feature.app.prio").doc("priority")], highest),
        ],
    ));
    let mut link = feature();
    link.extend([
        bits("dcbx.feature.llink.type", 1)
            .hex()
            .names(&[(0, "FCoE"), (1, "LAN")])
            .doc("what the link carries")
            .into(),
        bits("dcbx.feature.llink.reserved", 7).doc("reserved").into(),
    ]);
    let known = |kind, name, doc, items| {
        let mut case = case(kind, label(name).doc(doc), []);
        case.items = items;
        case
    };
    Tlv::new(label("dcbx.unknown").doc("unknown part"), bits("dcbx.type", 7), bits("dcbx.len", 9))
        .head(
            "dcbx.type",
            Some("dcbx.len"),
            [
                bits("dcbx.type", 7).names(TYPES).doc("kind of part").into(),
                bits("dcbx.len", 9).unit("octets").doc("length").into(),
            ],
        )
        .body_len()
        .cases([
            known(1, "dcbx.control", "control", control()),
            known(2, "dcbx.feature.pg", "priority groups", groups),
            known(3, "dcbx.feature.flow", "priority flow control", flow),
            known(4, "dcbx.feature.applications", "application protocols", applications),
            known(6, "dcbx.feature.llink", "logical link down", link),
        ])
        .other([bytes("dcbx.data", rest()).doc("value").into()])
}

fn versions() -> Vec<Item> {
    vec![
        u8("dcbx.version").hex().doc("version in use").into(),
        u8("dcbx.max_version").hex().doc("highest version").into(),
    ]
}

fn control() -> Vec<Item> {
    let mut items = versions();
    items.push(be32("dcbx.control.seq").doc("sequence number").into());
    items.push(be32("dcbx.control.ack").doc("acknowledged").into());
    items
}

fn feature() -> Vec<Item> {
    let mut items = versions();
    items.extend([
        flag("dcbx.feature.enabled").doc("enabled").into(),
        flag("dcbx.feature.willing").doc("willing").into(),
        flag("dcbx.feature.error").doc("error").into(),
        bits("dcbx.feature.reserved", 5).doc("reserved").into(),
        u8("dcbx.feature.subtype").hex().doc("subtype").into(),
    ]);
    items
}

/// Of the three octets that hold the organisation, two bits of the first are the selector.
fn application_oui(walk: &mut Walk<'_, '_>) {
    if let Some([high, middle, low]) = walk.rest().first_chunk::<3>().copied() {
        let organisation = u32::from_be_bytes([0, high & 0xfc, middle, low]);
        walk.emit("dcbx.feature.app.oui", walk.offset(), 3, u64::from(organisation));
    }
}

/// The highest priority of a map with a bit for each.
fn highest(walk: &mut Walk<'_, '_>) {
    let Some(map) = walk.rest().first().copied() else { return walk.malformed(1) };
    walk.emit("dcbx.feature.app.prio", walk.offset(), 1, u64::from(map.checked_ilog2().unwrap_or(0)));
    walk.advance(1);
}
