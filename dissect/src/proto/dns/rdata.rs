//! Record data and EDNS options, by type.

use super::derived;
use super::edns::edns_options;
use super::names::{ALGORITHMS, DIGESTS, SERVICE_KEYS};
use super::rr_type;
use crate::decode::Walk;
use crate::schema::{
    Build, Field, Item, Items, Kind, Size, Tlv, be16, be32, bits, bytes, case, custom_both, eui64, flag,
    ipv4, ipv6, label, left, mac, name, repeat, rest, shared, switch, text, u8, unix_time, val, when,
};
use std::sync::LazyLock;

/// A string with a length octet in front (RFC 1035 §3.3).
fn string(len: &'static str, of: &'static str, doc: &'static str) -> [Item; 2] {
    [
        u8(len).doc("length").unit("octets").len_of_part(of, 1, 0).into(),
        text(of, Size::Octets(val(len))).doc(doc).into(),
    ]
}

/// The same with a name of its own for the crafter.
fn given_string(len: &'static str, of: &'static str, doc: &'static str, craft: &'static str) -> [Item; 2] {
    [
        u8(len).doc("length").unit("octets").len_of_part(of, 1, 0).into(),
        text(of, Size::Octets(val(len))).craft(craft).doc(doc).into(),
    ]
}

fn domain(field: &'static str, doc: &'static str) -> Item {
    name(field).craft("rdata").doc(doc).into()
}

/// The data of a record, by `dns.resp.type`.
pub(super) fn data() -> Items {
    static DATA: LazyLock<Vec<Item>> = LazyLock::new(|| vec![by_type()]);
    shared(&DATA)
}

/// Options of EDNS.
pub(super) fn options() -> Items {
    static OPTIONS: LazyLock<Vec<Item>> = LazyLock::new(|| vec![edns_options()]);
    shared(&OPTIONS)
}

fn by_type() -> Item {
    let mut cases = basic();
    cases.extend(services());
    cases.extend(security());
    cases.extend(rare());
    let cases = cases.into_iter().map(|(kind, items)| (kind, kind, items.into())).collect();
    Item::Switch(
        val("=dns.resp.type"),
        cases,
        vec![bytes("=dns.data", rest()).craft("rdata").doc("data").into()].into(),
    )
}

type Case = (u64, Vec<Item>);

fn basic() -> Vec<Case> {
    vec![
        (1, vec![ipv4("=dns.a").craft("rdata").doc("address").into()]),
        (2, vec![domain("=dns.ns", "name server")]),
        (3, vec![domain("=dns.md", "mail destination")]),
        (4, vec![domain("=dns.mf", "mail forwarder")]),
        (5, vec![domain("=dns.cname", "primary name")]),
        (
            6,
            vec![
                name("=dns.soa.mname").craft("mname").doc("primary name server").into(),
                name("=dns.soa.rname").craft("rname").doc("mailbox of the responsible").into(),
                be32("=dns.soa.serial_number").craft("serial").doc("serial number").into(),
                be32("=dns.soa.refresh_interval").craft("refresh").unit("s").doc("refresh interval").into(),
                be32("=dns.soa.retry_interval").craft("retry").unit("s").doc("retry interval").into(),
                be32("=dns.soa.expire_limit").craft("expire").unit("s").doc("expire limit").into(),
                be32("=dns.soa.minimum_ttl").craft("minimum").unit("s").doc("TTL of negative answers").into(),
            ],
        ),
        (7, vec![domain("=dns.mb", "mailbox")]),
        (8, vec![domain("=dns.mg", "mail group member")]),
        (9, vec![domain("=dns.mr", "renamed mailbox")]),
        (10, vec![bytes("=dns.null", rest()).craft("rdata").doc("anything").into()]),
        (12, vec![domain("=dns.ptr.domain_name", "name pointed to")]),
        (
            15,
            vec![
                be16("=dns.mx.preference").craft("preference").doc("preference; lower first").into(),
                name("=dns.mx.mail_exchange").craft("exchange").doc("mail exchange").into(),
            ],
        ),
        (
            16,
            vec![repeat(
                label("=dns.txt.strings").doc("text").hidden(),
                [
                    u8("=dns.txt.length").doc("length").unit("octets").len_of_part("=dns.txt", 1, 0).into(),
                    text("=dns.txt", Size::Octets(val("=dns.txt.length")))
                        .craft("rdata")
                        .splits(255)
                        .doc("text")
                        .into(),
                ],
            )],
        ),
        (28, vec![ipv6("=dns.aaaa").craft("rdata").doc("address").into()]),
        (39, vec![domain("=dns.dname", "name of the subtree")]),
        (
            99,
            vec![repeat(
                label("=dns.spf.strings").doc("text").hidden(),
                string("=dns.spf.length", "=dns.spf", "sender policy"),
            )],
        ),
    ]
}

