//! Handshake messages, and the extensions of hellos.

use super::certificate::certificate;
use super::{ja3, ja4, more, transport};
use crate::decode::Walk;

pub(super) fn number(walk: &mut Walk<'_, '_>, name: &str, octets: usize) -> Option<usize> {
    walk.take(name, octets).and_then(|number| usize::try_from(number).ok())
}

/// A length and so many octets of values of `octets` each.
pub(super) fn list(
    walk: &mut Walk<'_, '_>,
    length: &str,
    length_octets: usize,
    value: &str,
    octets: usize,
) -> Option<()> {
    let length = number(walk, length, length_octets)?;
    walk.part(length, |walk| while walk.rest().len() >= octets && walk.take(value, octets).is_some() {});
    Some(())
}

/// A length and so many octets.
pub(super) fn counted(
    walk: &mut Walk<'_, '_>,
    length: &str,
    length_octets: usize,
    value: &str,
) -> Option<()> {
    let length = number(walk, length, length_octets)?;
    walk.take_octets(value, length).then_some(())
}

/// The body of a handshake message.
pub(super) fn message(walk: &mut Walk<'_, '_>, kind: u64) {
    let (body, start, whole) = (walk.rest(), walk.offset(), walk.is_whole());
    match kind {
        1 => {
            client(walk);
            if whole {
                let over =
                    if walk.outer_other() == walk.registry().protocol_named("quic") { b'q' } else { b't' };
                walk.emit_made("handshake.ja4", start, 0, |out| ja4::write(over, body, false, out));
                walk.emit_made("handshake.ja4_r", start, 0, |out| ja4::write(over, body, true, out));
                walk.emit_made("handshake.ja3_full", start, 0, |out| ja3::client(body, false, out));
                walk.emit_made("handshake.ja3", start, 0, |out| ja3::client(body, true, out));
            }
        }
        2 => {
            server(walk);
            if whole {
                walk.emit_made("handshake.ja3s_full", start, 0, |out| ja3::server(body, false, out));
                walk.emit_made("handshake.ja3s", start, 0, |out| ja3::server(body, true, out));
            }
        }
        4 => {
            ticket(walk);
        }
        8 => {
            extensions(walk, kind);
        }
        11 => {
            certificates(walk);
        }
        12 => {
            let _ = server_key(walk).or_else(|| more::finite_field(walk));
        }
        13 => {
            certificate_request(walk);
        }
        15 => {
            signature(walk, "handshake.client_cert_vrfy.sig_len", "handshake.client_cert_vrfy.sig");
        }
        16 if body.first().is_some_and(|octets| usize::from(*octets) == body.len().saturating_sub(1)) => {
            counted(walk, "handshake.client_point_len", 1, "handshake.client_point");
        }
        20 => {
            walk.take_octets("handshake.verify_data", body.len());
        }
        22 => {
            let kind = walk.take("handshake.extensions_status_request_type", 1);
            if kind == Some(2) {
                walk.take("handshake.ocsp_response_list_len", 3);
            }
            walk.take("handshake.ocsp_response_len", 3);
        }
        24 if body.len() == 1 => {
            walk.take("handshake.key_update.request_update", 1);
        }
        25 => {
            let _ = more::compressed_certificates(walk);
        }
        _ => {}
    }
    let left = walk.rest().len();
    if left > 0 {
        walk.take_octets("handshake.data", left);
    }
}

fn head(walk: &mut Walk<'_, '_>) -> Option<()> {
    walk.take("handshake.version", 2)?;
    more::random(walk);
    walk.take_octets("handshake.random", 32).then_some(())?;
    counted(walk, "handshake.session_id_length", 1, "handshake.session_id")
}

fn client(walk: &mut Walk<'_, '_>) -> Option<()> {
    head(walk)?;
    list(walk, "handshake.cipher_suites_length", 2, "handshake.ciphersuite", 2)?;
    list(walk, "handshake.comp_methods_length", 1, "handshake.comp_method", 1)?;
    extensions(walk, 1)
}

fn server(walk: &mut Walk<'_, '_>) -> Option<()> {
    head(walk)?;
    walk.take("handshake.ciphersuite", 2)?;
    walk.take("handshake.comp_method", 1)?;
    extensions(walk, 2)
}

/// The list of TLS 1.2; in TLS 1.3 certificates are encrypted.
fn certificates(walk: &mut Walk<'_, '_>) -> Option<()> {
    let length = number(walk, "handshake.certificates_length", 3)?;
    walk.part(length, |walk| {
        while walk.rest().len() >= 3 && !walk.too_deep() {
            let Some(length) = number(walk, "handshake.certificate_length", 3) else { return };
            walk.emit("handshake.certificate", walk.offset(), length.min(walk.rest().len()), 0);
            walk.part(length, certificate);
        }
    });
    Some(())
}

