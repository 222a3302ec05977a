//! IGMP, versions 1 (RFC 1112), 2 (RFC 2236) and 3 (RFC 9776), multicast traceroute (draft-ietf-idmr-traceroute-ipm) and
//! multicast router discovery (RFC 4286). DVMRP and PIM version 1 share the number and are named.

use super::octets::Octets;
use crate::decode::Walk;
use crate::frame::ChecksumState;
use crate::render::line::{Body, Line};
use crate::schema::{
    Checksum, Given, IP_PROTO, Item, Protocol, Severity, Size, Test, be16, be24, be32, bits, built, bytes,
    claimed, crafted, decoded, eq, flag, ipv4, label, lit, repeat, rest, switch, times, u8, val, when,
};

const TYPES: &[(u64, &str)] = &[
    (0x11, "membership query"),
    (0x12, "membership report, version 1"),
    (0x13, "DVMRP"),
    (0x14, "PIM version 1"),
    (0x15, "Cisco trace"),
    (0x16, "membership report, version 2"),
    (0x17, "leave group"),
    (0x1e, "multicast traceroute response"),
    (0x1f, "multicast traceroute query"),
    (0x22, "membership report, version 3"),
    (0x30, "multicast router advertisement"),
    (0x31, "multicast router solicitation"),
    (0x32, "multicast router termination"),
];

const RECORDS: &[(u64, &str)] = &[
    (1, "mode is include"),
    (2, "mode is exclude"),
    (3, "change to include"),
    (4, "change to exclude"),
    (5, "allow new sources"),
    (6, "block old sources"),
];

/// RFC 9776 §4: one hop, internetwork control, router alert.
const WITH_ROUTER_ALERT: [(&str, crate::schema::Given); 3] = [
    ("ttl", Given::Number(1)),
    ("dsfield", Given::Number(0xc0)),
    ("options", Given::Octets(&[0x94, 4, 0, 0])),
];

pub(super) fn igmp() -> Protocol {
    super::ipv6::without_number(declared(), &[""])
}

fn declared() -> Protocol {
    Protocol::new("igmp", "Internet Group Management Protocol")
        .layer("IGMP")
        .layer_as("IGMP_MQ", &[("type", 0x11)])
        .layer_as("IGMP_MR", &[("type", 0x12)])
        .layer_as("IGMPv2_MR", &[("type", 0x16)])
        .layer_as("IGMPv2_LG", &[("type", 0x17)])
        .layer_as("IGMPv3_MQ", &[("type", 0x11), ("qrv", 0)])
        .layer_as("IGMPv3", &[("qrv", 0)])
        .layer_as("IGMPv3mq", &[("type", 0x11), ("qrv", 0)])
        .layer_as("IGMPv3mr", &[("type", 0x22)])
        .layer_as("IGMPv3mra", &[("type", 0x30)])
        .layer_as("IGMPv3_MR", &[("type", 0x22)])
        .layer_as("IGMPv3_MRA", &[("type", 0x30)])
        .layer_as("IGMPv3_MRS", &[("type", 0x31)])
        .layer_as("IGMPv3_MRT", &[("type", 0x31)])
        .calls("IGMPv3_MRS", "reserved", "max_resp")
        .calls("IGMPv3_MRT", "reserved", "max_resp")
        .part("IGMPv3_MR_Group", "record", &[])
        .part("IGMPv3gr", "record", &[])
        .below("", "ip", &WITH_ROUTER_ALERT)
        .source("RFC 9776, RFC 2236, RFC 1112")
        .on(IP_PROTO, &[2])
        .later(fields)
        .after(after)
        .summary(summary)
        .sample("01005e0000010200000000010800460000200001000001023ad50a000001e0000001940400001164ee9b00000000")
        .sample("01005e00000102000000000108004600002c0001000001023ac90a000001e00000019404000011ffdf73ef0101010a7d00020a0000050a000006")
        .sample("01005e0000010200000000010800460000340001000001023ac10a000001e0000001940400002200edf00000000202000001ef0101010a00000504000000ef010102")
        .sample("01005e0000010200000000010800460000300001000001023ac50a000001e0000001940400001f047e8aef0101010a0000010a0000020a00000320123456")
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    protocol
        .field(u8("type").default(0x11).hex().names(TYPES).doc("type"))
        .field(switch(
            val("type"),
            [
                (
                    0x22,
                    vec![bytes("reserved", Size::Octets(lit(1))).craft("reserved").doc("reserved").into()],
                ),
                (0x13, vec![dvmrp_code()]),
                (0x11, vec![max_response().default(20).into()]),
                (0x1e, vec![hops()]),
                (0x1f, vec![hops()]),
            ],
            vec![max_response().into()],
        ))
        .field(be16("checksum").craft("chksum").hex().sum(Checksum::Whole).doc("checksum"))
        .field(switch(
            val("type"),
            [
                (0x22, report().into()),
                (0x13, vec![bytes("data", rest()).doc("DVMRP message").into()]),
                (0x14, vec![bytes("data", rest()).doc("PIM message").into()]),
                (0x1e, trace().into()),
                (0x1f, trace().into()),
                (
                    0x30,
                    vec![
                        be16("mrd.query_interval").craft("qryIntvl").unit("s").doc("query interval").into(),
                        be16("mrd.robustness_variable").craft("robust").doc("robustness").into(),
                    ],
                ),
                (0x31, vec![]),
                (0x32, vec![]),
            ],
            vec![
                ipv4("maddr").craft("gaddr").doc("group").into(),
                when(Test::All(vec![eq("type", 0x11), Test::Ge(claimed(), lit(4))]), query()),
                bytes("data", rest()).doc("data").into(),
            ],
        ))
        .extra(u8("version").doc("version"))
        .extra(u8("max_resp.exp").hidden().doc("exponent of the longest response time"))
        .extra(u8("max_resp.mant").hidden().doc("mantissa of the longest response time"))
        .extra(
            u8("checksum.status")
                .names(super::CHECKSUM_STATUS)
                .expert(Severity::Error, 0, 0, "the checksum is wrong")
                .doc("checksum status"),
        )
        .extra(be16("checksum.calculated").hex().doc("checksum that would be right"))
}

