//! Layers in any order: tunnels in tunnels, tags in tags, errors that quote, extension headers, frames that are cut.
//!
//! `tests/data/interop_mix/make.py` makes the frames at random with scapy. Fields are held against tshark, lines against tcpdump.

mod harness;

use harness::tshark::{CHECKED, rows, same};
use harness::{nettool, peer};

const CAPTURE: &str = "tests/data/interop_mix/mix.pcap.gz";

/// What stands in several layers, once for each. Not `ieee8021ad.id`: of two such tags tshark calls the identifiers `svid` and `cvid`.
const FIELDS: &[&str] = &[
    "eth.src",
    "eth.type",
    "vlan.id",
    "vlan.priority",
    "mpls.label",
    "pppoe.session_id",
    "stp.root.hw",
    "arp.opcode",
    "arp.src.proto_ipv4",
    "ip.src",
    "ip.dst",
    "ip.proto",
    "ip.ttl",
    "ip.id",
    "ip.len",
    "ip.dsfield",
    "ip.checksum.status",
    "ipv6.src",
    "ipv6.dst",
    "ipv6.nxt",
    "ipv6.flow",
    "ipv6.plen",
    "ipv6.fraghdr.ident",
    "icmp.type",
    "icmp.code",
    "icmpv6.type",
    "icmpv6.nd.ns.target_address",
    "tcp.srcport",
    "tcp.dstport",
    "tcp.flags",
    "tcp.window_size_value",
    "tcp.window_size",
    "tcp.len",
    "tcp.stream",
    "tcp.options.mss_val",
    "tcp.options.timestamp.tsval",
    "tcp.checksum.status",
    "udp.srcport",
    "udp.dstport",
    "udp.length",
    "udp.stream",
    "udp.checksum.status",
    "gre.proto",
    "gre.key",
    "vxlan.vni",
    "dns.id",
    "dns.qry.name",
    "dns.qry.type",
    "dns.a",
];

#[test]
fn fields_of_every_layer_agree_with_tshark() {
    let test = "fields_of_every_layer_agree_with_tshark";
    let all = [&["frame.len", "frame.cap_len"], FIELDS].concat();
    let Some(rows) = rows(test, CAPTURE, &all, CHECKED) else { return };
    let (mut found, mut wrong) = (0, Vec::new());
    for (at, (ours, theirs)) in rows.iter().enumerate() {
        let cut = ours[0] != ours[1];
        for ((field, ours), theirs) in FIELDS.iter().zip(&ours[2..]).zip(&theirs[2..]) {
            let (a, b): (Vec<_>, Vec<_>) = (ours.split(',').collect(), theirs.split(',').collect());
            let both = a.iter().zip(&b).filter(|(a, b)| !a.is_empty() && !b.is_empty());
            let equal = both.clone().all(|(a, b)| same(a, b));
            found += both.count();
            // Of the layer that is cut either may show more.
            if !equal || !cut && ours.is_empty() != theirs.is_empty() || !cut && a.len() != b.len() {
                wrong.push(format!("frame {}, {field}: nettool {ours:?}, tshark {theirs:?}", at + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!(found > 15_000, "{found} values");
}

/// A text for each frame.
fn frames(text: &str) -> Vec<String> {
    let mut frames: Vec<String> = Vec::new();
    for line in text.lines() {
        let time = line.as_bytes().get(..15).is_some_and(|time| time[2] == b':' && time[8] == b'.');
        match frames.last_mut().filter(|_| !time) {
            // What a tunnel carries stands on a line of its own in tcpdump.
            Some(frame) => {
                frame.push_str(": ");
                frame.push_str(line);
            }
            None => frames.push(line.to_owned()),
        }
    }
    frames
}

#[test]
fn lines_agree_with_tcpdump() {
    let test = "lines_agree_with_tcpdump";
    let scratch = harness::Scratch::new("interop-mix");
    let plain = scratch.path("mix.pcap");
    let plain = plain.to_str().expect("a path");
    nettool(["read", CAPTURE, "-w", plain]).ends(0, &[]);
    for extra in [&["-n"][..], &["-n", "-e"]] {
        let Some(theirs) = peer(test, "tcpdump", [extra, &["-r", plain]].concat()) else { return };
        let ours = nettool([&["read", "--no-plugins"], extra, &[plain]].concat());
        let (ours, theirs) = (frames(&ours.ends(0, &[]).text()), frames(&theirs.text()));
        assert_eq!(ours.len(), theirs.len(), "frames");
        let wrong: Vec<String> = ours
            .iter()
            .zip(&theirs)
            .enumerate()
            // Where a layer is cut, nettool says what is missing.
            .filter(|(_, (ours, theirs))| ours != theirs && !ours.contains("[|") && !theirs.contains("[|"))
            .map(|(at, (ours, theirs))| format!("frame {}:\n  nettool {ours}\n  tcpdump {theirs}", at + 1))
            .collect();
        assert!(wrong.is_empty(), "{extra:?}: {} differ\n{}", wrong.len(), wrong.join("\n"));
    }
}
