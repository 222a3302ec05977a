//! B.A.T.M.A.N. advanced, compatibility version 15 (linux/batadv_packet.h, Linux ≥ 3.13): all packet types and the
//! type-version-length-values in them. Other versions are shown as octets; fragments are not put together.

use super::octets::Octets;
use crate::decode::Walk;
use crate::render::line::{Body, Line};
use crate::schema::{
    ETHER_TYPE, Field, Item, LINK_TYPE, Names, Protocol, Size, Tlv, be16, be32, bits, block, bytes, case, eq,
    flag, ge, is_in, label, left, lit, mac, ne, repeat, rest, switch, times, u8, val, when,
};

const TYPES: &[(u64, &str)] = &[
    (0x00, "IV_OGM"),
    (0x01, "BCAST"),
    (0x02, "CODED"),
    (0x03, "ELP"),
    (0x04, "OGM2"),
    (0x05, "MCAST"),
    (0x40, "UNICAST"),
    (0x41, "UNICAST_FRAG"),
    (0x42, "UNICAST_4ADDR"),
    (0x43, "ICMP"),
    (0x44, "UNICAST_TVLV"),
];

const ICMP: &[(u64, &str)] = &[
    (0, "echo reply"),
    (3, "destination unreachable"),
    (8, "echo request"),
    (11, "TTL exceeded"),
    (12, "parameter problem"),
    (15, "throughput meter"),
];

const SUBTYPES: &[(u64, &str)] = &[
    (1, "data"),
    (2, "distributed ARP table, get"),
    (3, "distributed ARP table, put"),
    (4, "distributed ARP table, reply"),
];

const VALUES: &[(u64, &str)] = &[
    (1, "gateway"),
    (2, "distributed ARP table"),
    (3, "network coding"),
    (4, "translation table"),
    (5, "roaming"),
    (6, "multicast"),
    (7, "multicast tracker"),
];

pub(super) fn batman() -> Protocol {
    Protocol::new("batadv", "B.A.T.M.A.N. advanced")
        .source("linux/batadv_packet.h, compatibility version 15")
        .on(ETHER_TYPE, &[0x4305])
        .later(fields)
        .leads(&[LINK_TYPE])
        .leads_to(&["eth"])
        .after(|walk: &mut Walk<'_, '_>| {
            if let Some([kind, 15]) = walk.header().first_chunk::<2>()
                && frame_at(*kind).is_some_and(|octets| octets == walk.header().len())
            {
                walk.next_named("eth");
            }
        })
        .summary(summary)
        .sample(concat!(
            "020000000002 020000000001 4305 40 0f 32 01 020000000009",
            "020000000005 020000000006 0800 4500002000010000401166ca0a0000010a00000203e807d0000c1b5561626364"
        ))
        .sample(concat!(
            "ffffffffffff 020000000001 4305 00 0f 32 00 00000007 020000000001 020000000001 00 ff 001c",
            "01 01 0008 00000064 00000014 04 01 000c 01 05 0001 12345678 8005 0000"
        ))
        .sample("020000000002 020000000001 4305 43 0f 32 08 020000000002 020000000001 01 00 0007")
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    protocol
        .field(u8("batman.packet_type").hex().default(0x40).names(TYPES).doc("packet"))
        .field(
            u8("batman.version")
                .alias("iv_ogm.version")
                .alias("ogm2.version")
                .alias("elp.version")
                .alias("bcast.version")
                .alias("unicast.version")
                .alias("unicast_frag.version")
                .alias("unicast_4addr.version")
                .alias("unicast_tvlv.version")
                .alias("icmp.version")
                .alias("coded.version")
                .default(15)
                .doc("compatibility version"),
        )
        .field(when(ne("batman.version", 15), [bytes("content", rest()).doc("content").into()]))
        .field(when(
            eq("batman.version", 15),
            [switch(
                val("batman.packet_type"),
                packets(),
                vec![bytes("content", rest()).doc("content").into()],
            )],
        ))
}

fn ttl(name: &'static str) -> Item {
    u8(name).doc("time to live").into()
}

