//! HSRP version 1 (RFC 2281) and 2 (Cisco): which it is shows in the first octet, a version of 0 or the type of a value.

use super::octets::Octets;
use crate::render::line::{Body, Line};
use crate::schema::{
    Field, Given, Item, Names, Protocol, Size, Tlv, UDP_PORT, be16, be32, built, bytes, case, decoded, eq,
    ipv4, ipv6, label, lit, look, mac, not, rest, switch, text, u8, val, when,
};

const OPERATIONS: &[(u64, &str)] = &[(0, "hello"), (1, "coup"), (2, "resign"), (3, "advertise")];

const STATES: &[(u64, &str)] =
    &[(0, "initial"), (1, "learn"), (2, "listen"), (4, "speak"), (8, "standby"), (16, "active")];

const STATES2: &[(u64, &str)] = &[
    (0, "disabled"),
    (1, "initial"),
    (2, "learn"),
    (3, "listen"),
    (4, "speak"),
    (5, "standby"),
    (6, "active"),
];

const ADVERTISED: &[(u64, &str)] = &[(1, "dormant"), (2, "passive"), (3, "active")];

const VALUES: &[(u64, &str)] =
    &[(1, "group state"), (2, "interface state"), (3, "text authentication"), (4, "MD5 authentication")];

pub(super) fn hsrp() -> Protocol {
    Protocol::new("hsrp", "Hot Standby Router Protocol")
        .layer("HSRP")
        .laid_out("HSRP", "opcode", (3, 3), 0)
        .part("HSRPv2", "=hsrp2.tlv", &[("=hsrp2.type", 1)])
        .part("HSRPv2TextAuth", "=hsrp2.tlv", &[("=hsrp2.type", 3)])
        .layer_as("HSRPAdvertise", &[("opcode", 3)])
        .body("HSRPmd5", "virt_ip", &[("written.md5.type", 4)])
        .below("HSRPv2", "udp", &[("srcport", Given::Number(2029)), ("dstport", Given::Number(2029))])
        .below("HSRP", "udp", &[("srcport", Given::Number(1985)), ("dstport", Given::Number(1985))])
        .below("hsrp", "udp", &[("srcport", Given::Number(1985)), ("dstport", Given::Number(1985))])
        .source("RFC 2281 §5; HSRP version 2 as Cisco IOS sends it")
        .on(UDP_PORT, &[1985, 2029])
        .accepts(UDP_PORT, |data| matches!(data, [0, 0..=3, ..] | [1, 40, ..] | [2, 4, ..] | [3, 8, ..] | [4, 28, ..]))
        .heads(&["hsrp2"])
        .later(fields)
        .summary(summary)
        .sample("02000000000202000000000108004500003000010000401166ba0a0000010a00000207c107c1001cb93f000010030a780100636973636f000000c0a80101")
        .sample(concat!(
            "0100 5e00 0066 0200 0000 0001 0800 4500 0050 0001 0000 0111 ce53 0a00 0001 e000 0066 07c1 07c1 003c 0000",
            "01 28 02 00 06 04 0001 020000000001 00000064 00000bb8 00002710 0a0000fe 000000000000000000000000",
            "03 08 636973636f000000"
        ))
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    protocol.field(when(not(look(is_second)), version1())).field(when(look(is_second), [values().into()]))
}

/// Version 1 begins with its number, 0; version 2 with the type of its first value.
fn is_second(octets: &[u8]) -> bool {
    octets.first().is_some_and(|first| *first != 0)
}

