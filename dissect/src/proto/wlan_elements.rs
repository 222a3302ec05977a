//! Information elements of IEEE 802.11 (IEEE Std 802.11-2020 §9.4.2), what beacons, probes, associations and actions carry. Elements that
//! are not named here are shown as octets.

use super::bits::{Bits, fields};
use super::tables;
use crate::schema::{
    Field, Fill, Item, Size, Test, Tlv, TlvCase, be24, be32, bits, block, bytes, eq, flag, label, le16, left,
    lit, ne, repeat, rest, shared_list, switch, text, times, u8, val, when,
};
use std::sync::LazyLock;

/// IEEE Std 802.11-2020 table 9-92.
const ELEMENTS: &[(u64, &str)] = &[
    (0, "SSID parameter set"),
    (1, "Supported Rates"),
    (2, "FH parameter set"),
    (3, "DS Parameter set"),
    (4, "CF Parameter set"),
    (5, "Traffic Indication Map (TIM)"),
    (6, "IBSS Parameter set"),
    (7, "Country Information"),
    (10, "Request"),
    (11, "QBSS Load Element"),
    (12, "EDCA Parameter Set"),
    (16, "Challenge text"),
    (32, "Power Constraint"),
    (33, "Power Capability"),
    (34, "TPC Request"),
    (35, "TPC Report"),
    (36, "Supported Channels"),
    (37, "Channel Switch Announcement"),
    (38, "Measurement Request"),
    (39, "Measurement Report"),
    (40, "Quiet"),
    (42, "ERP Information"),
    (45, "HT Capabilities"),
    (46, "QoS Capability"),
    (48, "RSN Information"),
    (50, "Extended Supported Rates"),
    (51, "AP Channel Report"),
    (52, "Neighbor Report"),
    (54, "Mobility Domain"),
    (55, "Fast BSS Transition"),
    (59, "Supported Operating Classes"),
    (60, "Extended Channel Switch Announcement"),
    (61, "HT Information"),
    (62, "Secondary Channel Offset"),
    (70, "RM Enabled Capabilities"),
    (71, "Multiple BSSID"),
    (72, "20/40 BSS Coexistence"),
    (74, "Overlapping BSS Scan Parameters"),
    (76, "Management MIC"),
    (90, "BSS Max Idle Period"),
    (107, "Interworking"),
    (108, "Advertisement Protocol"),
    (113, "Mesh Configuration"),
    (114, "Mesh ID"),
    (127, "Extended Capabilities"),
    (191, "VHT Capabilities"),
    (192, "VHT Operation"),
    (195, "Transmit Power Envelope"),
    (201, "Reduced Neighbor Report"),
    (221, "Vendor Specific"),
    (244, "RSN Extension"),
    (255, "Element ID Extension"),
];

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

const EXTENSIONS: &[(u64, &str)] = &[
    (4, "FILS Request Parameters"),
    (11, "Estimated Service Parameters"),
    (32, "OWE Diffie-Hellman Parameter"),
    (33, "Password Identifier"),
    (35, "HE Capabilities"),
    (36, "HE Operation"),
    (37, "UL OFDMA-based Random Access (UORA) Parameter Set"),
    (38, "MU EDCA Parameter Set"),
    (39, "Spatial Reuse Parameter Set"),
    (55, "Non-Inheritance"),
    (59, "HE 6 GHz Band Capabilities"),
    (92, "Rejected Groups"),
    (93, "Anti-Clogging Token Container"),
    (106, "EHT Operation"),
    (107, "Multi-Link"),
    (108, "EHT Capabilities"),
];

/// IEEE Std 802.11-2020 table 9-149.
const CIPHERS: &[(u64, &str)] = &[
    (0, "use group cipher suite"),
    (1, "WEP (40-bit)"),
    (2, "TKIP"),
    (4, "AES (CCM)"),
    (5, "WEP (104-bit)"),
    (6, "BIP (128)"),
    (7, "group addressed traffic not allowed"),
    (8, "GCMP (128)"),
    (9, "GCMP (256)"),
    (10, "CCMP (256)"),
    (11, "BIP (GMAC-128)"),
    (12, "BIP (GMAC-256)"),
    (13, "BIP (CMAC-256)"),
];

