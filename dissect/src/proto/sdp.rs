//! SDP (RFC 8866): the session, and each of its media, as lines of a letter and a value. Attributes whose values have a form of
//! their own are taken apart: rtpmap and fmtp (§6.6, §6.15), crypto (RFC 4568 §9.1), candidate (RFC 8839 §5.1).

use super::text_head::next_line;
use super::text_span::Span;
use crate::decode::Walk;
use crate::render::line::{Body, Line};
use crate::schema::{Field, Item, Protocol, be16, be32, rest, text};

/// A letter, the field of its value, and the fields of the value's words.
type Letter = (u8, &'static str, &'static str, &'static [&'static str]);

const LETTERS: &[Letter] = &[
    (b'v', "version", "version of the protocol", &[]),
    (
        b'o',
        "owner",
        "origin",
        &[
            "owner.username",
            "owner.sessionid",
            "owner.version",
            "owner.network_type",
            "owner.address_type",
            "owner.address",
        ],
    ),
    (b's', "session_name", "name of the session", &[]),
    (b'i', "session_info", "what the session is", &[]),
    (b'u', "uri", "where more stands of it", &[]),
    (b'e', "email", "whom to write to", &[]),
    (b'p', "phone", "whom to call", &[]),
    (
        b'c',
        "connection_info",
        "connection",
        &["connection_info.network_type", "connection_info.address_type"],
    ),
    (b'b', "bandwidth", "bandwidth", &[]),
    (b't', "time", "when it is active", &["time.start", "time.stop"]),
    (b'r', "repeat_time", "when it repeats", &["repeat_time.interval", "repeat_time.duration"]),
    (b'z', "timezone", "shifts of the clock", &[]),
    (b'k', "encryption_key", "key", &[]),
    (b'a', "session_attr", "attribute of the session", &[]),
    (b'm', "media", "medium", &[]),
];

/// Words of a candidate of ICE.
const CANDIDATE: &[&str] = &[
    "ice_candidate.foundation",
    "ice_candidate.componentid",
    "ice_candidate.transport",
    "ice_candidate.priority",
    "ice_candidate.address",
    "ice_candidate.port",
    "",
    "ice_candidate.type",
];

/// Fields that are words of a value.
const WORDS: &[(&str, &str)] = &[
    ("media_title", "title of the medium"),
    ("media_attr", "attribute of the medium"),
    ("connection_info.address", "address"),
    ("connection_info.ttl", "time to live"),
    ("connection_info.num_addr", "number of addresses"),
    ("bandwidth.modifier", "what the bandwidth is of"),
    ("bandwidth.value", "bandwidth, mostly kbit/s"),
    ("repeat_time.offset", "offset from the start"),
    ("timezone.time", "when the clock is shifted"),
    ("timezone.offset", "by how much"),
    ("encryption_key.type", "how the key is given"),
    ("encryption_key.data", "key"),
    ("session_attr.field", "name of the attribute"),
    ("session_attr.value", "value of the attribute"),
    ("media.media", "kind of medium"),
    ("media.port_string", "port, as it stands"),
    ("media.portcount", "number of ports"),
    ("media.proto", "transport"),
    ("media.format", "format"),
    ("media_attribute.field", "name of the attribute"),
    ("media_attribute.value", "value of the attribute"),
    ("mime.type", "encoding"),
    ("sample_rate", "clock rate"),
    ("fmtp.parameter", "parameter of the format"),
    ("crypto.crypto_suite", "suite of ciphers"),
    ("crypto.lifetime", "packets that the key is for"),
    ("crypto.mki-valu", "number of the key"),
    ("crypto.mki_length", "octets of the key's number"),
    ("key_and_salt", "key and salt"),
    ("unknown", "line of an unknown letter"),
    ("invalid", "line without a letter"),
];

