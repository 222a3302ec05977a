//! Cisco VLAN Trunking Protocol, versions 1 and 2, behind SNAP.

use crate::schema::{
    Build, Fill, Given, Item, Protocol, SNAP_PID, Size, Tlv, be16, be32, bits, block, built, bytes, case,
    custom_both, decoded, eq, flag, ipv4, is_in, label, lit, repeat, rest, text, u8, val, when,
};

const CODES: &[(u64, &str)] = &[
    (1, "Summary Advertisement"),
    (2, "Subset Advertisement"),
    (3, "Advertisement Request"),
    (4, "Join/Prune Message"),
];

const TYPES: &[(u64, &str)] = &[(1, "Ethernet"), (2, "FDDI"), (3, "TrCRF"), (4, "FDDI-net"), (5, "TrBRF")];

const TLVS: &[(u64, &str)] = &[
    (1, "Source-Routing Ring Number"),
    (2, "Source-Routing Bridge Number"),
    (3, "Spanning-Tree Protocol Type"),
    (4, "Parent VLAN"),
    (5, "Translationally Bridged VLANs"),
    (6, "Pruning"),
    (7, "Bridge Type"),
    (8, "Max ARE Hop Count"),
    (9, "Max STE Hop Count"),
    (10, "Backup CRF Mode"),
];

pub(super) fn vtp() -> Protocol {
    Protocol::new("vtp", "VLAN Trunking Protocol")
        .layer("VTP")
        .part("VTPVlanInfo", "vlan_info", &[])
        .part("VTPVlanInfoTlv", "vlan_info.tlv", &[("vlan_info.tlv_type", 0)])
        .source("Cisco, Understanding VLAN Trunk Protocol (10558)")
        .below("", "snap", &[("=llc.cisco_pid", Given::Number(0x2003)), ("=llc.type", Given::Number(0x2003))])
        .on(SNAP_PID, &[0x000c_2003])
        .later(fields)
        .sample("01000ccccccc0200000000010050aaaa0300000c2003020100036c6162000000000000000000000000000000000000000000000000000000000000000007c0a80001393330333031303030303030000102030405060708090a0b0c0d0e0f")
        .sample("01000ccccccc0200000000010044aaaa0300000c2003020201036c616200000000000000000000000000000000000000000000000000000000000000000714000107000105dc000186a164656661756c7400")
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    protocol
        .field(u8("version").craft("ver").default(2).hex().brief().doc("version"))
        .field(u8("code").default(1).hex().names(CODES).brief().doc("code"))
        .field(when(
            eq("code", 1),
            [u8("followers").default(1).doc("subset advertisements that follow").into()],
        ))
        .field(when(eq("code", 2), [u8("seq_num").craft("seq").default(1).doc("sequence number").into()]))
        .field(when(
            is_in("code", &[3, 4]),
            [bytes("reserved", Size::Octets(lit(1))).craft("reserved").doc("reserved").into()],
        ))
        .field(decoded([
            u8("md_len").unit("octets").doc("length of the domain").into(),
            text("md", Size::Octets(lit(32))).brief().doc("domain").into(),
        ]))
        .field(built([custom_both(
            [
                u8("written.md_len").craft("domnamelen").hidden().doc("length of the domain"),
                text("written.md", Size::Octets(lit(32)))
                    .craft("domname")
                    .default_bytes(b"manbearpig")
                    .hidden()
                    .doc("domain"),
            ],
            |_| {},
            write_domain,
        )]))
        .field(when(
            is_in("code", &[1, 2]),
            [be32("conf_rev_num").craft("rev").takes_negative().brief().doc("revision").into()],
        ))
        .field(when(
            eq("code", 1),
            [
                ipv4("upd_id").craft("uid").default(0xc0a8_0001).doc("updater").into(),
                text("upd_ts", Size::Octets(lit(12)))
                    .craft("timestamp")
                    .default_bytes(b"930301000000")
                    .doc("time of the update")
                    .into(),
                bytes("md5_digest", Size::Octets(lit(16))).craft("md5").doc("MD5 digest").into(),
            ],
        ))
        .field(when(eq("code", 2), [repeat(label("vlan_info").craft("vlaninfo").doc("VLAN"), vlan())]))
        .field(when(eq("code", 3), [be16("start_value").craft("startvalue").hex().doc("first VLAN").into()]))
        .field(when(
            eq("code", 4),
            [
                be16("pruning.first").doc("first VLAN").into(),
                be16("pruning.last").doc("last VLAN").into(),
                bytes("pruning.bitmap", rest()).doc("active VLANs, by bits").into(),
            ],
        ))
}

