//! pcapng: hopping from block to block, and which of them are packets (draft-ietf-opsawg-pcapng).
//!
//! pcap-file parses whole blocks with their options and stops at the first that is not as it should be. Reading
//! millions of packets needs the header fields alone, in any state: that is here. What a block holds beyond a packet
//! is left as it stands, so that a rewritten file has it unchanged.

use super::error::NoteKind;
use super::interfaces::Described;
use super::pcap::{HARD_LIMIT, USUAL_LIMIT};
use super::scan::{AHEAD_STEP, Halt, Progress, Target, half, octets, touch, word};
use std::sync::Arc;

/// Section header block.
pub(crate) const SECTION: u32 = 0x0a0d_0d0a;
/// Interface description block.
pub(crate) const INTERFACE: u32 = 1;
/// Obsolete packet block.
pub(crate) const PACKET: u32 = 2;
/// Simple packet block.
pub(crate) const SIMPLE: u32 = 3;
/// Enhanced packet block.
pub(crate) const ENHANCED: u32 = 6;
/// Byte-order magic of a section header, in the section's order.
pub(crate) const BYTE_ORDER: u32 = 0x1a2b_3c4d;
/// Type, length, length again: a block without a body.
pub(crate) const FRAMING: usize = 12;

/// What holds for the blocks of a section.
#[derive(Clone, Debug)]
pub(crate) struct Section {
    pub(crate) big_endian: bool,
    /// Index in the source's list for each interface of this section; `None` for one whose description is damaged.
    pub(crate) ids: Vec<Option<u32>>,
    /// The section header block, verbatim.
    pub(crate) header: Arc<[u8]>,
    /// Link type, snaplen and limit by interface, for the scan: parallel to `ids`.
    pub(crate) limits: Vec<Limits>,
}

/// What a packet of an interface may measure.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Limits {
    pub(crate) snaplen: u32,
    pub(crate) longest: u32,
}

impl Limits {
    /// From an interface's snaplen.
    pub(crate) fn new(snaplen: u32) -> Self {
        Limits { snaplen, longest: snaplen.clamp(USUAL_LIMIT, HARD_LIMIT) }
    }
}

/// A section header, read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct SectionHeader {
    pub(crate) big_endian: bool,
    pub(crate) major: u16,
    pub(crate) minor: u16,
}

/// Reads the fixed part of the section header at the start of `block`: `Err` holds a wrong byte-order magic; `Ok(None)`
/// is too short to say.
pub(crate) fn section_header(block: &[u8]) -> Result<Option<SectionHeader>, u32> {
    let Some(magic) = octets::<4>(block, 8) else { return Ok(None) };
    let big_endian = match (u32::from_le_bytes(magic), u32::from_be_bytes(magic)) {
        (BYTE_ORDER, _) => false,
        (_, BYTE_ORDER) => true,
        (_, other) => return Err(other),
    };
    let (Some(major), Some(minor)) = (half(block, 12, big_endian), half(block, 14, big_endian)) else {
        return Ok(None);
    };
    Ok(Some(SectionHeader { big_endian, major, minor }))
}

/// The parts of a packet block, as offsets from the start of the block.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct PacketParts {
    /// Interface within the section.
    pub(crate) id: u32,
    pub(crate) captured: u32,
    pub(crate) original: u32,
    /// Where the packet's octets start.
    pub(crate) data: u8,
}

/// What a block is to a reader of packets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum BlockKind {
    /// A packet that can be delivered.
    Packet(PacketParts),
    /// A packet block that cannot.
    Bad(NoteKind),
    /// Anything else.
    Other,
}

/// Judges a block. The scan and the walk over a chunk both do, so that they count alike. `known` interfaces of the
/// section have been described before it.
#[inline]
pub(crate) fn classify(section: &Section, known: u32, kind: u32, block: &[u8]) -> BlockKind {
    match kind {
        ENHANCED => {
            let Some([id, captured, original]) = words(block, [8, 20, 24], section.big_endian, 32) else {
                return too_small(32, block);
            };
            packet(section, known, block, PacketParts { id, captured, original, data: 28 })
        }
        SIMPLE => {
            let Some([original]) = words(block, [8], section.big_endian, 16) else {
                return too_small(16, block);
            };
            let snaplen = section.limits.first().map_or(0, |limits| limits.snaplen);
            let captured = if snaplen == 0 { original } else { original.min(snaplen) };
            packet(section, known, block, PacketParts { id: 0, captured, original, data: 12 })
        }
        PACKET => {
            let Some([captured, original]) = words(block, [20, 24], section.big_endian, 32) else {
                return too_small(32, block);
            };
            let id = u32::from(half(block, 8, section.big_endian).unwrap_or(u16::MAX));
            packet(section, known, block, PacketParts { id, captured, original, data: 28 })
        }
        _ => BlockKind::Other,
    }
}

/// Some 32-bit numbers of a block of at least `least` octets.
#[inline]
fn words<const N: usize>(block: &[u8], at: [usize; N], big_endian: bool, least: usize) -> Option<[u32; N]> {
    if block.len() < least {
        return None;
    }
    let mut out = [0; N];
    for (out, at) in out.iter_mut().zip(at) {
        *out = word(block, at, big_endian)?;
    }
    Some(out)
}

#[cold]
fn too_small(needed: u64, block: &[u8]) -> BlockKind {
    BlockKind::Bad(NoteKind::BlockContents { needed, available: block.len() as u64 })
}

