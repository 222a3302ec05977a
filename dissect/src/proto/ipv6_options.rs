//! Hop-by-hop and destination options of IPv6, RFC 8200 §4.3 and §4.6, with the options of the IANA registry
//! "Destination Options and Hop-by-Hop Options".

use super::ipv6::next_header;
use crate::decode::{Network, Walk};
use crate::render::line::{Body, Line};
use crate::schema::{
    Expr, IP_PROTO, Item, Protocol, Size, Span, Tlv, be16, be32, bits, block, bytes, case, custom, eq, flag,
    ipv6, label, rest, switch, text, u8, val, when,
};

const ACTIONS: &[(u64, &str)] =
    &[(0, "skip"), (1, "discard"), (2, "discard, send ICMP"), (3, "discard, send ICMP unless multicast")];

/// RFC 2711, and the IANA registry "IPv6 Router Alert Option Values".
const ROUTER_ALERT: &[(u64, &str)] =
    &[(0, "MLD"), (1, "RSVP"), (2, "Active Networks"), (68, "NSIS NATFW NSLP"), (69, "MPLS OAM")];

fn header(name: &'static str, title: &'static str, number: u64) -> Protocol {
    Protocol::new(name, title).on(IP_PROTO, &[number]).later(fields).leads(&[IP_PROTO]).summary(summary)
}

/// Header.
fn fields(protocol: Protocol) -> Protocol {
    protocol
        .field(
            u8("nxt")
                .craft("nh")
                .default(59)
                .next(IP_PROTO)
                .named_by(super::ip_protocol_name)
                .doc("next header"),
        )
        .field(u8("len").len_of(Span::Header, 8, -1).doc("length in units of 8 octets, without the first"))
        .field(custom([be16("len_oct").unit("octets").hidden().doc("length")], length_in_octets))
        .field(padded())
        .field(block(
            label("options").craft("options").fill(crate::schema::Fill::Options(1)).doc("options"),
            Size::Octets(val("len") * 8 + 6),
            [options().into()],
        ))
}

/// Whether options are padded to where they belong: no octets, but the crafter looks at it.
pub(super) fn padded() -> Item {
    let field = u8("autopad").craft("autopad").default(1).hidden();
    crate::schema::crafted([crate::schema::custom_both(
        [field.doc("options are padded to where they belong")],
        |_| {},
        |_| {},
    )])
}

/// Emits the header's length, which stands in front of the cursor, in octets.
pub(super) fn length_in_octets(walk: &mut Walk<'_, '_>) {
    let Some(units) = walk.header().last() else { return };
    let octets = u64::from(*units).saturating_mul(8).saturating_add(8);
    walk.emit("len_oct", walk.offset().saturating_sub(1), 1, octets);
}

pub(super) fn hop_by_hop() -> Protocol {
    header("ipv6.hopopts", "IPv6 hop-by-hop options", 0)
        .layer("IPv6ExtHdrHopByHop")
        .part("HBHOptUnknown", "=ipv6.opt", &[("=ipv6.opt.type", 1)])
        .source("RFC 8200 §4.3")
        .sample(concat!(
            "333300000016 020000000001 86dd 60000000 0024 00 01 fe800000000000000000000000000001",
            "ff020000000000000000000000000016 3a00 0502 0000 0100",
            "8f00 8a22 0000 0001 04000000 ff0200000000000000000001ff000001"
        ))
}

pub(super) fn destination() -> Protocol {
    header("ipv6.dstopts", "IPv6 destination options", 60)
        .layer("IPv6ExtHdrDestOpt")
        .source("RFC 8200 §4.6")
        .after(home_address)
        .sample(concat!(
            "020000000002 020000000001 86dd 60000000 0018 3c 40 fe800000000000000000000000000001",
            "fe800000000000000000000000000002 3b02 0102 0000 c910 20010db8000000000000000000000001"
        ))
}

/// RFC 6275 §6.3: checksums are over the home address, not the one on the wire.
fn home_address(walk: &mut Walk<'_, '_>) {
    let mut options = walk.header().get(2..).unwrap_or_default();
    while let [kind, after @ ..] = options {
        if *kind == 0 {
            options = after;
            continue;
        }
        let Some((len, after)) = after.split_first() else { return };
        if *kind == 201
            && let Some(home) = after.first_chunk::<16>()
            && let Network::V6(_, destination) = walk.network()
        {
            walk.set_network(Network::V6(*home, destination));
            return;
        }
        options = after.get(usize::from(*len)..).unwrap_or_default();
    }
}

