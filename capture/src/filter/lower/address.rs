//! Hosts, networks, hardware addresses and gateways.

use super::super::ast::{Direction, Kind, Mask, Protocol, Qualifiers, Value};
use super::super::error::{Error, Span};
use super::super::lex::decnet_address;
use super::super::names::{Names, Registry};
use super::super::number::{Family, FieldKind};
use super::link::{Naming, ether_type, has_ether_addresses, naming};
use super::{LogicId, Lower, Result1};
use nettool_dissect::frame::LinkType;
use std::net::IpAddr;

/// An IPv4 address and the bits of it that count.
#[derive(Clone, Copy)]
pub(super) struct Net4 {
    address: u32,
    mask: u32,
}

/// Where addresses of one octet are, and which one is everybody's.
#[derive(Clone, Copy)]
pub(super) struct ShortAddresses {
    pub(super) source: u32,
    pub(super) destination: u32,
    pub(super) broadcast: u32,
}

impl Lower<'_> {
    /// A value with its qualifiers.
    pub(super) fn primitive(&mut self, qualifiers: Qualifiers, value: &Value, place: Span) -> Result1 {
        self.place = place;
        match value {
            Value::Set(values) => {
                let mut tests = Vec::with_capacity(values.len());
                for (value, span) in values {
                    (self.span, self.place) = (*span, *span);
                    tests.push(self.single(set_kind(qualifiers, value), value)?);
                }
                Ok(self.conditions.or(tests))
            }
            Value::List(name) => self.list(qualifiers, name),
            value => self.single(qualifiers, value),
        }
    }

    fn list(&mut self, qualifiers: Qualifiers, name: &str) -> Result1 {
        let Some(read) = self.options.read_list else {
            return self.error(format!("the list `@{name}` cannot be read here"));
        };
        let text = read(name).or_else(|why| self.error(format!("the list `@{name}`: {why}")))?;
        let mut tests = Vec::new();
        for (at, line) in text.lines().enumerate() {
            for word in line.split('#').next().unwrap_or_default().split([' ', '\t', ',', ';', '\r']) {
                if word.is_empty() {
                    continue;
                }
                let place = |error: Error| Error {
                    span: self.span,
                    message: format!("line {} of `@{name}`: {}", at + 1, error.message),
                    ..error
                };
                let value = super::super::parse::list_value(word).map_err(place)?;
                let span = self.span;
                let test = self.single(set_kind(qualifiers, &value), &value);
                tests.push(test.map_err(|error| Error {
                    span,
                    message: format!("line {} of `@{name}`: {}", at + 1, error.message),
                    ..error
                })?);
            }
        }
        Ok(self.conditions.or(tests))
    }

    fn single(&mut self, qualifiers: Qualifiers, value: &Value) -> Result1 {
        if let Value::Octet(octet) = value {
            return self.by_octet(qualifiers, *octet);
        }
        if self.state.labels == 0 && naming(self.state.link) == Naming::None {
            self.link_protocol(ether_type::IP)?;
        }
        match value {
            Value::Number(number) => self.by_number(qualifiers, *number),
            Value::Name(name) => self.by_name(qualifiers, name),
            Value::Ipv4 { address, bits, mask } => self.by_ipv4(qualifiers, *address, *bits, *mask),
            Value::Ipv6 { address, prefix } => self.by_ipv6(qualifiers, *address, *prefix),
            Value::Ether(address) => self.by_ether(qualifiers, *address),
            Value::Octet(octet) => self.by_octet(qualifiers, *octet),
            Value::Set(_) | Value::List(_) => self.error("a set cannot stand inside a set"),
        }
    }

    fn by_number(&mut self, qualifiers: Qualifiers, number: u32) -> Result1 {
        match qualifiers.kind {
            None | Some(Kind::Host) if qualifiers.protocol == Some(Protocol::Decnet) => {
                self.decnet_host(number, qualifiers.direction)
            }
            None | Some(Kind::Host | Kind::Net) if qualifiers.protocol == Some(Protocol::Link) => {
                let form = if self.short_addresses().is_some() { "$1f" } else { "00:11:22:33:44:55" };
                self.wrong_value(format!("a number is no hardware address; write one such as {form}"))
            }
            None | Some(Kind::Host) => self.host(qualifiers, Net4 { address: number, mask: u32::MAX }),
            Some(Kind::Net) => {
                let (mut address, mut mask) = (number, u32::MAX);
                while address != 0 && address & 0xff00_0000 == 0 {
                    address <<= 8;
                    mask <<= 8;
                }
                self.host(qualifiers, Net4 { address, mask })
            }
            Some(Kind::Port) => self.port_number(qualifiers, number, number, None),
            Some(Kind::PortRange) => self.port_number(qualifiers, number, number, None),
            Some(Kind::Proto) => self.proto(qualifiers.protocol, number),
            Some(Kind::ProtoChain) => self.protocol_chain(qualifiers.protocol, number),
            Some(Kind::Gateway) => {
                self.wrong_value("`gateway` takes a name, which must be a host and have a hardware address")
            }
        }
    }

    fn by_ipv4(&mut self, qualifiers: Qualifiers, address: u32, bits: u8, mask: Option<Mask>) -> Result1 {
        let shift = 32 - u32::from(bits);
        if let Some(mask) = mask {
            return self.masked_net(qualifiers, address << shift, mask);
        }
        match qualifiers.kind {
            None | Some(Kind::Host | Kind::Net) => {
                if qualifiers.protocol == Some(Protocol::Decnet) {
                    let (area, node) = (address >> 8, address & 0xff);
                    if bits != 16 || area > 63 {
                        return self.wrong_value("a DECnet address is area.node, up to 63.1023");
                    }
                    return self.decnet_host(area << 10 | node, qualifiers.direction);
                }
                if qualifiers.protocol == Some(Protocol::Link) {
                    return self.wrong_value("an IP address is no hardware address; leave `ether` out");
                }
                self.host(qualifiers, Net4 { address: address << shift, mask: u32::MAX << shift })
            }
            Some(Kind::Port | Kind::PortRange) => self.wrong_value("an address is no port number"),
            Some(Kind::Proto | Kind::ProtoChain) => self.wrong_value("an address is no protocol number"),
            Some(Kind::Gateway) => self.wrong_value("`gateway` takes a name, not an address"),
        }
    }

    fn masked_net(&mut self, qualifiers: Qualifiers, address: u32, mask: Mask) -> Result1 {
        let mask = match mask {
            Mask::Prefix(length @ 0..=32) => u32::MAX.checked_shl(32 - length).unwrap_or(0),
            Mask::Prefix(length) => {
                return self.wrong_value(format!("/{length} is longer than an IPv4 address, /32"));
            }
            Mask::Bits(bits, written) => bits << (32 - u32::from(written)),
        };
        if qualifiers.kind != Some(Kind::Net) {
            return self.wrong_value("a mask belongs to a network: write `net`");
        }
        if address & !mask != 0 {
            let right = std::net::Ipv4Addr::from_bits(address & mask);
            let length = mask.leading_ones();
            let right = match mask.checked_shl(length).unwrap_or(0) {
                0 => format!("{right}/{length}"),
                _ => right.to_string(),
            };
            return self.wrong_value(format!(
                "the network has host bits set behind its mask; did you mean {right}?"
            ));
        }
        self.host(qualifiers, Net4 { address, mask })
    }

    fn by_ipv6(&mut self, qualifiers: Qualifiers, address: u128, prefix: Option<u32>) -> Result1 {
        let length = prefix.unwrap_or(128);
        if length > 128 {
            return self.wrong_value(format!("/{length} is longer than an IPv6 address, /128"));
        }
        let mask = u128::MAX.checked_shl(128 - length).unwrap_or(0);
        if address & !mask != 0 {
            let right = std::net::Ipv6Addr::from_bits(address & mask);
            return self.wrong_value(format!(
                "the network has host bits set behind its mask; did you mean {right}/{length}?"
            ));
        }
        match qualifiers.kind {
            None | Some(Kind::Host) if length != 128 => {
                self.wrong_value("a prefix length belongs to a network: write `net`")
            }
            None | Some(Kind::Host | Kind::Net) => self.host6(qualifiers, address, mask),
            _ => self.error("an IPv6 address belongs behind `host` or `net`"),
        }
    }

    // ---- IPv4 -----------------------------------------------------------------------------------------------------

    fn host(&mut self, qualifiers: Qualifiers, net: Net4) -> Result1 {
        let direction = qualifiers.direction;
        match qualifiers.protocol {
            None => {
                let mut arms = vec![self.host_arm(ether_type::IP, Family::Ip4, direction, net)?];
                if self.state.labels == 0 {
                    arms.push(self.host_arm(ether_type::ARP, Family::Arp, direction, net)?);
                    arms.push(self.host_arm(ether_type::RARP, Family::Arp, direction, net)?);
                }
                Ok(self.conditions.or(arms))
            }
            Some(Protocol::Ip) => self.host_arm(ether_type::IP, Family::Ip4, direction, net),
            Some(Protocol::Arp) => self.host_arm(ether_type::ARP, Family::Arp, direction, net),
            Some(Protocol::Rarp) => self.host_arm(ether_type::RARP, Family::Arp, direction, net),
            Some(Protocol::Ip6) => self.error("an IPv4 address is not in IPv6 headers; leave `ip6` out"),
            Some(other) => self.foreign_protocol(qualifiers, other),
        }
    }

    fn foreign_protocol(&self, qualifiers: Qualifiers, protocol: Protocol) -> Result1 {
        let kind = if qualifiers.kind == Some(Kind::Net) { "net" } else { "host" };
        self.error(format!("`{0} {kind}` is not possible; write `{0} and {kind} …`", protocol.word()))
    }

    fn host_arm(&mut self, kind: u32, family: Family, direction: Option<Direction>, net: Net4) -> Result1 {
        let arm = self.link_protocol(kind)?;
        let (source, destination) = (FieldKind::Source, FieldKind::Destination);
        let test = self.directed(direction, |lower, from| {
            let field = lower.field(family, if from { source } else { destination });
            lower.masked(field, net.mask, net.address)
        })?;
        Ok(self.and([arm, test]))
    }

    /// A test of the source, the destination, one of them or both.
    pub(super) fn directed(
        &mut self,
        direction: Option<Direction>,
        mut test: impl FnMut(&mut Self, bool) -> LogicId,
    ) -> Result1 {
        match direction {
            Some(Direction::Source) => Ok(test(self, true)),
            Some(Direction::Destination) => Ok(test(self, false)),
            None | Some(Direction::Either) => {
                let (source, destination) = (test(self, true), test(self, false));
                Ok(self.or([source, destination]))
            }
            Some(Direction::Both) => {
                let (source, destination) = (test(self, true), test(self, false));
                Ok(self.and([source, destination]))
            }
            Some(Direction::Address(_) | Direction::Receiver | Direction::Transmitter) => {
                self.error("`addr1` to `addr4`, `ra` and `ta` are addresses of 802.11: write `wlan addr1 …`")
            }
        }
    }

    // ---- IPv6 -----------------------------------------------------------------------------------------------------

    fn host6(&mut self, qualifiers: Qualifiers, address: u128, mask: u128) -> Result1 {
        match qualifiers.protocol {
            None | Some(Protocol::Ip6) => {}
            Some(Protocol::Ip | Protocol::Arp | Protocol::Rarp) => {
                return self.error("an IPv6 address is not in IPv4, ARP and RARP");
            }
            Some(Protocol::Link) => {
                return self.wrong_value("an IPv6 address is no hardware address; leave `ether` out");
            }
            Some(other) => return self.foreign_protocol(qualifiers, other),
        }
        let arm = self.link_protocol(ether_type::IP6)?;
        let test = self.directed(qualifiers.direction, |lower, from| {
            let start = if from { 8 } else { 24 };
            let loads = [0, 4, 8, 12].map(|more| lower.network(start + more, 4));
            if !lower.addresses.contains(&loads) {
                lower.addresses.push(loads);
            }
            let mut words = Vec::with_capacity(4);
            for (load, shift) in loads.into_iter().zip([96, 64, 32, 0]) {
                let (bits, value) = ((mask >> shift) as u32, (address >> shift) as u32);
                words.push(lower.masked(load, bits, value));
            }
            lower.conditions.and(words)
        })?;
        Ok(self.and([arm, test]))
    }

    // ---- hardware addresses -----------------------------------------------------------------------------------------

    fn by_ether(&mut self, qualifiers: Qualifiers, address: [u8; 6]) -> Result1 {
        if qualifiers.protocol != Some(Protocol::Link) || !matches!(qualifiers.kind, None | Some(Kind::Host))
        {
            return self.error("a hardware address belongs behind `ether host`, `ether src` or `ether dst`");
        }
        self.ether_host(qualifiers.direction, address)
    }

    pub(super) fn ether_host(&mut self, direction: Option<Direction>, address: [u8; 6]) -> Result1 {
        if naming(self.state.link) == Naming::Wlan {
            return self.wlan_host(direction, address);
        }
        let Some((source, destination)) = self.address_offsets() else {
            return self.error(format!("{} has no hardware addresses", self.state.link));
        };
        let guard = self.inner_ethernet();
        let test = self.directed(direction, |lower, from| {
            let offset = if from { source } else { destination };
            lower.ether_at(offset, address)
        })?;
        Ok(match guard {
            Some(guard) => self.and([guard, test]),
            None => test,
        })
    }

    /// Offsets of source and destination in the link header.
    pub(super) fn address_offsets(&self) -> Option<(u32, u32)> {
        match self.state.link {
            LinkType::FDDI => Some((7, 1)),
            LinkType::IEEE802_5 => Some((8, 2)),
            LinkType::IP_OVER_FC => Some((10, 2)),
            LinkType::DSA_TAG_BRCM_PREPEND => Some((10, 4)),
            link if has_ether_addresses(link) => Some((6, 0)),
            _ => None,
        }
    }

    /// Addresses of one octet, of the link types that have them.
    pub(super) fn short_addresses(&self) -> Option<ShortAddresses> {
        match self.state.link {
            LinkType::ARCNET | LinkType::ARCNET_LINUX => {
                Some(ShortAddresses { source: 0, destination: 1, broadcast: 0 })
            }
            LinkType::BACNET_MS_TP => Some(ShortAddresses { source: 4, destination: 3, broadcast: 0xff }),
            _ => None,
        }
    }

    fn by_octet(&mut self, qualifiers: Qualifiers, address: u8) -> Result1 {
        if qualifiers.protocol != Some(Protocol::Link) || !matches!(qualifiers.kind, None | Some(Kind::Host))
        {
            return self
                .error("an address of one octet belongs behind `link host`, `link src` or `link dst`");
        }
        let Some(short) = self.short_addresses() else {
            return self.error(format!(
                "addresses of one octet belong to ARCnet and BACnet, not to {}",
                self.state.link
            ));
        };
        self.directed(qualifiers.direction, |lower, from| {
            let octet = lower.header(if from { short.source } else { short.destination }, 1);
            lower.equal(octet, u32::from(address))
        })
    }

    pub(super) fn ether_at(&mut self, offset: u32, address: [u8; 6]) -> LogicId {
        let [a, b, c, d, e, f] = address;
        let low = self.header(offset + 2, 4);
        let low = self.equal(low, u32::from_be_bytes([c, d, e, f]));
        let high = self.header(offset, 2);
        let high = self.equal(high, u32::from(u16::from_be_bytes([a, b])));
        self.and([low, high])
    }

    /// DECnet phase IV routing headers, long and short, with and without a padding octet.
    fn decnet_host(&mut self, address: u32, direction: Option<Direction>) -> Result1 {
        let decnet = self.link_protocol(ether_type::DECNET)?;
        let swapped = address >> 8 & 0xff | (address & 0xff) << 8;
        // Size, mask and value of the flags, with padding before them and without; how far behind the network header's
        // start the two nodes stand. No packet has two of these forms.
        let mut forms = Vec::new();
        for (size, mask, flags, source, destination) in [
            (2u8, 0xff07u32, 0x8106u32, 18, 10),
            (1, 0x07, 0x06, 17, 9),
            (2, 0xff07, 0x8102, 6, 4),
            (1, 0x07, 0x02, 5, 3),
        ] {
            let near = 2 + u32::from(size) == destination;
            if near && direction == Some(Direction::Destination) {
                // Flags and node in one word.
                let word = self.network(2, 4);
                let unused = 16 - 8 * u32::from(size);
                let (mask, value) = (mask << 16 | 0xffff, flags << 16 | swapped);
                forms.push(self.masked(word, mask << unused, value << unused));
                continue;
            }
            let load = self.network(2, size);
            let flags = self.masked(load, mask, flags);
            let nodes = self.directed(direction, |lower, from| {
                let node = lower.network(if from { source } else { destination }, 2);
                lower.equal(node, swapped)
            })?;
            forms.push(self.and([flags, nodes]));
        }
        if self.by_tests {
            forms.reverse();
        }
        let test = self.conditions.or(forms);
        Ok(self.and([decnet, test]))
    }

    // ---- names ----------------------------------------------------------------------------------------------------

    fn names(&self) -> &dyn Names {
        self.options.names
    }

    pub(super) fn unknown<T>(&self, name: &str, what: &str, registry: Registry) -> Result<T, Error> {
        let names = self.names();
        if let Some(mend) = range_meant(name) {
            return Err(Error::new(self.place, format!("no {what} is called `{name}`")).mended(Some(mend)));
        }
        if !names.enabled() {
            let message =
                format!("`{name}`: names are not looked up here (-n); write the {what} as a number");
            return Err(Error::new(self.place, message));
        }
        let known = names.known(registry);
        Err(Error::new(self.place, format!("no {what} is called `{name}`"))
            .near(name, known.iter().map(String::as_str)))
    }

    fn by_name(&mut self, qualifiers: Qualifiers, name: &str) -> Result1 {
        if let Some((area, node)) = decnet_address(name) {
            return match (qualifiers.protocol, qualifiers.kind) {
                (Some(Protocol::Decnet), None | Some(Kind::Host)) => {
                    self.decnet_host(area << 10 | node, qualifiers.direction)
                }
                _ => self.wrong_value(format!("`{node}` in `{name}` is no decimal number from 0 to 255")),
            };
        }
        match qualifiers.kind {
            None | Some(Kind::Host) => self.host_name(qualifiers, name),
            Some(Kind::Net) => match self.names().network(name) {
                Some(network) => {
                    let bits = u32::from(network.bits.min(32));
                    let mask = u32::MAX.checked_shl(32 - bits).unwrap_or(0);
                    self.host(qualifiers, Net4 { address: network.address & mask, mask })
                }
                None => self.unknown(name, "network", Registry::Network),
            },
            Some(Kind::Port) => self.port_name(qualifiers, name),
            Some(Kind::PortRange) => self.port_range(qualifiers, name),
            Some(Kind::Proto) => {
                let number = self.protocol_number(qualifiers.protocol, name)?;
                self.proto(qualifiers.protocol, number)
            }
            Some(Kind::ProtoChain) => {
                let number = self.protocol_number(qualifiers.protocol, name)?;
                self.protocol_chain(qualifiers.protocol, number)
            }
            Some(Kind::Gateway) => self.gateway(qualifiers, name),
        }
    }

    fn host_name(&mut self, qualifiers: Qualifiers, name: &str) -> Result1 {
        match qualifiers.protocol {
            Some(Protocol::Link) => match self.names().ether(name) {
                Some(address) => self.ether_host(qualifiers.direction, address),
                None => self.unknown(name, "hardware address", Registry::Ether),
            },
            Some(Protocol::Decnet) => self.wrong_value("DECnet hosts are known by number only: area.node"),
            protocol => {
                if name.bytes().all(|octet| octet.is_ascii_digit() || octet == b'.') {
                    return self.wrong_value(format!(
                        "`{name}` is no address: one of IPv4 has four numbers with dots, of which the last may be left out"
                    ));
                }
                let addresses = self.names().hosts(name);
                if addresses.is_empty() {
                    return self.unknown(name, "host", Registry::Host);
                }
                let mut tests = Vec::new();
                for address in addresses {
                    match (address, protocol) {
                        (IpAddr::V4(_), Some(Protocol::Ip6))
                        | (IpAddr::V6(_), Some(Protocol::Ip | Protocol::Arp | Protocol::Rarp)) => {}
                        (IpAddr::V4(address), _) => {
                            let net = Net4 { address: address.to_bits(), mask: u32::MAX };
                            tests.push(self.host(qualifiers, net)?);
                        }
                        (IpAddr::V6(address), _) => {
                            tests.push(self.host6(qualifiers, address.to_bits(), u128::MAX)?);
                        }
                    }
                }
                if tests.is_empty() {
                    return self.wrong_value(format!("`{name}` has no address of this family"));
                }
                Ok(self.conditions.or(tests))
            }
        }
    }

    /// The hardware address of a gateway, in frames that are not from or to its own IP address.
    fn gateway(&mut self, qualifiers: Qualifiers, name: &str) -> Result1 {
        if self.state.labels > 0 || self.state.encapsulated {
            return self.error("`gateway` needs the outermost hardware addresses");
        }
        if !matches!(qualifiers.protocol, None | Some(Protocol::Ip | Protocol::Arp | Protocol::Rarp)) {
            return self.error("`gateway` takes no protocol, or `ip`, `arp`, `rarp`");
        }
        let Some(ether) = self.names().ether(name) else {
            return self.unknown(name, "hardware address", Registry::Ether);
        };
        let hosts: Vec<u32> = self
            .names()
            .hosts(name)
            .into_iter()
            .filter_map(|address| match address {
                IpAddr::V4(address) => Some(address.to_bits()),
                IpAddr::V6(_) => None,
            })
            .collect();
        if hosts.is_empty() {
            return self.unknown(name, "host", Registry::Host);
        }
        let through = self.ether_host(None, ether)?;
        let mut own = Vec::new();
        for address in hosts {
            own.push(self.host(qualifiers, Net4 { address, mask: u32::MAX })?);
        }
        let own = self.conditions.or(own);
        let other = self.not(own);
        Ok(self.and([through, other]))
    }
}

