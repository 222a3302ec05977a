//! GRE (RFC 2784, 2890, 1701), its version 1 in PPTP (RFC 2637), and NVGRE (RFC 7637).
//!
//! ERSPAN type I has no header of its own: behind GRE without a sequence number stands the mirrored frame.

use super::octets::Octets;
use crate::checksum;
use crate::decode::Walk;
use crate::render::line::{Body, Line};
use crate::schema::{
    Auto, ETHER_TYPE, Field, IP_PROTO, Item, LINK_TYPE, Protocol, Severity, Size, Span, Test, be16, be32,
    bits, bytes, custom, eq, flag, ge, label, look, ne, rest, switch, u8, val, when,
};

/// Protocol types beyond EtherTypes.
fn protocol_name(value: u64) -> Option<&'static str> {
    Some(match value {
        0x0021 => "PPP IP",
        0x22eb => "ERSPAN III",
        0x6558 => "TEB",
        0x8847 => "MPLS unicast",
        0x880b => "PPP",
        0x88be => "ERSPAN",
        0x883e => "WCCP",
        0x9000 => "loopback",
        _ => return super::ether_type_name(value),
    })
}

pub(super) fn gre() -> Protocol {
    Protocol::new("gre", "Generic Routing Encapsulation")
        .layer("GRE")
        .ports_below("udp", 0, 4754)
        .layer_as("GRE_PPTP", &[("proto", 0x880b), ("flags.key", 1), ("flags.version", 1)])
        .source("RFC 2784 §2, RFC 2890 §2, RFC 2637 §4.1, RFC 7637 §3.2")
        .on(IP_PROTO, &[47])
        .later(fields)
        .leads(&[ETHER_TYPE, LINK_TYPE])
        .leads_to(&["ppp"])
        .after(after)
        .summary(summary)
        .sample("02000000000202000000000108004500003d00010000402f668f0a0000010a0000023000080000000063000000054500001d000100004011f6cbc0000201c000020200010002000903d578")
        .sample("02000000000202000000000108004500004b00010000402f66810a0000010a000002a0006558135a0000123456ab06112233550206112233550108004500001d000100004011f6cbc0000201c000020200010002000903d578")
        .sample("02000000000202000000000108004500002000010000402f66ac0a0000010a0000022081880b0000004d00000004")
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    let either = || Test::Any(vec![ge("flags.checksum", 1), ge("flags.routing", 1)]);
    let mut proto = be16("proto").hex().named_by(protocol_name).next(ETHER_TYPE).doc("protocol type");
    proto.auto = Auto::Next(ETHER_TYPE);
    let key = Item::Group(
        be32("key").hex().doc("key"),
        vec![when(
            eq("proto", 0x6558),
            [
                bits("key.vsid", 24).doc("NVGRE virtual subnet").into(),
                bits("key.flow_id", 8).doc("NVGRE flow").into(),
            ],
        )]
        .into(),
    );
    protocol
        .field(Item::Group(
            be16("flags_and_version").hex().doc("flags and version"),
            vec![
                flag("flags.checksum").craft("chksum_present").doc("checksum is there").into(),
                flag("flags.routing").craft("routing_present").doc("routing is there").into(),
                flag("flags.key").craft("key_present").doc("key is there").into(),
                flag("flags.sequence_number").craft("seqnum_present").doc("sequence number is there").into(),
                flag("flags.strict_source_route")
                    .craft("strict_route_source")
                    .doc("strict source route")
                    .into(),
                bits("flags.recursion_control", 3).craft("recursion_control").doc("recursion control").into(),
                // scapy's flags are all five bits in front of the version
                bits("flags.written", 5).craft("flags").hidden().doc("flags of RFC 1701").of([
                    flag("flags.ack")
                        .craft("acknum_present")
                        .doc("acknowledgement number is there (version 1)"),
                    bits("flags.reserved", 4).doc("reserved"),
                ]),
                bits("flags.version", 3).craft("version").doc("version").into(),
            ]
            .into(),
        ))
        .field(proto)
        .field(when(
            Test::All(vec![ne("flags.version", 1), either()]),
            [
                // scapy fills it in only where the flag of its own is set
                switch(
                    val("flags.checksum"),
                    [(
                        1,
                        vec![
                            be16("checksum")
                                .craft("chksum")
                                .hex()
                                .sum(crate::schema::Checksum::Whole)
                                .doc("checksum")
                                .into(),
                        ],
                    )],
                    vec![be16("checksum").craft("chksum").hex().doc("checksum").into()],
                ),
                be16("offset").doc("offset of the active source route").into(),
            ],
        ))
        .field(when(
            ge("flags.key", 1),
            [
                when(ne("flags.version", 1), [key]),
                when(
                    eq("flags.version", 1),
                    [
                        be16("key.payload_length")
                            .craft("payload_len")
                            .unit("octets")
                            .len_of(Span::Payload, 1, 0)
                            .doc("payload")
                            .into(),
                        be16("key.call_id").craft("call_id").doc("call").into(),
                    ],
                ),
            ],
        ))
        .field(when(
            ge("flags.sequence_number", 1),
            [be32("sequence_number")
                .craft("sequence_number")
                .craft("seqence_number")
                .doc("sequence number")
                .into()],
        ))
        .field(when(
            Test::All(vec![eq("flags.version", 1), ge("flags.ack", 1)]),
            [be32("ack_number").doc("acknowledgement number").into()],
        ))
        .field(when(
            ge("flags.routing", 1),
            [custom(
                [
                    label("routing").doc("source route entry"),
                    be16("routing.address_family").doc("address family"),
                    u8("routing.sre_offset").doc("offset"),
                    u8("routing.src_length").doc("length"),
                    bytes("routing.information", rest()).doc("route"),
                ],
                routing,
            )],
        ))
        .field(when(
            Test::All(vec![
                eq("proto", 0x883e),
                look(|octets| octets.first().is_some_and(|first| first >> 4 != 4)),
            ]),
            [
                u8("wccp.flags").hex().doc("redirection").of([
                    flag("wccp.dynamic_service").doc("dynamic service"),
                    flag("wccp.alternative_bucket_used").doc("the alternative bucket is used"),
                    flag("wccp.redirect_header_valid").doc("redirect header is valid"),
                    bits("wccp.reserved", 5).hex().doc("reserved"),
                ]),
                u8("wccp.service_id").doc("service").into(),
                u8("wccp.alternative_bucket").doc("alternative bucket").into(),
                u8("wccp.primary_bucket").doc("primary bucket").into(),
            ],
        ))
        .extra(
            Field::new("checksum.status", crate::schema::Kind::Uint(crate::schema::Base::Dec), Size::Bits(8))
                .names(super::CHECKSUM_STATUS)
                .expert(Severity::Error, 0, 0, "the checksum is wrong")
                .doc("checksum status"),
        )
}

