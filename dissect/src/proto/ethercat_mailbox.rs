//! Mailboxes of EtherCAT devices (ETG.1000.4 §5.6, ETG.1000.6 §5.6): head, CANopen (CoE), files (FoE), Ethernet (EoE) and SERCOS (SoE) over it.

use crate::decode::Walk;
use crate::schema::{
    Field, Item, Size, Test, bits, block, bytes, custom, eq, flag, label, le16, le32, left, look, rest,
    switch, text, u8, val, when,
};

const KINDS: &[(u64, &str)] = &[
    (0, "error"),
    (1, "AoE, ADS"),
    (2, "EoE, Ethernet"),
    (3, "CoE, CANopen"),
    (4, "FoE, files"),
    (5, "SoE, SERCOS"),
    (15, "VoE, vendor specific"),
];

const SERVICES: &[(u64, &str)] = &[
    (1, "emergency"),
    (2, "SDO request"),
    (3, "SDO response"),
    (4, "transmitted PDO"),
    (5, "received PDO"),
    (6, "transmitted PDO, remote request"),
    (7, "received PDO, remote request"),
    (8, "SDO information"),
];

const REQUESTS: &[(u64, &str)] = &[
    (0, "download segment"),
    (1, "initiate download"),
    (2, "initiate upload"),
    (3, "upload segment"),
    (4, "abort transfer"),
];

const RESPONSES: &[(u64, &str)] = &[
    (0, "upload segment"),
    (1, "download segment"),
    (2, "initiate upload"),
    (3, "initiate download"),
    (4, "abort transfer"),
];

const INFORMATION: &[(u64, &str)] = &[
    (1, "list request"),
    (2, "list response"),
    (3, "object description request"),
    (4, "object description response"),
    (5, "entry description request"),
    (6, "entry description response"),
    (7, "error"),
];

/// Whether data begins with the head of a mailbox message that fits and is of a known kind.
fn is_message(data: &[u8]) -> bool {
    let Some([low, high, _, _, _, kind]) = data.first_chunk::<6>() else { return false };
    let length = usize::from(u16::from_le_bytes([*low, *high]));
    length > 0 && data.len().checked_sub(6).is_some_and(|left| length <= left) && matches!(kind & 15, 2..=5)
}

/// A message in a datagram's data, where there is one: read from a device or written to it, above its registers.
pub(super) fn in_datagram() -> Item {
    let of_device = Test::All(vec![
        crate::schema::is_in("=ecat.cmd", &[1, 2, 4, 5]),
        crate::schema::ge("=ecat.ado", 0x1000),
        look(is_message),
    ]);
    when(of_device, [message()])
}

/// A message and what fills its buffer.
pub(super) fn message() -> Item {
    let body = block(
        label("=ecat_mailbox.body").hidden().doc("content"),
        Size::Octets(val("=ecat_mailbox.length").min(left())),
        [switch(
            val("=ecat_mailbox.type"),
            [
                (2, vec![whole("=ecat_mailbox.eoe", "Ethernet", ethernet())]),
                (3, vec![whole("=ecat_mailbox.coe", "CANopen", canopen())]),
                (4, vec![whole("=ecat_mailbox.foe", "file", file())]),
                (5, vec![whole("=ecat_mailbox.soe", "SERCOS", sercos())]),
            ],
            vec![bytes("=ecat_mailbox.data", rest()).doc("data").into()],
        )],
    );
    Item::Block(
        label("=ecat_mailbox").doc("mailbox"),
        rest(),
        vec![
            le16("=ecat_mailbox.length").unit("octets").doc("length of the content").into(),
            le16("=ecat_mailbox.address").hex().doc("station").into(),
            bits("=ecat_mailbox.priority", 2).doc("priority").into(),
            bits("=ecat_mailbox.channel", 6).doc("channel").into(),
            bits("=ecat_mailbox.reserved", 1).doc("reserved").into(),
            bits("=ecat_mailbox.counter", 3).doc("counter").into(),
            bits("=ecat_mailbox.type", 4).names(KINDS).doc("kind").into(),
            body,
            bytes("=ecat_mailbox.filling", rest()).doc("rest of the buffer").into(),
        ]
        .into(),
    )
}