fn services() -> Vec<Case> {
    let mut naptr: Vec<Item> = vec![
        be16("=dns.naptr.order").craft("order").doc("order").into(),
        be16("=dns.naptr.preference").craft("preference").doc("preference").into(),
    ];
    naptr.extend(given_string("=dns.naptr.flags_length", "=dns.naptr.flags", "flags", "flags"));
    naptr.extend(given_string("=dns.naptr.service_length", "=dns.naptr.service", "service", "services"));
    naptr.extend(given_string("=dns.naptr.regex_length", "=dns.naptr.regex", "regular expression", "regexp"));
    naptr.push(derived::replacement_length());
    naptr.push(name("=dns.naptr.replacement").craft("replacement").doc("replacement").into());
    vec![
        (
            33,
            vec![
                be16("=dns.srv.priority").craft("priority").doc("priority; lower first").into(),
                be16("=dns.srv.weight").craft("weight").doc("weight among equals").into(),
                be16("=dns.srv.port").craft("port").doc("port").into(),
                name("=dns.srv.target").craft("target").doc("host").into(),
            ],
        ),
        (35, naptr),
        (64, service_binding()),
        (65, service_binding()),
        (
            256,
            vec![
                be16("=dns.uri.priority").doc("priority; lower first").into(),
                be16("=dns.uri.weight").doc("weight among equals").into(),
                text("=dns.uri.target", rest()).doc("target").into(),
            ],
        ),
        (
            257,
            vec![
                u8("=dns.caa.flags").craft("flags").hex().doc("flags").of([
                    flag("=dns.caa.flags.issuer_critical").doc("critical"),
                    bits("=dns.caa.flags.reserved", 7).hex().doc("reserved"),
                ]),
                u8("=dns.caa.tag_length").doc("length of the tag").len_of_part("=dns.caa.tag", 1, 0).into(),
                text("=dns.caa.tag", Size::Octets(val("=dns.caa.tag_length"))).craft("tag").doc("tag").into(),
                derived::authorization(),
                text("=dns.caa.value", rest()).craft("value").doc("value").into(),
            ],
        ),
    ]
}

