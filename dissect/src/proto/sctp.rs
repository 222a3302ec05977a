//! SCTP, RFC 9260, with the chunks of RFC 3758 (partial reliability), 4820 (padding), 4895 (authentication), 5061 (address
//! reconfiguration), 6525 (stream reconfiguration), 8260 (interleaving), and the drafts that hosts implement (packet drop,
//! NR-SACK).

use super::sctp_parameters::parameters;
use crate::checksum;
use crate::decode::Walk;
use crate::schema::{
    Checksum, IP_PROTO, Item, Protocol, SCTP_PORT, SCTP_PPID, Severity, Tlv, be16, be32, bits, bytes, case,
    custom, flag, label, ne, repeat, rest, shared_list, swapped, switch, times, u8, val, when,
};
use std::sync::LazyLock;

pub(super) const CHUNKS: &[(u64, &str)] = &[
    (0, "DATA"),
    (1, "INIT"),
    (2, "INIT ACK"),
    (3, "SACK"),
    (4, "HB REQ"),
    (5, "HB ACK"),
    (6, "ABORT"),
    (7, "SHUTDOWN"),
    (8, "SHUTDOWN ACK"),
    (9, "OP ERR"),
    (10, "COOKIE ECHO"),
    (11, "COOKIE ACK"),
    (12, "ECN ECHO"),
    (13, "CWR"),
    (14, "SHUTDOWN COMPLETE"),
    (15, "AUTH"),
    (16, "NR-SACK"),
    (64, "I-DATA"),
    (128, "ASCONF ACK"),
    (129, "PKTDROP"),
    (130, "RE-CONFIG"),
    (132, "PAD"),
    (192, "FORWARD TSN"),
    (193, "ASCONF"),
    (194, "I-FORWARD TSN"),
];

/// IANA "SCTP Payload Protocol Identifiers".
const PAYLOADS: &[(u64, &str)] = &[
    (0, "not specified"),
    (1, "IUA"),
    (2, "M2UA"),
    (3, "M3UA"),
    (4, "SUA"),
    (5, "M2PA"),
    (6, "V5UA"),
    (7, "H.248"),
    (8, "BICC"),
    (9, "TALI"),
    (10, "DUA"),
    (11, "ASAP"),
    (12, "ENRP"),
    (13, "H.323"),
    (14, "Q.IPC"),
    (15, "SIMCO"),
    (16, "DDP segment"),
    (17, "DDP stream session control"),
    (18, "S1AP"),
    (19, "RUA"),
    (20, "HNBAP"),
    (21, "ForCES HP"),
    (22, "ForCES MP"),
    (23, "ForCES LP"),
    (24, "SBc-AP"),
    (25, "NBAP"),
    (27, "X2AP"),
    (28, "IRCP"),
    (29, "LCS-AP"),
    (31, "SABP"),
    (43, "LPPa"),
    (44, "M2AP"),
    (46, "Diameter"),
    (47, "Diameter over DTLS"),
    (50, "WebRTC DCEP"),
    (51, "WebRTC string"),
    (53, "WebRTC binary"),
    (54, "PUA"),
    (56, "WebRTC string, empty"),
    (57, "WebRTC binary, empty"),
    (58, "XwAP"),
    (59, "Xw control plane"),
    (60, "NGAP"),
    (61, "XnAP"),
    (62, "F1AP"),
    (64, "E1AP"),
];

const CAUSES: &[(u64, &str)] = &[
    (1, "invalid stream identifier"),
    (2, "missing mandatory parameter"),
    (3, "stale cookie"),
    (4, "out of resource"),
    (5, "unresolvable address"),
    (6, "unrecognized chunk type"),
    (7, "invalid mandatory parameter"),
    (8, "unrecognized parameters"),
    (9, "no user data"),
    (10, "cookie received while shutting down"),
    (11, "restart with new addresses"),
    (12, "user-initiated abort"),
    (13, "protocol violation"),
    (0xa0, "request to delete the last address"),
    (0xa1, "operation refused for lack of resources"),
    (0xa2, "request to delete the source address"),
    (0xa3, "association aborted due to illegal ASCONF-ACK"),
    (0xa4, "request refused, no authorization"),
    (0x105, "unsupported HMAC identifier"),
];

