//! Link types: where the protocol, the network header and the addresses are, and how a protocol is named.

use super::super::ast::Protocol;
use super::super::error::Error;
use super::super::number::{Family, FieldKind, NumberId};
use super::juniper;
use super::{LogicId, Lower, Place, Result1};
use nettool_dissect::frame::LinkType;

/// EtherTypes (IEEE 802 numbers) that primitives name.
pub(super) mod ether_type {
    pub(crate) const IP: u32 = 0x0800;
    pub(crate) const ARP: u32 = 0x0806;
    pub(crate) const RARP: u32 = 0x8035;
    pub(crate) const IP6: u32 = 0x86dd;
    pub(crate) const VLAN: [u32; 3] = [0x8100, 0x88a8, 0x9100];
    pub(crate) const MPLS: u32 = 0x8847;
    pub(crate) const PPPOE_DISCOVERY: u32 = 0x8863;
    pub(crate) const PPPOE_SESSION: u32 = 0x8864;
    pub(crate) const ETHERNET_BRIDGING: u32 = 0x6558;
    pub(crate) const DECNET: u32 = 0x6003;
    pub(crate) const LAT: u32 = 0x6004;
    pub(crate) const SCA: u32 = 0x6007;
    pub(crate) const MOP_DUMP_LOAD: u32 = 0x6001;
    pub(crate) const MOP_CONSOLE: u32 = 0x6002;
    pub(crate) const APPLETALK: u32 = 0x809b;
    pub(crate) const APPLETALK_ARP: u32 = 0x80f3;
    pub(crate) const IPX: u32 = 0x8137;
}

/// 802.2 service access points that primitives name.
pub(super) mod sap {
    pub(crate) const IP: u32 = 0x06;
    pub(crate) const SPANNING_TREE: u32 = 0x42;
    pub(crate) const IPX: u32 = 0xe0;
    pub(crate) const NETBEUI: u32 = 0xf0;
    pub(crate) const OSI: u32 = 0xfe;
}

/// The largest value of the EtherType field that is a length (IEEE 802.3).
pub(super) const LARGEST_LENGTH: u32 = 1500;

/// How a link type names the protocol of its payload.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Naming {
    /// EtherType, or a length and 802.2.
    Ether,
    /// Linux cooked: EtherType, 4 for 802.2, 1 for Novell.
    Cooked,
    /// 802.2 and SNAP.
    Llc,
    /// 802.11: data frames, then 802.2 and SNAP.
    Wlan,
    /// PPP protocol numbers.
    Ppp,
    /// EtherTypes alone, as Cisco HDLC and the second cooked header have them.
    EtherOnly,
    /// The version nibble.
    Version,
    /// It is known beforehand.
    Only(Family),
    /// An address family in a word, in the order of the machine or of the network.
    Loopback,
    /// An address family in one octet.
    FamilyOctet,
    /// One octet of ARCnet's own numbers.
    Arcnet,
    /// The protocol identifier of OSI (RFC 2427).
    FrameRelay,
    /// AppleTalk and nothing else.
    AppleTalk,
    /// Not told; that the header is Juniper's is all that is looked at.
    Juniper,
    /// Not at all.
    None,
}

pub(super) fn naming(link: LinkType) -> Naming {
    match link {
        LinkType::ETHERNET
        | LinkType::NETANALYZER
        | LinkType::NETANALYZER_TRANSPARENT
        | LinkType::DSA_TAG_BRCM
        | LinkType::DSA_TAG_DSA
        | LinkType::DSA_TAG_BRCM_PREPEND
        | LinkType::DSA_TAG_EDSA => Naming::Ether,
        LinkType::LINUX_SLL => Naming::Cooked,
        // libpcap knows no 802.2 frames behind this header.
        LinkType::LINUX_SLL2 => Naming::EtherOnly,
        LinkType::FDDI
        | LinkType::IEEE802_5
        | LinkType::IP_OVER_FC
        | LinkType::ATM_RFC1483
        | LinkType::ATM_CLIP
        | LinkType::SUNATM => Naming::Llc,
        LinkType::IEEE802_11
        | LinkType::IEEE802_11_RADIOTAP
        | LinkType::PRISM
        | LinkType::IEEE802_11_AVS
        | LinkType::PPI => Naming::Wlan,
        LinkType::PPP
        | LinkType::PPP_HDLC
        | LinkType::PPP_ETHER
        | LinkType::PPP_PPPD
        | LinkType::PPP_BSDOS => Naming::Ppp,
        LinkType::C_HDLC | LinkType::SYMANTEC_FIREWALL | LinkType::APPLE_IP_OVER_IEEE1394 => {
            Naming::EtherOnly
        }
        LinkType::RAW | LinkType::SLIP | LinkType::SLIP_BSDOS => Naming::Version,
        LinkType::IPV4 => Naming::Only(Family::Ip4),
        LinkType::IPV6 => Naming::Only(Family::Ip6),
        LinkType::NULL | LinkType::LOOP | LinkType::ENC => Naming::Loopback,
        LinkType::PFLOG | LinkType::NFLOG | LinkType::IPNET => Naming::FamilyOctet,
        LinkType::ARCNET | LinkType::ARCNET_LINUX => Naming::Arcnet,
        LinkType::FRELAY => Naming::FrameRelay,
        LinkType::LTALK => Naming::AppleTalk,
        link if juniper::payload(link).is_some() => Naming::Juniper,
        // Numbers that pcap files and other systems use for raw IP.
        LinkType(12 | 14) => Naming::Version,
        _ => Naming::None,
    }
}

