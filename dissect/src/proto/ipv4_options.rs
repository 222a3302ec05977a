//! IPv4's options: RFC 791 §3.1, and the IANA registry "IP Option Numbers".

use crate::decode::Walk;
use crate::render::put;
use crate::schema::{
    Field, Item, Kind, Size, Tlv, be16, be32, bits, block, built, bytes, case, custom, decoded, eq, flag,
    ipv4 as address, label, lit, ne, repeat, rest, switch, text, u8, val, when,
};

pub(super) fn options() -> Tlv {
    let routers = |shows| {
        [
            Item::from(u8("opt.ptr").craft("pointer").default(4).doc("pointer")),
            repeat(label("opt.hops").doc("hops"), [address("opt.addr").craft("routers").doc("hop").into()]),
            custom(routes(), shows),
        ]
    };
    let kind = u8("opt.type").craft("option").hex().doc("type");
    let mut list = Tlv::new(
        label("opt.unknown").doc("unknown option"),
        kind,
        u8("opt.len").craft("length").doc("length"),
    );
    list.head = vec![
        Item::Group(
            u8("opt.type").hex().doc("type"),
            vec![
                flag("opt.type.copy").craft("copy_flag").doc("copied into fragments").into(),
                bits("opt.type.class", 2).craft("optclass").doc("class").into(),
                bits("opt.type.number", 5).craft("option").doc("number").into(),
            ]
            .into(),
        ),
        u8("opt.len").craft("length").doc("length").into(),
    ];
    list.single(&[0, 1])
        .end(0)
        .padding(bytes("opt.padding", rest()).doc("padding"))
        .cases([
            case(0, label("opt.eol").doc("end of options list"), []),
            case(1, label("opt.nop").doc("no operation"), []),
            case(7, label("opt.record_route").doc("record route"), routers(show_recorded)),
            case(131, label("opt.loose_source_route").doc("loose source route"), routers(show_source_route)),
            case(
                137,
                label("opt.strict_source_route").doc("strict source route"),
                routers(show_source_route),
            ),
            case(68, label("opt.timestamp").doc("time stamp"), timestamp()),
            case(
                130,
                label("opt.security").doc("security (RFC 1108)"),
                [
                    decoded([switch(
                        val("opt.len"),
                        [(
                            11,
                            vec![
                                be16("opt.sec_rfc791_sec")
                                    .hex()
                                    .names(SECURITY)
                                    .doc("security (RFC 791)")
                                    .into(),
                                be16("opt.sec_rfc791_comp").doc("compartments").into(),
                                text("opt.sec_rfc791_hr", Size::Octets(lit(2)))
                                    .doc("handling restrictions")
                                    .into(),
                                text("opt.sec_rfc791_tcc", Size::Octets(lit(3)))
                                    .doc("transmission control code")
                                    .into(),
                            ],
                        )],
                        vec![
                            u8("opt.sec_cl").hex().names(LEVELS).doc("classification level").into(),
                            block(
                                bytes("opt.sec_prot_auth", rest()).doc("protection authority"),
                                rest(),
                                [repeat(
                                    label("opt.sec_prot_auth.octets").hidden().doc("octets"),
                                    [authority()],
                                )],
                            ),
                        ],
                    )]),
                    // RFC 791's own layout is what scapy has
                    built([
                        be16("opt.sec_791").craft("security").hidden().doc("security").into(),
                        be16("opt.sec_compartment").craft("compartment").hidden().doc("compartment").into(),
                        be16("opt.sec_handling")
                            .craft("handling_restrictions")
                            .hidden()
                            .doc("handling restrictions")
                            .into(),
                        bytes("opt.sec_transmission", Size::Octets(lit(3)))
                            .craft("transmission_control_code")
                            .default_bytes(b"xxx")
                            .hidden()
                            .doc("transmission control code")
                            .into(),
                    ]),
                ],
            ),
            case(
                133,
                label("opt.extended_security").doc("extended security (RFC 1108)"),
                [
                    u8("opt.ext_sec_format")
                        .alias("opt.ext_sec_add_sec_info_format_code")
                        .hex()
                        .doc("additional security information format")
                        .into(),
                    bytes("opt.ext_sec_data", rest())
                        .alias("opt.ext_sec_add_sec_info")
                        .doc("additional security information")
                        .into(),
                ],
            ),
            case(
                134,
                label("opt.cipso").doc("commercial security (CIPSO)"),
                [
                    be32("opt.cipso.doi").alias("cipso.doi").doc("domain of interpretation").into(),
                    block(bytes("opt.cipso.tags", rest()).doc("tags"), rest(), [cipso_tags().into()]),
                ],
            ),
            case(
                136,
                label("opt.stream_id").doc("stream identifier"),
                [be16("opt.sid").craft("security").doc("stream").into()],
            ),
            case(
                147,
                label("opt.address_extension").doc("address extension (RFC 1475)"),
                [
                    address("opt.src_ext").craft("src_ext").doc("source's extension").into(),
                    address("opt.dst_ext").craft("dst_ext").doc("destination's extension").into(),
                ],
            ),
            case(
                148,
                label("opt.router_alert").doc("router alert (RFC 2113)"),
                [be16("opt.ra").craft("alert").doc("value; 0: every router examines the packet").into()],
            ),
            case(11, label("opt.mtu_probe").doc("MTU probe (RFC 1191)"), [be16("opt.mtu").doc("MTU").into()]),
            case(12, label("opt.mtu_reply").doc("MTU reply (RFC 1191)"), [be16("opt.mtu").doc("MTU").into()]),
            case(
                82,
                label("opt.traceroute").doc("traceroute (RFC 1393)"),
                [
                    be16("opt.id_number").craft("id").doc("identification").into(),
                    be16("opt.ohc").craft("outbound_hops").doc("outbound hop count").into(),
                    be16("opt.rhc").craft("return_hops").doc("return hop count").into(),
                    address("opt.originator").craft("originator_ip").doc("originator").into(),
                ],
            ),
            case(
                149,
                label("opt.selective_directed_broadcast").doc("selective directed broadcast (RFC 1770)"),
                [repeat(
                    label("opt.sdb").doc("targets"),
                    [address("opt.addr").craft("addresses").doc("target").into()],
                )],
            ),
            case(
                25,
                label("opt.quick_start").doc("quick start (RFC 4782)"),
                [
                    bits("opt.qs_func", 4).doc("function").into(),
                    bits("opt.qs_rate", 4).doc("rate").into(),
                    switch(
                        val("opt.qs_func"),
                        [(8, vec![u8("opt.qs_unused").doc("not used in a report").into()])],
                        vec![
                            u8("opt.qs_ttl").doc("TTL").into(),
                            custom(
                                [u8("opt.qs_ttl_diff")
                                    .hidden()
                                    .doc("TTL of the packet less this one, modulo 256")],
                                ttl_difference,
                            ),
                        ],
                    ),
                    bits("opt.qs_nonce", 30).hex().doc("nonce").into(),
                    bits("opt.qs_reserved", 2).doc("reserved").into(),
                ],
            ),
        ])
        .other([bytes("opt.data", rest()).craft("value").doc("data").into()])
}

