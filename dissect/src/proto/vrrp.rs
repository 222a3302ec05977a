//! VRRP version 2 (RFC 3768) and 3 (RFC 9568).

use super::octets::Octets;
use crate::checksum;
use crate::decode::{Network, Walk};
use crate::render::line::{Body, Line};
use crate::schema::{
    Base, Checksum, Field, IP_PROTO, Kind, Protocol, Severity, Size, be16, bits, custom, eq, ipv4, ipv6,
    label, lit, ne, text, times, u8, val, when,
};

const AUTH: &[(u64, &str)] = &[(0, "none"), (1, "simple"), (2, "ah")];

pub(super) fn vrrp() -> Protocol {
    super::ipv6::without_number(declared(), &["VRRP"])
}

fn declared() -> Protocol {
    Protocol::new("vrrp", "Virtual Router Redundancy Protocol")
        .layer("VRRP")
        .layer_as("VRRPv3", &[("version", 3)])
        .below("VRRPv3", "ipv6", &[("nxt", crate::schema::Given::Number(112))])
        .source("RFC 3768 §5, RFC 9568 §5")
        .on(IP_PROTO, &[112])
        .later(fields)
        .after(|walk| {
            if walk.wants("checksum.status") && walk.is_whole() {
                let octets = walk.layer_octets();
                let with_pseudo = checksum::add(checksum::pseudo(walk.network(), 112, octets.len()), checksum::sum(octets));
                let version = octets.first().map_or(0, |first| first >> 4);
                let good = (version == 3 && with_pseudo == u16::MAX) || checksum::sum(octets) == u16::MAX;
                let at = walk.layer_offset().saturating_add(6);
                walk.emit("checksum.status", at, 0, u64::from(good));
            }
        })
        .summary(summary)
        .sample("02000000000202000000000108004500002800010000ff70d1510a000001e000001221215a01000159aac63364fe0000000000000000")
        .sample("02000000000202000000000186dd60000000001870fffe800000000000000000000000000001ff02000000000000000000000000001231215a01006477d0fe800000000000000000000000000009")
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    protocol
        .field(u8("typever").hex().hidden().doc("version and type").of([
            bits("version", 4).default(2).doc("version"),
            bits("type", 4).default(1).names(&[(1, "advertisement")]).doc("type"),
        ]))
        .field(u8("virt_rtr_id").craft("vrid").default(1).doc("virtual router"))
        .field(
            u8("prio")
                .craft("priority")
                .default(100)
                .names(&[(0, "master stops"), (255, "address owner")])
                .doc("priority"),
        )
        .field(u8("addr_count").craft("ipcount").count_of("addresses").doc("addresses"))
        .field(when(
            ne("version", 3),
            [
                u8("auth_type").craft("authtype").names(AUTH).doc("authentication").into(),
                u8("adver_int").craft("adv").default(1).unit("s").doc("advertisement interval").into(),
            ],
        ))
        .field(when(
            eq("version", 3),
            [
                bits("reserved_mbz", 4).craft("res").doc("reserved").into(),
                bits("short_adver_int", 12)
                    .craft("adv")
                    .default(100)
                    .doc("advertisement interval, 1/100 s each")
                    .into(),
            ],
        ))
        .field(when(
            ne("version", 3),
            [be16("checksum").craft("chksum").hex().sum(Checksum::Whole).doc("checksum").into()],
        ))
        .field(when(
            eq("version", 3),
            [be16("checksum").craft("chksum").hex().sum(Checksum::Pseudo).doc("checksum").into()],
        ))
        .field(when(
            ne("version", 3),
            [
                times(
                    label("addresses").craft("addrlist").doc("addresses").hidden(),
                    val("addr_count"),
                    [ipv4("ip_addr").craft("addrlist").doc("address").into()],
                ),
                when(
                    crate::schema::Test::Ge(crate::schema::left(), lit(8)),
                    [text("auth_string", Size::Octets(lit(8))).doc("authentication").into()],
                ),
                crate::schema::built([
                    crate::schema::be32("auth_first")
                        .craft("auth1")
                        .doc("first half of the authentication")
                        .hidden()
                        .into(),
                    crate::schema::be32("auth_second")
                        .craft("auth2")
                        .doc("second half of the authentication")
                        .hidden()
                        .into(),
                ]),
            ],
        ))
        .field(when(
            eq("version", 3),
            [
                crate::schema::decoded([custom(
                    [ipv4("ip_addr").doc("address"), ipv6("ipv6_addr").doc("address")],
                    addresses,
                )]),
                crate::schema::built([times(
                    label("addresses").craft("addrlist").doc("addresses").hidden(),
                    val("addr_count"),
                    [crate::schema::bytes("address_octets", crate::schema::rest())
                        .reads(Kind::Ipv4)
                        .craft("addrlist")
                        .hidden()
                        .doc("address")
                        .into()],
                )]),
            ],
        ))
        .extra(
            Field::new("checksum.status", Kind::Uint(Base::Dec), Size::Bits(8))
                .names(super::CHECKSUM_STATUS)
                .expert(Severity::Error, 0, 0, "the checksum is wrong")
                .doc("checksum status"),
        )
}

/// Version 3 carries the addresses of the IP version around it.
fn addresses(walk: &mut Walk<'_, '_>) {
    let size = if matches!(walk.network(), Network::V6(..)) { 16 } else { 4 };
    let count = walk.layer_octets().get(3).copied().unwrap_or(0);
    for _ in 0..count {
        let (at, left) = (walk.offset(), walk.rest());
        if left.len() < size {
            walk.missing(size);
            return;
        }
        match left.first_chunk::<4>().filter(|_| size == 4) {
            Some(octets) => walk.emit("ip_addr", at, 4, u64::from(u32::from_be_bytes(*octets))),
            None => walk.emit("ipv6_addr", at, 16, 0),
        }
        walk.advance(size);
    }
}

fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    line.hosts();
    let mut octets = Octets::of(body);
    let (Some(first), Some(router), Some(priority), Some(count), Some(auth), Some(interval), Some(_)) =
        (octets.u8(), octets.u8(), octets.u8(), octets.u8(), octets.u8(), octets.u8(), octets.u16())
    else {
        line.text("VRRP");
        line.cut("vrrp", body);
        return;
    };
    line.text("VRRPv");
    line.number(u64::from(first >> 4));
    line.text(if first & 15 == 1 { ", Advertisement" } else { ", unknown type" });
    line.text(", vrid ");
    line.number(u64::from(router));
    line.text(", prio ");
    line.number(u64::from(priority));
    if first >> 4 == 3 {
        line.text(", intvl ");
        let interval = u16::from_be_bytes([auth & 15, interval]);
        line.number(u64::from(interval));
        line.text("cs");
    } else {
        line.text(", authtype ");
        line.text(crate::schema::Names::List(AUTH).get(u64::from(auth)).unwrap_or("unknown"));
        line.text(", intvl ");
        line.number(u64::from(interval));
        line.text("s");
    }
    line.text(", length ");
    line.number(body.len as u64);
    if line.style.verbose == 0 {
        return;
    }
    line.text(", addrs");
    if count != 1 {
        line.text("(");
        line.number(u64::from(count));
        line.text(")");
    }
    line.text(":");
    for at in 0..count {
        line.text(if at == 0 { " " } else { "," });
        if matches!(line.network, Network::V6(..)) {
            let Some(address) = octets.array() else { return };
            line.ipv6(address);
        } else {
            let Some(address) = octets.array() else { return };
            line.ipv4(address);
        }
    }
}
