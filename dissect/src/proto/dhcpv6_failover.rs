//! Options of DHCPv6 that two servers exchange (RFC 8156 §5.5), softwires (RFC 7598), and what of other options depends on the message.

use super::{TlvCase, case};
use crate::decode::Walk;
use crate::schema::{
    Field, Item, Size, be16, be32, bits, bytes, custom, decoded, flag, ipv4, label, left, lit, name, repeat,
    rest, text, u8, val,
};

/// Numbers and names of these options.
pub(in super::super) const OPTIONS: &[(u64, &str)] = &[
    (111, "S46-priority"),
    (114, "F-binding-status"),
    (115, "F-connect-flags"),
    (116, "F-DNS-removal-info"),
    (117, "F-DNS-host-name"),
    (118, "F-DNS-zone-name"),
    (119, "F-DNS-flags"),
    (120, "F-expiration-time"),
    (121, "F-max-unacked-bndupd"),
    (122, "F-MCLT"),
    (123, "F-partner-lifetime"),
    (124, "F-partner-lifetime-sent"),
    (125, "F-partner-down-time"),
    (126, "F-partner-raw-CLT-time"),
    (127, "F-protocol-version"),
    (128, "F-keepalive-time"),
    (129, "F-reconfigure-data"),
    (130, "F-relationship-name"),
    (131, "F-server-flags"),
    (132, "F-server-state"),
    (133, "F-start-time-of-state"),
    (134, "F-state-expiration-time"),
];

const BINDINGS: &[(u64, &str)] = &[
    (0, "reserved"),
    (1, "active"),
    (2, "expired"),
    (3, "released"),
    (4, "pending free"),
    (5, "free"),
    (6, "free backup"),
    (7, "abandoned"),
    (8, "reset"),
];

const STATES: &[(u64, &str)] = &[
    (0, "reserved"),
    (1, "startup"),
    (2, "normal"),
    (3, "communications interrupted"),
    (4, "partner down"),
    (5, "potential conflict"),
    (6, "recover"),
    (7, "recover wait"),
    (8, "recover done"),
    (9, "resolution interrupted"),
    (10, "conflict done"),
];

/// Below `dhcpv6.failover.`.
macro_rules! failover {
    ($name:literal) => {
        concat!("failover.", $name)
    };
}

