//! An expression in words: each test as a phrase, and the whole as text with every parenthesis written and every
//! inherited qualifier filled in.
//!
//! The phrases say what libpcap's language leaves unsaid: that `host` also looks into ARP, that a `port` is one of three
//! protocols, that `tcp[..]` needs IPv4 and a first fragment. Works on the tree alone; offsets and link types are the
//! compiler's business.

use super::ast::{
    ArithmeticId, ArithmeticKind, ByteOperator, Compared, Direction, Kind, Mask, Name, NodeId, NodeKind,
    Operator, Protocol, Qualifiers, Special, Tree, Value,
};
use super::field::Presence;
use std::fmt::Write;
use std::net::{Ipv4Addr, Ipv6Addr};

/// Deeper nests are cut with `…`: nobody reads them, and text grows with depth.
const DEEPEST: usize = 60;

/// The expression below a node with all parentheses and qualifiers, in the language itself.
pub fn canonical(tree: &Tree, node: NodeId) -> String {
    let mut out = String::new();
    write_node(&mut out, tree, node, DEEPEST);
    out
}

fn write_node(out: &mut String, tree: &Tree, id: NodeId, depth: usize) {
    let Some(node) = tree.nodes.get(id) else { return };
    if depth == 0 {
        out.push('…');
        return;
    }
    match &node.kind {
        NodeKind::And(..) | NodeKind::Or(..) => {
            let word = if matches!(node.kind, NodeKind::And(..)) { " and " } else { " or " };
            for (i, part) in chain(tree, id).into_iter().enumerate() {
                if i > 0 {
                    out.push_str(word);
                }
                let joined = matches!(
                    tree.nodes.get(part).map(|node| &node.kind),
                    Some(NodeKind::And(..) | NodeKind::Or(..))
                );
                if joined {
                    out.push('(');
                }
                write_node(out, tree, part, depth - 1);
                if joined {
                    out.push(')');
                }
            }
        }
        NodeKind::Not(inner) => {
            let joined = matches!(
                tree.nodes.get(*inner).map(|node| &node.kind),
                Some(NodeKind::And(..) | NodeKind::Or(..))
            );
            out.push_str(if joined { "not (" } else { "not " });
            write_node(out, tree, *inner, depth - 1);
            if joined {
                out.push(')');
            }
        }
        NodeKind::Protocol(protocol) => out.push_str(protocol.word()),
        NodeKind::Primitive { qualifiers, value, .. } => {
            write_qualifiers(out, *qualifiers);
            write_value(out, value, qualifiers.kind);
        }
        NodeKind::Relation { left, relation, right } => {
            write_operand(out, tree, *left, depth);
            let _ = write!(out, " {} ", relation.symbol());
            write_operand(out, tree, *right, depth);
        }
        NodeKind::Special(special) => write_special(out, special),
    }
}

/// The parts of a run of the same `and` or `or`, left to right; a node that is neither is its own only part.
pub fn chain(tree: &Tree, id: NodeId) -> Vec<NodeId> {
    let both = match tree.nodes.get(id).map(|node| &node.kind) {
        Some(NodeKind::And(..)) => true,
        Some(NodeKind::Or(..)) => false,
        _ => return vec![id],
    };
    let mut parts = Vec::new();
    let mut open = vec![id];
    while let Some(next) = open.pop() {
        match tree.nodes.get(next).map(|node| &node.kind) {
            Some(NodeKind::And(left, right)) if both => open.extend([*right, *left]),
            Some(NodeKind::Or(left, right)) if !both => open.extend([*right, *left]),
            _ => parts.push(next),
        }
    }
    parts
}

fn write_qualifiers(out: &mut String, qualifiers: Qualifiers) {
    let Qualifiers { protocol, direction, kind } = qualifiers;
    let words = [protocol.map(Protocol::word), direction.map(direction_word), kind.map(kind_word)];
    for word in words.into_iter().flatten() {
        let _ = write!(out, "{word} ");
    }
}

/// A direction as it is written.
pub fn direction_word(direction: Direction) -> &'static str {
    match direction {
        Direction::Source => "src",
        Direction::Destination => "dst",
        Direction::Either => "src or dst",
        Direction::Both => "src and dst",
        Direction::Address(1) => "addr1",
        Direction::Address(2) => "addr2",
        Direction::Address(3) => "addr3",
        Direction::Address(_) => "addr4",
        Direction::Receiver => "ra",
        Direction::Transmitter => "ta",
    }
}

