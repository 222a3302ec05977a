//! 6LoWPAN: IPv6 over IEEE 802.15.4 (RFC 4944), headers compressed by RFC 6282. The IPv6 header, extension headers and UDP header that a
//! compressed one stands for are put together again and taken apart as IPv6. Fragments are named; they are not put together. Contexts that
//! addresses are compressed with stand in no packet: such an address has zeros for its prefix.

mod uncompress;

use super::octets::Octets;
use super::wpan::Addresses;
use crate::decode::Walk;
use crate::frame::LinkType;
use crate::render::line::{Body, Line};
use crate::schema::{
    Field, Item, Kind, Protocol, Size, Test, be16, bits, bytes, eq, flag, ge, label, lit, look, ne, repeat,
    rest, u8, val, when,
};

/// What the crafter's layer is: decoding knows it by the first octet.
const KIND: &str = "kind";

const FIRST: i64 = 1;
const NEXT: i64 = 2;
const IPHC: i64 = 3;
const MESH: i64 = 4;
const PLAIN: i64 = 5;
const OTHER: i64 = 6;

/// Whether an octet begins a header of 6LoWPAN (IANA "IPv6 Low Power Personal Area Network Parameters").
pub(super) fn is_dispatch(octet: u8) -> bool {
    matches!(octet, 0x41 | 0x42 | 0x50 | 0x60..=0x7f | 0x80..=0xbf | 0xc0..=0xc7 | 0xe0..=0xe7)
}

fn first(octets: &[u8]) -> u8 {
    octets.first().copied().unwrap_or(0)
}

/// Decoding sees it at the layer's beginning, or the crafter's layer is of this kind.
fn either(seen: fn(&[u8]) -> bool, kind: i64) -> Test {
    Test::Any(vec![Test::All(vec![eq("dispatch", 0), look(seen)]), eq(KIND, kind)])
}

pub(super) fn sixlowpan() -> Protocol {
    let first_fragment = || either(|octets| first(octets) & 0xf8 == 0xc0, FIRST);
    let next_fragment = || either(|octets| first(octets) & 0xf8 == 0xe0, NEXT);
    Protocol::new("6lowpan", "IPv6 over Low power Wireless Personal Area Networks")
        .layer_as("LoWPANUncompressedIPv6", &[(KIND, 5)])
        .layer_as("LoWPANFragmentationFirst", &[(KIND, 1)])
        .layer_as("LoWPANFragmentationSubsequent", &[(KIND, 2)])
        .layer_as("LoWPAN_IPHC", &[(KIND, 3)])
        .layer_as("LoWPANMesh", &[(KIND, 4)])
        .source("RFC 4944 §5, RFC 6282 §3, §4")
        // Of the layer before, where that was a header of 6LoWPAN too, the number is still known.
        .field(bits("dispatch", 0).hidden().doc("kind of header"))
        .field(bits(KIND, 0).hidden().doc("which header the crafter's layer is"))
        .field(when(either(|octets| first(octets) == 0x41, PLAIN), [u8("dispatch").craft("_type").default(0x41).hex().hidden().doc("kind of header").into()]))
        .field(when(either(|octets| first(octets) == 0x42, OTHER), [
            u8("dispatch").hex().hidden().doc("kind of header").into(),
            u8("hc1.encoding").hex().doc("encoding").into(),
            bytes("hc1.data", rest()).doc("compressed headers and data").into(),
        ]))
        .field(when(either(|octets| first(octets) == 0x50, OTHER), [
            u8("dispatch").hex().hidden().doc("kind of header").into(),
            u8("bcast.seqnum").doc("sequence number").into(),
        ]))
        .field(when(either(|octets| first(octets) >> 6 == 2, MESH), mesh()))
        .field(when(first_fragment(), [
            bits("dispatch", 5).craft("reserved").default(0x18).hex().hidden().doc("kind of header").into(),
            bits("frag.size", 11).craft("datagramSize").unit("octets").brief().doc("length of the datagram").into(),
            be16("frag.tag").craft("datagramTag").hex().brief().doc("datagram").into(),
        ]))
        .field(when(next_fragment(), [
            bits("dispatch", 5).craft("reserved").default(0x1c).hex().hidden().doc("kind of header").into(),
            bits("frag.size", 11).craft("datagramSize").unit("octets").brief().doc("length of the datagram").into(),
            be16("frag.tag").craft("datagramTag").hex().brief().doc("datagram").into(),
            u8("frag.offset").craft("datagramOffset").scale(8).unit("octets").brief().doc("place in the datagram").into(),
        ]))
        .field(when(either(|octets| first(octets) >> 5 == 3, IPHC), compressed()))
        .extra(u8("pattern").hex().doc("kind of header"))
        .leads_to(&["ipv6", "6lowpan"])
        .after(after)
        .summary(summary)
        .sample_on(LinkType::IEEE802_15_4_WITHFCS, "4188 07 cdab 0200 0100 7e33 f0 3039 303a 1234 68656c6c6f 0000")
        .sample_on(LinkType::IEEE802_15_4_WITHFCS, "4188 08 cdab 0200 0100 c0c8 1122 7e33 f0 3039 303a 1234 68656c6c6f 0000")
        .sample_on(LinkType::IEEE802_15_4_WITHFCS, "4188 09 cdab 0200 0100 e0c8 1122 0d 68656c6c6f 0000")
        .sample_on(LinkType::IEEE802_15_4_WITHFCS, concat!(
            "4188 0a cdab 0200 0100 41 6000000000 0d 1140 fe80000000000000000000fffe000001 fe80000000000000000000fffe000002",
            "3039 303a 000d b6a9 68656c6c6f 0000"
        ))
        .sample_on(LinkType::IEEE802_15_4_WITHFCS, "4188 0b cdab 0200 0100 b1 0001 0002 50 07 7a33 3a 8000 1234 00010002 0000")
}

