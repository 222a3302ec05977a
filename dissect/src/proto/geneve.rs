//! GENEVE, RFC 8926.

use super::octets::Octets;
use crate::render::line::{Body, Line};
use crate::schema::{
    ETHER_TYPE, Item, LINK_TYPE, Protocol, Size, Tlv, UDP_PORT, be16, be24, be64, bits, block, bytes,
    decoded, flag, label, rest, u8, val,
};

/// IANA "Network Virtualization Overlay (NVO3)", option classes, 2025-11.
const CLASSES: &[(u64, u64, &str)] = &[
    (0x0000, 0x00ff, "Standard"),
    (0x0100, 0x0100, "Linux"),
    (0x0101, 0x0101, "Open vSwitch (OVS)"),
    (0x0102, 0x0102, "Open Virtual Networking (OVN)"),
    (0x0103, 0x0103, "In-band Network Telemetry (INT)"),
    (0x0104, 0x0104, "VMware"),
    (0x0105, 0x0107, "Amazon.com, Inc."),
    (0x0108, 0x0110, "Cisco Systems, Inc."),
    (0x0111, 0x0118, "Oracle Corporation"),
    (0x0119, 0x0119, "CNCF"),
    (0x0120, 0x0128, "Amazon.com, Inc."),
    (0x0129, 0x0129, "Cisco Systems, Inc."),
    (0x0130, 0x0131, "Palo Alto Networks"),
    (0x0132, 0x0135, "Google LLC"),
    (0xff00, 0xffff, "Experimental"),
];

fn class_name(class: u16) -> &'static str {
    let class = u64::from(class);
    CLASSES.iter().find(|range| range.0 <= class && class <= range.1).map_or("Unknown", |range| range.2)
}

pub(super) fn geneve() -> Protocol {
    Protocol::new("geneve", "Generic Network Virtualization Encapsulation")
        .layer("GENEVE")
        .part("GeneveOptions", "option", &[])
        .source("RFC 8926 §3.4")
        .on(UDP_PORT, &[6081])
        .later(fields)
        .leads(&[ETHER_TYPE, LINK_TYPE])
        .after(|walk| {
            if let Some([_, _, 0x65, 0x58]) = walk.header().first_chunk::<4>() {
                walk.next(LINK_TYPE, 1);
            }
        })
        .summary(summary)
        .sample("02000000000202000000000108004500005c00010000401100000a0000010a000002c00017c10048000009000800000007000132010101234563013202032122232425262728292a2b2c013203022122232425262728450000140001000040fd65ed0a0000010a000002")
        .sample("02000000000202000000000108004500005f000100004011668b0a0000010a000002138817c1004b7b2a04406558000009000102800231323334353637380103010006112233550206112233550108004500001d000100004011f6cbc0000201c000020200010002000903d578")
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    let list = Tlv::new(
        label("option").doc("option"),
        u8("option.type").hex().craft("type").doc("type"),
        bits("option.length", 5).craft("length").doc("length"),
    )
    .head(
        "option.type",
        Some("option.length"),
        [
            be16("option.class").hex().craft("classid").ranges(CLASSES).doc("class").into(),
            u8("option.type").hex().craft("type").doc("type").of([
                flag("option.type.critical").doc("critical"),
                bits("option.type.number", 7).hex().doc("number"),
            ]),
            bits("option.flags.reserved", 3).alias("option.flags").craft("reserved").doc("reserved").into(),
            bits("option.length", 5)
                .craft("length")
                .scale(4)
                .unit("octets")
                .len_of_part("option.data", 4, 0)
                .doc("length of the data")
                .into(),
        ],
    )
    .body_len()
    .unit(4);
    let list = list.other([
        decoded([Item::Switch(
            val("option.class") * 256 + val("option.type"),
            vec![
                (0x01_3201, 0x01_3201, cloud_network().into()),
                (
                    0x01_3202,
                    0x01_3202,
                    vec![bytes("option.gcp.endpoint", rest()).doc("endpoint").into()].into(),
                ),
                (0x01_3203, 0x01_3203, vec![be64("option.gcp.profile").hex().doc("profile").into()].into()),
            ],
            Vec::new().into(),
        )]),
        bytes("option.data", rest()).alias("option.unknown.data").craft("data").doc("data").into(),
    ]);
    protocol
        .field(bits("version", 2).doc("version"))
        .field(
            bits("options_length", 6)
                .craft("optionlen")
                .scale(4)
                .unit("octets")
                .len_of_part("options", 4, 0)
                .doc("length of the options"),
        )
        .field(u8("flags").hex().doc("flags").of([
            flag("flags.oam").craft("oam").doc("OAM packet"),
            flag("flags.critical").craft("critical").doc("critical options are there"),
            bits("flags.reserved", 6).craft("reserved").doc("reserved"),
        ]))
        .field(
            be16("proto_type")
                .craft("proto")
                .hex()
                .named_by(super::ether_type_name)
                .next(ETHER_TYPE)
                .doc("protocol type"),
        )
        .field(be24("vni").hex().doc("virtual network identifier"))
        .field(u8("reserved").craft("reserved2").doc("reserved"))
        .field(block(
            label("options").craft("options").doc("options"),
            Size::Octets(val("options_length") * 4),
            [list.into()],
        ))
}