/// SVCB and HTTPS (RFC 9460).
fn service_binding() -> Vec<Item> {
    let alpn = given_string("=dns.svcb.svcparam.alpn.length", "=dns.svcb.svcparam.alpn", "protocol", "value");
    let mut list = Tlv::new(
        label("=dns.svcb.svcparam").craft("svc_params").doc("parameter"),
        be16("=dns.svcb.svcparam.key").craft("key").names(SERVICE_KEYS).doc("key"),
        be16("=dns.svcb.svcparam.value.length").craft("len").unit("octets").doc("length"),
    )
    .body_len()
    .other([bytes("=dns.svcb.svcparam.value", rest()).craft("value").doc("value").into()]);
    let node = || label("=dns.svcb.svcparam").doc("parameter");
    list = list.cases([
        case(
            0,
            node(),
            [repeat(
                label("=dns.svcb.svcparam.mandatory").craft("value").doc("mandatory keys").hidden(),
                [be16("=dns.svcb.svcparam.mandatory.key")
                    .craft("value")
                    .names(SERVICE_KEYS)
                    .doc("mandatory key")
                    .into()],
            )],
        ),
        case(1, node(), [repeat(label("=dns.svcb.svcparam.protocols").doc("protocols").hidden(), alpn)]),
        case(3, node(), [be16("=dns.svcb.svcparam.port").craft("value").doc("port").into()]),
        case(
            4,
            node(),
            [repeat(
                label("=dns.svcb.svcparam.ipv4hint").craft("value").doc("addresses").hidden(),
                [ipv4("=dns.svcb.svcparam.ipv4hint.ip").craft("value").doc("address").into()],
            )],
        ),
        case(
            5,
            node(),
            [bytes("=dns.svcb.svcparam.echconfig", rest())
                .craft("value")
                .doc("encrypted ClientHello")
                .into()],
        ),
        case(
            6,
            node(),
            [repeat(
                label("=dns.svcb.svcparam.ipv6hint").craft("value").doc("addresses").hidden(),
                [ipv6("=dns.svcb.svcparam.ipv6hint.ip").craft("value").doc("address").into()],
            )],
        ),
        case(
            7,
            node(),
            [text("=dns.svcb.svcparam.dohpath", rest()).craft("value").doc("DNS over HTTPS path").into()],
        ),
        case(
            32769,
            node(),
            [bytes("=dns.svcb.svcparam.odohconfig", rest()).craft("value").doc("oblivious DNS keys").into()],
        ),
    ]);
    vec![
        be16("=dns.svcb.svcpriority").craft("svc_priority").doc("priority; 0: alias").into(),
        name("=dns.svcb.targetname").craft("target_name").doc("host").into(),
        list.into(),
    ]
}

fn signature() -> Vec<Item> {
    vec![
        be16("=dns.rrsig.type_covered")
            .craft("typecovered")
            .default(1)
            .named_by(rr_type)
            .doc("type covered")
            .into(),
        u8("=dns.rrsig.algorithm").craft("algorithm").default(5).names(ALGORITHMS).doc("algorithm").into(),
        u8("=dns.rrsig.labels").craft("labels").doc("labels of the owner").into(),
        be32("=dns.rrsig.original_ttl").craft("originalttl").unit("s").doc("TTL in the zone").into(),
        unix_time("=dns.rrsig.signature_expiration").craft("expiration").doc("valid until").into(),
        unix_time("=dns.rrsig.signature_inception").craft("inception").doc("valid from").into(),
        be16("=dns.rrsig.key_tag").craft("keytag").doc("key tag").into(),
        name("=dns.rrsig.signers_name").craft("signersname").doc("signer").into(),
        bytes("=dns.rrsig.signature", rest()).craft("signature").doc("signature").into(),
    ]
}

fn public_key() -> Vec<Item> {
    vec![
        derived::signing_key_tag(),
        crate::schema::be16("=dns.dnskey.flags").craft("flags").hex().default(256).doc("flags").of([
            bits("=dns.dnskey.flags.reserved_high", 7).hex().doc("reserved"),
            flag("=dns.dnskey.flags.zone_key").doc("zone key"),
            flag("=dns.dnskey.flags.key_revoked").doc("revoked"),
            bits("=dns.dnskey.flags.reserved", 6).hex().doc("reserved"),
            flag("=dns.dnskey.flags.secure_entry_point").doc("secure entry point"),
        ]),
        u8("=dns.dnskey.protocol").craft("protocol").default(3).doc("protocol; must be 3").into(),
        u8("=dns.dnskey.algorithm").craft("algorithm").default(5).names(ALGORITHMS).doc("algorithm").into(),
        bytes("=dns.dnskey.public_key", rest()).craft("publickey").doc("public key").into(),
    ]
}

