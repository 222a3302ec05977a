//! TCP, RFC 9293, with the options of the IANA registry "TCP Option Kind Numbers" that are in use.

use super::udp::emit_status;
use crate::decode::Walk;
use crate::flow::State;
use crate::schema::{
    Checksum, Field, Fill, IP_PROTO, Item, Kind, Protocol, Severity, Size, Span, TCP_PORT, Test, Tlv, be16,
    be24, be32, bits, block, built, bytes, case, decoded, flag, ge, label, left, lit, quoted, repeat, rest,
    swapped, switch, text, u8, val, when,
};

/// All flags. How a connection begins is part of the usual course, with ECN (RFC 3168 §6.1.1) and without.
fn flags() -> Field {
    let (asks, agrees) = ("connection request (SYN)", "connection agreed to (SYN+ACK)");
    bits("flags", 12)
        .hex()
        .letters(&["F", "S", "R", "P", "A", "U", "E", "C", "N"])
        .expert(Severity::Chat, 0x002, 0x002, asks)
        .expert(Severity::Chat, 0x0c2, 0x0c2, asks)
        .expert(Severity::Chat, 0x012, 0x012, agrees)
        .expert(Severity::Chat, 0x052, 0x052, agrees)
        .doc("flags")
}

pub(super) fn tcp() -> Protocol {
    Protocol::new("tcp", "Transmission Control Protocol")
        .layer("TCP")
        .layer("TCPerror")
        .source("RFC 9293 §3.1")
        .on(IP_PROTO, &[6])
        .later(|protocol| super::segments::declare(header_fields(protocol)))
        .either("port", &["srcport", "dstport"])
        .leads(&[TCP_PORT])
        .answers([swapped("srcport", "dstport"), quoted("seq_raw")])
        .after(after)
        .short(short)
        .summary(super::tcp_line::summary)
        .sample(concat!(
            "02000000000202000000000108004500004800010000400666ad0a0000010a000002c3511f90a0b0c0d00000000",
            "0d002200099b8000002040550010303060101080a00000007000000080402050a0000000b00000016"
        ))
}

/// Header and generated fields.
fn header_fields(protocol: Protocol) -> Protocol {
    protocol
        .field(be16("srcport").craft("sport").words(super::services::PORTS).default(20).doc("source port"))
        .field(
            be16("dstport").craft("dport").words(super::services::PORTS).default(80).doc("destination port"),
        )
        .field(be32("seq_raw").craft("seq").doc("sequence number as sent"))
        .field(be32("ack_raw").craft("ack").doc("acknowledgement number as sent"))
        .field(
            bits("hdr_len", 4)
                .craft("dataofs")
                .scale(4)
                .unit("octets")
                .len_of(Span::Header, 4, 0)
                .doc("header length"),
        )
        .field(flags().of([
            bits("flags.res", 3).craft("reserved").doc("reserved"),
            flag("flags.ae").alias("flags.ns").doc("accurate ECN (once nonce)"),
            flag("flags.cwr").doc("congestion window reduced"),
            flag("flags.ece").alias("flags.ecn").doc("ECN echo"),
            flag("flags.urg").doc("urgent pointer is valid"),
            flag("flags.ack").doc("acknowledgement is valid"),
            flag("flags.push").alias("flags.psh").doc("push"),
            flag("flags.reset").alias("flags.rst").doc("reset"),
            flag("flags.syn").default(1).doc("synchronise"),
            flag("flags.fin").expert(Severity::Chat, 1, 1, "a side has sent all (FIN)").doc("no more data"),
        ]))
        .field(be16("window_size_value").craft("window").default(8192).doc("window as sent"))
        .field(be16("checksum").craft("chksum").hex().sum(Checksum::Pseudo).doc("checksum"))
        .field(be16("urgent_pointer").craft("urgptr").doc("urgent pointer"))
        .field(block(
            label("options").craft("options").fill(Fill::Zero(4)).doc("options"),
            Size::Octets(val("hdr_len") * 4 - 20),
            [options().into()],
        ))
        .extra(be32("len").unit("octets").doc("payload"))
        .extra(
            u8("checksum.status")
                .names(super::CHECKSUM_STATUS)
                .expert(Severity::Error, 0, 0, "the checksum is wrong")
                .doc("checksum status"),
        )
        .extra(
            be16("checksum.calculated")
                .alias("checksum_calculated")
                .hex()
                .doc("checksum that would be right"),
        )
        .extras(signs())
        .extra(bytes("payload", rest()).doc("payload octets").hidden())
        .extra(Field::new("flags.str", Kind::Made, Size::Rest).doc("flags by their letters").hidden())
        .extra(super::tcp_sack::counted())
        .extras(super::tcp_state::fields())
}