/// RFC 4944 §5.2. Both addresses are short where their bit is set.
fn mesh() -> [Item; 8] {
    [
        bits("dispatch", 2).default(2).hex().hidden().doc("kind of header").into(),
        flag("mesh.v").craft("v").doc("the originator's address is short").into(),
        flag("mesh.f").craft("f").doc("the final destination's address is short").into(),
        bits("mesh.hops", 4).craft("hopsLeft").doc("hops left").into(),
        when(eq("mesh.hops", 15), [u8("mesh.hops8").doc("hops left, where they are many").into()]),
        Item::Switch(
            val("mesh.v"),
            vec![(1, 1, vec![be16("mesh.orig16").hex().doc("originator").into()].into())],
            vec![Field::new("mesh.orig64", Kind::Eui64, Size::Bits(64)).doc("originator").into()].into(),
        ),
        Item::Switch(
            val("mesh.f"),
            vec![(1, 1, vec![be16("mesh.dest16").hex().doc("final destination").into()].into())],
            vec![Field::new("mesh.dest64", Kind::Eui64, Size::Bits(64)).doc("final destination").into()]
                .into(),
        ),
        bytes("mesh.end", Size::Octets(lit(0))).hidden().doc("end of the mesh header").into(),
    ]
}

/// RFC 6282 §3.1: the two octets, and what stands inline.
fn compressed() -> [Item; 19] {
    let ecn = || bits("ecn", 2).craft("tc_ecn").doc("congestion").into();
    let dscp = || bits("dscp", 6).craft("tc_dscp").doc("traffic class").into();
    let flow = || bits("flow", 20).craft("flowlabel").hex().doc("flow label").into();
    [
        bits("dispatch", 3).craft("_reserved").default(3).hex().hidden().doc("kind of header").into(),
        bits("iphc.tf", 2)
            .craft("tf")
            .hex()
            .names(&[
                (0, "class and label inline"),
                (1, "no DSCP"),
                (2, "no flow label"),
                (3, "both left out"),
            ])
            .doc("traffic class and flow label")
            .into(),
        flag("iphc.nh").craft("nh").doc("the next header is compressed").into(),
        bits("iphc.hlim", 2)
            .craft("hlim")
            .hex()
            .names(&[(0, "inline"), (1, "1"), (2, "64"), (3, "255")])
            .doc("hop limit")
            .into(),
        flag("iphc.cid").craft("cid").doc("contexts are named").into(),
        flag("iphc.sac").craft("sac").doc("the source is compressed with a context").into(),
        bits("iphc.sam", 2).craft("sam").hex().doc("how much of the source is left out").into(),
        flag("iphc.m").craft("m").doc("the destination is a group").into(),
        flag("iphc.dac").craft("dac").doc("the destination is compressed with a context").into(),
        bits("iphc.dam", 2).craft("dam").hex().doc("how much of the destination is left out").into(),
        when(
            ge("iphc.cid", 1),
            [
                bits("iphc.sci", 4).craft("sci").hex().doc("context of the source").into(),
                bits("iphc.dci", 4).craft("dci").hex().doc("context of the destination").into(),
            ],
        ),
        Item::Switch(
            val("iphc.tf"),
            vec![
                (0, 0, vec![ecn(), dscp(), bits("iphc.reserved", 4).doc("reserved").into(), flow()].into()),
                (1, 1, vec![ecn(), bits("iphc.reserved", 2).doc("reserved").into(), flow()].into()),
                (2, 2, vec![ecn(), dscp()].into()),
            ],
            Vec::new().into(),
        ),
        when(
            eq("iphc.nh", 0),
            [u8("next").craft("nhField").named_by(super::ip_protocol_name).doc("next header").into()],
        ),
        when(eq("iphc.hlim", 0), [u8("hops").craft("hopLimit").doc("hop limit").into()]),
        inline("iphc.src", "source inline", "iphc.sac", "iphc.sam", None),
        inline("iphc.dst", "destination inline", "iphc.dac", "iphc.dam", Some(false)),
        inline("iphc.dst", "destination inline", "iphc.dac", "iphc.dam", Some(true)),
        repeat(label("nhc").doc("compressed next header"), [when(look(is_extension), extension())]),
        when(look(|octets| first(octets) & 0xf8 == 0xf0), [when(ge("iphc.nh", 1), datagram())]),
    ]
}