/// Link types whose header starts with two hardware addresses of six octets, or has them at known places.
pub(super) fn has_ether_addresses(link: LinkType) -> bool {
    naming(link) == Naming::Ether
}

/// The PPP protocol number of an EtherType or 802.2 SAP (IANA PPP numbers); others stand for themselves.
fn ppp_number(protocol: u32) -> u32 {
    match protocol {
        ether_type::IP => 0x21,
        ether_type::IP6 => 0x57,
        ether_type::DECNET => 0x27,
        ether_type::APPLETALK => 0x29,
        0x0600 => 0x25,
        ether_type::MPLS => 0x281,
        sap::OSI => 0x23,
        sap::SPANNING_TREE => 0x31,
        sap::IPX => 0x2b,
        other => other,
    }
}

impl Lower<'_> {
    /// The field in which the link layer names the protocol.
    pub(super) fn kind(&mut self) -> NumberId {
        self.load(self.state.kind, 2)
    }

    /// The link layer says that the payload is `protocol`: an EtherType, or an 802.2 SAP up to 255.
    pub(super) fn link_protocol(&mut self, protocol: u32) -> Result1 {
        if self.state.labels > 0 {
            return self.under_labels(protocol);
        }
        Ok(match naming(self.state.link) {
            Naming::Ether => {
                let guard = if self.state.encapsulated { None } else { self.inner_ethernet() };
                let test = self.ether_protocol(protocol);
                match guard {
                    Some(guard) => self.and([guard, test]),
                    None => test,
                }
            }
            Naming::Cooked => self.cooked_protocol(protocol),
            Naming::Llc => {
                let test = self.llc_protocol(protocol);
                self.with_llc_on_atm(test)
            }
            Naming::Wlan => {
                let data = self.wlan_data();
                let test = self.llc_protocol(protocol);
                self.and([data, test])
            }
            Naming::Ppp if self.state.link == LinkType::PPP_BSDOS && protocol == ether_type::IP => {
                // Plain, and with the TCP header compressed or not (RFC 1332).
                let kind = self.kind();
                self.one_of(kind, &[0x21, 0x2d, 0x2f])
            }
            Naming::Ppp => {
                let kind = self.kind();
                self.equal(kind, ppp_number(protocol))
            }
            Naming::EtherOnly => {
                let kind = self.kind();
                let osi = protocol == sap::OSI && self.state.link == LinkType::C_HDLC;
                let protocol = if osi { 0xfefe } else { protocol };
                self.equal(kind, protocol)
            }
            Naming::Version => match protocol {
                ether_type::IP => self.version(4),
                ether_type::IP6 => self.version(6),
                _ => self.truth(false),
            },
            Naming::Only(family) => {
                let wanted = if family == Family::Ip4 { ether_type::IP } else { ether_type::IP6 };
                self.truth(protocol == wanted)
            }
            Naming::Loopback => self.loopback_protocol(protocol),
            Naming::FamilyOctet => self.family_octet(protocol),
            Naming::Arcnet => self.arcnet_protocol(protocol),
            Naming::FrameRelay => self.frame_relay_protocol(protocol),
            Naming::AppleTalk => self.truth(protocol == ether_type::APPLETALK),
            Naming::Juniper => self.juniper_header()?,
            Naming::None => return Err(self.no_protocols()),
        })
    }

    fn no_protocols(&self) -> Error {
        let message = format!(
            "{} does not say which protocol a frame carries; `len`, `link[…]`, `less`, `greater` and `byte` work",
            self.state.link
        );
        Error::new(self.span, message)
    }

    fn version(&mut self, version: u32) -> LogicId {
        let octet = self.network(0, 1);
        self.masked(octet, 0xf0, version << 4)
    }

    /// Behind MPLS labels: the last label, and the version nibble.
    fn under_labels(&mut self, protocol: u32) -> Result1 {
        let version = match protocol {
            ether_type::IP => 4,
            ether_type::IP6 => 6,
            _ => return self.error("behind `mpls` only `ip` and `ip6` can be told apart"),
        };
        let bottom = self.load(self.state.payload.plus(self.state.network.wrapping_sub(4)).plus(2), 1);
        let bottom = self.masked(bottom, 1, 1);
        let version = self.version(version);
        Ok(self.and([bottom, version]))
    }

    pub(super) fn is_length(&mut self) -> LogicId {
        let kind = self.kind();
        self.range(kind, 0, LARGEST_LENGTH)
    }

    fn pair_of_saps(&mut self, protocol: u32) -> LogicId {
        let saps = self.llc(0, 2);
        self.equal(saps, protocol << 8 | protocol)
    }

    /// A SNAP header with this organisation and protocol.
    fn snap(&mut self, organisation: u32, protocol: u32) -> LogicId {
        let low = self.llc(4, 4);
        let low = self.equal(low, (organisation & 0xffff) << 16 | protocol);
        let high = self.llc(0, 4);
        let high = self.equal(high, 0xaaaa_0300 | organisation >> 16);
        self.and([low, high])
    }

    fn ipx_or_novell(&mut self) -> LogicId {
        let sap = self.llc(0, 1);
        let sap = self.equal(sap, sap::IPX);
        let raw = self.llc(0, 2);
        let raw = self.equal(raw, 0xffff);
        let snap = self.snap(0, ether_type::IPX);
        self.or([sap, raw, snap])
    }

    fn ether_protocol(&mut self, protocol: u32) -> LogicId {
        let kind = self.kind();
        match protocol {
            sap::OSI | sap::IP | sap::NETBEUI => {
                let length = self.is_length();
                let saps = self.pair_of_saps(protocol);
                self.and([length, saps])
            }
            sap::IPX => {
                let length = self.is_length();
                let forms = self.ipx_or_novell();
                let inside = self.and([length, forms]);
                let direct = self.equal(kind, ether_type::IPX);
                self.or([direct, inside])
            }
            ether_type::APPLETALK | ether_type::APPLETALK_ARP => {
                let length = self.is_length();
                let organisation = if protocol == ether_type::APPLETALK { 0x08_0007 } else { 0 };
                let snap = self.snap(organisation, protocol);
                let inside = self.and([length, snap]);
                let direct = self.equal(kind, protocol);
                self.or([direct, inside])
            }
            0..=LARGEST_LENGTH => {
                let length = self.is_length();
                let sap = self.llc(0, 1);
                let sap = self.equal(sap, protocol);
                self.and([length, sap])
            }
            _ => self.equal(kind, protocol),
        }
    }

    fn cooked_protocol(&mut self, protocol: u32) -> LogicId {
        const LLC: u32 = 4;
        const NOVELL: u32 = 1;
        let kind = self.kind();
        let llc = self.equal(kind, LLC);
        match protocol {
            sap::OSI | sap::IP | sap::NETBEUI => {
                let saps = self.pair_of_saps(protocol);
                self.and([llc, saps])
            }
            sap::IPX => {
                let sap = self.llc(0, 1);
                let sap = self.equal(sap, sap::IPX);
                let snap = self.snap(0, ether_type::IPX);
                let forms = self.or([sap, snap]);
                let inside = self.and([llc, forms]);
                let novell = self.equal(kind, NOVELL);
                let direct = self.equal(kind, ether_type::IPX);
                self.or([direct, novell, inside])
            }
            ether_type::APPLETALK | ether_type::APPLETALK_ARP => {
                let organisation = if protocol == ether_type::APPLETALK { 0x08_0007 } else { 0 };
                let snap = self.snap(organisation, protocol);
                let inside = self.and([llc, snap]);
                let direct = self.equal(kind, protocol);
                self.or([direct, inside])
            }
            0..=LARGEST_LENGTH => {
                let sap = self.llc(0, 1);
                let sap = self.equal(sap, protocol);
                self.and([llc, sap])
            }
            _ => self.equal(kind, protocol),
        }
    }

    fn llc_protocol(&mut self, protocol: u32) -> LogicId {
        match protocol {
            sap::IP | sap::OSI | sap::NETBEUI => self.pair_of_saps(protocol),
            sap::IPX => {
                let sap = self.llc(0, 1);
                self.equal(sap, sap::IPX)
            }
            ether_type::APPLETALK => self.snap(0x08_0007, protocol),
            0..=LARGEST_LENGTH => {
                let sap = self.llc(0, 1);
                self.equal(sap, protocol)
            }
            // SNAP is taken for granted; only its protocol is compared.
            _ => {
                let protocol_field = self.llc(6, 2);
                self.equal(protocol_field, protocol)
            }
        }
    }

    fn loopback_protocol(&mut self, protocol: u32) -> LogicId {
        // linux/socket.h; Linux gives 10 to IPv6, the BSDs and macOS 24, 28 and 30.
        let families: &[u32] = match (protocol, self.options.from_file) {
            (ether_type::IP, _) => &[2],
            (ether_type::IP6, false) => &[10],
            (ether_type::IP6, true) => &[10, 24, 28, 30],
            _ => return self.truth(false),
        };
        let word = self.header(0, 4);
        let (null, from_file) = (self.state.link != LinkType::LOOP, self.options.from_file);
        let mut tests = Vec::new();
        for family in families {
            if null {
                tests.push(self.equal(word, family.to_le().swap_bytes()));
            }
            if from_file || !null {
                tests.push(self.equal(word, *family));
            }
        }
        self.conditions.or(tests)
    }

    fn family_octet(&mut self, protocol: u32) -> LogicId {
        let (offset, ip6): (u32, &[u32]) = match (self.state.link, self.options.from_file) {
            // Solaris gives 26 to IPv6.
            (LinkType::IPNET, _) => (1, &[26]),
            (LinkType::PFLOG, true) => (1, &[24, 28, 30]),
            (LinkType::PFLOG, false) => (1, &[10]),
            _ => (0, &[10]),
        };
        let octet = self.load(Place::at(offset), 1);
        match protocol {
            ether_type::IP => self.equal(octet, 2),
            ether_type::IP6 => self.one_of(octet, ip6),
            _ => self.truth(false),
        }
    }

    /// ARCnet's numbers (RFC 1201, and those in use for IPv6 and AppleTalk).
    fn arcnet_protocol(&mut self, protocol: u32) -> LogicId {
        let number = match protocol {
            ether_type::IP => 212,
            ether_type::ARP => 213,
            ether_type::RARP => 214,
            ether_type::IP6 => 196,
            ether_type::APPLETALK => 221,
            _ => return self.truth(false),
        };
        let octet = self.load(self.state.kind, 1);
        self.equal(octet, number)
    }

    /// The control octet of unnumbered information, and the protocol identifier.
    fn frame_relay_protocol(&mut self, protocol: u32) -> LogicId {
        let kind = self.kind();
        match protocol {
            ether_type::IP => self.equal(kind, 0x03cc),
            ether_type::IP6 => self.equal(kind, 0x038e),
            sap::OSI => self.one_of(kind, &[0x0381, 0x0382, 0x0383]),
            _ => self.truth(false),
        }
    }

    /// On SunATM, that 802.2 is in the cells; elsewhere the test alone.
    pub(super) fn with_llc_on_atm(&mut self, test: LogicId) -> LogicId {
        if self.state.link != LinkType::SUNATM {
            return test;
        }
        let llc = self.atm_traffic(2);
        self.and([llc, test])
    }

    /// Inside Geneve: the payload is an Ethernet frame. In LAN emulation: it is no control frame.
    pub(super) fn inner_ethernet(&mut self) -> Option<LogicId> {
        if self.state.emulated {
            let emulation_header = self.load(Place::at(4), 2);
            let control = self.equal(emulation_header, 0xff00);
            return Some(self.not(control));
        }
        let inside = self.state.ethernet_inside?;
        Some(self.equal(inside, 1))
    }

    /// A protocol's name alone.
    pub(super) fn protocol(&mut self, protocol: Protocol) -> Result1 {
        use Protocol as P;
        match protocol {
            P::Ip => self.link_protocol(ether_type::IP),
            P::Ip6 => self.link_protocol(ether_type::IP6),
            P::Arp => self.link_protocol(ether_type::ARP),
            P::Rarp => self.link_protocol(ether_type::RARP),
            P::Atalk => self.link_protocol(ether_type::APPLETALK),
            P::Aarp => self.link_protocol(ether_type::APPLETALK_ARP),
            P::Decnet => self.link_protocol(ether_type::DECNET),
            P::Sca => self.link_protocol(ether_type::SCA),
            P::Lat => self.link_protocol(ether_type::LAT),
            P::Mopdl => self.link_protocol(ether_type::MOP_DUMP_LOAD),
            P::Moprc => self.link_protocol(ether_type::MOP_CONSOLE),
            P::Iso => self.link_protocol(sap::OSI),
            P::Stp => self.link_protocol(sap::SPANNING_TREE),
            P::Ipx => self.link_protocol(sap::IPX),
            P::Netbeui => self.link_protocol(sap::NETBEUI),
            P::Tcp => self.either_protocol(6),
            P::Udp => self.either_protocol(17),
            P::Sctp => self.either_protocol(132),
            P::Ah => self.either_protocol(51),
            P::Esp => self.either_protocol(50),
            P::Pim => self.either_protocol(103),
            P::Icmp => self.ip_protocol(1),
            P::Igmp => self.ip_protocol(2),
            P::Igrp => self.ip_protocol(9),
            P::Vrrp | P::Carp => self.ip_protocol(112),
            P::Icmp6 => self.ip6_protocol(58),
            P::Clnp => self.iso_protocol(0x81),
            P::Esis => self.iso_protocol(0x82),
            P::Isis => self.iso_protocol(0x83),
            P::IsisL1 => self.isis_types(&[15, 17, 18, 24, 26]),
            P::IsisL2 => self.isis_types(&[16, 17, 20, 25, 27]),
            P::IsisIih => self.isis_types(&[15, 16, 17]),
            P::IsisLsp => self.isis_types(&[18, 20]),
            P::IsisSnp => self.isis_types(&[24, 25, 26, 27]),
            P::IsisCsnp => self.isis_types(&[24, 25]),
            P::IsisPsnp => self.isis_types(&[26, 27]),
            P::Link => self.error(format!(
                "`{}` alone tests nothing; write `ether host`, `ether proto`, `ether[…]`",
                protocol.word()
            )),
            P::Radio => self.error("`radio` alone tests nothing; write `radio[…]`"),
        }
    }

    fn isis_types(&mut self, types: &[u32]) -> Result1 {
        let mut tests = Vec::new();
        for kind in types {
            tests.push(self.isis_type(*kind)?);
        }
        Ok(self.conditions.or(tests))
    }

    fn isis_type(&mut self, kind: u32) -> Result1 {
        let isis = self.iso_protocol(0x83)?;
        let octet = self.bare_network(self.before_osi() + 4, 1);
        let test = self.masked(octet, 0x1f, kind);
        Ok(self.and([isis, test]))
    }

    pub(super) fn iso_protocol(&mut self, number: u32) -> Result1 {
        if self.state.link == LinkType::FRELAY {
            let kind = self.kind();
            return Ok(self.equal(kind, 0x0300 | number));
        }
        let iso = self.link_protocol(sap::OSI)?;
        let octet = self.bare_network(self.before_osi(), 1);
        let test = self.equal(octet, number);
        Ok(self.and([iso, test]))
    }

    /// Cisco HDLC puts one octet before the OSI header.
    fn before_osi(&self) -> u32 {
        u32::from(self.state.link == LinkType::C_HDLC)
    }

    pub(super) fn isis_protocol(&mut self, number: u32) -> Result1 {
        self.isis_type(number)
    }

    /// IPv4 with this protocol.
    pub(super) fn ip_protocol(&mut self, number: u32) -> Result1 {
        let ip = self.link_protocol(ether_type::IP)?;
        let field = self.field(Family::Ip4, FieldKind::Protocol);
        let test = self.equal(field, number);
        Ok(self.and([ip, test]))
    }

    /// IPv6 with this next header, or with a fragment header first and this behind it.
    pub(super) fn ip6_protocol(&mut self, number: u32) -> Result1 {
        const FRAGMENT: u32 = 44;
        let ip6 = self.link_protocol(ether_type::IP6)?;
        let next = self.field(Family::Ip6, FieldKind::Protocol);
        let fragment = self.equal(next, FRAGMENT);
        let behind = self.network(40, 1);
        let behind = self.equal(behind, number);
        let fragment = self.and([fragment, behind]);
        let direct = self.equal(next, number);
        let either = self.or([direct, fragment]);
        Ok(self.and([ip6, either]))
    }

    pub(super) fn either_protocol(&mut self, number: u32) -> Result1 {
        let six = self.ip6_protocol(number)?;
        let four = self.ip_protocol(number)?;
        Ok(self.or(if self.by_tests { [four, six] } else { [six, four] }))
    }
}
