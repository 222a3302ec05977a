//! What is said of a segment, and of the sides of a stream.

/// What is said of a segment, as bits.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Verdict(pub u32);

impl Verdict {
    /// Sent before.
    pub const RETRANSMISSION: Verdict = Verdict(1);
    /// Sent again soon after duplicate acknowledgements.
    pub const FAST_RETRANSMISSION: Verdict = Verdict(1 << 1);
    /// Sent again although it was acknowledged.
    pub const SPURIOUS_RETRANSMISSION: Verdict = Verdict(1 << 2);
    /// Came behind a later one.
    pub const OUT_OF_ORDER: Verdict = Verdict(1 << 3);
    /// The side's segment before was not captured.
    pub const LOST_SEGMENT: Verdict = Verdict(1 << 4);
    /// Acknowledges what was not captured.
    pub const ACK_LOST_SEGMENT: Verdict = Verdict(1 << 5);
    /// Repeats an acknowledgement.
    pub const DUPLICATE_ACK: Verdict = Verdict(1 << 6);
    /// The receiver takes nothing more.
    pub const ZERO_WINDOW: Verdict = Verdict(1 << 7);
    /// One octet against a window of none.
    pub const ZERO_WINDOW_PROBE: Verdict = Verdict(1 << 8);
    /// Answer to such.
    pub const ZERO_WINDOW_PROBE_ACK: Verdict = Verdict(1 << 9);
    /// Fills what the receiver takes.
    pub const WINDOW_FULL: Verdict = Verdict(1 << 10);
    /// Nothing new but the window.
    pub const WINDOW_UPDATE: Verdict = Verdict(1 << 11);
    /// Begins one octet before what is next.
    pub const KEEP_ALIVE: Verdict = Verdict(1 << 12);
    /// Answer to such.
    pub const KEEP_ALIVE_ACK: Verdict = Verdict(1 << 13);
    /// The ports belonged to an earlier connection.
    pub const REUSED_PORTS: Verdict = Verdict(1 << 14);
    /// A SYN with a cookie of TCP Fast Open (RFC 7413).
    pub const FAST_OPEN: Verdict = Verdict(1 << 15);
    /// Answer to such that acknowledges the data.
    pub const FAST_OPEN_TAKEN: Verdict = Verdict(1 << 16);
    /// Answer to such that does not.
    pub const FAST_OPEN_IGNORED: Verdict = Verdict(1 << 17);

    /// Those that are remarkable: all but what the handshake says of TCP Fast Open.
    pub(crate) const REMARKABLE: Verdict = Verdict((1 << 15) - 1);

    /// Whether one of these bits is set.
    #[inline]
    pub fn any(self, other: Verdict) -> bool {
        self.0 & other.0 != 0
    }

    #[inline]
    pub(super) fn set(&mut self, other: Verdict) {
        self.0 |= other.0;
    }
}

/// Why a connection was reset.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub enum Reset {
    /// In answer to a SYN: nobody listens, or a filter refuses.
    Refused = 1,
    /// By the side that had sent the SYN, before the handshake was complete.
    HandshakeAborted = 2,
    /// In an established connection.
    Established = 3,
    /// By a side that had sent FIN.
    AfterOwnFin = 4,
    /// In answer to data or FIN after the other side's FIN: it was closed, not shut down.
    AfterPeersFin = 5,
    /// The connection's beginning was not captured.
    Unknown = 6,
    /// After another reset.
    Again = 7,
}

/// Reset reasons with their names, for value lists.
pub const RESETS: &[(u64, &str)] = &[
    (1, "refused"),
    (2, "handshake aborted"),
    (3, "established connection"),
    (4, "after own FIN"),
    (5, "after the peer's FIN"),
    (6, "beginning not captured"),
    (7, "after a reset"),
];

/// Window scale of a side.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Scale {
    /// The handshake was not captured.
    #[default]
    Unknown,
    /// The handshake says: none.
    Unused,
    /// So many bits.
    Shift(u8),
}

impl Scale {
    /// Bits that windows are shifted by.
    pub fn shift(self) -> u8 {
        match self {
            Scale::Unknown | Scale::Unused => 0,
            Scale::Shift(shift) => shift.min(14),
        }
    }