fn delegation() -> Vec<Item> {
    vec![
        be16("=dns.ds.key_id").craft("keytag").doc("key tag").into(),
        u8("=dns.ds.algorithm").craft("algorithm").default(5).names(ALGORITHMS).doc("algorithm").into(),
        u8("=dns.ds.digest_type").craft("digesttype").default(5).names(DIGESTS).doc("digest type").into(),
        bytes("=dns.ds.digest", rest()).craft("digest").doc("digest").into(),
    ]
}

fn certificate_association() -> Vec<Item> {
    const USAGES: &[(u64, &str)] = &[(0, "PKIX-TA"), (1, "PKIX-EE"), (2, "DANE-TA"), (3, "DANE-EE")];
    const SELECTORS: &[(u64, &str)] = &[(0, "full certificate"), (1, "subject public key")];
    const MATCHING: &[(u64, &str)] = &[(0, "as is"), (1, "SHA-256"), (2, "SHA-512")];
    vec![
        u8("=dns.tlsa.certificate_usage").names(USAGES).doc("certificate usage").into(),
        u8("=dns.tlsa.selector").names(SELECTORS).doc("selector").into(),
        u8("=dns.tlsa.matching_type").names(MATCHING).doc("matching type").into(),
        bytes("=dns.tlsa.certificate_association_data", rest()).doc("association data").into(),
    ]
}

/// A part that there is not: what is counted by it is 0 unless it is given, as scapy has it, and cuts nothing off.
const NOTHING: &str = "";

fn nsec3_head() -> Vec<Item> {
    vec![
        u8("=dns.nsec3.algo").craft("hashalg").doc("hash algorithm; 1: SHA-1").into(),
        u8("=dns.nsec3.flags").craft("flags").hex().doc("flags").of([
            bits("=dns.nsec3.flags.reserved", 7).hex().doc("reserved"),
            flag("=dns.nsec3.flags.opt_out").doc("opt-out"),
        ]),
        be16("=dns.nsec3.iterations").craft("iterations").doc("iterations").into(),
        u8("=dns.nsec3.salt_length")
            .craft("saltlength")
            .doc("length of the salt")
            .len_of_part(NOTHING, 1, 0)
            .into(),
        bytes("=dns.nsec3.salt_value", Size::Octets(val("=dns.nsec3.salt_length")))
            .craft("salt")
            .doc("salt")
            .into(),
    ]
}

/// The types that exist at a name (RFC 4034 §4.1.2).
fn type_bitmap() -> Item {
    custom_both(
        [
            bytes("=dns.type_bitmap", rest()).craft("typebitmaps").doc("types that exist, as sent"),
            Field::new("=dns.type_bitmap.types", Kind::Made, Size::Rest).doc("types that exist"),
        ],
        read_type_bitmap,
        build_type_bitmap,
    )
}

/// Numbers of types become windows of bits; octets and text are written as they are.
fn build_type_bitmap(build: &mut dyn Build) {
    let given = build.texts("=dns.type_bitmap");
    let number = |text: &Vec<u8>| std::str::from_utf8(text).ok()?.parse().ok();
    let Some(mut kinds) = given.iter().map(number).collect::<Option<Vec<u16>>>() else {
        given.iter().for_each(|octets| build.put(octets));
        return;
    };
    kinds.sort_unstable();
    kinds.dedup();
    for window in 0..=u8::MAX {
        let inside: Vec<u16> = kinds.iter().copied().filter(|kind| kind >> 8 == u16::from(window)).collect();
        let Some(last) = inside.last() else { continue };
        let mut map = vec![0_u8; usize::from((last & 0xff) / 8) + 1];
        for kind in &inside {
            if let Some(octet) = map.get_mut(usize::from((kind & 0xff) / 8)) {
                *octet |= 0x80 >> (kind % 8);
            }
        }
        build.put(&[window, map.len() as u8]);
        build.put(&map);
    }
}