/// The octets of an address that are not left out. `group`: whether it is about a group, `None` where there is none.
fn inline(
    name: &'static str,
    doc: &'static str,
    context: &'static str,
    mode: &'static str,
    group: Option<bool>,
) -> Item {
    let octets = |count: i64| vec![bytes(name, Size::Octets(lit(count))).doc(doc).into()];
    let sizes = |sizes: [i64; 4]| {
        let cases = sizes.into_iter().zip(0..).filter(|(size, _)| *size > 0);
        Item::Switch(
            val(mode),
            cases.map(|(size, mode)| (mode, mode, octets(size).into())).collect(),
            Vec::new().into(),
        )
    };
    let plain = |item| when(eq(context, 0), [item]);
    let with_context = |item| when(eq(context, 1), [item]);
    match group {
        None => Item::When(
            Test::All(Vec::new()),
            vec![plain(sizes([16, 8, 2, 0])), with_context(sizes([0, 8, 2, 0]))].into(),
        ),
        Some(false) => {
            when(eq("iphc.m", 0), [plain(sizes([16, 8, 2, 0])), with_context(sizes([0, 8, 2, 0]))])
        }
        Some(true) => when(eq("iphc.m", 1), [plain(sizes([16, 6, 4, 1])), with_context(sizes([6, 0, 0, 0]))]),
    }
}

fn is_extension(octets: &[u8]) -> bool {
    first(octets) & 0xf0 == 0xe0
}

/// RFC 6282 §4.2.
fn extension() -> [Item; 6] {
    const NAMES: &[(u64, &str)] = &[
        (0, "hop-by-hop options"),
        (1, "routing"),
        (2, "fragment"),
        (3, "destination options"),
        (4, "mobility"),
        (7, "IPv6"),
    ];
    [
        bits("nhc.pattern.ext", 4).default(14).hex().doc("extension header").into(),
        bits("nhc.ext.eid", 3).hex().names(NAMES).doc("which").into(),
        flag("nhc.ext.nh").doc("the next header is compressed").into(),
        when(
            eq("nhc.ext.nh", 0),
            [u8("nhc.ext.next").named_by(super::ip_protocol_name).doc("next header").into()],
        ),
        when(
            ne("nhc.ext.eid", 7),
            [
                u8("nhc.ext.length").unit("octets").len_of_part("nhc.ext.data", 1, 0).doc("length").into(),
                bytes("nhc.ext.data", Size::Octets(val("nhc.ext.length"))).doc("content").into(),
            ],
        ),
        bytes("nhc.end", Size::Octets(lit(0))).hidden().doc("end of the header").into(),
    ]
}

