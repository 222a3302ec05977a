//! Information elements as scapy's layers write them: the parts that the elements have in [`super::elements`], by scapy's names.

use super::elements::{ELEMENTS, little};
use super::tables;
use crate::schema::{Fill, Item, Size, be24, bits, block, bytes, label, le16, lit, repeat, rest, u8};

/// Names that scapy knows elements by, besides.
const WORDS: &[(u64, &str)] = &[
    (0, "SSID"),
    (1, "Rates"),
    (2, "FHset"),
    (3, "DSSS Set"),
    (3, "DSset"),
    (4, "CF Set"),
    (4, "CFset"),
    (5, "TIM"),
    (6, "IBSS Set"),
    (6, "IBSSset"),
    (7, "Country"),
    (11, "BSS Load"),
    (12, "EDCA Set"),
    (13, "TSPEC"),
    (14, "TCLAS"),
    (15, "Schedule"),
    (16, "challenge"),
    (33, "PowerCapability"),
    (36, "Channels"),
    (42, "ERP"),
    (42, "ERPinfo"),
    (45, "HTinfo"),
    (48, "RSN"),
    (48, "RSNinfo"),
    (50, "ESRates"),
    (61, "HT Operation"),
    (127, "ExtendendCapatibilities"),
    (191, "VHTCapabilities"),
    (221, "Vendor"),
];

/// An element that scapy has a layer of: number, and length without the fixed parts.
fn layer(name: &'static str, number: u64, items: Vec<Item>) -> Item {
    // a country's element has an even length
    let fill = if number == 7 { Fill::Zero(2) } else { Fill::None };
    let head = [
        u8("tag.number").craft("ID").default(number).hidden().doc("element").into(),
        u8("tag.length").craft("len").len_of_part("tag.body", 1, 0).hidden().doc("length").into(),
        Item::Block(label("tag.body").fill(fill).hidden().doc("value"), rest(), items.into()),
    ];
    repeat(label(name).hidden().doc("element"), head)
}

