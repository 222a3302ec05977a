//! The octets of each option, by its shape.

use super::options::{Entry, Shape};
use super::{parts, vendor};
use crate::decode::Walk;
use crate::schema::{
    Field, Item, Severity, Size, Test, Tlv, TlvCase, be16, be32, be64, bits, built, bytes, custom,
    custom_both, decoded, eq, flag, ipv4, ipv6, label, left, lit, mac, name, repeat, rest, text, u8,
    unix_time, val, when,
};

const MESSAGES: &[(u64, &str)] = &[
    (1, "Discover"),
    (2, "Offer"),
    (3, "Request"),
    (4, "Decline"),
    (5, "ACK"),
    (6, "NAK"),
    (7, "Release"),
    (8, "Inform"),
    (9, "Force Renew"),
    (10, "Lease Query"),
    (11, "Lease Unassigned"),
    (12, "Lease Unknown"),
    (13, "Lease Active"),
    (14, "Bulk Lease Query"),
    (15, "Lease Query Done"),
    (16, "Active Lease Query"),
    (17, "Lease Query Status"),
    (18, "TLS"),
];

/// The same in scapy's words, where they differ in more than letter case.
const MESSAGE_WORDS: &[(u64, &str)] = &[
    (9, "force_renew"),
    (10, "lease_query"),
    (11, "lease_unassigned"),
    (12, "lease_unknown"),
    (13, "lease_active"),
];

/// IANA "Processor Architecture Types" (RFC 5970).
pub(in super::super) const ARCHITECTURES: &[(u64, &str)] = &[
    (0, "x86 BIOS"),
    (1, "NEC/PC98"),
    (2, "Itanium"),
    (3, "DEC Alpha"),
    (4, "Arc x86"),
    (5, "Intel Lean Client"),
    (6, "x86 UEFI"),
    (7, "x64 UEFI"),
    (8, "EFI Xscale"),
    (9, "EBC"),
    (10, "ARM 32-bit UEFI"),
    (11, "ARM 64-bit UEFI"),
    (12, "PowerPC Open Firmware"),
    (13, "PowerPC ePAPR"),
    (14, "POWER OPAL v3"),
    (15, "x86 UEFI boot from HTTP"),
    (16, "x64 UEFI boot from HTTP"),
    (17, "EBC boot from HTTP"),
    (18, "ARM 32-bit UEFI boot from HTTP"),
    (19, "ARM 64-bit UEFI boot from HTTP"),
    (20, "PC/AT BIOS boot from HTTP"),
    (21, "ARM 32-bit U-Boot"),
    (22, "ARM 64-bit U-Boot"),
    (23, "ARM 32-bit U-Boot boot from HTTP"),
    (24, "ARM 64-bit U-Boot boot from HTTP"),
    (25, "RISC-V 32-bit UEFI"),
    (26, "RISC-V 32-bit UEFI boot from HTTP"),
    (27, "RISC-V 64-bit UEFI"),
    (28, "RISC-V 64-bit UEFI boot from HTTP"),
    (29, "RISC-V 128-bit UEFI"),
    (30, "RISC-V 128-bit UEFI boot from HTTP"),
    (31, "s390 basic"),
    (32, "s390 extended"),
    (33, "MIPS 32-bit UEFI"),
    (34, "MIPS 64-bit UEFI"),
    (35, "Sunway 32-bit UEFI"),
    (36, "Sunway 64-bit UEFI"),
    (37, "LoongArch 32-bit UEFI"),
    (38, "LoongArch 32-bit UEFI boot from HTTP"),
    (39, "LoongArch 64-bit UEFI"),
    (40, "LoongArch 64-bit UEFI boot from HTTP"),
    (41, "ARM rpiboot"),
];

/// Routes as text: the significant octets of a destination, and a router (RFC 3442).
fn write_routes(build: &mut dyn crate::schema::Build) {
    for text in build.texts("option.classless_static_route.written") {
        match std::str::from_utf8(&text).ok().and_then(route) {
            Some(octets) => build.put(&octets),
            None => build.put(&text),
        }
    }
}

/// `10.0.0.0/8:192.0.2.1` as the wire has it.
fn route(text: &str) -> Option<Vec<u8>> {
    let (destination, router) = text.split_once(':')?;
    let (address, length) = destination.split_once('/')?;
    let length: u8 = length.parse().ok().filter(|length| *length <= 32)?;
    let address: std::net::Ipv4Addr = address.parse().ok()?;
    let router: std::net::Ipv4Addr = router.parse().ok()?;
    let mut octets = vec![length];
    octets.extend(address.octets().iter().take(usize::from(length.div_ceil(8))));
    octets.extend(router.octets());
    Some(octets)
}

