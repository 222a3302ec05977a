//! Writing capture files: frames, or records copied as they are, into one file or a ring of them.
//!
//! Records are copied without being looked at wherever input and output agree: pcap into pcap of the same byte order
//! and resolution, pcapng into pcapng section by section. Everything else goes frame by frame: pcapng with nanoseconds
//! and all of `Meta`, pcap with what it has room for.

mod copying;

use self::copying::Chosen;
use super::chunk::{Block, Chunk, Event, Parts, Record, Selection};
use super::encode::{self, InterfaceStatistics, PcapShape, RecordShape, SectionFacts};
use super::error::{Compression, Format};
use super::input::FileId;
use super::interfaces::Interfaces;
use super::names::Names;
use super::pcap::{HARD_LIMIT, USUAL_LIMIT};
use super::pcapng::{INTERFACE, SECTION, Section};
use super::sink::{Sink, WriteError};
use nettool_dissect::frame::{Frame, LinkType, Timestamp};
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// When a new file is begun, and how many are kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Rotation {
    /// Before a file would get longer than this many octets, compression not counted.
    pub octets: Option<u64>,
    /// When a packet is so much later than the first of its file.
    pub time: Option<Duration>,
    /// After so many packets.
    pub packets: Option<u64>,
    /// Files kept: the oldest is deleted when there would be more.
    pub files: Option<u32>,
}

impl Rotation {
    fn rotates(&self) -> bool {
        self.octets.is_some() || self.time.is_some() || self.packets.is_some()
    }
}

/// How a capture is written.
#[derive(Clone, Debug)]
pub struct WriteOptions {
    /// Container.
    pub format: Format,
    /// Compression.
    pub compression: Compression,
    /// Octets kept of each packet; 0 keeps all.
    pub snaplen: u32,
    /// Resolution of a pcap file: nanoseconds, microseconds, or (`None`) that of the pcap file that is copied, and
    /// nanoseconds otherwise. pcapng always has nanoseconds, unless it is copied.
    pub nanoseconds: Option<bool>,
    /// When to begin a new file.
    pub rotation: Rotation,
    /// Comment on the file (pcapng).
    pub comment: Option<String>,
    /// Program that writes (`shb_userappl`).
    pub application: String,
    /// Filter that packets had to pass (`if_filter`).
    pub filter: Option<String>,
    /// Files that are being read, which must not be written into; see [`Reader::file_ids`](super::Reader::file_ids).
    pub inputs: Vec<FileId>,
    /// Told of each file that is complete.
    pub finished: Option<Finished>,
}

/// Somebody to be told of each file that is complete, by its path.
#[derive(Clone)]
pub struct Finished(pub Arc<dyn Fn(&Path) + Send + Sync>);

impl std::fmt::Debug for Finished {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Finished")
    }
}

impl WriteOptions {
    /// Options for a format, with nothing else asked for.
    pub fn new(format: Format) -> Self {
        WriteOptions {
            format,
            compression: Compression::None,
            snaplen: 0,
            nanoseconds: None,
            rotation: Rotation::default(),
            comment: None,
            application: concat!("nettool ", env!("CARGO_PKG_VERSION")).to_owned(),
            filter: None,
            inputs: Vec::new(),
            finished: None,
        }
    }
}

/// What has been written.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Written {
    /// Packets in all files, also those that a ring has deleted.
    pub packets: u64,
    /// Octets in all files, compressed.
    pub octets: u64,
    /// Files made.
    pub files: u64,
    /// The last of them.
    pub last: Option<PathBuf>,
    /// Blocks of big-endian pcapng sections that could not be kept: their kind is not known.
    pub blocks_left_out: u64,
}

/// What the current file has in its header.
#[derive(Clone, Debug)]
enum Head {
    /// No header yet.
    Empty,
    Pcap(PcapShape),
    /// A section of this program's, little-endian, with so many of the source's interfaces described.
    Own {
        described: u32,
    },
    /// Sections of the source, copied, with so many interfaces of the current one described.
    Copied {
        section: Arc<Section>,
        described: u32,
    },
}

