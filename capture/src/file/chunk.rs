//! Chunks of whole records, and the walk over them.
//!
//! A [`Chunk`] is what the reader hands out and what worker threads take: some megabytes of records with a share in
//! the buffer that holds them, the interfaces known by then, and the number of its first packet. Walking
//! it allocates nothing for each packet and makes no system call.

use super::bytes::Bytes;
use super::error::Format;
use super::facts;
use super::interfaces::{Described, Interfaces};
use super::pcap::PcapLayout;
use super::pcapng::{BlockKind, INTERFACE, PACKET, SECTION, SIMPLE, Section, classify, framing};
use super::placed::Placed;
use super::scan::{half, word};
use nettool_dissect::frame::{Frame, Interface, LinkType, Meta, RawOptions, Timestamp};
use std::ops::Range;
use std::sync::Arc;

/// How the records of a part lie.
#[derive(Clone, Debug)]
pub(crate) enum Layout {
    Pcap(PcapLayout),
    Pcapng(Arc<Section>),
}

/// Consecutive records of one file.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) bytes: Bytes,
    /// Offset of the first octet in the decompressed file.
    pub(crate) offset: u64,
    pub(crate) layout: Layout,
    /// Interfaces of the section that were described before the part.
    pub(crate) known: u32,
    /// Which of the source's files.
    pub(crate) file: u32,
    /// Packets in it.
    pub(crate) packets: u64,
    /// Whether every block in it is sound, so that it can be copied as it is.
    pub(crate) sound: bool,
    /// The regular file that the octets can be read from again, at `offset`.
    pub(crate) placed: Option<Placed>,
}

/// Where the records of a chunk come from.
#[derive(Clone, Debug)]
pub(crate) enum Parts {
    /// One file.
    One(Part),
    /// Several, and from which part each next event comes.
    Merged { parts: Vec<Part>, order: Vec<u32> },
}

/// Some records of a source, in order.
#[derive(Clone, Debug)]
pub struct Chunk {
    pub(crate) parts: Parts,
    pub(crate) first_number: u64,
    pub(crate) packets: u64,
    pub(crate) interfaces: Arc<Interfaces>,
}

impl Chunk {
    /// Packets in the chunk.
    pub fn packets(&self) -> u64 {
        self.packets
    }

    /// Number of its first packet in the source, from 1; also that of the next packet when it has none.
    pub fn first_number(&self) -> u64 {
        self.first_number
    }

    /// The interfaces that [`Meta::interface`] of its frames indexes.
    pub fn interfaces(&self) -> &Interfaces {
        &self.interfaces
    }

    /// Octets of file that the chunk covers.
    pub fn octets(&self) -> u64 {
        let len = |part: &Part| part.bytes.as_slice().len() as u64;
        match &self.parts {
            Parts::One(part) => len(part),
            Parts::Merged { parts, .. } => parts.iter().map(len).sum(),
        }
    }

    /// The frames, with all that is known of them.
    #[inline]
    pub fn frames(&self) -> impl Iterator<Item = Frame<'_>> {
        self.records().map(|record| record.frame())
    }

    /// The packets with the little that all of them need; [`Record::frame`] tells the rest. Cheaper than
    /// [`frames`](Self::frames) for consumers that drop most packets.
    #[inline]
    pub fn records(&self) -> Records<'_> {
        let walk = match &self.parts {
            Parts::One(part) => PcapWalk::new(part, &self.interfaces, self.first_number),
            Parts::Merged { .. } => None,
        };
        Records(walk.map_or_else(|| Kind::Any(self.events()), Kind::Pcap))
    }

    /// Packets and everything else that the files hold, at their places.
    #[inline]
    pub fn events(&self) -> Events<'_> {
        let walk = |part| Walk::new(part, &self.interfaces);
        let source = match &self.parts {
            Parts::One(part) => Source::One(walk(part)),
            Parts::Merged { parts, order } => {
                Source::Merged { walks: parts.iter().map(walk).collect(), order: order.iter() }
            }
        };
        Events { source, number: self.first_number }
    }

    /// An empty selection of its packets.
    pub fn select(&self) -> Selection {
        Selection { runs: Vec::new(), packets: 0, merged: matches!(self.parts, Parts::Merged { .. }) }
    }
}

