//! DCCP, RFC 4340, with the listening request of RFC 5596 and the options of congestion control 3 (RFC 4342).

use crate::checksum;
use crate::decode::{Network, Walk};
use crate::frame::ChecksumState;
use crate::schema::{
    Checksum, Expr, Fill, IP_PROTO, Item, Protocol, Severity, Size, Span, Tlv, TlvCase, be16, be24, be32,
    be48, bits, block, bytes, case, eq, flag, label, left, lit, rest, shared_list, swapped, switch, u8, val,
    when,
};
use std::sync::LazyLock;

pub(super) const TYPES: &[(u64, &str)] = &[
    (0, "Request"),
    (1, "Response"),
    (2, "Data"),
    (3, "Ack"),
    (4, "DataAck"),
    (5, "CloseReq"),
    (6, "Close"),
    (7, "Reset"),
    (8, "Sync"),
    (9, "SyncAck"),
    (10, "Listen"),
];

/// RFC 4340 §5.6.
const RESETS: &[(u64, &str)] = &[
    (0, "Unspecified"),
    (1, "Closed"),
    (2, "Aborted"),
    (3, "No Connection"),
    (4, "Packet Error"),
    (5, "Option Error"),
    (6, "Mandatory Error"),
    (7, "Connection Refused"),
    (8, "Bad Service Code"),
    (9, "Too Busy"),
    (10, "Bad Init Cookie"),
    (11, "Aggression Penalty"),
];

/// RFC 4340 §5.8.
const OPTIONS: &[(u64, u64, &str)] = &[
    (0, 0, "Padding"),
    (1, 1, "Mandatory"),
    (2, 2, "Slow Receiver"),
    (3, 31, "Reserved"),
    (32, 32, "Change L"),
    (33, 33, "Confirm L"),
    (34, 34, "Change R"),
    (35, 35, "Confirm R"),
    (36, 36, "Init Cookie"),
    (37, 37, "NDP Count"),
    (38, 38, "Ack Vector [Nonce 0]"),
    (39, 39, "Ack Vector [Nonce 1]"),
    (40, 40, "Data Dropped"),
    (41, 41, "Timestamp"),
    (42, 42, "Timestamp Echo"),
    (43, 43, "Elapsed Time"),
    (44, 44, "Data checksum"),
    (45, 127, "Reserved"),
    (128, 191, "CCID option"),
    (192, 192, "CCID3 Loss Event Rate"),
    (193, 193, "CCID3 Loss Intervals"),
    (194, 194, "CCID3 Receive Rate"),
    (195, 255, "CCID option"),
];

/// RFC 4340 §6.4, RFC 4342 §8.
const FEATURES: &[(u64, &str)] = &[
    (1, "Congestion Control ID (CCID)"),
    (2, "Allow Short Seqnums"),
    (3, "Sequence Window"),
    (4, "ECN Incapable"),
    (5, "Ack Ratio"),
    (6, "Send Ack Vector"),
    (7, "Send NDP Count"),
    (8, "Minimum Checksum Coverage"),
    (9, "Check Data Checksum"),
    (192, "Send Loss Event Rate"),
];

/// Options of one octet.
const SINGLE: &[u64] = &[
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28,
    29, 30, 31,
];

