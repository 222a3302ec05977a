//! What the options of CoAP hold, by their numbers (RFC 7252 §5.10, RFC 7641, RFC 7959, RFC 8613 §6.1, RFC 8768).
//!
//! A value stands in the frame as octets (`coap.opt.value`), and below the name of its option as what it means.

use super::{CoapUri, OPTIONS};
use crate::decode::Walk;
use crate::render::put;
use crate::schema::{Field, Kind, Size, be16, be32, bytes, flag, rest, text, u8};

/// IANA "CoAP Content-Formats", those that devices use.
const FORMATS: &[(u64, &str)] = &[
    (0, "text/plain; charset=utf-8"),
    (16, "application/cose; cose-type=\"cose-encrypt0\""),
    (17, "application/cose; cose-type=\"cose-mac0\""),
    (18, "application/cose; cose-type=\"cose-sign1\""),
    (19, "application/ace+cbor"),
    (40, "application/link-format"),
    (41, "application/xml"),
    (42, "application/octet-stream"),
    (47, "application/exi"),
    (50, "application/json"),
    (51, "application/json-patch+json"),
    (52, "application/merge-patch+json"),
    (60, "application/cbor"),
    (61, "application/cwt"),
    (62, "application/multipart-core"),
    (63, "application/cbor-seq"),
    (64, "application/link-format+cbor"),
    (96, "application/cose; cose-type=\"cose-encrypt\""),
    (97, "application/cose; cose-type=\"cose-mac\""),
    (98, "application/cose; cose-type=\"cose-sign\""),
    (101, "application/cose-key"),
    (102, "application/cose-key-set"),
    (110, "application/senml+json"),
    (111, "application/sensml+json"),
    (112, "application/senml+cbor"),
    (113, "application/sensml+cbor"),
    (114, "application/senml-exi"),
    (115, "application/sensml-exi"),
    (140, "application/yang-data+cbor; id=sid"),
    (256, "application/coap-group+json"),
    (271, "application/dots+cbor"),
    (280, "application/pkcs7-mime; smime-type=server-generated-key"),
    (281, "application/pkcs7-mime; smime-type=certs-only"),
    (284, "application/pkcs8"),
    (285, "application/csrattrs"),
    (286, "application/pkcs10"),
    (287, "application/pkix-cert"),
    (310, "application/senml+xml"),
    (311, "application/sensml+xml"),
    (320, "application/senml-etch+json"),
    (322, "application/senml-etch+cbor"),
    (340, "application/yang-data+cbor"),
    (432, "application/td+json"),
    (10001, "application/oscore"),
    (11050, "application/json; deflate"),
    (11060, "application/cbor; deflate"),
    (11542, "application/vnd.oma.lwm2m+tlv"),
    (11543, "application/vnd.oma.lwm2m+json"),
    (11544, "application/vnd.oma.lwm2m+cbor"),
];

/// The fields, to be declared with the list of options.
pub(super) fn fields() -> Vec<Field> {
    let made = |name: &'static str, doc: &'static str| Field::new(name, Kind::Made, Size::Rest).doc(doc);
    let words = |name: &'static str, doc: &'static str| text(name, rest()).doc(doc);
    let octets = |name: &'static str, doc: &'static str| bytes(name, rest()).doc(doc);
    let length = |name: &'static str, doc: &'static str| u8(name).unit("octets").doc(doc);
    vec![
        made("opt.name", "place in the list, name and value").hidden(),
        made("opt.desc", "properties that the number says").hidden(),
        u8("opt.delta").doc("step from the number before, as the nibble says").hidden(),
        be16("opt.delta_ext").doc("what extends the step").hidden(),
        be16("opt.length_ext").doc("what extends the length").hidden(),
        octets("opt.if_match", "entity tag that is to match"),
        words("opt.uri_host", "host"),
        octets("opt.etag", "entity tag"),
        be32("opt.observe").doc("observation: 0 begins, 1 ends; in answers its order"),
        be16("opt.uri_port").doc("port"),
        words("opt.location_path", "path of what was made"),
        words("opt.uri_path", "path"),
        made("opt.ctype", "content format"),
        be32("opt.max_age").unit("s").doc("how long it is fresh"),
        words("opt.uri_query", "query"),
        u8("opt.hop_limit").doc("proxies that it may pass"),
        made("opt.accept", "content format that is accepted"),
        words("opt.location_query", "query of what was made"),
        be32("opt.block_number").doc("block"),
        u8("opt.block_mflag").doc("more blocks follow"),
        u8("opt.block_size")
            .doc("size of a block: 16 octets times 2 to the power of this; 7: from the record layer"),
        words("opt.proxy_uri", "URI for the proxy"),
        words("opt.proxy_scheme", "scheme for the proxy"),
        be32("opt.size1").unit("octets").doc("size of what the request carries"),
        be32("opt.size2").unit("octets").doc("size of what the answer carries"),
        flag("opt.object_security_reserved").doc("reserved"),
        flag("opt.object_security_kid_context_present").doc("there is a context"),
        flag("opt.object_security_kid_present").doc("there is a key identifier"),
        length("opt.object_security_piv_len", "length of the partial initialisation vector"),
        octets("opt.object_security_piv", "partial initialisation vector"),
        length("opt.object_security_kid_context_len", "length of the context"),
        octets("opt.object_security_kid_context", "context"),
        octets("opt.object_security_kid", "key identifier"),
        octets("opt.unknown", "value of an option that this program does not know").hidden(),
        made("opt.uri_path_recon", "URI, put together"),
    ]
}

