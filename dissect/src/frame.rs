//! The words that everything else speaks: a frame, and how it was seen.
//!
//! A [`Frame`] borrows its octets from a ring block or a read buffer until a consumer chooses to
//! keep it. [`Meta`] carries what the octets alone do not say: when, where, in which direction, and which work the
//! network card did or left undone. Nothing here allocates.

use std::fmt;

/// Nanoseconds since 1970-01-01T00:00:00 UTC, without leap seconds. Sources with finer resolution are cut to
/// nanoseconds, times outside ±292 years saturate.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// From whole seconds and nanoseconds; a nanosecond part of a second or more carries over.
    pub const fn new(seconds: i64, nanoseconds: u32) -> Self {
        Timestamp(seconds.saturating_mul(1_000_000_000).saturating_add(nanoseconds as i64))
    }

    /// Whole seconds, rounded towards minus infinity, and the nanoseconds (0 to 999 999 999) after them.
    pub const fn split(self) -> (i64, u32) {
        (self.0.div_euclid(1_000_000_000), self.0.rem_euclid(1_000_000_000) as u32)
    }

    /// Nanoseconds from `earlier` to `self`; negative when time ran backwards.
    pub const fn since(self, earlier: Timestamp) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// A link type as pcap and pcapng files number it (`LINKTYPE_*`, <https://www.tcpdump.org/linktypes.html>).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct LinkType(pub u32);