/// A kind as it is written.
pub fn kind_word(kind: Kind) -> &'static str {
    match kind {
        Kind::Host => "host",
        Kind::Net => "net",
        Kind::Port => "port",
        Kind::PortRange => "portrange",
        Kind::Proto => "proto",
        Kind::ProtoChain => "protochain",
        Kind::Gateway => "gateway",
    }
}

fn write_value(out: &mut String, value: &Value, kind: Option<Kind>) {
    let _ = match value {
        Value::Number(number) => write!(out, "{number}"),
        Value::Name(name) if kind == Some(Kind::Proto) => write!(out, "\\{name}"),
        Value::Name(name) => write!(out, "{name}"),
        Value::Ipv4 { address, bits, mask } => {
            let _ = write!(out, "{}", dotted(*address, *bits));
            match mask {
                Some(Mask::Prefix(length)) => write!(out, "/{length}"),
                Some(Mask::Bits(mask, bits)) => write!(out, " mask {}", dotted(*mask, *bits)),
                None => Ok(()),
            }
        }
        Value::Ipv6 { address, prefix } => {
            let _ = write!(out, "{}", Ipv6Addr::from(*address));
            prefix.map_or(Ok(()), |length| write!(out, "/{length}"))
        }
        Value::Ether(octets) => write!(out, "{}", ether(*octets)),
        Value::Octet(octet) => write!(out, "${octet:02x}"),
        Value::Set(values) => {
            out.push_str("in {");
            for (i, (value, _)) in values.iter().enumerate() {
                out.push_str(if i == 0 { "" } else { ", " });
                write_value(out, value, kind);
            }
            write!(out, "}}")
        }
        Value::List(name) => write!(out, "in @{name}"),
    };
}

/// The parts that were written, with dots.
fn dotted(address: u32, bits: u8) -> String {
    let parts = usize::from(bits / 8).clamp(1, 4);
    let octets = address.to_be_bytes();
    octets.iter().skip(4 - parts).map(u8::to_string).collect::<Vec<_>>().join(".")
}

/// A hardware address with colons.
pub fn ether(octets: [u8; 6]) -> String {
    octets.map(|octet| format!("{octet:02x}")).join(":")
}

fn write_arithmetic(out: &mut String, tree: &Tree, id: ArithmeticId, depth: usize) {
    let Some(node) = tree.arithmetic.get(id) else { return };
    if depth == 0 {
        out.push('…');
        return;
    }
    let _ = match &node.kind {
        ArithmeticKind::Number(number) => write!(out, "{number}"),
        ArithmeticKind::Length => write!(out, "len"),
        ArithmeticKind::Field(field) => write!(out, "{}", field.name),
        ArithmeticKind::Load { protocol, index, size } => {
            let _ = write!(out, "{}[", protocol.word());
            write_arithmetic(out, tree, *index, depth - 1);
            if *size == 1 { write!(out, "]") } else { write!(out, ":{size}]") }
        }
        ArithmeticKind::Negative(inner) => {
            out.push('-');
            write_operand(out, tree, *inner, depth);
            Ok(())
        }
        ArithmeticKind::Binary(operator, left, right) => {
            write_operand(out, tree, *left, depth);
            let _ = write!(out, " {} ", Operator::symbol(*operator));
            write_operand(out, tree, *right, depth);
            Ok(())
        }
    };
}

/// An operand, in parentheses when it is computed from others.
fn write_operand(out: &mut String, tree: &Tree, id: ArithmeticId, depth: usize) {
    let computed = matches!(tree.arithmetic.get(id).map(|node| &node.kind), Some(ArithmeticKind::Binary(..)));
    out.push_str(if computed { "(" } else { "" });
    write_arithmetic(out, tree, id, depth - 1);
    out.push_str(if computed { ")" } else { "" });
}

/// A computed number with all its parentheses, in the language itself.
pub fn canonical_arithmetic(tree: &Tree, id: ArithmeticId) -> String {
    let mut out = String::new();
    write_arithmetic(&mut out, tree, id, DEEPEST);
    out
}