/// Emits what the option at the cursor holds; its value is `octets`.
pub(super) fn emit(walk: &mut Walk<'_, '_>, number: usize, octets: &[u8], uri: &mut CoapUri) {
    let at = walk.offset();
    let len = octets.len();
    let value = octets.iter().take(8).fold(0_u64, |value, octet| value << 8 | u64::from(*octet));
    match number {
        1 => walk.emit("opt.if_match", at, len, 0),
        3 => {
            walk.emit("opt.uri_host", at, len, 0);
            uri.host = octets.to_vec();
        }
        4 => walk.emit("opt.etag", at, len, 0),
        5 => {}
        6 => walk.emit("opt.observe", at, len, value),
        7 => {
            walk.emit("opt.uri_port", at, len, value);
            uri.port = Some(value);
        }
        8 => walk.emit("opt.location_path", at, len, 0),
        9 => object_security(walk, octets),
        11 => {
            walk.emit("opt.uri_path", at, len, 0);
            uri.path.push(b'/');
            uri.path.extend_from_slice(octets);
        }
        12 => {
            walk.emit_made("opt.ctype", at, len, |out| write_format(value, out));
        }
        14 => walk.emit("opt.max_age", at, len, value),
        15 => walk.emit("opt.uri_query", at, len, 0),
        16 => walk.emit("opt.hop_limit", at, len, value),
        17 => walk.emit_made("opt.accept", at, len, |out| write_format(value, out)),
        20 => walk.emit("opt.location_query", at, len, 0),
        23 | 27 => {
            walk.emit("opt.block_number", at, len, value >> 4);
            walk.emit("opt.block_mflag", at, len, value >> 3 & 1);
            walk.emit("opt.block_size", at, len, value & 7);
        }
        28 => walk.emit("opt.size2", at, len, value),
        35 => walk.emit("opt.proxy_uri", at, len, 0),
        39 => walk.emit("opt.proxy_scheme", at, len, 0),
        60 => walk.emit("opt.size1", at, len, value),
        _ => walk.emit("opt.unknown", at, len, 0),
    }
}

/// A content format's name, or its number.
pub(super) fn write_format(number: u64, out: &mut Vec<u8>) {
    match FORMATS.iter().find(|(known, _)| *known == number) {
        Some((_, name)) => out.extend_from_slice(name.as_bytes()),
        None => {
            out.extend_from_slice(b"Unknown Type ");
            put::decimal(out, number);
        }
    }
}

/// The compressed COSE object's head (RFC 8613 §6.1); an empty value is one of zeros.
fn object_security(walk: &mut Walk<'_, '_>, octets: &[u8]) {
    let at = walk.offset();
    let Some((flags, mut left)) = octets.split_first() else { return };
    let bit = at.saturating_mul(8);
    walk.emit_bits("opt.object_security_reserved", bit, 3, u64::from(flags >> 5 != 0));
    walk.emit_bits(
        "opt.object_security_kid_context_present",
        bit.saturating_add(3),
        1,
        u64::from(flags >> 4 & 1),
    );
    walk.emit_bits("opt.object_security_kid_present", bit.saturating_add(4), 1, u64::from(flags >> 3 & 1));
    walk.emit_bits("opt.object_security_piv_len", bit.saturating_add(5), 3, u64::from(flags & 7));
    let place = |left: &[u8]| at.saturating_add(octets.len().saturating_sub(left.len()));
    let vector = usize::from(flags & 7).min(left.len());
    if vector > 0 {
        walk.emit("opt.object_security_piv", place(left), vector, 0);
        left = left.get(vector..).unwrap_or_default();
    }
    if flags & 0x10 != 0
        && let Some((length, after)) = left.split_first()
    {
        walk.emit("opt.object_security_kid_context_len", place(left), 1, u64::from(*length));
        let length = usize::from(*length).min(after.len());
        walk.emit("opt.object_security_kid_context", place(after), length, 0);
        left = after.get(length..).unwrap_or_default();
    }
    if flags & 8 != 0 && !left.is_empty() {
        walk.emit("opt.object_security_kid", place(left), left.len(), 0);
    }
}

/// An option's name, as those who know Wireshark know it.
pub(super) fn name(number: usize) -> Option<&'static str> {
    match number {
        4 => Some("Etag"),
        14 => Some("Max-age"),
        _ => OPTIONS.iter().find(|(known, _)| *known == number as u64).map(|(_, name)| *name),
    }
}

/// `Type 11, Critical, Unsafe` (RFC 7252 §5.4.6).
pub(super) fn write_properties(number: usize, out: &mut Vec<u8>) {
    out.extend_from_slice(b"Type ");
    put::decimal(out, number as u64);
    out.extend_from_slice(if number & 1 == 1 { b", Critical" } else { b", Elective" });
    out.extend_from_slice(if number & 2 == 2 { b", Unsafe" } else { b", Safe" });
    if number & 0x1e == 0x1c {
        out.extend_from_slice(b", NoCacheKey");
    }
}
