//! Every link type that libpcap has a number for, with a list of primitives of all kinds: the same are taken, and with
//! the same verdicts.

use super::{Fault, Lab, LinkType, judge};
use std::collections::BTreeMap;

/// An expression of each kind; which link types have it differs.
const PRIMITIVES: &str = "\
    |ip|ip6|arp|rarp|atalk|aarp|decnet|sca|lat|mopdl|moprc|iso|stp|ipx|netbeui|clnp|esis|isis|l1|iih|csnp\
    |tcp|udp|sctp|icmp|icmp6|ah|esp|pim|igmp|igrp|vrrp|carp\
    |host 10.0.0.1|src host 10.0.0.1|ip dst host 10.0.0.1|arp host 10.0.0.1|rarp src host 10.0.0.1\
    |host 2001:db8::1|dst net 10.0.0.0/8|net 2001:db8::/32|net 0.0.0.0/0\
    |port 80|tcp src port 80|udp dst port 53|sctp port 22|portrange 20-30\
    |proto 17|ip proto 6|ip6 proto 17|ether proto 0x0800|ether proto 0x42|ether proto 0x88cc|ether proto 0x06\
    |ether proto \\arp|ether proto \\stp|ether proto \\ipx|ether proto \\iso|ether proto \\atalk\
    |iso proto 0x83|isis proto 18|ip protochain 6|ip6 protochain 6|decnet host 10.5|decnet src 10.5\
    |ether host 00:11:22:33:44:55|ether src 00:11:22:33:44:55|ether dst 00:11:22:33:44:55\
    |wlan addr1 00:11:22:33:44:55|wlan addr4 00:11:22:33:44:55|wlan ra 00:11:22:33:44:55\
    |ether host $ab|ether src $ab|link dst $ab|host $ab\
    |broadcast|multicast|ether broadcast|ether multicast|ip broadcast|ip multicast|ip6 multicast\
    |less 60|greater 60|len = 64|byte 3 = 5|byte 0 > 9\
    |link[0] = 2|link[1:2] = 2|ether[9:4] & 7 = 2|radio[0] = 0|ip[0] & 15 = 5|ip6[6] = 17|arp[6:2] = 1\
    |rarp[6:2] = 1|atalk[2] = 1|decnet[1] = 5|lat[0] = 0|moprc[0] = 0\
    |tcp[13] & 2 != 0|udp[0:2] = 53|icmp[0] = 8|icmp6[0] = 128|sctp[0:2] = 22|igmp[0] = 17\
    |inbound|outbound|vlan|vlan 5|vlan and ip|vlan 5 and vlan 6 and tcp|not vlan and ip|vlan 4096\
    |mpls|mpls 5|mpls and ip|mpls 5 and mpls 6 and ip6|mpls and host 10.0.0.1\
    |pppoed|pppoes|pppoes 5 and ip|pppoes and tcp port 80|geneve|geneve 5 and ip|geneve and ether host 00:11:22:33:44:55\
    |llc|llc i|llc s|llc u|llc ui|llc rr|llc xid\
    |type mgt|type data subtype qos-data|subtype beacon|dir tods|type 8|wlan type ctl\
    |on eth0|rset main|rnr 3|srnr 3|reason match|action pass\
    |lane|vpi 3|vci 5|vci (5 or 6)|metac|bcc|sc|ilmic|oam|oamf4|oamf4sc|oamf4ec|connectmsg|metaconnect\
    |lane and ip|lane and ether host 00:11:22:33:44:55\
    |fisu|lssu|msu|hfisu|hlssu|hmsu|sio 3|opc 5|dpc 5|sls 5|hsio 3|hopc 5|hdpc 5|hsls 5|opc > 5";

/// The number that files have for what libpcap calls `dlt`, where they differ on Linux.
fn link_type(dlt: u32) -> LinkType {
    LinkType(match dlt {
        11 => 100,
        12 => 101,
        15 => 102,
        16 => 103,
        18 => 246,
        19 => 106,
        other => other,
    })
}

/// The number that libpcap has for a link type.
pub(crate) fn dlt(link: LinkType) -> i32 {
    (0..=19).find(|dlt| link_type(*dlt) == link).unwrap_or(link.0) as i32
}

/// What libpcap has programs for, by its names.
fn link_types() -> Vec<(LinkType, String)> {
    (0..320)
        .filter_map(|number| Some((link_type(number), pcap::Linktype(number as i32).get_name().ok()?)))
        .filter(|(link, _)| super::libpcap(*link, "len > 5").is_ok())
        .collect()
}

/// Why an answer that differs is meant to, where it is.
fn deliberate(link: LinkType, expression: &str, fault: &Fault) -> bool {
    let older = !super::mended();
    match fault {
        Fault::Verdict(_) => {
            super::known_bug(link, expression)
                || matches!(link, LinkType::SLIP | LinkType::SLIP_BSDOS | LinkType::FRELAY)
                || (older && matches!(link, LinkType::ARCNET | LinkType::ARCNET_LINUX))
        }
        Fault::WeRefuse(why) => {
            why.contains("where the packet begins") || (older && link == LinkType::BACNET_MS_TP)
        }
        Fault::TheyRefuse(_) => match link {
            LinkType::DSA_TAG_BRCM_PREPEND | LinkType::DSA_TAG_EDSA | LinkType::NFLOG => true,
            LinkType::DSA_TAG_BRCM | LinkType::DSA_TAG_DSA | LinkType::BACNET_MS_TP | LinkType::PPI
                if older =>
            {
                true
            }
            _ => expression.contains("protochain") || expression.starts_with("llc"),
        },
        Fault::Panics(_) | Fault::Unchecked(_) => false,
    }
}

#[test]
fn all_link_types_take_the_same_primitives() {
    let mut lab = Lab::new();
    let mut differing: BTreeMap<(String, &str), Vec<String>> = BTreeMap::new();
    let links = link_types();
    for (link, name) in &links {
        assert_eq!(LinkType::from_name(name), Some(*link));
        let base = super::packets::specimens(*link, 300, None);
        for (expression, seed) in PRIMITIVES.split('|').zip(1..) {
            match judge(*link, expression, &base, seed, &mut lab.sums) {
                Some(fault) if !deliberate(*link, expression, &fault) => {
                    let case = (expression.trim().to_owned(), fault.kind());
                    differing.entry(case).or_default().push(format!("{name}: {}", fault.detail()));
                }
                _ => {}
            }
        }
    }
    for ((expression, kind), links) in &differing {
        println!("{expression}: {kind}:\n  {}", links.join("\n  "));
    }
    println!(
        "{} link types, {} compared, {} refused by both",
        links.len(),
        lab.sums.compared,
        lab.sums.both_refuse
    );
    assert!(differing.is_empty(), "{} primitives differ", differing.len());
    assert!(lab.sums.compared > 5_000, "{} compared", lab.sums.compared);
}