fn options() -> Tlv {
    let octets = |size: Expr| Size::Octets(size);
    let mut list =
        Tlv::new(label("=ipv6.opt").doc("unknown option"), u8("=ipv6.opt.type"), u8("=ipv6.opt.length"))
            .body_len();
    list.head = vec![
        Item::Group(
            u8("=ipv6.opt.type").craft("otype").hex().doc("type"),
            vec![
                bits("=ipv6.opt.type.action", 2).names(ACTIONS).doc("if unknown").into(),
                flag("=ipv6.opt.type.change").doc("may change on the way").into(),
                bits("=ipv6.opt.type.rest", 5).hex().doc("low bits").into(),
            ]
            .into(),
        ),
        u8("=ipv6.opt.length").craft("optlen").unit("octets").doc("length").into(),
    ];
    let experiments = [0x1e, 0x3e, 0x5e, 0x7e, 0x9e, 0xbe, 0xde, 0xfe].map(|kind| {
        case(
            kind,
            label("=ipv6.opt.experiment").doc("experiment (RFC 4727)"),
            [bytes("=ipv6.opt.experimental", rest()).doc("data").into()],
        )
    });
    list.single(&[0])
        .cases(experiments)
        .cases([
            case(0, label("=ipv6.opt.pad1").craft("Pad1").doc("padding of one octet"), []),
            case(
                1,
                label("=ipv6.opt.pad").craft("PadN").doc("padding"),
                [bytes("=ipv6.opt.padn", rest()).craft("optdata").doc("octets").into()],
            ),
            case(
                4,
                label("=ipv6.opt.tunnel_limit").doc("tunnel encapsulation limit (RFC 2473)"),
                [u8("=ipv6.opt.tel").doc("limit").into()],
            ),
            case(
                5,
                label("=ipv6.opt.alert").craft("RouterAlert").aligned(2, 0).doc("router alert (RFC 2711)"),
                [be16("=ipv6.opt.router_alert").craft("value").names(ROUTER_ALERT).doc("value").into()],
            ),
            case(
                7,
                label("=ipv6.opt.calipso").doc("CALIPSO security label (RFC 5570)"),
                [
                    be32("=ipv6.opt.calipso.doi").doc("domain of interpretation").into(),
                    u8("=ipv6.opt.calipso.cmpt.length").doc("compartment length in units of 4 octets").into(),
                    u8("=ipv6.opt.calipso.sens_level").doc("sensitivity level").into(),
                    be16("=ipv6.opt.calipso.checksum").hex().doc("checksum").into(),
                    bytes("=ipv6.opt.calipso.cmpt_bitmap", octets(val("=ipv6.opt.calipso.cmpt.length") * 4))
                        .doc("compartment bitmap")
                        .into(),
                ],
            ),
            case(
                8,
                label("=ipv6.opt.smf_dpd")
                    .doc("duplicate detection of simplified multicast forwarding (RFC 6621)"),
                duplicate_detection(),
            ),
            case(15, label("=ipv6.opt.pdm").doc("performance and diagnostic metrics (RFC 8250)"), metrics()),
            case(0x11, label("=ipv6.opt.ioam").doc("in-situ OAM (RFC 9486)"), super::ioam::items()),
            case(0x31, label("=ipv6.opt.ioam").doc("in-situ OAM (RFC 9486)"), super::ioam::items()),
            case(0x23, label("=ipv6.opt.rpl").doc("RPL information (RFC 9008)"), rpl()),
            case(0x63, label("=ipv6.opt.rpl").doc("RPL information (RFC 6553)"), rpl()),
            case(
                0x26,
                label("=ipv6.opt.quick_start").doc("quick start (RFC 4782)"),
                [
                    bits("=ipv6.opt.qs_func", 4).doc("function").into(),
                    bits("=ipv6.opt.qs_rate", 4).doc("rate").into(),
                    switch(
                        val("=ipv6.opt.qs_func"),
                        [(8, vec![u8("=ipv6.opt.qs_unused").doc("not used in a report").into()])],
                        vec![u8("=ipv6.opt.qs_ttl").doc("TTL").into()],
                    ),
                    bits("=ipv6.opt.qs_nonce", 30).hex().doc("nonce").into(),
                    bits("=ipv6.opt.qs_reserved", 2).doc("reserved").into(),
                ],
            ),
            case(
                0x30,
                label("=ipv6.opt.pmtu").doc("minimum path MTU (RFC 9268)"),
                [
                    be16("=ipv6.opt.pmtu.min").unit("octets").doc("minimum so far").into(),
                    bits("=ipv6.opt.pmtu.rtn", 15).scale(2).unit("octets").doc("returned").into(),
                    flag("=ipv6.opt.pmtu.r_flag").doc("report back").into(),
                ],
            ),
            case(
                0x6d,
                label("=ipv6.opt.mpl").doc("multicast for low-power networks (RFC 7731)"),
                multicast(),
            ),
            case(
                0x8b,
                label("=ipv6.opt.ilnp").doc("ILNP nonce (RFC 6744)"),
                [bytes("=ipv6.opt.ilnp_nonce", rest()).doc("nonce").into()],
            ),
            case(
                0x8c,
                label("=ipv6.opt.lio").doc("line identification (RFC 6788)"),
                [
                    u8("=ipv6.opt.lio.length").unit("octets").doc("length").into(),
                    text("=ipv6.opt.lio.line_id", octets(val("=ipv6.opt.lio.length"))).doc("line").into(),
                ],
            ),
            case(
                0xc2,
                label("=ipv6.opt.jumbogram").craft("Jumbo").aligned(4, 2).doc("jumbo payload (RFC 2675)"),
                [be32("=ipv6.opt.jumbo").craft("jumboplen").unit("octets").doc("payload length").into()],
            ),
            case(
                0xc9,
                label("=ipv6.opt.home_address").craft("HAO").aligned(8, 6).doc("home address (RFC 6275)"),
                [ipv6("=ipv6.opt.mipv6.home_address").craft("hoa").doc("home address").into()],
            ),
            case(0xee, label("=ipv6.opt.dff").doc("depth-first forwarding (RFC 6971)"), depth_first()),
        ])
        .other([bytes("=ipv6.opt.unknown", rest())
            .alias("=ipv6.opt_unknown_data")
            .craft("optdata")
            .doc("data")
            .into()])
}

