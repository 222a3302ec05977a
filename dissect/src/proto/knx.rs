//! KNXnet/IP and the cEMI frames in it (EN 13321-2, KNX Standard 03/08 and 03/06/03): the core, device management, tunnelling and routing
//! services. Secure services are shown as octets.

use crate::schema::{
    Expr, Field, Item, Protocol, Size, Span, TCP_PORT, Test, Tlv, TlvCase, UDP_PORT, be16, be48, bits, block,
    bytes, eq, ge, ipv4, label, left, lit, mac, ne, rest, same, switch, text, turned, u8, val, when,
};

const SERVICES: &[(u64, &str)] = &[
    (0x0201, "SearchRequest"),
    (0x0202, "SearchResponse"),
    (0x0203, "DescriptionRequest"),
    (0x0204, "DescriptionResponse"),
    (0x0205, "ConnectRequest"),
    (0x0206, "ConnectResponse"),
    (0x0207, "ConnectionStateRequest"),
    (0x0208, "ConnectionStateResponse"),
    (0x0209, "DisconnectRequest"),
    (0x020a, "DisconnectResponse"),
    (0x020b, "SearchRequestExt"),
    (0x020c, "SearchResponseExt"),
    (0x0310, "ConfigurationRequest"),
    (0x0311, "ConfigurationAck"),
    (0x0420, "TunnelingRequest"),
    (0x0421, "TunnelingAck"),
    (0x0530, "RoutingIndication"),
    (0x0531, "RoutingLostMessage"),
    (0x0532, "RoutingBusy"),
    (0x0950, "SecureWrapper"),
    (0x0951, "SessionRequest"),
    (0x0952, "SessionResponse"),
    (0x0953, "SessionAuthenticate"),
    (0x0954, "SessionStatus"),
    (0x0955, "TimerNotify"),
];

const HOSTS: &[(u64, &str)] = &[(1, "IPv4 UDP"), (2, "IPv4 TCP")];

const CONNECTIONS: &[(u64, &str)] = &[
    (3, "Device Management"),
    (4, "Tunneling"),
    (6, "Remote Logging"),
    (7, "Remote Configuration"),
    (8, "Object Server"),
];

const STATUSES: &[(u64, &str)] = &[
    (0x00, "OK"),
    (0x01, "E_HOST_PROTOCOL_TYPE"),
    (0x02, "E_VERSION_NOT_SUPPORTED"),
    (0x04, "E_SEQUENCE_NUMBER"),
    (0x21, "E_CONNECTION_ID"),
    (0x22, "E_CONNECTION_TYPE"),
    (0x23, "E_CONNECTION_OPTION"),
    (0x24, "E_NO_MORE_CONNECTIONS"),
    (0x26, "E_DATA_CONNECTION"),
    (0x27, "E_KNX_CONNECTION"),
    (0x29, "E_TUNNELING_LAYER"),
];

const MEDIA: &[(u64, &str)] =
    &[(0x01, "TP0"), (0x02, "TP1"), (0x04, "PL110"), (0x08, "PL132"), (0x10, "RF"), (0x20, "IP")];

const DESCRIPTIONS: &[(u64, &str)] = &[
    (0x01, "Device Information"),
    (0x02, "Supported Services"),
    (0x03, "IP Configuration"),
    (0x04, "IP Current Configuration"),
    (0x05, "KNX Addresses"),
    (0x06, "Secured Services"),
    (0x07, "Tunneling Information"),
    (0x08, "Extended Device Information"),
    (0xfe, "Manufacturer Data"),
];

const FAMILIES: &[(u64, &str)] = &[
    (2, "Core"),
    (3, "Device Management"),
    (4, "Tunneling"),
    (5, "Routing"),
    (6, "Remote Logging"),
    (7, "Remote Configuration"),
    (8, "Object Server"),
    (9, "Security"),
];

