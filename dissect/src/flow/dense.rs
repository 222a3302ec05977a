//! Values by their keys, one behind the other in the order in which the keys came.
//!
//! Most flows come while a file is read, and a table that moves all it holds whenever it grows spends its time on fresh memory.
//! Here only the places grow, a word each: keys and values stay where they were put, and what is gone through is as long as
//! what was put in.

use crate::hash::Seeded;
use std::hash::{BuildHasher, Hash};

/// Keys and values that lie in one piece of memory.
const BLOCK: usize = 256;

/// Places of the smallest table.
const LEAST: usize = 1024;

/// The most keys that a table takes: their numbers are kept in half a word.
pub(super) const MOST: usize = u32::MAX as usize - 1;

/// A free place. Not 0: memory that is asked for as zeroes is the system's one page of them until it is written, and where it is read
/// before, each page interrupts every processor that the program runs on.
const FREE: u64 = u64::MAX;

/// The number in a free place.
const NONE: usize = u32::MAX as usize;

/// Values by their keys.
#[derive(Clone, Debug)]
pub(super) struct Dense<K, V> {
    /// At least two for each key: free, or the key's hash in the upper half and its number in the lower.
    places: Vec<u64>,
    blocks: Vec<Vec<(K, V)>>,
    len: usize,
    hasher: Seeded,
}

impl<K, V> Default for Dense<K, V> {
    fn default() -> Self {
        Dense { places: Vec::new(), blocks: Vec::new(), len: 0, hasher: Seeded::default() }
    }
}

/// The hash in a place, and the number that the key was put in with.
fn parts(place: u64) -> (u32, usize) {
    ((place >> 32) as u32, place as u32 as usize)
}

impl<K: Eq + Hash, V> Dense<K, V> {
    /// How many keys there are.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// What a key is looked for by.
    #[inline]
    pub(super) fn hash(&self, key: &K) -> u32 {
        (self.hasher.hash_one(key) >> 32) as u32
    }

    /// A key and its value, by the number that they were put in with.
    #[inline]
    pub(super) fn at(&self, number: usize) -> Option<&(K, V)> {
        self.blocks.get(number / BLOCK)?.get(number % BLOCK)
    }

    /// The number of the first key with this hash: most often the one that is looked for. To ask this of several keys before
    /// the first of them is needed lets the processor wait for all at once.
    #[inline]
    pub(super) fn first_of(&self, hash: u32) -> Option<usize> {
        let mask = self.places.len().wrapping_sub(1);
        let mut at = hash as usize & mask;
        loop {
            match parts(*self.places.get(at)?) {
                (its, number) if its == hash && number != NONE => return Some(number),
                (_, NONE) => return None,
                _ => at = at.wrapping_add(1) & mask,
            }
        }
    }

    /// The value of a key, if that was put in with this number.
    #[inline]
    pub(super) fn get_at(&mut self, number: usize, key: &K) -> Option<&mut V> {
        let (known, value) = self.blocks.get_mut(number / BLOCK)?.get_mut(number % BLOCK)?;
        (known == key).then_some(value)
    }

    /// The value of a key with this hash.
    #[inline]
    pub(super) fn get_mut(&mut self, hash: u32, key: &K) -> Option<&mut V> {
        let mask = self.places.len().wrapping_sub(1);
        let mut at = hash as usize & mask;
        // Half of the places are free: one of them ends the search.
        loop {
            let place = *self.places.get(at)?;
            if place == FREE {
                return None;
            }
            let (its, number) = parts(place);
            if its == hash && self.at(number).is_some_and(|(known, _)| known == key) {
                return self.get_at(number, key);
            }
            at = at.wrapping_add(1) & mask;
        }
    }

    /// Puts in a key with this hash, which is not there yet and of which there are fewer than [`MOST`].
    pub(super) fn insert(&mut self, hash: u32, key: K, value: V) {
        if self.len.saturating_add(1).saturating_mul(2) > self.places.len() {
            self.grow();
        }
        if self.len.is_multiple_of(BLOCK) {
            self.blocks.push(Vec::with_capacity(BLOCK));
        }
        let Some(block) = self.blocks.last_mut() else { return };
        block.push((key, value));
        put(&mut self.places, u64::from(hash) << 32 | self.len as u64);
        self.len = self.len.saturating_add(1);
    }

    /// Doubles the places.
    fn grow(&mut self) {
        let len = self.places.len().saturating_mul(2).max(LEAST);
        let mut places = vec![FREE; len];
        self.places.iter().filter(|place| **place != FREE).for_each(|place| put(&mut places, *place));
        self.places = places;
    }

    /// Keys and values, in the order in which they were put in.
    pub(super) fn iter(&self) -> impl Iterator<Item = &(K, V)> {
        self.blocks.iter().flatten()
    }

    /// Keys and values with the keys' hashes, in no order.
    pub(super) fn hashed(&self) -> impl Iterator<Item = (u32, &(K, V))> {
        let places = self.places.iter().filter(|place| **place != FREE).map(|place| parts(*place));
        places.filter_map(|(hash, number)| Some((hash, self.at(number)?)))
    }

    /// Keeps the keys of which `keeps` says so.
    pub(super) fn retain(&mut self, mut keeps: impl FnMut(&K, &V) -> bool) {
        let blocks = std::mem::take(self).blocks;
        for (key, value) in blocks.into_iter().flatten() {
            if keeps(&key, &value) {
                self.insert(self.hash(&key), key, value);
            }
        }
    }
}

/// Puts what belongs into a place into the first free one; one of them is free.
#[inline]
fn put(places: &mut [u64], place: u64) {
    let mask = places.len().wrapping_sub(1);
    let mut at = parts(place).0 as usize & mask;
    while let Some(there) = places.get_mut(at) {
        if *there == FREE {
            *there = place;
            return;
        }
        at = at.wrapping_add(1) & mask;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    #[test]
    fn keys_are_found_as_in_the_library_s_table() {
        let (mut dense, mut known) = (Dense::default(), HashMap::new());
        let mut state = 7_u64;
        for round in 0..20_000_u64 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let key = (state >> 33) % 3000;
            let hash = dense.hash(&key);
            match dense.get_mut(hash, &key) {
                Some(value) => *value += round,
                None => dense.insert(hash, key, round),
            }
            *known.entry(key).or_insert(0) += round;
            if round % 5000 == 4999 {
                dense.retain(|key, _| key % 3 != 0);
                known.retain(|key, _| key % 3 != 0);
            }
        }
        assert_eq!(dense.len(), known.len());
        assert!(dense.iter().all(|(key, value)| known.get(key) == Some(value)));
        let mut hashed: Vec<u64> = dense.hashed().map(|(_, entry)| entry.0).collect();
        hashed.sort_unstable();
        let mut keys: Vec<u64> = known.into_keys().collect();
        keys.sort_unstable();
        assert_eq!(hashed, keys);
    }

    #[test]
    fn keys_of_one_hash_are_told_apart() {
        let mut dense = Dense::default();
        for key in 0..2000_u32 {
            assert!(dense.get_mut(9, &key).is_none());
            dense.insert(9, key, key);
            assert_eq!((dense.first_of(9), dense.first_of(8)), (Some(0), None));
            assert!(
                dense.get_at(key as usize, &key).is_some() && dense.get_at(key as usize, &9999).is_none()
            );
        }
        assert!((0..2000_u32).all(|key| dense.get_mut(9, &key).copied() == Some(key)));
        assert!(dense.get_mut(9, &2000).is_none() && dense.at(2000).is_none());
    }
}