fn duplicate_detection() -> [Item; 3] {
    [
        flag("=ipv6.opt.smf_dpd.hash_bit").doc("hash").into(),
        when(
            eq("=ipv6.opt.smf_dpd.hash_bit", 1),
            [
                bits("=ipv6.opt.smf_dpd.hav_high", 7).hex().doc("hash assist value, first bits").into(),
                bytes("=ipv6.opt.smf_dpd.hav", rest()).doc("hash assist value").into(),
            ],
        ),
        when(
            eq("=ipv6.opt.smf_dpd.hash_bit", 0),
            [
                bits("=ipv6.opt.smf_dpd.tid_type", 3).doc("tagger identifier type").into(),
                bits("=ipv6.opt.smf_dpd.tid_len", 4).doc("tagger identifier length, less one").into(),
                when(
                    crate::schema::ne("=ipv6.opt.smf_dpd.tid_type", 0),
                    [bytes(
                        "=ipv6.opt.smf_dpd.tagger_id",
                        Size::Octets(val("=ipv6.opt.smf_dpd.tid_len") + 1),
                    )
                    .doc("tagger identifier")
                    .into()],
                ),
                bytes("=ipv6.opt.smf_dpd.ident", rest()).doc("packet identifier").into(),
            ],
        ),
    ]
}

fn metrics() -> [Item; 6] {
    [
        u8("=ipv6.opt.pdm.scale_dtlr").doc("scale of time since last received").into(),
        u8("=ipv6.opt.pdm.scale_dtls").doc("scale of time since last sent").into(),
        be16("=ipv6.opt.pdm.psn_this_pkt").doc("sequence number of this packet").into(),
        be16("=ipv6.opt.pdm.psn_last_recv").doc("sequence number last received").into(),
        be16("=ipv6.opt.pdm.delta_last_recv").doc("time since last received").into(),
        be16("=ipv6.opt.pdm.delta_last_sent").doc("time since last sent").into(),
    ]
}

