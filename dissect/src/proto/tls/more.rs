//! Parts of TLS that few messages have: heartbeats (RFC 6520), signed certificate timestamps (RFC 6962), key exchange by Diffie-Hellman
//! over finite fields, extensions of older days, and messages of TLS 1.3 that stand in the clear where the cipher is none.

use super::hello::{algorithm, counted, list, number, signature};
use crate::decode::Walk;
use crate::schema::{Field, Kind, Size, be16, be24, be64, bytes, rest, text, u8};

/// IANA "TLS Certificate Types".
const CERTIFICATES: &[(u64, &str)] = &[(0, "X.509"), (1, "OpenPGP"), (2, "raw public key"), (3, "1609Dot2")];

pub(super) fn fields() -> Vec<Field> {
    let octets = |name: &'static str, doc: &'static str| bytes(name, rest()).doc(doc);
    let long = |name: &'static str, doc: &'static str| be16(name).unit("octets").doc(doc);
    vec![
        crate::schema::label("heartbeat_message").doc("heartbeat"),
        u8("heartbeat_message.type").names(&[(1, "request"), (2, "response")]).doc("heartbeat"),
        be16("heartbeat_message.payload_length").unit("octets").doc("length of the payload"),
        octets("heartbeat_message.payload", "payload"),
        octets("heartbeat_message.padding", "padding"),
        Field::new("handshake.random_time", Kind::UnixTime, Size::Bits(32))
            .doc("time in the random, in old versions")
            .hidden(),
        octets("handshake.random_bytes", "random without the time").hidden(),
        octets("handshake.verify_data", "digest of the handshake"),
        u8("handshake.key_update.request_update")
            .names(&[(0, "not requested"), (1, "requested")])
            .doc("whether an update is wanted in return"),
        long("sct.scts_length", "length of the timestamps"),
        long("sct.sct_length", "length of the timestamp"),
        u8("sct.sct_version").names(&[(0, "v1")]).doc("version"),
        octets("sct.sct_logid", "log"),
        Field::new("sct.sct_timestamp", Kind::Time, Size::Bits(64)).doc("time"),
        long("sct.sct_extensions_length", "length of the extensions"),
        octets("sct.sct_extensions", "extensions"),
        long("sct.sct_signature_length", "length of the signature"),
        octets("sct.sct_signature", "signature"),
        u8("handshake.cert_type.types_len").unit("octets").doc("length of the certificate types"),
        u8("handshake.cert_type.type").hex().names(CERTIFICATES).doc("certificate type"),
        u8("handshake.extensions_srp_len").unit("octets").doc("length of the user"),
        text("handshake.extensions_srp_username", rest()).doc("user"),
        u8("handshake.extensions_npn_str_len").unit("octets").doc("length of the protocol"),
        text("handshake.extensions_npn", rest()).doc("protocol that may follow"),
        long("handshake.extensions_status_request_list_len", "length of the requests"),
        long("handshake.extensions_status_request_len", "length of the request"),
        be24("handshake.ocsp_response_list_len").unit("octets").doc("length of the OCSP responses"),
        long("handshake.p_len", "length of the prime"),
        octets("handshake.p", "prime"),
        long("handshake.g_len", "length of the generator"),
        octets("handshake.g", "generator"),
        long("handshake.ys_len", "length of the server's key"),
        octets("handshake.ys", "server's key"),
        long("extension.oid_filters_length", "length of the filters"),
        u8("extension.oid_filters.oid_length").unit("octets").doc("length of the object"),
        octets("extension.oid_filters.oid_octets", "object"),
        Field::new("extension.oid_filters.oid", Kind::Made, Size::Rest).doc("object"),
        long("extension.oid_filters.values_length", "length of the values"),
        be24("compress_certificate.uncompressed_length").unit("octets").doc("length without compression"),
        be24("compress_certificate.compressed_certificate_message.length").unit("octets").doc("length"),
        octets("compress_certificate.compressed_certificate_message", "compressed certificates"),
        be64("quic.parameter.cibir_encoding.length").doc("length of the routed part"),
        be64("quic.parameter.cibir_encoding.offset").doc("place of the routed part"),
    ]
}

/// A heartbeat in the clear; one whose payload does not fit is shown as far as it goes, as it is that shows what was tried.
pub(super) fn heartbeat(walk: &mut Walk<'_, '_>) {
    let node = walk.open("heartbeat_message");
    walk.take("heartbeat_message.type", 1);
    let length = number(walk, "heartbeat_message.payload_length", 2).unwrap_or(0);
    let payload = length.min(walk.rest().len());
    if payload > 0 {
        walk.take_octets("heartbeat_message.payload", payload);
    }
    let padding = walk.rest().len();
    if padding > 0 {
        walk.take_octets("heartbeat_message.padding", padding);
    }
    walk.close(node);
}

/// Time and rest of a hello's random.
pub(super) fn random(walk: &mut Walk<'_, '_>) {
    let at = walk.offset();
    if let Some(time) = walk.rest().first_chunk() {
        walk.emit("handshake.random_time", at, 4, u64::from(u32::from_be_bytes(*time)));
        walk.emit(
            "handshake.random_bytes",
            at.saturating_add(4),
            28.min(walk.rest().len().saturating_sub(4)),
            0,
        );
    }
}

