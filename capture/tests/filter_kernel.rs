//! Programs in the kernel: every program of the corpus attaches to a socket, and on frames that cross a veth pair the
//! kernel accepts exactly those that our machine accepts, with VLAN tags moved out of the frame and inside it. Extended
//! programs do the same as classifiers of tc.
//!
//! Needs root: the test starts itself once more in a network namespace of its own.

mod filter_corpus;
#[path = "filter_oracle/packets.rs"]
#[allow(dead_code, reason = "the oracle uses the rest")]
mod packets;
#[path = "../../tests/harness/skip.rs"]
mod skip;

use nettool_capture::filter::ebpf::{Answers, Target, object::object, translate};
use nettool_capture::filter::insn::Instruction;
use nettool_capture::filter::names::SystemNames;
use nettool_capture::filter::vm::{self, Facts, Packet};
use nettool_capture::filter::{Options, compile};
use nettool_capture::live::{self, Crossing, Programs, Source, Taken};
use nettool_dissect::frame::LinkType;
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::os::fd::AsFd;
use std::process::Command;
use std::time::{Duration, Instant};

/// Set in the copy of the test that runs in a namespace of its own.
const INSIDE: &str = "NETTOOL_TEST_INSIDE_NAMESPACE";
/// Frames that cross the pair.
const FRAMES: usize = 120;
/// The longest that anything may take.
const DEADLINE: Duration = Duration::from_secs(20);

fn ip(arguments: &str) {
    let status = Command::new("ip").args(arguments.split(' ')).status().expect("ip runs");
    assert!(status.success(), "ip {arguments}");
}

/// Runs a test of this file in a new network namespace; what is missing for that is the answer.
fn inside_namespace(test: &str) -> Result<(), String> {
    if !live_is_root() {
        return Err("needs root".to_owned());
    }
    for program in ["unshare", "ip"] {
        if !skip::installed(program) {
            return Err(format!("needs {program}"));
        }
    }
    if !Command::new("unshare").args(["-n", "true"]).status().is_ok_and(|status| status.success()) {
        return Err("needs leave to make a network namespace".to_owned());
    }
    let own = std::env::current_exe().expect("the test knows its own file");
    let output = Command::new("unshare")
        .arg("-n")
        .arg(own)
        .args([test, "--exact", "--nocapture"])
        .env(INSIDE, "1")
        .env("RUST_BACKTRACE", "0")
        .output()
        .expect("unshare runs");
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}");
    print!("{said}");
    Ok(())
}

fn live_is_root() -> bool {
    live::is_root()
}

/// The pair: frames sent on the first arrive at the second.
fn make_pair() {
    for file in ["all", "default"] {
        let _ = std::fs::write(format!("/proc/sys/net/ipv6/conf/{file}/disable_ipv6"), "1");
    }
    ip("link add left type veth peer name right");
    ip("link set right address 00:11:22:33:44:55");
    ip("link set left up");
    ip("link set right up");
}

/// A frame as it is sent, and as a packet socket sees it.
struct Sent {
    frame: Vec<u8>,
    seen: Vec<u8>,
    facts: Facts,
}

/// Frames of at least 64 octets, each with its number at the end. The kernel moves one tag of the kinds that it knows
/// out of the frame.
fn frames(index: u32) -> Vec<Sent> {
    packets::specimens(LinkType::ETHERNET, 2000, None)
        .into_iter()
        .filter(|each| !each.cut && (64..1500).contains(&each.data.len()))
        .take(FRAMES)
        .enumerate()
        .map(|(number, each)| {
            let mut frame = each.data;
            let end = frame.len() - 4;
            frame[end..].copy_from_slice(&(0xa5a5_0000 | number as u32).to_be_bytes());
            let kind = u16::from_be_bytes([frame[12], frame[13]]);
            let mut seen = frame.clone();
            let mut facts =
                Facts { ifindex: Some(index), hatype: Some(1), network_offset: 14, ..Facts::default() };
            if matches!(kind, 0x8100 | 0x88a8) {
                facts.vlan = Some((kind, u16::from_be_bytes([frame[14], frame[15]])));
                seen.drain(12..16);
            }
            facts.protocol = match u16::from_be_bytes([seen[12], seen[13]]) {
                length if length < 1536 => {
                    if seen[14..16] == [0xff, 0xff] {
                        1
                    } else {
                        4
                    }
                }
                kind => kind,
            };
            facts.pkttype = match &frame[..6] {
                [0xff, 0xff, 0xff, 0xff, 0xff, 0xff] => 1,
                [first, ..] if first & 1 != 0 => 2,
                [0, 0x11, 0x22, 0x33, 0x44, 0x55] => 0,
                _ => 3,
            };
            Sent { frame, seen, facts }
        })
        .collect()
}

