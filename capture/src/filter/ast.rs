//! The expression as written: a tree in two arenas, every node with its place in the text.
//!
//! Children stand before their parents, so every pass is a loop over the arena and no text, however deep, can
//! exhaust the stack. Qualifiers that a bare value inherits from its left neighbour are already filled in; which
//! offsets a test reads is not known here (see `lower`).

use super::error::Span;

/// Index of a [`Node`] in [`Tree::nodes`].
pub type NodeId = usize;
/// Index of an [`Arithmetic`] in [`Tree::arithmetic`].
pub type ArithmeticId = usize;

/// A parsed expression.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    /// Tests and what joins them, children first.
    pub nodes: Vec<Node>,
    /// Operands of relations, children first.
    pub arithmetic: Vec<Arithmetic>,
    /// The node that decides; `None` for an empty text, which accepts everything.
    pub root: Option<NodeId>,
}

/// One node and its place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// Where it is written; for an inherited value only the value.
    pub span: Span,
    /// First and last word of what stands behind the keyword of a special primitive; both all of it where nothing does.
    pub operand: (Span, Span),
    /// Whether parentheses stand around it.
    pub grouped: bool,
}

/// Tests and their combinations.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NodeKind {
    /// Both.
    And(NodeId, NodeId),
    /// At least one.
    Or(NodeId, NodeId),
    /// Not.
    Not(NodeId),
    /// A protocol's name alone.
    Protocol(Protocol),
    /// Qualifiers and a value.
    Primitive {
        /// The qualifiers, own or inherited.
        qualifiers: Qualifiers,
        /// Whether they were taken over from the primitive on the left.
        inherited: bool,
        /// The value.
        value: Value,
        /// Where the value stands, without the qualifiers.
        place: Span,
    },
    /// A comparison of two computed numbers.
    Relation {
        /// The left operand.
        left: ArithmeticId,
        /// The relation.
        relation: Relation,
        /// The right operand.
        right: ArithmeticId,
    },
    /// A primitive with syntax of its own.
    Special(Special),
}

/// What qualifies a value.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Qualifiers {
    /// Protocol, when written.
    pub protocol: Option<Protocol>,
    /// Direction, when written.
    pub direction: Option<Direction>,
    /// Kind of value, when written.
    pub kind: Option<Kind>,
}

/// Which address or port is compared.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Direction {
    /// `src`
    Source,
    /// `dst`
    Destination,
    /// `src or dst`
    Either,
    /// `src and dst`
    Both,
    /// `addr1` to `addr4` of 802.11.
    Address(u8),
    /// `ra`, the receiver of 802.11.
    Receiver,
    /// `ta`, the transmitter of 802.11.
    Transmitter,
}

/// What a value means.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Kind {
    /// `host`
    Host,
    /// `net`
    Net,
    /// `port`
    Port,
    /// `portrange`
    PortRange,
    /// `proto`
    Proto,
    /// `protochain`
    ProtoChain,
    /// `gateway`
    Gateway,
}

/// A value as written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Value {
    /// A number.
    Number(u32),
    /// A name, or a port range.
    Name(String),
    /// Two to four dotted numbers: the address shifted to the left as far as it goes, and how many bits were written.
    Ipv4 {
        /// The parts as one number, the last part lowest.
        address: u32,
        /// 8 for each part.
        bits: u8,
        /// A prefix length or mask behind it.
        mask: Option<Mask>,
    },
    /// An IPv6 address with an optional prefix length.
    Ipv6 {
        /// The address.
        address: u128,
        /// The length behind `/`.
        prefix: Option<u32>,
    },
    /// A hardware address of six octets.
    Ether([u8; 6]),
    /// `$xx`, a hardware address of one octet.
    Octet(u8),
    /// `in {…}`: several values.
    Set(Vec<(Value, Span)>),
    /// `in @name`: the values of a list that the caller reads.
    List(String),
}

