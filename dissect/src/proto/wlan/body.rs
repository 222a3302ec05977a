//! Bodies of IEEE 802.11 management frames (IEEE Std 802.11-2020 §9.3.3, §9.4.1, §9.6) and of block acknowledgements (§9.3.1.7,
//! §9.3.1.8). Actions beyond spectrum, block acknowledgement, radio measurement, SA query and BSS transition are octets behind their code.

use super::bits::read;
use super::elements::{declared, list, little};
use super::tables;
use crate::decode::Walk;
use crate::schema::{
    Field, Item, Size, Test, be16, block, built, bytes, decoded, eq, flag, is_in, label, le16, le64, left,
    lit, mac, ne, rest, switch, u8, val, when,
};

/// Scapy's names of the bits of the capabilities, which it takes for a number in network order.
const CAPABILITIES: &[&str] = &[
    "res8",
    "res9",
    "short-slot",
    "res11",
    "res12",
    "DSSS-OFDM",
    "res14",
    "res15",
    "ESS",
    "IBSS",
    "CFP",
    "CFP-req",
    "privacy",
    "short-preamble",
    "PBCC",
    "agility",
];

/// IEEE Std 802.11-2020 table 9-49.
pub(super) const REASONS: &[(u64, &str)] = &[
    (1, "Unspecified reason"),
    (2, "Previous authentication is no longer valid"),
    (3, "The station leaves"),
    (4, "Inactivity"),
    (5, "The access point is full"),
    (6, "Class 2 frame from a station that is not authenticated"),
    (7, "Class 3 frame from a station that is not associated"),
    (8, "The station leaves the service set"),
    (9, "Not authenticated"),
    (10, "Power capability is not acceptable"),
    (11, "Supported channels are not acceptable"),
    (12, "BSS transition management"),
    (13, "Invalid element"),
    (14, "Message integrity code failure"),
    (15, "4-way handshake timeout"),
    (16, "Group key handshake timeout"),
    (17, "Element in the 4-way handshake differs"),
    (18, "Invalid group cipher"),
    (19, "Invalid pairwise cipher"),
    (20, "Invalid key management"),
    (21, "Unsupported RSN version"),
    (22, "Invalid RSN capabilities"),
    (23, "802.1X authentication failed"),
    (24, "Cipher suite is rejected by policy"),
    (25, "TDLS peer is unreachable"),
    (26, "TDLS teardown, unspecified reason"),
    (27, "Session is ended by the service provider"),
    (28, "No roaming agreement with the service provider"),
    (29, "Cipher suite or key management is rejected by the service provider"),
    (30, "Service is not authorised here"),
    (31, "Traffic stream is deleted for lack of bandwidth"),
    (32, "Unspecified reason, quality of service"),
    (33, "Not enough bandwidth"),
    (34, "Too many frames are not acknowledged"),
    (35, "Transmission outside the opportunities"),
    (36, "The peer leaves the service set"),
    (37, "The peer does not want the mechanism"),
    (38, "The mechanism needs a setup"),
    (39, "Peer timeout"),
    (45, "Cipher suite is not supported by the peer"),
    (46, "Teardown by the peer, or access limit is reached"),
    (47, "Teardown by the access point, or external service requirements"),
    (48, "Invalid number of fast transition frames"),
    (49, "Invalid PMKID"),
    (50, "Invalid mobility domain"),
    (51, "Invalid fast transition element"),
    (52, "Mesh peering is cancelled"),
    (53, "Too many mesh peers"),
    (54, "Mesh configuration policy violation"),
    (55, "Mesh peering is closed by the peer"),
    (56, "Mesh peering got no answer"),
    (57, "Mesh peering was not confirmed in time"),
    (58, "Invalid mesh group key"),
    (59, "Inconsistent mesh parameters"),
    (60, "Invalid mesh security capability"),
    (61, "Mesh has no proxy to the destination"),
    (62, "Mesh has no path to the destination"),
    (63, "Mesh path is gone"),
    (64, "Address exists in the mesh already"),
    (65, "Mesh channel switch by regulation"),
    (66, "Mesh channel switch"),
];

