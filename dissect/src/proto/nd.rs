//! Neighbour discovery, RFC 4861: the messages' parts and all options of the IANA registry "IPv6 Neighbor Discovery
//! Option Formats" that are in use. They are items of `icmpv6`.

use crate::decode::Walk;
use crate::schema::{
    Build, Expr, Field, Item, Kind, Size, Tlv, be16, be32, be64, bits, built, bytes, case, custom,
    custom_both, decoded, eui64, flag, ipv6, label, left, lit, mac, name, repeat, rest, shared_list, switch,
    text, u8, val,
};
use std::sync::LazyLock;

/// RFC 4191 §2.1.
const PREFERENCE: &[(u64, &str)] = &[(0, "medium"), (1, "high"), (2, "reserved"), (3, "low")];

fn reserved(octets: i64) -> Item {
    bytes("reserved", Size::Octets(lit(octets)))
        .craft("res")
        .craft("res2")
        .craft("reserved")
        .doc("reserved")
        .into()
}

pub(super) fn router_solicitation() -> Vec<Item> {
    vec![reserved(4), options()]
}

pub(super) fn router_advertisement() -> Vec<Item> {
    vec![
        u8("nd.ra.cur_hop_limit").craft("chlim").doc("hop limit to use").into(),
        u8("nd.ra.flag").hex().doc("flags").of([
            flag("nd.ra.flag.m").craft("M").doc("managed addresses (DHCPv6)"),
            flag("nd.ra.flag.o").craft("O").doc("other configuration (DHCPv6)"),
            flag("nd.ra.flag.h").craft("H").doc("home agent"),
            bits("nd.ra.flag.prf", 2).craft("prf").default(1).names(PREFERENCE).doc("router preference"),
            flag("nd.ra.flag.p").craft("P").doc("proxied"),
            bits("nd.ra.flag.rsv", 2).craft("res").doc("reserved"),
        ]),
        be16("nd.ra.router_lifetime")
            .craft("routerlifetime")
            .default(1800)
            .unit("s")
            .doc("router lifetime")
            .into(),
        be32("nd.ra.reachable_time").craft("reachabletime").unit("ms").doc("reachable time").into(),
        be32("nd.ra.retrans_timer").craft("retranstimer").unit("ms").doc("retransmission timer").into(),
        options(),
    ]
}

pub(super) fn neighbour_solicitation() -> Vec<Item> {
    vec![reserved(4), ipv6("nd.ns.target_address").craft("tgt").doc("target").into(), options()]
}

pub(super) fn neighbour_advertisement() -> Vec<Item> {
    vec![
        be32("nd.na.flag").hex().doc("flags").of([
            flag("nd.na.flag.r").craft("R").default(1).doc("router"),
            flag("nd.na.flag.s").craft("S").doc("solicited"),
            flag("nd.na.flag.o").craft("O").default(1).doc("override"),
            bits("nd.na.flag.rsv", 29).craft("res").hex().doc("reserved"),
        ]),
        ipv6("nd.na.target_address").craft("tgt").doc("target").into(),
        options(),
    ]
}

pub(super) fn redirect() -> Vec<Item> {
    vec![
        reserved(4),
        ipv6("nd.rd.target_address").craft("tgt").doc("better first hop").into(),
        ipv6("rd.na.destination_address").craft("dst").doc("destination").into(),
        options(),
    ]
}

/// An address whose kind its length tells.
fn link_address(typed: Field, eui: Field, other: Field) -> Item {
    let typed = Item::from(typed);
    switch(
        left(),
        [
            (6, vec![typed.clone()]),
            (14, vec![eui.into(), bytes("opt.padding", rest()).doc("padding").into()]),
        ],
        vec![built([typed]), decoded([other.into()])],
    )
}

/// A prefix of which only some octets are there.
fn short_prefix(name: &'static str, octets: Expr) -> Field {
    Field::new(name, Kind::Ipv6, Size::Octets(octets))
}

pub(super) fn options() -> Item {
    static LIST: LazyLock<Tlv> = LazyLock::new(option_list);
    shared_list(&LIST)
}