fn write_special(out: &mut String, special: &Special) {
    let optional = |word: &str, number: &Option<u32>| match number {
        Some(number) => format!("{word} {number}"),
        None => word.to_owned(),
    };
    let named = |protocol: &Option<Protocol>, word: &str| match protocol {
        Some(protocol) => format!("{} {word}", protocol.word()),
        None => word.to_owned(),
    };
    let text = match special {
        Special::Broadcast(protocol) => named(protocol, "broadcast"),
        Special::Multicast(protocol) => named(protocol, "multicast"),
        Special::Less(number) => format!("less {number}"),
        Special::Greater(number) => format!("greater {number}"),
        Special::Byte(index, operator, number) => format!("byte {index} {} {number}", byte_symbol(*operator)),
        Special::Inbound => "inbound".to_owned(),
        Special::Outbound => "outbound".to_owned(),
        Special::InterfaceIndex(number) => format!("ifindex {number}"),
        Special::Vlan(None) => "vlan".to_owned(),
        Special::Vlan(Some((first, last))) if first == last => format!("vlan {first}"),
        Special::Vlan(Some((first, last))) => format!("vlan {first}-{last}"),
        Special::Mpls(label) => optional("mpls", label),
        Special::PppoeDiscovery => "pppoed".to_owned(),
        Special::PppoeSession(session) => optional("pppoes", session),
        Special::Geneve(network) => optional("geneve", network),
        Special::Vxlan(network) => optional("vxlan", network),
        Special::PflogInterface(name) => format!("on {name}"),
        Special::PflogRuleSet(name) => format!("rset {name}"),
        Special::PflogRule(number) => format!("rnr {number}"),
        Special::PflogSubRule(number) => format!("srnr {number}"),
        Special::PflogReason(name) => format!("reason {name}"),
        Special::PflogAction(name) => format!("action {}", name_text(name)),
        Special::WlanType(kind, None) => format!("type {}", name_text(kind)),
        Special::WlanType(kind, Some(sub)) => format!("type {} subtype {}", name_text(kind), name_text(sub)),
        Special::WlanSubtype(name) => format!("subtype {}", name_text(name)),
        Special::WlanDirection(name) => format!("dir {}", name_text(name)),
        Special::Llc(None) => "llc".to_owned(),
        Special::Llc(Some(kind)) => format!("llc {kind}"),
        Special::AtmType(word) | Special::Mtp2Type(word) => word.clone(),
        Special::AtmField(word, compared) | Special::Mtp3Field(word, compared) => {
            format!("{word} {}", compared_text(compared))
        }
        Special::DsaPort(port) => format!("dsa port {port}"),
        Special::TcpFlags(set, clear) => format!("tcp flags {}", flag_list(*set, *clear)),
    };
    out.push_str(&text);
}

fn byte_symbol(operator: ByteOperator) -> &'static str {
    match operator {
        ByteOperator::Equal => "=",
        ByteOperator::Less => "<",
        ByteOperator::Greater => ">",
        ByteOperator::And => "&",
        ByteOperator::Or => "|",
    }
}

fn name_text(name: &Name) -> String {
    match name {
        Name::Word(word) => word.clone(),
        Name::Number(number) => number.to_string(),
    }
}

fn compared_text(compared: &Compared) -> String {
    let parts: Vec<String> =
        compared.0.iter().map(|(relation, number, _)| format!("{} {number}", relation.symbol())).collect();
    match parts.as_slice() {
        [only] => only.clone(),
        _ => format!("({})", parts.join(" or ")),
    }
}

/// Names of TCP flag bits, lowest first (RFC 9293 §3.1).
const FLAGS: [&str; 8] = ["fin", "syn", "rst", "push", "ack", "urg", "ece", "cwr"];

fn flag_names(bits: u8) -> impl Iterator<Item = &'static str> {
    FLAGS.iter().enumerate().filter(move |(bit, _)| bits >> bit & 1 != 0).map(|(_, name)| *name)
}

fn flag_list(set: u8, clear: u8) -> String {
    let parts: Vec<String> =
        flag_names(set).map(str::to_owned).chain(flag_names(clear).map(|name| format!("!{name}"))).collect();
    parts.join(",")
}

