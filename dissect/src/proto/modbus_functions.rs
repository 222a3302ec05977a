//! What Modbus functions ask and answer, Modbus Application Protocol V1.1b3 §6.
//!
//! Question and answer of a function differ and look alike: which it is, the server's port tells.

use crate::decode::Walk;
use crate::schema::{Field, be16, be32, bytes, flag, rest, text, u8};

const SERVER: u16 = 502;

pub(super) const DIAGNOSTICS: &[(u64, &str)] = &[
    (0, "return query data"),
    (1, "restart communications"),
    (2, "return diagnostic register"),
    (3, "change ASCII input delimiter"),
    (4, "force listen only"),
    (10, "clear counters and diagnostic register"),
    (11, "return bus message count"),
    (12, "return bus communication error count"),
    (13, "return bus exception error count"),
    (14, "return server message count"),
    (15, "return server no response count"),
    (16, "return server NAK count"),
    (17, "return server busy count"),
    (18, "return bus character overrun count"),
    (20, "clear overrun counter and flag"),
];

pub(super) const OBJECTS: &[(u64, &str)] = &[
    (0, "vendor name"),
    (1, "product code"),
    (2, "major and minor revision"),
    (3, "vendor URL"),
    (4, "product name"),
    (5, "model name"),
    (6, "user application name"),
];

pub(super) const IDENTIFICATIONS: &[(u64, &str)] =
    &[(1, "basic device identification"), (2, "regular"), (3, "extended"), (4, "one object")];

pub(super) fn fields() -> Vec<Field> {
    vec![
        be16("=modbus.reference_num").doc("first address"),
        be32("=modbus.reference_num_32").doc("file and first record"),
        u8("=modbus.reference_type").doc("kind of reference"),
        be16("=modbus.read_reference_num").doc("first address to read"),
        be16("=modbus.write_reference_num").doc("first address to write"),
        be16("=modbus.word_cnt").doc("registers"),
        be16("=modbus.read_word_cnt").doc("registers to read"),
        be16("=modbus.write_word_cnt").doc("registers to write"),
        be16("=modbus.bit_cnt").doc("coils or inputs"),
        u8("=modbus.byte_cnt").unit("octets").doc("length of the values"),
        be16("=modbus.byte_cnt_16").unit("octets").doc("length of the values"),
        be16("=modbus.regval_uint16").doc("register"),
        u8("=modbus.padding").hex().doc("padding"),
        be16("=modbus.diagnostic_code").names(DIAGNOSTICS).doc("diagnostic"),
        be16("=modbus.ev_status").hex().doc("status; 0xffff: busy"),
        be16("=modbus.ev_count").doc("events"),
        be16("=modbus.ev_msg_count").doc("messages"),
        u8("=modbus.event").hex().doc("event"),
        be16("=modbus.and_mask").hex().doc("bits that are kept"),
        be16("=modbus.or_mask").hex().doc("bits that are set"),
        u8("=modbus.mei")
            .names(&[(13, "CANopen"), (14, "device identification")])
            .doc("encapsulated interface"),
        u8("=modbus.read_device_id").names(IDENTIFICATIONS).doc("identification that is read"),
        u8("=modbus.conformity_level").hex().doc("conformity"),
        u8("=modbus.more_follows").hex().doc("more follows"),
        u8("=modbus.next_object_id").doc("next object"),
        u8("=modbus.num_objects").doc("objects"),
        u8("=modbus.object_id").names(OBJECTS).doc("object"),
        u8("=modbus.objects_len").unit("octets").doc("length of the object"),
        text("=modbus.object_str_value", rest()).doc("value of the object"),
        bytes("=modbus.object_value", rest()).doc("value of an extended object"),
        be16("=modbus.regnum16").doc("number of the register").hidden(),
        bytes("=modbus.diagnostic.return_query_data.request", rest()).doc("data to be echoed"),
        bytes("=modbus.diagnostic.return_query_data.echo", rest()).doc("echoed data"),
        be16("=modbus.diagnostic.restart_communication_option")
            .hex()
            .names(&[(0, "keep the log"), (0xff00, "clear the log")])
            .doc("restart"),
        be16("=modbus.diagnostic.return_diag_register").hex().doc("diagnostic register"),
        u8("=modbus.diagnostic.ascii_input_delimiter").hex().doc("delimiter"),
        be16("=modbus.diagnostic.clear_ctr_diag_reg").doc("counters and register are cleared"),
        be16("=modbus.diagnostic.bus_message_count").doc("messages on the bus"),
        be16("=modbus.diagnostic.bus_comm_error_count").doc("communication errors"),
        be16("=modbus.diagnostic.bus_exception_error_count").doc("exceptions"),
        be16("=modbus.diagnostic.slave_message_count").doc("messages to the server"),
        be16("=modbus.diagnostic.no_slave_response_count").doc("messages without a response"),
        be16("=modbus.diagnostic.slave_nak_count").doc("negative acknowledgements"),
        be16("=modbus.diagnostic.slave_busy_count").doc("times that the server was busy"),
        be16("=modbus.diagnostic.bus_char_overrun_count").doc("character overruns"),
        flag("=modbus.ev_recv_comm_err").doc("communication error"),
        flag("=modbus.ev_recv_char_over").doc("character overrun"),
        flag("=modbus.ev_recv_lo_mode").doc("received in listen only mode"),
        flag("=modbus.ev_recv_broadcast").doc("broadcast received"),
        flag("=modbus.ev_send_read_ex").doc("read exception sent"),
        flag("=modbus.ev_send_slave_abort_ex").doc("abort exception sent"),
        flag("=modbus.ev_send_slave_busy_ex").doc("busy exception sent"),
        flag("=modbus.ev_send_slave_nak_ex").doc("negative acknowledgement sent"),
        flag("=modbus.ev_send_write_timeout").doc("write timeout"),
        flag("=modbus.ev_send_lo_mode").doc("sent in listen only mode"),
        bytes("=modbus.data", rest()).doc("data"),
    ]
}