/// IEEE Std 802.11-2020 table 9-50.
pub(super) const STATUSES: &[(u64, &str)] = &[
    (0, "Successful"),
    (1, "Unspecified failure"),
    (2, "TDLS wakeup schedule is rejected, another is proposed"),
    (3, "TDLS wakeup schedule is rejected"),
    (5, "Security is disabled"),
    (6, "Lifetime is not acceptable"),
    (7, "Not in the same service set"),
    (10, "Capabilities cannot be supported"),
    (11, "No association to confirm"),
    (12, "Denied outside of the standard"),
    (13, "Authentication algorithm is not supported"),
    (14, "Authentication out of sequence"),
    (15, "Challenge failure"),
    (16, "Authentication timeout"),
    (17, "The access point is full"),
    (18, "Basic rates are not supported"),
    (19, "Short preamble is not supported"),
    (22, "Spectrum management is required"),
    (23, "Power capability is not acceptable"),
    (24, "Supported channels are not acceptable"),
    (25, "Short slot time is not supported"),
    (27, "HT is not supported"),
    (28, "Key holder is unreachable"),
    (29, "Phased coexistence transition time is not supported"),
    (30, "Association is refused for now"),
    (31, "Robust management frame policy violation"),
    (32, "Unspecified failure, quality of service"),
    (33, "Not enough bandwidth for another station"),
    (34, "Channel conditions are poor"),
    (35, "Quality of service is not supported"),
    (37, "Request is declined"),
    (38, "Invalid parameters"),
    (39, "Another traffic specification is proposed"),
    (40, "Invalid element"),
    (41, "Invalid group cipher"),
    (42, "Invalid pairwise cipher"),
    (43, "Invalid key management"),
    (44, "Unsupported RSN version"),
    (45, "Invalid RSN capabilities"),
    (46, "Cipher suite is rejected by policy"),
    (47, "Traffic stream may be created later"),
    (48, "Direct link is not allowed"),
    (49, "Destination is not in the service set"),
    (50, "Destination has no quality of service"),
    (51, "Listen interval is too large"),
    (52, "Invalid number of fast transition frames"),
    (53, "Invalid PMKID"),
    (54, "Invalid mobility domain"),
    (55, "Invalid fast transition element"),
    (72, "Invalid contents"),
    (76, "Anti-clogging token is required"),
    (77, "Finite cyclic group is not supported"),
    (126, "SAE hash-to-element"),
];

pub(super) const ALGORITHMS: &[(u64, &str)] = &[
    (0, "Open System"),
    (1, "Shared Key"),
    (2, "fast BSS transition"),
    (3, "SAE"),
    (4, "FILS"),
    (5, "FILS with perfect forward secrecy"),
    (6, "FILS public key"),
    (128, "network EAP"),
];

/// IEEE Std 802.11-2020 table 9-51.
pub(super) const CATEGORIES: &[(u64, &str)] = &[
    (0, "spectrum management"),
    (1, "QoS"),
    (3, "block acknowledgement"),
    (4, "public"),
    (5, "radio measurement"),
    (6, "fast BSS transition"),
    (7, "HT"),
    (8, "SA query"),
    (9, "protected dual of public action"),
    (10, "WNM"),
    (11, "unprotected WNM"),
    (12, "TDLS"),
    (13, "mesh"),
    (14, "multihop"),
    (15, "self-protected"),
    (16, "DMG"),
    (17, "WMM"),
    (18, "fast session transfer"),
    (19, "robust audio and video streaming"),
    (21, "VHT"),
    (22, "S1G"),
    (30, "HE"),
    (31, "protected HE"),
    (126, "vendor-specific, protected"),
    (127, "vendor-specific"),
];

