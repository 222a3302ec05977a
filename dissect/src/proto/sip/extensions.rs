//! Header fields of SIP's extensions, and the parts of those that have some: reasons (RFC 3326), security agreements (RFC 3329), session
//! identifiers (RFC 7989), what networks add (RFC 7315), acknowledgements of provisional answers (RFC 3262).

use super::super::text_span::Span;
use super::values::{put, put_number};
use crate::decode::Walk;
use crate::schema::{Field, Kind, Size, be32, bytes, flag, rest, text};

/// Header fields as they are written where Wireshark's name differs, and the fields that they are shown as.
const RENAMED: &[(&str, &str)] = &[
    ("Identity-Info", "Identity-info"),
    ("Policy-Contact", "Policy_Contact"),
    ("Policy-ID", "Policy_ID"),
    ("Priv-Answer-Mode", "Priv-Answer-mode"),
    ("SIP-ETag", "ETag"),
    ("SIP-If-Match", "If_Match"),
    ("Suppress-If-Match", "Suppress_If_Match"),
    ("User-to-User", "uui"),
];

/// Header fields that are text.
const HEADERS: &[&str] = &[
    "Accept-Resource-Priority",
    "Additional-Identity",
    "Answer-Mode",
    "Attestation-Info",
    "Cellular-Network-Info",
    "Feature-Caps",
    "Flow-Timer",
    "Geolocation-Error",
    "Geolocation-Routing",
    "Info-Package",
    "Origination-Id",
    "P-Answer-State",
    "P-Asserted-Service",
    "P-Charge-Info",
    "P-Charging-Function-Addresses",
    "P-DCS-Trace-Party-ID",
    "P-DCS-OSPS",
    "P-DCS-Billing-Info",
    "P-DCS-LAES",
    "P-DCS-Redirect",
    "P-Media-Authorization",
    "P-Preferred-Service",
    "P-Profile-Key",
    "P-Refused-URI-List",
    "P-User-Database",
    "Permission-Missing",
    "Priority-Share",
    "Recv-Info",
    "Refer-Sub",
    "Relayed-Charge",
    "Resource-Share",
    "Response-Source",
    "Restoration-Info",
    "Service-Interact-Info",
    "Trigger-Consent",
];

/// Parameters of a security agreement, and their fields.
const MECHANISM: &[(&[u8], &str)] = &[
    (b"alg", "sec_mechanism.alg"),
    (b"ealg", "sec_mechanism.ealg"),
    (b"prot", "sec_mechanism.prot"),
    (b"spi-c", "sec_mechanism.spi_c"),
    (b"spi-s", "sec_mechanism.spi_s"),
    (b"port1", "sec_mechanism.port1"),
    (b"port-c", "sec_mechanism.port_c"),
    (b"port2", "sec_mechanism.port2"),
    (b"port-s", "sec_mechanism.port_s"),
];

pub(super) fn fields() -> Vec<Field> {
    let words = |name: &'static str, doc: &'static str| text(name, rest()).doc(doc);
    let mut fields: Vec<Field> = HEADERS.iter().map(|name| words(name, "header field")).collect();
    fields.extend(RENAMED.iter().map(|(_, field)| words(field, "header field")));
    fields.extend(MECHANISM.iter().map(|(_, name)| {
        if name.contains("spi") || name.contains("port") {
            be32(name).doc("parameter of the agreement")
        } else {
            words(name, "parameter of the agreement")
        }
    }));
    fields.extend([
        words("sec_mechanism", "security mechanism"),
        words("feature_cap", "feature capability"),
        words("P-Access-Network-Info.access-type", "access network"),
        words("P-Access-Network-Info.utran-cell-id-3gpp", "cell"),
        be32("RAck.RSeq.seq").doc("number of the answer"),
        be32("RAck.CSeq.seq").doc("number of the request"),
        words("RAck.CSeq.method", "method of the request"),
        words("reason_protocols", "whose reason it is"),
        be32("reason_cause_q850").doc("cause of Q.850"),
        be32("reason_cause_sip").doc("status of SIP"),
        be32("reason_cause_other").doc("cause of another protocol"),
        words("reason_text", "reason as text"),
        bytes("Session-ID.sess_id", Size::Octets(crate::schema::lit(16))).doc("session").kind(Kind::Made),
        words("Session-ID.param", "parameter"),
        Field::new("Session-ID.local_uuid", Kind::Made, Size::Rest).doc("this side's identifier"),
        Field::new("Session-ID.remote_uuid", Kind::Made, Size::Rest).doc("the other side's identifier"),
        flag("Session-ID.logme").doc("the session is to be logged"),
        words("icid_value", "charging identifier"),
        words("icid_gen_addr", "who made the charging identifier"),
        words("auth", "credentials or challenge, whole").hidden(),
        words("msg_hdr", "header and body").hidden(),
        words("tc.target-uri", "target of the consent"),
    ]);
    fields
}