fn max_response() -> crate::schema::Field {
    u8("max_resp")
        .craft("mrcode")
        .craft("advIntvl")
        .doc("longest response time, in tenths of a second below 128")
}

fn hops() -> Item {
    u8("mtrace.max_hops").craft("mrcode").doc("hops to trace at most").into()
}

fn dvmrp_code() -> Item {
    u8("dvmrp.code")
        .names(&[
            (1, "probe"),
            (2, "report"),
            (3, "ask neighbors"),
            (4, "neighbors"),
            (5, "ask neighbors 2"),
            (6, "neighbors 2"),
            (7, "prune"),
            (8, "graft"),
            (9, "graft acknowledgement"),
        ])
        .doc("DVMRP message")
        .into()
}

fn query() -> [Item; 6] {
    [
        bits("resv", 4).craft("flags").doc("reserved").into(),
        flag("s").doc("suppress router-side processing").into(),
        bits("qrv", 3).doc("querier's robustness").into(),
        u8("qqic").doc("code of the querier's interval").into(),
        be16("num_src").craft("numsrc").count_of("sources").doc("number of sources").into(),
        times(
            label("sources").doc("sources"),
            val("num_src"),
            [ipv4("saddr").craft("srcaddrs").doc("source").into()],
        ),
    ]
}

fn report() -> [Item; 4] {
    [
        decoded([bytes("reserved", Size::Octets(lit(2))).craft("flags").doc("reserved").into()]),
        built([be16("written_flags").craft("flags").hidden().doc("flags").into()]),
        be16("num_grp_recs").craft("numgrp").count_of("record").doc("number of group records").into(),
        times(
            label("record").craft("records").doc("group record"),
            val("num_grp_recs"),
            [
                u8("record_type").craft("rtype").default(4).names(RECORDS).doc("type").into(),
                u8("aux_data_len").craft("auxdlen").doc("auxiliary data in units of 4 octets").into(),
                be16("num_src").craft("numsrc").count_of("sources").doc("number of sources").into(),
                ipv4("maddr").doc("group").into(),
                times(
                    label("sources").doc("sources"),
                    val("num_src"),
                    [ipv4("saddr").craft("srcaddrs").doc("source").into()],
                ),
                decoded([bytes("aux_data", Size::Octets(val("aux_data_len") * 4))
                    .doc("auxiliary data")
                    .into()]),
                crafted([bytes("aux_data", rest()).doc("auxiliary data").into()]),
            ],
        ),
    ]
}

