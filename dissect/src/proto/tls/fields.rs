//! Every field of records and handshakes.

use super::names::{ALERTS, COMPRESSIONS, CONTENT, HANDSHAKES, HASHES, SIGNERS, VERSIONS};
use super::{cipher_name, extension_name, group_name, signature_name};
use crate::schema::{Field, Kind, Size, be16, be24, be32, bytes, label, rest, text, u8};

fn made(name: &'static str) -> Field {
    Field::new(name, Kind::Made, Size::Rest)
}

fn octets(name: &'static str, doc: &'static str) -> Field {
    bytes(name, rest()).doc(doc)
}

/// Every field of records and handshakes.
pub(super) fn fields() -> Vec<Field> {
    let mut all = record_fields();
    all.extend(message_fields());
    all.extend(super::transport::fields());
    all.extend(super::more::fields());
    all.extend(super::certificate::fields());
    all
}

fn record_fields() -> Vec<Field> {
    vec![
        label("record").doc("record"),
        u8("record.content_type").names(CONTENT).doc("content type"),
        be16("record.version").hex().names(VERSIONS).doc("version"),
        be16("record.length").unit("octets").doc("length"),
        octets("app_data", "encrypted application data"),
        octets("segment.data", "part of a record that goes on in the next segment"),
        octets("record.data", "content"),
        label("change_cipher_spec").doc("change of cipher"),
        u8("alert_message.level").names(&[(1, "warning"), (2, "fatal")]).doc("alert level"),
        u8("alert_message.desc").names(ALERTS).doc("alert"),
        octets("alert_message", "encrypted alert"),
        octets("handshake.encrypted", "encrypted handshake message"),
        octets("handshake.fragment_data", "part of a handshake message that lies in several records"),
        label("handshake.fragments").doc("parts of the handshake message that this record completes"),
        be32("handshake.fragment").doc("frame with a part"),
        be32("handshake.fragment.count").doc("parts"),
    ]
}

