//! One file: what it is, where reading stands, and the next part of it.
//!
//! Everything can be read from front to back, as a stream. Of a regular file workers may claim stretches besides, which
//! they read by themselves (see `stretch.rs`); what they find is settled here, in order.

use super::bytes::Pool;
use super::chunk::{Layout, Part};
use super::decompress::{Decompressed, compression};
use super::error::{Compression, FileError, Format, Note, NoteKind, Notes, SourceName};
use super::interfaces::{Clock, Described, Interfaces, MAX_INTERFACES};
use super::pcap::{self, FILE_HEADER, FileHeader};
use super::pcapng::{self, SECTION, Section};
use super::placed::Placed;
use super::scan::{Halt, Progress, Target, octets};
use super::source::{AnyStream, FileStream, PlacedStream, Stopper, Stream};
use super::streamed::{Broken, Streamed};
use super::stretch::{Found, Records, Stretch};
use nettool_dissect::frame::Interface;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::{FileExt, FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Arc;

/// How files are read.
#[derive(Clone, Debug)]
pub struct ReadOptions {
    /// Wait for more at the end of a regular file, until stopped. A pipe is always read until its writers close it.
    pub follow: bool,
    /// Octets of records in a chunk, at most, unless one record is longer.
    pub chunk_octets: usize,
    /// Packets in a chunk, at most. What a worker makes of a chunk should not take much memory: less where much is
    /// written about each packet.
    pub chunk_packets: u64,
    /// Octets of stream after which reading stops with an error; for decompression of data that nobody vouches for.
    pub stream_limit: Option<u64>,
}

impl Default for ReadOptions {
    fn default() -> Self {
        ReadOptions { follow: false, chunk_octets: 256 << 10, chunk_packets: 4096, stream_limit: None }
    }
}

/// What tells a file from all others on this machine while it exists.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct FileId {
    device: u64,
    inode: u64,
}

impl FileId {
    /// The identity of what `metadata` describes.
    pub fn of(metadata: &std::fs::Metadata) -> Self {
        FileId { device: metadata.dev(), inode: metadata.ino() }
    }
}

enum State {
    Start,
    Pcap(pcap::PcapLayout),
    Pcapng(Arc<Section>),
    Done,
}

/// One file being read.
pub(crate) struct Input {
    pub(crate) name: SourceName,
    /// Which of the source's files.
    file: u32,
    streamed: Streamed,
    /// The regular file that `streamed` reads, where stretches can be claimed of it.
    placed: Option<Placed>,
    state: State,
    /// Sections of a pcapng file entered so far.
    sections: u32,
    /// Offset of the first unread octet in the decompressed file.
    offset: u64,
    packets: u64,
    notes: Notes,
    pool: Pool,
    chunk_octets: usize,
    chunk_packets: u64,
    stopper: Stopper,
    compression: Compression,
    format: Option<Format>,
    /// Up to where a regular file has been claimed in stretches; `None` once too many of them were not as they should
    /// be: the rest is read from front to back.
    claimed: Option<u64>,
    /// Stretches whose records were not found where they are: two for each, one off for each that was right.
    misses: u32,
    /// Seconds of a record of a pcap file not far before.
    near: Option<u32>,
    pub(crate) id: Option<FileId>,
}

/// [`Input::misses`] after which looking for records in stretches is given up.
const MOST_MISSES: u32 = 16;
/// Octets that are read from front to back where a stretch was claimed, at most.
const MOST_AT_ONCE: usize = 4 << 20;
const PAGE_MASK: u64 = 4095;
/// Octets of what is no capture that are looked at and shown.
const SHOWN: usize = 8;
/// Smallest stream buffer: one read of a full pipe.
const LEAST_BUFFER: usize = 64 << 10;