fn option_list() -> Tlv {
    Tlv::new(
        label("opt").doc("unknown option"),
        u8("opt.type").doc("type"),
        u8("opt.length").craft("len").doc("length in units of 8 octets"),
    )
    .unit(8)
    .cases([
        case(
            1,
            label("opt.source").craft("ICMPv6NDOptSrcLLAddr").doc("source link-layer address"),
            [link_address(
                mac("opt.src_linkaddr").craft("lladdr").doc("address"),
                eui64("opt.src_linkaddr_eui64").doc("address"),
                bytes("opt.linkaddr_other", rest()).doc("address"),
            )],
        ),
        case(
            2,
            label("opt.target").craft("ICMPv6NDOptDstLLAddr").doc("target link-layer address"),
            [link_address(
                mac("opt.target_linkaddr").craft("lladdr").doc("address"),
                eui64("opt.target_linkaddr_eui64").doc("address"),
                bytes("opt.linkaddr_other", rest()).doc("address"),
            )],
        ),
        case(
            3,
            label("opt.prefix_information").craft("ICMPv6NDOptPrefixInfo").doc("prefix information"),
            prefix(),
        ),
        case(
            4,
            label("opt.redirected").craft("ICMPv6NDOptRedirectedHdr").doc("redirected header"),
            [
                reserved(6),
                decoded([bytes("opt.redirected_packet", rest()).craft("pkt").doc("packet").into()]),
                built([custom_both(
                    [bytes("opt.written_packet", rest()).craft("pkt").hidden().doc("packet")],
                    |_| {},
                    write_redirected,
                )]),
            ],
        ),
        case(
            5,
            label("opt.mtu_option").craft("ICMPv6NDOptMTU").doc("MTU"),
            [reserved(2), be32("opt.mtu").craft("mtu").default(1280).unit("octets").doc("MTU").into()],
        ),
        case(
            6,
            label("opt.nbma").craft("ICMPv6NDOptShortcutLimit").doc("NBMA shortcut limit (RFC 2491)"),
            [
                u8("opt.nbma.shortcut_limit").craft("shortcutlim").default(40).doc("limit").into(),
                u8("opt.nbma.reserved1").craft("res1").doc("reserved").into(),
                be32("opt.nbma.reserved2").craft("res2").doc("reserved").into(),
            ],
        ),
        case(
            7,
            label("opt.interval").craft("ICMPv6NDOptAdvInterval").doc("advertisement interval (RFC 6275)"),
            [
                reserved(2),
                be32("opt.advertisement_interval").craft("advint").unit("ms").doc("interval").into(),
            ],
        ),
        case(
            8,
            label("opt.home_agent").craft("ICMPv6NDOptHAInfo").doc("home agent information (RFC 6275)"),
            [
                reserved(2),
                be16("opt.home_agent_preference").craft("pref").doc("preference").into(),
                be16("opt.home_agent_lifetime").craft("lifetime").default(1).unit("s").doc("lifetime").into(),
            ],
        ),
        case(
            9,
            label("opt.sources").craft("ICMPv6NDOptSrcAddrList").doc("source addresses (RFC 3122)"),
            addresses(),
        ),
        case(
            10,
            label("opt.targets").craft("ICMPv6NDOptTgtAddrList").doc("target addresses (RFC 3122)"),
            addresses(),
        ),
        case(
            11,
            label("opt.cga_parameters").doc("CGA parameters (RFC 3971)"),
            [
                u8("opt.cga.pad_length").unit("octets").doc("padding").into(),
                reserved(1),
                bytes("opt.cga.modifier", Size::Octets(lit(16))).doc("modifier").into(),
                bytes("opt.cga.subnet_prefix", Size::Octets(lit(8))).doc("subnet prefix").into(),
                u8("opt.cga.count").doc("collision count").into(),
                bytes("opt.cga.key", Size::Octets(left() - val("opt.cga.pad_length")))
                    .doc("public key and extensions")
                    .into(),
                bytes("opt.padding", rest()).doc("padding").into(),
            ],
        ),
        case(
            12,
            label("opt.rsa").doc("RSA signature (RFC 3971)"),
            [
                reserved(2),
                bytes("opt.rsa.key_hash", Size::Octets(lit(16)))
                    .alias("opt.ps.key_hash")
                    .doc("key hash")
                    .into(),
                bytes("opt.rsa.signature", rest()).doc("signature and padding").into(),
            ],
        ),
        case(
            13,
            label("opt.time").doc("time stamp (RFC 3971)"),
            [
                reserved(6),
                bits("opt.timestamp.seconds", 48).unit("s").doc("time since 1970").into(),
                be16("opt.timestamp.fraction").doc("fraction in units of 1/65536 s").into(),
                custom(
                    [Field::new("opt.timestamp", Kind::Time, Size::Rest).hidden().doc("time")],
                    time_of_option,
                ),
            ],
        ),
        case(
            14,
            label("opt.nonce_option").craft("ICMPv6NDOptNonce").doc("nonce (RFC 3971)"),
            [bytes("opt.nonce", rest()).craft("nonce").doc("nonce").into()],
        ),
        case(
            15,
            label("opt.trust_anchor").doc("trust anchor (RFC 3971)"),
            [
                u8("opt.name_type")
                    .names(&[(1, "DER encoded X.501 name"), (2, "domain name")])
                    .doc("name type")
                    .into(),
                u8("opt.name_pad").unit("octets").doc("padding").into(),
                switch(
                    val("opt.name_type"),
                    [(
                        2,
                        vec![
                            name("opt.name_type.fqdn").doc("domain name").into(),
                            bytes("opt.padding", rest()).doc("padding").into(),
                        ],
                    )],
                    vec![bytes("opt.name_x501", rest()).doc("name and padding").into()],
                ),
            ],
        ),
        case(
            16,
            label("opt.certificate").doc("certificate (RFC 3971)"),
            [
                u8("opt.cert_type").doc("type").into(),
                reserved(1),
                bytes("opt.cert", rest()).doc("certificate").into(),
            ],
        ),
        case(
            17,
            label("opt.ipa").craft("ICMPv6NDOptIPAddr").doc("IP address and prefix (RFC 5568)"),
            [
                u8("opt.ipa.option_code")
                    .craft("optcode")
                    .default(1)
                    .names(&[
                        (1, "old care-of address"),
                        (2, "new care-of address"),
                        (3, "router's address"),
                        (4, "router's prefix"),
                    ])
                    .doc("code")
                    .into(),
                u8("opt.ipa.prefix_len").craft("plen").default(64).unit("bits").doc("prefix length").into(),
                reserved(4),
                ipv6("opt.ipa.ipv6_address").craft("addr").doc("address").into(),
            ],
        ),
        case(
            18,
            label("opt.nrpi")
                .craft("ICMPv6NDOptNewRtrPrefix")
                .doc("new router prefix information (RFC 4068)"),
            [
                u8("opt.nrpi.option_code").craft("optcode").doc("code").into(),
                u8("opt.nrpi.prefix_len").craft("plen").default(64).unit("bits").doc("prefix length").into(),
                reserved(4),
                ipv6("opt.nrpi.prefix").craft("prefix").doc("prefix").into(),
            ],
        ),
        case(
            19,
            label("opt.lla").doc("link-layer address (RFC 5568)"),
            [
                u8("opt.lla.option_code").craft("optcode").doc("code").into(),
                bytes("opt.lla.bytes", rest())
                    .craft("lla")
                    .reads(crate::schema::Kind::Mac)
                    .default_bytes(&[0; 6])
                    .doc("address")
                    .into(),
            ],
        ),
        case(
            20,
            label("opt.naack").doc("neighbor advertisement acknowledgement (RFC 5568)"),
            [
                u8("opt.naack.option_code").doc("code").into(),
                u8("opt.naack.status").doc("status").into(),
                reserved(4),
                short_prefix("opt.naack.supplied_ncoa", left()).doc("supplied address").into(),
            ],
        ),
        case(23, label("opt.map").craft("ICMPv6NDOptMAP").doc("mobility anchor point (RFC 5380)"), anchor()),
        case(
            24,
            label("opt.route_info").craft("ICMPv6NDOptRouteInfo").doc("route information (RFC 4191)"),
            route(),
        ),
        case(
            25,
            label("opt.rdnss_option").craft("ICMPv6NDOptRDNSS").doc("recursive DNS servers (RFC 8106)"),
            [
                reserved(2),
                be32("opt.rdnss.lifetime")
                    .craft("lifetime")
                    .default(0xffff_ffff)
                    .unit("s")
                    .doc("lifetime")
                    .into(),
                repeat(
                    label("opt.rdnss.servers").doc("servers"),
                    [ipv6("opt.rdnss").craft("dns").doc("server").into()],
                ),
            ],
        ),
        case(
            26,
            label("opt.flags").craft("ICMPv6NDOptEFA").doc("flags expansion (RFC 5175)"),
            [
                decoded([
                    be16("opt.efo").hex().doc("flags").of([
                        flag("opt.efo.m").doc("addresses by DHCPv6"),
                        flag("opt.efo.o").doc("other settings by DHCPv6"),
                        flag("opt.efo.h").doc("home agent"),
                        bits("opt.efo.prf", 2).names(PREFERENCE).doc("preference"),
                        flag("opt.efo.p").doc("neighbour discovery proxy"),
                        bits("opt.efo.rsv", 10).doc("reserved"),
                    ]),
                    bytes("opt.efa", rest()).doc("further flags").into(),
                ]),
                built([bytes("opt.efa.written", Size::Octets(lit(6)))
                    .craft("res")
                    .default_bytes(&[0; 6])
                    .hidden()
                    .doc("flags as they are built")
                    .into()]),
            ],
        ),
        case(
            27,
            label("opt.hkr").doc("handover key request (RFC 5269)"),
            [
                u8("opt.hkr.pad_length").unit("octets").doc("padding").into(),
                bits("opt.hkr.at", 4).doc("algorithm").into(),
                bits("opt.hkr.reserved", 4).doc("reserved").into(),
                bytes("opt.hkr.encryption_public_key", Size::Octets(left() - val("opt.hkr.pad_length")))
                    .doc("public key")
                    .into(),
                bytes("opt.hkr.padding", rest()).doc("padding").into(),
            ],
        ),
        case(
            28,
            label("opt.hkr_reply").doc("handover key reply (RFC 5269)"),
            [
                u8("opt.hkr.pad_length").unit("octets").doc("padding").into(),
                bits("opt.hkr.at", 4).doc("algorithm").into(),
                bits("opt.hkr.reserved", 4).doc("reserved").into(),
                be16("opt.hkr.lifetime").unit("s").doc("lifetime").into(),
                bytes("opt.hkr.encrypted_handover_key", Size::Octets(left() - val("opt.hkr.pad_length")))
                    .doc("encrypted key")
                    .into(),
                bytes("opt.hkr.padding", rest()).doc("padding").into(),
            ],
        ),
        case(
            29,
            label("opt.hai").doc("handover assist information (RFC 5271)"),
            [
                u8("opt.hai.option_code").doc("code").into(),
                u8("opt.hai.length").unit("octets").doc("length").into(),
                bytes("opt.hai.value", Size::Octets(val("opt.hai.length").min(left()))).doc("value").into(),
                bytes("opt.padding", rest()).doc("padding").into(),
            ],
        ),
        case(
            30,
            label("opt.mn").doc("mobile node identifier (RFC 5271)"),
            [
                u8("opt.mn.option_code").doc("code").into(),
                u8("opt.mn.length").unit("octets").doc("length").into(),
                bytes("opt.mn.value", Size::Octets(val("opt.mn.length").min(left()))).doc("value").into(),
                bytes("opt.padding", rest()).doc("padding").into(),
            ],
        ),
        case(
            31,
            label("opt.dnssl_option").craft("ICMPv6NDOptDNSSL").doc("DNS search list (RFC 8106)"),
            [
                reserved(2),
                be32("opt.dnssl.lifetime")
                    .craft("lifetime")
                    .default(0xffff_ffff)
                    .unit("s")
                    .doc("lifetime")
                    .into(),
                custom_both(
                    [name("opt.dnssl").craft("searchlist").lists().doc("domain")],
                    search_list,
                    write_search_list,
                ),
            ],
        ),
        case(33, label("opt.aro").doc("address registration (RFC 8505)"), registration()),
        case(34, label("opt.6co").doc("6LoWPAN context (RFC 6775)"), context()),
        case(
            35,
            label("opt.abro").doc("authoritative border router (RFC 6775)"),
            [
                be16("opt.abro.version_low").doc("version, low half").into(),
                be16("opt.abro.version_high").doc("version, high half").into(),
                be16("opt.abro.valid_lifetime").unit("min").doc("valid lifetime").into(),
                ipv6("opt.abro.6lbr_address").doc("border router").into(),
            ],
        ),
        case(
            36,
            label("opt.6cio").doc("6LoWPAN capabilities (RFC 7400)"),
            [
                bits("opt.6cio.unassigned1", 15).hex().doc("unassigned").into(),
                flag("opt.6cio.flag_g").doc("generic header compression").into(),
                be32("opt.6cio.unassigned2").hex().doc("unassigned").into(),
            ],
        ),
        case(
            37,
            label("opt.captive").craft("ICMPv6NDOptCaptivePortal").doc("captive portal (RFC 8910)"),
            [text("opt.captive_portal", rest()).craft("URI").doc("URI").into()],
        ),
        case(
            38,
            label("opt.pref64").craft("ICMPv6NDOptPREF64").doc("PREF64 (RFC 8781)"),
            [
                bits("opt.pref64.scaled_lifetime", 13)
                    .craft("scaledlifetime")
                    .doc("lifetime in units of 8 s")
                    .into(),
                bits("opt.pref64.plc", 3)
                    .craft("plc")
                    .names(&[(0, "/96"), (1, "/64"), (2, "/56"), (3, "/48"), (4, "/40"), (5, "/32")])
                    .doc("prefix length")
                    .into(),
                short_prefix("opt.pref64.prefix", lit(12)).craft("prefix").doc("prefix").into(),
            ],
        ),
        case(
            144,
            label("opt.encrypted_dns").doc("encrypted DNS (RFC 9463)"),
            [
                be16("opt.dnr.priority").doc("service priority").into(),
                be32("opt.dnr.lifetime").unit("s").doc("lifetime").into(),
                be16("opt.dnr.adn_length").unit("octets").doc("name length").into(),
                bytes("opt.dnr.adn", Size::Octets(val("opt.dnr.adn_length")))
                    .doc("authentication name")
                    .into(),
                bytes("opt.dnr.parameters", rest()).doc("addresses and parameters").into(),
            ],
        ),
    ])
    .other([bytes("opt.data", rest()).craft("data").doc("data").into()])
}

