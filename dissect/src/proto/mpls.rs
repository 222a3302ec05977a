//! MPLS label stack (RFC 3032, 5462) and what pseudowires put behind it: Ethernet with a control word (RFC 4448) and the
//! associated channel (RFC 4385, 5586).
//!
//! The entry at the bottom of the stack does not say what follows. The first four bits tell IPv4 and IPv6, 1 an associated
//! channel, 0 a control word; else, and where the EtherType behind the addresses says so, plain Ethernet follows.

use super::octets::Octets;
use crate::decode::Walk;
use crate::registry::Registry;
use crate::render::line::{Body, Line};
use crate::schema::{
    ETHER_TYPE, IP_PROTO, LINK_TYPE, Names, PPP_PROTO, Protocol, UDP_PORT, be16, bits, flag, u8,
};

/// IANA "Special-Purpose MPLS Label Values".
const LABELS: &[(u64, &str)] = &[
    (0, "IPv4 explicit NULL"),
    (1, "router alert"),
    (2, "IPv6 explicit NULL"),
    (3, "implicit NULL"),
    (7, "entropy label indicator"),
    (13, "generic associated channel"),
    (14, "OAM alert"),
    (15, "extension"),
];

pub(super) fn mpls() -> Protocol {
    Protocol::new("mpls", "Multiprotocol Label Switching")
        .layer("MPLS")
        .below("", "mpls", &[("bottom", crate::schema::Given::Number(0))])
        .followed_by("ip", &[("label", 0)])
        .followed_by("ipv6", &[("label", 2)])
        .source("RFC 3032 §2.1, RFC 5462")
        .on(ETHER_TYPE, &[0x8847, 0x8848])
        .on(PPP_PROTO, &[0x0281, 0x0283])
        .on(IP_PROTO, &[137])
        .on(UDP_PORT, &[6635])
        .field(bits("label", 20).default(3).names(LABELS).doc("label"))
        .field(bits("exp", 3).alias("tc").craft("cos").doc("traffic class"))
        .field(bits("bottom", 1).craft("s").default(1).doc("bottom of the stack"))
        .field(u8("ttl").doc("time to live"))
        .leads(&[ETHER_TYPE, LINK_TYPE])
        .leads_to(&["pwethcw", "pwach"])
        .after(after)
        .summary(summary)
        .sample("0200000000020200000000018847007d003c007d1d3d4500001d000100004011f6cbc0000201c000020200010002000903d578")
}

/// What stands behind the bottom of the stack.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    EtherType(u16),
    Ethernet,
    ControlWord,
    Channel,
    Nothing,
}

fn inside(registry: &Registry, label: u32, octets: &[u8]) -> Inside {
    match (label, octets.first().map(|octet| octet >> 4)) {
        (_, None) => Inside::Nothing,
        // The generic label is the channel's alone, and behind an OAM alert stands what no EtherType tells (RFC 5586 §4, ITU-T Y.1711).
        (13, Some(_)) => Inside::Channel,
        (14, Some(_)) => Inside::Nothing,
        (0, Some(4)) => Inside::EtherType(0x0800),
        (2, Some(6)) => Inside::EtherType(0x86dd),
        (_, Some(4)) => Inside::EtherType(0x0800),
        (_, Some(6)) => Inside::EtherType(0x86dd),
        (_, Some(1)) => Inside::Channel,
        (_, Some(0)) => {
            let known = |at: usize| {
                let kind =
                    octets.get(at..).and_then(<[u8]>::first_chunk).map(|kind| u16::from_be_bytes(*kind));
                kind.is_some_and(|kind| registry.next(ETHER_TYPE, u64::from(kind)).is_some())
            };
            if known(12) && !known(16) { Inside::Ethernet } else { Inside::ControlWord }
        }
        _ => Inside::Ethernet,
    }
}

fn after(walk: &mut Walk<'_, '_>) {
    let Some(entry) = walk.header().first_chunk::<4>() else { return };
    let entry = u32::from_be_bytes(*entry);
    if entry & 0x100 == 0 {
        walk.next_named("mpls");
        return;
    }
    match inside(walk.registry(), entry >> 12, walk.rest()) {
        Inside::EtherType(kind) => {
            walk.next(ETHER_TYPE, u64::from(kind));
        }
        Inside::Ethernet => {
            walk.next(LINK_TYPE, 1);
        }
        Inside::ControlWord => walk.next_named("pwethcw"),
        Inside::Channel => walk.next_named("pwach"),
        Inside::Nothing => walk.no_next(),
    }
}

fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    let mut octets = Octets::of(body);
    line.text("MPLS");
    let mut entries = 0_usize;
    let label = loop {
        if line.style.verbose > 0 && entries > 0 {
            line.text("\n\t(label ");
        } else {
            line.text(" (label ");
        }
        let Some(entry) = octets.u32() else {
            line.out.truncate(line.out.len().saturating_sub(8));
            line.cut("mpls", body);
            return;
        };
        entries = entries.saturating_add(1);
        line.number(u64::from(entry >> 12));
        if line.style.verbose > 0
            && let Some(name) = Names::List(LABELS).get(u64::from(entry >> 12))
        {
            line.text(" (");
            line.text(name);
            line.text(")");
        }
        line.text(", tc ");
        line.number(u64::from(entry >> 9 & 7));
        if entry & 0x100 != 0 {
            line.text(", [S]");
        }
        line.text(", ttl ");
        line.number(u64::from(entry & 0xff));
        line.text(")");
        if entry & 0x100 != 0 {
            break entry >> 12;
        }
        if entries >= 40 {
            return;
        }
    };
    let payload = body.skip(entries.saturating_mul(4));
    line.text(if line.style.verbose > 0 { "\n\t" } else { " " });
    match inside(line.registry, label, payload.data) {
        Inside::EtherType(kind) => {
            if !line.next(ETHER_TYPE, u64::from(kind), payload) {
                line.unknown("IP", payload);
            }
        }
        Inside::Ethernet => {
            line.next(LINK_TYPE, 1, payload);
        }
        Inside::ControlWord => line.named("pwethcw", payload),
        Inside::Channel => line.named("pwach", payload),
        Inside::Nothing => {}
    }
}

pub(super) fn control_word() -> Protocol {
    Protocol::new("pwethcw", "Pseudowire control word (Ethernet)")
        .layer("EoMCW")
        .source("RFC 4448 §4.6")
        .field(bits("zero", 4).doc("0"))
        .field(bits("reserved", 12).hex().doc("reserved"))
        .field(be16("=pweth.cw.sequence_number").craft("seq").doc("sequence number"))
        .leads(&[LINK_TYPE])
        .after(|walk| {
            walk.next(LINK_TYPE, 1);
        })
        .summary(control_word_summary)
        .sample("02000000000202000000000188470001013c0000000506112233550206112233550108004500001d000100004011f6cbc0000201c000020200010002000903d578")
}

fn control_word_summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    line.text("PW Ethernet CW");
    let mut octets = Octets::of(body);
    if octets.u16().is_some()
        && let Some(sequence) = octets.u16()
    {
        if sequence > 0 {
            line.text(", seq ");
            line.number(u64::from(sequence));
        }
        line.text(": ");
        line.next(LINK_TYPE, 1, body.skip(4));
    } else {
        line.cut("pw", body);
    }
}

/// IANA "MPLS Generalized Associated Channel (G-ACh) Types".
const CHANNELS: &[(u64, &str)] = &[
    (0x0001, "management communication channel"),
    (0x0002, "signalling communication channel"),
    (0x0007, "BFD control, PW"),
    (0x0008, "VCCV test message"),
    (0x000a, "MPLS direct loss measurement"),
    (0x000b, "MPLS inferred loss measurement"),
    (0x000c, "MPLS delay measurement"),
    (0x0021, "IPv4"),
    (0x0022, "MPLS-TP CC"),
    (0x0023, "MPLS-TP CV"),
    (0x0024, "protection state coordination"),
    (0x0025, "on-demand CV"),
    (0x0026, "LI"),
    (0x0027, "PW OAM message"),
    (0x0057, "IPv6"),
    (0x0058, "fault OAM"),
    (0x7ff8, "experimental"),
    (0x8902, "Y.1731"),
];

pub(super) fn channel() -> Protocol {
    Protocol::new("pwach", "Pseudowire associated channel")
        .source("RFC 4385 §5, RFC 5586 §2.1")
        .field(bits("first", 4).default(1).doc("1"))
        .field(bits("ver", 4).doc("version"))
        .field(u8("res").doc("reserved"))
        .field(be16("channel_type").hex().names(CHANNELS).doc("channel type").brief())
        .extra(flag("ip").doc("an IP packet follows"))
        .leads(&[ETHER_TYPE])
        .after(|walk| {
            let kind = walk.header().last_chunk::<2>().map(|kind| u16::from_be_bytes(*kind));
            let next = match kind {
                Some(0x21) => 0x0800,
                Some(0x57) => 0x86dd,
                Some(0x8902) => 0x8902,
                _ => return,
            };
            walk.emit("ip", walk.layer_offset(), 0, u64::from(next != 0x8902));
            walk.next(ETHER_TYPE, next);
        })
        .sample("02000000000202000000000188470000d101100000214500001d000100004011f6cbc0000201c000020200010002000903d578")
}
