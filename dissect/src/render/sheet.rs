//! Text that grows in room which is there already.
//!
//! A vector is as long as its text. Who writes many short texts by a place that stays in a register would have to write them
//! elsewhere first, and copy. A sheet is longer than its text; what is behind the text is left from texts before, so that nothing is
//! cleared twice.

/// Octets that a sheet grows by, at least.
const GROWTH: usize = 64 << 10;

/// Text, and room behind it.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    room: Vec<u8>,
    end: usize,
}

impl Sheet {
    /// The text.
    pub fn text(&self) -> &[u8] {
        self.room.get(..self.end).unwrap_or_default()
    }

    /// How long the text is.
    pub fn end(&self) -> usize {
        self.end
    }

    /// Empties it, keeping its memory.
    pub fn clear(&mut self) {
        self.end = 0;
    }

    /// Appends what `write` appends.
    pub fn append(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        self.room.truncate(self.end);
        write(&mut self.room);
        self.end = self.room.len();
    }

    /// Sees to it that so many octets more fit without further memory.
    pub fn reserve(&mut self, more: usize) {
        let have = self.room.capacity().saturating_sub(self.end);
        if have < more {
            self.room.reserve(more);
        }
    }

    /// The room, and where the text in it ends.
    pub(super) fn open(&mut self) -> (&mut Vec<u8>, usize) {
        (&mut self.room, self.end)
    }

    /// The text ends here now.
    pub(super) fn close(&mut self, end: usize) {
        self.end = end.min(self.room.len());
    }
}

/// Makes room for so many octets behind a place.
#[cold]
pub(super) fn grow(room: &mut Vec<u8>, at: usize, more: usize) {
    let wanted = at.saturating_add(more);
    let ahead = room.len().saturating_add(room.len() / 4).saturating_add(GROWTH);
    room.resize(wanted.max(ahead), 0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_what_was_written_whoever_wrote_it() {
        let mut sheet = Sheet::default();
        for _ in 0..2 {
            sheet.append(|out| out.extend_from_slice(b"one "));
            let (room, at) = sheet.open();
            grow(room, at, 4);
            room[at..at + 4].copy_from_slice(b"two ");
            sheet.close(at + 4);
            assert_eq!(sheet.end(), 8);
            sheet.append(|out| out.extend_from_slice(b"three"));
            assert_eq!(sheet.text(), b"one two three");
            sheet.clear();
            assert!(sheet.text().is_empty());
        }
    }
}
