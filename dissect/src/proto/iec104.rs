//! IEC 60870-5-104: the control field, and the data units of IEC 60870-5-101 with addresses of three octets, causes and common addresses
//! of two. Kinds of data that are not in the table are octets behind the object's address.

use crate::decode::Walk;
use crate::schema::{
    Begun, Build, Count, Field, Item, Kind, Length, Protocol, Size, TCP_PORT, Test, be32, bits, bytes,
    custom, custom_both, eq, flag, label, le_f32, le16, le24, le32, left, lit, rest, u8, val, when,
};

const FORMATS: &[(u64, &str)] = &[(0, "I"), (1, "S"), (3, "U")];

const UNNUMBERED: &[(u64, &str)] = &[
    (0x01, "STARTDT act"),
    (0x02, "STARTDT con"),
    (0x04, "STOPDT act"),
    (0x08, "STOPDT con"),
    (0x10, "TESTFR act"),
    (0x20, "TESTFR con"),
];

/// IEC 60870-5-101 §7.2.1.
const TYPES: &[(u64, &str)] = &[
    (1, "M_SP_NA_1"),
    (2, "M_SP_TA_1"),
    (3, "M_DP_NA_1"),
    (4, "M_DP_TA_1"),
    (5, "M_ST_NA_1"),
    (6, "M_ST_TA_1"),
    (7, "M_BO_NA_1"),
    (8, "M_BO_TA_1"),
    (9, "M_ME_NA_1"),
    (10, "M_ME_TA_1"),
    (11, "M_ME_NB_1"),
    (12, "M_ME_TB_1"),
    (13, "M_ME_NC_1"),
    (14, "M_ME_TC_1"),
    (15, "M_IT_NA_1"),
    (16, "M_IT_TA_1"),
    (20, "M_PS_NA_1"),
    (21, "M_ME_ND_1"),
    (30, "M_SP_TB_1"),
    (31, "M_DP_TB_1"),
    (32, "M_ST_TB_1"),
    (33, "M_BO_TB_1"),
    (34, "M_ME_TD_1"),
    (35, "M_ME_TE_1"),
    (36, "M_ME_TF_1"),
    (37, "M_IT_TB_1"),
    (45, "C_SC_NA_1"),
    (46, "C_DC_NA_1"),
    (47, "C_RC_NA_1"),
    (48, "C_SE_NA_1"),
    (49, "C_SE_NB_1"),
    (50, "C_SE_NC_1"),
    (51, "C_BO_NA_1"),
    (58, "C_SC_TA_1"),
    (59, "C_DC_TA_1"),
    (60, "C_RC_TA_1"),
    (61, "C_SE_TA_1"),
    (62, "C_SE_TB_1"),
    (63, "C_SE_TC_1"),
    (64, "C_BO_TA_1"),
    (70, "M_EI_NA_1"),
    (100, "C_IC_NA_1"),
    (101, "C_CI_NA_1"),
    (102, "C_RD_NA_1"),
    (103, "C_CS_NA_1"),
    (105, "C_RP_NA_1"),
    (107, "C_TS_TA_1"),
    (110, "P_ME_NA_1"),
    (111, "P_ME_NB_1"),
    (112, "P_ME_NC_1"),
    (113, "P_AC_NA_1"),
];

/// §7.2.3.
const CAUSES: &[(u64, &str)] = &[
    (1, "Per/Cyc"),
    (2, "Back"),
    (3, "Spont"),
    (4, "Init"),
    (5, "Req"),
    (6, "Act"),
    (7, "ActCon"),
    (8, "Deact"),
    (9, "DeactCon"),
    (10, "ActTerm"),
    (11, "Retrem"),
    (12, "Retloc"),
    (13, "File"),
    (20, "Inrogen"),
    (37, "Reqcogen"),
    (44, "UkTypeId"),
    (45, "UkCauseTx"),
    (46, "UkComAdrASDU"),
    (47, "UkIOA"),
];

const DOUBLE: &[(u64, &str)] = &[(0, "intermediate"), (1, "OFF"), (2, "ON"), (3, "indeterminate")];

