//! Names for the octets of a packet that filters read: link, network and transport headers, by display-filter names.
//!
//! A program knows only offsets; a trace that says `tcp.dstport 443` instead of "octets 36-37 are 443" needs to know
//! which header stands where in this packet. Only what lies in the captured octets gets a name; the walk is bounded and
//! stops at the first header that it does not know.

use super::lower::packet_start;
use nettool_dissect::frame::LinkType;
use std::net::{Ipv4Addr, Ipv6Addr};

/// How the value of a field is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// Decimal.
    Number,
    /// Hexadecimal.
    Hex,
    /// A hardware address.
    Ether,
    /// An IPv4 address.
    Ipv4,
    /// An IPv6 address.
    Ipv6,
}

/// A field of a packet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Landmark {
    /// First octet, from the start of the packet.
    pub at: usize,
    /// Octets.
    pub size: usize,
    /// Display-filter name.
    pub name: &'static str,
    /// How to show it.
    pub form: Form,
}

impl Landmark {
    /// The value in a packet, as text; `None` when it is cut off.
    pub fn value(&self, data: &[u8]) -> Option<String> {
        let octets = data.get(self.at..self.at.checked_add(self.size)?)?;
        Some(match self.form {
            Form::Ether => octets.iter().map(|octet| format!("{octet:02x}")).collect::<Vec<_>>().join(":"),
            Form::Ipv4 => Ipv4Addr::from(<[u8; 4]>::try_from(octets).ok()?).to_string(),
            Form::Ipv6 => Ipv6Addr::from(<[u8; 16]>::try_from(octets).ok()?).to_string(),
            Form::Hex => format!("{:#x}", number(octets)),
            Form::Number => number(octets).to_string(),
        })
    }
}

fn number(octets: &[u8]) -> u64 {
    octets.iter().fold(0u64, |sum, octet| sum.wrapping_shl(8) | u64::from(*octet))
}

/// The fields of a packet that have names, in the order of its headers.
pub fn landmarks(link: LinkType, data: &[u8]) -> Vec<Landmark> {
    let mut walk = Walk { data, found: Vec::new() };
    match link {
        LinkType::ETHERNET => walk.ethernet(0),
        LinkType::LINUX_SLL => {
            walk.add(0, 2, "sll.pkttype", Form::Number);
            walk.add(14, 2, "sll.etype", Form::Hex);
            walk.ether_type(walk.half(14), 16);
        }
        LinkType::LINUX_SLL2 => {
            walk.add(0, 2, "sll.etype", Form::Hex);
            walk.add(4, 4, "sll.ifindex", Form::Number);
            walk.add(10, 1, "sll.pkttype", Form::Number);
            walk.ether_type(walk.half(0), 20);
        }
        LinkType::RAW | LinkType::IPV4 | LinkType::IPV6 => walk.ip(0),
        LinkType::NULL | LinkType::LOOP => {
            walk.add(0, 4, "null.family", Form::Hex);
            walk.ip(4);
        }
        LinkType::PPP | LinkType::PPP_HDLC | LinkType::C_HDLC => {
            walk.add(2, 2, "ppp.protocol", Form::Hex);
            walk.ip(4);
        }
        LinkType::PPP_ETHER => walk.pppoe(0),
        LinkType::NETLINK => {
            walk.add(2, 2, "netlink.hatype", Form::Number);
            walk.add(14, 2, "netlink.family", Form::Number);
        }
        link => {
            if let Some(at) = packet_start(link) {
                walk.ip(at as usize);
            }
        }
    }
    walk.found
}

/// Tags and tunnels that the walk goes through.
const MOST_TAGS: usize = 4;

struct Walk<'a> {
    data: &'a [u8],
    found: Vec<Landmark>,
}

