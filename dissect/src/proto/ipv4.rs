//! IPv4, RFC 791, with the options of the IANA registry "IP Option Numbers".
//!
//! A total length of 0 is what segmentation offload leaves in large frames: the payload then ends with the frame.

use crate::checksum;
use crate::decode::{Network, Walk};
use crate::render::line::{Body, Line};
use crate::schema::{
    Checksum, ETHER_TYPE, Fill, IP_PROTO, LLC_SAP, PPP_PROTO, Protocol, Severity, Size, Span, be16, bits,
    block, custom, flag, hosts, ipv4 as address, label, quoted, same, u8, val,
};

/// RFC 2474, 2597, 3246, 5865, 8622.
pub(super) const DSCP: &[(u64, &str)] = &[
    (0, "CS0"),
    (1, "LE"),
    (8, "CS1"),
    (10, "AF11"),
    (12, "AF12"),
    (14, "AF13"),
    (16, "CS2"),
    (18, "AF21"),
    (20, "AF22"),
    (22, "AF23"),
    (24, "CS3"),
    (26, "AF31"),
    (28, "AF32"),
    (30, "AF33"),
    (32, "CS4"),
    (34, "AF41"),
    (36, "AF42"),
    (38, "AF43"),
    (40, "CS5"),
    (44, "VOICE-ADMIT"),
    (46, "EF"),
    (48, "CS6"),
    (56, "CS7"),
];

/// RFC 3168 §5.
pub(super) const ECN: &[(u64, &str)] = &[(0, "not ECT"), (1, "ECT(1)"), (2, "ECT(0)"), (3, "CE")];

/// How a verified checksum is told; Wireshark's numbers.
pub(crate) const CHECKSUM_STATUS: &[(u64, &str)] =
    &[(0, "Bad"), (1, "Good"), (2, "Unverified"), (3, "Not present")];