const MESSAGES: &[(u64, &str)] = &[
    (0x10, "L_Raw.req"),
    (0x11, "L_Data.req"),
    (0x13, "L_Poll_Data.req"),
    (0x25, "L_Poll_Data.con"),
    (0x29, "L_Data.ind"),
    (0x2b, "L_Busmon.ind"),
    (0x2d, "L_Raw.ind"),
    (0x2e, "L_Data.con"),
    (0x2f, "L_Raw.con"),
    (0xf0, "M_Reset.ind"),
    (0xf1, "M_Reset.req"),
    (0xf5, "M_PropWrite.con"),
    (0xf6, "M_PropWrite.req"),
    (0xf7, "M_PropInfo.ind"),
    (0xfb, "M_PropRead.con"),
    (0xfc, "M_PropRead.req"),
];

const PRIORITIES: &[(u64, &str)] = &[(0, "System"), (1, "Urgent"), (2, "Normal"), (3, "Low")];

const SERVICES_OF_GROUPS: &[(u64, &str)] = &[
    (0, "GroupValueRead"),
    (1, "GroupValueResponse"),
    (2, "GroupValueWrite"),
    (3, "IndividualAddressWrite"),
    (4, "IndividualAddressRead"),
    (5, "IndividualAddressResponse"),
    (6, "AdcRead"),
    (7, "AdcResponse"),
    (8, "MemoryRead"),
    (9, "MemoryResponse"),
    (10, "MemoryWrite"),
    (11, "UserMessage"),
    (12, "DeviceDescriptorRead"),
    (13, "DeviceDescriptorResponse"),
    (14, "Restart"),
    (15, "Escape"),
];

pub(super) fn knxip() -> Protocol {
    Protocol::new("knxip", "KNX/IP")
        .alias("kip")
        .layer("KNX")
        .ports_below("udp", 3671, 3671)
        .source("EN 13321-2, KNX Standard 03/08/02 to 03/08/05")
        .on(UDP_PORT, &[3671])
        .on(TCP_PORT, &[3671])
        .accepts(UDP_PORT, |data| data.starts_with(&[6, 0x10]))
        .accepts(TCP_PORT, |data| data.starts_with(&[6, 0x10]))
        .answers([turned("service", &[(0x201, 0x202), (0x203, 0x204), (0x205, 0x206), (0x207, 0x208), (0x209, 0x20a), (0x310, 0x311), (0x420, 0x421)]), same("seqctr")])
        .heads(&["cemi"])
        .later(fields)
        .sample("02000000000202000000000108004500003100010000401166b90a0000010a0000020e570e57001d68db061004200015040100001100bce000000801010081")
        .sample("02000000000202000000000108004500003600010000401166b40a0000010a0000020e570e570022801406100205001a08010a0000010e5708010a0000010e5704040200")
        .sample("02000000000202000000000108004500006800010000401166820a0000020a0000010e570e5700542b5506100202004c08010a0000020e57360102001101000000c5010203e8e000170c0200000000026b6e782064657669636500000000000000000000000000000000000000000802020103010401")
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    protocol
        .field(
            u8("headerlength").craft("header_length").default(6).unit("octets").doc("length of the header"),
        )
        .field(u8("version").craft("protocol_version").default(0x10).hex().doc("version"))
        .field(be16("service").craft("service_identifier").hex().names(SERVICES).brief().doc("service").of([
            bits("service.family", 8).hex().names(FAMILIES).doc("family of services"),
            bits("service.number", 8).hex().doc("number in the family"),
        ]))
        .field(
            be16("totallength").craft("total_length").unit("octets").len_of(Span::Whole, 1, 0).doc("length"),
        )
        .field(Item::Block(
            label("body").hidden().doc("body"),
            Size::Octets(val("totallength") - 6),
            vec![switch(
                val("service"),
                [
                    (0x0201, vec![host()]),
                    (0x0202, vec![host(), descriptions()]),
                    (0x0203, vec![host()]),
                    (0x0204, vec![descriptions()]),
                    (0x0205, vec![host(), host(), request()]),
                    (0x0206, vec![channel(), status(), when(some_left(), [host(), response()])]),
                    (0x0207, vec![channel(), reserved(), host()]),
                    (0x0208, vec![channel(), status()]),
                    (0x0209, vec![channel(), reserved(), host()]),
                    (0x020a, vec![channel(), status()]),
                    (0x0310, vec![connection(reserved()), frame()]),
                    (0x0311, vec![connection(status())]),
                    (0x0420, vec![connection(reserved()), frame()]),
                    (0x0421, vec![connection(status())]),
                    (0x0530, vec![frame()]),
                    (0x0531, vec![structure(vec![status(), be16("loss").doc("messages lost").into()])]),
                    (
                        0x0532,
                        vec![structure(vec![
                            status(),
                            be16("busy.time").unit("ms").doc("to wait").into(),
                            be16("busy.control").hex().doc("control").into(),
                        ])],
                    ),
                ],
                vec![when(some_left(), [bytes("data", rest()).doc("body of another service").into()])],
            )]
            .into(),
        ))
}

