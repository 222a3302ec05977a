//! Information elements of IEEE 802.11 (IEEE Std 802.11-2020 §9.4.2), what beacons, probes, associations and actions carry. Elements that
//! are not named here are shown as octets.

use super::bits::{Bits, fields};
use super::tables;
use crate::decode::Walk;
use crate::schema::{
    Field, Item, Size, Test, Tlv, TlvCase, be16, be24, be32, bits, bytes, eq, flag, label, le16, left, lit,
    ne, repeat, rest, shared_list, switch, text, times, u8, val, when,
};
use std::sync::LazyLock;

/// IEEE Std 802.11-2020 table 9-92.
pub(super) const ELEMENTS: &[(u64, &str)] = &[
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
                Item::Custom(
                    vec![u8("qbss.version").doc("version of the element, by its length")],
                    load_version,
                    None,
                ),
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
        element(127, super::capabilities::extended()),
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
            Item::Custom(
                vec![
                    be16("wfa.ie.wme.acp.cw.max").doc("largest contention window"),
                    be16("wfa.ie.wme.acp.cw.min").doc("smallest contention window"),
                ],
                contention_windows,
                None,
            ),
            le16("wfa.ie.wme.acp.txop_limit").unit("32 us").doc("limit of the transmit opportunity").into(),
        ]
    };
    let multimedia = vec![
        u8("wfa.ie.wme.subtype")
            .names(&[(0, "information element"), (1, "parameter element"), (2, "TSPEC element")])
            .doc("subtype")
            .into(),
        u8("wfa.ie.wme.version").doc("version").into(),
        when(
            ne("wfa.ie.wme.subtype", 2),
            [
                u8("wfa.ie.wme.qos_info").hex().doc("QoS information").into(),
                Item::Custom(multimedia_parts(), multimedia_meaning, None),
            ],
        ),
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

/// The load of a cell has the layout of IEEE 802.11e, the second version, where it takes five octets.
fn load_version(walk: &mut Walk<'_, '_>) {
    let (at, octets) = (walk.offset(), walk.rest().len());
    walk.emit("qbss.version", at, octets, if octets == 5 { 2 } else { 1 });
}

/// Contention windows from their exponents, the octet before the cursor.
fn contention_windows(walk: &mut Walk<'_, '_>) {
    let Some(octet) = walk.header().last().copied() else { return };
    let at = walk.offset().saturating_sub(1);
    let window = |exponent: u8| (1_u64 << exponent).saturating_sub(1);
    walk.emit("wfa.ie.wme.acp.cw.max", at, 1, window(octet >> 4));
    walk.emit("wfa.ie.wme.acp.cw.min", at, 1, window(octet & 15));
}

fn multimedia_parts() -> Vec<Field> {
    vec![
        flag("wfa.ie.wme.qos_info.ap.u_apsd").doc("the access point delivers on trigger (U-APSD)"),
        bits("wfa.ie.wme.qos_info.ap.parameter_set_count", 4).hex().doc("changes of the parameters"),
        bits("wfa.ie.wme.qos_info.ap.reserved", 3).hex().doc("reserved"),
        bits("wfa.ie.wme.qos_info.sta.max_sp_length", 2)
            .hex()
            .names(&[(0, "all"), (1, "two"), (2, "four"), (3, "six")])
            .doc("frames in a service period"),
        flag("wfa.ie.wme.qos_info.sta.ac_be").doc("best effort is delivered on trigger"),
        flag("wfa.ie.wme.qos_info.sta.ac_bk").doc("background is delivered on trigger"),
        flag("wfa.ie.wme.qos_info.sta.ac_vi").doc("video is delivered on trigger"),
        flag("wfa.ie.wme.qos_info.sta.ac_vo").doc("voice is delivered on trigger"),
        bits("wfa.ie.wme.qos_info.sta.reserved", 4).hex().doc("reserved"),
    ]
}

/// WMM specification §2.2.1: the octet before the cursor is an access point's in beacons and answers, a station's in requests.
fn multimedia_meaning(walk: &mut Walk<'_, '_>) {
    let header = walk.header();
    let (Some(first), Some(octet)) = (header.first().copied(), header.last().copied()) else { return };
    let (at, octet) = (walk.offset().saturating_sub(1), u64::from(octet));
    match first >> 4 {
        1 | 3 | 5 | 8 => {
            walk.emit("wfa.ie.wme.qos_info.ap.u_apsd", at, 1, octet >> 7);
            walk.emit("wfa.ie.wme.qos_info.ap.parameter_set_count", at, 1, octet & 15);
            walk.emit("wfa.ie.wme.qos_info.ap.reserved", at, 1, octet >> 4 & 7);
        }
        0 | 2 | 4 => {
            walk.emit("wfa.ie.wme.qos_info.sta.max_sp_length", at, 1, octet >> 5 & 3);
            walk.emit("wfa.ie.wme.qos_info.sta.ac_be", at, 1, octet >> 3 & 1);
            walk.emit("wfa.ie.wme.qos_info.sta.ac_bk", at, 1, octet >> 2 & 1);
            walk.emit("wfa.ie.wme.qos_info.sta.ac_vi", at, 1, octet >> 1 & 1);
            walk.emit("wfa.ie.wme.qos_info.sta.ac_vo", at, 1, octet & 1);
            walk.emit("wfa.ie.wme.qos_info.sta.reserved", at, 1, octet >> 7 << 3 | octet >> 4 & 1);
        }
        _ => {}
    }
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