/// Table 9-151.
const KEYS: &[(u64, &str)] = &[
    (1, "WPA"),
    (2, "PSK"),
    (3, "FT over IEEE 802.1X"),
    (4, "FT using PSK"),
    (5, "WPA (SHA256)"),
    (6, "PSK (SHA256)"),
    (7, "TDLS / TPK handshake (SHA256)"),
    (8, "SAE (SHA256)"),
    (9, "FT using SAE (SHA256)"),
    (10, "AP peer key (SHA256)"),
    (11, "WPA (SHA256-SuiteB)"),
    (12, "WPA (SHA384-SuiteB)"),
    (13, "FT over IEEE 802.1X (SHA384)"),
    (14, "FILS (SHA256 and AES-SIV-256)"),
    (15, "FILS (SHA384 and AES-SIV-512)"),
    (16, "FT over FILS (SHA256 and AES-SIV-256)"),
    (17, "FT over FILS (SHA384 and AES-SIV-512)"),
    (18, "opportunistic wireless encryption"),
    (24, "SAE (group-dependent hash)"),
];

const OUIS: &[(u64, &str)] = &[
    (0x000fac, "IEEE 802.11"),
    (0x0050f2, "Microsoft"),
    (0x506f9a, "Wi-Fi Alliance"),
    (0x00904c, "Epigram"),
    (0x001018, "Broadcom"),
    (0x00037f, "Atheros"),
    (0x000c43, "MediaTek"),
    (0x8cfdf0, "Qualcomm"),
    (0x0017f2, "Apple"),
    (0x004096, "Cisco"),
];

/// A number in little-endian order and its parts, both ways.
macro_rules! little {
    ($whole:literal, $doc:literal, $octets:literal, $table:expr) => {
        Item::Custom(
            super::elements::declared($whole, $doc, $octets, $table),
            |walk| {
                super::bits::read(walk, $whole, $octets, $table);
            },
            Some(|build| super::bits::write(build, $octets, $table)),
        )
    };
}
pub(super) use little;

/// The fields of [`little`].
pub(super) fn declared(whole: &'static str, doc: &'static str, octets: u16, table: &[Bits]) -> Vec<Field> {
    let whole = (!whole.is_empty()).then(|| bits(whole, octets.min(8).saturating_mul(8)).hex().doc(doc));
    whole.into_iter().chain(fields(table)).collect()
}

/// The elements, to the end of the frame. What the crafter's layers write is in [`written`].
pub(super) fn list() -> Item {
    static LIST: LazyLock<Tlv> = LazyLock::new(elements);
    shared_list(&LIST)
}

fn elements() -> Tlv {
    let mut list = Tlv::new(
        label("tag").doc("element"),
        u8("tag.number").names(ELEMENTS).brief().doc("element"),
        u8("tag.length").unit("octets").doc("length"),
    )
    .body_len()
    .other([bytes("tag.data", rest()).doc("value").into()]);
    list.cases = plain();
    list.cases.extend(high_throughput());
    list.cases.extend([element(48, robust_security()), element(221, vendor()), element(255, extension())]);
    list
}

fn element(kind: u64, items: Vec<Item>) -> TlvCase {
    TlvCase { kind, field: label("tag").doc("element"), items }
}

/// One number again and again, to the end of the element.
fn each(field: Field) -> Vec<Item> {
    vec![repeat(label("tag.entry").hidden().doc("entry"), [field.into()])]
}

