//! GTP-U, 3GPP TS 29.281, with extension headers.

use super::octets::Octets;
use crate::decode::Walk;
use crate::render::line::{Body, Line};
use crate::schema::{
    ETHER_TYPE, Fill, Item, Names, Protocol, Size, Test, UDP_PORT, be16, be32, bits, block, bytes, crafted,
    custom, eq, flag, ge, ipv4, ipv6, label, left, lit, repeat, rest, switch, u8, val, when,
};

const MESSAGES: &[(u64, &str)] = &[
    (1, "Echo request"),
    (2, "Echo response"),
    (26, "Error indication"),
    (31, "Supported extension headers notification"),
    (253, "Tunnel status"),
    (254, "End marker"),
    (255, "T-PDU"),
];

const EXTENSIONS: &[(u64, &str)] = &[
    (0x00, "none"),
    (0x01, "MBMS support indication"),
    (0x02, "MS info change reporting"),
    (0x20, "service class indicator"),
    (0x40, "UDP port"),
    (0x81, "RAN container"),
    (0x82, "long PDCP PDU number"),
    (0x83, "Xw RAN container"),
    (0x84, "NR RAN container"),
    (0x85, "PDU session container"),
    (0xc0, "PDCP PDU number"),
    (0xc1, "suspend request"),
    (0xc2, "suspend response"),
];

pub(super) fn gtp() -> Protocol {
    Protocol::new("gtp", "GPRS Tunnelling Protocol, user plane")
        .layer("GTP_U_Header")
        .body("GTPPDUSessionContainer", "ext_hdr.next", &[("message", 255), ("flags.e", 1), ("ext_hdr.next", 0x85)])
        .ports_below("udp", 2152, 2152)
        .followed_by("ip", &[("message", 255)])
        .followed_by("ipv6", &[("message", 255)])
        .followed_by("ppp", &[("message", 255)])
        .source("3GPP TS 29.281 §5.1, §5.2")
        .on(UDP_PORT, &[2152])
        .later(fields)
        .leads(&[ETHER_TYPE])
        .after(after)
        .summary(summary)
        .sample("02000000000202000000000108004500004100010000401166a90a0000010a00000208680868002d2db330ff001d000000114500001d000100004011f6cbc0000201c000020200010002000903d578")
        .sample("02000000000202000000000108004500004900010000401166a10a0000010a0000020868086800351f0634ff00250000001100000085011009004500001d000100004011f6cbc0000201c000020200010002000903d578")
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    let any = || Test::Any(vec![ge("flags.e", 1), ge("flags.s", 1), ge("flags.pn", 1)]);
    protocol
        .field(u8("flags").hex().doc("flags").of([
            bits("flags.version", 3).craft("version").default(1).doc("version"),
            flag("flags.payload").craft("PT").default(1).doc("GTP, not GTP'"),
            bits("flags.reserved", 1).craft("reserved").doc("reserved"),
            flag("flags.e").craft("E").doc("extension header is there"),
            flag("flags.s").craft("S").doc("sequence number is there"),
            flag("flags.pn").craft("PN").doc("N-PDU number is there"),
        ]))
        .field(u8("message").craft("gtp_type").hex().names(MESSAGES).doc("message"))
        .field(
            be16("length")
                .craft("length")
                .unit("octets")
                .len_of(crate::schema::Span::After, 1, -4)
                .doc("length behind the fixed header"),
        )
        .field(be32("teid").craft("teid").hex().doc("tunnel endpoint"))
        .field(when(
            any(),
            [
                be16("seq_number").craft("seq").hex().doc("sequence number").into(),
                u8("npdu_number").craft("npdu").hex().doc("N-PDU number").into(),
                u8("ext_hdr.next")
                    .craft("next_ex")
                    .hex()
                    .names(EXTENSIONS)
                    .doc("next extension header")
                    .into(),
                crafted([container()]),
                custom(
                    [
                        label("ext_hdr").doc("extension header"),
                        u8("ext_hdr.length").doc("length in 4 octets"),
                        bytes("ext_hdr.content", rest()).doc("content"),
                        bits("ext_hdr.pdu_ses_con.pdu_type", 4)
                            .names(&[(0, "DL PDU session information"), (1, "UL PDU session information")])
                            .doc("PDU type"),
                        bits("ext_hdr.pdu_ses_con.qos_flow_id", 6).doc("QoS flow"),
                        flag("ext_hdr.pdu_ses_cont.ppp").doc("paging policy is there"),
                        flag("ext_hdr.pdu_ses_cont.rqi").doc("reflective QoS"),
                        bits("ext_hdr.pdu_ses_cont.ppi", 3).doc("paging policy"),
                        be16("ext_hdr.udp_port").doc("UDP port"),
                        be16("ext_hdr.pdcp_sn").doc("PDCP sequence number"),
                        bits("ext_hdr.long_pdcp_sn", 18).doc("long PDCP sequence number"),
                        bytes("ext_hdr.ran_cont", rest()).doc("RAN container"),
                        bytes("ext_hdr.xw_ran_cont", rest()).doc("Xw RAN container"),
                        u8("ext_hdr.following").hex().names(EXTENSIONS).doc("next extension header"),
                    ],
                    extensions,
                ),
            ],
        ))
        .field(when(
            crate::schema::is_in("message", &[1, 2, 26, 31]),
            [block(
                label("elements").hidden().doc("information elements"),
                Size::Octets(
                    (val("length") - (val("flags.e") + val("flags.s") + val("flags.pn")).min(lit(1)) * 4)
                        .min(left()),
                ),
                [element()],
            )],
        ))
}