fn read_type_bitmap(walk: &mut Walk<'_, '_>) {
    let (start, octets) = (walk.offset(), walk.rest());
    walk.emit("=dns.type_bitmap", start, octets.len(), 0);
    walk.emit_made("=dns.type_bitmap.types", start, octets.len(), |out| write_type_bitmap(octets, out));
    walk.advance(octets.len());
}

fn write_type_bitmap(mut octets: &[u8], out: &mut Vec<u8>) {
    let begin = out.len();
    while let [window, len, left @ ..] = octets {
        let (map, after) = left.split_at_checked(usize::from(*len)).unwrap_or((left, &[]));
        for (octet, at) in map.iter().zip(0_u64..32) {
            for bit in (0..8_u64).filter(|bit| octet & (0x80 >> bit) != 0) {
                let kind = u64::from(*window) << 8 | at << 3 | bit;
                if out.len() > begin {
                    out.push(b' ');
                }
                match rr_type(kind) {
                    Some(known) => out.extend_from_slice(known.as_bytes()),
                    None => {
                        out.extend_from_slice(b"TYPE");
                        crate::render::put::decimal(out, kind);
                    }
                }
            }
        }
        octets = after;
    }
}

fn security() -> Vec<Case> {
    let mut nsec3 = nsec3_head();
    nsec3.extend([
        u8("=dns.nsec3.hash_length")
            .craft("hashlength")
            .doc("length of the hash")
            .len_of_part(NOTHING, 1, 0)
            .into(),
        bytes("=dns.nsec3.hash_value", Size::Octets(val("=dns.nsec3.hash_length")))
            .craft("nexthashedownername")
            .doc("next hashed owner")
            .into(),
        type_bitmap(),
    ]);
    vec![
        (24, signature()),
        (25, derived::key(ALGORITHMS)),
        (
            37,
            vec![
                be16("=dns.cert.type").doc("type").into(),
                be16("=dns.cert.key_tag").doc("key tag").into(),
                u8("=dns.cert.algorithm").names(ALGORITHMS).doc("algorithm").into(),
                bytes("=dns.cert.certificate", rest()).doc("certificate").into(),
            ],
        ),
        (43, delegation()),
        (
            44,
            vec![
                u8("=dns.sshfp.algorithm")
                    .names(&[(1, "RSA"), (2, "DSA"), (3, "ECDSA"), (4, "Ed25519"), (6, "Ed448")])
                    .doc("algorithm")
                    .into(),
                u8("=dns.sshfp.fingerprint.type")
                    .names(&[(1, "SHA-1"), (2, "SHA-256")])
                    .doc("fingerprint type")
                    .into(),
                bytes("=dns.sshfp.fingerprint", rest()).doc("fingerprint").into(),
            ],
        ),
        (45, ipsec_key()),
        (46, signature()),
        (
            47,
            vec![name("=dns.nsec.next_domain_name").craft("nextname").doc("next name").into(), type_bitmap()],
        ),
        (48, public_key()),
        (49, vec![bytes("=dns.dhcid.rdata", rest()).doc("DHCP identity").into()]),
        (50, nsec3),
        (51, nsec3_head()),
        (52, certificate_association()),
        (53, certificate_association()),
        (59, delegation()),
        (60, public_key()),
        (61, vec![bytes("=dns.openpgpkey", rest()).doc("OpenPGP key").into()]),
        (
            62,
            vec![
                be32("=dns.csync.soa").doc("SOA serial").into(),
                be16("=dns.csync.flags").hex().doc("flags").of([
                    bits("=dns.csync.flags.reserved", 14).hex().doc("reserved"),
                    flag("=dns.csync.flags.soaminimum").doc("only from this serial on"),
                    flag("=dns.csync.flags.immediate").doc("at once"),
                ]),
                derived::synchronised_types(),
                type_bitmap(),
            ],
        ),
        (
            63,
            vec![
                be32("=dns.zonemd.serial").doc("SOA serial").into(),
                u8("=dns.zonemd.scheme").names(&[(1, "simple")]).doc("scheme").into(),
                u8("=dns.zonemd.hash_algo").names(&[(1, "SHA-384"), (2, "SHA-512")]).doc("hash").into(),
                bytes("=dns.zonemd.digest", rest()).doc("digest").into(),
            ],
        ),
        (249, transaction_key()),
        (250, transaction_signature()),
        (32768, delegation()),
        (32769, delegation()),
    ]
}