/// What a single test asks for, in words; for joined tests an empty text.
pub fn meaning(tree: &Tree, id: NodeId) -> String {
    let Some(node) = tree.nodes.get(id) else { return String::new() };
    match &node.kind {
        NodeKind::And(..) | NodeKind::Or(..) | NodeKind::Not(_) => String::new(),
        NodeKind::Protocol(protocol) => protocol_meaning(*protocol).to_owned(),
        NodeKind::Primitive { qualifiers, value, .. } => primitive_meaning(*qualifiers, value),
        NodeKind::Relation { .. } => relation_meaning(tree, id),
        NodeKind::Special(special) => special_meaning(special),
    }
}

fn protocol_meaning(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Link => "any frame",
        Protocol::Ip => "IPv4",
        Protocol::Ip6 => "IPv6",
        Protocol::Arp => "ARP",
        Protocol::Rarp => "reverse ARP",
        Protocol::Tcp => "TCP over IPv4 or IPv6, also behind an IPv6 fragment header",
        Protocol::Udp => "UDP over IPv4 or IPv6, also behind an IPv6 fragment header",
        Protocol::Sctp => "SCTP over IPv4 or IPv6, also behind an IPv6 fragment header",
        Protocol::Ah => "IP authentication header over IPv4 or IPv6",
        Protocol::Esp => "IP encapsulating security payload over IPv4 or IPv6",
        Protocol::Pim => "PIM over IPv4 or IPv6",
        Protocol::Icmp => "ICMP over IPv4; ICMPv6 is `icmp6`",
        Protocol::Icmp6 => "ICMPv6, directly behind the IPv6 header or its fragment header",
        Protocol::Igmp => "IGMP over IPv4",
        Protocol::Igrp => "IGRP over IPv4",
        Protocol::Vrrp => "VRRP over IPv4",
        Protocol::Carp => "CARP over IPv4, the same protocol number as VRRP",
        Protocol::Atalk => "AppleTalk",
        Protocol::Aarp => "AppleTalk ARP",
        Protocol::Decnet => "DECnet phase IV",
        Protocol::Lat => "DEC LAT",
        Protocol::Sca => "DEC LAVC",
        Protocol::Moprc => "DEC MOP remote console",
        Protocol::Mopdl => "DEC MOP dump and load",
        Protocol::Iso => "OSI: 802.2 with service access points 0xfe",
        Protocol::Esis => "ES-IS",
        Protocol::Isis => "IS-IS",
        Protocol::IsisL1 => "IS-IS level 1",
        Protocol::IsisL2 => "IS-IS level 2",
        Protocol::IsisIih => "IS-IS hello",
        Protocol::IsisLsp => "IS-IS link state",
        Protocol::IsisSnp => "IS-IS sequence numbers",
        Protocol::IsisCsnp => "IS-IS complete sequence numbers",
        Protocol::IsisPsnp => "IS-IS partial sequence numbers",
        Protocol::Clnp => "CLNP",
        Protocol::Stp => "spanning tree: 802.2 to service access point 0x42",
        Protocol::Ipx => "IPX in any of its four framings",
        Protocol::Netbeui => "NetBEUI: 802.2 with service access points 0xf0",
        Protocol::Radio => "radio header before 802.11",
    }
}

fn side(direction: Option<Direction>, what: &str) -> String {
    match direction {
        None | Some(Direction::Either) => format!("source or destination {what}"),
        Some(Direction::Source) => format!("source {what}"),
        Some(Direction::Destination) => format!("destination {what}"),
        Some(Direction::Both) => format!("source and destination {what}"),
        Some(Direction::Address(n)) => format!("802.11 address {n}"),
        Some(Direction::Receiver) => "802.11 receiver address".to_owned(),
        Some(Direction::Transmitter) => "802.11 transmitter address".to_owned(),
    }
}

