//! Unified diagnostic services (ISO 14229-1:2020): requests to control units, their answers, and refusals.

use crate::decode::Walk;
use crate::render::line::{Body, Line};
use crate::schema::{
    Item, Protocol, Size, Test, be16, be24, bits, bytes, flag, label, left, lit, repeat, rest, text, u8, val,
    when,
};

/// Bit of an answer in a service's number.
const ANSWER: u8 = 0x40;

const REFUSAL: u8 = 0x7f;

const SERVICES: &[(u64, &str)] = &[
    (0x10, "diagnostic session control"),
    (0x11, "ECU reset"),
    (0x14, "clear diagnostic information"),
    (0x19, "read DTC information"),
    (0x22, "read data by identifier"),
    (0x23, "read memory by address"),
    (0x24, "read scaling data by identifier"),
    (0x27, "security access"),
    (0x28, "communication control"),
    (0x29, "authentication"),
    (0x2a, "read data by periodic identifier"),
    (0x2c, "dynamically define data identifier"),
    (0x2e, "write data by identifier"),
    (0x2f, "input output control by identifier"),
    (0x31, "routine control"),
    (0x34, "request download"),
    (0x35, "request upload"),
    (0x36, "transfer data"),
    (0x37, "request transfer exit"),
    (0x38, "request file transfer"),
    (0x3d, "write memory by address"),
    (0x3e, "tester present"),
    (0x3f, "error"),
    (0x83, "access timing parameter"),
    (0x84, "secured data transmission"),
    (0x85, "control DTC setting"),
    (0x86, "response on event"),
    (0x87, "link control"),
];

/// Annex A.1.
const CODES: &[(u64, &str)] = &[
    (0x10, "general reject"),
    (0x11, "service not supported"),
    (0x12, "sub-function not supported"),
    (0x13, "incorrect length or format"),
    (0x14, "response too long"),
    (0x21, "busy, repeat request"),
    (0x22, "conditions not correct"),
    (0x24, "request sequence error"),
    (0x25, "no response from subnet component"),
    (0x26, "failure prevents execution"),
    (0x31, "request out of range"),
    (0x33, "security access denied"),
    (0x34, "authentication required"),
    (0x35, "invalid key"),
    (0x36, "exceeded number of attempts"),
    (0x37, "required time delay not expired"),
    (0x70, "upload or download not accepted"),
    (0x71, "transfer data suspended"),
    (0x72, "general programming failure"),
    (0x73, "wrong block sequence counter"),
    (0x78, "received, response pending"),
    (0x7e, "sub-function not supported in this session"),
    (0x7f, "service not supported in this session"),
    (0x92, "voltage too high"),
    (0x93, "voltage too low"),
];

const SESSIONS: &[(u64, &str)] = &[
    (1, "default session"),
    (2, "programming session"),
    (3, "extended session"),
    (4, "safety system session"),
];

const RESETS: &[(u64, &str)] = &[
    (1, "hard reset"),
    (2, "key off and on"),
    (3, "soft reset"),
    (4, "enable rapid power shutdown"),
    (5, "disable rapid power shutdown"),
];

/// §12.3.
const REPORTS: &[(u64, &str)] = &[
    (0x01, "number of DTC by status mask"),
    (0x02, "DTC by status mask"),
    (0x03, "DTC snapshot identification"),
    (0x04, "DTC snapshot record by DTC number"),
    (0x05, "DTC stored data by record number"),
    (0x06, "DTC extended data record by DTC number"),
    (0x07, "number of DTC by severity mask"),
    (0x08, "DTC by severity mask"),
    (0x09, "severity information of DTC"),
    (0x0a, "supported DTC"),
    (0x0b, "first test failed DTC"),
    (0x0c, "first confirmed DTC"),
    (0x0d, "most recent test failed DTC"),
    (0x0e, "most recent confirmed DTC"),
    (0x14, "DTC fault detection counter"),
    (0x15, "DTC with permanent status"),
    (0x16, "DTC extended data record by record number"),
    (0x17, "user memory DTC by status mask"),
    (0x18, "user memory DTC snapshot record by DTC number"),
    (0x19, "user memory DTC extended data record by DTC number"),
    (0x1a, "supported DTC extended data records"),
    (0x42, "WWH-OBD DTC by mask record"),
    (0x55, "WWH-OBD DTC with permanent status"),
    (0x56, "DTC by readiness group identifier"),
];

const ROUTINES: &[(u64, &str)] = &[(1, "start"), (2, "stop"), (3, "request results")];