pub(super) fn ipv4() -> Protocol {
    Protocol::new("ip", "Internet Protocol version 4")
        .layer("IP")
        .layer("IPerror")
        .part("IPOption", "options", &[])
        .part("IPOption_EOL", "options", &[("opt.type", 0)])
        .part("IPOption_NOP", "options", &[("opt.type", 1)])
        .part("IPOption_RR", "options", &[("opt.type", 7)])
        .part("IPOption_Timestamp", "options", &[("opt.type", 68)])
        .part("IPOption_Security", "options", &[("opt.type", 130)])
        .part("IPOption_LSRR", "options", &[("opt.type", 131)])
        .part("IPOption_SSRR", "options", &[("opt.type", 137)])
        .part("IPOption_Stream_Id", "options", &[("opt.type", 136)])
        .part("IPOption_MTU_Probe", "options", &[("opt.type", 11)])
        .part("IPOption_MTU_Reply", "options", &[("opt.type", 12)])
        .part("IPOption_Traceroute", "options", &[("opt.type", 82), ("opt.type.class", 0), ("opt.type.copy", 0)])
        .part("IPOption_Address_Extension", "options", &[("opt.type", 147)])
        .part("IPOption_Router_Alert", "options", &[("opt.type", 148)])
        .part("IPOption_SDBM", "options", &[("opt.type", 149)])
        .source("RFC 791 §3.1, RFC 2474, RFC 3168")
        .on(ETHER_TYPE, &[0x0800])
        .on(PPP_PROTO, &[0x0021])
        .on(IP_PROTO, &[4])
        .on(LLC_SAP, &[0x06])
        .later(|protocol| {
            let protocol = super::fragments::declare(fields(protocol), &super::fragments::IPV4);
            super::routing_loop::declare(protocol).extras(super::hosts::of_network())
        })
        .either("addr", &["src", "dst"])
        .either("host", &["src_host", "dst_host"])
        .leads(&[IP_PROTO])
        .answers([hosts("src", "dst"), same("proto"), quoted("id")])
        .after(after)
        .short(of_another_version)
        .summary(summary)
        .sample("02000000000202000000000108004800002c00010000401199650a0000010a00000201070704c000024d0000000003e807d0000c1b5561626364")
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    protocol
        .field(bits("version", 4).default(4).doc("version"))
        .field(
            bits("hdr_len", 4)
                .craft("ihl")
                .scale(4)
                .unit("octets")
                .len_of(Span::Header, 4, 0)
                .doc("header length"),
        )
        .field(u8("dsfield").alias("tos").craft("tos").hex().doc("differentiated services").of([
            bits("dsfield.dscp", 6).names(DSCP).doc("code point"),
            bits("dsfield.ecn", 2).names(ECN).doc("congestion notification"),
        ]))
        .field(be16("len").len_of(Span::Whole, 1, 0).unit("octets").doc("total length"))
        .field(custom([], sound))
        .field(be16("id").hex().default(1).doc("identification"))
        .field(bits("flags", 3).hex().letters(&["MF", "DF", "evil"]).doc("flags").of([
            flag("flags.rb").alias("flags.sf").doc("reserved"),
            flag("flags.df").doc("don't fragment"),
            flag("flags.mf").doc("more fragments"),
        ]))
        .field(bits("frag_offset", 13).craft("frag").scale(8).unit("octets").doc("fragment offset"))
        .field(u8("ttl").default(64).doc("time to live"))
        .field(u8("proto").next(IP_PROTO).named_by(super::ip_protocol_name).doc("protocol"))
        .field(be16("checksum").craft("chksum").hex().sum(Checksum::Header).doc("header checksum"))
        .field(address("src").default(0x7f00_0001).doc("source"))
        .field(address("dst").default(0x7f00_0001).doc("destination"))
        .field(block(
            label("options").fill(Fill::Zero(4)).doc("options"),
            Size::Octets(val("hdr_len") * 4 - 20),
            [super::ipv4_options::options().into()],
        ))
        .extra(
            u8("checksum.status")
                .names(CHECKSUM_STATUS)
                .expert(Severity::Error, 0, 0, "the checksum is wrong")
                .doc("header checksum status"),
        )
        .extra(
            be16("checksum.calculated")
                .alias("checksum_calculated")
                .hex()
                .doc("checksum that would be right"),
        )
}

/// Destination of the packet when it arrives: the last hop of a source route that is not used up.
fn final_destination(header: &[u8], destination: [u8; 4]) -> [u8; 4] {
    let mut options = header.get(20..).unwrap_or_default();
    while let Some(kind) = options.first() {
        match kind {
            0 => break,
            1 => options = options.get(1..).unwrap_or_default(),
            _ => {
                let Some(len) = options.get(1).map(|len| usize::from(*len)).filter(|len| *len >= 2) else {
                    break;
                };
                let option = options.get(..len).unwrap_or_default();
                if matches!(kind, 131 | 137)
                    && option.get(2).is_some_and(|pointer| usize::from(*pointer) <= len)
                    && let Some(last) = option.last_chunk::<4>()
                    && len >= 7
                {
                    return *last;
                }
                options = options.get(len..).unwrap_or_default();
            }
        }
    }
    destination
}

/// Stops where the first octets say that this is no IPv4 header, or a packet shorter than its own header: what follows then
/// means nothing.
fn sound(walk: &mut Walk<'_, '_>) {
    let Some([first, _, l0, l1]) = walk.layer_octets().first_chunk::<4>().copied() else { return };
    let (header, total) = (u16::from(first & 15).saturating_mul(4), u16::from_be_bytes([l0, l1]));
    if first >> 4 != 4 || header < 20 || (total != 0 && total < header) {
        walk.malformed(20);
        walk.stop();
    }
}

/// IPv6 where something promised IPv4, as of a tunnel that was set up for the other version: it is read as what it is.
fn of_another_version(walk: &mut Walk<'_, '_>) {
    if walk.layer_octets().first().is_some_and(|octet| octet >> 4 == 6) {
        walk.read_again_as("ipv6");
    }
}