fn plain() -> Vec<TlvCase> {
    let rate = |name| u8(name).hex().doc("rate in 500 kbit/s; the highest bit: basic");
    vec![
        element(0, vec![text("ssid", rest()).brief().doc("name of the network").into()]),
        element(1, each(rate("supported_rates"))),
        element(
            2,
            vec![
                le16("fh.dwell_time").hex().doc("dwell time").into(),
                u8("fh.hop_set").doc("hop set").into(),
                u8("fh.hop_pattern").doc("hop pattern").into(),
                u8("fh.hop_index").doc("hop index").into(),
            ],
        ),
        element(3, vec![u8("ds.current_channel").brief().doc("channel").into()]),
        element(
            4,
            vec![
                u8("cfp.count").doc("count").into(),
                u8("cfp.period").doc("period").into(),
                le16("cfp.max_duration").doc("longest duration").into(),
                le16("cfp.dur_remaining").doc("remaining duration").into(),
            ],
        ),
        element(
            5,
            vec![
                u8("tim.dtim_count").doc("beacons until a DTIM").into(),
                u8("tim.dtim_period").doc("beacons between DTIMs").into(),
                u8("tim.bmapctl").hex().doc("bitmap control").of([
                    bits("tim.bmapctl.offset", 7).hex().doc("offset of the bitmap"),
                    flag("tim.bmapctl.multicast").doc("multicast is buffered"),
                ]),
                bytes("tim.partial_virtual_bitmap", rest()).doc("stations with buffered frames").into(),
            ],
        ),
        element(6, vec![le16("ibss.atim_windows").hex().doc("ATIM window").into()]),
        element(7, country()),
        element(10, each(u8("tag.request").names(ELEMENTS).doc("element asked for"))),
        element(
            11,
            vec![
                le16("qbss.scount").doc("stations").into(),
                u8("qbss.cu").doc("channel utilization").into(),
                le16("qbss.adc").doc("available admission capacity").into(),
            ],
        ),
        element(16, vec![bytes("tag.challenge_text", rest()).doc("challenge").into()]),
        element(32, vec![u8("powercon.local").unit("dB").doc("local power constraint").into()]),
        element(
            33,
            vec![
                u8("powercap.min").signed().unit("dBm").doc("smallest power").into(),
                u8("powercap.max").signed().unit("dBm").doc("largest power").into(),
            ],
        ),
        element(
            37,
            vec![
                u8("csa.channel_switch_mode").doc("mode").into(),
                u8("csa.new_channel_number").brief().doc("new channel").into(),
                u8("csa.channel_switch.count").doc("beacons until the switch").into(),
            ],
        ),
        element(
            42,
            vec![u8("erp_info").hex().doc("ERP information").of([
                bits("erp_info.reserved", 5).hex().doc("reserved"),
                flag("erp_info.barker_preamble_mode").doc("long preambles"),
                flag("erp_info.use_protection").doc("protection"),
                flag("erp_info.erp_present").doc("stations without ERP"),
            ])],
        ),
        element(50, each(rate("extended_supported_rates"))),
        element(
            54,
            vec![
                le16("mobility_domain.mdid").hex().doc("mobility domain").into(),
                u8("mobility_domain.ft_capab").hex().doc("fast transition").of([
                    bits("mobility_domain.ft_capab.reserved", 6).hex().doc("reserved"),
                    flag("mobility_domain.ft_capab.resource_req").doc("resource request protocol"),
                    flag("mobility_domain.ft_capab.ft_over_ds").doc("over the distribution system"),
                ]),
            ],
        ),
        element(70, each(u8("rmcap").hex().doc("radio measurement, an octet of capabilities"))),
        element(
            74,
            vec![
                le16("obss.spd").doc("passive dwell").into(),
                le16("obss.sad").doc("active dwell").into(),
                le16("obss.cwtsi").unit("s").doc("interval").into(),
                le16("obss.sptpc").doc("passive in total for each channel").into(),
                le16("obss.satpc").doc("active in total for each channel").into(),
                le16("obss.wctdf").doc("delay factor").into(),
                le16("obss.sat").doc("activity threshold").into(),
            ],
        ),
        element(127, each(u8("extcap").hex().doc("extended capabilities, an octet"))),
    ]
}

