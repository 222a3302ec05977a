//! Any text as an expression of packets: an error has its place within the text, and packets that differ in numbers alone are
//! the same whether they are patched or built anew.

use crate::{Split, Target};
use nettool_gen::craft::{Bounds, Catalog, Expansion, Host};
use std::sync::OnceLock;

/// See the module.
pub const TARGET: Target = Target {
    name: "craft",
    about: "expressions of packets: errors with a place, patched packets equal built ones",
    run: try_expression,
    corpora: &[],
    cost: 40,
    split: Split::Lines,
    words: &[
        "Ether()",
        "IP(",
        "IPv6(",
        "TCP(",
        "UDP(",
        "ICMP(",
        "DNS(",
        "DNSQR(",
        "VXLAN(",
        "Raw(load=",
        "Padding(",
        "IPOption_RR(",
        "options=[",
        "src=",
        "dst=",
        "ttl=",
        "flags=",
        "sport=",
        "chksum=",
        "len=",
        "\"10.0.0.0/30\"",
        "\"2001:db8::/126\"",
        "(1,4)",
        "(9,8)",
        "[80,443]",
        "b\"\\xff\"",
        "\"x\"*64",
        "/",
        ")",
        "]",
        "*3",
        "for i in range(3)",
        "RandShort()",
        "None",
        "-1",
        "65536",
        "340282366920938463463374607431768211456",
        "dissect(",
        "fragment(",
        "fuzz(",
        "lambda x: x",
    ],
};

/// Packets of one expression that are tried.
const TRIED: usize = 64;

fn host() -> &'static Host {
    static HOST: OnceLock<Host> = OnceLock::new();
    HOST.get_or_init(|| {
        Host::new(Catalog::builtin(), 1).with_limits(Bounds {
            steps: 20_000,
            memory: 32 << 20,
            calls: 50,
            length: 1 << 18,
        })
    })
}

fn try_expression(octets: &[u8]) {
    let text = String::from_utf8_lossy(octets);
    let mut packets = match host().expression(&text) {
        Ok(packets) => packets,
        Err(error) => {
            assert!(!error.message.is_empty(), "{error:?}");
            return;
        }
    };
    if text.contains("Rand") || text.contains("fuzz") {
        return;
    }
    for _ in 0..TRIED {
        let patched = match packets.next_frame() {
            Some(Ok(frame)) => frame.octets.to_vec(),
            Some(Err(error)) => {
                assert!(!error.message.is_empty(), "{error:?}");
                return;
            }
            None => return,
        };
        let Some(current) = packets.current() else { return };
        let mut anew = match Expansion::new(Catalog::builtin(), current, 0) {
            Ok(anew) => anew,
            Err(_) => return,
        };
        match anew.next_octets() {
            Some(Ok(built)) => assert_eq!(built, patched, "{text}"),
            other => panic!("{text}: {other:?}"),
        }
    }
}