impl Input {
    /// Opens a path; `-` is standard input.
    pub(crate) fn open(
        path: &Path,
        file: u32,
        options: &ReadOptions,
        stopper: &Stopper,
    ) -> Result<Input, FileError> {
        let stdin = path.as_os_str() == "-";
        let name = SourceName::new(if stdin { "stdin".into() } else { path.to_string_lossy() }.as_ref());
        let fail = |source| FileError::Open { name: name.clone(), source };
        let opened = if stdin { stdin_file() } else { open_file(path) }.map_err(fail)?;
        let metadata = opened.metadata().map_err(fail)?;
        if metadata.is_dir() {
            return Err(FileError::Directory { name });
        }
        let regular = metadata.is_file();
        let mut magic = [0; 4];
        let packed = regular
            && opened
                .read_at(&mut magic, 0)
                .is_ok_and(|count| compression(magic.get(..count).unwrap_or_default()) != Compression::None);
        // Standard input may stand in the middle of a file, and /proc has regular files of size 0.
        let (stream, placed): (Box<dyn Stream>, _) =
            if regular && !packed && !stdin && !options.follow && metadata.len() > 0 {
                let placed = Placed { file: Arc::new(opened), len: metadata.len() };
                let (stopper, position) = (stopper.clone(), 0);
                (Box::new(PlacedStream { placed: placed.clone(), position, stopper }), Some(placed))
            } else {
                (Box::new(FileStream::new(opened, regular, options.follow, stopper.clone())), None)
            };
        let mut input = Self::new(name, file, stream, options, stopper);
        (input.id, input.placed) = (Some(FileId::of(&metadata)), placed);
        Ok(input)
    }

    /// Reads what `reader` brings.
    pub(crate) fn from_reader(
        reader: impl Read + Send + 'static,
        name: &str,
        options: &ReadOptions,
        stopper: &Stopper,
    ) -> Input {
        Self::new(SourceName::new(name), 0, Box::new(AnyStream(reader)), options, stopper)
    }

    fn new(
        name: SourceName,
        file: u32,
        stream: Box<dyn Stream>,
        options: &ReadOptions,
        stopper: &Stopper,
    ) -> Input {
        let pool = Pool::default();
        let chunk_octets = options.chunk_octets.max(1);
        let buffer = pool.take(chunk_octets.max(LEAST_BUFFER));
        let limit = options.stream_limit.unwrap_or(u64::MAX);
        Input {
            name,
            file,
            streamed: Streamed { stream, front: None, buffer, filled: 0, ended: false, limit },
            placed: None,
            state: State::Start,
            offset: 0,
            packets: 0,
            sections: 0,
            notes: Notes::default(),
            pool,
            chunk_octets,
            chunk_packets: options.chunk_packets.max(1),
            stopper: stopper.clone(),
            compression: Compression::None,
            format: None,
            claimed: Some(0),
            misses: 0,
            near: None,
            id: None,
        }
    }

    /// Damage that was read past so far.
    pub(crate) fn notes(&self) -> &[Note] {
        self.notes.list()
    }

    /// The container, once the first part has been asked for.
    pub(crate) fn format(&self) -> Option<Format> {
        self.format
    }

    /// The compression, once the first part has been asked for.
    pub(crate) fn compression(&self) -> Compression {
        self.compression
    }

    /// Whether another part can come: false once the end or an error has been seen, or when a regular file has been
    /// read to its last octet.
    pub(crate) fn may_have_more(&self) -> bool {
        match (&self.state, &self.placed) {
            (State::Done, _) => false,
            (State::Start, _) => true,
            (_, Some(placed)) => self.offset < placed.len,
            (_, None) => !self.streamed.ended || !self.streamed.window().is_empty(),
        }
    }

    /// The next records, as many as a chunk takes; `None` at the end.
    ///
    /// # Errors
    /// Damage, after all that is good before it has been given out; then `None`.
    pub(crate) fn next_part(&mut self, interfaces: &mut Arc<Interfaces>) -> Result<Option<Part>, FileError> {
        self.next_records(interfaces, None)
    }

    /// As [`next_part`](Self::next_part), or the records that begin in as many octets as are given.
    fn next_records(
        &mut self,
        interfaces: &mut Arc<Interfaces>,
        octets: Option<usize>,
    ) -> Result<Option<Part>, FileError> {
        if self.stopper.is_stopped() || matches!(self.state, State::Done) {
            return Ok(None);
        }
        let target = match octets {
            None => Target { octets: self.chunk_octets, packets: self.chunk_packets },
            Some(octets) => Target { octets, packets: u64::MAX },
        };
        let part = self.part(interfaces, target, octets.is_some());
        if self.stopper.is_stopped() && part.is_err() {
            // A wait that was ended looks like the end of the file: no damage.
            self.state = State::Done;
            return Ok(None);
        }
        if !matches!(part, Ok(Some(_))) {
            self.state = State::Done;
        }
        part
    }

