//! Prefixes of the address families beyond plain IPv4 (RFC 4760): IPv4 and IPv6 unicast, multicast, with labels (RFC 8277) and
//! of VPNs (RFC 4364, RFC 4659), each with a path identifier where the peers agreed on that (RFC 7911). What the other families have for routes
//! stands in rooms of its own; families that nobody here knows are shown as octets.

use super::{FAMILIES, SUBFAMILIES, evpn, flow_rules, link_state, routes};
use crate::decode::Walk;
use crate::schema::{
    Field, Item, Items, Kind, Size, Test, be16, be32, bits, block, bytes, crafted, custom, decoded, eq, ipv4,
    ipv6, label, rest, u8, val, when,
};

const IPV4: u64 = 1;
const IPV6: u64 = 2;
const LABELLED: u64 = 4;
const VPN: u64 = 128;

pub(super) fn reach() -> Vec<Item> {
    vec![
        be16("update.path_attribute.mp_reach_nlri.afi")
            .craft("afi")
            .names(FAMILIES)
            .doc("address family")
            .into(),
        u8("update.path_attribute.mp_reach_nlri.safi")
            .craft("safi")
            .names(SUBFAMILIES)
            .doc("subsequent address family")
            .into(),
        u8("update.path_attribute.mp_reach_nlri.next_hop.length")
            .craft("nh_addr_len")
            .unit("octets")
            .doc("length of the next hop")
            .into(),
        block(
            label("update.path_attribute.mp_reach_nlri.next_hop.part").doc("next hop").hidden(),
            Size::Octets(val("update.path_attribute.mp_reach_nlri.next_hop.length")),
            [
                decoded([custom(
                    [
                        bytes("update.path_attribute.mp_reach_nlri.next_hop", rest()).doc("next hop"),
                        made("update.path_attribute.mp_reach_nlri.next_hop.rd")
                            .doc("route distinguisher of the next hop"),
                        next_hop_ipv4(),
                        next_hop_ipv6(),
                        next_hop_link_local(),
                    ],
                    next_hop,
                )]),
                crafted([
                    when(next_hop_is(IPV4, 4), [next_hop_ipv4().craft("nh_v4_addr").into()]),
                    when(next_hop_is(IPV6, 16), [next_hop_ipv6().craft("nh_v6_addr").into()]),
                    when(
                        next_hop_is(IPV6, 32),
                        [
                            next_hop_ipv6().craft("nh_v6_global").into(),
                            next_hop_link_local().craft("nh_v6_link_local").into(),
                        ],
                    ),
                ]),
            ],
        ),
        u8("update.path_attribute.mp_reach_nlri.nb_snpa")
            .alias("update.path_attribute.mp_reach_nlri.nbr_snpa")
            .craft("reserved")
            .doc("reserved")
            .into(),
        crafted([block(
            label("update.path_attribute.mp_reach_nlri.routes").craft("nlri").hidden().doc("prefixes"),
            rest(),
            [],
        )]),
        others("update.path_attribute.mp_reach_nlri.afi", "update.path_attribute.mp_reach_nlri.safi"),
        custom(
            [
                label("update.path_attribute.mp_reach_nlri").doc("prefixes"),
                path_identifier(),
                u8("prefix_length").doc("prefix length"),
                bits("update.path_attribute.mpls_label_value_20bits", 20).doc("label"),
                made("rd").doc("route distinguisher"),
                ipv4("mp_reach_nlri_ipv4_prefix").doc("prefix"),
                ipv6("mp_reach_nlri_ipv6_prefix").doc("prefix"),
                bytes("update.path_attribute.mp_reach_nlri.nlri", rest()).doc("prefixes of another family"),
            ],
            reached,
        ),
    ]
}

