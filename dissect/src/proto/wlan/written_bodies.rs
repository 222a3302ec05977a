//! Bodies of frames as scapy's layers write them: what protects them, and what actions begin with.

use crate::schema::{Item, Protocol, Size, be32, bits, bytes, label, lit, repeat, rest, u8};

/// Layers of scapy's that stand on the header or on an action, and their parts.
const LAYERS: [(&str, &str); 8] = [
    ("Dot11Encrypted", "written.encrypted"),
    ("Dot11WEP", "written.wep"),
    ("Dot11TKIP", "written.tkip"),
    ("Dot11CCMP", "written.ccmp"),
    ("Dot11Ack", "written.ack"),
    ("Dot11SpectrumManagement", "written.spectrum"),
    ("Dot11WNM", "written.network"),
    ("Dot11RadioMeasurement", "written.radio"),
];

/// Adds the layers to the protocol.
pub(super) fn layers(mut protocol: Protocol) -> Protocol {
    for (name, of) in LAYERS {
        protocol = protocol.part(name, of, &[]);
    }
    let number = crate::schema::Given::Number;
    let action = |category| [("fixed.category_code", number(category))];
    protocol
        .below("Dot11Ack", "wlan", &[("fc.type", number(1)), ("fc.subtype", number(13))])
        .below("Dot11WNM", "wlan", &action(10))
        .below("Dot11RadioMeasurement", "wlan", &action(5))
}

/// What the layers hold.
pub(super) fn bodies() -> [Item; 8] {
    let part = |name: &'static str, items: Vec<Item>| {
        Item::Repeat(label(name).hidden().doc("body"), crate::schema::Count::ToEnd, items.into())
    };
    let number = |name: &'static str, craft: &'static str| -> Item {
        u8(name).craft(craft).hidden().doc("as scapy calls it").into()
    };
    let bit = |name: &'static str, craft: &'static str, width: u16| -> Item {
        bits(name, width).craft(craft).hidden().doc("as scapy calls it").into()
    };
    let octets = |name: &'static str, craft: &'static str| -> Item {
        bytes(name, rest()).craft(craft).hidden().doc("encrypted octets").into()
    };
    let key = || {
        [bit("written.key_id", "key_id", 2), bit("written.ext_iv", "ext_iv", 1), bit("written.res", "res", 5)]
    };
    let mut temporal = vec![
        number("written.tsc1", "TSC1"),
        number("written.seed", "WEPSeed"),
        number("written.tsc0", "TSC0"),
    ];
    temporal.extend(key());
    temporal.push(crate::schema::when(
        crate::schema::ge("written.ext_iv", 1),
        [
            number("written.tsc2", "TSC2"),
            number("written.tsc3", "TSC3"),
            number("written.tsc4", "TSC4"),
            number("written.tsc5", "TSC5"),
        ],
    ));
    temporal.push(octets("written.data", "data"));
    let counter = vec![
        number("written.pn0", "PN0"),
        number("written.pn1", "PN1"),
        number("written.res0", "res0"),
        bit("written.key_id", "key_id", 2),
        bit("written.ext_iv", "ext_iv", 1),
        bit("written.res1", "res1", 5),
        number("written.pn2", "PN2"),
        number("written.pn3", "PN3"),
        number("written.pn4", "PN4"),
        number("written.pn5", "PN5"),
        octets("written.data", "data"),
    ];
    let first = |name: &'static str| part(name, vec![number("written.action", "action")]);
    [
        part("written.encrypted", vec![octets("written.data", "data")]),
        part(
            "written.wep",
            vec![
                bytes("written.iv", Size::Octets(lit(3))).craft("iv").hidden().doc("start value").into(),
                number("written.keyid", "keyid"),
                octets("written.wepdata", "wepdata"),
                be32("written.icv").craft("icv").hidden().doc("check value").into(),
            ],
        ),
        part("written.tkip", temporal),
        part("written.ccmp", counter),
        repeat(
            label("written.ack").hidden().doc("body"),
            [bytes("written.nothing", Size::Octets(lit(0))).hidden().doc("no octets").into()],
        ),
        first("written.spectrum"),
        first("written.network"),
        first("written.radio"),
    ]
}