fn country() -> Vec<Item> {
    vec![
        text("country_info.code", Size::Octets(lit(2))).brief().doc("country").into(),
        u8("country_info.environment").doc("environment").into(),
        repeat(
            label("country_info.fnm").doc("channels"),
            [when(
                Test::Ge(left(), lit(3)),
                [
                    u8("country_info.fnm.fcn").doc("first channel").into(),
                    u8("country_info.fnm.nc").doc("channels").into(),
                    u8("country_info.fnm.mtpl").signed().unit("dBm").doc("largest power").into(),
                ],
            )],
        ),
        when(Test::Ge(left(), lit(1)), [bytes("country_info.padding", rest()).doc("padding").into()]),
    ]
}

fn high_throughput() -> Vec<TlvCase> {
    vec![
        element(
            45,
            vec![
                little!("ht.capabilities", "HT capabilities", 2, tables::HT_CAPABILITIES),
                little!("ht.ampduparam", "parameters of aggregates", 1, tables::HT_AMPDU),
                little!("", "", 16, tables::HT_MCS),
                little!("htex.capabilities", "HT extended capabilities", 2, tables::HT_EXTENDED),
                little!("txbf", "transmit beamforming", 4, tables::TXBF),
                u8("asel").hex().doc("antenna selection").of([
                    flag("asel.reserved").doc("reserved"),
                    flag("asel.sppdu").doc("sends sounding frames"),
                    flag("asel.rx").doc("receiving"),
                    flag("asel.if").doc("antenna indices are fed back"),
                    flag("asel.csi").doc("explicit feedback of the channel state"),
                    flag("asel.txif").doc("sending, by antenna indices"),
                    flag("asel.txcsi").doc("sending, by explicit feedback"),
                    flag("asel.capable").doc("antenna selection"),
                ]),
            ],
        ),
        element(
            61,
            vec![
                u8("ht.info.primarychannel").brief().doc("primary channel").into(),
                little!("ht.info.delim1", "HT information", 1, tables::HT_INFO_1),
                little!("ht.info.delim2", "HT information", 2, tables::HT_INFO_2),
                little!("ht.info.delim3", "HT information", 2, tables::HT_INFO_3),
                little!("", "", 16, tables::HT_MCS),
            ],
        ),
        element(
            191,
            vec![
                little!("vht.capabilities", "VHT capabilities", 4, tables::VHT_CAPABILITIES),
                little!("", "", 8, tables::VHT_MCS),
            ],
        ),
        element(
            192,
            vec![
                u8("vht.op.channelwidth").doc("channel width").into(),
                u8("vht.op.channelcenter0").doc("first centre frequency").into(),
                u8("vht.op.channelcenter1").doc("second centre frequency").into(),
                little!("vht.op.basicmcsmap", "basic schemes by streams", 2, tables::VHT_BASIC),
            ],
        ),
    ]
}

/// Names of the parts of a cipher or key suite.
struct Suite {
    list: &'static str,
    count: &'static str,
    whole: &'static str,
    oui: &'static str,
    kind: &'static str,
}

const RSN: [Suite; 4] = [
    Suite { list: "", count: "", whole: "rsn.gcs", oui: "rsn.gcs.oui", kind: "rsn.gcs.type" },
    Suite {
        list: "rsn.pcs.list",
        count: "rsn.pcs.count",
        whole: "rsn.pcs",
        oui: "rsn.pcs.oui",
        kind: "rsn.pcs.type",
    },
    Suite {
        list: "rsn.akms.list",
        count: "rsn.akms.count",
        whole: "rsn.akms",
        oui: "rsn.akms.oui",
        kind: "rsn.akms.type",
    },
    Suite { list: "", count: "", whole: "rsn.gmcs", oui: "rsn.gmcs.oui", kind: "rsn.gmcs.type" },
];