pub(super) fn sctp() -> Protocol {
    Protocol::new("sctp", "Stream Control Transmission Protocol")
        .layer("SCTP")
        .part("SCTPForwardSkip", "forward_tsn.streams", &[])
        .part("SCTPIForwardSkip", "i_forward_tsn.streams", &[])
        .source("RFC 9260 §3")
        .on(IP_PROTO, &[132])
        .later(fields)
        .either("port", &["srcport", "dstport"])
        .leads(&[SCTP_PPID, SCTP_PORT])
        .answers([swapped("srcport", "dstport")])
        .after(after)
        .summary(super::sctp_line::summary)
        .sample(concat!(
            "0200000000020200000000010800450000a400010000408465d30a0000010a00000203e807d0123456787a538c",
            "9901000084000000010000ffff000a00140000004d000500080102030400060014fe8000000000000000000000",
            "00000001000c00080005000680000004c000000480020024727272727272727272727272727272727272727272",
            "727272727272727272727280030006c1800000800400080001000380080006c0820000c006000800000005"
        ))
        .sample(concat!(
            "02000000000202000000000108004500005000010000408466270a0000010a00000203e807d0123456780026c5",
            "310a00001563636363636363636363636363636363630000000003001500000005000100020000003c68656c6c",
            "6f000000"
        ))
        .sample(concat!(
            "02000000000202000000000108004500004000010000408466370a0000010a00000203e807d0123456782c1a25",
            "ad030000200000000500000064000200020002000300050006000000090000000a"
        ))
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    protocol
        .field(be16("srcport").craft("sport").doc("source port"))
        .field(be16("dstport").craft("dport").doc("destination port"))
        .field(be32("verification_tag").craft("tag").hex().doc("verification tag"))
        .field(be32("checksum").craft("chksum").hex().sum(Checksum::Crc32c).doc("checksum (CRC-32c)"))
        .field(chunks())
        .extra(
            u8("checksum.status")
                .names(super::CHECKSUM_STATUS)
                .expert(Severity::Error, 0, 0, "the checksum is wrong")
                .doc("checksum status"),
        )
}

/// The flags octet, whose bits mean what the chunk's type says.
fn chunk_flags() -> Item {
    let octet = || u8("chunk_flags").craft("flags").hex().doc("flags");
    let data =
        |reserved: &'static str, i: &'static str, u: &'static str, b: &'static str, e: &'static str| {
            octet().of([
                bits(reserved, 4).craft("reserved").hex().doc("reserved"),
                flag(i).craft("delay_sack").doc("acknowledge at once"),
                flag(u).craft("unordered").doc("unordered"),
                flag(b).craft("beginning").doc("first fragment"),
                flag(e).craft("ending").doc("last fragment"),
            ])
        };
    let one = |name| {
        octet().of([
            bits("chunk_flags.reserved", 7).craft("reserved").hex().doc("reserved"),
            flag(name).craft("TCB").doc("tag is the peer's"),
        ])
    };
    switch(
        val("chunk_type"),
        [
            (0, vec![data("chunk_flags.high", "data_i_bit", "data_u_bit", "data_b_bit", "data_e_bit")]),
            (64, vec![data("chunk_flags.high", "data_i_bit", "data_u_bit", "data_b_bit", "data_e_bit")]),
            (6, vec![one("abort_t_bit")]),
            (14, vec![one("shutdown_complete_t_bit")]),
            (
                129,
                vec![octet().of([
                    bits("chunk_flags.rest", 5).hex().doc("reserved"),
                    flag("pckdrop_t_bit").doc("truncated"),
                    flag("pckdrop_b_bit").doc("checksum was wrong"),
                    flag("pckdrop_m_bit").doc("from a middlebox"),
                ])],
            ),
        ],
        vec![octet().into()],
    )
}

