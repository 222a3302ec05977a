//! What follows from records without standing in them: service and protocol of an owner, tags of keys, addresses with their zeros, what a
//! tag of CAA names; and records that few have seen: A6, XPF, WINS.

use crate::decode::Walk;
use crate::schema::{
    Field, Item, Kind, Size, Test, be16, be32, bits, bytes, custom, decoded, eq, flag, ipv4, ipv6, label,
    name, ne, repeat, rest, text, u8, when,
};

fn made(name: &'static str, doc: &'static str) -> Field {
    Field::new(name, Kind::Made, Size::Rest).doc(doc)
}

/// A DNS name at the cursor as text, and the octets that it takes.
fn name_here(walk: &Walk<'_, '_>) -> Option<(Vec<u8>, usize)> {
    let mut text = Vec::new();
    let at = walk.offset();
    let end = crate::decode::read_dns_name(walk.all_octets(), walk.names_base(), at, &mut text)?;
    Some((text, end.saturating_sub(at)))
}

/// The owner of a service record in its parts (RFC 2782): `_service._proto.name`.
pub(super) fn service_owner() -> Item {
    let fields = [
        made("=dns.srv.service", "service").hidden(),
        made("=dns.srv.proto", "transport protocol").hidden(),
        made("=dns.srv.name", "domain").hidden(),
    ];
    decoded([custom(fields, |walk| {
        if !walk.asked_by_name() {
            return;
        }
        let Some((owner, octets)) = name_here(walk) else { return };
        if walk.rest().get(octets..).and_then(<[u8]>::first_chunk) != Some(&[0, 33]) {
            return;
        }
        let mut parts = owner.splitn(3, |octet| *octet == b'.');
        for name in ["=dns.srv.service", "=dns.srv.proto", "=dns.srv.name"] {
            let part = parts.next().unwrap_or_default();
            walk.emit_made(name, walk.offset(), octets, |out| out.extend_from_slice(part));
        }
    })])
}

/// How many octets the replacement takes.
pub(super) fn replacement_length() -> Item {
    decoded([custom(
        [u8("=dns.naptr.replacement_length").doc("length of the replacement").hidden()],
        |walk| {
            if let Some((text, octets)) = name_here(walk) {
                walk.emit("=dns.naptr.replacement_length", walk.offset(), octets, text.len().max(1) as u64);
            }
        },
    )])
}

/// The number by which others speak of a key, from the octets of its whole record (RFC 4034 appendix B).
fn key_tag(record: &[u8]) -> u64 {
    // of the oldest algorithm it is the last two octets but one of the modulus
    if record.get(3) == Some(&1) {
        let last = record.len().saturating_sub(3);
        return record
            .get(last..)
            .and_then(<[u8]>::first_chunk)
            .map_or(0, |tag| u64::from(u16::from_be_bytes(*tag)));
    }
    let sum = record.chunks(2).fold(0_u64, |sum, pair| match pair {
        [high, low] => sum.saturating_add(u64::from(u16::from_be_bytes([*high, *low]))),
        [high] => sum.saturating_add(u64::from(*high) << 8),
        _ => sum,
    });
    sum.saturating_add(sum >> 16 & 0xffff) & 0xffff
}

/// The tag of a DNSKEY or CDNSKEY.
pub(super) fn signing_key_tag() -> Item {
    decoded([custom([be16("=dns.dnskey.key_id").doc("key tag")], |walk| {
        let octets = walk.rest();
        walk.emit("=dns.dnskey.key_id", walk.offset(), octets.len(), key_tag(octets));
    })])
}

/// KEY (RFC 2535 §3.1), of which SIG(0) still makes use.
pub(super) fn key(algorithms: &'static [(u64, &'static str)]) -> Vec<Item> {
    vec![
        decoded([custom([be16("=dns.key.key_id").doc("key tag")], |walk| {
            let octets = walk.rest();
            walk.emit("=dns.key.key_id", walk.offset(), octets.len(), key_tag(octets));
        })]),
        be16("=dns.key.flags").hex().doc("flags").of([
            flag("=dns.key.flags.authentication").doc("not for authentication"),
            flag("=dns.key.flags.confidentiality").doc("not for confidentiality"),
            flag("=dns.key.flags.required").doc("required"),
            bits("=dns.key.flags.reserved", 2).doc("reserved").hidden(),
            flag("=dns.key.flags.associated_user").doc("of a user"),
            flag("=dns.key.flags.associated_named_entity").doc("of the entity named"),
            bits("=dns.key.flags.reserved2", 1).doc("reserved").hidden(),
            flag("=dns.key.flags.ipsec").doc("for IPsec"),
            flag("=dns.key.flags.mime").doc("for MIME"),
            bits("=dns.key.flags.reserved3", 2).doc("reserved").hidden(),
            bits("=dns.key.flags.signatory", 4).doc("what it may sign"),
        ]),
        u8("=dns.key.protocol").doc("protocol").into(),
        u8("=dns.key.algorithm").names(algorithms).doc("algorithm").into(),
        bytes("=dns.key.public_key", rest()).doc("public key").into(),
    ]
}

