//! Filter expressions at random, by the language's grammar: what tests and fuzzing feed to the compiler.
//!
//! Every primitive of the language has its place here. Addresses, ports and labels come from short lists
//! ([`V4`], [`PORTS`], …), so that packets made from the same lists match some of the time. The same seed gives the
//! same expressions. Not every expression that comes out is valid for the link type asked for; what libpcap refuses,
//! the compiler should refuse too.

use nettool_dissect::frame::LinkType;
use std::fmt::Write;

/// Addresses that expressions and test packets share.
pub const V4: [&str; 10] = [
    "10.0.0.1",
    "10.20.30.40",
    "192.168.1.10",
    "192.168.243.1",
    "172.16.5.4",
    "8.8.8.8",
    "224.0.0.5",
    "255.255.255.255",
    "1.2.3.4",
    "0.0.0.0",
];
/// IPv6 addresses that expressions and test packets share.
pub const V6: [&str; 6] = ["2001:db8::1", "fe80::20c:29ff:fe00:1", "ff02::1", "fd00:a1b2::80", "::1", "::"];
/// Networks around the addresses.
pub const NETS: [&str; 12] = [
    "10.0.0.0/8",
    "10.0.0.0/24",
    "10.20",
    "10",
    "192.168.0.0/16",
    "192.168.1.0/24",
    "172.16.0.0/12",
    "224.0.0.0/4",
    "8.8.8.8/32",
    "192.168.0.0 mask 255.255.0.0",
    "0.0.0.0/0",
    "128.0.0.0/1",
];
/// IPv6 networks.
pub const NETS6: [&str; 6] =
    ["2001:db8::/32", "fe80::/10", "ff00::/8", "::/0", "fd00::/7", "2001:db8::1/128"];
/// Ports that expressions and test packets share.
pub const PORTS: [u16; 12] = [22, 80, 443, 53, 67, 123, 1023, 1024, 4789, 6081, 65535, 0];
/// Hardware addresses that expressions and test packets share.
pub const MACS: [&str; 6] = [
    "00:11:22:33:44:55",
    "ff:ff:ff:ff:ff:ff",
    "01:00:5e:00:00:01",
    "33:33:00:00:00:01",
    "01:80:c2:00:00:00",
    "aa:00:04:00:01:08",
];
/// VLAN identifiers, MPLS labels, sessions and virtual networks.
pub const TAGS: [u32; 8] = [0, 1, 7, 10, 100, 200, 1024, 4095];

/// A small generator of pseudo-random numbers (xorshift64*), the same on every machine.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// The sequence of a seed.
    pub fn new(seed: u64) -> Self {
        Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// The next number.
    pub fn roll(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below `limit`; 0 when that is 0.
    pub fn below(&mut self, limit: usize) -> usize {
        let limit = limit.max(1) as u64;
        usize::try_from((self.roll() >> 16) % limit).unwrap_or(0)
    }

    /// True once in `n`.
    pub fn once_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    /// One of a list.
    pub fn pick<'a, T: ?Sized>(&mut self, list: &[&'a T]) -> &'a T {
        list[self.below(list.len())]
    }

    /// One of a list of values.
    pub fn one<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }
}

/// Makes expressions for one link type.
#[derive(Clone, Debug)]
pub struct Expressions {
    dice: Dice,
    link: LinkType,
    /// Encapsulations (`vlan`, `mpls`, …) still allowed: each shifts what follows, many only make errors.
    shifts: usize,
}

impl Expressions {
    /// Expressions for a link type, from a seed.
    pub fn new(link: LinkType, seed: u64) -> Self {
        Expressions { dice: Dice::new(seed), link, shifts: 0 }
    }

    /// The next expression, of one to about eight primitives.
    pub fn expression(&mut self) -> String {
        self.shifts = self.dice.one(&[0, 0, 1, 2]);
        let mut out = String::new();
        let terms = self.dice.one(&[1, 1, 2, 2, 3, 4]);
        self.terms(&mut out, terms, 3);
        out
    }

    fn terms(&mut self, out: &mut String, terms: usize, depth: usize) {
        for i in 0..terms {
            if i > 0 {
                out.push_str(self.dice.pick(&[" and ", " or ", " or ", " && ", " || "]));
            }
            self.term(out, depth);
        }
    }

