//! A source of packets: one capture file, or several merged by time.

use super::chunk::{Chunk, Parts};
use super::error::{Compression, FileError, Format, Note};
use super::input::{FileId, Input, ReadOptions};
use super::interfaces::Interfaces;
use super::merge::{Merge, Merged};
use super::pipeline::for_each_chunk_ordered;
use super::source::Stopper;
use super::stretch::{Found, Stretch};
use std::io::Read;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

/// A source of packets; hands them out in chunks.
pub struct Reader {
    inputs: Vec<Input>,
    interfaces: Arc<Interfaces>,
    merge: Merge,
    packets: u64,
    stopper: Stopper,
    /// What [`look_ahead`](Self::look_ahead) has read: comes first.
    ahead: Option<Result<Chunk, FileError>>,
    /// The file that is read by itself though there are several: order does not matter to who counts.
    alone: Option<usize>,
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&str> = self.inputs.iter().map(|input| input.name.as_str()).collect();
        f.debug_struct("Reader").field("files", &names).field("packets", &self.packets).finish()
    }
}

impl Reader {
    /// Opens capture files; the path `-` is standard input. Several are merged by time.
    ///
    /// Nothing is read yet, so that opening never waits: what is wrong with the contents comes with the first chunk.
    ///
    /// # Errors
    /// A path that cannot be opened, or is a directory.
    pub fn open<P: AsRef<Path>>(paths: &[P], options: &ReadOptions) -> Result<Reader, FileError> {
        let stopper = Stopper::new();
        // Each of many files has a buffer of its own.
        let share = options.chunk_octets.min((MERGED_BUFFERS / paths.len().max(1)).max(LEAST_SHARE));
        let options = ReadOptions { chunk_octets: share, ..options.clone() };
        let inputs = paths
            .iter()
            .enumerate()
            .map(|(index, path)| Input::open(path.as_ref(), index as u32, &options, &stopper))
            .collect::<Result<_, _>>()?;
        Ok(Reader {
            inputs,
            interfaces: Arc::default(),
            merge: Merge::default(),
            packets: 0,
            stopper,
            ahead: None,
            alone: None,
        })
    }

    /// Reads a capture from anything, such as octets in memory; `name` stands in messages.
    pub fn from_reader(reader: impl Read + Send + 'static, name: &str, options: &ReadOptions) -> Reader {
        let stopper = Stopper::new();
        let inputs = vec![Input::from_reader(reader, name, options, &stopper)];
        Reader {
            inputs,
            interfaces: Arc::default(),
            merge: Merge::default(),
            packets: 0,
            stopper,
            ahead: None,
            alone: None,
        }
    }

    /// The next records in order; `None` at the end, or after [`Stopper::stop`].
    ///
    /// # Errors
    /// Damage, once all that is good before it has been handed out. After the error of one file comes `None`; of
    /// several merged files each has its error, all at the end.
    pub fn next_chunk(&mut self) -> Result<Option<Chunk>, FileError> {
        if let Some(ahead) = self.ahead.take() {
            return ahead.map(Some);
        }
        let (parts, packets) = match Self::alone(&mut self.inputs, self.alone) {
            Some(input) => {
                let Some(part) = input.next_part(&mut self.interfaces)? else { return Ok(None) };
                let packets = part.packets;
                (Parts::One(part), packets)
            }
            None => match self.merge.next(&mut self.inputs, &mut self.interfaces) {
                Some(Merged { parts, order, packets }) => (Parts::Merged { parts, order }, packets),
                None => return self.merge.take_failure().map_or(Ok(None), Err),
            },
        };
        Ok(Some(self.chunk(parts, packets)))
    }

    /// The chunk that comes next, which stays to be taken; `None` at the end and where an error comes. Waits where
    /// [`next_chunk`](Self::next_chunk) would.
    pub fn look_ahead(&mut self) -> Option<&Chunk> {
        if self.ahead.is_none() {
            self.ahead = self.next_chunk().transpose();
        }
        self.ahead.as_ref()?.as_ref().ok()
    }