fn rpl() -> [Item; 4] {
    [
        u8("=ipv6.opt.rpl.flag").hex().doc("flags").of([
            flag("=ipv6.opt.rpl.flag.o").doc("down"),
            flag("=ipv6.opt.rpl.flag.r").doc("rank error"),
            flag("=ipv6.opt.rpl.flag.f").doc("forwarding error"),
            bits("=ipv6.opt.rpl.flag.rsv", 5).hex().doc("reserved"),
        ]),
        u8("=ipv6.opt.rpl.instance_id").hex().doc("instance").into(),
        be16("=ipv6.opt.rpl.sender_rank").hex().doc("rank of the sender").into(),
        bytes("=ipv6.opt.rpl.tlvs", rest()).doc("sub-TLVs").into(),
    ]
}

fn multicast() -> [Item; 3] {
    [
        u8("=ipv6.opt.mpl.flag").hex().doc("flags").of([
            bits("=ipv6.opt.mpl.flag.s", 2).doc("size of the seed identifier"),
            flag("=ipv6.opt.mpl.flag.m").doc("newest message of the seed"),
            flag("=ipv6.opt.mpl.flag.v").doc("version"),
            bits("=ipv6.opt.mpl.flag.rsv", 4).hex().doc("reserved"),
        ]),
        u8("=ipv6.opt.mpl.sequence").hex().doc("sequence number").into(),
        bytes("=ipv6.opt.mpl.seed_id", rest()).doc("seed identifier").into(),
    ]
}

fn depth_first() -> [Item; 2] {
    [
        u8("=ipv6.opt.dff.flags").hex().doc("flags").of([
            bits("=ipv6.opt.dff.flag.ver", 2).doc("version"),
            flag("=ipv6.opt.dff.flag.dup").doc("duplicate"),
            flag("=ipv6.opt.dff.flag.ret").doc("returned"),
            bits("=ipv6.opt.dff.flag.rsv", 4).hex().doc("reserved"),
        ]),
        be16("=ipv6.opt.dff.sequence_number").doc("sequence number").into(),
    ]
}

fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    line.hosts();
    let name = line.protocol_name();
    line.text(if name == "ipv6.hopopts" { "HBH " } else { "DSTOPT " });
    let Some([next, len]) = body.data.first_chunk::<2>().copied() else {
        line.cut("ip6-opt", body);
        return;
    };
    let octets = usize::from(len).saturating_mul(8).saturating_add(8);
    if octets > body.data.len() {
        line.cut("ip6-opt", body);
        return;
    }
    if line.style.verbose > 0 {
        write_options(line, body.data.get(2..octets).unwrap_or_default());
    }
    next_header(line, next, body.skip(octets));
}

fn write_options(line: &mut Line<'_, '_>, mut options: &[u8]) {
    while let [kind, after @ ..] = options {
        if *kind == 0 {
            line.text("(pad1)");
            options = after;
            continue;
        }
        let Some((len, after)) = after.split_first() else { break };
        let Some((value, after)) = after.split_at_checked(usize::from(*len)) else {
            line.text("(trunc)");
            break;
        };
        options = after;
        match (kind, value) {
            (1, _) => line.text("(padn)"),
            (5, [high, low]) => {
                line.text("(rtalert: ");
                line.hex(u64::from(u16::from_be_bytes([*high, *low])), 4);
                line.text(") ");
            }
            (0xc2, [a, b, c, d]) => {
                line.text("(jumbo: ");
                line.number(u64::from(u32::from_be_bytes([*a, *b, *c, *d])));
                line.text(") ");
            }
            (0xc9, _) if value.len() == 16 => {
                line.text("(homeaddr: ");
                if let Some(address) = value.first_chunk::<16>() {
                    line.ipv6(*address);
                }
                line.text(")");
            }
            _ => {
                line.text("(opt_type ");
                line.hex(u64::from(*kind), 2);
                line.text(": len=");
                line.number(u64::from(*len));
                line.text(")");
            }
        }
    }
    line.text(" ");
}
