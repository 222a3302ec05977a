//! What the advertisements of OSPF version 3 hold (RFC 5340 §A.4).

use super::{LINK_LOCAL, LINKS3, LSA3, hidden, opaque, options3};
use crate::schema::{
    Build, Item, Size, be16, be24, be32, bits, built, bytes, custom_both, decoded, flag, ge, ipv4, ipv6,
    label, lit, repeat, rest, times, u8, val, when,
};

/// RFC 5340 §A.4.7.
fn external3() -> Vec<Item> {
    let mut items: Vec<Item> = vec![
        u8("v3.as.external.flags").craft("flags").letters(&["T", "F", "E"]).hex().doc("flags").of([
            bits("v3.as.external.flags.reserved", 5).doc("reserved"),
            flag("v3.as.external.flags.e").doc("type 2 metric"),
            flag("v3.as.external.flags.f").doc("forwarding address is there"),
            flag("v3.as.external.flags.t").doc("route tag is there"),
        ]),
        be24("metric").craft("metric").doc("metric").into(),
    ];
    items.extend(prefix("reflstype"));
    items.extend([
        when(
            ge("v3.as.external.flags.f", 1),
            [ipv6("v3.lsa.forwarding_address.ipv6").craft("fwaddr").doc("forwarding address").into()],
        ),
        when(
            ge("v3.as.external.flags.t", 1),
            [be32("v3.lsa.external_route_tag").craft("tag").doc("route tag").into()],
        ),
        when(
            ge("v3.prefix_field", 1),
            [ipv4("v3.lsa.referenced_id")
                .alias("v3.lsa.referenced_link_state_id")
                .craft("reflsid")
                .doc("referenced identifier")
                .into()],
        ),
    ]);
    items
}

/// The prefix that the crafter writes when none is given.
const PREFIX: &[u8] = b"2001:db8:0:42::/64";

/// A prefix of as many octets as its length needs, padded to words (RFC 5340 §A.4.1); `number` is what the crafter calls the number
/// before it.
fn prefix(number: &'static str) -> [Item; 7] {
    let length = || u8("prefix_length").alias("v3.prefix_length").craft("prefixlen").doc("prefix length");
    let written = |name: &'static str| {
        bytes(name, rest()).craft("prefix").default_bytes(PREFIX).hidden().doc("prefix as it is built")
    };
    [
        decoded([length().into()]),
        built([custom_both(
            [length(), written("v3.prefix.written")],
            |_| {},
            |build| {
                let (bits, _) = prefix_octets(build, "v3.prefix.written");
                build.put_number("prefix_length", bits);
            },
        )]),
        u8("v3.prefix.options")
            .alias("v3.prefix_options")
            .craft("prefixoptions")
            .letters(&["NU", "LA", "MC", "P"])
            .hex()
            .doc("prefix options")
            .of([
                bits("v3.prefix.options.reserved", 3).doc("reserved"),
                flag("v3.prefix.options.dn").doc("DN"),
                flag("v3.prefix.options.p").doc("is propagated"),
                flag("v3.prefix.options.mc").doc("multicast"),
                flag("v3.prefix.options.la").doc("local address"),
                flag("v3.prefix.options.nu").doc("no unicast"),
            ]),
        be16("v3.prefix_field").craft(number).doc("metric, or what the advertisement says").into(),
        hidden::prefix(),
        decoded([bytes(
            "v3.address_prefix",
            Size::Octets(((val("prefix_length") + 31) / 32 * 4).min(lit(16))),
        )
        .doc("prefix")
        .into()]),
        built([custom_both(
            [written("v3.prefix.padded")],
            |_| {},
            |build| {
                let (_, octets) = prefix_octets(build, "v3.prefix.padded");
                build.put(&octets);
            },
        )]),
    ]
}

/// The bits and the octets, whole words, of a prefix given as text.
fn prefix_octets(build: &mut dyn Build, field: &str) -> (u64, Vec<u8>) {
    let given = build.texts(field).into_iter().next().unwrap_or_else(|| PREFIX.to_vec());
    let text = String::from_utf8_lossy(&given);
    let (address, bits) = text.split_once('/').unwrap_or((&text, ""));
    let Ok(address) = address.parse::<std::net::Ipv6Addr>() else { return (0, given.clone()) };
    let bits = bits.parse::<u8>().ok().filter(|bits| *bits <= 128).unwrap_or(128);
    let octets = usize::from(bits).div_ceil(32).saturating_mul(4);
    (u64::from(bits), address.octets().get(..octets).unwrap_or_default().to_vec())
}