pub(super) fn control() -> Protocol {
    Protocol::new("iec60870_104", "IEC 60870-5-104")
        .ports_below("tcp", 0, 2404)
        .source("IEC 60870-5-104 §5")
        .on(TCP_PORT, &[2404])
        .accepts(TCP_PORT, |data| data.first() == Some(&0x68))
        .stream_of_single(length)
        .heads(&["iec60870_asdu"])
        .later(control_fields)
        .leads_to(&["iec60870_asdu"])
        .after(after)
        .sample("02000000000202000000000108004500003c00010000400666b90a0000010a000002c00009640000000100000001501810004c3a00006812020004000102030001000100000102000000")
        .sample("02000000000202000000000108004500002e00010000400666c70a0000010a000002c000096400000001000000015018100053590000680407000000")
}

/// Header and generated fields.
fn control_fields(protocol: Protocol) -> Protocol {
    protocol
        .field(u8("=iec60870_asdu.start").default(0x68).hex().doc("start"))
        .field(u8("apdulen").unit("octets").len_of(crate::schema::Span::After, 1, 0).doc("length"))
        .field(custom_both(
            [
                bits("type", 2).hex().names(FORMATS).brief().doc("format"),
                bits("utype", 6).hex().names(UNNUMBERED).brief().doc("function"),
                bits("tx", 15).brief().doc("number of the sender"),
                bits("rx", 15).brief().doc("number that is expected"),
            ],
            read_control,
            write_control,
        ))
}

fn length(begun: Begun<'_>) -> Length {
    match begun.octets {
        [0x68, len, ..] => Length::of(usize::from(*len).saturating_add(2)),
        [0x68] => Length::at_least(2),
        _ => Length::Alien,
    }
}

fn read_control(walk: &mut Walk<'_, '_>) {
    let at = walk.offset();
    let Some([a, b, c, d]) = walk.rest().first_chunk::<4>().copied() else {
        walk.missing(4);
        return walk.advance(walk.rest().len());
    };
    let (first, second) = (u64::from(u16::from_le_bytes([a, b])), u64::from(u16::from_le_bytes([c, d])));
    let kind = if a & 1 == 0 { 0 } else { u64::from(a & 3) };
    walk.emit("type", at, 1, kind);
    match kind {
        0 => {
            walk.emit("tx", at, 2, first >> 1);
            walk.emit("rx", at.saturating_add(2), 2, second >> 1);
        }
        1 => walk.emit("rx", at.saturating_add(2), 2, second >> 1),
        _ => walk.emit("utype", at, 1, u64::from(a >> 2)),
    }
    walk.advance(4);
}

fn write_control(build: &mut dyn Build) {
    let (kind, function) = (build.number("type"), build.number("utype"));
    let (tx, rx) = (build.number("tx"), build.number("rx"));
    let kind = if function != 0 { 3 } else { kind };
    let first = match kind {
        0 => tx << 1,
        1 => 1,
        _ => function << 2 | 3,
    };
    for half in [first, rx << 1] {
        build.put(&u16::try_from(half & 0xffff).unwrap_or(0).to_le_bytes());
    }
}

fn after(walk: &mut Walk<'_, '_>) {
    let header = walk.header();
    let (Some(len), Some(control)) = (header.get(1), header.get(2)) else { return };
    walk.limit_payload(i64::from(*len).saturating_sub(4));
    if control & 1 == 0 && !walk.rest().is_empty() {
        walk.next_named("iec60870_asdu");
    }
}

pub(super) fn unit() -> Protocol {
    Protocol::new("iec60870_asdu", "IEC 60870-5-101/104 data unit")
        .source("IEC 60870-5-101 §7, IEC 60870-5-104 §7")
        .later(fields)
        .sample("02000000000202000000000108004500004300010000400666b20a0000010a000002c0000964000000010000000150181000c59300006819020004002401030001000100000000803f00d2041e0a1c0b1a")
        .sample("02000000000202000000000108004500003d00010000400666b80a0000010a000002c0000964000000010000000150181000e3f8000068130200040009821400010001000000400000c010")
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    protocol
        .field(u8("typeid").names(TYPES).brief().doc("type"))
        .field(bits("sq", 1).boolean().doc("objects follow each other"))
        .field(bits("numix", 7).default(1).brief().doc("objects"))
        .field(flag("test").doc("test"))
        .field(flag("nega").doc("negative"))
        .field(bits("causetx", 6).names(CAUSES).brief().doc("cause"))
        .field(u8("oa").doc("originator"))
        .field(le16("addr").brief().doc("common address"))
        .field(when(
            eq("sq", 0),
            [Item::Repeat(label("object").doc("object"), Count::Times(val("numix")), addressed().into())],
        ))
        .field(when(
            eq("sq", 1),
            [
                le24("ioa").brief().doc("address of the first object").into(),
                Item::Repeat(
                    label("object").doc("object"),
                    Count::Times(val("numix")),
                    vec![element()].into(),
                ),
            ],
        ))
        .field(when(
            Test::Ge(left(), lit(1)),
            [bytes("rawdata", rest()).doc("octets behind the objects").into()],
        ))
}

