//! Addresses that IPv6 addresses are made of, for those who ask: MAC addresses of stateless configuration (RFC 4291 appendix A),
//! ISATAP (RFC 5214 §6.1), 6to4 (RFC 3056 §2), Teredo (RFC 4380 §4) and the well-known prefix of translators (RFC 6052 §2.1).

use crate::decode::Walk;
use crate::schema::{Field, Protocol, be16, ipv4, mac};

/// Fields of the source.
const SOURCE: [&str; 8] = [
    "src_slaac_mac",
    "src_isatap_ipv4",
    "src_6to4_gw_ipv4",
    "src_6to4_sla_id",
    "src_ts_ipv4",
    "src_tc_port",
    "src_tc_ipv4",
    "src_embed_ipv4",
];

/// Fields of the destination, in the same order.
const DESTINATION: [&str; 8] = [
    "dst_slaac_mac",
    "dst_isatap_ipv4",
    "dst_6to4_gw_ipv4",
    "dst_6to4_sla_id",
    "dst_ts_ipv4",
    "dst_tc_port",
    "dst_tc_ipv4",
    "dst_embed_ipv4",
];

fn fields_of(
    [slaac, isatap, gateway, site, server, port, client, translated]: [&'static str; 8],
) -> [Field; 8] {
    [
        mac(slaac).doc("MAC address within the address (EUI-64)"),
        ipv4(isatap).doc("ISATAP: IPv4 address"),
        ipv4(gateway).doc("6to4: IPv4 address of the gateway"),
        be16(site).doc("6to4: site-level aggregation identifier"),
        ipv4(server).doc("Teredo: IPv4 address of the server"),
        be16(port).doc("Teredo: UDP port of the client"),
        ipv4(client).doc("Teredo: IPv4 address of the client"),
        ipv4(translated).doc("IPv4 address behind the well-known prefix 64:ff9b::/96"),
    ]
    .map(Field::hidden)
}

/// Adds the fields.
pub(super) fn declare(protocol: Protocol) -> Protocol {
    protocol.extras(fields_of(SOURCE)).extras(fields_of(DESTINATION))
}

/// Adds the names that stand for source and destination.
pub(super) fn declare_either(protocol: Protocol) -> Protocol {
    protocol
        .either("slaac_mac", &["src_slaac_mac", "dst_slaac_mac"])
        .either("isatap_ipv4", &["src_isatap_ipv4", "dst_isatap_ipv4"])
        .either("6to4_gw_ipv4", &["src_6to4_gw_ipv4", "dst_6to4_gw_ipv4"])
        .either("6to4_sla_id", &["src_6to4_sla_id", "dst_6to4_sla_id"])
        .either("ts_ipv4", &["src_ts_ipv4", "dst_ts_ipv4"])
        .either("tc_port", &["src_tc_port", "dst_tc_port"])
        .either("tc_ipv4", &["src_tc_ipv4", "dst_tc_ipv4"])
        .either("embed_ipv4", &["src_embed_ipv4", "dst_embed_ipv4"])
}

/// Shows what the addresses hold.
#[inline]
pub(super) fn show(walk: &mut Walk<'_, '_>, source: [u8; 16], destination: [u8; 16]) {
    if walk.asked_by_name() {
        let at = walk.layer_offset();
        show_one(walk, at.saturating_add(8), source, SOURCE);
        show_one(walk, at.saturating_add(24), destination, DESTINATION);
    }
}

fn show_one(walk: &mut Walk<'_, '_>, at: usize, address: [u8; 16], names: [&str; 8]) {
    let [slaac, isatap, gateway, site, server, port, client, translated] = names;
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = address;
    let last = u64::from(u32::from_be_bytes([m, n, o, p]));
    let mut emit =
        |name, offset: usize, octets, value| walk.emit(name, at.saturating_add(offset), octets, value);
    match [a, b, c, d] {
        [0x20, 0x01, 0, 0] => {
            emit(server, 4, 4, u64::from(u32::from_be_bytes([e, f, g, h])));
            // Both stand inverted, so that translators on the way do not find and change them.
            emit(port, 10, 2, u64::from(!u16::from_be_bytes([k, l])));
            emit(client, 12, 4, last ^ 0xffff_ffff);
        }
        [0x20, 0x02, ..] => {
            emit(gateway, 2, 4, u64::from(u32::from_be_bytes([c, d, e, f])));
            emit(site, 6, 2, u64::from(u16::from_be_bytes([g, h])));
        }
        [0, 0x64, 0xff, 0x9b] if [e, f, g, h, i, j, k, l] == [0; 8] => emit(translated, 12, 4, last),
        _ => {}
    }
    if i & 2 != 0 && [l, m] == [0xff, 0xfe] {
        emit(slaac, 8, 8, u64::from_be_bytes([0, 0, i ^ 2, j, k, n, o, p]));
    } else if [i & 0xfc, j, k, l] == [0, 0, 0x5e, 0xfe] {
        emit(isatap, 12, 4, last);
    }
}