fn primitive_meaning(qualifiers: Qualifiers, value: &Value) -> String {
    let Qualifiers { protocol, direction, kind } = qualifiers;
    let mut shown = String::new();
    match value {
        Value::Set(_) | Value::List(_) => write_value(&mut shown, value, None),
        Value::Number(number) if matches!(kind, None | Some(Kind::Host)) => {
            let _ = write!(shown, "is {}", Ipv4Addr::from(*number));
        }
        Value::Ipv4 { address, bits, mask: None } if *bits < 32 => {
            let length = 32u8.saturating_sub(*bits);
            let whole = Ipv4Addr::from(address.checked_shl(length.into()).unwrap_or(0));
            let _ = write!(shown, "in {whole}/{bits}");
        }
        // `net 10` is 10.0.0.0/8: what is written stands at the left.
        Value::Number(number) if kind == Some(Kind::Net) => {
            let bits = match number {
                0 => 32,
                _ => 32u32.saturating_sub(number.leading_zeros()).next_multiple_of(8),
            };
            let whole = number.checked_shl(32u32.saturating_sub(bits)).unwrap_or(0);
            let _ = write!(shown, "in {}/{bits}", Ipv4Addr::from(whole));
        }
        Value::Number(number) if kind == Some(Kind::Proto) && protocol == Some(Protocol::Link) => {
            let _ = write!(shown, "is {number:#x}");
        }
        Value::Name(name) if kind == Some(Kind::PortRange) => {
            let ends = name
                .split_once('-')
                .and_then(|(first, last)| Some((first.parse::<u16>().ok()?, last.parse::<u16>().ok()?)));
            shown = match ends {
                Some((first, last)) => format!("is {} to {}", first.min(last), first.max(last)),
                None => format!("is in {name}"),
            };
        }
        Value::Name(name) => shown = format!("is {name}"),
        _ => {
            shown.push_str(if matches!(kind, Some(Kind::Net | Kind::PortRange)) { "in " } else { "is " });
            write_value(&mut shown, value, None);
        }
    }
    match kind {
        Some(Kind::Port | Kind::PortRange) => {
            let transport = match protocol {
                Some(protocol) => protocol.word().to_uppercase(),
                None => "TCP, UDP or SCTP".to_owned(),
            };
            format!("{transport} {} {shown}, over IPv4 (first fragments) or IPv6", side(direction, "port"))
        }
        Some(Kind::Proto) => {
            let whose = match protocol {
                Some(Protocol::Link) => "EtherType or 802.2 service access point",
                Some(Protocol::Ip) => "IPv4 protocol",
                Some(Protocol::Ip6) => "IPv6 next header",
                Some(Protocol::Iso) => "OSI network layer protocol",
                Some(Protocol::Isis) => "IS-IS PDU type",
                _ => "IPv4 protocol or IPv6 next header",
            };
            format!("{whose} {shown}")
        }
        Some(Kind::ProtoChain) => {
            let whose = match protocol {
                Some(Protocol::Ip) => "IPv4",
                Some(Protocol::Ip6) => "IPv6",
                _ => "IPv4 or IPv6",
            };
            format!("a header in the chain behind {whose} {shown}")
        }
        Some(Kind::Gateway) => format!(
            "passed on by {}: its hardware address, not its IP address",
            shown.trim_start_matches("is ")
        ),
        None | Some(Kind::Host | Kind::Net) => {
            let family = match (protocol, value) {
                (_, Value::Ether(_) | Value::Octet(_)) | (Some(Protocol::Link), _) => "hardware",
                (Some(Protocol::Ip), _) => "IPv4",
                (Some(Protocol::Ip6), _) | (None, Value::Ipv6 { .. }) => "IPv6",
                (Some(Protocol::Arp), _) => "ARP",
                (Some(Protocol::Rarp), _) => "RARP",
                (Some(Protocol::Decnet), _) => "DECnet",
                (Some(other), _) => other.word(),
                (None, Value::Name(_)) => "IP, ARP or RARP",
                (None, _) => "IPv4, ARP or RARP",
            };
            format!("{family} {} {shown}", side(direction, "address"))
        }
    }
}

