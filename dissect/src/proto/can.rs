//! CAN and CAN FD frames as Linux hands them out (linux/can.h, LINKTYPE_CAN_SOCKETCAN), error frames taken apart (linux/can/error.h).
//!
//! Which higher protocol a bus speaks no frame says. What an identifier means in SAE J1939 and in CANopen, and what the first octets mean
//! in ISO-TP (ISO 15765-2), can be asked for by those protocols' names; lines show it with `-v`.

use super::octets::Octets;
use super::put;
use crate::decode::Walk;
use crate::frame::LinkType;
use crate::render::line::{Body, Line};
use crate::schema::{
    Build, Field, Given, Item, LINK_TYPE, Names, Protocol, SLL_HATYPE, Size, Test, be16, be24, be32, bits,
    built, bytes, custom_both, decoded, eq, flag, left, lit, rest, u8, val, when,
};

const DATA: &str = "=data.data";

const EXTENDED: u32 = 0x8000_0000;
const REMOTE: u32 = 0x4000_0000;
const ERROR: u32 = 0x2000_0000;

/// Bits of an error frame's identifier.
const CLASSES: [(&str, &str); 9] = [
    ("err.tx_timeout", "transmit timeout"),
    ("err.lostarb", "lost arbitration"),
    ("err.ctrl", "controller problem"),
    ("err.prot", "protocol violation"),
    ("err.trx", "transceiver"),
    ("err.ack", "no acknowledgement"),
    ("err.busoff", "bus off"),
    ("err.buserror", "bus error"),
    ("err.restarted", "controller restarted"),
];

/// Bits of the second octet of an error frame.
const CONTROLLER: [(&str, &str); 7] = [
    ("err.ctrl.rx_overflow", "receive buffer overflow"),
    ("err.ctrl.tx_overflow", "transmit buffer overflow"),
    ("err.ctrl.rx_warning", "warning level of receive errors"),
    ("err.ctrl.tx_warning", "warning level of transmit errors"),
    ("err.ctrl.rx_passive", "error passive, receiving"),
    ("err.ctrl.tx_passive", "error passive, transmitting"),
    ("err.ctrl.active", "error active again"),
];

/// Bits of the third octet of an error frame.
const VIOLATIONS: [(&str, &str); 8] = [
    ("err.prot.type.bit", "single bit"),
    ("err.prot.type.form", "frame format"),
    ("err.prot.type.stuff", "bit stuffing"),
    ("err.prot.type.bit0", "no dominant bit sent"),
    ("err.prot.type.bit1", "no recessive bit sent"),
    ("err.prot.type.overload", "bus overload"),
    ("err.prot.type.active", "active error announced"),
    ("err.prot.type.tx", "while sending"),
];

const LOCATIONS: &[(u64, &str)] = &[
    (0x00, "unspecified"),
    (0x02, "identifier bits 28 to 21"),
    (0x03, "start of frame"),
    (0x04, "substitute RTR"),
    (0x05, "identifier extension"),
    (0x06, "identifier bits 20 to 18"),
    (0x07, "identifier bits 17 to 13"),
    (0x08, "CRC sequence"),
    (0x09, "reserved bit 0"),
    (0x0a, "data section"),
    (0x0b, "data length code"),
    (0x0c, "RTR"),
    (0x0d, "reserved bit 1"),
    (0x0e, "identifier bits 4 to 0"),
    (0x0f, "identifier bits 12 to 5"),
    (0x12, "intermission"),
    (0x18, "CRC delimiter"),
    (0x19, "ACK slot"),
    (0x1a, "end of frame"),
    (0x1b, "ACK delimiter"),
];

/// CiA 301 §7.3.5, by the upper four bits of the identifier.
const FUNCTIONS: &[(u64, &str)] = &[
    (0x0, "NMT"),
    (0x1, "SYNC or EMCY"),
    (0x2, "TIME"),
    (0x3, "PDO1 (tx)"),
    (0x4, "PDO1 (rx)"),
    (0x5, "PDO2 (tx)"),
    (0x6, "PDO2 (rx)"),
    (0x7, "PDO3 (tx)"),
    (0x8, "PDO3 (rx)"),
    (0x9, "PDO4 (tx)"),
    (0xa, "PDO4 (rx)"),
    (0xb, "SDO (tx)"),
    (0xc, "SDO (rx)"),
    (0xe, "NMT error control"),
    (0xf, "LSS"),
];

