//! Layers of scapy's beyond the everyday ones: random instances are built here as scapy built them, taken apart and written again as they
//! were, and read as tshark reads them.
//!
//! `tests/data/interop_layers/make.py` makes NAME.txt (expressions) and NAME.pcap (what scapy made of them). Every field that nettool and
//! tshark both know is compared, occurrence by occurrence; what differs is listed with its reason.

mod harness;

use harness::nettool;
use harness::tshark::{Exception, agree_below};

const DATA: &str = "tests/data/interop_layers";

const FORM: &str = "the same time in another form";

/// Fields below the prefixes are those of tshark, but for the exceptions.
fn agree(test: &str, group: &str, prefixes: &[&str], exceptions: &[Exception]) {
    agree_below(test, &format!("{DATA}/{group}.pcap"), prefixes, exceptions);
}

/// The groups, and the link type that their frames begin with.
fn groups() -> Vec<(String, u32, Vec<String>)> {
    let folder = format!("{}/{DATA}", harness::ROOT);
    let files = std::fs::read_dir(&folder).expect("the captures are in the project");
    let names = files.filter_map(|file| file.ok()?.file_name().into_string().ok());
    let mut names: Vec<String> =
        names.filter_map(|name| name.strip_suffix(".pcap").map(str::to_owned)).collect();
    names.sort();
    names
        .into_iter()
        .map(|name| {
            let octets = std::fs::read(format!("{folder}/{name}.pcap")).expect("a capture");
            let word = |at: usize| u32::from_le_bytes(octets[at..at + 4].try_into().expect("four octets"));
            let (link, mut at, mut frames) = (word(20), 24, Vec::new());
            while at < octets.len() {
                let len = word(at + 8) as usize;
                frames.push(
                    octets[at + 16..at + 16 + len].iter().map(|octet| format!("{octet:02x}")).collect(),
                );
                at += 16 + len;
            }
            (name, link, frames)
        })
        .collect()
}

/// What the crafter makes of a file of expressions: for each, its packets or the fault.
fn crafted(path: &str) -> Vec<String> {
    let text = nettool(["craft", "--hex", "--batch", path]).text();
    let mut answers: Vec<String> = Vec::new();
    for line in text.lines() {
        match (line.starts_with(['#', '!']), answers.last_mut()) {
            (true, _) => answers.push(if line.starts_with('!') { line.to_owned() } else { String::new() }),
            (false, Some(answer)) => answer.push_str(line),
            (false, None) => {}
        }
    }
    answers
}

#[test]
fn layers_are_built_as_scapy_builds_them() {
    for (name, _, frames) in groups() {
        let path = format!("{}/{DATA}/{name}.txt", harness::ROOT);
        let expressions = std::fs::read_to_string(&path).expect("expressions");
        let answers = crafted(&path);
        assert_eq!(answers.len(), frames.len(), "{name}");
        for ((expression, wanted), got) in expressions.lines().zip(&frames).zip(&answers) {
            assert_eq!(got, wanted, "{name}: {expression}");
        }
    }
}

#[test]
fn layers_are_taken_apart_and_written_again_as_they_were() {
    let folder = harness::Scratch::new("interop-layers");
    for (name, link, frames) in groups() {
        let literal = |hex: &String| {
            let pairs: Vec<&str> = (0..hex.len() / 2).filter_map(|at| hex.get(at * 2..at * 2 + 2)).collect();
            let link = if link == 105 { ", Dot11" } else { "" };
            format!("dissect(b\"\\x{}\"{link})\n", pairs.join("\\x"))
        };
        let text: String = frames.iter().map(literal).collect();
        let file = folder.file(&name, text.as_bytes());
        let answers = crafted(file.to_str().expect("a plain name"));
        assert_eq!(answers.len(), frames.len(), "{name}");
        for (at, (wanted, got)) in frames.iter().zip(&answers).enumerate() {
            assert_eq!(got, wanted, "{name}, frame {}", at + 1);
        }
    }
}