fn chunks() -> Tlv {
    let mut list =
        Tlv::new(label("chunk").doc("unknown chunk"), u8("chunk_type"), be16("chunk_length")).align(4);
    list.head = vec![
        Item::Group(
            u8("chunk_type").craft("type").names(CHUNKS).doc("chunk type"),
            vec![
                flag("chunk_bit_1").doc("if unknown: skip it, do not stop").into(),
                flag("chunk_bit_2").doc("if unknown: report it").into(),
                bits("chunk_bits", 6).hex().doc("low bits").into(),
            ]
            .into(),
        ),
        chunk_flags(),
        be16("chunk_length").craft("len").unit("octets").doc("length").into(),
    ];
    let named =
        |name: &'static str, layer: &'static str, doc: &'static str| label(name).craft(layer).doc(doc);
    let time_tag = |name| be32(name).doc("TSN").into();
    list.cases([
        case(0, named("chunk.data", "SCTPChunkData", "DATA"), data()),
        case(
            1,
            named("chunk.init", "SCTPChunkInit", "INIT"),
            initiation([
                "init_initiate_tag",
                "init_credit",
                "init_nr_out_streams",
                "init_nr_in_streams",
                "init_initial_tsn",
            ]),
        ),
        case(
            2,
            named("chunk.init_ack", "SCTPChunkInitAck", "INIT ACK"),
            initiation([
                "initack_initiate_tag",
                "initack_credit",
                "initack_nr_out_streams",
                "initack_nr_in_streams",
                "initack_initial_tsn",
            ]),
        ),
        case(3, named("chunk.sack", "SCTPChunkSACK", "SACK"), sack()),
        case(4, named("chunk.heartbeat", "SCTPChunkHeartbeatReq", "HEARTBEAT"), [parameters()]),
        case(5, named("chunk.heartbeat_ack", "SCTPChunkHeartbeatAck", "HEARTBEAT ACK"), [parameters()]),
        case(6, named("chunk.abort", "SCTPChunkAbort", "ABORT"), [causes()]),
        case(
            7,
            named("chunk.shutdown", "SCTPChunkShutdown", "SHUTDOWN"),
            [be32("shutdown_cumulative_tsn_ack").craft("cumul_tsn_ack").doc("cumulative TSN").into()],
        ),
        case(8, named("chunk.shutdown_ack", "SCTPChunkShutdownAck", "SHUTDOWN ACK"), []),
        case(9, named("chunk.error", "SCTPChunkError", "ERROR"), [causes()]),
        case(
            10,
            named("chunk.cookie_echo", "SCTPChunkCookieEcho", "COOKIE ECHO"),
            [bytes("cookie", rest()).craft("cookie").doc("cookie").into()],
        ),
        case(11, named("chunk.cookie_ack", "SCTPChunkCookieAck", "COOKIE ACK"), []),
        case(12, label("chunk.ecne").doc("ECN ECHO"), [time_tag("ecne_lowest_tsn")]),
        case(13, label("chunk.cwr").doc("CWR"), [time_tag("cwr_lowest_tsn")]),
        case(14, named("chunk.shutdown_complete", "SCTPChunkShutdownComplete", "SHUTDOWN COMPLETE"), []),
        case(15, named("chunk.auth", "SCTPChunkAuthentication", "AUTH"), authentication()),
        case(16, label("chunk.nr_sack").doc("NR-SACK"), selective()),
        case(64, label("chunk.i_data").craft("SCTPChunkIData").doc("I-DATA"), interleaved()),
        case(
            128,
            named("chunk.asconf_ack", "SCTPChunkAddressConfAck", "ASCONF ACK"),
            [be32("asconf_ack_seq_nr_number").craft("seq").doc("sequence number").into(), parameters()],
        ),
        case(129, label("chunk.pktdrop").doc("PKTDROP"), dropped()),
        case(130, named("chunk.reconfig", "SCTPChunkReConfig", "RE-CONFIG"), [parameters()]),
        case(
            132,
            named("chunk.pad", "SCTPChunkPad", "PAD"),
            [bytes("padding_data", rest()).craft("padding").doc("padding").into()],
        ),
        case(
            192,
            label("chunk.forward_tsn").craft("SCTPChunkForwardTSN").doc("FORWARD TSN"),
            [
                be32("forward_tsn_tsn").craft("new_tsn").doc("TSN").into(),
                repeat(
                    label("forward_tsn.streams").craft("skips").doc("stream"),
                    [
                        be16("forward_tsn_sid").craft("stream_id").doc("stream").into(),
                        be16("forward_tsn_ssn").craft("stream_seq").doc("sequence number").into(),
                    ],
                ),
            ],
        ),
        case(
            193,
            named("chunk.asconf", "SCTPChunkAddressConf", "ASCONF"),
            [be32("asconf_seq_nr_number").craft("seq").doc("sequence number").into(), parameters()],
        ),
        case(194, label("chunk.i_forward_tsn").craft("SCTPChunkIForwardTSN").doc("I-FORWARD TSN"), forward()),
    ])
    .other([bytes("chunk_value", rest()).doc("value").into()])
}