macro_rules! link_types {
    ($($(#[$doc:meta])* $konst:ident = $value:literal, $name:literal;)* => $($number:literal $other:literal)*;) => {
        impl LinkType {
            $($(#[$doc])* pub const $konst: LinkType = LinkType($value);)*
            const NAMES: &[(u32, &str)] = &[$(($value, $name),)* $(($number, $other),)*];
        }
    };
}

link_types! {
    /// BSD loopback: a 4-octet address family in the byte order of the machine that captured.
    NULL = 0, "NULL";
    /// Ethernet II and IEEE 802.3.
    ETHERNET = 1, "EN10MB";
    /// Token ring.
    IEEE802_5 = 6, "IEEE802";
    /// ARCnet as the BSDs have it: two addresses of an octet, and the protocol in one.
    ARCNET = 7, "ARCNET";
    /// Serial Line IP behind a header of 16 octets.
    SLIP = 8, "SLIP";
    /// PPP, with or without HDLC-like framing.
    PPP = 9, "PPP";
    /// FDDI.
    FDDI = 10, "FDDI";
    /// PPP in HDLC-like framing (RFC 1662), or Cisco HDLC when the first octet says so.
    PPP_HDLC = 50, "PPP_SERIAL";
    /// PPPoE session payload with its 6-octet header.
    PPP_ETHER = 51, "PPP_ETHER";
    /// Symantec Enterprise Firewall.
    SYMANTEC_FIREWALL = 99, "SYMANTEC_FIREWALL";
    /// RFC 1483 ATM.
    ATM_RFC1483 = 100, "ATM_RFC1483";
    /// An IPv4 or IPv6 packet; the version nibble tells.
    RAW = 101, "RAW";
    /// Serial Line IP of BSD/OS, behind a header of 24 octets.
    SLIP_BSDOS = 102, "SLIP_BSDOS";
    /// PPP of BSD/OS, with a header of 24 octets.
    PPP_BSDOS = 103, "PPP_BSDOS";
    /// Cisco HDLC.
    C_HDLC = 104, "C_HDLC";
    /// IEEE 802.11.
    IEEE802_11 = 105, "IEEE802_11";
    /// Classical IP over ATM, as Linux has it.
    ATM_CLIP = 106, "ATM_CLIP";
    /// Frame Relay with multiprotocol encapsulation (RFC 2427).
    FRELAY = 107, "FRELAY";
    /// OpenBSD loopback: the family in network byte order.
    LOOP = 108, "LOOP";
    /// OpenBSD encapsulated IP: family, SPI and flags before the packet.
    ENC = 109, "ENC";
    /// Linux cooked capture v1.
    LINUX_SLL = 113, "LINUX_SLL";
    /// LocalTalk.
    LTALK = 114, "LTALK";
    /// OpenBSD packet filter log.
    PFLOG = 117, "PFLOG";
    /// Prism header before 802.11.
    PRISM = 119, "PRISM_HEADER";
    /// RFC 2625 IP over Fibre Channel.
    IP_OVER_FC = 122, "IP_OVER_FC";
    /// SunATM devices.
    SUNATM = 123, "SUNATM";
    /// Radiotap header before 802.11.
    IEEE802_11_RADIOTAP = 127, "IEEE802_11_RADIO";
    /// ARCnet as Linux has it, with two octets more before the protocol.
    ARCNET_LINUX = 129, "ARCNET_LINUX";
    /// IP over FireWire, as Apple captures it.
    APPLE_IP_OVER_IEEE1394 = 138, "APPLE_IP_OVER_IEEE1394";
    /// SS7 MTP2 with a pseudo-header.
    MTP2_WITH_PHDR = 139, "MTP2_WITH_PHDR";
    /// SS7 MTP2.
    MTP2 = 140, "MTP2";
    /// Reserved for private use; by user's word (`--decode-as`).
    USER0 = 147, "USER0";
    /// AVS header before 802.11.
    IEEE802_11_AVS = 163, "IEEE802_11_RADIO_AVS";
    /// BACnet MS/TP.
    BACNET_MS_TP = 165, "BACNET_MS_TP";
    /// PPP as pppd saw it, with a direction octet.
    PPP_PPPD = 166, "PPP_PPPD";
    /// Per-packet information header.
    PPI = 192, "PPI";
    /// IEEE 802.15.4 with FCS.
    IEEE802_15_4_WITHFCS = 195, "IEEE802_15_4";
    /// Endace ERF records.
    ERF = 197, "ERF";
    /// Solaris ipnet.
    IPNET = 226, "IPNET";
    /// SocketCAN.
    CAN_SOCKETCAN = 227, "CAN_SOCKETCAN";
    /// IPv4 alone.
    IPV4 = 228, "IPV4";
    /// IPv6 alone.
    IPV6 = 229, "IPV6";
    /// IEEE 802.15.4 without FCS.
    IEEE802_15_4_NOFCS = 230, "IEEE802_15_4_NOFCS";
    /// Linux netfilter log.
    NFLOG = 239, "NFLOG";
    /// Hilscher netANALYZER.
    NETANALYZER = 240, "NETANALYZER";
    /// Hilscher netANALYZER with preamble and SFD.
    NETANALYZER_TRANSPARENT = 241, "NETANALYZER_TRANSPARENT";
    /// Linux netlink through nlmon, with a 16-octet cooked header.
    NETLINK = 253, "NETLINK";
    /// Linux vsock monitor.
    VSOCK = 271, "VSOCK";
    /// Linux cooked capture v2.
    LINUX_SLL2 = 276, "LINUX_SLL2";
    /// Broadcom switch tag after the source address.
    DSA_TAG_BRCM = 281, "DSA_TAG_BRCM";
    /// Broadcom switch tag before the destination address.
    DSA_TAG_BRCM_PREPEND = 282, "DSA_TAG_BRCM_PREPEND";
    /// Marvell DSA tag.
    DSA_TAG_DSA = 284, "DSA_TAG_DSA";
    /// Marvell EtherType DSA tag.
    DSA_TAG_EDSA = 285, "DSA_TAG_EDSA";
    /// What libpcap writes for a switch tag that it has no number for.
    DEBUG_ONLY = 303, "DEBUG_ONLY";

    // Of these only the name is known here.
    =>
        2 "EN3MB" 3 "AX25" 4 "PRONET" 5 "CHAOS" 32 "REDBACK_SMARTEDGE" 130 "JUNIPER_MLPPP" 131 "JUNIPER_MLFR"
        132 "JUNIPER_ES" 133 "JUNIPER_GGSN" 134 "JUNIPER_MFR" 135 "JUNIPER_ATM2" 136 "JUNIPER_SERVICES"
        137 "JUNIPER_ATM1" 141 "MTP3" 142 "SCCP" 143 "DOCSIS" 144 "LINUX_IRDA" 148 "USER1" 149 "USER2"
        150 "USER3" 151 "USER4" 152 "USER5" 153 "USER6" 154 "USER7" 155 "USER8" 156 "USER9" 157 "USER10"
        158 "USER11" 159 "USER12" 160 "USER13" 161 "USER14" 162 "USER15" 164 "JUNIPER_MONITOR"
        167 "JUNIPER_PPPOE" 168 "JUNIPER_PPPOE_ATM" 169 "GPRS_LLC" 170 "GPF_T" 171 "GPF_F"
        174 "JUNIPER_PIC_PEER" 175 "ERF_ETH" 176 "ERF_POS" 177 "LINUX_LAPD" 178 "JUNIPER_ETHER"
        179 "JUNIPER_PPP" 180 "JUNIPER_FRELAY" 181 "JUNIPER_CHDLC" 182 "MFR" 183 "JUNIPER_VP" 184 "A429"
        185 "A653_ICM" 186 "USB_FREEBSD" 187 "BLUETOOTH_HCI_H4" 188 "IEEE802_16_MAC_CPS" 189 "USB_LINUX"
        190 "CAN20B" 191 "IEEE802_15_4_LINUX" 193 "IEEE802_16_MAC_CPS_RADIO" 194 "JUNIPER_ISM" 196 "SITA"
        198 "RAIF1" 199 "IPMB_KONTRON" 200 "JUNIPER_ST" 201 "BLUETOOTH_HCI_H4_WITH_PHDR" 202 "AX25_KISS"
        209 "I2C_LINUX" 215 "IEEE802_15_4_NONASK_PHY" 216 "LINUX_EVDEV" 219 "MPLS" 220 "USB_LINUX_MMAPPED"
        221 "DECT" 222 "AOS" 223 "WIHART" 224 "FC_2" 225 "FC_2_WITH_FRAME_DELIMS" 230 "IEEE802_15_4_NOFCS"
        231 "DBUS" 232 "JUNIPER_VS" 233 "JUNIPER_SRX_E2E" 234 "JUNIPER_FIBRECHANNEL" 235 "DVB_CI"
        236 "MUX27010" 237 "STANAG_5066_D_PDU" 238 "JUNIPER_ATM_CEMIC" 242 "IPOIB" 243 "MPEG_2_TS" 244 "NG40"
        245 "NFC_LLCP" 246 "PFSYNC" 247 "INFINIBAND" 248 "SCTP" 249 "USBPCAP" 250 "RTAC_SERIAL"
        251 "BLUETOOTH_LE_LL" 254 "BLUETOOTH_LINUX_MONITOR" 255 "BLUETOOTH_BREDR_BB"
        256 "BLUETOOTH_LE_LL_WITH_PHDR" 257 "PROFIBUS_DL" 258 "PKTAP" 259 "EPON" 260 "IPMI_HPM_2"
        261 "ZWAVE_R1_R2" 262 "ZWAVE_R3" 263 "WATTSTOPPER_DLM" 264 "ISO_14443" 265 "RDS" 266 "USB_DARWIN"
        267 "OPENFLOW" 268 "SDLC" 269 "TI_LLN_SNIFFER" 272 "NORDIC_BLE" 273 "DOCSIS31_XRA31"
        274 "ETHERNET_MPACKET" 275 "DISPLAYPORT_AUX" 278 "OPENVIZSLA" 279 "EBHSCR" 280 "VPP_DISPATCH"
        283 "IEEE802_15_4_TAP" 286 "ELEE" 287 "Z_WAVE_SERIAL" 288 "USB_2_0" 289 "ATSC_ALP" 290 "ETW"
        291 "NETANALYZER_NG" 292 "ZBOSS_NCP" 293 "USB_2_0_LOW_SPEED" 294 "USB_2_0_FULL_SPEED"
        295 "USB_2_0_HIGH_SPEED" 296 "AUERSWALD_LOG" 297 "ZWAVE_TAP" 298 "SILABS_DEBUG_CHANNEL" 299 "FIRA_UCI"
        300 "MDB" 301 "DECT_NR" 302 "EDK2_MM" 304 "DECT_NR_TAP";
}

impl LinkType {
    /// libpcap's name without `DLT_`; `None` for numbers that nettool has no name for.
    pub fn name(self) -> Option<&'static str> {
        Self::NAMES.iter().find(|(value, _)| *value == self.0).map(|(_, name)| *name)
    }

    /// The link type that libpcap calls `name`; letter case and a leading `DLT_` or `LINKTYPE_` do not matter.
    pub fn from_name(name: &str) -> Option<LinkType> {
        let bare = ["DLT_", "LINKTYPE_"]
            .iter()
            .find_map(|prefix| {
                let head = name.get(..prefix.len())?;
                head.eq_ignore_ascii_case(prefix).then(|| &name[prefix.len()..])
            })
            .unwrap_or(name);
        let alias = match bare.to_ascii_uppercase().as_str() {
            "ETHERNET" => Some(LinkType::ETHERNET),
            "PPP_HDLC" => Some(LinkType::PPP_HDLC),
            "IPMB_LINUX" => Some(LinkType(209)),
            "IEEE802_11_RADIOTAP" => Some(LinkType::IEEE802_11_RADIOTAP),
            _ => None,
        };
        alias.or_else(|| {
            Self::NAMES
                .iter()
                .find(|(_, known)| known.eq_ignore_ascii_case(bare))
                .map(|(value, _)| LinkType(*value))
        })
    }

    /// Every link type that has a name, with it.
    pub fn named() -> impl Iterator<Item = (LinkType, &'static str)> {
        Self::NAMES.iter().map(|(value, name)| (LinkType(*value), *name))
    }
}

impl fmt::Display for LinkType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "link type {}", self.0),
        }
    }
}