/// Length of the domain and the domain, in its place of 32 octets.
fn write_domain(build: &mut dyn Build) {
    let name = build.octets("written.md").unwrap_or_else(|| b"manbearpig".to_vec());
    let end = name.iter().rposition(|octet| *octet != 0).map_or(0, |at| at.saturating_add(1));
    let begin = name.iter().position(|octet| *octet != 0).unwrap_or(0);
    build.put_number("written.md_len", end.saturating_sub(begin) as u64);
    let mut place = [0; 32];
    place.iter_mut().zip(&name).for_each(|(to, from)| *to = *from);
    build.put(&place);
}

fn vlan() -> [Item; 2] {
    let name_size = || (val("vlan_info.vlan_name_len")).align(4);
    let word = |name: &'static str, doc: &'static str| [Item::from(be16(name).craft("value").hex().doc(doc))];
    let tlvs = Tlv::new(
        label("vlan_info.tlv").craft("tlvlist").doc("value"),
        u8("vlan_info.tlv_type"),
        u8("vlan_info.tlv_len"),
    )
    .head(
        "vlan_info.tlv_type",
        Some("vlan_info.tlv_len"),
        [
            u8("vlan_info.tlv_type").craft("type").hex().names(TLVS).doc("type").into(),
            u8("vlan_info.tlv_len").craft("length").doc("length in 2 octets").into(),
        ],
    )
    .body_len()
    .unit(2)
    .cases([
        case(1, label("vlan_info.tlv").doc("value"), word("vlan_info.src_route_ring_num", "ring")),
        case(2, label("vlan_info.tlv").doc("value"), word("vlan_info.src_route_bridge_num", "bridge")),
        case(3, label("vlan_info.tlv").doc("value"), word("vlan_info.stp_type", "spanning tree")),
        case(4, label("vlan_info.tlv").doc("value"), word("vlan_info.parent_vlan", "parent VLAN")),
        case(6, label("vlan_info.tlv").doc("value"), word("vlan_info.pruning", "pruning")),
        case(7, label("vlan_info.tlv").doc("value"), word("vlan_info.bridge_type", "bridge type")),
        case(
            8,
            label("vlan_info.tlv").doc("value"),
            word("vlan_info.max_are_hop_count", "most hops of explorers"),
        ),
        case(
            9,
            label("vlan_info.tlv").doc("value"),
            word("vlan_info.max_ste_hop_count", "most hops on the spanning tree"),
        ),
        case(10, label("vlan_info.tlv").doc("value"), word("vlan_info.backup_crf_mode", "backup mode")),
    ])
    .other([bytes("vlan_info.data", rest()).craft("value").doc("value").into()]);
    [
        u8("vlan_info.len")
            .craft("len")
            .unit("octets")
            .len_of_part("vlan_info.body", 1, 1)
            .doc("length")
            .into(),
        block(
            label("vlan_info.body").hidden().doc("contents"),
            Size::Octets(val("vlan_info.len") - 1),
            [
                u8("vlan_info.status")
                    .craft("status")
                    .words(&[(0, "active"), (1, "suspended")])
                    .hex()
                    .doc("status")
                    .of([
                        bits("vlan_info.status.reserved", 7).doc("reserved"),
                        flag("vlan_info.status.vlan_susp").doc("suspended"),
                    ]),
                u8("vlan_info.vlan_type").craft("type").default(1).hex().names(TYPES).doc("type").into(),
                u8("vlan_info.vlan_name_len")
                    .craft("vlannamelen")
                    .unit("octets")
                    .len_of_part("vlan_info.vlan_name", 1, 0)
                    .doc("length of the name")
                    .into(),
                be16("vlan_info.isl_vlan_id").craft("vlanid").default(1).hex().brief().doc("VLAN").into(),
                be16("vlan_info.mtu_size").craft("mtu").default(1500).unit("octets").doc("MTU").into(),
                be32("vlan_info.802_10_index").craft("dot10index").hex().doc("802.10 index").into(),
                block(
                    label("vlan_info.name").fill(Fill::Zero(4)).hidden().doc("name"),
                    Size::Octets(name_size()),
                    [
                        text("vlan_info.vlan_name", Size::Octets(val("vlan_info.vlan_name_len")))
                            .craft("vlanname")
                            .default_bytes(b"default")
                            .brief()
                            .doc("name")
                            .into(),
                        when(
                            crate::schema::Test::Ge(crate::schema::left(), lit(1)),
                            [bytes("vlan_info.padding", rest()).doc("padding").into()],
                        ),
                    ],
                ),
                tlvs.into(),
            ],
        ),
    ]
}
