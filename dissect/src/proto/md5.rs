//! MD5 (RFC 1321 §3), for fingerprints of TLS and SSH that are defined by it; not for secrets.

use std::array::from_fn;
use std::sync::LazyLock;

/// Left turns of each round's four kinds of step.
const TURNS: [[u32; 4]; 4] = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];

/// What stands before the point of 2³² · |sin(step + 1)|.
static CONSTANTS: LazyLock<[u32; 64]> =
    LazyLock::new(|| from_fn(|step| ((step as f64 + 1.0).sin().abs() * 4_294_967_296.0) as u32));

/// The digest of `message`.
pub(super) fn digest(message: &[u8]) -> [u8; 16] {
    let bits = (message.len() as u64).wrapping_mul(8);
    let mut padded = message.to_vec();
    padded.push(0x80);
    let whole = padded.len().saturating_add(8).next_multiple_of(64).saturating_sub(8);
    padded.resize(whole, 0);
    padded.extend_from_slice(&bits.to_le_bytes());
    let mut state = [0x6745_2301_u32, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476];
    padded.as_chunks::<64>().0.iter().for_each(|block| absorb(&mut state, block));
    let mut out = [0; 16];
    for (slot, word) in out.as_chunks_mut::<4>().0.iter_mut().zip(state) {
        *slot = word.to_le_bytes();
    }
    out
}

fn absorb(state: &mut [u32; 4], block: &[u8; 64]) {
    let words = block.as_chunks::<4>().0;
    let [mut a, mut b, mut c, mut d] = *state;
    for (step, constant) in CONSTANTS.iter().enumerate() {
        let (mixed, word) = match step / 16 {
            0 => (b & c | !b & d, step),
            1 => (d & b | !d & c, step.wrapping_mul(5).wrapping_add(1) % 16),
            2 => (b ^ c ^ d, step.wrapping_mul(3).wrapping_add(5) % 16),
            _ => (c ^ (b | !d), step.wrapping_mul(7) % 16),
        };
        let word = words.get(word).map_or(0, |word| u32::from_le_bytes(*word));
        let turn = TURNS.get(step / 16).and_then(|turns| turns.get(step % 4)).copied().unwrap_or(0);
        let turned = a.wrapping_add(mixed).wrapping_add(*constant).wrapping_add(word).rotate_left(turn);
        (a, d, c, b) = (d, c, b, b.wrapping_add(turned));
    }
    for (slot, word) in state.iter_mut().zip([a, b, c, d]) {
        *slot = slot.wrapping_add(word);
    }
}

#[cfg(test)]
mod tests {
    use super::digest;

    #[test]
    fn digests_are_those_of_the_standard() {
        let hex = |text: &str| {
            digest(text.as_bytes()).iter().map(|octet| format!("{octet:02x}")).collect::<String>()
        };
        assert_eq!(hex(""), "d41d8cd98f00b204e9800998ecf8427e");
        assert_eq!(hex("abc"), "900150983cd24fb0d6963f7d28e17f72");
        let digits = "12345678901234567890123456789012345678901234567890123456789012345678901234567890";
        assert_eq!(hex(digits), "57edf4a22be3c955ac49da2e2107b67a");
    }
}