/// Writes packets into capture files.
pub struct Writer {
    options: WriteOptions,
    names: Names,
    sink: Option<Sink>,
    path: PathBuf,
    head: Head,
    /// Packets in the current file, and the time of the first.
    file_packets: u64,
    file_start: Option<Timestamp>,
    ring: VecDeque<PathBuf>,
    written: Written,
    /// What is known for a header when no packet comes.
    interfaces: Interfaces,
    source: Option<Arc<Section>>,
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer").field("path", &self.path).field("written", &self.written).finish()
    }
}

impl Writer {
    /// Makes the file, or waits for the first packet where its name depends on that one's time. `-` is standard output.
    ///
    /// An existing regular file is emptied.
    ///
    /// # Errors
    /// A name that cannot be made or is a wrong time format, or a file that is being read.
    pub fn create(path: impl AsRef<Path>, options: WriteOptions) -> Result<Writer, WriteError> {
        let names = Names::new(path.as_ref(), options.rotation.rotates())?;
        let mut writer = Writer {
            options,
            names,
            sink: None,
            path: path.as_ref().to_path_buf(),
            head: Head::Empty,
            file_packets: 0,
            file_start: None,
            ring: VecDeque::new(),
            written: Written::default(),
            interfaces: Interfaces::default(),
            source: None,
        };
        if writer.names.timeless() {
            writer.open(Timestamp(0))?;
        }
        Ok(writer)
    }

    /// Tells the interfaces of the source, so that a file without packets has a right header too.
    pub fn describe(&mut self, interfaces: &Interfaces) {
        self.interfaces = interfaces.clone();
    }

    /// Writes a frame; `interfaces` is what its `Meta::interface` indexes.
    ///
    /// # Errors
    /// What the system says, an interface that is not in the list, or in pcap a second link type.
    pub fn write(&mut self, frame: &Frame<'_>, interfaces: &Interfaces) -> Result<(), WriteError> {
        self.write_with_comment(frame, interfaces, None)
    }

