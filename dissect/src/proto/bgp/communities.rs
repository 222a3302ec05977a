//! Extended communities (RFC 4360): type and subtype say what the other six octets are.

use crate::decode::Walk;
use crate::schema::{
    Field, Item, Size, be_f32, be16, be24, be32, be48, bits, block, bytes, flag, ipv4, lit, mac, rest,
    switch, u8, val,
};

const TYPES: &[(u64, &str)] = &[
    (0x00, "transitive, of an AS of two octets"),
    (0x01, "transitive, of an IPv4 address"),
    (0x02, "transitive, of an AS of four octets"),
    (0x03, "transitive, opaque"),
    (0x04, "QoS marking"),
    (0x06, "EVPN"),
    (0x40, "of an AS of two octets"),
    (0x41, "of an IPv4 address"),
    (0x42, "of an AS of four octets"),
    (0x43, "opaque"),
    (0x44, "QoS marking, not transitive"),
    (0x80, "experimental"),
    (0x81, "experimental, part 2"),
    (0x82, "experimental, part 3"),
    (0x88, "EIGRP"),
];

const OF_AS: &[(u64, &str)] = &[
    (0x02, "route target"),
    (0x03, "route origin"),
    (0x04, "link bandwidth"),
    (0x05, "OSPF domain"),
    (0x08, "BGP data collection"),
    (0x09, "source AS"),
    (0x0a, "L2VPN identifier"),
    (0x10, "Cisco VPN distinguisher"),
];

const OF_ADDRESS: &[(u64, &str)] = &[
    (0x02, "route target"),
    (0x03, "route origin"),
    (0x05, "OSPF domain"),
    (0x07, "OSPF router"),
    (0x0a, "L2VPN identifier"),
    (0x0b, "VRF route import"),
    (0x10, "Cisco VPN distinguisher"),
    (0x12, "inter-area P2MP segmented next hop"),
];

const OPAQUE: &[(u64, &str)] = &[
    (0x01, "cost"),
    (0x03, "CP-ORF"),
    (0x06, "OSPF route type"),
    (0x0b, "colour"),
    (0x0c, "encapsulation"),
    (0x0d, "default gateway"),
];

const EVPN: &[(u64, &str)] = &[
    (0x00, "MAC mobility"),
    (0x01, "ESI label"),
    (0x02, "Ethernet segment import"),
    (0x03, "router's MAC"),
    (0x04, "layer 2 attributes"),
    (0x05, "E-Tree"),
    (0x06, "designated forwarder election"),
    (0x07, "I-SID"),
];

const EXPERIMENTAL: &[(u64, &str)] = &[
    (0x00, "OSPF route type"),
    (0x01, "OSPF router"),
    (0x05, "OSPF domain"),
    (0x06, "flow specification, rate"),
    (0x07, "flow specification, action"),
    (0x08, "flow specification, redirect"),
    (0x09, "flow specification, marking"),
    (0x0a, "layer 2 information"),
    (0x0b, "E-Tree information"),
];

/// Parts of a route of EIGRP, by the number in the subtype's place.
const EIGRP: &[(u64, &str)] = &[
    (0, "route"),
    (1, "AS and delay"),
    (2, "reliability, hops and bandwidth"),
    (3, "load and MTU"),
    (4, "external AS and router"),
    (5, "external protocol and metric"),
];

/// IANA "BGP Tunnel Encapsulation Attribute Tunnel Types".
pub(super) const TUNNELS: &[(u64, &str)] = &[
    (1, "L2TPv3 over IP"),
    (2, "GRE"),
    (7, "IP in IP"),
    (8, "VXLAN"),
    (9, "NVGRE"),
    (10, "MPLS"),
    (11, "MPLS in GRE"),
    (12, "VXLAN GPE"),
    (13, "MPLS in UDP"),
    (15, "segment routing policy"),
    (19, "Geneve"),
];

/// One community.
pub(super) fn community() -> Item {
    block(
        bytes("ext_com", rest()).doc("extended community"),
        Size::Octets(lit(8)),
        [
            u8("ext_com.type").hex().names(TYPES).doc("type").of([
                flag("ext_com.type.auth").doc("not assigned by IANA's first come, first served"),
                flag("ext_com.type.tran").doc("not transitive between ASes"),
                bits("ext_com.type.low", 6).hex().hidden().doc("low bits"),
            ]),
            subtype(),
            Item::Switch(val("ext_com.type"), contents(), raw().into()),
        ],
    )
}

