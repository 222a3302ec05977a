//! What the words of `nettool capture` ask to capture on, and the list of interfaces that helps to say it.

use super::access;
use crate::outcome::Failure;
use nettool_capture::live;

/// Words that a filter can begin with: an interface that does not exist is not meant by them.
const FILTER_WORDS: &str = "not and or host net port portrange src dst gateway broadcast multicast less greater \
    ether link fddi tr wlan ip ip6 arp rarp tcp udp sctp icmp icmp6 igmp igrp pim ah esp vrrp carp decnet atalk aarp \
    iso stp ipx netbeui lat moprc mopdl vlan mpls pppoed pppoes geneve proto protochain inbound outbound type subtype \
    dir addr1 addr2 addr3 addr4 len ifname on ifindex";

/// Interfaces and filter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Asked {
    pub(super) interfaces: Vec<String>,
    pub(super) filter: String,
}

impl Asked {
    /// Splits the words. With interfaces named by `-i`, as with tcpdump, all words are the filter. Otherwise the first
    /// word is an interface unless it can only begin a filter, and further ones are as long as they exist.
    fn split(named: &[String], words: &[String], exists: impl Fn(&str) -> bool) -> Asked {
        let mut interfaces = named.to_vec();
        let mut rest = words;
        while let Some((word, behind)) = rest.split_first().filter(|_| named.is_empty()) {
            let known = word == "any" || exists(word);
            let begins_filter = word.contains([' ', '(', '!', '[', '=', '<', '>', '&', '|'])
                || FILTER_WORDS.split(' ').any(|filter| filter == word);
            if !known && (begins_filter || !interfaces.is_empty()) {
                break;
            }
            interfaces.push(word.clone());
            rest = behind;
        }
        Asked { interfaces, filter: rest.join(" ") }
    }

    /// Splits the words, and chooses an interface where none is named, or `eth0`, the name that documentation uses, where
    /// there is none of that name.
    pub(super) fn resolve(named: &[String], words: &[String]) -> Result<Asked, Failure> {
        let mut asked = Asked::split(named, words, live::exists);
        let why = match asked.interfaces.as_slice() {
            [] => "no interface named",
            [name] if name == "eth0" && !live::exists(name) => "no interface `eth0` here",
            _ => return Ok(asked),
        };
        let chosen = live::preferred().map_err(access)?;
        tell!("nettool: {why}: capturing on {chosen}; there are");
        for line in interface_lines() {
            tell!("  {line}");
        }
        asked.interfaces = vec![chosen];
        Ok(asked)
    }
}

/// One line an interface: name, state, link-layer address, addresses.
pub(super) fn interface_lines() -> Vec<String> {
    let all = live::list();
    let width = all.iter().map(|listed| listed.name.len()).max().unwrap_or_default();
    all.iter()
        .map(|listed| {
            let state = match (listed.up, listed.running) {
                (false, _) => "down",
                (true, false) => "no carrier",
                (true, true) => "up",
            };
            let mac = listed.mac.as_deref().unwrap_or(if listed.loopback { "loopback" } else { "" });
            let line =
                format!("{:width$}  {state:<10}  {mac:<17}  {}", listed.name, listed.addresses.join(" "));
            line.trim_end().to_owned()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(words: &str) -> (String, String) {
        let words: Vec<String> =
            words.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
        let asked = Asked::split(&[], &words, |name| ["eth1", "eth2", "lo", "host"].contains(&name));
        (asked.interfaces.join(","), asked.filter)
    }

    #[test]
    fn leading_interfaces_end_where_the_filter_begins() {
        let cases = [
            ("eth1 tcp port 80", "eth1", "tcp port 80"),
            ("eth1 eth2 lo", "eth1,eth2,lo", ""),
            ("any icmp", "any", "icmp"),
            ("nosuch0", "nosuch0", ""),
            ("nosuch0 tcp", "nosuch0", "tcp"),
            ("tcp port 80", "", "tcp port 80"),
            ("", "", ""),
            ("eth1 ifname eth2", "eth1", "ifname eth2"),
            ("host 10.0.0.1", "host", "10.0.0.1"),
        ];
        for (words, interfaces, filter) in cases {
            assert_eq!(split(words), (interfaces.to_owned(), filter.to_owned()), "{words}");
        }
    }

    #[test]
    fn with_named_interfaces_all_words_are_the_filter() {
        let asked = Asked::split(&["eth2".into()], &["eth1".into(), "or".into()], |_| true);
        assert_eq!(asked, Asked { interfaces: vec!["eth2".into()], filter: "eth1 or".into() });
    }
}