#[test]
fn flow_records_are_read_as_tshark_reads_them() {
    agree(
        "flow_records_are_read_as_tshark_reads_them",
        "netflow",
        &["cflow"],
        &[
            ("cflow.sysuptime", FORM),
            ("cflow.timestamp", FORM),
            ("cflow.timestart", FORM),
            ("cflow.timeend", FORM),
            ("cflow.timedelta", "tshark adds the difference of two fields"),
            ("cflow.tcpflags.ack", "tshark shows no single flags of versions 1 and 5"),
            ("cflow.tcpflags.ece", "tshark shows no single flags of versions 1 and 5"),
            ("cflow.tcpflags.cwr", "tshark shows no single flags of versions 1 and 5"),
            ("cflow.tcpflags.fin", "tshark shows no single flags of versions 1 and 5"),
            ("cflow.tcpflags.psh", "tshark shows no single flags of versions 1 and 5"),
            ("cflow.tcpflags.rst", "tshark shows no single flags of versions 1 and 5"),
            ("cflow.tcpflags.syn", "tshark shows no single flags of versions 1 and 5"),
            ("cflow.tcpflags.urg", "tshark shows no single flags of versions 1 and 5"),
        ],
    );
}

#[test]
fn wireless_management_is_read_as_tshark_reads_it() {
    agree(
        "wireless_management_is_read_as_tshark_reads_it",
        "dot11",
        &["wlan"],
        &[
            ("wlan.addr", "tshark puts the source before the destination where there are four addresses"),
            ("wlan.ssid", "tshark 4.0 shows its octets"),
            ("wlan.tag.length", "tshark calls the length of extended elements otherwise"),
            ("wlan.tag.vendor.data", "tshark shows none of vendors that it knows"),
            ("wlan.fixed.dialog_token", "tshark shows none of radio measurement"),
        ],
    );
}

#[test]
fn key_exchanges_are_read_as_tshark_reads_them() {
    agree(
        "key_exchanges_are_read_as_tshark_reads_them",
        "isakmp",
        &["isakmp"],
        &[
            ("isakmp.nextpayload", "tshark calls so those of proposals and transforms too"),
            ("isakmp.ike.attr.value", "tshark shows the octets of attributes that it opens too"),
            ("isakmp.ike2.attr.value", "tshark shows the octets of attributes that it opens too"),
            ("isakmp.ipsec.attr.value", "tshark shows the octets of attributes that it opens too"),
            ("isakmp.notify.data", "tshark shows empty data as missing"),
        ],
    );
}

#[test]
fn trunk_protocols_are_read_as_tshark_reads_them() {
    agree("trunk_protocols_are_read_as_tshark_reads_them", "trunks", &["dtp", "vtp"], &[]);
}

#[test]
fn label_distribution_is_read_as_tshark_reads_it() {
    let once = "tshark 4.0 calls a request malformed that ends with its class";
    agree(
        "label_distribution_is_read_as_tshark_reads_it",
        "ldp",
        &["ldp"],
        &[("ldp.msg.tlv.fec.af", once), ("ldp.msg.tlv.fec.len", once), ("ldp.msg.tlv.fec.type", once)],
    );
}

#[test]
fn address_discovery_is_read_as_tshark_reads_it() {
    agree("address_discovery_is_read_as_tshark_reads_it", "stun", &["stun"], &[]);
}

#[test]
fn flow_records_whose_templates_stand_in_other_packets_are_read_as_tshark_reads_them() {
    agree(
        "flow_records_whose_templates_stand_in_other_packets_are_read_as_tshark_reads_them",
        "exporters",
        &["cflow"],
        &[
            ("cflow.sysuptime", FORM),
            ("cflow.timestamp", FORM),
            ("cflow.timestart", FORM),
            ("cflow.timeend", FORM),
            ("cflow.timedelta", "tshark adds the difference of two fields"),
        ],
    );
}

#[test]
fn mobile_core_signalling_is_read_as_tshark_reads_it() {
    agree("mobile_core_signalling_is_read_as_tshark_reads_it", "gtpv2", &["gtpv2", "e164"], &[]);
}

#[test]
fn telecontrol_is_read_as_tshark_reads_it() {
    agree("telecontrol_is_read_as_tshark_reads_it", "telecontrol", &["iec60870_104", "iec60870_asdu"], &[]);
}

#[test]
fn building_control_is_read_as_tshark_reads_it() {
    agree(
        "building_control_is_read_as_tshark_reads_it",
        "buildings",
        &["knxip", "cemi"],
        &[("knxip.data", "tshark shows the octets of descriptions that it opens too")],
    );
}

#[test]
fn accounting_and_terminal_access_are_read_as_tshark_reads_them() {
    let test = "accounting_and_terminal_access_are_read_as_tshark_reads_them";
    agree(
        test,
        "accounts",
        &["diameter"],
        &[(
            "diameter.avp",
            "a heading of the tree, which nettool shows by its name and tshark by its octets",
        )],
    );
    agree(
        test,
        "terminals",
        &["tacplus"],
        &[("tacplus.majvers", "tshark shows it with the minor version's bits")],
    );
}
