//! The packets within packets: IP in IP (RFC 2003, 2473, 4213), GRE with what it carries, VXLAN, VXLAN-GPE, GENEVE, GTP-U, L2TP and MPLS
//! over UDP, by the ports that IANA gave them.
//!
//! Nothing is allocated, and every access is bounded.

use super::reassembly::MAX_TUNNELS;
use super::scan::Scan;
use crate::frame::LinkType;

const IPV4: u16 = 0x0800;
const IPV6: u16 = 0x86dd;
const BRIDGED: u16 = 0x6558;
const PPP: u16 = 0x880b;
const MPLS: u16 = 0x8847;

/// UDP ports of tunnels.
const VXLAN: u16 = 4789;
const VXLAN_GPE: u16 = 4790;
const GENEVE: u16 = 6081;
const GTP: u16 = 2152;
const L2TP: u16 = 1701;
const MPLS_OVER_UDP: u16 = 6635;

/// Options of GENEVE, extension headers of GTP and source routes of GRE are gone through up to so many.
const MAX_PARTS: usize = 16;

/// Whether packets of an IP protocol, with these ports where it has them, may carry packets.
#[inline]
pub(super) fn may_carry(protocol: u8, from: u16, to: u16) -> bool {
    match protocol {
        4 | 41 | 47 => true,
        17 => is_port(to) || is_port(from),
        _ => false,
    }
}

fn is_port(port: u16) -> bool {
    matches!(port, VXLAN | VXLAN_GPE | GENEVE | GTP | L2TP | MPLS_OVER_UDP)
}

/// What a tunnel carries.
enum Carried {
    Ethernet,
    /// By EtherType.
    Kind(u16),
    /// By the version in its first octet.
    Ip,
    Ppp,
}

impl<'a> Scan<'a> {
    /// Whether the packet may carry packets.
    #[inline]
    pub fn carries(&self) -> bool {
        let (from, to) = self.ports.unwrap_or((0, 0));
        may_carry(self.protocol, from, to)
    }

    /// The packet that this one carries, if it is a tunnel's. [`Scan::tunnel`] of what is within tells networks of VXLAN and GENEVE apart, and
    /// how deep it lies.
    pub fn inner(&self) -> Option<Scan<'a>> {
        if self.fragment.is_some() {
            return None;
        }
        if !self.carries() {
            return None;
        }
        let (from, to) = self.ports.unwrap_or((0, 0));
        let (carried, network, data) = match self.protocol {
            4 => (Carried::Kind(IPV4), 0, self.payload),
            41 => (Carried::Kind(IPV6), 0, self.payload),
            47 => gre(self.payload)?,
            _ => {
                let port = if is_port(to.min(from)) { to.min(from) } else { to.max(from) };
                over_udp(port, self.payload.get(8..)?)?
            }
        };
        let cut = self.payload_len.saturating_sub(self.payload.len());
        let mut inner = Scan::within(carried.link(), carried.kind(), data, cut);
        let depth = (self.tunnel >> 24).saturating_add(1);
        inner.tunnel = depth << 24 | network & 0x00ff_ffff;
        Some(inner)
    }

    /// The packet that no further one is looked for in.
    pub fn innermost(&self) -> Scan<'a> {
        let mut scan = *self;
        for _ in 0..MAX_TUNNELS {
            let Some(inner) = scan.inner() else { break };
            scan = inner;
        }
        scan
    }
}

impl Carried {
    fn link(&self) -> LinkType {
        match self {
            Carried::Ethernet => LinkType::ETHERNET,
            Carried::Ppp => LinkType::PPP,
            Carried::Ip | Carried::Kind(_) => LinkType::RAW,
        }
    }

    fn kind(&self) -> Option<u16> {
        match self {
            Carried::Kind(kind) => Some(*kind),
            _ => None,
        }
    }
}

fn by_type(kind: u16) -> Carried {
    match kind {
        BRIDGED => Carried::Ethernet,
        PPP => Carried::Ppp,
        kind => Carried::Kind(kind),
    }
}

type Found<'a> = Option<(Carried, u32, &'a [u8])>;

/// RFC 2784, 2890, 1701 and 2637; ERSPAN I to III.
fn gre(data: &[u8]) -> Found<'_> {
    let ([f0, f1, p0, p1], mut rest) = data.split_first_chunk::<4>()?;
    let (flags, kind) = (u16::from_be_bytes([*f0, *f1]), u16::from_be_bytes([*p0, *p1]));
    let (version, routed) = (flags & 7, flags & 0x4000 != 0);
    if version > 1 {
        return None;
    }
    let words = [
        version == 0 && flags & 0xc000 != 0,
        flags & 0x2000 != 0,
        flags & 0x1000 != 0,
        version == 1 && flags & 0x0080 != 0,
    ];
    rest = rest.get(words.into_iter().filter(|there| *there).count().saturating_mul(4)..)?;
    for _ in 0..if routed { MAX_PARTS } else { 0 } {
        let ([a, b, _, len], after) = rest.split_first_chunk::<4>()?;
        rest = after.get(usize::from(*len)..)?;
        if [*a, *b, *len] == [0; 3] {
            break;
        }
    }
    Some(match kind {
        // Type I has no header of its own, type III may have a second one.
        0x88be if flags & 0x1000 == 0 => (Carried::Ethernet, 0, rest),
        0x88be => (Carried::Ethernet, 0, rest.get(8..)?),
        0x22eb => {
            let more = rest.get(11).is_some_and(|octet| octet & 1 == 1);
            (Carried::Ethernet, 0, rest.get(if more { 20 } else { 12 }..)?)
        }
        kind => (by_type(kind), 0, rest),
    })
}