/// ISO 15765-2 table 9.
const FRAMES: &[(u64, &str)] =
    &[(0, "single frame"), (1, "first frame"), (2, "consecutive frame"), (3, "flow control")];

/// Parameter groups of SAE J1939-21, -71, -73 and -81 that most buses have.
const GROUPS: &[(u64, &str)] = &[
    (0x00_0000, "TSC1"),
    (0x00_da00, "ISO 15765 (UDS)"),
    (0x00_db00, "ISO 15765 (UDS), functional"),
    (0x00_e800, "acknowledgement"),
    (0x00_ea00, "request"),
    (0x00_eb00, "TP.DT"),
    (0x00_ec00, "TP.CM"),
    (0x00_ee00, "address claimed"),
    (0x00_ef00, "proprietary A"),
    (0x00_f000, "ERC1"),
    (0x00_f001, "EBC1"),
    (0x00_f002, "ETC1"),
    (0x00_f003, "EEC2"),
    (0x00_f004, "EEC1"),
    (0x00_fe6c, "TCO1"),
    (0x00_feca, "DM1"),
    (0x00_fecb, "DM2"),
    (0x00_fecc, "DM3"),
    (0x00_fee0, "vehicle distance"),
    (0x00_fee5, "engine hours"),
    (0x00_fee6, "time and date"),
    (0x00_fee9, "fuel consumption"),
    (0x00_feeb, "component identification"),
    (0x00_feec, "vehicle identification"),
    (0x00_feee, "ET1"),
    (0x00_feef, "EFL/P1"),
    (0x00_fef1, "CCVS"),
    (0x00_fef2, "LFE"),
    (0x00_fef5, "ambient conditions"),
    (0x00_fef6, "intake and exhaust 1"),
    (0x00_fef7, "vehicle electrical power"),
    (0x00_fefc, "dash display"),
];