/// What CAA says, by its tag, which stands before (RFC 8659 §4).
pub(super) fn authorization() -> Item {
    let words = |name: &'static str, doc: &'static str| text(name, rest()).doc(doc).hidden();
    let fields = [
        words("=dns.caa.issue", "who may issue certificates"),
        words("=dns.caa.issuewild", "who may issue wildcard certificates"),
        words("=dns.caa.iodef", "where to report"),
        words("=dns.caa.unknown", "value of another tag"),
    ];
    decoded([custom(fields, |walk| {
        let (at, octets) = (walk.offset(), walk.rest());
        let before = walk.all_octets().get(..at).unwrap_or_default();
        let name = match before {
            [.., b'i', b's', b's', b'u', b'e'] => "=dns.caa.issue",
            [.., b'i', b's', b's', b'u', b'e', b'w', b'i', b'l', b'd'] => "=dns.caa.issuewild",
            [.., b'i', b'o', b'd', b'e', b'f'] => "=dns.caa.iodef",
            _ => "=dns.caa.unknown",
        };
        walk.emit(name, at, octets.len(), 0);
    })])
}

/// An address prefix with its zeros; family and length stand before.
pub(super) fn prefix_address() -> Item {
    let fields = [
        ipv4("=dns.apl.afdpart.ipv4").doc("address").hidden(),
        made("=dns.apl.afdpart.ipv6", "address").hidden(),
    ];
    decoded([custom(fields, |walk| {
        let at = walk.offset();
        let head =
            at.checked_sub(4).and_then(|from| walk.all_octets().get(from..)).and_then(<[u8]>::first_chunk);
        let Some([0, family, _, length]) = head.copied() else { return };
        let octets = walk.rest().get(..usize::from(length & 0x7f)).unwrap_or_default();
        match (family, octets.len()) {
            (1, 0..=4) => {
                let mut address = [0; 4];
                address.iter_mut().zip(octets).for_each(|(to, from)| *to = *from);
                walk.emit("=dns.apl.afdpart.ipv4", at, octets.len(), u64::from(u32::from_be_bytes(address)));
            }
            (2, 0..=16) => {
                let mut address = [0; 16];
                address.iter_mut().zip(octets).for_each(|(to, from)| *to = *from);
                let address = std::net::Ipv6Addr::from(address);
                walk.emit_made("=dns.apl.afdpart.ipv6", at, octets.len(), |out| {
                    out.extend_from_slice(address.to_string().as_bytes());
                });
            }
            _ => {}
        }
    })])
}

/// RFC 2874 §3.1: as many octets of the suffix as the prefix leaves, and the prefix' name.
pub(super) fn chained_address() -> Item {
    let fields = [
        made("=dns.a6.address_suffix", "suffix of the address"),
        made("=dns.a6.prefix_name", "name of the prefix"),
    ];
    decoded([custom(fields, |walk| {
        let at = walk.offset();
        let length = at.checked_sub(1).and_then(|at| walk.all_octets().get(at)).copied().unwrap_or(0);
        let suffix = usize::from(128_u8.saturating_sub(length).div_ceil(8));
        let Some(octets) = walk.rest().get(..suffix) else { return };
        let mut address = [0; 16];
        address.iter_mut().rev().zip(octets.iter().rev()).for_each(|(to, from)| *to = *from);
        let address = std::net::Ipv6Addr::from(address);
        walk.emit_made("=dns.a6.address_suffix", at, suffix, |out| {
            out.extend_from_slice(address.to_string().as_bytes());
        });
        let mut text = Vec::new();
        let begin = at.saturating_add(suffix);
        let end = crate::decode::read_dns_name(walk.all_octets(), walk.names_base(), begin, &mut text);
        if let Some(end) = end.filter(|_| length > 0) {
            walk.emit_made("=dns.a6.prefix_name", begin, end.saturating_sub(begin), |out| {
                out.extend_from_slice(if text.is_empty() { b"<Root>" } else { &text });
            });
        }
    })])
}