fn version1() -> [Item; 3] {
    [
        u8("version").doc("version").into(),
        u8("opcode").names(OPERATIONS).doc("operation").brief().into(),
        switch(
            val("opcode"),
            [(
                3,
                vec![
                    be16("adv.tlvtype").craft("type").default(1).doc("kind of advertisement").into(),
                    be16("adv.tlvlength").craft("length").default(10).unit("octets").doc("length").into(),
                    u8("adv.state").craft("state").default(1).names(ADVERTISED).doc("state").into(),
                    u8("adv.reserved1").craft("reserved1").doc("reserved").into(),
                    be16("adv.activegrp").craft("activegroups").doc("active groups").into(),
                    be16("adv.passivegrp").craft("passivegroups").doc("passive groups").into(),
                    be32("adv.reserved2").craft("reserved2").doc("reserved").into(),
                ],
            )],
            vec![
                u8("state").default(16).names(STATES).doc("state").brief().into(),
                u8("hellotime").default(3).unit("s").doc("hello time").into(),
                u8("holdtime").default(10).unit("s").doc("hold time").into(),
                u8("priority").default(120).doc("priority").brief().into(),
                u8("group").default(1).doc("group").brief().into(),
                u8("reserved").doc("reserved").into(),
                text("auth_data", Size::Octets(lit(8)))
                    .craft("auth")
                    .default_bytes(b"cisco\0\0\0")
                    .doc("authentication")
                    .into(),
                ipv4("virt_ip").craft("virtualIP").default(0xc0a8_0101).doc("virtual address").brief().into(),
                decoded([bytes("md5", rest()).doc("MD5 authentication").into()]),
                crate::schema::crafted([
                    u8("written.md5.type")
                        .craft("type")
                        .default(4)
                        .hidden()
                        .doc("kind of authentication")
                        .into(),
                    u8("written.md5.len")
                        .craft("len")
                        .len_of_part("written.md5.body", 1, 0)
                        .hidden()
                        .doc("length")
                        .into(),
                    crate::schema::block(
                        label("written.md5.body").hidden().doc("MD5 authentication"),
                        rest(),
                        [
                            u8("written.md5.algo").craft("algo").default(1).hidden().doc("algorithm").into(),
                            u8("written.md5.padding").craft("padding").hidden().doc("padding").into(),
                            be16("written.md5.flags").craft("flags").hidden().doc("flags").into(),
                            ipv4("written.md5.sourceip")
                                .craft("sourceip")
                                .default(0x7f00_0001)
                                .hidden()
                                .doc("address")
                                .into(),
                            be32("written.md5.keyid").craft("keyid").hidden().doc("key").into(),
                            bytes("written.md5.digest", Size::Octets(lit(16)))
                                .craft("authdigest")
                                .hidden()
                                .doc("digest")
                                .into(),
                        ],
                    ),
                ]),
            ],
        ),
    ]
}

fn values() -> Tlv {
    let entry = || -> Field { label("=hsrp2.tlv").doc("value") };
    Tlv::new(
        entry(),
        u8("=hsrp2.type").craft("type").names(VALUES).doc("value"),
        u8("=hsrp2.length").craft("len").unit("octets").doc("length"),
    )
    .body_len()
    .cases([
        case(
            1,
            entry(),
            [
                u8("=hsrp2.version").craft("version").default(2).doc("version").into(),
                u8("=hsrp2.opcode").craft("opcode").names(OPERATIONS).doc("operation").brief().into(),
                u8("=hsrp2.state").craft("state").default(16).names(STATES2).doc("state").brief().into(),
                u8("=hsrp2.ipversion").craft("ipVer").default(4).doc("IP version").into(),
                be16("=hsrp2.group").craft("group").default(1).doc("group").brief().into(),
                mac("=hsrp2.identifier").craft("identifier").doc("router").into(),
                be32("=hsrp2.priority").craft("priority").default(100).doc("priority").brief().into(),
                be32("=hsrp2.hellotime").craft("hellotime").default(3000).unit("ms").doc("hello time").into(),
                be32("=hsrp2.holdtime").craft("holdtime").default(10000).unit("ms").doc("hold time").into(),
                when(
                    eq("=hsrp2.ipversion", 4),
                    [ipv4("=hsrp2.virt_ip").craft("virtualIP").doc("virtual address").brief().into()],
                ),
                when(
                    eq("=hsrp2.ipversion", 6),
                    [ipv6("=hsrp2.virt_ip_v6").craft("virtualIP").doc("virtual address").brief().into()],
                ),
                decoded([bytes("=hsrp2.padding", rest()).doc("padding").into()]),
                built([when(
                    eq("=hsrp2.ipversion", 4),
                    [bytes("=hsrp2.written.padding", Size::Octets(lit(12)))
                        .craft("padding")
                        .hidden()
                        .doc("padding")
                        .into()],
                )]),
            ],
        ),
        case(
            2,
            entry(),
            [
                be16("=hsrp2.active_groups").doc("active groups").into(),
                be16("=hsrp2.passive_groups").doc("passive groups").into(),
            ],
        ),
        case(
            3,
            entry(),
            [
                decoded([text("=hsrp2.auth_data", rest()).doc("authentication").into()]),
                built([text("=hsrp2.written.auth_data", Size::Octets(lit(8)))
                    .craft("auth")
                    .default_bytes(b"cisco\0\0\0")
                    .hidden()
                    .doc("authentication")
                    .into()]),
            ],
        ),
        case(
            4,
            entry(),
            [
                u8("=hsrp2.md5_algorithm").names(&[(1, "MD5")]).doc("algorithm").into(),
                u8("=hsrp2.md5_padding").doc("padding").into(),
                be16("=hsrp2.md5_flags").hex().doc("flags").into(),
                ipv4("=hsrp2.md5_ip_address").doc("sender").into(),
                be32("=hsrp2.md5_key_id").doc("key").into(),
                bytes("=hsrp2.md5_auth_data", rest()).doc("digest").into(),
            ],
        ),
    ])
    .other([bytes("=hsrp2.data", rest()).doc("content").into()])
}

fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    let mut octets = Octets::of(body);
    let said = if is_second(body.data) { second(line, &mut octets) } else { first(line, &mut octets) };
    if said.is_none() {
        line.text(" ");
        line.cut("hsrp", body);
    }
}

fn named(line: &mut Line<'_, '_>, names: &'static [(u64, &'static str)], value: u8) {
    match Names::List(names).get(u64::from(value)) {
        Some(name) => line.text(name),
        None => {
            line.labelled("unknown (", u64::from(value));
            line.text(")");
        }
    }
}

/// A message of version 1.
fn first(line: &mut Line<'_, '_>, octets: &mut Octets<'_>) -> Option<()> {
    line.text("HSRPv");
    line.labelled("", u64::from(octets.u8()?));
    line.text("-");
    let operation = octets.u8()?;
    let length = octets.left().len().saturating_add(2);
    named(line, OPERATIONS, operation);
    line.labelled(" ", length as u64);
    line.text(": ");
    if operation == 3 {
        octets.take(4)?;
        line.text("state=");
        named(line, ADVERTISED, octets.u8()?);
        octets.u8()?;
        line.labelled(" active-groups=", u64::from(octets.u16()?));
        line.labelled(" passive-groups=", u64::from(octets.u16()?));
        return Some(());
    }
    line.text("state=");
    named(line, STATES, octets.u8()?);
    let [hello, hold, priority, group, _] =
        [octets.u8()?, octets.u8()?, octets.u8()?, octets.u8()?, octets.u8()?].map(u64::from);
    line.labelled(" group=", group);
    let word = octets.array::<8>()?;
    line.text(" addr=");
    line.ipv4(octets.array()?);
    if line.style.verbose > 0 {
        line.labelled(" hellotime=", hello);
        line.labelled("s holdtime=", hold);
        line.labelled("s priority=", priority);
        authentication(line, &word);
    }
    Some(())
}

fn authentication(line: &mut Line<'_, '_>, word: &[u8]) {
    line.text(" auth=\"");
    line.untrusted(word.split(|octet| *octet == 0).next().unwrap_or_default());
    line.text("\"");
}

/// The values of a message of version 2.
fn second(line: &mut Line<'_, '_>, octets: &mut Octets<'_>) -> Option<()> {
    line.text("HSRPv2");
    while let Some(kind) = octets.u8() {
        let length = octets.u8()?;
        let mut value = Octets::new(octets.take(usize::from(length))?);
        match kind {
            1 => group_state(line, &mut value)?,
            2 => {
                line.labelled(" active-groups=", u64::from(value.u16()?));
                line.labelled(" passive-groups=", u64::from(value.u16()?));
            }
            3 if line.style.verbose > 0 => authentication(line, value.left()),
            4 if line.style.verbose > 0 => line.text(" auth=MD5"),
            _ => {}
        }
    }
    Some(())
}

fn group_state(line: &mut Line<'_, '_>, value: &mut Octets<'_>) -> Option<()> {
    let [_, operation, state, network] = [value.u8()?, value.u8()?, value.u8()?, value.u8()?];
    line.text("-");
    named(line, OPERATIONS, operation);
    line.text(": state=");
    named(line, STATES2, state);
    line.labelled(" group=", u64::from(value.u16()?));
    value.take(6)?;
    let [priority, hello, hold] = [value.u32()?, value.u32()?, value.u32()?].map(u64::from);
    line.text(" addr=");
    if network == 6 {
        line.ipv6(value.array()?)
    } else {
        line.ipv4(value.array()?)
    }
    if line.style.verbose > 0 {
        line.labelled(" hellotime=", hello);
        line.labelled("ms holdtime=", hold);
        line.labelled("ms priority=", priority);
    }
    Some(())
}