fn whole(name: &'static str, doc: &'static str, items: Vec<Item>) -> Item {
    Item::Block(bytes(name, rest()).doc(doc), rest(), items.into())
}

fn canopen() -> Vec<Item> {
    vec![
        le16("=ecat_mailbox.coe.head").hidden().doc("number and service").into(),
        custom(
            [
                bits("=ecat_mailbox.coe.number", 9).doc("number of a PDO"),
                bits("=ecat_mailbox.coe.type", 4).names(SERVICES).doc("service"),
            ],
            |walk| {
                parts(walk, 2, &[("=ecat_mailbox.coe.number", 0, 9), ("=ecat_mailbox.coe.type", 12, 4)]);
            },
        ),
        switch(
            val("=ecat_mailbox.coe.head") / 4096,
            [(2, request()), (3, response()), (8, information())],
            vec![bytes("=ecat_mailbox.coe.data", rest()).doc("data").into()],
        ),
    ]
}

/// Parts of the little-endian number of so many octets before the cursor: name, lowest bit, how many.
fn parts(walk: &mut Walk<'_, '_>, octets: usize, names: &[(&str, u8, u8)]) {
    let Some(head) = walk.header().len().checked_sub(octets).and_then(|at| walk.header().get(at..)) else {
        return;
    };
    let number = head.iter().rev().fold(0, |sum, octet| sum << 8 | u64::from(*octet));
    let at = walk.offset().saturating_sub(octets);
    for (name, low, width) in names {
        walk.emit(name, at, octets, number >> low & !(u64::MAX << width));
    }
}

fn object() -> [Item; 2] {
    [
        le16("=ecat_mailbox.coe.sdoidx").hex().doc("object").into(),
        u8("=ecat_mailbox.coe.sdosub").hex().doc("entry").into(),
    ]
}

/// Octets that follow where a transfer's data do not stand in the head.
fn announced() -> [Item; 2] {
    [
        le32("=ecat_mailbox.coe.sdolength").unit("octets").doc("length of the data").into(),
        bytes("=ecat_mailbox.coe.dsoldata", rest()).doc("data").into(),
    ]
}

fn abort() -> Vec<Item> {
    let mut items = object().to_vec();
    items.push(le32("=ecat_mailbox.coe.abortcode").hex().doc("why the transfer ends").into());
    items
}

/// The octet that begins a transfer, and its data: in four octets, or behind their length.
fn initiated(
    [whole, service, complete, one, zero, expedited, sized]: [&'static str; 7],
    names: &'static [(u64, &'static str)],
) -> Vec<Item> {
    let mut items = vec![u8(whole).hex().doc("command").of([
        bits(service, 3).names(names).doc("service"),
        flag(complete).doc("all entries of the object"),
        flag(one).doc("two of the four octets hold no data"),
        flag(zero).doc("one of the four octets holds no data"),
        flag(expedited).doc("the data stand in four octets"),
        flag(sized).doc("the size is told"),
    ])];
    items.extend(object());
    items.push(when(
        crate::schema::ge(expedited, 1),
        [le32("=ecat_mailbox.coe.sdodata").hex().doc("data").into()],
    ));
    items.push(when(eq(expedited, 0), announced()));
    items
}

/// A segment: its octet, which says whether it is the last, or asks for the next.
fn segment_of(
    [whole, service, toggle, size, last]: [&'static str; 5],
    names: &'static [(u64, &'static str)],
) -> Vec<Item> {
    let mut items = vec![u8(whole).hex().doc("command").of([
        bits(service, 3).names(names).doc("service"),
        flag(toggle).doc("changes from segment to segment"),
        bits(size, 3).doc("octets of seven that hold no data"),
        flag(last).doc("the last segment"),
    ])];
    items.extend(segment());
    items
}