/// What a segment's flags and numbers say of it, by the names of Wireshark's findings.
fn signs() -> Vec<Field> {
    let sign = |(name, doc)| flag(name).doc(doc).hidden();
    let mut fields: Vec<Field> = [
        ("connection.syn", "asks for a connection (SYN)"),
        ("connection.synack", "agrees to a connection (SYN+ACK)"),
        ("connection.fin", "a side has sent all (FIN)"),
        ("connection.rst", "ends the connection (RST)"),
        ("ack.nonzero", "an acknowledgement number without the flag"),
        ("urgent_pointer.non_zero", "an urgent pointer without the flag"),
        ("checksum.ffff", "a checksum of 0xffff, which is none"),
    ]
    .map(sign)
    .into();
    fields.extend([
        sign(("connection.fin_active", "FIN of the side that ends the connection")).from_state(State::Tcp),
        sign(("connection.fin_passive", "FIN of the other side")).from_state(State::Tcp),
        text("reset_cause", rest())
            .doc("why a side resets the connection, in its words (RFC 9293 §3.5.3)")
            .hidden(),
    ]);
    fields
}

/// Emits them.
fn emit_signs(walk: &mut Walk<'_, '_>) {
    let Some(header) = walk.layer_octets().first_chunk::<20>() else { return };
    let [_, _, _, _, _, _, _, _, a0, a1, a2, a3, _, flags, _, _, c0, c1, u0, u1] = *header;
    let at = walk.layer_offset();
    let signs = [
        ("connection.syn", flags & 0x12 == 0x02),
        ("connection.synack", flags & 0x12 == 0x12),
        ("connection.fin", flags & 0x01 != 0),
        ("connection.rst", flags & 0x04 != 0),
        ("ack.nonzero", flags & 0x10 == 0 && [a0, a1, a2, a3] != [0; 4]),
        ("urgent_pointer.non_zero", flags & 0x20 == 0 && [u0, u1] != [0; 2]),
        ("checksum.ffff", [c0, c1] == [0xff; 2]),
    ];
    for (name, _) in signs.iter().filter(|(_, holds)| *holds) {
        walk.emit(name, at, 0, 1);
    }
}

