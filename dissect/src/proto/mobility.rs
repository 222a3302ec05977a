//! Mobile IPv6: the mobility header with its messages and options (RFC 6275, with RFC 3963, 4068, 5142, 5213, 5847).

use super::octets::Octets;
use crate::decode::Walk;
use crate::render::line::{Body, Line};
use crate::schema::{
    Checksum, Field, Fill, IP_PROTO, Item, Kind, Names, Protocol, Size, Span, Tlv, be16, be32, be64, bits,
    block, built, bytes, case, custom, decoded, flag, ipv4, ipv6, label, lit, mac, ntp_time, rest,
    shared_list, switch, text, u8, val,
};
use std::sync::LazyLock;

const MESSAGES: &[(u64, &str)] = &[
    (0, "Binding Refresh Request"),
    (1, "Home Test Init"),
    (2, "Care-of Test Init"),
    (3, "Home Test"),
    (4, "Care-of Test"),
    (5, "Binding Update"),
    (6, "Binding Acknowledgement"),
    (7, "Binding Error"),
    (8, "Fast Binding Update"),
    (9, "Fast Binding Acknowledgment"),
    (10, "Fast Neighbor Advertisement"),
    (11, "Experimental"),
    (12, "Home Agent Switch"),
    (13, "Heartbeat"),
    (14, "Handover Initiate"),
    (15, "Handover Acknowledge"),
    (16, "Binding Revocation"),
    (17, "Localized Routing Initiation"),
    (18, "Localized Routing Acknowledgment"),
];

const OPTIONS: &[(u64, &str)] = &[
    (0, "Pad1"),
    (1, "PadN"),
    (2, "Binding Refresh Advice"),
    (3, "Alternate Care-of Address"),
    (4, "Nonce Indices"),
    (5, "Binding Authorization Data"),
    (6, "Mobile Network Prefix"),
    (7, "Link-Layer Address"),
    (8, "Mobile Node Identifier"),
    (9, "Authentication"),
    (10, "Replay Protection"),
    (11, "CGA Parameters Request"),
    (12, "CGA Parameters"),
    (13, "Signature"),
    (14, "Permanent Home Keygen Token"),
    (15, "Care-of Test Init"),
    (16, "Care-of Test"),
    (22, "Home Network Prefix"),
    (23, "Handoff Indicator"),
    (24, "Access Technology Type"),
    (25, "Mobile Node Link-layer Identifier"),
    (26, "Link-local Address"),
    (27, "Timestamp"),
    (28, "Restart Counter"),
    (29, "IPv4 Home Address"),
    (30, "IPv4 Address Acknowledgement"),
    (33, "GRE Key"),
];

/// RFC 6275 §6.1.8.
const STATUS: &[(u64, &str)] = &[
    (0, "accepted"),
    (1, "accepted, prefix discovery necessary"),
    (128, "reason unspecified"),
    (129, "administratively prohibited"),
    (130, "insufficient resources"),
    (131, "home registration not supported"),
    (132, "not home subnet"),
    (133, "not home agent for this mobile node"),
    (134, "duplicate address detection failed"),
    (135, "sequence number out of window"),
    (136, "expired home nonce index"),
    (137, "expired care-of nonce index"),
    (138, "expired nonces"),
    (139, "registration type change disallowed"),
    (174, "invalid care-of address"),
];

const ERRORS: &[(u64, &str)] =
    &[(1, "unknown binding for the Home Address option"), (2, "unrecognised mobility header type")];

