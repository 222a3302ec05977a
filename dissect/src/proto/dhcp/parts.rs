//! Options of DHCPv4 whose octets are divided further: iSNS (RFC 4174), locations (RFC 3825), authentication (RFC 3118), user classes (RFC
//! 3004), client identifiers (RFC 4361), Avaya's telephone settings, and what is said of every option alike.

use super::options;
use crate::decode::Walk;
use crate::render::put;
use crate::schema::{
    Field, Item, Kind, Size, Test, be16, be32, bits, built, bytes, custom, decoded, eq, flag, ipv4, label,
    left, lit, look, not, repeat, rest, text, u8, val, when,
};

/// Emits the first field declared over all octets that are left, without moving on: the parts follow.
fn whole(walk: &mut Walk<'_, '_>) {
    walk.emit_octets_at(0, walk.offset(), walk.rest().len(), 0);
}

/// A field that is built as it is given, and that is shown with its parts.
pub(super) fn parted(field: Field, parts: Vec<Item>) -> Vec<Item> {
    let shown = Item::When(
        Test::All(vec![Test::All(Vec::new())]),
        std::iter::once(custom([field.clone()], whole)).chain(parts).collect(),
    );
    vec![built([field.into()]), shown]
}

/// Below `dhcp.option.isns.`.
macro_rules! isns {
    ($name:literal) => {
        concat!("option.isns.", $name)
    };
}

/// RFC 4174 §2.
pub(super) fn isns() -> Vec<Item> {
    vec![
        be16(isns!("functions")).hex().doc("what iSNS is used for").of([
            bits(isns!("functions.reserved"), 13).hex().doc("reserved"),
            flag(isns!("functions.sec_policy_distribution")).doc("security policies are distributed"),
            flag(isns!("functions.dd_base_authorization")).doc("discovery domains authorise"),
            flag(isns!("functions.enabled")).doc("is used"),
        ]),
        be16(isns!("discovery_domain_access")).hex().doc("who may manage discovery domains").of([
            bits(isns!("discovery_domain_access.reserved"), 10).hex().doc("reserved"),
            flag(isns!("discovery_domain_access.initiator_target_port")).doc("iFCP initiators"),
            flag(isns!("discovery_domain_access.ifcp_target_port")).doc("iFCP targets"),
            flag(isns!("discovery_domain_access.iscsi_initiator")).doc("iSCSI initiators"),
            flag(isns!("discovery_domain_access.iscsi_target")).doc("iSCSI targets"),
            flag(isns!("discovery_domain_access_control.node")).doc("control nodes"),
            flag(isns!("discovery_domain_access.enabled")).doc("the other bits count"),
        ]),
        be16(isns!("administrative_flags")).hex().doc("administrative settings").of([
            bits(isns!("administrative_flags.reserved"), 12).hex().doc("reserved"),
            flag(isns!("administrative_flags.default_discovery_domain"))
                .doc("what is in no discovery domain is in the one by default"),
            flag(isns!("administrative_flags.management_scns")).doc("management may see all changes"),
            flag(isns!("administrative_flags.heartbeat")).doc("there are heartbeats"),
            flag(isns!("administrative_flags.enabled")).doc("the other bits count"),
        ]),
        be32(isns!("server_security_bitmap")).hex().doc("security of the server").of([
            bits(isns!("server_security_bitmap.reserved"), 25).hex().doc("reserved"),
            flag(isns!("server_security_bitmap.tunnel_mode")).doc("tunnel mode is preferred"),
            flag(isns!("server_security_bitmap.transport_mode")).doc("transport mode is preferred"),
            flag(isns!("server_security_bitmap.pfs")).doc("perfect forward secrecy"),
            flag(isns!("server_security_bitmap.aggressive_mode")).doc("aggressive mode"),
            flag(isns!("server_security_bitmap.main_mode")).doc("main mode"),
            flag(isns!("server_security_bitmap.ike_ipsec_enabled")).doc("IKE and IPsec"),
            flag(isns!("server_security_bitmap.enabled")).doc("the other bits count"),
        ]),
        ipv4(isns!("heartbeat_originator_addr")).doc("who sends heartbeats").into(),
        ipv4(isns!("primary_server_addr")).doc("primary server").into(),
        repeat(
            label(isns!("servers")).doc("servers").hidden(),
            [ipv4(isns!("secondary_server_addr")).doc("secondary server").into()],
        ),
    ]
}