pub(super) fn can() -> Protocol {
    let named = |list: &'static [(&'static str, &'static str)]| {
        list.iter().map(|(name, doc)| flag(name).doc(doc)).collect::<Vec<_>>()
    };
    Protocol::new("can", "Controller Area Network")
        .layer("CAN")
        .layer("CANFD")
        .below("CAN", "sll", &[("=sll.etype", Given::Number(12))])
        .below("CANFD", "sll", &[("=sll.etype", Given::Number(13))])
        .below("CAN", "sll2", &[("=sll.etype", Given::Number(12))])
        .below("CANFD", "sll2", &[("=sll.etype", Given::Number(13))])
        .source("linux/can.h, linux/can/error.h; LINKTYPE_CAN_SOCKETCAN")
        .on(LINK_TYPE, &[227])
        .on(SLL_HATYPE, &[280])
        .field(Item::Group(
            be32("word").hex().hidden().doc("flags and identifier"),
            vec![
                Item::Group(
                    bits("flags", 3)
                        .craft("flags")
                        .letters(&["error", "remote_transmission_request", "extended"])
                        .hidden()
                        .doc("flags"),
                    vec![
                        flag("flags.xtd").doc("identifier of 29 bits").into(),
                        flag("flags.rtr").doc("remote transmission request").into(),
                        flag("flags.err").doc("error frame").into(),
                    ]
                    .into(),
                ),
                bits("id", 29)
                    .craft("identifier")
                    .display(|id, out| put::hex_padded(out, id, 3))
                    .brief()
                    .doc("identifier; of an error frame its classes")
                    .into(),
            ]
            .into(),
        ))
        .field(decoded([
            u8("len").unit("octets").doc("octets of data").into(),
            u8("=canfd.flags").hex().doc("flags of CAN FD").of([
                bits("=canfd.flags.reserved", 5).hex().doc("reserved"),
                flag("=canfd.flags.fdf").doc("a frame of CAN FD"),
                flag("=canfd.flags.esi").doc("the sender is error passive"),
                flag("=canfd.flags.brs").doc("data at the higher bit rate"),
            ]),
            bytes("reserved", Size::Octets(lit(2))).doc("reserved").into(),
            when(eq("flags.rtr", 0), [bytes(DATA, Size::Octets(val("len"))).brief().doc("data").into()]),
            when(Test::Ge(left(), lit(1)), [bytes("padding", rest()).doc("octets behind the data").into()]),
        ]))
        .field(built([custom_both(
            [
                u8("written.len").craft("length").hidden().doc("octets of data"),
                be24("written.reserved").craft("reserved").hidden().doc("reserved"),
                u8("written.flags")
                    .craft("fd_flags")
                    .letters(&["bit_rate_switch", "error_state_indicator", "fd_frame"])
                    .default(4)
                    .hidden()
                    .doc("flags of CAN FD"),
                be16("written.reserved.fd").craft("reserved").hidden().doc("reserved"),
                bytes("written.data", rest()).craft("data").hidden().doc("data"),
            ],
            |_| {},
            build,
        )]))
        .extras(named(&CLASSES))
        .extra(bits("err.reserved", 20).hex().doc("reserved"))
        .extra(u8("err.lostarb.bitnum").doc("bit at which arbitration was lost; 0: not known"))
        .extras(named(&CONTROLLER))
        .extras(named(&VIOLATIONS))
        .extra(u8("err.prot.location").hex().names(LOCATIONS).doc("where the violation was seen"))
        .extra(bits("err.trx.canh", 4).doc("fault of CAN high"))
        .extra(bits("err.trx.canl", 4).doc("fault of CAN low"))
        .extra(bytes("err.ctrl_specific", rest()).doc("of the controller's own kind"))
        .extras(as_others())
        .after(after)
        .summary(summary)
        .sample_on(LinkType::CAN_SOCKETCAN, "00000123 04 000000 deadbeef 00000000")
        .sample_on(LinkType::CAN_SOCKETCAN, "98fef100 08 000000 ffffffffffff0011")
        .sample_on(LinkType::CAN_SOCKETCAN, "40000701 01 000000 0000000000000000")
        .sample_on(LinkType::CAN_SOCKETCAN, "2000009d 08 000000 050c81050a110203")
        .sample_on(LinkType::CAN_SOCKETCAN, "98ab0123 0c 050000 0102030405060708090a0b0c")
        .sample_on(LinkType::CAN_SOCKETCAN, "000007e0 08 000000 0210030000000000")
}

/// What identifier and data are if the bus speaks one of these.
fn as_others() -> Vec<Field> {
    vec![
        bits("=j1939.priority", 3).hidden().doc("priority, as J1939"),
        bits("=j1939.pgn", 18).hidden().names(GROUPS).doc("parameter group, as J1939"),
        u8("=j1939.src_addr").hidden().doc("source, as J1939"),
        u8("=j1939.dst_addr").hidden().doc("destination, as J1939"),
        u8("=j1939.group_extension").hidden().doc("extension of a group for all, as J1939"),
        bits("=canopen.function_code", 4).hex().hidden().names(FUNCTIONS).doc("function, as CANopen"),
        bits("=canopen.node_id", 7).hex().hidden().doc("node, as CANopen"),
        bits("=iso15765.message_type", 4).hex().hidden().names(FRAMES).doc("kind of frame, as ISO-TP"),
        be32("=iso15765.data_length").hidden().doc("length of the message, as ISO-TP"),
        bits("=iso15765.sequence_number", 4).hex().hidden().doc("number of a consecutive frame, as ISO-TP"),
        bits("=iso15765.flow_status", 4)
            .hex()
            .hidden()
            .names(&[(0, "continue to send"), (1, "wait"), (2, "overflow")])
            .doc("flow status, as ISO-TP"),
        u8("=iso15765.flow_control.bs").hex().hidden().doc("frames in a block, as ISO-TP"),
    ]
}

/// A parameter group's number, and the destination of one that has one (J1939-21 §5.2).
fn group(id: u32) -> (u32, Option<u8>) {
    let [_, format, specific, _] = id.to_be_bytes();
    let whole = id >> 8 & 0x3_ffff;
    if format < 240 { (whole & 0x3_ff00, Some(specific)) } else { (whole, None) }
}