const WPA: [Suite; 3] = [
    Suite {
        list: "",
        count: "",
        whole: "wfa.ie.wpa.mcs",
        oui: "wfa.ie.wpa.mcs.oui",
        kind: "wfa.ie.wpa.mcs.type",
    },
    Suite {
        list: "wfa.ie.wpa.ucs.list",
        count: "wfa.ie.wpa.ucs.count",
        whole: "wfa.ie.wpa.ucs",
        oui: "wfa.ie.wpa.ucs.oui",
        kind: "wfa.ie.wpa.ucs.type",
    },
    Suite {
        list: "wfa.ie.wpa.akms.list",
        count: "wfa.ie.wpa.akms.count",
        whole: "wfa.ie.wpa.akms",
        oui: "wfa.ie.wpa.akms.oui",
        kind: "wfa.ie.wpa.akms.type",
    },
];

fn suite(suite: &Suite, names: &'static [(u64, &'static str)], doc: &'static str) -> Item {
    be32(suite.whole).hex().doc(doc).of([
        be24(suite.oui).hex().names(OUIS).doc("who numbers it"),
        u8(suite.kind).names(names).brief().doc(doc),
    ])
}

/// Version, the cipher of the group, and lists of ciphers and key managements.
fn suites(version: Field, all: &[Suite]) -> Vec<Item> {
    let mut items = vec![version.doc("version").into()];
    let known: [(&'static [(u64, &'static str)], _); 3] =
        [(CIPHERS, "cipher of the group"), (CIPHERS, "cipher"), (KEYS, "key management")];
    for (one, (names, doc)) in all.iter().zip(known) {
        if one.list.is_empty() {
            items.push(suite(one, names, doc));
            continue;
        }
        items.push(le16(one.count).doc("suites").into());
        items.push(times(label(one.list).hidden().doc("suites"), val(one.count), [suite(one, names, doc)]));
    }
    items
}

fn robust_security() -> Vec<Item> {
    let [group, pairs, keys, management] = &RSN;
    let one = |suite: &Suite| Suite { ..*suite };
    let mut items = suites(le16("rsn.version"), &[one(group), one(pairs), one(keys)]);
    items.push(when(
        Test::Ge(left(), lit(2)),
        [le16("rsn.capabilities").hex().doc("capabilities").of([
            flag("rsn.capabilities.mfpc").doc("management frame protection is possible"),
            flag("rsn.capabilities.mfpr").doc("management frame protection is required"),
            bits("rsn.capabilities.gtksa_replay_counter", 2)
                .doc("replay counters of the group's association"),
            bits("rsn.capabilities.ptksa_replay_counter", 2).doc("replay counters of the pair's association"),
            flag("rsn.capabilities.no_pairwise").doc("no pairwise keys"),
            flag("rsn.capabilities.preauth").doc("pre-authentication"),
            flag("rsn.capabilities.reserved").doc("reserved"),
            flag("rsn.capabilities.ocvc").doc("operating channel is validated"),
            flag("rsn.capabilities.extended_key_id_iaf").doc("extended key identifiers"),
            flag("rsn.capabilities.pbac").doc("protected block acknowledgement"),
            flag("rsn.capabilities.spp_a_msdu_required").doc("protected aggregates are required"),
            flag("rsn.capabilities.spp_a_msdu_capable").doc("protected aggregates are possible"),
            flag("rsn.capabilities.peerkey").doc("peer keys"),
            flag("rsn.capabilities.jmr").doc("joint multi-band"),
        ])],
    ));
    items.push(when(
        Test::Ge(left(), lit(2)),
        [
            le16("rsn.pmkid.count").doc("master key identifiers").into(),
            times(
                label("rsn.pmkid.list").hidden().doc("master key identifiers"),
                val("rsn.pmkid.count"),
                [bytes("rsn.pmkid", Size::Octets(lit(16))).doc("master key identifier").into()],
            ),
        ],
    ));
    items.push(when(
        Test::Ge(left(), lit(4)),
        [suite(management, CIPHERS, "cipher of the group's management frames")],
    ));
    items
}