pub(super) fn mobility() -> Protocol {
    Protocol::new("mipv6", "Mobile IPv6")
        .alias("mip6")
        .layer("MIP6MH_Generic")
        .layer_as("MIP6MH_BRR", &[("=mip6.mhtype", 0)])
        .layer_as("MIP6MH_HoTI", &[("=mip6.mhtype", 1)])
        .layer_as("MIP6MH_CoTI", &[("=mip6.mhtype", 2)])
        .layer_as("MIP6MH_HoT", &[("=mip6.mhtype", 3)])
        .layer_as("MIP6MH_CoT", &[("=mip6.mhtype", 4)])
        .layer_as("MIP6MH_BU", &[("=mip6.mhtype", 5), ("=mip6.bu.lifetime", 3)])
        .layer_as("MIP6MH_BA", &[("=mip6.mhtype", 6)])
        .layer_as("MIP6MH_BE", &[("=mip6.mhtype", 7)])
        .laid_out("MIP6MH_Generic", "=mip6.mhtype", (0, 255), 255)
        .part("MIP6OptUnknown", "=mip6.option", &[])
        .part("MIP6OptLLAddr", "=mip6.option", &[("=mip6.mobility_opt", 7), ("=mip6.mobility_opt.len", 7)])
        // the lengths that scapy gives these are not those that they have
        .part("MIP6OptNonceIndices", "=mip6.option", &[("=mip6.mobility_opt", 4), ("=mip6.mobility_opt.len", 16)])
        .part("MIP6OptBindingAuthData", "=mip6.option", &[("=mip6.mobility_opt", 5), ("=mip6.mobility_opt.len", 16)])
        .source("RFC 6275 §6.1, §6.2")
        .on(IP_PROTO, &[135])
        .heads(&["mip6"])
        .leads(&[IP_PROTO])
        .later(fields)
        .summary(summary)
        .sample("02000000000202000000000186dd600000000038874020010db800000000000000000000000120010db80000000000000000000000023b06050057920007d00000400100031020010db800000000000000000000000904040003000401020000050c000000000000000000000000")
        .sample("02000000000202000000000186dd600000000010874020010db800000000000000000000000120010db80000000000000000000000023b010600605000800007001002020009")
        .sample("02000000000202000000000186dd600000000018874020010db800000000000000000000000120010db80000000000000000000000023b020300037a000531323334353637386162636465666768")
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    protocol
        .field(
            u8("=mip6.proto")
                .craft("nh")
                .default(59)
                .next(IP_PROTO)
                .named_by(super::ip_protocol_name)
                .doc("next header"),
        )
        .field(
            u8("=mip6.hlen")
                .craft("len")
                .len_of(Span::Header, 8, -1)
                .doc("length in units of 8 octets, the first not counted"),
        )
        .field(u8("=mip6.mhtype").craft("mhtype").names(MESSAGES).doc("message"))
        .field(u8("=mip6.reserved").craft("res").hex().doc("reserved"))
        .field(be16("=mip6.csum").craft("cksum").hex().sum(Checksum::Pseudo).doc("checksum"))
        .field(super::ipv6_options::padded())
        .field(block(
            label("=mip6.message").doc("message data").hidden(),
            Size::Octets(val("=mip6.hlen") * 8 + 2),
            [switch(
                val("=mip6.mhtype"),
                messages(),
                vec![
                    bytes("=mip6.unknown_type_data", rest())
                        .craft("msg")
                        .default_bytes(&[0; 2])
                        .doc("message data")
                        .into(),
                ],
            )],
        ))
}

fn reserved() -> Item {
    be16("=mip6.reserved16").craft("reserved").craft("res2").takes_octets().hex().doc("reserved").into()
}

fn token(name: &'static str, craft: &'static str, doc: &'static str) -> Item {
    be64(name).craft(craft).takes_octets().hex().doc(doc).into()
}

fn lifetime(name: &'static str) -> Item {
    be16(name).craft("mhtime").doc("lifetime, 4 s each").into()
}

