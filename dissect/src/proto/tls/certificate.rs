//! X.509 certificates (RFC 5280 §4, ITU-T X.509, X.520): every field under Wireshark's names, and subject, issuer and validity once more as
//! they are read: `CN=host.test,O=Example,C=DE` (RFC 4514), moments that a query compares.
//!
//! Extensions are taken apart that RFC 5280 §4.2, RFC 6962 §3.3 and RFC 7633 §4 define and servers send; others are shown by their object.

use super::super::snmp::{element, head, integer, write_object};
use super::more::timestamps;
use crate::decode::Walk;
use crate::query::literal::days_since_1970;
use crate::schema::{Field, Kind, Size, be32, bytes, flag, ipv4, ipv6, label, rest, text, u8};

/// What an attribute of a name is called (RFC 4514 §3, and what is usual beyond it), by its object's octets.
const ATTRIBUTES: &[(&[u8], &str)] = &[
    (&[0x55, 4, 3], "CN"),
    (&[0x55, 4, 4], "SN"),
    (&[0x55, 4, 5], "serialNumber"),
    (&[0x55, 4, 6], "C"),
    (&[0x55, 4, 7], "L"),
    (&[0x55, 4, 8], "ST"),
    (&[0x55, 4, 9], "STREET"),
    (&[0x55, 4, 10], "O"),
    (&[0x55, 4, 11], "OU"),
    (&[0x55, 4, 12], "title"),
    (&[0x55, 4, 42], "GN"),
    (&[0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 1], "UID"),
    (&[0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 25], "DC"),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1], "emailAddress"),
];

const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
const ELLIPTIC_CURVE: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
const AUTHORITY_ACCESS: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 1, 1];
const TLS_FEATURES: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 1, 24];
const TIMESTAMPS: &[u8] = &[0x2b, 6, 1, 4, 1, 0xd6, 0x79, 2, 4, 2];

const GENERAL_NAMES: &[(u64, &str)] = &[
    (0, "otherName"),
    (1, "rfc822Name"),
    (2, "dNSName"),
    (3, "x400Address"),
    (4, "directoryName"),
    (5, "ediPartyName"),
    (6, "uniformResourceIdentifier"),
    (7, "iPAddress"),
    (8, "registeredID"),
];

const STRINGS: &[(u64, &str)] = &[
    (0, "teletexString"),
    (1, "printableString"),
    (2, "universalString"),
    (3, "bmpString"),
    (4, "uTF8String"),
];

const SEQUENCE: &[(u64, &str)] = &[(0, "rdnSequence")];
const TIMES: &[(u64, &str)] = &[(0, "utcTime"), (1, "generalizedTime")];