fn ipsec_key() -> Vec<Item> {
    const GATEWAYS: &[(u64, &str)] = &[(0, "none"), (1, "IPv4"), (2, "IPv6"), (3, "name")];
    vec![
        u8("=dns.ipseckey.gateway_precedence").doc("precedence").into(),
        u8("=dns.ipseckey.gateway_type").names(GATEWAYS).doc("gateway type").into(),
        u8("=dns.ipseckey.gateway_algorithm").doc("algorithm").into(),
        switch(
            val("=dns.ipseckey.gateway_type"),
            [
                (1, vec![ipv4("=dns.ipseckey.gateway_ipv4").doc("gateway").into()]),
                (2, vec![ipv6("=dns.ipseckey.gateway_ipv6").doc("gateway").into()]),
                (3, vec![name("=dns.ipseckey.gateway_dns").doc("gateway").into()]),
            ],
            vec![],
        ),
        bytes("=dns.ipseckey.public_key", rest()).doc("public key").into(),
    ]
}

/// RFC 2930 §2.
fn transaction_key() -> Vec<Item> {
    const MODES: &[(u64, &str)] = &[
        (1, "server assigned"),
        (2, "Diffie-Hellman"),
        (3, "GSS-API"),
        (4, "resolver assigned"),
        (5, "delete"),
    ];
    vec![
        name("=dns.tkey.algo_name").doc("algorithm").into(),
        unix_time("=dns.tkey.signature_inception").doc("valid from").into(),
        unix_time("=dns.tkey.signature_expiration").doc("valid until").into(),
        be16("=dns.tkey.mode").names(MODES).doc("mode").into(),
        be16("=dns.tkey.error").doc("error").into(),
        be16("=dns.tkey.key_size").doc("length of the key").len_of_part("=dns.tkey.key_data", 1, 0).into(),
        bytes("=dns.tkey.key_data", Size::Octets(val("=dns.tkey.key_size"))).doc("key").into(),
        be16("=dns.tkey.other_size")
            .doc("length of the rest")
            .len_of_part("=dns.tkey.other_data", 1, 0)
            .into(),
        bytes("=dns.tkey.other_data", Size::Octets(val("=dns.tkey.other_size"))).doc("rest").into(),
    ]
}

/// RFC 8945 §4.2.
fn transaction_signature() -> Vec<Item> {
    vec![
        name("=dns.tsig.algorithm_name")
            .craft("algo_name")
            .default_bytes(b"hmac-sha1")
            .doc("algorithm")
            .into(),
        Field::new("=dns.tsig.time_signed", Kind::UnixTime, Size::Bits(48))
            .craft("time_signed")
            .doc("time")
            .into(),
        be16("=dns.tsig.fudge").craft("fudge").unit("s").doc("tolerance").into(),
        be16("=dns.tsig.mac_size")
            .craft("mac_len")
            .unit("octets")
            .len_of_part("=dns.tsig.mac", 1, 0)
            .doc("length of the MAC")
            .into(),
        bytes("=dns.tsig.mac", Size::Octets(val("=dns.tsig.mac_size"))).craft("mac_data").doc("MAC").into(),
        be16("=dns.tsig.original_id").craft("original_id").doc("original transaction").into(),
        be16("=dns.tsig.error").craft("error").doc("error").into(),
        be16("=dns.tsig.other_len")
            .craft("other_len")
            .unit("octets")
            .len_of_part("=dns.tsig.other_data", 1, 0)
            .doc("length of the rest")
            .into(),
        bytes("=dns.tsig.other_data", Size::Octets(val("=dns.tsig.other_len")))
            .craft("other_data")
            .doc("rest")
            .into(),
    ]
}