/// Scapy's layers.
pub(super) fn written() -> [Item; 13] {
    let number =
        |name: &'static str, craft: &'static str| u8(name).craft(craft).hidden().doc("as scapy calls it");
    let word =
        |name: &'static str, craft: &'static str| le16(name).craft(craft).hidden().doc("as scapy calls it");
    let bit = |name: &'static str, craft: &'static str, width: u16| {
        bits(name, width).craft(craft).hidden().doc("as scapy calls it")
    };
    let rates = || {
        repeat(
            label("tag.entry").default(1).hidden().doc("rate"),
            [number("tag.written.rate", "rates").default(0x82).into()],
        )
    };
    let channels = repeat(
        label("tag.written.fnm").craft("descriptors").hidden().doc("channels"),
        [
            number("tag.written.fcn", "first_channel_number").default(1).into(),
            number("tag.written.nc", "num_channels").default(24).into(),
            number("tag.written.mtpl", "mtp").into(),
        ],
    );
    let vht = block(
        label("tag.written.vht").craft("VHT_Operation_Info").hidden().doc("operation"),
        Size::Octets(lit(3)),
        [
            number("tag.written.vht.width", "channel_width").into(),
            number("tag.written.vht.center0", "channel_center0").default(36).into(),
            number("tag.written.vht.center1", "channel_center1").into(),
        ],
    );
    let mut robust = suites_written(vec![word("tag.written.version", "version").default(1).into()]);
    robust.extend([
        bit("tag.written.mfpc", "mfp_capable", 1).default(1).into(),
        bit("tag.written.mfpr", "mfp_required", 1).default(1).into(),
        bit("tag.written.gtksa", "gtksa_replay_counter", 2).into(),
        bit("tag.written.ptksa", "ptksa_replay_counter", 2).into(),
        bit("tag.written.pairwise", "no_pairwise", 1).into(),
        bit("tag.written.preauth", "pre_auth", 1).into(),
        bit("tag.written.reserved", "reserved", 1).into(),
        bit("tag.written.ocvc", "ocvc", 1).into(),
        bit("tag.written.key_id", "extended_key_id", 1).into(),
        bit("tag.written.pbac", "pbac", 1).into(),
        bit("tag.written.spp_required", "spp_a_msdu_required", 1).into(),
        bit("tag.written.spp_capable", "spp_a_msdu_capable", 1).into(),
        bit("tag.written.peerkey", "peer_key_enabled", 1).into(),
        bit("tag.written.jmr", "joint_multiband_rsna", 1).into(),
        block(
            label("tag.written.pmkids").craft("pmkids").hidden().doc("identifiers"),
            rest(),
            [
                word("tag.written.pmkid.count", "nb_pmkids").count_of("tag.written.pmkid").into(),
                repeat(
                    label("tag.written.pmkid").craft("pmkid_list").hidden().doc("identifier"),
                    [bytes("tag.written.pmkid.value", Size::Octets(lit(16)))
                        .hidden()
                        .doc("identifier")
                        .into()],
                ),
            ],
        ),
        suite_written("tag.written.gmcs", "group_management_cipher_suite", "cipher", 6),
    ]);
    let mut wpa = vec![
        be24("tag.oui").craft("oui").default(0x0050f2).hidden().doc("vendor").into(),
        number("tag.written.type", "type").default(1).into(),
    ];
    wpa.extend(suites_written(vec![word("tag.written.version", "version").default(1).into()]));
    [
        repeat(
            label("tag.plain").hidden().doc("element"),
            [
                u8("tag.number").craft("ID").names(ELEMENTS).words(WORDS).hidden().doc("element").into(),
                u8("tag.length").craft("len").len_of_part("tag.info", 1, 0).hidden().doc("length").into(),
                block(
                    label("tag.info").hidden().doc("value"),
                    rest(),
                    [bytes("tag.written.octets", rest()).craft("info").hidden().doc("value").into()],
                ),
            ],
        ),
        layer("tag.dsss", 3, vec![number("tag.written.channel", "channel").into()]),
        layer(
            "tag.erp",
            42,
            vec![
                bit("tag.written.erp.present", "NonERP_Present", 1).into(),
                bit("tag.written.erp.protection", "Use_Protection", 1).into(),
                bit("tag.written.erp.barker", "Barker_Preamble_Mode", 1).into(),
                bit("tag.written.erp.res", "res", 5).into(),
            ],
        ),
        layer("tag.rates", 1, vec![rates()]),
        layer(
            "tag.csa",
            37,
            vec![
                number("tag.written.mode", "mode").into(),
                number("tag.written.new_channel", "new_channel").into(),
                number("tag.written.count", "channel_switch_count").into(),
            ],
        ),
        layer(
            "tag.obss",
            74,
            [
                "Passive_Dwell",
                "Active_Dwell",
                "Scan_Interval",
                "Passive_Total_Per_Channel",
                "Active_Total_Per_Channel",
                "Delay",
                "Activity_Threshold",
            ]
            .into_iter()
            .zip([
                "tag.written.spd",
                "tag.written.sad",
                "tag.written.cwtsi",
                "tag.written.sptpc",
                "tag.written.satpc",
                "tag.written.wctdf",
                "tag.written.sat",
            ])
            .map(|(craft, name)| word(name, craft).into())
            .collect(),
        ),
        layer(
            "tag.country",
            7,
            vec![
                bytes("tag.written.country", Size::Octets(lit(3)))
                    .craft("country_string")
                    .hidden()
                    .doc("country")
                    .into(),
                channels,
            ],
        ),
        layer(
            "tag.vht",
            192,
            vec![vht, le16("tag.written.mcs").craft("mcs_set").hidden().doc("schemes").into()],
        ),
        layer(
            "tag.ht",
            45,
            vec![
                little!("", "", 2, tables::HT_CAPABILITIES),
                bit("tag.written.ampdu.reserved", "res1", 3).into(),
                bit("tag.written.ampdu.spacing", "Min_MPDCU_Start_Spacing", 3).into(),
                bit("tag.written.ampdu.length", "Max_A_MPDU_Length_Exponent", 2).default(3).into(),
                little!("", "", 16, tables::HT_MCS_WRITTEN),
                little!("", "", 2, tables::HT_EXTENDED),
                little!("", "", 4, tables::TXBF),
                number("tag.written.asel", "ASEL").into(),
            ],
        ),
        layer(
            "tag.ht_operation",
            61,
            vec![
                number("tag.written.primary", "primary_channel").into(),
                little!("", "", 1, tables::HT_INFO_1),
                little!("", "", 2, tables::HT_INFO_2),
                little!("", "", 2, tables::HT_INFO_3),
                bytes("tag.written.basic_mcs", Size::Octets(lit(16)))
                    .craft("basic_mcs_set")
                    .default_bytes(&[0; 16])
                    .hidden()
                    .doc("basic schemes")
                    .into(),
            ],
        ),
        layer("tag.rsn", 48, robust),
        layer(
            "tag.vendor",
            221,
            vec![
                be24("tag.oui").craft("oui").hidden().doc("vendor").into(),
                bytes("tag.written.info", rest()).craft("info").hidden().doc("data").into(),
            ],
        ),
        layer("tag.wpa", 221, wpa),
    ]
}

fn suite_written(name: &'static str, craft: &'static str, kind: &'static str, default: u64) -> Item {
    block(
        label(name).craft(craft).hidden().doc("suite"),
        Size::Octets(lit(4)),
        [
            be24("tag.written.suite.oui")
                .craft("oui")
                .default(0x000fac)
                .hidden()
                .doc("who numbers it")
                .into(),
            u8("tag.written.suite.type").craft(kind).default(default).hidden().doc("suite").into(),
        ],
    )
}

fn suites_written(mut items: Vec<Item>) -> Vec<Item> {
    let entries = |name: &'static str, craft: &'static str, kind: &'static str, default: u64| {
        repeat(
            label(name).craft(craft).default(1).hidden().doc("suite"),
            [
                be24("tag.written.suite.oui")
                    .craft("oui")
                    .default(0x000fac)
                    .hidden()
                    .doc("who numbers it")
                    .into(),
                u8("tag.written.suite.type").craft(kind).default(default).hidden().doc("suite").into(),
            ],
        )
    };
    items.extend([
        suite_written("tag.written.group", "group_cipher_suite", "cipher", 4),
        le16("tag.written.pcs.count")
            .craft("nb_pairwise_cipher_suites")
            .count_of("tag.written.pcs")
            .hidden()
            .doc("suites")
            .into(),
        entries("tag.written.pcs", "pairwise_cipher_suites", "cipher", 4),
        le16("tag.written.akms.count")
            .craft("nb_akm_suites")
            .count_of("tag.written.akms")
            .hidden()
            .doc("suites")
            .into(),
        entries("tag.written.akms", "akm_suites", "suite", 1),
    ]);
    items
}