    /// `whole`: reads on until `target` is reached, whatever room that takes.
    fn part(
        &mut self,
        interfaces: &mut Arc<Interfaces>,
        target: Target,
        whole: bool,
    ) -> Result<Option<Part>, FileError> {
        if matches!(self.state, State::Start) {
            self.start(interfaces)?;
        }
        let mut progress = Progress::default();
        let mut known = self.described();
        let mut sound = true;
        loop {
            let halt = self.scan(&mut progress, target, &mut sound);
            match halt {
                Halt::Full => return Ok(Some(self.take(progress, known, sound))),
                Halt::More { needed } => {
                    if progress.at > 0 && !whole && !self.could_read_on(progress.at) {
                        return Ok(Some(self.take(progress, known, sound)));
                    }
                    if self.fetch(progress.at, needed)? {
                        continue;
                    }
                    if progress.at > 0 {
                        return Ok(Some(self.take(progress, known, sound)));
                    }
                    if let Some((needed, available)) = self.lost() {
                        return Err(FileError::Truncated { name: self.name.clone(), needed, available });
                    }
                    return match self.window().len() as u64 {
                        0 => Ok(None),
                        _ if matches!(self.state, State::Done) => Ok(None),
                        available => Err(self.cut(needed, available)),
                    };
                }
                // What is good goes out first; the next call meets the same damage at its start.
                _ if progress.at > 0 && !matches!(halt, Halt::Interface { .. }) => {
                    return Ok(Some(self.take(progress, known, sound)));
                }
                Halt::Section { len } => {
                    self.enter_section(len)?;
                    known = 0;
                    progress.at = len;
                }
                Halt::Interface { len } => {
                    if Interfaces::len(interfaces) >= MAX_INTERFACES as usize {
                        if progress.at > 0 {
                            return Ok(Some(self.take(progress, known, sound)));
                        }
                        let name = self.name.clone();
                        return Err(FileError::TooManyInterfaces {
                            name,
                            offset: self.offset,
                            limit: MAX_INTERFACES,
                        });
                    }
                    self.add_interface(&progress, len, interfaces);
                    progress.at = progress.at.saturating_add(len);
                }
                other => return Err(self.damage(other)),
            }
        }
    }

    /// Whether workers can read at places of it.
    pub(crate) fn has_places(&self) -> bool {
        self.placed.is_some()
    }

    /// At the end of a regular file: the size it had and the one it has, when that is less.
    fn lost(&self) -> Option<(u64, u64)> {
        let placed = self.placed.as_ref()?;
        let read = self.offset.saturating_add(self.window().len() as u64);
        if read >= placed.len || self.stopper.is_stopped() {
            return None;
        }
        placed.shrunk_to().map(|now| (placed.len, now))
    }

    /// How records lie; `None` before the header has been read and after the end.
    fn layout(&self) -> Option<Layout> {
        match &self.state {
            State::Pcapng(section) => Some(Layout::Pcapng(Arc::clone(section))),
            State::Pcap(layout) => Some(Layout::Pcap(*layout)),
            State::Start | State::Done => None,
        }
    }

    /// The next stretch of a regular file whose header has been read.
    pub(crate) fn claim(&mut self) -> Option<Stretch> {
        let (placed, layout) = (self.placed.as_ref()?, self.layout()?);
        let start = self.claimed?.max(self.offset);
        if start >= placed.len || self.stopper.is_stopped() {
            return None;
        }
        let end = start.saturating_add(self.stretch());
        // The kernel copies whole pages best.
        let end = Some(end & !PAGE_MASK).filter(|page| *page > start).unwrap_or(end).min(placed.len);
        let (placed, exact) = (placed.clone(), start == self.offset);
        self.claimed = Some(end);
        let packets = self.chunk_packets.saturating_mul(4);
        let (pool, near) = (self.pool.clone(), self.near);
        Some(Stretch { placed, pool, layout, range: start..end, exact, packets, near })
    }

    /// Octets of a stretch: a chunk, or less where that would be more packets than a chunk may have.
    fn stretch(&self) -> u64 {
        let each = self.offset.checked_div(self.packets).unwrap_or(0);
        let packets = self.chunk_packets.saturating_sub(self.chunk_packets / 4).saturating_mul(each);
        let most = self.chunk_octets as u64;
        packets.clamp(most / 16, most).max(1)
    }