fn messages() -> [(u64, Vec<Item>); 12] {
    let sequence = |name: &'static str| -> Item { be16(name).craft("seq").doc("sequence number").into() };
    [
        (0, vec![reserved(), options()]),
        (1, vec![reserved(), token("=mip6.hoti.cookie", "cookie", "home init cookie"), options()]),
        (2, vec![reserved(), token("=mip6.coti.cookie", "cookie", "care-of init cookie"), options()]),
        (
            3,
            vec![
                be16("=mip6.hot.nindex").craft("index").doc("home nonce index").into(),
                token("=mip6.hot.cookie", "cookie", "home init cookie"),
                token("=mip6.hot.token", "token", "keygen token"),
                options(),
            ],
        ),
        (
            4,
            vec![
                be16("=mip6.cot.nindex").craft("index").doc("care-of nonce index").into(),
                token("=mip6.cot.cookie", "cookie", "care-of init cookie"),
                token("=mip6.hot.token", "token", "keygen token"),
                options(),
            ],
        ),
        (
            5,
            vec![
                sequence("=mip6.bu.seqnr"),
                built([
                    bits("=mip6.bu.written_flags", 7)
                        .craft("flags")
                        .letters(&["P", "R", "M", "K", "L", "H", "A"])
                        .default(0x68)
                        .hidden()
                        .doc("flags")
                        .into(),
                    bits("=mip6.bu.written_reserved", 9).craft("reserved").hidden().doc("reserved").into(),
                ]),
                decoded([be16("=mip6.bu.flags").hex().doc("flags").of([
                    flag("=mip6.bu.a_flag").doc("acknowledge"),
                    flag("=mip6.bu.h_flag").doc("home registration"),
                    flag("=mip6.bu.l_flag").doc("link-local address compatibility"),
                    flag("=mip6.bu.k_flag").doc("key management mobility capability"),
                    flag("=mip6.bu.m_flag").doc("mobility anchor point registration"),
                    flag("=mip6.nemo.bu.r_flag").doc("mobile router"),
                    flag("=mip6.bu.p_flag").doc("proxy registration"),
                    flag("=mip6.bu.f_flag").doc("UDP encapsulation forced"),
                    flag("=mip6.bu.t_flag").doc("TLV header"),
                    flag("=mip6.bu.b_flag").doc("bulk binding update"),
                    bits("=mip6.bu.reserved", 6).hex().doc("reserved"),
                ])]),
                lifetime("=mip6.bu.lifetime"),
                options(),
            ],
        ),
        (
            6,
            vec![
                u8("=mip6.ba.status").craft("status").names(STATUS).doc("status").into(),
                built([
                    bits("=mip6.ba.written_flags", 3)
                        .craft("flags")
                        .letters(&["P", "R", "K"])
                        .default(4)
                        .hidden()
                        .doc("flags")
                        .into(),
                    bits("=mip6.ba.written_reserved", 5).craft("res2").hidden().doc("reserved").into(),
                ]),
                decoded([u8("=mip6.ba.flags").hex().doc("flags").of([
                    flag("=mip6.ba.k_flag").doc("key management mobility capability"),
                    flag("=mip6.nemo.ba.r_flag").doc("mobile router"),
                    flag("=mip6.ba.p_flag").doc("proxy registration"),
                    flag("=mip6.ba.t_flag").doc("TLV header"),
                    flag("=mip6.ba.b_flag").doc("bulk binding update"),
                    bits("=mip6.ba.reserved", 3).doc("reserved"),
                ])]),
                sequence("=mip6.ba.seqnr"),
                lifetime("=mip6.ba.lifetime"),
                options(),
            ],
        ),
        (
            7,
            vec![
                u8("=mip6.be.status").craft("status").names(ERRORS).doc("status").into(),
                u8("=mip6.be.reserved").craft("reserved").doc("reserved").into(),
                ipv6("=mip6.be.haddr").craft("ha").doc("home address").into(),
                options(),
            ],
        ),
        (
            8,
            vec![
                sequence("=mip6.fbu.seqnr"),
                be16("=mip6.fbu.flags").hex().doc("flags").of([
                    flag("=mip6.fbu.a_flag").doc("acknowledge"),
                    flag("=mip6.fbu.h_flag").doc("home registration"),
                    flag("=mip6.fbu.l_flag").doc("link-local address compatibility"),
                    flag("=mip6.fbu.k_flag").doc("key management mobility capability"),
                    bits("=mip6.fbu.reserved", 12).hex().doc("reserved"),
                ]),
                lifetime("=mip6.fbu.lifetime"),
                options(),
            ],
        ),
        (
            9,
            vec![
                u8("=mip6.fback.status").names(STATUS).doc("status").into(),
                u8("=mip6.fback.flags").hex().doc("flags").of([
                    flag("=mip6.fback.k_flag").doc("key management mobility capability"),
                    bits("=mip6.fback.reserved", 7).doc("reserved"),
                ]),
                sequence("=mip6.fback.seqnr"),
                lifetime("=mip6.fback.lifetime"),
                options(),
            ],
        ),
        (
            12,
            vec![
                u8("=mip6.has.num_addrs").count_of("=mip6.has.addresses").doc("addresses").into(),
                u8("=mip6.has.reserved").doc("reserved").into(),
                crate::schema::times(
                    label("=mip6.has.addresses").doc("addresses").hidden(),
                    val("=mip6.has.num_addrs"),
                    [ipv6("=mip6.has.address").doc("address of a home agent").into()],
                ),
                options(),
            ],
        ),
        (
            13,
            vec![
                be16("=mip6.hb.flags").hex().doc("flags").of([
                    bits("=mip6.hb.reserved", 14).hex().doc("reserved"),
                    flag("=mip6.hb.u_flag").doc("unsolicited"),
                    flag("=mip6.hb.r_flag").doc("response"),
                ]),
                be32("=mip6.hb.seqnr").doc("sequence number").into(),
                options(),
            ],
        ),
    ]
}