fn addressed() -> Vec<Item> {
    vec![le24("ioa").brief().doc("address of the object").into(), element()]
}

/// Quality, with what stands in its lowest bits.
fn quality(whole: &'static str, names: [&'static str; 5], value: Field) -> Item {
    let reserved = 4_u16.saturating_sub(value.width().unwrap_or(1));
    u8(whole).hex().doc("quality and value").of([
        flag(names[0]).doc("invalid"),
        flag(names[1]).doc("not topical"),
        flag(names[2]).doc("substituted"),
        flag(names[3]).doc("blocked"),
        bits(names[4], reserved).doc("reserved"),
        value,
    ])
}

fn single() -> Item {
    quality("siq", ["siq.iv", "siq.nt", "siq.sb", "siq.bl", "siq.res"], flag("siq.spi").brief().doc("on"))
}

fn double() -> Item {
    quality(
        "diq",
        ["diq.iv", "diq.nt", "diq.sb", "diq.bl", "diq.res"],
        bits("diq.dpi", 2).names(DOUBLE).brief().doc("state"),
    )
}

fn descriptor() -> Item {
    quality("qds", ["qds.iv", "qds.nt", "qds.sb", "qds.bl", "qds.res"], flag("qds.ov").doc("overflow"))
}

fn step() -> Item {
    u8("vti").hex().doc("step").of([
        flag("vti.t").doc("transient"),
        Field::new("vti.v", Kind::Int, Size::Bits(7)).brief().doc("position"),
    ])
}

fn float() -> Item {
    le_f32("float").brief().doc("value").into()
}

fn normalized() -> Item {
    custom([Field::new("normval", Kind::Float, Size::Rest).brief().doc("normalized value")], |walk| {
        let at = walk.offset();
        match walk.rest().first_chunk::<2>() {
            Some(octets) => {
                let value = f64::from(i16::from_le_bytes(*octets)) / 32768.0;
                walk.emit("normval", at, 2, Kind::Float.float_bits(value));
                walk.advance(2);
            }
            None => {
                walk.missing(2);
                walk.advance(walk.rest().len());
            }
        }
    })
}

fn scaled() -> Item {
    le16("scalval").signed().brief().doc("scaled value").into()
}

fn counter() -> [Item; 5] {
    [
        le32("bcr.count").signed().brief().doc("count").into(),
        flag("bcr.iv").doc("invalid").into(),
        flag("bcr.ca").doc("counter was adjusted").into(),
        flag("bcr.cy").doc("carry").into(),
        bits("bcr.sq", 5).doc("sequence number").into(),
    ]
}

fn minutes(names: [&'static str; 4]) -> [Item; 4] {
    [
        le16(names[0]).unit("ms").doc("milliseconds").into(),
        flag(names[1]).doc("invalid").into(),
        flag(names[2]).doc("substituted").into(),
        bits(names[3], 6).doc("minute").into(),
    ]
}

/// Seven octets of time.
fn time() -> Vec<Item> {
    let date = [
        flag("cp56time.su").doc("summer time").into(),
        bits("cp56time.res2", 2).doc("reserved").into(),
        bits("cp56time.hour", 5).doc("hour").into(),
        bits("cp56time.dow", 3).doc("day of the week").into(),
        bits("cp56time.day", 5).doc("day").into(),
        bits("cp56time.res3", 4).doc("reserved").into(),
        bits("cp56time.month", 4).doc("month").into(),
        bits("cp56time.res4", 1).doc("reserved").into(),
        bits("cp56time.year", 7).doc("year of the century").into(),
    ];
    minutes(["cp56time.ms", "cp56time.iv", "cp56time.gen", "cp56time.min"]).into_iter().chain(date).collect()
}

fn command(whole: &'static str, names: [&'static str; 2], value: Vec<Field>) -> Item {
    let head = [flag(names[0]).doc("select, not execute"), bits(names[1], 5).doc("qualifier")];
    Item::Group(u8(whole).hex().doc("command"), head.into_iter().chain(value).map(Item::Field).collect())
}

