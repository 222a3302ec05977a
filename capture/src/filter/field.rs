//! Header fields by the names that the display filter knows (`ip.ttl < 5`), where classic BPF can read them.
//!
//! A field stands for `proto[index:size]` with a mask and a shift, and for what the display filter asks before it shows the
//! field: TCP, UDP and SCTP fields are read behind IPv4, of first fragments, and right behind IPv6; ARP fields of RARP, too.

use super::ast::Protocol;
use nettool_dissect::frame::LinkType;

/// A field of a header.
#[derive(PartialEq, Eq, Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// Whose header it is in.
    pub protocol: Protocol,
    /// Offset of the load in the header.
    pub index: u32,
    /// Octets loaded: 1, 2 or 4.
    pub size: u32,
    /// Bits of the load that belong to it.
    pub mask: u32,
    /// How far they are moved right; negative: left.
    pub shift: i32,
    /// What else must hold for a packet to have it.
    pub presence: Presence,
    /// Whether its two octets stand lowest first, before mask and shift.
    pub swapped: bool,
}

/// What must hold, besides the protocol, for a packet to have a field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Presence {
    /// Nothing.
    Always,
    /// The protocol behind IPv4 or behind IPv6, or the same octets of either.
    OverEither,
    /// RARP will do as well as ARP.
    OrReverse,
    /// One of these ICMP types.
    IcmpTypes(&'static [(u32, u32)]),
    /// The frames are those of this link type.
    On(LinkType),
}

/// ICMP messages with an identifier and a sequence number: echo, time stamp, information, mask (RFC 792, 950), where are you
/// and name (RFC 1788).
const QUERIES: &[(u32, u32)] = &[(0, 0), (8, 8), (13, 18), (33, 34), (37, 38)];
/// The extended echo of RFC 8335 has the identifier alone.
const IDENTIFIED: &[(u32, u32)] = &[(0, 0), (8, 8), (13, 18), (33, 34), (37, 38), (42, 43)];

impl Field {
    /// The largest value that it can have.
    pub fn largest(&self) -> u32 {
        let by = self.shift.unsigned_abs();
        let moved = if self.shift < 0 { self.mask.checked_shl(by) } else { self.mask.checked_shr(by) };
        moved.unwrap_or(0)
    }
}

macro_rules! fields {
    ($($name:literal $protocol:ident $index:literal $size:literal $mask:literal $shift:literal $($presence:ident $(($with:expr))?)? $(, $swapped:ident)?;)*) => {
        /// All fields, by protocol and offset (RFC 791, 8200, 826, 9293, 768, 792, 4443, 9260; linux/netlink.h behind a
        /// cooked header of 16 octets, of a machine that stores the lowest octet first).
        pub const FIELDS: &[Field] = &[$(Field {
            name: $name, protocol: Protocol::$protocol, index: $index, size: $size, mask: $mask, shift: $shift,
            presence: fields!(@presence $($presence $(($with))?)?), swapped: fields!(@order $($swapped)?),
        }),*];
    };
    (@order swapped) => { true };
    (@order) => { false };
    (@presence) => { Presence::Always };
    (@presence $presence:ident $(($with:expr))?) => { Presence::$presence $(($with))? };
}

