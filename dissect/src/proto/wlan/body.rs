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
    (1, "unspecified reason"),
    (2, "previous authentication is no longer valid"),
    (3, "the station leaves"),
    (4, "inactivity"),
    (5, "the access point is full"),
    (6, "class 2 frame from a station that is not authenticated"),
    (7, "class 3 frame from a station that is not associated"),
    (8, "the station leaves the service set"),
    (9, "not authenticated"),
    (10, "power capability is not acceptable"),
    (11, "supported channels are not acceptable"),
    (12, "BSS transition management"),
    (13, "invalid element"),
    (14, "message integrity code failure"),
    (15, "4-way handshake timeout"),
    (16, "group key handshake timeout"),
    (17, "element in the 4-way handshake differs"),
    (18, "invalid group cipher"),
    (19, "invalid pairwise cipher"),
    (20, "invalid key management"),
    (21, "unsupported RSN version"),
    (22, "invalid RSN capabilities"),
    (23, "802.1X authentication failed"),
    (24, "cipher suite is rejected by policy"),
    (32, "unspecified reason, quality of service"),
    (33, "not enough bandwidth"),
    (34, "too many frames are not acknowledged"),
    (36, "the peer leaves the service set"),
    (37, "the peer does not want the mechanism"),
    (38, "the mechanism needs a setup"),
    (39, "peer timeout"),
];

/// IEEE Std 802.11-2020 table 9-50.
const STATUSES: &[(u64, &str)] = &[
    (0, "successful"),
    (1, "unspecified failure"),
    (10, "capabilities cannot be supported"),
    (11, "no association to confirm"),
    (12, "denied outside of the standard"),
    (13, "authentication algorithm is not supported"),
    (14, "authentication out of sequence"),
    (15, "challenge failure"),
    (16, "authentication timeout"),
    (17, "the access point is full"),
    (18, "basic rates are not supported"),
    (30, "association is refused for now"),
    (31, "robust management frame policy violation"),
    (37, "request is declined"),
    (40, "invalid element"),
    (41, "invalid group cipher"),
    (42, "invalid pairwise cipher"),
    (43, "invalid key management"),
    (45, "invalid RSN capabilities"),
    (53, "invalid PMKID"),
    (72, "invalid contents"),
    (76, "anti-clogging token is required"),
    (77, "finite cyclic group is not supported"),
    (126, "SAE hash-to-element"),
];

const ALGORITHMS: &[(u64, &str)] = &[
    (0, "open system"),
    (1, "shared key"),
    (2, "fast BSS transition"),
    (3, "SAE"),
    (4, "FILS"),
    (5, "FILS with perfect forward secrecy"),
    (6, "FILS public key"),
    (128, "network EAP"),
];

/// IEEE Std 802.11-2020 table 9-51.
const CATEGORIES: &[(u64, &str)] = &[
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
        code("fixed.action_code")
            .names(&[
                (0, "measurement request"),
                (1, "measurement report"),
                (2, "TPC request"),
                (3, "TPC report"),
                (4, "channel switch announcement"),
            ])
            .into(),
        switch(val("fixed.action_code"), [(4, with_elements([]))], with_elements([token()])),
    ];
    let block_ack = vec![
        code("fixed.action_code").names(&[(0, "add request"), (1, "add response"), (2, "delete")]).into(),
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
        code("fixed.action_code")
            .names(&[
                (0, "measurement request"),
                (1, "measurement report"),
                (2, "link measurement request"),
                (3, "link measurement report"),
                (4, "neighbour report request"),
                (5, "neighbour report response"),
            ])
            .into(),
        token(),
        when(eq("fixed.action_code", 0), [le16("fixed.repetitions").doc("repetitions").into()]),
        switch(val("fixed.action_code"), [(2, vec![behind()]), (3, vec![behind()])], with_elements([])),
    ];
    let query = vec![
        code("fixed.action_code").names(&[(0, "request"), (1, "response")]).into(),
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
        code("fixed.action_code")
            .names(&[
                (6, "BSS transition query"),
                (7, "BSS transition request"),
                (8, "BSS transition response"),
                (26, "notification request"),
            ])
            .into(),
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