/// 3GPP TS 29.281 §8: below 128 an element's type tells its length.
fn element() -> Item {
    const ELEMENTS: &[(u64, &str)] = &[
        (14, "recovery"),
        (16, "tunnel endpoint, data I"),
        (133, "GTP-U peer address"),
        (141, "extension header types"),
        (255, "private extension"),
    ];
    let long = |items: Vec<Item>| -> Vec<Item> {
        vec![
            be16("ext_length").unit("octets").doc("length").into(),
            Item::Block(
                label("element.value").hidden().doc("value"),
                Size::Octets(val("ext_length").min(left())),
                items.into(),
            ),
        ]
    };
    repeat(
        label("element").doc("information element"),
        [
            u8("ie_id").names(ELEMENTS).doc("element").into(),
            switch(
                val("ie_id"),
                [
                    (14, vec![u8("recovery").doc("restart counter").into()]),
                    (16, vec![be32("teid_data").hex().doc("tunnel endpoint").into()]),
                    (
                        133,
                        long(vec![switch(
                            left(),
                            [
                                (4, vec![ipv4("gsn_ipv4").doc("address of the peer").into()]),
                                (16, vec![ipv6("gsn_ipv6").doc("address of the peer").into()]),
                            ],
                            vec![bytes("ext_val", rest()).doc("value").into()],
                        )]),
                    ),
                    (
                        141,
                        vec![
                            u8("num_ext_hdr_types").count_of("ext_hdr_types").doc("extension headers").into(),
                            crate::schema::times(
                                label("ext_hdr_types").hidden().doc("extension headers"),
                                val("num_ext_hdr_types"),
                                [u8("ext_hdr_type").hex().names(EXTENSIONS).doc("extension header").into()],
                            ),
                        ],
                    ),
                    (
                        255,
                        long(vec![
                            be16("ext_id").doc("extension's enterprise").into(),
                            bytes("ext_val", rest()).doc("value").into(),
                        ]),
                    ),
                ],
                long(vec![bytes("ext_val", rest()).doc("value").into()]),
            ),
        ],
    )
}

