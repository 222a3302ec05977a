//! VXLAN (RFC 7348), with the group policy extension (draft-smith-vxlan-group-policy), and VXLAN-GPE
//! (draft-ietf-nvo3-vxlan-gpe).

use super::octets::Octets;
use crate::decode::Walk;
use crate::render::line::{Body, Line};
use crate::schema::{
    ETHER_TYPE, Field, Item, LINK_TYPE, Protocol, Table, Test, UDP_PORT, be16, be24, bits, built, decoded,
    flag, lit, not, u8, val, when,
};

/// Next protocols of VXLAN-GPE and of NSH (RFC 8300 §2.2), and where they lead.
pub(super) const NEXT: &[(u64, &str)] = &[
    (1, "IPv4"),
    (2, "IPv6"),
    (3, "Ethernet"),
    (4, "NSH"),
    (5, "MPLS"),
    (6, "group-based policy"),
    (7, "vBNG"),
];

/// The table and number of a next protocol.
pub(super) fn next_of(number: u8) -> Option<(Table, u64)> {
    Some(match number {
        1 => (ETHER_TYPE, 0x0800),
        2 => (ETHER_TYPE, 0x86dd),
        3 => (LINK_TYPE, 1),
        4 => (ETHER_TYPE, 0x894f),
        5 => (ETHER_TYPE, 0x8847),
        _ => return None,
    })
}

/// The first word as the crafter writes it: what its flags say is there.
fn written_head() -> [Item; 4] {
    let bit = |mask: i64| Test::Ge(val("crafted_flags").and(mask), lit(1));
    [
        hidden("crafted_flags", 8)
            .craft("flags")
            .letters(&["OAM", "R", "NextProtocol", "Instance", "V1", "V2", "R", "G"])
            .default(8)
            .into(),
        when(
            bit(4),
            [
                hidden("crafted_reserved", 16).craft("reserved0").into(),
                hidden("crafted_next", 8).craft("NextProtocol").into(),
            ],
        ),
        when(
            not(Test::Any(vec![bit(4), bit(0x80)])),
            [hidden("crafted_reserved24", 24).craft("reserved1").into()],
        ),
        when(
            bit(0x80),
            [
                hidden("crafted_policy", 8)
                    .craft("gpflags")
                    .letters(&["R", "R", "R", "A", "R", "R", "D", "R"])
                    .into(),
                hidden("crafted_group", 16).craft("gpid").into(),
            ],
        ),
    ]
}

fn hidden(name: &'static str, width: u16) -> Field {
    bits(name, width).hidden().doc("flags")
}

pub(super) fn vxlan() -> Protocol {
    Protocol::new("vxlan", "Virtual eXtensible Local Area Network")
        .layer("VXLAN")
        .ports_below("udp", 4789, 4789)
        .source("RFC 7348 §5, draft-smith-vxlan-group-policy-05 §2.1")
        .on(UDP_PORT, &[4789])
        .followed_by("eth", &[("crafted_flags", 12), ("crafted_next", 3)])
        .followed_by("ip", &[("crafted_flags", 12), ("crafted_next", 1)])
        .followed_by("ipv6", &[("crafted_flags", 12), ("crafted_next", 2)])
        .followed_by("nsh", &[("crafted_flags", 12), ("crafted_next", 4)])
        .later(fields)
        .leads(&[LINK_TYPE])
        .after(|walk| {
            walk.next(LINK_TYPE, 1);
        })
        .summary(summary)
        .sample("02000000000202000000000108004500004f000100004011669b0a0000010a000002c0a912b5003b40a60c00000300004d0006112233550206112233550108004500001d000100004011f6cbc0000201c000020200010002000903d578")
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    let first = Item::Group(
        hidden("flags_octet", 8),
        vec![
            flag("flag_g").doc("group policy is there").into(),
            bits("flags_reserved_1", 3).hex().doc("reserved").into(),
            flag("flag_i").doc("VNI is there").into(),
            bits("flags_reserved_2", 3).hex().doc("reserved").into(),
        ]
        .into(),
    );
    let second = Item::Group(
        hidden("policy_octet", 8),
        vec![
            bits("flags_reserved_3", 1).hex().doc("reserved").into(),
            flag("flag_d").doc("egress must not learn the source").into(),
            bits("flags_reserved_4", 2).hex().doc("reserved").into(),
            flag("flag_a").doc("policy has been applied").into(),
            bits("flags_reserved_5", 3).hex().doc("reserved").into(),
        ]
        .into(),
    );
    protocol
        .field(decoded([
            Item::Group(be16("flags").hex().doc("flags"), vec![first, second].into()),
            be16("gbp").doc("group policy identifier").into(),
        ]))
        .field(built(written_head()))
        .field(be24("vni").doc("VXLAN network identifier"))
        .field(u8("reserved8").craft("reserved2").doc("reserved"))
}

fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    line.text("VXLAN, ");
    let mut octets = Octets::of(body);
    let (Some(flags), Some(policy), Some(group), Some(vni), Some(_)) =
        (octets.u8(), octets.u8(), octets.u16(), octets.u24(), octets.u8())
    else {
        line.cut("vxlan", body);
        return;
    };
    line.text("flags [");
    line.text(if flags & 8 != 0 { "I" } else { "." });
    if flags & 0x80 != 0 {
        line.text("G");
    }
    if policy & 0x40 != 0 {
        line.text("D");
    }
    if policy & 8 != 0 {
        line.text("A");
    }
    line.text("] (");
    line.hex(u64::from(flags), 2);
    line.text("), vni ");
    line.number(u64::from(vni));
    if flags & 0x80 != 0 {
        line.text(", gbp ");
        line.number(u64::from(group));
    }
    // What is inside stands on a line of its own only where a frame may take several.
    line.text(if line.style.verbose > 0 { "\n" } else { ": " });
    line.next(LINK_TYPE, 1, body.skip(8));
}

pub(super) fn vxlan_gpe() -> Protocol {
    Protocol::new("vxlan_gpe", "VXLAN Generic Protocol Extension")
        .source("draft-ietf-nvo3-vxlan-gpe-13 §3")
        .on(UDP_PORT, &[4790])
        .heads(&["vxlan"])
        .later(vxlan_gpe_fields)
        .leads(&[LINK_TYPE, ETHER_TYPE])
        .after(after_extension)
        .summary(extension_summary)
        .sample("02000000000202000000000108004500004100010000401166a90a0000010a000002c0a912b6002d424f0c00000100004e004500001d000100004011f6cbc0000201c000020200010002000903d578")
}

/// Header and generated fields.
fn vxlan_gpe_fields(protocol: Protocol) -> Protocol {
    protocol
        .field(u8("=vxlan_gpe.flags").craft("flags").hex().default(0x0c).doc("flags").of([
            bits("=vxlan_gpe.reserved", 2).doc("reserved"),
            bits("=vxlan.ver", 2).doc("version"),
            bits("=vxlan.i_bit", 1).default(1).doc("VNI is there"),
            bits("=vxlan.p_bit", 1).default(1).doc("next protocol is there"),
            bits("=vxlan.b_bit", 1).doc("broadcast, unknown unicast or multicast"),
            bits("=vxlan.o_bit", 1).doc("OAM"),
        ]))
        .field(be16("=vxlan.reserved_16").craft("reserved0").hex().doc("reserved"))
        .field(u8("=vxlan.next_proto").craft("NextProtocol").names(NEXT).doc("next protocol"))
        .field(be24("=vxlan.vni").doc("VXLAN network identifier"))
        .field(u8("=vxlan.reserved8").doc("reserved"))
}

fn after_extension(walk: &mut Walk<'_, '_>) {
    let Some([flags, _, _, next, ..]) = walk.header().first_chunk::<8>() else { return };
    // Without the P bit the header is plain VXLAN.
    let next = if flags & 4 == 0 { Some((LINK_TYPE, 1)) } else { next_of(*next) };
    if let Some((table, value)) = next {
        walk.next(table, value);
    }
}

fn extension_summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    line.text("VXLAN-GPE, ");
    let mut octets = Octets::of(body);
    let (Some(flags), Some(_), Some(next), Some(vni), Some(_)) =
        (octets.u8(), octets.u16(), octets.u8(), octets.u24(), octets.u8())
    else {
        line.cut("vxlan-gpe", body);
        return;
    };
    line.text("flags [");
    for (_, letter) in [(8, "I"), (4, "P"), (1, "O")].into_iter().filter(|(bit, _)| flags & bit != 0) {
        line.text(letter);
    }
    line.text("], vni ");
    line.number(u64::from(vni));
    let inner = body.skip(8);
    line.text(if line.style.verbose > 0 { "\n    " } else { ": " });
    let known = if flags & 4 == 0 { Some((LINK_TYPE, 1)) } else { next_of(next) };
    if known.is_none_or(|(table, value)| !line.next(table, value, inner)) {
        line.text("unknown-next-protocol-");
        line.hex(u64::from(next), 2);
    }
}