fn entry(name: &'static str) -> Field {
    label(name)
}

fn options() -> Item {
    static LIST: LazyLock<Tlv> = LazyLock::new(option_list);
    shared_list(&LIST)
}

fn option_list() -> Tlv {
    Tlv::new(
        entry("=mip6.option").craft("options").fill(Fill::Options(1)).doc("option"),
        u8("=mip6.mobility_opt").craft("otype").default(6).names(OPTIONS).doc("option"),
        u8("=mip6.mobility_opt.len").craft("olen").unit("octets").doc("length"),
    )
    .body_len()
    .single(&[0])
    .cases([
        case(
            0,
            entry("=mip6.option.pad1").alias("=mip6.options.pad1").craft("MIP6OptPad1").doc("padding"),
            [],
        ),
        case(
            1,
            entry("=mip6.option.padn").alias("=mip6.options.padn").craft("MIP6OptPadN").doc("padding"),
            [bytes("=mip6.padn", rest()).craft("odata").doc("padding").into()],
        ),
        case(
            2,
            entry("=mip6.bra")
                .alias("=mip6.options.bra")
                .craft("MIP6OptBRAdvice")
                .aligned(2, 0)
                .doc("binding refresh advice"),
            [be16("=mip6.bra.interval").craft("rinter").doc("refresh interval, 4 s each").into()],
        ),
        case(
            3,
            entry("=mip6.acoa")
                .alias("=mip6.options.acoa")
                .craft("MIP6OptAltCoA")
                .aligned(8, 6)
                .doc("alternate care-of address"),
            [ipv6("=mip6.acoa.acoa").craft("acoa").doc("care-of address").into()],
        ),
        case(
            4,
            entry("=mip6.ni").alias("=mip6.options.ni").aligned(2, 0).doc("nonce indices"),
            [
                be16("=mip6.ni.hni").craft("hni").doc("home nonce index").into(),
                be16("=mip6.ni.cni").craft("coni").doc("care-of nonce index").into(),
            ],
        ),
        case(
            5,
            entry("=mip6.bad")
                .alias("=mip6.options.bad_auth")
                .aligned(8, 2)
                .doc("binding authorization data"),
            [
                decoded([bytes("=mip6.bad.auth", rest()).craft("authenticator").doc("authenticator").into()]),
                built([bytes("=mip6.bad.written", Size::Octets(lit(12)))
                    .craft("authenticator")
                    .hidden()
                    .doc("authenticator")
                    .into()]),
            ],
        ),
        case(
            6,
            entry("=mip6.nemo.mnp")
                .alias("=mip6.options.mnp")
                .craft("MIP6OptMobNetPrefix")
                .aligned(8, 4)
                .doc("mobile network prefix"),
            prefix(),
        ),
        case(
            7,
            entry("=mip6.lla.option").alias("=mip6.options.mhlla").doc("link-layer address"),
            [
                u8("=mip6.lla.optcode").craft("ocode").default(2).doc("whose address").into(),
                decoded([bytes("=mip6.lla", rest()).craft("lla").doc("link-layer address").into()]),
                built([
                    u8("=mip6.lla.written_pad").craft("pad").hidden().doc("padding").into(),
                    mac("=mip6.lla.written").craft("lla").hidden().doc("link-layer address").into(),
                ]),
            ],
        ),
        case(
            8,
            entry("=mip6.mnid")
                .alias("=mip6.options.mnid")
                .craft("MIP6OptMNID")
                .doc("mobile node identifier"),
            [
                u8("=mip6.mnid.subtype")
                    .craft("subtype")
                    .default(1)
                    .names(&[(1, "NAI"), (2, "IPv6 address"), (3, "IMSI")])
                    .doc("kind")
                    .into(),
                text("=mip6.mnid.identifier", rest()).craft("id").doc("identifier").into(),
            ],
        ),
        case(
            9,
            entry("=mip6.auth")
                .alias("=mip6.options.auth")
                .craft("MIP6OptMsgAuth")
                .aligned(4, 1)
                .doc("authentication"),
            [
                u8("=mip6.auth.subtype")
                    .craft("subtype")
                    .default(1)
                    .names(&[(1, "mobile node and home agent"), (2, "mobile node and AAA")])
                    .doc("between")
                    .into(),
                be32("=mip6.auth.mobility_spi").craft("mspi").hex().doc("security parameters index").into(),
                bytes("=mip6.auth.auth_data", rest())
                    .craft("authdata")
                    .default_bytes(b"AAAAAAAAAAAA")
                    .doc("authentication data")
                    .into(),
            ],
        ),
        case(
            10,
            entry("=mip6.mseg_id")
                .alias("=mip6.options.mseg_id")
                .craft("MIP6OptReplayProtection")
                .aligned(8, 2)
                .doc("replay protection"),
            [
                decoded([ntp_time("=mip6.mseg_id.timestamp").craft("timestamp").doc("time").into()]),
                built([be64("=mip6.mseg_id.written").craft("timestamp").hidden().doc("time").into()]),
            ],
        ),
        case(
            11,
            entry("=mip6.cgapr")
                .alias("=mip6.options.cgapr")
                .craft("MIP6OptCGAParamsReq")
                .doc("CGA parameters request"),
            [],
        ),
        case(
            12,
            entry("=mip6.cgar").alias("=mip6.options.cgar").craft("MIP6OptCGAParams").doc("CGA parameters"),
            [bytes("=mip6.cgar.cga_par", rest()).craft("cgaparams").doc("parameters").into()],
        ),
        case(
            13,
            entry("=mip6.sign").alias("=mip6.options.sign").craft("MIP6OptSignature").doc("signature"),
            [bytes("=mip6.sign.sign", rest()).craft("sig").doc("signature").into()],
        ),
        case(
            14,
            entry("=mip6.phkt")
                .alias("=mip6.options.phkt")
                .craft("MIP6OptHomeKeygenToken")
                .doc("permanent home keygen token"),
            [bytes("=mip6.phkt.phkt", rest()).craft("hkt").doc("token").into()],
        ),
        case(
            15,
            entry("=mip6.mocoti")
                .alias("=mip6.options.coti")
                .craft("MIP6OptCareOfTestInit")
                .doc("care-of test init"),
            [],
        ),
        case(
            16,
            entry("=mip6.mocot").alias("=mip6.options.cot").craft("MIP6OptCareOfTest").doc("care-of test"),
            [bytes("=mip6.mocot.co_keygen_tok", rest())
                .craft("cokt")
                .default_bytes(&[0; 8])
                .doc("care-of keygen token")
                .into()],
        ),
        case(22, entry("=mip6.hnp").alias("=mip6.options.hnp").doc("home network prefix"), prefix()),
        case(
            23,
            entry("=mip6.hi.option").alias("=mip6.options.hi").doc("handoff indicator"),
            [u8("=mip6.hi.reserved").doc("reserved").into(), u8("=mip6.hi").doc("kind of handoff").into()],
        ),
        case(
            24,
            entry("=mip6.att.option").alias("=mip6.options.att").doc("access technology"),
            [
                u8("=mip6.att.reserved").doc("reserved").into(),
                u8("=mip6.att").doc("access technology").into(),
            ],
        ),
        case(
            25,
            entry("=mip6.mnlli").alias("=mip6.options.mnlli").doc("mobile node link-layer identifier"),
            [
                be16("=mip6.mnlli.reserved").doc("reserved").into(),
                bytes("=mip6.mnlli.lli", rest()).doc("identifier").into(),
            ],
        ),
        case(
            26,
            entry("=mip6.lila").doc("link-local address"),
            [ipv6("=mip6.lila_lla").doc("address").into()],
        ),
        case(
            27,
            entry("=mip6.timestamp").alias("=mip6.options.ts").doc("time stamp"),
            [custom([be64("=mip6.timestamp_tmp").kind(Kind::Time).doc("time")], timestamp)],
        ),
        case(
            28,
            entry("=mip6.rc.option").alias("=mip6.options.rc").doc("restart counter"),
            [be32("=mip6.rc").doc("restart counter").into()],
        ),
        case(
            29,
            entry("=mip6.ipv4ha").alias("=mip6.options.ipv4ha").doc("IPv4 home address"),
            [
                bits("=mip6.ipv4ha.preflen", 6).doc("prefix length").into(),
                flag("=mip6.ipv4ha.p_flag").doc("mobile network prefix").into(),
                bits("=mip6.ipv4ha.reserved", 9).doc("reserved").into(),
                ipv4("=mip6.ipv4ha.ha").doc("home address").into(),
            ],
        ),
    ])
    .other([bytes("=mip6.option.data", rest()).craft("odata").doc("content").into()])
}