/// A location in 16 octets; otherwise CableLabs' service domains.
pub(super) fn location() -> Vec<Item> {
    let made = |name: &'static str, doc: &'static str| Field::new(name, Kind::Made, Size::Rest).doc(doc);
    vec![
        when(
            not(Test::Eq(left(), lit(16))),
            [repeat(
                label("option.cl_dss").doc("service domain").hidden(),
                [
                    u8("option.cl_dss_id.option").doc("kind").into(),
                    u8("option.cl_dss_id.len").unit("octets").doc("length").into(),
                    text("option.cl_dss_id", Size::Octets(val("option.cl_dss_id.len").min(left())))
                        .doc("service domain")
                        .into(),
                ],
            )],
        ),
        when(
            Test::Eq(left(), lit(16)),
            [custom(
                [
                    made("option.rfc3825.latitude", "latitude, degrees north"),
                    made("option.rfc3825.latitude_res", "how exact, degrees"),
                    made("option.rfc3825.longitude", "longitude, degrees east"),
                    made("option.rfc3825.longitude_res", "how exact, degrees"),
                    made("option.rfc3825.altitude", "altitude"),
                    made("option.rfc3825.altitude_res", "how exact"),
                    bits("option.rfc3825.altitude_type", 4)
                        .names(&[(1, "metres"), (2, "floors")])
                        .doc("what the altitude is told in"),
                    u8("option.cl_dss_id.option")
                        .names(&[(1, "WGS 84"), (2, "NAD83, NAVD88"), (3, "NAD83, MLLW")])
                        .doc("datum"),
                ],
                decode_location,
            )],
        ),
    ]
}

/// RFC 3825 §2: fixed-point numbers, and how many of their bits are told.
fn decode_location(walk: &mut Walk<'_, '_>) {
    let (at, Some(octets)) = (walk.offset(), walk.rest().first_chunk::<16>()) else { return };
    let field = |start: usize, width: u16| crate::decode::bits_at(octets, start, width);
    let signed = |start: usize, width: u16| {
        let unused = 64_u32.saturating_sub(u32::from(width));
        (field(start, width) << unused).cast_signed() >> unused
    };
    let mut show = |name: &str, start: usize, octets: usize, value: f64| {
        walk.emit_made(name, at.saturating_add(start), octets, |out| write_number(value, out));
    };
    let two = |power: i32| 2.0_f64.powi(power);
    show("option.rfc3825.latitude_res", 0, 1, two(8_i32.saturating_sub(field(0, 6) as i32)));
    show("option.rfc3825.latitude", 0, 5, signed(6, 34) as f64 / two(25));
    show("option.rfc3825.longitude_res", 5, 1, two(8_i32.saturating_sub(field(40, 6) as i32)));
    show("option.rfc3825.longitude", 5, 5, signed(46, 34) as f64 / two(25));
    show("option.rfc3825.altitude_res", 10, 2, two(21_i32.saturating_sub(field(84, 6) as i32)));
    show("option.rfc3825.altitude", 11, 4, signed(90, 30) as f64 / two(8));
    walk.emit_bits("option.rfc3825.altitude_type", at.saturating_add(10).saturating_mul(8), 4, field(80, 4));
    walk.emit("option.cl_dss_id.option", at.saturating_add(15), 1, field(120, 8));
    walk.advance(16);
}

/// Fifteen digits at most, without zeros behind them.
fn write_number(value: f64, out: &mut Vec<u8>) {
    let whole = value.abs().log10().max(0.0) as usize;
    let text = format!("{value:.*}", 14_usize.saturating_sub(whole));
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    out.extend_from_slice(text.as_bytes());
}

/// What stands before the information of an authentication option, for those who know it by its protocol.
pub(super) fn delayed() -> Item {
    decoded([custom(
        [
            u8("option.dhcp_authentication.alg_delay")
                .names(&[(1, "HMAC-MD5")])
                .doc("algorithm of delayed authentication")
                .hidden(),
            be32("option.dhcp_authentication.secret_id").doc("secret"),
            bytes("option.dhcp_authentication.hmac_md5_hash", Size::Octets(lit(16))).doc("HMAC-MD5"),
        ],
        |walk| {
            let (at, octets) = (walk.offset(), walk.rest());
            let head = at.saturating_sub(walk.layer_offset()).checked_sub(11);
            let head = head.and_then(|from| walk.layer_octets().get(from..)).and_then(<[u8]>::first_chunk);
            let Some([1, algorithm]) = head.copied() else { return };
            walk.emit("option.dhcp_authentication.alg_delay", at.saturating_sub(10), 1, u64::from(algorithm));
            if let (1, 20, Some(secret)) = (algorithm, octets.len(), octets.first_chunk()) {
                let secret = u64::from(u32::from_be_bytes(*secret));
                walk.emit("option.dhcp_authentication.secret_id", at, 4, secret);
                walk.emit("option.dhcp_authentication.hmac_md5_hash", at.saturating_add(4), 16, 0);
            }
        },
    )])
}

