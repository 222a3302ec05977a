//! LLDP's TLVs of vendors: Cisco's power over four pairs and its application-centric fabrics, Avaya's telephones, Extreme's fabric attachment,
//! ONOS, and IANA's one TLV (RFC 8520 §11). They follow what Wireshark, lldpd and the vendors' manuals agree on.

use crate::schema::{
    Field, Item, Size, be16, be24, be32, bits, bytes, flag, ipv4, lit, repeat, rest, switch, text, u8, val,
};

fn one(field: Field) -> Vec<Item> {
    vec![field.into()]
}

fn string(name: &'static str, doc: &'static str) -> Vec<Item> {
    one(text(name, rest()).doc(doc))
}

/// Power over four pairs, before 802.3bt had it, and what the nodes of a fabric tell each other.
pub(super) fn cisco() -> Vec<Item> {
    const SUBTYPES: &[(u64, &str)] = &[
        (0x01, "power over four pairs"),
        (0xc9, "ACI port state"),
        (0xca, "ACI node role"),
        (0xcb, "ACI node ID"),
        (0xcc, "ACI spine level"),
        (0xcd, "ACI pod ID"),
        (0xce, "ACI fabric name"),
        (0xcf, "ACI appliance vector"),
        (0xd0, "ACI node address"),
        (0xd1, "ACI port role"),
        (0xd2, "ACI firmware version"),
        (0xd3, "ACI infrastructure VLAN"),
        (0xd4, "ACI serial number"),
        (0xd6, "ACI model"),
        (0xd7, "ACI node name"),
        (0xd8, "ACI port mode"),
        (0xd9, "ACI authentication cookie"),
        (0xda, "ACI controller mode"),
        (0xdb, "ACI fabric ID"),
    ];
    vec![
        u8("cisco.subtype").hex().names(SUBTYPES).doc("subtype").into(),
        switch(
            val("cisco.subtype"),
            [
                (0x01, four_pairs()),
                (0xc9, one(u8("cisco.portstate").doc("state of the port"))),
                (
                    0xca,
                    one(u8("cisco.noderole")
                        .names(&[(0, "controller"), (1, "leaf"), (2, "spine")])
                        .doc("role of the node")),
                ),
                (0xcb, one(be32("cisco.nodeid").doc("node"))),
                (0xcc, one(u8("cisco.spinelevel").doc("level of the spine"))),
                (0xcd, one(be16("cisco.podid").doc("pod"))),
                (0xce, string("cisco.fabricname", "fabric")),
                (0xcf, vec![controllers()]),
                (0xd0, one(ipv4("cisco.nodeip").doc("address of the node"))),
                (0xd1, one(u8("cisco.portrole").doc("role of the port"))),
                (0xd2, string("cisco.version", "firmware")),
                (0xd3, one(be16("cisco.fabricvlan").doc("VLAN of the infrastructure"))),
                (0xd4, string("cisco.serialno", "serial number")),
                (0xd6, string("cisco.model", "model")),
                (0xd7, string("cisco.nodename", "node")),
                (0xd8, one(u8("cisco.portmode").doc("mode of the port"))),
                (0xd9, one(bytes("cisco.authcookie", rest()).doc("authentication cookie"))),
                (0xda, one(u8("cisco.apicmode").doc("mode of the controllers"))),
                (0xdb, one(be16("cisco.fabricd").doc("fabric"))),
            ],
            vec![bytes("cisco.value", rest()).doc("value").into()],
        ),
        behind(),
    ]
}

/// What a TLV has behind what is known of it.
fn behind() -> Item {
    crate::schema::when(
        crate::schema::Test::Ge(crate::schema::left(), lit(1)),
        [bytes("subtype.content_remaining", rest()).doc("further octets").into()],
    )
}

fn four_pairs() -> Vec<Item> {
    vec![u8("cisco.upoe").hex().doc("capabilities").of([
        bits("cisco.upoe.reserved", 4).doc("reserved"),
        flag("cisco.upoe.pse_altb_oper").doc("the source feeds the spare pair"),
        flag("cisco.upoe.pd_altb_desired").doc("the device asks for the spare pair"),
        flag("cisco.upoe.altb_detection_required").doc("detection on the spare pair"),
        flag("cisco.upoe.supported").doc("supported"),
    ])]
}

fn controllers() -> Item {
    repeat(
        crate::schema::label("cisco.apiclist").doc("controller"),
        [
            u8("cisco.apicid").doc("controller").into(),
            ipv4("cisco.apicipv4").doc("address of the controller").into(),
            text("cisco.apicuuid", Size::Octets(lit(36))).doc("identifier of the controller").into(),
        ],
    )
}

