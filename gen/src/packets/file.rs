//! The packets of a capture file, in its order.

use super::Stream;
use crate::tx::Begin;
use nettool_capture::file::{FileError, ReadOptions, Reader};
use nettool_dissect::frame::{Frame, LinkType};
use std::collections::VecDeque;
use std::path::PathBuf;

/// Why a file's packets cannot be sent.
#[derive(Debug, thiserror::Error)]
pub enum NotSendable {
    /// The file cannot be read, or is damaged.
    #[error(transparent)]
    File(#[from] FileError),
    /// The packets begin with something that is never on a wire.
    #[error("{}: packet {number} begins with {link_type}, which cannot be sent; Ethernet, RAW, IPV4 and IPV6 can", .file.display())]
    LinkType {
        /// The file.
        file: PathBuf,
        /// The packet.
        number: u64,
        /// What it begins with.
        link_type: LinkType,
    },
}

/// The packets of a file.
pub struct FilePackets {
    path: PathBuf,
    reader: Reader,
    /// What is left of the chunk that was read last.
    ready: VecDeque<(Begin, Box<[u8]>)>,
    cut: u64,
}

impl FilePackets {
    /// Opens the file.
    ///
    /// # Errors
    /// It cannot be opened.
    pub fn open(path: PathBuf) -> Result<FilePackets, NotSendable> {
        let reader = Reader::open(&[&path], &ReadOptions::default())?;
        Ok(FilePackets { path, reader, ready: VecDeque::new(), cut: 0 })
    }

    /// Packets of which the capture kept only a part; they are sent as they are.
    pub fn cut(&self) -> u64 {
        self.cut
    }

    fn take(&mut self, frame: &Frame<'_>) -> Result<(), NotSendable> {
        let begin = match frame.meta.link_type {
            LinkType::ETHERNET => Begin::Link,
            LinkType::RAW | LinkType::IPV4 | LinkType::IPV6 => Begin::Network,
            link_type => {
                return Err(NotSendable::LinkType {
                    file: self.path.clone(),
                    number: frame.number,
                    link_type,
                });
            }
        };
        self.cut += u64::from((frame.data.len() as u64) < u64::from(frame.meta.original_len));
        self.ready.push_back((begin, octets(frame)));
        Ok(())
    }
}

/// The octets as they were on the wire: VLAN tags that hardware moved out are put back.
fn octets(frame: &Frame<'_>) -> Box<[u8]> {
    let vlan = &frame.meta.vlan;
    let tags = [vlan.outer, vlan.inner].into_iter().flatten();
    match frame.data.split_at_checked(12) {
        Some((addresses, rest)) if !vlan.put_back && vlan.outer.is_some() => {
            let tags = tags.flat_map(|tag| [tag.tpid.to_be_bytes(), tag.tci.to_be_bytes()]).flatten();
            addresses.iter().copied().chain(tags).chain(rest.iter().copied()).collect()
        }
        _ => frame.data.into(),
    }
}

impl Stream for FilePackets {
    type Error = NotSendable;

    fn next(&mut self, into: &mut Vec<u8>) -> Result<Option<Begin>, NotSendable> {
        while self.ready.is_empty() {
            let Some(chunk) = self.reader.next_chunk()? else { return Ok(None) };
            for frame in chunk.frames() {
                self.take(&frame)?;
            }
        }
        let Some((begin, octets)) = self.ready.pop_front() else { return Ok(None) };
        into.extend_from_slice(&octets);
        Ok(Some(begin))
    }

    fn restart(&mut self) -> Result<bool, NotSendable> {
        if self.path.as_os_str() == "-" {
            return Ok(false);
        }
        self.reader = Reader::open(&[&self.path], &ReadOptions::default())?;
        self.ready.clear();
        Ok(true)
    }
}