/// Which way a frame crossed the interface that saw it (pcapng `epb_flags` bits 0–1, `sll_pkttype`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Direction {
    /// The source does not say.
    #[default]
    Unknown,
    /// Received by this host.
    In,
    /// Sent by this host.
    Out,
}

/// To whom the link layer addressed a frame (pcapng `epb_flags` bits 2–4, `sll_pkttype`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Reception {
    /// The source does not say.
    #[default]
    Unknown,
    /// To this host.
    Unicast,
    /// To a group.
    Multicast,
    /// To everyone.
    Broadcast,
    /// To another host, seen in promiscuous mode.
    Promiscuous,
}

/// The clock that stamped a frame.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum TimeSource {
    /// The source does not say.
    #[default]
    Unknown,
    /// The kernel, when it took the frame from the driver (`TP_STATUS_TS_SOFTWARE`).
    Host,
    /// The network card, in its own clock (`TP_STATUS_TS_RAW_HARDWARE`).
    Adapter,
}

/// A VLAN tag: protocol identifier and control information.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct VlanTag {
    /// Tag protocol identifier: 0x8100, 0x88a8, …
    pub tpid: u16,
    /// PCP in bits 15–13, DEI in bit 12, VID in bits 11–0.
    pub tci: u16,
}

/// VLAN tags that the receiving hardware took out of the frame, outer one first.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct MovedVlan {
    /// The outer tag.
    pub outer: Option<VlanTag>,
    /// The tag inside it; only with `outer`.
    pub inner: Option<VlanTag>,
    /// Whether the source has put the tags back in front of the EtherType. When false, `Frame::data` lacks them.
    pub put_back: bool,
}