fn protocol_id(craft: &'static str) -> Item {
    be32("data_payload_proto_id").craft(craft).names(PAYLOADS).doc("payload protocol").into()
}

fn data() -> [Item; 5] {
    [
        be32("data_tsn_raw").craft("tsn").alias("data_tsn").doc("TSN").into(),
        be16("data_sid").craft("stream_id").doc("stream").into(),
        be16("data_ssn").craft("stream_seq").doc("stream sequence number").into(),
        protocol_id("proto_id"),
        bytes("data_payload", rest()).craft("data").doc("payload").into(),
    ]
}

/// RFC 8260 §2.1: the payload protocol stands in the first fragment, later ones have a number instead.
fn interleaved() -> [Item; 7] {
    [
        be32("data_tsn_raw").craft("tsn").doc("TSN").into(),
        be16("data_sid").craft("stream_id").doc("stream").into(),
        be16("data_reserved").craft("reserved_16").hex().doc("reserved").into(),
        be32("data_mid").craft("message_id").doc("message").into(),
        when(crate::schema::eq("data_b_bit", 1), [protocol_id("ppid_fsn")]),
        when(ne("data_b_bit", 1), [be32("data_fsn").craft("ppid_fsn").doc("fragment").into()]),
        bytes("data_payload", rest()).craft("data").doc("payload").into(),
    ]
}