fn setting() -> Item {
    u8("qos")
        .hex()
        .doc("qualifier")
        .of([flag("qos.se").doc("select, not execute"), bits("qos.ql", 7).doc("qualifier")])
}

/// The element of an object, by the type of the data unit.
fn element() -> Item {
    let single_command = || {
        command(
            "sco",
            ["sco.se", "sco.qu"],
            vec![bits("sco.res", 1).doc("reserved"), flag("sco.on").brief().doc("on")],
        )
    };
    let double_command =
        || command("dco", ["dco.se", "dco.qu"], vec![bits("dco.on", 2).names(DOUBLE).brief().doc("state")]);
    let step_command = || {
        command(
            "rco",
            ["rco.se", "rco.qu"],
            vec![bits("rco.up", 2).names(&[(1, "DOWN"), (2, "UP")]).brief().doc("step")],
        )
    };
    let bitstring = || Item::from(be32("bitstring").hex().brief().doc("bits"));
    let with = |items: Vec<Item>, more: Vec<Item>| items.into_iter().chain(more).collect::<Vec<Item>>();
    let short = || Vec::from(minutes(["cp24time.ms", "cp24time.iv", "cp24time.gen", "cp24time.min"]));
    let kinds: Vec<(u64, Vec<Item>)> = vec![
        (1, vec![single()]),
        (2, with(vec![single()], short())),
        (3, vec![double()]),
        (4, with(vec![double()], short())),
        (5, vec![step(), descriptor()]),
        (6, with(vec![step(), descriptor()], short())),
        (7, vec![bitstring(), descriptor()]),
        (8, with(vec![bitstring(), descriptor()], short())),
        (9, vec![normalized(), descriptor()]),
        (10, with(vec![normalized(), descriptor()], short())),
        (11, vec![scaled(), descriptor()]),
        (12, with(vec![scaled(), descriptor()], short())),
        (13, vec![float(), descriptor()]),
        (14, with(vec![float(), descriptor()], short())),
        (15, Vec::from(counter())),
        (16, with(Vec::from(counter()), short())),
        (21, vec![normalized()]),
        (30, with(vec![single()], time())),
        (31, with(vec![double()], time())),
        (32, with(vec![step(), descriptor()], time())),
        (33, with(vec![bitstring(), descriptor()], time())),
        (34, with(vec![normalized(), descriptor()], time())),
        (35, with(vec![scaled(), descriptor()], time())),
        (36, with(vec![float(), descriptor()], time())),
        (37, with(Vec::from(counter()), time())),
        (45, vec![single_command()]),
        (46, vec![double_command()]),
        (47, vec![step_command()]),
        (48, vec![normalized(), setting()]),
        (49, vec![scaled(), setting()]),
        (50, vec![float(), setting()]),
        (51, vec![bitstring()]),
        (58, with(vec![single_command()], time())),
        (59, with(vec![double_command()], time())),
        (60, with(vec![step_command()], time())),
        (61, with(vec![normalized(), setting()], time())),
        (62, with(vec![scaled(), setting()], time())),
        (63, with(vec![float(), setting()], time())),
        (64, with(vec![bitstring()], time())),
        (
            70,
            vec![
                u8("coi")
                    .hex()
                    .doc("cause of the initialisation")
                    .of([flag("coi_i").doc("after a change of parameters"), bits("coi_r", 7).doc("cause")]),
            ],
        ),
        (
            100,
            vec![
                u8("qoi")
                    .names(&[(20, "station interrogation")])
                    .brief()
                    .doc("qualifier of the interrogation")
                    .into(),
            ],
        ),
        (
            101,
            vec![
                u8("qcc")
                    .hex()
                    .doc("qualifier of the counters")
                    .of([bits("qcc.frz", 2).doc("freeze"), bits("qcc.rqt", 6).doc("which counters")]),
            ],
        ),
        (102, Vec::new()),
        (103, time()),
        (105, vec![u8("qrp").doc("qualifier of the reset").into()]),
        (107, with(vec![le16("tsc").doc("test sequence").into()], time())),
    ];
    let cases = kinds.into_iter().map(|(kind, items)| (kind, kind, items.into())).collect();
    Item::Switch(
        val("typeid"),
        cases,
        vec![bytes("rawdata", rest()).doc("element of another kind").into()].into(),
    )
}
