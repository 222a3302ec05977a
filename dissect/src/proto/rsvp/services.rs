//! What RSVP's traffic and flow specifications and advertisements hold: the integrated services of RFC 2210 to RFC 2212.

use crate::schema::{
    Item, Size, Tlv, be_f32, be16, be32, bits, bytes, case, flag, label, repeat, rest, u8, val,
};

const SERVICES: &[(u64, &str)] = &[(1, "general parameters"), (2, "guaranteed rate"), (5, "controlled load")];

const PARAMETERS: &[(u64, &str)] = &[(127, "token bucket"), (128, "null service"), (130, "guaranteed rate")];

const ADVERTISED: &[(u64, &str)] = &[
    (4, "hops that know the service"),
    (6, "bandwidth of the path"),
    (8, "least latency of the path"),
    (10, "MTU of the path"),
    (133, "rate-dependent error, end to end"),
    (134, "rate-independent error, end to end"),
    (135, "rate-dependent error since the last shaping"),
    (136, "rate-independent error since the last shaping"),
];

fn data_length() -> Item {
    be16("data_length").unit("words").doc("length behind this word").into()
}

/// A flow specification of what is asked for.
pub(super) fn flow() -> Vec<Item> {
    let bucket = [
        be_f32("flowspec.token_bucket_rate").doc("rate in octets a second").into(),
        be_f32("flowspec.token_bucket_size").doc("size of the bucket in octets").into(),
        be_f32("flowspec.peak_data_rate").doc("peak rate in octets a second").into(),
        be32("minimum_policed_unit").unit("octets").doc("smallest packet that counts").into(),
        be32("maximum_packet_size").unit("octets").doc("largest packet").into(),
    ];
    let mut items = version("flowspec.message_format_version", "flowspec.version_reserved");
    items.extend([
        u8("flowspec.service_header").names(SERVICES).doc("service").into(),
        u8("flowspec.service_reserved").doc("reserved").into(),
        data_length(),
        parameters()
            .cases([
                case(127, label("flowspec.token_bucket").doc("token bucket"), bucket),
                case(
                    130,
                    label("flowspec.reserved_rate").doc("guaranteed rate"),
                    [
                        be_f32("flowspec.rate").doc("rate in octets a second").into(),
                        be32("flowspec.slack_term").unit("µs").doc("slack").into(),
                    ],
                ),
            ])
            .into(),
    ]);
    items
}

/// A traffic specification of what a sender will send.
pub(super) fn traffic() -> Vec<Item> {
    let bucket = [
        be_f32("tspec.token_bucket_rate").doc("rate in octets a second").into(),
        be_f32("tspec.token_bucket_size").doc("size of the bucket in octets").into(),
        be_f32("tspec.peak_data_rate").doc("peak rate in octets a second").into(),
        be32("minimum_policed_unit").unit("octets").doc("smallest packet that counts").into(),
        be32("maximum_packet_size").unit("octets").doc("largest packet").into(),
    ];
    let mut items = version("tspec.message_format_version", "tspec.version_reserved");
    items.extend([
        u8("tspec.service_header").names(SERVICES).doc("service").into(),
        u8("tspec.service_reserved").doc("reserved").into(),
        data_length(),
        parameters().cases([case(127, label("tspec.token_bucket").doc("token bucket"), bucket)]).into(),
    ]);
    items
}

fn version(name: &'static str, reserved: &'static str) -> Vec<Item> {
    vec![
        bits(name, 4).doc("version of the format").into(),
        bits(reserved, 12).doc("reserved").into(),
        data_length(),
    ]
}

fn parameters() -> Tlv {
    Tlv::new(label("parameter.unknown").doc("unknown parameter"), u8("parameter"), be16("parameter_length"))
        .head(
            "parameter",
            Some("parameter_length"),
            [
                u8("parameter").names(PARAMETERS).doc("parameter").into(),
                u8("parameter_flags").hex().doc("flags").into(),
                be16("parameter_length").unit("words").doc("length").into(),
            ],
        )
        .body_len()
        .unit(4)
        .other([bytes("parameter.data", rest()).doc("value").into()])
}

/// What routers on the way say of themselves.
pub(super) fn advertisement() -> Vec<Item> {
    let number =
        |kind, name, doc| case(kind, label(name).doc(doc), [be32("adspec.uint").doc("value").into()]);
    let bandwidth = be_f32("adspec.float").doc("value").into();
    let list =
        Tlv::new(label("adspec.unknown").doc("unknown parameter"), u8("adspec.type"), be16("adspec.len"))
            .head(
                "adspec.type",
                Some("adspec.len"),
                [
                    u8("adspec.type").names(ADVERTISED).doc("parameter").into(),
                    u8("adspec.flags").hex().doc("flags").into(),
                    be16("adspec.len").unit("words").doc("length").into(),
                ],
            )
            .body_len()
            .unit(4)
            .cases([
                number(4, "adspec.hops", "hops"),
                case(6, label("adspec.bandwidth").doc("bandwidth in octets a second"), [bandwidth]),
                number(8, "adspec.latency", "least latency in microseconds"),
                number(10, "adspec.mtu", "MTU"),
                number(133, "adspec.c_tot", "rate-dependent error, end to end"),
                number(134, "adspec.d_tot", "rate-independent error, end to end"),
                number(135, "adspec.c_sum", "rate-dependent error since the last shaping"),
                number(136, "adspec.d_sum", "rate-independent error since the last shaping"),
            ])
            .other([bytes("adspec.data", rest()).doc("value").into()]);
    let mut items = version("adspec.message_format_version", "adspec.version_reserved");
    items.push(repeat(
        label("adspec.service").doc("service"),
        [
            u8("adspec.service_header").names(SERVICES).doc("service").into(),
            flag("adspec.break_bit").doc("a router on the way does not know it").into(),
            bits("adspec.service_reserved", 7).doc("reserved").into(),
            data_length(),
            Item::Block(
                label("adspec.parameters").doc("parameters"),
                Size::Octets(val("data_length") * 4),
                vec![list.into()].into(),
            ),
        ],
    ));
    items
}
