//! What the values of SIP's header fields are made of: addresses (RFC 3261 §20.10, §19.1), the way of a request (§20.42), its
//! number (§20.16), credentials (§20.7).

use super::super::text_span::Span;
use crate::decode::Walk;
use crate::schema::{Field, be32, rest, text};

/// The fields of an address.
pub(super) struct Address {
    display: &'static str,
    whole: &'static str,
    user: &'static str,
    host: &'static str,
    port: &'static str,
    parameters: &'static str,
    tag: &'static str,
}

macro_rules! address {
    ($prefix:literal, $whole:literal, $tag:literal) => {
        Address {
            display: concat!($prefix, ".display.info"),
            whole: concat!($prefix, ".", $whole),
            user: concat!($prefix, ".user"),
            host: concat!($prefix, ".host"),
            port: concat!($prefix, ".port"),
            parameters: concat!($prefix, ".param"),
            tag: $tag,
        }
    };
}

/// Header fields that are addresses.
pub(super) const ADDRESSES: &[(&str, Address)] = &[
    ("From", address!("from", "addr", "from.tag")),
    ("To", address!("to", "addr", "to.tag")),
    ("Contact", address!("contact", "uri", "")),
    ("Route", address!("Route", "uri", "")),
    ("Record-Route", address!("Record-Route", "uri", "")),
    ("Path", address!("Path", "uri", "")),
    ("Service-Route", address!("Service-Route", "uri", "")),
    ("P-Asserted-Identity", address!("pai", "addr", "")),
    ("P-Preferred-Identity", address!("ppi", "addr", "")),
    ("Permission-Missing", address!("pmiss", "addr", "")),
    ("Trigger-Consent", address!("tc", "addr", "")),
];

const TARGET: Address = Address {
    display: "r-uri.display.info",
    whole: "",
    user: "r-uri.user",
    host: "r-uri.host",
    port: "r-uri.port",
    parameters: "r-uri.param",
    tag: "",
};

/// Parameters of Via, and their fields.
const VIA: &[(&[u8], &str)] = &[
    (b"branch", "Via.branch"),
    (b"rport", "Via.rport"),
    (b"received", "Via.received"),
    (b"maddr", "Via.maddr"),
    (b"ttl", "Via.ttl"),
    (b"comp", "Via.comp"),
    (b"sigcomp-id", "Via.sigcomp-id"),
    (b"oc", "Via.oc"),
    (b"oc-validity", "Via.oc_validity"),
    (b"oc-seq", "Via.oc_seq"),
    (b"oc-algo", "Via.oc_algo"),
    (b"be-route", "Via.be_route"),
];

/// Parameters of credentials and challenges, and their fields.
const CREDENTIALS: &[(&[u8], &str)] = &[
    (b"response", "auth.digest.response"),
    (b"nc", "auth.nc"),
    (b"username", "auth.username"),
    (b"realm", "auth.realm"),
    (b"algorithm", "auth.algorithm"),
    (b"nonce", "auth.nonce"),
    (b"qop", "auth.qop"),
    (b"cnonce", "auth.cnonce"),
    (b"uri", "auth.uri"),
    (b"domain", "auth.domain"),
    (b"opaque", "auth.opaque"),
    (b"stale", "auth.stale"),
    (b"auts", "auth.auts"),
    (b"rspauth", "auth.rspauth"),
    (b"nextnonce", "auth.nextnonce"),
    (b"ik", "auth.ik"),
    (b"ck", "auth.ck"),
    (b"integrity-protected", "auth.integrity-protected"),
];

pub(super) fn fields() -> Vec<Field> {
    let words = |name: &'static str, doc: &'static str| text(name, rest()).doc(doc);
    let mut fields = vec![
        words("display.info", "name for people"),
        words("tag", "tag of a side of the dialog"),
        words("contact.parameter", "parameter of the contact"),
        be32("CSeq.seq").doc("sequence number"),
        words("CSeq.method", "method of the sequence number"),
        words("Via.transport", "transport"),
        words("Via.sent-by.address", "sender's address"),
        be32("Via.sent-by.port").doc("sender's port"),
        words("auth.scheme", "scheme of the credentials"),
    ];
    let addresses = ADDRESSES.iter().map(|(_, address)| address).chain([&TARGET]);
    for address in addresses {
        fields.push(words(address.display, "name for people"));
        if !address.whole.is_empty() {
            fields.push(words(address.whole, "address"));
        }
        fields.push(words(address.user, "user of the address"));
        fields.push(words(address.host, "host of the address"));
        fields.push(words(address.port, "port of the address"));
        fields.push(words(address.parameters, "parameters of the address"));
        if !address.tag.is_empty() {
            fields.push(words(address.tag, "tag"));
        }
    }
    fields.extend(VIA.iter().map(|(_, name)| words(name, "parameter of the way")));
    fields.extend(CREDENTIALS.iter().map(|(_, name)| words(name, "parameter of the credentials")));
    fields
}

/// Emits a piece of text, where there is any.
pub(super) fn put(walk: &mut Walk<'_, '_>, name: &str, span: Span<'_>) {
    if !span.is_empty() {
        walk.emit(name, span.at, span.text.len(), 0);
    }
}