fn message_fields() -> Vec<Field> {
    vec![
        label("handshake").doc("handshake message"),
        u8("handshake.type").names(HANDSHAKES).doc("message"),
        be24("handshake.length").unit("octets").doc("length"),
        be16("handshake.version").hex().names(VERSIONS).doc("version"),
        octets("handshake.random", "random"),
        u8("handshake.session_id_length").unit("octets").doc("length of the session"),
        octets("handshake.session_id", "session"),
        be16("handshake.cipher_suites_length").unit("octets").doc("length of the cipher suites"),
        be16("handshake.ciphersuite").hex().named_by(cipher_name).doc("cipher suite"),
        u8("handshake.comp_methods_length").unit("octets").doc("length of the compression methods"),
        u8("handshake.comp_method").names(&[(0, "null"), (1, "DEFLATE")]).doc("compression method"),
        be16("handshake.extensions_length").unit("octets").doc("length of the extensions"),
        label("handshake.extension").doc("extension"),
        be16("handshake.extension.type").named_by(extension_name).doc("extension type"),
        be16("handshake.extension.len").unit("octets").doc("length"),
        octets("handshake.extension.data", "data"),
        be16("handshake.extensions_server_name_list_len").unit("octets").doc("length of the server names"),
        u8("handshake.extensions_server_name_type").names(&[(0, "host name")]).doc("type of the name"),
        be16("handshake.extensions_server_name_len").unit("octets").doc("length of the name"),
        text("handshake.extensions_server_name", rest()).doc("server name"),
        be16("handshake.extensions_supported_groups_length").unit("octets").doc("length of the groups"),
        be16("handshake.extensions_supported_group").hex().named_by(group_name).doc("group"),
        u8("handshake.extensions_ec_point_formats_length").unit("octets").doc("length of the point formats"),
        u8("handshake.extensions_ec_point_format")
            .names(&[(0, "uncompressed"), (1, "ansiX962_compressed_prime"), (2, "ansiX962_compressed_char2")])
            .doc("point format"),
        be16("handshake.sig_hash_alg_len").unit("octets").doc("length of the signature algorithms"),
        be16("handshake.sig_hash_alg").hex().named_by(signature_name).doc("signature algorithm"),
        be16("handshake.extensions_alpn_len").unit("octets").doc("length of the protocols"),
        u8("handshake.extensions_alpn_str_len").unit("octets").doc("length of the protocol"),
        text("handshake.extensions_alpn_str", rest()).doc("application protocol"),
        u8("handshake.extensions.supported_versions_len").unit("octets").doc("length of the versions"),
        be16("handshake.extensions.supported_version").hex().names(VERSIONS).doc("supported version"),
        be16("handshake.extensions_key_share_client_length").unit("octets").doc("length of the key shares"),
        be16("handshake.extensions_key_share_group").named_by(group_name).doc("group of the key share"),
        be16("handshake.extensions_key_share_key_exchange_length").unit("octets").doc("length of the key"),
        octets("handshake.extensions_key_share_key_exchange", "key"),
        be16("handshake.extensions_key_share_selected_group").named_by(group_name).doc("group asked for"),
        u8("extension.psk_ke_modes_length").unit("octets").doc("length of the modes"),
        u8("extension.psk_ke_mode").names(&[(0, "psk_ke"), (1, "psk_dhe_ke")]).doc("key exchange mode"),
        u8("handshake.extensions_reneg_info_len").unit("octets").doc("length of the renegotiation info"),
        octets("handshake.extensions_reneg_info", "renegotiation info"),
        u8("handshake.max_fragment_length").doc("maximum fragment length"),
        u8("handshake.extensions_status_request_type").names(&[(1, "OCSP")]).doc("certificate status type"),
        be24("handshake.certificates_length").unit("octets").doc("length of the certificates"),
        be24("handshake.certificate_length").unit("octets").doc("length of the certificate"),
        octets("handshake.certificate", "certificate"),
        be32("handshake.session_ticket_lifetime_hint").unit("s").doc("lifetime of the ticket"),
        octets("handshake.data", "message"),
        u8("handshake.sig_hash_hash").names(HASHES).doc("hash of the signature algorithm"),
        u8("handshake.sig_hash_sig").names(SIGNERS).doc("signature of the signature algorithm"),
        be16("handshake.extensions_status_request_responder_ids_len")
            .unit("octets")
            .doc("length of the responders"),
        be16("handshake.extensions_status_request_exts_len")
            .unit("octets")
            .doc("length of the request's extensions"),
        u8("compress_certificate.algorithms_length").unit("octets").doc("length of the algorithms"),
        be16("compress_certificate.algorithm").names(COMPRESSIONS).doc("compression of certificates"),
        be16("record_size_limit").unit("octets").doc("largest record"),
        be16("handshake.extensions.psk.identities.length").unit("octets").doc("length of the identities"),
        be16("handshake.extensions.psk.identity.identity_length")
            .unit("octets")
            .doc("length of the identity"),
        octets("handshake.extensions.psk.identity.identity", "identity"),
        be32("handshake.extensions.psk.identity.obfuscated_ticket_age").doc("age of the ticket, obfuscated"),
        be16("handshake.extensions.psk.binders_len").unit("octets").doc("length of the binders"),
        octets("handshake.extensions.psk.binders", "binders"),
        be16("handshake.extensions.psk.identity.selected")
            .alias("extension.psk_selected")
            .doc("pre-shared key chosen"),
        be16("handshake.extensions.cookie_len").unit("octets").doc("length of the cookie"),
        octets("handshake.extensions.cookie", "cookie").alias("handshake.cookie"),
        be16("handshake.extensions_alps_len").unit("octets").doc("length of the protocols with settings"),
        u8("handshake.extensions_alps_alpn_str_len").unit("octets").doc("length of the protocol"),
        text("handshake.extensions_alps_alpn_str", rest()).doc("protocol with settings"),
        octets("handshake.extensions_padding_data", "padding"),
        be32("early_data.max_early_data_size").unit("octets").doc("most early data"),
        u8("connection_id_length").unit("octets").doc("length of the connection"),
        octets("connection_id", "connection"),
        be16("handshake.session_ticket_length").unit("octets").doc("length of the ticket"),
        octets("handshake.session_ticket", "ticket"),
        u8("handshake.server_curve_type")
            .names(&[(1, "explicit prime"), (2, "explicit char2"), (3, "named curve")])
            .doc("curve type"),
        be16("handshake.server_named_curve").hex().named_by(group_name).doc("curve"),
        u8("handshake.server_point_len").unit("octets").doc("length of the server's point"),
        octets("handshake.server_point", "server's point"),
        u8("handshake.client_point_len").unit("octets").doc("length of the client's point"),
        octets("handshake.client_point", "client's point"),
        be16("handshake.sig_len").unit("octets").doc("length of the signature"),
        octets("handshake.sig", "signature"),
        u8("handshake.cert_types_count").doc("certificate types"),
        u8("handshake.cert_type")
            .names(&[(1, "RSA sign"), (2, "DSS sign"), (64, "ECDSA sign")])
            .doc("certificate type"),
        be16("handshake.dnames_len").unit("octets").doc("length of the names"),
        be16("handshake.dname_len").unit("octets").doc("length of the name"),
        octets("handshake.dname", "name"),
        be16("handshake.client_cert_vrfy.sig_len").unit("octets").doc("length of the signature"),
        octets("handshake.client_cert_vrfy.sig", "signature"),
        be24("handshake.ocsp_response_len").unit("octets").doc("length of the OCSP response"),
        made("handshake.ja3_full").doc("what JA3 is the digest of"),
        made("handshake.ja3").doc("JA3 fingerprint of the client"),
        made("handshake.ja3s_full").doc("what JA3S is the digest of"),
        made("handshake.ja3s").doc("JA3S fingerprint of the server"),
        made("handshake.ja4").doc("JA4 fingerprint of the client"),
        made("handshake.ja4_r").doc("JA4 fingerprint, not hashed"),
        u8("handshake.extension.heartbeat.mode")
            .names(&[(1, "peer may send requests"), (2, "peer may not send requests")])
            .doc("heartbeat mode"),
    ]
}
