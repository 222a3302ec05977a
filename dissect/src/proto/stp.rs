//! Spanning tree: STP (IEEE Std 802.1D-1998), RSTP (802.1D-2004 §9), MSTP and SPT (802.1Q-2022 §14), and Cisco's PVST+,
//! which adds the VLAN behind the same message.

use crate::render::line::{Body, Line};
use crate::schema::{
    Field, Item, LLC_SAP, Protocol, SNAP_PID, Size, Test, Tlv, be16, be32, bits, bytes, case, claimed, flag,
    ge, is_in, label, lit, mac, ne, repeat, rest, text, u8, val, when,
};

const TYPES: &[(u64, &str)] =
    &[(0, "configuration"), (2, "rapid or multiple spanning tree"), (0x80, "topology change notification")];
const VERSIONS: &[(u64, &str)] = &[(0, "STP"), (2, "RSTP"), (3, "MSTP"), (4, "SPT")];
const ROLES: &[(u64, &str)] = &[(0, "unknown"), (1, "alternate or backup"), (2, "root"), (3, "designated")];

/// Units of 1/256 s.
fn seconds(value: u64, out: &mut Vec<u8>) {
    super::put::decimal(out, value >> 8);
    out.push(b'.');
    super::put::two(out, (value & 0xff).saturating_mul(100) >> 8);
}

fn time(name: &'static str, craft: &'static str, default: u64) -> Field {
    be16(name)
        .kind(crate::schema::Kind::Fixed(8))
        .craft(craft)
        .fraction(8)
        .default(default)
        .display(seconds)
        .unit("s")
}