fn build(build: &mut dyn Build) {
    let fd = build.layer() == "CANFD";
    let mut data = build.octets("written.data").unwrap_or_default();
    if fd && data.len() > 8 {
        // As scapy does it: multiples of 4 up to 24, of 8 up to 64.
        let unit = if data.len() <= 24 { 4 } else { 8 };
        data.resize(data.len().next_multiple_of(unit), 0);
    }
    build.put_number("written.len", data.len() as u64);
    if fd {
        build.put_field("written.flags");
        build.put_field("written.reserved.fd");
    } else {
        build.put_field("written.reserved");
    }
    build.put(&data);
}

fn after(walk: &mut Walk<'_, '_>) {
    let Some([i0, i1, i2, i3, length]) = walk.header().first_chunk::<5>().copied() else { return };
    let word = u32::from_be_bytes([i0, i1, i2, i3]);
    let octets = walk.header().get(8..).unwrap_or_default();
    let data = octets.get(..usize::from(length)).unwrap_or(octets);
    let start = walk.layer_offset();
    if word & ERROR != 0 {
        trouble(walk, word, data, start);
        return;
    }
    let id = word & 0x1fff_ffff;
    if word & EXTENDED != 0 {
        let (number, destination) = group(id);
        walk.emit("=j1939.priority", start, 1, u64::from(id >> 26 & 7));
        walk.emit("=j1939.pgn", start, 3, u64::from(number));
        let name = if destination.is_some() { "=j1939.dst_addr" } else { "=j1939.group_extension" };
        walk.emit(name, start.saturating_add(2), 1, u64::from(i2));
        walk.emit("=j1939.src_addr", start.saturating_add(3), 1, u64::from(i3));
    } else {
        walk.emit("=canopen.function_code", start.saturating_add(2), 2, u64::from(id >> 7 & 15));
        walk.emit("=canopen.node_id", start.saturating_add(3), 1, u64::from(id & 0x7f));
    }
    transport(walk, data, start.saturating_add(8));
}

/// ISO 15765-2 §9.6.
fn transport(walk: &mut Walk<'_, '_>, data: &[u8], at: usize) {
    let [first, rest @ ..] = data else { return };
    let (kind, low) = (u64::from(first >> 4), u64::from(first & 15));
    if kind > 3 {
        return;
    }
    walk.emit("=iso15765.message_type", at, 1, kind);
    match (kind, rest) {
        // Frames of CAN FD have the length in an octet of its own.
        (0, [length, ..]) if low == 0 => walk.emit("=iso15765.data_length", at, 2, u64::from(*length)),
        (0, _) => walk.emit("=iso15765.data_length", at, 1, low),
        (1, [0, a, b, c, d, ..]) if low == 0 => {
            let length = u32::from_be_bytes([*a, *b, *c, *d]);
            walk.emit("=iso15765.data_length", at, 6, u64::from(length));
        }
        (1, [length, ..]) => walk.emit("=iso15765.data_length", at, 2, low << 8 | u64::from(*length)),
        (2, _) => walk.emit("=iso15765.sequence_number", at, 1, low),
        (3, [size, ..]) => {
            walk.emit("=iso15765.flow_status", at, 1, low);
            walk.emit("=iso15765.flow_control.bs", at.saturating_add(1), 1, u64::from(*size));
        }
        _ => {}
    }
}

