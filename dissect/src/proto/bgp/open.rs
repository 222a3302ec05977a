//! BGP's OPEN message (RFC 4271 §4.2) with optional parameters and capabilities (RFC 5492).

use super::{CAPABILITIES, FAMILIES, SUBFAMILIES, hidden};
use crate::schema::{
    Item, Size, Tlv, TlvCase, be16, be32, bits, block, bytes, flag, ipv4, label, repeat, rest, times, u8, val,
};

/// RFC 5291 §5.
fn filters() -> Item {
    repeat(
        hidden("cap.orf.families"),
        [
            be16("cap.orf.afi").names(FAMILIES).doc("address family").into(),
            u8("cap.orf.reserved").doc("reserved").into(),
            u8("cap.orf.safi").names(SUBFAMILIES).doc("subsequent address family").into(),
            u8("cap.orf.number").doc("kinds of filters").into(),
            times(
                hidden("cap.orf.kinds"),
                val("cap.orf.number"),
                [
                    u8("cap.orf.type")
                        .names(&[
                            (64, "address prefix"),
                            (128, "address prefix (Cisco)"),
                            (129, "communities"),
                        ])
                        .doc("kind of filter")
                        .into(),
                    u8("cap.orf.sendreceive")
                        .names(&[(1, "receive"), (2, "send"), (3, "both")])
                        .doc("filters")
                        .into(),
                ],
            ),
        ],
    )
}