/// Something at its place in a capture file.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// A packet.
    Packet(Record<'a>),
    /// A pcapng block that is no packet: section header, interface description, names, statistics, secrets, custom,
    /// or of a kind that nettool does not know.
    Block(Block<'a>),
    /// A packet block that cannot be delivered; the reader's notes say why.
    Damaged(Block<'a>),
}

/// A pcapng block, verbatim.
#[derive(Clone, Copy, Debug)]
pub struct Block<'a> {
    /// Block type.
    pub kind: u32,
    /// The block from its type to its second length.
    pub raw: &'a [u8],
    /// Byte order of the section it is in.
    pub big_endian: bool,
    /// Offset in the decompressed file.
    pub offset: u64,
    /// Which of the source's files it is in, from 0.
    pub file: u32,
    pub(crate) section: &'a Section,
}

impl<'a> Block<'a> {
    /// The octets between the two lengths.
    pub fn body(&self) -> &'a [u8] {
        self.raw.get(8..self.raw.len().saturating_sub(4)).unwrap_or_default()
    }
}

/// A packet as it stands in its file, little of it read.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// Position in the source, from 1.
    pub number: u64,
    /// The captured octets.
    pub data: &'a [u8],
    /// Octets on the wire.
    pub original_len: u32,
    /// Index into the source's interfaces.
    pub interface: u32,
    /// Record header and data, or the block, verbatim.
    pub raw: &'a [u8],
    shape: Shape<'a>,
    described: &'a Described,
    place: Place,
}

/// Where a record lies in its chunk, for [`Selection::add`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Spot {
    number: u64,
    start: u32,
    len: u32,
}

/// Where a record lies in its chunk.
#[derive(Clone, Copy, Debug)]
struct Place {
    start: u32,
    /// Offset of the part in its file.
    offset: u64,
}

#[derive(Clone, Copy, Debug)]
enum Shape<'a> {
    Pcap(&'a PcapLayout),
    Block { kind: u32, big_endian: bool, data: u8 },
}

impl<'a> Record<'a> {
    /// What its first octet is.
    #[inline]
    pub fn link_type(&self) -> LinkType {
        self.described.interface.link_type
    }

    /// What is known of the interface that it came by.
    #[inline]
    pub fn described_interface(&self) -> &'a Interface {
        &self.described.interface
    }

    /// When it was captured; `None` in a simple packet block. (An enhanced block that nettool wrote for a frame
    /// without time says so in an option that only [`frame`](Self::frame) reads.)
    #[inline]
    pub fn time(&self) -> Option<Timestamp> {
        match self.shape {
            Shape::Pcap(layout) => layout.header(self.raw, 0).map(|header| layout.time(&header)),
            Shape::Block { kind: SIMPLE, .. } => None,
            Shape::Block { big_endian, .. } => {
                let high = word(self.raw, 12, big_endian)?;
                let low = word(self.raw, 16, big_endian)?;
                Some(self.described.clock.time(u64::from(high) << 32 | u64::from(low)))
            }
        }
    }

    /// Where it lies in its chunk: what a [`Selection`] needs of it.
    #[inline]
    pub fn spot(&self) -> Spot {
        Spot { number: self.number, start: self.place.start, len: self.raw.len() as u32 }
    }

    /// Offset of the record in its decompressed file.
    pub fn offset(&self) -> u64 {
        self.place.offset.saturating_add(u64::from(self.place.start))
    }

    /// How it lies in a pcap file.
    pub(crate) fn pcap_layout(&self) -> Option<&'a PcapLayout> {
        match self.shape {
            Shape::Pcap(layout) => Some(layout),
            Shape::Block { .. } => None,
        }
    }

    /// The container it lies in.
    pub fn format(&self) -> Format {
        match self.shape {
            Shape::Pcap(_) => Format::Pcap,
            Shape::Block { .. } => Format::Pcapng,
        }
    }

    /// Whether [`data`](Self::data) is all that is known of the frame's octets: no tag is told beside them.
    #[inline]
    pub fn is_all_in_data(&self) -> bool {
        matches!(self.shape, Shape::Pcap(_))
    }

    /// The frame with all that is known of it.
    #[inline]
    pub fn frame(&self) -> Frame<'a> {
        let mut meta = Meta::new(self.link_type(), self.original_len);
        meta.interface = self.interface;
        meta.time = self.time();
        meta.fcs_len = self.described.fcs_len;
        match self.shape {
            Shape::Pcap(layout) => (meta.direction, meta.reception) = layout.packet_type(self.raw),
            Shape::Block { kind: SIMPLE, .. } => {}
            Shape::Block { kind, big_endian, data } => self.read_options(&mut meta, kind, big_endian, data),
        }
        Frame { number: self.number, data: self.data, meta }
    }

    /// Options behind the data of an enhanced or obsolete packet block.
    fn read_options(&self, meta: &mut Meta<'a>, kind: u32, big_endian: bool, data: u8) {
        if kind == PACKET {
            // 0xffff: not known.
            meta.drops =
                u64::from(half(self.raw, 10, big_endian).filter(|drops| *drops != u16::MAX).unwrap_or(0));
        }
        let start = usize::from(data).saturating_add(self.data.len()).next_multiple_of(4);
        let end = self.raw.len().saturating_sub(4);
        let Some(bytes @ [_, ..]) = self.raw.get(start..end) else { return };
        meta.options = RawOptions { bytes, big_endian };
        facts::read(meta, kind == PACKET);
    }
}