/// An error frame: classes in the identifier, what each says in the data.
fn trouble(walk: &mut Walk<'_, '_>, word: u32, data: &[u8], start: usize) {
    let bit = |number: usize| word >> number & 1 == 1;
    for (number, (name, _)) in CLASSES.iter().enumerate() {
        walk.emit(name, start, 4, u64::from(bit(number)));
    }
    walk.emit("err.reserved", start, 4, u64::from(word >> 9 & 0xf_ffff));
    let at = start.saturating_add(8);
    let octet = |number: usize| data.get(number).copied().map(u64::from);
    if let Some(number) = octet(0).filter(|_| bit(1)) {
        walk.emit("err.lostarb.bitnum", at, 1, number);
    }
    if let Some(status) = octet(1).filter(|_| bit(2)) {
        for (number, (name, _)) in CONTROLLER.iter().enumerate() {
            walk.emit(name, at.saturating_add(1), 1, status >> number & 1);
        }
    }
    if let (Some(kind), Some(place)) = (octet(2).filter(|_| bit(3)), octet(3)) {
        for (number, (name, _)) in VIOLATIONS.iter().enumerate() {
            walk.emit(name, at.saturating_add(2), 1, kind >> number & 1);
        }
        walk.emit("err.prot.location", at.saturating_add(3), 1, place);
    }
    if let Some(status) = octet(4).filter(|_| bit(4)) {
        walk.emit("err.trx.canh", at.saturating_add(4), 1, status & 15);
        walk.emit("err.trx.canl", at.saturating_add(4), 1, status >> 4);
    }
    if data.len() > 5 {
        walk.emit("err.ctrl_specific", at.saturating_add(5), data.len().saturating_sub(5), 0);
    }
}

/// `CAN 123 [4] de ad be ef`, as candump has it.
fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    let mut octets = Octets::of(body);
    let (Some(word), Some(length), Some(flags), Some(_)) =
        (octets.u32(), octets.u8(), octets.u8(), octets.u16())
    else {
        line.text("CAN");
        line.cut("can", body);
        return;
    };
    let data = octets.left();
    let fd = flags & 4 != 0 || length > 8;
    line.text(if fd { "CAN FD " } else { "CAN " });
    if word & ERROR != 0 {
        error_line(line, word, data);
        return;
    }
    put::hex_padded(line.out, u64::from(word & 0x1fff_ffff), if word & EXTENDED != 0 { 8 } else { 3 });
    line.text(" [");
    line.number(u64::from(length));
    line.text("]");
    for (bit, name) in [(1, " BRS"), (2, " ESI")] {
        line.text(if fd && flags & bit != 0 { name } else { "" });
    }
    if word & REMOTE != 0 {
        line.text(" remote request");
    } else {
        let shown = data.get(..usize::from(length)).unwrap_or(data);
        line.text(if shown.is_empty() { "" } else { " " });
        put::hex_octets(line.out, shown, Some(b' '));
        if shown.len() < usize::from(length) {
            line.cut("can", body);
        }
    }
    if line.style.verbose > 0 {
        meaning(line, word);
    }
}

fn error_line(line: &mut Line<'_, '_>, word: u32, data: &[u8]) {
    line.text("error:");
    let mut before = " ";
    let mut list = |line: &mut Line<'_, '_>, bits: u32, names: &[(&str, &str)]| {
        for (number, (_, name)) in names.iter().enumerate() {
            if bits >> number & 1 == 1 {
                line.text(before);
                line.text(name);
                before = ", ";
            }
        }
    };
    list(line, word, &CLASSES);
    if let [_, controller, violation, location, ..] = data {
        if word & 4 != 0 {
            list(line, u32::from(*controller), &CONTROLLER);
        }
        if word & 8 != 0 {
            list(line, u32::from(*violation), &VIOLATIONS);
            if let Some(place) = Names::List(LOCATIONS).get(u64::from(*location)).filter(|_| *location != 0) {
                line.text(" at ");
                line.text(place);
            }
        }
    }
}

/// What the identifier would mean.
fn meaning(line: &mut Line<'_, '_>, word: u32) {
    let id = word & 0x1fff_ffff;
    if word & EXTENDED == 0 {
        line.text(" (CANopen: ");
        line.text(Names::List(FUNCTIONS).get(u64::from(id >> 7 & 15)).unwrap_or("reserved"));
        line.text(", node ");
        line.number(u64::from(id & 0x7f));
        line.text(")");
        return;
    }
    let (number, destination) = group(id);
    line.text(" (J1939: PGN ");
    line.number(u64::from(number));
    if let Some(name) = Names::List(GROUPS).get(u64::from(number)) {
        line.text(" ");
        line.text(name);
    }
    line.text(", priority ");
    line.number(u64::from(id >> 26 & 7));
    line.text(", ");
    line.number(u64::from(id & 0xff));
    if let Some(destination) = destination {
        line.text(" > ");
        line.number(u64::from(destination));
    }
    line.text(")");
}
