//! Next-protocol tables: which number in which field leads to which layer.

/// A table by number; the built-in ones are the constants below, plugins may add others.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Table(pub u16);

macro_rules! tables {
    ($($(#[$doc:meta])* $konst:ident = $number:literal, $name:literal, $bits:literal;)*) => {
        $($(#[$doc])* pub const $konst: Table = Table($number);)*
        /// Name and width in bits of each built-in table, at the index of its number.
        pub const BUILTIN_TABLES: &[(&str, u8)] = &[$(($name, $bits)),*];
    };
}

tables! {
    /// EtherTypes (IEEE 802, `linux/if_ether.h`).
    ETHER_TYPE = 0, "ethertype", 16;
    /// IP protocol numbers and IPv6 next headers (IANA).
    IP_PROTO = 1, "ip.proto", 8;
    /// TCP ports (IANA).
    TCP_PORT = 2, "tcp.port", 16;
    /// UDP and UDP-Lite ports (IANA).
    UDP_PORT = 3, "udp.port", 16;
    /// SCTP ports (IANA).
    SCTP_PORT = 4, "sctp.port", 16;
    /// SCTP payload protocol identifiers (IANA).
    SCTP_PPID = 5, "sctp.ppid", 32;
    /// Link types of capture files.
    LINK_TYPE = 6, "linktype", 32;
    /// 802.2 destination SAP.
    LLC_SAP = 7, "llc.dsap", 8;
    /// SNAP: OUI times 65 536 plus protocol identifier.
    SNAP_PID = 8, "llc.snap", 40;
    /// PPP protocol numbers (IANA).
    PPP_PROTO = 9, "ppp.protocol", 16;
    /// Linux netlink families (`linux/netlink.h`).
    NETLINK_FAMILY = 10, "netlink.family", 16;
    /// ARPHRD types of cooked captures whose protocol field is not an EtherType.
    SLL_HATYPE = 11, "sll.hatype", 16;
    /// Switch taggers by `DSA_TAG_PROTO_*` number.
    DSA_TAG = 12, "dsa.tagger", 16;
}