/// An octet that has a service alone, and the object.
fn plain(
    [whole, service, complete, rest_of]: [&'static str; 4],
    names: &'static [(u64, &'static str)],
) -> Vec<Item> {
    vec![u8(whole).hex().doc("command").of([
        bits(service, 3).names(names).doc("service"),
        flag(complete).doc("all entries of the object"),
        bits(rest_of, 4).hidden().doc("reserved"),
    ])]
}

/// Of services, the one that the octet at the cursor begins with.
fn chosen(service: fn(&[u8]) -> bool, items: Vec<Item>) -> Item {
    // the part takes what is left, so that none of the choices after it is made
    let part =
        Item::Block(label("=ecat_mailbox.coe.transfer").hidden().doc("transfer"), rest(), items.into());
    when(look(service), [part])
}

fn service(octets: &[u8]) -> Option<u8> {
    octets.first().map(|octet| octet >> 5)
}

fn request() -> Vec<Item> {
    const SERVICE: &str = "=ecat_mailbox.coe.sdoreq";
    let mut upload = plain(
        [
            "=ecat_mailbox.coe.sdoccsiu",
            SERVICE,
            "=ecat_mailbox.coe.sdoccsid.complete",
            "=ecat_mailbox.coe.sdoreq.reserved",
        ],
        REQUESTS,
    );
    upload.extend(object());
    let mut end = plain(
        [
            "=ecat_mailbox.coe.sdoca",
            SERVICE,
            "=ecat_mailbox.coe.sdoca.complete",
            "=ecat_mailbox.coe.sdoreq.reserved",
        ],
        REQUESTS,
    );
    end.extend(abort());
    vec![
        chosen(
            |octets| service(octets) == Some(1),
            initiated(
                [
                    "=ecat_mailbox.coe.sdoccsid",
                    SERVICE,
                    "=ecat_mailbox.coe.sdoccsid.complete",
                    "=ecat_mailbox.coe.sdoccsid.size1",
                    "=ecat_mailbox.coe.sdoccsid.size0",
                    "=ecat_mailbox.coe.sdoccsid.expedited",
                    "=ecat_mailbox.coe.sdoccsid.sizeind",
                ],
                REQUESTS,
            ),
        ),
        chosen(|octets| service(octets) == Some(2), upload),
        chosen(
            |octets| service(octets) == Some(0),
            segment_of(
                [
                    "=ecat_mailbox.coe.sdoccsds",
                    SERVICE,
                    "=ecat_mailbox.coe.sdoccsds.toggle",
                    "=ecat_mailbox.coe.sdoccsds.size",
                    "=ecat_mailbox.coe.sdoccsds.lastseg",
                ],
                REQUESTS,
            ),
        ),
        chosen(
            |octets| service(octets) == Some(3),
            segment_of(
                [
                    "=ecat_mailbox.coe.sdoccsus",
                    SERVICE,
                    "=ecat_mailbox.coe.sdoccsus_toggle",
                    "=ecat_mailbox.coe.sdoccsus.size",
                    "=ecat_mailbox.coe.sdoccsus.lastseg",
                ],
                REQUESTS,
            ),
        ),
        chosen(|octets| service(octets).is_some_and(|service| service > 3), end),
    ]
}