pub(super) fn fields() -> Vec<Field> {
    let octets = |name: &'static str, doc: &'static str| bytes(name, rest()).doc(doc);
    let object = |name: &'static str, doc: &'static str| Field::new(name, Kind::Made, Size::Rest).doc(doc);
    let moment =
        |name: &'static str, doc: &'static str| Field::new(name, Kind::UnixTime, Size::Bits(64)).doc(doc);
    let words = |name: &'static str, doc: &'static str| text(name, rest()).doc(doc);
    let mut all = vec![
        object("handshake.certificate.subject", "whom the certificate is for"),
        object("handshake.certificate.issuer", "who signed the certificate"),
        moment("handshake.certificate.not_before", "the certificate is valid from here"),
        moment(
            "handshake.certificate.not_after",
            "the certificate is valid up to here; years beyond 2262 as 2262",
        ),
        label("=x509af.signedCertificate_element").doc("what is signed"),
        be32("=x509af.version").names(&[(0, "v1"), (1, "v2"), (2, "v3")]).doc("version"),
        octets("=x509af.serialNumber", "serial number"),
        label("=x509af.signature_element").doc("algorithm of the signature"),
        object("=x509af.algorithm.id", "algorithm"),
        be32("=x509af.issuer").names(SEQUENCE).doc("form of the issuer"),
        be32("=x509if.rdnSequence").doc("parts of the name"),
        be32("=x509af.rdnSequence").doc("parts of the subject"),
        be32("=x509if.RDNSequence_item").doc("attributes of the part"),
        label("=x509if.RelativeDistinguishedName_item_element").doc("attribute"),
        object("=x509if.oid", "kind of the attribute"),
        words("=x509sat.CountryName", "country"),
        words("=x509sat.PrintableString", "value"),
        words("=x509sat.IA5String", "value"),
        be32("=x509sat.DirectoryString").names(STRINGS).doc("kind of text"),
        words("=x509sat.teletexString", "value"),
        words("=x509sat.printableString", "value"),
        object("=x509sat.universalString", "value"),
        object("=x509sat.bmpString", "value"),
        words("=x509sat.uTF8String", "value"),
        label("=x509af.validity_element").doc("validity"),
        be32("=x509af.notBefore").names(TIMES).doc("form of the beginning"),
        be32("=x509af.notAfter").names(TIMES).doc("form of the end"),
        object("=x509af.utcTime", "time, with two digits of the year"),
        moment("=x509af.generalizedTime", "time"),
        be32("=x509af.subject").names(SEQUENCE).doc("form of the subject"),
        label("=x509af.subjectPublicKeyInfo_element").doc("subject's key"),
        label("=x509af.algorithm_element").doc("algorithm of the key"),
        be32("=pkcs1.ECParameters")
            .names(&[(0, "specifiedCurve"), (1, "namedCurve")])
            .doc("form of the curve"),
        object("=pkcs1.namedCurve", "curve"),
        octets("=x509af.subjectPublicKey", "key"),
        octets("=pkcs1.modulus", "modulus"),
        Field::new("=pkcs1.publicExponent", Kind::Int, Size::Bits(64)).doc("public exponent"),
        label("=x509af.algorithmIdentifier_element").doc("algorithm of the signature"),
        u8("=ber.bitstring.padding").unit("bits").doc("unused bits at the end"),
        octets("=x509af.encrypted", "signature"),
    ];
    all.extend(extension_fields());
    all
}

