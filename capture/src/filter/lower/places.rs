//! Where the parts of a frame are, link type by link type, before the text has moved anything.

use super::super::number::{NumberId, Numbers, Op};
use super::juniper;
use super::link::{Naming, naming};
use super::nflog::Nflog;
use super::wlan::Wlan;
use super::{Place, State};
use nettool_dissect::frame::LinkType;

/// What a program finds out about a frame before all else.
pub(super) enum Before {
    Wlan(Wlan),
    Nflog(Nflog),
}

/// One octet before the payload: the protocol identifier of OSI, where it names the packet.
const BEFORE: u32 = 1u32.wrapping_neg();

/// Start of the link header, of the protocol's name, of the payload; from there to the network header, and to it where no
/// SNAP header is there.
const fn offsets(link: LinkType) -> (u32, u32, u32, u32, u32) {
    match link {
        LinkType::ETHERNET => (0, 12, 14, 0, 3),
        LinkType::NETANALYZER => (4, 16, 18, 0, 3),
        LinkType::NETANALYZER_TRANSPARENT => (12, 24, 26, 0, 3),
        LinkType::DSA_TAG_BRCM | LinkType::DSA_TAG_DSA => (0, 16, 18, 0, 3),
        LinkType::DSA_TAG_BRCM_PREPEND => (0, 16, 18, 0, 3),
        LinkType::DSA_TAG_EDSA => (0, 20, 22, 0, 3),
        LinkType::LINUX_SLL => (0, 14, 16, 0, 0),
        LinkType::LINUX_SLL2 => (0, 0, 20, 0, 0),
        LinkType::PPP | LinkType::PPP_HDLC | LinkType::PPP_PPPD | LinkType::C_HDLC => (0, 2, 4, 0, 0),
        LinkType::PPP_ETHER => (0, 6, 8, 0, 0),
        LinkType::PPP_BSDOS => (0, 5, 24, 0, 0),
        LinkType::SLIP => (0, 0, 16, 0, 0),
        LinkType::SLIP_BSDOS => (0, 0, 24, 0, 0),
        LinkType::FDDI => (0, 13, 13, 8, 3),
        LinkType::IEEE802_5 => (0, 14, 14, 8, 3),
        LinkType::IP_OVER_FC => (0, 16, 16, 8, 3),
        LinkType::ATM_RFC1483 | LinkType::ATM_CLIP => (0, 0, 0, 8, 3),
        LinkType::SUNATM => (0, 4, 4, 8, 3),
        LinkType::NULL | LinkType::LOOP => (0, 0, 4, 0, 0),
        LinkType::ENC => (0, 0, 12, 0, 0),
        LinkType::IPNET => (0, 1, 24, 0, 0),
        LinkType::ARCNET => (0, 2, 6, 0, 0),
        LinkType::ARCNET_LINUX => (0, 4, 8, 0, 0),
        LinkType::FRELAY => (0, 2, 4, 0, BEFORE),
        LinkType::SYMANTEC_FIREWALL => (0, 6, 44, 0, 0),
        LinkType::APPLE_IP_OVER_IEEE1394 => (0, 16, 18, 0, 0),
        _ => (0, 0, 0, 0, 0),
    }
}

/// Where the packet starts, on link types whose header has one length and that may carry IP.
pub(crate) fn packet_start(link: LinkType) -> Option<u32> {
    if let Some(juniper) = juniper::payload(link) {
        return juniper.map(|(start, _)| start);
    }
    let fixed = match naming(link) {
        Naming::Wlan | Naming::AppleTalk | Naming::None => false,
        Naming::FamilyOctet => link == LinkType::IPNET,
        _ => true,
    };
    let (_, _, payload, network, _) = offsets(link);
    fixed.then(|| payload.wrapping_add(network))
}

impl State {
    pub(super) fn new(link: LinkType, numbers: &mut Numbers) -> (State, Option<Before>) {
        let (header, kind, mut payload, network, mut bare) = offsets(link);
        if let Some(Some((start, without_snap))) = juniper::payload(link) {
            (payload, bare) = (start, without_snap.wrapping_sub(start));
        }
        let mut state = State {
            link,
            header: Place::at(header),
            kind: Place::at(kind),
            payload: Place::at(payload),
            network,
            network_without_snap: bare,
            labels: 0,
            tags: 0,
            encapsulated: false,
            emulated: false,
            ethernet_inside: None,
            outermost: true,
        };
        let before = match link {
            LinkType::NFLOG => Some(Before::Nflog(state.nflog_places(numbers))),
            _ if naming(link) == Naming::Wlan => Some(Before::Wlan(state.wlan_places(numbers))),
            _ => None,
        };
        if link == LinkType::PFLOG {
            // The length octet counts without padding to words.
            let length = numbers.load(None, 0, 1);
            state.payload = padded(numbers, length);
        }
        (state, before)
    }
}

