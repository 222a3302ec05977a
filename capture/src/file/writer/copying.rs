//! Copies of records as they are, wherever input and output agree.

use super::{Head, Writer};
use crate::file::chunk::{Block, Chunk, Event, Layout, Part, Record, Run, Selection};
use crate::file::encode::PcapShape;
use crate::file::pcap::{Lengths, PcapLayout};
use crate::file::pcapng::{INTERFACE, SECTION, Section};
use crate::file::scan::word;
use crate::file::sink::WriteError;
use std::sync::Arc;

impl Writer {
    /// Whether the records of `part` can go into a pcap file as they are.
    pub(super) fn copies_records(&self, part: &Part) -> bool {
        let Layout::Pcap(layout) = &part.layout else { return false };
        self.copies_layout(layout)
    }

    pub(super) fn copies_layout(&self, layout: &PcapLayout) -> bool {
        let nanoseconds = layout.unit_ns == 1;
        let plain = layout.record_header == 16 && layout.lengths == Lengths::Usual;
        let fits = match &self.head {
            Head::Pcap(shape) => {
                shape.big_endian == layout.big_endian
                    && shape.nanoseconds == nanoseconds
                    && shape.link_type == layout.link_type
            }
            _ => self.options.nanoseconds.is_none_or(|asked| asked == nanoseconds),
        };
        plain && fits && self.options.snaplen == 0
    }

    pub(super) fn copy_records(
        &mut self,
        chunk: &Chunk,
        part: &Part,
        selection: Option<&Selection>,
    ) -> Result<(), WriteError> {
        let Layout::Pcap(layout) = &part.layout else { return Ok(()) };
        if selection.is_some_and(|selection| selection.packets() == 0) {
            return Ok(());
        }
        if self.options.rotation.rotates() {
            return self.write_events(chunk, selection);
        }
        let bytes = part.bytes.as_slice();
        let all;
        let runs = match selection {
            Some(selection) => selection.runs.as_slice(),
            None => {
                let numbers = chunk.first_number..chunk.first_number.saturating_add(chunk.packets);
                all = [Run { numbers, span: 0..bytes.len() as u32 }];
                &all
            }
        };
        let first = chunk.records().next().and_then(|record| record.time());
        self.make_room(first, 0)?;
        self.layout_head(layout)?;
        let Some(sink) = &mut self.sink else { return Ok(()) };
        for run in runs {
            let packets = run.numbers.end.saturating_sub(run.numbers.start);
            let span = run.span.start as usize..run.span.end as usize;
            self.file_packets = self.file_packets.saturating_add(packets);
            sink.records(bytes.get(span).unwrap_or_default(), packets)?;
        }
        Ok(())
    }

    /// A header as that of the pcap file that is copied.
    pub(super) fn layout_head(&mut self, layout: &PcapLayout) -> Result<(), WriteError> {
        if !matches!(self.head, Head::Empty) {
            return Ok(());
        }
        self.pcap_head(PcapShape {
            big_endian: layout.big_endian,
            nanoseconds: layout.unit_ns == 1,
            link_type: layout.link_type,
            fcs_len: layout.fcs_len,
            snaplen: layout.snaplen,
        })
    }

    /// Whether the blocks of `part` can go into a pcapng file as they are.
    pub(super) fn copies_blocks(&self, part: &Part) -> bool {
        matches!(part.layout, Layout::Pcapng(_))
            && self.options.snaplen == 0
            && self.options.comment.is_none()
            && self.options.filter.is_none()
            && matches!(self.head, Head::Empty | Head::Copied { .. })
    }

    pub(super) fn copy_blocks(
        &mut self,
        chunk: &Chunk,
        part: &Part,
        selection: Option<&Selection>,
    ) -> Result<(), WriteError> {
        let Layout::Pcapng(section) = &part.layout else { return Ok(()) };
        if self.sink.is_none() {
            let first = chunk.records().find_map(|record| record.time());
            self.make_room(first, 0)?;
        }
        self.copied_head(section, part.known, &chunk.interfaces)?;
        let bytes = part.bytes.as_slice();
        if selection.is_none()
            && part.sound
            && part.known as usize == section.ids.len()
            && !self.options.rotation.rotates()
        {
            // Neither a section header nor an interface in it.
            if let Some(sink) = &mut self.sink
                && !starts_section(bytes, section)
            {
                self.file_packets = self.file_packets.saturating_add(part.packets);
                return sink.records(bytes, part.packets);
            }
        }
        let mut chosen = Chosen::new(selection);
        for event in chunk.events() {
            match event {
                Event::Packet(record) if chosen.has(record.number) => {
                    self.copy_packet(&record, section, chunk)?
                }
                Event::Packet(_) | Event::Damaged(_) => {}
                Event::Block(block) => self.copy_block(&block, section, chunk)?,
            }
        }
        Ok(())
    }

    fn copy_packet(
        &mut self,
        record: &Record<'_>,
        section: &Arc<Section>,
        chunk: &Chunk,
    ) -> Result<(), WriteError> {
        if self.options.rotation.rotates() {
            let known = match &self.head {
                Head::Copied { described, .. } => *described,
                _ => 0,
            };
            self.make_room(record.time(), record.raw.len() as u64)?;
            self.copied_head(section, known, &chunk.interfaces)?;
        }
        let Some(sink) = &mut self.sink else { return Ok(()) };
        self.file_packets = self.file_packets.saturating_add(1);
        sink.records(record.raw, 1)
    }

    fn copy_block(
        &mut self,
        block: &Block<'_>,
        section: &Arc<Section>,
        chunk: &Chunk,
    ) -> Result<(), WriteError> {
        match block.kind {
            // `copied_head` has written it.
            SECTION => return Ok(()),
            INTERFACE => {
                if let Head::Copied { described, .. } = &mut self.head {
                    *described = described.saturating_add(1);
                }
            }
            _ => self.copied_head(section, 0, &chunk.interfaces)?,
        }
        self.sink.as_mut().map_or(Ok(()), |sink| sink.records(block.raw, 0))
    }
}

/// Whether the octets start with the section's own header.
fn starts_section(bytes: &[u8], section: &Section) -> bool {
    word(bytes, 0, section.big_endian) == Some(SECTION)
}

/// Which packets of a chunk are selected, asked in order.
pub(super) struct Chosen<'a> {
    runs: Option<std::iter::Peekable<std::slice::Iter<'a, Run>>>,
}

impl<'a> Chosen<'a> {
    pub(super) fn new(selection: Option<&'a Selection>) -> Self {
        Chosen { runs: selection.map(|selection| selection.runs.iter().peekable()) }
    }

    pub(super) fn has(&mut self, number: u64) -> bool {
        let Some(runs) = &mut self.runs else { return true };
        while runs.next_if(|run| run.numbers.end <= number).is_some() {}
        runs.peek().is_some_and(|run| run.numbers.contains(&number))
    }
}