const SPECTRUM_ACTIONS: &[(u64, &str)] = &[
    (0, "measurement request"),
    (1, "measurement report"),
    (2, "TPC request"),
    (3, "TPC report"),
    (4, "channel switch announcement"),
];

const BLOCK_ACTIONS: &[(u64, &str)] = &[(0, "add request"), (1, "add response"), (2, "delete")];

const RADIO_ACTIONS: &[(u64, &str)] = &[
    (0, "measurement request"),
    (1, "measurement report"),
    (2, "link measurement request"),
    (3, "link measurement report"),
    (4, "neighbour report request"),
    (5, "neighbour report response"),
];

const QUERY_ACTIONS: &[(u64, &str)] = &[(0, "request"), (1, "response")];

const NETWORK_ACTIONS: &[(u64, &str)] = &[
    (6, "BSS transition query"),
    (7, "BSS transition request"),
    (8, "BSS transition response"),
    (26, "notification request"),
];

/// The name of an action in its category.
pub(super) fn action_name(category: u8, action: u8) -> Option<&'static str> {
    let names = match category {
        0 => SPECTRUM_ACTIONS,
        3 => BLOCK_ACTIONS,
        5 => RADIO_ACTIONS,
        8 => QUERY_ACTIONS,
        10 => NETWORK_ACTIONS,
        _ => return None,
    };
    crate::schema::Names::List(names).get(u64::from(action))
}

/// Crafter's layers that are bodies of management frames, by subtype.
pub(super) const BODIES: [(&str, u64); 12] = [
    ("Dot11AssoReq", 0),
    ("Dot11AssoResp", 1),
    ("Dot11ReassoReq", 2),
    ("Dot11ReassoResp", 3),
    ("Dot11ProbeReq", 4),
    ("Dot11ProbeResp", 5),
    ("Dot11Beacon", 8),
    ("Dot11ATIM", 9),
    ("Dot11Disas", 10),
    ("Dot11Auth", 11),
    ("Dot11Deauth", 12),
    ("Dot11Action", 13),
];

fn with_elements<const N: usize>(fixed: [Item; N]) -> Vec<Item> {
    fixed.into_iter().chain([list()]).collect()
}

fn capabilities() -> Item {
    Item::When(
        Test::All(Vec::new()),
        vec![
            decoded([little!("fixed.capabilities", "capabilities", 2, tables::CAPABILITIES)]),
            built([be16("fixed.written.capabilities")
                .craft("cap")
                .letters(CAPABILITIES)
                .hidden()
                .doc("capabilities")
                .into()]),
        ]
        .into(),
    )
}

fn beacon() -> Vec<Item> {
    with_elements([
        le64("fixed.timestamp").craft("timestamp").unit("us").doc("timestamp").into(),
        le16("fixed.beacon")
            .craft("beacon_interval")
            .default(100)
            .unit("1024 us")
            .doc("beacon interval")
            .into(),
        capabilities(),
    ])
}

fn reason() -> Item {
    le16("fixed.reason_code").craft("reason").default(1).hex().names(REASONS).brief().doc("reason").into()
}

fn status() -> Item {
    le16("fixed.status_code").craft("status").hex().names(STATUSES).brief().doc("status").into()
}

fn identifier() -> Item {
    Item::When(
        Test::All(Vec::new()),
        vec![
            decoded([little!("", "", 2, tables::IDENTIFIER)]),
            built([le16("fixed.written.aid").craft("AID").hidden().doc("association identifier").into()]),
        ]
        .into(),
    )
}

fn interval() -> Item {
    le16("fixed.listen_ival").craft("listen_interval").default(0xc8).hex().doc("listen interval").into()
}