fn response() -> Vec<Item> {
    const SERVICE: &str = "=ecat_mailbox.coe.sdores";
    let mut download = plain(
        [
            "=ecat_mailbox.coe.sdoscsid",
            SERVICE,
            "=ecat_mailbox.coe.sdoscsid.complete",
            "=ecat_mailbox.coe.sdores.reserved",
        ],
        RESPONSES,
    );
    download.extend(object());
    let mut end = plain(
        [
            "=ecat_mailbox.coe.sdosa",
            SERVICE,
            "=ecat_mailbox.coe.sdosa.complete",
            "=ecat_mailbox.coe.sdores.reserved",
        ],
        RESPONSES,
    );
    end.extend(abort());
    vec![
        chosen(
            |octets| service(octets) == Some(2),
            initiated(
                [
                    "=ecat_mailbox.coe.sdoscsiu",
                    SERVICE,
                    "=ecat_mailbox.coe.sdoscsiu_complete",
                    "=ecat_mailbox.coe.sdoscsiu_size1",
                    "=ecat_mailbox.coe.sdoscsiu_size0",
                    "=ecat_mailbox.coe.sdoscsiu_expedited",
                    "=ecat_mailbox.coe.sdoscsiu_sizeind",
                ],
                RESPONSES,
            ),
        ),
        chosen(|octets| service(octets) == Some(3), download),
        chosen(
            |octets| service(octets) == Some(0),
            segment_of(
                [
                    "=ecat_mailbox.coe.sdoscsus",
                    SERVICE,
                    "=ecat_mailbox.coe.sdoscsus_toggle",
                    "=ecat_mailbox.coe.sdoscsus_bytes",
                    "=ecat_mailbox.coe.sdoscsus_lastseg",
                ],
                RESPONSES,
            ),
        ),
        chosen(
            |octets| service(octets) == Some(1),
            segment_of(
                [
                    "=ecat_mailbox.coe.sdoscsds",
                    SERVICE,
                    "=ecat_mailbox.coe.sdoscsds_toggle",
                    "=ecat_mailbox.coe.sdoscsds.size",
                    "=ecat_mailbox.coe.sdoscsds.lastseg",
                ],
                RESPONSES,
            ),
        ),
        chosen(|octets| service(octets).is_some_and(|service| service > 3), end),
    ]
}

fn segment() -> Vec<Item> {
    vec![bytes("=ecat_mailbox.coe.segment", rest()).doc("segment").into()]
}

fn information() -> Vec<Item> {
    vec![
        u8("=ecat_mailbox.coe.sdoinfo").hidden().doc("operation").of([
            flag("=ecat_mailbox.coe.sdoinfoincomplete").doc("further fragments follow"),
            bits("=ecat_mailbox.coe.sdoinfoopcode", 7).names(INFORMATION).doc("operation"),
        ]),
        u8("=ecat_mailbox.coe.sdoinforeserved").doc("reserved").into(),
        le16("=ecat_mailbox.coe.sdoinfofrag").doc("fragments that are left").into(),
        bytes("=ecat_mailbox.coe.sdoinfodata", rest()).doc("content").into(),
    ]
}

/// ETG.1000.6 §5.8.
fn file() -> Vec<Item> {
    const OPERATIONS: &[(u64, &str)] =
        &[(1, "read"), (2, "write"), (3, "data"), (4, "acknowledgement"), (5, "error"), (6, "busy")];
    let name = || {
        vec![
            le32("=ecat_mailbox.foe_password").hex().doc("password").into(),
            text("=ecat_mailbox.foe_filename", rest()).doc("name of the file").into(),
        ]
    };
    vec![
        u8("=ecat_mailbox.foe_opmode").names(OPERATIONS).doc("operation").into(),
        u8("=ecat_mailbox.foe_reserved").doc("reserved").into(),
        switch(
            val("=ecat_mailbox.foe_opmode"),
            [
                (1, name()),
                (2, name()),
                (
                    3,
                    vec![
                        le32("=ecat_mailbox.foe_packetno").doc("number of the packet").into(),
                        bytes("=ecat_mailbox.foe_data", rest()).doc("data").into(),
                    ],
                ),
                (4, vec![le32("=ecat_mailbox.foe_packetno").doc("number of the packet").into()]),
                (
                    5,
                    vec![
                        le32("=ecat_mailbox.foe_errcode").hex().doc("error").into(),
                        text("=ecat_mailbox.foe_errtext", rest()).doc("text").into(),
                    ],
                ),
                (
                    6,
                    vec![
                        le16("=ecat_mailbox.foe_busydone").doc("done").into(),
                        le16("=ecat_mailbox.foe_busyentire").doc("of").into(),
                        bytes("=ecat_mailbox.foe_busydata", rest()).doc("text").into(),
                    ],
                ),
            ],
            vec![],
        ),
    ]
}