fn relation_meaning(tree: &Tree, id: NodeId) -> String {
    let mut needs: Vec<&'static str> = Vec::new();
    let mut of_link = false;
    for (protocol, over_either) in loaded_protocols(tree, id) {
        let need = match protocol {
            Protocol::Link | Protocol::Radio => {
                of_link = true;
                continue;
            }
            Protocol::Ip if over_either => "IPv4 or IPv6",
            Protocol::Tcp if over_either => "TCP over IPv4, first fragment, or IPv6",
            Protocol::Udp if over_either => "UDP over IPv4, first fragment, or IPv6",
            Protocol::Sctp if over_either => "SCTP over IPv4, first fragment, or IPv6",
            Protocol::Ip => "IPv4",
            Protocol::Ip6 => "IPv6",
            Protocol::Icmp6 => "ICMPv6 directly behind the IPv6 header",
            Protocol::Tcp => "TCP over IPv4, first fragment",
            Protocol::Udp => "UDP over IPv4, first fragment",
            Protocol::Sctp => "SCTP over IPv4, first fragment",
            Protocol::Icmp => "ICMP, first fragment",
            Protocol::Igmp => "IGMP, first fragment",
            Protocol::Igrp => "IGRP, first fragment",
            Protocol::Pim => "PIM over IPv4, first fragment",
            Protocol::Vrrp | Protocol::Carp => "VRRP, first fragment",
            other => other.word(),
        };
        if !needs.contains(&need) {
            needs.push(need);
        }
    }
    match needs.is_empty() {
        true if of_link => "octets from the link header on, as numbers without sign".to_owned(),
        true => "numbers of 32 bits without sign".to_owned(),
        false => format!("needs {}; false for every other packet", needs.join(" and ")),
    }
}

/// Protocols whose octets a relation reads, and whether behind either IPv4 or IPv6.
pub fn loaded_protocols(tree: &Tree, id: NodeId) -> Vec<(Protocol, bool)> {
    let Some(NodeKind::Relation { left, right, .. }) = tree.nodes.get(id).map(|node| &node.kind) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut open = vec![*right, *left];
    while let Some(next) = open.pop() {
        match tree.arithmetic.get(next).map(|node| &node.kind) {
            Some(ArithmeticKind::Load { protocol, index, .. }) => {
                found.push((*protocol, false));
                open.push(*index);
            }
            Some(ArithmeticKind::Field(field)) => {
                found.push((field.protocol, field.presence == Presence::OverEither));
            }
            Some(ArithmeticKind::Binary(_, left, right)) => open.extend([*right, *left]),
            Some(ArithmeticKind::Negative(inner)) => open.push(*inner),
            Some(ArithmeticKind::Number(_) | ArithmeticKind::Length) | None => {}
        }
    }
    found
}