/// The ticket of TLS 1.2 (RFC 5077 §3.3); in TLS 1.3 it is encrypted.
fn ticket(walk: &mut Walk<'_, '_>) -> Option<()> {
    walk.take("handshake.session_ticket_lifetime_hint", 4)?;
    counted(walk, "handshake.session_ticket_length", 2, "handshake.session_ticket")
}

/// Which kind of key it is follows from the cipher suite, which stands in another message: what reads whole as a point of a
/// named curve is one (RFC 8422 §5.4).
fn server_key(walk: &mut Walk<'_, '_>) -> Option<()> {
    let [3, _, _, point, ..] = walk.rest() else { return None };
    walk.rest().get(usize::from(*point).saturating_add(8)..)?;
    walk.take("handshake.server_curve_type", 1)?;
    walk.take("handshake.server_named_curve", 2)?;
    counted(walk, "handshake.server_point_len", 1, "handshake.server_point")?;
    signature(walk, "handshake.sig_len", "handshake.sig")
}

/// An algorithm and a signature by it (RFC 5246 §4.7).
pub(super) fn signature(walk: &mut Walk<'_, '_>, length: &str, signature: &str) -> Option<()> {
    algorithm(walk)?;
    counted(walk, length, 2, signature)
}

/// A signature algorithm, and the pair that TLS 1.2 sees in it.
pub(super) fn algorithm(walk: &mut Walk<'_, '_>) -> Option<()> {
    let at = walk.offset();
    let pair = walk.take("handshake.sig_hash_alg", 2)?;
    walk.emit("handshake.sig_hash_hash", at, 1, pair >> 8);
    walk.emit("handshake.sig_hash_sig", at.saturating_add(1), 1, pair & 0xff);
    Some(())
}

fn algorithms(walk: &mut Walk<'_, '_>) -> Option<()> {
    let length = number(walk, "handshake.sig_hash_alg_len", 2)?;
    walk.part(length, |walk| while walk.rest().len() >= 2 && algorithm(walk).is_some() {});
    Some(())
}

/// What a server of TLS 1.2 asks of the client's certificate (RFC 5246 §7.4.4).
fn certificate_request(walk: &mut Walk<'_, '_>) -> Option<()> {
    list(walk, "handshake.cert_types_count", 1, "handshake.cert_type", 1)?;
    algorithms(walk)?;
    let length = number(walk, "handshake.dnames_len", 2)?;
    walk.part(length, |walk| {
        while walk.rest().len() >= 2 && counted(walk, "handshake.dname_len", 2, "handshake.dname").is_some() {
        }
    });
    Some(())
}

/// The keys that a client has from before (RFC 8446 §4.2.11).
fn shared_keys(walk: &mut Walk<'_, '_>) -> Option<()> {
    let length = number(walk, "handshake.extensions.psk.identities.length", 2)?;
    walk.part(length, |walk| {
        while walk.rest().len() >= 2
            && counted(
                walk,
                "handshake.extensions.psk.identity.identity_length",
                2,
                "handshake.extensions.psk.identity.identity",
            )
            .is_some()
            && walk.take("handshake.extensions.psk.identity.obfuscated_ticket_age", 4).is_some()
        {}
    });
    counted(walk, "handshake.extensions.psk.binders_len", 2, "handshake.extensions.psk.binders")
}

fn extensions(walk: &mut Walk<'_, '_>, hello: u64) -> Option<()> {
    if walk.rest().is_empty() {
        return Some(());
    }
    let length = number(walk, "handshake.extensions_length", 2)?;
    walk.part(length, |walk| {
        while walk.rest().len() >= 4 && !walk.too_deep() {
            let node = walk.open("handshake.extension");
            let kind = walk.take("handshake.extension.type", 2);
            let length = number(walk, "handshake.extension.len", 2).unwrap_or(0);
            walk.part(length, |walk| {
                extension(walk, kind.unwrap_or(0), hello);
                let left = walk.rest().len();
                if left > 0 {
                    walk.take_octets("handshake.extension.data", left);
                }
            });
            walk.close(node);
        }
    });
    Some(())
}

