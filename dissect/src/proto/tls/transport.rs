//! QUIC's transport parameters, an extension of hellos (RFC 9000 §18, RFC 9221 §3, RFC 9368 §3; IANA "QUIC Transport
//! Parameters").

use crate::decode::Walk;
use crate::schema::{Field, Names, be16, be32, be64, bytes, ipv4, ipv6, label, rest, u8};

/// A parameter: number, name, and where its value is a number, the name of its field.
const PARAMETERS: &[(u64, &str)] = &[
    (0x00, "original_destination_connection_id"),
    (0x01, "max_idle_timeout"),
    (0x02, "stateless_reset_token"),
    (0x03, "max_udp_payload_size"),
    (0x04, "initial_max_data"),
    (0x05, "initial_max_stream_data_bidi_local"),
    (0x06, "initial_max_stream_data_bidi_remote"),
    (0x07, "initial_max_stream_data_uni"),
    (0x08, "initial_max_streams_bidi"),
    (0x09, "initial_max_streams_uni"),
    (0x0a, "ack_delay_exponent"),
    (0x0b, "max_ack_delay"),
    (0x0c, "disable_active_migration"),
    (0x0d, "preferred_address"),
    (0x0e, "active_connection_id_limit"),
    (0x0f, "initial_source_connection_id"),
    (0x10, "retry_source_connection_id"),
    (0x11, "version_information"),
    (0x20, "max_datagram_frame_size"),
    (0x1000, "cibir_encoding"),
    (0x1057, "loss_bits"),
    (0x2ab2, "grease_quic_bit"),
    (0x7158, "enable_time_stamp_v2"),
    (0x00ff_73db, "version_information (draft)"),
    (0xff04_de1a, "min_ack_delay"),
];

/// Parameters that are a number of variable length, and the fields that they are shown as.
const NUMBERS: &[(u64, &str)] = &[
    (0x01, "quic.parameter.max_idle_timeout"),
    (0x03, "quic.parameter.max_udp_payload_size"),
    (0x04, "quic.parameter.initial_max_data"),
    (0x05, "quic.parameter.initial_max_stream_data_bidi_local"),
    (0x06, "quic.parameter.initial_max_stream_data_bidi_remote"),
    (0x07, "quic.parameter.initial_max_stream_data_uni"),
    (0x08, "quic.parameter.initial_max_streams_bidi"),
    (0x09, "quic.parameter.initial_max_streams_uni"),
    (0x0a, "quic.parameter.ack_delay_exponent"),
    (0x0b, "quic.parameter.max_ack_delay"),
    (0x0e, "quic.parameter.active_connection_id_limit"),
    (0x20, "quic.parameter.max_datagram_frame_size"),
    (0x1057, "quic.parameter.loss_bits"),
    (0x7158, "quic.parameter.enable_time_stamp_v2"),
    (0xff04_de1a, "quic.parameter.min_ack_delay"),
];

/// Parameters that are octets.
const OCTETS: &[(u64, &str)] = &[
    (0x00, "quic.parameter.original_destination_connection_id"),
    (0x02, "quic.parameter.stateless_reset_token"),
    (0x0f, "quic.parameter.initial_source_connection_id"),
    (0x10, "quic.parameter.retry_source_connection_id"),
];

pub(super) fn fields() -> Vec<Field> {
    let mut fields = vec![
        label("quic.parameter").doc("QUIC transport parameter"),
        be64("quic.parameter.type").named_by(parameter).hex().doc("parameter"),
        be64("quic.parameter.length").unit("octets").doc("length"),
        bytes("quic.parameter.value", rest()).doc("value"),
        ipv4("quic.parameter.preferred_address.ipv4address").doc("preferred IPv4 address"),
        be16("quic.parameter.preferred_address.ipv4port").doc("preferred port over IPv4"),
        ipv6("quic.parameter.preferred_address.ipv6address").doc("preferred IPv6 address"),
        be16("quic.parameter.preferred_address.ipv6port").doc("preferred port over IPv6"),
        u8("quic.parameter.preferred_address.connectionid.length")
            .unit("octets")
            .doc("length of the connection"),
        bytes("quic.parameter.preferred_address.connectionid", rest()).doc("connection"),
        bytes("quic.parameter.preferred_address.statelessresettoken", rest())
            .doc("token of a stateless reset"),
        be32("quic.parameter.vi.chosen_version").hex().doc("version chosen"),
        be32("quic.parameter.vi.other_version").hex().doc("version available"),
    ];
    fields.extend(NUMBERS.iter().map(|(kind, name)| be64(name).doc(parameter(*kind).unwrap_or("number"))));
    fields.extend(
        OCTETS.iter().map(|(kind, name)| bytes(name, rest()).doc(parameter(*kind).unwrap_or("octets"))),
    );
    fields
}

/// Numbers of the form 31 · N + 27 mean nothing (RFC 9000 §18.1).
fn parameter(kind: u64) -> Option<&'static str> {
    Names::List(PARAMETERS).get(kind).or((kind % 31 == 27).then_some("GREASE"))
}

fn varint(walk: &mut Walk<'_, '_>, name: &str) -> Option<u64> {
    super::super::quic::take_varint(walk, name)
}

pub(super) fn parameters(walk: &mut Walk<'_, '_>) {
    while !walk.rest().is_empty() && !walk.too_deep() {
        let node = walk.open("quic.parameter");
        let kind = varint(walk, "quic.parameter.type");
        let length = kind.and_then(|_| varint(walk, "quic.parameter.length"));
        if let (Some(kind), Some(length)) = (kind, length) {
            walk.part(usize::try_from(length).unwrap_or(usize::MAX), |walk| value(walk, kind));
        }
        walk.close(node);
        if length.is_none() {
            return;
        }
    }
}

fn value(walk: &mut Walk<'_, '_>, kind: u64) {
    let octets = walk.rest().len();
    if octets == 0 {
        return;
    }
    walk.emit("quic.parameter.value", walk.offset(), octets, 0);
    if let Some((_, name)) = NUMBERS.iter().find(|(number, _)| *number == kind) {
        varint(walk, name);
    } else if let Some((_, name)) = OCTETS.iter().find(|(number, _)| *number == kind) {
        walk.take_octets(name, octets);
    } else if kind == 0x1000 {
        let _ = varint(walk, "quic.parameter.cibir_encoding.length")
            .and_then(|_| varint(walk, "quic.parameter.cibir_encoding.offset"));
    } else if kind == 0x0d {
        preferred(walk);
    } else if matches!(kind, 0x11 | 0x00ff_73db) {
        walk.take("quic.parameter.vi.chosen_version", 4);
        while walk.rest().len() >= 4 && walk.take("quic.parameter.vi.other_version", 4).is_some() {}
    }
}

fn preferred(walk: &mut Walk<'_, '_>) -> Option<()> {
    walk.take("quic.parameter.preferred_address.ipv4address", 4)?;
    walk.take("quic.parameter.preferred_address.ipv4port", 2)?;
    walk.take_octets("quic.parameter.preferred_address.ipv6address", 16).then_some(())?;
    walk.take("quic.parameter.preferred_address.ipv6port", 2)?;
    let connection = walk.take("quic.parameter.preferred_address.connectionid.length", 1)?;
    let connection = usize::try_from(connection).unwrap_or(usize::MAX);
    walk.take_octets("quic.parameter.preferred_address.connectionid", connection).then_some(())?;
    walk.take_octets("quic.parameter.preferred_address.statelessresettoken", 16).then_some(())
}
