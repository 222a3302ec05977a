//! Handshake messages, and the extensions of hellos.

use super::ja4;
use crate::decode::Walk;

fn number(walk: &mut Walk<'_, '_>, name: &str, octets: usize) -> Option<usize> {
    walk.take(name, octets).and_then(|number| usize::try_from(number).ok())
}

/// A length and so many octets of values of `octets` each.
fn list(
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
fn counted(walk: &mut Walk<'_, '_>, length: &str, length_octets: usize, value: &str) -> Option<()> {
    let length = number(walk, length, length_octets)?;
    walk.take_octets(value, length).then_some(())
}

/// The body of a handshake message.
pub(super) fn message(walk: &mut Walk<'_, '_>, kind: u64) {
    let whole = walk.rest();
    match kind {
        1 => {
            let start = walk.offset();
            client(walk);
            walk.emit_made("handshake.ja4", start, 0, |out| ja4::write(whole, false, out));
            walk.emit_made("handshake.ja4_r", start, 0, |out| ja4::write(whole, true, out));
        }
        2 => {
            server(walk);
        }
        4 => {
            walk.take("handshake.session_ticket_lifetime_hint", 4);
        }
        8 => {
            extensions(walk, kind);
        }
        11 => {
            certificates(walk);
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
        while walk.rest().len() >= 3
            && counted(walk, "handshake.certificate_length", 3, "handshake.certificate").is_some()
        {}
    });
    Some(())
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
        13 | 50 => list(walk, "handshake.sig_hash_alg_len", 2, "handshake.sig_hash_alg", 2)?,
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
        41 if hello == 2 => {
            walk.take("extension.psk_selected", 2)?;
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
        51 => key_share(walk, hello)?,
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
