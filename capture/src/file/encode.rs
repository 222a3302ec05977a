//! Headers, records and blocks as octets.
//!
//! pcap-file writes the file header, the section header, and turns blocks of a big-endian section around. Packet
//! blocks are made here, straight into the output buffer; so are interface descriptions and statistics, whose options
//! are kept as they were where nettool has nothing to say.

use super::chunk::Block;
use super::facts::{self, close_block, open_block, option};
use super::interfaces::{Clock, DSA_OPTION, Described, Interfaces, PEN};
use super::pcapng::{ENHANCED, INTERFACE, Section};
use super::scan::{octets, word};
use nettool_dissect::frame::{Frame, LinkType, RawOptions, Timestamp, VlanTag};
use pcap_file::pcap::{PcapHeader, PcapTsResolution};
use pcap_file::pcapng::blocks::opt_common::CommonOption;
use pcap_file::pcapng::blocks::section_header::{SectionHeaderBlock, SectionHeaderOption};
use pcap_file::pcapng::{PcapNgState, PcapNgWriter, RawBlock};
use pcap_file::{DataLink, Endianness};
use std::borrow::Cow;

/// Name resolution block.
const NAMES: u32 = 4;
/// Interface statistics block.
const STATISTICS: u32 = 5;
/// Decryption secrets block.
const SECRETS: u32 = 10;
/// Custom blocks that may and may not be copied.
const CUSTOM: [u32; 2] = [0x0bad, 0x4000_0bad];
/// Section length that means it is not known.
const UNKNOWN_LENGTH: [u8; 8] = [0xff; 8];

/// How the records of a pcap file being written lie.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct PcapShape {
    pub(crate) big_endian: bool,
    pub(crate) nanoseconds: bool,
    pub(crate) link_type: LinkType,
    pub(crate) fcs_len: Option<u8>,
    pub(crate) snaplen: u32,
}

/// A pcap file header.
pub(crate) fn pcap_header(shape: &PcapShape) -> Vec<u8> {
    // Bit 26 says that the top four bits count 16-bit words of FCS.
    let fcs = shape.fcs_len.map_or(0, |len| 0x0400_0000 | u32::from(len / 2).min(15) << 28);
    let header = PcapHeader {
        snaplen: shape.snaplen,
        datalink: DataLink::from(shape.link_type.0 & 0x03ff_ffff | fcs),
        ts_resolution: if shape.nanoseconds {
            PcapTsResolution::NanoSecond
        } else {
            PcapTsResolution::MicroSecond
        },
        endianness: if shape.big_endian { Endianness::Big } else { Endianness::Little },
        ..PcapHeader::default()
    };
    let mut out = Vec::with_capacity(24);
    header.write_to(&mut out).expect("a vector takes every octet");
    out
}

/// Where VLAN tags stood in the frame, for link types whose header is known to have a place for them: behind the
/// Ethernet addresses, before the protocol of a cooked header.
fn tag_place(link_type: LinkType) -> Option<usize> {
    match link_type {
        LinkType::ETHERNET => Some(12),
        LinkType::LINUX_SLL => Some(14),
        _ => None,
    }
}

