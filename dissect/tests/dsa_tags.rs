//! Every tagger in both directions: the tags that the kernel's drivers write and read, by the octets of their descriptions.
//!
//! A tag is put around a frame where its tagger puts it; port, switch and priority must come out, and the frame without the
//! tag must be the frame before it.

use nettool_dissect::frame::{Direction, LinkType, Meta};
use nettool_dissect::proto::dsa::{self, Place, Way};
use std::collections::BTreeSet;

/// Tagger, direction, octets of the tag, ports, switch and priority where the tag has them.
type Case = (&'static str, Way, &'static str, &'static [u8], Option<u8>, Option<u8>);

const CPU: Way = Way::ToCpu;
const SWITCH: Way = Way::FromCpu;

const CASES: &[Case] = &[
    ("brcm", SWITCH, "2c000100", &[8], None, Some(3)),
    ("brcm", CPU, "00000543", &[3], None, Some(2)),
    ("brcm-prepend", SWITCH, "20000020", &[5], None, Some(0)),
    ("brcm-prepend", CPU, "00002005", &[5], None, Some(0)),
    ("brcm-legacy", SWITCH, "887440000004", &[4], None, None),
    ("brcm-legacy", CPU, "887400000004", &[4], None, None),
    ("brcm-legacy-fcs", CPU, "887400000004", &[4], None, None),
    ("dsa", SWITCH, "41080000", &[1], Some(1), Some(0)),
    ("dsa", CPU, "00220001", &[4], Some(0), Some(0)),
    ("edsa", SWITCH, "dada000041080000", &[1], Some(1), Some(0)),
    ("edsa", CPU, "dada0000c0000000", &[0], Some(0), Some(0)),
    ("trailer", SWITCH, "80081000", &[3], None, None),
    ("trailer", CPU, "80030000", &[3], None, None),
    ("mtk", SWITCH, "00100000", &[4], None, None),
    ("mtk", CPU, "00040000", &[4], None, None),
    ("mt7628", SWITCH, "81020c01", &[1], None, None),
    ("mt7628", CPU, "81010c01", &[1], None, None),
    ("rtl4a", SWITCH, "8899a004", &[2], None, None),
    ("rtl4a", CPU, "8899a002", &[2], None, None),
    ("rtl8_4", SWITCH, "8899040000200004", &[2], None, None),
    ("rtl8_4", CPU, "8899045000000002", &[2], None, None),
    ("rtl8_4t", SWITCH, "8899040000200004", &[2], None, None),
    ("rtl8_4t", CPU, "8899045000000002", &[2], None, None),
    ("ksz8795", SWITCH, "02", &[1], None, None),
    ("ksz8795", CPU, "01", &[1], None, None),
    ("ksz9477", SWITCH, "0002", &[1], None, Some(0)),
    ("ksz9477", SWITCH, "0382", &[1], None, Some(3)),
    ("ksz9477", CPU, "01", &[1], None, None),
    ("ksz9477", CPU, "800001f481", &[1], None, None),
    ("ksz9893", SWITCH, "12", &[1], None, Some(2)),
    ("ksz9893", CPU, "01", &[1], None, None),
    ("ksz8463", SWITCH, "12", &[1], None, Some(2)),
    ("ksz8463", CPU, "01", &[1], None, None),
    ("lan937x", SWITCH, "2108", &[3], None, Some(1)),
    ("lan937x", CPU, "03", &[3], None, None),
    ("lan9303", SWITCH, "81000011", &[1], None, None),
    ("lan9303", CPU, "8100000a", &[2], None, None),
    ("ocelot", SWITCH, "8880000a80000000000000000400300000000000", &[2], None, Some(0)),
    ("ocelot", CPU, "8880000a00000000000000000000100000060001", &[2], None, Some(3)),
    ("seville", SWITCH, "8880000580000000000000000800500000000000", &[2], None, Some(0)),
    ("seville", CPU, "8880000500000000000000000000100000060001", &[2], None, Some(3)),
    ("sja1105", SWITCH, "dadb0c02", &[2], Some(0), None),
    ("sja1105", CPU, "dadb0c02", &[2], Some(0), None),
    ("sja1110", CPU, "dadc2031", &[3], Some(1), None),
    ("sja1110", SWITCH, "dadb0c02", &[2], Some(0), None),
    ("nxp_netc", SWITCH, "fd3a10011100", &[2], Some(1), None),
    ("nxp_netc", CPU, "fd3a200d1100", &[2], Some(1), Some(3)),
    ("netc", SWITCH, "fd3a10011100", &[2], Some(1), None),
    ("netc", CPU, "fd3a200d1100", &[2], Some(1), Some(3)),
    ("qca", SWITCH, "8088", &[3], None, Some(0)),
    ("qca", CPU, "8003", &[3], None, Some(0)),
    ("ar9331", SWITCH, "7140", &[1], None, Some(0)),
    ("ar9331", CPU, "3140", &[1], None, Some(0)),
    ("gswip", SWITCH, "0200c005", &[1], None, None),
    ("gswip", CPU, "0000000000000030", &[3], None, None),
    ("gsw1xx", SWITCH, "88c3900200000000", &[1], None, None),
    ("gsw1xx", CPU, "88c3010000000000", &[1], None, None),
    ("mxl862xx", SWITCH, "88c3000000090009", &[2], None, None),
    ("mxl862xx", CPU, "88c3000000000002", &[2], None, None),
    ("hellcreek", SWITCH, "04", &[2], None, None),
    ("hellcreek", CPU, "02", &[2], None, None),
    ("xrs700x", SWITCH, "02", &[1], None, None),
    ("xrs700x", CPU, "02", &[1], None, None),
    ("a5psw", SWITCH, "e001000100000002", &[1], None, None),
    ("a5psw", CPU, "e001000100000000", &[1], None, None),
    ("yt921x", SWITCH, "9988000000808004", &[2], None, None),
    ("yt921x", CPU, "9988000090800000", &[2], None, Some(0)),
    ("yt922x", SWITCH, "9988220400000000", &[3], None, None),
    ("yt922x", CPU, "99880000000c0000", &[3], None, None),
    ("ocelot-8021q", SWITCH, "81000c02", &[2], Some(0), None),
    ("ocelot-8021q", CPU, "81000c02", &[2], Some(0), None),
    ("vsc73xx-8021q", SWITCH, "81000c02", &[2], Some(0), None),
    ("vsc73xx-8021q", CPU, "81000c02", &[2], Some(0), None),
    ("mxl862xx-8021q", SWITCH, "81000c02", &[2], Some(0), None),
    ("mxl862xx-8021q", CPU, "81000c02", &[2], Some(0), None),
    ("hms", SWITCH, "dadc8013", &[3], Some(1), None),
    ("hms", CPU, "dadc2013", &[3], Some(1), None),
    ("rtl_otto", SWITCH, "05abcdef", &[5], None, None),
    ("rtl_otto", CPU, "80451000", &[5], None, None),
    ("lan9645x", SWITCH, "00000000800000000000000000000000c00000000200000000000000", &[2], None, Some(3)),
    (
        "lan9645x",
        CPU,
        "fffffffffffffeffffffffff8880001100000000000000000008200000000000c00000000000000000000000",
        &[2],
        None,
        Some(3),
    ),
];

fn octets(hex: &str) -> Vec<u8> {
    let digit = |at: usize| hex.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
    (0..hex.len()).step_by(2).map_while(digit).collect()
}

/// An Ethernet frame of 80 octets with an IPv4 packet.
fn inner() -> Vec<u8> {
    let mut frame =
        octets("020000000002020000000001080045000042000100004011000a0a0000010a00000203e807d0002e0000");
    frame.resize(80, 0x55);
    frame
}

fn tagged(place: Place, tag: &[u8], frame: &[u8]) -> Vec<u8> {
    match place {
        Place::Front => [tag, frame].concat(),
        Place::Middle => [&frame[..12], tag, &frame[12..]].concat(),
        Place::Back => [frame, tag].concat(),
    }
}

fn meta(way: Way, len: usize) -> Meta<'static> {
    let mut meta = Meta::new(LinkType::ETHERNET, u32::try_from(len).unwrap_or(u32::MAX));
    meta.direction = match way {
        Way::ToCpu => Direction::In,
        Way::FromCpu => Direction::Out,
    };
    meta
}