/// A walk over one part.
#[derive(Debug)]
pub(crate) struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
    part: &'a Part,
    known: u32,
    interfaces: &'a Interfaces,
    /// The interface of the packet before: most packets have the same.
    last: Option<(u32, u32, &'a Described)>,
}

impl<'a> Walk<'a> {
    pub(crate) fn new(part: &'a Part, interfaces: &'a Interfaces) -> Self {
        let last = match &part.layout {
            Layout::Pcap(layout) => {
                interfaces.described(layout.interface).map(|described| (0, layout.interface, &**described))
            }
            Layout::Pcapng(_) => None,
        };
        Walk { bytes: part.bytes.as_slice(), at: 0, part, known: part.known, interfaces, last }
    }

    /// A walk from the event at `at`, before which `known` interfaces of the section were described.
    pub(crate) fn from(part: &'a Part, interfaces: &'a Interfaces, at: usize, known: u32) -> Self {
        Walk { at, known, ..Walk::new(part, interfaces) }
    }

    /// Octets walked so far.
    pub(crate) fn position(&self) -> usize {
        self.at
    }

    /// The next event; a packet gets `number`.
    #[inline]
    pub(crate) fn next(&mut self, number: u64) -> Option<Event<'a>> {
        match &self.part.layout {
            Layout::Pcap(layout) => self.next_record(layout, number),
            Layout::Pcapng(section) => self.next_block(section, number),
        }
    }

    #[inline]
    fn next_record(&mut self, layout: &'a PcapLayout, number: u64) -> Option<Event<'a>> {
        let (_, interface, described) = self.last?;
        let offset = self.part.offset;
        let (bytes, at) = (self.bytes, self.at);
        let mut walk =
            PcapWalk { bytes, at, layout, interface, described, offset, number, starts: None, base: 0 };
        let record = walk.next()?;
        self.at = walk.at;
        Some(Event::Packet(record))
    }

    #[inline]
    fn next_block(&mut self, section: &'a Section, number: u64) -> Option<Event<'a>> {
        let start = self.at;
        let (kind, len) = framing(section.big_endian, self.bytes, start).ok()?;
        let end = start.checked_add(len)?;
        let raw = self.bytes.get(start..end)?;
        self.at = end;
        match classify(section, self.known, kind, raw) {
            BlockKind::Packet(parts) => {
                let (_, interface, described) = match self.last {
                    Some(last) if last.0 == parts.id => last,
                    _ => {
                        let interface = (*section.ids.get(parts.id as usize)?)?;
                        let last = (parts.id, interface, &**self.interfaces.described(interface)?);
                        self.last = Some(last);
                        last
                    }
                };
                let data = usize::from(parts.data);
                Some(Event::Packet(Record {
                    number,
                    data: raw.get(data..data.checked_add(parts.captured as usize)?)?,
                    original_len: parts.original,
                    interface,
                    raw,
                    shape: Shape::Block { kind, big_endian: section.big_endian, data: parts.data },
                    described,
                    place: Place { start: start as u32, offset: self.part.offset },
                }))
            }
            other => {
                match kind {
                    INTERFACE => self.known = self.known.saturating_add(1),
                    SECTION => self.known = 0,
                    _ => {}
                }
                let block = Block {
                    kind,
                    raw,
                    big_endian: section.big_endian,
                    offset: self.part.offset.saturating_add(start as u64),
                    file: self.part.file,
                    section,
                };
                Some(if matches!(other, BlockKind::Bad(_)) {
                    Event::Damaged(block)
                } else {
                    Event::Block(block)
                })
            }
        }
    }
}

/// A walk over the records of a part of a pcap file, where there is nothing but packets.
///
/// A record is made where it is used, not carried there through [`Event`] and `Option`: those copies cost more than
/// anything else that most consumers do for a packet.
#[derive(Debug)]
struct PcapWalk<'a> {
    bytes: &'a [u8],
    at: usize,
    layout: &'a PcapLayout,
    interface: u32,
    described: &'a Described,
    /// Offset of the part in its file.
    offset: u64,
    number: u64,
    /// Where the records to come begin, where that is known: then no record waits for the length of the one before it.
    starts: Option<std::slice::Iter<'a, u32>>,
    /// What the starts are too much.
    base: u32,
}

