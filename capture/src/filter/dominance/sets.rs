//! Sets of nodes or edges, one for each node.

/// A set of nodes, or of edges, for each node: rows of words.
#[derive(Default)]
pub(super) struct Sets {
    words: usize,
    bits: Vec<u64>,
}

impl Sets {
    /// For each of `rows` the set of all.
    pub(super) fn full(&mut self, rows: usize, members: usize) {
        self.words = members.div_ceil(64);
        self.bits.clear();
        self.bits.resize(rows * self.words, u64::MAX);
    }

    /// For each of `rows` the empty set.
    pub(super) fn empty(&mut self, rows: usize, members: usize) {
        self.full(rows, members);
        self.bits.fill(0);
    }

    pub(super) fn clear(&mut self, row: usize) {
        self.row_mut(row).fill(0);
    }

    pub(super) fn row(&self, row: usize) -> &[u64] {
        self.bits.get(row * self.words..(row + 1) * self.words).unwrap_or_default()
    }

    fn row_mut(&mut self, row: usize) -> &mut [u64] {
        self.bits.get_mut(row * self.words..(row + 1) * self.words).unwrap_or_default()
    }

    pub(super) fn insert(&mut self, row: usize, member: usize) {
        if let Some(word) = self.row_mut(row).get_mut(member / 64) {
            *word |= 1 << (member % 64);
        }
    }

    pub(super) fn has(&self, row: usize, member: usize) -> bool {
        self.row(row).get(member / 64).is_some_and(|word| word >> (member % 64) & 1 == 1)
    }

    /// Leaves in `row` what is in `other` too, and `more` of it.
    pub(super) fn meet(&mut self, row: usize, other: usize, more: usize) {
        for word in 0..self.words {
            let mut both = self.bits[other * self.words + word];
            if word == more / 64 {
                both |= 1 << (more % 64);
            }
            self.bits[row * self.words + word] &= both;
        }
    }
}