fn values(length: &'static str) -> Item {
    let entry = || -> Field { label("tvlv").doc("value") };
    let list = Tlv::new(entry(), u8("tvlv.type").doc("type"), be16("tvlv.len").doc("length"))
        .head(
            "tvlv.type",
            Some("tvlv.len"),
            [
                u8("tvlv.type").names(VALUES).doc("type").into(),
                u8("tvlv.version").doc("version").into(),
                be16("tvlv.len").unit("octets").doc("length").into(),
            ],
        )
        .body_len()
        .cases([
            case(
                1,
                entry(),
                [
                    be32("tvlv.gw.dl_speed").doc("download, 100 kb/s each").into(),
                    be32("tvlv.gw.ul_speed").doc("upload, 100 kb/s each").into(),
                ],
            ),
            case(
                4,
                entry(),
                [
                    u8("tvlv.tt.flags").hex().doc("flags").of([
                        bits("tvlv.tt.flags.reserved", 3).doc("reserved"),
                        flag("tvlv.tt.flags.full_table").doc("full table"),
                        bits("tvlv.tt.flags.type", 4)
                            .hex()
                            .names(&[(1, "own table"), (2, "request"), (4, "response")])
                            .doc("what it is"),
                    ]),
                    u8("tvlv.tt.ttvn").doc("version of the table").into(),
                    be16("tvlv.tt.num_vlan").doc("VLANs").into(),
                    times(
                        label("tvlv.tt.vlan").doc("VLAN"),
                        val("tvlv.tt.num_vlan"),
                        [
                            be32("tvlv.tt.vlan.crc").hex().doc("CRC").into(),
                            vlan("tvlv.tt.vlan.vid"),
                            be16("tvlv.tt.vlan.reserved").doc("reserved").into(),
                        ],
                    ),
                    repeat(
                        label("tvlv.tt.change").doc("change"),
                        [
                            u8("tvlv.tt.change.flags").hex().doc("flags").of([
                                bits("tvlv.tt.change.flags.other", 2).doc("further flags"),
                                flag("tvlv.tt.change.flags.isolate").doc("isolated"),
                                flag("tvlv.tt.change.flags.wifi").doc("client is wireless"),
                                bits("tvlv.tt.change.flags.reserved", 2).doc("reserved"),
                                flag("tvlv.tt.change.flags.roam").doc("client roamed"),
                                flag("tvlv.tt.change.flags.del").doc("deleted"),
                            ]),
                            bytes("tvlv.tt.change.reserved", Size::Octets(lit(3))).doc("reserved").into(),
                            mac("tvlv.tt.change.addr").doc("client").into(),
                            vlan("tvlv.tt.change.vid"),
                        ],
                    ),
                ],
            ),
            case(
                5,
                entry(),
                [mac("tvlv.roam.client").alias("batman.addr").doc("client").into(), vlan("tvlv.roam.vid")],
            ),
            case(
                6,
                entry(),
                [
                    u8("tvlv.mcast.flags").hex().doc("flags").of([
                        bits("tvlv.mcast.flags.reserved", 3).doc("reserved"),
                        flag("tvlv.mcast.flags.no_rtr6").doc("no IPv6 multicast router"),
                        flag("tvlv.mcast.flags.no_rtr4").doc("no IPv4 multicast router"),
                        flag("tvlv.mcast.flags.ipv6").doc("wants all IPv6"),
                        flag("tvlv.mcast.flags.ipv4").doc("wants all IPv4"),
                        flag("tvlv.mcast.flags.unsnoopables").doc("wants all that cannot be snooped"),
                    ]),
                    bytes("tvlv.mcast.reserved", Size::Octets(lit(3))).doc("reserved").into(),
                ],
            ),
        ])
        .other([bytes("tvlv.data", rest()).doc("content").into()]);
    block(label("tvlvs").doc("values").hidden(), Size::Octets(val(length)), [list.into()])
}

fn vlan(name: &'static str) -> Item {
    be16(name)
        .hex()
        .doc("VLAN and whether tagged")
        .of([flag("tvlv.vid_tagged").doc("tagged"), bits("tvlv.vid_vlan", 15).doc("VLAN")])
}