/// Appends a pcap record. VLAN tags that hardware moved out go back into the data, since pcap has no other place for
/// them. At most `limit` octets are kept. Time before 1970 or after 2106 becomes the nearest that fits.
pub(crate) fn pcap_record(frame: &Frame<'_>, shape: &PcapShape, limit: u32, out: &mut Vec<u8>) {
    let meta = &frame.meta;
    let (seconds, nanoseconds) = meta.time.unwrap_or_default().split();
    let (seconds, fraction) = match u32::try_from(seconds) {
        Ok(seconds) => (seconds, if shape.nanoseconds { nanoseconds } else { nanoseconds / 1000 }),
        Err(_) if seconds < 0 => (0, 0),
        Err(_) => (u32::MAX, if shape.nanoseconds { 999_999_999 } else { 999_999 }),
    };
    let start = out.len();
    out.extend_from_slice(&[0; 16]);
    let mut original = meta.original_len;
    let place = tag_place(meta.link_type).filter(|place| !meta.vlan.put_back && *place <= frame.data.len());
    match (place, meta.vlan.outer) {
        (Some(place), Some(outer)) => {
            let (head, rest) = frame.data.split_at_checked(place).unwrap_or((frame.data, &[]));
            out.extend_from_slice(head);
            for VlanTag { tpid, tci } in [Some(outer), meta.vlan.inner].into_iter().flatten() {
                out.extend_from_slice(&tpid.to_be_bytes());
                out.extend_from_slice(&tci.to_be_bytes());
                original = original.saturating_add(4);
            }
            out.extend_from_slice(rest);
        }
        _ => out.extend_from_slice(frame.data),
    }
    let data = start.saturating_add(16);
    out.truncate(data.saturating_add(limit as usize));
    let captured = out.len().saturating_sub(data) as u32;
    let words = [seconds, fraction, captured, original];
    for (to, word) in out.get_mut(start..data).unwrap_or_default().chunks_exact_mut(4).zip(words) {
        to.copy_from_slice(&if shape.big_endian { word.to_be_bytes() } else { word.to_le_bytes() });
    }
}

/// Appends an enhanced packet block, little-endian, with nanoseconds; at most `limit` octets of data.
pub(crate) fn enhanced_packet(
    frame: &Frame<'_>,
    id: u32,
    limit: u32,
    comment: Option<&str>,
    out: &mut Vec<u8>,
) {
    let data = frame.data.get(..limit as usize).unwrap_or(frame.data);
    let ns = frame.meta.time.map_or(0, |time| time.0.max(0)) as u64;
    let start = open_block(ENHANCED, out);
    for word in [id, (ns >> 32) as u32, ns as u32, data.len() as u32, frame.meta.original_len] {
        out.extend_from_slice(&word.to_le_bytes());
    }
    out.extend_from_slice(data);
    // Blocks start at multiples of 4 in the file, not in the buffer.
    out.resize(out.len().saturating_add(data.len().wrapping_neg() & 3), 0);
    facts::write(frame, comment, out);
    close_block(start, out);
}

/// What a pcapng section being written says of itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct SectionFacts<'a> {
    pub(crate) comment: Option<&'a str>,
    pub(crate) application: &'a str,
    /// The section that its packets come from: its options are kept.
    pub(crate) source: Option<&'a Section>,
}

/// A little-endian section header block.
pub(crate) fn section_header(facts: &SectionFacts<'_>) -> Vec<u8> {
    let mut options = Vec::new();
    if let Some(comment) = facts.comment {
        options.push(SectionHeaderOption::Common(CommonOption::Comment(Cow::Borrowed(comment))));
    }
    if !facts.application.is_empty() {
        options.push(SectionHeaderOption::UserApplication(Cow::Borrowed(facts.application)));
    }
    let section =
        SectionHeaderBlock { endianness: Endianness::Little, options, ..SectionHeaderBlock::default() };
    let plain = SectionHeaderBlock { endianness: Endianness::Little, ..SectionHeaderBlock::default() };
    // Text longer than an option can be is refused: the section then goes without.
    let written = PcapNgWriter::with_section_header(Vec::new(), section)
        .or_else(|_| PcapNgWriter::with_section_header(Vec::new(), plain));
    let mut out = written.map(PcapNgWriter::into_inner).unwrap_or_default();
    let kept = facts.source.map(kept_section_options).unwrap_or_default();
    if !kept.is_empty() {
        insert_options(&kept, facts.comment.is_none() && facts.application.is_empty(), &mut out);
    }
    out
}

/// Puts options before the others of the section header block `out`.
fn insert_options(options: &[u8], first: bool, out: &mut Vec<u8>) {
    let rest = out.split_off(out.len().min(24));
    let rest = rest.get(..rest.len().saturating_sub(4)).unwrap_or_default();
    out.extend_from_slice(options);
    out.extend_from_slice(rest);
    if first {
        out.extend_from_slice(&[0; 4]);
    }
    close_block(0, out);
}

