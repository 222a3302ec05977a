//! Text on its way to standard output, in writes that are worth their while.
//!
//! A chunk of a file in which a query finds little gives a few lines, and a write of them costs a file system as much as that of
//! a hundred. Who reads a pipe or a screen waits for each of them, and of a file that grows somebody may read what comes of it: only
//! what files that are there give into a file is held back.

use nettool_capture::file::Blocks;
use std::io::{self, Stdout, Write};

/// Octets that are worth a write.
const WORTH_A_WRITE: usize = 64 << 10;

/// Standard output.
pub(crate) struct Printed {
    out: Stdout,
    blocks: Blocks,
    held: Vec<u8>,
    /// Texts shorter than this are held back.
    least: usize,
}

impl Printed {
    /// `at_once`: nothing is held back.
    pub(crate) fn new(at_once: bool) -> Printed {
        let out = io::stdout();
        let blocks = Blocks::of(&out);
        let least = if blocks.are_of_a_file() && !at_once { WORTH_A_WRITE } else { 0 };
        Printed { out, blocks, held: Vec::new(), least }
    }

    /// Writes a text, or holds it back until there is more.
    pub(crate) fn write(&mut self, text: &[u8]) -> io::Result<()> {
        if self.held.is_empty() && text.len() >= self.least {
            return self.put(text);
        }
        self.held.extend_from_slice(text);
        if self.held.len() < self.least { Ok(()) } else { self.end() }
    }

    /// Writes what was held back.
    pub(crate) fn end(&mut self) -> io::Result<()> {
        let mut held = std::mem::take(&mut self.held);
        let put = self.put(&held);
        held.clear();
        self.held = held;
        put
    }

    fn put(&mut self, text: &[u8]) -> io::Result<()> {
        self.blocks.ahead(&self.out, text.len());
        self.out.write_all(text)?;
        self.out.flush()
    }
}