impl<'a> PcapWalk<'a> {
    fn new(part: &'a Part, interfaces: &'a Interfaces, number: u64) -> Option<Self> {
        let Layout::Pcap(layout) = &part.layout else { return None };
        let described = interfaces.described(layout.interface)?;
        let (bytes, offset) = (part.bytes.as_slice(), part.offset);
        let (starts, base) = part.bytes.starts();
        let from = starts.partition_point(|start| *start < base);
        let starts = starts.get(from..).filter(|starts| !starts.is_empty()).map(<[u32]>::iter);
        let interface = layout.interface;
        Some(PcapWalk { bytes, at: 0, layout, interface, described, offset, number, starts, base })
    }

    #[inline]
    fn next(&mut self) -> Option<Record<'a>> {
        let start = match &mut self.starts {
            Some(starts) => starts.next()?.wrapping_sub(self.base) as usize,
            None => self.at,
        };
        let header = self.layout.header(self.bytes, start)?;
        let header_len = usize::from(self.layout.record_header);
        let end = start.checked_add(header_len)?.checked_add(header.captured as usize)?;
        let raw = self.bytes.get(start..end)?;
        let number = self.number;
        self.at = end;
        self.number = number.wrapping_add(1);
        Some(Record {
            number,
            data: raw.get(header_len..)?,
            original_len: header.original,
            interface: self.interface,
            raw,
            shape: Shape::Pcap(self.layout),
            described: self.described,
            place: Place { start: start as u32, offset: self.offset },
        })
    }
}

/// Iterator over the packets of a chunk; see [`Chunk::records`].
#[derive(Debug)]
pub struct Records<'a>(Kind<'a>);

#[derive(Debug)]
enum Kind<'a> {
    Pcap(PcapWalk<'a>),
    Any(Events<'a>),
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    #[inline]
    fn next(&mut self) -> Option<Record<'a>> {
        match &mut self.0 {
            Kind::Pcap(walk) => walk.next(),
            Kind::Any(events) => events.next_packet(),
        }
    }
}

impl<'a> Events<'a> {
    fn next_packet(&mut self) -> Option<Record<'a>> {
        loop {
            if let Event::Packet(record) = self.next()? {
                return Some(record);
            }
        }
    }
}

#[derive(Debug)]
enum Source<'a> {
    One(Walk<'a>),
    Merged { walks: Vec<Walk<'a>>, order: std::slice::Iter<'a, u32> },
}

/// Iterator over what a chunk holds; see [`Chunk::events`].
#[derive(Debug)]
pub struct Events<'a> {
    source: Source<'a>,
    number: u64,
}

impl<'a> Iterator for Events<'a> {
    type Item = Event<'a>;

    #[inline]
    fn next(&mut self) -> Option<Event<'a>> {
        let event = match &mut self.source {
            Source::One(walk) => walk.next(self.number)?,
            Source::Merged { walks, order } => walks.get_mut(*order.next()? as usize)?.next(self.number)?,
        };
        if let Event::Packet(_) = event {
            self.number = self.number.wrapping_add(1);
        }
        Some(event)
    }
}

/// Packets of a chunk that a consumer keeps, as runs: what a writer needs to copy them without looking at each.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    pub(crate) runs: Vec<Run>,
    packets: u64,
    merged: bool,
}

/// Packets that follow each other.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Run {
    pub(crate) numbers: Range<u64>,
    /// Their octets in the chunk's only part.
    pub(crate) span: Range<u32>,
}

impl Selection {
    /// Adds a record of the chunk; records must come in order.
    #[inline]
    pub fn push(&mut self, record: &Record<'_>) {
        self.add(record.spot());
    }

    /// As [`push`](Self::push), for who has kept only where the record lies.
    #[inline]
    pub fn add(&mut self, spot: Spot) {
        let Spot { number, start, len } = spot;
        self.packets = self.packets.wrapping_add(1);
        let after = number.wrapping_add(1);
        let end = start.wrapping_add(len);
        match self.runs.last_mut() {
            Some(run) if run.numbers.end == number && (self.merged || run.span.end == start) => {
                run.numbers.end = after;
                run.span.end = end;
            }
            _ => self.runs.push(Run { numbers: number..after, span: start..end }),
        }
    }

    /// How many packets are selected.
    pub fn packets(&self) -> u64 {
        self.packets
    }

    /// Whether a record of the chunk is among those kept.
    pub fn contains(&self, record: &Record<'_>) -> bool {
        let at = self.runs.partition_point(|run| run.numbers.end <= record.number);
        self.runs.get(at).is_some_and(|run| run.numbers.contains(&record.number))
    }
}