fn rare() -> Vec<Case> {
    let two = |a: [Item; 2], b: [Item; 2]| a.into_iter().chain(b).collect::<Vec<Item>>();
    let preference = |number: &'static str, host: &'static str, doc: &'static str| {
        vec![Item::from(be16(number).doc("preference; lower first")), name(host).doc(doc).into()]
    };
    let mut gpos = two(
        string("=dns.gpos.longitude_length", "=dns.gpos.longitude", "longitude"),
        string("=dns.gpos.latitude_length", "=dns.gpos.latitude", "latitude"),
    );
    gpos.extend(string("=dns.gpos.altitude_length", "=dns.gpos.altitude", "altitude"));
    // Wireshark misspells these; both are known.
    let isdn_string = |length: [&'static str; 2], of: [&'static str; 2], doc: &'static str| -> [Item; 2] {
        let [length, alias] = length;
        [
            u8(length).alias(alias).doc("length").unit("octets").len_of_part(of[0], 1, 0).into(),
            text(of[0], Size::Octets(val(length))).alias(of[1]).doc(doc).into(),
        ]
    };
    let mut isdn: Vec<Item> = isdn_string(
        ["=dns.isdn.address_length", "=dns.idsn.length"],
        ["=dns.isdn.address", "=dns.idsn.address"],
        "address",
    )
    .into();
    isdn.push(when(
        crate::schema::Test::Ge(left(), crate::schema::lit(1)),
        isdn_string(
            ["=dns.isdn.sub_address_length", "=dns.idsn.sa.length"],
            ["=dns.isdn.sub_address", "=dns.idsn.sa.address"],
            "sub-address",
        ),
    ));
    let mut cases = vec![
        (
            11,
            vec![
                ipv4("=dns.wks.address").doc("address").into(),
                u8("=dns.wks.protocol").named_by(super::super::ip_protocol_name).doc("IP protocol").into(),
                bytes("=dns.wks.bits", rest()).doc("ports served, a bit each").into(),
            ],
        ),
        (
            13,
            two(
                string("=dns.hinfo.cpu_length", "=dns.hinfo.cpu", "CPU"),
                string("=dns.hinfo.os_length", "=dns.hinfo.os", "operating system"),
            ),
        ),
        (
            14,
            vec![
                name("=dns.minfo.r").doc("responsible mailbox").into(),
                name("=dns.minfo.e").doc("error mailbox").into(),
            ],
        ),
        (
            17,
            vec![
                name("=dns.rp.mailbox").doc("responsible's mailbox").into(),
                name("=dns.rp.txt_rr").doc("name of a text").into(),
            ],
        ),
        (18, preference("=dns.afsdb.subtype", "=dns.afsdb.hostname", "host")),
        (19, string("=dns.x25.length", "=dns.x25.psdn_address", "address").into()),
        (20, isdn),
        (21, preference("=dns.rt.subtype", "=dns.rt.intermediate_host", "intermediate host")),
        (22, vec![bytes("=dns.nsap.rdata", rest()).doc("address").into()]),
        (23, vec![name("=dns.nsap_ptr.owner").doc("owner").into()]),
        (
            26,
            vec![
                be16("=dns.px.preference").doc("preference").into(),
                name("=dns.px.map822").doc("RFC 822 name").into(),
                name("=dns.px.map400").doc("X.400 name").into(),
            ],
        ),
        (27, gpos),
        (29, location()),
        (
            30,
            vec![
                name("=dns.nxt.next_domain_name").doc("next name").into(),
                bytes("=dns.nxt.bitmap", rest()).doc("types").into(),
            ],
        ),
        (36, preference("=dns.kx.preference", "=dns.kx.key_exchange", "key exchanger")),
        (
            38,
            vec![
                u8("=dns.a6.prefix_len").doc("prefix length").into(),
                derived::chained_address(),
                bytes("=dns.a6.data", rest()).doc("suffix and prefix name").into(),
            ],
        ),
        (42, address_prefixes()),
        (55, host_identity()),
        (
            104,
            vec![
                be16("=dns.ilnp.nid.preference").doc("preference").into(),
                bytes("=dns.ilnp.nid", Size::Octets(crate::schema::lit(8))).doc("node identifier").into(),
            ],
        ),
        (
            105,
            vec![
                be16("=dns.ilnp.l32.preference").doc("preference").into(),
                ipv4("=dns.ilnp.l32").doc("locator").into(),
            ],
        ),
        (
            106,
            vec![
                be16("=dns.ilnp.l64.preference").doc("preference").into(),
                bytes("=dns.ilnp.l64", Size::Octets(crate::schema::lit(8))).doc("locator").into(),
            ],
        ),
        (107, preference("=dns.ilnp.lp.preference", "=dns.ilnp.lp", "locator's name")),
        (108, vec![mac("=dns.eui48").doc("EUI-48").into()]),
        (65281, derived::name_servers()),
        (65282, derived::reverse_names()),
        (65422, derived::forwarded_for()),
        (109, vec![eui64("=dns.eui64").doc("EUI-64").into()]),
    ];
    cases.sort_by_key(|case| case.0);
    cases
}