    fn term(&mut self, out: &mut String, depth: usize) {
        if self.dice.once_in(5) {
            out.push_str(self.dice.pick(&["not ", "! ", "!"]));
        }
        if depth > 0 && self.dice.once_in(4) {
            out.push('(');
            let terms = self.dice.one(&[1, 2, 2, 3]);
            self.terms(out, terms, depth - 1);
            out.push(')');
        } else {
            self.primitive(out);
        }
    }

    fn primitive(&mut self, out: &mut String) {
        match self.dice.below(22) {
            0..=3 => out.push_str(self.dice.pick(PROTOCOLS)),
            4..=6 => self.host(out),
            7..=8 => self.net(out),
            9..=12 => self.port(out),
            13 => self.proto(out),
            14 => self.ether(out),
            15..=18 => self.relation(out),
            19 => self.length(out),
            20 => self.shift(out),
            _ => self.rare(out),
        }
    }

    /// `id`, or ids in parentheses, or further ids that inherit what stands before.
    fn ids(&mut self, out: &mut String, id: impl Fn(&mut Dice) -> String) {
        match self.dice.below(8) {
            0 => {
                let (a, b) = (id(&mut self.dice), id(&mut self.dice));
                let _ = write!(out, "({a} or {b})");
            }
            1 => {
                let (a, b) = (id(&mut self.dice), id(&mut self.dice));
                let word = self.dice.pick(&["or", "and", "or not", "and not"]);
                let _ = write!(out, "{a} {word} {b}");
            }
            _ => out.push_str(&id(&mut self.dice)),
        }
    }

    fn host(&mut self, out: &mut String) {
        let six = self.dice.once_in(4);
        let family = match six {
            true => self.dice.pick(&["", "", "ip6 "]),
            false => self.dice.pick(&["", "", "", "ip ", "arp ", "rarp "]),
        };
        let direction = self.dice.pick(DIRECTIONS);
        let kind = if direction.is_empty() { "host " } else { self.dice.pick(&["host ", ""]) };
        let _ = write!(out, "{family}{direction}{kind}");
        self.ids(out, |dice| if six { dice.pick(&V6).to_owned() } else { dice.pick(&V4).to_owned() });
    }

    fn net(&mut self, out: &mut String) {
        let six = self.dice.once_in(5);
        let family = match six {
            true => self.dice.pick(&["", "ip6 "]),
            false => self.dice.pick(&["", "", "ip ", "arp "]),
        };
        let direction = self.dice.pick(DIRECTIONS);
        let _ = write!(out, "{family}{direction}net ");
        self.ids(out, |dice| if six { dice.pick(&NETS6).to_owned() } else { dice.pick(&NETS).to_owned() });
    }

    fn port(&mut self, out: &mut String) {
        let protocol = self.dice.pick(&["", "", "tcp ", "udp ", "sctp "]);
        let direction = self.dice.pick(DIRECTIONS);
        let range = self.dice.once_in(4);
        let _ = write!(out, "{protocol}{direction}{}", if range { "portrange " } else { "port " });
        self.ids(out, |dice| {
            let (a, b) = (dice.one(&PORTS), dice.one(&PORTS));
            if range { format!("{}-{}", a.min(b), a.max(b)) } else { a.to_string() }
        });
    }

    fn proto(&mut self, out: &mut String) {
        match self.dice.below(5) {
            0 => {
                let word = self.dice.pick(&["ip", "arp", "rarp", "ip6", "atalk", "aarp", "stp", "ipx"]);
                let _ = write!(out, "ether proto \\{word}");
            }
            1 => {
                let number =
                    self.dice.one(&[0x800, 0x806, 0x86dd, 0x8100, 0x88cc, 0x9000, 0x42, 0xfe, 0xaa, 1501]);
                let _ = write!(out, "ether proto {number:#x}");
            }
            _ => {
                let family = self.dice.pick(&["ip ", "ip6 ", ""]);
                let _ = write!(out, "{family}proto ");
                self.ids(out, |dice| {
                    dice.pick(&["\\tcp", "\\udp", "1", "6", "17", "47", "44", "0", "255"]).to_owned()
                });
            }
        }
    }

    fn ether(&mut self, out: &mut String) {
        match self.dice.below(4) {
            0 => {
                let word = self.dice.pick(&[
                    "broadcast",
                    "multicast",
                    "ether broadcast",
                    "ether multicast",
                    "ip multicast",
                ]);
                out.push_str(word);
            }
            1 => out.push_str(self.dice.pick(&["ip6 multicast", "ip broadcast", "ip multicast"])),
            _ => {
                let direction =
                    self.dice.pick(&["host ", "src ", "dst ", "src host ", "dst host ", "src or dst "]);
                let _ = write!(out, "ether {direction}");
                self.ids(out, |dice| dice.pick(&MACS).to_owned());
            }
        }
    }

