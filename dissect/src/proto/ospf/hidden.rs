//! Names by which Wireshark knows parts of OSPF's messages beside those that stand in the declaration: what kind of message or
//! advertisement it is, and the same octets under a name of their own where they stand in a certain advertisement.

use crate::decode::Walk;
use crate::schema::{Field, Item, Kind, Size, custom, flag, ipv4, u8};

const MESSAGES: [(&str, &str); 5] = [
    ("msg.hello", "is a hello message"),
    ("msg.dbdesc", "is a database description"),
    ("msg.lsreq", "is a link state request"),
    ("msg.lsupdate", "is a link state update"),
    ("msg.lsack", "is a link state acknowledgement"),
];

pub(super) fn messages() -> [Field; 5] {
    MESSAGES.map(|(name, doc)| flag(name).hidden().doc(doc))
}

/// Says which message it is.
pub(super) fn message(walk: &mut Walk<'_, '_>) {
    if !walk.asked_by_name() {
        return;
    }
    let kind = walk.layer_octets().get(1).map_or(0, |kind| usize::from(*kind));
    if let Some((name, _)) = kind.checked_sub(1).and_then(|place| MESSAGES.get(place)) {
        walk.emit(name, walk.layer_offset().saturating_add(1), 1, 1);
    }
}

/// Kinds of advertisements of version 2; an opaque one is any of three numbers.
const KINDS2: [(u64, u64, &str, &str); 9] = [
    (1, 1, "lsa.router", "is a router advertisement"),
    (2, 2, "lsa.network", "is a network advertisement"),
    (3, 3, "lsa.summary", "is a summary advertisement of a network"),
    (4, 4, "lsa.asbr", "is a summary advertisement of a boundary router"),
    (5, 5, "lsa.asext", "is an external advertisement"),
    (6, 6, "lsa.member", "is a group membership advertisement"),
    (7, 7, "lsa.nssa", "is an external advertisement of an NSSA"),
    (8, 8, "lsa.attr", "is an external attributes advertisement"),
    (9, 11, "lsa.opaque", "is an opaque advertisement"),
];

/// Kinds of version 3, by the number without flags.
const KINDS3: [(u64, u64, &str, &str); 10] = [
    (1, 1, "v3.lsa.router", "is a router advertisement"),
    (2, 2, "v3.lsa.network", "is a network advertisement"),
    (3, 3, "v3.lsa.interprefix", "is an inter-area prefix advertisement"),
    (4, 4, "v3.lsa.interrouter", "is an inter-area router advertisement"),
    (5, 5, "v3.lsa.asext", "is an external advertisement"),
    (6, 6, "v3.lsa.member", "is a group membership advertisement"),
    (7, 7, "v3.lsa.nssa", "is an external advertisement of an NSSA"),
    (8, 8, "v3.lsa.link", "is a link advertisement"),
    (9, 9, "v3.lsa.intraprefix", "is an intra-area prefix advertisement"),
    (12, 12, "v3.lsa.opaque", "is a router information advertisement"),
];

fn fields_of<const N: usize>(kinds: [(u64, u64, &'static str, &'static str); N]) -> [Field; N] {
    kinds.map(|(_, _, name, doc)| flag(name).hidden().doc(doc))
}

fn show(walk: &mut Walk<'_, '_>, kinds: &[(u64, u64, &str, &str)], kind: u64) {
    if let Some((_, _, name, _)) = kinds.iter().find(|(low, high, _, _)| *low <= kind && kind <= *high) {
        walk.emit(name, walk.offset().saturating_sub(1), 1, 1);
    }
}

/// Behind the type of an advertisement of version 2.
pub(super) fn kind2() -> Item {
    custom(fields_of(KINDS2), |walk| {
        let kind = walk.header().last().map_or(0, |kind| u64::from(*kind));
        show(walk, &KINDS2, kind);
    })
}

/// Behind the type of an advertisement of version 3.
pub(super) fn kind3() -> Item {
    custom(fields_of(KINDS3), |walk| {
        let kind = walk.header().last_chunk().map_or(0, |kind| u64::from(u16::from_be_bytes(*kind) & 0x1fff));
        show(walk, &KINDS3, kind);
    })
}

/// Shows the four octets before the cursor as `name`.
fn address_before(walk: &mut Walk<'_, '_>, name: &str) {
    if let Some(octets) = walk.header().last_chunk() {
        walk.emit(name, walk.offset().saturating_sub(4), 4, u64::from(u32::from_be_bytes(*octets)));
    }
}

/// Shows the octet before the cursor as `name`.
fn octet_before(walk: &mut Walk<'_, '_>, name: &str) {
    if let Some(octet) = walk.header().last() {
        walk.emit(name, walk.offset().saturating_sub(1), 1, u64::from(*octet));
    }
}

/// Behind the mask of a boundary router's summary, which is always 0.
pub(super) fn border_mask() -> Item {
    custom([ipv4("lsa.asbr.netmask").hidden().doc("mask")], |walk| address_before(walk, "lsa.asbr.netmask"))
}

/// Behind a router attached to a network, in version 3.
pub(super) fn attached_router() -> Item {
    custom([ipv4("v3.lsa.attached_router").hidden().doc("attached router")], |walk| {
        address_before(walk, "v3.lsa.attached_router");
    })
}

/// Behind the priority of a link advertisement.
pub(super) fn priority() -> Item {
    custom([u8("v3.lsa.router_priority").hidden().doc("priority")], |walk| {
        octet_before(walk, "v3.lsa.router_priority");
    })
}

/// Behind the type of a link in a router advertisement of version 3.
pub(super) fn link_type() -> Item {
    custom([u8("v3.lsa.type").hidden().doc("type of the link")], |walk| octet_before(walk, "v3.lsa.type"))
}

/// Between the four octets about a prefix and the prefix.
pub(super) fn prefix() -> Item {
    let field =
        Field::new("v3.address_prefix.ipv6", Kind::Ipv6, Size::Rest).hidden().doc("prefix as an address");
    custom([field], |walk| {
        let Some([bits, ..]) = walk.header().last_chunk::<4>() else { return };
        let octets = usize::from(*bits).div_ceil(32).saturating_mul(4).min(16);
        if octets <= walk.rest().len() {
            walk.emit("v3.address_prefix.ipv6", walk.offset(), octets, 0);
        }
    })
}