/// RFC 781 and RFC 791 §3.1.
fn timestamp() -> [Item; 5] {
    const FLAGS: &[(u64, &str)] =
        &[(0, "time stamps only"), (1, "addresses and time stamps"), (3, "addresses prespecified")];
    [
        u8("opt.ptr").craft("pointer").default(9).doc("pointer").into(),
        bits("opt.overflow", 4).craft("oflw").doc("hops that could not register").into(),
        bits("opt.flag", 4).craft("flg").default(1).names(FLAGS).doc("flag").into(),
        when(
            eq("opt.flag", 0),
            [repeat(
                label("opt.stamps").default(1).doc("time stamps"),
                [be32("opt.time_stamp").craft("timestamp").unit("ms").doc("time since midnight").into()],
            )],
        ),
        when(
            ne("opt.flag", 0),
            [repeat(
                label("opt.stamps").default(1).doc("time stamps"),
                [
                    address("opt.time_stamp_addr").craft("internet_address").doc("hop").into(),
                    be32("opt.time_stamp").craft("timestamp").unit("ms").doc("time since midnight").into(),
                ],
            )],
        ),
    ]
}

/// RFC 791 §3.1.
const SECURITY: &[(u64, &str)] = &[
    (0x0000, "unclassified"),
    (0xf135, "confidential"),
    (0x789a, "EFTO"),
    (0xbc4d, "MMMM"),
    (0x5e26, "PROG"),
    (0xaf13, "restricted"),
    (0xd788, "secret"),
    (0x6bc5, "top secret"),
];

