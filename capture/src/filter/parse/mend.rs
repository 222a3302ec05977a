//! What to write instead of what cannot stand in a place: the mistakes that users of tcpdump and of display filters make.

use super::super::field;
use super::super::lex::{ETHER_NAMES, Token, known_words};
use super::super::names;
use super::Parser;

/// Words of other tools, and what they are called here.
const ELSEWHERE: &[(&str, &str)] = &[
    ("ipv4", "ip"),
    ("ipv6", "ip6"),
    ("icmpv6", "icmp6"),
    ("source", "src"),
    ("from", "src"),
    ("destination", "dst"),
    ("dest", "dst"),
    ("to", "dst"),
    ("network", "net"),
    ("subnet", "net"),
    ("address", "host"),
    ("addr", "host"),
    ("netmask", "mask"),
    ("mac", "ether host"),
    ("length", "len"),
    ("dns", "port domain"),
    ("dhcp", "port 67 or 68"),
    ("dsa", "dsa port 3"),
    ("tcp.port", "tcp port"),
    ("udp.port", "udp port"),
    ("sctp.port", "sctp port"),
    ("ip.addr", "host"),
    ("ip.host", "host"),
    ("ipv6.addr", "host"),
    ("ipv6.src", "src host"),
    ("ipv6.dst", "dst host"),
    ("eth.addr", "ether host"),
    ("eth.src", "ether src"),
    ("eth.dst", "ether dst"),
    ("vlan.id", "vlan"),
    ("frame.len", "len"),
];

/// Something better than `word`, where its meaning is known.
fn meant(word: &str) -> Option<String> {
    let lower = word.to_ascii_lowercase();
    if let Some((_, here)) = ELSEWHERE.iter().find(|(there, _)| *there == lower) {
        return Some((*here).to_owned());
    }
    // Written otherwise, it is the nearest word.
    if known_words().any(|known| known == lower) {
        return None;
    }
    if ETHER_NAMES.iter().any(|(name, _)| *name == lower) {
        return Some(format!("ether proto \\{lower}"));
    }
    if names::is_built_in_protocol(&lower) {
        return Some(format!("proto {lower}"));
    }
    names::is_built_in_service(&lower).then(|| format!("port {lower}"))
}

/// Fields whose names are near to a dotted word.
pub(super) fn field_names(word: &str) -> impl Iterator<Item = &'static str> {
    field::FIELDS.iter().map(|field| field.name).filter(move |_| word.contains('.'))
}