/// Classes with their lengths, as they are built; some systems send bare text.
pub(super) fn user_class(classes: Item) -> Vec<Item> {
    let text = text("option.user_class.text", rest()).doc("class, without a length");
    vec![
        built([classes.clone()]),
        decoded([when(not(look(are_classes)), [text.into()]), when(look(are_classes), [classes])]),
    ]
}

fn are_classes(octets: &[u8]) -> bool {
    let mut left = octets;
    while let Some((length, after)) = left.split_first() {
        match after.get(usize::from(*length)..).filter(|_| *length > 0) {
            Some(after) => left = after,
            None => return false,
        }
    }
    !octets.is_empty()
}

/// The parts of a unique identifier (RFC 8415 §11); its type stands before.
pub(super) fn unique_identifier() -> Item {
    let made = |name: &'static str, doc: &'static str| Field::new(name, Kind::Made, Size::Rest).doc(doc);
    decoded([custom(
        [
            be16("client_id.duid_llt_hw_type").doc("hardware type"),
            be16("client_id.duid_ll_hw_type").doc("hardware type"),
            be32("client_id.time").unit("s").doc("time since 2000"),
            made("client_id.link_layer_address", "link-layer address"),
            be32("client_id.enterprise_num").doc("enterprise"),
            bytes("client_id", rest()).doc("identifier within the enterprise"),
        ],
        |walk| {
            let (at, octets) = (walk.offset(), walk.rest());
            let before = at.saturating_sub(walk.layer_offset()).saturating_sub(2);
            let number = |from: usize, length: usize| {
                let octets = octets.get(from..).and_then(|left| left.get(..length)).unwrap_or_default();
                octets.iter().fold(0, |value, octet| value << 8 | u64::from(*octet))
            };
            let address = match (walk.layer_octets().get(before..), octets.len()) {
                (Some([0, 1, ..]), 6..) => {
                    walk.emit("client_id.duid_llt_hw_type", at, 2, number(0, 2));
                    walk.emit("client_id.time", at.saturating_add(2), 4, number(2, 4));
                    6
                }
                (Some([0, 2, ..]), 4..) => {
                    walk.emit("client_id.enterprise_num", at, 4, number(0, 4));
                    walk.emit("client_id", at.saturating_add(4), octets.len().saturating_sub(4), 0);
                    return;
                }
                (Some([0, 3, ..]), 2..) => {
                    walk.emit("client_id.duid_ll_hw_type", at, 2, number(0, 2));
                    2
                }
                _ => return,
            };
            let left = octets.get(address..).unwrap_or_default();
            let ethernet = left.len() == 6 && number(0, 2) == 1;
            walk.emit_made("client_id.link_layer_address", at.saturating_add(address), left.len(), |out| {
                put::hex_octets(out, left, ethernet.then_some(b':'));
            });
        },
    )])
}

/// The type of an identifier that is none of a hardware address.
pub(super) fn plain_identifier() -> Item {
    decoded([when(
        look(|octets| octets.first() == Some(&0)),
        [custom([u8("client_id.type").doc("identifier's type").hidden()], |walk| {
            walk.emit("client_id.type", walk.offset(), 1, 0);
        })],
    )])
}