/// RFC 1876 §2.
fn location() -> Vec<Item> {
    vec![
        u8("=dns.loc.version").doc("version").into(),
        derived::unknown_location(),
        when(
            crate::schema::eq("=dns.loc.version", 0),
            [
                u8("=dns.loc.size").hex().doc("size, centimetres as digit and power").into(),
                u8("=dns.loc.horizontal_precision").hex().doc("horizontal precision").into(),
                u8("=dns.loc.vertical_precision").hex().doc("vertical precision").into(),
                be32("=dns.loc.latitude").doc("latitude, 1/1000 s of arc from 2^31").into(),
                be32("=dns.loc.longitude").doc("longitude, 1/1000 s of arc from 2^31").into(),
                be32("=dns.loc.altitude").doc("altitude, cm above -100 km").into(),
            ],
        ),
    ]
}

/// RFC 3123 §4.
fn address_prefixes() -> Vec<Item> {
    vec![repeat(
        label("=dns.apl.prefixes").doc("prefix").hidden(),
        [
            be16("=dns.apl.address_family").names(&[(1, "IPv4"), (2, "IPv6")]).doc("address family").into(),
            u8("=dns.apl.coded_prefix").doc("prefix length").into(),
            flag("=dns.apl.negation").doc("negated").into(),
            bits("=dns.apl.afdlength", 7)
                .doc("length of the address")
                .len_of_part("=dns.apl.afdpart.data", 1, 0)
                .into(),
            derived::prefix_address(),
            bytes("=dns.apl.afdpart.data", Size::Octets(val("=dns.apl.afdlength")))
                .doc("address, without trailing zeros")
                .into(),
        ],
    )]
}

/// RFC 8005 §5.
fn host_identity() -> Vec<Item> {
    vec![
        u8("=dns.hip.hit.length").doc("length of the tag").len_of_part("=dns.hip.hit", 1, 0).into(),
        u8("=dns.hip.hit.pk.algo").doc("key algorithm").into(),
        be16("=dns.hip.pk.length").doc("length of the key").len_of_part("=dns.hip.pk", 1, 0).into(),
        bytes("=dns.hip.hit", Size::Octets(val("=dns.hip.hit.length"))).doc("host identity tag").into(),
        bytes("=dns.hip.pk", Size::Octets(val("=dns.hip.pk.length"))).doc("public key").into(),
        repeat(
            label("=dns.hip.servers").doc("servers").hidden(),
            [name("=dns.hip.rendezvous_server").doc("rendezvous server").into()],
        ),
    ]
}
