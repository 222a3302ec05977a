//! A regular file whose octets are read at positions, by several threads at a time.
//!
//! Reading copies; mapping would not. Yet to copy into a buffer that is in the processor's cache already costs less than
//! to have pages mapped and unmapped again, the copy is where the work on it goes on, and a file that loses its end
//! under the reader gives a short read, not a signal.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

/// A regular file, and the size it had when it was opened.
#[derive(Clone, Debug)]
pub(crate) struct Placed {
    pub(crate) file: Arc<File>,
    pub(crate) len: u64,
}

impl Placed {
    /// Fills `buffer` with the octets from `at` on, as far as there are any; gives their number.
    ///
    /// # Errors
    /// What the system says before the first octet.
    pub(crate) fn read(&self, buffer: &mut [u8], at: u64) -> io::Result<usize> {
        let mut count = 0usize;
        while let Some(room) = buffer.get_mut(count..).filter(|room| !room.is_empty()) {
            match self.file.read_at(room, at.saturating_add(count as u64)) {
                Ok(0) => break,
                Ok(more) => count = count.saturating_add(more),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if count == 0 => return Err(error),
                // What is there goes out; the next read meets the error at its start.
                Err(_) => break,
            }
        }
        Ok(count)
    }

    /// The size now, when it is less than it was.
    pub(crate) fn shrunk_to(&self) -> Option<u64> {
        let now = self.file.metadata().ok()?.len();
        (now < self.len).then_some(now)
    }
}
