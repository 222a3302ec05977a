//! What payloads of ISAKMP say in a line with `-v`, in tcpdump's words: proposals with their transforms, notifications, identities.

use crate::proto::octets::Octets;
use crate::render::line::Line;
use crate::render::put;
use crate::schema::Names;

/// Proposals, transforms and attributes of one payload that are shown.
const MOST: usize = 64;

type List = &'static [(u64, &'static str)];

const PROTOCOLS: List = &[(1, "isakmp"), (2, "ipsec-ah"), (3, "ipsec-esp"), (4, "ipcomp")];

/// RFC 2409 appendix A, RFC 3526.
const GROUPS: List = &[
    (1, "modp768"),
    (2, "modp1024"),
    (3, "EC2N 2^155"),
    (4, "EC2N 2^185"),
    (5, "modp1536"),
    (6, "iana-grp06"),
    (7, "iana-grp07"),
    (8, "iana-grp08"),
    (9, "iana-grp09"),
    (10, "iana-grp10"),
    (11, "iana-grp11"),
    (12, "iana-grp12"),
    (13, "iana-grp13"),
    (14, "modp2048"),
    (15, "modp3072"),
    (16, "modp4096"),
    (17, "modp6144"),
    (18, "modp8192"),
];

/// An attribute's name and those of its values.
type Attribute = (u64, &'static str, List);

/// Of the first phase (RFC 2409 appendix A).
const OAKLEY: &[Attribute] = &[
    (
        1,
        "enc",
        &[(1, "1des"), (2, "idea"), (3, "blowfish"), (4, "rc5"), (5, "3des"), (6, "cast"), (7, "aes")],
    ),
    (2, "hash", &[(1, "md5"), (2, "sha1"), (3, "tiger"), (4, "sha2-256"), (5, "sha2-384"), (6, "sha2-512")]),
    (3, "auth", &[(1, "preshared"), (2, "dss"), (3, "rsa sig"), (4, "rsa enc"), (5, "rsa enc revised")]),
    (4, "group desc", GROUPS),
    (5, "group type", &[(1, "MODP"), (2, "ECP"), (3, "EC2N")]),
    (6, "group prime", &[]),
    (7, "group gen1", &[]),
    (8, "group gen2", &[]),
    (9, "group curve A", &[]),
    (10, "group curve B", &[]),
    (11, "lifetype", &[(1, "sec"), (2, "kb")]),
    (12, "lifeduration", &[]),
    (13, "prf", &[]),
    (14, "keylen", &[]),
    (15, "field", &[]),
    (16, "order", &[]),
];

/// Of the second phase (RFC 2407 §4.5).
const IPSEC: &[Attribute] = &[
    (1, "lifetype", &[(1, "sec"), (2, "kb")]),
    (2, "life", &[]),
    (3, "group desc", GROUPS),
    (4, "enc mode", &[(1, "tunnel"), (2, "transport")]),
    (5, "auth", &[(1, "hmac-md5"), (2, "hmac-sha1"), (3, "1des-mac"), (4, "keyed")]),
    (6, "keylen", &[]),
    (7, "rounds", &[]),
    (8, "dictsize", &[]),
    (9, "privalg", &[]),
];

/// RFC 2407 §4.4.
const ESP: List = &[
    (1, "1des-iv64"),
    (2, "1des"),
    (3, "3des"),
    (4, "rc5"),
    (5, "idea"),
    (6, "cast"),
    (7, "blowfish"),
    (8, "3idea"),
    (9, "1des-iv32"),
    (10, "rc4"),
    (11, "null"),
    (12, "aes"),
];
const AH: List = &[
    (1, "(reserved)"),
    (2, "md5"),
    (3, "sha"),
    (4, "1des"),
    (5, "sha2-256"),
    (6, "sha2-384"),
    (7, "sha2-512"),
];
const COMPRESSION: List = &[(1, "oui"), (2, "deflate"), (3, "lzs")];

/// Kinds of transforms of the second version, with the names of theirs (RFC 7296 §3.3.2).
const TRANSFORMS: &[Attribute] = &[
    (1, "encr", ESP),
    (2, "prf", &[(1, "hmac-md5"), (2, "hmac-sha"), (3, "hmac-tiger"), (4, "aes128_xcbc")]),
    (3, "integ", &[(1, "hmac-md5"), (2, "hmac-sha"), (3, "dec-mac"), (4, "kpdk-md5"), (5, "aes-xcbc")]),
    (4, "dh", GROUPS),
    (5, "esn", &[(0, "no-esn"), (1, "esn")]),
];

const CERTIFICATES: List = &[
    (0, "none"),
    (1, "pkcs7"),
    (2, "pgp"),
    (3, "dns"),
    (4, "x509sign"),
    (5, "x509ke"),
    (6, "kerberos"),
    (7, "crl"),
    (8, "arl"),
    (9, "spki"),
    (10, "x509attr"),
];

/// RFC 2408 §3.14.1, RFC 2407 §4.6.3.
const NOTIFICATIONS: List = &[
    (1, "INVALID-PAYLOAD-TYPE"),
    (2, "DOI-NOT-SUPPORTED"),
    (3, "SITUATION-NOT-SUPPORTED"),
    (4, "INVALID-COOKIE"),
    (5, "INVALID-MAJOR-VERSION"),
    (6, "INVALID-MINOR-VERSION"),
    (7, "INVALID-EXCHANGE-TYPE"),
    (8, "INVALID-FLAGS"),
    (9, "INVALID-MESSAGE-ID"),
    (10, "INVALID-PROTOCOL-ID"),
    (11, "INVALID-SPI"),
    (12, "INVALID-TRANSFORM-ID"),
    (13, "ATTRIBUTES-NOT-SUPPORTED"),
    (14, "NO-PROPOSAL-CHOSEN"),
    (15, "BAD-PROPOSAL-SYNTAX"),
    (16, "PAYLOAD-MALFORMED"),
    (17, "INVALID-KEY-INFORMATION"),
    (18, "INVALID-ID-INFORMATION"),
    (19, "INVALID-CERT-ENCODING"),
    (20, "INVALID-CERTIFICATE"),
    (21, "CERT-TYPE-UNSUPPORTED"),
    (22, "INVALID-CERT-AUTHORITY"),
    (23, "INVALID-HASH-INFORMATION"),
    (24, "AUTHENTICATION-FAILED"),
    (25, "INVALID-SIGNATURE"),
    (26, "ADDRESS-NOTIFICATION"),
    (27, "NOTIFY-SA-LIFETIME"),
    (28, "CERTIFICATE-UNAVAILABLE"),
    (29, "UNSUPPORTED-EXCHANGE-TYPE"),
    (30, "UNEQUAL-PAYLOAD-LENGTHS"),
    (8192, "RESERVED"),
    (16384, "CONNECTED"),
    (24576, "RESPONDER-LIFETIME"),
    (24577, "REPLAY-STATUS"),
    (24578, "INITIAL-CONTACT"),
];

/// RFC 7296 §3.10.1.
const NOTIFICATIONS_2: List = &[
    (1, "unsupported_critical_payload"),
    (4, "invalid_ike_spi"),
    (5, "invalid_major_version"),
    (7, "invalid_syntax"),
    (9, "invalid_message_id"),
    (11, "invalid_spi"),
    (14, "no_protocol_chosen"),
    (17, "invalid_ke_payload"),
    (24, "authentication_failed"),
    (34, "single_pair_required"),
    (35, "no_additional_sas"),
    (36, "internal_address_failure"),
    (37, "failed:cp_required"),
    (39, "invalid_selectors"),
    (16384, "initial_contact"),
    (16385, "set_window_size"),
    (16386, "additional_ts_possible"),
    (16387, "ipcomp_supported"),
    (16388, "nat_detection_source_ip"),
    (16389, "nat_detection_destination_ip"),
    (16390, "cookie"),
    (16391, "use_transport_mode"),
    (16392, "http_cert_lookup_supported"),
    (16393, "rekey_sa"),
    (16394, "tfc_padding_not_supported"),
    (16395, "non_first_fragment_also"),
];

fn named(line: &mut Line<'_, '_>, list: List, value: u64) {
    match Names::List(list).get(value) {
        Some(name) => line.text(name),
        None => line.labelled("#", value),
    }
}

fn hex(line: &mut Line<'_, '_>, octets: &[u8]) {
    put::hex_octets(line.out, octets, None);
}

/// What a payload says behind its name, where this is more than its length; false where it is not. `None`: it is too short.
pub(super) fn content(line: &mut Line<'_, '_>, kind: u8, content: &[u8]) -> Option<bool> {
    let mut octets = Octets::new(content);
    match kind {
        1 => association(line, octets)?,
        33 => {
            line.labelled("len=", content.len() as u64);
            proposals(line, octets, true)?;
        }
        6 | 7 => {
            line.labelled("len=", content.len() as u64);
            line.text(" type=");
            named(line, CERTIFICATES, u64::from(octets.u8()?));
        }
        11 => notification(line, octets)?,
        12 => deletion(line, octets)?,
        34 => {
            let group = octets.u16()?;
            octets.u16()?;
            line.labelled("len=", octets.left().len() as u64);
            line.text(" group=");
            named(line, GROUPS, u64::from(group));
        }
        35 | 36 => identity(line, octets)?,
        39 => {
            let method = octets.u8()?;
            octets.take(3)?;
            line.labelled("len=", content.len() as u64);
            line.text(" method=");
            named(
                line,
                &[(0, "invalid"), (1, "rsasig"), (2, "shared-secret"), (3, "dsssig")],
                u64::from(method),
            );
            beginning(line, octets.left());
        }
        40 => {
            line.labelled("len=", content.len() as u64);
            beginning(line, content);
        }
        41 => notification_2(line, octets)?,
        43 => {
            line.labelled("len=", content.len() as u64);
            line.text(" vid=");
            line.untrusted(content);
        }
        _ => return Some(false),
    }
    Some(true)
}

/// The first ten octets and the last twenty, with a mark between them.
fn beginning(line: &mut Line<'_, '_>, octets: &[u8]) {
    let (begin, rest) = octets.split_at_checked(10).unwrap_or((octets, &[]));
    line.text(" data=(");
    hex(line, begin);
    line.text("...");
    hex(line, rest.get(rest.len().saturating_sub(20)..).unwrap_or(rest));
    line.text(")");
}

fn association(line: &mut Line<'_, '_>, mut octets: Octets<'_>) -> Option<()> {
    let (domain, situation) = (octets.u32()?, octets.u32()?);
    if domain != 1 {
        line.labelled("doi=", u64::from(domain));
        line.labelled(" situation=", u64::from(situation));
        return Some(());
    }
    line.text("doi=ipsec situation=");
    let mut before = "";
    for (bit, name) in [(1, "identity"), (2, "secrecy"), (4, "integrity")] {
        if situation & bit != 0 {
            line.text(before);
            line.text(name);
            before = "+";
        }
    }
    if situation & 6 != 0 {
        line.labelled(" ident=", u64::from(octets.u32()?));
    }
    proposals(line, octets, false)
}

fn proposals(line: &mut Line<'_, '_>, mut octets: Octets<'_>, second: bool) -> Option<()> {
    for _ in 0..MOST {
        let [more, _] = octets.array()?;
        let length = octets.u16()?;
        let mut proposal = Octets::new(octets.take(usize::from(length).checked_sub(4)?)?);
        let [number, protocol, spi, transforms] = proposal.array()?;
        line.labelled("\n        (p: #", u64::from(number));
        line.text(" protoid=");
        named(line, PROTOCOLS, u64::from(protocol));
        line.labelled(" transform=", u64::from(transforms));
        if second {
            line.labelled(" len=", u64::from(length));
        }
        if spi > 0 {
            line.text(" spi=");
            hex(line, proposal.take(usize::from(spi))?);
        }
        for at in 0..transforms {
            if second {
                transform_2(line, &mut proposal, u64::from(at).saturating_add(1))?;
            } else {
                transform(line, &mut proposal, protocol)?;
            }
        }
        line.text(")");
        if more == 0 {
            break;
        }
    }
    Some(())
}

/// RFC 2408 §3.6.
fn transform(line: &mut Line<'_, '_>, octets: &mut Octets<'_>, protocol: u8) -> Option<()> {
    octets.u16()?;
    let length = usize::from(octets.u16()?).checked_sub(4)?;
    let mut inside = Octets::new(octets.take(length)?);
    let [number, kind] = inside.array()?;
    inside.u16()?;
    line.labelled("\n            (t: #", u64::from(number));
    line.text(" id=");
    match protocol {
        1 => named(line, &[(1, "ike")], u64::from(kind)),
        2 => named(line, AH, u64::from(kind)),
        3 => named(line, ESP, u64::from(kind)),
        4 => named(line, COMPRESSION, u64::from(kind)),
        _ => line.number(u64::from(kind)),
    }
    line.text(" ");
    attributes(line, inside, if protocol == 1 { OAKLEY } else { IPSEC })?;
    line.text(")");
    Some(())
}

/// RFC 7296 §3.3.2.
fn transform_2(line: &mut Line<'_, '_>, octets: &mut Octets<'_>, number: u64) -> Option<()> {
    octets.u16()?;
    let length = usize::from(octets.u16()?).checked_sub(4)?;
    let mut inside = Octets::new(octets.take(length)?);
    let kind = inside.u8()?;
    inside.u8()?;
    let id = u64::from(inside.u16()?);
    line.labelled("\n            (t: #", number);
    line.text(" type=");
    let known = TRANSFORMS.iter().find(|(known, _, _)| *known == u64::from(kind));
    match known {
        Some((_, name, ids)) => {
            line.text(name);
            line.text(" id=");
            named(line, ids, id);
        }
        None => {
            line.labelled("#", u64::from(kind));
            line.labelled(" id=", id);
        }
    }
    line.text(" ");
    attributes(line, inside, &[(14, "keylen", &[])])?;
    line.text(")");
    Some(())
}

/// RFC 2408 §3.3.
fn attributes(line: &mut Line<'_, '_>, mut octets: Octets<'_>, list: &[Attribute]) -> Option<()> {
    for _ in 0..MOST {
        if octets.is_empty() {
            break;
        }
        let kind = octets.u16()?;
        let known = list.iter().find(|(known, _, _)| *known == u64::from(kind & 0x7fff));
        line.text("(type=");
        match known {
            Some((_, name, _)) => line.text(name),
            None => line.labelled("#", u64::from(kind & 0x7fff)),
        }
        if kind & 0x8000 != 0 {
            let value = octets.u16()?;
            line.text(" value=");
            match known.and_then(|(_, _, values)| Names::List(values).get(u64::from(value))) {
                Some(name) => line.text(name),
                None => hex(line, &value.to_be_bytes()),
            }
        } else {
            let length = usize::from(octets.u16()?);
            line.labelled(" len=", length as u64);
            line.text(" value=");
            hex(line, octets.take(length)?);
        }
        line.text(")");
    }
    Some(())
}

fn notification(line: &mut Line<'_, '_>, mut octets: Octets<'_>) -> Option<()> {
    let (domain, protocol, spi, kind) = (octets.u32()?, octets.u8()?, octets.u8()?, octets.u16()?);
    domain_and_protocol(line, domain, protocol);
    line.text(" type=");
    named(line, NOTIFICATIONS, u64::from(kind));
    if spi > 0 {
        line.text(" spi=");
        hex(line, octets.take(usize::from(spi))?);
    }
    let rest = octets.left();
    match (kind, rest.first_chunk::<4>()) {
        (24577, Some(status)) => {
            let on = u32::from_be_bytes(*status) != 0;
            line.text(if on {
                " status=(replay detection enabled)"
            } else {
                " status=(replay detection disabled)"
            });
        }
        (24576, _) if !rest.is_empty() => {
            line.text(" attrs=(");
            attributes(line, octets, IPSEC)?;
            line.text(")");
        }
        _ if !rest.is_empty() => beginning(line, rest),
        _ => {}
    }
    Some(())
}

fn domain_and_protocol(line: &mut Line<'_, '_>, domain: u32, protocol: u8) {
    if domain == 1 {
        line.text("doi=ipsec proto=");
        named(line, PROTOCOLS, u64::from(protocol));
    } else {
        line.labelled("doi=", u64::from(domain));
        line.labelled(" proto=", u64::from(protocol));
    }
}

fn deletion(line: &mut Line<'_, '_>, mut octets: Octets<'_>) -> Option<()> {
    let (domain, protocol, length, count) = (octets.u32()?, octets.u8()?, octets.u8()?, octets.u16()?);
    domain_and_protocol(line, domain, protocol);
    line.labelled(" spilen=", u64::from(length));
    line.labelled(" nspi=", u64::from(count));
    line.text(" spi=");
    for at in 0..usize::from(count).min(MOST) {
        line.text(if at == 0 { "" } else { "," });
        hex(line, octets.take(usize::from(length))?);
    }
    Some(())
}

fn identity(line: &mut Line<'_, '_>, mut octets: Octets<'_>) -> Option<()> {
    line.labelled("len=", octets.left().len() as u64);
    let kind = octets.u8()?;
    octets.take(3)?;
    let name = match kind {
        1 => " ipv4:",
        2 => " fqdn:",
        3 => " rfc822:",
        5 => " ipv6:",
        9 => " dn:",
        10 => " gn:",
        11 => " keyid:",
        _ => return Some(()),
    };
    line.text(name);
    if matches!(kind, 2 | 3) {
        line.untrusted(octets.left());
    } else {
        hex(line, octets.left());
    }
    Some(())
}

fn notification_2(line: &mut Line<'_, '_>, mut octets: Octets<'_>) -> Option<()> {
    let (protocol, spi, kind) = (octets.u8()?, octets.u8()?, octets.u16()?);
    line.text("prot_id=");
    named(line, PROTOCOLS, u64::from(protocol));
    line.labelled(" type=", u64::from(kind));
    line.text("(");
    line.text(Names::List(NOTIFICATIONS_2).get(u64::from(kind)).unwrap_or(if kind < 8192 {
        "error"
    } else {
        "status"
    }));
    line.text(")");
    if spi > 0 {
        line.text(" spi=");
        hex(line, octets.take(usize::from(spi))?);
    }
    if kind == 16390 && !octets.is_empty() {
        line.text(" data=(");
        let rest = octets.left();
        hex(line, rest.get(..8).unwrap_or(rest));
        line.text(if rest.len() > 8 { "...)" } else { ")" });
    }
    Some(())
}