pub(super) fn sdp() -> Protocol {
    Protocol::new("sdp", "Session Description Protocol")
        .source("RFC 8866 §5, §9; RFC 4568 §9.1; RFC 8839 §5.1")
        .later(sdp_fields)
        .summary(summary)
        .sample("02000000000202000000000108004500014600010000401165a40a0000010a00000213c413c40132f6da494e56495445207369703a6240682e74657374205349502f322e300d0a46726f6d3a203c7369703a6140682e746573743e3b7461673d310d0a435365713a203120494e564954450d0a436f6e74656e742d547970653a206170706c69636174696f6e2f7364700d0a436f6e74656e742d4c656e6774683a203137310d0a0d0a763d300d0a6f3d2d2031203120494e204950342031302e302e302e310d0a733d2d0d0a633d494e204950342031302e302e302e310d0a743d3020300d0a6d3d617564696f2035303034205254502f41565020302039370d0a613d7274706d61703a3937206f7075732f34383030302f320d0a613d63727970746f3a31204145535f434d5f3132385f484d41435f534841315f383020696e6c696e653a414141417c325e32307c313a340d0a")
}

/// Header and generated fields.
fn sdp_fields(protocol: Protocol) -> Protocol {
    protocol.field(Item::Custom(fields(), decode, None))
}

fn fields() -> Vec<Field> {
    let words = |name: &'static str, doc: &'static str| text(name, rest()).doc(doc);
    let mut fields: Vec<Field> = LETTERS.iter().map(|(_, name, doc, _)| words(name, doc)).collect();
    let parts = LETTERS.iter().flat_map(|(.., parts)| parts.iter()).chain(CANDIDATE);
    fields.extend(parts.filter(|name| !name.is_empty()).map(|name| words(name, "word of the value")));
    fields.extend(WORDS.iter().map(|(name, doc)| words(name, doc)));
    fields.push(be16("media.port").doc("port"));
    fields.push(be32("crypto.tag").doc("number of the suite"));
    fields
}

fn put(walk: &mut Walk<'_, '_>, name: &str, span: Span<'_>) {
    if !span.is_empty() {
        walk.emit(name, span.at, span.text.len(), 0);
    }
}

fn decode(walk: &mut Walk<'_, '_>) {
    let mut in_media = false;
    while let Some((line, taken)) = next_line(walk.rest()) {
        if walk.too_deep() {
            return;
        }
        one_line(walk, Span::new(walk.offset(), line), &mut in_media);
        walk.advance(taken);
    }
}

fn one_line(walk: &mut Walk<'_, '_>, line: Span<'_>, in_media: &mut bool) {
    let (letter, value) = match line.text {
        [] => return,
        [letter, b'=', ..] => (*letter, line.from(2)),
        _ => return put(walk, "invalid", line),
    };
    let Some((_, name, _, parts)) = LETTERS.iter().find(|(known, ..)| *known == letter) else {
        return put(walk, "unknown", line);
    };
    *in_media |= letter == b'm';
    let name = match (letter, *in_media) {
        (b'i', true) => "media_title",
        (b'a', true) => "media_attr",
        _ => name,
    };
    put(walk, name, value);
    let mut words = value.parts(b' ');
    words.by_ref().zip(*parts).for_each(|(word, name)| put(walk, name, word));
    match letter {
        b'c' => value.parts(b' ').nth(2).into_iter().for_each(|address| connection(walk, address)),
        b'b' => pair(walk, value, "bandwidth.modifier", "bandwidth.value"),
        b'k' => pair(walk, value, "encryption_key.type", "encryption_key.data"),
        b'r' => value.parts(b' ').skip(2).for_each(|offset| put(walk, "repeat_time.offset", offset)),
        b'z' => {
            let names = ["timezone.time", "timezone.offset"].into_iter().cycle();
            value.parts(b' ').zip(names).for_each(|(word, name)| put(walk, name, word));
        }
        b'm' => medium(walk, value),
        b'a' if *in_media => attribute(walk, value),
        b'a' if value.cut(b':').is_some() => pair(walk, value, "session_attr.field", "session_attr.value"),
        _ => {}
    }
}