/// A hidden node around a repeated part.
fn list(name: &'static str) -> Field {
    label(name).doc("entries").hidden()
}

/// The items of an option's body.
pub(super) fn items(entry: &Entry) -> Vec<Item> {
    let named = |field: Field| {
        let field = field.doc(entry.doc);
        if entry.craft.is_empty() { field } else { field.craft(entry.craft) }
    };
    let one = |field: Field| vec![Item::from(named(field))];
    let many = |field: Field| vec![repeat(list("option.entries"), [named(field).into()])];
    match entry.shape {
        Shape::Ip => one(ipv4(entry.field)),
        Shape::Ips => many(ipv4(entry.field)),
        Shape::U8 => one(u8(entry.field)),
        Shape::U8s => many(u8(entry.field)),
        Shape::U16 => one(be16(entry.field)),
        Shape::U16s => many(be16(entry.field)),
        Shape::U32 => one(be32(entry.field)),
        Shape::Seconds => one(be32(entry.field).signed().unit("s")),
        Shape::Bool => one(u8(entry.field).boolean()),
        Shape::Text => one(text(entry.field, rest())),
        Shape::Bytes => one(bytes(entry.field, rest())),
        Shape::None => Vec::new(),
        Shape::UnixTime => one(unix_time(entry.field)),
        Shape::Overload => one(u8(entry.field).names(&[(1, "file"), (2, "sname"), (3, "file and sname")])),
        Shape::Message => one(u8(entry.field)
            .names(MESSAGES)
            .words(MESSAGE_WORDS)
            .expert(Severity::Note, 4, 4, "the client declines the address: it is in use")
            .expert(Severity::Warning, 6, 6, "the server refuses the address")),
        Shape::Requests => many(u8(entry.field).named_by(super::option_name)),
        Shape::Archs => many(be16(entry.field).names(ARCHITECTURES)),
        Shape::LeaseState => one(u8(entry.field).names(&[
            (1, "available"),
            (2, "active"),
            (3, "expired"),
            (4, "released"),
            (5, "abandoned"),
            (6, "reset"),
            (7, "remote"),
            (8, "transitioning"),
        ])),
        Shape::Class => vec![parts::class_data(), named(text(entry.field, rest())).into()],
        Shape::Telephone => vec![parts::telephone(), named(text(entry.field, rest())).into()],
        Shape::Isns => parts::parted(named(bytes(entry.field, rest())), parts::isns()),
        Shape::Location => parts::parted(named(bytes(entry.field, rest())), parts::location()),
        Shape::Vendor => of_vendor(vendor::fields(named(bytes(entry.field, rest()))), vendor::decode),
        Shape::Novell => {
            of_vendor(vendor::novell_fields(named(bytes(entry.field, rest()))), vendor::decode_novell)
        }
        Shape::Configuration => of_vendor(
            vendor::configuration_fields(named(bytes(entry.field, rest()))),
            vendor::decode_configuration,
        ),
        Shape::Names => vec![
            custom([], names_from_here),
            repeat(list("option.entries"), [named(name(entry.field)).into()]),
        ],
        _ => special(entry),
    }
}

/// A list of sub-options: its octets are built as they are given, and are the first field.
fn of_vendor(fields: Vec<Field>, decode: crate::schema::DecodeFn) -> Vec<Item> {
    let octets = fields.first().cloned();
    octets
        .map(|octets| built([octets.into()]))
        .into_iter()
        .chain([Item::When(decoding(), vec![Item::Custom(fields, decode, None)].into())])
        .collect()
}

/// Holds when decoding alone.
fn decoding() -> Test {
    Test::All(vec![Test::All(Vec::new())])
}

/// Pointers of a search list count from the option's first octet (RFC 3397 §2).
fn names_from_here(walk: &mut Walk<'_, '_>) {
    walk.names_from_here();
}

