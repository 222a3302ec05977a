//! Classic pcap: the file header with its variants, and the record headers.
//!
//! Facts are from draft-ietf-opsawg-pcap and from the files that older programs left behind. pcap-file reads the two
//! standard magic numbers; the rest, and hopping from header to header, is here.

use super::error::NoteKind;
use super::scan::{AHEAD_STEP, Halt, Progress, Target, half, octets, touch, word};
use nettool_dissect::frame::{Direction, LinkType, Reception, Timestamp};

/// Length of the file header.
pub(crate) const FILE_HEADER: usize = 24;
/// A packet longer than this is damage, unless the file's snaplen allows it: what libpcap takes as its most.
pub(crate) const USUAL_LIMIT: u32 = 262_144;
/// A packet or block longer than this is damage whatever the file says.
pub(crate) const HARD_LIMIT: u32 = 128 << 20;

/// How the records of a pcap file lie.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct PcapLayout {
    pub(crate) big_endian: bool,
    /// Nanoseconds in a unit of the sub-second field: 1000 or 1.
    pub(crate) unit_ns: u32,
    /// Length of a record header: 16, or more in the variants.
    pub(crate) record_header: u8,
    pub(crate) lengths: Lengths,
    /// Octets between the file header and the first record.
    pub(crate) extra: u8,
    pub(crate) link_type: LinkType,
    pub(crate) fcs_len: Option<u8>,
    pub(crate) snaplen: u32,
    /// Longest record that is believed.
    pub(crate) limit: u32,
    /// Index in the source's list of interfaces.
    pub(crate) interface: u32,
    /// Whether the record header ends with interface index, protocol and packet type (Kuznetzov's patches).
    pub(crate) packet_type: bool,
}

/// Order of the two lengths in a record header.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Lengths {
    /// Captured, original.
    Usual,
    /// Original, captured: file version 2.2 and older, and 543.0.
    Swapped,
    /// Whichever is less is the captured one: version 2.3 had both.
    Lesser,
}

/// A record header, read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct RecordHeader {
    pub(crate) seconds: u32,
    pub(crate) fraction: u32,
    pub(crate) captured: u32,
    pub(crate) original: u32,
}

/// What the first octets say of a pcap file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct FileHeader {
    pub(crate) layout: PcapLayout,
    /// Magic number in the file's byte order.
    pub(crate) magic: u32,
    pub(crate) major: u16,
    pub(crate) minor: u16,
}

const MICROSECONDS: u32 = 0xa1b2_c3d4;
const NANOSECONDS: u32 = 0xa1b2_3c4d;
/// Alexey Kuznetzov's patches to libpcap 0.4.
const MODIFIED: u32 = 0xa1b2_cd34;
/// Ixia's analysers: nanoseconds, and the length of all records behind the header.
const IXIA_HARDWARE: u32 = 0x1c00_01ac;
const IXIA_SOFTWARE: u32 = 0x1c00_01ab;

/// Whether the first four octets are a pcap magic number, and in which byte order.
pub(crate) fn magic(octets: [u8; 4]) -> Option<(u32, bool)> {
    [(u32::from_le_bytes(octets), false), (u32::from_be_bytes(octets), true)].into_iter().find(
        |(magic, _)| [MICROSECONDS, NANOSECONDS, MODIFIED, IXIA_HARDWARE, IXIA_SOFTWARE].contains(magic),
    )
}

impl FileHeader {
    /// Reads the header; `None` when there are not [`FILE_HEADER`] octets or the magic number is another's.
    pub(crate) fn parse(bytes: &[u8]) -> Option<FileHeader> {
        let (magic, big_endian) = magic(octets(bytes, 0)?)?;
        let major = half(bytes, 4, big_endian)?;
        let minor = half(bytes, 6, big_endian)?;
        let snaplen = word(bytes, 16, big_endian)?;
        let network = word(bytes, 20, big_endian)?;
        // Bit 26 says that the top four bits count 16-bit words of FCS.
        let fcs_len = (network & 0x0400_0000 != 0).then_some(((network >> 28) * 2) as u8);
        let mut layout = PcapLayout {
            big_endian,
            unit_ns: if matches!(magic, NANOSECONDS | IXIA_HARDWARE | IXIA_SOFTWARE) { 1 } else { 1000 },
            record_header: if magic == MODIFIED { 24 } else { 16 },
            lengths: match (major, minor) {
                (2, 3) => Lengths::Lesser,
                (2, 0..=2) | (543, 0) => Lengths::Swapped,
                _ => Lengths::Usual,
            },
            extra: if matches!(magic, IXIA_HARDWARE | IXIA_SOFTWARE) { 4 } else { 0 },
            link_type: LinkType(network & 0x03ff_ffff),
            fcs_len,
            snaplen,
            limit: snaplen.clamp(USUAL_LIMIT, HARD_LIMIT),
            interface: 0,
            packet_type: magic == MODIFIED,
        };
        if magic == MICROSECONDS && (major, minor) == (2, 2) {
            layout.take_for_aix();
        }
        Some(FileHeader { layout, magic, major, minor })
    }