fn extension_fields() -> Vec<Field> {
    let octets = |name: &'static str, doc: &'static str| bytes(name, rest()).doc(doc);
    let object = |name: &'static str, doc: &'static str| Field::new(name, Kind::Made, Size::Rest).doc(doc);
    let words = |name: &'static str, doc: &'static str| text(name, rest()).doc(doc);
    let choice = |name: &'static str, doc: &'static str| be32(name).names(GENERAL_NAMES).doc(doc);
    vec![
        be32("=x509af.extensions").doc("extensions"),
        label("=x509af.Extension_element").doc("extension"),
        object("=x509af.extension.id", "extension"),
        u8("=x509af.critical").boolean().doc("who does not know it must refuse the certificate"),
        octets("=x509ce.SubjectKeyIdentifier", "digest of the subject's key"),
        label("=x509ce.AuthorityKeyIdentifier_element").doc("issuer's key"),
        octets("=x509ce.keyIdentifier", "digest of the issuer's key"),
        be32("=x509ce.authorityCertIssuer").doc("names of the issuer of the issuer's certificate"),
        octets("=x509ce.authorityCertSerialNumber", "serial number of the issuer's certificate"),
        be32("=x509ce.GeneralNames").doc("alternative names"),
        choice("=x509ce.GeneralName", "form of the name"),
        label("=x509ce.otherName_element").doc("name of another kind"),
        object("=x509ce.type_id", "kind"),
        words("=x509ce.rfc822Name", "mail address"),
        words("=x509ce.dNSName", "host"),
        be32("=x509ce.directoryName").names(SEQUENCE).doc("form of the name"),
        words("=x509ce.uniformResourceIdentifier", "URI"),
        ipv4("=x509ce.IPAddress.ipv4").doc("address"),
        ipv6("=x509ce.IPAddress.ipv6").doc("address"),
        object("=x509ce.registeredID", "object"),
        octets("=x509ce.KeyUsage", "what the key is for"),
        flag("=x509ce.KeyUsage.digitalSignature").doc("signatures"),
        flag("=x509ce.KeyUsage.contentCommitment").doc("signatures that commit"),
        flag("=x509ce.KeyUsage.keyEncipherment").doc("encryption of keys"),
        flag("=x509ce.KeyUsage.dataEncipherment").doc("encryption of data"),
        flag("=x509ce.KeyUsage.keyAgreement").doc("agreement on keys"),
        flag("=x509ce.KeyUsage.keyCertSign").doc("signatures of certificates"),
        flag("=x509ce.KeyUsage.cRLSign").doc("signatures of revocation lists"),
        flag("=x509ce.KeyUsage.encipherOnly").doc("agreement for encryption only"),
        flag("=x509ce.KeyUsage.decipherOnly").doc("agreement for decryption only"),
        be32("=x509ce.KeyPurposeIDs").doc("purposes"),
        object("=x509ce.KeyPurposeId", "purpose"),
        label("=x509ce.BasicConstraintsSyntax_element").doc("basic constraints"),
        u8("=x509ce.cA").boolean().doc("may sign certificates"),
        be32("=x509ce.pathLenConstraint").doc("most authorities between it and a leaf"),
        label("=x509ce.NameConstraintsSyntax_element").doc("constraints of names"),
        be32("=x509ce.permittedSubtrees").doc("names that are allowed"),
        be32("=x509ce.excludedSubtrees").doc("names that are not allowed"),
        label("=x509ce.GeneralSubtree_element").doc("names"),
        choice("=x509ce.base", "form of the name"),
        be32("=x509ce.CRLDistPointsSyntax").doc("places of revocation lists"),
        label("=x509ce.DistributionPoint_element").doc("place"),
        be32("=x509ce.distributionPoint")
            .names(&[(0, "fullName"), (1, "nameRelativeToCRLIssuer")])
            .doc("form of the place"),
        be32("=x509ce.fullName").doc("names of the place"),
        be32("=x509ce.cRLIssuer").doc("names of the list's issuer"),
        be32("=x509ce.CertificatePoliciesSyntax").doc("policies"),
        label("=x509ce.PolicyInformation_element").doc("policy"),
        object("=x509ce.policyIdentifier", "policy"),
        be32("=x509ce.policyQualifiers").doc("what is said of the policy"),
        label("=x509ce.PolicyQualifierInfo_element").doc("what is said of it"),
        object("=x509ce.id", "kind of what is said"),
        words("=pkix1explicit.DirectoryString", "where the practice statement is"),
        be32("=pkix1implicit.AuthorityInfoAccessSyntax").doc("where the issuer is asked"),
        label("=pkix1implicit.AccessDescription_element").doc("where the issuer is asked"),
        object("=pkix1implicit.accessMethod", "by what"),
        choice("=pkix1implicit.accessLocation", "form of the place"),
        be32("=pkix1explicit.Features").doc("features of TLS"),
        be32("=pkix1explicit.Features_item").doc("extension that the server answers"),
    ]
}

/// A certificate; what is none, as a raw public key (RFC 7250), stays octets.
pub(super) fn certificate(walk: &mut Walk<'_, '_>) {
    let signed = content(walk.rest()).and_then(content).unwrap_or_default();
    if !matches!(signed, [0xa0 | 0x02, ..]) {
        return;
    }
    element(walk, |walk, _| {
        let _ = structure(walk, "=x509af.signedCertificate_element", |walk| {
            let _ = to_be_signed(walk);
        });
        let _ = algorithm(walk, "=x509af.algorithmIdentifier_element");
        bit_string(walk, "=x509af.encrypted");
    });
}

/// Content of the first element, as far as it is there.
fn content(octets: &[u8]) -> Option<&[u8]> {
    let (_, taken, length) = head(octets)?;
    let content = octets.get(taken..)?;
    Some(content.get(..length).unwrap_or(content))
}

/// Contents of the elements that stand one after the other, with their tags.
fn elements(mut octets: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    std::iter::from_fn(move || {
        let (tag, taken, length) = head(octets)?;
        let (content, left) = octets.get(taken..)?.split_at_checked(length)?;
        octets = left;
        Some((tag, content))
    })
}

