//! A seeded mutator: from one input and a list of others to a new one, the same for the same seed.
//!
//! The changes are those that find faults in readers of lengths, counts and offsets: numbers put in at any width in
//! both byte orders, parts left out, doubled, moved in from another input, the end cut off; for languages, words.

/// Longest input that is made, in octets.
pub const LONGEST: usize = 1 << 16;

const ODD_NUMBERS: [u64; 18] = [
    0,
    1,
    2,
    3,
    4,
    7,
    8,
    0x7f,
    0x80,
    0xff,
    0x100,
    0x7fff,
    0x8000,
    0xffff,
    0x1_0000,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_ffff,
];

/// SplitMix64.
pub struct Random(pub u64);

impl Random {
    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `limit`; 0 when that is 0.
    pub fn below(&mut self, limit: usize) -> usize {
        (self.number() % (limit.max(1) as u64)) as usize
    }

    /// One of these; `None` when there are none.
    pub fn of<'a, T>(&mut self, these: &'a [T]) -> Option<&'a T> {
        these.get(self.below(these.len()))
    }
}

/// A changed copy of `input`, with parts of `others` and `words` in it at times.
pub fn mutate(input: &[u8], others: &[Vec<u8>], words: &[&str], random: &mut Random) -> Vec<u8> {
    let mut made = input.to_vec();
    // Mostly few changes, so that the reader gets past the first check; at times many.
    let most = if random.below(8) == 0 { 24 } else { 4 };
    let changes = 1 + random.below(most);
    for _ in 0..changes {
        change(&mut made, others, words, random);
    }
    made.truncate(LONGEST);
    made
}

fn change(made: &mut Vec<u8>, others: &[Vec<u8>], words: &[&str], random: &mut Random) {
    let at = random.below(made.len() + 1);
    let part = |random: &mut Random, len: usize| {
        let most = if random.below(4) == 0 { len } else { 16 };
        (1 + random.below(most)).min(len)
    };
    let kinds = if words.is_empty() { 10 } else { 14 };
    match random.below(kinds) {
        0 => {
            if let Some(octet) = made.get_mut(at) {
                *octet ^= 1 << random.below(8);
            }
        }
        1 => {
            if let Some(octet) = made.get_mut(at) {
                *octet = random.number() as u8;
            }
        }
        2 | 3 => put_number(made, at, random),
        4 => {
            let end = at + part(random, made.len() - at);
            made.drain(at..end);
        }
        5 => {
            let end = at + part(random, made.len() - at);
            let copy = made[at..end].to_vec();
            let to = random.below(made.len() + 1);
            made.splice(to..to, copy);
        }
        6 => made.truncate(at),
        7 => {
            if let Some(other) = random.of(others) {
                let from = random.below(other.len() + 1);
                let end = from + part(random, other.len() - from);
                let over = if random.below(2) == 0 { at } else { (at + end - from).min(made.len()) };
                made.splice(at..over, other[from..end].iter().copied());
            }
        }
        8 => {
            if let Some(other) = random.of(others) {
                made.truncate(at);
                made.extend_from_slice(&other[at.min(other.len())..]);
            }
        }
        9 => {
            let count = 1 + random.below(8);
            let octet = [0, 0xff, b' ', random.number() as u8][random.below(4)];
            made.splice(at..at, std::iter::repeat_n(octet, count));
        }
        _ => {
            if let Some(word) = random.of(words) {
                let over = if random.below(2) == 0 { at } else { at + part(random, made.len() - at) };
                made.splice(at..over.min(made.len()), [b" ", word.as_bytes(), b" "].concat());
            }
        }
    }
}

/// Overwrites one, two, four or eight octets with a number that stands at an edge, or moves the number that is there.
fn put_number(made: &mut [u8], at: usize, random: &mut Random) {
    let width = [1, 2, 4, 8][random.below(4)];
    let Some(place) = made.get_mut(at..at + width) else { return };
    let little = random.below(2) == 0;
    let mut number = if random.below(3) == 0 {
        let mut octets = [0; 8];
        octets[..width].copy_from_slice(place);
        if !little {
            octets[..width].reverse();
        }
        u64::from_le_bytes(octets).wrapping_add_signed(random.below(17) as i64 - 8)
    } else {
        ODD_NUMBERS[random.below(ODD_NUMBERS.len())]
    }
    .to_le_bytes();
    if !little {
        number[..width].reverse();
    }
    place.copy_from_slice(&number[..width]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_makes_the_same_inputs() {
        let others = [vec![1, 2, 3, 4, 5, 6, 7, 8], b"some text".to_vec()];
        let series = |seed| {
            let mut random = Random(seed);
            (0..200).map(|_| mutate(&others[0], &others, &["and"], &mut random)).collect::<Vec<_>>()
        };
        assert_eq!(series(7), series(7));
        assert_ne!(series(7), series(8));
    }

    #[test]
    fn an_empty_input_and_no_others_are_no_trouble() {
        let mut random = Random(1);
        for _ in 0..2000 {
            assert!(mutate(&[], &[], &[], &mut random).len() <= LONGEST);
        }
    }
}