pub(super) fn unreach() -> Vec<Item> {
    vec![
        be16("update.path_attribute.mp_unreach_nlri.afi")
            .craft("afi")
            .names(FAMILIES)
            .doc("address family")
            .into(),
        u8("update.path_attribute.mp_unreach_nlri.safi")
            .craft("safi")
            .names(SUBFAMILIES)
            .doc("subsequent address family")
            .into(),
        crafted([block(
            label("update.path_attribute.mp_unreach_nlri.part")
                .craft("afi_safi_specific")
                .hidden()
                .doc("routes"),
            rest(),
            [block(
                label("update.path_attribute.mp_unreach_nlri.routes").hidden().doc("routes"),
                rest(),
                [block(
                    label("update.path_attribute.mp_unreach_nlri.list")
                        .craft("withdrawn_routes")
                        .hidden()
                        .doc("withdrawn prefixes"),
                    rest(),
                    [],
                )],
            )],
        )]),
        others("update.path_attribute.mp_unreach_nlri.afi", "update.path_attribute.mp_unreach_nlri.safi"),
        custom(
            [
                label("update.path_attribute.mp_unreach_nlri").doc("withdrawn prefixes"),
                path_identifier(),
                u8("prefix_length").doc("prefix length"),
                bits("update.path_attribute.mpls_label_value_20bits", 20).doc("label"),
                made("rd").doc("route distinguisher"),
                ipv4("mp_unreach_nlri_ipv4_prefix").doc("withdrawn prefix"),
                ipv6("mp_unreach_nlri_ipv6_prefix").doc("withdrawn prefix"),
                bytes("update.path_attribute.mp_unreach_nlri.nlri", rest()).doc("prefixes of another family"),
            ],
            unreached,
        ),
    ]
}

/// Routes that are no prefixes, by the families that the attribute names.
fn others(family: &'static str, sub: &'static str) -> Item {
    let of = |families: &[(i64, i64)], routes: Items| {
        let tests =
            families.iter().map(|(number, kind)| Test::All(vec![eq(family, *number), eq(sub, *kind)]));
        Item::When(Test::Any(tests.collect()), routes)
    };
    decoded([
        of(&[(25, 70)], vec![evpn::routes()].into()),
        of(&[(link_state::FAMILY, 71)], vec![link_state::routes(false)].into()),
        of(&[(link_state::FAMILY, 72), (link_state::FAMILY, 128)], vec![link_state::routes(true)].into()),
        of(&[(1, 133), (1, 134), (2, 133), (2, 134)], flow_rules::rules()),
        of(&[(1, 5), (2, 5)], vec![routes::multicast()].into()),
        of(&[(1, 66)], routes::trees()),
        of(&[(25, 65)], routes::private_lan()),
        of(&[(1, 73), (2, 73)], routes::policies()),
        of(&[(1, 132)], routes::targets()),
        of(&[(1, 64)], routes::endpoints(false)),
        of(&[(2, 64)], routes::endpoints(true)),
    ])
}

pub(super) fn path_identifier() -> Field {
    be32("nlri_path_id").doc("path identifier")
}

/// Whether prefixes have a path identifier each. Peers agree on that when they open the session, and messages do not say it: they have where octets
/// are prefixes with identifiers, and none without. A prefix has no bits behind its length, and a list has one default route at most.
pub(super) fn has_paths(octets: &[u8], most: u8) -> bool {
    !are_prefixes(octets, most, 0) && are_prefixes(octets, most, 4)
}

fn are_prefixes(mut octets: &[u8], most: u8, before: usize) -> bool {
    let mut defaults = 0_u32;
    while !octets.is_empty() {
        let Some(([bits], rest)) = octets.get(before..).and_then(<[u8]>::split_first_chunk) else {
            return false;
        };
        let Some((prefix, after)) = rest.split_at_checked(usize::from(*bits).div_ceil(8)) else {
            return false;
        };
        let spare = if bits % 8 == 0 { 0 } else { u8::MAX >> (bits % 8) };
        let clean = prefix.last().is_none_or(|last| last & spare == 0);
        defaults = defaults.saturating_add(u32::from(*bits == 0));
        if *bits > most || !clean || (before == 0 && defaults > 1) {
            return false;
        }
        octets = after;
    }
    true
}

fn next_hop_ipv4() -> Field {
    ipv4("update.path_attribute.mp_reach_nlri.next_hop.ipv4").doc("next hop")
}

