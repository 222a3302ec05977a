//! Any packet of a source by its number, without walking there from the start.
//!
//! An [`Index`] keeps the chunks of a source, and where in each every 64th packet lies. Of a mapped file a chunk is a
//! range: two million packets in a gigabyte take less than a megabyte of index. Of a stream the chunk is the octets
//! themselves, so the index then holds the capture; who follows a pipe without end decides what to forget.

use super::chunk::{Chunk, Event, Layout, Parts, Record, Walk};
use super::pcapng::INTERFACE;

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
    marks: Vec<Mark>,
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
        IndexedChunk { chunk, marks }
    }

    /// The chunk.
    pub fn chunk(&self) -> &Chunk {
        &self.chunk
    }

    /// The packet with this number in the source.
    fn record(&self, number: u64) -> Option<Record<'_>> {
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
    chunks: Vec<IndexedChunk>,
}

impl Index {
    /// Adds the next chunk of the source.
    pub fn push(&mut self, chunk: IndexedChunk) {
        self.chunks.push(chunk);
    }

    /// Packets in it.
    pub fn packets(&self) -> u64 {
        self.chunks
            .last()
            .map_or(0, |last| last.chunk.first_number.saturating_sub(1).saturating_add(last.chunk.packets))
    }

    /// The chunks in order.
    pub fn chunks(&self) -> impl Iterator<Item = &Chunk> {
        self.chunks.iter().map(IndexedChunk::chunk)
    }

    /// The chunk that holds a packet.
    pub fn chunk(&self, number: u64) -> Option<&Chunk> {
        self.find(number).map(IndexedChunk::chunk)
    }

    /// A packet by its number in the source, from 1.
    pub fn record(&self, number: u64) -> Option<Record<'_>> {
        self.find(number)?.record(number)
    }

    fn find(&self, number: u64) -> Option<&IndexedChunk> {
        let after = self.chunks.partition_point(|indexed| indexed.chunk.first_number <= number);
        // A chunk without packets has the number of the one behind it, which then is the last.
        let indexed = self.chunks.get(..after)?.last()?;
        let ordinal = number.checked_sub(indexed.chunk.first_number)?;
        (ordinal < indexed.chunk.packets).then_some(indexed)
    }
}