/// Takes a list of numbers; stops at the first that does not fit.
fn numbers(walk: &mut Walk<'_, '_>, names: &[(&str, usize)]) {
    for (name, octets) in names {
        if walk.rest().is_empty() || walk.take(name, *octets).is_none() {
            return;
        }
    }
}

/// Length of what follows, then that many octets of registers.
fn registers(walk: &mut Walk<'_, '_>) {
    numbers(walk, &[("=modbus.byte_cnt", 1)]);
    words(walk);
}

fn words(walk: &mut Walk<'_, '_>) {
    while walk.rest().len() >= 2 {
        walk.take("=modbus.regval_uint16", 2);
    }
}

/// Registers that are written, the first one's number known from the same message.
fn numbered_words(walk: &mut Walk<'_, '_>, first: u16) {
    let mut number = first;
    while walk.rest().len() >= 2 {
        walk.emit("=modbus.regnum16", walk.offset(), 2, u64::from(number));
        walk.take("=modbus.regval_uint16", 2);
        number = number.wrapping_add(1);
    }
}

/// What a diagnostic asks or answers (§6.8): most counters stand in the answer alone.
fn diagnostic(walk: &mut Walk<'_, '_>, asks: bool) {
    let code = walk.take("=modbus.diagnostic_code", 2);
    let left = walk.rest().len();
    match code {
        Some(0) if left > 0 => {
            let name = if asks {
                "=modbus.diagnostic.return_query_data.request"
            } else {
                "=modbus.diagnostic.return_query_data.echo"
            };
            walk.take_octets(name, left);
        }
        Some(1) if left >= 2 => {
            walk.take("=modbus.diagnostic.restart_communication_option", 2);
        }
        Some(3) if left >= 1 => {
            walk.take("=modbus.diagnostic.ascii_input_delimiter", 1);
            walk.advance(walk.rest().len().min(1));
        }
        Some(code) if !asks && left >= 2 => {
            if let Some((_, name)) = COUNTERS.iter().find(|(known, _)| *known == code) {
                walk.take(name, 2);
            }
        }
        _ => {}
    }
}