/// RFC 6282 §4.3.
fn datagram() -> [Item; 5] {
    let port = |name: &'static str, doc: &'static str, width: u16| bits(name, width).doc(doc).into();
    let (src, dst) = ("nhc.udp.src", "nhc.udp.dst");
    [
        bits("nhc.pattern.udp", 5).default(30).hex().doc("UDP header").into(),
        flag("nhc.udp.checksum").doc("the checksum is left out").into(),
        bits("nhc.udp.ports", 2)
            .names(&[(0, "inline"), (1, "destination 0xf0xx"), (2, "source 0xf0xx"), (3, "both 0xf0bx")])
            .doc("ports")
            .into(),
        Item::Switch(
            val("nhc.udp.ports"),
            vec![
                (
                    0,
                    0,
                    vec![
                        port(src, "source port, or its end", 16),
                        port(dst, "destination port, or its end", 16),
                    ]
                    .into(),
                ),
                (
                    1,
                    1,
                    vec![
                        port(src, "source port, or its end", 16),
                        port(dst, "destination port, or its end", 8),
                    ]
                    .into(),
                ),
                (
                    2,
                    2,
                    vec![
                        port(src, "source port, or its end", 8),
                        port(dst, "destination port, or its end", 16),
                    ]
                    .into(),
                ),
            ],
            vec![port(src, "source port, or its end", 4), port(dst, "destination port, or its end", 4)]
                .into(),
        ),
        when(eq("nhc.udp.checksum", 0), [be16("udp.checksum").hex().doc("UDP checksum").into()]),
    ]
}

/// Where the layer begins in its frame's octets; addresses that are left out are those of the MAC header in front of it.
fn after(walk: &mut Walk<'_, '_>) {
    let octets = walk.layer_octets();
    let all = walk.all_octets();
    let kind = first(octets);
    // The bits that tell the kind, as many as it takes.
    let pattern = match kind {
        0x60..=0x7f => 3,
        0x80..=0xbf => 2,
        0xc0..=0xff => kind >> 3,
        _ => kind,
    };
    walk.emit("pattern", walk.layer_offset(), 1, u64::from(pattern));
    match first(octets) {
        0x41 => {
            walk.next_named("ipv6");
        }
        0x50 | 0x80..=0xbf | 0xc0..=0xc7 if walk.rest().first().is_some_and(|first| is_dispatch(*first)) => {
            walk.next_named("6lowpan");
        }
        0x60..=0x7f => {
            let size = uncompress::size_before(all, walk.layer_offset());
            let lacking = walk.claimed_left().saturating_sub(walk.rest().len());
            let link = super::wpan::addresses(all).map(|found| found.1).unwrap_or_default();
            if let Some((packet, claimed)) = uncompress::packet(octets, lacking, size, &link) {
                walk.read_on_in_made(packet, claimed, "ipv6");
            }
        }
        _ => {}
    }
}

fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    write(line, body, &Addresses::default());
}

/// The line, with the addresses of the MAC header for those that are left out.
pub(super) fn write(line: &mut Line<'_, '_>, body: Body<'_>, link: &Addresses) {
    let mut octets = Octets::of(body);
    let kind = first(body.data);
    line.text("6LoWPAN ");
    match kind {
        0x41 => {
            line.named("ipv6", body.skip(1));
        }
        0x42 => line.text("HC1"),
        0x50 => {
            line.text("broadcast: ");
            inner(line, body.skip(2), link);
        }
        0x80..=0xbf => {
            line.text("mesh");
            let long = |bit: u8| if kind & bit == 0 { 8_usize } else { 2 };
            let header = if kind & 15 == 15 { 2_usize } else { 1 };
            let within = body.skip(header.saturating_add(long(0x20)).saturating_add(long(0x10)));
            if within.data.first().is_some_and(|first| is_dispatch(*first)) {
                line.text(": ");
                inner(line, within, link);
            }
        }
        0xc0..=0xc7 | 0xe0..=0xe7 => {
            let (Some(word), Some(tag)) = (octets.u16(), octets.u16()) else {
                return line.cut("6lowpan", body);
            };
            line.text("fragment of ");
            line.number(u64::from(word & 0x7ff));
            line.text(", tag ");
            line.hex(u64::from(tag), 4);
            if kind >= 0xe0 {
                line.text(", offset ");
                line.number(u64::from(octets.u8().unwrap_or(0)).saturating_mul(8));
                line.text(", length ");
                line.number(body.len.saturating_sub(5) as u64);
            } else {
                line.text(": ");
                inner(line, body.skip(4), link);
            }
        }
        0x60..=0x7f => uncompress::write(line, body, link),
        _ => line.cut("6lowpan", body),
    }
}

/// A header within another, once more at the most.
fn inner(line: &mut Line<'_, '_>, body: Body<'_>, link: &Addresses) {
    match first(body.data) {
        0x60..=0x7f => {
            line.text("6LoWPAN ");
            uncompress::write(line, body, link);
        }
        _ => line.named("6lowpan", body),
    }
}
