//! Any packet of a source by its number, without walking there from the start.
//!
//! An [`Index`] keeps where the chunks of a source are, and where in each every 64th packet lies. Chunks of a regular file
//! are read again when they are asked for: two million packets in a gigabyte take less than a megabyte of index. Of a
//! stream the index keeps the octets themselves, so it then holds the capture; who follows a pipe without end decides
//! what to forget.

use super::bytes::{Bytes, Pool};
use super::chunk::{Chunk, Event, Layout, Parts, Record, Walk};
use super::pcapng::INTERFACE;
use std::io;
use std::sync::Arc;

/// Packets between two marks.
const EVERY: u64 = 64;

/// Where a packet lies in its chunk.
#[derive(Clone, Copy, Debug)]
struct Mark {
    at: u32,
    /// Interfaces of the section described before it.
    known: u32,
}

/// A chunk with its marks; made by whoever works on the chunk.
#[derive(Clone, Debug)]
pub struct IndexedChunk {
    chunk: Chunk,
    marks: Arc<[Mark]>,
}

impl IndexedChunk {
    /// Walks over the chunk once.
    pub fn new(chunk: Chunk) -> Self {
        let mut marks = Vec::new();
        if let Parts::One(part) = &chunk.parts {
            let mut walk = Walk::new(part, &chunk.interfaces);
            let (mut packets, mut known, mut at) = (0u64, part.known, 0usize);
            while let Some(event) = walk.next(0) {
                match event {
                    Event::Packet(_) => {
                        if packets.is_multiple_of(EVERY) {
                            marks.push(Mark { at: at as u32, known });
                        }
                        packets = packets.saturating_add(1);
                    }
                    Event::Block(block) if block.kind == INTERFACE => known = known.saturating_add(1),
                    Event::Block(_) | Event::Damaged(_) => {}
                }
                at = walk.position();
            }
        }
        IndexedChunk { chunk, marks: marks.into() }
    }

    /// The chunk.
    pub fn chunk(&self) -> &Chunk {
        &self.chunk
    }

    /// The packet with this number in the source.
    pub fn record(&self, number: u64) -> Option<Record<'_>> {
        let ordinal = number.checked_sub(self.chunk.first_number)?;
        let Parts::One(part) = &self.chunk.parts else {
            return self.chunk.records().nth(usize::try_from(ordinal).ok()?);
        };
        let mark = self.marks.get(usize::try_from(ordinal / EVERY).ok()?)?;
        let known = match part.layout {
            Layout::Pcap(_) => 0,
            Layout::Pcapng(_) => mark.known,
        };
        let mut walk = Walk::from(part, &self.chunk.interfaces, mark.at as usize, known);
        let mut next = number.checked_sub(ordinal % EVERY)?;
        loop {
            if let Event::Packet(record) = walk.next(next)? {
                if next == number {
                    return Some(record);
                }
                next = next.checked_add(1)?;
            }
        }
    }
}

/// The chunks of a source, by packet number.
#[derive(Clone, Debug, Default)]
pub struct Index {
    chunks: Vec<Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    indexed: IndexedChunk,
    /// Octets to be read again: those of the chunk are not kept.
    left: Option<usize>,
}

impl Index {
    /// Adds the next chunk of the source.
    pub fn push(&mut self, mut indexed: IndexedChunk) {
        let left = match &mut indexed.chunk.parts {
            Parts::One(part) if part.placed.is_some() => {
                let len = part.bytes.as_slice().len();
                part.bytes = Bytes::owned(Pool::default().take(0), 0..0);
                Some(len)
            }
            _ => None,
        };
        self.chunks.push(Entry { indexed, left });
    }

    /// Packets in it.
    pub fn packets(&self) -> u64 {
        self.chunks.last().map_or(0, |last| {
            let chunk = &last.indexed.chunk;
            chunk.first_number.saturating_sub(1).saturating_add(chunk.packets)
        })
    }

    /// The chunk that holds a packet, by the packet's number in the source, from 1.
    ///
    /// # Errors
    /// The octets cannot be read again, or are gone.
    pub fn chunk(&self, number: u64) -> io::Result<Option<IndexedChunk>> {
        self.find(number).map(Entry::load).transpose()
    }

    fn find(&self, number: u64) -> Option<&Entry> {
        let after = self.chunks.partition_point(|entry| entry.indexed.chunk.first_number <= number);
        // A chunk without packets has the number of the one behind it, which then is the last.
        let entry = self.chunks.get(..after)?.last()?;
        let ordinal = number.checked_sub(entry.indexed.chunk.first_number)?;
        (ordinal < entry.indexed.chunk.packets).then_some(entry)
    }
}

impl Entry {
    /// The chunk with its octets.
    fn load(&self) -> io::Result<IndexedChunk> {
        let mut indexed = self.indexed.clone();
        if let (Some(len), Parts::One(part)) = (self.left, &mut indexed.chunk.parts)
            && let Some(placed) = &part.placed
        {
            let mut buffer = Pool::default().take(len);
            let count = placed.read(buffer.get_mut(..len).unwrap_or_default(), part.offset)?;
            if count < len {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            part.bytes = Bytes::owned(buffer, 0..len);
        }
        Ok(indexed)
    }
}
