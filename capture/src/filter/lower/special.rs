//! Primitives with syntax of their own: broadcasts, lengths, octets, directions, 802.2.

use super::super::ast::{ByteOperator, Protocol, Special};
use super::super::error::Error;
use super::super::insn::ancillary;
use super::super::number::{Family, FieldKind, Number};
use super::link::{Naming, ether_type, naming};
use super::{LogicId, Lower, Place, Result1};
use nettool_dissect::frame::LinkType;

/// `sll_pkttype` and the packet type of sockets for frames that this host sent.
const OUTGOING: u32 = 4;

impl Lower<'_> {
    pub(super) fn special(&mut self, special: &Special) -> Result1 {
        match special {
            Special::Broadcast(protocol) => self.broadcast(*protocol),
            Special::Multicast(protocol) => self.multicast(*protocol),
            Special::Less(length) => {
                let number = self.numbers.add(Number::Length);
                Ok(self.range(number, 0, *length))
            }
            Special::Greater(length) => {
                let number = self.numbers.add(Number::Length);
                Ok(self.range(number, *length, u32::MAX))
            }
            Special::Byte(index, operator, value) => self.byte(*index, *operator, *value),
            Special::Inbound => self.direction(false),
            Special::Outbound => self.direction(true),
            Special::InterfaceIndex(index) => self.interface_index(*index),
            Special::Vlan(ids) => self.vlan(*ids),
            Special::Mpls(label) => self.mpls(*label),
            Special::PppoeDiscovery => self.link_protocol(ether_type::PPPOE_DISCOVERY),
            Special::PppoeSession(session) => self.pppoe_session(*session),
            Special::Geneve(identifier) => self.geneve(*identifier),
            Special::Vxlan(identifier) => self.vxlan(*identifier),
            Special::Llc(kind) => self.llc_kind(kind.as_deref()),
            Special::WlanType(kind, subtype) => self.wlan_type(kind, subtype.as_ref()),
            Special::WlanSubtype(subtype) => self.wlan_subtype(subtype),
            Special::WlanDirection(direction) => self.wlan_direction(direction),
            Special::DsaPort(port) => self.dsa_port(*port),
            Special::TcpFlags(set, clear) => self.tcp_flags(*set, *clear),
            other => self.rare(other),
        }
    }

    fn broadcast(&mut self, protocol: Option<Protocol>) -> Result1 {
        match protocol {
            None | Some(Protocol::Link) => {
                if naming(self.state.link) == Naming::Wlan {
                    return self.wlan_host(Some(super::super::ast::Direction::Destination), [0xff; 6]);
                }
                if let Some(short) = self.short_addresses() {
                    let octet = self.header(short.destination, 1);
                    return Ok(self.equal(octet, short.broadcast));
                }
                let Some((_, destination)) = self.address_offsets() else {
                    return self.error(format!("{} has no broadcasts", self.state.link));
                };
                let guard = self.inner_ethernet();
                let test = self.ether_at(destination, [0xff; 6]);
                Ok(match guard {
                    Some(guard) => self.and([guard, test]),
                    None => test,
                })
            }
            Some(Protocol::Ip) => {
                // All ones are libpcap's word for a mask that is not known, and a network of one address has no broadcast.
                let Some(mask) = self.options.netmask.filter(|mask| *mask != u32::MAX) else {
                    return self.error("`ip broadcast` needs the network's mask: give --netmask");
                };
                let ip = self.link_protocol(ether_type::IP)?;
                let field = self.field(Family::Ip4, FieldKind::Destination);
                let zeros = self.masked(field, !mask, 0);
                let ones = self.masked(field, !mask, !mask);
                let either = self.or([zeros, ones]);
                Ok(self.and([ip, either]))
            }
            Some(other) => {
                self.error(format!("`{} broadcast` is not possible; write `ether` or `ip`", other.word()))
            }
        }
    }

    fn multicast(&mut self, protocol: Option<Protocol>) -> Result1 {
        match protocol {
            None | Some(Protocol::Link) => {
                if naming(self.state.link) == Naming::Wlan {
                    return self.wlan_multicast();
                }
                // On ARCnet all stations are the only group.
                if naming(self.state.link) == Naming::Arcnet {
                    return self.broadcast(protocol);
                }
                let Some((_, destination)) = self.address_offsets() else {
                    return self.error(format!("{} has no multicasts", self.state.link));
                };
                let guard = self.inner_ethernet();
                let octet = self.header(destination, 1);
                let test = self.any_bit(octet, 1);
                Ok(match guard {
                    Some(guard) => self.and([guard, test]),
                    None => test,
                })
            }
            Some(Protocol::Ip) => {
                let ip = self.link_protocol(ether_type::IP)?;
                let octet = self.network(16, 1);
                let test = self.masked(octet, 0xf0, 0xe0);
                Ok(self.and([ip, test]))
            }
            Some(Protocol::Ip6) => {
                let ip6 = self.link_protocol(ether_type::IP6)?;
                let octet = self.network(24, 1);
                let test = self.equal(octet, 0xff);
                Ok(self.and([ip6, test]))
            }
            Some(other) => self
                .error(format!("`{} multicast` is not possible; write `ether`, `ip` or `ip6`", other.word())),
        }
    }

    fn byte(&mut self, index: u32, operator: ByteOperator, value: u32) -> Result1 {
        if value > 255 {
            self.place = self.operand.1;
            return self.wrong_value(format!("{value} does not fit in an octet"));
        }
        let octet = self.header(index, 1);
        self.pinned.push(octet);
        Ok(match operator {
            ByteOperator::Equal => self.equal(octet, value),
            ByteOperator::Less => match value.checked_sub(1) {
                Some(high) => self.range(octet, 0, high),
                None => self.range(octet, 1, 0),
            },
            ByteOperator::Greater => self.range(octet, value + 1, u32::MAX),
            ByteOperator::And => self.any_bit(octet, value),
            ByteOperator::Or if value != 0 => self.range(octet, 0, u32::MAX),
            ByteOperator::Or => self.any_bit(octet, 0xff),
        })
    }

    fn direction(&mut self, outbound: bool) -> Result1 {
        let link = self.state.link;
        let sent = match link {
            LinkType::LINUX_SLL => {
                let kind = self.header(0, 2);
                self.equal(kind, OUTGOING)
            }
            LinkType::LINUX_SLL2 => {
                let kind = self.header(10, 1);
                self.equal(kind, OUTGOING)
            }
            LinkType::PPP_PPPD | LinkType::SLIP => {
                let octet = self.header(0, 1);
                return Ok(self.equal(octet, u32::from(outbound)));
            }
            LinkType::PFLOG => {
                let octet = self.header(60, 1);
                return Ok(self.equal(octet, if outbound { 2 } else { 1 }));
            }
            LinkType::IPNET => {
                let half = self.header(2, 2);
                return Ok(self.equal(half, if outbound { 1 } else { 2 }));
            }
            link if naming(link) == Naming::Juniper => {
                let flags = self.header(3, 1);
                return Ok(self.masked(flags, 1, u32::from(!outbound)));
            }
            LinkType::DSA_TAG_BRCM => {
                let octet = self.header(12, 1);
                return Ok(self.masked(octet, 0xe0, if outbound { 0x20 } else { 0 }));
            }
            LinkType::DSA_TAG_BRCM_PREPEND => {
                let octet = self.load(super::Place::default(), 1);
                return Ok(self.masked(octet, 0xe0, if outbound { 0x20 } else { 0 }));
            }
            LinkType::DSA_TAG_DSA | LinkType::DSA_TAG_EDSA => {
                let octet = self.header(if link == LinkType::DSA_TAG_DSA { 12 } else { 16 }, 1);
                // The first two bits: 1 is "from CPU", 0 "to CPU", 2 "to sniffer", 3 "forward".
                let (mask, command) = if outbound { (0xc0, 0x40) } else { (0x40, 0) };
                return Ok(self.masked(octet, mask, command));
            }
            _ if self.options.live => {
                let kind = self.numbers.add(Number::Ancillary(ancillary::PKTTYPE));
                self.equal(kind, OUTGOING)
            }
            _ => {
                let word = if outbound { "outbound" } else { "inbound" };
                return self.error(format!(
                    "`{word}`: {link} frames in a file do not say which way they went; it works live, and on LINUX_SLL, LINUX_SLL2, DSA tags, PFLOG, SLIP, \
                     PPP_PPPD, IPNET and Juniper's"
                ));
            }
        };
        Ok(if outbound { sent } else { self.not(sent) })
    }

    fn interface_index(&mut self, index: u32) -> Result1 {
        let number = if self.state.link == LinkType::LINUX_SLL2 {
            self.header(4, 4)
        } else if self.options.live || self.options.unrolled {
            // Extended programs are told, in XDP too.
            self.numbers.add(Number::Ancillary(ancillary::IFINDEX))
        } else {
            let message =
                "frames in a file do not say which interface they crossed; it works live and on LINUX_SLL2";
            return self.error(format!("`ifindex`: {} {message}", self.state.link));
        };
        Ok(self.equal(number, index))
    }

    fn tcp_flags(&mut self, set: u8, clear: u8) -> Result1 {
        let flags = |lower: &mut Self, family: Family| {
            let octet = lower.transport(family, 13, 1);
            lower.masked(octet, u32::from(set | clear), u32::from(set))
        };
        let four = [self.ip_protocol(6)?, self.first_fragment(), flags(self, Family::Ip4)];
        let four = self.and(four);
        let ip6 = self.link_protocol(ether_type::IP6)?;
        let next = self.field(Family::Ip6, FieldKind::Protocol);
        let six = [ip6, self.equal(next, 6), flags(self, Family::Ip6)];
        let six = self.and(six);
        Ok(self.or([six, four]))
    }

    /// The switch port that a DSA tag names.
    fn dsa_port(&mut self, port: u32) -> Result1 {
        match self.state.link {
            LinkType::DSA_TAG_BRCM => self.broadcom_port(12, port),
            LinkType::DSA_TAG_BRCM_PREPEND => self.broadcom_port(0, port),
            LinkType::DSA_TAG_DSA => self.marvell_port(12, port),
            // Behind an EtherType and two reserved octets.
            LinkType::DSA_TAG_EDSA => self.marvell_port(16, port),
            link => self.error(format!("`dsa port`: {link} frames have no switch tag that is known")),
        }
    }

    fn check_dsa_port(&self, port: u32) -> Result<(), Error> {
        match port {
            0..=31 => Ok(()),
            _ => self.wrong_value(format!("{port} is no port of such a tag; they go up to 31")),
        }
    }

    /// To the CPU the low five bits of the last octet are the source, from it the low nine are a map of destinations.
    fn broadcom_port(&mut self, at: u32, port: u32) -> Result1 {
        self.check_dsa_port(port)?;
        let first = self.load(Place::at(at), 1);
        let last = self.load(Place::at(at + 3), 1);
        let up = [self.masked(first, 0xe0, 0), self.masked(last, 0x1f, port)];
        let up = self.and(up);
        let bit = match port {
            0..=7 => self.any_bit(last, 1 << port),
            8 => {
                let high = self.load(Place::at(at + 2), 1);
                self.any_bit(high, 1)
            }
            _ => return Ok(up),
        };
        let down = [self.masked(first, 0xe0, 0x20), bit];
        let down = self.and(down);
        Ok(self.or([up, down]))
    }

    /// Bits 7 to 3 of the second octet; but what is forwarded for a bridge may name a group of links there, or come from a
    /// switch that does not exist and stands for the bridge, and then from its port 0.
    fn marvell_port(&mut self, at: u32, port: u32) -> Result1 {
        self.check_dsa_port(port)?;
        let first = self.load(Place::at(at), 1);
        let second = self.load(Place::at(at + 1), 1);
        let named = self.masked(second, 0xf8, port << 3);
        let forwarded = self.masked(first, 0xc0, 0xc0);
        let addressed = self.not(forwarded);
        let mut single = vec![self.masked(second, 4, 0)];
        if port == 0 {
            single.push(self.masked(first, 0x1f, 0));
        }
        let single = self.conditions.and(single);
        let one = self.or([addressed, single]);
        Ok(self.and([named, one]))
    }

    // ---- 802.2 ----------------------------------------------------------------------------------------------------

    fn has_llc(&mut self) -> Result1 {
        match naming(self.state.link) {
            Naming::Ether => {
                let length = self.is_length();
                let saps = self.llc(0, 2);
                let novell = self.equal(saps, 0xffff);
                let other = self.not(novell);
                Ok(self.and([length, other]))
            }
            Naming::Llc => {
                let always = self.truth(true);
                Ok(self.with_llc_on_atm(always))
            }
            Naming::Wlan => Ok(self.wlan_data()),
            _ => self.error(format!("{} frames have no 802.2 header", self.state.link)),
        }
    }

    fn llc_kind(&mut self, kind: Option<&str>) -> Result1 {
        let llc = self.has_llc()?;
        let Some(kind) = kind else { return Ok(llc) };
        // mask and value of the control octet (IEEE 802.2-1998 §5.3, §5.4)
        const KINDS: &[(&str, u32, u32)] = &[
            ("i", 0x01, 0x00),
            ("s", 0x03, 0x01),
            ("u", 0x03, 0x03),
            ("rr", 0x0f, 0x01),
            ("rnr", 0x0f, 0x05),
            ("rej", 0x0f, 0x09),
            ("ui", 0xef, 0x03),
            ("ua", 0xef, 0x63),
            ("disc", 0xef, 0x43),
            ("dm", 0xef, 0x0f),
            ("sabme", 0xef, 0x6f),
            ("test", 0xef, 0xe3),
            ("xid", 0xef, 0xaf),
            ("frmr", 0xef, 0x87),
        ];
        let Some((_, mask, value)) = KINDS.iter().find(|(name, ..)| *name == kind) else {
            let names = KINDS.iter().map(|(name, ..)| *name);
            return Err(super::Error::new(self.place, format!("`{kind}` is no kind of 802.2 frame"))
                .near(kind, names)
                .expecting(&["`i`", "`s`", "`u`", "a command such as `ui`"]));
        };
        let control = self.llc(2, 1);
        let test = self.conditions.range(control, *mask, *value, *value);
        Ok(self.and([llc, test]))
    }
}

impl Lower<'_> {
    /// Any of these values.
    pub(super) fn one_of(&mut self, number: super::NumberId, values: &[u32]) -> LogicId {
        let tests: Vec<LogicId> = values.iter().map(|value| self.equal(number, *value)).collect();
        self.conditions.or(tests)
    }
}