fields! {
    "eth.type" Link 12 2 0xffff 0 On(LinkType::ETHERNET);
    "ip.version" Ip 0 1 0xf0 4 OverEither;
    "ip.hdr_len" Ip 0 1 0x0f -2;
    "ip.dsfield" Ip 1 1 0xff 0;
    "ip.dsfield.dscp" Ip 1 1 0xfc 2;
    "ip.dsfield.ecn" Ip 1 1 0x03 0;
    "ip.len" Ip 2 2 0xffff 0;
    "ip.id" Ip 4 2 0xffff 0;
    "ip.flags" Ip 6 1 0xe0 5;
    "ip.flags.df" Ip 6 1 0x40 6;
    "ip.flags.mf" Ip 6 1 0x20 5;
    "ip.frag_offset" Ip 6 2 0x1fff -3;
    "ip.ttl" Ip 8 1 0xff 0;
    "ip.proto" Ip 9 1 0xff 0;
    "ip.checksum" Ip 10 2 0xffff 0;
    "ip.src" Ip 12 4 0xffffffff 0;
    "ip.dst" Ip 16 4 0xffffffff 0;
    "ipv6.version" Ip6 0 1 0xf0 4;
    "ipv6.tclass" Ip6 0 2 0x0ff0 4;
    "ipv6.tclass.dscp" Ip6 0 2 0x0fc0 6;
    "ipv6.tclass.ecn" Ip6 1 1 0x30 4;
    "ipv6.flow" Ip6 0 4 0x000fffff 0;
    "ipv6.plen" Ip6 4 2 0xffff 0;
    "ipv6.nxt" Ip6 6 1 0xff 0;
    "ipv6.hlim" Ip6 7 1 0xff 0;
    "arp.hw.type" Arp 0 2 0xffff 0 OrReverse;
    "arp.proto.type" Arp 2 2 0xffff 0 OrReverse;
    "arp.hw.size" Arp 4 1 0xff 0 OrReverse;
    "arp.proto.size" Arp 5 1 0xff 0 OrReverse;
    "arp.opcode" Arp 6 2 0xffff 0 OrReverse;
    "tcp.srcport" Tcp 0 2 0xffff 0 OverEither;
    "tcp.dstport" Tcp 2 2 0xffff 0 OverEither;
    "tcp.seq_raw" Tcp 4 4 0xffffffff 0 OverEither;
    "tcp.ack_raw" Tcp 8 4 0xffffffff 0 OverEither;
    "tcp.hdr_len" Tcp 12 1 0xf0 2 OverEither;
    "tcp.flags" Tcp 12 2 0x0fff 0 OverEither;
    "tcp.flags.cwr" Tcp 13 1 0x80 7 OverEither;
    "tcp.flags.ece" Tcp 13 1 0x40 6 OverEither;
    "tcp.flags.urg" Tcp 13 1 0x20 5 OverEither;
    "tcp.flags.ack" Tcp 13 1 0x10 4 OverEither;
    "tcp.flags.push" Tcp 13 1 0x08 3 OverEither;
    "tcp.flags.reset" Tcp 13 1 0x04 2 OverEither;
    "tcp.flags.syn" Tcp 13 1 0x02 1 OverEither;
    "tcp.flags.fin" Tcp 13 1 0x01 0 OverEither;
    "tcp.window_size_value" Tcp 14 2 0xffff 0 OverEither;
    "tcp.checksum" Tcp 16 2 0xffff 0 OverEither;
    "tcp.urgent_pointer" Tcp 18 2 0xffff 0 OverEither;
    "udp.srcport" Udp 0 2 0xffff 0 OverEither;
    "udp.dstport" Udp 2 2 0xffff 0 OverEither;
    "udp.length" Udp 4 2 0xffff 0 OverEither;
    "udp.checksum" Udp 6 2 0xffff 0 OverEither;
    "icmp.type" Icmp 0 1 0xff 0;
    "icmp.code" Icmp 1 1 0xff 0;
    "icmp.checksum" Icmp 2 2 0xffff 0;
    "icmp.ident" Icmp 4 2 0xffff 0 IcmpTypes(IDENTIFIED);
    "icmp.seq" Icmp 6 2 0xffff 0 IcmpTypes(QUERIES);
    "icmpv6.type" Icmp6 0 1 0xff 0;
    "icmpv6.code" Icmp6 1 1 0xff 0;
    "icmpv6.checksum" Icmp6 2 2 0xffff 0;
    "sctp.srcport" Sctp 0 2 0xffff 0 OverEither;
    "sctp.dstport" Sctp 2 2 0xffff 0 OverEither;
    "sctp.verification_tag" Sctp 4 4 0xffffffff 0 OverEither;
    "igmp.type" Igmp 0 1 0xff 0;
    "netlink.hatype" Link 2 2 0xffff 0 On(LinkType::NETLINK);
    "netlink.family" Link 14 2 0xffff 0 On(LinkType::NETLINK);
    "netlink.hdr_type" Link 20 2 0xffff 0 On(LinkType::NETLINK), swapped;
    "netlink.hdr_flags" Link 22 2 0xffff 0 On(LinkType::NETLINK), swapped;
    "nflog.family" Link 0 1 0xff 0 On(LinkType::NFLOG);
    "nflog.version" Link 1 1 0xff 0 On(LinkType::NFLOG);
    "nflog.res_id" Link 2 2 0xffff 0 On(LinkType::NFLOG);
}

/// The field of a name.
pub fn find(name: &str) -> Option<&'static Field> {
    FIELDS.iter().find(|field| field.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_masks_fit_the_load() {
        for (at, field) in FIELDS.iter().enumerate() {
            assert!(FIELDS[..at].iter().all(|other| other.name != field.name), "{}", field.name);
            assert!(field.size == 4 || field.mask < 1 << (8 * field.size), "{}", field.name);
            assert!(matches!(field.size, 1 | 2 | 4) && field.largest() != 0, "{}", field.name);
        }
    }
}