fn special(entry: &Entry) -> Vec<Item> {
    match entry.shape {
        Shape::Pairs if entry.code == 21 => {
            pairs("option.policy_filter.ip", "option.policy_filter.subnet_mask", "mask")
        }
        Shape::Pairs => pairs("option.static_route.ip", "option.static_route.router", "router"),
        Shape::ClientId => client_id(),
        Shape::UserClass => parts::user_class(repeat(
            list("option.entries"),
            [
                u8("option.user_class.length").unit("octets").doc("length").into(),
                bytes("option.user_class.data", Size::Octets(val("option.user_class.length")))
                    .doc("class")
                    .into(),
            ],
        )),
        Shape::SlpAgents => vec![
            u8("option.slp_directory_agent.value").doc("mandatory").into(),
            repeat(
                list("option.entries"),
                [ipv4("option.slp_directory_agent.slpda_address").doc("directory agent").into()],
            ),
        ],
        Shape::SlpScope => vec![
            u8("option.slp_service_scope.value").doc("mandatory").into(),
            text("option.slp_service_scope.string", rest()).doc("scopes").into(),
        ],
        Shape::Fqdn => fqdn(),
        Shape::Relay => vec![relay().into()],
        Shape::Auth => authentication(),
        Shape::Interface => vec![
            u8("option.client_network_id").names(&[(1, "UNDI")]).doc("interface type").into(),
            u8("client_network_id_major").doc("major version").into(),
            u8("client_network_id_minor").doc("minor version").into(),
        ],
        Shape::Uuid => vec![
            u8("option.client_uuid.type").doc("identifier type").into(),
            bytes("client_id.uuid", rest()).doc("UUID").into(),
        ],
        Shape::Civic => vec![
            u8("option.civic_location.what")
                .names(&[(0, "server"), (1, "network element"), (2, "client")])
                .doc("of whom")
                .into(),
            text("option.civic_location.country", Size::Octets(lit(2).min(left()))).doc("country").into(),
            Tlv::new(
                label("option.civic_location").doc("address element"),
                u8("option.civic_location.ca_type").doc("type"),
                u8("option.civic_location.ca_length").doc("length"),
            )
            .body_len()
            .other([text("option.civic_location.ca_value", rest()).doc("value").into()])
            .into(),
        ],
        Shape::Sip => vec![
            u8("option.sip_server.encoding").names(&[(0, "names"), (1, "addresses")]).doc("encoding").into(),
            when(
                eq("option.sip_server.encoding", 0),
                [repeat(list("option.entries"), [name("option.sip_server.name").doc("server").into()])],
            ),
            when(
                eq("option.sip_server.encoding", 1),
                [repeat(list("option.entries"), [ipv4("option.sip_server.address").doc("server").into()])],
            ),
        ],
        Shape::Routes => vec![
            built([custom_both(
                [bytes("option.classless_static_route.written", rest())
                    .craft(entry.craft)
                    .lists()
                    .hidden()
                    .doc("routes as `10.0.0.0/8:192.0.2.1`")],
                |_| {},
                write_routes,
            )]),
            decoded([custom(
                [bytes("option.classless_static_route", rest()).doc("routes").hidden()],
                routes,
            )]),
            decoded([repeat(
                label("option.classless_static.route").doc("route"),
                [
                    u8("option.classless_static_route.prefix_length").doc("prefix length").into(),
                    bytes(
                        "option.classless_static_route.prefix",
                        Size::Octets(
                            ((val("option.classless_static_route.prefix_length") + 7) / 8).min(lit(4)),
                        ),
                    )
                    .doc("significant octets of the destination")
                    .into(),
                    ipv4("option.classless_static_route.router").doc("router").into(),
                ],
            )]),
        ],
        Shape::VendorClass => vec![repeat(
            list("option.entries"),
            [
                be32("option.vi_class.enterprise").doc("enterprise").into(),
                u8("option.vi_class.length").unit("octets").doc("length").into(),
                text("option.vi_class.data", Size::Octets(val("option.vi_class.length"))).doc("data").into(),
            ],
        )],
        Shape::VendorInfo => vec![repeat(
            list("option.entries"),
            [
                be32("option.vi.enterprise").doc("enterprise").into(),
                u8("option.vi.length").unit("octets").doc("length").into(),
                built([bytes("option.vi.value", Size::Octets(val("option.vi.length"))).doc("data").into()]),
                decoded([crate::schema::block(
                    list("option.vi.data"),
                    Size::Octets(val("option.vi.length")),
                    [Item::Custom(
                        vendor::enterprise_fields(bytes("option.vi.value", rest()).doc("data")),
                        vendor::decode_enterprise,
                        None,
                    )],
                )]),
            ],
        )],
        Shape::Rdnss => vec![
            bits("option.rdnss.reserved", 6).hex().doc("reserved").into(),
            bits("option.rdnss.preference", 2).doc("preference").into(),
            ipv4("option.rdnss.primary_dns").doc("primary server").into(),
            ipv4("option.rdnss.secondary_dns").doc("secondary server").into(),
            repeat(list("option.entries"), [name("option.rdnss.domain").doc("domain").into()]),
        ],
        Shape::Status => vec![
            u8("option.bulk_lease.status_code")
                .names(&[
                    (0, "success"),
                    (1, "unspecified failure"),
                    (2, "query terminated"),
                    (3, "malformed query"),
                    (4, "not allowed"),
                ])
                .doc("status")
                .into(),
            text("option.bulk_lease.status_code_message", rest()).doc("message").into(),
        ],
        Shape::Pcp => vec![repeat(
            list("option.entries"),
            [
                u8("option.pcp.list_length").unit("octets").doc("length").into(),
                crate::schema::block(
                    list("option.pcp.list"),
                    Size::Octets(val("option.pcp.list_length")),
                    [repeat(list("option.pcp.servers"), [ipv4("option.pcp.server").doc("server").into()])],
                ),
            ],
        )],
        Shape::Ports => vec![
            u8("option.portparams.offset").doc("offset").into(),
            u8("option.portparams.psid_length").doc("length of the port set").into(),
            bytes("option.portparams.psid", rest()).doc("port set").into(),
        ],
        Shape::SixRd => vec![
            u8("option.6RD.ipv4_mask_len").doc("IPv4 mask length").into(),
            u8("option.6RD.prefix_len").doc("prefix length").into(),
            ipv6("option.6RD.prefix").doc("prefix").into(),
            repeat(list("option.entries"), [ipv4("option.6RD.border_relay_ip").doc("border relay").into()]),
        ],
        _ => vec![bytes("option.value", rest()).doc("value").into()],
    }
}

