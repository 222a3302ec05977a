//! The ranges that the answers to a question fall into. Most questions have two or three, which stand in place: blocks are
//! copied often, and lists of their own for so little would be most of the work.

use super::tree::Range;
use std::ops::{Deref, DerefMut};

/// Ranges that stand in place.
const FEW: usize = 3;

/// Ranges in order.
#[derive(Clone)]
pub(crate) struct Ranges {
    few: [Range; FEW],
    count: usize,
    /// All of them, where they are more than few.
    many: Vec<Range>,
}

impl Ranges {
    pub(crate) const fn new() -> Ranges {
        Ranges { few: [Range { high: 0, to: 0 }; FEW], count: 0, many: Vec::new() }
    }

    pub(crate) fn push(&mut self, range: Range) {
        if let Some(place) = self.few.get_mut(self.count) {
            *place = range;
            self.count += 1;
            return;
        }
        if self.many.is_empty() {
            self.many.reserve(4 * FEW);
            self.many.extend_from_slice(&self.few);
        }
        self.many.push(range);
    }

    /// Adds what follows up to and with `high`, to the range before it where both lead to one place.
    pub(crate) fn add(&mut self, high: u32, to: usize) {
        match self.last_mut() {
            Some(last) if last.to == to => last.high = high,
            _ => self.push(Range { high, to }),
        }
    }
}

impl Deref for Ranges {
    type Target = [Range];

    fn deref(&self) -> &[Range] {
        if self.many.is_empty() { self.few.get(..self.count).unwrap_or_default() } else { &self.many }
    }
}

impl DerefMut for Ranges {
    fn deref_mut(&mut self) -> &mut [Range] {
        if self.many.is_empty() { self.few.get_mut(..self.count).unwrap_or_default() } else { &mut self.many }
    }
}

impl FromIterator<Range> for Ranges {
    fn from_iter<I: IntoIterator<Item = Range>>(ranges: I) -> Ranges {
        let mut made = Ranges::new();
        ranges.into_iter().for_each(|range| made.push(range));
        made
    }
}

impl<'r> IntoIterator for &'r Ranges {
    type Item = &'r Range;
    type IntoIter = std::slice::Iter<'r, Range>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'r> IntoIterator for &'r mut Ranges {
    type Item = &'r mut Range;
    type IntoIter = std::slice::IterMut<'r, Range>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter_mut()
    }
}

impl PartialEq for Ranges {
    fn eq(&self, other: &Ranges) -> bool {
        **self == **other
    }
}

impl Eq for Ranges {}

impl std::hash::Hash for Ranges {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl std::fmt::Debug for Ranges {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(&**self).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_and_many_ranges_are_the_same_list() {
        for count in 0..20usize {
            let range = |at: usize| Range { high: at as u32 * 10, to: at % 3 };
            let list: Vec<Range> = (0..count).map(range).collect();
            let ranges: Ranges = list.iter().copied().collect();
            assert_eq!(*ranges, *list);
            assert_eq!(ranges, ranges.clone());
        }
    }

    #[test]
    fn neighbours_that_lead_to_one_place_are_one_range() {
        let mut ranges = Ranges::new();
        for (high, to) in [(1, 0), (2, 0), (3, 1), (4, 1), (9, 0)] {
            ranges.add(high, to);
        }
        assert_eq!(*ranges, [Range { high: 2, to: 0 }, Range { high: 4, to: 1 }, Range { high: 9, to: 0 }]);
    }
}