/// Emits a decimal number.
pub(super) fn put_number(walk: &mut Walk<'_, '_>, name: &str, span: Span<'_>) {
    if let Some(number) = span.number() {
        walk.emit(name, span.at, span.text.len(), number);
    }
}

/// The parts of a known header field.
pub(super) fn parts(walk: &mut Walk<'_, '_>, header: &str, value: Span<'_>) {
    if let Some((_, address)) = ADDRESSES.iter().find(|(name, _)| *name == header) {
        named(walk, address, value);
        return;
    }
    match header {
        "CSeq" => {
            let (number, method) = value.split(b' ');
            put_number(walk, "CSeq.seq", number);
            put(walk, "CSeq.method", method.trimmed());
        }
        "Via" => via(walk, value),
        "Authorization"
        | "Proxy-Authorization"
        | "WWW-Authenticate"
        | "Proxy-Authenticate"
        | "Authentication-Info" => credentials(walk, value),
        _ => {}
    }
}

/// An address in brackets behind a name, or without both and ended by the first parameter.
fn named(walk: &mut Walk<'_, '_>, of: &Address, value: Span<'_>) {
    let (uri, behind) = match value.cut(b'<') {
        Some((display, rest)) => {
            // A name without marks goes to the bracket, as in Wireshark.
            let display = if display.text.contains(&b'"') { display.trimmed() } else { display };
            put(walk, of.display, display);
            put(walk, "display.info", display);
            rest.split(b'>')
        }
        None => match value.text.iter().position(|octet| *octet == b';') {
            Some(at) => (value.to(at), value.from(at)),
            None => (value, value.from(value.text.len())),
        },
    };
    put(walk, of.whole, uri);
    self::uri(walk, of, uri);
    for parameter in behind.parts(b';').map(Span::trimmed) {
        let (name, tag) = parameter.split(b'=');
        if name.text == b"tag" && !of.tag.is_empty() {
            put(walk, of.tag, tag);
            put(walk, "tag", tag);
        } else if of.whole == "contact.uri" {
            put(walk, "contact.parameter", parameter);
        }
    }
}

/// The target of a request.
pub(super) fn target(walk: &mut Walk<'_, '_>, uri: Span<'_>) {
    self::uri(walk, &TARGET, uri);
}

/// `sip:user@host:port;parameters`
fn uri(walk: &mut Walk<'_, '_>, of: &Address, uri: Span<'_>) {
    let Some((scheme, rest)) = uri.cut(b':') else { return };
    if !matches!(scheme.text, b"sip" | b"sips") {
        return;
    }
    let host = match rest.cut(b'@') {
        Some((user, host)) => {
            put(walk, of.user, user);
            host
        }
        None => rest,
    };
    let (host, parameters) = host.split(b';');
    let (host, port) = socket(host);
    put(walk, of.host, host);
    put(walk, of.port, port);
    put(walk, of.parameters, parameters);
}

/// Host and port; the host of IPv6 stands in brackets.
fn socket(span: Span<'_>) -> (Span<'_>, Span<'_>) {
    let address = if span.text.first() == Some(&b'[') {
        span.text.iter().position(|octet| *octet == b']').unwrap_or(0)
    } else {
        0
    };
    let behind = span.from(address);
    match behind.text.iter().position(|octet| *octet == b':') {
        Some(colon) => {
            let colon = address.saturating_add(colon);
            (span.to(colon), span.from(colon.saturating_add(1)))
        }
        None => (span, span.from(span.text.len())),
    }
}

fn via(walk: &mut Walk<'_, '_>, value: Span<'_>) {
    let (protocol, rest) = value.split(b' ');
    let transport = protocol.text.iter().rposition(|octet| *octet == b'/');
    put(walk, "Via.transport", protocol.from(transport.map_or(0, |at| at.saturating_add(1))));
    let (sender, parameters) = rest.trimmed().split(b';');
    let (host, port) = socket(sender.trimmed());
    // Addresses of IPv6 stand in brackets.
    let host = if host.text.first() == Some(&b'[') { host.from(1).split(b']').0 } else { host };
    put(walk, "Via.sent-by.address", host);
    put_number(walk, "Via.sent-by.port", port);
    for parameter in parameters.parts(b';').map(Span::trimmed) {
        let (name, value) = parameter.split(b'=');
        if let Some((_, field)) = VIA.iter().find(|(known, _)| *known == name.text) {
            put(walk, field, value);
        }
    }
}

/// Commas within quotation marks do not part.
fn credentials(walk: &mut Walk<'_, '_>, value: Span<'_>) {
    let (scheme, mut left) = value.split(b' ');
    put(walk, "auth.scheme", scheme);
    while !left.is_empty() {
        let mut quoted = false;
        let comma = left.text.iter().position(|octet| {
            quoted ^= *octet == b'"';
            *octet == b',' && !quoted
        });
        let end = comma.unwrap_or(left.text.len());
        let (name, value) = left.to(end).trimmed().split(b'=');
        if let Some((_, field)) = CREDENTIALS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name.text))
        {
            put(walk, field, value);
        }
        left = left.from(end.saturating_add(1));
    }
}
