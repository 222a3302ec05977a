//! Flow specifications (RFC 8955, RFC 8956 for IPv6): rules of components, each a prefix or comparisons with values.

use super::families::announced_family;
use crate::decode::Walk;
use crate::schema::{
    Item, Items, be16, be32, be64, bits, bytes, custom, flag, ipv4, ipv6, label, rest, shared, u8,
};
use std::sync::LazyLock;

/// RFC 8955 §4.2.2, RFC 8956 §3.
const COMPONENTS: &[(u64, &str)] = &[
    (1, "destination prefix"),
    (2, "source prefix"),
    (3, "protocol"),
    (4, "port"),
    (5, "destination port"),
    (6, "source port"),
    (7, "ICMP type"),
    (8, "ICMP code"),
    (9, "TCP flags"),
    (10, "packet length"),
    (11, "DSCP"),
    (12, "fragment"),
    (13, "flow label"),
];

const WIDTHS: &[(u64, &str)] = &[(0, "1 octet"), (1, "2 octets"), (2, "4 octets"), (3, "8 octets")];

/// Rules until the attribute ends.
pub(super) fn rules() -> Items {
    static LIST: LazyLock<Vec<Item>> = LazyLock::new(|| vec![list()]);
    shared(&LIST)
}

fn list() -> Item {
    custom(
        [
            bytes("flowspec_nlri", rest()).doc("rule"),
            be16("flowspec_nlri.length").unit("octets").doc("length"),
            label("flowspec_route_distinguisher").doc("route distinguisher"),
            be16("flowspec_route_distinguisher_type").doc("type"),
            be16("flowspec_route_distinguisher_admin_as_num_2").doc("AS"),
            ipv4("flowspec_route_distinguisher_admin_ipv4").doc("address"),
            be32("flowspec_route_distinguisher_admin_as_num_4").doc("AS"),
            be16("flowspec_route_distinguisher_asnum_2").doc("number"),
            be32("flowspec_route_distinguisher_asnum_4").doc("number"),
            label("flowspec_nlri.filter").doc("component"),
            u8("flowspec_nlri.filter_type").names(COMPONENTS).doc("what is compared"),
            u8("prefix_length").unit("bits").doc("prefix length"),
            ipv4("flowspec_nlri.dst_prefix_filter").doc("destination prefix"),
            ipv4("flowspec_nlri.src_prefix_filter").doc("source prefix"),
            u8("flowspec_nlri.ipv6_pref_length").unit("bits").doc("prefix length"),
            u8("flowspec_nlri.ipv6_pref_offset").unit("bits").doc("bits before it that are not compared"),
            ipv6("flowspec_nlri.dst_ipv6_pref").doc("destination prefix"),
            ipv6("flowspec_nlri.src_ipv6_pref").doc("source prefix"),
            bytes("flowspec_nlri.pattern", rest()).doc("bits of a prefix that begins within an address"),
            u8("flowspec_nlri.opflags").hex().doc("operator"),
            flag("flowspec_nlri.op.eol").doc("the last one"),
            flag("flowspec_nlri.op.and").doc("this and the one before"),
            bits("flowspec_nlri.op.val_len", 2).names(WIDTHS).doc("size of the value"),
            flag("flowspec_nlri.op.un_bit4").doc("reserved"),
            flag("flowspec_nlri.op.un_bit5").doc("reserved"),
            flag("flowspec_nlri.op.lt").doc("less"),
            flag("flowspec_nlri.op.gt").doc("greater"),
            flag("flowspec_nlri.op.equal").doc("equal"),
            flag("flowspec_nlri.op.flg_not").doc("negated"),
            flag("flowspec_nlri.op.flg_match").doc("all bits of the value"),
            u8("flowspec_nlri.dec_val_8").doc("value"),
            be16("flowspec_nlri.dec_val_16").doc("value"),
            be32("flowspec_nlri.dec_val_32").doc("value"),
            be64("flowspec_nlri.dec_val_64").doc("value"),
            u8("flowspec_nlri.val_tcp.flags").hex().doc("TCP flags"),
            flag("flowspec_nlri.val_tcp.flags.cwr").doc("CWR"),
            flag("flowspec_nlri.val_tcp.flags.ecn").doc("ECE"),
            flag("flowspec_nlri.val_tcp.flags.urg").doc("URG"),
            flag("flowspec_nlri.val_tcp.flags.ack").doc("ACK"),
            flag("flowspec_nlri.val_tcp.flags.push").doc("PSH"),
            flag("flowspec_nlri.val_tcp.flags.reset").doc("RST"),
            flag("flowspec_nlri.val_tcp.flags.syn").doc("SYN"),
            flag("flowspec_nlri.val_tcp.flags.fin").doc("FIN"),
            u8("flowspec_nlri.val_frag").hex().doc("fragments"),
            flag("flowspec_nlri.val_frag_lf").doc("the last fragment"),
            flag("flowspec_nlri.val_frag_ff").doc("the first fragment"),
            flag("flowspec_nlri.val_frag_isf").doc("a fragment but the first"),
            flag("flowspec_nlri.val_frag_df").doc("not to be fragmented"),
            u8("flowspec_nlri.val_dsfield").doc("code point"),
        ],
        all,
    )
}

