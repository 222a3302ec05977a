//! Extended capabilities of IEEE 802.11 (IEEE Std 802.11-2020 §9.4.2.26), octet by octet.

use super::bits::Bits;
use super::elements::little;
use crate::schema::{Item, Test, bytes, left, lit, rest, when};

const OCTET_0: &[Bits] = &[
    Bits("extcap.b0", 0, 1, "", "coexistence of 20 and 40 MHz"),
    Bits("extcap.b1", 1, 1, "", "reserved (was on-demand beacon)"),
    Bits("extcap.b2", 2, 1, "", "extended channel switching"),
    Bits("extcap.b3", 3, 1, "", "reserved (was WAVE)"),
    Bits("extcap.b4", 4, 1, "", "power save multi-poll"),
    Bits("extcap.b5", 5, 1, "", "reserved"),
    Bits("extcap.b6", 6, 1, "", "scheduled power save multi-poll"),
    Bits("extcap.b7", 7, 1, "", "events"),
];

const OCTET_1: &[Bits] = &[
    Bits("extcap.b8", 0, 1, "", "diagnostics"),
    Bits("extcap.b9", 1, 1, "", "multicast diagnostics"),
    Bits("extcap.b10", 2, 1, "", "location tracking"),
    Bits("extcap.b11", 3, 1, "", "flexible multicast"),
    Bits("extcap.b12", 4, 1, "", "proxy ARP"),
    Bits("extcap.b13", 5, 1, "", "reports interference of collocated radios"),
    Bits("extcap.b14", 6, 1, "", "civic location"),
    Bits("extcap.b15", 7, 1, "", "geospatial location"),
];

const OCTET_2: &[Bits] = &[
    Bits("extcap.b16", 0, 1, "", "traffic filtering"),
    Bits("extcap.b17", 1, 1, "", "WNM sleep mode"),
    Bits("extcap.b18", 2, 1, "", "TIM broadcast"),
    Bits("extcap.b19", 3, 1, "", "BSS transition"),
    Bits("extcap.b20", 4, 1, "", "QoS traffic capability"),
    Bits("extcap.b21", 5, 1, "", "counts stations by access category"),
    Bits("extcap.b22", 6, 1, "", "multiple BSSIDs"),
    Bits("extcap.b23", 7, 1, "", "timing measurement"),
];

const OCTET_3: &[Bits] = &[
    Bits("extcap.b24", 0, 1, "", "channel usage"),
    Bits("extcap.b25", 1, 1, "", "lists of SSIDs"),
    Bits("extcap.b26", 2, 1, "", "directed multicast"),
    Bits("extcap.b27", 3, 1, "", "offset of UTC to the timer"),
    Bits("extcap.b28", 4, 1, "", "buffers for TDLS peers"),
    Bits("extcap.b29", 5, 1, "", "TDLS peers may save power"),
    Bits("extcap.b30", 6, 1, "", "TDLS channel switching"),
    Bits("extcap.b31", 7, 1, "", "interworking"),
];

const OCTET_4: &[Bits] = &[
    Bits("extcap.b32", 0, 1, "", "QoS map"),
    Bits("extcap.b33", 1, 1, "", "expedited bandwidth requests"),
    Bits("extcap.b34", 2, 1, "", "SSPN interface"),
    Bits("extcap.b35", 3, 1, "", "reserved"),
    Bits("extcap.b36", 4, 1, "", "MAC state generic convergence"),
    Bits("extcap.b37", 5, 1, "", "TDLS"),
    Bits("extcap.b38", 6, 1, "", "TDLS is prohibited"),
    Bits("extcap.b39", 7, 1, "", "TDLS channel switching is prohibited"),
];

const OCTET_5: &[Bits] = &[
    Bits("extcap.b40", 0, 1, "", "rejects frames without admission"),
    Bits("extcap.serv_int_granularity", 1, 3, "", "granularity of service intervals, 5 ms and up"),
    Bits("extcap.b44", 4, 1, "", "location by identifier"),
    Bits("extcap.b45", 5, 1, "", "coexistence of U-APSD"),
    Bits("extcap.b46", 6, 1, "", "WNM notification"),
    Bits("extcap.b47", 7, 1, "", "quiet access points"),
];

const OCTET_6: &[Bits] = &[
    Bits("extcap.b48", 0, 1, "", "the SSID is UTF-8"),
    Bits("extcap.b49", 1, 1, "", "quality of management frames is on"),
    Bits("extcap.b50", 2, 1, "", "quality of management frames may change"),
    Bits("extcap.b51", 3, 1, "", "robust streams of audio and video"),
    Bits("extcap.b52", 4, 1, "", "advanced groupcast with retries"),
    Bits("extcap.b53", 5, 1, "", "mesh groupcast with retries"),
    Bits("extcap.b54", 6, 1, "", "stream classification"),
    Bits("extcap.b55", 7, 1, "", "reports of the load by QoS"),
];