    fn chunk(&mut self, parts: Parts, packets: u64) -> Chunk {
        let first_number = self.packets.saturating_add(1);
        self.packets = self.packets.saturating_add(packets);
        Chunk { parts, first_number, packets, interfaces: Arc::clone(&self.interfaces) }
    }

    /// The file that is read by itself, if one is.
    fn alone(inputs: &mut [Input], counted: Option<usize>) -> Option<&mut Input> {
        match inputs {
            [input] => Some(input),
            inputs => inputs.get_mut(counted?),
        }
    }

    /// The next stretch of a regular file, in which a worker may look for records by itself; what it finds must come
    /// to [`settle`](Self::settle), in the order in which stretches were claimed, before [`next_chunk`](Self::next_chunk)
    /// is asked again. `None` where the source is of another kind, and at the end.
    pub(crate) fn claim(&mut self) -> Option<Stretch> {
        Self::alone(&mut self.inputs, self.alone)?.claim()
    }

    /// The chunk that a claimed stretch is; `None` when there is none in it, or no longer.
    pub(crate) fn settle(&mut self, found: Found) -> Result<Option<Chunk>, FileError> {
        let Some(input) = Self::alone(&mut self.inputs, self.alone) else { return Ok(None) };
        let Some(part) = input.settle(found, &mut self.interfaces)? else { return Ok(None) };
        let packets = part.packets;
        Ok(Some(self.chunk(Parts::One(part), packets)))
    }

    /// Reads to the end and gives the number of all packets, without looking further into them than their headers.
    ///
    /// # Errors
    /// Damage; [`packets`](Self::packets) then tells how many came before it.
    pub fn count(&mut self) -> Result<u64, FileError> {
        // What was looked at is counted, but for its error.
        let mut failed = self.ahead.take().and_then(Result::err);
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        for file in 0..self.inputs.len() {
            self.alone = Some(file);
            // What is not read at places one thread counts as quickly as it comes.
            let placed = self.inputs.get(file).is_some_and(Input::has_places);
            let threads = if placed { cores } else { 1 };
            // After an error comes nothing more of a file.
            let counted = for_each_chunk_ordered(
                self,
                threads,
                || (),
                |(), _| (),
                |()| ControlFlow::<()>::Continue(()),
            );
            failed = failed.or(counted.err());
        }
        self.alone = None;
        failed.map_or(Ok(self.packets), Err)
    }

    /// Packets handed out or counted so far.
    pub fn packets(&self) -> u64 {
        self.packets
    }

    /// The interfaces described so far.
    pub fn interfaces(&self) -> &Interfaces {
        &self.interfaces
    }

    /// Damage that reading went past so far, by file.
    pub fn notes(&self) -> impl Iterator<Item = &Note> {
        self.inputs.iter().flat_map(Input::notes)
    }

    /// The container of each file, known once its first chunk has been read.
    pub fn formats(&self) -> impl Iterator<Item = Option<Format>> {
        self.inputs.iter().map(Input::format)
    }

    /// The compression of each file, known once its first chunk has been read.
    pub fn compressions(&self) -> impl Iterator<Item = Compression> {
        self.inputs.iter().map(Input::compression)
    }

    /// Which files these are: writing into one of them would destroy what is being read.
    pub fn file_ids(&self) -> impl Iterator<Item = FileId> {
        self.inputs.iter().filter_map(|input| input.id)
    }

    /// What ends the reading from another thread or a signal.
    pub fn stopper(&self) -> Stopper {
        self.stopper.clone()
    }

    /// Whether another chunk may come; when false, none does.
    pub fn may_have_more(&self) -> bool {
        let more = match self.alone {
            Some(file) => self.inputs.get(file).is_some_and(Input::may_have_more),
            None => self.inputs.iter().any(Input::may_have_more),
        };
        self.ahead.is_some() || !self.stopper.is_stopped() && more
    }
}

/// Octets that the buffers of merged files have together, unless each would have less than [`LEAST_SHARE`].
const MERGED_BUFFERS: usize = 16 << 20;
const LEAST_SHARE: usize = 64 << 10;