    /// As Wireshark writes the factor: -1 unknown, -2 none.
    pub fn factor(self) -> i64 {
        match self {
            Scale::Unknown => -1,
            Scale::Unused => -2,
            Scale::Shift(_) => 1_i64 << self.shift(),
        }
    }
}

/// What is known of a segment from its stream.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct TcpFacts {
    /// Number of the stream, from 0 in the order of the file.
    pub stream: u32,
    /// Whether an ICMP error quotes the segment: nothing but the stream is known then, and it does not count.
    pub quoted: bool,
    /// Source and destination port.
    pub ports: (u16, u16),
    /// Sequence number relative to the side's first.
    pub seq: u32,
    /// Acknowledgement number relative to the other side's first.
    pub ack: u32,
    /// Sequence number of what comes next.
    pub next_seq: u32,
    /// What is said of it.
    pub verdict: Verdict,
    /// Whether the analysis has anything to say.
    pub analysed: bool,
    /// Which one of duplicate acknowledgements it is.
    pub duplicate: u32,
    /// The frame that first acknowledged so.
    pub duplicate_of: u64,
    /// The frame that it acknowledges; 0: none.
    pub acks_frame: u64,
    /// Nanoseconds from that frame to this one.
    pub ack_rtt: i64,
    /// Nanoseconds of the handshake, from SYN to the ACK of SYN+ACK; 0: not known.
    pub initial_rtt: i64,
    /// Octets sent and not acknowledged, this segment's included; 0: not known.
    pub bytes_in_flight: u32,
    /// Octets sent since the last push.
    pub push_bytes_sent: u32,
    /// Nanoseconds since the frame that a retransmission repeats; 0: none.
    pub rto: i64,
    /// That frame.
    pub rto_frame: u64,
    /// Window in octets, as far as the scale is known.
    pub window: u32,
    /// Scale of the window; `None` for SYN, whose window is never scaled.
    pub scale: Option<Scale>,
    /// Why the connection was reset, by a RST.
    pub reset: Option<Reset>,
    /// Of a FIN: whether the other side has not sent one before.
    pub closes_first: bool,
    /// What the stream had before: bits 0 to 5 for SYN, SYN+ACK, ACK, data, FIN, RST.
    pub completeness: u8,
    /// Nanoseconds since the stream's first frame.
    pub since_first: i64,
    /// Nanoseconds since the stream's frame before.
    pub since_previous: i64,
}

/// Counts and times of one side of a stream.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    /// Segments.
    pub segments: u32,
    /// Frames' octets on the wire.
    pub octets: u64,
    /// Octets of data, repeated ones too.
    pub data: u64,
    /// Octets of data that were sent again.
    pub repeated: u64,
    /// Retransmissions of every kind.
    pub retransmissions: u32,
    /// Of these, fast ones.
    pub fast: u32,
    /// Of these, spurious ones.
    pub spurious: u32,
    /// Out of order.
    pub out_of_order: u32,
    /// Gaps before a segment.
    pub lost: u32,
    /// Duplicate acknowledgements.
    pub duplicate_acks: u32,
    /// Windows of 0.
    pub zero_windows: u32,
    /// Segments that filled the window.
    pub full_windows: u32,
    /// Resets.
    pub resets: u32,
    /// Acknowledgements of this side's data whose time is known, and their shortest, longest and summed time in ns.
    pub rtts: u32,
    /// Shortest.
    pub rtt_min: i64,
    /// Longest.
    pub rtt_max: i64,
    /// Sum.
    pub rtt_sum: i64,
    /// Most octets in flight.
    pub in_flight_max: u32,
}

impl Tally {
    pub(super) fn rtt(&mut self, nanoseconds: i64) {
        let nanoseconds = nanoseconds.max(0);
        self.rtt_min = if self.rtts == 0 { nanoseconds } else { self.rtt_min.min(nanoseconds) };
        self.rtt_max = self.rtt_max.max(nanoseconds);
        self.rtt_sum = self.rtt_sum.saturating_add(nanoseconds);
        self.rtts = self.rtts.saturating_add(1);
    }
}