fn next_hop_ipv6() -> Field {
    ipv6("update.path_attribute.mp_reach_nlri.next_hop.ipv6").doc("next hop")
}

fn next_hop_link_local() -> Field {
    ipv6("update.path_attribute.mp_reach_nlri.next_hop.ipv6.link_local").doc("next hop, link-local")
}

/// Whether the next hop is of a family and has so many octets.
fn next_hop_is(family: u64, octets: i64) -> Test {
    Test::All(vec![
        eq("update.path_attribute.mp_reach_nlri.afi", family as i64),
        eq("update.path_attribute.mp_reach_nlri.next_hop.length", octets),
    ])
}

fn made(name: &'static str) -> Field {
    Field::new(name, Kind::Made, rest())
}

/// Address family and subsequent one, which stand so many octets before the cursor.
fn family(walk: &Walk<'_, '_>, before: usize) -> Option<(u64, u64)> {
    let [a, b, sub] = *walk.all_octets().get(walk.offset().checked_sub(before)?..)?.first_chunk::<3>()?;
    Some((u64::from(u16::from_be_bytes([a, b])), u64::from(sub)))
}

/// RFC 4364 §4.2: `65000:1`, `10.0.0.1:1`, `4200000000:1`.
pub(super) fn write_distinguisher(out: &mut Vec<u8>, octets: [u8; 8]) {
    let [t0, t1, a, b, c, d, e, f] = octets;
    match u16::from_be_bytes([t0, t1]) {
        0 => {
            crate::render::put::decimal(out, u64::from(u16::from_be_bytes([a, b])));
            out.push(b':');
            crate::render::put::decimal(out, u64::from(u32::from_be_bytes([c, d, e, f])));
            return;
        }
        1 => crate::render::put::ipv4(out, [a, b, c, d]),
        _ => crate::render::put::decimal(out, u64::from(u32::from_be_bytes([a, b, c, d]))),
    }
    out.push(b':');
    crate::render::put::decimal(out, u64::from(u16::from_be_bytes([e, f])));
}

fn distinguisher(walk: &mut Walk<'_, '_>, name: &str) -> Option<()> {
    let octets = *walk.rest().first_chunk::<8>()?;
    walk.emit_made(name, walk.offset(), 8, |out| write_distinguisher(out, octets));
    walk.advance(8);
    Some(())
}

fn next_hop(walk: &mut Walk<'_, '_>) {
    let length = walk.rest().len();
    let vpn = family(walk, 4).is_some_and(|(_, sub)| sub == VPN);
    walk.emit("update.path_attribute.mp_reach_nlri.next_hop", walk.offset(), length, 0);
    let address = |walk: &mut Walk<'_, '_>, name: &str, octets: usize| {
        let value = walk.rest().first_chunk().map_or(0, |word| u64::from(u32::from_be_bytes(*word)));
        walk.emit(name, walk.offset(), octets, value);
        walk.advance(octets);
    };
    let prefix = if vpn { 8_usize } else { 0 };
    let sizes = [
        (4_usize, "update.path_attribute.mp_reach_nlri.next_hop.ipv4"),
        (16, "update.path_attribute.mp_reach_nlri.next_hop.ipv6"),
    ];
    for (octets, name) in sizes {
        if length == octets.saturating_add(prefix)
            || (octets == 16 && length == 32_usize.saturating_add(prefix.saturating_mul(2)))
        {
            if vpn {
                let _ = distinguisher(walk, "update.path_attribute.mp_reach_nlri.next_hop.rd");
            }
            address(walk, name, octets);
        }
    }
    if walk.rest().len() >= 16 {
        if vpn {
            let _ = distinguisher(walk, "update.path_attribute.mp_reach_nlri.next_hop.rd");
        }
        address(walk, "update.path_attribute.mp_reach_nlri.next_hop.ipv6.link_local", 16);
    }
    let left = walk.rest().len();
    walk.advance(left);
}

