//! Display filters and statistics of the command line, over the project's sample captures: tshark says the same.

mod harness;

use harness::{nettool, peer};

/// Files without fragments, which tshark puts together, and without quotations in ICMP errors, which it counts too.
const FILES: &[&str] =
    &["samples/http.pcap", "samples/vlan.pcap", "samples/dns.pcap", "samples/tcp-trouble.pcap"];

/// Queries that both programs know.
const QUERIES: &[&str] = &[
    "tcp.flags.syn == 1",
    "tcp.port in {80, 443} && ip.ttl > 10",
    "ip.src in {10.0.0.0/8, 192.168.0.0/16} || arp",
    "frame.len >= 100",
    "frame contains 0a:01",
    "frame[12:2] == 08:00",
    "eth.src[0:3] == 02:00:00",
    "tcp.flags & 0x08",
    "ip.addr != 10.0.0.1",
    "ip.addr !== 10.0.0.1",
    "ip.addr === 10.0.0.1",
    "ip.id % 7 == 3",
    "!(udp) && !(tcp)",
    "tcp[13] & 0x02",
    "ip.ttl + 1 > 64",
    "tcp contains \"GET\"",
    "udp.port in {5000..6000} or vlan",
    "count(ip.addr) > 2",
    "max(udp.srcport, udp.dstport) == 53",
    "frame.protocols contains \"udp\"",
    "frame.time_relative > 0.5",
    "frame.protocols contains \"eth:ethertype:ip:tcp\"",
    "frame.protocols matches \"ethertype:vlan:ethertype\"",
    "ip.host contains \"192.0\"",
    "ip.src_host == 192.0.2.1",
    "ipv6.dst_host matches \"^2001:db8\"",
    "eth.addr_resolved contains \"00:01\"",
    "ip.version == 6",
    "http.request.full_uri matches \"^http://\"",
    "http.response.code.desc == \"OK\"",
    "http.response.code / 100 == 2",
    "http.response.code > 90 && http.response.code < 1000",
    "dns.flags.rcode == 0",
    "dns.flags.authoritative",
    "vlan.id > 100",
    "_ws.expert && tcp.flags.str contains \"S\"",
];

#[test]
fn queries_select_the_frames_that_tshark_selects() {
    for path in FILES {
        for query in QUERIES {
            let theirs = peer(
                "queries_select_the_frames_that_tshark_selects",
                "tshark",
                ["-r", path, "-o", "ip.defragment:FALSE", "-Y", query, "-T", "fields", "-e", "frame.number"],
            );
            let Some(theirs) = theirs else { return };
            if theirs.code != 0 {
                continue;
            }
            let ours = nettool(["read", "-Y", query, "--fields", "frame.number", path]);
            assert_eq!(ours.text(), theirs.text(), "{query} on {path}: {}", ours.err);
        }
    }
}

#[test]
fn a_wrong_query_ends_with_2_and_a_caret() {
    nettool(["read", "-Y", "tcp.prot == 1", "samples/dns.pcap"])
        .ends(2, &["did you mean `tcp.port`?", "\n  ^^^^^^^^"]);
    nettool(["read", "--stats", "con", "samples/dns.pcap"]).ends(2, &["there are conv"]);
}

#[test]
fn conversations_have_the_frames_and_octets_that_tshark_counts() {
    for path in FILES {
        for level in ["tcp", "udp"] {
            let theirs = peer(
                "conversations_have_the_frames_and_octets_that_tshark_counts",
                "tshark",
                ["-q", "-z", &format!("conv,{level}"), "-o", "ip.defragment:FALSE", "-r", path],
            );
            let Some(theirs) = theirs else { return };
            // Tunnels and quotations have inner headers that tshark counts too.
            if theirs.code != 0
                || ["hostile", "malformed", "mixed", "icmp"].iter().any(|name| path.contains(name))
            {
                continue;
            }
            let theirs = theirs.text().lines().filter(|line| line.contains("<->")).count();
            let ours = nettool(["read", "--json", "--stats", &format!("conv,{level}"), path]);
            assert_eq!(ours.lines(), theirs, "{level} of {path}: {}", ours.text());
        }
    }
}

#[test]
fn tables_are_the_same_with_a_query_that_takes_everything() {
    for kind in ["conv", "endpoints", "protocols", "io,0.01"] {
        let plain = nettool(["read", "--stats", kind, "samples/mixed.pcapng"]);
        let asked = nettool(["read", "--stats", kind, "-Y", "frame", "samples/mixed.pcapng"]);
        assert!(plain.code <= 1 && plain.lines() > 1, "{kind}: {}", plain.err);
        assert_eq!(plain.text(), asked.text(), "{kind}");
    }
}

#[test]
fn a_table_without_rows_is_still_a_table() {
    let folder = std::path::Path::new(harness::NETTOOL).parent().expect("the program lies in a folder");
    let path = folder.join(format!("no-packets-{}.pcap", std::process::id()));
    let mut head = Vec::new();
    for word in [0xa1b2_c3d4_u32, 0x0004_0002, 0, 0, 65535, 1] {
        head.extend(word.to_le_bytes());
    }
    std::fs::write(&path, head).expect("the build folder can be written");
    let capture = path.to_str().expect("a plain path");
    let table = |kind: &str| nettool(["read", "--stats", kind, capture]).ends(0, &[]).text();
    assert_eq!(table("conv"), "conversations: 0\n\n");
    assert_eq!(table("endpoints"), "endpoints: 0\n\n");
    assert!(table("conv,tcp").starts_with("TCP conversations: 0\n"));
    for (kind, head) in [("protocols", "protocol"), ("io", "start"), ("io,0.5", "start")] {
        assert!(table(kind).trim_start().starts_with(head), "{kind}: {}", table(kind));
    }
    for kind in ["conv", "endpoints,ip", "protocols", "io", "tcp", "latency", "expert"] {
        assert_eq!(nettool(["read", "--json", "--stats", kind, capture]).ends(0, &[]).text(), "", "{kind}");
    }
    std::fs::remove_file(&path).expect("it was just written");
}