pub(super) fn cases() -> Vec<TlvCase> {
    let one = |kind: u64, field: Field| case(kind, vec![field.into()]);
    let seconds = |kind: u64, name: &'static str, doc: &'static str| one(kind, be32(name).unit("s").doc(doc));
    let moment = |kind: u64, name: &'static str, doc: &'static str| one(kind, be32(name).doc(doc));
    vec![
        case(
            92,
            vec![
                ipv4("s46_v4v6bind.ipv4_address").doc("IPv4 address").into(),
                u8("s46_v4v6bind.ipv6_pref_len").doc("IPv6 prefix length").into(),
                bytes(
                    "s46_v4v6bind.ipv6_prefix",
                    Size::Octets(((val("s46_v4v6bind.ipv6_pref_len") + 7) / 8).min(left())),
                )
                .doc("IPv6 prefix")
                .into(),
                bytes("s46_v4v6bind.options", rest()).doc("options").into(),
            ],
        ),
        case(
            111,
            vec![repeat(
                label("option_codes").doc("options").hidden(),
                [be16("option_code").hex().doc("option, the preferred first").into()],
            )],
        ),
        one(114, u8(failover!("binding_status")).names(BINDINGS).doc("binding")),
        case(
            115,
            vec![be16(failover!("connect.flags")).hex().doc("flags").of([
                bits(failover!("connect.flags.reserved"), 15).boolean().doc("reserved"),
                flag(failover!("connect.flags.f")).doc("prefixes have a fixed length"),
            ])],
        ),
        one(117, name(failover!("dns_hostname")).doc("name of the host")),
        one(118, name(failover!("dns_zonename")).doc("name of the zone")),
        case(
            119,
            vec![be16(failover!("dns.flags")).hex().doc("flags").of([
                bits(failover!("dns.flags.reserved"), 12).boolean().doc("reserved"),
                flag(failover!("dns.flags.u")).doc("the name is the client's"),
                flag(failover!("dns.flags.s")).doc("the name is made up"),
                flag(failover!("dns.flags.r")).doc("the reverse zone is updated"),
                flag(failover!("dns.flags.f")).doc("the forward zone is updated"),
            ])],
        ),
        moment(120, failover!("expiration_time"), "when the lease ends, seconds since 2000"),
        one(121, be32(failover!("max_unacked_bndupd")).doc("most updates without an answer")),
        seconds(122, failover!("mclt"), "longest time that a client may be ahead"),
        moment(123, failover!("partner_lifetime"), "partner's lifetime, seconds since 2000"),
        moment(124, failover!("partner_lifetime_sent"), "partner's lifetime as sent, seconds since 2000"),
        moment(125, failover!("partner_down_time"), "when the partner was down, seconds since 2000"),
        moment(126, failover!("partner_raw_clt_time"), "client's last transaction, seconds since 2000"),
        case(
            127,
            vec![
                be16(failover!("protocol.major_version")).doc("major version").into(),
                be16(failover!("protocol.minor_version")).doc("minor version").into(),
            ],
        ),
        seconds(128, failover!("keepalive_time"), "time until the connection counts as lost"),
        case(
            129,
            vec![
                be32(failover!("reconfigure_time")).doc("time of the key, seconds since 2000").into(),
                bytes(failover!("reconfigure_key"), rest()).doc("key").into(),
            ],
        ),
        one(130, text(failover!("relationship_name"), rest()).doc("name of the relationship")),
        case(
            131,
            vec![u8(failover!("server.flags")).hex().doc("flags").of([
                bits(failover!("server.flags.reserved"), 5).boolean().doc("reserved"),
                flag(failover!("server.flags.a")).doc("the startup is acknowledged"),
                flag(failover!("server.flags.s")).doc("in startup"),
                flag(failover!("server.flags.c")).doc("has talked to the partner"),
            ])],
        ),
        one(132, u8(failover!("server_state")).names(STATES).doc("state")),
        moment(133, failover!("start_time_of_state"), "when the state began, seconds since 2000"),
        moment(134, failover!("state_expiration_time"), "when the state ends, seconds since 2000"),
    ]
}

/// The flags of a client's name, by who sends them; the message's type stands first.
pub(super) fn name_flags() -> Item {
    let fields = [
        flag("clientfqdn.client.s").doc("the server is to update the address record").hidden(),
        flag("clientfqdn.client.n").doc("the server is not to update DNS").hidden(),
        flag("clientfqdn.server.s").doc("the server updates the address record").hidden(),
        flag("clientfqdn.server.o").doc("the server overrides the client").hidden(),
        flag("clientfqdn.server.n").doc("the server does not update DNS").hidden(),
    ];
    decoded([custom(fields, |walk: &mut Walk<'_, '_>| {
        let (Some(flags), Some(kind)) = (walk.rest().first(), walk.layer_octets().first()) else { return };
        let bit = walk.offset().saturating_mul(8);
        let mut put = |name: &str, place: usize| {
            walk.emit_bits(
                name,
                bit.saturating_add(7_usize.saturating_sub(place)),
                1,
                u64::from(flags >> place & 1),
            );
        };
        if matches!(kind, 2 | 7) {
            put("clientfqdn.server.s", 0);
            put("clientfqdn.server.o", 1);
            put("clientfqdn.server.n", 2);
        } else {
            put("clientfqdn.client.s", 0);
            put("clientfqdn.client.n", 2);
        }
    })])
}

/// The digest of a reconfigure key (RFC 8415 §20.4.1), behind the octet that says whether it is one.
pub(super) fn digest() -> Item {
    decoded([custom(
        [bytes("auth.md5_data", Size::Octets(lit(16))).doc("HMAC-MD5")],
        |walk: &mut Walk<'_, '_>| {
            let head = walk.offset().saturating_sub(walk.layer_offset()).checked_sub(11);
            let protocol = head.and_then(|at| walk.layer_octets().get(at));
            if protocol == Some(&3) && walk.rest().len() == 17 && walk.rest().first() == Some(&2) {
                walk.emit("auth.md5_data", walk.offset().saturating_add(1), 16, 0);
            }
        },
    )])
}