fn prefix() -> [Item; 6] {
    [
        u8("opt.prefix.length").craft("prefixlen").default(64).unit("bits").doc("prefix length").into(),
        u8("opt.prefix.flag").hex().doc("flags").of([
            flag("opt.prefix.flag.l").craft("L").default(1).doc("on-link"),
            flag("opt.prefix.flag.a").craft("A").default(1).doc("autonomous address configuration"),
            flag("opt.prefix.flag.r").craft("R").doc("router address"),
            bits("opt.prefix.flag.reserved", 5).craft("res1").hex().doc("reserved"),
        ]),
        be32("opt.prefix.valid_lifetime")
            .craft("validlifetime")
            .default(0xffff_ffff)
            .unit("s")
            .doc("valid lifetime")
            .into(),
        be32("opt.prefix.preferred_lifetime")
            .craft("preferredlifetime")
            .default(0xffff_ffff)
            .unit("s")
            .doc("preferred lifetime")
            .into(),
        reserved(4),
        ipv6("opt.prefix").craft("prefix").doc("prefix").into(),
    ]
}

fn addresses() -> [Item; 2] {
    [
        reserved(6),
        repeat(
            label("opt.addresses").doc("addresses"),
            [ipv6("opt.ipv6_address").craft("addrlist").doc("address").into()],
        ),
    ]
}