fn open(program: Option<Vec<Instruction>>) -> Result<Box<dyn Source>, String> {
    let filter = program.map(|kernel| Programs { octets: kernel.clone(), kernel });
    let options = live::Options {
        buffer: 1 << 20,
        hold: Duration::from_millis(1),
        crossing: Crossing::In,
        filter,
        ..live::Options::default()
    };
    let mut opened = live::open("right", &options).map_err(|error| error.to_string())?;
    opened.sources.pop().ok_or_else(|| "no source".to_owned())
}

/// Numbers of the frames that a source shows, until it has nothing more or `all` are there.
fn shown(source: &mut dyn Source, all: usize) -> BTreeSet<u32> {
    let (never, _keeps_it_open) = std::io::pipe().expect("a pipe");
    let start = Instant::now();
    let mut found = BTreeSet::new();
    while found.len() < all && start.elapsed() < DEADLINE {
        let taken = source.take(Duration::from_millis(20), never.as_fd(), &mut |frame| {
            let end = frame.data.len().saturating_sub(4);
            if let Some([0xa5, 0xa5, high, low]) = frame.data.get(end..) {
                found.insert(u32::from(*high) << 8 | u32::from(*low));
            }
            ControlFlow::Continue(())
        });
        if all == usize::MAX && taken.is_ok_and(|taken| taken == Taken::Idle) {
            break;
        }
    }
    found
}

#[test]
fn the_kernel_accepts_the_frames_that_the_machine_accepts() {
    const NAME: &str = "the_kernel_accepts_the_frames_that_the_machine_accepts";
    if std::env::var_os(INSIDE).is_none() {
        if let Err(missing) = inside_namespace(NAME) {
            skip::skip(NAME, &missing);
        }
        return;
    }
    make_pair();
    let interface = |name| pnet_datalink::interfaces().into_iter().find(|each| each.name == name).unwrap();
    let sent = frames(interface("right").index);
    assert_eq!(sent.len(), FRAMES);
    let tagged = sent.iter().filter(|each| each.facts.vlan.is_some()).count();
    assert!(tagged > 5, "only {tagged} frames are tagged");
    let Ok(pnet_datalink::Channel::Ethernet(mut sender, _receiver)) =
        pnet_datalink::channel(&interface("left"), pnet_datalink::Config::default())
    else {
        panic!("no channel on the first end");
    };
    let mut everything = open(None).unwrap();
    let names = SystemNames::new();
    let (mut attached, mut accepted) = (0, 0);
    for case in filter_corpus::cases() {
        let options = Options { names: &names, live: true, netmask: Some(0), ..Options::new(case.link) };
        let Ok(program) = compile(&case.expression, &options) else { continue };
        let program = program.instructions;
        if case.link != LinkType::ETHERNET {
            open(Some(program)).unwrap_or_else(|error| panic!("{}: {error}", case.expression));
            attached += 1;
            continue;
        }
        let mut filtered =
            open(Some(program.clone())).unwrap_or_else(|error| panic!("{}: {error}", case.expression));
        for each in &sent {
            sender.send_to(&each.frame, None).expect("a frame buffer").expect("the frame is sent");
        }
        let arrived = shown(&mut *everything, FRAMES);
        assert_eq!(arrived.len(), FRAMES, "frames were lost on the pair");
        filtered.close_intake().unwrap();
        let kernel = shown(&mut *filtered, usize::MAX);
        for (number, each) in sent.iter().enumerate() {
            let packet = Packet { facts: Some(&each.facts), ..Packet::whole(&each.seen) };
            let ours = vm::run_as_kernel(&program, &packet);
            assert_eq!(vm::run(&program, &packet).accepted(), ours.accepted(), "{}", case.expression);
            assert_eq!(
                kernel.contains(&(number as u32)),
                ours.accepted(),
                "{} on {:02x?} with {:?}: {ours:?}",
                case.expression,
                each.seen,
                each.facts
            );
            accepted += usize::from(ours.accepted());
        }
        attached += 1;
    }
    println!("{attached} programs attached, {accepted} frames accepted");
    assert!(attached > 200 && accepted > 1000, "{attached} programs, {accepted} frames");
}