/// 3GPP TS 38.415 §5.5.2, as the crafter's layer has it.
fn container() -> Item {
    let kind = "ext_hdr.pdu_ses_con.pdu_type";
    let bit = |name: &'static str, craft: &'static str, width: u16| -> Item {
        bits(name, width).craft(craft).hidden().doc("as scapy calls it").into()
    };
    let down = |items: Vec<Item>| Item::When(eq(kind, 0), items.into());
    let up = |items: Vec<Item>| Item::When(eq(kind, 1), items.into());
    let there = |name: &'static str, item: Item| when(ge(name, 1), [item]);
    block(
        label("ext_hdr.written").fill(Fill::Zero(4)).hidden().doc("PDU session container"),
        rest(),
        [
            u8("ext_hdr.length")
                .craft("ExtHdrLen")
                .len_of(crate::schema::Span::Header, 4, 0)
                .doc("length in 4 octets")
                .into(),
            bits(kind, 4)
                .craft("type")
                .names(&[(0, "DL PDU session information"), (1, "UL PDU session information")])
                .doc("PDU type")
                .into(),
            bit("ext_hdr.written.qmp", "QMP", 1),
            up(vec![
                bit("ext_hdr.written.dl_delay", "dlDelayInd", 1),
                bit("ext_hdr.written.ul_delay", "ulDelayInd", 1),
            ]),
            bit("ext_hdr.written.snp", "SNP", 1),
            up(vec![
                bit("ext_hdr.written.n3_delay", "N3N9DelayInd", 1),
                bit("ext_hdr.written.spare_ul", "spareUl1", 1),
            ]),
            down(vec![
                bit("ext_hdr.written.spare_dl", "spareDl1", 2),
                bit("ext_hdr.written.ppp", "PPP", 1),
                bit("ext_hdr.written.rqi", "RQI", 1),
            ]),
            bits("ext_hdr.pdu_ses_con.qos_flow_id", 6).craft("QFI").doc("QoS flow").into(),
            down(vec![
                there("ext_hdr.written.ppp", bit("ext_hdr.written.ppi", "PPI", 3)),
                there("ext_hdr.written.ppp", bit("ext_hdr.written.spare_dl2", "spareDl2", 5)),
                there("ext_hdr.written.qmp", bit("ext_hdr.written.dl_send", "dlSendTime", 64)),
                there("ext_hdr.written.snp", bit("ext_hdr.written.dl_seq", "dlQFISeqNum", 24)),
            ]),
            up(vec![
                there("ext_hdr.written.qmp", bit("ext_hdr.written.dl_report", "dlSendTimeRpt", 64)),
                there("ext_hdr.written.qmp", bit("ext_hdr.written.dl_receive", "dlRecvTime", 64)),
                there("ext_hdr.written.qmp", bit("ext_hdr.written.ul_send", "ulSendTime", 64)),
                there("ext_hdr.written.dl_delay", bit("ext_hdr.written.dl_result", "dlDelayRslt", 32)),
                there("ext_hdr.written.ul_delay", bit("ext_hdr.written.ul_result", "ulDelayRslt", 32)),
                there("ext_hdr.written.snp", bit("ext_hdr.written.ul_seq", "UlQFISeqNum", 24)),
                there("ext_hdr.written.n3_delay", bit("ext_hdr.written.n3_result", "N3N9DelayRslt", 32)),
            ]),
            u8("ext_hdr.following")
                .craft("NextExtHdr")
                .hex()
                .names(EXTENSIONS)
                .doc("next extension header")
                .into(),
        ],
    )
}