/// Each route's octets.
fn routes(walk: &mut Walk<'_, '_>) {
    let (mut at, mut left) = (walk.offset(), walk.rest());
    while let Some(length) = left.first() {
        let octets = usize::from(length.div_ceil(8)).min(4).saturating_add(5);
        let Some(after) = left.get(octets..) else { return };
        walk.emit("option.classless_static_route", at, octets, 0);
        (at, left) = (at.saturating_add(octets), after);
    }
}

fn pairs(first: &'static str, second: &'static str, doc: &'static str) -> Vec<Item> {
    vec![repeat(
        list("option.entries"),
        [ipv4(first).doc("destination").into(), ipv4(second).doc(doc).into()],
    )]
}

/// RFC 2132 §9.14, RFC 4361 §6.1.
fn client_id() -> Vec<Item> {
    let ethernet = Test::All(vec![eq("=dhcp.hw.type", 1), Test::Eq(left(), lit(6))]);
    let unique = Test::All(vec![eq("=dhcp.hw.type", 255), Test::Ge(left(), lit(6))]);
    vec![
        parts::plain_identifier(),
        u8("=dhcp.hw.type").hex().names(super::HARDWARE).doc("identifier's type").into(),
        when(ethernet, [mac("=dhcp.hw.mac_addr").doc("client's MAC address").into()]),
        when(
            unique,
            [
                bytes("client_id.iaid", Size::Octets(lit(4))).doc("identity association").into(),
                be16("client_id.duid_type")
                    .names(&[
                        (1, "link-layer address and time"),
                        (2, "enterprise"),
                        (3, "link-layer address"),
                        (4, "UUID"),
                    ])
                    .doc("DUID type")
                    .into(),
                parts::unique_identifier(),
                bytes("client_id.duid", rest()).doc("DUID").into(),
            ],
        ),
        bytes("client_id.undef", rest()).doc("identifier").into(),
    ]
}

/// RFC 4702 §2.
fn fqdn() -> Vec<Item> {
    vec![
        u8("fqdn.flags").hex().doc("flags").of([
            bits("fqdn.mbz", 4).hex().doc("reserved"),
            flag("fqdn.n").doc("the server is not to update DNS"),
            flag("fqdn.e").doc("name in DNS format"),
            flag("fqdn.o").doc("the server has overridden the client"),
            flag("fqdn.s").doc("the server is to update the address record"),
        ]),
        u8("fqdn.rcode1").doc("result of the address record's update").into(),
        u8("fqdn.rcode2").doc("result of the pointer record's update").into(),
        when(
            Test::All(vec![crate::schema::ge("fqdn.e", 1), Test::Ge(left(), lit(1))]),
            [custom([], names_from_here), custom([name("fqdn.name").doc("name")], fqdn_name)],
        ),
        when(eq("fqdn.e", 0), [text("fqdn.name_ascii", rest()).doc("name, ASCII").into()]),
    ]
}

/// A partial name lacks the closing root label (RFC 4702 §2.3.1).
fn fqdn_name(walk: &mut Walk<'_, '_>) {
    let (start, octets) = (walk.offset(), walk.rest());
    walk.emit_made("fqdn.name", start, octets.len(), |out| {
        let mut left = octets;
        let begin = out.len();
        while let Some((len, rest)) = left.split_first().filter(|(len, _)| **len > 0) {
            let (label, after) = rest.split_at_checked(usize::from(*len)).unwrap_or((rest, &[]));
            if out.len() > begin {
                out.push(b'.');
            }
            out.extend_from_slice(label);
            left = after;
        }
    });
    walk.advance(octets.len());
}