fn packets() -> [(u64, Vec<Item>); 10] {
    let version = |name: &'static str| mac(name).doc("originator");
    [
        (
            0x00,
            vec![
                ttl("iv_ogm.ttl"),
                u8("iv_ogm.flags").hex().doc("flags").of([
                    bits("iv_ogm.flags.reserved", 5).doc("reserved"),
                    flag("iv_ogm.flags.directlink").doc("direct link"),
                    flag("iv_ogm.flags.primaries_first_hop").doc("first hop of a primary interface"),
                    flag("iv_ogm.flags.not_best_next_hop").doc("not the best next hop"),
                ]),
                be32("iv_ogm.seq").doc("sequence number").into(),
                version("iv_ogm.orig").into(),
                mac("iv_ogm.prev_sender").doc("received from").into(),
                u8("iv_ogm.reserved").doc("reserved").into(),
                u8("iv_ogm.tq").doc("transmission quality, 255 at best").into(),
                be16("iv_ogm.tvlv_len")
                    .unit("octets")
                    .len_of_part("tvlvs", 1, 0)
                    .doc("length of the values")
                    .into(),
                values("iv_ogm.tvlv_len"),
            ],
        ),
        (
            0x01,
            vec![
                ttl("bcast.ttl"),
                u8("bcast.reserved").doc("reserved").into(),
                be32("bcast.seq").doc("sequence number").into(),
                version("bcast.orig").into(),
            ],
        ),
        (
            0x02,
            vec![
                ttl("coded.ttl"),
                u8("coded.first_ttvn").doc("version of the first one's table").into(),
                mac("coded.first_src").doc("source of the first").into(),
                mac("coded.first_orig_dst").doc("destination of the first").into(),
                be32("coded.first_crc").hex().doc("CRC of the first").into(),
                u8("coded.second_ttl").doc("time to live of the second").into(),
                u8("coded.second_ttvn").doc("version of the second one's table").into(),
                mac("coded.second_dst").doc("next hop of the second").into(),
                mac("coded.second_src").doc("source of the second").into(),
                mac("coded.second_orig_dst").doc("destination of the second").into(),
                be32("coded.second_crc").hex().doc("CRC of the second").into(),
                be16("coded.length").unit("octets").doc("octets that are coded").into(),
                bytes("coded.data", rest()).doc("two packets, combined").into(),
            ],
        ),
        (
            0x03,
            vec![
                version("elp.orig").into(),
                be32("elp.seq").doc("sequence number").into(),
                be32("elp.interval").unit("ms").doc("interval").into(),
            ],
        ),
        (
            0x04,
            vec![
                ttl("ogm2.ttl"),
                u8("ogm2.flags").hex().doc("flags").into(),
                be32("ogm2.seq").doc("sequence number").into(),
                version("ogm2.orig").into(),
                be16("ogm2.tvlv_len")
                    .unit("octets")
                    .len_of_part("tvlvs", 1, 0)
                    .doc("length of the values")
                    .into(),
                be32("ogm2.throughput").doc("throughput, 100 kb/s each").into(),
                values("ogm2.tvlv_len"),
            ],
        ),
        (
            0x40,
            vec![
                ttl("unicast.ttl"),
                u8("unicast.ttvn").doc("version of the translation table").into(),
                mac("unicast.dst").doc("destination").into(),
            ],
        ),
        (
            0x41,
            vec![
                ttl("unicast_frag.ttl"),
                bits("unicast_frag.no", 4).doc("fragment").into(),
                bits("unicast_frag.priority", 3).doc("priority").into(),
                bits("unicast_frag.reserved", 1).doc("reserved").into(),
                mac("unicast_frag.dst").doc("destination").into(),
                version("unicast_frag.orig").into(),
                be16("unicast_frag.seq").doc("sequence number").into(),
                be16("unicast_frag.total_size").unit("octets").doc("size of the whole").into(),
                bytes("unicast_frag.data", rest()).doc("fragment").into(),
            ],
        ),
        (
            0x42,
            vec![
                ttl("unicast_4addr.ttl"),
                u8("unicast_4addr.ttvn").doc("version of the translation table").into(),
                mac("unicast_4addr.dst").doc("destination").into(),
                mac("unicast_4addr.src").doc("source").into(),
                u8("unicast_4addr.subtype").names(SUBTYPES).doc("what for").into(),
                u8("unicast_4addr.reserved").doc("reserved").into(),
            ],
        ),
        (0x43, icmp()),
        (
            0x44,
            vec![
                ttl("unicast_tvlv.ttl"),
                u8("unicast_tvlv.reserved").doc("reserved").into(),
                mac("unicast_tvlv.dst").doc("destination").into(),
                mac("unicast_tvlv.src").doc("source").into(),
                be16("unicast_tvlv.len")
                    .unit("octets")
                    .len_of_part("tvlvs", 1, 0)
                    .doc("length of the values")
                    .into(),
                be16("unicast_tvlv.align").doc("unused").into(),
                values("unicast_tvlv.len"),
            ],
        ),
    ]
}