    /// The part that a claimed stretch is; `None` when no record begins in it, or the rest is read without stretches.
    pub(crate) fn settle(
        &mut self,
        found: Found,
        interfaces: &mut Arc<Interfaces>,
    ) -> Result<Option<Part>, FileError> {
        if self.claimed.is_none() || self.offset >= found.range.end {
            return Ok(None);
        }
        let part = match found.records.filter(|records| self.follow(records)) {
            Some(records) => {
                self.misses = self.misses.saturating_sub(1);
                Some(self.adopt(records))
            }
            None => {
                self.misses = self.misses.saturating_add(2);
                let octets = found.range.end.saturating_sub(self.offset);
                let octets = usize::try_from(octets).unwrap_or(usize::MAX).min(MOST_AT_ONCE);
                self.next_records(interfaces, Some(octets))?
            }
        };
        if self.offset < found.range.end {
            self.misses = self.misses.saturating_add(2);
        }
        if self.misses > MOST_MISSES {
            self.claimed = None;
        }
        Ok(part)
    }

    /// Whether records begin where those before end, and were understood as these.
    fn follow(&self, records: &Records) -> bool {
        records.place.start == self.offset
            && !self.stopper.is_stopped()
            && self.layout().is_some_and(|layout| records.still(&layout))
    }

    /// The records as the part that comes next.
    fn adopt(&mut self, records: Records) -> Part {
        let Records { bytes, place, packets, layout, near } = records;
        self.near = near.or(self.near);
        let known = self.described();
        self.offset = place.end;
        self.packets = self.packets.saturating_add(packets);
        self.streamed.seek(place.end);
        let (file, placed) = (self.file, self.placed.clone());
        Part { bytes, offset: place.start, layout, known, file, packets, sound: true, placed }
    }

    /// Interfaces of the current section so far.
    fn described(&self) -> u32 {
        match &self.state {
            State::Pcapng(section) => section.ids.len() as u32,
            _ => 0,
        }
    }

    /// The octets that are there from where reading stands.
    fn window(&self) -> &[u8] {
        self.streamed.window()
    }

    fn scan(&mut self, progress: &mut Progress, target: Target, sound: &mut bool) -> Halt {
        let Input { state, streamed, notes, name, offset, packets, .. } = self;
        let window = streamed.window();
        let note = |kind: NoteKind, at: usize, packet: u64| {
            *sound &= matches!(kind, NoteKind::FractionCarried);
            notes.add(name, kind, offset.saturating_add(at as u64), packets.saturating_add(packet));
        };
        match state {
            State::Pcap(layout) => pcap::scan(layout, window, progress, target, note),
            State::Pcapng(section) => pcapng::scan(section, window, progress, target, note),
            State::Start | State::Done => Halt::More { needed: 0 },
        }
    }

    /// Cuts the scanned records off as a part.
    fn take(&mut self, progress: Progress, known: u32, sound: bool) -> Part {
        // Nothing is scanned in states without a layout.
        let layout = self.layout().unwrap_or_else(|| Layout::Pcapng(Arc::new(Section::new(false, &[]))));
        let bytes = self.streamed.take(progress.at, &self.pool, self.chunk_octets.max(LEAST_BUFFER));
        let offset = self.offset;
        self.offset = self.offset.saturating_add(progress.at as u64);
        self.packets = self.packets.saturating_add(progress.packets);
        let (file, packets, placed) = (self.file, progress.packets, self.placed.clone());
        Part { bytes, offset, layout, known, file, packets, sound, placed }
    }

    /// Skips octets that are no records.
    fn skip(&mut self, count: usize) {
        self.offset = self.offset.saturating_add(count as u64);
        self.streamed.skip(count, &self.pool);
    }

    /// Whether reading on, instead of handing out the `scanned` octets now, costs neither a wait nor a larger buffer.
    fn could_read_on(&mut self, scanned: usize) -> bool {
        let streamed = &mut self.streamed;
        let room = streamed.buffer.len().saturating_sub(streamed.filled);
        let more = streamed.front.is_none() && !streamed.ended && room > 0;
        more && scanned < self.chunk_octets && streamed.stream.ready()
    }