/// Options of a section header that a new section keeps: all but the program that wrote it.
fn kept_section_options(section: &Section) -> Vec<u8> {
    let end = section.header.len().saturating_sub(4);
    let options =
        RawOptions { bytes: section.header.get(24..end).unwrap_or_default(), big_endian: section.big_endian };
    let mut kept = Vec::new();
    for (code, value) in options.iter().filter(|(code, _)| *code != 4) {
        facts::copy_common(code, value, section.big_endian, &mut kept);
    }
    kept
}

/// A section header block as it stands, with its length said to be unknown: packets may be left out.
pub(crate) fn open_ended(header: &[u8]) -> Vec<u8> {
    let mut header = header.to_vec();
    if let Some(length) = header.get_mut(16..24) {
        length.copy_from_slice(&UNKNOWN_LENGTH);
    }
    header
}

/// A little-endian interface description block with nanoseconds. Options that it was read with are kept, except for
/// those that [`Described`] speaks for.
pub(crate) fn interface(described: &Described, filter: Option<&str>, snaplen: u32, out: &mut Vec<u8>) {
    let Described { interface, fcs_len, options, big_endian, .. } = described;
    let start = open_block(INTERFACE, out);
    // Link types that do not fit the field do not exist in pcapng.
    out.extend_from_slice(&(interface.link_type.0 as u16).to_le_bytes());
    out.extend_from_slice(&[0; 2]);
    out.extend_from_slice(&snaplen.to_le_bytes());
    if !interface.name.is_empty() {
        option(2, interface.name.as_bytes(), out);
    }
    if !interface.description.is_empty() {
        option(3, interface.description.as_bytes(), out);
    }
    option(9, &[9], out);
    if let Some(filter) = filter {
        let mut value = vec![0];
        value.extend_from_slice(filter.as_bytes());
        option(11, &value, out);
    }
    if let Some(fcs) = fcs_len {
        option(13, &[*fcs], out);
    }
    if let Some(tagger) = &interface.dsa_tagger {
        let mut value = PEN.to_le_bytes().to_vec();
        value.extend_from_slice(DSA_OPTION.as_bytes());
        value.extend_from_slice(tagger.as_bytes());
        option(2988, &value, out);
    }
    for (code, value) in (RawOptions { bytes: options, big_endian: *big_endian }).iter() {
        let ours = match code {
            2 | 3 | 9 | 13 | 14 => true,
            11 => filter.is_some(),
            2988 => super::interfaces::is_dsa_option(value, *big_endian),
            _ => false,
        };
        match code {
            _ if ours => {}
            // if_EUIaddr, if_speed, if_txspeed, if_rxspeed; if_tzone.
            7 | 8 | 16 | 17 => facts::copy_number(code, value, 8, *big_endian, out),
            10 => facts::copy_number(code, value, 4, *big_endian, out),
            _ => facts::copy_common(code, value, *big_endian, out),
        }
    }
    out.extend_from_slice(&[0; 4]);
    close_block(start, out);
}

/// An interface description block in the order and with the options that it was read with.
pub(crate) fn interface_verbatim(described: &Described, out: &mut Vec<u8>) {
    let len = (described.options.len().saturating_add(20)) as u32;
    let interface = &described.interface;
    let link_type = interface.link_type.0 as u16;
    let (words, link_type, snaplen) = if described.big_endian {
        (
            [INTERFACE.to_be_bytes(), len.to_be_bytes()],
            link_type.to_be_bytes(),
            interface.snaplen.to_be_bytes(),
        )
    } else {
        (
            [INTERFACE.to_le_bytes(), len.to_le_bytes()],
            link_type.to_le_bytes(),
            interface.snaplen.to_le_bytes(),
        )
    };
    out.extend_from_slice(words.as_flattened());
    out.extend_from_slice(&link_type);
    out.extend_from_slice(&[0; 2]);
    out.extend_from_slice(&snaplen);
    out.extend_from_slice(&described.options);
    out.extend_from_slice(&words[1]);
}