fn extension(walk: &mut Walk<'_, '_>, kind: u64, hello: u64) -> Option<()> {
    if walk.rest().is_empty() {
        return Some(());
    }
    match kind {
        0 => {
            let length = number(walk, "handshake.extensions_server_name_list_len", 2)?;
            walk.part(length, |walk| {
                while walk.rest().len() >= 3 {
                    walk.take("handshake.extensions_server_name_type", 1);
                    let named = counted(
                        walk,
                        "handshake.extensions_server_name_len",
                        2,
                        "handshake.extensions_server_name",
                    );
                    if named.is_none() {
                        return;
                    }
                }
            });
        }
        1 => {
            walk.take("handshake.max_fragment_length", 1)?;
        }
        5 => {
            walk.take("handshake.extensions_status_request_type", 1)?;
            if hello == 1 {
                let responders = number(walk, "handshake.extensions_status_request_responder_ids_len", 2)?;
                walk.part(responders, |_| ());
                walk.take("handshake.extensions_status_request_exts_len", 2)?;
            }
        }
        10 => list(
            walk,
            "handshake.extensions_supported_groups_length",
            2,
            "handshake.extensions_supported_group",
            2,
        )?,
        11 => list(
            walk,
            "handshake.extensions_ec_point_formats_length",
            1,
            "handshake.extensions_ec_point_format",
            1,
        )?,
        12 => counted(walk, "handshake.extensions_srp_len", 1, "handshake.extensions_srp_username")?,
        17 => more::status_requests(walk)?,
        18 => more::timestamps(walk)?,
        19 | 20 => more::certificate_types(walk, hello)?,
        48 => more::object_filters(walk)?,
        13172 => more::next_protocols(walk),
        13 | 34 | 50 => algorithms(walk)?,
        15 => {
            walk.take("handshake.extension.heartbeat.mode", 1)?;
        }
        16 => {
            let length = number(walk, "handshake.extensions_alpn_len", 2)?;
            walk.part(length, |walk| {
                while !walk.rest().is_empty()
                    && counted(walk, "handshake.extensions_alpn_str_len", 1, "handshake.extensions_alpn_str")
                        .is_some()
                {}
            });
        }
        21 => {
            let octets = walk.rest().len();
            walk.take_octets("handshake.extensions_padding_data", octets);
        }
        27 => list(walk, "compress_certificate.algorithms_length", 1, "compress_certificate.algorithm", 2)?,
        28 => {
            walk.take("record_size_limit", 2)?;
        }
        41 if hello == 2 => {
            walk.take("handshake.extensions.psk.identity.selected", 2)?;
        }
        41 => shared_keys(walk)?,
        42 => {
            walk.take("early_data.max_early_data_size", 4)?;
        }
        43 if hello == 1 => {
            list(
                walk,
                "handshake.extensions.supported_versions_len",
                1,
                "handshake.extensions.supported_version",
                2,
            )?;
        }
        43 => {
            walk.take("handshake.extensions.supported_version", 2)?;
        }
        45 => list(walk, "extension.psk_ke_modes_length", 1, "extension.psk_ke_mode", 1)?,
        44 => counted(walk, "handshake.extensions.cookie_len", 2, "handshake.extensions.cookie")?,
        51 => key_share(walk, hello)?,
        54 => counted(walk, "connection_id_length", 1, "connection_id")?,
        57 | 0xffa5 => transport::parameters(walk),
        0x4469 | 0x44cd => {
            let length = number(walk, "handshake.extensions_alps_len", 2)?;
            walk.part(length, |walk| {
                while !walk.rest().is_empty()
                    && counted(
                        walk,
                        "handshake.extensions_alps_alpn_str_len",
                        1,
                        "handshake.extensions_alps_alpn_str",
                    )
                    .is_some()
                {}
            });
        }
        0xff01 => counted(walk, "handshake.extensions_reneg_info_len", 1, "handshake.extensions_reneg_info")?,
        _ => {}
    }
    Some(())
}

fn key_share(walk: &mut Walk<'_, '_>, hello: u64) -> Option<()> {
    let entry = |walk: &mut Walk<'_, '_>| {
        walk.take("handshake.extensions_key_share_group", 2)?;
        counted(
            walk,
            "handshake.extensions_key_share_key_exchange_length",
            2,
            "handshake.extensions_key_share_key_exchange",
        )
    };
    if hello == 1 {
        let length = number(walk, "handshake.extensions_key_share_client_length", 2)?;
        walk.part(length, |walk| while walk.rest().len() >= 4 && entry(walk).is_some() {});
        return Some(());
    }
    if walk.rest().len() == 2 {
        // A server that asks for another hello names only the group.
        walk.take("handshake.extensions_key_share_selected_group", 2)?;
        return Some(());
    }
    entry(walk)
}
