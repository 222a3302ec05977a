//! What RSVP's traffic and flow specifications and advertisements hold: the integrated services of RFC 2210 to RFC 2212.

use crate::decode::Walk;
use crate::schema::{
    Field, Item, Kind, Size, Tlv, be16, be32, bits, bytes, case, custom, flag, label, repeat, rest, u8, val,
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

/// A number of IEEE 754 in four octets, with the digits that it has and in the form of C's `%g`.
pub(super) fn write_float(octets: [u8; 4], text: &mut Vec<u8>) {
    let value = f32::from_be_bytes(octets);
    if !value.is_finite() {
        text.extend_from_slice(value.to_string().as_bytes());
        return;
    }
    let scientific = format!("{value:.5e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let short = |text: &str| match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text.to_owned(),
    };
    let written = if (-4..6).contains(&exponent) {
        short(&format!("{value:.*}", usize::try_from(5_i32.saturating_sub(exponent)).unwrap_or(0)))
    } else {
        let sign = if exponent < 0 { '-' } else { '+' };
        format!("{}e{sign}{:02}", short(digits), exponent.unsigned_abs())
    };
    text.extend_from_slice(written.as_bytes());
}

pub(super) fn take_float(walk: &mut Walk<'_, '_>, name: &str) {
    let at = walk.offset();
    match walk.rest().first_chunk::<4>().copied() {
        Some(octets) => {
            walk.emit_made(name, at, 4, |text| write_float(octets, text));
            walk.advance(4);
        }
        None => walk.malformed(4),
    }
}

macro_rules! float {
    ($name:literal, $doc:literal) => {
        $crate::schema::custom(
            [$crate::schema::Field::new($name, $crate::schema::Kind::Made, $crate::schema::Size::Rest)
                .doc($doc)],
            |walk| $crate::proto::rsvp::services::take_float(walk, $name),
        )
    };
}
pub(super) use float;

fn data_length() -> Item {
    be16("data_length").unit("words").doc("length behind this word").into()
}

/// A flow specification of what is asked for.
pub(super) fn flow() -> Vec<Item> {
    let bucket = [
        float!("flowspec.token_bucket_rate", "rate in octets a second"),
        float!("flowspec.token_bucket_size", "size of the bucket in octets"),
        float!("flowspec.peak_data_rate", "peak rate in octets a second"),
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
                        float!("flowspec.rate", "rate in octets a second"),
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
        float!("tspec.token_bucket_rate", "rate in octets a second"),
        float!("tspec.token_bucket_size", "size of the bucket in octets"),
        float!("tspec.peak_data_rate", "peak rate in octets a second"),
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
    let bandwidth = custom([Field::new("adspec.float", Kind::Made, Size::Rest).doc("value")], |walk| {
        take_float(walk, "adspec.float")
    });
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

#[cfg(test)]
mod tests {
    use super::write_float;

    #[test]
    fn numbers_are_written_with_the_digits_that_c_would_write() {
        for (value, written) in [
            (200_000.0_f32, "200000"),
            (1e7, "1e+07"),
            (0.0, "0"),
            (1.5, "1.5"),
            (1.25e8, "1.25e+08"),
            (0.000_01, "1e-05"),
        ] {
            let mut text = Vec::new();
            write_float(value.to_be_bytes(), &mut text);
            assert_eq!(String::from_utf8(text).expect("digits"), written);
        }
    }
}