fn count(octets: &[u8]) -> u64 {
    elements(octets).count() as u64
}

/// RFC 5280 §4.1, TBSCertificate.
fn to_be_signed(walk: &mut Walk<'_, '_>) -> Option<()> {
    if tag(walk) == Some(0xa0) {
        element(walk, |walk, _| {
            number(walk, "=x509af.version");
        })?;
    }
    octets(walk, "=x509af.serialNumber")?;
    algorithm(walk, "=x509af.signature_element")?;
    named(walk, "=x509af.issuer", "=x509if.rdnSequence", "handshake.certificate.issuer")?;
    structure(walk, "=x509af.validity_element", |walk| {
        time(walk, "=x509af.notBefore", "handshake.certificate.not_before");
        time(walk, "=x509af.notAfter", "handshake.certificate.not_after");
    })?;
    named(walk, "=x509af.subject", "=x509af.rdnSequence", "handshake.certificate.subject")?;
    key(walk)?;
    while element(walk, |walk, tag| {
        if tag == 0xa3 {
            list(walk, "=x509af.extensions", extension);
        }
    })
    .is_some()
    {}
    Some(())
}

/// The next element with a node of its own.
fn structure<'d>(walk: &mut Walk<'d, '_>, name: &str, inner: impl FnOnce(&mut Walk<'d, '_>)) -> Option<()> {
    if walk.rest().is_empty() {
        return None;
    }
    let node = walk.open(name);
    let whole = element(walk, |walk, _| inner(walk));
    walk.close(node);
    whole
}

fn tag(walk: &Walk<'_, '_>) -> Option<u8> {
    walk.rest().first().copied()
}

/// The next element's content as octets or text.
fn octets(walk: &mut Walk<'_, '_>, name: &str) -> Option<()> {
    element(walk, |walk, _| walk.emit(name, walk.offset(), walk.rest().len(), 0))
}

fn number(walk: &mut Walk<'_, '_>, name: &str) -> Option<()> {
    element(walk, |walk, _| {
        walk.emit(name, walk.offset(), walk.rest().len(), integer(walk.rest()).cast_unsigned());
    })
}

fn object(walk: &mut Walk<'_, '_>, name: &str) -> Option<()> {
    element(walk, |walk, _| here_object(walk, name))
}

fn here_object(walk: &mut Walk<'_, '_>, name: &str) {
    let octets = walk.rest();
    walk.emit_made(name, walk.offset(), octets.len(), |out| write_object(octets, out));
}

/// A string of bits: how many of the last octet do not count, and the octets.
fn bit_string(walk: &mut Walk<'_, '_>, name: &str) -> Option<()> {
    element(walk, |walk, _| {
        walk.take("=ber.bitstring.padding", 1);
        walk.emit(name, walk.offset(), walk.rest().len(), 0);
    })
}

/// A sequence with its count, `entry` for each of its elements.
fn list(walk: &mut Walk<'_, '_>, name: &str, entry: fn(&mut Walk<'_, '_>) -> Option<()>) -> Option<()> {
    element(walk, |walk, _| {
        here_list(walk, name, entry);
    })
}

fn here_list(walk: &mut Walk<'_, '_>, name: &str, entry: fn(&mut Walk<'_, '_>) -> Option<()>) {
    walk.emit(name, walk.offset(), walk.rest().len(), count(walk.rest()));
    while !walk.too_deep() && entry(walk).is_some() {}
}

fn algorithm(walk: &mut Walk<'_, '_>, name: &str) -> Option<()> {
    let curve = content(walk.rest()).and_then(content) == Some(ELLIPTIC_CURVE);
    structure(walk, name, |walk| {
        if object(walk, "=x509af.algorithm.id").is_some() && curve && tag(walk) == Some(6) {
            walk.emit("=pkcs1.ECParameters", walk.offset(), walk.rest().len(), 1);
            object(walk, "=pkcs1.namedCurve");
        }
    })
}

