//! Addresses and ports straight from a frame's octets: what flow tables need, at a fraction of a decode.
//!
//! Goes through Ethernet, its VLAN tags (802.1Q, 802.1ad), 802.2 SNAP, MPLS, PPPoE, the cooked, loopback, PPP and raw
//! link types, and what is rarer (`rare_links`), IPv4 and IPv6 with their extension headers, to TCP, UDP, UDP-Lite, SCTP and ICMP. Of packets in tunnels the
//! outer one counts. Nothing is allocated, and every access is bounded.

use super::rare_links::{behind_link, behind_tag};
use crate::decode::Network;
use crate::frame::{Frame, LinkType};

/// VLAN tags of a frame that are told apart.
pub const MAX_TAGS: usize = 2;

/// MPLS labels and VLAN tags that are gone through.
const MAX_STACK: usize = 16;

/// Protocol number of the authentication header.
const AH: u8 = 51;

/// IPv6 extension headers that are gone through, and authentication headers of IPv4.
const MAX_EXTENSIONS: usize = 16;

/// Where a fragment lies in its packet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fragment {
    /// Identification.
    pub id: u32,
    /// Offset of its first octet in the packet's payload.
    pub offset: u32,
    /// Whether more follow.
    pub more: bool,
}

/// What a frame's headers say of its flow.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Scan<'a> {
    /// IEEE 802 destination and source.
    pub macs: Option<([u8; 6], [u8; 6])>,
    /// VLAN numbers, outer one first.
    pub vlans: [u16; MAX_TAGS],
    /// How many of them there are.
    pub tags: u8,
    /// Last EtherType that was found; 0 where there is none.
    pub ether_type: u16,
    /// IP source and destination.
    pub network: Network,
    /// IP protocol, behind extension headers.
    pub protocol: u8,
    /// IPv4 TTL or IPv6 hop limit.
    pub hops: u8,
    /// Congestion bits (ECN) of the IP header.
    pub ecn: u8,
    /// IPv4 identification; 0 for IPv6.
    pub id: u16,
    /// 0, or of a packet within others how deep it lies, in the upper 8 bits, and the network that the tunnel is of.
    pub tunnel: u32,
    /// Whether the packet is a fragment.
    pub fragment: Option<Fragment>,
    /// Source and destination port.
    pub ports: Option<(u16, u16)>,
    /// Captured octets of the IP payload.
    pub payload: &'a [u8],
    /// Octets of IP payload by the IP header, at least what was captured; what the file says where the header has 0.
    pub payload_len: usize,
}