fn anchor() -> [Item; 5] {
    [
        bits("opt.map.distance", 4).craft("dist").default(1).doc("distance").into(),
        bits("opt.map.preference", 4).craft("pref").default(15).doc("preference").into(),
        u8("opt.map.flag").hex().doc("flags").of([
            flag("opt.map.flag.r").craft("R").default(1).doc("regional care-of address"),
            bits("opt.map.flag.reserved", 7).craft("res").hex().doc("reserved"),
        ]),
        be32("opt.map.valid_lifetime")
            .craft("validlifetime")
            .default(0xffff_ffff)
            .unit("s")
            .doc("valid lifetime")
            .into(),
        ipv6("opt.map.global_address").craft("addr").doc("address").into(),
    ]
}

fn route() -> [Item; 4] {
    [
        u8("opt.prefix.length").craft("plen").unit("bits").doc("prefix length").into(),
        u8("opt.route_info.flag").hex().doc("flags").of([
            bits("opt.route_info.flag.reserved", 3).craft("res1").doc("reserved"),
            bits("opt.route_info.flag.route_preference", 2)
                .craft("prf")
                .names(PREFERENCE)
                .doc("route preference"),
            bits("opt.route_info.flag.reserved2", 3).craft("res2").doc("reserved"),
        ]),
        be32("opt.route_lifetime").craft("rtlifetime").default(0xffff_ffff).unit("s").doc("lifetime").into(),
        short_prefix("opt.prefix", left()).craft("prefix").doc("prefix").into(),
    ]
}