fn after(walk: &mut Walk<'_, '_>) {
    let header = walk.header();
    let Some(fixed) = header.first_chunk::<20>() else { return };
    let [_, _, l0, l1, _, _, f0, f1, _, protocol, c0, c1, s0, s1, s2, s3, d0, d1, d2, d3] = *fixed;
    let total = usize::from(u16::from_be_bytes([l0, l1]));
    let payload = total.saturating_sub(header.len());
    if total != 0 {
        walk.limit_payload(i64::try_from(payload).unwrap_or(0));
    }
    let destination = final_destination(header, [d0, d1, d2, d3]);
    walk.set_network(Network::V4([s0, s1, s2, s3], destination));
    super::routing_loop::show(walk);
    super::hosts::show_v4(walk, [s0, s1, s2, s3], destination);
    if walk.wants("checksum.status") || walk.wants("checksum.calculated") {
        let good = checksum::sum(header) == u16::MAX;
        let at = walk.layer_offset().saturating_add(10);
        walk.emit("checksum.status", at, 0, u64::from(good));
        if !good {
            let stored = u16::from_be_bytes([c0, c1]);
            let right = !checksum::add(checksum::sum(header), !stored);
            walk.emit("checksum.calculated", at, 0, u64::from(right));
        }
    }
    let fragment = u16::from_be_bytes([f0, f1]) & 0x3fff;
    if fragment != 0 && super::fragments::join(walk, &super::fragments::IPV4) {
        return;
    }
    if fragment & 0x1fff != 0 {
        walk.no_next();
    } else {
        walk.next(IP_PROTO, u64::from(protocol));
    }
}

fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    if body.data.first().is_some_and(|octet| octet >> 4 == 6) {
        line.text("IP6, wrong link-layer encapsulation: ");
        line.named("ipv6", body);
        return;
    }
    if !line.style.link {
        line.text("IP ");
    }
    let Some(fixed) = body.data.first_chunk::<20>() else {
        line.cut("ip", body);
        return;
    };
    let [vihl, tos, l0, l1, i0, i1, f0, f1, ttl, protocol, _, _, s0, s1, s2, s3, d0, d1, d2, d3] = *fixed;
    let header_len = usize::from(vihl & 15).saturating_mul(4);
    let total = usize::from(u16::from_be_bytes([l0, l1]));
    if vihl >> 4 != 4 || header_len < 20 {
        line.text(if vihl >> 4 != 4 { "bad version " } else { "bad-hlen " });
        line.number(if vihl >> 4 != 4 { u64::from(vihl >> 4) } else { header_len as u64 });
        return;
    }
    if total != 0 && total < header_len {
        line.text("bad-len ");
        line.number(total as u64);
        return;
    }
    let fragment = u16::from_be_bytes([f0, f1]);
    let whole = match total {
        0 => body,
        // What is missing counts, as if it had been cut off.
        _ if total > body.len && !line.quoted => Body { len: total, ..body },
        _ => body.limit(total),
    };
    if total > body.len && !line.quoted {
        line.text("truncated-ip - ");
        line.number(total.saturating_sub(body.len) as u64);
        line.text(" bytes missing! ");
    }
    let destination = [d0, d1, d2, d3];
    if line.style.verbose > 0 {
        verbose(
            line,
            whole,
            Header { tos, ttl, protocol, fragment, id: u16::from_be_bytes([i0, i1]), header_len, total },
        );
    }
    let header = body.data.get(..header_len).unwrap_or(body.data);
    line.set_network(Network::V4([s0, s1, s2, s3], final_destination(header, destination)));
    let payload = whole.skip(header_len);
    if fragment & 0x1fff != 0 {
        line.hosts();
        match super::ip_protocol_name(u64::from(protocol)).filter(|_| line.style.names.is_some()) {
            Some(name) => line.text(&name.to_ascii_lowercase()),
            None => {
                line.text("ip-proto-");
                line.number(u64::from(protocol));
            }
        }
        return;
    }
    if matches!(protocol, 4 | 41) {
        line.hosts();
    }
    if !line.next(IP_PROTO, u64::from(protocol), payload) {
        line.hosts();
        line.text(" ip-proto-");
        line.number(u64::from(protocol));
        line.text(" ");
        line.number(payload.len as u64);
    }
}