/// RFC 1108 §2.3.
const LEVELS: &[(u64, &str)] = &[
    (0x01, "reserved 4"),
    (0x3d, "top secret"),
    (0x5a, "secret"),
    (0x96, "confidential"),
    (0x66, "reserved 3"),
    (0xcc, "reserved 2"),
    (0xab, "unclassified"),
    (0xf1, "reserved 1"),
];

/// RFC 1108 §2.4.
fn authority() -> Item {
    u8("opt.sec_prot_auth_flags").hex().doc("authorities").of([
        flag("opt.sec_prot_auth_genser").doc("GENSER"),
        flag("opt.sec_prot_auth_siop_esi").doc("SIOP-ESI"),
        flag("opt.sec_prot_auth_sci").doc("SCI"),
        flag("opt.sec_prot_auth_nsa").doc("NSA"),
        flag("opt.sec_prot_auth_doe").doc("DOE"),
        bits("opt.sec_prot_auth_unassigned", 2).hex().doc("unassigned"),
        flag("opt.sec_prot_auth_fti").doc("a further octet follows"),
    ])
}

/// Tags of CIPSO (FIPS 188 §3, draft-ietf-cipso-ipsecurity-01 §3.4).
fn cipso_tags() -> Tlv {
    const TAGS: &[(u64, &str)] = &[
        (1, "restrictive bit map"),
        (2, "enumerated"),
        (5, "ranges"),
        (6, "permissive bit map"),
        (7, "free form"),
    ];
    let head = || -> [Item; 2] {
        [
            u8("cipso.alignment").doc("alignment octet").into(),
            u8("cipso.sensitivity_level").doc("sensitivity level").into(),
        ]
    };
    let categories = |show| custom([made("cipso.categories", "categories")], show);
    let [a, b] = head();
    let [c, d] = head();
    let [e, f] = head();
    Tlv::new(
        label("cipso.tag").doc("tag"),
        u8("cipso.tag_type").names(TAGS).doc("type"),
        u8("cipso.tag_length").unit("octets").doc("length"),
    )
    .cases([
        case(1, label("cipso.bit_map").doc("restrictive bit map"), [a, b, categories(bit_map)]),
        case(2, label("cipso.enumerated").doc("enumerated categories"), [c, d, categories(enumerated)]),
        case(5, label("cipso.ranges").doc("ranges of categories"), [e, f, categories(ranges)]),
    ])
    .other([bytes("cipso.tag_data", rest()).doc("data").into()])
}

fn made(name: &'static str, doc: &'static str) -> Field {
    Field::new(name, Kind::Made, Size::Rest).doc(doc)
}

/// Writes the categories of what is left of the tag, `none` where there are none, and moves behind them.
fn write_categories(walk: &mut Walk<'_, '_>, mut one: impl FnMut(&mut Vec<u8>, &[u8])) {
    let (at, octets) = (walk.offset(), walk.rest());
    if octets.is_empty() {
        return;
    }
    walk.emit_made("cipso.categories", at, octets.len(), |out| {
        let begins = out.len();
        one(out, octets);
        if out.len() == begins {
            out.extend_from_slice(b"none");
        }
    });
    walk.advance(octets.len());
}

fn put_category(out: &mut Vec<u8>, first: &mut bool, category: u64) {
    if !std::mem::take(first) {
        out.push(b',');
    }
    put::decimal(out, category);
}

fn bit_map(walk: &mut Walk<'_, '_>) {
    write_categories(walk, |out, octets| {
        let mut first = true;
        for (at, octet) in octets.iter().enumerate() {
            for bit in (0..8_u8).filter(|bit| octet >> (7_u8.saturating_sub(*bit)) & 1 == 1) {
                let category = (at as u64).saturating_mul(8).saturating_add(u64::from(bit));
                put_category(out, &mut first, category);
            }
        }
    });
}

fn enumerated(walk: &mut Walk<'_, '_>) {
    write_categories(walk, |out, octets| {
        let mut first = true;
        for category in octets.as_chunks::<2>().0 {
            let category = u64::from(u16::from_be_bytes(*category));
            put_category(out, &mut first, category);
        }
    });
}