/// What is known of a frame's transport checksum beyond its octets.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum ChecksumState {
    /// Nothing: judge by the octets.
    #[default]
    Unknown,
    /// Left to the network card (`TP_STATUS_CSUMNOTREADY`): the octets hold at most the pseudo-header sum.
    NotReady,
    /// The card or the kernel has verified it (`TP_STATUS_CSUM_VALID`).
    Valid,
}

/// The kind of a frame that the card will cut (GSO) or has joined (GRO); `virtio_net_hdr.gso_type`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum GsoKind {
    /// TCP over IPv4.
    Tcp4,
    /// TCP over IPv6.
    Tcp6,
    /// UDP fragments (UFO).
    Udp,
    /// UDP segments (USO, `UDP_SEGMENT`).
    UdpL4,
    /// A number that nettool has no name for.
    Other(u8),
}

/// One frame that stands for several on the wire.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Gso {
    /// What it is cut into.
    pub kind: GsoKind,
    /// Whether the congestion (ECN) flag of the segmentation type was set.
    pub ecn: bool,
    /// Payload octets of each wire frame.
    pub size: u16,
    /// Octets of headers that each wire frame repeats; 0 when not known.
    pub header_len: u16,
}

/// pcapng options of a packet block, verbatim: kept so that a rewritten file loses nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct RawOptions<'a> {
    /// The options as they stand in the block, each padded to 4 octets.
    pub bytes: &'a [u8],
    /// Byte order of codes and lengths.
    pub big_endian: bool,
}

