//! Any text as a capture filter: an error has its place in the text, a program passes the checks, and the programs of
//! every goal give the verdict of the one that follows the text word for word, on frames of the samples.

use crate::packets::samples;
use crate::{Split, Target};
use nettool_capture::filter::check::{check, check_user, loops};
use nettool_capture::filter::compile::{Goal, Options, Program, compile};
use nettool_capture::filter::prepared::Prepared;
use nettool_capture::filter::text;
use nettool_capture::filter::vm::{End, Packet, run};
use nettool_dissect::frame::LinkType;

/// See the module.
pub const TARGET: Target = Target {
    name: "filter",
    about: "capture filters: errors with a place, programs of every goal with one verdict",
    run: try_filter,
    corpora: &["capture/tests/data/filter"],
    cost: 8,
    split: Split::Lines,
    words: &[
        "EN10MB",
        "LINUX_SLL2",
        "RAW",
        "PPP",
        "NULL",
        "IEEE802_11_RADIO",
        "host",
        "net",
        "port",
        "portrange",
        "src",
        "dst",
        "src or dst",
        "and",
        "or",
        "not",
        "(",
        ")",
        "ip",
        "ip6",
        "arp",
        "tcp",
        "udp",
        "icmp",
        "ether",
        "vlan",
        "mpls",
        "pppoes",
        "geneve",
        "proto",
        "protochain",
        "broadcast",
        "multicast",
        "less",
        "greater",
        "len",
        "[0]",
        "[2:2]",
        "ip[0] & 0xf",
        "tcp[tcpflags] & tcp-syn != 0",
        "192.0.2.1",
        "10.0.0.0/8",
        "2001:db8::1",
        "02:00:00:00:00:01",
        "80",
        "1-1024",
        "!=",
        "<<",
        "%",
        "0xffffffff",
        "4294967296",
        "icmptype",
        "ip.ttl",
    ],
};

/// A text may begin with the name of its link type.
fn split(text: &str) -> (LinkType, &str) {
    let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
    match LinkType::from_name(first) {
        Some(link)
            if !first.is_empty()
                && first.bytes().all(|c| c.is_ascii_uppercase() || !c.is_ascii_lowercase()) =>
        {
            (link, rest)
        }
        _ => (LinkType::ETHERNET, text),
    }
}

fn judge(program: &Program, expression: &str) {
    assert!(check_user(&program.instructions).is_ok(), "{expression}: {:?}", program.instructions);
    if !loops(&program.instructions) {
        assert_eq!(check(&program.instructions), Ok(()), "{expression}");
    }
    let listing = text::listing(&program.instructions);
    assert_eq!(listing.lines().count(), program.instructions.len(), "{expression}");
}

fn try_filter(octets: &[u8]) {
    let text = String::from_utf8_lossy(octets);
    let (link, expression) = split(&text);
    let options = |optimize| Options { optimize, netmask: Some(0xffff_ff00), ..Options::new(link) };
    let literal = match compile(expression, &options(Goal::Literal)) {
        Ok(program) => program,
        Err(error) => {
            assert!(error.span.start <= error.span.end && error.span.end <= expression.len(), "{error:?}");
            assert!(error.render(expression).contains('^'), "{error:?}");
            return;
        }
    };
    judge(&literal, expression);
    let sum = octets.iter().fold(7usize, |sum, octet| sum.wrapping_mul(31) ^ usize::from(*octet));
    let frames: Vec<_> = samples().iter().filter(|kept| kept.link_type == link).collect();
    for goal in [Goal::Balanced, Goal::Size, Goal::Speed] {
        // What fits the word-for-word program may be too large or too deep for no other reason than its own limits.
        let Ok(program) = compile(expression, &options(goal)) else { continue };
        judge(&program, expression);
        let prepared = Prepared::new(&program.instructions);
        for kept in frames.iter().cycle().skip(sum % frames.len().max(1)).take(24) {
            let mut packet = Packet::whole(&kept.data);
            packet.wire_len = kept.original_len;
            let outcome = run(&literal.instructions, &packet);
            // A load that decides nothing is left out, in libpcap's programs too; past the captured octets it rejects.
            if outcome.end == End::OutOfRange {
                continue;
            }
            let right = outcome.verdict;
            let what = || format!("{link} `{expression}` for {goal:?} on {:02x?}", kept.data);
            assert_eq!(run(&program.instructions, &packet).verdict, right, "{}", what());
            assert_eq!(prepared.verdict(&packet), right, "prepared: {}", what());
        }
    }
}