/// RFC 5280 §4.1.2.7, and what the key of RSA is (RFC 8017 §A.1.1).
fn key(walk: &mut Walk<'_, '_>) -> Option<()> {
    structure(walk, "=x509af.subjectPublicKeyInfo_element", |walk| {
        let kind = content(walk.rest()).and_then(content);
        if algorithm(walk, "=x509af.algorithm_element").is_none() {
            return;
        }
        if kind != Some(RSA) {
            bit_string(walk, "=x509af.subjectPublicKey");
            return;
        }
        element(walk, |walk, _| {
            walk.advance(1);
            walk.emit("=x509af.subjectPublicKey", walk.offset(), walk.rest().len(), 0);
            element(walk, |walk, _| {
                if octets(walk, "=pkcs1.modulus").is_some() {
                    number(walk, "=pkcs1.publicExponent");
                }
            });
        });
    })
}

/// A name: its form, how many parts it has, what they are, and all of it as text.
fn named(walk: &mut Walk<'_, '_>, form: &str, parts: &str, whole: &str) -> Option<()> {
    let (at, octets) = (walk.offset(), walk.rest());
    let name = content(octets).unwrap_or_default();
    let length = octets.len().min(head(octets).map_or(0, |(_, taken, length)| taken.saturating_add(length)));
    walk.emit_made(whole, at, length, |out| write_name(name, out));
    walk.emit(form, at, length, 0);
    list(walk, parts, part_of_name)
}

fn part_of_name(walk: &mut Walk<'_, '_>) -> Option<()> {
    list(walk, "=x509if.RDNSequence_item", |walk| {
        structure(walk, "=x509if.RelativeDistinguishedName_item_element", |walk| {
            let kind = content(walk.rest()).unwrap_or_default();
            if object(walk, "=x509if.oid").is_some() {
                value(walk, kind);
            }
        })
    })
}

/// X.520 §6: some attributes are always one kind of text, others any of five.
fn value(walk: &mut Walk<'_, '_>, kind: &[u8]) -> Option<()> {
    element(walk, |walk, tag| {
        let (at, octets) = (walk.offset(), walk.rest());
        let (choice, name) = match (kind, tag) {
            ([0x55, 4, 6], _) => return walk.emit("=x509sat.CountryName", at, octets.len(), 0),
            ([0x55, 4, 5 | 46], _) => return walk.emit("=x509sat.PrintableString", at, octets.len(), 0),
            (_, 22) => return walk.emit("=x509sat.IA5String", at, octets.len(), 0),
            (_, 20) => (0, "=x509sat.teletexString"),
            (_, 19) => (1, "=x509sat.printableString"),
            (_, 28) => (2, "=x509sat.universalString"),
            (_, 30) => (3, "=x509sat.bmpString"),
            (_, 12) => (4, "=x509sat.uTF8String"),
            _ => return,
        };
        walk.emit("=x509sat.DirectoryString", at, octets.len(), choice);
        match tag {
            28 | 30 => walk.emit_made(name, at, octets.len(), |out| write_text(tag, octets, out)),
            _ => walk.emit(name, at, octets.len(), 0),
        }
    })
}

/// Text of any kind, as UTF-8.
fn write_text(tag: u8, octets: &[u8], out: &mut Vec<u8>) {
    let mut put = |letter: char| out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
    match tag {
        28 => octets
            .as_chunks::<4>()
            .0
            .iter()
            .map(|number| char::from_u32(u32::from_be_bytes(*number)).unwrap_or(char::REPLACEMENT_CHARACTER))
            .for_each(put),
        30 => {
            let units = octets.as_chunks::<2>().0.iter().map(|unit| u16::from_be_bytes(*unit));
            char::decode_utf16(units)
                .map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER))
                .for_each(put);
        }
        _ => String::from_utf8_lossy(octets).chars().for_each(&mut put),
    }
}