    fn length(&mut self, out: &mut String) {
        let number = self.dice.one(&[60, 64, 100, 0, 1514]);
        let word = self.dice.pick(&["less", "greater"]);
        let _ = write!(out, "{word} {number}");
    }

    fn shift(&mut self, out: &mut String) {
        if self.shifts == 0 {
            out.push_str(self.dice.pick(PROTOCOLS));
            return;
        }
        self.shifts -= 1;
        let word = self.dice.pick(&["vlan", "vlan", "mpls", "pppoes", "pppoed", "geneve"]);
        out.push_str(word);
        if word != "pppoed" && self.dice.once_in(2) {
            let tag = self.dice.one(&TAGS);
            let _ = write!(out, " {tag}");
        }
    }

    fn rare(&mut self, out: &mut String) {
        match self.dice.below(7) {
            0 => out.push_str(self.dice.pick(LLC)),
            1 => out.push_str(self.dice.pick(OSI)),
            2 => {
                let (index, number) = (self.dice.below(60), self.dice.one(&[0, 1, 6, 8, 64, 255]));
                let operator = self.dice.pick(&["=", "<", ">", "&", "|"]);
                let _ = write!(out, "byte {index} {operator} {number}");
            }
            3 => match self.link {
                LinkType::LINUX_SLL | LinkType::LINUX_SLL2 => {
                    out.push_str(self.dice.pick(&["inbound", "outbound"]))
                }
                _ => out.push_str("llc"),
            },
            4 | 5 if is_wlan(self.link) => self.wlan(out),
            _ => out.push_str(self.dice.pick(&["ip", "ip6", "arp", "decnet src 1.2", "decnet host 10.14"])),
        }
    }

    fn wlan(&mut self, out: &mut String) {
        match self.dice.below(5) {
            0 => out.push_str(self.dice.pick(WLAN_TYPES)),
            1 => out.push_str(self.dice.pick(&["dir nods", "dir tods", "dir fromds", "dir dstods", "dir 2"])),
            _ => {
                let which =
                    self.dice.pick(&["addr1", "addr2", "addr3", "addr4", "ra", "ta", "src", "dst", "host"]);
                let address = self.dice.pick(&MACS);
                let _ = write!(out, "wlan {which} {address}");
            }
        }
    }

    fn relation(&mut self, out: &mut String) {
        self.operand(out, 2);
        let relation = self.dice.pick(&[" = ", " == ", " != ", " > ", " < ", " >= ", " <= "]);
        out.push_str(relation);
        let depth = self.dice.below(2);
        self.operand(out, depth);
    }

    /// An operand; `%` and `^` always stand in parentheses, because libpcap gives them no precedence.
    fn operand(&mut self, out: &mut String, depth: usize) {
        if depth > 0 && self.dice.once_in(2) {
            let operator =
                self.dice.pick(&[" + ", " - ", " * ", " & ", " | ", " << ", " >> ", " / ", " % ", " ^ "]);
            let parentheses = matches!(operator, " % " | " ^ ") || self.dice.once_in(2);
            if parentheses {
                out.push('(');
            }
            if matches!(operator, " % " | " ^ ") {
                self.atom(out);
            } else {
                self.operand(out, depth - 1);
            }
            out.push_str(operator);
            match operator {
                " << " | " >> " => {
                    let by = self.dice.below(33);
                    let _ = write!(out, "{by}");
                }
                " / " | " % " => {
                    let by = self.dice.one(&[1, 2, 3, 4, 8, 256]);
                    let _ = write!(out, "{by}");
                }
                " ^ " => self.atom(out),
                _ => self.operand(out, depth - 1),
            }
            if parentheses {
                out.push(')');
            }
        } else {
            self.atom(out);
        }
    }