/// How much of an IPv4 address counts.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Mask {
    /// `/n`
    Prefix(u32),
    /// `mask a.b.c.d`: the number and the bits that were written.
    Bits(u32, u8),
}

/// Relations between numbers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Relation {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
}

impl Relation {
    /// As it is written.
    pub const fn symbol(self) -> &'static str {
        match self {
            Relation::Equal => "=",
            Relation::NotEqual => "!=",
            Relation::Greater => ">",
            Relation::GreaterEqual => ">=",
            Relation::Less => "<",
            Relation::LessEqual => "<=",
        }
    }
}

/// Operators between numbers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Operator {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Modulo,
    /// `&`
    And,
    /// `|`
    Or,
    /// `^`
    Xor,
    /// `<<`
    ShiftLeft,
    /// `>>`
    ShiftRight,
}

impl Operator {
    /// As it is written.
    pub const fn symbol(self) -> &'static str {
        match self {
            Operator::Add => "+",
            Operator::Subtract => "-",
            Operator::Multiply => "*",
            Operator::Divide => "/",
            Operator::Modulo => "%",
            Operator::And => "&",
            Operator::Or => "|",
            Operator::Xor => "^",
            Operator::ShiftLeft => "<<",
            Operator::ShiftRight => ">>",
        }
    }
}

/// A computed number and its place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Arithmetic {
    /// What it is.
    pub kind: ArithmeticKind,
    /// Where it is written.
    pub span: Span,
}

/// Computed numbers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ArithmeticKind {
    /// A number.
    Number(u32),
    /// The length of the frame on the wire.
    Length,
    /// `proto[index:size]`
    Load {
        /// Whose header it is.
        protocol: Protocol,
        /// Offset in it.
        index: ArithmeticId,
        /// 1, 2 or 4 octets.
        size: u32,
    },
    /// A field by its display-filter name (`ip.ttl`).
    Field(&'static super::field::Field),
    /// Two numbers joined.
    Binary(Operator, ArithmeticId, ArithmeticId),
    /// `-`
    Negative(ArithmeticId),
}

/// Primitives with syntax of their own.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Special {
    /// `[ether|ip|ip6] broadcast`
    Broadcast(Option<Protocol>),
    /// `[ether|ip|ip6] multicast`
    Multicast(Option<Protocol>),
    /// `less N`: no longer than.
    Less(u32),
    /// `greater N`: no shorter than.
    Greater(u32),
    /// `byte I op N`
    Byte(u32, ByteOperator, u32),
    /// `inbound`
    Inbound,
    /// `outbound`
    Outbound,
    /// `ifindex N`
    InterfaceIndex(u32),
    /// `vlan`, `vlan N` or `vlan A-B`
    Vlan(Option<(u32, u32)>),
    /// `mpls [N]`
    Mpls(Option<u32>),
    /// `pppoed`
    PppoeDiscovery,
    /// `pppoes [N]`
    PppoeSession(Option<u32>),
    /// `geneve [N]`
    Geneve(Option<u32>),
    /// `vxlan [N]`
    Vxlan(Option<u32>),
    /// `on NAME`: PFLOG interface.
    PflogInterface(String),
    /// `rset NAME`
    PflogRuleSet(String),
    /// `rnr N`
    PflogRule(u32),
    /// `srnr N`
    PflogSubRule(u32),
    /// `reason NAME`
    PflogReason(String),
    /// `action NAME` or `action N`
    PflogAction(Name),
    /// `type T [subtype S]` of 802.11
    WlanType(Name, Option<Name>),
    /// `subtype S`
    WlanSubtype(Name),
    /// `dir D`
    WlanDirection(Name),
    /// `llc` and what follows
    Llc(Option<String>),
    /// `lane`, `metac`, … of SunATM
    AtmType(String),
    /// `vpi N`, `vci N`, with relations
    AtmField(String, Compared),
    /// `fisu`, `lssu`, … of MTP2
    Mtp2Type(String),
    /// `sio N`, `opc N`, …
    Mtp3Field(String, Compared),
    /// `dsa port N`
    DsaPort(u32),
    /// `tcp flags syn,!ack`: bits that must be set, bits that must be clear.
    TcpFlags(u8, u8),
}