fn trace() -> [Item; 7] {
    [
        ipv4("maddr").doc("group").into(),
        ipv4("mtrace.saddr").doc("source").into(),
        ipv4("mtrace.raddr").doc("receiver").into(),
        ipv4("mtrace.rspaddr").doc("address for the response").into(),
        u8("mtrace.resp_ttl").doc("TTL of the response").into(),
        be24("mtrace.q_id").doc("query").into(),
        repeat(
            label("mtrace.block").doc("response block"),
            [
                be32("mtrace.q_arrival").hex().doc("arrival time of the query").into(),
                ipv4("mtrace.q_inaddr").doc("incoming interface").into(),
                ipv4("mtrace.q_outaddr").doc("outgoing interface").into(),
                ipv4("mtrace.q_prevrtr").doc("previous router").into(),
                be32("mtrace.q_inpkt").doc("packets in").into(),
                be32("mtrace.q_outpkt").doc("packets out").into(),
                be32("mtrace.q_total").doc("packets of this source and group").into(),
                u8("mtrace.q_rtg_proto").doc("routing protocol").into(),
                u8("mtrace.q_fwd_ttl").doc("TTL needed for forwarding").into(),
                bits("mtrace.q_mbz", 1).doc("zero").into(),
                bits("mtrace.q_s", 1).doc("whole group").into(),
                bits("mtrace.q_src_mask", 6).doc("source mask").into(),
                u8("mtrace.q_fwd_code").hex().doc("forwarding code").into(),
            ],
        ),
    ]
}

fn after(walk: &mut Walk<'_, '_>) {
    let octets = walk.layer_octets();
    let Some([kind, code, c0, c1, ..]) = octets.first_chunk::<4>().copied() else { return };
    let version = match kind {
        0x11 if octets.len() >= 12 => 3,
        0x11 if code == 0 => 1,
        0x12 => 1,
        0x11 | 0x16 | 0x17 => 2,
        0x22 => 3,
        _ => 0,
    };
    let at = walk.layer_offset();
    if version > 0 {
        walk.emit("version", at, 0, version);
    }
    if version == 3 && kind == 0x11 && code >= 128 {
        walk.emit("max_resp.exp", at.saturating_add(1), 1, u64::from(code >> 4 & 7));
        walk.emit("max_resp.mant", at.saturating_add(1), 1, u64::from(code & 15));
    }
    super::icmp::emit_status(walk, u16::from_be_bytes([c0, c1]));
}

/// A code of RFC 9776 §4.1.1: from 128 on, mantissa and exponent.
fn code_value(code: u8) -> u64 {
    let code = u64::from(code);
    if code < 128 { code } else { (code & 15 | 16) << ((code >> 4 & 7).saturating_add(3)) }
}

fn group(line: &mut Line<'_, '_>, octets: Option<[u8; 4]>) {
    match octets {
        Some(address) => line.ipv4(address),
        None => line.text("[|igmp]"),
    }
}

/// ` [max resp time 1.0s]`, unless it is the usual 10 s.
fn response_time(line: &mut Line<'_, '_>, code: u8, tenths: u64) {
    if code == 100 {
        return;
    }
    line.text(" [max resp time ");
    if tenths < 600 {
        line.number(tenths / 10);
        line.text(".");
        line.number(tenths % 10);
        line.text("s");
    } else {
        span(line, tenths / 10);
    }
    line.text("]");
}

/// `1h2m3s`, without leading parts that are 0.
pub(super) fn span(line: &mut Line<'_, '_>, seconds: u64) {
    for (unit, letter) in [(604_800, "w"), (86_400, "d"), (3600, "h"), (60, "m"), (1, "s")] {
        let above = match unit {
            604_800 => u64::MAX,
            86_400 => 604_800,
            3600 => 86_400,
            60 => 3600,
            _ => 60,
        };
        let part = seconds.checked_rem(above).and_then(|left| left.checked_div(unit)).unwrap_or(0);
        if part > 0 {
            line.number(part);
            line.text(letter);
        }
    }
}

fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    line.hosts();
    let mut octets = Octets::of(body);
    let (Some(kind), Some(code), Some(stored)) = (octets.u8(), octets.u8(), octets.u16()) else {
        line.cut("igmp", body);
        return;
    };
    line.text("igmp ");
    match kind {
        0x11 if body.len >= 12 => write_query(line, code, octets),
        0x11 => {
            line.text(if code == 0 { "query v1" } else { "query v2" });
            if code != 0 {
                response_time(line, code, u64::from(code));
            }
            let address = octets.array::<4>();
            if address != Some([0; 4]) {
                line.text(" [gaddr ");
                group(line, address);
                line.text("]");
            }
        }
        0x12 | 0x16 | 0x17 => {
            line.text(match kind {
                0x12 => "v1 report ",
                0x16 => "v2 report ",
                _ => "leave ",
            });
            group(line, octets.array());
        }
        0x22 => write_report(line, octets),
        0x13 => line.text("dvmrp"),
        0x14 => line.text("pimv1"),
        0x1e => line.text("mtrace resp"),
        0x1f => line.text("mtrace"),
        0x30..=0x32 => line.text(match kind {
            0x30 => "router advertisement",
            0x31 => "router solicitation",
            _ => "router termination",
        }),
        _ => {
            line.out.truncate(line.out.len().saturating_sub(1));
            line.text("-");
            line.number(u64::from(kind));
        }
    }
    if line.style.verbose > 0 {
        let (status, _) = super::icmp::judge(body, stored, line.quoted, ChecksumState::Unknown);
        if status == 0 {
            line.text(" bad igmp cksum ");
            super::put::hex(line.out, u64::from(stored));
            line.text("!");
        }
    }
}

fn sources(line: &mut Line<'_, '_>, octets: &mut Octets<'_>, count: u16) {
    if line.style.verbose > 1 {
        line.text(" {");
        for _ in 0..count {
            let Some(source) = octets.array() else { break };
            line.text(" ");
            line.ipv4(source);
        }
        line.text(" }");
    } else {
        line.text(", ");
        line.number(u64::from(count));
        line.text(" source(s)");
        octets.take_up_to(usize::from(count).saturating_mul(4));
    }
}

fn write_query(line: &mut Line<'_, '_>, code: u8, mut octets: Octets<'_>) {
    line.text("query v3");
    response_time(line, code, code_value(code));
    let (Some(address), Some(flags), Some(interval), Some(count)) =
        (octets.array::<4>(), octets.u8(), octets.u8(), octets.u16())
    else {
        return;
    };
    if address == [0; 4] && count == 0 && line.style.verbose == 0 {
        return;
    }
    if address != [0; 4] || count > 0 {
        line.text(" [gaddr ");
        line.ipv4(address);
        if count > 0 {
            sources(line, &mut octets, count);
        }
        line.text("]");
    }
    if line.style.verbose > 1 {
        line.text(" [");
        line.text(if flags & 8 != 0 { "sflag " } else { "" });
        line.text("robustness=");
        line.number(u64::from(flags & 7));
        line.text(" qqi=");
        line.number(code_value(interval));
        line.text("]");
    }
}

fn write_report(line: &mut Line<'_, '_>, mut octets: Octets<'_>) {
    line.text("v3 report, ");
    let (Some(_), Some(records)) = (octets.u16(), octets.u16()) else { return };
    line.number(u64::from(records));
    line.text(" group record(s)");
    if line.style.verbose == 0 {
        return;
    }
    for _ in 0..records {
        let (Some(kind), Some(more), Some(count), Some(address)) =
            (octets.u8(), octets.u8(), octets.u16(), octets.array())
        else {
            return;
        };
        line.text(" [gaddr ");
        line.ipv4(address);
        line.text(match kind {
            1 => " is_in",
            2 => " is_ex",
            3 => " to_in",
            4 => " to_ex",
            5 => " allow",
            6 => " block",
            _ => " [v3-report-#]",
        });
        sources(line, &mut octets, count);
        line.text("]");
        octets.take_up_to(usize::from(more).saturating_mul(4));
    }
}