#[test]
fn each_tagger_is_read_in_both_directions_and_taken_off_again() {
    let mut wrong = Vec::new();
    for (name, way, tag, ports, switch, priority) in CASES {
        let tagger = dsa::tagger(name).unwrap_or_else(|| panic!("{name} is no tagger"));
        let frame = tagged(tagger.place, &octets(tag), &inner());
        let Some(found) = dsa::read(tagger, &frame, &meta(*way, frame.len()), None) else {
            wrong.push(format!("{name} {}: {tag} is not read", way.name()));
            continue;
        };
        let seen: Vec<u8> = found.ports.iter().collect();
        let mut untagged = Vec::new();
        found.untagged(&frame, &mut untagged);
        let right = seen == *ports
            && found.way == Some(*way)
            && switch.is_none_or(|switch| found.switch == Some(switch))
            && priority.is_none_or(|priority| found.priority == Some(priority))
            && untagged == inner();
        if !right {
            let same = untagged == inner();
            let (switch, priority, way) = (found.switch, found.priority, found.way);
            wrong.push(format!("{name} {tag}: ports {seen:?}, {way:?}, switch {switch:?}, priority {priority:?}, frame whole {same}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_tagger_lacks_a_direction() {
    let has = |name: &str, way: Way| CASES.iter().any(|case| case.0 == name && case.1 == way);
    let missing: BTreeSet<String> = dsa::taggers()
        .flat_map(|tagger| [(tagger.name, CPU), (tagger.name, SWITCH)])
        .filter(|(name, way)| !has(name, *way))
        .map(|(name, way)| format!("{name} {}", way.name()))
        .collect();
    // A check value behind the payload depends on the frame: see the next test.
    assert_eq!(missing, BTreeSet::from(["brcm-legacy-fcs from-cpu".to_owned()]));
}

/// The tag carries the length of the frame before tagging, and its check sequence follows the payload.
#[test]
fn a_legacy_broadcom_tag_with_a_check_sequence_is_taken_off_at_both_ends() {
    let tagger = dsa::tagger("brcm-legacy-fcs").expect("a tagger of the kernel");
    let mut frame = tagged(tagger.place, &octets("887440500004"), &inner());
    frame.extend([1, 2, 3, 4]);
    let found = dsa::read(tagger, &frame, &meta(SWITCH, frame.len()), None).expect("a whole tag");
    let mut untagged = Vec::new();
    found.untagged(&frame, &mut untagged);
    assert_eq!(found.ports.iter().collect::<Vec<_>>(), [4]);
    assert_eq!(untagged, inner());
}

/// The tag has replaced the VLAN tag, which comes back with its priority.
#[test]
fn a_vlan_tag_that_a_marvell_tag_swallowed_is_put_back() {
    let tagger = dsa::tagger("dsa").expect("a tagger of the kernel");
    let frame = tagged(tagger.place, &octets("6110a064"), &inner());
    let found = dsa::read(tagger, &frame, &meta(SWITCH, frame.len()), None).expect("a whole tag");
    let mut untagged = Vec::new();
    found.untagged(&frame, &mut untagged);
    let expected = tagged(Place::Middle, &octets("8100a064"), &inner());
    assert_eq!((found.vid, found.priority, found.switch), (Some(100), Some(5), Some(1)));
    assert_eq!(untagged, expected);
}

fn without_way(len: usize) -> Meta<'static> {
    Meta::new(LinkType::ETHERNET, u32::try_from(len).unwrap_or(u32::MAX))
}

/// Only towards the switch does a tag of MediaTek's stand in the place of a TPID: no capture needs to tell that.
#[test]
fn a_mediatek_tag_in_a_vlan_tag_goes_to_the_switch() {
    let tagger = dsa::tagger("mtk").expect("a tagger of the kernel");
    let frame = tagged(tagger.place, &octets("0102600a"), &inner());
    let found = dsa::read(tagger, &frame, &without_way(frame.len()), None).expect("a whole tag");
    let mut untagged = Vec::new();
    found.untagged(&frame, &mut untagged);
    assert_eq!((found.way, found.ports.iter().collect::<Vec<_>>()), (Some(SWITCH), vec![1]));
    assert_eq!(untagged, tagged(tagger.place, &octets("8100600a"), &inner()));
}

/// Under a bridge that knows VLANs its VLAN stands for the switch tag; the frame is what it was.
#[test]
fn a_vlan_of_a_bridge_is_told_and_stays_in_the_frame() {
    for name in ["sja1105", "sja1110", "vsc73xx-8021q"] {
        let tagger = dsa::tagger(name).expect("a tagger of the kernel");
        let frame = tagged(tagger.place, &octets("8100c00a"), &inner());
        let found = dsa::read(tagger, &frame, &meta(SWITCH, frame.len()), None).expect("a VLAN");
        let mut untagged = Vec::new();
        found.untagged(&frame, &mut untagged);
        assert_eq!((found.vid, found.priority, found.bridge_vlan), (Some(10), Some(6), true), "{name}");
        assert_eq!((found.ports, untagged), (dsa::Ports::None, frame), "{name}");
        assert!(dsa::read(tagger, &inner(), &meta(SWITCH, 80), None).is_none(), "{name}");
    }
}

/// A tag of Realtek's with a protocol that is not known is taken off all the same; RRCP and its like are no tags.
#[test]
fn a_realtek_tag_of_another_protocol_says_nothing_and_is_taken_off() {
    for (name, protocol, is_tag) in
        [("rtl8_4t", 5, true), ("rtl8_4", 5, true), ("rtl8_4", 1, false), ("rtl8_4", 0xa0, false)]
    {
        let tagger = dsa::tagger(name).expect("a tagger of the kernel");
        let frame = tagged(tagger.place, &[0x88, 0x99, protocol, 0, 0, 0, 0, 1], &inner());
        let found = dsa::read(tagger, &frame, &meta(CPU, frame.len()), None);
        assert_eq!(found.is_some(), is_tag, "{name} {protocol}");
        let Some(found) = found else { continue };
        let mut untagged = Vec::new();
        found.untagged(&frame, &mut untagged);
        assert_eq!((found.ports, untagged), (dsa::Ports::None, inner()), "{name}");
    }
}