pub(super) fn uds() -> Protocol {
    Protocol::new("uds", "Unified Diagnostic Services")
        .layer("UDS")
        .source("ISO 14229-1:2020 §9 to §15")
        .later(fields)
        .summary(summary)
        .sample(concat!(
            "02000000000202000000000108004500003600010000400666bf0a0000010a0000029c40345800000414000013",
            "ee50182000e399000002fd8001000000060e000e801003",
        ))
        .sample(concat!(
            "02000000000202000000000108004500003700010000400666be0a0000010a0000029c4034580000046c000014",
            "41501820003ffe000002fd8001000000070e000e8022f190",
        ))
        .sample(concat!(
            "02000000000202000000000108004500003f00010000400666b60a0000010a0000029c4034580000051f000014",
            "e150182000795c000002fd80010000000f0e000e803400440000100000002000",
        ))
        .sample(concat!(
            "02000000000102000000000208004500003700010000400666be0a0000020a00000134589c4000001528000005",
            "e650182000406c000002fd8001000000070e800e007f2231",
        ))
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    let own = vec![
        u8("sid").hex().names(SERVICES).brief().doc("service"),
        bits("reply", 1).hex().brief().doc("an answer"),
    ];
    protocol
        .field(u8("service").craft("service").hidden().hex().doc("service, with the answer's bit"))
        .field(Item::Custom(own, service, None))
        .field(Item::Switch(
            val("service"),
            cases().into_iter().map(|(number, items)| (number, number, items.into())).collect(),
            vec![more("data", "content")].into(),
        ))
}

fn service(walk: &mut Walk<'_, '_>) {
    let Some(number) = walk.layer_octets().first().copied() else { return };
    let at = walk.layer_offset();
    walk.emit("sid", at, 1, u64::from(number & !ANSWER));
    walk.emit_bits("reply", at.saturating_mul(8).saturating_add(1), 1, u64::from(number & ANSWER != 0));
}

/// What is left, where something is.
fn more(name: &'static str, doc: &'static str) -> Item {
    when(Test::Ge(left(), lit(1)), [bytes(name, rest()).doc(doc).into()])
}

