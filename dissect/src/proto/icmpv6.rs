//! ICMPv6, RFC 4443, with multicast listener discovery (RFC 2710, RFC 9777), node information (RFC 4620), router
//! renumbering (RFC 2894), mobility (RFC 6275, RFC 5568), multicast router discovery (RFC 4286) and PROBE (RFC 8335).
//! Neighbour discovery and RPL have files of their own. Node names in information messages stand as DNS names.

use super::exchange::Exchange;
use super::icmp_extension as extension;
use super::{nd, rpl};
use crate::decode::Walk;
use crate::frame::ChecksumState;
use crate::schema::{
    Checksum, Expr, Given, IP_PROTO, Item, Kind, Protocol, Severity, Size, Test, be16, be32, be64, bits,
    built, bytes, claimed, crafted, decoded, echoed, eui64, flag, ipv4, ipv6, is_in, label, lit, name,
    quotes, repeat, rest, same, switch, times, turned, u8, val, when,
};

pub(super) const TYPES: &[(u64, &str)] = &[
    (1, "destination unreachable"),
    (2, "packet too big"),
    (3, "time exceeded in-transit"),
    (4, "parameter problem"),
    (128, "echo request"),
    (129, "echo reply"),
    (130, "multicast listener query"),
    (131, "multicast listener report"),
    (132, "multicast listener done"),
    (133, "router solicitation"),
    (134, "router advertisement"),
    (135, "neighbor solicitation"),
    (136, "neighbor advertisement"),
    (137, "redirect"),
    (138, "router renumbering"),
    (139, "node information query"),
    (140, "node information reply"),
    (141, "inverse neighbor solicitation"),
    (142, "inverse neighbor advertisement"),
    (143, "multicast listener report v2"),
    (144, "dhaad request"),
    (145, "dhaad reply"),
    (146, "mobile router solicitation"),
    (147, "mobile router advertisement"),
    (148, "certification path solicitation"),
    (149, "certification path advertisement"),
    (150, "experimental mobility"),
    (151, "multicast router advertisement"),
    (152, "multicast router solicitation"),
    (153, "multicast router termination"),
    (154, "fast mobile IPv6"),
    (155, "RPL control"),
    (156, "ILNPv6 locator update"),
    (157, "duplicate address request"),
    (158, "duplicate address confirmation"),
    (159, "MPL control"),
    (160, "extended echo request"),
    (161, "extended echo reply"),
];

const RECORDS: &[(u64, &str)] = &[
    (1, "mode is include"),
    (2, "mode is exclude"),
    (3, "change to include"),
    (4, "change to exclude"),
    (5, "allow new sources"),
    (6, "block old sources"),
];

