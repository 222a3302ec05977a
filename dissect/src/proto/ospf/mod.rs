//! OSPF version 2 (RFC 2328) and 3 (RFC 5340): all messages, and the link state advertisements of router, network,
//! summary, external, link and prefix type, and the opaque ones; others are shown as octets behind their header.

mod behind;
mod hidden;
mod line;
mod line3;
mod opaque;
mod segment_routing;
mod version3;

use crate::schema::{
    Checksum, Field, IP_PROTO, Item, Protocol, Size, Span, Test, be16, be24, be32, bits, block, built, bytes,
    decoded, eq, flag, ipv4, label, left, lit, ne, not, repeat, rest, shared, switch, text, times, u8, val,
    when,
};
use std::sync::LazyLock;

const MESSAGES: &[(u64, &str)] =
    &[(1, "Hello"), (2, "Database Description"), (3, "LS-Request"), (4, "LS-Update"), (5, "LS-Ack")];

const LSA2: &[(u64, &str)] = &[
    (1, "router"),
    (2, "network"),
    (3, "summary, network"),
    (4, "summary, AS boundary router"),
    (5, "AS external"),
    (6, "group membership"),
    (7, "NSSA external"),
    (9, "opaque, link"),
    (10, "opaque, area"),
    (11, "opaque, AS"),
];

const LSA3: &[(u64, &str)] = &[
    (0x2001, "router"),
    (0x2002, "network"),
    (0x2003, "inter-area prefix"),
    (0x2004, "inter-area router"),
    (0x4005, "AS external"),
    (0x2007, "NSSA"),
    (0x0008, "link"),
    (0x2009, "intra-area prefix"),
    (0x800c, "router information, link"),
    (0xa00c, "router information, area"),
    (0xc00c, "router information, AS"),
];

/// What opaque advertisements have when nothing is given: identifier 192.0.2.1 of 198.51.100.100.
const OPAQUE: [[(&str, u64); 3]; 3] = [
    [("lsa", 9), ("lsa.id", 0xc000_0201), ("advrouter", 0xc633_6464)],
    [("lsa", 10), ("lsa.id", 0xc000_0201), ("advrouter", 0xc633_6464)],
    [("lsa", 11), ("lsa.id", 0xc000_0201), ("advrouter", 0xc633_6464)],
];

pub(super) fn ospf() -> Protocol {
    let version2 = ["OSPF_Hdr", "OSPF_Hello", "OSPF_DBDesc", "OSPF_LSReq", "OSPF_LSUpd", "OSPF_LSAck"];
    super::ipv6::without_number(declared(), &version2)
}