fn some_left() -> Test {
    Test::Ge(left(), lit(1))
}

/// A part that begins with its length.
fn structure(items: Vec<Item>) -> Item {
    let mut all: Vec<Item> = vec![u8("struct.length").unit("octets").doc("length").into()];
    all.push(Item::Block(
        label("struct.body").hidden().doc("contents"),
        Size::Octets(val("struct.length") - 1),
        items.into(),
    ));
    Item::Repeat(label("folder").doc("structure"), crate::schema::Count::Times(lit(1)), all.into())
}

fn host() -> Item {
    structure(vec![
        u8("hostprotocol").default(1).hex().names(HOSTS).doc("transport").into(),
        ipv4("ipaddr").doc("address").into(),
        be16("port").doc("port").into(),
    ])
}

fn channel() -> Item {
    u8("channel").hex().brief().doc("channel").into()
}

fn status() -> Item {
    u8("status").hex().names(STATUSES).brief().doc("status").into()
}

fn reserved() -> Item {
    u8("reserved").hex().doc("reserved").into()
}

fn device_status() -> Item {
    u8("device.status").hex().doc("status of the device").into()
}

fn connection(last: Item) -> Item {
    structure(vec![channel(), u8("seqctr").brief().doc("sequence counter").into(), last])
}

fn request() -> Item {
    structure(vec![
        u8("conn.type").hex().names(CONNECTIONS).brief().doc("kind of connection").into(),
        when(
            eq("conn.type", 4),
            [
                u8("tunnel.layer")
                    .hex()
                    .names(&[(2, "LinkLayer"), (4, "Raw"), (0x80, "Busmonitor")])
                    .doc("layer")
                    .into(),
                reserved(),
            ],
        ),
        when(some_left(), [bytes("data", rest()).doc("further information").into()]),
    ])
}

fn response() -> Item {
    structure(vec![
        u8("conn.type").hex().names(CONNECTIONS).brief().doc("kind of connection").into(),
        when(eq("conn.type", 4), [be16("knxaddr").hex().doc("address").into()]),
        when(some_left(), [bytes("data", rest()).doc("further information").into()]),
    ])
}

fn descriptions() -> Item {
    let node = || label("dib").doc("description");
    let case = |kind: u64, items: Vec<Item>| TlvCase { kind, field: node(), items };
    let mut list = Tlv::new(node(), u8("dibtype"), u8("struct.length"))
        .head(
            "dibtype",
            Some("struct.length"),
            [
                u8("struct.length").unit("octets").doc("length").into(),
                u8("dibtype").hex().names(DESCRIPTIONS).doc("kind").into(),
            ],
        )
        .other([bytes("data", rest()).doc("value").into()]);
    list.cases = vec![
        case(
            1,
            vec![
                u8("medium").hex().names(MEDIA).doc("medium").into(),
                device_status(),
                be16("knxaddr").hex().brief().doc("address").into(),
                be16("project").hex().doc("project").of([
                    bits("project.nr", 12).doc("number"),
                    bits("project.installation", 4).doc("installation"),
                ]),
                be48("sernr").hex().doc("serial number").into(),
                ipv4("mcaddr").doc("multicast address").into(),
                mac("macaddr").doc("link address").into(),
                text("device.name", Size::Octets(lit(30))).brief().doc("name").into(),
            ],
        ),
        case(
            2,
            vec![crate::schema::repeat(
                label("family").hidden().doc("services"),
                [
                    u8("service.family").hex().names(FAMILIES).doc("family of services").into(),
                    u8("service.version").hex().doc("version").into(),
                ],
            )],
        ),
        case(
            3,
            vec![
                ipv4("ipaddr").doc("address").into(),
                ipv4("subnet").doc("mask").into(),
                ipv4("gateway").doc("gateway").into(),
                u8("ipcaps").hex().doc("capabilities").into(),
                u8("ipassign").hex().doc("assignment").into(),
            ],
        ),
    ];
    list.into()
}