/// Settings of Avaya's telephones, and their fields.
const TELEPHONE: [(&str, &str, &str); 18] = [
    ("TLSSRVR", "option.vendor.avaya.tlssrvr", "HTTPS server"),
    ("HTTPSRVR", "option.vendor.avaya.httpsrvr", "HTTP server"),
    ("HTTPDIR", "option.vendor.avaya.httpdir", "folder on the HTTP server"),
    ("STATIC", "option.vendor.avaya.static", "whether settings by hand count"),
    ("MCIPADD", "option.vendor.avaya.mcipadd", "call servers"),
    ("DOT1X", "option.vendor.avaya.dot1x", "802.1X"),
    ("ICMPDU", "option.vendor.avaya.icmpdu", "ICMP unreachable"),
    ("ICMPRED", "option.vendor.avaya.icmpred", "ICMP redirect"),
    ("L2Q", "option.vendor.avaya.l2q", "tagging"),
    ("L2QVLAN", "option.vendor.avaya.l2qvlan", "VLAN for voice"),
    ("LOGLOCAL", "option.vendor.avaya.loglocal", "log level"),
    ("PHY1STAT", "option.vendor.avaya.phy1stat", "first Ethernet port"),
    ("PHY2STAT", "option.vendor.avaya.phy2stat", "second Ethernet port"),
    ("PROCPSWD", "option.vendor.avaya.procpswd", "password of the menus"),
    ("PROCSTAT", "option.vendor.avaya.procstat", "whether menus are open"),
    ("SNMPADD", "option.vendor.avaya.snmpadd", "who may ask by SNMP"),
    ("SNMPSTRING", "option.vendor.avaya.snmpstring", "community"),
    ("VLANTEST", "option.vendor.avaya.vlantest", "time to wait in the VLAN"),
];

/// Whether a setting is a number.
fn is_number(name: &str) -> bool {
    name.ends_with(".l2qvlan") || name.ends_with(".vlantest")
}

/// `NAME=VALUE,NAME=VALUE`.
pub(super) fn telephone() -> Item {
    let fields = TELEPHONE
        .iter()
        .map(
            |(_, name, doc)| {
                if is_number(name) { be32(name).signed().doc(doc) } else { text(name, rest()).doc(doc) }
            },
        )
        .collect();
    decoded([Item::Custom(fields, decode_telephone, None)])
}

fn decode_telephone(walk: &mut Walk<'_, '_>) {
    let mut at = walk.offset();
    for part in walk.rest().split(|octet| *octet == b',') {
        if let Some(equals) = part.iter().position(|octet| *octet == b'=') {
            let (name, value) = part.split_at(equals);
            let value = value.get(1..).unwrap_or_default();
            let known = TELEPHONE.iter().find(|(known, _, _)| known.as_bytes() == name);
            let place = at.saturating_add(equals).saturating_add(1);
            let digits = std::str::from_utf8(value).ok().and_then(|text| text.parse::<i32>().ok());
            match (known, digits) {
                (Some((_, field, _)), Some(number)) if is_number(field) => {
                    walk.emit(field, place, value.len(), u64::from(number.cast_unsigned()));
                }
                (Some((_, field, _)), _) if !is_number(field) => walk.emit(field, place, value.len(), 0),
                _ => {}
            }
        }
        at = at.saturating_add(part.len()).saturating_add(1);
    }
}

/// The class that follows the name of the vendor's protocol.
pub(super) fn class_data() -> Item {
    decoded([custom(
        [text("option.vendor_class_data", rest()).doc("what the class says").hidden()],
        |walk| {
            let octets = walk.rest();
            let from = match octets.strip_prefix(b"AAPLBSDPC/") {
                Some(_) => 10,
                None if octets.starts_with(b"docsis") => 0,
                None => return,
            };
            let at = walk.offset().saturating_add(from);
            walk.emit("option.vendor_class_data", at, octets.len().saturating_sub(from), 0);
        },
    )])
}

/// What is said of every option alike, for those who ask by name: its octets, the end mark, and whether the message is one of BOOTP.
pub(super) fn every_option() -> Item {
    let fields = [
        bytes("option.value", rest()).doc("value").hidden(),
        u8("option.end").doc("end of the options").hidden(),
        flag("=dhcp.bootp").doc("the message is one of BOOTP: it has no DHCP message type").hidden(),
    ];
    decoded([custom(fields, |walk| {
        if !walk.asked_by_name() {
            return;
        }
        let (at, octets) = (walk.offset(), walk.rest());
        let (typed, overload) = one_by_one(walk, at, octets);
        if !typed {
            walk.emit("=dhcp.bootp", walk.layer_offset(), 0, 1);
        }
        // the places of the server's name and of the boot file, where they hold options (RFC 2132 §9.3)
        for (bit, from, length) in [(2, 44_usize, 64), (1, 108, 128)] {
            let octets = walk.layer_octets().get(from..).and_then(|left| left.get(..length));
            if let Some(octets) = octets.filter(|_| overload & bit != 0) {
                let at = walk.layer_offset().saturating_add(from);
                one_by_one(walk, at, octets);
            }
        }
    })])
}