/// Vendors' elements: WPA and WMM of Microsoft's number, others as octets.
fn vendor() -> Vec<Item> {
    let access = || {
        [
            u8("wfa.ie.wme.acp.aci_aifsn").hex().doc("access category").of([
                flag("wfa.ie.wme.acp.reserved").doc("reserved"),
                bits("wfa.ie.wme.acp.aci", 2)
                    .names(&[(0, "best effort"), (1, "background"), (2, "video"), (3, "voice")])
                    .doc("access category"),
                flag("wfa.ie.wme.acp.acm").doc("admission control is mandatory"),
                bits("wfa.ie.wme.acp.aifsn", 4).doc("interframe space number"),
            ]),
            u8("wfa.ie.wme.acp.ecw").hex().doc("contention window").of([
                bits("wfa.ie.wme.acp.ecw.max", 4).doc("exponent of the largest contention window"),
                bits("wfa.ie.wme.acp.ecw.min", 4).doc("exponent of the smallest contention window"),
            ]),
            le16("wfa.ie.wme.acp.txop_limit").unit("32 us").doc("limit of the transmit opportunity").into(),
        ]
    };
    let multimedia = vec![
        u8("wfa.ie.wme.subtype")
            .names(&[(0, "information element"), (1, "parameter element"), (2, "TSPEC element")])
            .doc("subtype")
            .into(),
        u8("wfa.ie.wme.version").doc("version").into(),
        when(ne("wfa.ie.wme.subtype", 2), [u8("wfa.ie.wme.qos_info").hex().doc("QoS information").into()]),
        when(
            eq("wfa.ie.wme.subtype", 1),
            [
                bytes("wfa.ie.wme.reserved", Size::Octets(lit(1))).doc("reserved").into(),
                repeat(label("wfa.ie.wme.acp").doc("access category"), access()),
            ],
        ),
        when(
            eq("wfa.ie.wme.subtype", 2),
            [bytes("wfa.ie.wme.tspec", rest()).doc("traffic specification").into()],
        ),
    ];
    vec![
        be24("tag.oui").hex().names(OUIS).brief().doc("vendor").into(),
        when(
            Test::Ge(left(), lit(1)),
            [
                u8("tag.vendor.oui.type").doc("kind of element").into(),
                switch(
                    val("tag.oui"),
                    [(
                        0x0050f2,
                        vec![switch(
                            val("tag.vendor.oui.type"),
                            [(1, suites(le16("wfa.ie.wpa.version"), &WPA)), (2, multimedia)],
                            vec![bytes("tag.vendor.data", rest()).doc("data").into()],
                        )],
                    )],
                    vec![bytes("tag.vendor.data", rest()).doc("data").into()],
                ),
            ],
        ),
    ]
}

fn extension() -> Vec<Item> {
    vec![
        u8("ext_tag.number").names(EXTENSIONS).brief().doc("extension").into(),
        switch(
            val("ext_tag.number"),
            [(
                36,
                vec![
                    little!("ext_tag.he_operation.params", "HE operation", 3, tables::HE_OPERATION),
                    little!("ext_tag.bss_color_information", "BSS colour", 1, tables::HE_COLOR),
                    little!(
                        "ext_tag.he_operation.basic_he_mcs_and_nss",
                        "basic schemes by streams",
                        2,
                        tables::HE_MCS
                    ),
                    when(
                        Test::Ge(left(), lit(1)),
                        [bytes("ext_tag.he_operation.more", rest())
                            .doc("operation of VHT and at 6 GHz")
                            .into()],
                    ),
                ],
            )],
            vec![bytes("ext_tag.data", rest()).doc("value").into()],
        ),
    ]
}

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