/// The types of CSYNC once more.
pub(super) fn synchronised_types() -> Item {
    decoded([custom([bytes("=dns.csync.type_bitmap", rest()).doc("types to take over").hidden()], |walk| {
        walk.emit("=dns.csync.type_bitmap", walk.offset(), walk.rest().len(), 0);
    })])
}

/// A proxy says whom it speaks for (draft-bellis-dnsop-xpf).
pub(super) fn forwarded_for() -> Vec<Item> {
    let of = |version: i64| eq("=dns.xpf.ip_version", version);
    vec![
        bits("=dns.xpf.reserved", 4).doc("reserved").hidden().into(),
        bits("=dns.xpf.ip_version", 4).doc("IP version").into(),
        u8("=dns.xpf.protocol").named_by(super::super::ip_protocol_name).doc("transport").into(),
        when(
            of(4),
            [
                ipv4("=dns.xpf.source_ipv4").doc("source").into(),
                ipv4("=dns.xpf.destination_ipv4").doc("destination").into(),
            ],
        ),
        when(
            of(6),
            [
                ipv6("=dns.xpf.source_ipv6").doc("source").into(),
                ipv6("=dns.xpf.destination_ipv6").doc("destination").into(),
            ],
        ),
        when(
            Test::Any(vec![of(4), of(6)]),
            [
                be16("=dns.xpf.sport").doc("source port").into(),
                be16("=dns.xpf.dport").doc("destination port").into(),
            ],
        ),
        bytes("=dns.xpf.data", rest()).doc("of another version").hidden().into(),
    ]
}

/// Windows servers that look names up elsewhere (MS-DNSP §2.2.2.2.4.23).
pub(super) fn name_servers() -> Vec<Item> {
    vec![
        be32("=dns.wins.local_flag").boolean().doc("is not replicated").into(),
        be32("=dns.wins.lookup_timeout").unit("s").doc("time to wait").into(),
        be32("=dns.wins.cache_timeout").unit("s").doc("time to remember").into(),
        be32("=dns.wins.nb_wins_servers").doc("servers").into(),
        repeat(
            label("=dns.wins.servers").doc("servers").hidden(),
            [ipv4("=dns.wins.wins_server").doc("server").into()],
        ),
    ]
}

/// The same for addresses (MS-DNSP §2.2.2.2.4.24).
pub(super) fn reverse_names() -> Vec<Item> {
    vec![
        be32("=dns.winsr.local_flag").boolean().doc("is not replicated").into(),
        be32("=dns.winsr.lookup_timeout").unit("s").doc("time to wait").into(),
        be32("=dns.winsr.cache_timeout").unit("s").doc("time to remember").into(),
        name("=dns.winsr.name_result_domain").doc("domain to add").into(),
    ]
}

/// Messages of stateful operations hold a list in place of records (RFC 8490 §5.4).
pub(super) fn stateful() -> Item {
    const TYPES: &[(u64, &str)] = &[
        (1, "keepalive"),
        (2, "retry delay"),
        (3, "encryption padding"),
        (0x40, "subscribe"),
        (0x41, "push"),
        (0x42, "unsubscribe"),
        (0x43, "reconfirm"),
    ];
    let node = || label("=dns.dso.tlv").doc("parameter");
    let mut list = crate::schema::Tlv::new(
        node(),
        be16("=dns.dso.tlv.type").names(TYPES).doc("type"),
        be16("=dns.dso.tlv.length").unit("octets").doc("length"),
    )
    .body_len()
    .other([bytes("=dns.dso.tlv.data", rest()).doc("data").into()]);
    list = list.cases([
        crate::schema::case(
            1,
            node(),
            [
                be32("=dns.dso.tlv.keepalive.inactivity").unit("ms").doc("inactivity timeout").into(),
                be32("=dns.dso.tlv.keepalive.interval").unit("ms").doc("interval of keepalives").into(),
            ],
        ),
        crate::schema::case(
            2,
            node(),
            [be32("=dns.dso.tlv.retrydelay.retrydelay").unit("ms").doc("time before another try").into()],
        ),
        crate::schema::case(3, node(), [bytes("=dns.dso.tlv.encpad.padding", rest()).doc("padding").into()]),
    ]);
    decoded([when(
        eq("=dns.flags.opcode", 6),
        [crate::schema::block(label("=dns.dso").doc("stateful operation"), rest(), [list.into()])],
    )])
}

/// A location of an unknown version (RFC 1876 §2 knows 0 alone).
pub(super) fn unknown_location() -> Item {
    when(ne("=dns.loc.version", 0), [bytes("=dns.loc.unknown_data", rest()).doc("unknown").into()])
}