fn options() -> Tlv {
    Tlv::new(
        label("options.unknown").doc("unknown option"),
        u8("option_kind").doc("kind"),
        u8("option_len").doc("length"),
    )
    .single(&[0, 1])
    .end(0)
    .padding(bytes("options.padding", rest()).doc("padding"))
    .cases([
        case(0, label("options.eol").words(&[(0, "EOL")]).doc("end of options list"), []),
        case(1, label("options.nop").words(&[(1, "NOP")]).doc("no operation"), []),
        case(
            2,
            label("options.mss").words(&[(2, "MSS")]).doc("maximum segment size"),
            [be16("options.mss_val").unit("octets").doc("MSS").into()],
        ),
        case(
            3,
            label("options.wscale").words(&[(3, "WScale")]).doc("window scale (RFC 7323)"),
            [
                u8("options.wscale.shift").doc("shift count").into(),
                Item::Custom(
                    vec![be16("options.wscale.multiplier").doc("factor of the window").hidden()],
                    multiplier,
                    None,
                ),
            ],
        ),
        case(4, label("options.sack_perm").words(&[(4, "SAckOK")]).doc("SACK permitted (RFC 2018)"), []),
        case(
            5,
            label("options.sack").words(&[(5, "SAck")]).doc("selective acknowledgement (RFC 2018)"),
            super::tcp_sack::blocks(),
        ),
        case(
            6,
            label("options.echo").doc("echo (RFC 1072)"),
            [be32("options.echo_value").doc("value").into()],
        ),
        case(
            7,
            label("options.echo_reply").doc("echo reply (RFC 1072)"),
            [be32("options.echo_value").doc("value").into()],
        ),
        case(
            8,
            label("options.timestamp").words(&[(8, "Timestamp")]).doc("time stamps (RFC 7323)"),
            [
                be32("options.timestamp.tsval").doc("time stamp value").into(),
                be32("options.timestamp.tsecr").doc("time stamp echo reply").into(),
            ],
        ),
        case(9, label("options.pocp").doc("partial order connection permitted (RFC 1693)"), []),
        case(
            10,
            label("options.pocsp").doc("partial order service profile (RFC 1693)"),
            [
                flag("options.pocsp.start").doc("start").into(),
                flag("options.pocsp.end").doc("end").into(),
                bits("options.pocsp.filler", 6).doc("filler").into(),
            ],
        ),
        case(
            11,
            label("options.cc").doc("connection count (RFC 1644)"),
            [be32("options.cc_value").doc("count").into()],
        ),
        case(
            12,
            label("options.ccnew").doc("connection count, new (RFC 1644)"),
            [be32("options.cc_value").doc("count").into()],
        ),
        case(
            13,
            label("options.ccecho").doc("connection count, echo (RFC 1644)"),
            [be32("options.cc_value").doc("count").into()],
        ),
        case(
            14,
            label("options.altcksum")
                .words(&[(14, "AltChkSum")])
                .doc("alternate checksum request (RFC 1146)"),
            [
                u8("options.altcksum.number").doc("algorithm").into(),
                crate::schema::built([be16("options.altcksum.written")
                    .hidden()
                    .doc("what scapy writes behind it")
                    .into()]),
            ],
        ),
        case(
            15,
            label("options.altcksumdata")
                .words(&[(15, "AltChkSumOpt")])
                .doc("alternate checksum data (RFC 1146)"),
            [bytes("options.altcksum.data", rest()).doc("data").into()],
        ),
        case(
            19,
            label("options.md5").words(&[(19, "MD5")]).doc("MD5 signature (RFC 2385)"),
            [bytes("options.md5.digest", rest()).doc("digest").into()],
        ),
        case(20, label("options.scps").doc("space communications (CCSDS 714.0-B)"), scps()),
        case(
            21,
            label("options.snack").doc("selective negative acknowledgement (CCSDS 714.0-B)"),
            [
                be16("options.snack.offset").doc("first of the missing octets, in segments").into(),
                be16("options.snack.size").doc("how much is missing, in segments").into(),
                bytes("options.snack.vector", rest()).doc("further gaps").into(),
            ],
        ),
        case(
            25,
            label("options.mood").words(&[(25, "Mood")]).doc("mood (RFC 5841)"),
            [text("options.mood_val", rest()).doc("mood").into()],
        ),
        case(
            27,
            label("options.qs").doc("quick-start response (RFC 4782)"),
            [
                bits("options.qs.reserved", 4).doc("reserved").into(),
                bits("options.qs.rate", 4).doc("rate").into(),
                u8("options.qs.ttl_diff").doc("TTL difference").into(),
                bits("options.qs.nonce", 30).hex().doc("nonce").into(),
                bits("options.qs.reserved2", 2).doc("reserved").into(),
            ],
        ),
        case(
            28,
            label("options.user_to").words(&[(28, "UTO")]).doc("user timeout (RFC 5482)"),
            [be16("options.user_to.whole").hidden().doc("unit and timeout").of([
                flag("options.user_to_granularity").doc("minutes rather than seconds"),
                bits("options.user_to_val", 15).doc("timeout"),
            ])],
        ),
        case(
            29,
            label("options.ao").words(&[(29, "AO")]).doc("authentication (RFC 5925)"),
            [
                u8("options.ao.keyid").doc("key").into(),
                u8("options.ao.rnextkeyid").doc("next key of the receiver").into(),
                bytes("options.ao.mac", rest()).doc("message authentication code").into(),
            ],
        ),
        case(30, label("options.mptcp").doc("multipath TCP (RFC 8684)"), super::mptcp::items()),
        case(
            34,
            label("options.tfo").words(&[(34, "TFO")]).doc("fast open (RFC 7413)"),
            [
                decoded([when(
                    ge("option_len", 3),
                    [bytes("options.tfo.cookie", rest()).doc("cookie").into()],
                )]),
                built([repeat(
                    label("options.tfo.written").hidden().doc("cookie as it is built"),
                    [be32("options.tfo.word").hidden().doc("four octets of the cookie").into()],
                )]),
            ],
        ),
        case(
            69,
            label("options.encryption_negotiation").doc("encryption negotiation (RFC 8547)"),
            [bytes("options.eno.suboptions", rest()).doc("suboptions").into()],
        ),
        case(
            172,
            label("options.acc_ecn_0").doc("accurate ECN, order 0 (RFC 9768)"),
            counters(["options.acc_ecn.ee0b", "options.acc_ecn.eceb", "options.acc_ecn.ee1b"]),
        ),
        case(
            174,
            label("options.acc_ecn_1").doc("accurate ECN, order 1 (RFC 9768)"),
            counters(["options.acc_ecn.ee1b", "options.acc_ecn.eceb", "options.acc_ecn.ee0b"]),
        ),
        case(253, label("options.experimental").doc("experiment (RFC 6994)"), experiment()),
        case(254, label("options.experimental2").doc("experiment (RFC 6994)"), experiment()),
    ])
    .other([bytes("options.data", rest()).alias("options.unknown.payload").doc("data").into()])
}

