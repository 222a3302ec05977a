//! Frames that wait to be sent, one behind the other in one buffer.

/// A run of packets.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    octets: Vec<u8>,
    ends: Vec<usize>,
}

impl Batch {
    /// Forgets the packets, keeping memory.
    pub fn clear(&mut self) {
        self.octets.clear();
        self.ends.clear();
    }

    /// Adds a packet made of two parts.
    pub fn push(&mut self, head: &[u8], rest: &[u8]) {
        self.octets.extend_from_slice(head);
        self.octets.extend_from_slice(rest);
        self.ends.push(self.octets.len());
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The packet at a place.
    pub fn get(&self, at: usize) -> Option<&[u8]> {
        let end = *self.ends.get(at)?;
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.octets.get(start..end)
    }

    /// The packets from a place on.
    pub fn starting_at(&self, first: usize) -> impl Iterator<Item = &[u8]> {
        (first..self.len()).filter_map(|at| self.get(at))
    }
}