fn icmp() -> Vec<Item> {
    vec![
        ttl("icmp.ttl"),
        u8("icmp.msg_type").default(8).names(ICMP).doc("message").into(),
        mac("icmp.dst").doc("destination").into(),
        mac("icmp.orig").doc("originator").into(),
        u8("icmp.uid").doc("socket").into(),
        when(
            ne("icmp.msg_type", 15),
            [
                u8("icmp.rr_pointer").doc("addresses recorded").into(),
                be16("icmp.seq").doc("sequence number").into(),
            ],
        ),
        when(
            crate::schema::Test::All(vec![
                is_in("icmp.msg_type", &[0, 8]),
                ge("icmp.rr_pointer", 1),
                crate::schema::Test::Ge(left(), lit(96)),
            ]),
            [times(
                label("icmp.rr").doc("recorded route").hidden(),
                lit(16),
                [mac("icmp.rr_ether").doc("address").into()],
            )],
        ),
        when(
            eq("icmp.msg_type", 15),
            [
                u8("icmp.tp.subtype")
                    .names(&[(0, "message"), (1, "acknowledgement")])
                    .doc("what it is")
                    .into(),
                be16("icmp.tp.session").hex().doc("session").into(),
                be32("icmp.tp.seqno").doc("sequence number").into(),
                be32("icmp.tp.timestamp").unit("ms").doc("time stamp").into(),
            ],
        ),
    ]
}

/// Octets of the header before an Ethernet frame.
fn frame_at(kind: u8) -> Option<usize> {
    match kind {
        0x01 => Some(14),
        0x40 => Some(10),
        0x42 => Some(18),
        _ => None,
    }
}

fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    let mut octets = Octets::of(body);
    let (Some(kind), Some(version)) = (octets.u8(), octets.u8()) else {
        line.text("batman-adv");
        line.cut("batadv", body);
        return;
    };
    line.text("batman-adv ");
    line.text(Names::List(TYPES).get(u64::from(kind)).unwrap_or("unknown packet"));
    if version != 15 {
        line.text(", version ");
        line.number(u64::from(version));
        line.text(", length ");
        line.number(body.len as u64);
        return;
    }
    let (from, to) = match kind {
        0x00 | 0x01 | 0x04 => (Some(8), None),
        0x03 => (Some(2), None),
        0x40 => (None, Some(4)),
        0x41..=0x44 => (Some(10), Some(4)),
        _ => (None, None),
    };
    for (name, at) in [(", orig ", from), (", dst ", to)] {
        if let Some(address) = at.and_then(|at| body.data.get(at..)).and_then(<[u8]>::first_chunk) {
            line.text(name);
            line.mac(*address);
        }
    }
    match frame_at(kind) {
        Some(header) if body.data.len() > header => {
            line.text(": ");
            line.next(LINK_TYPE, 1, body.skip(header));
        }
        _ => {
            line.text(", length ");
            line.number(body.len as u64);
        }
    }
}