fn special_meaning(special: &Special) -> String {
    let tagged = |what: &str, number: &Option<u32>| match number {
        Some(number) => format!("{what} {number}; what follows is read behind it"),
        None => format!("{what}; what follows is read behind it"),
    };
    match special {
        Special::Broadcast(Some(Protocol::Ip)) => {
            "IPv4 destination is a broadcast address of the network".to_owned()
        }
        Special::Broadcast(_) => "hardware destination ff:ff:ff:ff:ff:ff".to_owned(),
        Special::Multicast(Some(Protocol::Ip)) => "IPv4 destination in 224.0.0.0/4".to_owned(),
        Special::Multicast(Some(Protocol::Ip6)) => "IPv6 destination in ff00::/8".to_owned(),
        Special::Multicast(_) => "hardware destination is a group, broadcast included".to_owned(),
        Special::Less(number) => format!("length on the wire at most {number} octets, link header included"),
        Special::Greater(number) => {
            format!("length on the wire at least {number} octets, link header included")
        }
        Special::Byte(index, ..) => format!("octet {index} of the frame"),
        Special::Inbound => "received, not sent".to_owned(),
        Special::Outbound => "sent by this host".to_owned(),
        Special::InterfaceIndex(number) => format!("seen on the interface with index {number}"),
        Special::Vlan(None) => "a VLAN tag; what follows is read behind it".to_owned(),
        Special::Vlan(Some((first, last))) if first == last => {
            format!("a VLAN tag with identifier {first}; what follows is read behind it")
        }
        Special::Vlan(Some((first, last))) => {
            format!("a VLAN tag with identifier {first} to {last}; what follows is read behind it")
        }
        Special::Mpls(label) => tagged("an MPLS label", label),
        Special::PppoeDiscovery => "PPPoE discovery".to_owned(),
        Special::PppoeSession(session) => tagged("a PPPoE session", session),
        Special::Geneve(network) => tagged("Geneve, network", network),
        Special::Vxlan(network) => tagged("VXLAN, network", network),
        Special::PflogInterface(name) => format!("logged on interface {name}"),
        Special::PflogRuleSet(name) => format!("matched a rule of the set {name}"),
        Special::PflogRule(number) => format!("matched rule {number}"),
        Special::PflogSubRule(number) => format!("matched rule {number} of a set"),
        Special::PflogReason(name) => format!("logged because of {name}"),
        Special::PflogAction(name) => format!("the packet filter's action was {}", name_text(name)),
        Special::WlanType(kind, None) => format!("802.11 {} frame", name_text(kind)),
        Special::WlanType(kind, Some(sub)) => format!("802.11 {} frame, {}", name_text(kind), name_text(sub)),
        Special::WlanSubtype(name) => format!("802.11 frame, {}", name_text(name)),
        Special::WlanDirection(name) => format!("802.11 frame, to and from DS: {}", name_text(name)),
        Special::Llc(None) => "802.3 frame with an 802.2 header".to_owned(),
        Special::Llc(Some(kind)) => format!("802.2 control field of kind {kind}"),
        Special::AtmType(word) => format!("ATM cell of kind {word}"),
        Special::AtmField(word, compared) => format!("ATM {word} {}", compared_text(compared)),
        Special::Mtp2Type(word) => format!("SS7 signal unit {word}"),
        Special::Mtp3Field(word, compared) => format!("SS7 {word} {}", compared_text(compared)),
        Special::DsaPort(port) => format!("port {port} of the switch, by its DSA tag"),
        Special::TcpFlags(set, clear) => {
            let mut parts = Vec::new();
            if *set != 0 {
                parts.push(format!("{} set", flag_names(*set).collect::<Vec<_>>().join(", ")));
            }
            if *clear != 0 {
                parts.push(format!("{} clear", flag_names(*clear).collect::<Vec<_>>().join(", ")));
            }
            format!("TCP with {}", parts.join(" and "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::parse::parse;

    fn written(text: &str) -> String {
        let tree = parse(text).unwrap();
        canonical(&tree, tree.root.unwrap())
    }

    #[test]
    fn precedence_and_inherited_qualifiers_become_visible() {
        assert_eq!(
            written("port 80 and host 1.1.1.1 or 2.2.2.2"),
            "(port 80 and host 1.1.1.1) or host 2.2.2.2"
        );
        assert_eq!(written("not host 1.1.1.1 and 2.2.2.2"), "not host 1.1.1.1 and host 2.2.2.2");
        assert_eq!(written("not (tcp or udp) and ip"), "not (tcp or udp) and ip");
        assert_eq!(written("tcp[13] & 2 != 0"), "(tcp[13] & 2) != 0");
        assert_eq!(written("len % 8 + 1 = 2"), "(len % (8 + 1)) = 2");
        assert_eq!(
            written("net 10.1 or net 10.0.0.0 mask 255.0.0.0"),
            "net 10.1 or net 10.0.0.0 mask 255.0.0.0"
        );
    }

    #[test]
    fn what_is_written_reads_back_as_the_same() {
        for text in [
            "ether host 0:1:2:3:4:5 or (vlan 5 and not ip6 net fe80::/10)",
            "ip proto \\tcp or udp[4:2] > 100 && len - (5 + 3) < 7",
            "tcp flags syn,!ack or port in {80, 443}",
            "vlan 100-200 and byte 3 & 7 and less 60",
            "llc rnr or type mgt subtype beacon or dir tods",
        ] {
            assert_eq!(written(&written(text)), written(text), "{text}");
        }
    }

    #[test]
    fn very_deep_and_very_long_expressions_stay_bounded() {
        let long = vec!["tcp"; 20_000].join(" or ");
        assert_eq!(written(&long).matches("tcp").count(), 20_000);
        let alternating = vec!["ip and arp or"; 5000].join(" ") + " ip";
        assert!(written(&alternating).len() < 10_000);
    }

    #[test]
    fn phrases_say_what_the_word_does_not() {
        let tree = parse("host 10").unwrap();
        assert_eq!(
            meaning(&tree, tree.root.unwrap()),
            "IPv4, ARP or RARP source or destination address is 0.0.0.10"
        );
        let tree = parse("dst net 10.1").unwrap();
        assert_eq!(
            meaning(&tree, tree.root.unwrap()),
            "IPv4, ARP or RARP destination address in 10.1.0.0/16"
        );
        let tree = parse("tcp[13] & 2 != 0").unwrap();
        assert!(meaning(&tree, tree.root.unwrap()).starts_with("needs TCP over IPv4, first fragment"));
    }
}