impl<'a> RawOptions<'a> {
    /// Code and value of each option, up to the end mark or the first that does not fit.
    pub fn iter(self) -> impl Iterator<Item = (u16, &'a [u8])> {
        let RawOptions { mut bytes, big_endian } = self;
        std::iter::from_fn(move || {
            let (head, rest) = bytes.split_first_chunk::<4>()?;
            let [a, b, c, d] = *head;
            let word = if big_endian { u16::from_be_bytes } else { u16::from_le_bytes };
            let (code, len) = (word([a, b]), usize::from(word([c, d])));
            if code == 0 {
                return None;
            }
            let value = rest.get(..len)?;
            bytes = rest.get(len.next_multiple_of(4)..).unwrap_or_default();
            Some((code, value))
        })
    }

    /// The comments (`opt_comment`, code 1), in order; not checked to be UTF-8.
    pub fn comments(self) -> impl Iterator<Item = &'a [u8]> {
        self.iter().filter(|(code, _)| *code == 1).map(|(_, value)| value)
    }
}

/// How a frame was seen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Meta<'a> {
    /// When; `None` where the source has no time (pcapng simple packet block).
    pub time: Option<Timestamp>,
    /// Which clock `time` is from.
    pub time_source: TimeSource,
    /// Octets on the wire, without the FCS unless `fcs_len` says otherwise. At least `Frame::data.len()` unless the
    /// file lies.
    pub original_len: u32,
    /// What the first octet of the frame is.
    pub link_type: LinkType,
    /// Index into the source's list of interfaces.
    pub interface: u32,
    /// Direction through that interface.
    pub direction: Direction,
    /// Whom it was addressed to.
    pub reception: Reception,
    /// Octets of frame check sequence at the end of the data, where the source says so.
    pub fcs_len: Option<u8>,
    /// VLAN tags moved out by hardware.
    pub vlan: MovedVlan,
    /// State of the transport checksum.
    pub checksum: ChecksumState,
    /// Segmentation or coalescing, where the source tells.
    pub gso: Option<Gso>,
    /// Hardware queue.
    pub queue: Option<u32>,
    /// Receive hash.
    pub hash: Option<u32>,
    /// Frames known to have been lost between the previous frame of this interface and this one.
    pub drops: u64,
    /// Options of the pcapng block that it was read from.
    pub options: RawOptions<'a>,
}

impl Meta<'_> {
    /// A frame of `original_len` octets of which nothing else is known.
    pub const fn new(link_type: LinkType, original_len: u32) -> Self {
        Meta {
            time: None,
            time_source: TimeSource::Unknown,
            original_len,
            link_type,
            interface: 0,
            direction: Direction::Unknown,
            reception: Reception::Unknown,
            fcs_len: None,
            vlan: MovedVlan { outer: None, inner: None, put_back: false },
            checksum: ChecksumState::Unknown,
            gso: None,
            queue: None,
            hash: None,
            drops: 0,
            options: RawOptions { bytes: &[], big_endian: false },
        }
    }
}