/// The body of a management frame, by subtype.
pub(super) fn management() -> Item {
    switch(
        val("fc.subtype"),
        [
            (0, with_elements([capabilities(), interval()])),
            (1, with_elements([capabilities(), status(), identifier()])),
            (
                2,
                with_elements([
                    capabilities(),
                    interval(),
                    mac("fixed.current_ap").craft("current_AP").doc("current access point").into(),
                ]),
            ),
            (3, with_elements([capabilities(), status(), identifier()])),
            (4, with_elements([])),
            (5, beacon()),
            (8, beacon()),
            (10, with_elements([reason()])),
            (11, authentication()),
            (12, with_elements([reason()])),
            (13, vec![action()]),
            (14, vec![action()]),
        ],
        Vec::new(),
    )
}

fn authentication() -> Vec<Item> {
    let mut items = vec![
        le16("fixed.auth.alg")
            .craft("algo")
            .names(ALGORITHMS)
            .words(&[(0, "open"), (1, "sharedkey")])
            .brief()
            .doc("algorithm")
            .into(),
        le16("fixed.auth_seq").craft("seqnum").hex().brief().doc("sequence number").into(),
        status(),
    ];
    // simultaneous authentication of equals: the sizes follow from the group (19 is P-256)
    items.push(decoded([when(
        Test::All(vec![eq("fixed.auth.alg", 3), is_in("fixed.status_code", &[0, 126])]),
        [
            when(
                eq("fixed.auth_seq", 1),
                [
                    le16("fixed.finite_cyclic_group").doc("group").into(),
                    when(
                        Test::All(vec![eq("fixed.finite_cyclic_group", 19), Test::Ge(left(), lit(96))]),
                        [
                            when(
                                Test::Eq(left(), lit(128)),
                                [bytes("fixed.anti_clogging_token", Size::Octets(lit(32)))
                                    .doc("anti-clogging token")
                                    .into()],
                            ),
                            bytes("fixed.scalar", Size::Octets(lit(32))).doc("scalar").into(),
                            bytes("fixed.finite_field_element", Size::Octets(lit(64))).doc("element").into(),
                        ],
                    ),
                    when(
                        ne("fixed.finite_cyclic_group", 19),
                        [bytes("fixed.sae_commit", rest()).doc("scalar and element").into()],
                    ),
                ],
            ),
            when(
                eq("fixed.auth_seq", 2),
                [
                    le16("fixed.send_confirm").doc("send confirm").into(),
                    bytes("fixed.confirm", Size::Octets(lit(32).min(left()))).doc("confirm").into(),
                ],
            ),
        ],
    )]));
    items.push(list());
    items
}

fn code(name: &'static str) -> Field {
    u8(name).craft("action").doc("action")
}

fn token() -> Item {
    u8("fixed.dialog_token").craft("token").hex().doc("dialog token").into()
}

fn behind() -> Item {
    when(Test::Ge(left(), lit(1)), [bytes("fixed.data", rest()).doc("body of the action").into()])
}