impl<'a> Scan<'a> {
    const EMPTY: Scan<'static> = Scan {
        macs: None,
        vlans: [0; MAX_TAGS],
        tags: 0,
        ether_type: 0,
        network: Network::None,
        protocol: 0,
        hops: 0,
        ecn: 0,
        id: 0,
        tunnel: 0,
        fragment: None,
        ports: None,
        payload: &[],
        payload_len: 0,
    };

    /// Reads a frame's headers as far as they are known and captured.
    #[inline]
    pub fn of(frame: &Frame<'a>) -> Scan<'a> {
        let mut scan: Scan<'a> = Scan::EMPTY;
        let cut = (frame.meta.original_len as usize).saturating_sub(frame.data.len());
        if let Some(tag) = frame.meta.vlan.outer.filter(|_| !frame.meta.vlan.put_back) {
            scan.tag(tag.tci);
            if let Some(tag) = frame.meta.vlan.inner {
                scan.tag(tag.tci);
            }
        }
        scan.link(frame.meta.link_type, frame.data, cut);
        scan
    }

    /// Reads the headers of a packet within another: from its link type, or what an EtherType leads to.
    pub(super) fn within(link_type: LinkType, kind: Option<u16>, data: &'a [u8], cut: usize) -> Scan<'a> {
        let mut scan: Scan<'a> = Scan::EMPTY;
        match kind {
            Some(kind) => scan.ether_type(kind, data, cut),
            None => scan.link(link_type, data, cut),
        }
        scan
    }

    /// IP protocol and the two octet pairs behind the IP header (ports, where the protocol has them), of what most frames are:
    /// Ethernet, at most two VLAN tags, IP right behind them without options, extension or authentication headers, no fragment. `None` where
    /// more has to be read to tell.
    #[inline]
    pub fn plain(link_type: LinkType, data: &[u8]) -> Option<(u8, u16, u16)> {
        if link_type != LinkType::ETHERNET {
            return None;
        }
        let mut behind = data.get(12..)?;
        for _ in 0..MAX_TAGS {
            match behind {
                [0x81, 0x00, _, _, inner @ ..] | [0x88, 0xa8, _, _, inner @ ..] => behind = inner,
                _ => break,
            }
        }
        let (protocol, at) = match behind.first_chunk::<12>()? {
            // More to come and offset, behind the reserved bit and that against fragments.
            [0x08, 0x00, 0x45, _, _, _, _, _, flags, 0, _, protocol]
                if flags & 0x3f == 0 && *protocol != AH =>
            {
                (*protocol, 22)
            }
            [0x86, 0xdd, _, _, _, _, _, _, next, _, _, _] if matches!(next, 6 | 17 | 58) => (*next, 42),
            _ => return None,
        };
        let [a, b, c, d] = *behind.get(at..)?.first_chunk::<4>()?;
        Some((protocol, u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d])))
    }

    fn tag(&mut self, tci: u16) {
        if let Some(slot) = self.vlans.get_mut(usize::from(self.tags)) {
            *slot = tci & 0xfff;
            self.tags = self.tags.saturating_add(1);
        }
    }

    #[inline]
    fn link(&mut self, link_type: LinkType, data: &'a [u8], cut: usize) {
        match link_type {
            LinkType::ETHERNET => {
                if let Some((head, rest)) = data.split_first_chunk::<14>() {
                    let [d0, d1, d2, d3, d4, d5, s0, s1, s2, s3, s4, s5, t0, t1] = *head;
                    self.macs = Some(([d0, d1, d2, d3, d4, d5], [s0, s1, s2, s3, s4, s5]));
                    self.ether_type(u16::from_be_bytes([t0, t1]), rest, cut);
                }
            }
            LinkType::RAW => self.by_version(data, cut),
            LinkType::IPV4 => self.ipv4(data, cut),
            LinkType::IPV6 => self.ipv6(data, cut),
            LinkType::NULL | LinkType::LOOP => self.by_version(data.get(4..).unwrap_or_default(), cut),
            LinkType::LINUX_SLL => {
                if let Some((head, rest)) = data.split_first_chunk::<16>() {
                    let [.., t0, t1] = *head;
                    self.ether_type(u16::from_be_bytes([t0, t1]), rest, cut);
                }
            }
            LinkType::LINUX_SLL2 => {
                if let Some((head, rest)) = data.split_first_chunk::<20>() {
                    let [t0, t1, ..] = *head;
                    self.ether_type(u16::from_be_bytes([t0, t1]), rest, cut);
                }
            }
            LinkType::PPP | LinkType::PPP_HDLC => self.ppp(data, cut),
            LinkType::PPP_ETHER => self.ppp(data.get(6..).unwrap_or_default(), cut),
            LinkType::C_HDLC => {
                if let Some((head, rest)) = data.split_first_chunk::<4>() {
                    let [.., t0, t1] = *head;
                    self.ether_type(u16::from_be_bytes([t0, t1]), rest, cut);
                }
            }
            other => {
                if let Some((kind, rest)) = behind_link(other, data) {
                    self.ether_type(kind, rest, cut);
                }
            }
        }
    }

    fn ether_type(&mut self, mut kind: u16, mut data: &'a [u8], cut: usize) {
        for _ in 0..MAX_STACK {
            self.ether_type = kind;
            match kind {
                0x0800 => return self.ipv4(data, cut),
                0x86dd => return self.ipv6(data, cut),
                0x8100 | 0x88a8 | 0x9100 => {
                    let Some((head, rest)) = data.split_first_chunk::<4>() else { return };
                    let [c0, c1, t0, t1] = *head;
                    self.tag(u16::from_be_bytes([c0, c1]));
                    (kind, data) = (u16::from_be_bytes([t0, t1]), rest);
                }
                0x8847 | 0x8848 => return self.mpls(data, cut),
                0x8864 => return self.ppp(data.get(6..).unwrap_or_default(), cut),
                0..=0x5dc => {
                    // 802.2 with SNAP and the OUI of Ethernet II.
                    let Some((head, rest)) = data.split_first_chunk::<8>() else { return };
                    let [0xaa, 0xaa, 3, 0, 0, 0, t0, t1] = *head else { return };
                    // The length counts; what is behind it is padding.
                    let len = usize::from(kind).saturating_sub(8).min(rest.len());
                    (kind, data) = (u16::from_be_bytes([t0, t1]), rest.get(..len).unwrap_or_default());
                }
                _ => match behind_tag(kind, data) {
                    Some(found) => (kind, data) = found,
                    None => return,
                },
            }
        }
    }

    fn mpls(&mut self, mut data: &'a [u8], cut: usize) {
        for _ in 0..MAX_STACK {
            let Some((head, rest)) = data.split_first_chunk::<4>() else { return };
            data = rest;
            if head.get(2).is_some_and(|octet| octet & 1 == 1) {
                return self.by_version(data, cut);
            }
        }
    }

    fn ppp(&mut self, data: &'a [u8], cut: usize) {
        let data = data.strip_prefix(&[0xff, 3]).unwrap_or(data);
        match data.split_first_chunk::<2>() {
            Some(([0x00, 0x21], rest)) => self.ipv4(rest, cut),
            Some(([0x00, 0x57], rest)) => self.ipv6(rest, cut),
            Some(([0x02, 0x81 | 0x83], rest)) => self.mpls(rest, cut),
            // The protocol field may be compressed to one octet.
            Some(([0x21, 0x40..=0x4f], _)) => self.ipv4(data.get(1..).unwrap_or_default(), cut),
            Some(([0x57, 0x60..=0x6f], _)) => self.ipv6(data.get(1..).unwrap_or_default(), cut),
            _ => {}
        }
    }

    fn by_version(&mut self, data: &'a [u8], cut: usize) {
        match data.first().map(|octet| octet >> 4) {
            Some(4) => self.ipv4(data, cut),
            Some(6) => self.ipv6(data, cut),
            _ => {}
        }
    }

    #[inline]
    fn ipv4(&mut self, data: &'a [u8], cut: usize) {
        let Some(head) = data.first_chunk::<20>() else { return };
        let [v, tos, l0, l1, i0, i1, f0, f1, ttl, protocol, _, _, s0, s1, s2, s3, d0, d1, d2, d3] = *head;
        let header = usize::from(v & 15).saturating_mul(4);
        if v >> 4 != 4 || header < 20 {
            return;
        }
        self.network = Network::V4([s0, s1, s2, s3], [d0, d1, d2, d3]);
        (self.protocol, self.hops, self.ecn) = (protocol, ttl, tos & 3);
        self.id = u16::from_be_bytes([i0, i1]);
        let fragment = u16::from_be_bytes([f0, f1]);
        if fragment & 0x3fff != 0 {
            self.fragment = Some(Fragment {
                id: u32::from(self.id),
                offset: u32::from(fragment & 0x1fff).saturating_mul(8),
                more: fragment & 0x2000 != 0,
            });
        }
        let total = usize::from(u16::from_be_bytes([l0, l1]));
        // 0 is what segmentation offload leaves.
        let total = if total == 0 { data.len().saturating_add(cut) } else { total };
        let header = if protocol == AH { self.authenticated(data, header) } else { header };
        self.transport(data, header, total);
    }

    /// What authentication headers (RFC 4302 §2) lead to, and where that begins. Behind the first fragment there is none.
    #[cold]
    fn authenticated(&mut self, data: &[u8], mut at: usize) -> usize {
        if self.fragment.is_some_and(|fragment| fragment.offset > 0) {
            return at;
        }
        for _ in 0..MAX_EXTENSIONS {
            let (AH, Some([after, len, ..])) = (self.protocol, data.get(at..)) else { break };
            at = at.saturating_add(usize::from(*len).saturating_add(2).saturating_mul(4));
            self.protocol = *after;
        }
        at
    }

    fn ipv6(&mut self, data: &'a [u8], cut: usize) {
        let Some(head) = data.first_chunk::<40>() else { return };
        let (fixed, addresses) = head.split_at(8);
        let &[v, c, _, _, l0, l1, next, hops] = fixed else { return };
        if v >> 4 != 6 {
            return;
        }
        let (source, destination) = addresses.split_at(16);
        if let (Ok(source), Ok(destination)) = (source.try_into(), destination.try_into()) {
            self.network = Network::V6(source, destination);
        }
        (self.hops, self.ecn) = (hops, c >> 4 & 3);
        let payload = usize::from(u16::from_be_bytes([l0, l1]));
        let total = if payload == 0 && next != 59 {
            data.len().saturating_add(cut)
        } else {
            payload.saturating_add(40)
        };
        let (mut next, mut at) = (next, 40_usize);
        for _ in 0..MAX_EXTENSIONS {
            self.protocol = next;
            let rest = data.get(at..).unwrap_or_default();
            match (next, rest) {
                (0 | 43 | 60 | 135 | 139 | 140, [after, len, ..]) => {
                    at = at.saturating_add(usize::from(*len).saturating_add(1).saturating_mul(8));
                    next = *after;
                }
                (AH, [after, len, ..]) => {
                    at = at.saturating_add(usize::from(*len).saturating_add(2).saturating_mul(4));
                    next = *after;
                }
                (44, [after, _, o0, o1, i0, i1, i2, i3, ..]) => {
                    let word = u16::from_be_bytes([*o0, *o1]);
                    if word & 0xfff9 != 0 {
                        self.fragment = Some(Fragment {
                            id: u32::from_be_bytes([*i0, *i1, *i2, *i3]),
                            offset: u32::from(word & 0xfff8),
                            more: word & 1 != 0,
                        });
                    }
                    at = at.saturating_add(8);
                    next = *after;
                    self.protocol = next;
                    if self.fragment.is_some_and(|fragment| fragment.offset > 0) {
                        break;
                    }
                }
                _ => break,
            }
        }
        self.transport(data, at, total);
    }

    #[inline]
    fn transport(&mut self, data: &'a [u8], header: usize, total: usize) {
        let captured = data.get(header..total.min(data.len()).max(header)).unwrap_or_default();
        self.payload = captured;
        self.payload_len = total.saturating_sub(header).max(captured.len());
        if self.fragment.is_some_and(|fragment| fragment.offset > 0) {
            return;
        }
        if matches!(self.protocol, 6 | 17 | 132 | 136)
            && let Some([a, b, c, d]) = captured.first_chunk::<4>()
        {
            self.ports = Some((u16::from_be_bytes([*a, *b]), u16::from_be_bytes([*c, *d])));
        }
    }

    /// The same packet with its whole payload in place of a fragment of it.
    pub fn with_payload<'p>(&self, protocol: u8, payload: &'p [u8]) -> Scan<'p> {
        let mut whole =
            Scan { payload, payload_len: payload.len(), protocol, fragment: None, ports: None, ..*self };
        if matches!(protocol, 6 | 17 | 132 | 136)
            && let Some([a, b, c, d]) = payload.first_chunk::<4>()
        {
            whole.ports = Some((u16::from_be_bytes([*a, *b]), u16::from_be_bytes([*c, *d])));
        }
        whole
    }

    /// The TCP header, where the packet has one that was captured up to the window.
    #[inline]
    pub fn tcp(&self) -> Option<Segment<'a>> {
        if self.protocol != 6 || self.fragment.is_some_and(|fragment| fragment.offset > 0) {
            return None;
        }
        Segment::of(self.payload, self.payload_len)
    }
}