/// `epb_flags`: the transport checksum is left to the card.
pub const FLAG_CHECKSUM_NOT_READY: u32 = 1 << 9;
/// `epb_flags`: the card has found the transport checksum right.
pub const FLAG_CHECKSUM_VALID: u32 = 1 << 10;
/// `epb_flags`: TCP segmentation is left to the card.
pub const FLAG_SEGMENTATION: u32 = 1 << 11;
/// The bits of `epb_flags` that [`Meta`] has fields for.
const FLAGS_KNOWN: u32 = 0x1ff | FLAG_CHECKSUM_NOT_READY | FLAG_CHECKSUM_VALID | FLAG_SEGMENTATION;

impl Meta<'_> {
    /// The frame in the word of pcapng's `epb_flags`: what is known of it now, and of what it was read with the bits that
    /// have no field here (errors of the link layer). `None` where it was read without and nothing is known.
    pub fn packet_flags(&self) -> Option<u32> {
        let read = self.options.iter().find(|(code, _)| *code == 2).and_then(|(_, value)| {
            let word = *value.first_chunk()?;
            Some(if self.options.big_endian { u32::from_be_bytes(word) } else { u32::from_le_bytes(word) })
        });
        let known = self.known_flags();
        match read {
            Some(read) => Some(read & !FLAGS_KNOWN | known),
            None => (known != 0).then_some(known),
        }
    }

    fn known_flags(&self) -> u32 {
        let direction = match self.direction {
            Direction::Unknown => 0,
            Direction::In => 1,
            Direction::Out => 2,
        };
        let reception = match self.reception {
            Reception::Unknown => 0,
            Reception::Unicast => 1,
            Reception::Multicast => 2,
            Reception::Broadcast => 3,
            Reception::Promiscuous => 4,
        };
        let fcs = u32::from(self.fcs_len.filter(|len| *len <= 15).unwrap_or(0));
        let checksum = match self.checksum {
            ChecksumState::Unknown => 0,
            ChecksumState::NotReady => FLAG_CHECKSUM_NOT_READY,
            ChecksumState::Valid => FLAG_CHECKSUM_VALID,
        };
        let tcp = self.gso.is_some_and(|gso| matches!(gso.kind, GsoKind::Tcp4 | GsoKind::Tcp6));
        direction | reception << 2 | fcs << 5 | checksum | if tcp { FLAG_SEGMENTATION } else { 0 }
    }
}

/// A captured frame.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Frame<'a> {
    /// Position in its source, from 1.
    pub number: u64,
    /// The captured octets, from the first of `meta.link_type`'s header.
    pub data: &'a [u8],
    /// How it was seen.
    pub meta: Meta<'a>,
}

/// An interface that frames were captured on; a source lists them, `Meta::interface` indexes the list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Interface {
    /// Name (`if_name`), empty when not known.
    pub name: String,
    /// Description (`if_description`), empty when none.
    pub description: String,
    /// What frames of this interface start with.
    pub link_type: LinkType,
    /// Longest capture of a frame; 0 is no limit.
    pub snaplen: u32,
    /// The switch tagger that its frames carry, by sysfs name (`/sys/class/net/IF/dsa/tagging`), where known.
    pub dsa_tagger: Option<String>,
    /// Its own IEEE 802 address (`if_MACaddr`), where known.
    pub address: Option<[u8; 6]>,
    /// Where a pcapng file describes it: section, from 1, and number within the section, from 0.
    pub place: Option<(u32, u32)>,
}

impl Interface {
    /// An interface with a link type and nothing else known.
    pub fn new(name: impl Into<String>, link_type: LinkType) -> Self {
        Interface {
            name: name.into(),
            description: String::new(),
            link_type,
            snaplen: 0,
            dsa_tagger: None,
            address: None,
            place: None,
        }
    }
}