/// Expressions for tc: tags in both forms, words beside the packet, tunnels, lists.
const CLASSIFIED: [&str; 14] = [
    "ip",
    "vlan",
    "vlan 10",
    "vlan and vlan",
    "not vlan and arp",
    "vlan and tcp port 80",
    "vlan 1-200 and ip6",
    "tcp or udp",
    "port 53 and not host 10.0.0.1",
    "ip6 multicast or arp",
    "len > 100 and ether[0] & 1 = 1",
    "inbound and not ip",
    "host in {10.0.0.1, 10.0.0.2, 192.168.1.10, 10.20.30.40} or port in {22, 53, 80-90}",
    "vxlan or geneve or mpls",
];

/// Packets that a classifier on the second end has dropped, as tc counts them.
fn dropped() -> Option<usize> {
    let output = Command::new("tc").args(["-s", "qdisc", "show", "dev", "right", "clsact"]).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.split("dropped ").nth(1)?.split(',').next()?.parse().ok()
}

#[test]
fn a_classifier_of_tc_drops_the_frames_that_the_machine_accepts() {
    const NAME: &str = "a_classifier_of_tc_drops_the_frames_that_the_machine_accepts";
    if std::env::var_os(INSIDE).is_none() {
        let missing = if skip::installed("tc") { inside_namespace(NAME) } else { Err("needs tc".to_owned()) };
        if let Err(missing) = missing {
            skip::skip(NAME, &missing);
        }
        return;
    }
    make_pair();
    let tc = |arguments: &str| Command::new("tc").args(arguments.split(' ')).status().unwrap().success();
    let file = std::env::temp_dir().join(format!("nettool-classifier-{}.o", std::process::id()));
    let interface = |name| pnet_datalink::interfaces().into_iter().find(|each| each.name == name).unwrap();
    let sent = frames(interface("right").index);
    let Ok(pnet_datalink::Channel::Ethernet(mut sender, _receiver)) =
        pnet_datalink::channel(&interface("left"), pnet_datalink::Config::default())
    else {
        panic!("no channel on the first end");
    };
    let mut everything = open(None).unwrap();
    // `TC_ACT_SHOT` for what matches, `TC_ACT_OK` for all else.
    let answers = Answers::Numbers { matching: 2, other: 0 };
    for expression in CLASSIFIED {
        let options = Options { live: true, ..Options::new(LinkType::ETHERNET) };
        let program = compile(expression, &options).unwrap().instructions;
        std::fs::write(&file, object(&translate(&program, Target::Tc, answers).unwrap(), Target::Tc))
            .unwrap();
        if !tc("qdisc add dev right clsact") {
            return skip::skip(NAME, "needs the clsact queueing discipline");
        }
        assert!(tc(&format!("filter add dev right ingress bpf da obj {}", file.display())), "{expression}");
        for each in &sent {
            sender.send_to(&each.frame, None).expect("a frame buffer").expect("the frame is sent");
        }
        assert_eq!(shown(&mut *everything, FRAMES).len(), FRAMES, "frames were lost on the pair");
        let expected = sent
            .iter()
            .filter(|each| {
                let packet = Packet { facts: Some(&each.facts), ..Packet::whole(&each.seen) };
                vm::run_as_kernel(&program, &packet).accepted()
            })
            .count();
        let start = Instant::now();
        while dropped().is_some_and(|count| count < expected) && start.elapsed() < DEADLINE {
            std::thread::yield_now();
        }
        assert_eq!(dropped(), Some(expected), "{expression}");
        assert!(tc("qdisc del dev right clsact"));
    }
    let _ = std::fs::remove_file(&file);
}