/// Seconds since 1970 in 48 bits, and a fraction in 16 (RFC 5213 §8.8).
fn timestamp(walk: &mut Walk<'_, '_>) {
    let Some(octets) = walk.rest().first_chunk::<8>().copied() else {
        walk.missing(8);
        return;
    };
    let value = u64::from_be_bytes(octets);
    let nanos = (value & 0xffff).wrapping_mul(1_000_000_000) >> 16;
    let time = (value >> 16).wrapping_mul(1_000_000_000).wrapping_add(nanos);
    walk.emit("=mip6.timestamp_tmp", walk.offset(), 8, time);
    walk.advance(8);
}

fn prefix() -> [Item; 3] {
    [
        u8("=mip6.nemo.mnp.reserved").craft("reserved").doc("reserved").into(),
        u8("=mip6.nemo.mnp.pfl").craft("plen").default(64).doc("prefix length").into(),
        ipv6("=mip6.nemo.mnp.mnp").craft("prefix").doc("prefix").into(),
    ]
}

const SHORT: &[(u64, &str)] =
    &[(0, "BRR"), (1, "HoTI"), (2, "CoTI"), (3, "HoT"), (4, "CoT"), (5, "BU"), (6, "BA"), (7, "BE")];

fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    line.hosts();
    let mut octets = Octets::of(body);
    let (Some(_), Some(length), Some(kind), Some(_), Some(_)) =
        (octets.u8(), octets.u8(), octets.u8(), octets.u8(), octets.u16())
    else {
        line.cut("MOBILITY", body);
        return;
    };
    line.text("mobility: ");
    match Names::List(SHORT).get(u64::from(kind)) {
        Some(name) => line.text(name),
        None => {
            line.text("type-#");
            line.number(u64::from(kind));
            line.text(" len=");
            line.number(u64::from(length));
            return;
        }
    }
    if message(line, &mut octets, kind).is_none() {
        line.cut("MOBILITY", body);
        return;
    }
    if line.style.verbose == 0 {
        return;
    }
    let size = usize::from(length).saturating_mul(8).saturating_add(8);
    let used = body.data.len().saturating_sub(octets.left().len());
    let _ = entries(line, octets.take_up_to(size.saturating_sub(used)));
}

