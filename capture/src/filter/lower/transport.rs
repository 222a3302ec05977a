//! Ports, IP protocols and protocol chains.

use super::super::ast::{Protocol, Qualifiers};
use super::super::error::Error;
use super::super::lex::ETHER_NAMES;
use super::super::logic::Logic;
use super::super::names::Registry;
use super::super::number::{Family, FieldKind, Op};
use super::link::{Naming, ether_type, naming};
use super::{LogicId, Lower, Place, Result1};

const TCP: u32 = 6;
const UDP: u32 = 17;
const SCTP: u32 = 132;

/// How many headers of a chain are followed where the kernel would not take a loop to the packet's end.
const CHAIN: usize = 16;

impl Lower<'_> {
    /// Fragment offset 0.
    pub(super) fn first_fragment(&mut self) -> LogicId {
        let fragment = self.network(6, 2);
        self.conditions.range(fragment, 0x1fff, 0, 0)
    }

    fn port_protocols(&self, protocol: Option<Protocol>) -> Result<&'static [u32], Error> {
        match protocol {
            None => Ok(&[TCP, UDP, SCTP]),
            Some(Protocol::Tcp) => Ok(&[TCP]),
            Some(Protocol::Udp) => Ok(&[UDP]),
            Some(Protocol::Sctp) => Ok(&[SCTP]),
            Some(other) => {
                let word = other.word();
                self.error(format!("`{word} port` is not possible; ports belong to `tcp`, `udp` and `sctp`"))
            }
        }
    }

    /// Ports from `low` to `high`.
    pub(super) fn port_number(
        &mut self,
        qualifiers: Qualifiers,
        low: u32,
        high: u32,
        only: Option<&'static [u32]>,
    ) -> Result1 {
        let protocols = match only {
            Some(protocols) => protocols,
            None => self.port_protocols(qualifiers.protocol)?,
        };
        if high > 0xffff {
            return self.wrong_value(format!("{high} is no port; ports go up to 65535"));
        }
        let six = self.port_arm(Family::Ip6, protocols, qualifiers, low, high)?;
        let four = self.port_arm(Family::Ip4, protocols, qualifiers, low, high)?;
        Ok(self.or([six, four]))
    }

    fn port_arm(
        &mut self,
        family: Family,
        protocols: &[u32],
        qualifiers: Qualifiers,
        low: u32,
        high: u32,
    ) -> Result1 {
        let kind = if family == Family::Ip6 { ether_type::IP6 } else { ether_type::IP };
        if self.by_tests && protocols.len() > 1 {
            // Each protocol for itself: where something else is asked of some of them, they are told apart already.
            let mut arms = Vec::with_capacity(protocols.len());
            // libpcap puts the last one first.
            let mut protocols = protocols.to_vec();
            protocols.rotate_right(1);
            for protocol in &protocols {
                arms.push(self.port_arm(family, std::slice::from_ref(protocol), qualifiers, low, high)?);
            }
            return Ok(self.conditions.or(arms));
        }
        let mut parts = vec![self.link_protocol(kind)?];
        let field = self.field(family, FieldKind::Protocol);
        let protocols = protocols.iter().map(|protocol| self.equal(field, *protocol)).collect::<Vec<_>>();
        parts.push(self.conditions.or(protocols));
        if family == Family::Ip4 {
            parts.push(self.first_fragment());
        }
        parts.push(self.directed(qualifiers.direction, |lower, source| {
            let port = if source { FieldKind::SourcePort } else { FieldKind::DestinationPort };
            let field = lower.field(family, port);
            lower.range(field, low, high)
        })?);
        Ok(self.conditions.and(parts))
    }

    fn service(&self, protocol: Option<Protocol>, name: &str) -> Result<(u32, &'static [u32]), Error> {
        let wanted = self.port_protocols(protocol)?;
        let Some(service) = self.options.names.service(name) else {
            return self.unknown(name, "service", Registry::Service);
        };
        let (tcp, udp, sctp) = (service.tcp, service.udp, service.sctp);
        let found = match protocol {
            Some(Protocol::Tcp) => tcp.map(|port| (port, wanted)),
            Some(Protocol::Udp) => udp.map(|port| (port, wanted)),
            Some(_) => sctp.map(|port| (port, wanted)),
            None => match (tcp, udp) {
                // The same number for both: any transport.
                (Some(tcp), Some(udp)) if tcp == udp => Some((tcp, wanted)),
                (Some(tcp), _) => Some((tcp, &[TCP][..])),
                (None, Some(udp)) => Some((udp, &[UDP][..])),
                (None, None) => sctp.map(|port| (port, &[SCTP][..])),
            },
        };
        match found {
            Some((port, protocols)) => Ok((u32::from(port), protocols)),
            None => self.wrong_value(format!("the service `{name}` is not known for this protocol")),
        }
    }

    pub(super) fn port_name(&mut self, qualifiers: Qualifiers, name: &str) -> Result1 {
        let (port, protocols) = self.service(qualifiers.protocol, name)?;
        self.port_number(qualifiers, port, port, Some(protocols))
    }

    /// `A-B`; the larger may stand first.
    pub(super) fn port_range(&mut self, qualifiers: Qualifiers, text: &str) -> Result1 {
        let every = self.port_protocols(qualifiers.protocol)?;
        let number = |lower: &Self, word: &str| -> Result<Option<(u32, &'static [u32])>, Error> {
            if word.is_empty() || !word.bytes().all(|octet| octet.is_ascii_digit()) {
                return Ok(None);
            }
            match word.parse::<u16>() {
                Ok(port) => Ok(Some((u32::from(port), every))),
                Err(_) => lower.wrong_value(format!("{word} is no port; ports go up to 65535")),
            }
        };
        // A name may hold hyphens itself: try every place to cut.
        for (cut, _) in text.match_indices('-') {
            let (first, last) = (&text[..cut], &text[cut + 1..]);
            let end = |lower: &Self, word: &str| match number(lower, word)? {
                Some(found) => Ok(Some(found)),
                None if lower.options.names.service(word).is_some() => {
                    // A service of another transport gives its number all the same, beside an end that has none or another.
                    let known = lower.service(qualifiers.protocol, word);
                    known.or_else(|_| lower.service(None, word)).map(Some)
                }
                None => Ok(None),
            };
            if let (Some((a, one)), Some((b, two))) = (end(self, first)?, end(self, last)?) {
                let same = one == two && one.len() == 1;
                let protocols = match qualifiers.protocol {
                    None if same => one,
                    Some(_) if same && one != every => {
                        return self
                            .wrong_value(format!("`{first}` and `{last}` are not known for this protocol"));
                    }
                    _ => every,
                };
                return self.port_number(qualifiers, a.min(b), a.max(b), Some(protocols));
            }
        }
        if self.options.names.service(text).is_some() {
            return self.port_name(qualifiers, text);
        }
        self.wrong_value(format!("`{text}` is no range of ports; write one such as 8000-8080"))
    }

    // ---- protocols ------------------------------------------------------------------------------------------------

    /// The number of a protocol's name.
    pub(super) fn protocol_number(&self, protocol: Option<Protocol>, name: &str) -> Result<u32, Error> {
        match protocol {
            None | Some(Protocol::Ip | Protocol::Ip6) => match self.options.names.protocol(name) {
                Some(number) => Ok(u32::from(number)),
                None => self.unknown(name, "IP protocol", Registry::Protocol),
            },
            Some(Protocol::Link) => {
                let (_, number) = ETHER_NAMES.iter().find(|(known, _)| *known == name).ok_or_else(|| {
                    Error::new(self.place, format!("no EtherType is called `{name}`"))
                        .near(name, ETHER_NAMES.iter().map(|(known, _)| *known))
                })?;
                Ok(*number)
            }
            Some(Protocol::Iso) => match name {
                "clnp" => Ok(0x81),
                "esis" => Ok(0x82),
                "isis" => Ok(0x83),
                _ => self.wrong_value(format!(
                    "no OSI protocol is called `{name}`; there are clnp, esis and isis"
                )),
            },
            Some(other) => self.error(format!("`{} proto` takes no names", other.word())),
        }
    }

    pub(super) fn proto(&mut self, protocol: Option<Protocol>, number: u32) -> Result1 {
        let octet = |lower: &Self, what: &str| match number {
            0..=255 => Ok(()),
            _ => lower.wrong_value(format!("{number} is no {what}; they go up to 255")),
        };
        match protocol {
            None => {
                octet(self, "IP protocol")?;
                self.either_protocol(number)
            }
            Some(Protocol::Link) => match number {
                0..=255 | 1501..=65535 => self.link_protocol(number),
                256..=1500
                    if matches!(
                        naming(self.state.link),
                        Naming::Ether | Naming::Cooked | Naming::Llc | Naming::Wlan
                    ) =>
                {
                    self.wrong_value(format!(
                        "{number} is no EtherType, which start at 1501, and no 802.2 SAP, which end at 255"
                    ))
                }
                // Where there is no 802.2 it is a number as any other.
                256..=1500 => self.link_protocol(number),
                _ => self.wrong_value(format!("{number} is no EtherType; they go up to 65535")),
            },
            Some(Protocol::Ip) => {
                octet(self, "IP protocol")?;
                self.ip_protocol(number)
            }
            Some(Protocol::Ip6) => {
                octet(self, "IP protocol")?;
                self.ip6_protocol(number)
            }
            Some(Protocol::Iso) => {
                octet(self, "OSI protocol")?;
                self.iso_protocol(number)
            }
            Some(Protocol::Isis) => {
                if number > 31 {
                    return self.wrong_value(format!("{number} is no IS-IS PDU type; they go up to 31"));
                }
                self.isis_protocol(number)
            }
            Some(other) => self.error(format!(
                "`{} proto` is not possible; `proto` belongs to `ip`, `ip6`, `ether`, `iso` and `isis`",
                other.word()
            )),
        }
    }

    // ---- chains of headers ----------------------------------------------------------------------------------------

    /// The protocol anywhere in the chain of headers; live and unrolled, the chain is followed [`CHAIN`] headers far.
    pub(super) fn protocol_chain(&mut self, protocol: Option<Protocol>, number: u32) -> Result1 {
        if number > 255 {
            return self.wrong_value(format!("{number} is no IP protocol; they go up to 255"));
        }
        // As in libpcap, whose walk needs headers at fixed places.
        if self.state.encapsulated || naming(self.state.link) == Naming::Wlan {
            return self.error("`protochain` cannot follow headers behind a header of unknown length");
        }
        match protocol {
            None => {
                let six = self.chain(Family::Ip6, number)?;
                let four = self.chain(Family::Ip4, number)?;
                Ok(self.or([six, four]))
            }
            Some(Protocol::Ip) => self.chain(Family::Ip4, number),
            Some(Protocol::Ip6) => self.chain(Family::Ip6, number),
            Some(other) => {
                self.error(format!("`{} protochain` is not possible; write `ip` or `ip6`", other.word()))
            }
        }
    }

    fn chain(&mut self, family: Family, number: u32) -> Result1 {
        const AUTHENTICATION: u32 = 51;
        const EXTENSIONS: [u32; 4] = [0, 43, 44, 60];
        let kind = if family == Family::Ip6 { ether_type::IP6 } else { ether_type::IP };
        let arm = self.link_protocol(kind)?;
        if arm == self.truth(false) {
            return Ok(arm);
        }
        self.rebinds = true;
        let field = self.field(family, FieldKind::Protocol);
        let base = self.transport_base(family);
        if !self.options.live && !self.options.unrolled {
            let (extensions, offset) = (family == Family::Ip6, self.network_place().offset);
            let walk =
                self.conditions.add(Logic::Chain { extensions, next: field, base, offset, protocol: number });
            return Ok(self.and([arm, walk]));
        }
        let ((at, at_number), (next, next_number)) = (self.numbers.variable(), self.numbers.variable());
        let here = Place { base: Some(at_number), offset: self.network_place().offset };
        let start = [self.bind(next, field), self.bind(at, base)];
        let mut rest = self.equal(next_number, number);
        for _ in 0..CHAIN {
            let (protocol, length) = (self.load(here, 1), self.load(here.plus(1), 1));
            // libpcap forgets to add where an authentication header starts; its verdict is the measure.
            let step = |lower: &mut Self, unit: u32, from_here: bool| {
                let (unit, fixed) = (lower.numbers.constant(unit), lower.numbers.constant(8));
                let grown = lower.numbers.binary(Op::Mul, length, unit).unwrap_or(length);
                let mut end = lower.numbers.binary(Op::Add, grown, fixed).unwrap_or(grown);
                if from_here {
                    end = lower.numbers.binary(Op::Add, end, at_number).unwrap_or(end);
                }
                [lower.bind(next, protocol), lower.bind(at, end)]
            };
            let authentication = self.equal(next_number, AUTHENTICATION);
            let [keep, jump] = step(self, 4, false);
            let mut ways = vec![self.and([authentication, keep, jump])];
            if family == Family::Ip6 {
                let kinds = EXTENSIONS.map(|kind| self.equal(next_number, kind));
                let extension = self.or(kinds);
                let [keep, jump] = step(self, 8, true);
                ways.push(self.and([extension, keep, jump]));
            }
            let onwards = self.conditions.or(ways);
            let behind = self.and([onwards, rest]);
            let found = self.equal(next_number, number);
            rest = self.or([found, behind]);
        }
        let [protocol, place] = start;
        Ok(self.and([arm, protocol, place, rest]))
    }
}