/// An interface description block of nothing, for a number that must be kept.
pub(crate) fn no_interface(big_endian: bool) -> [u8; 20] {
    let [[a, b, c, d], [e, f, g, h]] =
        if big_endian { [1u32, 20].map(u32::to_be_bytes) } else { [1u32, 20].map(u32::to_le_bytes) };
    [a, b, c, d, e, f, g, h, 0, 0, 0, 0, 0, 0, 0, 0, e, f, g, h]
}

/// Counters of an interface, for the end of a capture; `None` is not known.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct InterfaceStatistics {
    /// When they were read.
    pub time: Timestamp,
    /// When the capture began (`isb_starttime`).
    pub start: Option<Timestamp>,
    /// When it ended (`isb_endtime`).
    pub end: Option<Timestamp>,
    /// Frames that the interface received (`isb_ifrecv`).
    pub received: Option<u64>,
    /// Frames that the interface dropped (`isb_ifdrop`).
    pub dropped_by_interface: Option<u64>,
    /// Frames that the filter let through (`isb_filteraccept`).
    pub accepted: Option<u64>,
    /// Frames that the kernel dropped for want of room (`isb_osdrop`).
    pub dropped_by_kernel: Option<u64>,
    /// Frames that were delivered to the capture (`isb_usrdeliv`).
    pub delivered: Option<u64>,
}

/// A little-endian interface statistics block, for an interface that counts nanoseconds.
pub(crate) fn statistics(id: u32, statistics: &InterfaceStatistics, out: &mut Vec<u8>) {
    let start = open_block(STATISTICS, out);
    out.extend_from_slice(&id.to_le_bytes());
    out.extend_from_slice(&time_words(statistics.time));
    for (code, time) in [(2, statistics.start), (3, statistics.end)] {
        if let Some(time) = time {
            option(code, &time_words(time), out);
        }
    }
    for (code, count) in [
        (4, statistics.received),
        (5, statistics.dropped_by_interface),
        (6, statistics.accepted),
        (7, statistics.dropped_by_kernel),
        (8, statistics.delivered),
    ] {
        if let Some(count) = count {
            option(code, &count.to_le_bytes(), out);
        }
    }
    out.extend_from_slice(&[0; 4]);
    close_block(start, out);
}

/// A time as two 32-bit words, upper first, of nanoseconds.
fn time_words(time: Timestamp) -> [u8; 8] {
    let ns = time.0.max(0) as u64;
    let [high, low] = [(ns >> 32) as u32, ns as u32].map(u32::to_le_bytes);
    let mut words = [0; 8];
    words.iter_mut().zip(high.into_iter().chain(low)).for_each(|(to, from)| *to = from);
    words
}

/// Appends a block of another section to a little-endian section in which interfaces have their index in the source as
/// their number and count nanoseconds; false when that cannot be done without knowing the block's kind.
pub(crate) fn foreign_block(block: &Block<'_>, interfaces: &Interfaces, out: &mut Vec<u8>) -> bool {
    match block.kind {
        STATISTICS => foreign_statistics(block, interfaces, out).is_some(),
        _ if !block.big_endian => {
            out.extend_from_slice(block.raw);
            true
        }
        NAMES => turned(block, out).is_some(),
        kind if CUSTOM.contains(&kind) => turned(block, out).is_some(),
        SECRETS => {
            let (Some(kind), Some(len)) = (word(block.body(), 0, true), word(block.body(), 4, true)) else {
                return false;
            };
            let start = open_block(SECRETS, out);
            out.extend_from_slice(&kind.to_le_bytes());
            out.extend_from_slice(&len.to_le_bytes());
            let data = block.body().get(8..).unwrap_or_default();
            let split = (len as usize).checked_next_multiple_of(4).unwrap_or(data.len()).min(data.len());
            let (secrets, options) = data.split_at_checked(split).unwrap_or((data, &[]));
            out.extend_from_slice(secrets);
            let before = out.len();
            for (code, value) in (RawOptions { bytes: options, big_endian: true }).iter() {
                facts::copy_common(code, value, true, out);
            }
            if out.len() > before {
                out.extend_from_slice(&[0; 4]);
            }
            close_block(start, out);
            true
        }
        _ => false,
    }
}