fn all(walk: &mut Walk<'_, '_>) {
    let Some((family, sub)) = announced_family(walk) else { return };
    let (six, vpn) = (family == 2, sub == 134);
    while !walk.rest().is_empty() && !walk.too_deep() {
        let Some(length) = rule_length(walk.rest()) else { return walk.missing(2) };
        let node = walk.open("flowspec_nlri");
        let octets = if length < 240 { 1 } else { 2 };
        walk.emit("flowspec_nlri.length", walk.offset(), octets, length as u64);
        walk.advance(octets);
        walk.part(length, |walk| {
            if vpn {
                distinguisher(walk);
            }
            while !walk.rest().is_empty() && !walk.too_deep() {
                let component = walk.open("flowspec_nlri.filter");
                let whole = component_of(walk, six).is_some();
                walk.close(component);
                if !whole {
                    break;
                }
            }
        });
        walk.close(node);
    }
}

/// One octet, or two whose first four bits are set (RFC 8955 §4.1).
fn rule_length(octets: &[u8]) -> Option<usize> {
    match octets {
        [first @ ..240, ..] => Some(usize::from(*first)),
        [first, second, ..] => Some(usize::from(first & 0x0f) << 8 | usize::from(*second)),
        _ => None,
    }
}

fn distinguisher(walk: &mut Walk<'_, '_>) {
    let node = walk.open("flowspec_route_distinguisher");
    let _ = match walk.take("flowspec_route_distinguisher_type", 2) {
        Some(0) => walk
            .take("flowspec_route_distinguisher_admin_as_num_2", 2)
            .and_then(|_| walk.take("flowspec_route_distinguisher_asnum_4", 4)),
        Some(1) => walk
            .take("flowspec_route_distinguisher_admin_ipv4", 4)
            .and_then(|_| walk.take("flowspec_route_distinguisher_asnum_2", 2)),
        Some(_) => walk
            .take("flowspec_route_distinguisher_admin_as_num_4", 4)
            .and_then(|_| walk.take("flowspec_route_distinguisher_asnum_2", 2)),
        None => None,
    };
    walk.close(node);
}

/// One component; `None` where it does not fit, or is of a kind whose size nobody knows.
fn component_of(walk: &mut Walk<'_, '_>, six: bool) -> Option<()> {
    match (walk.take("flowspec_nlri.filter_type", 1)?, six) {
        (1, false) => prefix(walk, "prefix_length", 0, "flowspec_nlri.dst_prefix_filter", 4),
        (2, false) => prefix(walk, "prefix_length", 0, "flowspec_nlri.src_prefix_filter", 4),
        (1, true) => prefix6(walk, "flowspec_nlri.dst_ipv6_pref"),
        (2, true) => prefix6(walk, "flowspec_nlri.src_ipv6_pref"),
        (kind @ 3..=13, _) => comparisons(walk, kind),
        _ => {
            walk.malformed(1);
            None
        }
    }
}

fn prefix6(walk: &mut Walk<'_, '_>, name: &str) -> Option<()> {
    let offset = walk.rest().get(1).copied()?;
    prefix(walk, "flowspec_nlri.ipv6_pref_length", offset, name, 16)
}

/// A length, in IPv6 an offset, and as many octets as the bits between them need.
fn prefix(walk: &mut Walk<'_, '_>, length: &str, offset: u8, name: &str, most: usize) -> Option<()> {
    let bits = walk.take(length, 1)?;
    if most == 16 {
        walk.take("flowspec_nlri.ipv6_pref_offset", 1)?;
    }
    let octets = usize::try_from(bits.saturating_sub(u64::from(offset)).div_ceil(8)).ok()?;
    let Some(head) = walk.rest().get(..octets).filter(|_| octets <= most) else {
        walk.missing(octets);
        return None;
    };
    if offset > 0 {
        walk.take_octets("flowspec_nlri.pattern", octets);
        return Some(());
    }
    let address = (0..4).fold(0, |sum, at| sum << 8 | u64::from(head.get(at).copied().unwrap_or(0)));
    walk.emit(name, walk.offset(), octets, address);
    walk.advance(octets);
    Some(())
}