/// RFC 1701: entries up to one without family and octets.
fn routing(walk: &mut Walk<'_, '_>) {
    loop {
        let node = walk.open("routing");
        let family = walk.take("routing.address_family", 2);
        let offset = walk.take("routing.sre_offset", 1);
        let length = walk.take("routing.src_length", 1);
        let (Some(family), Some(_), Some(length)) = (family, offset, length) else {
            walk.close(node);
            walk.stop();
            return;
        };
        let whole = walk.take_octets("routing.information", usize::try_from(length).unwrap_or(0));
        walk.close(node);
        if !whole {
            walk.stop();
            return;
        }
        if family == 0 && length == 0 || walk.too_deep() {
            return;
        }
    }
}

fn after(walk: &mut Walk<'_, '_>) {
    let Some([f0, f1, p0, p1]) = walk.header().first_chunk::<4>() else { return };
    let (flags, proto) = (u16::from_be_bytes([*f0, *f1]), u16::from_be_bytes([*p0, *p1]));
    if flags & 0x8000 != 0 && walk.wants("checksum.status") {
        let status = match (walk.is_whole() && !walk.quoted(), checksum::sum(walk.layer_octets())) {
            (false, _) => 2,
            (true, u16::MAX) => 1,
            (true, _) => 0,
        };
        let at = walk.layer_offset().saturating_add(4);
        walk.emit("checksum.status", at, 0, status);
    }
    match proto {
        0x88be if flags & 0x1000 == 0 => {
            walk.next(LINK_TYPE, 1);
        }
        0x6558 => {
            walk.next(LINK_TYPE, 1);
        }
        0x880b => walk.next_named("ppp"),
        // WCCP redirects IPv4 packets (draft-mclaggan-wccp-v2rev1-00 §4)
        0x883e => {
            walk.next(ETHER_TYPE, 0x0800);
        }
        _ => {}
    }
}

fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    line.hosts();
    let mut octets = Octets::of(body);
    let (Some(flags), Some(proto)) = (octets.u16(), octets.u16()) else {
        line.text("GRE");
        line.cut("gre", body);
        return;
    };
    if flags & 7 > 1 {
        line.text("gre-unknown-version=");
        line.number(u64::from(flags & 7));
        return;
    }
    line.text("GREv");
    line.number(u64::from(flags & 7));
    if line.style.verbose > 0 {
        write_flags(line, flags);
    }
    let Some(empty) = optional(line, &mut octets, flags) else {
        line.cut("gre", body);
        return;
    };
    if line.style.link {
        line.text(", proto ");
        line.text(protocol_name(u64::from(proto)).unwrap_or("unknown"));
        line.text(" (");
        line.hex(u64::from(proto), 4);
        line.text(")");
    }
    line.text(", length ");
    line.number(body.len as u64);
    if empty {
        return;
    }
    line.text(if line.style.verbose > 0 { "\n\t" } else { ": " });
    let header = body.data.len().saturating_sub(octets.left().len());
    inner(line, flags, proto, body.skip(header));
}

fn inner(line: &mut Line<'_, '_>, flags: u16, proto: u16, payload: Body<'_>) {
    let known = match proto {
        0x6558 => line.next(LINK_TYPE, 1, payload),
        0x88be if flags & 0x1000 == 0 => {
            line.text("erspan type1: ");
            line.next(LINK_TYPE, 1, payload)
        }
        0x880b => {
            line.named("ppp", payload);
            true
        }
        0 => {
            line.text("keep-alive");
            true
        }
        _ => line.next(ETHER_TYPE, u64::from(proto), payload),
    };
    if !known {
        line.text("gre-proto-0x");
        super::put::hex(line.out, u64::from(proto));
    }
}

fn write_flags(line: &mut Line<'_, '_>, flags: u16) {
    line.text(", Flags [");
    let names = [
        (0x8000, "checksum present"),
        (0x4000, "routing present"),
        (0x2000, "key present"),
        (0x1000, "sequence# present"),
        (0x0800, "source routing present"),
        (0x0080, "ack present"),
    ];
    let mut more = false;
    for (_, name) in names.into_iter().filter(|(bit, _)| flags & bit != 0) {
        if more {
            line.text(", ");
        }
        more = true;
        line.text(name);
    }
    line.text(if more { "]" } else { "none]" });
}

/// The optional parts; true when PPTP says that no payload follows. `None` when they do not fit.
fn optional(line: &mut Line<'_, '_>, octets: &mut Octets<'_>, flags: u16) -> Option<bool> {
    let pptp = flags & 7 == 1;
    let mut empty = false;
    if flags & 0xc000 != 0 && !pptp {
        let sum = octets.u16()?;
        if line.style.verbose > 0 {
            line.text(", sum 0x");
            super::put::hex(line.out, u64::from(sum));
        }
        line.text(", off 0x");
        super::put::hex(line.out, u64::from(octets.u16()?));
    }
    if flags & 0x2000 != 0 {
        if pptp {
            empty = flags & 0x1000 == 0;
            octets.u16()?;
            line.text(", call ");
            line.number(u64::from(octets.u16()?));
        } else {
            line.text(", key=0x");
            super::put::hex(line.out, u64::from(octets.u32()?));
        }
    }
    if flags & 0x1000 != 0 {
        line.text(", seq ");
        line.number(u64::from(octets.u32()?));
    }
    if pptp && flags & 0x80 != 0 {
        line.text(", ack ");
        line.number(u64::from(octets.u32()?));
    }
    if empty {
        line.text(", no-payload");
    }
    if flags & 0x4000 != 0 && !pptp {
        loop {
            let (family, _, length) = (octets.u16()?, octets.u8()?, octets.u8()?);
            if family == 0 && length == 0 {
                break;
            }
            line.text(", (rtaf=0x");
            super::put::hex(line.out, u64::from(family));
            line.text(")");
            octets.take(usize::from(length))?;
        }
    }
    Some(empty)
}