/// A name or a number.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Name {
    /// By name.
    Word(String),
    /// By number.
    Number(u32),
}

/// A set of comparisons with numbers, any of which may hold.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Compared(pub Vec<(Relation, u32, Span)>);

/// Comparisons of `byte`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ByteOperator {
    /// `=`
    Equal,
    /// `<`
    Less,
    /// `>`
    Greater,
    /// `&`: any of the bits is set.
    And,
    /// `|`: the bits joined are not 0.
    Or,
}

macro_rules! protocols {
    ($($(#[$doc:meta])* $name:ident = $($text:literal)|+;)*) => {
        /// Protocols that the language has words for.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum Protocol { $($(#[$doc])* $name),* }

        impl Protocol {
            /// The protocol that a word stands for.
            pub fn from_word(word: &str) -> Option<Protocol> {
                match word { $($($text)|+ => Some(Protocol::$name),)* _ => None }
            }

            /// The word, the first where there are several.
            pub const fn word(self) -> &'static str {
                match self { $(Protocol::$name => protocols!(@first $($text)|+)),* }
            }

            pub(crate) const WORDS: &[&str] = &[$($($text),+),*];
        }
    };
    (@first $text:literal $(| $more:literal)*) => { $text };
}

protocols! {
    /// The link layer, by whatever name.
    Link = "ether" | "link" | "ppp" | "slip" | "fddi" | "tr" | "wlan";
    /// IPv4.
    Ip = "ip";
    /// ARP.
    Arp = "arp";
    /// Reverse ARP.
    Rarp = "rarp";
    /// SCTP.
    Sctp = "sctp";
    /// TCP.
    Tcp = "tcp";
    /// UDP.
    Udp = "udp";
    /// ICMP.
    Icmp = "icmp";
    /// IGMP.
    Igmp = "igmp";
    /// IGRP.
    Igrp = "igrp";
    /// PIM.
    Pim = "pim";
    /// VRRP.
    Vrrp = "vrrp";
    /// CARP.
    Carp = "carp";
    /// IPv6.
    Ip6 = "ip6";
    /// ICMPv6.
    Icmp6 = "icmp6";
    /// IP authentication header.
    Ah = "ah";
    /// IP encapsulating security payload.
    Esp = "esp";
    /// AppleTalk.
    Atalk = "atalk";
    /// AppleTalk ARP.
    Aarp = "aarp";
    /// DECnet phase IV.
    Decnet = "decnet";
    /// DEC LAT.
    Lat = "lat";
    /// DEC LAVC, SCA.
    Sca = "sca";
    /// DEC MOP remote console.
    Moprc = "moprc";
    /// DEC MOP dump and load.
    Mopdl = "mopdl";
    /// OSI over LLC.
    Iso = "iso";
    /// ES-IS.
    Esis = "esis" | "es-is";
    /// IS-IS.
    Isis = "isis" | "is-is";
    /// IS-IS level 1.
    IsisL1 = "l1";
    /// IS-IS level 2.
    IsisL2 = "l2";
    /// IS-IS hello.
    IsisIih = "iih";
    /// IS-IS link state.
    IsisLsp = "lsp";
    /// IS-IS sequence numbers.
    IsisSnp = "snp";
    /// IS-IS complete sequence numbers.
    IsisCsnp = "csnp";
    /// IS-IS partial sequence numbers.
    IsisPsnp = "psnp";
    /// CLNP.
    Clnp = "clnp";
    /// Spanning tree.
    Stp = "stp";
    /// IPX.
    Ipx = "ipx";
    /// NetBEUI.
    Netbeui = "netbeui";
    /// The radiotap or other header before 802.11.
    Radio = "radio";
}