impl Parser<'_> {
    fn text_of(&self, at: usize) -> &str {
        let span = self.lexemes.get(at).map_or_else(Default::default, |lexeme| lexeme.span);
        self.text.get(span.start..span.end).unwrap_or_default()
    }

    fn is_value(&self, at: usize) -> bool {
        matches!(self.token(at), Token::Number(_) | Token::Name(_) | Token::Ether(_)) || self.is_address(at)
    }

    fn is_address(&self, at: usize) -> bool {
        matches!(self.token(at), Token::Ipv4 { .. } | Token::Ipv6(_))
    }

    fn is_kind(&self, at: usize) -> bool {
        matches!(self.token(at), Token::Word("host" | "net" | "port" | "portrange" | "proto"))
    }

    /// What to write instead of the token that was not expected.
    pub(super) fn mend(&self) -> Option<String> {
        let at = self.at;
        let before = |steps: usize| at.checked_sub(steps);
        let after_kind = before(2).filter(|kind| self.is_kind(*kind) && self.is_value(at - 1));
        if let Some(kind) = after_kind
            && let Some(mend) = self.behind_value(kind)
        {
            return Some(mend);
        }
        let last = before(1).map(|last| self.token(last));
        match (last, self.token(at)) {
            (_, Token::Name(name)) if name != "in" && *self.token(at + 1) != Token::Sign("[") => {
                self.name_meant(name)
            }
            (Some(Token::Sign("/")), Token::Ipv4 { .. }) => {
                Some(format!("write `mask {}`", self.text_of(at)))
            }
            (Some(Token::Sign("=")), Token::Sign(sign @ ("<" | ">"))) => Some(format!("write `{sign}=`")),
            (Some(Token::Sign("=" | "!=")), Token::Ipv4 { .. } | Token::Ipv6(_)) => Some(format!(
                "addresses are tested by `host {0}`, `src host {0}`, `dst host {0}`",
                self.text_of(at)
            )),
            (Some(Token::Word("src")), Token::Or | Token::And) => Some("the other side is `dst`".to_owned()),
            (Some(Token::Word("dst")), Token::Or | Token::And) => Some("the other side is `src`".to_owned()),
            (Some(Token::Word(word)), _) if self.is_value(at) => self.behind_protocol(word),
            (None | Some(Token::And | Token::Or | Token::Not | Token::Sign("(")), _) => self.bare_value(at),
            (Some(Token::Number(_)), Token::End) => {
                let start = before(2).map(|start| self.token(start));
                let alone =
                    matches!(start, None | Some(Token::And | Token::Or | Token::Not | Token::Sign("(")));
                alone.then(|| format!("write `port {}`", self.text_of(at - 1)))
            }
            (_, Token::Name(_)) => {
                Some("sets stand behind `port`, `host`, `net` and `proto` only".to_owned())
            }
            (_, Token::Sign("|")) => Some("write `or`".to_owned()),
            (_, Token::Sign("&")) => Some("write `and`".to_owned()),
            _ => None,
        }
    }

    /// What follows `port 80` and the like.
    fn behind_value(&self, kind: usize) -> Option<String> {
        let at = self.at;
        let (kind_word, value) = (self.text_of(kind), self.text_of(at - 1));
        let braces = |inside: &str| Some(format!("several stand in braces: `{kind_word} in {{{inside}}}`"));
        match self.token(at) {
            _ if matches!(self.token(at - 1), Token::Name(name) if name == "in") => {
                self.is_value(at).then(|| braces(self.text_of(at))).flatten()
            }
            Token::Sign(",") if self.is_value(at + 1) => {
                braces(&format!("{value}, {}", self.text_of(at + 1)))
            }
            Token::Sign("-" | ":") if kind_word.starts_with("port") && self.is_value(at + 1) => {
                Some(format!("a range is one word: `portrange {value}-{}`", self.text_of(at + 1)))
            }
            Token::Sign(":") => Some("IPv6 addresses have `::` or eight groups".to_owned()),
            Token::Sign("/") if kind_word == "net" && matches!(self.token(at + 1), Token::Number(_)) => {
                Some(format!("write `net {value}.0.0.0/{}`", self.text_of(at + 1)))
            }
            Token::Word("mask") => Some(format!("write `net {value}.0.0.0 mask …`")),
            Token::Name(_) => None,
            _ if self.is_value(at) => braces(&format!("{value}, {}", self.text_of(at))),
            _ => None,
        }
    }

    /// A value right behind the name of a protocol.
    fn behind_protocol(&self, word: &str) -> Option<String> {
        let value = self.text_of(self.at);
        match (word, self.token(self.at)) {
            ("tcp" | "udp" | "sctp", Token::Number(_)) => Some(format!("write `{word} port {value}`")),
            ("tcp" | "udp" | "sctp" | "icmp", Token::Ipv4 { .. } | Token::Ipv6(_)) => {
                Some(format!("write `{word} and host {value}`"))
            }
            ("ip" | "ip6" | "arp" | "rarp", Token::Ipv4 { .. } | Token::Ipv6(_))
            | ("ether" | "link" | "wlan", Token::Ether(_)) => Some(format!("write `{word} host {value}`")),
            _ => None,
        }
    }

    /// Something better than a name that stands alone.
    pub(super) fn name_meant(&self, name: &str) -> Option<String> {
        meant(name).map(|mend| format!("write `{mend}`"))
    }

    /// An address or a number where a primitive should start.
    pub(super) fn bare_value(&self, at: usize) -> Option<String> {
        let value = self.text_of(at);
        match self.token(at) {
            Token::Ipv4 { .. } | Token::Ipv6(_) if *self.token(at + 1) == Token::Sign("/") => {
                Some(format!("write `net {value}/{}`", self.text_of(at + 2)))
            }
            Token::Ipv4 { .. } | Token::Ipv6(_) => Some(format!("write `host {value}`")),
            Token::Ether(_) => Some(format!("write `ether host {value}`")),
            Token::Number(_) => Some(format!("write `port {value}`")),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;

    #[test]
    fn mistakes_of_users_of_other_languages_are_told_what_to_write() {
        for (text, mend) in [
            ("port 80,443", "`port in {80, 443}`"),
            ("host 10.0.0.1 10.0.0.2", "`host in {10.0.0.1, 10.0.0.2}`"),
            ("port in 80", "`port in {80}`"),
            ("port 80:90", "`portrange 80-90`"),
            ("portrange 80 - 90", "`portrange 80-90`"),
            ("net 10/8", "`net 10.0.0.0/8`"),
            ("net 10.0.0.0/255.0.0.0", "`mask 255.0.0.0`"),
            ("10.0.0.1 and tcp", "`host 10.0.0.1`"),
            ("tcp and (10.0.0.0/8)", "`net 10.0.0.0/8`"),
            ("00:11:22:33:44:55", "`ether host 00:11:22:33:44:55`"),
            ("tcp 80", "`tcp port 80`"),
            ("udp 10.0.0.1", "`udp and host 10.0.0.1`"),
            ("ip 10.0.0.1", "`ip host 10.0.0.1`"),
            ("80", "`port 80`"),
            ("src ip 10.0.0.1", "`ip src …`"),
            ("src or dest host 10.0.0.1", "`dst`"),
            ("ipv6 and tcp", "`ip6`"),
            ("source host 10.0.0.1", "`src`"),
            ("gre", "`proto gre`"),
            ("http or dns", "`port http`"),
            ("lldp", "`ether proto \\lldp`"),
            ("tcp.port == 80", "`tcp port`"),
            ("ip.tttl < 5", "`ip.ttl`"),
            ("ip.src == 10.0.0.1", "`src host 10.0.0.1`"),
            ("tcp port 80 | udp", "`or`"),
            ("tcp port 80 & udp", "`and`"),
            ("len =< 5", "`<=`"),
            ("tcp[13] = syn", "`tcp-syn`"),
            ("TCP port 80", "`tcp`"),
            ("\"tcp\"", "quotes"),
            ("vlan 10–20", "`-`"),
            ("mpls x", "label"),
            ("dsa prot 3", "`dsa port 3`"),
        ] {
            let error = parse(text).expect_err(text).to_string();
            assert!(error.contains(mend), "{text}: {error}");
        }
    }

    #[test]
    fn any_tokens_in_any_order_are_answered() {
        let words = "tcp src port net in host 80 10.0.0.1 :: 0:1:2:3:4:5 / mask - : , { } ( ) [ ] = < | & or and not x \\y @z vlan len";
        let words: Vec<&str> = words.split(' ').collect();
        for (i, a) in words.iter().enumerate() {
            for b in &words {
                for c in words.iter().skip(i % 3).step_by(3) {
                    let text = format!("{a} {b} {c}");
                    if let Err(error) = parse(&text) {
                        assert!(error.span.end <= text.len() && !error.to_string().is_empty(), "{text}");
                    }
                }
            }
        }
    }
}
