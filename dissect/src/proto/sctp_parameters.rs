//! Parameters of SCTP chunks, RFC 9260 §3.2.1 and those that extend it.

use super::sctp::{CHUNKS, HMACS};
use crate::schema::{
    Item, Kind, Size, Tlv, TlvCase, be16, be32, bits, built, bytes, case, decoded, flag, ipv4, ipv6, label,
    repeat, rest, shared_list, switch, text, u8, val,
};
use std::sync::LazyLock;

const LOOPBACK: [u8; 16] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];

/// Parameters of every chunk that has them, RFC 9260 §3.2.1.
pub(super) fn parameters() -> Item {
    static LIST: LazyLock<Tlv> = LazyLock::new(parameter_list);
    shared_list(&LIST)
}

fn parameter_list() -> Tlv {
    let mut list = Tlv::new(
        label("parameter").craft("params").doc("unknown parameter"),
        be16("parameter_type"),
        be16("parameter_length"),
    )
    .align(4);
    list.head = vec![
        Item::Group(
            be16("parameter_type").craft("type").hex().doc("type"),
            vec![
                flag("parameter_bit_1").doc("if unknown: skip it, do not stop").into(),
                flag("parameter_bit_2").doc("if unknown: report it").into(),
                bits("parameter_bits", 14).hex().doc("low bits").into(),
            ]
            .into(),
        ),
        be16("parameter_length").craft("len").unit("octets").doc("length").into(),
    ];
    let value = |name| bytes(name, rest()).doc("value").into();
    let named = |name, craft| bytes(name, rest()).craft(craft).doc("value").into();
    let nested = |number: u64, name: &'static str, doc: &'static str| {
        case(
            number,
            label(name).doc(doc),
            [
                be32("correlation_id").doc("correlation").into(),
                bytes("parameter_value", rest()).doc("parameters").into(),
            ],
        )
    };
    list.cases([
        case(
            1,
            label("parameter.heartbeat").craft("SCTPChunkParamHeartbeatInfo").doc("heartbeat information"),
            [named("parameter_heartbeat_information", "data")],
        ),
        case(
            5,
            label("parameter.ipv4").craft("SCTPChunkParamIPv4Addr").doc("IPv4 address"),
            [ipv4("parameter_ipv4_address").craft("addr").default(0x7f00_0001).doc("address").into()],
        ),
        case(
            6,
            label("parameter.ipv6").craft("SCTPChunkParamIPv6Addr").doc("IPv6 address"),
            [ipv6("parameter_ipv6_address").craft("addr").default_bytes(&LOOPBACK).doc("address").into()],
        ),
        case(
            7,
            label("parameter.cookie").craft("SCTPChunkParamStateCookie").doc("state cookie"),
            [named("parameter_state_cookie", "cookie")],
        ),
        case(
            8,
            label("parameter.unrecognized")
                .craft("SCTPChunkParamUnrocognizedParam")
                .doc("unrecognized parameter"),
            [named("parameter_value", "param")],
        ),
        case(
            9,
            label("parameter.preservative")
                .craft("SCTPChunkParamCookiePreservative")
                .doc("cookie preservative"),
            [be32("parameter_cookie_preservative_incr")
                .craft("sug_cookie_inc")
                .unit("ms")
                .doc("longer life span")
                .into()],
        ),
        case(
            11,
            label("parameter.hostname").craft("SCTPChunkParamHostname").doc("host name"),
            [text("parameter_hostname", rest()).craft("hostname").doc("host name").into()],
        ),
        case(
            12,
            label("parameter.address_types")
                .craft("SCTPChunkParamSupportedAddrTypes")
                .doc("supported address types"),
            [repeat(
                label("parameter.types").default(1).doc("types"),
                [be16("parameter_supported_address_type")
                    .craft("addr_type_list")
                    .counts_from(5)
                    .names(&[(5, "IPv4"), (6, "IPv6"), (11, "host name")])
                    .doc("type")
                    .into()],
            )],
        ),
        case(
            13,
            label("parameter.outgoing_reset").craft("SCTPChunkParamOutSSNResetReq").doc("outgoing reset"),
            reset(true),
        ),
        case(
            14,
            label("parameter.incoming_reset").craft("SCTPChunkParamInSSNResetReq").doc("incoming reset"),
            reset(false),
        ),
        case(
            15,
            label("parameter.tsn_reset").craft("SCTPChunkParamSSNTSNResetReq").doc("TSN reset"),
            [be32("parameter_reconfig_request_sequence_number")
                .craft("re_conf_req_seq_num")
                .doc("request")
                .into()],
        ),
        case(
            16,
            label("parameter.response").craft("SCTPChunkParamReConfigRes").doc("re-configuration response"),
            [
                be32("parameter_reconfig_response_sequence_number")
                    .craft("re_conf_res_seq_num")
                    .doc("response to")
                    .into(),
                be32("parameter_reconfig_response_result")
                    .craft("result")
                    .names(RESULTS)
                    .doc("result")
                    .into(),
                repeat(
                    label("parameter.next").doc("next TSNs"),
                    [be32("parameter_senders_next_tsn")
                        .alias("parameter_receivers_next_tsn")
                        .doc("next TSN")
                        .into()],
                ),
            ],
        ),
        case(
            17,
            label("parameter.add_outgoing")
                .craft("SCTPChunkParamAddOutgoingStreamReq")
                .doc("add outgoing streams"),
            added(false),
        ),
        case(
            18,
            label("parameter.add_incoming")
                .craft("SCTPChunkParamAddIncomingStreamReq")
                .doc("add incoming streams"),
            added(true),
        ),
        case(0x8000, label("parameter.ecn").craft("SCTPChunkParamECNCapable").doc("ECN capable"), []),
        case(
            0x8001,
            label("parameter.zero_checksum").doc("zero checksum acceptable"),
            [be32("zero_checksum_edmid").doc("alternate method").into()],
        ),
        case(
            0x8002,
            label("parameter.random").craft("SCTPChunkParamRandom").doc("random"),
            [named("random_number", "random")],
        ),
        case(
            0x8003,
            label("parameter.chunk_list").craft("SCTPChunkParamChunkList").doc("chunks to authenticate"),
            [repeat(
                label("parameter.chunks").doc("chunks"),
                [u8("chunk_type_to_auth").craft("chunk_list").names(CHUNKS).doc("chunk").into()],
            )],
        ),
        case(
            0x8004,
            label("parameter.hmacs").craft("SCTPChunkParamRequestedHMACFunctions").doc("HMACs"),
            [repeat(
                label("parameter.algorithms").default(1).doc("algorithms"),
                [be16("hmac_id").craft("HMAC_functions_list").counts_from(1).names(HMACS).doc("HMAC").into()],
            )],
        ),
        case(
            0x8008,
            label("parameter.extensions")
                .craft("SCTPChunkParamSupportedExtensions")
                .doc("supported extensions"),
            [repeat(
                label("parameter.supported").default_bytes(&[0x0f, 0xc1, 0x80]).doc("chunks"),
                [u8("supported_chunk_type").craft("supported_extensions").names(CHUNKS).doc("chunk").into()],
            )],
        ),
        case(
            0xc000,
            label("parameter.forward_tsn").craft("SCTPChunkParamFwdTSN").doc("forward TSN supported"),
            [],
        ),
        addressed(0xc001, "parameter.add_address", "SCTPChunkParamAddIPAddr", "add address"),
        addressed(0xc002, "parameter.delete_address", "SCTPChunkParamDelIPAddr", "delete address"),
        nested(0xc003, "parameter.error", "error cause indication"),
        addressed(0xc004, "parameter.primary", "SCTPChunkParamSetPrimaryAddr", "set primary address"),
        case(
            0xc005,
            label("parameter.success").craft("SCTPChunkParamSuccessIndication").doc("success"),
            [be32("correlation_id").craft("correlation_id").doc("correlation").into()],
        ),
        case(
            0xc006,
            label("parameter.adaptation").craft("SCTPChunkParamAdaptationLayer").doc("adaptation layer"),
            [be32("adaptation_layer_indication").craft("indication").hex().doc("indication").into()],
        ),
    ])
    .other([value("parameter_value")])
}

