//! Link types without addresses: BSD loopback (NULL, LOOP) and bare IP packets (RAW, IPV4, IPV6).

use crate::decode::Walk;
use crate::render::line::{Body, Line};
use crate::schema::{LINK_TYPE, Protocol, be32, custom_both};

/// Address families of the systems that write such captures.
const FAMILIES: &[(u64, &str)] = &[
    (2, "IPv4"),
    (7, "ISO"),
    (10, "IPv6"),
    (16, "AppleTalk"),
    (23, "IPX"),
    (24, "IPv6"),
    (28, "IPv6"),
    (30, "IPv6"),
];

pub(super) fn null() -> Protocol {
    Protocol::new("null", "BSD loopback")
        .layer("Loopback")
        .source("LINKTYPE_NULL, LINKTYPE_LOOP")
        .on(LINK_TYPE, &[0, 108])
        .field(custom_both(
            [be32("family").craft("type").default(2).names(FAMILIES).doc("address family")],
            family,
            |build| {
                let family = match build.next_protocol() {
                    Some("ipv6") if !build.is_given("family") => 10,
                    _ => build.number("family"),
                };
                build.put(&u32::try_from(family).unwrap_or(2).to_le_bytes());
            },
        ))
        .leads_to(&["ip", "ipv6", "osi"])
        .summary(summary)
        .sample_on(
            crate::frame::LinkType::NULL,
            "02000000 4500002000010000401166ca0a0000010a00000203e807d0000c1b5561626364",
        )
        .sample_on(
            crate::frame::LinkType::LOOP,
            "00000002 4500002000010000401166ca0a0000010a00000203e807d0000c1b5561626364",
        )
}

/// The family, in whichever order makes it a small number: NULL has the writer's, and files travel.
fn host_order(octets: [u8; 4]) -> u32 {
    let big = u32::from_be_bytes(octets);
    if big & 0xffff_0000 == 0 { big } else { big.swap_bytes() }
}

fn layer_name(family: u32) -> Option<&'static str> {
    match family {
        2 => Some("ip"),
        10 | 24 | 28 | 30 => Some("ipv6"),
        7 => Some("osi"),
        _ => None,
    }
}

fn family(walk: &mut Walk<'_, '_>) {
    let Some(octets) = walk.rest().first_chunk::<4>().copied() else {
        walk.missing(4);
        walk.stop();
        return;
    };
    let value = host_order(octets);
    let at = walk.offset();
    walk.emit("family", at, 4, u64::from(value));
    walk.advance(4);
    if let Some(name) = layer_name(value) {
        walk.next_named(name);
    }
}

fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    let Some(octets) = body.data.first_chunk::<4>().copied() else {
        line.cut("null", body);
        return;
    };
    let value = host_order(octets);
    let payload = body.skip(4);
    let next = layer_name(value).and_then(|name| line.registry.protocol_named(name));
    if line.style.link || next.is_none() {
        line.text("AF ");
        let name = FAMILIES.iter().find(|entry| entry.0 == u64::from(value)).map(|entry| entry.1);
        line.text(name.unwrap_or("Unknown"));
        line.text(" (");
        line.number(u64::from(value));
        line.text("), length ");
        line.number(body.len as u64);
        line.text(": ");
    }
    if let Some(id) = next {
        line.protocol(id, payload);
    }
}

pub(super) fn raw() -> Protocol {
    Protocol::new("raw", "Raw IP packet")
        .source("LINKTYPE_RAW")
        .on(LINK_TYPE, &[101, 12, 14, 228, 229])
        .leads_to(&["ip", "ipv6"])
        .after(by_version)
        .summary(raw_summary)
        .sample_on(
            crate::frame::LinkType::RAW,
            "4500002000010000401166ca0a0000010a00000203e807d0000c1b5561626364",
        )
}

fn by_version(walk: &mut Walk<'_, '_>) {
    match walk.rest().first().map(|octet| octet >> 4) {
        Some(4) => walk.next_named("ip"),
        Some(6) => walk.next_named("ipv6"),
        _ => {}
    }
}

fn raw_summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    let Some(version) = body.data.first().map(|octet| octet >> 4) else {
        line.cut("ip", body);
        return;
    };
    if line.style.link {
        line.text("ip: ");
    }
    let name = match version {
        4 => "ip",
        6 => "ipv6",
        _ => {
            line.text("IP");
            line.number(u64::from(version));
            line.text(" (invalid)");
            return;
        }
    };
    if let Some(id) = line.registry.protocol_named(name) {
        line.protocol(id, body);
    }
}