fn declared() -> Protocol {
    Protocol::new("ospf", "Open Shortest Path First")
        .layer("OSPF_Hdr")
        .body("OSPF_Hello", "auth.part", &[("msg", 1)])
        .body("OSPF_DBDesc", "auth.part", &[("msg", 2)])
        .body("OSPF_LSReq", "auth.part", &[("msg", 3)])
        .body("OSPF_LSUpd", "auth.part", &[("msg", 4)])
        .body("OSPF_LSAck", "auth.part", &[("msg", 5)])
        .layer_as("OSPFv3_Hdr", &[("version", 3)])
        .body("OSPFv3_Hello", "header.reserved", &[("msg", 1), ("version", 3)])
        .body("OSPFv3_DBDesc", "header.reserved", &[("msg", 2), ("version", 3)])
        .body("OSPFv3_LSReq", "header.reserved", &[("msg", 3), ("version", 3)])
        .body("OSPFv3_LSUpd", "header.reserved", &[("msg", 4), ("version", 3)])
        .body("OSPFv3_LSAck", "header.reserved", &[("msg", 5), ("version", 3)])
        .part("OSPFv3_LSA_Hdr", "v3.lsa_header", &[])
        .part("OSPFv3_LSReq_Item", "v3.lsrequest", &[])
        .part("OSPFv3_Router_LSA", "v3.lsa_entry", &[("v3.lsa", 0x2001)])
        .part("OSPFv3_Network_LSA", "v3.lsa_entry", &[("v3.lsa", 0x2002)])
        .part("OSPFv3_Inter_Area_Prefix_LSA", "v3.lsa_entry", &[("v3.lsa", 0x2003), ("metric", 10)])
        .part("OSPFv3_Inter_Area_Router_LSA", "v3.lsa_entry", &[("v3.lsa", 0x2004), ("metric", 1)])
        .part("OSPFv3_AS_External_LSA", "v3.lsa_entry", &[("v3.lsa", 0x4005), ("metric", 20)])
        .part("OSPFv3_Type_7_LSA", "v3.lsa_entry", &[("v3.lsa", 0x2007), ("metric", 20)])
        .part("OSPFv3_Link_LSA", "v3.lsa_entry", &[("v3.lsa", 8), ("hello.router_priority", 1)])
        .part("OSPFv3_Intra_Area_Prefix_LSA", "v3.lsa_entry", &[("v3.lsa", 0x2009)])
        .part("OSPFv3_Link", "v3.link", &[])
        .part("OSPFv3_Prefix_Item", "v3.prefix", &[("v3.prefix_field", 10)])
        .part("OSPF_Link_Scope_Opaque_LSA", "lsa_entry", &OPAQUE[0])
        .part("OSPF_Area_Scope_Opaque_LSA", "lsa_entry", &OPAQUE[1])
        .part("OSPF_AS_Scope_Opaque_LSA", "lsa_entry", &OPAQUE[2])
        .part("OSPF_LSA_Hdr", "lsa_header", &[])
        .part("OSPF_LSReq_Item", "lsrequest", &[])
        .part("OSPF_Router_LSA", "lsa_entry", &[("lsa", 1), ("lsa.id", 0x0101_0101)])
        .part("OSPF_Network_LSA", "lsa_entry", &[("lsa", 2)])
        .part("OSPF_SummaryIP_LSA", "lsa_entry", &[("lsa", 3), ("lsa.summary.netmask", 0xffff_ff00)])
        .part("OSPF_SummaryASBR_LSA", "lsa_entry", &[("lsa", 4), ("lsa.id", 0x0202_0202)])
        .part("OSPF_External_LSA", "lsa_entry", &[("lsa", 5), ("advrouter", 0x0202_0202)])
        .part("OSPF_NSSA_External_LSA", "lsa_entry", &[("lsa", 7), ("advrouter", 0x0202_0202)])
        .part("OSPF_Link", "lsa.router.link", &[])
        .source("RFC 2328 §A, RFC 5340 §A")
        .on(IP_PROTO, &[89])
        .either("v3.lsa.num_prefixes", &["v3.lsa.number_of_prefixes", "v3.lsa.prefixes"])
        .later(fields)
        .after(hidden::message)
        .summary(line::summary)
        .sample("020000000002020000000001080045000044000100000159cf5a0a000001e0000005020100300101010100000000ee9300000000000000000000ffffff00000a0001000000280a0000010000000002020202")
        .sample("020000000002020000000001080045000098000100000159cf060a000001e000000502040084010101010000000098d200000000000000000000000000030001000101010101010101018000000197a10024000000010a000000ffffff000300000a00010002c0a800000101010180000001568c0020ffffff00010101010202020200010005c0a80000020202028000000158770024ffffff00000000140000000000000000")
}

fn checksum() -> Field {
    be16("checksum").craft("chksum").hex().doc("checksum")
}