#[inline]
fn packet(section: &Section, known: u32, block: &[u8], parts: PacketParts) -> BlockKind {
    let described = section.ids.get(parts.id as usize).filter(|_| parts.id < known);
    if !matches!(described, Some(Some(_))) {
        return BlockKind::Bad(NoteKind::UnknownInterface { id: parts.id, described: known });
    }
    let room = block.len().saturating_sub(usize::from(parts.data)).saturating_sub(4);
    if parts.captured as usize > room {
        let needed = u64::from(parts.captured).saturating_add(u64::from(parts.data)).saturating_add(4);
        return too_small(needed, block);
    }
    BlockKind::Packet(parts)
}

/// Length and type of the block at `at`, checked as far as the block itself goes.
#[inline]
pub(crate) fn framing(section_big_endian: bool, bytes: &[u8], at: usize) -> Result<(u32, usize), Halt> {
    let Some(head) = octets::<8>(bytes, at) else { return Err(Halt::More { needed: FRAMING as u64 }) };
    let mut big_endian = section_big_endian;
    let mut kind = word(&head, 0, big_endian).unwrap_or(0);
    if kind == SECTION {
        // The type reads the same in both orders; the length does not.
        let rest = bytes.get(at..).unwrap_or_default();
        match section_header(rest) {
            Ok(Some(header)) => big_endian = header.big_endian,
            Ok(None) => return Err(Halt::More { needed: 28 }),
            Err(magic) => return Err(Halt::ByteOrder { magic }),
        }
        kind = SECTION;
    }
    let length = word(&head, 4, big_endian).unwrap_or(0);
    let least = if kind == SECTION { 28 } else { FRAMING as u32 };
    if length < least || !length.is_multiple_of(4) || length > HARD_LIMIT {
        return Err(Halt::Length { kind, length });
    }
    let len = length as usize;
    let end = at.saturating_add(len);
    let Some(last) = word(bytes, end.saturating_sub(4), big_endian) else {
        return Err(Halt::More { needed: len as u64 });
    };
    if last != length {
        return Err(Halt::Differ { first: length, last });
    }
    Ok((kind, len))
}

/// Hops over blocks from `progress.at` until `target` is reached or something stops it: a section or an interface
/// stops it too, since the caller must take note of them.
pub(crate) fn scan(
    section: &Section,
    bytes: &[u8],
    progress: &mut Progress,
    target: Target,
    mut note: impl FnMut(NoteKind, usize, u64),
) -> Halt {
    let known = section.ids.len() as u32;
    let (mut at, mut packets) = (progress.at, progress.packets);
    let mut touched = at;
    let stop = loop {
        if at >= target.octets || packets >= target.packets {
            break Halt::Full;
        }
        if at.saturating_add(AHEAD_STEP) > touched {
            touched = touch(bytes, touched.max(at));
        }
        let (kind, len) = match framing(section.big_endian, bytes, at) {
            Ok(block) => block,
            Err(stop) => break stop,
        };
        match kind {
            SECTION => break Halt::Section { len },
            INTERFACE => break Halt::Interface { len },
            _ => {}
        }
        let end = at.saturating_add(len);
        let block = bytes.get(at..end).unwrap_or_default();
        match classify(section, known, kind, block) {
            BlockKind::Packet(parts) => {
                let limit =
                    section.limits.get(parts.id as usize).map_or(USUAL_LIMIT, |limits| limits.longest);
                if parts.captured > limit {
                    break Halt::TooLong { length: parts.captured, limit };
                }
                packets = packets.wrapping_add(1);
            }
            BlockKind::Bad(kind) => note(kind, at, packets.wrapping_add(1)),
            BlockKind::Other => {}
        }
        at = end;
    };
    *progress = Progress { at, packets };
    stop
}

/// Octets in which a block to start from is looked for.
const LOOKED_AT: usize = 256 << 10;
/// Blocks in a row whose lengths must agree before the first is believed.
const IN_A_ROW: usize = 3;

/// Where, at `from` or a multiple of four octets behind it, something stands that looks like several blocks in a row.
pub(crate) fn block_near(section: &Section, bytes: &[u8], from: usize) -> Option<usize> {
    (from..bytes.len().min(LOOKED_AT)).step_by(4).find(|at| looks_like_blocks(section, bytes, *at))
}

fn looks_like_blocks(section: &Section, bytes: &[u8], mut at: usize) -> bool {
    for seen in 0..IN_A_ROW {
        match framing(section.big_endian, bytes, at) {
            Ok((_, len)) => at = at.saturating_add(len),
            // Where the octets end, two lengths that agree must do.
            Err(Halt::More { .. }) => return seen > 0,
            Err(_) => return false,
        }
    }
    true
}

impl Section {
    /// A section that starts with the block `header`.
    pub(crate) fn new(big_endian: bool, header: &[u8]) -> Self {
        Section { big_endian, ids: Vec::new(), header: header.into(), limits: Vec::new() }
    }

    /// Interfaces described so far.
    pub(crate) fn described(&self) -> u32 {
        u32::try_from(self.ids.len()).unwrap_or(u32::MAX)
    }

    /// Takes note of an interface: its index in the source's list, or none when it could not be read.
    pub(crate) fn add(&mut self, described: Option<(&Described, u32)>) {
        self.ids.push(described.map(|(_, index)| index));
        self.limits.push(Limits::new(described.map_or(0, |(described, _)| described.interface.snaplen)));
    }
}
