//! A hasher for the compiler's own tables.
//!
//! Keys are small numbers that the compiler has handed out itself; nothing that a stranger chooses decides how they
//! spread, so the multiplication by a large odd constant is enough, and several times as fast as a keyed hash.

use std::hash::{BuildHasherDefault, Hasher};

/// A map of the compiler.
pub(crate) type Map<K, V> = std::collections::HashMap<K, V, BuildHasherDefault<Mix>>;
/// A set of the compiler.
pub(crate) type Set<K> = std::collections::HashSet<K, BuildHasherDefault<Mix>>;

/// A map with room for some entries, which ordinary expressions do not outgrow.
pub(crate) fn room<K, V>(entries: usize) -> Map<K, V> {
    Map::with_capacity_and_hasher(entries, BuildHasherDefault::default())
}

/// Rotates, adds and multiplies.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Mix(u64);

impl Mix {
    fn mix(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        // The high bits are the best mixed; tables use the low ones too.
        self.0 ^ self.0 >> 32
    }

    fn write(&mut self, octets: &[u8]) {
        for chunk in octets.chunks(8) {
            let word = chunk.iter().fold(0u64, |word, octet| word << 8 | u64::from(*octet));
            self.mix(word);
        }
    }

    fn write_u8(&mut self, value: u8) {
        self.mix(value.into());
    }

    fn write_u16(&mut self, value: u16) {
        self.mix(value.into());
    }

    fn write_u32(&mut self, value: u32) {
        self.mix(value.into());
    }

    fn write_u64(&mut self, value: u64) {
        self.mix(value);
    }

    fn write_usize(&mut self, value: usize) {
        self.mix(value as u64);
    }
}

/// The hash of pairs of words.
pub(crate) fn hash_of(first: (u32, u32), more: impl Iterator<Item = (u32, u32)>) -> u32 {
    let mut mix = Mix::default();
    let both = |(one, other): (u32, u32)| u64::from(one) << 32 | u64::from(other);
    mix.mix(both(first));
    more.for_each(|pair| mix.mix(both(pair)));
    mix.finish() as u32
}

/// The hash of a thing.
pub(crate) fn hash_one(thing: &impl std::hash::Hash) -> u32 {
    let mut mix = Mix::default();
    thing.hash(&mut mix);
    mix.finish() as u32
}

/// Finds things by what they are, where the things themselves lie in a list elsewhere: it holds hashes and places only, so
/// that nothing has to be copied to be looked up.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places {
    /// Hash, and place + 1; 0 is empty. Always a power of two, at most half full.
    slots: Vec<(u32, u32)>,
    used: usize,
}

impl Places {
    /// With room for as many places as ordinary expressions need.
    pub(crate) fn with_room() -> Places {
        Places { slots: vec![(0, 0); 256], used: 0 }
    }

    /// The place of a thing with this hash that `is` it.
    pub(crate) fn find(&self, hash: u32, is: impl Fn(u32) -> bool) -> Option<u32> {
        let mask = self.slots.len().checked_sub(1)?;
        let mut at = hash as usize & mask;
        loop {
            let (known, place) = *self.slots.get(at)?;
            if place == 0 {
                return None;
            }
            if known == hash && is(place - 1) {
                return Some(place - 1);
            }
            at = (at + 1) & mask;
        }
    }

    /// Notes the place of a thing that is not there yet.
    pub(crate) fn insert(&mut self, hash: u32, place: u32) {
        if self.used * 2 >= self.slots.len() {
            let old = std::mem::take(&mut self.slots);
            self.slots = vec![(0, 0); (old.len() * 2).max(64)];
            for (hash, place) in old.into_iter().filter(|(_, place)| *place != 0) {
                self.put(hash, place);
            }
        }
        self.put(hash, place + 1);
        self.used += 1;
    }

    fn put(&mut self, hash: u32, place: u32) {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        while self.slots[at].1 != 0 {
            at = (at + 1) & mask;
        }
        self.slots[at] = (hash, place);
    }

    /// Forgets all.
    pub(crate) fn clear(&mut self) {
        self.slots.fill((0, 0));
        self.used = 0;
    }
}