fn reached(walk: &mut Walk<'_, '_>) {
    let family = reached_family(walk);
    list(
        walk,
        family,
        "update.path_attribute.mp_reach_nlri",
        [
            "mp_reach_nlri_ipv4_prefix",
            "mp_reach_nlri_ipv6_prefix",
            "update.path_attribute.mp_reach_nlri.nlri",
        ],
    );
}

/// The next hop before the cursor has a size that only its length octet tells: 4, 12, 16, 24, 32 or 48.
fn reached_family(walk: &Walk<'_, '_>) -> Option<(u64, u64)> {
    [4_usize, 12, 16, 24, 32, 48, 0].into_iter().find_map(|length| {
        let before = length.saturating_add(5);
        let at = walk.offset().checked_sub(length.saturating_add(2))?;
        let claimed = usize::from(*walk.all_octets().get(at)?);
        family(walk, before).filter(|(family, _)| claimed == length && matches!(*family, IPV4 | IPV6))
    })
}

/// The family of the routes at the cursor: it stands right before those that are withdrawn, and before next hop and a zero octet where they are
/// announced.
pub(super) fn announced_family(walk: &Walk<'_, '_>) -> Option<(u64, u64)> {
    family(walk, 3).filter(|(_, sub)| *sub != 0).or_else(|| reached_family(walk))
}

fn unreached(walk: &mut Walk<'_, '_>) {
    let family = family(walk, 3);
    list(
        walk,
        family,
        "update.path_attribute.mp_unreach_nlri",
        [
            "mp_unreach_nlri_ipv4_prefix",
            "mp_unreach_nlri_ipv6_prefix",
            "update.path_attribute.mp_unreach_nlri.nlri",
        ],
    );
}

/// Prefixes until the attribute ends.
fn list(walk: &mut Walk<'_, '_>, family: Option<(u64, u64)>, heading: &str, [four, six, other]: [&str; 3]) {
    let known = family
        .filter(|(family, sub)| matches!(*family, IPV4 | IPV6) && matches!(*sub, 1 | 2 | LABELLED | VPN));
    let Some((family, sub)) = known else {
        let left = walk.rest().len();
        if left > 0 {
            walk.take_octets(other, left);
        }
        return;
    };
    if walk.rest().is_empty() {
        return;
    }
    let node = walk.open(heading);
    let paths = matches!(sub, 1 | 2) && has_paths(walk.rest(), if family == IPV4 { 32 } else { 128 });
    while !walk.rest().is_empty() && !walk.too_deep() {
        if paths && walk.take("nlri_path_id", 4).is_none() {
            break;
        }
        if prefix(walk, family, sub, if family == IPV4 { four } else { six }).is_none() {
            walk.missing(walk.rest().len().saturating_add(1));
            break;
        }
    }
    walk.close(node);
}

/// One prefix: its length in bits counts labels and route distinguisher.
fn prefix(walk: &mut Walk<'_, '_>, family: u64, sub: u64, name: &str) -> Option<()> {
    let mut bits = usize::try_from(walk.take("prefix_length", 1)?).ok()?;
    if matches!(sub, LABELLED | VPN) {
        // Labels until one has the bottom bit; a withdrawn one has none but this value (RFC 8277 §2.4).
        for _ in 0..8 {
            let [a, b, c] = *walk.rest().first_chunk::<3>()?;
            let entry = u64::from(u32::from_be_bytes([0, a, b, c]));
            walk.emit("update.path_attribute.mpls_label_value_20bits", walk.offset(), 3, entry >> 4);
            walk.advance(3);
            bits = bits.checked_sub(24)?;
            if entry & 1 == 1 || entry == 0x80_0000 || entry == 0 {
                break;
            }
        }
    }
    if sub == VPN {
        distinguisher(walk, "rd")?;
        bits = bits.checked_sub(64)?;
    }
    let octets = bits.div_ceil(8);
    let limit = if family == IPV4 { 4 } else { 16 };
    let head = walk.rest().get(..octets).filter(|_| octets <= limit)?;
    let address = (0..4).fold(0, |sum, at| sum << 8 | u64::from(head.get(at).copied().unwrap_or(0)));
    walk.emit(name, walk.offset(), octets, address);
    walk.advance(octets);
    Some(())
}
