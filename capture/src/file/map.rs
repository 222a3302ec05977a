//! A whole file in memory without reading it: the one place of this room with `unsafe`.
//!
//! Only regular files are mapped, and only when they are not being followed. A file that someone truncates while it
//! is mapped makes the kernel raise SIGBUS for octets that are gone, which ends the program. [`Map::shrunk_to`] asks for
//! the size again before each chunk is handed out, so that a file that has shrunk is reported as an error; what
//! remains is the moment between that question and the last use of the chunk. Writing into a mapped file cannot
//! break memory safety here: every length read from it is checked against the slice each time it is used.

use std::fs::File;
use std::io;

/// A mapped regular file.
#[derive(Debug)]
pub(crate) struct Map {
    file: File,
    map: memmap2::Mmap,
}

impl Map {
    /// Maps the whole of `file`, which must be a regular file that is not empty.
    ///
    /// # Errors
    /// What `mmap` answers; file systems without mappings say ENODEV.
    pub(crate) fn new(file: File) -> io::Result<Map> {
        // SAFETY: the mapping is private to this value and read only. Another process may change the file: octets
        // are only ever read as plain integers through bounds-checked slices, and shrinking is checked by `shrunk_to`.
        let map = unsafe { memmap2::Mmap::map(&file) }?;
        Ok(Map { file, map })
    }

    /// The octets.
    #[inline]
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.map
    }

    /// The size now, when it is less than it was: the pages beyond it must not be touched.
    pub(crate) fn shrunk_to(&self) -> Option<u64> {
        let now = self.file.metadata().ok()?.len();
        (now < self.map.len() as u64).then_some(now)
    }
}