/// RFC 3118 §2.
fn authentication() -> Vec<Item> {
    vec![
        u8("option.dhcp_authentication.protocol")
            .names(&[(0, "configuration token"), (1, "delayed"), (2, "reconfigure key")])
            .doc("protocol")
            .into(),
        u8("option.dhcp_authentication.algorithm").doc("algorithm").into(),
        u8("option.dhcp_authentication.rdm").doc("replay detection method").into(),
        be64("option.dhcp_authentication.rdm_replay_detection").hex().doc("replay detection").into(),
        parts::delayed(),
        bytes("option.dhcp_authentication.information", rest()).doc("information").into(),
    ]
}

/// IANA "DHCP Relay Agent Sub-Option Codes".
const RELAY: &[(u64, &str)] = &[
    (1, "circuit"),
    (2, "remote"),
    (4, "DOCSIS device class"),
    (5, "link selection"),
    (6, "subscriber"),
    (7, "RADIUS attributes"),
    (8, "authentication"),
    (9, "vendor specific"),
    (10, "flags"),
    (11, "server identifier override"),
    (12, "relay agent identifier"),
    (13, "access technology type"),
    (14, "access network name"),
    (15, "access point name"),
    (16, "access point BSSID"),
    (17, "operator identifier"),
    (18, "operator realm"),
    (19, "source port"),
    (150, "link selection (Cisco)"),
    (151, "virtual subnet"),
    (152, "server identifier override (Cisco)"),
];

/// RFC 3046 §2.
fn relay() -> Tlv {
    let mut list = Tlv::new(
        label("option.agent_information_option").doc("sub-option"),
        u8("option.agent_information_option.suboption").names(RELAY).doc("sub-option type"),
        u8("option.suboption_length").unit("octets").doc("length"),
    )
    .body_len()
    .other([bytes("option.agent_information_option.value", rest()).doc("value").into()]);
    let case = |kind: u64, field: Field| TlvCase {
        kind,
        field: label("option.agent_information_option").doc("sub-option"),
        items: vec![field.into()],
    };
    let divided = |kind: u64, field: Field, items: Vec<Item>| TlvCase {
        kind,
        field: label("option.agent_information_option").doc("sub-option"),
        items: parts::parted(field, items),
    };
    macro_rules! part {
        ($name:literal) => {
            concat!("option.agent_information_option.", $name)
        };
    }
    let octets = |name: &'static str, doc: &'static str| bytes(name, rest()).doc(doc);
    let words = |name: &'static str, doc: &'static str| text(name, rest()).doc(doc);
    list.cases = vec![
        case(1, octets(part!("agent_circuit_id"), "circuit")),
        case(2, octets(part!("agent_remote_id"), "remote")),
        case(4, be32(part!("docsis_device_class")).hex().doc("DOCSIS device class")),
        case(5, ipv4(part!("link_selection")).doc("link selection")),
        case(6, words(part!("subscriber_id"), "subscriber")),
        case(7, octets(part!("radius_attributes"), "RADIUS attributes")),
        case(8, octets(part!("authentication"), "authentication")),
        divided(9, octets(part!("vi"), "vendor specific"), parts::relay_vendor()),
        case(10, u8(part!("flags")).hex().doc("flags; 0x80: came as unicast")),
        case(11, ipv4(part!("server_id_override")).doc("server identifier override")),
        case(12, octets(part!("relay_agent_id"), "relay agent")),
        TlvCase {
            kind: 13,
            field: label("option.agent_information_option").doc("sub-option"),
            items: vec![be16(part!("ani_att")).doc("access technology").of([
                u8(part!("ani_att.res")).doc("reserved"),
                u8(part!("ani_att.att")).doc("access technology"),
            ])],
        },
        case(14, words(part!("ani_network_name"), "access network name")),
        case(15, words(part!("ani_ap_name"), "access point name")),
        case(16, mac(part!("ani_ap_bssid")).doc("access point BSSID")),
        case(17, octets(part!("ani_operator_id"), "operator")),
        case(18, words(part!("ani_operator_realm"), "operator realm")),
        case(150, ipv4(part!("link_selection_cisco")).doc("link selection (Cisco)")),
        divided(151, octets(part!("vrf_name"), "virtual subnet"), parts::virtual_subnet()),
        case(152, ipv4(part!("server_id_override_cisco")).doc("server identifier override (Cisco)")),
    ];
    list
}