/// Avaya's telephones and the switches that feed them.
pub(super) fn avaya() -> Vec<Item> {
    const SUBTYPES: &[(u64, &str)] = &[
        (1, "power conservation level"),
        (3, "call server"),
        (4, "telephone's addresses"),
        (5, "network analyser"),
        (6, "file server"),
        (7, "802.1Q framing"),
    ];
    vec![
        u8("avaya.subtype").hex().names(SUBTYPES).doc("subtype").into(),
        switch(
            val("avaya.subtype"),
            [
                (1, one(bytes("avaya.poe", Size::Octets(lit(7))).doc("power conservation"))),
                (3, vec![repeat_of("avaya.callservers", ipv4("avaya.callserver").doc("call server"))]),
                (
                    4,
                    vec![
                        ipv4("avaya.ipphone.ip").doc("address").into(),
                        ipv4("avaya.ipphone.mask").doc("mask").into(),
                        ipv4("avaya.ipphone.gateway").doc("gateway").into(),
                    ],
                ),
                (5, one(ipv4("avaya.cnaserver").doc("network analyser"))),
                (6, vec![repeat_of("avaya.fileservers", ipv4("avaya.fileserver").doc("file server"))]),
                (
                    7,
                    one(u8("avaya.dot1q")
                        .hex()
                        .names(&[(1, "tagging"), (2, "no tagging"), (3, "automatic")])
                        .doc("framing")),
                ),
            ],
            vec![bytes("avaya.value", rest()).doc("value").into()],
        ),
        behind(),
    ]
}

fn repeat_of(name: &'static str, field: Field) -> Item {
    repeat(crate::schema::label(name).doc("addresses"), [field.into()])
}

/// Fabric attachment, which was Avaya's and is Extreme's.
pub(super) fn extreme() -> Vec<Item> {
    let digest = || bytes("extreme_avaya_ap.hmac_sha_digest", Size::Octets(lit(32))).doc("digest").into();
    vec![
        u8("extreme_avaya_ap.subtype")
            .names(&[(11, "fabric attach element"), (12, "fabric attach assignment")])
            .doc("subtype")
            .into(),
        switch(
            val("extreme_avaya_ap.subtype"),
            [
                (
                    11,
                    vec![
                        digest(),
                        bits("extreme_avaya_ap.element_type", 6).doc("kind of element").into(),
                        bits("extreme_avaya_ap.state", 6).doc("state").into(),
                        bits("extreme_avaya_ap.mgnt_vlan", 12).doc("management VLAN").into(),
                        u8("extreme_avaya_ap.rsvd").doc("reserved").into(),
                        bytes("extreme_avaya_ap.system_id", Size::Octets(lit(10))).doc("system").into(),
                    ],
                ),
                (
                    12,
                    vec![
                        digest(),
                        repeat(
                            crate::schema::label("extreme_avaya_ap.assignment").doc("assignment"),
                            [
                                bits("extreme_avaya_ap.status", 4).doc("status").into(),
                                bits("extreme_avaya_ap.vlan", 12).doc("VLAN").into(),
                                be24("extreme_avaya_ap.i_sid").doc("service identifier").into(),
                            ],
                        ),
                    ],
                ),
            ],
            vec![bytes("extreme_avaya_ap.value", rest()).doc("value").into()],
        ),
        behind(),
    ]
}

/// A link to a description of what the device is for.
pub(super) fn iana() -> Vec<Item> {
    vec![
        u8("iana.subtype").hex().names(&[(1, "manufacturer usage description")]).doc("subtype").into(),
        switch(
            val("iana.subtype"),
            [(1, string("iana.mudurl", "manufacturer usage description"))],
            vec![bytes("iana.value", rest()).doc("value").into()],
        ),
    ]
}

/// What the controller ONOS puts in the frames by which it finds links.
pub(super) fn onos() -> Vec<Item> {
    vec![
        u8("onos.subtype")
            .hex()
            .names(&[(1, "chassis"), (2, "port"), (3, "time to live")])
            .doc("subtype")
            .into(),
        switch(
            val("onos.subtype"),
            [
                (1, string("onos.chassis", "chassis")),
                (2, string("onos.port", "port")),
                (3, one(be32("onos.ttl").doc("time to live"))),
            ],
            vec![bytes("onos.value", rest()).doc("value").into()],
        ),
    ]
}