impl Walk<'_> {
    fn add(&mut self, at: usize, size: usize, name: &'static str, form: Form) {
        if at.checked_add(size).is_some_and(|end| end <= self.data.len()) {
            self.found.push(Landmark { at, size, name, form });
        }
    }

    fn octet(&self, at: usize) -> Option<u8> {
        self.data.get(at).copied()
    }

    fn half(&self, at: usize) -> Option<u16> {
        let octets = self.data.get(at..)?.first_chunk::<2>()?;
        Some(u16::from_be_bytes(*octets))
    }

    fn ethernet(&mut self, at: usize) {
        self.add(at, 6, "eth.dst", Form::Ether);
        self.add(at.saturating_add(6), 6, "eth.src", Form::Ether);
        let mut at = at.saturating_add(12);
        self.add(at, 2, "eth.type", Form::Hex);
        let mut kind = self.half(at);
        at = at.saturating_add(2);
        for _ in 0..MOST_TAGS {
            if !matches!(kind, Some(0x8100 | 0x88a8 | 0x9100)) {
                break;
            }
            self.add(at, 2, "vlan.tci", Form::Hex);
            self.add(at.saturating_add(2), 2, "vlan.etype", Form::Hex);
            kind = self.half(at.saturating_add(2));
            at = at.saturating_add(4);
        }
        self.ether_type(kind, at);
    }

    fn ether_type(&mut self, kind: Option<u16>, at: usize) {
        match kind {
            Some(0x0800 | 0x86dd) => self.ip(at),
            Some(0x0806 | 0x8035) => {
                self.add(at.saturating_add(6), 2, "arp.opcode", Form::Number);
                self.add(at.saturating_add(14), 4, "arp.src.proto_ipv4", Form::Ipv4);
                self.add(at.saturating_add(24), 4, "arp.dst.proto_ipv4", Form::Ipv4);
            }
            Some(0x8847 | 0x8848) => self.mpls(at),
            Some(0x8863 | 0x8864) => self.pppoe(at),
            Some(length) if length <= 1500 => {
                self.add(at, 1, "llc.dsap", Form::Hex);
                self.add(at.saturating_add(1), 1, "llc.ssap", Form::Hex);
                self.add(at.saturating_add(2), 1, "llc.control", Form::Hex);
            }
            _ => {}
        }
    }

    fn mpls(&mut self, mut at: usize) {
        for _ in 0..MOST_TAGS {
            self.add(at, 4, "mpls", Form::Hex);
            let bottom = self.octet(at.saturating_add(2)).is_none_or(|octet| octet & 1 != 0);
            at = at.saturating_add(4);
            if bottom {
                self.ip(at);
                return;
            }
        }
    }

    fn pppoe(&mut self, at: usize) {
        self.add(at.saturating_add(2), 2, "pppoe.session_id", Form::Hex);
        self.add(at.saturating_add(6), 2, "ppp.protocol", Form::Hex);
        if matches!(self.half(at.saturating_add(6)), Some(0x21 | 0x57)) {
            self.ip(at.saturating_add(8));
        }
    }

    fn ip(&mut self, at: usize) {
        match self.octet(at).map(|octet| octet >> 4) {
            Some(4) => self.ip4(at),
            Some(6) => self.ip6(at),
            _ => {}
        }
    }

    fn ip4(&mut self, at: usize) {
        let fields = [
            (0, 1, "ip.version and ip.hdr_len", Form::Hex),
            (1, 1, "ip.dsfield", Form::Hex),
            (2, 2, "ip.len", Form::Number),
            (4, 2, "ip.id", Form::Hex),
            (6, 2, "ip.flags and ip.frag_offset", Form::Hex),
            (8, 1, "ip.ttl", Form::Number),
            (9, 1, "ip.proto", Form::Number),
            (10, 2, "ip.checksum", Form::Hex),
            (12, 4, "ip.src", Form::Ipv4),
            (16, 4, "ip.dst", Form::Ipv4),
        ];
        for (offset, size, name, form) in fields {
            self.add(at.saturating_add(offset), size, name, form);
        }
        let length = usize::from(self.octet(at).unwrap_or(0) & 15).saturating_mul(4);
        let later = self.half(at.saturating_add(6)).is_some_and(|word| word & 0x1fff != 0);
        if !later {
            self.transport(self.octet(at.saturating_add(9)), at.saturating_add(length));
        }
    }

    fn ip6(&mut self, at: usize) {
        self.add(at, 4, "ipv6.version, ipv6.tclass and ipv6.flow", Form::Hex);
        self.add(at.saturating_add(4), 2, "ipv6.plen", Form::Number);
        self.add(at.saturating_add(6), 1, "ipv6.nxt", Form::Number);
        self.add(at.saturating_add(7), 1, "ipv6.hlim", Form::Number);
        self.add(at.saturating_add(8), 16, "ipv6.src", Form::Ipv6);
        self.add(at.saturating_add(24), 16, "ipv6.dst", Form::Ipv6);
        let next = self.octet(at.saturating_add(6));
        let after = at.saturating_add(40);
        if next == Some(44) {
            self.add(after, 1, "ipv6.fraghdr.nxt", Form::Number);
        } else {
            self.transport(next, after);
        }
    }

    fn transport(&mut self, protocol: Option<u8>, at: usize) {
        let names = match protocol {
            Some(6) => ["tcp.srcport", "tcp.dstport"],
            Some(17) => ["udp.srcport", "udp.dstport"],
            Some(132) => ["sctp.srcport", "sctp.dstport"],
            Some(1) => ["icmp.type", "icmp.code"],
            Some(58) => ["icmpv6.type", "icmpv6.code"],
            _ => return,
        };
        let size = if matches!(protocol, Some(1 | 58)) { 1 } else { 2 };
        for (i, name) in names.into_iter().enumerate() {
            self.add(at.saturating_add(i.saturating_mul(size)), size, name, Form::Number);
        }
        if protocol == Some(6) {
            self.add(at.saturating_add(4), 4, "tcp.seq_raw", Form::Number);
            self.add(at.saturating_add(8), 4, "tcp.ack_raw", Form::Number);
            self.add(at.saturating_add(12), 1, "tcp.hdr_len", Form::Hex);
            self.add(at.saturating_add(13), 1, "tcp.flags", Form::Hex);
            self.add(at.saturating_add(14), 2, "tcp.window_size_value", Form::Number);
        }
        if protocol == Some(17) {
            self.add(at.saturating_add(4), 2, "udp.length", Form::Number);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_a_tagged_tcp_frame_are_found_behind_its_tag() {
        let mut frame = vec![0; 12];
        frame.extend([0x81, 0, 0, 5, 8, 0]);
        frame.extend([0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]);
        frame.extend([0, 80, 1, 187, 0, 0, 0, 0, 0, 0, 0, 0, 0x50, 2, 0, 0]);
        let found = landmarks(LinkType::ETHERNET, &frame);
        let value = |name: &str| {
            found.iter().find(|landmark| landmark.name == name).and_then(|landmark| landmark.value(&frame))
        };
        assert_eq!(value("vlan.tci").as_deref(), Some("0x5"));
        assert_eq!(value("ip.src").as_deref(), Some("10.0.0.1"));
        assert_eq!(value("tcp.dstport").as_deref(), Some("443"));
        assert_eq!(value("tcp.flags").as_deref(), Some("0x2"));
    }

    #[test]
    fn packets_are_named_behind_headers_of_any_link_type() {
        let packet = [0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 4, 0, 0, 53];
        for (link, header) in
            [("ENC", 12), ("IPNET", 24), ("PPP_BSDOS", 24), ("FDDI", 21), ("DSA_TAG_BRCM", 18)]
        {
            let frame = [&vec![0; header][..], &packet].concat();
            let found = landmarks(LinkType::from_name(link).unwrap(), &frame);
            let port = found.iter().find(|landmark| landmark.name == "udp.dstport");
            assert_eq!(port.and_then(|port| port.value(&frame)).as_deref(), Some("53"), "{link}");
        }
    }

    #[test]
    fn every_cut_of_a_frame_is_walked_without_harm() {
        let frame: Vec<u8> = (0..200u8).map(|i| [0x88, 0x64, 0x60, 0x45, i][usize::from(i) % 5]).collect();
        for (link, _) in LinkType::named() {
            for end in 0..frame.len() {
                for landmark in landmarks(link, &frame[..end]) {
                    assert!(landmark.value(&frame[..end]).is_some(), "{landmark:?}");
                }
            }
        }
    }
}