/// Pairs of the last and the first category of a range; of the last pair the 0 may be left out.
fn ranges(walk: &mut Walk<'_, '_>) {
    write_categories(walk, |out, octets| {
        let mut first = true;
        for pair in octets.chunks(4) {
            let number = |at: usize| {
                pair.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |octets| u16::from_be_bytes(*octets))
            };
            put_category(out, &mut first, u64::from(number(0)));
            out.push(b'-');
            put::decimal(out, u64::from(number(2)));
        }
    });
}

/// The hops of a route by what the pointer says of them.
const ROUTES: [(&str, &str); 4] = [
    ("rec_rt", "hop that the packet passed"),
    ("cur_rt", "hop that the packet goes to"),
    ("src_rt", "hop still to pass"),
    ("empty_rt", "room for a hop"),
];

const ROUTE_HOSTS: [&str; 4] = ["rec_rt_host", "cur_rt_host", "src_rt_host", "empty_rt_host"];

fn routes() -> [Field; 8] {
    let [a, b, c, d] = ROUTES.map(|(name, doc)| address(name).hidden().doc(doc));
    let [e, f, g, h] = ROUTE_HOSTS.map(|name| made(name, "hop as text").hidden());
    [a, b, c, d, e, f, g, h]
}

fn show_recorded(walk: &mut Walk<'_, '_>) {
    show_route(walk, |place, pointer, _| Some(if place < pointer { 0 } else { 3 }));
}

/// The destination is the hop that the packet goes to, the last one of the route its destination in the end.
fn show_source_route(walk: &mut Walk<'_, '_>) {
    show_route(walk, |place, pointer, last| match place < pointer {
        true => Some(0),
        false => (!last).then_some(2),
    });
    let header = walk.header();
    let option = option_ending_at(header).and_then(|begin| header.get(begin..)).unwrap_or_default();
    let used_up = option.get(2).is_none_or(|pointer| usize::from(*pointer) > option.len());
    if let Some(destination) = header.get(16..).and_then(<[u8]>::first_chunk).filter(|_| !used_up) {
        let at = walk.layer_offset().saturating_add(16);
        show_hop(walk, 1, at, *destination);
    }
}

fn show_hop(walk: &mut Walk<'_, '_>, kind: usize, at: usize, hop: [u8; 4]) {
    let (Some((name, _)), Some(host)) = (ROUTES.get(kind), ROUTE_HOSTS.get(kind)) else { return };
    walk.emit(name, at, 4, u64::from(u32::from_be_bytes(hop)));
    walk.emit_made(host, at, 4, |out| put::ipv4(out, hop));
}

/// Emits the hops in front of the cursor; `class` takes a hop's place within the option and the pointer, from 1 as the pointer
/// counts, and whether it is the last one.
fn show_route(walk: &mut Walk<'_, '_>, class: fn(usize, usize, bool) -> Option<usize>) {
    if !walk.asked_by_name() {
        return;
    }
    let (end, header) = (walk.offset(), walk.header());
    let option = option_ending_at(header).and_then(|begin| header.get(begin..)).unwrap_or_default();
    let [_, _, pointer, hops @ ..] = option else { return };
    let mut at = end.saturating_sub(hops.len());
    let hops = hops.as_chunks::<4>().0;
    for (index, hop) in hops.iter().enumerate() {
        let place = index.saturating_mul(4).saturating_add(4);
        if let Some(kind) = class(place, usize::from(*pointer), index.saturating_add(1) == hops.len()) {
            show_hop(walk, kind, at, *hop);
        }
        at = at.saturating_add(4);
    }
}

/// Where the last of the options begins.
fn option_ending_at(header: &[u8]) -> Option<usize> {
    let (mut at, mut last) = (20_usize, None);
    while let Some(kind) = header.get(at) {
        last = Some(at);
        let octets = if *kind < 2 { 1 } else { usize::from(*header.get(at.checked_add(1)?)?).max(2) };
        at = at.checked_add(octets)?;
    }
    last
}

/// RFC 4782 §3.1: what the TTL of the packet and that of the request differ by.
fn ttl_difference(walk: &mut Walk<'_, '_>) {
    let octets = walk.header();
    let (Some(ttl), Some(request)) = (octets.get(8), octets.last()) else { return };
    walk.emit("opt.qs_ttl_diff", walk.offset().saturating_sub(1), 1, u64::from(ttl.wrapping_sub(*request)));
}