/// ETG.1000.6 §5.7: fragments of frames.
fn ethernet() -> Vec<Item> {
    const FRAGMENTS: &[(u64, &str)] = &[
        (0, "fragment"),
        (1, "initialisation response with time stamp"),
        (2, "initialisation request"),
        (3, "initialisation response"),
        (4, "address filter request"),
        (5, "address filter response"),
    ];
    vec![
        le32("=ecat_mailbox.eoe.head").hidden().doc("head").into(),
        custom(
            [
                bits("=ecat_mailbox.eoe.type", 4).names(FRAGMENTS).doc("kind"),
                bits("=ecat_mailbox.eoe.port", 4).doc("port"),
                flag("=ecat_mailbox.eoe.last").doc("the last fragment"),
                flag("=ecat_mailbox.eoe.timestampapp").doc("a time stamp is appended"),
                flag("=ecat_mailbox.eoe.timestampreq").doc("a time stamp is wanted"),
                bits("=ecat_mailbox.eoe.fragno", 6).doc("number of the fragment"),
                bits("=ecat_mailbox.eoe.offset", 6)
                    .doc("offset in units of 32 octets, of the first fragment the size"),
                bits("=ecat_mailbox.eoe.frame", 4).doc("number of the frame"),
            ],
            |walk| {
                parts(
                    walk,
                    4,
                    &[
                        ("=ecat_mailbox.eoe.type", 0, 4),
                        ("=ecat_mailbox.eoe.port", 4, 4),
                        ("=ecat_mailbox.eoe.last", 8, 1),
                        ("=ecat_mailbox.eoe.timestampapp", 9, 1),
                        ("=ecat_mailbox.eoe.timestampreq", 10, 1),
                        ("=ecat_mailbox.eoe.fragno", 16, 6),
                        ("=ecat_mailbox.eoe.offset", 22, 6),
                        ("=ecat_mailbox.eoe.frame", 28, 4),
                    ],
                );
            },
        ),
        bytes("=ecat_mailbox.eoe.fragment", rest()).doc("content").into(),
    ]
}

/// ETG.1000.6 §5.9.
fn sercos() -> Vec<Item> {
    const OPERATIONS: &[(u64, &str)] = &[
        (1, "read request"),
        (2, "read response"),
        (3, "write request"),
        (4, "write response"),
        (5, "notification"),
        (6, "slave's information"),
    ];
    let named = |name: &'static str, doc: &'static str| -> Field { flag(name).doc(doc) };
    vec![
        bits("=ecat_mailbox.soe_header_driveno", 3).doc("drive").into(),
        named("=ecat_mailbox.soe_header_error", "error").into(),
        named("=ecat_mailbox.soe_header_incomplete", "further fragments follow").into(),
        bits("=ecat_mailbox.soe_opcode", 3).names(OPERATIONS).doc("operation").into(),
        named("=ecat_mailbox.soe_header_reserved", "reserved").into(),
        named("=ecat_mailbox.soe_header_value", "value").into(),
        named("=ecat_mailbox.soe_header_max", "largest value").into(),
        named("=ecat_mailbox.soe_header_min", "least value").into(),
        named("=ecat_mailbox.soe_header_unit", "unit").into(),
        named("=ecat_mailbox.soe_header_attribute", "attribute").into(),
        named("=ecat_mailbox.soe_header_name", "name").into(),
        named("=ecat_mailbox.soe_header_datastate", "state of the data").into(),
        when(
            eq("=ecat_mailbox.soe_header_incomplete", 0),
            [le16("=ecat_mailbox.soe_idn").hex().doc("parameter").into()],
        ),
        when(
            crate::schema::ge("=ecat_mailbox.soe_header_incomplete", 1),
            [le16("=ecat_mailbox.soe_frag").doc("fragments that are left").into()],
        ),
        bytes("=ecat_mailbox.soe_data", rest()).doc("data").into(),
    ]
}