/// Words of answers to diagnostics.
const COUNTERS: &[(u64, &str)] = &[
    (2, "=modbus.diagnostic.return_diag_register"),
    (10, "=modbus.diagnostic.clear_ctr_diag_reg"),
    (11, "=modbus.diagnostic.bus_message_count"),
    (12, "=modbus.diagnostic.bus_comm_error_count"),
    (13, "=modbus.diagnostic.bus_exception_error_count"),
    (14, "=modbus.diagnostic.slave_message_count"),
    (15, "=modbus.diagnostic.no_slave_response_count"),
    (16, "=modbus.diagnostic.slave_nak_count"),
    (17, "=modbus.diagnostic.slave_busy_count"),
    (18, "=modbus.diagnostic.bus_char_overrun_count"),
];

/// An event, and what its bits say (§6.10): of something received, or of something sent.
fn event(walk: &mut Walk<'_, '_>) {
    const RECEIVED: [(u32, &str); 4] = [
        (1, "=modbus.ev_recv_comm_err"),
        (4, "=modbus.ev_recv_char_over"),
        (5, "=modbus.ev_recv_lo_mode"),
        (6, "=modbus.ev_recv_broadcast"),
    ];
    const SENT: [(u32, &str); 6] = [
        (0, "=modbus.ev_send_read_ex"),
        (1, "=modbus.ev_send_slave_abort_ex"),
        (2, "=modbus.ev_send_slave_busy_ex"),
        (3, "=modbus.ev_send_slave_nak_ex"),
        (4, "=modbus.ev_send_write_timeout"),
        (5, "=modbus.ev_send_lo_mode"),
    ];
    let bit = walk.offset().saturating_mul(8);
    let Some(value) = walk.take("=modbus.event", 1) else { return };
    let bits: &[(u32, &str)] = match value {
        0x80.. => &RECEIVED,
        0x40.. => &SENT,
        _ => &[],
    };
    for (place, name) in bits {
        let at = bit.saturating_add(usize::try_from(7_u32.saturating_sub(*place)).unwrap_or(0));
        walk.emit_bits(name, at, 1, value >> place & 1);
    }
}

pub(super) fn decode(walk: &mut Walk<'_, '_>) {
    let code = walk.layer_octets().get(7).map_or(0, |octet| octet & 0x7f);
    let (from, to) = walk.ports();
    let asks = if from == SERVER { false } else { to == SERVER || to < from };
    function(walk, code, asks);
    let left = walk.rest().len();
    if left > 0 {
        walk.take_octets("=modbus.data", left);
    }
}