fn message(line: &mut Line<'_, '_>, octets: &mut Octets<'_>, kind: u8) -> Option<()> {
    let pair = |line: &mut Line<'_, '_>, what: &str, octets: &mut Octets<'_>| {
        let (high, low) = (octets.u32()?, octets.u32()?);
        if line.style.verbose > 0 {
            line.text(what);
            super::put::hex_octets(line.out, &high.to_be_bytes(), None);
            line.text(":");
            super::put::hex_octets(line.out, &low.to_be_bytes(), None);
        }
        Some(())
    };
    match kind {
        0 => {
            octets.u16()?;
        }
        1 | 2 => {
            octets.u16()?;
            pair(line, if kind == 1 { " Home Init Cookie=" } else { " Care-of Init Cookie=" }, octets)?;
        }
        3 | 4 => {
            let home = kind == 3;
            line.text(" nonce id=0x");
            super::put::hex(line.out, u64::from(octets.u16()?));
            pair(line, if home { " Home Init Cookie=" } else { " Care-of Init Cookie=" }, octets)?;
            pair(line, if home { " Home Keygen Token=" } else { " Care-of Keygen Token=" }, octets)?;
        }
        5 => {
            line.text(" seq#=");
            line.number(u64::from(octets.u16()?));
            let flags = octets.u16()?;
            if flags & 0xf000 != 0 {
                line.text(" ");
            }
            for (bit, name) in [(0x8000, "A"), (0x4000, "H"), (0x2000, "L"), (0x1000, "K")] {
                line.text(if flags & bit == 0 { "" } else { name });
            }
            line.text(" lifetime=");
            line.number(u64::from(octets.u16()?).saturating_mul(4));
        }
        6 => {
            line.text(" status=");
            line.number(u64::from(octets.u8()?));
            if octets.u8()? & 0x80 != 0 {
                line.text(" K");
            }
            line.text(" seq#=");
            line.number(u64::from(octets.u16()?));
            line.text(" lifetime=");
            line.number(u64::from(octets.u16()?).saturating_mul(4));
        }
        _ => {
            line.text(" status=");
            line.number(u64::from(octets.u8()?));
            octets.u8()?;
            line.text(" homeaddr ");
            line.ipv6(octets.array()?);
        }
    }
    Some(())
}

/// Options as `(alt-CoA: 2001:db8::9)`.
fn entries(line: &mut Line<'_, '_>, octets: &[u8]) -> Option<()> {
    let mut octets = Octets::new(octets);
    while let Some(kind) = octets.u8() {
        if kind == 0 {
            line.text("(pad1)");
            continue;
        }
        let length = octets.u8()?;
        let mut value = Octets::new(octets.take(usize::from(length))?);
        match kind {
            1 => line.text("(padn)"),
            2 => {
                line.text("(refresh: ");
                line.number(u64::from(value.u16()?).saturating_mul(4));
                line.text(")");
            }
            3 => {
                line.text("(alt-CoA: ");
                line.ipv6(value.array()?);
                line.text(")");
            }
            4 => {
                line.text("(ni: ho=");
                line.hex(u64::from(value.u16()?), 4);
                line.text(" co=");
                line.hex(u64::from(value.u16()?), 4);
                line.text(")");
            }
            5 => line.text("(auth)"),
            _ => {
                line.text("(type-");
                line.hex(u64::from(kind), 2);
                line.text(": len=");
                line.number(u64::from(length));
                line.text(")");
            }
        }
    }
    Some(())
}
