//! Objects as scapy's layers write them: a head and what it holds are layers of their own, and the length is as it is given.

use crate::schema::{Given, Item, Protocol, be16, be32, bytes, decoded, ipv4, label, not, repeat, rest, u8};

/// Scapy's layers, their parts, and the class and type of object that each asks for.
const LAYERS: [(&str, &str, u64, Option<u64>); 7] = [
    ("RSVP_Data", "written.data", 1, None),
    ("RSVP_SESSION", "written.session", 1, Some(7)),
    ("RSVP_HOP", "written.hop", 3, None),
    ("RSVP_Time", "written.time", 5, None),
    ("RSVP_SenderTSPEC", "written.tspec", 12, None),
    ("RSVP_LabelReq", "written.label", 19, None),
    ("RSVP_SessionAttrb", "written.attribute", 207, None),
];

/// Adds the layers to the protocol.
pub(super) fn layers(protocol: Protocol) -> Protocol {
    let protocol = protocol.part("RSVP_Object", "written.object", &[]);
    LAYERS.into_iter().fold(protocol, |protocol, (layer, of, class, kind)| {
        let mut sets = vec![("written.class", Given::Number(class))];
        sets.extend(kind.map(|kind| ("written.ctype", Given::Number(kind))));
        protocol.part(layer, of, &[]).below(layer, "rsvp", &sets)
    })
}

/// What the layers hold.
pub(super) fn objects() -> Item {
    let never = not(crate::schema::Test::All(Vec::new()));
    let part = |name: &'static str, items: Vec<Item>| {
        Item::Repeat(label(name).hidden().doc("object"), crate::schema::Count::ToEnd, items.into())
    };
    let octet = |name: &'static str, craft: &'static str, usual: u64| -> Item {
        u8(name).craft(craft).default(usual).hidden().doc("as scapy calls it").into()
    };
    let pair = |name: &'static str, craft: &'static str, usual: u64| -> Item {
        be16(name).craft(craft).default(usual).hidden().doc("as scapy calls it").into()
    };
    let word = |name: &'static str, craft: &'static str, usual: u64| -> Item {
        be32(name).craft(craft).default(usual).hidden().doc("as scapy calls it").into()
    };
    let address = |name: &'static str, craft: &'static str| -> Item {
        ipv4(name).craft(craft).hidden().doc("as scapy calls it").into()
    };
    let octets = |name: &'static str, craft: &'static str| -> Item {
        bytes(name, rest()).craft(craft).hidden().doc("as scapy calls it").into()
    };
    let parts = vec![
        repeat(
            label("written.object").hidden().doc("head of an object"),
            [
                pair("written.length", "Length", 4),
                octet("written.class", "Class", 1),
                octet("written.ctype", "C_Type", 1),
            ],
        ),
        part("written.data", vec![octets("written.octets", "Data")]),
        part(
            "written.session",
            vec![
                address("written.destination", "dest_addr"),
                pair("written.reserved", "reserved", 0),
                pair("written.tunnel", "tunnel_id", 0),
                address("written.extended", "ext_tunnel_id"),
            ],
        ),
        part(
            "written.hop",
            vec![address("written.neighbor", "neighbor"), word("written.interface", "inface", 1)],
        ),
        part("written.time", vec![word("written.refresh", "refresh", 1)]),
        part(
            "written.tspec",
            vec![
                octet("written.format", "Msg_Format", 0),
                octet("written.reserve", "reserve", 0),
                pair("written.words", "Data_Length", 4),
                octet("written.service", "Srv_hdr", 1),
                octet("written.reserve2", "reserve2", 0),
                pair("written.service_words", "Srv_Length", 4),
                octets("written.tokens", "Tokens"),
            ],
        ),
        part(
            "written.label",
            vec![pair("written.unused", "reserve", 1), pair("written.payload", "L3PID", 1)],
        ),
        part(
            "written.attribute",
            vec![
                octet("written.setup", "Setup_priority", 1),
                octet("written.hold", "Hold_priority", 1),
                octet("written.flags", "flags", 1),
                be16("written.name_length")
                    .craft("Name_length")
                    .len_of_part("written.name", 1, 0)
                    .hidden()
                    .doc("as scapy calls it")
                    .into(),
                octets("written.name", "Name"),
            ],
        ),
    ];
    decoded([Item::When(never, parts.into())])
}