fn function(walk: &mut Walk<'_, '_>, code: u8, asks: bool) {
    const FIRST: (&str, usize) = ("=modbus.reference_num", 2);
    const BITS: (&str, usize) = ("=modbus.bit_cnt", 2);
    const WORDS: (&str, usize) = ("=modbus.word_cnt", 2);
    const OCTETS: (&str, usize) = ("=modbus.byte_cnt", 1);
    match (code, asks) {
        (1 | 2, true) => numbers(walk, &[FIRST, BITS]),
        (3 | 4, true) => numbers(walk, &[FIRST, WORDS]),
        (1 | 2 | 17, false) => numbers(walk, &[OCTETS]),
        (3 | 4 | 23, false) => registers(walk),
        // A coil is on with 0xff in the first octet.
        (5, _) => {
            numbers(walk, &[FIRST]);
            if walk.rest().len() >= 2 {
                walk.take_octets("=modbus.data", 1);
                walk.take("=modbus.padding", 1);
            }
        }
        (6, _) => {
            numbers(walk, &[FIRST]);
            words(walk);
        }
        (8, asks) => diagnostic(walk, asks),
        (11, false) => numbers(walk, &[("=modbus.ev_status", 2), ("=modbus.ev_count", 2)]),
        (12, false) => {
            numbers(
                walk,
                &[OCTETS, ("=modbus.ev_status", 2), ("=modbus.ev_count", 2), ("=modbus.ev_msg_count", 2)],
            );
            while !walk.rest().is_empty() {
                event(walk);
            }
        }
        (15, true) => numbers(walk, &[FIRST, BITS, OCTETS]),
        (15, false) => numbers(walk, &[FIRST, BITS]),
        (16, true) => {
            let first = walk.rest().first_chunk().map_or(0, |octets| u16::from_be_bytes(*octets));
            numbers(walk, &[FIRST, WORDS, OCTETS]);
            numbered_words(walk, first);
        }
        (16, false) => numbers(walk, &[FIRST, WORDS]),
        (20 | 21, _) => records(walk, code, asks),
        (22, _) => numbers(walk, &[FIRST, ("=modbus.and_mask", 2), ("=modbus.or_mask", 2)]),
        (23, true) => {
            let places =
                ["=modbus.read_reference_num", "=modbus.read_word_cnt", "=modbus.write_reference_num"];
            numbers(walk, &places.map(|name| (name, 2)));
            numbers(walk, &[("=modbus.write_word_cnt", 2)]);
            registers(walk);
        }
        (24, true) => numbers(walk, &[FIRST]),
        (24, false) => {
            numbers(walk, &[("=modbus.byte_cnt_16", 2), WORDS]);
            words(walk);
        }
        (43, _) => interface(walk, asks),
        _ => {}
    }
}

/// Groups of file records; an answer to a read tells lengths in octets.
fn records(walk: &mut Walk<'_, '_>, code: u8, asks: bool) {
    numbers(walk, &[("=modbus.byte_cnt", 1)]);
    while walk.rest().len() >= 2 {
        let octets = if code == 20 && !asks {
            let length = walk.take("=modbus.byte_cnt", 1).unwrap_or(0);
            walk.take("=modbus.reference_type", 1);
            length.saturating_sub(1)
        } else {
            numbers(walk, &[("=modbus.reference_type", 1), ("=modbus.reference_num_32", 4)]);
            let words = walk.rest().first_chunk::<2>().map_or(0, |octets| u16::from_be_bytes(*octets));
            numbers(walk, &[("=modbus.word_cnt", 2)]);
            if code == 20 { 0 } else { u64::from(words).saturating_mul(2) }
        };
        let octets = usize::try_from(octets).unwrap_or(usize::MAX).min(walk.rest().len());
        if octets > 0 {
            walk.take_octets("=modbus.data", octets);
        }
    }
}

fn interface(walk: &mut Walk<'_, '_>, asks: bool) {
    let kind = walk.rest().first().copied();
    numbers(walk, &[("=modbus.mei", 1)]);
    if kind != Some(14) {
        return;
    }
    numbers(walk, &[("=modbus.read_device_id", 1)]);
    if asks {
        numbers(walk, &[("=modbus.object_id", 1)]);
        return;
    }
    let head =
        ["=modbus.conformity_level", "=modbus.more_follows", "=modbus.next_object_id", "=modbus.num_objects"];
    numbers(walk, &head.map(|name| (name, 1)));
    while walk.rest().len() >= 2 {
        let object = walk.take("=modbus.object_id", 1).unwrap_or(0);
        let length = walk.take("=modbus.objects_len", 1).unwrap_or(0);
        let length = usize::try_from(length).unwrap_or(0).min(walk.rest().len());
        // Objects from 7 on are reserved or the vendor's: octets of any kind.
        walk.take_octets(
            if object < 7 { "=modbus.object_str_value" } else { "=modbus.object_value" },
            length,
        );
    }
}