/// `CN=host.test,O=Example,C=DE`: the last part first (RFC 4514 §2).
fn write_name(sequence: &[u8], out: &mut Vec<u8>) {
    let parts: Vec<&[u8]> = elements(sequence).take(64).map(|(_, part)| part).collect();
    for (at, part) in parts.iter().rev().enumerate() {
        for (along, (_, pair)) in elements(part).take(64).enumerate() {
            match (at, along) {
                (0, 0) => {}
                (_, 0) => out.push(b','),
                _ => out.push(b'+'),
            }
            let mut pair = elements(pair);
            let (_, kind) = pair.next().unwrap_or_default();
            match ATTRIBUTES.iter().find(|(known, _)| *known == kind) {
                Some((_, name)) => out.extend_from_slice(name.as_bytes()),
                None => write_object(kind, out),
            }
            out.push(b'=');
            let (tag, value) = pair.next().unwrap_or_default();
            let mut letters = Vec::new();
            write_text(tag, value, &mut letters);
            write_escaped(&letters, out);
        }
    }
}

/// What would end or change a value has a stroke before it (RFC 4514 §2.4).
fn write_escaped(letters: &[u8], out: &mut Vec<u8>) {
    for (at, letter) in letters.iter().enumerate() {
        let edge = at == 0 || at.saturating_add(1) == letters.len();
        let escaped = matches!(letter, b'"' | b'+' | b',' | b';' | b'<' | b'>' | b'\\')
            || (*letter == b'#' && at == 0)
            || (*letter == b' ' && edge);
        if escaped {
            out.push(b'\\');
        }
        out.push(*letter);
    }
}

/// Seconds since 1970 of `YYMMDDHHMMSSZ` or `YYYYMMDDHHMMSSZ`; two digits are years from 1950 to 2049 (RFC 5280 §4.1.2.5).
fn seconds(tag: u8, octets: &[u8]) -> Option<i64> {
    let digits = octets.strip_suffix(b"Z")?;
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let (year, rest) = digits.split_at_checked(if tag == 23 { 2 } else { 4 })?;
    let read = |digits: &[u8]| {
        digits.iter().fold(0_i64, |all, digit| all.saturating_mul(10).saturating_add(i64::from(digit & 0x0f)))
    };
    let year = match (tag, read(year)) {
        (23, year @ 50..) => year.saturating_add(1900),
        (23, year) => year.saturating_add(2000),
        (_, year) => year,
    };
    let mut pairs = rest.as_chunks::<2>().0.iter().map(|pair| read(pair));
    let (month, day, hour) = (pairs.next()?, pairs.next()?, pairs.next()?);
    let (minute, second) = (pairs.next()?, pairs.next()?);
    let fits = rest.len() == 10 && (1..=12).contains(&month) && (1..=31).contains(&day);
    let hours = days_since_1970(year, month, day).saturating_mul(24).saturating_add(hour);
    let minutes = hours.saturating_mul(60).saturating_add(minute);
    fits.then_some(minutes.saturating_mul(60).saturating_add(second))
}

fn time(walk: &mut Walk<'_, '_>, form: &str, whole: &str) -> Option<()> {
    element(walk, |walk, tag| {
        let (at, octets) = (walk.offset(), walk.rest());
        walk.emit(form, at, octets.len(), u64::from(tag == 24));
        let Some(seconds) = seconds(tag, octets) else { return };
        walk.emit(whole, at, octets.len(), seconds.cast_unsigned());
        match octets {
            _ if tag == 24 => {
                walk.emit("=x509af.generalizedTime", at, octets.len(), seconds.cast_unsigned());
            }
            [y1, y0, m1, m0, d1, d0, h1, h0, n1, n0, s1, s0, ..] => {
                let century: &[u8] = if *y1 >= b'5' { b"19" } else { b"20" };
                let written = [
                    *y1, *y0, b'-', *m1, *m0, b'-', *d1, *d0, b' ', *h1, *h0, b':', *n1, *n0, b':', *s1, *s0,
                ];
                walk.emit_made("=x509af.utcTime", at, octets.len(), |out| {
                    out.extend_from_slice(century);
                    out.extend_from_slice(&written);
                    out.extend_from_slice(b" (UTC)");
                });
            }
            _ => {}
        }
    })
}

fn extension(walk: &mut Walk<'_, '_>) -> Option<()> {
    structure(walk, "=x509af.Extension_element", |walk| {
        let kind = content(walk.rest()).unwrap_or_default();
        if object(walk, "=x509af.extension.id").is_none() {
            return;
        }
        if tag(walk) == Some(1) {
            truth(walk, "=x509af.critical");
        }
        element(walk, |walk, _| {
            let _ = extension_value(walk, kind);
        });
    })
}