    /// Reads more, so that `needed` octets from `at` may be there one day; false at the end.
    fn fetch(&mut self, at: usize, needed: u64) -> Result<bool, FileError> {
        let streamed = &mut self.streamed;
        if streamed.ended {
            return Ok(false);
        }
        streamed.settle(&self.pool);
        let Streamed { stream, buffer, filled, ended, limit, .. } = streamed;
        if *filled >= buffer.len() {
            // Doubling: a length that lies costs no more memory than the octets that really come.
            let wanted = at.saturating_add(usize::try_from(needed).unwrap_or(usize::MAX));
            let len =
                wanted.min(buffer.len().saturating_mul(2)).max(buffer.len().saturating_add(LEAST_BUFFER));
            buffer.grow(len);
        }
        let room = buffer.get_mut(*filled..).unwrap_or_default();
        let offset = self.offset.saturating_add(*filled as u64);
        let compression = stream.compression();
        let failed = |source| match compression {
            Compression::None => FileError::Read { name: self.name.clone(), offset, source },
            compression => FileError::Compressed { name: self.name.clone(), compression, offset, source },
        };
        match stream.read(room) {
            Ok(0) => {
                *ended = true;
                Ok(false)
            }
            Ok(_) if offset >= *limit => Err(failed(io::Error::other("more octets than allowed"))),
            Ok(count) => {
                *filled = filled.saturating_add(count);
                Ok(true)
            }
            Err(source) if at == 0 => Err(failed(source)),
            Err(source) => {
                // What is whole goes out first; the stream tells its error again at the next read.
                // The stream itself stays: to drop a decompressor would stop the whole source.
                let none = Box::new(Broken { error: None, compression, kept: None });
                let kept = Some(std::mem::replace(stream, none));
                *stream = Box::new(Broken { error: Some(source), compression, kept });
                Ok(false)
            }
        }
    }