pub(super) fn contents3() -> [(u64, Vec<Item>); 11] {
    [
        (0x800c, vec![opaque::information()]),
        (0xa00c, vec![opaque::information()]),
        (0xc00c, vec![opaque::information()]),
        (
            0x2001,
            vec![
                u8("v3.router.lsa.flags")
                    .craft("flags")
                    .letters(&["B", "E", "V", "W"])
                    .hex()
                    .doc("flags")
                    .of([
                        bits("v3.router.lsa.flags.reserved", 3).doc("reserved"),
                        flag("v3.router.lsa.flags.nt").doc("NSSA translator"),
                        flag("v3.router.lsa.flags.w").doc("wildcard multicast receiver"),
                        flag("v3.router.lsa.flags.v").doc("virtual link endpoint"),
                        flag("v3.router.lsa.flags.e").doc("AS boundary router"),
                        flag("v3.router.lsa.flags.b").doc("area border router"),
                    ]),
                options3(),
                repeat(
                    label("v3.link").craft("linklist").doc("link"),
                    [
                        u8("lsa.router.linktype").craft("type").default(1).words(LINKS3).doc("type").into(),
                        hidden::link_type(),
                        u8("lsa.reserved").craft("reserved").doc("reserved").into(),
                        be16("metric").craft("metric").default(10).doc("metric").into(),
                        be32("v3.lsa.interface_id").craft("intid").doc("interface").into(),
                        be32("v3.lsa.neighbor_interface_id")
                            .craft("neighintid")
                            .doc("neighbour's interface")
                            .into(),
                        ipv4("v3.lsa.neighbor_router_id")
                            .craft("neighbor")
                            .default(0x0202_0202)
                            .doc("neighbour")
                            .into(),
                    ],
                ),
            ],
        ),
        (
            0x2002,
            vec![
                u8("lsa.reserved").craft("reserved").doc("reserved").into(),
                options3(),
                repeat(
                    label("lsa.network.routers").doc("routers").hidden(),
                    [
                        ipv4("lsa.network.attchrtr").craft("routerlist").doc("attached router").into(),
                        hidden::attached_router(),
                    ],
                ),
            ],
        ),
        (0x2003, {
            let mut items: Vec<Item> = vec![
                u8("lsa.reserved").craft("reserved").doc("reserved").into(),
                be24("metric").craft("metric").doc("metric").into(),
            ];
            items.extend(prefix("reserved2"));
            items
        }),
        (
            0x2004,
            vec![
                u8("lsa.reserved").craft("reserved").doc("reserved").into(),
                options3(),
                u8("lsa.reserved").craft("reserved").doc("reserved").into(),
                be24("metric").craft("metric").doc("metric").into(),
                ipv4("v3.lsa.destination_router_id")
                    .craft("router")
                    .default(0x0202_0202)
                    .doc("destination router")
                    .into(),
            ],
        ),
        (0x4005, external3()),
        (0x2007, external3()),
        (
            0x0008,
            vec![
                u8("hello.router_priority").craft("prio").default(1).doc("priority").into(),
                hidden::priority(),
                options3(),
                ipv6("v3.lsa.link_local")
                    .alias("v3.lsa.link_local_interface_address.ipv6")
                    .craft("lladdr")
                    .default_bytes(&LINK_LOCAL)
                    .doc("link-local address")
                    .into(),
                be32("v3.lsa.number_of_prefixes")
                    .craft("prefixes")
                    .count_of("v3.prefix")
                    .doc("prefixes")
                    .into(),
                times(
                    label("v3.prefix").craft("prefixlist").doc("prefix"),
                    val("v3.lsa.number_of_prefixes"),
                    prefix("metric"),
                ),
            ],
        ),
        (
            0x2009,
            vec![
                be16("v3.lsa.prefixes").craft("prefixes").count_of("v3.prefix").doc("prefixes").into(),
                be16("v3.lsa.referenced_type")
                    .alias("v3.lsa.referenced_ls_type")
                    .craft("reflstype")
                    .hex()
                    .names(LSA3)
                    .doc("referenced type")
                    .into(),
                ipv4("v3.lsa.referenced_id").craft("reflsid").doc("referenced identifier").into(),
                ipv4("v3.lsa.referenced_router")
                    .alias("v3.lsa.referenced_advertising_router")
                    .craft("refadrouter")
                    .doc("referenced router")
                    .into(),
                times(
                    label("v3.prefix").craft("prefixlist").doc("prefix"),
                    val("v3.lsa.prefixes"),
                    prefix("metric"),
                ),
            ],
        ),
    ]
}