/// A TCP segment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Segment<'a> {
    /// Sequence number as sent.
    pub seq: u32,
    /// Acknowledgement number as sent.
    pub ack: u32,
    /// Flags, FIN in bit 0 to CWR in bit 7.
    pub flags: u8,
    /// Window as sent.
    pub window: u16,
    /// Options, as far as captured.
    pub options: &'a [u8],
    /// Octets of data by the lengths of the headers.
    pub len: u32,
    /// Captured octets of data.
    pub data: &'a [u8],
}

impl<'a> Segment<'a> {
    /// FIN.
    pub const FIN: u8 = 1;
    /// SYN.
    pub const SYN: u8 = 2;
    /// RST.
    pub const RST: u8 = 4;
    /// PSH.
    pub const PSH: u8 = 8;
    /// ACK.
    pub const ACK: u8 = 16;
    /// CWR (RFC 3168).
    pub const CWR: u8 = 128;

    fn of(payload: &'a [u8], claimed: usize) -> Option<Self> {
        // As Wireshark has it, what counts is there up to the window.
        let head = payload.first_chunk::<16>()?;
        let [_, _, _, _, s0, s1, s2, s3, a0, a1, a2, a3, offset, flags, w0, w1] = *head;
        let header = usize::from(offset >> 4).saturating_mul(4);
        if header < 20 {
            return None;
        }
        Some(Segment {
            seq: u32::from_be_bytes([s0, s1, s2, s3]),
            ack: u32::from_be_bytes([a0, a1, a2, a3]),
            flags,
            window: u16::from_be_bytes([w0, w1]),
            options: payload.get(20..header.min(payload.len())).unwrap_or_default(),
            len: u32::try_from(claimed.saturating_sub(header)).unwrap_or(u32::MAX),
            data: payload.get(header..).unwrap_or_default(),
        })
    }