    /// Octets before the first record.
    pub(crate) fn len(&self) -> usize {
        FILE_HEADER.saturating_add(usize::from(self.layout.extra))
    }

    /// Whether more records could change what [`settle`](Self::settle) chooses.
    pub(crate) fn unsettled(&self, records: &[u8]) -> bool {
        matches!(self.magic, MICROSECONDS | MODIFIED)
            && self.layout.probe(records, false, false) != Probe::Holds
    }

    /// Chooses between the record headers that share a magic number, by the records that are there.
    ///
    /// The usual layout stays unless it fails within the first records where another one holds.
    pub(crate) fn settle(&mut self, records: &[u8], complete: bool) {
        let others: &[u8] = match self.magic {
            MICROSECONDS => &[24, 20],
            MODIFIED => &[28],
            _ => return,
        };
        if self.layout.probe(records, complete, false) != Probe::Fails {
            return;
        }
        for record_header in others {
            let other = PcapLayout {
                record_header: *record_header,
                packet_type: matches!(record_header, 24 | 28),
                ..self.layout
            };
            if other.probe(records, complete, true) == Probe::Holds {
                self.layout = other;
                return;
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Probe {
    /// Several records, or all there are, make sense.
    Holds,
    /// Too few records to say.
    Open,
    /// One of the first records makes no sense.
    Fails,
}

/// Records looked at before a layout is believed.
const PROBED: usize = 4;

impl PcapLayout {
    /// AIX writes version 2.2 with interface types of RFC 1573 instead of link types, and nanoseconds. Others wrote
    /// version 2.2 too, with link types that libpcap had then: 6 there is token ring, which RFC 1573 numbers 9.
    fn take_for_aix(&mut self) {
        let link_type = match self.link_type.0 {
            6 => LinkType::ETHERNET,
            9 => LinkType::IEEE802_5,
            15 => LinkType::FDDI,
            24 => LinkType::NULL,
            _ => return,
        };
        *self = PcapLayout { link_type, unit_ns: 1, ..*self };
    }

    /// The record header at `at`; `None` when it is not all there.
    #[inline]
    pub(crate) fn header(&self, bytes: &[u8], at: usize) -> Option<RecordHeader> {
        let [a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3, d0, d1, d2, d3] = octets::<16>(bytes, at)?;
        let word =
            |octets| if self.big_endian { u32::from_be_bytes(octets) } else { u32::from_le_bytes(octets) };
        let (a, b) = (word([a0, a1, a2, a3]), word([b0, b1, b2, b3]));
        let (c, d) = (word([c0, c1, c2, c3]), word([d0, d1, d2, d3]));
        let (captured, original) = match self.lengths {
            Lengths::Usual => (c, d),
            Lengths::Swapped => (d, c),
            Lengths::Lesser => (c.min(d), c.max(d)),
        };
        Some(RecordHeader { seconds: a, fraction: b, captured, original })
    }

    /// Units of the sub-second field in a second.
    #[inline]
    pub(crate) fn units_in_second(&self) -> u32 {
        if self.unit_ns == 1 { 1_000_000_000 } else { 1_000_000 }
    }

    /// Time of a record; a sub-second part of a second or more carries over.
    #[inline]
    pub(crate) fn time(&self, header: &RecordHeader) -> Timestamp {
        let ns = u64::from(header.fraction).wrapping_mul(u64::from(self.unit_ns));
        let whole = u64::from(header.seconds).wrapping_mul(1_000_000_000);
        // At most 2^32 · 10^9 + 2^32 · 1000, which fits 63 bits.
        Timestamp(whole.wrapping_add(ns) as i64)
    }

    /// Direction and reception where the record header tells (`sll_pkttype` numbers).
    #[inline]
    pub(crate) fn packet_type(&self, record: &[u8]) -> (Direction, Reception) {
        if !self.packet_type {
            return (Direction::Unknown, Reception::Unknown);
        }
        match record.get(22) {
            Some(0) => (Direction::In, Reception::Unicast),
            Some(1) => (Direction::In, Reception::Broadcast),
            Some(2) => (Direction::In, Reception::Multicast),
            Some(3) => (Direction::In, Reception::Promiscuous),
            Some(4) => (Direction::Out, Reception::Unknown),
            _ => (Direction::Unknown, Reception::Unknown),
        }
    }

    /// Tries the layout on the first records. A `rare` one needs two of them, with octets in them: one record that
    /// happens to end with the file is more likely the usual layout, cut.
    fn probe(&self, records: &[u8], complete: bool, rare: bool) -> Probe {
        let least = if rare { 2 } else { 1 };
        let mut at = 0usize;
        for seen in 0..PROBED {
            let Some(header) = self.header(records, at) else {
                return match (complete, at == records.len()) {
                    (true, true) if seen >= least => Probe::Holds,
                    (true, false) => Probe::Fails,
                    _ => Probe::Open,
                };
            };
            let sensible = (header.captured > 0 || !rare)
                && header.captured <= self.limit
                && header.captured <= header.original.max(self.snaplen)
                && header.original <= HARD_LIMIT
                && header.fraction < self.units_in_second();
            if !sensible {
                return Probe::Fails;
            }
            at = at.saturating_add(usize::from(self.record_header)).saturating_add(header.captured as usize);
            if at > records.len() {
                return if complete { Probe::Fails } else { Probe::Open };
            }
        }
        Probe::Holds
    }
}

/// Hops over record headers from `progress.at` until `target` is reached or something stops it. Odd but readable
/// records go to `note` with their offset in `bytes`.
pub(crate) fn scan(
    layout: &PcapLayout,
    bytes: &[u8],
    progress: &mut Progress,
    target: Target,
    mut note: impl FnMut(NoteKind, usize, u64),
) -> Halt {
    let header_len = usize::from(layout.record_header);
    let units = layout.units_in_second();
    let (mut at, mut packets) = (progress.at, progress.packets);
    let mut touched = at;
    let stop = loop {
        if at >= target.octets || packets >= target.packets {
            break Halt::Full;
        }
        if at.saturating_add(AHEAD_STEP) > touched {
            touched = touch(bytes, touched.max(at));
        }
        let Some(header) = layout.header(bytes, at) else {
            break Halt::More { needed: header_len as u64 };
        };
        if header.captured > layout.limit {
            break Halt::TooLong { length: header.captured, limit: layout.limit };
        }
        let len = header_len.saturating_add(header.captured as usize);
        let end = at.saturating_add(len);
        if end > bytes.len() {
            break Halt::More { needed: len as u64 };
        }
        packets = packets.wrapping_add(1);
        if header.fraction >= units {
            note(NoteKind::FractionCarried, at, packets);
        }
        at = end;
    };
    *progress = Progress { at, packets };
    stop
}

/// Octets in which a record to start from is looked for.
const LOOKED_AT: usize = 256 << 10;
/// Places that are looked at before all are.
const CANDIDATES: usize = 256;
/// Records in a row that must make sense before that one is believed.
const IN_A_ROW: usize = 6;
/// The same where the octets end before there are so many.
const LEAST_IN_A_ROW: usize = 2;
/// Seconds between records in a row, at most.
const NEAR: u32 = 86_400;

/// Where, from `from` on, something stands that looks like several records in a row; quickly where the seconds of such a
/// record are `near` those given.
pub(crate) fn record_near(
    layout: &PcapLayout,
    bytes: &[u8],
    from: usize,
    near: Option<u32>,
) -> Option<usize> {
    let end = from.saturating_add(LOOKED_AT).min(bytes.len());
    if let Some(seconds) = near {
        // Half a day has the same upper half.
        let half = (seconds >> 16) as u16;
        let (half, before) =
            if layout.big_endian { (half.to_be_bytes(), 0) } else { (half.to_le_bytes(), 2) };
        let found = memchr::memmem::find_iter(bytes.get(from.saturating_add(before)..end)?, &half)
            .take(CANDIDATES)
            .map(|at| from.saturating_add(at))
            .find(|at| looks_like_records(layout, bytes, *at));
        if found.is_some() {
            return found;
        }
    }
    (from..end).find(|at| looks_like_records(layout, bytes, *at))
}

fn looks_like_records(layout: &PcapLayout, bytes: &[u8], mut at: usize) -> bool {
    let units = layout.units_in_second();
    let mut before = None;
    for seen in 0..IN_A_ROW {
        let Some(header) = layout.header(bytes, at) else { return seen >= LEAST_IN_A_ROW };
        let sane = header.captured <= layout.limit
            && header.captured <= header.original
            && header.original <= 1 << 24
            && header.captured > 0
            && header.fraction < units
            && before.is_none_or(|before: u32| before.abs_diff(header.seconds) <= NEAR);
        if !sane {
            return false;
        }
        before = Some(header.seconds);
        at = at.saturating_add(usize::from(layout.record_header)).saturating_add(header.captured as usize);
    }
    true
}