fn pair(walk: &mut Walk<'_, '_>, value: Span<'_>, first: &str, second: &str) {
    let (a, b) = value.split(b':');
    put(walk, first, a);
    put(walk, second, b);
}

/// `224.2.36.42/127/3`: groups of IPv4 have a time to live before the number of addresses, those of IPv6 none.
fn connection(walk: &mut Walk<'_, '_>, address: Span<'_>) {
    let mut parts = address.parts(b'/');
    let Some(host) = parts.next() else { return };
    put(walk, "connection_info.address", host);
    let names: &[&str] = if host.text.contains(&b':') {
        &["connection_info.num_addr"]
    } else {
        &["connection_info.ttl", "connection_info.num_addr"]
    };
    parts.zip(names).for_each(|(part, name)| put(walk, name, part));
}

/// `audio 49170/2 RTP/AVP 0 8 97`
fn medium(walk: &mut Walk<'_, '_>, value: Span<'_>) {
    let mut words = value.parts(b' ');
    if let Some(kind) = words.next() {
        put(walk, "media.media", kind);
    }
    if let Some(ports) = words.next() {
        let (port, count) = ports.split(b'/');
        put(walk, "media.port_string", port);
        if let Some(number) = port.number().filter(|number| *number <= 0xffff) {
            walk.emit("media.port", port.at, port.text.len(), number);
        }
        put(walk, "media.portcount", count);
    }
    if let Some(transport) = words.next() {
        put(walk, "media.proto", transport);
    }
    words.for_each(|format| put(walk, "media.format", format));
}

fn attribute(walk: &mut Walk<'_, '_>, attribute: Span<'_>) {
    let Some((name, value)) = attribute.cut(b':') else { return };
    put(walk, "media_attribute.field", name);
    match name.text {
        b"rtpmap" => {
            let (format, encoding) = value.split(b' ');
            put(walk, "media.format", format);
            let names = ["mime.type", "sample_rate"];
            encoding.trimmed().parts(b'/').zip(names).for_each(|(part, name)| put(walk, name, part));
        }
        b"fmtp" => {
            let (format, parameters) = value.split(b' ');
            put(walk, "media.format", format);
            let parameters = parameters.parts(b';').map(Span::trimmed);
            parameters.for_each(|parameter| put(walk, "fmtp.parameter", parameter));
        }
        b"crypto" => crypto(walk, value),
        b"candidate" => {
            let words = value.parts(b' ').zip(CANDIDATE).filter(|(_, name)| !name.is_empty());
            words.for_each(|(word, name)| put(walk, name, word));
        }
        _ => put(walk, "media_attribute.value", value),
    }
}

/// `1 AES_CM_128_HMAC_SHA1_80 inline:KEY|2^20|1:4`
fn crypto(walk: &mut Walk<'_, '_>, value: Span<'_>) {
    let mut words = value.parts(b' ');
    let Some(tag) = words.next() else { return };
    if let Some(number) = tag.number().filter(|number| *number <= 0xffff_ffff) {
        walk.emit("crypto.tag", tag.at, tag.text.len(), number);
    }
    if let Some(suite) = words.next() {
        put(walk, "crypto.crypto_suite", suite);
    }
    let Some((method, key)) = words.next().and_then(|parameters| parameters.cut(b':')) else { return };
    if method.text != b"inline" {
        return;
    }
    for (at, part) in key.parts(b'|').enumerate() {
        match part.cut(b':') {
            _ if at == 0 => put(walk, "key_and_salt", part),
            Some((number, octets)) => {
                put(walk, "crypto.mki-valu", number);
                put(walk, "crypto.mki_length", octets);
            }
            None => put(walk, "crypto.lifetime", part),
        }
    }
}

fn summary(line: &mut Line<'_, '_>, _: Body<'_>) {
    line.text("SDP");
}