const OCTET_7: &[Bits] = &[
    Bits("extcap.b56", 0, 1, "", "alternate EDCA"),
    Bits("extcap.b57", 1, 1, "", "negotiates transmit opportunities, unprotected"),
    Bits("extcap.b58", 2, 1, "", "negotiates transmit opportunities, protected"),
    Bits("extcap.b59", 3, 1, "", "reserved"),
    Bits("extcap.b60", 4, 1, "", "protected reports of the load"),
    Bits("extcap.b61", 5, 1, "", "wider TDLS bandwidth"),
    Bits("extcap.b62", 6, 1, "", "operating mode notification"),
    Bits("extcap.b63", 7, 1, "", "limit of MSDUs in an aggregate, low bit"),
];

const OCTET_8: &[Bits] = &[
    Bits("extcap.b64", 0, 1, "", "limit of MSDUs in an aggregate, high bit"),
    Bits("extcap.b65", 1, 1, "", "channel schedule"),
    Bits("extcap.b66", 2, 1, "", "geodatabase"),
    Bits("extcap.b67", 3, 1, "", "network channel control"),
    Bits("extcap.b68", 4, 1, "", "white space map"),
    Bits("extcap.b69", 5, 1, "", "channel availability"),
    Bits("extcap.b70", 6, 1, "", "answers fine timing measurement"),
    Bits("extcap.b71", 7, 1, "", "starts fine timing measurement"),
];

const OCTET_9: &[Bits] = &[
    Bits("extcap.b72", 0, 1, "", "fast initial link setup"),
    Bits("extcap.b73", 1, 1, "", "extended spectrum management"),
    Bits("extcap.b74", 2, 1, "", "future channel guidance"),
    Bits("extcap.b75", 3, 1, "", "pre-association discovery"),
    Bits("extcap.b76", 4, 1, "", "reserved"),
    Bits("extcap.b77", 5, 1, "", "asks for target wake times"),
    Bits("extcap.b78", 6, 1, "", "answers target wake times"),
    Bits("extcap.b79", 7, 1, "", "tolerates narrow resource units"),
];

const OCTET_10: &[Bits] = &[
    Bits("extcap.b80", 0, 1, "", "lists all profiles of other BSSIDs"),
    Bits("extcap.b81", 1, 1, "", "SAE password identifiers are used"),
    Bits("extcap.b82", 2, 1, "", "SAE password identifiers only"),
    Bits("extcap.b83", 3, 1, "", "enhanced multiple BSSIDs"),
    Bits("extcap.b84", 4, 1, "", "beacons are protected"),
    Bits("extcap.b85", 5, 1, "", "mirrored stream classification"),
    Bits("extcap.b86", 6, 1, "", "on-channel tunnelling"),
    Bits("extcap.b87", 7, 1, "", "reserved"),
];

const OCTET_11: &[Bits] = &[
    Bits("extcap.b88", 0, 1, "", "SAE-PK passwords only"),
    Bits("extcap.b89", 1, 1, "", "range of wake time parameters"),
    Bits("extcap.b90", 2, 1, "", "answers ranging, not trigger based"),
    Bits("extcap.b91", 3, 1, "", "answers ranging, trigger based"),
    Bits("extcap.b92", 4, 1, "", "measures when it answers ranging"),
    Bits("extcap.b93", 5, 1, "", "measures when it starts ranging"),
    Bits("extcap.b94", 6, 1, "", "angle of arrival"),
    Bits("extcap.b95", 7, 1, "", "phase shift feedback"),
];

/// The octets that an element has; it ends where its sender's capabilities end.
pub(super) fn extended() -> Vec<Item> {
    let octet = |item| when(Test::Ge(left(), lit(1)), [item]);
    vec![
        octet(little!("extcap", "extended capabilities, an octet", 1, OCTET_0)),
        octet(little!("extcap", "extended capabilities, an octet", 1, OCTET_1)),
        octet(little!("extcap", "extended capabilities, an octet", 1, OCTET_2)),
        octet(little!("extcap", "extended capabilities, an octet", 1, OCTET_3)),
        octet(little!("extcap", "extended capabilities, an octet", 1, OCTET_4)),
        octet(little!("extcap", "extended capabilities, an octet", 1, OCTET_5)),
        octet(little!("extcap", "extended capabilities, an octet", 1, OCTET_6)),
        octet(little!("extcap", "extended capabilities, an octet", 1, OCTET_7)),
        octet(little!("extcap", "extended capabilities, an octet", 1, OCTET_8)),
        octet(little!("extcap", "extended capabilities, an octet", 1, OCTET_9)),
        octet(little!("extcap", "extended capabilities, an octet", 1, OCTET_10)),
        octet(little!("extcap", "extended capabilities, an octet", 1, OCTET_11)),
        when(Test::Ge(left(), lit(1)), [bytes("extcap.more", rest()).doc("capabilities beyond").into()]),
    ]
}
