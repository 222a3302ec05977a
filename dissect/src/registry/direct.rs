//! Entries for numbers of at most 16 bits, found by two looks.
//!
//! Few of 65536 port numbers lead anywhere: a page of 256 entries is made when one of them does, and all others share an empty
//! one. What a run needs of a table then fits beside the rest in the processor's cache, and is quickly made.

/// Entries of a page.
const PAGE: usize = 256;

/// A table of entries; those that nobody has set are 0.
#[derive(Clone, Debug)]
pub(super) struct Direct {
    /// Numbers that there are.
    len: usize,
    /// For each page of numbers the page of entries.
    pages: Vec<u16>,
    /// The first one is empty, and stays so.
    entries: Vec<[u16; PAGE]>,
}

impl Direct {
    /// For numbers of so many bits.
    pub(super) fn new(bits: u8) -> Direct {
        let len = 1_usize.checked_shl(u32::from(bits)).unwrap_or(0);
        Direct { len, pages: vec![0; len.div_ceil(PAGE)], entries: vec![[0; PAGE]] }
    }

    /// How many numbers there are.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The entry of a number; `None` where it is too large.
    #[inline]
    pub(super) fn get(&self, value: u64) -> Option<u16> {
        let at = usize::try_from(value).ok()?;
        let page = *self.pages.get(at / PAGE)?;
        self.entries.get(usize::from(page))?.get(at % PAGE).copied()
    }

    /// Sets the entry of a number that is not too large.
    pub(super) fn set(&mut self, value: u64, entry: u16) {
        let Some(at) = usize::try_from(value).ok().filter(|at| *at < self.len) else { return };
        let Some(page) = self.pages.get_mut(at / PAGE) else { return };
        if *page == 0 {
            *page = u16::try_from(self.entries.len()).unwrap_or(0);
            self.entries.push([0; PAGE]);
        }
        if let Some(slot) = self.entries.get_mut(usize::from(*page)).and_then(|page| page.get_mut(at % PAGE))
        {
            *slot = entry;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_set_is_found_and_nothing_else() {
        for bits in [1, 8, 16] {
            let mut table = Direct::new(bits);
            let numbers = (0..1_u64 << bits).filter(|number| number % 7 == 1 && number % 5 < 2);
            numbers.clone().for_each(|number| table.set(number, u16::try_from(number % 1000 + 1).unwrap()));
            table.set(1 << bits, 9);
            for number in 0..1_u64 << bits {
                let set = number % 7 == 1 && number % 5 < 2;
                let entry = if set { u16::try_from(number % 1000 + 1).unwrap() } else { 0 };
                assert_eq!(table.get(number), Some(entry), "{bits} bits, {number}");
            }
            assert!(table.get(1 << 16).is_none());
            assert!(table.get(u64::MAX).is_none());
        }
    }
}