fn cases() -> Vec<(u64, Vec<Item>)> {
    let session = || -> Item { u8("dsc.type").hex().names(SESSIONS).doc("session").into() };
    let reset = || -> Item { u8("er.type").hex().names(RESETS).doc("kind of reset").into() };
    let report = || -> Vec<Item> {
        vec![sub_function("rdtci.type", REPORTS, "what is asked for"), more("rdtci.record", "record")]
    };
    let access =
        || -> Item { u8("sa.type").hex().doc("level: odd asks for a seed, even sends a key").into() };
    let routine = || -> [Item; 2] {
        [
            u8("rc.type").hex().names(ROUTINES).doc("what is to be done").into(),
            be16("rc.identifier").hex().doc("routine").into(),
        ]
    };
    let identified = |identifier: &'static str, record: &'static str| -> Vec<Item> {
        vec![be16(identifier).hex().doc("identifier").into(), more(record, "data")]
    };
    let control = || -> Vec<Item> {
        vec![
            be16("iocbi.data_identifier").hex().doc("identifier").into(),
            u8("iocbi.parameter")
                .hex()
                .names(&[
                    (0, "return control"),
                    (1, "reset to default"),
                    (2, "freeze"),
                    (3, "short term adjustment"),
                ])
                .doc("what is to be done")
                .into(),
            more("iocbi.state", "state"),
        ]
    };
    let block = || -> Vec<Item> {
        vec![u8("td.block_sequence_counter").doc("block").into(), more("td.data", "data")]
    };
    let mut started: Vec<Item> = routine().into();
    started.push(more("rc.option_record", "options"));
    let mut done: Vec<Item> = routine().into();
    done.push(when(
        Test::Ge(left(), lit(1)),
        [u8("rc.info").hex().doc("information").into(), more("rc.status_record", "status")],
    ));
    let setting = || -> Vec<Item> {
        vec![
            u8("cdtcs.type").hex().names(&[(1, "on"), (2, "off")]).doc("setting").into(),
            more("cdtcs.record", "options"),
        ]
    };
    let asks = Test::Ge(val("sa.type").and(1), lit(1));
    vec![
        (0x10, vec![session()]),
        (0x50, vec![session(), more("dsc.parameter_record", "times of the session")]),
        (0x11, vec![reset()]),
        (0x51, vec![reset(), more("er.power_down_time", "time until it is off")]),
        (
            0x14,
            vec![
                be24("cdtci.group").hex().doc("group of trouble codes; ffffff: all").into(),
                more("cdtci.selection", "memory"),
            ],
        ),
        (0x54, vec![]),
        (0x19, report()),
        (0x59, report()),
        (
            0x22,
            vec![repeat(
                label("rdbi.identifiers").doc("identifier"),
                [be16("rdbi.data_identifier").hex().doc("identifier").into()],
            )],
        ),
        (0x62, identified("rdbi.data_identifier", "rdbi.data_record")),
        (0x27, vec![access(), when(asks.clone(), [more("sa.record", "record")]), more("sa.key", "key")]),
        (0x67, vec![access(), when(asks, [more("sa.seed", "seed")]), more("sa.record", "record")]),
        (0x23, memory([])),
        (0x63, vec![more("rmba.record", "data")]),
        (0x24, vec![be16("rsdbi.data_identifier").hex().doc("identifier").into()]),
        (0x64, identified("rsdbi.data_identifier", "rsdbi.record")),
        (
            0x28,
            vec![
                communication(),
                u8("cc.communication_type").hex().doc("kind of messages, and subnet").into(),
                when(Test::Ge(left(), lit(2)), [be16("cc.node").hex().doc("node").into()]),
            ],
        ),
        (0x68, vec![communication()]),
        (0x29, authentication()),
        (0x69, authentication()),
        (
            0x2a,
            vec![
                u8("rdbpi.mode")
                    .hex()
                    .names(&[(1, "slow"), (2, "medium"), (3, "fast"), (4, "stop")])
                    .doc("rate")
                    .into(),
                repeat(
                    label("rdbpi.identifiers").doc("identifier"),
                    [u8("rdbpi.data_identifier").hex().doc("identifier").into()],
                ),
            ],
        ),
        (0x6a, vec![]),
        (0x2c, definition()),
        (0x6c, definition()),
        (0x2e, identified("wdbi.data_identifier", "wdbi.data_record")),
        (0x6e, identified("wdbi.data_identifier", "wdbi.data_record")),
        (0x2f, control()),
        (0x6f, control()),
        (0x31, started),
        (0x71, done),
        (0x34, transfer()),
        (0x35, transfer()),
        (0x74, accepted()),
        (0x75, accepted()),
        (0x36, block()),
        (0x76, block()),
        (0x37, vec![more("rte.record", "parameters")]),
        (0x77, vec![more("rte.record", "parameters")]),
        (0x38, file()),
        (0x78, vec![file_operation(), more("rft.record", "parameters")]),
        (0x3d, memory([more("wmba.record", "data")])),
        (0x7d, memory([])),
        (0x84, vec![more("sdt.record", "secured message")]),
        (0xc4, vec![more("sdt.record", "secured message")]),
        (0x86, event()),
        (0xc6, event()),
        (0x87, link()),
        (0xc7, link()),
        (0x3e, vec![present()]),
        (
            0x7e,
            vec![u8("tp.answer").hidden().hex().doc("sub-function").of([
                bits("tp.reserved", 1).doc("reserved"),
                bits("tp.suppress_reply", 7).hex().doc("sub-function"),
            ])],
        ),
        (0x85, setting()),
        (0xc5, setting()),
        (
            u64::from(REFUSAL),
            vec![
                u8("err.sid").hex().names(SERVICES).doc("service that is refused").into(),
                u8("err.code").hex().names(CODES).brief().doc("why").into(),
            ],
        ),
    ]
}

fn present() -> Item {
    u8("tp.type").hidden().hex().doc("sub-function").of([
        flag("tp.suppress_reply.indification").doc("no answer is wanted"),
        bits("tp.suppress_reply", 7).hex().doc("sub-function"),
    ])
}

