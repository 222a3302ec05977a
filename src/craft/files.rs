//! Files that `craft` writes, and what it grants to scripts: modules beside the script, capture files in and out.

use crate::outcome::Failure;
use crate::save::write_failure;
use nettool_capture::file::{
    Format, Interfaces, ReadOptions, Reader, WriteError, WriteOptions, Writer, compression_of_name,
    format_of_name,
};
use nettool_dissect::frame::{Frame, Interface, LinkType, Meta, Timestamp};
use nettool_gen::craft::{Grants, Record};
use std::io::{IsTerminal, Read, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

/// Octets of frames that a script may read from one file.
const MAX_READ: usize = 1 << 30;
/// Octets of a script's text.
pub(crate) const MOST_TEXT: u64 = 16 << 20;

/// All that a file holds, if that is not more than `most` octets: a device may have no end.
pub(crate) fn at_most(file: impl Read, most: u64) -> std::io::Result<Vec<u8>> {
    let mut octets = Vec::new();
    file.take(most.saturating_add(1)).read_to_end(&mut octets)?;
    if octets.len() as u64 > most {
        let sentence = format!("is longer than {} MiB, which is the most that is read of a text", most >> 20);
        return Err(std::io::Error::new(std::io::ErrorKind::FileTooLarge, sentence));
    }
    Ok(octets)
}

/// Text that may hold what came from the wire, without what would move a terminal's cursor.
pub(crate) fn harmless(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() && c != '\n' && c != '\t' { out.extend(c.escape_default()) } else { out.push(c) }
    }
    out
}

/// Writes frames that were made. Their times are microseconds from 0, so that the same description gives the same file; a packet
/// that was read from a file keeps its own.
pub(crate) struct Recorder {
    writer: Writer,
    interfaces: Interfaces,
    known: Vec<LinkType>,
    count: u64,
}

impl Recorder {
    pub(crate) fn new(writer: Writer) -> Recorder {
        Recorder { writer, interfaces: Interfaces::new([]), known: Vec::new(), count: 0 }
    }

    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    #[inline]
    pub(crate) fn write(
        &mut self,
        octets: &[u8],
        link_type: LinkType,
        time: Option<i64>,
    ) -> Result<(), Failure> {
        self.record(octets, link_type, time).map_err(|error| write_failure(&error))
    }

    #[inline]
    fn record(&mut self, octets: &[u8], link_type: LinkType, time: Option<i64>) -> Result<(), WriteError> {
        let interface = match self.known.iter().position(|known| *known == link_type) {
            Some(at) => at,
            None => {
                self.known.push(link_type);
                let list = self.known.iter().map(|link| Interface::new("craft", *link));
                self.interfaces = Interfaces::new(list);
                self.writer.describe(&self.interfaces);
                self.known.len() - 1
            }
        };
        let mut meta = Meta::new(link_type, u32::try_from(octets.len()).unwrap_or(u32::MAX));
        meta.time = Some(Timestamp(time.unwrap_or((self.count as i64).saturating_mul(1000))));
        meta.interface = interface as u32;
        self.count += 1;
        let frame = Frame { number: self.count, data: octets, meta };
        self.writer.write(&frame, &self.interfaces)
    }

    pub(crate) fn finish(mut self) -> Result<u64, WriteError> {
        self.writer.describe(&self.interfaces);
        self.writer.finish()?;
        Ok(self.count)
    }
}

/// What scripts of `craft` may reach.
#[derive(Default)]
pub(crate) struct Files {
    said: AtomicBool,
}

impl Files {
    /// Whether a script has printed or written something.
    pub(crate) fn said(&self) -> bool {
        self.said.load(Ordering::Relaxed)
    }
}

impl Grants for Files {
    fn load(&self, path: &Path) -> Result<String, String> {
        let read = std::fs::File::open(path).and_then(|file| at_most(file, MOST_TEXT));
        let octets = read.map_err(|error| format!("{}: {error}", path.display()))?;
        String::from_utf8(octets).map_err(|_| format!("{} is not text in UTF-8", path.display()))
    }

    fn read(&self, path: &Path) -> Result<Vec<Record>, String> {
        let said = |error: &dyn std::fmt::Display| {
            let (sentence, name) = (error.to_string(), path.display().to_string());
            if sentence.starts_with(&name) { sentence } else { format!("{name}: {sentence}") }
        };
        let mut reader = Reader::open(&[path], &ReadOptions::default()).map_err(|error| error.to_string())?;
        let mut frames = Vec::new();
        let mut octets = 0_usize;
        while let Some(chunk) = reader.next_chunk().map_err(|error| said(&error))? {
            for frame in chunk.frames() {
                octets += frame.data.len() + 64;
                if octets > MAX_READ {
                    return Err(said(&"has more frames than a script may keep"));
                }
                let time = frame.meta.time.map(|time| time.0);
                let (link_type, octets) = (frame.meta.link_type, frame.data.to_vec());
                frames.push(Record { link_type, octets, time });
            }
        }
        Ok(frames)
    }

    fn write(
        &self,
        path: &Path,
        _: LinkType,
        frames: &mut dyn Iterator<Item = Record>,
    ) -> Result<u64, String> {
        self.said.store(true, Ordering::Relaxed);
        let format = format_of_name(path).unwrap_or(Format::Pcap);
        let options = WriteOptions { compression: compression_of_name(path), ..WriteOptions::new(format) };
        let writer = Writer::create(path, options).map_err(|error| error.to_string())?;
        let mut recorder = Recorder::new(writer);
        for frame in frames {
            recorder.record(&frame.octets, frame.link_type, frame.time).map_err(|error| error.to_string())?;
        }
        recorder.finish().map_err(|error| error.to_string())
    }

    fn print(&self, text: &str) {
        self.said.store(true, Ordering::Relaxed);
        let mut out = std::io::stdout().lock();
        let safe;
        let text = if out.is_terminal() {
            safe = harmless(text);
            &safe
        } else {
            text
        };
        // a closed pipe is found by the next packet that is printed
        let _ = out.write_all(text.as_bytes());
    }
}