const ALL_NODES: &[u8] = &[0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
const ALL_ROUTERS: &[u8] = &[0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2];
const ALL_LISTENING_ROUTERS: &[u8] = &[0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x16];
const ALL_SNOOPERS: &[u8] = &[0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x6a];

pub(super) fn icmpv6() -> Protocol {
    let mut icmpv6 = Protocol::new("icmpv6", "Internet Control Message Protocol version 6")
        .layer("ICMPv6Unknown")
        .laid_out("ICMPv6Unknown", "type", (0, 255), 255)
        .alias("icmp6")
        .part("ICMPv6MLDMultAddrRec", "mldr.mar", &[])
        .source("RFC 4443, RFC 4861, RFC 9777")
        .on(IP_PROTO, &[58])
        .later(fields)
        .either("opt.linkaddr", &["opt.src_linkaddr", "opt.target_linkaddr", "opt.linkaddr_other"])
        .either("opt.linkaddr_eui64", &["opt.src_linkaddr_eui64", "opt.target_linkaddr_eui64"])
        .leads_to(&["ipv6", "icmp.ext"])
        .answers([
            turned(
                "type",
                &[
                    (128, 129),
                    (130, 131),
                    (130, 143),
                    (133, 134),
                    (135, 136),
                    (139, 140),
                    (141, 142),
                    (144, 145),
                    (146, 147),
                    (152, 151),
                    (160, 161),
                ],
            ),
            same("echo.identifier"),
            same("echo.sequence_number"),
            same("ext.echo.seq"),
            echoed("nd.ns.target_address", "nd.na.target_address"),
            quotes("type", &[1, 2, 3, 4]),
        ])
        .after(after)
        .summary(super::icmpv6_line::summary);
    // the lengths that scapy gives these are not those that they have
    icmpv6 = icmpv6
        .part("ICMPv6NDOptUnknown", "opt", &[])
        .part("ICMPv6NDOptLLA", "opt", &[("opt.type", 19), ("opt.length", 1)])
        .calls("ICMPv6MLReport2", "res", "code")
        .calls("ICMPv6MRD_Solicitation", "res", "code")
        .calls("ICMPv6MRD_Termination", "res", "code");
    const LAYERS: &[(&str, u64)] = &[
        ("ICMPv6DestUnreach", 1),
        ("ICMPv6PacketTooBig", 2),
        ("ICMPv6TimeExceeded", 3),
        ("ICMPv6ParamProblem", 4),
        ("ICMPv6EchoRequest", 128),
        ("ICMPv6EchoReply", 129),
        ("ICMPv6MLQuery", 130),
        ("ICMPv6MLQuery2", 130),
        ("ICMPv6MLReport", 131),
        ("ICMPv6MLDone", 132),
        ("ICMPv6ND_RS", 133),
        ("ICMPv6ND_RA", 134),
        ("ICMPv6ND_NS", 135),
        ("ICMPv6ND_NA", 136),
        ("ICMPv6ND_Redirect", 137),
        ("ICMPv6ND_INDSol", 141),
        ("ICMPv6ND_INDAdv", 142),
        ("ICMPv6MLReport2", 143),
        ("ICMPv6HAADRequest", 144),
        ("ICMPv6HAADReply", 145),
        ("ICMPv6MPSol", 146),
        ("ICMPv6MPAdv", 147),
        ("ICMPv6MRD_Advertisement", 151),
        ("ICMPv6MRD_Solicitation", 152),
        ("ICMPv6MRD_Termination", 153),
    ];
    // name, type, code, question: what a query asks by is read from its code, which its subject does not tell here
    const NODE_INFORMATION: &[(&str, u64, u64, u64)] = &[
        ("ICMPv6NIQueryNOOP", 139, 1, 0),
        ("ICMPv6NIQueryName", 139, 1, 2),
        ("ICMPv6NIQueryIPv6", 139, 0, 3),
        ("ICMPv6NIQueryIPv4", 139, 2, 4),
        ("ICMPv6NIReplyNOOP", 140, 0, 0),
        ("ICMPv6NIReplyName", 140, 0, 2),
        ("ICMPv6NIReplyIPv6", 140, 0, 3),
        ("ICMPv6NIReplyIPv4", 140, 0, 4),
        ("ICMPv6NIReplyRefuse", 140, 1, 0),
        ("ICMPv6NIReplyUnknown", 140, 2, 0),
    ];
    for (layer, kind, code, question) in NODE_INFORMATION {
        // addresses of every scope are asked for where the query is for IPv6 addresses
        let flags = if *layer == "ICMPv6NIQueryIPv6" { 0x3e } else { 0 };
        icmpv6 = icmpv6.layer_as(
            layer,
            &[("type", *kind), ("code", *code), ("ni.qtype", *question), ("ni.flag", flags)],
        );
    }
    for (layer, kind) in LAYERS {
        icmpv6 = match *layer {
            "ICMPv6MLQuery2" => icmpv6.layer_as(layer, &[("type", *kind), ("mld.written_qqi", 0)]),
            // the advertisement interval stands in the place of the code
            "ICMPv6MRD_Advertisement" => icmpv6.layer_as(layer, &[("type", *kind), ("code", 20)]),
            _ => icmpv6.layer_as(layer, &[("type", *kind)]),
        };
        let hop_limit = ("hlim", Given::Number(if matches!(kind, 133..=137 | 141 | 142) { 255 } else { 1 }));
        let group = |octets| ("dst", Given::Octets(octets));
        icmpv6 = match kind {
            130 => icmpv6.below(layer, "ipv6", &[group(ALL_NODES), hop_limit]),
            131 => icmpv6.below(layer, "ipv6", &[hop_limit]),
            132 | 152 => icmpv6.below(layer, "ipv6", &[group(ALL_ROUTERS), hop_limit]),
            143 => icmpv6.below(layer, "ipv6", &[group(ALL_LISTENING_ROUTERS), hop_limit]),
            151 | 153 => icmpv6.below(layer, "ipv6", &[group(ALL_SNOOPERS), hop_limit]),
            133 => icmpv6.below(layer, "ipv6", &[group(ALL_ROUTERS), hop_limit]),
            134..=137 => icmpv6.below(layer, "ipv6", &[group(ALL_NODES), hop_limit]),
            141 | 142 => icmpv6.below(layer, "ipv6", &[group(ALL_NODES), hop_limit]),
            _ => icmpv6,
        };
    }
    icmpv6
        .sample("02000000000202000000000186dd6000000000103a40fe800000000000000000000000000001fe8000000000000000000000000000028000f117000100026162636465666768")
        .sample(concat!("02000000000202000000000186dd6000000000383a40fe800000000000000000000000000001fe800000000000",
            "00000000000000000201049055000000006000000000081140fe800000000000000000000000000002fe800000",
            "00000000000000000000000103e807d00008f721"))
        .sample(concat!("02000000000202000000000186dd6000000000c03afffe800000000000000000000000000001fe800000000000",
            "0000000000000000028600cc350008070800000000000000000101020000000001030440c0ffffffffffffffff",
            "0000000020010db80000000000000000000000000501000000000500190300000000003c20010db80000000000",
            "000000000000531f0400000000003c076578616d706c6503636f6d00016101620000000000000018033000ffff",
            "ffff20010db8000100000000000000000000260200400064ff9b0000000000000000250468747470733a2f2f70",
            "6f7274616c2e6578616d706c652f00000000000000"))
        .sample(concat!("33330000001602000000000186dd6000000000240001fe800000000000000000000000000001ff020000000000",
            "0000000000000000163a000502000001008f008a220000000104000000ff0200000000000000000001ff000001"))
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    let protocol = protocol
        .field(
            u8("type")
                .default(1)
                .names(TYPES)
                .expert(Severity::Note, 1, 1, "destination unreachable")
                .expert(Severity::Note, 2, 2, "packet too big")
                .expert(Severity::Note, 3, 3, "time exceeded: a loop, or a trace")
                .expert(Severity::Warning, 4, 4, "a header is not understood")
                .doc("type"),
        )
        .field(u8("code").craft("code").craft("advinter").doc("code"))
        .field(be16("checksum").craft("cksum").hex().sum(Checksum::Pseudo).doc("checksum"))
        .field(body())
        .field(when(is_in("type", &[1, 3]), [extension::behind()]))
        .extra(
            u8("checksum.status")
                .names(super::CHECKSUM_STATUS)
                .expert(Severity::Error, 0, 0, "the checksum is wrong")
                .doc("checksum status"),
        )
        .extra(be16("checksum.calculated").hex().doc("checksum that would be right"));
    EXCHANGE.declare(protocol)
}

fn reserved(octets: i64) -> Item {
    bytes("reserved", Size::Octets(lit(octets)))
        .craft("res")
        .craft("reserved")
        .craft("unused")
        .doc("reserved")
        .into()
}

fn reserved_all() -> Item {
    bytes("data", rest()).doc("data").into()
}

fn quote_length() -> [Item; 2] {
    [u8("length").scale(8).unit("octets").doc("octets of the quoted packet; 0: not said").into(), reserved(3)]
}

fn echo() -> Vec<Item> {
    vec![
        be16("echo.identifier").craft("id").doc("identifier").into(),
        be16("echo.sequence_number").craft("seq").doc("sequence number").into(),
        crafted([bytes("echo.data", rest()).craft("data").doc("data").hidden().into()]),
    ]
}

fn at_least(octets: i64) -> Test {
    Test::Ge(claimed(), lit(octets))
}

/// What follows the checksum, by type.
fn body() -> Item {
    let pointer = || vec![be32("pointer").craft("ptr").default(6).doc("octet in error").into()];
    switch(
        val("type"),
        [
            (1, quote_length().into()),
            (2, vec![be32("mtu").default(1280).unit("octets").doc("MTU of the next hop").into()]),
            (3, quote_length().into()),
            (4, pointer()),
            (128, echo()),
            (129, echo()),
            (130, listener_query().into()),
            (131, listener_report().into()),
            (132, listener_report().into()),
            (133, nd::router_solicitation()),
            (134, nd::router_advertisement()),
            (135, nd::neighbour_solicitation()),
            (136, nd::neighbour_advertisement()),
            (137, nd::redirect()),
            (138, renumbering().into()),
            (139, node_information(true).into()),
            (140, node_information(false).into()),
            (141, vec![reserved(4), nd::options()]),
            (142, vec![reserved(4), nd::options()]),
            (143, listener_report_v2().into()),
            (144, mobile(false)),
            (145, mobile(true)),
            (146, mobile_solicitation().into()),
            (147, mobile_advertisement()),
            (148, certification().into()),
            (149, certification().into()),
            (
                151,
                vec![
                    be16("mcast_ra.query_interval").craft("queryint").unit("s").doc("query interval").into(),
                    be16("mcast_ra.robustness_variable").craft("robustness").doc("robustness").into(),
                ],
            ),
            (152, vec![]),
            (153, vec![]),
            (154, fast_mobility().into()),
            (155, rpl::message()),
            (156, locators().into()),
            (157, duplicate_address().into()),
            (158, duplicate_address().into()),
            (159, seeds()),
            (160, extended_echo(true)),
            (161, extended_echo(false)),
        ],
        vec![bytes("data", rest()).craft("msgbody").doc("data").into()],
    )
}

/// RFC 7731 §6.2: what a forwarder has buffered of each seed.
fn seeds() -> Vec<Item> {
    let octets = |size| Size::Octets(size);
    vec![repeat(
        label("mpl.seed_info").doc("seed"),
        [
            u8("mpl.seed_info.min_sequence").doc("lowest sequence number").into(),
            bits("mpl.seed_info.bm_len", 6).unit("octets").doc("length of the map").into(),
            bits("mpl.seed_info.s", 2)
                .names(&[(0, "the source address"), (1, "16 bits"), (2, "64 bits"), (3, "128 bits")])
                .doc("size of the seed's identifier")
                .into(),
            switch(
                val("mpl.seed_info.s"),
                [
                    (0, vec![]),
                    (1, vec![bytes("mpl.seed_info.seed_id", octets(lit(2))).doc("identifier").into()]),
                    (2, vec![bytes("mpl.seed_info.seed_id", octets(lit(8))).doc("identifier").into()]),
                ],
                vec![bytes("mpl.seed_info.seed_id", octets(lit(16))).doc("identifier").into()],
            ),
            bytes("mpl.seed_info.messages", octets(val("mpl.seed_info.bm_len")))
                .doc("map of the sequence numbers from the lowest on")
                .into(),
        ],
    )]
}

fn listener_query() -> [Item; 3] {
    let group = || ipv6("mld.multicast_address").doc("group").into();
    [
        built([
            be16("mld.written_code")
                .craft("mrd")
                .default(10_000)
                .hidden()
                .doc("code of the longest delay")
                .into(),
            reserved(2),
            ipv6("mld.written_group").craft("mladdr").hidden().doc("group").into(),
            crafted([
                bits("mld.written_reserved", 4).craft("Resv").hidden().doc("reserved").into(),
                bits("mld.written_s", 1).craft("S").hidden().doc("suppress router-side processing").into(),
                bits("mld.written_qrv", 3).craft("QRV").hidden().doc("querier's robustness").into(),
                u8("mld.written_qqi").craft("QQIC").hidden().doc("code of the querier's interval").into(),
                be16("mld.written_count")
                    .craft("sources_number")
                    .count_of("mld.written_sources")
                    .hidden()
                    .doc("number of sources")
                    .into(),
                repeat(
                    label("mld.written_sources").hidden().doc("sources"),
                    [ipv6("mld.written_source").craft("sources").hidden().doc("source").into()],
                ),
            ]),
        ]),
        decoded([when(
            Test::Not(Box::new(at_least(24))),
            [be16("mld.maximum_response_delay").unit("ms").doc("longest delay").into(), reserved(2), group()],
        )]),
        decoded([when(
            at_least(24),
            [
                be16("mld.maximum_response_code").doc("code of the longest delay").into(),
                reserved(2),
                group(),
                u8("mld.flag").hex().doc("flags").of([
                    bits("mld.flag.reserved", 4).craft("Resv").hex().doc("reserved"),
                    flag("mld.flag.s").craft("S").doc("suppress router-side processing"),
                    bits("mld.flag.qrv", 3).craft("QRV").doc("querier's robustness"),
                ]),
                u8("mld.qqi").craft("QQIC").doc("code of the querier's interval").into(),
                be16("mld.nb_sources")
                    .craft("sources_number")
                    .count_of("mld.sources")
                    .doc("number of sources")
                    .into(),
                times(
                    label("mld.sources").doc("sources"),
                    val("mld.nb_sources"),
                    [ipv6("mld.source_address").craft("sources").doc("source").into()],
                ),
            ],
        )]),
    ]
}

fn listener_report() -> [Item; 3] {
    [
        be16("mld.maximum_response_delay").craft("mrd").unit("ms").doc("longest delay").into(),
        reserved(2),
        ipv6("mld.multicast_address").craft("mladdr").doc("group").into(),
    ]
}

fn listener_report_v2() -> [Item; 3] {
    [
        reserved(2),
        be16("mldr.nb_mcast_records")
            .craft("records_number")
            .count_of("mldr.mar")
            .doc("number of records")
            .into(),
        times(
            label("mldr.mar").craft("records").doc("group record"),
            val("mldr.nb_mcast_records"),
            [
                u8("mldr.mar.record_type").craft("rtype").default(4).names(RECORDS).doc("type").into(),
                u8("mldr.mar.aux_data_len")
                    .craft("auxdata_len")
                    // scapy counts octets here
                    .len_of_part("mldr.mar.auxiliary_data", 1, 0)
                    .doc("auxiliary data in units of 4 octets")
                    .into(),
                be16("mldr.mar.nb_sources")
                    .craft("sources_number")
                    .count_of("mldr.mar.sources")
                    .doc("number of sources")
                    .into(),
                ipv6("mldr.mar.multicast_address").craft("dst").doc("group").into(),
                times(
                    label("mldr.mar.sources").doc("sources"),
                    val("mldr.mar.nb_sources"),
                    [ipv6("mldr.mar.source_address").craft("sources").doc("source").into()],
                ),
                bytes("mldr.mar.auxiliary_data", Size::Octets(val("mldr.mar.aux_data_len") * 4))
                    .craft("auxdata")
                    .doc("auxiliary data")
                    .into(),
            ],
        ),
    ]
}

fn renumbering() -> [Item; 6] {
    [
        be32("rr.sequence_number").doc("sequence number").into(),
        u8("rr.segment_number").doc("segment").into(),
        u8("rr.flag").hex().doc("flags").of([
            flag("rr.flag.t").doc("test"),
            flag("rr.flag.r").doc("result requested"),
            flag("rr.flag.a").doc("all interfaces"),
            flag("rr.flag.s").doc("site"),
            flag("rr.flag.p").doc("processed before"),
            bits("rr.flag.rsv", 3).hex().doc("reserved"),
        ]),
        be16("rr.maxdelay").unit("ms").doc("longest delay").into(),
        reserved(4),
        switch(
            val("code"),
            [
                (0, vec![prefix_control()]),
                (
                    1,
                    vec![repeat(
                        label("rr.rm").doc("matched prefix"),
                        [
                            be16("rr.rm.flag").hex().doc("flags").of([
                                bits("rr.rm.flag.reserved", 14).hex().doc("reserved"),
                                flag("rr.rm.flag.b").doc("prefix refused"),
                                flag("rr.rm.flag.f").doc("forbidden use of a prefix"),
                            ]),
                            u8("rr.rm.ordinal").doc("ordinal").into(),
                            u8("rr.rm.matchedlen").unit("bits").doc("length").into(),
                            be32("rr.rm.interfaceindex").doc("interface").into(),
                            ipv6("rr.rm.matchedprefix").doc("prefix").into(),
                        ],
                    )],
                ),
            ],
            vec![reserved_all()],
        ),
    ]
}

fn prefix_control() -> Item {
    const OPERATIONS: &[(u64, &str)] = &[(1, "add"), (2, "change"), (3, "set global")];
    let used: Expr = (val("rr.pco.mp.oplength") - 3) / 4;
    repeat(
        label("rr.pco.mp").doc("match prefix"),
        [
            u8("rr.pco.mp.opcode").names(OPERATIONS).doc("operation").into(),
            u8("rr.pco.mp.oplength").doc("length in units of 8 octets").into(),
            u8("rr.pco.mp.ordinal").doc("ordinal").into(),
            u8("rr.pco.mp.matchlen").unit("bits").doc("match length").into(),
            u8("rr.pco.mp.minlen").unit("bits").doc("shortest").into(),
            u8("rr.pco.mp.maxlen").unit("bits").doc("longest").into(),
            reserved(2),
            reserved(4),
            ipv6("rr.pco.mp.matchprefix").doc("prefix").into(),
            times(
                label("rr.pco.up").doc("use prefix"),
                used,
                [
                    u8("rr.pco.up.uselen").unit("bits").doc("length").into(),
                    u8("rr.pco.up.keeplen").unit("bits").doc("kept length").into(),
                    u8("rr.pco.up.flagmask").hex().doc("mask of flags").of([
                        flag("rr.pco.up.flagmask.l").doc("on-link"),
                        flag("rr.pco.up.flagmask.a").doc("autonomous"),
                        bits("rr.pco.up.flagmask.reserved", 6).hex().doc("reserved"),
                    ]),
                    u8("rr.pco.up.raflags").hex().doc("flags").into(),
                    be32("rr.pco.up.validlifetime").unit("s").doc("valid lifetime").into(),
                    be32("rr.pco.up.preferredlifetime").unit("s").doc("preferred lifetime").into(),
                    be32("rr.pco.up.flag").hex().doc("flags").of([
                        flag("rr.pco.up.flag.v").doc("decrement valid lifetime"),
                        flag("rr.pco.up.flag.p").doc("decrement preferred lifetime"),
                        bits("rr.pco.up.flag.reserved", 30).hex().doc("reserved"),
                    ]),
                    ipv6("rr.pco.up.useprefix").doc("prefix").into(),
                ],
            ),
        ],
    )
}

fn node_information(query: bool) -> [Item; 4] {
    const QUESTIONS: &[(u64, &str)] =
        &[(0, "NOOP"), (1, "unused"), (2, "node name"), (3, "node addresses"), (4, "IPv4 addresses")];
    let question = switch(
        val("code"),
        [
            (0, vec![ipv6("ni.query.subject_ipv6").craft("data").doc("subject").into()]),
            (
                1,
                vec![
                    name("ni.query.subject_fqdn").craft("data").doc("subject").into(),
                    bytes("ni.query.further", rest()).doc("further names").into(),
                ],
            ),
            (2, vec![ipv4("ni.query.subject_ipv4").craft("data").doc("subject").into()]),
        ],
        vec![reserved_all()],
    );
    let ttl = || be32("ni.reply.node_ttl").unit("s").doc("time to live").into();
    let answer = when(
        crate::schema::eq("code", 0),
        [switch(
            val("ni.qtype"),
            [
                (0, vec![]),
                (
                    2,
                    vec![
                        ttl(),
                        name("ni.reply.node_name").craft("data").doc("node name").into(),
                        reserved_all(),
                    ],
                ),
                (
                    3,
                    vec![repeat(
                        label("ni.addresses").craft("data").doc("addresses"),
                        [ttl(), ipv6("ni.reply.node_address").doc("address").into()],
                    )],
                ),
                (
                    4,
                    vec![repeat(
                        label("ni.addresses").craft("data").doc("addresses"),
                        [ttl(), ipv4("ni.reply.ipv4_address").doc("address").into()],
                    )],
                ),
            ],
            vec![reserved_all()],
        )],
    );
    [
        be16("ni.qtype").craft("qtype").names(QUESTIONS).doc("question").into(),
        be16("ni.flag").craft("flags").letters(&["T", "A", "C", "L", "S", "G"]).hex().doc("flags").of([
            bits("ni.flag.rsv", 10).craft("unused").hex().doc("reserved"),
            flag("ni.flag.g").doc("global addresses"),
            flag("ni.flag.s").doc("site-local addresses"),
            flag("ni.flag.l").doc("link-local addresses"),
            flag("ni.flag.c").doc("compatible and mapped addresses"),
            flag("ni.flag.a").doc("all unicast addresses"),
            flag("ni.flag.t").doc("truncated"),
        ]),
        be64("ni.nonce").craft("nonce").takes_octets().hex().doc("nonce").into(),
        if query { question } else { answer },
    ]
}

/// Home agent discovery and mobile prefix solicitation (RFC 6275 §6.5 to §6.7).
fn mobile(addresses: bool) -> Vec<Item> {
    let mut items = vec![
        be16("mip6.identifier").craft("id").doc("identifier").into(),
        decoded([reserved(2)]),
        built([be16("mip6.written_flags").hidden().doc("flags").of([
            flag("mip6.written_r").craft("R").default(1).doc("mobile router"),
            bits("mip6.written_reserved", 15).craft("res").doc("reserved"),
        ])]),
    ];
    if addresses {
        items.push(repeat(
            label("mip6.home_agents").doc("home agents"),
            [ipv6("mip6.home_agent_address").craft("addresses").doc("home agent").into()],
        ));
    }
    items
}

fn mobile_solicitation() -> [Item; 3] {
    [
        be16("mip6.identifier").craft("id").doc("identifier").into(),
        decoded([reserved(2)]),
        built([be16("mip6.written_unused").craft("res").hidden().doc("reserved").into()]),
    ]
}

fn mobile_advertisement() -> Vec<Item> {
    vec![
        be16("mip6.identifier").craft("id").doc("identifier").into(),
        decoded([be16("mip6.flag").hex().doc("flags").of([
            flag("mip6.flag.m").doc("managed addresses"),
            flag("mip6.flag.o").doc("other configuration"),
            bits("mip6.flag.rsv", 14).hex().doc("reserved"),
        ])]),
        built([
            bits("mip6.written_mo", 2)
                .craft("flags")
                .words(&[(2, "M"), (1, "O")])
                .default(2)
                .hidden()
                .doc("flags")
                .into(),
            bits("mip6.written_rsv", 14).craft("res").hidden().doc("reserved").into(),
        ]),
        nd::options(),
    ]
}

fn certification() -> [Item; 3] {
    [
        be16("send.identifier").doc("identifier").into(),
        switch(
            val("type"),
            [(148, vec![be16("send.component").doc("component").into()])],
            vec![
                be16("send.all_components").doc("number of components").into(),
                be16("send.component").doc("component").into(),
                reserved(2),
            ],
        ),
        nd::options(),
    ]
}

fn fast_mobility() -> [Item; 3] {
    [
        u8("fmip6.subtype").doc("subtype").into(),
        switch(
            val("fmip6.subtype"),
            [(
                4,
                vec![u8("fmip6.hi.flag").hex().doc("flags").of([
                    flag("fmip6.hi.flag.s").doc("assigned address configuration"),
                    flag("fmip6.hi.flag.a").doc("buffer"),
                    bits("fmip6.hi.flag.reserved", 6).hex().doc("reserved"),
                ])],
            )],
            vec![reserved(1)],
        ),
        be16("fmip6.identifier").doc("identifier").into(),
    ]
}

fn locators() -> [Item; 3] {
    [
        u8("ilnp.nb_locs").doc("number of locators").into(),
        reserved(3),
        times(
            label("ilnp.locators").doc("locators"),
            val("ilnp.nb_locs"),
            [
                be64("ilnp.nb_locator").hex().doc("locator").into(),
                be32("ilnp.nb_preference").doc("preference").into(),
                be32("ilnp.nb_lifetime").unit("s").doc("lifetime").into(),
            ],
        ),
    ]
}

fn duplicate_address() -> [Item; 5] {
    [
        u8("6lowpannd.da.status").doc("status").into(),
        u8("6lowpannd.da.rsv").doc("reserved").into(),
        be16("6lowpannd.da.lifetime").unit("min").doc("registration lifetime").into(),
        eui64("6lowpannd.da.eui64").doc("EUI-64").into(),
        ipv6("6lowpannd.da.reg_addr").doc("registered address").into(),
    ]
}

fn extended_echo(request: bool) -> Vec<Item> {
    let mut items: Vec<Item> = vec![
        be16("echo.identifier").craft("id").doc("identifier").into(),
        u8("ext.echo.seq").doc("sequence number").into(),
    ];
    if request {
        items.push(bits("ext.echo.req.res", 7).hex().doc("reserved").into());
        items.push(flag("ext.echo.req.local").doc("the interface is of the proxy").into());
    } else {
        items.push(bits("ext.echo.rsp.state", 3).doc("state of the neighbour").into());
        items.push(bits("ext.echo.rsp.res", 2).hex().doc("reserved").into());
        items.push(flag("ext.echo.rsp.active").doc("interface is active").into());
        items.push(flag("ext.echo.rsp.ipv4").doc("runs IPv4").into());
        items.push(flag("ext.echo.rsp.ipv6").doc("runs IPv6").into());
    }
    items
}

/// Emits the checksum's status: over the pseudo-header, whatever stands behind the header included.
fn emit_status(walk: &mut Walk<'_, '_>, stored: u16) {
    super::udp::emit_status_with(walk, 58, stored, 2, ChecksumState::Unknown);
}

/// What a message shows of its exchange.
const EXCHANGE: Exchange =
    Exchange { to: "resp_to", time: Some(("resptime", Kind::Milliseconds)), within: "resp_in" };

fn after(walk: &mut Walk<'_, '_>) {
    let Some([kind, _, c0, c1, length, ..]) = walk.layer_octets().first_chunk::<8>().copied() else { return };
    emit_status(walk, u16::from_be_bytes([c0, c1]));
    match kind {
        128 | 129 => EXCHANGE.show(walk),
        160 | 161 if walk.rest().len() >= 4 => {
            let left = walk.rest().len();
            walk.aside("icmp.ext", 0, left);
            walk.limit_payload(0);
        }
        1 | 3 => {
            let said = usize::from(length).saturating_mul(8);
            if let Some(quote) = extension::quote_octets(walk.rest(), said).filter(|_| said != 0) {
                let left = walk.rest().len().saturating_sub(quote);
                walk.aside("icmp.ext", quote, left);
                walk.limit_payload(i64::try_from(quote).unwrap_or(0));
            }
            quote(walk);
        }
        2 | 4 => quote(walk),
        137 => redirected(walk),
        _ => {}
    }
}

fn quote(walk: &mut Walk<'_, '_>) {
    walk.set_quoted();
    walk.next_named("ipv6");
}

/// The packet that a redirect's last option holds.
fn redirected(walk: &mut Walk<'_, '_>) {
    let octets = walk.layer_octets();
    let mut at = 40_usize;
    while let Some([kind, len]) = octets.get(at..).and_then(<[u8]>::first_chunk::<2>).copied() {
        let size = usize::from(len).saturating_mul(8);
        if size == 0 {
            return;
        }
        if kind == 4 && octets.len() > at.saturating_add(8) {
            walk.seek(walk.layer_offset().saturating_add(at).saturating_add(8));
            walk.limit_payload(i64::try_from(size.saturating_sub(8)).unwrap_or(0));
            quote(walk);
            return;
        }
        at = at.saturating_add(size);
    }
}