fn over_udp(port: u16, data: &[u8]) -> Found<'_> {
    match port {
        VXLAN | VXLAN_GPE => {
            let ([flags, _, _, next, network @ .., _], rest) = data.split_first_chunk::<8>()?;
            let carried = match (port, flags & 4, next) {
                (VXLAN, ..) | (_, 0, _) | (_, _, 3) => Carried::Ethernet,
                (_, _, 1) => Carried::Kind(IPV4),
                (_, _, 2) => Carried::Kind(IPV6),
                _ => return None,
            };
            Some((carried, number(*network), rest))
        }
        GENEVE => {
            let ([first, _, k0, k1, network @ .., _], rest) = data.split_first_chunk::<8>()?;
            let rest = rest.get(usize::from(first & 0x3f).saturating_mul(4)..)?;
            Some((by_type(u16::from_be_bytes([*k0, *k1])), number(*network), rest))
        }
        GTP => gtp(data),
        L2TP => l2tp(data),
        MPLS_OVER_UDP => Some((Carried::Kind(MPLS), 0, data)),
        _ => None,
    }
}

fn number([high, middle, low]: [u8; 3]) -> u32 {
    u32::from_be_bytes([0, high, middle, low])
}

/// 3GPP TS 29.281 §5.1: the two directions of a connection have tunnels of their own.
fn gtp(data: &[u8]) -> Found<'_> {
    let ([flags, 255, _, _, _, _, _, _], mut rest) = data.split_first_chunk::<8>()? else { return None };
    if flags & 7 != 0 {
        let ([_, _, _, following], after) = rest.split_first_chunk::<4>()?;
        (rest, _) = (after, following);
        let mut next = if flags & 4 != 0 { *following } else { 0 };
        for _ in 0..MAX_PARTS {
            if next == 0 {
                break;
            }
            let octets = usize::from(*rest.first()?).saturating_mul(4);
            next = *rest.get(octets.checked_sub(1)?)?;
            rest = rest.get(octets..)?;
        }
    }
    Some((Carried::Ip, 0, rest))
}

/// RFC 2661 §3.1: data messages.
fn l2tp(data: &[u8]) -> Found<'_> {
    let ([f0, f1], mut rest) = data.split_first_chunk::<2>()?;
    let flags = u16::from_be_bytes([*f0, *f1]);
    if flags & 0x8000 != 0 || flags & 15 != 2 {
        return None;
    }
    let fixed = if flags & 0x4000 != 0 { 6_usize } else { 4 };
    rest = rest.get(fixed.saturating_add(if flags & 0x0800 != 0 { 4 } else { 0 })..)?;
    if flags & 0x0200 != 0 {
        let ([o0, o1], after) = rest.split_first_chunk::<2>()?;
        rest = after.get(usize::from(u16::from_be_bytes([*o0, *o1]))..)?;
    }
    Some((Carried::Ppp, 0, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::{Decoder, Dissection, Network, Surroundings};
    use crate::frame::{Frame, Meta};
    use crate::registry::Registry;

    /// Every sample of every protocol: the innermost packet that is found is one that the decoder shows.
    #[test]
    fn what_is_found_within_is_what_the_decoder_shows() {
        let registry = Registry::builtin();
        let mut found = 0;
        for protocol in registry.protocols() {
            for sample in &protocol.samples {
                let octets = sample.octets();
                let frame = Frame {
                    number: 1,
                    data: &octets,
                    meta: Meta::new(sample.link_type, u32::try_from(octets.len()).unwrap_or(0)),
                };
                let mut out = Dissection::default();
                Decoder::new(registry).decode(&frame, &Surroundings::default(), &mut out);
                let shown: Vec<_> = ["ip", "ipv6"]
                    .iter()
                    .filter_map(|name| registry.protocol_named(name))
                    .flat_map(|id| out.layers.iter().filter(move |layer| layer.protocol == id))
                    .map(|layer| {
                        octets.get(layer.header_end as usize..).map_or(0, |rest| rest.as_ptr() as usize)
                    })
                    .collect();
                let mut scan = Scan::of(&frame);
                while let Some(inner) = scan.inner() {
                    if inner.network == Network::None {
                        break;
                    }
                    found += 1;
                    let at = inner.payload.as_ptr() as usize;
                    assert!(inner.payload.is_empty() || shown.contains(&at), "{}: not there", protocol.name);
                    scan = inner;
                }
                for end in 0..octets.len() {
                    let mut cut = Scan::of(&Frame { data: octets.get(..end).unwrap_or_default(), ..frame });
                    while let Some(inner) = cut.inner() {
                        cut = inner;
                    }
                }
            }
        }
        assert!(found >= 9, "{found} of the samples carry packets");
    }
}
