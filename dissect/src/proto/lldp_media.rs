//! LLDP-MED, ANSI/TIA-1057 §10.2: what telephones and cameras tell of themselves and are told. Coordinates are those of RFC 6225, civic addresses
//! those of RFC 4776.

use crate::schema::{Item, Size, be16, bits, bytes, flag, label, lit, repeat, rest, switch, text, u8, val};

pub(super) fn media() -> Vec<Item> {
    const SUBTYPES: &[(u64, &str)] = &[
        (1, "media capabilities"),
        (2, "network policy"),
        (3, "location"),
        (4, "extended power via MDI"),
        (5, "hardware revision"),
        (6, "firmware revision"),
        (7, "software revision"),
        (8, "serial number"),
        (9, "manufacturer"),
        (10, "model"),
        (11, "asset ID"),
    ];
    const APPLICATIONS: &[(u64, &str)] = &[
        (1, "voice"),
        (2, "voice signaling"),
        (3, "guest voice"),
        (4, "guest voice signaling"),
        (5, "softphone voice"),
        (6, "video conferencing"),
        (7, "streaming video"),
        (8, "video signaling"),
    ];
    let string = |name: &'static str, doc: &'static str| vec![text(name, rest()).doc(doc).into()];
    vec![
        u8("media.subtype").names(SUBTYPES).doc("subtype").into(),
        switch(
            val("media.subtype"),
            [
                (
                    1,
                    vec![
                        be16("media.subtype.caps").hex().doc("capabilities").of([
                            bits("media.subtype.caps.reserved", 10).doc("reserved"),
                            flag("media.subtype.caps.inventory").doc("inventory"),
                            flag("media.subtype.caps.mid_pd").doc("power via MDI, device"),
                            flag("media.subtype.caps.mdi_pse").doc("power via MDI, source"),
                            flag("media.subtype.caps.location_id").doc("location"),
                            flag("media.subtype.caps.network_policy").doc("network policy"),
                            flag("media.subtype.caps.llpd").doc("capabilities"),
                        ]),
                        u8("media.subtype.class")
                            .names(&[
                                (1, "endpoint class I"),
                                (2, "endpoint class II"),
                                (3, "endpoint class III"),
                                (4, "network connectivity"),
                            ])
                            .doc("device type")
                            .into(),
                    ],
                ),
                (
                    2,
                    vec![
                        u8("media.app_type").names(APPLICATIONS).doc("application").into(),
                        flag("media.policy_flag").doc("unknown").into(),
                        flag("media.tag_flag").doc("tagged").into(),
                        bits("media.policy_reserved", 1).doc("reserved").into(),
                        bits("media.vlan_id", 12).doc("VLAN").into(),
                        bits("media.l2_prio", 3).doc("priority").into(),
                        bits("media.dscp", 6).doc("code point").into(),
                    ],
                ),
                (
                    3,
                    vec![
                        u8("media.loc.data_format")
                            .names(&[(1, "coordinates"), (2, "civic address"), (3, "ECS ELIN")])
                            .doc("format")
                            .into(),
                        switch(
                            val("media.loc.data_format"),
                            [
                                (1, coordinates()),
                                (2, civic()),
                                (3, vec![text("media.ecs", rest()).doc("emergency number").into()]),
                            ],
                            vec![bytes("media.loc.data", rest()).doc("location").into()],
                        ),
                    ],
                ),
                (
                    4,
                    vec![
                        bits("media.power.type", 2).doc("power type").into(),
                        bits("media.power.source", 2).doc("power source").into(),
                        bits("media.power.prio", 4).doc("power priority").into(),
                        be16("media.power.value").unit("0.1 W").doc("power").into(),
                    ],
                ),
                (5, string("media.hardware", "hardware revision")),
                (6, string("media.firmware", "firmware revision")),
                (7, string("media.software", "software revision")),
                (8, string("media.sn", "serial number")),
                (9, string("media.manufacturer", "manufacturer")),
                (10, string("media.model", "model")),
                (11, string("media.asset", "asset")),
            ],
            vec![bytes("media.value", rest()).doc("value").into()],
        ),
    ]
}

/// RFC 6225 §2.2: two's complement with 25 bits behind the point, or 8 for the altitude, of which so many are known as the resolution says.
fn coordinates() -> Vec<Item> {
    vec![
        bits("media.loc.latitude", 40).hex().doc("latitude with its resolution").of([
            bits("media.loc.lat_resolution", 6).doc("known bits of the latitude"),
            bits("media.loc.latitude.degrees", 34).signed().doc("latitude in degrees times 2^25"),
        ]),
        bits("media.loc.longitude", 40).hex().doc("longitude with its resolution").of([
            bits("media.loc.long_resolution", 6).doc("known bits of the longitude"),
            bits("media.loc.longitude.degrees", 34).signed().doc("longitude in degrees times 2^25"),
        ]),
        bits("media.loc.alt_type", 4)
            .names(&[(1, "metres"), (2, "floors")])
            .doc("unit of the altitude")
            .into(),
        bits("media.loc.alt_resolution", 6).doc("known bits of the altitude").into(),
        bits("media.loc.altitude", 30).doc("altitude times 2^8").into(),
        u8("media.loc.datum")
            .names(&[(1, "WGS 84"), (2, "NAD 83, NAVD 88"), (3, "NAD 83, MLLW")])
            .doc("datum")
            .into(),
    ]
}

/// RFC 4776 §3.1 behind the option's code.
fn civic() -> Vec<Item> {
    const TYPES: &[(u64, &str)] = &[
        (0, "language"),
        (1, "state"),
        (2, "county"),
        (3, "city"),
        (4, "city division"),
        (5, "block"),
        (6, "street"),
        (16, "leading street direction"),
        (17, "trailing street suffix"),
        (18, "street suffix"),
        (19, "house number"),
        (20, "house number suffix"),
        (21, "landmark"),
        (22, "additional location"),
        (23, "name"),
        (24, "postal code"),
        (25, "building"),
        (26, "unit"),
        (27, "floor"),
        (28, "room"),
        (29, "type of place"),
        (30, "postal community name"),
        (31, "post office box"),
        (32, "additional code"),
        (33, "seat"),
        (34, "primary road"),
        (35, "road section"),
        (36, "road branch"),
        (37, "road sub-branch"),
        (38, "street name pre-modifier"),
        (39, "street name post-modifier"),
        (128, "script"),
    ];
    vec![
        u8("media.civic.length").unit("octets").doc("length").into(),
        u8("media.civic.what")
            .names(&[(0, "DHCP server"), (1, "network element"), (2, "client")])
            .doc("whose location")
            .into(),
        text("media.civic.country", Size::Octets(lit(2))).doc("country (ISO 3166)").into(),
        repeat(
            label("media.civic.element").doc("element"),
            [
                u8("media.civic.type").names(TYPES).doc("kind").into(),
                u8("media.civic.length").unit("octets").doc("length").into(),
                text("media.civic.value", Size::Octets(val("media.civic.length"))).doc("value").into(),
            ],
        ),
    ]
}