/// Operators with a value each, until one says that it is the last.
fn comparisons(walk: &mut Walk<'_, '_>, kind: u64) -> Option<()> {
    let of_bits = matches!(kind, 9 | 12);
    loop {
        let at = walk.offset();
        let operator = walk.take("flowspec_nlri.opflags", 1)?;
        let bit = |walk: &mut Walk<'_, '_>, name: &str, place: u32, width: u64| {
            let start = at.saturating_mul(8).saturating_add(place as usize);
            let shift = 8_u64.saturating_sub(u64::from(place)).saturating_sub(width);
            walk.emit_bits(name, start, width as usize, operator >> shift & !(u64::MAX << width));
        };
        bit(walk, "flowspec_nlri.op.eol", 0, 1);
        bit(walk, "flowspec_nlri.op.and", 1, 1);
        bit(walk, "flowspec_nlri.op.val_len", 2, 2);
        bit(walk, "flowspec_nlri.op.un_bit4", 4, 1);
        if of_bits {
            bit(walk, "flowspec_nlri.op.un_bit5", 5, 1);
            bit(walk, "flowspec_nlri.op.flg_not", 6, 1);
            bit(walk, "flowspec_nlri.op.flg_match", 7, 1);
        } else {
            bit(walk, "flowspec_nlri.op.lt", 5, 1);
            bit(walk, "flowspec_nlri.op.gt", 6, 1);
            bit(walk, "flowspec_nlri.op.equal", 7, 1);
        }
        value(walk, kind, 1 << (operator >> 4 & 3))?;
        if operator & 0x80 != 0 {
            return Some(());
        }
    }
}

fn value(walk: &mut Walk<'_, '_>, kind: u64, octets: usize) -> Option<()> {
    let at = walk.offset();
    let flags = |walk: &mut Walk<'_, '_>, value: u64, names: &[(&str, u32)]| {
        for (name, shift) in names {
            let place = at.saturating_mul(8).saturating_add(octets.saturating_mul(8));
            let start = place.saturating_sub(1).saturating_sub(*shift as usize);
            walk.emit_bits(name, start, 1, value >> shift & 1);
        }
    };
    match (kind, octets) {
        (9, _) => {
            let bits = walk.take("flowspec_nlri.val_tcp.flags", octets)?;
            flags(
                walk,
                bits,
                &[
                    ("flowspec_nlri.val_tcp.flags.cwr", 7),
                    ("flowspec_nlri.val_tcp.flags.ecn", 6),
                    ("flowspec_nlri.val_tcp.flags.urg", 5),
                    ("flowspec_nlri.val_tcp.flags.ack", 4),
                    ("flowspec_nlri.val_tcp.flags.push", 3),
                    ("flowspec_nlri.val_tcp.flags.reset", 2),
                    ("flowspec_nlri.val_tcp.flags.syn", 1),
                    ("flowspec_nlri.val_tcp.flags.fin", 0),
                ],
            );
        }
        (12, _) => {
            let bits = walk.take("flowspec_nlri.val_frag", octets)?;
            flags(
                walk,
                bits,
                &[
                    ("flowspec_nlri.val_frag_lf", 3),
                    ("flowspec_nlri.val_frag_ff", 2),
                    ("flowspec_nlri.val_frag_isf", 1),
                    ("flowspec_nlri.val_frag_df", 0),
                ],
            );
        }
        (11, 1) => walk.take("flowspec_nlri.val_dsfield", 1).map(drop)?,
        (_, 1) => walk.take("flowspec_nlri.dec_val_8", 1).map(drop)?,
        (_, 2) => walk.take("flowspec_nlri.dec_val_16", 2).map(drop)?,
        (_, 4) => walk.take("flowspec_nlri.dec_val_32", 4).map(drop)?,
        _ => walk.take("flowspec_nlri.dec_val_64", 8).map(drop)?,
    }
    Some(())
}

/// Sample frames.
pub(super) const SAMPLES: [&str; 2] = [
    "02000000000202000000000108004500007400010000400666810a0000010a0000029c4000b3000003e80000000050182000f8230000ffffffffffffffffffffffffffffffff004c0200000035900e003100018600002b0000fde90000000701180a010002100a02038106050350d501bb090002c1120a9105dc0b812e0c0002810e",
    "02000000000202000000000108004500006000010000400666950a0000010a0000029c4000b3000003e800000000501820008e5c0000ffffffffffffffffffffffffffffffff00380200000021900f001d0002851901400020010db80000000102684000000000020da100012345",
];