pub(super) fn dccp() -> Protocol {
    Protocol::new("dccp", "Datagram Congestion Control Protocol")
        .source("RFC 4340 §5")
        .on(IP_PROTO, &[33])
        .later(fields)
        .either("port", &["srcport", "dstport"])
        .answers([swapped("srcport", "dstport")])
        .after(after)
        .summary(super::dccp_line::summary)
        .sample(concat!(
            "02000000000202000000000108004500004800010000402166920a0000010a0000021389138a0d308dff010001",
            "02030405066162636420040102210501020322090300000000006423040601012406636f6f6b000000",
        ))
        .sample(concat!(
            "02000000000202000000000108004500006300010000402166770a0000010a0000021389138a12309182090001",
            "020304050600000a0b0c0d0e0f2906000000092a06000000082a080000000800012a0a00000008000000022b04",
            "00052b06000000062c060102030400007061796c6f6164",
        ))
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    protocol
        .field(be16("srcport").craft("sport").doc("source port"))
        .field(be16("dstport").craft("dport").doc("destination port"))
        .field(
            u8("data_offset")
                .craft("dataofs")
                .len_of(Span::Header, 4, 0)
                .doc("header length in units of 4 octets"),
        )
        .field(bits("ccval", 4).doc("value for the congestion control"))
        .field(bits("cscov", 4).doc("checksum coverage; 0: all"))
        .field(be16("checksum").craft("chksum").hex().sum(Checksum::Pseudo).doc("checksum"))
        .field(bits("res1", 3).hex().doc("reserved"))
        .field(bits("type", 4).names(TYPES).doc("type"))
        .field(flag("x").default(1).doc("sequence numbers have 48 bits"))
        .field(when(
            eq("x", 1),
            [
                u8("res2").hex().doc("reserved").into(),
                be48("seq_raw").craft("seq").doc("sequence number as sent").into(),
            ],
        ))
        .field(when(eq("x", 0), [be24("seq_raw").craft("seq").doc("sequence number as sent").into()]))
        .field(switch(
            val("type"),
            [
                (0, vec![service(), options(4, 0)]),
                (1, vec![acknowledged(), service(), options(4, 1)]),
                (2, vec![options(0, 0)]),
                (
                    7,
                    vec![
                        acknowledged(),
                        u8("reset_code").names(RESETS).doc("why the connection is reset").into(),
                        u8("data1").hex().doc("first octet about it").into(),
                        u8("data2").hex().doc("second octet about it").into(),
                        u8("data3").hex().doc("third octet about it").into(),
                        options(4, 1),
                    ],
                ),
                (10, vec![service(), options(4, 0)]),
            ],
            vec![acknowledged(), options(0, 1)],
        ))
        .extra(
            u8("checksum.status")
                .names(super::CHECKSUM_STATUS)
                .expert(Severity::Error, 0, 0, "the checksum is wrong")
                .doc("checksum status"),
        )
}

fn service() -> Item {
    be32("service_code").craft("service").doc("service").into()
}

fn acknowledged() -> Item {
    Item::Switch(
        val("x"),
        vec![(
            1,
            1,
            vec![
                be16("ack_res").hex().doc("reserved").into(),
                be48("ack_raw").craft("ack").doc("acknowledgement number as sent").into(),
            ]
            .into(),
        )],
        vec![
            u8("ack_res").hex().doc("reserved").into(),
            be24("ack_raw").craft("ack").doc("acknowledgement number as sent").into(),
        ]
        .into(),
    )
}

/// What of the header is left behind so many octets of the message and acknowledgement numbers.
fn options(own: i64, numbers: i64) -> Item {
    static LIST: LazyLock<Tlv> = LazyLock::new(option_list);
    let fixed = (val("x") + 1) * 4 * lit(numbers) + val("x") * 4 + lit(own) + 12;
    block(
        label("options").craft("options").fill(Fill::Zero(4)).doc("options"),
        Size::Octets(val("data_offset") * 4 - fixed),
        [shared_list(&LIST)],
    )
}