    fn atom(&mut self, out: &mut String) {
        match self.dice.below(10) {
            0..=3 => {
                let number = self.dice.one(&[
                    0u32,
                    1,
                    2,
                    4,
                    5,
                    6,
                    7,
                    8,
                    15,
                    16,
                    17,
                    20,
                    22,
                    53,
                    64,
                    80,
                    255,
                    256,
                    443,
                    1500,
                    0x1fff,
                    0x4500,
                    65535,
                    0x0a00_0001,
                    0xffff_ffff,
                    0x8000_0000,
                ]);
                if self.dice.once_in(3) {
                    let _ = write!(out, "{number:#x}");
                } else {
                    let _ = write!(out, "{number}");
                }
            }
            4 => out.push_str("len"),
            5 => out.push_str(self.dice.pick(&[
                "tcp-syn",
                "tcp-ack",
                "tcpflags",
                "icmp-echo",
                "icmptype",
                "icmp6-echo",
            ])),
            _ => self.load(out),
        }
    }

    fn load(&mut self, out: &mut String) {
        let protocol = self.dice.pick(INDEXABLE);
        let size = self.dice.pick(&["", "", ":1", ":2", ":4"]);
        let _ = write!(out, "{protocol}[");
        match self.dice.below(8) {
            0 => {
                let (atom, add) =
                    (self.dice.pick(&["ip[0]", "tcp[12]", "len", "ether[15]"]), self.dice.below(8));
                let _ = write!(out, "({atom} & 15) + {add}");
            }
            1 => {
                let number = self.dice.one(&["tcpflags", "icmptype", "icmpcode", "1 + 1", "2 * 3"]);
                out.push_str(number);
            }
            _ => {
                let offset = self.dice.one(&[0, 0, 1, 2, 4, 6, 8, 9, 12, 13, 16, 20, 40, 60, 100]);
                let _ = write!(out, "{offset}");
            }
        }
        let _ = write!(out, "{size}]");
    }
}

fn is_wlan(link: LinkType) -> bool {
    matches!(
        link,
        LinkType::IEEE802_11
            | LinkType::IEEE802_11_RADIOTAP
            | LinkType::IEEE802_11_AVS
            | LinkType::PRISM
            | LinkType::PPI
    )
}

const DIRECTIONS: &[&str] = &[
    "",
    "",
    "",
    "src ",
    "dst ",
    "src ",
    "dst ",
    "src or dst ",
    "src and dst ",
    "dst and src ",
    "dst or src ",
];
const PROTOCOLS: &[&str] = &[
    "ip", "ip", "ip6", "arp", "rarp", "tcp", "tcp", "udp", "udp", "sctp", "icmp", "icmp6", "igmp", "igrp",
    "pim", "vrrp", "carp", "ah", "esp", "atalk", "aarp", "decnet", "iso", "stp", "ipx", "netbeui", "lat",
    "moprc", "mopdl",
];
const INDEXABLE: &[&str] = &[
    "ip", "ip", "ip", "tcp", "tcp", "udp", "ether", "ether", "link", "icmp", "ip6", "ip6", "arp", "icmp6",
    "sctp", "igmp", "pim", "rarp", "vrrp",
];
const LLC: &[&str] = &[
    "llc",
    "llc i",
    "llc s",
    "llc u",
    "llc rr",
    "llc rnr",
    "llc rej",
    "llc ui",
    "llc ua",
    "llc disc",
    "llc sabme",
    "llc test",
    "llc xid",
    "llc frmr",
];
const OSI: &[&str] = &[
    "clnp",
    "esis",
    "isis",
    "iso proto \\clnp",
    "iso proto 0x83",
    "isis proto 15",
    "l1",
    "l2",
    "iih",
    "lsp",
    "snp",
    "csnp",
    "psnp",
];
const WLAN_TYPES: &[&str] = &[
    "type mgt",
    "type ctl",
    "type data",
    "type mgt subtype beacon",
    "type mgt subtype probe-req",
    "type data subtype qos-data",
    "type ctl subtype ack",
    "subtype beacon",
    "subtype deauth",
    "wlan type 0",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_expressions_and_seeds_differ() {
        let take = |seed| -> Vec<String> {
            let mut expressions = Expressions::new(LinkType::ETHERNET, seed);
            (0..50).map(|_| expressions.expression()).collect()
        };
        assert_eq!(take(1), take(1));
        assert_ne!(take(1), take(2));
    }

    #[test]
    fn all_parentheses_are_closed() {
        let mut expressions = Expressions::new(LinkType::IEEE802_11, 3);
        for _ in 0..2000 {
            let text = expressions.expression();
            assert_eq!(text.matches('(').count(), text.matches(')').count(), "{text}");
            assert!(!text.is_empty());
        }
    }
}
