//! Options of EDNS (RFC 6891 §6.1.2), by code.

use super::names::{ALGORITHMS, EXTENDED_ERRORS, OPTIONS};
use crate::decode::Walk;
use crate::schema::{
    Item, Size, Tlv, be16, built, bytes, case, custom_both, decoded, eq, ipv4, ipv6, label, left, name,
    repeat, rest, text, u8, when,
};

/// The options of an OPT record (RFC 6891 §6.1.2).
pub(super) fn edns_options() -> Item {
    let octets = |name: &'static str, doc: &'static str| -> Item {
        repeat(
            label("=dns.opt.algorithms").doc("algorithms").hidden(),
            [u8(name).craft("alg_code").names(ALGORITHMS).doc(doc).into()],
        )
    };
    let node = || label("=dns.opt").doc("option");
    let list = Tlv::new(
        node(),
        be16("=dns.opt.code").craft("optcode").names(OPTIONS).doc("code"),
        be16("=dns.opt.len").craft("optlen").unit("octets").doc("length"),
    )
    .body_len()
    .other([bytes("=dns.opt.data", rest()).craft("optdata").doc("data").into()])
    .cases([
        case(5, node(), [octets("=dns.opt.dau", "DNSSEC algorithm understood")]),
        case(6, node(), [octets("=dns.opt.dhu", "DS hash understood")]),
        case(7, node(), [octets("=dns.opt.n3u", "NSEC3 hash understood")]),
        case(8, node(), client_subnet()),
        case(
            10,
            node(),
            [
                decoded([bytes("=dns.opt.cookie.client", Size::Octets(left().min(crate::schema::lit(8))))
                    .craft("client_cookie")
                    .doc("client cookie")
                    .into()]),
                built([bytes("=dns.opt.cookie.client", Size::Octets(crate::schema::lit(8)))
                    .craft("client_cookie")
                    .doc("client cookie")
                    .into()]),
                bytes("=dns.opt.cookie.server", rest()).craft("server_cookie").doc("server cookie").into(),
            ],
        ),
        case(
            11,
            node(),
            [when(
                crate::schema::Test::Ge(left(), crate::schema::lit(2)),
                [be16("=dns.opt.edns_tcp_keepalive.timeout").doc("idle timeout, 100 ms each").into()],
            )],
        ),
        case(12, node(), [bytes("=dns.opt.padding", rest()).craft("padding").doc("padding").into()]),
        case(13, node(), [name("=dns.opt.chain.fqdn").doc("start of the chain").into()]),
        case(
            15,
            node(),
            [
                be16("=dns.opt.ext_error.info_code")
                    .craft("info_code")
                    .names(EXTENDED_ERRORS)
                    .doc("extended error")
                    .into(),
                text("=dns.opt.ext_error.extra_text", rest()).craft("extra_text").doc("text").into(),
            ],
        ),
    ]);
    list.into()
}

/// RFC 7871 §6: the address lacks trailing octets that the prefix does not cover.
fn client_subnet() -> [Item; 8] {
    /// The address where none is given, scapy's.
    const USUAL: [u8; 4] = [192, 168, 0, 0];
    const FAMILIES: [(u64, &str); 2] = [(1, "IPv4"), (2, "IPv6")];
    let whole = |family: i64, octets: i64| {
        crate::schema::Test::All(vec![
            eq("=dns.opt.client.family", family),
            crate::schema::Test::Eq(left(), crate::schema::lit(octets)),
        ])
    };
    let written = || {
        bytes("=dns.opt.client.written", rest())
            .craft("address")
            .reads(crate::schema::Kind::Ipv4)
            .hidden()
            .doc("client's address")
    };
    [
        decoded([be16("=dns.opt.client.family").names(&FAMILIES).doc("address family").into()]),
        built([custom_both(
            [
                be16("=dns.opt.client.family").craft("family").names(&FAMILIES).doc("address family"),
                written(),
            ],
            |_| {},
            |build| {
                let octets = build.octets("=dns.opt.client.written").map_or(4, |octets| octets.len());
                build.put_number("=dns.opt.client.family", if octets == 16 { 2 } else { 1 });
            },
        )]),
        decoded([u8("=dns.opt.client.netmask").doc("source prefix length").into()]),
        built([custom_both(
            [u8("=dns.opt.client.netmask").craft("source_plen").doc("source prefix length"), written()],
            |_| {},
            |build| {
                let octets = build.octets("=dns.opt.client.written").unwrap_or(USUAL.to_vec());
                let said =
                    octets.iter().rposition(|octet| *octet != 0).map_or(0, |last| last.saturating_add(1));
                build.put_number("=dns.opt.client.netmask", (said as u64).saturating_mul(8));
            },
        )]),
        u8("=dns.opt.client.scope").craft("scope_plen").doc("scope prefix length").into(),
        custom_both([ipv4("=dns.opt.client.addr4").doc("client"), written()], padded_address, |build| {
            let prefix = build.number("=dns.opt.client.netmask");
            let mut octets = build.octets("=dns.opt.client.written").unwrap_or(USUAL.to_vec());
            octets.truncate(usize::try_from(prefix).unwrap_or(0).div_ceil(8));
            // Bits behind the prefix are 0 (RFC 7871 §6).
            if let Some(last) = octets.last_mut().filter(|_| prefix % 8 != 0) {
                *last &= 0xff_u8.wrapping_shl(8_u32.wrapping_sub((prefix % 8) as u32));
            }
            build.put(&octets);
        }),
        when(whole(2, 16), [ipv6("=dns.opt.client.addr6").doc("client").into()]),
        bytes("=dns.opt.client.addr", rest()).doc("client's prefix").into(),
    ]
}

/// An IPv4 prefix with the octets that it lacks as zeros, over the octets that are there.
fn padded_address(walk: &mut Walk<'_, '_>) {
    let at = walk.offset();
    let family = at.checked_sub(4).and_then(|at| walk.all_octets().get(at..)).and_then(<[u8]>::first_chunk);
    if family != Some(&[0, 1]) {
        return;
    }
    let mut address = [0; 4];
    address.iter_mut().zip(walk.rest()).for_each(|(to, from)| *to = *from);
    walk.emit("=dns.opt.client.addr4", at, walk.rest().len().min(4), u64::from(u32::from_be_bytes(address)));
}