fn action() -> Item {
    let parameters =
        || little!("fixed.baparams", "block acknowledgement parameters", 2, tables::BA_PARAMETERS);
    let timeout = || le16("fixed.batimeout").hex().doc("block acknowledgement timeout").into();
    let spectrum = vec![
        code("fixed.action_code").names(SPECTRUM_ACTIONS).into(),
        switch(val("fixed.action_code"), [(4, with_elements([]))], with_elements([token()])),
    ];
    let block_ack = vec![
        code("fixed.action_code").names(BLOCK_ACTIONS).into(),
        switch(
            val("fixed.action_code"),
            [
                (
                    0,
                    vec![
                        token(),
                        parameters(),
                        timeout(),
                        little!("fixed.ssc", "starting sequence control", 2, tables::SEQUENCE),
                    ]
                    .into_iter()
                    .chain([list()])
                    .collect(),
                ),
                (1, vec![token(), status(), parameters(), timeout()].into_iter().chain([list()]).collect()),
                (
                    2,
                    vec![
                        little!("fixed.delba.param", "block acknowledgement parameters", 2, tables::DELBA),
                        reason(),
                    ]
                    .into_iter()
                    .chain([list()])
                    .collect(),
                ),
            ],
            vec![behind()],
        ),
    ];
    let radio = vec![
        code("fixed.action_code").names(RADIO_ACTIONS).into(),
        token(),
        when(eq("fixed.action_code", 0), [le16("fixed.repetitions").doc("repetitions").into()]),
        switch(val("fixed.action_code"), [(2, vec![behind()]), (3, vec![behind()])], with_elements([])),
    ];
    let query = vec![
        code("fixed.action_code").names(QUERY_ACTIONS).into(),
        le16("fixed.transaction_id").hex().doc("transaction").into(),
    ];
    let transition = vec![
        token(),
        u8("fixed.request_mode").hex().doc("mode").of([
            crate::schema::bits("fixed.request_mode.reserved", 3).doc("reserved"),
            flag("fixed.request_mode.ess_disassoc_imminent").doc("the network ends"),
            flag("fixed.request_mode.bss_term_included").doc("end of the service set is told"),
            flag("fixed.request_mode.disassoc_imminent").doc("disassociation is imminent"),
            flag("fixed.request_mode.abridged").doc("abridged"),
            flag("fixed.request_mode.pref_cand").doc("candidates are told"),
        ]),
        le16("fixed.disassoc_timer").doc("beacons until the disassociation").into(),
        u8("fixed.validity_interval").doc("beacons for which the candidates hold").into(),
        when(
            eq("fixed.request_mode.bss_term_included", 1),
            [block(
                label("fixed.termination").doc("end of the service set"),
                Size::Octets(lit(12)),
                [bytes("fixed.termination.duration", rest()).doc("duration").into()],
            )],
        ),
        when(
            eq("fixed.request_mode.ess_disassoc_imminent", 1),
            [
                u8("fixed.session_information.url_length").unit("octets").doc("length of the address").into(),
                crate::schema::text(
                    "fixed.session_information.url",
                    Size::Octets(val("fixed.session_information.url_length")),
                )
                .doc("address of a page")
                .into(),
            ],
        ),
    ];
    let transition = transition.into_iter().chain([list()]).collect();
    let network = vec![
        code("fixed.action_code").names(NETWORK_ACTIONS).into(),
        switch(val("fixed.action_code"), [(7, transition)], vec![behind()]),
    ];
    let public = vec![code("fixed.publicact").into(), behind()];
    let body = switch(
        val("fixed.category_code"),
        [(0, spectrum), (3, block_ack), (4, public), (5, radio), (8, query), (10, network)],
        vec![code("fixed.action_code").into(), behind()],
    );
    Item::When(
        Test::All(Vec::new()),
        vec![
            u8("fixed.category_code").craft("category").names(CATEGORIES).brief().doc("category").into(),
            decoded([body]),
        ]
        .into(),
    )
}

/// What stands behind the addresses of block acknowledgements and requests for them: of the basic and compressed kinds a
/// starting sequence number.
pub(super) fn block_acknowledgement() -> Item {
    let fields = declared("ba.control", "block acknowledgement control", 2, tables::BA_CONTROL)
        .into_iter()
        .chain(declared("fixed.ssc", "starting sequence control", 2, tables::SEQUENCE))
        .chain([bytes("ba.bm", rest()).doc("bitmap, or what other kinds have")]);
    when(
        is_in("fc.subtype", &[8, 9]),
        [decoded([Item::Custom(fields.collect(), read_acknowledgement, None)])],
    )
}

fn read_acknowledgement(walk: &mut Walk<'_, '_>) {
    let basic = walk.rest().first().is_some_and(|control| matches!(control >> 1 & 15, 0 | 2));
    if !read(walk, "ba.control", 2, tables::BA_CONTROL) {
        return;
    }
    if basic && !read(walk, "fixed.ssc", 2, tables::SEQUENCE) {
        return;
    }
    let left = walk.rest().len();
    if left > 0 {
        walk.take_octets("ba.bm", left);
    }
}