fn extensions(walk: &mut Walk<'_, '_>) {
    let head = walk.header();
    if head.first().is_none_or(|flags| flags & 4 == 0) {
        return;
    }
    let mut kind = head.last().copied().unwrap_or(0);
    while kind != 0 && !walk.too_deep() {
        let units = walk.rest().first().copied().unwrap_or(0);
        let octets = usize::from(units).saturating_mul(4);
        if octets == 0 {
            walk.malformed(4);
            walk.stop();
            return;
        }
        let node = walk.open("ext_hdr");
        walk.take("ext_hdr.length", 1);
        let at = walk.offset();
        let content = walk.rest().get(..octets.saturating_sub(2)).unwrap_or_default();
        if let (0x85, [first, second, ..]) = (kind, content) {
            walk.emit_bits("ext_hdr.pdu_ses_con.pdu_type", at.saturating_mul(8), 4, u64::from(first >> 4));
            let bit = at.saturating_mul(8).saturating_add(10);
            walk.emit_bits("ext_hdr.pdu_ses_con.qos_flow_id", bit, 6, u64::from(second & 0x3f));
            if first >> 4 == 0 {
                let bit = at.saturating_mul(8).saturating_add(8);
                walk.emit_bits("ext_hdr.pdu_ses_cont.ppp", bit, 1, u64::from(second >> 7));
                walk.emit_bits(
                    "ext_hdr.pdu_ses_cont.rqi",
                    bit.saturating_add(1),
                    1,
                    u64::from(second >> 6 & 1),
                );
                if let Some(third) = content.get(2).filter(|_| second >> 7 == 1) {
                    walk.emit_bits(
                        "ext_hdr.pdu_ses_cont.ppi",
                        bit.saturating_add(8),
                        3,
                        u64::from(third >> 5),
                    );
                }
            }
        }
        match (kind, content) {
            (0xc0, [high, low, ..]) => {
                walk.emit("ext_hdr.pdcp_sn", at, 2, u64::from(u16::from_be_bytes([*high, *low])));
            }
            (0x82, [high, middle, low, ..]) => {
                let number = u32::from_be_bytes([0, high & 3, *middle, *low]);
                let bit = at.saturating_mul(8).saturating_add(6);
                walk.emit_bits("ext_hdr.long_pdcp_sn", bit, 18, u64::from(number));
            }
            (0x81, _) => walk.emit("ext_hdr.ran_cont", at, content.len(), 0),
            (0x83, _) => walk.emit("ext_hdr.xw_ran_cont", at, content.len(), 0),
            _ => {}
        }
        if let (0x40, [high, low, ..]) = (kind, content) {
            walk.emit("ext_hdr.udp_port", at, 2, u64::from(u16::from_be_bytes([*high, *low])));
        }
        let whole = walk.take_octets("ext_hdr.content", octets.saturating_sub(2));
        let following = walk.take("ext_hdr.following", 1);
        walk.close(node);
        match following {
            Some(following) if whole => kind = u8::try_from(following).unwrap_or(0),
            _ => {
                walk.stop();
                return;
            }
        }
    }
}

fn after(walk: &mut Walk<'_, '_>) {
    let header = walk.header();
    let Some([_, kind, l0, l1, ..]) = header.first_chunk::<8>() else { return };
    let length = i64::from(u16::from_be_bytes([*l0, *l1])).saturating_add(8);
    walk.limit_payload(length.saturating_sub(i64::try_from(header.len()).unwrap_or(0)));
    if *kind == 255 {
        match walk.rest().first().map(|octet| octet >> 4) {
            Some(4) => walk.next(ETHER_TYPE, 0x0800),
            Some(6) => walk.next(ETHER_TYPE, 0x86dd),
            _ => false,
        };
    }
}

fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    line.text("GTP-U, ");
    let mut octets = Octets::of(body);
    let (Some(flags), Some(kind), Some(_), Some(tunnel)) =
        (octets.u8(), octets.u8(), octets.u16(), octets.u32())
    else {
        line.cut("gtp", body);
        return;
    };
    line.text(Names::List(MESSAGES).get(u64::from(kind)).unwrap_or("unknown message"));
    line.text(", teid ");
    line.hex(u64::from(tunnel), 8);
    line.text(", length ");
    line.number(body.len as u64);
    if kind != 255 {
        return;
    }
    let mut header = 8_usize;
    if flags & 7 != 0 {
        header = 12;
        let mut next = body.data.get(11).copied().unwrap_or(0);
        while flags & 4 != 0 && next != 0 {
            let units = body.data.get(header).copied().unwrap_or(0);
            if units == 0 {
                return;
            }
            header = header.saturating_add(usize::from(units).saturating_mul(4));
            next = header.checked_sub(1).and_then(|at| body.data.get(at)).copied().unwrap_or(0);
        }
    }
    let inner = body.skip(header);
    let kind = match inner.data.first().map(|octet| octet >> 4) {
        Some(4) => 0x0800,
        Some(6) => 0x86dd,
        _ => return,
    };
    line.text(": ");
    line.next(ETHER_TYPE, kind, inner);
}