fn truth(walk: &mut Walk<'_, '_>, name: &str) -> Option<()> {
    element(walk, |walk, _| {
        let value = walk.rest().first().is_some_and(|octet| *octet != 0);
        walk.emit(name, walk.offset(), walk.rest().len(), u64::from(value));
    })
}

fn extension_value(walk: &mut Walk<'_, '_>, kind: &[u8]) -> Option<()> {
    match kind {
        [0x55, 0x1d, 14] => octets(walk, "=x509ce.SubjectKeyIdentifier"),
        [0x55, 0x1d, 15] => key_usage(walk),
        [0x55, 0x1d, 17 | 18] => list(walk, "=x509ce.GeneralNames", general_name),
        [0x55, 0x1d, 19] => basic_constraints(walk),
        [0x55, 0x1d, 30] => name_constraints(walk),
        [0x55, 0x1d, 31] => list(walk, "=x509ce.CRLDistPointsSyntax", distribution_point),
        [0x55, 0x1d, 32] => list(walk, "=x509ce.CertificatePoliciesSyntax", policy),
        [0x55, 0x1d, 35] => authority_key(walk),
        [0x55, 0x1d, 37] => list(walk, "=x509ce.KeyPurposeIDs", |walk| object(walk, "=x509ce.KeyPurposeId")),
        AUTHORITY_ACCESS => list(walk, "=pkix1implicit.AuthorityInfoAccessSyntax", access),
        TLS_FEATURES => {
            list(walk, "=pkix1explicit.Features", |walk| number(walk, "=pkix1explicit.Features_item"))
        }
        TIMESTAMPS => element(walk, |walk, _| {
            let _ = timestamps(walk);
        }),
        _ => Some(()),
    }
}

fn general_name(walk: &mut Walk<'_, '_>) -> Option<()> {
    choice_of_name(walk, "=x509ce.GeneralName")
}

/// RFC 5280 §4.2.1.6, GeneralName.
fn choice_of_name(walk: &mut Walk<'_, '_>, form: &str) -> Option<()> {
    element(walk, |walk, tag| {
        let (at, octets) = (walk.offset(), walk.rest());
        walk.emit(form, at, octets.len(), u64::from(tag & 0x1f));
        match (tag & 0x1f, octets) {
            (0, _) => {
                let node = walk.open("=x509ce.otherName_element");
                object(walk, "=x509ce.type_id");
                walk.close(node);
            }
            (1, _) => walk.emit("=x509ce.rfc822Name", at, octets.len(), 0),
            (2, _) => walk.emit("=x509ce.dNSName", at, octets.len(), 0),
            (4, _) => {
                walk.emit("=x509ce.directoryName", at, octets.len(), 0);
                list(walk, "=x509if.rdnSequence", part_of_name);
            }
            (6, _) => walk.emit("=x509ce.uniformResourceIdentifier", at, octets.len(), 0),
            (7, [a, b, c, d]) => {
                let address = u32::from_be_bytes([*a, *b, *c, *d]);
                walk.emit("=x509ce.IPAddress.ipv4", at, 4, u64::from(address));
            }
            (7, octets) if octets.len() == 16 => walk.emit("=x509ce.IPAddress.ipv6", at, 16, 0),
            (8, _) => here_object(walk, "=x509ce.registeredID"),
            _ => {}
        }
    })
}

