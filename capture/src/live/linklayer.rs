//! From what the kernel says about an interface and a frame to the link types of capture files.
//!
//! In: `ARPHRD_*` numbers (linux/if_arp.h) and the ring's records. Out: the link type to capture with, and the
//! pseudo-headers of link types that have one, written in front of the frame where it lies.

use super::ring::{
    Record, STATUS_CHECKSUM_NOT_READY, STATUS_CHECKSUM_VALID, STATUS_GSO_TCP, STATUS_TIME_HARDWARE,
    STATUS_VLAN, STATUS_VLAN_TPID,
};
use nettool_dissect::frame::{
    ChecksumState, Direction, Gso, GsoKind, LinkType, Meta, MovedVlan, Reception, TimeSource, Timestamp,
    VlanTag,
};

/// `ARPHRD_LOOPBACK`.
pub(crate) const HARDWARE_LOOPBACK: u16 = 772;
/// `ARPHRD_CAN`.
const HARDWARE_CAN: u16 = 280;
/// `PACKET_OUTGOING`.
pub(crate) const PACKET_OUTGOING: u8 = 4;

/// What the octets from an interface begin with, and what has to be put in front of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// They stand as the link type wants them; a moved VLAN tag goes back behind the addresses.
    Ethernet,
    /// They stand as the link type wants them.
    Plain(LinkType),
    /// Linux cooked capture v2: no link-layer header from the kernel, 20 octets by us.
    Cooked,
    /// Netlink through nlmon: a 16-octet header by us.
    Netlink,
}

impl Form {
    /// For an interface of hardware type `hardware`. What capture files have no link type for is captured cooked.
    pub fn of(hardware: u16) -> Form {
        match hardware {
            1 | HARDWARE_LOOPBACK => Form::Ethernet,
            // ARPHRD_RAWIP, ARPHRD_TUNNEL, ARPHRD_SIT, ARPHRD_IPGRE, ARPHRD_NONE: IP right away.
            519 | 768 | 776 | 778 | 0xfffe => Form::Plain(LinkType::RAW),
            HARDWARE_CAN => Form::Plain(LinkType::CAN_SOCKETCAN),
            // ARPHRD_IEEE80211, _PRISM, _RADIOTAP
            801 => Form::Plain(LinkType::IEEE802_11),
            802 => Form::Plain(LinkType::PRISM),
            803 => Form::Plain(LinkType::IEEE802_11_RADIOTAP),
            // ARPHRD_IEEE802154
            804 => Form::Plain(LinkType::IEEE802_15_4_WITHFCS),
            824 => Form::Netlink,
            // ARPHRD_VSOCKMON
            826 => Form::Plain(LinkType::VSOCK),
            _ => Form::Cooked,
        }
    }

    /// The link type of the frames as they leave this room.
    pub fn link_type(self) -> LinkType {
        match self {
            Form::Ethernet => LinkType::ETHERNET,
            Form::Plain(link_type) => link_type,
            Form::Cooked => LinkType::LINUX_SLL2,
            Form::Netlink => LinkType::NETLINK,
        }
    }

    /// Whether the socket must leave the link-layer header off (`SOCK_DGRAM`).
    pub(crate) fn without_header(self) -> bool {
        matches!(self, Form::Cooked | Form::Netlink)
    }

    /// Whether a filter for the link type sees in the kernel the octets that it was made for. Of CAN frames it would see the identifier
    /// the other way round.
    pub(crate) fn is_as_in_the_kernel(self) -> bool {
        self != Form::Plain(LinkType::CAN_SOCKETCAN)
    }

    /// Octets that `complete` may put in front of a frame.
    pub(crate) const MOST_ADDED: usize = COOKED_LEN + VLAN_LEN;

    /// Puts tags and headers in front of the frame where it lies. The octets added count as captured and as original.
    /// Returns what became of the VLAN tag, and the octets added.
    pub(crate) fn complete(self, record: &mut Record<'_>) -> (MovedVlan, usize) {
        let tag = (record.status & STATUS_VLAN != 0).then_some(VlanTag {
            // Before Linux 3.14 the kernel did not say; it knew one.
            tpid: if record.status & STATUS_VLAN_TPID != 0 { record.vlan_tpid } else { 0x8100 },
            tci: record.vlan_tci,
        });
        let moved = |put_back| MovedVlan { outer: tag, inner: None, put_back };
        let mut added = 0usize;
        let mut vlan = moved(false);
        if record.hardware == HARDWARE_CAN {
            in_network_order(record);
        }
        match self {
            Form::Ethernet => {
                if let Some(tag) = tag
                    && record.insert(ADDRESSES_LEN, vlan_octets(tag.tpid, tag.tci))
                {
                    (vlan, added) = (moved(true), VLAN_LEN);
                }
            }
            Form::Plain(_) => {}
            Form::Cooked => {
                let mut protocol = record.protocol;
                // As after an Ethernet header: the cooked header names the tag's type, the tag names the next.
                if let Some(tag) = tag
                    && record.insert(0, vlan_octets(tag.tci, protocol))
                {
                    (vlan, added, protocol) = (moved(true), VLAN_LEN, tag.tpid);
                }
                if record.insert(0, cooked(record, protocol)) {
                    added = added.saturating_add(COOKED_LEN);
                }
            }
            Form::Netlink => {
                if record.insert(0, netlink(record)) {
                    added = NETLINK_LEN;
                }
            }
        }
        (vlan, added)
    }
}

const ADDRESSES_LEN: usize = 12;
const VLAN_LEN: usize = 4;
const COOKED_LEN: usize = 20;
const NETLINK_LEN: usize = 16;