/// In a set, `80-90` is a range and `10.0.0.0/8` a network, whatever the word before the set.
fn set_kind(qualifiers: Qualifiers, value: &Value) -> Qualifiers {
    let kind = match (qualifiers.kind, value) {
        (Some(Kind::Port), Value::Name(name))
            if name.contains('-') && name.starts_with(|c: char| c.is_ascii_digit()) =>
        {
            Kind::PortRange
        }
        (Some(Kind::Host), Value::Ipv4 { mask: Some(_), .. } | Value::Ipv6 { prefix: Some(_), .. }) => {
            Kind::Net
        }
        _ => return qualifiers,
    };
    Qualifiers { kind: Some(kind), ..qualifiers }
}

/// What to write instead of two numbers or addresses with a `-` between them, where a name was looked for.
fn range_meant(name: &str) -> Option<String> {
    let (first, last) = name.split_once('-')?;
    if let (Ok(first), Ok(last)) = (first.parse::<u16>(), last.parse::<u16>()) {
        return Some(format!("a range of ports is `portrange {first}-{last}`"));
    }
    let addresses = [first, last].iter().all(|end| end.parse::<std::net::Ipv4Addr>().is_ok());
    addresses
        .then(|| "addresses have no ranges; write networks: `net in {10.0.0.0/30, 10.0.0.4/31}`".to_owned())
}