/// RFC 5280 §4.2.1.3: nine bits, those at the end left out where they are not set.
fn key_usage(walk: &mut Walk<'_, '_>) -> Option<()> {
    const USES: [&str; 9] = [
        "=x509ce.KeyUsage.digitalSignature",
        "=x509ce.KeyUsage.contentCommitment",
        "=x509ce.KeyUsage.keyEncipherment",
        "=x509ce.KeyUsage.dataEncipherment",
        "=x509ce.KeyUsage.keyAgreement",
        "=x509ce.KeyUsage.keyCertSign",
        "=x509ce.KeyUsage.cRLSign",
        "=x509ce.KeyUsage.encipherOnly",
        "=x509ce.KeyUsage.decipherOnly",
    ];
    element(walk, |walk, _| {
        walk.take("=ber.bitstring.padding", 1);
        let (at, octets) = (walk.offset(), walk.rest());
        walk.emit("=x509ce.KeyUsage", at, octets.len(), 0);
        let set = octets.iter().chain(&[0; 2]).take(2).fold(0_u16, |set, octet| set << 8 | u16::from(*octet));
        for (bit, name) in USES.into_iter().enumerate() {
            let width = usize::from(bit < octets.len().saturating_mul(8));
            let place = at.saturating_mul(8).saturating_add(bit.saturating_mul(width));
            walk.emit_bits(name, place, width, u64::from(set << bit >> 15));
        }
    })
}

fn basic_constraints(walk: &mut Walk<'_, '_>) -> Option<()> {
    structure(walk, "=x509ce.BasicConstraintsSyntax_element", |walk| {
        if tag(walk) == Some(1) {
            truth(walk, "=x509ce.cA");
        }
        number(walk, "=x509ce.pathLenConstraint");
    })
}

fn name_constraints(walk: &mut Walk<'_, '_>) -> Option<()> {
    structure(walk, "=x509ce.NameConstraintsSyntax_element", |walk| {
        while element(walk, |walk, tag| {
            let name = if tag & 0x1f == 0 { "=x509ce.permittedSubtrees" } else { "=x509ce.excludedSubtrees" };
            here_list(walk, name, |walk| {
                structure(walk, "=x509ce.GeneralSubtree_element", |walk| {
                    let _ = choice_of_name(walk, "=x509ce.base");
                })
            });
        })
        .is_some()
        {}
    })
}

fn distribution_point(walk: &mut Walk<'_, '_>) -> Option<()> {
    structure(walk, "=x509ce.DistributionPoint_element", |walk| {
        while element(walk, |walk, tag| match tag & 0x1f {
            0 => {
                let form = u64::from(self::tag(walk).unwrap_or(0) & 0x1f);
                walk.emit("=x509ce.distributionPoint", walk.offset(), walk.rest().len(), form);
                if form == 0 {
                    list(walk, "=x509ce.fullName", general_name);
                }
            }
            2 => here_list(walk, "=x509ce.cRLIssuer", general_name),
            _ => {}
        })
        .is_some()
        {}
    })
}

fn policy(walk: &mut Walk<'_, '_>) -> Option<()> {
    structure(walk, "=x509ce.PolicyInformation_element", |walk| {
        if object(walk, "=x509ce.policyIdentifier").is_some() && !walk.rest().is_empty() {
            list(walk, "=x509ce.policyQualifiers", qualifier);
        }
    })
}

fn qualifier(walk: &mut Walk<'_, '_>) -> Option<()> {
    structure(walk, "=x509ce.PolicyQualifierInfo_element", |walk| {
        if object(walk, "=x509ce.id").is_some() && tag(walk) == Some(22) {
            octets(walk, "=pkix1explicit.DirectoryString");
        }
    })
}

fn authority_key(walk: &mut Walk<'_, '_>) -> Option<()> {
    structure(walk, "=x509ce.AuthorityKeyIdentifier_element", |walk| {
        while element(walk, |walk, tag| match tag & 0x1f {
            0 => walk.emit("=x509ce.keyIdentifier", walk.offset(), walk.rest().len(), 0),
            1 => here_list(walk, "=x509ce.authorityCertIssuer", general_name),
            2 => walk.emit("=x509ce.authorityCertSerialNumber", walk.offset(), walk.rest().len(), 0),
            _ => {}
        })
        .is_some()
        {}
    })
}

fn access(walk: &mut Walk<'_, '_>) -> Option<()> {
    structure(walk, "=pkix1implicit.AccessDescription_element", |walk| {
        if object(walk, "=pkix1implicit.accessMethod").is_some() {
            let _ = choice_of_name(walk, "=pkix1implicit.accessLocation");
        }
    })
}
