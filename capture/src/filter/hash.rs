//! A hasher for the compiler's own tables.
//!
//! Keys are small numbers that the compiler has handed out itself; nothing that a stranger chooses decides how they
//! spread, so the multiplication by a large odd constant is enough, and several times as fast as a keyed hash.

use std::hash::{BuildHasherDefault, Hasher};

/// A map of the compiler.
pub(crate) type Map<K, V> = std::collections::HashMap<K, V, BuildHasherDefault<Mix>>;
/// A set of the compiler.
pub(crate) type Set<K> = std::collections::HashSet<K, BuildHasherDefault<Mix>>;

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