/// The options of a list; whether one tells the type of a DHCP message, and which other places hold options.
fn one_by_one(walk: &mut Walk<'_, '_>, mut at: usize, mut left: &[u8]) -> (bool, u8) {
    let (mut typed, mut overload) = (false, 0);
    loop {
        match left {
            [0, after @ ..] => (at, left) = (at.saturating_add(1), after),
            [255, ..] => {
                walk.emit("option.end", at, 1, 255);
                break;
            }
            [code, length, after @ ..] if after.len() >= usize::from(*length) && !walk.too_deep() => {
                let length = usize::from(*length);
                if options::option(*code).is_some() {
                    walk.emit("option.value", at.saturating_add(2), length, 0);
                }
                typed |= *code == 53;
                if let (52, [value, ..]) = (*code, after) {
                    overload = *value;
                }
                at = at.saturating_add(length).saturating_add(2);
                left = after.get(length..).unwrap_or_default();
            }
            _ => break,
        }
    }
    (typed, overload)
}

/// RFC 6607 §3.4: a name, a number of 7 octets, or the global one.
pub(super) fn virtual_subnet() -> Vec<Item> {
    vec![
        when(
            look(|octets| octets.first() == Some(&255)),
            [u8("option.agent_information_option.vrf_name.global").doc("global routing table").into()],
        ),
        when(
            look(|octets| octets.first() == Some(&1) && octets.len() == 8),
            [
                u8("option.agent_information_option.vrf_name.type").doc("how it is told").into(),
                custom(
                    [bytes("option.agent_information_option.vrf_name.vpn_id", Size::Octets(lit(7)))
                        .doc("virtual network")],
                    whole,
                ),
                crate::schema::be24("option.agent_information_option.vrf_name.vpn_id.oui")
                    .hex()
                    .doc("organisation")
                    .into(),
                be32("option.agent_information_option.vrf_name.vpn_id.index").doc("index").into(),
            ],
        ),
        bytes("option.agent_information_option.vrf_name.text", rest())
            .doc("name of the virtual subnet")
            .hidden()
            .into(),
    ]
}

/// RFC 4243 §3: enterprises and their octets, CableLabs' taken apart.
pub(super) fn relay_vendor() -> Vec<Item> {
    macro_rules! vi {
        ($name:literal) => {
            concat!("option.agent_information_option.vi.", $name)
        };
    }
    let words = |name: &'static str, doc: &'static str| text(name, rest()).doc(doc);
    let node = || label(vi!("cl")).doc("sub-option").hidden();
    let case =
        |kind: u64, field: Field| crate::schema::TlvCase { kind, field: node(), items: vec![field.into()] };
    let mut cable = crate::schema::Tlv::new(
        node(),
        u8(vi!("cl.tag")).doc("sub-option"),
        u8(vi!("cl.length")).unit("octets").doc("length"),
    )
    .body_len()
    .other([bytes(vi!("cl.value"), rest()).doc("value").into()]);
    cable.cases = vec![
        case(1, be16(vi!("cl.docsis_version")).hex().doc("version of DOCSIS")),
        case(2, be16(vi!("cl.dpoe_system_version")).hex().doc("version of DPoE")),
        case(4, bytes(vi!("cl.dpoe_system_pbb_service"), rest()).doc("service of the backbone")),
        case(5, words(vi!("cl.service_class_name"), "class of service")),
        case(6, words(vi!("cl.mso_defined_text"), "operator's text")),
        case(7, words(vi!("cl.secure_file_transfer_uri"), "where files are")),
    ];
    vec![repeat(
        label(vi!("entries")).doc("entries").hidden(),
        [
            be32(vi!("enterprise")).doc("enterprise").into(),
            u8(vi!("data_length")).unit("octets").doc("length").into(),
            crate::schema::block(
                label(vi!("data")).doc("data").hidden(),
                Size::Octets(val(vi!("data_length")).min(left())),
                [
                    when(eq(vi!("enterprise"), 4491), [cable.into()]),
                    bytes(vi!("data.value"), rest()).doc("data of another enterprise").into(),
                ],
            ),
        ],
    )]
}