static BODIES2: LazyLock<Vec<Item>> = LazyLock::new(|| vec![switch(val("msg"), bodies2(), vec![])]);
static BODIES3: LazyLock<Vec<Item>> = LazyLock::new(|| vec![switch(val("msg"), bodies3(), vec![])]);

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    let version2: Vec<Item> = vec![
        be16("auth.type")
            .craft("authtype")
            .names(&[(0, "none"), (1, "simple"), (2, "MD5")])
            .doc("authentication")
            .into(),
        block(
            label("auth.part").doc("authentication").hidden(),
            Size::Octets(lit(8)),
            [switch(
                val("auth.type"),
                [
                    (
                        1,
                        vec![
                            text("auth.simple", Size::Octets(lit(8)))
                                .craft("authdata")
                                .doc("password")
                                .into(),
                        ],
                    ),
                    (
                        2,
                        vec![
                            be16("auth.reserved").craft("reserved").doc("reserved").into(),
                            u8("auth.crypt.key_id").craft("keyid").default(1).doc("key").into(),
                            u8("auth.crypt.data_length")
                                .craft("authdatalen")
                                .unit("octets")
                                .doc("length of the digest")
                                .into(),
                            be32("auth.crypt.seq_nbr").craft("seq").doc("sequence number").into(),
                        ],
                    ),
                ],
                vec![
                    bytes("auth.none", Size::Octets(lit(8)))
                        .craft("authdata")
                        .doc("authentication data")
                        .into(),
                ],
            )],
        ),
        // built, what stands behind the message belongs to the payload, and counts
        Item::When(not(Test::All(Vec::new())), shared(&BODIES2)),
        decoded([Item::Block(
            label("message").doc("message").hidden(),
            Size::Octets(val("packet_length") - 24),
            shared(&BODIES2),
        )]),
        decoded([
            when(
                eq("auth.type", 2),
                [bytes("auth.crypt.data", Size::Octets(val("auth.crypt.data_length").min(left())))
                    .doc("digest")
                    .into()],
            ),
            behind::signalling2(),
        ]),
    ];
    let version3: Vec<Item> = vec![
        u8("instance_id").craft("instance").doc("instance").into(),
        u8("header.reserved").craft("reserved").doc("reserved").into(),
        // built, what stands behind the message belongs to the payload, and counts
        Item::When(not(Test::All(Vec::new())), shared(&BODIES3)),
        decoded([Item::Block(
            label("message").doc("message").hidden(),
            Size::Octets(val("packet_length") - 16),
            shared(&BODIES3),
        )]),
        decoded([behind::signalling3(), behind::authentication3()]),
    ];
    protocol
        .field(u8("version").default(2).doc("version"))
        .field(u8("msg").craft("type").default(1).names(MESSAGES).doc("message"))
        .field(be16("packet_length").craft("len").unit("octets").len_of(Span::Whole, 1, 0).doc("length"))
        .field(ipv4("srcrouter").craft("src").default(0x0101_0101).doc("router"))
        .field(ipv4("area_id").craft("area").doc("area"))
        .field(when(ne("version", 3), [checksum().sum(Checksum::Ospf).into()]))
        .field(when(eq("version", 3), [checksum().sum(Checksum::Pseudo).into()]))
        .field(switch(val("version"), [(2, version2), (3, version3)], vec![]))
        .extras(hidden::messages())
}

fn options2() -> Item {
    u8("v2.options")
        .craft("options")
        .letters(&["MT", "E", "MC", "NP", "L", "DC", "O", "DN"])
        .hex()
        .doc("options")
        .of([
            flag("v2.options.dn").doc("DN"),
            flag("v2.options.o").doc("opaque advertisements"),
            flag("v2.options.dc").doc("demand circuits"),
            flag("v2.options.l").alias("v2.options.lls").doc("link-local signalling"),
            flag("v2.options.n").doc("NSSA"),
            flag("v2.options.mc").doc("multicast"),
            flag("v2.options.e").doc("external routing"),
            flag("v2.options.mt").doc("multi-topology"),
        ])
}

/// RFC 5340 §A.4.2.1.
const SCOPES: &[(u64, &str)] = &[(0, "link"), (1, "area"), (2, "autonomous system"), (3, "reserved")];