    /// Reads until `count` octets are there; false when the stream ends before.
    fn want(&mut self, count: usize) -> Result<bool, FileError> {
        while self.window().len() < count {
            if !self.fetch(0, count as u64)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Finds out what the file is and reads its header.
    fn start(&mut self, interfaces: &mut Arc<Interfaces>) -> Result<(), FileError> {
        self.want(4)?;
        let packed = compression(self.window());
        if packed != Compression::None && self.compression == Compression::None {
            self.decompress(packed)?;
            self.want(4)?;
        }
        let window = self.window();
        let Some(magic) = octets::<4>(window, 0) else {
            let name = self.name.clone();
            return Err(match window {
                [] => FileError::Empty { name },
                some => FileError::NotACapture { name, start: some.into() },
            });
        };
        if u32::from_le_bytes(magic) == SECTION {
            self.format = Some(Format::Pcapng);
            self.state = State::Pcapng(Arc::new(Section::new(false, &[])));
            return Ok(());
        }
        if pcap::magic(magic).is_none() {
            let start = window.get(..window.len().min(SHOWN)).unwrap_or(window).into();
            return Err(FileError::NotACapture { name: self.name.clone(), start });
        }
        self.format = Some(Format::Pcap);
        self.start_pcap(interfaces)
    }

    fn start_pcap(&mut self, interfaces: &mut Arc<Interfaces>) -> Result<(), FileError> {
        let whole = self.want(FILE_HEADER)?;
        let header = FileHeader::parse(self.window()).filter(|_| whole);
        let Some(mut header) = header else {
            let (name, available) = (self.name.clone(), self.window().len() as u64);
            return Err(FileError::HeaderCut {
                name,
                format: Format::Pcap,
                needed: FILE_HEADER as u64,
                available,
            });
        };
        // Version 1 lay otherwise; what came after 2.4 never differed in more than its number.
        if header.major < 2 {
            let (name, major, minor) = (self.name.clone(), header.major, header.minor);
            return Err(FileError::Version { name, format: Format::Pcap, offset: 0, major, minor });
        }
        // Octets that are there without a wait help to tell the layouts apart. Not at 0: an error of the stream is for
        // those who have read the good records before it.
        while header.unsettled(self.window().get(header.len()..).unwrap_or_default())
            && self.could_read_on(0)
            && self.fetch(1, 0)?
        {}
        let complete = self.streamed.ended;
        header.settle(self.window().get(header.len()..).unwrap_or_default(), complete);
        let layout = header.layout;
        let mut interface = Interface::new("", layout.link_type);
        interface.snaplen = layout.snaplen;
        let described = Described {
            interface,
            clock: if layout.unit_ns == 1 { Clock::NANOSECONDS } else { Clock::MICROSECONDS },
            fcs_len: layout.fcs_len,
            options: Box::default(),
            big_endian: false,
            file: self.file,
        };
        let Some(interface) = Arc::make_mut(interfaces).push(described) else {
            return Err(FileError::TooManyInterfaces {
                name: self.name.clone(),
                offset: 0,
                limit: MAX_INTERFACES,
            });
        };
        self.state = State::Pcap(pcap::PcapLayout { interface, ..layout });
        self.want(header.len())?;
        self.skip(header.len());
        Ok(())
    }

    /// Puts a decompressor between the file and the scan.
    fn decompress(&mut self, packed: Compression) -> Result<(), FileError> {
        let prefix = self.window().to_vec();
        let streamed = &mut self.streamed;
        let raw = std::mem::replace(&mut streamed.stream, Box::new(AnyStream(io::empty())));
        match Decompressed::start(packed, prefix, raw, self.stopper.clone()) {
            Ok(decompressed) => streamed.stream = Box::new(decompressed),
            Err(source) => return Err(FileError::Open { name: self.name.clone(), source }),
        }
        (streamed.front, streamed.filled, streamed.ended) = (None, 0, false);
        self.compression = packed;
        Ok(())
    }

    /// Begins the section whose header stands at the start of the window.
    fn enter_section(&mut self, len: usize) -> Result<(), FileError> {
        let block = self.window().get(..len).unwrap_or_default();
        let (name, offset) = (self.name.clone(), self.offset);
        let header = match pcapng::section_header(block) {
            Ok(Some(header)) => header,
            Ok(None) => {
                return Err(FileError::BlockLength { name, offset, kind: SECTION, length: len as u32 });
            }
            Err(magic) => return Err(FileError::ByteOrder { name, offset, magic }),
        };
        // 1.2 is read like 1.0; some writers use it.
        if !matches!((header.major, header.minor), (1, 0 | 2)) {
            let (major, minor) = (header.major, header.minor);
            return Err(FileError::Version { name, format: Format::Pcapng, offset, major, minor });
        }
        self.state = State::Pcapng(Arc::new(Section::new(header.big_endian, block)));
        self.sections = self.sections.saturating_add(1);
        Ok(())
    }

    /// Takes note of the interface described at `progress.at`.
    fn add_interface(&mut self, progress: &Progress, len: usize, interfaces: &mut Arc<Interfaces>) {
        let at = progress.at;
        let State::Pcapng(section) = &self.state else { return };
        let body = at.saturating_add(8)..at.saturating_add(len).saturating_sub(4);
        let mut described =
            Described::parse(self.window().get(body).unwrap_or_default(), section.big_endian, self.file);
        // Interfaces of further files go on in the numbers of the first.
        if let Some(described) = described.as_mut().filter(|_| self.file == 0) {
            described.interface.place = Some((self.sections, section.described()));
        }
        if described.is_none() {
            let packet = self.packets.saturating_add(progress.packets).saturating_add(1);
            let offset = self.offset.saturating_add(at as u64);
            self.notes.add(&self.name, NoteKind::InterfaceContents, offset, packet);
        }
        let State::Pcapng(section) = &mut self.state else { return };
        let index = described.as_ref().and_then(|d| Arc::make_mut(interfaces).push(d.clone()));
        Arc::make_mut(section).add(described.as_ref().zip(index));
    }

    fn cut(&self, needed: u64, available: u64) -> FileError {
        let (name, offset) = (self.name.clone(), self.offset);
        match self.state {
            State::Pcapng(_) if offset == 0 => {
                FileError::HeaderCut { name, format: Format::Pcapng, needed, available }
            }
            _ => FileError::Cut { name, offset, needed, available, packet: self.packets.saturating_add(1) },
        }
    }

    fn damage(&self, halt: Halt) -> FileError {
        let (name, offset, packet) = (self.name.clone(), self.offset, self.packets.saturating_add(1));
        match halt {
            Halt::TooLong { length, limit } => {
                FileError::TooLong { name, offset, length: length.into(), limit: limit.into(), packet }
            }
            Halt::Length { kind, length } => FileError::BlockLength { name, offset, kind, length },
            Halt::Differ { first, last } => FileError::BlockLengthsDiffer { name, offset, first, last },
            Halt::ByteOrder { magic } => FileError::ByteOrder { name, offset, magic },
            Halt::Full | Halt::More { .. } | Halt::Section { .. } | Halt::Interface { .. } => {
                self.cut(0, self.window().len() as u64)
            }
        }
    }
}

/// A file of its own for standard input, so that it is read without a lock and closed with the source.
fn stdin_file() -> io::Result<File> {
    use std::os::fd::AsFd;
    Ok(File::from(io::stdin().as_fd().try_clone_to_owned()?))
}

/// Opens without waiting for a FIFO's writer: the wait comes with the first read, which can be stopped.
fn open_file(path: &Path) -> io::Result<File> {
    let nonblocking = std::fs::metadata(path)?.file_type().is_fifo();
    let flags = if nonblocking { rustix::fs::OFlags::NONBLOCK.bits() } else { 0 };
    File::options().read(true).custom_flags(flags as i32).open(path)
}