/// Turns a CAN frame of the kernel's (linux/can.h), whose first word stands in the order of the machine, into one as
/// LINKTYPE_CAN_SOCKETCAN has it. What kind of frame it is the protocol says; in the octets two flags do.
fn in_network_order(record: &mut Record<'_>) {
    const CLASSIC: u16 = 0x000c;
    const FD: u16 = 0x000d;
    const XL: u16 = 0x000e;
    const FD_FRAME: u8 = 0x04;
    const XL_FRAME: u8 = 0x80;
    let protocol = record.protocol;
    let Some(head) = record.data_mut().first_chunk_mut::<6>() else { return };
    let [a, b, c, d, length, flags] = *head;
    let [a, b, c, d] = u32::from_ne_bytes([a, b, c, d]).to_be_bytes();
    *head = match protocol {
        CLASSIC => [a, b, c, d, length & !XL_FRAME, flags & !FD_FRAME],
        FD => [a, b, c, d, length & !XL_FRAME, flags | FD_FRAME],
        XL => [a, b, c, d, length | XL_FRAME, flags],
        _ => return,
    };
}

fn vlan_octets(first: u16, second: u16) -> [u8; VLAN_LEN] {
    let ([a, b], [c, d]) = (first.to_be_bytes(), second.to_be_bytes());
    [a, b, c, d]
}

/// LINKTYPE_LINUX_SLL2: protocol, 2 octets reserved, interface index, hardware type, packet type, address length,
/// 8 octets of address; big-endian.
fn cooked(record: &Record<'_>, protocol: u16) -> [u8; COOKED_LEN] {
    let [p, q] = protocol.to_be_bytes();
    let [a, b, c, d] = record.ifindex.to_be_bytes();
    let [h, i] = record.hardware.to_be_bytes();
    let [s, t, u, v, w, x, y, z] = record.address;
    [p, q, 0, 0, a, b, c, d, h, i, record.packet_type, record.address_len, s, t, u, v, w, x, y, z]
}

/// LINKTYPE_NETLINK: packet type, hardware type, 10 octets of nothing, netlink family; big-endian.
fn netlink(record: &Record<'_>) -> [u8; NETLINK_LEN] {
    let [h, i] = record.hardware.to_be_bytes();
    let [p, q] = record.protocol.to_be_bytes();
    [0, record.packet_type, h, i, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, p, q]
}

/// Direction and reception of a `sll_pkttype`.
pub(crate) fn reception(packet_type: u8) -> (Direction, Reception) {
    match packet_type {
        0 => (Direction::In, Reception::Unicast),
        1 => (Direction::In, Reception::Broadcast),
        2 => (Direction::In, Reception::Multicast),
        3 => (Direction::In, Reception::Promiscuous),
        PACKET_OUTGOING => (Direction::Out, Reception::Unknown),
        _ => (Direction::Unknown, Reception::Unknown),
    }
}

/// What the ring's record says about its frame, apart from VLAN tags and what `complete` adds.
pub(crate) fn meta(
    record: &Record<'_>,
    link_type: LinkType,
    interface: u32,
    gso: bool,
    hash: bool,
) -> Meta<'static> {
    let (direction, reception) = reception(record.packet_type);
    let checksum = match record.status {
        status if status & STATUS_CHECKSUM_NOT_READY != 0 => ChecksumState::NotReady,
        status if status & STATUS_CHECKSUM_VALID != 0 => ChecksumState::Valid,
        _ => ChecksumState::Unknown,
    };
    let hardware = record.status & STATUS_TIME_HARDWARE != 0;
    let (seconds, nanoseconds) = record.time;
    Meta {
        time: Some(Timestamp::new(i64::from(seconds), nanoseconds)),
        time_source: if hardware { TimeSource::Adapter } else { TimeSource::Host },
        interface,
        direction,
        reception,
        checksum,
        gso: if gso { record.before().and_then(virtio_gso) } else { coalesced(record) },
        hash: hash.then_some(record.hash),
        ..Meta::new(link_type, record.length)
    }
}

/// The status bit alone says that a TCP frame is several, not how large they are.
fn coalesced(record: &Record<'_>) -> Option<Gso> {
    let kind = match record.protocol {
        _ if record.status & STATUS_GSO_TCP == 0 => return None,
        0x0800 => GsoKind::Tcp4,
        0x86dd => GsoKind::Tcp6,
        _ => return None,
    };
    Some(Gso { kind, ecn: false, size: 0, header_len: 0 })
}

/// `struct virtio_net_hdr` (linux/virtio_net.h), host byte order: flags, GSO type, header length, GSO size, checksum
/// start, checksum offset.
pub(crate) fn virtio_gso(header: [u8; VIRTIO_LEN]) -> Option<Gso> {
    const ECN: u8 = 0x80;
    let [_, kind, length_low, length_high, size_low, size_high, ..] = header;
    let ecn = kind & ECN != 0;
    let kind = match kind & !ECN {
        0 => return None,
        1 => GsoKind::Tcp4,
        3 => GsoKind::Udp,
        4 => GsoKind::Tcp6,
        5 => GsoKind::UdpL4,
        other => GsoKind::Other(other),
    };
    let header_len = u16::from_ne_bytes([length_low, length_high]);
    Some(Gso { kind, ecn, size: u16::from_ne_bytes([size_low, size_high]), header_len })
}

/// Octets of `struct virtio_net_hdr` without the buffer count.
pub(crate) const VIRTIO_LEN: usize = 10;