    /// Writes a frame with a comment behind those it has; pcap has no room for comments.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub fn write_with_comment(
        &mut self,
        frame: &Frame<'_>,
        interfaces: &Interfaces,
        comment: Option<&str>,
    ) -> Result<(), WriteError> {
        // More than any record can be after its header and options.
        let room = (frame.data.len() as u64)
            .saturating_add(frame.meta.options.bytes.len() as u64)
            .saturating_add(160);
        self.make_room(frame.meta.time, room)?;
        match self.options.format {
            Format::Pcap => self.write_pcap(frame),
            Format::Pcapng => self.write_pcapng(frame, interfaces, comment),
        }
    }

    fn write_pcap(&mut self, frame: &Frame<'_>) -> Result<(), WriteError> {
        if let Head::Empty = self.head {
            self.pcap_head(PcapShape {
                big_endian: false,
                nanoseconds: self.options.nanoseconds.unwrap_or(true),
                link_type: frame.meta.link_type,
                fcs_len: frame.meta.fcs_len,
                snaplen: self.snaplen(USUAL_LIMIT),
            })?;
        }
        let Head::Pcap(shape) = self.head else { return Ok(()) };
        self.check_link_type(shape.link_type, frame.meta.link_type, frame.number)?;
        let limit = self.limit().min(shape.snaplen.clamp(USUAL_LIMIT, HARD_LIMIT));
        let Some(sink) = &mut self.sink else { return Ok(()) };
        let before = sink.buffer().len();
        encode::pcap_record(frame, &shape, limit, sink.buffer());
        self.file_packets = self.file_packets.saturating_add(1);
        sink.record_added(before, 1)
    }

    fn write_pcapng(
        &mut self,
        frame: &Frame<'_>,
        interfaces: &Interfaces,
        comment: Option<&str>,
    ) -> Result<(), WriteError> {
        self.own_head(interfaces)?;
        let limit = self.limit();
        let Some(sink) = &mut self.sink else { return Ok(()) };
        if interfaces.described(frame.meta.interface).is_none() {
            let (name, number, interface) = (sink.name().clone(), frame.number, frame.meta.interface);
            return Err(WriteError::UnknownInterface { name, number, interface });
        }
        let before = sink.buffer().len();
        encode::enhanced_packet(frame, frame.meta.interface, limit, comment, sink.buffer());
        self.file_packets = self.file_packets.saturating_add(1);
        sink.record_added(before, 1)
    }

    /// Writes the packets of a chunk that `selection` holds, or all of them, and what else is in it where the format
    /// has room for that. Copies without looking at each packet where it can.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub fn write_chunk(&mut self, chunk: &Chunk, selection: Option<&Selection>) -> Result<(), WriteError> {
        match (&chunk.parts, self.options.format) {
            (Parts::One(part), Format::Pcap) if self.copies_records(part) => {
                self.copy_records(chunk, part, selection)
            }
            (Parts::One(part), Format::Pcapng) if self.copies_blocks(part) => {
                self.copy_blocks(chunk, part, selection)
            }
            _ => self.write_events(chunk, selection),
        }
    }

    /// Writes counters of an interface (by its index in the list given with frames) into the current pcapng file; does
    /// nothing in pcap or where sections are copied.
    ///
    /// # Errors
    /// What the system says.
    pub fn write_statistics(
        &mut self,
        interface: u32,
        statistics: &InterfaceStatistics,
        interfaces: &Interfaces,
    ) -> Result<(), WriteError> {
        if self.options.format == Format::Pcap || matches!(self.head, Head::Copied { .. }) {
            return Ok(());
        }
        if self.sink.is_none() {
            self.open(statistics.time)?;
        }
        self.own_head(interfaces)?;
        let Some(sink) = &mut self.sink else { return Ok(()) };
        let before = sink.buffer().len();
        encode::statistics(interface, statistics, sink.buffer());
        sink.record_added(before, 0)
    }

    /// Hands all whole records to the system.
    ///
    /// # Errors
    /// What the system says.
    pub fn flush(&mut self) -> Result<(), WriteError> {
        self.sink.as_mut().map_or(Ok(()), Sink::flush)
    }

    /// Ends the last file; one without packets gets a header.
    ///
    /// # Errors
    /// What the system says.
    pub fn finish(mut self) -> Result<Written, WriteError> {
        if self.sink.is_none() && self.written.files == 0 {
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
            self.open(Timestamp(i64::try_from(now.as_nanos()).unwrap_or(i64::MAX)))?;
        }
        self.close()?;
        Ok(self.written)
    }

    /// Packets and files so far; those of the current file that still wait to be written are counted.
    pub fn written(&self) -> Written {
        let mut written = self.written.clone();
        written.packets = written.packets.saturating_add(self.file_packets);
        written
    }

    // --- files ---

    /// Begins the next file.
    fn open(&mut self, time: Timestamp) -> Result<(), WriteError> {
        let path = self.names.next(time)?;
        let sink = Sink::create(&path, self.options.compression, &self.options.inputs)?;
        if let Some(keep) = self.options.rotation.files {
            self.ring.push_back(path.clone());
            while self.ring.len() > (keep as usize).max(1) {
                if let Some(oldest) = self.ring.pop_front() {
                    // Someone else may have deleted or moved it already.
                    let _ = std::fs::remove_file(oldest);
                }
            }
        }
        self.written.files = self.written.files.saturating_add(1);
        self.written.last = Some(path.clone());
        self.path = path;
        self.sink = Some(sink);
        self.file_packets = 0;
        self.file_start = None;
        Ok(())
    }

    fn close(&mut self) -> Result<(), WriteError> {
        if matches!(self.head, Head::Empty) {
            self.empty_head()?;
        }
        self.head = Head::Empty;
        let Some(sink) = self.sink.take() else { return Ok(()) };
        let (packets, octets) = sink.finish()?;
        self.written.packets = self.written.packets.saturating_add(packets);
        self.written.octets = self.written.octets.saturating_add(octets);
        self.file_packets = 0;
        if let Some(Finished(tell)) = &self.options.finished {
            tell(&self.path);
        }
        Ok(())
    }

    /// The header of a file that gets no packets.
    fn empty_head(&mut self) -> Result<(), WriteError> {
        let interfaces = self.interfaces.clone();
        match self.options.format {
            Format::Pcapng => self.own_head(&interfaces),
            Format::Pcap => {
                let first = interfaces.described(0);
                self.pcap_head(PcapShape {
                    big_endian: false,
                    nanoseconds: self.options.nanoseconds.unwrap_or(true),
                    link_type: first.map_or(LinkType::ETHERNET, |described| described.interface.link_type),
                    fcs_len: first.and_then(|described| described.fcs_len),
                    snaplen: self.snaplen(USUAL_LIMIT),
                })
            }
        }
    }

    /// Sees to it that a packet of `time` and about `octets` can be added: opens the first file, or the next.
    fn make_room(&mut self, time: Option<Timestamp>, octets: u64) -> Result<(), WriteError> {
        let now = time.or(self.file_start).unwrap_or_default();
        let Some(sink) = &self.sink else {
            self.open(now)?;
            self.file_start = time;
            return Ok(());
        };
        let rotation = &self.options.rotation;
        let full = self.file_packets > 0
            && (rotation.packets.is_some_and(|most| self.file_packets >= most)
                || rotation.octets.is_some_and(|most| sink.octets().saturating_add(octets) > most)
                || matches!((rotation.time, self.file_start), (Some(span), Some(start))
                    if u128::try_from(now.since(start)).is_ok_and(|ns| ns >= span.as_nanos())));
        if full {
            self.close()?;
            self.open(now)?;
        }
        self.file_start = self.file_start.or(time);
        Ok(())
    }

    /// Octets kept of each packet.
    fn limit(&self) -> u32 {
        if self.options.snaplen == 0 { HARD_LIMIT } else { self.options.snaplen }
    }

    /// Snaplen for a header: what was asked for, or that of the source.
    fn snaplen(&self, source: u32) -> u32 {
        match (self.options.snaplen, source) {
            (0, source) => source,
            (asked, 0) => asked,
            (asked, source) => asked.min(source),
        }
    }

    fn check_link_type(
        &self,
        expected: LinkType,
        link_type: LinkType,
        number: u64,
    ) -> Result<(), WriteError> {
        match &self.sink {
            Some(sink) if expected != link_type => {
                Err(WriteError::LinkType { name: sink.name().clone(), number, link_type, expected })
            }
            _ => Ok(()),
        }
    }

    // --- headers ---

    fn pcap_head(&mut self, shape: PcapShape) -> Result<(), WriteError> {
        if let Some(sink) = &mut self.sink {
            sink.header(&encode::pcap_header(&shape), RecordShape::Pcap { big_endian: shape.big_endian })?;
        }
        self.head = Head::Pcap(shape);
        Ok(())
    }

    /// Sees to it that the current section is this program's and describes `interfaces`.
    fn own_head(&mut self, interfaces: &Interfaces) -> Result<(), WriteError> {
        let described = match self.head {
            Head::Own { described } if described as usize >= interfaces.len() => return Ok(()),
            Head::Own { described } => described,
            _ => {
                let facts = SectionFacts {
                    comment: self.options.comment.as_deref(),
                    application: &self.options.application,
                    source: self.source.as_deref(),
                };
                let header = encode::section_header(&facts);
                let Some(sink) = &mut self.sink else { return Ok(()) };
                sink.flush()?;
                sink.header(&header, RecordShape::Pcapng { big_endian: false })?;
                0
            }
        };
        let mut blocks = Vec::new();
        for index in described..interfaces.len() as u32 {
            if let Some(interface) = interfaces.described(index) {
                let snaplen = self.snaplen(interface.interface.snaplen);
                encode::interface(interface, self.options.filter.as_deref(), snaplen, &mut blocks);
            }
        }
        self.head = Head::Own { described: interfaces.len() as u32 };
        self.sink.as_mut().map_or(Ok(()), |sink| sink.records(&blocks, 0))
    }

    /// Sees to it that the current section is a copy of `section`, with its first `known` interfaces.
    fn copied_head(
        &mut self,
        section: &Arc<Section>,
        known: u32,
        interfaces: &Interfaces,
    ) -> Result<(), WriteError> {
        if let Head::Copied { section: current, described } = &mut self.head
            && Arc::ptr_eq(&current.header, &section.header)
        {
            *current = Arc::clone(section);
            *described = (*described).max(known);
            return Ok(());
        }
        let mut blocks = encode::open_ended(&section.header);
        for index in section.ids.iter().take(known as usize) {
            match index.and_then(|index| interfaces.described(index)) {
                Some(described) => encode::interface_verbatim(described, &mut blocks),
                // A description that could not be read keeps its number: nothing refers to it.
                None => blocks.extend_from_slice(&encode::no_interface(section.big_endian)),
            }
        }
        self.head = Head::Copied { section: Arc::clone(section), described: known };
        let Some(sink) = &mut self.sink else { return Ok(()) };
        sink.flush()?;
        sink.header(&blocks, RecordShape::Pcapng { big_endian: section.big_endian })
    }

    // --- one by one ---

    fn write_events(&mut self, chunk: &Chunk, selection: Option<&Selection>) -> Result<(), WriteError> {
        let mut chosen = Chosen::new(selection);
        for event in chunk.events() {
            match event {
                Event::Packet(record) if chosen.has(record.number) => self.write_record(&record, chunk)?,
                Event::Packet(_) | Event::Damaged(_) => {}
                Event::Block(block) => self.write_block(&block, chunk)?,
            }
        }
        Ok(())
    }

    fn write_record(&mut self, record: &Record<'_>, chunk: &Chunk) -> Result<(), WriteError> {
        let layout = record
            .pcap_layout()
            .filter(|layout| self.options.format == Format::Pcap && self.copies_layout(layout));
        let Some(layout) = layout else { return self.write(&record.frame(), &chunk.interfaces) };
        self.make_room(record.time(), record.raw.len() as u64)?;
        self.layout_head(layout)?;
        if let Head::Pcap(shape) = &self.head {
            self.check_link_type(shape.link_type, layout.link_type, record.number)?;
        }
        let Some(sink) = &mut self.sink else { return Ok(()) };
        self.file_packets = self.file_packets.saturating_add(1);
        sink.records(record.raw, 1)
    }

    /// A block of the source in a section of this program's.
    fn write_block(&mut self, block: &Block<'_>, chunk: &Chunk) -> Result<(), WriteError> {
        if self.options.format == Format::Pcap {
            return Ok(());
        }
        match block.kind {
            SECTION => {
                self.source.get_or_insert_with(|| Arc::new(block.section.clone()));
                return Ok(());
            }
            // `own_head` describes interfaces.
            INTERFACE => return Ok(()),
            _ => {}
        }
        if self.sink.is_none() {
            self.make_room(None, 0)?;
        }
        self.own_head(&chunk.interfaces)?;
        let Some(sink) = &mut self.sink else { return Ok(()) };
        let before = sink.buffer().len();
        if !encode::foreign_block(block, &chunk.interfaces, sink.buffer()) {
            sink.buffer().truncate(before);
            self.written.blocks_left_out = self.written.blocks_left_out.saturating_add(1);
        }
        sink.record_added(before, 0)
    }
}