/// Option of Google's cloud: the virtual network, and which way the packet goes.
fn cloud_network() -> Vec<Item> {
    vec![
        bits("option.gcp.vnid", 28).hex().doc("virtual network").into(),
        bits("option.gcp.reserved", 3).doc("reserved").into(),
        bits("option.gcp.direction", 1).names(&[(0, "egress"), (1, "ingress")]).doc("direction").into(),
    ]
}

fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    line.text("Geneve");
    let mut octets = Octets::of(body);
    let (Some(first), Some(flags), Some(proto), Some(vni), Some(reserved)) =
        (octets.u8(), octets.u8(), octets.u16(), octets.u24(), octets.u8())
    else {
        line.cut("geneve", body);
        return;
    };
    if first >> 6 != 0 {
        line.text(" ERROR: unknown-version ");
        line.number(u64::from(first >> 6));
        return;
    }
    line.text(", Flags [");
    let names = ["O", "C", "R1", "R2", "R3", "R4", "R5", "R6"];
    for (bit, name) in (0..8_u8).rev().zip(names) {
        if flags >> bit & 1 != 0 {
            line.text(name);
        }
    }
    if flags == 0 {
        line.text("none");
    }
    line.text("], vni 0x");
    super::put::hex(line.out, u64::from(vni));
    if reserved != 0 {
        line.text(", rsvd 0x");
        super::put::hex(line.out, u64::from(reserved));
    }
    if line.style.link {
        line.text(", proto ");
        line.text(if proto == 0x6558 {
            "TEB"
        } else {
            super::ether_type_name(u64::from(proto)).unwrap_or("unknown")
        });
        line.text(" (");
        line.hex(u64::from(proto), 4);
        line.text(")");
    }
    let options = usize::from(first & 0x3f).saturating_mul(4);
    if options > 0 {
        line.text(", options [");
        if line.style.verbose > 0 {
            write_options(line, octets.take_up_to(options));
        } else {
            line.number(options as u64);
            line.text(" bytes");
        }
        line.text("]");
    }
    line.text(if line.style.verbose > 0 { "\n\t" } else { ": " });
    let payload = body.skip(options.saturating_add(8));
    let known = match proto {
        0x6558 => line.next(LINK_TYPE, 1, payload),
        _ => line.next(ETHER_TYPE, u64::from(proto), payload),
    };
    if !known {
        line.text("geneve-proto-0x");
        super::put::hex(line.out, u64::from(proto));
    }
}

fn write_options(line: &mut Line<'_, '_>, options: &[u8]) {
    let mut octets = Octets::new(options);
    let mut more = false;
    while let (Some(class), Some(kind), Some(length)) = (octets.u16(), octets.u8(), octets.u8()) {
        if more {
            line.text(", ");
        }
        more = true;
        line.text("class ");
        line.text(class_name(class));
        line.text(" (0x");
        super::put::hex(line.out, u64::from(class));
        line.text(") type 0x");
        super::put::hex(line.out, u64::from(kind));
        if kind & 0x80 != 0 {
            line.text("(C)");
        }
        let length = usize::from(length & 31).saturating_mul(4);
        line.text(" len ");
        line.number(length.saturating_add(4) as u64);
        let data = octets.take_up_to(length);
        if line.style.verbose > 1 && !data.is_empty() {
            line.text(" data");
            for word in data.chunks(4) {
                line.text(" ");
                super::put::hex_octets(line.out, word, None);
            }
        }
    }
}