pub(super) fn open() -> Vec<Item> {
    let mut capability = Tlv::new(
        label("cap").craft("param_value").doc("capability"),
        u8("cap.type").craft("code").names(CAPABILITIES).doc("capability"),
        u8("cap.length").craft("length").unit("octets").doc("length"),
    )
    .body_len()
    .other([bytes("cap.unknown", rest()).craft("cap_data").doc("value").into()]);
    let case = |kind: u64, items: Vec<Item>| TlvCase { kind, field: label("cap").doc("capability"), items };
    capability.cases = vec![
        case(
            1,
            vec![
                be16("cap.mp.afi").craft("afi").names(FAMILIES).doc("address family").into(),
                u8("cap.reserved").craft("reserved").doc("reserved").into(),
                u8("cap.mp.safi").craft("safi").names(SUBFAMILIES).doc("subsequent address family").into(),
            ],
        ),
        case(
            9,
            vec![
                u8("cap.role")
                    .names(&[
                        (0, "provider"),
                        (1, "route server"),
                        (2, "route server client"),
                        (3, "customer"),
                        (4, "peer"),
                    ])
                    .doc("role")
                    .into(),
            ],
        ),
        case(
            64,
            vec![
                Item::Group(
                    be16("cap.gr.timers").hex().hidden().doc("flags and time"),
                    vec![
                        bits("cap.gr.timers.flags", 4).craft("restart_flags").hex().doc("restart flags").of(
                            [
                                flag("cap.gr.timers.restart_flag").doc("has restarted"),
                                flag("cap.gr.timers.notification_flag").doc("also after a notification"),
                                bits("cap.gr.timers.reserved", 2).hidden().doc("reserved"),
                            ],
                        ),
                        bits("cap.gr.timers.restart_time", 12)
                            .craft("restart_time")
                            .unit("s")
                            .doc("restart time")
                            .into(),
                    ]
                    .into(),
                ),
                repeat(
                    hidden("cap.gr.families").craft("entries"),
                    [
                        be16("cap.gr.afi").craft("afi").names(FAMILIES).doc("address family").into(),
                        u8("cap.gr.safi")
                            .craft("safi")
                            .names(SUBFAMILIES)
                            .doc("subsequent address family")
                            .into(),
                        u8("cap.gr.flag").craft("flags").hex().doc("flags").of([
                            flag("cap.gr.flag.pfs").doc("forwarding state preserved"),
                            bits("cap.gr.flag.reserved", 7).hex().hidden().doc("reserved"),
                        ]),
                    ],
                ),
            ],
        ),
        case(3, vec![filters()]),
        case(
            5,
            vec![repeat(
                hidden("cap.enh.families"),
                [
                    be16("cap.enh.afi").names(FAMILIES).doc("address family").into(),
                    be16("cap.enh.safi").names(SUBFAMILIES).doc("subsequent address family").into(),
                    be16("cap.enh.nhafi").names(FAMILIES).doc("address family of the next hop").into(),
                ],
            )],
        ),
        case(
            7,
            vec![
                u8("cap.bgpsec.flags").hex().doc("flags").of([
                    bits("cap.bgpsec.version", 4).doc("version"),
                    bits("cap.bgpsec.sendreceive", 1).names(&[(0, "receive"), (1, "send")]).doc("direction"),
                    bits("cap.bgpsec.reserved", 3).doc("reserved"),
                ]),
                be16("cap.bgpsec.afi").names(FAMILIES).doc("address family").into(),
            ],
        ),
        case(
            67,
            vec![repeat(
                hidden("cap.dc.list"),
                [u8("cap.dc").names(CAPABILITIES).doc("capability that may change").into()],
            )],
        ),
        case(
            68,
            vec![
                u8("cap.multisession.flags").hex().doc("flags").into(),
                bytes("cap.multisession.list", rest()).doc("capabilities of a session").into(),
            ],
        ),
        case(130, vec![filters()]),
        case(65, vec![be32("cap.4as").craft("asn").doc("AS").into()]),
        case(
            69,
            vec![repeat(
                hidden("cap.addpath.families"),
                [
                    be16("cap.addpath.afi").alias("cap.ap.afi").names(FAMILIES).doc("address family").into(),
                    u8("cap.addpath.safi")
                        .alias("cap.ap.safi")
                        .names(SUBFAMILIES)
                        .doc("subsequent address family")
                        .into(),
                    u8("cap.addpath.sendreceive")
                        .alias("cap.ap.sendreceive")
                        .names(&[(1, "receive"), (2, "send"), (3, "both")])
                        .doc("paths")
                        .into(),
                ],
            )],
        ),
        case(
            73,
            vec![
                u8("cap.fqdn.hostname.len")
                    .alias("cap.orf.fqdn.hostname.len")
                    .unit("octets")
                    .doc("length of the host name")
                    .into(),
                crate::schema::text("cap.fqdn.hostname", Size::Octets(val("cap.fqdn.hostname.len")))
                    .alias("cap.orf.fqdn.hostname")
                    .doc("host name")
                    .into(),
                u8("cap.fqdn.domain_name.len")
                    .alias("cap.orf.fqdn.domain_name.len")
                    .unit("octets")
                    .doc("length of the domain name")
                    .into(),
                crate::schema::text("cap.fqdn.domain_name", Size::Octets(val("cap.fqdn.domain_name.len")))
                    .alias("cap.orf.fqdn.domain_name")
                    .doc("domain name")
                    .into(),
            ],
        ),
    ];
    let mut parameters = Tlv::new(
        label("open.opt.param").doc("optional parameter"),
        u8("open.opt.param.type")
            .craft("param_type")
            .names(&[(1, "authentication"), (2, "capabilities")])
            .doc("parameter"),
        u8("open.opt.param.len").craft("param_length").unit("octets").doc("length"),
    )
    .body_len()
    .other([bytes("open.opt.param.unknown", rest()).doc("value").into()]);
    parameters.cases = vec![TlvCase {
        kind: 2,
        field: label("open.opt.param").doc("optional parameter"),
        items: vec![capability.into()],
    }];
    let authentication = block(
        label("open.opt.param.authentication").craft("authentication_data").doc("authentication"),
        rest(),
        [
            u8("open.opt.param.auth").craft("authentication_code").doc("authentication code").into(),
            bytes("open.opt.param.auth_data", rest())
                .craft("authentication_data")
                .doc("authentication data")
                .into(),
        ],
    );
    parameters.cases.push(TlvCase {
        kind: 1,
        field: label("open.opt.param").doc("optional parameter"),
        items: vec![authentication],
    });
    vec![
        u8("open.version").craft("version").default(4).doc("version").into(),
        be16("open.myas").craft("my_as").doc("AS").into(),
        be16("open.holdtime").craft("hold_time").unit("s").doc("hold time").into(),
        ipv4("open.identifier").craft("bgp_id").doc("router").into(),
        u8("open.opt.len")
            .craft("opt_param_len")
            .unit("octets")
            .len_of_part("open.opt", 1, 0)
            .doc("length of the parameters")
            .into(),
        block(
            label("open.opt").craft("opt_params").doc("optional parameters"),
            Size::Octets(val("open.opt.len")),
            [parameters.into()],
        ),
    ]
}
