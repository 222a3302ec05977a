//! What to write instead of what cannot stand in a place: the mistakes that users of tcpdump and of display filters make.

use super::super::error::nearest;
use super::super::field;
use super::super::lex::{self, ETHER_NAMES, Token, known_words};
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
    ("tls", "tcp port 443"),
    ("ssl", "tcp port 443"),
    ("interface", "ifindex"),
    ("lacp", "ether proto \\slow"),
    ("cdp", "ether dst 01:00:0c:cc:cc:cc"),
    ("ptp", "ether proto 0x88f7 or udp portrange 319-320"),
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
    ("eth.host", "ether host"),
    ("tcp.seq", "tcp.seq_raw"),
    ("tcp.ack", "tcp.ack_raw"),
    ("tcp.len", "ip.len - ip.hdr_len - tcp.hdr_len"),
    ("tcp.window_size", "tcp.window_size_value"),
    ("ip.tos", "ip.dsfield"),
    ("eq", "="),
    ("ne", "!="),
    ("gt", ">"),
    ("lt", "<"),
    ("ge", ">="),
    ("le", "<="),
    ("bitwise_and", "&"),
    ("contains", "proto[offset:size] = …"),
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
    if names::built_in_protocol(&lower).is_some() {
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

    /// Tests without a word between them.
    pub(super) fn unjoined(&self, expected: &[&str]) -> Option<String> {
        let starts = match self.peek() {
            Token::Not => true,
            Token::Word(word) => *word != "in" && self.at > 0,
            _ => false,
        };
        let joined = expected.contains(&"`and`") && starts;
        joined.then(|| "between tests stands `and` or `or`".to_owned())
    }

    /// Signs and words that other languages put between a qualifier and its value, and values with parts that are none.
    fn punctuated(&self) -> Option<String> {
        let at = self.at;
        let last = self.token(at.checked_sub(1)?);
        let word = self.text_of(at - 1);
        let next = self.text_of(at + 1);
        match (last, self.token(at)) {
            (Token::Word("tcp" | "udp" | "sctp"), Token::Sign(":" | "/" | "=")) if self.is_value(at + 1) => {
                Some(format!("write `{word} port {next}`"))
            }
            (Token::Word("src" | "dst"), Token::Sign("=" | ":")) if self.is_value(at + 1) => {
                Some(format!("write `{word} {next}`"))
            }
            (Token::Word("tcp" | "udp" | "sctp"), Token::End) => self.port_before(word),
            (_, Token::Sign("=" | ":")) if self.is_kind(at - 1) && self.is_value(at + 1) => {
                Some(format!("write `{word} {next}`"))
            }
            (Token::Word("vlan" | "mpls" | "pppoes" | "vxlan" | "geneve"), Token::Name(_))
                if matches!(self.token(at + 1), Token::Number(_)) =>
            {
                Some(format!("write `{word} {next}`"))
            }
            (Token::Word("less" | "greater"), Token::Name(name)) if name == "than" => {
                Some(format!("write `{word} {next}`"))
            }
            (Token::Word("tcp"), Token::Name(name))
                if lex::named_number(&format!("tcp-{name}")).is_some() =>
            {
                Some(format!("write `tcp flags {name}`"))
            }
            (Token::Word("tcp"), Token::Name(name)) if name == "flag" => Some("write `flags`".to_owned()),
            (Token::Word("icmp"), Token::Name(name))
                if lex::named_number(&format!("icmp-{name}")).is_some() =>
            {
                Some(format!("write `icmp[icmptype] = icmp-{name}`"))
            }
            (Token::Word("arp"), Token::Name(name)) if name == "request" => {
                Some("write `arp[6:2] = 1`".to_owned())
            }
            (Token::Word("arp"), Token::Name(name)) if name == "reply" => {
                Some("write `arp[6:2] = 2`".to_owned())
            }
            (Token::Ipv6(_), Token::Sign("%")) => Some("addresses in packets have no zone".to_owned()),
            (Token::Sign("<"), Token::Sign(">")) | (Token::Sign(_), Token::Sign("=")) if word == "<" => {
                Some("write `!=`".to_owned())
            }
            (Token::Sign("="), Token::Sign("=")) => Some("equal is `=` or `==`".to_owned()),
            (_, Token::Number(bits)) if word == "mask" && *bits <= 32 => {
                let net = at.checked_sub(2).map(|net| self.text_of(net)).unwrap_or_default();
                Some(format!("write `net {net}/{bits}`"))
            }
            (Token::Name(name), _) if self.is_value(at) => self.kind_meant(name),
            _ => None,
        }
    }

    /// `80/tcp`, as files of services have it.
    fn port_before(&self, word: &str) -> Option<String> {
        let (slash, port) = (self.at.checked_sub(2)?, self.at.checked_sub(3)?);
        let written = *self.token(slash) == Token::Sign("/") && matches!(self.token(port), Token::Number(_));
        written.then(|| format!("write `{word} port {}`", self.text_of(port)))
    }

    /// A name before a value that may be a kind of value, spelt wrongly.
    fn kind_meant(&self, name: &str) -> Option<String> {
        let qualified = matches!(
            self.token(self.at.checked_sub(2)?),
            Token::Word("src" | "dst" | "ip" | "ip6" | "tcp" | "udp" | "sctp" | "arp" | "ether")
        );
        let kinds = ["host", "net", "port", "portrange", "proto"];
        let kind = qualified.then(|| nearest(name, kinds)).flatten()?;
        Some(format!("did you mean `{kind} {}`?", self.text_of(self.at)))
    }

    /// What to write instead of the token that was not expected.
    pub(super) fn mend(&self) -> Option<String> {
        let at = self.at;
        let before = |steps: usize| at.checked_sub(steps);
        if let Some(mend) = self.punctuated() {
            return Some(mend);
        }
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
            Token::Ipv4 { .. }
                if *self.token(at + 1) == Token::Sign(":")
                    && matches!(self.token(at + 2), Token::Number(_)) =>
            {
                Some(format!("write `host {value} and port {}`", self.text_of(at + 2)))
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
            ("ip.ttl lt 5", "`<`"),
            ("ip.proto == tcp", "the number of tcp is 6"),
            ("tcp.seq = 5", "`tcp.seq_raw`"),
            ("ip.src == 10.0.0.1", "`src host 10.0.0.1`"),
            ("port=80", "`port 80`"),
            ("host:10.0.0.1", "`host 10.0.0.1`"),
            ("src == 10.0.0.1", "`src 10.0.0.1`"),
            ("tcp:80", "`tcp port 80`"),
            ("80/tcp", "`tcp port 80`"),
            ("10.0.0.1:80", "`host 10.0.0.1 and port 80`"),
            ("src hst 10.0.0.1", "`host 10.0.0.1`"),
            ("dst prt 80", "`port 80`"),
            ("src port 80 dst port 443", "between tests stands `and`"),
            ("tcp not udp", "between tests stands `and`"),
            ("tcp port (80 or 443", "a `)` is missing"),
            ("host in {10.0.0.1 or 10.0.0.2}", "have `,` between them"),
            ("vlan id 5", "`vlan 5`"),
            ("less than 100", "`less 100`"),
            ("tcp syn", "`tcp flags syn`"),
            ("icmp echo", "`icmp[icmptype] = icmp-echo`"),
            ("arp reply", "`arp[6:2] = 2`"),
            ("tcp[13] & 2", "`!= 0`"),
            ("tcp.flags.syn and ip", "`tcp.flags.syn = 1`"),
            ("ip[0] <> 5", "`!=`"),
            ("net 10.0.0.0 mask 24", "`net 10.0.0.0/24`"),
            ("host fe80::1%1", "no zone"),
            ("tpc port 80", "`tcp`"),
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