/// Octets counted by the receiver for each mark: as many of the three as the option has room for (RFC 9768 §3.2.3).
fn counters(names: [&'static str; 3]) -> [Item; 4] {
    let [first, second, third] = names.map(|name| {
        let doc = match name {
            "options.acc_ecn.ee0b" => "octets received with ECT(0)",
            "options.acc_ecn.ee1b" => "octets received with ECT(1)",
            _ => "octets received with CE",
        };
        when(Test::Ge(left(), lit(3)), [be24(name).unit("octets").doc(doc).into()])
    });
    [first, second, third, bytes("options.acc_ecn.counters", rest()).doc("further octets").into()]
}

/// What experiments are known by their identifiers (IANA "TCP Experimental Option Experiment Identifiers").
const EXPERIMENTS: &[(u64, &str)] = &[
    (0x00ac, "TARR"),
    (0x0348, "HOST_ID"),
    (0x348d, "TCP-ENO"),
    (0xacc0, "AccECN, order 0"),
    (0xacc1, "AccECN, order 1"),
    (0xacce, "AccECN"),
    (0xe2d4, "SMC-R"),
    (0xf989, "TFO"),
];

fn experiment() -> [Item; 2] {
    [
        be16("options.experimental.exid").hex().names(EXPERIMENTS).doc("experiment identifier").into(),
        switch(
            val("options.experimental.exid"),
            [
                (
                    0x00ac,
                    vec![when(
                        Test::Ge(left(), lit(1)),
                        [
                            bits("options.tarr.rate", 7)
                                .doc("segments an acknowledgement is asked for")
                                .into(),
                            bits("options.tarr.reserved", 1)
                                .alias("options.tar.reserved")
                                .doc("reserved")
                                .into(),
                        ],
                    )],
                ),
                (
                    0xacc0,
                    counters(["options.acc_ecn.ee0b", "options.acc_ecn.eceb", "options.acc_ecn.ee1b"]).into(),
                ),
                (
                    0xacc1,
                    counters(["options.acc_ecn.ee1b", "options.acc_ecn.eceb", "options.acc_ecn.ee0b"]).into(),
                ),
                (0xf989, vec![bytes("options.tfo.cookie", rest()).doc("cookie").into()]),
            ],
            vec![bytes("options.experimental.data", rest()).doc("data").into()],
        ),
    ]
}

/// Space communications (CCSDS 714.0-B-2 §3.2.3).
fn scps() -> [Item; 3] {
    [
        u8("options.scps.vector").hex().doc("capabilities").of([
            flag("options.scpsflags.bets").doc("partial reliability (BETS)"),
            flag("options.scpsflags.snack1").doc("short SNACK"),
            flag("options.scpsflags.snack2").doc("long SNACK"),
            flag("options.scpsflags.compress").doc("header compression"),
            flag("options.scpsflags.nlts").doc("time stamps of the network layer"),
            bits("options.scpsflags.reserved", 3).doc("reserved"),
        ]),
        u8("options.scps.binding").doc("connection").into(),
        repeat(
            label("options.scps.extended").doc("extended capabilities"),
            [
                bits("options.scps.binding.id", 4).doc("binding space").into(),
                bits("options.scps.binding.len", 4).doc("length in units of 2 octets").into(),
                bytes(
                    "options.scps.binding.data",
                    Size::Octets((val("options.scps.binding.len") * 2 - 1).min(left())),
                )
                .doc("data")
                .into(),
            ],
        ),
    ]
}

/// What a window is to be multiplied by (RFC 7323 §2.3), from the shift before the cursor.
fn multiplier(walk: &mut Walk<'_, '_>) {
    let Some(shift) = walk.header().last().copied() else { return };
    walk.emit("options.wscale.multiplier", walk.offset().saturating_sub(1), 1, 1 << shift.min(14));
}

/// The flags as Wireshark writes them, a dot for each that is not set.
fn letters(walk: &mut Walk<'_, '_>, high: u8, low: u8) {
    let (word, at) = (u16::from_be_bytes([high, low]), walk.layer_offset().saturating_add(12));
    walk.emit_made("flags.str", at, 2, |out| {
        for (letter, bit) in "RRRACEUAPRSF".chars().zip((0..12).rev()) {
            let shown = if word >> bit & 1 == 1 { letter } else { '·' };
            out.extend_from_slice(shown.encode_utf8(&mut [0; 4]).as_bytes());
        }
    });
}

fn after(walk: &mut Walk<'_, '_>) {
    let Some(header) = walk.header().first_chunk::<20>() else { return };
    let [p0, p1, q0, q1, _, _, _, _, _, _, _, _, offset, flags, _, _, c0, c1, _, _] = *header;
    if offset >> 4 < 5 {
        walk.malformed(20);
        walk.no_next();
        return;
    }
    let at = walk.layer_offset();
    let payload = walk.claimed_left();
    // Of a quoted segment, what the quotation has room for is no measure of it.
    if !walk.quoted() {
        walk.emit("len", at, 0, payload as u64);
    }
    if walk.asked_by_name() {
        letters(walk, offset, flags);
        super::tcp_sack::count(walk);
        emit_signs(walk);
        let here = walk.rest().len();
        if here > 0 {
            let name = if flags & 0x04 == 0 { "payload" } else { "reset_cause" };
            walk.emit(name, walk.offset(), here, 0);
        }
    }
    emit_status(walk, 6, u16::from_be_bytes([c0, c1]), 16);
    super::tcp_state::emit(walk);
    let (from, to) = (u16::from_be_bytes([p0, p1]), u16::from_be_bytes([q0, q1]));
    walk.set_ports(from, to);
    if !super::segments::join(walk) {
        walk.next_by_ports(TCP_PORT, from, to);
    }
}

/// Where the snap length cuts the header: its stream and numbers, up to the window.
fn short(walk: &mut Walk<'_, '_>) {
    let Some([.., offset, _, _, _]) = walk.layer_octets().first_chunk::<16>() else { return };
    let header = usize::from(offset >> 4).saturating_mul(4);
    if header < 20 {
        return;
    }
    let (at, here) = (walk.layer_offset(), walk.layer_octets().len());
    if let Some([.., high, low]) = walk.layer_octets().first_chunk::<14>() {
        letters(walk, *high, *low);
    }
    if walk.layer_octets().len() >= 20 {
        emit_signs(walk);
    }
    if !walk.quoted() {
        let whole = here.saturating_add(walk.claimed_left()).saturating_sub(walk.rest().len());
        walk.emit("len", at, 0, whole.saturating_sub(header) as u64);
    }
    if here >= 18 {
        walk.emit("checksum.status", at.saturating_add(16), 0, 2);
    }
    super::tcp_state::emit_numbers(walk);
}
