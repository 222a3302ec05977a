//! What frames that no user names a tagger for are taken for: their own tagger or none, and plain Ethernet never for one.

use nettool_dissect::frame::{Frame, LinkType, Meta};
use nettool_dissect::proto::dsa;

const HOST: [u8; 6] = [2, 0, 0, 0, 0, 0xe0];
const STATION: [u8; 6] = [2, 0, 0, 0, 0, 1];

/// An EtherType with an IPv4 packet of so many octets behind UDP's header, which differs with `n`.
fn ipv4(n: u8, payload: u8) -> Vec<u8> {
    let mut packet = vec![8, 0, 0x45, 0, 0, 28 + payload, n, n, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2];
    packet.extend([0x30, n, 0x40, n, 0, 8 + payload, 0, 0]);
    packet.extend(vec![n ^ 0x5a; usize::from(payload)]);
    packet
}

/// A frame to the host or from it, with these octets behind the addresses.
fn frame(to_host: bool, behind: &[&[u8]]) -> Vec<u8> {
    let addresses = if to_host { [HOST, STATION] } else { [STATION, HOST] };
    [addresses.concat(), behind.concat()].concat()
}

/// Frames with numbers from 0, both ways in turn.
fn capture(one: impl Fn(u8, bool) -> Vec<u8>) -> Vec<Vec<u8>> {
    (0..40).map(|n| one(n, n % 2 == 1)).collect()
}

fn as_frames(capture: &[Vec<u8>]) -> impl Iterator<Item = Frame<'_>> {
    capture.iter().map(|data| Frame {
        number: 1,
        data,
        meta: Meta::new(LinkType::ETHERNET, u32::try_from(data.len()).unwrap_or(u32::MAX)),
    })
}

/// The tagger that frames are taken for and its likes, and those that they may be of.
fn verdict(capture: &[Vec<u8>]) -> (Vec<&'static str>, Vec<&'static str>) {
    let found = dsa::detect(as_frames(capture))
        .map(|found| [vec![found.tagger.name], found.alike].concat())
        .unwrap_or_default();
    (found, dsa::hint(as_frames(capture)).map(|hint| hint.taggers).unwrap_or_default())
}

#[test]
fn plain_frames_of_seldom_ether_types_are_taken_for_no_tag() {
    type One = fn(u8, bool) -> Vec<u8>;
    let captures: &[(&str, One)] = &[
        ("802.1CB", |n, up| frame(up, &[&[0xf1, 0xc1, 0, 0, 0, n], &ipv4(n, 30)])),
        ("DECnet", |n, up| frame(up, &[&[0x60, 3, 20, 0, n], &[n; 60]])),
        ("AppleTalk", |n, up| frame(up, &[&[0x80, 0x9b, 0, 50], &[n; 60]])),
        ("TRILL", |n, up| frame(up, &[&[0x22, 0xf3, 0, 0x3f, n, 1, n, 2], &[2; 12], &ipv4(n, 30)])),
        ("PRP", |n, up| frame(up, &[&ipv4(n, 30), &[0, n, 0xa0, 52, 0x88, 0xfb]])),
        ("length behind an EtherType", |n, up| frame(up, &[&[0xe5, 0x43, 0, 60], &[n; 60]])),
        ("padding to even lengths", |n, up| frame(up, &[&ipv4(n, 40 + n), &vec![0; usize::from(n % 2)]])),
        ("VLANs", |n, up| frame(up, &[&[0x81, 0, 0, 5 + n % 30], &ipv4(n, 30)])),
        ("high VLANs", |n, up| frame(up, &[&[0x81, 0, 0x0d, 0x30 + n % 3], &ipv4(n, 30)])),
    ];
    let wrong: Vec<String> = captures
        .iter()
        .map(|(name, one)| (name, verdict(&capture(one))))
        .filter(|(_, verdict)| *verdict != (Vec::new(), Vec::new()))
        .map(|(name, verdict)| format!("{name}: {verdict:?}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_may_be_tags_is_named_and_not_taken_for_one() {
    let single = ["hellcreek", "ksz8463", "ksz8795", "ksz9477", "ksz9893", "lan937x", "xrs700x"];
    let trailer = |mask: &'static [u8]| {
        verdict(&capture(|n, up| frame(up, &[&ipv4(n, 30), if up { &mask[..1] } else { mask }])))
    };
    assert_eq!(trailer(&[2]), (vec![], single.to_vec()));
    assert_eq!(trailer(&[0, 2]), (vec![], vec!["ksz9477"]));
    assert_eq!(trailer(&[0x21, 8]), (vec![], vec!["lan937x"]));
    let vlan = |word: fn(u8, bool) -> u8, high: u8| {
        verdict(&capture(|n, up| frame(up, &[&[0x81, 0, high, word(n, up)], &ipv4(n, 30)])))
    };
    let drivers = vec!["ocelot-8021q", "vsc73xx-8021q", "mxl862xx-8021q"];
    assert_eq!(vlan(|n, _| n % 4, 0x0c), (vec![], drivers));
    assert_eq!(vlan(|n, up| if up { n % 3 } else { 0x10 + n % 3 }, 0), (vec![], vec!["lan9303"]));
}

#[test]
fn taggers_whose_octets_are_the_same_are_named_together() {
    let data = capture(|n, up| frame(up, &[&[0xda, 0xdb, 0x0c, n % 4], &ipv4(n, 30)]));
    assert_eq!(verdict(&data).0, ["sja1105", "sja1110"]);
    // VLAN 4095 alone, and a header of its own, are of one of them.
    let control = |head: &[u8]| {
        let bpdu = [&[1, 0x80, 0xc2, 0, 0, 0], &HOST[..], head, &[0, 38, 0x42, 0x42, 3], &[0; 40]].concat();
        verdict(&[data.clone(), vec![bpdu]].concat()).0
    };
    assert_eq!(control(&[0xda, 0xdb, 0x0f, 0xff]), ["sja1105"]);
    assert_eq!(control(&[0xda, 0xdc, 0x88, 0x44, 0xda, 0xdb, 0x0f, 0xff]), ["sja1110"]);

    let legacy = |down: u8| {
        let length = if down == 0 { [0, 0] } else { [0x40, down - 1] };
        verdict(&capture(|n, up| {
            let word = if up { [0, 0] } else { length };
            frame(up, &[&[0x88, 0x74], &word, &[0, n % 4], &ipv4(n, 30)])
        }))
        .0
    };
    assert_eq!(legacy(0), ["brcm-legacy", "brcm-legacy-fcs"]);
    assert_eq!(legacy(1), ["brcm-legacy"]);
    assert_eq!(legacy(67), ["brcm-legacy-fcs"]);
}