/// RFC 6962 §3.3.
pub(super) fn timestamps(walk: &mut Walk<'_, '_>) -> Option<()> {
    let length = number(walk, "sct.scts_length", 2)?;
    walk.part(length, |walk| {
        while walk.rest().len() >= 2 && !walk.too_deep() {
            let length = number(walk, "sct.sct_length", 2).unwrap_or(0);
            walk.part(length, |walk| {
                let _ = timestamp(walk);
            });
        }
    });
    Some(())
}

fn timestamp(walk: &mut Walk<'_, '_>) -> Option<()> {
    walk.take("sct.sct_version", 1)?;
    walk.take_octets("sct.sct_logid", 32).then_some(())?;
    let milliseconds = u64::from_be_bytes(*walk.rest().first_chunk()?);
    walk.emit("sct.sct_timestamp", walk.offset(), 8, milliseconds.wrapping_mul(1_000_000));
    walk.advance(8);
    let extensions = number(walk, "sct.sct_extensions_length", 2)?;
    if extensions > 0 {
        walk.take_octets("sct.sct_extensions", extensions).then_some(())?;
    }
    algorithm(walk)?;
    counted(walk, "sct.sct_signature_length", 2, "sct.sct_signature")
}

/// A list from the client, one of it from the server (RFC 7250 §3).
pub(super) fn certificate_types(walk: &mut Walk<'_, '_>, hello: u64) -> Option<()> {
    if hello == 1 {
        return list(walk, "handshake.cert_type.types_len", 1, "handshake.cert_type.type", 1);
    }
    walk.take("handshake.cert_type.type", 1).map(|_| ())
}

/// Protocols that the server speaks, in the extension before ALPN.
pub(super) fn next_protocols(walk: &mut Walk<'_, '_>) {
    while !walk.rest().is_empty()
        && counted(walk, "handshake.extensions_npn_str_len", 1, "handshake.extensions_npn").is_some()
    {}
}

/// RFC 6961 §2.2.
pub(super) fn status_requests(walk: &mut Walk<'_, '_>) -> Option<()> {
    let length = number(walk, "handshake.extensions_status_request_list_len", 2)?;
    walk.part(length, |walk| {
        while walk.rest().len() >= 3 && !walk.too_deep() {
            walk.take("handshake.extensions_status_request_type", 1);
            let length = number(walk, "handshake.extensions_status_request_len", 2).unwrap_or(0);
            walk.part(length, |walk| {
                let responders = number(walk, "handshake.extensions_status_request_responder_ids_len", 2);
                walk.part(responders.unwrap_or(0), |_| ());
                if walk.rest().len() >= 2 {
                    walk.take("handshake.extensions_status_request_exts_len", 2);
                }
            });
        }
    });
    Some(())
}

/// Parameters of Diffie-Hellman over a finite field: which kind of key it is stands in another message, and what reads whole as these is
/// these (RFC 5246 §7.4.3).
pub(super) fn finite_field(walk: &mut Walk<'_, '_>) -> Option<()> {
    let mut left = walk.rest();
    for _ in 0..3 {
        let (length, after) = left.split_first_chunk::<2>()?;
        let length = usize::from(u16::from_be_bytes(*length));
        left = after.get(length..).filter(|_| length > 0)?;
    }
    let signed = match left {
        [] => false,
        [_, _, high, low, signature @ ..] => {
            (signature.len() == usize::from(u16::from_be_bytes([*high, *low]))).then_some(true)?
        }
        _ => return None,
    };
    counted(walk, "handshake.p_len", 2, "handshake.p")?;
    counted(walk, "handshake.g_len", 2, "handshake.g")?;
    counted(walk, "handshake.ys_len", 2, "handshake.ys")?;
    if signed { signature(walk, "handshake.sig_len", "handshake.sig") } else { Some(()) }
}

/// RFC 8446 §4.2.5.
pub(super) fn object_filters(walk: &mut Walk<'_, '_>) -> Option<()> {
    let length = number(walk, "extension.oid_filters_length", 2)?;
    walk.part(length, |walk| {
        while walk.rest().len() >= 3 && !walk.too_deep() {
            let Some(length) = number(walk, "extension.oid_filters.oid_length", 1) else { return };
            let (at, object) = (walk.offset(), walk.rest().get(..length).unwrap_or_default());
            // an element of BER: its content is the object
            let content = object.get(2..).unwrap_or_default();
            walk.emit_made("extension.oid_filters.oid", at, length, |out| {
                super::super::snmp::write_object(content, out);
            });
            if !walk.take_octets("extension.oid_filters.oid_octets", length) {
                return;
            }
            let Some(length) = number(walk, "extension.oid_filters.values_length", 2) else { return };
            walk.part(length, |_| ());
        }
    });
    Some(())
}

/// RFC 8879 §4.
pub(super) fn compressed_certificates(walk: &mut Walk<'_, '_>) -> Option<()> {
    walk.take("compress_certificate.algorithm", 2)?;
    walk.take("compress_certificate.uncompressed_length", 3)?;
    counted(
        walk,
        "compress_certificate.compressed_certificate_message.length",
        3,
        "compress_certificate.compressed_certificate_message",
    )
}