fn option_list() -> Tlv {
    let value = |kind: u64, name: &'static str, doc: &'static str| {
        case(kind, label("option").doc("option"), [bytes(name, rest()).doc(doc).into()])
    };
    let feature = |kind: u64| {
        case(
            kind,
            label("option").doc("option"),
            [
                u8("feature_number").names(FEATURES).doc("feature").into(),
                bytes("feature_value", rest()).doc("value").into(),
            ],
        )
    };
    let number = |kind: u64, items: Vec<Item>| TlvCase { kind, field: label("option").doc("option"), items };
    let elapsed = || {
        switch(
            left(),
            [
                (0, vec![]),
                (2, vec![be16("elapsed_time").doc("elapsed time in units of 10 µs").into()]),
                (4, vec![be32("elapsed_time").doc("elapsed time in units of 10 µs").into()]),
            ],
            vec![bytes("option_data", rest()).doc("data").into()],
        )
    };
    let count =
        |width: u16| vec![bits("ndp_count", width).doc("packets without data before this one").into()];
    Tlv::new(
        label("option").doc("option"),
        u8("option_type").ranges(OPTIONS).doc("type"),
        u8("option_length").unit("octets").doc("length"),
    )
    .single(SINGLE)
    .cases([
        case(0, bytes("padding", rest()).doc("padding"), []),
        case(1, bytes("mandatory", rest()).doc("the next option must be understood"), []),
        case(2, bytes("slow_receiver", rest()).doc("the receiver is slow"), []),
        feature(32),
        feature(33),
        feature(34),
        feature(35),
        value(36, "init_cookie", "cookie"),
        number(
            37,
            vec![switch(
                left(),
                [
                    (1, count(8)),
                    (2, count(16)),
                    (3, count(24)),
                    (4, count(32)),
                    (5, count(40)),
                    (6, count(48)),
                ],
                vec![bytes("option_data", rest()).doc("data").into()],
            )],
        ),
        value(38, "ack_vector.nonce_0", "acknowledgement vector"),
        value(39, "ack_vector.nonce_1", "acknowledgement vector"),
        value(40, "data_dropped", "dropped data"),
        number(41, vec![be32("timestamp").doc("time stamp").into()]),
        number(42, vec![be32("timestamp_echo").doc("time stamp echoed").into(), elapsed()]),
        number(43, vec![elapsed()]),
        number(44, vec![be32("checksum_data").hex().doc("checksum of the data (CRC-32c)").into()]),
        number(192, vec![be32("ccid3_loss_event_rate").doc("inverse of the loss event rate").into()]),
        value(193, "ccid3_loss_intervals", "loss intervals"),
        number(194, vec![be32("ccid3_receive_rate").unit("octets/s").doc("receive rate").into()]),
    ])
    .other([switch(
        Expr::Min(Box::new(val("option_type")), Box::new(lit(128))),
        [(128, vec![bytes("ccid_option_data", rest()).doc("option of the congestion control").into()])],
        vec![bytes("option_reserved", rest()).alias("option_unknown").doc("data").into()],
    )])
}

/// Octets that the checksum covers beside the pseudo-header (RFC 4340 §9.2).
pub(super) fn covered(whole: usize, header: usize, coverage: u8) -> usize {
    match usize::from(coverage).checked_sub(1) {
        None => whole,
        Some(words) => header.saturating_add(words.saturating_mul(4)).min(whole),
    }
}

/// The sum over what the checksum covers and the pseudo-header, which has the length of the whole packet.
pub(super) fn sum(network: Network, octets: &[u8]) -> Option<u16> {
    let [_, _, _, _, words, values, ..] = *octets.first_chunk::<8>()?;
    let header = usize::from(words).saturating_mul(4);
    let part = octets.get(..covered(octets.len(), header, values & 15))?;
    Some(checksum::add(checksum::pseudo(network, 33, octets.len()), checksum::sum(part)))
}

fn after(walk: &mut Walk<'_, '_>) {
    let octets = walk.layer_octets();
    if !walk.wants("checksum.status") {
        return;
    }
    let unknown = walk.quoted() || !walk.is_whole() || walk.meta().checksum == ChecksumState::NotReady;
    let status = match sum(walk.network(), octets) {
        _ if unknown => 2,
        Some(u16::MAX) => 1,
        _ => 0,
    };
    walk.emit("checksum.status", walk.layer_offset().saturating_add(6), 0, status);
}