    /// What an ICMP error quotes of a segment: the numbers and flags, where they are there.
    pub(super) fn begun(quoted: &'a [u8]) -> Option<Self> {
        let [_, _, _, _, s0, s1, s2, s3, a0, a1, a2, a3, _, flags] = *quoted.first_chunk::<14>()?;
        let (seq, ack) = (u32::from_be_bytes([s0, s1, s2, s3]), u32::from_be_bytes([a0, a1, a2, a3]));
        Some(Segment { seq, ack, flags, window: 0, options: &[], len: 0, data: &[] })
    }

    /// Whether all of these flags are set.
    pub fn has(&self, flags: u8) -> bool {
        self.flags & flags == flags
    }

    /// Octets of sequence space that it takes: data, SYN and FIN.
    pub fn span(&self) -> u32 {
        self.len
            .saturating_add(u32::from(self.flags & Self::SYN != 0))
            .saturating_add(u32::from(self.flags & Self::FIN != 0))
    }

    /// The option of this kind: its octets behind kind and length.
    pub fn option(&self, wanted: u8) -> Option<&'a [u8]> {
        let mut rest = self.options;
        while let [kind, tail @ ..] = rest {
            match kind {
                0 => return None,
                1 => rest = tail,
                _ => {
                    let len = usize::from(*tail.first()?);
                    let body = rest.get(2..len)?;
                    if *kind == wanted {
                        return Some(body);
                    }
                    rest = rest.get(len.max(2)..)?;
                }
            }
        }
        None
    }
}