fn subtype() -> Item {
    // one name for what sizes and choices speak of, whatever the type calls it
    let whole = |field: Field| u8("ext_com.subtype").hidden().doc("subtype").of([field.hex().doc("subtype")]);
    let one = |number: u64, name: &'static str, names: &'static [(u64, &'static str)]| {
        (number, vec![whole(u8(name).names(names))])
    };
    switch(
        val("ext_com.type"),
        [
            one(0x00, "ext_com.stype_tr_as2", OF_AS),
            one(0x40, "ext_com.stype_ntr_as2", OF_AS),
            one(0x01, "ext_com.stype_tr_IP4", OF_ADDRESS),
            one(0x41, "ext_com.stype_ntr_IP4", OF_ADDRESS),
            one(0x02, "ext_com.stype_tr_as4", OF_AS),
            one(0x42, "ext_com.stype_ntr_as4", OF_AS),
            one(0x03, "ext_com.stype_tr_opaque", OPAQUE),
            one(0x43, "ext_com.stype_ntr_opaque", OPAQUE),
            one(0x06, "ext_com.stype_tr_evpn", EVPN),
            one(0x80, "ext_com.stype_tr_exp", EXPERIMENTAL),
            one(0x81, "ext_com.stype_tr_exp_2", EXPERIMENTAL),
            one(0x82, "ext_com.stype_tr_exp_3", EXPERIMENTAL),
            one(0x88, "ext_com_eigrp", EIGRP),
            (0x04, vec![marking_flags()]),
            (0x44, vec![marking_flags()]),
        ],
        vec![whole(u8("ext_com.stype_unknown"))],
    )
}

fn raw() -> Vec<Item> {
    vec![be48("ext_com.value_raw").hex().doc("value").into()]
}

fn reserved(octets: i64) -> Item {
    bytes("ext_com.reserved", Size::Octets(lit(octets))).doc("reserved").into()
}

type Cases = Vec<(u64, u64, crate::schema::Items)>;

fn contents() -> Cases {
    let one = |number: u64, items: Vec<Item>| (number, number, items.into());
    vec![
        one(0x00, of_as2()),
        one(0x40, of_as2()),
        one(0x01, of_address()),
        one(0x41, of_address()),
        one(0x02, of_as4()),
        one(0x42, of_as4()),
        one(0x03, opaque()),
        one(0x43, opaque()),
        one(0x06, evpn()),
        one(0x80, experimental()),
        one(0x81, redirect_address()),
        one(0x82, of_as4()),
        one(0x04, marking()),
        one(0x44, marking()),
        one(0x88, eigrp()),
    ]
}

/// draft-knoll-idr-qos-attribute: flags stand in the subtype's place.
fn marking_flags() -> Item {
    u8("ext_com_qos.flags").hex().doc("flags").of([
        bits("ext_com_qos.flags.reserved", 3).hidden().doc("reserved"),
        flag("ext_com_qos.flags.remarking").doc("marked anew"),
        flag("ext_com_qos.flags.ignore_remarking").doc("marking anew was ignored"),
        flag("ext_com_qos.flags.agg_marking").doc("markings are aggregated"),
        bits("ext_com_qos.flags.more", 2).hidden().doc("reserved"),
    ])
}

fn marking() -> Vec<Item> {
    vec![
        u8("ext_com_qos.set_number").hex().doc("set").into(),
        u8("ext_com_qos.tech_type").hex().doc("technology").into(),
        be16("ext_com_qos.marking_o").hex().doc("marking of the originator").into(),
        u8("ext_com_qos.marking_a").hex().doc("marking as it is").into(),
        u8("ext_com_qos.default_to_zero").hex().doc("zero").into(),
    ]
}

/// What a route of EIGRP had where a VPN took it over.
fn eigrp() -> Vec<Item> {
    vec![switch(
        val("ext_com.subtype"),
        [
            (
                0,
                vec![
                    be16("ext_com_eigrp.flags").hex().doc("flags").of([
                        flag("ext_com_eigrp.flags.rt").doc("internal route"),
                        bits("ext_com_eigrp.flags.more", 15).hidden().doc("further flags"),
                    ]),
                    be32("ext_com_eigrp.rtag").doc("route tag").into(),
                ],
            ),
            (
                1,
                vec![
                    be16("ext_com_eigrp.asn").doc("AS").into(),
                    be32("ext_com_eigrp.dly").doc("delay").into(),
                ],
            ),
            (
                2,
                vec![
                    u8("ext_com_eigrp.rly").doc("reliability").into(),
                    u8("ext_com_eigrp.hops").doc("hops").into(),
                    be32("ext_com_eigrp.bw").doc("bandwidth").into(),
                ],
            ),
            (
                3,
                vec![
                    reserved(1),
                    u8("ext_com_eigrp.load").doc("load").into(),
                    be32("ext_com_eigrp.mtu").unit("octets").doc("MTU").into(),
                ],
            ),
            (
                4,
                vec![
                    be16("ext_com_eigrp.e_asn").doc("AS outside").into(),
                    ipv4("ext_com_eigrp.e_rid").doc("router outside").into(),
                ],
            ),
            (
                5,
                vec![
                    be16("ext_com_eigrp.e_pid").doc("protocol outside").into(),
                    be32("ext_com_eigrp.e_metric").doc("metric outside").into(),
                ],
            ),
        ],
        raw(),
    )]
}

fn as2() -> Item {
    be16("ext_com.value_as2").doc("AS").into()
}

fn number4() -> Item {
    be32("ext_com.value_an4").doc("number").into()
}

fn number2() -> Item {
    be16("ext_com.value_an2").doc("number").into()
}

fn of_as2() -> Vec<Item> {
    vec![
        as2(),
        switch(
            val("ext_com.subtype"),
            [(4, vec![rate("ext_com.value_link_bw", "bandwidth of the link")])],
            vec![number4()],
        ),
    ]
}

fn of_as4() -> Vec<Item> {
    vec![be32("ext_com.value_as4").doc("AS").into(), number2()]
}

fn of_address() -> Vec<Item> {
    vec![
        switch(
            val("ext_com.subtype"),
            [(7, vec![ipv4("ext_com.value_ospf_rid").doc("router").into()])],
            vec![ipv4("ext_com.value_IP4").doc("address").into()],
        ),
        number2(),
    ]
}

fn redirect_address() -> Vec<Item> {
    vec![ipv4("ext_com.value_IP4").doc("address").into(), number2()]
}

fn rate(name: &'static str, doc: &'static str) -> Item {
    be_f32(name).unit("octets/s").doc(doc).into()
}

fn route_type() -> Vec<Item> {
    vec![
        ipv4("ext_com.value_ospf_rtype.area").doc("area").into(),
        u8("ext_com.value_ospf_rtype.type")
            .names(&[
                (1, "intra-area"),
                (2, "intra-area"),
                (3, "inter-area"),
                (5, "external"),
                (7, "NSSA external"),
                (129, "sham link"),
            ])
            .doc("route type")
            .into(),
        u8("ext_com.value_ospf_rtype.options").hex().doc("options").of([
            bits("ext_com.value_ospf_rtype.options.reserved", 7).hex().hidden().doc("reserved"),
            flag("ext_com.value_ospf_rtype.options.mt").doc("type 2 metric"),
        ]),
    ]
}

fn opaque() -> Vec<Item> {
    vec![switch(
        val("ext_com.subtype"),
        [
            (
                0x01,
                vec![
                    u8("ext_com_cost.poi")
                        .names(&[
                            (128, "absolute"),
                            (129, "IGP cost"),
                            (130, "external or internal"),
                            (131, "BGP identifier"),
                        ])
                        .doc("point of insertion")
                        .into(),
                    u8("ext_com_cost.cid").doc("identifier").of([
                        flag("ext_com_cost.cid.use").doc("compared before others"),
                        bits("ext_com_cost.cid.number", 7).hidden().doc("number"),
                    ]),
                    be32("ext_com_cost.cost").doc("cost").into(),
                ],
            ),
            (0x06, route_type()),
            (
                0x0b,
                vec![
                    be16("ext_com.color.flags").hex().doc("flags").into(),
                    be32("ext_com.color").doc("colour").into(),
                ],
            ),
            (0x0c, vec![reserved(4), be16("ext_com.tunnel_type").names(TUNNELS).doc("tunnel").into()]),
        ],
        raw(),
    )]
}

fn experimental() -> Vec<Item> {
    vec![switch(
        val("ext_com.subtype"),
        [
            (0x00, route_type()),
            (0x06, vec![as2(), rate("ext_com_flow.rate_limit", "largest rate")]),
            (
                0x07,
                vec![
                    bits("ext_com_flow.reserved", 46).hex().doc("reserved").into(),
                    flag("ext_com_flow.sample").doc("sampled").into(),
                    flag("ext_com_flow.traff_act").doc("further rules apply").into(),
                ],
            ),
            (0x08, vec![as2(), number4()]),
            (0x09, vec![reserved(5), u8("ext_com.value_fs_dscp").doc("code point").into()]),
            (
                0x0a,
                vec![
                    u8("ext_com_l2.encaps_type")
                        .names(&[(4, "Ethernet tagged"), (5, "Ethernet raw"), (19, "VPLS")])
                        .doc("encapsulation")
                        .into(),
                    u8("ext_com_l2.c_flags").hex().doc("flags").of([
                        flag("ext_com_l2.flag_d").doc("down"),
                        bits("ext_com_l2.flag_z1", 1).doc("zero"),
                        flag("ext_com_l2.flag_f").doc("frames are flooded"),
                        bits("ext_com_l2.flag_z345", 3).doc("zero"),
                        flag("ext_com_l2.flag_c").doc("control word"),
                        flag("ext_com_l2.flag_s").doc("in sequence"),
                    ]),
                    be16("ext_com_l2.l2_mtu").unit("octets").doc("MTU").into(),
                    reserved(2),
                ],
            ),
            (
                0x0b,
                vec![
                    be16("ext_com_etree.root_vlan").doc("VLAN of roots").into(),
                    be16("ext_com_etree.leaf_vlan").doc("VLAN of leaves").into(),
                    be16("ext_com_etree.flags").hex().doc("flags").of([
                        bits("ext_com_etree.flag_reserved", 14).hex().doc("reserved"),
                        flag("ext_com_etree.flag_p").doc("no frames to leaves"),
                        flag("ext_com_etree.flag_v").doc("VLANs are translated"),
                    ]),
                ],
            ),
        ],
        raw(),
    )]
}

/// RFC 7432 §7, RFC 8214 §3.1, RFC 8317 §5, RFC 9135.
fn evpn() -> Vec<Item> {
    let label = || super::routes::label_entry(be24("ext_com_evpn.label").hex().doc("label field"));
    vec![switch(
        val("ext_com.subtype"),
        [
            (
                0x00,
                vec![
                    u8("ext_com_evpn.mmac.flags").hex().doc("flags").of([
                        bits("ext_com_evpn.mmac.flags.reserved", 7).hex().hidden().doc("reserved"),
                        flag("ext_com_evpn.mmac.flags.sticky").doc("does not move"),
                    ]),
                    reserved(1),
                    be32("ext_com_evpn.mmac.seq").doc("sequence number").into(),
                ],
            ),
            (
                0x01,
                vec![
                    bits("ext_com_l2.esi_flags", 7).hex().hidden().doc("reserved").into(),
                    flag("ext_com_l2.esi_label_flag").doc("single-active").into(),
                    reserved(2),
                    label(),
                ],
            ),
            (0x02, vec![mac("ext_com_evpn.esi.rt").doc("segment's MAC address").into()]),
            (0x03, vec![mac("ext_com_evpn.esi.router_mac").doc("router's MAC address").into()]),
            (
                0x04,
                vec![
                    be16("ext_com_evpn.l2attr.flags").hex().doc("flags").of([
                        bits("ext_com_evpn.l2attr.flag_reserved", 11).hex().doc("reserved"),
                        flag("ext_com_evpn.l2attr.flag_ci").doc("control word indicator"),
                        flag("ext_com_evpn.l2attr.flag_f").doc("flow label"),
                        flag("ext_com_evpn.l2attr.flag_c").doc("control word"),
                        flag("ext_com_evpn.l2attr.flag_p").doc("primary"),
                        flag("ext_com_evpn.l2attr.flag_b").doc("backup"),
                    ]),
                    be16("ext_com_evpn.l2attr.l2_mtu").unit("octets").doc("MTU").into(),
                    bytes("ext_com_evpn.l2attr.reserved", Size::Octets(lit(2))).doc("reserved").into(),
                ],
            ),
            (
                0x05,
                vec![
                    u8("ext_com_evpn.etree.flags").hex().doc("flags").of([
                        bits("ext_com_evpn.etree.flag_reserved", 7).hex().doc("reserved"),
                        flag("ext_com_evpn.etree.flag_l").doc("leaf"),
                    ]),
                    bytes("ext_com_evpn.etree.reserved", Size::Octets(lit(2))).doc("reserved").into(),
                    label(),
                ],
            ),
        ],
        raw(),
    )]
}

/// What a well-known community's four octets are called together.
pub(super) fn well_known() -> Field {
    be32("update.path_attribute.community_wellknown")
        .hex()
        .names(super::COMMUNITIES)
        .hidden()
        .doc("well-known community")
}

/// Emits it.
pub(super) fn show_well_known(walk: &mut Walk<'_, '_>) {
    let Some(octets) = walk.header().last_chunk() else { return };
    let community = u64::from(u32::from_be_bytes(*octets));
    if super::COMMUNITIES.iter().any(|(number, _)| *number == community) {
        walk.emit("update.path_attribute.community_wellknown", walk.offset().saturating_sub(4), 4, community);
    }
}