fn initiation(names: [&'static str; 5]) -> [Item; 6] {
    let [tag, credit, out, inbound, first] = names;
    [
        be32(tag).craft("init_tag").hex().alias("initiate_tag").doc("initiate tag").into(),
        be32(credit).craft("a_rwnd").unit("octets").doc("receive window").into(),
        be16(out).craft("n_out_streams").doc("outbound streams").into(),
        be16(inbound).craft("n_in_streams").doc("inbound streams").into(),
        be32(first).craft("init_tsn").doc("initial TSN").into(),
        parameters(),
    ]
}

fn sack() -> [Item; 7] {
    [
        be32("sack_cumulative_tsn_ack_raw")
            .alias("sack_cumulative_tsn_ack")
            .craft("cumul_tsn_ack")
            .doc("cumulative TSN")
            .into(),
        be32("sack_a_rwnd").craft("a_rwnd").unit("octets").doc("receive window").into(),
        be16("sack_number_of_gap_blocks")
            .craft("n_gap_ack")
            .count_of("sack_gaps")
            .doc("number of gap blocks")
            .into(),
        be16("sack_number_of_duplicated_tsns")
            .craft("n_dup_tsn")
            .count_of("sack_duplicates")
            .doc("number of duplicate TSNs")
            .into(),
        times(
            label("sack_gaps").craft("gap_ack_list").doc("gap block"),
            val("sack_number_of_gap_blocks"),
            [
                be16("sack_gap_block_start").doc("first, from the cumulative TSN").into(),
                be16("sack_gap_block_end").doc("last").into(),
            ],
        ),
        times(
            label("sack_duplicates").craft("dup_tsn_list").doc("duplicates"),
            val("sack_number_of_duplicated_tsns"),
            [be32("sack_duplicate_tsn").doc("TSN").into()],
        ),
        custom(
            [
                be32("sack_gap_block_start_tsn").hidden().doc("first TSN of a gap block"),
                be32("sack_gap_block_end_tsn").hidden().doc("last TSN of a gap block"),
                be32("sack_number_of_tsns_gap_acked").hidden().doc("TSNs that the gap blocks acknowledge"),
            ],
            |walk| super::sctp_gaps::show(walk, &super::sctp_gaps::SACK),
        ),
    ]
}

fn selective() -> [Item; 10] {
    let block = |name, count, start, end| {
        times(
            label(name).doc("gap block"),
            val(count),
            [be16(start).doc("first, from the cumulative TSN").into(), be16(end).doc("last").into()],
        )
    };
    [
        be32("nr_sack_cumulative_tsn_ack").doc("cumulative TSN").into(),
        be32("nr_sack_a_rwnd").unit("octets").doc("receive window").into(),
        be16("nr_sack_number_of_gap_blocks").doc("number of gap blocks").into(),
        be16("nr_sack_number_of_nr_gap_blocks").doc("number of non-renegable gap blocks").into(),
        be16("nr_sack_number_of_duplicated_tsns").doc("number of duplicate TSNs").into(),
        be16("nr_sack_reserved").hex().doc("reserved").into(),
        block(
            "nr_sack_gaps",
            "nr_sack_number_of_gap_blocks",
            "nr_sack_gap_block_start",
            "nr_sack_gap_block_end",
        ),
        block(
            "nr_sack_nr_gaps",
            "nr_sack_number_of_nr_gap_blocks",
            "nr_sack_nr_gap_block_start",
            "nr_sack_nr_gap_block_end",
        ),
        times(
            label("nr_sack_duplicates").doc("duplicates"),
            val("nr_sack_number_of_duplicated_tsns"),
            [be32("nr_sack_duplicate_tsn").doc("TSN").into()],
        ),
        custom(
            [
                be32("nr_sack_gap_block_start_tsn").hidden().doc("first TSN of a gap block"),
                be32("nr_sack_gap_block_end_tsn").hidden().doc("last TSN of a gap block"),
                be32("nr_sack_number_of_tsns_gap_acked").hidden().doc("TSNs that the gap blocks acknowledge"),
                be32("nr_sack_nr_gap_block_start_tsn").hidden().doc("first TSN of a non-renegable gap block"),
                be32("nr_sack_nr_gap_block_end_tsn").hidden().doc("last TSN of a non-renegable gap block"),
                be32("nr_sack_number_of_tsns_nr_gap_acked")
                    .hidden()
                    .doc("TSNs that the non-renegable gap blocks acknowledge"),
            ],
            |walk| super::sctp_gaps::show(walk, &super::sctp_gaps::NR_SACK),
        ),
    ]
}

fn authentication() -> [Item; 3] {
    [
        be16("shared_key_id").craft("shared_key_id").doc("shared key").into(),
        be16("hmac_id").craft("HMAC_function").names(HMACS).doc("HMAC").into(),
        bytes("hmac", rest()).craft("HMAC").doc("HMAC value").into(),
    ]
}

pub(super) const HMACS: &[(u64, &str)] = &[(1, "SHA-1"), (3, "SHA-256")];

fn dropped() -> [Item; 5] {
    [
        be32("pktdrop_bandwidth").unit("octets/s").doc("bandwidth").into(),
        be32("pktdrop_queuesize").unit("octets").doc("queue size").into(),
        be16("pktdrop_truncated_length").unit("octets").doc("original length, where truncated").into(),
        be16("pktdrop_reserved").hex().doc("reserved").into(),
        bytes("pktdrop_datafield", rest()).doc("dropped packet").into(),
    ]
}

fn forward() -> [Item; 2] {
    [
        be32("i_forward_tsn_tsn").craft("new_tsn").doc("TSN").into(),
        repeat(
            label("i_forward_tsn.streams").craft("skips").doc("stream"),
            [
                be16("i_forward_tsn_sid").craft("stream_id").doc("stream").into(),
                be16("i_forward_tsn_flags").hidden().hex().doc("flags").of([
                    bits("i_forward_tsn_res", 15).craft("reserved").hex().doc("reserved"),
                    flag("i_forward_tsn_u_bit").craft("unordered").doc("unordered"),
                ]),
                be32("forward_tsn_mid").craft("message_id").doc("message").into(),
            ],
        ),
    ]
}

fn causes() -> Item {
    static LIST: LazyLock<Tlv> = LazyLock::new(cause_list);
    shared_list(&LIST)
}

fn cause_list() -> Tlv {
    let mut list = Tlv::new(
        label("cause").craft("error_causes").doc("error cause"),
        be16("cause_code"),
        be16("cause_length"),
    )
    .align(4);
    list.head = vec![
        be16("cause_code").names(CAUSES).doc("cause").into(),
        be16("cause_length").unit("octets").doc("length").into(),
    ];
    list.cases([
        case(
            1,
            label("cause.stream").doc("invalid stream identifier"),
            [
                be16("cause_stream_identifier").doc("stream").into(),
                be16("cause_reserved").doc("reserved").into(),
            ],
        ),
        case(
            2,
            label("cause.missing").doc("missing mandatory parameter"),
            [
                be32("cause_nr_of_missing_parameters").doc("number").into(),
                times(
                    label("cause.parameters").doc("parameters"),
                    val("cause_nr_of_missing_parameters"),
                    [be16("cause_missing_parameter_type").hex().doc("parameter").into()],
                ),
            ],
        ),
        case(
            3,
            label("cause.stale").doc("stale cookie"),
            [be32("cause_measure_of_staleness").unit("µs").doc("staleness").into()],
        ),
        case(9, label("cause.empty").doc("no user data"), [be32("cause_tsn").doc("TSN").into()]),
    ])
    .other([bytes("cause_information", rest()).doc("information").into()])
}

/// CRC-32c with the checksum field as 0.
fn is_right(packet: &[u8], stored: u32) -> Option<bool> {
    let (before, after) = (packet.get(..8)?, packet.get(12..)?);
    Some(checksum::crc32c(&[before, &[0; 4], after]).swap_bytes() == stored)
}

fn after(walk: &mut Walk<'_, '_>) {
    let packet = walk.layer_octets();
    let Some([p0, p1, q0, q1, _, _, _, _, c0, c1, c2, c3]) = packet.first_chunk::<12>().copied() else {
        return;
    };
    if walk.wants("checksum.status") {
        let stored = u32::from_be_bytes([c0, c1, c2, c3]);
        let unknown = walk.quoted()
            || !walk.is_whole()
            || walk.meta().checksum == crate::frame::ChecksumState::NotReady;
        let status = if unknown { 2 } else { is_right(packet, stored).map_or(2, u64::from) };
        let at = walk.layer_offset().saturating_add(8);
        walk.emit("checksum.status", at, 0, status);
    }
    let ports = (u16::from_be_bytes([p0, p1]), u16::from_be_bytes([q0, q1]));
    if let Some((start, len, protocol)) = last_message(packet) {
        let start = walk.layer_offset().saturating_add(start);
        let end = walk.offset();
        walk.seek(start);
        if !walk.next(SCTP_PPID, u64::from(protocol)) {
            walk.next_by_ports(SCTP_PORT, ports.0, ports.1);
        }
        if walk.chosen().is_some() {
            walk.limit_payload(i64::try_from(len).unwrap_or(0));
        } else {
            walk.seek(end);
        }
    }
}

/// Place, length and protocol of a whole message in the last chunk of a packet.
fn last_message(packet: &[u8]) -> Option<(usize, usize, u32)> {
    let mut at = 12_usize;
    loop {
        let [kind, flags, l0, l1] = *packet.get(at..)?.first_chunk::<4>()?;
        let len = usize::from(u16::from_be_bytes([l0, l1]));
        let next = at.checked_add(len.checked_next_multiple_of(4)?)?;
        if len < 4 {
            return None;
        }
        if next < packet.len() {
            at = next;
            continue;
        }
        let header = if kind == 64 { 20 } else { 16 };
        if !matches!(kind, 0 | 64) || flags & 3 != 3 || len <= header {
            return None;
        }
        let protocol = packet.get(at.checked_add(header)?.checked_sub(4)?..)?.first_chunk::<4>()?;
        let start = at.checked_add(header)?;
        return Some((
            start,
            len.checked_sub(header)?.min(packet.len().checked_sub(start)?),
            u32::from_be_bytes(*protocol),
        ));
    }
}