/// A header field that is not one of the usual, and whether it is known.
pub(super) fn header(walk: &mut Walk<'_, '_>, name: &[u8], value: Span<'_>) -> Option<&'static str> {
    let renamed = RENAMED.iter().find(|(known, _)| name.eq_ignore_ascii_case(known.as_bytes()));
    let known = match renamed {
        Some((_, field)) => *field,
        None => HEADERS.iter().find(|known| name.eq_ignore_ascii_case(known.as_bytes()))?,
    };
    put(walk, known, value);
    if known == "Feature-Caps" {
        for part in value.parts(b';').map(Span::trimmed) {
            put(walk, "feature_cap", part.from(usize::from(part.text.first() == Some(&b'+'))));
        }
    } else if known == "Trigger-Consent"
        && let Some((_, behind)) = value.cut(b'>')
    {
        for parameter in behind.parts(b';').map(Span::trimmed) {
            let (name, target) = parameter.split(b'=');
            if name.text == b"target-uri" {
                put(walk, "tc.target-uri", unquoted(target));
            }
        }
    }
    Some(known)
}

/// Without quotation marks around it.
fn unquoted(span: Span<'_>) -> Span<'_> {
    match span.text {
        [b'"', .., b'"'] => span.from(1).to(span.text.len().saturating_sub(2)),
        _ => span,
    }
}

/// The parts of usual header fields that extensions have given them.
pub(super) fn parts(walk: &mut Walk<'_, '_>, header: &str, value: Span<'_>) {
    match header {
        "RAck" => {
            let mut words = value.parts(b' ');
            for name in ["RAck.RSeq.seq", "RAck.CSeq.seq"] {
                if let Some(word) = words.next() {
                    put_number(walk, name, word);
                }
            }
            if let Some(word) = words.next() {
                put(walk, "RAck.CSeq.method", word);
            }
        }
        "Security-Client" | "Security-Server" | "Security-Verify" => {
            for agreement in value.parts(b',').map(Span::trimmed) {
                mechanism(walk, agreement);
            }
        }
        "Session-ID" => session(walk, value),
        "P-Charging-Vector" => {
            for parameter in value.parts(b';').map(Span::trimmed) {
                let (name, value) = parameter.split(b'=');
                match name.text {
                    b"icid-value" => put(walk, "icid_value", unquoted(value)),
                    b"icid-generated-at" => put(walk, "icid_gen_addr", unquoted(value)),
                    _ => {}
                }
            }
        }
        "P-Access-Network-Info" => {
            let mut parts = value.parts(b';').map(Span::trimmed);
            if let Some(access) = parts.next() {
                put(walk, "P-Access-Network-Info.access-type", access);
            }
            for parameter in parts {
                let (name, cell) = parameter.split(b'=');
                if name.text == b"utran-cell-id-3gpp" {
                    put(walk, "P-Access-Network-Info.utran-cell-id-3gpp", unquoted(cell));
                }
            }
        }
        _ => {}
    }
}

fn mechanism(walk: &mut Walk<'_, '_>, agreement: Span<'_>) {
    let mut parts = agreement.parts(b';').map(Span::trimmed);
    if let Some(name) = parts.next() {
        put(walk, "sec_mechanism", name);
    }
    for parameter in parts {
        let (name, value) = parameter.split(b'=');
        if let Some((_, field)) = MECHANISM.iter().find(|(known, _)| *known == name.text) {
            if field.contains("spi") || field.contains("port") {
                put_number(walk, field, value);
            } else {
                put(walk, field, value);
            }
        }
    }
}

/// `Q.850;cause=16;text="…"`, several with commas between.
pub(super) fn reason(walk: &mut Walk<'_, '_>, value: Span<'_>) {
    put(walk, "Reason", value);
    let mut left = value;
    while !left.is_empty() {
        let mut quoted = false;
        let comma = left.text.iter().position(|octet| {
            quoted ^= *octet == b'"';
            *octet == b',' && !quoted
        });
        let end = comma.unwrap_or(left.text.len());
        one_reason(walk, left.to(end));
        left = left.from(end.saturating_add(1));
    }
}

fn one_reason(walk: &mut Walk<'_, '_>, value: Span<'_>) {
    let mut parts = value.parts(b';').map(Span::trimmed);
    let Some(protocol) = parts.next() else { return };
    put(walk, "reason_protocols", protocol);
    for parameter in parts {
        let (name, value) = parameter.split(b'=');
        match name.trimmed().text {
            b"cause" => {
                let field = match protocol.text {
                    b"Q.850" => "reason_cause_q850",
                    b"SIP" => "reason_cause_sip",
                    _ => "reason_cause_other",
                };
                put_number(walk, field, value.trimmed());
            }
            b"text" => put(walk, "reason_text", unquoted(value.trimmed())),
            _ => {}
        }
    }
}

/// Thirty-two digits; where the other side's stand behind them, both are identifiers.
fn session(walk: &mut Walk<'_, '_>, value: Span<'_>) {
    let mut parts = value.parts(b';').map(Span::trimmed);
    let Some(own) = parts.next() else { return };
    walk.emit_made("Session-ID.sess_id", own.at, own.text.len(), |out| out.extend_from_slice(own.text));
    for parameter in parts {
        let (name, other) = parameter.split(b'=');
        match name.text {
            b"remote" => {
                identifier(walk, "Session-ID.local_uuid", own);
                identifier(walk, "Session-ID.remote_uuid", other);
            }
            b"logme" => walk.emit("Session-ID.logme", name.at, name.text.len(), 1),
            _ => put(walk, "Session-ID.param", parameter),
        }
    }
}

/// Digits as a UUID is written.
fn identifier(walk: &mut Walk<'_, '_>, name: &str, digits: Span<'_>) {
    if digits.text.len() != 32 {
        return;
    }
    walk.emit_made(name, digits.at, 32, |out| {
        for (place, digit) in digits.text.iter().enumerate() {
            if matches!(place, 8 | 12 | 16 | 20) {
                out.push(b'-');
            }
            out.push(*digit);
        }
    });
}