fn registration() -> [Item; 4] {
    [
        u8("opt.aro.status")
            .names(&[(0, "success"), (1, "duplicate address"), (2, "neighbor cache full")])
            .doc("status")
            .into(),
        reserved(3),
        be16("opt.aro.registration_lifetime").unit("min").doc("registration lifetime").into(),
        be64("opt.aro.eui64").kind(Kind::Eui64).doc("EUI-64").into(),
    ]
}

fn context() -> [Item; 5] {
    [
        u8("opt.6co.context_length").unit("bits").doc("context length").into(),
        u8("opt.6co.flag").hex().doc("flags").of([
            bits("opt.6co.flag.reserved", 3).doc("reserved"),
            flag("opt.6co.flag.c").doc("valid for compression"),
            bits("opt.6co.flag.cid", 4).doc("context"),
        ]),
        reserved(2),
        be16("opt.6co.valid_lifetime").unit("min").doc("valid lifetime").into(),
        short_prefix("opt.6co.context_prefix", left()).doc("prefix").into(),
    ]
}

/// The time that the eight octets before the cursor say.
fn time_of_option(walk: &mut Walk<'_, '_>) {
    let Some(octets) = walk.header().last_chunk::<8>() else { return };
    let units = u128::from(u64::from_be_bytes(*octets));
    let nanoseconds = units.saturating_mul(1_000_000_000) >> 16;
    walk.emit("opt.timestamp", walk.offset().saturating_sub(8), 8, u64::try_from(nanoseconds).unwrap_or(0));
}

/// Whole units of 8 octets of the packet.
fn write_redirected(build: &mut dyn Build) {
    let packet = build.octets("opt.written_packet").unwrap_or_default();
    packet.chunks_exact(8).for_each(|unit| build.put(unit));
}

/// Names one after the other.
fn write_search_list(build: &mut dyn Build) {
    for name in build.texts("opt.dnssl") {
        let name = name.strip_suffix(b".").unwrap_or(&name);
        for label in name.split(|octet| *octet == b'.').filter(|label| !label.is_empty()) {
            let label = label.get(..63).unwrap_or(label);
            build.put(&[u8::try_from(label.len()).unwrap_or(0)]);
            build.put(label);
        }
        build.put(&[0]);
    }
}

/// Names one behind the other, filled up with zero octets.
fn search_list(walk: &mut Walk<'_, '_>) {
    while walk.rest().first().is_some_and(|octet| *octet != 0) {
        if walk.too_deep() || !walk.take_dns_name("opt.dnssl") {
            return;
        }
    }
    let padding = walk.rest().len();
    walk.advance(padding);
}