/// `fe80::`.
const LINK_LOCAL: [u8; 16] = [0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

const LINKS3: &[(u64, &str)] = &[(1, "p2p"), (2, "transit"), (4, "virtual")];

/// The lowest bit first.
const OPTIONS3: &[&str] = &["V6", "E", "MC", "N", "R", "DC", "AF", "L", "I", "F"];

fn options3() -> Item {
    be24("v3.options").craft("options").letters(OPTIONS3).hex().doc("options").of([
        bits("v3.options.reserved", 13).hex().doc("reserved"),
        flag("v3.options.at").doc("authentication trailer"),
        flag("v3.options.l").doc("link-local signalling"),
        flag("v3.options.af").doc("address families"),
        bits("v3.options.reserved2", 2).doc("reserved"),
        flag("v3.options.dc").doc("demand circuits"),
        flag("v3.options.r").doc("router"),
        flag("v3.options.n").doc("NSSA"),
        flag("v3.options.mc").doc("multicast"),
        flag("v3.options.e").doc("external routing"),
        flag("v3.options.v6").doc("IPv6 routing"),
    ])
}

fn neighbours() -> Item {
    repeat(
        label("hello.neighbours").craft("neighbors").doc("neighbours").hidden(),
        [ipv4("hello.active_neighbor").doc("neighbour").into()],
    )
}

fn description() -> Item {
    u8("v2.dbd")
        .alias("db.flags")
        .alias("dbd")
        .craft("dbdescr")
        .letters(&["MS", "M", "I", "R", "4", "3", "2", "1"])
        .hex()
        .doc("flags")
        .of([
            bits("v2.dbd.reserved", 4).doc("reserved"),
            flag("v2.dbd.r").alias("dbd.r").doc("out of band resynchronisation"),
            flag("v2.dbd.i").alias("dbd.i").doc("first"),
            flag("v2.dbd.m").alias("dbd.m").doc("more follow"),
            flag("v2.dbd.ms").alias("dbd.ms").doc("master"),
        ])
}

fn bodies2() -> [(u64, Vec<Item>); 5] {
    [
        (
            1,
            vec![
                ipv4("hello.network_mask").craft("mask").default(0xffff_ff00).doc("mask").into(),
                be16("hello.hello_interval")
                    .craft("hellointerval")
                    .default(10)
                    .unit("s")
                    .doc("hello interval")
                    .into(),
                options2(),
                u8("hello.router_priority").craft("prio").default(1).doc("priority").into(),
                be32("hello.router_dead_interval")
                    .craft("deadinterval")
                    .default(40)
                    .unit("s")
                    .doc("dead interval")
                    .into(),
                ipv4("hello.designated_router").craft("router").doc("designated router").into(),
                ipv4("hello.backup_designated_router").craft("backup").doc("backup designated router").into(),
                neighbours(),
            ],
        ),
        (
            2,
            vec![
                be16("db.interface_mtu")
                    .craft("mtu")
                    .default(1500)
                    .unit("octets")
                    .doc("interface MTU")
                    .into(),
                options2(),
                description(),
                be32("db.dd_sequence").craft("ddseq").default(1).doc("sequence").into(),
                repeat(label("lsa_header").craft("lsaheaders").doc("advertisement"), head2()),
            ],
        ),
        (
            3,
            vec![repeat(
                label("lsrequest").craft("requests").doc("request"),
                [
                    be32("lsa").craft("type").default(1).names(LSA2).doc("type").into(),
                    ipv4("lsa.id").craft("id").default(0x0101_0101).doc("link state identifier").into(),
                    ipv4("advrouter").craft("adrouter").default(0x0101_0101).doc("advertising router").into(),
                ],
            )],
        ),
        (
            4,
            vec![
                be32("ls.number_of_lsas")
                    .craft("lsacount")
                    .count_of("lsa_entry")
                    .doc("advertisements")
                    .into(),
                times(
                    label("lsa_entry").craft("lsalist").doc("advertisement"),
                    val("ls.number_of_lsas"),
                    advertisement2(),
                ),
            ],
        ),
        (5, vec![repeat(label("lsa_header").craft("lsaheaders").doc("advertisement"), head2())]),
    ]
}

/// Of opaque advertisements the first octet is a type (RFC 5250 §3).
fn identifier() -> Item {
    let whole = || {
        ipv4("lsa.id").alias("link_state_id").craft("id").default(0xc0a8_0000).doc("link state identifier")
    };
    Item::Switch(
        val("lsa"),
        vec![(
            9,
            11,
            vec![
                decoded([Item::Group(
                    whole(),
                    vec![
                        u8("lsid_opaque_type").names(opaque::TYPES).doc("opaque type").into(),
                        switch(
                            val("lsid_opaque_type"),
                            [(
                                1,
                                vec![
                                    u8("lsid_te_lsa.reserved").doc("reserved").into(),
                                    be16("lsid_te_lsa.instance").doc("instance").into(),
                                ],
                            )],
                            vec![be24("lsid.opaque_id").doc("opaque identifier").into()],
                        ),
                    ]
                    .into(),
                )]),
                built([whole().into()]),
            ]
            .into(),
        )],
        vec![whole().into()].into(),
    )
}

fn head2() -> [Item; 9] {
    [
        be16("lsa.age.whole")
            .craft("age")
            .default(1)
            .hidden()
            .doc("age, and whether it stays")
            .of([flag("lsa.donotage").doc("does not age"), bits("lsa.age", 15).unit("s").doc("age")]),
        options2(),
        u8("lsa").craft("type").default(1).names(LSA2).doc("type").into(),
        hidden::kind2(),
        identifier(),
        ipv4("advrouter").craft("adrouter").default(0x0101_0101).doc("advertising router").into(),
        be32("lsa.seqnum").craft("seq").default(0x8000_0001).hex().doc("sequence number").into(),
        be16("lsa.chksum").craft("chksum").hex().doc("checksum").into(),
        be16("lsa.length").craft("len").default(36).unit("octets").doc("length").into(),
    ]
}

fn advertisement2() -> [Item; 10] {
    let [a, b, c, d, e, f, g, ..] = head2();
    [
        a,
        b,
        c,
        d,
        e,
        f,
        g,
        be16("lsa.chksum").craft("chksum").sum(Checksum::Fletcher(2)).hex().doc("checksum").into(),
        be16("lsa.length").craft("len").len_of_part("lsa.body", 1, 20).unit("octets").doc("length").into(),
        block(
            label("lsa.body").doc("content").hidden(),
            Size::Octets(val("lsa.length") - 20),
            [switch(val("lsa"), contents2(), vec![bytes("lsa.data", rest()).doc("content").into()])],
        ),
    ]
}

fn contents2() -> [(u64, Vec<Item>); 9] {
    let summary = |metric: u64| {
        vec![
            ipv4("lsa.summary.netmask").craft("mask").doc("mask").into(),
            repeat(
                label("lsa.metrics").default(1).doc("metrics").hidden(),
                [
                    u8("lsa.tos").craft("reserved").doc("type of service").into(),
                    be24("metric").craft("metric").default(metric).doc("metric").into(),
                ],
            ),
        ]
    };
    let external = || {
        vec![
            ipv4("lsa.asext.netmask").craft("mask").default(0xffff_ff00).doc("mask").into(),
            repeat(
                label("lsa.metrics").default(1).doc("metrics").hidden(),
                [
                    flag("lsa.asext.type").craft("ebit").doc("type 2 metric").into(),
                    bits("lsa.asext.tos", 7).craft("reserved").doc("type of service").into(),
                    be24("metric").craft("metric").default(20).doc("metric").into(),
                    ipv4("lsa.asext.fwdaddr").craft("fwdaddr").doc("forwarding address").into(),
                    be32("lsa.asext.extrtrtag")
                        .alias("lsa.asext.extrttag")
                        .craft("tag")
                        .doc("external route tag")
                        .into(),
                ],
            ),
        ]
    };
    [
        (
            1,
            vec![
                u8("v2.router.lsa.flags")
                    .craft("flags")
                    .letters(&["B", "E", "V", "W", "Nt"])
                    .hex()
                    .doc("flags")
                    .of([
                        flag("v2.router.lsa.flags.h").doc("host router"),
                        bits("v2.router.lsa.flags.reserved", 2).doc("reserved"),
                        flag("v2.router.lsa.flags.n").doc("NSSA translator"),
                        flag("v2.router.lsa.flags.w").doc("multicast receiver"),
                        flag("v2.router.lsa.flags.v").doc("virtual link endpoint"),
                        flag("v2.router.lsa.flags.e").doc("AS boundary router"),
                        flag("v2.router.lsa.flags.b").doc("area border router"),
                    ]),
                u8("lsa.reserved").doc("reserved").into(),
                be16("lsa.router.numlinks")
                    .alias("lsa.number_of_links")
                    .craft("linkcount")
                    .count_of("lsa.router.link")
                    .doc("links")
                    .into(),
                times(
                    label("lsa.router.link").craft("linklist").doc("link"),
                    val("lsa.router.numlinks"),
                    [
                        ipv4("lsa.router.linkid").craft("id").default(0xc0a8_0000).doc("link").into(),
                        ipv4("lsa.router.linkdata").craft("data").default(0xffff_ff00).doc("data").into(),
                        u8("lsa.router.linktype")
                            .craft("type")
                            .default(3)
                            .names(&[
                                (1, "point-to-point"),
                                (2, "transit network"),
                                (3, "stub network"),
                                (4, "virtual"),
                            ])
                            .doc("type")
                            .into(),
                        u8("lsa.router.nummetrics")
                            .craft("toscount")
                            .count_of("lsa.router.metrics")
                            .doc("further metrics")
                            .into(),
                        be16("lsa.router.metric0").craft("metric").default(10).doc("metric").into(),
                        times(
                            label("lsa.router.metrics").doc("metrics").hidden(),
                            val("lsa.router.nummetrics"),
                            [
                                be16("lsa.tos").doc("type of service").into(),
                                be16("metric").doc("metric").into(),
                            ],
                        ),
                    ],
                ),
            ],
        ),
        (
            2,
            vec![
                ipv4("lsa.network.netmask").craft("mask").default(0xffff_ff00).doc("mask").into(),
                repeat(
                    label("lsa.network.routers").doc("routers").hidden(),
                    [ipv4("lsa.network.attchrtr").craft("routerlist").doc("attached router").into()],
                ),
            ],
        ),
        (3, summary(10)),
        (4, {
            let mut items = summary(20);
            items.insert(1, hidden::border_mask());
            items
        }),
        (5, external()),
        (7, external()),
        (9, opaque::opaque()),
        (10, opaque::opaque()),
        (11, opaque::opaque()),
    ]
}

fn bodies3() -> [(u64, Vec<Item>); 5] {
    [
        (
            1,
            vec![
                be32("hello.interface_id").craft("intid").doc("interface").into(),
                u8("hello.router_priority").craft("prio").default(1).doc("priority").into(),
                options3(),
                be16("hello.hello_interval")
                    .craft("hellointerval")
                    .default(10)
                    .unit("s")
                    .doc("hello interval")
                    .into(),
                be16("v3.hello.router_dead_interval")
                    .craft("deadinterval")
                    .default(40)
                    .unit("s")
                    .doc("dead interval")
                    .into(),
                ipv4("hello.designated_router").craft("router").doc("designated router").into(),
                ipv4("hello.backup_designated_router").craft("backup").doc("backup designated router").into(),
                neighbours(),
            ],
        ),
        (
            2,
            vec![
                u8("db.reserved").craft("reserved").doc("reserved").into(),
                options3(),
                be16("db.interface_mtu")
                    .craft("mtu")
                    .default(1500)
                    .unit("octets")
                    .doc("interface MTU")
                    .into(),
                u8("db.reserved2").craft("reserved2").doc("reserved").into(),
                description(),
                be32("db.dd_sequence").craft("ddseq").default(1).doc("sequence").into(),
                headers3(),
            ],
        ),
        (
            3,
            vec![repeat(
                label("v3.lsrequest").craft("requests").doc("request"),
                [
                    be16("lsrequest.reserved").craft("reserved").doc("reserved").into(),
                    be16("v3.lsa").craft("type").default(0x2001).names(LSA3).hex().doc("type").into(),
                    ipv4("lsa.id").craft("id").default(0x0101_0101).doc("link state identifier").into(),
                    ipv4("advrouter").craft("adrouter").default(0x0101_0101).doc("advertising router").into(),
                ],
            )],
        ),
        (
            4,
            vec![
                be32("ls.number_of_lsas")
                    .craft("lsacount")
                    .count_of("v3.lsa_entry")
                    .doc("advertisements")
                    .into(),
                times(
                    label("v3.lsa_entry").craft("lsalist").doc("advertisement"),
                    val("ls.number_of_lsas"),
                    advertisement3(),
                ),
            ],
        ),
        (5, vec![headers3()]),
    ]
}

fn headers3() -> Item {
    repeat(label("v3.lsa_header").craft("lsaheaders").doc("advertisement"), head3())
}

fn head3() -> [Item; 8] {
    [
        be16("lsa.age.whole")
            .craft("age")
            .default(1)
            .hidden()
            .doc("age, and whether it stays")
            .of([flag("v3.lsa.do_not_age").doc("does not age"), bits("lsa.age", 15).unit("s").doc("age")]),
        be16("v3.lsa").craft("type").default(0x2001).names(LSA3).hex().doc("type").of([
            flag("v3.lsa.u").doc("is flooded where it is unknown"),
            bits("v3.lsa.s12", 2).names(SCOPES).doc("how far it is flooded"),
            bits("v3.lsa.fc", 13).doc("function"),
        ]),
        hidden::kind3(),
        ipv4("lsa.id").craft("id").doc("link state identifier").into(),
        ipv4("advrouter").craft("adrouter").default(0x0101_0101).doc("advertising router").into(),
        be32("lsa.seqnum").craft("seq").default(0x8000_0001).hex().doc("sequence number").into(),
        be16("lsa.chksum").craft("chksum").hex().doc("checksum").into(),
        be16("lsa.length").craft("len").default(36).unit("octets").doc("length").into(),
    ]
}

fn advertisement3() -> [Item; 9] {
    let [a, b, c, d, e, f, ..] = head3();
    [
        a,
        b,
        c,
        d,
        e,
        f,
        be16("lsa.chksum").craft("chksum").sum(Checksum::Fletcher(2)).hex().doc("checksum").into(),
        be16("lsa.length").craft("len").len_of_part("lsa.body", 1, 20).unit("octets").doc("length").into(),
        block(
            label("lsa.body").doc("content").hidden(),
            Size::Octets(val("lsa.length") - 20),
            [switch(
                val("v3.lsa"),
                version3::contents3(),
                vec![bytes("lsa.data", rest()).doc("content").into()],
            )],
        ),
    ]
}