struct Header {
    tos: u8,
    ttl: u8,
    protocol: u8,
    fragment: u16,
    id: u16,
    header_len: usize,
    total: usize,
}

/// `(tos 0x0, ttl 64, id 1, offset 0, flags [DF], proto TCP (6), length 60)` and a new line.
fn verbose(line: &mut Line<'_, '_>, body: Body<'_>, header: Header) {
    line.text("(tos 0x");
    super::put::hex(line.out, u64::from(header.tos));
    match header.tos & 3 {
        1 => line.text(",ECT(1)"),
        2 => line.text(",ECT(0)"),
        3 => line.text(",CE"),
        _ => {}
    }
    if header.ttl >= 1 {
        line.text(", ttl ");
        line.number(u64::from(header.ttl));
    }
    line.text(", id ");
    line.number(u64::from(header.id));
    line.text(", offset ");
    line.number(u64::from(header.fragment & 0x1fff).saturating_mul(8));
    line.text(", flags [");
    let flags = [(0x8000, "evil"), (0x4000, "DF"), (0x2000, "+")];
    let set: Vec<&str> =
        flags.iter().filter(|(bit, _)| header.fragment & bit != 0).map(|(_, name)| *name).collect();
    line.text(&if set.is_empty() { "none".to_owned() } else { set.join(", ") });
    line.text("], proto ");
    line.text(super::ip_protocol_name(u64::from(header.protocol)).unwrap_or("unknown"));
    line.text(" (");
    line.number(u64::from(header.protocol));
    line.text("), length ");
    line.number(if header.total == 0 { body.len as u64 } else { header.total as u64 });
    if header.header_len > 20 {
        line.text(", options (");
        let options = body.data.get(20..header.header_len).unwrap_or(body.data.get(20..).unwrap_or_default());
        write_options(line, options);
        line.text(")");
    }
    let octets = body.data.get(..header.header_len).unwrap_or_default();
    if octets.len() == header.header_len && checksum::sum(octets) != u16::MAX {
        let stored =
            octets.get(10..).and_then(<[u8]>::first_chunk).map_or(0, |octets| u16::from_be_bytes(*octets));
        let right = !checksum::add(checksum::sum(octets), !stored);
        line.text(", bad cksum ");
        super::put::hex(line.out, u64::from(stored));
        line.text(" (->");
        super::put::hex(line.out, u64::from(right));
        line.text(")!");
    }
    line.text(")\n    ");
}

fn write_options(line: &mut Line<'_, '_>, mut options: &[u8]) {
    let mut more = false;
    while let Some(kind) = options.first() {
        if more {
            line.text(",");
        }
        more = true;
        let name = match kind {
            0 => "EOL",
            1 => "NOP",
            7 => "RR",
            68 => "timestamp",
            130 => "security",
            131 => "LSRR",
            137 => "SSRR",
            148 => "RA",
            _ => "",
        };
        if name.is_empty() {
            line.text("unknown ");
            line.number(u64::from(*kind));
        } else {
            line.text(name);
        }
        if *kind == 0 {
            break;
        }
        if *kind == 1 {
            options = options.get(1..).unwrap_or_default();
            continue;
        }
        let len = options.get(1).map_or(0, |len| usize::from(*len));
        if len < 2 {
            line.text(" [bad length ");
            line.number(len as u64);
            line.text("]");
            return;
        }
        if matches!(kind, 7 | 131 | 137) {
            for hop in options.get(3..len.min(options.len())).unwrap_or_default().as_chunks::<4>().0 {
                line.text(" ");
                line.ipv4(*hop);
            }
        }
        options = options.get(len..).unwrap_or_default();
    }
}