/// A sub-function, and whether its answer is not wanted.
fn sub_function(name: &'static str, names: &'static [(u64, &'static str)], doc: &'static str) -> Item {
    u8(name).hex().names(names).doc(doc).into()
}

/// §10.5.
fn communication() -> Item {
    sub_function(
        "cc.type",
        &[
            (0, "enable reception and transmission"),
            (1, "enable reception, disable transmission"),
            (2, "disable reception, enable transmission"),
            (3, "disable reception and transmission"),
            (4, "enable reception, disable transmission, with node"),
            (5, "enable reception and transmission, with node"),
        ],
        "what may be sent and received",
    )
}

/// §10.6.
fn authentication() -> Vec<Item> {
    let task = sub_function(
        "auth.task",
        &[
            (0, "deauthenticate"),
            (1, "verify certificate, one way"),
            (2, "verify certificate, both ways"),
            (3, "proof of ownership"),
            (4, "transmit certificate"),
            (5, "request challenge"),
            (6, "verify proof of ownership, one way"),
            (7, "verify proof of ownership, both ways"),
            (8, "authentication configuration"),
        ],
        "task",
    );
    vec![task, more("auth.record", "parameters")]
}

/// §11.6.
fn definition() -> Vec<Item> {
    let kind = sub_function(
        "dddi.type",
        &[(1, "by identifier"), (2, "by memory address"), (3, "clear")],
        "how the identifier is defined",
    );
    let identifier = be16("dddi.data_identifier").hex().doc("identifier");
    vec![kind, when(Test::Ge(left(), lit(2)), [identifier.into()]), more("dddi.record", "what it stands for")]
}

/// §10.8.
fn event() -> Vec<Item> {
    let kind = sub_function(
        "roe.type",
        &[
            (0, "stop"),
            (1, "on change of a trouble code's status"),
            (3, "on change of data"),
            (4, "report activated events"),
            (5, "start"),
            (6, "clear"),
            (7, "on comparison of values"),
        ],
        "event",
    );
    vec![kind, more("roe.record", "parameters")]
}

/// §10.9.
fn link() -> Vec<Item> {
    let kind = sub_function(
        "lc.type",
        &[(1, "verify fixed rate"), (2, "verify specific rate"), (3, "change rate")],
        "what is to be done",
    );
    vec![kind, more("lc.record", "rate")]
}

fn file_operation() -> Item {
    sub_function(
        "rft.mode",
        &[
            (1, "add file"),
            (2, "delete file"),
            (3, "replace file"),
            (4, "read file"),
            (5, "read folder"),
            (6, "resume file"),
        ],
        "operation",
    )
}

/// §14.6.
fn file() -> Vec<Item> {
    vec![
        file_operation(),
        be16("rft.path_length").unit("octets").doc("length of the path").into(),
        text("rft.path", Size::Octets(val("rft.path_length"))).doc("path").into(),
        more("rft.record", "parameters"),
    ]
}

/// §11.3 and §11.8: an address and a size, of lengths that stand before them.
fn memory<const N: usize>(behind: [Item; N]) -> Vec<Item> {
    let mut items = vec![
        bits("rd.memory_size_length", 4).hex().unit("octets").doc("length of the size").into(),
        bits("rd.memory_address_length", 4).hex().unit("octets").doc("length of the address").into(),
        sized("rd.memory_address", "rd.memory_address_length", "address"),
        sized("rd.memory_size", "rd.memory_size_length", "size"),
    ];
    items.extend(behind);
    items
}

fn sized(name: &'static str, length: &'static str, doc: &'static str) -> Item {
    let sizes = (1..=8_u16).map(|octets| {
        let number = u64::from(octets);
        (number, number, vec![bits(name, octets.saturating_mul(8)).hex().doc(doc).into()].into())
    });
    Item::Switch(
        val(length),
        sizes.collect(),
        vec![bytes("rd.long", Size::Octets(val(length))).doc(doc).into()].into(),
    )
}

/// §14.2 and §14.3: how long address and size are stands before them.
fn transfer() -> Vec<Item> {
    let mut items = vec![
        bits("rd.compression_method", 4).hex().doc("compression").into(),
        bits("rd.encrypting_method", 4).hex().doc("encryption").into(),
    ];
    items.extend(memory([]));
    items
}

fn accepted() -> Vec<Item> {
    let sizes = (1..=8_u16).map(|octets| {
        let number = u64::from(octets);
        let field = bits("rd.max_number_of_block_length", octets.saturating_mul(8)).hex();
        (number, number, vec![field.doc("longest block").into()].into())
    });
    vec![
        bits("rd.max_number_of_block_length_length", 4)
            .hex()
            .unit("octets")
            .doc("length of what follows")
            .into(),
        bits("rd.reserved", 4).doc("reserved").into(),
        Item::Switch(
            val("rd.max_number_of_block_length_length"),
            sizes.collect(),
            vec![bytes("rd.long", rest()).doc("longest block").into()].into(),
        ),
    ]
}

fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    let Some(number) = body.data.first().copied() else { return line.cut("uds", body) };
    let name = |number: u8| SERVICES.iter().find(|known| known.0 == u64::from(number)).map(|known| known.1);
    let mut service = |number: u8| match name(number) {
        Some(name) => line.text(name),
        None => line.hex(u64::from(number), 2),
    };
    if number != REFUSAL {
        service(number & !ANSWER);
        line.text(if number & ANSWER == 0 { " request" } else { " response" });
        return;
    }
    let Some([asked, code]) = body.data.get(1..).and_then(|octets| octets.first_chunk::<2>().copied()) else {
        return line.cut("uds", body);
    };
    service(asked);
    line.text(" refused: ");
    match CODES.iter().find(|known| known.0 == u64::from(code)) {
        Some(known) => line.text(known.1),
        None => line.hex(u64::from(code), 2),
    }
}