const RESULTS: &[(u64, &str)] = &[
    (0, "nothing to do"),
    (1, "performed"),
    (2, "denied"),
    (3, "wrong stream"),
    (4, "request already in progress"),
    (5, "bad sequence number"),
    (6, "in progress"),
];

fn reset(outgoing: bool) -> [Item; 3] {
    let streams = || {
        repeat(
            label("parameter.streams").doc("streams"),
            [be16("parameter_reconfig_sid").craft("stream_num_list").doc("stream").into()],
        )
    };
    if outgoing {
        [
            be32("parameter_reconfig_request_sequence_number")
                .craft("re_conf_req_seq_num")
                .doc("request")
                .into(),
            be32("parameter_reconfig_response_sequence_number")
                .craft("re_conf_res_seq_num")
                .doc("response to")
                .into(),
            Item::Block(
                label("parameter.rest").doc("last TSN and streams"),
                Size::Rest,
                vec![
                    be32("parameter_senders_last_assigned_tsn").craft("tsn").doc("last TSN").into(),
                    streams(),
                ]
                .into(),
            ),
        ]
    } else {
        [
            be32("parameter_reconfig_request_sequence_number")
                .craft("re_conf_req_seq_num")
                .doc("request")
                .into(),
            streams(),
            bytes("parameter_padding", rest()).doc("padding").into(),
        ]
    }
}

/// A parameter with the parameter of an address in it (RFC 5061 §4.2).
fn addressed(number: u64, name: &'static str, layer: &'static str, doc: &'static str) -> TlvCase {
    let address = |default: &'static [u8]| -> Item {
        bytes("written.address", rest())
            .craft("addr")
            .reads(Kind::Ipv4)
            .default_bytes(default)
            .hidden()
            .doc("address")
            .into()
    };
    case(
        number,
        label(name).craft(layer).doc(doc),
        [
            be32("correlation_id").craft("correlation_id").doc("correlation").into(),
            decoded([bytes("parameter_value", rest()).doc("parameters").into()]),
            built([
                be16("written.address_type").craft("addr_type").default(5).hidden().doc("type").into(),
                be16("written.address_length")
                    .craft("addr_len")
                    .len_of_part("written.address", 1, 4)
                    .hidden()
                    .doc("length")
                    .into(),
                switch(
                    val("written.address_type"),
                    [(6, vec![address(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])])],
                    vec![address(&[127, 0, 0, 1])],
                ),
            ]),
        ],
    )
}

fn added(incoming: bool) -> [Item; 3] {
    let [number, reserved] = if incoming {
        ["parameter_add_incoming_streams_number", "parameter_add_incoming_streams_reserved"]
    } else {
        ["parameter_add_outgoing_streams_number", "parameter_add_outgoing_streams_reserved"]
    };
    [
        be32("parameter_reconfig_request_sequence_number").craft("re_conf_req_seq_num").doc("request").into(),
        be16(number).craft("num_new_stream").doc("number of streams").into(),
        be16(reserved).craft("reserved").doc("reserved").into(),
    ]
}