fn flags(whole: Field, names: [&'static str; 7]) -> Item {
    let [ack, agreement, forwarding, learning, role, proposal, change] = names;
    whole.of([
        flag(ack).doc("topology change acknowledgement"),
        flag(agreement).doc("agreement"),
        flag(forwarding).doc("forwarding"),
        flag(learning).doc("learning"),
        bits(role, 2).names(ROLES).doc("port role"),
        flag(proposal).doc("proposal"),
        flag(change).doc("topology change"),
    ])
}

const SAP_OF_STP: [(&str, crate::schema::Given); 3] = {
    use crate::schema::Given::Number;
    [("dsap", Number(0x42)), ("ssap", Number(0x42)), ("control", Number(3))]
};

pub(super) fn stp() -> Protocol {
    Protocol::new("stp", "Spanning Tree Protocol")
        .layer("STP")
        .below("", "llc", &SAP_OF_STP)
        .below("", "snap", &[("=llc.type", crate::schema::Given::Number(0x10b))])
        .alias("mstp")
        .source("IEEE Std 802.1Q-2022 §14")
        .on(LLC_SAP, &[0x42])
        .on(SNAP_PID, &[0x00_000c_010b])
        .heads(&["mstp", "bpdu"])
        .later(fields)
        .summary(summary)
        .sample("0180c2000000001906eab885002642420300000000008001001906eab880000000008001001906eab88080050000140002000f000000000000000000")
        .sample("0180c2000000001906eab88c0027424203000002020e8001001906eab880000000008001001906eab880800c0000140002000f000000000000000000")
        .sample(concat!("0180c20000000200000000010079424203000003027c8000020000000001000000008000020000000001800100",
            "00140002000f0000005000726567696f6e00000000000000000000000000000000000000000000000000000001",
            "64646464646464646464646464646464000000028000020000000001147c100102000000000500000001808014"))
        .sample(concat!(
            "0180c200000002000000000100c0424203000004027c80000200000000010000000080000200000000018001000114000200",
            "0f0000004000726567696f6e0000000000000000000000000000000000000000000000000000000164646464646464646464",
            "6464646464640000000280000200000000011400550066616272696300000000000000000000000000000000000000000000",
            "0000000000016464646464646464646464646464646415001000000200000000000000000102030405060708090a0b0c0d0e",
            "0f1011121314",
        ))
        .sample("01000ccccccd0200000000010032aaaa0300000c010b0000000000000000000000000000000000000000000000000000000100140002000f0000000000020005")
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    protocol
        .field(be16("protocol").craft("proto").hex().doc("protocol"))
        .field(u8("version").names(VERSIONS).doc("version"))
        .field(u8("type").craft("bpdutype").hex().names(TYPES).doc("BPDU type"))
        .field(when(
            Test::Any(vec![is_in("type", &[0, 2]), crate::schema::not(Test::All(Vec::new()))]),
            [
                flags(
                    u8("flags").craft("bpduflags").hex().doc("flags"),
                    [
                        "flags.tcack",
                        "flags.agreement",
                        "flags.forwarding",
                        "flags.learning",
                        "flags.port_role",
                        "flags.proposal",
                        "flags.tc",
                    ],
                ),
                be16("root.id").craft("rootid").doc("root priority and extension").of([
                    bits("root.prio", 4).scale(4096).doc("root priority"),
                    bits("root.ext", 12).doc("root system extension"),
                ]),
                mac("root.hw").craft("rootmac").doc("root").into(),
                be32("root.cost").craft("pathcost").doc("root path cost").into(),
                be16("bridge.id").craft("bridgeid").doc("bridge priority and extension").of([
                    bits("bridge.prio", 4).scale(4096).doc("bridge priority"),
                    bits("bridge.ext", 12).doc("bridge system extension"),
                ]),
                mac("bridge.hw").craft("bridgemac").doc("bridge").into(),
                be16("port").craft("portid").hex().doc("port").into(),
                time("msg_age", "age", 0x100).doc("message age").into(),
                time("max_age", "maxage", 0x1400).doc("maximum age").into(),
                time("hello", "hellotime", 0x200).doc("hello time").into(),
                time("forward", "fwddelay", 0xf00).doc("forward delay").into(),
            ],
        ))
        .field(when(
            Test::Any(vec![
                Test::All(vec![ge("version", 2), Test::Ge(claimed(), lit(1))]),
                Test::Ge(claimed(), lit(7)),
            ]),
            [u8("version_1_length").unit("octets").doc("version 1 length").into()],
        ))
        .field(when(Test::All(vec![ge("version", 3), Test::Ge(claimed(), lit(66))]), multiple()))
        .field(when(Test::All(vec![ge("version", 4), Test::Ge(claimed(), lit(2))]), shortest()))
        .field(when(Test::All(vec![ne("version", 3), Test::Ge(claimed(), lit(6))]), [vlan().into()]))
}

/// IEEE Std 802.1Q-2022 §14.2.5: the part of MSTP.
fn multiple() -> [Item; 10] {
    let instance = [
        flags(
            u8("=mstp.msti.flags").hex().doc("flags"),
            [
                "=mstp.msti.flags.master",
                "=mstp.msti.flags.agreement",
                "=mstp.msti.flags.forwarding",
                "=mstp.msti.flags.learning",
                "=mstp.msti.flags.port_role",
                "=mstp.msti.flags.proposal",
                "=mstp.msti.flags.tc",
            ],
        ),
        bits("=mstp.msti.priority", 4).scale(4096).doc("priority").into(),
        bits("=mstp.msti.msti_id", 12).doc("instance").into(),
        mac("=mstp.msti.root.hw").doc("regional root").into(),
        be32("=mstp.msti.root_cost").doc("internal root path cost").into(),
        u8("=mstp.msti.bridge_priority").doc("bridge priority").into(),
        u8("=mstp.msti.port_priority").doc("port priority").into(),
        u8("=mstp.msti.remaining_hops").doc("remaining hops").into(),
    ];
    [
        be16("=mstp.version_3_length").unit("octets").doc("version 3 length").into(),
        u8("=mstp.config_format_selector").doc("configuration format").into(),
        text("=mstp.config_name", Size::Octets(lit(32))).doc("region").into(),
        be16("=mstp.config_revision_level").doc("revision").into(),
        bytes("=mstp.config_digest", Size::Octets(lit(16))).doc("digest of the VLAN table").into(),
        be32("=mstp.cist_internal_root_path_cost").doc("internal root path cost").into(),
        be16("=mstp.cist_bridge.id").doc("priority and extension").of([
            bits("=mstp.cist_bridge.prio", 4).scale(4096).doc("priority"),
            bits("=mstp.cist_bridge.ext", 12).doc("system extension"),
        ]),
        mac("=mstp.cist_bridge.hw").doc("bridge").into(),
        u8("=mstp.cist_remaining_hops").doc("remaining hops").into(),
        Item::Block(
            label("=mstp.instances").doc("instances"),
            Size::Octets((val("=mstp.version_3_length") - 64).min(claimed())),
            vec![repeat(label("=mstp.msti").doc("instance"), instance)].into(),
        ),
    ]
}

/// IEEE Std 802.1Q-2022 §14.2.6: the part of shortest path bridging, with the agreement on the topology.
fn shortest() -> [Item; 2] {
    let digest = [
        bits("=bpdu.agreement_digest_format_id", 4).doc("format of the digest").into(),
        bits("=bpdu.agreement_digest_format_capabilities", 4).doc("formats that are possible").into(),
        bits("=bpdu.agreement_digest_convention_id", 4).doc("convention of the digest").into(),
        bits("=bpdu.agreement_digest_convention_capabilities", 4).doc("conventions that are possible").into(),
        be16("=bpdu.agreement_digest_edge_count").doc("edges").into(),
        bytes("=bpdu.agreement_digest_reserved", Size::Octets(lit(8))).doc("reserved").into(),
        bytes("=mstp.agreement_digest", Size::Octets(lit(20))).doc("digest of the topology").into(),
    ];
    let mut items = vec![
        u8("=mstp.config_format_selector").doc("configuration format").into(),
        text("=mstp.config_name", Size::Octets(lit(32))).doc("region").into(),
        be16("=mstp.config_revision_level").doc("revision").into(),
        bytes("=mstp.config_digest", Size::Octets(lit(16))).doc("digest of the VLAN table").into(),
        bits("=mstp.agree_flags.reserved", 2).doc("reserved").into(),
        flag("=mstp.agree_flags.rest_role").doc("restricted role").into(),
        flag("=mstp.agree_flags.agreement_valid").doc("the agreement is valid").into(),
        bits("=mstp.agree_flags.dagreement_num", 2).doc("number of the discarded agreement").into(),
        bits("=mstp.agree_flags.agreement_num", 2).doc("number of the agreement").into(),
        u8("=mstp.agree_reserved").doc("reserved").into(),
    ];
    items.extend(digest);
    [
        be16("=mstp.version_4_length").unit("octets").doc("version 4 length").into(),
        Item::Block(
            label("=mstp.spt").doc("shortest path bridging"),
            Size::Octets(val("=mstp.version_4_length").min(claimed())),
            vec![Item::When(Test::Ge(claimed(), lit(85)), items.into())].into(),
        ),
    ]
}

/// What PVST+ puts behind the message: the VLAN that it is about.
fn vlan() -> Tlv {
    let mut list =
        Tlv::new(label("pvst.tlv").doc("TLV"), be16("pvst.tlvtype"), be16("pvst.tlvlen")).body_len();
    list.head = vec![
        be16("pvst.tlvtype").doc("type").into(),
        be16("pvst.tlvlen").unit("octets").doc("length").into(),
    ];
    list.cases([case(
        0,
        label("pvst.origin").doc("originating VLAN"),
        [be16("pvst.origvlan").doc("VLAN").into()],
    )])
    .other([bytes("pvst.tlvval", rest()).doc("value").into()])
}

fn identity(line: &mut Line<'_, '_>, octets: &[u8]) {
    let (Some([high, low]), Some(address)) =
        (octets.first_chunk::<2>().copied(), octets.get(2..).and_then(<[u8]>::first_chunk::<6>))
    else {
        return;
    };
    super::put::hex_octets(line.out, &[high, low], None);
    line.text(".");
    line.mac(*address);
}

fn write_time(line: &mut Line<'_, '_>, name: &str, octets: Option<&[u8]>) {
    line.text(name);
    seconds(octets.and_then(<[u8]>::first_chunk).map_or(0, |o| u64::from(u16::from_be_bytes(*o))), line.out);
    line.text("s");
}

fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    let data = body.data;
    let Some([_, _, version, kind]) = data.first_chunk::<4>().copied() else {
        line.cut("stp", body);
        return;
    };
    line.text(match version {
        0 => "STP 802.1d, ",
        2 => "STP 802.1w, ",
        3 => "STP 802.1s, ",
        4 => "STP 802.1aq, ",
        _ => "STP unknown version, ",
    });
    match kind {
        0 => line.text("Config"),
        2 => line.text("Rapid STP"),
        0x80 => {
            line.text("Topology Change");
            return;
        }
        _ => line.text("unknown type"),
    }
    let Some(flags) = data.get(4).copied().filter(|_| data.len() >= 35) else {
        line.cut("stp", body);
        return;
    };
    let common = if version >= 3 { ", CIST Flags [" } else { ", Flags [" };
    line.text(common);
    let mut any = false;
    for (bit, name) in [
        (1, "Topology change"),
        (2, "Proposal"),
        (0x10, "Learn"),
        (0x20, "Forward"),
        (0x40, "Agreement"),
        (0x80, "Topology change ACK"),
    ] {
        if flags & bit != 0 {
            line.text(if any { ", " } else { "" });
            line.text(name);
            any = true;
        }
    }
    line.text(if any { "]" } else { "none]" });
    line.text(if version >= 3 { ", CIST bridge-id " } else { ", bridge-id " });
    let bridge = if version >= 3 { data.get(93..101).or(data.get(17..25)) } else { data.get(17..25) };
    identity(line, bridge.unwrap_or_default());
    line.text(".");
    super::put::hex_octets(line.out, data.get(25..27).unwrap_or_default(), None);
    line.text(", length ");
    line.number(body.len as u64);
    if line.style.verbose == 0 {
        return;
    }
    write_time(line, "\n\tmessage-age ", data.get(27..));
    write_time(line, ", max-age ", data.get(29..));
    write_time(line, ", hello-time ", data.get(31..));
    write_time(line, ", forwarding-delay ", data.get(33..));
    line.text("\n\troot-id ");
    identity(line, data.get(5..13).unwrap_or_default());
    line.text(", root-pathcost ");
    line.number(
        data.get(13..).and_then(<[u8]>::first_chunk).map_or(0, |o| u64::from(u32::from_be_bytes(*o))),
    );
    if version >= 2 {
        line.text(", port-role ");
        line.text(match flags >> 2 & 3 {
            0 => "Unknown",
            1 => "Alternate",
            2 => "Root",
            _ => "Designated",
        });
    }
}