/// A cEMI frame.
fn frame() -> Item {
    let field = |field: Field| Item::Field(field);
    let length: Expr = val("=cemi.len");
    let link = vec![
        bits("=cemi.ft", 1).names(&[(0, "extended"), (1, "standard")]).doc("kind of frame").into(),
        bits("=cemi.reserved1", 1).doc("reserved").into(),
        bits("=cemi.rep", 1).names(&[(0, "repeated on error"), (1, "not repeated")]).doc("repetition").into(),
        bits("=cemi.bt", 1)
            .names(&[(0, "system broadcast"), (1, "domain broadcast")])
            .doc("broadcast")
            .into(),
        bits("=cemi.prio", 2).names(PRIORITIES).brief().doc("priority").into(),
        bits("=cemi.ack", 1).doc("acknowledgement is requested").into(),
        bits("=cemi.ce", 1).doc("error").into(),
        bits("=cemi.at", 1).names(&[(0, "individual"), (1, "group")]).doc("kind of destination").into(),
        bits("=cemi.hc", 3).doc("hops").into(),
        bits("=cemi.eff", 4).hex().doc("extended format").into(),
        field(be16("=cemi.sa").hex().brief().doc("source")),
        field(be16("=cemi.da").hex().brief().doc("destination")),
        field(u8("=cemi.len").unit("octets").doc("length behind the first octet")),
        bits("=cemi.tpt", 1).names(&[(0, "data"), (1, "control")]).doc("transport").into(),
        bits("=cemi.st", 1).names(&[(0, "unnumbered"), (1, "numbered")]).doc("numbered").into(),
        bits("=cemi.num", 4).doc("number").into(),
        when(
            ge("=cemi.len", 1),
            [
                bits("=cemi.ac", 4).hex().names(SERVICES_OF_GROUPS).brief().doc("service").into(),
                bits("=cemi.ad", 6).hex().doc("data of six bits").into(),
                bytes("=cemi.data", Size::Octets(length - 1)).doc("data").into(),
            ],
        ),
        when(eq("=cemi.len", 0), [bits("=cemi.tc", 2).doc("control").into()]),
    ];
    let property = vec![
        field(be16("=cemi.ot").doc("kind of interface object")),
        field(u8("=cemi.oi").doc("instance")),
        field(u8("=cemi.pid").doc("property")),
        bits("=cemi.n", 4).doc("elements").into(),
        bits("=cemi.x", 12).doc("first element").into(),
        when(some_left(), [bytes("=cemi.data", rest()).doc("data").into()]),
    ];
    let data = Test::In(val("=cemi.mc"), vec![0x11, 0x29, 0x2e]);
    let properties = Test::In(val("=cemi.mc"), vec![0xf5, 0xf6, 0xf7, 0xfb, 0xfc]);
    block(
        label("=cemi").doc("cEMI frame"),
        rest(),
        [
            u8("=cemi.mc").hex().names(MESSAGES).brief().doc("message").into(),
            Item::When(properties.clone(), property.into()),
            when(
                crate::schema::not(properties),
                [
                    u8("=cemi.ai.length").unit("octets").doc("length of the additional information").into(),
                    when(
                        ne("=cemi.ai.length", 0),
                        [bytes("=cemi.ai", Size::Octets(val("=cemi.ai.length")))
                            .doc("additional information")
                            .into()],
                    ),
                    Item::When(data.clone(), link.into()),
                    when(
                        crate::schema::not(data),
                        [when(some_left(), [bytes("=cemi.data", rest()).doc("data").into()])],
                    ),
                ],
            ),
        ],
    )
}