fn padded(numbers: &mut Numbers, length: NumberId) -> Place {
    let three = numbers.constant(3);
    let mask = numbers.constant(0xffff_fffc);
    let base = numbers
        .binary(Op::Add, length, three)
        .and_then(|sum| numbers.binary(Op::And, sum, mask))
        .unwrap_or(length);
    Place { base: Some(base), offset: 0 }
}

#[cfg(test)]
mod tests {
    use crate::filter::{Options, compile};
    use nettool_dissect::frame::LinkType;

    /// UDP from 10.0.0.1 to 10.0.0.2, port 53.
    const PACKET: [u8; 28] =
        [0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 4, 0, 0, 53, 0, 8, 0, 0];

    fn accepts(link: u32, expression: &str, header: &[u8]) -> bool {
        let frame = [header, &PACKET].concat();
        let program = compile(expression, &Options::new(LinkType(link))).map_err(|e| e.render(expression));
        program.unwrap().matches(&frame, frame.len() as u32)
    }

    #[test]
    fn packets_are_found_behind_the_headers_of_rare_link_types() {
        let snap = [0xaa, 0xaa, 3, 0, 0, 0, 8, 0];
        let headers: [(u32, Vec<u8>); 16] = [
            (7, vec![0xab, 0, 212, 0, 0, 1]),
            (8, vec![0; 16]),
            (99, [&[0, 0, 0, 0, 0, 0, 8, 0][..], &[0; 36]].concat()),
            (100, snap.to_vec()),
            (102, vec![0; 24]),
            (103, [&[0, 0, 0, 0, 0, 0, 0x21][..], &[0; 17]].concat()),
            (106, snap.to_vec()),
            (107, vec![0x18, 0x41, 3, 0xcc]),
            (109, [&2u32.to_ne_bytes()[..], &[0; 8]].concat()),
            (117, [&[61, 2][..], &[0; 62]].concat()),
            (123, [&[2, 0, 0, 5][..], &snap].concat()),
            (129, vec![0xab, 0, 0, 0, 212, 0, 0, 1]),
            (138, [&[0; 16][..], &[8, 0]].concat()),
            (164, [b"MGC\0", &[0u8; 8][..]].concat()),
            (178, [b"MGC\0", &[0u8; 28][..]].concat()),
            (226, [&[1, 2][..], &[0; 22]].concat()),
        ];
        for (link, header) in headers {
            for expression in ["ip", "udp dst port 53", "src host 10.0.0.1", "ip[8] = 64 and not tcp"] {
                assert!(accepts(link, expression, &header), "{link}: {expression}");
            }
            for expression in ["udp port 54", "dst host 10.0.0.1", "tcp", "ip6 host ::1"] {
                assert!(!accepts(link, expression, &header), "{link}: {expression}");
            }
        }
    }

    #[test]
    fn lan_emulation_makes_ethernet_of_what_follows() {
        let frame = |control: [u8; 2]| [&[1, 0, 0, 5], &control[..], &[2; 12], &[8, 0]].concat();
        assert!(accepts(123, "lane and udp port 53", &frame([0, 1])));
        assert!(!accepts(123, "lane and udp port 53", &frame([0xff, 0])), "a control frame");
        assert!(!accepts(123, "udp port 53", &frame([0, 1])), "802.2 is looked for");
    }

    #[test]
    fn addresses_of_one_octet_belong_to_the_link_types_that_have_them() {
        let arcnet = [0xab, 0, 212, 0, 0, 1];
        assert!(accepts(7, "link src $ab and broadcast and multicast", &arcnet));
        assert!(!accepts(7, "link dst $ab", &arcnet));
        assert!(accepts(165, "link dst $ff and broadcast", &[0x55, 0xff, 0, 0xff, 7]));
        for (link, text) in [(1, "link host $ab"), (7, "host $ab"), (7, "link host 0:1:2:3:4:5"), (165, "ip")]
        {
            assert!(compile(text, &Options::new(LinkType(link))).is_err(), "{text}");
        }
    }
}