/// Statistics with the interface's new number and its times in nanoseconds.
fn foreign_statistics(block: &Block<'_>, interfaces: &Interfaces, out: &mut Vec<u8>) -> Option<()> {
    let body = block.body();
    let id = word(body, 0, block.big_endian)?;
    let index = (*block.section.ids.get(id as usize)?)?;
    let clock = interfaces.described(index)?.clock;
    let time = foreign_time(body.get(4..)?, block.big_endian, clock)?;
    let start = open_block(STATISTICS, out);
    out.extend_from_slice(&index.to_le_bytes());
    out.extend_from_slice(&time_words(time));
    let options = RawOptions { bytes: body.get(12..).unwrap_or_default(), big_endian: block.big_endian };
    let before = out.len();
    for (code, value) in options.iter() {
        match (code, foreign_time(value, block.big_endian, clock)) {
            (2 | 3, Some(time)) => option(code, &time_words(time), out),
            (4..=8, _) => facts::copy_number(code, value, 8, block.big_endian, out),
            _ => facts::copy_common(code, value, block.big_endian, out),
        }
    }
    if out.len() > before {
        out.extend_from_slice(&[0; 4]);
    }
    close_block(start, out);
    Some(())
}

fn foreign_time(words: &[u8], big_endian: bool, clock: Clock) -> Option<Timestamp> {
    let (high, low) = (word(words, 0, big_endian)?, word(words, 4, big_endian)?);
    Some(clock.time(u64::from(high) << 32 | u64::from(low)))
}

/// A block of a big-endian section in little-endian order, by pcap-file.
fn turned(block: &Block<'_>, out: &mut Vec<u8>) -> Option<()> {
    let mut state = PcapNgState::default();
    let big = SectionHeaderBlock { endianness: Endianness::Big, ..SectionHeaderBlock::default() };
    state.update_from_block(&pcap_file::pcapng::blocks::block_common::Block::SectionHeader(big));
    let len = u32::try_from(block.raw.len()).ok()?;
    let raw =
        RawBlock { type_: block.kind, initial_len: len, body: Cow::Borrowed(block.body()), trailer_len: len };
    let parsed = raw.try_into_block(&state).ok()?;
    let mut writer = PcapNgWriter::with_endianness(Vec::new(), Endianness::Little).ok()?;
    let before = writer.get_ref().len();
    writer.write_block(&parsed).ok()?;
    let written = writer.into_inner();
    out.extend_from_slice(written.get(before..)?);
    Some(())
}

/// Where the last whole record within the first `limit` octets of `records` ends, and how many packets are before
/// that and in all.
pub(crate) fn whole_records(records: &[u8], shape: RecordShape, limit: usize) -> WholeRecords {
    let mut whole = WholeRecords { end: 0, kept: 0, all: 0 };
    let mut at = 0usize;
    while let Some((len, packet)) = shape.record(records, at) {
        at = at.saturating_add(len);
        if at > records.len() {
            break;
        }
        whole.all = whole.all.saturating_add(u64::from(packet));
        if at <= limit {
            whole.end = at;
            whole.kept = whole.all;
        }
    }
    whole
}

/// What [`whole_records`] found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct WholeRecords {
    pub(crate) end: usize,
    pub(crate) kept: u64,
    pub(crate) all: u64,
}

/// How records that are being written follow each other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum RecordShape {
    Pcap { big_endian: bool },
    Pcapng { big_endian: bool },
}

impl RecordShape {
    /// Length of the record at `at`, and whether it is a packet.
    fn record(self, records: &[u8], at: usize) -> Option<(usize, bool)> {
        match self {
            RecordShape::Pcap { big_endian } => {
                Some((16usize.checked_add(word(records, at.checked_add(8)?, big_endian)? as usize)?, true))
            }
            RecordShape::Pcapng { big_endian } => {
                octets::<8>(records, at)?;
                let kind = word(records, at, big_endian)?;
                let len = word(records, at.checked_add(4)?, big_endian)? as usize;
                (len >= 12).then_some((len, matches!(kind, 2 | 3 | 6)))
            }
        }
    }
}
